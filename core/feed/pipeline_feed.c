/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/pipeline_private.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum
{
  SOURCE_BYTES = 400 /* of one that is no text in any charset */
};

static enum sf_code
no_memory (const char *feed, struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "%s: out of memory in the pipeline", feed);
}

struct pipe_feed *
sf_pipe_feed_find (const struct sf_pipeline *pipeline, const char *name)
{
  for (size_t i = 0; i < pipeline->feeds_count; i++)
    if (strcmp (pipeline->feeds[i]->name, name) == 0)
      return pipeline->feeds[i];
  return NULL;
}

/* With another journal than the store was made of, its messages would count as applied before they are read. */
static enum sf_code
find_applied (struct sf_pipeline *pipeline, const char *name, int64_t *ret_applied, struct sf_error *err)
{
  int64_t highest = 0;
  SF_TRY (sf_store_applied (pipeline->setup.store, name, ret_applied, err));
  SF_TRY (sf_journal_highest (pipeline->setup.journal, &highest, err));
  if (*ret_applied <= highest)
    return SF_OK;
  return sf_fail (
      err, SF_ECONFLICT,
      "%s: the store has applied message %lld, and the journal has given %lld numbers: it is not the journal "
      "that this store was made of; move the store away, and it is made anew",
      name, (long long) *ret_applied, (long long) highest);
}

enum sf_code
sf_pipe_feed_add (struct sf_pipeline *pipeline, const struct sf_feed *feed, struct sf_error *err)
{
  struct pipe_feed *added = sf_mem_calloc (1, sizeof *added);
  if (!added
      || sf_mem_grow ((void **) &pipeline->feeds, &pipeline->feeds_capacity, pipeline->feeds_count + 1, sizeof added)
             != 0)
    {
      sf_mem_free (added);
      return no_memory (feed->name, err);
    }
  *added = (struct pipe_feed){ .pipeline = pipeline,
                               .name = sf_mem_strdup (feed->name),
                               .feed = feed,
                               .tally = { .newest_valid_s = SF_TIME_MISSING } };
  enum sf_code code
      = added->name ? find_applied (pipeline, feed->name, &added->applied, err) : no_memory (feed->name, err);
  if (code != SF_OK)
    {
      sf_pipe_feed_free (added);
      return code;
    }
  added->read = added->applied_next = added->applied;
  pipeline->feeds[pipeline->feeds_count++] = added;
  return SF_OK;
}

static void
free_places (struct pipe_feed *feed)
{
  while (feed->places)
    {
      struct place *place = feed->places;
      feed->places = place->next;
      if (place->cage && feed->pipeline->cages)
        sf_cages_remove (feed->pipeline->cages, place->cage);
      sf_mem_free (place);
    }
  sf_arena_finish (&feed->arena);
}

void
sf_pipe_feed_free (struct pipe_feed *feed)
{
  if (!feed)
    return;
  free_places (feed);
  sf_mem_free (feed->tally.times_s);
  sf_mem_free (feed->slots);
  sf_mem_free (feed->name);
  sf_mem_free (feed);
}

/* --- places --- */

/* A decoder that is not the feed's own has the settings that it has by itself. */
static enum sf_code
take_other_decoder (struct place *place, struct sf_error *err)
{
  static const struct sf_option none[] = { { .name = NULL } };
  struct sf_instance decoder = { .name = place->owner->name };
  SF_TRY (sf_plugin_host_find (place->owner->pipeline->setup.plugins, SF_PLUGIN_DECODER, place->decoder,
                               &decoder.plugin, err));
  SF_TRY (sf_settings_parse (&place->owner->arena, decoder.plugin->options ? decoder.plugin->options : none, NULL, NULL,
                             &decoder.settings, err));
  place->feed.decoder = decoder;
  return sf_settings_check_required (decoder.settings, place->decoder, err);
}

static enum sf_code
open_place (struct place *place, struct sf_error *err)
{
  struct sf_pipeline *pipeline = place->owner->pipeline;
  struct sf_key build;
  if (strcmp (place->feed.decoder.plugin->name, place->decoder) != 0)
    SF_TRY (take_other_decoder (place, err));
  SF_TRY (sf_plugin_host_build (pipeline->setup.plugins, place->feed.decoder.plugin, &build, err));
  sf_key_format (&build, place->build);
  if (pipeline->setup.in_process)
    place->feed.isolation = SF_ISOLATION_IN_PROCESS;
  return sf_cages_add (pipeline->cages, &place->feed, &place->cage, err);
}

static struct place *
new_place (struct pipe_feed *feed, const char *decoder)
{
  struct place *place = sf_mem_calloc (1, sizeof *place);
  if (place)
    *place = (struct place){ .feed = *feed->feed, .owner = feed, .decoder = sf_arena_strdup (&feed->arena, decoder) };
  if (place && !place->decoder)
    {
      sf_mem_free (place);
      place = NULL;
    }
  return place;
}

/* The place of a decoder, made when it is first asked for. What is wrong with it for good stands in its refusal. */
static enum sf_code
find_place (struct pipe_feed *feed, const char *decoder, struct place **ret_place, struct sf_error *err)
{
  struct place *place = feed->places;
  while (place && strcmp (place->decoder, decoder) != 0)
    place = place->next;
  if (!place)
    {
      place = new_place (feed, decoder);
      if (!place)
        return no_memory (feed->name, err);
      enum sf_code code = open_place (place, &place->refusal);
      if (code == SF_ENOMEM || code == SF_EIO || code == SF_EBUSY)
        {
          sf_fail (err, code, "%s: %s", feed->name, place->refusal.message);
          sf_mem_free (place);
          return code;
        }
      place->next = feed->places;
      feed->places = place;
    }
  *ret_place = place;
  return SF_OK;
}

/* --- slots --- */

static struct slot *
slot_at (const struct pipe_feed *feed, size_t index)
{
  return &feed->slots[(feed->slots_first + index) % PIPELINE_WAITING_MAX];
}

const struct slot *
sf_pipe_feed_slot (const struct pipe_feed *feed, int64_t id)
{
  size_t low = 0, high = feed->slots_count;
  while (low < high)
    {
      size_t middle = low + (high - low) / 2;
      if (slot_at (feed, middle)->id < id)
        low = middle + 1;
      else
        high = middle;
    }
  return low < feed->slots_count && slot_at (feed, low)->id == id ? slot_at (feed, low) : NULL;
}

void
sf_pipe_feed_settle (struct pipe_feed *feed, int64_t id)
{
  struct slot *slot = (struct slot *) sf_pipe_feed_slot (feed, id);
  if (slot)
    slot->has_outcome = true;
  while (feed->slots_count > 0 && slot_at (feed, 0)->has_outcome)
    {
      feed->applied_next = slot_at (feed, 0)->id;
      feed->slots_first = (feed->slots_first + 1) % PIPELINE_WAITING_MAX;
      feed->slots_count--;
      feed->tally.messages++;
    }
}

static void
add_slot (struct pipe_feed *feed, const struct sf_journal_entry *entry)
{
  *slot_at (feed, feed->slots_count++) = (struct slot){ .id = entry->id, .sha256 = entry->sha256 };
}

static void
move_on (struct pipe_feed *feed, int64_t id)
{
  feed->pipeline->moved++;
  feed->read = id;
  if (feed->unread > 0)
    feed->unread--;
}

/* --- reading --- */

/* What a transport calls its source may be any bytes, and stands in records, which are text. */
static enum sf_code
read_source (struct sf_arena *arena, const char *source, const char **ret_source, struct sf_error *err)
{
  char *text = NULL;
  size_t length = source ? strlen (source) : 0;
  if (!source || sf_text_is_utf8 ((const uint8_t *) source, length))
    {
      *ret_source = source;
      return SF_OK;
    }
  if (sf_text_to_utf8 (arena, (const uint8_t *) source, length, "auto", &text, &length, NULL) != SF_OK)
    {
      struct sf_strbuf shown = { 0 };
      sf_strbuf_add_excerpt (&shown, source, length, SOURCE_BYTES);
      text = shown.failed ? NULL : sf_arena_strdup (arena, shown.text);
      sf_strbuf_finish (&shown);
    }
  *ret_source = text;
  return text ? SF_OK : sf_fail (err, SF_ENOMEM, "out of memory for the source of a message");
}

/* Borrows from the entry and, until it is reset, the pipeline's scratch arena. */
static enum sf_code
message_of (const struct pipe_feed *feed, const struct sf_journal_entry *entry, struct sf_message *ret_message,
            struct sf_error *err)
{
  struct sf_message message = { .feed = feed->name,
                                .identity = entry->identity,
                                .bytes = entry->bytes,
                                .length = entry->length,
                                .received_s = entry->received_s };
  sf_arena_reset (&feed->pipeline->scratch);
  SF_TRY (read_source (&feed->pipeline->scratch, entry->source, &message.source, err));
  *ret_message = message;
  return SF_OK;
}

/* What a message is not given to a decoder for; NULL: nothing. */
static const char *
refusal_of (const struct place *place, const struct sf_journal_entry *entry)
{
  if (entry->damaged)
    return "the journal's checksum does not hold: it is not what was received";
  return place->refusal.code != SF_OK ? place->refusal.message : NULL;
}

static bool
is_given_up (const struct pipe_feed *feed, int64_t id)
{
  return feed->suspect_id == id && feed->tries >= PIPELINE_TRIES_MAX;
}

/* A replay must not leave out what live operation stored. */
static enum sf_code
give_up (struct place *place, int64_t id, struct sf_error *err)
{
  static const char WHY[] = "memory was out each time it was decoded and stored";
  const struct pipe_feed *feed = place->owner;
  if (!feed->pipeline->setup.keep_verdicts)
    return sf_fail (err, SF_ENOMEM, "message %lld: %s", (long long) id, WHY);
  sf_pipe_refuse (place, id, SF_VERDICT_POISON, WHY);
  return SF_OK;
}

/* Whether reading stops here for now, though a worker would take more. */
static bool
is_to_pause (const struct pipe_feed *feed, int64_t id)
{
  bool alone = sf_pipe_feed_is_careful (feed, id) && (feed->slots_count > 0 || feed->applied_next > feed->applied);
  return feed->has_left || alone || sf_pipe_is_full (feed->pipeline) || sf_time_steady_ms () > feed->until_ms;
}

static enum sf_code
hand_over (void *ctx, const struct sf_journal_entry *entry, struct sf_error *err)
{
  struct pipe_feed *feed = ctx;
  struct sf_pipeline *pipeline = feed->pipeline;
  struct place *place = NULL;
  bool poison = false;
  if (feed->slots_count == PIPELINE_WAITING_MAX)
    return SF_EBUSY;
  feed->is_paused = is_to_pause (feed, entry->id);
  if (feed->is_paused)
    return SF_EBUSY;
  SF_TRY (find_place (feed, entry->damaged ? feed->feed->decoder.plugin->name : entry->decoder, &place, err));
  const char *refusal = refusal_of (place, entry);
  bool gives_up = is_given_up (feed, entry->id);
  /* Messages that were there before this pipeline may have been judged before. */
  if (!refusal && entry->id <= pipeline->known_before)
    SF_TRY (sf_journal_is_poison (pipeline->setup.journal, entry->id, place->build, &poison, err));
  struct sf_message message;
  SF_TRY (message_of (feed, entry, &message, err));
  add_slot (feed, entry); /* before it is handed over: an outcome may come at once */
  enum sf_code code = refusal || poison ? SF_OK
                      : gives_up        ? give_up (place, entry->id, err)
                                        : sf_cage_give (place->cage, &message, entry->id, err);
  if (code != SF_OK)
    {
      feed->slots_count--;
      return code;
    }
  move_on (feed, entry->id);
  /* From the first one on: reading a large one takes longer by itself, and would be begun anew for ever. */
  if (feed->until_ms == INT64_MAX)
    feed->until_ms = sf_time_steady_ms () + PIPELINE_FEED_MS;
  if (refusal)
    sf_pipe_refuse (place, entry->id, SF_VERDICT_MESSAGE, refusal);
  else if (poison)
    sf_pipe_skip (place, entry->id);
  return SF_OK;
}

bool
sf_pipe_feed_can_read (const struct pipe_feed *feed)
{
  return !feed->is_read && !feed->is_blocked && !feed->is_changing && !feed->is_rewinding && !feed->has_left
         && feed->pipeline->now_ms >= feed->retry_ms && feed->slots_count < PIPELINE_WAITING_MAX;
}

static enum sf_code
read_on (struct pipe_feed *feed, struct sf_error *err)
{
  const struct sf_pipeline_setup *setup = &feed->pipeline->setup;
  struct sf_journal_range range = feed->pipeline->range;
  struct sf_error why = { 0 };
  int64_t last = 0;
  if (!feed->slots && !(feed->slots = sf_mem_calloc (PIPELINE_WAITING_MAX, sizeof *feed->slots)))
    return no_memory (feed->name, err);
  SF_TRY (sf_journal_last (setup->journal, feed->name, &last, err));
  range.feed = feed->name;
  range.after_id = feed->read > range.after_id ? feed->read : range.after_id;
  feed->is_paused = false;
  feed->until_ms = INT64_MAX;
  enum sf_code code = last > feed->read ? sf_journal_read (setup->journal, &range, hand_over, feed, &why) : SF_OK;
  feed->seen = last;
  feed->is_read = code == SF_OK;
  feed->is_blocked = code == SF_EBUSY && !feed->is_paused;
  if (feed->is_read)
    feed->unread = 0;
  return code == SF_OK || code == SF_EBUSY ? SF_OK : sf_fail (err, code, "%s: %s", feed->name, why.message);
}

/* Give up what was handed over and begin again at what is committed. */
static void
end_rewind (struct pipe_feed *feed)
{
  free_places (feed);
  feed->slots_first = feed->slots_count = 0;
  feed->read = feed->applied_next = feed->applied;
  sf_pipe_reset_tally (feed);
  feed->is_rewinding = feed->is_read = false;
}

static size_t
count_waiting (const struct pipe_feed *feed)
{
  size_t waiting = 0;
  for (const struct place *place = feed->places; place; place = place->next)
    waiting += place->cage ? sf_cage_waiting (place->cage) : 0;
  return waiting;
}

/* One that goes has no feed any more: the pipeline takes it off. */
static void
end_change (struct pipe_feed *feed)
{
  free_places (feed);
  sf_pipe_trouble_of (feed, "look_back", NULL); /* of the decoder that it had */
  sf_pipe_trouble_of (feed, "decoder_does_not_open", NULL);
  feed->held_ms = 0;
  feed->feed = feed->next;
  feed->is_changing = feed->next == NULL;
  feed->next = NULL;
  feed->retry_ms = 0;
  feed->is_read = false;
}

/* One that cannot go on waits, each time twice as long, under an alarm of its own. */
static void
tell_failure (struct pipe_feed *feed, const char *text)
{
  struct sf_pipeline *pipeline = feed->pipeline;
  if (pipeline->setup.health && (text || feed->patience_ms > 0))
    sf_health_alarm (pipeline->setup.health, feed->name, "decoding_failed", text, pipeline->now_s);
  feed->patience_ms = text ? sf_pipe_patience_ms (feed->patience_ms, PIPELINE_RETRY_MAX_MS) : 0;
  feed->retry_ms = pipeline->now_ms + feed->patience_ms;
}

void
sf_pipe_feed_hold (struct pipe_feed *feed)
{
  feed->held_ms = sf_pipe_patience_ms (feed->held_ms, PIPELINE_HELD_MAX_MS);
  feed->retry_ms = feed->pipeline->now_ms + feed->held_ms;
  feed->is_rewinding = true;
}

void
sf_pipe_feed_blame (struct pipe_feed *feed, int64_t id, const char *why)
{
  char text[sizeof ((struct sf_error *) NULL)->message + 64];
  if (id == 0 || id != feed->suspect_id)
    feed->tries = 0;
  feed->suspect_id = id;
  feed->tries++;
  feed->careful_id = id > 0 ? id : feed->read;
  snprintf (text, sizeof text, "message %lld%s waits, tried %d times of %d: %s", (long long) feed->careful_id,
            id > 0 ? "" : " or one before it", feed->tries, (int) PIPELINE_TRIES_MAX, why);
  sf_pipe_trouble_of (feed, "memory_out", text);
  feed->memory_ms = sf_pipe_patience_ms (feed->memory_ms, PIPELINE_HELD_MAX_MS);
  feed->retry_ms = feed->pipeline->now_ms + feed->memory_ms;
  feed->is_rewinding = true;
}

bool
sf_pipe_feed_is_careful (const struct pipe_feed *feed, int64_t id)
{
  return id <= feed->careful_id;
}

bool
sf_pipe_feed_is_in_batch (const struct pipe_feed *feed)
{
  bool has_outcome = false;
  for (size_t i = 0; i < feed->slots_count && !has_outcome; i++)
    has_outcome = slot_at (feed, i)->has_outcome;
  return has_outcome || feed->has_left || feed->applied_next > feed->applied;
}

void
sf_pipe_feed_trust (struct pipe_feed *feed)
{
  if (feed->careful_id == 0 || feed->applied < feed->careful_id)
    return;
  feed->careful_id = feed->suspect_id = 0;
  feed->tries = 0;
  feed->memory_ms = 0;
  sf_pipe_trouble_of (feed, "memory_out", NULL);
}

enum sf_code
sf_pipe_feed_turn (struct pipe_feed *feed, struct sf_error *err)
{
  struct sf_error why = { 0 };
  feed->is_blocked = false;
  /* What it did is committed first, lest it be done again by another definition. */
  if ((feed->is_rewinding || feed->is_changing) && count_waiting (feed) == 0 && feed->applied_next == feed->applied)
    {
      if (feed->is_rewinding)
        end_rewind (feed);
      if (feed->is_changing)
        end_change (feed);
    }
  if (!sf_pipe_feed_can_read (feed))
    return SF_OK;
  enum sf_code code = read_on (feed, &why);
  tell_failure (feed, code == SF_OK ? NULL : why.message);
  return code == SF_OK ? SF_OK : sf_fail (err, code, "%s", why.message);
}

bool
sf_pipe_feed_is_idle (const struct pipe_feed *feed)
{
  return feed->is_read && feed->slots_count == 0 && !feed->is_changing && !feed->is_rewinding;
}

/* --- what a worker that starts needs to know --- */

struct looking_back
{
  struct place *place;
  int64_t before_id;
};

static enum sf_code
find_received (void *ctx, const struct sf_journal_entry *entry, struct sf_error *err)
{
  (void) err;
  *(int64_t *) ctx = entry->received_s;
  return SF_OK;
}

static enum sf_code
give_back (void *ctx, const struct sf_journal_entry *entry, struct sf_error *err)
{
  const struct looking_back *looking = ctx;
  struct place *place = looking->place;
  bool poison = false;
  if (entry->id >= looking->before_id)
    return SF_ECANCELLED;
  if (entry->damaged || strcmp (entry->decoder, place->decoder) != 0)
    return SF_OK;
  SF_TRY (sf_pipe_is_poison (place, entry->id, &poison, err));
  struct sf_message message;
  SF_TRY (message_of (place->owner, entry, &message, err));
  return poison ? SF_OK : sf_cage_give_back (place->cage, &message, entry->id, err);
}

enum sf_code
sf_pipe_look_back (void *ctx, const struct sf_feed *feed, int64_t before_id, int64_t look_back_s, struct sf_error *err)
{
  struct sf_pipeline *pipeline = ctx;
  struct place *place = (struct place *) ((char *) feed - offsetof (struct place, feed));
  struct looking_back looking = { .place = place, .before_id = before_id };
  struct sf_journal_range one
      = { .feed = place->owner->name, .after_id = before_id - 1, .from_s = SF_TIME_MISSING, .to_s = SF_TIME_MISSING };
  int64_t received_s = SF_TIME_MISSING;
  one.limit = 1;
  SF_TRY (sf_journal_read (pipeline->setup.journal, &one, find_received, &received_s, err));
  if (received_s == SF_TIME_MISSING)
    return SF_OK;
  struct sf_journal_range range
      = { .feed = place->owner->name, .from_s = received_s - look_back_s, .to_s = SF_TIME_MISSING };
  enum sf_code code = sf_journal_read (pipeline->setup.journal, &range, give_back, &looking, err);
  if (code != SF_OK && code != SF_ECANCELLED)
    return code;
  sf_pipe_trouble_of (place->owner, "look_back", NULL); /* the cage raised it when this failed */
  return SF_OK;
}
