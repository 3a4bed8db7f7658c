/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plugin/host.h"

#include "core/base/file.h"
#include "tests/unit/base.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* The modules of tests/modules, copied to a folder of our own, through the real loader. */

static struct sf_arena arena;
static char folder[64];
static struct sf_plugin_host *host;

static const char *
module_path (const char *name)
{
  return sf_arena_printf (&arena, "%s/%s.so", folder, name);
}

static void
take_as (const char *name, const char *as)
{
  uint8_t *bytes = NULL;
  size_t length = 0;
  const char *from = sf_arena_printf (&arena, TEST_BUILDDIR "/tests/modules/.libs/%s.so", name);
  ck_done (sf_file_read (&arena, from, 64 << 20, &bytes, &length, err));
  ck_done (sf_file_write (module_path (as), bytes, length, err));
  ck_assert_int_eq (chmod (module_path (as), 0644), 0);
}

static void
take (const char *name)
{
  take_as (name, name);
}

static void
open_host (const char *path)
{
  struct sf_plugin_host_setup setup = { .search_path = path };
  ck_done (sf_plugin_host_new (&setup, &host, err));
}

static void
start (void)
{
  snprintf (folder, sizeof folder, "/tmp/sf-host-XXXXXX");
  ck_assert_ptr_nonnull (mkdtemp (folder));
  ck_assert_int_eq (chmod (folder, 0755), 0);
  open_host (folder);
}

static void
stop (void)
{
  sf_plugin_host_free (host);
  sf_file_remove_tree (folder, NULL);
  sf_arena_finish (&arena);
}

START_TEST (a_good_module_is_found_once_and_by_its_kind)
{
  const struct sf_plugin *first = NULL, *second = NULL;
  take ("toy");
  ck_done (sf_plugin_host_find (host, SF_PLUGIN_DECODER, "toy", &first, err));
  ck_done (sf_plugin_host_find (host, SF_PLUGIN_DECODER, "toy", &second, err));
  ck_assert_ptr_eq (first, second);
  ck_assert_uint_eq (sf_plugin_host_count (host), 1);
  ck_assert_ptr_null (sf_plugin_host_at (host, 1));
  ck_fails (sf_plugin_host_find (host, SF_PLUGIN_MODEL, "toy", &first, err), SF_ETYPE,
            "plugin 'toy' is a decoder, not a model");
  ck_fails (sf_plugin_host_find (host, SF_PLUGIN_DECODER, "toi", &first, err), SF_ENOTFOUND, "did you mean 'toy'");
  ck_fails (sf_plugin_host_find (host, SF_PLUGIN_DECODER, "../toy", &first, err), SF_ENOTFOUND, "there is no decoder");
  ck_fails (sf_plugin_host_find (host, SF_PLUGIN_DECODER, "", &first, err), SF_ENOTFOUND, "there is no decoder");
}
END_TEST

static const struct
{
  const char *module, *words;
} refused[] = { { "wrong_abi", "made for plugin interface 5, this program has 4" },
                { "wrong_size", "its descriptor has 8 bytes" },
                { "wrong_magic", "not a Sanfang plugin (magic 00000001" },
                { "wrong_name", "calls itself 'other'" },
                { "undefined", "undefined symbol: sf_test_nobody_defines_this" },
                { "no_function", "lacks one that a plugin of its kind must have" } };

START_TEST (a_wrong_one_is_refused_with_the_reason)
{
  const struct sf_plugin *plugin = NULL;
  take (refused[_i].module);
  ck_fails (sf_plugin_host_find (host, SF_PLUGIN_DECODER, refused[_i].module, &plugin, err), SF_EPLUGIN,
            refused[_i].words);
  ck_assert_ptr_null (plugin);
  ck_assert_ptr_nonnull (strstr (sf_plugin_host_at (host, 0)->refusal, refused[_i].words));
}
END_TEST

START_TEST (files_that_are_no_modules_are_not_opened)
{
  take_as ("toy", "bad-name");
  take_as ("toy", ".hidden");
  take_as ("toy", "open_to_all");
  ck_assert_int_eq (chmod (module_path ("open_to_all"), 0666), 0);
  ck_done (sf_file_make_folder (module_path ("folder"), err));
  ck_assert_int_eq (mkfifo (module_path ("pipe"), 0644), 0);
  ck_assert_int_eq (symlink (TEST_BUILDDIR "/tests/modules/.libs/toy.so", module_path ("link")), 0);
  ck_done (sf_file_write (sf_arena_printf (&arena, "%s/notes.txt", folder), "x", 1, err));
  ck_done (sf_plugin_host_load_all (host, err));
  static const char *const words[][2] = { { ".hidden", "a-z, 0-9 and _ only" },
                                          { "bad-name", "a-z, 0-9 and _ only" },
                                          { "folder", "not a regular file" },
                                          { "link", "not a regular file" },
                                          { "open_to_all", "others may write it (mode 666)" },
                                          { "pipe", "not a regular file" } };
  ck_assert_uint_eq (sf_plugin_host_count (host), sizeof words / sizeof *words);
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    {
      const struct sf_module *module = sf_plugin_host_at (host, i);
      ck_assert_str_eq (module->name, words[i][0]);
      ck_assert_ptr_null (module->plugin);
      ck_assert_msg (strstr (module->refusal, words[i][1]) != NULL, "%s: %s", module->name, module->refusal);
    }
}
END_TEST

START_TEST (a_folder_that_others_may_write_and_a_relative_one_are_refused)
{
  const struct sf_plugin *plugin = NULL;
  take ("toy");
  ck_assert_int_eq (chmod (folder, 0777), 0);
  ck_fails (sf_plugin_host_find (host, SF_PLUGIN_DECODER, "toy", &plugin, err), SF_EPLUGIN,
            "others may write it (mode 777)");
  sf_plugin_host_free (host);
  ck_assert_int_eq (chmod (folder, 0755), 0);
  ck_assert_int_eq (chdir (folder), 0);
  open_host (".");
  ck_fails (sf_plugin_host_find (host, SF_PLUGIN_DECODER, "toy", &plugin, err), SF_EPLUGIN, "not an absolute path");
}
END_TEST

START_TEST (the_first_folder_of_the_path_wins)
{
  const struct sf_plugin *plugin = NULL;
  char *other = sf_arena_printf (&arena, "%s/other", folder);
  ck_done (sf_file_make_folder (other, err));
  take ("toy");
  ck_assert_int_eq (rename (module_path ("toy"), sf_arena_printf (&arena, "%s/toy.so", other)), 0);
  take_as ("wrong_abi", "toy"); /* its symbol is another's: the first is refused, and not passed over in silence */
  sf_plugin_host_free (host);
  open_host (sf_arena_printf (&arena, "/nonexistent::%s:%s", folder, other));
  ck_fails (sf_plugin_host_find (host, SF_PLUGIN_DECODER, "toy", &plugin, err), SF_EPLUGIN,
            "exports no symbol toy_LTX_");
  ck_assert_int_eq (unlink (module_path ("toy")), 0);
  sf_plugin_host_free (host);
  open_host (sf_arena_printf (&arena, "/nonexistent::%s:%s", folder, other));
  ck_done (sf_plugin_host_find (host, SF_PLUGIN_DECODER, "toy", &plugin, err));
}
END_TEST

/* libltdl brings its own lazy loader back when it starts again: a second host must not fall for it. */
START_TEST (a_second_host_binds_at_once_too)
{
  const struct sf_plugin *plugin = NULL;
  take ("toy");
  take ("undefined");
  for (int round = 0; round < 3; round++)
    {
      ck_done (sf_plugin_host_find (host, SF_PLUGIN_DECODER, "toy", &plugin, err));
      ck_fails (sf_plugin_host_find (host, SF_PLUGIN_DECODER, "undefined", &plugin, err), SF_EPLUGIN,
                "undefined symbol: sf_test_nobody_defines_this");
      sf_plugin_host_free (host);
      open_host (folder);
    }
}
END_TEST

START_TEST (a_build_is_of_the_bytes_that_were_loaded)
{
  const struct sf_plugin *toy = NULL, *stranger = NULL;
  struct sf_key first, second, other;
  take ("toy");
  take ("stranger");
  ck_done (sf_plugin_host_find (host, SF_PLUGIN_DECODER, "toy", &toy, err));
  ck_done (sf_plugin_host_find (host, SF_PLUGIN_MODEL, "stranger", &stranger, err));
  ck_done (sf_plugin_host_build (host, toy, &first, err));
  ck_done (sf_plugin_host_build (host, stranger, &other, err));
  ck_assert_mem_ne (first.bytes, other.bytes, sizeof first.bytes);
  FILE *file = fopen (sf_arena_printf (&arena, "%s/new", folder), "w");
  ck_assert_ptr_nonnull (file);
  fputs ("another build", file);
  fclose (file);
  ck_assert_int_eq (rename (sf_arena_printf (&arena, "%s/new", folder), module_path ("toy")), 0);
  ck_done (sf_plugin_host_build (host, toy, &second, err));
  ck_assert_mem_eq (first.bytes, second.bytes, sizeof first.bytes);
}
END_TEST

START_TEST (a_changed_module_is_another_build)
{
  const struct sf_plugin *toy = NULL;
  struct sf_key first, second;
  take ("toy");
  ck_done (sf_plugin_host_find (host, SF_PLUGIN_DECODER, "toy", &toy, err));
  ck_done (sf_plugin_host_build (host, toy, &first, err));
  sf_plugin_host_free (host);
  FILE *file = fopen (module_path ("toy"), "a");
  ck_assert_ptr_nonnull (file);
  fputc ('\0', file); /* behind the last section: it loads as before */
  fclose (file);
  open_host (folder);
  ck_done (sf_plugin_host_find (host, SF_PLUGIN_DECODER, "toy", &toy, err));
  ck_done (sf_plugin_host_build (host, toy, &second, err));
  ck_assert_mem_ne (first.bytes, second.bytes, sizeof first.bytes);
}
END_TEST

START_TEST (a_truncated_module_is_refused_at_every_length)
{
  uint8_t *bytes = NULL;
  size_t length = 0;
  take ("toy");
  ck_done (sf_file_read (&arena, module_path ("toy"), 64 << 20, &bytes, &length, err));
  for (size_t cut = 0; cut < 8192 && cut < length / 2; cut += cut < 64 ? 1 : 509)
    {
      const char *reason = NULL;
      ck_done (sf_file_write (module_path ("toy"), bytes, cut, err));
      ck_assert_int_eq (chmod (module_path ("toy"), 0644), 0);
      ck_assert_msg (sf_plugin_host_open (host, module_path ("toy"), &reason) == NULL, "%zu bytes were loaded", cut);
      ck_assert_ptr_nonnull (reason);
    }
}
END_TEST

int
main (void)
{
  if (!sf_file_exists (TEST_BUILDDIR "/tests/modules/.libs/toy.so"))
    {
      puts ("the static build (--enable-preload) has no modules to load");
      return 77;
    }
  Suite *suite = suite_create ("plugin_host");
  TCase *tcase = tcase_create ("plugin_host");
  tcase_add_checked_fixture (tcase, start, stop);
  tcase_add_test (tcase, a_good_module_is_found_once_and_by_its_kind);
  tcase_add_loop_test (tcase, a_wrong_one_is_refused_with_the_reason, 0, sizeof refused / sizeof *refused);
  tcase_add_test (tcase, files_that_are_no_modules_are_not_opened);
  tcase_add_test (tcase, a_folder_that_others_may_write_and_a_relative_one_are_refused);
  tcase_add_test (tcase, the_first_folder_of_the_path_wins);
  tcase_add_test (tcase, a_second_host_binds_at_once_too);
  tcase_add_test (tcase, a_build_is_of_the_bytes_that_were_loaded);
  tcase_add_test (tcase, a_changed_module_is_another_build);
  tcase_add_test (tcase, a_truncated_module_is_refused_at_every_length);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
