/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_ARCHIVE_STAGES_H
#define SF_MODELS_TYPHOON_ARCHIVE_STAGES_H

#include "core/plugin/plugin.h"
#include "models/typhoon/archive/effects.h"
#include "models/typhoon/archive/past.h"
#include "models/typhoon/archive/shore.h"

/* What the stages take alike: the archive as arrays, the island, the effects. Close in any case. */
struct sf_analogues
{
  struct sf_arena arena; /* of the effects */
  struct sf_past past;   /* no storms where nobody gives past_tracks */
  struct sf_home_shore shore;
  struct sf_effects effects;
  double home_lon_deg, home_lat_deg; /* option home */
};

/* Say once when there is no archive. */
enum sf_code sf_analogues_open (struct sf_analogues *analogues, const struct sf_host *host,
                                const struct sf_stage_io *io, struct sf_error *err);
void sf_analogues_close (struct sf_analogues *analogues);

/* Set the columns landfall, landfall_zh, effects, effects_zh and effects_source of the last row for a past storm. */
enum sf_code sf_analogues_set_effects (const struct sf_analogues *analogues, struct sf_table *table,
                                       const struct sf_past_storm *storm, struct sf_error *err);
/* The Chinese name: of the track, else of the table of effects; NULL: neither. */
const char *sf_analogues_name_zh (const struct sf_analogues *analogues, const struct sf_track *track);
/* The track's name; NULL for place-holders such as (nameless). */
const char *sf_analogues_name (const struct sf_track *track);

/* Publish, or drop the dataset after an error. */
enum sf_code sf_analogues_give (const struct sf_stage_io *io, const char *port, struct sf_dataset *dataset,
                                enum sf_code code, struct sf_error *err);
enum sf_wind_exposure sf_analogues_exposure (const struct sf_host *host);

enum sf_code sf_analogues_run_similar (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err);
enum sf_code sf_analogues_run_search (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err);
enum sf_code sf_analogues_run_returns (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err);

#endif
