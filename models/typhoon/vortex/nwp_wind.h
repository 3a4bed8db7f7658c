/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_VORTEX_NWP_WIND_H
#define SF_MODELS_TYPHOON_VORTEX_NWP_WIND_H

#include "core/data/grid.h"
#include "models/typhoon/vortex/storm_field.h"

/* The wind of numerical weather prediction on its own grid and times, looked at from a storm field's cells and steps. */
struct sf_nwp_wind
{
  struct sf_gridspec grid; /* of longitude and latitude, upright */
  int times;
  const int64_t *time_s; /* ascending */
  const float *u, *v;    /* times x ny x nx, row 0 first as in grid; m/s */
  double scale;          /* multiplies both: another averaging time */
  const struct sf_storm_field *field;
};

/* A row for struct sf_background; ctx is a struct sf_nwp_wind. Between the four nearest cell centres and the two nearest
   times; within half a cell of the grid's edge the
   outermost centres are continued outward. NaN outside the grid, before the first and after the last time, and where a neighbour is
   missing. The speed is that of the interpolated vector. Longitudes may be counted from any meridian. */
void sf_nwp_wind_row (const void *ctx, size_t step, int row, float *u_mps, float *v_mps, float *speed_mps);

#endif
