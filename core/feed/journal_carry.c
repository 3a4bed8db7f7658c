/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/journal_private.h"

#include "core/base/file.h"
#include "core/base/time.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Carrying a period as one file, and taking it in. */

enum
{
  STEP_MESSAGES = 1000 /* of a transaction: others may write in between */
};

struct carry
{
  struct sf_journal *from, *to;
  long messages, known;
  /* A message fewer of this feed, received time and SHA-256 is there already; only for import. */
  sqlite3_stmt *count_down;
  struct sf_arena arena;
  struct sf_verdict *verdicts;
};

static enum sf_code
start (struct carry *carry, struct sf_error *err)
{
  carry->verdicts = sf_mem_calloc (JOURNAL_VERDICTS_MAX, sizeof *carry->verdicts);
  return carry->verdicts ? SF_OK : sf_fail (err, SF_ENOMEM, "journal: out of memory");
}

static void
finish (struct carry *carry)
{
  sqlite3_finalize (carry->count_down);
  sf_mem_free (carry->verdicts);
  sf_arena_finish (&carry->arena);
}

/* Write an entry and its verdicts into the other journal; id 0: under its next number. *ret_taken: false when it knows the
   identity. */
static enum sf_code
carry_entry (struct carry *carry, const struct sf_journal_entry *entry, int64_t id, bool *ret_taken,
             struct sf_error *err)
{
  struct sf_journal_entry copy = *entry;
  size_t count = 0;
  int64_t new_id = 0;
  copy.id = id;
  SF_TRY (sf_journal_take (carry->to, &copy, &new_id, err));
  *ret_taken = new_id != 0;
  if (new_id == 0)
    return SF_OK;
  sf_arena_reset (&carry->arena);
  SF_TRY (sf_journal_verdicts_of (carry->from, &carry->arena, entry->id, carry->verdicts, &count, err));
  for (size_t i = 0; i < count; i++)
    {
      carry->verdicts[i].message_id = new_id;
      SF_TRY (sf_journal_insert_verdict (carry->to, &carry->verdicts[i], (long) i + 1, err));
    }
  return SF_OK;
}

static enum sf_code
carry_step (struct carry *carry, struct sf_error *err)
{
  return (carry->messages + carry->known) % STEP_MESSAGES == 0 ? sf_journal_commit (carry->to, err) : SF_OK;
}

/* --- out --- */

static enum sf_code
carry_out (void *ctx, const struct sf_journal_entry *entry, struct sf_error *err)
{
  struct carry *carry = ctx;
  bool taken = false;
  SF_TRY (carry_entry (carry, entry, entry->id, &taken, err));
  carry->messages += taken;
  carry->known += !taken; /* its identity was forgotten and came again */
  return carry_step (carry, err);
}

static enum sf_code
write_export (struct carry *carry, const struct sf_journal_range *range, struct sf_error *err)
{
  SF_TRY (start (carry, err));
  SF_TRY (sf_journal_read (carry->from, range, carry_out, carry, err));
  SF_TRY (sf_journal_commit (carry->to, err));
  /* One file, without a log beside it, that can be read from where nothing may be written. */
  sf_journal_close_reader (carry->to);
  return sf_db_exec (carry->to->writer, "PRAGMA journal_mode = DELETE", err);
}

static enum sf_code
export_to (struct sf_journal *journal, const struct sf_journal_range *range, const char *path, long *ret_messages,
           struct sf_error *err)
{
  struct carry carry = { .from = journal };
  SF_TRY (sf_journal_open_file (path, SF_DB_WRITE, &carry.to, err));
  enum sf_code code = write_export (&carry, range, err);
  sf_journal_close (carry.to);
  finish (&carry);
  if (code == SF_OK)
    *ret_messages = carry.messages;
  return code;
}

/* Remove what an export that failed may leave. */
static void
remove_partial (const char *partial)
{
  static const char *const ends[] = { "", "-wal", "-shm", "-journal" };
  for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
    {
      char *path = sf_mem_printf ("%s%s", partial, ends[i]);
      if (path)
        unlink (path);
      sf_mem_free (path);
    }
}

static enum sf_code
publish (const char *partial, const char *path, struct sf_error *err)
{
  const char *slash = strrchr (path, '/');
  char *folder = slash ? sf_mem_printf ("%.*s", slash == path ? 1 : (int) (slash - path), path) : sf_mem_strdup (".");
  enum sf_code code = folder ? sf_file_sync (partial, err) : sf_fail (err, SF_ENOMEM, "%s: out of memory", path);
  if (code == SF_OK && rename (partial, path) != 0)
    code = sf_fail (err, SF_EIO, "%s: %s", path, strerror (errno));
  if (code == SF_OK)
    code = sf_file_sync (folder, err);
  sf_mem_free (folder);
  return code;
}

enum sf_code
sf_journal_export (struct sf_journal *journal, const struct sf_journal_range *range, const char *path,
                   long *ret_messages, struct sf_error *err)
{
  long messages = 0;
  if (sf_file_exists (path))
    return sf_fail (err, SF_ECONFLICT, "%s: exists already; an export is a new file", path);
  char *partial = sf_mem_printf ("%s.%ld.part", path, (long) getpid ());
  if (!partial)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", path);
  enum sf_code code = export_to (journal, range, partial, &messages, err);
  if (code == SF_OK)
    code = publish (partial, path, err);
  remove_partial (partial);
  sf_mem_free (partial);
  if (code == SF_OK)
    *ret_messages = messages;
  return code;
}

/* --- in --- */

static enum sf_code
received_span (sqlite3 *db, int64_t *ret_from_s, int64_t *ret_to_s, struct sf_error *err)
{
  sqlite3_stmt *statement = NULL;
  bool row = false;
  SF_TRY (sf_db_prepare (db, "SELECT min (received_s), max (received_s) FROM message", &statement, err));
  enum sf_code code = sf_db_step (db, statement, &row, err);
  if (code == SF_OK && row)
    {
      *ret_from_s = sqlite3_column_int64 (statement, 0);
      *ret_to_s = sqlite3_column_int64 (statement, 1);
    }
  sqlite3_finalize (statement);
  return code;
}

/* Note in a table of this connection how many messages of each feed, received time and SHA-256 there are before the import:
   those of an import are not compared with each other, since a moored vessel repeats itself within a second. */
static enum sf_code
note_known (struct carry *carry, struct sf_error *err)
{
  int64_t from_s = 0, to_s = 0;
  sqlite3 *db = carry->to->writer;
  sqlite3_stmt *fill = NULL;
  SF_TRY (received_span (carry->from->reader, &from_s, &to_s, err));
  SF_TRY (sf_db_exec (db,
                      "DROP TABLE IF EXISTS temp.known;"
                      "CREATE TEMP TABLE known (feed TEXT, received_s INTEGER, sha256 BLOB, count INTEGER,"
                      " PRIMARY KEY (feed, received_s, sha256)) WITHOUT ROWID",
                      err));
  SF_TRY (sf_db_prepare (db,
                         "INSERT INTO temp.known SELECT name.text, received_s, sha256, count (*) FROM message"
                         " CROSS JOIN name ON name.id = feed WHERE received_s BETWEEN ? AND ? GROUP BY 1, 2, 3",
                         &fill, err));
  sqlite3_bind_int64 (fill, 1, from_s);
  sqlite3_bind_int64 (fill, 2, to_s);
  enum sf_code code = sf_db_run (db, fill, err);
  sqlite3_finalize (fill);
  SF_TRY (code);
  return sf_db_prepare (db,
                        "UPDATE temp.known SET count = count - 1"
                        " WHERE feed = ? AND received_s = ? AND sha256 = ? AND count > 0",
                        &carry->count_down, err);
}

static enum sf_code
is_known (struct carry *carry, const struct sf_journal_entry *entry, bool *ret_known, struct sf_error *err)
{
  sf_journal_bind_text (carry->count_down, 1, entry->feed);
  sqlite3_bind_int64 (carry->count_down, 2, entry->received_s);
  sqlite3_bind_blob (carry->count_down, 3, entry->sha256.bytes, sizeof entry->sha256.bytes, SQLITE_STATIC);
  SF_TRY (sf_db_run (carry->to->writer, carry->count_down, err));
  *ret_known = sqlite3_changes (carry->to->writer) > 0;
  return SF_OK;
}

static enum sf_code
carry_in (void *ctx, const struct sf_journal_entry *entry, struct sf_error *err)
{
  struct carry *carry = ctx;
  bool known = false, taken = false;
  SF_TRY (sf_journal_begin (carry->to, err));
  SF_TRY (is_known (carry, entry, &known, err));
  if (!known)
    SF_TRY (carry_entry (carry, entry, 0, &taken, err));
  carry->messages += taken;
  carry->known += !taken;
  return carry_step (carry, err);
}

static enum sf_code
read_import (struct carry *carry, struct sf_error *err)
{
  const struct sf_journal_range all = { .from_s = SF_TIME_MISSING, .to_s = SF_TIME_MISSING };
  SF_TRY (start (carry, err));
  SF_TRY (note_known (carry, err));
  SF_TRY (sf_journal_read (carry->from, &all, carry_in, carry, err));
  return sf_journal_commit (carry->to, err);
}

enum sf_code
sf_journal_import (struct sf_journal *journal, const char *path, long *ret_taken, long *ret_known, struct sf_error *err)
{
  struct carry carry = { .to = journal };
  if (!journal->writer)
    return sf_fail (err, SF_EINVAL, "the journal is open for reading only");
  if (journal->in_transaction)
    return sf_fail (err, SF_EBUSY, "journal: an import waits for a commit");
  SF_TRY (sf_journal_open_file (path, SF_DB_READ, &carry.from, err));
  enum sf_code code = read_import (&carry, err);
  if (code != SF_OK)
    sf_journal_rollback (journal);
  finish (&carry);
  sf_journal_close (carry.from);
  if (code != SF_OK)
    return code;
  *ret_taken = carry.messages;
  *ret_known = carry.known;
  return SF_OK;
}
