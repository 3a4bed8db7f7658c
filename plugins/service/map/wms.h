/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_SERVICE_MAP_WMS_H
#define PLUGINS_SERVICE_MAP_WMS_H

#include "plugins/service/map/fault.h"
#include "plugins/service/map/map.h"

/* WMS 1.3.0 (OGC 06-042, ISO 19128) and 1.1.1 (OGC 01-068r3). */

enum
{
  SF_MAP_WMS_LAYERS_MAX = 8 /* drawn over one another in one picture */
};

/* A question in one of the two versions. */
struct sf_map_wms
{
  const struct sf_map *map;
  const struct sf_map_request *request;
  bool is_130;
};

/* The reference systems served, by either version. */
struct sf_map_wms_crs
{
  const char *name;
  enum sf_tile_set projection;
  bool is_latitude_first; /* in 1.3.0; in 1.1.1 longitude comes first everywhere */
};
const struct sf_map_wms_crs *sf_map_wms_crs_list (size_t *ret_count);

/* Handlers of one request each; what they return but SF_OK is told by the fault. */
enum sf_code sf_map_wms_capabilities (const struct sf_map_wms *wms, struct sf_map_response *response,
                                      struct sf_map_fault *fault);
enum sf_code sf_map_wms_map (const struct sf_map_wms *wms, struct sf_map_response *response,
                             struct sf_map_fault *fault);
enum sf_code sf_map_wms_info (const struct sf_map_wms *wms, struct sf_map_response *response,
                              struct sf_map_fault *fault);

/* The ground that a picture is drawn on, by TRANSPARENT and BGCOLOR. */
struct sf_map_wms_ground
{
  bool is_transparent;
  uint8_t rgb[3];
};
enum sf_code sf_map_wms_find_ground (const struct sf_map_wms *wms, struct sf_map_wms_ground *ret_ground,
                                     struct sf_map_fault *fault);
enum sf_code sf_map_wms_find_size (const struct sf_map_wms *wms, int *ret_width, int *ret_height,
                                   struct sf_map_fault *fault);

/* A fault for a parameter that is not there. */
enum sf_code sf_map_wms_missing (struct sf_map_fault *fault, const char *key);

#endif
