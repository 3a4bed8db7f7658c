/* SPDX-License-Identifier: Apache-2.0 */
#include "models/rain/r_cliper.h"

#include <math.h>

#define MPS_PER_KN (1852.0 / 3600.0)
#define MMPH_PER_INPD (25.4 / 24.0)
#define LEAST_PEAK_KM 1.0

bool
sf_rcliper_init (struct sf_rcliper *profile, double vmax_1min_mps)
{
  if (!(vmax_1min_mps >= 0))
    return false;
  double u = fmin (1 + (vmax_1min_mps / MPS_PER_KN - 35) / 33, (64.5 - LEAST_PEAK_KM) / 13);
  *profile = (struct sf_rcliper){
    .centre_inpd = -1.10 + 3.96 * u, .peak_inpd = -1.60 + 4.80 * u, .peak_km = 64.5 - 13 * u, .scale_km = 150 - 16 * u
  };
  return true;
}

double
sf_rcliper_rate_mmph (const struct sf_rcliper *profile, double r_km)
{
  double inpd = r_km > profile->peak_km
                    ? profile->peak_inpd * exp (-(r_km - profile->peak_km) / profile->scale_km)
                    : profile->centre_inpd + (profile->peak_inpd - profile->centre_inpd) * r_km / profile->peak_km;
  return inpd < 0 ? 0 : inpd * MMPH_PER_INPD;
}
