/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plugin/plugin.h"

#include <stdlib.h>
#include <string.h>

extern const struct sf_plugin moc_LTX_sanfang_plugin;
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static enum sf_code
emit (void *ctx, const struct sf_record *record, struct sf_error *err)
{
  (void) ctx;
  if (sf_record_check (record, err) != SF_OK || record->kind != SF_RECORD_FIELD)
    abort ();
  return SF_OK;
}

static void
reject (void *ctx, long line, const char *reason, const char *bytes, size_t length)
{
  (void) ctx;
  if (line || !sf_text_is_utf8 ((const uint8_t *) reason, strlen (reason)) || (length && !bytes))
    abort ();
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const struct sf_plugin *plugin = &moc_LTX_sanfang_plugin;
  struct sf_arena arena = { 0 };
  struct sf_error err = { 0 };
  struct sf_settings *settings = NULL;
  struct sf_host host = { .struct_size = sizeof host, .component = "fuzz", .clock_s = INT64_MIN };
  struct sf_message message = { "fuzz", "input", NULL, data, size, 1700000000 };
  struct sf_sink sink = { NULL, emit, reject };
  void *state = NULL;
  if (sf_settings_parse (&arena, plugin->options, NULL, NULL, &settings, &err) != SF_OK)
    abort ();
  host.settings = settings;
  if (plugin->as.decoder->open (&host, &state, &err) != SF_OK)
    abort ();
  enum sf_code code = plugin->as.decoder->decode (state, &message, &sink, &err);
  if (code != SF_OK && code != SF_EFORMAT && code != SF_ENOMEM)
    abort ();
  plugin->as.decoder->close (state);
  sf_arena_finish (&arena);
  return 0;
}
