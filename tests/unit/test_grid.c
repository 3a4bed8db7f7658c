/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: the default domain in the issue (province 107-113 E, 17-21.5 N at 0.01 degree; sea 105-120 E, 3-24 N
   at 0.05 degree) and the cell counts that follow by hand. */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "core/data/grid.h"

static const struct sf_gridspec PROVINCE = { 600, 450, { 107, 0.01, 0, 21.5, 0, -0.01 }, "EPSG:4490" };
static const struct sf_gridspec SEA = { 300, 420, { 105, 0.05, 0, 24, 0, -0.05 }, "EPSG:4490" };

START_TEST (cells)
{
  ck_assert_uint_eq (sf_gridspec_cells (&PROVINCE), 270000);
  ck_assert_uint_eq (sf_gridspec_cells (&SEA), 126000);
  ck_assert_uint_eq (sf_gridspec_cells (&(struct sf_gridspec){ .nx = 600 }), 0);
  ck_assert_uint_eq (sf_gridspec_cells (&(struct sf_gridspec){ .nx = -2, .ny = -3 }), 0);
  ck_assert_uint_eq (sf_gridspec_cells (&(struct sf_gridspec){ .nx = 100000, .ny = 100000 }), 10000000000u);
}
END_TEST

START_TEST (same)
{
  struct sf_gridspec other = PROVINCE;
  ck_assert (sf_gridspec_same (&PROVINCE, &other));
  ck_assert (!sf_gridspec_same (&PROVINCE, &SEA));
  /* What a float64 coordinate variable loses: the step from the first and last cell centre. */
  other.affine[1] = (112.995 - 107.005) / 599;
  other.affine[0] = 107.005 - other.affine[1] / 2;
  ck_assert (sf_gridspec_same (&PROVINCE, &other));
}
END_TEST

START_TEST (different)
{
  struct sf_gridspec other = PROVINCE;
  other.affine[0] += 1e-5; /* a thousandth of a cell, about one metre */
  ck_assert (!sf_gridspec_same (&PROVINCE, &other));
  other = PROVINCE;
  other.affine[1] *= 1 + 1e-6; /* small for one cell, 600 cells wide too much */
  ck_assert (!sf_gridspec_same (&PROVINCE, &other));
  other = PROVINCE;
  other.affine[5] = 0.01; /* south row first */
  ck_assert (!sf_gridspec_same (&PROVINCE, &other));
  other = PROVINCE;
  other.crs[8] = '1';
  ck_assert (!sf_gridspec_same (&PROVINCE, &other));
  other = PROVINCE;
  other.ny = 451;
  ck_assert (!sf_gridspec_same (&PROVINCE, &other));
  other = PROVINCE;
  other.affine[2] = NAN;
  ck_assert (!sf_gridspec_same (&other, &other));
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("grid");
  TCase *tests = tcase_create ("all");
  tcase_add_test (tests, cells);
  tcase_add_test (tests, same);
  tcase_add_test (tests, different);
  suite_add_tcase (suite, tests);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
