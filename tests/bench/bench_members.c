/* SPDX-License-Identifier: Apache-2.0 */
/* 1,000 members of 72 h: drawing them (errors, places, winds over land), and finding where each comes ashore on a ragged
   island of 5,000 corners. */
#include "core/base/time.h"
#include "models/typhoon/ensemble/landfall_chance.h"
#include "models/typhoon/ensemble/member_set.h"
#include "tests/bench/bench.h"

#include <math.h>

enum
{
  MEMBERS = 1000,
  LEADS = 25,
  CORNERS = 5000
};

struct run
{
  struct sf_arena arena;
  struct sf_member_rules rules;
  struct sf_centre_samples samples;
  struct sf_geometry *island;
  struct sf_polygon_index *index;
  struct sf_record fixes[MEMBERS][LEADS];
  int failed, landfalls;
};

static double columns[7][LEADS], radii_km[LEADS * 12];
static int64_t time_s[LEADS];

static void
make_centre (struct run *run)
{
  double **const arrays[]
      = { &run->samples.hour,     &run->samples.lead_h,       &run->samples.lon_deg,        &run->samples.lat_deg,
          &run->samples.wind_mps, &run->samples.pressure_hpa, &run->samples.environment_hpa };
  for (int a = 0; a < 7; a++)
    *arrays[a] = columns[a];
  run->samples.rmw_km = columns[0]; /* 0 to 72 km: any will do */
  run->samples.radii_km = radii_km;
  run->samples.time_s = time_s;
  run->samples.n = LEADS;
  for (int k = 0; k < LEADS; k++)
    {
      const double values[7] = { 3 * k, 3 * k, 115 - 0.35 * k, 17.5 + 0.12 * k, 45, 950, 1005 };
      for (int a = 0; a < 7; a++)
        columns[a][k] = values[a];
      for (int ring = 0; ring < 12; ring++)
        radii_km[12 * k + ring] = 300 - 100 * (ring / 4);
      time_s[k] = 10800 * k;
    }
}

static void
make_island (struct run *run)
{
  run->island = sf_geometry_new (SF_GEOMETRY_POLYGON);
  run->failed |= !run->island || sf_geometry_begin_part (run->island, true);
  for (int i = 0; i <= CORNERS; i++)
    {
      double angle = 2 * M_PI * (i % CORNERS) / CORNERS, r = 1 + 0.02 * sin (37 * angle) + 0.005 * sin (911 * angle);
      run->failed |= sf_geometry_add_point (run->island, 110 + 1.2 * r * cos (angle), 19.2 + 0.9 * r * sin (angle));
    }
  run->failed
      |= sf_polygon_index_new ((const struct sf_geometry *const *) &run->island, 1, SF_RINGS_OUTER, &run->index, NULL);
}

static void
draw (void *context)
{
  struct run *run = context;
  struct sf_arena arena = { 0 };
  struct sf_member_set set;
  struct sf_land_shares land;
  run->failed
      |= sf_member_set_init (&set, &arena, &run->samples, &run->rules, &run->rules.track_km, MEMBERS, NULL) != SF_OK;
  run->failed |= sf_member_set_draw (&set, 0, MEMBERS, NULL) != SF_OK;
  struct sf_lonlat_box box = sf_member_set_box (&set);
  run->failed |= sf_land_shares_init (&land, (const struct sf_geometry *const *) &run->island, 1, &box, NULL) != SF_OK;
  set.land = &land;
  sf_member_set_decay (&set);
  run->failed |= sf_member_set_winds (&set, 0, MEMBERS, NULL) != SF_OK;
  for (size_t i = 0; i < MEMBERS; i++)
    for (size_t k = 0; k < LEADS; k++)
      {
        run->fixes[i][k].valid_s = time_s[k];
        sf_member_set_fix (&set, i, k, &run->fixes[i][k].as.track);
      }
  sf_land_shares_finish (&land);
  sf_member_set_finish (&set);
  sf_arena_finish (&arena);
}

static bool
counts (void *ctx, const struct sf_entry *entry)
{
  (void) ctx;
  return entry->time_s >= 0;
}

static void
come_ashore (void *context)
{
  struct run *run = context;
  const struct sf_ashore_query query = { .land = run->index, .bay_s = 7200, .counts = counts };
  run->landfalls = 0;
  for (int i = 0; i < MEMBERS; i++)
    {
      const struct sf_track track = { .fixes = run->fixes[i], .fixes_count = LEADS };
      struct sf_entry entry;
      bool found = false;
      run->failed |= sf_ashore_first (&query, &track, &entry, &found, NULL) != SF_OK;
      run->landfalls += found;
    }
}

int
main (int argc, char **argv)
{
  static struct run run;
  const char *rules = argc > 1 ? argv[1] : TEST_SRCDIR "/share/typhoon/ensemble.yaml";
  struct sf_error err = { 0 };
  if (sf_member_rules_load (rules, &run.rules, &err) != SF_OK)
    {
      fprintf (stderr, "bench_members: %s\n", err.message);
      return 1;
    }
  make_centre (&run);
  make_island (&run);
  struct bench_time time = bench_run (draw, &run, 9);
  bench_print ("members", "draw-1000", time, bench_reference_s (), 1000 * (double) LEADS, "fixes");
  time = bench_run (come_ashore, &run, 9);
  bench_print ("members", "ashore-1000", time, bench_reference_s (), 1000, "members");
  sf_polygon_index_free (run.index);
  sf_geometry_free (run.island);
  return run.failed || run.landfalls < 100;
}
