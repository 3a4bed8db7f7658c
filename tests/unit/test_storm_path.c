/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: straight tracks and parabolas by hand; distances and directions by the definition of the nautical
   mile's great circle (one degree of a meridian is R pi/180 = 111.195 km with R = 6371.0088 km). */
#include "tests/unit/storm_help.h"

static void
check_point (const struct sf_storm_point *point, double hour, double lon, double lat)
{
  ck_assert_int_eq (point->time_s, llround (3600 * hour));
  ck_assert_double_eq_tol (point->lon_deg, lon, 1e-9);
  ck_assert_double_eq_tol (point->lat_deg, lat, 1e-9);
}

START_TEST (unequal_steps_and_the_last_fix)
{
  struct storm storm;
  struct sf_storm_path path;
  storm_start (&storm);
  storm_add (&storm, 0, 120, 15);
  storm_add (&storm, 6, 119, 15.6);
  storm_add (&storm, 7, 118, 15.6);
  storm_add (&storm, 10.5, 117.65, 16.3);
  ck_done (sf_storm_path_init (&path, &storm.track, SF_TRACK_PATH_LINEAR, 3600, err));
  ck_assert_uint_eq (path.count, 12);
  ck_assert_int_eq (path.time_s[10], 36000);
  ck_assert_int_eq (path.time_s[11], 37800);
  ck_assert_double_eq_tol (path.lon_deg[3], 119.5, 1e-12);
  ck_assert_double_eq_tol (path.lat_deg[3], 15.3, 1e-12);
  ck_assert_double_eq_tol (path.lon_deg[7], 118, 1e-12);
  ck_assert_double_eq_tol (path.lon_deg[9], 117.8, 1e-12);
  ck_assert_double_eq_tol (path.lat_deg[11], 16.3, 1e-12);
  struct sf_storm_point point = sf_storm_path_point (&path, 10, 0.5);
  check_point (&point, 10.25, 117.675, 16.25);
  point = sf_storm_path_point (&path, 11, 0.7);
  check_point (&point, 10.5, 117.65, 16.3);
  sf_storm_path_finish (&path);
}
END_TEST

/* lon = 120 - t, lat = 15 + t^2 / 10 (t in 6 h) through three and four fixes: a not-a-knot spline repeats a parabola. */
START_TEST (spline_repeats_a_parabola)
{
  for (int fixes = 3; fixes <= 4; fixes++)
    {
      struct storm storm;
      struct sf_storm_path path;
      storm_start (&storm);
      for (int t = 0; t < fixes; t++)
        storm_add (&storm, 6 * t, 120 - t, 15 + t * t / 10.0);
      ck_done (sf_storm_path_init (&path, &storm.track, SF_TRACK_PATH_SPLINE, 10800, err));
      ck_assert_uint_eq (path.count, (size_t) (2 * fixes - 1));
      for (size_t i = 0; i < path.count; i++)
        {
          double t = 0.5 * (double) i;
          ck_assert_double_eq_tol (path.lon_deg[i], 120 - t, 1e-11);
          ck_assert_double_eq_tol (path.lat_deg[i], 15 + t * t / 10, 1e-11);
        }
      sf_storm_path_finish (&path);
    }
}
END_TEST

START_TEST (unusable_fixes_are_passed_over)
{
  struct storm storm;
  struct sf_storm_path path;
  storm_start (&storm);
  storm_add (&storm, 0, NAN, 15);
  storm_add (&storm, 1, 120, 15);
  storm_add (&storm, 2, 20, 119)->quality = SF_QUALITY_ORIGINAL_UNRELIABLE;
  storm_add (&storm, 3, 119, 15)->quality = SF_QUALITY_ORIGINAL_DOUBTFUL;
  storm_add (&storm, 3, 100, 30);
  storm_add (&storm, 4, 110, NAN);
  storm_add (&storm, 5, 118, 16);
  storm_add (&storm, 6, 110, 20)->quality = SF_QUALITY_MISSING;
  ck_done (sf_storm_path_init (&path, &storm.track, SF_TRACK_PATH_LINEAR, 3600, err));
  static const double lons[] = { 120, 119.5, 119, 118.5, 118 }, lats[] = { 15, 15, 15, 15.5, 16 };
  ck_assert_uint_eq (path.count, 5);
  for (size_t i = 0; i < path.count; i++)
    {
      ck_assert_int_eq (path.time_s[i], 3600 * ((int64_t) i + 1));
      ck_assert_double_eq_tol (path.lon_deg[i], lons[i], 1e-12);
      ck_assert_double_eq_tol (path.lat_deg[i], lats[i], 1e-12);
    }
  sf_storm_path_finish (&path);
}
END_TEST

START_TEST (values_between_fixes)
{
  struct storm storm;
  struct sf_storm_path path;
  storm_start (&storm);
  struct sf_fix *fix = &storm_add (&storm, 0, 120, 15)->as.track;
  fix->pressure_hpa = 980;
  fix->wind_mps = 30;
  storm_add (&storm, 6, 119, 15);
  fix = &storm_add (&storm, 12, 118, 15)->as.track;
  fix->pressure_hpa = 956;
  fix->wind_mps = 42;
  fix->rmw_km = 40;
  fix = &storm_add (&storm, 66, 113, 15)->as.track;
  fix->wind_mps = 22;
  /* 72 h and 120 h, and nothing between, are leads of forecasts. */
  fix = &storm_add (&storm, 114, 108, 15)->as.track;
  fix->wind_mps = 10;
  ck_done (sf_storm_path_init (&path, &storm.track, SF_TRACK_PATH_LINEAR, 10800, err));
  ck_assert_double_eq_tol (path.pressure_hpa[1], 974, 1e-9);
  ck_assert_double_eq_tol (path.wind_mps[3], 39, 1e-9);
  ck_assert (isnan (path.environment_hpa[1]));
  ck_assert (isnan (path.rmw_km[3]) && path.rmw_km[4] == 40 && isnan (path.rmw_km[5]));
  ck_assert_msg (isnan (path.wind_mps[8]), "a wind was drawn across 54 hours without a fix");
  ck_assert_double_eq_tol (path.wind_mps[30], 16, 1e-9);
  struct sf_storm_point point = sf_storm_path_point (&path, 0, 0.5);
  ck_assert_double_eq_tol (point.wind_mps, 31.5, 1e-9);
  ck_assert_double_eq_tol (point.pressure_hpa, 977, 1e-9);
  point = sf_storm_path_point (&path, 4, 0);
  ck_assert_double_eq_tol (point.wind_mps, 42, 1e-12);
  sf_storm_path_finish (&path);
}
END_TEST

START_TEST (across_180_degrees)
{
  struct storm storm;
  struct sf_storm_path path;
  straight_path (&path, &storm, 2, -179, 10, 179, 10);
  ck_assert_uint_eq (path.count, 25);
  struct sf_storm_point point = sf_storm_path_point (&path, 18, 0);
  check_point (&point, 1.5, 179.5, 10);
  point = sf_storm_path_point (&path, 5, 0.5);
  check_point (&point, 5.5 / 12, -179 - 5.5 / 12, 10);
  double to_deg, mps;
  sf_storm_path_motion (&path, 13, &to_deg, &mps);
  ck_assert_double_eq_tol (to_deg, 270, 0.01);
  ck_assert_double_eq_tol (mps, 111195 * cos (10 * M_PI / 180) / 3600, 0.01);
  sf_storm_path_finish (&path);
}
END_TEST

START_TEST (motion)
{
  struct storm storm;
  struct sf_storm_path path;
  double to_deg, mps;
  storm_start (&storm);
  storm_add (&storm, 0, 150, -20);
  storm_add (&storm, 1, 150, -20.5);
  storm_add (&storm, 2, 150, -20.5);
  storm_add (&storm, 3, 150, -20.25);
  ck_done (sf_storm_path_init (&path, &storm.track, SF_TRACK_PATH_LINEAR, 3600, err));
  for (size_t i = 0; i < 2; i++)
    {
      sf_storm_path_motion (&path, i, &to_deg, &mps);
      ck_assert_double_eq_tol (to_deg, 180, 1e-9);
      ck_assert_double_eq_tol (mps, 0.5 * 111195.08 / 3600, 1e-4);
    }
  sf_storm_path_motion (&path, 2, &to_deg, &mps);
  ck_assert (isnan (to_deg) && mps == 0);
  sf_storm_path_motion (&path, 3, &to_deg, &mps);
  ck_assert_double_eq_tol (to_deg, 0, 1e-9);
  sf_storm_path_finish (&path);
}
END_TEST

START_TEST (a_single_fix)
{
  struct storm storm;
  struct sf_storm_path path;
  double to_deg, mps;
  storm_start (&storm);
  storm_add (&storm, 5, 120, 15)->as.track.wind_mps = 20;
  ck_done (sf_storm_path_init (&path, &storm.track, SF_TRACK_PATH_SPLINE, 300, err));
  ck_assert_uint_eq (path.count, 1);
  struct sf_storm_point point = sf_storm_path_point (&path, 0, 0.5);
  check_point (&point, 5, 120, 15);
  ck_assert (point.wind_mps == 20);
  sf_storm_path_motion (&path, 0, &to_deg, &mps);
  ck_assert (isnan (to_deg) && isnan (mps));
  sf_storm_path_finish (&path);
}
END_TEST

START_TEST (refusals_and_memory)
{
  struct storm storm;
  struct sf_storm_path path;
  storm_start (&storm);
  ck_fails (sf_storm_path_init (&path, &storm.track, SF_TRACK_PATH_LINEAR, 300, err), SF_EINVAL, "no usable fix");
  storm_add (&storm, 0, NAN, NAN);
  ck_fails (sf_storm_path_init (&path, &storm.track, SF_TRACK_PATH_LINEAR, 300, err), SF_EINVAL, "among 1");
  storm_add (&storm, 1, 120, 15);
  storm_add (&storm, 2, 121, 15);
  ck_fails (sf_storm_path_init (&path, &storm.track, SF_TRACK_PATH_LINEAR, 0, err), SF_EINVAL, "step");
  storm_add (&storm, 24.0 * 365, 122, 15); /* a year mistyped */
  ck_fails (sf_storm_path_init (&path, &storm.track, SF_TRACK_PATH_LINEAR, 300, err), SF_ERANGE, "1971-01-01");
  storm.track.fixes_count--;
  int failed = 0;
  for (long n = 1;; n++)
    {
      sf_mem_fail_at (n, 0);
      enum sf_code code = sf_storm_path_init (&path, &storm.track, SF_TRACK_PATH_SPLINE, 300, NULL);
      sf_mem_fail_at (0, 0);
      sf_storm_path_finish (&path);
      if (code == SF_OK)
        break;
      ck_assert_int_eq (code, SF_ENOMEM);
      failed++;
    }
  ck_assert_int_ge (failed, 10);
}
END_TEST

/* Two fixes of 90 minutes, on the hour and on the half hour; the spline is straight through two. */
START_TEST (on_a_common_axis)
{
  struct storm storm;
  struct sf_storm_path path;
  storm_start (&storm);
  storm_add (&storm, 0.25, 110, 20);
  storm_add (&storm, 1.75, 113, 20);
  ck_done (sf_storm_path_init_on (&path, &storm.track, SF_TRACK_PATH_LINEAR, 3600, 7200, err));
  ck_assert_uint_eq (path.count, 1);
  ck_assert_int_eq (path.time_s[0], 3600);
  ck_assert_double_eq_tol (path.lon_deg[0], 111.5, 1e-9);
  sf_storm_path_finish (&path);
  ck_done (sf_storm_path_init_on (&path, &storm.track, SF_TRACK_PATH_LINEAR, 1800, 18000, err));
  ck_assert_uint_eq (path.count, 3);
  ck_assert_int_eq (path.time_s[0], 1800);
  ck_assert_int_eq (path.time_s[2], 5400);
  sf_storm_path_finish (&path);
  ck_done (sf_storm_path_init_on (&path, &storm.track, SF_TRACK_PATH_LINEAR, 86400, 0, err));
  ck_assert_uint_eq (path.count, 1);
  ck_assert_int_eq (path.time_s[0], 0);
  ck_assert_double_eq (path.lon_deg[0], 110);
  sf_storm_path_finish (&path);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { unequal_steps_and_the_last_fix,
                                 spline_repeats_a_parabola,
                                 unusable_fixes_are_passed_over,
                                 values_between_fixes,
                                 across_180_degrees,
                                 motion,
                                 a_single_fix,
                                 refusals_and_memory,
                                 on_a_common_axis,
                                 NULL };
  return run_tests ("storm_path", tests);
}
