/* SPDX-License-Identifier: Apache-2.0 */
/* Wind as a texture to animate: /uv/{layer}/{set}/{z}/{x}/{y}.bin?time= (int16 pairs) and .png (bytes, for viewers). */
#include "geodata/uv_tile.h"
#include "plugins/service/map/tiles.h"

#include <string.h>

static bool
ends_with (const char *text, const char *ending)
{
  size_t length = strlen (text), tail = strlen (ending);
  return length > tail && strcmp (text + length - tail, ending) == 0;
}

enum sf_code
sf_map_uv (struct sf_map *map, struct sf_map_request *request, struct sf_map_response *response, struct sf_error *err)
{
  const struct sf_map_layer *layer;
  struct sf_map_tile tile;
  struct sf_uv_source source = { 0 };
  (void) map;
  if (request->segments_count != 5)
    return sf_fail (err, SF_ENOTFOUND, "a wind texture is at /uv/{layer}/{set}/{z}/{x}/{y}.bin or .png");
  const char *const *part = request->segments;
  bool is_picture = ends_with (part[4], ".png");
  SF_TRY (sf_map_world_find (request->world, part[0], &layer, err));
  if (!layer->eastward || !layer->northward)
    return sf_fail (err, SF_ENOTFOUND, "layer '%s' has no wind components in this snapshot", layer->name);
  SF_TRY (sf_map_parse_tile (part[1], part[2], part[3], part[4], is_picture ? ".png" : ".bin", &tile, err));
  SF_TRY (sf_map_request_band (request, layer, &source.band, err));
  source.eastward = layer->eastward;
  source.northward = layer->northward;
  struct sf_window window = sf_map_tile_window (&tile);
  response->media_type = is_picture ? "image/png" : "application/octet-stream";
  return is_picture ? sf_uv_tile_png (&source, &window, &response->body, NULL, err)
                    : sf_uv_tile_bytes (&source, &window, &response->body, NULL, err);
}
