/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: scipy 1.10 (stats.norm, optimize.brentq) on the mixture's distribution function; closed forms of the
   log-normal; counting where the factor is none. */
#include "models/rain/rain_chance.h"
#include "tests/unit/base.h"

#include <math.h>

START_TEST (against_scipy)
{
  const double one[] = { 100 }, some[] = { 0, 0, 10, 50, 120 }, six[] = { 20, 40, 60, 80, 100, 120 };
  ck_assert_double_eq_tol (sf_rain_quantile_mm (one, 1, 0.5, 0.5), 89.44271909999159, 1e-6);
  ck_assert_double_eq_tol (sf_rain_quantile_mm (one, 1, 0.5, 0.9), 163.85447242959015, 1e-6);
  ck_assert_double_eq_tol (sf_rain_quantile_mm (one, 1, 0.6, 0.9), 174.52445533792198, 1e-6);
  ck_assert_double_eq_tol (sf_rain_quantile_mm (some, 5, 0.6, 0.5), 8.553168126921078, 1e-6);
  ck_assert_double_eq_tol (sf_rain_quantile_mm (some, 5, 0.6, 0.9), 109.59744939531481, 1e-6);
  ck_assert_double_eq_tol (sf_rain_quantile_mm (six, 6, 0.5, 0.9), 136.7285337839549, 1e-6);
}
END_TEST

START_TEST (without_a_factor_it_counts)
{
  const double amounts[] = { 40, 10, 30, 20, 0 };
  ck_assert_double_eq_tol (sf_rain_quantile_mm (amounts, 5, 0, 0.5), 20, 1e-6);
  ck_assert_double_eq_tol (sf_rain_quantile_mm (amounts, 5, 0, 0.9), 40, 1e-6);
  ck_assert_double_eq (sf_rain_quantile_mm (amounts, 5, 0, 0.2), 0);
}
END_TEST

START_TEST (grows_with_probability_and_spread)
{
  const double amounts[] = { 3, 80, 15, 120, 45 };
  double last = 0;
  for (double p = 0.05; p < 1; p += 0.05)
    {
      double now = sf_rain_quantile_mm (amounts, 5, 0.6, p);
      ck_assert_double_gt (now, last);
      last = now;
    }
  ck_assert_double_gt (sf_rain_quantile_mm (amounts, 5, 1, 0.95), sf_rain_quantile_mm (amounts, 5, 0.5, 0.95));
}
END_TEST

START_TEST (nothing_known)
{
  const double gaps[] = { NAN, 50, NAN }, none[] = { NAN }, dry[] = { 0, 0 };
  ck_assert_double_eq_tol (sf_rain_quantile_mm (gaps, 3, 0.5, 0.5), 50 / sqrt (1.25), 1e-6);
  ck_assert (isnan (sf_rain_quantile_mm (none, 1, 0.5, 0.5)));
  ck_assert (isnan (sf_rain_quantile_mm (NULL, 0, 0.5, 0.5)));
  ck_assert (isnan (sf_rain_quantile_mm (gaps, 3, -1, 0.5)));
  ck_assert (isnan (sf_rain_quantile_mm (gaps, 3, 0.5, 1)));
  ck_assert (isnan (sf_rain_quantile_mm (gaps, 3, 0.5, 0)));
  ck_assert_double_eq (sf_rain_quantile_mm (dry, 2, 0.5, 0.9), 0);
}
END_TEST

int
main (void)
{
  const TTest *const tests[]
      = { against_scipy, without_a_factor_it_counts, grows_with_probability_and_spread, nothing_known, NULL };
  return run_tests ("rain_chance", tests);
}
