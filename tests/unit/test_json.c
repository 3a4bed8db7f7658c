/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/json.h"
#include "tests/unit/base.h"
#include "tests/unit/comma_locale.h"

#include <float.h>
#include <jansson.h>
#include <math.h>
#include <stdint.h>

static void
write_sample (struct sf_json *json)
{
  sf_json_begin_object (json);
  sf_json_put_string (json, "name", "Rammasun 威马逊");
  sf_json_put_double (json, "pressure_hpa", 888.5);
  sf_json_put_double (json, "missing", NAN);
  sf_json_put_int (json, "least", INT64_MIN);
  sf_json_put_bool (json, "official", true);
  sf_json_put_time (json, "time", 1405663200);
  sf_json_put_time (json, "never", INT64_MIN);
  sf_json_put_string (json, "nobody", NULL);
  sf_json_key (json, "list");
  sf_json_begin_array (json);
  sf_json_int (json, 1);
  sf_json_begin_object (json);
  sf_json_end_object (json);
  sf_json_begin_array (json);
  sf_json_end_array (json);
  sf_json_bool (json, false);
  sf_json_null (json);
  sf_json_fixed (json, 19.96, 1);
  sf_json_end_array (json);
  sf_json_end_object (json);
}

START_TEST (one_line)
{
  struct sf_strbuf buf = { 0 };
  struct sf_json json = { .out = &buf };
  write_sample (&json);
  ck_assert_str_eq (buf.text, "{\"name\":\"Rammasun 威马逊\",\"pressure_hpa\":888.5,\"missing\":null,"
                              "\"least\":-9223372036854775808,\"official\":true,\"time\":\"2014-07-18T06:00:00Z\","
                              "\"never\":null,\"nobody\":null,\"list\":[1,{},[],false,null,20.0]}");
  sf_strbuf_reset (&buf);
  sf_json_int (&json, 1);
  sf_json_int (&json, 2);
  ck_assert_str_eq (buf.text, "12");
  sf_strbuf_reset (&buf);
  sf_json_begin_array (&json);
  for (int i = 0; i < 2; i++)
    {
      sf_json_begin_object (&json);
      sf_json_put_int (&json, "i", i);
      sf_json_end_object (&json);
    }
  sf_json_end_array (&json);
  ck_assert_str_eq (buf.text, "[{\"i\":0},{\"i\":1}]");
  sf_strbuf_finish (&buf);
}
END_TEST

START_TEST (indented_text_means_the_same)
{
  struct sf_strbuf line = { 0 }, page = { 0 };
  struct sf_json json = { .out = &line }, pretty = { .out = &page, .indent = 2 };
  write_sample (&json);
  write_sample (&pretty);
  ck_assert_ptr_nonnull (strstr (page.text, "{\n  \"name\": \"Rammasun"));
  ck_assert_ptr_nonnull (strstr (page.text, "\n    {},\n    [],\n"));
  json_t *a = json_loads (line.text, JSON_REJECT_DUPLICATES, NULL),
         *b = json_loads (page.text, JSON_REJECT_DUPLICATES, NULL);
  ck_assert (a && b && json_equal (a, b));
  json_decref (a);
  json_decref (b);
  sf_strbuf_finish (&line);
  sf_strbuf_finish (&page);
}
END_TEST

/* jansson reads back each character from 1 to 0x7F and some above. */
START_TEST (texts_come_back)
{
  char text[200] = "";
  for (int c = 1; c < 128; c++)
    text[c - 1] = (char) c;
  snprintf (text + 127, sizeof text - 127, "é台\U0001F300");
  struct sf_strbuf buf = { 0 };
  struct sf_json json = { .out = &buf };
  sf_json_string (&json, text);
  for (size_t i = 0; i < buf.length; i++)
    ck_assert_uint_ge ((unsigned char) buf.text[i], 0x20);
  json_t *read = json_loads (buf.text, JSON_DECODE_ANY, NULL);
  ck_assert_str_eq (json_string_value (read), text);
  json_decref (read);
  sf_strbuf_reset (&buf);
  sf_json_string (&json, "a\xFF"
                         "b\xE5\x8F");
  ck_assert_str_eq (buf.text, "\"a\uFFFD"
                              "b\uFFFD\uFFFD\"");
  sf_strbuf_finish (&buf);
}
END_TEST

static void
check_double (double value, const char *expected)
{
  struct sf_strbuf buf = { 0 };
  sf_strbuf_add_double (&buf, value);
  ck_assert_str_eq (buf.text, expected);
  sf_strbuf_finish (&buf);
}

/* Digits as Python 3.11's repr () writes them (David Gay's shortest). */
START_TEST (shortest_doubles)
{
  check_double (19.9, "19.9");
  check_double (0.1 + 0.2, "0.30000000000000004");
  check_double (1.0 / 3, "0.3333333333333333");
  check_double (5e-324, "5e-324");
  check_double (2.2250738585072014e-308, "2.2250738585072014e-308");
  check_double (DBL_MAX, "1.7976931348623157e+308");
  check_double (9007199254740993.0, "9007199254740992");
  check_double (100000, "100000");
  check_double (-0.0, "-0");
  check_double (1e22, "1e+22");
}
END_TEST

static uint64_t
next_random (uint64_t *state)
{
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state;
}

/* libc's strtod and jansson read the same double back from the text, for random bits (xorshift64, seed below). */
START_TEST (doubles_come_back)
{
  uint64_t state = UINT64_C (88172645463325252);
  for (int i = 0; i < 20000; i++)
    {
      uint64_t bits = next_random (&state);
      double value;
      memcpy (&value, &bits, sizeof value);
      if (!isfinite (value))
        continue;
      struct sf_strbuf buf = { 0 };
      sf_strbuf_add_double (&buf, value);
      ck_assert_msg (strtod (buf.text, NULL) == value, "%a: %s", value, buf.text);
      json_t *read = json_loads (buf.text, JSON_DECODE_ANY, NULL);
      ck_assert_msg (read && json_number_value (read) == value, "%a: %s", value, buf.text);
      json_decref (read);
      sf_strbuf_finish (&buf);
    }
}
END_TEST

START_TEST (fixed_decimals)
{
  static const struct
  {
    double value;
    int decimals;
    const char *text;
  } cases[] = { { 19.96, 1, "20.0" }, { -0.04, 1, "0.0" },      { -0.4, 0, "0" },        { -0.06, 1, "-0.1" },
                { NAN, 2, "null" },   { -INFINITY, 2, "null" }, { 111.125, 2, "111.12" } };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    {
      struct sf_strbuf buf = { 0 };
      struct sf_json json = { .out = &buf };
      sf_json_fixed (&json, cases[i].value, cases[i].decimals);
      ck_assert_str_eq (buf.text, cases[i].text);
      sf_strbuf_finish (&buf);
    }
}
END_TEST

START_TEST (a_comma_locale_changes_nothing)
{
  use_comma_locale ();
  check_double (19.9, "19.9");
  check_double (1.0 / 3, "0.3333333333333333");
  struct sf_strbuf buf = { 0 };
  struct sf_json json = { .out = &buf };
  sf_json_fixed (&json, 1234567.25, 2);
  ck_assert_str_eq (buf.text, "1234567.25");
  sf_strbuf_finish (&buf);
}
END_TEST

START_TEST (too_deep_or_unbalanced_fails)
{
  struct sf_strbuf buf = { 0 };
  struct sf_json json = { .out = &buf };
  for (int i = 0; i < 63; i++)
    sf_json_begin_array (&json);
  sf_json_int (&json, 1);
  sf_json_int (&json, 2);
  ck_assert (!buf.failed);
  ck_assert_str_eq (buf.text + 63, "1,2");
  sf_json_begin_array (&json);
  ck_assert (buf.failed);
  sf_strbuf_finish (&buf);
  struct sf_json other = { .out = &buf };
  sf_json_end_object (&other);
  ck_assert (buf.failed);
  sf_strbuf_finish (&buf);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { one_line,
                                 indented_text_means_the_same,
                                 texts_come_back,
                                 shortest_doubles,
                                 doubles_come_back,
                                 fixed_decimals,
                                 a_comma_locale_changes_nothing,
                                 too_deep_or_unbalanced_fails,
                                 NULL };
  return run_tests ("json", tests);
}
