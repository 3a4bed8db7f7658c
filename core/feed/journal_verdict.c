/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/journal_private.h"

#include <stdio.h>
#include <string.h>

/* Verdicts wait in memory until a commit: a rollback of messages that never were must not lose what was said of others, and
   a feed of rubbish must not cost a sync for each piece. */

enum
{
  WAITING_BYTES = 8 << 20,
  WAITING_MAX = 32 * 1024,
  NUMBER_OF_REST = INT32_MAX /* of the line that counts further pieces: after all others */
};

static enum sf_code
clear_written (struct sf_journal *journal, int64_t message_id, struct sf_error *err)
{
  sqlite3_stmt *statement;
  SF_TRY (sf_journal_statement (journal, WRITE_CLEAR, &statement, err));
  sqlite3_bind_int64 (statement, 1, message_id);
  return sf_db_run (journal->writer, statement, err);
}

enum sf_code
sf_journal_insert_verdict (struct sf_journal *journal, const struct sf_verdict *verdict, long number,
                           struct sf_error *err)
{
  sqlite3_stmt *statement;
  SF_TRY (sf_journal_statement (journal, WRITE_VERDICT, &statement, err));
  sqlite3_bind_int64 (statement, 1, verdict->message_id);
  sqlite3_bind_int64 (statement, 2, number);
  sqlite3_bind_int (statement, 3, (int) verdict->kind);
  sqlite3_bind_int64 (statement, 4, verdict->line);
  sf_journal_bind_text (statement, 5, verdict->reason);
  sf_journal_bind_text (statement, 6, verdict->excerpt);
  sf_journal_bind_text (statement, 7, verdict->decoder);
  sf_journal_bind_text (statement, 8, verdict->build);
  sqlite3_bind_int64 (statement, 9, verdict->made_s);
  return sf_db_run (journal->writer, statement, err);
}

static enum sf_code
write_one (struct sf_journal *journal, const struct journal_waiting *waiting, struct sf_error *err)
{
  char text[64];
  struct sf_verdict verdict = waiting->verdict;
  if (waiting->number == 0)
    return clear_written (journal, verdict.message_id, err);
  if (waiting->further > 0)
    {
      snprintf (text, sizeof text, "%ld further pieces", waiting->further);
      verdict.reason = text;
    }
  return sf_journal_insert_verdict (journal, &verdict, waiting->number, err);
}

enum sf_code
sf_journal_write_waiting (struct sf_journal *journal, struct sf_error *err)
{
  for (size_t i = 0; i < journal->waiting_count; i++)
    SF_TRY (write_one (journal, &journal->waiting[i], err));
  return SF_OK;
}

void
sf_journal_drop_waiting (struct sf_journal *journal)
{
  journal->waiting_count = 0;
  sf_arena_reset (&journal->waiting_texts);
}

/* Make room for one more. */
static enum sf_code
make_room (struct sf_journal *journal, struct sf_error *err)
{
  if (!journal->writer)
    return sf_fail (err, SF_EINVAL, "the journal is open for reading only");
  if (journal->waiting_texts.total_bytes > WAITING_BYTES || journal->waiting_count >= WAITING_MAX)
    {
      if (journal->in_transaction)
        return sf_fail (err, SF_EBUSY, "journal: too many verdicts wait for a commit");
      SF_TRY (sf_journal_commit (journal, err));
    }
  if (sf_mem_grow ((void **) &journal->waiting, &journal->waiting_capacity, journal->waiting_count + 2,
                   sizeof *journal->waiting)
      != 0)
    return sf_fail (err, SF_ENOMEM, "journal: out of memory");
  return SF_OK;
}

static const char *
keep_text (struct sf_journal *journal, const char *text)
{
  return sf_arena_strdup (&journal->waiting_texts, text ? text : "");
}

static enum sf_code
keep (struct sf_journal *journal, const struct sf_verdict *verdict, long number, struct sf_error *err)
{
  struct sf_verdict copy = *verdict;
  copy.reason = keep_text (journal, verdict->reason);
  copy.excerpt = keep_text (journal, verdict->excerpt);
  copy.decoder = keep_text (journal, verdict->decoder);
  copy.build = keep_text (journal, verdict->build);
  if (!copy.reason || !copy.excerpt || !copy.decoder || !copy.build)
    return sf_fail (err, SF_ENOMEM, "journal: out of memory");
  journal->waiting[journal->waiting_count++] = (struct journal_waiting){ .verdict = copy, .number = number };
  return SF_OK;
}

/* Pieces beyond those that are kept share one line, the last of its message. */
static enum sf_code
keep_count (struct sf_journal *journal, const struct sf_verdict *verdict, struct sf_error *err)
{
  struct journal_waiting *last = journal->waiting_count ? &journal->waiting[journal->waiting_count - 1] : NULL;
  if (!last || last->verdict.message_id != verdict->message_id || last->number != NUMBER_OF_REST)
    {
      struct sf_verdict rest = *verdict;
      rest.line = 0;
      rest.reason = rest.excerpt = "";
      SF_TRY (keep (journal, &rest, NUMBER_OF_REST, err));
      last = &journal->waiting[journal->waiting_count - 1];
    }
  last->further = journal->verdict_pieces - SF_VERDICT_PIECES;
  return SF_OK;
}

/* What was said of a message before no longer holds. */
static void
start_anew (struct sf_journal *journal, int64_t message_id)
{
  struct sf_verdict nothing = { .message_id = message_id };
  journal->waiting[journal->waiting_count++] = (struct journal_waiting){ .verdict = nothing };
  journal->verdict_message = message_id;
  journal->verdict_pieces = journal->verdict_number = 0;
}

enum sf_code
sf_journal_put_verdict (struct sf_journal *journal, const struct sf_verdict *verdict, struct sf_error *err)
{
  SF_TRY (make_room (journal, err));
  if (verdict->message_id != journal->verdict_message)
    start_anew (journal, verdict->message_id);
  if (verdict->kind == SF_VERDICT_PIECE && ++journal->verdict_pieces > SF_VERDICT_PIECES)
    return keep_count (journal, verdict, err);
  return keep (journal, verdict, ++journal->verdict_number, err);
}

/* Whether a statement about written verdicts gives a row. */
static enum sf_code
is_written (struct sf_journal *journal, sqlite3_stmt *statement, bool *ret_there, struct sf_error *err)
{
  bool row = false;
  enum sf_code code = sf_db_step (journal->reader, statement, &row, err);
  sqlite3_reset (statement);
  if (code == SF_OK)
    *ret_there = row;
  return code;
}

enum sf_code
sf_journal_clear_verdicts (struct sf_journal *journal, int64_t message_id, struct sf_error *err)
{
  sqlite3_stmt *statement;
  bool there = false;
  SF_TRY (make_room (journal, err));
  for (size_t i = 0; !there && i < journal->waiting_count; i++)
    there = journal->waiting[i].verdict.message_id == message_id;
  if (!there)
    {
      SF_TRY (sf_journal_statement (journal, READ_VERDICTS, &statement, err));
      sqlite3_bind_int64 (statement, 1, message_id);
      SF_TRY (is_written (journal, statement, &there, err));
    }
  /* Most messages never had one, and cost no write. */
  if (there)
    start_anew (journal, message_id);
  return SF_OK;
}

/* What waits about a message decides, if anything does: +1 poison, -1 not, 0 unknown. */
static int
waiting_poison (const struct sf_journal *journal, int64_t message_id, const char *build)
{
  int poison = 0;
  for (size_t i = 0; i < journal->waiting_count; i++)
    {
      const struct journal_waiting *waiting = &journal->waiting[i];
      if (waiting->verdict.message_id != message_id)
        continue;
      if (waiting->number == 0)
        poison = -1;
      else if (waiting->verdict.kind == SF_VERDICT_POISON && strcmp (waiting->verdict.build, build) == 0)
        poison = 1;
    }
  return poison;
}

enum sf_code
sf_journal_is_poison (struct sf_journal *journal, int64_t message_id, const char *build, bool *ret_poison,
                      struct sf_error *err)
{
  sqlite3_stmt *statement;
  int waiting = waiting_poison (journal, message_id, build);
  if (waiting != 0)
    {
      *ret_poison = waiting > 0;
      return SF_OK;
    }
  SF_TRY (sf_journal_statement (journal, READ_POISON, &statement, err));
  sqlite3_bind_int64 (statement, 1, message_id);
  sqlite3_bind_int (statement, 2, SF_VERDICT_POISON);
  sf_journal_bind_text (statement, 3, build);
  return is_written (journal, statement, ret_poison, err);
}
