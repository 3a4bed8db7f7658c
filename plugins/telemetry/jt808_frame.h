/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_PLUGINS_TELEMETRY_JT808_FRAME_H
#define SF_PLUGINS_TELEMETRY_JT808_FRAME_H

#include "plugins/telemetry/scan.h"

/* JT/T 808-2013 and -2019: 7E, escaped header, body and check, 7E. */

enum
{
  SF_JT808_MESSAGE_BYTES = 21 + 1023 + 1,
  SF_JT808_FRAME_BYTES = 2 * SF_JT808_MESSAGE_BYTES + 2
};

enum
{
  SF_JT808_REGISTER = 0x0100,
  SF_JT808_AUTHENTICATE = 0x0102,
  SF_JT808_POSITION = 0x0200,
  SF_JT808_POSITIONS = 0x0704,
  SF_JT808_TERMINAL_ANSWER = 0x0001,
  SF_JT808_PLATFORM_ANSWER = 0x8001,
  SF_JT808_REGISTER_ANSWER = 0x8100
};

struct sf_jt808
{
  uint8_t bytes[SF_JT808_MESSAGE_BYTES]; /* unescaped, from the message's number to the check */
  size_t length;
  uint16_t id, attributes, serial;
  bool is_2019, is_part;
  int encryption;             /* 0: none */
  uint16_t parts, part;       /* of a message in parts, from 1 */
  const uint8_t *phone_bytes; /* 6, or 10 with is_2019 */
  char phone[21];             /* without leading zeros */
  const uint8_t *body;
  size_t body_length;
};

extern const struct sf_scan_rules sf_jt808_rules;

/* Read a whole frame with its marks. False when it is none; a wrong check alone is no reason (see sf_jt808_check_holds). */
bool sf_jt808_parse (const uint8_t *frame, size_t length, struct sf_jt808 *ret_message);
/* Whether the check holds; and whether the length in the header does too. */
bool sf_jt808_check_holds (const struct sf_jt808 *message);
bool sf_jt808_is_sound (const struct sf_jt808 *message);

/* Write a frame of the platform to the sender of a message, with its marks; at most SF_JT808_FRAME_BYTES. */
size_t sf_jt808_write (const struct sf_jt808 *to, uint16_t id, uint16_t serial, const uint8_t *body, size_t body_length,
                       uint8_t *frame);

#endif
