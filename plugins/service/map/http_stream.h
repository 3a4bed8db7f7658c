/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_SERVICE_MAP_HTTP_STREAM_H
#define PLUGINS_SERVICE_MAP_HTTP_STREAM_H

#include "plugins/service/map/live.h"
#include "plugins/service/map/response.h"

#include <microhttpd.h>

/* A response of libmicrohttpd with the headers of ours. */
void sf_map_http_add_headers (struct MHD_Response *message, const struct sf_map_response *response);

/* Make a response that sends its body and then the events after stream_after, until the listener or the hub ends it.
   A silent listener is closed after silence_s. Takes the body. SF_ERANGE when there are too many streams. */
enum sf_code sf_map_http_stream (struct MHD_Connection *connection, struct sf_map_live *live, unsigned silence_s,
                                 struct sf_map_response *response, struct MHD_Response **ret_message,
                                 struct sf_error *err);

#endif
