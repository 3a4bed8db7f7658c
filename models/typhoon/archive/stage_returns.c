/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/time.h"
#include "geodata/sphere.h"
#include "models/typhoon/archive/return_period.h"
#include "models/typhoon/archive/stages.h"
#include "models/typhoon/storm_path.h"
#include "models/typhoon/wind_field.h"

#include <math.h>
#include <string.h>

enum
{
  STEP_S = 1800, /* of a past storm's wind */
  MOST_PERIODS = 16,
  SPARE_KM = 200 /* a storm goes no farther in half of six hours */
};

struct place
{
  const char *code, *name, *name_zh;
  double lon_deg, lat_deg;
};

/* The strongest wind of every past storm at every place: rows of `places` values, a row a storm. */
struct job
{
  const struct sf_host *host;
  const struct sf_past *past;
  struct place *places;
  size_t places_count;
  double *peaks_mps;
  struct sf_wind_track_options options;
  struct sf_wind_settings wind;
};

/* --- places --- */

static void
take_places (struct job *job, const struct sf_table *table)
{
  for (size_t row = 0; row < table->rows; row++)
    {
      struct place place = { .code = sf_table_text (table, "code", row),
                             .name = sf_table_text (table, "name", row),
                             .name_zh = sf_table_text (table, "name_zh", row),
                             .lon_deg = sf_table_double (table, "longitude", row),
                             .lat_deg = sf_table_double (table, "latitude", row) };
      if (!isnan (place.lon_deg) && !isnan (place.lat_deg))
        job->places[job->places_count++] = place;
    }
}

/* The named places, or, where nobody gives them, the county seats. */
static enum sf_code
open_places (struct job *job, const struct sf_stage_io *io, struct sf_error *err)
{
  const struct sf_dataset *dataset = io->input (io, "places");
  if (!dataset || dataset->as.table->rows == 0)
    dataset = io->input (io, "county_seats");
  size_t rows = dataset ? dataset->as.table->rows : 0;
  job->places = sf_mem_calloc (rows + 1, sizeof *job->places);
  if (!job->places)
    return sf_fail (err, SF_ENOMEM, "out of memory for %zu places", rows);
  if (dataset)
    take_places (job, dataset->as.table);
  return SF_OK;
}

/* --- winds --- */

static bool
comes_near (const struct job *job, const struct sf_past_storm *storm)
{
  const struct sf_past_point *points = &job->past->points[storm->first];
  double reach_km = job->wind.max_distance_m / 1000 + SPARE_KM;
  for (size_t p = 0; p < job->places_count; p++)
    for (size_t i = 0; i < storm->count; i++)
      if (fabs (points[i].lat_deg - job->places[p].lat_deg) * 111 < reach_km
          && sf_sphere_distance_km (points[i].lon_deg, points[i].lat_deg, job->places[p].lon_deg,
                                    job->places[p].lat_deg)
                 < reach_km)
        return true;
  return false;
}

/* The path's equal steps that have pressure or wind, from the first to the last of them. */
static struct sf_wind_fixes
fixes_of (const struct sf_storm_path *path)
{
  size_t first = 0, end = path->count;
  if (end >= 2 && path->time_s[end - 1] - path->time_s[end - 2] != path->step_s)
    end--;
  while (first < end && isnan (path->pressure_hpa[first]) && isnan (path->wind_mps[first]))
    first++;
  size_t n = 0;
  while (first + n < end && !(isnan (path->pressure_hpa[first + n]) && isnan (path->wind_mps[first + n])))
    n++;
  return (struct sf_wind_fixes){ .n = n,
                                 .time_s = path->time_s + first,
                                 .lon_deg = path->lon_deg + first,
                                 .lat_deg = path->lat_deg + first,
                                 .pc_hpa = path->pressure_hpa + first,
                                 .pn_hpa = path->environment_hpa + first,
                                 .vmax_mps = path->wind_mps + first };
}

static enum sf_code
winds_of_path (const struct job *job, const struct sf_storm_path *path, double *peaks_mps, struct sf_error *err)
{
  struct sf_wind_track track;
  struct sf_wind_fixes fixes = fixes_of (path);
  struct sf_wind_track_options options = job->options;
  double averaging_min = path->track->fixes[0].as.track.averaging_min;
  if (fixes.n == 0)
    return SF_OK;
  if (!isnan (averaging_min))
    options.vmax_averaging_min = (int) lround (averaging_min);
  struct sf_wind_node *nodes = sf_mem_calloc (fixes.n, sizeof *nodes);
  if (!nodes)
    return sf_fail (err, SF_ENOMEM, "out of memory for the wind of past storms");
  enum sf_code code = sf_wind_track_init (&track, nodes, &fixes, &options, err);
  for (size_t p = 0; code == SF_OK && p < job->places_count; p++)
    peaks_mps[p] = sf_wind_max_at (&track, &job->wind, job->places[p].lon_deg, job->places[p].lat_deg);
  sf_mem_free (nodes);
  return code;
}

/* One past storm that cannot be drawn is told and left out: it must not cost the table. */
static enum sf_code
winds_of_storm (void *ctx, int s, struct sf_error *err)
{
  const struct job *job = ctx;
  const struct sf_past_storm *storm = &job->past->storms[s];
  struct sf_storm_path path;
  struct sf_error why = { 0 };
  if (!comes_near (job, storm))
    return SF_OK;
  enum sf_code code = sf_storm_path_init (&path, storm->track, SF_TRACK_PATH_LINEAR, STEP_S, &why);
  if (code == SF_OK)
    {
      code = winds_of_path (job, &path, &job->peaks_mps[(size_t) s * job->places_count], &why);
      sf_storm_path_finish (&path);
    }
  if (code == SF_ENOMEM)
    return sf_fail (err, code, "%s", why.message);
  if (code != SF_OK)
    sf_host_log (job->host, SF_LOG_WARNING, "past storm %s left out: %s", storm->track->storm, why.message);
  return SF_OK;
}

static enum sf_code
open_winds (struct job *job, struct sf_error *err)
{
  static const enum sf_wind_model models[] = { SF_WIND_H08, SF_WIND_H1980, SF_WIND_H10, SF_WIND_ER11 };
  const struct sf_settings *settings = job->host->settings;
  enum sf_wind_exposure exposure = sf_analogues_exposure (job->host);
  sf_wind_track_options_init (&job->options);
  job->options.model = models[sf_settings_choice (settings, "profile")];
  job->options.pn_default_hpa = sf_settings_double (settings, "environment_pressure");
  job->options.vmax_averaging_min = 2;
  job->options.exposure = exposure;
  job->options.first_node = SF_WIND_FIRST_FORWARD;
  sf_wind_settings_init (&job->wind);
  job->wind.max_distance_m = 1000 * sf_settings_double (settings, "reach");
  job->wind.cutoff_mps = 0;
  SF_TRY (sf_wind_averaging_factor (1, 2, exposure, &job->wind.scale, err));
  job->peaks_mps = sf_mem_calloc (job->past->storms_count * job->places_count + 1, sizeof *job->peaks_mps);
  return job->peaks_mps ? SF_OK : sf_fail (err, SF_ENOMEM, "out of memory for the winds of past storms");
}

/* --- the table --- */

/* The peaks of one place, grouped by the years of the archive, oldest first. */
struct series
{
  double *peaks_mps;
  size_t *first;
  struct sf_peaks peaks;
  int first_year, last_year;
};

static void
finish_series (struct series *series)
{
  sf_mem_free (series->peaks_mps);
  sf_mem_free (series->first);
}

static void
find_years (const struct sf_past *past, struct series *series)
{
  series->first_year = series->last_year = past->storms[0].year;
  for (size_t s = 1; s < past->storms_count; s++)
    {
      int year = past->storms[s].year;
      series->first_year = year < series->first_year ? year : series->first_year;
      series->last_year = year > series->last_year ? year : series->last_year;
    }
}

/* Group the storms' peaks at a place by year; years without any storm in the archive are years without data. */
static void
fill_series (const struct job *job, size_t place, struct series *series)
{
  const struct sf_past *past = job->past;
  size_t n = 0, years = 0;
  for (int year = series->first_year; year <= series->last_year; year++)
    {
      bool known = false;
      series->first[years] = n;
      for (size_t s = 0; s < past->storms_count; s++)
        if (past->storms[s].year == year)
          {
            known = true;
            series->peaks_mps[n++] = job->peaks_mps[s * job->places_count + place];
          }
      years += known;
    }
  series->first[years] = n;
  series->peaks = (struct sf_peaks){ .peaks_mps = series->peaks_mps, .first = series->first, .years = years };
}

static enum sf_code
open_series (const struct job *job, struct series *series, struct sf_error *err)
{
  find_years (job->past, series);
  series->peaks_mps = sf_mem_calloc (job->past->storms_count, sizeof *series->peaks_mps);
  series->first = sf_mem_calloc ((size_t) (series->last_year - series->first_year) + 2, sizeof *series->first);
  return series->peaks_mps && series->first ? SF_OK : sf_fail (err, SF_ENOMEM, "out of memory for return periods");
}

/* What a place's row says besides the numbers. */
static void
say_limits (const struct job *job, const struct series *series, const struct sf_pareto *pareto, double period_years,
            struct sf_strbuf *english, struct sf_strbuf *chinese)
{
  const struct sf_settings *settings = job->host->settings;
  double years = (double) series->peaks.years;
  bool few_years = years < (double) sf_settings_int (settings, "least_years");
  bool few_events = pareto->events < (size_t) sf_settings_int (settings, "least_events");
  if (few_years)
    {
      sf_strbuf_add (english, "too few years; ");
      sf_strbuf_add (chinese, "资料年数不足；");
    }
  else if (few_events)
    {
      sf_strbuf_add (english, "too few storms at this place; ");
      sf_strbuf_add (chinese, "该地事件过少；");
    }
  else if (isnan (sf_pareto_wind_mps (pareto, period_years)))
    {
      sf_strbuf_add (english, "below the threshold; ");
      sf_strbuf_add (chinese, "低于阈值；");
    }
  else if (period_years > 2 * years)
    {
      sf_strbuf_add (english, "far beyond the years of data: order of magnitude only; ");
      sf_strbuf_add (chinese, "远超资料年限，仅供量级参考；");
    }
  sf_strbuf_addf (
      english,
      "%.0f years of best tracks between %d and %d; wind of a symmetric vortex along the track, 2-minute mean, "
      "over open sea: no terrain, no land roughness; range: 90 %% of the sample's chance, not the best "
      "track's own errors",
      years, series->first_year, series->last_year);
  sf_strbuf_addf (chinese,
                  "%2$d至%3$d年间%1$.0f年最佳路径；沿路径的参数化风场，2分钟平均，开阔海面，未计地形与下垫面；"
                  "区间为样本抽样的90%%范围，不含最佳路径自身误差",
                  years, series->first_year, series->last_year);
}

/* The winds of all periods at one place. */
struct answer
{
  struct sf_pareto pareto;
  double wind_mps[MOST_PERIODS], low_mps[MOST_PERIODS], high_mps[MOST_PERIODS];
};

static enum sf_code
add_row (const struct job *job, struct sf_table *table, const struct place *place, const struct series *series,
         const struct answer *answer, double period_years, size_t p, struct sf_error *err)
{
  struct sf_strbuf english = { 0 }, chinese = { 0 };
  if (sf_table_add_row (table) < 0)
    return sf_fail (err, SF_ENOMEM, "out of memory for return periods");
  SF_TRY (sf_table_set_text (table, "code", place->code, err));
  SF_TRY (sf_table_set_text (table, "name", place->name, err));
  SF_TRY (sf_table_set_text (table, "name_zh", place->name_zh, err));
  SF_TRY (sf_table_set_double (table, "return_period", period_years, err));
  SF_TRY (sf_table_set_double (table, "wind_speed", answer->wind_mps[p], err));
  SF_TRY (sf_table_set_double (table, "low", answer->low_mps[p], err));
  SF_TRY (sf_table_set_double (table, "high", answer->high_mps[p], err));
  SF_TRY (sf_table_set_int (table, "years", (int64_t) series->peaks.years, err));
  SF_TRY (sf_table_set_int (table, "events", (int64_t) answer->pareto.events, err));
  say_limits (job, series, &answer->pareto, period_years, &english, &chinese);
  enum sf_code code = english.failed || chinese.failed ? sf_fail (err, SF_ENOMEM, "out of memory for limits")
                                                       : sf_table_set_text (table, "limits", english.text, err);
  if (code == SF_OK)
    code = sf_table_set_text (table, "limits_zh", chinese.text, err);
  sf_strbuf_finish (&english);
  sf_strbuf_finish (&chinese);
  return code;
}

static enum sf_code
answer_place (const struct job *job, const struct series *series, const double *periods, size_t count,
              struct answer *answer, struct sf_error *err)
{
  const struct sf_settings *settings = job->host->settings;
  double threshold_mps = sf_settings_double (settings, "threshold"), years = (double) series->peaks.years;
  size_t draws = (size_t) sf_settings_int (settings, "draws"), n = series->first[series->peaks.years];
  double *workspace = sf_mem_calloc (n + sf_peaks_workspace (&series->peaks, count, draws) + 1, sizeof *workspace);
  if (!workspace)
    return sf_fail (err, SF_ENOMEM, "out of memory for return periods");
  answer->pareto = sf_pareto_fit (series->peaks_mps, n, threshold_mps, years, workspace);
  bool enough = years >= (double) sf_settings_int (settings, "least_years")
                && answer->pareto.events >= (size_t) sf_settings_int (settings, "least_events");
  for (size_t p = 0; p < count; p++)
    {
      answer->low_mps[p] = answer->high_mps[p] = (double) NAN;
      answer->wind_mps[p] = enough ? sf_pareto_wind_mps (&answer->pareto, periods[p]) : (double) NAN;
    }
  if (enough)
    sf_peaks_bootstrap (&series->peaks, threshold_mps, periods, count, draws,
                        (uint64_t) sf_settings_int (settings, "seed"), answer->low_mps, answer->high_mps, workspace);
  for (size_t p = 0; p < count; p++)
    if (isnan (answer->wind_mps[p]))
      answer->low_mps[p] = answer->high_mps[p] = (double) NAN;
  sf_mem_free (workspace);
  return SF_OK;
}

static enum sf_code
read_periods (const struct sf_host *host, const double **ret_periods, size_t *ret_count, struct sf_error *err)
{
  *ret_count = sf_settings_doubles (host->settings, "periods", ret_periods);
  for (size_t p = 0; p < *ret_count; p++)
    if (!((*ret_periods)[p] >= 1) || *ret_count > MOST_PERIODS)
      return sf_fail (err, SF_EINVAL, "analogues: periods wants up to %d numbers of years from 1", MOST_PERIODS);
  return SF_OK;
}

static enum sf_code
add_places (const struct job *job, struct sf_table *table, struct sf_error *err)
{
  const double *periods = NULL;
  size_t count = 0;
  struct series series = { 0 };
  SF_TRY (read_periods (job->host, &periods, &count, err));
  enum sf_code code = open_series (job, &series, err);
  for (size_t i = 0; code == SF_OK && i < job->places_count; i++)
    {
      struct answer answer;
      fill_series (job, i, &series);
      code = answer_place (job, &series, periods, count, &answer, err);
      for (size_t p = 0; code == SF_OK && p < count; p++)
        code = add_row (job, table, &job->places[i], &series, &answer, periods[p], p, err);
    }
  finish_series (&series);
  return code;
}

static enum sf_code
fill (struct job *job, const struct sf_stage_io *io, struct sf_table *table, struct sf_error *err)
{
  SF_TRY (open_places (job, io, err));
  if (job->places_count == 0)
    return SF_OK;
  SF_TRY (open_winds (job, err));
  SF_TRY (job->host->parallel (job->host, (int) job->past->storms_count, winds_of_storm, job, err));
  return add_places (job, table, err);
}

enum sf_code
sf_analogues_run_returns (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  const struct sf_dataset *tracks = io->input (io, "past_tracks");
  struct sf_past past = { 0 };
  struct job job = { .host = host, .past = &past };
  struct sf_dataset *dataset = NULL;
  enum sf_code code = tracks ? sf_past_init (&past, tracks->as.tracks, sf_analogues_exposure (host), err) : SF_OK;
  if (code == SF_OK)
    code = sf_dataset_new_table (io->spec (io, "wind_return"), NULL, &dataset, err);
  if (code == SF_OK && past.storms_count == 0)
    sf_host_log (host, SF_LOG_INFO, "no return periods: nobody gives past_tracks");
  else if (code == SF_OK)
    code = fill (&job, io, dataset->as.table, err);
  sf_mem_free (job.places);
  sf_mem_free (job.peaks_mps);
  sf_past_finish (&past);
  return sf_analogues_give (io, "wind_return", dataset, code, err);
}
