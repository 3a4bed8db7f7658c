/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/storm_outlook.h"

#include "core/base/time.h"
#include "models/typhoon/storm_path.h"

#include <math.h>
#include <string.h>

static bool
same_text (const char *a, const char *b)
{
  return a && b ? strcmp (a, b) == 0 : a == b;
}

static bool
is_analysis (const struct sf_track *track)
{
  return track->base_s == SF_TIME_MISSING;
}

static bool
has_usable (const struct sf_track *track)
{
  for (size_t i = 0; i < track->fixes_count; i++)
    if (sf_storm_fix_is_usable (&track->fixes[i]))
      return true;
  return false;
}

/* Whether a track can stand for a storm: an agency's own, with something in it. */
static bool
speaks_of (const struct sf_track *track, const char *storm)
{
  return !track->member && same_text (track->storm, storm) && has_usable (track);
}

static const char *
choose_agency (const struct sf_tracks *tracks, const char *storm, const char *wanted)
{
  const char *first = NULL;
  for (size_t i = 0; i < tracks->count; i++)
    if (speaks_of (&tracks->tracks[i], storm))
      {
        const char *agency = tracks->tracks[i].agency;
        if (wanted && same_text (agency, wanted))
          return agency;
        first = first ? first : agency;
      }
  return first;
}

static int64_t
last_usable_s (const struct sf_track *track)
{
  int64_t last_s = INT64_MIN;
  for (size_t i = 0; i < track->fixes_count; i++)
    if (sf_storm_fix_is_usable (&track->fixes[i]) && track->fixes[i].valid_s > last_s)
      last_s = track->fixes[i].valid_s;
  return last_s;
}

/* Of several analyses (two feeds of one agency) the one that goes farthest, of forecasts the latest. */
static void
choose_tracks (const struct sf_tracks *tracks, const char *storm, const char *agency, const struct sf_track **analysis,
               const struct sf_track **forecast)
{
  *analysis = *forecast = NULL;
  for (size_t i = 0; i < tracks->count; i++)
    {
      const struct sf_track *track = &tracks->tracks[i];
      if (!speaks_of (track, storm) || !same_text (track->agency, agency))
        continue;
      if (!is_analysis (track))
        *forecast = !*forecast || track->base_s > (*forecast)->base_s ? track : *forecast;
      else if (!*analysis || last_usable_s (track) > last_usable_s (*analysis))
        *analysis = track;
    }
}

static enum sf_code
join (struct sf_track *outlook, const struct sf_track *analysis, const struct sf_track *forecast, struct sf_error *err)
{
  const struct sf_track *first = analysis ? analysis : forecast;
  size_t before = analysis ? analysis->fixes_count : 0, after = forecast ? forecast->fixes_count : 0;
  size_t room = before + after;
  int64_t last_s = analysis ? last_usable_s (analysis) : INT64_MIN;
  struct sf_record *fixes = sf_mem_calloc (room, sizeof *fixes);
  if (!fixes)
    return sf_fail (err, SF_ENOMEM, "out of memory for %zu fixes", room);
  if (before)
    memcpy (fixes, analysis->fixes, before * sizeof *fixes);
  *outlook = *first;
  outlook->base_s = SF_TIME_MISSING;
  outlook->fixes = fixes;
  outlook->fixes_count = before;
  for (size_t i = 0; i < after; i++)
    if (forecast->fixes[i].valid_s > last_s)
      fixes[outlook->fixes_count++] = forecast->fixes[i];
  return SF_OK;
}

static bool
is_known (const struct sf_storm_outlooks *outlooks, const char *storm)
{
  for (size_t i = 0; i < outlooks->count; i++)
    if (same_text (outlooks->tracks[i].storm, storm))
      return true;
  return false;
}

enum sf_code
sf_storm_outlooks_init (struct sf_storm_outlooks *outlooks, const struct sf_tracks *tracks, const char *agency,
                        struct sf_error *err)
{
  *outlooks = (struct sf_storm_outlooks){ 0 };
  if (tracks->count == 0)
    return SF_OK;
  if (!(outlooks->tracks = sf_mem_calloc (tracks->count, sizeof *outlooks->tracks)))
    return sf_fail (err, SF_ENOMEM, "out of memory for %zu tracks", tracks->count);
  for (size_t i = 0; i < tracks->count; i++)
    {
      const char *storm = tracks->tracks[i].storm;
      const struct sf_track *analysis, *forecast;
      if (is_known (outlooks, storm))
        continue;
      choose_tracks (tracks, storm, choose_agency (tracks, storm, agency), &analysis, &forecast);
      if (!analysis && !forecast)
        continue;
      SF_TRY (join (&outlooks->tracks[outlooks->count], analysis, forecast, err));
      outlooks->count++;
    }
  return SF_OK;
}

void
sf_storm_outlooks_finish (struct sf_storm_outlooks *outlooks)
{
  for (size_t i = 0; i < outlooks->count; i++)
    sf_mem_free (outlooks->tracks[i].fixes);
  sf_mem_free (outlooks->tracks);
  *outlooks = (struct sf_storm_outlooks){ 0 };
}
