/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/file.h"
#include "core/base/time.h"
#include "core/feed/health_private.h"
#include "tests/unit/base.h"

#include <ctype.h>
#include <fcntl.h>
#include <jansson.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

static const int64_t T = 1763000000 - 1763000000 % 86400;

struct desk
{
  char dir[64];
  struct sf_health *health;
  struct sf_arena arena;
};

static const struct sf_feed RAIN
    = { .name = "rain", .title_en = "Rain", .title_zh = "雨量", .cadence_s = 300, .lateness_s = 120 };
static const struct sf_feed WARNINGS = { .name = "warnings", .title_en = "Warnings", .title_zh = "预警" };
static const struct sf_feed *const FEEDS[] = { &RAIN, &WARNINGS };

static void
desk_init (struct desk *desk)
{
  *desk = (struct desk){ .dir = "/tmp/sanfang-health-XXXXXX" };
  ck_assert_ptr_nonnull (mkdtemp (desk->dir));
  ck_done (sf_health_open (desk->dir, &desk->health, err));
  ck_done (sf_health_set_feeds (desk->health, FEEDS, 2, err));
}

static void
desk_finish (struct desk *desk)
{
  sf_health_close (desk->health, T);
  sf_arena_finish (&desk->arena);
  ck_done (sf_file_remove_tree (desk->dir, err));
}

static const struct sf_feed_health *
look (struct desk *desk, const char *feed, struct sf_health_board *board)
{
  ck_done (sf_health_load (&desk->arena, desk->dir, board, err));
  for (size_t i = 0; i < board->feeds_count; i++)
    if (strcmp (board->feeds[i].feed, feed) == 0)
      return &board->feeds[i];
  ck_abort_msg ("%s is not on the board", feed);
}

static void
say (struct desk *desk, const char *feed, const char *text, int64_t now_s)
{
  struct sf_key key;
  ck_done (sf_key_of_bytes (text, strlen (text), &key, err));
  sf_health_message (desk->health, feed, now_s, &key, strlen (text), false);
}

/* --- states --- */

/* The rule by hand: cadence 300, lateness 120: late from 421 s on, silent from 541 s on. */
START_TEST (states)
{
  struct sf_health_board board = { .written_s = T, .ingest_pid = 1 };
  struct sf_feed_health rain
      = { .cadence_s = 300, .lateness_s = 120, .last_heard_s = T, .last_content_s = T, .newest_valid_s = T - 420 };
  ck_assert_int_eq (sf_feed_state_at (&board, &rain, T), SF_FEED_FRESH);
  ck_assert_int_eq (sf_feed_state_at (&board, &rain, T + 1), SF_FEED_LATE);
  rain.newest_valid_s = T - 540;
  ck_assert_int_eq (sf_feed_state_at (&board, &rain, T), SF_FEED_LATE);
  ck_assert_int_eq (sf_feed_state_at (&board, &rain, T + 1), SF_FEED_SILENT);
  rain.alarms_count = 1;
  ck_assert_int_eq (sf_feed_state_at (&board, &rain, T), SF_FEED_FAILING);
  ck_assert_int_eq (sf_feed_state_at (&board, &rain, T + 1), SF_FEED_SILENT);
  rain.alarms_count = 0;
  rain.last_heard_s = rain.newest_valid_s = SF_TIME_MISSING;
  ck_assert_int_eq (sf_feed_state_at (&board, &rain, T), SF_FEED_NEVER);
  rain.newest_valid_s
      = T - 60; /* of a message that was heard just before a death: the journal has it, the board did not */
  ck_assert_int_eq (sf_feed_state_at (&board, &rain, T), SF_FEED_FRESH);
  ck_assert_str_eq (sf_feed_state_name (SF_FEED_SILENT, 1), "中断");
  ck_assert_str_eq (sf_feed_state_name (SF_FEED_FRESH, 0), "fresh");
}
END_TEST

START_TEST (a_dead_ingest_makes_all_silent)
{
  struct sf_health_board board = { .written_s = T, .ingest_pid = 1 };
  const struct sf_feed_health quiet
      = { .last_heard_s = T - 999999, .last_content_s = T - 999999, .newest_valid_s = T - 999999 };
  ck_assert_int_eq (sf_feed_state_at (&board, &quiet, T), SF_FEED_FRESH); /* it speaks when there is something to say */
  ck_assert_int_eq (sf_feed_state_at (&board, &quiet, T + 10), SF_FEED_FRESH);
  ck_assert_int_eq (sf_feed_state_at (&board, &quiet, T + 11), SF_FEED_SILENT);
  board.ingest_gone = true;
  ck_assert_int_eq (sf_feed_state_at (&board, &quiet, T), SF_FEED_SILENT);
  board.ingest_gone = false;
  board.ingest_pid = 0;
  ck_assert_int_eq (sf_feed_state_at (&board, &quiet, T), SF_FEED_SILENT);
  board.ingest_pid = 1;
  board.written_s = T + 86400; /* a clock that was a day ahead */
  ck_assert_int_eq (sf_feed_state_at (&board, &quiet, T), SF_FEED_SILENT);
}
END_TEST

START_TEST (a_time_in_the_future_is_not_fresh_data)
{
  struct desk desk;
  struct sf_health_board board;
  desk_init (&desk);
  say (&desk, "rain", "one", T);
  sf_health_records (desk.health, "rain", 2, T + 86400 * 300, NULL);
  sf_health_records (desk.health, "rain", 1, T - 60, NULL);
  ck_done (sf_health_write (desk.health, T, 0, true, err));
  ck_assert_int_eq (look (&desk, "rain", &board)->newest_valid_s, T - 60);
  /* Forecasts alone: what counts is when they came. */
  const struct sf_feed_health forecast = { .last_content_s = T, .newest_valid_s = T + 86400 };
  ck_assert_int_eq (sf_feed_age_s (&forecast, T + 50), 50);
  const struct sf_feed_health nothing = { .last_content_s = SF_TIME_MISSING, .newest_valid_s = SF_TIME_MISSING };
  ck_assert_int_eq (sf_feed_age_s (&nothing, T), -1);
  desk_finish (&desk);
}
END_TEST

/* --- counting --- */

START_TEST (counts_go_on_after_a_restart)
{
  struct desk desk;
  struct sf_health_board board;
  const struct sf_quality_counts counts = { .doubtful = 1, .unreliable = 2, .late = 3, .missing = 4 };
  desk_init (&desk);
  for (int round = 1; round <= 2; round++)
    {
      say (&desk, "rain", "five", T);
      say (&desk, "rain", "five", T + 1); /* a stuck exporter */
      sf_health_message (desk.health, "rain", T + 2, NULL, 7, true);
      sf_health_message (desk.health, "nobody", T + 2, NULL, 7, true);
      sf_health_records (desk.health, "rain", 10, T, &counts);
      sf_health_reject (desk.health, "rain", "no time", 2);
      sf_health_poison (desk.health, "rain", "crash");
      sf_health_count (desk.health, "rain", "connections", 3);
      sf_health_queue (desk.health, "rain", 5);
      sf_health_alarm (desk.health, "rain", "unreachable", "连不上 10.0.0.1", T);
      ck_done (sf_health_write (desk.health, T + 2, 0, true, err));
      const struct sf_feed_health *rain = look (&desk, "rain", &board);
      ck_assert_int_eq (rain->messages, 3 * round);
      ck_assert_int_eq (rain->bytes, 15 * round);
      ck_assert_int_eq (rain->duplicates, round);
      ck_assert_int_eq (rain->repeats, round == 1 ? 1 : 3); /* the digests are remembered, too */
      ck_assert_int_eq (rain->records, 10 * round);
      ck_assert_int_eq (rain->late, 3 * round);
      ck_assert_int_eq (rain->doubtful, round);
      ck_assert_int_eq (rain->unreliable, 2 * round);
      ck_assert_int_eq (rain->missing, 4 * round);
      ck_assert_int_eq (rain->rejects, 2 * round);
      ck_assert_int_eq (rain->poison, round);
      ck_assert_int_eq (rain->queue_messages, 5);
      ck_assert_str_eq (rain->reasons[0].name, "no time");
      ck_assert_int_eq (rain->reasons[0].count, 2 * round);
      ck_assert_int_eq (rain->counters[0].count, 3 * round);
      ck_assert_int_eq (rain->last_heard_s, T + 2);
      ck_assert_int_eq (rain->last_content_s, T);
      ck_assert_int_eq (rain->alarms_count, 1);
      ck_assert_str_eq (rain->alarms[0].text, "连不上 10.0.0.1");
      ck_assert_str_eq (rain->title_zh, "雨量");
      ck_assert_int_eq (board.ingest_pid, getpid ());
      sf_health_close (desk.health, T + 3);
      desk.health = NULL;
      ck_done (sf_health_load (&desk.arena, desk.dir, &board, err));
      ck_assert_int_eq (board.ingest_pid, 0);
      ck_done (sf_health_open (desk.dir, &desk.health, err));
      ck_done (sf_health_set_feeds (desk.health, FEEDS, 2, err));
    }
  desk_finish (&desk);
}
END_TEST

/* Ports, numbers and values must not make a reason of their own each. */
START_TEST (reasons_are_counted_by_kind)
{
  struct desk desk;
  struct sf_health_board board;
  char reason[100];
  desk_init (&desk);
  for (int i = 0; i < 300; i++)
    {
      snprintf (reason, sizeof reason, "127.0.0.1:%d: no frame of SL 651", 30000 + i);
      sf_health_reject (desk.health, "rain", reason, 1);
      snprintf (reason, sizeof reason, "line %d, column 3: 'value %d' is the feed's, not a number.", i, i);
      sf_health_reject (desk.health, "rain", reason, 1);
      snprintf (reason, sizeof reason, "[::1]:%d: \"%d\"", i, i);
      sf_health_reject (desk.health, "rain", reason, 1);
    }
  ck_done (sf_health_write (desk.health, T, 0, true, err));
  const struct sf_feed_health *rain = look (&desk, "rain", &board);
  ck_assert_uint_eq (rain->reasons_count, 3);
  ck_assert_str_eq (rain->reasons[0].name, "#: no frame of SL #");
  ck_assert_int_eq (rain->reasons[0].count, 300);
  ck_assert_str_eq (rain->reasons[1].name, "line #, column #: * is the feed's, not a number.");
  ck_assert_str_eq (rain->reasons[2].name, "[#]#: *");
  desk_finish (&desk);
}
END_TEST

/* Cut wherever it may be, it stays one reason. */
START_TEST (long_reasons_are_one)
{
  struct desk desk;
  struct sf_health_board board;
  desk_init (&desk);
  for (int first = 0; first < 3; first++)
    {
      char reason[400] = "abc";
      for (int i = 0; i < 80; i++)
        memcpy (reason + first + 3 * i, "水", 4);
      sf_health_reject (desk.health, "rain", reason, 1);
      sf_health_reject (desk.health, "rain", reason, 1);
    }
  ck_done (sf_health_write (desk.health, T, 0, true, err));
  const struct sf_feed_health *rain = look (&desk, "rain", &board);
  ck_assert_uint_eq (rain->reasons_count, 3);
  ck_assert_int_eq (rain->reasons[0].count, 2);
  desk_finish (&desk);
}
END_TEST

START_TEST (reasons_are_bounded)
{
  struct desk desk;
  struct sf_health_board board;
  char reason[32];
  int64_t sum = 0;
  desk_init (&desk);
  for (int i = 0; i < 1000; i++)
    {
      snprintf (reason, sizeof reason, "reason %c%c", 'a' + i % 100 / 10, 'a' + i % 10);
      sf_health_reject (desk.health, "rain", reason, i % 100 == 7 ? 50 : 1);
    }
  ck_done (sf_health_write (desk.health, T, 0, true, err));
  const struct sf_feed_health *rain = look (&desk, "rain", &board);
  ck_assert_uint_eq (rain->reasons_count, SF_HEALTH_REASONS + 1);
  ck_assert_str_eq (rain->reasons[0].name, "reason ah");
  ck_assert_int_eq (rain->reasons[0].count, 500);
  ck_assert_str_eq (rain->reasons[SF_HEALTH_REASONS].name, "other");
  for (size_t i = 0; i < rain->reasons_count; i++)
    sum += rain->reasons[i].count;
  ck_assert_int_eq (sum, rain->rejects);
  desk_finish (&desk);
}
END_TEST

START_TEST (alarms_begin_last_and_end)
{
  struct desk desk;
  struct sf_health_board board;
  char name[32];
  desk_init (&desk);
  sf_health_alarm (desk.health, NULL, "disk_full", "no room", T);
  sf_health_alarm (desk.health, NULL, "disk_full", "still no room", T + 5);
  ck_done (sf_health_write (desk.health, T, 0, true, err));
  look (&desk, "rain", &board);
  ck_assert_uint_eq (board.alarms_count, 1);
  ck_assert_str_eq (board.alarms[0].text, "still no room");
  ck_assert_int_eq (board.alarms[0].since_s, T);
  sf_health_alarm (desk.health, NULL, "disk_full", NULL, T + 9);
  for (int i = 0; i < 40; i++)
    {
      snprintf (name, sizeof name, "alarm %d", i);
      sf_health_alarm (desk.health, "rain", name, "text", T);
    }
  ck_done (sf_health_write (desk.health, T, 0, true, err));
  const struct sf_feed_health *rain = look (&desk, "rain", &board);
  ck_assert_uint_eq (board.alarms_count, 0);
  ck_assert_uint_eq (rain->alarms_count, SF_HEALTH_ALARMS);
  ck_assert_str_eq (rain->alarms[SF_HEALTH_ALARMS - 1].name, "and_others");
  desk_finish (&desk);
}
END_TEST

START_TEST (feeds_come_and_go)
{
  static const struct sf_feed more = { .name = "more", .cadence_s = 60 };
  static const struct sf_feed *const others[] = { &more, &RAIN };
  struct desk desk;
  struct sf_health_board board;
  desk_init (&desk);
  say (&desk, "rain", "a", T);
  say (&desk, "warnings", "b", T);
  ck_done (sf_health_set_feeds (desk.health, others, 2, err));
  ck_done (sf_health_write (desk.health, T, 0, true, err));
  ck_assert_int_eq (look (&desk, "rain", &board)->messages, 1);
  ck_assert_int_eq (look (&desk, "more", &board)->messages, 0);
  ck_assert_uint_eq (board.feeds_count, 2);
  ck_assert_str_eq (board.feeds[0].feed, "more");
  desk_finish (&desk);
}
END_TEST

/* A file of a department that is taken out, also over a restart, and put back. */
START_TEST (feeds_come_back_with_their_counts)
{
  struct desk desk;
  struct sf_health_board board;
  desk_init (&desk);
  say (&desk, "rain", "a", T);
  say (&desk, "warnings", "b", T);
  sf_health_reject (desk.health, "rain", "line 3: no number", 7);
  sf_health_alarm (desk.health, "rain", "connection_lost", "x", T);
  ck_done (sf_health_set_feeds (desk.health, FEEDS + 1, 1, err));
  ck_done (sf_health_set_feeds (desk.health, FEEDS, 2, err));
  ck_done (sf_health_write (desk.health, T, 0, true, err));
  const struct sf_feed_health *rain = look (&desk, "rain", &board);
  ck_assert_int_eq (rain->messages, 1);
  ck_assert_int_eq (rain->rejects, 7);
  ck_assert_str_eq (rain->reasons[0].name, "line #: no number");
  ck_assert_uint_eq (rain->alarms_count, 0); /* whoever raised it raises it again */
  ck_done (sf_health_set_feeds (desk.health, NULL, 0, err));
  sf_health_close (desk.health, T);
  ck_done (sf_health_open (desk.dir, &desk.health, err));
  ck_done (sf_health_load (&desk.arena, desk.dir, &board, err));
  ck_assert_uint_eq (board.feeds_count, 0);
  ck_done (sf_health_set_feeds (desk.health, FEEDS, 2, err));
  ck_done (sf_health_write (desk.health, T, 0, true, err));
  ck_assert_int_eq (look (&desk, "rain", &board)->rejects, 7);
  ck_assert_int_eq (look (&desk, "warnings", &board)->messages, 1);
  desk_finish (&desk);
}
END_TEST

/* However many names come and go, only the last are kept. */
START_TEST (feeds_that_are_gone_are_bounded)
{
  struct desk desk;
  struct sf_health_board board;
  desk_init (&desk);
  say (&desk, "rain", "a", T);
  for (int i = 0; i <= SF_HEALTH_GONE; i++)
    {
      char name[32];
      snprintf (name, sizeof name, "feed-%d", i);
      const struct sf_feed passing = { .name = name };
      const struct sf_feed *const one = &passing;
      ck_done (sf_health_set_feeds (desk.health, &one, 1, err));
      say (&desk, name, "a", T);
    }
  static const struct sf_feed last = { .name = "feed-63" };
  static const struct sf_feed *const feeds[] = { &RAIN, &last };
  ck_done (sf_health_set_feeds (desk.health, feeds, 2, err));
  ck_done (sf_health_write (desk.health, T, 0, true, err));
  ck_assert_int_eq (look (&desk, "rain", &board)->messages, 0);
  ck_assert_int_eq (look (&desk, "feed-63", &board)->messages, 1);
  desk_finish (&desk);
}
END_TEST

/* One record of 1999 said that a feed needs years. */
START_TEST (delays_are_of_plausible_times)
{
  struct desk desk;
  struct sf_health_board board;
  desk_init (&desk);
  sf_health_stored (desk.health, "warnings", 928195200, T); /* 1999-06-01 */
  sf_health_stored (desk.health, "warnings", T + 86400, T);
  sf_health_stored (desk.health, "rain", T - 60, T);
  sf_health_stored (desk.health, "rain", 928195200, T);
  sf_health_stored (desk.health, "rain", T + 86400, T);
  ck_done (sf_health_write (desk.health, T, 0, true, err));
  ck_assert (look (&desk, "rain", &board)->delay_s == 60);
  ck_assert (isnan (look (&desk, "warnings", &board)->delay_s));
  desk_finish (&desk);
}
END_TEST

START_TEST (written_once_a_second)
{
  struct desk desk;
  struct sf_health_board board;
  desk_init (&desk);
  ck_done (sf_health_write (desk.health, T, 5000, false, err));
  ck_done (sf_health_write (desk.health, T + 1, 5999, false, err));
  look (&desk, "rain", &board);
  ck_assert_int_eq (board.written_s, T);
  ck_done (sf_health_write (desk.health, T + 1, 6000, false, err));
  look (&desk, "rain", &board);
  ck_assert_int_eq (board.written_s, T + 1);
  desk_finish (&desk);
}
END_TEST

START_TEST (a_process_that_is_gone)
{
  struct desk desk;
  struct sf_health_board board;
  desk_init (&desk);
  pid_t child = fork ();
  if (child == 0)
    _exit (sf_health_write (desk.health, T, 0, true, NULL) == SF_OK ? 0 : 1);
  int status = 0;
  ck_assert_int_eq (waitpid (child, &status, 0), child);
  ck_assert_int_eq (status, 0);
  const struct sf_feed_health *rain = look (&desk, "rain", &board);
  ck_assert (board.ingest_gone);
  ck_assert_int_eq (sf_feed_state_at (&board, rain, T), SF_FEED_SILENT);
  desk_finish (&desk);
}
END_TEST

/* Killed, and not yet waited for by its parent: its number still stands for a process. */
START_TEST (a_process_that_nobody_waited_for)
{
  struct desk desk;
  struct sf_health_board board;
  char path[128];
  int ready[2];
  desk_init (&desk);
  snprintf (path, sizeof path, "%s/ingest.lock", desk.dir);
  ck_assert_int_eq (pipe (ready), 0);
  pid_t child = fork ();
  if (child == 0)
    {
      int lock = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
      bool good = lock >= 0 && flock (lock, LOCK_EX | LOCK_NB) == 0
                  && sf_health_write (desk.health, T, 0, true, NULL) == SF_OK && write (ready[1], "r", 1) == 1;
      if (good)
        pause ();
      _exit (1);
    }
  char byte;
  ck_assert_int_eq (read (ready[0], &byte, 1), 1);
  look (&desk, "rain", &board);
  ck_assert (!board.ingest_gone);
  ck_assert_int_eq (kill (child, SIGKILL), 0);
  siginfo_t ended;
  ck_assert_int_eq (waitid (P_PID, (id_t) child, &ended, WEXITED | WNOWAIT), 0);
  ck_assert_int_eq (kill (child, 0), 0);
  look (&desk, "rain", &board);
  ck_assert (board.ingest_gone);
  ck_assert_int_eq (waitpid (child, NULL, 0), child);
  desk_finish (&desk);
  close (ready[0]);
  close (ready[1]);
}
END_TEST

START_TEST (a_torn_board_is_put_aside)
{
  struct desk desk;
  struct sf_health_board board;
  char path[128];
  desk_init (&desk);
  sf_health_close (desk.health, T);
  snprintf (path, sizeof path, "%s/health.json", desk.dir);
  ck_done (sf_file_write (path, "{\"form\":1,\"fe", 13, err));
  ck_fails (sf_health_load (&desk.arena, desk.dir, &board, err), SF_EFORMAT, "health.json:1");
  ck_done (sf_health_open (desk.dir, &desk.health, err));
  ck_done (sf_health_set_feeds (desk.health, FEEDS, 2, err));
  ck_done (sf_health_write (desk.health, T, 0, true, err));
  look (&desk, "rain", &board);
  ck_assert_str_eq (board.alarms[0].name, "board_lost");
  strcat (path, ".bad");
  ck_assert (sf_file_exists (path));
  desk_finish (&desk);
}
END_TEST

/* --- missing share --- */

START_TEST (missing_share)
{
  struct desk desk;
  struct sf_health_board board;
  desk_init (&desk);
  say (&desk, "rain", "first", T - 86400 * 2);
  /* A day of data every five minutes; of each hour the last three times do not come: a quarter. */
  for (int64_t t = T - 86400; t <= T; t += 300)
    if ((t - T + 86400) / 300 % 12 < 9)
      sf_health_stored (desk.health, "rain", t, t + 40);
  ck_done (sf_health_write (desk.health, T, 0, true, err));
  const struct sf_feed_health *rain = look (&desk, "rain", &board);
  ck_assert_double_eq_tol (rain->missing_share, 0.25, 0.01);
  ck_assert_double_eq (rain->delay_s, 40);
  ck_assert (isnan (look (&desk, "warnings", &board)->missing_share));
  desk_finish (&desk);
}
END_TEST

START_TEST (missing_share_of_odd_cadences)
{
  static struct sf_health_hour hours[SF_HEALTH_HOURS];
  struct sf_feed_health hourly = { .cadence_s = 3600, .lateness_s = 600, .since_s = T - 86400 * 9 };
  ck_assert_double_eq (sf_health_missing_share (&hourly, hours, T), 1);
  for (int64_t h = T / 3600 - 24; h <= T / 3600; h++)
    hours[h % SF_HEALTH_HOURS] = (struct sf_health_hour){ h, 1 };
  ck_assert_double_eq (sf_health_missing_share (&hourly, hours, T), 0);
  hours[(T / 3600 - 5) % SF_HEALTH_HOURS].minutes = 0;
  ck_assert_double_eq_tol (sf_health_missing_share (&hourly, hours, T), 1.0 / 23, 0.003);
  hourly.cadence_s = 10; /* seconds are told apart by minutes */
  ck_assert_double_eq_tol (sf_health_missing_share (&hourly, hours, T), 1 - 1.0 / 60, 0.003);
  hourly.cadence_s = 3600;
  hourly.since_s = T - 600; /* too young to say */
  ck_assert (isnan (sf_health_missing_share (&hourly, hours, T)));
  hourly.since_s = T - 86400 * 9;
  hourly.cadence_s = 86400 * 7;
  ck_assert (isnan (sf_health_missing_share (&hourly, hours, T)));
}
END_TEST

/* --- for programs --- */

START_TEST (json)
{
  struct desk desk;
  struct sf_health_board board;
  struct sf_strbuf text = { 0 };
  struct sf_vocabulary *vocabulary = NULL;
  desk_init (&desk);
  say (&desk, "rain", "x", T);
  sf_health_records (desk.health, "rain", 1, T - 60, NULL);
  sf_health_reject (desk.health, "rain", "column v: 'x' is no number", 2);
  sf_health_reject (desk.health, "rain", "column v: 'y' is no number", 1);
  ck_done (sf_health_write (desk.health, T, 0, true, err));
  look (&desk, "rain", &board);
  ck_done (sf_vocabulary_load (TEST_SRCDIR "/share/vocabulary", &vocabulary, err));
  sf_health_format_json (&board, vocabulary, T, &text);
  json_t *root = json_loads (text.text, JSON_REJECT_DUPLICATES, NULL);
  ck_assert_ptr_nonnull (root);
  const json_t *rain = json_array_get (json_object_get (root, "feeds"), 0);
  ck_assert_str_eq (json_string_value (json_object_get (rain, "state")), "fresh");
  ck_assert_int_eq (json_integer_value (json_object_get (rain, "age_s")), 60);
  /* A key that ends in _s is a number of seconds, whatever else there is. */
  ck_assert_str_eq (json_string_value (json_object_get (rain, "newest_valid")), "2025-11-12T23:59:00Z");
  const char *key;
  json_t *value;
  json_object_foreach ((json_t *) rain, key, value)
      ck_assert_msg (strlen (key) < 2 || strcmp (key + strlen (key) - 2, "_s") || !json_is_string (value), "%s", key);
  const json_t *numbers = json_array_get (json_object_get (rain, "reason_classes"), 0);
  ck_assert_int_eq (json_array_size (json_object_get (rain, "reason_classes")), 1);
  ck_assert_str_eq (json_string_value (json_object_get (numbers, "class")), "number");
  ck_assert_str_eq (json_string_value (json_object_get (numbers, "title_zh")), "数值无法识别");
  ck_assert_int_eq (json_integer_value (json_object_get (numbers, "count")), 3);
  ck_assert (json_is_true (json_object_get (root, "ingest_alive")));
  ck_assert_int_eq (json_integer_value (json_object_get (json_object_get (root, "states"), "never")), 1);
  json_decref (root);
  sf_strbuf_finish (&text);
  sf_vocabulary_free (vocabulary);
  desk_finish (&desk);
}
END_TEST

/* A small parser of the text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats): names, labels with their
   escapes, numbers; each metric has one TYPE before its samples, which stand together; no sample twice. */
static const char *
parse_name (const char *c)
{
  ck_assert_msg (isalpha ((unsigned char) *c) || *c == '_', "no name: %.40s", c);
  while (isalnum ((unsigned char) *c) || *c == '_')
    c++;
  return c;
}

static const char *
parse_labels (const char *c)
{
  ck_assert_int_eq (*c++, '{');
  while (*c != '}')
    {
      c = parse_name (c);
      ck_assert_int_eq (*c++, '=');
      ck_assert_int_eq (*c++, '"');
      for (; *c != '"'; c++)
        {
          ck_assert (*c != '\n' && *c != '\0');
          if (*c == '\\')
            {
              c++;
              ck_assert (*c == 'n' || *c == '"' || *c == '\\');
            }
        }
      c++;
      if (*c == ',')
        c++;
    }
  return c + 1;
}

static int
parse_prometheus (char *text)
{
  char type[128] = "", *save = NULL;
  int samples = 0;
  ck_assert_int_eq (text[strlen (text) - 1], '\n');
  for (char *line = strtok_r (text, "\n", &save); line; line = strtok_r (NULL, "\n", &save))
    {
      char *end;
      if (strncmp (line, "# TYPE ", 7) == 0)
        {
          const char *name_end = parse_name (line + 7);
          snprintf (type, sizeof type, "%.*s", (int) (name_end - line - 7), line + 7);
          ck_assert (!strcmp (name_end, " gauge") || !strcmp (name_end, " counter"));
          ck_assert (strcmp (name_end, " counter") != 0 || strstr (type, "_total"));
          continue;
        }
      if (strncmp (line, "# HELP ", 7) == 0)
        continue;
      const char *c = parse_name (line);
      ck_assert_msg (strlen (type) == (size_t) (c - line) && !strncmp (line, type, strlen (type)), "%s after %s", line,
                     type);
      if (*c == '{')
        c = parse_labels (c);
      ck_assert_int_eq (*c++, ' ');
      strtod (c, &end);
      ck_assert_msg (end > c && *end == '\0', "no number: %s", line);
      samples++;
    }
  return samples;
}

START_TEST (prometheus)
{
  static const struct sf_feed odd = { .name = "a\"b\\c\nd", .cadence_s = 60 };
  static const struct sf_feed *const feeds[] = { &RAIN, &odd };
  struct desk desk;
  struct sf_health_board board;
  struct sf_strbuf text = { 0 };
  desk_init (&desk);
  ck_done (sf_health_set_feeds (desk.health, feeds, 2, err));
  say (&desk, "rain", "x", T);
  sf_health_reject (desk.health, "rain", "line 3: \"oops\"", 1);
  sf_health_alarm (desk.health, "rain", "down", "x", T);
  sf_health_alarm (desk.health, NULL, "disk_full", "x", T);
  ck_done (sf_health_write (desk.health, T, 0, true, err));
  look (&desk, "rain", &board);
  sf_health_format_prometheus (&board, T, &text);
  ck_assert_ptr_nonnull (strstr (text.text, "sanfang_ingest_up 1\n"));
  ck_assert_ptr_nonnull (strstr (text.text, "sanfang_feed_state{feed=\"rain\",state=\"failing\"} 1\n"));
  ck_assert_ptr_nonnull (strstr (text.text, "sanfang_feed_state{feed=\"rain\",state=\"fresh\"} 0\n"));
  ck_assert_ptr_nonnull (strstr (text.text, "sanfang_feed_messages_total{feed=\"rain\"} 1\n"));
  ck_assert_ptr_nonnull (strstr (text.text, "sanfang_feed_age_seconds{feed=\"a\\\"b\\\\c\\nd\"} NaN\n"));
  ck_assert_int_gt (parse_prometheus (text.text), 50);
  sf_strbuf_finish (&text);
  desk_finish (&desk);
}
END_TEST

/* Memory that is out: no crash, no leak; counts may be lost, the board stays whole. */
START_TEST (memory_out)
{
  struct desk desk;
  desk_init (&desk);
  sf_health_reject (desk.health, "rain", "a reason", 1);
  sf_health_alarm (desk.health, "rain", "down", "x", T);
  ck_done (sf_health_set_feeds (desk.health, FEEDS + 1, 1, err));
  ck_done (sf_health_write (desk.health, T, 0, true, err));
  sf_health_close (desk.health, T);
  for (long n = 1; n < 80; n++)
    {
      struct sf_error err = { 0 };
      struct sf_health_board board;
      struct sf_arena arena = { 0 };
      desk.health = NULL;
      sf_mem_fail_at (n, 0);
      enum sf_code code = sf_health_open (desk.dir, &desk.health, &err);
      if (code == SF_OK)
        code = sf_health_set_feeds (desk.health, FEEDS, 2, &err);
      if (code == SF_OK)
        {
          sf_health_reject (desk.health, "rain", "another reason", 1);
          sf_health_alarm (desk.health, "rain", "down", "again", T);
          code = sf_health_write (desk.health, T, 0, true, &err);
        }
      if (code == SF_OK)
        code = sf_health_load (&arena, desk.dir, &board, &err);
      sf_mem_fail_at (0, 0);
      ck_assert_msg (code == SF_OK || code == SF_ENOMEM, "%ld: %s", n, err.message);
      sf_health_close (desk.health, SF_TIME_MISSING);
      sf_arena_finish (&arena);
    }
  ck_done (sf_file_remove_tree (desk.dir, err));
  sf_arena_finish (&desk.arena);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { states,
                                 a_dead_ingest_makes_all_silent,
                                 a_time_in_the_future_is_not_fresh_data,
                                 counts_go_on_after_a_restart,
                                 reasons_are_counted_by_kind,
                                 long_reasons_are_one,
                                 reasons_are_bounded,
                                 alarms_begin_last_and_end,
                                 feeds_come_and_go,
                                 feeds_come_back_with_their_counts,
                                 feeds_that_are_gone_are_bounded,
                                 delays_are_of_plausible_times,
                                 written_once_a_second,
                                 a_process_that_is_gone,
                                 a_process_that_nobody_waited_for,
                                 a_torn_board_is_put_aside,
                                 missing_share,
                                 missing_share_of_odd_cadences,
                                 json,
                                 prometheus,
                                 memory_out,
                                 NULL };
  return run_tests ("health", tests);
}
