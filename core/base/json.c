/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/json.h"

#include "core/base/decimal.h"
#include "core/base/time.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum
{
  DEPTH_LAST = 63
};

static void
new_line (struct sf_json *json)
{
  if (json->indent)
    sf_strbuf_addf (json->out, "\n%*s", json->indent * json->depth, "");
}

/* What stands before a value or key: a comma and a line, unless it follows its key. */
static void
begin_item (struct sf_json *json)
{
  uint64_t bit = UINT64_C (1) << json->depth;
  if (json->after_key || json->depth == 0)
    {
      json->after_key = false;
      return;
    }
  if (json->has_items & bit)
    sf_strbuf_add (json->out, ",");
  json->has_items |= bit;
  new_line (json);
}

static void
begin_container (struct sf_json *json, const char *bracket)
{
  begin_item (json);
  sf_strbuf_add (json->out, bracket);
  if (json->depth == DEPTH_LAST)
    {
      json->out->failed = true;
      return;
    }
  json->depth++;
  json->has_items &= ~(UINT64_C (1) << json->depth);
}

static void
end_container (struct sf_json *json, const char *bracket)
{
  if (json->depth == 0)
    {
      json->out->failed = true;
      return;
    }
  bool had_items = json->has_items >> json->depth & 1;
  json->depth--;
  if (had_items)
    new_line (json);
  sf_strbuf_add (json->out, bracket);
}

void
sf_json_begin_object (struct sf_json *json)
{
  begin_container (json, "{");
}

void
sf_json_end_object (struct sf_json *json)
{
  end_container (json, "}");
}

void
sf_json_begin_array (struct sf_json *json)
{
  begin_container (json, "[");
}

void
sf_json_end_array (struct sf_json *json)
{
  end_container (json, "]");
}

static void
add_escape (struct sf_strbuf *out, unsigned char c)
{
  static const char shorts[] = "\"\"\\\\\bb\ff\nn\rr\tt";
  for (const char *s = shorts; *s; s += 2)
    if ((unsigned char) s[0] == c)
      {
        char pair[] = { '\\', s[1] };
        sf_strbuf_add_bytes (out, pair, sizeof pair);
        return;
      }
  sf_strbuf_addf (out, "\\u%04x", c);
}

/* The text in quotes; each byte that is not UTF-8 becomes U+FFFD. */
static void
add_quoted (struct sf_strbuf *out, const char *text)
{
  size_t left = strlen (text);
  size_t valid = sf_text_utf8_prefix ((const uint8_t *) text, left);
  sf_strbuf_add (out, "\"");
  while (left)
    {
      size_t plain = 0;
      while (plain < valid && (unsigned char) text[plain] >= 0x20 && text[plain] != '"' && text[plain] != '\\')
        plain++;
      sf_strbuf_add_bytes (out, text, plain);
      text += plain;
      left -= plain;
      valid -= plain;
      if (!left)
        break;
      if (valid)
        {
          add_escape (out, (unsigned char) *text);
          valid--;
        }
      else
        {
          sf_strbuf_add (out, "\xEF\xBF\xBD");
          valid = sf_text_utf8_prefix ((const uint8_t *) text + 1, left - 1);
        }
      text++;
      left--;
    }
  sf_strbuf_add (out, "\"");
}

void
sf_json_key (struct sf_json *json, const char *key)
{
  begin_item (json);
  add_quoted (json->out, key);
  sf_strbuf_add (json->out, json->indent ? ": " : ":");
  json->after_key = true;
}

void
sf_json_string (struct sf_json *json, const char *utf8)
{
  if (!utf8)
    {
      sf_json_null (json);
      return;
    }
  begin_item (json);
  add_quoted (json->out, utf8);
}

void
sf_strbuf_add_double (struct sf_strbuf *buf, double value)
{
  char text[SF_DECIMAL_BYTES];
  const char *end = sf_decimal_write_short (text, value);
  if (end)
    {
      sf_strbuf_add_bytes (buf, text, (size_t) (end - text));
      return;
    }
  locale_t c_locale = newlocale (LC_ALL_MASK, "C", (locale_t) 0);
  locale_t before = uselocale (c_locale);
  /* Fifteen digits or fewer name a normal double exactly once; a subnormal may need as little as one. */
  int digits = fabs (value) < DBL_MIN ? 1 : DBL_DIG;
  do
    snprintf (text, sizeof text, "%.*g", digits, value);
  while (digits++ < DBL_DECIMAL_DIG && strtod (text, NULL) != value);
  uselocale (before);
  freelocale (c_locale);
  sf_strbuf_add (buf, text);
}

void
sf_json_double (struct sf_json *json, double value)
{
  if (!isfinite (value))
    {
      sf_json_null (json);
      return;
    }
  begin_item (json);
  sf_strbuf_add_double (json->out, value);
}

/* "-0.0" is what a small negative number rounds to; nobody means it. */
static bool
is_minus_zero (const char *text)
{
  return text[0] == '-' && text[strspn (text, "-0.")] == '\0';
}

void
sf_json_fixed (struct sf_json *json, double value, int decimals)
{
  if (!isfinite (value))
    {
      sf_json_null (json);
      return;
    }
  begin_item (json);
  size_t begin = json->out->length;
  sf_strbuf_addf (json->out, "%.*f", decimals, value);
  if (json->out->failed || !is_minus_zero (json->out->text + begin))
    return;
  memmove (json->out->text + begin, json->out->text + begin + 1, json->out->length - begin);
  json->out->length--;
}

void
sf_json_int (struct sf_json *json, int64_t value)
{
  begin_item (json);
  sf_strbuf_addf (json->out, "%lld", (long long) value);
}

void
sf_json_bool (struct sf_json *json, bool value)
{
  begin_item (json);
  sf_strbuf_add (json->out, value ? "true" : "false");
}

void
sf_json_null (struct sf_json *json)
{
  begin_item (json);
  sf_strbuf_add (json->out, "null");
}

void
sf_json_time (struct sf_json *json, int64_t time_s)
{
  char text[SF_TIME_TEXT_BYTES];
  sf_time_format_utc (text, time_s);
  sf_json_string (json, strcmp (text, "-") == 0 ? NULL : text);
}

void
sf_json_put_string (struct sf_json *json, const char *key, const char *utf8)
{
  sf_json_key (json, key);
  sf_json_string (json, utf8);
}

void
sf_json_put_double (struct sf_json *json, const char *key, double value)
{
  sf_json_key (json, key);
  sf_json_double (json, value);
}

void
sf_json_put_int (struct sf_json *json, const char *key, int64_t value)
{
  sf_json_key (json, key);
  sf_json_int (json, value);
}

void
sf_json_put_bool (struct sf_json *json, const char *key, bool value)
{
  sf_json_key (json, key);
  sf_json_bool (json, value);
}

void
sf_json_put_time (struct sf_json *json, const char *key, int64_t time_s)
{
  sf_json_key (json, key);
  sf_json_time (json, time_s);
}
