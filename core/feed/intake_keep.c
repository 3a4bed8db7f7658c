/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/intake_private.h"

#include <stdio.h>

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

/* Up to which message all is in the store. The journal is asked which feeds have messages: some belong to feeds that are gone, or
   that never were, entered by hand or imported. */
static enum sf_code
find_waiting (struct sf_intake *intake, struct waiting *waiting, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  const char *const *feeds = NULL;
  size_t count = 0;
  enum sf_code code = sf_journal_last (intake->journal, NULL, &waiting->applied_id, err);
  if (code == SF_OK)
    code = sf_journal_feeds (intake->journal, &arena, &feeds, &count, err);
  for (size_t i = 0; i < count && code == SF_OK; i++)
    code = add_waiting (intake, feeds[i], waiting, err);
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
  enum sf_code code = find_waiting (intake, &waiting, &why);
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
