/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_FUZZ_MAPPED_H
#define SF_TESTS_FUZZ_MAPPED_H

#include "core/plugin/plugin.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static enum sf_code
fuzz_emit (void *ctx, const struct sf_record *record, struct sf_error *err)
{
  (void) ctx;
  if (sf_record_check (record, err) != SF_OK
      || (record->kind == SF_RECORD_POSITION && !isfinite (record->as.position.lon_deg)))
    abort ();
  return SF_OK;
}

static void
fuzz_reject (void *ctx, long line, const char *reason, const char *bytes, size_t length)
{
  (void) ctx;
  if (line < 0 || !reason[0] || !sf_text_is_utf8 ((const uint8_t *) reason, strlen (reason)) || (length && !bytes))
    abort ();
}

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
  struct sf_sink sink = { NULL, fuzz_emit, fuzz_reject };
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
  struct sf_message message = { "fuzz", "in/put", NULL, data + 1, size - 1, 1700000000 };
  if (plugin->as.decoder->open (&host, &state, &err) != SF_OK)
    abort ();
  int sure = plugin->as.decoder->identify (data + 1, size - 1);
  enum sf_code code = plugin->as.decoder->decode (state, &message, &sink, &err);
  if (sure < 0 || sure > 100 || (code != SF_OK && code != SF_EFORMAT && code != SF_ENOMEM))
    abort ();
  plugin->as.decoder->close (state);
  sf_arena_finish (&arena);
  return 0;
}

#endif
