/* SPDX-License-Identifier: Apache-2.0 */
/* Each rule: a hit, a near miss, missing data. */
#include "core/base/time.h"
#include "core/feed/quality_kernels.h"
#include "tests/unit/base.h"

#include <math.h>

START_TEST (ranges)
{
  const struct sf_quality_range r = { { 0, 300 }, { 0, 100 } };
  const struct sf_quality_range open = { { NAN, NAN }, { NAN, 5 } };
  ck_assert_int_eq (sf_quality_range_grade (&r, 300.1), 2);
  ck_assert_int_eq (sf_quality_range_grade (&r, 300), 1);
  ck_assert_int_eq (sf_quality_range_grade (&r, 100.1), 1);
  ck_assert_int_eq (sf_quality_range_grade (&r, 100), 0);
  ck_assert_int_eq (sf_quality_range_grade (&r, 0), 0);
  ck_assert_int_eq (sf_quality_range_grade (&r, -0.1), 2);
  ck_assert_int_eq (sf_quality_range_grade (&r, NAN), 0);
  ck_assert_int_eq (sf_quality_range_grade (&open, -1e9), 0);
  ck_assert_int_eq (sf_quality_range_grade (&open, 5.5), 1);
}
END_TEST

START_TEST (units)
{
  /* A level of 181.18 m that came in cm. */
  const struct sf_quantity_rule rule = { .units = { { "cm", 0.01 }, { "mm", 0.001 } }, .units_count = 2 };
  const struct sf_quality_range range = { { 150, 200 }, { 160, 195 } };
  ck_assert_str_eq (sf_quality_suspect_unit (&rule, &range, 18118)->name, "cm");
  ck_assert_str_eq (sf_quality_suspect_unit (&rule, &range, 181180)->name, "mm");
  ck_assert_ptr_null (sf_quality_suspect_unit (&rule, &range, 181.18));
  ck_assert_ptr_null (sf_quality_suspect_unit (&rule, &range, 25000));
  ck_assert_ptr_null (sf_quality_suspect_unit (&rule, &range, NAN));
}
END_TEST

START_TEST (clocks)
{
  const struct sf_clock_rule rule
      = { .ahead_s = 600, .far_ahead_s = 86400, .resets_s = { 946684800 }, .resets_count = 1, .reset_span_s = 86400 };
  ck_assert_int_eq (sf_quality_clock_grade (&rule, 1000600, 1000000), 0);
  ck_assert_int_eq (sf_quality_clock_grade (&rule, 1000601, 1000000), 1);
  ck_assert_int_eq (sf_quality_clock_grade (&rule, 1086400, 1000000), 1);
  ck_assert_int_eq (sf_quality_clock_grade (&rule, 1086401, 1000000), 2);
  ck_assert_int_eq (sf_quality_clock_grade (&rule, 946684800, 1700000000), 3);
  ck_assert_int_eq (sf_quality_clock_grade (&rule, 946684799, 1700000000), 0);
  ck_assert_int_eq (sf_quality_clock_grade (&rule, 946771200, 1700000000), 0);
  /* Who was there at the millennium meant it. */
  ck_assert_int_eq (sf_quality_clock_grade (&rule, 946684800, 946684900), 0);
}
END_TEST

START_TEST (areas)
{
  const struct sf_box box = { 108, 18, 112, 21 }, around = { 170, -10, -170, 10 }, none = { NAN, NAN, NAN, NAN };
  ck_assert (sf_quality_is_outside (&box, 112.001, 20));
  ck_assert (!sf_quality_is_outside (&box, 112, 21));
  ck_assert (sf_quality_is_outside (&box, 110, 17.99));
  ck_assert (!sf_quality_is_outside (&box, NAN, NAN));
  ck_assert (!sf_quality_is_outside (&around, -175, 0));
  ck_assert (sf_quality_is_outside (&around, 0, 0));
  ck_assert (!sf_quality_is_outside (&none, 0, 0));
}
END_TEST

/* Haikou (110.35, 20.02) to Sanya (109.51, 18.25): 215.5 km by the spherical law of cosines, R = 6371 km, worked by hand. */
START_TEST (distances)
{
  double expected_m
      = 6371000
        * acos (sin (20.02 * M_PI / 180) * sin (18.25 * M_PI / 180)
                + cos (20.02 * M_PI / 180) * cos (18.25 * M_PI / 180) * cos ((110.35 - 109.51) * M_PI / 180));
  ck_assert_double_eq_tol (sf_quality_distance_m (110.35, 20.02, 109.51, 18.25), expected_m, 1);
  ck_assert_double_eq_tol (expected_m, 215500, 300);
  ck_assert_double_eq_tol (sf_quality_distance_m (179.9, 0, -179.9, 0), 6371000 * 0.2 * M_PI / 180, 1);
  ck_assert_double_eq (sf_quality_distance_m (110, 20, 110, 20), 0);
  ck_assert (isnan (sf_quality_distance_m (NAN, 20, 110, 20)));
}
END_TEST

START_TEST (followers)
{
  const struct sf_quality_step step = { .per_hour = 4, .least = 0.5, .gap_s = 7200 };
  const struct sf_mover_rule vessel = { .speed_mps = 30.87, .slack_m = 500, .gap_s = 21600 };
  const struct sf_mover_rule any = { .speed_mps = NAN, .gap_s = 21600 };
  ck_assert_int_eq (sf_quality_step_link (&step, 300, 0.5), SF_QUALITY_LINKED);
  ck_assert_int_eq (sf_quality_step_link (&step, 300, -0.51), SF_QUALITY_BROKEN);
  ck_assert_int_eq (sf_quality_step_link (&step, 3600, 4), SF_QUALITY_LINKED);
  ck_assert_int_eq (sf_quality_step_link (&step, 3600, 4.01), SF_QUALITY_BROKEN);
  ck_assert_int_eq (sf_quality_step_link (&step, 7200, 100), SF_QUALITY_BROKEN);
  ck_assert_int_eq (sf_quality_step_link (&step, 7201, 100), SF_QUALITY_APART);
  ck_assert_int_eq (sf_quality_step_link (&step, 300, NAN), SF_QUALITY_APART);
  /* 60 knots for 10 minutes are 18,522 m. */
  ck_assert_int_eq (sf_quality_speed_link (&vessel, 600, 18522 + 500), SF_QUALITY_LINKED);
  ck_assert_int_eq (sf_quality_speed_link (&vessel, 600, 18522 + 501), SF_QUALITY_BROKEN);
  ck_assert_int_eq (sf_quality_speed_link (&vessel, 21601, 1e9), SF_QUALITY_APART);
  ck_assert_int_eq (sf_quality_speed_link (&vessel, 600, NAN), SF_QUALITY_APART);
  ck_assert_int_eq (sf_quality_speed_link (&any, 600, 1e9), SF_QUALITY_APART);
}
END_TEST

/* Rows as letters: a and b are two places; rows of the same letter are linked. The third line: x doubted. */
static void
assert_jumps (const char *rows, const char *expected)
{
  size_t n = strlen (rows);
  unsigned char links[64] = { 0 };
  for (size_t i = 0; i + 1 < n; i++)
    links[i] = rows[i] == '|' || rows[i + 1] == '|' ? SF_QUALITY_APART
               : rows[i] == rows[i + 1]             ? SF_QUALITY_LINKED
                                                    : SF_QUALITY_BROKEN;
  for (size_t i = 0; i < n; i++)
    ck_assert_msg (sf_quality_is_jump (links, n, i) == (expected[i] == 'x'), "%s, row %zu", rows, i);
}

START_TEST (jumps)
{
  assert_jumps ("aaabaaa", "...x..."); /* a spike */
  assert_jumps ("aaab", "...x");       /* the newest, not yet confirmed */
  assert_jumps ("aaabb", "...xx");     /* confirmed once */
  assert_jumps ("aaabbb", "......");   /* confirmed by two more: it has moved */
  assert_jumps ("abab", "xxxx");       /* two that share a name */
  assert_jumps ("aaaa", "....");
  assert_jumps ("a", ".");
  assert_jumps ("aaa|b", "....."); /* so long after that nothing can be said */
  assert_jumps ("abbb", "x...");
}
END_TEST

START_TEST (standing)
{
  const struct sf_quality_stuck rule = { .for_s = 10800, .gap_s = 5400, .exceptions = { 0 }, .exceptions_count = 1 };
  const int64_t times[] = { 0, 3600, 7200, 10800, 14400, 20000 };
  const double values[] = { 1, 2.4, 2.4, 2.4, 2.4, 2.4 }, gaps[] = { 1, 2.4, NAN, 2.4, 2.4, 2.4 };
  ck_assert (sf_quality_is_stuck (&rule, 2.4, 10800));
  ck_assert (!sf_quality_is_stuck (&rule, 2.4, 10799));
  ck_assert (!sf_quality_is_stuck (&rule, 0, 1000000));
  ck_assert (!sf_quality_is_stuck (&(struct sf_quality_stuck){ 0 }, 2.4, 1000000));
  ck_assert_uint_eq (sf_quality_run_begin (times, values, 4, 5400), 1);
  ck_assert_uint_eq (sf_quality_run_begin (times, values, 5, 5400), 5); /* a gap too wide */
  ck_assert_uint_eq (sf_quality_run_begin (times, gaps, 4, 5400), 3);
}
END_TEST

/* Songtao (handbook of practice): 190.0 m holds 25.95e8, 195.3 m 33.45e8 m3. The news of 2010-10-16, "181.18 m, 24.41e8",
   contradicts itself: 24.41e8 stands at 190.0 - (25.95 - 24.41) / (33.45 - 25.95) * 5.3 = 188.91 m. */
START_TEST (curves)
{
  const struct sf_curve_point curve[] = { { 190.0, 25.95e8 }, { 195.3, 33.45e8 } };
  ck_assert_double_eq_tol (sf_quality_curve_level (curve, 2, 24.41e8), 188.9117, 0.001);
  ck_assert_double_eq_tol (sf_quality_curve_level (curve, 2, 29.7e8), 192.65, 0.001);
  ck_assert (isnan (sf_quality_curve_level (curve, 2, NAN)));
}
END_TEST

START_TEST (sums)
{
  const struct sf_agreement_rule rule = { .rain_mm = 2, .rain_share = 0.1 };
  ck_assert (sf_quality_sum_contradicts (&rule, 80, true, 45.2));
  ck_assert (sf_quality_sum_contradicts (&rule, 80, false, 45.2)); /* a part of the day that is more than the day */
  ck_assert (sf_quality_sum_contradicts (&rule, 45.2, true, 80));
  ck_assert (!sf_quality_sum_contradicts (&rule, 45.2, false, 80)); /* hours are missing */
  ck_assert (!sf_quality_sum_contradicts (&rule, 50, true, 45));    /* a tenth of 50 */
  ck_assert (sf_quality_sum_contradicts (&rule, 50.1, true, 45));
  ck_assert (!sf_quality_sum_contradicts (&rule, 1.9, true, 0));
  ck_assert (!sf_quality_sum_contradicts (&rule, NAN, true, 10));
}
END_TEST

int
main (void)
{
  const TTest *const tests[]
      = { ranges, units, clocks, areas, distances, followers, jumps, standing, curves, sums, NULL };
  return run_tests ("quality_kernels", tests);
}
