/* SPDX-License-Identifier: Apache-2.0 */
/* What fails around the store: the disk, a file, the process; memory is in test_store_memory.c. After each the store must
   go on without hands and hold the same rows as one that nothing befell. */
#include <check.h>

#include "core/store/db.h"
#include "tests/unit/fsync_help.h"
#include "tests/unit/store_help.h"

#include <math.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum
{
  MESSAGES = 40,
  RECORDS = 6
};

/* Record `place` of message `id`: all follows from the two numbers. */
static struct sf_record
record_of (int id, int place)
{
  static const float values[] = { 1, 2, 3, 4 };
  struct sf_record record;
  sf_record_init (&record, (enum sf_record_kind) (place % SF_RECORD_KINDS));
  record.feed = "feed";
  record.valid_s = STORE_T0 + (id % 20) * 7200;
  record.received_s = STORE_T0 + id * 60;
  record.source = "message";
  store_say_of (&record, id, values);
  return record;
}

/* So many of a message's records; the last of RECORDS is a field. */
static enum sf_code
put_some (struct sf_store *store, int id, int records, struct sf_error *err)
{
  for (int place = 0; place < records; place++)
    {
      struct sf_record record = record_of (id, place);
      struct sf_store_origin origin = { .message_id = id, .place = (uint32_t) place };
      bool is_new = false;
      origin.sha256.bytes[3] = (uint8_t) id;
      SF_TRY (sf_store_put (store, &record, &origin, &is_new, err));
    }
  return sf_store_set_applied (store, "feed", id, err);
}

static enum sf_code
put_message (struct sf_store *store, int id, struct sf_error *err)
{
  return put_some (store, id, RECORDS, err);
}

/* Judge the newest observation before a message's. */
static enum sf_code
judge_before (struct sf_store *store, int id, struct sf_error *err)
{
  struct sf_record record = record_of (id, SF_RECORD_OBSERVATION);
  struct sf_store_series series = { SF_RECORD_OBSERVATION, "feed", record.as.observation.asset, "rain", 3600 };
  struct sf_arena arena = { 0 };
  struct sf_store_sample *samples = NULL;
  size_t count = 0;
  enum sf_code code
      = sf_store_samples (store, &arena, &series, SF_TIME_MISSING, record.valid_s, 2, &samples, &count, err);
  for (size_t i = 0; i < count && code == SF_OK; i++)
    code = sf_store_judge (store, &series, &samples[i], SF_QUALITY_ORIGINAL_DOUBTFUL, "neighbours", err);
  sf_arena_finish (&arena);
  return code;
}

static void
assert_ok (enum sf_code code, const struct sf_error *err)
{
  ck_assert_msg (code == SF_OK, "%s", err->message);
}

static void
fill (const char *dir, int messages, struct sf_key *ret_digest)
{
  struct sf_error err = { 0 };
  struct sf_store *store = store_open (dir, SF_STORE_WRITE);
  for (int id = 1; id <= messages; id++)
    {
      assert_ok (put_message (store, id, &err), &err);
      assert_ok (judge_before (store, id, &err), &err);
      if (id % 3 == 0)
        assert_ok (sf_store_commit (store, &err), &err);
    }
  assert_ok (sf_store_commit (store, &err), &err);
  store_digest (store, ret_digest, messages * RECORDS);
  sf_store_close (store);
}

static enum sf_code
count_row (void *ctx, const struct sf_store_row *row, struct sf_error *err)
{
  (void) row;
  (void) err;
  ++*(long *) ctx;
  return SF_OK;
}

/* No file may grow beyond a bound: as a full disk, but for the name of the error. */
START_TEST (no_room)
{
  char dir[32], other[32];
  struct sf_key expected, digest;
  struct sf_error err = { 0 };
  struct rlimit before, limit;
  int failures = 0;
  fill (store_folder (other), MESSAGES, &expected);
  signal (SIGXFSZ, SIG_IGN);
  getrlimit (RLIMIT_FSIZE, &before);
  struct sf_store *store = store_open (store_folder (dir), SF_STORE_WRITE);
  for (int id = 1; id <= MESSAGES; id++)
    {
      assert_ok (put_message (store, id, &err), &err);
      assert_ok (judge_before (store, id, &err), &err);
      if (id % 3)
        continue;
      limit = (struct rlimit){ .rlim_cur = (rlim_t) (id * 4096), .rlim_max = before.rlim_max };
      setrlimit (RLIMIT_FSIZE, &limit);
      size_t rows = sf_store_batch_rows (store);
      enum sf_code code = sf_store_commit (store, &err);
      setrlimit (RLIMIT_FSIZE, &before);
      if (code == SF_OK)
        continue;
      failures++;
      ck_assert (code == SF_EFULL || code == SF_EIO);
      ck_assert_msg (strstr (err.message, dir), "%s", err.message);
      ck_assert_uint_eq (sf_store_batch_rows (store), rows);
      assert_ok (sf_store_commit (store, &err), &err);
    }
  assert_ok (sf_store_commit (store, &err), &err);
  store_digest (store, &digest, MESSAGES * RECORDS);
  sf_store_close (store);
  ck_assert_int_gt (failures, 0);
  ck_assert_mem_eq (digest.bytes, expected.bytes, sizeof digest.bytes);
  ck_assert_int_eq (sf_file_remove_tree (dir, NULL), SF_OK);
  ck_assert_int_eq (sf_file_remove_tree (other, NULL), SF_OK);
}
END_TEST

/* A day's file whose name is not known to be on the disk is not taken to be there by the next commit. */
START_TEST (a_folder_that_cannot_be_synced)
{
  char dir[32];
  struct sf_error err = { 0 };
  struct sf_store *store = store_open (store_folder (dir), SF_STORE_WRITE);
  struct sf_record record = record_of (1, SF_RECORD_OBSERVATION);
  struct sf_store_origin origin = { .message_id = 1 };
  assert_ok (sf_store_put (store, &record, &origin, NULL, &err), &err);
  folder_syncs_to_pass = 1; /* that of the batch, which is written down first */
  folder_syncs_to_fail = 1;
  ck_assert_int_eq (sf_store_commit (store, &err), SF_EIO);
  ck_assert_msg (strstr (err.message, "cannot sync"), "%s", err.message);
  folder_syncs = 0;
  assert_ok (sf_store_commit (store, &err), &err);
  ck_assert_int_ge (folder_syncs, 1);
  sf_store_close (store);
  ck_assert_int_eq (sf_file_remove_tree (dir, NULL), SF_OK);
}
END_TEST

static void
note_fault (void *ctx, const char *fault)
{
  ck_assert (*fault);
  ++*(long *) ctx;
}

/* Bytes in the midst of a day's file are overwritten: reading says so in words, the check names it, other days are read. */
START_TEST (a_damaged_file)
{
  char dir[32], path[96];
  struct sf_key digest;
  struct sf_error err = { 0 };
  struct sf_store_query query;
  long rows = 0, said = 0, faults = 0;
  fill (store_folder (dir), MESSAGES, &digest);
  snprintf (path, sizeof path, "%s/store/observations-20140718.db", dir);
  struct sf_store *store = store_open (dir, SF_STORE_READ);
  assert_ok (sf_store_check (store, note_fault, &said, &faults, &err), &err);
  ck_assert_int_eq (faults, 0);
  sf_store_close (store);
  FILE *file = fopen (path, "r+");
  ck_assert_ptr_nonnull (file);
  for (long at = 4096; at < 40000; at++)
    {
      fseek (file, at, SEEK_SET);
      fputc (0xA5, file);
    }
  fclose (file);
  store = store_open (dir, SF_STORE_READ);
  sf_store_query_init (&query, SF_RECORD_OBSERVATION);
  ck_assert_int_eq (sf_store_read (store, &query, count_row, &rows, &err), SF_EIO);
  ck_assert_ptr_nonnull (strstr (err.message, "observations-20140718.db"));
  query.from_s = STORE_T0 + 86400;
  rows = 0;
  assert_ok (sf_store_read (store, &query, count_row, &rows, &err), &err);
  ck_assert_int_gt (rows, 0);
  assert_ok (sf_store_check (store, note_fault, &said, &faults, &err), &err);
  ck_assert_int_gt (faults, 0);
  ck_assert_int_eq (said, faults);
  sf_store_close (store);
  ck_assert_int_eq (sf_file_remove_tree (dir, NULL), SF_OK);
}
END_TEST

/* What ends the writer between the files of days and the catalogue: the next writer completes the batch, so that no row stands in
   the store whose message is decoded again and may then be poison. */
START_TEST (ended_before_the_catalogue)
{
  for (int records = RECORDS - 1; records <= RECORDS; records++)
    {
      char dir[32], path[96];
      struct sf_key expected, digest;
      struct sf_error err = { 0 };
      struct sf_store_query query;
      sqlite3 *holder = NULL;
      int64_t applied = 0;
      long rows = 0;
      struct sf_store *store = store_open (store_folder_in_memory (dir), SF_STORE_WRITE);
      assert_ok (put_some (store, 1, records, &err), &err);
      assert_ok (sf_store_commit (store, &err), &err);
      assert_ok (put_some (store, 4, records, &err), &err);
      assert_ok (judge_before (store, 4, &err), &err);
      snprintf (path, sizeof path, "%s/store/catalog.db", dir);
      ck_assert_int_eq (sqlite3_open (path, &holder), SQLITE_OK);
      ck_assert_int_eq (sqlite3_exec (holder, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
      ck_assert_int_eq (sf_store_commit (store, &err), SF_EBUSY);
      sqlite3_close (holder);
      sf_store_query_init (&query, SF_RECORD_OBSERVATION);
      query.all_revisions = true;
      assert_ok (sf_store_read (store, &query, count_row, &rows, &err), &err);
      ck_assert_int_eq (rows, 2); /* the second is there, and the catalogue does not say so */
      sf_store_close (store);
      store = store_open (dir, SF_STORE_WRITE);
      assert_ok (sf_store_applied (store, "feed", &applied, &err), &err);
      ck_assert_int_eq (applied, records < RECORDS ? 4 : 1); /* one that brings fields is decoded again */
      store_digest (store, &digest, records < RECORDS ? 2 * records : 2 * records - 1);
      assert_ok (put_some (store, 4, records, &err), &err);
      assert_ok (sf_store_commit (store, &err), &err);
      store_digest (store, &expected, 2 * records);
      ck_assert (records == RECORDS || memcmp (digest.bytes, expected.bytes, sizeof digest.bytes) == 0);
      sf_store_close (store);
      ck_assert_int_eq (sf_file_remove_tree (dir, NULL), SF_OK);
    }
}
END_TEST

/* A batch that was begun, dropped and overtaken by another is not completed: it would say that less is applied. */
START_TEST (overtaken_batches_stay_behind)
{
  for (int records = 1; records <= RECORDS - 1; records += RECORDS - 2) /* 1: an asset, of which no day hears */
    {
      char dir[32], path[96];
      struct sf_error err = { 0 };
      sqlite3 *holder = NULL;
      int64_t applied = 0;
      struct sf_store *store = store_open (store_folder_in_memory (dir), SF_STORE_WRITE);
      snprintf (path, sizeof path, "%s/store/catalog.db", dir);
      assert_ok (put_some (store, 1, RECORDS - 1, &err), &err);
      ck_assert_int_eq (sqlite3_open (path, &holder), SQLITE_OK);
      ck_assert_int_eq (sqlite3_exec (holder, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
      ck_assert_int_eq (sf_store_commit (store, &err), SF_EBUSY);
      sqlite3_close (holder);
      sf_store_drop_batch (store);
      assert_ok (put_some (store, 2, records, &err), &err);
      assert_ok (sf_store_commit (store, &err), &err);
      sf_store_close (store);
      store = store_open (dir, SF_STORE_WRITE);
      assert_ok (sf_store_applied (store, "feed", &applied, &err), &err);
      ck_assert_int_eq (applied, 2);
      sf_store_close (store);
      ck_assert_int_eq (sf_file_remove_tree (dir, NULL), SF_OK);
    }
}
END_TEST

struct slow
{
  struct sf_store *writer;
  const char *path;
  int id, rows;
};

/* While a row is looked at another commits, and its log can be carried over whole: nobody holds it. */
static enum sf_code
look_slowly (void *ctx, const struct sf_store_row *row, struct sf_error *err)
{
  struct slow *slow = ctx;
  sqlite3 *other = NULL;
  sqlite3_stmt *statement = NULL;
  (void) row;
  if (slow->rows++ % 600)
    return SF_OK;
  SF_TRY (put_message (slow->writer, slow->id++, err));
  SF_TRY (sf_store_commit (slow->writer, err));
  ck_assert_int_eq (sqlite3_open (slow->path, &other), SQLITE_OK);
  ck_assert_int_eq (sqlite3_prepare_v2 (other, "PRAGMA wal_checkpoint (TRUNCATE)", -1, &statement, NULL), SQLITE_OK);
  ck_assert_int_eq (sqlite3_step (statement), SQLITE_ROW);
  ck_assert_msg (sqlite3_column_int (statement, 0) == 0, "%s: a row holds the log", slow->path);
  sqlite3_finalize (statement);
  sqlite3_close (other);
  return SF_OK;
}

START_TEST (a_slow_reader_holds_nobody)
{
  enum
  {
    MANY = 2000 /* more than are read at once, of one series in one hour; so many revisions, too */
  };
  static const enum sf_record_kind kinds[] = { SF_RECORD_OBSERVATION, SF_RECORD_POSITION, SF_RECORD_ASSET };
  char dir[32], day[2][96], catalog[96];
  struct sf_error err = { 0 };
  struct sf_store *writer = store_open (store_folder_in_memory (dir), SF_STORE_WRITE);
  for (int i = 0; i < MANY; i++)
    for (int place = 0; place < 3; place++)
      {
        struct sf_record record = record_of (20, place);
        struct sf_store_origin origin = { .message_id = 1, .place = (uint32_t) (3 * i + place) };
        record.valid_s += i % 7 ? i / 2 : 0;
        assert_ok (sf_store_put (writer, &record, &origin, NULL, &err), &err);
      }
  assert_ok (sf_store_commit (writer, &err), &err);
  snprintf (catalog, sizeof catalog, "%s/store/catalog.db", dir);
  snprintf (day[0], sizeof day[0], "%s/store/observations-20140718.db", dir);
  snprintf (day[1], sizeof day[1], "%s/store/positions-20140718.db", dir);
  struct sf_store *reader = store_open (dir, SF_STORE_READ);
  for (int kind = 0; kind < 3; kind++)
    for (int latest = 0; latest <= 1; latest++)
      {
        struct slow slow
            = { .writer = writer, .path = latest || kind == 2 ? catalog : day[kind], .id = 100 * (kind + 1) };
        struct sf_store_query query;
        sf_store_query_init (&query, kinds[kind]);
        query.latest = latest;
        query.all_revisions = !latest;
        query.to_s = latest ? SF_TIME_MISSING : STORE_T0 + 3599;
        assert_ok (sf_store_read (reader, &query, look_slowly, &slow, &err), &err);
        ck_assert_int_ge (slow.rows, latest ? 1 : MANY);
        ck_assert_int_le (slow.rows, latest ? 3 : MANY + 20);
      }
  sf_store_close (reader);
  sf_store_close (writer);
  ck_assert_int_eq (sf_file_remove_tree (dir, NULL), SF_OK);
}
END_TEST

/* A process that is killed while it writes; what it had applied is there, and going on from there gives the same store. */
static void
write_until_killed (const char *dir, int from)
{
  struct sf_error err = { 0 };
  struct sf_store *store = store_open (dir, SF_STORE_WRITE);
  for (int id = from; id <= MESSAGES; id++)
    if (put_message (store, id, &err) != SF_OK || judge_before (store, id, &err) != SF_OK
        || sf_store_commit (store, &err) != SF_OK)
      _exit (1);
  for (;;)
    pause ();
}

static int
applied_of (const char *dir)
{
  struct sf_error err = { 0 };
  int64_t applied = 0;
  struct sf_store *store = store_open (dir, SF_STORE_WRITE);
  long rows = 0;
  struct sf_store_query query;
  assert_ok (sf_store_applied (store, "feed", &applied, &err), &err);
  sf_store_query_init (&query, SF_RECORD_OBSERVATION);
  query.all_revisions = true;
  assert_ok (sf_store_read (store, &query, count_row, &rows, &err), &err);
  ck_assert_msg (rows >= applied, "%ld rows, %ld messages applied", rows, (long) applied);
  sf_store_close (store);
  return (int) applied;
}

START_TEST (killed_at_any_time)
{
  char dir[32], other[32];
  struct sf_key expected, digest;
  struct sf_error err = { 0 };
  unsigned state = (unsigned) getpid ();
  fill (store_folder (other), MESSAGES, &expected);
  store_folder (dir);
  int applied = 0;
  for (int round = 0; round < 200 && applied < MESSAGES; round++)
    {
      pid_t child = fork ();
      ck_assert_int_ge (child, 0);
      if (child == 0)
        write_until_killed (dir, applied + 1);
      usleep ((useconds_t) (1000 + rand_r (&state) % 30000));
      kill (child, SIGKILL);
      int status = 0;
      ck_assert_int_eq (waitpid (child, &status, 0), child);
      ck_assert (WIFSIGNALED (status));
      applied = applied_of (dir);
    }
  struct sf_store *store = store_open (dir, SF_STORE_WRITE);
  for (int id = applied + 1; id <= MESSAGES; id++)
    {
      assert_ok (put_message (store, id, &err), &err);
      assert_ok (judge_before (store, id, &err), &err);
    }
  assert_ok (sf_store_commit (store, &err), &err);
  store_digest (store, &digest, MESSAGES * RECORDS);
  ck_assert_mem_eq (digest.bytes, expected.bytes, sizeof digest.bytes);
  sf_store_close (store);
  ck_assert_int_eq (sf_file_remove_tree (dir, NULL), SF_OK);
  ck_assert_int_eq (sf_file_remove_tree (other, NULL), SF_OK);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("store_faults");
  TCase *tcase = tcase_create ("store_faults");
  tcase_set_timeout (tcase, 240);
  tcase_add_test (tcase, no_room);
  tcase_add_test (tcase, a_folder_that_cannot_be_synced);
  tcase_add_test (tcase, a_damaged_file);
  tcase_add_test (tcase, ended_before_the_catalogue);
  tcase_add_test (tcase, overtaken_batches_stay_behind);
  tcase_add_test (tcase, a_slow_reader_holds_nobody);
  tcase_add_test (tcase, killed_at_any_time);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? 1 : 0;
}
