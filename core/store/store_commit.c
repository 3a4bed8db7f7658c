/* SPDX-License-Identifier: Apache-2.0 */
#include "core/store/store_private.h"

#include <stdlib.h>
#include <string.h>

/* The order of writing is what keeps the store right: first the files of fields and the rows of each day, each synced to the
   disk by its own transaction, then in one transaction of the catalogue the last rows, the other records and how far
   the feeds are applied. Whatever comes between leaves rows that are put again from the journal and are there already. */

/* A row or judgement of the batch on its way into a day's file. */
struct item
{
  enum sf_record_kind kind;
  int slot;
  int64_t day, series_id;
  uint32_t series, number;
  bool judges;
  const struct sf_row_key *key;
};

static int
compare_days (const void *a, const void *b)
{
  const struct item *x = a, *y = b;
  if (x->kind != y->kind)
    return x->kind < y->kind ? -1 : 1;
  return (x->day > y->day) - (x->day < y->day);
}

/* The order of the table, so that neighbours go into the same page. */
static int
compare_rows (const void *a, const void *b)
{
  const struct item *x = a, *y = b;
  if (x->judges != y->judges)
    return x->judges ? 1 : -1;
  if (x->slot != y->slot)
    return x->slot < y->slot ? -1 : 1;
  if (x->series_id != y->series_id)
    return x->series_id < y->series_id ? -1 : 1;
  return sf_row_key_compare (x->key, y->key);
}

static struct item
item_of (const struct sf_store *store, uint32_t series, const struct sf_row_key *key, size_t number, bool judges)
{
  return (struct item){ .kind = store->series[series].kind,
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
judge (struct sf_store *store, struct sf_day_file *file, const struct item *item, uint8_t quality, uint32_t doubt,
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
meet_again (struct sf_store *store, struct sf_day_file *file, const struct item *item, struct sf_batch_row *row,
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
insert (struct sf_store *store, struct sf_day_file *file, const struct item *item, struct sf_error *err)
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
write_items (struct sf_store *store, struct sf_day_file *file, struct item *items, size_t count, struct sf_error *err)
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
write_day (struct sf_store *store, struct item *items, size_t count, struct sf_error *err)
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
add_day (struct sf_store *store, const struct item *item, struct sf_error *err)
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
  if (sqlite3_bind_text (statement, 1, applied->feed, -1, SQLITE_STATIC) != SQLITE_OK)
    return sf_db_fail (store->catalog, err);
  sqlite3_bind_int64 (statement, 2, applied->message_id);
  return sf_db_run (store->catalog, statement, err);
}

static enum sf_code
write_catalog (struct sf_store *store, const struct item *items, size_t count, struct sf_error *err)
{
  struct sf_batch *batch = &store->batch;
  for (size_t i = 0; i < count; i++)
    if (i == 0 || compare_days (&items[i - 1], &items[i]) != 0)
      SF_TRY (add_day (store, &items[i], err));
  for (size_t i = 0; i < batch->rows_count; i++)
    {
      struct sf_series *series = &store->series[batch->rows[i].series];
      if (series->best == i + 1)
        SF_TRY (sf_last_move (store, series, &batch->rows[i], err));
    }
  for (size_t i = 0; i < batch->judgements_count; i++)
    SF_TRY (sf_last_judge (store, &store->series[batch->judgements[i].series], &batch->judgements[i], err));
  for (size_t i = 0; i < batch->records_count; i++)
    SF_TRY (sf_records_put (store, &batch->records[i], err));
  for (size_t i = 0; i < batch->applied_count; i++)
    SF_TRY (set_applied (store, &batch->applied[i], err));
  return SF_OK;
}

static enum sf_code
commit_catalog (struct sf_store *store, const struct item *items, size_t count, struct sf_error *err)
{
  SF_TRY (sf_db_begin (store->catalog, err));
  enum sf_code code = write_catalog (store, items, count, err);
  if (code == SF_OK)
    code = sf_db_exec (store->catalog, "COMMIT", err);
  if (code != SF_OK)
    sqlite3_exec (store->catalog, "ROLLBACK", NULL, NULL, NULL);
  return code;
}

static size_t
count_same_day (const struct item *items, size_t count)
{
  size_t n = 1;
  while (n < count && compare_days (&items[0], &items[n]) == 0)
    n++;
  return n;
}

enum sf_code
sf_store_commit (struct sf_store *store, struct sf_error *err)
{
  struct sf_batch *batch = &store->batch;
  size_t count = batch->rows_count + batch->judgements_count;
  struct item *items = sf_mem_alloc (count * sizeof *items);
  enum sf_code code = SF_OK;
  if (!items)
    return sf_fail (err, SF_ENOMEM, "no memory to commit %zu rows", count);
  for (size_t i = 0; i < batch->rows_count; i++)
    items[i] = item_of (store, batch->rows[i].series, &batch->rows[i].key, i, false);
  for (size_t i = 0; i < batch->judgements_count; i++)
    items[batch->rows_count + i] = item_of (store, batch->judgements[i].series, &batch->judgements[i].key, i, true);
  qsort (items, count, sizeof *items, compare_days);
  sf_day_end_reads (store);
  for (size_t i = 0; i < batch->records_count && code == SF_OK; i++)
    if (batch->records[i].record.kind == SF_RECORD_FIELD && batch->records[i].record.as.field.values)
      code = sf_field_write (store, &batch->records[i], err);
  for (size_t i = 0, n; i < count && code == SF_OK; i += n)
    {
      n = count_same_day (items + i, count - i);
      code = write_day (store, items + i, n, err);
    }
  if (code == SF_OK)
    code = commit_catalog (store, items, count, err);
  if (code == SF_OK)
    {
      sf_last_settle (store);
      sf_store_drop_batch (store);
    }
  sf_mem_free (items);
  return code;
}
