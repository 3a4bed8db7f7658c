/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_RAIN_RAIN_CHANCE_H
#define SF_MODELS_RAIN_RAIN_CHANCE_H

#include <stddef.h>

/* A quantile of rain when each of count amounts (mm, those of ensemble members; one: no ensemble), equally likely, is
   multiplied by a log-normal factor of mean 1 and coefficient of variation cv. Found on the mixture's distribution
   function itself, without drawing: the same amounts always give the same answer. probability in (0, 1). An amount of 0
   stays 0; NaN amounts are left out, but members that bring no rain count. NaN without an amount, for cv < 0 and for a
   probability outside (0, 1). With cv = 0 it is the smallest amount whose share reaches the probability. */
double sf_rain_quantile_mm (const double *amounts_mm, size_t count, double cv, double probability);

#endif
