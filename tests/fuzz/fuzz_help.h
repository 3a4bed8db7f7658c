/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_FUZZ_HELP_H
#define SF_TESTS_FUZZ_HELP_H

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
      || (record->kind == SF_RECORD_TRACK && !isfinite (record->as.track.lon_deg))
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

/* One input through an opened decoder: whatever comes out keeps the rules, or it aborts. */
static void
fuzz_decode (const struct sf_plugin *plugin, void *state, const char *source, const uint8_t *data, size_t size)
{
  struct sf_error err = { 0 };
  struct sf_message message = { "fuzz", source, NULL, data, size, 1700000000 };
  struct sf_sink sink = { NULL, fuzz_emit, fuzz_reject };
  int sure = plugin->as.decoder->identify (data, size);
  enum sf_code code = plugin->as.decoder->decode (state, &message, &sink, &err);
  if (sure < 0 || sure > 100 || (code != SF_OK && code != SF_EFORMAT && code != SF_ENOMEM))
    abort ();
}

#endif
