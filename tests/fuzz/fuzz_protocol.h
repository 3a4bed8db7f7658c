/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_FUZZ_PROTOCOL_H
#define SF_TESTS_FUZZ_PROTOCOL_H

#include "core/plugin/plugin.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* A number that stands for all frames and replies of a stream. */
struct fuzz_link
{
  const struct sf_protocol_use *use;
  void *state;
  uint8_t *reply;
  uint64_t sum;
};

static void
fuzz_add (struct fuzz_link *link, const void *bytes, size_t length)
{
  const uint8_t *from = bytes;
  for (size_t i = 0; i < length; i++)
    link->sum = (link->sum ^ from[i]) * 1099511628211u;
}

static size_t
fuzz_frames (struct fuzz_link *link, const uint8_t *bytes, size_t length, bool ended)
{
  const struct sf_protocol *protocol = link->use->protocol;
  size_t used = 0;
  while (used < length)
    {
      struct sf_frame frame;
      size_t seen = length - used;
      protocol->frame (link->use, link->state, bytes + used, seen, ended, &frame);
      if (frame.kind == SF_FRAME_NONE && !ended && seen < protocol->frame_bytes_max)
        break;
      if (frame.kind == SF_FRAME_NONE || !frame.length || frame.length > seen
          || frame.length > protocol->frame_bytes_max || !memchr (frame.identity, 0, sizeof frame.identity)
          || !memchr (frame.source, 0, sizeof frame.source))
        abort ();
      fuzz_add (link, &frame.kind, sizeof frame.kind);
      fuzz_add (link, frame.identity, strlen (frame.identity));
      fuzz_add (link, bytes + used, frame.length);
      if (frame.kind != SF_FRAME_NOISE && protocol->reply)
        {
          size_t replied = protocol->reply (link->use, link->state, bytes + used, frame.length, 0, link->reply);
          if (replied > protocol->reply_bytes_max)
            abort ();
          fuzz_add (link, link->reply, replied);
        }
      used += frame.length;
    }
  return used;
}

/* A stream whole and in pieces of `piece` bytes: both keep the rules, and give the same. */
static uint64_t
fuzz_stream (const struct sf_protocol_use *use, const uint8_t *data, size_t size, size_t piece)
{
  struct fuzz_link link = { use, calloc (1, use->protocol->state_bytes + 1),
                            malloc (use->protocol->reply_bytes_max + 1), 14695981039346656037u };
  uint8_t *kept = malloc (size + 1);
  size_t at = 0, length = 0;
  while (at < size)
    {
      size_t more = piece < size - at ? piece : size - at;
      memcpy (kept + length, data + at, more);
      at += more;
      length += more;
      size_t used = fuzz_frames (&link, kept, length, false);
      memmove (kept, kept + used, length - used);
      length -= used;
    }
  if (fuzz_frames (&link, kept, length, true) != length)
    abort ();
  free (kept);
  free (link.state);
  free (link.reply);
  return link.sum;
}

static int
fuzz_protocol (const struct sf_plugin *plugin, const uint8_t *data, size_t size)
{
  static const struct sf_option none[] = { { .name = NULL } };
  struct sf_arena arena = { 0 };
  struct sf_settings *settings;
  if (sf_settings_parse (&arena, plugin->options ? plugin->options : none, NULL, NULL, &settings, NULL) != SF_OK)
    abort ();
  struct sf_protocol_use use = { plugin->as.protocol, settings };
  size_t piece = size ? 1 + data[size - 1] % 40u : 1;
  if (fuzz_stream (&use, data, size, size + 1) != fuzz_stream (&use, data, size, piece))
    abort ();
  sf_arena_finish (&arena);
  return 0;
}

#endif
