/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/command/query/query.h"

#include "core/base/time.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Gaps of a series are completed linearly between the two reliable rows around them. What is added is a product of its own:
   marked as completed and doubtful, with the neighbours named, and never stored. */
enum
{
  MOST_STEPS = 100000 /* in one gap */
};

static int
compare_times (const void *a, const void *b)
{
  int64_t x = *(const int64_t *) a, y = *(const int64_t *) b;
  return (x > y) - (x < y);
}

/* The step between neighbours that is seen most often, the shorter of two; 0 for fewer than two rows. */
static enum sf_code
find_step (const struct query_fill *fill, int64_t *ret_step_s, struct sf_error *err)
{
  size_t count = fill->count < 2 ? 0 : fill->count - 1, most = 0;
  *ret_step_s = 0;
  int64_t *steps_s = sf_mem_alloc (count * sizeof *steps_s);
  if (!steps_s)
    return sf_fail (err, SF_ENOMEM, "no memory for the steps of %zu rows", count);
  for (size_t i = 0; i < count; i++)
    steps_s[i] = fill->rows[i + 1].record->valid_s - fill->rows[i].record->valid_s;
  qsort (steps_s, count, sizeof *steps_s, compare_times);
  for (size_t i = 0, n; i < count; i += n)
    {
      n = 1;
      while (i + n < count && steps_s[i + n] == steps_s[i])
        n++;
      if (n > most)
        {
          most = n;
          *ret_step_s = steps_s[i];
        }
    }
  sf_mem_free (steps_s);
  return SF_OK;
}

static bool
is_sound (const struct sf_record *record)
{
  return record->quality <= SF_QUALITY_COMPLETED_RELIABLE && !isnan (record->as.observation.value);
}

/* Between two values; a direction goes the shorter way round, since north is 0 and 360. */
static double
value_between (const struct query_fill *fill, const struct sf_observation *before, const struct sf_observation *after,
               double part)
{
  const struct sf_quantity *quantity = sf_vocabulary_quantity (fill->vocabulary, before->quantity);
  if (!quantity || !quantity->unit || strcmp (quantity->unit, "degree") != 0)
    return before->value + part * (after->value - before->value);
  double value_deg = fmod (before->value + part * remainder (after->value - before->value, 360), 360);
  return value_deg < 0 ? value_deg + 360 : value_deg;
}

static enum sf_code
complete (struct query_fill *fill, const struct sf_record *before, const struct sf_record *after, int64_t step_s,
          struct sf_error *err)
{
  int64_t gap_s = after->valid_s - before->valid_s;
  char from[SF_TIME_TEXT_BYTES], to[SF_TIME_TEXT_BYTES];
  if (step_s <= 0 || gap_s > fill->gap_s || gap_s <= step_s || gap_s / step_s > MOST_STEPS || !is_sound (before)
      || !is_sound (after))
    return SF_OK;
  sf_strbuf_reset (&fill->doubt);
  sf_strbuf_addf (&fill->doubt, "completed linearly between %s and %s", sf_time_format_utc (from, before->valid_s),
                  sf_time_format_utc (to, after->valid_s));
  if (fill->doubt.failed)
    return sf_fail (err, SF_ENOMEM, "no memory to complete a series");
  for (int64_t time_s = before->valid_s + step_s; time_s < after->valid_s; time_s += step_s)
    {
      struct sf_record record = *before;
      struct sf_store_row row = { .record = &record, .holds = true };
      double part = (double) (time_s - before->valid_s) / (double) gap_s;
      record.valid_s = time_s;
      record.received_s = after->received_s > before->received_s ? after->received_s : before->received_s;
      record.revision = 0;
      record.quality = SF_QUALITY_COMPLETED_DOUBTFUL;
      record.doubt = fill->doubt.text;
      record.source = NULL;
      record.source_line = 0;
      record.as.observation.value = value_between (fill, &before->as.observation, &after->as.observation, part);
      SF_TRY (fill->visit (fill->ctx, &row, err));
    }
  return SF_OK;
}

/* Give the series out that was gathered, its gaps completed. */
static enum sf_code
flush (struct query_fill *fill, struct sf_error *err)
{
  int64_t step_s = 0;
  SF_TRY (find_step (fill, &step_s, err));
  for (size_t i = 0; i < fill->count; i++)
    {
      SF_TRY (fill->visit (fill->ctx, &fill->rows[i], err));
      if (i + 1 < fill->count)
        SF_TRY (complete (fill, fill->rows[i].record, fill->rows[i + 1].record, step_s, err));
    }
  fill->count = 0;
  sf_arena_reset (&fill->arena);
  return SF_OK;
}

static bool
same_series (const struct sf_record *a, const struct sf_record *b)
{
  return strcmp (a->feed, b->feed) == 0 && strcmp (a->as.observation.asset, b->as.observation.asset) == 0
         && strcmp (a->as.observation.quantity, b->as.observation.quantity) == 0
         && a->as.observation.period_s == b->as.observation.period_s;
}

enum sf_code
query_fill_put (void *ctx, const struct sf_store_row *row, struct sf_error *err)
{
  struct query_fill *fill = ctx;
  if (fill->count > 0 && !same_series (fill->rows[0].record, row->record))
    SF_TRY (flush (fill, err));
  struct sf_record *copy = sf_arena_alloc (&fill->arena, sizeof *copy);
  if (!copy || sf_mem_grow ((void **) &fill->rows, &fill->capacity, fill->count + 1, sizeof *fill->rows) != 0)
    return sf_fail (err, SF_ENOMEM, "no memory for a series of %zu rows", fill->count + 1);
  SF_TRY (sf_record_copy (&fill->arena, row->record, copy, err));
  fill->rows[fill->count] = *row;
  fill->rows[fill->count++].record = copy;
  return SF_OK;
}

enum sf_code
query_fill_end (struct query_fill *fill, struct sf_error *err)
{
  return flush (fill, err);
}

void
query_fill_finish (struct query_fill *fill)
{
  sf_mem_free (fill->rows);
  sf_strbuf_finish (&fill->doubt);
  sf_arena_finish (&fill->arena);
}
