/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_WIND_FIELD_H
#define SF_MODELS_TYPHOON_WIND_FIELD_H

#include <stddef.h>

#include "core/base/error.h"
#include "models/typhoon/wind_kernel.h"
#include "models/typhoon/wind_track.h"

#define SF_WIND_MAX_THRESHOLDS 4

/* A regular grid of longitude and latitude. Row 0 lies at lat0_deg. */
struct sf_wind_grid
{
  double lon0_deg, lat0_deg; /* centre of the first cell */
  double dlon_deg;           /* above 0 */
  double dlat_deg;           /* negative where rows go south */
  int nx, ny;                /* columns, rows */
};

enum sf_wind_mode
{
  /* Radial tables in float: less than 0.01 m/s from exact at the worst cell (Rammasun 0.0004 in all models; 3 600
     random storms 0.005, where the exponent of H10 has its kink). */
  SF_WIND_FAST,
  /* The equations in double. */
  SF_WIND_EXACT,
};

/* What happens between two steps. */
enum sf_wind_times
{
  /* Nothing: a place has at step k the wind of step k. Arrival is the first step at or above the threshold and end the
     last, both on the step; duration counts each such step as one step's length. */
  SF_WIND_TIMES_STEP,
  /* The speed runs straight from step to step (from 0 where the place was out of reach, which makes arrivals early
     rather than late). Arrival and end are the first and last moment at or above the threshold, duration the time spent
     there. */
  SF_WIND_TIMES_LINEAR,
};

struct sf_wind_settings
{
  enum sf_wind_mode mode;
  enum sf_wind_times times;
  double max_distance_m; /* from the eye; farther cells get no wind from that step; at most 2000 km */
  double cutoff_mps;     /* maxima below are written as 0; times are not touched by it */
  double beyond_mps;     /* what a single step's cells out of reach get: 0, or NaN */
  double scale;          /* multiplies every speed: another averaging time than 1 minute (sf_wind_averaging_factor) */
  double threshold_mps[SF_WIND_MAX_THRESHOLDS]; /* above 0, compared with the scaled speed */
  int thresholds;                               /* how many, from 0 */
  enum sf_wind_isa isa;
};

/* Set: fast, steps, 300 km, cut-off 17.5 m/s, 0 beyond reach, scale 1, no thresholds, best instructions. */
void sf_wind_settings_init (struct sf_wind_settings *settings);

/* What is computed: winds of a track on a grid. Borrows the track. */
struct sf_wind_field
{
  const struct sf_wind_track *track;
  struct sf_wind_grid grid;
  struct sf_wind_settings settings;
};

/* Times of one threshold, in hours after the track's first node. arrival_h and end_h are NaN where the wind never
   reached it, duration_h is 0 there. */
struct sf_wind_hours
{
  float *arrival_h, *end_h, *duration_h;
};

/* Where results go: arrays of rows x nx, row after row; the caller's. A maximum that is NULL is not wanted. */
struct sf_wind_output
{
  float *max_mps;
  double *max_double_mps; /* the same unrounded, for comparisons; in fast mode no more exact than max_mps */
  struct sf_wind_hours hours[SF_WIND_MAX_THRESHOLDS]; /* the first settings.thresholds must all be there */
};

/* The bytes of workspace, aligned as by malloc, for one call on rows of nx cells; its content is never kept. About 1.4
   MB up to a few thousand columns, 32 bytes for each column more beyond 38 400; depends neither on the number of rows
   nor on the number of steps. */
size_t sf_wind_workspace_bytes (int nx);

/* Compute the largest wind over all steps, and the times of the thresholds, of the rows [row0, row0 + rows).
   Rows may be computed in any bands, in parallel with one workspace each: the result is the same to the last bit.
   SF_EINVAL: a setting, grid or band that makes no sense; the message names it. The grid may cross 180 degrees, and
   longitudes may be counted from any meridian. */
enum sf_code sf_wind_field_max (const struct sf_wind_field *field, int row0, int rows, void *workspace,
                                const struct sf_wind_output *output, struct sf_error *err);

/* Compute the wind of one step (node) of the rows [row0, row0 + rows), always exactly: east and north components and
   speed in m/s, arrays of rows x nx, those that are NULL not. beyond_mps out of reach, and everywhere when the node makes
   no wind; the cut-off is not applied. Errors as above. */
enum sf_code sf_wind_field_step (const struct sf_wind_field *field, size_t step, int row0, int rows, void *workspace,
                                 float *u_mps, float *v_mps, float *speed_mps, struct sf_error *err);

/* Compute the wind vector of one node at one place by the equations of wind_profile.h: east and north, in m/s,
   unscaled; 0 beyond max_distance_m and within 1 m of the eye. The plain form of what the kernels do. */
void sf_wind_at (const struct sf_wind_track *track, size_t step, double max_distance_m, double lon_deg, double lat_deg,
                 double *u_mps, double *v_mps);

/* Compute the largest wind over all steps at one place, in m/s, scaled and cut off as the settings say. */
double sf_wind_max_at (const struct sf_wind_track *track, const struct sf_wind_settings *settings, double lon_deg,
                       double lat_deg);

#endif
