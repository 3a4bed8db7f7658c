/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_SERVICE_MAP_HTTP_GUARD_H
#define PLUGINS_SERVICE_MAP_HTTP_GUARD_H

#include "core/base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Connections are few, and whoever sends or reads a byte now and then is not silent. So a guest must bring a whole request
   within some time of its coming or of its last answer, and take its answer at some pace. When places or memory get scarce,
   the guest that has taken longest makes room. Who waits for a busy server is never to blame. Guests that must go are shut
   down: the HTTP library then closes them. Knows sockets only. Any thread. */
struct sf_map_guard;
struct sf_map_guest;

struct sf_map_guard_setup
{
  int places;                 /* connections at most; some are kept free for newcomers */
  int patience_s;             /* until a request is whole */
  int pace_bytes_per_s;       /* of an answer, on the whole, after as long */
  size_t held_bytes_max;      /* of answers on their way, without small ones */
  int look_ms;                /* between two looks at the clock by a thread of its own; 0: there is no thread */
  int64_t (*clock_ms) (void); /* NULL: the system's, monotonic */
};

enum sf_code sf_map_guard_new (const struct sf_map_guard_setup *setup, struct sf_map_guard **ret_guard,
                               struct sf_error *err);
/* Let all guests go: what they asked is answered, nothing more is taken from them, and who has not left after patience_ms is
   shut down. Returns when all have left, or after as long again. */
void sf_map_guard_drain (struct sf_map_guard *guard, int patience_ms);
/* Free a guard whom all guests have left. */
void sf_map_guard_free (struct sf_map_guard *guard);

/* A connection comes, borrowing its socket until leave. Without memory it is shut down and NULL, which all below take. */
struct sf_map_guest *sf_map_guard_enter (struct sf_map_guard *guard, int fd);
void sf_map_guard_leave (struct sf_map_guest *guest);
/* Its request is whole and is answered from now on. */
void sf_map_guard_serve (struct sf_map_guest *guest);
/* The size of a large answer; is_held when it lies in memory. */
void sf_map_guard_send (struct sf_map_guest *guest, uint64_t bytes, bool is_held);
/* The answer is a stream of events: it lasts, and is looked after elsewhere. */
void sf_map_guard_stream (struct sf_map_guest *guest);
/* The answer is sent; another request may follow. */
void sf_map_guard_wait (struct sf_map_guest *guest);

/* Shut down those whose time is over. */
void sf_map_guard_look (struct sf_map_guard *guard);

struct sf_map_guard_counts
{
  int guests;
  uint64_t closed_slow, closed_for_room; /* since the start */
};
struct sf_map_guard_counts sf_map_guard_counts (struct sf_map_guard *guard);

#endif
