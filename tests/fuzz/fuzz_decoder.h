/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_FUZZ_DECODER_H
#define SF_TESTS_FUZZ_DECODER_H

#include "core/plugin/plugin.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static enum sf_code
fuzz_emit (void *ctx, const struct sf_record *record, struct sf_error *err)
{
  (void) ctx;
  if (sf_record_check (record, err) != SF_OK || !isfinite (record->as.track.lon_deg))
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

/* One input through a decoder with its default settings: whatever comes out keeps the rules, or it aborts. */
static int
fuzz_decoder (const struct sf_plugin *plugin, const uint8_t *data, size_t size)
{
  static const struct sf_option none[] = { { .name = NULL } };
  struct sf_arena arena = { 0 };
  struct sf_settings *settings = NULL;
  struct sf_error err = { 0 };
  struct sf_host host = { .struct_size = sizeof host, .component = "fuzz", .clock_s = INT64_MIN };
  struct sf_message message = { "fuzz", "input", NULL, data, size, 1700000000 };
  struct sf_sink sink = { NULL, fuzz_emit, fuzz_reject };
  void *state = NULL;
  if (sf_settings_parse (&arena, plugin->options ? plugin->options : none, NULL, NULL, &settings, &err) != SF_OK)
    abort ();
  host.settings = settings;
  if (plugin->as.decoder->open (&host, &state, &err) != SF_OK)
    abort ();
  int sure = plugin->as.decoder->identify (data, size);
  enum sf_code code = plugin->as.decoder->decode (state, &message, &sink, &err);
  if (sure < 0 || sure > 100 || (code != SF_OK && code != SF_EFORMAT && code != SF_ENOMEM))
    abort ();
  plugin->as.decoder->close (state);
  sf_arena_finish (&arena);
  return 0;
}

#endif
