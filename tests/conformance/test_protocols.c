/* SPDX-License-Identifier: Apache-2.0 */
/* Every protocol module through its mill, loaded by the plugin host as the program loads it. The samples of a protocol are
   the files of samples/NAME; a module without samples fails. */
#include "core/base/file.h"
#include "core/plugin/host.h"
#include "tests/conformance/protocol_mill.h"

#include <check.h>
#include <ltdl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

extern const lt_dlsymlist lt_preloaded_symbols[];

static struct
{
  struct sf_arena arena;
  struct sf_plugin_host *host;
  const struct sf_plugin *protocols[32];
  size_t protocols_count;
  struct protocol_sample samples[64];
  size_t samples_count;
  unsigned seed;
} all;

static void
stop_without (const char *what, const struct sf_error *err)
{
  fprintf (stderr, "protocols: %s: %s\n", what, err->message);
  exit (EXIT_FAILURE);
}

static void
load_samples (const struct sf_plugin *plugin)
{
  struct sf_error err;
  char **names;
  size_t count;
  const char *folder = sf_arena_printf (&all.arena, "%s/tests/conformance/samples/%s", TEST_SRCDIR, plugin->name);
  if (sf_file_list (&all.arena, folder, &names, &count, &err) != SF_OK)
    stop_without (plugin->name, &err);
  for (size_t i = 0; i < count && all.samples_count < 64; i++)
    {
      struct protocol_sample *sample = &all.samples[all.samples_count++];
      uint8_t *bytes;
      sample->plugin = plugin;
      sample->path = sf_file_join (&all.arena, folder, names[i]);
      if (sf_file_read (&all.arena, sample->path, 1 << 20, &bytes, &sample->length, &err) != SF_OK)
        stop_without (sample->path, &err);
      sample->bytes = bytes;
    }
}

static void
load_protocols (void)
{
  struct sf_error err = { 0 };
  const struct sf_preloaded *preloaded = (const struct sf_preloaded *) lt_preloaded_symbols;
  const char *path = getenv ("SANFANG_PLUGIN_PATH");
  while (preloaded->name && (preloaded->name[0] == '@' || !preloaded->address))
    preloaded++;
  struct sf_plugin_host_setup setup
      = { .search_path = path ? path : TEST_BUILDDIR "/modules/.libs", .preloaded = preloaded };
  if (sf_plugin_host_new (&setup, &all.host, &err) != SF_OK || sf_plugin_host_load_all (all.host, &err) != SF_OK)
    stop_without ("the plugin host", &err);
  for (size_t i = 0; i < sf_plugin_host_count (all.host) && all.protocols_count < 32; i++)
    {
      const struct sf_plugin *plugin = sf_plugin_host_at (all.host, i)->plugin;
      if (plugin && plugin->kind == SF_PLUGIN_PROTOCOL)
        all.protocols[all.protocols_count++] = plugin;
    }
  for (size_t i = 0; i < all.protocols_count; i++)
    load_samples (all.protocols[i]);
}

START_TEST (four_protocols_are_there)
{
  static const char *const names[] = { "jt808_frames", "line", "sl651_frames", "szy206_frames" };
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    {
      bool found = false;
      for (size_t k = 0; k < all.protocols_count; k++)
        found |= !strcmp (all.protocols[k]->name, names[i]);
      ck_assert_msg (found, "protocol %s is not loaded", names[i]);
    }
}
END_TEST

START_TEST (each_has_samples_and_words)
{
  for (size_t i = 0; i < all.protocols_count; i++)
    {
      const struct sf_plugin *plugin = all.protocols[i];
      size_t count = 0;
      for (size_t k = 0; k < all.samples_count; k++)
        count += all.samples[k].plugin == plugin;
      ck_assert_msg (count > 0, "protocol %s has no sample", plugin->name);
      for (const struct sf_option *option = plugin->options; option && option->name; option++)
        ck_assert_msg (option->help_en && option->help_zh, "%s.%s has no help", plugin->name, option->name);
    }
}
END_TEST

START_TEST (good) { protocol_good (&all.samples[_i]); }
END_TEST
START_TEST (split) { protocol_split (&all.samples[_i]); }
END_TEST
START_TEST (truncated) { protocol_truncated (&all.samples[_i]); }
END_TEST
START_TEST (flipped) { protocol_flipped (&all.samples[_i], all.seed); }
END_TEST
START_TEST (noise) { protocol_noise (&all.samples[_i], all.seed); }
END_TEST
START_TEST (floods) { protocol_floods (all.protocols[_i], all.seed); }
END_TEST

int
main (void)
{
  const TTest *const per_sample[] = { good, split, truncated, flipped, noise };
  const char *seed = getenv ("SANFANG_SEED");
  all.seed = seed ? (unsigned) strtoul (seed, NULL, 10) : (unsigned) time (NULL);
  printf ("protocols: SANFANG_SEED=%u\n", all.seed);
  fflush (stdout);
  load_protocols ();
  TCase *tcase = tcase_create ("mill");
  tcase_set_timeout (tcase, 300);
  tcase_add_test (tcase, four_protocols_are_there);
  tcase_add_test (tcase, each_has_samples_and_words);
  for (size_t i = 0; i < sizeof per_sample / sizeof per_sample[0]; i++)
    tcase_add_loop_test (tcase, per_sample[i], 0, (int) all.samples_count);
  tcase_add_loop_test (tcase, floods, 0, (int) all.protocols_count);
  Suite *suite = suite_create ("protocols");
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  sf_plugin_host_free (all.host);
  sf_arena_finish (&all.arena);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
