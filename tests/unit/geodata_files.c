/* SPDX-License-Identifier: Apache-2.0 */
/* Writes one file of each kind with values that follow from place and time, for readers that are not ours; reads files
   that were not written by us. tests/unit/test_geodata_files.sh does both. */
#include "geodata/cf.h"
#include "geodata/raster.h"
#include "geodata/vector.h"

#include "core/base/time.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum
{
  NX = 600,
  NY = 450,
  STEPS = 5
};

static const struct sf_gridspec province = { NX, NY, { 107.0, 0.01, 0, 21.5, 0, -0.01 }, "EPSG:4490" };
static const struct sf_gridspec gauss = { 40, 30, { 480000, 1000, 0, 2200000, 0, -1000 }, "EPSG:4547" };
static const double forces[] = { 7, 8, 10, 12 };
static const struct sf_file_about about = { .scenario = "rammasun-2014",
                                            .title_en = "Rammasun",
                                            .title_zh = "威马逊",
                                            .authority = SF_AUTHORITY_DRILL,
                                            .simulated = true,
                                            .time_s = 1405555200 };

static void
must (enum sf_code code, const struct sf_error *err)
{
  if (code == SF_OK)
    return;
  fprintf (stderr, "%s\n", err->message);
  exit (1);
}

static struct sf_vocabulary *
load_vocabulary (void)
{
  struct sf_vocabulary *vocabulary;
  struct sf_error err;
  char path[1024];
  const char *share = getenv ("SANFANG_SHARE");
  snprintf (path, sizeof path, "%s/vocabulary", share ? share : TEST_SRCDIR "/share");
  must (sf_vocabulary_load (path, &vocabulary, &err), &err);
  return vocabulary;
}

/* 2014-07-17T06:00Z and 6 hours a step. */
static const int64_t times[STEPS] = { 1405576800, 1405598400, 1405620000, 1405641600, 1405663200 };

/* Hours after the reference in a band; missing south of 18 N. Also the cube: the latitude, and 100 a step. */
static double
expected (const char *name, double lon, double lat, int layer)
{
  if (!strcmp (name, "wind_arrival"))
    return lat < 18 ? NAN : forces[layer] + (lon - 107);
  if (!strcmp (name, "wind_duration"))
    return 2 * forces[layer];
  if (!strcmp (name, "wind_cube"))
    return 100 * layer + lat;
  return 10 * lon + lat;
}

static enum sf_code
read_cube (const void *impl, int step, int row0, int rows, float *out, struct sf_error *err)
{
  (void) impl;
  (void) err;
  for (int r = 0; r < rows; r++)
    for (int col = 0; col < NX; col++)
      out[r * NX + col] = (float) expected ("wind_cube", 0, 21.5 - 0.01 * (row0 + r + 0.5), step);
  return SF_OK;
}

static void
free_cube (void *impl)
{
  (void) impl;
}

static struct sf_dataset *
new_grid (const struct sf_vocabulary *vocabulary, const char *name, int bands, const struct sf_gridspec *spec)
{
  struct sf_dataset *d;
  struct sf_error err;
  must (sf_dataset_new_grid (sf_vocabulary_dataset (vocabulary, name), "province", spec, forces, bands, &d, &err),
        &err);
  const double *a = spec->affine;
  float *out = d->as.grid->values;
  for (int b = 0; b < bands; b++)
    for (int row = 0; row < spec->ny; row++)
      for (int col = 0; col < spec->nx; col++)
        *out++ = (float) expected (name, a[0] + a[1] * (col + 0.5), a[3] + a[5] * (row + 0.5), b);
  d->authority = SF_AUTHORITY_DRILL;
  d->simulated = true;
  if (!strcmp (name, "wind_arrival"))
    d->as.grid->reference_s = 1405555200;
  return d;
}

static void
write_grids (const struct sf_vocabulary *vocabulary, const char *folder)
{
  struct sf_error err;
  char path[1024];
  struct sf_cube cube
      = { .spec = province, .steps = STEPS, .time_s = times, .read = read_cube, .free_impl = free_cube };
  struct sf_dataset *list[4]
      = { new_grid (vocabulary, "wind_max", 1, &province), new_grid (vocabulary, "wind_arrival", 4, &province),
          new_grid (vocabulary, "wind_duration", 4, &province), NULL };
  must (sf_dataset_new_cube (sf_vocabulary_dataset (vocabulary, "wind_cube"), "province", &cube, &list[3], &err), &err);
  const struct sf_dataset *const *all = (const struct sf_dataset *const *) list;
  struct sf_cf_options options = { .layout = SF_CF_PRODUCT, .deflate = 4, .institution = "Test" };
  snprintf (path, sizeof path, "%s/product.nc", folder);
  must (sf_cf_save (path, all, 4, &options, &about, &err), &err);
  options.layout = SF_CF_SNAPSHOT;
  snprintf (path, sizeof path, "%s/snapshot.nc", folder);
  must (sf_cf_save (path, all, 4, &options, &about, &err), &err);
  struct sf_raster_options cog = { .compression = SF_RASTER_DEFLATE, .overviews = true };
  snprintf (path, sizeof path, "%s/arrival.tif", folder);
  must (sf_raster_save (path, list[1], &cog, &about, &err), &err);
  struct sf_dataset *projected = new_grid (vocabulary, "wind_max", 1, &gauss);
  snprintf (path, sizeof path, "%s/gauss.nc", folder);
  must (sf_cf_save (path, (const struct sf_dataset *const *) &projected, 1, &options, &about, &err), &err);
  sf_dataset_unref (projected);
  for (int i = 0; i < 4; i++)
    sf_dataset_unref (list[i]);
}

/* A landfall; a line across 180 degrees; a polygon whose outer ring runs clockwise. */
static void
write_features (const struct sf_vocabulary *vocabulary, const char *folder)
{
  static const char *const names[] = { "landfalls", "track_lines", "coast" };
  static const enum sf_geometry_kind kinds[] = { SF_GEOMETRY_POINT, SF_GEOMETRY_LINE, SF_GEOMETRY_POLYGON };
  static const size_t counts[] = { 1, 2, 4 };
  static const double points[][8] = { { 110.9, 19.9 }, { 179, 10, -179, 12 }, { 109, 18, 109, 20, 111, 20, 109, 18 } };
  struct sf_dataset *list[3];
  struct sf_error err;
  char path[1024];
  for (int i = 0; i < 3; i++)
    {
      must (sf_dataset_new_table (sf_vocabulary_dataset (vocabulary, names[i]), NULL, &list[i], &err), &err);
      struct sf_geometry *g = sf_geometry_new (kinds[i]);
      sf_geometry_begin_part (g, true);
      for (size_t p = 0; p < counts[i]; p++)
        sf_geometry_add_point (g, points[i][2 * p], points[i][2 * p + 1]);
      sf_table_add_row (list[i]->as.table);
      must (sf_table_set_text (list[i]->as.table, "name", "Rammasun", &err), &err);
      must (sf_table_set_geometry (list[i]->as.table, g, &err), &err);
      snprintf (path, sizeof path, "%s/%s.geojson", folder, names[i]);
      must (sf_vector_save (path, SF_VECTOR_GEOJSON, (const struct sf_dataset *const *) &list[i], 1, &about, &err),
            &err);
    }
  must (sf_table_set_time (list[0]->as.table, "time", 1405668600, &err), &err);
  must (sf_table_set_double (list[0]->as.table, "wind_speed", 60.5, &err), &err);
  snprintf (path, sizeof path, "%s/features.gpkg", folder);
  must (sf_vector_save (path, SF_VECTOR_GPKG, (const struct sf_dataset *const *) list, 3, &about, &err), &err);
  for (int i = 0; i < 3; i++)
    sf_dataset_unref (list[i]);
}

/* Print dataset NAME of a CF file: gridspec, then time or band and value of every cell, row by row from the north. */
static void
print_file (const struct sf_vocabulary *vocabulary, const char *path, const char *name)
{
  struct sf_dataset *d;
  struct sf_error err;
  char text[SF_TIME_TEXT_BYTES];
  must (sf_cf_load (path, sf_vocabulary_dataset (vocabulary, name), NULL, &d, &err), &err);
  bool cube = d->spec->kind == SF_DATASET_CUBE;
  const struct sf_gridspec *spec = cube ? &d->as.cube->spec : &d->as.grid->spec;
  int layers = cube ? d->as.cube->steps : d->as.grid->bands;
  size_t cells = sf_gridspec_cells (spec);
  float *values = calloc (cells, sizeof *values);
  printf ("%s %d %d %.9g %.9g %.9g %.9g\n", spec->crs, spec->nx, spec->ny, spec->affine[0], spec->affine[1],
          spec->affine[3], spec->affine[5]);
  for (int i = 0; i < layers; i++)
    {
      if (cube)
        must (d->as.cube->read (d->as.cube->impl, i, 0, spec->ny, values, &err), &err);
      else
        memcpy (values, d->as.grid->values + (size_t) i * cells, cells * sizeof *values);
      printf ("%s", cube ? sf_time_format_utc (text, d->as.cube->time_s[i]) : "grid");
      for (size_t c = 0; c < cells; c++)
        printf (" %g", (double) values[c]);
      printf ("\n");
    }
  free (values);
  sf_dataset_unref (d);
}

int
main (int argc, char **argv)
{
  struct sf_vocabulary *vocabulary = load_vocabulary ();
  if (argc == 3 && !strcmp (argv[1], "write"))
    {
      write_grids (vocabulary, argv[2]);
      write_features (vocabulary, argv[2]);
    }
  else if (argc == 4 && !strcmp (argv[1], "print"))
    print_file (vocabulary, argv[2], argv[3]);
  else
    {
      fprintf (stderr, "usage: geodata_files write FOLDER | print FILE DATASET\n");
      return 2;
    }
  sf_vocabulary_free (vocabulary);
  return 0;
}
