/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/transport/postgres_poll/postgres_poll.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct sf_key
key_of (uint32_t i)
{
  struct sf_key key = { 0 };
  struct sf_error err;
  ck_assert_int_eq (sf_key_of_bytes (&i, sizeof i, &key, &err), SF_OK);
  return key;
}

START_TEST (what_was_added_is_known)
{
  struct known_rows rows = { 0 };
  struct sf_key key = key_of (0);
  ck_assert (!known_rows_has (&rows, &key));
  for (uint32_t i = 0; i < 5000; i++)
    {
      key = key_of (i);
      ck_assert (known_rows_add (&rows, &key) && known_rows_add (&rows, &key));
    }
  ck_assert_uint_eq (rows.count, 5000);
  for (uint32_t i = 0; i < 10000; i++)
    {
      key = key_of (i);
      ck_assert_int_eq (known_rows_has (&rows, &key), i < 5000);
    }
  known_rows_clear (&rows);
  key = key_of (7);
  ck_assert (!known_rows_has (&rows, &key));
  ck_assert (known_rows_add (&rows, &key) && known_rows_has (&rows, &key));
  known_rows_finish (&rows);
}
END_TEST

/* Keys that want the same slot stand behind each other. */
START_TEST (equal_beginnings_are_told_apart)
{
  struct known_rows rows = { 0 };
  struct sf_key key = { { 1 } };
  for (unsigned char i = 0; i < 100; i++)
    {
      key.bytes[sizeof key.bytes - 1] = i;
      ck_assert (known_rows_add (&rows, &key));
    }
  ck_assert_uint_eq (rows.count, 100);
  key.bytes[sizeof key.bytes - 1] = 100;
  ck_assert (!known_rows_has (&rows, &key));
  known_rows_finish (&rows);
}
END_TEST

START_TEST (memory_may_be_out)
{
  struct known_rows rows = { 0 };
  struct sf_key key = key_of (1);
  sf_mem_fail_at (1, 0);
  ck_assert (!known_rows_add (&rows, &key));
  sf_mem_fail_at (0, 0);
  ck_assert (!known_rows_has (&rows, &key) && known_rows_add (&rows, &key));
  known_rows_finish (&rows);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("known_rows");
  TCase *tcase = tcase_create ("rows");
  tcase_add_test (tcase, what_was_added_is_known);
  tcase_add_test (tcase, equal_beginnings_are_told_apart);
  tcase_add_test (tcase, memory_may_be_out);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
