/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/journal_help.h"

#include <fcntl.h>
#include <sys/stat.h>

/* Keeping within bounds, carrying, checking. */

static long
trim_all (struct sf_journal *journal, const struct sf_journal_keep *keep)
{
  long all = 0, dropped = 0;
  do
    {
      ck_done (sf_journal_trim (journal, keep, &dropped, err));
      all += dropped;
    }
  while (dropped > 0);
  return all;
}

START_TEST (age_drops_the_old_but_nothing_that_is_not_applied)
{
  struct folder folder = new_folder ();
  struct sf_journal *journal = NULL;
  struct sf_verdict verdict = { 1, SF_VERDICT_PIECE, 1, "bad", "", "moc", "b", 1 };
  struct sf_journal_keep keep = { .age_s = 100, .now_s = 1000, .applied_id = 4000 };
  ck_done (sf_journal_open (folder.path, true, &journal, err));
  for (int i = 0; i < 6000; i++)
    append (journal, "a", NULL, "m", i < 5000 ? 500 : 950);
  append (journal, "a", NULL, "late by its clock", 500);
  ck_done (sf_journal_put_verdict (journal, &verdict, err));
  ck_done (sf_journal_commit (journal, err));
  ck_assert_int_eq (trim_all (journal, &keep), 4000);
  ck_sqlite (&folder, "SELECT min (id), count (*) FROM message; SELECT count (*) FROM verdict", "4001|2001 0 ");
  keep.applied_id = 6001;
  ck_assert_int_eq (trim_all (journal, &keep), 1000); /* the last one is no older than those before it */
  ck_sqlite (&folder, "SELECT min (id), count (*) FROM message", "5001|1001 ");
  /* Numbers are never used again. */
  keep.now_s = 2000;
  ck_assert_int_eq (trim_all (journal, &keep), 1001);
  ck_assert_int_eq (append (journal, "a", NULL, "new", 2000), 6002);
  long dropped;
  ck_fails (sf_journal_trim (journal, &keep, &dropped, err), SF_EBUSY, "waits for a commit");
  sf_journal_rollback (journal);
  sf_journal_close (journal);
  drop_folder (&folder);
}
END_TEST

/* One message an hour by the wall clock, and a trim after each; how many are there then. */
static long
live_hours (struct folder *folder, struct sf_journal *journal, int hours, int64_t wall_s, int64_t *steady_ms)
{
  char answer[64];
  for (int i = 0; i < hours; i++)
    {
      *steady_ms += 3600000;
      append (journal, "a", NULL, "m", wall_s += 3600);
      ck_done (sf_journal_commit (journal, err));
      struct sf_journal_keep keep
          = { .age_s = 10 * 86400, .now_s = wall_s, .steady_ms = *steady_ms, .applied_id = INT64_MAX };
      trim_all (journal, &keep);
    }
  ask_sqlite (folder, "SELECT count (*) FROM message", answer, sizeof answer);
  return atol (answer);
}

/* The clock is set ahead by far more than messages are kept, and some hours later back: nothing goes before its time, not after a
   restart either, and all goes when its time has come. */
START_TEST (a_clock_that_jumps_makes_nothing_old)
{
  enum
  {
    DAY_S = 86400,
    YEAR_S = 365 * DAY_S
  };
  struct folder folder = new_folder ();
  struct sf_journal *journal = NULL;
  int64_t wall_s = 1700000000, steady_ms = 1000;
  for (int sign = -1; sign <= 1; sign += 2)
    {
      ck_done (sf_journal_open (folder.path, true, &journal, err));
      live_hours (&folder, journal, 20 * 24, wall_s, &steady_ms);
      long settled = live_hours (&folder, journal, 24, wall_s += 20 * DAY_S, &steady_ms);
      ck_assert_int_ge (settled, 10 * 24);
      ck_assert_int_le (settled, 10 * 24 + 2);
      wall_s += DAY_S;
      ck_assert_int_ge (live_hours (&folder, journal, 5, wall_s + sign * YEAR_S, &steady_ms), settled - 5);
      sf_journal_close (journal);
      steady_ms = 1000; /* it is another boot */
      ck_done (sf_journal_open (folder.path, true, &journal, err));
      ck_assert_int_ge (live_hours (&folder, journal, 5, wall_s + 5 * 3600 + sign * YEAR_S, &steady_ms), settled - 10);
      /* It is set right. */
      ck_assert_int_ge (live_hours (&folder, journal, 5, wall_s + 10 * 3600, &steady_ms), settled - 15);
      settled = live_hours (&folder, journal, 30 * 24, wall_s + 15 * 3600, &steady_ms);
      ck_assert_int_ge (settled, 10 * 24);
      ck_assert_int_le (settled, 10 * 24 + 2);
      wall_s += 15 * 3600 + 30 * DAY_S;
      sf_journal_close (journal);
    }
  drop_folder (&folder);
}
END_TEST

/* The first start is by a clock that runs ten years ahead: what came then goes, too, once the right clock ran for long enough. */
START_TEST (a_first_clock_that_was_wrong_blocks_nothing)
{
  struct folder folder = new_folder ();
  struct sf_journal *journal = NULL;
  int64_t wall_s = 1700000000, steady_ms = 1000;
  ck_done (sf_journal_open (folder.path, true, &journal, err));
  live_hours (&folder, journal, 5, wall_s + INT64_C (10) * 365 * 86400, &steady_ms);
  long settled = live_hours (&folder, journal, 40 * 24, wall_s, &steady_ms);
  ck_assert_int_ge (settled, 10 * 24);
  ck_assert_int_le (settled, 10 * 24 + 2);
  sf_journal_close (journal);
  drop_folder (&folder);
}
END_TEST

START_TEST (many_memories_cost_trimming_nothing_and_go_in_steps)
{
  struct folder folder = new_folder ();
  struct sf_journal *journal = NULL;
  struct sf_journal_keep keep = { .identity_age_s = 100, .now_s = 1000 };
  char key[32], answer[512];
  long dropped;
  ck_done (sf_journal_open (folder.path, true, &journal, err));
  for (int i = 0; i < 5000; i++)
    {
      snprintf (key, sizeof key, "row/%d", i);
      ck_done (sf_journal_remember (journal, "a", key, "0 digest", err));
    }
  ck_done (sf_journal_commit (journal, err));
  ck_assert_int_eq (trim_all (journal, &keep), 0);
  keep.now_s = 1001 + SF_JOURNAL_MEMORY_S;
  for (long left = 5000; left > 0; left -= 2000)
    {
      ck_done (sf_journal_trim (journal, &keep, &dropped, err));
      ck_assert_int_eq (dropped, left < 2000 ? left : 2000);
    }
  /* Neither statement of each minute looks at all memories. */
  ask_sqlite (&folder, "EXPLAIN QUERY PLAN UPDATE memory SET changed_s = 1 WHERE changed_s IS NULL", answer,
              sizeof answer);
  ck_assert_msg (strstr (answer, "INDEX memory_changed") && !strstr (answer, "SCAN"), "%s", answer);
  ask_sqlite (&folder, "EXPLAIN QUERY PLAN SELECT feed, key FROM memory WHERE changed_s < 1 ORDER BY changed_s", answer,
              sizeof answer);
  ck_assert_msg (strstr (answer, "INDEX memory_changed") && !strstr (answer, "SCAN"), "%s", answer);
  sf_journal_close (journal);
  drop_folder (&folder);
}
END_TEST

START_TEST (size_holds_and_the_file_shrinks)
{
  struct folder folder = new_folder ();
  struct sf_journal *journal = NULL;
  static char text[40001];
  char path[128], answer[64];
  struct stat before, after;
  struct sf_journal_keep keep = { .size_bytes = 2 << 20, .now_s = 1000, .applied_id = 10000 };
  memset (text, 'x', 40000);
  ck_done (sf_journal_open (folder.path, true, &journal, err));
  for (int i = 0; i < 1000; i++)
    append (journal, "a", NULL, text, i);
  ck_done (sf_journal_commit (journal, err));
  snprintf (path, sizeof path, "%s/journal/journal.db", folder.path);
  ask_sqlite (&folder, "PRAGMA wal_checkpoint (PASSIVE)", answer, sizeof answer);
  ck_assert_int_eq (stat (path, &before), 0);
  ck_assert_int_gt (trim_all (journal, &keep), 900);
  ask_sqlite (&folder, "SELECT sum (length (bytes)), max (id) FROM message", answer, sizeof answer);
  ck_assert_int_gt (atol (answer), 1 << 20); /* no more than needed */
  ck_assert_int_le (atol (answer), 2 << 20);
  ck_assert_ptr_nonnull (strstr (answer, "|1000"));
  for (int i = 0; i < 10; i++) /* what is free goes back step by step, as trimming is called again and again */
    ck_assert_int_eq (trim_all (journal, &keep), 0);
  sf_journal_close (journal);
  ck_assert_int_eq (stat (path, &after), 0);
  ck_assert_int_lt (after.st_size, before.st_size - (15 << 20)); /* 16 MiB stay in hand for what comes next */
  drop_folder (&folder);
}
END_TEST

START_TEST (identities_outlive_messages)
{
  struct folder folder = new_folder ();
  struct sf_journal *journal = NULL;
  struct sf_arena arena = { 0 };
  const char *value = NULL;
  struct sf_journal_keep keep = { .age_s = 100, .identity_age_s = 1000, .now_s = 1000, .applied_id = 10 };
  ck_done (sf_journal_open (folder.path, true, &journal, err));
  append (journal, "a", "x", "m", 500);
  ck_done (sf_journal_remember (journal, "a", "cursor", "5", err));
  ck_done (sf_journal_commit (journal, err));
  ck_assert_int_eq (trim_all (journal, &keep), 1);
  ck_assert_int_eq (append (journal, "a", "x", "m", 1000), 0);
  ck_done (sf_journal_commit (journal, err));
  keep.now_s = 1600;
  ck_assert_int_eq (trim_all (journal, &keep), 1);
  ck_done (sf_journal_recall (journal, &arena, "a", "cursor", &value, err));
  ck_assert_str_eq (value, "5"); /* first met at 1000 */
  ck_assert_int_eq (append (journal, "a", "x", "m", 1600), 2);
  ck_done (sf_journal_commit (journal, err));
  keep.now_s = 1000 + SF_JOURNAL_MEMORY_S; /* no message is as old, and a cursor has to outlive them */
  trim_all (journal, &keep);
  ck_done (sf_journal_recall (journal, &arena, "a", "cursor", &value, err));
  ck_assert_str_eq (value, "5");
  keep.now_s++;
  trim_all (journal, &keep);
  ck_done (sf_journal_recall (journal, &arena, "a", "cursor", &value, err));
  ck_assert_ptr_null (value);
  sf_arena_finish (&arena);
  sf_journal_close (journal);
  drop_folder (&folder);
}
END_TEST

/* --- carrying --- */

START_TEST (an_export_is_taken_in_once)
{
  struct folder folder = new_folder (), other = new_folder ();
  struct sf_journal *journal = NULL, *to = NULL;
  struct sf_verdict verdict = { 3, SF_VERDICT_MESSAGE, 0, "not its format", "xx", "moc", "b", 77 };
  struct sf_journal_range range = { .from_s = 20, .to_s = 50 };
  char path[96];
  long count = 0, taken = 0, known = 0;
  ck_done (sf_journal_open (folder.path, true, &journal, err));
  append (journal, "a", NULL, "too early", 10);
  append (journal, "a", "x", "with identity", 20);
  append (journal, "a", NULL, "same", 30);
  append (journal, "a", NULL, "same", 30); /* within one second */
  append (journal, "b", NULL, "same", 30);
  append (journal, "b", NULL, "too late", 60);
  ck_done (sf_journal_put_verdict (journal, &verdict, err));
  ck_done (sf_journal_commit (journal, err));
  snprintf (path, sizeof path, "%s/period.journal", folder.path);
  ck_done (sf_journal_export (journal, &range, path, &count, err));
  ck_assert_int_eq (count, 4);
  ck_fails (sf_journal_export (journal, &range, path, &count, err), SF_ECONFLICT, "exists already");

  ck_done (sf_journal_open (other.path, true, &to, err));
  append (to, "b", NULL, "same", 30); /* known here */
  ck_done (sf_journal_commit (to, err));
  ck_assert_int_eq (chmod (path, 0400), 0);
  ck_done (sf_journal_import (to, path, &taken, &known, err));
  ck_assert_int_eq (taken, 3);
  ck_assert_int_eq (known, 1);
  ck_sqlite (&other,
             "SELECT m.id, text, identity, received_s, CAST (bytes AS TEXT) FROM message m JOIN name ON name.id = feed "
             "ORDER BY 1",
             "1|b||30|same 2|a|x|20|with identity 3|a||30|same 4|a||30|same ");
  ck_sqlite (&other, "SELECT message, kind, reason, excerpt, decoder, build, made_s FROM verdict",
             "3|1|not its format|xx|moc|b|77 ");
  ck_done (sf_journal_import (to, path, &taken, &known, err));
  ck_assert_int_eq (taken, 0);
  ck_assert_int_eq (known, 4);
  sf_journal_close (journal);
  sf_journal_close (to);
  drop_folder (&folder);
  drop_folder (&other);
}
END_TEST

START_TEST (an_import_of_something_else_is_refused)
{
  struct folder folder = new_folder ();
  struct sf_journal *journal = NULL;
  char path[96];
  long taken, known;
  ck_done (sf_journal_open (folder.path, true, &journal, err));
  snprintf (path, sizeof path, "%s/other", folder.path);
  ck_fails (sf_journal_import (journal, path, &taken, &known, err), SF_ENOTFOUND, "there is no such database");
  ck_done (sf_file_write (path, "this is not a database at all, but text", 39, err));
  ck_fails (sf_journal_import (journal, path, &taken, &known, err), SF_EIO, "not a database");
  ck_assert_int_eq (append (journal, "a", NULL, "goes on", 1), 1);
  ck_done (sf_journal_commit (journal, err));
  sf_journal_close (journal);
  drop_folder (&folder);
}
END_TEST

START_TEST (a_newer_form_is_refused_in_words)
{
  struct folder folder = new_folder ();
  struct sf_journal *journal = NULL;
  char path[96];
  ck_done (sf_journal_open (folder.path, true, &journal, err));
  sf_journal_close (journal);
  ck_sqlite (&folder, "PRAGMA user_version = 2", "");
  ck_fails (sf_journal_open (folder.path, true, &journal, err), SF_EUNSUPPORTED, "newer program");
  ck_fails (sf_journal_open (folder.path, false, &journal, err), SF_EUNSUPPORTED, "newer program");
  snprintf (path, sizeof path, "%s/journal/journal.db", folder.path);
  ck_done (sf_file_write (path, "", 0, err)); /* made a moment ago by a process that has not come further */
  ck_fails (sf_journal_open (folder.path, false, &journal, err), SF_EUNSUPPORTED, "open it for writing once");
  drop_folder (&folder);
}
END_TEST

/* --- damage --- */

struct findings
{
  int count;
  int64_t ids[16];
  char last[640];
};

static void
note (void *ctx, int64_t message_id, const char *text)
{
  struct findings *findings = ctx;
  if (findings->count < 16)
    findings->ids[findings->count] = message_id;
  findings->count++;
  snprintf (findings->last, sizeof findings->last, "%s", text);
}

START_TEST (what_was_changed_is_found)
{
  static const struct
  {
    const char *sql;
    int64_t id; /* 0: of the structure */
  } cases[] = {
    { "UPDATE message SET bytes = CAST ('level 12.35' AS BLOB) WHERE id = 2", 2 },
    { "UPDATE message SET source = 'elsewhere' WHERE id = 3", 3 },
    { "UPDATE message SET received_s = received_s + 1 WHERE id = 1", 1 },
    { "UPDATE message SET identity = NULL WHERE id = 1", 1 },
    { "UPDATE message SET sha256 = zeroblob (32) WHERE id = 3", 3 },
    { "UPDATE name SET text = 'ac' WHERE text = 'ab'", 3 },
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
      struct folder folder = new_folder ();
      struct sf_journal *journal = NULL;
      struct findings findings = { 0 };
      long count = 0;
      ck_done (sf_journal_open (folder.path, true, &journal, err));
      append (journal, "aa", "x", "level 12.33", 10);
      append (journal, "aa", NULL, "level 12.34", 20);
      append (journal, "ab", NULL, "", 20);
      ck_done (sf_journal_commit (journal, err));
      ck_done (sf_journal_check (journal, note, &findings, &count, err));
      ck_assert_int_eq (findings.count, 0);
      ck_assert_int_eq (count, 3);
      ck_sqlite (&folder, cases[i].sql, "");
      ck_done (sf_journal_check (journal, note, &findings, &count, err));
      ck_assert_msg (findings.count == 1, "case %d: %d findings", (int) i, findings.count);
      ck_assert_int_eq (findings.ids[0], cases[i].id);
      ck_assert_ptr_nonnull (strstr (findings.last, "is not what was written"));
      sf_journal_close (journal);
      drop_folder (&folder);
    }
}
END_TEST

/* One bit of the file at a time, at places spread over all of it: what is read afterwards is either told to be damaged or the
   same as before. Bits of free space change nothing and are not counted as found. */
struct content
{
  int messages, wrong, damaged;
};

static enum sf_code
compare (void *ctx, const struct sf_journal_entry *entry, struct sf_error *err)
{
  struct content *content = ctx;
  char text[64];
  (void) err;
  content->messages++;
  content->damaged += entry->damaged;
  snprintf (text, sizeof text, "message %d of the feed", (int) entry->id);
  bool same = entry->length == strlen (text) && memcmp (entry->bytes, text, entry->length) == 0
              && strcmp (entry->feed, "ab") == 0 && entry->received_s == 1700000000 + entry->id;
  content->wrong += !same && !entry->damaged;
  return SF_OK;
}

static void
flip (const char *path, off_t offset, int bit)
{
  int fd = open (path, O_RDWR | O_CLOEXEC);
  uint8_t byte = 0;
  ck_assert_int_ge (fd, 0);
  ck_assert_int_eq (pread (fd, &byte, 1, offset), 1);
  byte = (uint8_t) (byte ^ 1 << bit);
  ck_assert_int_eq (pwrite (fd, &byte, 1, offset), 1);
  close (fd);
}

START_TEST (no_flipped_bit_passes_unseen)
{
  struct folder folder = new_folder ();
  struct sf_journal *journal = NULL;
  struct stat info;
  char path[96];
  int found = 0, harmless = 0;
  ck_done (sf_journal_open (folder.path, true, &journal, err));
  for (int i = 1; i <= 200; i++)
    {
      char text[64];
      snprintf (text, sizeof text, "message %d of the feed", i);
      append (journal, "ab", NULL, text, 1700000000 + i);
    }
  ck_done (sf_journal_commit (journal, err));
  sf_journal_close (journal);
  snprintf (path, sizeof path, "%s/journal/journal.db", folder.path);
  ck_assert_int_eq (stat (path, &info), 0);
  for (off_t offset = 0; offset < info.st_size; offset += 131)
    {
      struct sf_error error;
      struct content content = { 0 };
      struct findings findings = { 0 };
      struct sf_journal_range range = everything ();
      long count = 0;
      int bit = (int) (offset % 8);
      flip (path, offset, bit);
      enum sf_code code = sf_journal_open (folder.path, false, &journal, &error);
      if (code == SF_OK)
        {
          code = sf_journal_read (journal, &range, compare, &content, &error);
          ck_done (sf_journal_check (journal, note, &findings, &count, err));
          sf_journal_close (journal);
        }
      ck_assert_msg (content.wrong == 0, "byte %ld: wrong content", (long) offset);
      if (code == SF_OK && content.messages < 200)
        ck_assert_msg (findings.count > 0, "byte %ld: %d messages and no finding", (long) offset, content.messages);
      bool seen = code != SF_OK || findings.count > 0;
      found += seen;
      harmless += !seen;
      flip (path, offset, bit);
    }
  ck_assert_int_gt (found, 50);
  printf ("%d flipped bits found, %d changed nothing that is read\n", found, harmless);
  drop_folder (&folder);
}
END_TEST

int
main (void)
{
  return run_tests (
      "journal_keep",
      (const TTest *const[]){ age_drops_the_old_but_nothing_that_is_not_applied, a_clock_that_jumps_makes_nothing_old,
                              a_first_clock_that_was_wrong_blocks_nothing,
                              many_memories_cost_trimming_nothing_and_go_in_steps, size_holds_and_the_file_shrinks,
                              identities_outlive_messages, an_export_is_taken_in_once,
                              an_import_of_something_else_is_refused, a_newer_form_is_refused_in_words,
                              what_was_changed_is_found, no_flipped_bit_passes_unseen, NULL });
}
