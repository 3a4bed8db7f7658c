/* SPDX-License-Identifier: Apache-2.0 */
#include "core/store/store_private.h"

#include <string.h>

/* Reading assets, tracks, events and fields. */

struct held
{
  struct sf_batch_record one;
  struct sf_arena arena;
  struct sf_strbuf about; /* what the row is about, its valid time included */
};

/* The newest time of each series, for queries that want only that: of assets and events the valid time, of tracks and
   fields that of the run. */
struct epochs
{
  struct sf_names series;
  int64_t *newest_s;
  size_t capacity;
  struct sf_strbuf name;
};

static int64_t
epoch_of (const struct sf_record *record)
{
  int64_t base_s = record->kind == SF_RECORD_TRACK   ? record->as.track.base_s
                   : record->kind == SF_RECORD_FIELD ? record->as.field.base_s
                                                     : SF_TIME_MISSING;
  return base_s == SF_TIME_MISSING ? record->valid_s : base_s;
}

/* The series of a record: what it is about without the run. */
static enum sf_code
find_series (struct epochs *epochs, const struct sf_record *record, uint32_t *ret_series, struct sf_error *err)
{
  struct sf_record bare = *record;
  if (bare.kind == SF_RECORD_TRACK)
    bare.as.track.base_s = bare.as.track.lead_s = 0;
  if (bare.kind == SF_RECORD_FIELD)
    bare.as.field.base_s = 0;
  sf_strbuf_reset (&epochs->name);
  sf_store_add_about (&epochs->name, &bare);
  if (epochs->name.failed)
    return sf_fail (err, SF_ENOMEM, "no memory for the name of a series");
  return sf_names_put (&epochs->series, epochs->name.text, epochs->name.length, ret_series, err);
}

static enum sf_code
note_epoch (struct epochs *epochs, const struct sf_record *record, struct sf_error *err)
{
  uint32_t series = 0;
  size_t known = epochs->series.count;
  if (sf_mem_grow ((void **) &epochs->newest_s, &epochs->capacity, known + 1, sizeof *epochs->newest_s) != 0)
    return sf_fail (err, SF_ENOMEM, "no memory for %zu series", known + 1);
  SF_TRY (find_series (epochs, record, &series, err));
  if (series == known || epoch_of (record) > epochs->newest_s[series])
    epochs->newest_s[series] = epoch_of (record);
  return SF_OK;
}

static bool
is_wanted (const struct sf_reader *reader, const struct sf_record *record)
{
  const char *quantity = reader->query->quantity;
  const char *number = record->kind == SF_RECORD_TRACK ? record->as.track.number : NULL;
  return (sf_reader_wants (reader, record->feed, sf_store_subject (record))
          || (number && sf_reader_wants (reader, record->feed, number)))
         && !(record->kind == SF_RECORD_FIELD && quantity && strcmp (quantity, record->as.field.quantity) != 0);
}

/* The rows of a query: their numbers, and a statement that stands open for none longer than it takes to copy it. */
struct walk
{
  int64_t *numbers;
  size_t count, at;
  sqlite3_stmt *statement;
};

static enum sf_code
begin_walk (struct sf_reader *reader, struct walk *walk)
{
  walk->at = 0;
  SF_TRY (sf_records_select (reader->store, reader->query, &walk->numbers, &walk->count, reader->err));
  return sf_records_prepare (reader->store, reader->query->kind, &walk->statement, reader->err);
}

static void
end_walk (struct walk *walk)
{
  sqlite3_finalize (walk->statement);
  sf_mem_free (walk->numbers);
  *walk = (struct walk){ 0 };
}

static enum sf_code
take_row (struct sf_reader *reader, struct walk *walk, struct held *held, bool *ret_row)
{
  sf_arena_reset (&held->arena);
  sqlite3_bind_int64 (walk->statement, 1, walk->numbers[walk->at++]);
  enum sf_code code = sf_db_step (reader->store->catalog, walk->statement, ret_row, reader->err);
  if (code == SF_OK && *ret_row)
    code = sf_records_take (reader->store, walk->statement, &held->arena, reader->query->kind, &held->one, reader->err);
  sqlite3_reset (walk->statement);
  return code;
}

/* Go to the next row that the query wants. */
static enum sf_code
next_row (struct sf_reader *reader, struct walk *walk, struct held *held, bool *ret_row)
{
  *ret_row = false;
  while (walk->at < walk->count && !*ret_row)
    {
      SF_TRY (take_row (reader, walk, held, ret_row));
      *ret_row = *ret_row && is_wanted (reader, &held->one.record);
    }
  return SF_OK;
}

static enum sf_code
find_epochs (struct sf_reader *reader, struct held *held, struct epochs *epochs)
{
  struct walk walk = { 0 };
  bool row = false;
  enum sf_code code = begin_walk (reader, &walk);
  while (code == SF_OK && (code = next_row (reader, &walk, held, &row)) == SF_OK && row)
    code = note_epoch (epochs, &held->one.record, reader->err);
  end_walk (&walk);
  return code;
}

static enum sf_code
name_row (struct held *held, struct sf_error *err)
{
  sf_strbuf_reset (&held->about);
  sf_store_add_about (&held->about, &held->one.record);
  sf_strbuf_add_bytes (&held->about, &held->one.record.valid_s, sizeof (int64_t));
  return held->about.failed ? sf_fail (err, SF_ENOMEM, "no memory to read a record") : SF_OK;
}

static bool
same_about (const struct held *a, const struct held *b)
{
  return a->about.length == b->about.length && memcmp (a->about.text, b->about.text, a->about.length) == 0;
}

static enum sf_code
give (struct sf_reader *reader, struct held *held, struct epochs *epochs, long rank, bool holds)
{
  const struct sf_store_query *query = reader->query;
  bool counted = !query->latest || query->all_revisions;
  struct sf_store_row row = { .record = &held->one.record, .rank = counted ? rank : 0, .holds = holds };
  uint32_t series = 0;
  if (!holds && !query->all_revisions)
    return SF_OK;
  if (query->latest)
    {
      SF_TRY (find_series (epochs, &held->one.record, &series, reader->err));
      if (epochs->newest_s[series] != epoch_of (&held->one.record))
        return SF_OK;
    }
  sf_row_origin (&row.origin, held->one.message_id, held->one.tie, held->one.place);
  if (held->one.file && !(row.file = sf_field_raster (reader->store, &held->arena, held->one.file)))
    return sf_fail (reader->err, SF_ENOMEM, "no memory to read a record");
  return sf_reader_give (reader, &row);
}

static enum sf_code
give_rows (struct sf_reader *reader, struct walk *walk, struct held held[2], struct epochs *epochs)
{
  int now = 0;
  long rank = 0;
  bool row = false;
  for (;;)
    {
      struct held *next = &held[1 - now];
      SF_TRY (next_row (reader, walk, next, &row));
      if (!row)
        return rank ? give (reader, &held[now], epochs, rank, true) : SF_OK;
      SF_TRY (name_row (next, reader->err));
      bool same = rank > 0 && same_about (&held[now], next);
      if (rank > 0)
        SF_TRY (give (reader, &held[now], epochs, rank, !same));
      rank = same ? rank + 1 : 1;
      now = 1 - now;
    }
}

enum sf_code
sf_reader_records (struct sf_reader *reader)
{
  struct held held[2] = { 0 };
  struct epochs epochs = { 0 };
  struct walk walk = { 0 };
  enum sf_code code = reader->query->latest ? find_epochs (reader, &held[0], &epochs) : SF_OK;
  if (code == SF_OK)
    code = begin_walk (reader, &walk);
  if (code == SF_OK)
    code = give_rows (reader, &walk, held, &epochs);
  end_walk (&walk);
  for (int i = 0; i < 2; i++)
    {
      sf_arena_finish (&held[i].arena);
      sf_strbuf_finish (&held[i].about);
    }
  sf_names_finish (&epochs.series);
  sf_strbuf_finish (&epochs.name);
  sf_mem_free (epochs.newest_s);
  return code;
}
