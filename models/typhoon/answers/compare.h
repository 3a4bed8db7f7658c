/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_ANSWERS_COMPARE_H
#define SF_MODELS_TYPHOON_ANSWERS_COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Pure comparisons of what two sides say. What is missing on either side compares as NaN, which is beyond no limit:
   silence is no agreement, so a caller says which side is silent. */

/* Later minus earlier in hours, positive when second is later; NaN where a time is missing. */
double sf_answer_hours_apart (int64_t first_s, int64_t second_s);

/* Whether a difference, either way, is beyond a limit. The limit itself is not beyond. */
bool sf_answer_is_beyond (double difference, double limit);

/* What an ensemble holds likely of the force at a place: forces rise, probability[i] is that of reaching force[i]. */
struct sf_likely_force
{
  double low, high; /* force from..to that fits; both NaN where no probability is known */
};
/* low is the highest force reached with at least likely_at, high the force just below the next one asked about (17 after
   the last). With no force likely, low is 0 and high just below the first. Probabilities that are NaN are passed over. */
struct sf_likely_force sf_answer_likely_force (const double *force, const double *probability, size_t count,
                                               double likely_at);
/* How far a force lies outside a likely range, positive when it is stronger; 0 inside, NaN where something is missing. */
double sf_answer_force_apart (double force, struct sf_likely_force likely);

/* (second - first) / first; NaN where first is not above 0 or something is missing. */
double sf_answer_share_apart (double first, double second);

/* Whether a moment lies within begin..end, both in; false where either is missing. */
bool sf_answer_is_inside (int64_t begin_s, int64_t end_s, int64_t at_s);

#endif
