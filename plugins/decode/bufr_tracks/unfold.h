/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_PLUGINS_DECODE_BUFR_TRACKS_UNFOLD_H
#define SF_PLUGINS_DECODE_BUFR_TRACKS_UNFOLD_H

#include "core/base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a template and its data unfold to, counted without any library before eccodes is asked, which takes some 3 KB for
   each element. */

enum
{
  BUFR_DESCRIPTORS_MAX = 64,
  BUFR_ELEMENTS_MAX = 120000, /* 52 members of 40 steps with radii, uncompressed, have 105000: 300 MB within eccodes */
  BUFR_NUMBERS_MAX = 6000000  /* elements times subsets, compressed */
};

/* The data of a message: the bits of section 4 behind its head. */
struct bufr_data
{
  const uint8_t *bytes;
  size_t length;
  int subsets;
  bool compressed;
};

/* Check that a list of descriptors (F 2 bits, X 6, Y 8) is made of the track elements: 3 16 082 alone, or its parts with
   replications of a fixed count, or of one eight-bit count that stands in the data. SF_EFORMAT names the descriptor. */
enum sf_code bufr_check_template (const uint16_t *list, size_t count, struct sf_error *err);

/* Count the elements that the data unfold to by a template that passed the check. SF_EFORMAT when the data end too early,
   are too many or have a count that differs between compressed subsets. */
enum sf_code bufr_count_elements (const uint16_t *list, size_t count, const struct bufr_data *data,
                                  size_t *ret_elements, struct sf_error *err);

#endif
