/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/file.h"
#include "models/typhoon/answers/stages.h"

#include <stdio.h>
#include <string.h>

enum sf_code
sf_answers_rules (const struct sf_host *host, struct sf_answer_rules *ret_rules, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  const char *named = sf_settings_text (host->settings, "rules");
  const char *path = named ? named : sf_file_join (&arena, host->share_folder, "typhoon/answers.yaml");
  enum sf_code code = path ? sf_answer_rules_load (path, ret_rules, err)
                           : sf_fail (err, SF_ENOMEM, "out of memory for the answers' rules");
  sf_arena_finish (&arena);
  return code;
}

int64_t
sf_answers_now (const struct sf_stage_io *io)
{
  return sf_table_time (io->input (io, "cycle_time")->as.table, "time", 0);
}

const struct sf_table *
sf_answers_table (const struct sf_stage_io *io, const char *port)
{
  const struct sf_dataset *dataset = io->input (io, port);
  return dataset ? dataset->as.table : NULL;
}

const struct sf_tracks *
sf_answers_tracks (const struct sf_stage_io *io)
{
  const struct sf_dataset *matched = io->input (io, "storm_tracks"), *tracks = io->input (io, "tracks");
  if (matched)
    return matched->as.tracks;
  return tracks ? tracks->as.tracks : NULL;
}

bool
sf_answers_is_same (const char *left, const char *right)
{
  return left && right && strcmp (left, right) == 0;
}

bool
sf_answers_has_storm (const struct sf_table *table, size_t rows, const char *storm)
{
  for (size_t i = 0; i < rows; i++)
    if (sf_answers_is_same (sf_table_text (table, "storm", i), storm))
      return true;
  return false;
}

enum sf_code
sf_answers_set_said (struct sf_table *table, const char *name, struct sf_said said, struct sf_error *err)
{
  char name_zh[64];
  SF_TRY (sf_table_set_text (table, name, said.en, err));
  snprintf (name_zh, sizeof name_zh, "%s_zh", name);
  return sf_table_set_text (table, name_zh, said.zh, err);
}

enum sf_code
sf_answers_add_row (struct sf_table *table, struct sf_error *err)
{
  return sf_table_add_row (table) < 0 ? sf_fail (err, SF_ENOMEM, "out of memory for the answers") : SF_OK;
}

enum sf_code
sf_answers_give (const struct sf_stage_io *io, const char *port, struct sf_dataset *dataset, enum sf_code code,
                 struct sf_error *err)
{
  if (code == SF_OK)
    return io->output (io, port, dataset, err);
  sf_dataset_unref (dataset);
  return code;
}
