/* SPDX-License-Identifier: Apache-2.0 */
#include "core/store/db.h"

#include <string.h>

enum
{
  BUSY_MS = 5000
};

enum sf_code
sf_db_fail (sqlite3 *db, struct sf_error *err)
{
  int result = db ? sqlite3_errcode (db) : SQLITE_NOMEM;
  const char *path = db ? sqlite3_db_filename (db, "main") : NULL;
  enum sf_code code = result == SQLITE_NOMEM                             ? SF_ENOMEM
                      : result == SQLITE_FULL                            ? SF_EFULL
                      : result == SQLITE_BUSY || result == SQLITE_LOCKED ? SF_EBUSY
                                                                         : SF_EIO;
  return sf_fail (err, code, "%s: %s", path && *path ? path : "database", db ? sqlite3_errmsg (db) : "out of memory");
}

enum sf_code
sf_db_exec (sqlite3 *db, const char *sql, struct sf_error *err)
{
  return sqlite3_exec (db, sql, NULL, NULL, NULL) == SQLITE_OK ? SF_OK : sf_db_fail (db, err);
}

enum sf_code
sf_db_begin (sqlite3 *db, struct sf_error *err)
{
  if (!sqlite3_get_autocommit (db))
    SF_TRY (sf_db_exec (db, "ROLLBACK", err));
  return sf_db_exec (db, "BEGIN IMMEDIATE", err);
}

enum sf_code
sf_db_prepare (sqlite3 *db, const char *sql, sqlite3_stmt **ret_statement, struct sf_error *err)
{
  if (sqlite3_prepare_v3 (db, sql, -1, SQLITE_PREPARE_PERSISTENT, ret_statement, NULL) != SQLITE_OK)
    return sf_db_fail (db, err);
  return SF_OK;
}

enum sf_code
sf_db_step (sqlite3 *db, sqlite3_stmt *statement, bool *ret_row, struct sf_error *err)
{
  int result = sqlite3_step (statement);
  *ret_row = result == SQLITE_ROW;
  return result == SQLITE_ROW || result == SQLITE_DONE ? SF_OK : sf_db_fail (db, err);
}

enum sf_code
sf_db_run (sqlite3 *db, sqlite3_stmt *statement, struct sf_error *err)
{
  bool row;
  enum sf_code code = sf_db_step (db, statement, &row, err);
  sqlite3_reset (statement);
  return code;
}

static const char *
pragmas_of (enum sf_db_mode mode)
{
  switch (mode)
    {
    case SF_DB_READ:
      return "PRAGMA query_only = 1";
    case SF_DB_WRITE:
      return "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL";
    case SF_DB_DURABLE:
      return "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL";
    }
  return "";
}

enum sf_code
sf_db_open (const char *path, enum sf_db_mode mode, sqlite3 **ret_db, struct sf_error *err)
{
  int flags
      = SQLITE_OPEN_NOMUTEX | (mode == SF_DB_READ ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  sqlite3 *db = NULL;
  *ret_db = NULL;
  int result = sqlite3_open_v2 (path, &db, flags, NULL);
  if (mode == SF_DB_READ && result == SQLITE_CANTOPEN)
    {
      sqlite3_close (db);
      return sf_fail (err, SF_ENOTFOUND, "%s: there is no such database, or it cannot be opened", path);
    }
  enum sf_code code = result == SQLITE_OK ? SF_OK : sf_db_fail (db, err);
  if (code == SF_OK)
    {
      sqlite3_busy_timeout (db, BUSY_MS);
      code = sf_db_exec (db, pragmas_of (mode), err);
    }
  if (code != SF_OK)
    {
      sqlite3_close (db);
      return code;
    }
  *ret_db = db;
  return SF_OK;
}

void
sf_db_close (sqlite3 *db)
{
  sqlite3_close_v2 (db);
}

enum sf_code
sf_db_ask_number (sqlite3 *db, const char *sql, int64_t *ret_number, struct sf_error *err)
{
  sqlite3_stmt *statement = NULL;
  bool row = false;
  SF_TRY (sf_db_prepare (db, sql, &statement, err));
  enum sf_code code = sf_db_step (db, statement, &row, err);
  if (code == SF_OK)
    *ret_number = row ? sqlite3_column_int64 (statement, 0) : 0;
  sqlite3_finalize (statement);
  return code;
}

/* A page for which SQLite had no memory is told by it as if it were a fault of the file. */
static bool
is_about_memory (const char *words)
{
  char told[32];
  sqlite3_snprintf (sizeof told, told, "error code=%d", SQLITE_NOMEM);
  const char *at = strstr (words, told), *next = at ? at + strlen (told) : "";
  return at && (*next < '0' || *next > '9');
}

enum sf_code
sf_db_check_structure (sqlite3 *db, int most, sf_db_finding finding, void *ctx, struct sf_error *err)
{
  char sql[64];
  sqlite3_stmt *statement = NULL;
  bool row = false;
  sqlite3_snprintf (sizeof sql, sql, "PRAGMA integrity_check (%d)", most);
  SF_TRY (sf_db_prepare (db, sql, &statement, err));
  enum sf_code code;
  while ((code = sf_db_step (db, statement, &row, err)) == SF_OK && row)
    {
      const char *words = (const char *) sqlite3_column_text (statement, 0);
      if (!words || is_about_memory (words))
        {
          code = sf_fail (err, SF_ENOMEM, "%s: no memory to check it", sqlite3_db_filename (db, "main"));
          break;
        }
      if (strcmp (words, "ok") != 0)
        finding (ctx, words);
    }
  sqlite3_finalize (statement);
  return code;
}

enum sf_code
sf_db_form (sqlite3 *db, int *ret_form, struct sf_error *err)
{
  int64_t form = 0;
  SF_TRY (sf_db_ask_number (db, "PRAGMA user_version", &form, err));
  *ret_form = (int) form;
  return SF_OK;
}

static enum sf_code
refuse_newer (sqlite3 *db, int number, int count, struct sf_error *err)
{
  return sf_fail (err, SF_EUNSUPPORTED, "%s: has form %d; this program knows forms up to %d: use a newer program",
                  sqlite3_db_filename (db, "main"), number, count);
}

enum sf_code
sf_db_check_form (sqlite3 *db, int count, struct sf_error *err)
{
  int number = 0;
  SF_TRY (sf_db_form (db, &number, err));
  if (number > count)
    return refuse_newer (db, number, count, err);
  if (number < count)
    return sf_fail (err, SF_EUNSUPPORTED,
                    "%s: has the older form %d; whoever writes it with this program brings it to form %d",
                    sqlite3_db_filename (db, "main"), number, count);
  return SF_OK;
}

/* Another process may have made the step meanwhile: the number is read again under the lock. */
static enum sf_code
make_steps (sqlite3 *db, const char *const *steps, int count, struct sf_error *err)
{
  int number = 0;
  SF_TRY (sf_db_form (db, &number, err));
  for (; number < count; number++)
    {
      char text[48];
      sqlite3_snprintf (sizeof text, text, "PRAGMA user_version = %d", number + 1);
      SF_TRY (sf_db_exec (db, steps[number], err));
      SF_TRY (sf_db_exec (db, text, err));
    }
  return SF_OK;
}

enum sf_code
sf_db_migrate (sqlite3 *db, const char *const *steps, int count, struct sf_error *err)
{
  int number = 0;
  SF_TRY (sf_db_form (db, &number, err));
  if (number > count)
    return refuse_newer (db, number, count, err);
  if (number == count)
    return SF_OK;
  SF_TRY (sf_db_exec (db, "BEGIN IMMEDIATE", err));
  enum sf_code code = make_steps (db, steps, count, err);
  if (code == SF_OK)
    code = sf_db_exec (db, "COMMIT", err);
  if (code != SF_OK)
    sqlite3_exec (db, "ROLLBACK", NULL, NULL, NULL);
  return code;
}

/* --- SQLite's memory from ours: each block begins with its size, in room that keeps alignment --- */

enum
{
  HEAD_BYTES = 16
};

static void *
give (int size)
{
  char *block = sf_mem_alloc ((size_t) size + HEAD_BYTES);
  if (!block)
    return NULL;
  memcpy (block, &size, sizeof size);
  return block + HEAD_BYTES;
}

static void
take_back (void *given)
{
  sf_mem_free ((char *) given - HEAD_BYTES);
}

static void *
resize (void *given, int size)
{
  char *block = sf_mem_realloc ((char *) given - HEAD_BYTES, (size_t) size + HEAD_BYTES);
  if (!block)
    return NULL;
  memcpy (block, &size, sizeof size);
  return block + HEAD_BYTES;
}

static int
size_of (void *given)
{
  int size = 0;
  if (given)
    memcpy (&size, (char *) given - HEAD_BYTES, sizeof size);
  return size;
}

static int
round_up (int size)
{
  return (size + 7) & ~7;
}

static int
begin (void *unused)
{
  (void) unused;
  return SQLITE_OK;
}

static void
end (void *unused)
{
  (void) unused;
}

enum sf_code
sf_db_use_our_memory (struct sf_error *err)
{
  static const sqlite3_mem_methods methods = { give, take_back, resize, size_of, round_up, begin, end, NULL };
  if (sqlite3_config (SQLITE_CONFIG_MALLOC, &methods) != SQLITE_OK)
    return sf_fail (err, SF_ECONFLICT, "SQLite is in use already");
  return SF_OK;
}
