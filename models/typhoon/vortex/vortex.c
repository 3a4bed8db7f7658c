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

/* The two quadrants that a direction lies between, and where: 0 at the first's own place, 1 at the second's. */
struct between
{
  int own, other;
  double at;
};

static struct between
find_between (enum sf_vortex_mode mode, double azimuth_deg)
{
  double turns = azimuth_deg / 360.0, quarter = 4.0 * (turns - floor (turns));
  if (mode == SF_VORTEX_MEAN)
    {
      double place = quarter + 3.5;
      int q = (int) place;
      return (struct between){ q % 4, (q + 1) % 4, 0.5 * (1.0 - cos (M_PI * (place - q))) };
    }
  int q = (int) quarter & 3;
  double in_deg = 90.0 * (quarter - (int) quarter), left_deg = fmin (in_deg, 90.0 - in_deg);
  return (struct between){ q, in_deg < 45.0 ? (q + 3) % 4 : (q + 1) % 4, fmax (0, 1 - left_deg / RAMP_DEG) };
}

/* In mode envelope a quadrant gives way only to a smaller neighbour. */
static double
value_between (enum sf_vortex_mode mode, const double values[SF_QUADRANTS], struct between between)
{
  double own = values[between.own], other = values[between.other];
  return mode == SF_VORTEX_ENVELOPE && other >= own ? own : own + (other - own) * between.at;
}

double
sf_vortex_between (enum sf_vortex_mode mode, const double values[SF_QUADRANTS], double azimuth_deg)
{
  return value_between (mode, values, find_between (mode, azimuth_deg));
}

/* The peak in a direction between a quadrant that reaches a force and one that does not: it sinks to the force as the
   force's ring closes around the radius of maximum wind, and on below it from there. */
static double
peak_between (const struct sf_vortex *vortex, struct between between, double rmw_km)
{
  double peak = value_between (vortex->mode, vortex->peak_mps, between);
  for (int f = SF_VORTEX_FORCES - 1; f >= 0; f--)
    {
      double a = vortex->radius_km[f][between.own], b = vortex->radius_km[f][between.other], largest = fmax (a, b);
      if ((a > 0) == (b > 0) || largest <= rmw_km)
        continue;
      double force = sf_vortex_threshold_mps[f], radius = value_between (vortex->mode, vortex->radius_km[f], between);
      double high = fmax (vortex->peak_mps[between.own], vortex->peak_mps[between.other]);
      double low = fmin (vortex->peak_mps[between.own], vortex->peak_mps[between.other]);
      return radius > rmw_km ? force + (high - force) * (radius - rmw_km) / (largest - rmw_km)
                             : low + (force - low) * radius / rmw_km;
    }
  return peak;
}

struct sf_vortex_profile
sf_vortex_profile_at (const struct sf_vortex *vortex, double azimuth_deg)
{
  struct sf_vortex_profile profile;
  struct between between = find_between (vortex->mode, azimuth_deg);
  double rmw_km = value_between (vortex->mode, vortex->rmw_km, between);
  sf_vortex_profile_init (&profile, peak_between (vortex, between, rmw_km), rmw_km, vortex->b, vortex->tail);
  for (int f = 0; f < SF_VORTEX_FORCES; f++)
    sf_vortex_profile_add (&profile, value_between (vortex->mode, vortex->radius_km[f], between),
                           sf_vortex_threshold_mps[f]);
  return profile;
}

double
sf_vortex_wind_mps (const struct sf_vortex *vortex, double r_km, double azimuth_deg)
{
  struct sf_vortex_profile profile = sf_vortex_profile_at (vortex, azimuth_deg);
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
  int force = carried (threshold_mps), last = -1;
  *inner_km = (double) NAN;
  for (int q = 0; q < SF_QUADRANTS; q++)
    {
      struct sf_vortex_profile profile;
      if (force >= 0)
        outer_km[q] = vortex->radius_km[force][q];
      else
        {
          profile = sf_vortex_profile_at (vortex, sf_vortex_quadrant_centre_deg[q]);
          outer_km[q] = sf_vortex_profile_radius_km (&profile, threshold_mps);
        }
      if (!(outer_km[q] > 0)
          || (last >= 0 && vortex->peak_mps[q] == vortex->peak_mps[last] && vortex->rmw_km[q] == vortex->rmw_km[last]))
        continue;
      last = q;
      sf_vortex_profile_init (&profile, vortex->peak_mps[q], vortex->rmw_km[q], vortex->b, vortex->tail);
      *inner_km = fmin (*inner_km, sf_vortex_profile_inner_km (&profile, threshold_mps));
    }
}
