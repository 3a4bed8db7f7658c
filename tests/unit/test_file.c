/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/file.h"
#include "tests/unit/base.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <signal.h>
#include <unistd.h>

static struct sf_arena arena;
static char folder[32];

/* Every test works in a fresh folder of the build tree, and is in it. */
static void
enter (void)
{
  strcpy (folder, "file.XXXXXX");
  ck_assert_ptr_nonnull (mkdtemp (folder));
  ck_assert_int_eq (chdir (folder), 0);
}

static void
leave (void)
{
  char path[64];
  ck_assert_int_eq (chdir (".."), 0);
  snprintf (path, sizeof path, "./%s", folder);
  ck_done (sf_file_remove_tree (path, err));
  ck_assert (!sf_file_exists (path));
  sf_arena_finish (&arena);
}

static void
check_content (const char *path, const char *expected)
{
  uint8_t *bytes = NULL;
  size_t length = 77;
  ck_done (sf_file_read (&arena, path, 1000000, &bytes, &length, err));
  ck_assert_uint_eq (length, strlen (expected));
  ck_assert_str_eq ((char *) bytes, expected);
}

static size_t
count_names (const char *path)
{
  char **names;
  size_t count = 0;
  ck_done (sf_file_list (&arena, path, &names, &count, err));
  return count;
}

START_TEST (write_then_read)
{
  enter ();
  ck_done (sf_file_write ("a.txt", "one", 3, err));
  check_content ("a.txt", "one");
  ck_done (sf_file_write ("a.txt", "second", 6, err));
  check_content ("a.txt", "second");
  ck_done (sf_file_write ("empty", NULL, 0, err));
  check_content ("empty", "");
  ck_assert_uint_eq (count_names ("."), 2);
  struct stat status;
  mode_t mask = umask (0);
  umask (mask);
  ck_assert_int_eq (stat ("a.txt", &status), 0);
  ck_assert_uint_eq (status.st_mode & 0777, 0666 & ~mask);
  leave ();
}
END_TEST

START_TEST (read_keeps_to_its_limit)
{
  enter ();
  uint8_t *bytes = NULL;
  size_t length = 77;
  ck_done (sf_file_write ("ten", "0123456789", 10, err));
  ck_done (sf_file_read (&arena, "ten", 10, &bytes, &length, err));
  ck_assert_uint_eq (length, 10);
  ck_fails (sf_file_read (&arena, "ten", 9, &bytes, &length, err), SF_ERANGE, "ten: larger than the limit of 9");
  ck_fails (sf_file_read (&arena, "absent", 9, &bytes, &length, err), SF_ENOTFOUND, "absent: cannot open");
  ck_fails (sf_file_read (&arena, ".", 9, &bytes, &length, err), SF_EIO, "cannot read");
  ck_assert_uint_eq (length, 10);
  leave ();
}
END_TEST

/* A pipe has no size: the text comes in pieces, larger than the first guess. */
START_TEST (standard_input)
{
  enter ();
  uint8_t *bytes = NULL;
  size_t length = 0;
  FILE *pipe = popen ("head -c 300000 /dev/zero | tr '\\0' x", "r");
  ck_assert_ptr_nonnull (pipe);
  ck_assert_int_ge (dup2 (fileno (pipe), STDIN_FILENO), 0);
  ck_done (sf_file_read (&arena, "-", 300000, &bytes, &length, err));
  pclose (pipe);
  ck_assert_uint_eq (length, 300000);
  ck_assert_uint_eq (strlen ((char *) bytes), 300000);
  leave ();
}
END_TEST

/* A real write error: the file may not grow beyond 4 KiB (RLIMIT_FSIZE), so the old one stays, and nothing beside
   it. */
START_TEST (a_failed_write_leaves_the_old_file)
{
  enter ();
  static char large[10000];
  struct rlimit small = { 4096, 4096 };
  ck_done (sf_file_write ("a.txt", "old", 3, err));
  signal (SIGXFSZ, SIG_IGN);
  ck_assert_int_eq (setrlimit (RLIMIT_FSIZE, &small), 0);
  ck_fails (sf_file_write ("a.txt", large, sizeof large, err), SF_EIO, "a.txt: cannot write");
  check_content ("a.txt", "old");
  ck_assert_uint_eq (count_names ("."), 1);
  ck_fails (sf_file_write ("no/folder/a", "x", 1, err), SF_ENOTFOUND, "no/folder/a: cannot create");
  ck_assert_int_eq (mkdir ("taken", 0777), 0);
  ck_fails (sf_file_write ("taken", "x", 1, err), SF_EIO, "taken: cannot replace");
  ck_assert_uint_eq (count_names ("."), 2);
  leave ();
}
END_TEST

START_TEST (folders)
{
  enter ();
  ck_done (sf_file_make_folder ("a/b//c/", err));
  ck_done (sf_file_make_folder ("a/b/c", err));
  ck_assert (sf_file_is_folder ("a/b/c"));
  ck_done (sf_file_write ("a/plain", "x", 1, err));
  ck_assert (sf_file_exists ("a/plain") && !sf_file_is_folder ("a/plain"));
  ck_assert (!sf_file_exists ("a/absent"));
  ck_fails (sf_file_make_folder ("a/plain", err), SF_EIO, "a/plain");
  ck_fails (sf_file_make_folder ("a/plain/b", err), SF_EIO, "a/plain");
  ck_done (sf_file_sync ("a", err));
  ck_done (sf_file_sync ("a/plain", err));
  ck_assert_int_eq (symlink ("nowhere", "a/dangling"), 0);
  ck_done (sf_file_sync_tree ("a", err));
  ck_fails (sf_file_sync_tree ("absent", err), SF_ENOTFOUND, "absent");
  ck_fails (sf_file_sync ("absent", err), SF_ENOTFOUND, "absent");
  leave ();
}
END_TEST

START_TEST (remove_does_not_follow_links)
{
  enter ();
  ck_done (sf_file_make_folder ("keep/inner", err));
  ck_done (sf_file_write ("keep/inner/file", "x", 1, err));
  ck_done (sf_file_make_folder ("tree/deep/er", err));
  ck_done (sf_file_write ("tree/deep/er/file", "x", 1, err));
  ck_assert_int_eq (symlink ("../keep", "tree/link"), 0);
  ck_assert_int_eq (symlink ("keep", "link"), 0);
  ck_done (sf_file_remove_tree ("tree", err));
  ck_assert (!sf_file_exists ("tree"));
  ck_done (sf_file_remove_tree ("link", err));
  ck_assert (!sf_file_exists ("link"));
  check_content ("keep/inner/file", "x");
  ck_done (sf_file_remove_tree ("absent", err));
  ck_done (sf_file_remove_tree ("keep/inner/file", err));
  ck_assert_uint_eq (count_names ("keep/inner"), 0);
  ck_fails (sf_file_remove_tree ("", err), SF_EINVAL, "never removed");
  ck_fails (sf_file_remove_tree ("/", err), SF_EINVAL, "never removed");
  ck_fails (sf_file_remove_tree ("..", err), SF_EINVAL, "never removed");
  leave ();
}
END_TEST

static void
check_link (const char *link, const char *expected)
{
  char target[64] = "";
  ck_assert_int_gt (readlink (link, target, sizeof target - 1), 0);
  ck_assert_str_eq (target, expected);
}

START_TEST (links_are_replaced)
{
  enter ();
  ck_done (sf_file_replace_link ("snapshots/1", "current", err));
  check_link ("current", "snapshots/1");
  ck_done (sf_file_replace_link ("snapshots/2", "current", err));
  check_link ("current", "snapshots/2");
  ck_assert_uint_eq (count_names ("."), 1);
  ck_done (sf_file_make_folder ("folder", err));
  ck_fails (sf_file_replace_link ("x", "folder", err), SF_EIO, "folder: cannot replace");
  ck_assert_uint_eq (count_names ("."), 2);
  leave ();
}
END_TEST

/* A temporary name left by a process of the same number that crashed is not in the way. */
START_TEST (leftovers_are_not_in_the_way)
{
  enter ();
  char leftover[64];
  snprintf (leftover, sizeof leftover, ".a.txt.%ld-0.tmp", (long) getpid ());
  ck_assert_int_ge (open (leftover, O_CREAT | O_WRONLY, 0600), 0);
  ck_done (sf_file_write ("a.txt", "new", 3, err));
  check_content ("a.txt", "new");
  check_content (leftover, "");
  leave ();
}
END_TEST

START_TEST (names_are_sorted_by_bytes)
{
  enter ();
  static const char *const expected[] = { ".hidden", "B", "a", "b", "台" };
  for (int i = 4; i >= 0; i--)
    ck_done (sf_file_write (expected[i], "", 0, err));
  char **names = NULL;
  size_t count = 0;
  ck_done (sf_file_list (&arena, ".", &names, &count, err));
  ck_assert_uint_eq (count, 5);
  for (int i = 0; i < 5; i++)
    ck_assert_str_eq (names[i], expected[i]);
  ck_fails (sf_file_list (&arena, "absent", &names, &count, err), SF_ENOTFOUND, "absent: cannot list");
  ck_fails (sf_file_list (&arena, "a", &names, &count, err), SF_EIO, "a: cannot list");
  leave ();
}
END_TEST

START_TEST (join)
{
  ck_assert_str_eq (sf_file_join (&arena, "a", "b"), "a/b");
  ck_assert_str_eq (sf_file_join (&arena, "a/", "b"), "a/b");
  ck_assert_str_eq (sf_file_join (&arena, "/", "b"), "/b");
  ck_assert_str_eq (sf_file_join (&arena, "", "b"), "b");
  ck_assert_str_eq (sf_file_join (&arena, NULL, "b"), "b");
  ck_assert_str_eq (sf_file_join (&arena, "a", "/b"), "/b");
  sf_arena_finish (&arena);
}
END_TEST

START_TEST (memory_out_at_every_place)
{
  enter ();
  ck_done (sf_file_write ("a", "text", 4, err));
  enum sf_code code = SF_ENOMEM;
  for (long n = 1; code != SF_OK && n < 100; n++)
    {
      char **names;
      size_t count;
      uint8_t *bytes;
      sf_arena_finish (&arena);
      sf_mem_fail_at (n, 0);
      code = sf_file_list (&arena, ".", &names, &count, NULL);
      if (code == SF_OK)
        code = sf_file_read (&arena, "a", 100000, &bytes, &count, NULL);
      if (code == SF_OK)
        code = sf_file_write ("a", "text", 4, NULL);
      if (code == SF_OK)
        code = sf_file_make_folder ("b/c", NULL);
      sf_mem_fail_at (0, 0);
      ck_assert (code == SF_OK || code == SF_ENOMEM);
      check_content ("a", "text");
    }
  ck_assert_int_eq (code, SF_OK);
  ck_assert_uint_eq (count_names ("."), 2);
  leave ();
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { write_then_read,
                                 read_keeps_to_its_limit,
                                 standard_input,
                                 a_failed_write_leaves_the_old_file,
                                 folders,
                                 remove_does_not_follow_links,
                                 links_are_replaced,
                                 leftovers_are_not_in_the_way,
                                 names_are_sorted_by_bytes,
                                 join,
                                 memory_out_at_every_place,
                                 NULL };
  return run_tests ("file", tests);
}
