/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/vortex/vortex_profile.h"

#include <math.h>

#define INNER_EXPONENT 0.5 /* inside rmw: Holland, Belanger & Fritz 2010 eq 10 */

double
sf_vortex_g (double ratio, double b)
{
  double log_y = -b * log (ratio);
  return expm1 (log_y) - log_y;
}

/* The root t of e^t - 1 - t = g on one side of 0; start on the side where Newton's way to it is monotone. */
static double
solve (double g, double t)
{
  for (int i = 0; i < 30; i++)
    {
      double slope = expm1 (t), step = slope != 0 ? (slope - t - g) / slope : 0;
      t -= step;
      if (fabs (step) < 1e-12)
        break;
    }
  return t;
}

double
sf_vortex_outside (double g, double b)
{
  return g > 0 ? exp (-solve (g, -(g + 1)) / b) : 1;
}

double
sf_vortex_inside (double g, double b)
{
  return g > 0 ? exp (-solve (g, sqrt (2 * g)) / b) : 1;
}

void
sf_vortex_profile_init (struct sf_vortex_profile *profile, double peak_mps, double rmw_km, double b, double tail)
{
  profile->rmw_km = rmw_km;
  profile->b = b;
  profile->tail = tail;
  profile->knots = 1;
  profile->g[0] = 0;
  profile->log_mps[0] = log (peak_mps);
}

void
sf_vortex_profile_add (struct sf_vortex_profile *profile, double r_km, double wind_mps)
{
  int n = profile->knots;
  double log_mps = log (wind_mps);
  if (n == SF_VORTEX_KNOTS || !(r_km > profile->rmw_km) || !(log_mps < profile->log_mps[n - 1]))
    return;
  double g = sf_vortex_g (r_km / profile->rmw_km, profile->b);
  if (!(g > profile->g[n - 1]))
    return;
  profile->g[n] = g;
  profile->log_mps[n] = log_mps;
  profile->knots = n + 1;
}

double
sf_vortex_profile_last_exponent (const struct sf_vortex_profile *profile)
{
  int n = profile->knots;
  if (n < 2)
    return (double) NAN;
  return (profile->log_mps[n - 2] - profile->log_mps[n - 1]) / (profile->g[n - 1] - profile->g[n - 2]);
}

double
sf_vortex_profile_wind_mps (const struct sf_vortex_profile *profile, double r_km)
{
  double ratio = r_km / profile->rmw_km;
  if (ratio <= 0)
    return 0;
  double g = sf_vortex_g (ratio, profile->b);
  if (ratio <= 1)
    return exp (profile->log_mps[0] - INNER_EXPONENT * g);
  int k = 1;
  while (k < profile->knots && g > profile->g[k])
    k++;
  double g0 = profile->g[k - 1], log0 = profile->log_mps[k - 1];
  if (k == profile->knots)
    return exp (log0 - profile->tail * (g - g0));
  return exp (log0 + (profile->log_mps[k] - log0) * (g - g0) / (profile->g[k] - g0));
}

double
sf_vortex_profile_radius_km (const struct sf_vortex_profile *profile, double wind_mps)
{
  double log_mps = log (wind_mps);
  int k = 1;
  if (!(log_mps <= profile->log_mps[0]))
    return 0;
  while (k < profile->knots && log_mps < profile->log_mps[k])
    k++;
  double g0 = profile->g[k - 1], fallen = profile->log_mps[k - 1] - log_mps;
  double g = k == profile->knots ? g0 + fallen / profile->tail
                                 : g0 + fallen * (profile->g[k] - g0) / (profile->log_mps[k - 1] - profile->log_mps[k]);
  return profile->rmw_km * sf_vortex_outside (g, profile->b);
}

double
sf_vortex_profile_inner_km (const struct sf_vortex_profile *profile, double wind_mps)
{
  double fallen = profile->log_mps[0] - log (wind_mps);
  return fallen >= 0 ? profile->rmw_km * sf_vortex_inside (fallen / INNER_EXPONENT, profile->b) : (double) NAN;
}
