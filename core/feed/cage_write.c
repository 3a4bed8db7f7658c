/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/cage_private.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* Giving a worker its work, as far as it takes it. */

enum
{
  REFUSED_MS = 60000 /* until a decoder that did not open is opened again */
};

/* What was fed back before the entry goes; it is asked for anew. */
static void
drop_past (struct sf_cage *cage, struct sf_cage_entry *entry)
{
  while (entry->previous && entry->previous->look_back && entry->previous->feed == entry->feed)
    sf_cage_drop_entry (cage, entry->previous);
  entry->feed->is_primed = false;
}

bool
sf_cage_prime (struct sf_cage *cage, struct sf_cage_entry *entry, int64_t now_ms)
{
  const struct sf_cage_setup *setup = &cage->cages->setup;
  struct sf_cage_feed *feed = entry->feed;
  int64_t look_back_s = cage->plugin->as.decoder->look_back_s;
  struct sf_error why = { 0 };
  if (feed->is_primed || entry->look_back)
    return true;
  feed->is_primed = true;
  if (look_back_s <= 0 || !setup->look_back)
    return true;
  feed->priming = entry;
  feed->back_bytes = 0;
  enum sf_code code = setup->look_back (setup->ctx, feed->feed, entry->id, look_back_s, &why);
  feed->priming = NULL;
  /* Half a past is another state: memory gets its chance to come back. */
  if (code == SF_ENOMEM && ++cage->past_tries < SF_CAGE_MEMORY_TRIES_MAX)
    {
      drop_past (cage, entry);
      cage->past_until_ms = now_ms + sf_cage_back_off_ms (cage->past_tries, SF_CAGE_MEMORY_WAIT_MOST_MS);
      return false;
    }
  cage->past_tries = 0;
  if (code != SF_OK)
    sf_cage_trouble (cage, feed, "look_back", why.message);
  return true;
}

/* A message that a worker died of is tried alone. */
static bool
is_marked (const struct sf_cage_entry *entry)
{
  return entry->tries > 0 || entry->kills > 0;
}

bool
sf_cage_may_send (const struct sf_cage *cage, const struct sf_cage_entry *entry)
{
  if (!entry || entry->feed->number < 0 || entry->feed->is_refused)
    return false;
  if (is_marked (entry) && cage->first != entry)
    return false;
  return !entry->previous || !is_marked (entry->previous);
}

static void
number_entry (struct sf_cage *cage, struct sf_cage_entry *entry)
{
  struct sf_cage_frame head;
  memcpy (&head, entry->frame, sizeof head);
  head.sequence = entry->sequence = ++cage->sequence;
  head.number = (uint32_t) entry->feed->number;
  memcpy (entry->frame, &head, sizeof head);
  sf_cage_set_message_flags (entry->frame,
                             (entry->look_back ? SF_CAGE_LOOK_BACK : 0) | (entry->tries > 0 ? SF_CAGE_AGAIN : 0));
}

static int
gather (struct sf_cage *cage, struct iovec *items, int64_t now_ms)
{
  int count = 0;
  size_t bytes = 0;
  for (struct sf_cage_entry *entry = cage->unsent;
       count < SF_CAGE_WRITES_AT_ONCE && bytes < SF_CAGE_RING_BYTES / 4 && sf_cage_may_send (cage, entry);)
    {
      struct sf_cage_entry *before = entry->previous;
      if (!sf_cage_prime (cage, entry, now_ms))
        break;
      entry = before ? before->next : cage->first; /* the first of what is fed back, where there is something */
      size_t at = entry == cage->unsent ? cage->unsent_at : 0;
      if (at == 0)
        number_entry (cage, entry);
      items[count++] = (struct iovec){ entry->frame + at, entry->length - at };
      bytes += entry->length - at;
      entry = entry->next;
    }
  return count;
}

static void
advance (struct sf_cage *cage, size_t written)
{
  while (written > 0)
    {
      size_t left = cage->unsent->length - cage->unsent_at;
      if (written < left)
        {
          cage->unsent_at += written;
          return;
        }
      written -= left;
      cage->unsent = cage->unsent->next;
      cage->unsent_at = 0;
    }
}

/* Messages of a feed whose decoder does not open have that for their outcome. */
static void
refuse_messages (struct sf_cage *cage)
{
  while (cage->first && cage->first == cage->unsent && cage->first->feed->is_refused)
    {
      struct sf_cage_result result = { .code = SF_EPLUGIN, .reason = "its feed's decoder does not open" };
      sf_cage_tell (cage, cage->first, &result);
    }
}

/* The next message is of a feed that the worker does not know, or that it refused a while ago: its decoder may open now. */
static bool
needs_renewal (const struct sf_cage *cage, int64_t now_ms)
{
  const struct sf_cage_feed *feed = cage->unsent ? cage->unsent->feed : NULL;
  return feed && (feed->number < 0 || (feed->is_refused && now_ms - cage->started_ms > REFUSED_MS));
}

/* A write that gave nothing: there is no room, or the worker closed its end. It may be on its way out, with answers that are not
   read yet; if it goes on, it is ended. */
static void
stop_writing (struct sf_cage *cage, ssize_t n, int64_t now_ms)
{
  bool is_closed = n < 0 && errno == EPIPE;
  sf_cage_watch (cage, n < 0 && errno == EAGAIN);
  if (!is_closed)
    return;
  close (cage->in_fd);
  cage->in_fd = -1;
  cage->linger_until_ms = now_ms + SF_CAGE_LINGER_MS;
}

static void
write_setup (struct sf_cage *cage, int64_t now_ms)
{
  while (cage->setup_at < cage->setup.length)
    {
      ssize_t n = write (cage->in_fd, cage->setup.text + cage->setup_at, cage->setup.length - cage->setup_at);
      if (n <= 0)
        {
          stop_writing (cage, n, now_ms);
          return;
        }
      cage->setup_at += (size_t) n;
    }
  sf_cage_watch (cage, false);
}

/* Into the ring and a frame that says so onto the pipe; what is too large for it onto the pipe. Returns what writev does, 0 when
   there is room once the worker has gone on, of which it tells by an answer: with none due, what it says of its room is no
   reason to wait. */
static ssize_t
write_items (struct sf_cage *cage, const struct iovec *items, int count)
{
  size_t length = 0;
  uint64_t position = 0;
  for (int i = 0; i < count; i++)
    length += items[i].iov_len;
  if (cage->unsent_at > 0 || length < SF_CAGE_BULK_LEAST || length > SF_CAGE_RING_BYTES / 2)
    return writev (cage->in_fd, items, count);
  if (!sf_cage_ring_place (&cage->progress->in, cage->put, length, &position))
    return sf_cage_is_under_way (cage) ? 0 : writev (cage->in_fd, items, count);
  uint8_t *to = cage->progress->in.bytes + position % SF_CAGE_RING_BYTES;
  for (int i = 0; i < count; i++)
    {
      memcpy (to, items[i].iov_base, items[i].iov_len);
      to += items[i].iov_len;
    }
  struct sf_cage_frame head = sf_cage_frame_of_bulk (position, (uint32_t) length);
  ssize_t n = write (cage->in_fd, &head, sizeof head); /* whole or not at all: it is less than PIPE_BUF */
  if (n <= 0)
    return n;
  cage->put = position + length;
  return (ssize_t) length;
}

static void
write_messages (struct sf_cage *cage, int64_t now_ms)
{
  struct iovec items[SF_CAGE_WRITES_AT_ONCE];
  int count;
  cage->is_full = false;
  while (now_ms >= cage->past_until_ms && (count = gather (cage, items, now_ms)) > 0)
    {
      if (!sf_cage_is_under_way (cage))
        cage->heard_ms = now_ms;
      ssize_t n = write_items (cage, items, count);
      cage->is_full = n == 0;
      if (n <= 0)
        {
          stop_writing (cage, n, now_ms);
          return;
        }
      advance (cage, (size_t) n);
    }
  sf_cage_watch (cage, false);
}

void
sf_cage_feed_worker (struct sf_cage *cage, int64_t now_ms)
{
  if (cage->in_fd < 0)
    {
      if (now_ms >= cage->linger_until_ms)
        sf_cage_end (cage, "it closed its end of the pipe and went on");
      return;
    }
  if (cage->state == SF_CAGE_STARTING)
    {
      write_setup (cage, now_ms);
      return;
    }
  if (needs_renewal (cage, now_ms) && !sf_cage_is_under_way (cage))
    {
      cage->is_renewed = true;
      sf_cage_end (cage, "a feed is added");
      return;
    }
  refuse_messages (cage);
  write_messages (cage, now_ms);
}
