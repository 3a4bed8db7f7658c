/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/service/map/place.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CODE "code"
#define CODE_END "_code"

/* How a dataset names the places of its rows. */
struct naming
{
  const char *code, *name_en, *name_zh; /* columns */
  bool defines;                         /* its rows are the places */
};

static enum sf_code
no_memory (struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "out of memory for the places of a snapshot");
}

static bool
ends_with (const char *text, const char *end)
{
  size_t length = strlen (text), end_length = strlen (end);
  return length > end_length && strcmp (text + length - end_length, end) == 0;
}

/* False for datasets that know of no places. Names of columns lie in the arena. */
static bool
find_naming (const struct sf_dataset_spec *spec, struct sf_arena *arena, struct naming *ret_naming)
{
  const char *found = NULL;
  for (size_t c = 0; c < spec->columns_count; c++)
    {
      const char *name = spec->columns[c].name;
      if (spec->columns[c].quantity->type != SF_COLUMN_TEXT)
        continue;
      if (strcmp (name, CODE) == 0)
        {
          *ret_naming = (struct naming){ CODE, "name", "name_zh", true };
          return true;
        }
      if (!found && ends_with (name, CODE_END))
        found = name;
    }
  if (!found)
    return false;
  int length = (int) (strlen (found) - strlen (CODE_END));
  *ret_naming = (struct naming){ found, sf_arena_printf (arena, "%.*s", length, found),
                                 sf_arena_printf (arena, "%.*s_zh", length, found), false };
  return ret_naming->name_en && ret_naming->name_zh;
}

/* --- one place --- */

static enum sf_code
find_place (struct sf_map_places *places, const char *code, struct sf_map_place **ret_place, struct sf_error *err)
{
  for (size_t i = 0; i < places->count; i++)
    if (strcmp (places->places[i].code, code) == 0)
      {
        *ret_place = &places->places[i];
        return SF_OK;
      }
  if (sf_mem_grow ((void **) &places->places, &places->capacity, places->count + 1, sizeof *places->places))
    return no_memory (err);
  *ret_place = &places->places[places->count++];
  **ret_place = (struct sf_map_place){
    .code = code, .lon_deg = NAN, .lat_deg = NAN, .bounds = { INFINITY, INFINITY, -INFINITY, -INFINITY }
  };
  return SF_OK;
}

static void
take_seat (struct sf_map_place *place, const struct sf_table *table, size_t row)
{
  double lon_deg = sf_table_double (table, "seat_longitude", row),
         lat_deg = sf_table_double (table, "seat_latitude", row);
  const struct sf_geometry *geometry = table->geometries ? table->geometries[row] : NULL;
  if (isnan (lon_deg) || isnan (lat_deg))
    {
      lon_deg = sf_table_double (table, "longitude", row);
      lat_deg = sf_table_double (table, "latitude", row);
    }
  if ((isnan (lon_deg) || isnan (lat_deg)) && geometry && geometry->kind == SF_GEOMETRY_POINT && geometry->points > 0)
    {
      lon_deg = geometry->xy[0];
      lat_deg = geometry->xy[1];
    }
  if (!isnan (place->lon_deg) || isnan (lon_deg) || isnan (lat_deg))
    return;
  place->lon_deg = lon_deg;
  place->lat_deg = lat_deg;
}

static void
take_bounds (struct sf_map_place *place, const struct sf_geometry *geometry)
{
  double x0, y0, x1, y1;
  if (!geometry || geometry->kind == SF_GEOMETRY_POINT || !sf_geometry_bounds (geometry, &x0, &y0, &x1, &y1))
    return;
  struct sf_bounds *all = &place->bounds;
  *all = (struct sf_bounds){ fmin (all->min_x, x0), fmin (all->min_y, y0), fmax (all->max_x, x1),
                             fmax (all->max_y, y1) };
}

static enum sf_code
add_row (struct sf_map_places *places, const struct sf_dataset *dataset, const struct naming *naming, size_t row,
         struct sf_error *err)
{
  const struct sf_table *table = dataset->as.table;
  const char *code = sf_table_text (table, naming->code, row);
  struct sf_map_place *place = NULL;
  if (!code || !*code)
    return SF_OK;
  SF_TRY (find_place (places, code, &place, err));
  if (!place->name_en)
    place->name_en = sf_table_text (table, naming->name_en, row);
  if (!place->name_zh)
    place->name_zh = sf_table_text (table, naming->name_zh, row);
  if (naming->defines)
    {
      take_seat (place, table, row);
      take_bounds (place, table->geometries ? table->geometries[row] : NULL);
    }
  if (sf_mem_grow ((void **) &place->rows, &place->rows_capacity, place->rows_count + 1, sizeof *place->rows))
    return no_memory (err);
  place->rows[place->rows_count++] = (struct sf_map_place_row){ dataset, row };
  return SF_OK;
}

/* --- all datasets --- */

/* The dataset of a manifest's entry: that of its layer, else read here. */
static enum sf_code
hold_dataset (const struct sf_map_world_setup *setup, struct sf_map_world *world, struct sf_map_places *places,
              const char *name, const struct sf_dataset **ret_dataset, struct sf_error *err)
{
  const struct sf_map_layer *layer;
  if (sf_map_world_find (world, name, &layer, NULL) == SF_OK)
    {
      *ret_dataset = layer->dataset;
      return SF_OK;
    }
  SF_TRY (sf_snapshot_load (world->snapshot, setup->plugins, name, &places->tables[places->tables_count], err));
  *ret_dataset = places->tables[places->tables_count++];
  return SF_OK;
}

static enum sf_code
add_dataset (const struct sf_map_world_setup *setup, struct sf_map_world *world, struct sf_map_places *places,
             const struct sf_manifest_dataset *kept, struct sf_error *err)
{
  const struct sf_dataset_spec *spec = sf_vocabulary_dataset (setup->host->vocabulary, kept->name);
  const struct sf_dataset *dataset = NULL;
  struct naming naming;
  if (!kept->file || !spec || (spec->kind != SF_DATASET_TABLE && spec->kind != SF_DATASET_FEATURES)
      || !find_naming (spec, &world->arena, &naming))
    return SF_OK;
  SF_TRY (hold_dataset (setup, world, places, kept->name, &dataset, err));
  for (size_t row = 0; row < dataset->as.table->rows; row++)
    SF_TRY (add_row (places, dataset, &naming, row, err));
  return SF_OK;
}

static int
compare_codes (const void *a, const void *b)
{
  return strcmp (((const struct sf_map_place *) a)->code, ((const struct sf_map_place *) b)->code);
}

enum sf_code
sf_map_places_new (const struct sf_map_world_setup *setup, struct sf_map_world *world,
                   struct sf_map_places **ret_places, struct sf_error *err)
{
  const struct sf_snapshot *snapshot = world->snapshot;
  struct sf_map_places *places = sf_arena_calloc (&world->arena, 1, sizeof *places);
  if (!places)
    return no_memory (err);
  places->tables = sf_arena_calloc (&world->arena, snapshot->datasets_count + 1, sizeof *places->tables);
  enum sf_code code = places->tables ? SF_OK : no_memory (err);
  for (size_t i = 0; i < snapshot->datasets_count && code == SF_OK; i++)
    code = add_dataset (setup, world, places, &snapshot->datasets[i], err);
  if (code != SF_OK)
    {
      sf_map_places_free (places);
      return code;
    }
  if (places->count > 0)
    qsort (places->places, places->count, sizeof *places->places, compare_codes);
  *ret_places = places;
  return SF_OK;
}

void
sf_map_places_free (struct sf_map_places *places)
{
  if (!places)
    return;
  for (size_t i = 0; i < places->count; i++)
    sf_mem_free (places->places[i].rows);
  sf_mem_free (places->places);
  for (size_t i = 0; i < places->tables_count; i++)
    sf_dataset_unref (places->tables[i]);
}
