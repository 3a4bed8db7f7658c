/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/ensemble/member_centre.h"

#include "core/base/time.h"
#include "models/typhoon/averaging.h"

#include <math.h>
#include <string.h>

static bool
same_text (const char *a, const char *b)
{
  return a && b && strcmp (a, b) == 0;
}

static bool
is_usable (const struct sf_record *record)
{
  const struct sf_fix *fix = &record->as.track;
  return record->quality < SF_QUALITY_ORIGINAL_UNRELIABLE && !isnan (fix->lon_deg) && !isnan (fix->lat_deg);
}

static bool
is_agency (const struct sf_centre_query *query, const struct sf_track *track, const char *agency)
{
  return !agency
         || same_text (sf_agencies_code (query->agencies, track->agency), sf_agencies_code (query->agencies, agency));
}

/* The newest forecast of a storm made by now; agency NULL: anybody's. */
static const struct sf_track *
newest_forecast (const struct sf_centre_query *query, const struct sf_tracks *tracks, const char *storm,
                 const char *agency)
{
  const struct sf_track *best = NULL;
  for (size_t i = 0; tracks && i < tracks->count; i++)
    {
      const struct sf_track *track = &tracks->tracks[i];
      bool fits = same_text (track->storm, storm) && !track->member && track->base_s != SF_TIME_MISSING
                  && track->base_s <= query->now_s && is_agency (query, track, agency);
      if (fits && (!best || track->base_s > best->base_s))
        best = track;
    }
  return best;
}

static bool
has_ring (const struct sf_record *record)
{
  for (int i = 0; i < SF_RADII_FORCES * SF_QUADRANTS; i++)
    if (record->as.track.radii_km[i] > 0)
      return true;
  return false;
}

/* The newest usable analysis by now, with a ring if one is wanted. */
static const struct sf_record *
newest_analysis (const struct sf_centre_query *query, const char *storm, const char *agency, bool with_ring)
{
  const struct sf_record *best = NULL;
  for (size_t i = 0; i < query->tracks->count; i++)
    {
      const struct sf_track *track = &query->tracks->tracks[i];
      if (!same_text (track->storm, storm) || track->member || track->base_s != SF_TIME_MISSING
          || !is_agency (query, track, agency))
        continue;
      for (size_t k = 0; k < track->fixes_count; k++)
        {
          const struct sf_record *fix = &track->fixes[k];
          bool fits = is_usable (fix) && fix->valid_s <= query->now_s && (!with_ring || has_ring (fix));
          if (fits && (!best || fix->valid_s > best->valid_s))
            best = fix;
        }
    }
  return best;
}

double
sf_centre_wind_mps (const struct sf_agencies *agencies, const struct sf_fix *fix)
{
  const struct sf_agency *agency = sf_agencies_find (agencies, fix->agency);
  double minutes = !isnan (fix->averaging_min) ? fix->averaging_min : agency ? agency->averaging_min : 2;
  /* The nearest of the averaging times that there are factors for: 3 minutes (IMD) count as 2. */
  int from = minutes < 1.5 ? 1 : minutes < 6 ? 2 : 10;
  return sf_wind_convert_averaging (fix->wind_mps, from, 2, SF_WIND_EXPOSURE_AGENCY);
}

/* Where the track begins: the forecast's own first fix or the newest analysis, whichever is later. */
static const struct sf_record *
beginning (const struct sf_centre_query *query, const struct sf_track *forecast, bool consensus)
{
  const struct sf_record *analysis
      = newest_analysis (query, forecast->storm, consensus ? query->official : forecast->agency, false);
  for (size_t i = 0; i < forecast->fixes_count; i++)
    {
      const struct sf_record *fix = &forecast->fixes[i];
      if (is_usable (fix) && fix->as.track.lead_s == 0 && (!analysis || fix->valid_s >= analysis->valid_s))
        return fix;
    }
  return analysis ? analysis : newest_analysis (query, forecast->storm, NULL, false);
}

/* Leads beyond 15 days are of no forecast, and every hour of them would be drawn. An analysis has no base and no leads. */
static bool
is_within_reach (const struct sf_track *forecast, const struct sf_record *record)
{
  const int64_t reach_s = 15 * 86400;
  return forecast->base_s == SF_TIME_MISSING || record->valid_s - forecast->base_s <= reach_s;
}

/* begin may be NULL. */
static enum sf_code
join (struct sf_arena *arena, const struct sf_centre_query *query, const struct sf_track *forecast,
      const struct sf_record *begin, struct sf_centre *centre, struct sf_error *err)
{
  struct sf_record *fixes = sf_arena_calloc (arena, forecast->fixes_count + 1, sizeof *fixes);
  size_t n = 0;
  if (!fixes)
    return sf_fail (err, SF_ENOMEM, "out of memory for the track of storm %s", forecast->storm);
  if (begin)
    fixes[n++] = *begin;
  for (size_t i = 0; i < forecast->fixes_count; i++)
    if (is_usable (&forecast->fixes[i]) && is_within_reach (forecast, &forecast->fixes[i])
        && (n == 0 || forecast->fixes[i].valid_s > fixes[n - 1].valid_s))
      fixes[n++] = forecast->fixes[i];
  for (size_t i = 0; i < n; i++)
    {
      fixes[i].as.track.wind_mps = sf_centre_wind_mps (query->agencies, &fixes[i].as.track);
      fixes[i].as.track.averaging_min = 2;
    }
  centre->track = *forecast;
  centre->track.fixes = fixes;
  centre->track.fixes_count = n;
  return SF_OK;
}

const struct sf_record *
sf_centre_rings (const struct sf_centre_query *query, const char *storm, int64_t base_s)
{
  const struct sf_record *rings = newest_analysis (query, storm, query->official, true);
  if (!rings || base_s - rings->valid_s > query->stale_s)
    rings = newest_analysis (query, storm, NULL, true);
  return rings && base_s - rings->valid_s <= query->stale_s ? rings : NULL;
}

static void
set_rings (const struct sf_centre_query *query, const struct sf_record *rings, struct sf_centre *centre)
{
  centre->rings = rings;
  centre->rings_wind_mps = rings ? sf_centre_wind_mps (query->agencies, &rings->as.track) : (double) NAN;
}

enum sf_code
sf_centre_of_member (struct sf_arena *arena, const struct sf_centre_query *query, const struct sf_track *member,
                     const struct sf_record *rings, struct sf_centre *ret, struct sf_error *err)
{
  struct sf_centre centre = { .storm = member->storm, .agency = member->agency };
  SF_TRY (join (arena, query, member, NULL, &centre, err));
  centre.base_s = centre.track.fixes_count ? centre.track.fixes[0].valid_s : member->base_s;
  centre.made_s = member->base_s;
  set_rings (query, rings, &centre);
  *ret = centre;
  return SF_OK;
}

static enum sf_code
fill (struct sf_arena *arena, const struct sf_centre_query *query, const struct sf_track *forecast, bool consensus,
      struct sf_centre *ret, const char **ret_why, struct sf_error *err)
{
  const struct sf_record *begin = beginning (query, forecast, consensus);
  struct sf_centre centre = { .storm = forecast->storm,
                              .number = forecast->number,
                              .name = forecast->name,
                              .name_zh = forecast->name_zh,
                              .agency = forecast->agency,
                              .consensus = consensus };
  *ret_why = "no analysis of the storm's position";
  if (!begin)
    return SF_OK;
  centre.base_s = begin->valid_s;
  centre.made_s = forecast->base_s < begin->valid_s ? forecast->base_s : begin->valid_s;
  *ret_why = "the newest analysis is too old";
  if (query->now_s - centre.base_s > query->stale_s)
    return SF_OK;
  SF_TRY (join (arena, query, forecast, begin, &centre, err));
  *ret_why = "the forecast does not reach beyond the newest analysis";
  if (centre.track.fixes_count < 2)
    return SF_OK;
  set_rings (query, sf_centre_rings (query, forecast->storm, centre.base_s), &centre);
  *ret_why = NULL;
  *ret = centre;
  return SF_OK;
}

enum sf_code
sf_centre_find (struct sf_arena *arena, const struct sf_centre_query *query, const char *storm,
                enum sf_centre_wanted wanted, struct sf_centre *ret, const char **ret_why, struct sf_error *err)
{
  const struct sf_track *forecast = NULL;
  *ret_why = "no forecast";
  if (wanted != SF_CENTRE_OFFICIAL)
    forecast = newest_forecast (query, query->consensus, storm, NULL);
  if (forecast)
    SF_TRY (fill (arena, query, forecast, true, ret, ret_why, err));
  if (wanted == SF_CENTRE_CONSENSUS || !*ret_why)
    return SF_OK;
  forecast = newest_forecast (query, query->tracks, storm, query->official);
  if (!forecast && wanted == SF_CENTRE_AUTO)
    forecast = newest_forecast (query, query->tracks, storm, NULL);
  return forecast ? fill (arena, query, forecast, false, ret, ret_why, err) : SF_OK;
}

enum sf_code
sf_centre_of_agency (struct sf_arena *arena, const struct sf_centre_query *query, const char *storm, const char *agency,
                     struct sf_centre *ret, const char **ret_why, struct sf_error *err)
{
  const struct sf_track *forecast = newest_forecast (query, query->tracks, storm, agency);
  *ret_why = "no forecast";
  return forecast ? fill (arena, query, forecast, false, ret, ret_why, err) : SF_OK;
}

enum sf_code
sf_centre_storms (struct sf_arena *arena, const struct sf_tracks *tracks, const char *const **ret_storms,
                  size_t *ret_count, struct sf_error *err)
{
  const char **storms = sf_arena_calloc (arena, tracks->count, sizeof *storms);
  size_t n = 0;
  if (!storms)
    return sf_fail (err, SF_ENOMEM, "out of memory for %zu tracks", tracks->count);
  for (size_t i = 0; i < tracks->count; i++)
    {
      size_t k = 0;
      while (k < n && !same_text (storms[k], tracks->tracks[i].storm))
        k++;
      if (k == n && tracks->tracks[i].storm)
        storms[n++] = tracks->tracks[i].storm;
    }
  *ret_storms = storms;
  *ret_count = n;
  return SF_OK;
}

double
sf_centre_lead_h (const struct sf_centre *centre, int64_t time_s)
{
  int64_t end_s = centre->track.fixes[centre->track.fixes_count - 1].valid_s;
  double share = (double) (time_s - centre->base_s) / (double) (end_s - centre->base_s);
  return share * (double) (end_s - centre->made_s) / 3600;
}
