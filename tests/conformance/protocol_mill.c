/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/conformance/protocol_mill.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum
{
  CANARY = 0x5a,
  CANARY_BYTES = 16
};

/* What a stream gave: a line a frame, with its reply. */
struct pass
{
  struct sf_strbuf story;
  size_t whole, bad, noise;
};

struct link
{
  const struct sf_protocol *protocol;
  struct sf_protocol_use use;
  struct sf_arena arena;
  void *state;
  uint8_t *reply;
};

static void
link_open (struct link *link, const struct sf_plugin *plugin)
{
  static const struct sf_option none[] = { { .name = NULL } };
  struct sf_settings *settings;
  struct sf_error err;
  *link = (struct link){ .protocol = plugin->as.protocol };
  ck_assert_int_eq (
      sf_settings_parse (&link->arena, plugin->options ? plugin->options : none, NULL, NULL, &settings, &err), SF_OK);
  link->use = (struct sf_protocol_use){ link->protocol, settings };
  link->state = calloc (1, link->protocol->state_bytes + 1);
  link->reply = malloc (link->protocol->reply_bytes_max + CANARY_BYTES);
}

static void
link_close (struct link *link)
{
  free (link->state);
  free (link->reply);
  sf_arena_finish (&link->arena);
}

static void
add_hex (struct sf_strbuf *story, const uint8_t *bytes, size_t length)
{
  for (size_t i = 0; i < length; i++)
    sf_strbuf_addf (story, "%02X", bytes[i]);
}

static void
take_reply (struct link *link, const uint8_t *frame, size_t length, struct pass *pass)
{
  if (!link->protocol->reply)
    return;
  size_t most = link->protocol->reply_bytes_max;
  memset (link->reply, CANARY, most + CANARY_BYTES);
  size_t replied = link->protocol->reply (&link->use, link->state, frame, length, 1405641600, link->reply);
  ck_assert_uint_le (replied, most);
  for (size_t i = 0; i < CANARY_BYTES; i++)
    ck_assert_int_eq (link->reply[most + i], CANARY);
  add_hex (&pass->story, link->reply, replied);
}

static void
check_texts (const struct sf_frame *frame, const char *what)
{
  const char *const texts[] = { frame->identity, frame->source };
  const size_t sizes[] = { sizeof frame->identity, sizeof frame->source };
  for (int i = 0; i < 2; i++)
    ck_assert_msg (memchr (texts[i], '\0', sizes[i]) && sf_text_is_utf8 ((const uint8_t *) texts[i], strlen (texts[i])),
                   "%s: a text of a frame is no text", what);
}

/* Frames of the first bytes; returns how many were used up. */
static size_t
take_frames (struct link *link, const uint8_t *bytes, size_t length, bool ended, const char *what, struct pass *pass)
{
  size_t used = 0, most = link->protocol->frame_bytes_max;
  while (used < length)
    {
      /* A block of exactly this size, so that a sanitizer sees a read past the end. */
      size_t seen = length - used;
      uint8_t *exact = malloc (seen);
      struct sf_frame frame;
      memset (&frame, 0x77, sizeof frame);
      memcpy (exact, bytes + used, seen);
      link->protocol->frame (&link->use, link->state, exact, seen, ended, &frame);
      if (frame.kind == SF_FRAME_NONE)
        {
          ck_assert_msg (frame.length == 0 && !ended && seen < most, "%s: no progress with %zu bytes", what, seen);
          free (exact);
          break;
        }
      ck_assert_msg (frame.length > 0 && frame.length <= seen && frame.length <= most,
                     "%s: a frame of %zu of %zu bytes", what, frame.length, seen);
      check_texts (&frame, what);
      sf_strbuf_addf (&pass->story, "%d %s %s ", (int) frame.kind, frame.identity, frame.source);
      add_hex (&pass->story, exact, frame.length);
      sf_strbuf_add (&pass->story, " > ");
      if (frame.kind != SF_FRAME_NOISE)
        take_reply (link, exact, frame.length, pass);
      sf_strbuf_add (&pass->story, "\n");
      pass->whole += frame.kind == SF_FRAME_WHOLE;
      pass->bad += frame.kind == SF_FRAME_BAD;
      pass->noise += frame.kind == SF_FRAME_NOISE;
      used += frame.length;
      free (exact);
    }
  return used;
}

/* A stream in pieces: each as long as next says, 0: the rest. A transport reads no more than frame_bytes_max at a time when
   bounded, all there is otherwise. */
static void
run (const struct sf_plugin *plugin, const char *what, const uint8_t *bytes, size_t length,
     size_t (*next) (size_t at, const void *ctx), const void *ctx, struct pass *pass)
{
  struct link link;
  uint8_t *buffer = malloc (length + 1);
  size_t at = 0, kept = 0;
  *pass = (struct pass){ .whole = 0 };
  link_open (&link, plugin);
  while (at < length)
    {
      size_t piece = next ? next (at, ctx) : 0;
      piece = piece && piece < length - at ? piece : length - at;
      memcpy (buffer + kept, bytes + at, piece);
      at += piece;
      kept += piece;
      size_t used = take_frames (&link, buffer, kept, false, what, pass);
      memmove (buffer, buffer + used, kept - used);
      kept -= used;
    }
  size_t used = take_frames (&link, buffer, kept, true, what, pass);
  ck_assert_msg (used == kept, "%s: %zu bytes are left at the end", what, kept - used);
  link_close (&link);
  free (buffer);
}

static size_t
pieces_of (size_t at, const void *ctx)
{
  (void) at;
  return *(const size_t *) ctx;
}

static size_t
first_piece (size_t at, const void *ctx)
{
  return at ? 0 : *(const size_t *) ctx;
}

static void
compare (const struct pass *a, const struct pass *b, const char *what)
{
  bool same = a->story.length == b->story.length
              && (!a->story.length || !memcmp (a->story.text, b->story.text, a->story.length));
  ck_assert_msg (same, "%s: other pieces give other frames:\n%s\ninstead of\n%s", what, b->story.text, a->story.text);
}

/* Whole, byte by byte and in pieces of seven: the same. */
static struct pass
run_thrice (const struct sf_plugin *plugin, const char *what, const uint8_t *bytes, size_t length)
{
  static const size_t sizes[] = { 1, 7 };
  struct pass whole, pieces;
  run (plugin, what, bytes, length, NULL, NULL, &whole);
  for (int i = 0; i < 2; i++)
    {
      run (plugin, what, bytes, length, pieces_of, &sizes[i], &pieces);
      compare (&whole, &pieces, what);
      sf_strbuf_finish (&pieces.story);
    }
  return whole;
}

void
protocol_good (const struct protocol_sample *sample)
{
  struct pass whole = run_thrice (sample->plugin, sample->path, sample->bytes, sample->length), pieces;
  ck_assert_msg (whole.whole >= 2 && !whole.bad && !whole.noise, "%s: %zu frames, %zu bad, %zu noise", sample->path,
                 whole.whole, whole.bad, whole.noise);
  for (size_t size = 1; size < sample->length; size++)
    {
      run (sample->plugin, sample->path, sample->bytes, sample->length, pieces_of, &size, &pieces);
      compare (&whole, &pieces, sample->path);
      sf_strbuf_finish (&pieces.story);
    }
  sf_strbuf_finish (&whole.story);
}

void
protocol_split (const struct protocol_sample *sample)
{
  struct pass whole, pieces;
  run (sample->plugin, sample->path, sample->bytes, sample->length, NULL, NULL, &whole);
  for (size_t at = 1; at < sample->length; at++)
    {
      run (sample->plugin, sample->path, sample->bytes, sample->length, first_piece, &at, &pieces);
      compare (&whole, &pieces, sample->path);
      sf_strbuf_finish (&pieces.story);
    }
  sf_strbuf_finish (&whole.story);
}

void
protocol_truncated (const struct protocol_sample *sample)
{
  for (size_t length = 0; length < sample->length; length++)
    {
      struct pass pass = run_thrice (sample->plugin, sample->path, sample->bytes, length);
      sf_strbuf_finish (&pass.story);
    }
}

void
protocol_flipped (const struct protocol_sample *sample, unsigned seed)
{
  struct pass good;
  uint8_t *bytes = malloc (sample->length);
  memcpy (bytes, sample->bytes, sample->length);
  run (sample->plugin, sample->path, sample->bytes, sample->length, NULL, NULL, &good);
  srand (seed);
  for (size_t i = 0; i < sample->length; i++)
    {
      uint8_t bit = (uint8_t) (1 << rand () % 8);
      bytes[i] ^= bit;
      struct pass pass = run_thrice (sample->plugin, sample->path, bytes, sample->length);
      /* One bit costs the frame that it is in; between two lines it joins them, and in a line's text it changes nothing. */
      ck_assert_msg (pass.whole + 2 >= good.whole, "%s: bit %02X of byte %zu: %zu whole frames of %zu", sample->path,
                     bit, i, pass.whole, good.whole);
      bytes[i] ^= bit;
      sf_strbuf_finish (&pass.story);
    }
  sf_strbuf_finish (&good.story);
  free (bytes);
}

/* The bytes of the sample's frames, each after some noise that ends in LF, which ends the noise of lines too. */
static void
mix (const struct protocol_sample *sample, struct sf_strbuf *mixed, size_t noise_bytes)
{
  static const char *const false_starts[]
      = { "\x7e\x7e\x01", "\x68\xff\x68", "\x7e\x02", "\x01\x30\x31", "$GP", "\x7e", "\x68", "\x01" };
  struct link link;
  struct sf_frame frame;
  link_open (&link, sample->plugin);
  for (size_t at = 0; at < sample->length; at += frame.length)
    {
      for (size_t i = 0; i < noise_bytes; i++)
        sf_strbuf_add_bytes (mixed, &(uint8_t){ (uint8_t) rand () }, 1);
      sf_strbuf_add (mixed, false_starts[rand () % 8]);
      sf_strbuf_add (mixed, "\n");
      link.protocol->frame (&link.use, link.state, sample->bytes + at, sample->length - at, true, &frame);
      sf_strbuf_add_bytes (mixed, sample->bytes + at, frame.length);
    }
  link_close (&link);
}

void
protocol_noise (const struct protocol_sample *sample, unsigned seed)
{
  struct pass good;
  run (sample->plugin, sample->path, sample->bytes, sample->length, NULL, NULL, &good);
  srand (seed);
  for (int i = 0; i < 200; i++)
    {
      struct sf_strbuf mixed = { 0 };
      mix (sample, &mixed, (size_t) (rand () % 60));
      struct pass pass = run_thrice (sample->plugin, sample->path, (const uint8_t *) mixed.text, mixed.length);
      ck_assert_msg (pass.whole >= good.whole, "%s: noise %d: %zu whole frames of %zu\n%s", sample->path, i, pass.whole,
                     good.whole, pass.story.text);
      sf_strbuf_finish (&mixed);
      sf_strbuf_finish (&pass.story);
    }
  sf_strbuf_finish (&good.story);
}

void
protocol_floods (const struct sf_plugin *plugin, unsigned seed)
{
  static const char *const runs[] = { "A", "\x7e", "\x68", "\x01", "\x7e\x7e", "\x68\xff\x68", "\n", "\xff" };
  size_t length = 3 * plugin->as.protocol->frame_bytes_max + 17;
  uint8_t *bytes = malloc (length);
  struct pass pass;
  srand (seed);
  for (size_t i = 0; i < length; i++)
    bytes[i] = (uint8_t) rand ();
  pass = run_thrice (plugin, "noise", bytes, length < 20000 ? length : 20000);
  sf_strbuf_finish (&pass.story);
  for (size_t k = 0; k < sizeof runs / sizeof runs[0]; k++)
    {
      for (size_t i = 0; i < length; i++)
        bytes[i] = (uint8_t) runs[k][i % strlen (runs[k])];
      run (plugin, runs[k], bytes, length, NULL, NULL, &pass);
      sf_strbuf_finish (&pass.story);
    }
  run (plugin, "empty", bytes, 0, NULL, NULL, &pass);
  ck_assert_uint_eq (pass.whole + pass.bad + pass.noise, 0);
  sf_strbuf_finish (&pass.story);
  free (bytes);
}
