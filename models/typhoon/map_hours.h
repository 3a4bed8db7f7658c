/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_MAP_HOURS_H
#define SF_MODELS_TYPHOON_MAP_HOURS_H

#include <stddef.h>

/* Of a list of steps, count of them from first on. */
struct sf_map_hours
{
  size_t first, count;
};

/* Choose which of count (at least 1) equal steps, whose strongest wind is peak_mps, are worth a map: from the first to
   the last that reaches threshold_mps, of these at most `most` (at least 1) around the strongest, shifted where an end is
   near. When none reaches it: the strongest alone. Of equal ones the earliest is the strongest. */
struct sf_map_hours sf_map_hours_choose (const double *peak_mps, size_t count, double threshold_mps, size_t most);

#endif
