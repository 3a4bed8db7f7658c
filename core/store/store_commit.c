/* SPDX-License-Identifier: Apache-2.0 */
#include "core/store/store_private.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* The order of writing is what keeps the store right: first the files of fields and the batch as a whole, then the rows of each
   day, each synced to the disk by its own transaction, then in one transaction of the catalogue the last rows, the other records
   and how far the feeds are applied. Whatever comes between leaves a batch that the next writer completes; what it cannot
   complete is put again from the journal, and rows that are there already stay as they are. */

enum
{
  DAYS_ALL = 0 /* of a batch, and one that cannot be written fails */
};

struct plan
{
  int days_max;    /* DAYS_ALL, or of feeds that name many */
  bool is_written; /* down, for the next writer */
};

/* The order of the table, so that neighbours go into the same page. */
static int
compare_rows (const void *a, const void *b)
{
  const struct sf_item *x = a, *y = b;
  if (x->judges != y->judges)
    return x->judges ? 1 : -1;
  if (x->slot != y->slot)
    return x->slot < y->slot ? -1 : 1;
  if (x->series_id != y->series_id)
    return x->series_id < y->series_id ? -1 : 1;
  return sf_row_key_compare (x->key, y->key);
}

static struct sf_item
item_of (const struct sf_store *store, uint32_t series, const struct sf_row_key *key, size_t number, bool judges)
{
  return (struct sf_item){ .kind = store->series[series].kind,
                           .slot = sf_slot_of (key->valid_s),
                           .day = sf_store_day (key->valid_s),
                           .series = series,
                           .number = (uint32_t) number,
                           .judges = judges,
                           .key = key };
}

static enum sf_code
bind_text (struct sf_store *store, struct sf_day_file *file, sqlite3_stmt *statement, int at, uint32_t text,
           struct sf_error *err)
{
  int64_t id = 0;
  SF_TRY (sf_day_text (store, file, text, &id, err));
  if (id)
    sqlite3_bind_int64 (statement, at, id);
  else
    sqlite3_bind_null (statement, at);
  return SF_OK;
}

static enum sf_code
judge (struct sf_store *store, struct sf_day_file *file, const struct sf_item *item, uint8_t quality, uint32_t doubt,
       struct sf_error *err)
{
  sqlite3_stmt *statement = NULL;
  SF_TRY (sf_day_statement (file, SF_DAY_JUDGE, &statement, err));
  sf_day_bind_key (statement, item->series_id, item->key);
  sqlite3_bind_int (statement, 8, quality);
  SF_TRY (bind_text (store, file, statement, 9, doubt, err));
  return sf_db_run (file->db, statement, err);
}

/* A row that is there already keeps its judgement unless the batch has another; the row of the batch may become the last
   of its series and must then say the same. */
static enum sf_code
meet_again (struct sf_store *store, struct sf_day_file *file, const struct sf_item *item, struct sf_batch_row *row,
            struct sf_error *err)
{
  sqlite3_stmt *statement = NULL;
  bool there = false;
  if (row->judged)
    return judge (store, file, item, row->quality, row->texts[0], err);
  SF_TRY (sf_day_statement (file, SF_DAY_VERDICT, &statement, err));
  sf_day_bind_key (statement, item->series_id, item->key);
  enum sf_code code = sf_db_step (file->db, statement, &there, err);
  if (code == SF_OK && there)
    {
      row->quality = (uint8_t) sqlite3_column_int (statement, 0);
      code = sf_store_text (store, (const char *) sqlite3_column_text (statement, 1), &row->texts[0], err);
    }
  sqlite3_reset (statement);
  return code;
}

static enum sf_code
insert (struct sf_store *store, struct sf_day_file *file, const struct sf_item *item, struct sf_error *err)
{
  struct sf_batch_row *row = &store->batch.rows[item->number];
  const struct sf_row_layout *layout = sf_row_layout (item->kind);
  sqlite3_stmt *statement = NULL;
  SF_TRY (sf_day_statement (file, SF_DAY_INSERT, &statement, err));
  sf_day_bind_key (statement, item->series_id, item->key);
  sqlite3_bind_int64 (statement, 8, row->message_id);
  sqlite3_bind_int (statement, 9, row->quality);
  SF_TRY (bind_text (store, file, statement, 10, row->texts[0], err));
  SF_TRY (bind_text (store, file, statement, 11, row->texts[1], err));
  sqlite3_bind_int64 (statement, 12, row->source_line);
  for (int i = 0; i < layout->texts; i++)
    SF_TRY (bind_text (store, file, statement, 13 + i, row->texts[2 + i], err));
  for (int i = 0; i < layout->numbers; i++)
    sqlite3_bind_double (statement, 13 + layout->texts + i, row->numbers[i]);
  SF_TRY (sf_db_run (file->db, statement, err));
  return sqlite3_changes (file->db) ? SF_OK : meet_again (store, file, item, row, err);
}

static enum sf_code
write_items (struct sf_store *store, struct sf_day_file *file, struct sf_item *items, size_t count,
             struct sf_error *err)
{
  for (size_t i = 0; i < count; i++)
    SF_TRY (sf_day_series (store, file, items[i].series, !items[i].judges, &items[i].series_id, err));
  qsort (items, count, sizeof *items, compare_rows);
  for (size_t i = 0; i < count; i++)
    if (items[i].judges)
      {
        const struct sf_judgement *judgement = &store->batch.judgements[items[i].number];
        SF_TRY (judge (store, file, &items[i], judgement->quality, judgement->doubt, err));
      }
    else
      SF_TRY (insert (store, file, &items[i], err));
  return SF_OK;
}

/* On failure the files are closed: with the transaction the numbers are gone that it had given to series and texts. */
static enum sf_code
write_day (struct sf_store *store, struct sf_item *items, size_t count, struct sf_error *err)
{
  struct sf_day_file *file = NULL;
  SF_TRY (sf_day_open (store, items->kind, items->day, true, &file, err));
  enum sf_code code = sf_db_exec (file->db, "BEGIN IMMEDIATE", err);
  if (code == SF_OK)
    code = write_items (store, file, items, count, err);
  if (code == SF_OK)
    code = sf_db_exec (file->db, "COMMIT", err);
  if (code != SF_OK)
    {
      sqlite3_exec (file->db, "ROLLBACK", NULL, NULL, NULL);
      sf_day_close_all (store);
    }
  return code;
}

static enum sf_code
add_day (struct sf_store *store, const struct sf_item *item, struct sf_error *err)
{
  sqlite3_stmt *statement = NULL;
  SF_TRY (sf_catalog_statement (store, SF_CATALOG_ADD_DAY,
                                "INSERT INTO day_file (kind, day) VALUES (?, ?) ON CONFLICT DO NOTHING", &statement,
                                err));
  sqlite3_bind_int64 (statement, 1, item->kind);
  sqlite3_bind_int64 (statement, 2, item->day);
  return sf_db_run (store->catalog, statement, err);
}

static enum sf_code
set_applied (struct sf_store *store, const struct sf_applied *applied, struct sf_error *err)
{
  sqlite3_stmt *statement = NULL;
  SF_TRY (sf_catalog_statement (store, SF_CATALOG_SET_APPLIED,
                                "INSERT INTO applied (feed, message_id) VALUES (?, ?) "
                                "ON CONFLICT (feed) DO UPDATE SET message_id = excluded.message_id",
                                &statement, err));
  if (sqlite3_bind_text (statement, 1, store->feeds.names[applied->feed].bytes, -1, SQLITE_STATIC) != SQLITE_OK)
    return sf_db_fail (store->catalog, err);
  sqlite3_bind_int64 (statement, 2, applied->message_id);
  return sf_db_run (store->catalog, statement, err);
}

static enum sf_code
move_last (struct sf_store *store, const struct sf_item *item, struct sf_error *err)
{
  struct sf_series *series = &store->series[item->series];
  if (item->judges)
    return SF_OK;
  return series->best == item->number + 1 ? sf_last_move (store, series, &store->batch.rows[item->number], err) : SF_OK;
}

static enum sf_code
write_catalog (struct sf_store *store, const struct sf_item *items, size_t count, struct sf_error *err)
{
  struct sf_batch *batch = &store->batch;
  for (size_t i = 0; i < count; i++)
    if (i == 0 || sf_item_compare_days (&items[i - 1], &items[i]) != 0)
      SF_TRY (add_day (store, &items[i], err));
  for (size_t i = 0; i < count; i++)
    SF_TRY (move_last (store, &items[i], err));
  for (size_t i = 0; i < count; i++)
    if (items[i].judges)
      SF_TRY (sf_last_judge (store, &store->series[items[i].series], &batch->judgements[items[i].number], err));
  for (size_t i = 0; i < batch->records_count; i++)
    SF_TRY (sf_records_put (store, &batch->records[i], err));
  for (size_t i = 0; i < batch->applied_count; i++)
    if (!sf_share_is_left (store, batch->applied[i].feed))
      SF_TRY (set_applied (store, &batch->applied[i], err));
  return SF_OK;
}

static enum sf_code
commit_catalog (struct sf_store *store, const struct sf_item *items, size_t count, struct sf_error *err)
{
  SF_TRY (sf_db_begin (store->catalog, err));
  enum sf_code code = write_catalog (store, items, count, err);
  if (code == SF_OK)
    code = sf_db_exec (store->catalog, "COMMIT", err);
  if (code != SF_OK)
    sqlite3_exec (store->catalog, "ROLLBACK", NULL, NULL, NULL);
  return code;
}

static enum sf_code
write_fields (struct sf_store *store, struct sf_error *err)
{
  const struct sf_batch *batch = &store->batch;
  for (size_t i = 0; i < batch->records_count; i++)
    if (batch->records[i].record.kind == SF_RECORD_FIELD && batch->records[i].record.as.field.values)
      SF_TRY (sf_field_write (store, &batch->records[i], err));
  return SF_OK;
}

/* Keeps of the items those that were written: a file that is damaged leaves its own out, if it may. */
static enum sf_code
write_days (struct sf_store *store, struct sf_item *items, size_t *count, bool may_leave, struct sf_error *err)
{
  size_t written = 0;
  for (size_t i = 0, n; i < *count; i += n)
    {
      struct sf_error why = { 0 };
      n = sf_item_count_same_day (items + i, *count - i);
      enum sf_code code = write_day (store, items + i, n, &why);
      if (code == SF_EIO && may_leave)
        SF_TRY (sf_share_leave (store, items + i, n, &why, err));
      else if (code != SF_OK)
        return sf_fail (err, code, "%s", why.message);
      else
        {
          memmove (items + written, items + i, n * sizeof *items);
          written += n;
        }
    }
  *count = written;
  return SF_OK;
}

static enum sf_code
write_batch (struct sf_store *store, struct sf_item *items, size_t count, const struct plan *plan, struct sf_error *err)
{
  struct sf_batch *batch = &store->batch;
  qsort (items, count, sizeof *items, sf_item_compare_days);
  sf_day_end_reads (store);
  batch->left_count = 0;
  if (plan->days_max != DAYS_ALL)
    SF_TRY (sf_share_choose (store, items, &count, plan->days_max, err));
  SF_TRY (write_fields (store, err));
  if (!plan->is_written && (count > 0 || batch->records_count > 0 || batch->applied_count > 0))
    SF_TRY (sf_redo_write (store, items, count, err));
  SF_TRY (write_days (store, items, &count, plan->days_max != DAYS_ALL, err));
  if (batch->left_count > 0)
    sf_share_find_best (store, items, count);
  SF_TRY (commit_catalog (store, items, count, err));
  sf_last_settle (store, items, count);
  if (batch->left_count > 0)
    sf_share_settle (store, items, count);
  else
    sf_store_drop_batch (store);
  return SF_OK;
}

static enum sf_code
commit (struct sf_store *store, const struct plan *plan, struct sf_error *err)
{
  struct sf_batch *batch = &store->batch;
  size_t count = batch->rows_count + batch->judgements_count;
  struct sf_item *items = sf_mem_alloc (count * sizeof *items);
  if (!items)
    return sf_fail (err, SF_ENOMEM, "no memory to commit %zu rows", count);
  for (size_t i = 0; i < batch->rows_count; i++)
    items[i] = item_of (store, batch->rows[i].series, &batch->rows[i].key, i, false);
  for (size_t i = 0; i < batch->judgements_count; i++)
    items[batch->rows_count + i] = item_of (store, batch->judgements[i].series, &batch->judgements[i].key, i, true);
  enum sf_code code = write_batch (store, items, count, plan, err);
  if (code != SF_OK && batch->left_count > 0)
    sf_share_link (store);
  sf_mem_free (items);
  return code;
}

enum sf_code
sf_store_commit (struct sf_store *store, struct sf_error *err)
{
  return commit (store, &(struct plan){ .days_max = DAYS_ALL }, err);
}

enum sf_code
sf_store_commit_some (struct sf_store *store, int days_max, struct sf_error *err)
{
  return commit (store, &(struct plan){ .days_max = days_max > 0 ? days_max : 1 }, err);
}

enum sf_code
sf_store_complete (struct sf_store *store, struct sf_error *err)
{
  return commit (store, &(struct plan){ .days_max = INT_MAX, .is_written = true }, err);
}
