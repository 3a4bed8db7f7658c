/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_SERVICE_MAP_TILES_H
#define PLUGINS_SERVICE_MAP_TILES_H

#include "core/base/json.h"
#include "plugins/service/map/map.h"

/* The names under which the two tile matrix sets are served. Level z of a name is level z + offset of the set. */
struct sf_map_tile_set
{
  const char *name;
  enum sf_tile_set set;
  int offset;
};

const struct sf_map_tile_set *sf_map_tile_sets (size_t *ret_count);
enum sf_code sf_map_find_tile_set (const char *name, const struct sf_map_tile_set **ret_set, struct sf_error *err);

/* A tile that exists, in its set's own numbering. */
struct sf_map_tile
{
  enum sf_tile_set set;
  int z, x, y;
  struct sf_tile_matrix matrix;
};

/* Find a tile; SF_ENOTFOUND says which levels, columns and rows there are. */
enum sf_code sf_map_find_tile (const struct sf_map_tile_set *set, int64_t level, int64_t x, int64_t y,
                               struct sf_map_tile *ret_tile, struct sf_error *err);
/* The same from the parts of a path; y ends with suffix (".png"). */
enum sf_code sf_map_parse_tile (const char *set_name, const char *z, const char *x, const char *y, const char *suffix,
                                struct sf_map_tile *ret_tile, struct sf_error *err);

/* What a request says of a layer's dimension ("time=", "beaufort_force=", "dim_beaufort_force="), NULL for nothing. */
const char *sf_map_request_dimension (const struct sf_map_request *request, const struct sf_map_layer *layer);
/* The band that a request's parameters name, else the default. */
enum sf_code sf_map_request_band (const struct sf_map_request *request, const struct sf_map_layer *layer, int *ret_band,
                                  struct sf_error *err);

/* Where the tiles of a set lie: TileJSON has no words for another set than Mercator's, these are those that GDAL reads. */
void sf_map_put_tile_scheme (struct sf_json *json, const struct sf_map_tile_set *set);

/* The window that a tile is. */
struct sf_window sf_map_tile_window (const struct sf_map_tile *tile);
/* Paint a tile into a response. */
enum sf_code sf_map_paint_tile (const struct sf_map_style *style, int band, const struct sf_map_tile *tile,
                                struct sf_map_response *response, struct sf_error *err);

#endif
