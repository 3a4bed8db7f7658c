/* SPDX-License-Identifier: Apache-2.0 */
#include "core/store/store_private.h"

#include <math.h>
#include <string.h>

/* The newest row of each series. The catalogue's last rows answer at once unless a later clock, an earlier state of knowledge or
   what was said before is asked for: then they only say which series there are. */

enum
{
  /* Columns of a last row. */
  COLUMN_SUBJECT,
  COLUMN_QUANTITY,
  COLUMN_FEED,
  COLUMN_PERIOD,
  COLUMN_ROW
};

static bool
needs_history (const struct sf_store_query *query)
{
  return query->as_of_s != SF_TIME_MISSING || query->all_revisions;
}

/* Which rows may lie in the area, by the tree of places; those without a place of their own are looked at too. Without the tree
   when an older row than the last may be the answer, which may lie elsewhere. */
static const char *
area_condition (const struct sf_store_query *query)
{
  if (isnan (query->west_deg) || needs_history (query) || query->to_s != SF_TIME_MISSING)
    return "";
  bool around = query->west_deg > query->east_deg;
  if (query->kind == SF_RECORD_OBSERVATION)
    return around ? " AND (lon IS NULL OR lat IS NULL OR id IN (SELECT id FROM last_observation_place WHERE "
                    "(east >= ?3 OR west <= ?4) AND north >= ?5 AND south <= ?6))"
                  : " AND (lon IS NULL OR lat IS NULL OR id IN (SELECT id FROM last_observation_place WHERE "
                    "east >= ?3 AND west <= ?4 AND north >= ?5 AND south <= ?6))";
  return around ? " AND id IN (SELECT id FROM last_position_place WHERE (east >= ?3 OR west <= ?4) AND north >= ?5 "
                  "AND south <= ?6)"
                : " AND id IN (SELECT id FROM last_position_place WHERE east >= ?3 AND west <= ?4 AND north >= ?5 "
                  "AND south <= ?6)";
}

/* after (may be NULL): only series behind this one. */
static enum sf_code
select_last (struct sf_reader *reader, const struct sf_series_name *after, sqlite3_stmt **ret_statement)
{
  const struct sf_store_query *query = reader->query;
  const struct sf_row_layout *layout = sf_row_layout (query->kind);
  struct sf_strbuf sql = { 0 };
  bool one = query->subjects && query->subjects_count == 1;
  bool quantity = query->quantity && query->kind == SF_RECORD_OBSERVATION;
  sf_strbuf_addf (&sql,
                  "SELECT subject, quantity, feed, period_s, valid_s, revision, received_s, tie, place, message_id, "
                  "quality, doubt, source, source_line, %s FROM %s WHERE 1%s%s%s%s ORDER BY subject, quantity, feed, "
                  "period_s",
                  layout->columns, layout->last, one ? " AND subject = ?1" : "", quantity ? " AND quantity = ?2" : "",
                  area_condition (query), after ? " AND (subject, quantity, feed, period_s) > (?7, ?8, ?9, ?10)" : "");
  enum sf_code code = sql.failed ? sf_fail (reader->err, SF_ENOMEM, "no memory for a statement")
                                 : sf_db_prepare (reader->store->catalog, sql.text, ret_statement, reader->err);
  sf_strbuf_finish (&sql);
  SF_TRY (code);
  if (one)
    sqlite3_bind_text (*ret_statement, 1, query->subjects[0], -1, SQLITE_STATIC);
  if (quantity)
    sqlite3_bind_text (*ret_statement, 2, query->quantity, -1, SQLITE_STATIC);
  if (!isnan (query->west_deg))
    {
      sqlite3_bind_double (*ret_statement, 3, query->west_deg);
      sqlite3_bind_double (*ret_statement, 4, query->east_deg);
      sqlite3_bind_double (*ret_statement, 5, query->south_deg);
      sqlite3_bind_double (*ret_statement, 6, query->north_deg);
    }
  if (after)
    {
      sqlite3_bind_text (*ret_statement, 7, after->subject, -1, SQLITE_STATIC);
      sqlite3_bind_text (*ret_statement, 8, after->quantity, -1, SQLITE_STATIC);
      sqlite3_bind_text (*ret_statement, 9, after->feed, -1, SQLITE_STATIC);
      sqlite3_bind_int64 (*ret_statement, 10, after->period_s);
    }
  return SF_OK;
}

static enum sf_code
keep_column (sqlite3_stmt *statement, int column, struct sf_stored_text *text, struct sf_error *err)
{
  text->id = 0;
  sf_strbuf_reset (&text->text);
  if (sqlite3_column_type (statement, column) == SQLITE_NULL)
    return SF_OK;
  const char *found = (const char *) sqlite3_column_text (statement, column);
  text->text.failed = false;
  if (found)
    sf_strbuf_add_bytes (&text->text, found, strlen (found) + 1);
  text->id = -1; /* of no day's file */
  return found && !text->text.failed ? SF_OK : sf_fail (err, SF_ENOMEM, "no memory to read a row");
}

static enum sf_code
give_last (struct sf_reader *reader, sqlite3_stmt *statement)
{
  static const int AT[SF_ROW_TEXTS] = { COLUMN_ROW + 7, COLUMN_ROW + 8, COLUMN_ROW + 10, COLUMN_ROW + 11 };
  const struct sf_row_layout *layout = sf_row_layout (reader->query->kind);
  struct sf_stored_row *row = &reader->rows[0];
  sf_row_take (statement, COLUMN_ROW, layout, row);
  for (int i = 0; i < 2 + layout->texts; i++)
    SF_TRY (keep_column (statement, AT[i], &row->texts[i], reader->err));
  return sf_reader_keep_row (reader, row, 0, true);
}

/* --- in the files of days, from the newest on --- */

static enum sf_code
find_series (struct sf_reader *reader, struct sf_day_file *file, int64_t *ret_id)
{
  sqlite3_stmt *statement = NULL;
  bool row = false;
  SF_TRY (sf_day_statement (file, SF_DAY_FIND_SERIES, &statement, reader->err));
  bool good = sqlite3_bind_text (statement, 1, reader->series.subject, -1, SQLITE_STATIC) == SQLITE_OK
              && sqlite3_bind_text (statement, 2, reader->series.quantity, -1, SQLITE_STATIC) == SQLITE_OK
              && sqlite3_bind_text (statement, 3, reader->series.feed, -1, SQLITE_STATIC) == SQLITE_OK
              && sqlite3_bind_int64 (statement, 4, reader->series.period_s) == SQLITE_OK;
  if (!good)
    return sf_db_fail (file->db, reader->err);
  enum sf_code code = sf_db_step (file->db, statement, &row, reader->err);
  *ret_id = row ? sqlite3_column_int64 (statement, 0) : 0;
  sqlite3_reset (statement);
  return code;
}

/* The newest valid time of the series in a file, among what the query knows; SF_TIME_MISSING when there is none. */
static enum sf_code
find_newest (struct sf_reader *reader, struct sf_day_file *file, int64_t id, int64_t *ret_valid_s)
{
  const struct sf_store_query *query = reader->query;
  sqlite3_stmt *statement = NULL;
  enum sf_code code = SF_OK;
  SF_TRY (sf_day_statement (file, SF_DAY_NEWEST, &statement, reader->err));
  sqlite3_bind_int64 (statement, 2, id);
  sqlite3_bind_int64 (statement, 3, query->from_s);
  sqlite3_bind_int64 (statement, 4, query->to_s == SF_TIME_MISSING ? INT64_MAX : query->to_s);
  sqlite3_bind_int64 (statement, 5, query->as_of_s == SF_TIME_MISSING ? INT64_MAX : query->as_of_s);
  *ret_valid_s = SF_TIME_MISSING;
  for (int slot = SF_SLOTS - 1; slot >= 0 && code == SF_OK && *ret_valid_s == SF_TIME_MISSING; slot--)
    {
      bool row = false;
      sqlite3_bind_int (statement, 1, slot);
      code = sf_db_step (file->db, statement, &row, reader->err);
      if (row)
        *ret_valid_s = sqlite3_column_int64 (statement, 0);
      sqlite3_reset (statement);
    }
  return code;
}

static enum sf_code
search_days (struct sf_reader *reader, const int64_t *days, size_t count)
{
  struct sf_day_file *file = NULL;
  int64_t id = 0, valid_s = SF_TIME_MISSING;
  while (count > 0 && valid_s == SF_TIME_MISSING)
    {
      SF_TRY (sf_day_open (reader->store, reader->query->kind, days[--count], false, &file, reader->err));
      if (!file)
        continue;
      SF_TRY (sf_day_begin_read (file, reader->err));
      SF_TRY (find_series (reader, file, &id));
      if (id)
        SF_TRY (find_newest (reader, file, id, &valid_s));
    }
  if (valid_s != SF_TIME_MISSING)
    SF_TRY (sf_reader_pass (reader, file, id, valid_s, valid_s));
  return sf_reader_end_series (reader);
}

static enum sf_code
answer_series (struct sf_reader *reader, sqlite3_stmt *statement, const int64_t *days, size_t count,
               struct sf_series_name *ret_name)
{
  const struct sf_store_query *query = reader->query;
  struct sf_series_name name = { .period_s = sqlite3_column_int64 (statement, COLUMN_PERIOD) };
  int64_t last_s = sqlite3_column_int64 (statement, COLUMN_ROW);
  SF_TRY (sf_reader_keep_text (reader, sqlite3_column_text (statement, COLUMN_SUBJECT), &name.subject));
  SF_TRY (sf_reader_keep_text (reader, sqlite3_column_text (statement, COLUMN_QUANTITY), &name.quantity));
  SF_TRY (sf_reader_keep_text (reader, sqlite3_column_text (statement, COLUMN_FEED), &name.feed));
  *ret_name = name;
  if (!sf_reader_wants (reader, name.feed, name.subject) || last_s < query->from_s)
    return SF_OK;
  sf_reader_begin_series (reader, &name);
  if (needs_history (query) || (query->to_s != SF_TIME_MISSING && last_s > query->to_s))
    return search_days (reader, days, count);
  return give_last (reader, statement);
}

/* Series behind *name, up to where enough is kept; *name becomes the last of them. */
static enum sf_code
answer_some (struct sf_reader *reader, const int64_t *days, size_t count, bool *ret_more, struct sf_series_name *name)
{
  sqlite3_stmt *statement = NULL;
  enum sf_code code = select_last (reader, *ret_more ? name : NULL, &statement);
  *ret_more = code == SF_OK;
  while (code == SF_OK && *ret_more && !sf_reader_is_full (reader))
    {
      code = sf_db_step (reader->store->catalog, statement, ret_more, reader->err);
      if (code == SF_OK && *ret_more)
        code = answer_series (reader, statement, days, count, name);
    }
  sqlite3_finalize (statement);
  return code;
}

enum sf_code
sf_reader_latest (struct sf_reader *reader)
{
  const struct sf_store_query *query = reader->query;
  struct sf_series_name name = { 0 };
  int64_t *days = NULL;
  size_t count = 0;
  bool more = false;
  SF_TRY (sf_days_between (reader->store, &reader->arena, query->kind, query->from_s, query->to_s, &days, &count,
                           reader->err));
  do
    {
      SF_TRY (answer_some (reader, days, count, &more, &name));
      if (more)
        SF_TRY (sf_reader_flush (reader));
    }
  while (more);
  return SF_OK;
}
