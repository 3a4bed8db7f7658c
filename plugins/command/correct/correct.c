/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/command/manual.h"

#include "core/base/time.h"
#include "core/plugin/plugin.h"
#include "core/store/store.h"

#include <string.h>

/* sanfang correct: a new revision above what the store holds. */

/* The row that holds, of what is to be corrected. */
struct present
{
  struct sf_arena *arena;
  int64_t period_s; /* of an observation */
  bool found;
  struct sf_record record;
};

static enum sf_code
take_row (void *ctx, const struct sf_store_row *row, struct sf_error *err)
{
  struct present *present = ctx;
  if (!row->holds)
    return SF_OK;
  if (row->record->kind == SF_RECORD_OBSERVATION && row->record->as.observation.period_s != present->period_s)
    return SF_OK;
  present->found = true;
  return sf_record_copy (present->arena, row->record, &present->record, err);
}

static const char *
subject_field (enum sf_record_kind kind)
{
  return kind == SF_RECORD_OBSERVATION ? "asset" : kind == SF_RECORD_POSITION ? "mover" : "id";
}

static bool
is_timed (enum sf_record_kind kind)
{
  return kind == SF_RECORD_OBSERVATION || kind == SF_RECORD_POSITION;
}

/* What was typed, which must say what it is about. */
static enum sf_code
read_typed (struct manual *manual, const struct manual_row *row, struct sf_record *typed, struct sf_error *err)
{
  sf_record_init (typed, manual->kind);
  SF_TRY (manual_set (manual, row, typed, err));
  if (!manual_text (row, subject_field (manual->kind)))
    return manual_blame (manual, sf_fail (err, SF_EINVAL, "%s: say --%s", row->where, subject_field (manual->kind)));
  if (is_timed (manual->kind) && typed->valid_s == SF_TIME_MISSING)
    return manual_blame (manual, sf_fail (err, SF_EINVAL, "%s: say --time", row->where));
  return SF_OK;
}

/* Events and assets are corrected as they are now, numbers at their time. */
static enum sf_code
look_up (struct manual *manual, struct sf_store *store, const struct manual_row *row, const struct sf_record *typed,
         struct present *present, struct sf_error *err)
{
  struct sf_store_query query;
  const char *subject = manual_text (row, subject_field (manual->kind));
  bool timed = is_timed (manual->kind);
  char time[SF_TIME_TEXT_BYTES];
  sf_store_query_init (&query, manual->kind);
  query.feeds = &manual->feed;
  query.feeds_count = 1;
  query.subjects = &subject;
  query.subjects_count = 1;
  query.latest = !timed;
  if (timed)
    query.from_s = query.to_s = typed->valid_s;
  if (manual->kind == SF_RECORD_OBSERVATION)
    query.quantity = typed->as.observation.quantity;
  SF_TRY (sf_store_read (store, &query, take_row, present, err));
  if (!present->found)
    return sf_fail (err, SF_ENOTFOUND,
                    "%s: the store has no %s of feed %s about %s %s%s%s: sanfang enter takes new ones", row->where,
                    sf_record_kind_name (manual->kind, 0), manual->feed, subject, query.quantity ? query.quantity : "",
                    timed ? " at " : "", timed ? sf_time_format_beijing (time, typed->valid_s) : "");
  return SF_OK;
}

static enum sf_code
correct_row (struct manual *manual, struct sf_store *store, const struct manual_row *row, struct sf_error *err)
{
  struct sf_record typed;
  struct present present = { .arena = &manual->arena };
  SF_TRY (read_typed (manual, row, &typed, err));
  if (typed.kind == SF_RECORD_OBSERVATION)
    present.period_s = typed.as.observation.period_s;
  SF_TRY (look_up (manual, store, row, &typed, &present, err));
  struct sf_record *record = &present.record;
  if (record->kind == SF_RECORD_EVENT && record->as.event.geometry)
    return sf_fail (err, SF_EUNSUPPORTED,
                    "%s: event %s has a shape, which cannot be typed; correct it where it comes from", row->where,
                    record->as.event.id);
  record->quality = SF_QUALITY_CORRECTED_RELIABLE;
  record->doubt = NULL;
  SF_TRY (manual_set (manual, row, record, err));
  if (record->doubt && record->quality != SF_QUALITY_MISSING)
    record->quality = SF_QUALITY_CORRECTED_DOUBTFUL;
  record->revision++;
  record->received_s = manual->now_s;
  return manual_add (manual, row, record, err);
}

static enum sf_code
correct (struct manual *manual, struct sf_error *err)
{
  struct sf_store *store = NULL;
  struct sf_record typed;
  enum sf_code code = SF_OK;
  for (size_t i = 0; i < manual->rows_count; i++)
    SF_TRY (read_typed (manual, &manual->rows[i], &typed, err));
  SF_TRY (sf_store_open (sf_settings_text (manual->context->host->settings, "data"), SF_STORE_READ, &store, err));
  for (size_t i = 0; code == SF_OK && i < manual->rows_count; i++)
    code = correct_row (manual, store, &manual->rows[i], err);
  sf_store_close (store);
  return code == SF_OK ? manual_send (manual, err) : code;
}

static int
run (const struct sf_command_context *context, int argc, char **argv, struct sf_error *err)
{
  (void) argc;
  return manual_run (context, argv, correct, err);
}

static const struct sf_command command = {
  .usage = "correct obs|position|event|asset --feed FEED --by WHO --why WHY [--FIELD TEXT]... [--file rows.csv]",
  .more_en
  = "Looks the present row up and enters a new revision above it, marked as corrected; the former one stays to be\n"
    "seen. Only what is said changes. --value missing withdraws a number; --doubt says why the new one is doubtful.\n\n"
    "  sanfang correct obs --feed water_levels --asset 60102300 --quantity water_level --value 12.43 \\\n"
    "      --time \"2024-09-06 18:00+08:00\" --by Wang --why \"digits swapped, keeper asked again\"",
  .more_zh = "查出现有数据，在其上录入一个新修订版，标记为“订正”；原值保留可查。只改动所给的字段。\n"
             "--value missing 撤销数值；--doubt 说明新值可疑的原因。\n\n"
             "  sanfang correct obs --feed water_levels --asset 60102300 --quantity water_level --value 12.43 \\\n"
             "      --time \"2024-09-06 18:00+08:00\" --by 王 --why 数字颠倒，已向测站核实",
  .words_min = 1,
  .words_max = 1,
  .run = run,
};

SF_PLUGIN_EXPORT (correct) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_COMMAND,
  .name = "correct",
  .version = "1.0",
  .licence = "Apache-2.0",
  .summary_en = "correct a stored row by a new revision, with who and why",
  .summary_zh = "以新修订版订正已入库的数据，记下何人、为何",
  .options = manual_options,
  .as.command = &command,
};
