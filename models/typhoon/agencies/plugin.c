/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/time.h"
#include "models/typhoon/agencies/stages.h"

#include <string.h>

static const char *const exposures[] = { "agency", "at-sea", NULL };

static const struct sf_option options[] = {
  { .name = "exposure",
    .type = SF_OPTION_ENUM,
    .fallback = "agency",
    .choices = exposures,
    .help_en = "table that converts averaging times",
    .help_zh = "平均时段换算所用的系数表" },
  { .name = NULL },
};

/* Storms of which an agency forecast something; of the others there is nothing to say here. */
static enum sf_code
list_storms (struct sf_agencies_job *job, struct sf_error *err)
{
  job->storms = sf_arena_calloc (&job->arena, job->tracks->count, sizeof *job->storms);
  if (!job->storms)
    return sf_fail (err, SF_ENOMEM, "out of memory for %zu tracks", job->tracks->count);
  for (size_t t = 0; t < job->tracks->count; t++)
    {
      const struct sf_track *track = &job->tracks->tracks[t];
      const char *storm = track->storm;
      bool known = !storm || track->base_s == SF_TIME_MISSING || track->member;
      for (size_t s = 0; !known && s < job->storms_count; s++)
        known = strcmp (job->storms[s], storm) == 0;
      if (!known)
        job->storms[job->storms_count++] = storm;
    }
  return SF_OK;
}

enum sf_code
sf_agencies_open_job (const struct sf_host *host, const struct sf_stage_io *io, struct sf_agencies_job *job,
                      struct sf_error *err)
{
  *job = (struct sf_agencies_job){ .tracks = io->input (io, "storm_tracks")->as.tracks,
                                   .now_s = sf_table_time (io->input (io, "cycle_time")->as.table, "time", 0),
                                   .exposure = (enum sf_wind_exposure) sf_wind_exposure_find (
                                       sf_settings_text (host->settings, "exposure")) };
  SF_TRY (sf_agencies_load_shared (&job->arena, host->share_folder, &job->agencies, err));
  SF_TRY (sf_past_errors_load_shared (&job->arena, host->share_folder, &job->past, err));
  return list_storms (job, err);
}

void
sf_agencies_close_job (struct sf_agencies_job *job)
{
  sf_arena_finish (&job->arena);
}

enum sf_code
sf_agencies_replay (struct sf_agencies_job *job, size_t storm, struct sf_storm_history *ret_history,
                    struct sf_consensus *ret_consensus, struct sf_error *err)
{
  SF_TRY (sf_history_gather (&job->arena, job->tracks, job->storms[storm], &job->agencies, job->exposure, ret_history,
                             err));
  return sf_consensus_replay (&job->arena, ret_history, &sf_consensus_rule, &job->past, job->now_s, ret_consensus, err);
}

static const char *const files[] = { SF_AGENCIES_STAGE_FILE, SF_PAST_ERRORS_STAGE_FILE, NULL };
static const struct sf_port consensus_ports[]
    = { { SF_NEEDS, "storm_tracks" },     { SF_NEEDS, "cycle_time" },       { SF_MAKES, "agency_forecasts" },
        { SF_MAKES, "consensus_tracks" }, { SF_MAKES, "consensus_points" }, { 0, NULL } };
static const struct sf_port verify_ports[]
    = { { SF_NEEDS, "storm_tracks" }, { SF_NEEDS, "cycle_time" }, { SF_MAKES, "track_errors" }, { 0, NULL } };

static const struct sf_stage stages[] = {
  { .name = "consensus",
    .title_en = "the agencies side by side, and together",
    .title_zh = "多机构预报对照与集成",
    .ports = consensus_ports,
    .files = files,
    .run = sf_agencies_run_consensus },
  { .name = "verify",
    .title_en = "how far off each agency and the consensus were",
    .title_zh = "各机构与集成预报的路径误差检验",
    .ports = verify_ports,
    .files = files,
    .run = sf_agencies_run_verify },
  { .name = NULL },
};

static const struct sf_model model = { .stages = stages };

SF_PLUGIN_EXPORT (agencies) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_MODEL,
  .name = "agencies",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "many agencies' forecasts of one storm: side by side, consensus, verification",
  .summary_zh = "多机构台风预报：对照、集成、检验",
  .options = options,
  .as.model = &model,
};
