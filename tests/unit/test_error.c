/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/base.h"

START_TEST (fail_fills_and_returns)
{
  struct sf_error err = { 0 };
  ck_assert_int_eq (sf_fail (&err, SF_EFORMAT, "%s:%d: bad", "track.txt", 7), SF_EFORMAT);
  ck_assert_int_eq (err.code, SF_EFORMAT);
  ck_assert_str_eq (err.message, "track.txt:7: bad");
  ck_assert_int_eq (sf_fail (NULL, SF_EIO, "nobody reads this"), SF_EIO);
}
END_TEST

START_TEST (prefix_goes_before)
{
  struct sf_error err = { 0 };
  sf_fail (&err, SF_ERANGE, "too large");
  ck_assert_int_eq (sf_error_prefix (&err, SF_ERANGE, "line %d", 3), SF_ERANGE);
  ck_assert_str_eq (err.message, "line 3: too large");
  ck_assert_int_eq (sf_error_prefix (NULL, SF_ERANGE, "line"), SF_ERANGE);
}
END_TEST

START_TEST (arguments_may_be_the_message_itself)
{
  struct sf_error err = { 0 };
  sf_fail (&err, SF_EIO, "disk");
  sf_fail (&err, SF_EIO, "%s full", err.message);
  ck_assert_str_eq (err.message, "disk full");
}
END_TEST

/* U+53F0 is E5 8F B0: 511 bytes hold 170 of them and one byte, two bytes or none of the next. */
START_TEST (cut_at_a_whole_character)
{
  for (int lead = 0; lead < 3; lead++)
    {
      struct sf_error err = { 0 };
      char text[700] = "";
      memset (text, 'x', (size_t) lead);
      for (size_t i = 0; i < 200; i++)
        memcpy (text + lead + 3 * i, "\xE5\x8F\xB0", 4);
      sf_fail (&err, SF_EIO, "%s", text);
      size_t length = strlen (err.message);
      ck_assert_uint_eq (length, (size_t) lead + (511 - (size_t) lead) / 3 * 3);
      ck_assert_int_eq (memcmp (err.message + length - 3, "\xE5\x8F\xB0", 3), 0);
      sf_error_prefix (&err, SF_EIO, "12");
      length = strlen (err.message);
      ck_assert_int_eq (memcmp (err.message + length - 3, "\xE5\x8F\xB0", 3), 0);
    }
}
END_TEST

START_TEST (every_code_has_name_and_both_texts)
{
#define CHECK_CODE(name, en, zh)                                                                                       \
  ck_assert_str_eq (sf_code_name (name), #name);                                                                       \
  ck_assert_str_eq (sf_code_text (name, 0), en);                                                                       \
  ck_assert_str_eq (sf_code_text (name, 1), zh);                                                                       \
  ck_assert_str_ne (sf_code_text (name, 0), "");                                                                       \
  ck_assert_int_ge ((unsigned char) sf_code_text (name, 1)[0], 0xE0);
  SF_CODES (CHECK_CODE)
#undef CHECK_CODE
  ck_assert_str_eq (sf_code_name ((enum sf_code) 999), "SF_UNKNOWN");
  ck_assert_str_eq (sf_code_text ((enum sf_code) 999, 0), "unknown error");
}
END_TEST

static enum sf_code
try_twice (int *steps)
{
  SF_TRY (SF_OK);
  ++*steps;
  SF_TRY (SF_ECANCELLED);
  ++*steps;
  return SF_OK;
}

START_TEST (try_returns_at_the_first_failure)
{
  int steps = 0;
  ck_assert_int_eq (try_twice (&steps), SF_ECANCELLED);
  ck_assert_int_eq (steps, 1);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { fail_fills_and_returns,
                                 prefix_goes_before,
                                 arguments_may_be_the_message_itself,
                                 cut_at_a_whole_character,
                                 every_code_has_name_and_both_texts,
                                 try_returns_at_the_first_failure,
                                 NULL };
  return run_tests ("error", tests);
}
