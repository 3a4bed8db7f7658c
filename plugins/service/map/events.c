/* SPDX-License-Identifier: Apache-2.0 */
/* Server-sent events: /v1/live. */
#include "plugins/service/map/events.h"

#include "plugins/service/map/documents.h"

/* How soon a browser comes back after its stream ended. */
#define RETRY "retry: 2000\n"

void
sf_map_announce (struct sf_map *map, const struct sf_map_world *world)
{
  struct sf_strbuf data = { 0 };
  struct sf_json json = { .out = &data };
  sf_map_put_snapshot (&json, world->snapshot);
  if (!data.failed)
    sf_map_live_publish (map->live, "snapshot", data.text);
  else
    sf_host_log (map->host, SF_LOG_ERROR, "no memory to announce snapshot %s", world->snapshot->id);
  sf_strbuf_finish (&data);
}

/* The snapshot of today for somebody new; whoever missed it, because it was announced before the events kept or by another
   run of the server, gets it as an event of its own. */
static void
put_beginning (struct sf_strbuf *out, const struct sf_map_world *world, int64_t now_s, uint64_t after, bool has_missed)
{
  struct sf_strbuf data = { 0 }, snapshot = { 0 };
  struct sf_json json = { .out = &data }, alone = { .out = &snapshot };
  sf_json_begin_object (&json);
  sf_json_put_time (&json, "now", now_s);
  sf_json_key (&json, "snapshot");
  if (world)
    sf_map_put_snapshot (&json, world->snapshot);
  else
    sf_json_null (&json);
  sf_json_end_object (&json);
  sf_strbuf_add (out, RETRY);
  sf_map_live_format (out, after, "hello", data.failed ? "{}" : data.text);
  if (has_missed && world)
    {
      sf_map_put_snapshot (&alone, world->snapshot);
      sf_map_live_format (out, after, "snapshot", snapshot.failed ? "{}" : snapshot.text);
    }
  out->failed |= data.failed || snapshot.failed;
  sf_strbuf_finish (&data);
  sf_strbuf_finish (&snapshot);
}

enum sf_code
sf_map_listen (struct sf_map *map, struct sf_map_request *request, struct sf_map_response *response,
               struct sf_error *err)
{
  struct sf_map_world *world = NULL;
  struct sf_error none = { 0 };
  const char *text = sf_map_request_header (request, "Last-Event-ID");
  int64_t held;
  if (request->segments_count > 0)
    return sf_fail (err, SF_ENOTFOUND, "/v1/live has nothing below it");
  /* First the number, then the snapshot: what is published between the two is told twice, not never. */
  uint64_t after = sf_map_live_last (map->live);
  bool is_back = text && *text;
  bool is_known = is_back && sf_text_parse_int (sf_span_of (text), &held) && held > 0
                  && sf_map_live_remembers (map->live, (uint64_t) held);
  if (is_known)
    after = (uint64_t) held;
  if (sf_map_worlds_get (map->worlds, NULL, &world, &none) != SF_OK)
    world = NULL;
  put_beginning (&response->body, world, request->now_s, after, is_back && !is_known);
  sf_map_world_release (world);
  response->media_type = "text/event-stream; charset=utf-8";
  sf_map_response_header (response, "X-Accel-Buffering", "no"); /* a proxy must pass events on as they come */
  response->is_stream = true;
  response->stream_after = after;
  return SF_OK;
}
