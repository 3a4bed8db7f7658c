/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/cage_private.h"

#include "core/data/record_pack.h"

/* What a message's result is gathered in, wherever it was decoded. */

enum
{
  KEPT_RECORDS = 8192 /* room that stays after a message with more */
};

enum sf_code
sf_cage_no_memory (struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "out of memory taking in what a decoder made");
}

void
sf_cage_begin_result (struct sf_cage_gathered *gathered)
{
  if (gathered->records_capacity > KEPT_RECORDS)
    {
      sf_mem_free (gathered->records);
      gathered->records = NULL;
      gathered->records_capacity = 0;
    }
  gathered->records_count = gathered->rejects_count = gathered->rejects_total = 0;
  sf_arena_reset (&gathered->arena);
}

char *
sf_cage_readable (struct sf_arena *arena, const char *text)
{
  struct sf_strbuf words = { 0 };
  sf_cage_add_words (&words, text);
  char *copy = words.failed ? NULL : sf_arena_strdup (arena, words.text ? words.text : "");
  sf_strbuf_finish (&words);
  return copy;
}

enum sf_code
sf_cage_add_reject (struct sf_cage_gathered *gathered, long line, const char *reason, const char *excerpt,
                    struct sf_error *err)
{
  if (gathered->rejects_count >= SF_CAGE_REJECTS_KEPT)
    return SF_OK;
  struct sf_cage_reject reject
      = { .line = line < 0 ? 0 : line,
          .reason = sf_cage_readable (&gathered->arena, reason && *reason ? reason : "no reason given"),
          .excerpt = sf_cage_readable (&gathered->arena, excerpt) };
  if (!reject.reason || !reject.excerpt
      || sf_mem_grow ((void **) &gathered->rejects, &gathered->rejects_capacity, gathered->rejects_count + 1,
                      sizeof reject)
             != 0)
    return sf_cage_no_memory (err);
  gathered->rejects[gathered->rejects_count++] = reject;
  return SF_OK;
}

enum sf_code
sf_cage_check_record (struct sf_cage_gathered *gathered, const struct sf_record *record, bool texts_are_good,
                      bool *ret_good, struct sf_error *err)
{
  struct sf_error why;
  *ret_good = (texts_are_good ? sf_record_check_unpacked (record, &why) : sf_record_check (record, &why)) == SF_OK;
  if (*ret_good)
    return SF_OK;
  gathered->rejects_total++;
  return sf_cage_add_reject (gathered, (long) record->source_line, why.message, NULL, err);
}

void
sf_cage_keep_record (struct sf_cage_gathered *gathered, const struct sf_message *message)
{
  struct sf_record *record = &gathered->records[gathered->records_count++];
  record->feed = message->feed;
  record->source = message->source;
  record->received_s = message->received_s;
}

enum sf_code
sf_cage_make_room (struct sf_cage_gathered *gathered, size_t more, struct sf_error *err)
{
  size_t need = gathered->records_count + more;
  if (need > SIZE_MAX / sizeof *gathered->records
      || sf_mem_grow ((void **) &gathered->records, &gathered->records_capacity, need, sizeof *gathered->records) != 0)
    return sf_cage_no_memory (err);
  return SF_OK;
}

void
sf_cage_tell_result (struct sf_cage *cage, struct sf_cage_entry *entry, enum sf_code code, const char *reason)
{
  struct sf_cage_gathered *gathered = &cage->gathered;
  /* That a decoder does not open is the cage's word, upon which the message is given again. */
  code = code == SF_EPLUGIN ? SF_EFORMAT : code;
  struct sf_cage_result result = { .records = gathered->records,
                                   .records_count = gathered->records_count,
                                   .rejects = gathered->rejects,
                                   .rejects_count = gathered->rejects_count,
                                   .rejects_total = gathered->rejects_total,
                                   .code = code,
                                   .reason = code == SF_OK ? NULL : reason };
  if (code == SF_EFULL)
    result = (struct sf_cage_result){ .code = code, .reason = reason, .poison = true };
  sf_cage_tell (cage, entry, &result);
}
