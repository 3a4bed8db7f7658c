/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_AGENCIES_STAGES_H
#define SF_MODELS_TYPHOON_AGENCIES_STAGES_H

#include "core/plugin/plugin.h"
#include "models/typhoon/agencies/consensus.h"

/* Our own forecasts bear this instead of an agency's code. */
#define SF_OWN_AGENCY "SANFANG"
#define SF_OWN_AGENCY_ZH "三防集成"

/* What both stages begin with: the tables and the storms of storm_tracks that agencies forecast. */
struct sf_agencies_job
{
  struct sf_arena arena;
  struct sf_agencies agencies;
  struct sf_past_errors past;
  const struct sf_tracks *tracks;
  int64_t now_s;
  enum sf_wind_exposure exposure;
  size_t storms_count;
  const char **storms; /* ids, in order of the tracks, each once */
};

enum sf_code sf_agencies_open_job (const struct sf_host *host, const struct sf_stage_io *io,
                                   struct sf_agencies_job *job, struct sf_error *err);
void sf_agencies_close_job (struct sf_agencies_job *job);
/* A storm's history and its consensus up to now. */
enum sf_code sf_agencies_replay (struct sf_agencies_job *job, size_t storm, struct sf_storm_history *ret_history,
                                 struct sf_consensus *ret_consensus, struct sf_error *err);

enum sf_code sf_agencies_run_consensus (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err);
enum sf_code sf_agencies_run_verify (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err);

#endif
