/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/yaml.h"
#include "models/sea/sea_data.h"

#include <math.h>

enum
{
  NUMBERS = 13
};

static enum sf_code
read_all (const struct sf_yaml *root, struct sf_sea_params *params, struct sf_error *err)
{
  const struct sf_yaml_number numbers[NUMBERS]
      = { { "wind_to_10min", 0.5, 1.5, &params->wind_to_10min, 0 },
          { "minimum_depth_m", 1, 100, &params->minimum_depth_m, 0 },
          { "piece_km", 0.5, 100, &params->piece_km, 0 },
          { "rmw_pressure_hpa", 800, 1050, params->rmw_pressure_hpa, SF_SEA_RMW_NODES },
          { "rmw_km", 1, 500, params->rmw_km, SF_SEA_RMW_NODES },
          { "holland_b", 0.5, 3, &params->holland_b, 0 },
          { "air_density_kgpm3", 1, 1.3, &params->air_density_kgpm3, 0 },
          { "gradient_factor", 0.5, 1, &params->gradient_factor, 0 },
          { "environment_pressure_hpa", 950, 1050, &params->environment_pressure_hpa, 0 },
          { "band_m", 0.4, 5, &params->band_m, 0 },
          { "band_frac", 0.35, 5, &params->band_frac, 0 },
          { "arrival_error_h", 0, 24, &params->arrival_error_h, 0 },
          { "near_km", 100, 3000, &params->near_km, 0 } };
  const char *keys[NUMBERS + 1] = { NULL };
  for (int i = 0; i < NUMBERS; i++)
    keys[i] = numbers[i].key;
  SF_TRY (sf_yaml_check_keys (root, keys, err));
  SF_TRY (sf_yaml_numbers (root, numbers, NUMBERS, err));
  for (int i = 1; i < SF_SEA_RMW_NODES; i++)
    if (!(params->rmw_pressure_hpa[i] > params->rmw_pressure_hpa[i - 1]))
      return sf_yaml_fail (err, SF_EINVAL, sf_yaml_get (root, "rmw_pressure_hpa"), "rmw_pressure_hpa must rise");
  return SF_OK;
}

enum sf_code
sf_sea_params_load (struct sf_arena *arena, const char *path, struct sf_sea_params *ret, struct sf_error *err)
{
  struct sf_yaml *root = NULL;
  struct sf_sea_params params = { 0 };
  SF_TRY (sf_yaml_load (arena, path, &root, err));
  SF_TRY (read_all (root, &params, err));
  *ret = params;
  return SF_OK;
}

double
sf_sea_rmw_km (const struct sf_sea_params *params, double pc_hpa)
{
  const double *at = params->rmw_pressure_hpa, *km = params->rmw_km;
  if (isnan (pc_hpa))
    return (double) NAN;
  if (pc_hpa <= at[0])
    return km[0];
  for (int i = 1; i < SF_SEA_RMW_NODES; i++)
    if (pc_hpa <= at[i])
      return km[i - 1] + (km[i] - km[i - 1]) * (pc_hpa - at[i - 1]) / (at[i] - at[i - 1]);
  return km[SF_SEA_RMW_NODES - 1];
}
