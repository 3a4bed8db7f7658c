/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cycle/ingest.h"

#include "core/base/time.h"
#include "core/feed/journal.h"
#include "core/store/names.h"
#include "core/store/store.h"

#include <string.h>

/* The messages that the records of one reading came from, each once. */
struct taking
{
  struct sf_ingest *ingest;
  struct sf_journal *journal; /* NULL: there is none any more */
  int64_t *ids;               /* of the journal, by ingest's messages from the first of this reading */
  size_t ids_capacity;
  uint32_t *slots; /* where a message is among ingest's, plus one, by a hash of its id; 0: free */
  size_t slots_count;
};

static enum sf_code
no_memory (struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "out of memory for what the store holds");
}

enum
{
  SLOTS_AT_FIRST = 1024
};

/* The slot of a message, or the free one where it belongs. */
static uint32_t *
find_slot (const struct taking *taking, int64_t id)
{
  size_t mask = taking->slots_count - 1, at = (size_t) sf_names_hash (&id, sizeof id) & mask;
  while (taking->slots[at] && taking->ids[taking->slots[at] - 1] != id)
    at = (at + 1) & mask;
  return &taking->slots[at];
}

/* Room for one more message. */
static enum sf_code
widen (struct taking *taking, struct sf_error *err)
{
  size_t count = taking->ingest->messages_count;
  if (2 * (count + 1) <= taking->slots_count)
    return SF_OK;
  size_t wanted = taking->slots_count ? 2 * taking->slots_count : SLOTS_AT_FIRST;
  uint32_t *slots = sf_mem_calloc (wanted, sizeof *slots);
  if (!slots)
    return no_memory (err);
  sf_mem_free (taking->slots);
  taking->slots = slots;
  taking->slots_count = wanted;
  for (size_t i = 0; i < count; i++)
    *find_slot (taking, taking->ids[i]) = (uint32_t) i + 1;
  return SF_OK;
}

struct finding
{
  struct sf_arena *arena;
  int64_t id;
  struct sf_ingest_message *message;
};

static enum sf_code
take_entry (void *ctx, const struct sf_journal_entry *entry, struct sf_error *err)
{
  struct finding *finding = ctx;
  if (entry->id != finding->id)
    return SF_OK;
  finding->message->source = sf_arena_strdup (finding->arena, sf_ingest_source_name (entry->source));
  finding->message->received_s = entry->received_s;
  finding->message->sha256 = entry->sha256;
  finding->message->length = entry->length;
  return finding->message->source ? SF_OK : no_memory (err);
}

/* What the journal still knows of a message; once it is trimmed, what the row itself says. */
static enum sf_code
describe_message (struct taking *taking, const struct sf_store_row *row, struct sf_ingest_message *message,
                  struct sf_error *err)
{
  struct sf_arena *arena = taking->ingest->arena;
  struct finding finding = { .arena = arena, .id = row->origin.message_id, .message = message };
  struct sf_journal_range range = { .feed = row->record->feed,
                                    .after_id = row->origin.message_id - 1,
                                    .from_s = SF_TIME_MISSING,
                                    .to_s = SF_TIME_MISSING,
                                    .limit = 1 };
  *message = (struct sf_ingest_message){ .feed = sf_arena_strdup (arena, row->record->feed),
                                         .received_s = row->record->received_s,
                                         .sha256 = row->origin.sha256 };
  message->source = sf_arena_strdup (arena, sf_ingest_source_name (row->record->source));
  if (!message->feed || !message->source)
    return no_memory (err);
  return taking->journal ? sf_journal_read (taking->journal, &range, take_entry, &finding, err) : SF_OK;
}

static enum sf_code
find_message (struct taking *taking, const struct sf_store_row *row, struct sf_ingest_message **ret_message,
              struct sf_error *err)
{
  struct sf_ingest *ingest = taking->ingest;
  SF_TRY (widen (taking, err));
  uint32_t *slot = find_slot (taking, row->origin.message_id);
  if (*slot)
    {
      *ret_message = &ingest->messages[*slot - 1];
      return SF_OK;
    }
  if (sf_mem_grow ((void **) &ingest->messages, &ingest->messages_capacity, ingest->messages_count + 1,
                   sizeof *ingest->messages)
          != 0
      || sf_mem_grow ((void **) &taking->ids, &taking->ids_capacity, ingest->messages_count + 1, sizeof *taking->ids)
             != 0)
    return no_memory (err);
  struct sf_ingest_message *message = &ingest->messages[ingest->messages_count];
  SF_TRY (describe_message (taking, row, message, err));
  taking->ids[ingest->messages_count++] = row->origin.message_id;
  *slot = (uint32_t) ingest->messages_count;
  *ret_message = message;
  return SF_OK;
}

static enum sf_code
take_row (void *ctx, const struct sf_store_row *row, struct sf_error *err)
{
  struct taking *taking = ctx;
  struct sf_ingest *ingest = taking->ingest;
  struct sf_ingest_message *message = NULL;
  SF_TRY (find_message (taking, row, &message, err));
  if (sf_mem_grow ((void **) &ingest->records, &ingest->records_capacity, ingest->records_count + 1,
                   sizeof *ingest->records)
      != 0)
    return no_memory (err);
  struct sf_record record = *row->record;
  record.source = record.source ? sf_ingest_source_name (record.source) : NULL;
  SF_TRY (sf_record_copy (ingest->arena, &record, &ingest->records[ingest->records_count], err));
  ingest->records_count++;
  message->records++;
  return SF_OK;
}

static enum sf_code
take_query (struct taking *taking, struct sf_store *store, const struct sf_scenario *scenario,
            const struct sf_query *query, struct sf_error *err)
{
  struct sf_store_query asked;
  sf_store_query_init (&asked, query->kind);
  asked.feeds = query->feeds;
  asked.feeds_count = query->feeds_count;
  asked.from_s = query->from_s;
  asked.to_s = query->to_s;
  asked.as_of_s = scenario->clock_s;
  if (query->storm)
    {
      asked.subjects = &query->storm;
      asked.subjects_count = 1;
    }
  return sf_store_read (store, &asked, take_row, taking, err);
}

enum sf_code
sf_ingest_store (struct sf_ingest *ingest, const struct sf_scenario *scenario, const char *dir, struct sf_log *log,
                 struct sf_error *err)
{
  struct taking taking = { .ingest = ingest };
  struct sf_store *store = NULL;
  struct sf_error why = { 0 };
  enum sf_code code = sf_store_open (dir, SF_STORE_READ, &store, &why);
  if (code == SF_ENOTFOUND)
    {
      sf_log_write (log, SF_LOG_WARNING, "cycle", "%s holds no store yet: no record is there", dir);
      return SF_OK;
    }
  if (code != SF_OK)
    return sf_fail (err, code, "%s", why.message);
  if (sf_journal_open (dir, false, &taking.journal, &why) != SF_OK)
    sf_log_write (log, SF_LOG_WARNING, "cycle", "the lineage names no bytes: %s", why.message);
  for (size_t q = 0; q < scenario->queries_count && code == SF_OK; q++)
    code = take_query (&taking, store, scenario, &scenario->queries[q], err);
  sf_mem_free (taking.ids);
  sf_mem_free (taking.slots);
  sf_journal_close (taking.journal);
  sf_store_close (store);
  return code;
}
