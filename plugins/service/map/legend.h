/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_SERVICE_MAP_LEGEND_H
#define PLUGINS_SERVICE_MAP_LEGEND_H

#include "geodata/legend.h"
#include "plugins/service/map/map.h"

/* Draw the legend of a layer's style into a response. */
enum sf_code sf_map_put_legend (const struct sf_map *map, const struct sf_map_layer *layer,
                                const struct sf_map_style *style, enum sf_legend_language language, int width_px,
                                bool is_transparent, struct sf_map_response *response, struct sf_error *err);

#endif
