/* SPDX-License-Identifier: Apache-2.0 */
#include "core/store/store_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What quality control asks: rows of one series around a time, and their judgement. */

struct gathering
{
  struct sf_store *store;
  const struct sf_series *series;
  uint32_t number; /* of the series */
  int64_t from_s, to_s;
  size_t most;
  bool oldest; /* the oldest are wanted, not the newest */
  struct sf_store_sample *samples;
  size_t count, capacity, times; /* times: how many valid times the stored samples have */
};

static enum sf_code
add_sample (struct gathering *gathering, const struct sf_store_sample *sample, struct sf_error *err)
{
  if (sf_mem_grow ((void **) &gathering->samples, &gathering->capacity, gathering->count + 1,
                   sizeof *gathering->samples)
      != 0)
    return sf_fail (err, SF_ENOMEM, "no memory for %zu samples", gathering->count + 1);
  gathering->samples[gathering->count++] = *sample;
  return SF_OK;
}

static struct sf_store_sample
sample_of (const struct gathering *gathering, const struct sf_row_key *key, const double *numbers, uint8_t quality,
           int64_t row)
{
  bool observed = gathering->series->kind == SF_RECORD_OBSERVATION;
  const struct sf_row_layout *layout = sf_row_layout (gathering->series->kind);
  return (struct sf_store_sample){ .valid_s = key->valid_s,
                                   .received_s = key->received_s,
                                   .value = observed ? numbers[0] : NAN,
                                   .lon_deg = numbers[layout->lon],
                                   .lat_deg = numbers[layout->lon + 1],
                                   .quality = quality,
                                   .revision = key->revision,
                                   .tie = key->tie,
                                   .place = key->place,
                                   .row = row,
                                   .day = sf_store_day (key->valid_s) };
}

static struct sf_row_key
key_of (const struct sf_store_sample *sample)
{
  return (struct sf_row_key){ .valid_s = sample->valid_s,
                              .revision = sample->revision,
                              .received_s = sample->received_s,
                              .tie = sample->tie,
                              .place = sample->place };
}

/* --- rows that are stored --- */

static const struct sf_judgement *
find_judgement (const struct sf_batch *batch, const struct sf_series *series, const struct sf_row_key *key)
{
  for (uint32_t at = series->newest_judgement; at; at = batch->judgements[at - 1].before)
    if (sf_row_key_compare (&batch->judgements[at - 1].key, key) == 0)
      return &batch->judgements[at - 1];
  return NULL;
}

static uint8_t
judged_quality (const struct gathering *gathering, const struct sf_row_key *key, uint8_t quality)
{
  const struct sf_judgement *judgement = find_judgement (&gathering->store->batch, gathering->series, key);
  return judgement ? judgement->quality : quality;
}

static enum sf_code
gather_slot (struct gathering *gathering, struct sf_day_file *file, sqlite3_stmt *statement, struct sf_error *err)
{
  const struct sf_row_layout *layout = sf_row_layout (file->kind);
  bool row = false;
  int64_t before_s = SF_TIME_MISSING;
  for (;;)
    {
      struct sf_stored_row stored;
      SF_TRY (sf_db_step (file->db, statement, &row, err));
      if (!row)
        return SF_OK;
      sf_row_take (statement, 0, layout, &stored);
      if (stored.key.valid_s != before_s && gathering->times == gathering->most)
        return SF_OK;
      gathering->times += stored.key.valid_s != before_s;
      before_s = stored.key.valid_s;
      struct sf_store_sample sample = sample_of (gathering, &stored.key, stored.numbers,
                                                 judged_quality (gathering, &stored.key, stored.quality), 0);
      SF_TRY (add_sample (gathering, &sample, err));
    }
}

static enum sf_code
gather_day (struct gathering *gathering, int64_t day, struct sf_error *err)
{
  struct sf_day_file *file = NULL;
  sqlite3_stmt *statement = NULL;
  int64_t id = 0, first_s = day * SF_DAY_S, last_s = first_s + SF_DAY_S - 1;
  enum sf_code code = SF_OK;
  SF_TRY (sf_day_open (gathering->store, gathering->series->kind, day, false, &file, err));
  if (!file)
    return SF_OK;
  SF_TRY (sf_day_begin_read (file, err));
  SF_TRY (sf_day_series (gathering->store, file, gathering->number, false, &id, err));
  if (id == 0)
    return SF_OK;
  first_s = gathering->from_s > first_s ? gathering->from_s : first_s;
  last_s = gathering->to_s < last_s ? gathering->to_s : last_s;
  SF_TRY (sf_day_statement (file, gathering->oldest ? SF_DAY_READ : SF_DAY_READ_BACK, &statement, err));
  sqlite3_bind_int64 (statement, 2, id);
  sqlite3_bind_int64 (statement, 3, first_s);
  sqlite3_bind_int64 (statement, 4, last_s);
  int slot = sf_slot_of (gathering->oldest ? first_s : last_s), step = gathering->oldest ? 1 : -1;
  int end = sf_slot_of (gathering->oldest ? last_s : first_s) + step;
  for (; slot != end && code == SF_OK && gathering->times < gathering->most; slot += step)
    {
      sqlite3_bind_int (statement, 1, slot);
      code = gather_slot (gathering, file, statement, err);
      sqlite3_reset (statement);
    }
  return code;
}

/* Beyond the last row there is nothing, so that the common question, what came before, looks at one slot or two. */
static enum sf_code
gather_stored (struct gathering *gathering, struct sf_arena *arena, struct sf_error *err)
{
  const struct sf_series *series = gathering->series;
  int64_t *days = NULL;
  size_t count = 0;
  if (series->last_state != SF_LAST_KNOWN || gathering->from_s > series->last.valid_s
      || gathering->from_s > gathering->to_s)
    return SF_OK;
  if (gathering->to_s > series->last.valid_s)
    gathering->to_s = series->last.valid_s;
  if (sf_store_day (gathering->to_s) == sf_store_day (gathering->from_s))
    return gather_day (gathering, sf_store_day (gathering->to_s), err);
  SF_TRY (
      sf_days_between (gathering->store, arena, series->kind, gathering->from_s, gathering->to_s, &days, &count, err));
  for (size_t i = 0; i < count && gathering->times < gathering->most; i++)
    SF_TRY (gather_day (gathering, days[gathering->oldest ? i : count - 1 - i], err));
  return SF_OK;
}

/* --- rows of the batch, and both together --- */

static enum sf_code
gather_batch (struct gathering *gathering, int64_t to_s, struct sf_error *err)
{
  const struct sf_batch *batch = &gathering->store->batch;
  for (uint32_t at = gathering->series->newest_row; at; at = batch->rows[at - 1].before)
    {
      const struct sf_batch_row *row = &batch->rows[at - 1];
      if (row->key.valid_s < gathering->from_s || row->key.valid_s > to_s)
        continue;
      struct sf_store_sample sample = sample_of (gathering, &row->key, row->numbers, row->quality, at);
      sample.doubt = sf_store_text_of (gathering->store, row->texts[0]);
      SF_TRY (add_sample (gathering, &sample, err));
    }
  return SF_OK;
}

/* By time and precedence; of the same row in store and batch the one in the store comes last. */
static int
compare_samples (const void *a, const void *b)
{
  const struct sf_store_sample *x = a, *y = b;
  struct sf_row_key first = key_of (x), second = key_of (y);
  int order = sf_row_key_compare (&first, &second);
  return order ? order : (x->row < y->row) - (x->row > y->row);
}

/* Of the samples with the same time the last holds. */
static size_t
keep_holding (struct sf_store_sample *samples, size_t count)
{
  size_t kept = 0;
  for (size_t i = 0; i < count; i++)
    if (i + 1 == count || samples[i + 1].valid_s != samples[i].valid_s)
      samples[kept++] = samples[i];
  return kept;
}

static enum sf_code
gather (struct gathering *gathering, struct sf_arena *arena, struct sf_error *err)
{
  int64_t to_s = gathering->to_s;
  SF_TRY (gather_stored (gathering, arena, err));
  SF_TRY (gather_batch (gathering, to_s, err));
  if (gathering->count > 1)
    qsort (gathering->samples, gathering->count, sizeof *gathering->samples, compare_samples);
  gathering->count = keep_holding (gathering->samples, gathering->count);
  return SF_OK;
}

static enum sf_code
name_series (struct sf_store *store, const struct sf_store_series *series, uint32_t *ret_series, struct sf_error *err)
{
  struct sf_record record = { .kind = series->kind, .feed = series->feed };
  if (!sf_kind_has_days (series->kind) || !series->feed || !series->subject
      || (series->kind == SF_RECORD_OBSERVATION && !series->quantity))
    return sf_fail (err, SF_EINVAL,
                    "a series is of observations with feed, asset and quantity or of positions with feed "
                    "and mover");
  if (series->kind == SF_RECORD_POSITION)
    record.as.position.mover = series->subject;
  else
    {
      record.as.observation.asset = series->subject;
      record.as.observation.quantity = series->quantity;
      record.as.observation.period_s = series->period_s;
    }
  return sf_store_name (store, &record, ret_series, err);
}

/* Give out what was gathered: of more than are wanted the newest, or the oldest. */
static enum sf_code
hand_out (const struct gathering *gathering, struct sf_arena *arena, struct sf_store_sample **ret_samples,
          size_t *ret_count, struct sf_error *err)
{
  size_t count = gathering->count < gathering->most ? gathering->count : gathering->most;
  struct sf_store_sample *kept = sf_arena_alloc (arena, count * sizeof *kept);
  if (!kept)
    return sf_fail (err, SF_ENOMEM, "no memory for %zu samples", count);
  if (count > 0)
    memcpy (kept, gathering->samples + (gathering->oldest ? 0 : gathering->count - count), count * sizeof *kept);
  *ret_samples = kept;
  *ret_count = count;
  return SF_OK;
}

enum sf_code
sf_store_samples (struct sf_store *store, struct sf_arena *arena, const struct sf_store_series *series, int64_t from_s,
                  int64_t to_s, long limit, struct sf_store_sample **ret_samples, size_t *ret_count,
                  struct sf_error *err)
{
  struct gathering gathering = { .store = store,
                                 .from_s = from_s,
                                 .to_s = to_s == SF_TIME_MISSING ? INT64_MAX : to_s,
                                 .most = limit ? (size_t) labs (limit) : SIZE_MAX,
                                 .oldest = limit < 0 };
  SF_TRY (name_series (store, series, &gathering.number, err));
  gathering.series = &store->series[gathering.number];
  SF_TRY (sf_last_load (store, &store->series[gathering.number], err));
  enum sf_code code = gather (&gathering, arena, err);
  if (code == SF_OK)
    code = hand_out (&gathering, arena, ret_samples, ret_count, err);
  sf_mem_free (gathering.samples);
  return code;
}

enum sf_code
sf_store_batch_samples (struct sf_store *store, struct sf_arena *arena, const struct sf_store_series *series,
                        int64_t from_s, int64_t to_s, struct sf_store_sample **ret_samples, size_t *ret_count,
                        struct sf_error *err)
{
  struct gathering gathering = { .store = store, .from_s = from_s, .most = SIZE_MAX };
  SF_TRY (name_series (store, series, &gathering.number, err));
  gathering.series = &store->series[gathering.number];
  enum sf_code code = gather_batch (&gathering, to_s == SF_TIME_MISSING ? INT64_MAX : to_s, err);
  if (code == SF_OK)
    code = hand_out (&gathering, arena, ret_samples, ret_count, err);
  sf_mem_free (gathering.samples);
  return code;
}

/* --- judgement --- */

enum sf_code
sf_store_overlay (struct sf_store *store, const struct sf_store_series *series, struct sf_store_sample *sample,
                  struct sf_error *err)
{
  uint32_t number = 0;
  struct sf_row_key key = key_of (sample);
  SF_TRY (name_series (store, series, &number, err));
  const struct sf_judgement *judgement = find_judgement (&store->batch, &store->series[number], &key);
  if (judgement)
    {
      sample->quality = judgement->quality;
      sample->doubt = sf_store_text_of (store, judgement->doubt);
    }
  return SF_OK;
}

static enum sf_code
note_judgement (struct sf_batch *batch, struct sf_series *series, const struct sf_judgement *judgement,
                struct sf_error *err)
{
  struct sf_judgement *there = (struct sf_judgement *) find_judgement (batch, series, &judgement->key);
  if (there)
    {
      there->quality = judgement->quality;
      there->doubt = judgement->doubt;
      return SF_OK;
    }
  if (sf_mem_grow ((void **) &batch->judgements, &batch->judgements_capacity, batch->judgements_count + 1,
                   sizeof *batch->judgements)
      != 0)
    return sf_fail (err, SF_ENOMEM, "no memory for %zu judgements", batch->judgements_count + 1);
  batch->judgements[batch->judgements_count++] = *judgement;
  series->newest_judgement = (uint32_t) batch->judgements_count;
  return SF_OK;
}

enum sf_code
sf_store_judge (struct sf_store *store, const struct sf_store_series *series, const struct sf_store_sample *sample,
                enum sf_quality quality, const char *doubt, struct sf_error *err)
{
  struct sf_batch *batch = &store->batch;
  struct sf_judgement judgement = { .key = key_of (sample), .quality = (uint8_t) quality };
  if (store->mode != SF_STORE_WRITE)
    return sf_fail (err, SF_EINVAL, "the store is open for reading only");
  SF_TRY (name_series (store, series, &judgement.series, err));
  SF_TRY (sf_store_text (store, doubt, &judgement.doubt, err));
  if (sample->row > 0 && (size_t) sample->row <= batch->rows_count)
    {
      struct sf_batch_row *row = &batch->rows[sample->row - 1];
      if (row->series == judgement.series && sf_row_key_compare (&row->key, &judgement.key) == 0)
        {
          row->quality = judgement.quality;
          row->texts[0] = judgement.doubt;
          row->judged = true;
          return SF_OK;
        }
    }
  judgement.before = store->series[judgement.series].newest_judgement;
  return note_judgement (batch, &store->series[judgement.series], &judgement, err);
}
