/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_FEED_JOURNAL_PRIVATE_H
#define SF_CORE_FEED_JOURNAL_PRIVATE_H

#include "core/feed/journal.h"
#include "core/store/db.h"

/* What the parts of the journal share. */

/* Statements that are kept; the text of each stands in journal.c in this order. */
enum statement
{
  WRITE_BEGIN,
  WRITE_COMMIT,
  WRITE_NAME,
  WRITE_NAME_ID,
  WRITE_IDENTITY,
  WRITE_LAST_ID,
  WRITE_MESSAGE,
  WRITE_REMEMBER,
  WRITE_FORGET,
  WRITE_RECALL,
  WRITE_VERDICT,
  WRITE_CLEAR,
  READ_ALL,
  READ_FEED,
  READ_WINDOW,
  READ_LAST,
  READ_LAST_OF_FEED,
  READ_HIGHEST,
  READ_FEEDS,
  READ_JUDGED,
  READ_VERDICTS,
  READ_VERDICTS_COUNT,
  READ_POISON,
  STATEMENTS
};

/* Feeds and decoders are few and stand in rows as numbers. */
struct journal_name
{
  char *text;
  int64_t id;
};

enum
{
  JOURNAL_NAMES_MAX = 64 /* that are kept in memory */
};

/* A verdict that waits, or the word that those of a message no longer hold. */
struct journal_waiting
{
  struct sf_verdict verdict;
  long number;  /* within the message, from 1; 0: forget all of the message */
  long further; /* pieces that this line counts; 0: it is a line of its own */
};

struct sf_journal
{
  sqlite3 *writer; /* NULL: only for reading */
  sqlite3 *reader; /* a second connection, so that reading never sees what may yet be rolled back */
  sqlite3_stmt *statements[STATEMENTS];
  bool in_transaction;
  int64_t next_id;         /* 0: not yet asked for in this transaction */
  struct sf_error failure; /* code SF_OK: none; all fails with it until it is rolled back */
  int naps_max;            /* of two milliseconds, for another process's lock */
  struct journal_name names[JOURNAL_NAMES_MAX];
  size_t names_count;
  struct sf_arena waiting_texts;
  struct journal_waiting *waiting;
  size_t waiting_count, waiting_capacity;
  int64_t verdict_message; /* that the last verdict was about */
  long verdict_pieces, verdict_number;
  int wal_pages, checkpoint_at;
  /* The clock by which messages age, as it was at clock_ms; clock_ms 0: not yet asked for. */
  int64_t clock_s, clock_ms;
  int64_t highest_s;                 /* that clock ever said */
  int64_t offset_s, offset_since_ms; /* of the wall clock to the steady one, and since when */
};

/* A connection to any journal file, of the newest form. */
enum sf_code sf_journal_open_file (const char *path, enum sf_db_mode mode, struct sf_journal **ret_journal,
                                   struct sf_error *err);
/* A kept statement, reset and unbound. */
enum sf_code sf_journal_statement (struct sf_journal *journal, enum statement which, sqlite3_stmt **ret_statement,
                                   struct sf_error *err);
enum sf_code sf_journal_begin (struct sf_journal *journal, struct sf_error *err);
/* Note a failure that undoes the open transaction. */
enum sf_code sf_journal_note (struct sf_journal *journal, enum sf_code code, struct sf_error *err);
enum sf_code sf_journal_write_waiting (struct sf_journal *journal, struct sf_error *err);
void sf_journal_drop_waiting (struct sf_journal *journal);
/* Take an entry in, its SHA-256 made; id 0: under the next number. As sf_journal_append else. */
enum sf_code sf_journal_take (struct sf_journal *journal, const struct sf_journal_entry *entry, int64_t *ret_id,
                              struct sf_error *err);
/* The verdicts of a message, at most JOURNAL_VERDICTS_MAX, texts in the arena. */
enum
{
  JOURNAL_VERDICTS_MAX = SF_VERDICT_PIECES + 8 /* what stands beside the pieces: few */
};
enum sf_code sf_journal_verdicts_of (struct sf_journal *journal, struct sf_arena *arena, int64_t message_id,
                                     struct sf_verdict *verdicts, size_t *ret_count, struct sf_error *err);
void sf_journal_close_reader (struct sf_journal *journal);
enum sf_code sf_journal_insert_verdict (struct sf_journal *journal, const struct sf_verdict *verdict, long number,
                                        struct sf_error *err);
/* A checksum over all of a message, with the SHA-256 for its bytes: FNV-1a, 64 bits (Fowler, Noll, Vo). */
int64_t sf_journal_seal (const struct sf_journal_entry *entry);

/* Bind a text, NULL as NULL. The text must live until the statement is reset. */
void sf_journal_bind_text (sqlite3_stmt *statement, int place, const char *text);

#endif
