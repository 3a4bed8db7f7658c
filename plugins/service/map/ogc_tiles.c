/* SPDX-License-Identifier: Apache-2.0 */
/* OGC API Tiles and Maps: tile matrix sets, tilesets of a collection, their tiles, and a map of any window. */
#include "plugins/service/map/ogc.h"
#include "plugins/service/map/vector.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum
{
  MAP_PIXELS_DEFAULT = 1024,
  MAP_PIXELS_MAX = 4096
};

/* --- tile matrix sets: OGC 17-083r4, and the members of 17-083r2 for clients that read those --- */

/* A position of a set in the order of its CRS: latitude first for EPSG:4490. */
static void
put_position (struct sf_json *json, const struct sf_map_tile_set *set, const char *key, double x, double y)
{
  bool is_lat_first = set->set == SF_TILE_SET_C && set->offset == 0;
  sf_json_key (json, key);
  sf_json_begin_array (json);
  sf_json_double (json, is_lat_first ? y : x);
  sf_json_double (json, is_lat_first ? x : y);
  sf_json_end_array (json);
}

static const char *
crs_uri (const struct sf_map_tile_set *set)
{
  if (set->set == SF_TILE_SET_W)
    return "http://www.opengis.net/def/crs/EPSG/0/3857";
  return set->offset ? "http://www.opengis.net/def/crs/OGC/1.3/CRS84" : "http://www.opengis.net/def/crs/EPSG/0/4490";
}

/* The name in OGC's register, NULL for the sets of Tianditu, which have none. */
static const char *
registered_uri (const struct sf_map_request *request, const struct sf_map_tile_set *set)
{
  if (strcmp (set->name, "WorldCRS84Quad") != 0 && strcmp (set->name, "WebMercatorQuad") != 0)
    return NULL;
  return sf_arena_printf (request->arena, "http://www.opengis.net/def/tilematrixset/OGC/1.0/%s", set->name);
}

static const char *
level_id (const struct sf_map_request *request, const struct sf_map_tile_set *set, int id)
{
  return sf_arena_printf (request->arena, "%d", id - set->offset);
}

static void
put_matrix (struct sf_json *json, const struct sf_map_request *request, const struct sf_map_tile_set *set, int id)
{
  struct sf_tile_matrix matrix;
  if (sf_tile_matrix_get (set->set, id, &matrix, NULL) != SF_OK)
    return;
  sf_json_begin_object (json);
  sf_json_put_string (json, "id", level_id (request, set, id));
  sf_json_put_double (json, "scaleDenominator", matrix.scale_denominator);
  sf_json_put_double (json, "cellSize", matrix.resolution);
  sf_json_put_string (json, "cornerOfOrigin", "topLeft");
  put_position (json, set, "pointOfOrigin", matrix.left, matrix.top);
  sf_json_put_string (json, "identifier", level_id (request, set, id));
  put_position (json, set, "topLeftCorner", matrix.left, matrix.top);
  sf_json_put_int (json, "tileWidth", SF_TILE_PIXELS);
  sf_json_put_int (json, "tileHeight", SF_TILE_PIXELS);
  sf_json_put_int (json, "matrixWidth", matrix.columns);
  sf_json_put_int (json, "matrixHeight", matrix.rows);
  sf_json_end_object (json);
}

static void
put_bounding_box (struct sf_json *json, const struct sf_map_tile_set *set)
{
  struct sf_bounds all = sf_tile_set_extent (set->set, &(struct sf_bounds){ -180, -90, 180, 90 });
  sf_json_key (json, "boundingBox");
  sf_json_begin_object (json);
  sf_json_put_string (json, "crs", crs_uri (set));
  put_position (json, set, "lowerCorner", all.min_x, all.min_y);
  put_position (json, set, "upperCorner", all.max_x, all.max_y);
  sf_json_end_object (json);
}

static void
put_matrix_set (struct sf_json *json, const struct sf_map_request *request, const struct sf_map_tile_set *set)
{
  const char *uri = registered_uri (request, set);
  sf_json_begin_object (json);
  sf_json_put_string (json, "id", set->name);
  sf_json_put_string (json, "title",
                      sf_arena_printf (request->arena, "%s (%s)", set->name, sf_tile_set_crs (set->set)));
  if (uri)
    sf_json_put_string (json, "uri", uri);
  sf_json_put_string (json, "crs", crs_uri (set));
  sf_json_put_string (json, "identifier", set->name);
  sf_json_put_string (json, "supportedCRS", crs_uri (set));
  put_bounding_box (json, set);
  sf_json_key (json, "tileMatrices");
  sf_json_begin_array (json);
  for (int id = sf_tile_set_min_id (set->set); id <= sf_tile_set_max_id (set->set); id++)
    put_matrix (json, request, set, id);
  sf_json_end_array (json);
  sf_json_end_object (json);
}

static void
put_matrix_sets (struct sf_json *json, const struct sf_map_request *request)
{
  size_t count;
  const struct sf_map_tile_set *sets = sf_map_tile_sets (&count);
  sf_json_begin_object (json);
  sf_json_key (json, "tileMatrixSets");
  sf_json_begin_array (json);
  for (size_t i = 0; i < count; i++)
    {
      sf_json_begin_object (json);
      sf_json_put_string (json, "id", sets[i].name);
      sf_json_put_string (json, "crs", crs_uri (&sets[i]));
      sf_json_key (json, "links");
      sf_json_begin_array (json);
      sf_map_put_link (json, request,
                       &(struct sf_map_link){ sf_arena_printf (request->arena, "/ogc/tileMatrixSets/%s", sets[i].name),
                                              "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme",
                                              "application/json", NULL });
      sf_json_end_array (json);
      sf_json_end_object (json);
    }
  sf_json_end_array (json);
  sf_json_end_object (json);
}

enum sf_code
sf_map_ogc_matrix_sets (struct sf_map_request *request, struct sf_map_response *response, struct sf_error *err)
{
  struct sf_json json = { .out = &response->body };
  const struct sf_map_tile_set *set;
  if (request->segments_count > 1)
    return sf_fail (err, SF_ENOTFOUND, "a tile matrix set has nothing below it");
  if (request->segments_count == 0)
    put_matrix_sets (&json, request);
  else
    {
      SF_TRY (sf_map_find_tile_set (request->segments[0], &set, err));
      put_matrix_set (&json, request, set);
    }
  return SF_OK;
}

/* --- tilesets --- */

/* Where the tilesets of a collection are, below the root. */
static const char *
tilesets_path (const struct sf_map_request *request, const struct sf_map_layer *layer, const char *style)
{
  if (!layer->grid)
    return sf_arena_printf (request->arena, "/ogc/collections/%s/tiles", layer->name);
  return style ? sf_arena_printf (request->arena, "/ogc/collections/%s/styles/%s/map/tiles", layer->name, style)
               : sf_arena_printf (request->arena, "/ogc/collections/%s/map/tiles", layer->name);
}

/* Every tile of a matrix is answered, those beside the layer transparent; and GDAL 3.6 draws nothing without limits, and a
   distorted map with narrower ones. */
static void
put_limits (struct sf_json *json, const struct sf_map_request *request, const struct sf_map_tile_set *set)
{
  sf_json_key (json, "tileMatrixSetLimits");
  sf_json_begin_array (json);
  for (int id = sf_tile_set_min_id (set->set); id <= sf_tile_set_max_id (set->set); id++)
    {
      struct sf_tile_matrix matrix;
      if (sf_tile_matrix_get (set->set, id, &matrix, NULL) != SF_OK)
        continue;
      sf_json_begin_object (json);
      sf_json_put_string (json, "tileMatrix", level_id (request, set, id));
      sf_json_put_int (json, "minTileRow", 0);
      sf_json_put_int (json, "maxTileRow", matrix.rows - 1);
      sf_json_put_int (json, "minTileCol", 0);
      sf_json_put_int (json, "maxTileCol", matrix.columns - 1);
      sf_json_end_object (json);
    }
  sf_json_end_array (json);
}

static void
put_tileset (struct sf_json *json, const struct sf_map_request *request, const struct sf_map_layer *layer,
             const char *path, const struct sf_map_tile_set *set)
{
  const char *scheme = sf_arena_printf (request->arena, "/ogc/tileMatrixSets/%s", set->name);
  const char *self = sf_arena_printf (request->arena, "%s/%s", path, set->name);
  const char *tile = sf_arena_printf (request->arena, "%s/{tileMatrix}/{tileRow}/{tileCol}", self);
  const char *type = layer->grid ? "image/png" : "application/vnd.mapbox-vector-tile";
  if (!scheme || !self || !tile)
    {
      json->out->failed = true;
      return;
    }
  sf_json_begin_object (json);
  sf_json_put_string (json, "title",
                      sf_arena_printf (request->arena, "%s / %s (%s)", layer->title_zh, layer->title_en, set->name));
  sf_json_put_string (json, "dataType", layer->grid ? "map" : "vector");
  sf_json_put_string (json, "crs", crs_uri (set));
  sf_json_put_string (json, "tileMatrixSetId", set->name);
  if (registered_uri (request, set))
    sf_json_put_string (json, "tileMatrixSetURI", registered_uri (request, set));
  put_limits (json, request, set);
  sf_json_put_string (json, "tileMatrixSetDefinition", sf_arena_printf (request->arena, "%s%s", request->root, scheme));
  sf_json_key (json, "links");
  sf_json_begin_array (json);
  sf_map_put_link (json, request, &(struct sf_map_link){ self, "self", "application/json", NULL });
  sf_map_put_link (
      json, request,
      &(struct sf_map_link){ self, "http://www.opengis.net/def/rel/ogc/1.0/tileset", "application/json", NULL });
  sf_map_put_link (json, request,
                   &(struct sf_map_link){ scheme, "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme",
                                          "application/json", NULL });
  sf_json_begin_object (json);
  sf_json_put_string (json, "href", sf_arena_printf (request->arena, "%s%s", request->root, tile));
  sf_json_put_string (json, "rel", "item");
  sf_json_put_string (json, "type", type);
  sf_json_put_bool (json, "templated", true);
  sf_json_end_object (json);
  sf_json_end_array (json);
  sf_json_end_object (json);
}

static void
put_tilesets (struct sf_json *json, const struct sf_map_request *request, const struct sf_map_layer *layer,
              const char *path)
{
  size_t count;
  const struct sf_map_tile_set *sets = sf_map_tile_sets (&count);
  sf_json_begin_object (json);
  sf_json_key (json, "tilesets");
  sf_json_begin_array (json);
  for (size_t i = 0; i < count; i++)
    put_tileset (json, request, layer, path, &sets[i]);
  sf_json_end_array (json);
  sf_map_begin_links (json, request, "application/json");
  sf_json_end_array (json);
  sf_json_end_object (json);
}

/* A datetime parameter names the step of a layer that has time; other dimensions go by their names. */
static enum sf_code
find_band (const struct sf_map_request *request, const struct sf_map_layer *layer, int *ret_band, struct sf_error *err)
{
  const char *datetime = sf_map_request_get (request, "datetime");
  return layer->time_s && datetime ? sf_map_layer_find_band (layer, datetime, ret_band, err)
                                   : sf_map_request_band (request, layer, ret_band, err);
}

static enum sf_code
answer_tile (struct sf_map_request *request, const struct sf_map_layer *layer, const char *style_name,
             struct sf_map_response *response, struct sf_error *err)
{
  struct sf_map_tile tile;
  const struct sf_map_style *style;
  int band;
  const char *const *part = request->segments;
  SF_TRY (sf_map_parse_tile (part[0], part[1], part[3], part[2], "", &tile, err));
  if (layer->vector)
    return sf_map_put_vector_tile (request, &layer, 1, &tile, response, err);
  SF_TRY (sf_map_layer_find_style (layer, style_name, &style, err));
  SF_TRY (find_band (request, layer, &band, err));
  return sf_map_paint_tile (style, band, &tile, response, err);
}

enum sf_code
sf_map_ogc_tilesets (struct sf_map_request *request, const struct sf_map_layer *layer, const char *style,
                     struct sf_map_response *response, struct sf_error *err)
{
  struct sf_json json = { .out = &response->body };
  const struct sf_map_tile_set *set;
  const struct sf_map_style *known;
  const char *path = tilesets_path (request, layer, style);
  if (!path)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  if (layer->grid)
    SF_TRY (sf_map_layer_find_style (layer, style, &known, err));
  if (request->segments_count == 0)
    put_tilesets (&json, request, layer, path);
  else if (request->segments_count == 1)
    {
      SF_TRY (sf_map_find_tile_set (request->segments[0], &set, err));
      put_tileset (&json, request, layer, path, set);
    }
  else if (request->segments_count == 4)
    return answer_tile (request, layer, style, response, err);
  else
    return sf_fail (err, SF_ENOTFOUND, "a tile is at %s/{tileMatrixSet}/{tileMatrix}/{tileRow}/{tileCol}", path);
  return SF_OK;
}

/* --- a map of any window --- */

/* CRS names as OGC API Maps allows them: a URI, or [EPSG:3857]. */
static enum sf_code
find_projection (const struct sf_map_request *request, const char *key, enum sf_tile_set *ret_projection,
                 struct sf_error *err)
{
  static const struct
  {
    const char *name;
    enum sf_tile_set projection;
  } known[] = { { "http://www.opengis.net/def/crs/OGC/1.3/CRS84", SF_TILE_SET_C },
                { "[OGC:CRS84]", SF_TILE_SET_C },
                { "OGC:CRS84", SF_TILE_SET_C },
                { "CRS84", SF_TILE_SET_C },
                { "http://www.opengis.net/def/crs/EPSG/0/3857", SF_TILE_SET_W },
                { "[EPSG:3857]", SF_TILE_SET_W },
                { "EPSG:3857", SF_TILE_SET_W } };
  const char *text = sf_map_request_get (request, key);
  *ret_projection = SF_TILE_SET_C;
  for (size_t i = 0; text && i < sizeof known / sizeof *known; i++)
    if (strcmp (known[i].name, text) == 0)
      {
        *ret_projection = known[i].projection;
        return SF_OK;
      }
  return text ? sf_fail (err, SF_EUNSUPPORTED, "%s '%.80s' is not served, only OGC:CRS84 and EPSG:3857", key, text)
              : SF_OK;
}

static enum sf_code
find_size (const struct sf_map_request *request, struct sf_window *window, struct sf_error *err)
{
  int64_t width = 0, height = 0;
  double ratio = (window->bounds.max_x - window->bounds.min_x) / (window->bounds.max_y - window->bounds.min_y);
  if (sf_map_request_get (request, "width"))
    SF_TRY (sf_map_request_int (request, "width", 1, MAP_PIXELS_MAX, &width, err));
  if (sf_map_request_get (request, "height"))
    SF_TRY (sf_map_request_int (request, "height", 1, MAP_PIXELS_MAX, &height, err));
  if (!width && !height)
    *(ratio >= 1 ? &width : &height) = MAP_PIXELS_DEFAULT;
  double other = width ? (double) width / ratio : (double) height * ratio;
  int64_t rounded = (int64_t) fmin (fmax (round (other), 1), MAP_PIXELS_MAX);
  window->width = (int) (width ? width : rounded);
  window->height = (int) (height ? height : rounded);
  return SF_OK;
}

enum sf_code
sf_map_ogc_map (struct sf_map_request *request, const struct sf_map_layer *layer, const char *style_name,
                struct sf_map_response *response, struct sf_error *err)
{
  struct sf_window window = { .bounds = layer->bounds_deg };
  const struct sf_map_style *style;
  bool has_box;
  int band;
  if (!layer->grid)
    return sf_fail (err, SF_ENOTFOUND, "layer '%s' has features, no map; see its items and tiles", layer->name);
  SF_TRY (sf_map_layer_find_style (layer, style_name, &style, err));
  SF_TRY (find_projection (request, "crs", &window.projection, err));
  SF_TRY (sf_map_request_bbox (request, &has_box, &window.bounds, err));
  if (!(window.bounds.min_x < window.bounds.max_x) || !(window.bounds.min_y < window.bounds.max_y))
    return sf_fail (err, SF_ERANGE, "bbox: the window of a map must have a width and a height");
  window.bounds = sf_tile_set_extent (window.projection, &window.bounds);
  SF_TRY (find_size (request, &window, err));
  SF_TRY (find_band (request, layer, &band, err));
  response->media_type = "image/png";
  return sf_painter_paint (style->painters[band], &window, &response->body, NULL, err);
}
