/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/vortex/vortex.h"

#include "models/typhoon/averaging.h"
#include "models/typhoon/vortex/vortex_profile.h"
#include "models/typhoon/wind_profile.h"

#include <math.h>

const int sf_vortex_force[SF_VORTEX_FORCES] = { 12, 10, 8, 7, 6 };
const double sf_vortex_threshold_mps[SF_VORTEX_FORCES] = { 32.7, 24.5, 17.2, 13.9, 10.8 };
const double sf_vortex_quadrant_centre_deg[SF_QUADRANTS] = { 45, 135, 225, 315 };

/* The width of the way from a quadrant's plateau down to its neighbour: with it the middle half is the plateau. */
#define RAMP_DEG 22.5

double
sf_vortex_between (enum sf_vortex_mode mode, const double values[SF_QUADRANTS], double azimuth_deg)
{
  double turns = azimuth_deg / 360.0, quarter = 4.0 * (turns - floor (turns));
  if (mode == SF_VORTEX_MEAN)
    {
      double at = quarter + 3.5;
      int q = (int) at;
      double a = values[q % 4], b = values[(q + 1) % 4];
      return a + (b - a) * 0.5 * (1.0 - cos (M_PI * (at - q)));
    }
  int q = (int) quarter & 3;
  double in_deg = 90.0 * (quarter - (int) quarter), left_deg = fmin (in_deg, 90.0 - in_deg);
  double own = values[q], other = values[in_deg < 45.0 ? (q + 3) % 4 : (q + 1) % 4];
  if (other >= own || left_deg >= RAMP_DEG)
    return own;
  return other + (own - other) * (left_deg / RAMP_DEG);
}

/* The profile in one direction. */
static struct sf_vortex_profile
profile_at (const struct sf_vortex *vortex, double azimuth_deg)
{
  struct sf_vortex_profile profile;
  double radius_km[SF_VORTEX_FORCES];
  double peak = sf_vortex_between (vortex->mode, vortex->peak_mps, azimuth_deg);
  double rmw_km = sf_vortex_between (vortex->mode, vortex->rmw_km, azimuth_deg);
  for (int f = 0; f < SF_VORTEX_FORCES; f++)
    {
      radius_km[f] = sf_vortex_between (vortex->mode, vortex->radius_km[f], azimuth_deg);
      /* On the way to a quadrant that does not reach the force: below it from where its ring has closed. */
      if (radius_km[f] <= rmw_km)
        peak = fmin (peak, sf_vortex_threshold_mps[f]);
    }
  sf_vortex_profile_init (&profile, peak, rmw_km, vortex->b, vortex->tail);
  for (int f = 0; f < SF_VORTEX_FORCES; f++)
    if (radius_km[f] > rmw_km)
      sf_vortex_profile_add (&profile, radius_km[f], sf_vortex_threshold_mps[f]);
  return profile;
}

double
sf_vortex_wind_mps (const struct sf_vortex *vortex, double r_km, double azimuth_deg)
{
  struct sf_vortex_profile profile = profile_at (vortex, azimuth_deg);
  return sf_vortex_profile_wind_mps (&profile, r_km);
}

/* The place of a threshold among those carried, -1 for another. */
static int
carried (double threshold_mps)
{
  for (int f = 0; f < SF_VORTEX_FORCES; f++)
    if (threshold_mps == sf_vortex_threshold_mps[f])
      return f;
  return -1;
}

void
sf_vortex_force_radii_km (const struct sf_vortex *vortex, double threshold_mps, double outer_km[SF_QUADRANTS],
                          double *inner_km)
{
  int force = carried (threshold_mps);
  *inner_km = (double) NAN;
  for (int q = 0; q < SF_QUADRANTS; q++)
    {
      struct sf_vortex_profile profile;
      sf_vortex_profile_init (&profile, vortex->peak_mps[q], vortex->rmw_km[q], vortex->b, vortex->tail);
      if (force >= 0)
        outer_km[q] = vortex->radius_km[force][q];
      else
        {
          profile = profile_at (vortex, sf_vortex_quadrant_centre_deg[q]);
          outer_km[q] = sf_vortex_profile_radius_km (&profile, threshold_mps);
        }
      if (outer_km[q] > 0)
        *inner_km = fmin (*inner_km, sf_vortex_profile_inner_km (&profile, threshold_mps));
    }
}
