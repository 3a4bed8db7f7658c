/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/transport/listen.h"

#include "core/base/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* An address as the network compares it: IPv4 is kept in its IPv6 clothing, ::ffff:a.b.c.d. */
struct sf_network
{
  uint8_t bytes[16];
  int bits;
};

enum
{
  WAITING_PEERS = 4096, /* that the kernel keeps for us; it cuts this to its own limit */
  HOST_BYTES = 64
};

static bool
parse_host (const char *text, uint8_t bytes[16])
{
  static const uint8_t clothing[12] = { [10] = 0xff, [11] = 0xff };
  memcpy (bytes, clothing, sizeof clothing);
  return inet_pton (AF_INET, text, bytes + 12) == 1 || inet_pton (AF_INET6, text, bytes) == 1;
}

/* Take "HOST:PORT", "[HOST]:PORT" or "PORT" apart. */
static bool
split_place (const char *where, char host[HOST_BYTES], int64_t *ret_port)
{
  const char *colon = strrchr (where, ':');
  struct sf_span name = { "127.0.0.1", 9 };
  if (colon)
    name = (struct sf_span){ where, (size_t) (colon - where) };
  if (name.length > 2 && name.text[0] == '[' && name.text[name.length - 1] == ']')
    name = (struct sf_span){ name.text + 1, name.length - 2 };
  if (!name.length || name.length >= HOST_BYTES
      || !sf_text_parse_int (sf_span_of (colon ? colon + 1 : where), ret_port))
    return false;
  memcpy (host, name.text, name.length);
  host[name.length] = '\0';
  return *ret_port >= 0 && *ret_port <= 65535;
}

static bool
parse_place (const char *where, struct sockaddr_storage *address, socklen_t *ret_length)
{
  char host[HOST_BYTES];
  int64_t port;
  struct sockaddr_in *v4 = (struct sockaddr_in *) address;
  struct sockaddr_in6 *v6 = (struct sockaddr_in6 *) address;
  memset (address, 0, sizeof *address);
  if (!split_place (where, host, &port))
    return false;
  *ret_length = sizeof *v4;
  v4->sin_family = AF_INET;
  v4->sin_port = htons ((uint16_t) port);
  if (inet_pton (AF_INET, host, &v4->sin_addr) == 1)
    return true;
  *ret_length = sizeof *v6;
  v6->sin6_family = AF_INET6;
  return inet_pton (AF_INET6, host, &v6->sin6_addr) == 1;
}

enum sf_code
sf_listen_open (const char *where, int type, int *ret_fd, struct sf_error *err)
{
  struct sockaddr_storage address;
  socklen_t length;
  int yes = 1;
  if (!parse_place (where, &address, &length))
    return sf_fail (err, SF_EINVAL,
                    "'%s' is no place to listen: write 127.0.0.1:5100, [::1]:5100, 0.0.0.0:5100, or a port alone for "
                    "this machine only",
                    where);
  int fd = socket (address.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return sf_fail (err, SF_EIO, "%s: no socket: %s", where, strerror (errno));
  /* A restart must not wait for the last connections of the program before it. */
  bool failed = (type == SOCK_STREAM && setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) < 0)
                || bind (fd, (struct sockaddr *) &address, length) < 0
                || (type == SOCK_STREAM && listen (fd, WAITING_PEERS) < 0);
  if (failed)
    {
      sf_fail (err, SF_EIO, "%s: cannot listen there: %s", where, strerror (errno));
      close (fd);
      return SF_EIO;
    }
  *ret_fd = fd;
  return SF_OK;
}

/* The address in the form of parse_host. */
static void
bytes_of (const struct sockaddr_storage *peer, uint8_t bytes[16])
{
  memset (bytes, 0, 16);
  if (peer->ss_family == AF_INET6)
    memcpy (bytes, &((const struct sockaddr_in6 *) peer)->sin6_addr, 16);
  else if (peer->ss_family == AF_INET)
    {
      bytes[10] = bytes[11] = 0xff;
      memcpy (bytes + 12, &((const struct sockaddr_in *) peer)->sin_addr, 4);
    }
}

void
sf_listen_format_peer (const struct sockaddr_storage *peer, bool port, char text[SF_PEER_BYTES])
{
  uint8_t bytes[16];
  char host[INET6_ADDRSTRLEN] = "?";
  bytes_of (peer, bytes);
  bool is_v4 = IN6_IS_ADDR_V4MAPPED ((const struct in6_addr *) bytes);
  inet_ntop (is_v4 ? AF_INET : AF_INET6, is_v4 ? bytes + 12 : bytes, host, sizeof host);
  unsigned number = ntohs (((const struct sockaddr_in *) peer)->sin_port);
  if (!port)
    snprintf (text, SF_PEER_BYTES, "%s", host);
  else
    snprintf (text, SF_PEER_BYTES, is_v4 ? "%s:%u" : "[%s]:%u", host, number);
}

static bool
is_in (const struct sf_network *network, const uint8_t bytes[16])
{
  int whole = network->bits / 8, rest = network->bits % 8;
  return !memcmp (network->bytes, bytes, (size_t) whole)
         && (!rest || !((network->bytes[whole] ^ bytes[whole]) >> (8 - rest)));
}

static bool
parse_network (const char *text, struct sf_network *network)
{
  char host[HOST_BYTES];
  const char *slash = strchr (text, '/');
  size_t length = slash ? (size_t) (slash - text) : strlen (text);
  if (length >= sizeof host)
    return false;
  memcpy (host, text, length);
  host[length] = '\0';
  int most = strchr (host, ':') ? 128 : 32;
  int64_t bits = most;
  if (!parse_host (host, network->bytes) || (slash && !sf_text_parse_int (sf_span_of (slash + 1), &bits)) || bits < 0
      || bits > most)
    return false;
  network->bits = (int) bits + 128 - most;
  for (int bit = network->bits; bit < 128; bit++)
    if (network->bytes[bit / 8] >> (7 - bit % 8) & 1)
      return false;
  return true;
}

enum sf_code
sf_networks_parse (struct sf_arena *arena, const char *const *texts, size_t count, struct sf_networks *ret_networks,
                   struct sf_error *err)
{
  struct sf_network *items = sf_arena_calloc (arena, count + 1, sizeof *items);
  if (!items)
    return sf_fail (err, SF_ENOMEM, "out of memory for %zu networks", count);
  for (size_t i = 0; i < count; i++)
    if (!parse_network (texts[i], &items[i]))
      return sf_fail (err, SF_EINVAL,
                      "allow: '%s' is no network: write 10.20.0.0/16, 2001:db8::/32 or one address, without bits "
                      "beyond the prefix",
                      texts[i]);
  *ret_networks = (struct sf_networks){ items, count };
  return SF_OK;
}

enum sf_code
sf_networks_allowed (struct sf_arena *arena, const struct sf_settings *settings, struct sf_networks *ret_networks,
                     struct sf_error *err)
{
  const char *const *texts;
  size_t count = sf_settings_texts (settings, "allow", &texts);
  return sf_networks_parse (arena, texts, count, ret_networks, err);
}

bool
sf_networks_hold (const struct sf_networks *networks, const struct sockaddr_storage *peer)
{
  uint8_t bytes[16];
  bool held = !networks->count;
  bytes_of (peer, bytes);
  for (size_t i = 0; i < networks->count && !held; i++)
    held = is_in (&networks->items[i], bytes);
  return held;
}
