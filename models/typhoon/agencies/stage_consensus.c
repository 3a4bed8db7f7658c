/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/time.h"
#include "geodata/sphere.h"
#include "models/typhoon/agencies/stages.h"
#include "models/typhoon/intensity.h"

#include <math.h>
#include <string.h>

enum
{
  HOUR_S = 3600,
  SHOWN_S = 24 * HOUR_S /* forecasts older than that say nothing about tomorrow */
};

/* What is made of all storms. */
struct output
{
  struct sf_dataset *forecasts, *points;
  struct sf_record *fixes;
  size_t fixes_count, fixes_capacity;
};

static enum sf_code
no_memory (struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "out of memory for the consensus");
}

static enum sf_code
set_point (struct sf_table *table, const struct sf_track_point *at, struct sf_error *err)
{
  if (isnan (at->lon_deg))
    return SF_OK;
  SF_TRY (sf_table_set_double (table, "longitude", at->lon_deg, err));
  SF_TRY (sf_table_set_double (table, "latitude", at->lat_deg, err));
  struct sf_geometry *point = sf_geometry_new_point (at->lon_deg, at->lat_deg);
  return point ? sf_table_set_geometry (table, point, err) : no_memory (err);
}

static enum sf_code
begin_row (struct sf_table *table, const struct sf_storm_history *history, int64_t base_s, int64_t time_s,
           struct sf_error *err)
{
  if (sf_table_add_row (table) < 0)
    return no_memory (err);
  SF_TRY (sf_table_set_text (table, "storm", history->storm, err));
  SF_TRY (sf_table_set_text (table, "name", history->name, err));
  SF_TRY (sf_table_set_text (table, "name_zh", history->name_zh, err));
  SF_TRY (sf_table_set_time (table, "issued", base_s, err));
  SF_TRY (sf_table_set_double (table, "lead", (double) (time_s - base_s) / HOUR_S, err));
  return sf_table_set_time (table, "time", time_s, err);
}

/* --- the agencies side by side --- */

static double
minutes_of (const struct sf_agency_forecast *forecast, const struct sf_agency *agency)
{
  double minutes = forecast->point_records[0]->as.track.averaging_min;
  return isnan (minutes) ? agency->averaging_min : minutes;
}

static enum sf_code
add_forecast (const struct sf_agencies_job *job, struct sf_table *table, const struct sf_storm_history *history,
              const struct sf_agency *agency, const struct sf_agency_forecast *forecast,
              const struct sf_consensus_point *point, struct sf_error *err)
{
  struct sf_track_point at;
  if (!sf_forecast_at (forecast, point->time_s, &at))
    return SF_OK;
  double minutes = minutes_of (forecast, agency),
         given = sf_wind_convert_averaging (at.wind_mps, 2, (int) lround (minutes), job->exposure);
  SF_TRY (begin_row (table, history, forecast->base_s, point->time_s, err));
  SF_TRY (set_point (table, &at, err));
  SF_TRY (sf_table_set_text (table, "agency", agency->code, err));
  SF_TRY (sf_table_set_text (table, "agency_zh", agency->name_zh, err));
  SF_TRY (sf_table_set_text (table, "authority", agency->authority, err));
  SF_TRY (sf_table_set_double (table, "wind_speed", at.wind_mps, err));
  SF_TRY (sf_table_set_double (table, "averaging", minutes, err));
  SF_TRY (sf_table_set_double (table, "wind_given", given, err));
  SF_TRY (sf_table_set_double (table, "pressure", at.pressure_hpa, err));
  if (!isnan (at.wind_mps))
    SF_TRY (sf_table_set_text (table, "grade", sf_grade_code (sf_grade_of_wind (at.wind_mps)), err));
  if (isnan (point->at.lon_deg))
    return SF_OK;
  double km = sf_sphere_distance_km (at.lon_deg, at.lat_deg, point->at.lon_deg, point->at.lat_deg);
  return sf_table_set_double (table, "from_consensus", km, err);
}

static enum sf_code
add_forecasts (const struct sf_agencies_job *job, struct sf_table *table, const struct sf_storm_history *history,
               const struct sf_consensus_base *base, struct sf_error *err)
{
  for (size_t a = 0; a < history->agencies_count; a++)
    {
      const struct sf_agency_history *list = &history->agencies[a];
      const struct sf_agency_forecast *newest = NULL;
      for (size_t i = 0; i < list->forecasts_count && list->forecasts[i].base_s <= job->now_s; i++)
        newest = list->forecasts[i].repeat ? newest : &list->forecasts[i];
      if (!newest || job->now_s - newest->base_s > SHOWN_S)
        continue;
      for (int i = 0; i < SF_CONSENSUS_POINTS; i++)
        SF_TRY (add_forecast (job, table, history, list->agency, newest, &base->points[i], err));
    }
  return SF_OK;
}

/* --- the consensus, lead by lead --- */

static enum sf_code
set_agencies (struct sf_table *table, const struct sf_storm_history *history, const struct sf_consensus_point *point,
              struct sf_error *err)
{
  struct sf_strbuf list = { 0 };
  for (size_t a = 0; a < history->agencies_count; a++)
    if (point->weights[a] > 0)
      sf_strbuf_addf (&list, "%s%s %.2f", list.length ? ", " : "", history->agencies[a].agency->code,
                      point->weights[a]);
  enum sf_code code = list.failed ? no_memory (err) : sf_table_set_text (table, "agencies", list.text, err);
  sf_strbuf_finish (&list);
  return code;
}

static enum sf_code
set_method (struct sf_table *table, const struct sf_consensus_base *base, const struct sf_consensus_point *point,
            struct sf_error *err)
{
  struct sf_strbuf words = { 0 };
  if (point->agencies_count < 2)
    sf_strbuf_add (&words, "no consensus: fewer than 2 agencies 不足两家机构，不作集成");
  else if (base->cases > 0)
    sf_strbuf_addf (&words,
                    "误差协方差加权，独立样本%.1f个，惯性%.2f error covariance of %.1f independent cases, inertia %.2f",
                    base->cases, base->inertia, base->cases, base->inertia);
  else
    sf_strbuf_add (&words, "default weights: no history 无历史误差，默认权重");
  enum sf_code code = words.failed ? no_memory (err) : sf_table_set_text (table, "method", words.text, err);
  sf_strbuf_finish (&words);
  return code;
}

static enum sf_code
add_point (struct sf_table *table, const struct sf_storm_history *history, const struct sf_consensus_base *base,
           const struct sf_consensus_point *point, struct sf_error *err)
{
  SF_TRY (begin_row (table, history, base->base_s, point->time_s, err));
  SF_TRY (set_point (table, &point->at, err));
  SF_TRY (sf_table_set_double (table, "wind_speed", point->at.wind_mps, err));
  SF_TRY (sf_table_set_double (table, "pressure", point->at.pressure_hpa, err));
  SF_TRY (set_agencies (table, history, point, err));
  SF_TRY (sf_table_set_int (table, "agencies_count", (int64_t) point->agencies_count, err));
  SF_TRY (sf_table_set_double (table, "spread", point->spread_km, err));
  SF_TRY (sf_table_set_double (table, "error_68", point->error_68_km, err));
  SF_TRY (sf_table_set_double (table, "error_90", point->error_90_km, err));
  return set_method (table, base, point, err);
}

/* --- the consensus as a track --- */

static enum sf_code
add_fix (struct output *out, const struct sf_storm_history *history, int64_t base_s, int64_t time_s,
         const struct sf_track_point *at, struct sf_error *err)
{
  if (sf_mem_grow ((void **) &out->fixes, &out->fixes_capacity, out->fixes_count + 1, sizeof *out->fixes) < 0)
    return no_memory (err);
  struct sf_record *record = &out->fixes[out->fixes_count++];
  sf_record_init (record, SF_RECORD_TRACK);
  record->valid_s = time_s;
  record->quality = SF_QUALITY_COMPLETED_RELIABLE;
  struct sf_fix *fix = &record->as.track;
  fix->storm = history->storm;
  fix->number = history->number;
  fix->name = history->name;
  fix->name_zh = history->name_zh;
  fix->agency = SF_OWN_AGENCY;
  fix->grade = isnan (at->wind_mps) ? NULL : sf_grade_code (sf_grade_of_wind (at->wind_mps));
  fix->base_s = base_s;
  fix->lead_s = time_s - base_s;
  fix->lon_deg = at->lon_deg;
  fix->lat_deg = at->lat_deg;
  fix->wind_mps = at->wind_mps;
  fix->pressure_hpa = at->pressure_hpa;
  fix->averaging_min = 2;
  return SF_OK;
}

/* --- storm by storm --- */

static bool
is_reached (const struct sf_consensus_point *point)
{
  return point->agencies_count > 0;
}

static enum sf_code
add_storm (struct sf_agencies_job *job, size_t storm, struct output *out, struct sf_error *err)
{
  struct sf_storm_history history;
  struct sf_consensus consensus;
  struct sf_track_point start;
  SF_TRY (sf_agencies_replay (job, storm, &history, &consensus, err));
  if (consensus.count == 0 || job->now_s - consensus.bases[consensus.count - 1].base_s > SHOWN_S)
    return SF_OK;
  const struct sf_consensus_base *base = &consensus.bases[consensus.count - 1];
  SF_TRY (add_forecasts (job, out->forecasts->as.table, &history, base, err));
  size_t before = out->fixes_count;
  if (sf_history_truth (&history, base->base_s, base->base_s, &start))
    SF_TRY (add_fix (out, &history, base->base_s, base->base_s, &start, err));
  size_t begun = out->fixes_count;
  for (int i = 0; i < SF_CONSENSUS_POINTS; i++)
    {
      const struct sf_consensus_point *point = &base->points[i];
      if (is_reached (point))
        SF_TRY (add_point (out->points->as.table, &history, base, point, err));
      if (!isnan (point->at.lon_deg))
        SF_TRY (add_fix (out, &history, base->base_s, point->time_s, &point->at, err));
    }
  if (out->fixes_count == begun)
    out->fixes_count = before;
  return SF_OK;
}

static enum sf_code
give (const struct sf_stage_io *io, struct output *out, struct sf_error *err)
{
  struct sf_dataset *tracks = NULL, *given = out->forecasts;
  SF_TRY (sf_dataset_new_tracks (io->spec (io, "consensus_tracks"), NULL, out->fixes, out->fixes_count, &tracks, err));
  SF_TRY (io->output (io, "consensus_tracks", tracks, err));
  out->forecasts = NULL;
  SF_TRY (io->output (io, "agency_forecasts", given, err));
  given = out->points;
  out->points = NULL;
  return io->output (io, "consensus_points", given, err);
}

enum sf_code
sf_agencies_run_consensus (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  struct sf_agencies_job job;
  struct output out = { 0 };
  enum sf_code code = sf_agencies_open_job (host, io, &job, err);
  if (code == SF_OK)
    code = sf_dataset_new_table (io->spec (io, "agency_forecasts"), NULL, &out.forecasts, err);
  if (code == SF_OK)
    code = sf_dataset_new_table (io->spec (io, "consensus_points"), NULL, &out.points, err);
  for (size_t s = 0; code == SF_OK && s < job.storms_count; s++)
    code = add_storm (&job, s, &out, err);
  if (code == SF_OK)
    code = give (io, &out, err);
  sf_dataset_unref (out.forecasts);
  sf_dataset_unref (out.points);
  sf_mem_free (out.fixes);
  sf_agencies_close_job (&job);
  return code;
}
