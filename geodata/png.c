/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/png.h"

#include "core/base/mem.h"
#include "geodata/png_private.h"

#include <libdeflate.h>
#include <string.h>

enum
{
  MAX_SIDE = 32768
};

void
sf_png_put_u32 (uint8_t bytes[4], uint32_t value)
{
  bytes[0] = (uint8_t) (value >> 24);
  bytes[1] = (uint8_t) (value >> 16);
  bytes[2] = (uint8_t) (value >> 8);
  bytes[3] = (uint8_t) value;
}

size_t
sf_png_begin_chunk (struct sf_strbuf *out, const char *type)
{
  size_t begin = out->length;
  sf_strbuf_add_bytes (out, "\0\0\0\0", 4);
  sf_strbuf_add_bytes (out, type, 4);
  return begin;
}

void
sf_png_end_chunk (struct sf_strbuf *out, size_t begin)
{
  uint8_t number[4];
  if (out->failed)
    return;
  size_t length = out->length - begin - 8;
  sf_png_put_u32 ((uint8_t *) out->text + begin, (uint32_t) length);
  sf_png_put_u32 (number, libdeflate_crc32 (0, out->text + begin + 4, length + 4));
  sf_strbuf_add_bytes (out, number, 4);
}

void
sf_png_add_chunk (struct sf_strbuf *out, const char *type, const void *data, size_t length)
{
  size_t begin = sf_png_begin_chunk (out, type);
  sf_strbuf_add_bytes (out, data, length);
  sf_png_end_chunk (out, begin);
}

void
sf_png_add_header (struct sf_strbuf *out, int width, int height, int depth, int colour)
{
  static const uint8_t signature[8] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };
  uint8_t header[13] = { 0 };
  sf_png_put_u32 (header, (uint32_t) width);
  sf_png_put_u32 (header + 4, (uint32_t) height);
  header[8] = (uint8_t) depth;
  header[9] = (uint8_t) colour;
  sf_strbuf_add_bytes (out, signature, sizeof signature);
  sf_png_add_chunk (out, "IHDR", header, sizeof header);
}

void
sf_png_add_palette (struct sf_strbuf *out, const uint8_t (*palette)[4], int colours)
{
  uint8_t rgb[768] = { 0 }, alpha[256] = { 0 };
  int translucent = 0;
  for (int i = 0; i < colours; i++)
    {
      memcpy (rgb + 3 * i, palette[i], 3);
      alpha[i] = palette[i][3];
      if (alpha[i] != 255)
        translucent = i + 1;
    }
  sf_png_add_chunk (out, "PLTE", rgb, (size_t) colours * 3);
  if (translucent > 0)
    sf_png_add_chunk (out, "tRNS", alpha, (size_t) translucent);
}

static void
add_texts (struct sf_strbuf *out, const struct sf_png_image *image)
{
  for (int i = 0; i < image->texts_count; i++)
    {
      struct sf_strbuf body = { 0 };
      sf_strbuf_add_bytes (&body, image->texts[i].key, strlen (image->texts[i].key) + 1);
      sf_strbuf_add_bytes (&body, "\0\0\0\0", 4); /* not compressed, method, language, translated key */
      sf_strbuf_add (&body, image->texts[i].text);
      if (body.failed)
        out->failed = true;
      else
        sf_png_add_chunk (out, "iTXt", body.text, body.length);
      sf_strbuf_finish (&body);
    }
}

static uint8_t *
filtered_rows (const struct sf_png_image *image, size_t *ret_length)
{
  size_t row = (size_t) image->width * (size_t) image->channels;
  uint8_t *raw = sf_mem_alloc ((row + 1) * (size_t) image->height);
  if (!raw)
    return NULL;
  for (int y = 0; y < image->height; y++)
    {
      raw[(row + 1) * (size_t) y] = 0;
      memcpy (raw + (row + 1) * (size_t) y + 1, image->pixels + row * (size_t) y, row);
    }
  *ret_length = (row + 1) * (size_t) image->height;
  return raw;
}

static enum sf_code
add_pixels (struct sf_strbuf *out, const struct sf_png_image *image, int level, struct sf_error *err)
{
  enum sf_code code = SF_OK;
  size_t length = 0, bound = 0, packed = 0;
  uint8_t *raw = NULL, *data = NULL;
  struct libdeflate_compressor *compressor = NULL;

  raw = filtered_rows (image, &length);
  compressor = libdeflate_alloc_compressor (level);
  if (raw && compressor)
    {
      bound = libdeflate_zlib_compress_bound (compressor, length);
      data = sf_mem_alloc (bound);
    }
  if (!data)
    {
      code = sf_fail (err, SF_ENOMEM, "PNG %dx%d: out of memory", image->width, image->height);
      goto out;
    }
  packed = libdeflate_zlib_compress (compressor, raw, length, data, bound);
  if (packed == 0 || packed > INT32_MAX) /* the format's longest chunk */
    {
      code = sf_fail (err, SF_ERANGE, "PNG %dx%d: its pixels do not fit into one chunk", image->width, image->height);
      goto out;
    }
  sf_png_add_chunk (out, "IDAT", data, packed);
out:
  sf_mem_free (data);
  libdeflate_free_compressor (compressor);
  sf_mem_free (raw);
  return code;
}

static enum sf_code
check_image (const struct sf_png_image *image, int level, struct sf_error *err)
{
  if (image->width < 1 || image->height < 1 || image->width > MAX_SIDE || image->height > MAX_SIDE)
    return sf_fail (err, SF_EINVAL, "PNG: size %dx%d is outside 1..%d", image->width, image->height, MAX_SIDE);
  if (image->channels != 1 && image->channels != 3 && image->channels != 4)
    return sf_fail (err, SF_EINVAL, "PNG: %d channels, expected 1, 3 or 4", image->channels);
  if (level < 1 || level > 12)
    return sf_fail (err, SF_EINVAL, "PNG: compression level %d is outside 1..12", level);
  if (image->channels > 1)
    return SF_OK;
  if (!image->palette || image->colours < 1 || image->colours > 256)
    return sf_fail (err, SF_EINVAL, "PNG: a palette of %d colours, expected 1..256", image->colours);
  int highest = 0;
  size_t pixels = (size_t) image->width * (size_t) image->height;
  for (size_t i = 0; i < pixels; i++)
    highest = image->pixels[i] > highest ? image->pixels[i] : highest;
  if (highest >= image->colours)
    return sf_fail (err, SF_EINVAL, "PNG: pixel index %d, but the palette has %d colours", highest, image->colours);
  return SF_OK;
}

enum sf_code
sf_png_encode (const struct sf_png_image *image, int level, struct sf_strbuf *out, struct sf_error *err)
{
  SF_TRY (check_image (image, level, err));
  size_t begin = out->length;
  sf_png_add_header (out, image->width, image->height, 8,
                     image->channels == 1   ? SF_PNG_COLOUR_PALETTE
                     : image->channels == 3 ? SF_PNG_COLOUR_RGB
                                            : SF_PNG_COLOUR_RGBA);
  if (image->channels == 1)
    sf_png_add_palette (out, image->palette, image->colours);
  add_texts (out, image);
  enum sf_code code = add_pixels (out, image, level, err);
  sf_png_add_chunk (out, "IEND", "", 0);
  if (code == SF_OK && out->failed)
    code = sf_fail (err, SF_ENOMEM, "PNG %dx%d: out of memory", image->width, image->height);
  if (code != SF_OK && !out->failed)
    out->length = begin;
  return code;
}
