/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_AGENCIES_VERIFICATION_H
#define SF_MODELS_TYPHOON_AGENCIES_VERIFICATION_H

#include "models/typhoon/agencies/consensus.h"

/* Position errors of one forecaster at one lead, in order of their bases; theirs only or beside the consensus'. */
struct sf_error_sample
{
  size_t count;
  int64_t *base_s;
  double *error_km;
  double *consensus_km; /* of the same base and moment; NULL in an own sample */
};

/* Room for the cases of any agency of a history, or of its consensus. SF_ENOMEM. */
enum sf_code sf_error_sample_init (struct sf_arena *arena, const struct sf_storm_history *history,
                                   const struct sf_consensus *consensus, struct sf_error_sample *ret_sample,
                                   struct sf_error *err);

/* Distances between forecasts as issued, at exactly a lead after their base, and the truth of that moment, by great
   circles; moments without an analysis of their own do not count. Bases are as received: a forecast handed on at a later
   hour counts at that one, too, as in published tables; the other samples leave it out. */
void sf_verify_own (const struct sf_storm_history *history, size_t agency, int64_t lead_s,
                    struct sf_error_sample *sample);
void sf_verify_consensus (const struct sf_storm_history *history, const struct sf_consensus *consensus, int64_t lead_s,
                          struct sf_error_sample *sample);
/* The cases that an agency has in common with the consensus of the same base. */
void sf_verify_paired (const struct sf_storm_history *history, const struct sf_consensus *consensus, size_t agency,
                       int64_t lead_s, struct sf_error_sample *sample);
/* Those of them that all agencies of the history have. */
void sf_verify_common (const struct sf_storm_history *history, const struct sf_consensus *consensus, size_t agency,
                       int64_t lead_s, struct sf_error_sample *sample);

struct sf_error_summary
{
  size_t count;
  double mean_km, median_km, error_70_km, error_90_km; /* quantiles as sf_quantile_lower has them */
  double against_km, low_km, high_km; /* mean of error less the consensus', above 0: the consensus is better; NaN for an
                                         own sample, the bounds too with fewer than 2 blocks */
};

/* Summarise a sample, whose errors are then sorted no more by base. The bounds are the 5 and 95 % quantiles of 2000 means over
   blocks drawn with replacement, each of all cases of 48 h from a case on, round the end to the begin (a circular block
   bootstrap, Politis and Romano 1992), since errors of one storm hang together for days. The draw is the same each time. */
void sf_verify_summarise (struct sf_error_sample *sample, struct sf_error_summary *ret_summary);

#endif
