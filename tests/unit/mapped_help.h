/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_UNIT_MAPPED_HELP_H
#define SF_TESTS_UNIT_MAPPED_HELP_H

#include "tests/unit/decode_help.h"

#include <check.h>

/* Decode a message with settings given as YAML. Free with decode_help_free. */
static struct decoded *
mapped_run (const struct sf_plugin *plugin, const char *settings, const char *source, const void *bytes, size_t length)
{
  struct decoded *out = calloc (1, sizeof *out);
  struct sf_yaml *node = NULL;
  struct sf_settings *parsed = NULL;
  struct sf_message message = { "test", source, NULL, bytes, length, 1700000000 };
  out->code = sf_vocabulary_load (TEST_SRCDIR "/share/vocabulary", &out->vocabulary, &out->err);
  struct sf_host host
      = { .struct_size = sizeof host, .component = plugin->name, .clock_s = INT64_MIN, .vocabulary = out->vocabulary };
  if (out->code == SF_OK)
    out->code
        = sf_yaml_parse (&out->arena, "test.yaml", (const uint8_t *) settings, strlen (settings), &node, &out->err);
  if (out->code == SF_OK)
    out->code = sf_settings_parse (&out->arena, plugin->options, node, NULL, &parsed, &out->err);
  host.settings = parsed;
  decode_help_decode (out, plugin, &host, &message);
  return out;
}

/* The i-th record's observation, with what it should be of. */
static inline const struct sf_observation *
mapped_observation (const struct decoded *out, size_t i, const char *asset, const char *quantity)
{
  ck_assert_uint_lt (i, out->count);
  ck_assert_int_eq (out->records[i].kind, SF_RECORD_OBSERVATION);
  ck_assert_str_eq (out->records[i].as.observation.asset, asset);
  ck_assert_str_eq (out->records[i].as.observation.quantity, quantity);
  return &out->records[i].as.observation;
}

#endif
