/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_CLI_LIVE_PRIVATE_H
#define SF_CORE_CLI_LIVE_PRIVATE_H

#include "core/base/time.h"
#include "core/cli/live.h"
#include "core/feed/intake.h"

#include <pthread.h>

enum
{
  LIVE_TURN_MS = 200,          /* how soon a stop is noticed */
  LIVE_WATCH_MS = 250,         /* between two looks at the files */
  LIVE_STORE_MS = 500,         /* between two looks for new records */
  LIVE_TWINS_FIRST_MS = 60000, /* before the first look for stations with two numbers, and between two of them */
  LIVE_TWINS_MS = 600000,
  LIVE_TWINS_BYTES = 400,
  /* Ingest that does not turn for so long is not alive; a commit over a thousand days takes half a minute. */
  LIVE_DEAD_MS = 300000
};

/* What the watching thread hands to the one that takes feeds in. */
struct handover
{
  pthread_mutex_t lock;
  bool has_feeds, has_failure;
  bool is_closed; /* nobody takes it any more */
  struct sf_arena arena;
  const struct sf_feed *feeds;
  size_t feeds_count;
  struct sf_error failure; /* of the last reading; code SF_OK: none */
  bool has_twins;
  char twins[LIVE_TWINS_BYTES]; /* what is to be said of stations with two numbers; "": nothing */
};

struct sf_live
{
  struct sf_live_setup setup;
  struct sf_log *log;
  struct sf_plugin_host *plugins;
  struct sf_arena arena; /* of what lives as long as this */

  struct sf_intake *intake;
  struct handover handover;
  atomic_llong turned_ms; /* when ingest last turned */
  pthread_t ingest, watch, cycle;
  bool has_ingest, has_watch, has_cycle;
  atomic_bool is_stopped;
  struct sf_error failure; /* of ingest; read once its thread has ended */

  int64_t twins_ms;             /* when to look for stations with two numbers next */
  char twins[LIVE_TWINS_BYTES]; /* what was said last */
  int hangup;                   /* a signalfd; -1: none */
  const char *departments;      /* the folder or file that is watched */
  struct sf_key files;          /* the state of the files when they were last read */
};

/* Whether to end: by a signal or by sf_live_stop. */
bool sf_live_is_over (const struct sf_live *live);
/* Wait so long or until it is over; true: it is over. */
bool sf_live_rest (const struct sf_live *live, int64_t ms);
/* Read the scenario as it is now; all in the arena. */
enum sf_code sf_live_load (const struct sf_live *live, struct sf_arena *arena, struct sf_scenario *ret_scenario,
                           struct sf_error *err);

/* live_watch.c */
enum sf_code sf_live_look_at_files (struct sf_live *live, const struct sf_scenario *scenario, struct sf_error *err);
void *sf_live_watch (void *live);
/* live_twins.c: look for stations with two numbers when it is time, and let the board say what is found. */
void sf_live_look_for_twins (struct sf_live *live);
/* live_cycle.c */
void *sf_live_cycle (void *live);

#endif
