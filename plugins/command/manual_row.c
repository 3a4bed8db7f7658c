/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/command/manual.h"

#include "core/base/file.h"
#include "core/base/time.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* What was typed: the command line, or a file of rows. */

enum
{
  FILE_LIMIT_BYTES = 16 << 20,
  ROWS_MAX = 100000
};

#define FIELD(key, en, zh)                                                                                             \
  {                                                                                                                    \
    .name = key, .type = SF_OPTION_TEXT, .help_en = en, .help_zh = zh                                                  \
  }

const struct sf_option manual_options[] = {
  { .name = "data",
    .type = SF_OPTION_TEXT,
    .fallback = "sanfang-out",
    .help_en = "data folder, as serve has it",
    .help_zh = "数据文件夹，与 serve 相同" },
  { .name = "feed",
    .type = SF_OPTION_TEXT,
    .required = true,
    .help_en = "the feed it belongs to",
    .help_zh = "所属数据源" },
  { .name = "by", .type = SF_OPTION_TEXT, .required = true, .help_en = "who enters it", .help_zh = "录入人" },
  { .name = "why",
    .type = SF_OPTION_TEXT,
    .required = true,
    .help_en = "why, and where it comes from: \"phone call from the gauge keeper\"",
    .help_zh = "原因与来源，例如“测站电话报汛”" },
  { .name = "file",
    .type = SF_OPTION_PATH,
    .help_en = "many rows: CSV whose first line names the fields; what is missing there is taken from the command line",
    .help_zh = "批量录入：CSV 文件，首行为字段名；缺少的字段取自命令行" },
  { .name = "dry-run",
    .type = SF_OPTION_BOOL,
    .fallback = "false",
    .help_en = "check and show, write nothing",
    .help_zh = "只检查并显示，不写入" },
  { .name = "new-feed",
    .type = SF_OPTION_BOOL,
    .fallback = "false",
    .help_en = "the feed has brought nothing yet: its name is right all the same",
    .help_zh = "该数据源尚无任何报文，但名称无误" },
  FIELD ("time", "valid time with its zone: \"2024-09-06 18:00+08:00\"",
         "数据时间，须带时区：\"2024-09-06 18:00+08:00\""),
  FIELD ("doubt", "why it is doubtful; without it, it is reliable", "可疑的原因；不填则为可靠"),
  FIELD ("asset", "obs: station or other asset", "obs：测站等对象编号"),
  FIELD ("quantity", "obs: name in the vocabulary (sanfang vocabulary)", "obs：要素名（sanfang vocabulary）"),
  FIELD ("value", "obs: number in the quantity's unit, which may stand behind it (\"12.34 m\"), or missing",
         "obs：要素单位的数值，可带单位（\"12.34 m\"），缺测写 missing"),
  FIELD ("period", "obs: span that the value covers, ending at its time: 1h", "obs：统计时段（截止于该时刻），如 1h"),
  FIELD ("mover", "position: ship, vehicle ...", "position：船舶、车辆等编号"),
  FIELD ("id", "event, asset: its number", "event、asset：编号"),
  FIELD ("type", "position, event, asset: kind of thing", "position、event、asset：类型"),
  FIELD ("lon", "longitude in degrees", "经度（度）"),
  FIELD ("lat", "latitude in degrees", "纬度（度）"),
  FIELD ("speed_mps", "position: speed in m/s", "position：航速（米/秒）"),
  FIELD ("course_to_deg", "position: course in degrees", "position：航向（度）"),
  FIELD ("heading_deg", "position: heading in degrees", "position：艏向（度）"),
  FIELD ("status", "position, event: status", "position、event：状态"),
  FIELD ("level", "event: level", "event：级别"),
  FIELD ("headline", "event: headline", "event：标题"),
  FIELD ("area", "event: area in words", "event：区域"),
  FIELD ("begin_time", "event: begin, with its zone", "event：开始时间，须带时区"),
  FIELD ("end_time", "event: end, with its zone", "event：结束时间，须带时区"),
  FIELD ("issued_time", "event: time of issue, with its zone", "event：发布时间，须带时区"),
  FIELD ("name", "asset: name", "asset：英文名称"),
  FIELD ("name_zh", "asset: Chinese name", "asset：中文名称"),
  FIELD ("elevation_m", "asset: elevation in m", "asset：高程（米）"),
  FIELD ("datum", "asset: vertical datum", "asset：高程基准"),
  FIELD ("attributes", "asset: name=value", "asset：属性，名=值"),
  { .name = NULL },
};

/* The fields begin after the options that are about the entry as a whole. */
static const struct sf_option *
first_field (void)
{
  const struct sf_option *option = manual_options;
  while (strcmp (option->name, "time") != 0)
    option++;
  return option;
}

static bool
is_field (const char *name)
{
  for (const struct sf_option *option = first_field (); option->name; option++)
    if (strcmp (option->name, name) == 0)
      return true;
  return false;
}

const char *
manual_text (const struct manual_row *row, const char *name)
{
  for (size_t i = 0; i < row->count; i++)
    if (strcmp (row->fields[i].name, name) == 0)
      return row->fields[i].text;
  return NULL;
}

static enum sf_code
new_row (struct manual *manual, const char *where, struct manual_row **ret_row, struct sf_error *err)
{
  if (manual->rows_count == ROWS_MAX)
    return sf_fail (err, SF_ERANGE, "%s: more than %d rows; split the file", where, (int) ROWS_MAX);
  if (!where
      || sf_mem_grow ((void **) &manual->rows, &manual->rows_capacity, manual->rows_count + 1, sizeof *manual->rows)
             != 0)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  *ret_row = &manual->rows[manual->rows_count++];
  **ret_row = (struct manual_row){ .where = where };
  return SF_OK;
}

static void
add_typed (const struct sf_settings *settings, struct manual_row *row)
{
  for (const struct sf_option *option = first_field (); option->name; option++)
    {
      const char *text = sf_settings_text (settings, option->name);
      if (text && !manual_text (row, option->name))
        row->fields[row->count++] = (struct manual_field){ option->name, text };
    }
}

/* --- a file of rows --- */

enum
{
  COLUMNS_MAX = 40
};

struct table
{
  const char *path;
  const char *names[COLUMNS_MAX];
  size_t columns;
};

static enum sf_code
read_names (struct manual *manual, struct table *table, struct sf_span line, struct sf_error *err)
{
  struct sf_span field;
  while (sf_text_next_field (&line, ',', &field))
    {
      field = sf_span_trim (field);
      char *name = sf_arena_strndup (&manual->arena, field.text, field.length);
      if (!name)
        return sf_fail (err, SF_ENOMEM, "out of memory");
      if (!is_field (name))
        return sf_fail (err, SF_EINVAL, "%s:1: there is no field '%s'; --help names them", table->path, name);
      for (size_t i = 0; i < table->columns; i++)
        if (strcmp (table->names[i], name) == 0)
          return sf_fail (err, SF_EINVAL, "%s:1: field %s stands there twice", table->path, name);
      table->names[table->columns++] = name; /* names differ, so there are no more than fields */
    }
  return SF_OK;
}

static enum sf_code
read_row (struct manual *manual, const struct table *table, long number, struct sf_span line, struct sf_error *err)
{
  struct manual_row *row = NULL;
  struct sf_span field;
  size_t column = 0;
  SF_TRY (new_row (manual, sf_arena_printf (&manual->arena, "%s:%ld", table->path, number), &row, err));
  while (sf_text_next_field (&line, ',', &field))
    {
      field = sf_span_trim (field);
      if (column == table->columns)
        return sf_fail (err, SF_EFORMAT, "%s: more than the %zu fields of the first line", row->where, table->columns);
      const char *name = table->names[column++];
      if (field.length == 0)
        continue;
      char *text = sf_arena_strndup (&manual->arena, field.text, field.length);
      if (!text)
        return sf_fail (err, SF_ENOMEM, "out of memory");
      row->fields[row->count++] = (struct manual_field){ name, text };
    }
  if (column < table->columns)
    return sf_fail (err, SF_EFORMAT, "%s: %zu fields instead of %zu", row->where, column, table->columns);
  add_typed (manual->context->host->settings, row);
  return SF_OK;
}

static enum sf_code
read_table (struct manual *manual, const char *path, struct sf_error *err)
{
  struct table table = { .path = path };
  uint8_t *bytes = NULL;
  char *text = NULL;
  size_t length = 0;
  long number = 0;
  struct sf_span rest, line;
  SF_TRY (sf_file_read (&manual->arena, path, FILE_LIMIT_BYTES, &bytes, &length, err));
  SF_TRY (sf_text_to_utf8 (&manual->arena, bytes, length, "auto", &text, &length, err));
  rest = (struct sf_span){ text, length };
  while (sf_text_next_line (&rest, &line, &number))
    if (sf_span_trim (line).length == 0)
      continue;
    else if (table.columns == 0)
      SF_TRY (read_names (manual, &table, line, err));
    else
      SF_TRY (read_row (manual, &table, number, line, err));
  if (manual->rows_count == 0)
    return sf_fail (err, SF_EFORMAT, "%s: no rows below the line of names", path);
  return SF_OK;
}

/* --- the command line --- */

static enum sf_code
find_kind (const char *word, enum sf_record_kind *ret_kind, struct sf_error *err)
{
  static const char *const words[] = { "obs", "position", "event", "asset" };
  static const enum sf_record_kind kinds[]
      = { SF_RECORD_OBSERVATION, SF_RECORD_POSITION, SF_RECORD_EVENT, SF_RECORD_ASSET };
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
    if (strcmp (word, words[i]) == 0)
      {
        *ret_kind = kinds[i];
        return SF_OK;
      }
  return sf_fail (err, SF_EINVAL, "%s: say obs, position, event or asset", word);
}

/* The kind of record, the feed, who and why must be said. */
static enum sf_code
read_words (struct manual *manual, const struct sf_command_context *context, char **argv, struct sf_error *err)
{
  const struct sf_settings *settings = context->host->settings;
  *manual = (struct manual){ .context = context,
                             .feed = sf_settings_text (settings, "feed"),
                             .who = sf_settings_text (settings, "by"),
                             .why = sf_settings_text (settings, "why"),
                             .now_s = (int64_t) time (NULL) };
  SF_TRY (find_kind (argv[1], &manual->kind, err));
  if (!manual->feed)
    return sf_fail (err, SF_EINVAL, "say --feed: the feed that it belongs to");
  if (!manual->who || sf_span_trim (sf_span_of (manual->who)).length == 0)
    return sf_fail (err, SF_EINVAL, "say --by: who enters it");
  if (!manual->why || sf_span_trim (sf_span_of (manual->why)).length == 0)
    return sf_fail (err, SF_EINVAL, "say --why: where it comes from");
  return SF_OK;
}

enum sf_code
manual_blame (struct manual *manual, enum sf_code code)
{
  manual->wrong_words
      = code != SF_OK && code != SF_ENOMEM && !sf_settings_text (manual->context->host->settings, "file");
  return code;
}

/* Read the command line and the file of rows, if there is one. */
static enum sf_code
begin (struct manual *manual, const struct sf_command_context *context, char **argv, struct sf_error *err)
{
  struct manual_row *row = NULL;
  const char *path = sf_settings_text (context->host->settings, "file");
  enum sf_code code = read_words (manual, context, argv, err);
  manual->wrong_words = code != SF_OK;
  SF_TRY (code);
  if (path)
    return read_table (manual, path, err);
  SF_TRY (new_row (manual, "command line", &row, err));
  add_typed (context->host->settings, row);
  return SF_OK;
}

int
manual_run (const struct sf_command_context *context, char **argv, manual_work work, struct sf_error *err)
{
  struct manual manual = { 0 };
  enum sf_code code = begin (&manual, context, argv, err);
  if (code == SF_OK)
    code = work (&manual, err);
  sf_mem_free (manual.rows);
  sf_strbuf_finish (&manual.records);
  sf_strbuf_finish (&manual.said);
  sf_arena_finish (&manual.arena);
  return code == SF_OK ? 0 : manual.wrong_words ? 2 : 1;
}
