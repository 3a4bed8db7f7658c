/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_AVERAGING_H
#define SF_MODELS_TYPHOON_AVERAGING_H

#include "core/base/error.h"

/* Which table of factors to use. The two disagree by 5 to 8 %, because one describes how agencies' maximum winds
   compare and the other how the wind itself behaves over water; so a caller names the one he means. */
enum sf_wind_exposure
{
  /* How agencies' best-track maxima compare: 1-min = 1.08 x 2-min (CMA) = 1.16 x 10-min (HKO) (CLIMADA issue 123). */
  SF_WIND_EXPOSURE_AGENCY,
  /* Over open sea: 10-min = 0.93 x 1-min (Harper, Kepert & Ginger 2010, WMO/TD-1555); 1-min = 1.03 x 2-min (recalled).
   */
  SF_WIND_EXPOSURE_AT_SEA,
};

/* Find an exposure by its name ("agency", "at-sea"); -1 if there is none. */
int sf_wind_exposure_find (const char *name);

/* The name of an exposure, a static string. */
const char *sf_wind_exposure_name (enum sf_wind_exposure exposure);

/* Get the factor by which a wind averaged over from_min minutes becomes one averaged over to_min minutes.
   Minutes are 1, 2 or 10; another is SF_ERANGE and leaves *ret_factor untouched. */
enum sf_code sf_wind_averaging_factor (int from_min, int to_min, enum sf_wind_exposure exposure, double *ret_factor,
                                       struct sf_error *err);

/* Convert a wind (m/s) averaged over from_min minutes to one averaged over to_min minutes; NaN stays NaN, and
   minutes other than 1, 2 or 10 give NaN. */
double sf_wind_convert_averaging (double v_mps, int from_min, int to_min, enum sf_wind_exposure exposure);

#endif
