/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/command/query/query.h"

#include "core/base/time.h"
#include "core/feed/feed_names.h"

#include <math.h>
#include <string.h>

static const char *const WORDS[SF_RECORD_KINDS] = {
  [SF_RECORD_ASSET] = "assets", [SF_RECORD_OBSERVATION] = "obs", [SF_RECORD_POSITION] = "positions",
  [SF_RECORD_TRACK] = "tracks", [SF_RECORD_EVENT] = "events",    [SF_RECORD_FIELD] = "fields",
};

static enum sf_code
find_kind (const char *word, enum sf_record_kind *ret_kind, struct sf_error *err)
{
  static const char *const known[] = { "point", "obs", "positions", "events", "tracks", "assets", "fields" };
  for (int kind = 0; kind < SF_RECORD_KINDS; kind++)
    if (strcmp (word, WORDS[kind]) == 0)
      {
        *ret_kind = (enum sf_record_kind) kind;
        return SF_OK;
      }
  const char *near = sf_text_nearest (word, known, sizeof known / sizeof *known);
  return sf_fail (err, SF_EINVAL, "what is '%s'?%s%s%s one of point, obs, positions, events, tracks, assets, fields",
                  word, near ? " Did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static enum sf_code
read_area (const struct sf_settings *settings, struct sf_store_query *query, struct sf_error *err)
{
  const double *area = NULL;
  size_t count = sf_settings_doubles (settings, "area", &area);
  if (count == 0)
    return SF_OK;
  if (count != 4
      || !(fabs (area[0]) <= 180 && fabs (area[2]) <= 180 && fabs (area[1]) <= 90 && fabs (area[3]) <= 90
           && area[1] <= area[3]))
    return sf_fail (err, SF_EINVAL, "--area needs west, south, east, north in degrees, longitude before latitude");
  query->west_deg = area[0];
  query->south_deg = area[1];
  query->east_deg = area[2];
  query->north_deg = area[3];
  return SF_OK;
}

static enum sf_code
read_quantity (const struct sf_command_context *context, struct sf_store_query *query, struct sf_error *err)
{
  query->quantity = sf_settings_text (context->host->settings, "quantity");
  if (query->quantity && !sf_vocabulary_quantity (context->host->vocabulary, query->quantity))
    return sf_fail (err, SF_EINVAL, "the vocabulary has no quantity '%s'; `sanfang vocabulary` lists them",
                    query->quantity);
  return SF_OK;
}

static enum sf_code
read_query (const struct sf_command_context *context, struct sf_store_query *query, struct sf_error *err)
{
  const struct sf_settings *settings = context->host->settings;
  query->feeds_count = sf_settings_texts (settings, "feed", &query->feeds);
  query->subjects_count = sf_settings_texts (settings, "subject", &query->subjects);
  if (query->subjects_count == 0)
    query->subjects_count = sf_settings_texts (settings, "asset", &query->subjects);
  if (query->feeds_count == 0)
    query->feeds = NULL;
  if (query->subjects_count == 0)
    query->subjects = NULL;
  query->from_s = sf_settings_int (settings, "from");
  query->to_s = sf_settings_int (settings, "to");
  query->as_of_s = sf_settings_int (settings, "as-of");
  query->latest = sf_settings_bool (settings, "latest");
  query->all_revisions = sf_settings_bool (settings, "all-revisions");
  query->limit = (long) sf_settings_int (settings, "limit");
  SF_TRY (read_area (settings, query, err));
  return read_quantity (context, query, err);
}

static enum sf_code
check_fill (const struct sf_store_query *query, int64_t gap_s, struct sf_error *err)
{
  if (query->kind != SF_RECORD_OBSERVATION || query->latest || query->all_revisions)
    return sf_fail (err, SF_EINVAL, "--fill completes series of obs that hold: without --latest and --all-revisions");
  if (gap_s <= 0)
    return sf_fail (err, SF_EINVAL, "--gap must be longer than nothing");
  return SF_OK;
}

static enum sf_code
answer (struct sf_store *store, const struct sf_store_query *query, struct query_output *output, struct sf_error *err)
{
  const struct sf_settings *settings = output->context->host->settings;
  struct query_fill fill = { .vocabulary = output->context->host->vocabulary,
                             .gap_s = sf_settings_int (settings, "gap"),
                             .visit = query_put,
                             .ctx = output };
  bool fills = sf_settings_choice (settings, "fill") > 0;
  enum sf_code code = fills ? check_fill (query, fill.gap_s, err) : SF_OK;
  if (code == SF_OK)
    code = query_begin (output, err);
  if (code == SF_OK)
    code = sf_store_read (store, query, fills ? query_fill_put : query_put, fills ? (void *) &fill : output, err);
  if (code == SF_OK && fills)
    code = query_fill_end (&fill, err);
  if (code == SF_OK)
    code = query_end (output, err);
  query_fill_finish (&fill);
  return code;
}

/* --- names --- */

static enum sf_code
check_subject (struct sf_store *store, struct sf_arena *arena, const char *subject, struct sf_error *err)
{
  const char *const *names = NULL;
  size_t count = 0;
  bool knows = false;
  SF_TRY (sf_store_knows (store, subject, &knows, err));
  if (knows)
    return SF_OK;
  SF_TRY (sf_store_names (store, SF_STORE_SUBJECTS, arena, &names, &count, err));
  const char *nearest = sf_text_nearest (subject, names, count);
  return sf_fail (err, SF_EINVAL, "nothing in the store is about '%s'%s%s%s", subject,
                  nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
}

/* The newest of a feed that is defined no longer would stand beside the newest of the feed that it became. What was known at a
   time that is past had its feeds of then. */
static void
leave_out_former (const struct sf_host *host, const struct sf_feed_names *names, struct sf_store_query *query)
{
  struct sf_strbuf former = { 0 };
  bool asked = query->feeds || query->as_of_s != SF_TIME_MISSING || sf_settings_bool (host->settings, "all-feeds");
  if (!query->latest || asked || !names->present)
    return;
  for (size_t i = names->present; i < names->stored; i++)
    if (!sf_feed_names_is_present (names, names->names[i]))
      {
        sf_strbuf_addf (&former, "%s%s", former.length ? ", " : "", names->names[i]);
        query->feeds = names->names;
        query->feeds_count = names->present;
      }
  if (query->feeds && !former.failed)
    sf_host_log (host, SF_LOG_INFO, "left out, since they are defined no longer: %s; --all-feeds shows them, too",
                 former.text);
  sf_strbuf_finish (&former);
}

/* An empty answer to a misspelt name would say that all is calm. */
static enum sf_code
check_names (const struct sf_host *host, struct sf_store *store, struct sf_arena *arena, struct sf_store_query *query,
             struct sf_error *err)
{
  struct sf_feed_names names;
  SF_TRY (sf_feed_names_find (arena, sf_settings_text (host->settings, "data"), &names, err));
  for (size_t i = 0; i < query->feeds_count; i++)
    SF_TRY (sf_feed_names_check (&names, query->feeds[i], err));
  for (size_t i = 0; i < query->subjects_count; i++)
    SF_TRY (check_subject (store, arena, query->subjects[i], err));
  leave_out_former (host, &names, query);
  return SF_OK;
}

int
query_run_rows (const struct sf_command_context *context, int argc, char **argv, struct sf_error *err)
{
  const struct sf_settings *settings = context->host->settings;
  struct query_output output = { .context = context };
  struct sf_store_query query;
  struct sf_store *store = NULL;
  struct sf_arena arena = { 0 };
  if (find_kind (argv[1], &output.kind, err) != SF_OK)
    return 2;
  if (argc > 2)
    {
      sf_fail (err, SF_EINVAL, "what is '%s'? `sanfang query %s` takes options only", argv[2], argv[1]);
      return 2;
    }
  sf_store_query_init (&query, output.kind);
  if (read_query (context, &query, err) != SF_OK)
    return 2;
  output.all_revisions = query.all_revisions;
  output.format
      = sf_settings_bool (settings, "json") ? QUERY_JSON : (enum query_format) sf_settings_choice (settings, "format");
  enum sf_code code = sf_store_open (sf_settings_text (settings, "data"), SF_STORE_READ, &store, err);
  if (code == SF_OK)
    code = check_names (context->host, store, &arena, &query, err);
  if (code == SF_OK)
    code = answer (store, &query, &output, err);
  if (code == SF_OK && !output.rows)
    sf_host_log (context->host, SF_LOG_WARNING, "the store has nothing that was asked for");
  sf_store_close (store);
  sf_arena_finish (&arena);
  sf_strbuf_finish (&output.line);
  sf_strbuf_finish (&output.cells);
  return code == SF_OK ? 0 : code == SF_EINVAL ? 2 : 1;
}
