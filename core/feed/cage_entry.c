/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/cage_private.h"

#include <string.h>

/* Messages that wait for their outcome, and what goes back to who gave them. */

enum
{
  LOOK_BACK_QUEUES = 4 /* bytes that may be fed back, in queue_bytes */
};

void
sf_cage_drop_entry (struct sf_cage *cage, struct sf_cage_entry *entry)
{
  *(entry->previous ? &entry->previous->next : &cage->first) = entry->next;
  *(entry->next ? &entry->next->previous : &cage->last) = entry->previous;
  if (cage->unsent == entry)
    {
      cage->unsent = entry->next;
      cage->unsent_at = 0;
    }
  if (!entry->look_back)
    {
      entry->feed->waiting--;
      entry->feed->waiting_bytes -= entry->length;
    }
  sf_mem_free (entry);
}

/* Put an entry before another, or at the end. */
static void
insert_entry (struct sf_cage *cage, struct sf_cage_entry *entry, struct sf_cage_entry *before)
{
  entry->next = before;
  entry->previous = before ? before->previous : cage->last;
  *(entry->previous ? &entry->previous->next : &cage->first) = entry;
  *(before ? &before->previous : &cage->last) = entry;
  if (cage->unsent == before)
    cage->unsent = entry;
}

static enum sf_code
new_entry (struct sf_cage_feed *feed, const struct sf_message *message, int64_t message_id, bool look_back,
           struct sf_cage_entry **ret_entry, struct sf_error *err)
{
  struct sf_strbuf head = { 0 };
  sf_cage_put_message_head (&head, message, look_back ? SF_CAGE_LOOK_BACK : 0);
  size_t length = head.length + message->length;
  struct sf_cage_entry *entry = head.failed ? NULL : sf_mem_alloc (sizeof *entry + length);
  if (entry)
    {
      *entry = (struct sf_cage_entry){ .feed = feed, .id = message_id, .look_back = look_back, .length = length };
      memcpy (entry->frame, head.text, head.length);
      if (message->length)
        memcpy (entry->frame + head.length, message->bytes, message->length);
    }
  sf_strbuf_finish (&head);
  if (!entry)
    return sf_fail (err, SF_ENOMEM, "feed %s: out of memory for message %lld", feed->feed->name,
                    (long long) message_id);
  *ret_entry = entry;
  return SF_OK;
}

size_t
sf_cage_count_feeds (const struct sf_cage *cage)
{
  size_t count = 0;
  for (const struct sf_cage_feed *feed = cage->feeds; feed; feed = feed->next)
    count++;
  return count;
}

/* Each feed has its share of the queue, so that one that floods or stands still does not keep its neighbours out. */
enum sf_code
sf_cage_give (struct sf_cage_feed *feed, const struct sf_message *message, int64_t message_id, struct sf_error *err)
{
  struct sf_cage *cage = feed->cage;
  struct sf_cage_entry *entry = NULL;
  size_t share = cage->cages->setup.queue_bytes / sf_cage_count_feeds (cage);
  if (feed->waiting > 0 && feed->waiting_bytes + message->length > share)
    return sf_fail (err, SF_EBUSY, "feed %s: %zu messages of %zu bytes wait for their decoder", feed->feed->name,
                    feed->waiting, feed->waiting_bytes);
  SF_TRY (new_entry (feed, message, message_id, false, &entry, err));
  insert_entry (cage, entry, NULL);
  feed->waiting++;
  feed->waiting_bytes += entry->length;
  return SF_OK;
}

static bool
is_skipped (const struct sf_cage_feed *feed, int64_t message_id)
{
  size_t count = feed->skipped_count < SF_CAGE_SKIPPED_MAX ? feed->skipped_count : SF_CAGE_SKIPPED_MAX;
  for (size_t i = 0; i < count; i++)
    if (feed->skipped[i] == message_id)
      return true;
  return false;
}

void
sf_cage_skip_message (struct sf_cage_feed *feed, int64_t message_id)
{
  feed->skipped[feed->skipped_count++ % SF_CAGE_SKIPPED_MAX] = message_id;
}

enum sf_code
sf_cage_give_back (struct sf_cage_feed *feed, const struct sf_message *message, int64_t message_id,
                   struct sf_error *err)
{
  size_t most = LOOK_BACK_QUEUES * feed->cage->cages->setup.queue_bytes;
  struct sf_cage_entry *entry = NULL;
  if (!feed->priming)
    return sf_fail (err, SF_EINVAL, "feed %s: messages are fed back only when the cage asks", feed->feed->name);
  if (is_skipped (feed, message_id))
    return SF_OK;
  if (feed->back_bytes + message->length > most)
    return sf_fail (err, SF_EFULL, "feed %s: more than %zu bytes to feed back; the decoder's state begins here",
                    feed->feed->name, most);
  SF_TRY (new_entry (feed, message, message_id, true, &entry, err));
  feed->back_bytes += entry->length;
  insert_entry (feed->cage, entry, feed->priming);
  return SF_OK;
}

size_t
sf_cage_waiting (const struct sf_cage_feed *feed)
{
  return feed->waiting;
}

bool
sf_cage_is_under_way (const struct sf_cage *cage)
{
  return cage->first && (cage->first != cage->unsent || cage->unsent_at > 0);
}

void
sf_cage_tell (struct sf_cage *cage, struct sf_cage_entry *entry, struct sf_cage_result *result)
{
  if (result)
    {
      result->message_id = entry->id;
      result->build = cage->build;
      cage->cages->setup.done (cage->cages->setup.ctx, entry->feed->feed, result);
    }
  sf_cage_drop_entry (cage, entry);
}

void
sf_cage_trouble (struct sf_cage *cage, struct sf_cage_feed *feed, const char *name, const char *text)
{
  if (cage->cages->setup.trouble)
    cage->cages->setup.trouble (cage->cages->setup.ctx, feed->feed, name, text);
}
