/* SPDX-License-Identifier: Apache-2.0 */
/* Every decoder module through the mill, loaded by the plugin host as the program loads it. The samples of a decoder
   are the files of samples/NAME; a module without samples fails. */
#include "core/base/file.h"
#include "core/plugin/host.h"
#include "tests/conformance/mill.h"

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
  struct sf_vocabulary *vocabulary;
  const struct sf_plugin *decoders[64];
  size_t decoders_count;
  struct mill_sample samples[256];
  size_t samples_count;
  unsigned seed;
} all;

static void
stop_without (const char *what, const struct sf_error *err)
{
  fprintf (stderr, "conformance: %s: %s\n", what, err->message);
  exit (EXIT_FAILURE);
}

static void
load_vocabulary (void)
{
  struct sf_error err;
  if (sf_vocabulary_load (TEST_SRCDIR "/share/vocabulary", &all.vocabulary, &err) != SF_OK)
    stop_without ("the vocabulary", &err);
  mill_begin (all.vocabulary);
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
  for (size_t i = 0; i < count && all.samples_count < 256; i++)
    {
      struct mill_sample *sample = &all.samples[all.samples_count++];
      uint8_t *bytes;
      sample->plugin = plugin;
      sample->path = sf_file_join (&all.arena, folder, names[i]);
      sample->is_json = strstr (names[i], ".json") != NULL;
      if (sf_file_read (&all.arena, sample->path, 1 << 20, &bytes, &sample->length, &err) != SF_OK)
        stop_without (sample->path, &err);
      sample->bytes = bytes;
      sample->is_binary = memchr (bytes, '\0', sample->length) != NULL;
    }
}

static void
load_decoders (void)
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
  for (size_t i = 0; i < sf_plugin_host_count (all.host) && all.decoders_count < 64; i++)
    {
      const struct sf_module *module = sf_plugin_host_at (all.host, i);
      if (module->plugin && module->plugin->kind == SF_PLUGIN_DECODER)
        all.decoders[all.decoders_count++] = module->plugin;
      else if (!module->plugin)
        fprintf (stderr, "conformance: %s was refused: %s\n", module->name, module->refusal);
    }
  for (size_t i = 0; i < all.decoders_count; i++)
    load_samples (all.decoders[i]);
}

START_TEST (six_decoders_are_there)
{
  static const char *const names[] = { "atcf", "cma_bst", "ibtracs", "jma_rsmc", "nmc_json", "zjwater_json" };
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    {
      bool found = false;
      for (size_t k = 0; k < all.decoders_count; k++)
        found |= !strcmp (all.decoders[k]->name, names[i]);
      ck_assert_msg (found, "decoder %s is not loaded", names[i]);
    }
}
END_TEST

START_TEST (each_has_samples_and_words)
{
  for (size_t i = 0; i < all.decoders_count; i++)
    {
      const struct sf_plugin *plugin = all.decoders[i];
      size_t count = 0;
      for (size_t k = 0; k < all.samples_count; k++)
        count += all.samples[k].plugin == plugin;
      ck_assert_msg (count > 0, "decoder %s has no sample", plugin->name);
      ck_assert (plugin->summary_en && plugin->summary_zh && plugin->licence && plugin->version);
      for (const struct sf_option *option = plugin->options; option && option->name; option++)
        ck_assert_msg (option->help_en && option->help_zh, "%s.%s has no help", plugin->name, option->name);
    }
}
END_TEST

/* A sample is identified best by its own decoder. */
START_TEST (samples_are_told_apart)
{
  for (size_t i = 0; i < all.samples_count; i++)
    {
      const struct mill_sample *sample = &all.samples[i];
      int own = sample->plugin->as.decoder->identify (sample->bytes, sample->length);
      for (size_t k = 0; k < all.decoders_count; k++)
        if (all.decoders[k] != sample->plugin && strcmp (sample->path + strlen (sample->path) - 14, "consensus.json"))
          ck_assert_msg (all.decoders[k]->as.decoder->identify (sample->bytes, sample->length) < own,
                         "%s: %s is as sure as %s", sample->path, all.decoders[k]->name, sample->plugin->name);
    }
}
END_TEST

#define FOR_EACH_SAMPLE(test, call)                                                                                    \
  START_TEST (test)                                                                                                    \
  {                                                                                                                    \
    const struct mill_sample *sample = &all.samples[_i];                                                               \
    call;                                                                                                              \
  }                                                                                                                    \
  END_TEST

FOR_EACH_SAMPLE (good, mill_good (sample))
FOR_EACH_SAMPLE (truncated, mill_truncated (sample))
FOR_EACH_SAMPLE (flipped, mill_flipped (sample, all.seed))
FOR_EACH_SAMPLE (zeroed, mill_zeroed (sample))
FOR_EACH_SAMPLE (numbers, mill_numbers (sample))
FOR_EACH_SAMPLE (far_future, mill_far_future (sample))
FOR_EACH_SAMPLE (charsets, mill_charsets (sample))
FOR_EACH_SAMPLE (order, mill_order (sample))
FOR_EACH_SAMPLE (bad_neighbours, mill_bad_neighbours (sample))
FOR_EACH_SAMPLE (memory, mill_memory (sample))

START_TEST (floods) { mill_floods (all.decoders[_i]); }
END_TEST

int
main (void)
{
  const TTest *const per_sample[]
      = { good, truncated, flipped, zeroed, numbers, far_future, charsets, order, bad_neighbours, memory };
  const char *seed = getenv ("SANFANG_SEED");
  all.seed = seed ? (unsigned) strtoul (seed, NULL, 10) : (unsigned) time (NULL);
  printf ("conformance: SANFANG_SEED=%u\n", all.seed);
  fflush (stdout);
  load_vocabulary ();
  load_decoders ();
  TCase *tcase = tcase_create ("mill");
  tcase_set_timeout (tcase, 300);
  tcase_add_test (tcase, six_decoders_are_there);
  tcase_add_test (tcase, each_has_samples_and_words);
  tcase_add_test (tcase, samples_are_told_apart);
  for (size_t i = 0; i < sizeof per_sample / sizeof per_sample[0]; i++)
    tcase_add_loop_test (tcase, per_sample[i], 0, (int) all.samples_count);
  tcase_add_loop_test (tcase, floods, 0, (int) all.decoders_count);
  Suite *suite = suite_create ("conformance");
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  sf_plugin_host_free (all.host);
  sf_vocabulary_free (all.vocabulary);
  sf_arena_finish (&all.arena);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
