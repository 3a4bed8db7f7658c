/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/journal_private.h"

#include "core/base/time.h"

#include <string.h>

/* Reading. Rows are copied in small batches and visited after the statement has ended: a slow reader never holds a snapshot,
   which would keep the WAL from starting anew. */

enum
{
  BATCH_ROWS = 128,
  BATCH_BYTES = 1 << 20
};

struct batch
{
  struct sf_arena arena;
  struct sf_journal_entry entries[BATCH_ROWS];
  size_t count;
  bool more; /* the statement may have further rows */
};

/* The ids in question, from the range's times and its start. */
struct window
{
  int64_t after_id, last_id, from_s, to_s;
};

static enum sf_code
narrow_by_time (struct sf_journal *journal, struct window *window, struct sf_error *err)
{
  sqlite3_stmt *statement;
  bool row = false;
  SF_TRY (sf_journal_statement (journal, READ_WINDOW, &statement, err));
  sqlite3_bind_int64 (statement, 1, window->from_s);
  sqlite3_bind_int64 (statement, 2, window->to_s);
  enum sf_code code = sf_db_step (journal->reader, statement, &row, err);
  if (row)
    {
      int64_t first = sqlite3_column_int64 (statement, 0);
      window->last_id = sqlite3_column_int64 (statement, 1); /* 0 where there is none */
      if (first - 1 > window->after_id)
        window->after_id = first - 1;
    }
  sqlite3_reset (statement);
  return code;
}

static enum sf_code
window_of (struct sf_journal *journal, const struct sf_journal_range *range, struct window *ret_window,
           struct sf_error *err)
{
  *ret_window = (struct window){ .after_id = range->after_id,
                                 .last_id = range->last_id > 0 ? range->last_id : INT64_MAX,
                                 .from_s = range->from_s,
                                 .to_s = range->to_s == SF_TIME_MISSING ? INT64_MAX : range->to_s };
  if (range->last_id > 0 || (range->from_s == SF_TIME_MISSING && range->to_s == SF_TIME_MISSING))
    return SF_OK;
  return narrow_by_time (journal, ret_window, err);
}

/* Nothing is found: a range that ends before it begins. Without an end in time, what comes meanwhile belongs to it. */
enum sf_code
sf_journal_narrow (struct sf_journal *journal, struct sf_journal_range *range, struct sf_error *err)
{
  struct window window;
  SF_TRY (window_of (journal, range, &window, err));
  range->after_id = window.last_id > 0 ? window.after_id : INT64_MAX - 1;
  range->last_id = range->to_s == SF_TIME_MISSING ? INT64_MAX : window.last_id > 0 ? window.last_id : 1;
  return SF_OK;
}

static const char *
copy_text (struct sf_arena *arena, sqlite3_stmt *statement, int column)
{
  const unsigned char *text = sqlite3_column_text (statement, column);
  return text ? sf_arena_strdup (arena, (const char *) text) : NULL;
}

/* NULL and empty for a value that cannot be read, which is damage or memory that ran out. */
static const uint8_t *
copy_bytes (struct sf_arena *arena, sqlite3_stmt *statement, int column, size_t *ret_length)
{
  const void *bytes = sqlite3_column_blob (statement, column);
  size_t length = bytes ? (size_t) sqlite3_column_bytes (statement, column) : 0;
  uint8_t *copy = sf_arena_alloc (arena, length + 1); /* one more, so that there is an address */
  if (copy && length)
    memcpy (copy, bytes, length);
  *ret_length = copy ? length : 0;
  return copy;
}

static enum sf_code
find_damage (struct sf_journal_entry *entry, int64_t seal, struct sf_error *err)
{
  struct sf_key key;
  SF_TRY (sf_key_of_bytes (entry->bytes, entry->length, &key, err));
  entry->damaged = !entry->feed || !entry->decoder || sf_journal_seal (entry) != seal
                   || memcmp (&key, &entry->sha256, sizeof key) != 0;
  return SF_OK;
}

/* A row of the message columns. A name that is lost is told as "?". */
static enum sf_code
copy_entry (struct sf_arena *arena, sqlite3 *db, sqlite3_stmt *statement, struct sf_journal_entry *ret_entry,
            struct sf_error *err)
{
  struct sf_journal_entry entry = { .id = sqlite3_column_int64 (statement, 0),
                                    .feed = copy_text (arena, statement, 1),
                                    .source = copy_text (arena, statement, 2),
                                    .identity = copy_text (arena, statement, 3),
                                    .decoder = copy_text (arena, statement, 4),
                                    .received_s = sqlite3_column_int64 (statement, 5) };
  size_t key_length;
  const uint8_t *key = copy_bytes (arena, statement, 6, &key_length);
  entry.bytes = copy_bytes (arena, statement, 8, &entry.length);
  if (arena->failed || sqlite3_errcode (db) == SQLITE_NOMEM)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", sqlite3_db_filename (db, "main"));
  if (key_length == sizeof entry.sha256.bytes)
    memcpy (entry.sha256.bytes, key, key_length);
  SF_TRY (find_damage (&entry, sqlite3_column_int64 (statement, 7), err));
  entry.feed = entry.feed ? entry.feed : "?";
  entry.decoder = entry.decoder ? entry.decoder : "?";
  *ret_entry = entry;
  return SF_OK;
}

static enum sf_code
fill_batch (struct sf_journal *journal, sqlite3_stmt *statement, struct batch *batch, struct sf_error *err)
{
  bool row = true;
  enum sf_code code = SF_OK;
  sf_arena_reset (&batch->arena);
  batch->count = 0;
  while (code == SF_OK && row && batch->count < BATCH_ROWS && batch->arena.total_bytes < BATCH_BYTES)
    {
      code = sf_db_step (journal->reader, statement, &row, err);
      if (code == SF_OK && row)
        code = copy_entry (&batch->arena, journal->reader, statement, &batch->entries[batch->count], err);
      if (code == SF_OK && row)
        batch->count++;
    }
  batch->more = row;
  sqlite3_reset (statement);
  return code;
}

static enum sf_code
read_batch (struct sf_journal *journal, const struct sf_journal_range *range, const struct window *window, long limit,
            struct batch *batch, struct sf_error *err)
{
  sqlite3_stmt *statement;
  SF_TRY (sf_journal_statement (journal, range->feed ? READ_FEED : READ_ALL, &statement, err));
  sqlite3_bind_int64 (statement, 1, window->after_id);
  sqlite3_bind_int64 (statement, 2, window->last_id);
  sqlite3_bind_int64 (statement, 3, window->from_s);
  sqlite3_bind_int64 (statement, 4, window->to_s);
  sqlite3_bind_int64 (statement, 5, limit);
  if (range->feed)
    sf_journal_bind_text (statement, 6, range->feed);
  return fill_batch (journal, statement, batch, err);
}

static enum sf_code
visit_batch (const struct batch *batch, sf_journal_visit visit, void *ctx, struct sf_error *err)
{
  for (size_t i = 0; i < batch->count; i++)
    SF_TRY (visit (ctx, &batch->entries[i], err));
  return SF_OK;
}

enum sf_code
sf_journal_read (struct sf_journal *journal, const struct sf_journal_range *range, sf_journal_visit visit, void *ctx,
                 struct sf_error *err)
{
  struct window window;
  long left = range->limit > 0 ? range->limit : -1;
  SF_TRY (window_of (journal, range, &window, err));
  struct batch *batch = sf_mem_calloc (1, sizeof *batch);
  if (!batch)
    return sf_fail (err, SF_ENOMEM, "journal: out of memory");
  enum sf_code code = SF_OK;
  do
    {
      code = read_batch (journal, range, &window, left, batch, err);
      if (code == SF_OK)
        code = visit_batch (batch, visit, ctx, err);
      if (batch->count > 0)
        window.after_id = batch->entries[batch->count - 1].id;
      left = left > 0 ? left - (long) batch->count : left;
    }
  while (code == SF_OK && batch->more && batch->count > 0 && left != 0);
  sf_arena_finish (&batch->arena);
  sf_mem_free (batch);
  return code;
}

/* The first column of the one row that a statement may give, 0 for none. */
static enum sf_code
ask_id (struct sf_journal *journal, sqlite3_stmt *statement, int64_t *ret_id, struct sf_error *err)
{
  bool row = false;
  enum sf_code code = sf_db_step (journal->reader, statement, &row, err);
  if (code == SF_OK)
    *ret_id = row ? sqlite3_column_int64 (statement, 0) : 0;
  sqlite3_reset (statement);
  return code;
}

enum sf_code
sf_journal_last (struct sf_journal *journal, const char *feed, int64_t *ret_id, struct sf_error *err)
{
  sqlite3_stmt *statement;
  SF_TRY (sf_journal_statement (journal, feed ? READ_LAST_OF_FEED : READ_LAST, &statement, err));
  if (feed)
    sf_journal_bind_text (statement, 1, feed);
  return ask_id (journal, statement, ret_id, err);
}

enum sf_code
sf_journal_highest (struct sf_journal *journal, int64_t *ret_id, struct sf_error *err)
{
  sqlite3_stmt *statement;
  SF_TRY (sf_journal_statement (journal, READ_HIGHEST, &statement, err));
  return ask_id (journal, statement, ret_id, err);
}

static enum sf_code
collect_texts (sqlite3 *db, sqlite3_stmt *statement, struct sf_arena *arena, const char ***names, size_t *count,
               struct sf_error *err)
{
  size_t capacity = 0;
  bool row = false;
  for (;;)
    {
      SF_TRY (sf_db_step (db, statement, &row, err));
      if (!row)
        return SF_OK;
      const char *found = (const char *) sqlite3_column_text (statement, 0); /* NULL: memory is out */
      const char *text = found ? sf_arena_strdup (arena, found) : NULL;
      if (!text || sf_mem_grow ((void **) names, &capacity, *count + 1, sizeof **names) != 0)
        return sf_fail (err, SF_ENOMEM, "out of memory for the names of feeds");
      (*names)[(*count)++] = text;
    }
}

enum sf_code
sf_journal_feeds (struct sf_journal *journal, struct sf_arena *arena, const char *const **ret_names, size_t *ret_count,
                  struct sf_error *err)
{
  sqlite3_stmt *statement;
  const char **names = NULL, **copy = NULL;
  size_t count = 0;
  SF_TRY (sf_journal_statement (journal, READ_FEEDS, &statement, err));
  enum sf_code code = collect_texts (journal->reader, statement, arena, &names, &count, err);
  sqlite3_reset (statement);
  if (code == SF_OK && !(copy = sf_arena_calloc (arena, count + 1, sizeof *copy)))
    code = sf_fail (err, SF_ENOMEM, "out of memory for the names of feeds");
  if (code == SF_OK)
    {
      if (count > 0)
        memcpy (copy, names, count * sizeof *copy);
      *ret_names = copy;
      *ret_count = count;
    }
  sf_mem_free (names);
  return code;
}

/* --- verdicts --- */

enum sf_code
sf_journal_count_verdicts (struct sf_journal *journal, int64_t message_id, long *ret_count, struct sf_error *err)
{
  sqlite3_stmt *statement;
  bool row = false;
  SF_TRY (sf_journal_statement (journal, READ_VERDICTS_COUNT, &statement, err));
  sqlite3_bind_int64 (statement, 1, message_id);
  enum sf_code code = sf_db_step (journal->reader, statement, &row, err);
  if (code == SF_OK)
    *ret_count = (long) sqlite3_column_int64 (statement, 0);
  sqlite3_reset (statement);
  return code;
}

/* The next message after an id that has a verdict; 0: there is none. */
static enum sf_code
next_judged (struct sf_journal *journal, const struct window *window, int64_t *ret_id, struct sf_error *err)
{
  sqlite3_stmt *statement;
  bool row = false;
  SF_TRY (sf_journal_statement (journal, READ_JUDGED, &statement, err));
  sqlite3_bind_int64 (statement, 1, window->after_id);
  sqlite3_bind_int64 (statement, 2, window->last_id);
  enum sf_code code = sf_db_step (journal->reader, statement, &row, err);
  *ret_id = row ? sqlite3_column_int64 (statement, 0) : 0;
  sqlite3_reset (statement);
  return code;
}

static struct sf_verdict
copy_verdict (struct sf_arena *arena, sqlite3_stmt *statement, int64_t message_id)
{
  return (struct sf_verdict){ .message_id = message_id,
                              .kind = (enum sf_verdict_kind) sqlite3_column_int (statement, 0),
                              .line = (long) sqlite3_column_int64 (statement, 1),
                              .reason = copy_text (arena, statement, 2),
                              .excerpt = copy_text (arena, statement, 3),
                              .decoder = copy_text (arena, statement, 4),
                              .build = copy_text (arena, statement, 5),
                              .made_s = sqlite3_column_int64 (statement, 6) };
}

enum sf_code
sf_journal_verdicts_of (struct sf_journal *journal, struct sf_arena *arena, int64_t message_id,
                        struct sf_verdict *verdicts, size_t *ret_count, struct sf_error *err)
{
  sqlite3_stmt *statement;
  bool row = true;
  size_t count = 0;
  enum sf_code code = SF_OK;
  SF_TRY (sf_journal_statement (journal, READ_VERDICTS, &statement, err));
  sqlite3_bind_int64 (statement, 1, message_id);
  while (code == SF_OK && count < JOURNAL_VERDICTS_MAX
         && (code = sf_db_step (journal->reader, statement, &row, err)) == SF_OK && row)
    verdicts[count++] = copy_verdict (arena, statement, message_id);
  sqlite3_reset (statement);
  if (code == SF_OK && arena->failed)
    return sf_fail (err, SF_ENOMEM, "journal: out of memory");
  *ret_count = count;
  return code;
}

/* The reading of verdicts on its way, below the message it is at. */
struct judged
{
  struct sf_journal *journal;
  const struct sf_journal_range *range;
  sf_verdict_visit visit;
  void *ctx;
  long left; /* of the range's limit; -1: no limit */
  struct sf_arena arena;
  struct sf_verdict *verdicts;
};

static enum sf_code
visit_judged (void *ctx, const struct sf_journal_entry *entry, struct sf_error *err)
{
  struct judged *judged = ctx;
  size_t count = 0;
  const char *feed = judged->range->feed;
  if (feed && strcmp (feed, entry->feed) != 0)
    return SF_OK;
  sf_arena_reset (&judged->arena);
  SF_TRY (sf_journal_verdicts_of (judged->journal, &judged->arena, entry->id, judged->verdicts, &count, err));
  for (size_t i = 0; i < count && judged->left != 0; i++)
    {
      SF_TRY (judged->visit (judged->ctx, entry, &judged->verdicts[i], err));
      judged->left -= judged->left > 0;
    }
  return SF_OK;
}

static enum sf_code
read_judged (struct judged *judged, struct window *window, struct sf_error *err)
{
  struct sf_journal_range one = { .from_s = window->from_s, .to_s = window->to_s, .limit = 1 };
  while (judged->left != 0)
    {
      int64_t id;
      SF_TRY (next_judged (judged->journal, window, &id, err));
      if (id == 0)
        return SF_OK;
      one.after_id = id - 1;
      struct window exact = { id - 1, id, window->from_s, window->to_s };
      struct batch *batch = sf_mem_calloc (1, sizeof *batch);
      if (!batch)
        return sf_fail (err, SF_ENOMEM, "journal: out of memory");
      enum sf_code code = read_batch (judged->journal, &one, &exact, 1, batch, err);
      if (code == SF_OK)
        code = visit_batch (batch, visit_judged, judged, err);
      sf_arena_finish (&batch->arena);
      sf_mem_free (batch);
      SF_TRY (code);
      window->after_id = id;
    }
  return SF_OK;
}

enum sf_code
sf_journal_read_verdicts (struct sf_journal *journal, const struct sf_journal_range *range, sf_verdict_visit visit,
                          void *ctx, struct sf_error *err)
{
  struct window window;
  struct judged judged = { .journal = journal, .range = range, .visit = visit, .ctx = ctx };
  judged.left = range->limit > 0 ? range->limit : -1;
  SF_TRY (window_of (journal, range, &window, err));
  judged.verdicts = sf_mem_calloc (JOURNAL_VERDICTS_MAX, sizeof *judged.verdicts);
  if (!judged.verdicts)
    return sf_fail (err, SF_ENOMEM, "journal: out of memory");
  enum sf_code code = read_judged (&judged, &window, err);
  sf_arena_finish (&judged.arena);
  sf_mem_free (judged.verdicts);
  return code;
}
