/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_STORM_GROUND_H
#define SF_MODELS_TYPHOON_STORM_GROUND_H

#include "core/plugin/plugin.h"
#include "models/typhoon/vortex/surface_wind.h"

/* What the ground does to the wind in each cell of a grid, from the rasters that the settings "roughness" and
   "elevation" name. */
struct sf_storm_ground
{
  struct sf_surface_rules rules;
  bool has_roughness, has_elevation;
  float *factor; /* on the mean wind over the sea: roughness and terrain; NULL with neither */
  float *z0_m;   /* of the cell, for gusts; NULL without a roughness raster */
};

/* Read the rasters. A cell that the roughness raster or its classes do not know keeps the sea's wind (factor 1), and how
   many do is logged. Sampled at nine places a cell. Errors of the files as sf_raster_load. Finish in any case. */
enum sf_code sf_storm_ground_init (struct sf_storm_ground *ground, const struct sf_host *host,
                                   const struct sf_gridspec *grid, struct sf_error *err);
void sf_storm_ground_finish (struct sf_storm_ground *ground);

#endif
