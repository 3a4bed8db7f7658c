/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/cage_private.h"

#include "core/base/time.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum
{
  HERE_BYTES_AT_ONCE = 1024 * 1024, /* that are decoded in this process before the turn goes on */
  LOOK_BACK_QUEUES = 4,             /* bytes that may be fed back, in queue_bytes */
  KILLS_COUNTED = 3,                /* at its start, by somebody else: the wait for the next start grows no more */
  REFUSED_MS = 60000,               /* until a decoder that did not open is opened again */
  LINGER_MS = 200                   /* for a worker whose pipe is closed to end by itself */
};

enum sf_code
sf_cages_new (const struct sf_cage_setup *setup, struct sf_cages **ret_cages, struct sf_error *err)
{
  struct sf_cages *cages = sf_mem_calloc (1, sizeof *cages);
  if (!cages)
    return sf_fail (err, SF_ENOMEM, "out of memory for cages");
  cages->setup = *setup;
  cages->setup.memory_bytes = setup->memory_bytes > 0 ? setup->memory_bytes : INT64_C (1) << 30;
  cages->setup.message_ms = setup->message_ms > 0 ? setup->message_ms : 10000;
  cages->setup.queue_bytes = setup->queue_bytes > 0 ? setup->queue_bytes : (size_t) 16 << 20;
  cages->setup.records_max = setup->records_max > 0 ? setup->records_max : 2000000;
  cages->setup.field_bytes = setup->field_bytes > 0 ? setup->field_bytes : INT64_C (1) << 30;
  cages->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (cages->epoll_fd < 0)
    {
      sf_mem_free (cages);
      return sf_fail (err, SF_EIO, "epoll_create1: %s", strerror (errno));
    }
  *ret_cages = cages;
  return SF_OK;
}

/* --- entries --- */

static void
drop_entry (struct sf_cage *cage, struct sf_cage_entry *entry)
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
  sf_cage_put_message_head (&head, message, look_back);
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

static size_t
count_feeds (const struct sf_cage *cage)
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
  size_t share = cage->cages->setup.queue_bytes / count_feeds (cage);
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

/* Not to be fed back again; the oldest of too many is forgotten. */
static void
skip_message (struct sf_cage_feed *feed, int64_t message_id)
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

void
sf_cage_tell (struct sf_cage *cage, struct sf_cage_entry *entry, struct sf_cage_result *result)
{
  if (result)
    {
      result->message_id = entry->id;
      result->build = cage->build;
      cage->cages->setup.done (cage->cages->setup.ctx, entry->feed->feed, result);
    }
  drop_entry (cage, entry);
}

void
sf_cage_trouble (struct sf_cage *cage, struct sf_cage_feed *feed, const char *name, const char *text)
{
  if (cage->cages->setup.trouble)
    cage->cages->setup.trouble (cage->cages->setup.ctx, feed->feed, name, text);
}

/* --- feeds --- */

static struct sf_cage *
find_cage (struct sf_cages *cages, const struct sf_plugin *plugin, bool in_process)
{
  struct sf_cage *cage = cages->first;
  while (cage && (cage->plugin != plugin || cage->in_process != in_process))
    cage = cage->next;
  return cage;
}

static enum sf_code
new_cage (struct sf_cages *cages, const struct sf_plugin *plugin, bool in_process, struct sf_cage **ret_cage,
          struct sf_error *err)
{
  struct sf_key key;
  SF_TRY (sf_plugin_host_build (cages->setup.plugins, plugin, &key, err));
  struct sf_cage *cage = sf_mem_calloc (1, sizeof *cage);
  if (!cage)
    return sf_fail (err, SF_ENOMEM, "out of memory for a cage");
  *cage = (struct sf_cage){ .cages = cages,
                            .plugin = plugin,
                            .in_process = in_process,
                            .in_fd = -1,
                            .out_fd = -1,
                            .fields_fd = -1,
                            .next = cages->first };
  sf_key_format (&key, cage->build);
  cages->first = *ret_cage = cage;
  return SF_OK;
}

static void
free_cage (struct sf_cage *cage)
{
  struct sf_cage **at = &cage->cages->first;
  while (*at != cage)
    at = &(*at)->next;
  *at = cage->next;
  if (cage->progress)
    munmap (cage->progress, sizeof *cage->progress);
  sf_cage_finish_input (cage);
  sf_strbuf_finish (&cage->setup);
  sf_mem_free (cage);
}

static enum sf_code
open_here (struct sf_cage_feed *feed, struct sf_error *err)
{
  struct sf_cage *cage = feed->cage;
  sf_plugin_host_handle (cage->cages->setup.plugins, feed->feed->name, feed->feed->decoder.settings, SF_TIME_MISSING,
                         &feed->host);
  SF_TRY (cage->plugin->as.decoder->open (&feed->host, &feed->state, err));
  feed->is_open = true;
  return SF_OK;
}

enum sf_code
sf_cages_add (struct sf_cages *cages, const struct sf_feed *feed, struct sf_cage_feed **ret_feed, struct sf_error *err)
{
  bool in_process = feed->isolation == SF_ISOLATION_IN_PROCESS;
  struct sf_cage *cage = find_cage (cages, feed->decoder.plugin, in_process);
  if (!cage)
    SF_TRY (new_cage (cages, feed->decoder.plugin, in_process, &cage, err));
  if (count_feeds (cage) >= SF_CAGE_FEEDS_MAX)
    return sf_fail (err, SF_EFULL, "feed %s: decoder %s has %d feeds already", feed->name, cage->plugin->name,
                    SF_CAGE_FEEDS_MAX);
  struct sf_cage_feed *place = sf_mem_calloc (1, sizeof *place);
  if (!place)
    return sf_fail (err, SF_ENOMEM, "feed %s: out of memory", feed->name);
  *place = (struct sf_cage_feed){ .cage = cage, .feed = feed, .number = -1 };
  enum sf_code code = in_process ? open_here (place, err) : SF_OK;
  if (code != SF_OK)
    {
      sf_mem_free (place);
      return code;
    }
  place->next = cage->feeds;
  cage->feeds = place;
  *ret_feed = place;
  return SF_OK;
}

void
sf_cages_remove (struct sf_cages *cages, struct sf_cage_feed *feed)
{
  struct sf_cage *cage = feed->cage;
  struct sf_cage_feed **at = &cage->feeds;
  (void) cages;
  bool was_given = false;
  for (struct sf_cage_entry *entry = cage->first, *next; entry; entry = next)
    {
      next = entry->next;
      was_given |= entry->feed == feed && (entry->sequence > 0 || entry == cage->unsent);
      if (entry->feed == feed)
        drop_entry (cage, entry);
    }
  while (*at != feed)
    at = &(*at)->next;
  *at = feed->next;
  if (feed->is_open)
    cage->plugin->as.decoder->close (feed->state);
  sf_mem_free (feed);
  /* Its worker is ended when nobody needs it, or when it may still answer what nobody asks any more. */
  bool lives = cage->state == SF_CAGE_STARTING || cage->state == SF_CAGE_RUNNING;
  if (lives && (!cage->feeds || was_given))
    {
      cage->is_renewed = true;
      sf_cage_end (cage, "nobody needs it");
    }
}

void
sf_cages_free (struct sf_cages *cages)
{
  while (cages && cages->first)
    {
      struct sf_cage *cage = cages->first;
      while (cage->feeds)
        sf_cages_remove (cages, cage->feeds);
      if (cage->state != SF_CAGE_STOPPED && cage->pid > 0)
        {
          kill (cage->pid, SIGKILL);
          while (waitpid (cage->pid, NULL, 0) < 0 && errno == EINTR)
            ;
        }
      free_cage (cage);
    }
  if (cages)
    close (cages->epoll_fd);
  sf_mem_free (cages);
}

/* --- a worker's end --- */

static bool
is_under_way (const struct sf_cage *cage)
{
  return cage->first && (cage->first != cage->unsent || cage->unsent_at > 0);
}

/* The message that the worker was at: what it says itself, when that can be; else, of what it did wrong, the first. */
static struct sf_cage_entry *
find_suspect (const struct sf_cage *cage)
{
  uint64_t sequence = cage->progress ? atomic_load (&cage->progress->sequence) : 0;
  if (cage->is_renewed || !is_under_way (cage))
    return NULL;
  if (!cage->is_first_to_blame)
    for (struct sf_cage_entry *entry = cage->first; entry && entry != cage->unsent; entry = entry->next)
      if (sequence > 0 && entry->sequence == sequence)
        return entry;
  return cage->is_outside ? NULL : cage->first;
}

static void
raise_alarm (struct sf_cage *cage, struct sf_cage_feed *only, const char *what, int64_t now_ms)
{
  char text[SF_CAGE_REASON_BYTES + 256];
  snprintf (text, sizeof text, "the worker of decoder %s (build %.12s) ended: %s%s", cage->plugin->name, cage->build,
            cage->fault, what);
  for (struct sf_cage_feed *feed = cage->feeds; feed; feed = feed->next)
    if (!only || feed == only)
      {
        feed->has_alarm = true;
        sf_cage_trouble (cage, feed, "decoder_worker", text);
      }
  cage->alarm_until_ms = now_ms + SF_CAGE_ALARM_MS;
}

static void
poison (struct sf_cage *cage, struct sf_cage_entry *entry)
{
  char reason[SF_CAGE_REASON_BYTES + 64];
  snprintf (reason, sizeof reason, "it ended its decoder's worker %d times: %s", entry->tries + entry->kills,
            cage->fault);
  struct sf_cage_result result = { .code = SF_EPLUGIN, .reason = reason, .poison = true };
  skip_message (entry->feed, entry->id);
  sf_cage_tell (cage, entry, &result);
}

static void
blame (struct sf_cage *cage, struct sf_cage_entry *suspect, int64_t now_ms)
{
  char what[160] = "";
  if (!suspect)
    {
      raise_alarm (cage, NULL, "", now_ms);
      return;
    }
  suspect->tries += !cage->is_outside;
  suspect->kills += cage->is_outside;
  bool lost = suspect->tries >= SF_CAGE_TRIES_MAX || suspect->kills >= SF_CAGE_KILLS_MAX;
  snprintf (what, sizeof what, "; message %lld, which it was at, %s", (long long) suspect->id,
            suspect->look_back ? "is not fed back again"
            : lost             ? "is put into quarantine"
                               : "is tried again alone");
  raise_alarm (cage, suspect->feed, what, now_ms);
  if (suspect->look_back && !cage->is_outside)
    skip_message (suspect->feed, suspect->id);
  else if (lost && !suspect->look_back)
    poison (cage, suspect);
}

/* All that is without an outcome is written again, from the first on; what was fed back is asked for anew. */
static void
rewind_entries (struct sf_cage *cage)
{
  for (struct sf_cage_entry *entry = cage->first, *next; entry; entry = next)
    {
      next = entry->next;
      entry->sequence = 0;
      if (entry->look_back)
        drop_entry (cage, entry);
    }
  cage->unsent = cage->first;
  cage->unsent_at = 0;
}

static int64_t
back_off_ms (int failures)
{
  int64_t wait_ms = failures <= 1 ? 0 : SF_CAGE_BACK_OFF_MS;
  for (int i = 2; i < failures && wait_ms < SF_CAGE_BACK_OFF_MOST_MS; i++)
    wait_ms *= 2;
  return wait_ms < SF_CAGE_BACK_OFF_MOST_MS ? wait_ms : SF_CAGE_BACK_OFF_MOST_MS;
}

static void
bury (struct sf_cage *cage, int64_t now_ms)
{
  int status;
  if (cage->is_lingering && now_ms >= cage->linger_until_ms)
    {
      cage->is_lingering = false;
      sf_cage_end (cage, "it closed its end of the pipe and went on");
    }
  if (!sf_cage_reap (cage, &status))
    return;
  sf_cage_describe_end (cage, status);
  struct sf_cage_entry *suspect = find_suspect (cage);
  if (cage->progress)
    munmap (cage->progress, sizeof *cage->progress);
  cage->progress = NULL;
  cage->state = SF_CAGE_STOPPED;
  if (suspect || cage->answered > 0 || cage->is_renewed)
    cage->failures = 0;
  else if (!cage->is_outside || cage->failures < KILLS_COUNTED)
    cage->failures++;
  cage->start_at_ms = now_ms + back_off_ms (cage->failures);
  if (!cage->is_renewed)
    blame (cage, suspect, now_ms);
  rewind_entries (cage);
}

static void
end_alarm (struct sf_cage *cage, int64_t now_ms)
{
  if (!cage->alarm_until_ms || now_ms < cage->alarm_until_ms || cage->failures > 0)
    return;
  cage->alarm_until_ms = 0;
  for (struct sf_cage_feed *feed = cage->feeds; feed; feed = feed->next)
    if (feed->has_alarm)
      {
        feed->has_alarm = false;
        sf_cage_trouble (cage, feed, "decoder_worker", NULL);
      }
}

/* --- feeding a worker --- */

/* Have the look-back of a feed put before its first message in this life of its worker. */
static void
prime (struct sf_cage *cage, struct sf_cage_entry *entry)
{
  const struct sf_cage_setup *setup = &cage->cages->setup;
  struct sf_cage_feed *feed = entry->feed;
  int64_t look_back_s = cage->plugin->as.decoder->look_back_s;
  struct sf_error why = { 0 };
  if (feed->is_primed || entry->look_back)
    return;
  feed->is_primed = true;
  if (look_back_s <= 0 || !setup->look_back)
    return;
  feed->priming = entry;
  feed->back_bytes = 0;
  if (setup->look_back (setup->ctx, feed->feed, entry->id, look_back_s, &why) != SF_OK)
    sf_cage_trouble (cage, feed, "look_back", why.message);
  feed->priming = NULL;
}

/* A message that a worker died of is tried alone. */
static bool
is_marked (const struct sf_cage_entry *entry)
{
  return entry->tries > 0 || entry->kills > 0;
}

static bool
may_send (const struct sf_cage *cage, const struct sf_cage_entry *entry)
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
}

static int
gather (struct sf_cage *cage, struct iovec *items)
{
  int count = 0;
  size_t bytes = 0;
  for (struct sf_cage_entry *entry = cage->unsent;
       count < SF_CAGE_WRITES_AT_ONCE && bytes < SF_CAGE_RING_BYTES / 4 && may_send (cage, entry);)
    {
      struct sf_cage_entry *before = entry->previous;
      prime (cage, entry);
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

static void
write_setup (struct sf_cage *cage)
{
  while (cage->setup_at < cage->setup.length)
    {
      ssize_t n = write (cage->in_fd, cage->setup.text + cage->setup_at, cage->setup.length - cage->setup_at);
      if (n <= 0)
        {
          sf_cage_watch (cage, n < 0 && errno == EAGAIN);
          return;
        }
      cage->setup_at += (size_t) n;
    }
  sf_cage_watch (cage, false);
}

/* Into the ring and a frame that says so onto the pipe; what is too large for it onto the pipe. Returns what writev does, 0 when
   there is room once the worker has gone on, of which it tells by an answer. */
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
    return 0;
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
  while ((count = gather (cage, items)) > 0)
    {
      if (!is_under_way (cage))
        cage->heard_ms = now_ms;
      ssize_t n = write_items (cage, items, count);
      cage->is_full = n == 0;
      if (n <= 0)
        {
          sf_cage_watch (cage, n < 0 && errno == EAGAIN);
          return;
        }
      advance (cage, (size_t) n);
    }
  sf_cage_watch (cage, false);
}

static void
feed_worker (struct sf_cage *cage, int64_t now_ms)
{
  if (cage->state == SF_CAGE_STARTING)
    {
      write_setup (cage);
      return;
    }
  if (needs_renewal (cage, now_ms) && !is_under_way (cage))
    {
      cage->is_renewed = true;
      sf_cage_end (cage, "a feed is added");
      return;
    }
  refuse_messages (cage);
  write_messages (cage, now_ms);
}

/* --- a worker's turn --- */

static void
check_deadline (struct sf_cage *cage, int64_t now_ms)
{
  char why[160];
  int64_t most_ms = cage->cages->setup.message_ms;
  uint64_t sequence = atomic_load (&cage->progress->sequence);
  if (sequence != cage->seen_sequence || !is_under_way (cage))
    cage->heard_ms = now_ms;
  cage->seen_sequence = sequence;
  if (cage->state == SF_CAGE_STARTING && now_ms - cage->started_ms > SF_CAGE_START_MS)
    sf_cage_end (cage, "it was not ready in time");
  else if (cage->state == SF_CAGE_RUNNING && now_ms - cage->heard_ms > most_ms)
    {
      siginfo_t info = { 0 };
      waitid (P_PID, (id_t) cage->pid, &info, WSTOPPED | WEXITED | WNOHANG | WNOWAIT);
      cage->is_outside = info.si_pid == cage->pid && info.si_code == CLD_STOPPED;
      snprintf (why, sizeof why, "%s %lld ms",
                cage->is_outside ? "somebody stopped it; it said nothing for" : "it was at one message for more than",
                (long long) most_ms);
      sf_cage_end (cage, why);
    }
}

static enum sf_code
turn_worker (struct sf_cage *cage, int64_t now_ms, struct sf_error *err)
{
  struct sf_error why = { 0 };
  bool heard = false;
  if (cage->state == SF_CAGE_DYING)
    bury (cage, now_ms);
  if (cage->state == SF_CAGE_STOPPED && cage->first && now_ms >= cage->start_at_ms)
    SF_TRY (sf_cage_start (cage, now_ms, err));
  if (cage->state != SF_CAGE_STARTING && cage->state != SF_CAGE_RUNNING)
    return SF_OK;
  enum sf_code code = sf_cage_listen (cage, &heard, &why);
  if (heard)
    cage->heard_ms = now_ms;
  if (code == SF_ENOMEM)
    return sf_fail (err, code, "%s", why.message);
  if (code == SF_OK)
    {
      feed_worker (cage, now_ms);
      if (cage->state != SF_CAGE_DYING)
        check_deadline (cage, now_ms);
      return SF_OK;
    }
  /* Its end is closed: it is ending, and its status will tell more than we know; for a while. */
  cage->is_lingering = code == SF_EIO;
  cage->linger_until_ms = now_ms + LINGER_MS;
  cage->is_first_to_blame = code != SF_EIO;
  sf_cage_end (cage, cage->is_lingering ? NULL : why.message);
  bury (cage, now_ms);
  return SF_OK;
}

static enum sf_code
turn_here (struct sf_cage *cage, struct sf_error *err)
{
  for (size_t bytes = 0; cage->first && bytes < HERE_BYTES_AT_ONCE;)
    {
      prime (cage, cage->first);
      bytes += cage->first->length;
      SF_TRY (sf_cage_decode_here (cage, cage->first, err));
    }
  return SF_OK;
}

enum sf_code
sf_cages_turn (struct sf_cages *cages, int64_t now_ms, struct sf_error *err)
{
  enum sf_code first_code = SF_OK;
  for (struct sf_cage *cage = cages->first, *next; cage; cage = next)
    {
      next = cage->next;
      struct sf_error why = { 0 };
      enum sf_code code = cage->in_process ? turn_here (cage, &why) : turn_worker (cage, now_ms, &why);
      end_alarm (cage, now_ms);
      if (code != SF_OK && first_code == SF_OK)
        first_code = sf_fail (err, code, "decoder %s: %s", cage->plugin->name, why.message);
      if (!cage->feeds && cage->state == SF_CAGE_STOPPED)
        free_cage (cage);
    }
  return first_code;
}

/* --- waiting --- */

int
sf_cages_fd (const struct sf_cages *cages)
{
  return cages->epoll_fd;
}

static int64_t
wait_of (const struct sf_cage *cage, int64_t now_ms)
{
  if (cage->in_process)
    return cage->first ? 0 : -1;
  switch (cage->state)
    {
    case SF_CAGE_DYING:
      return SF_CAGE_REAP_MS;
    case SF_CAGE_STOPPED:
      return !cage->first ? -1 : cage->start_at_ms > now_ms ? cage->start_at_ms - now_ms : 0;
    case SF_CAGE_STARTING:
      return cage->started_ms + SF_CAGE_START_MS + 1 - now_ms;
    case SF_CAGE_RUNNING:
      break;
    }
  if (!cage->is_blocked && !cage->is_full && may_send (cage, cage->unsent))
    return 0;
  if (!is_under_way (cage))
    return cage->first ? 0 : -1;
  return cage->heard_ms + cage->cages->setup.message_ms + 1 - now_ms;
}

int64_t
sf_cages_wait_ms (const struct sf_cages *cages, int64_t now_ms)
{
  int64_t least = -1;
  for (const struct sf_cage *cage = cages->first; cage; cage = cage->next)
    {
      int64_t waits[2] = { wait_of (cage, now_ms), -1 };
      if (cage->alarm_until_ms && cage->failures == 0)
        waits[1] = cage->alarm_until_ms - now_ms;
      for (int i = 0; i < 2; i++)
        {
          int64_t wait_ms = waits[i] < -1 ? 0 : waits[i];
          if (wait_ms >= 0 && (least < 0 || wait_ms < least))
            least = wait_ms;
        }
    }
  return least;
}
