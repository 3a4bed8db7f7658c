/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/cage_private.h"

#include <stdio.h>
#include <sys/epoll.h>

/* A message that this program has no memory for: its feeds wait, a little longer each time, others go on; when memory is there for
   others and not for it, it is given up. A worker whose own memory is out is another matter: it ended of its message. */

enum
{
  PROBE_BYTES = 1024 * 1024, /* that are there for others, or memory is out for everybody */
  ALARM_TRIES = 3            /* a single failure is nobody's business */
};

static bool
is_out_for_all (void)
{
  void *probe = sf_mem_alloc (PROBE_BYTES);
  sf_mem_free (probe);
  return !probe;
}

/* While it waits, what its worker says stays in the pipe. */
static void
hear_worker (const struct sf_cage *cage, bool hear)
{
  struct epoll_event event = { .events = hear ? EPOLLIN : EPOLLET, .data.ptr = (void *) cage };
  if (cage->out_fd >= 0)
    epoll_ctl (cage->cages->epoll_fd, EPOLL_CTL_MOD, cage->out_fd, &event);
}

static struct sf_cage_entry *
entry_at_hand (const struct sf_cage *cage)
{
  bool is_at_one = cage->in_process || (cage->state == SF_CAGE_RUNNING && sf_cage_is_under_way (cage));
  return is_at_one ? cage->first : NULL;
}

static void
give_up (struct sf_cage *cage, const char *why)
{
  struct sf_cage_entry *entry = entry_at_hand (cage);
  char reason[SF_CAGE_REASON_BYTES];
  snprintf (reason, sizeof reason, "the program itself has no memory for it, %d times, though for others: %s",
            cage->memory_tries, why);
  struct sf_cage_result result = { .code = SF_EPLUGIN, .reason = reason, .poison = true };
  if (entry)
    {
      sf_cage_skip_message (entry->feed, entry->id);
      sf_cage_tell (cage, entry, entry->look_back ? NULL : &result);
    }
  sf_cage_have_memory (cage);
  if (cage->in_process)
    return;
  cage->is_renewed
      = entry != NULL; /* the next one is not told of it; without it, this one is to blame like one that died */
  sf_cage_end (cage, "the program itself has no memory for what it says");
}

void
sf_cage_lack_memory (struct sf_cage *cage, const char *why, int64_t now_ms)
{
  bool is_for_all = is_out_for_all ();
  const struct sf_cage_entry *entry = entry_at_hand (cage);
  struct sf_cage_feed *feed = entry ? entry->feed : cage->feeds;
  char text[SF_CAGE_REASON_BYTES + 128];
  cage->memory_tries += !is_for_all;
  cage->memory_waits++;
  if (cage->memory_tries >= SF_CAGE_MEMORY_TRIES_MAX)
    {
      give_up (cage, why);
      return;
    }
  int64_t wait_ms = sf_cage_back_off_ms (cage->memory_waits, SF_CAGE_MEMORY_WAIT_MOST_MS);
  cage->memory_until_ms = now_ms + wait_ms;
  if (wait_ms > 0)
    hear_worker (cage, false);
  if (cage->memory_waits != ALARM_TRIES || !feed)
    return;
  snprintf (text, sizeof text, "%s: %s",
            is_for_all ? "the program is out of memory" : "the program has no memory for this", why);
  feed->lacks_memory = true;
  sf_cage_trouble (cage, feed, "decoder_memory", text);
}

void
sf_cage_have_memory (struct sf_cage *cage)
{
  if (cage->memory_waits == 0)
    return;
  cage->memory_waits = cage->memory_tries = 0;
  hear_worker (cage, true);
  for (struct sf_cage_feed *feed = cage->feeds; feed; feed = feed->next)
    if (feed->lacks_memory)
      {
        feed->lacks_memory = false;
        sf_cage_trouble (cage, feed, "decoder_memory", NULL);
      }
}

void
sf_cage_start_over (struct sf_cage_feed *feed)
{
  const struct sf_decoder *decoder = feed->cage->plugin->as.decoder;
  if (!feed->is_open || decoder->look_back_s <= 0)
    return;
  for (struct sf_cage_entry *entry = feed->cage->first, *next; entry; entry = next)
    {
      next = entry->next;
      if (entry->feed == feed && entry->look_back)
        sf_cage_drop_entry (feed->cage, entry);
    }
  decoder->close (feed->state);
  feed->is_open = feed->is_primed = false;
}

bool
sf_cage_waits_for_memory (const struct sf_cage *cage, int64_t now_ms)
{
  return cage->memory_waits > 0 && now_ms < cage->memory_until_ms;
}
