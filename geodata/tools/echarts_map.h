/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_TOOLS_ECHARTS_MAP_H
#define SF_GEODATA_TOOLS_ECHARTS_MAP_H

#include "core/base/error.h"
#include "core/data/geometry.h"

#include <stddef.h>

/* The maps that the npm package echarts carries in map/json: GeoJSON whose rings are packed into texts ("UTF8Encoding":
   true). A ring is a text of pairs of UTF-16 code units, first x, then y. Each unit minus 64 is a zigzag number (0 1 2
   3 ... mean 0 -1 1 -2 ...), a difference to the point before; the first point differs from encodeOffsets [x, y] of
   that ring. Sums divided by UTF8Scale (1024 unless given) are degrees, so that a step is 0.00098 degrees, about 100 m.
   (Source: the decoder in lib/coord/geo/parseGeoJson.js of echarts 4.9.0, Apache-2.0.) */
struct sf_echarts_unit
{
  char code[16];                 /* feature's id: the code of GB/T 2260 */
  char *name;                    /* Chinese */
  double cp_lon_deg, cp_lat_deg; /* where the label stands; NaN when absent */
  struct sf_geometry *geometry;
};

struct sf_echarts_map
{
  size_t count;
  struct sf_echarts_unit *units;
};

/* Parse a map; coordinates as they stand in it. Free with sf_echarts_map_finish. SF_EFORMAT says what is wrong where.
 */
enum sf_code sf_echarts_map_parse (const char *bytes, size_t length, struct sf_echarts_map *ret, struct sf_error *err);
void sf_echarts_map_finish (struct sf_echarts_map *map);

/* Add the ring of one packed text to a geometry. */
enum sf_code sf_echarts_ring_decode (const char *utf8, size_t length, long offset_x, long offset_y, double scale,
                                     bool outer, struct sf_geometry *geometry, struct sf_error *err);

#endif
