/* SPDX-License-Identifier: Apache-2.0 */
/* Answers without a network: what may be stored (RFC 9111; the table in doc/map-service.md), and that each allocation that
   fails while one is made leads to 503, without a crash or, as AddressSanitizer sees, a leak. */
#include "plugins/service/map/live.h"
#include "plugins/service/map/map.h"
#include "tests/unit/base.h"
#include "tests/unit/toy_world.h"

#include <unistd.h>

static struct toy_world toy;
static struct sf_map map;

static int64_t
the_time (void)
{
  return 1405641600;
}

/* The world is given to each request; none is published. */
static void
open_service (void)
{
  toy_world_open (&toy, TEST_SRCDIR "/share");
  map = (struct sf_map){ .host = &toy.host, .styles = toy.styles, .folder = "/nonexistent", .picture_side_max = 256 };
  const struct sf_map_worlds_setup worlds = { .host = &toy.host, .folder = map.folder, .styles = toy.styles };
  const struct sf_map_live_setup live = { .streams = 4, .heartbeat_s = 100000, .clock = the_time };
  ck_done (sf_map_worlds_new (&worlds, &map.worlds, err));
  ck_done (sf_map_live_new (&live, &map.live, err));
}

static void
close_service (void)
{
  sf_map_worlds_free (map.worlds);
  sf_map_live_free (map.live);
  toy_world_close (&toy);
}

struct asked
{
  struct sf_arena arena;
  struct sf_map_request request;
  struct sf_map_response response;
  enum sf_code parsed;
};

static const char *
if_none_match (const void *connection, const char *name)
{
  return strcmp (name, "If-None-Match") == 0 ? connection : NULL;
}

/* From the target to the answer, as http.c does it. */
static void
ask (const char *target, const char *held_tag, struct asked *asked)
{
  *asked = (struct asked){ .response = { .file = -1 } };
  struct sf_map_request *request = &asked->request;
  *request = (struct sf_map_request){
    .arena = &asked->arena, .method = "GET", .header = if_none_match, .connection = held_tag, .now_s = 1405641600
  };
  asked->parsed = sf_map_request_parse (request, target, NULL);
  if (asked->parsed != SF_OK)
    return;
  const struct sf_map_route *route = sf_map_find_route (request);
  ck_assert_msg (route != NULL, "%s", target);
  request->world = toy.world;
  request->root = request->base_url = "http://127.0.0.1";
  sf_map_finish (&map, request, route, &asked->response);
}

static void
finish (struct asked *asked)
{
  if (asked->response.file >= 0)
    close (asked->response.file);
  sf_strbuf_finish (&asked->response.body);
  sf_arena_finish (&asked->arena);
}

static const char *
header_of (const struct asked *asked, const char *name)
{
  for (int i = 0; i < asked->response.headers_count; i++)
    if (strcmp (asked->response.headers[i].name, name) == 0)
      return asked->response.headers[i].value;
  return "";
}

#define PINNED "/snapshots/20140718T000000Z-000000000000"
#define PICTURE "&CRS=CRS:84&BBOX=108,18,111,20&WIDTH=90&HEIGHT=60&FORMAT=image/png"
#define GET_MAP "/wms?VERSION=1.3.0&REQUEST=GetMap" PICTURE
#define GET_INFO                                                                                                       \
  "/wms?VERSION=1.3.0&REQUEST=GetFeatureInfo&LAYERS=wind_max@toy&QUERY_LAYERS=wind_max@toy&STYLES=" PICTURE            \
  "&INFO_FORMAT=application/json&I=9&J=9"
#define TILE "/tiles/wind_max@toy/default/c/8/206/50.png"

START_TEST (what_may_be_stored)
{
  static const struct
  {
    const char *target, *caching;
    int status;
    bool has_tag;
  } cases[] = {
    { TILE, "no-store", 200, false },
    { PINNED TILE, "public, max-age=31536000, immutable", 200, true },
    { "/v1/layers", "no-cache", 200, true },
    { PINNED "/v1/layers", "public, max-age=31536000, immutable", 200, true },
    { "/v1/state", "no-store", 200, false },
    { PINNED "/v1/state", "no-store", 200, false },
    { "/v1/point?lon=110&lat=20", "no-store", 200, false },
    { "/files/styles/basemap.yaml", "no-cache", 200, true },
    { PINNED "/files/styles/basemap.yaml", "public, max-age=31536000, immutable", 200, true },
    { "/", "no-cache", 200, true },
    { PINNED "/", "no-cache", 200, true },
    { "/tiles/nothing", "no-store", 404, false },
    { PINNED "/tiles/nothing", "no-store", 404, false },
    { PINNED "/v1/layers/x", "no-store", 404, false },
    { PINNED "/wms?REQUEST=GetMap", "no-store", 400, false },
    { PINNED "/wmts?REQUEST=GetTile", "no-store", 400, false },
    { PINNED "/web/nothing", "no-store", 404, false },
    { PINNED GET_MAP "&LAYERS=x&STYLES=&EXCEPTIONS=BLANK", "no-store", 200, false },
  };
  open_service ();
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    {
      struct asked asked;
      ask (cases[i].target, NULL, &asked);
      ck_assert_msg (asked.response.status == cases[i].status, "%s: %d: %s", cases[i].target, asked.response.status,
                     asked.response.body.text);
      ck_assert_msg (strcmp (header_of (&asked, "Cache-Control"), cases[i].caching) == 0, "%s: %s", cases[i].target,
                     header_of (&asked, "Cache-Control"));
      ck_assert_msg (!*header_of (&asked, "ETag") == !cases[i].has_tag, "%s: %s", cases[i].target,
                     header_of (&asked, "ETag"));
      finish (&asked);
    }
  close_service ();
}
END_TEST

START_TEST (tags_tell_resources_and_snapshots_apart)
{
  struct asked a, b, pinned;
  open_service ();
  ask ("/v1/layers", NULL, &a);
  ask ("/v1/layers?lang=zh", NULL, &b);
  ask (PINNED "/v1/layers", NULL, &pinned);
  ck_assert_str_ne (header_of (&a, "ETag"), header_of (&b, "ETag"));
  ck_assert_int_eq (header_of (&a, "ETag")[0], '"');
  ck_assert_str_eq (header_of (&pinned, "X-Sanfang-Snapshot"), "20140718T000000Z-000000000000");
  finish (&a);
  finish (&b);
  finish (&pinned);
  close_service ();
}
END_TEST

/* --- memory --- */

static const char *const targets[] = {
  "/",
  "/web/index.html",
  "/v1/state",
  "/v1/snapshots",
  "/v1/layers",
  "/v1/point?lon=110.35&lat=20.02",
  "/v1/point?lon=110.35&lat=20.02&time=2014-07-18T01:00:00Z",
  "/v1/place",
  "/v1/place/460100",
  "/v1/legend/wind_max@toy/wind_force.png?lang=zh",
  "/v1/live",
  TILE,
  "/tiles/wind_hourly@toy/wind_isolines/w/7/103/56.png?time=2014-07-18T01:00:00Z",
  "/tiles/wind_arrival@toy/default/c/8/206/50.png?beaufort_force=8",
  "/tiles/nothing/default/c/8/206/50.png",
  "/tiles/wind_max@toy/nothing/c/8/206/50.png",
  "/uv/wind_hourly@toy/c/7/103/25.bin",
  "/uv/wind_hourly@toy/c/7/103/25.png",
  "/base/c/7/103/25.png",
  "/vector/landfalls,counties/w/7/103/56.mvt",
  "/vector/counties/c.json",
  "/wmts?SERVICE=WMTS&REQUEST=GetCapabilities",
  "/wmts/1.0.0/WMTSCapabilities.xml",
  "/wmts/1.0.0/wind_max@toy/default/c/8/50/206.png",
  "/wmts/1.0.0/wind_max@toy/default/c/8/50/206/10/200.html",
  "/wmts?SERVICE=WMTS",
  "/wms?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetCapabilities",
  "/wms?SERVICE=WMS&VERSION=1.1.1&REQUEST=GetCapabilities",
  GET_MAP "&LAYERS=wind_max@toy&STYLES=",
  GET_MAP "&LAYERS=wind_arrival@toy,wind_max@toy&STYLES=,",
  GET_MAP "&LAYERS=x&STYLES=&EXCEPTIONS=INIMAGE",
  GET_INFO,
  "/wms?VERSION=1.3.0&REQUEST=GetLegendGraphic&LAYER=wind_max@toy&FORMAT=image/png",
  "/wms?REQUEST=x",
  "/ogc",
  "/ogc/api",
  "/ogc/conformance",
  "/ogc/collections",
  "/ogc/collections/wind_max@toy",
  "/ogc/collections/landfalls/items?bbox=109,18,110,20&limit=2&offset=1",
  "/ogc/collections/landfalls/items/0",
  "/ogc/collections/wind_max@toy/map?bbox=108,18,111,20&width=40",
  "/ogc/collections/wind_max@toy/map/tiles",
  "/ogc/collections/wind_max@toy/map/tiles/c/8/50/206",
  "/ogc/collections/wind_hourly@toy/position?coords=POINT(110.35%2020.02)&datetime=2014-07-18T01:00:00Z/..",
  "/ogc/collections/wind_max@toy/area?coords=POLYGON((109%2019,110%2019,110%2020,109%2019))",
  "/ogc/tileMatrixSets",
  "/ogc/tileMatrixSets/w",
  "/stac",
  "/stac/wind_max@toy",
  "/files",
  "/files/styles/basemap.yaml",
};

static bool
is_same (const struct asked *a, const struct asked *b)
{
  return a->response.status == b->response.status && a->response.body.length == b->response.body.length
         && (a->response.body.length == 0
             || memcmp (a->response.body.text, b->response.body.text, a->response.body.length) == 0);
}

/* With the n-th allocation failing: 503, or what is answered with all of them when that one was dispensable. Returns how many
   allocations there were. */
static long
ask_without (long n, bool all_later, const char *target, const struct asked *whole)
{
  struct asked asked;
  sf_mem_fail_at (n, all_later);
  ask (target, NULL, &asked);
  long count = sf_mem_count ();
  sf_mem_fail_at (0, 0);
  const struct sf_map_response *response = &asked.response;
  if (asked.parsed != SF_OK)
    ck_assert_msg (asked.parsed == SF_ENOMEM, "%s, allocation %ld: %s", target, n, sf_code_name (asked.parsed));
  else if (response->status == 503)
    ck_assert_msg (response->file < 0 && strcmp (header_of (&asked, "Cache-Control"), "no-store") == 0, "%s", target);
  else
    ck_assert_msg (is_same (&asked, whole), "%s, allocation %ld of %ld%s: status %d, %zu bytes instead of %zu: %.1000s",
                   target, n, count, all_later ? " and all later" : "", response->status, response->body.length,
                   whole->response.body.length, response->body.text ? response->body.text : "");
  finish (&asked);
  return count;
}

START_TEST (each_allocation_may_fail)
{
  const char *target = targets[_i];
  struct asked whole;
  open_service ();
  ask (target, NULL, &whole); /* what is made once, such as fonts, is made now */
  finish (&whole);
  ask (target, NULL, &whole);
  for (int all_later = 0; all_later < 2; all_later++)
    for (long n = 1; ask_without (n, all_later, target, &whole) >= n; n++)
      ;
  finish (&whole);
  close_service ();
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("map_answer");
  TCase *tcase = tcase_create ("map_answer");
  tcase_set_timeout (tcase, 300);
  tcase_add_test (tcase, what_may_be_stored);
  tcase_add_test (tcase, tags_tell_resources_and_snapshots_apart);
  tcase_add_loop_test (tcase, each_allocation_may_fail, 0, sizeof targets / sizeof *targets);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
