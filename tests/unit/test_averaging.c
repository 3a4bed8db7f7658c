/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: CLIMADA issue 123 (1-minute = 1.08 x CMA's 2-minute = 1.16 x HKO's 10-minute wind); Harper, Kepert &
   Ginger 2010, WMO/TD-1555 (at sea, 10-minute = 0.93 x 1-minute). */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/typhoon/averaging.h"

START_TEST (agencies)
{
  ck_assert_double_eq_tol (sf_wind_convert_averaging (50, 2, 1, SF_WIND_EXPOSURE_AGENCY), 54, 1e-12);
  ck_assert_double_eq_tol (sf_wind_convert_averaging (50, 10, 1, SF_WIND_EXPOSURE_AGENCY), 58, 1e-12);
  ck_assert_double_eq_tol (sf_wind_convert_averaging (54, 1, 2, SF_WIND_EXPOSURE_AGENCY), 50, 1e-12);
  ck_assert_double_eq_tol (sf_wind_convert_averaging (1.08, 10, 2, SF_WIND_EXPOSURE_AGENCY), 1.16, 1e-12);
}
END_TEST

START_TEST (at_sea)
{
  ck_assert_double_eq_tol (sf_wind_convert_averaging (100, 1, 10, SF_WIND_EXPOSURE_AT_SEA), 93, 1e-12);
  ck_assert_double_eq_tol (sf_wind_convert_averaging (100, 2, 1, SF_WIND_EXPOSURE_AT_SEA), 103, 1e-12);
}
END_TEST

START_TEST (there_and_back)
{
  const int minutes[] = { 1, 2, 10 };
  for (int e = SF_WIND_EXPOSURE_AGENCY; e <= SF_WIND_EXPOSURE_AT_SEA; e++)
    for (int i = 0; i < 3; i++)
      for (int j = 0; j < 3; j++)
        {
          double there = sf_wind_convert_averaging (31.25, minutes[i], minutes[j], (enum sf_wind_exposure) e);
          double back = sf_wind_convert_averaging (there, minutes[j], minutes[i], (enum sf_wind_exposure) e);
          ck_assert_double_eq_tol (back, 31.25, 1e-12);
          ck_assert_int_eq (there<31.25, minutes[j]> minutes[i]);
        }
}
END_TEST

START_TEST (unknown_minutes)
{
  struct sf_error err;
  double factor = 7.0;
  ck_assert_int_eq (sf_wind_averaging_factor (3, 1, SF_WIND_EXPOSURE_AGENCY, &factor, &err), SF_ERANGE);
  ck_assert_double_eq (factor, 7.0);
  ck_assert_ptr_nonnull (strstr (err.message, "3 minutes"));
  ck_assert_double_nan (sf_wind_convert_averaging (20, 1, 60, SF_WIND_EXPOSURE_AT_SEA));
  ck_assert_double_nan (sf_wind_convert_averaging (NAN, 1, 2, SF_WIND_EXPOSURE_AT_SEA));
}
END_TEST

START_TEST (names)
{
  ck_assert_int_eq (sf_wind_exposure_find ("at-sea"), SF_WIND_EXPOSURE_AT_SEA);
  ck_assert_int_eq (sf_wind_exposure_find ("agency"), SF_WIND_EXPOSURE_AGENCY);
  ck_assert_int_eq (sf_wind_exposure_find ("land"), -1);
  ck_assert_str_eq (sf_wind_exposure_name (SF_WIND_EXPOSURE_AGENCY), "agency");
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("averaging");
  TCase *tests = tcase_create ("all");
  tcase_add_test (tests, agencies);
  tcase_add_test (tests, at_sea);
  tcase_add_test (tests, there_and_back);
  tcase_add_test (tests, unknown_minutes);
  tcase_add_test (tests, names);
  suite_add_tcase (suite, tests);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
