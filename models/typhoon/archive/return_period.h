/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_ARCHIVE_RETURN_PERIOD_H
#define SF_MODELS_TYPHOON_ARCHIVE_RETURN_PERIOD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How often a wind is exceeded, from the strongest wind of every storm at a place: peaks over a threshold (one storm is
   one event), a generalized Pareto distribution of the excess, and a number of events a year.

   F(y) = 1 - (1 - k y / scale)^(1/k), y = v - threshold; k = 0: 1 - exp (-y / scale). k > 0 has an upper end.
   Fit by probability-weighted moments (Hosking and Wallis 1987, Technometrics 29, eq 7-8), which stay sensible for a few
   dozen events: k = a0 / (a0 - 2 a1) - 2, scale = 2 a0 a1 / (a0 - 2 a1), a0 the mean excess and
   a1 = 1/n sum (n - i)/(n - 1) y_(i), y ascending.
   The wind that is exceeded once in T years on average: v(T) = threshold + scale/k (1 - (rate T)^-k), rate the events a
   year. k is held within -0.3..0.5: beyond it few events give tails that no wind has. */
struct sf_pareto
{
  double threshold_mps, scale_mps, k;
  double rate_per_year;
  size_t events;
};

#define SF_PARETO_K_MIN (-0.3)
#define SF_PARETO_K_MAX 0.5

/* Fit to peaks (any order; those not above the threshold and NaN are no events) from `years` years. workspace holds n
   doubles. With less than 2 events, or events all alike, scale and k are NaN. */
struct sf_pareto sf_pareto_fit (const double *peaks_mps, size_t n, double threshold_mps, double years,
                                double *workspace);

/* The wind exceeded once in period_years years on average; NaN without a fit or where rate T < 1: the wind then lies
   below the threshold. */
double sf_pareto_wind_mps (const struct sf_pareto *pareto, double period_years);

/* Peaks of several years, for the bootstrap: first[y]..first[y + 1] are those of year y. */
struct sf_peaks
{
  const double *peaks_mps;
  const size_t *first; /* years + 1 */
  size_t years;
};

/* The 5 and 95 % quantiles of the wind of each period over `draws` draws of as many whole years with replacement, from a
   seed: the uncertainty of the sample, not of the winds in it. A draw below the threshold (rate T < 1 or no fit) counts as
   the threshold, so a low end that is the threshold means "at most". low and high hold periods_count; workspace holds
   sf_peaks_workspace doubles. */
void sf_peaks_bootstrap (const struct sf_peaks *peaks, double threshold_mps, const double *periods_years,
                         size_t periods_count, size_t draws, uint64_t seed, double *low_mps, double *high_mps,
                         double *workspace);
size_t sf_peaks_workspace (const struct sf_peaks *peaks, size_t periods_count, size_t draws);

#endif
