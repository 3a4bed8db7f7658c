/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_PNG_H
#define SF_GEODATA_PNG_H

#include "core/base/error.h"
#include "core/base/text.h"

#include <stdint.h>

/* A word about the picture, written as an iTXt chunk: key is Latin-1 of 1..79 bytes, text is UTF-8. */
struct sf_png_text
{
  const char *key, *text;
};

/* An image to encode: width x height pixels of `channels` bytes, rows from the top without padding.
   channels 1: indices into palette (colours of them, 1..256, four bytes R G B A each, not premultiplied);
   channels 3: R G B; channels 4: R G B A, not premultiplied. texts may be NULL. */
struct sf_png_image
{
  int width, height, channels;
  const uint8_t *pixels;
  const uint8_t (*palette)[4];
  int colours;
  const struct sf_png_text *texts;
  int texts_count;
};

/* Append the PNG file of an image to *out (PNG specification, W3C 2003: 8 bits a channel, filter 0, no interlace; tRNS for
   palettes with transparency, cut after the last entry that is not opaque). level 1..12 is libdeflate's. The same image
   and level give the same bytes. SF_EINVAL for impossible sizes or an index outside the palette, SF_ENOMEM. */
enum sf_code sf_png_encode (const struct sf_png_image *image, int level, struct sf_strbuf *out, struct sf_error *err);

/* Append an indexed PNG file again as it looks on a ground of one colour: only its palette changes. False, with nothing
   appended, when it is no PNG file with a palette. */
bool sf_png_lay_on_ground (const void *png, size_t length, const uint8_t ground_rgb[3], struct sf_strbuf *out);

#endif
