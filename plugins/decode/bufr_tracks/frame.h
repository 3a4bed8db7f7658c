/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_PLUGINS_DECODE_BUFR_TRACKS_FRAME_H
#define SF_PLUGINS_DECODE_BUFR_TRACKS_FRAME_H

#include "core/base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The outside of a BUFR message, read without any library: where it begins and ends, what it says of itself, and
   whether it is laid out as a track's and how much it unfolds to. Nothing else reaches eccodes, which was not made for
   hostile bytes: it aborts on some operators and allocates what a count asks for. Layout: WMO Manual on Codes I.2, FM 94 BUFR, editions 3 and 4. */

enum
{
  BUFR_BYTES_MAX = 1 << 20, /* the largest seen has 17 KB; 101 members with radii, uncompressed, would have 400 KB */
  BUFR_SUBSETS_MAX = 512
};

struct bufr_frame
{
  const uint8_t *bytes; /* borrowed */
  size_t length;
  int edition, category, centre, tables_version;
  int subsets;
  bool compressed;
  size_t elements; /* what the data unfold to */
};

/* Find the next "BUFR" at or after *offset; false when there is none. *ret_next is where to look after it: behind the
   message when its length leads to its "7777", else behind the word. */
bool bufr_find (const uint8_t *bytes, size_t length, size_t *offset, size_t *ret_next);

/* Read the sections of the message that begins at bytes, of which length are there, and check that it is category 7, within
   the limits above, and of a template made of the track elements (3 16 082 or its parts). SF_EFORMAT says what is wrong. */
enum sf_code bufr_frame_read (const uint8_t *bytes, size_t length, struct bufr_frame *ret_frame, struct sf_error *err);

#endif
