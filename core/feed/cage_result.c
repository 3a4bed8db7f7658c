/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/cage_private.h"

#include "core/data/record_pack.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum
{
  READ_BYTES = 256 * 1024,
  READS_AT_ONCE = 64,     /* in one turn, so that one worker does not keep the others waiting */
  BYTES_PER_RECORD = 256, /* of what a message may bring, beside LEAST_BYTES */
  LEAST_BYTES = 16 * 1024 * 1024,
  KEPT_BYTES = 4 * 1024 * 1024 /* of the input's memory, after a message with more */
};

/* --- a whole result: from the frames to records --- */

struct unpacking
{
  struct sf_cage *cage;
  struct sf_message message;
  struct sf_record origin; /* of which feed, source and time received are the message's */
  size_t mapping;          /* the next */
};

static enum sf_code
put_values (struct unpacking *unpacking, struct sf_record *record, struct sf_error *err)
{
  struct sf_cage *cage = unpacking->cage;
  const struct sf_cage_mapping *mapping = &cage->mappings[unpacking->mapping++];
  if (record->kind != SF_RECORD_FIELD || sf_gridspec_cells (&record->as.field.grid) != mapping->bytes / sizeof (float)
      || mapping->bytes % sizeof (float) != 0)
    return sf_fail (err, SF_EFORMAT, "a field's values do not fit its grid");
  record->as.field.values = mapping->values;
  return SF_OK;
}

/* What comes by the thousand and is good. Returns how many records they were. */
static uint32_t
unpack_observations (struct unpacking *unpacking, struct sf_cage_body *body, uint32_t most)
{
  struct sf_cage_gathered *gathered = &unpacking->cage->gathered;
  size_t used = 0;
  size_t count = sf_record_unpack_observations (body->at, (size_t) (body->end - body->at), &unpacking->origin,
                                                gathered->records + gathered->records_count, most, &used);
  body->at += used;
  gathered->records_count += count;
  return (uint32_t) count;
}

static enum sf_code
unpack_record (struct unpacking *unpacking, struct sf_cage_body *body, bool has_values, struct sf_error *err)
{
  struct sf_cage_gathered *gathered = &unpacking->cage->gathered;
  struct sf_record *record = &gathered->records[gathered->records_count];
  size_t used = 0;
  bool good = false, readable = false;
  SF_TRY (
      sf_record_unpack (&gathered->arena, body->at, (size_t) (body->end - body->at), record, &used, &readable, err));
  body->at += used;
  if (has_values)
    SF_TRY (put_values (unpacking, record, err));
  SF_TRY (sf_cage_check_record (gathered, record, readable, &good, err));
  if (good)
    sf_cage_keep_record (gathered, &unpacking->message);
  return SF_OK;
}

static enum sf_code
unpack_records (struct unpacking *unpacking, const struct sf_cage_frame *head, const uint8_t *frame,
                struct sf_error *err)
{
  struct sf_cage_gathered *gathered = &unpacking->cage->gathered;
  struct sf_cage_body body = sf_cage_body_of (frame);
  bool has_field = sf_cage_get_i64 (&body) != 0;
  /* No room is made for what cannot be there. */
  if (head->number > (size_t) (body.end - body.at) / SF_RECORD_PACKED_LEAST_BYTES)
    return sf_fail (err, SF_EFORMAT, "a frame too short for %u records", head->number);
  SF_TRY (sf_cage_make_room (gathered, head->number, err));
  for (uint32_t left = head->number; left > 0;)
    {
      left -= unpack_observations (unpacking, &body, left - has_field); /* a field is the last */
      if (left > 0)
        SF_TRY (unpack_record (unpacking, &body, has_field && left == 1, err));
      left -= left > 0;
    }
  return body.at == body.end ? SF_OK : sf_fail (err, SF_EFORMAT, "bytes behind the records of a frame");
}

static enum sf_code
read_reject (struct sf_cage *cage, const uint8_t *frame, struct sf_error *err)
{
  struct sf_cage_body body = sf_cage_body_of (frame);
  int64_t line = sf_cage_get_i64 (&body);
  const char *reason = sf_cage_get_text (&body), *excerpt = sf_cage_get_text (&body);
  if (body.broken || !reason || !excerpt)
    return sf_fail (err, SF_EFORMAT, "a reject that does not hang together");
  return sf_cage_add_reject (&cage->gathered, (long) line, reason, excerpt, err);
}

static enum sf_code
tell_end (struct sf_cage *cage, struct sf_cage_entry *entry, const uint8_t *frame, struct sf_error *err)
{
  struct sf_cage_body body = sf_cage_body_of (frame);
  int64_t code = sf_cage_get_i64 (&body), emitted = sf_cage_get_i64 (&body), rejected = sf_cage_get_i64 (&body);
  const char *text = sf_cage_get_text (&body);
  bool counts
      = cage->scan_rejects < SF_CAGE_REJECTS_KEPT ? rejected == (int64_t) cage->scan_rejects : rejected <= INT32_MAX;
  if (body.broken || !text || code < SF_OK || code > SF_EFULL || emitted < 0 || rejected < (int64_t) cage->scan_rejects
      || !(counts || entry->look_back))
    return sf_fail (err, SF_EFORMAT, "a message's end that does not hang together");
  if (code == SF_ENOMEM)
    return sf_fail (err, SF_EFULL, "it ran out of memory (%lld MiB): %s",
                    (long long) (cage->cages->setup.memory_bytes >> 20), text);
  const char *reason = sf_cage_readable (&cage->gathered.arena, *text ? text : sf_code_text ((enum sf_code) code, 0));
  if (!reason)
    return sf_cage_no_memory (err);
  cage->gathered.rejects_total += (size_t) rejected;
  if (!entry->look_back)
    sf_cage_tell_result (cage, entry, (enum sf_code) code, reason);
  else
    sf_cage_tell (cage, entry, NULL);
  return SF_OK;
}

/* All frames of the first entry's result are there, from input_at up to end. */
static enum sf_code
take_result (struct sf_cage *cage, size_t end, struct sf_error *err)
{
  struct sf_cage_entry *entry = cage->first;
  struct unpacking unpacking = { .cage = cage };
  int64_t flags;
  enum sf_code code = SF_OK;
  sf_cage_begin_result (&cage->gathered);
  sf_cage_get_message (entry->frame, &unpacking.message, &flags);
  unpacking.message.feed = entry->feed->feed->name;
  unpacking.origin = (struct sf_record){ .feed = unpacking.message.feed,
                                         .source = unpacking.message.source,
                                         .received_s = unpacking.message.received_s };
  for (size_t at = cage->input_at; code == SF_OK && at < end;)
    {
      struct sf_cage_frame head;
      size_t whole = 0;
      SF_TRY (sf_cage_frame_look (cage->input + at, end - at, &head, &whole, err));
      if (head.kind == SF_CAGE_RECORDS)
        code = unpack_records (&unpacking, &head, cage->input + at, err);
      else if (head.kind == SF_CAGE_REJECT)
        code = read_reject (cage, cage->input + at, err);
      else
        code = tell_end (cage, entry, cage->input + at, err);
      at += whole;
    }
  if (code == SF_OK)
    {
      cage->input_at = end;
      cage->scan_records = cage->scan_rejects = 0;
      cage->answered++;
      sf_cage_unmap_fields (cage);
    }
  return code;
}

/* --- frames one by one, as they come --- */

static enum sf_code
hear_opened (struct sf_cage *cage, const struct sf_cage_frame *head, const uint8_t *frame, struct sf_error *err)
{
  struct sf_cage_body body = sf_cage_body_of (frame);
  int64_t code = sf_cage_get_i64 (&body);
  const char *text = sf_cage_get_text (&body);
  struct sf_cage_feed *feed = cage->feeds;
  while (feed && feed->number != (int64_t) head->number)
    feed = feed->next;
  if (body.broken || !text || cage->state != SF_CAGE_STARTING)
    return sf_fail (err, SF_EFORMAT, "it speaks of a feed out of turn");
  if (!feed || code == SF_OK)
    return SF_OK; /* the feed was taken away meanwhile */
  struct sf_strbuf words = { 0 };
  sf_cage_add_words (&words, text);
  feed->is_refused = true;
  sf_cage_trouble (cage, feed, "decoder_does_not_open", words.text && *words.text ? words.text : "no reason given");
  sf_strbuf_finish (&words);
  return SF_OK;
}

static enum sf_code
hear_ready (struct sf_cage *cage, const uint8_t *frame, struct sf_error *err)
{
  struct sf_cage_body body = sf_cage_body_of (frame);
  const char *text = sf_cage_get_text (&body);
  struct sf_key key;
  if (body.broken || !text || cage->state != SF_CAGE_STARTING || sf_key_parse (text, &key, NULL) != SF_OK)
    return sf_fail (err, SF_EFORMAT, "it says that it is ready in a way that makes no sense");
  sf_key_format (&key, cage->build);
  cage->state = SF_CAGE_RUNNING;
  return SF_OK;
}

/* A frame of the first entry's result: counted now, so that a flood ends early; read when all of them are there. */
static enum sf_code
count_frame (struct sf_cage *cage, const struct sf_cage_frame *head, const uint8_t *frame, struct sf_error *err)
{
  const struct sf_cage_entry *entry = cage->first;
  struct sf_cage_body body = sf_cage_body_of (frame);
  if (!entry || entry == cage->unsent || head->sequence != entry->sequence || cage->state != SF_CAGE_RUNNING)
    return sf_fail (err, SF_EFORMAT, "it answers a message that it was not given");
  if (head->kind == SF_CAGE_END)
    return SF_OK;
  bool has_records = head->kind == SF_CAGE_RECORDS;
  uint64_t records = cage->scan_records + (has_records ? head->number : 0), rejects = cage->scan_rejects + !has_records;
  if (entry->look_back || records > (uint64_t) cage->cages->setup.records_max || rejects > SF_CAGE_REJECTS_KEPT)
    return sf_fail (err, SF_EFULL, "it sends more than it may: %llu records, %llu rejects",
                    (unsigned long long) records, (unsigned long long) rejects);
  int64_t fields = has_records ? sf_cage_get_i64 (&body) : 0;
  if (body.broken || fields < 0 || fields > 1 || fields > (int64_t) head->number)
    return sf_fail (err, SF_EFORMAT, "a frame of %u records and %lld fields", head->number, (long long) fields);
  if (fields)
    SF_TRY (sf_cage_map_field (cage, err));
  cage->scan_records = records; /* counted once, however often memory was out */
  cage->scan_rejects = rejects;
  return SF_OK;
}

static enum sf_code
hear_frame (struct sf_cage *cage, const struct sf_cage_frame *head, const uint8_t *frame, struct sf_error *err)
{
  switch (head->kind)
    {
    case SF_CAGE_OPENED:
      return hear_opened (cage, head, frame, err);
    case SF_CAGE_READY:
      return hear_ready (cage, frame, err);
    case SF_CAGE_RECORDS:
    case SF_CAGE_REJECT:
    case SF_CAGE_END:
      return count_frame (cage, head, frame, err);
    default:
      return sf_fail (err, SF_EFORMAT, "it sends a frame of kind %d, which is the master's", head->kind);
    }
}

/* How many bytes the result of one message may take. */
static size_t
result_bytes_max (const struct sf_cage *cage)
{
  size_t most = LEAST_BYTES + (size_t) cage->cages->setup.records_max * BYTES_PER_RECORD;
  return most < SF_CAGE_RECORDS_BYTES ? most : SF_CAGE_RECORDS_BYTES;
}

enum sf_code
sf_cage_take_frames (struct sf_cage *cage, struct sf_error *err)
{
  for (;;)
    {
      struct sf_cage_frame head;
      size_t whole = 0, there = cage->input_length - cage->looked;
      /* No message's time would ever end it. */
      if (there > 0 && cage->state == SF_CAGE_RUNNING && !sf_cage_is_under_way (cage))
        return sf_fail (err, SF_EFORMAT, "it says what nobody asked for");
      SF_TRY (sf_cage_frame_look (cage->input + cage->looked, there, &head, &whole, err));
      if (whole && cage->looked + whole - cage->input_at > result_bytes_max (cage))
        return sf_fail (err, SF_EFULL, "it sends more than %zu bytes for one message", result_bytes_max (cage));
      if (!whole || whole > there)
        return SF_OK;
      /* With memory out, the same frame is looked at again. */
      SF_TRY (hear_frame (cage, &head, cage->input + cage->looked, err));
      if (head.kind == SF_CAGE_END)
        SF_TRY (take_result (cage, cage->looked + whole, err));
      cage->looked += whole;
      if (head.kind == SF_CAGE_OPENED || head.kind == SF_CAGE_READY)
        cage->input_at = cage->looked;
    }
}

static enum sf_code
make_input_room (struct sf_cage *cage, size_t more, struct sf_error *err)
{
  if (cage->input_at > 0)
    {
      memmove (cage->input, cage->input + cage->input_at, cage->input_length - cage->input_at);
      cage->input_length -= cage->input_at;
      cage->looked -= cage->input_at;
      cage->input_at = 0;
    }
  if (cage->input_length == 0 && cage->input_capacity > KEPT_BYTES)
    {
      sf_mem_free (cage->input);
      cage->input = NULL;
      cage->input_capacity = 0;
    }
  if (sf_mem_grow ((void **) &cage->input, &cage->input_capacity, cage->input_length + more, 1) != 0)
    return sf_cage_no_memory (err);
  return SF_OK;
}

/* Copy a piece out of the ring, before anybody looks at it. */
static enum sf_code
take_bulk (struct sf_cage *cage, const struct sf_cage_frame *head, struct sf_error *err)
{
  size_t at = head->sequence % SF_CAGE_RING_BYTES;
  if (!cage->progress || head->length > 0 || head->number == 0 || head->number > SF_CAGE_RING_BYTES - at)
    return sf_fail (err, SF_EFORMAT, "it speaks of %u bytes at %zu of its ring", head->number, at);
  SF_TRY (make_input_room (cage, head->number, err));
  memcpy (cage->input + cage->input_length, cage->progress->out.bytes + at, head->number);
  cage->input_length += head->number;
  atomic_store_explicit (&cage->progress->out.taken, head->sequence + head->number, memory_order_release);
  return SF_OK;
}

/* The head of a frame is read whole: a piece in the ring takes its place, or its own bytes follow. */
static enum sf_code
take_head (struct sf_cage *cage, struct sf_error *err)
{
  struct sf_cage_pipe *pipe = &cage->pipe;
  struct sf_cage_frame head;
  size_t whole = 0;
  SF_TRY (sf_cage_frame_look (pipe->head, sizeof pipe->head, &head, &whole, err));
  if (head.kind == SF_CAGE_BULK)
    SF_TRY (take_bulk (cage, &head, err));
  else
    {
      SF_TRY (make_input_room (cage, sizeof pipe->head, err));
      memcpy (cage->input + cage->input_length, pipe->head, sizeof pipe->head);
      cage->input_length += sizeof pipe->head;
      pipe->inside_left = head.length;
    }
  pipe->head_length = 0;
  return SF_OK;
}

/* Read a head, or what belongs to it. Returns what read does. */
static ssize_t
read_pipe (struct sf_cage *cage)
{
  struct sf_cage_pipe *pipe = &cage->pipe;
  if (pipe->inside_left == 0)
    {
      ssize_t n = read (cage->out_fd, pipe->head + pipe->head_length, sizeof pipe->head - pipe->head_length);
      pipe->head_length += n > 0 ? (size_t) n : 0;
      return n;
    }
  size_t room = cage->input_capacity - cage->input_length;
  ssize_t n
      = read (cage->out_fd, cage->input + cage->input_length, room < pipe->inside_left ? room : pipe->inside_left);
  cage->input_length += n > 0 ? (size_t) n : 0;
  pipe->inside_left -= n > 0 ? (size_t) n : 0;
  return n;
}

enum sf_code
sf_cage_listen (struct sf_cage *cage, bool *ret_heard, struct sf_error *err)
{
  SF_TRY (sf_cage_take_frames (cage, err)); /* what a lack of memory left undone */
  SF_TRY (sf_cage_collect_files (cage, err));
  for (int i = 0; i < READS_AT_ONCE; i++)
    {
      size_t most = cage->pipe.inside_left < READ_BYTES ? cage->pipe.inside_left : READ_BYTES;
      SF_TRY (make_input_room (cage, most, err));
      ssize_t n = cage->pipe.head_length == sizeof cage->pipe.head ? 1 : read_pipe (cage);
      if (n == 0)
        return sf_fail (err, SF_EIO, "it closed its end of the pipe");
      if (n < 0) /* nothing there for now */
        return errno == EAGAIN ? sf_cage_check_files (cage, err) : SF_OK;
      *ret_heard = true;
      if (cage->pipe.head_length == sizeof cage->pipe.head)
        SF_TRY (take_head (cage, err));
      SF_TRY (sf_cage_take_frames (cage, err));
    }
  return SF_OK;
}

void
sf_cage_forget_input (struct sf_cage *cage)
{
  sf_cage_unmap_fields (cage);
  sf_cage_close_files (cage);
  cage->input_at = cage->input_length = cage->looked = 0;
  cage->scan_records = cage->scan_rejects = 0;
}

void
sf_cage_finish_input (struct sf_cage *cage)
{
  sf_cage_forget_input (cage);
  sf_mem_free (cage->input);
  sf_mem_free (cage->mappings);
  sf_mem_free (cage->gathered.records);
  sf_mem_free (cage->gathered.rejects);
  sf_arena_finish (&cage->gathered.arena);
}

/* --- decoding in this process, by the same rules --- */

struct decoding
{
  struct sf_cage *cage;
  const struct sf_cage_entry *entry;
  struct sf_message message;
  struct sf_cage_fields fields;
  int64_t emitted;
  enum sf_code failed;
  struct sf_error failure;
};

static void take_reject (void *ctx, long line, const char *reason, const char *bytes, size_t length);

static bool
has_values (const struct sf_record *record)
{
  return record->kind == SF_RECORD_FIELD && record->as.field.values && sf_gridspec_cells (&record->as.field.grid) > 0;
}

static enum sf_code
copy_record (struct decoding *decoding, const struct sf_record *record, struct sf_error *err)
{
  struct sf_cage_gathered *gathered = &decoding->cage->gathered;
  struct sf_record bare = *record;
  if (decoding->emitted >= decoding->cage->cages->setup.records_max)
    return sf_fail (err, SF_EFULL, "more than %ld records in one message", decoding->cage->cages->setup.records_max);
  decoding->emitted++;
  if (decoding->entry->look_back)
    return SF_OK;
  char reason[SF_CAGE_REASON_BYTES];
  if (has_values (record) && !sf_cage_fields_take (&decoding->fields, &record->as.field.grid, reason, sizeof reason))
    {
      take_reject (decoding, (long) record->source_line, reason, NULL, 0);
      return SF_OK;
    }
  bare.feed = bare.source = NULL;
  bare.received_s = INT64_MIN;
  bool good = false;
  SF_TRY (sf_cage_check_record (gathered, &bare, false, &good, err));
  if (!good)
    return SF_OK;
  SF_TRY (sf_cage_make_room (gathered, 1, err));
  SF_TRY (sf_record_copy (&gathered->arena, &bare, &gathered->records[gathered->records_count], err));
  if (gathered->arena.total_bytes - (size_t) decoding->fields.used_bytes > SF_CAGE_RECORDS_BYTES)
    return sf_fail (err, SF_EFULL, "more than %d bytes in one message", SF_CAGE_RECORDS_BYTES);
  sf_cage_keep_record (gathered, &decoding->message);
  return SF_OK;
}

static enum sf_code
take_record (void *ctx, const struct sf_record *record, struct sf_error *err)
{
  struct decoding *decoding = ctx;
  if (decoding->failed == SF_OK)
    decoding->failed = copy_record (decoding, record, &decoding->failure);
  return decoding->failed == SF_OK ? SF_OK : sf_fail (err, decoding->failed, "%s", decoding->failure.message);
}

static void
take_reject (void *ctx, long line, const char *reason, const char *bytes, size_t length)
{
  struct decoding *decoding = ctx;
  struct sf_cage_gathered *gathered = &decoding->cage->gathered;
  struct sf_strbuf excerpt = { 0 };
  gathered->rejects_total++;
  if (decoding->entry->look_back || gathered->rejects_count >= SF_CAGE_REJECTS_KEPT)
    return;
  sf_strbuf_add_excerpt (&excerpt, bytes ? bytes : "", bytes ? length : 0, SF_CAGE_EXCERPT_BYTES);
  enum sf_code code = excerpt.failed ? sf_cage_no_memory (&decoding->failure)
                                     : sf_cage_add_reject (gathered, line, reason, excerpt.text, &decoding->failure);
  if (decoding->failed == SF_OK)
    decoding->failed = code;
  sf_strbuf_finish (&excerpt);
}

enum sf_code
sf_cage_decode_here (struct sf_cage *cage, struct sf_cage_entry *entry, struct sf_error *err)
{
  const struct sf_cage_setup *setup = &cage->cages->setup;
  struct decoding decoding = { .cage = cage,
                               .entry = entry,
                               .fields = { .one_bytes = setup->field_bytes, .all_bytes = setup->fields_bytes } };
  struct sf_sink sink = { &decoding, take_record, take_reject };
  struct sf_error why = { 0 };
  int64_t flags;
  sf_cage_begin_result (&cage->gathered);
  sf_cage_get_message (entry->frame, &decoding.message, &flags);
  decoding.message.feed = entry->feed->feed->name;
  struct sf_cage_doubt doubt;
  sf_cage_doubt_begin (&doubt);
  enum sf_code code = cage->plugin->as.decoder->decode (entry->feed->state, &decoding.message, &sink, &why);
  if (sf_cage_doubts (&doubt, code, (int64_t) cage->gathered.rejects_total, cage->memory_waits > 0))
    code = SF_ENOMEM;
  if (decoding.failed != SF_OK)
    {
      code = decoding.failed;
      why = decoding.failure;
    }
  if (code == SF_ENOMEM)
    return sf_fail (err, code, "%s", why.message[0] ? why.message : sf_code_text (code, 0));
  const char *reason = sf_cage_readable (&cage->gathered.arena, why.message[0] ? why.message : sf_code_text (code, 0));
  if (!reason)
    return sf_cage_no_memory (err);
  if (entry->look_back)
    sf_cage_tell (cage, entry, NULL);
  else
    sf_cage_tell_result (cage, entry, code, reason);
  return SF_OK;
}
