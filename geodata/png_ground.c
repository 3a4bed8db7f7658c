/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/png.h"
#include "geodata/png_private.h"

#include <string.h>

enum
{
  SIGNATURE_BYTES = 8,
  FRAME_BYTES = 12,  /* of a chunk around its data: length, type, checksum */
  COLOUR_TYPE_AT = 9 /* in IHDR */
};

struct chunk
{
  const uint8_t *type, *data;
  size_t length;
};

/* The chunk at the head of *rest, which then begins behind it; false when it is cut off. */
static bool
next_chunk (struct sf_span *rest, struct chunk *ret_chunk)
{
  const uint8_t *at = (const uint8_t *) rest->text;
  if (rest->length < FRAME_BYTES)
    return false;
  size_t length = (size_t) at[0] << 24 | (size_t) at[1] << 16 | (size_t) at[2] << 8 | at[3];
  if (length > rest->length - FRAME_BYTES)
    return false;
  *ret_chunk = (struct chunk){ .type = at + 4, .data = at + 8, .length = length };
  rest->text += length + FRAME_BYTES;
  rest->length -= length + FRAME_BYTES;
  return true;
}

static bool
is_type (const struct chunk *chunk, const char *type)
{
  return memcmp (chunk->type, type, 4) == 0;
}

/* Read PLTE or tRNS into a palette. */
static void
take_colours (const struct chunk *chunk, uint8_t palette[256][4], int *ret_colours)
{
  bool is_alpha = is_type (chunk, "tRNS");
  size_t count = is_alpha ? chunk->length : chunk->length / 3;
  for (size_t i = 0; i < count && i < 256; i++)
    if (is_alpha)
      palette[i][3] = chunk->data[i];
    else
      {
        memcpy (palette[i], chunk->data + 3 * i, 3);
        palette[i][3] = 255;
      }
  if (!is_alpha)
    *ret_colours = count < 256 ? (int) count : 256;
}

static void
blend (uint8_t palette[256][4], int colours, const uint8_t ground_rgb[3])
{
  for (int i = 0; i < colours; i++)
    {
      int alpha = palette[i][3];
      for (int c = 0; c < 3; c++)
        palette[i][c] = (uint8_t) ((palette[i][c] * alpha + ground_rgb[c] * (255 - alpha) + 127) / 255);
      palette[i][3] = 255;
    }
}

bool
sf_png_lay_on_ground (const void *png, size_t length, const uint8_t ground_rgb[3], struct sf_strbuf *out)
{
  struct sf_span rest = { png, length };
  struct chunk chunk;
  uint8_t palette[256][4] = { { 0 } };
  int colours = 0;
  if (length < SIGNATURE_BYTES)
    return false;
  rest.text += SIGNATURE_BYTES;
  rest.length -= SIGNATURE_BYTES;
  if (!next_chunk (&rest, &chunk) || !is_type (&chunk, "IHDR") || chunk.length <= COLOUR_TYPE_AT
      || chunk.data[COLOUR_TYPE_AT] != SF_PNG_COLOUR_PALETTE)
    return false;
  sf_strbuf_add_bytes (out, png, (size_t) (rest.text - (const char *) png));
  const char *tail = rest.text;
  while (next_chunk (&rest, &chunk) && !is_type (&chunk, "IDAT"))
    {
      if (is_type (&chunk, "PLTE") || is_type (&chunk, "tRNS"))
        take_colours (&chunk, palette, &colours);
      else
        sf_strbuf_add_bytes (out, tail, (size_t) (rest.text - tail));
      tail = rest.text;
    }
  blend (palette, colours, ground_rgb);
  sf_png_add_palette (out, (const uint8_t (*)[4]) palette, colours);
  sf_strbuf_add_bytes (out, tail, (size_t) ((const char *) png + length - tail));
  return true;
}
