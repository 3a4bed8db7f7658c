/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/agencies/storm_sights.h"

#include "core/base/time.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double slack_kmph = 3;

static bool
same_text (const char *a, const char *b)
{
  return a && b ? strcmp (a, b) == 0 : a == b;
}

static const char *
feed_of (const struct sf_track *track)
{
  const char *feed = track->fixes_count ? track->fixes[0].feed : NULL;
  return feed ? feed : "";
}

static bool
is_usable (const struct sf_record *record)
{
  return record->quality < SF_QUALITY_ORIGINAL_UNRELIABLE && !isnan (record->as.track.lon_deg)
         && !isnan (record->as.track.lat_deg);
}

/* Tracks [first, next) of one feed and storm. */
struct group
{
  const struct sf_track *tracks;
  size_t first, next;
};

static struct group
group_at (const struct sf_tracks *tracks, size_t first)
{
  size_t next = first + 1;
  while (next < tracks->count && !strcmp (feed_of (&tracks->tracks[next]), feed_of (&tracks->tracks[first]))
         && same_text (tracks->tracks[next].storm, tracks->tracks[first].storm))
    next++;
  return (struct group){ .tracks = tracks->tracks, .first = first, .next = next };
}

static const struct sf_track *
richest_analysis (const struct group *group)
{
  const struct sf_track *best = NULL;
  for (size_t t = group->first; t < group->next; t++)
    if (group->tracks[t].base_s == SF_TIME_MISSING && !group->tracks[t].member
        && (!best || group->tracks[t].fixes_count > best->fixes_count))
      best = &group->tracks[t];
  return best;
}

static size_t
take_analysis (const struct sf_track *track, struct sf_sight_fix *fixes)
{
  size_t n = 0;
  for (size_t i = 0; i < track->fixes_count; i++)
    {
      const struct sf_record *record = &track->fixes[i];
      if (is_usable (record) && (n == 0 || record->valid_s > fixes[n - 1].time_s))
        fixes[n++] = (struct sf_sight_fix){ record->valid_s, record->as.track.lon_deg, record->as.track.lat_deg };
    }
  return n;
}

/* The forecasts of one agency and member stand side by side: those from t on. */
static size_t
count_bases (const struct group *group, size_t t)
{
  const struct sf_track *first = &group->tracks[t];
  size_t n = 0;
  for (; t < group->next && same_text (group->tracks[t].agency, first->agency)
         && same_text (group->tracks[t].member, first->member);
       t++)
    n++;
  return n;
}

static int
compare_fixes (const void *left, const void *right)
{
  const struct sf_sight_fix *a = left, *b = right;
  return (a->time_s > b->time_s) - (a->time_s < b->time_s);
}

static size_t
take_forecasts (const struct group *group, struct sf_sight_fix *fixes, double *ret_slack_km)
{
  size_t best = group->first, n = 0, kept = 0;
  double lead_h = 0;
  for (size_t t = group->first; t < group->next; t += count_bases (group, t))
    if (count_bases (group, t) > count_bases (group, best))
      best = t;
  for (size_t t = best; t < best + count_bases (group, best); t++)
    for (size_t i = 0; i < group->tracks[t].fixes_count; i++)
      {
        const struct sf_record *record = &group->tracks[t].fixes[i];
        if (!is_usable (record))
          continue;
        lead_h += (double) record->as.track.lead_s / 3600;
        fixes[n++] = (struct sf_sight_fix){ record->valid_s, record->as.track.lon_deg, record->as.track.lat_deg };
        break;
      }
  qsort (fixes, n, sizeof *fixes, compare_fixes);
  for (size_t i = 0; i < n; i++)
    if (kept == 0 || fixes[i].time_s > fixes[kept - 1].time_s)
      fixes[kept++] = fixes[i];
  *ret_slack_km = n ? slack_kmph * lead_h / (double) n : 0;
  return kept;
}

/* The last of the tracks with an own name, or with a number, speaks for all. */
static void
take_labels (const struct group *group, struct sf_sight *sight)
{
  int year = sf_time_to_civil (sight->fixes_count ? sight->fixes[0].time_s : 0, 0).year;
  sf_storm_number_parse (sight->storm, year, sight->number);
  sight->sub_centre = sf_storm_id_sub_centre (sight->storm);
  for (size_t t = group->first; t < group->next; t++)
    {
      const struct sf_track *track = &group->tracks[t];
      int sub_centre = sf_storm_name_sub_centre (track->name);
      sf_storm_number_parse (track->number, year, sight->number);
      sight->sub_centre = sub_centre ? sub_centre : sight->sub_centre;
      sight->name = sf_storm_name_is_own (track->name) ? track->name : sight->name;
      sight->name_zh = sf_storm_name_is_own (track->name_zh) ? track->name_zh : sight->name_zh;
    }
}

static enum sf_code
fill_sight (struct sf_arena *arena, const struct group *group, struct sf_sight *sight, struct sf_error *err)
{
  const struct sf_track *analysis = richest_analysis (group);
  size_t room = analysis ? analysis->fixes_count : group->next - group->first;
  struct sf_sight_fix *fixes = sf_arena_calloc (arena, room, sizeof *fixes);
  *sight = (struct sf_sight){ .feed = feed_of (&group->tracks[group->first]),
                              .storm = group->tracks[group->first].storm ? group->tracks[group->first].storm : "" };
  if (!fixes)
    return sf_fail (err, SF_ENOMEM, "out of memory for storm %s", sight->storm);
  sight->fixes_count = analysis ? take_analysis (analysis, fixes) : take_forecasts (group, fixes, &sight->slack_km);
  sight->fixes = fixes;
  take_labels (group, sight);
  return SF_OK;
}

enum sf_code
sf_sights_gather (struct sf_arena *arena, const struct sf_tracks *tracks, struct sf_sights *ret_sights,
                  struct sf_error *err)
{
  struct sf_sights sights = { .items = sf_arena_calloc (arena, tracks->count, sizeof *sights.items),
                              .of_track = sf_arena_calloc (arena, tracks->count, sizeof *sights.of_track) };
  if (!sights.items || !sights.of_track)
    return sf_fail (err, SF_ENOMEM, "out of memory for the storms of %zu tracks", tracks->count);
  for (size_t first = 0; first < tracks->count;)
    {
      struct group group = group_at (tracks, first);
      SF_TRY (fill_sight (arena, &group, &sights.items[sights.count], err));
      for (; first < group.next; first++)
        sights.of_track[first] = sights.count;
      sights.count++;
    }
  *ret_sights = sights;
  return SF_OK;
}
