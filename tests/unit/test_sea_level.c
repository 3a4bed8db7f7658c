/* SPDX-License-Identifier: Apache-2.0 */
/* Levels of two datums are refused in words; colours by hand. */
#include "models/sea/warning.h"
#include "tests/unit/base.h"

#include <math.h>

static const struct sf_datum_offset known[] = { { "xiuying_zero", "cgvd85", -1.2 } };
static const struct sf_datum_offsets one = { known, 1 }, none = { NULL, 0 };

START_TEST (one_datum)
{
  double above_m = 0;
  struct sf_level level = sf_level_raised ((struct sf_level){ 2.32, "xiuying_zero" }, 2.05);
  ck_assert_double_eq_tol (level.m, 4.37, 1e-12);
  ck_done (sf_level_above_m (level, (struct sf_level){ 2.90, "xiuying_zero" }, &none, &above_m, err));
  ck_assert_double_eq_tol (above_m, 1.47, 1e-12);
}
END_TEST

START_TEST (two_datums)
{
  double above_m = 77;
  struct sf_level level = { 4.37, "xiuying_zero" }, other = { 1.70, "cgvd85" };
  ck_fails (sf_level_above_m (level, other, &none, &above_m, err), SF_EUNSUPPORTED, "xiuying_zero and on cgvd85");
  ck_assert_double_eq (above_m, 77);
  ck_done (sf_level_above_m (level, other, &one, &above_m, err));
  ck_assert_double_eq_tol (above_m, 4.37 - 1.2 - 1.70, 1e-12);
  ck_done (sf_level_above_m (other, level, &one, &above_m, err));
  ck_assert_double_eq_tol (above_m, -(4.37 - 1.2 - 1.70), 1e-12);
  other.datum = "dongfang_zero";
  ck_fails (sf_level_above_m (level, other, &one, &above_m, err), SF_EUNSUPPORTED, "the step between is unknown");
  other.datum = NULL;
  ck_fails (sf_level_above_m (level, other, &one, &above_m, err), SF_EUNSUPPORTED, "vertical datum is unknown");
  level.datum = NULL;
  ck_fails (sf_level_above_m (level, other, &one, &above_m, err), SF_EUNSUPPORTED, "vertical datum is unknown");
}
END_TEST

static struct sf_sea_warning
warn (const struct sf_sea_levels *levels, double total_m)
{
  struct sf_sea_warning warning;
  ck_done (sf_sea_warn (levels, (struct sf_level){ total_m, "xiuying_zero" }, &none, &warning, err));
  return warning;
}

START_TEST (four_colours)
{
  const struct sf_sea_levels levels = { { 2.6, 2.9, 3.2, 3.7 }, "xiuying_zero" };
  ck_assert_int_eq (warn (&levels, 2.59).colour, SF_SEA_NO_COLOUR);
  ck_assert_int_eq (warn (&levels, 2.6).colour, SF_SEA_BLUE);
  ck_assert_int_eq (warn (&levels, 3.1).colour, SF_SEA_YELLOW);
  ck_assert_int_eq (warn (&levels, 3.3).colour, SF_SEA_ORANGE);
  ck_assert_int_eq (warn (&levels, 4.37).colour, SF_SEA_RED);
  ck_assert_double_eq_tol (warn (&levels, 4.37).above_m, 1.77, 1e-12);
}
END_TEST

/* Below the lowest level that is known lies no all-clear unless that is the blue one. */
START_TEST (gaps_are_no_all_clear)
{
  const struct sf_sea_levels partly = { { NAN, 2.9, NAN, 3.7 }, "xiuying_zero" };
  ck_assert_int_eq (warn (&partly, 2.5).colour, SF_SEA_UNKNOWN);
  ck_assert_double_eq_tol (warn (&partly, 2.5).above_m, -0.4, 1e-12);
  ck_assert_int_eq (warn (&partly, 3.3).colour, SF_SEA_YELLOW);
  ck_assert_int_eq (warn (&partly, 4.37).colour, SF_SEA_RED);
  ck_assert_double_eq_tol (warn (&partly, 4.37).above_m, 1.47, 1e-12);
  const struct sf_sea_levels nothing = { { NAN, NAN, NAN, NAN }, NULL };
  ck_assert_int_eq (warn (&nothing, 9).colour, SF_SEA_UNKNOWN);
  ck_assert (isnan (warn (&nothing, 9).above_m));
  ck_assert_int_eq (warn (&partly, (double) NAN).colour, SF_SEA_UNKNOWN);
}
END_TEST

START_TEST (colours_of_another_datum)
{
  const struct sf_sea_levels levels = { { 1.4, 1.7, 2.0, 2.5 }, "cgvd85" };
  struct sf_sea_warning warning;
  struct sf_level total = { 4.37, "xiuying_zero" };
  ck_fails (sf_sea_warn (&levels, total, &none, &warning, err), SF_EUNSUPPORTED, "not added or compared");
  ck_done (sf_sea_warn (&levels, total, &one, &warning, err));
  ck_assert_int_eq (warning.colour, SF_SEA_RED);
  ck_assert_double_eq_tol (warning.above_m, 4.37 - 1.2 - 1.4, 1e-12);
}
END_TEST

START_TEST (names_in_both_languages)
{
  ck_assert_str_eq (sf_sea_colour_name (SF_SEA_RED, false), "red");
  ck_assert_str_eq (sf_sea_colour_name (SF_SEA_RED, true), "红色");
  ck_assert_str_eq (sf_sea_colour_name (SF_SEA_UNKNOWN, true), "未知");
  ck_assert_str_eq (sf_sea_colour_name (SF_SEA_NO_COLOUR, false), "none");
}
END_TEST

int
main (void)
{
  const TTest *const tests[]
      = { one_datum, two_datums, four_colours, gaps_are_no_all_clear, colours_of_another_datum, names_in_both_languages,
          NULL };
  return run_tests ("sea_level", tests);
}
