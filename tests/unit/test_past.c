/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/archive/past.h"
#include "tests/unit/past_help.h"

static struct past_world world;
static struct sf_past past;

static void
load (void)
{
  ck_done (sf_past_init (&past, past_world_tracks (&world), SF_WIND_EXPOSURE_AGENCY, err));
}

static void
start (void)
{
  past_world_start (&world);
  memset (&past, 0, sizeof past);
}

static void
finish (void)
{
  sf_past_finish (&past);
  sf_dataset_unref (world.dataset);
}

/* Three-hourly fixes from 03 UTC: points at 06 and 12, and between 12 and 21 at 18. */
START_TEST (points_lie_on_the_synoptic_hours)
{
  int64_t t = utc ("2017-10-15T03:00:00Z");
  start ();
  past_add (&world, "a", "1720", t, 113, 20, 30);
  past_add (&world, "a", "1720", t + 3 * 3600, 112, 20.2, 33);
  past_add (&world, "a", "1720", t + 9 * 3600, 110, 20.6, 27);
  past_add (&world, "a", "1720", t + 18 * 3600, 107, 21.2, 18);
  load ();
  ck_assert_uint_eq (past.storms_count, 1);
  ck_assert_uint_eq (past.points_count, 3);
  const struct sf_past_point *points = past.points;
  ck_assert_int_eq (points[0].time_s, utc ("2017-10-15T06:00:00Z"));
  ck_assert_double_eq_tol (points[0].lon_deg, 112, 1e-12);
  ck_assert_int_eq (points[2].time_s, utc ("2017-10-15T18:00:00Z"));
  /* Six of nine hours from 110 to 107, 20.6 to 21.2, 27 to 18. */
  ck_assert_double_eq_tol (points[2].lon_deg, 108, 1e-12);
  ck_assert_double_eq_tol (points[2].lat_deg, 21, 1e-12);
  ck_assert_double_eq_tol (points[2].wind_mps, 21, 1e-12);
  ck_assert_double_eq_tol (past.storms[0].max_wind_mps, 33, 1e-12);
  ck_assert_int_eq (past.storms[0].year, 2017);
  finish ();
}
END_TEST

START_TEST (a_gap_is_not_drawn_across)
{
  int64_t t = utc ("2005-09-01T00:00:00Z");
  start ();
  past_add (&world, "a", NULL, t, 130, 15, 20);
  past_add (&world, "a", NULL, t + 6 * 3600, 129, 15, 20);
  past_add (&world, "a", NULL, t + 40 * 3600, 120, 15, 20); /* 34 h later, at 16 UTC */
  past_add (&world, "a", NULL, t + 46 * 3600, 119, 15, 20);
  load ();
  ck_assert_uint_eq (past.points_count, 3);
  ck_assert_int_eq (past.points[2].time_s, t + 42 * 3600);
  finish ();
}
END_TEST

START_TEST (longitudes_go_on_across_180)
{
  int64_t t = utc ("2005-09-01T00:00:00Z");
  start ();
  past_add (&world, "a", NULL, t, 179.5, 15, 20);
  past_add (&world, "a", NULL, t + 12 * 3600, -179.5, -15, 20);
  load ();
  ck_assert_double_eq_tol (past.points[1].lon_deg, 180, 1e-9);
  ck_assert_double_eq_tol (past.points[2].lon_deg, 180.5, 1e-9);
  ck_assert_double_eq_tol (past.points[1].lat_deg, 0, 1e-9);
  finish ();
}
END_TEST

START_TEST (what_cannot_be_used_is_left_out)
{
  int64_t t = utc ("2005-09-01T00:00:00Z");
  start ();
  past_add (&world, "a", NULL, t, 130, 15, NAN);
  past_add (&world, "a", NULL, t + 6 * 3600, NAN, 15, 30); /* no position */
  past_add (&world, "a", NULL, t + 12 * 3600, 128, 15, NAN);
  past_add (&world, "b", NULL, t, 130, 15, 20); /* a single fix */
  struct sf_fix *forecast = past_add (&world, "c", NULL, t + 6 * 3600, 130, 15, 20);
  forecast->base_s = t;
  forecast->lead_s = 6 * 3600;
  load ();
  ck_assert_uint_eq (past.storms_count, 1);
  ck_assert_uint_eq (past.points_count, 3);
  ck_assert_double_eq_tol (past.points[1].lon_deg, 129, 1e-12);
  ck_assert_double_nan (past.points[1].wind_mps);
  ck_assert_double_nan (past.storms[0].max_wind_mps);
  finish ();
}
END_TEST

START_TEST (one_storm_of_two_agencies_enters_once)
{
  int64_t t = utc ("2014-07-17T00:00:00Z");
  start ();
  for (int i = 0; i < 4; i++)
    {
      past_add (&world, "cma", "1409", t + 21600 * i, 115 - i, 17, 40);
      past_add (&world, "jma", "1409", t + 21600 * i, 115.1 - i, 17, 36)->agency = "RJTD";
      past_add (&world, "other", "1410", t + 21600 * i, 135 - i, 17, 20);
    }
  load ();
  ck_assert_uint_eq (past.storms_count, 2);
  finish ();
}
END_TEST

START_TEST (winds_become_two_minute_means)
{
  int64_t t = utc ("2014-07-17T00:00:00Z");
  double factor;
  start ();
  for (int i = 0; i < 2; i++)
    past_add (&world, "jma", "1409", t + 21600 * i, 115, 17, 36)->averaging_min = 10;
  load ();
  ck_done (sf_wind_averaging_factor (10, 2, SF_WIND_EXPOSURE_AGENCY, &factor, err));
  ck_assert_double_eq_tol (past.points[0].wind_mps, 36 * factor, 1e-12);
  finish ();
}
END_TEST

START_TEST (nothing_gives_nothing)
{
  start ();
  load ();
  ck_assert_uint_eq (past.storms_count, 0);
  finish ();
}
END_TEST

START_TEST (days_are_counted_round_the_year)
{
  ck_assert_double_eq_tol (sf_past_day (utc ("2014-07-18T06:00:00Z")), 199.25, 1e-9);
  ck_assert_double_eq_tol (sf_past_day (utc ("2016-12-31T00:00:00Z")), 366, 1e-9);
  ck_assert_double_eq_tol (sf_past_days_apart (199.25, 364), 164.75, 1e-9);
  /* From 30 December to 3 January: five days with a leap day's quarter. */
  ck_assert_double_eq_tol (sf_past_days_apart (364, 3), 4.2425, 1e-9);
  ck_assert_double_eq_tol (sf_past_days_apart (3, 364), -4.2425, 1e-9);
}
END_TEST

/* Sampled from a storm's own hour: the phase is 14:30. */
START_TEST (a_phase_shifts_the_steps)
{
  struct sf_past_point points[8];
  int64_t t = utc ("2014-07-17T08:30:00Z");
  start ();
  past_add (&world, "a", NULL, t, 115, 17, 40);
  past_add (&world, "a", NULL, t + 12 * 3600, 113, 18, 44);
  const struct sf_track *track = &past_world_tracks (&world)->tracks[0];
  ck_assert_uint_eq (sf_past_sample (track, t + 6 * 3600, SF_WIND_EXPOSURE_AGENCY, points, 8), 3);
  ck_assert_int_eq (points[1].time_s, t + 6 * 3600);
  ck_assert_double_eq_tol (points[1].lon_deg, 114, 1e-12);
  ck_assert_uint_eq (sf_past_sample (track, t, SF_WIND_EXPOSURE_AGENCY, points, 2), 2);
  finish ();
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { points_lie_on_the_synoptic_hours,
                                 a_gap_is_not_drawn_across,
                                 longitudes_go_on_across_180,
                                 what_cannot_be_used_is_left_out,
                                 one_storm_of_two_agencies_enters_once,
                                 winds_become_two_minute_means,
                                 nothing_gives_nothing,
                                 days_are_counted_round_the_year,
                                 a_phase_shifts_the_steps,
                                 NULL };
  return run_tests ("past", tests);
}
