/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/service/map/live.h"

#include "core/base/json.h"
#include "core/base/time.h"

#include <inttypes.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

enum
{
  EVENTS_KEPT = 64
};

struct sf_map_live
{
  struct sf_map_live_setup setup;
  pthread_mutex_t lock; /* of all below */
  pthread_cond_t ending;
  bool is_ended;
  struct sf_strbuf events[EVENTS_KEPT]; /* event n stands at n % EVENTS_KEPT */
  uint64_t first, last;                 /* numbers of those kept; first > last: none */
  struct sf_strbuf heartbeat;
  uint64_t heartbeats;
  struct sf_map_live_stream *streams;
  struct sf_map_live_counts counts;
  pthread_t heart;
  bool is_beating;
};

struct sf_map_live_stream
{
  struct sf_map_live *live;
  struct sf_map_live_stream *next, **link; /* link is what points here */
  struct sf_map_live_ends ends;
  uint64_t read;            /* number of the last event taken */
  uint64_t heartbeats;      /* the last one taken */
  struct sf_strbuf pending; /* what was taken and not yet read whole */
  size_t pending_read;
  bool is_resting, is_lost;
};

void
sf_map_live_format (struct sf_strbuf *out, uint64_t number, const char *event, const char *json)
{
  if (number > 0)
    sf_strbuf_addf (out, "id: %" PRIu64 "\n", number);
  sf_strbuf_addf (out, "event: %s\ndata: %s\n\n", event, json);
}

static void
wake (struct sf_map_live_stream *stream)
{
  if (!stream->is_resting)
    return;
  stream->is_resting = false;
  stream->ends.wake (stream->ends.connection);
}

static void
wake_all (struct sf_map_live *live)
{
  for (struct sf_map_live_stream *stream = live->streams; stream; stream = stream->next)
    wake (stream);
}

/* Close those whose next event is about to be overwritten. */
static void
drop_slow (struct sf_map_live *live)
{
  for (struct sf_map_live_stream *stream = live->streams; stream; stream = stream->next)
    if (!stream->is_lost && stream->read + 1 < live->first)
      {
        stream->is_lost = true;
        live->counts.closed_slow++;
        stream->ends.sever (stream->ends.connection);
      }
}

void
sf_map_live_publish (struct sf_map_live *live, const char *event, const char *json)
{
  pthread_mutex_lock (&live->lock);
  uint64_t number = ++live->last;
  struct sf_strbuf *text = &live->events[number % EVENTS_KEPT];
  sf_strbuf_finish (text);
  sf_map_live_format (text, number, event, json);
  if (live->last - live->first >= EVENTS_KEPT)
    live->first = live->last - EVENTS_KEPT + 1;
  if (text->failed)
    {
      sf_strbuf_finish (text);
      live->first = live->last + 1;
    }
  drop_slow (live);
  wake_all (live);
  pthread_mutex_unlock (&live->lock);
}

uint64_t
sf_map_live_last (struct sf_map_live *live)
{
  pthread_mutex_lock (&live->lock);
  uint64_t last = live->last;
  pthread_mutex_unlock (&live->lock);
  return last;
}

bool
sf_map_live_remembers (struct sf_map_live *live, uint64_t number)
{
  pthread_mutex_lock (&live->lock);
  bool does = number + 1 >= live->first && number <= live->last;
  pthread_mutex_unlock (&live->lock);
  return does;
}

struct sf_map_live_counts
sf_map_live_counts (struct sf_map_live *live)
{
  pthread_mutex_lock (&live->lock);
  struct sf_map_live_counts counts = live->counts;
  pthread_mutex_unlock (&live->lock);
  return counts;
}

/* --- signs of life --- */

static void
beat (struct sf_map_live *live)
{
  struct sf_strbuf data = { 0 };
  struct sf_json json = { .out = &data };
  sf_json_begin_object (&json);
  sf_json_put_time (&json, "now", live->setup.clock ());
  sf_json_end_object (&json);
  sf_strbuf_reset (&live->heartbeat);
  sf_map_live_format (&live->heartbeat, 0, "heartbeat", data.failed ? "{}" : data.text);
  sf_strbuf_finish (&data);
  live->heartbeats++;
  wake_all (live);
}

static void *
keep_beating (void *ctx)
{
  struct sf_map_live *live = ctx;
  struct timespec next;
  clock_gettime (CLOCK_MONOTONIC, &next);
  pthread_mutex_lock (&live->lock);
  while (!live->is_ended)
    {
      next.tv_sec += live->setup.heartbeat_s;
      while (!live->is_ended && pthread_cond_timedwait (&live->ending, &live->lock, &next) == 0)
        ;
      if (!live->is_ended)
        beat (live);
    }
  pthread_mutex_unlock (&live->lock);
  return NULL;
}

enum sf_code
sf_map_live_new (const struct sf_map_live_setup *setup, struct sf_map_live **ret_live, struct sf_error *err)
{
  struct sf_map_live *live = sf_mem_calloc (1, sizeof *live);
  pthread_condattr_t attributes;
  if (!live)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  live->setup = *setup;
  /* Milliseconds, so that a server that was started later goes on with higher numbers. */
  live->last = (uint64_t) setup->clock () * 1000;
  live->first = live->last + 1;
  pthread_mutex_init (&live->lock, NULL);
  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  pthread_cond_init (&live->ending, &attributes);
  pthread_condattr_destroy (&attributes);
  live->is_beating = pthread_create (&live->heart, NULL, keep_beating, live) == 0;
  if (!live->is_beating)
    {
      sf_map_live_free (live);
      return sf_fail (err, SF_ENOMEM, "no thread can be started for live events");
    }
  *ret_live = live;
  return SF_OK;
}

void
sf_map_live_end (struct sf_map_live *live)
{
  if (!live)
    return;
  pthread_mutex_lock (&live->lock);
  live->is_ended = true;
  pthread_cond_broadcast (&live->ending);
  wake_all (live);
  pthread_mutex_unlock (&live->lock);
}

void
sf_map_live_free (struct sf_map_live *live)
{
  if (!live)
    return;
  sf_map_live_end (live);
  if (live->is_beating)
    pthread_join (live->heart, NULL);
  for (int i = 0; i < EVENTS_KEPT; i++)
    sf_strbuf_finish (&live->events[i]);
  sf_strbuf_finish (&live->heartbeat);
  pthread_cond_destroy (&live->ending);
  pthread_mutex_destroy (&live->lock);
  sf_mem_free (live);
}

/* --- streams --- */

static enum sf_code
admit (struct sf_map_live *live, struct sf_map_live_stream *stream, struct sf_error *err)
{
  if (live->is_ended)
    return sf_fail (err, SF_ECANCELLED, "the server is being stopped");
  if (live->counts.streams >= live->setup.streams)
    return sf_fail (err, SF_ERANGE, "there are %d live streams already, as many as the setting streams allows",
                    live->counts.streams);
  live->counts.streams++;
  live->counts.served++;
  stream->heartbeats = live->heartbeats;
  stream->next = live->streams;
  stream->link = &live->streams;
  if (stream->next)
    stream->next->link = &stream->next;
  live->streams = stream;
  return SF_OK;
}

enum sf_code
sf_map_live_join (struct sf_map_live *live, uint64_t after, struct sf_strbuf *first,
                  const struct sf_map_live_ends *ends, struct sf_map_live_stream **ret_stream, struct sf_error *err)
{
  struct sf_map_live_stream *stream = sf_mem_calloc (1, sizeof *stream);
  enum sf_code code = stream ? SF_OK : sf_fail (err, SF_ENOMEM, "out of memory");
  if (stream)
    {
      *stream = (struct sf_map_live_stream){ .live = live, .ends = *ends, .read = after, .pending = *first };
      pthread_mutex_lock (&live->lock);
      code = admit (live, stream, err);
      pthread_mutex_unlock (&live->lock);
    }
  if (code != SF_OK)
    {
      sf_strbuf_finish (first);
      sf_mem_free (stream);
      return code;
    }
  *first = (struct sf_strbuf){ 0 };
  *ret_stream = stream;
  return SF_OK;
}

void
sf_map_live_leave (struct sf_map_live_stream *stream)
{
  if (!stream)
    return;
  struct sf_map_live *live = stream->live;
  pthread_mutex_lock (&live->lock);
  *stream->link = stream->next;
  if (stream->next)
    stream->next->link = stream->link;
  live->counts.streams--;
  pthread_mutex_unlock (&live->lock);
  sf_strbuf_finish (&stream->pending);
  sf_mem_free (stream);
}

/* Take the next event, or a heartbeat, to be read; false when there is none. */
static bool
take (struct sf_map_live_stream *stream)
{
  struct sf_map_live *live = stream->live;
  const struct sf_strbuf *text = NULL;
  if (stream->read < live->last)
    text = &live->events[++stream->read % EVENTS_KEPT];
  else if (stream->heartbeats < live->heartbeats)
    text = &live->heartbeat;
  if (!text)
    return false;
  stream->heartbeats = live->heartbeats; /* an event is a sign of life, too */
  stream->pending_read = 0;
  sf_strbuf_reset (&stream->pending);
  sf_strbuf_add_bytes (&stream->pending, text->text, text->length);
  stream->is_lost |= stream->pending.failed;
  return true;
}

static ssize_t
read_locked (struct sf_map_live_stream *stream, char *buffer, size_t max)
{
  struct sf_map_live *live = stream->live;
  stream->is_lost |= stream->read + 1 < live->first; /* it joined too late */
  if (live->is_ended || stream->is_lost)
    return -1;
  if (stream->pending_read == stream->pending.length && !take (stream))
    {
      stream->is_resting = true;
      stream->ends.rest (stream->ends.connection);
      return 0;
    }
  if (stream->is_lost)
    return -1;
  size_t left = stream->pending.length - stream->pending_read, count = left < max ? left : max;
  memcpy (buffer, stream->pending.text + stream->pending_read, count);
  stream->pending_read += count;
  return (ssize_t) count;
}

ssize_t
sf_map_live_read (struct sf_map_live_stream *stream, char *buffer, size_t max)
{
  pthread_mutex_lock (&stream->live->lock);
  ssize_t count = read_locked (stream, buffer, max);
  pthread_mutex_unlock (&stream->live->lock);
  return count;
}
