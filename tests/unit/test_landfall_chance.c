/* SPDX-License-Identifier: Apache-2.0 */
/* By hand on boxes, against the landfalls of landfall.h, and against brute force over all stretches. */
#include "models/typhoon/ensemble/landfall_chance.h"
#include "geodata/sphere.h"
#include "models/typhoon/landfall.h"
#include "tests/unit/storm_help.h"

static bool
any (void *ctx, const struct sf_entry *entry)
{
  int *calls = ctx;
  (void) entry;
  ++*calls;
  return true;
}

static bool
east_of_110 (void *ctx, const struct sf_entry *entry)
{
  int *calls = ctx;
  ++*calls;
  return entry->lon_deg < 110.5;
}

/* West along 19.5 N at 0.5 degrees an hour, through two boxes. */
START_TEST (boxes)
{
  struct storm storm;
  struct sf_entry entry;
  bool found;
  int calls = 0;
  struct sf_polygon_index *land
      = land_of ((struct sf_geometry *[]){ box (109, 19, 110, 20), box (111, 19, 112, 20) }, 2);
  struct sf_ashore_query query = { .land = land, .bay_s = 7200, .counts = any, .ctx = &calls };
  storm_start (&storm);
  storm_add (&storm, 0, 113, 19.5)->as.track.wind_mps = 40;
  storm_add (&storm, 4, 111, 19.5)->as.track.wind_mps = 20;
  storm_add (&storm, 10, 108, 19.5);
  ck_done (sf_ashore_first (&query, &storm.track, &entry, &found, err));
  ck_assert (found);
  ck_assert_int_eq (entry.time_s, 7200);
  ck_assert_double_eq_tol (entry.lon_deg, 112, 1e-9);
  ck_assert_double_eq_tol (entry.wind_mps, 30, 1e-9);
  ck_assert_uint_eq (entry.polygon, 1);
  query.counts = east_of_110;
  calls = 0;
  ck_done (sf_ashore_first (&query, &storm.track, &entry, &found, err));
  ck_assert (found);
  ck_assert_int_eq (calls, 2);
  ck_assert_int_eq (entry.time_s, 6 * 3600);
  ck_assert_uint_eq (entry.polygon, 0);
  sf_polygon_index_free (land);
}
END_TEST

/* A bay that is crossed in less than two hours is none; a longer way over the sea is; a start on land makes none. */
START_TEST (bays)
{
  const double corners[] = { 109, 19, 112, 19, 112, 20, 111, 20, 111, 19.2, 110.6, 19.2, 110.6, 20, 109, 20 };
  struct sf_polygon_index *land = land_of ((struct sf_geometry *[]){ ring_of (corners, 8) }, 1);
  struct storm storm;
  struct sf_entry entry;
  bool found;
  int calls = 0;
  struct sf_ashore_query query = { .land = land, .bay_s = 7200, .counts = any, .ctx = &calls };
  storm_start (&storm);
  storm_add (&storm, 0, 111.5, 19.5);
  storm_add (&storm, 6, 109.5, 19.5); /* 0.4 degrees of bay in 1.2 h */
  ck_done (sf_ashore_first (&query, &storm.track, &entry, &found, err));
  ck_assert (!found);
  storm.fixes[1].valid_s *= 2;
  ck_done (sf_ashore_first (&query, &storm.track, &entry, &found, err));
  ck_assert (found);
  ck_assert_double_eq_tol (entry.lon_deg, 110.6, 1e-9);
  sf_polygon_index_free (land);
}
END_TEST

START_TEST (no_way)
{
  struct sf_polygon_index *land = land_of ((struct sf_geometry *[]){ box (109, 19, 110, 20) }, 1);
  struct storm storm;
  struct sf_entry entry;
  bool found = true;
  int calls = 0;
  struct sf_ashore_query query = { .land = land, .bay_s = 7200, .counts = any, .ctx = &calls };
  storm_start (&storm);
  ck_done (sf_ashore_first (&query, &storm.track, &entry, &found, err));
  ck_assert (!found);
  storm_add (&storm, 3, NAN, NAN);
  ck_done (sf_ashore_first (&query, &storm.track, &entry, &found, err));
  ck_assert (!found);
  storm_add (&storm, 4, 112, 19.5);
  storm_add (&storm, 4, 108, 19.5); /* the same time: no way between */
  storm_add (&storm, 5, NAN, 19.5);
  ck_done (sf_ashore_first (&query, &storm.track, &entry, &found, err));
  ck_assert (!found);
  sf_polygon_index_free (land);
}
END_TEST

/* The landfalls of landfall.h on straight ways without rounding, for random ways at a star-shaped island. */
START_TEST (as_landfall)
{
  double corners[2 * 40];
  unsigned state = 3;
  for (int i = 0; i < 40; i++)
    {
      double r = 0.6 + 0.4 * (rand_r (&state) % 1000) / 1000, angle = 2 * M_PI * i / 40;
      corners[2 * i] = 110 + r * cos (angle);
      corners[2 * i + 1] = 19 + r * sin (angle);
    }
  struct sf_polygon_index *land = land_of ((struct sf_geometry *[]){ ring_of (corners, 40) }, 1);
  int calls = 0, hits = 0;
  struct sf_ashore_query query = { .land = land, .bay_s = 7200, .counts = any, .ctx = &calls };
  for (int round = 0; round < 100; round++)
    {
      const struct sf_landfall_settings settings = { .rounding_deg = 0, .bay_s = 7200 };
      struct storm storm;
      struct sf_storm_path path;
      struct sf_landfall *list = NULL;
      struct sf_entry entry;
      size_t count = 0;
      bool found;
      storm_start (&storm);
      for (int k = 0; k < 9; k++)
        storm_add (&storm, 3 * k, 113 - 0.6 * k, 18 + 0.25 * k + 0.3 * (rand_r (&state) % 1000) / 1000 - round * 0.03);
      ck_done (sf_storm_path_init (&path, &storm.track, SF_TRACK_PATH_LINEAR, 3 * 3600, err));
      ck_done (sf_landfall_find (&path, NULL, land, &settings, &list, &count, err));
      ck_done (sf_ashore_first (&query, &storm.track, &entry, &found, err));
      ck_assert (found == (count > 0));
      hits += found;
      if (found)
        {
          ck_assert_int_le (llabs (entry.time_s - list[0].at.time_s), 1);
          ck_assert_double_eq_tol (entry.lon_deg, list[0].at.lon_deg, 1e-6);
        }
      sf_mem_free (list);
      sf_storm_path_finish (&path);
    }
  ck_assert_msg (hits > 30 && hits < 100, "%d of 100 ways come ashore", hits);
  sf_polygon_index_free (land);
}
END_TEST

START_TEST (quantiles)
{
  int64_t time_s[] = { 50, 10, 40, 20, 30, 60, 100, 90, 80, 70 };
  double wind_mps[] = { 30, NAN, 10, 20, NAN };
  ck_assert_int_eq (sf_ashore_quantile_s (time_s, 10, 0.1), 10);
  ck_assert_int_eq (sf_ashore_quantile_s (time_s, 10, 0.11), 20);
  ck_assert_int_eq (sf_ashore_quantile_s (time_s, 10, 0.5), 50);
  ck_assert_int_eq (sf_ashore_quantile_s (time_s, 10, 0.9), 90);
  ck_assert_int_eq (sf_ashore_quantile_s (time_s, 10, 1), 100);
  ck_assert_int_eq (sf_ashore_quantile_s (time_s, 1, 0.9), 10);
  ck_assert_int_eq (sf_ashore_quantile_s (time_s, 0, 0.9), SF_TIME_MISSING);
  ck_assert_double_eq (sf_ashore_quantile_mps (wind_mps, 5, 0.5), 20);
  wind_mps[0] = NAN;
  ck_assert (isnan (sf_ashore_quantile_mps (wind_mps, 1, 0.5)));
}
END_TEST

/* Degrees along the equator and a meridian: 111.195 km each. */
START_TEST (along_the_shore)
{
  const double xy[] = { 110, 0, 112, 0, 112, 1, 110, 1, 110, 0 }, degree_km = SF_EARTH_RADIUS_KM * M_PI / 180;
  double km[5], lon, lat;
  struct sf_shore shore = { .xy = xy, .points = 5, .km = km };
  sf_shore_measure (&shore);
  ck_assert_double_eq_tol (km[2], 3 * degree_km, 1e-6);
  ck_assert_double_eq_tol (sf_shore_locate_km (&shore, 111.5, -0.3), 1.5 * degree_km, 1e-6);
  ck_assert_double_eq_tol (sf_shore_locate_km (&shore, 113, 0.5), 2.5 * degree_km, 1e-6);
  ck_assert_double_eq_tol (sf_shore_locate_km (&shore, 113, 2), 3 * degree_km, 1e-6);
  sf_shore_point (&shore, 2.5 * degree_km, &lon, &lat);
  ck_assert_double_eq_tol (lon, 112, 1e-9);
  ck_assert_double_eq_tol (lat, 0.5, 1e-9);
  sf_shore_point (&shore, 0.5 * degree_km - km[4], &lon, &lat);
  ck_assert_double_eq_tol (lon, 110.5, 1e-9);
  sf_shore_point (&shore, 0.5 * degree_km + 2 * km[4], &lon, &lat);
  ck_assert_double_eq_tol (lon, 110.5, 1e-9);

  struct sf_geometry *line = sf_geometry_new (SF_GEOMETRY_LINE);
  const struct sf_stretch round = { .begin_km = km[4] - 0.5 * degree_km, .end_km = km[4] + degree_km };
  ck_assert_int_eq (sf_shore_add_line (&shore, &round, line), 0);
  ck_assert_uint_eq (line->points, 3); /* (110, 0.5), the ring's first point, (111, 0) */
  ck_assert_double_eq_tol (line->xy[1], 0.5, 1e-9);
  ck_assert_double_eq_tol (line->xy[2], 110, 1e-9);
  ck_assert_double_eq_tol (line->xy[4], 111, 1e-9);
  sf_geometry_free (line);
  line = sf_geometry_new (SF_GEOMETRY_LINE);
  const struct sf_stretch before = { .begin_km = -0.5 * degree_km, .end_km = degree_km };
  ck_assert_int_eq (sf_shore_add_line (&shore, &before, line), 0);
  ck_assert_uint_eq (line->points, 3);
  ck_assert_double_eq_tol (line->xy[4], 111, 1e-9);
  sf_geometry_free (line);
}
END_TEST

/* The shortest arc that holds so many places, by trying every place as its beginning. */
START_TEST (shortest)
{
  unsigned state = 11;
  for (int round = 0; round < 500; round++)
    {
      double places[30], best = INFINITY, length_km = 1000;
      size_t count = 1 + (size_t) rand_r (&state) % 30, wanted = 1 + (size_t) rand_r (&state) % 32;
      for (size_t i = 0; i < count; i++)
        places[i] = rand_r (&state) % 1000;
      size_t least = wanted > count ? count : wanted;
      for (size_t i = 0; i < count; i++)
        for (int width = 0; width <= 1000; width++)
          {
            size_t held = 0;
            for (size_t k = 0; k < count; k++)
              held += fmod (places[k] - places[i] + length_km, length_km) <= width;
            if (held >= least)
              {
                best = fmin (best, width);
                break;
              }
          }
      struct sf_stretch stretch = sf_shore_shortest (places, count, wanted, length_km);
      ck_assert_double_eq (stretch.end_km - stretch.begin_km, best);
    }
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { boxes, bays, no_way, as_landfall, quantiles, along_the_shore, shortest, NULL };
  return run_tests ("landfall_chance", tests);
}
