/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/text.h"

#include <errno.h>
#include <iconv.h>
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Length of the UTF-8 sequence that bytes begin with (Unicode 15, table 3-7), 0 when it is not one. */
static size_t
utf8_length (const uint8_t *bytes, size_t length)
{
  uint8_t b = bytes[0], low = 0x80, high = 0xBF;
  if (b < 0x80)
    return 1;
  size_t need = b >= 0xF0 ? 4 : b >= 0xE0 ? 3 : 2;
  if (b < 0xC2 || b > 0xF4 || need > length)
    return 0;
  if (b == 0xE0)
    low = 0xA0;
  else if (b == 0xED)
    high = 0x9F;
  else if (b == 0xF0)
    low = 0x90;
  else if (b == 0xF4)
    high = 0x8F;
  if (bytes[1] < low || bytes[1] > high)
    return 0;
  for (size_t i = 2; i < need; i++)
    if ((bytes[i] & 0xC0) != 0x80)
      return 0;
  return need;
}

/* Whether the next eight bytes are there and all ASCII, as most of most texts is. */
static inline bool
ascii_word (const uint8_t *bytes, size_t length)
{
  uint64_t word = 0;
  if (length < sizeof word)
    return false;
  memcpy (&word, bytes, sizeof word);
  return (word & UINT64_C (0x8080808080808080)) == 0;
}

size_t
sf_text_utf8_prefix (const uint8_t *bytes, size_t length)
{
  size_t at = 0;
  while (at < length)
    {
      size_t n = ascii_word (bytes + at, length - at) ? sizeof (uint64_t) : utf8_length (bytes + at, length - at);
      if (n == 0)
        break;
      at += n;
    }
  return at;
}

bool
sf_text_is_utf8 (const uint8_t *bytes, size_t length)
{
  return sf_text_utf8_prefix (bytes, length) == length;
}

struct charset
{
  const char *name;       /* as the caller says it */
  const char *iconv_name; /* NULL: UTF-8 already */
  const char *mark;       /* byte order mark */
  size_t mark_bytes;
};

static const struct charset charsets[] = { { "utf-8", NULL, "\xEF\xBB\xBF", 3 },
                                           { "utf-16le", "UTF-16LE", "\xFF\xFE", 2 },
                                           { "utf-16be", "UTF-16BE", "\xFE\xFF", 2 },
                                           { "gb18030", "GB18030", "\x84\x31\x95\x33", 4 },
                                           { "gbk", "GBK", "", 0 } };
enum
{
  CHARSETS = sizeof charsets / sizeof *charsets
};

static bool
has_mark (const struct charset *set, const uint8_t *bytes, size_t length)
{
  return set->mark_bytes && length >= set->mark_bytes && memcmp (bytes, set->mark, set->mark_bytes) == 0;
}

static const struct charset *
find_charset (const char *name, const uint8_t *bytes, size_t length)
{
  bool guess = strcasecmp (name, "auto") == 0;
  for (int i = 0; i < CHARSETS; i++)
    if (guess ? has_mark (&charsets[i], bytes, length) : strcasecmp (name, charsets[i].name) == 0)
      return &charsets[i];
  if (!guess)
    return NULL;
  return sf_text_is_utf8 (bytes, length) ? &charsets[0] : &charsets[3];
}

/* gcc's analyzer does not know that (iconv_t) -1 is no handle that could leak. */
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

/* Everything that the charsets above hold takes at most twice its bytes in UTF-8. */
static enum sf_code
convert (struct sf_arena *arena, const struct charset *set, const uint8_t *bytes, size_t length, char **ret_text,
         size_t *ret_length, struct sf_error *err)
{
  if (length > (SIZE_MAX - 1) / 2)
    return sf_fail (err, SF_ERANGE, "text of %zu bytes is too long", length);
  char *text = sf_arena_alloc (arena, 2 * length + 1);
  if (!text)
    return sf_fail (err, SF_ENOMEM, "out of memory converting %zu bytes from %s", length, set->name);
  iconv_t handle = iconv_open ("UTF-8", set->iconv_name);
  if (handle == (iconv_t) -1)
    return sf_fail (err, SF_EUNSUPPORTED, "the C library has no converter from %s: %m", set->iconv_name);
  char *in = (char *) (uintptr_t) bytes, *out = text;
  size_t in_left = length, out_left = 2 * length;
  size_t done = iconv (handle, &in, &in_left, &out, &out_left);
  if (done != (size_t) -1)
    done = iconv (handle, NULL, NULL, &out, &out_left);
  iconv_close (handle);
  if (done == (size_t) -1)
    return sf_fail (err, SF_EFORMAT, "byte %zu (0x%02X) is not %s", length - in_left,
                    in_left ? bytes[length - in_left] : 0, set->name);
  *out = '\0';
  *ret_text = text;
  *ret_length = (size_t) (out - text);
  return SF_OK;
}

enum sf_code
sf_text_to_utf8 (struct sf_arena *arena, const uint8_t *bytes, size_t length, const char *charset, char **ret_text,
                 size_t *ret_length, struct sf_error *err)
{
  const struct charset *set = find_charset (charset, bytes, length);
  if (!set)
    return sf_fail (err, SF_EUNSUPPORTED, "unknown charset '%s': use utf-8, gbk, gb18030, utf-16le, utf-16be or auto",
                    charset);
  size_t skip = has_mark (set, bytes, length) ? set->mark_bytes : 0;
  const uint8_t *body = length ? bytes + skip : (const uint8_t *) "";
  length -= skip;
  if (set->iconv_name)
    return convert (arena, set, body, length, ret_text, ret_length, err);
  size_t good = sf_text_utf8_prefix (body, length);
  if (good < length)
    return sf_fail (err, SF_EFORMAT, "byte %zu (0x%02X) is not utf-8", skip + good, body[good]);
  char *text = sf_arena_strndup (arena, (const char *) body, length);
  if (!text)
    return sf_fail (err, SF_ENOMEM, "out of memory for %zu bytes of text", length);
  *ret_text = text;
  *ret_length = length;
  return SF_OK;
}

static bool
is_blank (char c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v';
}

static bool
is_digit (char c)
{
  return c >= '0' && c <= '9';
}

struct sf_span
sf_span_of (const char *text)
{
  return (struct sf_span){ text, text ? strlen (text) : 0 };
}

struct sf_span
sf_span_trim (struct sf_span span)
{
  while (span.length && is_blank (span.text[0]))
    {
      span.text++;
      span.length--;
    }
  while (span.length && is_blank (span.text[span.length - 1]))
    span.length--;
  return span;
}

bool
sf_span_equal (struct sf_span span, const char *text)
{
  size_t n = strlen (text);
  return n == span.length && (n == 0 || memcmp (span.text, text, n) == 0);
}

static size_t
count_digits (const char *text, size_t length)
{
  size_t n = 0;
  while (n < length && is_digit (text[n]))
    n++;
  return n;
}

/* [+-] digits [. digits] [e [+-] digits], with a digit before or after the point. */
static bool
is_decimal (const char *text, size_t length)
{
  size_t at = length && (text[0] == '+' || text[0] == '-');
  size_t digits = count_digits (text + at, length - at);
  at += digits;
  if (at < length && text[at] == '.')
    {
      size_t decimals = count_digits (text + at + 1, length - at - 1);
      digits += decimals;
      at += 1 + decimals;
    }
  if (digits == 0)
    return false;
  if (at < length && (text[at] == 'e' || text[at] == 'E'))
    {
      at++;
      at += at < length && (text[at] == '+' || text[at] == '-');
      size_t exponent = count_digits (text + at, length - at);
      if (exponent == 0)
        return false;
      at += exponent;
    }
  return at == length;
}

bool
sf_text_parse_double (struct sf_span span, double *ret_value)
{
  char copy[SF_NUMBER_TEXT_BYTES];
  span = sf_span_trim (span);
  if (span.length >= sizeof copy || !is_decimal (span.text, span.length))
    return false;
  memcpy (copy, span.text, span.length);
  copy[span.length] = '\0';
  /* glibc's "C" locale is static: neither call allocates. */
  locale_t c_locale = newlocale (LC_ALL_MASK, "C", (locale_t) 0);
  double value = strtod_l (copy, NULL, c_locale);
  freelocale (c_locale);
  if (!isfinite (value))
    return false;
  *ret_value = value;
  return true;
}

bool
sf_text_parse_int (struct sf_span span, int64_t *ret_value)
{
  span = sf_span_trim (span);
  bool negative = span.length && span.text[0] == '-';
  size_t at = negative || (span.length && span.text[0] == '+');
  int64_t value = 0;
  if (at == span.length)
    return false;
  for (; at < span.length; at++)
    {
      int digit = span.text[at] - '0';
      if (!is_digit (span.text[at]) || __builtin_mul_overflow (value, 10, &value)
          || __builtin_add_overflow (value, negative ? -digit : digit, &value))
        return false;
    }
  *ret_value = value;
  return true;
}

bool
sf_text_parse_bool (struct sf_span span, bool *ret_value)
{
  static const char *const words[] = { "false", "true", "no", "yes", "off", "on" };
  span = sf_span_trim (span);
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (sf_span_equal (span, words[i]))
      {
        *ret_value = i % 2;
        return true;
      }
  return false;
}

/* Move the beginning of *rest forward. */
static void
advance (struct sf_span *rest, size_t length)
{
  rest->text += length;
  rest->length -= length;
}

bool
sf_text_next_line (struct sf_span *rest, struct sf_span *ret_line, long *line_number)
{
  if (rest->length == 0)
    return false;
  const char *end = memchr (rest->text, '\n', rest->length);
  size_t length = end ? (size_t) (end - rest->text) : rest->length;
  struct sf_span line = { rest->text, length };
  advance (rest, length + (end != NULL));
  if (line.length && line.text[line.length - 1] == '\r')
    line.length--;
  *ret_line = line;
  ++*line_number;
  return true;
}

bool
sf_text_next_word (struct sf_span *rest, struct sf_span *ret_word)
{
  size_t begin = 0;
  while (begin < rest->length && is_blank (rest->text[begin]))
    begin++;
  size_t end = begin;
  while (end < rest->length && !is_blank (rest->text[end]))
    end++;
  if (begin == end)
    return false;
  *ret_word = (struct sf_span){ rest->text + begin, end - begin };
  advance (rest, end);
  return true;
}

/* Length of the quoted text that span begins with, quotes included ("" inside stands for one quote); 0 when there is
   none or it is not closed. */
static size_t
quoted_length (struct sf_span span)
{
  if (span.length < 2 || span.text[0] != '"')
    return 0;
  for (size_t i = 1; i < span.length; i++)
    {
      if (span.text[i] != '"')
        continue;
      if (i + 1 == span.length || span.text[i + 1] != '"')
        return i + 1;
      i++;
    }
  return 0;
}

bool
sf_text_next_field (struct sf_span *rest, char separator, struct sf_span *ret_field)
{
  if (!rest->text)
    return false;
  size_t quoted = quoted_length (*rest);
  size_t end = quoted;
  while (end < rest->length && rest->text[end] != separator)
    end++;
  struct sf_span field = { rest->text, end };
  if (quoted && quoted == end)
    field = (struct sf_span){ rest->text + 1, end - 2 };
  if (end < rest->length)
    advance (rest, end + 1);
  else
    *rest = (struct sf_span){ NULL, 0 };
  *ret_field = field;
  return true;
}

enum
{
  NEAREST_BYTES = 64
};

static int
lower (char c)
{
  return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char) c;
}

static int
min3 (int a, int b, int c)
{
  int least = a < b ? a : b;
  return least < c ? least : c;
}

/* Edit distance with swaps of neighbours (optimal string alignment), letters of either case being equal.
   Both texts are shorter than NEAREST_BYTES. */
static int
edit_distance (const char *a, const char *b)
{
  int row[3][NEAREST_BYTES], a_length = (int) strlen (a), b_length = (int) strlen (b);
  int *before = row[0], *last = row[1], *now = row[2];
  for (int j = 0; j <= b_length; j++)
    last[j] = before[j] = j;
  for (int i = 1; i <= a_length; i++)
    {
      now[0] = i;
      for (int j = 1; j <= b_length; j++)
        {
          bool same = lower (a[i - 1]) == lower (b[j - 1]);
          now[j] = min3 (last[j] + 1, now[j - 1] + 1, last[j - 1] + !same);
          if (i > 1 && j > 1 && lower (a[i - 1]) == lower (b[j - 2]) && lower (a[i - 2]) == lower (b[j - 1]))
            now[j] = min3 (now[j], before[j - 2] + 1, INT_MAX);
        }
      int *spare = before;
      before = last;
      last = now;
      now = spare;
    }
  return last[b_length];
}

const char *
sf_text_nearest (const char *name, const char *const *candidates, size_t count)
{
  size_t length = strlen (name);
  int limit = length < 4 ? 1 : length < 7 ? 2 : 3;
  const char *best = NULL;
  if (length == 0 || length >= NEAREST_BYTES)
    return NULL;
  for (size_t i = 0; i < count; i++)
    {
      size_t candidate_length = strlen (candidates[i]);
      if (candidate_length >= NEAREST_BYTES || (int) candidate_length <= limit)
        continue;
      int distance = edit_distance (name, candidates[i]);
      if (distance > limit)
        continue;
      best = candidates[i];
      limit = distance - 1;
    }
  return best;
}

void
sf_strbuf_finish (struct sf_strbuf *buf)
{
  sf_mem_free (buf->text);
  *buf = (struct sf_strbuf){ 0 };
}

void
sf_strbuf_reset (struct sf_strbuf *buf)
{
  buf->length = 0;
  buf->failed = false;
  if (buf->text)
    buf->text[0] = '\0';
}

static bool
make_room (struct sf_strbuf *buf, size_t length)
{
  if (!buf->failed)
    buf->failed
        = length > SIZE_MAX / 4 || sf_mem_grow ((void **) &buf->text, &buf->capacity, buf->length + length + 1, 1);
  return !buf->failed;
}

void
sf_strbuf_add_bytes (struct sf_strbuf *buf, const void *bytes, size_t length)
{
  if (!make_room (buf, length))
    return;
  if (length)
    memcpy (buf->text + buf->length, bytes, length);
  buf->length += length;
  buf->text[buf->length] = '\0';
}

void
sf_strbuf_add (struct sf_strbuf *buf, const char *text)
{
  sf_strbuf_add_bytes (buf, text, strlen (text));
}

void
sf_strbuf_addf (struct sf_strbuf *buf, const char *format, ...)
{
  va_list args;
  locale_t c_locale = newlocale (LC_ALL_MASK, "C", (locale_t) 0);
  locale_t before = uselocale (c_locale);
  va_start (args, format);
  int n = vsnprintf (NULL, 0, format, args);
  va_end (args);
  if (n < 0)
    buf->failed = true;
  else if (make_room (buf, (size_t) n))
    {
      va_start (args, format);
      vsnprintf (buf->text + buf->length, (size_t) n + 1, format, args);
      va_end (args);
      buf->length += (size_t) n;
    }
  uselocale (before);
  freelocale (c_locale);
}

void
sf_strbuf_add_excerpt (struct sf_strbuf *buf, const char *bytes, size_t length, size_t most)
{
  size_t n = length < most ? length : most;
  while (n > 0 && n < length && ((unsigned char) bytes[n] & 0xC0) == 0x80)
    n--;
  bool utf8 = sf_text_is_utf8 ((const uint8_t *) bytes, n);
  for (size_t i = 0; i < n; i++)
    {
      unsigned char c = (unsigned char) bytes[i];
      if ((c >= 0x20 && c < 0x7F) || (c >= 0x80 && utf8))
        sf_strbuf_add_bytes (buf, &bytes[i], 1);
      else
        sf_strbuf_addf (buf, "\\x%02x", c);
    }
  if (n < length)
    sf_strbuf_add (buf, "...");
}
