/* SPDX-License-Identifier: Apache-2.0 */
/* Expected texts: HTML living standard, 9.2.5 and 9.2.6 (event streams). */
#include "plugins/service/map/live.h"
#include "tests/unit/base.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

enum
{
  START_S = 1700000000,
  KEPT = 64 /* events that the hub remembers */
};
#define FIRST ((uint64_t) START_S * 1000)

/* A connection that only counts what it is told. */
struct ends
{
  atomic_int rests, wakes, severs;
};

static void
rest (void *ends)
{
  atomic_fetch_add (&((struct ends *) ends)->rests, 1);
}

static void
wake (void *ends)
{
  atomic_fetch_add (&((struct ends *) ends)->wakes, 1);
}

static void
sever (void *ends)
{
  atomic_fetch_add (&((struct ends *) ends)->severs, 1);
}

static int64_t
the_time (void)
{
  return START_S;
}

static struct sf_map_live *
new_hub (int streams, int heartbeat_s)
{
  const struct sf_map_live_setup setup = { .streams = streams, .heartbeat_s = heartbeat_s, .clock = the_time };
  struct sf_map_live *live = NULL;
  ck_done (sf_map_live_new (&setup, &live, err));
  return live;
}

static struct sf_map_live_stream *
join (struct sf_map_live *live, uint64_t after, struct ends *ends)
{
  const struct sf_map_live_ends calls = { .rest = rest, .wake = wake, .sever = sever, .connection = ends };
  struct sf_map_live_stream *stream = NULL;
  struct sf_strbuf first = { 0 };
  sf_strbuf_add (&first, "first\n");
  ck_done (sf_map_live_join (live, after, &first, &calls, &stream, err));
  ck_assert_ptr_null (first.text);
  return stream;
}

/* All that can be read now, a few bytes at a time; *ret_end is what the last read said. */
static const char *
read_all (struct sf_map_live_stream *stream, size_t bytes, ssize_t *ret_end)
{
  static char text[16384];
  size_t length = 0;
  ssize_t count;
  while ((count = sf_map_live_read (stream, text + length, bytes)) > 0)
    {
      length += (size_t) count;
      ck_assert_uint_lt (length + bytes, sizeof text);
    }
  text[length] = '\0';
  *ret_end = count;
  return text;
}

START_TEST (events)
{
  struct sf_map_live *live = new_hub (4, 1000);
  struct ends ends = { 0 };
  char wanted[256];
  ssize_t end;
  ck_assert_uint_eq (sf_map_live_last (live), FIRST);
  struct sf_map_live_stream *stream = join (live, FIRST, &ends);
  ck_assert_str_eq (read_all (stream, 3, &end), "first\n");
  ck_assert_int_eq (end, 0);
  ck_assert_int_eq (ends.rests, 1);
  sf_map_live_publish (live, "snapshot", "{\"id\":\"a\"}");
  sf_map_live_publish (live, "level", "{}");
  ck_assert_int_eq (ends.wakes, 1); /* one wake is enough until it rests again */
  snprintf (wanted, sizeof wanted,
            "id: %" PRIu64 "\nevent: snapshot\ndata: {\"id\":\"a\"}\n\nid: %" PRIu64 "\nevent: level\ndata: {}\n\n",
            FIRST + 1, FIRST + 2);
  ck_assert_str_eq (read_all (stream, 7, &end), wanted);
  ck_assert_int_eq (ends.rests, 2);
  sf_map_live_leave (stream);
  ck_assert_int_eq (sf_map_live_counts (live).streams, 0);
  sf_map_live_free (live);
}
END_TEST

START_TEST (resumption)
{
  struct sf_map_live *live = new_hub (4, 1000);
  struct ends ends = { 0 };
  ssize_t end;
  for (int i = 0; i < KEPT; i++)
    sf_map_live_publish (live, "feed", "{}");
  ck_assert (sf_map_live_remembers (live, FIRST));
  sf_map_live_publish (live, "snapshot", "{}");
  ck_assert (!sf_map_live_remembers (live, FIRST));
  ck_assert (sf_map_live_remembers (live, FIRST + 1));
  ck_assert (!sf_map_live_remembers (live, FIRST + KEPT + 2)); /* of the future */
  ck_assert (!sf_map_live_remembers (live, 0));
  struct sf_map_live_stream *stream = join (live, FIRST + KEPT, &ends);
  const char *text = read_all (stream, 1000, &end);
  ck_assert_ptr_nonnull (strstr (text, "event: snapshot"));
  ck_assert_ptr_null (strstr (text, "event: feed"));
  sf_map_live_leave (stream);
  stream = join (live, FIRST, &ends); /* what it wants is gone: better no stream than a gap */
  read_all (stream, 1000, &end);
  ck_assert_int_eq (end, -1);
  sf_map_live_leave (stream);
  sf_map_live_free (live);
}
END_TEST

START_TEST (slow_listeners_are_closed)
{
  struct sf_map_live *live = new_hub (4, 1000);
  struct ends slow = { 0 }, quick = { 0 };
  char few[4];
  ssize_t end;
  struct sf_map_live_stream *a = join (live, FIRST, &slow), *b = join (live, FIRST, &quick);
  ck_assert_int_eq (sf_map_live_read (a, few, sizeof few), sizeof few); /* and no more */
  for (int i = 0; i < KEPT + 1; i++)
    {
      ck_assert_int_eq (slow.severs, 0);
      sf_map_live_publish (live, "feed", "{}");
      read_all (b, 1000, &end);
    }
  ck_assert_int_eq (slow.severs, 1);
  ck_assert_int_eq (quick.severs, 0);
  ck_assert_uint_eq (sf_map_live_counts (live).closed_slow, 1);
  ck_assert_int_eq (sf_map_live_read (a, few, sizeof few), -1);
  sf_map_live_publish (live, "feed", "{}");
  ck_assert_int_eq (slow.severs, 1);
  sf_map_live_leave (a);
  sf_map_live_leave (b);
  sf_map_live_free (live);
}
END_TEST

START_TEST (limits_and_end)
{
  struct sf_map_live *live = new_hub (1, 1000);
  const struct sf_map_live_ends calls = { .rest = rest, .wake = wake, .sever = sever };
  struct ends ends = { 0 };
  struct sf_map_live_stream *stream = join (live, FIRST, &ends), *more = NULL;
  struct sf_strbuf first = { 0 };
  ssize_t end;
  sf_strbuf_add (&first, "x");
  ck_fails (sf_map_live_join (live, FIRST, &first, &calls, &more, err), SF_ERANGE, "1 live streams");
  ck_assert_ptr_null (first.text);
  read_all (stream, 100, &end);
  ck_assert_int_eq (end, 0);
  sf_map_live_end (live);
  ck_assert_int_eq (ends.wakes, 1);
  read_all (stream, 100, &end);
  ck_assert_int_eq (end, -1);
  ck_fails (sf_map_live_join (live, FIRST, &first, &calls, &more, err), SF_ECANCELLED, "stopped");
  sf_map_live_leave (stream);
  sf_map_live_free (live);
}
END_TEST

/* Real seconds, but any number of them will do. */
START_TEST (heartbeats)
{
  struct sf_map_live *live = new_hub (1, 1);
  struct ends ends = { 0 };
  const struct timespec pause = { .tv_nsec = 20000000 };
  struct sf_map_live_stream *stream = join (live, FIRST, &ends);
  ssize_t end;
  read_all (stream, 100, &end);
  for (int i = 0; i < 150 && ends.wakes == 0; i++)
    nanosleep (&pause, NULL);
  ck_assert_str_eq (read_all (stream, 100, &end), "event: heartbeat\ndata: {\"now\":\"2023-11-14T22:13:20Z\"}\n\n");
  sf_map_live_leave (stream);
  sf_map_live_free (live);
}
END_TEST

enum
{
  THREADS = 4,
  EVENTS_EACH = 500
};

static void *
publish_many (void *live)
{
  for (int i = 0; i < EVENTS_EACH; i++)
    sf_map_live_publish (live, "feed", "{}");
  return NULL;
}

/* Publishers and listeners at once: whoever is not closed has read each event once, in order. */
START_TEST (threads)
{
  struct sf_map_live *live = new_hub (4, 1000);
  struct ends ends = { 0 };
  pthread_t publishers[THREADS];
  struct sf_map_live_stream *stream = join (live, FIRST, &ends);
  char buffer[4096];
  ssize_t count = 0;
  uint64_t seen = 0;
  for (int i = 0; i < THREADS; i++)
    ck_assert_int_eq (pthread_create (&publishers[i], NULL, publish_many, live), 0);
  while (count >= 0 && seen < THREADS * EVENTS_EACH)
    {
      count = sf_map_live_read (stream, buffer, sizeof buffer - 1);
      buffer[count > 0 ? count : 0] = '\0';
      for (const char *at = buffer; (at = strstr (at, "id: ")); at++)
        ck_assert_uint_eq (strtoull (at + 4, NULL, 10), FIRST + ++seen);
    }
  for (int i = 0; i < THREADS; i++)
    pthread_join (publishers[i], NULL);
  ck_assert (seen == THREADS * EVENTS_EACH || sf_map_live_counts (live).closed_slow == 1);
  ck_assert_uint_eq (sf_map_live_last (live), FIRST + THREADS * EVENTS_EACH);
  sf_map_live_leave (stream);
  sf_map_live_free (live);
}
END_TEST

START_TEST (out_of_memory)
{
  struct sf_map_live *live = new_hub (4, 1000);
  struct ends ends = { 0 };
  ssize_t end;
  struct sf_map_live_stream *stream = join (live, FIRST, &ends);
  read_all (stream, 100, &end);
  sf_mem_fail_at (1, 1);
  sf_map_live_publish (live, "snapshot", "{}");
  sf_mem_fail_at (0, 0);
  read_all (stream, 100, &end);
  ck_assert_int_eq (end, -1); /* it comes back and is told the snapshot of the day */
  sf_map_live_leave (stream);
  sf_map_live_free (live);
}
END_TEST

int
main (void)
{
  const TTest *const tests[]
      = { events, resumption, slow_listeners_are_closed, limits_and_end, heartbeats, threads, out_of_memory, NULL };
  return run_tests ("live", tests);
}
