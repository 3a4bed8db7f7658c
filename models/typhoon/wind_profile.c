/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/wind_profile.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#define PA_PER_HPA 100.0
#define DEG_RAD (M_PI / 180.0)

static const char *const model_names[] = { "H08", "H1980", "H10", "ER11" };

int
sf_wind_model_find (const char *name)
{
  for (size_t i = 0; i < sizeof model_names / sizeof *model_names; i++)
    if (strcmp (name, model_names[i]) == 0)
      return (int) i;
  return -1;
}

const char *
sf_wind_model_name (enum sf_wind_model model)
{
  return model_names[model];
}

/* Piecewise linear through (x[i], y[i]), x ascending, constant outside; NaN stays NaN. */
static double
piecewise (double at, const double *x, const double *y, size_t n)
{
  if (isnan (at))
    return at;
  if (at <= x[0])
    return y[0];
  for (size_t i = 1; i < n; i++)
    if (at <= x[i])
      return y[i - 1] + (y[i] - y[i - 1]) * (at - x[i - 1]) / (x[i] - x[i - 1]);
  return y[n - 1];
}

/* Unlike fmin and fmax this keeps NaN, as numpy.clip does. */
static double
clip (double value, double low, double high)
{
  return value < low ? low : value > high ? high : value;
}

double
sf_wind_coriolis_per_s (double lat_deg)
{
  return 2.0 * SF_WIND_OMEGA_PER_S * sin (fabs (lat_deg) * DEG_RAD);
}

double
sf_wind_rmw_from_pressure_m (double pc_hpa)
{
  static const double pressure_hpa[] = { 872, 940, 980, 1021 };
  static const double rmw_nm[] = { 14.907318, 15.726927, 25.742142, 56.856522 };
  return SF_WIND_M_PER_NM * piecewise (pc_hpa, pressure_hpa, rmw_nm, 4);
}

double
sf_wind_roci_from_pressure_m (double pc_hpa)
{
  static const double pressure_hpa[] = { 872, 950, 985, 1005, 1021 };
  static const double roci_nm[] = { 210.711487, 215.897110, 198.261520, 159.589508, 90.900116 };
  return SF_WIND_M_PER_NM * piecewise (pc_hpa, pressure_hpa, roci_nm, 5);
}

double
sf_wind_pressure_from_vmax_hpa (double lon_deg, double lat_deg, double vmax_mps)
{
  return 1026.3401 - 0.05504 * lat_deg - 0.03536 * lon_deg - 0.7357 * (vmax_mps / SF_WIND_MPS_PER_KN);
}

double
sf_wind_vmax_from_pressure_mps (double lon_deg, double lat_deg, double pc_hpa)
{
  return SF_WIND_MPS_PER_KN * (1216.5223 - 0.04086 * lat_deg - 0.04190 * lon_deg - 1.1797 * pc_hpa);
}

double
sf_wind_basin_pressure_hpa (const char *basin)
{
  static const struct
  {
    char basin[3];
    double pn_hpa;
  } table[] = { { "WP", 1005 }, { "NI", 1005 }, { "SI", 1005 }, { "SP", 1004 }, { "AU", 1004 } };
  for (size_t i = 0; basin && i < sizeof table / sizeof *table; i++)
    if (strcmp (basin, table[i].basin) == 0)
      return table[i].pn_hpa;
  return 1010.0;
}

double
sf_wind_density_kgpm3 (double lat_deg, double pc_pa, double dp_pa)
{
  const double humidity = 0.9, gas_constant = 286.9, ice_k = 273.16;
  double surface_c = 28.0 - 3.0 * (lat_deg - 10.0) / 20.0;
  double eyewall_pa = pc_pa + dp_pa / M_E;
  double mixing = 100.0 * 3.802 / eyewall_pa * exp (17.67 * surface_c / (243.5 + surface_c));
  double virtual_k = (ice_k + surface_c) * (1.0 + 0.81 * humidity * mixing);
  return eyewall_pa / (gas_constant * virtual_k);
}

double
sf_wind_gradient_mps (double vmax_mps, double translation_mps, double surface_factor)
{
  return clip (vmax_mps - translation_mps, 0.0, INFINITY) / surface_factor;
}

double
sf_wind_b_h1980 (double v_mps, double dp_pa, double rho_kgpm3, double surface_factor)
{
  double factor2 = surface_factor * surface_factor;
  return clip (v_mps * v_mps * M_E * rho_kgpm3 / dp_pa, 1.0 * factor2, 2.5 * factor2);
}

double
sf_wind_bs_h08 (double dp_pa, double trend_hpaph, double lat_deg, double translation_mps, double surface_factor)
{
  double dp_hpa = dp_pa / PA_PER_HPA, factor2 = surface_factor * surface_factor;
  double x = 0.6 * (1.0 - dp_hpa / 215.0);
  double bs = -4.4e-5 * dp_hpa * dp_hpa + 0.01 * dp_hpa + 0.03 * trend_hpaph - 0.014 * fabs (lat_deg)
              + 0.15 * pow (translation_mps, x) + 1.0;
  return clip (bs, 1.0 * factor2, 2.5 * factor2);
}

double
sf_wind_vmax_h08_mps (double bs, double dp_pa, double rho_kgpm3)
{
  return sqrt (bs / (rho_kgpm3 * M_E) * dp_pa);
}

void
sf_wind_radial_finish (struct sf_wind_radial *radial)
{
  const double peripheral_mps = 17.0, peripheral_m = 300e3;
  double y = pow (radial->rmw_m / peripheral_m, radial->b), xn;
  double log_shape = log (y) + 1.0 - y;
  if (radial->in_brackets)
    xn = clip (log (peripheral_mps) / (2.0 * log (radial->vmax_mps) + log_shape), -INFINITY, 1.0);
  else
    xn = log (peripheral_mps / radial->vmax_mps) / log_shape;
  radial->x_slope_per_m = (xn - 0.5) / (peripheral_m - radial->rmw_m);
}

double
sf_wind_exponent_h10 (const struct sf_wind_radial *radial, double r_m)
{
  double outside_m = clip (r_m - radial->rmw_m, 0.0, INFINITY);
  return clip (0.5 + outside_m * radial->x_slope_per_m, 0.4, INFINITY);
}

static double
shape (const struct sf_wind_radial *radial, double r_m)
{
  return pow (radial->rmw_m / clip (r_m, 1.0, INFINITY), radial->b);
}

double
sf_wind_holland_mps (const struct sf_wind_radial *radial, double r_m)
{
  double y = shape (radial, r_m), coriolis = 0.5 * r_m * radial->f_per_s;
  double v2 = radial->b / radial->rho_kgpm3 * y * radial->dp_pa * exp (-y) + coriolis * coriolis;
  return radial->surface_factor * (sqrt (clip (v2, 0.0, INFINITY)) - coriolis);
}

double
sf_wind_h10_mps (const struct sf_wind_radial *radial, double r_m)
{
  double y = shape (radial, r_m), x = sf_wind_exponent_h10 (radial, r_m);
  double bracket = y * exp (1.0 - y);
  if (radial->in_brackets)
    return radial->surface_factor * pow (radial->vmax_mps * radial->vmax_mps * bracket, x);
  return radial->surface_factor * radial->vmax_mps * pow (bracket, x);
}

double
sf_wind_er11_mps (const struct sf_wind_radial *radial, double r_m)
{
  double rmw_m = radial->rmw_m, ratio = r_m / rmw_m, q = ratio * ratio;
  double momentum_max = rmw_m * radial->vmax_mps + 0.5 * radial->f_per_s * rmw_m * rmw_m;
  double momentum = momentum_max * 2.0 * q / (1.0 + q);
  return radial->surface_factor * clip (momentum / (r_m + 1e-11), 0.0, INFINITY);
}

double
sf_wind_radial_mps (const struct sf_wind_radial *radial, double r_m)
{
  switch (radial->model)
    {
    case SF_WIND_H08:
    case SF_WIND_H1980:
      return sf_wind_holland_mps (radial, r_m);
    case SF_WIND_H10:
      return sf_wind_h10_mps (radial, r_m);
    case SF_WIND_ER11:
      return sf_wind_er11_mps (radial, r_m);
    }
  return NAN;
}

double
sf_wind_motion_share (double r_m, double rmw_m)
{
  return r_m <= rmw_m ? 1.0 : rmw_m / r_m;
}

bool
sf_wind_model_holds_motion (enum sf_wind_model model)
{
  return model == SF_WIND_H08 || model == SF_WIND_H10;
}
