/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/text.h"
#include "tests/unit/base.h"
#include "tests/unit/comma_locale.h"

#include <stdint.h>

/* Bytes from glibc's iconv(1): printf '台风' | iconv -t gbk, and so on. U+20BB7 is in GB18030 with four bytes only. */
#define TYPHOON_GBK "\xCC\xA8\xB7\xE7"
#define TYPHOON_20BB7_GB18030 TYPHOON_GBK "\x95\x34\xB2\x35"
#define TYPHOON_20BB7_UTF16LE "\xF0\x53\xCE\x98\x42\xD8\xB7\xDF"
#define TYPHOON_20BB7_UTF16BE "\x53\xF0\x98\xCE\xD8\x42\xDF\xB7"

static enum sf_code
to_utf8 (struct sf_arena *arena, const char *bytes, size_t length, const char *charset, const char *expected,
         struct sf_error *err)
{
  char *text = NULL;
  size_t text_length = 77;
  SF_TRY (sf_text_to_utf8 (arena, (const uint8_t *) bytes, length, charset, &text, &text_length, err));
  ck_assert_uint_eq (text_length, strlen (expected));
  ck_assert_str_eq (text, expected);
  return SF_OK;
}

#define TO_UTF8(bytes, charset, expected) to_utf8 (&arena, bytes, sizeof (bytes) - 1, charset, expected, err)

START_TEST (charsets_convert)
{
  struct sf_arena arena = { 0 };
  ck_done (TO_UTF8 (TYPHOON_GBK, "gbk", "台风"));
  ck_done (TO_UTF8 (TYPHOON_GBK, "GBK", "台风"));
  ck_done (TO_UTF8 (TYPHOON_20BB7_GB18030, "gb18030", "台风\U00020BB7"));
  ck_done (TO_UTF8 (TYPHOON_20BB7_UTF16LE, "utf-16le", "台风\U00020BB7"));
  ck_done (TO_UTF8 (TYPHOON_20BB7_UTF16BE, "utf-16be", "台风\U00020BB7"));
  ck_done (TO_UTF8 ("台风", "utf-8", "台风"));
  ck_done (TO_UTF8 ("", "gbk", ""));
  ck_done (to_utf8 (&arena, NULL, 0, "utf-8", "", err));
  ck_done (to_utf8 (&arena, NULL, 0, "auto", "", err));
  sf_arena_finish (&arena);
}
END_TEST

START_TEST (auto_finds_the_charset)
{
  struct sf_arena arena = { 0 };
  ck_done (TO_UTF8 ("台风", "auto", "台风"));
  ck_done (TO_UTF8 ("\xEF\xBB\xBF台风", "auto", "台风"));
  ck_done (TO_UTF8 (TYPHOON_GBK, "auto", "台风"));
  ck_done (TO_UTF8 (TYPHOON_20BB7_GB18030, "auto", "台风\U00020BB7"));
  ck_done (TO_UTF8 ("\xFF\xFE" TYPHOON_20BB7_UTF16LE, "auto", "台风\U00020BB7"));
  ck_done (TO_UTF8 ("\xFE\xFF" TYPHOON_20BB7_UTF16BE, "auto", "台风\U00020BB7"));
  ck_done (TO_UTF8 ("\xEF\xBB\xBFplain", "utf-8", "plain"));
  ck_done (TO_UTF8 ("plain", "auto", "plain"));
  sf_arena_finish (&arena);
}
END_TEST

START_TEST (bad_bytes_are_named)
{
  struct sf_arena arena = { 0 };
  ck_fails (TO_UTF8 ("ab\xCC", "gbk", ""), SF_EFORMAT, "byte 2 (0xCC) is not gbk");
  ck_fails (TO_UTF8 ("abc\xFF\xFF", "gb18030", ""), SF_EFORMAT, "byte 3");
  ck_fails (TO_UTF8 ("ab\xB7\xE7", "utf-8", ""), SF_EFORMAT, "byte 2 (0xB7) is not utf-8");
  ck_fails (TO_UTF8 ("\xEF\xBB\xBF"
                     "ab\xB7",
                     "utf-8", ""),
            SF_EFORMAT, "byte 5 (0xB7)");
  ck_fails (TO_UTF8 ("a\0\0\xD8z\0", "utf-16le", ""), SF_EFORMAT, "byte 2");
  ck_fails (TO_UTF8 ("abc", "utf-16le", ""), SF_EFORMAT, "byte 2");
  ck_fails (TO_UTF8 ("abc", "latin-1", ""), SF_EUNSUPPORTED, "latin-1");
  sf_arena_finish (&arena);
}
END_TEST

/* Unicode 15, table 3-7, and the maximal subparts of section 3.9 (C0 AF, E0 80 80, ED A0 80, F0 80.., F4 90, F5). */
START_TEST (utf8_is_what_unicode_says)
{
  static const char *const good[] = { "",
                                      "a",
                                      "\xC2\x80",
                                      "\xDF\xBF",
                                      "\xE0\xA0\x80",
                                      "\xED\x9F\xBF",
                                      "\xEE\x80\x80",
                                      "\xEF\xBF\xBF",
                                      "\xF0\x90\x80\x80",
                                      "\xF4\x8F\xBF\xBF" };
  static const char *const bad[] = { "\x80",
                                     "\xBF",
                                     "\xC0\xAF",
                                     "\xC1\xBF",
                                     "\xC2",
                                     "\xC2\x41",
                                     "\xE0\x9F\xBF",
                                     "\xE0\x80\x80",
                                     "\xED\xA0\x80",
                                     "\xED\xBF\xBF",
                                     "\xE2\x82",
                                     "\xE2\x82\x41",
                                     "\xF0\x8F\xBF\xBF",
                                     "\xF4\x90\x80\x80",
                                     "\xF5\x80\x80\x80",
                                     "\xF0\x90\x80",
                                     "\xFF",
                                     "\xFE" };
  for (size_t i = 0; i < sizeof good / sizeof *good; i++)
    ck_assert_msg (sf_text_is_utf8 ((const uint8_t *) good[i], strlen (good[i])), "good %zu", i);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    ck_assert_msg (!sf_text_is_utf8 ((const uint8_t *) bad[i], strlen (bad[i])), "bad %zu", i);
  ck_assert_uint_eq (sf_text_utf8_prefix ((const uint8_t *) "ab\xE5\x8F", 4), 2);
  ck_assert (sf_text_is_utf8 ((const uint8_t *) "a\0b", 3));
}
END_TEST

static void
check_doubles (void)
{
  static const struct
  {
    const char *text;
    double value;
  } good[] = { { "19.9", 19.9 },
               { " -0.5\t", -0.5 },
               { "+7", 7 },
               { "1e3", 1000 },
               { ".5", 0.5 },
               { "5.", 5 },
               { "1E-2", 0.01 },
               { "0", 0 },
               { "1.7976931348623157e308", 1.7976931348623157e308 },
               { "1e-400", 0 },
               { "123456789012345678901234567890", 123456789012345678901234567890.0 } };
  static const char *const bad[] = { "",     " ",   ".",   "-",         "+-1", "1,5", "1.5.2", "1e",     "1e+",
                                     "0x10", "nan", "inf", "-infinity", "1 2", "12a", "1e999", "-1e400", "１" };
  for (size_t i = 0; i < sizeof good / sizeof *good; i++)
    {
      double value = -77;
      ck_assert_msg (sf_text_parse_double (sf_span_of (good[i].text), &value), "'%s'", good[i].text);
      ck_assert_double_eq (value, good[i].value);
    }
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    {
      double value = -77;
      ck_assert_msg (!sf_text_parse_double (sf_span_of (bad[i]), &value), "'%s'", bad[i]);
      ck_assert_double_eq (value, -77);
    }
}

START_TEST (doubles)
{
  check_doubles ();
  double value = -77;
  ck_assert (sf_text_parse_double ((struct sf_span){ "19.95", 4 }, &value));
  ck_assert_double_eq (value, 19.9);
  ck_assert (!sf_text_parse_double ((struct sf_span){ "1\0"
                                                      "2",
                                                      3 },
                                    &value));
  ck_assert (!sf_text_parse_double ((struct sf_span){ NULL, 0 }, &value));
  char long_number[2000];
  memset (long_number, '1', sizeof long_number);
  ck_assert (!sf_text_parse_double ((struct sf_span){ long_number, sizeof long_number }, &value));
  ck_assert_double_eq (value, 19.9);
}
END_TEST

START_TEST (numbers_ignore_the_locale)
{
  use_comma_locale ();
  check_doubles ();
  struct sf_strbuf buf = { 0 };
  sf_strbuf_addf (&buf, "%.2f|%g", 1234.5, 0.25);
  ck_assert_str_eq (buf.text, "1234.50|0.25");
  sf_strbuf_finish (&buf);
  char shown[16];
  snprintf (shown, sizeof shown, "%.1f", 1.5);
  ck_assert_str_eq (shown, "1,5");
}
END_TEST

START_TEST (ints)
{
  static const struct
  {
    const char *text;
    int64_t value;
  } good[] = { { "0", 0 },
               { " 42 ", 42 },
               { "-1", -1 },
               { "+9", 9 },
               { "0007", 7 },
               { "9223372036854775807", INT64_MAX },
               { "-9223372036854775808", INT64_MIN } };
  static const char *const bad[]
      = { "", "-", "1.0", "1e3", "0x1", "9223372036854775808", "-9223372036854775809", "1 2", "a" };
  for (size_t i = 0; i < sizeof good / sizeof *good; i++)
    {
      int64_t value = 77;
      ck_assert_msg (sf_text_parse_int (sf_span_of (good[i].text), &value), "'%s'", good[i].text);
      ck_assert_int_eq (value, good[i].value);
    }
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    {
      int64_t value = 77;
      ck_assert_msg (!sf_text_parse_int (sf_span_of (bad[i]), &value), "'%s'", bad[i]);
      ck_assert_int_eq (value, 77);
    }
}
END_TEST

START_TEST (bools)
{
  bool value = false;
  ck_assert (sf_text_parse_bool (sf_span_of (" yes "), &value) && value);
  ck_assert (sf_text_parse_bool (sf_span_of ("off"), &value) && !value);
  ck_assert (sf_text_parse_bool (sf_span_of ("true"), &value) && value);
  ck_assert (sf_text_parse_bool (sf_span_of ("false"), &value) && !value);
  ck_assert (!sf_text_parse_bool (sf_span_of ("1"), &value));
  ck_assert (!sf_text_parse_bool (sf_span_of ("True"), &value));
  ck_assert (!sf_text_parse_bool (sf_span_of (""), &value));
}
END_TEST

static void
check_span (struct sf_span span, const char *expected)
{
  ck_assert_msg (sf_span_equal (span, expected), "'%.*s' is not '%s'", (int) span.length, span.text, expected);
}

START_TEST (lines)
{
  static const char *const expected[] = { "66666 0000", "", "third", "last" };
  struct sf_span rest = sf_span_of ("66666 0000\r\n\nthird\nlast"), line;
  long number = 0;
  for (int i = 0; i < 4; i++)
    {
      ck_assert (sf_text_next_line (&rest, &line, &number));
      check_span (line, expected[i]);
      ck_assert_int_eq (number, i + 1);
    }
  ck_assert (!sf_text_next_line (&rest, &line, &number));
  ck_assert_int_eq (number, 4);
  rest = sf_span_of ("one\n");
  ck_assert (sf_text_next_line (&rest, &line, &number));
  ck_assert (!sf_text_next_line (&rest, &line, &number));
}
END_TEST

START_TEST (words)
{
  static const char *const expected[] = { "2014071806", "4", "195" };
  struct sf_span rest = sf_span_of ("  2014071806\t4   195 "), word;
  for (int i = 0; i < 3; i++)
    {
      ck_assert (sf_text_next_word (&rest, &word));
      check_span (word, expected[i]);
    }
  ck_assert (!sf_text_next_word (&rest, &word));
}
END_TEST

/* The fields of text, one joined by '|'. */
static const char *
fields_of (struct sf_strbuf *buf, const char *text)
{
  struct sf_span rest = sf_span_of (text), field;
  sf_strbuf_reset (buf);
  for (int n = 0; sf_text_next_field (&rest, ',', &field); n++)
    {
      if (n)
        sf_strbuf_add (buf, "|");
      sf_strbuf_add_bytes (buf, field.text, field.length);
    }
  return buf->text;
}

/* Cases of RFC 4180, section 2. */
START_TEST (fields)
{
  struct sf_strbuf buf = { 0 };
  ck_assert_str_eq (fields_of (&buf, "aaa,bbb,ccc"), "aaa|bbb|ccc");
  ck_assert_str_eq (fields_of (&buf, "a,,b"), "a||b");
  ck_assert_str_eq (fields_of (&buf, "a,"), "a|");
  ck_assert_str_eq (fields_of (&buf, ""), "");
  ck_assert_str_eq (fields_of (&buf, "\"aaa\",\"b,bb\",ccc"), "aaa|b,bb|ccc");
  ck_assert_str_eq (fields_of (&buf, "\"b\"\"bb\",c"), "b\"\"bb|c");
  ck_assert_str_eq (fields_of (&buf, "\"\",x"), "|x");
  ck_assert_str_eq (fields_of (&buf, "\"a,b\"x,c"), "\"a,b\"x|c");
  ck_assert_str_eq (fields_of (&buf, "\"open,c"), "\"open|c");
  ck_assert_str_eq (fields_of (&buf, "\",\""), ",");
  sf_strbuf_finish (&buf);
}
END_TEST

START_TEST (spans)
{
  check_span (sf_span_trim (sf_span_of (" \t a b\r\n")), "a b");
  check_span (sf_span_trim (sf_span_of ("  ")), "");
  ck_assert (!sf_span_equal (sf_span_of ("ab"), "abc"));
  ck_assert (!sf_span_equal (sf_span_of ("abd"), "abc"));
  ck_assert_uint_eq (sf_span_of (NULL).length, 0);
}
END_TEST

START_TEST (nearest_names)
{
  static const char *const names[] = { "profile", "radius", "step", "grid", "wind_cube", "x" };
  ck_assert_str_eq (sf_text_nearest ("profil", names, 6), "profile");
  ck_assert_str_eq (sf_text_nearest ("porfile", names, 6), "profile");
  ck_assert_str_eq (sf_text_nearest ("Radius", names, 6), "radius");
  ck_assert_str_eq (sf_text_nearest ("girds", names, 6), "grid");
  ck_assert_str_eq (sf_text_nearest ("wind-cube", names, 6), "wind_cube");
  ck_assert_ptr_null (sf_text_nearest ("pressure", names, 6));
  ck_assert_ptr_null (sf_text_nearest ("ab", names, 6));
  ck_assert_ptr_null (sf_text_nearest ("", names, 6));
  ck_assert_ptr_null (sf_text_nearest ("profile", names, 0));
  char long_name[300];
  memset (long_name, 'a', sizeof long_name - 1);
  long_name[sizeof long_name - 1] = '\0';
  ck_assert_ptr_null (sf_text_nearest (long_name, names, 6));
}
END_TEST

static void
ck_excerpt (const char *bytes, size_t length, size_t most, const char *expected)
{
  struct sf_strbuf buf = { 0 };
  sf_strbuf_add (&buf, ">");
  sf_strbuf_add_excerpt (&buf, bytes, length, most);
  ck_assert (!buf.failed);
  ck_assert_str_eq (buf.text + 1, expected);
  sf_strbuf_finish (&buf);
}

#define CK_EXCERPT(bytes, most, expected) ck_excerpt (bytes, sizeof (bytes) - 1, most, expected)

START_TEST (excerpts_are_printable)
{
  CK_EXCERPT ("", 8, "");
  CK_EXCERPT ("Hainan ~", 8, "Hainan ~");
  CK_EXCERPT ("Hainan ~!", 8, "Hainan ~...");
  CK_EXCERPT ("a\tb\0\x7F\n", 8, "a\\x09b\\x00\\x7f\\x0a");
  CK_EXCERPT ("台风", 6, "台风");
  CK_EXCERPT ("台风", 5, "台...");
  CK_EXCERPT ("台风", 2, "...");
  CK_EXCERPT (TYPHOON_GBK, 8, "\\xcc\\xa8\\xb7\\xe7");
  CK_EXCERPT ("台\xFF", 8, "\\xe5\\x8f\\xb0\\xff");
}
END_TEST

START_TEST (strbuf_grows_and_fails_once)
{
  struct sf_strbuf buf = { 0 };
  for (int i = 0; i < 1000; i++)
    sf_strbuf_addf (&buf, "%d,", i % 10);
  ck_assert_uint_eq (buf.length, 2000);
  ck_assert_str_eq (buf.text + 1996, "8,9,");
  sf_strbuf_reset (&buf);
  ck_assert_str_eq (buf.text, "");
  sf_strbuf_finish (&buf);
  ck_assert_ptr_null (buf.text);
  sf_mem_fail_at (1, 0);
  sf_strbuf_add (&buf, "lost");
  sf_strbuf_add (&buf, "ignored");
  sf_mem_fail_at (0, 0);
  ck_assert (buf.failed);
  ck_assert_ptr_null (buf.text);
  sf_strbuf_reset (&buf);
  sf_strbuf_add (&buf, "");
  ck_assert_str_eq (buf.text, "");
  sf_strbuf_finish (&buf);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { charsets_convert,
                                 auto_finds_the_charset,
                                 bad_bytes_are_named,
                                 utf8_is_what_unicode_says,
                                 doubles,
                                 numbers_ignore_the_locale,
                                 ints,
                                 bools,
                                 lines,
                                 words,
                                 fields,
                                 spans,
                                 nearest_names,
                                 strbuf_grows_and_fails_once,
                                 excerpts_are_printable,
                                 NULL };
  return run_tests ("text", tests);
}
