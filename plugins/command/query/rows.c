/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/command/query/query.h"

#include "core/base/time.h"

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

int
query_run_rows (const struct sf_command_context *context, int argc, char **argv, struct sf_error *err)
{
  const struct sf_settings *settings = context->host->settings;
  struct query_output output = { .context = context };
  struct sf_store_query query;
  struct sf_store *store = NULL;
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
    code = answer (store, &query, &output, err);
  sf_store_close (store);
  sf_strbuf_finish (&output.line);
  sf_strbuf_finish (&output.cells);
  return code == SF_OK ? 0 : code == SF_EINVAL ? 2 : 1;
}
