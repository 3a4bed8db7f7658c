/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/vector_columns.h"

#include "core/base/time.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* How times stand in a file, whatever they are inside. */
#define TIME_UNIT "ISO 8601, UTC"

/* The members that every record has, before those of its kind. */
static const struct sf_vector_column common[] = {
  { "feed", SF_COLUMN_TEXT, false, "1", "Feed", "数据源", NULL, SF_VECTOR_TEXT, offsetof (struct sf_record, feed) },
  { "time", SF_COLUMN_TIME, true, TIME_UNIT, "Valid time", "有效时间", NULL, SF_VECTOR_INT64,
    offsetof (struct sf_record, valid_s) },
  { "received", SF_COLUMN_TIME, false, TIME_UNIT, "Time received", "接收时间", NULL, SF_VECTOR_INT64,
    offsetof (struct sf_record, received_s) },
  { "revision", SF_COLUMN_INT, false, "1", "Revision", "修订号", NULL, SF_VECTOR_UINT32,
    offsetof (struct sf_record, revision) },
  { "quality", SF_COLUMN_INT, false, "1", "Quality flag (Delft-FEWS 0-9)", "质量标志（Delft-FEWS 0-9）", NULL,
    SF_VECTOR_UINT8, offsetof (struct sf_record, quality) },
  { "doubt", SF_COLUMN_TEXT, false, "1", "Why the quality is not reliable", "质量存疑原因", NULL, SF_VECTOR_TEXT,
    offsetof (struct sf_record, doubt) },
  { "source", SF_COLUMN_TEXT, false, "1", "Source file or message", "来源文件或报文", NULL, SF_VECTOR_TEXT,
    offsetof (struct sf_record, source) },
  { "source_line", SF_COLUMN_INT, false, "1", "Line in the source", "来源行号", NULL, SF_VECTOR_INT64,
    offsetof (struct sf_record, source_line) },
};

enum
{
  COMMON = sizeof common / sizeof common[0]
};

static enum sf_column_type
member_type (enum sf_member_type type)
{
  switch (type)
    {
    case SF_MEMBER_TEXT:
      return SF_COLUMN_TEXT;
    case SF_MEMBER_INT:
      return SF_COLUMN_INT;
    case SF_MEMBER_TIME:
      return SF_COLUMN_TIME;
    default:
      return SF_COLUMN_DOUBLE;
    }
}

static void
from_member (struct sf_vector_column *column, const struct sf_member *member, int item)
{
  static const char *const forces[] = { "7", "10", "12" }, *const quadrants[] = { "ne", "se", "sw", "nw" };
  enum sf_column_type type = member_type (member->type);
  *column = (struct sf_vector_column){
    .type = type,
    .unit = type == SF_COLUMN_TIME ? TIME_UNIT : member->unit,
    .title_en = member->title_en,
    .title_zh = member->title_zh,
    .storage = type == SF_COLUMN_TEXT     ? SF_VECTOR_TEXT
               : type == SF_COLUMN_DOUBLE ? SF_VECTOR_DOUBLE
                                          : SF_VECTOR_INT64,
    .offset = member->offset + (size_t) item * sizeof (double),
  };
  if (member->type != SF_MEMBER_DOUBLES)
    snprintf (column->name, sizeof column->name, "%s", member->name);
  else if (member->count == SF_RADII_FORCES * SF_QUADRANTS)
    snprintf (column->name, sizeof column->name, "radius%s_%s_km", forces[item / SF_QUADRANTS],
              quadrants[item % SF_QUADRANTS]);
  else
    snprintf (column->name, sizeof column->name, "%s_%d", member->name, item + 1);
  column->required = !strcmp (column->name, "lon") || !strcmp (column->name, "lat");
}

static size_t
member_columns (const struct sf_member *member)
{
  return member->type == SF_MEMBER_DOUBLES ? (size_t) member->count : 1;
}

static enum sf_code
track_columns (struct sf_arena *arena, struct sf_vector_column **ret, size_t *ret_count, struct sf_error *err)
{
  const struct sf_member *members = sf_record_members (SF_RECORD_TRACK);
  size_t count = COMMON;
  for (const struct sf_member *m = members; m->name; m++)
    count += member_columns (m);
  struct sf_vector_column *columns = sf_arena_alloc (arena, count * sizeof *columns);
  if (!columns)
    return sf_fail (err, SF_ENOMEM, "no memory for the columns of a track");
  memcpy (columns, common, sizeof common);
  size_t n = COMMON;
  for (const struct sf_member *m = members; m->name; m++)
    for (size_t item = 0; item < member_columns (m); item++)
      from_member (&columns[n++], m, (int) item);
  *ret = columns;
  *ret_count = n;
  return SF_OK;
}

enum sf_code
sf_vector_columns (struct sf_arena *arena, const struct sf_dataset_spec *spec, struct sf_vector_column **ret,
                   size_t *ret_count, struct sf_error *err)
{
  if (spec->kind == SF_DATASET_TRACKS)
    return track_columns (arena, ret, ret_count, err);
  if (spec->kind == SF_DATASET_GRID || spec->kind == SF_DATASET_CUBE)
    return sf_fail (err, SF_ETYPE, "dataset %s is a %s: a vector file holds tables, series, features and tracks",
                    spec->name, sf_dataset_kind_name (spec->kind));
  struct sf_vector_column *columns = sf_arena_calloc (arena, spec->columns_count, sizeof *columns);
  if (!columns)
    return sf_fail (err, SF_ENOMEM, "no memory for the columns of %s", spec->name);
  for (size_t i = 0; i < spec->columns_count; i++)
    {
      const struct sf_column_spec *from = &spec->columns[i];
      columns[i].type = from->quantity->type;
      columns[i].required = true;
      columns[i].unit = columns[i].type == SF_COLUMN_TIME ? TIME_UNIT : from->quantity->unit;
      columns[i].title_en = from->title_en;
      columns[i].title_zh = from->title_zh;
      columns[i].averaging = from->quantity->averaging;
      if (strlen (from->name) >= sizeof columns[i].name)
        return sf_fail (err, SF_ERANGE, "dataset %s: the name of column %s is longer than %zu bytes", spec->name,
                        from->name, sizeof columns[i].name - 1);
      snprintf (columns[i].name, sizeof columns[i].name, "%s", from->name);
    }
  *ret = columns;
  *ret_count = spec->columns_count;
  return SF_OK;
}

static struct sf_vector_value
value_of (enum sf_column_type type, const char *text, double number, int64_t integer)
{
  struct sf_vector_value value = { .text = text, .number = number, .integer = integer };
  value.missing = type == SF_COLUMN_TEXT     ? !text
                  : type == SF_COLUMN_DOUBLE ? isnan (number)
                                             : integer == SF_TIME_MISSING;
  return value;
}

struct sf_vector_value
sf_vector_table_value (const struct sf_table *table, size_t column, size_t row)
{
  const struct sf_column *from = &table->columns[column];
  enum sf_column_type type = from->spec->quantity->type;
  if (type == SF_COLUMN_TEXT)
    return value_of (type, from->as.texts[row], 0, 0);
  if (type == SF_COLUMN_DOUBLE)
    return value_of (type, NULL, from->as.doubles[row], 0);
  return value_of (type, NULL, 0, from->as.ints[row]);
}

struct sf_vector_value
sf_vector_record_value (const struct sf_record *record, const struct sf_vector_column *column)
{
  const char *at = (const char *) record + column->offset;
  switch (column->storage)
    {
    case SF_VECTOR_TEXT:
      return value_of (SF_COLUMN_TEXT, *(const char *const *) (const void *) at, 0, 0);
    case SF_VECTOR_DOUBLE:
      return value_of (SF_COLUMN_DOUBLE, NULL, *(const double *) (const void *) at, 0);
    case SF_VECTOR_INT64:
      return value_of (SF_COLUMN_INT, NULL, 0, *(const int64_t *) (const void *) at);
    case SF_VECTOR_UINT32:
      return value_of (SF_COLUMN_INT, NULL, 0, *(const uint32_t *) (const void *) at);
    case SF_VECTOR_UINT8:
      return value_of (SF_COLUMN_INT, NULL, 0, *(const uint8_t *) at);
    }
  return (struct sf_vector_value){ .missing = true };
}

enum sf_code
sf_vector_record_set (struct sf_record *record, const struct sf_vector_column *column,
                      const struct sf_vector_value *value, struct sf_error *err)
{
  char *at = (char *) record + column->offset;
  int64_t most = column->storage == SF_VECTOR_UINT8 ? UINT8_MAX : UINT32_MAX;
  bool narrow = column->storage == SF_VECTOR_UINT8 || column->storage == SF_VECTOR_UINT32;
  if (value->missing)
    return SF_OK;
  if (narrow && (value->integer < 0 || value->integer > most))
    return sf_fail (err, SF_ERANGE, "column %s: %lld is outside 0..%lld", column->name, (long long) value->integer,
                    (long long) most);
  switch (column->storage)
    {
    case SF_VECTOR_TEXT:
      *(const char **) (void *) at = value->text;
      break;
    case SF_VECTOR_DOUBLE:
      *(double *) (void *) at = value->number;
      break;
    case SF_VECTOR_INT64:
      *(int64_t *) (void *) at = value->integer;
      break;
    case SF_VECTOR_UINT32:
      *(uint32_t *) (void *) at = (uint32_t) value->integer;
      break;
    case SF_VECTOR_UINT8:
      *(uint8_t *) at = (uint8_t) value->integer;
      break;
    }
  return SF_OK;
}
