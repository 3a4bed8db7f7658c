/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_ANSWERS_STAGES_H
#define SF_MODELS_TYPHOON_ANSWERS_STAGES_H

#include "core/plugin/plugin.h"
#include "models/typhoon/answers/rules.h"
#include "models/typhoon/answers/say.h"

/* The rules that the instance names, or those of the share folder. */
enum sf_code sf_answers_rules (const struct sf_host *host, struct sf_answer_rules *ret_rules, struct sf_error *err);
/* The cycle's time. */
int64_t sf_answers_now (const struct sf_stage_io *io);
/* The table of an input, or NULL where nobody made it. */
const struct sf_table *sf_answers_table (const struct sf_stage_io *io, const char *port);
/* storm_tracks, or tracks where no stage matched them; NULL with neither. */
const struct sf_tracks *sf_answers_tracks (const struct sf_stage_io *io);

/* Set two text columns of the last row, NAME and NAME_zh. */
enum sf_code sf_answers_set_said (struct sf_table *table, const char *name, struct sf_said said, struct sf_error *err);
/* Two texts that are there and the same. */
bool sf_answers_is_same (const char *left, const char *right);
/* Whether one of a table's first rows is of a storm. */
bool sf_answers_has_storm (const struct sf_table *table, size_t rows, const char *storm);
enum sf_code sf_answers_add_row (struct sf_table *table, struct sf_error *err);
/* Publish a dataset, or drop it when code is not SF_OK; returns the first failure. */
enum sf_code sf_answers_give (const struct sf_stage_io *io, const char *port, struct sf_dataset *dataset,
                              enum sf_code code, struct sf_error *err);

/* One function a stage; struct sf_stage says what they take and make. */
enum sf_code sf_answers_run_fixes (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err);
enum sf_code sf_answers_run_impact (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err);
enum sf_code sf_answers_run_changes (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err);
enum sf_code sf_answers_run_disagreements (const struct sf_host *host, const struct sf_stage_io *io,
                                           struct sf_error *err);

#endif
