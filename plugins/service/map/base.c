/* SPDX-License-Identifier: Apache-2.0 */
/* The base map without a network: /base/{set}/{z}/{x}/{y}.png. */
#include "geodata/base_tile.h"

#include "plugins/service/map/tiles.h"

enum sf_code
sf_map_base (struct sf_map *map, struct sf_map_request *request, struct sf_map_response *response, struct sf_error *err)
{
  struct sf_map_tile tile;
  const char *const *part = request->segments;
  (void) map;
  if (request->segments_count != 4)
    return sf_fail (err, SF_ENOTFOUND, "a tile of the base map is at /base/{set}/{z}/{x}/{y}.png");
  if (!request->world->base)
    return sf_fail (err, SF_ENOTFOUND, "snapshot %s has no coast to draw a base map of", request->world->snapshot->id);
  SF_TRY (sf_map_parse_tile (part[0], part[1], part[2], part[3], ".png", &tile, err));
  struct sf_window window = sf_map_tile_window (&tile);
  response->media_type = "image/png";
  return sf_base_map_paint (request->world->base, &window, &response->body, err);
}
