/* SPDX-License-Identifier: Apache-2.0 */
/* Raster tiles: /tiles/{layer}/{style}/{set}/{z}/{x}/{y}.png?{dimension}={value}, and their TileJSON 3.0
   (github.com/mapbox/tilejson-spec): /tiles/{layer}/{style}/{set}.json?{dimension}={value}. */
#include "plugins/service/map/documents.h"
#include "plugins/service/map/tiles.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct sf_map_tile_set tile_sets[] = {
  { "c", SF_TILE_SET_C, 0 },
  { "w", SF_TILE_SET_W, 0 },
  { "WorldCRS84Quad", SF_TILE_SET_C, 1 },
  { "GoogleMapsCompatible", SF_TILE_SET_W, 0 },
  { "WebMercatorQuad", SF_TILE_SET_W, 0 },
};

const struct sf_map_tile_set *
sf_map_tile_sets (size_t *ret_count)
{
  *ret_count = sizeof tile_sets / sizeof *tile_sets;
  return tile_sets;
}

enum sf_code
sf_map_find_tile_set (const char *name, const struct sf_map_tile_set **ret_set, struct sf_error *err)
{
  for (size_t i = 0; i < sizeof tile_sets / sizeof *tile_sets; i++)
    if (strcmp (tile_sets[i].name, name) == 0)
      {
        *ret_set = &tile_sets[i];
        return SF_OK;
      }
  return sf_fail (err, SF_ENOTFOUND,
                  "there is no tile matrix set '%.80s', only c, w, WorldCRS84Quad, "
                  "GoogleMapsCompatible, WebMercatorQuad",
                  name);
}

enum sf_code
sf_map_find_tile (const struct sf_map_tile_set *set, int64_t level, int64_t x, int64_t y, struct sf_map_tile *ret_tile,
                  struct sf_error *err)
{
  int64_t id = level + set->offset;
  struct sf_tile_matrix matrix;
  if (id < sf_tile_set_min_id (set->set) || id > sf_tile_set_max_id (set->set))
    return sf_fail (err, SF_ENOTFOUND, "tile matrix set %s has levels %d to %d, not %lld", set->name,
                    sf_tile_set_min_id (set->set) - set->offset, sf_tile_set_max_id (set->set) - set->offset,
                    (long long) level);
  SF_TRY (sf_tile_matrix_get (set->set, (int) id, &matrix, err));
  if (x < 0 || x >= matrix.columns || y < 0 || y >= matrix.rows)
    return sf_fail (err, SF_ENOTFOUND, "level %lld of %s has %d x %d tiles; there is no column %lld, row %lld",
                    (long long) level, set->name, matrix.columns, matrix.rows, (long long) x, (long long) y);
  *ret_tile = (struct sf_map_tile){ .set = set->set, .z = (int) id, .x = (int) x, .y = (int) y, .matrix = matrix };
  return SF_OK;
}

enum sf_code
sf_map_parse_tile (const char *set_name, const char *z, const char *x, const char *y, const char *suffix,
                   struct sf_map_tile *ret_tile, struct sf_error *err)
{
  const struct sf_map_tile_set *set;
  int64_t level, column, row;
  char digits[24] = "";
  size_t length = strlen (y), ending = strlen (suffix);
  if (length <= ending || length - ending >= sizeof digits || strcmp (y + length - ending, suffix) != 0)
    return sf_fail (err, SF_ENOTFOUND, "the tile's name must be a number and '%s', got '%.80s'", suffix, y);
  memcpy (digits, y, length - ending);
  SF_TRY (sf_map_find_tile_set (set_name, &set, err));
  SF_TRY (sf_map_parse_int ("the level", z, 0, 30, &level, err));
  SF_TRY (sf_map_parse_int ("the column", x, 0, INT32_MAX, &column, err));
  SF_TRY (sf_map_parse_int ("the row", digits, 0, INT32_MAX, &row, err));
  return sf_map_find_tile (set, level, column, row, ret_tile, err);
}

const char *
sf_map_request_dimension (const struct sf_map_request *request, const struct sf_map_layer *layer)
{
  const char *text = layer->dimension ? sf_map_request_get (request, layer->dimension) : NULL;
  char key[128];
  if (text || !layer->dimension)
    return text;
  snprintf (key, sizeof key, "dim_%s", layer->dimension);
  return sf_map_request_get (request, key);
}

enum sf_code
sf_map_request_band (const struct sf_map_request *request, const struct sf_map_layer *layer, int *ret_band,
                     struct sf_error *err)
{
  return sf_map_layer_find_band (layer, sf_map_request_dimension (request, layer), ret_band, err);
}

struct sf_window
sf_map_tile_window (const struct sf_map_tile *tile)
{
  return (struct sf_window){ .projection = tile->set,
                             .bounds = sf_tile_bounds (&tile->matrix, tile->x, tile->y),
                             .width = SF_TILE_PIXELS,
                             .height = SF_TILE_PIXELS };
}

enum sf_code
sf_map_paint_tile (const struct sf_map_style *style, int band, const struct sf_map_tile *tile,
                   struct sf_map_response *response, struct sf_error *err)
{
  struct sf_window window = sf_map_tile_window (tile);
  response->media_type = "image/png";
  return sf_painter_paint (style->painters[band], &window, &response->body, NULL, err);
}

/* --- TileJSON --- */

void
sf_map_put_tile_scheme (struct sf_json *json, const struct sf_map_tile_set *set)
{
  struct sf_bounds all = sf_tile_set_extent (set->set, &(struct sf_bounds){ -180, -90, 180, 90 });
  sf_json_put_string (json, "crs", sf_tile_set_crs (set->set));
  sf_json_put_double (json, "tile_origin_upper_left_x", all.min_x);
  sf_json_put_double (json, "tile_origin_upper_left_y", all.max_y);
  sf_json_put_double (json, "tile_dimension_zoom_0", ldexp (all.max_x - all.min_x, -set->offset));
}

/* Fixed words only: clients show it as HTML. */
static const char *
attribution_of (const struct sf_map_request *request, const struct sf_dataset *dataset)
{
  return sf_arena_printf (request->arena, "三防 Sanfang · %s %s%s", sf_authority_name (dataset->authority, 1),
                          sf_authority_name (dataset->authority, 0), dataset->simulated ? " · 模拟 simulated" : "");
}

/* The tiles of one band: of the value asked for, or the default's. */
static const char *
address_of (const struct sf_map_request *request, const struct sf_map_layer *layer, const char *style,
            const struct sf_map_tile_set *set, int band)
{
  const char *address = sf_arena_printf (request->arena, "%s/tiles/%s/%s/%s/{z}/{x}/{y}.png", request->root,
                                         layer->name, style, set->name);
  struct sf_strbuf value = { 0 };
  if (!address || !sf_map_request_dimension (request, layer))
    return address;
  sf_map_layer_put_value (layer, band, &value);
  address = value.failed ? NULL : sf_arena_printf (request->arena, "%s?%s=%s", address, layer->dimension, value.text);
  sf_strbuf_finish (&value);
  return address;
}

static enum sf_code
put_tilejson (const struct sf_map_request *request, const struct sf_map_layer *layer, const struct sf_map_style *style,
              struct sf_map_response *response, struct sf_error *err)
{
  const char *name = request->segments[2], *ending = strrchr (name, '.');
  const struct sf_map_tile_set *set;
  struct sf_json json = { .out = &response->body };
  int band;
  if (!ending || strcmp (ending, ".json") != 0)
    return sf_fail (err, SF_ENOTFOUND, "the document of tiles is at /tiles/%s/%s/{set}.json", request->segments[0],
                    request->segments[1]);
  name = sf_arena_strndup (request->arena, name, (size_t) (ending - name));
  if (!name)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  SF_TRY (sf_map_find_tile_set (name, &set, err));
  SF_TRY (sf_map_request_band (request, layer, &band, err));
  response->media_type = "application/json";
  response->is_volatile = true; /* it holds the address that it was asked at */
  sf_json_begin_object (&json);
  sf_json_put_string (&json, "tilejson", "3.0.0");
  sf_json_put_string (&json, "name", sf_arena_printf (request->arena, "%s / %s", layer->title_zh, layer->title_en));
  sf_json_put_string (&json, "attribution", attribution_of (request, layer->dataset));
  sf_json_put_string (&json, "scheme", "xyz");
  sf_json_key (&json, "tiles");
  sf_json_begin_array (&json);
  sf_json_string (&json, address_of (request, layer, request->segments[1], set, band));
  sf_json_end_array (&json);
  sf_json_put_int (&json, "minzoom", sf_tile_set_min_id (set->set) - set->offset);
  sf_json_put_int (&json, "maxzoom", sf_tile_set_max_id (set->set) - set->offset);
  sf_map_put_bounds (&json, &layer->bounds_deg);
  sf_map_put_tile_scheme (&json, set);
  sf_json_put_string (&json, "style", style->style->name);
  sf_json_put_string (&json, "snapshot", request->world->snapshot->id);
  sf_json_end_object (&json);
  return SF_OK;
}

enum sf_code
sf_map_tiles (struct sf_map *map, struct sf_map_request *request, struct sf_map_response *response,
              struct sf_error *err)
{
  const struct sf_map_layer *layer;
  const struct sf_map_style *style;
  struct sf_map_tile tile;
  int band;
  (void) map;
  if (request->segments_count != 6 && request->segments_count != 3)
    return sf_fail (err, SF_ENOTFOUND,
                    "a tile is at /tiles/{layer}/{style}/{set}/{z}/{x}/{y}.png, its TileJSON at "
                    "/tiles/{layer}/{style}/{set}.json");
  const char *const *part = request->segments;
  SF_TRY (sf_map_world_find (request->world, part[0], &layer, err));
  SF_TRY (sf_map_layer_find_style (layer, part[1], &style, err));
  if (request->segments_count == 3)
    return put_tilejson (request, layer, style, response, err);
  SF_TRY (sf_map_parse_tile (part[2], part[3], part[4], part[5], ".png", &tile, err));
  SF_TRY (sf_map_request_band (request, layer, &band, err));
  return sf_map_paint_tile (style, band, &tile, response, err);
}
