/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_UNIT_TELEMETRY_HELP_H
#define SF_TESTS_UNIT_TELEMETRY_HELP_H

#include "plugins/telemetry/bytes.h"
#include "tests/unit/base.h"

#include <stdint.h>
#include <stdio.h>

/* Frames from their hexadecimal digits. */

enum
{
  HELP_FRAME_BYTES = 8192
};

struct bytes
{
  uint8_t bytes[HELP_FRAME_BYTES];
  size_t length;
};

static inline struct bytes
bytes_of_hex (const char *digits)
{
  struct bytes all = { .length = strlen (digits) / 2 };
  ck_assert_uint_le (all.length, HELP_FRAME_BYTES);
  ck_assert (sf_bytes_from_hex (digits, all.length, all.bytes));
  return all;
}

static inline void
bytes_add (struct bytes *to, struct bytes more)
{
  memcpy (to->bytes + to->length, more.bytes, more.length);
  to->length += more.length;
}

/* Public frames of SL 651-2014: test report 30 and timed report 32 with the centre's answers, and a heartbeat. */
#define SL651_TEST                                                                                                     \
  "7E7E010012345678123430002B020003591011154947F1F1001234567848F0F059101115492019000005261900000539230000012738121115" \
  "0"                                                                                                                  \
  "320FA"
#define SL651_TEST_ANSWER "7E7E00123456780112343080080200035910111549471B75D4"
#define SL651_TIMED                                                                                                    \
  "7E7E05001122334403E832002B020034170718110016F1F1001122334448F0F017071811002019000040261900004039230001049038121099" \
  "03"                                                                                                                 \
  "A421"
#define SL651_TIMED_ANSWER "7E7E00112233440503E83280080200341707181100161BE5D4"
#define SL651_HEARTBEAT "7E7E01001234567812342F0008020003591011155111036BCA"
/* A public frame whose check is wrong: 7B54 where D001 is right. */
#define SL651_WRONG                                                                                                    \
  "7e7e010011111112000032002b02002b200321153057f1f1001111111248f0f020032115303922000098362019000000261900000038122400" \
  "037b"                                                                                                               \
  "54"
/* Public frames of SZY 206: flow 5.900 m3/s and 106182 m3, alarm 0110, state 6000, the 9th 08:45:00; no flow, alarm 0040. */
#define SZY206_FLOW "681A68B35303810D00C00059000000826110000001106000004508090A3516"
#define SZY206_NO_FLOW "681568B34406070001C0AAAAAAAAAA004040000000000101E516"
/* The worked sample of SmallChi/JT808's README. */
#define JT808_POSITION                                                                                                 \
  "7E02000026123456789012007D02000000010000000200BA7F0E07E4F11C0028003C00001810151010100104000000640202007D01137E"

/* An SL 651 frame of station 0012345678 from its body ("" or the numbers of a part, serial, time, elements). */
static inline struct bytes
sl651_frame (int function, const char *numbers, const char *body, int end)
{
  char head[64];
  size_t length = strlen (numbers) / 2 + strlen (body) / 2;
  snprintf (head, sizeof head, "7E7E0100123456781234%02X%04X%02X", function, (unsigned) length, *numbers ? 0x16 : 0x02);
  struct bytes frame = bytes_of_hex (head);
  bytes_add (&frame, bytes_of_hex (numbers));
  bytes_add (&frame, bytes_of_hex (body));
  frame.bytes[frame.length++] = (uint8_t) end;
  uint16_t crc = sf_bytes_crc16 (frame.bytes, frame.length);
  frame.bytes[frame.length++] = (uint8_t) (crc >> 8);
  frame.bytes[frame.length++] = (uint8_t) crc;
  return frame;
}

/* A JT/T 808-2013 frame without escapes from its header and body: they hold no 7E and 7D. */
static inline struct bytes
jt808_frame (const char *message)
{
  struct bytes frame = bytes_of_hex ("7E");
  bytes_add (&frame, bytes_of_hex (message));
  uint8_t check = 0;
  for (size_t i = 1; i < frame.length; i++)
    check ^= frame.bytes[i];
  frame.bytes[frame.length++] = check;
  frame.bytes[frame.length++] = 0x7e;
  return frame;
}

#endif
