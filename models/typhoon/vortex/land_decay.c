/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/vortex/land_decay.h"

#include "models/typhoon/averaging.h"
#include "models/typhoon/wind_profile.h"

#include <math.h>

static double
to_kt (double wind_mps)
{
  return sf_wind_convert_averaging (wind_mps, 2, 1, SF_WIND_EXPOSURE_AGENCY) / SF_WIND_MPS_PER_KN;
}

static double
from_kt (double wind_kt)
{
  return sf_wind_convert_averaging (wind_kt * SF_WIND_MPS_PER_KN, 1, 2, SF_WIND_EXPOSURE_AGENCY);
}

double
sf_land_decay_mainland_mps (double wind_mps, double hours)
{
  double before = to_kt (wind_mps), reduced = SF_LAND_DECAY_R * before, background = SF_LAND_DECAY_BACKGROUND_KT;
  double after = reduced;
  if (reduced > background)
    after = background + (reduced - background) * exp (-SF_LAND_DECAY_RATE_PH * hours);
  return from_kt (after);
}

double
sf_land_decay_step (double wind_mps, double land_frac, double dt_h)
{
  double background = from_kt (SF_LAND_DECAY_BACKGROUND_KT);
  if (wind_mps <= background)
    return wind_mps;
  return background + (wind_mps - background) * exp (-land_frac * SF_LAND_DECAY_RATE_PH * dt_h);
}

void
sf_land_decay_factors (const double *wind_mps, const double *land_frac, size_t n, double step_h, double *factor)
{
  for (size_t i = 0; i < n; i++)
    {
      factor[i] = i == 0 ? 1 : factor[i - 1];
      if (i == 0 || !(wind_mps[i - 1] > 0))
        continue;
      double share
          = sf_land_decay_step (wind_mps[i - 1], 0.5 * (land_frac[i - 1] + land_frac[i]), step_h) / wind_mps[i - 1];
      if (!isnan (share))
        factor[i] *= share;
    }
}

static float
cell_at (const struct sf_gridspec *spec, const float *values, double lon_deg, double lat_deg)
{
  const double *a = spec->affine;
  double column = floor ((lon_deg - a[0]) / a[1]), row = floor ((lat_deg - a[3]) / a[5]);
  bool inside = column >= 0 && column < spec->nx && row >= 0 && row < spec->ny;
  return inside ? values[(size_t) row * (size_t) spec->nx + (size_t) column] : NAN;
}

/* Vogel 1979: the n-th of N points at radius sqrt ((n + 0.5) / N), turned by the golden angle each time. */
double
sf_land_share (const struct sf_gridspec *spec, const float *land_fraction, double lon_deg, double lat_deg)
{
  const double golden_rad = M_PI * (3 - sqrt (5)), radius_deg = SF_LAND_DECAY_CIRCLE_KM * 1000 / SF_WIND_M_PER_DEG;
  const double widen = 1 / fmax (cos (lat_deg * M_PI / 180), 0.01);
  enum
  {
    PLACES = 200
  };
  double sum = 0;
  int known = 0;
  for (int i = 0; i < PLACES; i++)
    {
      double r = radius_deg * sqrt ((i + 0.5) / PLACES), angle = i * golden_rad;
      double land
          = (double) cell_at (spec, land_fraction, lon_deg + r * widen * cos (angle), lat_deg + r * sin (angle));
      if (isnan (land))
        continue;
      sum += land;
      known++;
    }
  return known ? sum / known : (double) NAN;
}
