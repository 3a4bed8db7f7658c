/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/cage_private.h"

#include <stdio.h>
#include <sys/mman.h>

/* A worker that ended: which message was to blame, who is told, and when the next one starts. */

enum
{
  KILLS_COUNTED = 3 /* at its start, by somebody else: the wait for the next start grows no more */
};

/* The message that the worker was at: what it says itself, when that can be; else, of what it did wrong, the first. */
static struct sf_cage_entry *
find_suspect (const struct sf_cage *cage)
{
  uint64_t sequence = cage->progress ? atomic_load (&cage->progress->sequence) : 0;
  if (cage->is_renewed || !sf_cage_is_under_way (cage))
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
  sf_cage_skip_message (entry->feed, entry->id);
  sf_cage_tell (cage, entry, &result);
}

/* What is fed back is another entry each time: the feed remembers how often somebody else ended the worker during it. */
static bool
is_past_lost (const struct sf_cage *cage, const struct sf_cage_entry *past)
{
  struct sf_cage_feed *feed = past->feed;
  if (!cage->is_outside)
    return true;
  feed->past_kills = feed->past_suspect == past->id ? feed->past_kills + 1 : 1;
  feed->past_suspect = past->id;
  return feed->past_kills >= SF_CAGE_KILLS_MAX;
}

static bool
is_lost (const struct sf_cage *cage, struct sf_cage_entry *suspect)
{
  if (suspect->look_back)
    return is_past_lost (cage, suspect);
  suspect->tries += !cage->is_outside;
  suspect->kills += cage->is_outside;
  return suspect->tries >= SF_CAGE_TRIES_MAX || suspect->kills >= SF_CAGE_KILLS_MAX;
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
  bool past = suspect->look_back, lost = is_lost (cage, suspect);
  snprintf (what, sizeof what, "; message %lld, which it was at, %s", (long long) suspect->id,
            lost ? (past ? "is not fed back again" : "is put into quarantine")
                 : (past ? "is fed back again" : "is tried again alone"));
  raise_alarm (cage, suspect->feed, what, now_ms);
  if (lost && past)
    sf_cage_skip_message (suspect->feed, suspect->id);
  else if (lost)
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
        sf_cage_drop_entry (cage, entry);
    }
  cage->unsent = cage->first;
  cage->unsent_at = 0;
}

int64_t
sf_cage_back_off_ms (int failures, int64_t most_ms)
{
  int64_t wait_ms = failures <= 1 ? 0 : SF_CAGE_BACK_OFF_MS;
  for (int i = 2; i < failures && wait_ms < most_ms; i++)
    wait_ms *= 2;
  return wait_ms < most_ms ? wait_ms : most_ms;
}

void
sf_cage_bury (struct sf_cage *cage, int64_t now_ms)
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
  cage->start_at_ms = now_ms + sf_cage_back_off_ms (cage->failures, SF_CAGE_BACK_OFF_MOST_MS);
  if (!cage->is_renewed)
    blame (cage, suspect, now_ms);
  rewind_entries (cage);
}

void
sf_cage_end_alarm (struct sf_cage *cage, int64_t now_ms)
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
