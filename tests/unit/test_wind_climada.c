/* SPDX-License-Identifier: Apache-2.0 */
/* Files that CLIMADA 6.1 made, in $SANFANG_SHARED/typhoon: the hourly Barbados track with its test centroids, and the
   fields of Rammasun. The table of maxima is printed in handbook/typhoon.md 1.11. Skipped where the folder is absent.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/wind_rammasun.h"

enum
{
  BRB_NODES = 223,
  BRB_POINTS = 296
};

static char folder[4000];

struct barbados
{
  int64_t time_s[BRB_NODES];
  double lon[BRB_NODES], lat[BRB_NODES], pc[BRB_NODES], pn[BRB_NODES], vmax[BRB_NODES], rmw[BRB_NODES],
      motion[BRB_NODES];
  double point_lon[BRB_POINTS], point_lat[BRB_POINTS];
  struct sf_wind_node nodes[BRB_NODES];
  struct sf_wind_track track;
};

static struct barbados brb;

static FILE *
open_shared (const char *name)
{
  char path[4200];
  snprintf (path, sizeof path, "%s/typhoon/%s", folder, name);
  return fopen (path, "r");
}

/* The next line that is not a comment. */
static char *
next_line (FILE *file, char *line, int size)
{
  do
    if (!fgets (line, size, file))
      return NULL;
  while (line[0] == '#');
  return line;
}

static void
load_barbados (void)
{
  char line[400];
  FILE *file = open_shared ("brb_hourly_track.csv");
  for (int k = 0; k < BRB_NODES; k++)
    {
      double kn, nm;
      ck_assert_ptr_nonnull (next_line (file, line, sizeof line));
      ck_assert_int_eq (sscanf (line, "%*[^,],%lf,%lf,%lf,%lf,%lf,%lf,%lf", &brb.lat[k], &brb.lon[k], &brb.pc[k],
                                &brb.pn[k], &kn, &nm, &brb.motion[k]),
                        7);
      brb.time_s[k] = 3600 * k;
      brb.vmax[k] = kn * 1852 / 3600;
      brb.rmw[k] = nm * 1852;
    }
  fclose (file);
  file = open_shared ("brb_centroids.csv");
  for (int i = 0; i < BRB_POINTS; i++)
    {
      ck_assert_ptr_nonnull (next_line (file, line, sizeof line));
      ck_assert_int_eq (sscanf (line, "%*d,%lf,%lf", &brb.point_lat[i], &brb.point_lon[i]), 2);
    }
  fclose (file);
}

struct variant
{
  const char *name;
  enum sf_wind_model model;
  bool given_vmax, in_brackets;
  double rho;
  int nonzero; /* -1: not known */
  double expected[12];
};

static const int cells[12] = { 0, 1, 2, 3, 80, 100, 120, 200, 220, 250, 260, 295 };

static const struct variant variants[] = {
  { "H08",
    SF_WIND_H08,
    false,
    false,
    1.15,
    255,
    { 22.74903, 23.784691, 24.82255, 22.67403, 27.218706, 30.593959, 18.980878, 24.540069, 27.826407, 26.846293, 0,
      34.568898 } },
  { "H10",
    SF_WIND_H10,
    false,
    false,
    1.15,
    -1,
    { 24.745521, 25.596484, 26.475329, 24.690914, 28.650107, 31.584395, 21.723546, 26.140293, 28.94964, 28.051915,
      18.49378, 35.312152 } },
  { "H10 given vmax",
    SF_WIND_H10,
    true,
    false,
    1.2,
    -1,
    { 23.702232, 24.327615, 24.947161, 23.589233, 26.616085, 29.389295, 21.338178, 24.257067, 26.472543, 25.662313,
      18.535842, 31.886041 } },
  { "H10 given vmax, density from pressure",
    SF_WIND_H10,
    true,
    false,
    NAN,
    -1,
    { 24.244162, 24.835561, 25.432454, 24.139294, 27.127457, 29.719196, 21.910658, 24.692637, 26.783575, 25.971516,
      19.005555, 31.904048 } },
  { "H10 given vmax in brackets",
    SF_WIND_H10,
    true,
    true,
    NAN,
    -1,
    { 23.592924, 24.208169, 24.817104, 23.483053, 26.468975, 29.221715, 21.260867, 24.150879, 26.34288, 25.543635,
      18.487385, 31.904048 } },
  { "H1980",
    SF_WIND_H1980,
    false,
    false,
    1.15,
    -1,
    { 21.376807, 21.957217, 22.569568, 21.284351, 24.254226, 26.971303, 19.220149, 21.984516, 24.196388, 23.449116, 0,
      31.550207 } },
  { "ER11",
    SF_WIND_ER11,
    false,
    false,
    1.15,
    -1,
    { 23.565332, 24.931413, 26.360758, 23.490333, 29.601171, 34.522795, 18.996389, 26.102109, 30.780737, 29.498453, 0,
      38.368805 } },
};

static void
prepare_barbados (const struct variant *variant)
{
  struct sf_wind_track_options options;
  struct sf_wind_fixes fixes = { BRB_NODES, brb.time_s, brb.lon, brb.lat, brb.pc, brb.pn, brb.vmax, brb.rmw };
  sf_wind_track_options_init (&options);
  options.model = variant->model;
  options.rho_kgpm3 = variant->rho;
  options.h10_given_vmax = variant->given_vmax;
  options.h10_in_brackets = variant->in_brackets;
  ck_assert_int_eq (sf_wind_track_init (&brb.track, brb.nodes, &fixes, &options, NULL), SF_OK);
}

/* Each point as a grid of one cell, by the kernels, and by the plain form; values are printed to 6 decimals, the track
 * to 9. */
START_TEST (barbados)
{
  const struct variant *variant = &variants[_i];
  double found[BRB_POINTS];
  int nonzero = 0;
  void *workspace = malloc (sf_wind_workspace_bytes (1));
  load_barbados ();
  prepare_barbados (variant);
  struct sf_wind_field field = { .track = &brb.track };
  sf_wind_settings_init (&field.settings);
  field.settings.mode = SF_WIND_EXACT;
  for (int i = 0; i < BRB_POINTS; i++)
    {
      struct sf_wind_output output = { .max_double_mps = &found[i] };
      field.grid = (struct sf_wind_grid){ brb.point_lon[i], brb.point_lat[i], 0.1, 0.1, 1, 1 };
      ck_assert_int_eq (sf_wind_field_max (&field, 0, 1, workspace, &output, NULL), SF_OK);
      ck_assert_double_eq_tol (found[i],
                               sf_wind_max_at (&brb.track, &field.settings, brb.point_lon[i], brb.point_lat[i]), 1e-10);
      nonzero += found[i] > 0.0;
    }
  for (int c = 0; c < 12; c++)
    ck_assert_msg (fabs (found[cells[c]] - variant->expected[c]) < 2e-6, "%s, cell %d: %.6f, CLIMADA has %.6f",
                   variant->name, cells[c], found[cells[c]], variant->expected[c]);
  if (variant->nonzero >= 0)
    ck_assert_int_eq (nonzero, variant->nonzero);
  free (workspace);
}
END_TEST

START_TEST (motion_and_radius_of_barbados)
{
  struct sf_wind_track_options options;
  load_barbados ();
  struct sf_wind_fixes fixes = { BRB_NODES, brb.time_s, brb.lon, brb.lat, brb.pc, brb.pn, brb.vmax, NULL };
  sf_wind_track_options_init (&options);
  ck_assert_int_eq (sf_wind_track_init (&brb.track, brb.nodes, &fixes, &options, NULL), SF_OK);
  for (int k = 0; k < BRB_NODES; k++)
    {
      ck_assert_double_eq_tol (brb.nodes[k].vt_mps, brb.motion[k], 1e-6);
      ck_assert_double_eq_tol (brb.nodes[k].radial.rmw_m, brb.rmw[k], 1e-3);
    }
}
END_TEST

/* The file's path was made by scipy's cubic interpolation from 6-hourly fixes, which are every 6th row; 9 decimals. */
START_TEST (path_of_barbados)
{
  enum
  {
    FIXES = BRB_NODES / 6 + 1
  };
  int64_t time_s[FIXES];
  double lon[FIXES], lat[FIXES], vmax[FIXES], out_lon[BRB_NODES], out_lat[BRB_NODES], out[BRB_NODES],
      workspace[5 * FIXES];
  load_barbados ();
  for (int i = 0; i < FIXES; i++)
    {
      time_s[i] = brb.time_s[6 * i];
      lon[i] = brb.lon[6 * i];
      lat[i] = brb.lat[6 * i];
      vmax[i] = brb.vmax[6 * i];
    }
  ck_assert_uint_eq (sf_track_interp_count (time_s, FIXES, 3600), BRB_NODES);
  ck_assert_int_eq (sf_track_interp_path (time_s, lon, lat, FIXES, SF_TRACK_PATH_SPLINE, brb.time_s, BRB_NODES, out_lon,
                                          out_lat, workspace, NULL),
                    SF_OK);
  sf_track_interp_linear (time_s, vmax, FIXES, 21600, brb.time_s, BRB_NODES, out);
  for (int k = 0; k < BRB_NODES; k++)
    {
      ck_assert_double_eq_tol (out_lon[k], brb.lon[k], 2e-9);
      ck_assert_double_eq_tol (out_lat[k], brb.lat[k], 2e-9);
      ck_assert_double_eq_tol (out[k], brb.vmax[k], 1e-8);
    }
}
END_TEST

/* Our own interpolation of the typed track is the input that CLIMADA had. */
START_TEST (input_of_rammasun)
{
  static struct rammasun storm;
  char line[400];
  FILE *file = open_shared ("rammasun_60h_linear.csv");
  rammasun_fill (&storm, 3600);
  ck_assert_ptr_nonnull (next_line (file, line, sizeof line));
  for (size_t k = 0; k < RAMMASUN_HOURS; k++)
    {
      double lat, lon, pc, vmax;
      ck_assert_ptr_nonnull (next_line (file, line, sizeof line));
      ck_assert_int_eq (sscanf (line, "%*[^,],%lf,%lf,%lf,%lf", &lat, &lon, &pc, &vmax), 4);
      ck_assert_double_eq_tol (storm.lat_deg[k], lat, 1e-11);
      ck_assert_double_eq_tol (storm.lon_deg[k], lon, 1e-11);
      ck_assert_double_eq_tol (storm.pc_hpa[k], pc, 1e-11);
      ck_assert_double_eq_tol (storm.vmax_mps[k], vmax, 1e-11);
    }
  fclose (file);
}
END_TEST

/* Every 10th row and column of the field, 6 decimals. Only the files that are there are compared; H08 must be. */
START_TEST (fields_of_rammasun)
{
  static struct rammasun storm;
  char name[100];
  snprintf (name, sizeof name, "ref_%s_every10.csv", sf_wind_model_name ((enum sf_wind_model) _i));
  FILE *file = open_shared (name);
  if (!file && _i != SF_WIND_H08)
    return;
  ck_assert_ptr_nonnull (file);
  rammasun_fill (&storm, 3600);
  ck_assert_int_eq (rammasun_prepare (&storm, (enum sf_wind_model) _i, NULL), SF_OK);
  struct sf_wind_field field = rammasun_field (&storm);
  field.settings.mode = SF_WIND_EXACT;
  void *workspace = malloc (sf_wind_workspace_bytes (RAMMASUN_NX));
  for (int row = 0; row < RAMMASUN_NY; row += 10)
    {
      double found[RAMMASUN_NX];
      struct sf_wind_output output = { .max_double_mps = found };
      ck_assert_int_eq (sf_wind_field_max (&field, row, 1, workspace, &output, NULL), SF_OK);
      for (int column = 0; column < RAMMASUN_NX; column += 10)
        {
          double want;
          ck_assert_int_eq (fscanf (file, "%lf%*c", &want), 1);
          ck_assert_double_eq_tol (found[column], want, 1e-6);
        }
    }
  free (workspace);
  fclose (file);
}
END_TEST

int
main (void)
{
  const char *shared = getenv ("SANFANG_SHARED");
  snprintf (folder, sizeof folder, "%s", shared ? shared : "");
  FILE *there = shared ? open_shared ("ref_H08_every10.csv") : NULL;
  if (!there)
    {
      printf ("SKIP test_wind_climada: no CLIMADA reference files in SANFANG_SHARED (%s)\n",
              shared ? shared : "not set");
      return 77;
    }
  fclose (there);
  Suite *suite = suite_create ("wind_climada");
  TCase *tests = tcase_create ("all");
  tcase_add_loop_test (tests, barbados, 0, (int) (sizeof variants / sizeof *variants));
  tcase_add_test (tests, motion_and_radius_of_barbados);
  tcase_add_test (tests, path_of_barbados);
  tcase_add_test (tests, input_of_rammasun);
  tcase_add_loop_test (tests, fields_of_rammasun, 0, 4);
  suite_add_tcase (suite, tests);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
