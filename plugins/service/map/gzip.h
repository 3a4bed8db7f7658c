/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_SERVICE_MAP_GZIP_H
#define PLUGINS_SERVICE_MAP_GZIP_H

#include "plugins/service/map/request.h"
#include "plugins/service/map/response.h"

/* Whether the request's Accept-Encoding takes gzip (RFC 9110, 12.5.3: named, or *, and not with a weight of 0). */
bool sf_map_accepts_gzip (const struct sf_map_request *request);

/* Pack the body where the request takes it and it is worth it; caches are told that the answer depends on it. SF_ENOMEM. */
enum sf_code sf_map_gzip (const struct sf_map_request *request, struct sf_map_response *response, struct sf_error *err);

#endif
