/* SPDX-License-Identifier: Apache-2.0 */
#include "core/store/store_private.h"

#include <string.h>

/* Rows on their way out. Whoever looks at them may stand in a pager: a statement that stood open meanwhile would keep the log of
   the file from being carried over, and it would grow for as long. So rows are copied, some at a time. */

enum
{
  KEPT_ROWS = 512,
  KEPT_BYTES = 1 << 20 /* of texts */
};

bool
sf_reader_is_full (const struct sf_reader *reader)
{
  return reader->kept_count >= KEPT_ROWS || reader->kept_texts.total_bytes >= KEPT_BYTES;
}

static enum sf_code
keep_texts (struct sf_reader *reader, const struct sf_stored_row *row, struct sf_kept_row *kept)
{
  for (int i = 0; i < SF_ROW_TEXTS; i++)
    {
      const struct sf_stored_text *text = &row->texts[i];
      bool is_same = text->id > 0 && reader->kept_last[i].text && reader->kept_last[i].id == text->id
                     && reader->kept_last[i].day == text->day;
      kept->texts[i] = is_same ? reader->kept_last[i].text : NULL;
      if (is_same || text->id == 0)
        continue;
      kept->texts[i] = sf_arena_strdup (&reader->kept_texts, text->text.text);
      if (!kept->texts[i])
        return sf_fail (reader->err, SF_ENOMEM, "no memory to read a row");
      reader->kept_last[i].day = text->day;
      reader->kept_last[i].id = text->id;
      reader->kept_last[i].text = kept->texts[i];
    }
  return SF_OK;
}

enum sf_code
sf_reader_keep_row (struct sf_reader *reader, const struct sf_stored_row *row, long rank, bool holds)
{
  if (sf_mem_grow ((void **) &reader->kept, &reader->kept_capacity, reader->kept_count + 1, sizeof *reader->kept) != 0)
    return sf_fail (reader->err, SF_ENOMEM, "no memory to read %zu rows", reader->kept_count + 1);
  struct sf_kept_row *kept = &reader->kept[reader->kept_count];
  *kept = (struct sf_kept_row){ .series = reader->series,
                                .key = row->key,
                                .message_id = row->message_id,
                                .source_line = row->source_line,
                                .quality = row->quality,
                                .rank = rank,
                                .holds = holds };
  memcpy (kept->numbers, row->numbers, sizeof kept->numbers);
  SF_TRY (keep_texts (reader, row, kept));
  reader->kept_count++;
  return SF_OK;
}

static enum sf_code
give_row (struct sf_reader *reader, const struct sf_kept_row *row)
{
  const struct sf_row_layout *layout = sf_row_layout (reader->query->kind);
  struct sf_record record;
  memset (&record, 0, sizeof record);
  record.kind = reader->query->kind;
  record.feed = row->series.feed;
  record.valid_s = row->key.valid_s;
  record.received_s = row->key.received_s;
  record.revision = row->key.revision;
  record.quality = row->quality;
  record.doubt = row->texts[0];
  record.source = row->texts[1];
  record.source_line = row->source_line;
  if (record.kind == SF_RECORD_OBSERVATION)
    {
      record.as.observation.asset = row->series.subject;
      record.as.observation.quantity = row->series.quantity;
      record.as.observation.period_s = row->series.period_s;
    }
  else
    record.as.position.mover = row->series.subject;
  for (int i = 0; i < layout->texts; i++)
    *(const char **) ((char *) &record + layout->text_at[i]) = row->texts[2 + i];
  for (int i = 0; i < layout->numbers; i++)
    *(double *) ((char *) &record + layout->number_at[i]) = row->numbers[i];
  struct sf_store_row given = { .record = &record, .rank = row->rank, .holds = row->holds };
  sf_row_origin (&given.origin, row->message_id, row->key.tie, row->key.place);
  return sf_reader_give (reader, &given);
}

static bool
is_same_asset (const struct sf_kept_row *a, const struct sf_kept_row *b)
{
  return strcmp (a->series.subject, b->series.subject) == 0 && strcmp (a->series.feed, b->series.feed) == 0;
}

enum sf_code
sf_reader_flush (struct sf_reader *reader)
{
  enum sf_code code = SF_OK;
  sf_day_end_reads (reader->store);
  reader->place_known = false;
  for (size_t i = 0; i < reader->kept_count && code == SF_OK; i++)
    {
      if (i > 0 && !is_same_asset (&reader->kept[i - 1], &reader->kept[i]))
        reader->place_known = false;
      code = give_row (reader, &reader->kept[i]);
    }
  reader->kept_count = 0;
  memset (reader->kept_last, 0, sizeof reader->kept_last);
  sf_arena_finish (&reader->kept_texts);
  return code;
}
