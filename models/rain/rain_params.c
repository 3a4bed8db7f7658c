/* SPDX-License-Identifier: Apache-2.0 */
#include "models/rain/rain_params.h"

#include "core/base/yaml.h"

#include <math.h>

#define HOUSE_AVERAGING_MIN 2

enum
{
  NUMBERS = 10
};

static enum sf_code
read_all (const struct sf_yaml *root, struct sf_rain_params *params, struct sf_error *err)
{
  const struct sf_yaml_number numbers[NUMBERS]
      = { { "reach_km", 1, 500, &params->reach_km, 0 },
          { "step_min", 1, 60, &params->step_min, 0 },
          { "averaging_min", 1, 60, params->averaging_min, SF_RAIN_AVERAGINGS },
          { "to_1min", 1, 2, params->to_1min, SF_RAIN_AVERAGINGS },
          { "cv", 0, 5, &params->cv, 0 },
          { "orography_gain", 0, 1000, &params->orography_gain, 0 },
          { "orography_factor_max", 1, 10, &params->orography_factor_max, 0 },
          { "orography_scale_km", 0.1, 100, &params->orography_scale_km, 0 },
          { "inflow_deg", 0, 60, &params->inflow_deg, 0 },
          { "event_mmph", 0.01, 100, &params->event_mmph, 0 } };
  const char *keys[NUMBERS + 1] = { NULL };
  for (int i = 0; i < NUMBERS; i++)
    keys[i] = numbers[i].key;
  SF_TRY (sf_yaml_check_keys (root, keys, err));
  SF_TRY (sf_yaml_numbers (root, numbers, NUMBERS, err));
  for (int i = 1; i < SF_RAIN_AVERAGINGS; i++)
    if (!(params->averaging_min[i] > params->averaging_min[i - 1]))
      return sf_yaml_fail (err, SF_EINVAL, sf_yaml_get (root, "averaging_min"), "averaging_min must rise");
  return SF_OK;
}

enum sf_code
sf_rain_params_load (const char *path, struct sf_rain_params *ret_params, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  struct sf_rain_params params = { 0 };
  struct sf_yaml *root = NULL;
  enum sf_code code = sf_yaml_load (&arena, path, &root, err);
  if (code == SF_OK)
    code = read_all (root, &params, err);
  sf_arena_finish (&arena);
  if (code == SF_OK)
    *ret_params = params;
  return code;
}

double
sf_rain_factor_to_1min (const struct sf_rain_params *params, double averaging_min)
{
  const double *from = params->averaging_min, *factor = params->to_1min;
  double minutes = isnan (averaging_min) ? HOUSE_AVERAGING_MIN : averaging_min;
  if (minutes <= from[0])
    return factor[0];
  for (int i = 1; i < SF_RAIN_AVERAGINGS; i++)
    if (minutes <= from[i])
      return factor[i - 1] + (factor[i] - factor[i - 1]) * (minutes - from[i - 1]) / (from[i] - from[i - 1]);
  return factor[SF_RAIN_AVERAGINGS - 1];
}
