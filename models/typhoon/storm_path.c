/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/storm_path.h"

#include "core/base/time.h"
#include "geodata/sphere.h"

#include <inttypes.h>
#include <math.h>

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
      if (!sf_storm_fix_is_usable (record) || (fixes->n > 0 && record->valid_s <= fixes->time_s[fixes->n - 1]))
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
  for (size_t i = 0; code == SF_OK && i < path->count; i++) /* a spline may swing over a pole */
    path->lat_deg[i] = fmax (-90, fmin (90, path->lat_deg[i]));
  double *out[] = { path->pressure_hpa, path->environment_hpa, path->wind_mps, path->rmw_km };
  for (int v = 0; code == SF_OK && v < 4; v++)
    sf_track_interp_linear (fixes->time_s, fixes->values[v + 2], fixes->n, SF_STORM_PATH_GAP_S, path->time_s,
                            path->count, out[v]);
  sf_mem_free (workspace);
  return code;
}

/* Sample at begin_s + k step_s up to the last fix, and at the last fix itself when with_end. */
static enum sf_code
sample (struct sf_storm_path *path, const struct fixes *fixes, int64_t begin_s, bool with_end, struct sf_error *err)
{
  int64_t last_s = fixes->time_s[fixes->n - 1];
  size_t equal = (size_t) ((last_s - begin_s) / path->step_s) + 1;
  bool remainder = with_end && begin_s + (int64_t) (equal - 1) * path->step_s != last_s;
  path->count = equal + remainder;
  SF_TRY (allocate (path, err));
  for (size_t i = 0; i < equal; i++)
    path->time_s[i] = begin_s + (int64_t) i * path->step_s;
  if (remainder)
    path->time_s[equal] = last_s;
  return draw (path, fixes, err);
}

/* The first moment of the axis that is not before time_s. */
static int64_t
on_axis (int64_t time_s, int64_t axis_s, int64_t step_s)
{
  int64_t past = (time_s - axis_s) % step_s;
  return past == 0 ? time_s : past < 0 ? time_s - past : time_s + step_s - past;
}

static enum sf_code
open_fixes (struct fixes *fixes, const struct sf_track *track, int64_t step_s, struct sf_error *err)
{
  if (step_s < 1)
    return sf_fail (err, SF_EINVAL, "a path wants a step of at least 1 s, not %" PRId64, step_s);
  SF_TRY (gather_fixes (fixes, track, err));
  return check_span (fixes, track, err);
}

enum sf_code
sf_storm_path_init (struct sf_storm_path *path, const struct sf_track *track, enum sf_track_path kind, int64_t step_s,
                    struct sf_error *err)
{
  struct fixes fixes = { 0 };
  *path = (struct sf_storm_path){ .track = track, .kind = kind, .step_s = step_s };
  enum sf_code code = open_fixes (&fixes, track, step_s, err);
  if (code == SF_OK)
    code = sample (path, &fixes, fixes.time_s[0], true, err);
  finish_fixes (&fixes);
  if (code != SF_OK)
    sf_storm_path_finish (path);
  return code;
}

enum sf_code
sf_storm_path_init_on (struct sf_storm_path *path, const struct sf_track *track, enum sf_track_path kind,
                       int64_t step_s, int64_t axis_s, struct sf_error *err)
{
  struct fixes fixes = { 0 };
  *path = (struct sf_storm_path){ .track = track, .kind = kind, .step_s = step_s };
  enum sf_code code = open_fixes (&fixes, track, step_s, err);
  if (code == SF_OK)
    {
      int64_t begin_s = on_axis (fixes.time_s[0], axis_s, step_s);
      if (begin_s > fixes.time_s[fixes.n - 1])
        {
          fixes.n = 1;
          begin_s = fixes.time_s[0] = on_axis (fixes.time_s[0] - step_s / 2, axis_s, step_s);
        }
      code = sample (path, &fixes, begin_s, false, err);
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
