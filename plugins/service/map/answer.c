/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/service/map/map.h"

#include "core/base/json.h"
#include "plugins/service/map/gzip.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void
sf_map_response_header (struct sf_map_response *response, const char *name, const char *value)
{
  if (value && response->headers_count < SF_MAP_MAX_HEADERS)
    response->headers[response->headers_count++] = (struct sf_map_header){ name, value };
}

void
sf_map_put_error (struct sf_map_response *response, int status, const struct sf_error *err)
{
  struct sf_json json = { .out = &response->body };
  sf_strbuf_reset (&response->body);
  response->status = status;
  response->media_type = "application/json";
  sf_json_begin_object (&json);
  sf_json_put_int (&json, "status", status);
  sf_json_put_string (&json, "code", sf_code_name (err->code));
  sf_json_key (&json, "title");
  sf_json_begin_object (&json);
  sf_json_put_string (&json, "en", sf_code_text (err->code, 0));
  sf_json_put_string (&json, "zh", sf_code_text (err->code, 1));
  sf_json_end_object (&json);
  sf_json_put_string (&json, "detail", err->message);
  sf_json_end_object (&json);
  if (!response->body.failed)
    return;
  response->status = 503; /* and no words: there is no memory for them */
  sf_strbuf_finish (&response->body);
  if (response->body.failed)
    sf_strbuf_finish (&response->body); /* rather no words than half a document */
}

static int
status_of (enum sf_code code)
{
  switch (code)
    {
    case SF_EINVAL:
    case SF_ERANGE:
    case SF_EFORMAT:
    case SF_ETYPE:
    case SF_EUNSUPPORTED:
      return 400;
    case SF_ENOTFOUND:
      return 404;
    case SF_ENOMEM:
      return 503;
    default:
      return 500;
    }
}

/* Throw away what a failed handler left. */
static void
drop_file (struct sf_map_response *response)
{
  if (response->file >= 0)
    close (response->file);
  response->file = -1;
}

/* A pinned resource never changes, a document of the current snapshot changes with it. What may come
   packed is another representation then. FNV-1a, 64 bits (Fowler, Noll, Vo). */
const char *
sf_map_entity_tag (const struct sf_map_request *request)
{
  uint64_t hash = 0xcbf29ce484222325u;
  const char *texts[] = { request->world ? request->world->snapshot->id : "", request->rest, request->base_url,
                          sf_map_accepts_gzip (request) ? "gzip" : "" };
  for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
    for (const char *c = texts[t] ? texts[t] : ""; *c; c++)
      hash = (hash ^ (uint8_t) *c) * 0x100000001b3u;
  return sf_arena_printf (request->arena, "\"%016" PRIx64 "\"", hash);
}

bool
sf_map_holds (const struct sf_map_request *request, const char *tag)
{
  const char *held = sf_map_request_header (request, "If-None-Match");
  return held && tag
         && strstr (held, tag); /* quotes and all; W/ before it makes no difference here (RFC 9110, 13.1.2) */
}

static void
set_caching (const struct sf_map_request *request, enum sf_map_caching caching, struct sf_map_response *response)
{
  bool is_pinned = request->snapshot_id && request->world && caching != SF_MAP_FILE;
  if (response->status >= 400 || caching == SF_MAP_NO_STORE || response->is_volatile
      || (caching == SF_MAP_PIXELS && !is_pinned))
    {
      sf_map_response_header (response, "Cache-Control", "no-store");
      return;
    }
  sf_map_response_header (response, "Cache-Control", is_pinned ? "public, max-age=31536000, immutable" : "no-cache");
  if (caching != SF_MAP_FILE)
    sf_map_response_header (response, "ETag", sf_map_entity_tag (request));
}

/* Whether the client holds this very state of the resource. */
static bool
is_known (const struct sf_map_request *request, enum sf_map_caching caching)
{
  if (caching == SF_MAP_NO_STORE || caching == SF_MAP_FILE || (caching == SF_MAP_PIXELS && !request->snapshot_id))
    return false;
  return sf_map_holds (request, sf_map_entity_tag (request));
}

static enum sf_code
find_world (struct sf_map *map, const struct sf_map_route *route, struct sf_map_request *request, struct sf_error *err)
{
  if (!route->needs_world && !request->snapshot_id)
    return SF_OK;
  return sf_map_worlds_get (map->worlds, request->snapshot_id, &request->world, err);
}

static void
dress (const struct sf_map_request *request, const struct sf_map_route *route, struct sf_map_response *response)
{
  if (response->status == 0)
    response->status = 200;
  set_caching (request, route ? route->caching : SF_MAP_NO_STORE, response);
  if (request->world)
    sf_map_response_header (response, "X-Sanfang-Snapshot",
                            sf_arena_strdup (request->arena, request->world->snapshot->id));
}

static void
fail (const struct sf_map_request *request, const struct sf_map_route *route, int status, const struct sf_error *err,
      struct sf_map_response *response)
{
  drop_file (response);
  response->headers_count = 0;
  sf_map_put_error (response, status, err);
  dress (request, route, response);
}

/* "*" stands for whatever there is (RFC 9110, 13.1.2): only now is it known that there is something. */
static void
leave_out_held (const struct sf_map_request *request, struct sf_map_response *response)
{
  const char *held = sf_map_request_header (request, "If-None-Match");
  if (!held || response->status != 0 || response->is_stream || !sf_span_equal (sf_span_trim (sf_span_of (held)), "*"))
    return;
  drop_file (response);
  sf_strbuf_finish (&response->body);
  response->status = 304;
}

bool
sf_map_begin (struct sf_map *map, struct sf_map_request *request, struct sf_map_response *response,
              const struct sf_map_route **ret_route)
{
  struct sf_error err = { 0 };
  const struct sf_map_route *route = *ret_route = sf_map_find_route (request);
  if (!route)
    {
      sf_fail (&err, SF_ENOTFOUND, "there is nothing at '%.200s'; /v1/layers lists the layers, / is a map",
               request->rest);
      fail (request, NULL, 404, &err, response);
      return false;
    }
  enum sf_code code = find_world (map, route, request, &err);
  if (code != SF_OK)
    {
      bool is_early = code == SF_ENOTFOUND && !request->snapshot_id;
      fail (request, route, is_early ? 503 : status_of (code), &err, response);
      return false;
    }
  request->root = request->snapshot_id ? sf_arena_printf (request->arena, "%s/snapshots/%s", request->base_url,
                                                          request->world->snapshot->id)
                                       : request->base_url;
  if (request->root && is_known (request, route->caching))
    {
      response->status = 304;
      sf_map_response_header (response, "Vary", "Accept-Encoding");
      dress (request, route, response);
      return false;
    }
  return true;
}

void
sf_map_finish (struct sf_map *map, struct sf_map_request *request, const struct sf_map_route *route,
               struct sf_map_response *response)
{
  struct sf_error err = { 0 };
  enum sf_code code = request->root ? route->handler (map, request, response, &err) : SF_ENOMEM;
  if (code == SF_OK && (response->body.failed || request->arena->failed))
    code = SF_ENOMEM;
  if (code == SF_ENOMEM)
    sf_fail (&err, SF_ENOMEM, "out of memory for this answer");
  if (code != SF_OK)
    {
      fail (request, route, status_of (code), &err, response);
      return;
    }
  leave_out_held (request, response);
  dress (request, route, response);
}
