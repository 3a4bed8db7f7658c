/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_SERVICE_MAP_VALUE_H
#define PLUGINS_SERVICE_MAP_VALUE_H

#include "plugins/service/map/layer.h"

/* What a layer says at a place, and what that means. */

/* The value of the cell that holds a position; NaN outside, where it is missing, and for features. */
double sf_map_layer_value (const struct sf_map_layer *layer, int band, double lon_deg, double lat_deg);

/* Whether a position is within a layer's edges, a longitude turned by whole turns where that helps. */
bool sf_map_layer_covers (const struct sf_map_layer *layer, double lon_deg, double lat_deg);

/* The class of a value: the last entry whose bound it reaches, compared exactly as pixels are. NULL below the first class,
   for a missing value and for styles without classes. */
const struct sf_style_entry *sf_map_style_class (const struct sf_map_style *style, double value);

/* The moment that a value in hours since the grid's reference stands for; SF_TIME_MISSING where it stands for none. */
int64_t sf_map_value_time_s (const struct sf_map_layer *layer, double value);

#endif
