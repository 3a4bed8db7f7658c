/* SPDX-License-Identifier: Apache-2.0 */
#include "core/store/db.h"
#include "tests/unit/fsync_help.h"
#include "tests/unit/journal_help.h"
#include "tests/unit/memory_help.h"

#include <sys/stat.h>
#include <sys/wait.h>

/* Failing memory, folders that may not be written, several processes, a log that must stay short. tests/fault has kills and
   full disks. */

static enum sf_code
count_visit (void *ctx, const struct sf_journal_entry *entry, struct sf_error *err)
{
  (void) entry;
  (void) err;
  ++*(long *) ctx;
  return SF_OK;
}

static void
ignore_finding (void *ctx, int64_t message_id, const char *text)
{
  (void) message_id;
  (void) text;
  ++*(int *) ctx;
}

/* All there is to do, from opening to closing. *committed counts messages whose commit returned. */
static enum sf_code
work (const char *dir, long *committed, struct sf_error *err)
{
  struct sf_journal *journal = NULL;
  struct sf_arena arena = { 0 };
  struct sf_journal_range range = everything ();
  struct sf_verdict verdict = { 1, SF_VERDICT_POISON, 0, "crashed", "", "moc", "b", 1 };
  struct sf_journal_keep keep = { .age_s = 100, .identity_age_s = 100, .now_s = 150 };
  char path[128];
  const char *value;
  bool poison;
  int findings = 0;
  long read = 0, dropped, taken, known;
  snprintf (path, sizeof path, "%s/out.journal", dir);
  enum sf_code code = sf_journal_open (dir, true, &journal, err);
  for (int i = 0; code == SF_OK && i < 4; i++)
    {
      char identity[16];
      int64_t id;
      snprintf (identity, sizeof identity, "%d", i);
      struct sf_message message = message_of (i % 2 ? "a" : "b", identity, "text", 100 + i);
      code = sf_journal_append (journal, &message, "moc", &id, err);
      if (code == SF_OK)
        code = sf_journal_remember (journal, "a", "cursor", identity, err);
      if (code == SF_OK)
        code = sf_journal_recall (journal, &arena, "a", "cursor", &value, err);
      if (code == SF_OK)
        code = sf_journal_put_verdict (journal, &verdict, err);
      if (code == SF_OK)
        code = sf_journal_commit (journal, err);
      *committed += code == SF_OK;
    }
  if (code == SF_OK)
    code = sf_journal_is_poison (journal, 1, "b", &poison, err);
  if (code == SF_OK)
    code = sf_journal_read (journal, &range, count_visit, &read, err);
  if (code == SF_OK)
    code = sf_journal_check (journal, ignore_finding, &findings, &read, err);
  if (code == SF_OK)
    code = sf_journal_export (journal, &range, path, &read, err);
  if (code == SF_OK)
    code = sf_journal_import (journal, path, &taken, &known, err);
  if (code == SF_OK)
    code = sf_journal_trim (journal, &keep, &dropped, err);
  if (code == SF_OK)
    ck_assert (read == 4 && taken == 0 && known == 4 && poison && findings == 0);
  sf_arena_finish (&arena);
  sf_journal_close (journal);
  return code;
}

/* In memory where there is such a place: for runs by the thousand, which are not about the disk. */
static struct folder
new_folder_in_memory (void)
{
  struct folder folder = { "/dev/shm/sf-journal-XXXXXX" };
  return mkdtemp (folder.path) ? folder : new_folder ();
}

/* n: of the allocation that fails, 0: none; *ret_failed: it was felt. */
static void
work_failing (long n, int all_later, bool *ret_failed)
{
  struct folder folder = new_folder_in_memory ();
  struct sf_error error;
  char expected[32];
  long committed = 0, blocks_before = count_blocks ();
  int descriptors = count_descriptors ();
  sf_mem_fail_at (n, all_later);
  enum sf_code code = work (folder.path, &committed, &error);
  sf_mem_fail_at (0, 0);
  *ret_failed = code != SF_OK;
  if (code == SF_OK)
    ck_assert_int_eq (committed, 4);
  else
    ck_assert_msg (code == SF_ENOMEM || code == SF_EIO || code == SF_ENOTFOUND, "allocation %ld: %s: %s", n,
                   sf_code_name (code), error.message);
  ck_assert_int_eq (sqlite3_memory_used (), 0);
  ck_assert_msg (n == 0 || count_blocks () == blocks_before, "allocation %ld: %ld blocks are left", n,
                 count_blocks () - blocks_before);
  ck_assert_msg (count_descriptors () == descriptors, "allocation %ld: descriptors are left", n);
  snprintf (expected, sizeof expected, "%ld ", committed);
  if (committed > 0)
    ck_sqlite (&folder, "SELECT count (*) FROM message", expected);
  drop_folder (&folder);
}

START_TEST (every_allocation_may_fail)
{
  bool failed = false;
  long count, felt = 0, tried = 0;
  ck_done (sf_db_use_our_memory (err));
  sf_mem_fail_at (1000000, 0); /* none: for counting */
  struct folder folder = new_folder ();
  long committed = 0;
  ck_done (work (folder.path, &committed, err));
  count = sf_mem_count ();
  sf_mem_fail_at (0, 0);
  drop_folder (&folder);
  work_failing (0, 0, &failed); /* what is made once and kept is there after the first */
  for (long n = first_allocation (); n <= count; n = next_allocation (n), tried++)
    {
      work_failing (n, _i, &failed);
      felt += failed;
    }
  printf ("journal, %s: %ld of %ld allocations failed, %ld of them were felt\n", _i ? "with all later ones" : "once",
          tried, count, felt);
  ck_assert_int_gt (felt, tried / 2);
}
END_TEST

START_TEST (a_folder_that_may_not_be_written)
{
  struct folder folder = new_folder ();
  struct sf_journal *journal = NULL;
  char path[96];
  ck_done (sf_file_write ("/tmp/sf-journal-none", "", 0, err));
  ck_fails (sf_journal_open ("/tmp/sf-journal-none", true, &journal, err), SF_EIO, "sf-journal-none");
  ck_done (sf_file_remove_tree ("/tmp/sf-journal-none", err));
  snprintf (path, sizeof path, "%s/journal", folder.path);
  ck_assert_int_eq (mkdir (path, 0500), 0);
  if (geteuid () != 0) /* root may write anywhere */
    ck_fails (sf_journal_open (folder.path, true, &journal, err), SF_EIO, "unable to open");
  drop_folder (&folder);
}
END_TEST

/* A name that is not known to be on the disk is not taken to be there by the next opening. */
START_TEST (a_folder_that_cannot_be_synced)
{
  struct folder folder = new_folder ();
  struct sf_journal *journal = NULL;
  folder_syncs_to_fail = 1;
  ck_fails (sf_journal_open (folder.path, true, &journal, err), SF_EIO, "cannot sync");
  folder_syncs = 0;
  ck_done (sf_journal_open (folder.path, true, &journal, err));
  ck_assert_int_eq (folder_syncs, 2);
  sf_journal_close (journal);
  drop_folder (&folder);
}
END_TEST

/* A child that appends, or reads, until it is told by the end of the pipe. */
static pid_t
child (const char *dir, int number, bool reads)
{
  pid_t pid = fork ();
  ck_assert_int_ge (pid, 0);
  if (pid != 0)
    return pid;
  struct sf_journal *journal = NULL;
  struct sf_journal_range range = everything ();
  struct sf_error err;
  char feed[8];
  int64_t id, last = 0;
  bool fine = sf_journal_open (dir, !reads, &journal, &err) == SF_OK;
  snprintf (feed, sizeof feed, "f%d", number);
  for (int i = 0; fine && i < 100; i++)
    {
      long count = 0;
      struct sf_message message = message_of (feed, NULL, "text", i);
      if (reads)
        fine = sf_journal_read (journal, &range, count_visit, &count, &err) == SF_OK;
      else
        fine = sf_journal_append (journal, &message, "moc", &id, &err) == SF_OK
               && sf_journal_commit (journal, &err) == SF_OK && id > last;
      last = id;
    }
  if (!fine)
    fprintf (stderr, "child %d: %s\n", number, err.message);
  sf_journal_close (journal);
  _exit (fine ? 0 : 1);
}

START_TEST (several_processes_append_and_read)
{
  struct folder folder = new_folder ();
  struct sf_journal *journal = NULL;
  int status;
  ck_done (sf_journal_open (folder.path, true, &journal, err));
  sf_journal_close (journal);
  for (int i = 0; i < 4; i++)
    child (folder.path, i, i == 3);
  for (int i = 0; i < 4; i++)
    {
      ck_assert_int_gt (wait (&status), 0);
      ck_assert_int_eq (status, 0);
    }
  ck_sqlite (&folder,
             "SELECT count (*), max (id) FROM message;"
             "SELECT text, count (*), count (DISTINCT received_s) FROM message JOIN name ON name.id = feed GROUP BY 1",
             "300|300 f0|100|100 f1|100|100 f2|100|100 ");
  drop_folder (&folder);
}
END_TEST

START_TEST (the_log_stays_short_while_somebody_reads)
{
  struct folder folder = new_folder ();
  struct sf_journal *journal = NULL;
  static char text[20001];
  char path[96];
  struct stat info;
  off_t longest = 0;
  int status;
  memset (text, 'x', 20000);
  ck_done (sf_journal_open (folder.path, true, &journal, err));
  append (journal, "a", NULL, "first", 1);
  ck_done (sf_journal_commit (journal, err));
  snprintf (path, sizeof path, "%s/journal/journal.db-wal", folder.path);
  pid_t reader = child (folder.path, 9, true);
  bool reading = true;
  for (int i = 0; i < 4000; i++)
    {
      append (journal, "a", NULL, text, i);
      ck_done (sf_journal_commit (journal, err));
      ck_assert_int_eq (stat (path, &info), 0);
      longest = info.st_size > longest ? info.st_size : longest;
      reading = reading && waitpid (reader, &status, WNOHANG) == 0;
    }
  if (reading)
    {
      kill (reader, SIGKILL);
      ck_assert_int_eq (waitpid (reader, &status, 0), reader);
    }
  else
    ck_assert_int_eq (status, 0);
  /* 4000 messages are 80 MB in pages twice that: a log that never started anew would be longer. On a busy machine the reader
     is in the way until 64 MiB, from where on it is waited for. */
  ck_assert_msg (longest < 120 << 20, "the log grew to %ld bytes", (long) longest);
  printf ("longest log beside a reader: %ld KiB\n", (long) longest / 1024);
  sf_journal_close (journal);
  drop_folder (&folder);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("journal_fault");
  TCase *tcase = tcase_create ("journal_fault");
  tcase_set_timeout (tcase, getenv ("ALLOCATION_STEP") ? 3600 : 300);
  tcase_add_loop_test (tcase, every_allocation_may_fail, 0, 2);
  tcase_add_test (tcase, a_folder_that_may_not_be_written);
  tcase_add_test (tcase, a_folder_that_cannot_be_synced);
  tcase_add_test (tcase, several_processes_append_and_read);
  tcase_add_test (tcase, the_log_stays_short_while_somebody_reads);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
