/* SPDX-License-Identifier: Apache-2.0 */
/* The pipeline with the store itself: what one feed brings must not hold up others. */
#include "tests/unit/feed_toys.h"
#include "tests/unit/store_help.h"

#include <dirent.h>
#include <sqlite3.h>
#include <sys/resource.h>

static struct sf_journal *journal;
static struct sf_store *store;
static struct sf_health *health;

enum
{
  DAY_S = 86400,
  WILD_DAYS = 60,
  WILD_ROWS = 90
};

static void
open_all (void)
{
  ck_done (sf_journal_open (live_folder, true, &journal, err));
  ck_done (sf_store_open (live_folder, SF_STORE_WRITE, &store, err));
  ck_done (sf_health_open (live_folder, &health, err));
}

static void
close_all (void)
{
  sf_health_close (health, 1000);
  sf_store_close (store);
  sf_journal_close (journal);
}

static struct sf_pipeline *
new_pipeline (const struct sf_feed *feeds, size_t count, struct sf_store *into, bool live)
{
  struct sf_pipeline_setup setup = { .plugins = live_place.host,
                                     .journal = journal,
                                     .store = into,
                                     .rules = live_rules,
                                     .health = live ? health : NULL,
                                     .in_process = true,
                                     .keep_verdicts = live };
  struct sf_pipeline *pipeline = NULL;
  const struct sf_feed *pointers[4];
  for (size_t i = 0; i < count; i++)
    pointers[i] = &feeds[i];
  ck_done (sf_pipeline_new (&setup, &pipeline, err));
  ck_done (sf_pipeline_set_feeds (pipeline, pointers, count, err));
  return pipeline;
}

static struct sf_feed
plain_feed (const char *name)
{
  return read_feed (&live_arena, name, "{transport: box, decoder: plain}");
}

static int64_t
append (const char *feed, const char *text)
{
  struct sf_message message = {
    .feed = feed, .source = "test", .bytes = (const uint8_t *) text, .length = strlen (text), .received_s = STORE_T0
  };
  int64_t id = 0;
  ck_done (sf_journal_append (journal, &message, "plain", &id, err));
  ck_done (sf_journal_commit (journal, err));
  return id;
}

/* Rows of one station, each on a day of its own in an order of its own, some twice. */
static void
write_wild (char *text, size_t size)
{
  size_t length = 0;
  for (int i = 0; i < WILD_ROWS; i++)
    length += (size_t) snprintf (text + length, size - length, "wild %d %lld\n", i % 7,
                                 (long long) STORE_T0 + (int64_t) (i * 37 % WILD_DAYS) * DAY_S + i);
}

static int
count_day_files (const char *dir)
{
  char path[96];
  snprintf (path, sizeof path, "%s/store", dir);
  DIR *folder = opendir (path);
  ck_assert_ptr_nonnull (folder);
  int count = 0;
  for (struct dirent *entry; (entry = readdir (folder));)
    count += strncmp (entry->d_name, "observations-", 13) == 0 && strcmp (strrchr (entry->d_name, '.'), ".db") == 0;
  closedir (folder);
  return count;
}

static void
count_alarms (const char *feed, const char *name, int *ret_count)
{
  struct sf_health_board board;
  static int64_t now_ms;
  ck_done (sf_health_write (health, STORE_T0, now_ms += 5000, true, err));
  ck_done (sf_health_load (&live_arena, live_folder, &board, err));
  *ret_count = 0;
  for (size_t i = 0; i < board.feeds_count; i++)
    for (size_t a = 0; strcmp (board.feeds[i].feed, feed) == 0 && a < board.feeds[i].alarms_count; a++)
      *ret_count += strcmp (board.feeds[i].alarms[a].name, name) == 0;
}

/* The digest of what the journal gives in another folder, with all of it in as few commits as can be. */
static void
replay (const struct sf_feed *feeds, size_t count, struct sf_key *ret_digest)
{
  struct sf_store *again = NULL;
  char folder[32];
  ck_done (sf_store_open (store_folder (folder), SF_STORE_WRITE, &again, err));
  struct sf_pipeline *pipeline = new_pipeline (feeds, count, again, false);
  ck_done (sf_pipeline_drain (pipeline, err));
  sf_pipeline_free (pipeline);
  store_digest (again, ret_digest, -1);
  sf_store_close (again);
  sf_file_remove_tree (folder, NULL);
}

START_TEST (a_wild_clock_does_not_hold_others)
{
  static char wild[WILD_ROWS * 40];
  struct sf_key digest, again;
  int64_t now_ms = 1, applied = 0;
  bool idle = false;
  int alarms = 0, turns = 0;
  open_all ();
  struct sf_feed feeds[] = { plain_feed ("wild"), plain_feed ("rain") };
  write_wild (wild, sizeof wild);
  int64_t first = append ("wild", wild), last = append ("rain", "s1 1 1405641600\n");
  struct sf_pipeline *pipeline = new_pipeline (feeds, 2, store, true);
  sf_pipeline_wake (pipeline);
  while (sf_pipeline_applied (pipeline, "rain") < last && ++turns < 20)
    ck_done (sf_pipeline_turn (pipeline, STORE_T0, now_ms += 1000, &idle, err));
  /* The first commit that wrote the one feed's row has not written all days of the other. */
  ck_assert_int_eq (sf_pipeline_applied (pipeline, "rain"), last);
  ck_assert_int_eq (sf_pipeline_applied (pipeline, "wild"), 0);
  ck_assert_int_le (count_day_files (live_folder), 16);
  ck_done (sf_store_applied (store, "wild", &applied, err));
  ck_assert_int_eq (applied, 0);
  count_alarms ("wild", "many_days", &alarms);
  ck_assert_int_eq (alarms, 1);
  /* What comes of others meanwhile does not wait either, and of the wild one nothing more is read. */
  append ("wild", "wild 3 1405728000\n");
  last = append ("rain", "s1 2 1405645200\n");
  sf_pipeline_wake (pipeline);
  for (turns = 0; sf_pipeline_applied (pipeline, "rain") < last && turns < 4; turns++)
    ck_done (sf_pipeline_turn (pipeline, STORE_T0, now_ms += 1000, &idle, err));
  ck_assert_int_eq (sf_pipeline_applied (pipeline, "rain"), last);
  ck_assert_int_eq (sf_pipeline_applied (pipeline, "wild"), 0);
  ck_done (sf_pipeline_drain (pipeline, err));
  ck_assert_int_gt (sf_pipeline_applied (pipeline, "wild"), first);
  ck_assert_int_eq (count_day_files (live_folder), WILD_DAYS);
  count_alarms ("wild", "many_days", &alarms);
  ck_assert_int_eq (alarms, 0);
  sf_pipeline_free (pipeline);
  store_digest (store, &digest, -1);
  replay (feeds, 2, &again);
  ck_assert_mem_eq (digest.bytes, again.bytes, sizeof digest.bytes);
  close_all ();
}
END_TEST

/* Ended in the midst of a wild message's days: it is decoded again, and the store is the same. */
START_TEST (days_that_were_left_come_again)
{
  static char wild[WILD_ROWS * 40];
  struct sf_key digest, again;
  bool idle = false;
  open_all ();
  struct sf_feed feeds[] = { plain_feed ("wild"), plain_feed ("rain") };
  write_wild (wild, sizeof wild);
  append ("wild", wild);
  for (int end = 1; end < 6; end++)
    {
      struct sf_pipeline *pipeline = new_pipeline (feeds, 2, store, true);
      sf_pipeline_wake (pipeline);
      for (int turn = 0; turn < end; turn++)
        ck_done (sf_pipeline_turn (pipeline, STORE_T0, 1000 * (turn + 1), &idle, err));
      ck_assert_int_eq (sf_pipeline_applied (pipeline, "wild"), 0);
      sf_pipeline_free (pipeline);
      sf_store_close (store);
      ck_done (sf_store_open (live_folder, SF_STORE_WRITE, &store, err));
    }
  struct sf_pipeline *pipeline = new_pipeline (feeds, 2, store, true);
  ck_done (sf_pipeline_drain (pipeline, err));
  sf_pipeline_free (pipeline);
  store_digest (store, &digest, WILD_ROWS);
  replay (feeds, 2, &again);
  ck_assert_mem_eq (digest.bytes, again.bytes, sizeof digest.bytes);
  close_all ();
}
END_TEST

/* Overwrite all of a day's file but its first page. */
static void
damage_day (const char *name)
{
  char path[128];
  snprintf (path, sizeof path, "%s/store/%s", live_folder, name);
  FILE *file = fopen (path, "r+");
  ck_assert_ptr_nonnull (file);
  ck_assert_int_eq (fseek (file, 0, SEEK_END), 0);
  long size = ftell (file);
  fseek (file, 4096, SEEK_SET);
  for (long at = 4096; at < size; at++)
    fputc (0xA5, file);
  ck_assert_int_eq (fclose (file), 0);
}

/* A damaged file of a day keeps back the feed that has rows for it, under an alarm that names the file, and nobody else; a series
   that cannot be judged for lack of it is stored and says so. */
START_TEST (a_damaged_day_is_alone)
{
  int64_t now_ms = 1, last = 0;
  bool idle = false;
  int alarms = 0;
  open_all ();
  struct sf_feed feeds[] = { plain_feed ("late"), plain_feed ("rain"), plain_feed ("calm") };
  append ("late", "s1 1 1405727940\n"); /* 2014-07-18T23:59Z */
  append ("rain", "s2 1 1405727940\n");
  struct sf_pipeline *pipeline = new_pipeline (feeds, 3, store, true);
  ck_done (sf_pipeline_drain (pipeline, err));
  sf_pipeline_free (pipeline);
  sf_store_close (store);
  damage_day ("observations-20140718.db");
  ck_done (sf_store_open (live_folder, SF_STORE_WRITE, &store, err));
  pipeline = new_pipeline (feeds, 3, store, true);
  append ("late", "s1 1 1405727880\n");
  int64_t rain = append ("rain", "s2 1 1405728060\n"), calm = append ("calm", "s3 1 1405728060\n");
  sf_pipeline_wake (pipeline);
  for (int turn = 0; turn < 6; turn++)
    ck_done (sf_pipeline_turn (pipeline, STORE_T0 + DAY_S, now_ms += 1000, &idle, err));
  ck_assert_int_eq (sf_pipeline_applied (pipeline, "calm"), calm);
  ck_assert_int_eq (sf_pipeline_applied (pipeline, "rain"), rain);
  ck_assert_int_eq (sf_pipeline_applied (pipeline, "late"), 1);
  count_alarms ("late", "store_damaged", &alarms);
  ck_assert_int_eq (alarms, 1);
  count_alarms ("rain", "store_damaged", &alarms);
  ck_assert_int_eq (alarms, 0);
  count_alarms ("rain", "unjudged", &alarms);
  ck_assert_int_eq (alarms, 1);
  count_alarms ("calm", "unjudged", &alarms);
  ck_assert_int_eq (alarms, 0);
  /* Others go on. */
  last = append ("calm", "s3 1 1405728120\n");
  sf_pipeline_wake (pipeline);
  for (int turn = 0; turn < 3; turn++)
    ck_done (sf_pipeline_turn (pipeline, STORE_T0 + DAY_S, now_ms += 1000, &idle, err));
  ck_assert_int_eq (sf_pipeline_applied (pipeline, "calm"), last);
  sf_pipeline_free (pipeline);
  close_all ();
}
END_TEST

/* A transport that calls its source by bytes that are no text, as a file's name in GBK: its rows are stored, and nobody waits. */
START_TEST (a_source_that_is_no_text_holds_nobody)
{
  bool idle = false;
  int64_t id = 0, now_ms = 1;
  const char *const *names = NULL;
  size_t count = 0;
  open_all ();
  struct sf_feed feeds[] = { plain_feed ("odd"), plain_feed ("rain") };
  const char *text = "s1 1 1405727940\n";
  struct sf_message message = { .feed = "odd",
                                .source = "\xd3\xea.csv",
                                .bytes = (const uint8_t *) text,
                                .length = strlen (text),
                                .received_s = STORE_T0 };
  ck_done (sf_journal_append (journal, &message, "plain", &id, err));
  int64_t last = append ("rain", text);
  struct sf_pipeline *pipeline = new_pipeline (feeds, 2, store, true);
  for (int turn = 0; turn < 6; turn++)
    sf_pipeline_turn (pipeline, STORE_T0 + DAY_S, now_ms += 1000, &idle, NULL);
  ck_assert_int_eq (sf_pipeline_applied (pipeline, "rain"), last);
  ck_assert_int_eq (sf_pipeline_applied (pipeline, "odd"), id);
  struct sf_key digest;
  store_digest (store, &digest, 2);
  sf_pipeline_free (pipeline);
  ck_done (sf_store_names (store, SF_STORE_FEEDS, &live_arena, &names, &count, err));
  ck_assert_uint_eq (count, 2);
  close_all ();
}
END_TEST

/* What is no record by the rules of the wire is not written down before its day is: its commit does not wait for it. */
START_TEST (a_row_that_cannot_be_written_down_is_committed)
{
  struct sf_record record;
  const struct sf_store_origin origin = { .message_id = 1 };
  int64_t applied = 0;
  open_all ();
  sf_record_init (&record, SF_RECORD_OBSERVATION);
  record.feed = "odd";
  record.source = "\xd3\xea.csv";
  record.valid_s = record.received_s = STORE_T0;
  record.as.observation.asset = "s1";
  record.as.observation.quantity = "rain_1h";
  ck_done (sf_store_put (store, &record, &origin, NULL, err));
  ck_done (sf_store_set_applied (store, "odd", 1, err));
  ck_done (sf_store_commit (store, err));
  ck_done (sf_store_applied (store, "odd", &applied, err));
  ck_assert_int_eq (applied, 1);
  close_all ();
}
END_TEST

/* The catalogue as it was before its first commit of the store's one batch. */
static void
forget_batch (void)
{
  sqlite3 *db = NULL;
  char path[96];
  snprintf (path, sizeof path, "%s/store/catalog.db", live_folder);
  ck_assert_int_eq (sqlite3_open (path, &db), SQLITE_OK);
  ck_assert_int_eq (sqlite3_exec (db, "DELETE FROM applied; DELETE FROM last_observation", NULL, NULL, NULL),
                    SQLITE_OK);
  sqlite3_close (db);
}

static void
reopen_store (int64_t *ret_applied)
{
  sf_store_close (store);
  forget_batch ();
  ck_done (sf_store_open (live_folder, SF_STORE_WRITE, &store, err));
  ck_done (sf_store_applied (store, "rain", ret_applied, err));
}

/* A batch that was begun is completed; one whose bytes are not what was written is not, whichever of them it is. */
START_TEST (a_damaged_batch_is_passed_over)
{
  char path[96];
  uint8_t *bytes = NULL;
  size_t length = 0;
  int64_t applied = 0;
  open_all ();
  struct sf_feed feeds[] = { plain_feed ("rain") };
  int64_t last = append ("rain", "s1 1 1405727940\n");
  struct sf_pipeline *pipeline = new_pipeline (feeds, 1, store, true);
  ck_done (sf_pipeline_drain (pipeline, err));
  sf_pipeline_free (pipeline);
  snprintf (path, sizeof path, "%s/store/batch", live_folder);
  ck_done (sf_file_read (&live_arena, path, 1 << 20, &bytes, &length, err));
  reopen_store (&applied);
  ck_assert_int_eq (applied, last);
  for (size_t i = 0; i < length; i += 3)
    {
      bytes[i] ^= 0x40;
      ck_done (sf_file_write (path, bytes, length, err));
      bytes[i] ^= 0x40;
      reopen_store (&applied);
      ck_assert_msg (applied == 0, "byte %zu of %zu", i, length);
    }
  close_all ();
}
END_TEST

static long
most_kib (void)
{
  struct rusage usage;
  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

/* Fields of 4 MiB by the hundred: the batch is bounded by what it takes, not by rows alone. */
START_TEST (large_fields_do_not_pile_up)
{
  enum
  {
    FIELDS = 100,
    BOUND_KIB = 200 * 1024 /* three times PIPELINE_BYTES, and half of what all of them take */
  };
  char text[64];
  open_all ();
  struct sf_feed feeds[] = { plain_feed ("radar") };
  int64_t last = 0;
  for (int i = 0; i < FIELDS; i++)
    {
      snprintf (text, sizeof text, "grid 1024 %lld\n", (long long) STORE_T0 + 360 * i);
      last = append ("radar", text);
    }
  long before_kib = most_kib ();
  struct sf_pipeline *pipeline = new_pipeline (feeds, 1, store, true);
  ck_done (sf_pipeline_drain (pipeline, err));
  ck_assert_int_eq (sf_pipeline_applied (pipeline, "radar"), last);
#ifdef __SANITIZE_ADDRESS__
  (void) before_kib; /* what is freed stays for a while, by hundreds of mebibytes */
#else
  ck_assert_int_lt (most_kib () - before_kib, BOUND_KIB);
#endif
  sf_pipeline_free (pipeline);
  close_all ();
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { a_wild_clock_does_not_hold_others,
                                 days_that_were_left_come_again,
                                 a_damaged_day_is_alone,
                                 a_source_that_is_no_text_holds_nobody,
                                 a_row_that_cannot_be_written_down_is_committed,
                                 a_damaged_batch_is_passed_over,
                                 large_fields_do_not_pile_up,
                                 NULL };
  return run_live ("pipeline_store", tests);
}
