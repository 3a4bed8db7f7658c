/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/transport/tcp_listen/connection.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* Streams of many peers. One epoll descriptor, level triggered, stands for all of them. A peer whose frames the inlet does
   not take is not read: the kernel's buffers fill, the peer waits, and nothing is lost. Replies leave when the journal holds
   what they are about. When all places are taken, the oldest peer that never sent a whole frame gives way; a peer that speaks
   rubbish for ever is read slowly. */

enum
{
  EVENTS_AT_ONCE = 512,
  READS_AT_ONCE = 16,     /* of one peer before the next one has its turn */
  BUSY_WAIT_MS = 20,      /* until an inlet without room is asked again */
  LOOK_MS = 1000,         /* between two looks for silent peers */
  OTHER_FILES = 128,      /* descriptors that the rest of the program needs */
  FEW_CONNECTIONS = 1024, /* fewer are worth a word though nobody asked for more */
  GIVE_WAY_MS = 5000,     /* a peer so young is not yet asked to give way */
  ACCEPT_PAUSE_MS = 1000,
  PACE_LOOK_MS = 100
};

struct state
{
  const struct sf_host *host;
  struct sf_networks allowed;
  struct sf_arena arena;
  const char *where;
  int listener, epoll;
  int64_t idle_ms, accept_again_ms;
  size_t replies_max, limit, count;
  const char *limit_reason;
  struct slots slots;
  struct connection_list strangers, known;
  struct connection *stalled_first, *stalled_last;
  bool busy, is_full, has_paced;
  int64_t pace_look_ms;
  struct held_queue held;
  uint64_t taken;
  uint8_t *scratch; /* frame_bytes_max */
  uint8_t *spare;   /* as large: what was read already finds a place also when memory is out */
};

static const struct sf_option options[]
    = { SF_LISTEN_OPTIONS ("connect", "接入"),
        { .name = "connections",
          .type = SF_OPTION_INT,
          .fallback = "20000",
          .min = 1,
          .max = 1000000,
          .help_en = "most connections at a time; the limit of open files is raised for them",
          .help_zh = "同时连接数上限；会相应提高打开文件数限制" },
        { .name = "idle",
          .type = SF_OPTION_DURATION,
          .unit = "s",
          .fallback = "10min",
          .min = 1,
          .max = 864000,
          .help_en = "a connection that is silent for so long is closed",
          .help_zh = "静默超过此时长的连接将被关闭" },
        { .name = "reply_buffer",
          .type = SF_OPTION_INT,
          .unit = "byte",
          .fallback = "65536",
          .min = 8192,
          .max = 16777216,
          .help_en = "bytes of replies that wait for one peer; a peer that does not read more is dropped",
          .help_zh = "每个连接待发回复的字节上限；长期不读取回复的连接将被断开" },
        { .name = NULL } };

/* --- lists --- */

static struct connection_list *
list_of (struct state *state, const struct connection *connection)
{
  return connection->proven ? &state->known : &state->strangers;
}

static struct connection *
find (const struct state *state, uint64_t key)
{
  return slots_find (&state->slots, key);
}

static void
drop (struct state *state, struct connection *connection)
{
  connection_list_remove (list_of (state, connection), connection);
  slots_remove (&state->slots, connection);
  state->count--;
  connection_free (connection);
}

static void
stall (struct state *state, struct connection *connection)
{
  if (connection->stalled)
    return;
  connection->stalled = true;
  connection->next_stalled = NULL;
  *(state->stalled_first ? &state->stalled_last->next_stalled : &state->stalled_first) = connection;
  state->stalled_last = connection;
}

/* --- one connection --- */

static enum sf_code
watch (struct state *state, struct connection *connection)
{
  uint32_t wanted = (connection->stalled || connection->ended || connection->paced ? 0 : EPOLLIN)
                    | (connection->ready && !connection->broken ? EPOLLOUT : 0);
  struct epoll_event event = { .events = wanted, .data.u64 = connection->key };
  if (wanted == connection->events)
    return SF_OK;
  connection->events = wanted;
  return epoll_ctl (state->epoll, EPOLL_CTL_MOD, connection->fd, &event) < 0 ? SF_EIO : SF_OK;
}

/* A peer that ended goes when all it sent is delivered and all replies have left. */
static void
settle (struct state *state, struct connection *connection)
{
  bool is_done = connection->ended && !connection->length && !connection->stalled
                 && (connection->broken || !connection->replies_length);
  if (is_done || watch (state, connection) != SF_OK)
    drop (state, connection);
}

/* Feed bytes, the kept ones among them, and keep the rest. */
static enum sf_code
feed (struct state *state, struct connection *connection, const struct feeding *feeding, size_t length,
      struct sf_error *err)
{
  size_t used = 0;
  bool was_proven = connection->proven;
  struct connection_list *before = list_of (state, connection);
  enum sf_code code = connection_feed (connection, feeding, state->scratch, length, &used, err);
  if (connection->proven != was_proven)
    {
      connection_list_remove (before, connection);
      connection_list_append (&state->known, connection);
      connection->active_ms = feeding->inlet->now_ms;
    }
  /* Only bytes just read can need more room than there is, and with the spare buffer gone nothing more is read. */
  bool is_kept = connection_keep (connection, state->scratch + used, length - used);
  state->busy |= !is_kept;
  if (!is_kept)
    connection_adopt (connection, &state->spare, state->host->protocol->protocol->frame_bytes_max,
                      state->scratch + used, length - used);
  if (code == SF_OK)
    return is_kept ? SF_OK : sf_fail (err, SF_ENOMEM, "%s: out of memory for its bytes", connection->address_port);
  stall (state, connection);
  if (code == SF_EFULL && connection->ready == connection->replies_length)
    {
      feeding->inlet->count (feeding->inlet->ctx, "slow_readers", 1);
      connection->ended = connection->broken = true;
    }
  state->busy |= code != SF_EFULL;
  return code == SF_EFULL || code == SF_EBUSY ? SF_OK : code;
}

static enum sf_code
feed_kept (struct state *state, struct connection *connection, const struct feeding *feeding, struct sf_error *err)
{
  size_t length = connection->length;
  if (length)
    memcpy (state->scratch, connection->bytes, length);
  return feed (state, connection, feeding, length, err);
}

/* A stranger's time is that of its coming: it has no longer to bring a whole frame than others may be silent. */
static void
touch (struct state *state, struct connection *connection, int64_t now_ms)
{
  if (!connection->proven)
    return;
  connection->active_ms = now_ms;
  connection_list_remove (&state->known, connection);
  connection_list_append (&state->known, connection);
}

/* Read those again whose second is over. */
static void
end_paces (struct state *state, int64_t now_ms)
{
  if (!state->has_paced || now_ms < state->pace_look_ms)
    return;
  state->has_paced = false;
  state->pace_look_ms = now_ms + PACE_LOOK_MS;
  for (struct connection *next, *connection = state->strangers.oldest; connection; connection = next)
    {
      next = connection->newer;
      if (!connection->paced)
        continue;
      state->has_paced |= connection_pace (connection, 0, now_ms);
      settle (state, connection);
    }
}

/* Read as long as there is something, room and a turn. */
static enum sf_code
read_some (struct state *state, struct connection *connection, const struct feeding *feeding, struct sf_error *err)
{
  size_t most = state->host->protocol->protocol->frame_bytes_max;
  enum sf_code code = SF_OK;
  for (int i = 0; i < READS_AT_ONCE && code == SF_OK; i++)
    {
      if (connection->stalled || connection->ended || connection->paced)
        break;
      size_t kept = connection->length, room = most - kept;
      ssize_t n = recv (connection->fd, state->scratch + kept, room, 0);
      if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        break;
      connection->ended = n <= 0;
      connection->broken |= n < 0;
      if (kept)
        memcpy (state->scratch, connection->bytes, kept);
      if (n > 0)
        touch (state, connection, feeding->inlet->now_ms);
      code = feed (state, connection, feeding, kept + (n > 0 ? (size_t) n : 0), err);
      state->has_paced |= n > 0 && connection_pace (connection, (size_t) n, feeding->inlet->now_ms);
      if (n > 0 && (size_t) n < room)
        break;
    }
  return code;
}

/* Deliver what there is of a peer that leaves, without replies. */
static enum sf_code
let_go (struct state *state, struct connection *connection, const struct feeding *feeding, struct sf_error *err)
{
  connection->ended = connection->broken = true;
  enum sf_code code = connection->stalled ? SF_OK : feed_kept (state, connection, feeding, err);
  settle (state, connection);
  return code;
}

/* --- new peers --- */

static void
tell_full (struct state *state, const struct sf_inlet *inlet)
{
  char text[256];
  if (state->is_full)
    return;
  state->is_full = true;
  snprintf (text, sizeof text, "%s: %zu connections, and no more can be taken: %s", state->where, state->count,
            state->limit_reason);
  sf_host_log (state->host, SF_LOG_WARNING, "%s", text);
  inlet->trouble (inlet->ctx, "too_many_connections", text);
}

static void
tell_not_full (struct state *state, const struct sf_inlet *inlet)
{
  if (!state->is_full || state->accept_again_ms || state->count >= state->limit - state->limit / 10)
    return;
  state->is_full = false;
  inlet->trouble (inlet->ctx, "too_many_connections", NULL);
}

/* Make a place free by letting go the oldest peer that never sent a whole frame. */
static enum sf_code
make_place (struct state *state, const struct feeding *feeding, struct sf_error *err)
{
  struct connection *oldest = state->strangers.oldest;
  tell_full (state, feeding->inlet);
  if (!oldest || oldest->stalled || feeding->inlet->now_ms - oldest->active_ms < GIVE_WAY_MS)
    return SF_OK;
  feeding->inlet->count (feeding->inlet->ctx, "evicted_connections", 1);
  return let_go (state, oldest, feeding, err);
}

static bool
take_peer (struct state *state, int fd, const struct sockaddr_storage *peer, int64_t now_ms)
{
  struct connection *connection = connection_new (fd, state->host->protocol->protocol, peer);
  if (!connection || !slots_put (&state->slots, connection))
    {
      if (connection)
        connection_free (connection);
      else
        close (fd);
      return false;
    }
  state->count++;
  /* Replies are short and each is waited for. */
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof (int));
  connection->active_ms = now_ms;
  connection->events = EPOLLIN;
  connection_list_append (&state->strangers, connection);
  struct epoll_event event = { .events = EPOLLIN, .data.u64 = connection->key };
  if (epoll_ctl (state->epoll, EPOLL_CTL_ADD, fd, &event) == 0)
    return true;
  drop (state, connection);
  return false;
}

/* No descriptor is left: waiting peers stay in the kernel's queue for a moment. */
static void
pause_accepting (struct state *state, const struct sf_inlet *inlet)
{
  struct epoll_event event = { .events = 0, .data.u64 = UINT64_MAX };
  state->limit_reason = "this process can open no more files (raise LimitNOFILE or ulimit -n)";
  tell_full (state, inlet);
  state->accept_again_ms = inlet->now_ms + ACCEPT_PAUSE_MS;
  epoll_ctl (state->epoll, EPOLL_CTL_MOD, state->listener, &event);
}

static void
resume_accepting (struct state *state, int64_t now_ms)
{
  struct epoll_event event = { .events = EPOLLIN, .data.u64 = UINT64_MAX };
  if (!state->accept_again_ms || now_ms < state->accept_again_ms)
    return;
  state->accept_again_ms = 0;
  epoll_ctl (state->epoll, EPOLL_CTL_MOD, state->listener, &event);
}

static enum sf_code
accept_peers (struct state *state, const struct feeding *feeding, struct sf_error *err)
{
  const struct sf_inlet *inlet = feeding->inlet;
  for (int i = 0; i < EVENTS_AT_ONCE; i++)
    {
      struct sockaddr_storage peer;
      socklen_t length = sizeof peer;
      int fd = accept4 (state->listener, (struct sockaddr *) &peer, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS))
        pause_accepting (state, inlet);
      if (fd < 0)
        return SF_OK;
      bool is_allowed = sf_networks_hold (&state->allowed, &peer);
      if (is_allowed && state->count >= state->limit)
        SF_TRY (make_place (state, feeding, err));
      if (!is_allowed || state->count >= state->limit)
        {
          close (fd);
          inlet->count (inlet->ctx, is_allowed ? "refused_connections" : "forbidden_connections", 1);
        }
      else if (!take_peer (state, fd, &peer, inlet->now_ms))
        inlet->count (inlet->ctx, "refused_connections", 1);
    }
  return SF_OK;
}

/* --- the transport --- */

/* Feed the peers again that could not be delivered; those that still cannot stand at the end of the queue. */
static enum sf_code
retry_stalled (struct state *state, const struct feeding *feeding, struct sf_error *err)
{
  struct connection *last = state->stalled_first ? state->stalled_last : NULL;
  bool more = last != NULL;
  enum sf_code code = SF_OK;
  while (more && code == SF_OK && !state->busy)
    {
      struct connection *connection = state->stalled_first;
      more = connection != last;
      state->stalled_first = connection->next_stalled;
      connection->stalled = false;
      code = feed_kept (state, connection, feeding, err);
      settle (state, connection);
    }
  return code;
}

static enum sf_code
attend (struct state *state, const struct epoll_event *event, const struct feeding *feeding, struct sf_error *err)
{
  if (event->data.u64 == UINT64_MAX)
    return accept_peers (state, feeding, err);
  struct connection *connection = find (state, event->data.u64);
  enum sf_code code = SF_OK;
  if (!connection)
    return SF_OK;
  /* Errors and hang-ups are reported without being asked for, also while nothing is read: then nothing more can be sent. */
  if ((event->events & (EPOLLERR | EPOLLHUP)) && (connection->stalled || connection->ended))
    connection->broken = true;
  if (event->events & (EPOLLERR | EPOLLHUP))
    connection->paced = false;
  if (event->events & EPOLLOUT)
    connection_send (connection);
  if ((event->events & (EPOLLIN | EPOLLERR | EPOLLHUP)) && !state->busy)
    code = read_some (state, connection, feeding, err);
  settle (state, connection);
  return code;
}

/* Let go who has been silent too long, but nobody whose bytes could not be delivered. */
static enum sf_code
drop_silent (struct state *state, const struct feeding *feeding, struct sf_error *err)
{
  struct connection_list *const lists[] = { &state->strangers, &state->known };
  int64_t since_ms = feeding->inlet->now_ms - state->idle_ms;
  enum sf_code code = SF_OK;
  for (int i = 0; i < 2; i++)
    while (code == SF_OK && !state->busy && lists[i]->oldest && !lists[i]->oldest->stalled
           && lists[i]->oldest->active_ms <= since_ms)
      {
        feeding->inlet->count (feeding->inlet->ctx, "idle_connections", 1);
        code = let_go (state, lists[i]->oldest, feeding, err);
      }
  return code;
}

/* Without it nothing is read, and peers wait. */
static enum sf_code
make_spare (struct state *state, struct sf_error *err)
{
  state->spare = sf_mem_alloc (state->host->protocol->protocol->frame_bytes_max);
  state->busy = !state->spare;
  return state->spare ? SF_OK : sf_fail (err, SF_ENOMEM, "tcp_listen: out of memory");
}

static enum sf_code
poll_tcp (void *opaque, const struct sf_inlet *inlet, long *ret_delivered, struct sf_error *err)
{
  struct state *state = opaque;
  struct epoll_event events[EVENTS_AT_ONCE];
  long delivered = 0;
  struct feeding feeding = { .host = state->host,
                             .inlet = inlet,
                             .replies_max = state->replies_max,
                             .taken = &state->taken,
                             .delivered = &delivered,
                             .held = &state->held };
  *ret_delivered = 0;
  if (!state->spare)
    SF_TRY (make_spare (state, err));
  state->busy = false;
  resume_accepting (state, inlet->now_ms);
  end_paces (state, inlet->now_ms);
  enum sf_code code = retry_stalled (state, &feeding, err);
  int count = code == SF_OK ? epoll_wait (state->epoll, events, EVENTS_AT_ONCE, 0) : 0;
  for (int i = 0; i < count && code == SF_OK; i++)
    code = attend (state, &events[i], &feeding, err);
  if (code == SF_OK)
    code = drop_silent (state, &feeding, err);
  tell_not_full (state, inlet);
  *ret_delivered = delivered;
  return code;
}

static void
acknowledge_tcp (void *opaque, const struct sf_inlet *inlet, uint64_t through)
{
  struct state *state = opaque;
  struct held held;
  (void) inlet;
  size_t first = state->held.first;
  while (held_take (&state->held, through, &held))
    {
      struct connection *connection = find (state, held.key);
      if (connection)
        {
          connection->ready += held.length;
          connection->unsent = true;
        }
    }
  for (size_t i = first; i < state->held.first; i++)
    {
      struct connection *connection = find (state, state->held.items[i].key);
      if (!connection || !connection->unsent)
        continue;
      connection->unsent = false;
      connection_send (connection);
      settle (state, connection);
    }
}

static int64_t
wait_tcp (void *opaque, int64_t now_ms, int *ret_fd)
{
  const struct state *state = opaque;
  (void) now_ms;
  *ret_fd = state->busy ? -1 : state->epoll;
  if (state->busy || state->stalled_first)
    return BUSY_WAIT_MS;
  return state->has_paced ? PACE_LOOK_MS : LOOK_MS;
}

static void
close_tcp (void *opaque)
{
  struct state *state = opaque;
  if (!state)
    return;
  slots_finish (&state->slots);
  if (state->listener >= 0)
    close (state->listener);
  if (state->epoll >= 0)
    close (state->epoll);
  sf_mem_free (state->held.items);
  sf_mem_free (state->scratch);
  sf_mem_free (state->spare);
  sf_arena_finish (&state->arena);
  sf_mem_free (state);
}

/* Whether somebody set an option, rather than its default. */
static bool
is_asked_for (const struct sf_settings *settings, const char *name)
{
  const struct sf_option *option = NULL;
  const char *text = NULL, *origin = NULL;
  size_t i = 0;
  while (sf_settings_at (settings, i, &option, &text, &origin) && strcmp (option->name, name) != 0)
    i++;
  return origin && strcmp (origin, "default") != 0;
}

/* Raise the limit of open files so that the connections fit; where the system does not allow it, fewer are taken. */
static void
raise_limit (struct state *state)
{
  struct rlimit files;
  rlim_t wanted = (rlim_t) state->limit + OTHER_FILES;
  if (getrlimit (RLIMIT_NOFILE, &files) < 0 || files.rlim_cur == RLIM_INFINITY)
    return;
  /* Others raised it for themselves. */
  wanted = files.rlim_cur + wanted < files.rlim_cur ? wanted : files.rlim_cur + wanted;
  struct rlimit raised = { .rlim_cur = wanted < files.rlim_max ? wanted : files.rlim_max, .rlim_max = files.rlim_max };
  if (setrlimit (RLIMIT_NOFILE, &raised) < 0)
    raised = files;
  if (raised.rlim_cur >= (rlim_t) state->limit + OTHER_FILES)
    return;
  state->limit = raised.rlim_cur > 2 * OTHER_FILES ? (size_t) raised.rlim_cur - OTHER_FILES : OTHER_FILES;
  state->limit_reason = "the limit of open files of this process is the reason (raise LimitNOFILE or ulimit -Hn)";
  /* Nobody asked for as many as there are by default: `doctor` tells how many fit. */
  if (is_asked_for (state->host->settings, "connections") || state->limit < FEW_CONNECTIONS)
    sf_host_log (state->host, SF_LOG_WARNING, "%s: only %zu connections: %s", state->where, state->limit,
                 state->limit_reason);
}

static enum sf_code
start (struct state *state, struct sf_error *err)
{
  const struct sf_settings *settings = state->host->settings;
  const struct sf_protocol *protocol = state->host->protocol->protocol;
  struct epoll_event event = { .events = EPOLLIN, .data.u64 = UINT64_MAX };
  SF_TRY (sf_networks_allowed (&state->arena, settings, &state->allowed, err));
  if (protocol->reply_bytes_max > state->replies_max)
    state->replies_max = protocol->reply_bytes_max;
  state->scratch = sf_mem_alloc (protocol->frame_bytes_max);
  if (!state->scratch)
    return sf_fail (err, SF_ENOMEM, "tcp_listen: out of memory");
  raise_limit (state);
  SF_TRY (sf_listen_open (state->where, SOCK_STREAM, &state->listener, err));
  state->epoll = epoll_create1 (EPOLL_CLOEXEC);
  if (state->epoll < 0 || epoll_ctl (state->epoll, EPOLL_CTL_ADD, state->listener, &event) < 0)
    return sf_fail (err, SF_EIO, "tcp_listen: no epoll descriptor: %s", strerror (errno));
  return SF_OK;
}

static enum sf_code
open_tcp (const struct sf_host *host, void **ret_state, struct sf_error *err)
{
  const struct sf_settings *settings = host->settings;
  if (!host->protocol)
    return sf_fail (err, SF_EINVAL, "tcp_listen: a protocol is needed to find frames in a stream");
  struct state *state = sf_mem_calloc (1, sizeof *state);
  if (!state)
    return sf_fail (err, SF_ENOMEM, "tcp_listen: out of memory");
  *state = (struct state){ .host = host,
                           .where = sf_settings_text (settings, "listen"),
                           .listener = -1,
                           .epoll = -1,
                           .idle_ms = 1000 * sf_settings_int (settings, "idle"),
                           .replies_max = (size_t) sf_settings_int (settings, "reply_buffer"),
                           .limit = (size_t) sf_settings_int (settings, "connections"),
                           .limit_reason = "the setting 'connections' is the reason" };
  enum sf_code code = start (state, err);
  if (code != SF_OK)
    close_tcp (state);
  else
    *ret_state = state;
  return code;
}

static const struct sf_transport transport = { .takes_protocol = true,
                                               .open = open_tcp,
                                               .poll = poll_tcp,
                                               .acknowledge = acknowledge_tcp,
                                               .wait_ms = wait_tcp,
                                               .close = close_tcp };

SF_PLUGIN_EXPORT (tcp_listen) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_TRANSPORT,
  .name = "tcp_listen",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "streams of peers that connect over TCP",
  .summary_zh = "接收 TCP 连接上的数据流",
  .options = options,
  .as.transport = &transport,
};
