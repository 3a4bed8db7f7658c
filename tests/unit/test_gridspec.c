/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: the surface of the ellipsoid 510065621.724 km2 (Karney 2013, GeographicLib; GRS80 and WGS 84 agree
   to 1e-9); cells by Simpson's rule in numpy from the radii of curvature of GRS80; UTM's scale 0.9996 on its central
   meridian. */
#include "geodata/gridspec.h"
#include "tests/unit/base.h"

#include <math.h>

static const struct sf_gridspec PROVINCE = { 600, 450, { 107, 0.01, 0, 21.5, 0, -0.01 }, "EPSG:4490" };

START_TEST (cells)
{
  int column = -1, row = -1;
  double x, y;
  sf_gridspec_centre (&PROVINCE, 0, 0, &x, &y);
  ck_assert_double_eq_tol (x, 107.005, 1e-12);
  ck_assert_double_eq_tol (y, 21.495, 1e-12);
  ck_assert (sf_gridspec_cell (&PROVINCE, 110.353, 20.021, &column, &row));
  ck_assert_int_eq (column, 335);
  ck_assert_int_eq (row, 147);
  ck_assert (sf_gridspec_cell (&PROVINCE, 107, 21.5, &column, &row));
  ck_assert (column == 0 && row == 0);
  ck_assert (sf_gridspec_cell (&PROVINCE, 113, 17, &column, &row));
  ck_assert (column == 599 && row == 449);
  ck_assert (sf_gridspec_cell (&PROVINCE, 107.01, 21.49, &column, &row));
  ck_assert (column == 1 && row == 1);
  ck_assert (!sf_gridspec_cell (&PROVINCE, 106.999, 20, &column, &row));
  ck_assert (!sf_gridspec_cell (&PROVINCE, 110, 21.501, &column, &row));
  ck_assert (!sf_gridspec_cell (&PROVINCE, NAN, 20, &column, &row));
}
END_TEST

START_TEST (every_centre_comes_back)
{
  for (int r = 0; r < PROVINCE.ny; r++)
    for (int c = 0; c < PROVINCE.nx; c++)
      {
        double x, y;
        int column, row;
        sf_gridspec_centre (&PROVINCE, c, r, &x, &y);
        ck_assert (sf_gridspec_cell (&PROVINCE, x, y, &column, &row) && column == c && row == r);
        sf_gridspec_position (&PROVINCE, c, r, &x, &y);
        ck_assert (sf_gridspec_cell (&PROVINCE, x, y, &column, &row) && column == c && row == r);
      }
}
END_TEST

START_TEST (whole_turns)
{
  int column = -1, row = -1;
  ck_assert (sf_gridspec_cell_lonlat (&PROVINCE, 110.353, 20.021, &column, &row));
  ck_assert (column == 335 && row == 147);
  ck_assert (sf_gridspec_cell_lonlat (&PROVINCE, 110.353 - 360, 20.021, &column, &row));
  ck_assert (column == 335 && row == 147);
  ck_assert (sf_gridspec_cell_lonlat (&PROVINCE, 110.353 + 720, 20.021, &column, &row));
  ck_assert (column == 335 && row == 147);
  ck_assert (!sf_gridspec_cell_lonlat (&PROVINCE, 106.999, 20, &column, &row));
  ck_assert (!sf_gridspec_cell_lonlat (&PROVINCE, NAN, 20, &column, &row));
}
END_TEST

START_TEST (rotated)
{
  const struct sf_gridspec spec = { 4, 3, { 10, 1, 0.5, 20, 0.25, -1 }, "EPSG:4490" };
  double x, y, column, row;
  sf_gridspec_position (&spec, 3, 2, &x, &y);
  ck_assert_double_eq_tol (x, 14, 1e-12);
  ck_assert_double_eq_tol (y, 18.75, 1e-12);
  sf_gridspec_index (&spec, x, y, &column, &row);
  ck_assert_double_eq_tol (column, 3, 1e-12);
  ck_assert_double_eq_tol (row, 2, 1e-12);
  ck_assert (!sf_gridspec_is_upright (&spec));
  double west, south, east, north;
  sf_gridspec_bounds (&spec, &west, &south, &east, &north);
  ck_assert_double_eq_tol (west, 10, 1e-12);
  ck_assert_double_eq_tol (east, 15.5, 1e-12);
  ck_assert_double_eq_tol (south, 17, 1e-12);
  ck_assert_double_eq_tol (north, 21, 1e-12);
}
END_TEST

START_TEST (areas)
{
  static double area[36 * 18];
  const struct sf_gridspec globe = { 36, 18, { -180, 10, 0, 90, 0, -10 }, "EPSG:4326" };
  double sum = 0, row[600];
  ck_done (sf_gridspec_areas_km2 (&globe, 0, 18, area, err));
  for (int i = 0; i < 36 * 18; i++)
    sum += area[i];
  ck_assert_double_eq_tol (sum, 510065621.724, 1e-2);
  ck_done (sf_gridspec_areas_km2 (&PROVINCE, 249, 1, row, err)); /* 19.00 to 19.01 N */
  ck_assert_double_eq_tol (row[0], 1.1654648575106605, 1e-9);
  ck_assert_double_eq_tol (sf_ellipsoid_rectangle_area_km2 (105, 3, 105.05, 3.05), 30.730946527012707, 1e-8);
}
END_TEST

/* UTM zone 49 (central meridian 111 E): one square kilometre of the plane is 1 / 0.9996^2 of the ground there. */
START_TEST (projected_areas)
{
  const struct sf_gridspec utm = { 3, 2, { 498500, 1000, 0, 2100000, 0, -1000 }, "EPSG:32649" };
  double area[6];
  ck_done (sf_gridspec_areas_km2 (&utm, 0, 2, area, err));
  for (int i = 0; i < 6; i++)
    ck_assert_double_eq_tol (area[i], 1 / (0.9996 * 0.9996), 1e-6);
  double second[3];
  ck_done (sf_gridspec_areas_km2 (&utm, 1, 1, second, err));
  ck_assert_double_eq_tol (second[2], area[5], 1e-15);
  const struct sf_gridspec unknown = { 1, 1, { 0, 1, 0, 0, 0, -1 }, "EPSG:999999" };
  ck_fails (sf_gridspec_areas_km2 (&unknown, 0, 1, area, err), SF_EINVAL, "EPSG:999999");
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { cells, every_centre_comes_back, whole_turns, rotated, areas, projected_areas, NULL };
  return run_tests ("gridspec", tests);
}
