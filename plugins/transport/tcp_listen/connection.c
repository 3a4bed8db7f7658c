/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/transport/tcp_listen/connection.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum
{
  IDLE_BYTES = 4096,           /* a buffer that stands empty keeps at most this much */
  STRANGER_BYTES_PER_S = 65536 /* of a peer that never sent a whole frame: they become messages of noise */
};

struct connection *
connection_new (int fd, const struct sf_protocol *protocol, const struct sockaddr_storage *peer)
{
  struct connection *connection = sf_mem_calloc (1, sizeof *connection + protocol->state_bytes);
  if (!connection)
    return NULL;
  connection->fd = fd;
  sf_listen_format_peer (peer, false, connection->address);
  sf_listen_format_peer (peer, true, connection->address_port);
  return connection;
}

void
connection_free (struct connection *connection)
{
  if (!connection)
    return;
  close (connection->fd);
  sf_mem_free (connection->bytes);
  sf_mem_free (connection->replies);
  sf_mem_free (connection);
}

void
connection_list_remove (struct connection_list *list, struct connection *connection)
{
  *(connection->older ? &connection->older->newer : &list->oldest) = connection->newer;
  *(connection->newer ? &connection->newer->older : &list->newest) = connection->older;
  connection->older = connection->newer = NULL;
}

void
connection_list_append (struct connection_list *list, struct connection *connection)
{
  connection->older = list->newest;
  *(list->newest ? &list->newest->newer : &list->oldest) = connection;
  list->newest = connection;
}

/* --- slots --- */

struct connection *
slots_find (const struct slots *slots, uint64_t key)
{
  size_t index = (size_t) (key >> 32);
  const struct slot *slot = index < slots->count ? &slots->items[index] : NULL;
  return slot && slot->generation == (uint32_t) key ? slot->connection : NULL;
}

bool
slots_put (struct slots *slots, struct connection *connection)
{
  uint32_t index = slots->free_slot;
  if (index)
    slots->free_slot = slots->items[index - 1].next;
  else if (sf_mem_grow ((void **) &slots->items, &slots->capacity, slots->count + 1, sizeof *slots->items) == 0)
    {
      slots->items[slots->count] = (struct slot){ .connection = NULL };
      index = (uint32_t) ++slots->count;
    }
  else
    return false;
  struct slot *slot = &slots->items[index - 1];
  slot->connection = connection;
  slot->generation++;
  connection->key = (uint64_t) (index - 1) << 32 | slot->generation;
  return true;
}

void
slots_remove (struct slots *slots, const struct connection *connection)
{
  size_t index = (size_t) (connection->key >> 32);
  slots->items[index].connection = NULL;
  slots->items[index].next = slots->free_slot;
  slots->free_slot = (uint32_t) index + 1;
}

void
slots_finish (struct slots *slots)
{
  for (size_t i = 0; i < slots->count; i++)
    connection_free (slots->items[i].connection);
  sf_mem_free (slots->items);
}

/* --- from bytes to messages --- */

bool
connection_pace (struct connection *connection, size_t more, int64_t now_ms)
{
  if (now_ms - connection->second_ms >= 1000)
    {
      connection->second_ms = now_ms;
      connection->second_bytes = 0;
    }
  connection->second_bytes += more;
  connection->paced = !connection->proven && connection->second_bytes >= STRANGER_BYTES_PER_S;
  return connection->paced;
}

/* The first frame; a protocol that breaks its promise of progress costs its own bytes only. */
static struct sf_frame
next_frame (struct connection *connection, const struct feeding *feeding, const uint8_t *bytes, size_t length)
{
  const struct sf_protocol_use *use = feeding->host->protocol;
  struct sf_frame frame = { .kind = SF_FRAME_NONE };
  size_t most = use->protocol->frame_bytes_max;
  use->protocol->frame (use, connection->state, bytes, length, connection->ended, &frame);
  frame.identity[sizeof frame.identity - 1] = frame.source[sizeof frame.source - 1] = '\0';
  bool must_move = connection->ended || length >= most;
  if (frame.kind != SF_FRAME_NONE && (frame.length == 0 || frame.length > length))
    return (struct sf_frame){ .kind = SF_FRAME_NOISE, .length = length < most ? length : most };
  if (frame.kind == SF_FRAME_NONE && must_move)
    return (struct sf_frame){ .kind = SF_FRAME_NOISE, .length = length < most ? length : most };
  return frame;
}

/* "10.1.2.3 0012345678", or with its port where no station is known; what is no sound frame says so. */
static void
name_source (const struct connection *connection, const struct sf_frame *frame, char *text, size_t size)
{
  static const char *const remarks[] = { "", "", " (bad)", " (noise)" };
  if (frame->source[0])
    snprintf (text, size, "%s %s%s", connection->address, frame->source, remarks[frame->kind]);
  else
    snprintf (text, size, "%s%s", connection->address_port, remarks[frame->kind]);
}

static enum sf_code
deliver (const struct connection *connection, const struct feeding *feeding, const struct sf_frame *frame,
         const uint8_t *bytes, struct sf_error *err)
{
  char source[SF_PEER_BYTES + SF_FRAME_SOURCE_BYTES + 16];
  name_source (connection, frame, source, sizeof source);
  struct sf_message message = { .feed = feeding->host->component,
                                .source = source,
                                .identity = frame->identity[0] ? frame->identity : NULL,
                                .bytes = bytes,
                                .length = frame->length,
                                .received_s = feeding->inlet->now_s };
  return feeding->inlet->deliver (feeding->inlet->ctx, &message, err);
}

/* Room for one more, moved to the front when the space before it is the larger part. */
static enum sf_code
held_reserve (struct held_queue *queue)
{
  if (queue->count == HELD_MAX)
    return SF_EBUSY;
  if (queue->first > queue->count)
    {
      memmove (queue->items, queue->items + queue->first, queue->count * sizeof *queue->items);
      queue->first = 0;
    }
  size_t need = queue->first + queue->count + 1;
  return sf_mem_grow ((void **) &queue->items, &queue->capacity, need, sizeof *queue->items) < 0 ? SF_ENOMEM : SF_OK;
}

bool
held_take (struct held_queue *queue, uint64_t through, struct held *ret_held)
{
  if (!queue->count || queue->items[queue->first].number > through)
    return false;
  *ret_held = queue->items[queue->first++];
  queue->count--;
  return true;
}

/* Put the reply to a frame that was taken behind the connection's others. */
static void
add_reply (struct connection *connection, const struct feeding *feeding, const struct sf_frame *frame,
           const uint8_t *bytes)
{
  const struct sf_protocol_use *use = feeding->host->protocol;
  const struct sf_protocol *protocol = use->protocol;
  if (!protocol->reply || frame->kind == SF_FRAME_NOISE || connection->broken)
    return;
  size_t length = protocol->reply (use, connection->state, bytes, frame->length, feeding->inlet->now_s,
                                   connection->replies + connection->replies_length);
  if (!length)
    return;
  struct held_queue *queue = feeding->held;
  queue->items[queue->first + queue->count++] = (struct held){ *feeding->taken, connection->key, length };
  connection->replies_length += length;
}

/* Room for one more reply, before its frame is delivered: afterwards it is too late. */
static enum sf_code
make_room (struct connection *connection, const struct feeding *feeding)
{
  const struct sf_protocol *protocol = feeding->host->protocol->protocol;
  if (!protocol->reply || connection->broken)
    return SF_OK;
  size_t need = connection->replies_length + protocol->reply_bytes_max;
  if (need > feeding->replies_max)
    return SF_EFULL;
  SF_TRY (held_reserve (feeding->held));
  return sf_mem_grow ((void **) &connection->replies, &connection->replies_capacity, need, 1) < 0 ? SF_ENOMEM : SF_OK;
}

static void
count_frame (const struct sf_inlet *inlet, const struct sf_frame *frame)
{
  if (frame->kind == SF_FRAME_BAD)
    inlet->count (inlet->ctx, "bad_frames", 1);
  if (frame->kind == SF_FRAME_NOISE)
    inlet->count (inlet->ctx, "noise_bytes", (long) frame->length);
}

/* Whether the inlet refuses this very message, and not messages as such. */
static bool
is_refusal (enum sf_code code)
{
  return code == SF_EINVAL || code == SF_EFORMAT || code == SF_ERANGE;
}

static enum sf_code
take_frame (struct connection *connection, const struct feeding *feeding, const struct sf_frame *frame,
            const uint8_t *bytes, struct sf_error *err)
{
  enum sf_code code = make_room (connection, feeding);
  if (code != SF_OK)
    return code == SF_ENOMEM ? sf_fail (err, code, "out of memory for a reply to %s", connection->address) : code;
  struct sf_error local = { 0 };
  code = deliver (connection, feeding, frame, bytes, &local);
  if (is_refusal (code))
    {
      sf_host_log (feeding->host, SF_LOG_WARNING, "%s: a message of %zu bytes was refused: %s",
                   connection->address_port, frame->length, local.message);
      feeding->inlet->count (feeding->inlet->ctx, "refused_messages", 1);
      return SF_OK;
    }
  if (code != SF_OK)
    return sf_fail (err, code, "%s", local.message);
  ++*feeding->taken;
  ++*feeding->delivered;
  connection->proven |= frame->kind == SF_FRAME_WHOLE;
  connection->paced &= !connection->proven;
  count_frame (feeding->inlet, frame);
  add_reply (connection, feeding, frame, bytes);
  return SF_OK;
}

enum sf_code
connection_feed (struct connection *connection, const struct feeding *feeding, const uint8_t *bytes, size_t length,
                 size_t *ret_used, struct sf_error *err)
{
  size_t used = 0;
  enum sf_code code = SF_OK;
  while (used < length && code == SF_OK)
    {
      struct sf_frame frame = next_frame (connection, feeding, bytes + used, length - used);
      if (frame.kind == SF_FRAME_NONE)
        break;
      code = take_frame (connection, feeding, &frame, bytes + used, err);
      if (code == SF_OK)
        used += frame.length;
    }
  *ret_used = used;
  return code;
}

bool
connection_keep (struct connection *connection, const uint8_t *bytes, size_t length)
{
  if (!length && connection->capacity > IDLE_BYTES)
    {
      sf_mem_free (connection->bytes);
      connection->bytes = NULL;
      connection->capacity = 0;
    }
  if (sf_mem_grow ((void **) &connection->bytes, &connection->capacity, length, 1) < 0)
    return false;
  if (length)
    memmove (connection->bytes, bytes, length);
  connection->length = length;
  return true;
}

void
connection_adopt (struct connection *connection, uint8_t **spare, size_t capacity, const uint8_t *bytes, size_t length)
{
  sf_mem_free (connection->bytes);
  connection->bytes = *spare;
  connection->capacity = capacity;
  connection->length = length;
  memcpy (connection->bytes, bytes, length);
  *spare = NULL;
}

/* --- replies --- */

bool
connection_send (struct connection *connection)
{
  size_t sent = 0;
  while (sent < connection->ready)
    {
      ssize_t n = send (connection->fd, connection->replies + sent, connection->ready - sent, MSG_NOSIGNAL);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        break;
      sent += (size_t) n;
    }
  bool lost = sent < connection->ready && errno != EAGAIN && errno != EWOULDBLOCK;
  if (sent)
    memmove (connection->replies, connection->replies + sent, connection->replies_length - sent);
  connection->replies_length -= sent;
  connection->ready -= sent;
  connection->broken |= lost;
  return !lost;
}
