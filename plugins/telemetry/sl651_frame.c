/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/telemetry/sl651_frame.h"

#include "plugins/telemetry/bytes.h"

#include <string.h>

/* Header bytes are: centre 1, station 5, password 2, function 1, direction and length 2 (down: station before centre). In
   ASCII each is two digits. */
enum
{
  HEADER_BYTES = 11,
  SERIAL_AND_TIME = 8,
  PART_BYTES = 3,
  MARK = 0x7e
};

/* Where things stand in a frame of either kind. */
struct layout
{
  size_t width; /* characters a byte: 1, or 2 in ASCII */
  size_t begin; /* of the header */
};

static struct layout
layout_of (const uint8_t *bytes)
{
  return bytes[0] == SF_SL651_SOH ? (struct layout){ 2, 1 } : (struct layout){ 1, 2 };
}

static bool
read_bytes (const uint8_t *from, size_t count, size_t width, uint8_t *bytes)
{
  if (width == 2)
    return sf_bytes_from_hex ((const char *) from, count, bytes);
  memcpy (bytes, from, count);
  return true;
}

static bool
may_end (uint8_t end)
{
  return end == SF_SL651_ETX || end == SF_SL651_ETB || end == SF_SL651_ENQ || end == SF_SL651_ACK || end == SF_SL651_NAK
         || end == SF_SL651_EOT || end == SF_SL651_ESC;
}

static bool
may_begin (const uint8_t *bytes, size_t length)
{
  return bytes[0] == SF_SL651_SOH || (bytes[0] == MARK && (length < 2 || bytes[1] == MARK));
}

/* Whether what is there of a header can be one; in ASCII its digits are looked at as they come. */
static bool
may_be_header (const uint8_t *bytes, size_t length, const struct layout *layout)
{
  uint8_t byte;
  size_t there = length > layout->begin ? (length - layout->begin) / layout->width : 0;
  for (size_t i = 0; i < there && i < HEADER_BYTES; i++)
    if (!read_bytes (bytes + layout->begin + i * layout->width, 1, layout->width, &byte)
        || (i == HEADER_BYTES - 2 && (byte & 0x70)))
      return false;
  return true;
}

static enum sf_probe
probe (const uint8_t *bytes, size_t length, size_t *ret_length)
{
  struct layout layout = layout_of (bytes);
  uint8_t head[HEADER_BYTES], check[2];
  size_t start = layout.begin + HEADER_BYTES * layout.width;
  if (!may_begin (bytes, length) || !may_be_header (bytes, length, &layout))
    return SF_PROBE_NOT;
  if (length <= start)
    return SF_PROBE_MORE;
  if (bytes[start] != SF_SL651_STX && bytes[start] != SF_SL651_SYN)
    return SF_PROBE_NOT;
  read_bytes (bytes + layout.begin, HEADER_BYTES, layout.width, head);
  size_t end = start + 1 + (sf_bytes_u16 (head + HEADER_BYTES - 2) & 0xfff), whole = end + 1 + 2 * layout.width;
  if (length <= end)
    return SF_PROBE_MORE;
  if (!may_end (bytes[end]))
    return SF_PROBE_NOT;
  if (length < whole)
    return SF_PROBE_MORE;
  *ret_length = whole;
  if (!read_bytes (bytes + end + 1, 2, layout.width, check))
    return SF_PROBE_NOT;
  return sf_bytes_crc16 (bytes, end + 1) == sf_bytes_u16 (check) ? SF_PROBE_GOOD : SF_PROBE_BAD;
}

const struct sf_scan_rules sf_sl651_rules
    = { .marks = { MARK, SF_SL651_SOH }, .frame_bytes_max = SF_SL651_FRAME_BYTES, .probe = probe };

static void
read_header (const uint8_t head[HEADER_BYTES], struct sf_sl651 *frame)
{
  frame->is_down = head[9] & 0x80;
  frame->centre = head[frame->is_down ? 5 : 0];
  memcpy (frame->station, head + (frame->is_down ? 0 : 1), 5);
  memcpy (frame->password, head + 6, 2);
  frame->function = head[8];
  sf_bytes_to_hex (frame->station, 5, frame->station_text);
}

/* Take the numbers of the part off the body; false when there is no room for them. */
static bool
read_part (size_t width, struct sf_sl651 *frame)
{
  uint8_t numbers[PART_BYTES];
  if (frame->body_length < PART_BYTES * width || !read_bytes (frame->body, PART_BYTES, width, numbers))
    return false;
  frame->parts = (unsigned) numbers[0] << 4 | numbers[1] >> 4;
  frame->part = (numbers[1] & 15u) << 8 | numbers[2];
  frame->body += PART_BYTES * width;
  frame->body_length -= PART_BYTES * width;
  return true;
}

bool
sf_sl651_parse (const uint8_t *bytes, size_t length, struct sf_sl651 *frame)
{
  uint8_t head[HEADER_BYTES], check[2], first[SERIAL_AND_TIME];
  size_t whole = 0;
  if (!length)
    return false;
  enum sf_probe kind = probe (bytes, length, &whole);
  if ((kind != SF_PROBE_GOOD && kind != SF_PROBE_BAD) || whole != length)
    return false;
  struct layout layout = layout_of (bytes);
  size_t start = layout.begin + HEADER_BYTES * layout.width;
  *frame = (struct sf_sl651){ .is_ascii = layout.width == 2, .is_sound = kind == SF_PROBE_GOOD };
  read_bytes (bytes + layout.begin, HEADER_BYTES, layout.width, head);
  read_header (head, frame);
  frame->is_part = bytes[start] == SF_SL651_SYN;
  frame->body = bytes + start + 1;
  frame->body_length = sf_bytes_u16 (head + HEADER_BYTES - 2) & 0xfff;
  frame->end = bytes[start + 1 + frame->body_length];
  read_bytes (frame->body + frame->body_length + 1, 2, layout.width, check);
  frame->crc = sf_bytes_u16 (check);
  if (frame->is_part && !read_part (layout.width, frame))
    return false;
  frame->has_head = (!frame->is_part || frame->part == 1) && frame->body_length >= SERIAL_AND_TIME * layout.width
                    && read_bytes (frame->body, SERIAL_AND_TIME, layout.width, first);
  if (frame->has_head)
    {
      memcpy (frame->serial, first, 2);
      memcpy (frame->time, first + 2, 6);
    }
  return true;
}

static size_t
write_bytes (bool is_ascii, const uint8_t *bytes, size_t count, uint8_t *to)
{
  char digits[2 * HEADER_BYTES + 1];
  if (is_ascii)
    sf_bytes_to_hex (bytes, count, digits);
  memcpy (to, is_ascii ? (const void *) digits : bytes, is_ascii ? 2 * count : count);
  return is_ascii ? 2 * count : count;
}

size_t
sf_sl651_write_answer (const struct sf_sl651 *to, const uint8_t password[2], const uint8_t serial[2],
                       const uint8_t time[6], uint8_t end, uint8_t *frame)
{
  uint8_t head[HEADER_BYTES], body[SERIAL_AND_TIME];
  size_t length = 0;
  memcpy (head, to->station, 5);
  head[5] = to->centre;
  memcpy (head + 6, password, 2);
  head[8] = to->function;
  head[9] = 0x80;
  head[10] = to->is_ascii ? 2 * SERIAL_AND_TIME : SERIAL_AND_TIME;
  memcpy (body, serial, 2);
  memcpy (body + 2, time, 6);
  frame[length++] = to->is_ascii ? SF_SL651_SOH : MARK;
  if (!to->is_ascii)
    frame[length++] = MARK;
  length += write_bytes (to->is_ascii, head, sizeof head, frame + length);
  frame[length++] = SF_SL651_STX;
  length += write_bytes (to->is_ascii, body, sizeof body, frame + length);
  frame[length++] = end;
  uint16_t crc = sf_bytes_crc16 (frame, length);
  const uint8_t check[] = { (uint8_t) (crc >> 8), (uint8_t) crc };
  return length + write_bytes (to->is_ascii, check, sizeof check, frame + length);
}
