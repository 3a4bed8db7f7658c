/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: worked out by hand; every step stands beside the number. */
#include "models/sea/inverse_barometer.h"
#include "tests/unit/base.h"

#include <math.h>

/* 1 hPa is 100 Pa; 1025 * 9.81 = 10055.25 N/m3; 100 / 10055.25 = 0.0099450 m. */
START_TEST (a_hectopascal_is_a_centimetre)
{
  ck_assert_double_eq_tol (sf_sea_inverse_barometer_m (1005, 1004), 0.00994505, 5e-9);
  ck_assert_double_eq_tol (sf_sea_inverse_barometer_m (1005, 960), 0.447527, 5e-7); /* 45 * 0.00994505 */
  ck_assert_double_eq_tol (sf_sea_inverse_barometer_m (1005, 1010), -0.0497253, 5e-8);
  ck_assert_double_eq (sf_sea_inverse_barometer_m (1005, 1005), 0);
}
END_TEST

/* pc 960, pn 1005, rmw 40 km. B = 1: exp(-40/40) = 0.367879, 960 + 45 * 0.367879 = 976.5546.
   B = 1, 80 km: exp(-0.5) = 0.606531, 987.2939. B = 2, 80 km: exp(-0.25) = 0.778801, 995.0460.
   B = 1.5, 20 km: 2^1.5 = 2.828427, exp(-2.828427) = 0.059106, 962.6598. */
START_TEST (profile_by_hand)
{
  ck_assert_double_eq_tol (sf_sea_pressure_hpa (960, 1005, 40, 1, 40), 976.5546, 5e-5);
  ck_assert_double_eq_tol (sf_sea_pressure_hpa (960, 1005, 40, 1, 80), 987.2939, 5e-5);
  ck_assert_double_eq_tol (sf_sea_pressure_hpa (960, 1005, 40, 2, 80), 995.0460, 5e-5);
  ck_assert_double_eq_tol (sf_sea_pressure_hpa (960, 1005, 40, 1.5, 20), 962.6598, 5e-5);
  ck_assert_double_eq (sf_sea_pressure_hpa (960, 1005, 40, 1.5, 0), 960);
  ck_assert_double_eq_tol (sf_sea_pressure_hpa (960, 1005, 40, 1.5, 1e6), 1005, 1e-3);
}
END_TEST

START_TEST (doubtful_input)
{
  const double nan = (double) NAN;
  ck_assert (isnan (sf_sea_pressure_hpa (nan, 1005, 40, 1.5, 10)));
  ck_assert (isnan (sf_sea_pressure_hpa (960, 1005, nan, 1.5, 10)));
  ck_assert (isnan (sf_sea_pressure_hpa (960, 1005, 0, 1.5, 10)));
  ck_assert (isnan (sf_sea_pressure_hpa (960, 1005, 40, 0, 10)));
  ck_assert (isnan (sf_sea_pressure_hpa (960, 1005, 40, 1.5, -1)));
  ck_assert (isnan (sf_sea_pressure_hpa (960, 1005, 40, 1.5, nan)));
  ck_assert (isnan (sf_sea_inverse_barometer_m (1005, nan)));
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { a_hectopascal_is_a_centimetre, profile_by_hand, doubtful_input, NULL };
  return run_tests ("inverse_barometer", tests);
}
