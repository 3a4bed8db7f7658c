/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_ANSWERS_HOURS_H
#define SF_MODELS_TYPHOON_ANSWERS_HOURS_H

#include "models/typhoon/answers/line.h"
#include "models/typhoon/answers/rules.h"

/* Distance in km from a point to the nearest of the rules' places. */
double sf_answer_nearest_place_km (const struct sf_answer_rules *rules, double lon_deg, double lat_deg);

/* The times at which a fix table stands: the line's own points from past_h before now on, and up to ahead_h after now; and
   between them, from the last analysis on, every whole hour at which the centre is within hourly_within_km of a place.
   Rising, each once. times_s has room for most; returns how many there are, at most most. Kernel: no allocation. */
size_t sf_answer_hours (const struct sf_answer_line *line, const struct sf_answer_rules *rules, int64_t now_s,
                        int64_t *times_s, size_t most);

#endif
