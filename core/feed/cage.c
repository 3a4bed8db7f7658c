/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/cage_private.h"

#include "core/base/time.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum
{
  HERE_BYTES_AT_ONCE = 1024 * 1024 /* that are decoded in this process before the turn goes on */
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
  cages->setup.fields_bytes = setup->fields_bytes > 0 ? setup->fields_bytes : SF_CAGE_FIELDS_BYTES;
  cages->setup.field_bytes = setup->field_bytes > 0 ? setup->field_bytes : cages->setup.fields_bytes;
  cages->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (cages->epoll_fd < 0)
    {
      sf_mem_free (cages);
      return sf_fail (err, SF_EIO, "epoll_create1: %s", strerror (errno));
    }
  *ret_cages = cages;
  return SF_OK;
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

enum sf_code
sf_cage_open_here (struct sf_cage_feed *feed, struct sf_error *err)
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
  if (sf_cage_count_feeds (cage) >= SF_CAGE_FEEDS_MAX)
    return sf_fail (err, SF_EFULL, "feed %s: decoder %s has %d feeds already", feed->name, cage->plugin->name,
                    SF_CAGE_FEEDS_MAX);
  struct sf_cage_feed *place = sf_mem_calloc (1, sizeof *place);
  if (!place)
    return sf_fail (err, SF_ENOMEM, "feed %s: out of memory", feed->name);
  *place = (struct sf_cage_feed){ .cage = cage, .feed = feed, .number = -1 };
  enum sf_code code = in_process ? sf_cage_open_here (place, err) : SF_OK;
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

/* Nobody would end them once it is gone. */
static void
end_alarms (struct sf_cage *cage, struct sf_cage_feed *feed)
{
  if (feed->has_alarm)
    sf_cage_trouble (cage, feed, "decoder_worker", NULL);
  if (feed->lacks_memory)
    sf_cage_trouble (cage, feed, "decoder_memory", NULL);
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
        sf_cage_drop_entry (cage, entry);
    }
  while (*at != feed)
    at = &(*at)->next;
  *at = feed->next;
  end_alarms (cage, feed);
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

/* --- a worker's turn --- */

/* For how long nothing was answered: by the master's own count, which no worker can move. A turn that came late counts little,
   since answers may have waited for it. */
static int64_t
count_unanswered (struct sf_cage *cage, int64_t now_ms)
{
  int64_t step_ms = now_ms - cage->turned_ms, most_ms = cage->cages->setup.message_ms / 8;
  bool is_fresh = !sf_cage_is_under_way (cage) || cage->answered != cage->seen_answered;
  cage->unanswered_ms = is_fresh ? 0 : cage->unanswered_ms + (step_ms < most_ms ? step_ms : most_ms);
  cage->turned_ms = now_ms;
  cage->seen_answered = cage->answered;
  return cage->unanswered_ms;
}

static void
check_deadline (struct sf_cage *cage, int64_t now_ms)
{
  char why[160];
  int64_t most_ms = cage->cages->setup.message_ms;
  uint64_t sequence = atomic_load (&cage->progress->sequence);
  if (sequence != cage->seen_sequence || !sf_cage_is_under_way (cage))
    cage->heard_ms = now_ms;
  cage->seen_sequence = sequence;
  int64_t unanswered_ms = count_unanswered (cage, now_ms);
  if (cage->state == SF_CAGE_STARTING && now_ms - cage->started_ms > SF_CAGE_START_MS)
    sf_cage_end (cage, "it was not ready in time");
  else if (cage->state == SF_CAGE_RUNNING && unanswered_ms > SF_CAGE_UNANSWERED * most_ms)
    {
      snprintf (why, sizeof why, "it went on talking, without an answer for more than %lld ms",
                (long long) (SF_CAGE_UNANSWERED * most_ms));
      sf_cage_end (cage, why);
    }
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
    sf_cage_bury (cage, now_ms);
  enum sf_code code = SF_OK;
  if (cage->state == SF_CAGE_STOPPED && cage->first && now_ms >= cage->start_at_ms)
    code = sf_cage_start (cage, now_ms, &why);
  if (code != SF_OK)
    return code == SF_ENOMEM ? SF_OK : sf_fail (err, code, "%s", why.message);
  if (cage->state != SF_CAGE_STARTING && cage->state != SF_CAGE_RUNNING)
    return SF_OK;
  if (sf_cage_waits_for_memory (cage, now_ms))
    {
      cage->heard_ms = cage->turned_ms = now_ms;
      return SF_OK;
    }
  code = sf_cage_listen (cage, &heard, &why);
  if (heard || code == SF_ENOMEM)
    cage->heard_ms = now_ms;
  if (code == SF_ENOMEM)
    {
      sf_cage_lack_memory (cage, why.message, now_ms);
      return SF_OK;
    }
  sf_cage_have_memory (cage);
  if (code == SF_OK)
    {
      sf_cage_feed_worker (cage, now_ms);
      if (cage->state != SF_CAGE_DYING)
        check_deadline (cage, now_ms);
      return SF_OK;
    }
  /* Its end is closed: it is ending, and its status will tell more than we know; for a while. */
  cage->is_lingering = code == SF_EIO;
  cage->linger_until_ms = now_ms + SF_CAGE_LINGER_MS;
  cage->is_first_to_blame = code != SF_EIO;
  sf_cage_end (cage, cage->is_lingering ? NULL : why.message);
  sf_cage_bury (cage, now_ms);
  return SF_OK;
}

static void
turn_here (struct sf_cage *cage, int64_t now_ms)
{
  struct sf_error why = { 0 };
  for (size_t bytes = 0; cage->first && bytes < HERE_BYTES_AT_ONCE && !sf_cage_waits_for_memory (cage, now_ms);)
    {
      struct sf_cage_feed *feed = cage->first->feed;
      enum sf_code code = feed->is_open ? SF_OK : sf_cage_open_here (feed, &why);
      if (code == SF_OK && (now_ms < cage->past_until_ms || !sf_cage_prime (cage, cage->first, now_ms)))
        return;
      bytes += cage->first->length;
      if (code == SF_OK)
        code = sf_cage_decode_here (cage, cage->first, &why);
      if (code != SF_OK)
        {
          sf_cage_lack_memory (cage, why.message, now_ms);
          sf_cage_start_over (feed);
          return;
        }
      sf_cage_have_memory (cage);
    }
}

enum sf_code
sf_cages_turn (struct sf_cages *cages, int64_t now_ms, struct sf_error *err)
{
  enum sf_code first_code = SF_OK;
  for (struct sf_cage *cage = cages->first, *next; cage; cage = next)
    {
      next = cage->next;
      struct sf_error why = { 0 };
      enum sf_code code = SF_OK;
      if (cage->in_process)
        turn_here (cage, now_ms);
      else
        code = turn_worker (cage, now_ms, &why);
      sf_cage_end_alarm (cage, now_ms);
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
  bool is_there = cage->in_process || cage->state == SF_CAGE_STARTING || cage->state == SF_CAGE_RUNNING;
  if (is_there && cage->memory_waits > 0)
    return cage->memory_until_ms > now_ms ? cage->memory_until_ms - now_ms : 0;
  int64_t past_ms = cage->past_until_ms > now_ms ? cage->past_until_ms - now_ms : 0;
  if (cage->in_process)
    return cage->first ? past_ms : -1;
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
  if (cage->in_fd < 0)
    return cage->linger_until_ms > now_ms ? cage->linger_until_ms - now_ms : 0;
  if (!cage->is_blocked && !cage->is_full && sf_cage_may_send (cage, cage->unsent))
    return past_ms;
  if (!sf_cage_is_under_way (cage))
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
