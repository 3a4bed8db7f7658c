/* SPDX-License-Identifier: Apache-2.0 */
#include "core/store/store_private.h"

#include <stdlib.h>
#include <string.h>

/* Rows of observations and positions: series by series, day by day. */

/* --- the rows of one series --- */

struct sf_row_key
sf_row_take_key (sqlite3_stmt *statement, int first)
{
  return (struct sf_row_key){ .valid_s = sqlite3_column_int64 (statement, first),
                              .revision = (uint32_t) sqlite3_column_int64 (statement, first + 1),
                              .received_s = sqlite3_column_int64 (statement, first + 2),
                              .tie = sqlite3_column_int64 (statement, first + 3),
                              .place = (uint32_t) sqlite3_column_int64 (statement, first + 4) };
}

void
sf_row_take (sqlite3_stmt *statement, int first, const struct sf_row_layout *layout, struct sf_stored_row *row)
{
  row->key = sf_row_take_key (statement, first);
  row->message_id = sqlite3_column_int64 (statement, first + 5);
  row->quality = (uint8_t) sqlite3_column_int (statement, first + 6);
  row->source_line = sqlite3_column_int64 (statement, first + 9);
  for (int i = 0; i < layout->numbers; i++)
    row->numbers[i] = sf_column_number (statement, first + 10 + layout->texts + i);
}

static enum sf_code
take_text (struct sf_day_file *file, int64_t id, struct sf_stored_text *text, struct sf_error *err)
{
  sqlite3_stmt *statement = NULL;
  bool row = false;
  if (text->id == id && (id == 0 || text->day == file->day))
    return SF_OK;
  sf_strbuf_reset (&text->text);
  text->id = 0;
  if (id == 0)
    return SF_OK;
  SF_TRY (sf_day_statement (file, SF_DAY_GET_TEXT, &statement, err));
  sqlite3_bind_int64 (statement, 1, id);
  enum sf_code code = sf_db_step (file->db, statement, &row, err);
  const char *found = row ? (const char *) sqlite3_column_text (statement, 0) : NULL;
  text->text.failed = false;
  if (found)
    sf_strbuf_add_bytes (&text->text, found, strlen (found) + 1);
  if (code == SF_OK && !row)
    code = sf_fail (err, SF_EIO, "%s: text %lld of a row is not there: the file is damaged",
                    sqlite3_db_filename (file->db, "main"), (long long) id);
  else if (code == SF_OK && (!found || text->text.failed))
    code = sf_fail (err, SF_ENOMEM, "no memory to read a row");
  sqlite3_reset (statement);
  if (code == SF_OK)
    {
      text->id = id;
      text->day = file->day;
    }
  return code;
}

/* Columns of the texts: doubt, source, and those of the kind. */
static enum sf_code
take_texts (struct sf_day_file *file, sqlite3_stmt *statement, const struct sf_row_layout *layout,
            struct sf_stored_row *row, struct sf_error *err)
{
  static const int AT[SF_ROW_TEXTS] = { 7, 8, 10, 11 };
  for (int i = 0; i < 2 + layout->texts; i++)
    SF_TRY (take_text (file, sqlite3_column_int64 (statement, AT[i]), &row->texts[i], err));
  return SF_OK;
}

void
sf_reader_begin_series (struct sf_reader *reader, const struct sf_series_name *series)
{
  reader->series = *series;
  reader->pending = false;
  reader->rank = 0;
}

/* Give the row that was held back. */
static enum sf_code
give_pending (struct sf_reader *reader, bool holds)
{
  const struct sf_store_query *query = reader->query;
  bool counted = !query->latest || query->all_revisions;
  if (!reader->pending || (!holds && !query->all_revisions))
    return SF_OK;
  return sf_reader_keep_row (reader, &reader->rows[reader->now], counted ? reader->rank : 0, holds);
}

enum sf_code
sf_reader_end_series (struct sf_reader *reader)
{
  SF_TRY (give_pending (reader, true));
  reader->pending = false;
  return SF_OK;
}

static enum sf_code
pass_row (struct sf_reader *reader, struct sf_day_file *file, sqlite3_stmt *statement)
{
  const struct sf_row_layout *layout = sf_row_layout (file->kind);
  struct sf_stored_row *next = &reader->rows[1 - reader->now], *before = &reader->rows[reader->now];
  sf_row_take (statement, 0, layout, next);
  if (reader->query->as_of_s != SF_TIME_MISSING && next->key.received_s > reader->query->as_of_s)
    return SF_OK;
  SF_TRY (take_texts (file, statement, layout, next, reader->err));
  bool same = reader->pending && before->key.valid_s == next->key.valid_s;
  SF_TRY (give_pending (reader, !same));
  reader->rank = same ? reader->rank + 1 : 1;
  reader->now = 1 - reader->now;
  reader->pending = true;
  return SF_OK;
}

/* Slots are whole hours of the file's day. */
static void
clip (const struct sf_day_file *file, int64_t *from_s, int64_t *to_s)
{
  int64_t first_s = file->day * SF_DAY_S, last_s = first_s + SF_DAY_S - 1;
  if (*from_s == SF_TIME_MISSING || *from_s < first_s)
    *from_s = first_s;
  if (*to_s == SF_TIME_MISSING || *to_s > last_s)
    *to_s = last_s;
}

/* Rows of a slot behind *after (NULL: all), up to where enough is kept: *ret_key is then that of the last one, *ret_more true. */
static enum sf_code
pass_some (struct sf_reader *reader, struct sf_day_file *file, sqlite3_stmt *statement, const struct sf_row_key *after,
           struct sf_row_key *ret_key, bool *ret_more)
{
  bool row = false;
  *ret_more = false;
  while (!*ret_more)
    {
      SF_TRY (sf_db_step (file->db, statement, &row, reader->err));
      if (!row)
        return SF_OK;
      *ret_key = sf_row_take_key (statement, 0);
      if (after && sf_row_key_compare (ret_key, after) <= 0)
        continue;
      SF_TRY (pass_row (reader, file, statement));
      *ret_more = !reader->query->latest && sf_reader_is_full (reader);
    }
  return SF_OK;
}

static enum sf_code
pass_slot (struct sf_reader *reader, struct sf_day_file *file, sqlite3_stmt *statement, int64_t from_s)
{
  struct sf_row_key after = { .valid_s = from_s }, last = { 0 };
  for (bool more = true, again = false; more; again = true)
    {
      SF_TRY (sf_day_begin_read (file, reader->err));
      sqlite3_bind_int64 (statement, 3, after.valid_s);
      enum sf_code code = pass_some (reader, file, statement, again ? &after : NULL, &last, &more);
      sqlite3_reset (statement);
      SF_TRY (code);
      after = last;
      if (more)
        SF_TRY (sf_reader_flush (reader));
    }
  return SF_OK;
}

enum sf_code
sf_reader_pass (struct sf_reader *reader, struct sf_day_file *file, int64_t id, int64_t from_s, int64_t to_s)
{
  sqlite3_stmt *statement = NULL;
  clip (file, &from_s, &to_s);
  if (from_s > to_s)
    return SF_OK;
  SF_TRY (sf_day_statement (file, SF_DAY_READ, &statement, reader->err));
  sqlite3_bind_int64 (statement, 2, id);
  sqlite3_bind_int64 (statement, 4, to_s);
  for (int slot = sf_slot_of (from_s); slot <= sf_slot_of (to_s); slot++)
    {
      sqlite3_bind_int (statement, 1, slot);
      SF_TRY (pass_slot (reader, file, statement, from_s));
    }
  return SF_OK;
}

/* --- which series on which days --- */

struct found
{
  struct sf_series_name name;
  int64_t day, id;
};

struct finding
{
  struct found *found;
  size_t count, capacity;
};

/* A series stands in many files. */
enum sf_code
sf_reader_keep_text (struct sf_reader *reader, const unsigned char *text, const char **ret_text)
{
  uint32_t number = 0;
  if (!text)
    return sf_fail (reader->err, SF_ENOMEM, "no memory for the name of a series");
  SF_TRY (sf_names_put (&reader->texts, text, strlen ((const char *) text), &number, reader->err));
  *ret_text = reader->texts.names[number].bytes;
  return SF_OK;
}

static enum sf_code
note_series (struct sf_reader *reader, struct finding *finding, sqlite3_stmt *statement, int64_t day)
{
  struct found found = { .day = day, .id = sqlite3_column_int64 (statement, 0) };
  const char *quantity = reader->query->kind == SF_RECORD_OBSERVATION ? reader->query->quantity : NULL;
  SF_TRY (sf_reader_keep_text (reader, sqlite3_column_text (statement, 1), &found.name.subject));
  SF_TRY (sf_reader_keep_text (reader, sqlite3_column_text (statement, 2), &found.name.quantity));
  SF_TRY (sf_reader_keep_text (reader, sqlite3_column_text (statement, 3), &found.name.feed));
  found.name.period_s = sqlite3_column_int64 (statement, 4);
  if (!sf_reader_wants (reader, found.name.feed, found.name.subject)
      || (quantity && strcmp (quantity, found.name.quantity) != 0))
    return SF_OK;
  if (sf_mem_grow ((void **) &finding->found, &finding->capacity, finding->count + 1, sizeof *finding->found) != 0)
    return sf_fail (reader->err, SF_ENOMEM, "no memory for %zu series", finding->count + 1);
  finding->found[finding->count++] = found;
  return SF_OK;
}

static enum sf_code
find_by (struct sf_reader *reader, struct finding *finding, struct sf_day_file *file, const char *subject)
{
  sqlite3_stmt *statement = NULL;
  enum sf_code code = SF_OK;
  bool row = false;
  SF_TRY (sf_day_statement (file, subject ? SF_DAY_SERIES_OF : SF_DAY_SERIES_ALL, &statement, reader->err));
  if (subject && sqlite3_bind_text (statement, 1, subject, -1, SQLITE_STATIC) != SQLITE_OK)
    return sf_db_fail (file->db, reader->err);
  while ((code = sf_db_step (file->db, statement, &row, reader->err)) == SF_OK && row)
    if ((code = note_series (reader, finding, statement, file->day)) != SF_OK)
      break;
  sqlite3_reset (statement);
  return code;
}

static enum sf_code
missing_file (struct sf_reader *reader, int64_t day)
{
  char *name = sf_day_name (&reader->arena, reader->query->kind, day);
  return sf_fail (reader->err, SF_EIO, "%s/%s is not there, though the catalogue knows of it", reader->store->folder,
                  name ? name : "a day's file");
}

static enum sf_code
find_in_day (struct sf_reader *reader, struct finding *finding, int64_t day)
{
  const struct sf_store_query *query = reader->query;
  struct sf_day_file *file = NULL;
  SF_TRY (sf_day_open (reader->store, query->kind, day, false, &file, reader->err));
  if (!file)
    return missing_file (reader, day);
  SF_TRY (sf_day_begin_read (file, reader->err));
  if (!query->subjects)
    return find_by (reader, finding, file, NULL);
  for (size_t i = 0; i < query->subjects_count; i++)
    if (i == 0 || strcmp (reader->subjects[i - 1], reader->subjects[i]) != 0)
      SF_TRY (find_by (reader, finding, file, reader->subjects[i]));
  return SF_OK;
}

/* Texts are kept once, so the same pointer is the same text. */
static int
compare_kept (const char *a, const char *b)
{
  return a == b ? 0 : strcmp (a, b);
}

static int
compare_names (const struct sf_series_name *a, const struct sf_series_name *b)
{
  int order = compare_kept (a->subject, b->subject);
  if (order == 0)
    order = compare_kept (a->quantity, b->quantity);
  if (order == 0)
    order = compare_kept (a->feed, b->feed);
  return order ? order : (a->period_s > b->period_s) - (a->period_s < b->period_s);
}

static int
compare_found (const void *a, const void *b)
{
  const struct found *x = a, *y = b;
  int order = compare_names (&x->name, &y->name);
  return order ? order : (x->day > y->day) - (x->day < y->day);
}

/* Days of one series in turn. With more days than files may be open, each is opened again for each series: the price of the
   order, some 0.3 ms a series and day. */
static enum sf_code
read_found (struct sf_reader *reader, const struct found *found, size_t count)
{
  const struct sf_store_query *query = reader->query;
  struct sf_day_file *file = NULL;
  for (size_t i = 0; i < count; i++)
    {
      if (i == 0 || compare_names (&found[i - 1].name, &found[i].name) != 0)
        {
          SF_TRY (sf_reader_end_series (reader));
          sf_reader_begin_series (reader, &found[i].name);
        }
      SF_TRY (sf_day_open (reader->store, query->kind, found[i].day, false, &file, reader->err));
      if (!file)
        return missing_file (reader, found[i].day);
      SF_TRY (sf_reader_pass (reader, file, found[i].id, query->from_s, query->to_s));
    }
  return sf_reader_end_series (reader);
}

enum sf_code
sf_reader_rows (struct sf_reader *reader)
{
  const struct sf_store_query *query = reader->query;
  struct finding finding = { 0 };
  int64_t *days = NULL;
  size_t count = 0;
  enum sf_code code = sf_days_between (reader->store, &reader->arena, query->kind, query->from_s, query->to_s, &days,
                                       &count, reader->err);
  for (size_t i = 0; i < count && code == SF_OK; i++)
    code = find_in_day (reader, &finding, days[i]);
  if (code == SF_OK && finding.count > 0)
    {
      qsort (finding.found, finding.count, sizeof *finding.found, compare_found);
      code = read_found (reader, finding.found, finding.count);
    }
  sf_mem_free (finding.found);
  return code;
}
