/* SPDX-License-Identifier: Apache-2.0 */
/* Classes and ramps: every pixel is an index into one palette. */
#include "geodata/painter_private.h"

#include "core/base/mem.h"
#include "geodata/png.h"
#include "geodata/render.h"

#include <string.h>

struct palette
{
  uint8_t rgba[256][4];
  int colours;
  uint8_t stripe; /* index of the stripes' colour, 0 without stripes */
};

static enum sf_code
palette_init (struct sf_painter *painter, struct sf_error *err)
{
  struct palette *palette = sf_mem_calloc (1, sizeof *palette);
  if (!palette)
    return sf_fail (err, SF_ENOMEM, "painter: out of memory");
  palette->colours = sf_style_palette (painter->source.style, palette->rgba);
  if (painter->source.is_striped)
    {
      palette->stripe = (uint8_t) palette->colours;
      memcpy (palette->rgba[palette->colours++], sf_painter_stripe_rgba, 4);
    }
  painter->state = palette;
  return SF_OK;
}

static void
palette_finish (struct sf_painter *painter)
{
  sf_mem_free (painter->state);
}

static void
draw_stripes (const struct sf_window *window, uint8_t stripe, uint8_t *pixels)
{
  int column, row;
  sf_painter_phase (window, SF_PAINTER_STRIPE_PERIOD, &column, &row);
  for (int y = 0; y < window->height; y++)
    for (int x = 0; x < window->width; x++, pixels++)
      if (*pixels && (x + column + y + row) % SF_PAINTER_STRIPE_PERIOD < SF_PAINTER_STRIPE_WIDTH)
        *pixels = stripe;
}

static enum sf_code
palette_paint (const struct sf_painter *painter, const struct sf_window *window, struct sf_strbuf *out, bool *ret_any,
               struct sf_error *err)
{
  const struct sf_painter_source *source = &painter->source;
  const struct palette *palette = painter->state;
  struct sf_render render = { .grid = source->grid,
                              .band = source->band,
                              .style = source->style,
                              .origin = source->origin,
                              .projection = window->projection,
                              .bounds = window->bounds,
                              .width = window->width,
                              .height = window->height };
  uint8_t *pixels = sf_mem_alloc ((size_t) window->width * (size_t) window->height);
  if (!pixels)
    return sf_fail (err, SF_ENOMEM, "painter %dx%d: out of memory", window->width, window->height);
  enum sf_code code = sf_render_indices (&render, pixels, ret_any, err);
  if (code == SF_OK && palette->stripe)
    draw_stripes (window, palette->stripe, pixels);
  struct sf_png_image image = { .width = window->width,
                                .height = window->height,
                                .channels = 1,
                                .pixels = pixels,
                                .palette = (const uint8_t (*)[4]) palette->rgba,
                                .colours = palette->colours };
  if (code == SF_OK)
    code = sf_png_encode (&image, source->png_level ? source->png_level : 1, out, err);
  sf_mem_free (pixels);
  return code;
}

const struct painter_kind sf_painter_palette = { palette_init, palette_finish, palette_paint };
