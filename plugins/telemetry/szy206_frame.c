/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/telemetry/szy206_frame.h"

#include "plugins/telemetry/bytes.h"

#include <string.h>

enum
{
  MARK = 0x68,
  END = 0x16,
  BEFORE = 3,      /* 68 L 68 */
  LEAST_BYTES = 7, /* control, address, function */
  UP = 0x80,
  DIVIDED = 0x40,
  COUNT_BITS = 0x30
};

static enum sf_probe
probe (const uint8_t *bytes, size_t length, size_t *ret_length)
{
  if (bytes[0] != MARK || (length > 1 && bytes[1] < LEAST_BYTES) || (length > 2 && bytes[2] != MARK))
    return SF_PROBE_NOT;
  size_t whole = length > 1 ? BEFORE + bytes[1] + 2u : SIZE_MAX;
  if (length < whole)
    return SF_PROBE_MORE;
  if (bytes[whole - 1] != END)
    return SF_PROBE_NOT;
  *ret_length = whole;
  return sf_bytes_crc8 (bytes + BEFORE, bytes[1]) == bytes[whole - 2] ? SF_PROBE_GOOD : SF_PROBE_BAD;
}

const struct sf_scan_rules sf_szy206_rules
    = { .marks = { MARK, MARK }, .frame_bytes_max = SF_SZY206_FRAME_BYTES, .probe = probe };

bool
sf_szy206_parse (const uint8_t *bytes, size_t length, struct sf_szy206 *frame)
{
  size_t whole = 0;
  if (!length)
    return false;
  enum sf_probe kind = probe (bytes, length, &whole);
  if ((kind != SF_PROBE_GOOD && kind != SF_PROBE_BAD) || whole != length)
    return false;
  const uint8_t *from = bytes + BEFORE;
  size_t division = from[0] & DIVIDED ? 1 : 0;
  if (bytes[1] < LEAST_BYTES + division)
    return false;
  *frame = (struct sf_szy206){ .is_up = from[0] & UP,
                               .is_sound = kind == SF_PROBE_GOOD,
                               .control = from[0],
                               .type = from[0] & 15,
                               .address = from + 1 + division,
                               .function = from[6 + division],
                               .check = bytes[whole - 2],
                               .data = from + LEAST_BYTES + division,
                               .data_length = bytes[1] - LEAST_BYTES - division };
  sf_bytes_to_hex (frame->address, 5, frame->station);
  return true;
}

size_t
sf_szy206_write_answer (const struct sf_szy206 *to, uint8_t *frame)
{
  uint8_t *from = frame + BEFORE;
  frame[0] = frame[2] = MARK;
  frame[1] = LEAST_BYTES;
  from[0] = to->control & COUNT_BITS;
  memcpy (from + 1, to->address, 5);
  from[6] = to->function;
  from[7] = sf_bytes_crc8 (from, LEAST_BYTES);
  from[8] = END;
  return BEFORE + LEAST_BYTES + 2;
}
