/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: brute force over steps with the equations of single places (storm_step.h), which test_vortex.c and
   test_wind_climada.c tie to papers and to CLIMADA; wind_field.c, whose kernels are others; and properties: a shifted,
   turned or mirrored storm on an empty ocean takes its field with it. */
#include "models/typhoon/vortex/storm_field.h"
#include "models/typhoon/wind_track.h"
#include "tests/unit/base.h"

#include <math.h>
#include <stdio.h>

enum
{
  NX = 90,
  NY = 70,
  CELLS = NX * NY,
  STEPS = 9
};

static const struct sf_vortex_rules rules = { .mean_share = 0.85, .environment_hpa = 1005 };
static const struct sf_wind_grid grid = { 107.05, 22.95, 0.1, -0.1, NX, NY };
static const struct sf_cell_window whole = { 0, NY, 0, NX };

static struct sf_storm_step
ring_step (double lon, double lat, double vmax, const double radii_km[SF_RADII_FORCES * SF_QUADRANTS])
{
  struct sf_storm_step step = { .active = true,
                                .has_rings = true,
                                .lon_deg = lon,
                                .lat_deg = lat,
                                .cos_lat = cos (lat * M_PI / 180),
                                .spin = lat < 0 ? -1 : 1,
                                .reach_km = 700,
                                .scale = 1 };
  struct sf_vortex_source source = { .vmax_mps = vmax,
                                     .pressure_hpa = 955,
                                     .environment_hpa = NAN,
                                     .rmw_km = NAN,
                                     .lon_deg = lon,
                                     .lat_deg = lat,
                                     .rules = &rules };
  memcpy (source.radii_km, radii_km, sizeof source.radii_km);
  ck_done (sf_vortex_fit (&step.vortex, &source, SF_VORTEX_ENVELOPE, NULL, err));
  return step;
}

static const double RINGS[] = { 350, 300, 220, 280, 180, 150, 100, 130, 90, 80, 0, 60 };

/* A storm that goes west-north-west over the grid. */
static void
move (struct sf_storm_step *steps, double lon, double lat)
{
  for (int i = 0; i < STEPS; i++)
    steps[i] = ring_step (lon - 0.3 * i, lat + 0.1 * i, 42 - i, RINGS);
}

static struct sf_storm_field
field_of (const struct sf_storm_step *const *storm, size_t storms)
{
  return (struct sf_storm_field){ .grid = grid,
                                  .storms = storms,
                                  .steps = STEPS,
                                  .storm = storm,
                                  .step_s = 1800,
                                  .times = SF_WIND_TIMES_STEP,
                                  .threshold_mps = { 13.9, 24.5 },
                                  .thresholds = 2 };
}

struct result
{
  float max[CELLS], arrival[2][CELLS], end[2][CELLS], duration[2][CELLS];
};

static void
compute (const struct sf_storm_field *field, int bands, struct result *result)
{
  for (int b = 0; b < bands; b++)
    {
      int row0 = NY * b / bands, row1 = NY * (b + 1) / bands;
      size_t at = (size_t) row0 * NX;
      struct sf_wind_output output = { .max_mps = result->max + at };
      for (int t = 0; t < 2; t++)
        output.hours[t]
            = (struct sf_wind_hours){ result->arrival[t] + at, result->end[t] + at, result->duration[t] + at };
      void *workspace = malloc (sf_storm_field_workspace_bytes (field, row1 - row0));
      ck_done (sf_storm_field_max (field, row0, row1 - row0, workspace, &output, err));
      free (workspace);
    }
}

/* The speed at a cell by the equations: the largest over the storms in reach. */
static double
speed_of (const struct sf_storm_field *field, size_t step, int cell)
{
  double lon = grid.lon0_deg + cell % NX * grid.dlon_deg, lat = grid.lat0_deg + cell / NX * grid.dlat_deg, top = 0;
  for (size_t s = 0; s < field->storms; s++)
    {
      const struct sf_storm_step *storm = &field->storm[s][step];
      double x = (lon - storm->lon_deg) * 111.12 * storm->cos_lat, y = (lat - storm->lat_deg) * 111.12, u, v;
      if (!storm->active || hypot (x, y) > storm->reach_km)
        continue;
      sf_storm_step_wind (storm, x, y, &u, &v);
      top = fmax (top, hypot (u, v));
    }
  return top;
}

static void
against_brute_force (bool exact, double tolerance_mps)
{
  static struct sf_storm_step a[STEPS], b[STEPS];
  static struct result result, again;
  const struct sf_storm_step *storms[] = { a, b };
  struct sf_storm_field field = field_of (storms, 2);
  double worst = 0;
  field.exact = exact;
  move (a, 113, 18);
  move (b, 110, 21.5);
  b[4].active = b[5].active = false;
  compute (&field, 1, &result);
  for (int cell = 0; cell < CELLS; cell++)
    {
      double top = 0;
      int first[2] = { -1, -1 }, last[2] = { -1, -1 }, count[2] = { 0 };
      bool close = false;
      for (int step = 0; step < STEPS; step++)
        {
          double speed = speed_of (&field, (size_t) step, cell);
          top = fmax (top, speed);
          for (int t = 0; t < 2; t++)
            {
              close = close || fabs (speed - field.threshold_mps[t]) < tolerance_mps;
              if (speed < field.threshold_mps[t])
                continue;
              first[t] = first[t] < 0 ? step : first[t];
              last[t] = step;
              count[t]++;
            }
        }
      worst = fmax (worst, fabs (top - (double) result.max[cell]));
      for (int t = 0; t < 2 && !close; t++)
        {
          if (first[t] < 0)
            ck_assert_float_nan (result.arrival[t][cell]);
          else
            {
              ck_assert_float_eq (result.arrival[t][cell], 0.5f * (float) first[t]);
              ck_assert_float_eq (result.end[t][cell], 0.5f * (float) last[t]);
            }
          ck_assert_float_eq (result.duration[t][cell], 0.5f * (float) count[t]);
        }
    }
  ck_assert_double_lt (worst, tolerance_mps);
  compute (&field, 7, &again);
  ck_assert_mem_eq (&result, &again, sizeof result);
}

START_TEST (two_storms_against_brute_force)
{
  against_brute_force (false, 1.25);
  against_brute_force (true, 1e-5);
}
END_TEST

/* Straight lines between steps: what wind_field.c gives for the same symmetric storm. */
START_TEST (one_eye_is_the_plain_field)
{
  static struct result result, plain;
  struct sf_wind_node nodes[STEPS];
  struct sf_wind_track track;
  struct sf_wind_track_options options;
  int64_t time_s[STEPS];
  double lon[STEPS], lat[STEPS], pc[STEPS], vmax[STEPS];
  for (int i = 0; i < STEPS; i++)
    {
      time_s[i] = 1800 * i;
      lon[i] = 113 - 0.3 * i;
      lat[i] = 18 + 0.1 * i;
      pc[i] = 950 + i;
      vmax[i] = 45 - i;
    }
  struct sf_wind_fixes fixes
      = { .n = STEPS, .time_s = time_s, .lon_deg = lon, .lat_deg = lat, .pc_hpa = pc, .vmax_mps = vmax };
  sf_wind_track_options_init (&options);
  options.first_node = SF_WIND_FIRST_FORWARD;
  ck_done (sf_wind_track_init (&track, nodes, &fixes, &options, err));
  struct sf_wind_field wind = { .track = &track, .grid = grid };
  sf_wind_settings_init (&wind.settings);
  wind.settings.times = SF_WIND_TIMES_LINEAR;
  wind.settings.mode = SF_WIND_EXACT;
  wind.settings.cutoff_mps = 0;
  wind.settings.thresholds = 2;
  wind.settings.threshold_mps[0] = 13.9;
  wind.settings.threshold_mps[1] = 24.5;
  struct sf_wind_output output = { .max_mps = plain.max };
  for (int t = 0; t < 2; t++)
    output.hours[t] = (struct sf_wind_hours){ plain.arrival[t], plain.end[t], plain.duration[t] };
  void *workspace = malloc (sf_wind_workspace_bytes (NX));
  ck_done (sf_wind_field_max (&wind, 0, NY, workspace, &output, err));
  free (workspace);
  struct sf_storm_step steps[STEPS];
  const struct sf_storm_step *storms[] = { steps };
  struct sf_storm_field field = field_of (storms, 1);
  field.times = SF_WIND_TIMES_LINEAR;
  for (int i = 0; i < STEPS; i++)
    steps[i] = (struct sf_storm_step){ .active = nodes[i].active,
                                       .lon_deg = nodes[i].lon_deg,
                                       .lat_deg = nodes[i].lat_deg,
                                       .cos_lat = nodes[i].cos_lat,
                                       .spin = 1,
                                       .reach_km = 300,
                                       .scale = 1,
                                       .eye = { nodes[i].radial, 1, nodes[i].vt_east_mps, nodes[i].vt_north_mps,
                                                nodes[i].vt_mps } };
  compute (&field, 2, &result);
  for (int cell = 0; cell < CELLS; cell++)
    {
      ck_assert_float_eq_tol (result.max[cell], plain.max[cell], 0.05f);
      ck_assert (isnan (result.arrival[0][cell]) == isnan (plain.arrival[0][cell])
                 || fabsf (plain.max[cell] - 13.9f) < 0.05f);
      if (!isnan (result.arrival[0][cell]) && plain.max[cell] > 15)
        ck_assert_float_eq_tol (result.duration[0][cell], plain.duration[0][cell], 0.1f);
    }
}
END_TEST

static double
worst_of_table (const double *radii_km)
{
  static struct sf_polar polar;
  struct sf_storm_step step = ring_step (112, 18, 42, radii_km);
  double worst = 0;
  sf_polar_fill (&polar, &step, NULL);
  for (double azimuth = 0.3; azimuth < 360; azimuth += 1)
    for (double r = 8; r < 700; r *= 1.013)
      {
        double x = r * sin (azimuth * M_PI / 180), y = r * cos (azimuth * M_PI / 180), u, v;
        float speed = 0;
        sf_storm_step_wind (&step, x, y, &u, &v);
        sf_polar_row (&polar, SF_WIND_ISA_AUTO, (float) x, 1, (float) y, 1, &speed);
        worst = fmax (worst, fabs (hypot (u, v) - (double) speed));
      }
  return worst;
}

/* Where one quadrant does not reach a force that its neighbour reaches, the ring closes within a few degrees. */
START_TEST (table_against_equations)
{
  double met[SF_RADII_FORCES * SF_QUADRANTS];
  memcpy (met, RINGS, sizeof met);
  met[10] = 55;
  double all_reach = worst_of_table (met), one_does_not = worst_of_table (RINGS);
  printf ("polar table against equations: %.3f m/s, %.3f with a ring that closes\n", all_reach, one_does_not);
  ck_assert_double_lt (all_reach, 0.25);
  ck_assert_double_lt (one_does_not, 1.25);
}
END_TEST

START_TEST (instruction_sets_agree_to_the_bit)
{
  static struct sf_polar polar;
  struct sf_storm_step step = ring_step (112, 18, 42, RINGS);
  sf_polar_fill (&polar, &step, NULL);
  for (float y = -500.3f; y < 500; y += 47)
    {
      float plain[301] = { 0 }, best[301] = { 0 };
      sf_polar_row (&polar, SF_WIND_ISA_PLAIN, -450.1f, 3, y, 301, plain);
      sf_polar_row (&polar, SF_WIND_ISA_AUTO, -450.1f, 3, y, 301, best);
      ck_assert_mem_eq (plain, best, sizeof plain);
    }
}
END_TEST

START_TEST (shifted_storm_takes_its_field_along)
{
  static struct sf_storm_step a[STEPS], b[STEPS];
  static struct result here, there;
  const struct sf_storm_step *first[] = { a }, *second[] = { b };
  struct sf_storm_field field = field_of (first, 1), shifted = field_of (second, 1);
  move (a, 113, 18);
  move (b, 113, 18);
  shifted.grid.lon0_deg += 72;
  for (int i = 0; i < STEPS; i++)
    b[i].lon_deg = remainder (b[i].lon_deg + 72, 360);
  compute (&field, 1, &here);
  compute (&shifted, 1, &there);
  for (int cell = 0; cell < CELLS; cell++)
    ck_assert_float_eq_tol (here.max[cell], there.max[cell], 0.01f);
}
END_TEST

/* A grid round the Earth: a storm at its seam is seen on both sides. */
START_TEST (round_the_earth)
{
  static struct sf_storm_step a[STEPS];
  static struct result result;
  const struct sf_storm_step *storms[] = { a };
  const double round[] = { 400, 400, 400, 400, 150, 150, 150, 150, 80, 80, 80, 80 };
  struct sf_storm_field field = field_of (storms, 1);
  field.grid = (struct sf_wind_grid){ -178, 22.95, 4, -0.1, NX, NY };
  for (int i = 0; i < STEPS; i++)
    a[i] = ring_step (180, 18, 42, round);
  compute (&field, 1, &result);
  for (int row = 0; row < NY; row++)
    ck_assert_float_eq_tol (result.max[row * NX], result.max[row * NX + NX - 1], 1e-3f);
  ck_assert_float_gt (result.max[49 * NX], 13.9f);
}
END_TEST

START_TEST (turned_storm_turns_its_field)
{
  double turned[12];
  for (int i = 0; i < 12; i++)
    turned[i / 4 * 4 + (i + 1) % 4] = RINGS[i];
  struct sf_storm_step a = ring_step (112, 0.001, 42, RINGS), b = ring_step (112, 0.001, 42, turned);
  a.inflow = b.inflow = SF_INFLOW_MCCONOCHIE;
  for (double azimuth = 0.3; azimuth < 360; azimuth += 7)
    for (double r = 5; r < 600; r *= 1.2)
      {
        double x = r * sin (azimuth * M_PI / 180), y = r * cos (azimuth * M_PI / 180), u, v, tu, tv;
        sf_storm_step_wind (&a, x, y, &u, &v);
        sf_storm_step_wind (&b, y, -x, &tu, &tv); /* a quarter clockwise */
        ck_assert_double_eq_tol (tu, v, 1e-9);
        ck_assert_double_eq_tol (tv, -u, 1e-9);
      }
}
END_TEST

START_TEST (mirrored_hemisphere_mirrors_the_field)
{
  static const int mirror[SF_QUADRANTS] = { 1, 0, 3, 2 };
  double mirrored[12];
  for (int i = 0; i < 12; i++)
    mirrored[i / 4 * 4 + mirror[i % 4]] = RINGS[i];
  struct sf_storm_step a = ring_step (112, 18, 42, RINGS), b = ring_step (112, -18, 42, mirrored);
  a.inflow = b.inflow = SF_INFLOW_CONSTANT;
  for (double x = -400; x < 400; x += 37)
    for (double y = -400; y < 400; y += 41)
      {
        double u, v, mu, mv;
        sf_storm_step_wind (&a, x, y, &u, &v);
        sf_storm_step_wind (&b, x, -y, &mu, &mv);
        ck_assert_double_eq_tol (mu, u, 1e-9);
        ck_assert_double_eq_tol (mv, -v, 1e-9);
      }
}
END_TEST

/* North of the centre of a northern storm the wind is from the east, turned towards the centre by the angle. */
START_TEST (inflow_angle)
{
  struct sf_storm_step step = ring_step (112, 18, 42, RINGS);
  double u, v, speed;
  sf_storm_step_wind (&step, 0, 150, &u, &v);
  speed = hypot (u, v);
  ck_assert_double_lt (u, 0);
  ck_assert_double_eq_tol (v, 0, 1e-9);
  step.inflow = SF_INFLOW_CONSTANT;
  sf_storm_step_wind (&step, 0, 150, &u, &v);
  ck_assert_double_eq_tol (hypot (u, v), speed, 1e-9);
  ck_assert_double_eq_tol (atan2 (-v, -u) * 180 / M_PI, 20, 1e-9);
  ck_assert_double_eq_tol (sf_inflow_deg (SF_INFLOW_MCCONOCHIE, 0.5), 5, 1e-12);
  ck_assert_double_eq_tol (sf_inflow_deg (SF_INFLOW_MCCONOCHIE, 1.1), 17.5, 1e-12);
  ck_assert_double_eq_tol (sf_inflow_deg (SF_INFLOW_MCCONOCHIE, 3), 25, 1e-12);
  ck_assert_double_eq (sf_inflow_deg (SF_INFLOW_NONE, 3), 0);
}
END_TEST

/* 12 m/s from the south-west everywhere, unknown in the first columns. */
static void
south_west (const void *ctx, size_t step, int row, float *u_mps, float *v_mps, float *speed_mps)
{
  (void) ctx;
  (void) step;
  (void) row;
  for (int i = 0; i < NX; i++)
    {
      speed_mps[i] = i < 3 ? NAN : 12;
      if (u_mps)
        u_mps[i] = v_mps[i] = i < 3 ? NAN : 12 * (float) M_SQRT1_2;
    }
}

START_TEST (blended_background)
{
  static struct sf_storm_step a[STEPS];
  static struct result alone, blended;
  static float u[CELLS], v[CELLS], speed[CELLS];
  const struct sf_storm_step *storms[] = { a };
  const struct sf_background background = { .row = south_west, .full_km = 200, .none_km = 400 };
  struct sf_storm_field field = field_of (storms, 1);
  move (a, 113, 18);
  for (int i = 1; i < STEPS; i++)
    a[i] = a[0];
  compute (&field, 1, &alone);
  field.background = &background;
  compute (&field, 3, &blended);
  void *workspace = malloc (sf_storm_field_workspace_bytes (&field, NY));
  ck_done (sf_storm_field_step (&field, 0, &whole, workspace, u, v, speed, err));
  free (workspace);
  for (int cell = 0; cell < CELLS; cell++)
    {
      double x = (grid.lon0_deg + cell % NX * 0.1 - 113) * 111.12 * a[0].cos_lat,
             y = (grid.lat0_deg - cell / NX * 0.1 - 18) * 111.12, r = hypot (x, y), t = (400 - r) / 200;
      double own = r <= 200 ? 1 : r >= 400 ? 0 : t * t * (3 - 2 * t);
      double expected = cell % NX < 3 ? (double) alone.max[cell] : own * (double) alone.max[cell] + (1 - own) * 12;
      ck_assert_double_eq_tol ((double) blended.max[cell], expected, 1e-3);
      if (!isnan (speed[cell]))
        {
          ck_assert_float_eq_tol (speed[cell], blended.max[cell], 1.25f);
          ck_assert_float_eq_tol (hypotf (u[cell], v[cell]), speed[cell], 0.001f);
        }
      if (own == 0 && cell % NX >= 3)
        ck_assert_float_eq_tol (u[cell], 12 * (float) M_SQRT1_2, 0.001f);
    }
}
END_TEST

START_TEST (a_window_is_cut_out_of_the_step)
{
  static struct sf_storm_step a[STEPS];
  static float all[CELLS], ground[CELLS];
  float some[2 * 3];
  const struct sf_storm_step *storms[] = { a };
  const struct sf_background background = { .row = south_west, .full_km = 200, .none_km = 400 };
  const struct sf_cell_window window = { 41, 2, 57, 3 }, beyond = { 0, 1, NX - 2, 3 };
  struct sf_storm_field field = field_of (storms, 1);
  for (int i = 0; i < CELLS; i++)
    ground[i] = 1 / (1 + (float) (i % 7));
  move (a, 113, 18);
  field.ground = ground;
  field.background = &background;
  void *workspace = malloc (sf_storm_field_workspace_bytes (&field, NY));
  ck_done (sf_storm_field_step (&field, 2, &whole, workspace, all, NULL, NULL, err));
  ck_done (sf_storm_field_step (&field, 2, &window, workspace, some, NULL, NULL, err));
  for (int i = 0; i < 6; i++)
    ck_assert_float_eq (some[i], all[(41 + i / 3) * NX + 57 + i % 3]);
  ck_fails (sf_storm_field_step (&field, 2, &beyond, workspace, some, NULL, NULL, err), SF_EINVAL, "columns");
  free (workspace);
}
END_TEST

START_TEST (ground_takes_its_share)
{
  static struct sf_storm_step a[STEPS];
  static struct result alone, reduced;
  static float ground[CELLS];
  const struct sf_storm_step *storms[] = { a };
  struct sf_storm_field field = field_of (storms, 1);
  for (int i = 0; i < CELLS; i++)
    ground[i] = 0.5f + 0.5f * (float) (i % 2);
  move (a, 113, 18);
  compute (&field, 1, &alone);
  field.ground = ground;
  compute (&field, 2, &reduced);
  for (int cell = 0; cell < CELLS; cell++)
    ck_assert_float_eq_tol (reduced.max[cell], ground[cell] * alone.max[cell], 1e-4f);
}
END_TEST

START_TEST (no_storm_and_refusals)
{
  static struct result result;
  static float speed[CELLS];
  struct sf_storm_field field = field_of (NULL, 0);
  void *workspace = malloc (sf_storm_field_workspace_bytes (&field, NY));
  compute (&field, 2, &result);
  ck_done (sf_storm_field_step (&field, 0, &whole, workspace, NULL, NULL, speed, err));
  for (int cell = 0; cell < CELLS; cell++)
    {
      ck_assert_float_eq (result.max[cell], 0);
      ck_assert_float_nan (result.arrival[0][cell]);
      ck_assert_float_nan (speed[cell]);
    }
  ck_fails (sf_storm_field_step (&field, STEPS, &whole, workspace, NULL, NULL, speed, err), SF_EINVAL, "step");
  ck_fails (
      sf_storm_field_step (&field, 0, &(struct sf_cell_window){ 1, NY, 0, NX }, workspace, NULL, NULL, speed, err),
      SF_EINVAL, "rows");
  field.grid.nx = 0;
  ck_fails (sf_storm_field_step (&field, 0, &(struct sf_cell_window){ 0, 1, 0, NX }, workspace, NULL, NULL, speed, err),
            SF_EINVAL, "grid");
  free (workspace);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { two_storms_against_brute_force,
                                 one_eye_is_the_plain_field,
                                 table_against_equations,
                                 instruction_sets_agree_to_the_bit,
                                 shifted_storm_takes_its_field_along,
                                 round_the_earth,
                                 turned_storm_turns_its_field,
                                 mirrored_hemisphere_mirrors_the_field,
                                 inflow_angle,
                                 blended_background,
                                 a_window_is_cut_out_of_the_step,
                                 ground_takes_its_share,
                                 no_storm_and_refusals,
                                 NULL };
  return run_tests ("storm_field", tests);
}
