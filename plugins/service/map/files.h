/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_SERVICE_MAP_FILES_H
#define PLUGINS_SERVICE_MAP_FILES_H

#include "plugins/service/map/map.h"

/* Answer with a file, whole or the one range that the request asks for (RFC 9110, 14.2: bytes=a-b, a-, -n; several ranges
   are answered whole; one beyond the end is 416), or whole where If-Range holds another tag than this one, its ETag.
   media_type NULL: by the name's ending. SF_ENOTFOUND when it cannot be opened or is no file. */
enum sf_code sf_map_send_file (struct sf_map_request *request, const char *path, const char *media_type,
                               const char *tag, struct sf_map_response *response, struct sf_error *err);

#endif
