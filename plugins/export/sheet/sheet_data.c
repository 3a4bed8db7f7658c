/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/time.h"
#include "core/data/table_json.h"
#include "plugins/export/sheet/sheet.h"

#include <math.h>
#include <string.h>

/* --- CSV: RFC 4180 in UTF-8 with a byte order mark, without which Excel reads Chinese as GBK --- */

/* What a spreadsheet takes for a formula; a dash alone and a negative amount are none. */
static bool
is_formula (const char *text)
{
  bool amount = text[0] == '-' && (!text[1] || (text[1] >= '0' && text[1] <= '9' && !strpbrk (text, "|!(+*")));
  return text[0] && strchr ("=+-@\t\r", text[0]) && !amount;
}

/* A text in quotes. An apostrophe keeps what looks like a formula a text. */
static void
put_csv_text (struct sf_strbuf *out, const char *text)
{
  if (!text)
    return;
  sf_strbuf_add (out, is_formula (text) ? "\"'" : "\"");
  for (; *text; text++)
    if (*text == '"')
      sf_strbuf_add (out, "\"\"");
    else
      sf_strbuf_add_bytes (out, text, 1);
  sf_strbuf_add (out, "\"");
}

static void
put_csv_time (struct sf_strbuf *out, int64_t time_s)
{
  if (time_s == SF_TIME_MISSING)
    return;
  struct sf_civil c = sf_time_to_civil (time_s, SF_BEIJING_OFFSET_S);
  sf_strbuf_addf (out, "%04d-%02d-%02dT%02d:%02d:%02d+08:00", c.year, c.month, c.day, c.hour, c.minute, c.second);
}

static void
put_csv_cell (struct sf_strbuf *out, const struct sf_column *column, size_t row)
{
  switch (column->spec->quantity->type)
    {
    case SF_COLUMN_TEXT:
      put_csv_text (out, column->as.texts[row]);
      break;
    case SF_COLUMN_TIME:
      put_csv_time (out, column->as.ints[row]);
      break;
    case SF_COLUMN_DOUBLE:
      if (isfinite (column->as.doubles[row]))
        sf_strbuf_add_double (out, column->as.doubles[row]);
      break;
    case SF_COLUMN_INT:
      if (column->as.ints[row] != INT64_MIN)
        sf_strbuf_addf (out, "%lld", (long long) column->as.ints[row]);
      break;
    }
}

/* Every row ends with who says it and whether it is simulated: rows are copied without their heading. */
static void
put_csv (struct sf_strbuf *out, const struct sf_dataset *dataset)
{
  const struct sf_table *table = dataset->as.table;
  sf_strbuf_add (out, "\xEF\xBB\xBF");
  for (size_t c = 0; c < table->columns_count; c++)
    sf_strbuf_addf (out, "%s,", table->columns[c].spec->name);
  sf_strbuf_add (out, "product_authority,simulated\r\n");
  for (size_t row = 0; row < table->rows; row++)
    {
      for (size_t c = 0; c < table->columns_count; c++)
        {
          put_csv_cell (out, &table->columns[c], row);
          sf_strbuf_add (out, ",");
        }
      sf_strbuf_addf (out, "%s,%d\r\n", sf_authority_name (dataset->authority, 0), dataset->simulated);
    }
}

/* --- JSON: one object --- */

static void
put_json_column (struct sf_json *json, const struct sf_column_spec *spec)
{
  sf_json_begin_object (json);
  sf_json_put_string (json, "name", spec->name);
  sf_json_put_string (json, "unit", spec->quantity->unit);
  sf_json_put_string (json, "title_en", spec->title_en);
  sf_json_put_string (json, "title_zh", spec->title_zh);
  sf_json_end_object (json);
}

static void
put_json (struct sf_strbuf *out, const struct sf_dataset *dataset, const struct sf_export *job, int64_t as_of_s)
{
  const struct sf_table *table = dataset->as.table;
  struct sf_json json = { .out = out, .indent = 0 };
  sf_json_begin_object (&json);
  sf_json_put_string (&json, "dataset", dataset->name);
  sf_json_put_string (&json, "title_en", dataset->spec->title_en);
  sf_json_put_string (&json, "title_zh", dataset->spec->title_zh);
  sf_json_put_string (&json, "authority", sf_authority_name (dataset->authority, 0));
  sf_json_put_string (&json, "authority_zh", sf_authority_name (dataset->authority, 1));
  sf_json_put_bool (&json, "simulated", dataset->simulated);
  sf_json_put_string (&json, "scenario", job->scenario);
  sf_json_put_time (&json, "as_of", as_of_s);
  sf_json_key (&json, "columns");
  sf_json_begin_array (&json);
  for (size_t c = 0; c < table->columns_count; c++)
    put_json_column (&json, table->columns[c].spec);
  sf_json_end_array (&json);
  sf_json_key (&json, "rows");
  sf_json_begin_array (&json);
  for (size_t row = 0; row < table->rows; row++)
    {
      sf_json_begin_object (&json);
      sf_table_put_row (&json, table, row);
      sf_json_end_object (&json);
    }
  sf_json_end_array (&json);
  sf_json_end_object (&json);
  sf_strbuf_add (out, "\n");
}

/* --- files --- */

static bool
is_asked (const struct sf_host *host, const char *format)
{
  const char *const *formats;
  size_t count = sf_settings_texts (host->settings, "data", &formats);
  for (size_t i = 0; i < count; i++)
    if (strcmp (formats[i], format) == 0)
      return true;
  return false;
}

static bool
is_table (const struct sf_dataset *dataset)
{
  return dataset->spec->kind == SF_DATASET_TABLE || dataset->spec->kind == SF_DATASET_FEATURES;
}

enum sf_code
sf_sheet_write_data (const struct sf_host *host, const struct sf_export *job, struct sf_error *err)
{
  struct sf_strbuf out = { 0 };
  bool csv = is_asked (host, "csv"), json = is_asked (host, "json");
  enum sf_code code = SF_OK;
  for (size_t i = 0; code == SF_OK && i < job->datasets_count; i++)
    {
      const struct sf_dataset *dataset = job->datasets[i];
      if (!is_table (dataset))
        continue;
      sf_strbuf_reset (&out);
      put_csv (&out, dataset);
      if (csv)
        code = sf_page_write (job, dataset->name, dataset->authority, dataset->simulated, ".csv", "text/csv", &out,
                              dataset->name, err);
      sf_strbuf_reset (&out);
      put_json (&out, dataset, job, host->clock_s);
      if (json && code == SF_OK)
        code = sf_page_write (job, dataset->name, dataset->authority, dataset->simulated, ".json", "application/json",
                              &out, dataset->name, err);
    }
  sf_strbuf_finish (&out);
  return code;
}
