/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_FUZZ_DECODER_H
#define SF_TESTS_FUZZ_DECODER_H

#include "tests/fuzz/fuzz_help.h"

/* One input through a decoder with its default settings: whatever comes out keeps the rules, or it aborts. */
static int
fuzz_decoder (const struct sf_plugin *plugin, const uint8_t *data, size_t size)
{
  static const struct sf_option none[] = { { .name = NULL } };
  struct sf_arena arena = { 0 };
  struct sf_settings *settings = NULL;
  struct sf_error err = { 0 };
  struct sf_host host = { .struct_size = sizeof host, .component = "fuzz", .clock_s = INT64_MIN };
  void *state = NULL;
  if (sf_settings_parse (&arena, plugin->options ? plugin->options : none, NULL, NULL, &settings, &err) != SF_OK)
    abort ();
  host.settings = settings;
  if (plugin->as.decoder->open (&host, &state, &err) != SF_OK)
    abort ();
  fuzz_decode (plugin, state, "input", data, size);
  plugin->as.decoder->close (state);
  sf_arena_finish (&arena);
  return 0;
}

#endif
