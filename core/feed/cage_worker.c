/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/cage.h"

#include "core/base/time.h"
#include "core/data/record_pack.h"
#include "core/feed/cage_jail.h"
#include "core/feed/cage_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum
{
  OUT_BYTES = 64 * 1024,    /* that are gathered before they are written */
  READ_BYTES = 256 * 1024,  /* that are asked for at once */
  GATHER_NS = 20 * 1000000, /* that a result waits for others at the most */
  SECOND_NS = 1000000000
};

/* A feed's own decoder. */
struct open_feed
{
  const char *name;
  struct sf_host host;
  void *state;
  bool is_open;
};

struct worker
{
  struct sf_plugin_host *plugins;
  const struct sf_plugin *plugin;
  struct sf_arena arena;
  struct open_feed *feeds; /* by number */
  struct sf_cage_jail jail;
  int64_t records_max;
  struct sf_cage_progress *progress;
  uint8_t *input;
  size_t input_at, input_length, input_capacity;
  const uint8_t *bulk; /* what is left of a piece in the ring */
  size_t bulk_left;
  uint64_t bulk_end, put; /* where the piece ends; where the last one that was put into the other ring ended */
  struct sf_strbuf out, words;
  int64_t flushed_ns;
  bool ended;   /* the master closed its end */
  bool is_lost; /* nobody reads any more */

  /* of the message under way */
  uint64_t sequence;
  bool look_back;
  size_t records_frame; /* where its frame of records begins in out; SIZE_MAX: none is begun */
  uint32_t records_in_frame;
  int64_t emitted, rejected;
  struct sf_cage_fields fields;
  enum sf_code failed; /* of the sink, which no decoder may swallow */
  struct sf_error failure;
};

static int64_t
coarse_ns (void)
{
  struct timespec now = { 0 };
  clock_gettime (CLOCK_MONOTONIC_COARSE, &now);
  return (int64_t) now.tv_sec * SECOND_NS + now.tv_nsec;
}

/* What is to be said stands in the ring, where there is room, and a frame that says so takes its place. */
static void
put_in_ring (struct worker *worker)
{
  struct sf_cage_ring *ring = &worker->progress->out;
  size_t length = worker->out.length;
  uint64_t position = 0;
  if (length < SF_CAGE_BULK_LEAST || !sf_cage_ring_place (ring, worker->put, length, &position))
    return;
  memcpy (ring->bytes + position % SF_CAGE_RING_BYTES, worker->out.text, length);
  worker->put = position + length;
  sf_strbuf_reset (&worker->out);
  sf_cage_frame_end (&worker->out, sf_cage_frame_begin (&worker->out, SF_CAGE_BULK, position, (uint32_t) length));
}

static void
flush (struct worker *worker)
{
  size_t done = 0;
  /* Without memory for what is to be said there are frames without an end: the master sees what it was at, and that it is gone. */
  worker->is_lost |= worker->out.failed;
  if (worker->is_lost)
    return;
  put_in_ring (worker);
  while (done < worker->out.length && !worker->is_lost)
    {
      ssize_t n = write (SF_CAGE_FD_OUT, worker->out.text + done, worker->out.length - done);
      if (n > 0)
        done += (size_t) n;
      else
        worker->is_lost = errno != EINTR;
    }
  sf_strbuf_reset (&worker->out);
  worker->flushed_ns = coarse_ns ();
}

/* What is gathered in words; without memory for them nothing is said, and the worker ends. */
static void
put_gathered (struct worker *worker)
{
  worker->out.failed |= worker->words.failed;
  sf_cage_put_text (&worker->out, worker->words.text ? worker->words.text : "");
}

static void
put_words (struct worker *worker, const char *text)
{
  sf_strbuf_reset (&worker->words);
  sf_cage_add_words (&worker->words, text);
  put_gathered (worker);
}

/* --- records out --- */

static void
end_records (struct worker *worker)
{
  if (worker->records_frame == SIZE_MAX)
    return;
  sf_cage_frame_end (&worker->out, worker->records_frame);
  if (!worker->out.failed)
    memcpy (worker->out.text + worker->records_frame + offsetof (struct sf_cage_frame, number),
            &worker->records_in_frame, sizeof worker->records_in_frame);
  worker->records_frame = SIZE_MAX;
}

static void
begin_records (struct worker *worker, int fields)
{
  worker->records_frame = sf_cage_frame_begin (&worker->out, SF_CAGE_RECORDS, worker->sequence, 0);
  worker->records_in_frame = 0;
  sf_cage_put_i64 (&worker->out, fields);
}

static enum sf_code
send_descriptor (int fd, struct sf_error *err)
{
  char byte = 'f';
  union
  {
    struct cmsghdr head;
    char bytes[CMSG_SPACE (sizeof (int))];
  } control = { 0 };
  struct iovec item = { &byte, 1 };
  struct msghdr message
      = { .msg_iov = &item, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes };
  struct cmsghdr *head = CMSG_FIRSTHDR (&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN (sizeof fd);
  memcpy (CMSG_DATA (head), &fd, sizeof fd);
  ssize_t n = sendmsg (SF_CAGE_FD_FIELDS, &message, MSG_NOSIGNAL);
  /* What a user's processes have on their way is counted; the master takes some of it away. */
  const struct timespec moment = { .tv_nsec = 1000000 };
  for (; n < 0 && (errno == EINTR || errno == ETOOMANYREFS); n = sendmsg (SF_CAGE_FD_FIELDS, &message, MSG_NOSIGNAL))
    nanosleep (&moment, NULL);
  return n == 1 ? SF_OK : sf_fail (err, SF_EIO, "a field cannot be handed over: %s", strerror (errno));
}

/* Values into a memory file that nobody can change any more, on its way to the master. */
static enum sf_code
send_values (const float *values, size_t bytes, struct sf_error *err)
{
  int fd = memfd_create ("field", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0)
    return sf_fail (err, SF_ENOMEM, "no memory file for a field: %s", strerror (errno));
  enum sf_code code = SF_OK;
  void *to
      = ftruncate (fd, (off_t) bytes) == 0 ? mmap (NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;
  if (to == MAP_FAILED)
    code = sf_fail (err, SF_ENOMEM, "no memory for a field of %zu bytes: %s", bytes, strerror (errno));
  else
    {
      memcpy (to, values, bytes);
      munmap (to, bytes);
      if (fcntl (fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)
        code = sf_fail (err, SF_EIO, "a field cannot be sealed: %s", strerror (errno));
    }
  if (code == SF_OK)
    code = send_descriptor (fd, err);
  close (fd);
  return code;
}

static void take_reject (void *ctx, long line, const char *reason, const char *bytes, size_t length);

/* A field has a frame of its own. What was said before is flushed, so that the master can take the memory files that are on
   their way and the socket is never full for good. */
static enum sf_code
emit_field (struct worker *worker, const struct sf_record *record, struct sf_error *err)
{
  size_t cells = sf_gridspec_cells (&record->as.field.grid);
  char reason[SF_CAGE_REASON_BYTES];
  if (!sf_cage_fields_take (&worker->fields, &record->as.field.grid, reason, sizeof reason))
    {
      take_reject (worker, (long) record->source_line, reason, NULL, 0);
      return SF_OK;
    }
  end_records (worker);
  flush (worker);
  SF_TRY (send_values (record->as.field.values, cells * sizeof (float), err));
  begin_records (worker, 1);
  SF_TRY (sf_record_pack (record, &worker->out, err));
  worker->records_in_frame = 1;
  end_records (worker);
  return SF_OK;
}

static enum sf_code
emit_record (struct worker *worker, const struct sf_record *record, struct sf_error *err)
{
  if (worker->emitted >= worker->records_max)
    return sf_fail (err, SF_EFULL, "more than %lld records in one message", (long long) worker->records_max);
  worker->emitted++;
  if (worker->look_back)
    return SF_OK;
  if (record->kind == SF_RECORD_FIELD && record->as.field.values && sf_gridspec_cells (&record->as.field.grid) > 0)
    return emit_field (worker, record, err);
  if (worker->records_frame == SIZE_MAX)
    begin_records (worker, 0);
  SF_TRY (sf_record_pack (record, &worker->out, err));
  worker->records_in_frame++;
  if (worker->out.length >= OUT_BYTES)
    {
      end_records (worker);
      flush (worker);
    }
  return worker->is_lost ? sf_fail (err, SF_EIO, "the master reads no more") : SF_OK;
}

static enum sf_code
take_record (void *ctx, const struct sf_record *record, struct sf_error *err)
{
  struct worker *worker = ctx;
  if (worker->failed == SF_OK)
    worker->failed = emit_record (worker, record, &worker->failure);
  return worker->failed == SF_OK ? SF_OK : sf_fail (err, worker->failed, "%s", worker->failure.message);
}

static void
take_reject (void *ctx, long line, const char *reason, const char *bytes, size_t length)
{
  struct worker *worker = ctx;
  worker->rejected++;
  if (worker->look_back || worker->rejected > SF_CAGE_REJECTS_KEPT)
    return;
  end_records (worker);
  size_t start = sf_cage_frame_begin (&worker->out, SF_CAGE_REJECT, worker->sequence, 0);
  sf_cage_put_i64 (&worker->out, line);
  put_words (worker, reason);
  sf_strbuf_reset (&worker->words);
  sf_strbuf_add_excerpt (&worker->words, bytes ? bytes : "", bytes ? length : 0, SF_CAGE_EXCERPT_BYTES);
  put_gathered (worker);
  sf_cage_frame_end (&worker->out, start);
}

/* --- frames in --- */

/* What is due before a wait: the master has all that is done, and sees that nothing is under way. */
static bool
read_more (struct worker *worker)
{
  atomic_store_explicit (&worker->progress->sequence, 0, memory_order_relaxed);
  flush (worker);
  if (worker->is_lost)
    return false;
  if (worker->input_at > 0)
    {
      memmove (worker->input, worker->input + worker->input_at, worker->input_length - worker->input_at);
      worker->input_length -= worker->input_at;
      worker->input_at = 0;
    }
  if (sf_mem_grow ((void **) &worker->input, &worker->input_capacity, worker->input_length + READ_BYTES, 1) != 0)
    return false;
  ssize_t n;
  do
    n = read (SF_CAGE_FD_IN, worker->input + worker->input_length, worker->input_capacity - worker->input_length);
  while (n < 0 && errno == EINTR);
  worker->input_length += n > 0 ? (size_t) n : 0;
  worker->ended = n == 0;
  return n > 0;
}

/* The next frame of a piece in the ring; with the last one gone the room is given back. NULL: there is none. */
static const uint8_t *
next_of_bulk (struct worker *worker, struct sf_cage_frame *ret_frame)
{
  size_t whole = 0;
  const uint8_t *frame = worker->bulk;
  if (worker->bulk_left > 0 && sf_cage_frame_look (frame, worker->bulk_left, ret_frame, &whole, NULL) == SF_OK && whole
      && whole <= worker->bulk_left)
    {
      worker->bulk += whole;
      worker->bulk_left -= whole;
      return frame;
    }
  if (worker->bulk_end > 0)
    atomic_store_explicit (&worker->progress->in.taken, worker->bulk_end, memory_order_release);
  worker->bulk_end = 0;
  worker->bulk_left = 0;
  return NULL;
}

static void
begin_bulk (struct worker *worker, const struct sf_cage_frame *head)
{
  size_t at = head->sequence % SF_CAGE_RING_BYTES;
  worker->bulk = worker->progress->in.bytes + at;
  worker->bulk_left = head->number;
  worker->bulk_end = head->sequence + head->number;
}

/* The next whole frame, NULL at the end or when it makes no sense. It stays where it is until the next call. */
static const uint8_t *
next_frame (struct worker *worker, struct sf_cage_frame *ret_frame)
{
  for (;;)
    {
      const uint8_t *frame = next_of_bulk (worker, ret_frame);
      size_t whole = 0, there = worker->input_length - worker->input_at;
      if (frame)
        return frame;
      if (sf_cage_frame_look (worker->input + worker->input_at, there, ret_frame, &whole, NULL) != SF_OK)
        return NULL;
      if (whole && whole <= there)
        {
          frame = worker->input + worker->input_at;
          worker->input_at += whole;
          if (ret_frame->kind != SF_CAGE_BULK)
            return frame;
          begin_bulk (worker, ret_frame);
        }
      else if (!read_more (worker))
        return NULL;
    }
}

/* --- before the jail closes --- */

static enum sf_code
set_up (struct worker *worker, const uint8_t *frame, struct sf_error *err)
{
  struct sf_cage_body body = sf_cage_body_of (frame);
  const char *name = sf_cage_get_text (&body);
  worker->jail.memory_bytes = sf_cage_get_i64 (&body);
  worker->jail.field_bytes = sf_cage_get_i64 (&body);
  worker->jail.message_ms = sf_cage_get_i64 (&body);
  worker->records_max = sf_cage_get_i64 (&body);
  worker->fields
      = (struct sf_cage_fields){ .one_bytes = worker->jail.field_bytes, .all_bytes = sf_cage_get_i64 (&body) };
  if (body.broken || !name)
    return sf_fail (err, SF_EFORMAT, "the master's first words are broken");
  SF_TRY (sf_plugin_host_find (worker->plugins, SF_PLUGIN_DECODER, name, &worker->plugin, err));
  worker->jail.profile = worker->plugin->as.decoder->cage;
  worker->feeds = sf_mem_calloc (SF_CAGE_FEEDS_MAX, sizeof *worker->feeds);
  return worker->feeds ? SF_OK : sf_fail (err, SF_ENOMEM, "out of memory");
}

static enum sf_code
read_settings (struct worker *worker, struct sf_cage_body *body, struct sf_settings **ret, struct sf_error *err)
{
  static const struct sf_option none[] = { { .name = NULL } };
  const struct sf_option *options = worker->plugin->options ? worker->plugin->options : none;
  SF_TRY (sf_settings_parse (&worker->arena, options, NULL, NULL, ret, err));
  for (const char *name = sf_cage_get_text (body); name; name = sf_cage_get_text (body))
    {
      const char *text = sf_cage_get_text (body);
      if (text)
        SF_TRY (sf_settings_set (*ret, name, text, "feed", err));
    }
  return SF_OK;
}

static enum sf_code
open_feed (struct worker *worker, struct open_feed *feed, struct sf_cage_body *body, struct sf_error *err)
{
  struct sf_settings *settings = NULL;
  const char *name = sf_cage_get_text (body);
  feed->name = name ? sf_arena_strdup (&worker->arena, name) : NULL;
  if (!feed->name)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  SF_TRY (read_settings (worker, body, &settings, err));
  sf_plugin_host_handle (worker->plugins, feed->name, settings, SF_TIME_MISSING, &feed->host);
  SF_TRY (worker->plugin->as.decoder->open (&feed->host, &feed->state, err));
  feed->is_open = true;
  return SF_OK;
}

static enum sf_code
open_numbered (struct worker *worker, const struct sf_cage_frame *head, const uint8_t *frame, struct sf_error *err)
{
  if (!worker->plugin || head->number >= SF_CAGE_FEEDS_MAX)
    return sf_fail (err, SF_EFORMAT, "a feed of number %u", head->number);
  struct sf_cage_body body = sf_cage_body_of (frame);
  struct sf_error why = { 0 };
  enum sf_code code = open_feed (worker, &worker->feeds[head->number], &body, &why);
  size_t start = sf_cage_frame_begin (&worker->out, SF_CAGE_OPENED, 0, head->number);
  sf_cage_put_i64 (&worker->out, code);
  put_words (worker, why.message);
  sf_cage_frame_end (&worker->out, start);
  return SF_OK;
}

static enum sf_code
go (struct worker *worker, struct sf_error *err)
{
  struct sf_key key;
  char text[SF_KEY_TEXT_BYTES];
  if (!worker->plugin)
    return sf_fail (err, SF_EFORMAT, "the master begins before it said which decoder");
  SF_TRY (sf_plugin_host_build (worker->plugins, worker->plugin, &key, err));
  SF_TRY (sf_cage_jail_warm_up (&worker->arena, err));
  SF_TRY (sf_cage_jail_close (&worker->jail, worker->progress, err));
  size_t start = sf_cage_frame_begin (&worker->out, SF_CAGE_READY, 0, 0);
  sf_cage_put_text (&worker->out, sf_key_format (&key, text));
  sf_cage_frame_end (&worker->out, start);
  return SF_OK;
}

/* --- messages --- */

static void
say_end (struct worker *worker, enum sf_code code, const char *reason)
{
  end_records (worker);
  size_t start = sf_cage_frame_begin (&worker->out, SF_CAGE_END, worker->sequence, 0);
  sf_cage_put_i64 (&worker->out, code);
  sf_cage_put_i64 (&worker->out, worker->emitted);
  sf_cage_put_i64 (&worker->out, worker->rejected);
  put_words (worker, reason);
  sf_cage_frame_end (&worker->out, start);
}

static enum sf_code
decode (struct worker *worker, const struct sf_cage_frame *head, const uint8_t *frame, struct sf_error *err)
{
  struct sf_message message;
  int64_t flags = 0;
  struct open_feed *feed = head->number < SF_CAGE_FEEDS_MAX ? &worker->feeds[head->number] : NULL;
  if (!feed || !feed->is_open || !sf_cage_get_message (frame, &message, &flags))
    return sf_fail (err, SF_EFORMAT, "a message for feed %u, which is not open", head->number);
  worker->look_back = flags & SF_CAGE_LOOK_BACK;
  message.feed = feed->name;
  worker->sequence = head->sequence;
  worker->emitted = worker->rejected = 0;
  worker->fields.count = worker->fields.used_bytes = 0;
  worker->failed = SF_OK;
  atomic_store_explicit (&worker->progress->sequence, head->sequence, memory_order_relaxed);
  struct sf_sink sink = { worker, take_record, take_reject };
  struct sf_error why = { 0 };
  struct sf_cage_doubt doubt;
  sf_cage_doubt_begin (&doubt);
  enum sf_code code = worker->plugin->as.decoder->decode (feed->state, &message, &sink, &why);
  bool is_doubtful = sf_cage_doubts (&doubt, code, worker->rejected, flags & SF_CAGE_AGAIN);
  if (worker->failed != SF_OK)
    say_end (worker, worker->failed, worker->failure.message);
  else if (is_doubtful)
    say_end (worker, SF_ENOMEM, why.message);
  else
    say_end (worker, code, code != SF_OK ? why.message : NULL);
  if (worker->out.length >= OUT_BYTES || coarse_ns () - worker->flushed_ns > GATHER_NS)
    flush (worker);
  return SF_OK;
}

static enum sf_code
obey (struct worker *worker, const struct sf_cage_frame *head, const uint8_t *frame, struct sf_error *err)
{
  switch (head->kind)
    {
    case SF_CAGE_SETUP:
      return set_up (worker, frame, err);
    case SF_CAGE_OPEN:
      return open_numbered (worker, head, frame, err);
    case SF_CAGE_GO:
      return go (worker, err);
    case SF_CAGE_MESSAGE:
      return decode (worker, head, frame, err);
    default:
      return sf_fail (err, SF_EFORMAT, "the master sends a frame of kind %d", head->kind);
    }
}

static void
finish (struct worker *worker)
{
  for (int i = 0; worker->feeds && i < SF_CAGE_FEEDS_MAX; i++)
    if (worker->feeds[i].is_open)
      worker->plugin->as.decoder->close (worker->feeds[i].state);
  sf_mem_free (worker->feeds);
  sf_mem_free (worker->input);
  sf_strbuf_finish (&worker->out);
  sf_strbuf_finish (&worker->words);
  sf_arena_finish (&worker->arena);
}

int
sf_cage_worker_main (struct sf_plugin_host *plugins)
{
  struct worker worker = { .plugins = plugins, .records_frame = SIZE_MAX };
  struct sf_cage_frame head;
  struct sf_error err = { 0 };
  enum sf_code code = SF_OK;
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  json_set_alloc_funcs (sf_mem_alloc,
                        sf_mem_free); /* it drops a letter of a text that it has no memory for: that must be seen */
  void *shared = mmap (NULL, sizeof *worker.progress, PROT_READ | PROT_WRITE, MAP_SHARED, SF_CAGE_FD_PROGRESS, 0);
  close (SF_CAGE_FD_PROGRESS);
  if (shared == MAP_FAILED)
    return 2;
  worker.progress = shared;
  const uint8_t *frame;
  while (code == SF_OK && !worker.is_lost && (frame = next_frame (&worker, &head)))
    code = obey (&worker, &head, frame, &err);
  if (code != SF_OK)
    dprintf (STDERR_FILENO, "sanfang --cage: %s\n", err.message);
  bool in_order = worker.ended && code == SF_OK;
  finish (&worker);
  return in_order ? 0 : 2;
}
