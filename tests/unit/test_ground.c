/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: the ellipsoidal areas of the polygons (PROJ's geodesics) against sums over grid cells with exact
   cell areas: two ways that share no code but the polygons. */
#include "core/base/file.h"
#include "core/plugin/plugin.h"
#include "geodata/gridspec.h"
#include "geodata/polygon.h"
#include "geodata/polygon_ops.h"
#include "tests/unit/base.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

extern const struct sf_plugin ground_LTX_sanfang_plugin;

static const struct sf_gridspec PROVINCE = { 600, 450, { 107, 0.01, 0, 21.5, 0, -0.01 }, "EPSG:4490" };

/* A stage's ports as the cycle would serve them. */
struct bench
{
  struct sf_arena arena;
  struct sf_host host;
  struct sf_stage_io io;
  struct sf_dataset *held[8];
  const char *names[8];
  int count;
};

static const struct sf_dataset *
take (const struct sf_stage_io *io, const char *port)
{
  const struct bench *bench = io->ctx;
  for (int i = 0; i < bench->count; i++)
    if (!strcmp (bench->names[i], port))
      return bench->held[i];
  return NULL;
}

static enum sf_code
give (const struct sf_stage_io *io, const char *port, struct sf_dataset *dataset, struct sf_error *err)
{
  struct bench *bench = io->ctx;
  (void) err;
  ck_assert_int_lt (bench->count, 8);
  bench->names[bench->count] = port;
  bench->held[bench->count++] = dataset;
  return SF_OK;
}

static const struct sf_dataset_spec *
spec_of (const struct sf_stage_io *io, const char *port)
{
  return sf_vocabulary_dataset (((const struct bench *) io->ctx)->host.vocabulary, port);
}

static void
open_bench (struct bench *bench, const char *data_folder)
{
  struct sf_vocabulary *vocabulary;
  struct sf_settings *settings;
  *bench = (struct bench){
    .host = { .struct_size = sizeof (struct sf_host), .component = "ground", .data_folder = data_folder }
  };
  ck_done (sf_vocabulary_load (TEST_SRCDIR "/share/vocabulary", &vocabulary, err));
  ck_done (sf_settings_parse (&bench->arena, ground_LTX_sanfang_plugin.options, NULL, NULL, &settings, err));
  bench->host.vocabulary = vocabulary;
  bench->host.settings = settings;
  bench->host.log = sf_log_new ();
  bench->io = (struct sf_stage_io){ .ctx = bench,
                                    .grid_name = "province",
                                    .grid = &PROVINCE,
                                    .instance = "province",
                                    .input = take,
                                    .output = give,
                                    .spec = spec_of };
}

static void
close_bench (struct bench *bench)
{
  for (int i = 0; i < bench->count; i++)
    sf_dataset_unref (bench->held[i]);
  sf_log_free (bench->host.log);
  sf_vocabulary_free ((struct sf_vocabulary *) bench->host.vocabulary);
  sf_arena_finish (&bench->arena);
}

static enum sf_code
run (struct bench *bench, const char *name, struct sf_error *err)
{
  for (const struct sf_stage *stage = ground_LTX_sanfang_plugin.as.model->stages; stage->name; stage++)
    if (!strcmp (stage->name, name))
      return stage->run (&bench->host, &bench->io, err);
  ck_abort_msg ("no stage %s", name);
}

/* All land between 108.5 and 111.3 E, 18.0 and 20.17 N is Hainan and its islets: cell sums against polygon areas. */
START_TEST (land_is_the_polygons)
{
  struct bench bench;
  static double area[600 * 450];
  double cells_km2 = 0, polygons_km2 = 0;
  open_bench (&bench, getenv ("SANFANG_DATA"));
  ck_done (run (&bench, "coast", err));
  ck_done (run (&bench, "land", err));
  const struct sf_table *coast = take (&bench.io, "coast")->as.table;
  const struct sf_grid *land = take (&bench.io, "land_fraction@*")->as.grid;
  ck_assert_str_eq (take (&bench.io, "land_fraction@*")->name, "land_fraction@province");
  ck_done (sf_gridspec_areas_km2 (&PROVINCE, 0, 450, area, err));
  for (int r = 133; r < 350; r++)
    for (int c = 150; c < 430; c++)
      cells_km2 += area[r * 600 + c] * (double) land->values[r * 600 + c];
  for (size_t row = 0; row < coast->rows; row++)
    {
      double west, south, east, north;
      if (sf_geometry_bounds (coast->geometries[row], &west, &south, &east, &north) && west > 108.5 && east < 111.3
          && south > 18 && north < 20.17)
        polygons_km2 += sf_polygon_area_km2 (coast->geometries[row]);
    }
  ck_assert_double_gt (polygons_km2, 33800);
  ck_assert_double_eq_tol (cells_km2, polygons_km2, 1e-5 * polygons_km2);
  /* Wuzhishan, and the sea off Wenchang. */
  ck_assert (land->values[272 * 600 + 252] == 1 && land->values[200 * 600 + 450] == 0);
  close_bench (&bench);
}
END_TEST

/* Every harbour of the island lies at its shore, within what two decimals of a recalled position allow, every reservoir
   and county seat inland, Sansha's east and south of them all. */
START_TEST (places_lie_where_they_belong)
{
  struct bench bench;
  struct sf_polygon_index *index;
  open_bench (&bench, getenv ("SANFANG_DATA"));
  bench.host.share_folder = TEST_SRCDIR "/share";
  ck_done (run (&bench, "coast", err));
  ck_done (run (&bench, "places", err));
  const struct sf_table *coast = take (&bench.io, "coast")->as.table, *places = take (&bench.io, "places")->as.table;
  ck_done (sf_polygon_index_new ((const struct sf_geometry *const *) coast->geometries, coast->rows, SF_RINGS_ALL,
                                 &index, err));
  ck_assert_uint_ge (places->rows, 19 + 40);
  for (size_t row = 0; row < places->rows; row++)
    {
      const char *kind = sf_table_text (places, "kind", row), *name = sf_table_text (places, "name", row);
      double lon = sf_table_double (places, "longitude", row), lat = sf_table_double (places, "latitude", row);
      bool sansha = !strcmp (sf_table_text (places, "county_code", row), "460300");
      if (sansha)
        ck_assert_msg (lon > 111 && lat < 17.1, "%s", name);
      else if (!strcmp (kind, "harbour"))
        ck_assert_msg (sf_polygon_distance_km (index, lon, lat, NULL, NULL) < 2.5, "%s", name);
      else if (strcmp (kind, "island"))
        ck_assert_msg (sf_polygon_locate (index, lon, lat, NULL) == SF_SIDE_IN, "%s", name);
    }
  sf_polygon_index_free (index);
  close_bench (&bench);
}
END_TEST

/* A cell that a county covers wholly has its centre in it. */
static void
check_centre (const struct sf_polygon_index *index, size_t county, int64_t cell, double weight)
{
  size_t found = 99;
  double lon_deg = 107 + 0.01 * ((double) (cell % 600) + 0.5), lat_deg = 21.5 - 0.01 * ((double) (cell / 600) + 0.5);
  if (weight < 1)
    return;
  ck_assert_int_ne (sf_polygon_locate (index, lon_deg, lat_deg, &found), SF_SIDE_OUT);
  /* Where neighbours overlap, the first is told. */
  ck_assert_uint_le (found, county);
}

START_TEST (counties_and_weights)
{
  struct bench bench;
  struct sf_polygon_index *index = NULL;
  static double area[600 * 450], covered[600 * 450];
  double sum[32] = { 0 };
  open_bench (&bench, getenv ("SANFANG_DATA"));
  if (!sf_file_exists (sf_file_join (&bench.arena, bench.host.data_folder, "counties.gpkg")))
    {
      close_bench (&bench);
      return;
    }
  ck_done (run (&bench, "counties", err));
  ck_done (run (&bench, "weights", err));
  const struct sf_table *counties = take (&bench.io, "counties")->as.table;
  const struct sf_table *seats = take (&bench.io, "county_seats")->as.table;
  const struct sf_table *weights = take (&bench.io, "county_weights@*")->as.table;
  ck_assert_uint_eq (counties->rows, 19);
  ck_assert_uint_eq (seats->rows, 19);
  ck_assert_str_eq (sf_table_text (seats, "code", 0), sf_table_text (counties, "code", 0));
  ck_assert_double_eq (seats->geometries[3]->xy[0], sf_table_double (counties, "seat_longitude", 3));
  ck_done (sf_gridspec_areas_km2 (&PROVINCE, 0, 450, area, err));
  ck_done (
      sf_polygon_index_new ((const struct sf_geometry *const *) counties->geometries, 19, SF_RINGS_ALL, &index, err));
  for (size_t i = 0; i < weights->rows; i++)
    {
      int64_t county = sf_table_int (weights, "county", i), column = sf_table_int (weights, "column", i);
      int64_t cell = sf_table_int (weights, "row", i) * 600 + column;
      double weight = sf_table_double (weights, "weight", i);
      ck_assert (county >= 0 && county < 19 && column >= 0 && column < 600 && weight > 0 && weight <= 1);
      check_centre (index, (size_t) county, cell, weight);
      sum[county] += weight * area[cell];
      covered[cell] += weight;
    }
  for (size_t row = 0; row < 19; row++)
    if (strcmp (sf_table_text (counties, "name", row), "Sansha")) /* beyond the grid */
      {
        double area_km2 = sf_polygon_area_km2 (counties->geometries[row]);
        ck_assert_double_eq_tol (sum[row], area_km2, 1e-4 * area_km2);
      }
  /* Neighbours of these boundaries overlap by slivers; together they are small. */
  double twice_km2 = 0;
  for (int i = 0; i < 600 * 450; i++)
    twice_km2 += fmax (covered[i] - 1, 0) * area[i];
  ck_assert_double_lt (twice_km2, 3);
  sf_polygon_index_free (index);
  close_bench (&bench);
}
END_TEST

START_TEST (missing_files)
{
  struct bench bench;
  open_bench (&bench, "/nonexistent");
  ck_fails (run (&bench, "coast", err), SF_ENOTFOUND, "gmt-gshhg-full");
  ck_done (run (&bench, "counties", err));
  ck_assert_int_eq (sf_log_count (bench.host.log, SF_LOG_WARNING), 1);
  ck_assert_uint_eq (take (&bench.io, "counties")->as.table->rows, 0);
  ck_assert_uint_eq (take (&bench.io, "county_seats")->as.table->rows, 0);
  ck_done (run (&bench, "weights", err));
  ck_assert_uint_eq (take (&bench.io, "county_weights@*")->as.table->rows, 0);
  close_bench (&bench);
}
END_TEST

/* A file that the settings name must be there. */
START_TEST (named_file)
{
  struct bench bench;
  open_bench (&bench, getenv ("SANFANG_DATA"));
  ck_done (
      sf_settings_set ((struct sf_settings *) bench.host.settings, "counties", "/nonexistent/c.gpkg", "--set", err));
  struct sf_error error = { 0 };
  ck_assert_int_ne (run (&bench, "counties", &error), SF_OK);
  ck_assert_msg (strstr (error.message, "/nonexistent/c.gpkg") != NULL, "%s", error.message);
  ck_assert_int_eq (bench.count, 0);
  close_bench (&bench);
}
END_TEST

/* A projected grid sees the same land: UTM 49 N over the island. */
START_TEST (projected_grid)
{
  const struct sf_gridspec utm = { 200, 130, { 150000, 2000, 0, 2240000, 0, -2000 }, "EPSG:32649" };
  static double area[200 * 130];
  double sum = 0, expected = 0;
  struct bench bench;
  open_bench (&bench, getenv ("SANFANG_DATA"));
  bench.io.grid = &utm;
  ck_done (run (&bench, "coast", err));
  const struct sf_table *coast = take (&bench.io, "coast")->as.table;
  /* Only Hainan: the grid also shows Leizhou, which it cuts. */
  for (size_t row = 0; row < coast->rows; row++)
    {
      const char *name = sf_table_text (coast, "name", row);
      if (name && !strcmp (name, "Hainan Island"))
        expected = sf_polygon_area_km2 (coast->geometries[row]);
    }
  ck_done (run (&bench, "land", err));
  const struct sf_grid *land = take (&bench.io, "land_fraction@*")->as.grid;
  ck_done (sf_gridspec_areas_km2 (&utm, 0, 130, area, err));
  for (int r = 5; r < 130; r++) /* south of 20.17 N */
    for (int c = 0; c < 200; c++)
      sum += area[r * 200 + c] * (double) land->values[r * 200 + c];
  /* The islets around add up to about 0.15 %. */
  ck_assert_double_eq_tol (sum, expected, 0.003 * expected);
  ck_assert_double_gt (sum, expected);
  close_bench (&bench);
}
END_TEST

int
main (void)
{
  char path[4096];
  setenv ("CK_DEFAULT_TIMEOUT", "120", 0); /* sanitized builds on a busy machine */
  const char *data = getenv ("SANFANG_DATA");
  const TTest *const always[] = { missing_files, NULL };
  const TTest *const real[]
      = { land_is_the_polygons, counties_and_weights, named_file, projected_grid, places_lie_where_they_belong, NULL };
  int result = run_tests ("ground without data", always);
  snprintf (path, sizeof path, "%s/coast.gpkg", data ? data : ".");
  if (!sf_file_exists (path))
    {
      printf ("skipped: %s is missing (Debian package gmt-gshhg-full)\n", path);
      return result ? result : 77;
    }
  return result | run_tests ("ground", real);
}
