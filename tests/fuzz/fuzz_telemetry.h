/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_FUZZ_TELEMETRY_H
#define SF_TESTS_FUZZ_TELEMETRY_H

#include "tests/fuzz/fuzz_help.h"

/* One input through a decoder that is opened once, since its table is read then; its open messages in parts stay with it. */
static int
fuzz_telemetry (const struct sf_plugin *plugin, const uint8_t *data, size_t size)
{
  static struct sf_arena arena;
  static void *state;
  struct sf_error err = { 0 };
  if (!state)
    {
      static struct sf_host host
          = { .struct_size = sizeof host, .component = "fuzz", .share_folder = TEST_SRCDIR "/share" };
      struct sf_settings *settings = NULL;
      if (sf_settings_parse (&arena, plugin->options, NULL, NULL, &settings, &err) != SF_OK)
        abort ();
      host.settings = settings;
      if (plugin->as.decoder->open (&host, &state, &err) != SF_OK)
        abort ();
    }
  fuzz_decode (plugin, state, "input", data, size);
  return 0;
}

#endif
