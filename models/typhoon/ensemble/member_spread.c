/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/ensemble/member_spread.h"

#include <math.h>

enum
{
  DIRECTIONS = 128 /* a smooth periodic mean: exact to 1e-12 for axes within 1 to 3 */
};

/* Principal axes of the normal part. */
static void
axes_of (const struct sf_spread *spread, double *ret_long_km, double *ret_short_km)
{
  double a2 = spread->along_km * spread->along_km, c2 = spread->cross_km * spread->cross_km;
  double covariance = spread->correlation * spread->along_km * spread->cross_km;
  double half = hypot ((a2 - c2) / 2, covariance), mid = (a2 + c2) / 2;
  *ret_long_km = sqrt (mid + half);
  *ret_short_km = sqrt (fmax (0, mid - half));
}

static double
radius_at (double long_km, double short_km, int i)
{
  double angle = 2 * M_PI * (i + 0.5) / DIRECTIONS;
  return hypot (long_km * cos (angle), short_km * sin (angle));
}

double
sf_spread_mean_km (const struct sf_spread *spread)
{
  double long_km, short_km, sum = 0, nu = spread->nu;
  axes_of (spread, &long_km, &short_km);
  for (int i = 0; i < DIRECTIONS; i++)
    sum += radius_at (long_km, short_km, i);
  double mean_w = sqrt (nu / 2) * exp (lgamma ((nu - 1) / 2) - lgamma (nu / 2));
  return sqrt (M_PI / 2) * mean_w * sum / DIRECTIONS;
}

struct sf_spread
sf_spread_of_mean (double mean_km, double ratio, double correlation, double nu)
{
  struct sf_spread spread = { .along_km = ratio, .cross_km = 1, .correlation = correlation, .nu = nu };
  double scale = mean_km / sf_spread_mean_km (&spread);
  spread.along_km *= scale;
  spread.cross_km *= scale;
  return spread;
}

double
sf_spread_within (const struct sf_spread *spread, double r_km)
{
  double long_km, short_km, sum = 0, nu = spread->nu;
  axes_of (spread, &long_km, &short_km);
  if (r_km <= 0)
    return 0;
  for (int i = 0; i < DIRECTIONS; i++)
    {
      double ratio = r_km / radius_at (long_km, short_km, i);
      sum += 1 - pow (1 + ratio * ratio / nu, -nu / 2);
    }
  return sum / DIRECTIONS;
}

double
sf_spread_quantile_km (const struct sf_spread *spread, double probability)
{
  double low_km = 0, high_km = 1;
  if (!(spread->along_km > 0 || spread->cross_km > 0))
    return 0;
  while (sf_spread_within (spread, high_km) < probability && high_km < 1e6)
    high_km *= 2;
  for (int i = 0; i < 60; i++)
    {
      double mid_km = (low_km + high_km) / 2;
      *(sf_spread_within (spread, mid_km) < probability ? &low_km : &high_km) = mid_km;
    }
  return (low_km + high_km) / 2;
}
