/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/storm_path.h"

#include "core/base/time.h"
#include "geodata/sphere.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static bool
same_text (const char *a, const char *b)
{
  return a && b ? strcmp (a, b) == 0 : a == b;
}

/* Whether a stands for the storm better than b: an analysis before forecasts, a later forecast before an earlier. */
static bool
stands_better (const struct sf_track *a, const struct sf_track *b)
{
  bool a_analysis = a->base_s == SF_TIME_MISSING, b_analysis = b->base_s == SF_TIME_MISSING;
  if (a_analysis != b_analysis)
    return a_analysis;
  return a->base_s > b->base_s;
}

enum sf_code
sf_storm_path_choose (const struct sf_tracks *tracks, const char *agency, const struct sf_track **ret_track,
                      struct sf_error *err)
{
  const struct sf_track *best = NULL;
  if (tracks->count == 0)
    return sf_fail (err, SF_ENOTFOUND, "there is no track: the feeds brought no fix that the query takes");
  if (!agency)
    agency = tracks->tracks[0].agency;
  for (size_t i = 0; i < tracks->count; i++)
    {
      const struct sf_track *track = &tracks->tracks[i];
      bool same_storm = same_text (track->number, tracks->tracks[0].number)
                        && (track->number || same_text (track->storm, tracks->tracks[0].storm));
      if (!same_storm)
        return sf_fail (err, SF_ECONFLICT,
                        "the tracks are of several storms (%s and %s): narrow the query with 'storm'",
                        tracks->tracks[0].storm, track->storm);
      if (same_text (track->agency, agency) && !track->member && (!best || stands_better (track, best)))
        best = track;
    }
  if (!best)
    return sf_fail (err, SF_ENOTFOUND, "no track of agency %s among %zu tracks of storm %s", agency ? agency : "(none)",
                    tracks->count, tracks->tracks[0].storm);
  *ret_track = best;
  return SF_OK;
}

/* The fixes that can be drawn through, as arrays. */
struct fixes
{
  size_t n;
  int64_t *time_s;
  double *values[6]; /* lon, lat, pressure, environment, wind, rmw */
};

static void
finish_fixes (struct fixes *fixes)
{
  sf_mem_free (fixes->time_s);
  for (int i = 0; i < 6; i++)
    sf_mem_free (fixes->values[i]);
}

static bool
is_usable (const struct sf_record *record)
{
  bool unreliable = record->quality >= SF_QUALITY_ORIGINAL_UNRELIABLE;
  return !unreliable && !isnan (record->as.track.lon_deg) && !isnan (record->as.track.lat_deg);
}

static enum sf_code
gather_fixes (struct fixes *fixes, const struct sf_track *track, struct sf_error *err)
{
  size_t room = track->fixes_count;
  bool out_of_memory = !(fixes->time_s = sf_mem_calloc (room, sizeof *fixes->time_s));
  for (int i = 0; i < 6; i++)
    out_of_memory |= !(fixes->values[i] = sf_mem_calloc (room, sizeof *fixes->values[i]));
  if (out_of_memory)
    return sf_fail (err, SF_ENOMEM, "out of memory for a track of %zu fixes", room);
  for (size_t i = 0; i < track->fixes_count; i++)
    {
      const struct sf_record *record = &track->fixes[i];
      const struct sf_fix *fix = &record->as.track;
      if (!is_usable (record) || (fixes->n > 0 && record->valid_s <= fixes->time_s[fixes->n - 1]))
        continue;
      const double values[6] = { fix->lon_deg,  fix->lat_deg, fix->pressure_hpa, fix->environment_pressure_hpa,
                                 fix->wind_mps, fix->rmw_km };
      fixes->time_s[fixes->n] = record->valid_s;
      for (int v = 0; v < 6; v++)
        fixes->values[v][fixes->n] = values[v];
      fixes->n++;
    }
  if (fixes->n == 0)
    return sf_fail (err, SF_EINVAL, "track %s has no usable fix among %zu", track->storm, track->fixes_count);
  return SF_OK;
}

/* One wrong year would ask for a path of millions of points. */
static enum sf_code
check_span (const struct fixes *fixes, const struct sf_track *track, struct sf_error *err)
{
  char first[SF_TIME_TEXT_BYTES], last[SF_TIME_TEXT_BYTES];
  int64_t first_s = fixes->time_s[0], last_s = fixes->time_s[fixes->n - 1];
  if (first_s >= last_s - SF_STORM_PATH_LONGEST_S)
    return SF_OK;
  return sf_fail (err, SF_ERANGE, "track %s goes from %s to %s: no storm lives longer than %d days; is a date wrong?",
                  track->storm, sf_time_format_utc (first, first_s), sf_time_format_utc (last, last_s),
                  SF_STORM_PATH_LONGEST_S / 86400);
}

static enum sf_code
allocate (struct sf_storm_path *path, struct sf_error *err)
{
  double **arrays[]
      = { &path->lon_deg, &path->lat_deg, &path->pressure_hpa, &path->environment_hpa, &path->wind_mps, &path->rmw_km };
  bool out_of_memory = !(path->time_s = sf_mem_calloc (path->count, sizeof *path->time_s));
  for (int i = 0; i < 6; i++)
    out_of_memory |= !(*arrays[i] = sf_mem_calloc (path->count, sizeof **arrays[i]));
  return out_of_memory ? sf_fail (err, SF_ENOMEM, "out of memory for a path of %zu points", path->count) : SF_OK;
}

static enum sf_code
draw (struct sf_storm_path *path, const struct fixes *fixes, struct sf_error *err)
{
  double *workspace = sf_mem_calloc (sf_track_interp_workspace (fixes->n), sizeof *workspace);
  if (!workspace)
    return sf_fail (err, SF_ENOMEM, "out of memory for a path");
  enum sf_code code = sf_track_interp_path (fixes->time_s, fixes->values[0], fixes->values[1], fixes->n, path->kind,
                                            path->time_s, path->count, path->lon_deg, path->lat_deg, workspace, err);
  double *out[] = { path->pressure_hpa, path->environment_hpa, path->wind_mps, path->rmw_km };
  for (int v = 0; code == SF_OK && v < 4; v++)
    sf_track_interp_linear (fixes->time_s, fixes->values[v + 2], fixes->n, SF_STORM_PATH_GAP_S, path->time_s,
                            path->count, out[v]);
  sf_mem_free (workspace);
  return code;
}

enum sf_code
sf_storm_path_init (struct sf_storm_path *path, const struct sf_track *track, enum sf_track_path kind, int64_t step_s,
                    struct sf_error *err)
{
  struct fixes fixes = { 0 };
  *path = (struct sf_storm_path){ .track = track, .kind = kind, .step_s = step_s };
  if (step_s < 1)
    return sf_fail (err, SF_EINVAL, "a path wants a step of at least 1 s, not %" PRId64, step_s);
  enum sf_code code = gather_fixes (&fixes, track, err);
  if (code == SF_OK)
    code = check_span (&fixes, track, err);
  if (code == SF_OK)
    {
      size_t equal = sf_track_interp_count (fixes.time_s, fixes.n, step_s);
      int64_t last = fixes.time_s[fixes.n - 1];
      bool remainder = fixes.time_s[0] + (int64_t) (equal - 1) * step_s != last;
      path->count = equal + remainder;
      code = allocate (path, err);
      if (code == SF_OK)
        {
          sf_track_interp_times (fixes.time_s, step_s, equal, path->time_s);
          path->time_s[path->count - 1] = last;
          code = draw (path, &fixes, err);
        }
    }
  finish_fixes (&fixes);
  if (code != SF_OK)
    sf_storm_path_finish (path);
  return code;
}

void
sf_storm_path_finish (struct sf_storm_path *path)
{
  sf_mem_free (path->time_s);
  sf_mem_free (path->lon_deg);
  sf_mem_free (path->lat_deg);
  sf_mem_free (path->pressure_hpa);
  sf_mem_free (path->environment_hpa);
  sf_mem_free (path->wind_mps);
  sf_mem_free (path->rmw_km);
  *path = (struct sf_storm_path){ .track = path->track };
}

static double
between (double a, double b, double t)
{
  return t == 0 ? a : t == 1 ? b : a + (b - a) * t;
}

struct sf_storm_point
sf_storm_path_point (const struct sf_storm_path *path, size_t i, double t)
{
  size_t j = i + 1 < path->count ? i + 1 : i;
  return (struct sf_storm_point){
    .time_s = path->time_s[i] + (int64_t) llround (t * (double) (path->time_s[j] - path->time_s[i])),
    .lon_deg = sf_sphere_wrap_lon_deg (between (path->lon_deg[i], path->lon_deg[j], t)),
    .lat_deg = between (path->lat_deg[i], path->lat_deg[j], t),
    .wind_mps = between (path->wind_mps[i], path->wind_mps[j], t),
    .pressure_hpa = between (path->pressure_hpa[i], path->pressure_hpa[j], t),
  };
}

void
sf_storm_path_motion (const struct sf_storm_path *path, size_t i, double *ret_to_deg, double *ret_mps)
{
  size_t a = i > 0 ? i - 1 : 0, b = i > 0 ? i : 1;
  *ret_to_deg = *ret_mps = (double) NAN;
  if (b >= path->count)
    return;
  double km = sf_sphere_distance_km (path->lon_deg[a], path->lat_deg[a], path->lon_deg[b], path->lat_deg[b]);
  *ret_mps = 1000 * km / (double) (path->time_s[b] - path->time_s[a]);
  if (km > 0)
    *ret_to_deg = sf_sphere_bearing_deg (path->lon_deg[a], path->lat_deg[a], path->lon_deg[b], path->lat_deg[b]);
}
