/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/decode/mapping_place.h"
#include "plugins/decode/mapping_time.h"
#include "plugins/decode/mapping_units.h"

#include "core/base/time.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Expected values: the SI brochure, NIST SP 811 Appendix B (knot, mile, mmHg), and by hand. */
START_TEST (units_become_what_tables_say)
{
  static const struct
  {
    const char *from, *to;
    double value, expected;
  } cases[] = {
    { "cm", "m", 31.5, 0.315 },
    { "mm", "m", 7, 0.007 },
    { "km/h", "m s-1", 36, 10 },
    { "kn", "m s-1", 36, 18.52 },
    { "mmHg", "hPa", 760, 1013.250144354 },
    { "Pa", "hPa", 94399.23, 943.9923 },
    { "万m3", "m3", 1.5, 15000 },
    { "10^6 m3", "m3", 12.345, 12345000 },
    { "亿立方米", "m3", 2, 2e8 },
    { "degF", "degC", 212, 100 },
    { "K", "degC", 309.5, 36.35 },
    { "dBZ", "dBZ", 12.3, 12.3 },
    { "ft", "m", 1, 0.3048 },
    { "mm/min", "mm h-1", 0.5, 30 },
    { "%", "1", 12.5, 0.125 },
    { "万户", "1", 51.2034, 512034 },
    { "mV", "V", 3600, 3.6 },
    { "nmi", "km", 1, 1.852 },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    {
      struct sf_unit_conversion conversion;
      ck_assert_msg (sf_unit_find (cases[i].from, cases[i].to, &conversion), "%s to %s", cases[i].from, cases[i].to);
      ck_assert_double_eq_tol (sf_unit_convert (&conversion, cases[i].value), cases[i].expected,
                               1e-7 * fabs (cases[i].expected));
    }
}
END_TEST

/* A decimal of the source stays that decimal. */
START_TEST (units_keep_decimals)
{
  struct sf_unit_conversion conversion;
  ck_assert (sf_unit_find ("cm", "m", &conversion));
  ck_assert_double_eq (sf_unit_convert (&conversion, 31.5), 0.315);
  ck_assert (sf_unit_find ("10^6 m3", "m3", &conversion));
  ck_assert_double_eq (sf_unit_convert (&conversion, 12.345), 12345000);
  ck_assert (sf_unit_find ("mV", "V", &conversion));
  ck_assert_double_eq (sf_unit_convert (&conversion, 3600), 3.6);
}
END_TEST

START_TEST (units_of_other_kinds_are_refused)
{
  struct sf_unit_conversion conversion;
  ck_assert (!sf_unit_find ("m", "hPa", &conversion));
  ck_assert (!sf_unit_find ("furlong", "m", &conversion));
  ck_assert (!sf_unit_find ("m", "m s-1", &conversion));
  ck_assert_str_eq (sf_unit_nearest ("km/hr"), "km/h");
}
END_TEST

static enum sf_code
read_time (const char *settings, const char *text, int64_t *ret_time_s)
{
  struct sf_arena arena = { 0 };
  struct sf_yaml *node = NULL;
  struct sf_time_format format;
  struct sf_error err = { 0 };
  enum sf_code code = sf_yaml_parse (&arena, "t", (const uint8_t *) settings, strlen (settings), &node, &err);
  ck_assert_int_eq (code, SF_OK);
  code = sf_time_format_parse (node, &format, &err);
  if (code != SF_OK)
    *ret_time_s = -1;
  else
    code = sf_time_format_read (&format, sf_span_of (text), ret_time_s);
  sf_arena_finish (&arena);
  return code;
}

/* Seconds as GNU date gives them: date -d '2024-09-06 18:00 +0800' +%s = 1725616800. */
START_TEST (times_are_read)
{
  static const struct
  {
    const char *settings, *text;
    int64_t expected_s;
  } cases[] = {
    { "{format: \"%Y-%m-%d %H:%M\", zone: \"+08:00\"}", "2024-09-06 18:00", 1725616800 },
    { "{format: \"%Y/%m/%d %H:%M:%S\", zone: BJT}", "2024/9/6 18:0:0", 1725616800 },
    { "{format: compact, zone: BJT}", "20240906180000", 1725616800 },
    { "{format: epoch_s}", "1725616800", 1725616800 },
    { "{format: epoch_ms}", "1725616800123", 1725616800 },
    { "{format: epoch_s}", "1725616800.75", 1725616800 },
    { "{format: epoch_ms}", "-1", -1 },
    { "{zone: in_data}", "2024-09-06T10:00:00Z", 1725616800 },
    { "{zone: Z}", "2024-09-06 10:00:00.1810554", 1725616800 },
    { "{format: \"%Y-%m-%d %H:%M\", zone: Z}", "2024-09-05 24:00", 1725580800 },
    { "{format: \"%y %m %d %H %M\", zone: \"-05:30\"}", "24   09 06 04 30", 1725616800 },
    { "{format: \"%Y年%m月%d日%H时\", zone: BJT}", "2024年9月6日18时", 1725616800 },
    { "{format: \"%Y-%m-%d %H:%M:%S.%f\", zone: BJT}", "2024-09-06 18:00:00.1810554", 1725616800 },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    {
      int64_t time_s = 0;
      ck_assert_msg (read_time (cases[i].settings, cases[i].text, &time_s) == SF_OK, "%s", cases[i].text);
      ck_assert_msg (time_s == cases[i].expected_s, "%s: %lld", cases[i].text, (long long) time_s);
    }
}
END_TEST

START_TEST (what_is_no_time_is_refused)
{
  static const char *const cases[][2] = {
    { "{format: \"%Y-%m-%d %H:%M\", zone: BJT}", "2024-13-06 18:00" },
    { "{format: \"%Y-%m-%d %H:%M\", zone: BJT}", "2024-02-30 18:00" },
    { "{format: \"%Y-%m-%d %H:%M\", zone: BJT}", "2024-09-06 24:01" },
    { "{format: \"%Y-%m-%d %H:%M\", zone: BJT}", "2024-09-06 18:00 x" },
    { "{format: \"%Y-%m-%d %H:%M\", zone: BJT}", "" },
    { "{format: epoch_s}", "99999999999999" },
    { "{format: compact, zone: BJT}", "2024090" },
    { "{zone: in_data}", "2024-09-06 18:00" },
  };
  int64_t time_s;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    ck_assert_msg (read_time (cases[i][0], cases[i][1], &time_s) != SF_OK, "%s", cases[i][1]);
  ck_assert_msg (read_time ("{format: \"%Y-%m-%d\"}", "2024-09-06", &time_s) == SF_EINVAL, "no zone");
  ck_assert_msg (read_time ("{format: epoch_s, zone: BJT}", "1", &time_s) == SF_EINVAL, "a zone too many");
  ck_assert_msg (read_time ("{format: \"%H:%M\", zone: BJT}", "1", &time_s) == SF_EINVAL, "no date");
  ck_assert_msg (read_time ("{format: \"%Y%m%d %Q\", zone: BJT}", "1", &time_s) == SF_EINVAL, "%%Q");
}
END_TEST

/* By hand: 123 + 30.04 / 60; 30 + 2 / 60 + 6 / 3600. */
START_TEST (angles_are_read)
{
  static const struct
  {
    const char *text;
    double expected_deg;
  } cases[] = {
    { "123°30.04′E", 123.50066666666667 },
    { "E123°30′", 123.5 },
    { "30°02′06″N", 30.035 },
    { "18 15.5 S", -18.258333333333333 },
    { "-18 15 30", -18.258333333 },
    { "110.25", 110.25 },
    { "123度30分36秒", 123.51 },
    { "W 5°", -5 },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    {
      double deg = NAN;
      ck_assert_msg (sf_place_parse_dms (sf_span_of (cases[i].text), &deg), "%s", cases[i].text);
      ck_assert_double_eq_tol (deg, cases[i].expected_deg, 1e-8);
    }
  static const char *const bad[]
      = { "", "E", "123°60′E", "123.5°30′", "-123°30′E", "1 2 3 4", "123°30.04′E x", "12°-3′", "NE12", "′30" };
  double deg;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    ck_assert_msg (!sf_place_parse_dms (sf_span_of (bad[i]), &deg), "%s", bad[i]);
}
END_TEST

START_TEST (counties_are_told_by_edition)
{
  ck_assert_str_eq (sf_place_of_adcode_2020 (sf_span_of ("469025")), "白沙黎族自治县");
  ck_assert_str_eq (sf_place_of_adcode_2020 (sf_span_of ("469021")), "定安县");
  ck_assert_ptr_null (sf_place_of_adcode_2020 (sf_span_of ("469003")));
  ck_assert (sf_place_is_named ("海口市", sf_span_of ("海口")));
  ck_assert (sf_place_is_named ("白沙黎族自治县", sf_span_of ("白沙县")));
  ck_assert (!sf_place_is_named ("白沙黎族自治县", sf_span_of ("定安县")));
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("mapping_parts");
  TCase *tcase = tcase_create ("parts");
  tcase_add_test (tcase, units_become_what_tables_say);
  tcase_add_test (tcase, units_keep_decimals);
  tcase_add_test (tcase, units_of_other_kinds_are_refused);
  tcase_add_test (tcase, times_are_read);
  tcase_add_test (tcase, what_is_no_time_is_refused);
  tcase_add_test (tcase, angles_are_read);
  tcase_add_test (tcase, counties_are_told_by_edition);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
