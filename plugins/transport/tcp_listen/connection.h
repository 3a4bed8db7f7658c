/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_PLUGINS_TRANSPORT_TCP_LISTEN_CONNECTION_H
#define SF_PLUGINS_TRANSPORT_TCP_LISTEN_CONNECTION_H

#include "core/plugin/plugin.h"
#include "plugins/transport/listen.h"

#include <stddef.h>

/* One peer. What it sent and no frame was made of yet stands in bytes, at most frame_bytes_max of the protocol. Its replies
   stand in replies in the order of their frames: the first `ready` bytes may be sent, the others wait for the journal. */
struct connection
{
  int fd;
  uint64_t key;                     /* slot and generation: what epoll and replies know it by */
  struct connection *older, *newer; /* in the list of its kind, by time of last bytes */
  struct connection *next_stalled;
  bool proven;     /* has sent a whole frame */
  bool stalled;    /* holds bytes that could not be delivered: nothing is read until they are */
  bool ended;      /* nothing more comes from the peer */
  bool broken;     /* nothing more goes to the peer */
  bool unsent;     /* on the way through acknowledge: has bytes that became ready */
  bool paced;      /* a stranger that brought enough for now: nothing is read until its second is over */
  uint32_t events; /* what epoll waits for */
  int64_t active_ms, second_ms;
  size_t second_bytes; /* that a stranger brought since second_ms */
  uint8_t *bytes;
  size_t length, capacity;
  uint8_t *replies;
  size_t replies_length, replies_capacity, ready;
  char address[SF_PEER_BYTES], address_port[SF_PEER_BYTES];
  max_align_t state[]; /* the protocol's */
};

/* A list by time: of coming for strangers, of last bytes for the others. */
struct connection_list
{
  struct connection *oldest, *newest;
};

/* Connections by keys of slot and generation: that of one which is gone means no other. */
struct slot
{
  struct connection *connection; /* NULL: free, and next is the next free one */
  uint32_t generation, next;
};

struct slots
{
  struct slot *items;
  size_t count, capacity;
  uint32_t free_slot; /* index + 1; 0: none */
};

/* NULL: it is gone. */
struct connection *slots_find (const struct slots *slots, uint64_t key);
/* Give a connection its key; false when memory is out. */
bool slots_put (struct slots *slots, struct connection *connection);
void slots_remove (struct slots *slots, const struct connection *connection);
/* Free them with their connections. */
void slots_finish (struct slots *slots);

/* A reply that waits until message `number` is held; it is the next `length` bytes of its connection's that are not ready. */
struct held
{
  uint64_t number, key;
  size_t length;
};

/* All that wait, in the order of their messages, at most HELD_MAX. */
struct held_queue
{
  struct held *items;
  size_t first, count, capacity;
};

enum
{
  HELD_MAX = 65536
};

/* What feeding a connection's bytes to the protocol needs. */
struct feeding
{
  const struct sf_host *host;
  const struct sf_inlet *inlet;
  size_t replies_max; /* bytes of replies that one peer may leave unread or have waiting */
  uint64_t *taken;    /* messages of the instance so far */
  long *delivered;
  struct held_queue *held;
};

struct connection *connection_new (int fd, const struct sf_protocol *protocol, const struct sockaddr_storage *peer);
void connection_free (struct connection *connection);
void connection_list_remove (struct connection_list *list, struct connection *connection);
void connection_list_append (struct connection_list *list, struct connection *connection);

/* Count bytes that were read; whether a stranger has brought enough for this second (`paced`). */
bool connection_pace (struct connection *connection, size_t more, int64_t now_ms);

/* Deliver the frames among bytes; *ret_used tells how many bytes were taken care of, the rest must be kept. SF_OK: the rest
   is the beginning of a frame. SF_EBUSY: the inlet has no room (deliver the rest again later); SF_EFULL: the replies have
   none; any other code: the inlet failed. */
enum sf_code connection_feed (struct connection *connection, const struct feeding *feeding, const uint8_t *bytes,
                              size_t length, size_t *ret_used, struct sf_error *err);

/* Take the first reply off the queue when its message is among those held `through`. */
bool held_take (struct held_queue *queue, uint64_t through, struct held *ret_held);

/* Keep the bytes instead of what was kept; false when memory is out. */
bool connection_keep (struct connection *connection, const uint8_t *bytes, size_t length);

/* Keep them in a spare buffer, which is taken over. */
void connection_adopt (struct connection *connection, uint8_t **spare, size_t capacity, const uint8_t *bytes,
                       size_t length);

/* Send what is ready. False when the peer can no longer be reached; the connection is then broken. */
bool connection_send (struct connection *connection);

#endif
