/* SPDX-License-Identifier: Apache-2.0 */
/* Requests taken apart (RFC 3986, 2.1 and 3.3; '+' in queries: HTML living standard, application/x-www-form-urlencoded), and
   the values of a layer's dimension. */
#include "plugins/service/map/map.h"
#include "tests/unit/base.h"
#include "tests/unit/toy_world.h"

static struct sf_arena arena;
static struct sf_map_request request;

static void
begin (void)
{
  sf_arena_finish (&arena);
  request = (struct sf_map_request){ .arena = &arena };
}

static void
takes (const char *target, int segments, int parameters)
{
  begin ();
  ck_done (sf_map_request_parse (&request, target, err));
  ck_assert_msg (request.segments_count == segments && request.parameters_count == parameters, "%s: %d, %d", target,
                 request.segments_count, request.parameters_count);
}

static void
refuses (const char *target, const char *words)
{
  begin ();
  ck_fails (sf_map_request_parse (&request, target, err), SF_EINVAL, words);
}

START_TEST (paths)
{
  takes ("/", 0, 0);
  takes ("/a", 1, 0);
  takes ("/a/", 1, 0);
  takes ("/a//b", 3, 0);
  ck_assert_str_eq (request.segments[1], "");
  takes ("/%61%2Fb/%e6%96%87+x", 2, 0);
  ck_assert_str_eq (request.segments[0], "a/b");
  ck_assert_str_eq (request.segments[1], "文+x");
  takes ("/...", 1, 0);
  refuses ("", "slash");
  refuses ("a", "slash");
  refuses ("?a=1", "slash");
  refuses ("/..", "upwards");
  refuses ("/a/%2e%2E/b", "upwards");
  refuses ("/.", "upwards");
  takes ("/a?b=..", 1, 1);
}
END_TEST

START_TEST (escapes)
{
  static const char *const bad[] = { "/%", "/%4", "/%4g", "/%g4", "/%00", "/a?%00=1", "/a?b=%0", "/%%41", "/a?b=%" };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    refuses (bad[i], "bad percent escape");
  static const char *const foreign[] = { "/%ff", "/%c0%ae", "/%ed%a0%80", "/%f4%90%80%80", "/\xe6\x96", "/a?%e6=1" };
  for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
    refuses (foreign[i], "not UTF-8");
}
END_TEST

START_TEST (queries)
{
  takes ("/a?", 1, 0);
  takes ("/a?&&=x&", 1, 0);
  takes ("/a?b", 1, 1);
  ck_assert_str_eq (sf_map_request_get (&request, "b"), "");
  takes ("/a?b+c=1+2%2B3&B=4&d=e=f?g/h", 1, 3);
  ck_assert_str_eq (sf_map_request_get (&request, "B C"), "1 2+3");
  ck_assert_str_eq (sf_map_request_get (&request, "b"), "4");
  ck_assert_str_eq (sf_map_request_get (&request, "D"), "e=f?g/h");
  ck_assert_ptr_null (sf_map_request_get (&request, "e"));
  takes ("/a?b=1&B=2", 1, 2);
  ck_assert_str_eq (sf_map_request_get (&request, "b"), "1");
}
END_TEST

static char *held; /* what repeated gave last */

/* unit, repeated: "/a/a/a". */
static const char *
repeated (const char *begin_text, const char *unit, int count)
{
  struct sf_strbuf text = { 0 };
  sf_strbuf_add (&text, begin_text);
  while (count-- > 0)
    sf_strbuf_add (&text, unit);
  ck_assert (!text.failed);
  sf_mem_free (held);
  held = text.text;
  return held;
}

START_TEST (sizes)
{
  takes (repeated ("", "/a", SF_MAP_MAX_SEGMENTS), SF_MAP_MAX_SEGMENTS, 0);
  refuses (repeated ("", "/a", SF_MAP_MAX_SEGMENTS + 1), "more than 24 parts");
  takes (repeated ("/?", "a=1&", SF_MAP_MAX_PARAMETERS), 0, SF_MAP_MAX_PARAMETERS);
  refuses (repeated ("/?", "a=1&", SF_MAP_MAX_PARAMETERS + 1), "more than 64 parameters");
  takes (repeated ("/", "a", SF_MAP_MAX_TARGET_BYTES - 1), 1, 0);
  begin ();
  ck_fails (sf_map_request_parse (&request, repeated ("/", "a", SF_MAP_MAX_TARGET_BYTES), err), SF_ERANGE,
            "longer than 8000 bytes");
}
END_TEST

START_TEST (snapshots)
{
  takes ("/snapshots/X1/tiles/a?b=c", 2, 1);
  ck_assert_str_eq (request.snapshot_id, "X1");
  ck_assert_str_eq (request.segments[0], "tiles");
  ck_assert_str_eq (request.rest, "/tiles/a?b=c");
  takes ("/snapshots/current/tiles", 1, 0);
  ck_assert_ptr_null (request.snapshot_id);
  ck_assert_str_eq (request.rest, "/tiles");
  takes ("/snapshots/X1", 0, 0);
  ck_assert_str_eq (request.snapshot_id, "X1");
  ck_assert_str_eq (request.rest, "");
  takes ("/snapshots/X1?a=1", 0, 1);
  ck_assert_str_eq (request.rest, "?a=1");
  takes ("/snapshots", 1, 0);
  ck_assert_ptr_null (request.snapshot_id);
}
END_TEST

START_TEST (numbers)
{
  double real = 7;
  int64_t whole = 7;
  takes ("/?a=1.5&b=nan&c=1e999&d=&e=0x10&f=12&g=99999999999999999999&h=+1", 0, 8);
  ck_done (sf_map_request_double (&request, "a", 0, 2, &real, err));
  ck_assert_double_eq (real, 1.5);
  ck_fails (sf_map_request_double (&request, "a", 0, 1, &real, err), SF_ERANGE, "a must be from 0 to 1, got '1.5'");
  ck_fails (sf_map_request_double (&request, "b", -1e300, 1e300, &real, err), SF_EINVAL, "b must be a number");
  ck_fails (sf_map_request_double (&request, "c", -1e300, 1e300, &real, err), SF_EINVAL, "c must be");
  ck_fails (sf_map_request_double (&request, "d", 0, 1, &real, err), SF_EINVAL, "d must be a number");
  ck_fails (sf_map_request_double (&request, "x", 0, 1, &real, err), SF_ENOTFOUND, "x is missing");
  ck_done (sf_map_request_int (&request, "f", 0, 12, &whole, err));
  ck_assert_int_eq (whole, 12);
  ck_fails (sf_map_request_int (&request, "f", 0, 11, &whole, err), SF_ERANGE, "f must be from 0 to 11");
  ck_fails (sf_map_request_int (&request, "a", 0, 11, &whole, err), SF_EINVAL, "a must be a whole number");
  ck_fails (sf_map_request_int (&request, "e", 0, 99, &whole, err), SF_EINVAL, "e must be a whole number");
  ck_fails (sf_map_request_int (&request, "g", 0, INT64_MAX, &whole, err), SF_EINVAL, "g must be a whole number");
  ck_assert_double_eq (real, 1.5);
  ck_assert_int_eq (whole, 12);
}
END_TEST

START_TEST (times)
{
  int64_t time_s = 7;
  takes ("/?time=2014-07-18T08:00:00%2B08:00", 0, 1);
  ck_done (sf_map_request_time (&request, &time_s, err));
  ck_assert_int_eq (time_s, 1405641600); /* date -u -d 2014-07-18 +%s */
  static const char *const none[] = { "/", "/?time=", "/?time=default", "/?time=Current" };
  for (size_t i = 0; i < sizeof none / sizeof *none; i++)
    {
      takes (none[i], 0, i > 0);
      ck_done (sf_map_request_time (&request, &time_s, err));
      ck_assert (time_s == SF_TIME_MISSING);
    }
  static const char *const bad[] = { "/?time=9999", "/?time=yesterday", "/?time=2014-07-18T08:00:00" };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    {
      takes (bad[i], 0, 1);
      ck_fails (sf_map_request_time (&request, &time_s, err), SF_EINVAL, "time: ");
    }
}
END_TEST

static const char *
chinese_header (const void *connection, const char *name)
{
  return strcmp (name, "Accept-Language") == 0 ? connection : NULL;
}

START_TEST (languages)
{
  takes ("/", 0, 0);
  ck_assert (!sf_map_request_zh (&request));
  request.header = chinese_header;
  request.connection = "zh-CN,en;q=0.5";
  ck_assert (sf_map_request_zh (&request));
  request.connection = "en,zh";
  ck_assert (!sf_map_request_zh (&request));
  takes ("/?lang=en", 0, 1);
  request.header = chinese_header;
  request.connection = "zh";
  ck_assert (!sf_map_request_zh (&request));
}
END_TEST

/* --- routes --- */

static void
leads (const char *target, sf_map_handler handler, int segments_left)
{
  begin ();
  ck_done (sf_map_request_parse (&request, target, err));
  const struct sf_map_route *route = sf_map_find_route (&request);
  ck_assert_msg ((route ? route->handler : NULL) == handler, "%s", target);
  ck_assert_msg (!route || request.segments_count == segments_left, "%s: %d", target, request.segments_count);
}

START_TEST (routes)
{
  leads ("/", sf_map_web, 0);
  leads ("/web/js/main.js", sf_map_web, 2);
  leads ("/v1/state", sf_map_state, 0);
  leads ("/v1/state/x", sf_map_state, 1);
  leads ("/v1/stat", NULL, 0);
  leads ("/v1/states", NULL, 0);
  leads ("/v1", NULL, 0);
  leads ("/V1/state", NULL, 0);
  leads ("//v1/state", NULL, 0);
  leads ("/tiles/a/b", sf_map_tiles, 2);
  leads ("/snapshots/X/tiles/a/b", sf_map_tiles, 2);
  leads ("/snapshots/X", sf_map_web, 0);
  leads ("/wmts/1.0.0/WMTSCapabilities.xml", sf_map_wmts_metadata, 0);
  leads ("/wmts/1.0.0/x", sf_map_wmts, 2);
  begin ();
  ck_done (sf_map_request_parse (&request, "/wms?request=getcapabilities", err));
  ck_assert_int_eq (sf_map_find_route (&request)->caching, SF_MAP_DOCUMENT);
  begin ();
  ck_done (sf_map_request_parse (&request, "/wms?request=getmap", err));
  ck_assert_int_eq (sf_map_find_route (&request)->caching, SF_MAP_PIXELS);
}
END_TEST

/* --- values of a dimension --- */

static const struct sf_map_layer *
layer_of (const struct toy_world *toy, const char *name)
{
  const struct sf_map_layer *layer = NULL;
  ck_done (sf_map_world_find (toy->world, name, &layer, err));
  return layer;
}

static int
band_of (const struct sf_map_layer *layer, const char *text)
{
  int band = -1;
  ck_done (sf_map_layer_find_band (layer, text, &band, err));
  return band;
}

START_TEST (bands)
{
  struct toy_world toy;
  int band = -1;
  toy_world_open (&toy, TEST_SRCDIR "/share");
  const struct sf_map_layer *force = layer_of (&toy, "wind_arrival@toy"), *hourly = layer_of (&toy, "wind_hourly@toy");
  ck_assert_int_eq (band_of (force, NULL), 0);
  ck_assert_int_eq (band_of (force, "default"), 0);
  ck_assert_int_eq (band_of (force, "8"), 1);
  ck_assert_int_eq (band_of (force, "12.0"), 3);
  ck_fails (sf_map_layer_find_band (force, "9", &band, err), SF_ENOTFOUND,
            "has no beaufort_force '9'; it has 4 values from 7 to 12");
  ck_fails (sf_map_layer_find_band (force, "nan", &band, err), SF_EINVAL, "is not a number");
  ck_assert_int_eq (band_of (hourly, "2014-07-18T00:00:00Z"), 0);
  ck_assert_int_eq (band_of (hourly, "2014-07-18T09:00:00+08:00"), 1);
  ck_assert_int_eq (band_of (hourly, "2014-07-18T02:00:00Z"), 2);
  static const char *const absent[] = { "2014-07-17T23:59:59Z", "2014-07-18T01:00:01Z", "2014-07-18T03:00:00Z" };
  for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
    ck_fails (sf_map_layer_find_band (hourly, absent[i], &band, err), SF_ENOTFOUND,
              "it has 3 values from 2014-07-18T00:00:00Z to 2014-07-18T02:00:00Z");
  ck_fails (sf_map_layer_find_band (hourly, "9999", &band, err), SF_EINVAL, "time '9999'");
  ck_assert_int_eq (band, -1);
  ck_assert_int_eq (band_of (layer_of (&toy, "wind_max@toy"), "whatever"), 0);
  toy_world_close (&toy);
}
END_TEST

int
main (void)
{
  const TTest *const tests[]
      = { paths, escapes, queries, sizes, snapshots, numbers, times, languages, routes, bands, NULL };
  int code = run_tests ("map_request", tests);
  sf_arena_finish (&arena);
  sf_mem_free (held);
  return code;
}
