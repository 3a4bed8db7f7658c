/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cycle/snapshot.h"

#include "tests/unit/toys.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

static char *dir;

static void
start (void)
{
  toy_start ();
  dir = toy_path ("out");
}

/* SHA-256 of "abc": FIPS 180-4, the first example of appendix B in its first edition (FIPS 180-2, B.1). */
#define SHA_ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define MANIFEST(id, form, path)                                                                                       \
  "{\"form\": " form ", \"id\": \"" id "\", \"scenario\": \"toy\", \"clock\": \"2020-01-01T00:00:00Z\", "              \
  "\"authority\": \"internal\", \"simulated\": false, \"datasets\": [], \"products\": [{\"path\": \"" path             \
  "\", \"media_type\": \"text/plain\", \"datasets\": \"\", \"bytes\": 3, \"sha256\": \"" SHA_ABC "\"}]}"

/* Publish a snapshot that holds manifest and one product "a.txt" of the bytes abc. */
static void
publish (const char *id, const char *manifest)
{
  char *making = NULL;
  int lock = -1;
  ck_done (sf_snapshot_lock (dir, &toy_arena, &lock, err));
  ck_done (sf_snapshot_begin (dir, id, &toy_arena, &making, err));
  ck_done (sf_file_write (sf_file_join (&toy_arena, making, "manifest.json"), manifest, strlen (manifest), err));
  ck_done (sf_file_write (sf_file_join (&toy_arena, making, "a.txt"), "abc", 3, err));
  ck_done (sf_snapshot_publish (dir, id, making, err));
  close (lock);
}

static char *
text_of (const char *format, const char *id)
{
  char *text = sf_arena_strdup (&toy_arena, format), *at;
  while ((at = strstr (text, "ID0")))
    memcpy (at, id, 3);
  return text;
}

static void
publish_plain (const char *id)
{
  publish (id, text_of (MANIFEST ("ID0", "1", "a.txt"), id));
}

static bool
is_there (const char *id)
{
  return sf_file_exists (sf_arena_printf (&toy_arena, "%s/snapshots/%s/manifest.json", dir, id));
}

/* Make a snapshot older by setting its folder's time of change. */
static void
age (const char *id, time_t seconds)
{
  struct timespec times[2] = { { .tv_sec = seconds }, { .tv_sec = seconds } };
  ck_assert_int_eq (utimensat (AT_FDCWD, sf_arena_printf (&toy_arena, "%s/snapshots/%s", dir, id), times, 0), 0);
}

START_TEST (nothing_published_and_wrong_ids)
{
  struct sf_snapshot *snapshot = NULL;
  ck_fails (sf_snapshot_open (dir, NULL, &snapshot, err), SF_ENOTFOUND, "no snapshot was published there yet");
  publish_plain ("aaa");
  ck_fails (sf_snapshot_open (dir, "bbb", &snapshot, err), SF_ENOTFOUND, "there is no snapshot bbb");
  ck_fails (sf_snapshot_open (dir, "../out", &snapshot, err), SF_EINVAL, "not the id of a snapshot");
  ck_fails (sf_snapshot_open (dir, ".making-x", &snapshot, err), SF_EINVAL, "not the id of a snapshot");
  ck_fails (sf_snapshot_open (dir, "", &snapshot, err), SF_EINVAL, "not the id of a snapshot");
  ck_assert_ptr_null (snapshot);
}
END_TEST

START_TEST (a_published_one_is_read_back_and_verified)
{
  struct sf_snapshot *snapshot = NULL;
  publish_plain ("aaa");
  ck_done (sf_snapshot_open (dir, NULL, &snapshot, err));
  ck_assert_str_eq (snapshot->id, "aaa");
  ck_assert_int_eq (snapshot->clock_s, 1577836800); /* date -u -d 2020-01-01 +%s */
  ck_assert_str_eq (snapshot->title_en, "toy");
  ck_assert (!snapshot->simulated);
  ck_done (sf_snapshot_verify (snapshot, err));
  toy_write ("out/snapshots/aaa/a.txt", "abd");
  ck_fails (sf_snapshot_verify (snapshot, err), SF_EFORMAT, "not those that the manifest names");
  toy_write ("out/snapshots/aaa/a.txt", "ab");
  ck_fails (sf_snapshot_verify (snapshot, err), SF_EFORMAT, "has 2 bytes, the manifest says 3");
  unlink (toy_path ("out/snapshots/aaa/a.txt"));
  ck_fails (sf_snapshot_verify (snapshot, err), SF_ENOTFOUND, "a.txt");
  sf_snapshot_close (snapshot);
}
END_TEST

static const struct
{
  const char *manifest;
  enum sf_code code;
  const char *words;
} bad[] = {
  { MANIFEST ("aaa", "2", "a.txt"), SF_EUNSUPPORTED,
    "form 2 of the manifest is newer than this program's 1: use a newer one" },
  { MANIFEST ("aaa", "0", "a.txt"), SF_EFORMAT, "not a snapshot's manifest" },
  { MANIFEST ("aaa", "\"1\"", "a.txt"), SF_EFORMAT, "not a snapshot's manifest" },
  { MANIFEST ("aaa", "1", "../x"), SF_EFORMAT, "product 0 has no path inside" },
  { MANIFEST ("aaa", "1", "/etc/passwd"), SF_EFORMAT, "product 0 has no path inside" },
  { MANIFEST ("aaa", "1", "a/../../x"), SF_EFORMAT, "product 0 has no path inside" },
  { MANIFEST ("aaa", "1", ""), SF_EFORMAT, "product 0 has no path inside" },
  { MANIFEST ("bbb", "1", "a.txt"), SF_EFORMAT, "of snapshot bbb, the folder's name says aaa" },
  { "{\"form\": 1", SF_EFORMAT, "manifest.json:1:" },
  { "[]", SF_EFORMAT, "not a snapshot's manifest" },
  { "", SF_EFORMAT, "manifest.json:1:" },
  { "{\"form\": 1, \"form\": 1}", SF_EFORMAT, "duplicate" },
  { "{\"form\": 1, \"id\": \"aaa\"}", SF_EFORMAT, "no id, scenario or clock" },
  { "{\"form\": 1, \"id\": \"aaa\", \"scenario\": \"s\", \"clock\": \"2020-01-01\"}", SF_EFORMAT, "2020-01-01" },
  { "{\"form\": 1, \"id\": \"aaa\", \"scenario\": \"s\", \"clock\": \"2020-01-01T00:00:00Z\", \"datasets\": "
    "[{\"name\": "
    "\"d\", \"kind\": \"grid\", \"key\": \"" SHA_ABC "\", \"file\": \"../../x\"}]}",
    SF_EFORMAT, "a file outside" },
  { "{\"form\": 1, \"id\": \"aaa\", \"scenario\": \"s\", \"clock\": \"2020-01-01T00:00:00Z\", \"datasets\": "
    "[{\"name\": "
    "\"d\", \"kind\": \"grid\", \"key\": \"12\"}]}",
    SF_EFORMAT, "" },
};

START_TEST (a_damaged_or_hostile_manifest_is_refused)
{
  struct sf_snapshot *snapshot = NULL;
  publish ("aaa", bad[_i].manifest);
  ck_fails (sf_snapshot_open (dir, NULL, &snapshot, err), bad[_i].code, bad[_i].words);
}
END_TEST

/* Without a word on it, a manifest is taken for simulated and hypothetical: damage must not make a drill look real. */
START_TEST (what_a_manifest_does_not_say_is_not_real)
{
  struct sf_snapshot *snapshot = NULL;
  publish ("aaa", "{\"form\": 1, \"id\": \"aaa\", \"scenario\": \"s\", \"clock\": \"2020-01-01T00:00:00Z\"}");
  ck_done (sf_snapshot_open (dir, NULL, &snapshot, err));
  ck_assert (snapshot->simulated);
  ck_assert_int_eq (snapshot->authority, SF_AUTHORITY_HYPOTHETICAL);
  sf_snapshot_close (snapshot);
}
END_TEST

START_TEST (half_made_ones_are_swept_and_a_second_writer_refused)
{
  int lock = -1, second = -1;
  char *making = NULL;
  ck_done (sf_snapshot_lock (dir, &toy_arena, &lock, err));
  ck_done (sf_snapshot_begin (dir, "aaa", &toy_arena, &making, err));
  ck_fails (sf_snapshot_lock (dir, &toy_arena, &second, err), SF_ECONFLICT, "another run is writing there");
  close (lock);
  toy_write ("out/snapshots/.making-aaa/half", "x");
  ck_done (sf_file_make_folder (toy_path ("out/snapshots/.removed-bbb/deep"), err));
  ck_assert_int_eq (symlink ("nowhere", toy_path ("out/.current.1-0.tmp")), 0);
  toy_write ("out/mine.txt", "kept");
  ck_done (sf_snapshot_lock (dir, &toy_arena, &lock, err));
  close (lock);
  ck_assert (!sf_file_exists (toy_path ("out/snapshots/.making-aaa")));
  ck_assert (!sf_file_exists (toy_path ("out/snapshots/.removed-bbb")));
  struct stat st;
  ck_assert_int_ne (lstat (toy_path ("out/.current.1-0.tmp"), &st), 0);
  ck_assert (sf_file_exists (toy_path ("out/mine.txt")));
  dir = (char *) "";
  ck_fails (sf_snapshot_lock (dir, &toy_arena, &lock, err), SF_EINVAL, "has no name");
}
END_TEST

START_TEST (the_oldest_go_and_current_and_pinned_ones_stay)
{
  struct sf_snapshot *pinned = NULL;
  static const char *const ids[] = { "aaa", "bbb", "ccc", "ddd", "eee" };
  for (int i = 0; i < 5; i++)
    {
      publish_plain (ids[i]);
      age (ids[i], 1000 + i);
    }
  ck_done (sf_snapshot_open (dir, "bbb", &pinned, err));
  ck_done (sf_snapshot_sweep (dir, 2, err));
  ck_assert (!is_there ("aaa") && is_there ("bbb") && !is_there ("ccc") && is_there ("ddd") && is_there ("eee"));
  ck_done (sf_snapshot_verify (pinned, err));
  sf_snapshot_close (pinned);
  age ("eee", 1); /* a clock that went back: current is the oldest now */
  ck_done (sf_snapshot_sweep (dir, 0, err));
  ck_assert (!is_there ("bbb") && !is_there ("ddd") && is_there ("eee"));
}
END_TEST

START_TEST (what_is_no_snapshot_is_never_removed)
{
  ck_done (sf_file_make_folder (toy_path ("elsewhere"), err));
  toy_write ("elsewhere/manifest.json", "{}");
  publish_plain ("aaa");
  ck_assert_int_eq (symlink (toy_path ("elsewhere"), toy_path ("out/snapshots/link")), 0);
  ck_done (sf_file_make_folder (toy_path ("out/snapshots/notes"), err));
  toy_write ("out/snapshots/notes/a", "mine");
  toy_write ("out/snapshots/b.txt", "mine");
  ck_done (sf_snapshot_sweep (dir, 0, err));
  ck_assert (sf_file_exists (toy_path ("elsewhere/manifest.json")));
  ck_assert (sf_file_exists (toy_path ("out/snapshots/notes/a")));
  ck_assert (sf_file_exists (toy_path ("out/snapshots/b.txt")));
  ck_assert (is_there ("aaa"));
}
END_TEST

START_TEST (one_of_the_same_id_is_replaced_and_the_link_moves)
{
  publish_plain ("aaa");
  toy_write ("out/snapshots/aaa/a.txt", "xyz");
  publish_plain ("aaa");
  struct sf_snapshot *snapshot = NULL;
  ck_done (sf_snapshot_open (dir, NULL, &snapshot, err));
  ck_done (sf_snapshot_verify (snapshot, err));
  publish_plain ("bbb"); /* a reader of the old one keeps it */
  ck_done (sf_snapshot_verify (snapshot, err));
  sf_snapshot_close (snapshot);
  char target[64] = "";
  ck_assert_int_gt (readlink (toy_path ("out/current"), target, sizeof target - 1), 0);
  ck_assert_str_eq (target, "snapshots/bbb");
  age ("aaa", 1);
  age ("bbb", 2);
  ck_done (sf_snapshot_make_current (dir, "aaa", err));
  ck_done (sf_snapshot_sweep (dir, 1, err));
  ck_assert (is_there ("aaa") && !is_there ("bbb"));
  ck_fails (sf_snapshot_make_current (dir, "zzz", err), SF_EIO, "zzz");
}
END_TEST

START_TEST (paths_inside)
{
  static const char *const in[] = { "a", "a/b", "a..b", "..a", "a/...", ".a" };
  static const char *const out[] = { "", "/a", "..", "../a", "a/..", "a/../b", "a//b", "a/", ".", "./a" };
  for (size_t i = 0; i < sizeof in / sizeof *in; i++)
    ck_assert_msg (sf_snapshot_is_inside (in[i]), "%s", in[i]);
  for (size_t i = 0; i < sizeof out / sizeof *out; i++)
    ck_assert_msg (!sf_snapshot_is_inside (out[i]), "%s", out[i]);
  ck_assert (!sf_snapshot_is_inside (NULL));
}
END_TEST

/* Each allocation fails in turn: the call says so, leaves nothing open, and works after all. */
START_TEST (opening_survives_lack_of_memory)
{
  publish_plain ("aaa");
  struct sf_snapshot *snapshot = NULL;
  struct sf_error error;
  enum sf_code code = SF_ENOMEM;
  int n = 0;
  while (code != SF_OK && n++ < 1000)
    {
      sf_mem_fail_at (n, 0);
      code = sf_snapshot_open (dir, NULL, &snapshot, &error);
      sf_mem_fail_at (0, 0);
      ck_assert_msg (code == SF_OK || snapshot == NULL, "allocation %d", n);
    }
  ck_assert_int_gt (n, 2);
  ck_assert_int_eq (code, SF_OK);
  sf_snapshot_close (snapshot);
  int fd = open ("/dev/null", O_RDONLY);
  ck_assert_int_lt (fd, 16); /* no descriptor was left behind by the tries before */
  close (fd);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("snapshot");
  TCase *tcase = tcase_create ("snapshot");
  tcase_add_checked_fixture (tcase, start, toy_stop);
  tcase_add_test (tcase, nothing_published_and_wrong_ids);
  tcase_add_test (tcase, a_published_one_is_read_back_and_verified);
  tcase_add_loop_test (tcase, a_damaged_or_hostile_manifest_is_refused, 0, sizeof bad / sizeof *bad);
  tcase_add_test (tcase, what_a_manifest_does_not_say_is_not_real);
  tcase_add_test (tcase, half_made_ones_are_swept_and_a_second_writer_refused);
  tcase_add_test (tcase, the_oldest_go_and_current_and_pinned_ones_stay);
  tcase_add_test (tcase, what_is_no_snapshot_is_never_removed);
  tcase_add_test (tcase, one_of_the_same_id_is_replaced_and_the_link_moves);
  tcase_add_test (tcase, paths_inside);
  tcase_add_test (tcase, opening_survives_lack_of_memory);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
