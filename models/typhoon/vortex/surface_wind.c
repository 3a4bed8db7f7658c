/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/vortex/surface_wind.h"

#include <math.h>

#define HEIGHT_M 10.0
#define FRICTION_POWER 0.0706

static const int minutes[SF_SURFACE_MINUTES] = { 1, 2, 10 };

static double
clip (double value, double low, double high)
{
  return value < low ? low : value > high ? high : value;
}

double
sf_surface_class_z0_m (const struct sf_surface_rules *rules, double code)
{
  for (size_t i = 0; i < rules->classes; i++)
    if (code == rules->code[i])
      return rules->z0_m[i];
  return (double) NAN;
}

double
sf_surface_roughness_factor (const struct sf_surface_rules *rules, double z0_m)
{
  double z0 = clip (z0_m, 1e-5, 3), friction = pow (z0 / rules->sea_z0_m, FRICTION_POWER);
  return friction * log (HEIGHT_M / z0) / log (HEIGHT_M / rules->sea_z0_m);
}

double
sf_surface_gust_factor (const struct sf_surface_rules *rules, int averaging_min, double z0_m)
{
  double share = log (z0_m / rules->sea_z0_m) / log (rules->land_z0_m / rules->sea_z0_m);
  for (int i = 0; i < SF_SURFACE_MINUTES; i++)
    if (minutes[i] == averaging_min)
      return rules->gust[i][0] + clip (share, 0, 1) * (rules->gust[i][1] - rules->gust[i][0]);
  return (double) NAN;
}

double
sf_surface_terrain_factor (const struct sf_surface_rules *rules, double elevation_m, double mean_m)
{
  double half_length_m = 500 * rules->terrain_radius_km;
  if (isnan (elevation_m) || isnan (mean_m))
    return 1;
  return clip (1 + rules->terrain_gain * (elevation_m - mean_m) / half_length_m, rules->terrain_least,
               rules->terrain_most);
}

double
sf_surface_mixed_gust_factor (const struct sf_surface_rules *rules, int averaging_min, double land_fraction)
{
  double sea = sf_surface_gust_factor (rules, averaging_min, rules->sea_z0_m);
  double land = sf_surface_gust_factor (rules, averaging_min, rules->land_z0_m)
                * sf_surface_roughness_factor (rules, rules->land_z0_m);
  return sea + land_fraction * (land - sea);
}
