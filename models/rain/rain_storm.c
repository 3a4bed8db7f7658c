/* SPDX-License-Identifier: Apache-2.0 */
#include "models/rain/rain_storm.h"

#include <math.h>
#include <stdlib.h>

#define LONGEST_GAP_S 86400

static enum sf_code
append (struct sf_rain_storm *storm, const struct sf_rain_node *node, int64_t begin_s, struct sf_error *err)
{
  if (sf_mem_grow ((void **) &storm->nodes, &storm->nodes_capacity, storm->count + 1, sizeof *storm->nodes) != 0
      || sf_mem_grow ((void **) &storm->begin_s, &storm->begin_capacity, storm->count + 1, sizeof *storm->begin_s) != 0)
    return sf_fail (err, SF_ENOMEM, "out of memory for a storm's rain");
  storm->nodes[storm->count] = *node;
  storm->begin_s[storm->count++] = begin_s;
  return SF_OK;
}

static double
wind_1min (const struct sf_rain_params *params, const struct sf_fix *fix)
{
  return fix->wind_mps * sf_rain_factor_to_1min (params, fix->averaging_min);
}

static enum sf_code
add_piece (struct sf_rain_storm *storm, const struct sf_record *from, const struct sf_record *to,
           const struct sf_rain_params *params, struct sf_error *err)
{
  const struct sf_fix *a = &from->as.track, *b = &to->as.track;
  double turn_deg = remainder (b->lon_deg - a->lon_deg, 360), wind_a = wind_1min (params, a);
  double wind_b = wind_1min (params, b);
  int64_t span_s = to->valid_s - from->valid_s, step_s = llround (60 * params->step_min);
  wind_a = isnan (wind_a) ? wind_b : wind_a;
  wind_b = isnan (wind_b) ? wind_a : wind_b;
  for (int64_t at_s = 0; at_s < span_s; at_s += step_s)
    {
      int64_t length_s = span_s - at_s < step_s ? span_s - at_s : step_s;
      double part = ((double) at_s + 0.5 * (double) length_s) / (double) span_s;
      struct sf_rain_node node = { .lon_deg = a->lon_deg + part * turn_deg,
                                   .lat_deg = a->lat_deg + part * (b->lat_deg - a->lat_deg),
                                   .vmax_1min_mps = wind_a + part * (wind_b - wind_a),
                                   .hours = (double) length_s / 3600 };
      SF_TRY (append (storm, &node, from->valid_s + at_s, err));
    }
  return SF_OK;
}

static bool
has_place (const struct sf_record *record)
{
  return record->quality < SF_QUALITY_ORIGINAL_UNRELIABLE && !isnan (record->as.track.lon_deg)
         && !isnan (record->as.track.lat_deg);
}

enum sf_code
sf_rain_storm_add (struct sf_rain_storm *storm, const struct sf_track *track, const struct sf_rain_params *params,
                   struct sf_error *err)
{
  const struct sf_record *last = NULL;
  for (size_t i = 0; i < track->fixes_count; i++)
    {
      const struct sf_record *now = &track->fixes[i];
      if (!has_place (now) || (last && now->valid_s <= last->valid_s))
        continue;
      if (last && now->valid_s - last->valid_s <= LONGEST_GAP_S)
        SF_TRY (add_piece (storm, last, now, params, err));
      last = now;
    }
  return SF_OK;
}

struct ordered
{
  int64_t begin_s;
  size_t place;
  struct sf_rain_node node;
};

static int
by_time (const void *a, const void *b)
{
  const struct ordered *x = a, *y = b;
  if (x->begin_s != y->begin_s)
    return x->begin_s < y->begin_s ? -1 : 1;
  return x->place < y->place ? -1 : x->place > y->place;
}

enum sf_code
sf_rain_storm_sort (struct sf_rain_storm *storm, struct sf_error *err)
{
  struct ordered *list = sf_mem_calloc (storm->count, sizeof *list);
  if (!list)
    return sf_fail (err, SF_ENOMEM, "out of memory for %zu steps of rain", storm->count);
  for (size_t i = 0; i < storm->count; i++)
    list[i] = (struct ordered){ storm->begin_s[i], i, storm->nodes[i] };
  qsort (list, storm->count, sizeof *list, by_time);
  for (size_t i = 0; i < storm->count; i++)
    {
      storm->begin_s[i] = list[i].begin_s;
      storm->nodes[i] = list[i].node;
    }
  sf_mem_free (list);
  return SF_OK;
}

void
sf_rain_storm_finish (struct sf_rain_storm *storm)
{
  sf_mem_free (storm->nodes);
  sf_mem_free (storm->begin_s);
  *storm = (struct sf_rain_storm){ 0 };
}
