/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_SEA_INVERSE_BAROMETER_H
#define SF_MODELS_SEA_INVERSE_BAROMETER_H

#define SF_SEA_DENSITY_KGPM3 1025.0
#define SF_SEA_GRAVITY_MPS2 9.81

/* The pressure, hPa, at r_km from a storm's centre: pc + (pn - pc) exp (-(rmw/r)^b) (Holland 1980, Monthly Weather Review
   108, eq. 1). At r = 0 it is pc. NaN where an input is NaN or rmw_km, b are not above 0, or r_km is below 0. */
double sf_sea_pressure_hpa (double pc_hpa, double pn_hpa, double rmw_km, double b, double r_km);

/* By how much the sea stands higher under a pressure below that around, m: (pn - p) / (rho g), 0.00995 m for 1 hPa with
   1025 kg/m3 and 9.81 m/s2. The steady answer; no shelf resonance. Negative under a high. */
double sf_sea_inverse_barometer_m (double pn_hpa, double pressure_hpa);

#endif
