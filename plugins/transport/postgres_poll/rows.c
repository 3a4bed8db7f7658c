/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/text.h"
#include "plugins/transport/postgres_poll/postgres_poll.h"

#include <stdio.h>
#include <string.h>

/* What the reading selects. */
enum column
{
  COLUMN_TIME,
  COLUMN_KEYS,
  COLUMN_JSON,
  COLUMN_FUTURE,
  COLUMN_NEWER,
  COLUMN_LACKING
};

enum
{
  LACKING_EVERY_MS = 600000, /* between two looks for rows without a time */
  DIGEST_DIGITS = 32         /* of SHA-256, in identities and memories */
};

static const char cursor_key[] = "time";

/* --- the cursor --- */

static enum sf_code
replace (char **text, const char *value, struct sf_error *err)
{
  char *copy = sf_mem_strdup (value);
  if (!copy)
    return sf_fail (err, SF_ENOMEM, "postgres_poll: out of memory");
  sf_mem_free (*text);
  *text = copy;
  return SF_OK;
}

static enum sf_code
recall_cursor (struct database *database, const struct sf_inlet *inlet, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  const char *value = NULL;
  if (database->recalled)
    return SF_OK;
  enum sf_code code = inlet->recall (inlet->ctx, &arena, cursor_key, &value, err);
  if (code == SF_OK && value)
    code = replace (&database->cursor, value, err);
  if (code == SF_OK && value)
    code = replace (&database->remembered, value, err);
  database->recalled = code == SF_OK;
  sf_arena_finish (&arena);
  return code;
}

static enum sf_code
remember_cursor (struct database *database, const struct sf_inlet *inlet, struct sf_error *err)
{
  if (!database->cursor || (database->remembered && !strcmp (database->cursor, database->remembered)))
    return SF_OK;
  SF_TRY (inlet->remember (inlet->ctx, cursor_key, database->cursor, err));
  return replace (&database->remembered, database->cursor, err);
}

/* --- a reading --- */

/* What the reading before met, to its end or not: of one that was broken off, what stands behind is no longer known. */
static void
turn_known_rows (struct database *database)
{
  struct known_rows last = database->previous;
  database->previous = database->known;
  database->known = last;
  known_rows_clear (&database->known);
}

enum sf_code
database_begin_reading (struct database *database, const struct sf_inlet *inlet, struct sf_error *err)
{
  char back[32];
  SF_TRY (recall_cursor (database, inlet, err));
  snprintf (back, sizeof back, "%lld s", (long long) (database->cursor ? database->overlap_s : database->start_s));
  database->looks_for_lacking = database->lacking.text[0] || inlet->now_ms >= database->lacking_ms;
  database->met_lacking = database->met_ambiguous = false;
  const char *values[] = { database->cursor, back, database->looks_for_lacking ? "true" : "false" };
  if (!PQsendQueryParams (database->connection, database->sql, 3, NULL, values, NULL, NULL, 0)
      || !PQsetSingleRowMode (database->connection))
    {
      database_lose (database, inlet, PQerrorMessage (database->connection));
      return SF_OK;
    }
  turn_known_rows (database);
  database->phase = PHASE_READING;
  database->deadline_ms = inlet->now_ms + database->timeout_ms + database->connect_ms;
  return SF_OK;
}

static void
end_reading (struct database *database, const struct sf_inlet *inlet)
{
  database_forget_rows (database);
  database->phase = PHASE_IDLE;
  database->next_ms = inlet->now_ms + database->every_ms;
}

/* The server refused the reading or broke it off: what was delivered stands, the next one begins at the cursor. */
static void
fail_reading (struct database *database, const struct sf_inlet *inlet, const PGresult *result)
{
  const char *why = PQresultErrorMessage (result);
  if (PQstatus (database->connection) == CONNECTION_BAD)
    {
      database_lose (database, inlet, why);
      return;
    }
  pull_alarm_raise (&database->failed, inlet, "%.*s", (int) strcspn (why, "\n"), why);
  pull_patience_lose (&database->patience, inlet->now_ms);
}

/* --- a row --- */

static bool
is_lacking (const PGresult *row)
{
  return PQgetisnull (row, 0, COLUMN_TIME);
}

/* Whether a row has the time and the keys of the one before it. */
static bool
is_ambiguous (const struct database *database, const PGresult *row)
{
  const PGresult *before = database->before;
  return before && !is_lacking (row) && !strcmp (PQgetvalue (row, 0, COLUMN_TIME), PQgetvalue (before, 0, COLUMN_TIME))
         && !strcmp (PQgetvalue (row, 0, COLUMN_KEYS), PQgetvalue (before, 0, COLUMN_KEYS));
}

/* What was last remembered of a place, "GENERATION DIGEST"; a generation of -1: nothing. */
static enum sf_code
recall_generation (const struct sf_inlet *inlet, const char *place, const char *digest, int64_t *ret_generation,
                   bool *ret_same, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  const char *value = NULL;
  struct sf_span word;
  *ret_generation = -1;
  *ret_same = false;
  enum sf_code code = inlet->recall (inlet->ctx, &arena, place, &value, err);
  struct sf_span rest = sf_span_of (value ? value : "");
  if (code == SF_OK && value && (!sf_text_next_word (&rest, &word) || !sf_text_parse_int (word, ret_generation)))
    code = sf_fail (err, SF_EFORMAT, "postgres_poll: what is remembered of %s is damaged: %s", place, value);
  *ret_same = code == SF_OK && value && sf_text_next_word (&rest, &word) && sf_span_equal (word, digest);
  sf_arena_finish (&arena);
  return code;
}

/* How often the content of a time and keys changed, this content included; remembered before the row is delivered, since
   afterwards it could be lost: then a return to what was there before would be taken for known. */
static enum sf_code
find_generation (const struct sf_inlet *inlet, const PGresult *row, const char *digest, int64_t *ret_generation,
                 struct sf_error *err)
{
  char place[8 + SF_KEY_TEXT_BYTES] = "row/", value[32 + SF_KEY_TEXT_BYTES];
  const char *keys = PQgetvalue (row, 0, COLUMN_KEYS);
  bool same;
  SF_TRY (pull_digest (PQgetvalue (row, 0, COLUMN_TIME), keys, strlen (keys), place + strlen (place), err));
  place[strlen ("row/") + DIGEST_DIGITS] = '\0';
  SF_TRY (recall_generation (inlet, place, digest, ret_generation, &same, err));
  if (same)
    return SF_OK;
  ++*ret_generation;
  snprintf (value, sizeof value, "%lld %s", (long long) *ret_generation, digest);
  return inlet->remember (inlet->ctx, place, value, err);
}

static enum sf_code
give_to_inlet (const struct database *database, const struct sf_inlet *inlet, const PGresult *row, const char *digest,
               int64_t generation, struct sf_error *err)
{
  char rising[24] = "";
  if (generation > 0)
    snprintf (rising, sizeof rising, "|%lld", (long long) generation);
  char *identity = sf_mem_printf ("%s|%s|%s%s", PQgetvalue (row, 0, COLUMN_TIME), PQgetvalue (row, 0, COLUMN_KEYS),
                                  digest, rising);
  if (!identity)
    return sf_fail (err, SF_ENOMEM, "postgres_poll: out of memory");
  struct sf_message message = { .feed = database->host->component,
                                .source = PQdb (database->connection),
                                .identity = identity,
                                .bytes = (const uint8_t *) PQgetvalue (row, 0, COLUMN_JSON),
                                .length = (size_t) PQgetlength (row, 0, COLUMN_JSON),
                                .received_s = inlet->now_s };
  enum sf_code code = inlet->deliver (inlet->ctx, &message, err);
  sf_mem_free (identity);
  return code;
}

/* Rows that their keys do not tell apart, or without keys or a time, are known by their content alone. */
static enum sf_code
deliver_row (struct database *database, const struct sf_inlet *inlet, const PGresult *row, long *delivered,
             struct sf_error *err)
{
  char digest[SF_KEY_TEXT_BYTES];
  struct sf_key key;
  int64_t generation = 0;
  SF_TRY (sf_key_of_bytes (PQgetvalue (row, 0, COLUMN_JSON), (size_t) PQgetlength (row, 0, COLUMN_JSON), &key, err));
  if (known_rows_has (&database->previous, &key))
    inlet->count (inlet->ctx, "known_rows", 1);
  else
    {
      sf_key_format (&key, digest);
      digest[DIGEST_DIGITS] = '\0';
      if (database->key_columns_count > 0 && !is_lacking (row) && !is_ambiguous (database, row))
        SF_TRY (find_generation (inlet, row, digest, &generation, err));
      SF_TRY (give_to_inlet (database, inlet, row, digest, generation, err));
      ++*delivered;
    }
  if (!known_rows_add (&database->known, &key))
    return sf_fail (err, SF_ENOMEM, "postgres_poll: out of memory");
  return SF_OK;
}

/* What is odd about a row is told with its keys. */
static void
report_row (struct database *database, const struct sf_inlet *inlet, const PGresult *row)
{
  const char *keys = PQgetvalue (row, 0, COLUMN_KEYS);
  if (is_lacking (row))
    {
      inlet->count (inlet->ctx, "rows_without_time", 1);
      if (!database->met_lacking)
        pull_alarm_raise (&database->lacking, inlet, "%s rows have no %s, among them the one with keys '%.80s': %.120s",
                          PQgetvalue (row, 0, COLUMN_LACKING), database->time_column, keys,
                          PQgetvalue (row, 0, COLUMN_JSON));
      database->met_lacking = true;
    }
  if (database->key_columns_count > 0 && is_ambiguous (database, row))
    {
      if (!database->met_ambiguous)
        pull_alarm_raise (&database->ambiguous, inlet, "several rows have the time %s and the keys '%.120s'",
                          PQgetvalue (row, 0, COLUMN_TIME), keys);
      database->met_ambiguous = true;
    }
}

/* The cursor never goes back. Nor does it follow a row dated ahead of the server's clock, which is read again until its
   time has come: the rows of the time between would be missed. */
static enum sf_code
move_cursor (struct database *database, const struct sf_inlet *inlet, const PGresult *row, struct sf_error *err)
{
  const char *time = PQgetvalue (row, 0, COLUMN_TIME);
  bool is_future = PQgetvalue (row, 0, COLUMN_FUTURE)[0] == 't';
  if (is_future)
    inlet->count (inlet->ctx, "future_rows", 1);
  if (is_future || is_lacking (row) || PQgetvalue (row, 0, COLUMN_NEWER)[0] != 't'
      || (database->cursor && !strcmp (database->cursor, time)))
    return SF_OK;
  return replace (&database->cursor, time, err);
}

static enum sf_code
take_row (struct database *database, const struct sf_inlet *inlet, long *delivered, struct sf_error *err)
{
  SF_TRY (deliver_row (database, inlet, database->row, delivered, err));
  SF_TRY (move_cursor (database, inlet, database->row, err));
  report_row (database, inlet, database->row);
  PQclear (database->before);
  database->before = database->row;
  database->row = NULL;
  return SF_OK;
}

void
database_forget_rows (struct database *database)
{
  PQclear (database->row);
  PQclear (database->before);
  database->row = database->before = NULL;
}

/* The server gave the last row of a reading. */
static void
succeed_reading (struct database *database, const struct sf_inlet *inlet)
{
  pull_alarm_end (&database->failed, inlet);
  database->patience.wait_ms = 0;
  if (!database->met_ambiguous)
    pull_alarm_end (&database->ambiguous, inlet);
  if (!database->looks_for_lacking)
    return;
  database->lacking_ms = inlet->now_ms + LACKING_EVERY_MS;
  if (!database->met_lacking)
    pull_alarm_end (&database->lacking, inlet);
}

/* Take what the connection has until a row comes; false: nothing more for now, or the reading is over. */
static bool
next_row (struct database *database, const struct sf_inlet *inlet)
{
  while (!database->row && database->phase == PHASE_READING)
    {
      if (PQisBusy (database->connection))
        return false;
      PGresult *result = PQgetResult (database->connection);
      ExecStatusType status = PQresultStatus (result);
      if (!result)
        end_reading (database, inlet);
      else if (status == PGRES_SINGLE_TUPLE)
        database->row = result;
      else
        {
          if (status == PGRES_TUPLES_OK)
            succeed_reading (database, inlet);
          else
            fail_reading (database, inlet, result);
          PQclear (result);
        }
    }
  return database->row != NULL;
}

enum sf_code
database_read (struct database *database, const struct sf_inlet *inlet, long *delivered, struct sf_error *err)
{
  enum sf_code code = SF_OK;
  if (PQflush (database->connection) < 0 || !PQconsumeInput (database->connection))
    {
      database_lose (database, inlet, PQerrorMessage (database->connection));
      return SF_OK;
    }
  for (long rows = 0; rows < database->batch_rows && code == SF_OK && next_row (database, inlet); rows++)
    {
      code = take_row (database, inlet, delivered, err);
      database->deadline_ms = inlet->now_ms + database->timeout_ms + database->connect_ms;
    }
  /* Kept where it is, it is delivered at a later poll. */
  if (code == SF_EBUSY)
    code = SF_OK;
  SF_TRY (code);
  /* Where there is no room for it, the place is remembered at a later poll; the rows before it are known by their identity. */
  code = remember_cursor (database, inlet, err);
  if (code != SF_OK && code != SF_EBUSY)
    return code;
  if (database->phase == PHASE_READING && !database->row && inlet->now_ms > database->deadline_ms)
    database_lose (database, inlet, "the server went silent while rows were read");
  return SF_OK;
}
