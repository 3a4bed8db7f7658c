/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/map_hours.h"

static size_t
strongest_of (const double *peak_mps, size_t count)
{
  size_t strongest = 0;
  for (size_t i = 1; i < count; i++)
    if (peak_mps[i] > peak_mps[strongest])
      strongest = i;
  return strongest;
}

struct sf_map_hours
sf_map_hours_choose (const double *peak_mps, size_t count, double threshold_mps, size_t most)
{
  size_t strongest = strongest_of (peak_mps, count), begin = 0, end = count;
  if (!(peak_mps[strongest] >= threshold_mps))
    return (struct sf_map_hours){ strongest, 1 };
  while (!(peak_mps[begin] >= threshold_mps))
    begin++;
  while (!(peak_mps[end - 1] >= threshold_mps))
    end--;
  if (end - begin <= most)
    return (struct sf_map_hours){ begin, end - begin };
  size_t before = strongest - begin, wanted = most / 2 < before ? most / 2 : before;
  size_t first = strongest - wanted, latest = end - most;
  return (struct sf_map_hours){ first < latest ? first : latest, most };
}
