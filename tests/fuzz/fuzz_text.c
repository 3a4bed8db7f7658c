/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/base/time.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* Whatever converts is UTF-8, terminated, and the same in a second pass. */
static void
try_charsets (struct sf_arena *arena, const uint8_t *data, size_t size)
{
  static const char *const charsets[] = { "auto", "utf-8", "gbk", "gb18030", "utf-16le", "utf-16be" };
  for (size_t i = 0; i < sizeof charsets / sizeof *charsets; i++)
    {
      char *text;
      size_t length;
      if (sf_text_to_utf8 (arena, data, size, charsets[i], &text, &length, NULL) != SF_OK)
        continue;
      if (!sf_text_is_utf8 ((const uint8_t *) text, length) || text[length])
        abort ();
    }
}

/* A number reads back from the text that we write of it. */
static void
try_number (struct sf_span word)
{
  double value, again;
  int64_t whole;
  struct sf_strbuf buf = { 0 };
  if (!sf_text_parse_double (word, &value))
    return;
  sf_strbuf_add_double (&buf, value);
  if (!isfinite (value) || !sf_text_parse_double (sf_span_of (buf.text), &again) || again != value)
    abort ();
  if (sf_text_parse_int (word, &whole) && (double) whole != value)
    abort ();
  sf_strbuf_finish (&buf);
}

static void
try_times (const char *text)
{
  char buffer[SF_TIME_TEXT_BYTES];
  int64_t time_s, again_s;
  if (sf_time_parse_iso (text, 0, &time_s, NULL) == SF_OK && strcmp (sf_time_format_utc (buffer, time_s), "-") != 0
      && (sf_time_parse_iso (buffer, SF_TIME_NO_DEFAULT, &again_s, NULL) != SF_OK || again_s != time_s))
    abort ();
  (void) sf_time_parse_compact (text, strlen (text), SF_BEIJING_OFFSET_S, &time_s, NULL);
  if (sf_time_parse_duration (text, &time_s, NULL) == SF_OK && time_s < 0)
    abort ();
}

/* Lines and fields cover the text and nothing else; each is tried as number and time. */
static void
try_lines (struct sf_arena *arena, const uint8_t *data, size_t size)
{
  struct sf_span rest = { (const char *) data, size }, line, field, word;
  long number = 0;
  while (sf_text_next_line (&rest, &line, &number))
    {
      struct sf_span fields = line, words = line;
      while (sf_text_next_field (&fields, ',', &field))
        if (field.text < line.text || field.text + field.length > line.text + line.length)
          abort ();
      while (sf_text_next_word (&words, &word))
        {
          try_number (word);
          char *copy = sf_arena_strndup (arena, word.text, word.length);
          if (copy)
            try_times (copy);
        }
    }
}

/* jansson reads what the writer makes of any text. */
static void
try_json (const char *text)
{
  struct sf_strbuf buf = { 0 };
  struct sf_json json = { .out = &buf, .indent = 2 };
  sf_json_begin_object (&json);
  sf_json_put_string (&json, text, text);
  sf_json_end_object (&json);
  json_t *read = json_loadb (buf.text, buf.length, 0, NULL);
  if (!read || json_object_size (read) != 1)
    abort ();
  json_decref (read);
  sf_strbuf_finish (&buf);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const char *const names[] = { "radius", "profile", "wind_cube", "台风" };
  struct sf_arena arena = { 0 };
  try_charsets (&arena, data, size);
  try_lines (&arena, data, size);
  char *text = sf_arena_strndup (&arena, (const char *) data, size);
  if (text)
    {
      try_json (text);
      (void) sf_text_nearest (text, names, 4);
    }
  sf_arena_finish (&arena);
  return 0;
}
