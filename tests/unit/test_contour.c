/* SPDX-License-Identifier: Apache-2.0 */
/* Hand-worked squares; agreement with gdal_contour and GEOS on whole fields is test_contour_gdal.sh. */
#include "core/base/mem.h"
#include "geodata/contour.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct sf_error err;

static struct sf_grid
grid_of (int nx, int ny, float *values)
{
  return (struct sf_grid){ .spec = { nx, ny, { 0, 1, 0, ny, 0, -1 }, "EPSG:4490" }, .bands = 1, .values = values };
}

static double
ring_area (const struct sf_geometry *geometry, size_t part)
{
  double twice = 0;
  for (size_t i = geometry->part_start[part]; i + 1 < geometry->part_start[part + 1]; i++)
    {
      const double *a = geometry->xy + 2 * i;
      twice += a[0] * a[3] - a[2] * a[1];
    }
  return twice / 2;
}

static double
area (const struct sf_geometry *geometry)
{
  double sum = 0;
  for (size_t p = 0; p < geometry->parts; p++)
    {
      double ring = ring_area (geometry, p);
      ck_assert_msg (geometry->part_outer[p] ? ring > 0 : ring < 0, "ring %zu turns the wrong way", p);
      sum += ring;
    }
  return sum;
}

static struct sf_geometry *
band (const struct sf_grid *grid, double lower, double upper)
{
  struct sf_geometry *geometry = NULL;
  ck_assert_msg (sf_contour_band (grid, 0, lower, upper, &geometry, &err) == SF_OK, "%s", err.message);
  return geometry;
}

/* A slope 0..1 between two centres: the band from 0.25 up begins a quarter of the way, x = 0.75, and reaches the edge. */
START_TEST (test_slope)
{
  float values[] = { 0, 1 };
  struct sf_grid grid = grid_of (2, 1, values);
  struct sf_geometry *geometry = band (&grid, 0.25, INFINITY);
  ck_assert_uint_eq (geometry->parts, 1);
  ck_assert_double_eq_tol (area (geometry), 1.25, 1e-12);
  for (size_t i = 0; i < geometry->points; i++)
    ck_assert (geometry->xy[2 * i] >= 0.75 - 1e-12 && geometry->xy[2 * i] <= 2);
  sf_geometry_free (geometry);
}
END_TEST

/* A hill of 1 in a 3x3 field of 0: at level 0.5 a diamond of half a cell around it (area 0.5); the rest has it as a hole. */
START_TEST (test_hill_and_hole)
{
  float values[9] = { 0, 0, 0, 0, 1, 0, 0, 0, 0 };
  struct sf_grid grid = grid_of (3, 3, values);
  struct sf_geometry *high = band (&grid, 0.5, INFINITY), *low = band (&grid, -INFINITY, 0.5);
  ck_assert_uint_eq (high->parts, 1);
  ck_assert_double_eq_tol (area (high), 0.5, 1e-12);
  ck_assert_uint_eq (low->parts, 2);
  ck_assert (low->part_outer[0] && !low->part_outer[1]);
  ck_assert_double_eq_tol (area (low), 8.5, 1e-12);
  sf_geometry_free (high);
  sf_geometry_free (low);
}
END_TEST

/* Corners 1 0 / 0 1: the mean 0.5 decides. Level 0.4: the high corners are joined, one ring; level 0.6: two. */
START_TEST (test_saddle_rule)
{
  float values[] = { 1, 0, 0, 1 };
  struct sf_grid grid = grid_of (2, 2, values);
  struct sf_geometry *joined = band (&grid, 0.4, INFINITY), *parted = band (&grid, 0.6, INFINITY);
  ck_assert_uint_eq (joined->parts, 1);
  ck_assert_uint_eq (parted->parts, 2);
  sf_geometry_free (joined);
  sf_geometry_free (parted);
}
END_TEST

/* Missing cells: the field covers just the valid ones, to their edges; two that meet in a corner stay two rings. */
START_TEST (test_missing)
{
  float values[] = { 5, NAN, NAN, 5 };
  struct sf_grid grid = grid_of (2, 2, values);
  struct sf_geometry *geometry = band (&grid, 0, INFINITY);
  ck_assert_uint_eq (geometry->parts, 2);
  ck_assert_double_eq_tol (area (geometry), 2, 1e-12);
  sf_geometry_free (geometry);
}
END_TEST

START_TEST (test_all_and_nothing)
{
  float values[] = { 1, 1, 1, 1, 1, 1 };
  struct sf_grid grid = grid_of (3, 2, values);
  struct sf_geometry *all = band (&grid, 1, 2), *none = band (&grid, 2, 3);
  ck_assert_double_eq_tol (area (all), 6, 1e-12);
  ck_assert_uint_eq (none->parts, 0);
  sf_geometry_free (all);
  sf_geometry_free (none);
  for (int i = 0; i < 6; i++)
    values[i] = NAN;
  none = band (&grid, -INFINITY, INFINITY);
  ck_assert_uint_eq (none->parts, 0);
  sf_geometry_free (none);
}
END_TEST

/* Rows that run north turn the rings round, not the map. */
START_TEST (test_north_up_rows)
{
  float values[9] = { 0, 0, 0, 0, 1, 0, 0, 0, 0 };
  struct sf_grid grid = grid_of (3, 3, values);
  grid.spec.affine[3] = 10;
  grid.spec.affine[5] = 1;
  struct sf_geometry *low = band (&grid, -INFINITY, 0.5);
  ck_assert_double_eq_tol (area (low), 8.5, 1e-12);
  sf_geometry_free (low);
}
END_TEST

/* Higher values on the left: around a hill the line runs counter-clockwise and closes; on a slope it ends at the edges. */
START_TEST (test_lines)
{
  float hill[9] = { 0, 0, 0, 0, 1, 0, 0, 0, 0 }, slope[] = { 0, 1 };
  struct sf_grid grid = grid_of (3, 3, hill);
  struct sf_geometry *line = NULL;
  ck_assert_int_eq (sf_contour_line (&grid, 0, 0.5, &line, &err), SF_OK);
  ck_assert_uint_eq (line->parts, 1);
  ck_assert_double_eq_tol (ring_area (line, 0), 0.5, 1e-12);
  ck_assert_mem_eq (line->xy, line->xy + 2 * (line->points - 1), 2 * sizeof (double));
  sf_geometry_free (line);
  grid = grid_of (2, 1, slope);
  ck_assert_int_eq (sf_contour_line (&grid, 0, 0.5, &line, &err), SF_OK);
  ck_assert_uint_eq (line->parts, 1);
  ck_assert_double_eq_tol (line->xy[0], 1, 1e-12);
  ck_assert_double_eq_tol (line->xy[1], 1, 1e-12); /* from the north edge, the higher east on its left */
  ck_assert_double_eq_tol (line->xy[2 * line->points - 1], 0, 1e-12);
  sf_geometry_free (line);
}
END_TEST

START_TEST (test_refusals)
{
  float values[] = { 0 };
  struct sf_grid grid = grid_of (1, 1, values);
  struct sf_geometry *none = NULL;
  ck_assert_int_eq (sf_contour_band (&grid, 0, 2, 2, &none, &err), SF_EINVAL);
  ck_assert_int_eq (sf_contour_band (&grid, 0, NAN, 2, &none, &err), SF_EINVAL);
  ck_assert_int_eq (sf_contour_band (&grid, 1, 1, 2, &none, &err), SF_EINVAL);
  ck_assert_ptr_null (none);
}
END_TEST

START_TEST (test_out_of_memory)
{
  float values[9] = { 0, 0, 0, 0, 1, 0, 0, 0, 0 };
  struct sf_grid grid = grid_of (3, 3, values);
  for (long n = 1;; n++)
    {
      struct sf_geometry *geometry = NULL;
      sf_mem_fail_at (n, 1);
      enum sf_code code = sf_contour_band (&grid, 0, -INFINITY, 0.5, &geometry, &err);
      sf_mem_fail_at (0, 0);
      sf_geometry_free (geometry);
      if (code == SF_OK)
        break;
      ck_assert_int_eq (code, SF_ENOMEM);
      ck_assert_ptr_null (geometry);
      ck_assert_int_lt (n, 1000);
    }
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("contour");
  TCase *tcase = tcase_create ("contour");
  tcase_add_test (tcase, test_slope);
  tcase_add_test (tcase, test_hill_and_hole);
  tcase_add_test (tcase, test_saddle_rule);
  tcase_add_test (tcase, test_missing);
  tcase_add_test (tcase, test_all_and_nothing);
  tcase_add_test (tcase, test_north_up_rows);
  tcase_add_test (tcase, test_lines);
  tcase_add_test (tcase, test_refusals);
  tcase_add_test (tcase, test_out_of_memory);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_ENV);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? 1 : 0;
}
