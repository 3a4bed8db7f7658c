/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: columns worked out by hand; every step stands beside the numbers. rho g = 1025 * 9.81 = 10055.25. */
#include "models/sea/wind_setup.h"
#include "tests/unit/base.h"

#include <math.h>

/* Cd = (0.75 + 0.067 W) / 1000. W = 10: 0.00142, 1.225 * 0.00142 * 100 = 0.17395 Pa.
   W = 20: 0.00209, 1.225 * 0.00209 * 400 = 1.02410 Pa. Cd reaches 0.0025 at W = 26.119.
   W = 30: 0.00276 is capped to 0.0025, 1.225 * 0.0025 * 900 = 2.75625 Pa. W = 50: 7.65625 Pa (uncapped 12.56). */
START_TEST (stress_by_hand)
{
  ck_assert_double_eq_tol (sf_sea_wind_stress_pa (10), 0.17395, 1e-9);
  ck_assert_double_eq_tol (sf_sea_wind_stress_pa (20), 1.02410, 1e-9);
  ck_assert_double_eq_tol (sf_sea_wind_stress_pa (30), 2.75625, 1e-9);
  ck_assert_double_eq_tol (sf_sea_wind_stress_pa (50), 7.65625, 1e-9);
  ck_assert_double_eq (sf_sea_wind_stress_pa (0), 0);
  ck_assert (isnan (sf_sea_wind_stress_pa ((double) NAN)));
}
END_TEST

/* Three pieces, from the sea inwards, wind 30 m/s straight towards the gauge (tau 2.75625 Pa):
     100 km, 50 m: 2.75625 * 100000 / (10055.25 * 50)              = 0.5482211, eta 0.5482211
      50 km, 20 m: 2.75625 *  50000 / (10055.25 * 20.5482211)      = 0.6669934, eta 1.2152144
      10 km,  3 m, taken as 5: 2.75625 * 10000 / (10055.25 * 6.2152144) = 0.4410315, eta 1.6562459 */
START_TEST (column_by_hand)
{
  const struct sf_sea_piece way[] = { { 100e3, 50, 30, 30 }, { 50e3, 20, 30, 30 }, { 10e3, 3, 30, 30 } };
  ck_assert_double_eq_tol (sf_sea_wind_setup_m (way, 1, 5), 0.5482211, 5e-7);
  ck_assert_double_eq_tol (sf_sea_wind_setup_m (way, 2, 5), 1.2152144, 5e-7);
  ck_assert_double_eq_tol (sf_sea_wind_setup_m (way, 3, 5), 1.6562459, 5e-7);
}
END_TEST

/* At 60 degrees to the way half of the stress counts; across it and away from it none. */
START_TEST (onshore_component_only)
{
  struct sf_sea_piece piece = { 100e3, 50, 30, 15 };
  ck_assert_double_eq_tol (sf_sea_wind_setup_m (&piece, 1, 5), 0.5482211 / 2, 5e-7);
  piece.along_mps = 0;
  ck_assert_double_eq (sf_sea_wind_setup_m (&piece, 1, 5), 0);
  piece.along_mps = -30;
  ck_assert_double_eq (sf_sea_wind_setup_m (&piece, 1, 5), 0);
}
END_TEST

/* 50 m/s over 300 km of 20 m: uncapped and unpiled 18.7 m; capped 7.65625 * 3e5 / (10055.25 * 20) = 11.42 on one depth,
   and less when what is piled up deepens the water; finer pieces tend to the integral eta h + eta^2 / 2 = tau x / (rho g): eta = 9.27 m. */
START_TEST (capped_and_piled_up)
{
  struct sf_sea_piece pieces[300];
  for (int i = 0; i < 300; i++)
    pieces[i] = (struct sf_sea_piece){ 1e3, 20, 50, 50 };
  double expected_m = -20 + sqrt (400 + 2 * 7.65625 * 3e5 / 10055.25); /* of d eta/dx (h + eta) = tau / rho g */
  ck_assert_double_eq_tol (sf_sea_wind_setup_m (pieces, 300, 5), expected_m, 0.02);
}
END_TEST

START_TEST (unknown_winds_add_nothing)
{
  const struct sf_sea_piece way[] = { { 100e3, 50, 30, 30 }, { 50e3, 20, NAN, NAN }, { 10e3, 20, 30, NAN } };
  ck_assert_double_eq_tol (sf_sea_wind_setup_m (way, 3, 5), 0.5482211, 5e-7);
  ck_assert_double_eq (sf_sea_wind_setup_m (NULL, 0, 5), 0);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = {
    stress_by_hand, column_by_hand, onshore_component_only, capped_and_piled_up, unknown_winds_add_nothing, NULL
  };
  return run_tests ("wind_setup", tests);
}
