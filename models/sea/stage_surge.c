/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/time.h"
#include "geodata/crs.h"
#include "geodata/gridspec.h"
#include "models/sea/stages.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#define HOUR_S 3600
#define MARGIN_S (12 * HOUR_S) /* of tide before and after a storm's hours */
#define QUIET_S (72 * HOUR_S)  /* of tide without one */

struct job
{
  const struct sf_host *host;
  struct sf_arena arena;
  struct sf_sea_stations stations;
  struct sf_sea_params params;
  const struct sf_tracks *storms;     /* NULL: none */
  const struct sf_cube *east, *north; /* NULL: no wind field */
  struct sf_sea_way_piece **pieces;   /* by station */
  size_t *pieces_count, most_pieces;
  int64_t now_s, begin_s;
  bool has_storm;
  size_t hours, first;          /* first: whence on the peak is sought */
  struct sf_sea_series *series; /* by station; they share time_s */
};

static enum sf_code
no_memory (struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "out of memory for surges");
}

/* --- hours --- */

static int64_t
hour_of (int64_t time_s)
{
  int64_t past_s = time_s % HOUR_S;
  return time_s - (past_s < 0 ? past_s + HOUR_S : past_s);
}

static bool
is_near (const struct job *job, int64_t time_s)
{
  for (size_t i = 0; i < job->stations.count; i++)
    if (sf_sea_storm_is_near (job->storms, job->params.near_km, time_s, job->stations.list[i].lon_deg,
                              job->stations.list[i].lat_deg))
      return true;
  return false;
}

/* The first and the last whole hour at which a storm is near; false where none ever is. */
static bool
storm_hours (const struct job *job, int64_t *ret_begin_s, int64_t *ret_end_s)
{
  bool found = false;
  for (size_t t = 0; job->storms && t < job->storms->count; t++)
    {
      const struct sf_track *track = &job->storms->tracks[t];
      if (track->fixes_count == 0)
        continue;
      int64_t last_s = track->fixes[track->fixes_count - 1].valid_s;
      for (int64_t at_s = hour_of (track->fixes[0].valid_s); at_s <= last_s; at_s += HOUR_S)
        {
          if (!is_near (job, at_s))
            continue;
          *ret_begin_s = !found || at_s < *ret_begin_s ? at_s : *ret_begin_s;
          *ret_end_s = !found || at_s > *ret_end_s ? at_s : *ret_end_s;
          found = true;
        }
    }
  return found;
}

/* Hours of the answer: around a storm's, or those to come; none without storm and clock. What lies behind is left out of
   the search for the peak as long as something lies ahead. */
static void
choose_hours (struct job *job)
{
  int64_t end_s = 0;
  job->has_storm = storm_hours (job, &job->begin_s, &end_s);
  if (job->has_storm)
    {
      job->begin_s -= MARGIN_S;
      end_s += MARGIN_S;
    }
  else if (job->now_s != SF_TIME_MISSING)
    {
      job->begin_s = hour_of (job->now_s);
      end_s = job->begin_s + QUIET_S;
    }
  else
    return;
  job->hours = (size_t) ((end_s - job->begin_s) / HOUR_S) + 1;
  if (job->now_s != SF_TIME_MISSING && job->now_s > job->begin_s && job->now_s <= end_s)
    job->first = (size_t) ((job->now_s - job->begin_s) / HOUR_S);
}

/* --- winds --- */

/* A component of the wind at a place, between the four cells around it; where one of them is unknown, the nearest. */
static enum sf_code
read_wind (const struct sf_cube *cube, int step, double lon_deg, double lat_deg, float *rows, double *ret_mps,
           struct sf_error *err)
{
  double column, row;
  int nx = cube->spec.nx, ny = cube->spec.ny;
  *ret_mps = (double) NAN;
  sf_gridspec_index (&cube->spec, lon_deg, lat_deg, &column, &row);
  if (!(column >= 0 && column <= nx && row >= 0 && row <= ny))
    return SF_OK;
  column = fmin (fmax (column - 0.5, 0), nx - 1);
  row = fmin (fmax (row - 0.5, 0), ny - 1);
  int x0 = (int) column, y0 = (int) row, wide = x0 + 1 < nx, two = y0 + 1 < ny;
  struct sf_cell_window window = { y0, 1 + two, x0, 1 + wide };
  float cells[4];
  SF_TRY (sf_cube_read_window (cube, step, &window, rows, cells, err));
  const float *north = cells, *south = two ? cells + window.columns : cells;
  double fx = column - x0, fy = row - y0;
  double value = (1 - fy) * ((1 - fx) * (double) north[0] + fx * (double) north[wide])
                 + fy * ((1 - fx) * (double) south[0] + fx * (double) south[wide]);
  *ret_mps = isnan (value) ? (double) (fy < 0.5 ? north : south)[fx < 0.5 ? 0 : wide] : value;
  return SF_OK;
}

struct scratch
{
  float *rows;
  struct sf_sea_piece *pieces;
};

/* The set-up at a station; NaN where no wind is known along its whole way. */
static enum sf_code
find_setup (const struct job *job, size_t station, int east_step, int north_step, const struct scratch *scratch,
            double *ret_m, struct sf_error *err)
{
  bool known = false;
  for (size_t p = 0; p < job->pieces_count[station]; p++)
    {
      const struct sf_sea_way_piece *piece = &job->pieces[station][p];
      double east, north;
      SF_TRY (read_wind (job->east, east_step, piece->lon_deg, piece->lat_deg, scratch->rows, &east, err));
      SF_TRY (read_wind (job->north, north_step, piece->lon_deg, piece->lat_deg, scratch->rows, &north, err));
      scratch->pieces[p] = sf_sea_wind_on_piece (piece, east, north, job->params.wind_to_10min);
      known |= !isnan (scratch->pieces[p].wind_mps);
    }
  if (known)
    *ret_m = sf_sea_wind_setup_m (scratch->pieces, job->pieces_count[station], job->params.minimum_depth_m);
  return SF_OK;
}

static enum sf_code
add_winds (const struct job *job, size_t hour, struct sf_error *err)
{
  int64_t time_s = job->begin_s + (int64_t) hour * HOUR_S;
  int east_step = sf_time_find_step (job->east->time_s, job->east->steps, time_s);
  int north_step = sf_time_find_step (job->north->time_s, job->north->steps, time_s);
  if (east_step < 0 || north_step < 0)
    return SF_OK;
  int nx = job->east->spec.nx > job->north->spec.nx ? job->east->spec.nx : job->north->spec.nx;
  struct scratch scratch = { sf_mem_calloc (2 * (size_t) nx, sizeof *scratch.rows),
                             sf_mem_calloc (job->most_pieces, sizeof *scratch.pieces) };
  enum sf_code code = scratch.rows && scratch.pieces ? SF_OK : no_memory (err);
  for (size_t i = 0; code == SF_OK && i < job->stations.count; i++)
    code = find_setup (job, i, east_step, north_step, &scratch, &job->series[i].wind_m[hour], err);
  sf_mem_free (scratch.pieces);
  sf_mem_free (scratch.rows);
  return code;
}

static double
sum_known (double a, double b)
{
  return isnan (a) ? b : isnan (b) ? a : a + b;
}

static enum sf_code
run_hour (void *ctx, int block, struct sf_error *err)
{
  const struct job *job = ctx;
  size_t hour = (size_t) block;
  int64_t time_s = job->begin_s + (int64_t) hour * HOUR_S;
  if (job->has_storm && job->east && job->north)
    SF_TRY (add_winds (job, hour, err));
  for (size_t i = 0; i < job->stations.count; i++)
    {
      const struct sf_sea_station *station = &job->stations.list[i];
      const struct sf_sea_series *series = &job->series[i];
      if (station->tide.count > 0)
        series->tide_m[hour] = station->mean_level.m + sf_tide_height_m (&station->tide, time_s);
      if (job->has_storm)
        series->pressure_m[hour]
            = sf_sea_pressure_surge_m (job->storms, &job->params, time_s, station->lon_deg, station->lat_deg);
      series->surge_m[hour] = sum_known (series->pressure_m[hour], series->wind_m[hour]);
    }
  return SF_OK;
}

/* --- set-up and tables --- */

static double *
nan_array (struct sf_arena *arena, size_t count)
{
  double *values = sf_arena_calloc (arena, count, sizeof *values);
  for (size_t i = 0; values && i < count; i++)
    values[i] = (double) NAN;
  return values;
}

static enum sf_code
cut_ways (struct job *job, struct sf_error *err)
{
  size_t stations = job->stations.count;
  job->pieces = sf_arena_calloc (&job->arena, stations, sizeof *job->pieces);
  job->pieces_count = sf_arena_calloc (&job->arena, stations, sizeof *job->pieces_count);
  if (!job->pieces || !job->pieces_count)
    return no_memory (err);
  for (size_t i = 0; i < stations; i++)
    {
      size_t count = sf_sea_way_pieces (&job->stations.list[i], job->params.piece_km, NULL);
      if (!(job->pieces[i] = sf_arena_calloc (&job->arena, count, sizeof **job->pieces)))
        return no_memory (err);
      job->pieces_count[i] = sf_sea_way_pieces (&job->stations.list[i], job->params.piece_km, job->pieces[i]);
      job->most_pieces = count > job->most_pieces ? count : job->most_pieces;
    }
  return SF_OK;
}

static enum sf_code
make_series (struct job *job, struct sf_error *err)
{
  int64_t *time_s = sf_arena_calloc (&job->arena, job->hours, sizeof *time_s);
  job->series = sf_arena_calloc (&job->arena, job->stations.count, sizeof *job->series);
  if (!time_s || !job->series)
    return no_memory (err);
  for (size_t h = 0; h < job->hours; h++)
    time_s[h] = job->begin_s + (int64_t) h * HOUR_S;
  for (size_t i = 0; i < job->stations.count; i++)
    job->series[i] = (struct sf_sea_series){ .count = job->hours,
                                             .time_s = time_s,
                                             .pressure_m = nan_array (&job->arena, job->hours),
                                             .wind_m = nan_array (&job->arena, job->hours),
                                             .surge_m = nan_array (&job->arena, job->hours),
                                             .tide_m = nan_array (&job->arena, job->hours) };
  return job->arena.failed ? no_memory (err) : SF_OK;
}

static enum sf_code
add_hour (struct sf_table *table, const struct job *job, size_t i, size_t hour, struct sf_error *err)
{
  const struct sf_sea_station *station = &job->stations.list[i];
  const struct sf_sea_series *series = &job->series[i];
  double surge_m = series->surge_m[hour];
  if (sf_table_add_row (table) < 0)
    return no_memory (err);
  SF_TRY (sf_table_set_text (table, "code", station->code, err));
  SF_TRY (sf_table_set_time (table, "time", series->time_s[hour], err));
  SF_TRY (sf_table_set_double (table, "surge", surge_m, err));
  SF_TRY (sf_table_set_double (table, "surge_pressure", series->pressure_m[hour], err));
  SF_TRY (sf_table_set_double (table, "surge_wind", series->wind_m[hour], err));
  SF_TRY (sf_table_set_double (table, "tide", series->tide_m[hour], err));
  SF_TRY (sf_table_set_double (table, "total", series->tide_m[hour] + (isnan (surge_m) ? 0 : surge_m), err));
  return sf_table_set_text (table, "datum", sf_sea_datum_name (&job->stations, station->mean_level.datum, false), err);
}

struct window
{
  char en[160], zh[160];
};

static void
name_window (const struct job *job, struct window *window)
{
  char from[SF_TIME_TEXT_BYTES], to[SF_TIME_TEXT_BYTES];
  int64_t from_s = job->begin_s + (int64_t) job->first * HOUR_S,
          to_s = job->begin_s + (int64_t) (job->hours - 1) * HOUR_S;
  const char *what_en = !job->has_storm ? "no storm near" : job->first > 0 ? "from now on" : "whole storm";
  const char *what_zh = !job->has_storm ? "无台风影响" : job->first > 0 ? "自作业时刻起" : "台风全过程";
  if (job->hours == 0)
    {
      snprintf (window->en, sizeof window->en, "no storm and no clock");
      snprintf (window->zh, sizeof window->zh, "无台风、无作业时刻");
      return;
    }
  snprintf (window->en, sizeof window->en, "%s, %s to %s", what_en, sf_time_format_beijing (from, from_s),
            sf_time_format_beijing (to, to_s));
  snprintf (window->zh, sizeof window->zh, "%s，%s至%s", what_zh, sf_time_format_beijing_zh (from, from_s),
            sf_time_format_beijing_zh (to, to_s));
}

static enum sf_code
fill_tables (const struct job *job, struct sf_table *answers, struct sf_table *hours, struct sf_error *err)
{
  struct window window;
  name_window (job, &window);
  for (size_t i = 0; i < job->stations.count; i++)
    {
      struct sf_sea_answer answer = { .stations = &job->stations,
                                      .station = &job->stations.list[i],
                                      .series = &job->series[i],
                                      .has_storm = job->has_storm,
                                      .window_en = window.en,
                                      .window_zh = window.zh };
      answer.has_peak = sf_sea_find_peak (&job->series[i], job->first, &job->params, &answer.peak);
      SF_TRY (sf_sea_add_answer (answers, &answer, err));
      for (size_t hour = 0; hour < job->hours; hour++)
        SF_TRY (add_hour (hours, job, i, hour, err));
    }
  return SF_OK;
}

static enum sf_code
take_inputs (struct job *job, const struct sf_stage_io *io, struct sf_error *err)
{
  const struct sf_dataset *tracks = io->input (io, "track_hourly"), *time = io->input (io, "cycle_time");
  const struct sf_dataset *east = io->input (io, "wind_u_cube@home"), *north = io->input (io, "wind_v_cube@home");
  job->storms = tracks ? tracks->as.tracks : NULL;
  job->now_s = time && time->as.table->rows > 0 ? sf_table_time (time->as.table, "time", 0) : SF_TIME_MISSING;
  if (!east || !north)
    return SF_OK;
  if (!sf_crs_same_lonlat (east->as.cube->spec.crs, SF_CRS_HOME))
    return sf_fail (err, SF_EUNSUPPORTED,
                    "surges are computed from winds on longitude and latitude (EPSG:4490), not %s",
                    east->as.cube->spec.crs);
  job->east = east->as.cube;
  job->north = north->as.cube;
  return SF_OK;
}

static enum sf_code
compute (struct job *job, const struct sf_stage_io *io, struct sf_error *err)
{
  SF_TRY (sf_sea_load_stations (job->host, &job->arena, &job->stations, err));
  SF_TRY (sf_sea_load_params (job->host, &job->arena, &job->params, err));
  SF_TRY (take_inputs (job, io, err));
  choose_hours (job);
  SF_TRY (cut_ways (job, err));
  SF_TRY (make_series (job, err));
  return job->hours > 0 ? job->host->parallel (job->host, (int) job->hours, run_hour, job, err) : SF_OK;
}

enum sf_code
sf_sea_run_surge (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  struct job job = { .host = host };
  struct sf_dataset *answers = NULL, *hours = NULL;
  enum sf_code code = compute (&job, io, err);
  if (code == SF_OK)
    code = sf_dataset_new_table (io->spec (io, "station_surge"), NULL, &answers, err);
  if (code == SF_OK)
    code = sf_dataset_new_table (io->spec (io, "surge_series"), NULL, &hours, err);
  if (code == SF_OK)
    code = fill_tables (&job, answers->as.table, hours->as.table, err);
  sf_arena_finish (&job.arena);
  if (code == SF_OK)
    {
      if ((code = io->output (io, "station_surge", answers, err)) == SF_OK)
        return io->output (io, "surge_series", hours, err);
      answers = NULL;
    }
  sf_dataset_unref (answers);
  sf_dataset_unref (hours);
  return code;
}
