/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/cf.h"

#include "core/base/file.h"
#include "core/base/sha256.h"
#include "core/base/time.h"

#include <check.h>
#include <hdf5.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum
{
  NX = 601,
  NY = 181,
  STEPS = 30
};

static struct sf_vocabulary *vocabulary;
static struct sf_error err;
static char folder[64];

#define ASSERT_OK(expr) ck_assert_msg ((expr) == SF_OK, "%s", err.message)

/* 2014-07-17 00:00 UTC: GNU date -d '2014-07-17T00:00Z' +%s. */
static const int64_t REFERENCE_S = 1405555200;
static const struct sf_gridspec province = { NX, NY, { 107.0, 0.01, 0, 21.5, 0, -0.01 }, "EPSG:4490" };
static const struct sf_file_about about = { .scenario = "rammasun-2014",
                                            .title_en = "Rammasun",
                                            .title_zh = "威马逊",
                                            .authority = SF_AUTHORITY_INTERNAL,
                                            .time_s = SF_TIME_MISSING };
static const struct sf_cf_options snapshot = { .layout = SF_CF_SNAPSHOT, .institution = "Sanfang" };
static const struct sf_cf_options product = { .layout = SF_CF_PRODUCT, .deflate = 4, .institution = "Sanfang" };

static void
setup (void)
{
  char path[512];
  const char *share = getenv ("SANFANG_SHARE");
  snprintf (path, sizeof path, "%s/vocabulary", share ? share : TEST_SRCDIR "/share");
  ASSERT_OK (sf_vocabulary_load (path, &vocabulary, &err));
  strcpy (folder, "/tmp/sf-cf-XXXXXX");
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

static float
value_at (int layer, int row, int col)
{
  return (row + col + layer) % 11 == 0 ? NAN : (float) (layer * 1000 + row + col / 1024.0);
}

static struct sf_dataset *
arrival (void)
{
  static const double forces[] = { 7, 8, 10, 12 };
  struct sf_dataset *d = NULL;
  ASSERT_OK (sf_dataset_new_grid (spec ("wind_arrival"), "province", &province, forces, 4, &d, &err));
  d->as.grid->reference_s = REFERENCE_S;
  d->authority = SF_AUTHORITY_HYPOTHETICAL;
  d->simulated = true;
  for (int b = 0; b < 4; b++)
    for (int row = 0; row < NY; row++)
      for (int col = 0; col < NX; col++)
        d->as.grid->values[(b * NY + row) * NX + col] = value_at (b, row, col);
  return d;
}

/* A cube that counts what is read of it. */
struct source
{
  int64_t time_s[STEPS];
  int reads[STEPS][NY];
  int most_rows;
};

static enum sf_code
read_source (const void *impl, int step, int row0, int rows, float *out, struct sf_error *error)
{
  (void) error;
  struct source *source = (struct source *) (uintptr_t) impl;
  source->most_rows = rows > source->most_rows ? rows : source->most_rows;
  for (int r = 0; r < rows; r++)
    {
      source->reads[step][row0 + r]++;
      for (int col = 0; col < NX; col++)
        out[r * NX + col] = value_at (step, row0 + r, col);
    }
  return SF_OK;
}

static void
free_source (void *impl)
{
  (void) impl;
}

static struct sf_dataset *
cube_of (struct source *source)
{
  memset (source, 0, sizeof *source);
  for (int s = 0; s < STEPS; s++)
    source->time_s[s] = REFERENCE_S + s * INT64_C (3600);
  struct sf_cube cube = { .spec = province,
                          .steps = STEPS,
                          .time_s = source->time_s,
                          .read = read_source,
                          .free_impl = free_source,
                          .impl = source };
  struct sf_dataset *d = NULL;
  ASSERT_OK (sf_dataset_new_cube (spec ("wind_cube"), "province", &cube, &d, &err));
  return d;
}

static bool
always (const void *ctx)
{
  return ctx != NULL;
}

static const struct sf_cf_options *const layouts[] = { &snapshot, &product };

START_TEST (grid_comes_back)
{
  struct sf_dataset *d = arrival (), *back = NULL;
  ASSERT_OK (sf_cf_save (below ("a.nc"), (const struct sf_dataset *const *) &d, 1, layouts[_i], &about, &err));
  ASSERT_OK (sf_cf_load (below ("a.nc"), spec ("wind_arrival"), "province", &back, &err));
  const struct sf_grid *g = back->as.grid;
  ck_assert_str_eq (back->name, "wind_arrival@province");
  ck_assert_int_eq (back->authority, SF_AUTHORITY_HYPOTHETICAL);
  ck_assert (back->simulated);
  ck_assert_int_eq (g->reference_s, REFERENCE_S);
  ck_assert_int_eq (g->bands, 4);
  ck_assert_double_eq (g->band_values[2], 10);
  ck_assert_mem_eq (g->spec.affine, province.affine, sizeof province.affine);
  ck_assert_str_eq (g->spec.crs, "EPSG:4490");
  ck_assert_mem_eq (g->values, d->as.grid->values, sizeof (float) * 4 * NX * NY);
  sf_dataset_unref (d);
  sf_dataset_unref (back);
}
END_TEST

/* Every row is read once, in blocks; the provider on the file gives the same in any piece. */
START_TEST (cube_streams_and_comes_back)
{
  static struct source source;
  struct sf_dataset *d = cube_of (&source), *back = NULL;
  struct sf_cf_options options = _i == 0 ? snapshot : product;
  options.access = _i == 0 ? SF_CF_BALANCED : (enum sf_cf_access) (_i - 1);
  ASSERT_OK (sf_cf_save (below ("c.nc"), (const struct sf_dataset *const *) &d, 1, &options, &about, &err));
  for (int s = 0; s < STEPS; s++)
    for (int row = 0; row < NY; row++)
      ck_assert_int_eq (source.reads[s][row], 1);
  ck_assert_int_le (source.most_rows, _i == 0 ? NY : 150);
  ASSERT_OK (sf_cf_load (below ("c.nc"), spec ("wind_cube"), "province", &back, &err));
  unlink (below ("c.nc"));
  const struct sf_cube *cube = back->as.cube;
  ck_assert_int_eq (cube->steps, STEPS);
  ck_assert_mem_eq (cube->time_s, source.time_s, sizeof source.time_s);
  static float rows[3 * NX];
  for (int s = 0; s < STEPS; s += 7)
    for (int row = 0; row + 3 <= NY; row += 59)
      {
        ASSERT_OK (cube->read (cube->impl, s, row, 3, rows, &err));
        for (int i = 0; i < 3 * NX; i++)
          {
            float want = value_at (s, row + i / NX, i % NX);
            ck_assert_mem_eq (&rows[i], &want, sizeof want);
          }
      }
  sf_dataset_unref (d);
  sf_dataset_unref (back);
}
END_TEST

/* In the snapshots' layout a cube is there whole without a copy, also when its file has gone; in the products' it is not. */
START_TEST (cubes_are_mapped)
{
  static struct source source;
  struct sf_dataset *d = cube_of (&source), *back = NULL;
  ASSERT_OK (sf_cf_save (below ("c.nc"), (const struct sf_dataset *const *) &d, 1, layouts[_i], &about, &err));
  ASSERT_OK (sf_cf_load (below ("c.nc"), spec ("wind_cube"), "province", &back, &err));
  unlink (below ("c.nc"));
  const float *values = back->as.cube->values;
  ck_assert (_i == 0 ? values != NULL : values == NULL);
  for (int i = 0; values && i < STEPS * NY * NX; i += 1009)
    {
      float want = value_at (i / (NY * NX), i / NX % NY, i % NX);
      ck_assert_mem_eq (&values[i], &want, sizeof want);
    }
  sf_dataset_unref (d);
  sf_dataset_unref (back);
}
END_TEST

/* A change of a loaded grid's values is the loader's own. */
START_TEST (grids_are_mapped_copy_on_write)
{
  struct sf_dataset *d = arrival (), *one = NULL, *other = NULL;
  ASSERT_OK (sf_cf_save (below ("a.nc"), (const struct sf_dataset *const *) &d, 1, &snapshot, &about, &err));
  ASSERT_OK (sf_cf_load (below ("a.nc"), spec ("wind_arrival"), NULL, &one, &err));
  ck_assert_ptr_nonnull (one->as.grid->free_impl);
  one->as.grid->values[5] = 77;
  ASSERT_OK (sf_cf_load (below ("a.nc"), spec ("wind_arrival"), NULL, &other, &err));
  ck_assert_mem_eq (other->as.grid->values, d->as.grid->values, sizeof (float) * 4 * NX * NY);
  sf_dataset_unref (one);
  sf_dataset_unref (other);
  sf_dataset_unref (d);
}
END_TEST

/* Runs the blocks backwards; a negative ctx lets the block of that number fail. */
static enum sf_code
backwards (const void *ctx, int blocks, enum sf_code (*fn) (void *ctx, int block, struct sf_error *err), void *fn_ctx,
           struct sf_error *error)
{
  int *calls = (int *) (uintptr_t) ctx;
  for (int b = blocks - 1; b >= 0; b--)
    {
      if (*calls < 0 && b == -*calls)
        return sf_fail (error, SF_EIO, "told to fail");
      SF_TRY (fn (fn_ctx, b, error));
    }
  *calls = blocks;
  return SF_OK;
}

/* Whoever runs the blocks, and in whatever order, the bytes are the same; on failure nothing is left. */
START_TEST (blocks_may_come_in_any_order)
{
  static struct source source;
  struct sf_dataset *d = cube_of (&source);
  struct sf_cf_options turned = snapshot, cancelled = snapshot;
  int calls = 0;
  uint8_t *bytes[2];
  size_t length[2];
  struct sf_arena arena = { 0 };
  turned.parallel = backwards;
  turned.parallel_ctx = &calls;
  ASSERT_OK (sf_cf_save (below ("a.nc"), (const struct sf_dataset *const *) &d, 1, &snapshot, &about, &err));
  ASSERT_OK (sf_cf_save (below ("b.nc"), (const struct sf_dataset *const *) &d, 1, &turned, &about, &err));
  ck_assert_int_ge (calls, STEPS);
  ASSERT_OK (sf_file_read (&arena, below ("a.nc"), 1 << 28, &bytes[0], &length[0], &err));
  ASSERT_OK (sf_file_read (&arena, below ("b.nc"), 1 << 28, &bytes[1], &length[1], &err));
  ck_assert_uint_eq (length[0], length[1]);
  ck_assert_mem_eq (bytes[0], bytes[1], length[0]);
  calls = -3;
  ck_assert_int_eq (sf_cf_save (below ("b.nc"), (const struct sf_dataset *const *) &d, 1, &turned, &about, &err),
                    SF_EIO);
  ck_assert (!sf_file_exists (below ("b.nc")));
  cancelled.cancelled = always;
  cancelled.cancelled_ctx = d;
  ck_assert_int_eq (sf_cf_save (below ("b.nc"), (const struct sf_dataset *const *) &d, 1, &cancelled, &about, &err),
                    SF_ECANCELLED);
  ck_assert (!sf_file_exists (below ("b.nc")));
  sf_arena_finish (&arena);
  sf_dataset_unref (d);
}
END_TEST

/* Steps are read from the file itself: one that was cut meanwhile is an error in words, not a signal. */
START_TEST (a_file_cut_while_it_is_open)
{
  static struct source source;
  static float row[NX];
  struct sf_dataset *d = cube_of (&source), *back = NULL;
  ASSERT_OK (sf_cf_save (below ("c.nc"), (const struct sf_dataset *const *) &d, 1, &snapshot, &about, &err));
  ASSERT_OK (sf_cf_load (below ("c.nc"), spec ("wind_cube"), NULL, &back, &err));
  ck_assert_int_eq (truncate (below ("c.nc"), 100000), 0);
  const struct sf_cube *cube = back->as.cube;
  ck_assert_int_eq (cube->read (cube->impl, STEPS - 1, 0, 1, row, &err), SF_EIO);
  ck_assert_ptr_nonnull (strstr (err.message, "the file was cut"));
  sf_dataset_unref (d);
  sf_dataset_unref (back);
}
END_TEST

/* What a reader without HDF5 relies on: the values stand at an aligned offset, as they are in memory. */
START_TEST (snapshot_values_are_aligned)
{
  struct sf_dataset *d = arrival ();
  ASSERT_OK (sf_cf_save (below ("a.nc"), (const struct sf_dataset *const *) &d, 1, &snapshot, &about, &err));
  hid_t file = H5Fopen (below ("a.nc"), H5F_ACC_RDONLY, H5P_DEFAULT), id = H5Dopen2 (file, "wind_arrival", H5P_DEFAULT);
  haddr_t offset = H5Dget_offset (id);
  H5Dclose (id);
  H5Fclose (file);
  ck_assert_uint_ne (offset, HADDR_UNDEF);
  ck_assert_uint_eq (offset % 4096, 0);
  struct sf_arena arena = { 0 };
  uint8_t *bytes;
  size_t length;
  ASSERT_OK (sf_file_read (&arena, below ("a.nc"), 1 << 28, &bytes, &length, &err));
  ck_assert_mem_eq (bytes + offset, d->as.grid->values, sizeof (float) * 4 * NX * NY);
  sf_arena_finish (&arena);
  sf_dataset_unref (d);
}
END_TEST

START_TEST (same_input_same_bytes)
{
  static struct source source;
  struct sf_dataset *list[2] = { arrival (), cube_of (&source) };
  char first[SF_KEY_TEXT_BYTES], second[SF_KEY_TEXT_BYTES];
  struct sf_key key;
  ASSERT_OK (sf_cf_save (below ("1.nc"), (const struct sf_dataset *const *) list, 2, layouts[_i], &about, &err));
  usleep (1100000);
  /* Other contents in freed memory must not leak into the file. */
  void *noise[64];
  for (int i = 0; i < 64; i++)
    noise[i] = memset (malloc (1000 + 500 * (size_t) i), 0x5a, 1000 + 500 * (size_t) i);
  for (int i = 0; i < 64; i++)
    free (noise[i]);
  ASSERT_OK (sf_cf_save (below ("another.nc"), (const struct sf_dataset *const *) list, 2, layouts[_i], &about, &err));
  ASSERT_OK (sf_key_of_file (below ("1.nc"), &key, &err));
  sf_key_format (&key, first);
  ASSERT_OK (sf_key_of_file (below ("another.nc"), &key, &err));
  ck_assert_str_eq (sf_key_format (&key, second), first);
  for (int i = 0; i < 2; i++)
    sf_dataset_unref (list[i]);
}
END_TEST

/* The cell that holds 110.355 E, 20.015 N on a grid from 107 E and 21.5 N at 0.01 degree is column 335, row 148. */
START_TEST (sampling_reads_the_cell)
{
  static struct source source;
  struct sf_dataset *list[2] = { arrival (), cube_of (&source) };
  ASSERT_OK (sf_cf_save (below ("s.nc"), (const struct sf_dataset *const *) list, 2, layouts[_i], &about, &err));
  struct sf_arena arena = { 0 };
  struct sf_cf_value *v;
  size_t count;
  ASSERT_OK (sf_cf_sample (&arena, below ("s.nc"), 110.355, 20.015, &v, &count, &err));
  ck_assert_uint_eq (count, 4 + STEPS);
  ck_assert_str_eq (v[0].variable, "wind_arrival");
  ck_assert_str_eq (v[0].unit, "h");
  ck_assert_str_eq (v[0].title_zh, "风力到达时间");
  ck_assert_str_eq (v[0].band, "beaufort_force");
  ck_assert_double_eq (v[2].band_value, 10);
  ck_assert_int_eq (v[2].reference_s, REFERENCE_S);
  ck_assert_int_eq (v[2].time_s, SF_TIME_MISSING);
  ck_assert_double_eq (v[2].value, value_at (2, 148, 335));
  ck_assert_str_eq (v[5].variable, "wind_cube");
  ck_assert_str_eq (v[5].unit, "m s-1");
  ck_assert_ptr_null (v[5].band);
  ck_assert_int_eq (v[6].time_s, REFERENCE_S + 7200);
  ck_assert_double_eq (v[6].value, value_at (2, 148, 335));
  ASSERT_OK (sf_cf_sample (&arena, below ("s.nc"), 107.0, 21.5, &v, &count, &err));
  ck_assert_double_nan (v[0].value);
  ck_assert_double_eq (v[1].value, value_at (1, 0, 0));
  ck_assert_int_eq (sf_cf_sample (&arena, below ("s.nc"), 106.999, 20, &v, &count, &err), SF_ERANGE);
  ck_assert_int_eq (sf_cf_sample (&arena, below ("s.nc"), 108, 21.51, &v, &count, &err), SF_ERANGE);
  ck_assert_ptr_nonnull (strstr (err.message, "outside"));
  sf_arena_finish (&arena);
  for (int i = 0; i < 2; i++)
    sf_dataset_unref (list[i]);
}
END_TEST

/* Places with two decimals lie on the borders of cells of 0.01 degree: 107 + k/100 E opens column k, 21.5 - k/100 N row k,
   though (110.3 - 107) / 0.01 is 329.99999999999972 in doubles (python3: (110.3-107)/0.01). */
START_TEST (borders_belong_to_the_east_and_south)
{
  struct sf_dataset *d = arrival ();
  ASSERT_OK (sf_cf_save (below ("b.nc"), (const struct sf_dataset *const *) &d, 1, &snapshot, &about, &err));
  for (int k = 0; k < 60; k++)
    {
      struct sf_arena arena = { 0 };
      struct sf_cf_value *v;
      size_t count;
      char lon[16], lat[16];
      snprintf (lon, sizeof lon, "%.2f", 110 + k / 100.0);
      snprintf (lat, sizeof lat, "%.2f", 21.5 - k / 100.0);
      ASSERT_OK (sf_cf_sample (&arena, below ("b.nc"), strtod (lon, NULL), strtod (lat, NULL), &v, &count, &err));
      double expected = value_at (1, k, 300 + k);
      ck_assert_msg (v[1].value == expected || (isnan (v[1].value) && isnan (expected)), "%s E %s N: %g, not %g", lon,
                     lat, v[1].value, expected);
      sf_arena_finish (&arena);
    }
  sf_dataset_unref (d);
}
END_TEST

/* Write another calendar, or other times, into a cube's file with HDF5 itself. */
static void
spoil_time (const char *path, const char *calendar, const int64_t *time_s)
{
  hid_t file = H5Fopen (path, H5F_ACC_RDWR, H5P_DEFAULT), time = H5Dopen2 (file, "time", H5P_DEFAULT);
  hid_t type = H5Tcopy (H5T_C_S1), space = H5Screate (H5S_SCALAR);
  H5Tset_size (type, strlen (calendar));
  H5Adelete (time, "calendar");
  hid_t attribute = H5Acreate2 (time, "calendar", type, space, H5P_DEFAULT, H5P_DEFAULT);
  ck_assert_int_ge (H5Awrite (attribute, type, calendar), 0);
  ck_assert_int_ge (H5Dwrite (time, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, time_s), 0);
  H5Aclose (attribute);
  H5Sclose (space);
  H5Tclose (type);
  H5Dclose (time);
  H5Fclose (file);
}

START_TEST (times_that_are_none)
{
  static struct source source;
  struct sf_dataset *d = cube_of (&source), *back = NULL;
  ASSERT_OK (sf_cf_save (below ("c.nc"), (const struct sf_dataset *const *) &d, 1, &product, &about, &err));
  spoil_time (below ("c.nc"), "360_day", source.time_s);
  ck_assert_int_eq (sf_cf_load (below ("c.nc"), spec ("wind_cube"), NULL, &back, &err), SF_EUNSUPPORTED);
  ck_assert_ptr_nonnull (strstr (err.message, "360_day"));
  spoil_time (below ("c.nc"), "gregorian", source.time_s);
  ASSERT_OK (sf_cf_load (below ("c.nc"), spec ("wind_cube"), NULL, &back, &err));
  sf_dataset_unref (back);
  back = NULL;
  int64_t garbage[STEPS];
  memcpy (garbage, source.time_s, sizeof garbage);
  garbage[STEPS - 1] = INT64_MAX;
  spoil_time (below ("c.nc"), "standard", garbage);
  ck_assert_int_eq (sf_cf_load (below ("c.nc"), spec ("wind_cube"), NULL, &back, &err), SF_EFORMAT);
  ck_assert_ptr_nonnull (strstr (err.message, "is no time"));
  ck_assert_ptr_null (back);
  sf_dataset_unref (d);
}
END_TEST

/* EPSG:4547 (CGCS2000 / 3-degree Gauss-Kruger CM 114E). By definition of the projection the central meridian has
   easting 500000 m, and the equator northing 0; a cell of 1 km around it holds the point 114 E, 0 N. */
START_TEST (projected_grids)
{
  struct sf_gridspec grid = { 4, 3, { 498500, 1000, 0, 1500, 0, -1000 }, "EPSG:4547" };
  struct sf_dataset *d = NULL, *back = NULL;
  ASSERT_OK (sf_dataset_new_grid (spec ("wind_max"), NULL, &grid, NULL, 1, &d, &err));
  for (int i = 0; i < 12; i++)
    d->as.grid->values[i] = (float) i;
  ASSERT_OK (sf_cf_save (below ("p.nc"), (const struct sf_dataset *const *) &d, 1, &product, &about, &err));
  ASSERT_OK (sf_cf_load (below ("p.nc"), spec ("wind_max"), NULL, &back, &err));
  ck_assert (sf_gridspec_same (&back->as.grid->spec, &grid));
  ck_assert_str_eq (back->as.grid->spec.crs, "EPSG:4547");
  struct sf_arena arena = { 0 };
  struct sf_cf_value *v;
  size_t count;
  ASSERT_OK (sf_cf_sample (&arena, below ("p.nc"), 114, 0, &v, &count, &err));
  ck_assert_uint_eq (count, 1);
  ck_assert_double_eq (v[0].value, 5);
  sf_arena_finish (&arena);
  sf_dataset_unref (d);
  sf_dataset_unref (back);
}
END_TEST

START_TEST (refusals_name_the_thing)
{
  static struct source source;
  struct sf_dataset *list[3] = { arrival (), cube_of (&source), NULL }, *back = (struct sf_dataset *) 1;
  const struct sf_dataset *const *all = (const struct sf_dataset *const *) list;
  struct sf_gridspec other = province;
  struct sf_cf_options cancelled = product;
  cancelled.cancelled = always;
  cancelled.cancelled_ctx = list;
  other.affine[0] = 108;
  ASSERT_OK (sf_dataset_new_grid (spec ("wind_max"), "x", &other, NULL, 1, &list[2], &err));
  ck_assert_int_eq (sf_cf_save (below ("x.nc"), all, 3, &product, &about, &err), SF_ECONFLICT);
  ck_assert_ptr_nonnull (strstr (err.message, "wind_max@x"));
  ck_assert_int_eq (sf_cf_save (below ("none/x.nc"), all, 1, &product, &about, &err), SF_EIO);
  ck_assert_int_eq (sf_cf_save (below ("x.nc"), all + 1, 1, &cancelled, &about, &err), SF_ECANCELLED);
  ck_assert (!sf_file_exists (below ("x.nc")));
  strcpy (list[2]->as.grid->spec.crs, "EPSG:999999");
  ck_assert_int_eq (sf_cf_save (below ("x.nc"), all + 2, 1, &product, &about, &err), SF_EUNSUPPORTED);
  ck_assert_ptr_nonnull (strstr (err.message, "EPSG:999999"));
  ASSERT_OK (sf_cf_save (below ("x.nc"), all, 1, &product, &about, &err));
  ck_assert_int_eq (sf_cf_load (below ("x.nc"), spec ("wind_max"), NULL, &back, &err), SF_ENOTFOUND);
  ck_assert_ptr_nonnull (strstr (err.message, "wind_arrival"));
  ck_assert_int_eq (sf_cf_load (below ("y.nc"), spec ("wind_max"), NULL, &back, &err), SF_EIO);
  ck_assert_int_eq (sf_cf_load (below ("x.nc"), spec ("landfalls"), NULL, &back, &err), SF_ETYPE);
  ck_assert_ptr_eq (back, (struct sf_dataset *) 1);
  for (int i = 0; i < 3; i++)
    sf_dataset_unref (list[i]);
}
END_TEST

/* A file cut short at any place is refused or read, never a crash. */
START_TEST (truncated_files_are_refused)
{
  struct sf_dataset *d = arrival (), *back = NULL;
  ASSERT_OK (sf_cf_save (below ("t.nc"), (const struct sf_dataset *const *) &d, 1, &snapshot, &about, &err));
  long size = 4L * NX * NY * (long) sizeof (float), refused = 0;
  for (long length = size; length > 0; length = length * 2 / 3)
    {
      ck_assert_int_eq (truncate (below ("t.nc"), length), 0);
      refused += sf_cf_load (below ("t.nc"), spec ("wind_arrival"), NULL, &back, &err) != SF_OK;
    }
  ck_assert_int_ge (refused, 20);
  sf_dataset_unref (d);
}
END_TEST

static enum sf_code
save_load_sample (const struct sf_dataset *const *list)
{
  struct sf_arena arena = { 0 };
  struct sf_dataset *grid = NULL, *cube = NULL;
  struct sf_cf_value *values;
  size_t count;
  enum sf_code code = sf_cf_save (below ("m.nc"), list, 2, &product, &about, &err);
  if (code == SF_OK)
    code = sf_cf_load (below ("m.nc"), list[0]->spec, NULL, &grid, &err);
  if (code == SF_OK)
    code = sf_cf_load (below ("m.nc"), list[1]->spec, NULL, &cube, &err);
  if (code == SF_OK)
    code = sf_cf_sample (&arena, below ("m.nc"), 110, 20, &values, &count, &err);
  if (grid)
    sf_dataset_unref (grid);
  if (cube)
    sf_dataset_unref (cube);
  sf_arena_finish (&arena);
  return code;
}

/* Whichever allocation fails, something is refused and the rest still works: no crash, no leak (under ASan). */
START_TEST (every_allocation_may_fail)
{
  static struct source source;
  struct sf_dataset *list[2] = { arrival (), cube_of (&source) };
  enum sf_code code = SF_ENOMEM;
  long n;
  for (n = 1; code != SF_OK && n < 1000; n++)
    {
      sf_mem_fail_at (n, _i);
      code = save_load_sample ((const struct sf_dataset *const *) list);
      sf_mem_fail_at (0, 0);
    }
  ck_assert_int_eq (code, SF_OK);
  ck_assert_int_gt (n, 20);
  for (int i = 0; i < 2; i++)
    sf_dataset_unref (list[i]);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("cf");
  TCase *tc = tcase_create ("cf");
  tcase_set_timeout (tc, 60);
  tcase_add_checked_fixture (tc, setup, teardown);
  tcase_add_loop_test (tc, grid_comes_back, 0, 2);
  tcase_add_loop_test (tc, cube_streams_and_comes_back, 0, 4);
  tcase_add_loop_test (tc, cubes_are_mapped, 0, 2);
  tcase_add_test (tc, grids_are_mapped_copy_on_write);
  tcase_add_test (tc, blocks_may_come_in_any_order);
  tcase_add_test (tc, a_file_cut_while_it_is_open);
  tcase_add_test (tc, snapshot_values_are_aligned);
  tcase_add_loop_test (tc, same_input_same_bytes, 0, 2);
  tcase_add_loop_test (tc, sampling_reads_the_cell, 0, 2);
  tcase_add_test (tc, borders_belong_to_the_east_and_south);
  tcase_add_test (tc, times_that_are_none);
  tcase_add_test (tc, projected_grids);
  tcase_add_test (tc, refusals_name_the_thing);
  tcase_add_test (tc, truncated_files_are_refused);
  tcase_add_loop_test (tc, every_allocation_may_fail, 0, 2);
  suite_add_tcase (suite, tc);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? 1 : 0;
}
