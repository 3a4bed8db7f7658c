/* SPDX-License-Identifier: Apache-2.0 */
/* Expected counts: a plain test of every cell at every hour, which shares with the kernels nothing but the
   predicate; the predicate itself is compared with numpy in test_chances_numpy.sh. */
#include <check.h>
#include <limits.h>

#include "models/typhoon/ensemble/spans.h"
#include "tests/unit/chance_help.h"

/* --- brute force --- */

static double
cell_x (const struct sf_wind_grid *grid, double eye_lon, double per_deg, int image, int column)
{
  double middle = grid->lon0_deg + 0.5 * grid->dlon_deg * (grid->nx - 1);
  double near = middle + remainder (eye_lon - middle, 360.0);
  return (grid->lon0_deg - (near + 360.0 * image)) * per_deg + (double) column * (grid->dlon_deg * per_deg);
}

static double
cell_y (const struct sf_wind_grid *grid, double eye_lat, int row)
{
  return (grid->lat0_deg + row * grid->dlat_deg - eye_lat) * 111.12;
}

/* Images that a region of this extent can touch at all; most grids need one. */
static bool
image_matters (const struct sf_wind_grid *grid, double eye_lon, double per_deg, int image, double reach_km)
{
  return cell_x (grid, eye_lon, per_deg, image, 0) <= reach_km
         && cell_x (grid, eye_lon, per_deg, image, grid->nx - 1) >= -reach_km;
}

static void
brute_force (const struct sf_chances *c, const struct sf_chance_track *track, int hour, int force, uint8_t *held)
{
  struct sf_force_shape shape;
  const struct sf_wind_grid *grid = &c->grid;
  double lon = track->lon_deg[hour], lat = track->lat_deg[hour], per_deg = 111.12 * cos (lat * (M_PI / 180.0));
  if (isnan (lon) || !sf_force_shape_init (&shape, &track->radii[hour * c->forces + force]))
    return;
  for (int image = -1; image <= 1; image++)
    if (image_matters (grid, lon, per_deg, image, 3000.0))
      for (int row = 0; row < grid->ny; row++)
        {
          double y = cell_y (grid, lat, row), x0 = cell_x (grid, lon, per_deg, image, 0);
          double hx = grid->dlon_deg * per_deg;
          uint8_t *out = held + (size_t) row * (size_t) grid->nx;
          for (int i = 0; i < grid->nx; i++)
            out[i] |= sf_force_shape_holds (&shape, x0 + (double) i * hx, y);
        }
}

static void
brute_strike (const struct sf_chances *c, const struct sf_chance_track *track, int a, int b, double km, uint8_t *held)
{
  const struct sf_wind_grid *grid = &c->grid;
  struct sf_strike_way way = sf_strike_way_of (track, a, b);
  for (int image = -1; image <= 1; image++)
    if (image_matters (grid, way.lon_deg, way.km_per_deg_lon, image, 3000.0))
      for (int row = 0; row < grid->ny; row++)
        for (int i = 0; i < grid->nx; i++)
          {
            double x = cell_x (grid, way.lon_deg, way.km_per_deg_lon, image, i), y = cell_y (grid, way.lat_deg, row);
            held[(size_t) row * (size_t) grid->nx + (size_t) i] |= sf_strike_leg_distance2 (&way.leg, x, y) <= km * km;
          }
}

static size_t
cells_of (const struct sf_chances *c)
{
  return (size_t) c->grid.nx * (size_t) c->grid.ny;
}

/* Add one member's held cells to counts. */
static void
add_held (const struct sf_chances *c, const uint8_t *held, uint16_t *counts)
{
  for (size_t i = 0; i < cells_of (c); i++)
    counts[i] = (uint16_t) (counts[i] + held[i]);
}

/* The hours of tracks [t, end), all of one member, that are in window w; for w == windows, in none. */
static void
brute_hours (const struct sf_chances *c, size_t t, size_t end, int w, int f, uint8_t *held)
{
  for (size_t k = t; k < end; k++)
    for (int h = 0; h < c->tracks[k].hours; h++)
      {
        int hour = c->tracks[k].first_hour + h, windows = 0;
        for (int v = 0; v < c->windows; v++)
          windows |= (hour >= c->begin_hour[v] && hour <= c->end_hour[v]) << v;
        if (w < c->windows ? windows >> w & 1 : windows == 0)
          brute_force (c, &c->tracks[k], h, c->force_of[f], held);
      }
}

static void
brute_wind (const struct sf_chances *c, size_t t, size_t end, int f, uint8_t *held,
            const struct sf_chance_counts *counts)
{
  uint8_t *all = held + cells_of (c);
  memset (all, 0, cells_of (c));
  for (int w = 0; w <= c->windows; w++)
    {
      memset (held, 0, cells_of (c));
      brute_hours (c, t, end, w, f, held);
      if (w < c->windows)
        add_held (c, held, counts->wind[w * c->wanted + f]);
      for (size_t i = 0; i < cells_of (c); i++)
        all[i] |= held[i];
    }
  add_held (c, all, counts->wind[c->windows * c->wanted + f]);
}

static void
brute_strikes (const struct sf_chances *c, size_t t, size_t end, int s, uint8_t *held, uint16_t *counts)
{
  memset (held, 0, cells_of (c));
  for (size_t k = t; k < end; k++)
    {
      int from = 0, a, b;
      while (sf_strike_next (&c->tracks[k], c->strike_begin_hour, c->strike_end_hour, &from, &a, &b))
        brute_strike (c, &c->tracks[k], a, b, c->strike_km[s], held);
    }
  add_held (c, held, counts);
}

static void
brute_all (const struct sf_chances *c, const struct sf_chance_counts *counts)
{
  uint8_t *held = malloc (2 * cells_of (c));
  for (int n = 0; n < (c->windows + 1) * c->wanted; n++)
    memset (counts->wind[n], 0, cells_of (c) * sizeof (uint16_t));
  for (int s = 0; s < c->strikes; s++)
    memset (counts->strike[s], 0, cells_of (c) * sizeof (uint16_t));
  for (size_t t = 0, end; t < c->tracks_count; t = end)
    {
      for (end = t + 1; end < c->tracks_count && c->tracks[end].member == c->tracks[t].member;)
        end++;
      for (int f = 0; f < c->wanted; f++)
        brute_wind (c, t, end, f, held, counts);
      for (int s = 0; s < c->strikes; s++)
        brute_strikes (c, t, end, s, held, counts->strike[s]);
    }
  free (held);
}

static size_t
counts_bytes (const struct sf_chances *c)
{
  return (size_t) ((c->windows + 1) * c->wanted + c->strikes) * cells_of (c) * sizeof (uint16_t);
}

/* Count with given threads and instructions; expected: the counts that there must be. */
static void
compare (struct sf_chances *c, int threads, enum sf_wind_isa isa, const uint16_t *expected)
{
  struct sf_chance_counts counts;
  struct chance_host host;
  struct sf_error err = { 0 };
  chance_host_open (&host, threads);
  uint16_t *memory = chance_counts_alloc (c, &counts);
  c->isa = isa;
  ck_assert_msg (sf_chances_count (&host.host, c, &counts, &err) == SF_OK, "%s", err.message);
  for (size_t i = 0; i < counts_bytes (c) / sizeof (uint16_t); i++)
    if (memory[i] != expected[i])
      ck_abort_msg ("set %zu, cell %zu: %u, not %u", i / cells_of (c), i % cells_of (c), memory[i], expected[i]);
  free (memory);
  chance_host_close (&host);
}

static void
compare_with_brute (struct sf_chances *c)
{
  struct sf_chance_counts brute;
  uint16_t *memory = chance_counts_alloc (c, &brute);
  brute_all (c, &brute);
  compare (c, 2, SF_WIND_ISA_AUTO, memory);
  compare (c, 1, SF_WIND_ISA_PLAIN, memory);
  free (memory);
}

/* --- the province --- */

START_TEST (twenty_members_are_as_brute_force_has_them)
{
  struct chance_world world;
  chance_hainan (&world, 20, 73, 7);
  struct sf_chances c = chance_usual (&world, chance_province ());
  compare_with_brute (&c);
  chance_world_free (&world);
}
END_TEST

START_TEST (threads_and_instructions_change_nothing)
{
  struct chance_world world;
  struct sf_chance_counts counts;
  struct chance_host host;
  chance_hainan (&world, 37, 73, 8);
  struct sf_chances c = chance_usual (&world, chance_province ());
  uint16_t *memory = chance_counts_alloc (&c, &counts);
  chance_host_open (&host, 1);
  ck_assert_int_eq (sf_chances_count (&host.host, &c, &counts, NULL), SF_OK);
  compare (&c, 2, SF_WIND_ISA_AUTO, memory);
  compare (&c, 3, SF_WIND_ISA_PLAIN, memory);
  chance_host_close (&host);
  free (memory);
  chance_world_free (&world);
}
END_TEST

/* --- random storms --- */

/* Radii of every kind: round, one-sided, missing quadrants, eyes larger than a quadrant. */
static struct sf_force_radii
random_radii (uint64_t *state)
{
  struct sf_force_radii radii = { .inner_km = chance_random (state) < 0.3 ? NAN : chance_between (state, 0, 60) };
  double size = chance_random (state) < 0.1 ? 0.0 : exp (chance_between (state, 0.5, 6.0)),
         uneven = chance_random (state);
  for (int q = 0; q < 4; q++)
    {
      double kind = chance_random (state);
      radii.outer_km[q] = size * (1.0 + uneven * chance_between (state, -1.0, 1.0));
      if (kind < 0.08 * uneven)
        radii.outer_km[q] = kind < 0.04 * uneven ? 0.0 : NAN;
    }
  return radii;
}

static void
random_member (struct chance_world *world, size_t member, const double box[4], uint64_t *state)
{
  double lon = chance_between (state, box[0], box[1]), lat = chance_between (state, box[2], box[3]);
  double east = chance_between (state, -0.6, 0.6), north = chance_between (state, -0.4, 0.4);
  for (int h = 0; h < world->hours; h++)
    {
      size_t at = member * (size_t) world->hours + (size_t) h;
      bool lost = chance_random (state) < 0.03;
      world->lon_deg[at] = lost ? NAN : lon > 180.0 ? lon - 360.0 : lon < -180.0 ? lon + 360.0 : lon;
      world->lat_deg[at] = lat;
      lon += chance_random (state) < 0.1 ? 0.0 : east;
      lat += chance_random (state) < 0.1 ? 0.0 : north;
      for (int f = 0; f < CHANCE_FORCES; f++)
        world->radii[at * CHANCE_FORCES + (size_t) f] = random_radii (state);
    }
}

/* Ensembles of two storms for some members, tracks that begin late, on a grid. */
static void
try_random (struct sf_wind_grid grid, const double box[4], uint64_t seed)
{
  uint64_t state = seed * UINT64_C (0x9E3779B97F4A7C15) + 1;
  struct chance_world world;
  chance_world_alloc (&world, 12, 15);
  for (size_t m = 0; m < world.members; m++)
    {
      random_member (&world, m, box, &state);
      world.tracks[m].member = m < 4 ? m / 2 : m;
      world.tracks[m].first_hour = (int) (4 * chance_random (&state));
      world.tracks[m].knots = m % 3 == 0 ? NULL : world.knots;
    }
  struct sf_chances c = chance_usual (&world, grid);
  c.wanted = 5;
  for (int f = 0; f < 5; f++)
    c.force_of[f] = 4 - f;
  memcpy (c.begin_hour, (int[]){ 1, 4, 9 }, sizeof c.begin_hour);
  memcpy (c.end_hour, (int[]){ 3, 9, 12 }, sizeof c.end_hour);
  c.strike_begin_hour = 2;
  c.strike_end_hour = seed % 2 ? INT_MAX : 11;
  compare_with_brute (&c);
  chance_world_free (&world);
}

START_TEST (random_storms_are_as_brute_force_has_them)
{
  struct sf_wind_grid fine = { 109.013, 19.987, 0.02, -0.017, 130, 110 };
  struct sf_wind_grid north_up = { 108.0, 15.0, 0.11, 0.09, 77, 61 };
  for (uint64_t seed = 1; seed <= 12; seed++)
    {
      try_random (fine, (double[]){ 107, 113, 17, 22 }, seed);
      try_random (north_up, (double[]){ 105, 120, 12, 22 }, 100 + seed);
    }
}
END_TEST

START_TEST (southern_and_dateline_storms_are_as_brute_force_has_them)
{
  struct sf_wind_grid fiji = { 174.0, -10.0, 0.1, -0.1, 140, 120 }, world = { -179.5, 60.0, 1.0, -1.0, 360, 121 };
  struct sf_wind_grid beyond = { 185.0, -12.0, 0.13, 0.07, 64, 90 };
  for (uint64_t seed = 1; seed <= 5; seed++)
    {
      try_random (fiji, (double[]){ 172, 190, -24, -9 }, 200 + seed);
      try_random (world, (double[]){ 150, 210, -30, 30 }, 300 + seed);
      try_random (beyond, (double[]){ -178, -165, -14, -4 }, 400 + seed);
    }
}
END_TEST

/* Storms whose edge passes exactly through cells: radii and places on the lattice of the grid. */
START_TEST (edges_on_cells_are_as_brute_force_has_them)
{
  struct chance_world world;
  struct sf_wind_grid grid = { 109.0, 1.0, 1.0 / 111.12, -1.0 / 111.12, 90, 200 };
  chance_world_alloc (&world, 16, 3);
  for (size_t m = 0; m < 16; m++)
    for (size_t h = 0; h < 3; h++)
      {
        world.lon_deg[m * 3 + h] = 109.0 + (double) (40 + h) / 111.12;
        world.lat_deg[m * 3 + h] = 0.0;
        for (size_t f = 0; f < CHANCE_FORCES; f++)
          world.radii[(m * 3 + h) * CHANCE_FORCES + f]
              = (struct sf_force_radii){ { 5.0 * (double) (m + f), 25, 25, m % 4 == 3 ? 0 : 25 }, 5.0 };
      }
  struct sf_chances c = chance_usual (&world, grid);
  c.strike_km[0] = 5;
  c.strike_km[1] = 13;
  compare_with_brute (&c);
  chance_world_free (&world);
}
END_TEST

/* --- the predicate --- */

START_TEST (radii_are_met_at_the_quadrants_centres)
{
  struct sf_force_radii radii = { { 120, 90, 60, 150 }, 10 };
  struct sf_force_shape shape;
  ck_assert (sf_force_shape_init (&shape, &radii));
  for (int q = 0; q < 4; q++)
    {
      double azimuth = (45.0 + 90.0 * q) * (M_PI / 180.0), x = sin (azimuth), y = cos (azimuth), r = radii.outer_km[q];
      ck_assert (sf_force_shape_holds (&shape, 0.999999 * r * x, 0.999999 * r * y));
      ck_assert (!sf_force_shape_holds (&shape, 1.000001 * r * x, 1.000001 * r * y));
      ck_assert_double_eq_tol (sf_force_shape_margin_km (&shape, (r - 7) * x, (r - 7) * y), 7, 1e-9);
      ck_assert_double_eq_tol (sf_force_shape_margin_km (&shape, 8 * x, 8 * y), -2, 1e-9);
    }
  /* Half-way between two centres: their mean. */
  ck_assert_double_eq_tol (sf_force_shape_margin_km (&shape, 0, 100), 35, 1e-9);
  ck_assert_double_eq_tol (sf_force_shape_margin_km (&shape, -100, 0), 5, 1e-9);
}
END_TEST

START_TEST (a_force_that_is_not_there_has_no_shape)
{
  struct sf_force_shape shape;
  ck_assert (!sf_force_shape_init (&shape, &(struct sf_force_radii){ { 0, NAN, -3, 0 }, NAN }));
  ck_assert (sf_force_shape_init (&shape, &(struct sf_force_radii){ { 0, NAN, 3, 0 }, NAN }));
  ck_assert (sf_force_shape_holds (&shape, 0, 0));
}
END_TEST

/* --- properties --- */

START_TEST (chances_grow_with_the_radius_and_never_pass_the_members)
{
  struct chance_world world;
  struct sf_chance_counts counts;
  struct chance_host host;
  chance_hainan (&world, 30, 73, 11);
  struct sf_chances c = chance_usual (&world, (struct sf_wind_grid){ 107.05, 21.45, 0.1, -0.1, 60, 45 });
  chance_host_open (&host, 1);
  uint16_t *memory = chance_counts_alloc (&c, &counts);
  ck_assert_int_eq (sf_chances_count (&host.host, &c, &counts, NULL), SF_OK);
  for (size_t i = 0; i < cells_of (&c); i++)
    {
      ck_assert_uint_le (counts.strike[2][i], world.members);
      ck_assert_uint_le (counts.strike[0][i], counts.strike[1][i]);
      ck_assert_uint_le (counts.strike[1][i], counts.strike[2][i]);
      for (int f = 0; f < 3; f++)
        {
          unsigned sum = 0;
          for (int w = 0; w < 3; w++)
            {
              ck_assert_uint_le (counts.wind[w * 3 + f][i], counts.wind[9 + f][i]);
              sum += counts.wind[w * 3 + f][i];
            }
          ck_assert_uint_le (counts.wind[9 + f][i], world.members);
          ck_assert_uint_ge (sum, counts.wind[9 + f][i]);
        }
    }
  free (memory);
  chance_host_close (&host);
  chance_world_free (&world);
}
END_TEST

/* Counts of an ensemble, one piece of memory. */
static uint16_t *
counts_of (const struct sf_chances *c)
{
  struct chance_host host;
  struct sf_chance_counts counts;
  uint16_t *memory = chance_counts_alloc (c, &counts);
  chance_host_open (&host, 1);
  ck_assert_int_eq (sf_chances_count (&host.host, c, &counts, NULL), SF_OK);
  chance_host_close (&host);
  return memory;
}

/* Positions on multiples of 1/1024 degree: sums and differences of them are exact, so that the fields must be, too. */
static void
round_positions (struct chance_world *world)
{
  for (size_t i = 0; i < world->members * (size_t) world->hours; i++)
    {
      world->lon_deg[i] = round (1024.0 * world->lon_deg[i]) / 1024.0;
      world->lat_deg[i] = round (1024.0 * world->lat_deg[i]) / 1024.0;
    }
}

START_TEST (a_shifted_ensemble_shifts_the_field)
{
  struct chance_world world;
  chance_hainan (&world, 12, 73, 21);
  round_positions (&world);
  struct sf_chances c = chance_usual (&world, (struct sf_wind_grid){ 107, 17, 0.0625, 0.0625, 96, 72 });
  uint16_t *here = counts_of (&c);
  for (size_t i = 0; i < world.members * 73; i++)
    world.lon_deg[i] = remainder (world.lon_deg[i] + 71.0, 360.0);
  c.grid.lon0_deg += 71.0;
  uint16_t *there = counts_of (&c);
  ck_assert_mem_eq (here, there, counts_bytes (&c));
  free (there);
  free (here);
  chance_world_free (&world);
}
END_TEST

static void
swap_radii (double *a, double *b)
{
  double kept = *a;
  *a = *b;
  *b = kept;
}

START_TEST (the_mirrored_hemisphere_mirrors_the_field)
{
  struct chance_world world;
  chance_hainan (&world, 12, 73, 22);
  struct sf_chances c = chance_usual (&world, (struct sf_wind_grid){ 107, 17, 0.0625, 0.0625, 96, 72 });
  uint16_t *north = counts_of (&c);
  for (size_t i = 0; i < world.members * 73; i++)
    {
      world.lat_deg[i] = -world.lat_deg[i];
      for (size_t f = 0; f < CHANCE_FORCES; f++)
        {
          double *outer = world.radii[i * CHANCE_FORCES + f].outer_km;
          swap_radii (&outer[0], &outer[1]);
          swap_radii (&outer[2], &outer[3]);
        }
    }
  c.grid.lat0_deg = -17;
  c.grid.dlat_deg = -0.0625;
  uint16_t *south = counts_of (&c);
  ck_assert_mem_eq (north, south, counts_bytes (&c));
  free (south);
  free (north);
  chance_world_free (&world);
}
END_TEST

START_TEST (larger_storms_reach_farther)
{
  struct chance_world world;
  chance_hainan (&world, 12, 73, 23);
  struct sf_chances c = chance_usual (&world, (struct sf_wind_grid){ 107, 17, 0.0625, 0.0625, 96, 72 });
  uint16_t *small = counts_of (&c);
  size_t grown = 0;
  for (size_t i = 0; i < world.members * 73 * CHANCE_FORCES; i++)
    for (int q = 0; q < 4; q++)
      world.radii[i].outer_km[q] *= 1.05;
  uint16_t *large = counts_of (&c);
  for (size_t i = 0; i < counts_bytes (&c) / sizeof *small; i++)
    {
      ck_assert_uint_le (small[i], large[i]);
      grown += small[i] < large[i];
    }
  ck_assert_uint_gt (grown, 1000);
  free (large);
  free (small);
  chance_world_free (&world);
}
END_TEST

START_TEST (members_without_a_storm_count_nothing)
{
  struct chance_world world;
  struct chance_host host;
  struct sf_chance_counts counts;
  chance_world_alloc (&world, 3, 4);
  for (size_t i = 0; i < 12; i++)
    world.lon_deg[i] = world.lat_deg[i] = NAN;
  struct sf_chances c = chance_usual (&world, (struct sf_wind_grid){ 109, 20, 0.1, -0.1, 10, 10 });
  chance_host_open (&host, 1);
  uint16_t *memory = chance_counts_alloc (&c, &counts);
  for (int tracks = 3; tracks >= 0; tracks -= 3)
    {
      c.tracks_count = (size_t) tracks;
      memset (memory, 255, counts_bytes (&c));
      ck_assert_int_eq (sf_chances_count (&host.host, &c, &counts, NULL), SF_OK);
      for (size_t i = 0; i < counts_bytes (&c) / sizeof *memory; i++)
        ck_assert_uint_eq (memory[i], 0);
    }
  free (memory);
  chance_host_close (&host);
  chance_world_free (&world);
}
END_TEST

START_TEST (what_cannot_be_counted_is_refused)
{
  struct chance_world world;
  struct chance_host host;
  struct sf_chance_counts none = { 0 };
  chance_hainan (&world, 2, 4, 1);
  chance_host_open (&host, 1);
  struct sf_chances good = chance_usual (&world, chance_province ()), c = good;
  ck_assert_int_eq (sf_chances_count (&host.host, &c, &none, NULL), SF_OK);
  c.grid.dlon_deg = 0;
  ck_assert_int_eq (sf_chances_count (&host.host, &c, &none, NULL), SF_EINVAL);
  c = good;
  c.members = 1;
  ck_assert_int_eq (sf_chances_count (&host.host, &c, &none, NULL), SF_EINVAL);
  c = good;
  c.begin_hour[1] = 20;
  ck_assert_int_eq (sf_chances_count (&host.host, &c, &none, NULL), SF_EINVAL);
  c = good;
  c.strike_km[0] = NAN;
  ck_assert_int_eq (sf_chances_count (&host.host, &c, &none, NULL), SF_EINVAL);
  c = good;
  c.force_of[0] = 5;
  ck_assert_int_eq (sf_chances_count (&host.host, &c, &none, NULL), SF_EINVAL);
  world.lat_deg[1] = 95;
  ck_assert_int_eq (sf_chances_count (&host.host, &good, &none, NULL), SF_EINVAL);
  chance_host_close (&host);
  chance_world_free (&world);
}
END_TEST

/* --- legs --- */

START_TEST (legs_go_from_knot_to_knot)
{
  double lon[8] = { 110, 111, 112, 113, NAN, 115, NAN, 117 }, lat[8] = { 20, 20, 20, 20, 20, 20, 20, 20 };
  uint8_t knots[8] = { 1, 0, 1, 0, 0, 1, 1, 1 };
  struct sf_chance_track track = { .hours = 8, .first_hour = 10, .lon_deg = lon, .lat_deg = lat, .knots = knots };
  int want[][2] = { { 0, 2 }, { 2, 3 }, { 5, 5 }, { 7, 7 } }, from = 0, a, b;
  for (int i = 0; i < 4; i++)
    {
      ck_assert (sf_strike_next (&track, 0, INT_MAX, &from, &a, &b));
      ck_assert_int_eq (a, want[i][0]);
      ck_assert_int_eq (b, want[i][1]);
    }
  ck_assert (!sf_strike_next (&track, 0, INT_MAX, &from, &a, &b));
  from = 0;
  ck_assert (sf_strike_next (&track, 11, 11, &from, &a, &b));
  ck_assert_int_eq (a, 1);
  ck_assert_int_eq (b, 1);
  ck_assert (!sf_strike_next (&track, 11, 11, &from, &a, &b));
}
END_TEST

/* Between its hours the centre passes a place that both hourly positions are far from. */
START_TEST (a_strike_between_hours_is_seen)
{
  double lon[2] = { 109.5, 110.5 }, lat[2] = { 19.0, 19.0 };
  struct sf_chance_track track = { .hours = 2, .lon_deg = lon, .lat_deg = lat };
  struct sf_strike_way way = sf_strike_way_of (&track, 0, 1);
  double middle = 0.5 * way.km_per_deg_lon;
  ck_assert_double_eq_tol (sqrt (sf_strike_leg_distance2 (&way.leg, middle, 30)), 30, 1e-9);
  ck_assert_double_eq_tol (sqrt (sf_strike_leg_distance2 (&way.leg, -30, 40)), 50, 1e-9);
  ck_assert_double_eq_tol (way.km_per_deg_lon, 111.12 * cos (19.0 * (M_PI / 180.0)), 1e-12);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("chances");
  TCase *exact = tcase_create ("exact"), *rules = tcase_create ("rules");
  tcase_set_timeout (exact, 300);
  tcase_add_test (exact, twenty_members_are_as_brute_force_has_them);
  tcase_add_test (exact, threads_and_instructions_change_nothing);
  tcase_add_test (exact, random_storms_are_as_brute_force_has_them);
  tcase_add_test (exact, southern_and_dateline_storms_are_as_brute_force_has_them);
  tcase_add_test (exact, edges_on_cells_are_as_brute_force_has_them);
  tcase_add_test (rules, radii_are_met_at_the_quadrants_centres);
  tcase_add_test (rules, a_force_that_is_not_there_has_no_shape);
  tcase_add_test (rules, chances_grow_with_the_radius_and_never_pass_the_members);
  tcase_add_test (rules, a_shifted_ensemble_shifts_the_field);
  tcase_add_test (rules, the_mirrored_hemisphere_mirrors_the_field);
  tcase_add_test (rules, larger_storms_reach_farther);
  tcase_add_test (rules, members_without_a_storm_count_nothing);
  tcase_add_test (rules, what_cannot_be_counted_is_refused);
  tcase_add_test (rules, legs_go_from_knot_to_knot);
  tcase_add_test (rules, a_strike_between_hours_is_seen);
  suite_add_tcase (suite, exact);
  suite_add_tcase (suite, rules);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
