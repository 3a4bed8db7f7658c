/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_VORTEX_VORTEX_PROFILE_H
#define SF_MODELS_TYPHOON_VORTEX_VORTEX_PROFILE_H

/* The wind along one direction: a peak at the radius of maximum wind, then knots (radius, wind) outward. With
   g (r) = -ln (y e^(1-y)), y = (rmw/r)^b, which rises from 0 on both sides of rmw, ln V is straight in g from knot to
   knot: Holland, Belanger & Fritz 2010 eq 6 with an exponent of its own for each piece. */

enum
{
  SF_VORTEX_KNOTS = 6 /* the peak and five forces */
};

struct sf_vortex_profile
{
  double rmw_km, b, tail;
  int knots;
  double g[SF_VORTEX_KNOTS], log_mps[SF_VORTEX_KNOTS]; /* ascending, descending; the first is the peak: g 0 */
};

/* g of a radius relative to the radius of maximum wind. */
double sf_vortex_g (double ratio, double b);
/* The radius, relative to rmw, outside or inside of it where g is reached; g at least 0. */
double sf_vortex_outside (double g, double b);
double sf_vortex_inside (double g, double b);

void sf_vortex_profile_init (struct sf_vortex_profile *profile, double peak_mps, double rmw_km, double b, double tail);
/* Add a knot outside the ones there, weaker than they; one that is not is passed over. */
void sf_vortex_profile_add (struct sf_vortex_profile *profile, double r_km, double wind_mps);
/* The exponent from the last knot but one to the last; NaN with the peak alone. */
double sf_vortex_profile_last_exponent (const struct sf_vortex_profile *profile);
double sf_vortex_profile_wind_mps (const struct sf_vortex_profile *profile, double r_km);
/* The outer radius of a wind; 0 where the peak is below it. */
double sf_vortex_profile_radius_km (const struct sf_vortex_profile *profile, double wind_mps);
/* The radius inside rmw where it is reached; NaN where the peak is below it. */
double sf_vortex_profile_inner_km (const struct sf_vortex_profile *profile, double wind_mps);

#endif
