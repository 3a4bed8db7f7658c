/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/command/query/query.h"

#include "core/base/json.h"
#include "core/base/time.h"
#include "core/cycle/snapshot.h"
#include "core/data/table_json.h"
#include "geodata/cf.h"
#include "geodata/polygon.h"
#include "geodata/sphere.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What one query carries along. Output goes to json when it is wanted, else line by line. */
struct query
{
  const struct sf_command_context *context;
  const struct sf_snapshot *snapshot;
  struct sf_arena arena;
  double lon_deg, lat_deg;
  int64_t time_s; /* SF_TIME_MISSING: the snapshot's clock, however far the nearest step lies */
  struct sf_json writer, *json;
  size_t answers;
};

static const char *
instance_of_file (struct query *query, const char *file)
{
  for (size_t i = 0; i < query->snapshot->datasets_count; i++)
    {
      const struct sf_manifest_dataset *dataset = &query->snapshot->datasets[i];
      if (dataset->file && strcmp (dataset->file, file) == 0)
        return sf_dataset_instance (dataset->name);
    }
  return "";
}

/* --- cubes: one of their steps --- */

static bool
is_step (const struct sf_cf_value *value)
{
  return value->time_s != SF_TIME_MISSING;
}

static size_t
count_steps (const struct sf_cf_value *values, size_t count)
{
  size_t n = 1;
  while (n < count && is_step (&values[n]) && strcmp (values[n].variable, values[0].variable) == 0
         && values[n].time_s > values[n - 1].time_s)
    n++;
  return n;
}

/* The step that answers the query, by the rule of the map service; without value and time where none does. */
static enum sf_code
choose_step (struct query *query, const struct sf_cf_value *steps, size_t n, struct sf_cf_value *ret_value,
             struct sf_error *err)
{
  int64_t *times_s = sf_arena_alloc (&query->arena, n * sizeof *times_s);
  if (!times_s)
    return sf_fail (err, SF_ENOMEM, "out of memory for %zu steps", n);
  for (size_t i = 0; i < n; i++)
    times_s[i] = steps[i].time_s;
  int step = query->time_s == SF_TIME_MISSING ? sf_time_nearest_step (times_s, (int) n, query->snapshot->clock_s)
                                              : sf_time_find_step (times_s, (int) n, query->time_s);
  *ret_value = steps[step < 0 ? 0 : step];
  if (step < 0)
    {
      ret_value->value = NAN;
      ret_value->time_s = SF_TIME_MISSING;
    }
  return SF_OK;
}

static void
put_value (struct query *query, const struct sf_cf_value *value, const char *instance, bool of_cube)
{
  struct sf_json *json = query->json;
  bool is_time = value->reference_s != SF_TIME_MISSING;
  sf_json_begin_object (json);
  sf_json_put_string (json, "dataset", value->variable);
  sf_json_put_string (json, "grid", instance);
  sf_json_put_string (json, "title_en", value->title_en);
  sf_json_put_string (json, "title_zh", value->title_zh);
  if (value->band)
    sf_json_put_double (json, value->band, value->band_value);
  sf_json_put_double (json, "value", value->value);
  sf_json_put_string (json, "unit", value->unit);
  if (of_cube)
    sf_json_put_time (json, "valid_time", value->time_s);
  if (is_time)
    sf_json_put_time (json, "time",
                      isnan (value->value) ? SF_TIME_MISSING
                                           : value->reference_s + (int64_t) llround (3600 * value->value));
  sf_json_end_object (json);
}

static void
print_value (struct query *query, const struct sf_cf_value *value, const char *instance, bool of_cube)
{
  const struct sf_command_context *context = query->context;
  char time[SF_TIME_TEXT_BYTES], band[32] = "";
  if (value->band)
    snprintf (band, sizeof band, " %g", value->band_value);
  context->print (context, "  %s%s%s%s", context->zh ? value->title_zh : value->title_en, band, *instance ? " @" : "",
                  instance);
  if (is_step (value))
    context->print (context, context->zh ? "，%s" : ", %s", sf_time_format_beijing (time, value->time_s));
  context->print (context, ": ");
  if (of_cube && !is_step (value))
    context->print (context, "%s\n", context->zh ? "该时刻无图" : "no step at that time");
  else if (isnan (value->value))
    context->print (context, "%s\n", context->zh ? "无" : "none");
  else if (value->reference_s != SF_TIME_MISSING)
    context->print (context, "%s\n",
                    sf_time_format_beijing (time, value->reference_s + (int64_t) llround (3600 * value->value)));
  else
    context->print (context, "%.2f %s\n", value->value, strcmp (value->unit, "1") == 0 ? "" : value->unit);
}

static void
answer_value (struct query *query, const struct sf_cf_value *value, const char *instance, bool of_cube)
{
  if (query->json)
    put_value (query, value, instance, of_cube);
  else
    print_value (query, value, instance, of_cube);
  query->answers++;
}

static enum sf_code
sample_file (struct query *query, const char *file, struct sf_error *err)
{
  struct sf_cf_value *values = NULL;
  size_t count = 0;
  struct sf_error why = { 0 };
  char *path = sf_file_join (&query->arena, query->snapshot->folder, file);
  if (!path)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  enum sf_code code = sf_cf_sample (&query->arena, path, query->lon_deg, query->lat_deg, &values, &count, &why);
  if (code == SF_ERANGE)
    return SF_OK;
  if (code != SF_OK)
    return sf_fail (err, code, "%s", why.message);
  const char *instance = instance_of_file (query, file);
  for (size_t i = 0, n = 1; i < count; i += n)
    {
      bool of_cube = is_step (&values[i]);
      struct sf_cf_value value = values[i];
      n = of_cube ? count_steps (values + i, count - i) : 1;
      if (of_cube)
        SF_TRY (choose_step (query, values + i, n, &value, err));
      answer_value (query, &value, instance, of_cube);
    }
  return SF_OK;
}

/* Every file of grids or cubes once: datasets of one grid share a file. */
static enum sf_code
sample_grids (struct query *query, struct sf_error *err)
{
  const struct sf_snapshot *snapshot = query->snapshot;
  for (size_t i = 0; i < snapshot->datasets_count; i++)
    {
      const struct sf_manifest_dataset *dataset = &snapshot->datasets[i];
      bool field = strcmp (dataset->kind, "grid") == 0 || strcmp (dataset->kind, "cube") == 0;
      bool seen = !dataset->file || !field;
      for (size_t j = 0; j < i && !seen; j++)
        seen = snapshot->datasets[j].file && strcmp (snapshot->datasets[j].file, dataset->file) == 0;
      if (!seen)
        SF_TRY (sample_file (query, dataset->file, err));
    }
  return SF_OK;
}

static void
put_row (struct query *query, const struct sf_dataset *dataset, size_t row)
{
  struct sf_json *json = query->json;
  sf_json_begin_object (json);
  sf_json_put_string (json, "dataset", dataset->name);
  sf_json_put_string (json, "title_en", dataset->spec->title_en);
  sf_json_put_string (json, "title_zh", dataset->spec->title_zh);
  sf_table_put_row (json, dataset->as.table, row);
  sf_json_end_object (json);
}

static void
print_row (struct query *query, const struct sf_dataset *dataset, size_t row)
{
  const struct sf_command_context *context = query->context;
  const struct sf_table *table = dataset->as.table;
  const char *separator = "", *instance = sf_dataset_instance (dataset->name);
  context->print (context, "  %s%s%s: ", context->zh ? dataset->spec->title_zh : dataset->spec->title_en,
                  *instance ? " @" : "", instance);
  for (size_t c = 0; c < table->columns_count; c++)
    {
      const struct sf_column *column = &table->columns[c];
      if (column->spec->quantity->type == SF_COLUMN_TEXT && column->as.texts[row])
        context->print (context, "%s%s", separator, column->as.texts[row]);
      else if (column->spec->quantity->type == SF_COLUMN_DOUBLE && !isnan (column->as.doubles[row]))
        context->print (context, "%s%s %g", separator, context->zh ? column->spec->title_zh : column->spec->title_en,
                        column->as.doubles[row]);
      else
        continue;
      separator = ", ";
    }
  context->print (context, "\n");
}

/* The features of a polygon dataset that hold the point. */
static enum sf_code
locate_features (struct query *query, const struct sf_dataset *dataset, struct sf_error *err)
{
  const struct sf_table *table = dataset->as.table;
  double lon_deg = sf_sphere_wrap_lon_deg (query->lon_deg);
  for (size_t row = 0; row < table->rows; row++)
    {
      struct sf_polygon_index *index = NULL;
      const struct sf_geometry *one = table->geometries[row];
      double x0, y0, x1, y1;
      if (!one || !sf_geometry_bounds (one, &x0, &y0, &x1, &y1) || lon_deg < x0 || lon_deg > x1 || query->lat_deg < y0
          || query->lat_deg > y1)
        continue;
      SF_TRY (sf_polygon_index_new (&one, 1, SF_RINGS_ALL, &index, err));
      bool holds = sf_polygon_locate (index, lon_deg, query->lat_deg, NULL) != SF_SIDE_OUT;
      sf_polygon_index_free (index);
      if (!holds)
        continue;
      if (query->json)
        put_row (query, dataset, row);
      else
        print_row (query, dataset, row);
      query->answers++;
    }
  return SF_OK;
}

static enum sf_code
locate_all (struct query *query, struct sf_error *err)
{
  const struct sf_snapshot *snapshot = query->snapshot;
  for (size_t i = 0; i < snapshot->datasets_count; i++)
    {
      const struct sf_dataset_spec *spec
          = sf_vocabulary_dataset (query->context->host->vocabulary, snapshot->datasets[i].name);
      struct sf_dataset *dataset = NULL;
      if (!spec || spec->kind != SF_DATASET_FEATURES || !spec->geometry || strcmp (spec->geometry, "polygon") != 0
          || !snapshot->datasets[i].file)
        continue;
      SF_TRY (sf_snapshot_load (snapshot, query->context->plugins, snapshot->datasets[i].name, &dataset, err));
      enum sf_code code = locate_features (query, dataset, err);
      sf_dataset_unref (dataset);
      SF_TRY (code);
    }
  return SF_OK;
}

static void
print_head (struct query *query)
{
  const struct sf_command_context *context = query->context;
  const struct sf_snapshot *snapshot = query->snapshot;
  char clock[SF_TIME_TEXT_BYTES];
  context->print (
      context, context->zh ? "%.4f°E %.4f°N，%s，快照时刻 %s，%s%s\n" : "%.4f E %.4f N, %s, snapshot of %s, %s%s\n",
      query->lon_deg, query->lat_deg, context->zh ? snapshot->title_zh : snapshot->title_en,
      sf_time_format_beijing (clock, snapshot->clock_s), sf_authority_name (snapshot->authority, context->zh),
      snapshot->simulated ? (context->zh ? "，模拟" : ", simulated") : "");
}

static void
put_head (struct query *query)
{
  struct sf_json *json = query->json;
  const struct sf_snapshot *snapshot = query->snapshot;
  sf_json_begin_object (json);
  sf_json_put_double (json, "lon", query->lon_deg);
  sf_json_put_double (json, "lat", query->lat_deg);
  sf_json_put_string (json, "snapshot", snapshot->id);
  sf_json_put_string (json, "scenario", snapshot->scenario);
  sf_json_put_time (json, "clock", snapshot->clock_s);
  sf_json_put_string (json, "authority", sf_authority_name (snapshot->authority, 0));
  sf_json_put_bool (json, "simulated", snapshot->simulated);
  sf_json_key (json, "layers");
  sf_json_begin_array (json);
}

static enum sf_code
parse_degrees (const char *text, const char *what, double limit, double *ret_deg, struct sf_error *err)
{
  double value;
  if (!sf_text_parse_double (sf_span_of (text), &value) || fabs (value) > limit)
    return sf_fail (err, SF_EINVAL, "%s must be a number of degrees from %g to %g, got '%s'", what, -limit, limit,
                    text);
  *ret_deg = value;
  return SF_OK;
}

static enum sf_code
answer (struct query *query, struct sf_error *err)
{
  struct sf_strbuf buf = { 0 };
  if (sf_settings_bool (query->context->host->settings, "json"))
    {
      query->writer = (struct sf_json){ .out = &buf, .indent = 2 };
      query->json = &query->writer;
    }
  if (query->json)
    put_head (query);
  else
    print_head (query);
  enum sf_code code = sample_grids (query, err);
  if (code == SF_OK)
    code = locate_all (query, err);
  if (query->json && code == SF_OK)
    {
      sf_json_end_array (query->json);
      sf_json_end_object (query->json);
      code = buf.failed ? sf_fail (err, SF_ENOMEM, "out of memory") : SF_OK;
      if (code == SF_OK)
        query->context->print (query->context, "%s\n", buf.text);
    }
  else if (code == SF_OK && query->answers == 0)
    query->context->print (query->context,
                           query->context->zh ? "  该点不在任何图层内\n" : "  no layer covers this point\n");
  sf_strbuf_finish (&buf);
  return code;
}

int
query_run_point (const struct sf_command_context *context, int argc, char **argv, struct sf_error *err)
{
  struct query query = { .context = context };
  struct sf_snapshot *snapshot = NULL;
  if (argc != 4)
    {
      sf_fail (err, SF_EINVAL, "usage: sanfang query point LON LAT");
      return 2;
    }
  if (parse_degrees (argv[2], "LON", 360, &query.lon_deg, err) != SF_OK
      || parse_degrees (argv[3], "LAT", 90, &query.lat_deg, err) != SF_OK)
    return 2;
  enum sf_code code = sf_snapshot_open (sf_settings_text (context->host->settings, "output"),
                                        sf_settings_text (context->host->settings, "snapshot"), &snapshot, err);
  query.snapshot = snapshot;
  query.time_s = sf_settings_int (context->host->settings, "time");
  if (code == SF_OK)
    code = answer (&query, err);
  sf_arena_finish (&query.arena);
  sf_snapshot_close (snapshot);
  return code == SF_OK ? 0 : 1;
}
