/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: brute force, the way sampled every second and each distance taken from the angle between the two
   places' unit vectors (atan2 of cross and dot product), another formula than the haversine of the code; and ways along
   meridians and the equator by hand. */
#include "models/typhoon/approach.h"
#include "tests/unit/storm_help.h"

#include <stdio.h>
#include <time.h>

static void
unit_vector (double lon_deg, double lat_deg, double v[3])
{
  double lon = lon_deg * M_PI / 180, lat = lat_deg * M_PI / 180;
  v[0] = cos (lat) * cos (lon);
  v[1] = cos (lat) * sin (lon);
  v[2] = sin (lat);
}

static double
angle_km (double lon1, double lat1, double lon2, double lat2)
{
  double a[3], b[3];
  unit_vector (lon1, lat1, a);
  unit_vector (lon2, lat2, b);
  double x = a[1] * b[2] - a[2] * b[1], y = a[2] * b[0] - a[0] * b[2], z = a[0] * b[1] - a[1] * b[0];
  return 6371.0088 * atan2 (sqrt (x * x + y * y + z * z), a[0] * b[0] + a[1] * b[1] + a[2] * b[2]);
}

static double
brute_force_km (const struct sf_storm_path *path, double lon, double lat)
{
  double best = INFINITY;
  for (size_t i = 0; i + 1 < path->count; i++)
    for (int s = 0; s <= 300; s++)
      {
        double share = s / 300.0;
        best = fmin (best, angle_km (lon, lat, path->lon_deg[i] + share * (path->lon_deg[i + 1] - path->lon_deg[i]),
                                     path->lat_deg[i] + share * (path->lat_deg[i + 1] - path->lat_deg[i])));
      }
  return best;
}

static double
uniform (unsigned *state, double low, double high)
{
  return low + (high - low) * (rand_r (state) / ((double) RAND_MAX + 1));
}

/* 3 m: what the plane costs on a piece of 300 s up to some hundred km away. */
START_TEST (random_ways_by_brute_force)
{
  const char *given = getenv ("SF_TEST_SEED");
  unsigned seed = given ? (unsigned) strtoul (given, NULL, 10) : (unsigned) time (NULL), state = seed;
  printf ("SF_TEST_SEED=%u\n", seed);
  for (int round = 0; round < 40; round++)
    {
      struct storm storm;
      struct sf_storm_path path;
      double lon = uniform (&state, -180, 180), lat = uniform (&state, -35, 35), hour = 0;
      storm_start (&storm);
      double place_lon = lon + uniform (&state, -5, 5), place_lat = lat + uniform (&state, -5, 5);
      for (int fix = 0; fix < 5; fix++)
        {
          storm_add (&storm, hour, remainder (lon, 360), lat);
          hour += 1 + rand_r (&state) % 6;
          lon += uniform (&state, -1.5, 0.7);
          lat += uniform (&state, -0.5, 1);
        }
      ck_done (sf_storm_path_init (&path, &storm.track, SF_TRACK_PATH_SPLINE, 300, err));
      struct sf_approach approach = sf_approach_find (&path, remainder (place_lon, 360), place_lat);
      ck_assert_double_eq_tol (approach.distance_km, brute_force_km (&path, place_lon, place_lat), 0.02);
      ck_assert_double_eq_tol (
          approach.distance_km,
          angle_km (remainder (place_lon, 360), place_lat, approach.at.lon_deg, approach.at.lat_deg), 1e-6);
      sf_storm_path_finish (&path);
    }
}
END_TEST

/* North along 110 E at one degree an hour, past places on the parallel of 20 N. */
START_TEST (passes_by_hand)
{
  struct storm storm;
  struct sf_storm_path path;
  straight_path (&path, &storm, 4, 110, 18, 110, 22);
  struct sf_approach approach = sf_approach_find (&path, 110, 20.03);
  ck_assert_double_eq_tol (approach.distance_km, 0, 1e-6);
  ck_assert_int_eq (approach.at.time_s, llround (3600 * 2.03));
  approach = sf_approach_find (&path, 109, 20);
  ck_assert_double_eq_tol (approach.distance_km, 111.195 * cos (20 * M_PI / 180), 0.01);
  ck_assert_double_eq_tol (approach.bearing_deg, 90, 0.3);
  ck_assert_int_le (llabs (approach.at.time_s - 7200), 30);
  approach = sf_approach_find (&path, 110, 15);
  ck_assert_double_eq_tol (approach.distance_km, 3 * 111.19508, 1e-4);
  ck_assert_int_eq (approach.at.time_s, 0);
  ck_assert_double_eq_tol (approach.bearing_deg, 0, 1e-9);
  approach = sf_approach_find (&path, 110, 23);
  ck_assert_double_eq_tol (approach.distance_km, 111.19508, 1e-4);
  ck_assert_int_eq (approach.at.time_s, 4 * 3600);
  ck_assert_double_eq_tol (approach.bearing_deg, 180, 1e-9);
  sf_storm_path_finish (&path);
}
END_TEST

START_TEST (ties_are_the_earliest)
{
  struct storm storm;
  struct sf_storm_path path;
  storm_start (&storm);
  storm_add (&storm, 0, 112, 19);
  storm_add (&storm, 3, 111, 19);
  storm_add (&storm, 9, 111, 19);
  storm_add (&storm, 12, 112, 19);
  ck_done (sf_storm_path_init (&path, &storm.track, SF_TRACK_PATH_LINEAR, 300, err));
  struct sf_approach approach = sf_approach_find (&path, 110, 19);
  ck_assert_int_eq (approach.at.time_s, 3 * 3600);
  ck_assert_double_eq_tol (approach.at.lon_deg, 111, 1e-12);
  sf_storm_path_finish (&path);
}
END_TEST

START_TEST (across_180_degrees_and_south)
{
  struct storm storm;
  struct sf_storm_path path;
  straight_path (&path, &storm, 4, -178, 0, 178, 0);
  struct sf_approach approach = sf_approach_find (&path, 179.5, -1);
  ck_assert_double_eq_tol (approach.distance_km, 111.19508, 1e-4);
  ck_assert_int_le (llabs (approach.at.time_s - 9000), 1);
  ck_assert_double_eq_tol (approach.at.lon_deg, 179.5, 1e-3);
  approach = sf_approach_find (&path, 179.47, 0);
  ck_assert_double_eq_tol (approach.distance_km, 0, 1e-6);
  ck_assert_int_eq (approach.at.time_s, 9108);
  approach = sf_approach_find (&path, -179.5, 0);
  ck_assert_double_eq_tol (approach.distance_km, 0, 1e-6);
  ck_assert_int_eq (approach.at.time_s, 5400);
  sf_storm_path_finish (&path);
  straight_path (&path, &storm, 4, 150, -18, 150, -22);
  approach = sf_approach_find (&path, 151, -20);
  ck_assert_double_eq_tol (approach.distance_km, 111.195 * cos (20 * M_PI / 180), 0.01);
  ck_assert_double_eq_tol (approach.bearing_deg, 270, 0.3);
  sf_storm_path_finish (&path);
}
END_TEST

START_TEST (a_single_fix)
{
  struct storm storm;
  struct sf_storm_path path;
  storm_start (&storm);
  storm_add (&storm, 7, 110, 20);
  ck_done (sf_storm_path_init (&path, &storm.track, SF_TRACK_PATH_SPLINE, 300, err));
  struct sf_approach approach = sf_approach_find (&path, 110, 19);
  ck_assert_double_eq_tol (approach.distance_km, 111.19508, 1e-4);
  ck_assert_int_eq (approach.at.time_s, 7 * 3600);
  sf_storm_path_finish (&path);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { random_ways_by_brute_force,   passes_by_hand, ties_are_the_earliest,
                                 across_180_degrees_and_south, a_single_fix,   NULL };
  return run_tests ("approach", tests);
}
