/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/intake_private.h"

#include <string.h>

static enum sf_code
no_memory (struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "out of memory for messages that wait for their commit");
}

static size_t
bytes_max (const struct sf_intake *intake)
{
  return intake->setup.batch_bytes ? intake->setup.batch_bytes : INTAKE_BATCH_BYTES;
}

bool
sf_batch_is_full (const struct sf_intake *intake)
{
  return intake->batch.is_refusing || intake->batch.bytes >= bytes_max (intake);
}

static size_t
text_bytes (const char *text)
{
  return text ? strlen (text) + 1 : 0;
}

/* Room for one more; of a batch that is empty, whatever its size. */
static struct item *
add_item (struct sf_intake *intake, size_t bytes, struct sf_error *err)
{
  struct batch *batch = &intake->batch;
  bytes += sizeof *batch->items;
  if (batch->count > 0 && batch->bytes + bytes > bytes_max (intake))
    {
      batch->is_refusing = true;
      sf_fail (err, SF_EBUSY, "%zu bytes wait for their commit already", batch->bytes);
      return NULL;
    }
  if (sf_mem_grow ((void **) &batch->items, &batch->capacity, batch->count + 1, sizeof *batch->items) != 0)
    {
      no_memory (err);
      return NULL;
    }
  batch->bytes += bytes;
  batch->items[batch->count] = (struct item){ 0 };
  return &batch->items[batch->count];
}

/* Keep the item that add_item made room for; with memory out, it was never there. */
static enum sf_code
keep_item (struct sf_intake *intake, size_t bytes, struct sf_error *err)
{
  struct batch *batch = &intake->batch;
  if (batch->arena.failed)
    {
      batch->arena.failed = 0;
      batch->bytes -= bytes + sizeof *batch->items;
      return no_memory (err);
    }
  if (batch->count++ == 0)
    batch->since_ms = intake->now_ms;
  return SF_OK;
}

static const char *
copy_text (struct sf_arena *arena, const char *text)
{
  return text ? sf_arena_strdup (arena, text) : NULL;
}

enum sf_code
sf_batch_add_message (struct source *source, const struct sf_message *message, struct sf_error *err)
{
  struct sf_intake *intake = source->intake;
  struct sf_arena *arena = &intake->batch.arena;
  if (message->length > INTAKE_MESSAGE_BYTES_MAX || (!message->bytes && message->length > 0))
    return sf_fail (err, SF_ERANGE, "%s: a message of %zu bytes is not taken; the most are %d", source->feed->name,
                    message->length, INTAKE_MESSAGE_BYTES_MAX);
  size_t bytes = message->length + text_bytes (message->source) + text_bytes (message->identity)
                 + text_bytes (source->feed->name) + text_bytes (source->feed->decoder.plugin->name);
  struct item *item = add_item (intake, bytes, err);
  if (!item)
    return err && err->code != SF_OK ? err->code : SF_EBUSY;
  uint8_t *copy = sf_arena_alloc (arena, message->length + 1);
  if (copy && message->length > 0)
    memcpy (copy, message->bytes, message->length);
  *item = (struct item){ .kind = ITEM_MESSAGE,
                         .source = source,
                         .number = source->taken + 1,
                         .decoder = copy_text (arena, source->feed->decoder.plugin->name),
                         .message = { .feed = copy_text (arena, source->feed->name),
                                      .source = copy_text (arena, message->source ? message->source : ""),
                                      .identity = copy_text (arena, message->identity),
                                      .bytes = copy,
                                      .length = message->length,
                                      .received_s = message->received_s != SF_TIME_MISSING ? message->received_s
                                                                                           : intake->now_s } };
  SF_TRY (keep_item (intake, bytes, err));
  source->taken++;
  return SF_OK;
}

enum sf_code
sf_batch_add_memory (struct source *source, const char *key, const char *value, struct sf_error *err)
{
  struct sf_intake *intake = source->intake;
  struct sf_arena *arena = &intake->batch.arena;
  size_t bytes = text_bytes (key) + text_bytes (value) + text_bytes (source->feed->name);
  struct item *item = add_item (intake, bytes, err);
  if (!item)
    return err && err->code != SF_OK ? err->code : SF_EBUSY;
  *item = (struct item){ .kind = ITEM_MEMORY,
                         .source = source,
                         .feed = copy_text (arena, source->feed->name),
                         .key = copy_text (arena, key),
                         .value = copy_text (arena, value) };
  return keep_item (intake, bytes, err);
}

bool
sf_batch_find_memory (const struct batch *batch, const char *feed, const char *key, const char **ret_value)
{
  for (size_t i = batch->count; i-- > 0;)
    {
      const struct item *item = &batch->items[i];
      if (item->kind != ITEM_MEMORY || strcmp (item->feed, feed) != 0 || strcmp (item->key, key) != 0)
        continue;
      *ret_value = item->value;
      return true;
    }
  return false;
}

void
sf_batch_forget_source (struct batch *batch, const struct source *source)
{
  for (size_t i = 0; i < batch->count; i++)
    if (batch->items[i].source == source)
      batch->items[i].source = NULL;
}

/* --- commit --- */

int64_t
sf_batch_due_ms (const struct sf_intake *intake)
{
  const struct batch *batch = &intake->batch;
  if (batch->count == 0)
    return INT64_MAX;
  if (intake->patience_ms > 0)
    return intake->retry_ms;
  int64_t commit_ms = intake->setup.commit_ms ? intake->setup.commit_ms : INTAKE_COMMIT_MS;
  return batch->is_refusing || batch->bytes >= bytes_max (intake) / 2 ? 0 : batch->since_ms + commit_ms;
}

static enum sf_code
append_all (struct sf_intake *intake, struct sf_error *err)
{
  for (size_t i = 0; i < intake->batch.count; i++)
    {
      struct item *item = &intake->batch.items[i];
      if (item->kind == ITEM_MESSAGE)
        SF_TRY (sf_journal_append (intake->journal, &item->message, item->decoder, &item->id, err));
      else
        SF_TRY (sf_journal_remember (intake->journal, item->feed, item->key, item->value, err));
    }
  return sf_journal_commit (intake->journal, err);
}

static void
raise_alarm (struct sf_intake *intake, const char *name, const char *text)
{
  if (intake->alarm && (!name || strcmp (name, intake->alarm) != 0))
    sf_intake_alarm (intake, intake->alarm, NULL);
  if (name)
    sf_intake_alarm (intake, name, text);
  intake->alarm = name;
}

static void
back_off (struct sf_intake *intake, enum sf_code code, const char *text)
{
  if (intake->patience_ms == 0)
    sf_log_write (intake->log, SF_LOG_ERROR, "intake",
                  "%zu messages cannot be held and are not acknowledged; they are tried again until it works: %s",
                  intake->batch.count, text);
  int64_t patience_ms = intake->patience_ms > 0 ? intake->patience_ms * 2 : INTAKE_RETRY_MS;
  intake->patience_ms = patience_ms < INTAKE_RETRY_MAX_MS ? patience_ms : INTAKE_RETRY_MAX_MS;
  intake->retry_ms = intake->now_ms + intake->patience_ms;
  raise_alarm (intake, code == SF_EFULL ? "disk_full" : "journal_failed", text);
}

/* Tell the board and the pipeline of a message that is held. */
static void
tell_item (struct sf_intake *intake, const struct item *item)
{
  struct sf_key key = { { 0 } };
  sf_key_of_bytes (item->message.bytes, item->message.length, &key, NULL);
  sf_health_message (intake->health, item->message.feed, intake->now_s, &key, item->message.length, item->id == 0);
  if (item->id != 0)
    sf_pipeline_arrived (intake->pipeline, item->message.feed, 1);
  if (item->source)
    item->source->held = item->number;
}

enum sf_code
sf_batch_commit (struct sf_intake *intake, struct sf_error *err)
{
  struct batch *batch = &intake->batch;
  struct sf_error why = { 0 };
  if (batch->count == 0)
    return SF_OK;
  enum sf_code code = append_all (intake, &why);
  if (code != SF_OK)
    {
      sf_journal_rollback (intake->journal);
      back_off (intake, code, why.message);
      return sf_fail (err, code, "%s", why.message);
    }
  if (intake->patience_ms > 0)
    sf_log_write (intake->log, SF_LOG_INFO, "intake", "messages are held again");
  intake->patience_ms = intake->retry_ms = 0;
  raise_alarm (intake, NULL, NULL);
  for (size_t i = 0; i < batch->count; i++)
    if (batch->items[i].kind == ITEM_MESSAGE)
      tell_item (intake, &batch->items[i]);
  /* Emptied first: a transport may remember something more while it is told. */
  batch->count = batch->bytes = 0;
  batch->is_refusing = false;
  sf_arena_reset (&batch->arena);
  for (size_t i = 0; i < intake->sources_count; i++)
    sf_source_acknowledge (intake->sources[i], intake->sources[i]->held);
  return SF_OK;
}
