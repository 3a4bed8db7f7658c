/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/ensemble/member_wind.h"

#include "models/typhoon/averaging.h"
#include "models/typhoon/vortex/land_decay.h"
#include "models/typhoon/wind_profile.h"

#include <math.h>

static double
share_at (const struct sf_land_path *path, size_t i)
{
  return isnan (path->land_share[i]) ? 0 : path->land_share[i];
}

/* The decay at lead i from the one before and the wind there. */
static double
next_decay (const struct sf_land_path *path, size_t i, double decay, double wind_mps)
{
  double dt_h = path->hour[i] - path->hour[i - 1], land = (share_at (path, i - 1) + share_at (path, i)) / 2;
  if (wind_mps > 0)
    decay *= sf_land_decay_step (wind_mps, land, dt_h) / wind_mps;
  decay += (1 - decay) * -expm1 (-dt_h * (1 - land) / path->recovery_h);
  return fmax (decay, path->decay_floor);
}

void
sf_land_decay_of_winds (const struct sf_land_path *path, const double *wind_mps, double *ret_decay)
{
  for (size_t i = 0; i < path->n; i++)
    ret_decay[i] = i == 0 ? 1 : next_decay (path, i, ret_decay[i - 1], wind_mps[i - 1]);
}

void
sf_land_decay_along (const struct sf_land_path *path, const double *sea_mps, double *ret_wind_mps)
{
  double decay = 1;
  for (size_t i = 0; i < path->n; i++)
    {
      decay = i == 0 ? 1 : next_decay (path, i, decay, ret_wind_mps[i - 1]);
      ret_wind_mps[i] = sea_mps[i] * decay;
    }
}

double
sf_member_pressure_hpa (const struct sf_wind_pressure *centre, double lon_deg, double lat_deg, double wind_mps)
{
  const double least_hpa = 850;
  double drop_hpa = centre->environment_hpa - centre->pressure_hpa, ratio = wind_mps / centre->wind_mps;
  double one_minute_mps = sf_wind_convert_averaging (wind_mps, 2, 1, SF_WIND_EXPOSURE_AGENCY);
  double pressure_hpa = drop_hpa >= 1 && centre->wind_mps > 0
                            ? centre->environment_hpa - drop_hpa * ratio * ratio
                            : sf_wind_pressure_from_vmax_hpa (lon_deg, lat_deg, one_minute_mps);
  return isnan (pressure_hpa) ? pressure_hpa : fmax (least_hpa, fmin (pressure_hpa, centre->environment_hpa));
}
