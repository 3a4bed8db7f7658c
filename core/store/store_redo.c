/* SPDX-License-Identifier: Apache-2.0 */
#include "core/store/store_private.h"

#include <string.h>

/* Files of days are committed one by one. What ends the process between the first of them and the catalogue must not leave
   rows of messages that count as not applied: decoded again, a message may turn out to be poison, and its rows would stay. So
   a batch that touches days is written down as a whole first, in a file beside them, and the next writer completes it. The
   catalogue knows the number of the last batch that is complete.
   It is read by the program that wrote it, on the same machine, and ends with the SHA-256 of all before. What is not what was
   written is passed over: its messages are decoded again. */

#define NAME "batch"
/* The number stands among what says how far feeds are applied, under a name that no feed can have. */
#define COUNTER "*batch"
static const char MAGIC[8] = "sfbatch2";

enum
{
  TEXT_NONE = 0xFFFFFFFF,
  BYTES_MAX = 1 << 30,
  ROWS_MAX = 100000 /* five full batches; a single message may bring more, and would need the memory a second time */
};

enum entry
{
  ENTRY_ROW = 'r',
  ENTRY_JUDGEMENT = 'j',
  ENTRY_APPLIED = 'a'
};

/* --- writing it down --- */

static void
add_number (struct sf_strbuf *buf, int64_t number)
{
  sf_strbuf_add_bytes (buf, &number, sizeof number);
}

static void
add_text (struct sf_strbuf *buf, const char *text)
{
  uint32_t length = text ? (uint32_t) strlen (text) : TEXT_NONE;
  sf_strbuf_add_bytes (buf, &length, sizeof length);
  if (text)
    sf_strbuf_add_bytes (buf, text, length + 1);
}

static void
add_head (struct sf_strbuf *buf, enum entry entry)
{
  char byte = (char) entry;
  sf_strbuf_add_bytes (buf, &byte, 1);
}

static enum sf_code
add_record (struct sf_strbuf *buf, const struct sf_record *record, const int64_t numbers[4], struct sf_error *err)
{
  add_head (buf, ENTRY_ROW);
  sf_strbuf_add_bytes (buf, numbers, 4 * sizeof *numbers);
  return sf_record_encode (record, buf, err);
}

static enum sf_code
add_row (struct sf_store *store, struct sf_strbuf *buf, const struct sf_batch_row *row, struct sf_error *err)
{
  const struct sf_series *series = &store->series[row->series];
  const struct sf_row_layout *layout = sf_row_layout (series->kind);
  struct sf_record record;
  sf_record_init (&record, series->kind);
  record.feed = series->feed;
  record.valid_s = row->key.valid_s;
  record.received_s = row->key.received_s;
  record.revision = row->key.revision;
  record.quality = row->quality;
  record.source_line = row->source_line;
  record.doubt = sf_store_text_of (store, row->texts[0]);
  record.source = sf_store_text_of (store, row->texts[1]);
  if (series->kind == SF_RECORD_POSITION)
    record.as.position.mover = series->subject;
  else
    {
      record.as.observation.asset = series->subject;
      record.as.observation.quantity = series->quantity;
      record.as.observation.period_s = series->period_s;
    }
  for (int i = 0; i < layout->texts; i++)
    *(const char **) ((char *) &record + layout->text_at[i]) = sf_store_text_of (store, row->texts[2 + i]);
  for (int i = 0; i < layout->numbers; i++)
    *(double *) ((char *) &record + layout->number_at[i]) = row->numbers[i];
  return add_record (buf, &record, (int64_t[]){ row->judged, row->message_id, row->key.tie, row->key.place }, err);
}

static void
add_judgement (struct sf_store *store, struct sf_strbuf *buf, const struct sf_judgement *judgement)
{
  const struct sf_series *series = &store->series[judgement->series];
  const struct sf_row_key *key = &judgement->key;
  const int64_t numbers[] = { series->kind,    series->period_s, key->valid_s, key->revision,
                              key->received_s, key->tie,         key->place,   judgement->quality };
  add_head (buf, ENTRY_JUDGEMENT);
  sf_strbuf_add_bytes (buf, numbers, sizeof numbers);
  add_text (buf, series->feed);
  add_text (buf, series->subject);
  add_text (buf, series->quantity);
  add_text (buf, sf_store_text_of (store, judgement->doubt));
}

/* The values of fields are large and stand in files of their own: feeds that bring some are decoded again. */
static bool
has_fields (struct sf_store *store, uint32_t feed)
{
  const struct sf_batch *batch = &store->batch;
  for (size_t i = 0; i < batch->records_count; i++)
    if (batch->records[i].record.kind == SF_RECORD_FIELD
        && strcmp (batch->records[i].record.feed, store->feeds.names[feed].bytes) == 0)
      return true;
  return false;
}

static enum sf_code
add_seal (struct sf_strbuf *buf, struct sf_error *err)
{
  struct sf_key key;
  SF_TRY (sf_key_of_bytes (buf->text, buf->length, &key, err));
  sf_strbuf_add_bytes (buf, key.bytes, sizeof key.bytes);
  return SF_OK;
}

static enum sf_code
add_batch (struct sf_store *store, struct sf_strbuf *buf, const struct sf_item *items, size_t count,
           struct sf_error *err)
{
  const struct sf_batch *batch = &store->batch;
  for (size_t i = 0; i < count; i++)
    if (!items[i].judges)
      SF_TRY (add_row (store, buf, &batch->rows[items[i].number], err));
  for (size_t i = 0; i < count; i++)
    if (items[i].judges)
      add_judgement (store, buf, &batch->judgements[items[i].number]);
  for (size_t i = 0; i < batch->records_count; i++)
    {
      const struct sf_batch_record *one = &batch->records[i];
      if (one->record.kind != SF_RECORD_FIELD)
        SF_TRY (add_record (buf, &one->record, (int64_t[]){ 0, one->message_id, one->tie, one->place }, err));
    }
  for (size_t i = 0; i < batch->applied_count; i++)
    {
      const struct sf_applied *applied = &batch->applied[i];
      if (sf_share_is_left (store, applied->feed) || has_fields (store, applied->feed))
        continue;
      add_head (buf, ENTRY_APPLIED);
      add_number (buf, applied->message_id);
      add_text (buf, store->feeds.names[applied->feed].bytes);
    }
  return buf->failed ? SF_OK : add_seal (buf, err);
}

static enum sf_code
write_down (struct sf_store *store, int64_t number, const struct sf_item *items, size_t count, struct sf_error *err)
{
  struct sf_strbuf buf = { 0 };
  struct sf_error why = { 0 };
  char *path = sf_mem_printf ("%s/" NAME, store->folder);
  sf_strbuf_add_bytes (&buf, MAGIC, sizeof MAGIC);
  add_number (&buf, number);
  enum sf_code code = SF_OK, encoded = add_batch (store, &buf, items, count, &why);
  if (!path || encoded == SF_ENOMEM || buf.failed)
    code = sf_fail (err, SF_ENOMEM, "no memory to write %zu rows down", count);
  else if (encoded == SF_OK)
    code = sf_file_write (path, buf.text, buf.length, err);
  sf_strbuf_finish (&buf);
  sf_mem_free (path);
  return code;
}

/* A batch that is too large, or with what is no record by the rules of the wire, is committed without being written down: after an
   end in between its messages are decoded again. It takes a number all the same, so that what an earlier try of the same
   number wrote down is not taken for the next batch. Want of memory undoes the commit. */
enum sf_code
sf_redo_write (struct sf_store *store, const struct sf_item *items, size_t count, struct sf_error *err)
{
  int64_t number = 0;
  SF_TRY (sf_store_applied (store, COUNTER, &number, err));
  number++;
  if (count > 0 && count <= ROWS_MAX)
    SF_TRY (write_down (store, number, items, count, err));
  return sf_store_set_applied (store, COUNTER, number, err);
}

/* --- completing it --- */

struct reading
{
  const uint8_t *at, *end;
  bool failed;
};

static void
take_bytes (struct reading *reading, void *bytes, size_t length)
{
  reading->failed |= (size_t) (reading->end - reading->at) < length;
  if (reading->failed)
    {
      memset (bytes, 0, length);
      return;
    }
  memcpy (bytes, reading->at, length);
  reading->at += length;
}

static const char *
take_text (struct reading *reading)
{
  uint32_t length = 0;
  take_bytes (reading, &length, sizeof length);
  if (reading->failed || length == TEXT_NONE)
    return NULL;
  const char *text = (const char *) reading->at;
  reading->failed = (size_t) (reading->end - reading->at) <= length || text[length] != '\0';
  if (reading->failed)
    return NULL;
  reading->at += (size_t) length + 1;
  return text;
}

static enum sf_code
redo_row (struct sf_store *store, struct reading *reading, struct sf_arena *arena, struct sf_error *err)
{
  int64_t numbers[4];
  struct sf_record record;
  struct sf_store_origin origin;
  size_t used = 0, rows = store->batch.rows_count;
  take_bytes (reading, numbers, sizeof numbers);
  if (reading->failed)
    return SF_OK;
  SF_TRY (sf_record_decode (arena, reading->at, (size_t) (reading->end - reading->at), &record, &used, err));
  reading->at += used;
  sf_row_origin (&origin, numbers[1], numbers[2], (uint32_t) numbers[3]);
  SF_TRY (sf_store_put (store, &record, &origin, NULL, err));
  if (store->batch.rows_count > rows)
    store->batch.rows[rows].judged = numbers[0] != 0;
  return SF_OK;
}

static enum sf_code
redo_judgement (struct sf_store *store, struct reading *reading, struct sf_error *err)
{
  int64_t numbers[8];
  take_bytes (reading, numbers, sizeof numbers);
  struct sf_store_series series = { .kind = (enum sf_record_kind) numbers[0], .period_s = numbers[1] };
  const struct sf_store_sample sample = { .valid_s = numbers[2],
                                          .revision = (uint32_t) numbers[3],
                                          .received_s = numbers[4],
                                          .tie = numbers[5],
                                          .place = (uint32_t) numbers[6] };
  series.feed = take_text (reading);
  series.subject = take_text (reading);
  series.quantity = take_text (reading);
  const char *doubt = take_text (reading);
  if (reading->failed)
    return SF_OK;
  return sf_store_judge (store, &series, &sample, (enum sf_quality) numbers[7], doubt, err);
}

static enum sf_code
redo_applied (struct sf_store *store, struct reading *reading, struct sf_error *err)
{
  int64_t message_id;
  take_bytes (reading, &message_id, sizeof message_id);
  const char *feed = take_text (reading);
  return reading->failed || !feed ? SF_OK : sf_store_set_applied (store, feed, message_id, err);
}

static enum sf_code
fill_batch (struct sf_store *store, struct reading *reading, struct sf_arena *arena, struct sf_error *err)
{
  while (!reading->failed && reading->at < reading->end)
    switch (*reading->at++)
      {
      case ENTRY_ROW:
        SF_TRY (redo_row (store, reading, arena, err));
        break;
      case ENTRY_JUDGEMENT:
        SF_TRY (redo_judgement (store, reading, err));
        break;
      case ENTRY_APPLIED:
        SF_TRY (redo_applied (store, reading, err));
        break;
      default:
        reading->failed = true;
      }
  return reading->failed ? sf_fail (err, SF_EFORMAT, "%s/" NAME " is damaged", store->folder) : SF_OK;
}

/* Take the seal off the end. False: the bytes before are not what was sealed. */
static bool
take_seal (struct reading *reading)
{
  struct sf_key key;
  size_t length = (size_t) (reading->end - reading->at);
  if (length < sizeof key.bytes || sf_key_of_bytes (reading->at, length - sizeof key.bytes, &key, NULL) != SF_OK)
    return false;
  reading->end -= sizeof key.bytes;
  return memcmp (reading->end, key.bytes, sizeof key.bytes) == 0;
}

/* Only the very next batch: of one that came later, those between it and the catalogue are missing. */
static enum sf_code
redo (struct sf_store *store, struct sf_arena *arena, const char *path, struct sf_error *err)
{
  char magic[sizeof MAGIC];
  int64_t number = 0, complete = 0;
  uint8_t *bytes = NULL;
  size_t length = 0;
  SF_TRY (sf_store_applied (store, COUNTER, &complete, err));
  SF_TRY (sf_file_read (arena, path, BYTES_MAX, &bytes, &length, err));
  struct reading reading = { .at = bytes, .end = bytes + length };
  if (!take_seal (&reading))
    return SF_OK;
  take_bytes (&reading, magic, sizeof magic);
  take_bytes (&reading, &number, sizeof number);
  if (reading.failed || memcmp (magic, MAGIC, sizeof magic) != 0 || number != complete + 1)
    return SF_OK;
  SF_TRY (fill_batch (store, &reading, arena, err));
  SF_TRY (sf_store_set_applied (store, COUNTER, number, err));
  return sf_store_complete (store, err);
}

enum sf_code
sf_redo_complete (struct sf_store *store, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  char *path = sf_mem_printf ("%s/" NAME, store->folder);
  enum sf_code code = SF_OK;
  struct sf_error why = { 0 };
  if (!path)
    return sf_fail (err, SF_ENOMEM, "no memory to open the store");
  if (sf_file_exists (path))
    code = redo (store, &arena, path, &why);
  sf_store_drop_batch (store);
  sf_arena_finish (&arena);
  sf_mem_free (path);
  /* Anything else, a full disk or a damaged file, is met again by who writes next. */
  return code == SF_ENOMEM ? sf_fail (err, code, "%s", why.message) : SF_OK;
}
