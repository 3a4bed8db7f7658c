/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_ANSWERS_MIDDLE_H
#define SF_MODELS_TYPHOON_ANSWERS_MIDDLE_H

#include "core/data/geometry.h"

#include <stdbool.h>

/* The point half way along a line, by great circles; of several parts the longest counts. False for no line or one
   without a point; a line of one point gives that point. */
bool sf_answer_middle (const struct sf_geometry *line, double *ret_lon_deg, double *ret_lat_deg);

#endif
