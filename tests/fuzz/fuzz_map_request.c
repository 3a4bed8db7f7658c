/* SPDX-License-Identifier: Apache-2.0 */
/* Any request to the map service: the first line is the target, the second the value of every header that is asked for.
   Whatever it is, there is an answer with a status and a body or none; an error is never cacheable. */
#include "plugins/service/map/live.h"
#include "plugins/service/map/map.h"
#include "tests/unit/toy_world.h"

#include <unistd.h>

/* Pictures by WMS and OGC Maps are kept small, so that many requests are tried. */
enum
{
  SIDE_MAX = 128
};

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static const char *
give_header (const void *connection, const char *name)
{
  const char *value = connection;
  (void) name;
  return *value ? value : NULL;
}

static int64_t
the_time (void)
{
  return 1405641600;
}

/* The service behind all requests; its world is held in memory and no snapshot is ever published. */
static struct sf_map *
the_map (struct sf_map_world **ret_world)
{
  static struct toy_world toy;
  static struct sf_map map;
  if (!map.host)
    {
      toy_world_open (&toy, TEST_SRCDIR "/share");
      map = (struct sf_map){
        .host = &toy.host, .styles = toy.styles, .folder = "/nonexistent", .picture_side_max = SIDE_MAX
      };
      struct sf_map_worlds_setup setup = { .host = &toy.host, .folder = map.folder, .styles = toy.styles };
      struct sf_map_live_setup live = { .streams = 4, .heartbeat_s = 10, .clock = the_time };
      toy_must (sf_map_worlds_new (&setup, &map.worlds, NULL) == SF_OK);
      toy_must (sf_map_live_new (&live, &map.live, NULL) == SF_OK);
    }
  *ret_world = toy.world;
  return &map;
}

static void
check_answer (const struct sf_map_response *response)
{
  bool is_stored = true;
  for (int i = 0; i < response->headers_count; i++)
    if (strcmp (response->headers[i].name, "Cache-Control") == 0
        && strcmp (response->headers[i].value, "no-store") == 0)
      is_stored = false;
  toy_must (response->status >= 200 && response->status < 600);
  toy_must (response->status < 400 || (!is_stored && response->file < 0));
  toy_must (response->media_type || response->status == 304 || response->status == 204);
}

static void
answer (struct sf_map *map, struct sf_map_world *world, struct sf_map_request *request)
{
  struct sf_map_response response = { .file = -1 };
  const struct sf_map_route *route = sf_map_find_route (request);
  if (!route)
    return;
  request->world = world;
  request->root = request->base_url = "http://127.0.0.1:8036";
  sf_map_finish (map, request, route, &response);
  check_answer (&response);
  if (response.file >= 0)
    close (response.file);
  sf_strbuf_finish (&response.body);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  struct sf_map_world *world;
  struct sf_map *map = the_map (&world);
  struct sf_arena arena = { 0 };
  struct sf_map_request request = { .arena = &arena, .method = "GET", .header = give_header, .now_s = 1405641600 };
  char *text = sf_arena_strndup (&arena, (const char *) data, size);
  toy_must (text != NULL);
  char *line = strchr (text, '\n');
  request.connection = line ? line + 1 : "";
  if (line)
    *line = '\0';
  if (sf_map_request_parse (&request, text, NULL) == SF_OK)
    answer (map, world, &request);
  sf_arena_finish (&arena);
  return 0;
}
