/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/journal_private.h"

#include "core/base/text.h"
#include "core/base/time.h"

#include <stdio.h>

/* Keeping within bounds, and looking for damage. */

enum
{
  STEP_ROWS = 2000,
  ROW_BYTES = 160,     /* about what a message takes beside its bytes, with its entries in indexes */
  SPARE_PAGES = 4096,  /* free ones that stay for what comes next: 16 MiB */
  VACUUM_PAGES = 1024, /* given back in one step */
  FINDINGS_MAX = 100,  /* of SQLite's own check */
  JUMP_S = 60,         /* a wall clock that moves by so much against the steady one was set */
  AHEAD_S = 86400      /* a message that says to be so much newer than all is not believed */
};

/* Where the clock of ages stands among what transports remember, under a name that no feed can have. */
#define KEEPER "*journal"
#define KEY "clock"

static int64_t
longer (int64_t a_s, int64_t b_s)
{
  return a_s > b_s ? a_s : b_s;
}

/* Run a statement of up to four numbers. */
static enum sf_code
run_numbers (sqlite3 *db, const char *sql, const int64_t *numbers, int count, struct sf_error *err)
{
  sqlite3_stmt *statement = NULL;
  SF_TRY (sf_db_prepare (db, sql, &statement, err));
  for (int i = 0; i < count; i++)
    sqlite3_bind_int64 (statement, i + 1, numbers[i]);
  enum sf_code code = sf_db_run (db, statement, err);
  sqlite3_finalize (statement);
  return code;
}

/* --- the clock by which messages age --- */

/* As it was when the journal was last trimmed; else the messages tell. */
static enum sf_code
recall_clock (struct sf_journal *journal, const struct sf_journal_keep *keep, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  const char *text = NULL;
  int64_t clock_s = 0, highest_s = 0;
  enum sf_code code = sf_journal_recall (journal, &arena, KEEPER, KEY, &text, err);
  struct sf_span rest = sf_span_of (text ? text : ""), first = { NULL, 0 };
  bool is_known = sf_text_next_field (&rest, ' ', &first) && sf_text_parse_int (first, &clock_s)
                  && sf_text_parse_int (rest, &highest_s);
  if (code == SF_OK && !is_known)
    code = sf_db_ask_number (journal->writer, "SELECT received_s FROM message ORDER BY id DESC LIMIT 1", &clock_s, err);
  if (code == SF_OK && !is_known)
    code = sf_db_ask_number (journal->writer, "SELECT max (received_s) FROM message", &highest_s, err);
  sf_arena_finish (&arena);
  SF_TRY (code);
  journal->clock_s = clock_s > 0 && clock_s < keep->now_s ? clock_s : keep->now_s;
  journal->highest_s = highest_s;
  journal->clock_ms = journal->offset_since_ms = keep->steady_ms;
  journal->offset_s = keep->now_s - keep->steady_ms / 1000;
  return SF_OK;
}

static enum sf_code
move_clock (struct sf_journal *journal, const struct sf_journal_keep *keep, struct sf_error *err)
{
  char text[64];
  if (journal->clock_ms == 0)
    SF_TRY (recall_clock (journal, keep, err));
  int64_t offset_s = keep->now_s - keep->steady_ms / 1000;
  int64_t most_s = journal->clock_s + 2 * (keep->steady_ms - journal->clock_ms) / 1000;
  if (offset_s > journal->offset_s + JUMP_S || offset_s < journal->offset_s - JUMP_S)
    {
      journal->offset_s = offset_s;
      journal->offset_since_ms = keep->steady_ms;
    }
  /* What was there when the clock was set is so old by now, whatever it says. */
  bool is_proven = keep->age_s > 0 && keep->steady_ms - journal->offset_since_ms >= 1000 * keep->age_s;
  journal->clock_s = is_proven || keep->now_s < most_s ? keep->now_s : most_s;
  journal->clock_ms = keep->steady_ms;
  journal->highest_s = is_proven || journal->clock_s > journal->highest_s ? journal->clock_s : journal->highest_s;
  snprintf (text, sizeof text, "%lld %lld", (long long) journal->clock_s, (long long) journal->highest_s);
  return sf_journal_remember (journal, KEEPER, KEY, text, err);
}

/* --- dropping --- */

/* Delete the rows of message that a text of conditions names, with their verdicts, and count them. */
static enum sf_code
drop_messages (sqlite3 *db, const char *which, const int64_t numbers[4], long *dropped, struct sf_error *err)
{
  char sql[512];
  snprintf (sql, sizeof sql, "DELETE FROM verdict WHERE message IN (%s)", which);
  SF_TRY (run_numbers (db, sql, numbers, 4, err));
  snprintf (sql, sizeof sql, "DELETE FROM message WHERE id IN (%s)", which);
  SF_TRY (run_numbers (db, sql, numbers, 4, err));
  *dropped += sqlite3_changes (db);
  return SF_OK;
}

/* Of the oldest those before the first that is young, by a time that may be believed. */
static enum sf_code
drop_by_age (struct sf_journal *journal, const struct sf_journal_keep *keep, long *dropped, struct sf_error *err)
{
  sqlite3 *db = journal->writer;
  if (keep->age_s <= 0)
    return SF_OK;
  int64_t newest_s = 0;
  SF_TRY (sf_db_ask_number (db, "SELECT received_s FROM message ORDER BY id DESC LIMIT 1", &newest_s, err));
  int64_t last_s = newest_s > keep->now_s ? newest_s : keep->now_s;
  last_s = (journal->highest_s > last_s ? journal->highest_s : last_s) + AHEAD_S;
  return drop_messages (db,
                        "SELECT id FROM message WHERE id <= ?2 AND id < ifnull ((SELECT min (id) FROM (SELECT id,"
                        " received_s FROM message ORDER BY id LIMIT ?3) WHERE received_s BETWEEN ?1 AND ?4), 1 << 62)"
                        " ORDER BY id LIMIT ?3",
                        (int64_t[]){ keep->now_s - keep->age_s, keep->applied_id, STEP_ROWS, last_s }, dropped, err);
}

/* Of the oldest messages as many as bring the database below its size, each counted by its bytes and what stands beside
   them; what that misses is for the next step. */
static enum sf_code
drop_by_size (sqlite3 *db, const struct sf_journal_keep *keep, long *dropped, struct sf_error *err)
{
  int64_t pages, free_pages, page_bytes;
  if (keep->size_bytes <= 0)
    return SF_OK;
  SF_TRY (sf_db_ask_number (db, "PRAGMA page_count", &pages, err));
  SF_TRY (sf_db_ask_number (db, "PRAGMA freelist_count", &free_pages, err));
  SF_TRY (sf_db_ask_number (db, "PRAGMA page_size", &page_bytes, err));
  int64_t excess = (pages - free_pages) * page_bytes - keep->size_bytes;
  if (excess <= 0)
    return SF_OK;
  char which[384];
  snprintf (which, sizeof which,
            "SELECT id FROM (SELECT id, sum (length (bytes) + %d) OVER (ORDER BY id) - length (bytes) - %d AS before"
            " FROM (SELECT id, bytes FROM message WHERE id <= ?2 ORDER BY id LIMIT ?3)) WHERE before < ?1",
            (int) ROW_BYTES, (int) ROW_BYTES);
  return drop_messages (db, which, (int64_t[]){ excess, keep->applied_id, STEP_ROWS, 0 }, dropped, err);
}

static enum sf_code
drop_memories (sqlite3 *db, const struct sf_journal_keep *keep, long *dropped, struct sf_error *err)
{
  int64_t age_s = longer (keep->identity_age_s, keep->age_s), memory_age_s = longer (age_s, SF_JOURNAL_MEMORY_S);
  if (keep->identity_age_s <= 0)
    return SF_OK;
  const int64_t numbers[] = { keep->now_s - age_s, STEP_ROWS },
                remembered[] = { keep->now_s - memory_age_s, STEP_ROWS };
  SF_TRY (run_numbers (db,
                       "DELETE FROM identity WHERE (feed, identity) IN (SELECT feed, identity FROM identity"
                       " INDEXED BY identity_received WHERE received_s < ?1 ORDER BY received_s LIMIT ?2)",
                       numbers, 2, err));
  *dropped += sqlite3_changes (db);
  SF_TRY (run_numbers (db,
                       "DELETE FROM memory WHERE (feed, key) IN (SELECT feed, key FROM memory"
                       " INDEXED BY memory_changed WHERE changed_s < ?1 ORDER BY changed_s LIMIT ?2)",
                       remembered, 2, err));
  *dropped += sqlite3_changes (db);
  return run_numbers (db, "UPDATE memory SET changed_s = ?1 WHERE changed_s IS NULL", &keep->now_s, 1, err);
}

/* Give pages back in small pieces, but none that the next messages will want. */
static enum sf_code
give_back (sqlite3 *db, struct sf_error *err)
{
  char sql[64];
  int64_t free_pages;
  SF_TRY (sf_db_ask_number (db, "PRAGMA freelist_count", &free_pages, err));
  if (free_pages <= SPARE_PAGES)
    return SF_OK;
  int64_t most = free_pages - SPARE_PAGES < VACUUM_PAGES ? free_pages - SPARE_PAGES : VACUUM_PAGES;
  snprintf (sql, sizeof sql, "PRAGMA incremental_vacuum (%d)", (int) most);
  return sf_db_exec (db, sql, err);
}

static enum sf_code
trim (struct sf_journal *journal, const struct sf_journal_keep *keep, long *dropped, struct sf_error *err)
{
  sqlite3 *db = journal->writer;
  struct sf_journal_keep aged = *keep;
  SF_TRY (sf_journal_begin (journal, err));
  if (keep->steady_ms > 0)
    {
      SF_TRY (move_clock (journal, keep, err));
      aged.now_s = journal->clock_s;
    }
  SF_TRY (drop_by_age (journal, &aged, dropped, err));
  SF_TRY (drop_by_size (db, keep, dropped, err));
  SF_TRY (drop_memories (db, &aged, dropped, err));
  SF_TRY (give_back (db, err));
  return sf_journal_commit (journal, err);
}

enum sf_code
sf_journal_trim (struct sf_journal *journal, const struct sf_journal_keep *keep, long *ret_dropped,
                 struct sf_error *err)
{
  long dropped = 0;
  if (!journal->writer)
    return sf_fail (err, SF_EINVAL, "the journal is open for reading only");
  if (journal->in_transaction)
    return sf_fail (err, SF_EBUSY, "journal: trimming waits for a commit");
  enum sf_code code = trim (journal, keep, &dropped, err);
  if (code != SF_OK)
    sf_journal_rollback (journal);
  else
    *ret_dropped = dropped;
  return code;
}

/* --- damage --- */

struct check
{
  sf_journal_finding finding;
  void *ctx;
  long messages;
  int64_t last_id;
};

static void
report_structure (void *ctx, const char *words)
{
  const struct check *check = ctx;
  check->finding (check->ctx, 0, words);
}

static enum sf_code
check_entry (void *ctx, const struct sf_journal_entry *entry, struct sf_error *err)
{
  struct check *check = ctx;
  char text[256], time[SF_TIME_TEXT_BYTES];
  (void) err;
  check->messages++;
  check->last_id = entry->id;
  if (!entry->damaged)
    return SF_OK;
  snprintf (text, sizeof text, "message %lld of %.100s, received %s, %zu bytes, is not what was written",
            (long long) entry->id, entry->feed, sf_time_format_beijing (time, entry->received_s), entry->length);
  check->finding (check->ctx, entry->id, text);
  return SF_OK;
}

enum sf_code
sf_journal_check (struct sf_journal *journal, sf_journal_finding finding, void *ctx, long *ret_messages,
                  struct sf_error *err)
{
  struct check check = { .finding = finding, .ctx = ctx };
  struct sf_error own = { 0 };
  char text[640];
  const struct sf_journal_range all = { .from_s = SF_TIME_MISSING, .to_s = SF_TIME_MISSING };
  enum sf_code code = sf_db_check_structure (journal->reader, FINDINGS_MAX, report_structure, &check, &own);
  if (code == SF_OK)
    code = sf_journal_read (journal, &all, check_entry, &check, &own);
  if (code == SF_EIO)
    {
      snprintf (text, sizeof text, "what follows message %lld cannot be read: %s", (long long) check.last_id,
                own.message);
      finding (ctx, 0, text);
    }
  else if (code != SF_OK)
    return sf_fail (err, code, "%s", own.message);
  *ret_messages = check.messages;
  return SF_OK;
}
