/* SPDX-License-Identifier: Apache-2.0 */
/* Probabilities of an ensemble on the province's grid, 600 x 450 cells, 72 h: hours and vortices from the members'
   25 fixes, forces 8, 10, 12 in three windows and the whole time, strikes within 50, 120, 300 km, and arrivals of
   five forces at 60 places with 560 points. Variants: 1000 and 51 members, and of 1000 members each part alone;
   plain is without AVX2.

   `limit_cpu_s` is what this way of counting cannot do without, `of_limit` how far the whole is from it. Every run
   of cells that a force of an hour cuts out of a row has two ends, and each takes two exact tests to be proved;
   every place whose latitude a force reaches takes one. A test is 20 operations, AVX2 does 8 doubles in a cycle.
   Every counter that a member raises is read and written once, 1 bit each, at 10 GB/s. The cycle is taken from the
   reference kernel, which waits 7 of them for each of its steps. */
#include "core/base/file.h"
#include "core/base/time.h"
#include "models/typhoon/ensemble/arrivals.h"
#include "models/typhoon/ensemble/member_hours.h"
#include "models/typhoon/ensemble/spans.h"
#include "tests/bench/bench.h"
#include "tests/unit/chance_help.h"

enum
{
  FIXES = 25,
  PLACES = 60,
  POINTS = 560
};

struct run
{
  struct chance_host host;
  struct sf_tracks tracks;
  struct sf_vortex_rules rules;
  struct sf_member_hours hours;
  struct sf_chances chances;
  struct sf_chance_counts counts;
  struct sf_arrival_places places;
  double lon_deg[POINTS], lat_deg[POINTS], struck[PLACES];
  size_t place_of[POINTS];
  struct sf_arrival_chance arrivals[PLACES * SF_CHANCE_FORCES];
  bool winds, strikes;
  int failed;
};

/* A member's fix at 3 k hours: like chance_hainan_member, in the words of the dataset `members`. */
static void
fill_fix (struct sf_record *record, int k, const double draw[5])
{
  static const double share[SF_RADII_FORCES] = { 1.25, 0.52, 0.3 }, force_mps[SF_RADII_FORCES] = { 13.9, 24.5, 32.7 };
  double quadrant[4] = { 1.15, 1.05, 0.85, 1.0 }, lead = k / 24.0, drift = 0.3 + 1.6 * lead;
  sf_record_init (record, SF_RECORD_TRACK);
  struct sf_fix *fix = &record->as.track;
  record->valid_s = k * INT64_C (10800);
  fix->lon_deg = 114.0 - 6.5 * lead * (1.0 + 0.15 * draw[2]) + 0.5 * drift * draw[0];
  fix->lat_deg = 18.2 + 2.2 * lead + 0.5 * drift * draw[1];
  fix->wind_mps = fmax (12.0, (52.0 + 6.0 * draw[4]) * fmin (1.0, 1.9 - 1.4 * lead));
  fix->rmw_km = 30.0;
  for (int f = 0; f < SF_RADII_FORCES; f++)
    for (int q = 0; q < 4 && fix->wind_mps > force_mps[f]; q++)
      fix->radii_km[f * 4 + q] = fmax (40.0 + 5.0 * q, 230.0 * exp (0.25 * draw[3]) * share[f] * quadrant[q]);
}

static void
make_members (struct run *run, size_t members)
{
  uint64_t state = 99;
  struct sf_record *fixes = calloc (members * FIXES, sizeof *fixes);
  run->tracks = (struct sf_tracks){ .count = members, .tracks = calloc (members, sizeof *run->tracks.tracks) };
  for (size_t m = 0; m < members; m++)
    {
      double draw[5];
      for (int i = 0; i < 5; i++)
        draw[i] = chance_normal (&state);
      run->tracks.tracks[m]
          = (struct sf_track){ .storm = "bench", .base_s = 0, .fixes_count = FIXES, .fixes = fixes + m * FIXES };
      for (int k = 0; k < FIXES; k++)
        fill_fix (&fixes[m * FIXES + (size_t) k], k, draw);
    }
}

static void
free_members (struct run *run)
{
  free (run->tracks.tracks[0].fixes);
  free (run->tracks.tracks);
}

static void
make_places (struct run *run)
{
  uint64_t state = 5;
  for (size_t p = 0; p < POINTS; p++)
    {
      run->lon_deg[p] = chance_between (&state, 108.6, 111.0);
      run->lat_deg[p] = chance_between (&state, 18.2, 20.1);
      run->place_of[p] = p % PLACES;
    }
  run->places = (struct sf_arrival_places){ POINTS, run->lon_deg, run->lat_deg, run->place_of, PLACES };
}

static void
make_hours (void *context)
{
  struct run *run = context;
  sf_member_hours_finish (&run->hours);
  run->failed |= sf_member_hours_init (&run->hours, &run->host.host, &run->tracks, 0, &run->rules, NULL) != SF_OK;
  run->chances.members = run->hours.members;
  run->chances.tracks_count = run->hours.tracks_count;
  run->chances.tracks = run->hours.tracks;
}

static void
count_cells (void *context)
{
  struct run *run = context;
  struct sf_chances chances = run->chances;
  struct sf_chance_counts counts = run->counts;
  chances.wanted = run->winds ? chances.wanted : 0;
  chances.strikes = run->strikes ? chances.strikes : 0;
  run->failed |= sf_chances_count (&run->host.host, &chances, &counts, NULL) != SF_OK;
}

static void
find_arrivals (void *context)
{
  struct run *run = context;
  struct sf_chances chances = run->chances;
  chances.strikes = 1;
  chances.strike_km[0] = 120;
  run->failed |= sf_arrivals_find (&run->host.host, &chances, &run->places, run->arrivals, run->struck, NULL) != SF_OK;
}

/* As the two stages do it, each with hours of its own. */
static void
do_all (void *context)
{
  make_hours (context);
  count_cells (context);
  make_hours (context);
  find_arrivals (context);
}

/* Rows that the wanted forces' edges cut on the grid, and places in the latitudes of all, over all members and
   hours. */
static double
rows_cut (const struct run *run, double *ret_places)
{
  const struct sf_wind_grid *grid = &run->chances.grid;
  double rows = 0, south = grid->lat0_deg + (grid->ny - 1) * grid->dlat_deg;
  double east = grid->lon0_deg + (grid->nx - 1) * grid->dlon_deg;
  *ret_places = 0;
  for (size_t t = 0; t < run->hours.tracks_count; t++)
    for (int i = 0; i < run->hours.tracks[t].hours; i++)
      for (int f = 0; f < SF_CHANCE_FORCES; f++)
        {
          const struct sf_chance_track *track = &run->hours.tracks[t];
          struct sf_force_shape shape;
          struct sf_span_region region;
          double lon = track->lon_deg[i], lat = track->lat_deg[i], per_deg = 111.12 * cos (lat * (M_PI / 180.0));
          if (!sf_force_shape_init (&shape, &track->radii[i * SF_CHANCE_FORCES + f])
              || !sf_span_region_force (&region, &shape))
            continue;
          double high = lat + region.y_max / 111.12, low = lat + region.y_min / 111.12;
          double top = fmin (grid->lat0_deg, high), bottom = fmax (south, low);
          bool beside = (grid->lon0_deg - lon) * per_deg > region.x_max || (east - lon) * per_deg < region.x_min;
          for (int p = 0; p < POINTS; p++)
            *ret_places += run->lat_deg[p] >= low && run->lat_deg[p] <= high;
          if (f >= run->chances.force_of[0] && !beside)
            rows += fmax (0.0, (top - bottom) / -grid->dlat_deg);
        }
  return rows;
}

static double
cells_counted (const struct run *run)
{
  double cells = 0;
  size_t n = (size_t) run->chances.grid.nx * (size_t) run->chances.grid.ny;
  for (int s = 0; s < (run->chances.windows + 1) * run->chances.wanted; s++)
    for (size_t i = 0; i < n; i++)
      cells += run->counts.wind[s][i];
  for (int s = 0; s < run->chances.strikes; s++)
    for (size_t i = 0; i < n; i++)
      cells += run->counts.strike[s][i];
  return cells;
}

static void
measure (struct run *run, const char *name, void (*work) (void *context), bool with_limit)
{
  char more[200] = "";
  struct bench_time time = bench_run (work, run, 5);
  double ref = bench_reference_s (), cell_steps = (double) run->hours.members * 73 * 600 * 450;
  if (with_limit)
    {
      double places, rows = rows_cut (run, &places), cycle_s = ref / (20e6 * 7);
      double limit = (4 * rows + places) * 20 / 8 * cycle_s + cells_counted (run) / 8 * 2 / 10e9;
      snprintf (more, sizeof more, ",\"rows_cut\":%.0f,\"limit_cpu_s\":%.4f,\"of_limit\":%.1f", rows, limit,
                time.cpu_s / limit);
    }
  bench_print_more ("ensemble", name, time, ref, cell_steps, "cell steps", more);
}

static void
measure_members (struct run *run, size_t members, const char *name)
{
  make_members (run, members);
  run->winds = run->strikes = true;
  measure (run, name, do_all, true);
}

int
main (void)
{
  static struct run run;
  const char *share = getenv ("SANFANG_SHARE");
  char path[4096];
  struct sf_error err = { 0 };
  snprintf (path, sizeof path, "%s/typhoon/vortex.yaml", share ? share : TEST_SRCDIR "/share");
  if (sf_vortex_rules_load (path, &run.rules, &err) != SF_OK)
    {
      fprintf (stderr, "%s\n", err.message);
      return EXIT_FAILURE;
    }
  struct chance_world none = { 0 };
  chance_host_open (&run.host, 1);
  make_places (&run);
  run.chances = chance_usual (&none, chance_province ());
  uint16_t *memory = chance_counts_alloc (&run.chances, &run.counts);
  measure_members (&run, 51, "51");
  free_members (&run);
  measure_members (&run, 1000, "1000");
  measure (&run, "1000-hours", make_hours, false);
  measure (&run, "1000-places", find_arrivals, false);
  run.winds = false;
  measure (&run, "1000-strike", count_cells, false);
  run.winds = true;
  run.strikes = false;
  measure (&run, "1000-wind", count_cells, false);
  run.chances.isa = SF_WIND_ISA_PLAIN;
  measure (&run, "1000-wind-plain", count_cells, false);
  free_members (&run);
  sf_member_hours_finish (&run.hours);
  free (memory);
  chance_host_close (&run.host);
  return run.failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
