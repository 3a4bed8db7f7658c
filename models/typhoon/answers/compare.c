/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/answers/compare.h"

#include "core/base/time.h"

#include <math.h>

double
sf_answer_hours_apart (int64_t first_s, int64_t second_s)
{
  if (first_s == SF_TIME_MISSING || second_s == SF_TIME_MISSING)
    return (double) NAN;
  return ((double) second_s - (double) first_s) / 3600;
}

bool
sf_answer_is_beyond (double difference, double limit)
{
  return fabs (difference) > limit;
}

struct sf_likely_force
sf_answer_likely_force (const double *force, const double *probability, size_t count, double likely_at)
{
  struct sf_likely_force likely = { .low = NAN, .high = NAN };
  bool bounded = false;
  for (size_t i = count; i-- > 0;)
    {
      if (isnan (probability[i]) || isnan (force[i]))
        continue;
      if (probability[i] >= likely_at)
        {
          likely.low = force[i];
          likely.high = bounded ? likely.high : 17;
          return likely;
        }
      likely = (struct sf_likely_force){ .low = 0, .high = force[i] - 1 };
      bounded = true;
    }
  return likely;
}

double
sf_answer_force_apart (double force, struct sf_likely_force likely)
{
  if (isnan (force) || isnan (likely.low))
    return (double) NAN;
  if (force > likely.high)
    return force - likely.high;
  return force < likely.low ? force - likely.low : 0;
}

double
sf_answer_share_apart (double first, double second)
{
  return first > 0 ? (second - first) / first : (double) NAN;
}

bool
sf_answer_is_inside (int64_t begin_s, int64_t end_s, int64_t at_s)
{
  return begin_s != SF_TIME_MISSING && end_s != SF_TIME_MISSING && at_s >= begin_s && at_s <= end_s;
}
