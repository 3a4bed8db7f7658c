/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/mapped_help.h"

#include <math.h>

extern const struct sf_plugin json_map_LTX_sanfang_plugin;

#define WATER                                                                                                          \
  "map:\n"                                                                                                             \
  "  record: observation\n"                                                                                            \
  "  id: \"{/topic}\"\n"                                                                                               \
  "  time: {pointer: /ts, format: epoch_s}\n"                                                                          \
  "  quality: {pointer: /q, reliable: [0], unreliable: [2], absent: [9]}\n"                                            \
  "  quantities: [{quantity: water_depth, pointer: /depth_cm, unit: cm, missing: [-999], when_missing: record}]\n"

static struct decoded *
run (const char *settings, const char *text)
{
  return mapped_run (&json_map_LTX_sanfang_plugin, settings, "hn/ylgd/0031", text, strlen (text));
}

START_TEST (lines_one_by_one)
{
  struct decoded *out
      = run ("form: lines\n" WATER, "{\"topic\": \"a\", \"ts\": 1725616800, \"depth_cm\": 31.5, \"q\": 0}\n"
                                    "{\"topic\": \"a\", \"ts\": 1725616800, \"depth_cm\": 31.5, \"q\": 0\n"
                                    "\n"
                                    "{\"topic\": \"b\", \"ts\": 1725617100, \"depth_cm\": -999, \"q\": 9}\n"
                                    "{\"topic\": \"c\", \"ts\": 1725617100, \"depth_cm\": 5, \"q\": 7}\n"
                                    "{\"topic\": \"d\", \"ts\": 1725617100, \"depth_cm\": 5, \"q\": 2}\n"
                                    "{\"topic\": \"e\", \"ts\": 1725617100, \"depth_cm\": 5}\n");
  ck_assert_msg (out->code == SF_OK, "%s", out->err.message);
  ck_assert_uint_eq (out->count, 5);
  ck_assert_int_eq (out->records[4].quality, SF_QUALITY_ORIGINAL_DOUBTFUL);
  ck_assert_str_eq (out->records[4].doubt, "the source reports no quality code");
  ck_assert_double_eq (mapped_observation (out, 0, "a", "water_depth")->value, 0.315);
  ck_assert_int_eq (out->records[1].quality, SF_QUALITY_MISSING);
  ck_assert (isnan (mapped_observation (out, 1, "b", "water_depth")->value));
  ck_assert_int_eq (out->records[2].quality, SF_QUALITY_ORIGINAL_DOUBTFUL);
  ck_assert_str_eq (out->records[2].doubt, "quality code '7' of the source, which no list explains");
  ck_assert_int_eq (out->records[3].quality, SF_QUALITY_ORIGINAL_UNRELIABLE);
  ck_assert_int_eq (out->records[3].source_line, 6);
  ck_assert_uint_eq (out->rejects_count, 2);
  ck_assert_int_eq (out->rejects[0].line, 2);
  ck_assert_msg (strstr (out->rejects[0].reason, "hn/ylgd/0031:2: no JSON: "), "%s", out->rejects[0].reason);
  ck_assert_str_eq (out->rejects[1].reason,
                    "hn/ylgd/0031:7: e: pointer /q: the row has no such place; 'optional: true' if it may lack it");
  decode_help_free (out);
}
END_TEST

/* MUSIC answers give all values as texts and the rows in DS; the time stands outside. */
START_TEST (rows_below_a_pointer)
{
  static const char settings[]
      = "rows: /DS\n"
        "map:\n"
        "  record: observation\n"
        "  id: \"{/Station_Id_C}\"\n"
        "  time: {pointer: ^/head/0/time, format: \"%Y-%m-%d %H:%M\", zone: Z}\n"
        "  position: {lon: {pointer: /Lon}, lat: {pointer: /Lat}, crs: wgs84}\n"
        "  quantities: [{quantity: wind_speed, pointer: /a~1b, unit: m/s, missing: [999999]}]\n";
  struct decoded *out = run (settings, "{\"head\":[{\"time\":\"2024-09-06 10:00\"}],\"DS\":["
                                       "{\"Station_Id_C\":\"59758\",\"Lat\":\"20.0\",\"Lon\":110.25,\"a/b\":\"7.5\"},"
                                       "{\"Station_Id_C\":59759,\"Lat\":null,\"Lon\":null,\"a/b\":999999.0},"
                                       "{\"Station_Id_C\":\"59757\",\"Lat\":\"x\",\"Lon\":1,\"a/b\":{\"v\":1}},"
                                       "7,{\"Station_Id_C\":\"C\",\"Lat\":99,\"Lon\":1,\"a/b\":true}]}");
  ck_assert_msg (out->code == SF_OK, "%s", out->err.message);
  ck_assert_uint_eq (out->count, 1);
  ck_assert_double_eq (mapped_observation (out, 0, "59758", "wind_speed")->value, 7.5);
  ck_assert_double_eq (out->records[0].as.observation.lon_deg, 110.25);
  ck_assert_int_eq (out->records[0].valid_s, 1725616800);
  ck_assert_uint_eq (out->rejects_count, 5);
  ck_assert (strstr (out->rejects[0].reason, "a list or an object"));
  ck_assert_str_eq (out->rejects[2].piece, "7");
  decode_help_free (out);
}
END_TEST

#define TWO_OF(first)                                                                                                  \
  "map: {record: observation, id: \"{/id}\", time: received, quantities: [" first                                      \
  ", {quantity: battery_voltage, pointer: /bat, unit: V}]}\n"

/* A pointer that is misspelt, or whose member the source renamed, costs its value, names station and pointer, and leaves
   the row its other values. */
START_TEST (a_pointer_that_is_nowhere_is_named)
{
  struct decoded *out = run (TWO_OF ("{quantity: water_depth, pointer: /dephts/0, unit: m}"),
                             "[{\"id\": \"a\", \"depths\": [0.25], \"bat\": 3.5}, {\"id\": \"b\", \"bat\": 3.25}]");
  ck_assert_int_eq (out->code, SF_OK);
  ck_assert_uint_eq (out->count, 2);
  ck_assert_double_eq (mapped_observation (out, 0, "a", "battery_voltage")->value, 3.5);
  ck_assert_uint_eq (out->rejects_count, 2);
  ck_assert_str_eq (out->rejects[1].reason, "hn/ylgd/0031:2: b: pointer /dephts/0: the row has no such place; "
                                            "'optional: true' if it may lack it");
  ck_assert_str_eq (out->rejects[1].piece, "{\"id\":\"b\",\"bat\":3.25}");
  decode_help_free (out);
}
END_TEST

/* What may be lacking says so; a null, and what would stand below one, is there and not reported. */
START_TEST (optional_places_and_nulls_are_silent)
{
  static const char *const settings[] = { TWO_OF ("{quantity: water_depth, pointer: /d, unit: m, optional: true}"),
                                          TWO_OF ("{quantity: water_depth, pointer: /d/0, unit: m}") };
  static const char *const texts[] = { "{\"id\": \"a\", \"bat\": 3}", "{\"id\": \"a\", \"d\": null, \"bat\": 3}" };
  for (int i = 0; i < 2; i++)
    {
      struct decoded *out = run (settings[i], texts[i]);
      ck_assert_int_eq (out->code, SF_OK);
      ck_assert_uint_eq (out->count, 1);
      ck_assert_uint_eq (out->rejects_count, 0);
      decode_help_free (out);
    }
}
END_TEST

/* Without identity or time there is no record: it says so once, and neither can be optional. A filter that finds nothing
   leaves rows out, which nobody would see. */
START_TEST (what_a_record_hangs_on_is_not_optional)
{
  struct decoded *out = run (WATER, "{\"Topic\": \"a\", \"ts\": 1725616800, \"depth_cm\": 1, \"q\": 0}");
  ck_assert_int_eq (out->code, SF_EFORMAT);
  ck_assert_uint_eq (out->rejects_count, 1);
  ck_assert (strstr (out->rejects[0].reason, "{/topic}: the row says not whose it is"));
  decode_help_free (out);
  out = run ("map: {record: event, id: \"{/id}\", time: {pointer: /t, format: iso, zone: Z, optional: true}}\n", "{}");
  ck_assert_int_eq (out->code, SF_EINVAL);
  ck_assert_msg (strstr (out->err.message, "pointer /t: is not optional"), "%s", out->err.message);
  decode_help_free (out);
  out = run ("map: {record: event, id: \"{/id}\", time: received, only: {pointer: /kind, is: [a]}}\n", "{\"id\": 1}");
  ck_assert_uint_eq (out->count, 0);
  ck_assert_uint_eq (out->rejects_count, 1);
  ck_assert (strstr (out->rejects[0].reason, "row: pointer /kind: the row has no such place"));
  decode_help_free (out);
}
END_TEST

START_TEST (one_object_and_its_topic)
{
  struct decoded *out = run ("map: {record: observation, id: \"wl-{@name}\", time: received, quantities: [{quantity: "
                             "water_depth, pointer: /d, unit: m}]}\n",
                             "{\"d\": 0.25}");
  ck_assert_int_eq (out->code, SF_OK);
  ck_assert_double_eq (mapped_observation (out, 0, "wl-0031", "water_depth")->value, 0.25);
  ck_assert_int_eq (out->records[0].valid_s, 1700000000);
  decode_help_free (out);
}
END_TEST

START_TEST (what_is_no_json_is_refused)
{
  static const char *const texts[] = { "", "x", "{", "[1,2", "{\"a\":1,\"a\":2}" };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    {
      struct decoded *out = run (WATER, texts[i]);
      ck_assert_int_eq (out->code, SF_EFORMAT);
      decode_help_free (out);
    }
  struct decoded *out = run ("rows: a/b\n" WATER, "{}");
  ck_assert_int_eq (out->code, SF_EINVAL);
  decode_help_free (out);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("decode_json_map");
  TCase *tcase = tcase_create ("json_map");
  tcase_add_test (tcase, lines_one_by_one);
  tcase_add_test (tcase, rows_below_a_pointer);
  tcase_add_test (tcase, a_pointer_that_is_nowhere_is_named);
  tcase_add_test (tcase, optional_places_and_nulls_are_silent);
  tcase_add_test (tcase, what_a_record_hangs_on_is_not_optional);
  tcase_add_test (tcase, one_object_and_its_topic);
  tcase_add_test (tcase, what_is_no_json_is_refused);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
