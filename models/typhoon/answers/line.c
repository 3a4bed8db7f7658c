/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/answers/line.h"

#include "core/base/mem.h"
#include "core/base/time.h"
#include "geodata/sphere.h"
#include "models/typhoon/averaging.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum
{
  LONGEST_GAP_S = 24 * 3600,
  HOUSE_MINUTES = 2
};

static bool
is_same (const char *left, const char *right)
{
  return left && right && strcmp (left, right) == 0;
}

static bool
is_of (const struct sf_track *track, const char *storm, const char *agency)
{
  return is_same (track->storm, storm) && is_same (track->agency, agency) && !track->member;
}

static const struct sf_track *
find_analysis (const struct sf_tracks *tracks, const char *storm, const char *agency)
{
  for (size_t i = 0; i < tracks->count; i++)
    if (is_of (&tracks->tracks[i], storm, agency) && tracks->tracks[i].base_s == SF_TIME_MISSING)
      return &tracks->tracks[i];
  return NULL;
}

static const struct sf_track *
find_forecast (const struct sf_tracks *tracks, const char *storm, const char *agency, int64_t from_s, int64_t to_s)
{
  const struct sf_track *newest = NULL;
  for (size_t i = 0; i < tracks->count; i++)
    {
      const struct sf_track *track = &tracks->tracks[i];
      if (is_of (track, storm, agency) && track->base_s != SF_TIME_MISSING && track->base_s >= from_s
          && track->base_s <= to_s && (!newest || track->base_s > newest->base_s))
        newest = track;
    }
  return newest;
}

static bool
is_usable (const struct sf_record *record)
{
  return !isnan (record->as.track.lon_deg) && !isnan (record->as.track.lat_deg)
         && record->quality < SF_QUALITY_ORIGINAL_UNRELIABLE;
}

static void
add_point (struct sf_answer_line *line, const struct sf_record *record, int64_t issued_s, bool forecast)
{
  const struct sf_fix *fix = &record->as.track;
  int minutes = isnan (fix->averaging_min) ? HOUSE_MINUTES : (int) lround (fix->averaging_min);
  struct sf_answer_point point
      = { .time_s = record->valid_s,
          .issued_s = issued_s,
          .lon_deg = fix->lon_deg,
          .lat_deg = fix->lat_deg,
          .wind_mps = sf_wind_convert_averaging (fix->wind_mps, minutes, HOUSE_MINUTES, SF_WIND_EXPOSURE_AGENCY),
          .pressure_hpa = fix->pressure_hpa,
          .motion_to_deg = fix->motion_to_deg,
          .motion_mps = fix->motion_mps,
          .forecast = forecast };
  memcpy (point.radii_km, fix->radii_km, sizeof point.radii_km);
  line->points[line->count++] = point;
}

/* Of fixes at one time the first stands: they say the same, or are doubtful all. */
static bool
is_next (const struct sf_answer_line *line, const struct sf_record *record)
{
  return is_usable (record) && (line->count == 0 || record->valid_s > line->points[line->count - 1].time_s);
}

static void
add_analyses (struct sf_answer_line *line, const struct sf_track *track, int64_t now_s)
{
  for (size_t i = 0; track && i < track->fixes_count; i++)
    if (track->fixes[i].valid_s <= now_s && is_next (line, &track->fixes[i]))
      {
        add_point (line, &track->fixes[i], track->fixes[i].valid_s, false);
        line->analysis_to_s = track->fixes[i].valid_s;
      }
}

static void
add_forecast (struct sf_answer_line *line, const struct sf_track *track)
{
  for (size_t i = 0; track && i < track->fixes_count; i++)
    if (is_next (line, &track->fixes[i]))
      {
        add_point (line, &track->fixes[i], track->base_s, true);
        line->forecast_s = track->base_s;
      }
}

enum sf_code
sf_answer_line_init (struct sf_answer_line *line, const struct sf_tracks *tracks, const char *storm, const char *agency,
                     int64_t now_s, int64_t stale_s, struct sf_error *err)
{
  *line = (struct sf_answer_line){ .agency = agency, .forecast_s = SF_TIME_MISSING, .analysis_to_s = SF_TIME_MISSING };
  const struct sf_track *analysis = find_analysis (tracks, storm, agency),
                        *forecast = find_forecast (tracks, storm, agency, now_s - stale_s, now_s);
  size_t most = (analysis ? analysis->fixes_count : 0) + (forecast ? forecast->fixes_count : 0);
  line->points = sf_mem_calloc (most, sizeof *line->points);
  if (!line->points)
    return sf_fail (err, SF_ENOMEM, "out of memory for the line of %s", agency ? agency : "an agency");
  add_analyses (line, analysis, now_s);
  add_forecast (line, forecast);
  return SF_OK;
}

void
sf_answer_line_finish (struct sf_answer_line *line)
{
  sf_mem_free (line->points);
  *line = (struct sf_answer_line){ .agency = NULL };
}

/* --- the point at a time --- */

static double
between (double from, double to, double t)
{
  return from + t * (to - from);
}

static struct sf_answer_point
interpolate (const struct sf_answer_point *from, const struct sf_answer_point *to, int64_t time_s)
{
  double t = (double) (time_s - from->time_s) / (double) (to->time_s - from->time_s);
  struct sf_answer_point point = { .time_s = time_s,
                                   .issued_s = to->issued_s,
                                   .lat_deg = between (from->lat_deg, to->lat_deg, t),
                                   .wind_mps = between (from->wind_mps, to->wind_mps, t),
                                   .pressure_hpa = between (from->pressure_hpa, to->pressure_hpa, t),
                                   .motion_to_deg = NAN,
                                   .motion_mps = NAN,
                                   .forecast = to->forecast,
                                   .interpolated = true };
  point.lon_deg = sf_sphere_wrap_lon_deg (from->lon_deg + t * sf_sphere_wrap_lon_deg (to->lon_deg - from->lon_deg));
  for (int i = 0; i < SF_RADII_FORCES * SF_QUADRANTS; i++)
    point.radii_km[i] = between (from->radii_km[i], to->radii_km[i], t);
  return point;
}

static void
set_motion (struct sf_answer_point *point, const struct sf_answer_point *from, const struct sf_answer_point *to)
{
  if (!isnan (point->motion_mps) || to->time_s <= from->time_s || to->time_s - from->time_s > LONGEST_GAP_S)
    return;
  double km = sf_sphere_distance_km (from->lon_deg, from->lat_deg, to->lon_deg, to->lat_deg);
  point->motion_mps = 1000 * km / (double) (to->time_s - from->time_s);
  point->motion_to_deg
      = km > 0 ? sf_sphere_bearing_deg (from->lon_deg, from->lat_deg, to->lon_deg, to->lat_deg) : (double) NAN;
}

bool
sf_answer_line_at (const struct sf_answer_line *line, int64_t time_s, struct sf_answer_point *ret_point)
{
  size_t next = 0;
  while (next < line->count && line->points[next].time_s < time_s)
    next++;
  if (next == line->count)
    return false;
  const struct sf_answer_point *to = &line->points[next], *from = next > 0 ? to - 1 : to;
  if (to->time_s == time_s)
    {
      *ret_point = *to;
      set_motion (ret_point, from, next > 0 || line->count == 1 ? to : to + 1);
      return true;
    }
  if (next == 0 || to->time_s - from->time_s > LONGEST_GAP_S)
    return false;
  *ret_point = interpolate (from, to, time_s);
  set_motion (ret_point, from, to);
  return true;
}

double
sf_answer_widest_km (const double *lon_deg, const double *lat_deg, size_t count)
{
  double widest_km = NAN;
  for (size_t i = 1; i < count; i++)
    for (size_t j = 0; j < i; j++)
      widest_km = fmax (widest_km, sf_sphere_distance_km (lon_deg[i], lat_deg[i], lon_deg[j], lat_deg[j]));
  return widest_km;
}
