/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/cage_wire.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

static const uint32_t MAGIC = 0x53464347; /* "SFCG" */
static const int64_t NULL_TEXT = -1;

bool
sf_cage_ring_place (struct sf_cage_ring *ring, uint64_t put, size_t length, uint64_t *ret_position)
{
  uint64_t taken = atomic_load_explicit (&ring->taken, memory_order_acquire);
  size_t to_end = SF_CAGE_RING_BYTES - (size_t) (put % SF_CAGE_RING_BYTES);
  uint64_t position = length <= to_end ? put : put + to_end;
  if (length > SF_CAGE_RING_BYTES || taken > put || position + length - taken > SF_CAGE_RING_BYTES)
    return false;
  *ret_position = position;
  return true;
}

bool
sf_cage_fields_take (struct sf_cage_fields *fields, const struct sf_gridspec *grid, char *ret_reason,
                     size_t reason_bytes)
{
  size_t cells = sf_gridspec_cells (grid);
  int64_t left_bytes = fields->all_bytes - fields->used_bytes;
  bool fits = cells <= (size_t) fields->one_bytes / sizeof (float);
  if (fits && cells <= (size_t) left_bytes / sizeof (float) && fields->count < SF_CAGE_FIELDS_MAX)
    {
      fields->used_bytes += (int64_t) (cells * sizeof (float));
      fields->count++;
      return true;
    }
  if (!fits)
    snprintf (ret_reason, reason_bytes, "a field of %zu cells; at most %lld bytes go into one", cells,
              (long long) fields->one_bytes);
  else
    snprintf (
        ret_reason, reason_bytes,
        "a field of %zu cells after %lld fields of %lld bytes; at most %d fields and %lld bytes go into one message",
        cells, (long long) fields->count, (long long) fields->used_bytes, SF_CAGE_FIELDS_MAX,
        (long long) fields->all_bytes);
  return false;
}

size_t
sf_cage_frame_begin (struct sf_strbuf *buf, enum sf_cage_frame_kind kind, uint64_t sequence, uint32_t number)
{
  size_t start = buf->length;
  struct sf_cage_frame frame = {
    .magic = MAGIC, .version = SF_CAGE_WIRE_VERSION, .kind = (uint16_t) kind, .sequence = sequence, .number = number
  };
  sf_strbuf_add_bytes (buf, &frame, sizeof frame);
  return start;
}

struct sf_cage_frame
sf_cage_frame_of_bulk (uint64_t position, uint32_t length)
{
  return (struct sf_cage_frame){
    .magic = MAGIC, .version = SF_CAGE_WIRE_VERSION, .kind = SF_CAGE_BULK, .sequence = position, .number = length
  };
}

void
sf_cage_frame_end (struct sf_strbuf *buf, size_t start)
{
  size_t length = buf->length - start - sizeof (struct sf_cage_frame);
  buf->failed |= length > UINT32_MAX;
  if (buf->failed)
    return;
  uint32_t count = (uint32_t) length;
  memcpy (buf->text + start + offsetof (struct sf_cage_frame, length), &count, sizeof count);
}

void
sf_cage_put_i64 (struct sf_strbuf *buf, int64_t value)
{
  sf_strbuf_add_bytes (buf, &value, sizeof value);
}

void
sf_cage_put_text (struct sf_strbuf *buf, const char *text)
{
  size_t length = text ? strlen (text) : 0;
  sf_cage_put_i64 (buf, text ? (int64_t) length : NULL_TEXT);
  if (text)
    sf_strbuf_add_bytes (buf, text, length + 1);
}

enum sf_code
sf_cage_frame_look (const uint8_t *bytes, size_t length, struct sf_cage_frame *ret_frame, size_t *ret_whole,
                    struct sf_error *err)
{
  struct sf_cage_frame frame;
  *ret_whole = 0;
  if (length < sizeof frame)
    return SF_OK;
  memcpy (&frame, bytes, sizeof frame);
  if (frame.magic != MAGIC)
    return sf_fail (err, SF_EFORMAT, "what stands where a frame is due begins with %08x", frame.magic);
  if (frame.version != SF_CAGE_WIRE_VERSION)
    return sf_fail (err, SF_EFORMAT, "a frame of version %d; this program speaks %d", frame.version,
                    SF_CAGE_WIRE_VERSION);
  if (frame.kind == 0 || frame.kind >= SF_CAGE_FRAME_KINDS)
    return sf_fail (err, SF_EFORMAT, "a frame of kind %d", frame.kind);
  *ret_frame = frame;
  *ret_whole = sizeof frame + frame.length;
  return SF_OK;
}

struct sf_cage_body
sf_cage_body_of (const uint8_t *frame)
{
  struct sf_cage_frame head;
  memcpy (&head, frame, sizeof head);
  return (struct sf_cage_body){ .at = frame + sizeof head, .end = frame + sizeof head + head.length };
}

int64_t
sf_cage_get_i64 (struct sf_cage_body *body)
{
  int64_t value = 0;
  body->broken |= (size_t) (body->end - body->at) < sizeof value;
  if (body->broken)
    return 0;
  memcpy (&value, body->at, sizeof value);
  body->at += sizeof value;
  return value;
}

const char *
sf_cage_get_text (struct sf_cage_body *body)
{
  int64_t length = sf_cage_get_i64 (body);
  if (body->broken || length == NULL_TEXT)
    return NULL;
  const uint8_t *text = body->at;
  body->broken |= length < 0 || length >= body->end - text || text[length] != '\0';
  if (body->broken)
    return NULL;
  body->at += length + 1;
  return (const char *) text;
}

void
sf_cage_put_message_head (struct sf_strbuf *buf, const struct sf_message *message, int64_t flags)
{
  struct sf_cage_frame frame = { .magic = MAGIC, .version = SF_CAGE_WIRE_VERSION, .kind = SF_CAGE_MESSAGE };
  size_t start = buf->length;
  sf_strbuf_add_bytes (buf, &frame, sizeof frame);
  sf_cage_put_i64 (buf, flags);
  sf_cage_put_i64 (buf, message->received_s);
  sf_cage_put_text (buf, message->source);
  sf_cage_put_text (buf, message->identity);
  size_t length = buf->length - start - sizeof frame + message->length;
  buf->failed |= length > UINT32_MAX;
  if (buf->failed)
    return;
  frame.length = (uint32_t) length;
  memcpy (buf->text + start, &frame, sizeof frame);
}

bool
sf_cage_get_message (const uint8_t *frame, struct sf_message *ret_message, int64_t *ret_flags)
{
  struct sf_cage_body body = sf_cage_body_of (frame);
  struct sf_message message = { 0 };
  int64_t flags = sf_cage_get_i64 (&body);
  message.received_s = sf_cage_get_i64 (&body);
  message.source = sf_cage_get_text (&body);
  message.identity = sf_cage_get_text (&body);
  message.bytes = body.at;
  message.length = (size_t) (body.end - body.at);
  if (body.broken)
    return false;
  *ret_message = message;
  *ret_flags = flags;
  return true;
}

void
sf_cage_set_message_flags (uint8_t *frame, int64_t flags)
{
  memcpy (frame + sizeof (struct sf_cage_frame), &flags, sizeof flags);
}

void
sf_cage_doubt_begin (struct sf_cage_doubt *doubt)
{
  doubt->failures = sf_mem_failures ();
  errno = 0;
}

/* Allocations of ours are counted; those of others leave their mark in errno, if nothing came after it. */
bool
sf_cage_doubts (const struct sf_cage_doubt *doubt, enum sf_code code, int64_t rejected, bool again)
{
  bool was_out = errno == ENOMEM || sf_mem_failures () != doubt->failures;
  return was_out && (!again || (code == SF_OK && rejected == 0));
}

void
sf_cage_add_words (struct sf_strbuf *buf, const char *text)
{
  size_t length = text ? strnlen (text, SF_CAGE_REASON_BYTES) : 0;
  length = text ? sf_text_utf8_prefix ((const uint8_t *) text, length) : 0;
  for (size_t i = 0; i < length; i++)
    {
      char c = text[i];
      sf_strbuf_add_bytes (buf, (unsigned char) c < 0x20 || c == 0x7F ? " " : &c, 1);
    }
}
