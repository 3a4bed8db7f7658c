/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: the table of rates that was worked out by hand-written numpy from Tuleya et al. 2007, Table 2, before
   this kernel was written; and properties of the formula. */
#include "models/rain/r_cliper.h"
#include "tests/unit/base.h"

#include <math.h>

#define KN (1852.0 / 3600.0)

static double
rate (double vmax_kn, double r_km)
{
  struct sf_rcliper profile;
  ck_assert (sf_rcliper_init (&profile, vmax_kn * KN));
  return sf_rcliper_rate_mmph (&profile, r_km);
}

START_TEST (check_table)
{
  static const double r_km[] = { 0, 20, 50, 100, 200, 300 };
  static const double table[][7] = { { 35, 3.0268, 3.1666, 3.3762, 2.3582, 1.1181, 0.5301 },
                                     { 64, 6.7098, 7.2793, 7.2274, 4.7636, 2.0694, 0.8990 },
                                     { 100, 11.2818, 12.9122, 10.5856, 6.4988, 2.4495, 0.9232 },
                                     { 140, 16.3618, 17.3620, 12.1003, 6.6292, 1.9897, 0.5972 } };
  for (int k = 0; k < 4; k++)
    for (int i = 0; i < 6; i++)
      ck_assert_double_eq_tol (rate (table[k][0], r_km[i]), table[k][i + 1], 0.00005001);
}
END_TEST

/* 35 kn by hand: U = 1, so 2.86 inches a day at the centre, 3.20 at 51.5 km; at 25.75 km half way, 3.03 = 3.2067 mm/h. */
START_TEST (by_hand)
{
  ck_assert_double_eq_tol (rate (35, 0), 2.86 * 25.4 / 24, 1e-12);
  ck_assert_double_eq_tol (rate (35, 51.5), 3.20 * 25.4 / 24, 1e-12);
  ck_assert_double_eq_tol (rate (35, 25.75), 3.03 * 25.4 / 24, 1e-12);
  ck_assert_double_eq_tol (rate (35, 51.5 + 134), 3.20 * 25.4 / 24 / M_E, 1e-12);
}
END_TEST

/* Where the radius of the largest rate would vanish, and on, the profile stays that of the bound: no division by zero. */
START_TEST (radius_never_vanishes)
{
  struct sf_rcliper profile;
  for (double kn = 0; kn < 400; kn += 0.5)
    {
      ck_assert (sf_rcliper_init (&profile, kn * KN));
      ck_assert_double_ge (profile.peak_km, 1 - 1e-9);
      for (double r = 0; r <= 500; r += 7)
        {
          double mmph = sf_rcliper_rate_mmph (&profile, r);
          ck_assert (isfinite (mmph) && mmph >= 0 && mmph < 25);
        }
    }
  ck_assert_double_eq (rate (170, 10), rate (300, 10));
  ck_assert_double_lt (rate (160, 10), rate (170, 10));
}
END_TEST

START_TEST (weak_and_unknown_winds)
{
  struct sf_rcliper profile = { .peak_km = 7 };
  ck_assert (!sf_rcliper_init (&profile, (double) NAN));
  ck_assert (!sf_rcliper_init (&profile, -1));
  ck_assert_double_eq (profile.peak_km, 7);
  ck_assert_double_eq (rate (0, 30), 0); /* the line goes below zero: no negative rain */
  ck_assert_double_gt (rate (20, 30), 0);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { check_table, by_hand, radius_never_vanishes, weak_and_unknown_winds, NULL };
  return run_tests ("r_cliper", tests);
}
