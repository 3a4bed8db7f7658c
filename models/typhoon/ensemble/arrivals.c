/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/ensemble/arrivals.h"

#include "models/typhoon/ensemble/spans.h"

#include <stdlib.h>
#include <string.h>

#define DEG_RAD (M_PI / 180.0)

/* One member at one place and force, over all its storms. Hours; NaN: it does not come. */
struct spell
{
  float arrival, end;
};

struct job
{
  const struct sf_host *host;
  const struct sf_chances *members;
  const struct sf_span_kernels *kernels;
  const struct sf_arrival_places *places;
  /* The points from south to north. */
  size_t points;
  double *lon, *lat;
  size_t *place_of;
  double middle_lon, half_lon; /* all points are within half of the middle */
  /* places x forces x members. */
  struct spell *spells;
  uint8_t *windows;
  uint8_t *struck; /* places x members */
  struct sf_arrival_chance *chances;
  double *ret_struck;
};

/* The marks of one track at all points; forces x points, but struck. */
struct marks
{
  int32_t *first, *last, *seen;
  int32_t *struck;
};

/* --- quantiles --- */

/* Bring the k-th smallest to its place, smaller ones before it, larger ones after it (Hoare 1961). */
static void
select_kth (float *values, size_t n, size_t k)
{
  size_t low = 0, high = n - 1;
  while (low < high)
    {
      float pivot = values[low + (high - low) / 2];
      size_t i = low, j = high;
      for (;;)
        {
          while (values[i] < pivot)
            i++;
          while (values[j] > pivot)
            j--;
          if (i >= j)
            break;
          float swap = values[i];
          values[i++] = values[j];
          values[j--] = swap;
        }
      size_t left_end = j;
      if (k <= left_end)
        high = left_end;
      else
        low = left_end + 1;
    }
}

double
sf_arrival_quantile (float *values, size_t n, double share)
{
  if (n == 0)
    return (double) NAN;
  double at = share * (double) (n - 1);
  size_t k = (size_t) at;
  double part = at - (double) k;
  select_kth (values, n, k);
  if (part <= 0.0 || k + 1 == n)
    return (double) values[k];
  float next = values[k + 1];
  for (size_t i = k + 2; i < n; i++)
    next = values[i] < next ? values[i] : next;
  return isinf (next) ? (double) next : (double) values[k] + part * ((double) next - (double) values[k]);
}

/* --- one track --- */

static int
windows_of (const struct sf_chances *members, int hour)
{
  int windows = 0;
  for (int w = 0; w < members->windows; w++)
    if (hour >= members->begin_hour[w] && hour <= members->end_hour[w])
      windows |= 1 << w;
  return windows;
}

/* The first point at or north of a latitude. */
static size_t
first_point (const struct job *job, double lat_deg)
{
  size_t low = 0, high = job->points;
  while (low < high)
    {
      size_t middle = low + (high - low) / 2;
      if (job->lat[middle] < lat_deg)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* Points whose latitude lets them be in a region around a centre, a little more; none where all are too far east or
   west. centre: longitude, latitude, km per degree of longitude. */
static void
points_of (const struct job *job, const struct sf_span_region *region, const double centre[3], size_t *ret_begin,
           size_t *ret_end)
{
  double lat_deg = centre[1], apart_deg = fabs (remainder (centre[0] - job->middle_lon, 360.0)) - job->half_lon;
  *ret_begin = *ret_end = 0;
  if (apart_deg * centre[2] > fmax (region->x_max, -region->x_min) + 0.001)
    return;
  *ret_begin = first_point (job, lat_deg + (region->y_min - 0.001) / SF_FORCE_KM_PER_DEG);
  *ret_end = first_point (job, lat_deg + (region->y_max + 0.001) / SF_FORCE_KM_PER_DEG);
}

static void
mark_hour (const struct job *job, const struct sf_chance_track *track, int i, const struct marks *marks)
{
  double centre[3] = { track->lon_deg[i], track->lat_deg[i], SF_FORCE_KM_PER_DEG * cos (track->lat_deg[i] * DEG_RAD) };
  int forces = job->members->forces, windows = windows_of (job->members, track->first_hour + i);
  for (int f = 0; f < forces; f++)
    {
      struct sf_force_shape shape;
      struct sf_span_region region;
      size_t begin, end;
      if (!sf_force_shape_init (&shape, &track->radii[i * forces + f]) || !sf_span_region_force (&region, &shape))
        continue;
      points_of (job, &region, centre, &begin, &end);
      size_t at = (size_t) f * job->points + begin;
      if (begin < end)
        job->kernels->mark_places (&shape, centre, (int) (end - begin), job->lon + begin, job->lat + begin, i, windows,
                                   marks->first + at, marks->last + at, marks->seen + at);
    }
}

static void
mark_strikes (const struct job *job, const struct sf_chance_track *track, const struct marks *marks)
{
  const struct sf_chances *members = job->members;
  int from = 0, a, b;
  while (members->strikes > 0
         && sf_strike_next (track, members->strike_begin_hour, members->strike_end_hour, &from, &a, &b))
    {
      struct sf_strike_way way = sf_strike_way_of (track, a, b);
      struct sf_span_region region;
      size_t begin, end;
      sf_span_region_strike (&region, &way.leg, members->strike_km[0]);
      double centre[3] = { way.lon_deg, way.lat_deg, way.km_per_deg_lon };
      points_of (job, &region, centre, &begin, &end);
      if (begin < end)
        job->kernels->mark_struck (&way.leg, members->strike_km[0] * members->strike_km[0], centre, (int) (end - begin),
                                   job->lon + begin, job->lat + begin, marks->struck + begin);
    }
}

/* The margin of a point at position i; NaN where the force is not there. */
static double
margin_at (const struct job *job, const struct sf_chance_track *track, int i, int force, size_t point)
{
  struct sf_force_shape shape;
  if (isnan (track->lon_deg[i]) || !sf_force_shape_init (&shape, &track->radii[i * job->members->forces + force]))
    return (double) NAN;
  double x = remainder (job->lon[point] - track->lon_deg[i], 360.0) * SF_FORCE_KM_PER_DEG
             * cos (track->lat_deg[i] * DEG_RAD);
  return sf_force_shape_margin_km (&shape, x, (job->lat[point] - track->lat_deg[i]) * SF_FORCE_KM_PER_DEG);
}

/* How much of the hour between position in, where the point is inside, and position out is spent inside; all of it
   where there is no margin outside. */
static double
share_inside (const struct job *job, const struct sf_chance_track *track, int in, int out, int force, size_t point)
{
  double margin = margin_at (job, track, in, force, point), beyond = margin_at (job, track, out, force, point);
  if (isnan (beyond))
    return 1.0;
  margin = margin > 0.0 ? margin : 0.0;
  return beyond < 0.0 ? margin / (margin - beyond) : 0.0;
}

static void
enter_spell (const struct job *job, const struct sf_chance_track *track, int force, size_t point, int first, int last,
             int seen)
{
  const struct sf_chances *members = job->members;
  double arrival = track->first_hour + first, end = track->first_hour + last;
  if (first > 0)
    arrival -= share_inside (job, track, first, first - 1, force, point);
  end = last < track->hours - 1 ? end + share_inside (job, track, last, last + 1, force, point) : (double) INFINITY;
  size_t at = (job->place_of[point] * (size_t) members->forces + (size_t) force) * members->members + track->member;
  struct spell *spell = &job->spells[at];
  spell->arrival = spell->arrival <= (float) arrival ? spell->arrival : (float) arrival;
  spell->end = spell->end >= (float) end ? spell->end : (float) end;
  job->windows[at] = (uint8_t) (job->windows[at] | seen);
}

static void
run_track (const struct job *job, const struct sf_chance_track *track, const struct marks *marks)
{
  size_t all = (size_t) job->members->forces * job->points;
  memset (marks->first, 255, all * sizeof *marks->first);
  memset (marks->seen, 0, all * sizeof *marks->seen);
  memset (marks->struck, 0, job->points * sizeof *marks->struck);
  for (int i = 0; i < track->hours && track->radii; i++)
    if (!isnan (track->lon_deg[i]))
      mark_hour (job, track, i, marks);
  mark_strikes (job, track, marks);
  for (size_t k = 0; k < all; k++)
    if (marks->first[k] >= 0)
      enter_spell (job, track, (int) (k / job->points), k % job->points, marks->first[k], marks->last[k],
                   marks->seen[k]);
  for (size_t p = 0; p < job->points; p++)
    if (marks->struck[p])
      job->struck[job->place_of[p] * job->members->members + track->member] = 1;
}

static enum sf_code
run_block (void *ctx, int block, struct sf_error *err)
{
  const struct job *job = ctx;
  const struct sf_chances *members = job->members;
  size_t all = (size_t) members->forces * job->points;
  int32_t *memory = sf_mem_alloc ((3 * all + job->points + 1) * sizeof *memory);
  if (!memory)
    return sf_fail (err, SF_ENOMEM, "out of memory for the marks of a member at %zu points", job->points);
  struct marks marks = { memory, memory + all, memory + 2 * all, memory + 3 * all };
  size_t end = sf_chance_first_track (members, block + 1);
  for (size_t t = sf_chance_first_track (members, block); t < end && !job->host->cancelled (job->host); t++)
    run_track (job, &members->tracks[t], &marks);
  sf_mem_free (memory);
  return SF_OK;
}

/* --- one place --- */

static void
take_quantiles (const struct spell *spells, size_t n, float *values, struct sf_arrival_chance *chance)
{
  size_t come = 0, gone = 0;
  for (size_t m = 0; m < n; m++)
    if (!isnan (spells[m].arrival))
      values[come++] = spells[m].arrival;
  chance->probability = (double) come / (double) n;
  chance->earliest_h = sf_arrival_quantile (values, come, 0.1);
  chance->likely_h = sf_arrival_quantile (values, come, 0.5);
  chance->latest_h = sf_arrival_quantile (values, come, 0.9);
  for (size_t m = 0; m < n; m++)
    if (!isnan (spells[m].end))
      values[gone++] = spells[m].end;
  double end = sf_arrival_quantile (values, gone, 0.5);
  chance->end_likely_h = isinf (end) ? (double) NAN : end;
  for (size_t m = 0; m < n; m++)
    values[m] = isnan (spells[m].arrival) ? INFINITY : spells[m].arrival;
  double one_in_ten = sf_arrival_quantile (values, n, 0.1);
  chance->one_in_ten_h = isinf (one_in_ten) ? (double) NAN : one_in_ten;
}

static void
finish_force (const struct job *job, size_t number, float *values)
{
  size_t n = job->members->members;
  struct sf_arrival_chance *chance = &job->chances[number];
  const uint8_t *windows = job->windows + number * n;
  take_quantiles (job->spells + number * n, n, values, chance);
  for (int w = 0; w < job->members->windows; w++)
    {
      size_t seen = 0;
      for (size_t m = 0; m < n; m++)
        seen += windows[m] >> w & 1;
      chance->window_probability[w] = (double) seen / (double) n;
    }
}

static enum sf_code
finish_places (void *ctx, int block, struct sf_error *err)
{
  const struct job *job = ctx;
  size_t n = job->members->members, forces = (size_t) job->members->forces, places = job->places->places;
  size_t begin = places * (size_t) block / SF_CHANCE_BLOCKS, end = places * ((size_t) block + 1) / SF_CHANCE_BLOCKS;
  float *values = sf_mem_alloc (n * sizeof *values);
  if (!values)
    return sf_fail (err, SF_ENOMEM, "out of memory for the arrivals of %zu members", n);
  for (size_t number = begin * forces; number < end * forces; number++)
    finish_force (job, number, values);
  for (size_t place = begin; place < end && job->ret_struck; place++)
    {
      size_t struck = 0;
      for (size_t m = 0; m < n; m++)
        struck += job->struck[place * n + m];
      job->ret_struck[place] = (double) struck / (double) n;
    }
  sf_mem_free (values);
  return SF_OK;
}

/* --- the call --- */

struct sorted_point
{
  double lon, lat;
  size_t place;
};

static int
compare_points (const void *a, const void *b)
{
  const struct sorted_point *p = a, *q = b;
  return (p->lat > q->lat) - (p->lat < q->lat);
}

static void
find_longitudes (struct job *job)
{
  double west = job->points ? job->lon[0] : 0.0, east = west;
  for (size_t i = 1; i < job->points; i++)
    {
      west = job->lon[i] < west ? job->lon[i] : west;
      east = job->lon[i] > east ? job->lon[i] : east;
    }
  job->middle_lon = 0.5 * (west + east);
  job->half_lon = 0.5 * (east - west);
}

static enum sf_code
sort_points (struct job *job, struct sf_error *err)
{
  const struct sf_arrival_places *places = job->places;
  size_t n = places->points;
  struct sorted_point *sorted = sf_mem_alloc ((n + 1) * sizeof *sorted);
  job->lon = sf_mem_alloc ((n + 1) * sizeof *job->lon);
  job->lat = sf_mem_alloc ((n + 1) * sizeof *job->lat);
  job->place_of = sf_mem_alloc ((n + 1) * sizeof *job->place_of);
  if (!sorted || !job->lon || !job->lat || !job->place_of)
    {
      sf_mem_free (sorted);
      return sf_fail (err, SF_ENOMEM, "out of memory for %zu points", n);
    }
  for (size_t i = 0; i < n; i++)
    sorted[i] = (struct sorted_point){ places->lon_deg[i], places->lat_deg[i], places->place_of[i] };
  qsort (sorted, n, sizeof *sorted, compare_points);
  for (size_t i = 0; i < n; i++)
    {
      job->lon[i] = sorted[i].lon;
      job->lat[i] = sorted[i].lat;
      job->place_of[i] = sorted[i].place;
    }
  job->points = n;
  sf_mem_free (sorted);
  find_longitudes (job);
  return SF_OK;
}

static enum sf_code
check_points (const struct sf_arrival_places *places, struct sf_error *err)
{
  for (size_t i = 0; i < places->points; i++)
    if (places->place_of[i] >= places->places
        || !(fabs (places->lon_deg[i]) <= 180.0 && fabs (places->lat_deg[i]) <= 90.0))
      return sf_fail (err, SF_EINVAL, "point %zu at longitude %g, latitude %g, of place %zu of %zu", i,
                      places->lon_deg[i], places->lat_deg[i], places->place_of[i], places->places);
  return SF_OK;
}

static enum sf_code
open_spells (struct job *job, struct sf_error *err)
{
  size_t members = job->members->members, places = job->places->places;
  size_t all = places * (size_t) job->members->forces * members;
  job->spells = sf_mem_alloc ((all + 1) * sizeof *job->spells);
  job->windows = sf_mem_calloc (all + 1, 1);
  job->struck = sf_mem_calloc (places * members + 1, 1);
  if (!job->spells || !job->windows || !job->struck)
    return sf_fail (err, SF_ENOMEM, "out of memory for the arrivals of %zu members at %zu places", members, places);
  for (size_t i = 0; i < all; i++)
    job->spells[i] = (struct spell){ NAN, NAN };
  return SF_OK;
}

static void
nobody (const struct sf_chances *members, const struct sf_arrival_places *places, struct sf_arrival_chance *chances,
        double *struck)
{
  const double no = (double) NAN;
  for (size_t i = 0; i < places->places * (size_t) members->forces; i++)
    chances[i] = (struct sf_arrival_chance){ no, { no, no, no }, no, no, no, no, no };
  for (size_t i = 0; i < places->places && struck; i++)
    struck[i] = no;
}

enum sf_code
sf_arrivals_find (const struct sf_host *host, const struct sf_chances *members, const struct sf_arrival_places *places,
                  struct sf_arrival_chance *chances, double *struck, struct sf_error *err)
{
  struct job job = { .host = host,
                     .members = members,
                     .kernels = sf_span_kernels_get (members->isa),
                     .places = places,
                     .chances = chances,
                     .ret_struck = struck };
  SF_TRY (sf_chances_check_members (members, err));
  SF_TRY (check_points (places, err));
  if (members->members == 0)
    {
      nobody (members, places, chances, struck);
      return SF_OK;
    }
  enum sf_code code = sort_points (&job, err);
  if (code == SF_OK)
    code = open_spells (&job, err);
  if (code == SF_OK)
    code = host->parallel (host, SF_CHANCE_BLOCKS, run_block, &job, err);
  if (code == SF_OK)
    code = host->parallel (host, SF_CHANCE_BLOCKS, finish_places, &job, err);
  sf_mem_free (job.struck);
  sf_mem_free (job.windows);
  sf_mem_free (job.spells);
  sf_mem_free (job.place_of);
  sf_mem_free (job.lat);
  sf_mem_free (job.lon);
  return code;
}
