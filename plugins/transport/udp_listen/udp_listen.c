/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/transport/listen.h"

#include "core/plugin/plugin.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Datagrams, each of one or several frames. While the inlet is busy they stay in the socket, whose buffer is set large; what
   the kernel drops when that is full is counted. Replies go back to the sender when the journal holds their frame. */

enum
{
  DATAGRAM_BYTES = 65536,
  DATAGRAMS_AT_ONCE = 1024,
  BUSY_WAIT_MS = 20,
  LOOK_MS = 1000,
  HELD_MAX = 16384
};

/* A reply that waits for its message. */
struct held
{
  uint64_t number;
  struct sockaddr_storage peer;
  socklen_t peer_length;
  uint8_t *bytes;
  size_t length;
};

struct state
{
  const struct sf_host *host;
  struct sf_arena arena;
  struct sf_networks allowed;
  int fd;
  bool busy;
  uint32_t lost; /* by the kernel since the socket was made */
  uint64_t taken;
  struct held *held;
  size_t held_first, held_count, held_capacity;
  /* The datagram under way: what was not taken of it waits here. */
  struct sockaddr_storage peer;
  socklen_t peer_length;
  size_t at, length;
  uint8_t *frame_state; /* the protocol's, new for every datagram */
  uint8_t bytes[DATAGRAM_BYTES];
};

static const struct sf_option options[]
    = { SF_LISTEN_OPTIONS ("send", "发送"),
        { .name = "receive_buffer",
          .type = SF_OPTION_INT,
          .unit = "byte",
          .fallback = "8388608",
          .min = 65536,
          .max = 1073741824,
          .help_en = "size of the socket's buffer, in which datagrams wait while the journal is busy",
          .help_zh = "套接字接收缓冲区大小；日志繁忙时数据报在此等待" },
        { .name = NULL } };

/* --- replies --- */

static enum sf_code
reserve_reply (struct state *state)
{
  if (state->held_count == HELD_MAX)
    return SF_EBUSY;
  if (state->held_first > state->held_count)
    {
      memmove (state->held, state->held + state->held_first, state->held_count * sizeof *state->held);
      state->held_first = 0;
    }
  return sf_mem_grow ((void **) &state->held, &state->held_capacity, state->held_first + state->held_count + 1,
                      sizeof *state->held)
                 < 0
             ? SF_ENOMEM
             : SF_OK;
}

static void
hold_reply (struct state *state, const struct sf_inlet *inlet, const uint8_t *frame, size_t length)
{
  const struct sf_protocol_use *use = state->host->protocol;
  uint8_t *reply = sf_mem_alloc (use->protocol->reply_bytes_max);
  size_t replied = reply ? use->protocol->reply (use, state->frame_state, frame, length, inlet->now_s, reply) : 0;
  if (!replied)
    {
      if (!reply)
        inlet->count (inlet->ctx, "lost_replies", 1);
      sf_mem_free (reply);
      return;
    }
  state->held[state->held_first + state->held_count++] = (struct held){
    .number = state->taken, .peer = state->peer, .peer_length = state->peer_length, .bytes = reply, .length = replied
  };
}

static void
acknowledge_udp (void *opaque, const struct sf_inlet *inlet, uint64_t through)
{
  struct state *state = opaque;
  while (state->held_count && state->held[state->held_first].number <= through)
    {
      struct held *held = &state->held[state->held_first++];
      state->held_count--;
      /* A datagram may be lost anywhere; the sender asks again. */
      if (sendto (state->fd, held->bytes, held->length, MSG_DONTWAIT, (struct sockaddr *) &held->peer,
                  held->peer_length)
          < 0)
        inlet->count (inlet->ctx, "lost_replies", 1);
      sf_mem_free (held->bytes);
    }
}

/* --- datagrams --- */

/* What the kernel dropped so far comes along with a datagram. */
static void
count_lost (struct state *state, const struct sf_inlet *inlet, struct msghdr *header)
{
  for (struct cmsghdr *control = CMSG_FIRSTHDR (header); control; control = CMSG_NXTHDR (header, control))
    if (control->cmsg_level == SOL_SOCKET && control->cmsg_type == SO_RXQ_OVFL)
      {
        uint32_t lost;
        memcpy (&lost, CMSG_DATA (control), sizeof lost);
        if (lost != state->lost)
          inlet->count (inlet->ctx, "dropped_datagrams", (long) (uint32_t) (lost - state->lost));
        state->lost = lost;
      }
}

/* Take the next datagram of those who may send; false when there is none. */
static bool
receive (struct state *state, const struct sf_inlet *inlet)
{
  for (int i = 0; i < DATAGRAMS_AT_ONCE; i++)
    {
      union
      {
        char bytes[CMSG_SPACE (sizeof (uint32_t))];
        struct cmsghdr aligned;
      } control;
      struct iovec into = { state->bytes, sizeof state->bytes };
      struct msghdr header = { .msg_name = &state->peer,
                               .msg_namelen = sizeof state->peer,
                               .msg_iov = &into,
                               .msg_iovlen = 1,
                               .msg_control = &control,
                               .msg_controllen = sizeof control };
      ssize_t n = recvmsg (state->fd, &header, MSG_DONTWAIT);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return false;
      count_lost (state, inlet, &header);
      if (!sf_networks_hold (&state->allowed, &state->peer))
        {
          inlet->count (inlet->ctx, "forbidden_datagrams", 1);
          continue;
        }
      state->peer_length = header.msg_namelen;
      state->at = 0;
      state->length = (size_t) n;
      memset (state->frame_state, 0, state->host->protocol->protocol->state_bytes);
      return true;
    }
  return false;
}

static enum sf_code
deliver_frame (struct state *state, const struct sf_inlet *inlet, const struct sf_frame *frame, struct sf_error *err)
{
  static const char *const remarks[] = { "", "", " (bad)", " (noise)" };
  char peer[SF_PEER_BYTES], source[SF_PEER_BYTES + SF_FRAME_SOURCE_BYTES + 16];
  bool has_station = frame->source[0] != '\0';
  sf_listen_format_peer (&state->peer, !has_station, peer);
  snprintf (source, sizeof source, "%s%s%s%s", peer, has_station ? " " : "", frame->source, remarks[frame->kind]);
  struct sf_message message = { .feed = state->host->component,
                                .source = source,
                                .identity = frame->identity[0] ? frame->identity : NULL,
                                .bytes = state->bytes + state->at,
                                .length = frame->length,
                                .received_s = inlet->now_s };
  return inlet->deliver (inlet->ctx, &message, err);
}

static struct sf_frame
next_frame (struct state *state)
{
  const struct sf_protocol_use *use = state->host->protocol;
  size_t rest = state->length - state->at, most = use->protocol->frame_bytes_max;
  struct sf_frame frame = { .kind = SF_FRAME_NONE };
  use->protocol->frame (use, state->frame_state, state->bytes + state->at, rest, true, &frame);
  frame.identity[sizeof frame.identity - 1] = frame.source[sizeof frame.source - 1] = '\0';
  if (frame.kind == SF_FRAME_NONE || !frame.length || frame.length > rest)
    return (struct sf_frame){ .kind = SF_FRAME_NOISE, .length = rest < most ? rest : most };
  return frame;
}

static enum sf_code
take_frame (struct state *state, const struct sf_inlet *inlet, long *delivered, struct sf_error *err)
{
  struct sf_error local = { 0 };
  bool may_reply = state->host->protocol->protocol->reply != NULL;
  if (may_reply)
    {
      enum sf_code code = reserve_reply (state);
      if (code != SF_OK)
        return sf_fail (err, code, "udp_listen: no room for a reply");
    }
  struct sf_frame frame = next_frame (state);
  enum sf_code code = deliver_frame (state, inlet, &frame, &local);
  if (code == SF_EINVAL || code == SF_EFORMAT || code == SF_ERANGE)
    {
      sf_host_log (state->host, SF_LOG_WARNING, "a message of %zu bytes was refused: %s", frame.length, local.message);
      inlet->count (inlet->ctx, "refused_messages", 1);
    }
  else if (code != SF_OK)
    return sf_fail (err, code, "%s", local.message);
  else
    {
      ++state->taken;
      ++*delivered;
      if (frame.kind == SF_FRAME_BAD)
        inlet->count (inlet->ctx, "bad_frames", 1);
      if (frame.kind == SF_FRAME_NOISE)
        inlet->count (inlet->ctx, "noise_bytes", (long) frame.length);
      else if (may_reply)
        hold_reply (state, inlet, state->bytes + state->at, frame.length);
    }
  state->at += frame.length;
  return SF_OK;
}

static enum sf_code
poll_udp (void *opaque, const struct sf_inlet *inlet, long *ret_delivered, struct sf_error *err)
{
  struct state *state = opaque;
  enum sf_code code = SF_OK;
  long delivered = 0;
  for (int i = 0; i < DATAGRAMS_AT_ONCE && code == SF_OK; i++)
    {
      if (state->at == state->length && !receive (state, inlet))
        break;
      while (state->at < state->length && code == SF_OK)
        code = take_frame (state, inlet, &delivered, err);
    }
  state->busy = code != SF_OK;
  *ret_delivered = delivered;
  return code == SF_EBUSY ? SF_OK : code;
}

static int64_t
wait_udp (void *opaque, int64_t now_ms, int *ret_fd)
{
  const struct state *state = opaque;
  (void) now_ms;
  *ret_fd = state->busy ? -1 : state->fd;
  return state->busy ? BUSY_WAIT_MS : LOOK_MS;
}

/* --- open and close --- */

static void
close_udp (void *opaque)
{
  struct state *state = opaque;
  if (!state)
    return;
  for (size_t i = 0; i < state->held_count; i++)
    sf_mem_free (state->held[state->held_first + i].bytes);
  if (state->fd >= 0)
    close (state->fd);
  sf_mem_free (state->held);
  sf_mem_free (state->frame_state);
  sf_arena_finish (&state->arena);
  sf_mem_free (state);
}

/* The kernel doubles what is asked for, and cuts it to its own limit. */
static void
set_buffer (const struct state *state, int64_t wanted_bytes)
{
  int wanted = (int) wanted_bytes, given = 0;
  socklen_t length = sizeof given;
  if (setsockopt (state->fd, SOL_SOCKET, SO_RCVBUFFORCE, &wanted, sizeof wanted) < 0)
    setsockopt (state->fd, SOL_SOCKET, SO_RCVBUF, &wanted, sizeof wanted);
  if (getsockopt (state->fd, SOL_SOCKET, SO_RCVBUF, &given, &length) == 0 && given / 2 < wanted)
    sf_host_log (state->host, SF_LOG_WARNING,
                 "the socket's buffer is %d bytes, not %d: the kernel's limit is lower (sysctl net.core.rmem_max)",
                 given / 2, wanted);
}

static enum sf_code
start (struct state *state, struct sf_error *err)
{
  const struct sf_settings *settings = state->host->settings;
  int yes = 1;
  SF_TRY (sf_networks_allowed (&state->arena, settings, &state->allowed, err));
  state->frame_state = sf_mem_calloc (1, state->host->protocol->protocol->state_bytes + 1);
  if (!state->frame_state)
    return sf_fail (err, SF_ENOMEM, "udp_listen: out of memory");
  SF_TRY (sf_listen_open (sf_settings_text (settings, "listen"), SOCK_DGRAM, &state->fd, err));
  set_buffer (state, sf_settings_int (settings, "receive_buffer"));
  setsockopt (state->fd, SOL_SOCKET, SO_RXQ_OVFL, &yes, sizeof yes);
  return SF_OK;
}

static enum sf_code
open_udp (const struct sf_host *host, void **ret_state, struct sf_error *err)
{
  if (!host->protocol)
    return sf_fail (err, SF_EINVAL, "udp_listen: a protocol is needed to find frames in a datagram");
  struct state *state = sf_mem_calloc (1, sizeof *state);
  if (!state)
    return sf_fail (err, SF_ENOMEM, "udp_listen: out of memory");
  state->host = host;
  state->fd = -1;
  enum sf_code code = start (state, err);
  if (code != SF_OK)
    close_udp (state);
  else
    *ret_state = state;
  return code;
}

static const struct sf_transport transport = { .takes_protocol = true,
                                               .open = open_udp,
                                               .poll = poll_udp,
                                               .acknowledge = acknowledge_udp,
                                               .wait_ms = wait_udp,
                                               .close = close_udp };

SF_PLUGIN_EXPORT (udp_listen) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_TRANSPORT,
  .name = "udp_listen",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "datagrams of peers that send over UDP",
  .summary_zh = "接收 UDP 数据报",
  .options = options,
  .as.transport = &transport,
};
