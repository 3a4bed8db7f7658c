/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: a plane a + b x + c y is met exactly by bilinear sampling between centres; the rest by hand. */
#include "geodata/crs.h"
#include "geodata/sample.h"
#include "tests/unit/base.h"

#include <math.h>

enum
{
  NX = 6,
  NY = 4
};

static float values[2 * NX * NY];
static struct sf_grid grid;

/* Band 0: 3 + 2 x - 5 y at the centres of a grid of 0.5 degree from 110 E, 20 N; band 1: column + 10 row. */
static void
setup (void)
{
  grid
      = (struct sf_grid){ .spec = { NX, NY, { 110, 0.5, 0, 20, 0, -0.5 }, "EPSG:4490" }, .bands = 2, .values = values };
  for (int r = 0; r < NY; r++)
    for (int c = 0; c < NX; c++)
      {
        values[r * NX + c] = (float) (3 + 2 * (110.25 + 0.5 * c) - 5 * (19.75 - 0.5 * r));
        values[NX * NY + r * NX + c] = (float) (c + 10 * r);
      }
}

static double
at (int band, enum sf_sample_method method, double x, double y)
{
  const double xy[2] = { x, y };
  float value;
  sf_sample_points (&grid, band, method, xy, 1, &value);
  return (double) value;
}

START_TEST (nearest)
{
  setup ();
  ck_assert_double_eq (at (1, SF_SAMPLE_NEAREST, 110, 20), 0);
  ck_assert_double_eq (at (1, SF_SAMPLE_NEAREST, 110.5, 19.5), 11);
  ck_assert_double_eq (at (1, SF_SAMPLE_NEAREST, 110.49, 19.51), 0);
  ck_assert_double_eq (at (1, SF_SAMPLE_NEAREST, 113, 18), 35);
  ck_assert (isnan (at (1, SF_SAMPLE_NEAREST, 109.99, 19)));
  ck_assert (isnan (at (1, SF_SAMPLE_NEAREST, 111, 17.99)));
  ck_assert (isnan (at (1, SF_SAMPLE_NEAREST, NAN, 19)));
}
END_TEST

START_TEST (bilinear)
{
  setup ();
  for (double x = 110.25; x <= 112.75; x += 0.07)
    for (double y = 18.25; y <= 19.75; y += 0.07)
      ck_assert_double_eq_tol (at (0, SF_SAMPLE_BILINEAR, x, y), 3 + 2 * x - 5 * y, 2e-5); /* float values near 130 */
  /* Within half a cell of the edge the outermost centres go on. */
  ck_assert_double_eq (at (1, SF_SAMPLE_BILINEAR, 110.1, 19.9), 0);
  ck_assert_double_eq (at (1, SF_SAMPLE_BILINEAR, 113, 18), 35);
  ck_assert_double_eq_tol (at (1, SF_SAMPLE_BILINEAR, 110.5, 20), 0.5, 1e-6);
  ck_assert (isnan (at (1, SF_SAMPLE_BILINEAR, 113.01, 19)));
}
END_TEST

START_TEST (missing)
{
  setup ();
  values[NX * NY + 1 * NX + 1] = NAN; /* around 110.75 E, 19.25 N */
  ck_assert (isnan (at (1, SF_SAMPLE_BILINEAR, 110.75, 19.25)));
  ck_assert (isnan (at (1, SF_SAMPLE_BILINEAR, 110.55, 19.45)));
  /* In cell (0, 1), 0.1 degree from the missing cell, on its centre row: only cell (0, 1) is left. */
  ck_assert_double_eq (at (1, SF_SAMPLE_BILINEAR, 110.4, 19.25), 10);
  /* In cell (0, 0), half way to the corner: weights 0.75 x 0.75, 0.25 x 0.75, 0.75 x 0.25; the missing one drops out.
   */
  ck_assert_double_eq_tol (at (1, SF_SAMPLE_BILINEAR, 110.375, 19.625), (0.1875 * 1 + 0.1875 * 10) / 0.9375, 1e-6);
}
END_TEST

START_TEST (lonlat)
{
  float value[3];
  const double points[6] = { 110.75, 19.25, 110.75 - 360, 19.25, 109, 19.25 };
  setup ();
  ck_done (sf_sample_lonlat (&grid, 1, SF_SAMPLE_NEAREST, points, 3, value, err));
  ck_assert (value[0] == 11 && value[1] == 11 && isnan (value[2]));
  strcpy (grid.spec.crs, "EPSG:99999");
  ck_fails (sf_sample_lonlat (&grid, 1, SF_SAMPLE_NEAREST, points, 3, value, err), SF_EINVAL, "EPSG:99999");
  /* A grid in metres around (500000, 2212366), which is 111 E, 20 N in EPSG:4546 (see test_crs). The point lies about
     209 m east and 221 m south of it: column (1000 + 209) / 500, row (500 + 221) / 500. */
  grid.spec = (struct sf_gridspec){ NX, NY, { 499000, 500, 0, 2212866, 0, -500 }, "EPSG:4546" };
  const double point[2] = { 111.002, 19.998 };
  ck_done (sf_sample_lonlat (&grid, 1, SF_SAMPLE_NEAREST, point, 1, value, err));
  ck_assert_double_eq ((double) value[0], 12);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { nearest, bilinear, missing, lonlat, NULL };
  return run_tests ("sample", tests);
}
