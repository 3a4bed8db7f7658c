/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_RAIN_RAIN_FIELD_H
#define SF_MODELS_RAIN_RAIN_FIELD_H

#include "core/data/grid.h"
#include "models/rain/r_cliper.h"

#include <stddef.h>

enum
{
  SF_RAIN_TABLE_SIZE = 2048
};

/* The rate of one storm at one moment by distance: straight pieces of a quarter of a kilometre, 0 beyond reach_km (at
   most 500). Within 0.01 mm/h of the profile. */
struct sf_rain_table
{
  double reach_km;
  float rate_mmph[SF_RAIN_TABLE_SIZE];
};

void sf_rain_table_fill (struct sf_rain_table *table, const struct sf_rcliper *profile, double reach_km);

/* A storm's centre for a while. */
struct sf_rain_node
{
  double lon_deg, lat_deg;
  double vmax_1min_mps;
  double hours; /* how long it rains as from here; 0: not at all */
};

/* Slopes of the terrain, nx * ny each (orography.h), and what they do; slopes NULL: flat. */
struct sf_rain_terrain
{
  const float *slope_east, *slope_north;
  double gain, factor_max, inflow_deg;
};

/* Add the rain of a node, in mm, to rows [row0, row0 + rows) of an upright grid of longitude and latitude; total_mm
   points at the first of these rows. Distances on a plane at the row's mean latitude with the eye (within 0.5 % of the
   great circle below 300 km at 20 N), longitudes turned to the grid. The wind that meets the terrain goes round the eye,
   against the clock in the north, turned inwards by inflow_deg. NaN wind or position adds nothing. No allocation; safe
   for different rows at once. */
void sf_rain_add_rows (const struct sf_gridspec *spec, const struct sf_rain_node *node,
                       const struct sf_rain_table *table, const struct sf_rain_terrain *terrain, int row0, int rows,
                       float *total_mm);

/* Add a node's rates, mm/h, at count points, without terrain; nothing beyond reach_km and where a number is NaN. */
void sf_rain_add_rates (const struct sf_rain_node *node, double reach_km, const double *lon_deg, const double *lat_deg,
                        size_t count, double *rates_mmph);

#endif
