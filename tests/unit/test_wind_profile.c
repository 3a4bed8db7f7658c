/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: CLIMADA 6.1, climada/hazard/test/test_trop_cyclone_windfields.py and test_tc_tracks.py (some of them
   from the MATLAB version), unless a comment names another source. Tolerances are those of its tests. */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "models/typhoon/wind_profile.h"

START_TEST (b_of_1980_from_gradient_wind)
{
  ck_assert_double_eq_tol (sf_wind_b_h1980 (35, 1500, 1.15, 1.0), 2.5, 1e-6);
  ck_assert_double_eq_tol (sf_wind_b_h1980 (40, 3000, 1.15, 1.0), 1.667213, 1e-6);
}
END_TEST

START_TEST (b_of_1980_from_surface_wind)
{
  ck_assert_double_nan (sf_wind_b_h1980 (NAN, 474, 1.2, 0.9));
  ck_assert_double_eq_tol (sf_wind_b_h1980 (22.5, 1500, 1.2, 0.9), 1.101, 1e-3);
  ck_assert_double_eq_tol (sf_wind_b_h1980 (25.4, 3000, 1.2, 0.9), 0.810, 1e-3);
  ck_assert_double_eq_tol (sf_wind_b_h1980 (42.5, 4000, 1.2, 0.9), 1.473, 1e-3);
}
END_TEST

START_TEST (bs_of_2008)
{
  ck_assert_double_nan (sf_wind_bs_h08 (474, 0, 12.2999995, NAN, 0.9));
  ck_assert_double_eq_tol (sf_wind_bs_h08 (473, 1005.2633 - 1005.2585, 12.2999995, 5.241999541820597, 0.9), 1.27, 1e-2);
  ck_assert_double_eq_tol (sf_wind_bs_h08 (473, 1005.2682 - 1005.2633, 12.2999993, 5.123882725120426, 0.9), 1.27, 1e-2);
}
END_TEST

/* Each term of Holland 2008 eq 11, worked by hand: dp 20 hPa, x = 0.6 (1 - 20/215) = 0.5441860; 9^x = 3.3058... */
START_TEST (bs_of_2008_by_hand)
{
  double without_motion = -4.4e-5 * 400 + 0.2 + 1.0 - 0.28;
  ck_assert_double_eq_tol (sf_wind_bs_h08 (2000, 0, 20, 0, 0.9), without_motion, 1e-12);
  ck_assert_double_eq_tol (sf_wind_bs_h08 (2000, 0, -20, 0, 0.9), without_motion, 1e-12);
  ck_assert_double_eq_tol (sf_wind_bs_h08 (2000, 2, 20, 0, 0.9), without_motion + 0.06, 1e-12);
  ck_assert_double_eq_tol (sf_wind_bs_h08 (2000, 0, 20, 9, 0.9), without_motion + 0.15 * exp (0.544186047 * log (9.0)),
                           1e-9);
  ck_assert_double_eq_tol (sf_wind_bs_h08 (2000, -30, 20, 0, 0.9), 0.81, 1e-12);
  ck_assert_double_eq_tol (sf_wind_bs_h08 (2000, 50, 20, 9, 0.9), 2.025, 1e-12);
}
END_TEST

START_TEST (vmax_of_2008)
{
  ck_assert_double_eq_tol (sf_wind_vmax_h08_mps (2.5, 1500, 1.15), 34.635341, 1e-6);
  ck_assert_double_eq_tol (sf_wind_vmax_h08_mps (1.67, 3000, 1.15), 40.033421, 1e-6);
}
END_TEST

struct h10_row
{
  double rmw_km, vmax, b, r_km[5], x[5], v[5];
};

static const struct h10_row h10_rows[] = {
  { 75,
    35,
    1.75,
    { 0, 75, 220, 300, 490 },
    { .5, .5, .485077, .476844, .457291 },
    { 0, 35, 21.181497, 17, 12.103461 } },
  { 75,
    35,
    2.5,
    { 30, 74, 170, 300, NAN },
    { .5, .5, .410997, .4, 0 },
    { 1.296480, 34.990037, 21.593755, 12.891313, 0 } },
  { 75,
    16,
    1.9,
    { 21, 76, 230, 300, 431 },
    { .5, .497620, .4, .4, .4 },
    { .321952, 15.9975, 9.712006, 8.087240, 6.228969 } },
  { 90,
    90,
    1.6,
    { 32, 91, 270, 300, 452 },
    { .5, .505022, 1.403952, 1.554611, 2.317948 },
    { 24.823469, 89.992938, 24.381965, 17, 1.929202 } },
};

START_TEST (profile_of_2010)
{
  const struct h10_row *row = &h10_rows[_i];
  struct sf_wind_radial radial
      = { .model = SF_WIND_H10, .rmw_m = 1e3 * row->rmw_km, .vmax_mps = row->vmax, .b = row->b, .surface_factor = 1.0 };
  sf_wind_radial_finish (&radial);
  for (int i = 0; i < 5 && !isnan (row->r_km[i]); i++)
    {
      ck_assert_double_eq_tol (sf_wind_exponent_h10 (&radial, 1e3 * row->r_km[i]), row->x[i], 1e-6);
      ck_assert_double_eq_tol (sf_wind_radial_mps (&radial, 1e3 * row->r_km[i]), row->v[i], 1e-6);
    }
}
END_TEST

START_TEST (profile_of_1980)
{
  struct sf_wind_radial a = { .model = SF_WIND_H1980,
                              .rmw_m = 40665.454622610511,
                              .b = 1.486076257880692,
                              .dp_pa = 3912,
                              .f_per_s = 3.54921922e-05,
                              .rho_kgpm3 = 1.15,
                              .surface_factor = 1.0 };
  struct sf_wind_radial b = { .model = SF_WIND_H08,
                              .rmw_m = 75547.902916671745,
                              .b = 1.265551666104679,
                              .dp_pa = 473,
                              .f_per_s = 3.10598285e-05,
                              .rho_kgpm3 = 1.15,
                              .surface_factor = 1.0 };
  const double a_km[] = { 299.4501244109841, 291.0737897183741, 292.5441003235722, 40.665454622610511 };
  const double b_km[] = { 293.6067129546862, 298.2652319413182, 70.0 };
  const double a_v[] = { 11.28, 11.68, 11.61, 42.41 }, b_v[] = { 5.38, 5.28, 12.76 };
  const double a_free[] = { 15.72, 16.04, 15.98, 43.13 }, b_free[] = { 8.84, 8.76, 13.81 };
  for (int i = 0; i < 4; i++)
    ck_assert_double_eq_tol (sf_wind_radial_mps (&a, 1e3 * a_km[i]), a_v[i], 1e-2);
  for (int i = 0; i < 3; i++)
    ck_assert_double_eq_tol (sf_wind_radial_mps (&b, 1e3 * b_km[i]), b_v[i], 1e-2);
  a.f_per_s = b.f_per_s = 0.0;
  for (int i = 0; i < 4; i++)
    ck_assert_double_eq_tol (sf_wind_radial_mps (&a, 1e3 * a_km[i]), a_free[i], 1e-2);
  for (int i = 0; i < 3; i++)
    ck_assert_double_eq_tol (sf_wind_radial_mps (&b, 1e3 * b_km[i]), b_free[i], 1e-2);
}
END_TEST

START_TEST (profile_of_emanuel_and_rotunno)
{
  struct sf_wind_radial a
      = { .model = SF_WIND_ER11, .rmw_m = 75e3, .vmax_mps = 35, .f_per_s = 4.98665369e-05, .surface_factor = 1.0 };
  struct sf_wind_radial b
      = { .model = SF_WIND_ER11, .rmw_m = 40e3, .vmax_mps = 40, .f_per_s = 6.61918149e-05, .surface_factor = 1.0 };
  const double a_m[] = { 35e3, 70e3, 75e3, 220e3 }, a_v[] = { 28.258025, 36.782418, 36.869995, 22.521237 };
  const double b_m[] = { 30e3, 1000e3, 300e3 }, b_v[] = { 39.670883, 3.300626, 10.827206 };
  const double b_free[] = { 38.4, 3.194888178913738, 10.480349344978167 };
  for (int i = 0; i < 4; i++)
    ck_assert_double_eq_tol (sf_wind_radial_mps (&a, a_m[i]), a_v[i], 1e-6);
  for (int i = 0; i < 3; i++)
    ck_assert_double_eq_tol (sf_wind_radial_mps (&b, b_m[i]), b_v[i], 1e-6);
  b.f_per_s = 0.0;
  for (int i = 0; i < 3; i++)
    ck_assert_double_eq_tol (sf_wind_radial_mps (&b, b_m[i]), b_free[i], 1e-9);
}
END_TEST

/* Joints of CLIMADA's fits (handbook 1.2), points half-way, and constant beyond the ends. */
START_TEST (radii_from_pressure)
{
  const double hpa[] = { 860, 872, 940, 960, 980, 1021, 1030 };
  const double rmw_nm[] = { 14.907318, 14.907318, 15.726927, 20.7345345, 25.742142, 56.856522, 56.856522 };
  for (int i = 0; i < 7; i++)
    ck_assert_double_eq_tol (sf_wind_rmw_from_pressure_m (hpa[i]), 1852 * rmw_nm[i], 1e-6);
  ck_assert_double_eq_tol (sf_wind_roci_from_pressure_m (985), 1852 * 198.261520, 1e-6);
  ck_assert_double_eq_tol (sf_wind_roci_from_pressure_m (995), 1852 * 178.925514, 1e-6);
  ck_assert_double_eq_tol (sf_wind_roci_from_pressure_m (1100), 1852 * 90.900116, 1e-6);
  ck_assert_double_nan (sf_wind_rmw_from_pressure_m (NAN));
}
END_TEST

/* The linear fits of handbook 1.3, summed by hand at 20 N 110 E: 1026.3401 - 1.1008 - 3.8896 - 73.57 = 947.7797 hPa for
   100 kn, and 1216.5223 - 0.8172 - 4.609 - 1.1797 x 950 = 90.3811 kn. */
START_TEST (pressure_and_wind_from_each_other)
{
  ck_assert_double_eq_tol (sf_wind_pressure_from_vmax_hpa (110, 20, 100 * 1852.0 / 3600), 947.7797, 1e-9);
  ck_assert_double_eq_tol (sf_wind_vmax_from_pressure_mps (110, 20, 950), 90.3811 * 1852 / 3600, 1e-9);
}
END_TEST

/* Ideal gas, worked by hand: 28 C at 10 N and 1000 hPa in the eyewall; mixing ratio 100 x 3.802 / 1e5 exp (17.67 x 28 /
   271.5) = 0.0235199; Tv = 301.16 (1 + 0.81 x 0.9 x 0.0235199) = 306.3237 K; 1e5 / (286.9 x 306.3237) = 1.13786. */
START_TEST (density_of_the_eyewall)
{
  ck_assert_double_eq_tol (sf_wind_density_kgpm3 (10, 1e5, 0), 1.13786, 2e-5);
  ck_assert_double_gt (sf_wind_density_kgpm3 (30, 1e5, 0), sf_wind_density_kgpm3 (10, 1e5, 0));
}
END_TEST

START_TEST (small_parts)
{
  ck_assert_double_eq_tol (sf_wind_coriolis_per_s (20), 4.98665369e-05, 1e-12);
  ck_assert_double_eq_tol (sf_wind_coriolis_per_s (-27), 6.61918149e-05, 1e-12);
  ck_assert_double_eq (sf_wind_gradient_mps (30, 3, 0.9), 30);
  ck_assert_double_eq (sf_wind_gradient_mps (3, 30, 0.9), 0);
  ck_assert_double_eq (sf_wind_motion_share (10, 20), 1);
  ck_assert_double_eq (sf_wind_motion_share (80, 20), 0.25);
  ck_assert_double_eq (sf_wind_basin_pressure_hpa ("WP"), 1005);
  ck_assert_double_eq (sf_wind_basin_pressure_hpa ("SP"), 1004);
  ck_assert_double_eq (sf_wind_basin_pressure_hpa ("NA"), 1010);
  ck_assert_int_eq (sf_wind_model_find ("H1980"), SF_WIND_H1980);
  ck_assert_int_eq (sf_wind_model_find ("h1980"), -1);
  ck_assert_str_eq (sf_wind_model_name (SF_WIND_ER11), "ER11");
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("wind_profile");
  TCase *tests = tcase_create ("all");
  tcase_add_test (tests, b_of_1980_from_gradient_wind);
  tcase_add_test (tests, b_of_1980_from_surface_wind);
  tcase_add_test (tests, bs_of_2008);
  tcase_add_test (tests, bs_of_2008_by_hand);
  tcase_add_test (tests, vmax_of_2008);
  tcase_add_loop_test (tests, profile_of_2010, 0, 4);
  tcase_add_test (tests, profile_of_1980);
  tcase_add_test (tests, profile_of_emanuel_and_rotunno);
  tcase_add_test (tests, radii_from_pressure);
  tcase_add_test (tests, pressure_and_wind_from_each_other);
  tcase_add_test (tests, density_of_the_eyewall);
  tcase_add_test (tests, small_parts);
  suite_add_tcase (suite, tests);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
