/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/answers/hours.h"

#include "core/base/time.h"
#include "geodata/sphere.h"

#include <math.h>

enum
{
  HOUR_S = 3600
};

double
sf_answer_nearest_place_km (const struct sf_answer_rules *rules, double lon_deg, double lat_deg)
{
  double nearest_km = INFINITY;
  for (int p = 0; p < SF_ANSWER_PLACES; p++)
    nearest_km = fmin (nearest_km, sf_sphere_distance_km (rules->lon_deg[p], rules->lat_deg[p], lon_deg, lat_deg));
  return nearest_km;
}

static bool
is_own (const struct sf_answer_line *line, int64_t time_s)
{
  for (size_t i = 0; i < line->count; i++)
    if (line->points[i].time_s == time_s)
      return true;
  return false;
}

static bool
is_near (const struct sf_answer_line *line, const struct sf_answer_rules *rules, int64_t time_s)
{
  struct sf_answer_point point;
  return sf_answer_line_at (line, time_s, &point)
         && sf_answer_nearest_place_km (rules, point.lon_deg, point.lat_deg) <= rules->fixes.hourly_within_km;
}

static int64_t
hour_at_or_after (int64_t time_s)
{
  int64_t rest = time_s % HOUR_S;
  return rest == 0 ? time_s : time_s - rest + (rest > 0 ? HOUR_S : 0);
}

/* Whole hours strictly between two moments at which the centre is near the coast. */
static size_t
add_hours (const struct sf_answer_line *line, const struct sf_answer_rules *rules, int64_t after_s, int64_t before_s,
           int64_t *times_s, size_t count, size_t most)
{
  for (int64_t at_s = hour_at_or_after (after_s + 1); at_s < before_s && count < most; at_s += HOUR_S)
    if (!is_own (line, at_s) && is_near (line, rules, at_s))
      times_s[count++] = at_s;
  return count;
}

size_t
sf_answer_hours (const struct sf_answer_line *line, const struct sf_answer_rules *rules, int64_t now_s,
                 int64_t *times_s, size_t most)
{
  int64_t from_s = now_s - (int64_t) (rules->fixes.past_h * HOUR_S),
          to_s = now_s + (int64_t) (rules->fixes.ahead_h * HOUR_S), last_s = SF_TIME_MISSING;
  size_t count = 0;
  for (size_t i = 0; i < line->count && count < most; i++)
    {
      int64_t at_s = line->points[i].time_s;
      if (line->points[i].forecast && last_s != SF_TIME_MISSING)
        count = add_hours (line, rules, last_s, at_s < to_s ? at_s : to_s + 1, times_s, count, most);
      last_s = at_s;
      if (at_s >= from_s && at_s <= to_s && count < most)
        times_s[count++] = at_s;
    }
  return count;
}
