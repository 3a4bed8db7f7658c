/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_SERVICE_MAP_HTTP_H
#define PLUGINS_SERVICE_MAP_HTTP_H

#include "plugins/service/map/map.h"

/* The map service on a network: HTTP/1.1 by libmicrohttpd, a few threads with epoll. */
struct sf_map_http;

struct sf_map_http_setup
{
  const char *listen; /* "127.0.0.1:8036", "[::1]:8036", "8036"; port 0 takes a free one */
  int threads;        /* 0: one a processor */
  int connections;    /* at most at once; more wait in the kernel's queue */
  int timeout_s;      /* until a request is whole, and of silence while an answer is taken */
  int silence_s;      /* after which a stream of events is closed whose listener takes nothing */
  size_t cache_bytes; /* of answers kept in memory */
};

/* As many connections as wanted, or as the limit of open files allows once it is raised, which is then logged. */
int sf_map_http_places (const struct sf_host *host, int wanted);

/* Begin to answer. SF_EINVAL for an address that cannot be read, SF_EIO when it cannot be bound. */
enum sf_code sf_map_http_start (struct sf_map *map, const struct sf_map_http_setup *setup,
                                struct sf_map_http **ret_http, struct sf_error *err);
/* "http://127.0.0.1:8036/"; borrowed. */
const char *sf_map_http_url (const struct sf_map_http *http);
bool sf_map_http_is_public (const struct sf_map_http *http);
/* Stop: answers being made are finished, streams of events ended, connections closed. */
void sf_map_http_stop (struct sf_map_http *http);

#endif
