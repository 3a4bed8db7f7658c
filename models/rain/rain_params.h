/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_RAIN_RAIN_PARAMS_H
#define SF_MODELS_RAIN_RAIN_PARAMS_H

#include "core/base/error.h"

/* share/typhoon/rain.yaml, which says what each is and where it comes from. */
enum
{
  SF_RAIN_AVERAGINGS = 3
};

struct sf_rain_params
{
  double reach_km, step_min;
  double averaging_min[SF_RAIN_AVERAGINGS], to_1min[SF_RAIN_AVERAGINGS];
  double cv;
  double orography_gain, orography_factor_max, orography_scale_km, inflow_deg;
  double event_mmph;
};

/* Read a file of parameters; all must be there. SF_EFORMAT, SF_EINVAL, SF_ERANGE with file, line and column. */
enum sf_code sf_rain_params_load (const char *path, struct sf_rain_params *ret_params, struct sf_error *err);

/* The factor from a mean over averaging_min minutes to a 1-minute mean, straight between the table's entries and
   constant outside; NaN is taken as the house's 2 minutes. */
double sf_rain_factor_to_1min (const struct sf_rain_params *params, double averaging_min);

#endif
