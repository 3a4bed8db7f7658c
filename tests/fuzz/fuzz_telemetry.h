/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_FUZZ_TELEMETRY_H
#define SF_TESTS_FUZZ_TELEMETRY_H

#include "core/plugin/plugin.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static enum sf_code
fuzz_emit (void *ctx, const struct sf_record *record, struct sf_error *err)
{
  (void) ctx;
  if (sf_record_check (record, err) != SF_OK)
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
  struct sf_message message = { "fuzz", "input", NULL, data, size, 1700000000 };
  struct sf_sink sink = { NULL, fuzz_emit, fuzz_reject };
  int sure = plugin->as.decoder->identify (data, size);
  enum sf_code code = plugin->as.decoder->decode (state, &message, &sink, &err);
  if (sure < 0 || sure > 100 || (code != SF_OK && code != SF_EFORMAT && code != SF_ENOMEM))
    abort ();
  return 0;
}

#endif
