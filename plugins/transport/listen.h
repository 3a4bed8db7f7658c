/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_PLUGINS_TRANSPORT_LISTEN_H
#define SF_PLUGINS_TRANSPORT_LISTEN_H

#include "core/base/error.h"
#include "core/base/mem.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

/* What transports share that wait for peers: a listening socket, the networks that may speak, and peers' names. */

enum
{
  SF_PEER_BYTES = 56 /* "[2001:db8:...]:65535" */
};

/* Open a socket of a type (SOCK_STREAM, SOCK_DGRAM) on "127.0.0.1:5100", "[::1]:5100" or "5100", which is the loopback;
   never blocking, closed on exec. Names are not looked up. *ret_fd is the caller's. */
enum sf_code sf_listen_open (const char *where, int type, int *ret_fd, struct sf_error *err);

/* A peer's address as text, with its port where wanted. An IPv4 address in IPv6 clothing is shown as IPv4. */
void sf_listen_format_peer (const struct sockaddr_storage *peer, bool port, char text[SF_PEER_BYTES]);

/* Networks in CIDR form, "10.20.0.0/16", "2001:db8::/32", or one address. */
struct sf_networks
{
  struct sf_network *items;
  size_t count;
};

/* Read them in the arena; SF_EINVAL names the one that is none, also when bits stand beyond its prefix. */
enum sf_code sf_networks_parse (struct sf_arena *arena, const char *const *texts, size_t count,
                                struct sf_networks *ret_networks, struct sf_error *err);
/* Whether a peer is in one of them; without any, everybody is. */
bool sf_networks_hold (const struct sf_networks *networks, const struct sockaddr_storage *peer);

#endif
