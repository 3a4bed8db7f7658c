/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_FUZZ_MAPPED_H
#define SF_TESTS_FUZZ_MAPPED_H

#include "tests/fuzz/fuzz_help.h"

static struct sf_settings *
fuzz_settings (struct sf_arena *arena, const struct sf_plugin *plugin, const char *text)
{
  struct sf_yaml *node = NULL;
  struct sf_settings *settings = NULL;
  struct sf_error err;
  if (sf_yaml_parse (arena, "fuzz", (const uint8_t *) text, strlen (text), &node, &err) != SF_OK
      || sf_settings_parse (arena, plugin->options, node, NULL, &settings, &err) != SF_OK)
    abort ();
  return settings;
}

/* The first byte of an input chooses among count settings; the rest goes through the decoder. */
static int
fuzz_mapped (const struct sf_plugin *plugin, const char *const *texts, size_t count, const uint8_t *data, size_t size)
{
  static struct sf_vocabulary *vocabulary;
  struct sf_arena arena = { 0 };
  struct sf_error err = { 0 };
  void *state = NULL;
  if (!size)
    return 0;
  if (!vocabulary && sf_vocabulary_load (TEST_SRCDIR "/share/vocabulary", &vocabulary, &err) != SF_OK)
    abort ();
  struct sf_host host = { .struct_size = sizeof host,
                          .component = "fuzz",
                          .clock_s = INT64_MIN,
                          .vocabulary = vocabulary,
                          .settings = fuzz_settings (&arena, plugin, texts[data[0] % count]) };
  if (plugin->as.decoder->open (&host, &state, &err) != SF_OK)
    abort ();
  fuzz_decode (plugin, state, "in/put", data + 1, size - 1);
  plugin->as.decoder->close (state);
  sf_arena_finish (&arena);
  return 0;
}

#endif
