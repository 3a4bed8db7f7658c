/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/pipeline_private.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum sf_code
sf_pipeline_new (const struct sf_pipeline_setup *setup, struct sf_pipeline **ret_pipeline, struct sf_error *err)
{
  struct sf_pipeline *pipeline = sf_mem_calloc (1, sizeof *pipeline);
  if (!pipeline)
    return sf_fail (err, SF_ENOMEM, "out of memory for the pipeline");
  *pipeline = (struct sf_pipeline){ .setup = *setup, .log = sf_plugin_host_setup_of (setup->plugins)->log };
  struct sf_cage_setup cages = { .plugins = setup->plugins,
                                 .program = setup->program,
                                 .ctx = pipeline,
                                 .done = sf_pipe_done,
                                 .look_back = sf_pipe_look_back,
                                 .trouble = sf_pipe_trouble };
  pipeline->range
      = setup->range ? *setup->range : (struct sf_journal_range){ .from_s = SF_TIME_MISSING, .to_s = SF_TIME_MISSING };
  enum sf_code code = sf_journal_narrow (setup->journal, &pipeline->range, err);
  if (code == SF_OK)
    code = sf_journal_last (setup->journal, NULL, &pipeline->known_before, err);
  if (code == SF_OK)
    code = sf_quality_new (setup->rules, setup->store, &pipeline->control, err);
  if (code == SF_OK)
    code = sf_cages_new (&cages, &pipeline->cages, err);
  if (code == SF_OK)
    *ret_pipeline = pipeline;
  else
    sf_pipeline_free (pipeline);
  return code;
}

void
sf_pipeline_free (struct sf_pipeline *pipeline)
{
  if (!pipeline)
    return;
  if (pipeline->cages) /* first: with work under way, feeds' places cannot be taken away */
    sf_cages_free (pipeline->cages);
  pipeline->cages = NULL;
  for (size_t i = 0; i < pipeline->feeds_count; i++)
    sf_pipe_feed_free (pipeline->feeds[i]);
  if (pipeline->control)
    sf_quality_free (pipeline->control);
  sf_store_drop_batch (pipeline->setup.store);
  sf_arena_finish (&pipeline->arena);
  sf_arena_finish (&pipeline->scratch);
  sf_mem_free (pipeline->verdicts);
  sf_mem_free (pipeline->cleared);
  sf_mem_free (pipeline->feeds);
  sf_mem_free (pipeline);
}

/* --- feeds --- */

static void
change_feed (struct pipe_feed *feed, const struct sf_feed *next)
{
  const struct sf_feed *last = feed->is_changing ? feed->next : feed->feed;
  if (next && last && memcmp (&next->definition, &last->definition, sizeof next->definition) == 0)
    return;
  feed->next = next;
  feed->is_changing = true;
}

static const struct sf_feed *
find_feed (const struct sf_feed *const *feeds, size_t count, const char *name)
{
  for (size_t i = 0; i < count; i++)
    if (strcmp (feeds[i]->name, name) == 0)
      return feeds[i];
  return NULL;
}

enum sf_code
sf_pipeline_set_feeds (struct sf_pipeline *pipeline, const struct sf_feed *const *feeds, size_t count,
                       struct sf_error *err)
{
  size_t old_count = pipeline->feeds_count;
  enum sf_code code = SF_OK;
  for (size_t i = 0; i < count && code == SF_OK; i++)
    if (!sf_pipe_feed_find (pipeline, feeds[i]->name))
      code = sf_pipe_feed_add (pipeline, feeds[i], err);
  if (code == SF_OK && pipeline->setup.health)
    code = sf_health_set_feeds (pipeline->setup.health, feeds, count, err);
  if (code != SF_OK)
    {
      while (pipeline->feeds_count > old_count)
        sf_pipe_feed_free (pipeline->feeds[--pipeline->feeds_count]);
      return code;
    }
  for (size_t i = 0; i < old_count; i++)
    change_feed (pipeline->feeds[i], find_feed (feeds, count, pipeline->feeds[i]->name));
  pipeline->has_new_feeds = true;
  return SF_OK;
}

bool
sf_pipeline_uses (const struct sf_pipeline *pipeline, const struct sf_feed *feed)
{
  if (pipeline->has_new_feeds) /* quality control may still look at any */
    return true;
  for (size_t i = 0; i < pipeline->feeds_count; i++)
    if (pipeline->feeds[i]->feed == feed || pipeline->feeds[i]->next == feed)
      return true;
  return false;
}

int64_t
sf_pipeline_applied (const struct sf_pipeline *pipeline, const char *name)
{
  const struct pipe_feed *feed = sf_pipe_feed_find (pipeline, name);
  return feed ? feed->applied : -1;
}

void
sf_pipeline_wake (struct sf_pipeline *pipeline)
{
  pipeline->look_ms = 0;
}

void
sf_pipeline_arrived (struct sf_pipeline *pipeline, const char *name, long messages)
{
  struct pipe_feed *feed = sf_pipe_feed_find (pipeline, name);
  if (!feed)
    return;
  feed->unread += messages;
  feed->is_read = false;
}

/* --- committing --- */

static void
add_counts (struct sf_quality_counts *counts, const struct sf_quality_counts *more)
{
  counts->doubtful += more->doubtful;
  counts->unreliable += more->unreliable;
  counts->late += more->late;
  counts->future += more->future;
  counts->out_of_order += more->out_of_order;
  counts->out_of_area += more->out_of_area;
  counts->missing += more->missing;
}

/* It stands until the next start: so do the rows, until the store is made again. */
static void
tell_unjudged (struct pipe_feed *feed)
{
  const char *why = NULL;
  char text[sizeof ((struct sf_error *) NULL)->message + 128];
  long series = sf_quality_unjudged (feed->pipeline->control, feed->name, &why);
  if (series == 0)
    return;
  snprintf (text, sizeof text,
            "rows of %ld series are stored without a judgement along the series, since what is before them cannot be "
            "read: %s",
            series, why);
  if (!feed->is_unjudged)
    sf_pipe_trouble_of (feed, "unjudged", text);
  feed->is_unjudged = true;
}

static enum sf_code
check_series (struct sf_pipeline *pipeline, struct sf_error *err)
{
  struct sf_quality_counts all = { 0 };
  SF_TRY (sf_quality_check_batch (pipeline->control, &all, err));
  for (size_t i = 0; i < pipeline->feeds_count; i++)
    {
      const struct sf_quality_counts *found = sf_quality_batch_counts (pipeline->control, pipeline->feeds[i]->name);
      if (found)
        add_counts (&pipeline->feeds[i]->tally.counts, found);
      tell_unjudged (pipeline->feeds[i]);
    }
  return SF_OK;
}

/* What quality control could not look at it has forgotten, so the batch is read again. */
static enum sf_code
judge_batch (struct sf_pipeline *pipeline, struct sf_error *err)
{
  enum sf_code code = check_series (pipeline, err);
  if (code == SF_OK)
    return SF_OK;
  sf_fail (&pipeline->lost, code, "%s", err->message);
  const char *failed = sf_quality_failed_feed (pipeline->control);
  struct pipe_feed *feed = failed ? sf_pipe_feed_find (pipeline, failed) : NULL;
  pipeline->blamed = feed;
  pipeline->blamed_id = feed && sf_pipe_feed_is_careful (feed, feed->applied_next) ? feed->applied_next : 0;
  return code;
}

static enum sf_code
write_batch (struct sf_pipeline *pipeline, struct sf_error *err)
{
  SF_TRY (sf_pipe_write_verdicts (pipeline, err));
  SF_TRY (judge_batch (pipeline, err));
  for (size_t i = 0; i < pipeline->feeds_count; i++)
    {
      const struct pipe_feed *feed = pipeline->feeds[i];
      if (feed->applied_next > feed->applied)
        SF_TRY (sf_store_set_applied (pipeline->setup.store, feed->name, feed->applied_next, err));
    }
  return sf_store_commit_some (pipeline->setup.store, PIPELINE_DAYS, err);
}

static void
raise_alarm (struct sf_pipeline *pipeline, const char *name, const char *text)
{
  if (pipeline->setup.health && pipeline->alarm && (!name || strcmp (name, pipeline->alarm) != 0))
    sf_health_alarm (pipeline->setup.health, NULL, pipeline->alarm, NULL, pipeline->now_s);
  if (pipeline->setup.health && name)
    sf_health_alarm (pipeline->setup.health, NULL, name, text, pipeline->now_s);
  pipeline->alarm = name;
}

int64_t
sf_pipe_patience_ms (int64_t last_ms, int64_t most_ms)
{
  int64_t next_ms = last_ms > 0 ? last_ms * 2 : PIPELINE_RETRY_MS;
  return next_ms < most_ms ? next_ms : most_ms;
}

/* Wait before the store is tried again, each time twice as long. */
static enum sf_code
back_off (struct sf_pipeline *pipeline, enum sf_code code, const struct sf_error *why, struct sf_error *err)
{
  pipeline->patience_ms = sf_pipe_patience_ms (pipeline->patience_ms, PIPELINE_RETRY_MAX_MS);
  pipeline->retry_ms = pipeline->now_ms + pipeline->patience_ms;
  const char *alarm = code == SF_EFULL ? "store_full" : code == SF_ENOMEM ? "memory_out" : "store_failed";
  raise_alarm (pipeline, alarm, why->message);
  return sf_fail (err, code, "%s", why->message);
}

static void
forget_feed (struct pipe_feed *feed)
{
  feed->is_rewinding |= sf_pipe_feed_is_in_batch (feed);
  feed->has_left = false;
  feed->applied_next = feed->applied; /* at once: another feed may commit before this one goes on */
}

/* A batch that the store did not take is read from the journal again, with fresh decoders. Where one feed is to blame, it
   waits, and the others go on at once. */
static enum sf_code
lose_batch (struct sf_pipeline *pipeline, struct sf_error *err)
{
  struct sf_error why = pipeline->lost;
  struct pipe_feed *blamed = pipeline->blamed;
  sf_store_drop_batch (pipeline->setup.store);
  sf_quality_forget (pipeline->control);
  sf_pipe_forget (pipeline);
  sf_journal_last (pipeline->setup.journal, NULL, &pipeline->known_before, NULL);
  for (size_t i = 0; i < pipeline->feeds_count; i++)
    forget_feed (pipeline->feeds[i]);
  pipeline->left_rows = pipeline->left_bytes = 0;
  pipeline->lost = (struct sf_error){ 0 };
  pipeline->blamed = NULL;
  if (blamed)
    {
      sf_pipe_feed_blame (blamed, pipeline->blamed_id, why.message);
      return sf_fail (err, why.code, "%s", why.message);
    }
  return back_off (pipeline, why.code, &why, err);
}

static void
set_left_alarm (struct pipe_feed *feed, const char *name, const char *text)
{
  struct sf_health *health = feed->pipeline->setup.health;
  bool is_new = name && (!feed->alarm || strcmp (name, feed->alarm) != 0);
  if (feed->alarm && (is_new || !name))
    sf_pipe_trouble_of (feed, feed->alarm, NULL);
  if (is_new)
    sf_pipe_trouble_of (feed, name, text);
  else if (name && health)
    sf_health_alarm (health, feed->name, name, text, feed->pipeline->now_s);
  feed->alarm = name;
}

/* A feed with rows that were left counts as applied only when all of them are stored. *ret_code: why their file takes none. */
static void
settle_feed (struct pipe_feed *feed, enum sf_code *ret_code)
{
  struct sf_error why = { 0 };
  char text[128];
  long days = 0;
  feed->has_left = sf_store_has_left (feed->pipeline->setup.store, feed->name, &days, &why);
  if (!feed->has_left)
    feed->applied = feed->applied_next;
  sf_pipe_feed_trust (feed);
  snprintf (text, sizeof text, "rows for %ld more days wait to be stored, some at a time: is its clock right?", days);
  set_left_alarm (feed,
                  !feed->has_left     ? NULL
                  : why.code == SF_OK ? "many_days"
                                      : "store_damaged",
                  why.code == SF_OK ? text : why.message);
  if (why.code != SF_OK)
    *ret_code = why.code;
}

static void
settle_commit (struct sf_pipeline *pipeline)
{
  enum sf_code damage = SF_OK;
  for (size_t i = 0; i < pipeline->feeds_count; i++)
    settle_feed (pipeline->feeds[i], &damage);
  pipeline->left_rows = sf_store_batch_rows (pipeline->setup.store);
  pipeline->left_bytes = sf_store_batch_bytes (pipeline->setup.store);
  pipeline->left_patience_ms
      = damage == SF_OK ? 0 : sf_pipe_patience_ms (pipeline->left_patience_ms, PIPELINE_RETRY_MAX_MS);
  pipeline->left_ms = pipeline->now_ms + (damage == SF_OK ? PIPELINE_QUIET_MS : pipeline->left_patience_ms);
}

enum sf_code
sf_pipeline_commit (struct sf_pipeline *pipeline, int64_t now_s, struct sf_error *err)
{
  struct sf_error why = { 0 };
  pipeline->now_s = now_s;
  if (pipeline->lost.code != SF_OK)
    return lose_batch (pipeline, err);
  if (!pipeline->is_dirty && pipeline->left_rows == 0)
    return SF_OK;
  enum sf_code code = write_batch (pipeline, &why);
  if (pipeline->lost.code != SF_OK)
    return lose_batch (pipeline, err);
  if (code != SF_OK)
    return back_off (pipeline, code, &why, err);
  settle_commit (pipeline);
  pipeline->patience_ms = pipeline->retry_ms = 0;
  raise_alarm (pipeline, NULL, NULL);
  sf_pipe_tell (pipeline);
  return SF_OK;
}

static bool
is_quiet (const struct sf_pipeline *pipeline)
{
  for (size_t i = 0; i < pipeline->feeds_count; i++)
    if (!sf_pipe_feed_is_idle (pipeline->feeds[i]))
      return false;
  return true;
}

bool
sf_pipe_is_full (const struct sf_pipeline *pipeline)
{
  const struct sf_store *store = pipeline->setup.store;
  return sf_store_batch_rows (store) >= pipeline->left_rows + PIPELINE_ROWS
         || sf_store_batch_bytes (store) >= pipeline->left_bytes + PIPELINE_BYTES
         || pipeline->verdicts_bytes >= PIPELINE_VERDICT_BYTES;
}

/* When the batch is to be committed; INT64_MAX: there is none. */
static int64_t
commit_due_ms (const struct sf_pipeline *pipeline)
{
  int64_t left_ms = pipeline->left_rows > 0 ? pipeline->left_ms : INT64_MAX;
  if (pipeline->lost.code != SF_OK)
    return 0;
  if (!pipeline->is_dirty)
    return left_ms;
  if (pipeline->has_new_feeds || sf_pipe_is_full (pipeline))
    return 0;
  int64_t due_ms = pipeline->dirty_since_ms + (is_quiet (pipeline) ? PIPELINE_QUIET_MS : PIPELINE_COMMIT_MS);
  return due_ms < left_ms ? due_ms : left_ms;
}

/* --- turning --- */

/* Others write into the journal, too: whoever enters a report by hand. */
static enum sf_code
look (struct sf_pipeline *pipeline, struct sf_error *err)
{
  if (pipeline->now_ms < pipeline->look_ms)
    return SF_OK;
  pipeline->look_ms = pipeline->now_ms + PIPELINE_LOOK_MS;
  for (size_t i = 0; i < pipeline->feeds_count; i++)
    {
      struct pipe_feed *feed = pipeline->feeds[i];
      int64_t last = 0;
      if (!feed->is_read)
        continue;
      SF_TRY (sf_journal_last (pipeline->setup.journal, feed->name, &last, err));
      feed->is_read = last <= feed->seen;
    }
  return SF_OK;
}

static void
drop_gone_feeds (struct sf_pipeline *pipeline)
{
  for (size_t i = pipeline->feeds_count; i-- > 0;)
    {
      struct pipe_feed *feed = pipeline->feeds[i];
      if (feed->feed)
        continue;
      sf_pipe_feed_free (feed);
      pipeline->feeds[i] = pipeline->feeds[--pipeline->feeds_count];
    }
}

/* Each feed in turn goes first: what they share is a worker's queue. One that fails does not hold others. */
static enum sf_code
turn_feeds (struct sf_pipeline *pipeline, struct sf_error *err)
{
  enum sf_code result = SF_OK;
  size_t count = pipeline->feeds_count;
  for (size_t i = 0; i < count && pipeline->lost.code == SF_OK; i++)
    {
      struct sf_error why = { 0 };
      struct pipe_feed *feed = pipeline->feeds[(pipeline->turn_first + i) % count];
      enum sf_code code = sf_pipe_feed_turn (feed, &why);
      if (code != SF_OK && result == SF_OK)
        result = sf_fail (err, code, "%s", why.message);
    }
  pipeline->turn_first = count ? (pipeline->turn_first + 1) % count : 0;
  drop_gone_feeds (pipeline);
  return result;
}

static void
tell_queues (const struct sf_pipeline *pipeline)
{
  for (size_t i = 0; pipeline->setup.health && i < pipeline->feeds_count; i++)
    {
      const struct pipe_feed *feed = pipeline->feeds[i];
      int64_t unread = feed->unread > 0 || feed->is_read ? feed->unread : 1;
      sf_health_queue (pipeline->setup.health, feed->name, unread + (int64_t) feed->slots_count + feed->tally.messages);
    }
}

/* Quality control takes other feeds between two batches; nothing is read until it has. */
static enum sf_code
tell_quality (struct sf_pipeline *pipeline, struct sf_error *err)
{
  if (!pipeline->has_new_feeds || pipeline->is_dirty)
    return SF_OK;
  size_t count = 0;
  const struct sf_feed **feeds = sf_mem_calloc (pipeline->feeds_count, sizeof *feeds);
  if (!feeds)
    return sf_fail (err, SF_ENOMEM, "out of memory for the feeds of quality control");
  for (size_t i = 0; i < pipeline->feeds_count; i++)
    {
      const struct pipe_feed *feed = pipeline->feeds[i];
      feeds[count] = feed->is_changing && feed->next ? feed->next : feed->feed;
      count += feeds[count] ? 1 : 0;
    }
  enum sf_code code = sf_quality_set_feeds (pipeline->control, feeds, count, err);
  sf_mem_free (feeds);
  pipeline->has_new_feeds = code != SF_OK;
  return code;
}

/* Hand messages over and take outcomes for as long as there are some, a batch and a turn's time at most: on a busy machine
   turns are few. */
static enum sf_code
move_messages (struct sf_pipeline *pipeline, struct sf_error *err)
{
  int64_t begun_ms = sf_time_steady_ms ();
  uint64_t moved;
  do
    {
      moved = pipeline->moved;
      SF_TRY (turn_feeds (pipeline, err));
      SF_TRY (sf_cages_turn (pipeline->cages, pipeline->now_ms, err));
    }
  while (pipeline->moved != moved && sf_time_steady_ms () - begun_ms < PIPELINE_TURN_MS && !sf_pipe_is_full (pipeline));
  return SF_OK;
}

/* Keep the first of a turn's errors. */
static enum sf_code
note_error (enum sf_code first, enum sf_code code, const struct sf_error *why, struct sf_error *err)
{
  return code == SF_OK || first != SF_OK ? first : sf_fail (err, code, "%s", why->message);
}

static enum sf_code
read_and_move (struct sf_pipeline *pipeline, struct sf_error *err)
{
  SF_TRY (tell_quality (pipeline, err));
  if (pipeline->now_ms < pipeline->retry_ms || pipeline->has_new_feeds)
    return SF_OK;
  SF_TRY (look (pipeline, err));
  return move_messages (pipeline, err);
}

static enum sf_code
go_on (struct sf_pipeline *pipeline, struct sf_error *err)
{
  struct sf_error why = { 0 };
  /* One decoder that cannot go on holds no other. */
  enum sf_code code = note_error (SF_OK, sf_cages_turn (pipeline->cages, pipeline->now_ms, &why), &why, err);
  return note_error (code, read_and_move (pipeline, &why), &why, err);
}

/* What fails in a commit has alarms of its own. text NULL: nothing fails. */
static void
tell_stuck (struct sf_pipeline *pipeline, const char *text)
{
  if (pipeline->setup.health && (text || pipeline->is_stuck))
    sf_health_alarm (pipeline->setup.health, NULL, "pipeline_failed", text, pipeline->now_s);
  pipeline->is_stuck = text != NULL;
}

enum sf_code
sf_pipeline_turn (struct sf_pipeline *pipeline, int64_t now_s, int64_t now_ms, bool *ret_idle, struct sf_error *err)
{
  struct sf_error why = { 0 };
  pipeline->now_s = now_s;
  pipeline->now_ms = now_ms;
  enum sf_code code = note_error (SF_OK, go_on (pipeline, &why), &why, err);
  tell_stuck (pipeline, code == SF_OK ? NULL : why.message);
  if (now_ms >= pipeline->retry_ms && now_ms >= commit_due_ms (pipeline))
    code = note_error (code, sf_pipeline_commit (pipeline, now_s, &why), &why, err);
  tell_queues (pipeline);
  pipeline->calm_ms = code == SF_OK ? 0 : now_ms + PIPELINE_CALM_MS;
  *ret_idle = is_quiet (pipeline) && !pipeline->is_dirty && pipeline->left_rows == 0 && !pipeline->has_new_feeds
              && pipeline->lost.code == SF_OK;
  return code;
}

int
sf_pipeline_fd (const struct sf_pipeline *pipeline)
{
  return sf_cages_fd (pipeline->cages);
}

static int64_t
sooner (int64_t wait_ms, int64_t due_ms, int64_t now_ms)
{
  int64_t left_ms = due_ms > now_ms ? due_ms - now_ms : 0;
  return left_ms < wait_ms ? left_ms : wait_ms;
}

int64_t
sf_pipeline_wait_ms (const struct sf_pipeline *pipeline, int64_t now_ms)
{
  int64_t cages_ms = sf_cages_wait_ms (pipeline->cages, now_ms);
  int64_t wait_ms = cages_ms >= 0 && cages_ms < PIPELINE_LOOK_MS ? cages_ms : PIPELINE_LOOK_MS;
  if (now_ms < pipeline->calm_ms)
    return pipeline->calm_ms - now_ms;
  if (now_ms < pipeline->retry_ms)
    return sooner (wait_ms, pipeline->retry_ms, now_ms);
  wait_ms = sooner (wait_ms, pipeline->look_ms, now_ms);
  wait_ms = sooner (wait_ms, commit_due_ms (pipeline), now_ms);
  for (size_t i = 0; i < pipeline->feeds_count; i++)
    if (sf_pipe_feed_can_read (pipeline->feeds[i]))
      wait_ms = 0;
  return wait_ms;
}

enum sf_code
sf_pipeline_drain (struct sf_pipeline *pipeline, struct sf_error *err)
{
  bool is_idle = false;
  sf_pipeline_wake (pipeline);
  for (;;)
    {
      int64_t now_ms = sf_time_steady_ms ();
      SF_TRY (sf_pipeline_turn (pipeline, (int64_t) time (NULL), now_ms, &is_idle, err));
      if (is_idle)
        return SF_OK;
      struct pollfd waiting = { .fd = sf_pipeline_fd (pipeline), .events = POLLIN };
      poll (&waiting, 1, (int) sf_pipeline_wait_ms (pipeline, now_ms));
    }
}
