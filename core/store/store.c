/* SPDX-License-Identifier: Apache-2.0 */
#include "core/store/store_private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* Two writers would not know of each other's numbers. The lock goes with the process, however it ends. */
static enum sf_code
take_lock (struct sf_store *store, struct sf_error *err)
{
  char *path = sf_mem_printf ("%s/lock", store->folder);
  if (!path)
    return sf_fail (err, SF_ENOMEM, "no memory to lock the store");
  store->lock = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  int failed = store->lock < 0 ? errno : flock (store->lock, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
  enum sf_code code = SF_OK;
  if (failed == EWOULDBLOCK)
    code = sf_fail (err, SF_EBUSY, "%s: another process writes this store", store->folder);
  else if (failed)
    code = sf_fail (err, failed == ENOSPC ? SF_EFULL : SF_EIO, "%s: %s", path, strerror (failed));
  sf_mem_free (path);
  return code;
}

/* Files of days come first: a catalogue of the newest form says that all of them are. */
static enum sf_code
migrate_days (struct sf_store *store, enum sf_record_kind kind, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  struct sf_day_file *file = NULL;
  int64_t *days = NULL;
  size_t count = 0;
  enum sf_code code = sf_days_between (store, &arena, kind, SF_TIME_MISSING, SF_TIME_MISSING, &days, &count, err);
  for (size_t i = 0; i < count && code == SF_OK; i++)
    code = sf_day_open (store, kind, days[i], false, &file, err);
  sf_arena_finish (&arena);
  return code;
}

static enum sf_code
migrate (struct sf_store *store, struct sf_error *err)
{
  int form = 0;
  SF_TRY (sf_db_form (store->catalog, &form, err));
  if (form > 0 && form < SF_CATALOG_FORM)
    {
      SF_TRY (migrate_days (store, SF_RECORD_OBSERVATION, err));
      SF_TRY (migrate_days (store, SF_RECORD_POSITION, err));
    }
  return sf_db_migrate (store->catalog, sf_catalog_steps, SF_CATALOG_FORM, err);
}

/* The catalogue's commits may be lost at a power cut: then `applied` falls back with its rows, and the journal is applied
   from there again. */
static enum sf_code
open_catalog (struct sf_store *store, struct sf_error *err)
{
  bool writes = store->mode == SF_STORE_WRITE;
  char *path = sf_mem_printf ("%s/catalog.db", store->folder);
  if (!path)
    return sf_fail (err, SF_ENOMEM, "no memory to open the store");
  enum sf_code code = sf_db_open (path, writes ? SF_DB_WRITE : SF_DB_READ, &store->catalog, err);
  sf_mem_free (path);
  SF_TRY (code);
  return writes ? migrate (store, err) : sf_db_check_form (store->catalog, SF_CATALOG_FORM, err);
}

enum sf_code
sf_store_open (const char *dir, enum sf_store_mode mode, struct sf_store **ret_store, struct sf_error *err)
{
  struct sf_store *store = sf_mem_calloc (1, sizeof *store);
  enum sf_code code = SF_OK;
  *ret_store = NULL;
  if (!store)
    return sf_fail (err, SF_ENOMEM, "no memory to open the store");
  store->mode = mode;
  store->lock = -1;
  store->folder = sf_mem_printf ("%s/store", dir);
  if (!store->folder)
    code = sf_fail (err, SF_ENOMEM, "no memory to open the store");
  if (code == SF_OK && mode == SF_STORE_WRITE)
    code = sf_file_make_folder (store->folder, err);
  if (code == SF_OK && mode == SF_STORE_WRITE)
    code = take_lock (store, err);
  if (code == SF_OK)
    code = open_catalog (store, err);
  if (code == SF_OK && mode == SF_STORE_WRITE)
    code = sf_redo_complete (store, err);
  if (code == SF_OK)
    *ret_store = store;
  else
    sf_store_close (store);
  return code;
}

static void
forget_names (struct sf_store *store)
{
  sf_names_finish (&store->series_names);
  sf_names_finish (&store->texts);
  sf_names_finish (&store->feeds);
  sf_mem_free (store->series);
  store->series = NULL;
  store->series_capacity = 0;
}

static void
finish_batch (struct sf_batch *batch)
{
  sf_mem_free (batch->rows);
  sf_mem_free (batch->judgements);
  sf_mem_free (batch->records);
  sf_mem_free (batch->applied);
  sf_mem_free (batch->ids);
  sf_mem_free (batch->slots);
  sf_mem_free (batch->left);
  sf_arena_finish (&batch->arena);
  *batch = (struct sf_batch){ 0 };
}

void
sf_store_close (struct sf_store *store)
{
  if (!store)
    return;
  finish_batch (&store->batch);
  sf_day_close_all (store);
  for (int i = 0; i < SF_CATALOG_STATEMENTS; i++)
    sqlite3_finalize (store->statements[i]);
  sf_db_close (store->catalog);
  forget_names (store);
  sf_strbuf_finish (&store->scratch);
  if (store->lock >= 0)
    close (store->lock);
  sf_mem_free (store->folder);
  sf_mem_free (store);
}

/* --- names --- */

static void
add_text (struct sf_strbuf *buf, const char *text)
{
  sf_strbuf_add_bytes (buf, text ? "+" : "-", 1);
  if (text)
    sf_strbuf_add_bytes (buf, text, strlen (text) + 1);
}

/* What else a record of a kind is about. */
static void
add_own (struct sf_strbuf *buf, const struct sf_record *record)
{
  const struct sf_fix *fix = &record->as.track;
  const struct sf_field *field = &record->as.field;
  switch (record->kind)
    {
    case SF_RECORD_OBSERVATION:
      add_text (buf, record->as.observation.quantity);
      sf_strbuf_add_bytes (buf, &record->as.observation.period_s, sizeof (int64_t));
      break;
    case SF_RECORD_TRACK:
      add_text (buf, fix->agency);
      add_text (buf, fix->member);
      sf_strbuf_add_bytes (buf, &fix->base_s, sizeof (int64_t));
      sf_strbuf_add_bytes (buf, &fix->lead_s, sizeof (int64_t));
      break;
    case SF_RECORD_FIELD:
      add_text (buf, field->level);
      add_text (buf, field->member);
      sf_strbuf_add_bytes (buf, &field->base_s, sizeof (int64_t));
      break;
    default:
      break;
    }
}

const char *
sf_store_subject (const struct sf_record *record)
{
  switch (record->kind)
    {
    case SF_RECORD_ASSET:
      return record->as.asset.id;
    case SF_RECORD_OBSERVATION:
      return record->as.observation.asset;
    case SF_RECORD_POSITION:
      return record->as.position.mover;
    case SF_RECORD_TRACK:
      return record->as.track.storm;
    case SF_RECORD_EVENT:
      return record->as.event.id;
    case SF_RECORD_FIELD:
      return record->as.field.quantity;
    default:
      return NULL;
    }
}

/* The texts of a series lie in its name, one after the other. */
static void
set_series (struct sf_series *series, const struct sf_record *record, const struct sf_name *name, uint32_t feed_number)
{
  const char *feed = name->bytes + 1, *subject = feed + strlen (feed) + 2;
  bool observed = record->kind == SF_RECORD_OBSERVATION;
  *series = (struct sf_series){
    .kind = record->kind, .feed_number = feed_number, .feed = feed, .subject = subject, .quantity = ""
  };
  if (!observed)
    return;
  series->quantity = subject + strlen (subject) + 2;
  series->period_s = record->as.observation.period_s;
}

void
sf_store_add_about (struct sf_strbuf *buf, const struct sf_record *record)
{
  char kind = (char) ('0' + record->kind);
  sf_strbuf_add_bytes (buf, &kind, 1);
  sf_strbuf_add_bytes (buf, record->feed, strlen (record->feed) + 1);
  add_text (buf, sf_store_subject (record));
  add_own (buf, record);
}

enum sf_code
sf_store_name (struct sf_store *store, const struct sf_record *record, uint32_t *ret_series, struct sf_error *err)
{
  struct sf_strbuf *buf = &store->scratch;
  size_t known = store->series_names.count;
  uint32_t feed = 0;
  buf->failed = false;
  sf_strbuf_reset (buf);
  sf_store_add_about (buf, record);
  if (buf->failed || sf_mem_grow ((void **) &store->series, &store->series_capacity, known + 1, sizeof *store->series))
    return sf_fail (err, SF_ENOMEM, "no memory for the name of a series");
  SF_TRY (sf_names_put (&store->feeds, record->feed, strlen (record->feed), &feed, err));
  SF_TRY (sf_names_put (&store->series_names, buf->text, buf->length, ret_series, err));
  if (*ret_series == known)
    set_series (&store->series[known], record, &store->series_names.names[known], feed);
  return SF_OK;
}

enum sf_code
sf_store_text (struct sf_store *store, const char *text, uint32_t *ret_text, struct sf_error *err)
{
  uint32_t number = 0;
  size_t length = text ? strlen (text) : 0;
  *ret_text = 0;
  if (!text)
    return SF_OK;
  SF_TRY (sf_names_put (&store->texts, text, length, &number, err));
  store->batch.texts_bytes += length;
  *ret_text = number + 1;
  return SF_OK;
}

const char *
sf_store_text_of (const struct sf_store *store, uint32_t text)
{
  return text ? store->texts.names[text - 1].bytes : NULL;
}

/* --- the keys of the batch --- */

int
sf_row_key_compare (const struct sf_row_key *a, const struct sf_row_key *b)
{
  if (a->valid_s != b->valid_s)
    return a->valid_s < b->valid_s ? -1 : 1;
  if (a->revision != b->revision)
    return a->revision < b->revision ? -1 : 1;
  if (a->received_s != b->received_s)
    return a->received_s < b->received_s ? -1 : 1;
  if (a->tie != b->tie)
    return a->tie < b->tie ? -1 : 1;
  return (a->place > b->place) - (a->place < b->place);
}

int64_t
sf_store_tie (const struct sf_key *sha256)
{
  uint64_t tie = 0;
  for (int i = 0; i < 8; i++)
    tie = tie << 8 | sha256->bytes[i];
  return (int64_t) tie;
}

static size_t
hash_id (const struct sf_batch_id *id)
{
  const int64_t parts[]
      = { id->series, id->key.valid_s, id->key.revision, id->key.received_s, id->key.tie, id->key.place };
  return (size_t) sf_names_hash (parts, sizeof parts);
}

uint32_t *
sf_batch_find (const struct sf_batch *batch, const struct sf_batch_id *id)
{
  size_t mask = batch->slots_count - 1;
  for (size_t at = hash_id (id) & mask;; at = (at + 1) & mask)
    {
      uint32_t *slot = &batch->slots[at];
      const struct sf_batch_id *there = &batch->ids[*slot ? *slot - 1 : 0];
      if (*slot == 0 || (there->series == id->series && sf_row_key_compare (&there->key, &id->key) == 0))
        return slot;
    }
}

/* Room for one more key, so that adding it cannot fail. */
static enum sf_code
make_room (struct sf_batch *batch, struct sf_error *err)
{
  bool good = sf_mem_grow ((void **) &batch->ids, &batch->ids_capacity, batch->ids_count + 1, sizeof *batch->ids) == 0;
  if (good && 2 * (batch->ids_count + 1) > batch->slots_count)
    {
      size_t count = batch->slots_count ? 2 * batch->slots_count : 4096;
      uint32_t *slots = sf_mem_calloc (count, sizeof *slots);
      if ((good = slots))
        {
          sf_mem_free (batch->slots);
          batch->slots = slots;
          batch->slots_count = count;
          for (size_t i = 0; i < batch->ids_count; i++)
            *sf_batch_find (batch, &batch->ids[i]) = (uint32_t) i + 1;
        }
    }
  return good ? SF_OK : sf_fail (err, SF_ENOMEM, "no memory for a batch of %zu rows", batch->ids_count + 1);
}

/* --- put --- */

static enum sf_code
check_put (const struct sf_store *store, const struct sf_record *record, struct sf_error *err)
{
  const char *kind = sf_record_kind_name (record->kind, 0), *subject = sf_store_subject (record);
  if (store->mode != SF_STORE_WRITE)
    return sf_fail (err, SF_EINVAL, "the store is open for reading only");
  const char *lacks = !record->feed                                                               ? "feed"
                      : !subject                                                                  ? "subject"
                      : record->received_s == SF_TIME_MISSING                                     ? "received time"
                      : sf_kind_has_days (record->kind) && record->valid_s == SF_TIME_MISSING     ? "valid time"
                      : record->kind == SF_RECORD_OBSERVATION && !record->as.observation.quantity ? "quantity"
                                                                                                  : NULL;
  if (lacks)
    return sf_fail (err, SF_EFORMAT, "a record of kind %s of feed %s%s%s has no %s: it cannot be stored", kind,
                    record->feed ? record->feed : "-", subject ? ", subject " : "", subject ? subject : "", lacks);
  return SF_OK;
}

static enum sf_code
put_row (struct sf_store *store, const struct sf_record *record, const struct sf_store_origin *origin,
         const struct sf_batch_id *id, struct sf_error *err)
{
  struct sf_batch *batch = &store->batch;
  const struct sf_row_layout *layout = sf_row_layout (record->kind);
  struct sf_series *series = &store->series[id->series];
  struct sf_batch_row row = { .series = id->series,
                              .before = series->newest_row,
                              .key = id->key,
                              .message_id = origin->message_id,
                              .source_line = record->source_line,
                              .quality = record->quality };
  SF_TRY (sf_store_text (store, record->doubt, &row.texts[0], err));
  SF_TRY (sf_store_text (store, record->source, &row.texts[1], err));
  for (int i = 0; i < layout->texts; i++)
    SF_TRY (sf_store_text (store, *(const char *const *) ((const char *) record + layout->text_at[i]),
                           &row.texts[2 + i], err));
  for (int i = 0; i < layout->numbers; i++)
    row.numbers[i] = *(const double *) ((const char *) record + layout->number_at[i]);
  if (sf_mem_grow ((void **) &batch->rows, &batch->rows_capacity, batch->rows_count + 1, sizeof *batch->rows) != 0)
    return sf_fail (err, SF_ENOMEM, "no memory for a batch of %zu rows", batch->rows_count + 1);
  batch->rows[batch->rows_count++] = row;
  uint32_t number = (uint32_t) batch->rows_count;
  series->newest_row = number;
  if (!series->best || sf_row_key_compare (&row.key, &batch->rows[series->best - 1].key) > 0)
    series->best = number;
  return SF_OK;
}

static enum sf_code
put_record (struct sf_batch *batch, const struct sf_batch_record *one, struct sf_error *err)
{
  struct sf_batch_record copy = *one;
  SF_TRY (sf_record_copy (&batch->arena, &one->record, &copy.record, err));
  if (sf_mem_grow ((void **) &batch->records, &batch->records_capacity, batch->records_count + 1,
                   sizeof *batch->records)
      != 0)
    return sf_fail (err, SF_ENOMEM, "no memory for a batch of %zu records", batch->records_count + 1);
  batch->records[batch->records_count++] = copy;
  return SF_OK;
}

static enum sf_code
has_row (struct sf_store *store, const struct sf_batch_id *id, bool *ret_has, struct sf_error *err)
{
  struct sf_series *series = &store->series[id->series];
  struct sf_day_file *file = NULL;
  int64_t number = 0;
  sqlite3_stmt *statement = NULL;
  *ret_has = false;
  SF_TRY (sf_last_load (store, series, err));
  /* Nothing was ever stored beyond the last row. */
  if (series->last_state != SF_LAST_KNOWN || id->key.valid_s > series->last.valid_s)
    return SF_OK;
  SF_TRY (sf_day_open (store, series->kind, sf_store_day (id->key.valid_s), false, &file, err));
  if (!file)
    return SF_OK;
  SF_TRY (sf_day_begin_read (file, err));
  SF_TRY (sf_day_series (store, file, id->series, false, &number, err));
  if (number == 0)
    return SF_OK;
  SF_TRY (sf_day_statement (file, SF_DAY_HAS_ROW, &statement, err));
  sf_day_bind_key (statement, number, &id->key);
  enum sf_code code = sf_db_step (file->db, statement, ret_has, err);
  sqlite3_reset (statement);
  return code;
}

enum sf_code
sf_store_put (struct sf_store *store, const struct sf_record *record, const struct sf_store_origin *origin,
              bool *ret_new, struct sf_error *err)
{
  struct sf_batch *batch = &store->batch;
  SF_TRY (check_put (store, record, err));
  struct sf_batch_record one = {
    .record = *record, .message_id = origin->message_id, .tie = sf_store_tie (&origin->sha256), .place = origin->place
  };
  struct sf_batch_id id = { .key = { record->valid_s, record->revision, record->received_s, one.tie, one.place } };
  bool there = false;
  SF_TRY (sf_store_name (store, record, &id.series, err));
  SF_TRY (make_room (batch, err));
  uint32_t *slot = sf_batch_find (batch, &id);
  if (*slot)
    there = true;
  else
    {
      bool rows = sf_kind_has_days (record->kind);
      if (ret_new)
        SF_TRY (rows ? has_row (store, &id, &there, err) : sf_records_has (store, &one, &there, err));
      SF_TRY (rows ? put_row (store, record, origin, &id, err) : put_record (batch, &one, err));
      batch->ids[batch->ids_count++] = id;
      *slot = (uint32_t) batch->ids_count;
    }
  if (ret_new)
    *ret_new = !there;
  return SF_OK;
}

/* --- how far --- */

enum sf_code
sf_store_set_applied (struct sf_store *store, const char *feed, int64_t message_id, struct sf_error *err)
{
  struct sf_batch *batch = &store->batch;
  uint32_t number = 0;
  size_t i = 0;
  SF_TRY (sf_names_put (&store->feeds, feed, strlen (feed), &number, err));
  while (i < batch->applied_count && batch->applied[i].feed != number)
    i++;
  if (i == batch->applied_count)
    {
      if (sf_mem_grow ((void **) &batch->applied, &batch->applied_capacity, i + 1, sizeof *batch->applied) != 0)
        return sf_fail (err, SF_ENOMEM, "no memory to note how far feed %s is applied", feed);
      batch->applied[batch->applied_count++] = (struct sf_applied){ .feed = number };
    }
  batch->applied[i].message_id = message_id;
  return SF_OK;
}

enum sf_code
sf_store_applied (struct sf_store *store, const char *feed, int64_t *ret_message_id, struct sf_error *err)
{
  sqlite3_stmt *statement = NULL;
  bool row = false;
  SF_TRY (sf_catalog_statement (store, SF_CATALOG_APPLIED, "SELECT message_id FROM applied WHERE feed = ?", &statement,
                                err));
  if (sqlite3_bind_text (statement, 1, feed, -1, SQLITE_STATIC) != SQLITE_OK)
    return sf_db_fail (store->catalog, err);
  enum sf_code code = sf_db_step (store->catalog, statement, &row, err);
  if (code == SF_OK)
    *ret_message_id = row ? sqlite3_column_int64 (statement, 0) : 0;
  sqlite3_reset (statement);
  return code;
}

size_t
sf_store_batch_rows (const struct sf_store *store)
{
  return store->batch.rows_count + store->batch.records_count;
}

/* What the batch's arena keeps between two batches is no part of it. */
size_t
sf_store_batch_bytes (const struct sf_store *store)
{
  const struct sf_batch *batch = &store->batch;
  return batch->rows_count * sizeof *batch->rows + batch->texts_bytes
         + (batch->records_count > 0 ? batch->records_count * sizeof *batch->records + batch->arena.total_bytes : 0);
}

void
sf_store_drop_batch (struct sf_store *store)
{
  struct sf_batch *batch = &store->batch;
  for (size_t i = 0; i < batch->rows_count; i++)
    {
      struct sf_series *series = &store->series[batch->rows[i].series];
      series->best = series->newest_row = 0;
    }
  for (size_t i = 0; i < batch->judgements_count; i++)
    store->series[batch->judgements[i].series].newest_judgement = 0;
  batch->rows_count = batch->judgements_count = batch->records_count = batch->applied_count = batch->ids_count = 0;
  batch->left_count = batch->texts_bytes = 0;
  if (batch->slots_count)
    memset (batch->slots, 0, batch->slots_count * sizeof *batch->slots);
  sf_arena_reset (&batch->arena);
  if (store->series_names.count > SF_NAMES_MAX || store->texts.count > SF_NAMES_MAX
      || store->series_names.arena.total_bytes + store->texts.arena.total_bytes > SF_NAMES_BYTES_MAX)
    {
      sf_day_close_all (store);
      forget_names (store);
    }
}

/* Days are synced by their own commits; a checkpoint syncs the catalogue's log before it carries it over. */
enum sf_code
sf_store_sync (struct sf_store *store, struct sf_error *err)
{
  return sf_db_exec (store->catalog, "PRAGMA wal_checkpoint (PASSIVE)", err);
}
