/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_PNG_PRIVATE_H
#define SF_GEODATA_PNG_PRIVATE_H

#include "core/base/text.h"

/* Pieces of a PNG file, shared by geodata/png*.c. */
enum
{
  SF_PNG_COLOUR_RGB = 2,
  SF_PNG_COLOUR_PALETTE = 3,
  SF_PNG_COLOUR_RGBA = 6
};

void sf_png_put_u32 (uint8_t bytes[4], uint32_t value);
void sf_png_add_chunk (struct sf_strbuf *out, const char *type, const void *data, size_t length);
/* A chunk whose data is appended after begin; end fills in its length and checksum. */
size_t sf_png_begin_chunk (struct sf_strbuf *out, const char *type);
void sf_png_end_chunk (struct sf_strbuf *out, size_t begin);
/* The signature and IHDR; PLTE and, with transparency, tRNS. */
void sf_png_add_header (struct sf_strbuf *out, int width, int height, int depth, int colour);
void sf_png_add_palette (struct sf_strbuf *out, const uint8_t (*palette)[4], int colours);

#endif
