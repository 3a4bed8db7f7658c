/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_PLUGINS_TELEMETRY_SZY206_FRAME_H
#define SF_PLUGINS_TELEMETRY_SZY206_FRAME_H

#include "plugins/telemetry/scan.h"

/* SZY 206: 68 L 68, L bytes from control to the end of the data, CRC-8, 16. Picture frames, whose length byte says nothing,
   are not read. */

enum
{
  SF_SZY206_FRAME_BYTES = 3 + 255 + 2,
  SF_SZY206_REPORT = 0xc0,
  SF_SZY206_REPORT_NOW = 0xb0,
  SF_SZY206_ALARM = 0x81,
  SF_SZY206_MANUAL = 0x82
};

struct sf_szy206
{
  bool is_up, is_sound;
  uint8_t control, type, function, check; /* type: the low four bits of control */
  const uint8_t *address;                 /* 5: area in BCD, station */
  char station[11];                       /* ten digits */
  const uint8_t *data;
  size_t data_length;
};

extern const struct sf_scan_rules sf_szy206_rules;

/* Read a frame that the rules found (good or bad); false when it is none. */
bool sf_szy206_parse (const uint8_t *frame, size_t length, struct sf_szy206 *ret_frame);
/* Write the centre's confirmation of a frame; at most SF_SZY206_FRAME_BYTES. */
size_t sf_szy206_write_answer (const struct sf_szy206 *to, uint8_t *frame);

#endif
