/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/raster.h"

#include "core/base/file.h"
#include "core/base/sha256.h"
#include "core/base/time.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct sf_vocabulary *vocabulary;
static struct sf_error err;
static char folder[64];

#define ASSERT_OK(expr) ck_assert_msg ((expr) == SF_OK, "%s", err.message)

static const struct sf_file_about about
    = { .scenario = "rammasun-2014", .authority = SF_AUTHORITY_INTERNAL, .time_s = SF_TIME_MISSING };
static const struct sf_raster_options deflate = { .compression = SF_RASTER_DEFLATE, .overviews = true };

static void
setup (void)
{
  char path[512];
  const char *share = getenv ("SANFANG_SHARE");
  snprintf (path, sizeof path, "%s/vocabulary", share ? share : TEST_SRCDIR "/share");
  ASSERT_OK (sf_vocabulary_load (path, &vocabulary, &err));
  strcpy (folder, "/tmp/sf-raster-XXXXXX");
  ck_assert_ptr_nonnull (mkdtemp (folder));
}

static void
teardown (void)
{
  sf_file_remove_tree (folder, NULL);
  sf_vocabulary_free (vocabulary);
}

static char *
below (const char *name)
{
  static char paths[4][128];
  static int next;
  next = (next + 1) % 4;
  snprintf (paths[next], sizeof paths[next], "%s/%s", folder, name);
  return paths[next];
}

static const struct sf_dataset_spec *
spec (const char *name)
{
  const struct sf_dataset_spec *found = sf_vocabulary_dataset (vocabulary, name);
  ck_assert_ptr_nonnull (found);
  return found;
}

static struct sf_dataset *
arrival (int nx, int ny)
{
  static const double forces[] = { 7, 8, 10, 12 };
  struct sf_gridspec grid = { nx, ny, { 107.0, 0.01, 0, 21.5, 0, -0.01 }, "EPSG:4490" };
  struct sf_dataset *d = NULL;
  ASSERT_OK (sf_dataset_new_grid (spec ("wind_arrival"), "province", &grid, forces, 4, &d, &err));
  d->as.grid->reference_s = 1405555200;
  d->authority = SF_AUTHORITY_HYPOTHETICAL;
  d->simulated = true;
  for (int i = 0; i < 4 * nx * ny; i++)
    if (i % 7)
      d->as.grid->values[i] = (float) i / 3;
  return d;
}

START_TEST (grid_comes_back)
{
  struct sf_dataset *d = arrival (601, 301), *back = NULL;
  struct sf_raster_options options = deflate;
  options.compression = (enum sf_raster_compression) _i;
  ASSERT_OK (sf_raster_save (below ("a.tif"), d, &options, &about, &err));
  ASSERT_OK (sf_raster_load (below ("a.tif"), spec ("wind_arrival"), "province", &back, &err));
  const struct sf_grid *g = back->as.grid;
  ck_assert (sf_gridspec_same (&g->spec, &d->as.grid->spec));
  ck_assert_int_eq (g->bands, 4);
  ck_assert_double_eq (g->band_values[3], 12);
  ck_assert_int_eq (g->reference_s, 1405555200);
  ck_assert_int_eq (back->authority, SF_AUTHORITY_HYPOTHETICAL);
  ck_assert (back->simulated);
  for (int i = 0; i < 4 * 601 * 301; i++)
    if (i % 7)
      ck_assert_float_eq (g->values[i], d->as.grid->values[i]);
    else
      ck_assert_float_nan (g->values[i]);
  sf_dataset_unref (d);
  sf_dataset_unref (back);
}
END_TEST

START_TEST (same_input_same_bytes)
{
  struct sf_dataset *d = arrival (601, 301);
  char first[SF_KEY_TEXT_BYTES], second[SF_KEY_TEXT_BYTES];
  struct sf_key key;
  ASSERT_OK (sf_raster_save (below ("1.tif"), d, &deflate, &about, &err));
  usleep (1100000);
  ASSERT_OK (sf_raster_save (below ("another.tif"), d, &deflate, &about, &err));
  ASSERT_OK (sf_key_of_file (below ("1.tif"), &key, &err));
  sf_key_format (&key, first);
  ASSERT_OK (sf_key_of_file (below ("another.tif"), &key, &err));
  ck_assert_str_eq (sf_key_format (&key, second), first);
  struct sf_arena arena = { 0 };
  char **names;
  size_t count;
  ASSERT_OK (sf_file_list (&arena, folder, &names, &count, &err));
  ck_assert_uint_eq (count, 2); /* no helper files beside the two */
  sf_arena_finish (&arena);
  sf_dataset_unref (d);
}
END_TEST

/* Esri ASCII grid: its rows stand north first by definition, xllcorner and yllcorner are the lower left corner. */
START_TEST (reads_a_foreign_raster)
{
  FILE *f = fopen (below ("d.asc"), "w");
  fputs ("ncols 3\nnrows 2\nxllcorner 108.5\nyllcorner 18\ncellsize 0.5\nNODATA_value -9999\n1 2 3\n4 -9999 6\n", f);
  fclose (f);
  f = fopen (below ("d.prj"), "w");
  fputs ("GEOGCS[\"GCS_WGS_1984\",DATUM[\"D_WGS_1984\",SPHEROID[\"WGS_1984\",6378137.0,298.257223563]],"
         "PRIMEM[\"Greenwich\",0.0],UNIT[\"Degree\",0.0174532925199433],AUTHORITY[\"EPSG\",\"4326\"]]",
         f);
  fclose (f);
  struct sf_dataset *d = NULL;
  ASSERT_OK (sf_raster_load (below ("d.asc"), spec ("land_fraction"), NULL, &d, &err));
  const struct sf_grid *g = d->as.grid;
  ck_assert_int_eq (g->spec.nx, 3);
  ck_assert_int_eq (g->spec.ny, 2);
  ck_assert_double_eq (g->spec.affine[0], 108.5);
  ck_assert_double_eq (g->spec.affine[3], 19);
  ck_assert_double_eq (g->spec.affine[5], -0.5);
  ck_assert_str_eq (g->spec.crs, "EPSG:4326");
  ck_assert_float_eq (g->values[0], 1);
  ck_assert_float_eq (g->values[5], 6);
  ck_assert_float_nan (g->values[4]);
  ck_assert_int_eq (d->authority, SF_AUTHORITY_INTERNAL);
  sf_dataset_unref (d);
}
END_TEST

/* A VRT whose geotransform grows northwards: its first line lies in the south. GDAL's own model (y = gt[3] + row*gt[5])
   gives the expected places. Scale and offset of the band apply. */
START_TEST (rows_from_the_south_are_turned)
{
  FILE *f = fopen (below ("s.raw"), "w");
  ck_assert_uint_eq (fwrite ("\1\2\3\4\5\6", 1, 6, f), 6);
  fclose (f);
  f = fopen (below ("s.vrt"), "w");
  fputs ("<VRTDataset rasterXSize=\"2\" rasterYSize=\"3\"><SRS>EPSG:4490</SRS><GeoTransform>109, 0.5, 0, 18, 0, 0.25"
         "</GeoTransform><VRTRasterBand dataType=\"Byte\" band=\"1\" subClass=\"VRTRawRasterBand\"><NoDataValue>5"
         "</NoDataValue><Scale>10</Scale><Offset>1</Offset><SourceFilename relativetoVRT=\"1\">s.raw</SourceFilename>"
         "<ImageOffset>0</ImageOffset><PixelOffset>1</PixelOffset><LineOffset>2</LineOffset></VRTRasterBand>"
         "</VRTDataset>",
         f);
  fclose (f);
  struct sf_dataset *d = NULL;
  ASSERT_OK (sf_raster_load (below ("s.vrt"), spec ("land_fraction"), NULL, &d, &err));
  const struct sf_grid *g = d->as.grid;
  ck_assert_double_eq (g->spec.affine[3], 18.75);
  ck_assert_double_eq (g->spec.affine[5], -0.25);
  ck_assert_float_nan (g->values[0]); /* 5, nodata: third line, in the north */
  ck_assert_float_eq (g->values[1], 61);
  ck_assert_float_eq (g->values[4], 11);
  ck_assert_float_eq (g->values[5], 21);
  sf_dataset_unref (d);
}
END_TEST

/* A header as other programs write it, with a unit, a reference time and a band value of our choice. */
static enum sf_code
load_with (const char *unit, const char *reference, const char *value)
{
  struct sf_dataset *back = NULL;
  FILE *f = fopen (below ("u.vrt"), "w");
  fprintf (f,
           "<VRTDataset rasterXSize=\"2\" rasterYSize=\"3\"><SRS>EPSG:4490</SRS><GeoTransform>109, 0.5, 0, 18, 0, -0.25"
           "</GeoTransform><VRTRasterBand dataType=\"Float32\" band=\"1\"><UnitType>%s</UnitType><Metadata>"
           "<MDI key=\"reference_time\">%s</MDI><MDI key=\"band_value\">%s</MDI></Metadata></VRTRasterBand>"
           "</VRTDataset>",
           unit, reference, value);
  fclose (f);
  enum sf_code code = sf_raster_load (below ("u.vrt"), spec ("wind_max"), NULL, &back, &err);
  sf_dataset_unref (back);
  return code;
}

/* Knots read as metres a second would halve a typhoon; a reference that is no time would make it missing. */
START_TEST (what_bands_say_counts)
{
  ASSERT_OK (load_with ("m s-1", "2014-07-17T00:00:00Z", "0"));
  ASSERT_OK (load_with ("", "2014-07-17T00:00:00Z", "0"));
  ck_assert_int_eq (load_with ("kn", "2014-07-17T00:00:00Z", "0"), SF_ETYPE);
  ck_assert_ptr_nonnull (strstr (err.message, "\"kn\""));
  ck_assert_int_eq (load_with ("m s-1", "yesterday", "0"), SF_EFORMAT);
  ck_assert_ptr_nonnull (strstr (err.message, "yesterday"));
  ck_assert_int_eq (load_with ("m s-1", "2014-07-17T00:00:00Z", "eight"), SF_EFORMAT);
  ck_assert_ptr_nonnull (strstr (err.message, "eight"));
}
END_TEST

START_TEST (refusals_name_the_thing)
{
  struct sf_dataset *d = arrival (20, 10), *back = (struct sf_dataset *) 1;
  ck_assert_int_eq (sf_raster_load (below ("no.tif"), spec ("wind_arrival"), NULL, &back, &err), SF_EIO);
  ck_assert_ptr_nonnull (strstr (err.message, "no.tif"));
  ck_assert_int_eq (sf_raster_save (below ("none/a.tif"), d, &deflate, &about, &err), SF_EIO);
  ASSERT_OK (sf_raster_save (below ("a.tif"), d, &deflate, &about, &err));
  ck_assert_int_eq (sf_raster_load (below ("a.tif"), spec ("wind_max"), NULL, &back, &err), SF_EINVAL);
  ck_assert_ptr_nonnull (strstr (err.message, "a.tif"));
  strcpy (d->as.grid->spec.crs, "EPSG:999999");
  ck_assert_int_eq (sf_raster_save (below ("b.tif"), d, &deflate, &about, &err), SF_EUNSUPPORTED);
  ck_assert_ptr_nonnull (strstr (err.message, "EPSG:999999"));
  d->as.grid->spec.affine[5] = 0.01;
  ck_assert_int_eq (sf_raster_save (below ("b.tif"), d, &deflate, &about, &err), SF_EINVAL);
  ck_assert (!sf_file_exists (below ("b.tif")));
  ck_assert_ptr_eq (back, (struct sf_dataset *) 1);
  sf_dataset_unref (d);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("raster");
  TCase *tc = tcase_create ("raster");
  tcase_set_timeout (tc, 60);
  tcase_add_checked_fixture (tc, setup, teardown);
  tcase_add_loop_test (tc, grid_comes_back, 0, 3);
  tcase_add_test (tc, same_input_same_bytes);
  tcase_add_test (tc, reads_a_foreign_raster);
  tcase_add_test (tc, rows_from_the_south_are_turned);
  tcase_add_test (tc, what_bands_say_counts);
  tcase_add_test (tc, refusals_name_the_thing);
  suite_add_tcase (suite, tc);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? 1 : 0;
}
