/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/archive/search.h"

#include "core/base/time.h"
#include "geodata/sphere.h"

#include <math.h>
#include <strings.h>

static bool
in_range (int value, const int range[2])
{
  return range[0] <= range[1] ? value >= range[0] && value <= range[1] : value >= range[0] || value <= range[1];
}

static bool
is_named (const struct sf_track *track, const char *name)
{
  const char *names[] = { track->name, track->name_zh, track->number, track->storm };
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    if (names[i] && strcasecmp (names[i], name) == 0)
      return true;
  return false;
}

/* The share 0..1 of the way from a to b at which it is closest to the query's centre, on a plane at that centre. */
static double
closest_share (const struct sf_past_query *query, const struct sf_past_point *a, const struct sf_past_point *b)
{
  double squeeze = cos (query->lat_deg * M_PI / 180);
  double x = squeeze * sf_sphere_wrap_lon_deg (query->lon_deg - a->lon_deg), y = query->lat_deg - a->lat_deg;
  double dx = squeeze * (b->lon_deg - a->lon_deg), dy = b->lat_deg - a->lat_deg, length2 = dx * dx + dy * dy;
  return length2 > 0 ? fmin (1, fmax (0, (x * dx + y * dy) / length2)) : 0;
}

static void
look_between (const struct sf_past_query *query, const struct sf_past_point *a, const struct sf_past_point *b,
              struct sf_past_hit *hit)
{
  double t = closest_share (query, a, b);
  double lon_deg = a->lon_deg + t * (b->lon_deg - a->lon_deg), lat_deg = a->lat_deg + t * (b->lat_deg - a->lat_deg);
  double km = sf_sphere_distance_km (query->lon_deg, query->lat_deg, lon_deg, lat_deg);
  double wind_mps = t == 0 ? a->wind_mps : a->wind_mps + t * (b->wind_mps - a->wind_mps);
  bool inside = km <= query->radius_km, was_inside = hit->distance_km <= query->radius_km;
  if (inside)
    hit->wind_mps = was_inside ? fmax (hit->wind_mps, wind_mps) : wind_mps;
  if (km >= hit->distance_km)
    return;
  if (!inside)
    hit->wind_mps = wind_mps;
  hit->distance_km = km;
  hit->time_s = a->time_s + (int64_t) llround (t * (double) (b->time_s - a->time_s));
  hit->lon_deg = lon_deg;
  hit->lat_deg = lat_deg;
}

bool
sf_past_search (const struct sf_past *past, size_t s, const struct sf_past_query *query, struct sf_past_hit *ret_hit)
{
  const struct sf_past_storm *storm = &past->storms[s];
  const struct sf_past_point *points = &past->points[storm->first];
  struct sf_past_hit hit = { .storm = s, .distance_km = INFINITY, .wind_mps = (double) NAN };
  if (query->name && !is_named (storm->track, query->name))
    return false;
  for (size_t i = 0; i + 1 < storm->count; i++)
    if (points[i + 1].time_s - points[i].time_s == SF_PAST_STEP_S)
      look_between (query, &points[i], &points[i + 1], &hit);
  /* At the points themselves the wind may be stronger than where the way is closest. */
  for (size_t i = 0; i < storm->count; i++)
    look_between (query, &points[i], &points[i], &hit);
  struct sf_civil civil = sf_time_to_civil (hit.time_s, 0);
  bool placed = query->name || hit.distance_km <= query->radius_km;
  bool strong = query->least_wind_mps <= 0 || hit.wind_mps >= query->least_wind_mps;
  if (!placed || !strong || !in_range (civil.month, query->months) || !in_range (civil.year, query->years))
    return false;
  *ret_hit = hit;
  return true;
}
