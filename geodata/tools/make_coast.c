/* SPDX-License-Identifier: Apache-2.0 */
/* make_coast GSHHG.nc VOCABULARY-FOLDER ISLANDS.csv OUT.gpkg [WEST SOUTH EAST NORTH]

   Assembles the shore of a box (100 0 125 30 by default) once and writes two layers of the vocabulary's dataset
   `coast`: "coast" as it is, and "coast@low" for pictures (points within 0.005 degrees, islands of at least 0.1 km2).
   area: km2 of land without its lakes; of land that the box cuts, the area of the whole with its lakes. */
#include "core/base/error.h"
#include "geodata/coast_gshhg.h"
#include "geodata/polygon.h"
#include "geodata/polygon_ops.h"
#include "geodata/tools/places.h"
#include "core/base/time.h"
#include "geodata/vector.h"

#include <stdio.h>
#include <stdlib.h>

#define LOW_TOLERANCE_DEG 0.005
#define LOW_AREA_MIN_KM2 0.1

struct work
{
  struct sf_arena arena;
  struct sf_gshhg coast;
  struct sf_vocabulary *vocabulary;
  struct sf_island *islands;
  size_t islands_count;
  const char **names; /* of each polygon, or NULL */
  struct sf_dataset *full, *low;
};

static enum sf_code
name_polygons (struct work *work, struct sf_error *err)
{
  struct sf_polygon_index *index = NULL;
  enum sf_code code = SF_OK;
  const struct sf_geometry **list = sf_arena_calloc (&work->arena, work->coast.count, sizeof *list);
  work->names = sf_arena_calloc (&work->arena, work->coast.count, sizeof *work->names);
  if (!list || !work->names)
    return sf_fail (err, SF_ENOMEM, "out of memory for names");
  for (size_t i = 0; i < work->coast.count; i++)
    list[i] = work->coast.polygons[i].geometry;
  SF_TRY (sf_polygon_index_new (list, work->coast.count, SF_RINGS_OUTER, &index, err));
  for (size_t i = 0; i < work->islands_count; i++)
    {
      size_t found;
      const struct sf_island *island = &work->islands[i];
      if (sf_polygon_locate (index, island->lon_deg, island->lat_deg, &found) != SF_SIDE_OUT)
        work->names[found] = island->name;
    }
  sf_polygon_index_free (index);
  return code;
}

static enum sf_code
add_row (struct sf_table *table, const char *name, double area_km2, struct sf_geometry *geometry, struct sf_error *err)
{
  if (sf_table_add_row (table) < 0)
    {
      sf_geometry_free (geometry);
      return sf_fail (err, SF_ENOMEM, "out of memory for the coast");
    }
  SF_TRY (sf_table_set_geometry (table, geometry, err));
  SF_TRY (sf_table_set_text (table, "name", name, err));
  return sf_table_set_double (table, "area", area_km2, err);
}

static enum sf_code
add_polygon (struct work *work, size_t i, struct sf_error *err)
{
  struct sf_gshhg_polygon *polygon = &work->coast.polygons[i];
  struct sf_geometry *geometry = polygon->geometry, *low = NULL;
  double area_km2 = polygon->cut ? polygon->whole_area_km2 : sf_polygon_area_km2 (geometry);
  polygon->geometry = NULL;
  enum sf_code code
      = area_km2 >= LOW_AREA_MIN_KM2 ? sf_polygon_simplify (geometry, LOW_TOLERANCE_DEG, &low, err) : SF_OK;
  if (code == SF_OK && low)
    code = add_row (work->low->as.table, work->names[i], area_km2, low, err);
  if (code != SF_OK)
    {
      sf_geometry_free (geometry);
      return code;
    }
  return add_row (work->full->as.table, work->names[i], area_km2, geometry, err);
}

static enum sf_code
make (struct work *work, char **argv, struct sf_gshhg_box box, struct sf_error *err)
{
  SF_TRY (sf_vocabulary_load (argv[2], &work->vocabulary, err));
  SF_TRY (sf_islands_load (&work->arena, argv[3], &work->islands, &work->islands_count, err));
  SF_TRY (sf_gshhg_load (argv[1], box, &work->coast, err));
  SF_TRY (name_polygons (work, err));
  const struct sf_dataset_spec *spec = sf_vocabulary_dataset (work->vocabulary, "coast");
  if (!spec)
    return sf_fail (err, SF_ENOTFOUND, "%s: no dataset 'coast'", argv[2]);
  SF_TRY (sf_dataset_new_table (spec, NULL, &work->full, err));
  SF_TRY (sf_dataset_new_table (spec, "low", &work->low, err));
  work->full->authority = work->low->authority = SF_AUTHORITY_INTERNAL;
  for (size_t i = 0; i < work->coast.count; i++)
    SF_TRY (add_polygon (work, i, err));
  const struct sf_dataset *layers[] = { work->full, work->low };
  const struct sf_file_about about = { .title_en = "Coast from GSHHG 2.3 (Wessel & Smith 1996, LGPL-3+)",
                                       .title_zh = "海岸线（GSHHG 2.3）",
                                       .authority = SF_AUTHORITY_INTERNAL,
                                       .time_s = SF_TIME_MISSING };
  return sf_vector_save (argv[4], SF_VECTOR_GPKG, layers, 2, &about, err);
}

int
main (int argc, char **argv)
{
  struct sf_error err = { SF_OK, "" };
  struct work work = { 0 };
  struct sf_gshhg_box box = { 100, 0, 125, 30 };
  if (argc != 5 && argc != 9)
    {
      fprintf (stderr, "usage: make_coast GSHHG.nc VOCABULARY-FOLDER ISLANDS.csv OUT.gpkg [WEST SOUTH EAST NORTH]\n");
      return 2;
    }
  if (argc == 9)
    box = (struct sf_gshhg_box){ atoi (argv[5]), atoi (argv[6]), atoi (argv[7]), atoi (argv[8]) };
  enum sf_code code = make (&work, argv, box, &err);
  if (code == SF_OK)
    printf ("%s: %zu polygons, %zu in the overview\n", argv[4], work.full->as.table->rows, work.low->as.table->rows);
  else
    fprintf (stderr, "make_coast: %s\n", err.message);
  sf_dataset_unref (work.low);
  sf_dataset_unref (work.full);
  sf_gshhg_finish (&work.coast);
  sf_vocabulary_free (work.vocabulary);
  sf_arena_finish (&work.arena);
  return code == SF_OK ? 0 : 1;
}
