/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_SERVICE_MAP_WMTS_H
#define PLUGINS_SERVICE_MAP_WMTS_H

#include "plugins/service/map/map.h"

/* Write the service metadata of WMTS 1.0.0 (OGC 07-057r7) of the request's world. */
enum sf_code sf_map_wmts_put_capabilities (const struct sf_map_request *request, struct sf_map_response *response,
                                           struct sf_error *err);

#endif
