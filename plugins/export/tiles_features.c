/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/export/tiles.h"

#include "geodata/picture.h"
#include "geodata/vector_tile.h"

#include <math.h>
#include <string.h>

enum
{
  NATURAL_ZOOM = 10 /* a unit of a tile is under 10 m */
};

static enum sf_code
paint (const struct sf_tiles_layer *layer, enum sf_tile_set set, int z, int x, int y, struct sf_strbuf *out,
       bool *ret_any, struct sf_error *err)
{
  const struct sf_vector_tile tile = { .set = set, .z = z, .x = x, .y = y };
  struct sf_strbuf plain = { 0 };
  enum sf_code code = sf_vector_tile_encode ((const struct sf_vector_layer *const *) layer->vectors,
                                             layer->vectors_count, &tile, &plain, err);
  *ret_any = plain.length > 0;
  if (code == SF_OK)
    code = sf_tiles_gzip (plain.text ? plain.text : "", plain.length, layer->compression, out, err);
  sf_strbuf_finish (&plain);
  return code;
}

static void
put_fields (const struct sf_vector_layer *vector, const struct sf_dataset *features, struct sf_json *json)
{
  const struct sf_vector_attribute *columns;
  size_t count = sf_vector_layer_attributes (vector, &columns);
  sf_json_key (json, "fields");
  sf_json_begin_object (json);
  for (size_t i = 0; i < count; i++)
    {
      bool is_number = columns[i].type == SF_COLUMN_DOUBLE || columns[i].type == SF_COLUMN_INT;
      sf_json_put_string (json, columns[i].name, is_number ? "Number" : "String");
    }
  if (strcmp (features->spec->geometry, "point") == 0)
    sf_json_put_string (json, sf_vector_layer_count_key (vector), "Number");
  sf_json_end_object (json);
}

/* TileJSON 3.0, section 3.3. */
static void
put_json (const struct sf_tiles_layer *layer, struct sf_json *json)
{
  sf_json_key (json, "vector_layers");
  sf_json_begin_array (json);
  for (size_t i = 0; i < layer->vectors_count; i++)
    {
      const struct sf_dataset *features = layer->features[i];
      struct sf_strbuf words = { 0 };
      sf_strbuf_addf (&words, "%s / %s", features->spec->title_zh, features->spec->title_en);
      sf_json_begin_object (json);
      sf_json_put_string (json, "id", sf_vector_layer_name (layer->vectors[i]));
      sf_json_put_string (json, "description", words.text);
      sf_json_put_int (json, "minzoom", layer->min_zoom);
      sf_json_put_int (json, "maxzoom", layer->max_zoom);
      put_fields (layer->vectors[i], features, json);
      sf_json_end_object (json);
      json->out->failed |= words.failed;
      sf_strbuf_finish (&words);
    }
  sf_json_end_array (json);
}

static void
finish (struct sf_tiles_layer *layer)
{
  for (size_t i = 0; i < layer->vectors_count; i++)
    sf_vector_layer_free (layer->vectors[i]);
  sf_mem_free (layer->vectors);
  sf_mem_free (layer->features);
}

static const struct sf_tiles_kind kind = { .margin_frac = (double) SF_VECTOR_TILE_BUFFER / SF_VECTOR_TILE_EXTENT,
                                           .is_vector = true,
                                           .missing = "no feature",
                                           .paint = paint,
                                           .put_json = put_json,
                                           .finish = finish };

/* Widen *bounds by those of a layer; what reaches over the antimeridian goes all round. */
static void
widen (struct sf_bounds *bounds, const struct sf_vector_layer *vector)
{
  struct sf_bounds more;
  if (!sf_feature_index_bounds (sf_vector_layer_index (vector), &more))
    return;
  bool goes_round = more.min_x < -180 || more.max_x > 180;
  bounds->min_x = fmin (bounds->min_x, goes_round ? -180 : more.min_x);
  bounds->max_x = fmax (bounds->max_x, goes_round ? 180 : more.max_x);
  bounds->min_y = fmin (bounds->min_y, more.min_y);
  bounds->max_y = fmax (bounds->max_y, more.max_y);
}

static void
add_words (struct sf_tiles_layer *layer, const struct sf_dataset *features)
{
  bool is_first = layer->vectors_count == 0;
  sf_strbuf_addf (&layer->datasets, "%s%s", is_first ? "" : ",", features->name);
  sf_strbuf_addf (&layer->title_en, "%s%s", is_first ? "" : ", ", features->spec->title_en);
  sf_strbuf_addf (&layer->title_zh, "%s%s", is_first ? "" : "、", features->spec->title_zh);
}

static enum sf_code
add_vector (struct sf_tiles_layer *layer, const struct sf_dataset *features, struct sf_error *err)
{
  add_words (layer, features);
  SF_TRY (sf_vector_layer_new (features->name, features->as.table, &layer->vectors[layer->vectors_count], err));
  layer->features[layer->vectors_count] = features;
  widen (&layer->bounds, layer->vectors[layer->vectors_count++]);
  return SF_OK;
}

static enum sf_code
fill (struct sf_tiles *work, struct sf_tiles_layer *layer, struct sf_error *err)
{
  const struct sf_export *job = work->job;
  layer->vectors = sf_mem_calloc (job->datasets_count, sizeof *layer->vectors);
  layer->features = sf_mem_calloc (job->datasets_count, sizeof *layer->features);
  layer->bounds = (struct sf_bounds){ INFINITY, INFINITY, -INFINITY, -INFINITY };
  sf_picture_format_name (job->name, NULL, 0, "features", job->authority, job->simulated, &layer->name);
  for (size_t i = 0; layer->vectors && layer->features && i < job->datasets_count; i++)
    if (job->datasets[i]->spec->kind == SF_DATASET_FEATURES)
      SF_TRY (add_vector (layer, job->datasets[i], err));
  if (!layer->vectors || !layer->features || layer->name.failed || layer->datasets.failed || layer->title_en.failed
      || layer->title_zh.failed)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", work->host->component);
  if (layer->bounds.min_x > layer->bounds.max_x)
    layer->bounds = (struct sf_bounds){ -180, -90, 180, 90 }; /* no feature is anywhere */
  return sf_tiles_read_levels (work, layer, NATURAL_ZOOM, err);
}

enum sf_code
sf_tiles_add_features (struct sf_tiles *work, struct sf_error *err)
{
  const struct sf_export *job = work->job;
  bool any = false;
  for (size_t i = 0; i < job->datasets_count; i++)
    any |= job->datasets[i]->spec->kind == SF_DATASET_FEATURES;
  if (!any)
    return SF_OK;
  struct sf_tiles_layer *layer = sf_tiles_add_layer (work, &kind);
  return layer ? fill (work, layer, err) : sf_fail (err, SF_ENOMEM, "%s: out of memory", work->host->component);
}
