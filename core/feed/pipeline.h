/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_FEED_PIPELINE_H
#define SF_CORE_FEED_PIPELINE_H

#include "core/feed/cage.h"
#include "core/feed/health.h"
#include "core/feed/journal.h"
#include "core/feed/quality.h"

/* From journal to store: decoding in cages, checks, quality control, rows. It reads the journal from where each feed is
   applied, so that whatever was killed when, nothing journaled is left out and nothing is stored twice. Live ingest and
   replay are the same pipeline with another journal, store or range. */
struct sf_pipeline;

struct sf_pipeline_setup
{
  struct sf_plugin_host *plugins;
  const char *program; /* for cages */
  struct sf_journal *journal;
  struct sf_store *store;
  const struct sf_quality_rules *rules;
  struct sf_health *health; /* NULL: no board */
  bool in_process;          /* decode without cages, whatever feeds say */
  bool keep_verdicts;       /* write verdicts into the journal (live); false: obey those that are there (replay) */
};

enum sf_code sf_pipeline_new (const struct sf_pipeline_setup *setup, struct sf_pipeline **ret_pipeline,
                              struct sf_error *err);
void sf_pipeline_free (struct sf_pipeline *pipeline);
/* The feeds from now on, borrowed; those with the same definition go on undisturbed. */
enum sf_code sf_pipeline_set_feeds (struct sf_pipeline *pipeline, const struct sf_feed *const *feeds, size_t count,
                                    struct sf_error *err);
/* Messages were committed to the journal: look there. */
void sf_pipeline_wake (struct sf_pipeline *pipeline);
/* Move on: read, decode, check, store; commits by rows and by time. *ret_idle: all that is journaled is in the store. */
enum sf_code sf_pipeline_turn (struct sf_pipeline *pipeline, int64_t now_s, int64_t now_ms, bool *ret_idle,
                               struct sf_error *err);
int sf_pipeline_fd (const struct sf_pipeline *pipeline);
int64_t sf_pipeline_wait_ms (const struct sf_pipeline *pipeline, int64_t now_ms);
/* Turn until idle; for replay and tests. */
enum sf_code sf_pipeline_drain (struct sf_pipeline *pipeline, struct sf_error *err);

#endif
