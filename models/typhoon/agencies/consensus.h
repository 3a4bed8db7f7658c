/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_AGENCIES_CONSENSUS_H
#define SF_MODELS_TYPHOON_AGENCIES_CONSENSUS_H

#include "models/typhoon/agencies/forecast_history.h"
#include "models/typhoon/agencies/past_errors.h"

enum
{
  SF_CONSENSUS_POINTS = 20 /* every 6 h up to 120 h */
};

/* How the agencies are put together. */
struct sf_consensus_rule
{
  double error_km,
      error_kmph;       /* e = error_km + error_kmph * lead in h: an agency's error before anything is known of it */
  double floor_km;      /* its expected square is e^2 + floor_km^2 */
  double prior_cases;   /* independent past errors that this expectation counts as much as */
  double inertia_ridge; /* what keeps the inertia small while few errors are known; see below */
  int64_t revision_s;   /* span over which forecasts are seen to change: 12 h */
  int64_t oldest_s;     /* forecasts made before that long do not take part: 12 h */
  int64_t shift_s;      /* lead at which the shift of an older forecast has faded: 48 h */
  double spread_low, spread_high; /* bounds of spread now / spread of the past */
};
extern const struct sf_consensus_rule sf_consensus_rule;

/* Where the agencies together expect the storm at a time. */
struct sf_consensus_point
{
  int64_t time_s;
  size_t agencies_count;               /* below 2 there is no consensus: lon_deg NaN */
  double weights[SF_HISTORY_AGENCIES]; /* by the history's agencies; 0 for one that does not take part */
  struct sf_track_point mean;          /* the weighted mean alone */
  struct sf_track_point at;            /* carried on by the inertia; winds of the mean; NaN where nobody gives any */
  double spread_km;                    /* root mean square distance of the agencies from the mean */
  double error_68_km, error_90_km;     /* radii that should hold 68 and 90 % of cases */
};

/* The consensus of one base. */
struct sf_consensus_base
{
  int64_t base_s;
  double cases;   /* independent past errors known then, of an agency on average */
  double inertia; /* 0 to 1 */
  struct sf_consensus_point points[SF_CONSENSUS_POINTS]; /* at the full 6 h (UTC) after the base */
};

/* Every base of a storm, 6 h apart from the first forecast on, and the last one, as of now; bases rise. None is more than
   60 days older than the newest. */
struct sf_consensus
{
  size_t count;
  struct sf_consensus_base *bases;
};

/* Put a storm's agencies together again and again, at each full 6 h (UTC) and at the newest base of up to now_s, each
   time from nothing that was not known then: forecasts made up to the base, analyses up to the base.

   Position of an agency at a valid time: its newest forecast's, aged at most oldest_s. If it is older than the base, it is
   shifted by how far it is off the newest analysis, as the "early" versions of late models are (Sampson and Schrader
   2000), the less the longer the lead: 1 - lead / shift_s.
   Weights: of least expected square (consensus_weights.h) from C[i][j] s[i] s[j], s[i]^2 = e^2 + floor_km^2 at agency i's
   true lead, valid time less its own base. C is learnt from past errors at leads of 24 to 120 h, divided by s, all leads
   together, in km on the plane, summed over both components: (prior_cases * m * I + N * M) / (prior_cases + N), M the mean
   products of errors, N the number of independent errors they stand for (one in 2 * lead hours), m the mean of M's
   diagonal. Without any history this is the default, weights 1 / (e^2 + floor_km^2).
   Inertia: forecasts of one moment move on, more often than not, where they moved in the last revision_s. The mean is
   carried on by k times its revision over revision_s, less at leads below 24 h (k * lead / 24 h); k is the regression, with
   a ridge, of past errors on past revisions, between 0 and 1; 0 without history.
   Errors: those of past_errors.h, times how this storm's consensus errors stand to them (mean ratio over leads of 24 to
   120 h, with prior_cases ratios of 1), weighed with trust t = cases / (prior_cases + cases) against quantiles of its own
   errors at the lead; times (spread now / mean past spread, between spread_low and spread_high) ^ t.

   Everything is in the arena. Without forecasts there are no bases. SF_ENOMEM. */
enum sf_code sf_consensus_replay (struct sf_arena *arena, const struct sf_storm_history *history,
                                  const struct sf_consensus_rule *rule, const struct sf_past_errors *past,
                                  int64_t now_s, struct sf_consensus *ret_consensus, struct sf_error *err);

/* The value that a share q of n sorted values lies at or below, without interpolation: sorted[floor (q (n - 1))]; NaN for
   none. */
double sf_quantile_lower (const double *sorted, size_t n, double q);

#endif
