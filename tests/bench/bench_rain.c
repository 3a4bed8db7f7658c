/* SPDX-License-Identifier: Apache-2.0 */
/* The rain of a storm on the province's grid, and of a thousand members over 19 counties. The way is that of a storm that
   crosses the grid in 72 h; members differ from it in place only. */
#include "core/base/time.h"
#include "models/rain/county_rain.h"
#include "tests/bench/bench.h"

#include <math.h>

enum
{
  NX = 600,
  NY = 450,
  FIXES = 25,
  MEMBERS = 1000,
  COUNTIES = 19,
  POINTS = 235 /* one for each 12 km of Hainan */
};

static struct sf_rain_params params = { .reach_km = 300,
                                        .step_min = 15,
                                        .averaging_min = { 1, 2, 10 },
                                        .to_1min = { 1, 1.08, 1.16 },
                                        .cv = 0.6,
                                        .event_mmph = 1.5 };

static struct sf_track
way_of (struct sf_record *fixes, double shift_deg)
{
  for (int i = 0; i < FIXES; i++)
    {
      sf_record_init (&fixes[i], SF_RECORD_TRACK);
      fixes[i].valid_s = 10800 * i;
      fixes[i].as.track.lon_deg = 117 - 0.5 * i;
      fixes[i].as.track.lat_deg = 17 + 0.15 * i + shift_deg;
      fixes[i].as.track.wind_mps = 45;
      fixes[i].as.track.averaging_min = 2;
    }
  return (struct sf_track){ .storm = "A", .fixes = fixes, .fixes_count = FIXES };
}

/* --- the field --- */

static void
rain_field (void *context)
{
  static const struct sf_gridspec grid = { NX, NY, { 107, 0.01, 0, 21.5, 0, -0.01 }, "EPSG:4490" };
  static struct sf_rain_table rates;
  static float total_mm[NX * NY];
  const struct sf_rain_storm *storm = context;
  for (size_t i = 0; i < storm->count; i++)
    {
      struct sf_rcliper profile;
      if (!sf_rcliper_init (&profile, storm->nodes[i].vmax_1min_mps))
        continue;
      sf_rain_table_fill (&rates, &profile, params.reach_km);
      sf_rain_add_rows (&grid, &storm->nodes[i], &rates, NULL, 0, NY, total_mm);
    }
}

/* --- members --- */

struct members
{
  struct sf_rain_points points;
  double lon_deg[POINTS], lat_deg[POINTS], weight[POINTS], rates[POINTS];
  size_t first[COUNTIES + 1];
  struct sf_rain_county sums[COUNTIES];
};

static void
rain_members (void *context)
{
  struct members *members = context;
  struct sf_record fixes[FIXES];
  struct sf_rain_params coarse = params;
  coarse.step_min = 30;
  for (int m = 0; m < MEMBERS; m++)
    {
      struct sf_rain_storm storm = { 0 };
      struct sf_track track = way_of (fixes, 0.002 * (m - MEMBERS / 2));
      if (sf_rain_storm_add (&storm, &track, &coarse, NULL) == SF_OK)
        sf_rain_county_sum (&members->points, &storm, &coarse, SF_TIME_MISSING, members->rates, members->sums);
      sf_rain_storm_finish (&storm);
    }
}

static void
place_points (struct members *members)
{
  for (int i = 0; i < POINTS; i++)
    {
      members->lon_deg[i] = 108.7 + 2.3 * (i % 16) / 16;
      members->lat_deg[i] = 18.2 + 1.9 * (i / 16) / 15;
      members->weight[i] = (double) COUNTIES / POINTS;
    }
  for (size_t c = 0; c <= COUNTIES; c++)
    members->first[c] = POINTS * c / COUNTIES;
  members->points = (struct sf_rain_points){ POINTS,           COUNTIES,        members->lon_deg,
                                             members->lat_deg, members->weight, members->first };
}

int
main (void)
{
  static struct members members;
  struct sf_record fixes[FIXES];
  struct sf_rain_storm storm = { 0 };
  struct sf_track track = way_of (fixes, 0);
  if (sf_rain_storm_add (&storm, &track, &params, NULL) != SF_OK)
    return EXIT_FAILURE;
  struct bench_time time = bench_run (rain_field, &storm, 11);
  bench_print ("rain", "field", time, bench_reference_s (), (double) storm.count * NX * NY, "cell steps");
  sf_rain_storm_finish (&storm);
  place_points (&members);
  time = bench_run (rain_members, &members, 5);
  bench_print ("rain", "members", time, bench_reference_s (), 144.0 * MEMBERS * POINTS, "point steps");
  return EXIT_SUCCESS;
}
