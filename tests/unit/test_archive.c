/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/export/archive.h"

#include "core/base/file.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct sf_error err;
static char folder[64];

#define ASSERT_OK(expr) ck_assert_msg ((expr) == SF_OK, "%s", err.message)

static void
setup (void)
{
  strcpy (folder, "/tmp/sf-archive-XXXXXX");
  ck_assert_ptr_nonnull (mkdtemp (folder));
}

static void
teardown (void)
{
  sf_file_remove_tree (folder, NULL);
}

static struct sf_key
key_of (int64_t number)
{
  struct sf_key key;
  ASSERT_OK (sf_key_of_bytes (&number, sizeof number, &key, &err));
  return key;
}

/* More than a million different contents: the first 2^20 are found under their numbers, the others are not, and adding them
   changes nothing. */
START_TEST (test_contents)
{
  enum
  {
    FIRST = 1 << 20,
    MORE = 1000
  };
  struct sf_archive_contents contents = { 0 };
  int64_t found = -7;
  struct sf_key key = key_of (0);
  ck_assert (!sf_archive_contents_find (&contents, &key, &found));
  for (int64_t i = 0; i < FIRST + MORE; i++)
    {
      key = key_of (i);
      ASSERT_OK (sf_archive_contents_add (&contents, &key, 3 * i, &err));
    }
  for (int64_t i = 0; i < FIRST + MORE; i += 499)
    {
      key = key_of (i);
      found = -7;
      ck_assert_int_eq (sf_archive_contents_find (&contents, &key, &found), i < FIRST);
      ck_assert_int_eq (found, i < FIRST ? 3 * i : -7);
    }
  sf_archive_contents_finish (&contents);
}
END_TEST

START_TEST (test_contents_without_memory)
{
  struct sf_archive_contents contents = { 0 };
  struct sf_key key = key_of (1);
  int64_t found;
  sf_mem_fail_at (1, 0);
  ck_assert_int_eq (sf_archive_contents_add (&contents, &key, 5, &err), SF_ENOMEM);
  sf_mem_fail_at (0, 0);
  ASSERT_OK (sf_archive_contents_add (&contents, &key, 5, &err));
  ck_assert (sf_archive_contents_find (&contents, &key, &found) && found == 5);
  sf_archive_contents_finish (&contents);
}
END_TEST

static size_t
names_in_folder (void)
{
  struct sf_arena arena = { 0 };
  char **names;
  size_t count = 0;
  ASSERT_OK (sf_file_list (&arena, folder, &names, &count, &err));
  sf_arena_finish (&arena);
  return count;
}

/* Nothing is to be seen at its place before the commit, and nothing else after it or after a drop. */
START_TEST (test_file)
{
  struct sf_archive_file file = { 0 };
  ASSERT_OK (sf_archive_begin (&file, folder, "a.x", &err));
  ASSERT_OK (sf_file_write (file.temporary.text, "new", 3, &err));
  ck_assert (!sf_file_exists (file.path.text));
  if (_i)
    ASSERT_OK (sf_archive_commit (&file, &err));
  char *path = sf_mem_strdup (file.path.text);
  sf_archive_drop (&file);
  ck_assert_int_eq (sf_file_exists (path), _i);
  ck_assert_uint_eq (names_in_folder (), (size_t) _i);
  sf_mem_free (path);
}
END_TEST

START_TEST (test_file_that_cannot_be)
{
  struct sf_archive_file file = { 0 };
  ck_assert_int_eq (sf_archive_begin (&file, "/nonexistent/folder", "a.x", &err), SF_EIO);
  ck_assert_ptr_nonnull (strstr (err.message, "/nonexistent/folder/a.x"));
  sf_archive_drop (&file);

  file = (struct sf_archive_file){ 0 };
  ASSERT_OK (sf_archive_begin (&file, folder, "a.x", &err));
  ASSERT_OK (sf_file_write (file.temporary.text, "new", 3, &err));
  ASSERT_OK (sf_file_make_folder (file.path.text, &err)); /* in the way */
  ck_assert_int_eq (sf_archive_commit (&file, &err), SF_EIO);
  sf_archive_drop (&file);
  ck_assert_uint_eq (names_in_folder (), 1);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("archive");
  TCase *tcase = tcase_create ("archive");
  tcase_add_checked_fixture (tcase, setup, teardown);
  tcase_set_timeout (tcase, 120);
  tcase_add_test (tcase, test_contents);
  tcase_add_test (tcase, test_contents_without_memory);
  tcase_add_loop_test (tcase, test_file, 0, 2);
  tcase_add_test (tcase, test_file_that_cannot_be);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_ENV);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? 1 : 0;
}
