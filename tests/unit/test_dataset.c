/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: by hand; the province grid of the issue has 270,000 cells. */
#include <check.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/time.h"
#include "core/data/dataset.h"

static const struct sf_quantity WIND = { "wind_speed", "m s-1", NULL, "Wind", "风", NULL, SF_COLUMN_DOUBLE };
static const struct sf_quantity FORCE = { "beaufort_force", "1", NULL, "Force", "风力", NULL, SF_COLUMN_DOUBLE };
static const struct sf_dataset_spec WIND_MAX = { .name = "wind_max", .kind = SF_DATASET_GRID, .quantity = &WIND };
static const struct sf_dataset_spec ARRIVAL
    = { .name = "wind_arrival", .kind = SF_DATASET_GRID, .quantity = &WIND, .band = &FORCE };
static const struct sf_dataset_spec CUBE = { .name = "wind_cube", .kind = SF_DATASET_CUBE, .quantity = &WIND };
static const struct sf_gridspec PROVINCE = { 600, 450, { 107, 0.01, 0, 21.5, 0, -0.01 }, "EPSG:4490" };

START_TEST (new_grid)
{
  struct sf_dataset *dataset = NULL;
  ck_assert_int_eq (sf_dataset_new_grid (&WIND_MAX, "province", &PROVINCE, NULL, 1, &dataset, NULL), SF_OK);
  ck_assert_str_eq (dataset->name, "wind_max@province");
  ck_assert_ptr_eq (dataset->spec, &WIND_MAX);
  ck_assert_int_eq (dataset->references, 1);
  ck_assert_int_eq (dataset->authority, SF_AUTHORITY_INTERNAL);
  ck_assert (!dataset->simulated);
  ck_assert (dataset->as.grid->reference_s == SF_TIME_MISSING);
  ck_assert (sf_gridspec_same (&dataset->as.grid->spec, &PROVINCE));
  for (size_t i = 0; i < 270000; i++)
    ck_assert (isnan (dataset->as.grid->values[i]));
  sf_dataset_unref (dataset);
}
END_TEST

START_TEST (grid_with_bands)
{
  const double forces[] = { 7, 8, 10, 12 };
  struct sf_dataset *dataset = NULL;
  ck_assert_int_eq (sf_dataset_new_grid (&ARRIVAL, NULL, &PROVINCE, forces, 4, &dataset, NULL), SF_OK);
  ck_assert_str_eq (dataset->name, "wind_arrival");
  ck_assert_int_eq (dataset->as.grid->bands, 4);
  ck_assert_mem_eq (dataset->as.grid->band_values, forces, sizeof forces);
  dataset->as.grid->values[4 * 270000 - 1] = 1; /* a sanitizer would see it outside */
  ck_assert (isnan (dataset->as.grid->values[4 * 270000 - 2]));
  sf_dataset_unref (dataset);
}
END_TEST

static void
expect_grid_fault (const struct sf_dataset_spec *spec, const struct sf_gridspec *grid, const double *band_values,
                   int bands, enum sf_code code, const char *words)
{
  struct sf_dataset *dataset = NULL;
  struct sf_error err = { 0 };
  ck_assert_int_eq (sf_dataset_new_grid (spec, NULL, grid, band_values, bands, &dataset, &err), code);
  ck_assert_ptr_null (dataset);
  ck_assert_msg (strstr (err.message, words) != NULL, "'%s' lacks '%s'", err.message, words);
}

START_TEST (bad_grids)
{
  const double forces[20] = { 7 };
  struct sf_gridspec grid = PROVINCE;
  expect_grid_fault (&CUBE, &PROVINCE, NULL, 1, SF_ETYPE, "wind_cube is a cube");
  expect_grid_fault (&WIND_MAX, &PROVINCE, forces, 2, SF_EINVAL, "bands must be 1, not 2");
  expect_grid_fault (&ARRIVAL, &PROVINCE, forces, 17, SF_EINVAL, "1 to 16, not 17");
  expect_grid_fault (&ARRIVAL, &PROVINCE, forces, 0, SF_EINVAL, "1 to 16, not 0");
  expect_grid_fault (&ARRIVAL, &PROVINCE, NULL, 4, SF_EINVAL, "beaufort_force");
  grid.nx = 0;
  expect_grid_fault (&WIND_MAX, &grid, NULL, 1, SF_EINVAL, "0 x 450 cells is empty");
  grid = PROVINCE, grid.affine[3] = INFINITY;
  expect_grid_fault (&WIND_MAX, &grid, NULL, 1, SF_EINVAL, "transform [3] is inf");
  grid = PROVINCE, grid.nx = grid.ny = 2147483647;
  expect_grid_fault (&WIND_MAX, &grid, NULL, 1, SF_ENOMEM, "no memory for 1 band(s) of 2147483647 x 2147483647 cells");
}
END_TEST

struct steps
{
  int64_t time_s[3];
  int *freed;
};

static enum sf_code
read_steps (const void *impl, int step, int row0, int rows, float *out, struct sf_error *err)
{
  const struct steps *steps = impl;
  (void) err;
  for (int i = 0; i < rows * PROVINCE.nx; i++)
    out[i] = (float) (steps->time_s[step] + row0 + i / PROVINCE.nx) + (i % PROVINCE.nx == 599 ? 0.5f : 0);
  return SF_OK;
}

static void
free_steps (void *impl)
{
  struct steps *steps = impl;
  ++*steps->freed;
}

static void
count_free (void *impl)
{
  ++*(int *) impl;
}

/* Values that are there already: taken over, and freed by whom they come from. */
START_TEST (adopted_grids)
{
  static float values[2 * 270000] = { 1, 2, 3 };
  int freed = 0;
  struct sf_error err = { 0 };
  struct sf_dataset *dataset = NULL;
  struct sf_grid grid = { .spec = PROVINCE,
                          .bands = 2,
                          .band_values = { 7, 8 },
                          .reference_s = 5,
                          .values = values,
                          .free_impl = count_free,
                          .impl = &freed };
  ck_assert_int_eq (sf_dataset_adopt_grid (&WIND_MAX, NULL, &grid, &dataset, &err), SF_EINVAL); /* has no bands */
  ck_assert_int_eq (sf_dataset_adopt_grid (&CUBE, NULL, &grid, &dataset, &err), SF_ETYPE);
  for (int n = 1; n <= 3; n++)
    {
      sf_mem_fail_at (n, 0);
      ck_assert_int_eq (sf_dataset_adopt_grid (&ARRIVAL, NULL, &grid, &dataset, &err), SF_ENOMEM);
    }
  sf_mem_fail_at (0, 0);
  ck_assert_ptr_null (dataset);
  ck_assert_int_eq (freed, 0);
  ck_assert_int_eq (sf_dataset_adopt_grid (&ARRIVAL, "sea", &grid, &dataset, &err), SF_OK);
  ck_assert_str_eq (dataset->name, "wind_arrival@sea");
  ck_assert_ptr_eq (dataset->as.grid->values, values);
  ck_assert_double_eq (dataset->as.grid->band_values[1], 8);
  ck_assert_int_eq (dataset->as.grid->reference_s, 5);
  sf_dataset_unref (dataset);
  ck_assert_int_eq (freed, 1);
}
END_TEST

START_TEST (new_cube)
{
  int freed = 0;
  float row[600];
  struct steps steps = { { 10, 20, 30 }, &freed };
  struct sf_cube cube = {
    .spec = PROVINCE, .steps = 3, .time_s = steps.time_s, .read = read_steps, .free_impl = free_steps, .impl = &steps
  };
  struct sf_dataset *dataset = NULL;
  ck_assert_int_eq (sf_dataset_new_cube (&CUBE, "province", &cube, &dataset, NULL), SF_OK);
  ck_assert_str_eq (dataset->name, "wind_cube@province");
  const struct sf_cube *made = dataset->as.cube;
  ck_assert_int_eq (made->read (made->impl, 2, 7, 1, row, NULL), SF_OK);
  ck_assert_float_eq (row[599], 37.5f);
  float cells[4] = { 0 }, rows[2 * 600];
  ck_assert_int_eq (sf_cube_read_window (made, 2, &(struct sf_cell_window){ 6, 2, 598, 2 }, rows, cells, NULL), SF_OK);
  ck_assert_float_eq (cells[0], 36);
  ck_assert_float_eq (cells[1], 36.5f);
  ck_assert_float_eq (cells[2], 37);
  struct sf_dataset *again = sf_dataset_ref (dataset);
  ck_assert_ptr_eq (again, dataset);
  sf_dataset_unref (dataset);
  ck_assert_int_eq (freed, 0);
  sf_dataset_unref (again);
  ck_assert_int_eq (freed, 1);
}
END_TEST

START_TEST (bad_cubes)
{
  int freed = 0;
  struct steps steps = { { 10, 20, 20 }, &freed };
  struct sf_cube cube = {
    .spec = PROVINCE, .steps = 3, .time_s = steps.time_s, .read = read_steps, .free_impl = free_steps, .impl = &steps
  };
  struct sf_dataset *dataset = NULL;
  struct sf_error err;
  ck_assert_int_eq (sf_dataset_new_cube (&CUBE, NULL, &cube, &dataset, &err), SF_EINVAL);
  ck_assert_ptr_nonnull (strstr (err.message, "time of step 2 is not after that of step 1"));
  cube.steps = 0;
  ck_assert_int_eq (sf_dataset_new_cube (&CUBE, NULL, &cube, &dataset, &err), SF_EINVAL);
  cube.steps = 2, cube.read = NULL;
  ck_assert_int_eq (sf_dataset_new_cube (&CUBE, NULL, &cube, &dataset, &err), SF_EINVAL);
  cube.read = read_steps;
  ck_assert_int_eq (sf_dataset_new_cube (&WIND_MAX, NULL, &cube, &dataset, &err), SF_ETYPE);
  ck_assert_ptr_null (dataset);
  ck_assert_int_eq (freed, 0);
}
END_TEST

struct holder
{
  struct sf_dataset *dataset;
  pthread_barrier_t *start;
};

static void *
ref_and_unref (void *arg)
{
  const struct holder *holder = arg;
  pthread_barrier_wait (holder->start);
  for (int i = 0; i < 2000000; i++)
    {
      struct sf_dataset *mine = sf_dataset_ref (holder->dataset);
      sf_dataset_unref (mine);
    }
  return NULL;
}

START_TEST (references_are_atomic)
{
  pthread_t threads[4];
  pthread_barrier_t start;
  struct sf_dataset *dataset = NULL;
  ck_assert_int_eq (sf_dataset_new_grid (&WIND_MAX, NULL, &PROVINCE, NULL, 1, &dataset, NULL), SF_OK);
  struct holder holder = { dataset, &start };
  ck_assert_int_eq (pthread_barrier_init (&start, NULL, 4), 0);
  for (int i = 0; i < 4; i++)
    ck_assert_int_eq (pthread_create (&threads[i], NULL, ref_and_unref, &holder), 0);
  for (int i = 0; i < 4; i++)
    ck_assert_int_eq (pthread_join (threads[i], NULL), 0);
  pthread_barrier_destroy (&start);
  ck_assert_int_eq (dataset->references, 1);
  sf_dataset_unref (dataset);
  sf_dataset_unref (NULL);
  ck_assert_ptr_null (sf_dataset_ref (NULL));
}
END_TEST

START_TEST (no_memory)
{
  const double forces[] = { 7, 8 };
  int freed = 0, failures = 0;
  struct steps steps = { { 10, 20, 30 }, &freed };
  struct sf_cube cube = {
    .spec = PROVINCE, .steps = 3, .time_s = steps.time_s, .read = read_steps, .free_impl = free_steps, .impl = &steps
  };
  for (long n = 1; n < 20; n++)
    {
      struct sf_dataset *gridded = NULL, *cubed = NULL;
      sf_mem_fail_at (n, 0);
      enum sf_code grid_code = sf_dataset_new_grid (&ARRIVAL, "sea", &PROVINCE, forces, 2, &gridded, NULL);
      sf_mem_fail_at (n, 0);
      enum sf_code cube_code = sf_dataset_new_cube (&CUBE, "sea", &cube, &cubed, NULL);
      sf_mem_fail_at (0, 0);
      ck_assert (grid_code == (gridded ? SF_OK : SF_ENOMEM));
      ck_assert (cube_code == (cubed ? SF_OK : SF_ENOMEM));
      ck_assert_int_eq (freed, 0);
      failures += !gridded + !cubed;
      sf_dataset_unref (gridded);
      sf_dataset_unref (cubed);
      freed = 0;
    }
  ck_assert_int_eq (failures, 4 + 3); /* dataset, name, grid, values; dataset, name, cube */
}
END_TEST

START_TEST (names)
{
  ck_assert_str_eq (sf_dataset_instance ("wind_max@sea"), "sea");
  ck_assert_str_eq (sf_dataset_instance ("wind_max"), "");
  ck_assert_str_eq (sf_authority_name (SF_AUTHORITY_OFFICIAL, 0), "official");
  ck_assert_str_eq (sf_authority_name (SF_AUTHORITY_DRILL, 1), "演练");
  ck_assert_str_eq (sf_authority_name (SF_AUTHORITY_HYPOTHETICAL, 0), "hypothetical");
  ck_assert_int_lt (SF_AUTHORITY_OFFICIAL, SF_AUTHORITY_INTERNAL);
  ck_assert_int_lt (SF_AUTHORITY_DRILL, SF_AUTHORITY_HYPOTHETICAL);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("dataset");
  TCase *tests = tcase_create ("all");
  tcase_set_timeout (tests, 60);
  tcase_add_test (tests, new_grid);
  tcase_add_test (tests, grid_with_bands);
  tcase_add_test (tests, bad_grids);
  tcase_add_test (tests, adopted_grids);
  tcase_add_test (tests, new_cube);
  tcase_add_test (tests, bad_cubes);
  tcase_add_test (tests, references_are_atomic);
  tcase_add_test (tests, no_memory);
  tcase_add_test (tests, names);
  suite_add_tcase (suite, tests);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
