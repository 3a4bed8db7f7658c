/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_SERVICE_MAP_VECTOR_H
#define PLUGINS_SERVICE_MAP_VECTOR_H

#include "plugins/service/map/tiles.h"

enum
{
  SF_MAP_VECTOR_LAYERS_MAX = 16, /* in one tile */
  SF_MAP_VECTOR_COLUMNS_MAX = 64 /* in ?columns= */
};

/* Put layers of features into a response as one vector tile, with the columns that ?columns=a,b names (absent: all). */
enum sf_code sf_map_put_vector_tile (const struct sf_map_request *request, const struct sf_map_layer *const *layers,
                                     size_t count, const struct sf_map_tile *tile, struct sf_map_response *response,
                                     struct sf_error *err);

#endif
