/* SPDX-License-Identifier: Apache-2.0 */
/* Guests are one end of a pair of sockets; whether one was shut down is what the other end reads. */
#include "plugins/service/map/http_guard.h"
#include "tests/unit/base.h"

#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

enum
{
  PLACES = 16, /* of which two are kept free */
  PATIENCE_S = 20,
  PACE = 1000, /* bytes a second */
  HELD_MAX = 1000000
};

static int64_t now_ms;

static int64_t
the_time (void)
{
  return now_ms;
}

struct party
{
  struct sf_map_guard *guard;
  struct sf_map_guest *guests[PLACES + 1];
  int ends[PLACES + 1][2];
  int count;
};

static struct party party;

static void
open_party (void)
{
  const struct sf_map_guard_setup setup = { .places = PLACES,
                                            .patience_s = PATIENCE_S,
                                            .pace_bytes_per_s = PACE,
                                            .held_bytes_max = HELD_MAX,
                                            .clock_ms = the_time };
  now_ms = 1000;
  party = (struct party){ 0 };
  ck_done (sf_map_guard_new (&setup, &party.guard, err));
}

static void
close_party (void)
{
  for (int i = 0; i < party.count; i++)
    {
      sf_map_guard_leave (party.guests[i]);
      close (party.ends[i][0]);
      close (party.ends[i][1]);
    }
  sf_map_guard_free (party.guard);
}

static int
come (void)
{
  int i = party.count++;
  ck_assert_int_eq (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, party.ends[i]), 0);
  party.guests[i] = sf_map_guard_enter (party.guard, party.ends[i][0]);
  return i;
}

/* Answer a guest that does not read all of it. */
static void
serve (int i)
{
  sf_map_guard_serve (party.guests[i]);
  ck_assert_int_eq (send (party.ends[i][0], "answer", 6, 0), 6);
}

/* What the guest has not read stays so. */
static bool
is_gone (int i)
{
  char bytes[64];
  ssize_t count = recv (party.ends[i][1], bytes, sizeof bytes, MSG_PEEK);
  struct pollfd end = { .fd = party.ends[i][1], .events = POLLRDHUP };
  return count == 0 || (poll (&end, 1, 0) == 1 && end.revents & POLLRDHUP);
}

static void
look_at (int64_t second)
{
  now_ms = 1000 + second * 1000;
  sf_map_guard_look (party.guard);
}

START_TEST (who_brings_no_whole_request_is_shut_down_when_patience_is_over)
{
  open_party ();
  int early = come ();
  look_at (10);
  int late = come ();
  look_at (19);
  ck_assert (!is_gone (early));
  look_at (20);
  ck_assert (is_gone (early) && !is_gone (late));
  look_at (30);
  ck_assert (is_gone (late));
  ck_assert_int_eq ((int) sf_map_guard_counts (party.guard).closed_slow, 2);
  close_party ();
}
END_TEST

START_TEST (patience_begins_anew_after_each_answer)
{
  open_party ();
  int guest = come ();
  for (int second = 19; second < 100; second += 19)
    {
      look_at (second);
      sf_map_guard_serve (party.guests[guest]);
      sf_map_guard_wait (party.guests[guest]);
    }
  ck_assert (!is_gone (guest));
  look_at (95 + 20);
  ck_assert (is_gone (guest));
  close_party ();
}
END_TEST

/* 100,000 bytes at 1000 a second take 100 s, after 20 of patience. */
START_TEST (an_answer_must_be_taken_at_some_pace)
{
  open_party ();
  int reader = come (), listener = come ();
  serve (reader);
  sf_map_guard_send (party.guests[reader], 100000, true);
  serve (listener);
  sf_map_guard_stream (party.guests[listener]);
  look_at (119);
  ck_assert (!is_gone (reader));
  look_at (120);
  ck_assert (is_gone (reader));
  look_at (100000);
  ck_assert (!is_gone (listener));
  close_party ();
}
END_TEST

START_TEST (who_waits_longest_makes_room_for_a_newcomer)
{
  open_party ();
  int busy = come ();
  serve (busy);
  int idle = come ();
  serve (idle);
  for (int i = 2; i < PLACES - 2; i++)
    come ();
  sf_map_guard_wait (party.guests[idle]); /* now it came last */
  ck_assert_int_eq (party.count, PLACES - 2);
  int newcomer = come ();
  ck_assert (is_gone (2) && !is_gone (3) && !is_gone (busy) && !is_gone (idle) && !is_gone (newcomer));
  come ();
  ck_assert (is_gone (3) && !is_gone (4));
  struct sf_map_guard_counts counts = sf_map_guard_counts (party.guard);
  ck_assert_int_eq (counts.guests, PLACES);
  ck_assert_int_eq ((int) counts.closed_for_room, 2);
  ck_assert_int_eq ((int) counts.closed_slow, 0);
  close_party ();
}
END_TEST

START_TEST (who_takes_an_answer_for_long_makes_room_when_nobody_waits)
{
  open_party ();
  for (int i = 0; i < PLACES - 2; i++)
    serve (come ());
  serve (come ());
  ck_assert (!is_gone (0));
  now_ms += PATIENCE_S * 1000;
  come ();
  ck_assert (is_gone (0) && !is_gone (1));
  close_party ();
}
END_TEST

START_TEST (the_oldest_answer_makes_room_in_memory)
{
  open_party ();
  uint64_t bytes = HELD_MAX * 2 / 5;
  for (int i = 0; i < 4; i++)
    {
      serve (come ());
      sf_map_guard_send (party.guests[i], bytes, i != 0);
    }
  ck_assert_msg (!is_gone (0), "what is read from a file holds no memory");
  ck_assert (is_gone (1) && !is_gone (2) && !is_gone (3));
  sf_map_guard_wait (party.guests[2]); /* it was sent */
  serve (come ());
  sf_map_guard_send (party.guests[4], bytes, true);
  ck_assert (!is_gone (3) && !is_gone (4));
  serve (come ());
  sf_map_guard_send (party.guests[5], HELD_MAX * 10, true);
  ck_assert_msg (is_gone (3) && is_gone (4) && !is_gone (5), "an answer is sent, however large");
  close_party ();
}
END_TEST

START_TEST (who_waits_for_a_busy_server_is_not_to_blame)
{
  open_party ();
  int asking = come (), taking = come ();
  ck_assert_int_eq (send (party.ends[asking][1], "GET", 3, 0), 3);
  sf_map_guard_serve (party.guests[taking]); /* nothing was sent yet */
  look_at (1000);
  ck_assert (!is_gone (asking) && !is_gone (taking));
  for (int i = 2; i < PLACES - 2; i++)
    come ();
  come ();
  ck_assert (!is_gone (asking) && !is_gone (taking) && is_gone (2));
  char bytes[8];
  ck_assert_int_eq (recv (party.ends[asking][0], bytes, sizeof bytes, 0), 3);
  look_at (1001);
  ck_assert (is_gone (asking) && !is_gone (taking));
  close_party ();
}
END_TEST

START_TEST (who_was_shut_down_stays_so)
{
  open_party ();
  int guest = come ();
  look_at (20);
  sf_map_guard_serve (party.guests[guest]);
  sf_map_guard_send (party.guests[guest], HELD_MAX * 2, true);
  sf_map_guard_wait (party.guests[guest]);
  look_at (60);
  ck_assert_int_eq ((int) sf_map_guard_counts (party.guard).closed_slow, 1);
  close_party ();
}
END_TEST

/* Lets the guests go as the library does: who reads the end closes. */
static void *
play_library (void *ctx)
{
  (void) ctx;
  for (int i = 0; i < 3; i++)
    {
      char bytes[8];
      struct pollfd end = { .fd = party.ends[i][0], .events = POLLIN | POLLRDHUP };
      poll (&end, 1, 10000);
      if (i == 1)
        sf_map_guard_wait (party.guests[i]); /* its answer is sent */
      while (recv (party.ends[i][0], bytes, sizeof bytes, 0) > 0)
        ;
      sf_map_guard_leave (party.guests[i]);
      party.guests[i] = NULL;
    }
  return NULL;
}

START_TEST (all_are_let_go_in_the_end)
{
  pthread_t library;
  open_party ();
  int asking = come (), served = come (), deaf = come ();
  ck_assert_int_eq (send (party.ends[asking][1], "GET", 3, 0), 3);
  serve (served);
  serve (deaf);
  ck_assert_int_eq (shutdown (party.ends[served][1], SHUT_WR), 0);
  ck_assert_int_eq (pthread_create (&library, NULL, play_library, NULL), 0);
  sf_map_guard_drain (party.guard, 200);
  pthread_join (library, NULL);
  ck_assert_int_eq (sf_map_guard_counts (party.guard).guests, 0);
  int late = come ();
  ck_assert (is_gone (late));
  close_party ();
}
END_TEST

START_TEST (without_memory_a_guest_is_shut_down)
{
  open_party ();
  sf_mem_fail_at (1, 0);
  int guest = come ();
  sf_mem_fail_at (0, 0);
  ck_assert (!party.guests[guest] && is_gone (guest));
  sf_map_guard_serve (NULL);
  sf_map_guard_send (NULL, HELD_MAX, true);
  sf_map_guard_stream (NULL);
  sf_map_guard_wait (NULL);
  sf_map_guard_free (NULL);
  close_party ();
}
END_TEST

START_TEST (a_thread_looks_at_the_clock)
{
  const struct sf_map_guard_setup setup = { .places = PLACES, .pace_bytes_per_s = PACE, .look_ms = 10 };
  party = (struct party){ 0 };
  ck_done (sf_map_guard_new (&setup, &party.guard, err));
  int guest = come ();
  for (int i = 0; i < 1000 && !is_gone (guest); i++)
    usleep (10000);
  ck_assert (is_gone (guest));
  close_party ();
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { who_brings_no_whole_request_is_shut_down_when_patience_is_over,
                                 patience_begins_anew_after_each_answer,
                                 an_answer_must_be_taken_at_some_pace,
                                 who_waits_longest_makes_room_for_a_newcomer,
                                 who_takes_an_answer_for_long_makes_room_when_nobody_waits,
                                 the_oldest_answer_makes_room_in_memory,
                                 who_waits_for_a_busy_server_is_not_to_blame,
                                 who_was_shut_down_stays_so,
                                 all_are_let_go_in_the_end,
                                 without_memory_a_guest_is_shut_down,
                                 a_thread_looks_at_the_clock,
                                 NULL };
  return run_tests ("http_guard", tests);
}
