/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/agencies/storm_life.h"

#include "geodata/sphere.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum
{
  HOUR_S = 3600,
  OUTLIVES_S = 6 * HOUR_S,
  APPROACH_S = 12 * HOUR_S,
  SILENT_S = 24 * HOUR_S,
  REMNANT_S = 72 * HOUR_S
};

static const double touching_km = 250, storm_mps = 17.2, depression_mps = 10.8;

const char *
sf_storm_status_name (enum sf_storm_status status, int zh)
{
  static const char *const names[SF_STORM_STATUSES][2] = {
    [SF_STORM_ACTIVE] = { "active", "活跃" },         [SF_STORM_SPLIT] = { "split", "分裂出" },
    [SF_STORM_MERGED] = { "merged", "并入其他台风" }, [SF_STORM_REMNANT] = { "remnant", "残余环流" },
    [SF_STORM_ENDED] = { "ended", "停止编报" },
  };
  return names[status][zh != 0];
}

static int64_t
begin_of (const struct sf_storm_life *storm)
{
  return storm->sight.fixes_count ? storm->sight.fixes[0].time_s : storm->issued_s;
}

static int64_t
end_of (const struct sf_storm_life *storm)
{
  return storm->sight.fixes_count ? storm->sight.fixes[storm->sight.fixes_count - 1].time_s : storm->issued_s;
}

static double
distance_at (const struct sf_storm_life *a, const struct sf_storm_life *b, int64_t time_s)
{
  double lon_a, lat_a, lon_b, lat_b;
  if (!sf_sight_place (&a->sight, time_s, &lon_a, &lat_a) || !sf_sight_place (&b->sight, time_s, &lon_b, &lat_b))
    return (double) NAN;
  return sf_sphere_distance_km (lon_a, lat_a, lon_b, lat_b);
}

static bool
went_into (const struct sf_storm_life *storm, const struct sf_storm_life *other)
{
  int64_t end = end_of (storm);
  if (begin_of (other) > end || end_of (other) - end < OUTLIVES_S)
    return false;
  double km = distance_at (storm, other, end), before = distance_at (storm, other, end - APPROACH_S);
  return km <= touching_km && !(before < km);
}

/* Names of sub-centres are those of the storm that they came from. */
static bool
is_part (const struct sf_storm_life *storm, const struct sf_storm_life *other)
{
  size_t bare = strlen (other->sight.storm);
  if (!storm->sight.sub_centre || other->sight.sub_centre)
    return false;
  return (storm->sight.number[0] && strcmp (storm->sight.number, other->sight.number) == 0)
         || (strcmp (storm->sight.feed, other->sight.feed) == 0
             && strncmp (storm->sight.storm, other->sight.storm, bare) == 0 && storm->sight.storm[bare] == '-');
}

static bool
came_from (const struct sf_storm_life *storm, const struct sf_storm_life *other)
{
  int64_t begin = begin_of (storm);
  return is_part (storm, other)
         || (begin - begin_of (other) >= OUTLIVES_S && end_of (other) - begin >= OUTLIVES_S
             && distance_at (storm, other, begin) <= touching_km);
}

/* The first other storm for which a relation holds, or count. */
static size_t
find_other (const struct sf_storm_life *storms, size_t count, size_t i,
            bool (*holds) (const struct sf_storm_life *, const struct sf_storm_life *))
{
  for (size_t other = 0; other < count; other++)
    if (other != i && holds (&storms[i], &storms[other]))
      return other;
  return count;
}

static bool
is_low (const struct sf_storm_life *storm)
{
  bool low = storm->last_grade && (!strcmp (storm->last_grade, "LO") || !strcmp (storm->last_grade, "EX"));
  return storm->peak_mps >= storm_mps && (low || storm->last_mps < depression_mps);
}

enum sf_storm_status
sf_storm_life_judge (const struct sf_storm_life *storms, size_t count, size_t i, int64_t now_s, size_t *ret_other)
{
  const struct sf_storm_life *storm = &storms[i];
  int64_t silent_s = now_s - (storm->issued_s > end_of (storm) ? storm->issued_s : end_of (storm));
  *ret_other = find_other (storms, count, i, went_into);
  if (*ret_other < count)
    return SF_STORM_MERGED;
  *ret_other = find_other (storms, count, i, came_from);
  if (is_low (storm) && silent_s <= REMNANT_S)
    return SF_STORM_REMNANT;
  if (silent_s > SILENT_S)
    return SF_STORM_ENDED;
  return *ret_other < count ? SF_STORM_SPLIT : SF_STORM_ACTIVE;
}
