/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_UNIT_CHANCE_HELP_H
#define SF_TESTS_UNIT_CHANCE_HELP_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/plugin/pool.h"
#include "models/typhoon/ensemble/chances.h"

/* Simulated ensembles for tests and benchmarks of probabilities: synthetic storms, no agency's. Forces 6, 7, 8, 10,
   12. */

enum
{
  CHANCE_FORCES = 5,
  CHANCE_FIX_HOURS = 3
};

struct chance_host
{
  struct sf_host host;
  struct sf_pool *pool;
};

static enum sf_code
chance_parallel (const struct sf_host *host, int blocks, sf_block_fn fn, void *ctx, struct sf_error *err)
{
  const struct chance_host *mine = (const void *) host;
  return sf_pool_run (mine->pool, blocks, fn, ctx, NULL, err);
}

static bool
chance_not_cancelled (const struct sf_host *host)
{
  (void) host;
  return false;
}

static inline void
chance_host_open (struct chance_host *host, int threads)
{
  *host = (struct chance_host){ .host = { .struct_size = sizeof host->host,
                                          .component = "test",
                                          .parallel = chance_parallel,
                                          .cancelled = chance_not_cancelled } };
  if (sf_pool_new (threads, &host->pool, NULL) != SF_OK)
    abort ();
}

static inline void
chance_host_close (struct chance_host *host)
{
  sf_pool_free (host->pool);
}

/* --- random numbers: xorshift64* (Vigna 2016) --- */

static inline double
chance_random (uint64_t *state)
{
  uint64_t x = *state;
  x ^= x >> 12;
  x ^= x << 25;
  x ^= x >> 27;
  *state = x;
  return (double) ((x * UINT64_C (0x2545F4914F6CDD1D)) >> 11) * 0x1p-53;
}

static inline double
chance_between (uint64_t *state, double a, double b)
{
  return a + (b - a) * chance_random (state);
}

/* About normal: the sum of twelve. */
static inline double
chance_normal (uint64_t *state)
{
  double sum = -6.0;
  for (int i = 0; i < 12; i++)
    sum += chance_random (state);
  return sum;
}

/* --- ensembles --- */

struct chance_world
{
  size_t members;
  int hours; /* positions of each member */
  double *lon_deg, *lat_deg;
  struct sf_force_radii *radii;
  uint8_t *knots;
  struct sf_chance_track *tracks;
};

static inline void
chance_world_alloc (struct chance_world *world, size_t members, int hours)
{
  size_t positions = members * (size_t) hours;
  *world = (struct chance_world){ .members = members, .hours = hours };
  world->lon_deg = malloc (positions * sizeof *world->lon_deg);
  world->lat_deg = malloc (positions * sizeof *world->lat_deg);
  world->radii = calloc (positions * CHANCE_FORCES, sizeof *world->radii);
  world->knots = calloc ((size_t) hours, 1);
  world->tracks = calloc (members, sizeof *world->tracks);
  if (!world->lon_deg || !world->lat_deg || !world->radii || !world->knots || !world->tracks)
    abort ();
  for (int h = 0; h < hours; h++)
    world->knots[h] = h % CHANCE_FIX_HOURS == 0;
  for (size_t m = 0; m < members; m++)
    world->tracks[m] = (struct sf_chance_track){ .member = m,
                                                 .hours = hours,
                                                 .lon_deg = world->lon_deg + m * (size_t) hours,
                                                 .lat_deg = world->lat_deg + m * (size_t) hours,
                                                 .radii = world->radii + m * (size_t) hours * CHANCE_FORCES,
                                                 .knots = world->knots };
}

static inline void
chance_world_free (struct chance_world *world)
{
  free (world->lon_deg);
  free (world->lat_deg);
  free (world->radii);
  free (world->knots);
  free (world->tracks);
}

/* Hours between fixes from the fixes, straight. */
static inline void
chance_fill_between (struct chance_world *world, size_t member)
{
  double *lon = world->lon_deg + member * (size_t) world->hours, *lat = world->lat_deg + member * (size_t) world->hours;
  struct sf_force_radii *radii = world->radii + member * (size_t) world->hours * CHANCE_FORCES;
  for (int h = 0; h < world->hours; h++)
    {
      int a = h - h % CHANCE_FIX_HOURS, b = a + CHANCE_FIX_HOURS;
      double part = (double) (h - a) / CHANCE_FIX_HOURS;
      if (h == a || b >= world->hours)
        continue;
      lon[h] = lon[a] + part * (lon[b] - lon[a]);
      lat[h] = lat[a] + part * (lat[b] - lat[a]);
      for (int f = 0; f < CHANCE_FORCES; f++)
        {
          struct sf_force_radii *now = &radii[h * CHANCE_FORCES + f], *from = &radii[a * CHANCE_FORCES + f],
                                *to = &radii[b * CHANCE_FORCES + f];
          for (int q = 0; q < 4; q++)
            now->outer_km[q] = from->outer_km[q] + part * (to->outer_km[q] - from->outer_km[q]);
          now->inner_km = from->inner_km + part * (to->inner_km - from->inner_km);
        }
    }
}

/* A storm like those that come to Hainan, west-north-westward over the province's grid in 72 h, strongest in the
   middle: every member with its own course, speed, strength and size. */
static inline void
chance_hainan_member (struct chance_world *world, size_t member, uint64_t *state)
{
  static const double share[CHANCE_FORCES] = { 1.5, 1.25, 1.0, 0.52, 0.3 };
  double east = chance_normal (state), north = chance_normal (state), speed = 1.0 + 0.15 * chance_normal (state);
  double size = exp (0.25 * chance_normal (state)), strength = chance_normal (state);
  double quadrant[4] = { 1.15, 1.05, 0.85, 1.0 };
  for (int h = 0; h < world->hours; h += CHANCE_FIX_HOURS)
    {
      size_t at = member * (size_t) world->hours + (size_t) h;
      double lead = h / 72.0, drift = 0.3 + 1.6 * lead, decay = fmin (1.0, 2.2 - 2.0 * lead + 0.1 * strength);
      world->lon_deg[at] = 114.0 - 6.5 * lead * speed + 0.5 * drift * east;
      world->lat_deg[at] = 18.2 + 2.2 * lead + 0.5 * drift * north;
      for (int f = 0; f < CHANCE_FORCES; f++)
        {
          struct sf_force_radii *radii = &world->radii[at * CHANCE_FORCES + (size_t) f];
          double weaker = f < 3 ? 1.0 : f == 3 ? fmax (0.0, decay) : fmax (0.0, 1.6 * decay - 0.6);
          for (int q = 0; q < 4; q++)
            radii->outer_km[q] = 190.0 * size * share[f] * quadrant[q] * weaker;
          radii->inner_km = weaker > 0.0 ? 6.0 + 3.0 * f : NAN;
        }
    }
}

static inline void
chance_hainan (struct chance_world *world, size_t members, int hours, uint64_t seed)
{
  uint64_t state = seed * UINT64_C (0x9E3779B97F4A7C15) + 1;
  chance_world_alloc (world, members, hours);
  for (size_t m = 0; m < members; m++)
    {
      chance_hainan_member (world, m, &state);
      chance_fill_between (world, m);
    }
}

/* The grid of the domain's province. */
static inline struct sf_wind_grid
chance_province (void)
{
  return (struct sf_wind_grid){
    .lon0_deg = 107.005, .lat0_deg = 21.495, .dlon_deg = 0.01, .dlat_deg = -0.01, .nx = 600, .ny = 450
  };
}

/* Forces 8, 10, 12 in three windows, strikes within 50, 120, 300 km. */
static inline struct sf_chances
chance_usual (const struct chance_world *world, struct sf_wind_grid grid)
{
  return (struct sf_chances){ .grid = grid,
                              .members = world->members,
                              .tracks_count = world->members,
                              .tracks = world->tracks,
                              .forces = CHANCE_FORCES,
                              .wanted = 3,
                              .force_of = { 2, 3, 4 },
                              .windows = 3,
                              .begin_hour = { 0, 24, 48 },
                              .end_hour = { 24, 48, 72 },
                              .strikes = 3,
                              .strike_km = { 50, 120, 300 },
                              .strike_end_hour = 100000 };
}

/* Room for all counts of chances; one piece of memory, returned. */
static inline uint16_t *
chance_counts_alloc (const struct sf_chances *chances, struct sf_chance_counts *counts)
{
  size_t cells = (size_t) chances->grid.nx * (size_t) chances->grid.ny;
  int winds = (chances->windows + 1) * chances->wanted;
  uint16_t *memory = malloc ((size_t) (winds + chances->strikes) * cells * sizeof *memory);
  if (!memory)
    abort ();
  for (int n = 0; n < winds; n++)
    counts->wind[n] = memory + (size_t) n * cells;
  for (int s = 0; s < chances->strikes; s++)
    counts->strike[s] = memory + (size_t) (winds + s) * cells;
  return memory;
}

#endif
