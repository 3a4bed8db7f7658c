/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_SERVICE_MAP_LIVE_H
#define PLUGINS_SERVICE_MAP_LIVE_H

#include "core/base/text.h"

#include <stdbool.h>
#include <sys/types.h>

/* Events to many listeners, without a network: who publishes never waits for who listens. The last few events are kept once
   for all; a stream is a place in them, so that a thousand listeners cost a thousand places, and one that reads so slowly
   that its place is overwritten is closed. Texts are server-sent events (HTML living standard, 9.2). */
struct sf_map_live;
struct sf_map_live_stream;

struct sf_map_live_setup
{
  int streams;             /* at most at once */
  int heartbeat_s;         /* between two signs of life */
  int64_t (*clock) (void); /* seconds UTC, for heartbeats and the first number */
};

enum sf_code sf_map_live_new (const struct sf_map_live_setup *setup, struct sf_map_live **ret_live,
                              struct sf_error *err);
/* End all streams, now and later ones: each reads its end. */
void sf_map_live_end (struct sf_map_live *live);
/* Free a hub that no stream is left of. */
void sf_map_live_free (struct sf_map_live *live);

/* Publish an event: a name and one line of JSON. Any thread. Without memory it is lost, and so are those that wait. */
void sf_map_live_publish (struct sf_map_live *live, const char *event, const char *json);

/* The number of the last event. Numbers rise, also over restarts. */
uint64_t sf_map_live_last (struct sf_map_live *live);
/* Whether the events after number are all still there. */
bool sf_map_live_remembers (struct sf_map_live *live, uint64_t number);

struct sf_map_live_counts
{
  int streams;
  uint64_t served, closed_slow;
};
struct sf_map_live_counts sf_map_live_counts (struct sf_map_live *live);

/* What a stream needs of its connection. All three are called with the hub's lock held, so that no wake is lost: they must
   not call the hub. */
struct sf_map_live_ends
{
  void (*rest) (void *connection);  /* nothing to read for now */
  void (*wake) (void *connection);  /* there is, after a rest */
  void (*sever) (void *connection); /* the listener does not read: break it off */
  void *connection;
};

/* Join after event number `after`; first is what the stream begins with and is taken over, also on failure.
   SF_ERANGE when there are as many streams as allowed, SF_ECANCELLED after the end. */
enum sf_code sf_map_live_join (struct sf_map_live *live, uint64_t after, struct sf_strbuf *first,
                               const struct sf_map_live_ends *ends, struct sf_map_live_stream **ret_stream,
                               struct sf_error *err);
void sf_map_live_leave (struct sf_map_live_stream *stream);
/* Read up to max bytes: 0 after rest was called, -1 at the end. One thread at a time. */
ssize_t sf_map_live_read (struct sf_map_live_stream *stream, char *buffer, size_t max);

/* Append one event as text; number 0 leaves the id out. */
void sf_map_live_format (struct sf_strbuf *out, uint64_t number, const char *event, const char *json);

#endif
