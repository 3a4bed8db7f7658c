/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_PNG_HELP_H
#define TEST_PNG_HELP_H

#include "core/base/text.h"

#include <cairo.h>
#include <check.h>
#include <string.h>

/* PNG files read back by cairo (libpng), for tests that look at pixels. */

struct png_reader
{
  const struct sf_strbuf *png;
  size_t at;
};

static inline cairo_status_t
png_read_bytes (void *closure, unsigned char *data, unsigned length)
{
  struct png_reader *reader = closure;
  if (reader->png->length - reader->at < length)
    return CAIRO_STATUS_READ_ERROR;
  memcpy (data, reader->png->text + reader->at, length);
  reader->at += length;
  return CAIRO_STATUS_SUCCESS;
}

static inline cairo_surface_t *
png_open (const struct sf_strbuf *png)
{
  struct png_reader reader = { png, 0 };
  cairo_surface_t *file = cairo_image_surface_create_from_png_stream (png_read_bytes, &reader);
  ck_assert_int_eq (cairo_surface_status (file), CAIRO_STATUS_SUCCESS);
  return file;
}

/* A pixel as 0xAARRGGBB, premultiplied; files without transparency are opaque. */
static inline uint32_t
png_pixel (cairo_surface_t *surface, int x, int y)
{
  uint32_t pixel;
  memcpy (&pixel,
          cairo_image_surface_get_data (surface) + (size_t) y * (size_t) cairo_image_surface_get_stride (surface)
              + 4 * (size_t) x,
          sizeof pixel);
  return cairo_image_surface_get_format (surface) == CAIRO_FORMAT_RGB24 ? pixel | 0xff000000u : pixel;
}

#endif
