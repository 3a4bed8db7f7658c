/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/journal_private.h"

#include "core/base/file.h"

#include <string.h>

enum
{
  NAP_MS = 2,
  NAPS = 2500,              /* five seconds, as core/store/db.h has it; shorter naps get a turn beside a busy ingest */
  NAPS_CHECKPOINT = 10,     /* a commit waits no longer for readers */
  CHECKPOINT_PAGES = 1000,  /* of the WAL, 4 MiB: small and often, so that no commit is much slower than others */
  CROWDED_PAGES = 16 * 1024 /* 64 MiB: readers kept it from starting anew; it is made to */
};

static const char *const forms[] = {
  "CREATE TABLE name (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);"
  "CREATE TABLE message (id INTEGER PRIMARY KEY AUTOINCREMENT, feed INTEGER NOT NULL, source TEXT, identity TEXT,"
  "  decoder INTEGER NOT NULL, received_s INTEGER NOT NULL, sha256 BLOB NOT NULL, seal INTEGER NOT NULL,"
  "  bytes BLOB NOT NULL);"
  "CREATE INDEX message_feed ON message (feed);"
  "CREATE INDEX message_received ON message (received_s);"
  "CREATE TABLE identity (feed INTEGER NOT NULL, identity TEXT NOT NULL, received_s INTEGER NOT NULL,"
  "  PRIMARY KEY (feed, identity)) WITHOUT ROWID;"
  "CREATE INDEX identity_received ON identity (received_s);"
  /* changed_s: when trimming first met the value, NULL until then */
  "CREATE TABLE memory (feed INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, changed_s INTEGER,"
  "  PRIMARY KEY (feed, key)) WITHOUT ROWID;"
  "CREATE TABLE verdict (message INTEGER NOT NULL, number INTEGER NOT NULL, kind INTEGER NOT NULL,"
  "  line INTEGER NOT NULL, reason TEXT NOT NULL, excerpt TEXT NOT NULL, decoder TEXT NOT NULL, build TEXT NOT NULL,"
  "  made_s INTEGER NOT NULL, PRIMARY KEY (message, number)) WITHOUT ROWID;",
};

enum
{
  FORMS = sizeof forms / sizeof forms[0]
};

#define MESSAGE_COLUMNS                                                                                                \
  "SELECT id, (SELECT text FROM name WHERE name.id = message.feed), source, identity,"                                 \
  " (SELECT text FROM name WHERE name.id = message.decoder), received_s, sha256, seal, bytes FROM message "

static const char *const texts[STATEMENTS] = {
  [WRITE_BEGIN] = "BEGIN IMMEDIATE",
  [WRITE_COMMIT] = "COMMIT",
  [WRITE_NAME] = "INSERT INTO name (text) VALUES (?) ON CONFLICT DO NOTHING",
  [WRITE_NAME_ID] = "SELECT id FROM name WHERE text = ?",
  [WRITE_IDENTITY] = "INSERT INTO identity VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
  [WRITE_LAST_ID] = "SELECT seq FROM sqlite_sequence WHERE name = 'message'",
  [WRITE_MESSAGE] = "INSERT INTO message VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
  [WRITE_REMEMBER] = "INSERT INTO memory VALUES (?, ?, ?, NULL)"
                     " ON CONFLICT DO UPDATE SET value = excluded.value, changed_s = NULL",
  [WRITE_FORGET] = "DELETE FROM memory WHERE feed = ? AND key = ?",
  [WRITE_RECALL] = "SELECT value FROM memory WHERE feed = (SELECT id FROM name WHERE text = ?) AND key = ?",
  [WRITE_VERDICT] = "INSERT OR REPLACE INTO verdict VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
  [WRITE_CLEAR] = "DELETE FROM verdict WHERE message = ?",
  [READ_ALL] = MESSAGE_COLUMNS "WHERE id > ?1 AND id <= ?2 AND received_s BETWEEN ?3 AND ?4 ORDER BY id LIMIT ?5",
  [READ_FEED] = MESSAGE_COLUMNS "INDEXED BY message_feed WHERE feed = (SELECT id FROM name WHERE text = ?6)"
                                " AND id > ?1 AND id <= ?2 AND received_s BETWEEN ?3 AND ?4 ORDER BY id LIMIT ?5",
  [READ_WINDOW] = "SELECT min (id), max (id) FROM message INDEXED BY message_received"
                  " WHERE received_s BETWEEN ? AND ?",
  [READ_LAST] = "SELECT id FROM message ORDER BY id DESC LIMIT 1",
  [READ_LAST_OF_FEED] = "SELECT id FROM message INDEXED BY message_feed"
                        " WHERE feed = (SELECT id FROM name WHERE text = ?) ORDER BY id DESC LIMIT 1",
  [READ_HIGHEST] = "SELECT seq FROM sqlite_sequence WHERE name = 'message'",
  [READ_FEEDS]
  = "SELECT text FROM name WHERE EXISTS (SELECT 1 FROM message INDEXED BY message_feed WHERE feed = name.id)"
    " ORDER BY text",
  [READ_JUDGED] = "SELECT message FROM verdict WHERE message > ? AND message <= ? ORDER BY message, number LIMIT 1",
  [READ_VERDICTS] = "SELECT kind, line, reason, excerpt, decoder, build, made_s FROM verdict"
                    " WHERE message = ? ORDER BY number",
  [READ_VERDICTS_COUNT] = "SELECT count (*) FROM verdict WHERE message = ?",
  [READ_POISON] = "SELECT 1 FROM verdict WHERE message = ? AND kind = ? AND build = ?",
};

/* --- statements --- */

enum sf_code
sf_journal_statement (struct sf_journal *journal, enum statement which, sqlite3_stmt **ret_statement,
                      struct sf_error *err)
{
  sqlite3 *db = which >= READ_ALL ? journal->reader : journal->writer;
  if (!db)
    return sf_fail (err, SF_EINVAL, "the journal is open for reading only");
  if (!journal->statements[which])
    SF_TRY (sf_db_prepare (db, texts[which], &journal->statements[which], err));
  *ret_statement = journal->statements[which];
  sqlite3_reset (*ret_statement);
  sqlite3_clear_bindings (*ret_statement);
  return SF_OK;
}

void
sf_journal_bind_text (sqlite3_stmt *statement, int place, const char *text)
{
  sqlite3_bind_text (statement, place, text, -1, SQLITE_STATIC);
}

/* Run a kept statement of the writer without values. */
static enum sf_code
run_plain (struct sf_journal *journal, enum statement which, struct sf_error *err)
{
  sqlite3_stmt *statement;
  SF_TRY (sf_journal_statement (journal, which, &statement, err));
  return sf_db_run (journal->writer, statement, err);
}

/* --- opening --- */

static int
nap (void *ctx, int naps)
{
  const struct sf_journal *journal = ctx;
  if (naps >= journal->naps_max)
    return 0;
  sqlite3_sleep (NAP_MS);
  return 1;
}

static int
count_wal (void *ctx, sqlite3 *db, const char *name, int pages)
{
  (void) db;
  (void) name;
  ((struct sf_journal *) ctx)->wal_pages = pages;
  return SQLITE_OK;
}

static enum sf_code
open_writer (struct sf_journal *journal, const char *path, enum sf_db_mode mode, struct sf_error *err)
{
  int form;
  SF_TRY (sf_db_open (path, mode, &journal->writer, err));
  sqlite3_busy_handler (journal->writer, nap, journal);
  SF_TRY (sf_db_form (journal->writer, &form, err));
  /* A file whose header is written already takes the setting by VACUUM only; it is empty then, so that costs nothing. */
  if (form == 0)
    SF_TRY (sf_db_exec (journal->writer, "PRAGMA auto_vacuum = INCREMENTAL; VACUUM", err));
  SF_TRY (sf_db_migrate (journal->writer, forms, FORMS, err));
  /* For trimming, which meets a memory for each row of a database. No form of its own: whoever has the form of before reads the
     file as well. */
  SF_TRY (sf_db_exec (journal->writer, "CREATE INDEX IF NOT EXISTS memory_changed ON memory (changed_s)", err));
  SF_TRY (sf_db_exec (journal->writer, "PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -16384", err));
  /* Takes the place of SQLite's own checkpoints, which would stand inside commits. */
  sqlite3_wal_hook (journal->writer, count_wal, journal);
  return SF_OK;
}

static enum sf_code
open_reader (struct sf_journal *journal, const char *path, struct sf_error *err)
{
  int form;
  SF_TRY (sf_db_open (path, SF_DB_READ, &journal->reader, err));
  sqlite3_busy_handler (journal->reader, nap, journal);
  SF_TRY (sf_db_form (journal->reader, &form, err));
  if (form == FORMS)
    return SF_OK;
  return sf_fail (err, SF_EUNSUPPORTED, "%s: has form %d and this program reads form %d: %s", path, form, (int) FORMS,
                  form > FORMS ? "use a newer program" : "open it for writing once, as ingest does, to bring it there");
}

enum sf_code
sf_journal_open_file (const char *path, enum sf_db_mode mode, struct sf_journal **ret_journal, struct sf_error *err)
{
  struct sf_journal *journal = sf_mem_calloc (1, sizeof *journal);
  if (!journal)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", path);
  journal->naps_max = NAPS;
  journal->checkpoint_at = CHECKPOINT_PAGES;
  sf_arena_init (&journal->waiting_texts);
  enum sf_code code = mode == SF_DB_READ ? SF_OK : open_writer (journal, path, mode, err);
  if (code == SF_OK)
    code = open_reader (journal, path, err);
  if (code != SF_OK)
    {
      sf_journal_close (journal);
      return code;
    }
  *ret_journal = journal;
  return SF_OK;
}

enum sf_code
sf_journal_open (const char *dir, bool writable, struct sf_journal **ret_journal, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  enum sf_code code = SF_OK;
  char *folder = sf_file_join (&arena, dir, "journal"),
       *path = folder ? sf_file_join (&arena, folder, "journal.db") : NULL;
  if (!path)
    code = sf_fail (err, SF_ENOMEM, "%s: out of memory", dir);
  if (code == SF_OK && writable)
    code = sf_file_make_folder (folder, err);
  if (code == SF_OK)
    code = sf_journal_open_file (path, writable ? SF_DB_DURABLE : SF_DB_READ, ret_journal, err);
  /* A commit is worth nothing while the names that lead to it are not on the disk: who made them may have failed to. */
  if (code == SF_OK && writable)
    {
      code = sf_file_sync (folder, err);
      if (code == SF_OK)
        code = sf_file_sync (dir, err);
      if (code != SF_OK)
        {
          sf_journal_close (*ret_journal);
          *ret_journal = NULL;
        }
    }
  sf_arena_finish (&arena);
  return code;
}

static void
drop_names (struct sf_journal *journal)
{
  for (size_t i = 0; i < journal->names_count; i++)
    sf_mem_free (journal->names[i].text);
  journal->names_count = 0;
}

void
sf_journal_close_reader (struct sf_journal *journal)
{
  for (int i = READ_ALL; i < STATEMENTS; i++)
    {
      sqlite3_finalize (journal->statements[i]);
      journal->statements[i] = NULL;
    }
  sf_db_close (journal->reader);
  journal->reader = NULL;
}

void
sf_journal_close (struct sf_journal *journal)
{
  if (!journal)
    return;
  sf_journal_close_reader (journal);
  for (int i = 0; i < READ_ALL; i++)
    sqlite3_finalize (journal->statements[i]);
  sf_db_close (journal->writer);
  drop_names (journal);
  sf_mem_free (journal->waiting);
  sf_arena_finish (&journal->waiting_texts);
  sf_mem_free (journal);
}

/* --- transactions --- */

enum sf_code
sf_journal_note (struct sf_journal *journal, enum sf_code code, struct sf_error *err)
{
  if (code == SF_OK || journal->failure.code != SF_OK)
    return code;
  sf_fail (&journal->failure, code, "%s", err ? err->message : "an earlier step failed");
  return code;
}

enum sf_code
sf_journal_begin (struct sf_journal *journal, struct sf_error *err)
{
  if (journal->failure.code != SF_OK)
    return sf_fail (err, journal->failure.code, "%s", journal->failure.message);
  if (journal->in_transaction)
    return SF_OK;
  SF_TRY (run_plain (journal, WRITE_BEGIN, err));
  journal->in_transaction = true;
  journal->next_id = 0;
  return SF_OK;
}

/* Bring what the WAL holds into the database, in small pieces and after the commit has been made; a failure (no room, busy)
   costs nothing but a longer WAL, and is tried again when it has grown further. */
static void
checkpoint (struct sf_journal *journal)
{
  if (journal->wal_pages < CHECKPOINT_PAGES)
    journal->checkpoint_at = CHECKPOINT_PAGES;
  if (journal->wal_pages < journal->checkpoint_at)
    return;
  int mode = journal->wal_pages < CROWDED_PAGES ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_TRUNCATE;
  journal->naps_max = NAPS_CHECKPOINT;
  sqlite3_wal_checkpoint_v2 (journal->writer, NULL, mode, NULL, NULL);
  journal->naps_max = NAPS;
  journal->checkpoint_at = journal->wal_pages + CHECKPOINT_PAGES;
}

static enum sf_code
finish_transaction (struct sf_journal *journal, struct sf_error *err)
{
  SF_TRY (sf_journal_begin (journal, err));
  SF_TRY (sf_journal_write_waiting (journal, err));
  SF_TRY (run_plain (journal, WRITE_COMMIT, err));
  journal->in_transaction = false;
  return SF_OK;
}

enum sf_code
sf_journal_commit (struct sf_journal *journal, struct sf_error *err)
{
  struct sf_error own;
  err = err ? err : &own;
  bool open = journal->in_transaction || journal->failure.code != SF_OK;
  if (!open && journal->waiting_count == 0)
    return SF_OK;
  enum sf_code code = finish_transaction (journal, err);
  if (code != SF_OK && !open)
    sf_journal_rollback (journal); /* nobody else has a part in it */
  if (code != SF_OK)
    return open ? sf_journal_note (journal, code, err) : code;
  sf_journal_drop_waiting (journal);
  checkpoint (journal);
  return SF_OK;
}

void
sf_journal_rollback (struct sf_journal *journal)
{
  if (journal->writer && !sqlite3_get_autocommit (journal->writer))
    sqlite3_exec (journal->writer, "ROLLBACK", NULL, NULL, NULL);
  journal->in_transaction = false;
  journal->failure = (struct sf_error){ 0 };
  drop_names (journal); /* some may be gone */
}
