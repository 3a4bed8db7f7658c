/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/agencies/verification.h"

#include "geodata/sphere.h"

#include <math.h>
#include <stdlib.h>

enum
{
  HOUR_S = 3600,
  STEP_S = 6 * HOUR_S,
  BLOCK_S = 48 * HOUR_S,
  DRAWS = 2000
};

enum sf_code
sf_error_sample_init (struct sf_arena *arena, const struct sf_storm_history *history,
                      const struct sf_consensus *consensus, struct sf_error_sample *ret_sample, struct sf_error *err)
{
  size_t room = consensus->count;
  for (size_t a = 0; a < history->agencies_count; a++)
    room = history->agencies[a].forecasts_count > room ? history->agencies[a].forecasts_count : room;
  *ret_sample = (struct sf_error_sample){ .base_s = sf_arena_calloc (arena, room, sizeof *ret_sample->base_s),
                                          .error_km = sf_arena_calloc (arena, room, sizeof *ret_sample->error_km),
                                          .consensus_km = sf_arena_calloc (arena, room, sizeof (double)) };
  return ret_sample->base_s && ret_sample->error_km && ret_sample->consensus_km
             ? SF_OK
             : sf_fail (err, SF_ENOMEM, "out of memory for %zu errors", room);
}

/* The analysis of exactly this moment. */
static const struct sf_track_point *
truth_at (const struct sf_storm_history *history, int64_t time_s)
{
  size_t low = 0, high = history->fixes_count;
  while (low < high)
    {
      size_t middle = (low + high) / 2;
      if (history->fix_s[middle] < time_s)
        low = middle + 1;
      else
        high = middle;
    }
  return low < history->fixes_count && history->fix_s[low] == time_s ? &history->fixes[low] : NULL;
}

/* The error of a forecast as issued, NaN where it has no point at this lead or the truth is not known. */
static double
error_of (const struct sf_storm_history *history, const struct sf_agency_forecast *forecast, int64_t lead_s)
{
  const struct sf_track_point *truth = truth_at (history, forecast->base_s + lead_s);
  for (size_t i = 0; truth && i < forecast->points_count; i++)
    if (forecast->point_s[i] - forecast->base_s == lead_s)
      {
        const struct sf_fix *fix = &forecast->point_records[i]->as.track;
        return sf_sphere_distance_km (fix->lon_deg, fix->lat_deg, truth->lon_deg, truth->lat_deg);
      }
  return (double) NAN;
}

static double
error_at_base (const struct sf_storm_history *history, size_t agency, int64_t base_s, int64_t lead_s)
{
  const struct sf_agency_history *list = &history->agencies[agency];
  for (size_t i = 0; i < list->forecasts_count; i++)
    if (list->forecasts[i].base_s == base_s && !list->forecasts[i].repeat)
      return error_of (history, &list->forecasts[i], lead_s);
  return (double) NAN;
}

static double
consensus_error (const struct sf_storm_history *history, const struct sf_consensus_base *base, int64_t lead_s)
{
  const struct sf_track_point *truth = truth_at (history, base->base_s + lead_s);
  int64_t index = (base->base_s + lead_s - base->points[0].time_s) / STEP_S;
  if (!truth || index < 0 || index >= SF_CONSENSUS_POINTS || base->points[index].time_s != base->base_s + lead_s
      || isnan (base->points[index].at.lon_deg))
    return (double) NAN;
  const struct sf_track_point *at = &base->points[index].at;
  return sf_sphere_distance_km (at->lon_deg, at->lat_deg, truth->lon_deg, truth->lat_deg);
}

static void
add_case (struct sf_error_sample *sample, int64_t base_s, double error_km, double consensus_km)
{
  sample->base_s[sample->count] = base_s;
  sample->error_km[sample->count] = error_km;
  sample->consensus_km[sample->count++] = consensus_km;
}

void
sf_verify_own (const struct sf_storm_history *history, size_t agency, int64_t lead_s, struct sf_error_sample *sample)
{
  sample->count = 0;
  for (size_t i = 0; i < history->agencies[agency].forecasts_count; i++)
    {
      const struct sf_agency_forecast *forecast = &history->agencies[agency].forecasts[i];
      double error_km = error_of (history, forecast, lead_s);
      if (!isnan (error_km))
        add_case (sample, forecast->base_s, error_km, (double) NAN);
    }
}

void
sf_verify_consensus (const struct sf_storm_history *history, const struct sf_consensus *consensus, int64_t lead_s,
                     struct sf_error_sample *sample)
{
  sample->count = 0;
  for (size_t b = 0; b < consensus->count; b++)
    {
      double error_km = consensus_error (history, &consensus->bases[b], lead_s);
      if (!isnan (error_km))
        add_case (sample, consensus->bases[b].base_s, error_km, (double) NAN);
    }
}

void
sf_verify_paired (const struct sf_storm_history *history, const struct sf_consensus *consensus, size_t agency,
                  int64_t lead_s, struct sf_error_sample *sample)
{
  sample->count = 0;
  for (size_t b = 0; b < consensus->count; b++)
    {
      double theirs = error_at_base (history, agency, consensus->bases[b].base_s, lead_s),
             ours = consensus_error (history, &consensus->bases[b], lead_s);
      if (!isnan (theirs) && !isnan (ours))
        add_case (sample, consensus->bases[b].base_s, theirs, ours);
    }
}

static bool
all_have (const struct sf_storm_history *history, int64_t base_s, int64_t lead_s)
{
  for (size_t a = 0; a < history->agencies_count; a++)
    if (isnan (error_at_base (history, a, base_s, lead_s)))
      return false;
  return true;
}

void
sf_verify_common (const struct sf_storm_history *history, const struct sf_consensus *consensus, size_t agency,
                  int64_t lead_s, struct sf_error_sample *sample)
{
  size_t kept = 0;
  sf_verify_paired (history, consensus, agency, lead_s, sample);
  for (size_t i = 0; i < sample->count; i++)
    if (all_have (history, sample->base_s[i], lead_s))
      {
        sample->base_s[kept] = sample->base_s[i];
        sample->error_km[kept] = sample->error_km[i];
        sample->consensus_km[kept++] = sample->consensus_km[i];
      }
  sample->count = kept;
}

/* --- the summary --- */

static int
compare_doubles (const void *left, const void *right)
{
  double a = *(const double *) left, b = *(const double *) right;
  return (a > b) - (a < b);
}

/* A stream of numbers that is the same everywhere (splitmix64, Steele, Lea and Flood 2014). */
static size_t
draw_below (uint64_t *state, size_t n)
{
  uint64_t z = (*state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return (size_t) ((z ^ (z >> 31)) % n);
}

/* How many cases from one on lie within a block; past the last one the first follows. */
static size_t
block_length (const struct sf_error_sample *sample, size_t first)
{
  size_t length = 0, n = sample->count;
  int64_t round_s = sample->base_s[n - 1] - sample->base_s[0] + STEP_S;
  while (length < n)
    {
      size_t i = first + length;
      int64_t base_s = sample->base_s[i % n] + (i >= n ? round_s : 0);
      if (base_s - sample->base_s[first] >= BLOCK_S)
        break;
      length++;
    }
  return length;
}

static double
draw_mean (const struct sf_error_sample *sample, uint64_t *state)
{
  size_t n = sample->count, taken = 0;
  double sum = 0;
  while (taken < n)
    {
      size_t first = draw_below (state, n), length = block_length (sample, first);
      for (size_t i = 0; i < length && taken < n; i++, taken++)
        sum += sample->error_km[(first + i) % n] - sample->consensus_km[(first + i) % n];
    }
  return sum / (double) n;
}

static void
bootstrap (const struct sf_error_sample *sample, struct sf_error_summary *summary)
{
  double means[DRAWS];
  uint64_t state = 1;
  for (int d = 0; d < DRAWS; d++)
    means[d] = draw_mean (sample, &state);
  qsort (means, DRAWS, sizeof *means, compare_doubles);
  summary->low_km = sf_quantile_lower (means, DRAWS, 0.05);
  summary->high_km = sf_quantile_lower (means, DRAWS, 0.95);
}

void
sf_verify_summarise (struct sf_error_sample *sample, struct sf_error_summary *ret_summary)
{
  size_t n = sample->count;
  double sum = 0, difference = 0;
  *ret_summary = (struct sf_error_summary){ .count = n, .against_km = NAN, .low_km = NAN, .high_km = NAN };
  for (size_t i = 0; i < n; i++)
    {
      sum += sample->error_km[i] / (double) n;
      difference += (sample->error_km[i] - sample->consensus_km[i]) / (double) n;
    }
  ret_summary->mean_km = n ? sum : (double) NAN;
  if (n && !isnan (difference))
    ret_summary->against_km = difference;
  if (n && !isnan (difference) && sample->base_s[n - 1] - sample->base_s[0] >= BLOCK_S)
    bootstrap (sample, ret_summary);
  qsort (sample->error_km, n, sizeof *sample->error_km, compare_doubles);
  ret_summary->median_km = sf_quantile_lower (sample->error_km, n, 0.5);
  ret_summary->error_70_km = sf_quantile_lower (sample->error_km, n, 0.7);
  ret_summary->error_90_km = sf_quantile_lower (sample->error_km, n, 0.9);
}
