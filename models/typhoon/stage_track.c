/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/time.h"
#include "models/typhoon/intensity.h"
#include "models/typhoon/stages.h"
#include "models/typhoon/storm_outlook.h"

#include <math.h>
#include <string.h>

static double
beaufort_or_nan (const struct sf_host *host, double wind_mps)
{
  return isnan (wind_mps) ? (double) NAN : (double) sf_typhoon_force (host, wind_mps);
}

/* --- the hourly track --- */

static void
fill_sample (const struct sf_host *host, const struct sf_storm_path *path, size_t i, const struct sf_fix *first,
             struct sf_record *record)
{
  sf_record_init (record, SF_RECORD_TRACK);
  struct sf_fix *fix = &record->as.track;
  record->feed = path->track->fixes[0].feed;
  record->valid_s = path->time_s[i];
  record->received_s = path->track->fixes[0].received_s;
  record->quality = SF_QUALITY_COMPLETED_RELIABLE;
  fix->storm = path->track->storm;
  fix->number = path->track->number;
  fix->name = path->track->name;
  fix->name_zh = path->track->name_zh;
  fix->agency = path->track->agency;
  fix->base_s = path->time_s[i];
  fix->lead_s = 0;
  struct sf_storm_point point = sf_storm_path_point (path, i, 0);
  fix->lon_deg = point.lon_deg;
  fix->lat_deg = point.lat_deg;
  fix->pressure_hpa = point.pressure_hpa;
  fix->environment_pressure_hpa = path->environment_hpa[i];
  fix->wind_mps = point.wind_mps;
  fix->averaging_min = first->averaging_min;
  fix->rmw_km = path->rmw_km[i];
  fix->grade = isnan (fix->wind_mps) ? NULL : sf_grade_code (sf_typhoon_grade (host, fix));
  sf_storm_path_motion (path, i, &fix->motion_to_deg, &fix->motion_mps);
}

/* The samples of all storms' paths, one after another. */
struct samples
{
  struct sf_record *records;
  size_t count;
};

static enum sf_code
add_samples (const struct sf_host *host, struct samples *samples, const struct sf_storm_path *path,
             struct sf_error *err)
{
  struct sf_record *records = sf_mem_realloc (samples->records, (samples->count + path->count) * sizeof *records);
  if (!records)
    return sf_fail (err, SF_ENOMEM, "out of memory for the hourly track");
  samples->records = records;
  for (size_t i = 0; i < path->count; i++)
    fill_sample (host, path, i, &path->track->fixes[0].as.track, &records[samples->count++]);
  return SF_OK;
}

static enum sf_code
make_hourly (const struct sf_host *host, const struct sf_stage_io *io, const struct sf_storm_outlooks *outlooks,
             struct sf_error *err)
{
  struct samples samples = { 0 };
  struct sf_dataset *dataset = NULL;
  enum sf_code code = SF_OK;
  for (size_t s = 0; code == SF_OK && s < outlooks->count; s++)
    {
      struct sf_storm_path path;
      code = sf_storm_path_init (&path, &outlooks->tracks[s], sf_typhoon_path_kind (host), 3600, err);
      if (code != SF_OK)
        break;
      code = add_samples (host, &samples, &path, err);
      sf_storm_path_finish (&path);
    }
  if (code == SF_OK)
    code = sf_dataset_new_tracks (io->spec (io, "track_hourly"), NULL, samples.records, samples.count, &dataset, err);
  sf_mem_free (samples.records);
  return code == SF_OK ? io->output (io, "track_hourly", dataset, err) : code;
}

/* --- points: every fix as it came --- */

static enum sf_code
add_point (const struct sf_host *host, struct sf_table *table, const struct sf_track *track, size_t i,
           struct sf_error *err)
{
  const struct sf_record *record = &track->fixes[i];
  const struct sf_fix *fix = &record->as.track;
  double wind_mps = sf_typhoon_house_wind (host, fix);
  enum sf_grade grade = sf_typhoon_grade (host, fix);
  if (sf_table_add_row (table) < 0)
    return sf_fail (err, SF_ENOMEM, "out of memory for track points");
  SF_TRY (sf_table_set_text (table, "storm", fix->storm, err));
  SF_TRY (sf_table_set_text (table, "number", fix->number, err));
  SF_TRY (sf_table_set_text (table, "name", fix->name, err));
  SF_TRY (sf_table_set_text (table, "name_zh", fix->name_zh, err));
  SF_TRY (sf_table_set_text (table, "agency", fix->agency, err));
  SF_TRY (sf_table_set_time (table, "time", record->valid_s, err));
  SF_TRY (sf_table_set_double (table, "longitude", fix->lon_deg, err));
  SF_TRY (sf_table_set_double (table, "latitude", fix->lat_deg, err));
  SF_TRY (sf_table_set_double (table, "pressure", fix->pressure_hpa, err));
  SF_TRY (sf_table_set_double (table, "wind_speed", wind_mps, err));
  SF_TRY (sf_table_set_double (table, "beaufort", beaufort_or_nan (host, wind_mps), err));
  SF_TRY (sf_table_set_text (table, "grade", isnan (wind_mps) ? fix->grade : sf_grade_code (grade), err));
  SF_TRY (sf_table_set_text (table, "grade_zh", isnan (wind_mps) ? NULL : sf_grade_name_zh (grade), err));
  SF_TRY (sf_table_set_double (table, "motion_to", fix->motion_to_deg, err));
  SF_TRY (sf_table_set_double (table, "motion_speed", fix->motion_mps, err));
  SF_TRY (sf_table_set_int (table, "quality", record->quality, err));
  if (isnan (fix->lon_deg) || isnan (fix->lat_deg))
    return SF_OK;
  struct sf_geometry *point = sf_geometry_new_point (fix->lon_deg, fix->lat_deg);
  return point ? sf_table_set_geometry (table, point, err) : sf_fail (err, SF_ENOMEM, "out of memory for a point");
}

/* --- lines --- */

/* The line of a track through its reliable fixes. Its longitudes run on past 180 rather than jump. */
static struct sf_geometry *
line_of (const struct sf_track *track)
{
  struct sf_geometry *line = sf_geometry_new (SF_GEOMETRY_LINE);
  bool ok = line && sf_geometry_begin_part (line, true) == 0;
  double last = (double) NAN;
  for (size_t i = 0; ok && i < track->fixes_count; i++)
    {
      double lon = track->fixes[i].as.track.lon_deg, lat = track->fixes[i].as.track.lat_deg;
      if (isnan (lon) || isnan (lat) || track->fixes[i].quality >= SF_QUALITY_ORIGINAL_UNRELIABLE)
        continue;
      if (fabs (lon - last) > 180)
        lon -= 360 * round ((lon - last) / 360);
      last = lon;
      ok = sf_geometry_add_point (line, lon, lat) == 0;
    }
  if (ok && line->points >= 2)
    return line;
  sf_geometry_free (line);
  return NULL;
}

static enum sf_code
add_line (const struct sf_host *host, struct sf_table *table, const struct sf_track *track, struct sf_error *err)
{
  double max_wind = (double) NAN, min_pressure = (double) NAN;
  for (size_t i = 0; i < track->fixes_count; i++)
    {
      max_wind = fmax (max_wind, sf_typhoon_house_wind (host, &track->fixes[i].as.track));
      min_pressure = fmin (min_pressure, track->fixes[i].as.track.pressure_hpa);
    }
  if (sf_table_add_row (table) < 0)
    return sf_fail (err, SF_ENOMEM, "out of memory for track lines");
  SF_TRY (sf_table_set_text (table, "storm", track->storm, err));
  SF_TRY (sf_table_set_text (table, "number", track->number, err));
  SF_TRY (sf_table_set_text (table, "name", track->name, err));
  SF_TRY (sf_table_set_text (table, "name_zh", track->name_zh, err));
  SF_TRY (sf_table_set_text (table, "agency", track->agency, err));
  SF_TRY (sf_table_set_time (table, "begin", track->fixes[0].valid_s, err));
  SF_TRY (sf_table_set_time (table, "end", track->fixes[track->fixes_count - 1].valid_s, err));
  SF_TRY (sf_table_set_double (table, "max_wind", max_wind, err));
  SF_TRY (sf_table_set_double (table, "min_pressure", min_pressure, err));
  struct sf_geometry *line = line_of (track);
  return line ? sf_table_set_geometry (table, line, err) : SF_OK;
}

static bool
is_same_text (const char *left, const char *right)
{
  return left == right || (left && right && strcmp (left, right) == 0);
}

/* Whether the same agency has issued a newer forecast of the storm: an old one stays in tracks, and is drawn no more. */
static bool
is_superseded (const struct sf_tracks *tracks, const struct sf_track *track)
{
  for (size_t t = 0; track->base_s != SF_TIME_MISSING && t < tracks->count; t++)
    {
      const struct sf_track *other = &tracks->tracks[t];
      if (other->base_s != SF_TIME_MISSING && other->base_s > track->base_s && is_same_text (other->storm, track->storm)
          && is_same_text (other->agency, track->agency) && is_same_text (other->member, track->member))
        return true;
    }
  return false;
}

static enum sf_code
make_features (const struct sf_host *host, const struct sf_stage_io *io, const struct sf_tracks *tracks,
               struct sf_error *err)
{
  struct sf_dataset *points = NULL, *lines = NULL;
  enum sf_code code = sf_dataset_new_table (io->spec (io, "track_points"), NULL, &points, err);
  if (code == SF_OK)
    code = sf_dataset_new_table (io->spec (io, "track_lines"), NULL, &lines, err);
  for (size_t t = 0; code == SF_OK && t < tracks->count; t++)
    {
      if (is_superseded (tracks, &tracks->tracks[t]))
        continue;
      code = add_line (host, lines->as.table, &tracks->tracks[t], err);
      for (size_t i = 0; code == SF_OK && i < tracks->tracks[t].fixes_count; i++)
        code = add_point (host, points->as.table, &tracks->tracks[t], i, err);
    }
  if (code != SF_OK)
    {
      sf_dataset_unref (points);
      sf_dataset_unref (lines);
      return code;
    }
  code = io->output (io, "track_points", points, err);
  if (code != SF_OK)
    {
      sf_dataset_unref (lines);
      return code;
    }
  return io->output (io, "track_lines", lines, err);
}

enum sf_code
sf_typhoon_run_track (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  const struct sf_tracks *tracks = io->input (io, "storm_tracks")->as.tracks;
  struct sf_storm_outlooks outlooks;
  enum sf_code code = sf_typhoon_open_outlooks (host, io, &outlooks, err);
  if (code == SF_OK)
    code = make_hourly (host, io, &outlooks, err);
  sf_storm_outlooks_finish (&outlooks);
  return code == SF_OK ? make_features (host, io, tracks, err) : code;
}
