/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_UNIT_STREAM_HELP_H
#define SF_TESTS_UNIT_STREAM_HELP_H

#include "core/base/mem.h"
#include "core/base/time.h"
#include "core/plugin/plugin.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* A listening transport with a protocol, and an inlet that stands for intake and journal: it remembers what it took. */

struct stream_message
{
  char *bytes, *source, *identity;
  size_t length;
};

struct stream_count
{
  char name[32];
  long value;
};

struct stream
{
  struct sf_arena arena;
  struct sf_host host;
  struct sf_protocol_use use;
  const struct sf_transport *transport;
  void *state;
  struct sf_inlet inlet;
  struct stream_message *messages;
  size_t count, capacity;
  size_t room; /* messages that may still be taken */
  struct stream_count counts[16];
  char alarm[32], alarm_text[256];
  long polled; /* as poll counted them */
  int port;
  char where[64];
  struct sf_error err;
};

static enum sf_code
stream_deliver (void *ctx, const struct sf_message *message, struct sf_error *err)
{
  struct stream *stream = ctx;
  if (!stream->room)
    return sf_fail (err, SF_EBUSY, "no room");
  stream->room--;
  /* The test's own memory must not fail with the transport's. */
  if (stream->count == stream->capacity)
    {
      stream->capacity = 2 * stream->capacity + 64;
      stream->messages = realloc (stream->messages, stream->capacity * sizeof *stream->messages);
    }
  struct stream_message *copy = &stream->messages[stream->count++];
  copy->bytes = malloc (message->length + 1);
  memcpy (copy->bytes, message->bytes, message->length);
  copy->bytes[message->length] = '\0';
  copy->length = message->length;
  copy->source = strdup (message->source);
  copy->identity = message->identity ? strdup (message->identity) : NULL;
  return SF_OK;
}

static void
stream_count (void *ctx, const char *name, long more)
{
  struct stream *stream = ctx;
  for (size_t i = 0; i < sizeof stream->counts / sizeof stream->counts[0]; i++)
    {
      struct stream_count *count = &stream->counts[i];
      if (count->name[0] && strcmp (count->name, name))
        continue;
      snprintf (count->name, sizeof count->name, "%s", name);
      count->value += more;
      return;
    }
}

static inline long
stream_counted (const struct stream *stream, const char *name)
{
  for (size_t i = 0; i < sizeof stream->counts / sizeof stream->counts[0]; i++)
    if (!strcmp (stream->counts[i].name, name))
      return stream->counts[i].value;
  return 0;
}

static void
stream_trouble (void *ctx, const char *name, const char *text)
{
  struct stream *stream = ctx;
  snprintf (stream->alarm, sizeof stream->alarm, "%s", text ? name : "");
  snprintf (stream->alarm_text, sizeof stream->alarm_text, "%s", text ? text : "");
}

static struct sf_settings *
stream_settings (struct stream *stream, const struct sf_option *options, const char *const *texts)
{
  struct sf_settings *settings = NULL;
  if (sf_settings_parse (&stream->arena, options, NULL, NULL, &settings, &stream->err) != SF_OK)
    abort ();
  for (; texts && *texts; texts++)
    {
      char name[64] = "";
      size_t end = strcspn (*texts, "=");
      memcpy (name, *texts, end);
      if (sf_settings_set (settings, name, *texts + end + 1, "test", &stream->err) != SF_OK)
        {
          fprintf (stderr, "%s\n", stream->err.message);
          abort ();
        }
    }
  return settings;
}

/* A port that was free a moment ago. */
static int
stream_free_port (int family, int type)
{
  struct sockaddr_storage address = { .ss_family = (sa_family_t) family };
  socklen_t length = sizeof address;
  if (family == AF_INET)
    ((struct sockaddr_in *) &address)->sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  else
    ((struct sockaddr_in6 *) &address)->sin6_addr = in6addr_loopback;
  int fd = socket (family, type, 0);
  if (fd < 0 || bind (fd, (struct sockaddr *) &address, length) < 0)
    {
      close (fd);
      return -1;
    }
  getsockname (fd, (struct sockaddr *) &address, &length);
  close (fd);
  return ntohs (((struct sockaddr_in *) &address)->sin_port);
}

static inline int64_t
stream_now_ms (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Open on a free port of the loopback; family AF_INET or AF_INET6. Free with stream_free. NULL where the family is not
   there. */
static struct stream *
stream_open (const struct sf_plugin *transport, const struct sf_plugin *protocol, int family,
             const char *const *transport_texts, const char *const *protocol_texts)
{
  static const struct sf_option none[] = { { .name = NULL } };
  struct stream *stream = calloc (1, sizeof *stream);
  bool is_udp = strstr (transport->name, "udp") != NULL;
  enum sf_code code = SF_EIO;
  stream->transport = transport->as.transport;
  stream->use = (struct sf_protocol_use){
    protocol->as.protocol, stream_settings (stream, protocol->options ? protocol->options : none, protocol_texts)
  };
  struct sf_settings *settings = stream_settings (stream, transport->options, transport_texts);
  stream->host = (struct sf_host){ .struct_size = sizeof stream->host,
                                   .component = "stations",
                                   .settings = settings,
                                   .clock_s = SF_TIME_MISSING,
                                   .protocol = &stream->use };
  stream->inlet = (struct sf_inlet){
    .ctx = stream, .now_s = 1405641600, .deliver = stream_deliver, .trouble = stream_trouble, .count = stream_count
  };
  stream->room = SIZE_MAX;
  /* Another process may take the port first. */
  for (int i = 0; i < 20 && code == SF_EIO; i++)
    {
      stream->port = stream_free_port (family, is_udp ? SOCK_DGRAM : SOCK_STREAM);
      if (stream->port < 0)
        break;
      snprintf (stream->where, sizeof stream->where, family == AF_INET ? "127.0.0.1:%d" : "[::1]:%d", stream->port);
      sf_settings_set (settings, "listen", stream->where, "test", NULL);
      code = stream->transport->open (&stream->host, &stream->state, &stream->err);
    }
  if (code == SF_OK)
    return stream;
  sf_arena_finish (&stream->arena);
  free (stream);
  return NULL;
}

static void
stream_free (struct stream *stream)
{
  stream->transport->close (stream->state);
  for (size_t i = 0; i < stream->count; i++)
    {
      free (stream->messages[i].bytes);
      free (stream->messages[i].source);
      free (stream->messages[i].identity);
    }
  free (stream->messages);
  sf_arena_finish (&stream->arena);
  free (stream);
}

/* Close the transport and open it again while the n-th allocation from here on fails. */
static inline void
stream_open_short_of_memory (struct stream *stream, long n)
{
  stream->transport->close (stream->state);
  sf_mem_fail_at (n, 0);
  enum sf_code code = stream->transport->open (&stream->host, &stream->state, &stream->err);
  if (code == SF_ENOMEM)
    code = stream->transport->open (&stream->host, &stream->state, &stream->err);
  if (code != SF_OK)
    abort ();
}

/* One turn of intake without a wait. */
static enum sf_code
stream_poll (struct stream *stream)
{
  long delivered = 0;
  stream->inlet.now_ms = stream_now_ms ();
  enum sf_code code = stream->transport->poll (stream->state, &stream->inlet, &delivered, &stream->err);
  stream->polled += delivered;
  return code;
}

/* Turns until so many messages are there, or so long has passed; whether they are. */
static inline bool
stream_wait (struct stream *stream, size_t count)
{
  int64_t limit_ms = stream_now_ms () + 60000;
  while (stream->count < count && stream_now_ms () < limit_ms)
    {
      stream_poll (stream);
      nanosleep (&(struct timespec){ .tv_nsec = 200000 }, NULL);
    }
  return stream->count >= count;
}

static inline void
stream_acknowledge (struct stream *stream)
{
  stream->transport->acknowledge (stream->state, &stream->inlet, stream->count);
}

/* A peer of the loopback; -1 when it cannot connect. */
static inline int
stream_connect (const struct stream *stream, int type)
{
  struct sockaddr_in v4 = { .sin_family = AF_INET,
                            .sin_port = htons ((uint16_t) stream->port),
                            .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  struct sockaddr_in6 v6
      = { .sin6_family = AF_INET6, .sin6_port = htons ((uint16_t) stream->port), .sin6_addr = in6addr_loopback };
  bool is_v6 = stream->where[0] == '[';
  int fd = socket (is_v6 ? AF_INET6 : AF_INET, type | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return -1;
  if (connect (fd, is_v6 ? (struct sockaddr *) &v6 : (struct sockaddr *) &v4, is_v6 ? sizeof v6 : sizeof v4) == 0)
    return fd;
  close (fd);
  return -1;
}

#endif
