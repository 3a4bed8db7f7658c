/* SPDX-License-Identifier: Apache-2.0 */
#include "models/sea/inverse_barometer.h"

#include <math.h>

#define PA_PER_HPA 100.0

double
sf_sea_pressure_hpa (double pc_hpa, double pn_hpa, double rmw_km, double b, double r_km)
{
  if (!(rmw_km > 0) || !(b > 0) || !(r_km >= 0))
    return (double) NAN;
  double share = r_km > 0 ? exp (-pow (rmw_km / r_km, b)) : 0;
  return pc_hpa + (pn_hpa - pc_hpa) * share;
}

double
sf_sea_inverse_barometer_m (double pn_hpa, double pressure_hpa)
{
  return PA_PER_HPA * (pn_hpa - pressure_hpa) / (SF_SEA_DENSITY_KGPM3 * SF_SEA_GRAVITY_MPS2);
}
