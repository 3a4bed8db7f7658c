/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_SERVICE_MAP_RESPONSE_H
#define PLUGINS_SERVICE_MAP_RESPONSE_H

#include "core/base/text.h"

#include <stdint.h>

enum
{
  SF_MAP_MAX_HEADERS = 8
};

struct sf_map_header
{
  const char *name, *value; /* value in the request's arena, or static */
};

/* What a handler answers. The handler fills body (or a file) and media_type; status 0 becomes 200. Caching is the route's
   business; errors are never cacheable. */
struct sf_map_response
{
  int status;
  const char *media_type;
  struct sf_strbuf body; /* taken over by whoever sends it */
  int file;              /* descriptor to send instead of body, taken over; -1 for none */
  uint64_t file_offset, file_bytes;
  struct sf_map_header headers[SF_MAP_MAX_HEADERS];
  int headers_count;
  bool is_volatile; /* this answer must not be stored although its route allows it */
  bool is_stream;   /* after the body come events, those after number stream_after (live.h) */
  uint64_t stream_after;
};

void sf_map_response_header (struct sf_map_response *response, const char *name, const char *value);

#endif
