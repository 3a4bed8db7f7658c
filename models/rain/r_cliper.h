/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_RAIN_R_CLIPER_H
#define SF_MODELS_RAIN_R_CLIPER_H

#include <stdbool.h>

/* R-CLIPER: the mean rain rate around a tropical cyclone by its intensity alone (Tuleya, DeMaria and Kuligowski 2007,
   Weather and Forecasting 22, Table 2, NHC's coefficients, which were fitted to the TRMM climatology of Lonfat, Marks
   and Chen 2004). Symmetric, without terrain, shear or motion; at most some 17 mm/h: a climatology that may raise an
   answer about rain but never lower it (licence.h). */
struct sf_rcliper
{
  double centre_inpd, peak_inpd; /* rate at the centre and at peak_km, inches a day */
  double peak_km, scale_km;      /* radius of the largest rate, e-folding distance beyond it */
};

/* The profile of a storm with a 1-minute maximum wind. Above 164.8 kn, where the radius of the largest rate would reach
   1 km and then vanish, it is that of 164.8 kn. False for NaN or a wind below 0; the out-parameter is then untouched. */
bool sf_rcliper_init (struct sf_rcliper *profile, double vmax_1min_mps);

/* The rate in mm/h at r_km >= 0 from the centre, never negative; NaN for NaN. */
double sf_rcliper_rate_mmph (const struct sf_rcliper *profile, double r_km);

#endif
