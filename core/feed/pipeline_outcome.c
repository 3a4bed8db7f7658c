/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/pipeline_private.h"

#include <stddef.h>
#include <string.h>

static struct place *
place_of (const struct sf_feed *feed)
{
  return (struct place *) ((char *) feed - offsetof (struct place, feed));
}

static void
set_dirty (struct sf_pipeline *pipeline)
{
  if (!pipeline->is_dirty)
    pipeline->dirty_since_ms = pipeline->now_ms;
  pipeline->is_dirty = true;
}

/* The batch cannot be kept; where memory was out, because of this message. */
static void
lose (struct place *place, int64_t id, enum sf_code code, const char *why)
{
  struct sf_pipeline *pipeline = place->owner->pipeline;
  sf_fail (&pipeline->lost, code, "%s", why);
  place->owner->is_rewinding = true;
  pipeline->blamed = code == SF_ENOMEM ? place->owner : NULL;
  pipeline->blamed_id = id;
}

/* --- verdicts --- */

static const char *
keep_text (struct sf_pipeline *pipeline, const char *text)
{
  return sf_arena_strdup (&pipeline->arena, text && *text ? text : "no reason given");
}

static void
add_verdict (struct place *place, const struct sf_verdict *verdict, long more)
{
  struct sf_pipeline *pipeline = place->owner->pipeline;
  struct pending_verdict added
      = { .verdict = *verdict, .feed = sf_arena_strdup (&pipeline->arena, place->owner->name), .more = more };
  added.verdict.reason = keep_text (pipeline, verdict->reason);
  added.verdict.excerpt = verdict->excerpt ? sf_arena_strdup (&pipeline->arena, verdict->excerpt) : "";
  added.verdict.decoder = sf_arena_strdup (&pipeline->arena, place->decoder);
  added.verdict.build = sf_arena_strdup (&pipeline->arena, place->build);
  added.verdict.made_s = pipeline->now_s;
  if (pipeline->arena.failed
      || sf_mem_grow ((void **) &pipeline->verdicts, &pipeline->verdicts_capacity, pipeline->verdicts_count + 1,
                      sizeof added)
             != 0)
    {
      lose (place, verdict->message_id, SF_ENOMEM, "out of memory for verdicts");
      return;
    }
  pipeline->verdicts[pipeline->verdicts_count++] = added;
  pipeline->verdicts_bytes += sizeof added + strlen (added.verdict.reason) + strlen (added.verdict.excerpt);
}

/* What an earlier decoding of a message said goes when this one is written down. */
static void
replace_verdicts (struct sf_pipeline *pipeline, int64_t id)
{
  if (!pipeline->setup.keep_verdicts || id > pipeline->known_before)
    return;
  if (sf_mem_grow ((void **) &pipeline->cleared, &pipeline->cleared_capacity, pipeline->cleared_count + 1, sizeof id)
      != 0)
    {
      sf_fail (&pipeline->lost, SF_ENOMEM, "out of memory for verdicts");
      return;
    }
  pipeline->cleared[pipeline->cleared_count++] = id;
}

static enum sf_code
write_verdicts (struct sf_pipeline *pipeline, struct sf_error *err)
{
  struct sf_journal *journal = pipeline->setup.journal;
  for (; pipeline->cleared_given < pipeline->cleared_count; pipeline->cleared_given++)
    SF_TRY (sf_journal_clear_verdicts (journal, pipeline->cleared[pipeline->cleared_given], err));
  for (; pipeline->verdicts_given < pipeline->verdicts_count; pipeline->verdicts_given++)
    SF_TRY (sf_journal_put_verdict (journal, &pipeline->verdicts[pipeline->verdicts_given].verdict, err));
  return sf_journal_commit (journal, err);
}

enum sf_code
sf_pipe_write_verdicts (struct sf_pipeline *pipeline, struct sf_error *err)
{
  if (pipeline->verdicts_count + pipeline->cleared_count == 0 || !pipeline->setup.keep_verdicts)
    return SF_OK;
  enum sf_code code = write_verdicts (pipeline, err);
  if (code != SF_OK)
    sf_journal_rollback (pipeline->setup.journal); /* verdicts that were given stay with the journal */
  return code;
}

enum sf_code
sf_pipe_is_poison (const struct place *place, int64_t id, bool *ret_poison, struct sf_error *err)
{
  struct sf_pipeline *pipeline = place->owner->pipeline;
  for (size_t i = 0; i < pipeline->verdicts_count; i++)
    {
      const struct sf_verdict *verdict = &pipeline->verdicts[i].verdict;
      if (verdict->message_id == id && verdict->kind == SF_VERDICT_POISON)
        {
          *ret_poison = true;
          return SF_OK;
        }
    }
  return sf_journal_is_poison (pipeline->setup.journal, id, place->build, ret_poison, err);
}

/* --- outcomes --- */

static void
refuse_pieces (struct place *place, const struct sf_cage_result *result)
{
  size_t more = result->rejects_total > result->rejects_count ? result->rejects_total - result->rejects_count : 0;
  for (size_t i = 0; i < result->rejects_count; i++)
    {
      struct sf_verdict verdict = { .message_id = result->message_id,
                                    .kind = SF_VERDICT_PIECE,
                                    .line = result->rejects[i].line,
                                    .reason = result->rejects[i].reason,
                                    .excerpt = result->rejects[i].excerpt };
      add_verdict (place, &verdict, i + 1 == result->rejects_count ? (long) more : 0);
    }
}

static void
refuse_message (struct place *place, int64_t id, enum sf_verdict_kind kind, const char *reason)
{
  struct sf_verdict verdict = { .message_id = id, .kind = kind, .reason = reason };
  add_verdict (place, &verdict, 0);
}

/* What the store says of the record itself, as against of its own state. */
static bool
is_about_record (enum sf_code code)
{
  return code == SF_EINVAL || code == SF_ERANGE || code == SF_EFORMAT || code == SF_ETYPE || code == SF_EUNSUPPORTED;
}

/* The board wants each data time once; a few times too often does no harm, and beyond a bound the newest is enough. */
static void
note_time (struct tally *tally, int64_t valid_s)
{
  size_t first = tally->times_count > PIPELINE_TIMES_ALIKE ? tally->times_count - PIPELINE_TIMES_ALIKE : 0;
  if (valid_s > tally->newest_valid_s)
    tally->newest_valid_s = valid_s;
  for (size_t i = first; i < tally->times_count; i++)
    if (tally->times_s[i] == valid_s)
      return;
  if (tally->times_count == PIPELINE_TIMES_MAX
      || sf_mem_grow ((void **) &tally->times_s, &tally->times_capacity, tally->times_count + 1, sizeof valid_s) != 0)
    return;
  tally->times_s[tally->times_count++] = valid_s;
}

static enum sf_code
store_record (struct place *place, const struct slot *slot, const struct sf_cage_result *result, size_t index,
              struct sf_error *err)
{
  struct pipe_feed *owner = place->owner;
  struct sf_pipeline *pipeline = owner->pipeline;
  struct sf_record record = result->records[index];
  struct sf_store_origin origin = { .message_id = slot->id, .sha256 = slot->sha256, .place = (uint32_t) index };
  SF_TRY (
      sf_quality_check_record (pipeline->control, &pipeline->scratch, owner->feed, &record, &owner->tally.counts, err));
  SF_TRY (sf_store_put (pipeline->setup.store, &record, &origin, NULL, err));
  owner->tally.records++;
  if (record.valid_s != SF_TIME_MISSING)
    note_time (&owner->tally, record.valid_s);
  return SF_OK;
}

static bool
store_records (struct place *place, const struct slot *slot, const struct sf_cage_result *result)
{
  for (size_t i = 0; i < result->records_count; i++)
    {
      struct sf_error why = { 0 };
      enum sf_code code = store_record (place, slot, result, i, &why);
      if (code != SF_OK && !is_about_record (code))
        {
          sf_error_prefix (&why, code, "%s", place->owner->name);
          lose (place, slot->id, code, why.message);
          return false;
        }
      struct sf_verdict verdict = { .message_id = slot->id,
                                    .kind = SF_VERDICT_PIECE,
                                    .line = (long) result->records[i].source_line,
                                    .reason = why.message };
      if (code != SF_OK)
        add_verdict (place, &verdict, 0);
      sf_arena_reset (&place->owner->pipeline->scratch);
    }
  return true;
}

/* A message that is suspected has a batch of its own, so that what goes wrong with that is its doing. */
static bool
has_room_of_its_own (const struct pipe_feed *feed, int64_t id)
{
  struct sf_pipeline *pipeline = feed->pipeline;
  if (!sf_pipe_feed_is_careful (feed, id) || !pipeline->is_dirty)
    return true;
  return pipeline->now_ms >= pipeline->retry_ms && sf_pipeline_commit (pipeline, pipeline->now_s, NULL) == SF_OK;
}

/* At once when the batch is full: the outcomes of many large messages may come in one turn. What goes wrong stands in the
   pipeline. */
static void
commit_if_due (const struct pipe_feed *feed, int64_t id)
{
  struct sf_pipeline *pipeline = feed->pipeline;
  if (pipeline->lost.code == SF_OK && pipeline->now_ms >= pipeline->retry_ms
      && (sf_pipe_is_full (pipeline) || sf_pipe_feed_is_careful (feed, id)))
    sf_pipeline_commit (pipeline, pipeline->now_s, NULL);
}

/* Whether the outcome says nothing of the message, which is decoded again later. */
static bool
is_no_outcome (struct pipe_feed *feed, const struct sf_cage_result *result)
{
  if (result->poison || (result->code != SF_EPLUGIN && result->code != SF_ENOMEM))
    return false;
  if (result->code == SF_ENOMEM)
    sf_pipe_feed_blame (feed, result->message_id, result->reason ? result->reason : "out of memory");
  else
    sf_pipe_feed_hold (feed);
  return true;
}

void
sf_pipe_done (void *ctx, const struct sf_feed *feed, const struct sf_cage_result *result)
{
  struct sf_pipeline *pipeline = ctx;
  struct place *place = place_of (feed);
  const struct slot *slot = sf_pipe_feed_slot (place->owner, result->message_id);
  pipeline->moved++;
  if (!slot || place->owner->is_rewinding)
    return;
  if (pipeline->lost.code != SF_OK)
    {
      place->owner->is_rewinding = true; /* the outcome is lost with the batch: the message is read again */
      return;
    }
  if (is_no_outcome (place->owner, result))
    return;
  if (place->owner->held_ms > 0)
    sf_pipe_trouble (pipeline, feed, "decoder_does_not_open", NULL);
  place->owner->held_ms = 0;
  if (!has_room_of_its_own (place->owner, result->message_id))
    {
      place->owner->is_rewinding = true;
      return;
    }
  set_dirty (pipeline);
  replace_verdicts (pipeline, result->message_id);
  if (!store_records (place, slot, result))
    return;
  refuse_pieces (place, result);
  if (result->poison)
    refuse_message (place, result->message_id, SF_VERDICT_POISON, result->reason);
  else if (result->code != SF_OK)
    refuse_message (place, result->message_id, SF_VERDICT_MESSAGE, result->reason);
  sf_pipe_feed_settle (place->owner, result->message_id);
  commit_if_due (place->owner, result->message_id);
}

void
sf_pipe_refuse (struct place *place, int64_t id, enum sf_verdict_kind kind, const char *reason)
{
  set_dirty (place->owner->pipeline);
  replace_verdicts (place->owner->pipeline, id);
  refuse_message (place, id, kind, reason);
  sf_pipe_feed_settle (place->owner, id);
}

void
sf_pipe_skip (struct place *place, int64_t id)
{
  set_dirty (place->owner->pipeline);
  sf_pipe_feed_settle (place->owner, id);
}

static void
tell_trouble (const struct sf_pipeline *pipeline, const char *feed, const char *name, const char *text)
{
  if (text)
    sf_log_write (pipeline->log, SF_LOG_WARNING, feed, "%s: %s", name, text);
  if (pipeline->setup.health)
    sf_health_alarm (pipeline->setup.health, feed, name, text, pipeline->now_s);
}

void
sf_pipe_trouble (void *ctx, const struct sf_feed *feed, const char *name, const char *text)
{
  tell_trouble (ctx, feed->name, name, text);
}

void
sf_pipe_trouble_of (const struct pipe_feed *feed, const char *name, const char *text)
{
  tell_trouble (feed->pipeline, feed->name, name, text);
}

/* --- the board --- */

/* A message of which all pieces were refused is refused, too: that is no loss more. */
static bool
is_told (const struct sf_pipeline *pipeline, size_t index)
{
  const struct sf_verdict *verdict = &pipeline->verdicts[index].verdict;
  const struct sf_verdict *before = index > 0 ? &pipeline->verdicts[index - 1].verdict : NULL;
  return verdict->kind == SF_VERDICT_MESSAGE && before && before->kind == SF_VERDICT_PIECE
         && before->message_id == verdict->message_id;
}

static void
tell_verdicts (const struct sf_pipeline *pipeline)
{
  struct sf_health *health = pipeline->setup.health;
  for (size_t i = 0; i < pipeline->verdicts_count; i++)
    {
      const struct pending_verdict *pending = &pipeline->verdicts[i];
      if (pending->verdict.kind == SF_VERDICT_POISON)
        sf_health_poison (health, pending->feed, pending->verdict.reason);
      else if (!is_told (pipeline, i))
        sf_health_reject (health, pending->feed, pending->verdict.reason, 1);
      if (pending->more > 0)
        sf_health_reject (health, pending->feed, "more pieces of a message than are listed", pending->more);
    }
}

static void
tell_feed (const struct pipe_feed *feed)
{
  const struct sf_pipeline *pipeline = feed->pipeline;
  const struct tally *tally = &feed->tally;
  struct sf_health *health = pipeline->setup.health;
  if (tally->messages > 0)
    sf_health_records (health, feed->name, tally->records, tally->newest_valid_s, &tally->counts);
  for (size_t i = 0; i < tally->times_count; i++)
    sf_health_stored (health, feed->name, tally->times_s[i], pipeline->now_s);
  if (tally->newest_valid_s != SF_TIME_MISSING)
    sf_health_stored (health, feed->name, tally->newest_valid_s, pipeline->now_s);
}

void
sf_pipe_reset_tally (struct pipe_feed *feed)
{
  struct tally *tally = &feed->tally;
  *tally = (struct tally){ .newest_valid_s = SF_TIME_MISSING,
                           .times_s = tally->times_s,
                           .times_capacity = tally->times_capacity };
}

void
sf_pipe_tell (struct sf_pipeline *pipeline)
{
  if (pipeline->setup.health)
    tell_verdicts (pipeline);
  for (size_t i = 0; i < pipeline->feeds_count; i++)
    {
      if (pipeline->setup.health)
        tell_feed (pipeline->feeds[i]);
      sf_pipe_reset_tally (pipeline->feeds[i]);
    }
  sf_pipe_forget (pipeline);
}

void
sf_pipe_forget (struct sf_pipeline *pipeline)
{
  pipeline->verdicts_count = pipeline->verdicts_bytes = pipeline->verdicts_given = 0;
  pipeline->cleared_count = pipeline->cleared_given = 0;
  pipeline->is_dirty = false;
  sf_arena_reset (&pipeline->arena);
}
