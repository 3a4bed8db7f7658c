/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a track and a grid from standard input and writes the wind as numbers, for wind_random_numpy.py:
     model(name) cyclostrophic given_vmax in_brackets rho(nan: from pressure) averaging_min exposure(name)
     lon0 lat0 dlon dlat nx ny max_distance_m step
     n, then n lines: time_s lon lat pc_hpa pn_hpa vmax_mps rmw_m (nan: missing)
   Output, a line each: exact maxima; fast maxima; u, v of the step. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "models/typhoon/wind_field.h"

enum
{
  MAX_NODES = 500
};

struct input
{
  struct sf_wind_track_options options;
  struct sf_wind_grid grid;
  double max_distance_m;
  size_t step, n;
  int64_t time_s[MAX_NODES];
  double values[6][MAX_NODES]; /* lon, lat, pc, pn, vmax, rmw */
};

static int
read_input (struct input *input)
{
  char model[16], exposure[16];
  int cyclostrophic, given_vmax, in_brackets;
  sf_wind_track_options_init (&input->options);
  if (scanf ("%15s %d %d %d %lf %d %15s", model, &cyclostrophic, &given_vmax, &in_brackets, &input->options.rho_kgpm3,
             &input->options.vmax_averaging_min, exposure)
      != 7)
    return 0;
  input->options.model = (enum sf_wind_model) sf_wind_model_find (model);
  input->options.exposure = (enum sf_wind_exposure) sf_wind_exposure_find (exposure);
  input->options.cyclostrophic = cyclostrophic;
  input->options.h10_given_vmax = given_vmax;
  input->options.h10_in_brackets = in_brackets;
  struct sf_wind_grid *grid = &input->grid;
  if (scanf ("%lf %lf %lf %lf %d %d %lf %zu %zu", &grid->lon0_deg, &grid->lat0_deg, &grid->dlon_deg, &grid->dlat_deg,
             &grid->nx, &grid->ny, &input->max_distance_m, &input->step, &input->n)
          != 9
      || input->n > MAX_NODES)
    return 0;
  for (size_t k = 0; k < input->n; k++)
    if (scanf ("%ld %lf %lf %lf %lf %lf %lf", &input->time_s[k], &input->values[0][k], &input->values[1][k],
               &input->values[2][k], &input->values[3][k], &input->values[4][k], &input->values[5][k])
        != 7)
      return 0;
  return 1;
}

static void
print_doubles (const double *values, size_t n)
{
  for (size_t i = 0; i < n; i++)
    printf ("%.17g ", values[i]);
  printf ("\n");
}

static void
print_floats (const float *values, size_t n)
{
  for (size_t i = 0; i < n; i++)
    printf ("%.9g ", (double) values[i]);
  printf ("\n");
}

static enum sf_code
compute (struct sf_wind_field *field, size_t step, void *workspace, double *maxima, float *u, float *v,
         struct sf_error *err)
{
  size_t cells = (size_t) field->grid.nx * (size_t) field->grid.ny;
  struct sf_wind_output output = { .max_double_mps = maxima };
  field->settings.mode = SF_WIND_EXACT;
  SF_TRY (sf_wind_field_max (field, 0, field->grid.ny, workspace, &output, err));
  print_doubles (maxima, cells);
  field->settings.mode = SF_WIND_FAST;
  SF_TRY (sf_wind_field_max (field, 0, field->grid.ny, workspace, &output, err));
  print_doubles (maxima, cells);
  SF_TRY (sf_wind_field_step (field, step, 0, field->grid.ny, workspace, u, v, NULL, err));
  print_floats (u, cells);
  print_floats (v, cells);
  return SF_OK;
}

int
main (void)
{
  static struct input input;
  static struct sf_wind_node nodes[MAX_NODES];
  struct sf_wind_track track;
  struct sf_error err = { 0 };
  if (!read_input (&input))
    return 2;
  struct sf_wind_fixes fixes = { input.n,         input.time_s,    input.values[0], input.values[1],
                                 input.values[2], input.values[3], input.values[4], input.values[5] };
  struct sf_wind_field field = { .track = &track, .grid = input.grid };
  sf_wind_settings_init (&field.settings);
  field.settings.cutoff_mps = 0.0;
  field.settings.max_distance_m = input.max_distance_m;
  size_t cells = (size_t) input.grid.nx * (size_t) input.grid.ny;
  double *maxima = malloc (cells * sizeof *maxima);
  float *u = malloc (cells * sizeof *u), *v = malloc (cells * sizeof *v);
  void *workspace = malloc (sf_wind_workspace_bytes (input.grid.nx));
  enum sf_code code = sf_wind_track_init (&track, nodes, &fixes, &input.options, &err);
  if (code == SF_OK)
    code = compute (&field, input.step, workspace, maxima, u, v, &err);
  if (code != SF_OK)
    fprintf (stderr, "wind_dump: %s\n", err.message);
  free (workspace);
  free (v);
  free (u);
  free (maxima);
  return code == SF_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
