/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: the layout in the issue (kind, feed, time as ISO 8601 UTC, lon, lat ...; missing = null), RFC 7946
   for geometries, Python's hashlib for the digest, and jansson, which reads the text back. */
#include <check.h>
#include <jansson.h>

#include "tests/unit/random_record.h"

static unsigned seed;

static json_t *
read_back (const struct sf_record *record, struct sf_strbuf *buf)
{
  json_error_t fault;
  sf_record_format_json (record, buf);
  ck_assert (!buf->failed);
  ck_assert_ptr_null (strchr (buf->text, '\n'));
  json_t *root = json_loadb (buf->text, buf->length, JSON_REJECT_DUPLICATES, &fault);
  ck_assert_msg (root != NULL, "%s: %s", fault.text, buf->text);
  return root;
}

START_TEST (forecast_fix)
{
  struct sf_record record;
  struct sf_strbuf buf = { 0 };
  static const double radii_km[] = { 380, 420, 400, 350 };
  static const char expected[]
      = "{\"kind\":\"track\",\"feed\":\"nmc\",\"time\":\"2014-07-18T18:00:00Z\",\"lon\":109.4,\"lat\":21,\"storm\":"
        "\"1409\","
        "\"number\":\"1409\",\"name\":\"Rammasun\",\"name_zh\":\"威马逊\",\"agency\":\"BABJ\",\"member\":null,"
        "\"grade\":null,"
        "\"base_time\":\"2014-07-18T06:00:00Z\",\"lead_h\":12,\"pressure_hpa\":935,\"environment_pressure_hpa\":null,"
        "\"wind_mps\":52,\"averaging_min\":2,\"gust_mps\":null,\"motion_to_deg\":null,\"motion_mps\":null,\"rmw_km\":"
        "null,"
        "\"roci_km\":null,\"radii\":{\"r7_km\":[380,420,400,350],\"r10_km\":null,\"r12_km\":[null,null,null,80.5]},"
        "\"received_time\":null,\"revision\":2,\"quality\":3,\"doubt\":\"swapped\",\"source\":\"a.json\",\"source_"
        "line\":0}";
  sf_record_init (&record, SF_RECORD_TRACK);
  record.feed = "nmc";
  record.valid_s = 1405706400; /* date -u -d 2014-07-18T18:00Z +%s */
  record.revision = 2;
  record.quality = SF_QUALITY_ORIGINAL_DOUBTFUL;
  record.doubt = "swapped";
  record.source = "a.json";
  record.as.track.storm = record.as.track.number = "1409";
  record.as.track.name = "Rammasun";
  record.as.track.name_zh = "威马逊";
  record.as.track.agency = "BABJ";
  record.as.track.base_s = 1405663200;
  record.as.track.lead_s = 12 * 3600;
  record.as.track.lon_deg = 109.4;
  record.as.track.lat_deg = 21;
  record.as.track.pressure_hpa = 935;
  record.as.track.wind_mps = 52;
  record.as.track.averaging_min = 2;
  memcpy (record.as.track.radii_km, radii_km, sizeof radii_km);
  record.as.track.radii_km[11] = 80.5;
  json_decref (read_back (&record, &buf));
  ck_assert_str_eq (buf.text, expected);
  sf_strbuf_finish (&buf);
}
END_TEST

/* All kinds begin with the same five keys and are null where nothing is known. */
START_TEST (empty_records)
{
  for (int kind = 0; kind < SF_RECORD_KINDS; kind++)
    {
      struct sf_record record;
      struct sf_strbuf buf = { 0 };
      char start[128];
      sf_record_init (&record, (enum sf_record_kind) kind);
      json_t *root = read_back (&record, &buf);
      snprintf (start, sizeof start, "{\"kind\":\"%s\",\"feed\":null,\"time\":null,\"lon\":null,\"lat\":null,",
                sf_record_kind_name ((enum sf_record_kind) kind, 0));
      ck_assert_msg (strncmp (buf.text, start, strlen (start)) == 0, "%s", buf.text);
      for (void *at = json_object_iter (root); at; at = json_object_iter_next (root, at))
        {
          const char *key = json_object_iter_key (at);
          const json_t *value = json_object_iter_value (at);
          ck_assert_msg (json_is_null (value) || strcmp (key, "kind") == 0 || json_number_value (value) == 0, "%s",
                         key);
        }
      json_decref (root);
      sf_strbuf_finish (&buf);
    }
}
END_TEST

START_TEST (random_records)
{
  struct sf_arena arena = { 0 };
  unsigned state = seed;
  for (int i = 0; i < 600; i++)
    {
      struct sf_record record;
      struct sf_strbuf buf = { 0 };
      random_record (&arena, &state, (enum sf_record_kind) (i % SF_RECORD_KINDS), &record);
      json_t *root = read_back (&record, &buf);
      ck_assert (same_text (json_string_value (json_object_get (root, "feed")), record.feed));
      ck_assert (same_text (json_string_value (json_object_get (root, "doubt")), record.doubt));
      ck_assert_int_eq (json_integer_value (json_object_get (root, "quality")), record.quality);
      if (record.kind == SF_RECORD_POSITION)
        ck_assert_double_eq (json_number_value (json_object_get (root, "lon")), record.as.position.lon_deg);
      if (record.kind == SF_RECORD_OBSERVATION && isnan (record.as.observation.value))
        ck_assert (json_is_null (json_object_get (root, "value")));
      else if (record.kind == SF_RECORD_OBSERVATION)
        ck_assert_double_eq (json_number_value (json_object_get (root, "value")), record.as.observation.value);
      json_decref (root);
      sf_strbuf_finish (&buf);
      sf_arena_reset (&arena);
    }
  sf_arena_finish (&arena);
}
END_TEST

static void
expect_geometry (const struct sf_geometry *geometry, const char *expected)
{
  struct sf_record record;
  struct sf_strbuf buf = { 0 };
  sf_record_init (&record, SF_RECORD_EVENT);
  record.as.event.geometry = geometry;
  json_decref (read_back (&record, &buf));
  const char *found = strstr (buf.text, "\"geometry\":");
  ck_assert_ptr_nonnull (found);
  found += strlen ("\"geometry\":");
  ck_assert_msg (strncmp (found, expected, strlen (expected)) == 0 && found[strlen (expected)] == ',', "%s", found);
  sf_strbuf_finish (&buf);
}

/* The shapes of RFC 7946, appendix A: A.6 Polygons (MultiPolygon, second with a hole), A.5 MultiLineString, A.4
 * MultiPoint. */
START_TEST (geometries)
{
  double xy[] = { 102, 2, 103, 2, 103,   3,   102,   2,   100,   0,   101,   0,
                  101, 1, 100, 0, 100.2, 0.2, 100.2, 0.8, 100.8, 0.8, 100.2, 0.2 };
  size_t starts[] = { 0, 4, 8, 12 };
  bool outer[] = { true, true, false };
  struct sf_geometry geometry
      = { .kind = SF_GEOMETRY_POLYGON, .parts = 3, .points = 12, .part_start = starts, .part_outer = outer, .xy = xy };
  expect_geometry (NULL, "null");
  expect_geometry (&geometry,
                   "{\"type\":\"MultiPolygon\",\"coordinates\":[[[[102,2],[103,2],[103,3],[102,2]]],"
                   "[[[100,0],[101,0],[101,1],[100,0]],[[100.2,0.2],[100.2,0.8],[100.8,0.8],[100.2,0.2]]]]}");
  geometry.kind = SF_GEOMETRY_LINE, geometry.parts = 2, geometry.points = 4, starts[1] = 2, starts[2] = 4;
  expect_geometry (&geometry, "{\"type\":\"MultiLineString\",\"coordinates\":[[[102,2],[103,2]],[[103,3],[102,2]]]}");
  geometry.kind = SF_GEOMETRY_POINT;
  expect_geometry (&geometry, "{\"type\":\"MultiPoint\",\"coordinates\":[[102,2],[103,2],[103,3],[102,2]]}");
}
END_TEST

/* hashlib.sha256 (struct.pack ('<6f', 1, 2, nan, -0.5, 1e10, 3.25)) */
START_TEST (field_digest)
{
  static const char digest[] = "2d570afc1bd4e5efbec7666df49b22652158e45226cc101d77047c77de967b08";
  const float values[] = { 1, 2, -NAN, -0.5f, 1e10f, 3.25f };
  struct sf_record record;
  struct sf_strbuf buf = { 0 };
  sf_record_init (&record, SF_RECORD_FIELD);
  record.as.field.grid = (struct sf_gridspec){ 3, 2, { 107, 0.01, 0, 21.5, 0, -0.01 }, "EPSG:4490" };
  record.as.field.values = values;
  json_t *root = read_back (&record, &buf), *grid = json_object_get (root, "grid");
  ck_assert_str_eq (json_string_value (json_object_get (grid, "sha256")), digest);
  ck_assert_int_eq (json_integer_value (json_array_get (json_object_get (grid, "shape"), 0)), 2);
  ck_assert_int_eq (json_integer_value (json_array_get (json_object_get (grid, "shape"), 1)), 3);
  ck_assert_double_eq (json_number_value (json_array_get (json_object_get (grid, "affine"), 3)), 21.5);
  ck_assert_str_eq (json_string_value (json_object_get (grid, "crs")), "EPSG:4490");
  json_decref (root);
  sf_strbuf_finish (&buf);
}
END_TEST

START_TEST (without_memory)
{
  const float value = 1;
  struct sf_record record;
  sf_record_init (&record, SF_RECORD_FIELD);
  record.as.field.grid = (struct sf_gridspec){ 1, 1, { 0, 1, 0, 0, 0, -1 }, "" };
  record.as.field.values = &value;
  bool good = false;
  for (long n = 1; !good && n < 100; n++)
    {
      struct sf_strbuf buf = { 0 };
      sf_mem_fail_at (n, 0);
      sf_record_format_json (&record, &buf);
      sf_mem_fail_at (0, 0);
      good = !buf.failed;
      ck_assert (!good || n > 2);
      sf_strbuf_finish (&buf);
    }
  ck_assert (good);
}
END_TEST

int
main (void)
{
  seed = random_seed ();
  Suite *suite = suite_create ("record_json");
  TCase *tests = tcase_create ("all");
  tcase_add_test (tests, forecast_fix);
  tcase_add_test (tests, empty_records);
  tcase_add_test (tests, random_records);
  tcase_add_test (tests, geometries);
  tcase_add_test (tests, field_digest);
  tcase_add_test (tests, without_memory);
  suite_add_tcase (suite, tests);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
