/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: the packing rule of echarts 4.9.0 (lib/coord/geo/parseGeoJson.js) by hand on short texts. With the
   real map (built into data/counties.gpkg at set-up, else skipped): areas of land by county from the provincial
   yearbook, recalled to 1 %: Qiongzhong 2704, Baisha 2117, Tunchang 1232, Ding'an 1197, Baoting 1161, Wuzhishan 1131
   km2 (counties without a coast); the label points that the package gives. */
#include "core/base/file.h"
#include "core/data/dataset.h"
#include "geodata/polygon.h"
#include "geodata/polygon_ops.h"
#include "geodata/sphere.h"
#include "geodata/tools/echarts_map.h"
#include "geodata/tools/places.h"
#include "geodata/vector.h"
#include "tests/unit/base.h"

#include <math.h>
#include <stdio.h>

START_TEST (unpack)
{
  struct sf_geometry *g = sf_geometry_new (SF_GEOMETRY_POLYGON);
  /* '@' 64: 0; 'A': -1; 'B': 1; 'C': -2; U+0142 (322 = 64 + 258): 129. */
  ck_done (sf_echarts_ring_decode ("@@BAC\305\202", 7, 112976, 20501, 1024, true, g, err));
  static const double expected[] = { 112976, 20501, 112977, 20500, 112975, 20629 };
  ck_assert_uint_eq (g->points, 3);
  for (int i = 0; i < 6; i++)
    ck_assert_double_eq (g->xy[i], expected[i] / 1024);
  ck_fails (sf_echarts_ring_decode ("@@B", 3, 0, 0, 1024, true, g, err), SF_EFORMAT, "pair");
  ck_fails (sf_echarts_ring_decode ("@@ @", 4, 0, 0, 1024, true, g, err), SF_EFORMAT, "byte");
  ck_fails (sf_echarts_ring_decode ("@\360\237\214\200", 5, 0, 0, 1024, true, g, err), SF_EFORMAT, "pair");
  sf_geometry_free (g);
}
END_TEST

static enum sf_code
parse (const char *text, struct sf_echarts_map *map, struct sf_error *err)
{
  return sf_echarts_map_parse (text, strlen (text), map, err);
}

START_TEST (documents)
{
  struct sf_echarts_map map = { 0 };
  ck_done (
      parse ("{\"UTF8Encoding\":true,\"UTF8Scale\":2,\"features\":[{\"id\":\"460100\",\"properties\":{\"name\":"
             "\"海口市\",\"cp\":[110.5,20]},"
             "\"geometry\":{\"type\":\"MultiPolygon\",\"coordinates\":[[\"@@D@@DCC\",\"@@B@@BAA\"],[\"@@F@@FEE\"]],"
             "\"encodeOffsets\":[[[4,6],[5,7]],[[10,10]]]}}]}",
             &map, err));
  ck_assert_uint_eq (map.count, 1);
  ck_assert_str_eq (map.units[0].name, "海口市");
  ck_assert_str_eq (map.units[0].code, "460100");
  ck_assert (map.units[0].cp_lon_deg == 110.5 && map.units[0].cp_lat_deg == 20);
  const struct sf_geometry *g = map.units[0].geometry;
  ck_assert_uint_eq (g->parts, 3);
  ck_assert (g->part_outer[0] && !g->part_outer[1] && g->part_outer[2]);
  ck_assert (g->xy[0] == 2 && g->xy[1] == 3 && g->xy[2] == 3 && g->xy[6] == 2 && g->xy[7] == 3);
  sf_echarts_map_finish (&map);
  ck_fails (parse ("{", &map, err), SF_EFORMAT, "line 1");
  ck_fails (parse ("{\"features\":[]}", &map, err), SF_EFORMAT, "packed");
  ck_fails (parse ("{\"UTF8Encoding\":true,\"features\":[{\"id\":\"1\",\"properties\":{}}]}", &map, err), SF_EFORMAT,
            "name");
  ck_fails (parse ("{\"UTF8Encoding\":true,\"features\":[{\"id\":\"1\",\"properties\":{\"name\":\"x\"},\"geometry\":{"
                   "\"type\":\"Point\","
                   "\"coordinates\":[],\"encodeOffsets\":[]}}]}",
                   &map, err),
            SF_EFORMAT, "unit 1");
  ck_assert_uint_eq (map.count, 0);
}
END_TEST

static struct sf_vocabulary *vocabulary;
static struct sf_dataset *counties;

static size_t
row_of (const char *name)
{
  for (size_t row = 0; row < counties->as.table->rows; row++)
    if (!strcmp (sf_table_text (counties->as.table, "name", row), name))
      return row;
  ck_abort_msg ("no county %s", name);
}

START_TEST (county_areas)
{
  static const struct
  {
    const char *name;
    double area_km2;
  } published[] = { { "Qiongzhong", 2704 }, { "Baisha", 2117 },  { "Tunchang", 1232 },
                    { "Ding'an", 1197 },    { "Baoting", 1161 }, { "Wuzhishan", 1131 } };
  double sum = 0;
  ck_assert_uint_eq (counties->as.table->rows, 19);
  for (size_t i = 0; i < sizeof published / sizeof *published; i++)
    ck_assert_double_eq_tol (sf_polygon_area_km2 (counties->as.table->geometries[row_of (published[i].name)]),
                             published[i].area_km2, 0.015 * published[i].area_km2);
  for (size_t row = 0; row < 19; row++)
    if (row != row_of ("Sansha"))
      sum += sf_polygon_area_km2 (counties->as.table->geometries[row]);
  ck_assert_double_eq_tol (sum, 33900, 0.005 * 33900);
}
END_TEST

START_TEST (seats)
{
  const struct sf_table *table = counties->as.table;
  struct sf_polygon_index *index = NULL;
  ck_done (sf_polygon_index_new ((const struct sf_geometry *const *) table->geometries, table->rows, SF_RINGS_ALL,
                                 &index, err));
  for (size_t row = 0; row < table->rows; row++)
    {
      size_t found = 99;
      double lon = sf_table_double (table, "seat_longitude", row), lat = sf_table_double (table, "seat_latitude", row);
      ck_assert_str_eq (sf_table_text (table, "use", row), "demo only");
      ck_done (sf_polygon_check (table->geometries[row], err));
      ck_assert_msg (sf_polygon_locate (index, lon, lat, &found) == SF_SIDE_IN && found == row,
                     "%s: %g E %g N is not in it", sf_table_text (table, "name", row), lon, lat);
    }
  sf_polygon_index_free (index);
}
END_TEST

/* The package's label points stand at the seats too, independently of our table. */
START_TEST (label_points)
{
  struct sf_arena arena = { 0 };
  struct sf_echarts_map map = { 0 };
  uint8_t *bytes;
  size_t length;
  const char *path = TEST_BUILDDIR "/npm/node_modules/echarts/map/json/province/hainan.json";
  if (!sf_file_exists (path))
    return;
  ck_done (sf_file_read (&arena, path, 1 << 24, &bytes, &length, err));
  ck_done (sf_echarts_map_parse ((const char *) bytes, length, &map, err));
  ck_assert_uint_eq (map.count, 19);
  for (size_t i = 0; i < map.count; i++)
    for (size_t row = 0; row < 19; row++)
      if (!strcmp (sf_table_text (counties->as.table, "code", row), map.units[i].code))
        {
          double km = sf_sphere_distance_km (map.units[i].cp_lon_deg, map.units[i].cp_lat_deg,
                                             sf_table_double (counties->as.table, "seat_longitude", row),
                                             sf_table_double (counties->as.table, "seat_latitude", row));
          ck_assert_msg (km < 3, "%s: %.1f km apart", map.units[i].name, km);
        }
  sf_echarts_map_finish (&map);
  sf_arena_finish (&arena);
}
END_TEST

/* Each named island's point lies in a polygon of the coast with about the area of reference works. */
START_TEST (named_islands)
{
  struct sf_arena arena = { 0 };
  struct sf_island *islands;
  struct sf_dataset *coast = NULL;
  size_t count;
  char path[4096];
  snprintf (path, sizeof path, "%s/coast.gpkg", getenv ("SANFANG_DATA"));
  ck_done (sf_islands_load (&arena, TEST_SRCDIR "/share/places/islands.csv", &islands, &count, err));
  ck_done (sf_vector_load (path, "coast", sf_vocabulary_dataset (vocabulary, "coast"), NULL, &coast, err));
  ck_assert_uint_gt (count, 20);
  for (size_t i = 0; i < count; i++)
    {
      bool found = false;
      for (size_t row = 0; row < coast->as.table->rows && !found; row++)
        {
          const char *name = sf_table_text (coast->as.table, "name", row);
          found = name && !strcmp (name, islands[i].name);
          if (found) /* shores of small and growing islands differ by a quarter between sources */
            ck_assert_double_eq_tol (sf_table_double (coast->as.table, "area", row) / islands[i].area_km2, 1, 0.25);
        }
      ck_assert_msg (found, "no polygon is named %s", islands[i].name);
    }
  sf_dataset_unref (coast);
  sf_arena_finish (&arena);
}
END_TEST

int
main (void)
{
  setenv ("CK_DEFAULT_TIMEOUT", "120", 0); /* sanitized builds on a busy machine */
  char path[4096];
  struct sf_error err = { 0 };
  const char *data = getenv ("SANFANG_DATA");
  const TTest *const tests[] = { unpack, documents, NULL };
  const TTest *const real[] = { county_areas, seats, label_points, named_islands, NULL };
  int result = run_tests ("echarts_map", tests);
  snprintf (path, sizeof path, "%s/counties.gpkg", data ? data : ".");
  if (!sf_file_exists (path))
    {
      printf ("skipped: %s is missing (set-up fetches the boundaries)\n", path);
      return result ? result : 77;
    }
  if (sf_vocabulary_load (TEST_SRCDIR "/share/vocabulary", &vocabulary, &err) != SF_OK
      || sf_vector_load (path, "counties", sf_vocabulary_dataset (vocabulary, "counties"), NULL, &counties, &err)
             != SF_OK)
    {
      printf ("%s\n", err.message);
      return 1;
    }
  result |= run_tests ("counties", real);
  sf_dataset_unref (counties);
  sf_vocabulary_free (vocabulary);
  return result;
}
