/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values are those of the samples, written down by hand. */
#include "tests/unit/mapped_help.h"

#include <math.h>
#include <stdio.h>

extern const struct sf_plugin delimited_LTX_sanfang_plugin;

#define POWER                                                                                                          \
  "map:\n"                                                                                                             \
  "  record: observation\n"                                                                                            \
  "  id: \"{市县编码}\"\n"                                                                                         \
  "  codes: {scheme: adcode@2020, code: \"{市县编码}\", name: \"{市县}\"}\n"                                     \
  "  time: {column: 日期时间, format: \"%Y-%m-%d %H:%M\", zone: \"+08:00\"}\n"                                     \
  "  quantities:\n"                                                                                                    \
  "    - {quantity: customers_without_power, column: 停电用户数, unit: 户}\n"                                    \
  "    - {quantity: customers_restored, column: 已恢复用户数, unit: 户, when_missing: record}\n"
#define POWER_HEAD "日期时间,市县编码,市县,停电用户数,已恢复用户数\n"

static struct decoded *
run (const char *settings, const char *text)
{
  return mapped_run (&delimited_LTX_sanfang_plugin, settings, "in/test.csv", text, strlen (text));
}

/* A row whose second value is blank and third a dash: what is not reported is no zero. */
START_TEST (what_is_not_reported_is_no_zero)
{
  struct decoded *out = run (POWER, POWER_HEAD "2024-09-06 18:00,460100,海口市,512034,0\n"
                                               "2024-09-06 18:00,469023,澄迈县,,—\n");
  ck_assert_msg (out->code == SF_OK, "%s", out->err.message);
  ck_assert_uint_eq (out->rejects_count, 0);
  ck_assert_uint_eq (out->count, 3);
  ck_assert_double_eq (mapped_observation (out, 0, "460100", "customers_without_power")->value, 512034);
  ck_assert_int_eq (out->records[0].valid_s, 1725616800);
  ck_assert_int_eq (out->records[0].source_line, 2);
  ck_assert_double_eq (mapped_observation (out, 1, "460100", "customers_restored")->value, 0);
  ck_assert (isnan (mapped_observation (out, 2, "469023", "customers_restored")->value));
  ck_assert_int_eq (out->records[2].quality, SF_QUALITY_MISSING);
  decode_help_free (out);
}
END_TEST

START_TEST (a_bad_value_costs_itself)
{
  struct decoded *out = run (POWER, POWER_HEAD "2024-09-06 18:00,460100,海口市,51x2,7\n"
                                               "2024-09-06 18:00,469005,文昌市,8,9\n");
  ck_assert_int_eq (out->code, SF_OK);
  ck_assert_uint_eq (out->count, 3);
  ck_assert_double_eq (mapped_observation (out, 0, "460100", "customers_restored")->value, 7);
  ck_assert_uint_eq (out->rejects_count, 1);
  ck_assert_str_eq (out->rejects[0].reason, "in/test.csv:2: 460100: column 停电用户数: '51x2' is no number");
  ck_assert_int_eq (out->rejects[0].line, 2);
  decode_help_free (out);
}
END_TEST

START_TEST (what_a_row_hangs_on_costs_the_row)
{
  struct decoded *out = run (POWER, POWER_HEAD "2024-13-06 18:00,460100,海口市,1,2\n"
                                               "2024-09-06 18:00,,海口市,1,2\n"
                                               "2024-09-06 18:00,469025,定安县,1,2\n"
                                               "2024-09-06 18:00,469099,某县,1,2\n"
                                               "2024-09-06 18:00,460100,海口市,1\n"
                                               "2024-09-06 18:00,460100,海口,3,4\n");
  static const char *const reasons[] = { "'2024-13-06 18:00' is no time", "the row says not whose it is",
                                         "469025 is 白沙黎族自治县 in adcode@2020, the row says '定安县'",
                                         "'469099' is no code of adcode@2020", "4 fields under 5 columns" };
  ck_assert_int_eq (out->code, SF_OK);
  ck_assert_uint_eq (out->count, 2);
  ck_assert_uint_eq (out->rejects_count, 5);
  for (size_t i = 0; i < 5; i++)
    {
      ck_assert_int_eq (out->rejects[i].line, (long) i + 2);
      ck_assert_msg (strstr (out->rejects[i].reason, reasons[i]), "%s", out->rejects[i].reason);
    }
  decode_help_free (out);
}
END_TEST

/* GBK bytes by iconv: iconv -f utf-8 -t gbk; the second name's bytes are damaged. */
START_TEST (a_damaged_line_costs_itself_in_gbk)
{
  static const char text[] = "\xca\xd0\xcf\xd8,n\n"
                             "\xba\xa3\xbf\xda,1\n"
                             "\xce\xc4\xb2\xff\xff,2\n"
                             "\xce\xc4\xb2\xfd,3\n";
  struct decoded *out = run ("charset: gbk\nmap: {record: observation, id: \"{市县}\", time: received, quantities: "
                             "[{quantity: customers_without_power, column: n, unit: 户}]}\n",
                             text);
  ck_assert_msg (out->code == SF_OK, "%s", out->err.message);
  ck_assert_uint_eq (out->count, 2);
  ck_assert_double_eq (mapped_observation (out, 0, "海口", "customers_without_power")->value, 1);
  ck_assert_double_eq (mapped_observation (out, 1, "文昌", "customers_without_power")->value, 3);
  ck_assert_uint_eq (out->rejects_count, 1);
  ck_assert_int_eq (out->rejects[0].line, 3);
  decode_help_free (out);
}
END_TEST

#define SIMPLE(extra)                                                                                                  \
  extra "map: {record: observation, id: \"s-{id}\", time: received, quantities: [{quantity: water_depth, column: "     \
        "depth, unit: cm}]}\n"

static void
expect (const char *settings, const char *text, size_t count, const char *asset, double value)
{
  struct decoded *out = run (settings, text);
  ck_assert_msg (out->code == SF_OK, "%s", out->err.message);
  ck_assert_msg (out->rejects_count == 0, "%s", out->rejects[0].reason);
  ck_assert_uint_eq (out->count, count);
  ck_assert_double_eq (mapped_observation (out, count - 1, asset, "water_depth")->value, value);
  decode_help_free (out);
}

START_TEST (tables_of_many_shapes)
{
  expect (SIMPLE (""), "id,depth\r\na,31.5\r\n", 1, "s-a", 0.315);
  expect (SIMPLE (""), "\xef\xbb\xbfid,depth\na,31.5", 1, "s-a", 0.315);
  expect (SIMPLE (""), "id,note,depth\na,\"two\nlines, and \"\"quotes\"\"\",1\n\"b \"\"x\"\"\",,2\n", 2, "s-b \"x\"",
          0.02);
  expect (SIMPLE (""), "id,note,depth\na,\"open,1\nb,x,2\n", 2, "s-b", 0.02);
  expect (SIMPLE ("separator: tab\n"), "depth\tid\n5\ta\n", 1, "s-a", 0.05);
  expect (SIMPLE ("separator: ;\nquote: none\n"), "id;depth\n\"a;5\n", 1, "s-\"a", 0.05);
  expect (SIMPLE ("separator: blanks\n"), "  id   depth\n a     5 \n", 1, "s-a", 0.05);
  expect (SIMPLE ("header_lines: 0\ncolumns: [id, depth]\n"), "a,5\n\nb,6\n", 2, "s-b", 0.06);
  expect (SIMPLE ("header_lines: 3\nnames_line: 2\n"), "made by x\nid,depth\n-,cm\na,5\n", 1, "s-a", 0.05);
  expect (SIMPLE ("aliases: {depth: [积水深度, 水深], id: [编号]}\n"), "编号,水深\na,5\n", 1, "s-a", 0.05);
  expect (SIMPLE ("comment: \"#\"\n"), "id,depth\n# 1\na,5\n#2,3\n", 1, "s-a", 0.05);
  expect (SIMPLE ("header_lines: 0\nfixed: [{name: id, from: 1, width: 3}, {name: depth, from: 4, width: 5}]\n"),
          "海口a 31.5x\n", 1, "s-海口a", 0.315);
  expect (SIMPLE ("ragged: pad\n"), "id,depth,more\na,5\n", 1, "s-a", 0.05);
  expect (SIMPLE (""), "id,depth\na,5\nid,depth\nb,6\n", 2, "s-b", 0.06);
  expect (SIMPLE ("missing: [-999]\n"), "id,depth\na,-999.0\nb,1\n", 1, "s-b", 0.01);
  expect (SIMPLE ("decimal: \",\"\nseparator: ;\n"), "id;depth\na;31,5\n", 1, "s-a", 0.315);
  expect (SIMPLE ("thousands: \",\"\n"), "id,depth\na,\"1,234.5\"\n", 1, "s-a", 12.345);
}
END_TEST

static void
expect_no_number (const char *settings, const char *field)
{
  char text[128];
  snprintf (text, sizeof text, "id;depth\na;%s\nb;1\n", field);
  struct decoded *out = run (settings, text);
  ck_assert_int_eq (out->code, SF_OK);
  ck_assert_msg (out->count == 1 && out->rejects_count == 1, "%s was taken", field);
  ck_assert (strstr (out->rejects[0].reason, "is no number"));
  decode_help_free (out);
}

START_TEST (signs_are_never_guessed)
{
  expect_no_number (SIMPLE ("separator: ;\n"), "0,1");
  expect_no_number (SIMPLE ("separator: ;\n"), "1,234");
  expect_no_number (SIMPLE ("separator: ;\ndecimal: \",\"\n"), "1.5");
  expect_no_number (SIMPLE ("separator: ;\nthousands: \",\"\n"), "12,34");
  expect_no_number (SIMPLE ("separator: ;\nthousands: \",\"\n"), "1234,567");
  expect_no_number (SIMPLE ("separator: ;\nthousands: \",\"\n"), "1,234,");
  expect_no_number (SIMPLE ("separator: ;\nthousands: \",\"\n"), ",123");
  expect_no_number (SIMPLE ("separator: ;\nthousands: \",\"\n"), "1.2,345");
  expect_no_number (SIMPLE ("separator: ;\n"), "nan");
  expect_no_number (SIMPLE ("separator: ;\n"), "9999cm");
}
END_TEST

/* A column that a feed renamed: what hangs on it is lost and named, what does not goes on. */
START_TEST (a_lost_column_is_named)
{
  struct decoded *out
      = run (POWER, "日期时间,市县编码,市县,停电户数,已恢复用户数\n2024-09-06 18:00,460100,海口市,5,6\n");
  ck_assert_int_eq (out->code, SF_OK);
  ck_assert_uint_eq (out->count, 1);
  ck_assert_uint_eq (out->rejects_count, 1);
  ck_assert_str_eq (out->rejects[0].reason, "in/test.csv:1: no column is named '停电用户数'");
  decode_help_free (out);
  out = run ("map: {record: observation, id: \"{id}\", time: received, quantities: [{quantity: water_depth, column: "
             "depth, unit: m, optional: true, when_missing: record}]}\n",
             "id,level\na,1\n");
  ck_assert_int_eq (out->code, SF_OK);
  ck_assert_uint_eq (out->count, 1);
  ck_assert_int_eq (out->records[0].quality, SF_QUALITY_MISSING);
  ck_assert_uint_eq (out->rejects_count, 0);
  decode_help_free (out);
  out = run (POWER, "a,b\n1,2\n");
  ck_assert_int_eq (out->code, SF_EFORMAT);
  ck_assert_ptr_nonnull (strstr (out->err.message, "no record could be read")); /* a table is no track */
  decode_help_free (out);
  out = run (SIMPLE (""), "id,depth,depth\na,1,2\n");
  ck_assert_int_eq (out->code, SF_EFORMAT);
  ck_assert (strstr (out->err.message, "two columns are named 'depth'"));
  decode_help_free (out);
}
END_TEST

/* Assets, positions and events of one row; the shift of GCJ-02 as geodata's test has it from eviltransform. */
START_TEST (other_kinds)
{
  static const char settings[]
      = "map:\n"
        "- {record: asset, id: \"{id}\", time: received, type: shelter, name_zh: \"{名称}\", elevation: {column: 高程, "
        "unit: cm}, position: {lon: {column: 经度}, lat: {column: 纬度}, crs: gcj02}, attributes: {capacity: "
        "\"{容量}\"}}\n"
        "- {record: position, id: \"{id}\", time: received, position: {lon: {column: 经度}, lat: {column: 纬度}, crs: "
        "wgs84}, speed: {column: 航速, unit: kn}, course: {column: 航向, unit: degree}}\n"
        "- {record: event, id: \"{id}\", time: received, level: \"{级别}\", only: {column: 级别, is: [Ⅲ, Ⅳ]}, begin: "
        "{column: "
        "开始, format: compact, zone: BJT}}\n";
  struct decoded *out = run (settings, "id,名称,经度,纬度,高程,容量,航速,航向,级别,开始\n"
                                       "a,某校,110.3458,20.0318,1250,300,36,400,Ⅲ,20240906180000\n"
                                       "b,,,,,,,,—,\n");
  ck_assert_msg (out->code == SF_OK, "%s", out->err.message);
  ck_assert_uint_eq (out->count, 4);
  const struct sf_asset *asset = &out->records[0].as.asset;
  ck_assert_str_eq (asset->name_zh, "某校");
  ck_assert_str_eq (asset->type, "shelter");
  ck_assert_str_eq (asset->attributes, "capacity=300");
  ck_assert_double_eq (asset->elevation_m, 12.5);
  ck_assert_double_eq_tol (asset->lon_deg, 110.3458 - 0.0045, 5e-4);
  ck_assert_double_eq_tol (asset->lat_deg, 20.0318 + 0.002, 5e-4);
  ck_assert_double_eq (out->records[1].as.position.lon_deg, 110.3458);
  ck_assert_double_eq (out->records[1].as.position.speed_mps, 18.52);
  ck_assert (isnan (out->records[1].as.position.course_to_deg));
  ck_assert_str_eq (out->records[2].as.event.level, "Ⅲ");
  ck_assert_int_eq (out->records[2].as.event.begin_s, 1725616800);
  ck_assert_int_eq (out->records[3].kind, SF_RECORD_ASSET);
  ck_assert (isnan (out->records[3].as.asset.lon_deg));
  ck_assert_uint_eq (out->rejects_count, 2);
  ck_assert (strstr (out->rejects[0].reason, "course 400 is outside 0-360 degrees"));
  ck_assert (strstr (out->rejects[1].reason, "a position without longitude and latitude"));
  decode_help_free (out);
}
END_TEST

START_TEST (settings_are_checked)
{
  static const char *const cases[][2] = {
    { "charset: gbk\n", "'map' is missing" },
    { "map: {record: observatin}\n", "none of observation, asset, position, event" },
    { "map: {record: observation, id: x, time: received, quantities: [{quantity: water_dept, column: a, unit: m}]}\n",
      "test.yaml:1:64: quantity 'water_dept' is not in the vocabulary" },
    { "map: {record: observation, id: x, time: received, quantities: [{quantity: water_depth, column: a, unit: "
      "hPa}]}\n",
      "unit 'hPa' cannot become m" },
    { "map: {record: observation, id: x, time: received, quantities: [{quantity: water_depth, column: a}]}\n",
      "'unit' is missing" },
    { "map: {record: observation, id: x, time: {column: t, format: compact}, quantities: []}\n", "'zone' is missing" },
    { "map: {record: observation, id: \"{x\", time: received, quantities: []}\n", "a { without its }" },
    { "map: {record: observation, time: received, quantities: []}\n", "'id' is missing" },
    { "map: {record: observation, id: x, quantities: []}\n", "'time' is missing" },
    { "map: {record: observation, id: x, time: received, colour: red, quantities: []}\n", "unknown key 'colour'" },
    { "map: {record: asset, id: x, time: received, position: {lon: {column: a}, lat: {column: b}}}\n", "crs" },
    { "separator: ab\nmap: {record: asset, id: x, time: received}\n", "neither one sign" },
    { "header_lines: 0\nmap: {record: asset, id: x, time: received}\n", "give columns" },
    { "decimal: x\nmap: {record: asset, id: x, time: received}\n", "none of the signs" },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    {
      struct decoded *out = run (cases[i][0], "a,b\n1,2\n");
      ck_assert_msg (out->code != SF_OK && strstr (out->err.message, cases[i][1]), "%s: %s", cases[i][0],
                     out->err.message);
      decode_help_free (out);
    }
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("decode_delimited");
  TCase *tcase = tcase_create ("delimited");
  tcase_add_test (tcase, what_is_not_reported_is_no_zero);
  tcase_add_test (tcase, a_bad_value_costs_itself);
  tcase_add_test (tcase, what_a_row_hangs_on_costs_the_row);
  tcase_add_test (tcase, a_damaged_line_costs_itself_in_gbk);
  tcase_add_test (tcase, tables_of_many_shapes);
  tcase_add_test (tcase, signs_are_never_guessed);
  tcase_add_test (tcase, a_lost_column_is_named);
  tcase_add_test (tcase, other_kinds);
  tcase_add_test (tcase, settings_are_checked);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
