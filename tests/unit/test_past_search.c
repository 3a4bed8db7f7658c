/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/archive/search.h"
#include "models/typhoon/archive/today.h"
#include "tests/unit/past_help.h"

static struct past_world world;
static struct sf_past past;

/* Eastward along 19 N past Hainan in September 2005, and a storm in December to January. */
static void
start (void)
{
  past_world_start (&world);
  for (int i = 0; i < 6; i++)
    {
      struct sf_fix *fix = past_add (&world, "s1", "0518", utc ("2005-09-25T00:00:00Z") + 21600 * i, 113 - 1.5 * i, 19,
                                     35 + 5 * (i % 3));
      fix->name = "Damrey";
      past_add (&world, "s2", NULL, utc ("2006-12-31T00:00:00Z") + 21600 * i, 179.5 + (i > 0 ? -360 : 0) + 0.5 * i, -17,
                NAN);
    }
  ck_done (sf_past_init (&past, past_world_tracks (&world), SF_WIND_EXPOSURE_AGENCY, err));
}

static void
finish (void)
{
  sf_past_finish (&past);
  sf_dataset_unref (world.dataset);
}

static struct sf_past_query
near (double lon_deg, double lat_deg, double radius_km)
{
  return (struct sf_past_query){
    .lon_deg = lon_deg, .lat_deg = lat_deg, .radius_km = radius_km, .months = { 1, 12 }, .years = { 1, 9999 }
  };
}

START_TEST (by_circle)
{
  struct sf_past_hit hit;
  start ();
  /* Half a degree north of the way, half way between two points: found though no point is inside. */
  struct sf_past_query query = near (110.75, 19.5, 60);
  ck_assert (sf_past_search (&past, 0, &query, &hit));
  ck_assert_double_eq_tol (hit.distance_km, 55.6, 0.1);
  ck_assert_int_eq (hit.time_s, utc ("2005-09-25T09:00:00Z"));
  ck_assert_double_eq_tol (hit.lon_deg, 110.75, 1e-6);
  ck_assert_double_eq_tol (hit.wind_mps, 42.5, 1e-6);
  query.radius_km = 55;
  ck_assert (!sf_past_search (&past, 0, &query, &hit));
  /* The strongest wind inside the circle, not the one at the closest moment. */
  query = near (110, 19, 200);
  ck_assert (sf_past_search (&past, 0, &query, &hit));
  ck_assert_double_eq_tol (hit.distance_km, 0, 1e-6);
  ck_assert_double_eq_tol (hit.wind_mps, 45, 1e-9);
  /* Across 180 degrees. */
  query = near (-179.75, -17, 60);
  ck_assert (sf_past_search (&past, 1, &query, &hit));
  ck_assert_double_lt (hit.distance_km, 1);
  ck_assert_double_nan (hit.wind_mps);
  finish ();
}
END_TEST

START_TEST (by_season_strength_and_name)
{
  struct sf_past_hit hit;
  start ();
  struct sf_past_query query = near (110, 19, 200);
  query.months[0] = 10;
  ck_assert (!sf_past_search (&past, 0, &query, &hit));
  query.months[1] = 9; /* October to September: the whole year */
  ck_assert (sf_past_search (&past, 0, &query, &hit));
  query.years[0] = 2006;
  ck_assert (!sf_past_search (&past, 0, &query, &hit));
  query.years[0] = 2005;
  query.least_wind_mps = 45;
  ck_assert (sf_past_search (&past, 0, &query, &hit));
  query.least_wind_mps = 45.1;
  ck_assert (!sf_past_search (&past, 0, &query, &hit));
  query = near (0, 50, 1);
  query.name = "DAMREY";
  ck_assert (sf_past_search (&past, 0, &query, &hit));
  ck_assert_double_gt (hit.distance_km, 5000);
  query.name = "0518";
  ck_assert (sf_past_search (&past, 0, &query, &hit));
  query.name = "dam";
  ck_assert (!sf_past_search (&past, 0, &query, &hit));
  ck_assert (!sf_past_search (&past, 1, &query, &hit));
  /* A storm without winds is not among those of a strength. */
  query = near (-179.5, -17, 60);
  query.months[0] = 12;
  query.months[1] = 1;
  ck_assert (sf_past_search (&past, 1, &query, &hit));
  query.least_wind_mps = 17.2;
  ck_assert (!sf_past_search (&past, 1, &query, &hit));
  finish ();
}
END_TEST

static const struct sf_today_choice choice = { .now_s = SF_TIME_MISSING,
                                               .stay_at_closest = true,
                                               .lon_deg = 109.8,
                                               .lat_deg = 19.2,
                                               .ahead = true,
                                               .exposure = SF_WIND_EXPOSURE_AGENCY };

START_TEST (the_moment_of_today)
{
  struct sf_similar_query query;
  const struct sf_track *track = NULL;
  struct sf_today_choice ours = choice;
  start ();
  const struct sf_tracks *tracks = past_world_tracks (&world);
  /* The fix closest to home is that at 110 E, 12 UTC. */
  ck_done (sf_today_query (tracks, "s1", &ours, &query, &track, err));
  ck_assert_int_eq (query.at.time_s, utc ("2005-09-25T12:00:00Z"));
  ck_assert_str_eq (track->number, "0518");
  ck_assert (!isnan (query.east_km[1]) && isnan (query.east_km[2]));
  ck_assert (!isnan (query.east_km[SF_SIMILAR_BACK + 2]) && isnan (query.east_km[SF_SIMILAR_BACK + 3]));
  ours.ahead = false;
  ck_done (sf_today_query (tracks, "s1", &ours, &query, &track, err));
  ck_assert_double_nan (query.east_km[SF_SIMILAR_BACK]);
  ours.stay_at_closest = false;
  ck_done (sf_today_query (tracks, "s1", &ours, &query, &track, err));
  ck_assert_int_eq (query.at.time_s, utc ("2005-09-26T06:00:00Z"));
  /* What is analysed after now is not known yet. */
  ours.now_s = utc ("2005-09-25T07:00:00Z");
  ours.ahead = true;
  ck_done (sf_today_query (tracks, "s1", &ours, &query, &track, err));
  ck_assert_int_eq (query.at.time_s, utc ("2005-09-25T06:00:00Z"));
  ck_assert_double_nan (query.east_km[SF_SIMILAR_BACK]);
  ours.now_s = utc ("2005-09-20T00:00:00Z");
  ck_fails (sf_today_query (tracks, "s1", &ours, &query, &track, err), SF_ENOTFOUND, "s1");
  ck_fails (sf_today_query (tracks, "s9", &choice, &query, &track, err), SF_ENOTFOUND, "s9");
  finish ();
}
END_TEST

START_TEST (a_forecast_is_the_way_ahead)
{
  struct sf_similar_query query;
  const struct sf_track *track = NULL;
  start ();
  int64_t base_s = utc ("2005-09-25T06:00:00Z");
  for (int lead = 0; lead <= 24; lead += 12)
    {
      struct sf_fix *fix
          = past_add (&world, "s1", "0518", base_s + 3600 * lead, 111.5 - lead / 12.0, 19 + lead / 12.0, 40);
      fix->base_s = base_s;
      fix->lead_s = 3600 * lead;
    }
  struct sf_today_choice ours = choice;
  ours.now_s = base_s + 3600;
  ck_done (sf_today_query (past_world_tracks (&world), "s1", &ours, &query, &track, err));
  ck_assert_int_eq (query.at.time_s, base_s);
  /* Six hours on: half way to the forecast of twelve hours, half a degree north. */
  ck_assert_double_eq_tol (query.north_km[SF_SIMILAR_BACK], 0.5 * 111.19508, 1e-3);
  ck_assert_double_eq_tol (query.north_km[SF_SIMILAR_BACK + 3], 2 * 111.19508, 1e-3);
  ck_assert_double_nan (query.north_km[SF_SIMILAR_BACK + 4]);
  finish ();
}
END_TEST

int
main (void)
{
  const TTest *const tests[]
      = { by_circle, by_season_strength_and_name, the_moment_of_today, a_forecast_is_the_way_ahead, NULL };
  return run_tests ("past_search", tests);
}
