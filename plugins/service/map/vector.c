/* SPDX-License-Identifier: Apache-2.0 */
/* Vector tiles: /vector/{layer[,layer...]}/{set}/{z}/{x}/{y}.mvt (or .pbf) with ?columns=a,b, and what describes them in
   TileJSON 3.0 (github.com/mapbox/tilejson-spec) at /vector/{layer[,layer...]}/{set}.json. */
#include "plugins/service/map/vector.h"

#include "plugins/service/map/documents.h"
#include "plugins/service/map/gzip.h"

#include <math.h>
#include <string.h>

enum
{
  LEVEL_MAX = 14 /* of the set: a unit is 0.6 m, so clients magnify these */
};

/* Take a list "a,b" apart; *ret_count parts, at most most of them. */
static enum sf_code
split (const struct sf_map_request *request, const char *what, const char *list, const char **parts, size_t most,
       size_t *ret_count, struct sf_error *err)
{
  struct sf_span rest = sf_span_of (list), part;
  size_t count = 0;
  while (sf_text_next_field (&rest, ',', &part))
    {
      if (count == most)
        return sf_fail (err, SF_ERANGE, "at most %zu %s in one tile", most, what);
      if (!(parts[count++] = sf_arena_strndup (request->arena, part.text, part.length)))
        return sf_fail (err, SF_ENOMEM, "out of memory");
    }
  *ret_count = count;
  return SF_OK;
}

static enum sf_code
find_layers (const struct sf_map_request *request, const char *list, const struct sf_map_layer **layers,
             size_t *ret_count, struct sf_error *err)
{
  const char *names[SF_MAP_VECTOR_LAYERS_MAX];
  SF_TRY (split (request, "layers", list, names, SF_MAP_VECTOR_LAYERS_MAX, ret_count, err));
  for (size_t i = 0; i < *ret_count; i++)
    {
      SF_TRY (sf_map_world_find (request->world, names[i], &layers[i], err));
      if (!layers[i]->vector)
        return sf_fail (err, SF_ENOTFOUND,
                        "layer '%s' is a %s: its tiles are at /tiles/%s/{style}/{set}/{z}/{x}/{y}.png", names[i],
                        sf_dataset_kind_name (layers[i]->dataset->spec->kind), names[i]);
      for (size_t k = 0; k < i; k++)
        if (layers[k] == layers[i])
          return sf_fail (err, SF_EINVAL, "layer '%s' is there twice", names[i]);
    }
  return SF_OK;
}

enum sf_code
sf_map_put_vector_tile (const struct sf_map_request *request, const struct sf_map_layer *const *layers, size_t count,
                        const struct sf_map_tile *tile, struct sf_map_response *response, struct sf_error *err)
{
  const struct sf_vector_layer *vectors[SF_MAP_VECTOR_LAYERS_MAX];
  const char *columns[SF_MAP_VECTOR_COLUMNS_MAX], *wanted = sf_map_request_get (request, "columns");
  struct sf_vector_tile at = { .set = tile->set, .z = tile->z, .x = tile->x, .y = tile->y };
  if (wanted)
    {
      SF_TRY (
          split (request, "columns", wanted, columns, *wanted ? SF_MAP_VECTOR_COLUMNS_MAX : 1, &at.columns_count, err));
      at.columns_count = *wanted ? at.columns_count : 0;
      at.columns = columns;
    }
  for (size_t i = 0; i < count; i++)
    vectors[i] = layers[i]->vector;
  response->media_type = "application/vnd.mapbox-vector-tile";
  enum sf_code code = sf_vector_tile_encode (vectors, count, &at, &response->body, err);
  if (code == SF_ENOTFOUND)
    return err->code = SF_EINVAL; /* the tile is there, the columns asked for are not */
  return code == SF_OK ? sf_map_gzip (request, response, err) : code;
}

/* --- TileJSON --- */

static void
put_fields (struct sf_json *json, const struct sf_map_layer *layer)
{
  const struct sf_vector_layer *vector = layer->vector;
  const struct sf_vector_attribute *attributes;
  size_t count = sf_vector_layer_attributes (vector, &attributes);
  sf_json_key (json, "fields");
  sf_json_begin_object (json);
  for (size_t i = 0; i < count; i++)
    sf_json_put_string (json, attributes[i].name,
                        attributes[i].type == SF_COLUMN_DOUBLE || attributes[i].type == SF_COLUMN_INT ? "Number"
                                                                                                      : "String");
  if (strcmp (layer->dataset->spec->geometry, "point") == 0 && layer->dataset->as.table->rows > SF_VECTOR_TILE_POINTS)
    sf_json_put_string (json, sf_vector_layer_count_key (vector), "Number");
  sf_json_end_object (json);
}

static void
put_vector_layer (struct sf_json *json, const struct sf_map_request *request, const struct sf_map_layer *layer,
                  const struct sf_map_tile_set *set)
{
  const struct sf_dataset *dataset = layer->dataset;
  sf_json_begin_object (json);
  sf_json_put_string (json, "id", layer->name);
  sf_json_put_string (json, "description",
                      sf_arena_printf (request->arena, "%s / %s", layer->title_zh, layer->title_en));
  sf_json_put_int (json, "minzoom", sf_tile_set_min_id (set->set) - set->offset);
  sf_json_put_int (json, "maxzoom", LEVEL_MAX - set->offset);
  put_fields (json, layer);
  sf_json_put_string (json, "geometry", dataset->spec->geometry);
  sf_map_put_authority (json, dataset->authority, dataset->simulated);
  sf_json_end_object (json);
}

static void
put_bounds (struct sf_json *json, const struct sf_map_layer *const *layers, size_t count)
{
  struct sf_bounds all = { INFINITY, INFINITY, -INFINITY, -INFINITY };
  for (size_t i = 0; i < count; i++)
    {
      const struct sf_bounds *box = &layers[i]->bounds_deg;
      all = (struct sf_bounds){ fmin (all.min_x, box->min_x), fmin (all.min_y, box->min_y),
                                fmax (all.max_x, box->max_x), fmax (all.max_y, box->max_y) };
    }
  /* TileJSON: within the world, and left out where there is nothing. */
  all = (struct sf_bounds){ fmax (all.min_x, -180), fmax (all.min_y, -90), fmin (all.max_x, 180),
                            fmin (all.max_y, 90) };
  if (all.min_x <= all.max_x && all.min_y <= all.max_y)
    sf_map_put_bounds (json, &all);
}

static enum sf_code
answer_document (const struct sf_map_request *request, const struct sf_map_layer *const *layers, size_t count,
                 struct sf_map_response *response, struct sf_error *err)
{
  const char *name = request->segments[1], *ending = strrchr (name, '.');
  const struct sf_map_tile_set *set;
  struct sf_json json = { .out = &response->body };
  if (!ending || strcmp (ending, ".json") != 0)
    return sf_fail (err, SF_ENOTFOUND, "the document of vector tiles is at /vector/%s/{set}.json",
                    request->segments[0]);
  name = sf_arena_strndup (request->arena, name, (size_t) (ending - name));
  if (!name)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  SF_TRY (sf_map_find_tile_set (name, &set, err));
  response->media_type = "application/json";
  response->is_volatile = true; /* it holds the address that it was asked at */
  sf_json_begin_object (&json);
  sf_json_put_string (&json, "tilejson", "3.0.0");
  sf_json_put_string (&json, "name", request->segments[0]);
  sf_json_put_string (&json, "scheme", "xyz");
  sf_json_key (&json, "tiles");
  sf_json_begin_array (&json);
  sf_json_string (&json, sf_arena_printf (request->arena, "%s/vector/%s/%s/{z}/{x}/{y}.mvt", request->root,
                                          request->segments[0], set->name));
  sf_json_end_array (&json);
  sf_json_put_int (&json, "minzoom", sf_tile_set_min_id (set->set) - set->offset);
  sf_json_put_int (&json, "maxzoom", LEVEL_MAX - set->offset);
  put_bounds (&json, layers, count);
  sf_map_put_tile_scheme (&json, set);
  sf_json_put_string (&json, "snapshot", request->world->snapshot->id);
  sf_json_key (&json, "vector_layers");
  sf_json_begin_array (&json);
  for (size_t i = 0; i < count; i++)
    put_vector_layer (&json, request, layers[i], set);
  sf_json_end_array (&json);
  sf_json_end_object (&json);
  return SF_OK;
}

enum sf_code
sf_map_vector (struct sf_map *map, struct sf_map_request *request, struct sf_map_response *response,
               struct sf_error *err)
{
  const struct sf_map_layer *layers[SF_MAP_VECTOR_LAYERS_MAX];
  struct sf_map_tile tile;
  size_t count = 0;
  (void) map;
  const char *const *part = request->segments;
  if (request->segments_count != 2 && request->segments_count != 5)
    return sf_fail (err, SF_ENOTFOUND,
                    "a vector tile is at /vector/{layer[,layer...]}/{set}/{z}/{x}/{y}.mvt, its TileJSON at "
                    "/vector/{layer[,layer...]}/{set}.json");
  SF_TRY (find_layers (request, part[0], layers, &count, err));
  if (request->segments_count == 2)
    return answer_document (request, layers, count, response, err);
  const char *ending = strrchr (part[4], '.');
  bool is_pbf = ending && strcmp (ending, ".pbf") == 0;
  SF_TRY (sf_map_parse_tile (part[1], part[2], part[3], part[4], is_pbf ? ".pbf" : ".mvt", &tile, err));
  return sf_map_put_vector_tile (request, layers, count, &tile, response, err);
}
