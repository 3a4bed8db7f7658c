/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/live_private.h"

#include "core/feed/quality_twins.h"

#include <string.h>
#include <time.h>

/* Stations with two numbers are looked for by the thread that watches the files, in a store of its own: feeds do not wait. */

static void
say (struct sf_strbuf *text, const struct sf_quality_twin *twin)
{
  sf_strbuf_addf (text, "%s%s (%s) and %s (%s), %.0f m apart: the same %s in %ld reports", text->length ? "; " : "",
                  twin->subjects[0], twin->feeds[0], twin->subjects[1], twin->feeds[1], twin->apart_m, twin->quantity,
                  twin->reports);
}

/* All of them into the log when they are others than before, as many as it bears onto the board. */
static void
tell (struct sf_live *live, const struct sf_quality_twins *twins)
{
  struct handover *handover = &live->handover;
  struct sf_strbuf text = { 0 };
  char shown[LIVE_TWINS_BYTES];
  for (size_t i = 0; i < twins->count; i++)
    say (&text, &twins->twins[i]);
  snprintf (shown, sizeof shown, "%zu: %.380s", twins->count + twins->more, text.text ? text.text : "");
  shown[twins->count ? sf_text_utf8_prefix ((const uint8_t *) shown, strlen (shown)) : 0] = '\0';
  if (strcmp (shown, live->twins) != 0)
    {
      if (twins->count)
        sf_log_write (live->log, SF_LOG_WARNING, "quality", "two numbers for one station? %s", text.text);
      memcpy (live->twins, shown, sizeof shown);
      pthread_mutex_lock (&handover->lock);
      memcpy (handover->twins, shown, sizeof shown);
      handover->has_twins = true;
      if (!handover->is_closed)
        sf_intake_wake (live->intake);
      pthread_mutex_unlock (&handover->lock);
    }
  if (twins->is_partial)
    sf_log_write (live->log, SF_LOG_WARNING, "quality",
                  "more series or neighbours than one look for stations with two numbers takes: not all were compared");
  sf_strbuf_finish (&text);
}

static enum sf_code
look (struct sf_live *live, struct sf_arena *arena, struct sf_store **store, struct sf_error *err)
{
  struct sf_scenario scenario;
  struct sf_quality_rules *rules = NULL;
  struct sf_quality_twins *twins = NULL;
  SF_TRY (sf_live_load (live, arena, &scenario, err));
  SF_TRY (
      sf_quality_rules_load (arena, live->setup.cli->places.share_folder, live->setup.cli->vocabulary, &rules, err));
  SF_TRY (sf_store_open (live->setup.dir, SF_STORE_READ, store, err));
  SF_TRY (sf_quality_find_twins (rules, scenario.feeds, scenario.feeds_count, *store, (int64_t) time (NULL), arena,
                                 &twins, err));
  tell (live, twins);
  return SF_OK;
}

void
sf_live_look_for_twins (struct sf_live *live)
{
  struct sf_arena arena = { 0 };
  struct sf_store *store = NULL;
  struct sf_error why = { 0 };
  if (sf_time_steady_ms () < live->twins_ms)
    return;
  enum sf_code code = look (live, &arena, &store, &why);
  if (code != SF_OK)
    sf_log_write (live->log, SF_LOG_WARNING, "quality", "stations with two numbers cannot be looked for: %s",
                  why.message);
  sf_store_close (store);
  sf_arena_finish (&arena);
  live->twins_ms = sf_time_steady_ms () + LIVE_TWINS_MS;
}
