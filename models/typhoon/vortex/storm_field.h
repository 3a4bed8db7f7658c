/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_VORTEX_STORM_FIELD_H
#define SF_MODELS_TYPHOON_VORTEX_STORM_FIELD_H

#include "core/data/grid.h"
#include "models/typhoon/vortex/storm_step.h"
#include "models/typhoon/wind_field.h"

#include <stdint.h>

/* The wind of any number of storms on one grid and one axis of time: at each place and moment the largest of their
   winds, reduced to the ground where a grid of factors is given, and blended with a background wind (of numerical
   weather prediction) outside the cores. wind_field.h is the faster way for one storm with a symmetric profile and
   nothing else. */

/* A wind field from elsewhere: rows of the same grid at the moments of the axis. Speeds where u_mps is NULL. NaN: not
   known there or then. */
struct sf_background
{
  const void *ctx;
  void (*row) (const void *ctx, size_t step, int row, float *u_mps, float *v_mps, float *speed_mps);
  /* The storm's own wind counts in full up to full_km from its centre, nothing from none_km on, and in between by a
     smooth step (3 t^2 - 2 t^3). */
  double full_km, none_km;
};

struct sf_storm_field
{
  struct sf_wind_grid grid;
  size_t storms, steps;
  const struct sf_storm_step *const *storm; /* storms arrays of steps */
  int64_t first_s, step_s;                  /* the axis of time */
  enum sf_wind_times times;
  bool exact; /* maxima by the equations, many times slower, instead of by tables */
  double threshold_mps[SF_WIND_MAX_THRESHOLDS];
  int thresholds;
  const float *ground;                    /* factor of each cell of the grid on the storms' wind, or NULL: 1 */
  const struct sf_background *background; /* NULL: none */
};

/* The share of a storm's own wind against the background at a distance. */
double sf_background_share (const struct sf_background *background, double r_km);

/* The bytes of workspace for one call on rows rows. */
size_t sf_storm_field_workspace_bytes (const struct sf_storm_field *field, int rows);

/* Compute the largest wind over all steps, and the times of the thresholds (hours after first_s), of the rows [row0,
   row0 + rows) into output as wind_field.h has it (max_double_mps is left alone): 0 where nothing was computed. Rows may
   be computed in any bands with the same result. SF_EINVAL as sf_wind_field_max. */
enum sf_code sf_storm_field_max (const struct sf_storm_field *field, int row0, int rows, void *workspace,
                                 const struct sf_wind_output *output, struct sf_error *err);

/* Compute a window's cells of one step by the equations: east, north and speed, those that are NULL not; NaN where
   nothing was computed. The vector is that of the strongest storm; where a background is blended in, of the weighted sum,
   with the weighted speed. */
enum sf_code sf_storm_field_step (const struct sf_storm_field *field, size_t step, const struct sf_cell_window *window,
                                  void *workspace, float *u_mps, float *v_mps, float *speed_mps, struct sf_error *err);

#endif
