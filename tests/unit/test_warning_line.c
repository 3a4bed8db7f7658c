/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: places where straight ways meet the lines, by hand from the lines' corners, which are those of public
   clients of typhoon data (24 h: 34N 127E, 22N 127E, 18N 119E, 11N 119E, 4.5N 113E, 0N 105E; 48 h: 34N 132E, 15N 132E,
   0N 120E, 0N 105E). */
#include "models/typhoon/warning_line.h"
#include "tests/unit/storm_help.h"

START_TEST (corners)
{
  static const double day[6][2] = { { 127, 34 }, { 127, 22 }, { 119, 18 }, { 119, 11 }, { 113, 4.5 }, { 105, 0 } };
  static const double two_days[4][2] = { { 132, 34 }, { 132, 15 }, { 120, 0 }, { 105, 0 } };
  ck_assert_int_eq (sf_warning_lines[0].hours, 24);
  ck_assert_int_eq (sf_warning_lines[1].hours, 48);
  ck_assert_uint_eq (sf_warning_lines[0].points, 6);
  ck_assert_uint_eq (sf_warning_lines[1].points, 4);
  ck_assert_int_eq (memcmp (sf_warning_lines[0].lon_lat_deg, day, sizeof day), 0);
  ck_assert_int_eq (memcmp (sf_warning_lines[1].lon_lat_deg, two_days, sizeof two_days), 0);
}
END_TEST

struct expected
{
  int hours;
  double at_hour, lon, lat;
  bool inward;
};

/* Check the crossings of a straight way of some hours. */
static void
check_way (double hours, double lon0, double lat0, double lon1, double lat1, const struct expected *expected,
           size_t count)
{
  struct storm storm;
  struct sf_storm_path path;
  struct sf_line_crossing *crossings = NULL;
  size_t found = 0;
  straight_path (&path, &storm, hours, lon0, lat0, lon1, lat1);
  ck_done (sf_warning_line_find (&path, &crossings, &found, err));
  ck_assert_msg (found == count, "%zu crossings instead of %zu on the way from %g %g to %g %g", found, count, lon0,
                 lat0, lon1, lat1);
  for (size_t i = 0; i < count; i++)
    {
      ck_assert_int_eq (sf_warning_lines[crossings[i].line].hours, expected[i].hours);
      ck_assert_int_le (llabs (crossings[i].at.time_s - llround (3600 * expected[i].at_hour)), 1);
      ck_assert_double_eq_tol (crossings[i].at.lon_deg, expected[i].lon, 1e-9);
      ck_assert_double_eq_tol (crossings[i].at.lat_deg, expected[i].lat, 1e-9);
      ck_assert_int_eq (crossings[i].inward, expected[i].inward);
    }
  sf_mem_free (crossings);
  sf_storm_path_finish (&path);
}
#define CHECK_WAY(hours, lon0, lat0, lon1, lat1, ...)                                                                  \
  check_way (hours, lon0, lat0, lon1, lat1, (struct expected[]){ __VA_ARGS__ },                                        \
             sizeof (struct expected[]){ __VA_ARGS__ } / sizeof (struct expected))

START_TEST (each_edge)
{
  CHECK_WAY (5, 133, 30, 123, 30, { 48, 0.5, 132, 30, true }, { 24, 3, 127, 30, true });
  CHECK_WAY (4, 124, 20, 122, 20, { 24, 2, 123, 20, true });
  CHECK_WAY (2, 120, 15, 118, 15, { 24, 1, 119, 15, true });
  CHECK_WAY (4, 116, 5.75, 116, 9.75, { 24, 2, 116, 7.75, true });
  CHECK_WAY (4, 130, 10, 126, 10, { 48, 2, 128, 10, true });
  CHECK_WAY (8, 110, -1, 110, 3, { 48, 2, 110, 0, true }, { 24, 7.625, 110, 2.8125, true });
}
END_TEST

START_TEST (outward_and_beside)
{
  CHECK_WAY (2, 118, 15, 120, 15, { 24, 1, 119, 15, false });
  check_way (2, 128, 34.5, 126, 34.5, NULL, 0);
  check_way (2, 104, -1, 104, 1, NULL, 0);
  check_way (2, 110, 20, 108, 20, NULL, 0);
  check_way (2, -60, 20, -62, 20, NULL, 0);
}
END_TEST

START_TEST (across_180_degrees) { CHECK_WAY (60, -175, 20, 125, 20, { 48, 53, 132, 20, true }); }
END_TEST

/* One crossing, whichever way the rounding of doubles falls at a corner. */
START_TEST (through_a_corner)
{
  CHECK_WAY (2, 120, 18, 118, 18, { 24, 1, 119, 18, true });
  CHECK_WAY (2, 118, 18, 120, 18, { 24, 1, 119, 18, false });
  CHECK_WAY (2, 128, 21, 126, 23, { 24, 1, 127, 22, true });
  CHECK_WAY (2, 126, 23, 128, 21, { 24, 1, 127, 22, false });
  CHECK_WAY (2, 133, 14.7, 131, 15.3, { 48, 1, 132, 15, true });
  CHECK_WAY (1.4, 119.7, 18.3, 118.3, 17.9, { 24, 7.0 / 30, 119 + 7.0 / 15, 18 + 7.0 / 30, true });
}
END_TEST

START_TEST (a_fix_on_the_line)
{
  struct storm storm;
  struct sf_storm_path path;
  struct sf_line_crossing *crossings = NULL;
  size_t found = 0;
  storm_start (&storm);
  storm_add (&storm, 0, 120, 16);
  storm_add (&storm, 6, 119, 16);
  storm_add (&storm, 12, 118, 16);
  ck_done (sf_storm_path_init (&path, &storm.track, SF_TRACK_PATH_LINEAR, 300, err));
  ck_done (sf_warning_line_find (&path, &crossings, &found, err));
  ck_assert_uint_eq (found, 1);
  ck_assert_int_eq (crossings[0].at.time_s, 21600);
  sf_mem_free (crossings);
  sf_storm_path_finish (&path);
  CHECK_WAY (6, 120, 16, 119, 16, { 24, 6, 119, 16, true });
  check_way (6, 119, 16, 118, 16, NULL, 0);
  CHECK_WAY (6, 119, 16, 120, 16, { 24, 0, 119, 16, false });
}
END_TEST

/* Both crossings lie within one piece of 300 s: near the corner (119, 18) the way cuts the sea's corner. */
START_TEST (in_order_of_time_within_a_piece)
{
  struct storm storm;
  struct sf_storm_path path;
  struct sf_line_crossing *crossings = NULL;
  for (int back = 0; back < 2; back++)
    {
      size_t found = 0;
      if (back)
        straight_path (&path, &storm, 1.0 / 12, 119.1, 18.15, 118.9, 17.8);
      else
        straight_path (&path, &storm, 1.0 / 12, 118.9, 17.8, 119.1, 18.15);
      ck_assert_uint_eq (path.count, 2);
      ck_done (sf_warning_line_find (&path, &crossings, &found, err));
      ck_assert_uint_eq (found, 2);
      ck_assert_int_lt (crossings[0].at.time_s, crossings[1].at.time_s);
      ck_assert (!crossings[0].inward && crossings[1].inward);
      sf_mem_free (crossings);
      sf_storm_path_finish (&path);
    }
}
END_TEST

START_TEST (single_fix_and_memory)
{
  struct storm storm;
  struct sf_storm_path path;
  struct sf_line_crossing *crossings = NULL;
  size_t found = 7;
  storm_start (&storm);
  storm_add (&storm, 0, 119, 15);
  ck_done (sf_storm_path_init (&path, &storm.track, SF_TRACK_PATH_LINEAR, 300, err));
  ck_done (sf_warning_line_find (&path, &crossings, &found, err));
  ck_assert_uint_eq (found, 0);
  sf_mem_free (crossings);
  sf_storm_path_finish (&path);
  straight_path (&path, &storm, 5, 133, 30, 123, 30);
  sf_mem_fail_at (1, 0);
  ck_fails (sf_warning_line_find (&path, &crossings, &found, err), SF_ENOMEM, "memory");
  sf_mem_fail_at (0, 0);
  sf_storm_path_finish (&path);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { corners,
                                 each_edge,
                                 outward_and_beside,
                                 across_180_degrees,
                                 through_a_corner,
                                 a_fix_on_the_line,
                                 in_order_of_time_within_a_piece,
                                 single_fix_and_memory,
                                 NULL };
  return run_tests ("warning_line", tests);
}
