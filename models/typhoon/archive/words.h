/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_ARCHIVE_WORDS_H
#define SF_MODELS_TYPHOON_ARCHIVE_WORDS_H

#include "core/base/text.h"
#include "models/typhoon/archive/similarity.h"

/* How a past storm differs from today's, in numbers: past minus today. NaN: not known. */
struct sf_past_difference
{
  double wind_mps;
  double apart_km, to_deg;     /* where the past storm's centre was, seen from today's */
  double motion_mps, turn_deg; /* speed, and direction of motion: positive is further to the right (clockwise) */
  double days;                 /* in the year; positive: later */
  double size_km;              /* radius of force 7 */
};

/* The difference between a match and the query. */
struct sf_past_difference sf_past_difference_of (const struct sf_similar_query *query, const struct sf_past *past,
                                                 const struct sf_similar_match *match);

/* Say a difference in words: "10 m/s weaker, 85 km further south, moved 5 km/h faster, came 20 days earlier in the year".
   Whole m/s, km, km/h and days; what is too small to be told apart in best tracks is said to be alike (below 2 m/s, 25 km,
   3 km/h, 15 degrees, 5 days, 20 km), what is not known says so for the wind and is left out else. A failed buffer means
   that memory is out. */
void sf_past_difference_say (const struct sf_past_difference *difference, struct sf_strbuf *english,
                             struct sf_strbuf *chinese);

#endif
