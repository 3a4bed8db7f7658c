/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/intake_private.h"

#include "core/base/text.h"

#include <stdio.h>
#include <string.h>

/* The names of all feeds that ever were stand in the journal, among what transports remember, under a name that no feed can
   have: those that are gone may have messages that are not in the store, which stay until the feed is back. */
#define KEEPER "*intake"
#define KEY "feeds"

static bool
is_known (const char *all, const char *name)
{
  struct sf_span rest = sf_span_of (all), part;
  while (sf_text_next_field (&rest, ',', &part))
    if (sf_span_equal (part, name))
      return true;
  return false;
}

static enum sf_code
remember_names (struct sf_intake *intake, const char *all, struct sf_error *err)
{
  enum sf_code code = sf_journal_remember (intake->journal, KEEPER, KEY, all, err);
  if (code == SF_OK)
    code = sf_journal_commit (intake->journal, err);
  if (code != SF_OK)
    sf_journal_rollback (intake->journal);
  return code;
}

enum sf_code
sf_intake_know_feeds (struct sf_intake *intake, struct sf_error *err)
{
  const char *all = NULL;
  struct sf_strbuf names = { 0 };
  sf_arena_reset (&intake->names);
  intake->all_feeds = NULL; /* without them nothing is dropped */
  SF_TRY (sf_journal_recall (intake->journal, &intake->names, KEEPER, KEY, &all, err));
  sf_strbuf_add (&names, all ? all : "");
  for (size_t i = 0; i < intake->sources_count; i++)
    if (!all || !is_known (all, intake->sources[i]->feed->name))
      sf_strbuf_addf (&names, "%s%s", names.length ? "," : "", intake->sources[i]->feed->name);
  const char *kept = names.failed ? NULL : sf_arena_strdup (&intake->names, names.text ? names.text : "");
  sf_strbuf_finish (&names);
  if (!kept)
    return sf_fail (err, SF_ENOMEM, "out of memory for the names of feeds");
  intake->all_feeds = kept;
  /* Also when it is the same: what is remembered is dropped when it was not said for long. */
  return remember_names (intake, kept, err);
}

static enum sf_code
find_applied (struct sf_intake *intake, const char *feed, int64_t *ret_applied, struct sf_error *err)
{
  *ret_applied = sf_pipeline_applied (intake->pipeline, feed);
  return *ret_applied >= 0 ? SF_OK : sf_store_applied (intake->store, feed, ret_applied, err);
}

struct waiting
{
  int64_t applied_id;
  struct sf_strbuf gone; /* feeds that are in no department, with messages that are not in the store */
};

static enum sf_code
add_waiting (struct sf_intake *intake, const char *feed, struct waiting *waiting, struct sf_error *err)
{
  int64_t applied = 0, last = 0;
  SF_TRY (find_applied (intake, feed, &applied, err));
  SF_TRY (sf_journal_last (intake->journal, feed, &last, err));
  if (applied >= last)
    return SF_OK;
  if (applied < waiting->applied_id)
    waiting->applied_id = applied;
  if (sf_pipeline_applied (intake->pipeline, feed) < 0)
    sf_strbuf_addf (&waiting->gone, "%s%s", waiting->gone.length ? ", " : "", feed);
  return SF_OK;
}

/* Up to which message all is in the store. */
static enum sf_code
find_waiting (struct sf_intake *intake, struct waiting *waiting, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  struct sf_span rest = sf_span_of (intake->all_feeds), part;
  enum sf_code code = sf_journal_last (intake->journal, NULL, &waiting->applied_id, err);
  while (code == SF_OK && *intake->all_feeds && sf_text_next_field (&rest, ',', &part))
    {
      const char *feed = sf_arena_strndup (&arena, part.text, part.length);
      code = feed ? add_waiting (intake, feed, waiting, err) : sf_fail (err, SF_ENOMEM, "out of memory");
    }
  sf_arena_finish (&arena);
  return code;
}

static void
tell_gone (struct sf_intake *intake, struct waiting *waiting)
{
  char text[400];
  snprintf (text, sizeof text, "in no department, but with messages that wait to be decoded: %.300s",
            waiting->gone.text ? waiting->gone.text : "");
  sf_intake_alarm (intake, "feeds_gone", waiting->gone.length ? text : NULL);
}

void
sf_intake_trim (struct sf_intake *intake)
{
  struct sf_journal_keep keep = intake->setup.keep;
  struct waiting waiting = { 0 };
  struct sf_error why = { 0 };
  long dropped = 0;
  if (intake->now_ms < intake->trim_ms || intake->patience_ms > 0)
    return;
  keep.now_s = intake->now_s;
  keep.steady_ms = intake->now_ms;
  enum sf_code code = intake->all_feeds ? SF_OK : sf_intake_know_feeds (intake, &why);
  if (code == SF_OK)
    code = find_waiting (intake, &waiting, &why);
  if (code == SF_OK)
    {
      keep.applied_id = waiting.applied_id;
      tell_gone (intake, &waiting);
      code = sf_store_sync (intake->store, &why);
    }
  if (code == SF_OK)
    code = sf_journal_trim (intake->journal, &keep, &dropped, &why);
  sf_strbuf_finish (&waiting.gone);
  sf_intake_alarm (intake, "trim_failed", code == SF_OK ? NULL : why.message);
  intake->trim_ms = intake->now_ms + (dropped > 0 ? INTAKE_TRIM_MORE_MS : INTAKE_TRIM_MS);
}
