/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_CAGE_HELP_H
#define SF_TESTS_CAGE_HELP_H

#include "core/base/file.h"
#include "core/base/time.h"
#include "core/feed/cage.h"

#ifdef CAGE_HELP_OUTSIDE_TESTS /* libcheck's assertions need a test around them */
#include <assert.h>
#define ck_assert assert
#define ck_assert_msg(expr, ...) assert (expr)
#define ck_assert_int_eq(a, b) assert ((a) == (b))
#define ck_assert_uint_eq(a, b) assert ((a) == (b))
#else
#include <check.h>
#endif
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Cages with toys in them, and a note of every outcome. */

enum
{
  ROOM_FEEDS = 8,
  ROOM_WAIT_MS = 10000 /* generous: nobody waits so long unless something hangs */
};

struct outcome
{
  char feed[16];
  int64_t id;
  enum sf_code code;
  bool poison;
  size_t records, rejects;
  double first_value;
  int64_t given; /* of the message, in the order of the whole */
  char reason[200];
};

struct room
{
  struct sf_arena arena;
  struct sf_vocabulary *vocabulary;
  struct sf_pool *pool;
  struct sf_plugin_host *plugins;
  struct sf_cages *cages;
  struct sf_feed feeds[ROOM_FEEDS];
  struct sf_cage_feed *places[ROOM_FEEDS];
  size_t feeds_count;
  struct outcome *outcomes;
  size_t count, capacity;
  char trouble[8][800]; /* the last ones */
  size_t troubles, over;
  /* what look_back gives back, oldest first */
  const char *const *past;
  int64_t past_first_id;
  size_t look_backs;
  void (*see) (struct room *room, const struct sf_cage_result *result); /* NULL, or called with each outcome */
  void *ctx;
};

static inline int64_t
room_ms (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return (int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static inline void
room_done (void *ctx, const struct sf_feed *feed, const struct sf_cage_result *result)
{
  struct room *room = ctx;
  struct outcome outcome = { .id = result->message_id,
                             .code = result->code,
                             .poison = result->poison,
                             .records = result->records_count,
                             .rejects = result->rejects_total };
  snprintf (outcome.feed, sizeof outcome.feed, "%s", feed->name);
  snprintf (outcome.reason, sizeof outcome.reason, "%s", result->reason ? result->reason : "");
  if (result->records_count && result->records[0].kind == SF_RECORD_OBSERVATION)
    outcome.first_value = result->records[0].as.observation.value;
  ck_assert (result->build && strlen (result->build) == 64);
  for (size_t i = 0; i < result->records_count; i++)
    ck_assert (result->records[i].feed && strcmp (result->records[i].feed, feed->name) == 0);
  if (room->see)
    room->see (room, result);
  if (room->count == room->capacity)
    {
      room->capacity = room->capacity ? 2 * room->capacity : 64;
      room->outcomes = realloc (room->outcomes, room->capacity * sizeof *room->outcomes);
    }
  room->outcomes[room->count++] = outcome;
}

static inline void
room_trouble (void *ctx, const struct sf_feed *feed, const char *name, const char *text)
{
  struct room *room = ctx;
  if (text)
    snprintf (room->trouble[room->troubles++ % 8], sizeof room->trouble[0], "%s %s %s", feed->name, name, text);
  else
    room->over++;
}

static inline enum sf_code
room_look_back (void *ctx, const struct sf_feed *feed, int64_t before_id, int64_t look_back_s, struct sf_error *err)
{
  struct room *room = ctx;
  ck_assert_int_eq (look_back_s, feed->decoder.plugin->as.decoder->look_back_s);
  room->look_backs++;
  for (size_t i = 0; room->past && room->past[i] && room->past_first_id + (int64_t) i < before_id; i++)
    {
      struct sf_message message
          = { .source = "past", .bytes = (const uint8_t *) room->past[i], .length = strlen (room->past[i]) };
      SF_TRY (sf_cage_give_back (room->places[feed - room->feeds], &message, room->past_first_id + (int64_t) i, err));
    }
  return SF_OK;
}

/* Not libtool's script before it: the environment is the test's. */
static inline const char *
room_program (void)
{
  return access (TEST_BUILDDIR "/.libs/sanfang", X_OK) == 0 ? TEST_BUILDDIR "/.libs/sanfang" : TEST_BUILDDIR "/sanfang";
}

static inline void
room_open (struct room *room, const struct sf_cage_setup *setup)
{
  struct sf_error err = { 0 };
  struct sf_cage_setup full = *setup;
  *room = (struct room){ 0 };
  signal (SIGPIPE, SIG_IGN);
  ck_assert_msg (sf_pool_new (1, &room->pool, &err) == SF_OK, "%s", err.message);
  ck_assert_msg (sf_vocabulary_load (TEST_SRCDIR "/share/vocabulary", &room->vocabulary, &err) == SF_OK, "%s",
                 err.message);
  struct sf_plugin_host_setup host
      = { .search_path = TEST_BUILDDIR "/tests/modules/.libs:" TEST_BUILDDIR "/modules/.libs",
          .share_folder = TEST_SRCDIR "/share",
          .data_folder = TEST_BUILDDIR "/data",
          .vocabulary = room->vocabulary,
          .pool = room->pool };
  ck_assert_msg (sf_plugin_host_new (&host, &room->plugins, &err) == SF_OK, "%s", err.message);
  full.plugins = room->plugins;
  full.program = setup->program ? setup->program : room_program ();
  full.ctx = room;
  full.done = room_done;
  full.trouble = room_trouble;
  full.look_back = room_look_back;
  ck_assert_msg (sf_cages_new (&full, &room->cages, &err) == SF_OK, "%s", err.message);
}

static inline void
room_close (struct room *room)
{
  sf_cages_free (room->cages);
  sf_plugin_host_free (room->plugins);
  sf_pool_free (room->pool);
  sf_vocabulary_free (room->vocabulary);
  sf_arena_finish (&room->arena);
  free (room->outcomes);
}

/* A feed of the decoder with one setting (NULL: none); returns its number. */
static inline size_t
room_feed_set (struct room *room, const char *decoder, enum sf_isolation isolation, const char *key, const char *value)
{
  static const char *const names[ROOM_FEEDS] = { "f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7" };
  static const struct sf_option none[] = { { .name = NULL } };
  struct sf_error err = { 0 };
  size_t number = room->feeds_count++;
  struct sf_feed *feed = &room->feeds[number];
  *feed = (struct sf_feed){ .name = names[number], .title_en = names[number], .isolation = isolation };
  ck_assert_msg (sf_plugin_host_find (room->plugins, SF_PLUGIN_DECODER, decoder, &feed->decoder.plugin, &err) == SF_OK,
                 "%s", err.message);
  const struct sf_option *options = feed->decoder.plugin->options ? feed->decoder.plugin->options : none;
  struct sf_yaml *given = NULL;
  char path[4096]; /* what the samples of a decoder that needs settings are read with */
  snprintf (path, sizeof path, "%s/tests/conformance/samples/%s.yaml", TEST_SRCDIR, decoder);
  if (sf_file_exists (path))
    ck_assert_msg (sf_yaml_load (&room->arena, path, &given, &err) == SF_OK, "%s", err.message);
  ck_assert_msg (sf_settings_parse (&room->arena, options, given, NULL, &feed->decoder.settings, &err) == SF_OK, "%s",
                 err.message);
  if (key)
    ck_assert_int_eq (sf_settings_set (feed->decoder.settings, key, value, "test", &err), SF_OK);
  ck_assert_msg (sf_cages_add (room->cages, feed, &room->places[number], &err) == SF_OK, "%s", err.message);
  return number;
}

static inline size_t
room_feed (struct room *room, const char *decoder, enum sf_isolation isolation)
{
  return room_feed_set (room, decoder, isolation, NULL, NULL);
}

static inline enum sf_code
room_try_bytes (struct room *room, size_t feed, int64_t id, const void *bytes, size_t length)
{
  struct sf_message message
      = { .source = "the source", .bytes = bytes, .length = length, .received_s = 1405663200 + id };
  return sf_cage_give (room->places[feed], &message, id, NULL);
}

static inline void
room_give (struct room *room, size_t feed, int64_t id, const char *text)
{
  ck_assert_int_eq (room_try_bytes (room, feed, id, text, strlen (text)), SF_OK);
}

/* One turn, after waiting for what the cages wait for, at most 50 ms. */
static inline enum sf_code
room_turn (struct room *room, struct sf_error *err)
{
  int64_t wait_ms = sf_cages_wait_ms (room->cages, room_ms ());
  struct pollfd poll_fd = { .fd = sf_cages_fd (room->cages), .events = POLLIN };
  if (wait_ms != 0)
    poll (&poll_fd, 1, wait_ms < 0 || wait_ms > 50 ? 50 : (int) wait_ms);
  return sf_cages_turn (room->cages, room_ms (), err);
}

/* Turn until so many outcomes are there. */
static inline void
room_wait (struct room *room, size_t count)
{
  int64_t end_ms = room_ms () + ROOM_WAIT_MS;
  while (room->count < count)
    {
      struct sf_error err = { 0 };
      ck_assert_msg (room_turn (room, &err) == SF_OK, "%s", err.message);
      ck_assert_msg (room_ms () < end_ms, "%zu of %zu outcomes; last trouble: %s", room->count, count,
                     room->troubles ? room->trouble[(room->troubles - 1) % 8] : "none");
    }
  ck_assert_uint_eq (room->count, count);
}

/* The worker, the only child; 0: there is none. */
static inline pid_t
worker_pid (void)
{
  long child = 0;
  FILE *file = fopen ("/proc/thread-self/children", "r");
  int read = file ? fscanf (file, "%ld", &child) : 0;
  if (file)
    fclose (file);
  return read == 1 ? (pid_t) child : 0;
}

#endif
