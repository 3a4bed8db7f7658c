/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/archive/similarity.h"

#include "core/base/time.h"
#include "geodata/sphere.h"

#include <math.h>

#define KM_PER_DEG (SF_EARTH_RADIUS_KM * M_PI / 180)

/* The place of step k among points: index from the moment's. */
static long
offset_of (int k)
{
  return k < SF_SIMILAR_BACK ? -(long) (k + 1) : (long) (k - SF_SIMILAR_BACK + 1);
}

/* Whether points[at + offset] is there and just so many steps away. */
static bool
has_step (const struct sf_past_point *points, size_t count, size_t at, long offset)
{
  long i = (long) at + offset;
  return i >= 0 && i < (long) count && points[i].time_s == points[at].time_s + offset * SF_PAST_STEP_S;
}

static void
displacement (const struct sf_past_point *from, const struct sf_past_point *to, double *ret_east_km,
              double *ret_north_km)
{
  *ret_east_km = KM_PER_DEG * (to->lon_deg - from->lon_deg) * 0.5 * (from->cos_lat + to->cos_lat);
  *ret_north_km = KM_PER_DEG * (to->lat_deg - from->lat_deg);
}

static void
set_motion (struct sf_similar_query *query)
{
  bool back = !isnan (query->east_km[0]);
  int k = back ? 0 : SF_SIMILAR_BACK;
  double sign = back ? -1 : 1, east_km = sign * query->east_km[k], north_km = sign * query->north_km[k];
  query->motion_mps = 1000 * hypot (east_km, north_km) / SF_PAST_STEP_S;
  query->motion_to_deg
      = query->motion_mps > 0 ? fmod (atan2 (east_km, north_km) * 180 / M_PI + 360, 360) : (double) NAN;
}

void
sf_similar_query_of (struct sf_similar_query *query, const struct sf_past_point *points, size_t count, size_t at,
                     bool ahead)
{
  query->at = points[at];
  for (int k = 0; k < SF_SIMILAR_STEPS; k++)
    {
      long offset = offset_of (k);
      query->east_km[k] = query->north_km[k] = (double) NAN;
      if ((offset < 0 || ahead) && has_step (points, count, at, offset))
        displacement (&points[at], &points[(long) at + offset], &query->east_km[k], &query->north_km[k]);
    }
  set_motion (query);
}

/* The weight of a step in the difference of ways, with the scaling to a day in it. */
static double
step_weight (const struct sf_similar_weights *weights, long offset, double *ret_per_day)
{
  double t_s = fabs ((double) offset) * SF_PAST_STEP_S;
  *ret_per_day = 86400 / t_s;
  return exp (-t_s / (offset < 0 ? weights->back_scale_s : weights->ahead_scale_s));
}

/* The difference of ways s in km a day; NaN when the query has no way, INFINITY when too little is shared. */
static double
shape_km (const struct sf_similar_query *query, const struct sf_past_point *points, size_t count, size_t at,
          const double *step_weights, const double *per_day)
{
  double sum = 0, weight = 0;
  int known = 0, shared = 0;
  for (int k = 0; k < SF_SIMILAR_STEPS; k++)
    {
      long offset = offset_of (k);
      double east_km, north_km;
      if (isnan (query->east_km[k]))
        continue;
      known++;
      if (!has_step (points, count, at, offset))
        continue;
      shared++;
      displacement (&points[at], &points[(long) at + offset], &east_km, &north_km);
      east_km = per_day[k] * (east_km - query->east_km[k]);
      north_km = per_day[k] * (north_km - query->north_km[k]);
      sum += step_weights[k] * (east_km * east_km + north_km * north_km);
      weight += step_weights[k];
    }
  if (known == 0)
    return (double) NAN;
  return shared >= (known < 2 ? known : 2) ? sqrt (sum / weight) : INFINITY;
}

/* What is the same for all candidates of one search. */
struct search
{
  const struct sf_similar_query *query;
  const struct sf_past *past;
  const struct sf_similar_weights *weights;
  double step_weights[SF_SIMILAR_STEPS], per_day[SF_SIMILAR_STEPS];
};

static void
open_search (struct search *search, const struct sf_similar_query *query, const struct sf_past *past,
             const struct sf_similar_weights *weights)
{
  *search = (struct search){ .query = query, .past = past, .weights = weights };
  for (int k = 0; k < SF_SIMILAR_STEPS; k++)
    search->step_weights[k] = step_weight (weights, offset_of (k), &search->per_day[k]);
}

static double
square_or_0 (double part)
{
  return isnan (part) ? 0 : part * part;
}

static double
intensity_km (const struct search *search, const struct sf_past_point *point)
{
  const struct sf_similar_weights *weights = search->weights;
  double theirs_mps = isnan (point->wind_mps) ? weights->unknown_mps : point->wind_mps;
  double ours_mps = isnan (search->query->at.wind_mps) ? weights->unknown_mps : search->query->at.wind_mps;
  return weights->intensity_km * fabs (theirs_mps - ours_mps);
}

static double
season_km (const struct search *search, const struct sf_past_point *point)
{
  return search->weights->season_km * fabs (sf_past_days_apart (search->query->at.day, point->day));
}

/* The square of what the distance is at least: season, intensity, and the latitudes. */
static double
least_square (const struct search *search, const struct sf_past_point *point)
{
  double north_km = search->weights->position * KM_PER_DEG * (point->lat_deg - search->query->at.lat_deg);
  double season = season_km (search, point), intensity = intensity_km (search, point);
  return north_km * north_km + season * season + intensity * intensity;
}

static struct sf_similarity
compare (const struct search *search, const struct sf_past_storm *storm, size_t i)
{
  const struct sf_past_point *points = &search->past->points[storm->first], *point = &points[i];
  const struct sf_past_point *at = &search->query->at;
  const struct sf_similar_weights *weights = search->weights;
  struct sf_similarity parts = {
    .position_km = weights->position * sf_sphere_distance_km (at->lon_deg, at->lat_deg, point->lon_deg, point->lat_deg),
    .season_km = season_km (search, point),
    .intensity_km = intensity_km (search, point),
    .size_km = weights->size * fabs (point->size_km - at->size_km),
    .shape_km
    = weights->shape * shape_km (search->query, points, storm->count, i, search->step_weights, search->per_day),
  };
  parts.total_km
      = sqrt (square_or_0 (parts.position_km) + square_or_0 (parts.season_km) + square_or_0 (parts.intensity_km)
              + square_or_0 (parts.size_km) + square_or_0 (parts.shape_km));
  return parts;
}

struct sf_similarity
sf_similar_distance (const struct sf_similar_query *query, const struct sf_past *past,
                     const struct sf_past_storm *storm, size_t point, const struct sf_similar_weights *weights)
{
  struct search search;
  open_search (&search, query, past, weights);
  return compare (&search, storm, point);
}

/* A storm's most similar moment that is nearer than `beyond_km`; total_km is INFINITY when there is none. */
static struct sf_similar_match
best_moment (const struct search *search, size_t s, const struct sf_similar_limits *limits, double beyond_km)
{
  const struct sf_past_storm *storm = &search->past->storms[s];
  const struct sf_past_point *points = &search->past->points[storm->first];
  struct sf_similar_match best = { .storm = s, .parts = { .total_km = INFINITY } };
  for (size_t i = 0; i < storm->count; i++)
    {
      double bound_km = fmin (best.parts.total_km, beyond_km);
      bool late = limits->before_s != SF_TIME_MISSING && points[i].time_s >= limits->before_s;
      if (late || !has_step (points, storm->count, i, (long) limits->steps_needed)
          || least_square (search, &points[i]) >= bound_km * bound_km)
        continue;
      struct sf_similarity parts = compare (search, storm, i);
      if (parts.total_km < bound_km)
        best = (struct sf_similar_match){ .storm = s, .point = i, .parts = parts };
    }
  return best;
}

size_t
sf_similar_find (const struct sf_similar_query *query, const struct sf_past *past,
                 const struct sf_similar_weights *weights, const struct sf_similar_limits *limits,
                 struct sf_similar_match *matches, size_t count)
{
  struct search search;
  size_t found = 0;
  open_search (&search, query, past, weights);
  for (size_t s = 0; s < past->storms_count && count > 0; s++)
    {
      double beyond_km = found == count ? matches[count - 1].parts.total_km : INFINITY;
      if (s == limits->without)
        continue;
      struct sf_similar_match match = best_moment (&search, s, limits, beyond_km);
      if (!(match.parts.total_km < beyond_km))
        continue;
      size_t place = found == count ? count - 1 : found++;
      for (; place > 0 && matches[place - 1].parts.total_km > match.parts.total_km; place--)
        matches[place] = matches[place - 1];
      matches[place] = match;
    }
  return found;
}

bool
sf_similar_outlook (const struct sf_similar_query *query, const struct sf_past *past,
                    const struct sf_similar_match *matches, size_t count, size_t steps, double floor_km, bool relative,
                    double *ret_east_km, double *ret_north_km)
{
  double east_sum = 0, north_sum = 0, weight_sum = 0;
  for (size_t m = 0; m < count; m++)
    {
      const struct sf_past_storm *storm = &past->storms[matches[m].storm];
      const struct sf_past_point *points = &past->points[storm->first];
      size_t at = matches[m].point;
      double east_km, north_km, total_km = matches[m].parts.total_km;
      bool usable = has_step (points, storm->count, at, (long) steps)
                    && (!relative || (has_step (points, storm->count, at, -1) && !isnan (query->east_km[0])));
      if (!usable)
        continue;
      displacement (&points[at], &points[at + steps], &east_km, &north_km);
      if (relative)
        {
          double back_east_km, back_north_km;
          displacement (&points[at], &points[at - 1], &back_east_km, &back_north_km);
          east_km += (double) steps * (back_east_km - query->east_km[0]);
          north_km += (double) steps * (back_north_km - query->north_km[0]);
        }
      double weight = 1 / (total_km * total_km + floor_km * floor_km);
      east_sum += weight * east_km;
      north_sum += weight * north_km;
      weight_sum += weight;
    }
  if (!(weight_sum > 0))
    return false;
  *ret_east_km = east_sum / weight_sum;
  *ret_north_km = north_sum / weight_sum;
  return true;
}
