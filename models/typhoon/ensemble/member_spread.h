/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_ENSEMBLE_MEMBER_SPREAD_H
#define SF_MODELS_TYPHOON_ENSEMBLE_MEMBER_SPREAD_H

/* How far forecasts miss: the error of a position is w (along, cross), where (along, cross) is normal with the standard
   deviations below and w^2 = nu / chi2(nu), one w for a whole forecast: a bivariate Student t (Kotz & Nadarajah 2004,
   ch. 1), whose large errors are large at all leads. nu is above 1. */
struct sf_spread
{
  double along_km, cross_km; /* of the normal part */
  double correlation;        /* between them */
  double nu;
};

/* The mean length of the error: sqrt (pi/2) E[w] times the mean over directions of the ellipse's radius, E[w] =
   sqrt (nu/2) Gamma ((nu-1)/2) / Gamma (nu/2). */
double sf_spread_mean_km (const struct sf_spread *spread);

/* The spread whose mean length is mean_km and whose along / cross is ratio. */
struct sf_spread sf_spread_of_mean (double mean_km, double ratio, double correlation, double nu);

/* The probability that the error is at most r_km long: the mean over directions of 1 - (1 + r^2 / (nu h^2))^(-nu/2), h
   the ellipse's radius. */
double sf_spread_within (const struct sf_spread *spread, double r_km);

/* The radius of the circle that holds a probability (0 < p < 1). 0 for no spread. */
double sf_spread_quantile_km (const struct sf_spread *spread, double probability);

#endif
