/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_PLUGINS_TRANSPORT_LISTEN_H
#define SF_PLUGINS_TRANSPORT_LISTEN_H

#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/plugin/option.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

/* What transports share that wait for peers: a listening socket, the networks that may speak, and peers' names. */

/* The settings "listen" and "allow" in the table of options; what peers do: "connect", "接入". */
#define SF_LISTEN_OPTIONS(do_en, do_zh)                                                                                \
  { .name = "listen",                                                                                                  \
    .type = SF_OPTION_TEXT,                                                                                            \
    .required = true,                                                                                                  \
    .help_en = "address and port: 127.0.0.1:5100, [::]:5100; a port alone is the loopback",                            \
    .help_zh = "监听地址和端口，如 127.0.0.1:5100、[::]:5100；只写端口则仅限本机" },                                   \
  {                                                                                                                    \
    .name = "allow", .type = SF_OPTION_TEXTS,                                                                          \
    .help_en = "networks that may " do_en ", as 10.20.0.0/16; not set: everybody who reaches the address",             \
    .help_zh = "允许" do_zh "的网段，如 10.20.0.0/16；不设则凡能到达者均可" do_zh                                      \
  }

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
/* Those of the setting "allow". */
enum sf_code sf_networks_allowed (struct sf_arena *arena, const struct sf_settings *settings,
                                  struct sf_networks *ret_networks, struct sf_error *err);
/* Whether a peer is in one of them; without any, everybody is. */
bool sf_networks_hold (const struct sf_networks *networks, const struct sockaddr_storage *peer);

#endif
