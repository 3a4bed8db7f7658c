/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_CONFORMANCE_MODULES_H
#define SF_TESTS_CONFORMANCE_MODULES_H

#include "core/base/file.h"
#include "core/plugin/host.h"

#include <check.h>
#include <ltdl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* All modules of a kind, loaded by the plugin host as the program loads them, with the files of samples/NAME. */

enum
{
  MODULES_MAX = 64,
  MODULE_SAMPLES_MAX = 256
};

struct module_sample
{
  const struct sf_plugin *plugin;
  const char *name, *path;
  const uint8_t *bytes;
  size_t length;
};

struct modules
{
  const char *name; /* of the suite */
  struct sf_arena arena;
  struct sf_plugin_host *host;
  const struct sf_plugin *plugins[MODULES_MAX];
  size_t plugins_count;
  struct module_sample samples[MODULE_SAMPLES_MAX];
  size_t samples_count;
  unsigned seed;
};

extern const lt_dlsymlist lt_preloaded_symbols[];

static void
modules_stop_without (const struct modules *modules, const char *what, const struct sf_error *err)
{
  fprintf (stderr, "%s: %s: %s\n", modules->name, what, err->message);
  exit (EXIT_FAILURE);
}

static void
modules_load_samples (struct modules *modules, const struct sf_plugin *plugin)
{
  struct sf_error err;
  char **names;
  size_t count;
  const char *folder = sf_arena_printf (&modules->arena, "%s/tests/conformance/samples/%s", TEST_SRCDIR, plugin->name);
  if (sf_file_list (&modules->arena, folder, &names, &count, &err) != SF_OK)
    modules_stop_without (modules, plugin->name, &err);
  for (size_t i = 0; i < count && modules->samples_count < MODULE_SAMPLES_MAX; i++)
    {
      struct module_sample *sample = &modules->samples[modules->samples_count++];
      uint8_t *bytes;
      *sample = (struct module_sample){ .plugin = plugin,
                                        .name = names[i],
                                        .path = sf_file_join (&modules->arena, folder, names[i]) };
      if (sf_file_read (&modules->arena, sample->path, 1 << 20, &bytes, &sample->length, &err) != SF_OK)
        modules_stop_without (modules, sample->path, &err);
      sample->bytes = bytes;
    }
}

/* Load them; the seed is SANFANG_SEED or the time, and is told. */
static void
modules_load (struct modules *modules, enum sf_plugin_kind kind)
{
  struct sf_error err = { 0 };
  const struct sf_preloaded *preloaded = (const struct sf_preloaded *) lt_preloaded_symbols;
  const char *path = getenv ("SANFANG_PLUGIN_PATH"), *seed = getenv ("SANFANG_SEED");
  modules->seed = seed ? (unsigned) strtoul (seed, NULL, 10) : (unsigned) time (NULL);
  printf ("%s: SANFANG_SEED=%u\n", modules->name, modules->seed);
  fflush (stdout);
  while (preloaded->name && (preloaded->name[0] == '@' || !preloaded->address))
    preloaded++;
  struct sf_plugin_host_setup setup
      = { .search_path = path ? path : TEST_BUILDDIR "/modules/.libs", .preloaded = preloaded };
  if (sf_plugin_host_new (&setup, &modules->host, &err) != SF_OK
      || sf_plugin_host_load_all (modules->host, &err) != SF_OK)
    modules_stop_without (modules, "the plugin host", &err);
  for (size_t i = 0; i < sf_plugin_host_count (modules->host) && modules->plugins_count < MODULES_MAX; i++)
    {
      const struct sf_module *module = sf_plugin_host_at (modules->host, i);
      if (module->plugin && module->plugin->kind == kind)
        modules->plugins[modules->plugins_count++] = module->plugin;
      else if (!module->plugin)
        fprintf (stderr, "%s: %s was refused: %s\n", modules->name, module->name, module->refusal);
    }
  for (size_t i = 0; i < modules->plugins_count; i++)
    modules_load_samples (modules, modules->plugins[i]);
}

static void
modules_ck_loaded (const struct modules *modules, const char *const *names, size_t count)
{
  for (size_t i = 0; i < count; i++)
    {
      bool found = false;
      for (size_t k = 0; k < modules->plugins_count; k++)
        found |= !strcmp (modules->plugins[k]->name, names[i]);
      ck_assert_msg (found, "%s is not loaded", names[i]);
    }
}

static void
modules_ck_samples_and_words (const struct modules *modules)
{
  for (size_t i = 0; i < modules->plugins_count; i++)
    {
      const struct sf_plugin *plugin = modules->plugins[i];
      size_t count = 0;
      for (size_t k = 0; k < modules->samples_count; k++)
        count += modules->samples[k].plugin == plugin;
      ck_assert_msg (count > 0, "%s has no sample", plugin->name);
      ck_assert (plugin->summary_en && plugin->summary_zh && plugin->licence && plugin->version);
      for (const struct sf_option *option = plugin->options; option && option->name; option++)
        ck_assert_msg (option->help_en && option->help_zh, "%s.%s has no help", plugin->name, option->name);
    }
}

/* Run the tests and free what was loaded; the program's exit code. */
static int
modules_run (struct modules *modules, TCase *tcase)
{
  Suite *suite = suite_create (modules->name);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  sf_plugin_host_free (modules->host);
  sf_arena_finish (&modules->arena);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
