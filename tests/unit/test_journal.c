/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/journal_help.h"

/* Expected values come from the sqlite3 program, which reads the same file without our code. */

struct seen
{
  int64_t ids[64];
  char texts[64][32];
  int count, damaged;
};

static enum sf_code
see (void *ctx, const struct sf_journal_entry *entry, struct sf_error *err)
{
  struct seen *seen = ctx;
  (void) err;
  ck_assert_int_lt (seen->count, 64);
  seen->ids[seen->count] = entry->id;
  snprintf (seen->texts[seen->count++], 32, "%s:%.*s", entry->feed, (int) entry->length, (const char *) entry->bytes);
  seen->damaged += entry->damaged;
  return SF_OK;
}

START_TEST (a_commit_is_what_sqlite_reads)
{
  struct folder folder = new_folder ();
  struct sf_journal *journal = NULL;
  ck_done (sf_journal_open (folder.path, true, &journal, err));
  ck_assert_int_eq (append (journal, "ais", NULL, "one", 1700000000), 1);
  ck_assert_int_eq (append (journal, "rain", "r1", "two", 1700000001), 2);
  ck_done (sf_journal_commit (journal, err));
  ck_sqlite (&folder,
             "SELECT message.id, f.text, source, identity, d.text, received_s, CAST (bytes AS TEXT), length (sha256)"
             " FROM message JOIN name f ON f.id = feed JOIN name d ON d.id = decoder ORDER BY 1",
             "1|ais|tests||moc|1700000000|one|32 2|rain|tests|r1|moc|1700000001|two|32 ");
  /* sha256sum of "one" */
  ck_sqlite (&folder, "SELECT lower (hex (sha256)) FROM message WHERE id = 1",
             "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed ");
  ck_sqlite (&folder, "PRAGMA journal_mode; PRAGMA auto_vacuum; PRAGMA user_version", "wal 2 1 ");
  sf_journal_close (journal);
  drop_folder (&folder);
}
END_TEST

START_TEST (what_is_not_committed_is_not_read)
{
  struct folder folder = new_folder ();
  struct sf_journal *journal = NULL;
  struct sf_journal_range range = everything ();
  struct seen seen = { 0 };
  int64_t last = -1;
  ck_done (sf_journal_open (folder.path, true, &journal, err));
  append (journal, "ais", NULL, "one", 100);
  ck_done (sf_journal_read (journal, &range, see, &seen, err));
  ck_assert_int_eq (seen.count, 0);
  sf_journal_rollback (journal);
  ck_done (sf_journal_commit (journal, err));
  ck_done (sf_journal_last (journal, NULL, &last, err));
  ck_assert_int_eq (last, 0);
  append (journal, "rain", NULL, "two", 100);
  ck_done (sf_journal_commit (journal, err));
  ck_done (sf_journal_read (journal, &range, see, &seen, err));
  ck_assert_int_eq (seen.count, 1);
  ck_assert_str_eq (seen.texts[0], "rain:two");
  sf_journal_close (journal);
  drop_folder (&folder);
}
END_TEST

START_TEST (only_identity_within_a_feed_makes_a_duplicate)
{
  struct folder folder = new_folder ();
  struct sf_journal *journal = NULL;
  ck_done (sf_journal_open (folder.path, true, &journal, err));
  ck_assert_int_eq (append (journal, "a", "x", "first", 100), 1);
  ck_assert_int_eq (append (journal, "a", "x", "other words", 200), 0);
  ck_assert_int_eq (append (journal, "b", "x", "first", 100), 2);
  ck_assert_int_eq (append (journal, "a", NULL, "same", 100), 3);
  ck_assert_int_eq (append (journal, "a", NULL, "same", 100), 4);
  ck_done (sf_journal_commit (journal, err));
  ck_assert_int_eq (append (journal, "a", "x", "first", 300), 0);
  ck_assert_int_eq (append (journal, "a", "", "empty is an identity too", 300), 5);
  ck_assert_int_eq (append (journal, "a", "", "empty is an identity too", 300), 0);
  ck_done (sf_journal_commit (journal, err));
  ck_sqlite (&folder, "SELECT count (*) FROM message", "5 ");
  sf_journal_close (journal);
  drop_folder (&folder);
}
END_TEST

START_TEST (ranges)
{
  static const struct
  {
    const char *feed;
    int64_t after_id, from_s, to_s;
    long limit;
    const char *ids;
  } cases[] = {
    { NULL, 0, SF_TIME_MISSING, SF_TIME_MISSING, 0, "1 2 3 4 5 6 " },
    { "a", 0, SF_TIME_MISSING, SF_TIME_MISSING, 0, "1 3 5 " },
    { "a", 1, SF_TIME_MISSING, SF_TIME_MISSING, 1, "3 " },
    { NULL, 0, 20, 40, 0, "2 3 4 6 " }, /* 6 was received late by its clock */
    { "b", 0, 20, 40, 0, "2 4 6 " },
    { NULL, 0, 60, SF_TIME_MISSING, 0, "" },
    { NULL, 0, SF_TIME_MISSING, 10, 0, "1 " },
    { "nobody", 0, SF_TIME_MISSING, SF_TIME_MISSING, 0, "" },
    { NULL, 4, SF_TIME_MISSING, SF_TIME_MISSING, 5, "5 6 " },
  };
  struct folder folder = new_folder ();
  struct sf_journal *journal = NULL;
  ck_done (sf_journal_open (folder.path, true, &journal, err));
  for (int i = 0; i < 6; i++)
    append (journal, i % 2 ? "b" : "a", NULL, "m", i == 5 ? 25 : 10 * (i + 1));
  ck_done (sf_journal_commit (journal, err));
  for (size_t i = 0; i < 2 * sizeof cases / sizeof cases[0]; i++)
    {
      bool is_narrowed = i % 2;
      struct sf_journal_range range = { .feed = cases[i / 2].feed,
                                        .after_id = cases[i / 2].after_id,
                                        .from_s = cases[i / 2].from_s,
                                        .to_s = cases[i / 2].to_s,
                                        .limit = cases[i / 2].limit };
      struct seen seen = { 0 };
      char ids[64] = "";
      if (is_narrowed)
        ck_done (sf_journal_narrow (journal, &range, err));
      ck_assert (!is_narrowed || range.last_id > 0);
      ck_done (sf_journal_read (journal, &range, see, &seen, err));
      for (int k = 0; k < seen.count; k++)
        snprintf (ids + strlen (ids), sizeof ids - strlen (ids), "%d ", (int) seen.ids[k]);
      ck_assert_msg (strcmp (ids, cases[i / 2].ids) == 0, "case %d: %s", (int) i / 2, ids);
      ck_assert_int_eq (seen.damaged, 0);
    }
  sf_journal_close (journal);
  drop_folder (&folder);
}
END_TEST

static enum sf_code
count_entry (void *ctx, const struct sf_journal_entry *entry, struct sf_error *err)
{
  long *count = ctx;
  (void) err;
  ck_assert_int_eq (entry->id, ++*count);
  ck_assert_uint_eq (entry->length, 5000);
  return SF_OK;
}

START_TEST (many_rows_come_in_their_order)
{
  struct folder folder = new_folder ();
  struct sf_journal *journal = NULL;
  struct sf_journal_range range = everything ();
  static char text[5001];
  long count = 0;
  memset (text, 'x', 5000);
  ck_done (sf_journal_open (folder.path, true, &journal, err));
  for (int i = 0; i < 1000; i++)
    append (journal, "a", NULL, text, i);
  ck_done (sf_journal_commit (journal, err));
  ck_done (sf_journal_read (journal, &range, count_entry, &count, err));
  ck_assert_int_eq (count, 1000);
  sf_journal_close (journal);
  drop_folder (&folder);
}
END_TEST

START_TEST (memory_goes_with_the_commit)
{
  struct folder folder = new_folder ();
  struct sf_journal *journal = NULL;
  struct sf_arena arena = { 0 };
  const char *value = "?";
  ck_done (sf_journal_open (folder.path, true, &journal, err));
  ck_done (sf_journal_remember (journal, "a", "cursor", "17", err));
  ck_done (sf_journal_recall (journal, &arena, "a", "cursor", &value, err));
  ck_assert_str_eq (value, "17");
  sf_journal_rollback (journal);
  ck_done (sf_journal_recall (journal, &arena, "a", "cursor", &value, err));
  ck_assert_ptr_null (value);
  ck_done (sf_journal_remember (journal, "a", "cursor", "18", err));
  ck_done (sf_journal_commit (journal, err));
  ck_done (sf_journal_remember (journal, "a", "cursor", "19", err));
  ck_done (sf_journal_remember (journal, "b", "cursor", "20", err));
  ck_done (sf_journal_commit (journal, err));
  sf_journal_close (journal);
  ck_done (sf_journal_open (folder.path, true, &journal, err));
  ck_done (sf_journal_recall (journal, &arena, "a", "cursor", &value, err));
  ck_assert_str_eq (value, "19");
  ck_done (sf_journal_remember (journal, "a", "cursor", NULL, err));
  ck_done (sf_journal_commit (journal, err));
  ck_done (sf_journal_recall (journal, &arena, "a", "cursor", &value, err));
  ck_assert_ptr_null (value);
  ck_sqlite (&folder, "SELECT count (*) FROM memory", "1 ");
  sf_arena_finish (&arena);
  sf_journal_close (journal);
  drop_folder (&folder);
}
END_TEST

START_TEST (a_second_process_may_append)
{
  struct folder folder = new_folder ();
  struct sf_journal *ingest = NULL, *person = NULL;
  ck_done (sf_journal_open (folder.path, true, &ingest, err));
  ck_done (sf_journal_open (folder.path, true, &person, err));
  ck_assert_int_eq (append (ingest, "a", NULL, "1", 1), 1);
  ck_done (sf_journal_commit (ingest, err));
  ck_assert_int_eq (append (person, "b", NULL, "2", 1), 2);
  ck_done (sf_journal_commit (person, err));
  ck_assert_int_eq (append (ingest, "b", NULL, "3", 1), 3);
  ck_done (sf_journal_commit (ingest, err));
  ck_sqlite (&folder, "SELECT name.text FROM message JOIN name ON name.id = feed ORDER BY message.id", "a b b ");
  sf_journal_close (ingest);
  sf_journal_close (person);
  drop_folder (&folder);
}
END_TEST

START_TEST (what_lacks_something_is_refused)
{
  struct folder folder = new_folder ();
  struct sf_journal *journal = NULL;
  struct sf_message message = message_of (NULL, NULL, "x", 1);
  int64_t id = 0;
  ck_fails (sf_journal_open (folder.path, false, &journal, err), SF_ENOTFOUND, "there is no such database");
  ck_done (sf_journal_open (folder.path, true, &journal, err));
  ck_fails (sf_journal_append (journal, &message, "moc", &id, err), SF_EINVAL, "without feed");
  message.feed = "a";
  message.received_s = SF_TIME_MISSING;
  ck_fails (sf_journal_append (journal, &message, "moc", &id, err), SF_EINVAL, "received time");
  message.received_s = 1;
  message.length = SF_JOURNAL_MESSAGE_BYTES_MAX + 1ul;
  ck_fails (sf_journal_append (journal, &message, "moc", &id, err), SF_ERANGE, "takes up to");
  message.length = 0;
  message.bytes = NULL;
  ck_done (sf_journal_append (journal, &message, "moc", &id, err));
  ck_done (sf_journal_commit (journal, err));
  ck_assert_int_eq (id, 1);
  sf_journal_close (journal);
  drop_folder (&folder);
}
END_TEST

/* --- verdicts --- */

struct judged
{
  char lines[2048];
  int count;
};

static enum sf_code
see_verdict (void *ctx, const struct sf_journal_entry *entry, const struct sf_verdict *verdict, struct sf_error *err)
{
  struct judged *judged = ctx;
  (void) err;
  ck_assert_int_eq (entry->id, verdict->message_id);
  if (judged->count++ < 20)
    snprintf (judged->lines + strlen (judged->lines), sizeof judged->lines - strlen (judged->lines), "%d %d %ld %s; ",
              (int) verdict->message_id, verdict->kind, verdict->line, verdict->reason);
  return SF_OK;
}

static void
judge (struct sf_journal *journal, int64_t message, enum sf_verdict_kind kind, long line, const char *reason)
{
  struct sf_verdict verdict = { message, kind, line, reason, "", "moc", "b1", 1000 };
  ck_done (sf_journal_put_verdict (journal, &verdict, err));
}

START_TEST (verdicts_wait_for_a_commit_and_outlive_a_rollback)
{
  struct folder folder = new_folder ();
  struct sf_journal *journal = NULL;
  struct sf_journal_range range = everything ();
  struct judged judged = { 0 };
  bool poison = false;
  ck_done (sf_journal_open (folder.path, true, &journal, err));
  for (int i = 0; i < 3; i++)
    append (journal, i ? "b" : "a", NULL, "m", i);
  ck_done (sf_journal_commit (journal, err));
  append (journal, "a", NULL, "never", 9);
  judge (journal, 1, SF_VERDICT_PIECE, 3, "no value");
  judge (journal, 1, SF_VERDICT_PIECE, 4, "no time");
  judge (journal, 2, SF_VERDICT_POISON, 0, "crashed");
  ck_done (sf_journal_is_poison (journal, 2, "b1", &poison, err));
  ck_assert (poison);
  ck_done (sf_journal_is_poison (journal, 2, "b2", &poison, err));
  ck_assert (!poison);
  sf_journal_rollback (journal);
  ck_done (sf_journal_read_verdicts (journal, &range, see_verdict, &judged, err));
  ck_assert_int_eq (judged.count, 0);
  ck_done (sf_journal_commit (journal, err));
  ck_done (sf_journal_read_verdicts (journal, &range, see_verdict, &judged, err));
  ck_assert_str_eq (judged.lines, "1 0 3 no value; 1 0 4 no time; 2 2 0 crashed; ");
  ck_done (sf_journal_is_poison (journal, 2, "b1", &poison, err));
  ck_assert (poison);
  judged = (struct judged){ 0 };
  range.feed = "b";
  ck_done (sf_journal_read_verdicts (journal, &range, see_verdict, &judged, err));
  ck_assert_str_eq (judged.lines, "2 2 0 crashed; ");
  sf_journal_close (journal);
  drop_folder (&folder);
}
END_TEST

START_TEST (a_new_decoding_replaces_verdicts)
{
  struct folder folder = new_folder ();
  struct sf_journal *journal = NULL;
  struct sf_journal_range range = everything ();
  struct judged judged = { 0 };
  bool poison = true;
  ck_done (sf_journal_open (folder.path, true, &journal, err));
  for (int i = 0; i < 3; i++)
    append (journal, "a", NULL, "m", i);
  judge (journal, 1, SF_VERDICT_PIECE, 1, "old");
  judge (journal, 1, SF_VERDICT_PIECE, 2, "old");
  judge (journal, 2, SF_VERDICT_POISON, 0, "old");
  ck_done (sf_journal_commit (journal, err));
  judge (journal, 1, SF_VERDICT_PIECE, 7, "new");
  ck_done (sf_journal_clear_verdicts (journal, 2, err));
  ck_done (sf_journal_is_poison (journal, 2, "b1", &poison, err));
  ck_assert (!poison);
  ck_done (sf_journal_clear_verdicts (journal, 3, err));
  ck_done (sf_journal_commit (journal, err));
  ck_done (sf_journal_read_verdicts (journal, &range, see_verdict, &judged, err));
  ck_assert_str_eq (judged.lines, "1 0 7 new; ");
  ck_done (sf_journal_is_poison (journal, 2, "b1", &poison, err));
  ck_assert (!poison);
  sf_journal_close (journal);
  drop_folder (&folder);
}
END_TEST

START_TEST (a_thousand_pieces_are_kept_and_the_rest_counted)
{
  struct folder folder = new_folder ();
  struct sf_journal *journal = NULL;
  struct sf_journal_range range = everything ();
  struct judged judged = { 0 };
  ck_done (sf_journal_open (folder.path, true, &journal, err));
  append (journal, "a", NULL, "m", 1);
  ck_done (sf_journal_commit (journal, err));
  for (int i = 0; i < 1500; i++)
    judge (journal, 1, SF_VERDICT_PIECE, i + 1, "bad");
  ck_done (sf_journal_commit (journal, err));
  for (int i = 0; i < 234; i++)
    judge (journal, 1, SF_VERDICT_PIECE, 1501 + i, "bad");
  judge (journal, 1, SF_VERDICT_MESSAGE, 0, "cut short");
  ck_done (sf_journal_commit (journal, err));
  ck_sqlite (&folder, "SELECT count (*) FROM verdict", "1002 ");
  ck_sqlite (&folder, "SELECT reason FROM verdict ORDER BY number DESC LIMIT 2", "734 further pieces cut short ");
  range.limit = 10;
  ck_done (sf_journal_read_verdicts (journal, &range, see_verdict, &judged, err));
  ck_assert_int_eq (judged.count, 10);
  sf_journal_close (journal);
  drop_folder (&folder);
}
END_TEST

int
main (void)
{
  return run_tests ("journal", (const TTest *const[]){ a_commit_is_what_sqlite_reads, what_is_not_committed_is_not_read,
                                                       only_identity_within_a_feed_makes_a_duplicate, ranges,
                                                       many_rows_come_in_their_order, memory_goes_with_the_commit,
                                                       a_second_process_may_append, what_lacks_something_is_refused,
                                                       verdicts_wait_for_a_commit_and_outlive_a_rollback,
                                                       a_new_decoding_replaces_verdicts,
                                                       a_thousand_pieces_are_kept_and_the_rest_counted, NULL });
}
