/* SPDX-License-Identifier: Apache-2.0 */
#include "models/sea/wind_setup.h"

#include "models/sea/inverse_barometer.h"

#include <math.h>

#define AIR_KGPM3 1.225
#define DRAG_CAP 2.5e-3

double
sf_sea_wind_stress_pa (double wind_mps)
{
  double drag = (0.75 + 0.067 * wind_mps) * 1e-3;
  return AIR_KGPM3 * (drag > DRAG_CAP ? DRAG_CAP : drag) * wind_mps * wind_mps;
}

double
sf_sea_wind_setup_m (const struct sf_sea_piece *pieces, size_t count, double minimum_depth_m)
{
  double setup_m = 0;
  for (size_t i = 0; i < count; i++)
    {
      const struct sf_sea_piece *piece = &pieces[i];
      if (!(piece->along_mps > 0) || !(piece->wind_mps > 0))
        continue;
      double onshore_pa = sf_sea_wind_stress_pa (piece->wind_mps) * piece->along_mps / piece->wind_mps;
      double depth_m = fmax (piece->depth_m, minimum_depth_m) + setup_m;
      setup_m += onshore_pa * piece->length_m / (SF_SEA_DENSITY_KGPM3 * SF_SEA_GRAVITY_MPS2 * depth_m);
    }
  return setup_m;
}
