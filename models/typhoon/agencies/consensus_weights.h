/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_AGENCIES_CONSENSUS_WEIGHTS_H
#define SF_MODELS_TYPHOON_AGENCIES_CONSENSUS_WEIGHTS_H

#include <stddef.h>

enum
{
  SF_WEIGHTS_MOST = 16
};

/* Weights of n forecasts (1 to SF_WEIGHTS_MOST), none below 0 and 1 in sum, whose weighted mean has the least expected
   square of error when the forecasts' errors have the covariance (n x n, symmetric, row by row): w = C^-1 1 / (1' C^-1 1)
   (Bates and Granger 1969, for two; Newbold and Granger 1974, for n), with forecasts that would get less than nothing left
   out one by one, the worst first. A covariance that is not positive definite, as pairs of unequal samples can make it,
   has its off-diagonal half as large until it is. A diagonal covariance gives weights of 1 / variance. Where a variance is
   not above 0, all weights are equal. */
void sf_consensus_weights (const double *covariance, size_t n, double *ret_weights);

#endif
