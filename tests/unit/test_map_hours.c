/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: by hand. */
#include "models/typhoon/map_hours.h"

#include "tests/unit/base.h"

static const double rise_and_fall[] = { 0, 5, 11, 20, 30, 25, 12, 10.8, 10.7, 0 };
static const double two_peaks[] = { 12, 3, 11, 15, 15, 11, 3, 12 };
static const double calm[] = { 0, 0, 0 };
static const double weak[] = { 3, 9, 10.799, 9, 10.799 };

static const struct
{
  const double *peak_mps;
  size_t count, most, first, chosen;
} cases[] = {
  { rise_and_fall, 10, 10, 2, 6 },                                 /* 11 to 10.8: the threshold itself counts */
  { rise_and_fall, 10, 6, 2, 6 },  { rise_and_fall, 10, 5, 2, 5 }, /* two each side of the 30 */
  { rise_and_fall, 10, 4, 2, 4 },                                  /* of an even number one more before */
  { rise_and_fall, 10, 3, 3, 3 },  { rise_and_fall, 10, 1, 4, 1 },
  { two_peaks, 8, 8, 0, 8 },     /* the lull between belongs to it: steps are equal */
  { two_peaks, 8, 3, 2, 3 },     /* the first of two equal ones */
  { two_peaks + 3, 5, 4, 0, 4 }, /* the strongest is the first */
  { two_peaks, 5, 3, 2, 3 },     /* and near the last: shifted, not cut */
  { two_peaks, 4, 3, 1, 3 },       { calm, 3, 72, 0, 1 },
  { weak, 5, 72, 2, 1 },           { rise_and_fall + 4, 1, 1, 0, 1 },
};

START_TEST (hours_of_a_storm)
{
  struct sf_map_hours hours = sf_map_hours_choose (cases[_i].peak_mps, cases[_i].count, 10.8, cases[_i].most);
  ck_assert_uint_eq (hours.first, cases[_i].first);
  ck_assert_uint_eq (hours.count, cases[_i].chosen);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("map_hours");
  TCase *tc = tcase_create ("map_hours");
  tcase_add_loop_test (tc, hours_of_a_storm, 0, sizeof cases / sizeof *cases);
  suite_add_tcase (suite, tc);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
