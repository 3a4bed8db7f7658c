/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/feed_toys.h"

#include "tests/unit/feed_fakes.h"

#include <sys/wait.h>

static struct sf_intake *intake;
static int64_t clock_s = 1000;

static int64_t
tell_clock (void *ctx)
{
  (void) ctx;
  return clock_s;
}

static void
open_intake (size_t batch_bytes)
{
  struct sf_intake_setup setup = { .plugins = live_place.host,
                                   .dir = live_folder,
                                   .rules = live_rules,
                                   .batch_bytes = batch_bytes,
                                   .commit_ms = 5,
                                   .now_s = tell_clock };
  fake_stuck = NULL;
  ck_done (sf_intake_new (&setup, &intake, err));
}

static void
start (size_t batch_bytes)
{
  fake_store_reset ();
  clock_s = 1000;
  open_intake (batch_bytes);
}

/* Feeds "a", "b" ... with boxes 0, 1 ..., each with more settings. */
static void
set_feeds (size_t count, const char *const *more)
{
  struct sf_arena arena = { 0 };
  struct sf_feed *feeds = sf_arena_calloc (&arena, count + 1, sizeof *feeds);
  for (size_t i = 0; i < count; i++)
    {
      char name[] = { (char) ('a' + i), '\0' };
      feeds[i] = read_feed (
          &arena, name,
          sf_arena_printf (&arena, "{transport: {plugin: box, box: %zu}, decoder: plain%s}", i, more ? more[i] : ""));
    }
  ck_done (sf_intake_set_feeds (intake, &arena, feeds, count, err));
  ck_assert_ptr_null (arena.blocks);
}

static void
turn_for (int64_t ms)
{
  for (int64_t until_ms = sf_time_steady_ms () + ms; sf_time_steady_ms () < until_ms;)
    ck_done (sf_intake_turn (intake, 10, err));
}

/* Turn until as many messages of a box are acknowledged. */
static void
turn_until (int box, uint64_t acknowledged)
{
  for (int64_t until_ms = sf_time_steady_ms () + 30000; boxes[box].acknowledged < acknowledged;)
    {
      ck_assert_msg (sf_time_steady_ms () < until_ms, "only %d of %d are acknowledged", (int) boxes[box].acknowledged,
                     (int) acknowledged);
      ck_done (sf_intake_turn (intake, 10, err));
    }
}

static void
turn_until_rows (size_t count)
{
  for (int64_t until_ms = sf_time_steady_ms () + 30000; fake_disk.count < count;)
    {
      ck_assert_msg (sf_time_steady_ms () < until_ms, "only %zu of %zu rows", fake_disk.count, count);
      ck_done (sf_intake_turn (intake, 10, err));
    }
}

/* The text of an alarm of a feed, or of the whole (feed NULL), from the board's file; NULL: it does not stand. */
static const char *
alarm_text (const char *feed, const char *name)
{
  struct sf_health_board board;
  ck_done (sf_health_load (&live_arena, live_folder, &board, err));
  const struct sf_feed_alarm *alarms = board.alarms;
  size_t count = board.alarms_count;
  for (size_t i = 0; feed && i < board.feeds_count; i++)
    if (strcmp (board.feeds[i].feed, feed) == 0)
      {
        alarms = board.feeds[i].alarms;
        count = board.feeds[i].alarms_count;
      }
  for (size_t i = 0; i < count; i++)
    if (strcmp (alarms[i].name, name) == 0)
      return alarms[i].text;
  return NULL;
}

/* Turn until an alarm stands, or no longer does. */
static const char *
turn_until_alarm (const char *feed, const char *name, bool stands)
{
  const char *text = NULL;
  for (int64_t until_ms = sf_time_steady_ms () + 30000;;)
    {
      turn_for (50);
      text = sf_file_exists (sf_arena_printf (&live_arena, "%s/health.json", live_folder)) ? alarm_text (feed, name)
                                                                                           : NULL;
      if ((text != NULL) == stands)
        return text;
      ck_assert_msg (sf_time_steady_ms () < until_ms, "alarm %s %s", name, stands ? "does not stand" : "still stands");
    }
}

START_TEST (what_is_acknowledged_is_held_and_stored)
{
  start (0);
  set_feeds (2, NULL);
  post (0, "id1", "s1 1 900\n");
  post (0, "id2", "s2 1 900\n");
  post (0, "id1", "s1 1 900\n");
  post (1, "", "s3 1 900\n");
  turn_until (0, 3);
  turn_until (1, 1);
  turn_until_rows (3);
  ck_assert_str_eq (boxes[0].recalled, "3");
  sf_intake_free (intake);
  ck_assert_int_eq (boxes[0].closed, 1);
  ck_assert_int_eq (fake_places, 0);
  struct sf_health_board board;
  ck_done (sf_health_load (&live_arena, live_folder, &board, err));
  ck_assert_int_eq (board.ingest_pid, 0);
  ck_assert_int_eq (board.feeds[0].messages, 3);
  ck_assert_int_eq (board.feeds[0].duplicates, 1);
  ck_assert_int_eq (board.feeds[0].records, 2);
  ck_assert_int_eq (board.feeds[0].queue_messages, 0);
  ck_assert_str_eq (board.feeds[0].counters[0].name, "polls");
  /* What the transport remembers is there at the next start, and what was stored is not stored again. */
  boxes[0].recalled[0] = '\0';
  open_intake (0);
  set_feeds (2, NULL);
  turn_for (100);
  ck_assert_str_eq (boxes[0].recalled, "3");
  ck_assert_uint_eq (fake_disk.count, 3);
  sf_intake_free (intake);
}
END_TEST

START_TEST (one_folder_one_ingest)
{
  start (0);
  pid_t child = fork ();
  if (child == 0)
    {
      struct sf_intake_setup setup = { .plugins = live_place.host, .dir = live_folder, .rules = live_rules };
      struct sf_intake *second = NULL;
      struct sf_error why = { 0 };
      enum sf_code code = sf_intake_new (&setup, &second, &why);
      _exit (code == SF_ECONFLICT && strstr (why.message, "another ingest (process ") ? 0 : 1);
    }
  int status = -1;
  ck_assert_int_eq (waitpid (child, &status, 0), child);
  ck_assert_int_eq (status, 0);
  sf_intake_free (intake);
}
END_TEST

/* Another process holds the database: nothing can be committed. */
START_TEST (a_journal_that_does_not_commit_is_waited_for)
{
  char script[512];
  start (4000);
  set_feeds (1, NULL);
  post (0, "", "s0 1 900\n");
  turn_until (0, 1);
  snprintf (script, sizeof script,
            "sqlite3 %s/journal/journal.db 'BEGIN IMMEDIATE' '.shell touch %s/held' '.shell while "
            "[ -e %s/held ]; do sleep 0.05; done' 'COMMIT' &",
            live_folder, live_folder, live_folder);
  ck_assert_int_eq (system (script), 0);
  char held[100];
  snprintf (held, sizeof held, "%s/held", live_folder);
  while (access (held, F_OK) != 0)
    usleep (10000);
  for (int i = 0; i < 100; i++)
    post (0, "", "s1 1 900\n");
  turn_until_alarm (NULL, "journal_failed", true);
  ck_assert_uint_eq (boxes[0].acknowledged, 1);
  ck_assert_int_gt (boxes[0].busy, 0);
  ck_assert_uint_lt (boxes[0].taken, 101);
  unlink (held);
  turn_until (0, 101);
  turn_until_alarm (NULL, "journal_failed", false);
  turn_until_rows (101);
  sf_intake_free (intake);
}
END_TEST

START_TEST (a_transport_that_cannot_be_opened_is_tried_again)
{
  boxes[0].cannot_open = true;
  start (0);
  set_feeds (2, NULL);
  post (1, "", "s1 1 900\n");
  turn_until (1, 1);
  ck_assert_str_eq (turn_until_alarm ("a", "transport_failed", true), "the box is locked");
  boxes[0].cannot_open = false;
  post (0, "", "s2 1 900\n");
  turn_until (0, 1);
  turn_until_alarm ("a", "transport_failed", false);
  boxes[0].fails = true;
  ck_assert_str_eq (turn_until_alarm ("a", "transport_failed", true), "the box is empty by force");
  boxes[0].fails = false;
  turn_until_alarm ("a", "transport_failed", false);
  sf_intake_free (intake);
}
END_TEST

START_TEST (feeds_that_stay_are_not_disturbed)
{
  static const char *const changed[] = { "", ", cadence: 5min" };
  start (0);
  set_feeds (2, NULL);
  post (0, "", "s1 1 900\n");
  post (1, "", "s2 1 900\n");
  turn_until (0, 1);
  turn_until (1, 1);
  for (int i = 0; i < 3; i++)
    set_feeds (2, changed);
  turn_for (50);
  ck_assert_int_eq (boxes[0].opened, 1);
  ck_assert_int_eq (boxes[1].opened, 2);
  ck_assert_int_eq (boxes[1].closed, 1);
  post (0, "", "s3 1 900\n");
  post (1, "", "s4 1 900\n");
  turn_until (0, 2);
  turn_until (1, 1); /* numbers begin anew */
  set_feeds (1, NULL);
  ck_assert_int_eq (boxes[1].closed, 2);
  turn_until_rows (4);
  sf_intake_free (intake);
}
END_TEST

START_TEST (messages_of_a_feed_that_is_gone_wait_for_it)
{
  start (0);
  set_feeds (2, NULL);
  fake_stuck = "b";
  post (1, "", "s1 1 900\n");
  turn_until (1, 1);
  sf_intake_free (intake);
  fake_stuck = NULL;
  open_intake (0);
  set_feeds (1, NULL);
  ck_assert_ptr_nonnull (strstr (turn_until_alarm (NULL, "feeds_gone", true), ": b"));
  ck_assert_uint_eq (fake_disk.count, 0);
  set_feeds (2, NULL);
  turn_until_rows (1);
  sf_intake_free (intake);
}
END_TEST

/* Of a feed that no department ever named: entered under a name with a slip in it, or imported. */
START_TEST (messages_of_a_feed_that_never_was_are_told)
{
  struct sf_journal *journal = NULL;
  struct sf_message message = { .feed = "ghost", .source = "manual: W", .bytes = (const uint8_t *) "x", .length = 1 };
  int64_t id = 0;
  start (0);
  set_feeds (1, NULL);
  message.received_s = clock_s;
  ck_done (sf_journal_open (live_folder, true, &journal, err));
  ck_done (sf_journal_append (journal, &message, "manual", &id, err));
  ck_done (sf_journal_commit (journal, err));
  ck_assert_ptr_nonnull (strstr (turn_until_alarm (NULL, "feeds_gone", true), ": ghost"));
  sf_journal_close (journal);
  sf_intake_free (intake);
}
END_TEST

START_TEST (a_clock_that_jumps_raises_an_alarm_and_disturbs_nothing)
{
  start (0);
  set_feeds (1, NULL);
  post (0, "", "s1 1 900\n");
  turn_until (0, 1);
  clock_s -= 86400;
  post (0, "", "s2 1 900\n");
  turn_until (0, 2);
  ck_assert_ptr_nonnull (strstr (turn_until_alarm (NULL, "clock_jumped", true), "back by 86400 s"));
  clock_s += 2 * 86400;
  post (0, "", "s3 1 900\n");
  turn_until (0, 3);
  turn_until_rows (3);
  for (int i = 0; i < 3; i++)
    ck_assert_int_eq (fake_disk.rows[i].asset[1], '1' + i);
  sf_intake_free (intake);
}
END_TEST

START_TEST (waiting_is_ended_from_another_thread)
{
  start (0);
  int64_t from_ms = sf_time_steady_ms ();
  sf_intake_wake (intake);
  ck_done (sf_intake_turn (intake, 60000, err));
  ck_assert_int_lt (sf_time_steady_ms () - from_ms, 50000);
  sf_intake_free (intake);
}
END_TEST

/* With the n-th allocation failing: whatever it hits, each message is acknowledged and stored once in the end. Returns how
   many allocations there were. */
static long
run_without_memory (long n)
{
  struct sf_arena arena = { 0 };
  struct sf_intake_setup setup
      = { .plugins = live_place.host, .dir = live_folder, .rules = live_rules, .commit_ms = 1, .now_s = tell_clock };
  memset (boxes, 0, sizeof boxes);
  fake_store_reset ();
  ck_done (sf_file_remove_tree (sf_arena_printf (&live_arena, "%s/journal", live_folder), err));
  for (int turn = 0; turn < 2; turn++)
    {
      post (0, turn ? "id2" : "id1", turn ? "s3 1 900\n" : "s1 1 900\nnonsense\ns2 1 900\n");
      post (0, "id1", "again");
    }
  struct sf_feed *feeds = sf_arena_calloc (&arena, 1, sizeof *feeds);
  feeds[0] = read_feed (&arena, "a", "{transport: box, decoder: plain}");
  sf_mem_fail_at (n, 0);
  if (sf_intake_new (&setup, &intake, NULL) != SF_OK)
    ck_done (sf_intake_new (&setup, &intake, err));
  if (sf_intake_set_feeds (intake, &arena, feeds, 1, NULL) != SF_OK)
    {
      feeds = sf_arena_calloc (&arena, 1, sizeof *feeds);
      feeds[0] = read_feed (&arena, "a", "{transport: box, decoder: plain}");
      ck_done (sf_intake_set_feeds (intake, &arena, feeds, 1, err));
    }
  turn_until (0, 4);
  turn_until_rows (3);
  sf_intake_free (intake);
  long count = sf_mem_count ();
  sf_mem_fail_at (0, 0);
  ck_assert_uint_eq (fake_disk.count, 3);
  return count;
}

/* ALLOCATION_STEP: 1 looks at each; more is quicker. */
START_TEST (each_allocation_may_fail)
{
  const char *step = getenv ("ALLOCATION_STEP");
  clock_s = 1000;
  long count = run_without_memory (0);
  for (long n = 1; n <= count; n += step ? atol (step) : 5)
    run_without_memory (n);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { what_is_acknowledged_is_held_and_stored,
                                 one_folder_one_ingest,
                                 a_journal_that_does_not_commit_is_waited_for,
                                 a_transport_that_cannot_be_opened_is_tried_again,
                                 feeds_that_stay_are_not_disturbed,
                                 messages_of_a_feed_that_is_gone_wait_for_it,
                                 messages_of_a_feed_that_never_was_are_told,
                                 a_clock_that_jumps_raises_an_alarm_and_disturbs_nothing,
                                 waiting_is_ended_from_another_thread,
                                 each_allocation_may_fail,
                                 NULL };
  return run_live ("intake", tests);
}
