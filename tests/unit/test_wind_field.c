/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values of Rammasun: CLIMADA 6.1 on this track and grid (handbook/typhoon.md 1.11, as printed, to 5e-7 m/s or
   the digits given). The other tests use laws that any right field obeys: mirror images, shifts of longitude, bands,
   plain loops over sf_wind_at. The random comparison with numpy is test_wind_numpy.sh. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/wind_rammasun.h"

struct hours
{
  float arrival[RAMMASUN_CELLS], end[RAMMASUN_CELLS], duration[RAMMASUN_CELLS];
};

struct result
{
  float max_mps[RAMMASUN_CELLS];
  double max_double_mps[RAMMASUN_CELLS];
  struct hours hours[SF_WIND_MAX_THRESHOLDS];
};

static struct rammasun storm;
static struct result one, two;

static const double forces_mps[] = { 13.9, 17.2, 24.5, 32.7 };

static struct sf_wind_output
output_of (struct result *result, size_t at)
{
  struct sf_wind_output output = { .max_mps = result->max_mps + at, .max_double_mps = result->max_double_mps + at };
  for (int t = 0; t < SF_WIND_MAX_THRESHOLDS; t++)
    output.hours[t] = (struct sf_wind_hours){ result->hours[t].arrival + at, result->hours[t].end + at,
                                              result->hours[t].duration + at };
  return output;
}

/* Compute the field in bands of so many rows. */
static void
compute (const struct sf_wind_field *field, int band, struct result *result)
{
  void *workspace = malloc (sf_wind_workspace_bytes (field->grid.nx));
  for (int row = 0; row < field->grid.ny; row += band)
    {
      int rows = field->grid.ny - row < band ? field->grid.ny - row : band;
      struct sf_wind_output output = output_of (result, (size_t) row * (size_t) field->grid.nx);
      struct sf_error err;
      ck_assert_msg (sf_wind_field_max (field, row, rows, workspace, &output, &err) == SF_OK, "%s", err.message);
    }
  free (workspace);
}

static struct sf_wind_field
prepared (enum sf_wind_model model, int64_t step_s)
{
  rammasun_fill (&storm, step_s);
  ck_assert_int_eq (rammasun_prepare (&storm, model, NULL), SF_OK);
  return rammasun_field (&storm);
}

static void
ask_forces (struct sf_wind_field *field)
{
  memcpy (field->settings.threshold_mps, forces_mps, sizeof forces_mps);
  field->settings.thresholds = SF_WIND_MAX_THRESHOLDS;
}

struct reference
{
  double max, mean, every10_sum;
  int max_row, max_column;
  double place[5];
};

static const int places[5][2] = { { 188, 375 }, { 145, 319 }, { 116, 317 }, { 324, 251 }, { 240, 165 } };

static const struct reference references[] = {
  [SF_WIND_H08]
  = { 76.386750, 29.281936, 79218.8537, 130, 424, { 56.285065, 61.280241, 65.725134, 16.154436, 15.475553 } },
  [SF_WIND_H1980]
  = { 71.378213, 28.487920, 77037.4307, 140, 446, { 50.806052, 51.403036, 55.611923, 18.171850, 20.020009 } },
  [SF_WIND_H10] = { 77.078749, 31.393538, NAN, 130, 424, { 57.528075, 62.162088, 66.536400, 19.020309, 20.511546 } },
  [SF_WIND_ER11]
  = { 79.041510, 27.988841, 75753.5178, 140, 446, { 54.954069, 57.674100, 62.110483, 14.850668, 15.021701 } },
};

START_TEST (rammasun_as_climada)
{
  const struct reference *reference = &references[_i];
  struct sf_wind_field field = prepared ((enum sf_wind_model) _i, 3600);
  field.settings.mode = SF_WIND_EXACT;
  compute (&field, RAMMASUN_NY, &one);
  double sum = 0, every10 = 0;
  size_t most = 0;
  for (size_t i = 0; i < RAMMASUN_CELLS; i++)
    {
      sum += one.max_double_mps[i];
      most = one.max_double_mps[i] > one.max_double_mps[most] ? i : most;
      if (i / RAMMASUN_NX % 10 == 0 && i % RAMMASUN_NX % 10 == 0)
        every10 += one.max_double_mps[i];
      ck_assert_float_eq (one.max_mps[i], (float) one.max_double_mps[i]);
    }
  ck_assert_double_eq_tol (one.max_double_mps[most], reference->max, 6e-7);
  ck_assert_uint_eq (most, (size_t) (reference->max_row * RAMMASUN_NX + reference->max_column));
  ck_assert_double_eq_tol (sum / RAMMASUN_CELLS, reference->mean, 6e-7);
  if (!isnan (reference->every10_sum))
    ck_assert_double_eq_tol (every10, reference->every10_sum, 6e-5);
  for (int p = 0; p < 5; p++)
    ck_assert_double_eq_tol (one.max_double_mps[places[p][0] * RAMMASUN_NX + places[p][1]], reference->place[p], 6e-7);
}
END_TEST

START_TEST (fast_is_close_to_exact)
{
  struct sf_wind_field field = prepared ((enum sf_wind_model) _i, 3600);
  compute (&field, RAMMASUN_NY, &one);
  field.settings.mode = SF_WIND_EXACT;
  compute (&field, RAMMASUN_NY, &two);
  double worst = 0.0;
  for (size_t i = 0; i < RAMMASUN_CELLS; i++)
    worst = fmax (worst, fabs (one.max_double_mps[i] - two.max_double_mps[i]));
  ck_assert_double_lt (worst, 0.01);
  ck_assert_double_gt (worst, 0.0);
}
END_TEST

struct vector
{
  enum sf_wind_model model;
  size_t step;
  double lat, lon, v, u;
};

static const struct vector vectors[] = {
  { SF_WIND_H08, 30, 20.045, 110.195, -34.54469, -6.12006 },
  { SF_WIND_H08, 30, 19.615, 110.755, -44.16079, 23.46425 },
  { SF_WIND_H08, 30, 20.335, 110.175, -30.13015, -13.82781 },
  { SF_WIND_H08, 30, 18.255, 109.515, -11.58033, 11.26329 },
  { SF_WIND_H08, 36, 20.045, 110.195, -21.3892, 55.855 },
  { SF_WIND_H08, 36, 19.615, 110.755, 20.85727, 30.90017 },
  { SF_WIND_H08, 36, 20.335, 110.175, -30.71296, -14.61047 },
  { SF_WIND_H08, 36, 18.255, 109.515, -4.51504, 12.64577 },
  { SF_WIND_H1980, 30, 20.045, 110.195, -32.91576, -5.89274 },
  { SF_WIND_H1980, 30, 19.615, 110.755, -41.59704, 22.03843 },
  { SF_WIND_H1980, 30, 20.335, 110.175, -28.77749, -13.27157 },
  { SF_WIND_H1980, 30, 18.255, 109.515, -11.41535, 11.1016 },
};

/* To 3e-5 m/s: the table's vectors hold the motion of its nodes, which is off in the last digit (test_wind_track.c). */
START_TEST (vectors_as_climada)
{
  const struct vector *want = &vectors[_i];
  struct sf_wind_field field = prepared (want->model, 3600);
  int row = (int) lround ((21.495 - want->lat) / 0.01), column = (int) lround ((want->lon - 107.005) / 0.01);
  float u[RAMMASUN_NX], v[RAMMASUN_NX], speed[RAMMASUN_NX];
  double at_u, at_v;
  void *workspace = malloc (sf_wind_workspace_bytes (RAMMASUN_NX));
  ck_assert_int_eq (sf_wind_field_step (&field, want->step, row, 1, workspace, u, v, speed, NULL), SF_OK);
  ck_assert_double_eq_tol (u[column], want->u, 3e-5);
  ck_assert_double_eq_tol (v[column], want->v, 3e-5);
  ck_assert_double_eq_tol (speed[column], hypot (want->u, want->v), 3e-5);
  sf_wind_at (&storm.track, want->step, 300e3, want->lon, want->lat, &at_u, &at_v);
  ck_assert_double_eq_tol (at_u, want->u, 3e-5);
  ck_assert_double_eq_tol (at_v, want->v, 3e-5);
  free (workspace);
}
END_TEST

/* CLIMADA's test of reach (handbook 1.11): eyes (0, .9), (-.5, 2), (0, 3.2), 112 km; the eye's own cell is moved aside
 * by 100 m. */
START_TEST (reach)
{
  const int64_t time_s[] = { 0, 36000, 72000 };
  const double lat[] = { 0, -0.5, 0 }, lon[] = { 0.9, 2, 3.2 }, pc[] = { 950, 950, 950 };
  const double points[7][2]
      = { { 0, -0.2 }, { 0.001, 0.9 }, { -1.1, 1.2 }, { 1, 2.1 }, { 0, 4.3 }, { 0.6, 3.8 }, { 0.9, 4.1 } };
  const int reached[7] = { 0, 1, 1, 0, 0, 1, 0 };
  struct sf_wind_node nodes[3];
  struct sf_wind_track track;
  struct sf_wind_track_options options;
  struct sf_wind_fixes fixes = { .n = 3, .time_s = time_s, .lon_deg = lon, .lat_deg = lat, .pc_hpa = pc };
  sf_wind_track_options_init (&options);
  options.first_node = SF_WIND_FIRST_FORWARD;
  ck_assert_int_eq (sf_wind_track_init (&track, nodes, &fixes, &options, NULL), SF_OK);
  struct sf_wind_field field = { .track = &track };
  sf_wind_settings_init (&field.settings);
  field.settings.cutoff_mps = 0.0;
  field.settings.max_distance_m = 112e3;
  void *workspace = malloc (sf_wind_workspace_bytes (1));
  for (int i = 0; i < 7; i++)
    {
      float max;
      struct sf_wind_output output = { .max_mps = &max };
      field.grid = (struct sf_wind_grid){ points[i][1], points[i][0], 0.1, 0.1, 1, 1 };
      ck_assert_int_eq (sf_wind_field_max (&field, 0, 1, workspace, &output, NULL), SF_OK);
      ck_assert_int_eq (max > 0.0f, reached[i]);
      ck_assert_int_eq (sf_wind_max_at (&track, &field.settings, points[i][1], points[i][0]) > 0.0, reached[i]);
    }
  free (workspace);
}
END_TEST

static void
same_results (size_t cells, int thresholds)
{
  ck_assert_int_eq (memcmp (one.max_mps, two.max_mps, cells * sizeof (float)), 0);
  ck_assert_int_eq (memcmp (one.max_double_mps, two.max_double_mps, cells * sizeof (double)), 0);
  for (int t = 0; t < thresholds; t++)
    {
      ck_assert_int_eq (memcmp (one.hours[t].arrival, two.hours[t].arrival, cells * sizeof (float)), 0);
      ck_assert_int_eq (memcmp (one.hours[t].end, two.hours[t].end, cells * sizeof (float)), 0);
      ck_assert_int_eq (memcmp (one.hours[t].duration, two.hours[t].duration, cells * sizeof (float)), 0);
    }
}

START_TEST (bands_change_nothing)
{
  struct sf_wind_field field = prepared (SF_WIND_H08, 3600);
  field.settings.mode = _i & 1 ? SF_WIND_EXACT : SF_WIND_FAST;
  field.settings.times = _i & 2 ? SF_WIND_TIMES_LINEAR : SF_WIND_TIMES_STEP;
  ask_forces (&field);
  compute (&field, RAMMASUN_NY, &one);
  for (int band = 7; band <= 98; band += 91)
    {
      memset (&two, 0xff, sizeof two);
      compute (&field, band, &two);
      same_results (RAMMASUN_CELLS, SF_WIND_MAX_THRESHOLDS);
    }
}
END_TEST

/* Fused multiplication and addition rounds once where the plain machine rounds twice: a few units of the last place. */
START_TEST (plain_machine_agrees)
{
  struct sf_wind_field field = prepared (SF_WIND_H08, 3600);
  field.settings.mode = _i ? SF_WIND_EXACT : SF_WIND_FAST;
  field.settings.isa = SF_WIND_ISA_PLAIN;
  compute (&field, RAMMASUN_NY, &one);
  field.settings.isa = SF_WIND_ISA_AUTO;
  compute (&field, RAMMASUN_NY, &two);
  for (size_t i = 0; i < RAMMASUN_CELLS; i++)
    ck_assert_double_eq_tol (one.max_double_mps[i], two.max_double_mps[i], _i ? 1e-11 : 2e-4);
}
END_TEST

/* A track with the opposite latitudes has the mirrored wind: east the same, north reversed. */
START_TEST (southern_hemisphere_is_the_mirror)
{
  static float u[2][RAMMASUN_CELLS], v[2][RAMMASUN_CELLS];
  void *workspace = malloc (sf_wind_workspace_bytes (RAMMASUN_NX));
  struct sf_wind_field field = prepared ((enum sf_wind_model) _i, 3600);
  field.settings.mode = SF_WIND_EXACT;
  compute (&field, RAMMASUN_NY, &one);
  sf_wind_field_step (&field, 33, 0, RAMMASUN_NY, workspace, u[0], v[0], NULL, NULL);
  for (size_t k = 0; k < storm.n; k++)
    storm.lat_deg[k] = -storm.lat_deg[k];
  ck_assert_int_eq (rammasun_prepare (&storm, (enum sf_wind_model) _i, NULL), SF_OK);
  ck_assert_double_eq (storm.track.hemisphere, -1.0);
  field.grid.lat0_deg = -field.grid.lat0_deg;
  field.grid.dlat_deg = -field.grid.dlat_deg;
  compute (&field, RAMMASUN_NY, &two);
  sf_wind_field_step (&field, 33, 0, RAMMASUN_NY, workspace, u[1], v[1], NULL, NULL);
  for (size_t i = 0; i < RAMMASUN_CELLS; i++)
    {
      ck_assert_double_eq_tol (one.max_double_mps[i], two.max_double_mps[i], 1e-11);
      ck_assert_float_eq_tol (u[0][i], u[1][i], 1e-5f);
      ck_assert_float_eq_tol (v[0][i], -v[1][i], 1e-5f);
    }
  free (workspace);
}
END_TEST

/* Rows from south to north, columns unchanged. */
START_TEST (rows_may_go_north)
{
  struct sf_wind_field field = prepared (SF_WIND_H08, 3600);
  field.settings.mode = SF_WIND_EXACT;
  compute (&field, RAMMASUN_NY, &one);
  field.grid.lat0_deg += (RAMMASUN_NY - 1) * field.grid.dlat_deg;
  field.grid.dlat_deg = -field.grid.dlat_deg;
  compute (&field, RAMMASUN_NY, &two);
  for (int j = 0; j < RAMMASUN_NY; j++)
    for (int i = 0; i < RAMMASUN_NX; i++)
      ck_assert_double_eq_tol (one.max_double_mps[j * RAMMASUN_NX + i],
                               two.max_double_mps[(RAMMASUN_NY - 1 - j) * RAMMASUN_NX + i], 1e-9);
}
END_TEST

/* Everything 70 degrees to the east, so that storm and grid lie on both sides of 180; tracks written as [-180, 180] and
   as [0, 360], the grid likewise. Longitudes get a few more rounding errors (1e-14 x 180 degrees): 1e-8 m/s. */
START_TEST (date_line)
{
  struct sf_wind_field field = prepared (SF_WIND_H10, 3600);
  field.settings.mode = SF_WIND_EXACT;
  compute (&field, RAMMASUN_NY, &one);
  for (size_t k = 0; k < storm.n; k++)
    {
      double lon = storm.lon_deg[k] + 70.0;
      storm.lon_deg[k] = (_i & 1) && lon > 180.0 ? lon - 360.0 : lon;
    }
  ck_assert_int_eq (rammasun_prepare (&storm, SF_WIND_H10, NULL), SF_OK);
  field.grid.lon0_deg += _i & 2 ? 70.0 - 360.0 : 70.0;
  compute (&field, RAMMASUN_NY, &two);
  for (size_t i = 0; i < RAMMASUN_CELLS; i++)
    ck_assert_double_eq_tol (one.max_double_mps[i], two.max_double_mps[i], 1e-8);
}
END_TEST

/* A grid around the Earth whose seam the storm crosses, against the place by place form. */
START_TEST (seam_of_a_global_grid)
{
  struct sf_wind_field field = prepared (SF_WIND_H08, 3600);
  field.grid = (struct sf_wind_grid){ 109.0, 24.0, 0.5, -0.5, 720, 30 };
  field.settings.mode = SF_WIND_EXACT;
  compute (&field, 30, &one);
  int windy_west = 0, windy_east = 0;
  for (int j = 0; j < 30; j++)
    for (int i = 0; i < 720; i++)
      {
        double want = sf_wind_max_at (&storm.track, &field.settings, 109.0 + 0.5 * i, 24.0 - 0.5 * j);
        ck_assert_double_eq_tol (one.max_double_mps[j * 720 + i], want, 1e-9);
        windy_west += i > 700 && want > 10;
        windy_east += i < 20 && want > 10;
      }
  ck_assert_int_gt (windy_west, 10);
  ck_assert_int_gt (windy_east, 10);
}
END_TEST

/* Every 37th cell in every direction, each step by sf_wind_at, 15-minute steps: more than seven rounds of marks. */
START_TEST (times_as_a_plain_loop)
{
  struct sf_wind_field field = prepared (SF_WIND_H08, 900);
  ask_forces (&field);
  field.settings.mode = SF_WIND_EXACT;
  field.grid = (struct sf_wind_grid){ 107.005, 21.495, 0.37, -0.37, 16, 12 };
  compute (&field, 12, &one);
  int reached = 0;
  for (int cell = 0; cell < 16 * 12; cell++)
    for (int t = 0; t < SF_WIND_MAX_THRESHOLDS; t++)
      {
        double lon = 107.005 + 0.37 * (cell % 16), lat = 21.495 - 0.37 * (cell / 16), u, v;
        int first = -1, last = -1, count = 0;
        for (int k = 0; k < (int) storm.n; k++)
          {
            sf_wind_at (&storm.track, (size_t) k, 300e3, lon, lat, &u, &v);
            if (hypot (u, v) < forces_mps[t])
              continue;
            first = first < 0 ? k : first;
            last = k;
            count++;
          }
        reached += count > 0;
        ck_assert_float_eq (one.hours[t].duration[cell], 0.25f * (float) count);
        if (count == 0)
          {
            ck_assert_float_nan (one.hours[t].arrival[cell]);
            ck_assert_float_nan (one.hours[t].end[cell]);
            continue;
          }
        ck_assert_float_eq (one.hours[t].arrival[cell], 0.25f * (float) first);
        ck_assert_float_eq (one.hours[t].end[cell], 0.25f * (float) last);
      }
  ck_assert_int_gt (reached, 300);
}
END_TEST

/* Straight lines between hourly speeds, followed in 2000 small steps an hour; that resolves times to 1/2000 h, and at
   most 60 crossings add up in a duration. */
START_TEST (times_between_steps)
{
  struct sf_wind_field field = prepared (SF_WIND_H08, 3600);
  ask_forces (&field);
  field.settings.times = SF_WIND_TIMES_LINEAR;
  field.settings.mode = _i ? SF_WIND_EXACT : SF_WIND_FAST;
  field.grid = (struct sf_wind_grid){ 107.1, 21.4, 0.9, -0.8, 6, 5 };
  compute (&field, 5, &one);
  for (int cell = 0; cell < 30; cell++)
    for (int t = 0; t < SF_WIND_MAX_THRESHOLDS; t++)
      {
        double lon = 107.1 + 0.9 * (cell % 6), lat = 21.4 - 0.8 * (cell / 6), u, v, speed[RAMMASUN_HOURS];
        double first = -1, last = -1;
        int inside = 0;
        for (size_t k = 0; k < RAMMASUN_HOURS; k++)
          {
            sf_wind_at (&storm.track, k, 300e3, lon, lat, &u, &v);
            speed[k] = hypot (u, v);
          }
        for (int i = 2000; i <= 2000 * (RAMMASUN_HOURS - 1); i++)
          {
            int k = i / 2000 < RAMMASUN_HOURS - 1 ? i / 2000 : RAMMASUN_HOURS - 2;
            double part = i / 2000.0 - k, now = speed[k] + part * (speed[k + 1] - speed[k]);
            if (now < forces_mps[t])
              continue;
            first = first < 0 ? i / 2000.0 : first;
            last = i / 2000.0;
            inside++;
          }
        ck_assert_double_eq_tol (one.hours[t].duration[cell], inside / 2000.0, 4e-3);
        if (first < 0)
          continue;
        ck_assert_double_eq_tol (one.hours[t].arrival[cell], first, 2e-3);
        ck_assert_double_eq_tol (one.hours[t].end[cell], last, 2e-3);
      }
}
END_TEST

START_TEST (scale_and_cutoff)
{
  struct sf_wind_field field = prepared (SF_WIND_H08, 3600);
  field.settings.mode = _i ? SF_WIND_EXACT : SF_WIND_FAST;
  ask_forces (&field);
  compute (&field, RAMMASUN_NY, &one);
  field.settings.scale = 0.5;
  field.settings.cutoff_mps = 17.5;
  for (int t = 0; t < SF_WIND_MAX_THRESHOLDS; t++)
    field.settings.threshold_mps[t] *= 0.5;
  compute (&field, RAMMASUN_NY, &two);
  for (size_t i = 0; i < RAMMASUN_CELLS; i++)
    {
      double half = 0.5 * one.max_double_mps[i];
      ck_assert_double_eq (two.max_double_mps[i], half < 17.5 ? 0.0 : half);
    }
  for (int t = 0; t < SF_WIND_MAX_THRESHOLDS; t++)
    ck_assert_int_eq (memcmp (&one.hours[t], &two.hours[t], sizeof one.hours[t]), 0);
}
END_TEST

/* A single position: nothing by CLIMADA's rule; by choice the symmetric wind of its profile, whose maximum is the
 * radial one. */
START_TEST (single_node)
{
  struct sf_wind_field field = prepared (SF_WIND_ER11, 3600);
  storm.n = 1;
  ck_assert_int_eq (rammasun_prepare (&storm, SF_WIND_ER11, NULL), SF_OK);
  ask_forces (&field);
  field.grid = (struct sf_wind_grid){ 113.0, 16.4, 0.01, -0.01, 600, 1 };
  compute (&field, 1, &one);
  for (int i = 0; i < 600; i++)
    {
      ck_assert_float_eq (one.max_mps[i], 0.0f);
      ck_assert_float_nan (one.hours[0].arrival[i]);
      ck_assert_float_eq (one.hours[0].duration[i], 0.0f);
    }
  storm.nodes[0].active = true;
  compute (&field, 1, &one);
  for (int i = 0; i < 600; i++)
    {
      double r = fabs (113.0 + 0.01 * i - 115.8) * 111120.0 * cos (16.4 * M_PI / 180.0);
      double want = r > 1.0 && r <= 300e3 ? sf_wind_er11_mps (&storm.nodes[0].radial, r) : 0.0;
      ck_assert_double_eq_tol (one.max_mps[i], want, 0.01);
    }
}
END_TEST

START_TEST (refusals)
{
  struct sf_wind_field good = prepared (SF_WIND_H08, 3600), field;
  struct sf_error err;
  struct sf_wind_output output = { 0 };
  field = good;
  ck_assert_int_eq (sf_wind_field_max (&field, 440, 11, NULL, &output, &err), SF_EINVAL);
  ck_assert_ptr_nonnull (strstr (err.message, "rows 440 to 451 of a grid of 450"));
  field.grid.dlon_deg = -0.01;
  ck_assert_int_eq (sf_wind_field_max (&field, 0, 1, NULL, &output, &err), SF_EINVAL);
  field = good;
  field.grid.dlat_deg = 0.0;
  ck_assert_int_eq (sf_wind_field_max (&field, 0, 1, NULL, &output, &err), SF_EINVAL);
  field = good;
  field.grid.dlon_deg = 0.7;
  ck_assert_int_eq (sf_wind_field_max (&field, 0, 1, NULL, &output, &err), SF_EINVAL);
  ck_assert_ptr_nonnull (strstr (err.message, "420 degrees"));
  field = good;
  field.settings.max_distance_m = 2001e3;
  ck_assert_int_eq (sf_wind_field_max (&field, 0, 1, NULL, &output, &err), SF_EINVAL);
  field = good;
  field.settings.thresholds = 1;
  ck_assert_int_eq (sf_wind_field_max (&field, 0, 1, NULL, &output, &err), SF_EINVAL);
  ck_assert_ptr_nonnull (strstr (err.message, "threshold 0"));
  field = good;
  field.settings.scale = NAN;
  ck_assert_int_eq (sf_wind_field_max (&field, 0, 1, NULL, &output, &err), SF_EINVAL);
  ck_assert_int_eq (sf_wind_field_step (&good, 60, 0, 1, NULL, NULL, NULL, NULL, &err), SF_EINVAL);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("wind_field");
  TCase *tests = tcase_create ("all");
  tcase_set_timeout (tests, 120);
  tcase_add_loop_test (tests, rammasun_as_climada, 0, 4);
  tcase_add_loop_test (tests, fast_is_close_to_exact, 0, 4);
  tcase_add_loop_test (tests, vectors_as_climada, 0, 12);
  tcase_add_test (tests, reach);
  tcase_add_loop_test (tests, bands_change_nothing, 0, 4);
  tcase_add_loop_test (tests, plain_machine_agrees, 0, 2);
  tcase_add_loop_test (tests, southern_hemisphere_is_the_mirror, 0, 4);
  tcase_add_test (tests, rows_may_go_north);
  tcase_add_loop_test (tests, date_line, 0, 4);
  tcase_add_test (tests, seam_of_a_global_grid);
  tcase_add_test (tests, times_as_a_plain_loop);
  tcase_add_loop_test (tests, times_between_steps, 0, 2);
  tcase_add_loop_test (tests, scale_and_cutoff, 0, 2);
  tcase_add_test (tests, single_node);
  tcase_add_test (tests, refusals);
  suite_add_tcase (suite, tests);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
