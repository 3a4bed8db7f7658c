/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/decode/sl651/body.h"
#include "plugins/telemetry/bytes.h"

#include <math.h>
#include <string.h>

/* Hexadecimal bodies: one-byte identifiers (two from FF on), a byte of length and decimals, the data. */

enum
{
  STATION = 0xf1,
  OBSERVED = 0xf0,
  MANUAL = 0xf2,
  PICTURE = 0xf3,
  EXTENDED = 0xff,
  DIGITS_BYTES_MAX = 9
};

/* The bytes not yet walked through. */
struct rest
{
  const uint8_t *bytes;
  size_t length;
};

/* An element's head: identifier, and how its data is written. */
struct head
{
  uint16_t id;
  size_t width, head_bytes;
  int decimals;
};

/* Packed BCD; FF throughout is missing, a first FF is a minus. False when it is no number. */
static bool
read_number (const uint8_t *bytes, const struct head *head, double *ret_value)
{
  size_t filled = 0, width = head->width;
  while (filled < width && bytes[filled] == 0xff)
    filled++;
  *ret_value = NAN;
  if (width && filled == width)
    return true;
  bool is_negative = filled == 1;
  bytes += is_negative;
  width -= is_negative;
  if (!width || width > DIGITS_BYTES_MAX || !sf_bytes_is_bcd (bytes, width))
    return false;
  double value = (double) sf_bytes_bcd (bytes, width);
  static const double tens[] = { 1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7 };
  value /= tens[head->decimals];
  *ret_value = is_negative ? -value : value;
  return true;
}

static bool
is_class (uint8_t byte)
{
  return byte && strchr ("HKPZDTMGQIO", byte) != NULL;
}

/* Station and time marks are doubled. True when one was read. */
static bool
read_mark (struct body *body, struct rest *rest)
{
  const uint8_t *bytes = rest->bytes;
  size_t used = 0;
  if (rest->length >= 7 && bytes[0] == STATION && bytes[1] == STATION)
    {
      body_name_station (body, bytes + 2);
      body->gate = 0;
      used = 7 + (rest->length > 7 && is_class (bytes[7]) ? 1 : 0);
    }
  else if (rest->length >= 7 && bytes[0] == OBSERVED && bytes[1] == OBSERVED)
    {
      used = 7;
      body->gate = 0;
      if (!sf_bytes_bcd_time (bytes + 2, 5, &body->observed_s))
        {
          /* What follows has no time: none of it can be used. */
          sf_report_reject (body->report, bytes, rest->length, "%02X%02X%02X%02X%02X is no time YYMMDDhhmm", bytes[2],
                            bytes[3], bytes[4], bytes[5], bytes[6]);
          used = rest->length;
        }
    }
  rest->bytes += used;
  rest->length -= used;
  return used > 0;
}

static bool
read_head (const struct rest *rest, struct head *head)
{
  size_t long_by = rest->length && rest->bytes[0] == EXTENDED ? 1 : 0;
  if (rest->length < 2 + long_by)
    return false;
  uint8_t definition = rest->bytes[1 + long_by];
  *head = (struct head){ .id = long_by ? sf_bytes_u16 (rest->bytes) : rest->bytes[0],
                         .width = definition >> 3,
                         .head_bytes = 2 + long_by,
                         .decimals = definition & 7 };
  return rest->length - head->head_bytes >= head->width;
}

static enum sf_code
read_one (struct body *body, const struct element *element, const struct head *head, const uint8_t *data,
          int64_t valid_s)
{
  double value;
  if (!read_number (data, head, &value))
    {
      sf_report_reject (body->report, data - head->head_bytes, head->head_bytes + head->width,
                        "element %02X (%s): its digits are no number", head->id, element->name);
      return SF_OK;
    }
  if (element->kind != ELEMENT_GATE)
    return body_emit (body, element, value, valid_s);
  body->gate = value >= 0 ? (long) value : 0;
  return SF_OK;
}

static bool
read_step (struct body *body, const struct head *head, const uint8_t *data)
{
  if (head->width != 3 || !sf_bytes_is_bcd (data, 3))
    return false;
  body->step_s = 86400 * sf_bytes_bcd (data, 1) + 3600 * sf_bytes_bcd (data + 1, 1) + 60 * sf_bytes_bcd (data + 2, 1);
  return true;
}

/* Values of a uniform report fill the rest of its body. *ret_used: bytes of data. */
static enum sf_code
read_uniform (struct body *body, const struct element *element, const struct head *head, const struct rest *rest,
              size_t *ret_used)
{
  size_t count = (rest->length - head->head_bytes) / head->width;
  for (size_t i = 0; i < count; i++)
    SF_TRY (read_one (body, element, head, rest->bytes + head->head_bytes + i * head->width,
                      body->observed_s + (int64_t) i * body->step_s));
  *ret_used = count * head->width;
  return SF_OK;
}

static enum sf_code
read_element (struct body *body, const struct element *element, const struct head *head, const struct rest *rest,
              size_t *ret_used)
{
  const uint8_t *data = rest->bytes + head->head_bytes;
  bool is_value = element->kind == ELEMENT_NUMBER || element->kind == ELEMENT_DAY_RAIN;
  *ret_used = head->width;
  if (element->kind == ELEMENT_IGNORE)
    return SF_OK;
  if (element->kind == ELEMENT_STEP && read_step (body, head, data))
    return SF_OK;
  if (element->kind == ELEMENT_STATUS && head->width == 4)
    return body_emit_status (body, data);
  if (element->kind == ELEMENT_RAIN_5MIN || element->kind == ELEMENT_LEVEL_5MIN)
    return body_emit_series (body, element, data, head->width);
  if (is_value && body->function == SF_SL651_UNIFORM && body->step_s > 0 && head->width)
    return read_uniform (body, element, head, rest, ret_used);
  if (is_value || element->kind == ELEMENT_GATE)
    return read_one (body, element, head, data, body->observed_s);
  sf_report_reject (body->report, rest->bytes, head->head_bytes + head->width, "element %02X (%s) of %zu bytes",
                    head->id, element->name, head->width);
  return SF_OK;
}

static bool
is_doubled (const struct rest *rest, uint8_t mark)
{
  return rest->length >= 2 && rest->bytes[0] == mark && rest->bytes[1] == mark;
}

enum sf_code
body_read_hex (struct body *body, const uint8_t *bytes, size_t length)
{
  struct rest rest = { bytes, length };
  while (rest.length)
    {
      struct head head;
      size_t used;
      if (read_mark (body, &rest))
        continue;
      if (is_doubled (&rest, PICTURE) || is_doubled (&rest, MANUAL) || !read_head (&rest, &head))
        {
          sf_report_reject (body->report, rest.bytes, rest.length, "%s",
                            is_doubled (&rest, PICTURE)  ? "a picture is not read"
                            : is_doubled (&rest, MANUAL) ? "a report by hand is not read"
                                                         : "an element runs past the end of its message");
          return SF_OK;
        }
      const struct element *element = elements_by_id (body->elements, head.id);
      used = head.width;
      if (element)
        SF_TRY (read_element (body, element, &head, &rest, &used));
      else
        sf_report_reject (body->report, rest.bytes, head.head_bytes + head.width, "element %02X is not in the table",
                          head.id);
      rest.bytes += head.head_bytes + used;
      rest.length -= head.head_bytes + used;
    }
  return SF_OK;
}
