/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: the kernels that are tested by themselves, distances from the sphere, and sums by hand. */
#include "models/sea/surge.h"

#include "geodata/sphere.h"
#include "models/sea/inverse_barometer.h"
#include "tests/unit/stage_bench.h"

static const struct sf_sea_params params = { .wind_to_10min = 0.931,
                                             .minimum_depth_m = 5,
                                             .piece_km = 10,
                                             .rmw_pressure_hpa = { 872, 940, 980, 1021 },
                                             .rmw_km = { 27.6, 29.1, 47.7, 105.3 },
                                             .holland_b = 1.5,
                                             .air_density_kgpm3 = 1.15,
                                             .gradient_factor = 0.9,
                                             .environment_pressure_hpa = 1005,
                                             .band_m = 0.4,
                                             .band_frac = 0.35,
                                             .arrival_error_h = 3,
                                             .near_km = 800 };

enum
{
  FIXES = 4
};

/* A storm of 960 hPa that goes west along 20 N at half a degree an hour; rmw 40 km, 1005 hPa around it. */
static struct sf_tracks
storm_of (struct sf_record *fixes, struct sf_track *track, double pressure_hpa)
{
  for (int i = 0; i < FIXES; i++)
    {
      fixes[i] = bench_fix ("A", NULL, i, 111 - 0.5 * i, 20);
      fixes[i].as.track.pressure_hpa = pressure_hpa;
      fixes[i].as.track.environment_pressure_hpa = 1005;
      fixes[i].as.track.rmw_km = 40;
    }
  *track = (struct sf_track){ .storm = "A", .base_s = SF_TIME_MISSING, .fixes = fixes, .fixes_count = FIXES };
  return (struct sf_tracks){ .count = 1, .tracks = track };
}

/* At half past one the centre is at 110.25 E; B is the parameters' since no wind is known. */
START_TEST (pressure_between_fixes)
{
  struct sf_record fixes[FIXES];
  struct sf_track track;
  struct sf_tracks storms = storm_of (fixes, &track, 960);
  double r_km = sf_sphere_distance_km (110.25, 20, 110.5, 20.5);
  double expected_m = sf_sea_inverse_barometer_m (1005, sf_sea_pressure_hpa (960, 1005, 40, 1.5, r_km));
  ck_assert_double_eq_tol (sf_sea_pressure_surge_m (&storms, &params, 5400, 110.5, 20.5), expected_m, 1e-9);
  ck_assert_double_eq_tol (sf_sea_pressure_surge_m (&storms, &params, 0, 111, 20), 45 * 0.00994505, 1e-6);
  ck_assert_double_eq_tol (sf_sea_pressure_surge_m (&storms, &params, 3 * 3600, 109.5, 20), 45 * 0.00994505, 1e-6);
}
END_TEST

/* B from the wind: (36 / 0.9)^2 * 2.7182818 * 1.15 / 4500 = 1.111475. */
START_TEST (shape_from_the_wind)
{
  struct sf_record fixes[FIXES];
  struct sf_track track;
  struct sf_tracks storms = storm_of (fixes, &track, 960);
  for (int i = 0; i < FIXES; i++)
    fixes[i].as.track.wind_mps = 36;
  double r_km = sf_sphere_distance_km (111, 20, 111, 20.6);
  double expected_m = sf_sea_inverse_barometer_m (1005, sf_sea_pressure_hpa (960, 1005, 40, 1.111475, r_km));
  ck_assert_double_eq_tol (sf_sea_pressure_surge_m (&storms, &params, 0, 111, 20.6), expected_m, 1e-6);
}
END_TEST

START_TEST (outside_a_storms_life)
{
  struct sf_record fixes[FIXES];
  struct sf_track track;
  struct sf_tracks storms = storm_of (fixes, &track, 960), none = { .count = 0 };
  ck_assert (isnan (sf_sea_pressure_surge_m (&storms, &params, -1, 111, 20)));
  ck_assert (isnan (sf_sea_pressure_surge_m (&storms, &params, 3 * 3600 + 1, 111, 20)));
  ck_assert (isnan (sf_sea_pressure_surge_m (&none, &params, 0, 111, 20)));
  ck_assert (!sf_sea_storm_is_near (&none, 800, 0, 111, 20));
  ck_assert (sf_sea_storm_is_near (&storms, 800, 0, 110, 19));
  ck_assert (!sf_sea_storm_is_near (&storms, 800, 0, 130, 19));
  ck_assert (!sf_sea_storm_is_near (&storms, 800, -1, 111, 20));
  fixes[1].as.track.pressure_hpa = (double) NAN; /* known again from the next fix */
  ck_assert (isfinite (sf_sea_pressure_surge_m (&storms, &params, 1800, 111, 20)));
  for (int i = 0; i < FIXES; i++)
    fixes[i].as.track.pressure_hpa = (double) NAN;
  ck_assert (isnan (sf_sea_pressure_surge_m (&storms, &params, 0, 111, 20)));
  for (int i = 0; i < FIXES; i++)
    fixes[i].as.track.pressure_hpa = 1008; /* no low at all */
  ck_assert_double_eq (sf_sea_pressure_surge_m (&storms, &params, 0, 111, 20), 0);
  track.fixes_count = 1; /* one fix holds for its own moment */
  ck_assert_double_eq (sf_sea_pressure_surge_m (&storms, &params, 0, 111, 20), 0);
  ck_assert (isnan (sf_sea_pressure_surge_m (&storms, &params, 60, 111, 20)));
}
END_TEST

START_TEST (two_storms_the_deepest)
{
  struct sf_record fixes[2][FIXES];
  struct sf_track tracks[2];
  storm_of (fixes[0], &tracks[0], 990);
  storm_of (fixes[1], &tracks[1], 950);
  struct sf_tracks both = { .count = 2, .tracks = tracks };
  struct sf_tracks deep = { .count = 1, .tracks = &tracks[1] };
  ck_assert_double_eq (sf_sea_pressure_surge_m (&both, &params, 0, 110.7, 20.2),
                       sf_sea_pressure_surge_m (&deep, &params, 0, 110.7, 20.2));
}
END_TEST

START_TEST (across_180_degrees)
{
  struct sf_record fixes[FIXES];
  struct sf_track track;
  struct sf_tracks storms = storm_of (fixes, &track, 960);
  fixes[0].as.track.lon_deg = -179.8;
  fixes[1].as.track.lon_deg = 179.8;
  ck_assert_double_eq_tol (sf_sea_pressure_surge_m (&storms, &params, 1800, 180, 20), 45 * 0.00994505, 1e-6);
}
END_TEST

/* One degree of longitude at the equator is 111.195 km: 12 pieces of 9.27 km towards the west, depths from 60 to 12. */
START_TEST (way_in_pieces)
{
  struct sf_sea_way_point way[] = { { 111, 0, 60 }, { 110, 0, 12 } };
  struct sf_sea_station station = { .way = way, .way_count = 2 };
  struct sf_sea_way_piece pieces[12];
  ck_assert_uint_eq (sf_sea_way_pieces (&station, 10, NULL), 12);
  ck_assert_uint_eq (sf_sea_way_pieces (&station, 10, pieces), 12);
  ck_assert_double_eq_tol (pieces[0].length_m, 111195.08 / 12, 1);
  ck_assert_double_eq_tol (pieces[0].lon_deg, 111 - 1.0 / 24, 1e-12);
  ck_assert_double_eq_tol (pieces[0].depth_m, 4 / log (60.0 / 56), 1e-9);
  ck_assert_double_eq_tol (pieces[11].depth_m, 4 / log (16.0 / 12), 1e-9);
  ck_assert_double_eq_tol (pieces[5].east, -1, 1e-9);
  struct sf_sea_piece wind = sf_sea_wind_on_piece (&pieces[0], -20, 15, 0.931);
  ck_assert_double_eq_tol (wind.wind_mps, 0.931 * 25, 1e-9);
  ck_assert_double_eq_tol (wind.along_mps, 0.931 * 20, 1e-6);
  station.way_count = 0;
  ck_assert_uint_eq (sf_sea_way_pieces (&station, 10, NULL), 0);
}
END_TEST

/* --- the peak --- */

static struct sf_sea_series
series_of (size_t count, double *surge_m, double *tide_m)
{
  static int64_t time_s[16];
  for (size_t i = 0; i < count; i++)
    time_s[i] = 3600 * (int64_t) i;
  return (struct sf_sea_series){ count, time_s, surge_m, surge_m, surge_m, tide_m };
}

/* Highest total 1.5 + 2.0 = 3.5 at hour 3. Shifted by up to three hours the surge of 2.0 meets tides of 1.0 to 1.8: peaks
   of 3.0 (three hours earlier, tide 1.0) to 3.8 (two later, tide 1.8). Half the band: max (0.4, 0.35 * 2) = 0.7. */
START_TEST (band_of_the_arrival)
{
  double surge_m[] = { 0, 0, 0, 2, 0, 0, 0, 0 }, tide_m[] = { 1.0, 1.2, 1.4, 1.5, 1.7, 1.8, 1.6, 1.3 };
  struct sf_sea_series series = series_of (8, surge_m, tide_m);
  struct sf_sea_peak peak;
  ck_assert (sf_sea_find_peak (&series, 0, &params, &peak));
  ck_assert_uint_eq (peak.hour, 3);
  ck_assert_double_eq_tol (peak.total_m, 3.5, 1e-12);
  ck_assert_double_eq_tol (peak.total_low_m, 3.0 - 0.7, 1e-12);
  ck_assert_double_eq_tol (peak.total_high_m, 3.8 + 0.7, 1e-12);
  ck_assert_double_eq_tol (peak.surge_low_m, 1.3, 1e-12);
  ck_assert_double_eq_tol (peak.surge_high_m, 2.7, 1e-12);
}
END_TEST

START_TEST (tide_alone)
{
  double surge_m[] = { NAN, NAN, NAN }, tide_m[] = { 1.0, 1.8, 1.4 };
  struct sf_sea_series series = series_of (3, surge_m, tide_m);
  struct sf_sea_peak peak;
  ck_assert (sf_sea_find_peak (&series, 0, &params, &peak));
  ck_assert (!peak.has_surge && peak.has_tide);
  ck_assert_uint_eq (peak.hour, 1);
  ck_assert (isnan (peak.surge_m) && isnan (peak.surge_low_m) && isnan (peak.surge_high_m));
  ck_assert_double_eq (peak.total_m, 1.8);
  ck_assert_double_eq (peak.total_low_m, 1.8);
  ck_assert_double_eq (peak.total_high_m, 1.8);
  ck_assert (sf_sea_find_peak (&series, 2, &params, &peak)); /* only what lies ahead */
  ck_assert_double_eq (peak.total_m, 1.4);
}
END_TEST

START_TEST (surge_alone_and_nothing)
{
  double surge_m[] = { NAN, 0.3, 0.9, 0.2 }, tide_m[] = { NAN, NAN, NAN, NAN };
  struct sf_sea_series series = series_of (4, surge_m, tide_m);
  struct sf_sea_peak peak;
  ck_assert (sf_sea_find_peak (&series, 0, &params, &peak));
  ck_assert_uint_eq (peak.hour, 2);
  ck_assert (isnan (peak.total_m) && isnan (peak.total_low_m) && isnan (peak.total_high_m));
  ck_assert_double_eq_tol (peak.surge_low_m, 0.5, 1e-12);
  ck_assert_double_eq_tol (peak.surge_high_m, 1.3, 1e-12);
  surge_m[1] = surge_m[2] = surge_m[3] = (double) NAN;
  ck_assert (!sf_sea_find_peak (&series, 0, &params, &peak));
  series.count = 0;
  ck_assert (!sf_sea_find_peak (&series, 0, &params, &peak));
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { pressure_between_fixes,  shape_from_the_wind,
                                 outside_a_storms_life,   two_storms_the_deepest,
                                 across_180_degrees,      way_in_pieces,
                                 band_of_the_arrival,     tide_alone,
                                 surge_alone_and_nothing, NULL };
  return run_tests ("surge", tests);
}
