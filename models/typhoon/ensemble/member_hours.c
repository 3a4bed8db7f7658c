/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/ensemble/member_hours.h"

#include "core/base/time.h"
#include "models/typhoon/vortex/vortex.h"

#include <string.h>

#define HOUR_S INT64_C (3600)

/* Fixes farther apart do not belong to one way. */
#define LONGEST_GAP_S (24 * HOUR_S)

/* Nobody forecasts a storm so far ahead: a date in another year must not ask for millions of hours. */
#define MOST_HOURS (60 * 24)

const int sf_member_force[SF_CHANCE_FORCES] = { 6, 7, 8, 10, 12 };

/* What one fix brings. */
struct station
{
  int64_t time_s;
  double lon_deg, lat_deg; /* NaN: no centre */
  struct sf_force_radii radii[SF_CHANCE_FORCES];
};

struct job
{
  const struct sf_host *host;
  const struct sf_tracks *members;
  const struct sf_vortex_rules *rules;
  struct sf_member_hours *hours;
  struct sf_chance_track *ways; /* one for each of members' tracks, its arrays within hours */
  size_t *offsets;
  size_t strange[SF_CHANCE_BLOCKS];
};

/* --- times --- */

static int64_t
base_of (const struct sf_track *track)
{
  if (track->base_s != SF_TIME_MISSING)
    return track->base_s;
  return track->fixes_count ? track->fixes[0].valid_s : SF_TIME_MISSING;
}

static int64_t
reference_of (const struct sf_tracks *members, int64_t now_s)
{
  int64_t base_s = SF_TIME_MISSING;
  for (size_t t = 0; t < members->count; t++)
    {
      int64_t own_s = base_of (&members->tracks[t]);
      if (own_s != SF_TIME_MISSING && (base_s == SF_TIME_MISSING || own_s > base_s))
        base_s = own_s;
    }
  if (base_s == SF_TIME_MISSING || now_s == SF_TIME_MISSING || now_s < base_s)
    return base_s;
  return base_s + (now_s - base_s) / HOUR_S * HOUR_S;
}

/* The whole hours from the reference on that a track spans. */
static void
span_of (const struct sf_track *track, int64_t reference_s, struct sf_chance_track *way)
{
  int64_t first_s = track->fixes[0].valid_s - reference_s;
  int64_t last_s = track->fixes[track->fixes_count - 1].valid_s - reference_s;
  int64_t first = first_s > 0 ? (first_s + HOUR_S - 1) / HOUR_S : 0, last = last_s >= 0 ? last_s / HOUR_S : -1;
  last = last < MOST_HOURS ? last : MOST_HOURS;
  way->first_hour = last >= first ? (int) first : 0;
  way->hours = last >= first ? (int) (last - first + 1) : 0;
}

/* --- fixes --- */

/* False for a fix that no vortex fits; it has no forces. */
static bool
fill_radii (const struct job *job, const struct sf_fix *fix, struct station *station)
{
  static const double thresholds_mps[SF_CHANCE_FORCES] = { 10.8, 13.9, 17.2, 24.5, 32.7 };
  struct sf_vortex vortex;
  struct sf_vortex_source source = { .vmax_mps = fix->wind_mps,
                                     .pressure_hpa = fix->pressure_hpa,
                                     .environment_hpa = fix->environment_pressure_hpa,
                                     .rmw_km = fix->rmw_km,
                                     .lon_deg = fix->lon_deg,
                                     .lat_deg = fix->lat_deg,
                                     .rules = job->rules };
  memset (station->radii, 0, sizeof station->radii);
  if (isnan (fix->wind_mps) && isnan (fix->pressure_hpa))
    return true;
  memcpy (source.radii_km, fix->radii_km, sizeof source.radii_km);
  if (sf_vortex_fit (&vortex, &source, SF_VORTEX_MEAN, NULL, NULL) != SF_OK)
    return false;
  for (int f = 0; f < SF_CHANCE_FORCES; f++)
    sf_vortex_force_radii_km (&vortex, thresholds_mps[f], station->radii[f].outer_km, &station->radii[f].inner_km);
  return true;
}

/* Returns whether the fix is strange. At a pole, where there are no storms, the plane of the kernels ends. */
static bool
fill_station (const struct job *job, const struct sf_record *record, struct station *station)
{
  const double most_lat_deg = 89;
  const struct sf_fix *fix = &record->as.track;
  bool polar = fabs (fix->lat_deg) > most_lat_deg;
  bool placed = !isnan (fix->lon_deg) && !isnan (fix->lat_deg) && !polar;
  *station = (struct station){ .time_s = record->valid_s,
                               .lon_deg = placed ? fix->lon_deg : (double) NAN,
                               .lat_deg = placed ? fix->lat_deg : (double) NAN };
  return polar || (placed && !fill_radii (job, fix, station));
}

static bool
is_there (const struct sf_force_radii *radii)
{
  return radii->outer_km[0] > 0 || radii->outer_km[1] > 0 || radii->outer_km[2] > 0 || radii->outer_km[3] > 0;
}

/* A force between two fixes, `part` of the way from a to b, 0 < part < 1. */
static struct sf_force_radii
radii_between (const struct sf_force_radii *a, const struct sf_force_radii *b, double part)
{
  if (!is_there (a))
    return *b;
  if (!is_there (b))
    return *a;
  struct sf_force_radii radii;
  for (int q = 0; q < 4; q++)
    {
      double from = a->outer_km[q] > 0 ? a->outer_km[q] : 0, to = b->outer_km[q] > 0 ? b->outer_km[q] : 0;
      radii.outer_km[q] = from + part * (to - from);
    }
  double from = a->inner_km > 0 ? a->inner_km : 0, to = b->inner_km > 0 ? b->inner_km : 0;
  radii.inner_km = from + part * (to - from);
  return radii;
}

/* --- hours --- */

static void
fill_between (const struct station *a, const struct station *b, int64_t time_s, size_t at,
              struct sf_member_hours *hours)
{
  double part = (double) (time_s - a->time_s) / (double) (b->time_s - a->time_s);
  double lon = a->lon_deg + part * remainder (b->lon_deg - a->lon_deg, 360.0);
  hours->lon_deg[at] = lon > 180.0 ? lon - 360.0 : lon < -180.0 ? lon + 360.0 : lon;
  hours->lat_deg[at] = a->lat_deg + part * (b->lat_deg - a->lat_deg);
  for (int f = 0; f < SF_CHANCE_FORCES; f++)
    hours->radii[at * SF_CHANCE_FORCES + (size_t) f] = radii_between (&a->radii[f], &b->radii[f], part);
}

static void
fill_at (const struct station *station, size_t at, struct sf_member_hours *hours)
{
  hours->lon_deg[at] = station->lon_deg;
  hours->lat_deg[at] = station->lat_deg;
  hours->knots[at] = 1;
  memcpy (&hours->radii[at * SF_CHANCE_FORCES], station->radii, sizeof station->radii);
}

/* Whether some fix lies between the whole hours: the way may then bend at any of them. */
static bool
bends_between_hours (const struct station *stations, size_t n, int64_t reference_s)
{
  for (size_t i = 0; i < n; i++)
    if ((stations[i].time_s - reference_s) % HOUR_S != 0)
      return true;
  return false;
}

static void
fill_hours (const struct job *job, const struct sf_chance_track *way, size_t offset, const struct station *stations,
            size_t n)
{
  struct sf_member_hours *hours = job->hours;
  memset (hours->knots + offset, bends_between_hours (stations, n, hours->reference_s), (size_t) way->hours);
  size_t next = 0; /* the first fix at or after the hour */
  for (int i = 0; i < way->hours; i++)
    {
      int64_t time_s = hours->reference_s + (way->first_hour + i) * HOUR_S;
      size_t at = offset + (size_t) i;
      while (next < n && stations[next].time_s < time_s)
        next++;
      hours->lon_deg[at] = hours->lat_deg[at] = (double) NAN;
      if (next == n)
        continue;
      if (stations[next].time_s == time_s)
        fill_at (&stations[next], at, hours);
      else if (next > 0 && stations[next].time_s - stations[next - 1].time_s <= LONGEST_GAP_S
               && !isnan (stations[next].lon_deg + stations[next - 1].lon_deg))
        fill_between (&stations[next - 1], &stations[next], time_s, at, hours);
    }
}

static enum sf_code
fill_way (struct job *job, size_t t, size_t *strange, struct sf_error *err)
{
  const struct sf_track *track = &job->members->tracks[t];
  if (job->ways[t].hours == 0)
    return SF_OK;
  struct station *stations = sf_mem_alloc (track->fixes_count * sizeof *stations);
  if (!stations)
    return sf_fail (err, SF_ENOMEM, "out of memory for the fixes of a member");
  for (size_t i = 0; i < track->fixes_count; i++)
    *strange += fill_station (job, &track->fixes[i], &stations[i]);
  fill_hours (job, &job->ways[t], job->offsets[t], stations, track->fixes_count);
  sf_mem_free (stations);
  return SF_OK;
}

static enum sf_code
fill_block (void *ctx, int block, struct sf_error *err)
{
  struct job *job = ctx;
  size_t begin = job->members->count * (size_t) block / SF_CHANCE_BLOCKS;
  size_t end = job->members->count * ((size_t) block + 1) / SF_CHANCE_BLOCKS;
  for (size_t t = begin; t < end && !job->host->cancelled (job->host); t++)
    SF_TRY (fill_way (job, t, &job->strange[block], err));
  return SF_OK;
}

/* --- members --- */

/* The tracks by storm: those of storm s are order[start[s]] to order[start[s + 1] - 1]. */
struct storms
{
  size_t count;
  size_t *order, *start;
  size_t *storm_of, *first; /* of each track its storm; of each storm its first track */
};

static bool
same_storm (const struct sf_track *a, const struct sf_track *b)
{
  return a->storm && b->storm ? strcmp (a->storm, b->storm) == 0 : a->storm == b->storm;
}

static void
find_storms (const struct sf_tracks *members, struct storms *storms)
{
  for (size_t t = 0; t < members->count; t++)
    {
      size_t s = 0;
      while (s < storms->count && !same_storm (&members->tracks[t], &members->tracks[storms->first[s]]))
        s++;
      if (s == storms->count)
        storms->first[storms->count++] = t;
      storms->storm_of[t] = s;
      storms->start[s + 1]++;
    }
  for (size_t s = 0; s < storms->count; s++)
    storms->start[s + 1] += storms->start[s];
  size_t *next = storms->first; /* from here on where the storm's next track goes */
  memcpy (next, storms->start, storms->count * sizeof *next);
  for (size_t t = 0; t < members->count; t++)
    storms->order[next[storms->storm_of[t]]++] = t;
}

static enum sf_code
storms_init (struct storms *storms, const struct sf_tracks *members, struct sf_error *err)
{
  size_t n = members->count;
  *storms = (struct storms){ .order = sf_mem_calloc (4 * n + 1, sizeof *storms->order) };
  if (!storms->order)
    return sf_fail (err, SF_ENOMEM, "out of memory for %zu members", n);
  storms->storm_of = storms->order + n;
  storms->first = storms->storm_of + n;
  storms->start = storms->first + n; /* n + 1 */
  find_storms (members, storms);
  return SF_OK;
}

static bool
same_member (const struct sf_track *a, const struct sf_track *b)
{
  return a->member && b->member && strcmp (a->member, b->member) == 0;
}

/* Which track of storm s is member k's: the one of the name that the widest storm's k-th track bears, since a real member
   may hold one storm and not another; the rest in turn, and from the first again where the storm has fewer. taken has room
   for a flag per track of the storm. */
static void
pair_storm (const struct job *job, const struct storms *storms, size_t widest, size_t s, size_t *ret_of, bool *taken)
{
  const struct sf_track *tracks = job->members->tracks;
  const size_t *own = storms->order + storms->start[s], *named = storms->order + storms->start[widest];
  size_t count = storms->start[s + 1] - storms->start[s], members = job->hours->members, next = 0;
  memset (taken, 0, count * sizeof *taken);
  for (size_t k = 0; k < members; k++)
    {
      ret_of[k] = SIZE_MAX;
      for (size_t i = 0; i < count && ret_of[k] == SIZE_MAX; i++)
        if (same_member (&tracks[own[(k + i) % count]], &tracks[named[k]]))
          ret_of[k] = (k + i) % count;
      if (ret_of[k] != SIZE_MAX)
        taken[ret_of[k]] = true;
    }
  for (size_t k = 0; k < members; k++)
    if (ret_of[k] == SIZE_MAX)
      {
        while (next < count && taken[next])
          next++;
        ret_of[k] = next < count ? next++ : k % count;
      }
}

/* The storm with most members, whose number is the ensemble's. */
static size_t
find_widest (const struct storms *storms, size_t *ret_members)
{
  size_t widest = 0;
  *ret_members = 0;
  for (size_t s = 0; s < storms->count; s++)
    if (storms->start[s + 1] - storms->start[s] > *ret_members)
      {
        widest = s;
        *ret_members = storms->start[s + 1] - storms->start[s];
      }
  return widest;
}

/* Give every member its way of every storm, those of one member one after another. */
static enum sf_code
pair_members (const struct job *job, const struct storms *storms, struct sf_error *err)
{
  struct sf_member_hours *hours = job->hours;
  size_t widest = find_widest (storms, &hours->members), rows = hours->members * storms->count;
  size_t *of = sf_mem_calloc (hours->members + 1, sizeof *of);
  bool *taken = sf_mem_calloc (hours->members + 1, sizeof *taken);
  hours->tracks = sf_mem_calloc (rows + 1, sizeof *hours->tracks);
  for (size_t s = 0; of && taken && hours->tracks && s < storms->count; s++)
    {
      pair_storm (job, storms, widest, s, of, taken);
      for (size_t k = 0; k < hours->members; k++)
        {
          struct sf_chance_track *track = &hours->tracks[k * storms->count + s];
          *track = job->ways[storms->order[storms->start[s] + of[k]]];
          track->member = k;
        }
    }
  enum sf_code code = of && taken && hours->tracks ? SF_OK : SF_ENOMEM;
  hours->tracks_count = code == SF_OK ? rows : 0;
  sf_mem_free (taken);
  sf_mem_free (of);
  return code == SF_OK ? SF_OK : sf_fail (err, code, "out of memory for %zu members", hours->members);
}

/* --- the call --- */

/* Say how many hours each way has, and make room for them. */
static enum sf_code
open_hours (struct job *job, struct sf_error *err)
{
  struct sf_member_hours *hours = job->hours;
  size_t n = job->members->count, total = 0;
  job->ways = sf_mem_calloc (n, sizeof *job->ways);
  job->offsets = sf_mem_calloc (n, sizeof *job->offsets);
  for (size_t t = 0; job->ways && job->offsets && t < n; t++)
    {
      if (job->members->tracks[t].fixes_count > 0)
        span_of (&job->members->tracks[t], hours->reference_s, &job->ways[t]);
      job->offsets[t] = total;
      total += (size_t) job->ways[t].hours;
    }
  hours->lon_deg = sf_mem_alloc ((total + 1) * sizeof *hours->lon_deg);
  hours->lat_deg = sf_mem_alloc ((total + 1) * sizeof *hours->lat_deg);
  hours->radii = sf_mem_calloc ((total + 1) * SF_CHANCE_FORCES, sizeof *hours->radii);
  hours->knots = sf_mem_alloc (total + 1);
  if (!job->ways || !job->offsets || !hours->lon_deg || !hours->lat_deg || !hours->radii || !hours->knots)
    return sf_fail (err, SF_ENOMEM, "out of memory for %zu hours of %zu members", total, n);
  for (size_t t = 0; t < n; t++)
    {
      struct sf_chance_track *way = &job->ways[t];
      way->lon_deg = hours->lon_deg + job->offsets[t];
      way->lat_deg = hours->lat_deg + job->offsets[t];
      way->radii = hours->radii + job->offsets[t] * SF_CHANCE_FORCES;
      way->knots = hours->knots + job->offsets[t];
    }
  return SF_OK;
}

static void
find_last_hour (struct sf_member_hours *hours)
{
  for (size_t t = 0; t < hours->tracks_count; t++)
    for (int i = hours->tracks[t].hours - 1; i >= 0; i--)
      if (!isnan (hours->tracks[t].lon_deg[i]))
        {
          int hour = hours->tracks[t].first_hour + i;
          hours->last_hour = hour > hours->last_hour ? hour : hours->last_hour;
          break;
        }
}

enum sf_code
sf_member_hours_init (struct sf_member_hours *hours, const struct sf_host *host, const struct sf_tracks *members,
                      int64_t now_s, const struct sf_vortex_rules *rules, struct sf_error *err)
{
  struct job job = { .host = host, .members = members, .rules = rules, .hours = hours };
  struct storms storms = { 0 };
  *hours = (struct sf_member_hours){ .reference_s = reference_of (members, now_s), .last_hour = -1 };
  if (hours->reference_s == SF_TIME_MISSING)
    return SF_OK;
  enum sf_code code = open_hours (&job, err);
  if (code == SF_OK)
    code = storms_init (&storms, members, err);
  if (code == SF_OK)
    code = host->parallel (host, SF_CHANCE_BLOCKS, fill_block, &job, err);
  if (code == SF_OK)
    code = pair_members (&job, &storms, err);
  for (int block = 0; block < SF_CHANCE_BLOCKS; block++)
    hours->strange_fixes += job.strange[block];
  if (code == SF_OK)
    find_last_hour (hours);
  else
    sf_member_hours_finish (hours);
  sf_mem_free (storms.order);
  sf_mem_free (job.offsets);
  sf_mem_free (job.ways);
  return code;
}

void
sf_member_hours_finish (struct sf_member_hours *hours)
{
  sf_mem_free (hours->tracks);
  sf_mem_free (hours->lon_deg);
  sf_mem_free (hours->lat_deg);
  sf_mem_free (hours->radii);
  sf_mem_free (hours->knots);
  *hours = (struct sf_member_hours){ .last_hour = -1 };
}
