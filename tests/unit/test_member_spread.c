/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values in closed form. Circular t with nu = 4, scale 1: mean pi/2, P (r) = 1 - (1 + r^2/4)^-2. Normal ellipse of
   axes 2 and 1: mean sqrt (2/pi) 2 E (3/4), E the complete elliptic integral of the second kind by parameter, 1.21105602757
   (Abramowitz & Stegun 1964, table 17.1: E (0.75) = 1.211056). */
#include "models/typhoon/ensemble/member_spread.h"
#include "tests/unit/base.h"

#include <math.h>

START_TEST (circular)
{
  const struct sf_spread spread = { .along_km = 1, .cross_km = 1, .nu = 4 };
  ck_assert_double_eq_tol (sf_spread_mean_km (&spread), M_PI / 2, 1e-12);
  ck_assert_double_eq_tol (sf_spread_quantile_km (&spread, 0.68), 2 * sqrt (1 / sqrt (0.32) - 1), 1e-10);
  ck_assert_double_eq_tol (sf_spread_quantile_km (&spread, 0.9), 2 * sqrt (1 / sqrt (0.1) - 1), 1e-10);
  /* the tail that the documentation states */
  ck_assert_double_eq_tol (1 - sf_spread_within (&spread, M_PI), 0.0832, 1e-4);
  ck_assert_double_eq_tol (1 - sf_spread_within (&spread, 1.5 * M_PI), 0.0233, 1e-4);
}
END_TEST

/* With very many degrees of freedom the t is normal: E[w] = 1 + 3/(4 nu) + O (nu^-2). */
START_TEST (elliptic)
{
  const struct sf_spread spread = { .along_km = 2, .cross_km = 1, .nu = 1e6 };
  ck_assert_double_eq_tol (sf_spread_mean_km (&spread), sqrt (2 / M_PI) * 2 * 1.21105602757, 1e-5);
  ck_assert_double_eq_tol (sf_spread_within (&spread, sf_spread_quantile_km (&spread, 0.42)), 0.42, 1e-9);
}
END_TEST

/* Full correlation of equal deviations: all errors lie on a diagonal, sqrt 2 long; |normal| has mean sqrt (2/pi). */
START_TEST (correlated)
{
  const struct sf_spread spread = { .along_km = 1, .cross_km = 1, .correlation = 1, .nu = 1e6 };
  ck_assert_double_eq_tol (sf_spread_mean_km (&spread), sqrt (2) * sqrt (2 / M_PI), 1e-3);
}
END_TEST

START_TEST (of_mean)
{
  for (double ratio = 0.5; ratio < 3; ratio += 0.5)
    {
      struct sf_spread spread = sf_spread_of_mean (123, ratio, 0.3, 5);
      ck_assert_double_eq_tol (sf_spread_mean_km (&spread), 123, 1e-9);
      ck_assert_double_eq_tol (spread.along_km / spread.cross_km, ratio, 1e-12);
    }
  const struct sf_spread none = { .nu = 4 };
  ck_assert_double_eq (sf_spread_quantile_km (&none, 0.9), 0);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { circular, elliptic, correlated, of_mean, NULL };
  return run_tests ("member_spread", tests);
}
