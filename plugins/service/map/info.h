/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_SERVICE_MAP_INFO_H
#define PLUGINS_SERVICE_MAP_INFO_H

#include "plugins/service/map/map.h"

/* What layers say at a place, for GetFeatureInfo of WMTS and WMS. */

enum sf_map_info_format
{
  SF_MAP_INFO_JSON,
  SF_MAP_INFO_HTML,
  SF_MAP_INFO_TEXT,
  SF_MAP_INFO_FORMATS
};
/* "application/json", "text/html", "text/plain"; and the same as endings of a file's name. */
const char *sf_map_info_media_type (enum sf_map_info_format format);
const char *sf_map_info_ending (enum sf_map_info_format format);
/* SF_EINVAL lists those there are. */
enum sf_code sf_map_info_find_format (const char *media_type, enum sf_map_info_format *ret_format,
                                      struct sf_error *err);

/* One band of a layer, seen in a style. */
struct sf_map_view
{
  const struct sf_map_layer *layer;
  const struct sf_map_style *style;
  int band;
};

struct sf_map_info
{
  enum sf_map_info_format format;
  double lon_deg, lat_deg;
  const struct sf_map_view *views;
  size_t views_count;
};

/* Place it in the middle of a pixel of a window. */
void sf_map_info_place (struct sf_map_info *info, const struct sf_window *window, int64_t column, int64_t row);

/* Answer with the value of the cell that holds the place, its unit, class, moment and standing, in Chinese and English.
   JSON is a GeoJSON FeatureCollection with one feature a layer. */
enum sf_code sf_map_put_info (const struct sf_map_request *request, const struct sf_map_info *info,
                              struct sf_map_response *response, struct sf_error *err);

#endif
