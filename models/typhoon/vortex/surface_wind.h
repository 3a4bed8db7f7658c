/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_VORTEX_SURFACE_WIND_H
#define SF_MODELS_TYPHOON_VORTEX_SURFACE_WIND_H

#include "core/base/error.h"

#include <stddef.h>

/* From the wind over the open sea to the wind at a place on the ground. Friction is taken out here and nowhere else:
   rings, maximum winds and decay over land are of the wind over open water (doc/typhoon/wind.md has the table). */

#define SF_SURFACE_RULES_FILE "typhoon/surface.yaml" /* below share/ */
#define SF_SURFACE_RULES_STAGE_FILE "share:" SF_SURFACE_RULES_FILE

enum
{
  SF_SURFACE_CLASSES = 64, /* at most */
  SF_SURFACE_MINUTES = 3   /* 1, 2, 10 */
};

struct sf_surface_rules
{
  double sea_z0_m, land_z0_m;
  double gust[SF_SURFACE_MINUTES][2]; /* over the mean of 1, 2, 10 minutes; at sea, in-land */
  double terrain_radius_km, terrain_gain, terrain_least, terrain_most;
  size_t classes;
  int code[SF_SURFACE_CLASSES];
  double z0_m[SF_SURFACE_CLASSES];
};

/* Load the rules of a share folder. Errors name file, line and column. */
enum sf_code sf_surface_rules_load_shared (const char *share_folder, struct sf_surface_rules *ret_rules,
                                           struct sf_error *err);

/* The roughness length of a class of land cover; NaN for a class that the rules do not have. */
double sf_surface_class_z0_m (const struct sf_surface_rules *rules, double code);

/* The mean wind at 10 m over ground of roughness z0_m as a share of that over the sea: logarithmic profiles whose
   friction velocities are as the roughness lengths to the power 0.0706 (Simiu & Scanlan 1996, eq 2.3.30; recalled). z0_m
   between 1e-5 and 3 m; NaN gives NaN. Steady flow over ground that is the same for some kilometres upwind. */
double sf_surface_roughness_factor (const struct sf_surface_rules *rules, double z0_m);

/* The 3-second gust over the mean of averaging_min (1, 2 or 10) minutes over ground of roughness z0_m; NaN for other
   averages. */
double sf_surface_gust_factor (const struct sf_surface_rules *rules, int averaging_min, double z0_m);

/* The speed-up or shelter of a place at elevation_m amid ground of mean height mean_m; 1 where either is NaN. */
double sf_surface_terrain_factor (const struct sf_surface_rules *rules, double elevation_m, double mean_m);

/* The largest gust over the mean wind over the sea, in a cell of which land_fraction is land of which nothing else is
   known: the part over land is reduced by its roughness first. NaN gives NaN. */
double sf_surface_mixed_gust_factor (const struct sf_surface_rules *rules, int averaging_min, double land_fraction);

#endif
