/* SPDX-License-Identifier: Apache-2.0 */
#include "core/store/store_private.h"

#include <string.h>

/* A feed whose clock runs wild names a day of its own with each row, and each day costs a file and its syncs. So a commit
   writes the days of feeds that name few, and of the others some; what is left stays in the batch for the next commits. */

int
sf_item_compare_days (const void *a, const void *b)
{
  const struct sf_item *x = a, *y = b;
  if (x->kind != y->kind)
    return x->kind < y->kind ? -1 : 1;
  return (x->day > y->day) - (x->day < y->day);
}

size_t
sf_item_count_same_day (const struct sf_item *items, size_t count)
{
  size_t n = 1;
  while (n < count && sf_item_compare_days (&items[0], &items[n]) == 0)
    n++;
  return n;
}

static uint32_t
feed_of (const struct sf_store *store, const struct sf_item *item)
{
  return store->series[item->series].feed_number;
}

/* --- choosing --- */

/* How many days a feed names. */
struct named
{
  size_t days, last; /* last: the day that was counted last, from 1 */
};

static size_t
count_days (const struct sf_store *store, const struct sf_item *items, size_t count, struct named *named)
{
  size_t day = 0;
  for (size_t i = 0; i < count; i++)
    {
      struct named *feed = &named[feed_of (store, &items[i])];
      day += i == 0 || sf_item_compare_days (&items[i - 1], &items[i]) != 0;
      feed->days += feed->last != day;
      feed->last = day;
    }
  return day;
}

static bool
is_of_few (const struct sf_store *store, const struct sf_item *items, size_t count, const struct named *named)
{
  for (size_t i = 0; i < count; i++)
    if (named[feed_of (store, &items[i])].days <= SF_DAYS_FEW)
      return true;
  return false;
}

enum sf_code
sf_share_choose (struct sf_store *store, struct sf_item *items, size_t *count, int days_max, struct sf_error *err)
{
  size_t kept = 0;
  enum sf_code code = SF_OK;
  struct named *named = sf_mem_calloc (store->feeds.count + 1, sizeof *named);
  if (!named)
    return sf_fail (err, SF_ENOMEM, "no memory to commit %zu rows", *count);
  bool all = count_days (store, items, *count, named) <= SF_DAYS_FEW;
  for (size_t i = 0, n; i < *count && !all && code == SF_OK; i += n)
    {
      n = sf_item_count_same_day (items + i, *count - i);
      bool now = is_of_few (store, items + i, n, named) || days_max-- > 0;
      if (now)
        {
          memmove (items + kept, items + i, n * sizeof *items);
          kept += n;
        }
      else
        code = sf_share_leave (store, items + i, n, NULL, err);
    }
  *count = all ? *count : kept;
  sf_mem_free (named);
  return code;
}

/* --- what is left --- */

static struct sf_left *
find_left (const struct sf_batch *batch, uint32_t feed)
{
  for (size_t i = 0; i < batch->left_count; i++)
    if (batch->left[i].feed == feed)
      return &batch->left[i];
  return NULL;
}

bool
sf_share_is_left (const struct sf_store *store, uint32_t feed)
{
  return find_left (&store->batch, feed) != NULL;
}

static enum sf_code
leave_item (struct sf_store *store, const struct sf_item *item, const struct sf_error *why, struct sf_error *err)
{
  struct sf_batch *batch = &store->batch;
  struct sf_left *left = find_left (batch, feed_of (store, item));
  if (!left)
    {
      if (sf_mem_grow ((void **) &batch->left, &batch->left_capacity, batch->left_count + 1, sizeof *batch->left) != 0)
        return sf_fail (err, SF_ENOMEM, "no memory for %zu feeds with rows that wait", batch->left_count + 1);
      left = &batch->left[batch->left_count++];
      *left = (struct sf_left){ .feed = feed_of (store, item) };
    }
  left->days += left->days == 0 || left->kind != item->kind || left->day != item->day;
  left->kind = item->kind;
  left->day = item->day;
  if (why)
    left->why = *why;
  return SF_OK;
}

enum sf_code
sf_share_leave (struct sf_store *store, const struct sf_item *items, size_t count, const struct sf_error *why,
                struct sf_error *err)
{
  for (size_t i = 0; i < count; i++)
    SF_TRY (leave_item (store, &items[i], why, err));
  return SF_OK;
}

bool
sf_store_has_left (const struct sf_store *store, const char *feed, long *ret_days, struct sf_error *why)
{
  const struct sf_batch *batch = &store->batch;
  for (size_t i = 0; i < batch->left_count; i++)
    {
      const struct sf_left *left = &batch->left[i];
      if (strcmp (store->feeds.names[left->feed].bytes, feed) != 0)
        continue;
      *ret_days = left->days;
      *why = left->why;
      return true;
    }
  return false;
}

/* --- links --- */

static void
take_best (struct sf_store *store, uint32_t number)
{
  const struct sf_batch *batch = &store->batch;
  const struct sf_batch_row *row = &batch->rows[number];
  struct sf_series *series = &store->series[row->series];
  if (!series->best || sf_row_key_compare (&row->key, &batch->rows[series->best - 1].key) > 0)
    series->best = number + 1;
}

static void
unlink_all (struct sf_store *store)
{
  const struct sf_batch *batch = &store->batch;
  for (size_t i = 0; i < batch->rows_count; i++)
    {
      struct sf_series *series = &store->series[batch->rows[i].series];
      series->best = series->newest_row = 0;
    }
  for (size_t i = 0; i < batch->judgements_count; i++)
    store->series[batch->judgements[i].series].newest_judgement = 0;
}

void
sf_share_find_best (struct sf_store *store, const struct sf_item *items, size_t count)
{
  for (size_t i = 0; i < store->batch.rows_count; i++)
    store->series[store->batch.rows[i].series].best = 0;
  for (size_t i = 0; i < count; i++)
    if (!items[i].judges)
      take_best (store, items[i].number);
}

void
sf_share_link (struct sf_store *store)
{
  struct sf_batch *batch = &store->batch;
  unlink_all (store);
  for (size_t i = 0; i < batch->rows_count; i++)
    {
      struct sf_series *series = &store->series[batch->rows[i].series];
      batch->rows[i].before = series->newest_row;
      series->newest_row = (uint32_t) i + 1;
      take_best (store, (uint32_t) i);
    }
  for (size_t i = 0; i < batch->judgements_count; i++)
    {
      struct sf_series *series = &store->series[batch->judgements[i].series];
      batch->judgements[i].before = series->newest_judgement;
      series->newest_judgement = (uint32_t) i + 1;
    }
}

/* --- after a commit --- */

static void
note_written (struct sf_batch *batch, const struct sf_item *items, size_t count)
{
  for (size_t i = 0; i < count; i++)
    if (items[i].judges)
      batch->judgements[items[i].number].written = true;
    else
      batch->rows[items[i].number].written = true;
}

static void
drop_written (struct sf_batch *batch)
{
  size_t rows = 0, judgements = 0;
  for (size_t i = 0; i < batch->rows_count; i++)
    if (!batch->rows[i].written)
      batch->rows[rows++] = batch->rows[i];
  for (size_t i = 0; i < batch->judgements_count; i++)
    if (!batch->judgements[i].written)
      batch->judgements[judgements++] = batch->judgements[i];
  batch->texts_bytes = batch->rows_count ? batch->texts_bytes / batch->rows_count * rows : 0;
  batch->rows_count = rows;
  batch->judgements_count = judgements;
}

/* There is room: there were more. */
static void
find_ids (struct sf_batch *batch)
{
  memset (batch->slots, 0, batch->slots_count * sizeof *batch->slots);
  batch->ids_count = 0;
  for (size_t i = 0; i < batch->rows_count; i++)
    {
      const struct sf_batch_id id = { batch->rows[i].series, batch->rows[i].key };
      *sf_batch_find (batch, &id) = (uint32_t) i + 1;
      batch->ids[batch->ids_count++] = id;
    }
}

void
sf_share_settle (struct sf_store *store, const struct sf_item *items, size_t count)
{
  struct sf_batch *batch = &store->batch;
  size_t kept = 0;
  note_written (batch, items, count);
  unlink_all (store);
  drop_written (batch);
  batch->records_count = 0;
  sf_arena_reset (&batch->arena);
  if (batch->slots_count > 0)
    find_ids (batch);
  sf_share_link (store);
  for (size_t i = 0; i < batch->applied_count; i++)
    if (sf_share_is_left (store, batch->applied[i].feed))
      batch->applied[kept++] = batch->applied[i];
  batch->applied_count = kept;
}
