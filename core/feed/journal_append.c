/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/journal_private.h"

#include "core/base/time.h"

#include <string.h>

/* Taking in: messages, their identities, and what transports remember. */

static void
keep_name (struct sf_journal *journal, const char *text, int64_t id)
{
  char *copy = journal->names_count < JOURNAL_NAMES_MAX ? sf_mem_strdup (text) : NULL;
  if (copy)
    journal->names[journal->names_count++] = (struct journal_name){ copy, id };
}

static enum sf_code
find_name (struct sf_journal *journal, const char *text, int64_t *ret_id, struct sf_error *err)
{
  sqlite3_stmt *statement;
  bool row = false;
  SF_TRY (sf_journal_statement (journal, WRITE_NAME_ID, &statement, err));
  sf_journal_bind_text (statement, 1, text);
  enum sf_code code = sf_db_step (journal->writer, statement, &row, err);
  if (row)
    *ret_id = sqlite3_column_int64 (statement, 0);
  sqlite3_reset (statement);
  if (code == SF_OK && !row)
    return sf_fail (err, SF_EIO, "%s: the name %s is not there after it was written",
                    sqlite3_db_filename (journal->writer, "main"), text);
  return code;
}

/* The number of a feed or decoder, new ones written down. */
static enum sf_code
number_of (struct sf_journal *journal, const char *text, int64_t *ret_id, struct sf_error *err)
{
  sqlite3_stmt *statement;
  for (size_t i = 0; i < journal->names_count; i++)
    if (strcmp (journal->names[i].text, text) == 0)
      {
        *ret_id = journal->names[i].id;
        return SF_OK;
      }
  SF_TRY (sf_journal_statement (journal, WRITE_NAME, &statement, err));
  sf_journal_bind_text (statement, 1, text);
  SF_TRY (sf_db_run (journal->writer, statement, err));
  SF_TRY (find_name (journal, text, ret_id, err));
  keep_name (journal, text, *ret_id);
  return SF_OK;
}

static void
mix (uint64_t *seal, const void *bytes, size_t length)
{
  const uint8_t *byte = bytes;
  for (size_t i = 0; i < length; i++)
    *seal = (*seal ^ byte[i]) * 1099511628211u;
}

/* With its end; NULL differs from "". */
static void
mix_text (uint64_t *seal, const char *text)
{
  if (text)
    mix (seal, text, strlen (text) + 1);
  else
    mix (seal, "\1", 1);
}

static void
mix_number (uint64_t *seal, int64_t number)
{
  uint8_t bytes[8];
  for (int i = 0; i < 8; i++)
    bytes[i] = (uint8_t) ((uint64_t) number >> (8 * i));
  mix (seal, bytes, sizeof bytes);
}

int64_t
sf_journal_seal (const struct sf_journal_entry *entry)
{
  uint64_t seal = 14695981039346656037u;
  mix_text (&seal, entry->feed);
  mix_text (&seal, entry->source);
  mix_text (&seal, entry->identity);
  mix_text (&seal, entry->decoder);
  mix_number (&seal, entry->id);
  mix_number (&seal, entry->received_s);
  mix (&seal, entry->sha256.bytes, sizeof entry->sha256.bytes);
  return (int64_t) seal;
}

/* The next number, under the lock; never one that was used, even when all messages are gone. It is asked for rather than left
   to SQLite because the seal covers it. */
static enum sf_code
next_id (struct sf_journal *journal, int64_t *ret_id, struct sf_error *err)
{
  sqlite3_stmt *statement;
  bool row = false;
  if (journal->next_id == 0)
    {
      SF_TRY (sf_journal_statement (journal, WRITE_LAST_ID, &statement, err));
      enum sf_code code = sf_db_step (journal->writer, statement, &row, err);
      int64_t last = row ? sqlite3_column_int64 (statement, 0) : 0;
      sqlite3_reset (statement);
      SF_TRY (code);
      journal->next_id = last + 1;
    }
  *ret_id = journal->next_id++;
  return SF_OK;
}

static enum sf_code
insert (struct sf_journal *journal, const struct sf_journal_entry *entry, struct sf_error *err)
{
  sqlite3_stmt *statement;
  int64_t feed, decoder;
  SF_TRY (number_of (journal, entry->feed, &feed, err));
  SF_TRY (number_of (journal, entry->decoder, &decoder, err));
  SF_TRY (sf_journal_statement (journal, WRITE_MESSAGE, &statement, err));
  sqlite3_bind_int64 (statement, 1, entry->id);
  sqlite3_bind_int64 (statement, 2, feed);
  sf_journal_bind_text (statement, 3, entry->source);
  sf_journal_bind_text (statement, 4, entry->identity);
  sqlite3_bind_int64 (statement, 5, decoder);
  sqlite3_bind_int64 (statement, 6, entry->received_s);
  sqlite3_bind_blob (statement, 7, entry->sha256.bytes, sizeof entry->sha256.bytes, SQLITE_STATIC);
  /* What is carried damaged stays so. */
  sqlite3_bind_int64 (statement, 8, entry->damaged ? ~sf_journal_seal (entry) : sf_journal_seal (entry));
  /* An empty message has no address to bind. */
  sqlite3_bind_blob64 (statement, 9, entry->length ? (const void *) entry->bytes : "", entry->length, SQLITE_STATIC);
  return sf_db_run (journal->writer, statement, err);
}

/* *ret_new: no message of the feed had this identity. */
static enum sf_code
take_identity (struct sf_journal *journal, const struct sf_journal_entry *entry, bool *ret_new, struct sf_error *err)
{
  sqlite3_stmt *statement;
  int64_t feed;
  *ret_new = true;
  if (!entry->identity)
    return SF_OK;
  SF_TRY (number_of (journal, entry->feed, &feed, err));
  SF_TRY (sf_journal_statement (journal, WRITE_IDENTITY, &statement, err));
  sqlite3_bind_int64 (statement, 1, feed);
  sf_journal_bind_text (statement, 2, entry->identity);
  sqlite3_bind_int64 (statement, 3, entry->received_s);
  SF_TRY (sf_db_run (journal->writer, statement, err));
  *ret_new = sqlite3_changes (journal->writer) > 0;
  return SF_OK;
}

enum sf_code
sf_journal_take (struct sf_journal *journal, const struct sf_journal_entry *entry, int64_t *ret_id,
                 struct sf_error *err)
{
  bool new;
  struct sf_journal_entry copy = *entry;
  SF_TRY (sf_journal_begin (journal, err));
  SF_TRY (take_identity (journal, entry, &new, err));
  if (new &&copy.id == 0)
    SF_TRY (next_id (journal, &copy.id, err));
  if (new)
    SF_TRY (insert (journal, &copy, err));
  *ret_id = new ? copy.id : 0;
  return SF_OK;
}

enum sf_code
sf_journal_append (struct sf_journal *journal, const struct sf_message *message, const char *decoder, int64_t *ret_id,
                   struct sf_error *err)
{
  struct sf_error own;
  err = err ? err : &own;
  if (!message->feed || !decoder || message->received_s == SF_TIME_MISSING)
    return sf_fail (err, SF_EINVAL, "journal: a message without feed, decoder or received time");
  if (message->length > SF_JOURNAL_MESSAGE_BYTES_MAX)
    return sf_fail (err, SF_ERANGE, "%s: %s: a message of %zu bytes; the journal takes up to %d", message->feed,
                    message->source ? message->source : "-", message->length, (int) SF_JOURNAL_MESSAGE_BYTES_MAX);
  struct sf_journal_entry entry = { .feed = message->feed,
                                    .source = message->source,
                                    .identity = message->identity,
                                    .decoder = decoder,
                                    .received_s = message->received_s,
                                    .bytes = message->bytes,
                                    .length = message->length };
  SF_TRY (sf_key_of_bytes (message->bytes, message->length, &entry.sha256, err));
  return sf_journal_note (journal, sf_journal_take (journal, &entry, ret_id, err), err);
}

/* --- what transports remember --- */

static enum sf_code
remember (struct sf_journal *journal, const char *feed, const char *key, const char *value, struct sf_error *err)
{
  sqlite3_stmt *statement;
  int64_t number;
  SF_TRY (sf_journal_begin (journal, err));
  SF_TRY (number_of (journal, feed, &number, err));
  SF_TRY (sf_journal_statement (journal, value ? WRITE_REMEMBER : WRITE_FORGET, &statement, err));
  sqlite3_bind_int64 (statement, 1, number);
  sf_journal_bind_text (statement, 2, key);
  if (value)
    sf_journal_bind_text (statement, 3, value);
  return sf_db_run (journal->writer, statement, err);
}

enum sf_code
sf_journal_remember (struct sf_journal *journal, const char *feed, const char *key, const char *value,
                     struct sf_error *err)
{
  struct sf_error own;
  err = err ? err : &own;
  return sf_journal_note (journal, remember (journal, feed, key, value, err), err);
}

enum sf_code
sf_journal_recall (struct sf_journal *journal, struct sf_arena *arena, const char *feed, const char *key,
                   const char **ret_value, struct sf_error *err)
{
  sqlite3_stmt *statement;
  bool row = false;
  char *value = NULL;
  SF_TRY (sf_journal_statement (journal, WRITE_RECALL, &statement, err));
  sf_journal_bind_text (statement, 1, feed);
  sf_journal_bind_text (statement, 2, key);
  enum sf_code code = sf_db_step (journal->writer, statement, &row, err);
  const char *text = row ? (const char *) sqlite3_column_text (statement, 0) : NULL;
  if (text)
    value = sf_arena_strdup (arena, text);
  sqlite3_reset (statement);
  if (code == SF_OK && row && !value)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", feed);
  if (code == SF_OK)
    *ret_value = value;
  return code;
}
