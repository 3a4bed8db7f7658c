/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_WIND_PROFILE_H
#define SF_MODELS_TYPHOON_WIND_PROFILE_H

#include <stdbool.h>

/* The equations of the parametric wind, one small pure function each, in double and SI units where the name says no
   other. NaN in gives NaN out. Winds are 1-minute means at 10 m unless a comment says gradient level. Constants are
   those of CLIMADA 6.1 (climada_python, trop_cyclone_windfields), so that fields can be compared with it number by
   number. */

#define SF_WIND_M_PER_DEG 111120.0           /* one degree of latitude: 60 nautical miles */
#define SF_WIND_MPS_PER_KN (1852.0 / 3600.0) /* exact */
#define SF_WIND_M_PER_NM 1852.0              /* exact */
#define SF_WIND_OMEGA_PER_S 7.29e-5          /* rotation of the Earth */
#define SF_WIND_RHO_KGPM3 1.15               /* Holland 1980 */
#define SF_WIND_SURFACE_FACTOR 0.9 /* gradient level to 10 m in the eyewall: Franklin, Black & Valde 2003, Table 2 */
#define SF_WIND_MAX_TRANSLATION_MPS (30.0 * SF_WIND_MPS_PER_KN)
#define SF_WIND_MIN_DP_PA 2.220446049250313e-16

enum sf_wind_model
{
  SF_WIND_H08,   /* Holland 1980 profile with the surface b of Holland 2008: needs pressure only */
  SF_WIND_H1980, /* Holland 1980, B from the maximum wind */
  SF_WIND_H10,   /* Holland, Belanger & Fritz 2010 */
  SF_WIND_ER11,  /* Emanuel & Rotunno 2011 */
};

/* Find a model by its name ("H08", "H1980", "H10", "ER11"); -1 if there is none. */
int sf_wind_model_find (const char *name);

/* The name of a model, a static string. */
const char *sf_wind_model_name (enum sf_wind_model model);

/* The Coriolis parameter 2 omega sin|lat|, in 1/s, never negative. */
double sf_wind_coriolis_per_s (double lat_deg);

/* Estimate the radius of maximum wind from the central pressure (hPa), in m: piecewise linear between 872, 940, 980 and
   1021 hPa, constant outside (CLIMADA estimate_rmw, fitted to IBTrACS). */
double sf_wind_rmw_from_pressure_m (double pc_hpa);

/* Estimate the radius of the outermost closed isobar from the central pressure (hPa), in m (CLIMADA estimate_roci). */
double sf_wind_roci_from_pressure_m (double pc_hpa);

/* Estimate the central pressure, in hPa, from the 1-minute maximum wind and the position (CLIMADA, fitted to IBTrACS).
 */
double sf_wind_pressure_from_vmax_hpa (double lon_deg, double lat_deg, double vmax_mps);

/* Estimate the 1-minute maximum wind, in m/s, from the central pressure and the position (CLIMADA, fitted to IBTrACS).
 */
double sf_wind_vmax_from_pressure_mps (double lon_deg, double lat_deg, double pc_hpa);

/* The usual pressure around a storm, in hPa, by IBTrACS basin ("WP" 1005, "NI" and "SI" 1005, "SP" and "AU" 1004, else
 * 1010). */
double sf_wind_basin_pressure_hpa (const char *basin);

/* The density of air in the eyewall, in kg/m3 (Holland 2008 eq 6 and 9; Holland, Belanger & Fritz 2010 eq 9; saturation
   vapour pressure of Bolton 1980; relative humidity 0.9). lat_deg is signed: the surface temperature falls off
   northward from 10 degrees N, a relation fitted for the northern hemisphere. */
double sf_wind_density_kgpm3 (double lat_deg, double pc_pa, double dp_pa);

/* The gradient wind without the storm's motion, in m/s: max (0, vmax - translation) / surface_factor. */
double sf_wind_gradient_mps (double vmax_mps, double translation_mps, double surface_factor);

/* Holland's B = v^2 e rho / dp, clipped to [1, 2.5] surface_factor^2 (Holland 1980 eq 5 and 6). For a gradient wind
   surface_factor is 1; for a wind at 10 m it is the reduction factor. */
double sf_wind_b_h1980 (double v_mps, double dp_pa, double rho_kgpm3, double surface_factor);

/* The surface b of Holland 2008 eq 11 from the pressure drop, the trend of the central pressure (hPa/h), the latitude
   and the translation speed (m/s), clipped to [1, 2.5] surface_factor^2. */
double sf_wind_bs_h08 (double dp_pa, double trend_hpaph, double lat_deg, double translation_mps, double surface_factor);

/* The maximum wind from pressure, in m/s: sqrt (bs dp / (rho e)) (Holland 2008 eq 11). */
double sf_wind_vmax_h08_mps (double bs, double dp_pa, double rho_kgpm3);

/* What a radial profile needs. Fill all members; sf_wind_radial_finish sets those marked derived. */
struct sf_wind_radial
{
  enum sf_wind_model model;
  double rmw_m;
  double b;              /* B of H1980, bs of H08 and H10; unused by ER11 */
  double rho_kgpm3;      /* H08, H1980 */
  double dp_pa;          /* H08, H1980 */
  double vmax_mps;       /* H10, ER11 */
  double f_per_s;        /* 0 for a cyclostrophic wind; unused by H10 */
  double surface_factor; /* multiplies the profile: H1980 0.9, else 1 */
  bool in_brackets;      /* H10: vmax stands inside the brackets of eq 6 */
  double x_slope_per_m;  /* derived, H10: (x_n - 0.5) / (r_n - rmw) */
};

/* Compute the derived members: for H10 the slope of the exponent from 17 m/s at 300 km (Holland, Belanger & Fritz 2010
 * eq 10). */
void sf_wind_radial_finish (struct sf_wind_radial *radial);

/* The exponent x at r_m from the centre: 0.5 inside the radius of maximum wind, linear outside, at least 0.4
   (Holland, Belanger & Fritz 2010 eq 10; the limit is CLIMADA's). */
double sf_wind_exponent_h10 (const struct sf_wind_radial *radial, double r_m);

/* The wind at r_m by Holland 1980 eq 4: sqrt (B/rho y dp exp(-y) + (r f/2)^2) - r f/2 with y = (rmw/r)^B, r at least 1
   m; times surface_factor. */
double sf_wind_holland_mps (const struct sf_wind_radial *radial, double r_m);

/* The wind at r_m by Holland, Belanger & Fritz 2010 eq 6: vmax (y exp(1-y))^x, or (vmax^2 y exp(1-y))^x in brackets. */
double sf_wind_h10_mps (const struct sf_wind_radial *radial, double r_m);

/* The wind at r_m by Emanuel & Rotunno 2011 eq 36 with Ck = Cd: M = 2 (rmw vmax + f rmw^2/2) q/(1+q), q = (r/rmw)^2; V
 * = M/r. */
double sf_wind_er11_mps (const struct sf_wind_radial *radial, double r_m);

/* The wind of the radial's own model at r_m from the centre, in m/s, before the asymmetry. */
double sf_wind_radial_mps (const struct sf_wind_radial *radial, double r_m);

/* The share of the storm's motion that is felt at r_m: min (1, rmw/r) (Mouton & Nordbeck 2005, Fig. 7). */
double sf_wind_motion_share (double r_m, double rmw_m);

/* Whether the model's profile already holds the motion, which is then taken off before it is added as a vector (H08,
 * H10). */
bool sf_wind_model_holds_motion (enum sf_wind_model model);

#endif
