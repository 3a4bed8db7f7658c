/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_DATA_PLAIN_H
#define SF_CORE_DATA_PLAIN_H

#include "core/data/record.h"

#include <math.h>

/* Bounds of what a record may say; private to core. */
static const int64_t SF_YEAR_1_S = -62135596800;        /* 0001-01-01T00:00:00Z */
static const int64_t SF_YEAR_9999_END_S = 253402300799; /* 9999-12-31T23:59:59Z */
static const int64_t SF_LONGEST_SPAN_S = (int64_t) 100 * 366 * 86400;

/* A quick yes for an observation whose numbers keep the rules, whatever its texts and its time received. A no means little:
   sf_record_check has the rules and the words. */
static inline bool
sf_observation_is_plainly_good (const struct sf_record *record)
{
  const struct sf_observation *observation = &record->as.observation;
  return record->quality <= SF_QUALITY_MISSING && record->source_line >= 0 && record->valid_s >= SF_YEAR_1_S
         && record->valid_s <= SF_YEAR_9999_END_S && !isinf (observation->value) && !(fabs (observation->lon_deg) > 180)
         && !(fabs (observation->lat_deg) > 90) && observation->period_s >= 0
         && observation->period_s <= SF_LONGEST_SPAN_S;
}

#endif
