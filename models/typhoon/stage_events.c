/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/sphere.h"
#include "models/typhoon/approach.h"
#include "models/typhoon/intensity.h"
#include "models/typhoon/landfall.h"
#include "models/typhoon/stages.h"
#include "models/typhoon/storm_outlook.h"
#include "models/typhoon/warning_line.h"

#include <math.h>

/* Steps between which the way is taken as straight: events are found to the second between them. */
enum
{
  EVENT_STEP_S = 300
};

/* The joined tracks of all storms. */
static enum sf_code
open_path (const struct sf_host *host, const struct sf_track *track, struct sf_storm_path *path, struct sf_error *err)
{
  return sf_storm_path_init (path, track, sf_typhoon_path_kind (host), EVENT_STEP_S, err);
}

static enum sf_code
add_row (struct sf_table *table, const struct sf_track *track, struct sf_error *err)
{
  if (sf_table_add_row (table) < 0)
    return sf_fail (err, SF_ENOMEM, "out of memory for an event of storm %s", track->storm);
  SF_TRY (sf_table_set_text (table, "storm", track->storm, err));
  SF_TRY (sf_table_set_text (table, "name", track->name, err));
  return sf_table_set_text (table, "agency", track->agency, err);
}

static enum sf_code
set_place (struct sf_table *table, const struct sf_storm_point *at, struct sf_error *err)
{
  SF_TRY (sf_table_set_time (table, "time", at->time_s, err));
  SF_TRY (sf_table_set_double (table, "longitude", at->lon_deg, err));
  SF_TRY (sf_table_set_double (table, "latitude", at->lat_deg, err));
  struct sf_geometry *point = sf_geometry_new_point (at->lon_deg, at->lat_deg);
  return point ? sf_table_set_geometry (table, point, err) : sf_fail (err, SF_ENOMEM, "out of memory for a point");
}

static enum sf_code
give_or_drop (const struct sf_stage_io *io, const char *port, struct sf_dataset *dataset, enum sf_code code,
              struct sf_error *err)
{
  if (code == SF_OK)
    return io->output (io, port, dataset, err);
  sf_dataset_unref (dataset);
  return code;
}

/* --- warning lines --- */

static enum sf_code
add_line (struct sf_table *table, const struct sf_warning_line *line, struct sf_error *err)
{
  struct sf_geometry *geometry = sf_geometry_new (SF_GEOMETRY_LINE);
  bool ok = geometry && sf_geometry_begin_part (geometry, true) == 0;
  for (size_t i = 0; ok && i < line->points; i++)
    ok = sf_geometry_add_point (geometry, line->lon_lat_deg[i][0], line->lon_lat_deg[i][1]) == 0;
  if (!ok || sf_table_add_row (table) < 0)
    {
      sf_geometry_free (geometry);
      return sf_fail (err, SF_ENOMEM, "out of memory for a warning line");
    }
  SF_TRY (sf_table_set_geometry (table, geometry, err));
  SF_TRY (sf_table_set_double (table, "hours", line->hours, err));
  SF_TRY (sf_table_set_text (table, "name", line->name_en, err));
  return sf_table_set_text (table, "name_zh", line->name_zh, err);
}

static enum sf_code
make_lines (const struct sf_stage_io *io, struct sf_error *err)
{
  struct sf_dataset *dataset = NULL;
  SF_TRY (sf_dataset_new_table (io->spec (io, "warning_lines"), NULL, &dataset, err));
  enum sf_code code = SF_OK;
  for (int l = 0; code == SF_OK && l < SF_WARNING_LINES; l++)
    code = add_line (dataset->as.table, &sf_warning_lines[l], err);
  return give_or_drop (io, "warning_lines", dataset, code, err);
}

static enum sf_code
add_crossing (struct sf_table *table, const struct sf_track *track, const struct sf_line_crossing *crossing,
              struct sf_error *err)
{
  SF_TRY (add_row (table, track, err));
  SF_TRY (sf_table_set_double (table, "hours", sf_warning_lines[crossing->line].hours, err));
  SF_TRY (sf_table_set_text (table, "direction", crossing->inward ? "inward" : "outward", err));
  return set_place (table, &crossing->at, err);
}

static enum sf_code
add_crossings (const struct sf_host *host, struct sf_table *table, const struct sf_track *track, struct sf_error *err)
{
  struct sf_storm_path path;
  struct sf_line_crossing *crossings = NULL;
  size_t count = 0;
  SF_TRY (open_path (host, track, &path, err));
  enum sf_code code = sf_warning_line_find (&path, &crossings, &count, err);
  for (size_t i = 0; code == SF_OK && i < count; i++)
    code = add_crossing (table, track, &crossings[i], err);
  sf_mem_free (crossings);
  sf_storm_path_finish (&path);
  return code;
}

enum sf_code
sf_typhoon_run_lines (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  struct sf_storm_outlooks outlooks;
  struct sf_dataset *dataset = NULL;
  SF_TRY (make_lines (io, err));
  enum sf_code code = sf_typhoon_open_outlooks (host, io, &outlooks, err);
  if (code == SF_OK)
    code = sf_dataset_new_table (io->spec (io, "warning_crossings"), NULL, &dataset, err);
  for (size_t s = 0; code == SF_OK && s < outlooks.count; s++)
    code = add_crossings (host, dataset->as.table, &outlooks.tracks[s], err);
  sf_storm_outlooks_finish (&outlooks);
  return give_or_drop (io, "warning_crossings", dataset, code, err);
}

/* --- closest approach --- */

static enum sf_code
add_approach (struct sf_table *table, const struct sf_storm_path *path, const struct sf_table *seats, size_t row,
              struct sf_error *err)
{
  double lon = sf_table_double (seats, "longitude", row), lat = sf_table_double (seats, "latitude", row);
  if (isnan (lon) || isnan (lat))
    return SF_OK;
  struct sf_approach approach = sf_approach_find (path, lon, lat);
  SF_TRY (add_row (table, path->track, err));
  SF_TRY (sf_table_set_text (table, "county_code", sf_table_text (seats, "code", row), err));
  SF_TRY (sf_table_set_text (table, "county", sf_table_text (seats, "name", row), err));
  SF_TRY (sf_table_set_text (table, "county_zh", sf_table_text (seats, "name_zh", row), err));
  SF_TRY (sf_table_set_double (table, "distance", approach.distance_km, err));
  SF_TRY (sf_table_set_double (table, "bearing", approach.bearing_deg, err));
  return set_place (table, &approach.at, err);
}

static enum sf_code
add_approaches (const struct sf_host *host, struct sf_table *table, const struct sf_track *track,
                const struct sf_table *seats, struct sf_error *err)
{
  struct sf_storm_path path;
  SF_TRY (open_path (host, track, &path, err));
  enum sf_code code = SF_OK;
  for (size_t row = 0; code == SF_OK && row < seats->rows; row++)
    code = add_approach (table, &path, seats, row, err);
  sf_storm_path_finish (&path);
  return code;
}

enum sf_code
sf_typhoon_run_closest (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  struct sf_storm_outlooks outlooks;
  struct sf_dataset *dataset = NULL;
  const struct sf_table *seats = io->input (io, "county_seats")->as.table;
  enum sf_code code = sf_typhoon_open_outlooks (host, io, &outlooks, err);
  if (code == SF_OK)
    code = sf_dataset_new_table (io->spec (io, "closest_approach"), NULL, &dataset, err);
  for (size_t s = 0; code == SF_OK && s < outlooks.count; s++)
    code = add_approaches (host, dataset->as.table, &outlooks.tracks[s], seats, err);
  sf_storm_outlooks_finish (&outlooks);
  return give_or_drop (io, "closest_approach", dataset, code, err);
}

/* --- landfall --- */

/* Land that a landfall counts on: rows of the coast of at least the islet area, as an index and their rows. */
struct land
{
  struct sf_polygon_index *index;
  const struct sf_table *coast;
  size_t *rows;
  double west_deg, south_deg, east_deg, north_deg; /* how far the coast is known */
};

static void
find_extent (struct land *land)
{
  land->west_deg = land->south_deg = INFINITY;
  land->east_deg = land->north_deg = -INFINITY;
  for (size_t row = 0; row < land->coast->rows; row++)
    {
      double west, south, east, north;
      const struct sf_geometry *geometry = land->coast->geometries[row];
      if (!geometry || !sf_geometry_bounds (geometry, &west, &south, &east, &north))
        continue;
      land->west_deg = fmin (land->west_deg, west);
      land->south_deg = fmin (land->south_deg, south);
      land->east_deg = fmax (land->east_deg, east);
      land->north_deg = fmax (land->north_deg, north);
    }
}

/* Inside the known coast and off its rim, where land that was cut off shows a shore that is none. */
static bool
is_known (const struct land *land, double lon_deg, double lat_deg)
{
  const double rim_deg = 0.1;
  return lon_deg > land->west_deg + rim_deg && lon_deg < land->east_deg - rim_deg && lat_deg > land->south_deg + rim_deg
         && lat_deg < land->north_deg - rim_deg;
}

/* Nobody may take silence beyond the coast's rim for open sea. */
static void
tell_extent (const struct sf_host *host, const struct land *land, const struct sf_storm_path *path)
{
  for (size_t i = 0; i < path->count; i++)
    if (!is_known (land, sf_sphere_wrap_lon_deg (path->lon_deg[i]), path->lat_deg[i]))
      {
        sf_host_log (host, SF_LOG_INFO,
                     "the track leaves the known coast (%.0f-%.0f E, %.0f-%.0f N): landfalls beyond it are not found",
                     land->west_deg, land->east_deg, land->south_deg, land->north_deg);
        return;
      }
}

static enum sf_code
open_land (struct land *land, const struct sf_table *coast, double least_km2, struct sf_error *err)
{
  *land = (struct land){ .coast = coast };
  const struct sf_geometry **list = sf_mem_calloc (coast->rows, sizeof *list);
  size_t n = 0;
  land->rows = sf_mem_calloc (coast->rows, sizeof *land->rows);
  enum sf_code code = list && land->rows ? SF_OK : sf_fail (err, SF_ENOMEM, "out of memory for the coast");
  for (size_t row = 0; code == SF_OK && row < coast->rows; row++)
    if (coast->geometries[row] && sf_table_double (coast, "area", row) >= least_km2)
      {
        land->rows[n] = row;
        list[n++] = coast->geometries[row];
      }
  find_extent (land);
  if (code == SF_OK)
    code = sf_polygon_index_new (list, n, SF_RINGS_OUTER, &land->index, err);
  sf_mem_free (list);
  return code;
}

static void
close_land (struct land *land)
{
  sf_polygon_index_free (land->index);
  sf_mem_free (land->rows);
}

/* The county at a place on the shore, or the nearest, since the county's drawn coast and the coast differ by a few
   hundred metres. -1 without counties, or far from them. */
static long
county_at (const struct sf_table *counties, const struct sf_polygon_index *index, const struct sf_landfall *landfall)
{
  enum
  {
    NEAR_KM = 12
  };
  size_t found;
  double lon = landfall->at.lon_deg, lat = landfall->at.lat_deg;
  if (!counties || !index)
    return -1;
  if (sf_polygon_locate (index, lon, lat, &found) != SF_SIDE_OUT)
    return (long) found;
  return sf_polygon_nearest_km (index, lon, lat, NULL, NULL, &found) <= NEAR_KM ? (long) found : -1;
}

static enum sf_code
add_landfall (const struct sf_host *host, struct sf_table *table, const struct sf_track *track,
              const struct sf_landfall *landfall, const struct land *land, const struct sf_table *counties, long county,
              struct sf_error *err)
{
  struct sf_fix fix = { .wind_mps = landfall->at.wind_mps, .averaging_min = track->fixes[0].as.track.averaging_min };
  double wind_mps = sf_typhoon_house_wind (host, &fix);
  enum sf_grade grade = sf_typhoon_grade (host, &fix);
  size_t coast_row = land->rows[landfall->polygon];
  SF_TRY (add_row (table, track, err));
  SF_TRY (sf_table_set_text (table, "number", track->number, err));
  SF_TRY (sf_table_set_text (table, "name_zh", track->name_zh, err));
  SF_TRY (sf_table_set_text (table, "place",
                             county >= 0 ? sf_table_text (counties, "name", (size_t) county)
                                         : sf_table_text (land->coast, "name", coast_row),
                             err));
  SF_TRY (sf_table_set_text (table, "place_zh",
                             county >= 0 ? sf_table_text (counties, "name_zh", (size_t) county) : NULL, err));
  SF_TRY (sf_table_set_time (table, "earliest", landfall->earliest_s, err));
  SF_TRY (sf_table_set_time (table, "latest", landfall->latest_s, err));
  SF_TRY (sf_table_set_double (table, "uncertainty", landfall->uncertainty_km, err));
  SF_TRY (sf_table_set_int (table, "entered", landfall->entered, err));
  SF_TRY (sf_table_set_double (table, "wind_speed", wind_mps, err));
  SF_TRY (sf_table_set_double (table, "pressure", landfall->at.pressure_hpa, err));
  SF_TRY (sf_table_set_text (table, "grade", isnan (wind_mps) ? NULL : sf_grade_code (grade), err));
  SF_TRY (sf_table_set_text (table, "grade_zh", isnan (wind_mps) ? NULL : sf_grade_name_zh (grade), err));
  SF_TRY (sf_table_set_double (table, "land_area", sf_table_double (land->coast, "area", coast_row), err));
  return set_place (table, &landfall->at, err);
}

/* What landfalls are looked for on, and where they are entered. */
struct landfall_job
{
  const struct sf_host *host;
  struct land land;
  const struct sf_table *counties;
  struct sf_polygon_index *county_index;
  struct sf_table *table, *passes;
};

static enum sf_code
add_pass (const struct landfall_job *job, const struct sf_track *track, const struct sf_shore_pass *pass,
          struct sf_error *err)
{
  struct sf_table *table = job->passes;
  struct sf_fix fix = { .wind_mps = pass->at.wind_mps, .averaging_min = track->fixes[0].as.track.averaging_min };
  struct sf_storm_point shore = pass->at;
  shore.lon_deg = pass->shore_lon_deg;
  shore.lat_deg = pass->shore_lat_deg;
  struct sf_landfall place = { .at = shore };
  long county = county_at (job->counties, job->county_index, &place);
  const char *land = sf_table_text (job->land.coast, "name", job->land.rows[pass->polygon]);
  SF_TRY (add_row (table, track, err));
  SF_TRY (sf_table_set_text (table, "number", track->number, err));
  SF_TRY (sf_table_set_text (table, "name_zh", track->name_zh, err));
  SF_TRY (sf_table_set_text (table, "place",
                             county >= 0 ? sf_table_text (job->counties, "name", (size_t) county) : land, err));
  SF_TRY (sf_table_set_text (table, "place_zh",
                             county >= 0 ? sf_table_text (job->counties, "name_zh", (size_t) county) : NULL, err));
  SF_TRY (sf_table_set_time (table, "earliest", pass->earliest_s, err));
  SF_TRY (sf_table_set_time (table, "latest", pass->latest_s, err));
  SF_TRY (sf_table_set_double (table, "distance", pass->distance_km, err));
  SF_TRY (sf_table_set_double (table, "wind_speed", sf_typhoon_house_wind (job->host, &fix), err));
  return set_place (table, &shore, err);
}

static enum sf_code
add_passes (const struct landfall_job *job, const struct sf_storm_path *path,
            const struct sf_landfall_settings *settings, const struct sf_landfall *landfalls, size_t landfalls_count,
            struct sf_error *err)
{
  struct sf_shore_pass *passes = NULL;
  size_t count = 0;
  enum sf_code code
      = sf_shore_pass_find (path, job->land.index, settings, landfalls, landfalls_count, &passes, &count, err);
  for (size_t i = 0; code == SF_OK && i < count; i++)
    if (is_known (&job->land, passes[i].shore_lon_deg, passes[i].shore_lat_deg))
      code = add_pass (job, path->track, &passes[i], err);
  sf_mem_free (passes);
  return code;
}

static enum sf_code
add_landfalls (const struct landfall_job *job, const struct sf_storm_path *path, const struct sf_storm_path *other,
               struct sf_error *err)
{
  struct sf_landfall_settings settings
      = { .rounding_deg = sf_settings_double (job->host->settings, "rounding"),
          .bay_s = sf_settings_int (job->host->settings, "bay"),
          .position_error_km = sf_settings_double (job->host->settings, "position_error") };
  struct sf_landfall *landfalls = NULL;
  size_t count = 0;
  enum sf_code code = sf_landfall_find (path, other, job->land.index, &settings, &landfalls, &count, err);
  for (size_t i = 0; code == SF_OK && i < count; i++)
    if (is_known (&job->land, landfalls[i].at.lon_deg, landfalls[i].at.lat_deg))
      code = add_landfall (job->host, job->table, path->track, &landfalls[i], &job->land, job->counties,
                           county_at (job->counties, job->county_index, &landfalls[i]), err);
  if (code == SF_OK)
    code = add_passes (job, path, &settings, landfalls, count, err);
  sf_mem_free (landfalls);
  return code;
}

static enum sf_code
find_landfalls (const struct landfall_job *job, const struct sf_track *track, struct sf_error *err)
{
  struct sf_storm_path path = { 0 }, other = { 0 };
  enum sf_track_path other_kind
      = sf_typhoon_path_kind (job->host) == SF_TRACK_PATH_SPLINE ? SF_TRACK_PATH_LINEAR : SF_TRACK_PATH_SPLINE;
  enum sf_code code = open_path (job->host, track, &path, err);
  if (code == SF_OK)
    code = sf_storm_path_init (&other, track, other_kind, EVENT_STEP_S, err);
  if (code == SF_OK)
    {
      tell_extent (job->host, &job->land, &path);
      code = add_landfalls (job, &path, &other, err);
    }
  sf_storm_path_finish (&other);
  sf_storm_path_finish (&path);
  return code;
}

static enum sf_code
open_grounds (struct landfall_job *job, const struct sf_stage_io *io, struct sf_error *err)
{
  const struct sf_dataset *counties = io->input (io, "counties");
  SF_TRY (open_land (&job->land, io->input (io, "coast")->as.table,
                     sf_settings_double (job->host->settings, "islet_area"), err));
  if (!counties)
    return SF_OK;
  job->counties = counties->as.table;
  return sf_polygon_index_new ((const struct sf_geometry *const *) job->counties->geometries, job->counties->rows,
                               SF_RINGS_ALL, &job->county_index, err);
}

enum sf_code
sf_typhoon_run_landfall (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  struct landfall_job job = { .host = host };
  struct sf_storm_outlooks outlooks;
  struct sf_dataset *dataset = NULL, *passes = NULL;
  enum sf_code code = sf_typhoon_open_outlooks (host, io, &outlooks, err);
  if (code == SF_OK)
    code = open_grounds (&job, io, err);
  if (code == SF_OK)
    code = sf_dataset_new_table (io->spec (io, "landfalls"), NULL, &dataset, err);
  if (code == SF_OK)
    code = sf_dataset_new_table (io->spec (io, "shore_passes"), NULL, &passes, err);
  if (code == SF_OK)
    {
      job.table = dataset->as.table;
      job.passes = passes->as.table;
    }
  for (size_t s = 0; code == SF_OK && s < outlooks.count; s++)
    code = find_landfalls (&job, &outlooks.tracks[s], err);
  sf_polygon_index_free (job.county_index);
  close_land (&job.land);
  sf_storm_outlooks_finish (&outlooks);
  code = give_or_drop (io, "landfalls", dataset, code, err);
  return give_or_drop (io, "shore_passes", passes, code, err);
}
