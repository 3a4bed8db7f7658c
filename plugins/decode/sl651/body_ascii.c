/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/decode/sl651/body.h"
#include "plugins/telemetry/bytes.h"

#include <string.h>

/* ASCII bodies: identifiers and values with blanks between: "ST 0012345678 P TT 1707181100 PJ 4.0 Z 10.490". */

enum
{
  SERIES_BYTES_MAX = 64
};

static const uint8_t *
bytes_of (struct sf_span word)
{
  return (const uint8_t *) word.text;
}

static void
reject (const struct body *body, struct sf_span name, const char *text, size_t length, const char *why)
{
  sf_report_reject (body->report, (const uint8_t *) text, length, "'%.*s' %s",
                    (int) (sf_text_utf8_prefix (bytes_of (name), name.length < 20 ? name.length : 20)), name.text, why);
}

static bool
read_station (struct body *body, struct sf_span *rest)
{
  struct sf_span word, after = *rest, class_code;
  uint8_t station[5];
  if (!sf_text_next_word (&after, &word) || word.length != 10 || !sf_bytes_from_hex (word.text, 5, station))
    return false;
  body_name_station (body, station);
  body->gate = 0;
  *rest = after;
  if (sf_text_next_word (&after, &class_code) && class_code.length == 1)
    *rest = after;
  return true;
}

static bool
read_time (struct body *body, struct sf_span *rest)
{
  struct sf_span word;
  uint8_t time[5];
  return sf_text_next_word (rest, &word) && word.length == 10 && sf_bytes_from_hex (word.text, 5, time)
         && sf_bytes_bcd_time (time, 5, &body->observed_s);
}

/* "DRD01", "DRH01", "DRN05": days, hours, minutes. */
static bool
read_step (struct body *body, struct sf_span name)
{
  int64_t count;
  if (name.length != 5 || memcmp (name.text, "DR", 2) || !strchr ("DHN", name.text[2])
      || !sf_text_parse_int ((struct sf_span){ name.text + 3, 2 }, &count) || count < 0)
    return false;
  body->step_s = count * (name.text[2] == 'D' ? 86400 : name.text[2] == 'H' ? 3600 : 60);
  return true;
}

/* Data in hexadecimal digits: a packed series, a status. */
static enum sf_code
read_digits (struct body *body, const struct element *element, struct sf_span name, struct sf_span *rest)
{
  uint8_t bytes[SERIES_BYTES_MAX];
  struct sf_span word = { 0 };
  bool is_status = element->kind == ELEMENT_STATUS;
  bool fits = sf_text_next_word (rest, &word) && word.length % 2 == 0 && word.length / 2 <= sizeof bytes
              && sf_bytes_from_hex (word.text, word.length / 2, bytes) && (!is_status || word.length == 8);
  if (!fits)
    reject (body, name, word.text, word.length, "has no data in hexadecimal digits");
  else if (is_status)
    return body_emit_status (body, bytes);
  else
    return body_emit_series (body, element, bytes, word.length / 2);
  return SF_OK;
}

/* One number, or as many as there are in a uniform report. */
static enum sf_code
read_numbers (struct body *body, const struct element *element, struct sf_span name, struct sf_span *rest)
{
  struct sf_span word, after = *rest;
  double value;
  int64_t valid_s = body->observed_s;
  int count = 0;
  bool is_series = body->function == SF_SL651_UNIFORM && body->step_s > 0;
  while ((is_series || !count) && sf_text_next_word (&after, &word) && sf_text_parse_double (word, &value))
    {
      if (element->kind == ELEMENT_GATE)
        body->gate = value >= 0 && value < 1e6 ? (long) value : 0;
      else if (element->kind != ELEMENT_IGNORE)
        SF_TRY (body_emit (body, element, value, valid_s));
      valid_s += body->step_s;
      *rest = after;
      count++;
    }
  if (!count)
    {
      struct sf_span all = *rest;
      word = (struct sf_span){ name.text, name.length };
      if (sf_text_next_word (rest, &word) && element->kind == ELEMENT_IGNORE)
        return SF_OK;
      reject (body, name, all.text ? word.text : name.text, word.length, "has no number");
    }
  return SF_OK;
}

static enum sf_code
read_word (struct body *body, struct sf_span name, struct sf_span *rest)
{
  const struct element *element = elements_by_name (body->elements, name);
  if (sf_span_equal (name, "ST"))
    {
      if (read_station (body, rest))
        return SF_OK;
      reject (body, name, name.text, name.length + rest->length, "has no station of ten digits; the rest is left");
      rest->length = 0;
    }
  else if (sf_span_equal (name, "TT"))
    {
      if (read_time (body, rest))
        return SF_OK;
      reject (body, name, name.text, name.length + rest->length, "has no time YYMMDDhhmm; the rest is left");
      rest->length = 0;
    }
  else if (element
           && (element->kind == ELEMENT_RAIN_5MIN || element->kind == ELEMENT_LEVEL_5MIN
               || element->kind == ELEMENT_STATUS))
    return read_digits (body, element, name, rest);
  else if (element && element->kind != ELEMENT_STEP)
    return read_numbers (body, element, name, rest);
  else if (!read_step (body, name))
    {
      struct sf_span value = { name.text, name.length };
      sf_text_next_word (rest, &value);
      reject (body, name, name.text, (size_t) (value.text + value.length - name.text), "is not in the table");
    }
  return SF_OK;
}

enum sf_code
body_read_ascii (struct body *body, const uint8_t *bytes, size_t length)
{
  struct sf_span rest = { (const char *) bytes, length }, name;
  while (rest.length && sf_text_next_word (&rest, &name))
    SF_TRY (read_word (body, name, &rest));
  return SF_OK;
}
