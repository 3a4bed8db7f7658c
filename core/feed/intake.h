/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_FEED_INTAKE_H
#define SF_CORE_FEED_INTAKE_H

#include "core/feed/pipeline.h"

/* Live ingest: one thread turns all transports, commits what they bring to the journal in groups, acknowledges, and drives
   the pipeline. When the journal cannot commit, what was brought is kept in bounded memory, nobody gets an acknowledgement,
   transports are told SF_EBUSY, an alarm stands, and it is tried again until it works. */
struct sf_intake;

struct sf_intake_setup
{
  struct sf_plugin_host *plugins;
  const char *dir, *program;
  const struct sf_quality_rules *rules;
  struct sf_journal_keep keep; /* now_s and applied_id are filled by intake */
  size_t batch_bytes;          /* that may wait for a commit; 0: 32 MiB */
  int64_t commit_ms;           /* longest a message waits for its commit; 0: 50 */
  bool in_process;             /* decode without cages, whatever feeds say */
  /* The clock, for tests; NULL: the machine's. */
  int64_t (*now_s) (void *ctx);
  void *ctx;
};

/* Take the data folder for ingest: one at a time, SF_ECONFLICT names the other. */
enum sf_code sf_intake_new (const struct sf_intake_setup *setup, struct sf_intake **ret_intake, struct sf_error *err);
/* Acknowledges what is committed, stops transports and workers in order. */
void sf_intake_free (struct sf_intake *intake);
/* Take these feeds from now on: new ones are opened, changed ones opened anew, missing ones closed, the same ones go on. The
   arena that they live in is the intake's from then on (the caller's is emptied), also on failure. A feed that cannot be
   opened is an alarm of that feed and is tried again. */
enum sf_code sf_intake_set_feeds (struct sf_intake *intake, struct sf_arena *arena, const struct sf_feed *feeds,
                                  size_t count, struct sf_error *err);
/* One turn: wait for work at most so long, and do it. What feeds, journal or store cannot do now is no error: it stands on
   the board and is tried again. */
enum sf_code sf_intake_turn (struct sf_intake *intake, int64_t wait_ms, struct sf_error *err);
/* End the waiting of a turn; from any thread. */
void sf_intake_wake (struct sf_intake *intake);
/* Raise or end (text NULL) an alarm of the whole. */
void sf_intake_alarm (struct sf_intake *intake, const char *name, const char *text);

#endif
