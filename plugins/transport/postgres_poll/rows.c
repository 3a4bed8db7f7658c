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
  COLUMN_FUTURE
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

enum sf_code
database_begin_reading (struct database *database, const struct sf_inlet *inlet, struct sf_error *err)
{
  char back[32];
  SF_TRY (recall_cursor (database, inlet, err));
  snprintf (back, sizeof back, "%lld s", (long long) (database->cursor ? database->overlap_s : database->start_s));
  const char *values[] = { database->cursor, back };
  if (!PQsendQueryParams (database->connection, database->sql, 2, NULL, values, NULL, NULL, 0)
      || !PQsetSingleRowMode (database->connection))
    {
      database_lose (database, inlet, PQerrorMessage (database->connection));
      return SF_OK;
    }
  database->phase = PHASE_READING;
  database->deadline_ms = inlet->now_ms + database->timeout_ms + database->connect_ms;
  return SF_OK;
}

static void
end_reading (struct database *database, const struct sf_inlet *inlet)
{
  struct known_rows last = database->previous;
  database->previous = database->known;
  database->known = last;
  known_rows_clear (&database->known);
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

static enum sf_code
deliver_row (struct database *database, const struct sf_inlet *inlet, const PGresult *row, struct sf_error *err)
{
  const char *json = PQgetvalue (row, 0, COLUMN_JSON);
  char digest[SF_KEY_TEXT_BYTES], source[160];
  struct sf_key key;
  size_t length = (size_t) PQgetlength (row, 0, COLUMN_JSON);
  SF_TRY (sf_key_of_bytes (json, length, &key, err));
  if (known_rows_has (&database->previous, &key))
    inlet->count (inlet->ctx, "known_rows", 1);
  else
    {
      char *identity = sf_mem_printf ("%s|%s|%.32s", PQgetvalue (row, 0, COLUMN_TIME), PQgetvalue (row, 0, COLUMN_KEYS),
                                      sf_key_format (&key, digest));
      if (!identity)
        return sf_fail (err, SF_ENOMEM, "postgres_poll: out of memory");
      snprintf (source, sizeof source, "%s", PQdb (database->connection));
      struct sf_message message = { .feed = database->host->component,
                                    .source = source,
                                    .identity = identity,
                                    .bytes = (const uint8_t *) json,
                                    .length = length,
                                    .received_s = inlet->now_s };
      enum sf_code code = inlet->deliver (inlet->ctx, &message, err);
      sf_mem_free (identity);
      SF_TRY (code);
    }
  if (!known_rows_add (&database->known, &key))
    return sf_fail (err, SF_ENOMEM, "postgres_poll: out of memory");
  return SF_OK;
}

/* A row dated ahead of the server's clock is delivered, and read again until its time has come: were the cursor to follow
   it, the rows of the time between would be missed. */
static enum sf_code
take_row (struct database *database, const struct sf_inlet *inlet, long *delivered, struct sf_error *err)
{
  const PGresult *row = database->row;
  SF_TRY (deliver_row (database, inlet, row, err));
  ++*delivered;
  if (PQgetvalue (row, 0, COLUMN_FUTURE)[0] == 't')
    inlet->count (inlet->ctx, "future_rows", 1);
  else if (!database->cursor || strcmp (database->cursor, PQgetvalue (row, 0, COLUMN_TIME)))
    SF_TRY (replace (&database->cursor, PQgetvalue (row, 0, COLUMN_TIME), err));
  PQclear (database->row);
  database->row = NULL;
  return SF_OK;
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
            {
              pull_alarm_end (&database->failed, inlet);
              database->patience.wait_ms = 0;
            }
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
