/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/command/query/query.h"

#include "core/base/json.h"
#include "core/base/time.h"

#include <math.h>
#include <string.h>

/* Rows for programs: CSV, JSON lines and GeoJSON, times in UTC. */

static const void *
at (const struct sf_record *record, const struct sf_member *member)
{
  return (const char *) record + member->offset;
}

static enum sf_code
print_line (struct query_output *output, struct sf_error *err)
{
  if (output->line.failed)
    return sf_fail (err, SF_ENOMEM, "no memory for a line");
  output->context->print (output->context, "%s\n", output->line.text);
  sf_strbuf_reset (&output->line);
  return SF_OK;
}

/* --- CSV --- */

static void
add_csv_text (struct sf_strbuf *line, const char *text)
{
  sf_strbuf_add (line, ",");
  if (!text)
    return;
  if (*text && !strpbrk (text, ",\"\r\n"))
    {
      sf_strbuf_add (line, text);
      return;
    }
  sf_strbuf_add (line, "\"");
  for (const char *c = text; *c; c++)
    sf_strbuf_add_bytes (line, *c == '"' ? "\"\"" : c, *c == '"' ? 2 : 1);
  sf_strbuf_add (line, "\"");
}

static void
add_csv_time (struct sf_strbuf *line, int64_t time_s)
{
  char text[SF_TIME_TEXT_BYTES];
  add_csv_text (line, time_s == SF_TIME_MISSING ? NULL : sf_time_format_utc (text, time_s));
}

static void
add_csv_number (struct sf_strbuf *line, double value)
{
  sf_strbuf_add (line, ",");
  if (!isnan (value))
    sf_strbuf_add_double (line, value);
}

static void
add_csv_title (struct sf_strbuf *line, const struct sf_member *member)
{
  bool time = member->type == SF_MEMBER_TIME;
  if (member->type == SF_MEMBER_GEOMETRY)
    return;
  if (member->type == SF_MEMBER_GRID)
    sf_strbuf_add (line, ",nx,ny,crs,file");
  else
    for (int i = 0; i < member->count; i++)
      {
        sf_strbuf_addf (line, ",%s", member->name);
        if (member->count > 1)
          sf_strbuf_addf (line, "_%d", i + 1);
        if (time || member->unit)
          sf_strbuf_addf (line, " [%s]", time ? "UTC" : member->unit);
      }
}

static void
add_csv_member (struct sf_strbuf *line, const struct sf_store_row *row, const struct sf_member *member)
{
  const struct sf_record *record = row->record;
  switch (member->type)
    {
    case SF_MEMBER_TEXT:
      add_csv_text (line, *(const char *const *) at (record, member));
      break;
    case SF_MEMBER_DOUBLE:
    case SF_MEMBER_DOUBLES:
      for (int i = 0; i < member->count; i++)
        add_csv_number (line, ((const double *) at (record, member))[i]);
      break;
    case SF_MEMBER_INT:
      sf_strbuf_addf (line, ",%lld", (long long) *(const int64_t *) at (record, member));
      break;
    case SF_MEMBER_TIME:
      add_csv_time (line, *(const int64_t *) at (record, member));
      break;
    case SF_MEMBER_GEOMETRY:
      break;
    case SF_MEMBER_GRID:
      sf_strbuf_addf (line, ",%d,%d", record->as.field.grid.nx, record->as.field.grid.ny);
      add_csv_text (line, record->as.field.grid.crs);
      add_csv_text (line, row->file);
      break;
    }
}

static bool
has_unit (enum sf_record_kind kind)
{
  return kind == SF_RECORD_OBSERVATION || kind == SF_RECORD_FIELD;
}

static const char *
quantity_of (const struct sf_record *record)
{
  return record->kind == SF_RECORD_OBSERVATION ? record->as.observation.quantity
         : record->kind == SF_RECORD_FIELD     ? record->as.field.quantity
                                               : NULL;
}

static enum sf_code
begin_csv (struct query_output *output, struct sf_error *err)
{
  struct sf_strbuf *line = &output->line;
  sf_strbuf_add (line, "time [UTC],feed");
  for (const struct sf_member *member = sf_record_members (output->kind); member->name; member++)
    add_csv_title (line, member);
  if (has_unit (output->kind))
    sf_strbuf_add (line, ",unit");
  sf_strbuf_add (line, ",quality [0-9],quality_words,doubt,received_time [UTC],revision,rank,holds,source,source_line,"
                       "message_id");
  return print_line (output, err);
}

static enum sf_code
put_csv (struct query_output *output, const struct sf_store_row *row, struct sf_error *err)
{
  const struct sf_record *record = row->record;
  struct sf_strbuf *line = &output->line;
  char text[SF_TIME_TEXT_BYTES];
  if (record->valid_s != SF_TIME_MISSING)
    sf_strbuf_add (line, sf_time_format_utc (text, record->valid_s));
  add_csv_text (line, record->feed);
  for (const struct sf_member *member = sf_record_members (record->kind); member->name; member++)
    add_csv_member (line, row, member);
  if (has_unit (output->kind))
    add_csv_text (line, query_unit (output, quantity_of (record)));
  sf_strbuf_addf (line, ",%u", record->quality);
  add_csv_text (line, query_quality_words (record->quality, output->context->zh));
  add_csv_text (line, record->doubt);
  add_csv_time (line, record->received_s);
  sf_strbuf_addf (line, ",%u,%ld,%s", record->revision, row->rank, row->holds ? "true" : "false");
  add_csv_text (line, record->source);
  sf_strbuf_addf (line, ",%lld,%lld", (long long) record->source_line, (long long) row->origin.message_id);
  return print_line (output, err);
}

/* --- JSON --- */

/* The record's own object, with what the store adds. */
static void
add_object (struct query_output *output, const struct sf_store_row *row)
{
  struct sf_strbuf *line = &output->line;
  sf_record_format_json (row->record, line);
  if (line->failed)
    return;
  line->length--;
  if (has_unit (output->kind))
    sf_strbuf_addf (line, ",\"unit\":\"%s\"", query_unit (output, quantity_of (row->record)));
  if (row->file)
    {
      sf_strbuf_add (line, ",\"file\":");
      sf_json_string (&(struct sf_json){ .out = line }, row->file);
    }
  sf_strbuf_addf (line, ",\"quality_words\":\"%s\"", query_quality_words (row->record->quality, output->context->zh));
  sf_strbuf_addf (line, ",\"message_id\":%lld,\"rank\":%ld,\"holds\":%s}", (long long) row->origin.message_id,
                  row->rank, row->holds ? "true" : "false");
}

static double
coordinate_of (const struct sf_record *record, const char *name)
{
  for (const struct sf_member *member = sf_record_members (record->kind); member->name; member++)
    if (strcmp (member->name, name) == 0)
      return *(const double *) at (record, member);
  return NAN;
}

static void
add_feature (struct query_output *output, const struct sf_store_row *row)
{
  const struct sf_record *record = row->record;
  struct sf_json json = { .out = &output->line };
  double lon_deg = coordinate_of (record, "lon"), lat_deg = coordinate_of (record, "lat");
  sf_strbuf_add (&output->line, output->rows > 0 ? "," : "");
  sf_json_begin_object (&json);
  sf_json_put_string (&json, "type", "Feature");
  if (record->kind == SF_RECORD_EVENT && record->as.event.geometry)
    sf_record_put_geometry (&json, "geometry", record->as.event.geometry);
  else
    {
      sf_json_key (&json, "geometry");
      if (isnan (lon_deg) || isnan (lat_deg))
        sf_json_null (&json);
      else
        {
          sf_json_begin_object (&json);
          sf_json_put_string (&json, "type", "Point");
          sf_json_key (&json, "coordinates");
          sf_json_begin_array (&json);
          sf_json_double (&json, lon_deg);
          sf_json_double (&json, lat_deg);
          sf_json_end_array (&json);
          sf_json_end_object (&json);
        }
    }
  sf_strbuf_add (&output->line, ",\"properties\":");
  add_object (output, row);
  sf_strbuf_add (&output->line, "}");
}

/* --- any --- */

enum sf_code
query_begin (struct query_output *output, struct sf_error *err)
{
  if (output->format == QUERY_CSV)
    return begin_csv (output, err);
  if (output->format == QUERY_GEOJSON)
    output->context->print (output->context, "{\"type\":\"FeatureCollection\",\"features\":[\n");
  return SF_OK;
}

enum sf_code
query_put (void *ctx, const struct sf_store_row *row, struct sf_error *err)
{
  struct query_output *output = ctx;
  const struct sf_host *host = output->context->host;
  enum sf_code code = SF_OK;
  if (host->cancelled (host))
    return sf_fail (err, SF_ECANCELLED, "interrupted after %ld rows", output->rows);
  switch (output->format)
    {
    case QUERY_TABLE:
      code = query_table_put (output, row, err);
      break;
    case QUERY_CSV:
      code = put_csv (output, row, err);
      break;
    case QUERY_JSON:
      add_object (output, row);
      code = print_line (output, err);
      break;
    case QUERY_GEOJSON:
      add_feature (output, row);
      code = print_line (output, err);
      break;
    }
  output->rows++;
  return code;
}

enum sf_code
query_end (struct query_output *output, struct sf_error *err)
{
  if (output->format == QUERY_TABLE)
    return query_table_end (output, err);
  if (output->format == QUERY_GEOJSON)
    output->context->print (output->context, "]}\n");
  return SF_OK;
}
