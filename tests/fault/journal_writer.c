/* SPDX-License-Identifier: Apache-2.0 */
/* A writer of the journal that can be killed at any moment, and the check of what it left.
     journal_writer write DIR TOTAL   append messages up to number TOTAL from where the journal ends, batch by batch; after each
                                      commit print the number of the last one
     journal_writer check DIR ACKED   every message up to ACKED is there once and whole, none is half there, the cursor
                                      stands where the messages end */
#include "core/base/time.h"
#include "core/feed/journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum
{
  LONGEST_BYTES = 120000
};

/* Message number k: its text is made of k alone, some short, some of many pages. Odd ones have an identity. */
static struct sf_message
make_message (int64_t k, uint8_t *bytes, char identity[32])
{
  size_t length = k % 4 == 0 ? (size_t) (k * 7919 % LONGEST_BYTES) : (size_t) (20 + k % 100);
  for (size_t i = 0; i < length; i++)
    bytes[i] = (uint8_t) (k * 31 + (int64_t) i * 7 + (int64_t) i / 4096);
  snprintf (identity, 32, "number %lld", (long long) k);
  return (struct sf_message){ .feed = k % 3 ? "levels" : "ships",
                              .source = "writer",
                              .identity = k % 2 ? identity : NULL,
                              .bytes = bytes,
                              .length = length,
                              .received_s = 1700000000 + k };
}

static uint8_t bytes[LONGEST_BYTES];

static enum sf_code
append_number (struct sf_journal *journal, int64_t k, int64_t *ret_id, struct sf_error *err)
{
  char identity[32], cursor[32];
  struct sf_message message = make_message (k, bytes, identity);
  snprintf (cursor, sizeof cursor, "%lld", (long long) k);
  SF_TRY (sf_journal_append (journal, &message, "moc", ret_id, err));
  return *ret_id ? sf_journal_remember (journal, "levels", "cursor", cursor, err) : SF_OK;
}

/* As a transport does after a restart: what has an identity comes again, and must be dropped. */
static enum sf_code
repeat_last (struct sf_journal *journal, int64_t last, struct sf_error *err)
{
  for (int64_t k = last > 10 ? last - 10 : 1; k <= last; k++)
    {
      int64_t id = 0;
      if (k % 2 == 0)
        continue;
      SF_TRY (append_number (journal, k, &id, err));
      if (id != 0)
        return sf_fail (err, SF_ECONFLICT, "number %lld was taken twice", (long long) k);
    }
  return sf_journal_commit (journal, err);
}

static enum sf_code
append_batch (struct sf_journal *journal, int64_t first, int64_t last, struct sf_error *err)
{
  for (int64_t k = first; k <= last; k++)
    {
      int64_t id = 0;
      struct sf_verdict verdict = { .message_id = k, .kind = SF_VERDICT_PIECE, .reason = "a test", .made_s = k };
      SF_TRY (append_number (journal, k, &id, err));
      SF_TRY (sf_journal_put_verdict (journal, &verdict, err));
    }
  return sf_journal_commit (journal, err);
}

static enum sf_code
write_all (struct sf_journal *journal, int64_t total, struct sf_error *err)
{
  int64_t last = 0;
  SF_TRY (sf_journal_last (journal, NULL, &last, err));
  SF_TRY (repeat_last (journal, last, err));
  while (last < total)
    {
      int64_t end = last + 1 + last % 13;
      end = end < total ? end : total;
      SF_TRY (append_batch (journal, last + 1, end, err));
      last = end;
      printf ("%lld\n", (long long) last);
      fflush (stdout);
    }
  return SF_OK;
}

struct check
{
  int64_t count;
  int findings;
};

static enum sf_code
compare (void *ctx, const struct sf_journal_entry *entry, struct sf_error *err)
{
  struct check *check = ctx;
  char identity[32];
  int64_t k = ++check->count;
  struct sf_message message = make_message (k, bytes, identity);
  bool same = entry->id == k && !entry->damaged && entry->length == message.length
              && memcmp (entry->bytes, bytes, message.length) == 0 && strcmp (entry->feed, message.feed) == 0;
  return same ? SF_OK : sf_fail (err, SF_EFORMAT, "place %lld holds something else", (long long) k);
}

static void
find (void *ctx, int64_t message_id, const char *text)
{
  ((struct check *) ctx)->findings++;
  printf ("message %lld: %s\n", (long long) message_id, text);
}

static enum sf_code
check_all (struct sf_journal *journal, int64_t acked, struct sf_error *err)
{
  struct check check = { 0 };
  struct sf_arena arena = { 0 };
  struct sf_journal_range all = { .from_s = SF_TIME_MISSING, .to_s = SF_TIME_MISSING };
  const char *cursor = NULL;
  long messages;
  SF_TRY (sf_journal_check (journal, find, &check, &messages, err));
  SF_TRY (sf_journal_read (journal, &all, compare, &check, err));
  SF_TRY (sf_journal_recall (journal, &arena, "levels", "cursor", &cursor, err));
  int64_t at = cursor ? strtoll (cursor, NULL, 10) : 0;
  sf_arena_finish (&arena);
  if (check.findings > 0)
    return sf_fail (err, SF_EFORMAT, "%d findings", check.findings);
  if (check.count < acked)
    return sf_fail (err, SF_EFORMAT, "%lld were acknowledged, %lld are there", (long long) acked,
                    (long long) check.count);
  if (at != check.count)
    return sf_fail (err, SF_EFORMAT, "the cursor is at %lld of %lld", (long long) at, (long long) check.count);
  return SF_OK;
}

int
main (int argc, char **argv)
{
  struct sf_journal *journal = NULL;
  struct sf_error err;
  if (argc != 4)
    return 2;
  enum sf_code code = sf_journal_open (argv[2], true, &journal, &err);
  if (code == SF_OK && strcmp (argv[1], "write") == 0)
    code = write_all (journal, strtoll (argv[3], NULL, 10), &err);
  else if (code == SF_OK)
    code = check_all (journal, strtoll (argv[3], NULL, 10), &err);
  sf_journal_close (journal);
  if (code == SF_OK)
    return 0;
  fprintf (stderr, "journal_writer: %s\n", err.message);
  return code == SF_EFULL ? 28 : 1;
}
