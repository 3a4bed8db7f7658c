/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: the kernel's rate at distances computed here in double from the haversine, which the field does not
   use; and symmetries. */
#include "core/base/time.h"
#include "models/rain/orography.h"
#include "models/rain/rain_field.h"
#include "models/rain/rain_storm.h"
#include "tests/unit/base.h"

#include <math.h>

enum
{
  NX = 120,
  NY = 100,
  CELLS = NX * NY
};

#define REACH_KM 300.0

static const struct sf_gridspec spec = { NX, NY, { 107, 0.05, 0, 21.5, 0, -0.05 }, "EPSG:4490" };

static void
rain_on (const struct sf_gridspec *grid, const struct sf_rain_node *node, const struct sf_rain_terrain *terrain,
         float *total_mm)
{
  struct sf_rcliper profile;
  struct sf_rain_table table;
  memset (total_mm, 0, CELLS * sizeof *total_mm);
  if (!sf_rcliper_init (&profile, node->vmax_1min_mps))
    return;
  sf_rain_table_fill (&table, &profile, REACH_KM);
  sf_rain_add_rows (grid, node, &table, terrain, 0, grid->ny, total_mm);
}

static double
haversine_km (double lon1, double lat1, double lon2, double lat2)
{
  double k = M_PI / 180, a = sin ((lat2 - lat1) * k / 2), b = sin ((lon2 - lon1) * k / 2);
  return 2 * 6366.7 * asin (sqrt (a * a + cos (lat1 * k) * cos (lat2 * k) * b * b)); /* 111.12 km a degree */
}

START_TEST (against_the_haversine)
{
  static float total_mm[CELLS];
  struct sf_rain_node node = { 110.3, 19.4, 45, 2.5 };
  struct sf_rcliper profile;
  ck_assert (sf_rcliper_init (&profile, 45));
  rain_on (&spec, &node, NULL, total_mm);
  for (int y = 0; y < NY; y++)
    for (int x = 0; x < NX; x++)
      {
        double r = haversine_km (110.3, 19.4, 107.025 + 0.05 * x, 21.475 - 0.05 * y);
        double expected = r <= REACH_KM ? 2.5 * sf_rcliper_rate_mmph (&profile, r) : 0;
        double got = (double) total_mm[y * NX + x];
        if (fabs (r - REACH_KM) > 1)
          ck_assert_msg (fabs (got - expected) < 0.06, "%d %d at %g km: %g, not %g", x, y, r, got, expected);
      }
  double lon = 110.425, lat = 19.725, rate_mmph = 1;
  sf_rain_add_rates (&node, REACH_KM, &lon, &lat, 1, &rate_mmph);
  ck_assert_double_eq_tol (2.5 * (rate_mmph - 1), (double) total_mm[35 * NX + 68], 0.03);
}
END_TEST

START_TEST (bands_of_rows_are_the_whole)
{
  static float whole[CELLS], bands[CELLS];
  struct sf_rain_node node = { 109.1, 18.2, 30, 1 };
  struct sf_rcliper profile;
  struct sf_rain_table table;
  rain_on (&spec, &node, NULL, whole);
  ck_assert (sf_rcliper_init (&profile, 30));
  sf_rain_table_fill (&table, &profile, REACH_KM);
  for (int row = 0; row < NY; row += 7)
    sf_rain_add_rows (&spec, &node, &table, NULL, row, NY - row < 7 ? NY - row : 7, bands + row * NX);
  ck_assert_int_eq (memcmp (whole, bands, sizeof whole), 0);
}
END_TEST

/* The same storm 180 degrees away, and one in the other hemisphere on a mirrored grid. */
START_TEST (shifted_and_mirrored)
{
  static float here[CELLS], there[CELLS], south[CELLS];
  struct sf_rain_node node = { 110, 19, 40, 1 }, far = { -179.5, 19, 40, 1 }, below = { 110, -19, 40, 1 };
  struct sf_gridspec shifted = spec, mirrored = spec;
  shifted.affine[0] = 177.5;
  mirrored.affine[3] = -16.5;
  rain_on (&spec, &node, NULL, here);
  rain_on (&shifted, &far, NULL, there);
  rain_on (&mirrored, &below, NULL, south);
  for (int y = 0; y < NY; y++)
    for (int x = 0; x < NX; x++)
      {
        float rain = here[y * NX + x];
        ck_assert_float_eq_tol (there[y * NX + x], rain, 1e-3F);
        ck_assert_float_eq_tol (south[(NY - 1 - y) * NX + x], rain, 1e-3F);
      }
}
END_TEST

START_TEST (nothing_from_unknown_storms)
{
  static float total_mm[CELLS];
  const struct sf_rain_node nodes[] = { { NAN, 19, 40, 1 }, { 110, NAN, 40, 1 }, { 110, 19, NAN, 1 },
                                        { 110, 19, 40, 0 }, { 140, 19, 40, 1 },  { 110, -80, 40, 1 } };
  for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++)
    {
      rain_on (&spec, &nodes[i], NULL, total_mm);
      for (int c = 0; c < CELLS; c++)
        ck_assert_float_eq (total_mm[c], 0);
      double lon = 110, lat = 21, rate_mmph = 0;
      sf_rain_add_rates (&nodes[i], REACH_KM, &lon, &lat, 1, &rate_mmph);
      ck_assert (nodes[i].hours == 0 || rate_mmph == 0);
    }
}
END_TEST

/* A ridge along a meridian, 1000 m high: west slope and east slope. North of the eye the wind blows from the east. */
START_TEST (terrain_lifts_the_windward_side_only)
{
  static float ridge[CELLS], east[CELLS], north[CELLS], flat[CELLS], lifted[CELLS];
  struct sf_grid elevation = { .spec = spec, .bands = 1, .values = ridge };
  struct sf_rain_node node = { 110, 18.5, 45, 1 };
  for (int i = 0; i < CELLS; i++)
    ridge[i] = fmaxf (0, 1000 - 50 * fabsf ((float) (i % NX) - 60));
  ridge[0] = NAN; /* sea */
  sf_orography_slopes (&elevation, 5, east, north);
  ck_assert_float_eq_tol (east[30 * NX + 50], 50.F / (0.05F * 111120 * 0.9397F), 2e-4F); /* cos 20 = 0.9397 */
  ck_assert_float_eq_tol (east[30 * NX + 70], -east[30 * NX + 50], 1e-5F);
  ck_assert_float_eq (north[30 * NX + 50], 0);
  struct sf_rain_terrain terrain
      = { .slope_east = east, .slope_north = north, .gain = 20, .factor_max = 2.5, .inflow_deg = 20 };
  rain_on (&spec, &node, NULL, flat);
  rain_on (&spec, &node, &terrain, lifted);
  for (int i = 0; i < CELLS; i++)
    ck_assert_float_ge (lifted[i], flat[i] * 0.99999F);
  for (int i = 0; i < CELLS; i++)
    ck_assert_float_le (lifted[i], flat[i] * 2.50001F);
  int row = 20; /* 20.475 N, north of the eye */
  ck_assert_float_gt (lifted[row * NX + 70], 1.1F * flat[row * NX + 70]);
  ck_assert_float_eq_tol (lifted[row * NX + 50], flat[row * NX + 50], 1e-4F);
}
END_TEST

START_TEST (factor_never_lowers)
{
  ck_assert_float_eq (sf_orography_factor (-0.3F, 20, 2.5F), 1);
  ck_assert_float_eq (sf_orography_factor (0, 20, 2.5F), 1);
  ck_assert_float_eq_tol (sf_orography_factor (0.05F, 20, 2.5F), 2, 1e-6F);
  ck_assert_float_eq (sf_orography_factor (1, 20, 2.5F), 2.5F);
  ck_assert_float_eq (sf_orography_factor (NAN, 20, 2.5F), 1);
}
END_TEST

/* --- the storm's way --- */

static struct sf_rain_params params = { .reach_km = 300,
                                        .step_min = 15,
                                        .averaging_min = { 1, 2, 10 },
                                        .to_1min = { 1, 1.08, 1.16 },
                                        .cv = 0.6,
                                        .event_mmph = 1.5 };

static struct sf_track
track_of (struct sf_record *fixes, size_t count)
{
  return (struct sf_track){ .storm = "A", .base_s = SF_TIME_MISSING, .fixes = fixes, .fixes_count = count };
}

static void
set_fix (struct sf_record *record, double hour, double lon, double lat, double wind)
{
  sf_record_init (record, SF_RECORD_TRACK);
  record->valid_s = llround (3600 * hour);
  record->as.track.lon_deg = lon;
  record->as.track.lat_deg = lat;
  record->as.track.wind_mps = wind;
}

START_TEST (way_in_equal_pieces)
{
  struct sf_record fixes[2];
  struct sf_rain_storm storm = { 0 };
  set_fix (&fixes[0], 0, 179.9, 19, 40);
  set_fix (&fixes[1], 1.1, -179.88, 19.22, 30);
  struct sf_track track = track_of (fixes, 2);
  ck_done (sf_rain_storm_add (&storm, &track, &params, err));
  ck_assert_uint_eq (storm.count, 5);
  double hours = 0;
  for (size_t i = 0; i < storm.count; i++)
    hours += storm.nodes[i].hours;
  ck_assert_double_eq_tol (hours, 1.1, 1e-9);
  ck_assert_double_eq_tol (storm.nodes[0].lon_deg, 179.925, 1e-9); /* 0.2 degree an hour, middle at 7.5 min */
  ck_assert_double_eq_tol (storm.nodes[0].lat_deg, 19.025, 1e-9);
  ck_assert_double_eq_tol (storm.nodes[0].vmax_1min_mps, 1.08 * (40 - 10 * 0.125 / 1.1), 1e-9);
  ck_assert_double_eq_tol (storm.nodes[3].lon_deg, 180.075, 1e-9);
  ck_assert_int_eq (storm.begin_s[4], 3600);
  sf_rain_storm_finish (&storm);
}
END_TEST

START_TEST (doubtful_ways)
{
  struct sf_record fixes[6];
  struct sf_rain_storm storm = { 0 };
  set_fix (&fixes[0], 0, 110, 19, 40);
  struct sf_track track = track_of (fixes, 1);
  ck_done (sf_rain_storm_add (&storm, &track, &params, err)); /* one fix: no time, no rain */
  ck_assert_uint_eq (storm.count, 0);
  set_fix (&fixes[1], 0, 110.5, 19, 40);         /* the same time again */
  set_fix (&fixes[2], 1, (double) NAN, 19, 40);  /* no position */
  set_fix (&fixes[3], 2, 109, 19, (double) NAN); /* no wind: the other fix's */
  set_fix (&fixes[4], 2 + 25, 107, 19, 40);      /* a gap of more than a day */
  set_fix (&fixes[5], 2 + 26, 106, 19, 40);
  fixes[5].quality = SF_QUALITY_ORIGINAL_UNRELIABLE;
  track = track_of (fixes, 6);
  ck_done (sf_rain_storm_add (&storm, &track, &params, err));
  ck_assert_uint_eq (storm.count, 8);
  for (size_t i = 0; i < storm.count; i++)
    ck_assert_double_eq_tol (storm.nodes[i].vmax_1min_mps, 43.2, 1e-9);
  ck_done (sf_rain_storm_sort (&storm, err));
  sf_rain_storm_finish (&storm);
  ck_done (sf_rain_storm_sort (&storm, err)); /* empty */
  sf_rain_storm_finish (&storm);
}
END_TEST

START_TEST (averaging_times)
{
  ck_assert_double_eq (sf_rain_factor_to_1min (&params, 1), 1);
  ck_assert_double_eq (sf_rain_factor_to_1min (&params, (double) NAN), 1.08);
  ck_assert_double_eq_tol (sf_rain_factor_to_1min (&params, 6), 1.12, 1e-12);
  ck_assert_double_eq (sf_rain_factor_to_1min (&params, 60), 1.16);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { against_the_haversine,
                                 bands_of_rows_are_the_whole,
                                 shifted_and_mirrored,
                                 nothing_from_unknown_storms,
                                 terrain_lifts_the_windward_side_only,
                                 factor_never_lowers,
                                 way_in_equal_pieces,
                                 doubtful_ways,
                                 averaging_times,
                                 NULL };
  return run_tests ("rain_field", tests);
}
