/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_UNIT_BASE_H
#define SF_TESTS_UNIT_BASE_H

#include "core/base/error.h"
#include "core/base/mem.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* expr takes the struct sf_error *err that these two declare. */
#define ck_done(expr)                                                                                                  \
  do                                                                                                                   \
    {                                                                                                                  \
      struct sf_error error_ = { 0 }, *err = &error_;                                                                  \
      enum sf_code code_ = (expr);                                                                                     \
      ck_assert_msg (code_ == SF_OK, "%s: %s: %s", #expr, sf_code_name (code_), error_.message);                       \
    }                                                                                                                  \
  while (0)
#define ck_fails(expr, expected, words)                                                                                \
  do                                                                                                                   \
    {                                                                                                                  \
      struct sf_error error_ = { 0 }, *err = &error_;                                                                  \
      enum sf_code code_ = (expr);                                                                                     \
      ck_assert_msg (code_ == (expected), "%s: %s instead of %s: %s", #expr, sf_code_name (code_), #expected,          \
                     error_.message);                                                                                  \
      ck_assert_int_eq (error_.code, code_);                                                                           \
      ck_assert_msg (strstr (error_.message, words) != NULL, "%s: '%s' is not in: %s", #expr, words, error_.message);  \
    }                                                                                                                  \
  while (0)

/* Run the tests of a NULL-ended list, each between start and stop, where there are some; the program's exit code. */
static inline int
run_fixture (const char *name, void (*start) (void), void (*stop) (void), const TTest *const *tests)
{
  setenv ("CK_DEFAULT_TIMEOUT", "120", 0); /* sanitized builds on a busy machine */
  Suite *suite = suite_create (name);
  TCase *tcase = tcase_create (name);
  if (start || stop)
    tcase_add_checked_fixture (tcase, start, stop);
  for (; *tests; tests++)
    tcase_add_test (tcase, *tests);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

static inline int
run_tests (const char *name, const TTest *const *tests)
{
  return run_fixture (name, NULL, NULL, tests);
}

#endif
