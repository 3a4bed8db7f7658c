/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/overlay.h"

#include "core/base/mem.h"
#include "geodata/picture_draw.h"
#include "geodata/png.h"

#include <string.h>

enum
{
  MAX_SIDE = 8192,
  PALETTE = 256,
  SLOTS = 1024, /* of the table of colours, a power of two and more than twice a palette */
  MARGIN_PX = 6
};

#define TEXT_PX 13.0

struct sf_overlay
{
  struct sf_overlay_setup setup;
  cairo_surface_t *surface;
  cairo_t *cr;
};

static enum sf_code
check_cairo (cairo_status_t status, const char *what, struct sf_error *err)
{
  if (status == CAIRO_STATUS_SUCCESS)
    return SF_OK;
  if (status == CAIRO_STATUS_NO_MEMORY)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", what);
  return sf_fail (err, SF_EFORMAT, "%s: %s", what, cairo_status_to_string (status));
}

enum sf_code
sf_overlay_new (const struct sf_overlay_setup *setup, struct sf_overlay **ret_overlay, struct sf_error *err)
{
  if (setup->width < 1 || setup->height < 1 || setup->width > MAX_SIDE || setup->height > MAX_SIDE)
    return sf_fail (err, SF_EINVAL, "overlay: %d x %d pixels, expected 1..%d a side", setup->width, setup->height,
                    MAX_SIDE);
  struct sf_overlay *overlay = sf_mem_calloc (1, sizeof *overlay);
  if (!overlay)
    return sf_fail (err, SF_ENOMEM, "overlay: out of memory");
  overlay->setup = *setup;
  overlay->surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, setup->width, setup->height);
  overlay->cr = cairo_create (overlay->surface);
  if (setup->is_opaque)
    {
      const uint8_t *rgb = setup->ground_rgb;
      cairo_set_source_rgb (overlay->cr, rgb[0] / 255.0, rgb[1] / 255.0, rgb[2] / 255.0);
      cairo_paint (overlay->cr);
    }
  enum sf_code code = check_cairo (cairo_status (overlay->cr), "overlay", err);
  if (code == SF_OK)
    *ret_overlay = overlay;
  else
    sf_overlay_free (overlay);
  return code;
}

void
sf_overlay_free (struct sf_overlay *overlay)
{
  if (!overlay)
    return;
  cairo_destroy (overlay->cr);
  cairo_surface_destroy (overlay->surface);
  sf_mem_free (overlay);
}

static cairo_status_t
read_bytes (void *ctx, unsigned char *out, unsigned length)
{
  struct sf_span *rest = ctx;
  if (length > rest->length)
    return CAIRO_STATUS_READ_ERROR;
  memcpy (out, rest->text, length);
  rest->text += length;
  rest->length -= length;
  return CAIRO_STATUS_SUCCESS;
}

enum sf_code
sf_overlay_add_png (struct sf_overlay *overlay, const void *bytes, size_t length, struct sf_error *err)
{
  struct sf_span rest = { bytes, length };
  if (length < 8 || memcmp (bytes, "\x89PNG\r\n\x1a\n", 8) != 0) /* cairo would call it out of memory */
    return sf_fail (err, SF_EFORMAT, "overlay: what should be a picture is no PNG file");
  cairo_surface_t *picture = cairo_image_surface_create_from_png_stream (read_bytes, &rest);
  enum sf_code code = check_cairo (cairo_surface_status (picture), "overlay: a picture", err);
  if (code == SF_OK
      && (cairo_image_surface_get_width (picture) != overlay->setup.width
          || cairo_image_surface_get_height (picture) != overlay->setup.height))
    code = sf_fail (err, SF_EFORMAT, "overlay: a picture of another size");
  if (code == SF_OK)
    {
      cairo_set_source_surface (overlay->cr, picture, 0, 0);
      cairo_paint (overlay->cr);
      code = check_cairo (cairo_status (overlay->cr), "overlay", err);
    }
  cairo_surface_destroy (picture);
  return code;
}

enum sf_code
sf_overlay_add_text (struct sf_overlay *overlay, const char *text, struct sf_error *err)
{
  PangoContext *pango = sf_sheet_new_pango (overlay->cr);
  PangoLayout *layout = sf_sheet_new_layout (pango, TEXT_PX, false, text);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  int width = overlay->setup.width - 2 * MARGIN_PX;
  pango_layout_set_width (layout, (width > 1 ? width : 1) * PANGO_SCALE);
  cairo_move_to (overlay->cr, MARGIN_PX, MARGIN_PX);
  pango_cairo_layout_path (overlay->cr, layout);
  cairo_set_source_rgb (overlay->cr, 1, 1, 1);
  cairo_set_line_width (overlay->cr, 3);
  cairo_stroke_preserve (overlay->cr);
  cairo_set_source_rgb (overlay->cr, 0.7, 0, 0);
  cairo_fill (overlay->cr);
  g_object_unref (layout);
  g_object_unref (pango);
  return check_cairo (cairo_status (overlay->cr), "overlay: a text", err);
}

/* --- into a file --- */

/* cairo's pixel, premultiplied A R G B in a word, as R G B A of bytes, not premultiplied. */
static uint32_t
plain (uint32_t pixel)
{
  uint32_t alpha = pixel >> 24, red = pixel >> 16 & 255, green = pixel >> 8 & 255, blue = pixel & 255;
  if (alpha == 0)
    return 0;
  if (alpha < 255)
    {
      red = (red * 255 + alpha / 2) / alpha;
      green = (green * 255 + alpha / 2) / alpha;
      blue = (blue * 255 + alpha / 2) / alpha;
    }
  uint32_t rgba;
  memcpy (&rgba, (const uint8_t[4]){ (uint8_t) red, (uint8_t) green, (uint8_t) blue, (uint8_t) alpha }, 4);
  return rgba;
}

static void
make_plain (struct sf_overlay *overlay, uint32_t *out)
{
  cairo_surface_flush (overlay->surface);
  const unsigned char *data = cairo_image_surface_get_data (overlay->surface);
  int stride = cairo_image_surface_get_stride (overlay->surface);
  uint32_t last = 0, last_plain = 0;
  for (int y = 0; y < overlay->setup.height; y++)
    {
      const uint32_t *row = (const uint32_t *) (const void *) (data + (size_t) stride * (size_t) y);
      for (int x = 0; x < overlay->setup.width; x++)
        {
          if (row[x] != last)
            {
              last = row[x];
              last_plain = plain (last);
            }
          *out++ = last_plain;
        }
    }
}

/* The colours of a picture, found through a table with open addressing. */
struct colours
{
  uint8_t rgba[PALETTE][4];
  uint32_t keys[SLOTS];
  int16_t slots[SLOTS]; /* index + 1, 0 where free */
  int count;
};

/* The index of a colour, entered where it is new; -1 when the palette is full. */
static int
index_of (struct colours *colours, uint32_t colour)
{
  uint32_t slot = (colour * 2654435761u) >> 22; /* Knuth's multiplicative hash, 10 bits */
  while (colours->slots[slot] && colours->keys[slot] != colour)
    slot = (slot + 1) % SLOTS;
  if (!colours->slots[slot])
    {
      if (colours->count == PALETTE)
        return -1;
      colours->keys[slot] = colour;
      memcpy (colours->rgba[colours->count], &colour, 4);
      colours->slots[slot] = (int16_t) ++colours->count;
    }
  return colours->slots[slot] - 1;
}

/* A colour whose channels keep their highest bits only, spread over 0..255 again. */
static uint32_t
rounded (uint32_t colour, int dropped)
{
  uint8_t channels[4];
  memcpy (channels, &colour, 4);
  for (int c = 0; c < 4; c++)
    channels[c] = (uint8_t) ((channels[c] >> dropped) * 255 / (255 >> dropped));
  memcpy (&colour, channels, 4);
  return colour;
}

/* Turn pixels into indices of a palette; false when there are too many colours. */
static bool
make_indices (const uint32_t *pixels, size_t count, int dropped, struct colours *colours, uint8_t *out)
{
  uint32_t last = 0;
  int index = -1;
  memset (colours, 0, sizeof *colours);
  for (size_t i = 0; i < count; i++)
    {
      if (index < 0 || pixels[i] != last)
        {
          last = pixels[i];
          index = index_of (colours, dropped ? rounded (last, dropped) : last);
          if (index < 0)
            return false;
        }
      out[i] = (uint8_t) index;
    }
  return true;
}

/* R G B A to R G B in place. */
static void
drop_alpha (uint8_t *pixels, size_t count)
{
  for (size_t i = 1; i < count; i++)
    memmove (pixels + 3 * i, pixels + 4 * i, 3);
}

static enum sf_code
encode_plain (struct sf_overlay *overlay, bool wants_palette, uint32_t *pixels, uint8_t *indices, struct sf_strbuf *out,
              struct sf_error *err)
{
  struct colours colours;
  size_t count = (size_t) overlay->setup.width * (size_t) overlay->setup.height;
  struct sf_png_image image = { .width = overlay->setup.width, .height = overlay->setup.height };
  make_plain (overlay, pixels);
  bool fits = make_indices (pixels, count, 0, &colours, indices);
  for (int dropped = 1; !fits && wants_palette; dropped++)
    fits = make_indices (pixels, count, dropped, &colours, indices);
  if (fits)
    {
      image.channels = 1;
      image.pixels = indices;
      image.palette = (const uint8_t (*)[4]) colours.rgba;
      image.colours = colours.count;
    }
  else
    {
      if (overlay->setup.is_opaque)
        drop_alpha ((uint8_t *) pixels, count);
      image.channels = overlay->setup.is_opaque ? 3 : 4;
      image.pixels = (const uint8_t *) pixels;
    }
  return sf_png_encode (&image, 1, out, err);
}

enum sf_code
sf_overlay_encode (struct sf_overlay *overlay, bool wants_palette, struct sf_strbuf *out, struct sf_error *err)
{
  size_t count = (size_t) overlay->setup.width * (size_t) overlay->setup.height;
  uint32_t *pixels = sf_mem_alloc (count * sizeof *pixels);
  uint8_t *indices = sf_mem_alloc (count);
  enum sf_code code = pixels && indices ? encode_plain (overlay, wants_palette, pixels, indices, out, err)
                                        : sf_fail (err, SF_ENOMEM, "overlay: out of memory");
  sf_mem_free (indices);
  sf_mem_free (pixels);
  return code;
}
