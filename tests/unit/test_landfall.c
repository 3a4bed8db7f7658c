/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: analytic coasts. Ways run along parallels at 0.3 degrees an hour, so times follow from longitudes by
   hand; one degree of a great circle is R pi/180 = 111.195 km with R = 6371.0088 km. */
#include "models/typhoon/landfall.h"
#include "tests/unit/storm_help.h"

#define KM_PER_DEG 111.19508

enum
{
  BAY_S = 7200,
  MOST = 8
};

struct answer
{
  struct sf_landfall list[MOST];
  size_t count;
};

/* The landfalls of a path on land; the land is freed, the path finished. */
static struct answer
find_on (struct sf_storm_path *path, struct sf_polygon_index *land, double rounding_deg, int64_t bay_s)
{
  struct sf_landfall_settings settings = { .rounding_deg = rounding_deg, .bay_s = bay_s };
  struct sf_landfall *list = NULL;
  struct answer answer = { .count = 0 };
  ck_done (sf_landfall_find (path, NULL, land, &settings, &list, &answer.count, err));
  ck_assert_uint_le (answer.count, MOST);
  if (answer.count > 0)
    memcpy (answer.list, list, answer.count * sizeof *list);
  sf_mem_free (list);
  sf_polygon_index_free (land);
  sf_storm_path_finish (path);
  return answer;
}

/* West (or east) along a parallel at 0.3 degrees an hour. */
static struct answer
along (double lat, double lon0, double lon1, struct sf_geometry **shapes, size_t count, double rounding_deg,
       int64_t bay_s)
{
  struct storm storm;
  struct sf_storm_path path;
  straight_path (&path, &storm, fabs (lon1 - lon0) / 0.3, remainder (lon0, 360), lat, remainder (lon1, 360), lat);
  return find_on (&path, land_of (shapes, count), rounding_deg, bay_s);
}

static void
check_entry (const struct sf_landfall *landfall, double hour, double lon, double lat, size_t polygon)
{
  ck_assert (landfall->entered);
  ck_assert_int_le (llabs (landfall->at.time_s - llround (3600 * hour)), 1);
  ck_assert_double_eq_tol (landfall->at.lon_deg, lon, 1e-6);
  ck_assert_double_eq_tol (landfall->at.lat_deg, lat, 1e-6);
  ck_assert_uint_eq (landfall->polygon, polygon);
  ck_assert_int_lt (landfall->earliest_s, landfall->at.time_s);
  ck_assert_int_gt (landfall->latest_s, landfall->at.time_s);
}

START_TEST (square_island)
{
  struct answer a = along (19.5, 112.5, 109.5, (struct sf_geometry *[]){ box (110, 19, 111, 20) }, 1, 0.05, BAY_S);
  ck_assert_uint_eq (a.count, 1);
  check_entry (&a.list[0], 5, 111, 19.5, 0);
  double squeeze = cos (19.5 * M_PI / 180), slack_km = 0.05 * KM_PER_DEG * hypot (1, squeeze);
  double slack_s = 3600 * slack_km / (0.3 * KM_PER_DEG * squeeze);
  ck_assert_double_eq_tol (a.list[0].uncertainty_km, slack_km, 0.01);
  ck_assert_double_eq_tol ((double) (a.list[0].at.time_s - a.list[0].earliest_s), slack_s, 3);
  ck_assert_double_eq_tol ((double) (a.list[0].latest_s - a.list[0].at.time_s), slack_s, 3);
}
END_TEST

/* The coast runs from (110, 19) to (112, 21). Displaced by 0.05 west and 0.05 north the way meets it 0.1 degree farther
   east: 20 minutes earlier, more than the rounding along the way. */
START_TEST (oblique_coast_widens_the_times)
{
  struct sf_geometry *shape = ring_of ((double[]){ 110, 19, 112, 21, 108, 21, 108, 19 }, 4);
  struct answer a = along (20, 112.5, 109.5, &shape, 1, 0.05, BAY_S);
  ck_assert_uint_eq (a.count, 1);
  check_entry (&a.list[0], 5, 111, 20, 0);
  ck_assert_int_le (llabs (a.list[0].at.time_s - a.list[0].earliest_s - 1200), 1);
  ck_assert_int_le (llabs (a.list[0].latest_s - a.list[0].at.time_s - 1200), 1);
}
END_TEST

/* A bay 0.3 degrees wide, open to the north, its end 11 km south of the way. */
START_TEST (bay)
{
  const double shape[] = { 110, 19, 111, 19, 111, 20, 110.6, 20, 110.6, 19.4, 110.3, 19.4, 110.3, 20, 110, 20 };
  struct answer a = along (19.5, 112.5, 109, (struct sf_geometry *[]){ ring_of (shape, 8) }, 1, 0.05, BAY_S);
  ck_assert_uint_eq (a.count, 1);
  check_entry (&a.list[0], 5, 111, 19.5, 0);
  a = along (19.5, 112.5, 109, (struct sf_geometry *[]){ ring_of (shape, 8) }, 1, 0.05, 600);
  ck_assert_uint_eq (a.count, 2);
  check_entry (&a.list[0], 5, 111, 19.5, 0);
  check_entry (&a.list[1], 2.2 / 0.3, 110.3, 19.5, 0);
}
END_TEST

START_TEST (two_islands)
{
  struct answer a
      = along (19.5, 112.5, 109.5, (struct sf_geometry *[]){ box (110, 19, 110.5, 20), box (111, 19, 111.5, 20) }, 2,
               0.05, BAY_S);
  ck_assert_uint_eq (a.count, 2);
  check_entry (&a.list[0], 1 / 0.3, 111.5, 19.5, 1);
  check_entry (&a.list[1], 2 / 0.3, 110.5, 19.5, 0);
}
END_TEST

/* A strait of 0.1 degree, 10 km: the way is never farther than the rounding from one of the two. */
START_TEST (narrow_strait)
{
  struct answer a
      = along (19.5, 112.5, 109.5, (struct sf_geometry *[]){ box (110, 19, 110.95, 20), box (111.05, 19, 111.5, 20) },
               2, 0.05, BAY_S);
  ck_assert_uint_eq (a.count, 2);
  check_entry (&a.list[0], 1 / 0.3, 111.5, 19.5, 1);
  check_entry (&a.list[1], 1.55 / 0.3, 110.95, 19.5, 0);
}
END_TEST

static struct sf_geometry *
diamond (void)
{
  return ring_of ((double[]){ 110.5, 20, 110, 19.5, 110.5, 19, 111, 19.5 }, 4);
}

/* The rounding allows 0.05 degree in each coordinate, 7.6 km: a pass at 3 km may be a landfall, one at 10 km is none. */
START_TEST (grazing)
{
  struct answer a = along (20 + 3 / KM_PER_DEG, 112.5, 108.5, (struct sf_geometry *[]){ diamond () }, 1, 0.05, BAY_S);
  ck_assert_uint_eq (a.count, 1);
  ck_assert (!a.list[0].entered);
  ck_assert_int_eq (a.list[0].at.time_s, 24000);
  ck_assert_double_eq_tol (a.list[0].at.lon_deg, 110.5, 1e-9);
  ck_assert_double_eq_tol (a.list[0].at.lat_deg, 20 + 3 / KM_PER_DEG, 1e-9);
  ck_assert_int_lt (a.list[0].earliest_s, 24000);
  ck_assert_int_gt (a.list[0].latest_s, 24000);
  a = along (20 + 10 / KM_PER_DEG, 112.5, 108.5, (struct sf_geometry *[]){ diamond () }, 1, 0.05, BAY_S);
  ck_assert_uint_eq (a.count, 0);
  a = along (20 + 3 / KM_PER_DEG, 112.5, 108.5, (struct sf_geometry *[]){ diamond () }, 1, 0.005, BAY_S);
  ck_assert_uint_eq (a.count, 0);
  a = along (20 + 3 / KM_PER_DEG, 112.5, 108.5, (struct sf_geometry *[]){ diamond () }, 1, 0, BAY_S);
  ck_assert_uint_eq (a.count, 0);
}
END_TEST

/* The cape of the first land is passed at 3 km, the shore behind it met 50 minutes later: one landfall, at the cape, and
   its latest time reaches the shore. */
START_TEST (cape_passed_then_shore)
{
  struct sf_geometry *shape = ring_of (
      (double[]){ 109, 18, 111, 18, 111, 19.47, 110.98, 19.47, 110.9, 18.5, 110.7, 18.5, 110.7, 21, 109, 21 }, 8);
  struct answer a = along (19.5, 112.5, 109.5, &shape, 1, 0.05, BAY_S);
  ck_assert_uint_eq (a.count, 1);
  ck_assert (!a.list[0].entered);
  ck_assert_int_le (llabs (a.list[0].at.time_s - 18060), 150);
  ck_assert_int_ge (a.list[0].latest_s, 21600);
}
END_TEST

/* Fixes to thousandths or exact ones leave no reach: the entry is found all the same, from samples far out at sea. */
START_TEST (without_rounding)
{
  for (int i = 0; i < 2; i++)
    {
      struct answer a = along (19.5, 112.5, 109.5, (struct sf_geometry *[]){ box (110, 19, 111, 20) }, 1,
                               i == 0 ? 0 : 0.0005, BAY_S);
      ck_assert_uint_eq (a.count, 1);
      ck_assert (a.list[0].entered);
      ck_assert_int_le (llabs (a.list[0].at.time_s - 18000), 1);
      ck_assert_double_eq_tol (a.list[0].at.lon_deg, 111, 1e-6);
    }
  /* An island of 0.01 degree, less than the way of a step. */
  struct answer a = along (19.5, 112.49, 109.5, (struct sf_geometry *[]){ box (110.99, 19, 111, 20) }, 1, 0, BAY_S);
  ck_assert_uint_eq (a.count, 1);
  ck_assert_int_le (llabs (a.list[0].at.time_s - llround (3600 * 1.49 / 0.3)), 1);
}
END_TEST

START_TEST (beginning_on_land_or_at_the_shore)
{
  struct answer a = along (19.5, 110.5, 108, (struct sf_geometry *[]){ box (110, 19, 111, 20) }, 1, 0.05, BAY_S);
  ck_assert_uint_eq (a.count, 0);
  a = along (19.5, 109.97, 108, (struct sf_geometry *[]){ box (110, 19, 111, 20) }, 1, 0.05, BAY_S);
  ck_assert_uint_eq (a.count, 0);
  a = along (19.5, 111.03, 109.5, (struct sf_geometry *[]){ box (110, 19, 111, 20) }, 1, 0.05, BAY_S);
  ck_assert_uint_eq (a.count, 1);
  ck_assert (a.list[0].entered);
  ck_assert_int_le (llabs (a.list[0].at.time_s - 360), 1);
}
END_TEST

/* An inlet of 0.08 degree, 8 km: the way over it never leaves the rounding's reach. */
START_TEST (inlet)
{
  const double shape[] = { 110, 19, 111, 19, 111, 20, 110.54, 20, 110.54, 19.2, 110.46, 19.2, 110.46, 20, 110, 20 };
  struct answer a = along (19.5, 112.5, 109, (struct sf_geometry *[]){ ring_of (shape, 8) }, 1, 0.05, BAY_S);
  ck_assert_uint_eq (a.count, 1);
  check_entry (&a.list[0], 5, 111, 19.5, 0);
  a = along (19.5, 110.8, 109, (struct sf_geometry *[]){ ring_of (shape, 8) }, 1, 0.05, BAY_S);
  ck_assert_uint_eq (a.count, 0);
}
END_TEST

/* Along a shore that comes nearer and nearer, over a needle of land on the way: what was touched first is passed last. */
START_TEST (in_order_of_time)
{
  struct sf_geometry *shore = ring_of ((double[]){ 109, 18, 111.5, 18, 111.5, 19.49, 109, 19.4985 }, 4);
  struct answer a = along (19.5, 112.5, 108, (struct sf_geometry *[]){ shore, box (110.511, 19.4955, 110.514, 19.7) },
                           2, 0.05, BAY_S);
  ck_assert_uint_eq (a.count, 2);
  check_entry (&a.list[0], 1.986 / 0.3, 110.514, 19.5, 1);
  ck_assert (!a.list[1].entered && a.list[1].polygon == 0);
  ck_assert_int_le (llabs (a.list[1].at.time_s - 42000), 150);
}
END_TEST

/* Out of the land for five hours and back: that is a landfall, and begun on land before is none. */
START_TEST (back_after_hours)
{
  for (int bay_h = 2; bay_h <= 8; bay_h += 6)
    {
      struct storm storm;
      struct sf_storm_path path;
      storm_start (&storm);
      storm_add (&storm, 0, 110.5, 19.5);
      storm_add (&storm, 4, 111.7, 19.5);
      storm_add (&storm, 8, 110.5, 19.5);
      ck_done (sf_storm_path_init (&path, &storm.track, SF_TRACK_PATH_LINEAR, 300, err));
      struct answer a
          = find_on (&path, land_of ((struct sf_geometry *[]){ box (110, 19, 111, 20) }, 1), 0.05, bay_h * 3600);
      ck_assert_uint_eq (a.count, bay_h == 2 ? 1 : 0);
      if (a.count == 1)
        check_entry (&a.list[0], 4 + 0.7 / 0.3, 111, 19.5, 0);
    }
}
END_TEST

/* West from 178.5 W to 178.5 E. The second island lies within the step that crosses 180 degrees. */
START_TEST (across_180_degrees)
{
  struct answer a = along (9.5, 181.5, 178.5, (struct sf_geometry *[]){ box (179, 9, 179.5, 10) }, 1, 0.05, BAY_S);
  ck_assert_uint_eq (a.count, 1);
  check_entry (&a.list[0], 2 / 0.3, 179.5, 9.5, 0);
  a = along (9.5, 181.5, 178.5, (struct sf_geometry *[]){ box (179, 9, 179.99, 10) }, 1, 0.05, BAY_S);
  ck_assert_uint_eq (a.count, 1);
  check_entry (&a.list[0], 1.51 / 0.3, 179.99, 9.5, 0);
  a = along (9.5, 178.5, 181.5, (struct sf_geometry *[]){ box (-179.5, 9, -179, 10) }, 1, 0.05, BAY_S);
  ck_assert_uint_eq (a.count, 1);
  check_entry (&a.list[0], 2 / 0.3, -179.5, 9.5, 0);
}
END_TEST

START_TEST (southern_hemisphere)
{
  struct answer a = along (-19.5, 142.5, 139.5, (struct sf_geometry *[]){ box (140, -20, 141, -19) }, 1, 0.05, BAY_S);
  ck_assert_uint_eq (a.count, 1);
  check_entry (&a.list[0], 5, 141, -19.5, 0);
}
END_TEST

START_TEST (single_fix)
{
  static const double lons[] = { 110.5, 111.03, 115 };
  for (int i = 0; i < 3; i++)
    {
      struct storm storm;
      struct sf_storm_path path;
      storm_start (&storm);
      storm_add (&storm, 0, lons[i], 19.5);
      ck_done (sf_storm_path_init (&path, &storm.track, SF_TRACK_PATH_SPLINE, 300, err));
      struct answer a = find_on (&path, land_of ((struct sf_geometry *[]){ box (110, 19, 111, 20) }, 1), 0.05, BAY_S);
      ck_assert_uint_eq (a.count, 0);
    }
}
END_TEST

/* Unequal steps, a repeated time, an unreliable fix on the island and one without a position. */
START_TEST (crooked_input)
{
  struct storm storm;
  struct sf_storm_path path;
  storm_start (&storm);
  storm_add (&storm, 0, 112.5, 19.5);
  storm_add (&storm, 2, 111.9, 19.5);
  storm_add (&storm, 2, 110.5, 19.5);
  storm_add (&storm, 3, 110.5, 19.5)->quality = SF_QUALITY_ORIGINAL_UNRELIABLE;
  storm_add (&storm, 4, NAN, 19.5);
  storm_add (&storm, 9.1, 109.77, 19.5);
  ck_done (sf_storm_path_init (&path, &storm.track, SF_TRACK_PATH_LINEAR, 300, err));
  struct answer a = find_on (&path, land_of ((struct sf_geometry *[]){ box (110, 19, 111, 20) }, 1), 0.05, BAY_S);
  ck_assert_uint_eq (a.count, 1);
  check_entry (&a.list[0], 5, 111, 19.5, 0);
}
END_TEST

/* The nearest shore is the tip of a needle, thinner than a metre where it is passed. The other land is far. */
START_TEST (which_land_is_passed)
{
  struct sf_geometry *needle = ring_of ((double[]){ 110.499, 19, 110.501, 19, 110.5, 20 }, 3);
  struct answer a = along (20 + 3 / KM_PER_DEG, 112.5, 108.5, (struct sf_geometry *[]){ box (100, 0, 101, 1), needle },
                           2, 0.05, BAY_S);
  ck_assert_uint_eq (a.count, 1);
  ck_assert (!a.list[0].entered);
  ck_assert_uint_eq (a.list[0].polygon, 1);
}
END_TEST

/* The same fixes drawn straight and by spline: where the two enter apart, the answer says so. */
START_TEST (the_other_way_of_drawing)
{
  struct storm storm;
  struct sf_storm_path path, other;
  struct sf_landfall_settings settings = { .rounding_deg = 0.005, .bay_s = BAY_S };
  struct sf_landfall *alone = NULL, *both = NULL, *theirs = NULL;
  size_t n1 = 0, n2 = 0, n3 = 0;
  storm_start (&storm);
  storm_add (&storm, 0, 114, 18);
  storm_add (&storm, 6, 112, 18);
  storm_add (&storm, 12, 110.5, 19.5);
  storm_add (&storm, 18, 110.5, 22);
  struct sf_polygon_index *land = land_of ((struct sf_geometry *[]){ box (109, 18.7, 110.95, 21) }, 1);
  ck_done (sf_storm_path_init (&path, &storm.track, SF_TRACK_PATH_SPLINE, 300, err));
  ck_done (sf_storm_path_init (&other, &storm.track, SF_TRACK_PATH_LINEAR, 300, err));
  ck_done (sf_landfall_find (&path, NULL, land, &settings, &alone, &n1, err));
  ck_done (sf_landfall_find (&path, &other, land, &settings, &both, &n2, err));
  ck_done (sf_landfall_find (&other, NULL, land, &settings, &theirs, &n3, err));
  ck_assert (n1 == 1 && n2 == 1 && n3 == 1);
  ck_assert_int_eq (alone->at.time_s, both->at.time_s);
  ck_assert_int_gt (llabs (theirs->at.time_s - alone->at.time_s), 600);
  ck_assert (both->earliest_s <= theirs->at.time_s && both->latest_s >= theirs->at.time_s);
  ck_assert (alone->earliest_s > theirs->at.time_s || alone->latest_s < theirs->at.time_s);
  ck_assert_double_gt (both->uncertainty_km, alone->uncertainty_km);
  sf_mem_free (alone);
  sf_mem_free (both);
  sf_mem_free (theirs);
  sf_storm_path_finish (&path);
  sf_storm_path_finish (&other);
  sf_polygon_index_free (land);
}
END_TEST

START_TEST (refusals_and_memory)
{
  struct storm storm;
  struct sf_storm_path path;
  struct sf_landfall_settings settings = { .rounding_deg = NAN, .bay_s = BAY_S };
  struct sf_landfall *list = NULL;
  size_t count = 9;
  int failed = 0;
  struct sf_polygon_index *land = land_of ((struct sf_geometry *[]){ box (110, 19, 111, 20) }, 1);
  straight_path (&path, &storm, 10, 112.5, 19.5, 109.5, 19.5);
  ck_fails (sf_landfall_find (&path, NULL, land, &settings, &list, &count, err), SF_EINVAL, "rounding");
  settings = (struct sf_landfall_settings){ .rounding_deg = 0.05, .bay_s = -1 };
  ck_fails (sf_landfall_find (&path, NULL, land, &settings, &list, &count, err), SF_EINVAL, "bay");
  settings.bay_s = BAY_S;
  for (long n = 1;; n++)
    {
      sf_mem_fail_at (n, 0);
      enum sf_code code = sf_landfall_find (&path, NULL, land, &settings, &list, &count, NULL);
      sf_mem_fail_at (0, 0);
      if (code == SF_OK)
        break;
      ck_assert_int_eq (code, SF_ENOMEM);
      ck_assert (list == NULL && count == 9);
      failed++;
    }
  ck_assert_int_ge (failed, 3);
  ck_assert_uint_eq (count, 1);
  sf_mem_free (list);
  sf_storm_path_finish (&path);
  sf_polygon_index_free (land);
}
END_TEST

START_TEST (no_land)
{
  struct answer a = along (19.5, 112.5, 109.5, NULL, 0, 0.05, BAY_S);
  ck_assert_uint_eq (a.count, 0);
}
END_TEST

/* Passes of a way along a parallel on boxes, with landfalls found first as a stage does. */
struct passes
{
  struct sf_shore_pass list[MOST];
  size_t count, landfalls;
};

static struct passes
passes_along (double lat, double lon0, double lon1, struct sf_geometry **shapes, size_t count, double error_km)
{
  struct sf_landfall_settings settings = { .rounding_deg = 0.05, .bay_s = BAY_S, .position_error_km = error_km };
  struct sf_polygon_index *land = land_of (shapes, count);
  struct sf_landfall *landfalls = NULL;
  struct sf_shore_pass *list = NULL;
  struct passes passes = { .count = 0 };
  struct storm storm;
  struct sf_storm_path path;
  straight_path (&path, &storm, fabs (lon1 - lon0) / 0.3, lon0, lat, lon1, lat);
  ck_done (sf_landfall_find (&path, NULL, land, &settings, &landfalls, &passes.landfalls, err));
  ck_done (sf_shore_pass_find (&path, land, &settings, landfalls, passes.landfalls, &list, &passes.count, err));
  ck_assert_uint_le (passes.count, MOST);
  memcpy (passes.list, list, passes.count * sizeof *list);
  sf_mem_free (list);
  sf_mem_free (landfalls);
  sf_polygon_index_free (land);
  sf_storm_path_finish (&path);
  return passes;
}

/* A cape of 0.02 degrees' width at 110 E reaches from the north to 0.12 degrees (13.3 km) off the way on the equator. */
START_TEST (a_pass_within_the_error)
{
  struct passes passes = passes_along (0, 113, 107, (struct sf_geometry *[]){ box (109.99, 0.12, 110.01, 2) }, 1, 20);
  ck_assert_uint_eq (passes.landfalls, 0);
  ck_assert_uint_eq (passes.count, 1);
  ck_assert_double_eq_tol (passes.list[0].distance_km, 0.12 * KM_PER_DEG, 0.01);
  ck_assert_double_eq_tol (passes.list[0].shore_lat_deg, 0.12, 1e-3);
  /* Below the cape for 0.02 degrees: any moment within them, which are the samples of 300 s. */
  ck_assert_int_le (llabs (passes.list[0].at.time_s - 36000), 600);
  /* 20 km off at sqrt (20^2 - 13.34^2) = 14.9 km on either side, 27 minutes at 33.4 km/h, to the sample. */
  ck_assert_int_le (llabs (passes.list[0].earliest_s - (36000 - 27 * 60)), 600);
  ck_assert_int_le (llabs (passes.list[0].latest_s - (36000 + 27 * 60)), 600);
  ck_assert_uint_eq (passes_along (0, 113, 107, (struct sf_geometry *[]){ box (109.99, 0.12, 110.01, 2) }, 1, 12).count,
                     0);
  ck_assert_uint_eq (passes_along (0, 113, 107, (struct sf_geometry *[]){ box (109.99, 0.12, 110.01, 2) }, 1, 0).count,
                     0);
  /* Sixty kilometres off is no pass. */
  ck_assert_uint_eq (passes_along (0, 113, 107, (struct sf_geometry *[]){ box (109.99, 0.54, 110.01, 2) }, 1, 20).count,
                     0);
  /* The southern mirror. */
  ck_assert_uint_eq (
      passes_along (0, 113, 107, (struct sf_geometry *[]){ box (109.99, -2, 110.01, -0.12) }, 1, 20).count, 1);
}
END_TEST

START_TEST (no_pass_beside_a_landfall)
{
  /* An islet 0.12 degrees north of where the way enters a shore. */
  struct passes passes = passes_along (
      0, 113, 109, (struct sf_geometry *[]){ box (105, -3, 110, 3), box (110.1, 0.12, 110.2, 0.3) }, 2, 20);
  ck_assert_uint_eq (passes.landfalls, 1);
  ck_assert_uint_eq (passes.count, 0);
  /* A way that begins or ends beside a shore passes none. */
  ck_assert_uint_eq (passes_along (0, 110, 107, (struct sf_geometry *[]){ box (109.99, 0.12, 110.01, 2) }, 1, 20).count,
                     0);
  ck_assert_uint_eq (passes_along (0, 113, 110, (struct sf_geometry *[]){ box (109.99, 0.12, 110.01, 2) }, 1, 20).count,
                     0);
  /* Within the rounding it is a landfall. */
  passes = passes_along (0, 113, 107, (struct sf_geometry *[]){ box (109.99, 0.03, 110.01, 2) }, 1, 20);
  ck_assert_uint_eq (passes.landfalls, 1);
  ck_assert_uint_eq (passes.count, 0);
}
END_TEST

/* 33.4 km/h onto a straight shore: an error of 20 km is 36 minutes, and moves nothing. */
START_TEST (the_error_widens_the_range)
{
  struct storm storm;
  struct sf_storm_path path;
  struct sf_polygon_index *land = land_of ((struct sf_geometry *[]){ box (105, -3, 110, 3) }, 1);
  struct sf_landfall *list = NULL;
  size_t count = 0;
  straight_path (&path, &storm, 20, 113, 0, 107, 0);
  struct sf_landfall_settings settings = { .rounding_deg = 0.05, .bay_s = BAY_S, .position_error_km = 20 };
  ck_done (sf_landfall_find (&path, NULL, land, &settings, &list, &count, err));
  ck_assert_uint_eq (count, 1);
  check_entry (&list[0], 10, 110, 0, 0);
  ck_assert_int_le (llabs (list[0].latest_s - list[0].at.time_s - llround (3600 * 20 / (0.3 * KM_PER_DEG))), 5);
  ck_assert_int_le (llabs (list[0].at.time_s - list[0].earliest_s - llround (3600 * 20 / (0.3 * KM_PER_DEG))), 5);
  ck_assert_double_ge (list[0].uncertainty_km, 20 - 1e-9);
  sf_mem_free (list);
  settings.position_error_km = -1;
  ck_fails (sf_landfall_find (&path, NULL, land, &settings, &list, &count, err), SF_EINVAL, "-1 km");
  sf_polygon_index_free (land);
  sf_storm_path_finish (&path);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { square_island,
                                 oblique_coast_widens_the_times,
                                 bay,
                                 two_islands,
                                 narrow_strait,
                                 grazing,
                                 cape_passed_then_shore,
                                 without_rounding,
                                 beginning_on_land_or_at_the_shore,
                                 inlet,
                                 in_order_of_time,
                                 back_after_hours,
                                 across_180_degrees,
                                 southern_hemisphere,
                                 single_fix,
                                 crooked_input,
                                 which_land_is_passed,
                                 the_other_way_of_drawing,
                                 refusals_and_memory,
                                 no_land,
                                 a_pass_within_the_error,
                                 no_pass_beside_a_landfall,
                                 the_error_widens_the_range,
                                 NULL };
  return run_tests ("landfall", tests);
}
