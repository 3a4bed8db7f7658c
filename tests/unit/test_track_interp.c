/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: a not-a-knot spline repeats any cubic, three fixes any parabola (de Boor 1978), so polynomials are
   their own reference and one crooked path solved with numpy. The path of CLIMADA's Barbados track is in
   test_wind_climada.c. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/typhoon/track_interp.h"

enum
{
  MAX_FIXES = 12,
  MAX_STEPS = 400
};

static const int64_t times[MAX_FIXES]
    = { 0, 3600, 10800, 21600, 32400, 39600, 61200, 64800, 86400, 90000, 97200, 108000 };

static double
cubic (double t)
{
  return 110.0 + 1.5 * t - 0.8 * t * t + 0.3 * t * t * t;
}

static double
parabola (double t)
{
  return 18.0 - 2.0 * t + 0.7 * t * t;
}

static double
line (double t)
{
  return 15.0 + 0.4 * t;
}

static void
check_path (size_t n, double (*lon) (double), double (*lat) (double), enum sf_track_path path)
{
  double lons[MAX_FIXES], lats[MAX_FIXES], out_lon[MAX_STEPS], out_lat[MAX_STEPS], workspace[5 * MAX_FIXES];
  int64_t at[MAX_STEPS];
  for (size_t i = 0; i < n; i++)
    {
      lons[i] = lon ((double) times[i] / 86400);
      lats[i] = lat ((double) times[i] / 86400);
    }
  size_t count = sf_track_interp_count (times, n, 600);
  ck_assert_uint_eq (count, (size_t) (times[n - 1] / 600 + 1));
  sf_track_interp_times (times, 600, count, at);
  ck_assert_int_eq (sf_track_interp_path (times, lons, lats, n, path, at, count, out_lon, out_lat, workspace, NULL),
                    SF_OK);
  for (size_t k = 0; k < count; k++)
    {
      ck_assert_double_eq_tol (out_lon[k], lon ((double) at[k] / 86400), 1e-11);
      ck_assert_double_eq_tol (out_lat[k], lat ((double) at[k] / 86400), 1e-11);
    }
}

START_TEST (polynomials_are_repeated)
{
  for (size_t n = 4; n <= MAX_FIXES; n++)
    check_path (n, cubic, parabola, SF_TRACK_PATH_SPLINE);
  check_path (3, parabola, line, SF_TRACK_PATH_SPLINE);
  check_path (2, line, line, SF_TRACK_PATH_SPLINE);
  check_path (1, line, line, SF_TRACK_PATH_SPLINE);
  check_path (7, line, line, SF_TRACK_PATH_LINEAR);
}
END_TEST

/* numpy solution of the not-a-knot conditions as a dense system (6 pieces x 4 coefficients: values, continuity of the
   first three derivatives as the conditions ask), evaluated at 0.5, 1.5, 3 and 7.25 h; fixes at 0 1 2 4 6 9 10 h: lat
   12 13 11 15 14 18 17. */
START_TEST (crooked_path)
{
  const int64_t at_fix[] = { 0, 3600, 7200, 14400, 21600, 32400, 36000 };
  const double lat[] = { 12, 13, 11, 15, 14, 18, 17 }, lon[] = { 110, 110, 110, 110, 110, 110, 110 };
  const int64_t at[] = { 1800, 5400, 10800, 26100 };
  const double expected[] = { 13.426501132931, 11.823498867069, 12.537009063444, 15.339601822130 };
  double out_lon[4], out_lat[4], workspace[35];
  ck_assert_int_eq (
      sf_track_interp_path (at_fix, lon, lat, 7, SF_TRACK_PATH_SPLINE, at, 4, out_lon, out_lat, workspace, NULL),
      SF_OK);
  for (int k = 0; k < 4; k++)
    {
      ck_assert_double_eq_tol (out_lat[k], expected[k], 1e-9);
      ck_assert_double_eq_tol (out_lon[k], 110.0, 1e-12);
    }
}
END_TEST

START_TEST (across_the_date_line)
{
  const int64_t at_fix[] = { 0, 3600, 7200, 10800 };
  const double lon[] = { 179.0, -180.0, -179.0, -178.0 }, lat[] = { 10, 10, 10, 10 };
  const int64_t at[] = { 1800, 5400, 9000 };
  double out_lon[3], out_lat[3], workspace[20];
  for (int path = SF_TRACK_PATH_LINEAR; path <= SF_TRACK_PATH_SPLINE; path++)
    {
      ck_assert_int_eq (sf_track_interp_path (at_fix, lon, lat, 4, (enum sf_track_path) path, at, 3, out_lon, out_lat,
                                              workspace, NULL),
                        SF_OK);
      for (int k = 0; k < 3; k++)
        ck_assert_double_eq_tol (out_lon[k], 179.5 + k, 1e-12);
    }
}
END_TEST

START_TEST (refusals)
{
  const int64_t at_fix[] = { 0, 3600, 3600, 7200 }, at[] = { -1 };
  const double lon[] = { 1, 2, 3, NAN }, lat[] = { 1, 2, 3, 4 };
  double out_lon[1] = { 5 }, out_lat[1] = { 6 }, workspace[20];
  struct sf_error err;
  ck_assert_int_eq (
      sf_track_interp_path (at_fix, lon, lat, 0, SF_TRACK_PATH_LINEAR, at, 0, out_lon, out_lat, workspace, &err),
      SF_EINVAL);
  ck_assert_int_eq (
      sf_track_interp_path (at_fix, lon, lat, 3, SF_TRACK_PATH_LINEAR, at, 0, out_lon, out_lat, workspace, &err),
      SF_EINVAL);
  ck_assert_ptr_nonnull (strstr (err.message, "fix 2"));
  ck_assert_int_eq (sf_track_interp_path (at_fix + 2, lon + 2, lat, 2, SF_TRACK_PATH_LINEAR, at, 0, out_lon, out_lat,
                                          workspace, &err),
                    SF_EINVAL);
  ck_assert_ptr_nonnull (strstr (err.message, "fix 1 has no position"));
  ck_assert_int_eq (
      sf_track_interp_path (at_fix, lon, lat, 2, SF_TRACK_PATH_LINEAR, at, 1, out_lon, out_lat, workspace, &err),
      SF_ERANGE);
  ck_assert_double_eq (out_lon[0], 5);
  ck_assert_uint_eq (sf_track_interp_count (at_fix, 0, 600), 0);
  ck_assert_uint_eq (sf_track_interp_count (at_fix, 4, 0), 0);
  ck_assert_uint_eq (sf_track_interp_count (at_fix, 4, 5000), 2);
}
END_TEST

START_TEST (gaps_in_a_variable)
{
  const int64_t at_fix[] = { 0, 10, 20, 30, 70, 80 }, at[] = { 0, 5, 10, 15, 20, 30, 50, 75, 80 };
  const double values[] = { NAN, 100, NAN, 120, 160, NAN };
  double out[9];
  sf_track_interp_linear (at_fix, values, 6, 40, at, 9, out);
  const double expected[] = { NAN, NAN, 100, 105, 110, 120, 140, NAN, NAN };
  for (int k = 0; k < 9; k++)
    if (isnan (expected[k]))
      ck_assert_double_nan (out[k]);
    else
      ck_assert_double_eq_tol (out[k], expected[k], 1e-12);
  sf_track_interp_linear (at_fix, values, 6, 39, at, 9, out);
  ck_assert_double_nan (out[6]);
  ck_assert_double_eq_tol (out[4], 110, 1e-12);
  sf_track_interp_linear (at_fix, values, 1, 40, at, 9, out);
  ck_assert_double_nan (out[0]);
}
END_TEST

START_TEST (a_spline_does_not_swing_over_the_pole)
{
  const int64_t time_s[] = { 0, 3600, 7200, 10800 };
  const double lon[] = { 0, 0, 0, 0 }, lat[] = { 60, 89.9, 89.9, 60 };
  const int64_t at_s = 5400;
  double out_lon, out_lat, workspace[64];
  ck_assert_uint_le (sf_track_interp_workspace (4), 64);
  ck_assert_int_eq (
      sf_track_interp_path (time_s, lon, lat, 4, SF_TRACK_PATH_SPLINE, &at_s, 1, &out_lon, &out_lat, workspace, NULL),
      SF_OK);
  ck_assert_double_eq (out_lat, 90);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("track_interp");
  TCase *tests = tcase_create ("all");
  tcase_add_test (tests, polynomials_are_repeated);
  tcase_add_test (tests, crooked_path);
  tcase_add_test (tests, across_the_date_line);
  tcase_add_test (tests, a_spline_does_not_swing_over_the_pole);
  tcase_add_test (tests, refusals);
  tcase_add_test (tests, gaps_in_a_variable);
  suite_add_tcase (suite, tests);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
