/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/service/map/point.h"

#include "core/base/decimal.h"
#include "core/base/time.h"
#include "geodata/gridspec.h"
#include "plugins/service/map/documents.h"

#include <string.h>

/* What is carried along while a world is prepared. Texts are written to json and cut into pieces. */
struct maker
{
  struct sf_map_world *world;
  struct sf_map_point *point;
  struct sf_strbuf text;
  struct sf_json json;
  size_t longest; /* of the pieces of which one is chosen */
  const struct sf_geometry **polygons;
  size_t areas;
  bool failed;
};

enum
{
  ROW_BLOCK = 64, /* cells that are interleaved at a time, so that a record's cache lines are written once */
  /* Texts made for each answer, at most: a value and its times; age, place, time of the question, time of the answer. */
  VALUE_BYTES = SF_DECIMAL_BYTES + 4 * SF_TIME_TEXT_BYTES,
  ANSWER_BYTES = 512
};

static enum sf_code
no_memory (struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "out of memory for point queries");
}

/* Take what was written so far; what stands in the hole comes later. */
static struct sf_map_piece
cut (struct maker *maker)
{
  char *copy = maker->text.failed ? NULL
                                  : sf_arena_strndup (&maker->world->arena, maker->text.text ? maker->text.text : "",
                                                      maker->text.length);
  struct sf_map_piece piece = { copy, copy ? maker->text.length : 0 };
  maker->failed |= !copy;
  maker->point->bytes_max += piece.length;
  maker->json.after_key = false;
  sf_strbuf_reset (&maker->text);
  return piece;
}

/* A piece of which an answer has one or another. */
static struct sf_map_piece
cut_choice (struct maker *maker)
{
  struct sf_map_piece piece = cut (maker);
  maker->point->bytes_max -= piece.length;
  if (piece.length > maker->longest)
    maker->longest = piece.length;
  return piece;
}

/* --- grids --- */

static enum sf_code
find_grid (struct maker *maker, const struct sf_gridspec *spec, struct sf_map_point_grid **ret_grid,
           struct sf_error *err)
{
  struct sf_map_point *point = maker->point;
  for (size_t g = 0; g < point->grids_count; g++)
    if (sf_gridspec_same (point->grids[g].spec, spec))
      {
        *ret_grid = &point->grids[g];
        return SF_OK;
      }
  struct sf_map_point_grid *grid = &point->grids[point->grids_count];
  SF_TRY (sf_crs_is_geographic (spec->crs, &grid->is_geographic, err));
  if (!sf_crs_same_lonlat (spec->crs, SF_CRS_HOME))
    SF_TRY (sf_crs_open (SF_CRS_HOME, spec->crs, &grid->from_home, err));
  grid->spec = spec;
  pthread_mutex_init (&grid->lock, NULL);
  point->grids_count++;
  *ret_grid = grid;
  return SF_OK;
}

static void
interleave (const struct sf_map_point_layer *of)
{
  const struct sf_grid *from = of->layer->grid;
  size_t cells = sf_gridspec_cells (&from->spec), slots = of->grid->slots;
  for (size_t begin = 0; begin < cells; begin += ROW_BLOCK)
    for (int band = 0; band < from->bands; band++)
      {
        size_t end = begin + ROW_BLOCK < cells ? begin + ROW_BLOCK : cells;
        const float *values = from->values + (size_t) band * cells;
        float *records = of->grid->records + of->slot + (size_t) band;
        for (size_t cell = begin; cell < end; cell++)
          records[cell * slots] = values[cell];
      }
}

static enum sf_code
lay_out (struct maker *maker, struct sf_error *err)
{
  struct sf_map_point *point = maker->point;
  for (size_t g = 0; g < point->grids_count; g++)
    {
      struct sf_map_point_grid *grid = &point->grids[g];
      if (grid->slots == 0)
        continue;
      grid->records = sf_mem_alloc (sf_gridspec_cells (grid->spec) * grid->slots * sizeof *grid->records);
      if (!grid->records)
        return no_memory (err);
    }
  for (size_t l = 0; l < point->layers_count; l++)
    if (!point->layers[l].layer->time_s)
      interleave (&point->layers[l]);
  return SF_OK;
}

/* --- texts of layers --- */

static void
put_meaning (struct maker *maker, const char *en, const char *zh)
{
  struct sf_json *json = &maker->json;
  if (en && zh)
    sf_map_put_titles (json, "meaning", en, zh);
  else
    {
      sf_json_key (json, "meaning");
      sf_json_null (json);
    }
}

static void
put_head (struct maker *maker, const struct sf_map_layer *layer)
{
  struct sf_json *json = &maker->json;
  const struct sf_dataset *dataset = layer->dataset;
  const struct sf_quantity *quantity = dataset->spec->quantity;
  sf_json_begin_object (json);
  sf_json_put_string (json, "id", layer->name);
  sf_json_put_string (json, "dataset", dataset->spec->name);
  sf_json_put_string (json, "kind", sf_dataset_kind_name (dataset->spec->kind));
  sf_map_put_titles (json, "title", layer->title_en, layer->title_zh);
  sf_json_put_string (json, "quantity", quantity->name);
  sf_json_put_string (json, "unit", quantity->unit);
  sf_json_put_string (json, "averaging", quantity->averaging);
  if (layer->grid->reference_s != SF_TIME_MISSING)
    sf_json_put_time (json, "reference_time", layer->grid->reference_s);
  sf_json_put_string (json, "dimension", layer->dimension);
  sf_map_put_authority (json, dataset->authority, dataset->simulated);
  sf_json_put_time (json, "data_time", maker->world->snapshot->clock_s);
  sf_json_key (json, "age_s");
}

static void
put_values (struct maker *maker, struct sf_map_point_layer *made)
{
  struct sf_json *json = &maker->json;
  const struct sf_map_layer *layer = made->layer;
  bool is_banded = sf_map_layer_dimension (layer) == SF_MAP_DIMENSION_BAND;
  int count = is_banded ? layer->bands : 1;
  made->values = sf_arena_calloc (&maker->world->arena, (size_t) count, sizeof *made->values);
  if (!made->values)
    {
      maker->failed = true;
      return;
    }
  if (is_banded)
    {
      sf_json_key (json, "values");
      sf_json_begin_array (json);
    }
  for (int band = 0; band < count; band++)
    {
      if (is_banded)
        {
          sf_json_begin_object (json);
          sf_json_put_double (json, layer->dimension, layer->grid->band_values[band]);
        }
      sf_json_key (json, "value");
      made->values[band] = cut (maker);
      if (is_banded)
        sf_json_end_object (json);
    }
  if (is_banded)
    sf_json_end_array (json);
  maker->point->bytes_max += (size_t) count * VALUE_BYTES;
}

/* What may stand after a value. Each is written as if it stood there alone. */
static void
put_choices (struct maker *maker, struct sf_map_point_layer *made)
{
  struct sf_json whole = maker->json;
  const struct sf_map_layer *layer = made->layer;
  const struct sf_dataset_spec *spec = layer->dataset->spec;
  int count = made->style ? made->style->style->entries_count : 0;
  maker->longest = 0;
  if (layer->grid->reference_s != SF_TIME_MISSING)
    sf_json_put_time (&maker->json, "time", SF_TIME_MISSING);
  put_meaning (maker, spec->missing_en, spec->missing_zh);
  made->missing = cut_choice (maker);
  put_meaning (maker, NULL, NULL);
  made->unclassed = cut_choice (maker);
  if (layer->time_s)
    {
      char first[SF_TIME_TEXT_BYTES], last[SF_TIME_TEXT_BYTES];
      sf_time_format_utc (first, layer->time_s[0]);
      sf_time_format_utc (last, layer->time_s[layer->bands - 1]);
      put_meaning (maker,
                   sf_arena_printf (&maker->world->arena, "no step at this time; steps from %s to %s", first, last),
                   sf_arena_printf (&maker->world->arena, "该时刻无数据；时次自 %s 至 %s", first, last));
      made->outside = cut_choice (maker);
    }
  made->classes = sf_arena_calloc (&maker->world->arena, (size_t) count + 1, sizeof *made->classes);
  maker->failed |= !made->classes;
  for (int i = 0; i < count && made->classes; i++)
    {
      put_meaning (maker, made->style->style->entries[i].label_en, made->style->style->entries[i].label_zh);
      made->classes[i] = cut_choice (maker);
    }
  maker->json = whole;
  maker->point->bytes_max += maker->longest * (size_t) (layer->time_s ? 1 : layer->bands);
}

static enum sf_code
add_layer (struct maker *maker, const struct sf_map_layer *layer, struct sf_error *err)
{
  struct sf_map_point_layer *made = &maker->point->layers[maker->point->layers_count++];
  const struct sf_map_style *style = layer->styles_count ? &layer->styles[0] : NULL;
  made->layer = layer;
  made->style = style && style->style->kind == SF_STYLE_CLASSES ? style : NULL;
  SF_TRY (find_grid (maker, &layer->grid->spec, &made->grid, err));
  if (!layer->time_s)
    {
      made->slot = made->grid->slots;
      made->grid->slots += (size_t) layer->bands;
    }
  put_head (maker, layer);
  made->head = cut (maker);
  put_values (maker, made);
  struct sf_strbuf rest = maker->text; /* the end of the values, while the choices are written */
  maker->text = (struct sf_strbuf){ 0 };
  put_choices (maker, made);
  sf_strbuf_finish (&maker->text);
  maker->text = rest;
  sf_json_end_object (&maker->json);
  made->tail = cut (maker);
  return maker->failed ? no_memory (err) : SF_OK;
}

/* --- areas --- */

static void
put_area (struct maker *maker, const struct sf_map_layer *layer, size_t row)
{
  struct sf_json *json = &maker->json;
  sf_json_begin_object (json);
  sf_json_put_string (json, "id", layer->name);
  sf_json_put_string (json, "dataset", layer->dataset->spec->name);
  sf_map_put_titles (json, "title", layer->title_en, layer->title_zh);
  sf_map_put_authority (json, layer->dataset->authority, layer->dataset->simulated);
  sf_map_put_row (json, "properties", layer->dataset->as.table, row);
  sf_json_end_object (json);
}

static enum sf_code
add_area (struct maker *maker, const struct sf_map_layer *layer, size_t row, struct sf_error *err)
{
  maker->polygons[maker->areas] = layer->dataset->as.table->geometries[row];
  put_area (maker, layer, row);
  maker->point->areas[maker->areas++] = cut_choice (maker);
  return maker->failed ? no_memory (err) : SF_OK;
}

static bool
has_areas (const struct sf_map_layer *layer)
{
  const char *geometry = layer->dataset->spec->geometry;
  return !layer->grid && geometry && strcmp (geometry, "polygon") == 0;
}

/* --- the whole --- */

static void
put_about (struct maker *maker)
{
  struct sf_json *json = &maker->json;
  const struct sf_snapshot *snapshot = maker->world->snapshot;
  sf_json_begin_object (json);
  sf_json_put_string (json, "snapshot", snapshot->id);
  sf_json_put_string (json, "scenario", snapshot->scenario);
  sf_map_put_titles (json, "title", snapshot->title_en, snapshot->title_zh);
  sf_map_put_authority (json, snapshot->authority, snapshot->simulated);
  sf_map_put_sources (json, snapshot);
}

static enum sf_code
make_room (struct maker *maker, struct sf_error *err)
{
  const struct sf_map_world *world = maker->world;
  struct sf_map_point *point = maker->point;
  size_t layers = 0, areas = 0;
  for (size_t i = 0; i < world->layers_count; i++)
    if (world->layers[i]->grid)
      layers++;
    else if (has_areas (world->layers[i]))
      areas += world->layers[i]->dataset->as.table->rows;
  point->grids = sf_arena_calloc (&maker->world->arena, layers + 1, sizeof *point->grids);
  point->layers = sf_arena_calloc (&maker->world->arena, layers + 1, sizeof *point->layers);
  point->areas = sf_arena_calloc (&maker->world->arena, areas + 1, sizeof *point->areas);
  maker->polygons = sf_mem_calloc (areas + 1, sizeof *maker->polygons);
  return point->grids && point->layers && point->areas && maker->polygons ? SF_OK : no_memory (err);
}

static enum sf_code
add_layers (struct maker *maker, struct sf_error *err)
{
  const struct sf_map_world *world = maker->world;
  for (size_t i = 0; i < world->layers_count; i++)
    if (world->layers[i]->grid)
      SF_TRY (add_layer (maker, world->layers[i], err));
  return lay_out (maker, err);
}

static enum sf_code
add_areas (struct maker *maker, struct sf_error *err)
{
  const struct sf_map_world *world = maker->world;
  maker->longest = 0;
  for (size_t i = 0; i < world->layers_count; i++)
    for (size_t row = 0; has_areas (world->layers[i]) && row < world->layers[i]->dataset->as.table->rows; row++)
      SF_TRY (add_area (maker, world->layers[i], row, err));
  SF_TRY (sf_polygon_cover_new (maker->polygons, maker->areas, &maker->point->cover, err));
  maker->point->bytes_max += sf_polygon_cover_most (maker->point->cover) * (maker->longest + 1);
  return SF_OK;
}

static enum sf_code
prepare (struct maker *maker, struct sf_error *err)
{
  SF_TRY (make_room (maker, err));
  put_about (maker);
  maker->point->about = cut (maker);
  maker->json = (struct sf_json){ .out = &maker->text };
  SF_TRY (add_layers (maker, err));
  SF_TRY (add_areas (maker, err));
  maker->point->bytes_max += ANSWER_BYTES + maker->point->layers_count * (SF_DECIMAL_BYTES + 1);
  return SF_OK;
}

enum sf_code
sf_map_point_new (struct sf_map_world *world, struct sf_map_point **ret_point, struct sf_error *err)
{
  struct maker maker = { .world = world, .point = sf_arena_calloc (&world->arena, 1, sizeof *maker.point) };
  if (!maker.point)
    return no_memory (err);
  maker.json.out = &maker.text;
  enum sf_code code = prepare (&maker, err);
  sf_strbuf_finish (&maker.text);
  sf_mem_free (maker.polygons);
  if (code != SF_OK)
    {
      sf_map_point_free (maker.point);
      return code;
    }
  *ret_point = maker.point;
  return SF_OK;
}

void
sf_map_point_free (struct sf_map_point *point)
{
  if (!point)
    return;
  for (size_t g = 0; g < point->grids_count; g++)
    {
      sf_mem_free (point->grids[g].records);
      sf_crs_close (point->grids[g].from_home);
      pthread_mutex_destroy (&point->grids[g].lock);
    }
  sf_polygon_cover_free (point->cover);
}
