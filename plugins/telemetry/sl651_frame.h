/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_PLUGINS_TELEMETRY_SL651_FRAME_H
#define SF_PLUGINS_TELEMETRY_SL651_FRAME_H

#include "plugins/telemetry/scan.h"

/* SL 651-2014, hexadecimal (7E 7E) and ASCII (SOH) frames, both directions. */

enum
{
  SF_SL651_FRAME_BYTES = 24 + 4095 + 5,
  SF_SL651_HEARTBEAT = 0x2f,
  SF_SL651_UNIFORM = 0x31,
  SF_SL651_PICTURE = 0x36
};

/* Control characters. */
enum
{
  SF_SL651_SOH = 0x01,
  SF_SL651_STX = 0x02,
  SF_SL651_ETX = 0x03,
  SF_SL651_EOT = 0x04,
  SF_SL651_ENQ = 0x05,
  SF_SL651_ACK = 0x06,
  SF_SL651_NAK = 0x15,
  SF_SL651_SYN = 0x16,
  SF_SL651_ETB = 0x17,
  SF_SL651_ESC = 0x1b
};

struct sf_sl651
{
  bool is_ascii, is_down, is_part;
  bool is_sound; /* the CRC holds */
  uint8_t centre, function, end;
  uint8_t station[5], password[2];
  char station_text[11]; /* ten digits */
  unsigned parts, part;  /* of a message in parts, from 1 */
  uint16_t crc;          /* as sent */
  const uint8_t *body;   /* serial, time and elements, without the numbers of parts; ASCII where is_ascii */
  size_t body_length;
  /* What the body begins with, except in later parts. */
  bool has_head;
  uint8_t serial[2], time[6];
};

extern const struct sf_scan_rules sf_sl651_rules;

/* Read a frame that the rules found (good or bad); false when it is none. */
bool sf_sl651_parse (const uint8_t *frame, size_t length, struct sf_sl651 *ret_frame);

enum
{
  SF_SL651_ANSWER_BYTES = 64
};
/* Write the centre's short answer: its header, the serial and time given, and `end` (ACK, NAK, EOT, ESC). */
size_t sf_sl651_write_answer (const struct sf_sl651 *to, const uint8_t password[2], const uint8_t serial[2],
                              const uint8_t time[6], uint8_t end, uint8_t *frame);

#endif
