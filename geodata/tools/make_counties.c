/* SPDX-License-Identifier: Apache-2.0 */
/* make_counties hainan.json COAST.gpkg VOCABULARY-FOLDER PLACES.csv OUT.gpkg

   Turns the demonstration boundaries of the npm package echarts 4.9.0 into the layer "counties" of OUT.gpkg.
   - The coordinates are taken as CGCS2000: they are not GCJ-02. Where the boundary follows the shore (Danzhou and
   Lingao, six boxes of 0.1 degree, 409 points) it lies 0.28 km on average from GSHHG's shore as it stands and 0.61 km
   after GCJ-02 is undone; the best shift differs from box to box (-0.002 to 0.004 degrees east, -0.001 to -0.003
   north), which is the accuracy of both sources, and is never near the shift of GCJ-02 (-0.0045 east, 0.002 north).
   - On the sea side the boundaries run 2 to 8 km off the shore. Ground is what we want: all units but Sansha, whose
   reefs GSHHG shows elsewhere or not at all, are cut to the coast of COAST.gpkg.
   - Origin and date of the boundaries are not stated by the package: use is "demo only". */
#include "core/base/error.h"
#include "core/base/file.h"
#include "geodata/polygon_ops.h"
#include "geodata/tools/echarts_map.h"
#include "geodata/tools/places.h"
#include "core/base/time.h"
#include "geodata/vector.h"

#include <stdio.h>
#include <string.h>

#define SANSHA_CODE "460300"

enum
{
  FILE_BYTES_MAX = 64 << 20
};

struct work
{
  struct sf_arena arena;
  struct sf_vocabulary *vocabulary;
  struct sf_county_place *places;
  size_t places_count;
  struct sf_echarts_map map;
  struct sf_dataset *coast, *counties;
};

static bool
boxes_meet (const struct sf_geometry *a, const struct sf_geometry *b)
{
  double a0, a1, a2, a3, b0, b1, b2, b3;
  return sf_geometry_bounds (a, &a0, &a1, &a2, &a3) && sf_geometry_bounds (b, &b0, &b1, &b2, &b3) && a0 <= b2
         && b0 <= a2 && a1 <= b3 && b1 <= a3;
}

static enum sf_code
append (struct sf_geometry *to, const struct sf_geometry *from, struct sf_error *err)
{
  for (size_t part = 0; part < from->parts; part++)
    {
      int failed = sf_geometry_begin_part (to, from->part_outer[part]);
      for (size_t i = from->part_start[part]; i < from->part_start[part + 1] && !failed; i++)
        failed = sf_geometry_add_point (to, from->xy[2 * i], from->xy[2 * i + 1]);
      if (failed)
        return sf_fail (err, SF_ENOMEM, "out of memory for a county");
    }
  return SF_OK;
}

/* The common ground of a county and all land. */
static enum sf_code
cut_to_coast (const struct sf_dataset *coast, const struct sf_geometry *county, struct sf_geometry **ret,
              struct sf_error *err)
{
  enum sf_code code = SF_OK;
  struct sf_geometry *land = sf_geometry_new (SF_GEOMETRY_POLYGON);
  if (!land)
    return sf_fail (err, SF_ENOMEM, "out of memory for a county");
  for (size_t i = 0; i < coast->as.table->rows && code == SF_OK; i++)
    {
      struct sf_geometry *common = NULL;
      if (!boxes_meet (coast->as.table->geometries[i], county))
        continue;
      code = sf_polygon_intersection (county, coast->as.table->geometries[i], &common, err);
      if (code == SF_OK)
        code = append (land, common, err);
      sf_geometry_free (common);
    }
  if (code == SF_OK)
    *ret = land;
  else
    sf_geometry_free (land);
  return code;
}

/* The unit's ground: made valid, cut to the coast. */
static enum sf_code
make_ground (const struct work *work, const struct sf_echarts_unit *unit, struct sf_geometry **ret,
             struct sf_error *err)
{
  struct sf_geometry *valid = NULL;
  enum sf_code code = sf_polygon_make_valid (unit->geometry, &valid, err);
  if (code != SF_OK || !strcmp (unit->code, SANSHA_CODE))
    {
      *ret = valid;
      return code;
    }
  code = cut_to_coast (work->coast, valid, ret, err);
  sf_geometry_free (valid);
  return code;
}

static const struct sf_county_place *
find_place (const struct work *work, const char *code)
{
  for (size_t i = 0; i < work->places_count; i++)
    if (!strcmp (work->places[i].code, code))
      return &work->places[i];
  return NULL;
}

static enum sf_code
add_county (struct work *work, const struct sf_echarts_unit *unit, struct sf_error *err)
{
  struct sf_table *table = work->counties->as.table;
  const struct sf_county_place *place = find_place (work, unit->code);
  struct sf_geometry *ground = NULL;
  if (!place || strcmp (place->name_zh, unit->name))
    return sf_fail (err, SF_ENOTFOUND, "unit %s %s is not in the table of places", unit->code, unit->name);
  SF_TRY (make_ground (work, unit, &ground, err));
  if (sf_table_add_row (table) < 0)
    {
      sf_geometry_free (ground);
      return sf_fail (err, SF_ENOMEM, "out of memory for counties");
    }
  SF_TRY (sf_table_set_geometry (table, ground, err));
  SF_TRY (sf_table_set_text (table, "code", place->code, err));
  SF_TRY (sf_table_set_text (table, "name", place->name, err));
  SF_TRY (sf_table_set_text (table, "name_zh", place->name_zh, err));
  SF_TRY (sf_table_set_double (table, "seat_longitude", place->seat_lon_deg, err));
  SF_TRY (sf_table_set_double (table, "seat_latitude", place->seat_lat_deg, err));
  return sf_table_set_text (table, "use", "demo only", err);
}

static enum sf_code
load (struct work *work, char **argv, struct sf_error *err)
{
  uint8_t *bytes;
  size_t length;
  SF_TRY (sf_vocabulary_load (argv[3], &work->vocabulary, err));
  SF_TRY (sf_county_places_load (&work->arena, argv[4], &work->places, &work->places_count, err));
  SF_TRY (sf_file_read (&work->arena, argv[1], FILE_BYTES_MAX, &bytes, &length, err));
  enum sf_code code = sf_echarts_map_parse ((const char *) bytes, length, &work->map, err);
  if (code != SF_OK)
    return sf_error_prefix (err, code, "%s", argv[1]);
  const struct sf_dataset_spec *coast = sf_vocabulary_dataset (work->vocabulary, "coast");
  const struct sf_dataset_spec *counties = sf_vocabulary_dataset (work->vocabulary, "counties");
  if (!coast || !counties)
    return sf_fail (err, SF_ENOTFOUND, "%s: no dataset 'coast' or 'counties'", argv[3]);
  SF_TRY (sf_vector_load (argv[2], "coast", coast, NULL, &work->coast, err));
  return sf_dataset_new_table (counties, NULL, &work->counties, err);
}

static enum sf_code
make (struct work *work, char **argv, struct sf_error *err)
{
  SF_TRY (load (work, argv, err));
  for (size_t i = 0; i < work->map.count; i++)
    SF_TRY (add_county (work, &work->map.units[i], err));
  work->counties->authority = SF_AUTHORITY_INTERNAL;
  const struct sf_dataset *layers[] = { work->counties };
  const struct sf_file_about about
      = { .title_en = "Counties of Hainan, demo only (echarts 4.9.0, cut to GSHHG's coast)",
          .title_zh = "海南市县界（仅供演示）",
          .authority = SF_AUTHORITY_INTERNAL,
          .time_s = SF_TIME_MISSING };
  return sf_vector_save (argv[5], SF_VECTOR_GPKG, layers, 1, &about, err);
}

int
main (int argc, char **argv)
{
  struct sf_error err = { SF_OK, "" };
  struct work work = { 0 };
  if (argc != 6)
    {
      fprintf (stderr, "usage: make_counties hainan.json COAST.gpkg VOCABULARY-FOLDER PLACES.csv OUT.gpkg\n");
      return 2;
    }
  enum sf_code code = make (&work, argv, &err);
  if (code == SF_OK)
    printf ("%s: %zu counties\n", argv[5], work.counties->as.table->rows);
  else
    fprintf (stderr, "make_counties: %s\n", err.message);
  sf_dataset_unref (work.counties);
  sf_dataset_unref (work.coast);
  sf_echarts_map_finish (&work.map);
  sf_vocabulary_free (work.vocabulary);
  sf_arena_finish (&work.arena);
  return code == SF_OK ? 0 : 1;
}
