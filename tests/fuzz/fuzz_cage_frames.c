/* SPDX-License-Identifier: Apache-2.0 */
/* The first byte says whether the worker is starting (even) or at three messages (odd), the rest is what it sends. */
#include "core/feed/cage_private.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static bool
is_readable (const char *text)
{
  return text && sf_text_is_utf8 ((const uint8_t *) text, strlen (text)) && !strpbrk (text, "\n\x1b\x7f");
}

/* What comes out keeps the rules and can be sent on. */
static void
done (void *ctx, const struct sf_feed *feed, const struct sf_cage_result *result)
{
  struct sf_strbuf out = { 0 };
  (void) ctx;
  (void) feed;
  if (result->rejects_count > result->rejects_total && result->rejects_total < SF_CAGE_REJECTS_KEPT)
    abort ();
  for (size_t i = 0; i < result->records_count; i++)
    if (strcmp (result->records[i].feed, "fuzz") != 0 || sf_record_encode (&result->records[i], &out, NULL) != SF_OK)
      abort ();
  for (size_t i = 0; i < result->rejects_count; i++)
    if (!is_readable (result->rejects[i].reason) || !is_readable (result->rejects[i].excerpt)
        || result->rejects[i].line < 0)
      abort ();
  if ((result->code == SF_OK) != (result->reason == NULL) || (result->reason && !is_readable (result->reason)))
    abort ();
  sf_strbuf_finish (&out);
}

static void
add_entry (struct sf_cage *cage, struct sf_cage_feed *feed, uint64_t sequence)
{
  struct sf_message message = { .source = "s", .bytes = (const uint8_t *) "abc", .length = 3 };
  struct sf_strbuf frame = { 0 };
  sf_cage_put_message_head (&frame, &message, 0);
  sf_strbuf_add_bytes (&frame, message.bytes, message.length);
  struct sf_cage_entry *entry = sf_mem_alloc (sizeof *entry + frame.length);
  if (!entry)
    abort ();
  *entry = (struct sf_cage_entry){ .feed = feed, .sequence = sequence, .length = frame.length, .previous = cage->last };
  memcpy (entry->frame, frame.text, frame.length);
  *(cage->last ? &cage->last->next : &cage->first) = entry;
  cage->last = entry;
  feed->waiting++;
  feed->waiting_bytes += entry->length;
  sf_strbuf_finish (&frame);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  struct sf_cages cages
      = { .setup
          = { .done = done, .records_max = 1000, .field_bytes = 1000, .fields_bytes = 8000, .memory_bytes = 1 << 30 } };
  struct sf_feed feed = { .name = "fuzz" };
  struct sf_cage cage = { .cages = &cages, .in_fd = -1, .out_fd = -1, .fields_fd = -1 };
  struct sf_cage_feed place = { .cage = &cage, .feed = &feed };
  struct sf_error err = { 0 };
  if (size == 0)
    return 0;
  cage.feeds = &place;
  cage.state = data[0] % 2 ? SF_CAGE_RUNNING : SF_CAGE_STARTING;
  for (uint64_t sequence = 1; cage.state == SF_CAGE_RUNNING && sequence <= 3; sequence++)
    add_entry (&cage, &place, sequence);
  cage.input = sf_mem_alloc (size);
  if (!cage.input)
    abort ();
  cage.input_length = cage.input_capacity = size - 1;
  memcpy (cage.input, data + 1, size - 1);
  enum sf_code code = sf_cage_take_frames (&cage, &err);
  if (code != SF_OK && (code == SF_ENOMEM || !err.message[0]))
    abort ();
  while (cage.first)
    {
      struct sf_cage_entry *next = cage.first->next;
      sf_mem_free (cage.first);
      cage.first = next;
    }
  sf_cage_finish_input (&cage);
  return 0;
}
