/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/agencies/storm_match.h"

#include "geodata/sphere.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum
{
  HOUR_S = 3600,
  DAY_S = 86400,
  WIDEST_GAP_S = 12 * HOUR_S /* between two fixes that a place is taken from */
};

const struct sf_match_rule sf_match_rule = {
  .number_gap_s = 30 * DAY_S,
  .name_gap_s = 10 * DAY_S,
  .follow_gap_s = 12 * HOUR_S,
  .number_km = 1000,
  .name_km = 500,
  .near_km = 150,
  .renamed_km = 75,
  .same_feed_km = 30,
  .follow_kmph = 20,
};

static int64_t
begin_of (const struct sf_sight *sight)
{
  return sight->fixes[0].time_s;
}

static int64_t
end_of (const struct sf_sight *sight)
{
  return sight->fixes[sight->fixes_count - 1].time_s;
}

/* 0 where lives overlap. */
static int64_t
gap_s (const struct sf_sight *a, const struct sf_sight *b)
{
  int64_t after = begin_of (b) - end_of (a), before = begin_of (a) - end_of (b);
  int64_t gap = after > before ? after : before;
  return gap > 0 ? gap : 0;
}

int
sf_sight_place (const struct sf_sight *sight, int64_t time_s, double *ret_lon_deg, double *ret_lat_deg)
{
  size_t low = 0, high = sight->fixes_count;
  while (low < high)
    {
      size_t middle = (low + high) / 2;
      if (sight->fixes[middle].time_s < time_s)
        low = middle + 1;
      else
        high = middle;
    }
  if (low == sight->fixes_count)
    return 0;
  const struct sf_sight_fix *after = &sight->fixes[low], *before = low ? after - 1 : after;
  if (after->time_s != time_s && (low == 0 || after->time_s - before->time_s > WIDEST_GAP_S))
    return 0;
  double share
      = after->time_s == time_s ? 1.0 : (double) (time_s - before->time_s) / (double) (after->time_s - before->time_s);
  double step = sf_sphere_wrap_lon_deg (after->lon_deg - before->lon_deg);
  *ret_lon_deg = sf_sphere_wrap_lon_deg (before->lon_deg + share * step);
  *ret_lat_deg = before->lat_deg + share * (after->lat_deg - before->lat_deg);
  return 1;
}

static void
add_distances (const struct sf_sight *a, const struct sf_sight *b, double *sum_km, size_t *n)
{
  for (size_t i = 0; i < a->fixes_count; i++)
    {
      double lon, lat;
      if (a->fixes[i].time_s < begin_of (b) || a->fixes[i].time_s > end_of (b)
          || !sf_sight_place (b, a->fixes[i].time_s, &lon, &lat))
        continue;
      *sum_km += sf_sphere_distance_km (a->fixes[i].lon_deg, a->fixes[i].lat_deg, lon, lat);
      ++*n;
    }
}

double
sf_sight_distance_km (const struct sf_sight *a, const struct sf_sight *b)
{
  double sum = 0;
  size_t n = 0;
  if (gap_s (a, b) > 0)
    return (double) NAN;
  add_distances (a, b, &sum, &n);
  add_distances (b, a, &sum, &n);
  return n ? sum / (double) n : (double) NAN;
}

/* How far the later one begins from where the earlier one, carried on by its last motion, would be by then; *ret_limit
   is how far it may be. */
static double
follow_km (const struct sf_sight *earlier, const struct sf_sight *later, const struct sf_match_rule *rule,
           double *ret_limit)
{
  const struct sf_sight_fix *last = &earlier->fixes[earlier->fixes_count - 1], *first = &later->fixes[0];
  double hours = (double) (first->time_s - last->time_s) / HOUR_S, lon = last->lon_deg, lat = last->lat_deg;
  const struct sf_sight_fix *before = earlier->fixes_count > 1 ? last - 1 : last;
  bool moving = before != last && last->time_s - before->time_s <= WIDEST_GAP_S;
  if (moving)
    {
      double ratio = hours * HOUR_S / (double) (last->time_s - before->time_s);
      lon += ratio * sf_sphere_wrap_lon_deg (last->lon_deg - before->lon_deg);
      lat = fmax (-90, fmin (90, lat + ratio * (last->lat_deg - before->lat_deg)));
    }
  *ret_limit = rule->near_km + (moving ? 0 : rule->follow_kmph * hours);
  return sf_sphere_distance_km (lon, lat, first->lon_deg, first->lat_deg);
}

static bool
both_named (const struct sf_sight *a, const struct sf_sight *b)
{
  return (a->name && b->name) || (a->name_zh && b->name_zh);
}

static bool
same_name (const struct sf_sight *a, const struct sf_sight *b)
{
  return sf_storm_name_same (a->name, b->name) || sf_storm_name_same (a->name_zh, b->name_zh);
}

static bool
same_number (const struct sf_sight *a, const struct sf_sight *b)
{
  return a->number[0] && strcmp (a->number, b->number) == 0;
}

/* Whether two sights must not be one storm. */
static bool
is_barred (const struct sf_sight *a, const struct sf_sight *b, const struct sf_match_rule *rule)
{
  if (a->sub_centre != b->sub_centre)
    return true;
  if (a->number[0] && b->number[0] && strcmp (a->number, b->number) != 0)
    return true;
  double km = sf_sight_distance_km (a, b);
  if (strcmp (a->feed, b->feed) == 0 && km > rule->same_feed_km)
    return true;
  return same_number (a, b) && (gap_s (a, b) > rule->number_gap_s || km > rule->number_km);
}

/* Whether they may be, and how surely: the rank of the rule that joins them, 0 for none. */
static int
rank_of (const struct sf_sight *a, const struct sf_sight *b, const struct sf_match_rule *rule, double *ret_km)
{
  int64_t gap = gap_s (a, b);
  double slack = a->slack_km + b->slack_km, limit, km = sf_sight_distance_km (a, b);
  bool named_alike = same_name (a, b);
  *ret_km = isnan (km) ? 0 : km;
  if (same_number (a, b))
    return 1;
  if (named_alike && gap <= rule->name_gap_s && !(km > rule->name_km + slack))
    return 2;
  if (!isnan (km))
    return km <= (both_named (a, b) && !named_alike ? rule->renamed_km : rule->near_km) + slack ? 3 : 0;
  if (gap > rule->follow_gap_s || gap == 0)
    return 0;
  *ret_km = begin_of (b) >= end_of (a) ? follow_km (a, b, rule, &limit) : follow_km (b, a, rule, &limit);
  return *ret_km <= limit + slack ? 4 : 0;
}

static int
compare_sights (const struct sf_sight *a, const struct sf_sight *b)
{
  int order = strcmp (a->feed, b->feed);
  return order ? order : strcmp (a->storm, b->storm);
}

static int
compare_links (const void *left, const void *right, void *ctx)
{
  const struct sf_match_link *p = left, *q = right;
  const struct sf_sight *sights = ctx;
  if (p->rank != q->rank)
    return p->rank - q->rank;
  if (p->km != q->km)
    return p->km < q->km ? -1 : 1;
  int order = compare_sights (&sights[p->a], &sights[q->a]);
  return order ? order : compare_sights (&sights[p->b], &sights[q->b]);
}

size_t
sf_storm_links (const struct sf_sight *sights, size_t count, const struct sf_match_rule *rule,
                struct sf_match_link *links)
{
  size_t n = 0;
  for (size_t i = 0; i < count; i++)
    for (size_t j = i + 1; j < count; j++)
      {
        bool ordered = compare_sights (&sights[i], &sights[j]) <= 0;
        struct sf_match_link link = { .a = ordered ? i : j, .b = ordered ? j : i };
        if (!sights[i].fixes_count || !sights[j].fixes_count || gap_s (&sights[i], &sights[j]) > rule->number_gap_s)
          continue;
        link.rank = rank_of (&sights[link.a], &sights[link.b], rule, &link.km);
        if (link.rank && links)
          links[n] = link;
        n += link.rank != 0;
      }
  if (links && n)
    qsort_r (links, n, sizeof *links, compare_links, (void *) sights);
  return n;
}

/* Whether any sight of storm a is barred from any of storm b. */
static bool
storms_are_barred (const struct sf_sight *sights, size_t count, const size_t *storm, size_t a, size_t b,
                   const struct sf_match_rule *rule)
{
  for (size_t i = 0; i < count; i++)
    for (size_t j = 0; storm[i] == a && j < count; j++)
      if (storm[j] == b && is_barred (&sights[i], &sights[j], rule))
        return true;
  return false;
}

void
sf_storm_match (const struct sf_sight *sights, size_t count, const struct sf_match_rule *rule,
                const struct sf_match_link *links, size_t links_count, size_t *ret_storm)
{
  for (size_t i = 0; i < count; i++)
    ret_storm[i] = i;
  for (size_t l = 0; l < links_count; l++)
    {
      size_t a = ret_storm[links[l].a], b = ret_storm[links[l].b], kept = a < b ? a : b, gone = a < b ? b : a;
      if (a == b || storms_are_barred (sights, count, ret_storm, a, b, rule))
        continue;
      for (size_t i = 0; i < count; i++)
        if (ret_storm[i] == gone)
          ret_storm[i] = kept;
    }
}
