/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/command/manual.h"

#include "core/base/time.h"
#include "core/plugin/plugin.h"

/* sanfang enter: what comes by phone or fax when lines are down. */

static enum sf_code
enter_row (struct manual *manual, const struct manual_row *row, struct sf_error *err)
{
  struct sf_record record;
  sf_record_init (&record, manual->kind);
  SF_TRY (manual_set (manual, row, &record, err));
  record.feed = manual->feed;
  record.received_s = manual->now_s;
  if (record.valid_s == SF_TIME_MISSING && (record.kind == SF_RECORD_ASSET || record.kind == SF_RECORD_EVENT))
    record.valid_s = manual->now_s;
  if (record.doubt && record.quality == SF_QUALITY_ORIGINAL_RELIABLE)
    record.quality = SF_QUALITY_ORIGINAL_DOUBTFUL;
  return manual_add (manual, row, &record, err);
}

static enum sf_code
enter (struct manual *manual, struct sf_error *err)
{
  for (size_t i = 0; i < manual->rows_count; i++)
    SF_TRY (enter_row (manual, &manual->rows[i], err));
  return manual_send (manual, err);
}

static int
run (const struct sf_command_context *context, int argc, char **argv, struct sf_error *err)
{
  (void) argc;
  return manual_run (context, argv, enter, err);
}

static const struct sf_command command = {
  .usage = "enter obs|position|event|asset --feed FEED --by WHO --why WHY [--FIELD TEXT]... [--file rows.csv]",
  .more_en
  = "Enters what came by phone, fax or paper, as a message of its feed: kept, decoded, checked and stored like any\n"
    "other, with who, when and why. Nothing is written unless every row is right.\n\n"
    "  sanfang enter obs --feed water_levels --asset 60102300 --quantity water_level --value 12.34 \\\n"
    "      --time \"2024-09-06 18:00+08:00\" --by Wang --why \"phone call from the gauge keeper\"\n"
    "  sanfang enter position --feed ships --mover 413000001 --lon 110.35 --lat 20.02 \\\n"
    "      --time \"2024-09-06 18:00+08:00\" --by Li --why \"radio\"\n"
    "  sanfang enter obs --feed water_levels --quantity water_level --file fax.csv --by Wang --why fax\n"
    "with fax.csv: a first line asset,value,time and a line for each row.",
  .more_zh = "录入电话、传真或纸面上报的数据，作为所属数据源的一条报文：与其他报文一样保存、解码、检查、入库，\n"
             "并记下何人、何时、为何录入。只要有一行不对，就全部不写入。\n\n"
             "  sanfang enter obs --feed water_levels --asset 60102300 --quantity water_level --value 12.34 \\\n"
             "      --time \"2024-09-06 18:00+08:00\" --by 王 --why 测站电话报汛\n"
             "  sanfang enter position --feed ships --mover 413000001 --lon 110.35 --lat 20.02 \\\n"
             "      --time \"2024-09-06 18:00+08:00\" --by 李 --why 电台\n"
             "  sanfang enter obs --feed water_levels --quantity water_level --file fax.csv --by 王 --why 传真\n"
             "fax.csv 首行为 asset,value,time，其后每行一条。",
  .words_min = 1,
  .words_max = 1,
  .run = run,
};

SF_PLUGIN_EXPORT (enter) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_COMMAND,
  .name = "enter",
  .version = "1.0",
  .licence = "Apache-2.0",
  .summary_en = "enter observations, positions, events and assets by hand",
  .summary_zh = "人工录入观测、位置、事件和对象",
  .options = manual_options,
  .as.command = &command,
};
