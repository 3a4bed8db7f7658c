/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: GB/T 19201-2006, table of grades (TD 10.8-17.1, TS 17.2-24.4, STS 24.5-32.6, TY 32.7-41.4,
   STY 41.5-50.9, SuperTY from 51.0 m/s), and GB/T 28591-2012, table of wind forces 0 to 17, both by their printed bounds
   of a tenth of a metre a second. The grades of Rammasun's and Kalmaegi's fixes are those of the CMA best track. */
#include "models/typhoon/intensity.h"
#include "tests/unit/base.h"

#include <math.h>

START_TEST (grades_at_their_printed_bounds)
{
  static const struct
  {
    double first, last;
    enum sf_grade grade;
    const char *code;
  } rows[] = {
    { 0.0, 10.7, SF_GRADE_NONE, "-" },
    { 10.8, 17.1, SF_GRADE_TD, "TD" },
    { 17.2, 24.4, SF_GRADE_TS, "TS" },
    { 24.5, 32.6, SF_GRADE_STS, "STS" },
    { 32.7, 41.4, SF_GRADE_TY, "TY" },
    { 41.5, 50.9, SF_GRADE_STY, "STY" },
    { 51.0, 95.0, SF_GRADE_SUPER_TY, "SuperTY" },
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    {
      ck_assert_int_eq (sf_grade_of_wind (rows[i].first), rows[i].grade);
      ck_assert_int_eq (sf_grade_of_wind (rows[i].last), rows[i].grade);
      ck_assert_int_eq (sf_grade_of_wind (rows[i].last + 0.05), rows[i].grade);
      ck_assert_str_eq (sf_grade_code (rows[i].grade), rows[i].code);
    }
  ck_assert_int_eq (sf_grade_of_wind (NAN), SF_GRADE_NONE);
  ck_assert_int_eq (sf_grade_of_wind (-1), SF_GRADE_NONE);
}
END_TEST

START_TEST (grades_of_best_tracks)
{
  ck_assert_int_eq (sf_grade_of_wind (72), SF_GRADE_SUPER_TY);
  ck_assert_int_eq (sf_grade_of_wind (42), SF_GRADE_STY);
  ck_assert_int_eq (sf_grade_of_wind (40), SF_GRADE_TY);
  ck_assert_int_eq (sf_grade_of_wind (25), SF_GRADE_STS);
  ck_assert_int_eq (sf_grade_of_wind (23), SF_GRADE_TS);
  ck_assert_int_eq (sf_grade_of_wind (13), SF_GRADE_TD);
}
END_TEST

START_TEST (chinese_names)
{
  static const char *const names[] = { "-", "热带低压", "热带风暴", "强热带风暴", "台风", "强台风", "超强台风" };
  for (int grade = 0; grade < SF_GRADES; grade++)
    ck_assert_str_eq (sf_grade_name_zh ((enum sf_grade) grade), names[grade]);
}
END_TEST

START_TEST (forces_at_their_printed_bounds)
{
  static const double last_mps[]
      = { 0.2, 1.5, 3.3, 5.4, 7.9, 10.7, 13.8, 17.1, 20.7, 24.4, 28.4, 32.6, 36.9, 41.4, 46.1, 50.9, 56.0, 61.2 };
  for (int force = 0; force < 18; force++)
    ck_assert_int_eq (sf_beaufort_of_wind (last_mps[force]), force);
  for (int force = 0; force < 17; force++)
    {
      ck_assert_int_eq (sf_beaufort_of_wind (last_mps[force] + 0.1 + 1e-9), force + 1);
      ck_assert_double_eq_tol (sf_beaufort_lower_mps (force + 1), last_mps[force] + 0.1, 1e-9);
    }
  ck_assert_int_eq (sf_beaufort_of_wind (0), 0);
  ck_assert_int_eq (sf_beaufort_of_wind (95), 17);
  ck_assert_int_eq (sf_beaufort_of_wind (NAN), -1);
  ck_assert (sf_beaufort_lower_mps (0) == 0);
  ck_assert (isnan (sf_beaufort_lower_mps (-1)));
  ck_assert (isnan (sf_beaufort_lower_mps (18)));
}
END_TEST

/* What the circles of forces 7, 10 and 12 of agencies' bulletins stand for. */
START_TEST (forces_of_the_circles)
{
  ck_assert (sf_beaufort_lower_mps (7) == 13.9);
  ck_assert (sf_beaufort_lower_mps (8) == 17.2);
  ck_assert (sf_beaufort_lower_mps (10) == 24.5);
  ck_assert (sf_beaufort_lower_mps (12) == 32.7);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { grades_at_their_printed_bounds, grades_of_best_tracks, chinese_names,
                                 forces_at_their_printed_bounds, forces_of_the_circles, NULL };
  return run_tests ("intensity", tests);
}
