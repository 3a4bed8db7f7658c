/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_UNIT_DECODE_HELP_H
#define SF_TESTS_UNIT_DECODE_HELP_H

#include "core/plugin/plugin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What one run of a decoder gave: copies of its records and reasons, in an arena. */
struct decoded
{
  struct sf_arena arena;
  struct sf_vocabulary *vocabulary; /* NULL: none was needed */
  struct sf_record records[20000];
  size_t count;
  struct
  {
    long line;
    const char *reason, *piece;
  } rejects[512];
  size_t rejects_count;
  enum sf_code code;
  struct sf_error err;
};

static enum sf_code
decode_help_emit (void *ctx, const struct sf_record *record, struct sf_error *err)
{
  struct decoded *out = ctx;
  SF_TRY (sf_record_check (record, err));
  if (out->count == sizeof out->records / sizeof out->records[0])
    return sf_fail (err, SF_ERANGE, "the test holds no more records");
  return sf_record_copy (&out->arena, record, &out->records[out->count++], err);
}

static void
decode_help_reject (void *ctx, long line, const char *reason, const char *bytes, size_t length)
{
  struct decoded *out = ctx;
  if (out->rejects_count == sizeof out->rejects / sizeof out->rejects[0])
    return;
  out->rejects[out->rejects_count].line = line;
  out->rejects[out->rejects_count].reason = sf_arena_strdup (&out->arena, reason);
  out->rejects[out->rejects_count++].piece = sf_arena_strndup (&out->arena, bytes, length);
}

/* Open the decoder on a host, unless something failed before, decode the message and close it. */
static void
decode_help_decode (struct decoded *out, const struct sf_plugin *plugin, const struct sf_host *host,
                    const struct sf_message *message)
{
  struct sf_sink sink = { out, decode_help_emit, decode_help_reject };
  void *state = NULL;
  if (out->code == SF_OK)
    out->code = plugin->as.decoder->open (host, &state, &out->err);
  if (out->code == SF_OK)
    out->code = plugin->as.decoder->decode (state, message, &sink, &out->err);
  plugin->as.decoder->close (state);
}

/* Run a decoder over bytes, with settings "name=value" (NULL-ended list, or NULL). Free with decode_help_free. */
static inline struct decoded *
decode_help_run (const struct sf_plugin *plugin, const char *source, const void *bytes, size_t length,
                 const char *const *settings)
{
  static const struct sf_option none[] = { { .name = NULL } };
  struct decoded *out = calloc (1, sizeof *out);
  struct sf_host host = { .struct_size = sizeof host, .component = plugin->name, .clock_s = INT64_MIN };
  struct sf_settings *parsed = NULL;
  struct sf_message message = { "test", source, NULL, bytes, length, 1700000000 };
  out->code = sf_settings_parse (&out->arena, plugin->options ? plugin->options : none, NULL, NULL, &parsed, &out->err);
  for (; out->code == SF_OK && settings && *settings; settings++)
    {
      char name[64] = "";
      size_t end = strcspn (*settings, "=");
      memcpy (name, *settings, end);
      out->code = sf_settings_set (parsed, name, *settings + end + 1, "test", &out->err);
    }
  host.settings = parsed;
  decode_help_decode (out, plugin, &host, &message);
  return out;
}

static inline struct decoded *
decode_help_text (const struct sf_plugin *plugin, const char *text)
{
  return decode_help_run (plugin, "test.txt", text, strlen (text), NULL);
}

static inline void
decode_help_free (struct decoded *out)
{
  sf_vocabulary_free (out->vocabulary);
  sf_arena_finish (&out->arena);
  free (out);
}

/* Print the records as JSON lines, then {"rejected":N}; the exit code of a tool. */
static inline int
decode_help_print (const struct decoded *out)
{
  struct sf_strbuf text = { 0 };
  for (size_t i = 0; i < out->count; i++)
    {
      sf_record_format_json (&out->records[i], &text);
      sf_strbuf_add (&text, "\n");
    }
  for (size_t i = 0; i < out->rejects_count; i++)
    fprintf (stderr, "reject: %s\n", out->rejects[i].reason);
  printf ("%s{\"rejected\":%zu}\n", text.text ? text.text : "", out->rejects_count);
  sf_strbuf_finish (&text);
  if (out->code != SF_OK)
    fprintf (stderr, "%s\n", out->err.message);
  return out->code == SF_OK ? 0 : 1;
}

#endif
