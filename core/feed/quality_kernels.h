/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_FEED_QUALITY_KERNELS_H
#define SF_CORE_FEED_QUALITY_KERNELS_H

#include "core/feed/quality_rules.h"

/* Pure judgements of numbers. NaN is never out of range and follows nothing. */

/* Great-circle distance on a sphere of 6371.0 km (haversine; good to 0.6 %). */
double sf_quality_distance_m (double lon_a_deg, double lat_a_deg, double lon_b_deg, double lat_b_deg);

/* 0 within, 1 outside soft, 2 outside hard. */
int sf_quality_range_grade (const struct sf_quality_range *range, double value);
/* The unit in which value may have been read: value is out of range, value times the factor is within hard and soft.
   NULL: none. */
const struct sf_quality_unit *sf_quality_suspect_unit (const struct sf_quantity_rule *rule,
                                                       const struct sf_quality_range *range, double value);
/* 0 fine, 1 ahead, 2 far ahead, 3 begins where clocks begin. */
int sf_quality_clock_grade (const struct sf_clock_rule *clock, int64_t valid_s, int64_t received_s);
/* Not inside; a side that is NaN has no bound. */
bool sf_quality_is_outside (const struct sf_box *box, double lon_deg, double lat_deg);

/* Whether a row can follow one dt_s before it. */
enum sf_quality_link
{
  SF_QUALITY_BROKEN,
  SF_QUALITY_LINKED,
  SF_QUALITY_APART /* too far apart in time to tell */
};
enum sf_quality_link sf_quality_step_link (const struct sf_quality_step *step, int64_t dt_s, double change);
enum sf_quality_link sf_quality_speed_link (const struct sf_mover_rule *mover, int64_t dt_s, double distance_m);

/* Whether row `at` of count rows is a jump (links[i] joins rows i and i + 1): the run of rows that follow each other and holds
   it has one or two rows, and a link at one of its ends is broken. Three rows confirm each other. */
bool sf_quality_is_jump (const unsigned char *links, size_t count, size_t at);
/* Where the run of equal values that ends at row `at` begins: rows no further apart than gap_s. */
size_t sf_quality_run_begin (const int64_t *valid_s, const double *values, size_t at, int64_t gap_s);
/* Whether a value that stands since so long is stuck. */
bool sf_quality_is_stuck (const struct sf_quality_stuck *stuck, double value, int64_t standing_s);

/* The level of a storage on a curve; its first and last pieces go on beyond its ends. */
double sf_quality_curve_level (const struct sf_curve_point *curve, size_t count, double storage_m3);
/* Whether hours contradict their day: their sum is above it by more than allowed or, when they are complete, below it. */
bool sf_quality_sum_contradicts (const struct sf_agreement_rule *rule, double sum_mm, bool complete, double day_mm);

#endif
