/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_SEA_WIND_SETUP_H
#define SF_MODELS_SEA_WIND_SETUP_H

#include <stddef.h>

/* The stress of the wind on the sea, Pa: 1.225 kg/m3 Cd W^2 with Cd = (0.75 + 0.067 W) 10^-3 (Garratt 1977, Monthly
   Weather Review 105), at most 2.5 10^-3: measured drag levels off above some 30 m/s (Powell, Vickery and Reinhold
   2003). W is a 10-minute mean at 10 m. NaN for NaN. */
double sf_sea_wind_stress_pa (double wind_mps);

/* A piece of the water's way to a gauge. */
struct sf_sea_piece
{
  double length_m, depth_m;
  double wind_mps;  /* speed over the piece, 10-minute mean */
  double along_mps; /* its component towards the gauge */
};

/* The set-up at the end of a way, m: sum of tau_n dx / (rho g (h + eta)) from the sea inwards, eta being what is piled up
   so far, depths below minimum_depth_m taken as that. Only the component towards the gauge counts (tau_n = tau along/W,
   never negative): a first-order answer gives no credit for water blown away. The steady balance of wind and slope of
   the surface along the way: no inertia, no Coriolis, no flow past the gauge, no waves. A piece of unknown wind adds
   nothing. NaN never. */
double sf_sea_wind_setup_m (const struct sf_sea_piece *pieces, size_t count, double minimum_depth_m);

#endif
