/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/cage_help.h"

#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <sys/wait.h>
#include <unistd.h>

static struct room room;

static enum sf_isolation
isolation_of (int i)
{
  return i ? SF_ISOLATION_IN_PROCESS : SF_ISOLATION_CAGE;
}

static void
open_room (void)
{
  room_open (&room,
             &(struct sf_cage_setup){ .memory_bytes = INT64_C (256) << 20, .message_ms = 2000, .records_max = 100000 });
}

static void
close_room (void)
{
  room_close (&room);
}

static size_t
count_descriptors (void)
{
  size_t count = 0;
  DIR *folder = opendir ("/proc/self/fd");
  while (folder && readdir (folder))
    count++;
  closedir (folder);
  return count;
}

static void
expect (size_t at, int64_t id, enum sf_code code, size_t records, const char *reason)
{
  ck_assert_uint_lt (at, room.count);
  const struct outcome *outcome = &room.outcomes[at];
  ck_assert_msg (outcome->id == id && outcome->code == code && outcome->records == records
                     && strstr (outcome->reason, reason),
                 "outcome %zu: message %lld, %s, %zu records: %s", at, (long long) outcome->id,
                 sf_code_name (outcome->code), outcome->records, outcome->reason);
}

START_TEST (messages_come_out_in_order)
{
  size_t feed = room_feed (&room, "hostile", isolation_of (_i));
  char text[32];
  for (int id = 1; id <= 500; id++)
    {
      snprintf (text, sizeof text, "good %d", id % 5);
      room_give (&room, feed, id, text);
    }
  ck_assert_uint_eq (sf_cage_waiting (room.places[feed]), 500);
  room_wait (&room, 500);
  ck_assert_uint_eq (sf_cage_waiting (room.places[feed]), 0);
  for (int id = 1; id <= 500; id++)
    expect ((size_t) id - 1, id, SF_OK, (size_t) id % 5, "");
  ck_assert_uint_eq (room.troubles, 0);
}
END_TEST

/* Settings, feed, source and the time received arrive; what the decoder says about them does not count. */
static void
see_record (struct room *seen, const struct sf_cage_result *result)
{
  (void) seen;
  for (size_t i = 0; i < result->records_count; i++)
    {
      const struct sf_record *record = &result->records[i];
      ck_assert_str_eq (record->source, "the source");
      ck_assert_str_eq (record->as.observation.asset, "the source");
      ck_assert_str_eq (record->as.observation.quantity, "rain_1h");
      ck_assert_int_eq (record->received_s, 1405663200 + result->message_id);
      ck_assert_int_eq (record->source_line, (int64_t) i + 1);
      ck_assert (isnan (record->as.observation.lon_deg));
    }
}

START_TEST (feeds_have_their_own_settings)
{
  room.see = see_record;
  size_t one = room_feed (&room, "hostile", isolation_of (_i));
  size_t two = room_feed_set (&room, "hostile", isolation_of (_i), "factor", "-2.5");
  room_give (&room, one, 1, "good 3");
  room_give (&room, two, 1, "good 2");
  room_give (&room, one, 2, "feed");
  room_give (&room, two, 2, "feed");
  room_wait (&room, 4);
  for (size_t i = 0; i < 4; i++)
    {
      ck_assert_msg (room.outcomes[i].code == SF_OK, "%s", room.outcomes[i].reason);
      if (room.outcomes[i].records)
        ck_assert_double_eq (room.outcomes[i].first_value, strcmp (room.outcomes[i].feed, "f1") ? 1 : -2.5);
    }
}
END_TEST

START_TEST (rejects_and_refusals)
{
  size_t feed = room_feed (&room, "hostile", isolation_of (_i));
  room_give (&room, feed, 1, "reject 1500");
  room_give (&room, feed, 2, "refuse");
  room_give (&room, feed, 3, "rubbish");
  room_wait (&room, 3);
  expect (0, 1, SF_OK, 0, "");
  ck_assert_uint_eq (room.outcomes[0].rejects, 1500);
  expect (1, 2, SF_EFORMAT, 0, "the source: not what it reads");
  expect (2, 3, SF_OK, 1, "");
  ck_assert_uint_eq (room.outcomes[2].rejects, 4);
  ck_assert_uint_eq (room.troubles, 0);
}
END_TEST

static void
see_rejects (struct room *seen, const struct sf_cage_result *result)
{
  (void) seen;
  ck_assert_uint_eq (result->rejects_count, 1000);
  ck_assert_int_eq (result->rejects[999].line, 1000);
  ck_assert_str_eq (result->rejects[0].reason, "a bad piece");
  ck_assert_str_eq (result->rejects[0].excerpt, "\\x01piece\\xff");
}

START_TEST (rejects_are_fit_to_be_shown)
{
  room.see = see_rejects;
  room_give (&room, room_feed (&room, "hostile", isolation_of (_i)), 1, "reject 1500");
  room_wait (&room, 1);
}
END_TEST

static void
see_field (struct room *seen, const struct sf_cage_result *result)
{
  (void) seen;
  ck_assert_msg (result->records_count == 1, "%s", result->rejects_count ? result->rejects[0].reason : "no record");
  const struct sf_field *field = &result->records[0].as.field;
  ck_assert_int_eq (field->grid.nx, 40);
  ck_assert_str_eq (field->grid.crs, "EPSG:4490");
  for (int i = 0; i < 120; i++)
    if (i % 7)
      ck_assert_float_eq (field->values[i], (float) i);
    else
      ck_assert (isnan (field->values[i]));
}

START_TEST (fields_come_with_their_values)
{
  room.see = see_field;
  size_t feed = room_feed (&room, "hostile", isolation_of (_i)), before = count_descriptors ();
  for (int id = 1; id <= 600; id++)
    room_give (&room, feed, id, "field 40");
  room_wait (&room, 600);
  ck_assert_uint_le (count_descriptors (), before + (_i ? 0 : 3));
}
END_TEST

/* A field larger than a feed may send is a reject, and nothing else is lost. */
START_TEST (fields_have_a_limit)
{
  struct room small;
  room_open (&small, &(struct sf_cage_setup){ .field_bytes = 1000 });
  size_t feed = room_feed (&small, "hostile", SF_ISOLATION_CAGE);
  room_give (&small, feed, 1, "field 1000");
  room_give (&small, feed, 2, "field 20");
  room_wait (&small, 2);
  ck_assert_uint_eq (small.outcomes[0].records, 0);
  ck_assert_uint_eq (small.outcomes[0].rejects, 1);
  ck_assert_uint_eq (small.outcomes[1].records, 1);
  room_close (&small);
}
END_TEST

/* A hundred thousand records may be in a message, not one more. */
START_TEST (records_have_a_limit)
{
  size_t feed = room_feed (&room, "hostile", isolation_of (_i));
  room_give (&room, feed, 1, "good 100000");
  room_give (&room, feed, 2, "good 100001");
  room_give (&room, feed, 3, "good 2");
  room_wait (&room, 3);
  expect (0, 1, SF_OK, 100000, "");
  expect (1, 2, SF_EFULL, 0, "more than 100000 records");
  ck_assert (room.outcomes[1].poison);
  expect (2, 3, SF_OK, 2, "");
}
END_TEST

START_TEST (the_queue_has_a_bound)
{
  struct room small;
  room_open (&small, &(struct sf_cage_setup){ .queue_bytes = 4000 });
  size_t one = room_feed (&small, "hostile", isolation_of (_i)), two = room_feed (&small, "hostile", isolation_of (_i));
  int64_t taken = 0;
  while (room_try_bytes (&small, one, taken + 1, "good 1", 6) == SF_OK)
    taken++;
  ck_assert_int_ge (taken, 5);
  ck_assert_int_le (taken, 60);
  room_give (&small, two, 1, "good 1");
  room_wait (&small, (size_t) taken + 1);
  ck_assert_int_eq (room_try_bytes (&small, one, taken + 1, "good 1", 6), SF_OK);
  room_wait (&small, (size_t) taken + 2);
  room_close (&small);
}
END_TEST

/* A large message goes through, and so does one of nothing. */
START_TEST (sizes)
{
  size_t length = 3 << 20, feed = room_feed (&room, "pieces", isolation_of (_i));
  char *bytes = calloc (1, length);
  ck_assert_int_eq (room_try_bytes (&room, feed, 1, bytes, length), SF_OK);
  ck_assert_int_eq (room_try_bytes (&room, feed, 2, bytes, 0), SF_OK);
  ck_assert_int_eq (room_try_bytes (&room, feed, 3, NULL, 0), SF_OK);
  room_wait (&room, 3);
  expect (0, 1, SF_OK, length / 64, "");
  expect (1, 2, SF_OK, 0, "");
  expect (2, 3, SF_OK, 0, "");
  free (bytes);
}
END_TEST

/* What comes before the first message is fed back, at the start and after each end; the sums tell. */
static const char *const past[] = { "sum 1", "sum 20", "sum 300", NULL };

START_TEST (state_is_fed_back)
{
  room.past = past;
  room.past_first_id = 5;
  size_t feed = room_feed (&room, "hostile", isolation_of (_i));
  room_give (&room, feed, 8, "sum 4000");
  room_give (&room, feed, 9, "sum 50000");
  room_wait (&room, 2);
  ck_assert_double_eq (room.outcomes[0].first_value, 4321);
  ck_assert_double_eq (room.outcomes[1].first_value, 54321);
  ck_assert_uint_eq (room.look_backs, 1);
}
END_TEST

/* An end from outside while nothing is under way: the next message finds a new worker with the same state. */
START_TEST (state_outlives_a_worker)
{
  static const char *const more[] = { "sum 1", "sum 20", "sum 300", "sum 4000", NULL };
  room.past = more;
  room.past_first_id = 5;
  size_t feed = room_feed (&room, "hostile", SF_ISOLATION_CAGE);
  room_give (&room, feed, 8, "sum 4000");
  room_wait (&room, 1);
  kill (worker_pid (), SIGKILL);
  room_give (&room, feed, 9, "sum 50000");
  room_wait (&room, 2);
  ck_assert_double_eq (room.outcomes[1].first_value, 54321);
  ck_assert_uint_eq (room.look_backs, 2);
  ck_assert (!room.outcomes[1].poison);
}
END_TEST

/* A message of the past that ends the worker is left out of the past. */
START_TEST (the_past_may_be_poisonous)
{
  static const char *const bad[] = { "sum 1", "segfault", "sum 300", NULL };
  room.past = bad;
  room.past_first_id = 5;
  size_t feed = room_feed (&room, "hostile", SF_ISOLATION_CAGE);
  room_give (&room, feed, 8, "sum 4000");
  room_wait (&room, 1);
  expect (0, 8, SF_OK, 1, "");
  ck_assert_double_eq (room.outcomes[0].first_value, 4301);
  ck_assert_uint_eq (room.look_backs, 2);
}
END_TEST

/* Each time it is at a message of the past it is ended, as by the system for want of memory: others do not wait for ever. */
START_TEST (the_past_may_be_too_much)
{
  static const char *const bad[] = { "sum 1", "out-of-time", "sum 300", NULL };
  room.past = bad;
  room.past_first_id = 5;
  size_t feed = room_feed (&room, "hostile", SF_ISOLATION_CAGE);
  room_give (&room, feed, 8, "sum 4000");
  for (int64_t end_ms = room_ms () + 4 * ROOM_WAIT_MS; room.count < 1 && room_ms () < end_ms;)
    room_turn (&room, NULL);
  ck_assert_uint_eq (room.count, 1);
  ck_assert_uint_eq (room.troubles, 5);
  ck_assert_msg (strstr (room.trouble[3], "signal 9") && strstr (room.trouble[3], "is fed back again"), "%s",
                 room.trouble[3]);
  ck_assert_msg (strstr (room.trouble[4], "is not fed back again"), "%s", room.trouble[4]);
  ck_assert_double_eq (room.outcomes[0].first_value, 4301);
}
END_TEST

/* A feed that is added while the worker lives is told to a new one; what was under way is not disturbed. */
START_TEST (feeds_come_and_go)
{
  size_t one = room_feed (&room, "hostile", isolation_of (_i));
  room_give (&room, one, 1, "good 1");
  room_wait (&room, 1);
  room_give (&room, one, 2, "good 2");
  size_t two = room_feed_set (&room, "hostile", isolation_of (_i), "factor", "7");
  room_give (&room, two, 1, "good 1");
  room_give (&room, one, 3, "good 3");
  room_wait (&room, 4);
  expect (1, 2, SF_OK, 2, "");
  expect (2, 1, SF_OK, 1, "");
  ck_assert_double_eq (room.outcomes[2].first_value, 7);
  expect (3, 3, SF_OK, 3, "");
  sf_cages_remove (room.cages, room.places[one]);
  room_give (&room, two, 2, "good 5");
  room_wait (&room, 5);
  expect (4, 2, SF_OK, 5, "");
  sf_cages_remove (room.cages, room.places[two]);
  for (int i = 0; i < 1000 && worker_pid (); i++)
    room_turn (&room, NULL);
  ck_assert_int_eq (worker_pid (), 0);
  ck_assert_uint_eq (room.troubles, 0);
}
END_TEST

/* A decoder that does not open: an error at once in this process, an alarm and outcomes from a worker. */
START_TEST (a_decoder_may_not_open)
{
  size_t good = room_feed (&room, "hostile", SF_ISOLATION_CAGE);
  size_t bad = room_feed_set (&room, "hostile", SF_ISOLATION_CAGE, "factor", "0");
  room_give (&room, bad, 1, "good 1");
  room_give (&room, good, 1, "good 1");
  room_give (&room, bad, 2, "good 1");
  room_wait (&room, 3);
  expect (0, 1, SF_EPLUGIN, 0, "does not open");
  expect (1, 1, SF_OK, 1, "");
  expect (2, 2, SF_EPLUGIN, 0, "does not open");
  ck_assert_uint_eq (room.troubles, 1);
  ck_assert_msg (strstr (room.trouble[0], "f1 decoder_does_not_open a factor of 0"), "%s", room.trouble[0]);
  struct sf_feed here = room.feeds[bad];
  struct sf_cage_feed *place;
  here.isolation = SF_ISOLATION_IN_PROCESS;
  ck_assert_int_eq (sf_cages_add (room.cages, &here, &place, NULL), SF_EINVAL);
}
END_TEST

/* --- what a worker may do to itself and its master --- */

static const struct harm
{
  const char *word, *reason;
} harms[] = {
  { "segfault", "signal 11" },
  { "abort", "signal 6" },
  { "loop", "for more than 2000 ms" },
  { "garbage", "begins with" },
  { "fork", "system call clone" },
  { "exec", "system call execve" },
  { "open", "system call openat" },
  { "create", "system call openat" },
  { "connect", "system call socket" },
  { "kill", "system call kill" },
  { "signal", "system call tgkill" },
  { "exit", "status 0" },
  { "ptrace", "system call ptrace" },
  { "close", "status 2" },
  { "close-loop", "closed its end of the pipe" },
  { "deep", "signal 11" },
  { "huge", "memory" },
  { "swallow", "out of memory" },
  { "huge-pages", "system call memfd_create" },
  { "forge-end", "end that does not hang together" },
  { "forge-records", "too short for 3000 records" },
  { "forge-message", "which is the master's" },
  { "forge-long", "more than 42377216 bytes" },
};

enum
{
  HARMS = sizeof harms / sizeof *harms
};

/* A sanitizer's own handlers end the worker in other words, and its memory has no limit. */
#ifdef __SANITIZE_ADDRESS__
static const bool words_are_ours = false;
#else
static const bool words_are_ours = true;
#endif

/* The message is put into quarantine with the reason; its neighbours, of its feed, of another feed of the worker and of another
   worker, each have their outcome once and in order; the worker is back within two seconds. */
START_TEST (harm_is_contained)
{
  const struct harm *harm = &harms[_i];
  size_t one = room_feed (&room, "hostile", SF_ISOLATION_CAGE), two = room_feed (&room, "hostile", SF_ISOLATION_CAGE),
         other = room_feed (&room, "pieces", SF_ISOLATION_CAGE);
  int64_t next[3] = { 1, 1, 1 };
  for (int64_t id = 1; id <= 40; id++)
    {
      room_give (&room, one, id, id == 20 ? harm->word : "good 3");
      room_give (&room, two, id, "good 2");
      room_give (&room, other, id, "");
    }
  room_wait (&room, 120);
  for (size_t i = 0; i < room.count; i++)
    {
      const struct outcome *outcome = &room.outcomes[i];
      int feed = outcome->feed[1] - '0';
      ck_assert_int_eq (outcome->id, next[feed]++);
      bool is_harm = feed == 0 && outcome->id == 20;
      ck_assert_msg (outcome->poison == is_harm && (outcome->code == SF_OK) == !is_harm, "%s %lld: %s", outcome->feed,
                     (long long) outcome->id, outcome->reason);
      ck_assert_msg (
          !is_harm
              || ((!words_are_ours || strstr (outcome->reason, harm->reason)) && strstr (outcome->reason, "2 times")),
          "%s", outcome->reason);
      ck_assert_uint_eq (outcome->records, is_harm || feed == 2 ? 0 : feed == 0 ? 3 : 2);
    }
  ck_assert_uint_ge (room.troubles, 2);
  /* Where the worker does not say what it was at, a neighbour may be blamed first. */
  bool named = false;
  for (size_t i = 0; i < room.troubles && i < 8 && !named; i++)
    named = strstr (room.trouble[i], "f0 decoder_worker the worker of decoder hostile (build ") != NULL;
  ck_assert_msg (named, "%s", room.trouble[0]);
  int64_t since_ms = room_ms ();
  room_give (&room, one, 41, "good 1");
  room_wait (&room, 121);
  ck_assert_int_lt (room_ms () - since_ms, 20000); /* 2 s, on a machine that has nothing else to do */
}
END_TEST

/* A worker that answers and then reads no more, for good: the next message gets another one. */
START_TEST (a_worker_that_goes_deaf)
{
  size_t feed = room_feed (&room, "hostile", SF_ISOLATION_CAGE);
  room_give (&room, feed, 1, "deaf");
  room_wait (&room, 1);
  room_give (&room, feed, 2, "good 2");
  room_wait (&room, 2);
  expect (1, 2, SF_OK, 2, "");
  ck_assert_msg (strstr (room.trouble[0], "closed its end of the pipe"), "%s", room.trouble[0]);
}
END_TEST

/* While nothing is to be said to it, it costs the master nothing. */
START_TEST (a_deaf_worker_wakes_nobody)
{
  struct pollfd events = { .fd = sf_cages_fd (room.cages), .events = POLLIN };
  size_t feed = room_feed (&room, "hostile", SF_ISOLATION_CAGE);
  room_give (&room, feed, 1, "deaf");
  room_wait (&room, 1);
  for (int i = 0; i < 3; i++)
    room_turn (&room, NULL);
  ck_assert_int_eq (poll (&events, 1, 0), 0);
}
END_TEST

/* A worker that goes on talking when nothing is under way, so that no time of a message ends it. */
START_TEST (a_worker_that_talks_unasked)
{
  static const char *const words[] = { "mumble", "nod" };
  size_t feed = room_feed (&room, "hostile", SF_ISOLATION_CAGE);
  room_give (&room, feed, 1, words[_i]);
  room_wait (&room, 1);
  for (int64_t end_ms = room_ms () + ROOM_WAIT_MS; room.troubles == 0 && room_ms () < end_ms;)
    room_turn (&room, NULL);
  ck_assert_uint_eq (room.troubles, 1);
  expect (0, 1, SF_OK, 0, "");
}
END_TEST

/* A worker with so many memory files on their way that no other worker may send one. */
START_TEST (a_worker_that_hoards)
{
  struct room other;
  room_open (&other, &(struct sf_cage_setup){ .message_ms = 2000 });
  size_t feed = room_feed (&room, "hostile", SF_ISOLATION_CAGE),
         field = room_feed (&other, "hostile", SF_ISOLATION_CAGE);
  room_give (&room, feed, 1, "hoard");
  room_wait (&room, 1);
  room_give (&other, field, 1, "field 40");
  room_wait (&other, 1);
  ck_assert_msg (!other.outcomes[0].poison, "%s", other.outcomes[0].reason);
  ck_assert_uint_eq (other.outcomes[0].records, 1);
  room_close (&other);
}
END_TEST

/* A worker that says there is no room in its ring, and never will be: messages go another way. */
START_TEST (a_worker_without_room)
{
  char text[2000] = "good 2";
  memset (text + 6, ' ', sizeof text - 7);
  size_t feed = room_feed (&room, "hostile", SF_ISOLATION_CAGE);
  room_give (&room, feed, 1, "no-room");
  room_wait (&room, 1);
  expect (0, 1, SF_OK, 0, "");
  for (int64_t id = 2; id <= 40; id++)
    room_give (&room, feed, id, text);
  room_wait (&room, 40);
  expect (39, 40, SF_OK, 2, "");
}
END_TEST

/* An alarm goes with the feed's place: nobody else would end it. */
START_TEST (alarms_go_with_their_feed)
{
  size_t feed = room_feed (&room, "hostile", SF_ISOLATION_CAGE);
  room_give (&room, feed, 1, "abort");
  room_wait (&room, 1);
  ck_assert_uint_eq (room.troubles, 2);
  ck_assert_uint_eq (room.over, 0);
  sf_cages_remove (room.cages, room.places[feed]);
  ck_assert_uint_eq (room.over, 1);
}
END_TEST

/* Values that the worker never wrote: it would cost the master the memory that it did not cost the worker. */
START_TEST (a_field_of_holes)
{
  size_t feed = room_feed (&room, "hostile", SF_ISOLATION_CAGE);
  room_give (&room, feed, 1, "holes");
  room_wait (&room, 1);
  ck_assert (room.outcomes[0].poison);
  ck_assert_msg (strstr (room.outcomes[0].reason, "has holes"), "%s", room.outcomes[0].reason);
}
END_TEST

/* A worker that is never silent, and never answers. */
START_TEST (a_worker_that_chatters)
{
  struct room quick;
  room_open (&quick, &(struct sf_cage_setup){ .message_ms = 300 });
  size_t feed = room_feed (&quick, "hostile", SF_ISOLATION_CAGE);
  room_give (&quick, feed, 1, "chatter");
  room_give (&quick, feed, 2, "good 2");
  room_wait (&quick, 2);
  ck_assert (quick.outcomes[0].poison);
  ck_assert_uint_eq (quick.outcomes[1].records, 2);
  room_close (&quick);
}
END_TEST

/* That its decoder does not open is for the cage to say: the pipeline would wait for it to do so. */
START_TEST (a_decoder_does_not_speak_for_the_cage)
{
  size_t feed = room_feed (&room, "hostile", isolation_of (_i));
  room_give (&room, feed, 1, "plugin");
  room_wait (&room, 1);
  expect (0, 1, SF_EFORMAT, 0, "something of its own");
}
END_TEST

/* --- what others may do to a worker --- */

START_TEST (a_stopped_worker_is_replaced)
{
  size_t feed = room_feed (&room, "hostile", SF_ISOLATION_CAGE);
  room_give (&room, feed, 1, "good 1");
  room_wait (&room, 1);
  kill (worker_pid (), SIGSTOP);
  room_give (&room, feed, 2, "good 2");
  room_give (&room, feed, 3, "good 3");
  room_wait (&room, 3);
  expect (1, 2, SF_OK, 2, "");
  expect (2, 3, SF_OK, 3, "");
  ck_assert_msg (strstr (room.trouble[0], "somebody stopped it"), "%s", room.trouble[0]);
}
END_TEST

/* A worker that does not read: the master gives, turns and never waits for it. */
START_TEST (a_worker_that_does_not_read)
{
  size_t feed = room_feed (&room, "hostile", SF_ISOLATION_CAGE), length = 4 << 20;
  char *bytes = calloc (1, length);
  room_give (&room, feed, 1, "good 1");
  room_wait (&room, 1);
  kill (worker_pid (), SIGSTOP);
  ck_assert_int_eq (room_try_bytes (&room, feed, 2, bytes, length), SF_OK);
  int64_t longest_ms = 0;
  for (int i = 0; i < 20; i++)
    {
      int64_t before_ms = room_ms ();
      ck_assert_int_eq (sf_cages_turn (room.cages, before_ms, NULL), SF_OK);
      int64_t took_ms = room_ms () - before_ms;
      longest_ms = took_ms > longest_ms ? took_ms : longest_ms;
      ck_assert_int_gt (sf_cages_wait_ms (room.cages, room_ms ()), 0);
    }
  ck_assert_int_lt (longest_ms, 5000);
  kill (worker_pid (), SIGCONT);
  room_wait (&room, 2);
  ck_assert (!room.outcomes[1].poison);
  free (bytes);
}
END_TEST

/* A program that is no worker: nothing comes out, alarms do, and the waits grow. */
START_TEST (a_worker_that_does_not_start)
{
  struct room broken;
  room_open (&broken, &(struct sf_cage_setup){ .message_ms = 0 });
  sf_cages_free (broken.cages);
  struct sf_cage_setup setup = { .plugins = broken.plugins,
                                 .program = _i ? "/bin/true" : "/nowhere/sanfang",
                                 .ctx = &broken,
                                 .done = room_done,
                                 .trouble = room_trouble };
  ck_assert_int_eq (sf_cages_new (&setup, &broken.cages, NULL), SF_OK);
  size_t feed = room_feed (&broken, "hostile", SF_ISOLATION_CAGE);
  room_give (&broken, feed, 1, "good 1");
  int64_t start_ms = room_ms ();
  while (room_ms () < start_ms + 1200)
    room_turn (&broken, NULL);
  ck_assert_uint_eq (broken.count, 0);
  /* at 0, 0, 100, 300, 700 ms and later */
  ck_assert_uint_ge (broken.troubles, 3);
  ck_assert_uint_le (broken.troubles, 6);
  ck_assert_uint_eq (sf_cage_waiting (broken.places[feed]), 1);
  room_close (&broken);
}
END_TEST

static void
kill_at_random (size_t kills)
{
  size_t one = room_feed (&room, "hostile", SF_ISOLATION_CAGE), two = room_feed (&room, "hostile", SF_ISOLATION_CAGE);
  int64_t given[2] = { 0, 0 }, next[2] = { 1, 1 };
  size_t killed = 0, seen = 0, counted = 0;
  unsigned state = 20140718;
  int64_t kill_at_ms = room_ms () + 20;
  while (killed < kills || room.count < (size_t) (given[0] + given[1]))
    {
      for (int i = 0; killed < kills && i < 2; i++)
        if (sf_cage_waiting (room.places[i ? two : one]) < 100)
          room_give (&room, i ? two : one, ++given[i], i ? "good 40" : "good 700");
      ck_assert_int_eq (room_turn (&room, NULL), SF_OK);
      /* three of four while messages flow, the others whenever it may be, at the start, too */
      if (room_ms () >= kill_at_ms && (room.count > counted || killed % 4 == 0) && worker_pid () && killed < kills)
        {
          killed += kill (worker_pid (), SIGKILL) == 0;
          counted = room.count;
          kill_at_ms = room_ms () + rand_r (&state) % 40;
        }
      for (; seen < room.count; seen++)
        {
          const struct outcome *outcome = &room.outcomes[seen];
          int feed = outcome->feed[1] - '0';
          ck_assert_int_eq (outcome->id, next[feed]++);
          ck_assert_msg (!outcome->poison && outcome->code == SF_OK, "message %lld after %zu kills: %s",
                         (long long) outcome->id, killed, outcome->reason);
          ck_assert_uint_eq (outcome->records, feed ? 40 : 700);
        }
    }
  ck_assert_int_eq (next[0], given[0] + 1);
  ck_assert_int_eq (next[1], given[1] + 1);
  printf ("%zu kills, %zu messages\n", killed, room.count);
}

/* SANFANG_KILLS: as many of them (make check-fault). */
START_TEST (killed_at_random)
{
  const char *kills = getenv ("SANFANG_KILLS");
  kill_at_random (kills ? strtoul (kills, NULL, 10) : 200);
}
END_TEST

/* A thousand restarts leave no process and no descriptor behind. */
START_TEST (restarts_leave_nothing)
{
  size_t feed = room_feed (&room, "pieces", SF_ISOLATION_CAGE), before = 0;
  for (int64_t id = 1; id <= 1000; id++)
    {
      ck_assert_int_eq (room_try_bytes (&room, feed, id, "", 0), SF_OK);
      room_wait (&room, (size_t) id);
      if (id == 1)
        before = count_descriptors ();
      else
        ck_assert_uint_eq (count_descriptors (), before);
      kill (worker_pid (), SIGKILL);
      while (worker_pid ())
        room_turn (&room, NULL);
    }
  ck_assert_int_eq (waitpid (-1, NULL, WNOHANG), -1);
}
END_TEST

/* --- what the jail is made of --- */

START_TEST (means_of_this_kernel)
{
  struct sf_cage_means means = sf_cage_means ();
  ck_assert (means.seccomp);
  ck_assert (means.memory_files);
  ck_assert_int_ge (means.landlock_abi, 0);
}
END_TEST

static TCase *
add_case (Suite *suite, const char *name)
{
  TCase *tcase = tcase_create (name);
  tcase_set_timeout (tcase, 600);
  tcase_add_checked_fixture (tcase, open_room, close_room);
  suite_add_tcase (suite, tcase);
  return tcase;
}

int
main (void)
{
  Suite *suite = suite_create ("cage");
  TCase *messages = add_case (suite, "messages"), *harm = add_case (suite, "harm"), *ends = add_case (suite, "ends");
  tcase_add_loop_test (messages, messages_come_out_in_order, 0, 2);
  tcase_add_loop_test (messages, feeds_have_their_own_settings, 0, 2);
  tcase_add_loop_test (messages, rejects_and_refusals, 0, 2);
  tcase_add_loop_test (messages, rejects_are_fit_to_be_shown, 0, 2);
  tcase_add_loop_test (messages, fields_come_with_their_values, 0, 2);
  tcase_add_test (messages, fields_have_a_limit);
  tcase_add_loop_test (messages, records_have_a_limit, 0, 2);
  tcase_add_loop_test (messages, the_queue_has_a_bound, 0, 2);
  tcase_add_loop_test (messages, sizes, 0, 2);
  tcase_add_loop_test (messages, state_is_fed_back, 0, 2);
  tcase_add_loop_test (messages, feeds_come_and_go, 0, 2);
  tcase_add_test (messages, a_decoder_may_not_open);
  tcase_add_loop_test (harm, harm_is_contained, 0, HARMS);
  tcase_add_test (harm, the_past_may_be_poisonous);
  tcase_add_test (harm, the_past_may_be_too_much);
  tcase_add_test (harm, a_worker_that_goes_deaf);
  tcase_add_test (harm, a_deaf_worker_wakes_nobody);
  tcase_add_loop_test (harm, a_worker_that_talks_unasked, 0, 2);
  tcase_add_test (harm, a_worker_that_hoards);
  tcase_add_test (harm, a_worker_without_room);
  tcase_add_test (harm, alarms_go_with_their_feed);
  tcase_add_test (harm, a_field_of_holes);
  tcase_add_test (harm, a_worker_that_chatters);
  tcase_add_loop_test (harm, a_decoder_does_not_speak_for_the_cage, 0, 2);
  tcase_add_test (harm, means_of_this_kernel);
  tcase_add_test (ends, state_outlives_a_worker);
  tcase_add_test (ends, a_stopped_worker_is_replaced);
  tcase_add_test (ends, a_worker_that_does_not_read);
  tcase_add_loop_test (ends, a_worker_that_does_not_start, 0, 2);
  tcase_add_test (ends, killed_at_random);
  tcase_add_test (ends, restarts_leave_nothing);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_ENV);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
