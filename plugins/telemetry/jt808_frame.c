/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/telemetry/jt808_frame.h"

#include "plugins/telemetry/bytes.h"

#include <string.h>

enum
{
  MARK = 0x7e,
  ESCAPE = 0x7d,
  HEADER_2013 = 12,
  HEADER_2019 = 17,
  IS_2019 = 1 << 14,
  IS_PART = 1 << 13,
  LENGTH_BITS = 0x3ff
};

/* Undo the escapes between the marks; false when one is wrong or there are too many bytes. */
static bool
unescape (const uint8_t *bytes, size_t length, struct sf_jt808 *message)
{
  message->length = 0;
  for (size_t i = 0; i < length; i++)
    {
      uint8_t byte = bytes[i];
      if (message->length == sizeof message->bytes)
        return false;
      if (byte == ESCAPE)
        {
          if (++i == length || bytes[i] < 1 || bytes[i] > 2)
            return false;
          byte = bytes[i] == 1 ? ESCAPE : MARK;
        }
      message->bytes[message->length++] = byte;
    }
  return true;
}

static void
name_phone (struct sf_jt808 *message)
{
  char digits[21];
  sf_bytes_to_hex (message->phone_bytes, message->is_2019 ? 10 : 6, digits);
  size_t zeros = strspn (digits, "0"), length = strlen (digits);
  zeros -= zeros == length;
  memcpy (message->phone, digits + zeros, length - zeros + 1);
}

bool
sf_jt808_parse (const uint8_t *frame, size_t length, struct sf_jt808 *message)
{
  if (length < HEADER_2013 + 3 || frame[0] != MARK || frame[length - 1] != MARK
      || !unescape (frame + 1, length - 2, message) || message->length < HEADER_2013 + 1)
    return false;
  const uint8_t *bytes = message->bytes;
  message->id = sf_bytes_u16 (bytes);
  message->attributes = sf_bytes_u16 (bytes + 2);
  message->is_2019 = message->attributes & IS_2019;
  message->is_part = message->attributes & IS_PART;
  message->encryption = message->attributes >> 10 & 7;
  size_t header = (message->is_2019 ? HEADER_2019 : HEADER_2013);
  if (message->length < header + (message->is_part ? 4 : 0) + 1)
    return false;
  message->phone_bytes = bytes + (message->is_2019 ? 5 : 4);
  message->serial = sf_bytes_u16 (bytes + header - 2);
  message->parts = message->is_part ? sf_bytes_u16 (bytes + header) : 0;
  message->part = message->is_part ? sf_bytes_u16 (bytes + header + 2) : 0;
  header += message->is_part ? 4 : 0;
  message->body = bytes + header;
  message->body_length = message->length - header - 1;
  name_phone (message);
  return true;
}

static uint8_t
check_of (const uint8_t *bytes, size_t length)
{
  uint8_t check = 0;
  for (size_t i = 0; i < length; i++)
    check ^= bytes[i];
  return check;
}

bool
sf_jt808_check_holds (const struct sf_jt808 *message)
{
  return check_of (message->bytes, message->length) == 0;
}

bool
sf_jt808_is_sound (const struct sf_jt808 *message)
{
  return sf_jt808_check_holds (message) && message->body_length == (message->attributes & LENGTH_BITS);
}

static enum sf_probe
probe (const uint8_t *bytes, size_t length, size_t *ret_length)
{
  struct sf_jt808 message;
  size_t seen = length < SF_JT808_FRAME_BYTES ? length : SF_JT808_FRAME_BYTES;
  const uint8_t *end = seen > 1 ? memchr (bytes + 1, MARK, seen - 1) : NULL;
  if (bytes[0] != MARK)
    return SF_PROBE_NOT;
  if (!end)
    return length < SF_JT808_FRAME_BYTES ? SF_PROBE_MORE : SF_PROBE_NOT;
  *ret_length = (size_t) (end - bytes) + 1;
  if (*ret_length < HEADER_2013 + 3)
    return SF_PROBE_NOT;
  return sf_jt808_parse (bytes, *ret_length, &message) && sf_jt808_is_sound (&message) ? SF_PROBE_GOOD : SF_PROBE_BAD;
}

const struct sf_scan_rules sf_jt808_rules
    = { .marks = { MARK, MARK }, .frame_bytes_max = SF_JT808_FRAME_BYTES, .probe = probe };

static size_t
escape (const uint8_t *bytes, size_t length, uint8_t *to)
{
  size_t written = 0;
  for (size_t i = 0; i < length; i++)
    if (bytes[i] == MARK || bytes[i] == ESCAPE)
      {
        to[written++] = ESCAPE;
        to[written++] = bytes[i] == MARK ? 2 : 1;
      }
    else
      to[written++] = bytes[i];
  return written;
}

size_t
sf_jt808_write (const struct sf_jt808 *to, uint16_t id, uint16_t serial, const uint8_t *body, size_t body_length,
                uint8_t *frame)
{
  uint8_t bytes[SF_JT808_MESSAGE_BYTES];
  size_t header = to->is_2019 ? HEADER_2019 : HEADER_2013;
  unsigned attributes = (unsigned) body_length | (to->is_2019 ? IS_2019 : 0);
  const uint8_t head[] = { (uint8_t) (id >> 8), (uint8_t) id, (uint8_t) (attributes >> 8), (uint8_t) attributes };
  memcpy (bytes, to->bytes, header);
  memcpy (bytes, head, sizeof head);
  bytes[header - 2] = (uint8_t) (serial >> 8);
  bytes[header - 1] = (uint8_t) serial;
  memcpy (bytes + header, body, body_length);
  bytes[header + body_length] = check_of (bytes, header + body_length);
  frame[0] = MARK;
  size_t length = 1 + escape (bytes, header + body_length + 1, frame + 1);
  frame[length] = MARK;
  return length + 1;
}
