/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/quality_private.h"

#include <math.h>
#include <string.h>

/* Quality control on the store's functions. */

struct collecting
{
  struct sf_arena *arena;
  const struct sf_store_series *series;
  struct sf_quality_past_row *rows;
  size_t count, capacity;
};

static enum sf_code
grow (struct collecting *collecting, struct sf_error *err)
{
  if (collecting->count < collecting->capacity)
    return SF_OK;
  size_t capacity = collecting->capacity ? 2 * collecting->capacity : 64;
  struct sf_quality_past_row *rows = sf_arena_calloc (collecting->arena, capacity, sizeof *rows);
  if (!rows)
    return sf_fail (err, SF_ENOMEM, "out of memory for quality control of %.100s", collecting->series->subject);
  if (collecting->count)
    memcpy (rows, collecting->rows, collecting->count * sizeof *rows);
  collecting->rows = rows;
  collecting->capacity = capacity;
  return SF_OK;
}

static enum sf_code
collect (void *ctx, const struct sf_store_row *row, struct sf_error *err)
{
  struct collecting *collecting = ctx;
  const struct sf_record *record = row->record;
  bool observed = record->kind == SF_RECORD_OBSERVATION;
  if (observed && record->as.observation.period_s != collecting->series->period_s)
    return SF_OK;
  SF_TRY (grow (collecting, err));
  struct sf_quality_past_row *past = &collecting->rows[collecting->count];
  *past = (struct sf_quality_past_row){ .sample = { .valid_s = record->valid_s,
                                                    .received_s = record->received_s,
                                                    .value = observed ? record->as.observation.value : NAN,
                                                    .quality = record->quality,
                                                    .revision = record->revision,
                                                    .place = row->origin.place,
                                                    .tie = sf_store_tie (&row->origin.sha256),
                                                    .day = sf_store_day (record->valid_s) },
                                        .doubt
                                        = record->doubt ? sf_arena_strdup (collecting->arena, record->doubt) : NULL };
  if (record->doubt && !past->doubt)
    return sf_fail (err, SF_ENOMEM, "out of memory for quality control of %.100s", collecting->series->subject);
  collecting->count++;
  return SF_OK;
}

/* What was judged and could not be committed yet is past, too: a row that takes another's place takes its judgement back. */
static enum sf_code
collect_batch (struct collecting *collecting, struct sf_store *store, int64_t from_s, int64_t to_s,
               struct sf_error *err)
{
  struct sf_store_sample *samples = NULL;
  size_t count = 0;
  for (size_t i = 0; i < collecting->count; i++)
    {
      struct sf_quality_past_row *row = &collecting->rows[i];
      row->sample.doubt = row->doubt;
      SF_TRY (sf_store_overlay (store, collecting->series, &row->sample, err));
      row->doubt = row->sample.doubt;
      row->sample.doubt = NULL;
    }
  SF_TRY (sf_store_batch_samples (store, collecting->arena, collecting->series, from_s, to_s, &samples, &count, err));
  for (size_t i = 0; i < count; i++)
    {
      SF_TRY (grow (collecting, err));
      collecting->rows[collecting->count++]
          = (struct sf_quality_past_row){ .sample = samples[i], .doubt = samples[i].doubt };
    }
  return SF_OK;
}

static enum sf_code
read_past (struct sf_store *store, struct sf_arena *arena, const struct sf_store_series *series, int64_t from_s,
           int64_t to_s, struct sf_quality_past_row **ret_rows, size_t *ret_count, struct sf_error *err)
{
  struct collecting collecting = { .arena = arena, .series = series };
  struct sf_store_query query;
  sf_store_query_init (&query, series->kind);
  query.feeds = &series->feed;
  query.feeds_count = 1;
  query.subjects = &series->subject;
  query.subjects_count = 1;
  query.quantity = series->quantity;
  query.from_s = from_s;
  query.to_s = to_s;
  query.all_revisions = true;
  SF_TRY (sf_store_read (store, &query, collect, &collecting, err));
  SF_TRY (collect_batch (&collecting, store, from_s, to_s, err));
  *ret_rows = collecting.rows;
  *ret_count = collecting.count;
  return SF_OK;
}

enum sf_code
sf_quality_new (const struct sf_quality_rules *rules, struct sf_store *store, struct sf_quality_control **ret_control,
                struct sf_error *err)
{
  const struct sf_quality_source source = { store, sf_store_samples, sf_store_judge, read_past };
  return sf_quality_new_from (rules, &source, SF_QUALITY_SERIES_MAX, ret_control, err);
}
