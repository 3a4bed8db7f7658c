/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/ensemble/chances.h"

#include "models/typhoon/ensemble/spans.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#define DEG_RAD (M_PI / 180.0)

enum
{
  MAX_MEMBERS = 65535,
  MAX_SETS = (SF_CHANCE_WINDOWS + 1) * SF_CHANCE_FORCES + SF_CHANCE_STRIKES,
  MAX_PIECES = 2 * SF_CHANCE_WINDOWS + 1,
  ALL_HOURS = INT_MAX,
  BLOCK_DIGITS = 3 /* SF_CHANCE_BLOCKS is 2 to this */
};

/* A stretch of hours [begin, end] and the window that it is, or -1 for the hours between windows. */
struct piece
{
  int begin, end, window;
};

struct job
{
  const struct sf_chances *chances;
  const struct sf_span_kernels *kernels;
  int sets;
  uint16_t *counts[MAX_SETS]; /* wind as in struct sf_chance_counts, strikes after it; NULL: not wanted */
  int pieces_count;
  struct piece pieces[MAX_PIECES];
  size_t plane_words;
  int digits;       /* of a block's counters */
  uint64_t *planes; /* blocks x sets x digits x plane_words */
  const struct sf_host *host;
};

/* --- ways --- */

struct sf_strike_way
sf_strike_way_of (const struct sf_chance_track *track, int a, int b)
{
  double lon = track->lon_deg[a], lat = track->lat_deg[a], to_lat = track->lat_deg[b];
  double per_deg = SF_FORCE_KM_PER_DEG * cos (0.5 * (lat + to_lat) * DEG_RAD);
  double x = remainder (track->lon_deg[b] - lon, 360.0) * per_deg, y = (to_lat - lat) * SF_FORCE_KM_PER_DEG;
  double step2 = x * x + y * y;
  return (struct sf_strike_way){
    .lon_deg = lon, .lat_deg = lat, .km_per_deg_lon = per_deg, .leg = { x, y, step2 > 0.0 ? 1.0 / step2 : 0.0 }
  };
}

bool
sf_strike_next (const struct sf_chance_track *track, int begin_hour, int end_hour, int *from, int *a, int *b)
{
  int begin = begin_hour > track->first_hour ? begin_hour - track->first_hour : 0, end = track->hours - 1;
  if (end_hour - track->first_hour < end)
    end = end_hour - track->first_hour;
  int i = *from > begin ? *from : begin;
  while (i <= end && isnan (track->lon_deg[i]))
    i++;
  if (i > end)
    return false;
  int j = i;
  while (j < end && !isnan (track->lon_deg[j + 1]) && (j == i || (track->knots && !track->knots[j])))
    j++;
  /* The end of a leg is the beginning of the next one, unless nothing comes after it. */
  *from = j > i && j < end && !isnan (track->lon_deg[j + 1]) ? j : j + 1;
  *a = i;
  *b = j;
  return true;
}

/* --- one member --- */

static void
add_hours (const struct job *job, const struct sf_chance_track *track, int force, const struct piece *piece,
           struct sf_span_set *set)
{
  const struct sf_chances *chances = job->chances;
  int begin = piece->begin > track->first_hour ? piece->begin - track->first_hour : 0, end = track->hours - 1;
  if (piece->end - track->first_hour < end)
    end = piece->end - track->first_hour;
  for (int i = begin; i <= end && track->radii; i++)
    {
      struct sf_force_shape shape;
      struct sf_span_region region;
      if (isnan (track->lon_deg[i]) || !sf_force_shape_init (&shape, &track->radii[i * chances->forces + force])
          || !sf_span_region_force (&region, &shape))
        continue;
      sf_span_set_add (set, job->kernels, &chances->grid, track->lon_deg[i], track->lat_deg[i],
                       SF_FORCE_KM_PER_DEG * cos (track->lat_deg[i] * DEG_RAD), &region);
    }
}

/* The counters of a set in a block. */
static uint64_t *
planes_of (const struct job *job, int block, int number)
{
  size_t place = (size_t) block * (size_t) job->sets + (size_t) number;
  return job->planes + place * (size_t) job->digits * job->plane_words;
}

static void
count_set (const struct job *job, int block, int number, struct sf_span_set *set)
{
  if (!job->counts[number] || set->row_begin >= set->row_end)
    return;
  size_t at = (size_t) set->row_begin * set->words, n = (size_t) (set->row_end - set->row_begin) * set->words;
  uint64_t *planes
      = job->planes + ((size_t) block * (size_t) job->sets + (size_t) number) * (size_t) job->digits * job->plane_words;
  job->kernels->count (planes + at, job->plane_words, job->digits, set->bits + at, n);
}

static void
unite (struct sf_span_set *all, const struct sf_span_set *set)
{
  if (set->row_begin >= set->row_end)
    return;
  size_t begin = (size_t) set->row_begin * set->words, end = (size_t) set->row_end * set->words;
  for (size_t w = begin; w < end; w++)
    all->bits[w] |= set->bits[w];
  all->row_begin = set->row_begin < all->row_begin ? set->row_begin : all->row_begin;
  all->row_end = set->row_end > all->row_end ? set->row_end : all->row_end;
}

/* Tracks [begin, end) are of one member. */
static void
count_wind (const struct job *job, int block, size_t begin, size_t end, int number, struct sf_span_set *set,
            struct sf_span_set *all)
{
  const struct sf_chances *chances = job->chances;
  sf_span_set_clear (all, false);
  for (int p = 0; p < job->pieces_count; p++)
    {
      const struct piece *piece = &job->pieces[p];
      sf_span_set_clear (set, false);
      for (size_t t = begin; t < end; t++)
        add_hours (job, &chances->tracks[t], chances->force_of[number], piece, set);
      sf_span_set_settle (set);
      if (piece->window >= 0)
        count_set (job, block, piece->window * chances->wanted + number, set);
      unite (all, set);
    }
  count_set (job, block, chances->windows * chances->wanted + number, all);
}

static void
count_strike (const struct job *job, int block, size_t begin, size_t end, int number, struct sf_span_set *set)
{
  const struct sf_chances *chances = job->chances;
  sf_span_set_clear (set, false);
  for (size_t t = begin; t < end; t++)
    {
      const struct sf_chance_track *track = &chances->tracks[t];
      int from = 0, a, b;
      while (sf_strike_next (track, chances->strike_begin_hour, chances->strike_end_hour, &from, &a, &b))
        {
          struct sf_strike_way way = sf_strike_way_of (track, a, b);
          struct sf_span_region region;
          sf_span_region_strike (&region, &way.leg, chances->strike_km[number]);
          sf_span_set_add (set, job->kernels, &chances->grid, way.lon_deg, way.lat_deg, way.km_per_deg_lon, &region);
        }
    }
  sf_span_set_settle (set);
  count_set (job, block, (chances->windows + 1) * chances->wanted + number, set);
}

/* --- blocks --- */

size_t
sf_chance_first_track (const struct sf_chances *chances, int block)
{
  size_t member = chances->members * (size_t) block / SF_CHANCE_BLOCKS, low = 0, high = chances->tracks_count;
  while (low < high)
    {
      size_t middle = low + (high - low) / 2;
      if (chances->tracks[middle].member < member)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static size_t
set_bytes (const struct job *job)
{
  return job->plane_words * sizeof (uint64_t) + 2 * (size_t) job->chances->grid.ny * sizeof (int32_t);
}

static struct sf_span_set
set_in (const struct job *job, char *memory)
{
  const struct sf_wind_grid *grid = &job->chances->grid;
  struct sf_span_set set = { .nx = grid->nx, .ny = grid->ny, .words = sf_span_words (grid->nx) };
  set.bits = (void *) memory;
  set.first = (void *) (set.bits + job->plane_words);
  set.last = set.first + grid->ny;
  sf_span_set_clear (&set, true);
  return set;
}

/* One set after the other, each through all members, so that its counters stay in the cache. number: of a force, or
   of a strike after the forces. */
static void
run_members (const struct job *job, int block, int number, struct sf_span_set *set, struct sf_span_set *all)
{
  const struct sf_chances *chances = job->chances;
  size_t end = sf_chance_first_track (chances, block + 1);
  for (size_t t = sf_chance_first_track (chances, block), next; t < end; t = next)
    {
      for (next = t + 1; next < end && chances->tracks[next].member == chances->tracks[t].member;)
        next++;
      if (number < chances->wanted)
        count_wind (job, block, t, next, number, set, all);
      else
        count_strike (job, block, t, next, number - chances->wanted, set);
    }
}

static enum sf_code
run_block (void *ctx, int block, struct sf_error *err)
{
  const struct job *job = ctx;
  char *memory = sf_mem_alloc (2 * set_bytes (job));
  if (!memory)
    return sf_fail (err, SF_ENOMEM, "out of memory for the sets of cells of a member");
  struct sf_span_set set = set_in (job, memory), all = set_in (job, memory + set_bytes (job));
  for (int n = 0; n < job->chances->wanted + job->chances->strikes && !job->host->cancelled (job->host); n++)
    run_members (job, block, n, &set, &all);
  sf_mem_free (memory);
  return SF_OK;
}

/* Bring the counters of all blocks of one set to counts. */
static enum sf_code
spread_set (void *ctx, int number, struct sf_error *err)
{
  const struct job *job = ctx;
  const struct sf_wind_grid *grid = &job->chances->grid;
  size_t words = sf_span_words (grid->nx), cells = (size_t) grid->nx * (size_t) grid->ny;
  if (!job->counts[number])
    return SF_OK;
  int digits = job->digits + BLOCK_DIGITS;
  uint64_t *sum = sf_mem_calloc ((size_t) digits * job->plane_words, sizeof *sum);
  if (!sum)
    return sf_fail (err, SF_ENOMEM, "out of memory for counters of %zu cells", cells);
  for (int block = 0; block < SF_CHANCE_BLOCKS; block++)
    for (int digit = 0; digit < job->digits; digit++)
      job->kernels->count (sum + (size_t) digit * job->plane_words, job->plane_words, digits - digit,
                           planes_of (job, block, number) + (size_t) digit * job->plane_words, job->plane_words);
  memset (job->counts[number], 0, cells * sizeof *job->counts[number]);
  for (int row = 0; row < grid->ny; row++)
    for (int digit = 0; digit < digits; digit++)
      job->kernels->spread (sum + (size_t) digit * job->plane_words + (size_t) row * words, grid->nx,
                            (uint16_t) (1u << digit), job->counts[number] + (size_t) row * (size_t) grid->nx);
  sf_mem_free (sum);
  return SF_OK;
}

/* --- the call --- */

static enum sf_code
check_grid (const struct sf_wind_grid *grid, struct sf_error *err)
{
  if (grid->nx < 1 || grid->ny < 1 || !(grid->dlon_deg > 0.0) || !(fabs (grid->dlat_deg) > 0.0)
      || !isfinite (grid->lon0_deg + grid->lat0_deg + grid->dlon_deg + grid->dlat_deg)
      || grid->dlon_deg * grid->nx > 360.0 + 1e-9 * grid->dlon_deg)
    return sf_fail (
        err, SF_EINVAL,
        "probabilities on a grid of %d x %d cells of %g x %g degrees: columns must go east around the Earth "
        "once at most, rows north or south",
        grid->nx, grid->ny, grid->dlon_deg, grid->dlat_deg);
  return SF_OK;
}

static enum sf_code
check_numbers (const struct sf_chances *c, struct sf_error *err)
{
  if (c->members > MAX_MEMBERS)
    return sf_fail (err, SF_EINVAL, "%zu members: at most %d can be counted", c->members, MAX_MEMBERS);
  if (c->forces < 0 || c->forces > SF_CHANCE_FORCES || c->wanted < 0 || c->wanted > SF_CHANCE_FORCES || c->windows < 0
      || c->windows > SF_CHANCE_WINDOWS || c->strikes < 0 || c->strikes > SF_CHANCE_STRIKES)
    return sf_fail (err, SF_EINVAL, "%d of %d forces, %d windows, %d strike distances: more than can be counted",
                    c->wanted, c->forces, c->windows, c->strikes);
  for (int f = 0; f < c->wanted; f++)
    if (c->force_of[f] < 0 || c->force_of[f] >= c->forces)
      return sf_fail (err, SF_EINVAL, "force number %d is not among %d", c->force_of[f], c->forces);
  for (int s = 0; s < c->strikes; s++)
    if (!(c->strike_km[s] > 0.0 && c->strike_km[s] <= 2000.0))
      return sf_fail (err, SF_EINVAL, "strike distance %g km: above 0 and at most 2000", c->strike_km[s]);
  for (int w = 0; w < c->windows; w++)
    if (c->begin_hour[w] > c->end_hour[w] || (w > 0 && c->begin_hour[w] < c->end_hour[w - 1]))
      return sf_fail (err, SF_EINVAL, "window of hours %d to %d: windows must ascend", c->begin_hour[w],
                      c->end_hour[w]);
  return SF_OK;
}

static enum sf_code
check_tracks (const struct sf_chances *c, struct sf_error *err)
{
  for (size_t t = 0; t < c->tracks_count; t++)
    {
      const struct sf_chance_track *track = &c->tracks[t];
      if (track->member >= c->members || (t > 0 && track->member < c->tracks[t - 1].member))
        return sf_fail (err, SF_EINVAL, "track %zu is of member %zu: they must ascend and be below %zu", t,
                        track->member, c->members);
      for (int i = 0; i < track->hours; i++)
        if (!isnan (track->lon_deg[i]) && !(fabs (track->lon_deg[i]) <= 360.0 && fabs (track->lat_deg[i]) <= 89.0))
          return sf_fail (err, SF_EINVAL, "member %zu, hour %d: a centre at longitude %g, latitude %g", track->member,
                          track->first_hour + i, track->lon_deg[i], track->lat_deg[i]);
    }
  return SF_OK;
}

enum sf_code
sf_chances_check_members (const struct sf_chances *chances, struct sf_error *err)
{
  SF_TRY (check_numbers (chances, err));
  return check_tracks (chances, err);
}

static void
find_pieces (struct job *job)
{
  const struct sf_chances *c = job->chances;
  int from = INT_MIN;
  for (int w = 0; w < c->windows; w++)
    {
      if (from < c->begin_hour[w])
        job->pieces[job->pieces_count++] = (struct piece){ from, c->begin_hour[w] - 1, -1 };
      job->pieces[job->pieces_count++] = (struct piece){ c->begin_hour[w], c->end_hour[w], w };
      from = c->end_hour[w] + 1;
    }
  job->pieces[job->pieces_count++] = (struct piece){ from, ALL_HOURS, -1 };
}

static void
find_sets (struct job *job, const struct sf_chance_counts *counts)
{
  const struct sf_chances *c = job->chances;
  for (int n = 0; n < (c->windows + 1) * c->wanted; n++)
    job->counts[job->sets++] = counts->wind[n];
  for (int s = 0; s < c->strikes; s++)
    job->counts[job->sets++] = counts->strike[s];
}

enum sf_code
sf_chances_count (const struct sf_host *host, const struct sf_chances *chances, const struct sf_chance_counts *counts,
                  struct sf_error *err)
{
  struct job job = { .chances = chances, .kernels = sf_span_kernels_get (chances->isa), .host = host, .digits = 1 };
  SF_TRY (check_grid (&chances->grid, err));
  SF_TRY (sf_chances_check_members (chances, err));
  find_pieces (&job);
  find_sets (&job, counts);
  while ((chances->members / SF_CHANCE_BLOCKS + 1) >> job.digits)
    job.digits++;
  job.plane_words = sf_span_words (chances->grid.nx) * (size_t) chances->grid.ny;
  job.planes = sf_mem_calloc ((size_t) SF_CHANCE_BLOCKS * (size_t) job.sets * (size_t) job.digits * job.plane_words,
                              sizeof *job.planes);
  if (!job.planes)
    return sf_fail (err, SF_ENOMEM, "out of memory for counters of %d sets of cells", job.sets);
  enum sf_code code = host->parallel (host, SF_CHANCE_BLOCKS, run_block, &job, err);
  if (code == SF_OK)
    code = host->parallel (host, job.sets, spread_set, &job, err);
  sf_mem_free (job.planes);
  return code;
}
