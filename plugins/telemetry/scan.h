/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_PLUGINS_TELEMETRY_SCAN_H
#define SF_PLUGINS_TELEMETRY_SCAN_H

#include "core/plugin/plugin.h"

/* Finding the frames of a link that has marks, lengths and checks, and losing none of them behind a damaged one. */

/* What stands at a place of the stream. */
enum sf_probe
{
  SF_PROBE_NOT,  /* no frame begins here */
  SF_PROBE_MORE, /* one may; more bytes are needed to tell */
  SF_PROBE_BAD,  /* one by its marks and length, but its check fails */
  SF_PROBE_GOOD
};

struct sf_scan_rules
{
  uint8_t marks[2]; /* a frame begins with one of these; both the same where there is one */
  size_t frame_bytes_max;
  /* Look at bytes that begin with a mark; *ret_length is set with BAD and GOOD. Never MORE with frame_bytes_max bytes. More
     bytes may turn MORE into anything and change nothing else. */
  enum sf_probe (*probe) (const uint8_t *bytes, size_t length, size_t *ret_length);
};

/* Set kind and length of the first frame, as struct sf_protocol's `frame` does. Of frames that could be seen in overlapping
   ways the good one that ends first is taken: a wrong mark or length before it cannot swallow it. What stands before it is
   a bad frame or noise. A decision once possible does not change with more bytes, so pieces do not matter. */
void sf_scan (const struct sf_scan_rules *rules, const uint8_t *bytes, size_t length, bool ended,
              struct sf_frame *ret_frame);

#endif
