/* SPDX-License-Identifier: Apache-2.0 */
/* Each allocation of ours and of SQLite's in live ingest fails once: folders, journal, workers, pipeline, quality control,
   store and board are the real ones. Ingest must go on without hands, or say so and do it when it is asked again; a file
   that is put away is in the journal whatever happens next; in the end every message is there once, with the rows, verdicts and
   digest of a run that nothing befell, and no block, descriptor or process is left over. ALLOCATION_STEP=1 tries each
   allocation. */
#include <check.h>

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/time.h"
#include "core/feed/department.h"
#include "core/feed/intake_private.h"
#include "core/feed/pipeline_private.h"
#include "core/plugin/host.h"
#include "core/store/db.h"
#include "tests/unit/base.h"
#include "tests/unit/memory_help.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

enum
{
  TURN_MS = 1,
  SKIPPED_MS = 20,
  PATIENCE_MS = 600000, /* skipped ones included; nobody waits so long unless something hangs */
  FILES = 5,
  MESSAGES = FILES + 1,
  ROWS = 4 + 6 + 1 /* fixes, values of the tables, the one by hand */
};

static const int64_t CLOCK_S = 1405666800; /* 2014-07-18T07:00Z */

/* Two storms of two fixes, a file that is none, two tables of gauges; the last value of one is out of all reason. */
static const struct
{
  const char *path, *text;
} files[FILES] = {
  { "tracks/storm-1.txt", "66666 0000    2 0001 0000 0 6 (nameless)                         20150324\n"
                          "2014071800 6 191 1123  900      65\n2014071806 6 199 1113  888      72\n" },
  { "tracks/storm-2.txt", "no storm at all\n" },
  { "tracks/storm-3.txt", "66666 0000    2 0003 0000 0 6 (nameless)                         20150324\n"
                          "2014071800 6 191 1123  900      65\n2014071806 6 199 1113  888      72\n" },
  { "gauges/table-1.csv", "id,t,v\n60001,1405656000,1.5\n60002,1405656000,2\n60003,1405656000,0\n" },
  { "gauges/table-2.csv", "id,t,v\n60001,1405659600,2.5\n60002,1405659600,3\n60003,1405659600,9999\n" },
};

/* Entered by hand, as `sanfang enter` writes it into the journal. */
static const char *const by_hand
    = "{\"manual\": 1, \"who\": \"Li\", \"when\": \"2014-07-18T06:30:00Z\", \"why\": \"phone\", \"records\": "
      "[{\"kind\": "
      "\"observation\", \"asset\": \"60001\", \"quantity\": \"rain_amount\", \"value\": 4, \"period_s\": 3600, "
      "\"time\": \"2014-07-18T06:00:00Z\"}]}";

static const char *const departments
    = "department: met\n"
      "title: {en: Test, zh: 测试}\n"
      "feeds:\n"
      "  best:\n"
      "    title: {en: Tracks, zh: 路径}\n"
      "    transport: {plugin: spool, path: %s/tracks, after: delete}\n"
      "    decoder: cma_bst\n"
      "    cadence: 1h\n"
      "  gauges:\n"
      "    title: {en: Gauges, zh: 雨量站}\n"
      "    transport: {plugin: spool, path: %s/gauges, after: delete}\n"
      "    decoder:\n"
      "      plugin: delimited\n"
      "      map:\n"
      "        record: observation\n"
      "        id: \"{id}\"\n"
      "        time: {column: t, format: epoch_s}\n"
      "        quantities: [{quantity: rain_amount, column: v, unit: mm, period: 1h}]\n"
      "    cadence: 1h\n";

/* The steady clock of the library: the true one, but for pauses in which nobody works and that nobody need wait for. */
static int64_t skipped_ms;

int64_t
sf_time_steady_ms (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return (int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000 + skipped_ms;
}

/* --- what all attempts stand in --- */

static struct
{
  char dir[32];
  struct sf_arena arena;
  struct sf_vocabulary *vocabulary;
  struct sf_pool *pool;
  struct sf_log *log;
  struct sf_plugin_host *host;
  struct sf_quality_rules *rules;
  int null;
} place;

static char *
path_of (const char *name)
{
  char *path = sf_arena_printf (&place.arena, "%s/%s", place.dir, name);
  ck_assert_ptr_nonnull (path);
  return path;
}

static enum sf_code
open_host (const struct sf_vocabulary *vocabulary, struct sf_plugin_host **ret_host, struct sf_error *err)
{
  struct sf_plugin_host_setup setup = { .search_path = TEST_BUILDDIR "/modules/.libs",
                                        .share_folder = TEST_SRCDIR "/share",
                                        .data_folder = TEST_BUILDDIR "/data",
                                        .vocabulary = vocabulary,
                                        .log = place.log,
                                        .pool = place.pool };
  return sf_plugin_host_new (&setup, ret_host, err);
}

static void
start (void)
{
  char text[2000];
  signal (SIGPIPE, SIG_IGN);
  snprintf (place.dir, sizeof place.dir, "/dev/shm/sf-ingest-XXXXXX");
  if (!mkdtemp (place.dir))
    {
      snprintf (place.dir, sizeof place.dir, "/tmp/sf-ingest-XXXXXX");
      ck_assert_ptr_nonnull (mkdtemp (place.dir));
    }
  ck_done (sf_db_use_our_memory (err));
  ck_done (sf_vocabulary_load (TEST_SRCDIR "/share/vocabulary", &place.vocabulary, err));
  ck_done (sf_pool_new (1, &place.pool, err));
  place.log = sf_log_new ();
  place.null = open ("/dev/null", O_WRONLY | O_CLOEXEC);
  ck_assert_int_eq (sf_log_add_sink (place.log, place.null, SF_LOG_TEXT, SF_LOG_DEBUG), 0);
  ck_done (open_host (place.vocabulary, &place.host, err));
  ck_done (sf_quality_rules_load (&place.arena, TEST_SRCDIR "/share", place.vocabulary, &place.rules, err));
  ck_done (sf_file_make_folder (path_of ("tracks"), err));
  ck_done (sf_file_make_folder (path_of ("gauges"), err));
  snprintf (text, sizeof text, departments, place.dir, place.dir);
  ck_done (sf_file_write (path_of ("met.yaml"), text, strlen (text), err));
}

static void
stop (void)
{
  sf_plugin_host_free (place.host);
  sf_log_free (place.log);
  sf_pool_free (place.pool);
  sf_vocabulary_free (place.vocabulary);
  ck_assert_int_eq (sf_file_remove_tree (place.dir, NULL), SF_OK);
  sf_arena_finish (&place.arena);
  close (place.null);
}

/* --- one attempt --- */

struct attempt
{
  long n;       /* which allocation fails; 0: none */
  long counted; /* allocations until memory was last spared */
  bool in_process, restarts;
  const char *data, *departments;
  struct sf_intake *intake;
};

/* What the test itself needs is not counted, and does not fail. */
static void
spare_memory (struct attempt *attempt)
{
  attempt->counted += sf_mem_count ();
  sf_mem_fail_at (0, 0);
}

static void
fail_memory (const struct attempt *attempt)
{
  sf_mem_fail_at (attempt->n > attempt->counted ? attempt->n - attempt->counted : 0, 0);
}

static bool
has_failed (const struct attempt *attempt)
{
  return attempt->n > 0 && attempt->counted + sf_mem_count () >= attempt->n;
}

static int64_t
tell_clock (void *ctx)
{
  (void) ctx;
  return CLOCK_S;
}

/* Whether a call did its work; if not, it was the allocation. */
static bool
is_ok (const struct attempt *attempt, enum sf_code code, const struct sf_error *why)
{
  ck_assert_msg (code == SF_OK || (code == SF_ENOMEM && has_failed (attempt)), "allocation %ld: %s: %s", attempt->n,
                 sf_code_name (code), why->message);
  return code == SF_OK;
}

/* What `serve --only ingest` does with the departments of its scenario. */
static enum sf_code
take_feeds (struct attempt *attempt, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  struct sf_departments read = { 0 };
  enum sf_code code = sf_departments_load (&arena, place.host, attempt->departments, &read, err);
  if (code == SF_OK)
    return sf_intake_set_feeds (attempt->intake, &arena, read.feeds, read.feeds_count, err);
  sf_arena_finish (&arena);
  return code;
}

/* Another process writes into the journal meanwhile. */
static void
enter_by_hand (struct attempt *attempt)
{
  struct sf_message message = { .feed = "gauges",
                                .source = "Li",
                                .identity = "by hand",
                                .bytes = (const uint8_t *) by_hand,
                                .length = strlen (by_hand),
                                .received_s = CLOCK_S };
  struct sf_journal *journal = NULL;
  int64_t id;
  spare_memory (attempt);
  ck_done (sf_journal_open (attempt->data, true, &journal, err));
  ck_done (sf_journal_append (journal, &message, "manual", &id, err));
  ck_done (sf_journal_commit (journal, err));
  sf_journal_close (journal);
  fail_memory (attempt);
}

static void
open_ingest (struct attempt *attempt)
{
  struct sf_intake_setup setup = { .plugins = place.host,
                                   .dir = attempt->data,
                                   .program = TEST_BUILDDIR "/.libs/sanfang",
                                   .rules = place.rules,
                                   .keep = { .age_s = 86400, .identity_age_s = 86400 },
                                   .commit_ms = 1,
                                   .in_process = attempt->in_process,
                                   .now_s = tell_clock };
  struct sf_error why = { 0 };
  if (!is_ok (attempt, sf_intake_new (&setup, &attempt->intake, &why), &why))
    ck_done (sf_intake_new (&setup, &attempt->intake, err));
  if (!is_ok (attempt, take_feeds (attempt, &why), &why))
    ck_done (take_feeds (attempt, err));
}

static int
count_files (void)
{
  int count = 0;
  for (int i = 0; i < FILES; i++)
    count += sf_file_exists (path_of (files[i].path));
  return count;
}

static bool
is_applied (struct sf_intake *intake, const char *feed)
{
  int64_t last = 0;
  ck_done (sf_journal_last (intake->journal, feed, &last, err));
  return sf_pipeline_applied (intake->pipeline, feed) >= last;
}

static bool
is_done (struct attempt *attempt)
{
  struct sf_intake *intake = attempt->intake;
  if (count_files () > 0)
    return false;
  spare_memory (attempt);
  bool is_done = intake->batch.count == 0 && is_applied (intake, "best") && is_applied (intake, "gauges");
  fail_memory (attempt);
  return is_done;
}

/* No worker has anything to do. */
static bool
is_pause (const struct sf_intake *intake)
{
  for (size_t i = 0; i < intake->pipeline->feeds_count; i++)
    if (intake->pipeline->feeds[i]->slots_count > 0)
      return false;
  return true;
}

/* Turn until all is stored; one that restarts until the allocation has failed. */
static void
turn (struct attempt *attempt)
{
  int64_t end_ms = sf_time_steady_ms () + PATIENCE_MS;
  while (!is_done (attempt) && !(attempt->restarts && has_failed (attempt)))
    {
      ck_done (sf_intake_turn (attempt->intake, TURN_MS, err));
      skipped_ms += is_pause (attempt->intake) ? SKIPPED_MS : 0;
      ck_assert_msg (sf_time_steady_ms () < end_ms, "allocation %ld: %d files are left", attempt->n, count_files ());
    }
}

static enum sf_code
count_message (void *ctx, const struct sf_journal_entry *entry, struct sf_error *err)
{
  (void) entry, (void) err;
  ++*(int *) ctx;
  return SF_OK;
}

static enum sf_code
count_verdict (void *ctx, const struct sf_journal_entry *entry, const struct sf_verdict *verdict, struct sf_error *err)
{
  (void) err;
  ck_assert_int_eq (verdict->kind, SF_VERDICT_MESSAGE);
  ck_assert_ptr_nonnull (strstr (entry->source, "storm-2"));
  ++*(int *) ctx;
  return SF_OK;
}

static int
count_held (const struct attempt *attempt, int *ret_verdicts)
{
  struct sf_journal *journal = NULL;
  struct sf_journal_range all = { .from_s = SF_TIME_MISSING, .to_s = SF_TIME_MISSING };
  int messages = 0, verdicts = 0;
  ck_done (sf_journal_open (attempt->data, false, &journal, err));
  ck_done (sf_journal_read (journal, &all, count_message, &messages, err));
  ck_done (sf_journal_read_verdicts (journal, &all, count_verdict, &verdicts, err));
  sf_journal_close (journal);
  *ret_verdicts = verdicts;
  return messages;
}

static void
find_digest (const struct attempt *attempt, struct sf_key *ret_digest)
{
  struct sf_store *store = NULL;
  long rows = 0;
  ck_done (sf_store_open (attempt->data, SF_STORE_READ, &store, err));
  ck_done (sf_store_digest (store, ret_digest, &rows, err));
  sf_store_close (store);
  ck_assert_msg (rows == ROWS, "allocation %ld: %ld rows", attempt->n, rows);
}

static void
check_held (const struct attempt *attempt)
{
  int verdicts = 0, held = count_held (attempt, &verdicts), gone = FILES - count_files ();
  ck_assert_msg (held >= gone, "allocation %ld: %d files are put away, %d messages held", attempt->n, gone, held);
}

static void
post_files (struct attempt *attempt)
{
  ck_assert_int_eq (sf_file_remove_tree (attempt->data, NULL), SF_OK);
  for (int i = 0; i < FILES; i++)
    ck_done (sf_file_write (path_of (files[i].path), files[i].text, strlen (files[i].text), err));
}

/* Take in all files with the n-th allocation failing; returns how many there were. */
static long
run_attempt (struct attempt *attempt, struct sf_key *ret_digest)
{
  int verdicts = 0;
  post_files (attempt);
  fail_memory (attempt);
  open_ingest (attempt);
  enter_by_hand (attempt);
  turn (attempt);
  sf_intake_free (attempt->intake);
  spare_memory (attempt);
  ck_assert_msg (sqlite3_memory_used () == 0, "allocation %ld: SQLite keeps memory", attempt->n);
  check_held (attempt);
  if (attempt->restarts)
    {
      attempt->restarts = false;
      open_ingest (attempt);
      turn (attempt);
      sf_intake_free (attempt->intake);
    }
  int held = count_held (attempt, &verdicts);
  ck_assert_msg (held == MESSAGES && verdicts == 1, "allocation %ld: %d messages, %d verdicts", attempt->n, held,
                 verdicts);
  find_digest (attempt, ret_digest);
  return attempt->counted;
}

/* An attempt after which all is as it was before. *ret_left: blocks that are left. */
static long
clean_attempt (long n, bool in_process, struct sf_key *ret_digest, long *ret_left)
{
  struct sf_arena before_arena = place.arena;
  place.arena = (struct sf_arena){ 0 };
  int descriptors = count_descriptors ();
  long blocks_before = count_blocks ();
  struct attempt attempt = {
    .n = n, .in_process = in_process, .restarts = n % 2, .data = path_of ("data"), .departments = path_of ("met.yaml")
  };
  long count = run_attempt (&attempt, ret_digest);
  sf_arena_finish (&place.arena);
  ck_assert_msg (count_descriptors () == descriptors, "allocation %ld: descriptors are left", n);
  ck_assert_msg (waitpid (-1, NULL, WNOHANG) == -1, "allocation %ld: a process is left", n);
  *ret_left = count_blocks () - blocks_before;
  place.arena = before_arena;
  return count;
}

START_TEST (each_allocation_fails_once)
{
  struct sf_key expected, digest;
  long tried = 0, count = 0, left = 0;
  for (int i = 0; i < 2; i++) /* what is made once and kept is there after the first */
    count = clean_attempt (0, _i, &expected, &left);
  for (long n = first_allocation (); n <= count; n = next_allocation (n), tried++)
    {
      clean_attempt (n, _i, &digest, &left);
      if (left != 0) /* a library may keep what it makes at the first of its errors */
        clean_attempt (n, _i, &digest, &left);
      ck_assert_msg (left == 0, "allocation %ld: %ld blocks are left", n, left);
      ck_assert_msg (memcmp (&digest, &expected, sizeof digest) == 0, "allocation %ld: another store", n);
    }
  printf ("%s: %ld of %ld allocations failed\n", _i ? "in process" : "caged", tried, count);
}
END_TEST

/* --- what is read before ingest begins --- */

static enum sf_code
read_settings (const char *path, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  struct sf_vocabulary *vocabulary = NULL;
  struct sf_plugin_host *host = NULL;
  struct sf_quality_rules *rules = NULL;
  struct sf_departments read = { 0 };
  struct sf_key build;
  enum sf_code code = sf_vocabulary_load (TEST_SRCDIR "/share/vocabulary", &vocabulary, err);
  if (code == SF_OK)
    code = open_host (vocabulary, &host, err);
  if (code == SF_OK)
    code = sf_quality_rules_load (&arena, TEST_SRCDIR "/share", vocabulary, &rules, err);
  if (code == SF_OK)
    code = sf_departments_load (&arena, host, path, &read, err);
  if (code == SF_OK)
    code = sf_plugin_host_build (host, read.feeds[0].decoder.plugin, &build, err);
  sf_arena_finish (&arena);
  sf_plugin_host_free (host);
  sf_vocabulary_free (vocabulary);
  return code;
}

START_TEST (settings_are_read_or_memory_is_named)
{
  const char *path = path_of ("met.yaml");
  long tried = 0, felt = 0, count = 0;
  for (int i = 0; i < 2; i++)
    {
      sf_mem_fail_at (0, 0);
      ck_done (read_settings (path, err));
      count = sf_mem_count ();
    }
  long before = count_blocks ();
  for (long n = first_allocation (); n <= count; n = next_allocation (n), tried++)
    {
      struct sf_error why = { 0 };
      sf_mem_fail_at (n, 0);
      enum sf_code code = read_settings (path, &why);
      sf_mem_fail_at (0, 0);
      ck_assert_msg (code == SF_OK || code == SF_ENOMEM, "allocation %ld: %s: %s", n, sf_code_name (code), why.message);
      ck_assert_msg (count_blocks () == before, "allocation %ld: %ld blocks are left", n, count_blocks () - before);
      felt += code != SF_OK;
    }
  printf ("settings: %ld of %ld allocations failed, %ld of them were felt\n", tried, count, felt);
}
END_TEST

int
main (void)
{
  static const char *const names[] = { "caged", "in_process" };
  Suite *suite = suite_create ("ingest_memory");
  for (int i = 0; i < 2; i++) /* CK_RUN_CASE=caged runs one */
    {
      TCase *tcase = tcase_create (names[i]);
      tcase_set_timeout (tcase, getenv ("ALLOCATION_STEP") ? 7200 : 240);
      tcase_add_checked_fixture (tcase, start, stop);
      tcase_add_loop_test (tcase, each_allocation_fails_once, i, i + 1);
      suite_add_tcase (suite, tcase);
    }
  TCase *tcase = tcase_create ("settings");
  tcase_set_timeout (tcase, getenv ("ALLOCATION_STEP") ? 7200 : 240);
  tcase_add_checked_fixture (tcase, start, stop);
  tcase_add_test (tcase, settings_are_read_or_memory_is_named);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? 1 : 0;
}
