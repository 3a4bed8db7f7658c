/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_RAIN_OROGRAPHY_H
#define SF_MODELS_RAIN_OROGRAPHY_H

#include "core/data/dataset.h"

/* Slopes of a terrain towards east and north, metre a metre, at every cell of an upright grid of longitude and latitude
   (row 0 north): differences over twice scale_km, so that a single steep cell does not count. Missing elevation is sea,
   0 m. The buffers hold nx * ny values each. */
void sf_orography_slopes (const struct sf_grid *elevation, double scale_km, float *ret_east, float *ret_north);

/* By how much rain grows where the wind blows up a slope: 1 + gain * slope, not above factor_max and never below 1: a
   parametric rain may raise an answer, never lower it, so lee sides get no credit. slope is along the wind (unit vector
   times gradient). After the vertical motion forced by terrain, V . grad h, of Lonfat, Rogers, Marchok and Marks 2007
   (Monthly Weather Review 135), here as a factor instead of an added rate. NaN gives 1. */
static inline float
sf_orography_factor (float slope, float gain, float factor_max)
{
  float factor = 1 + gain * slope;
  if (!(factor > 1))
    return 1;
  return factor < factor_max ? factor : factor_max;
}

#endif
