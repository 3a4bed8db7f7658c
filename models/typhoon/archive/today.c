/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/archive/today.h"

#include "core/base/time.h"
#include "geodata/sphere.h"
#include "models/typhoon/storm_path.h"

#include <math.h>
#include <string.h>

static bool
is_wanted (const struct sf_track *track, const char *storm, const char *agency, bool analysis)
{
  bool same_agency = !agency || (track->agency && strcmp (track->agency, agency) == 0);
  return strcmp (track->storm, storm) == 0 && same_agency && !track->member
         && (track->base_s == SF_TIME_MISSING) == analysis;
}

/* The storm's analysis, or its latest forecast, of an agency (NULL: any). */
static const struct sf_track *
track_of (const struct sf_tracks *tracks, const char *storm, const char *agency, bool analysis)
{
  const struct sf_track *best = NULL;
  for (size_t i = 0; i < tracks->count; i++)
    {
      const struct sf_track *track = &tracks->tracks[i];
      if (is_wanted (track, storm, agency, analysis) && (!best || (!analysis && track->base_s > best->base_s)))
        best = track;
    }
  return best;
}

/* The fix of the moment: the last known one of an analysis or the closest one before it, the first of a forecast. */
static const struct sf_record *
moment_of (const struct sf_track *track, const struct sf_today_choice *choice)
{
  const struct sf_record *moment = NULL;
  double nearest_km = INFINITY;
  bool forecast = track->base_s != SF_TIME_MISSING;
  for (size_t i = 0; i < track->fixes_count; i++)
    {
      const struct sf_record *record = &track->fixes[i];
      bool later = !forecast && choice->now_s != SF_TIME_MISSING && record->valid_s > choice->now_s;
      if (later || !sf_storm_fix_is_usable (record) || (forecast && moment))
        continue;
      double km = sf_sphere_distance_km (record->as.track.lon_deg, record->as.track.lat_deg, choice->lon_deg,
                                         choice->lat_deg);
      if (choice->stay_at_closest && km > nearest_km)
        continue;
      nearest_km = km;
      moment = record;
    }
  return moment;
}

/* One track of what was analysed up to now and, of a forecast, what comes after. Borrowed texts and fixes copied flat. */
static enum sf_code
join (const struct sf_track *analysis, const struct sf_track *forecast, const struct sf_today_choice *choice,
      struct sf_track *joined, struct sf_error *err)
{
  size_t room = (analysis ? analysis->fixes_count : 0) + (forecast ? forecast->fixes_count : 0);
  int64_t last_s = INT64_MIN;
  joined->fixes = sf_mem_calloc (room + 1, sizeof *joined->fixes);
  joined->fixes_count = 0;
  if (!joined->fixes)
    return sf_fail (err, SF_ENOMEM, "out of memory for a storm's way");
  for (size_t i = 0; analysis && i < analysis->fixes_count; i++)
    if (choice->now_s == SF_TIME_MISSING || analysis->fixes[i].valid_s <= choice->now_s)
      {
        joined->fixes[joined->fixes_count++] = analysis->fixes[i];
        last_s = analysis->fixes[i].valid_s;
      }
  for (size_t i = 0; forecast && i < forecast->fixes_count; i++)
    if (forecast->fixes[i].valid_s > last_s)
      joined->fixes[joined->fixes_count++] = forecast->fixes[i];
  return SF_OK;
}

static enum sf_code
sample (const struct sf_track *joined, const struct sf_record *moment, const struct sf_today_choice *choice,
        struct sf_similar_query *ret_query, struct sf_error *err)
{
  size_t room = sf_past_sample_room (joined), at = 0;
  struct sf_past_point *points = sf_mem_calloc (room + 1, sizeof *points);
  if (!points)
    return sf_fail (err, SF_ENOMEM, "out of memory for a storm's way");
  size_t count = sf_past_sample (joined, moment->valid_s, choice->exposure, points, room);
  while (at < count && points[at].time_s != moment->valid_s)
    at++;
  enum sf_code code = at < count ? SF_OK : sf_fail (err, SF_ENOTFOUND, "the moment to compare is not on the way");
  if (code == SF_OK)
    sf_similar_query_of (ret_query, points, count, at, choice->ahead);
  sf_mem_free (points);
  return code;
}

enum sf_code
sf_today_query (const struct sf_tracks *tracks, const char *storm, const struct sf_today_choice *choice,
                struct sf_similar_query *ret_query, const struct sf_track **ret_track, struct sf_error *err)
{
  struct sf_track joined = { 0 };
  const struct sf_track *analysis = track_of (tracks, storm, choice->agency, true);
  const char *agency = analysis ? analysis->agency : choice->agency;
  const struct sf_track *forecast = track_of (tracks, storm, agency, false);
  const struct sf_track *track = analysis ? analysis : forecast;
  const struct sf_record *moment = track ? moment_of (track, choice) : NULL;
  if (!moment)
    return sf_fail (err, SF_ENOTFOUND, "storm %s has no fix that can be compared", storm);
  if (forecast && forecast->base_s != SF_TIME_MISSING && choice->now_s != SF_TIME_MISSING
      && forecast->base_s > choice->now_s)
    forecast = NULL;
  enum sf_code code = join (analysis, forecast, choice, &joined, err);
  if (code == SF_OK)
    code = sample (&joined, moment, choice, ret_query, err);
  sf_mem_free (joined.fixes);
  if (code == SF_OK)
    *ret_track = track;
  return code;
}
