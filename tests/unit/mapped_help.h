/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_UNIT_MAPPED_HELP_H
#define SF_TESTS_UNIT_MAPPED_HELP_H

#include "core/plugin/plugin.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* What one run of a decoder with settings gave. */
struct mapped
{
  struct sf_arena arena;
  struct sf_vocabulary *vocabulary;
  struct sf_record records[20000];
  size_t count;
  struct
  {
    long line;
    const char *reason, *piece;
  } rejects[200];
  size_t rejects_count;
  enum sf_code code;
  struct sf_error err;
};

static enum sf_code
mapped_emit (void *ctx, const struct sf_record *record, struct sf_error *err)
{
  struct mapped *out = ctx;
  SF_TRY (sf_record_check (record, err));
  if (out->count == sizeof out->records / sizeof out->records[0])
    return sf_fail (err, SF_ERANGE, "the test holds no more records");
  return sf_record_copy (&out->arena, record, &out->records[out->count++], err);
}

static void
mapped_reject (void *ctx, long line, const char *reason, const char *bytes, size_t length)
{
  struct mapped *out = ctx;
  if (out->rejects_count == 200)
    return;
  out->rejects[out->rejects_count].line = line;
  out->rejects[out->rejects_count].reason = sf_arena_strdup (&out->arena, reason);
  out->rejects[out->rejects_count++].piece = sf_arena_strndup (&out->arena, bytes, length);
}

/* Decode a message with settings given as YAML. Free with mapped_free. */
static struct mapped *
mapped_run (const struct sf_plugin *plugin, const char *settings, const char *source, const void *bytes, size_t length)
{
  struct mapped *out = calloc (1, sizeof *out);
  struct sf_yaml *node = NULL;
  struct sf_settings *parsed = NULL;
  struct sf_message message = { "test", source, NULL, bytes, length, 1700000000 };
  struct sf_sink sink = { out, mapped_emit, mapped_reject };
  void *state = NULL;
  out->code = sf_vocabulary_load (TEST_SRCDIR "/share/vocabulary", &out->vocabulary, &out->err);
  struct sf_host host
      = { .struct_size = sizeof host, .component = plugin->name, .clock_s = INT64_MIN, .vocabulary = out->vocabulary };
  if (out->code == SF_OK)
    out->code
        = sf_yaml_parse (&out->arena, "test.yaml", (const uint8_t *) settings, strlen (settings), &node, &out->err);
  if (out->code == SF_OK)
    out->code = sf_settings_parse (&out->arena, plugin->options, node, NULL, &parsed, &out->err);
  host.settings = parsed;
  if (out->code == SF_OK)
    out->code = plugin->as.decoder->open (&host, &state, &out->err);
  if (out->code == SF_OK)
    out->code = plugin->as.decoder->decode (state, &message, &sink, &out->err);
  plugin->as.decoder->close (state);
  return out;
}

static inline void
mapped_free (struct mapped *out)
{
  sf_vocabulary_free (out->vocabulary);
  sf_arena_finish (&out->arena);
  free (out);
}

/* The i-th record's observation, with what it should be of. */
static inline const struct sf_observation *
mapped_observation (const struct mapped *out, size_t i, const char *asset, const char *quantity)
{
  ck_assert_uint_lt (i, out->count);
  ck_assert_int_eq (out->records[i].kind, SF_RECORD_OBSERVATION);
  ck_assert_str_eq (out->records[i].as.observation.asset, asset);
  ck_assert_str_eq (out->records[i].as.observation.quantity, quantity);
  return &out->records[i].as.observation;
}

#endif
