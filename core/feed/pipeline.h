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
  struct sf_health *health;             /* NULL: no board */
  const struct sf_journal_range *range; /* only messages received from from_s to to_s; NULL: all */
  bool in_process;                      /* decode without cages, whatever feeds say */
  bool keep_verdicts; /* write verdicts into the journal (live); false: obey those that are there (replay) */
};

enum sf_code sf_pipeline_new (const struct sf_pipeline_setup *setup, struct sf_pipeline **ret_pipeline,
                              struct sf_error *err);
/* What is not committed is forgotten; it is read again by the next pipeline. */
void sf_pipeline_free (struct sf_pipeline *pipeline);
/* The feeds from now on, borrowed for as long as sf_pipeline_uses says; those with the same definition go on undisturbed.
   A changed one first ends what it has under way. */
enum sf_code sf_pipeline_set_feeds (struct sf_pipeline *pipeline, const struct sf_feed *const *feeds, size_t count,
                                    struct sf_error *err);
bool sf_pipeline_uses (const struct sf_pipeline *pipeline, const struct sf_feed *feed);
/* Messages were committed to the journal: look there. Without, it looks twice a second. */
void sf_pipeline_wake (struct sf_pipeline *pipeline);
/* The same for so many messages of one feed, which then stand on the board as waiting. */
void sf_pipeline_arrived (struct sf_pipeline *pipeline, const char *feed, long messages);
/* Move on: read, decode, check, store; commits by rows and by time. *ret_idle: all that is journaled is in the store. An
   error says what could not be done now; nothing is lost by it, and later turns try again with growing patience. */
enum sf_code sf_pipeline_turn (struct sf_pipeline *pipeline, int64_t now_s, int64_t now_ms, bool *ret_idle,
                               struct sf_error *err);
int sf_pipeline_fd (const struct sf_pipeline *pipeline);
int64_t sf_pipeline_wait_ms (const struct sf_pipeline *pipeline, int64_t now_ms);
/* Commit what has an outcome, without waiting for the rest. */
enum sf_code sf_pipeline_commit (struct sf_pipeline *pipeline, int64_t now_s, struct sf_error *err);
/* Turn until idle; for replay and tests. The first error ends it. */
enum sf_code sf_pipeline_drain (struct sf_pipeline *pipeline, struct sf_error *err);
/* How far a feed is applied by what is committed; -1: there is no such feed. */
int64_t sf_pipeline_applied (const struct sf_pipeline *pipeline, const char *feed);

#endif
