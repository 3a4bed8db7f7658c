/* SPDX-License-Identifier: Apache-2.0 */
/* Classes and ramps: every pixel is an index into one palette. */
#include "geodata/painter_private.h"

#include "core/base/mem.h"
#include "geodata/png.h"
#include "geodata/png_rows.h"
#include "geodata/render.h"
#include "geodata/render_rows.h"

#include <string.h>

struct palette
{
  struct sf_render_levels levels;
  uint8_t rgba[256][4];
  int colours;
  uint8_t stripe;          /* index of the stripes' colour, 0 without stripes */
  struct sf_strbuf chunks; /* of the PNG */
};

static void
palette_finish (struct sf_painter *painter)
{
  struct palette *palette = painter->state;
  sf_strbuf_finish (&palette->chunks);
  sf_mem_free (palette);
}

static enum sf_code
palette_init (struct sf_painter *painter, struct sf_error *err)
{
  const struct sf_painter_source *source = &painter->source;
  struct palette *palette = sf_mem_calloc (1, sizeof *palette);
  if (!palette)
    return sf_fail (err, SF_ENOMEM, "painter: out of memory");
  painter->state = palette;
  sf_render_levels_init (&palette->levels, source->style, source->origin);
  palette->colours = sf_style_palette (source->style, palette->rgba);
  if (source->is_striped)
    {
      palette->stripe = (uint8_t) palette->colours;
      memcpy (palette->rgba[palette->colours++], sf_painter_stripe_rgba, 4);
    }
  sf_png_rows_palette (&palette->chunks, (const uint8_t (*)[4]) palette->rgba, palette->colours);
  if (!palette->chunks.failed)
    return SF_OK;
  palette_finish (painter);
  return sf_fail (err, SF_ENOMEM, "painter: out of memory");
}

/* One call of palette_paint. */
struct painting
{
  const struct palette *palette;
  const struct sf_window *window;
  struct sf_render_rows rows;
  uint8_t *line;    /* the row as drawn */
  uint8_t *striped; /* the row with its stripes */
  int phase;        /* of the first pixel of the first row in the stripes' period */
  bool any;
};

static const uint8_t *
stripe_row (const struct painting *painting, int y)
{
  uint8_t stripe = painting->palette->stripe;
  if (!stripe)
    return painting->line;
  for (int x = 0; x < painting->window->width; x++)
    {
      bool on = (unsigned) (x + y + painting->phase) % SF_PAINTER_STRIPE_PERIOD < SF_PAINTER_STRIPE_WIDTH;
      painting->striped[x] = on && painting->line[x] ? stripe : painting->line[x];
    }
  return painting->striped;
}

static enum sf_code
paint_row (struct painting *painting, int y, struct sf_png_rows *png, struct sf_error *err)
{
  switch (sf_render_rows_next (&painting->rows, painting->line))
    {
    case SF_RENDER_ROW_EMPTY:
      return sf_png_rows_add (png, NULL, err);
    case SF_RENDER_ROW_SAME:
      if (!painting->palette->stripe)
        return sf_png_rows_repeat (png, err);
      break;
    case SF_RENDER_ROW_NEW:
      painting->any = painting->any || painting->rows.kernels->any_byte (painting->line, painting->window->width);
      break;
    }
  return sf_png_rows_add (png, stripe_row (painting, y), err);
}

/* As fast as can be: no row is kept longer than it takes to write it. */
static enum sf_code
paint_rows (struct painting *painting, struct sf_strbuf *out, struct sf_error *err)
{
  const struct sf_window *window = painting->window;
  const struct palette *palette = painting->palette;
  struct sf_png_rows *png = NULL;
  SF_TRY (sf_png_rows_begin (&png, window->width, window->height, palette->colours, &palette->chunks, out, err));
  enum sf_code code = SF_OK;
  for (int y = 0; code == SF_OK && y < window->height; y++)
    code = paint_row (painting, y, png, err);
  if (code == SF_OK)
    code = sf_png_rows_end (png, err);
  sf_png_rows_free (png);
  return code;
}

/* A small file: the whole picture is made, then packed. */
static enum sf_code
paint_whole (struct painting *painting, int level, struct sf_arena *arena, struct sf_strbuf *out, struct sf_error *err)
{
  const struct sf_window *window = painting->window;
  size_t width = (size_t) window->width;
  uint8_t *pixels = sf_arena_calloc (arena, (size_t) window->height, width);
  if (!pixels)
    return sf_fail (err, SF_ENOMEM, "painter %dx%d: out of memory", window->width, window->height);
  for (int y = 0; y < window->height; y++)
    {
      enum sf_render_row row = sf_render_rows_next (&painting->rows, painting->line);
      if (row == SF_RENDER_ROW_EMPTY)
        continue;
      painting->any = painting->any || painting->rows.kernels->any_byte (painting->line, window->width);
      memcpy (pixels + width * (size_t) y, stripe_row (painting, y), width);
    }
  const struct sf_png_image image = { .width = window->width,
                                      .height = window->height,
                                      .channels = 1,
                                      .pixels = pixels,
                                      .palette = (const uint8_t (*)[4]) painting->palette->rgba,
                                      .colours = painting->palette->colours };
  return sf_png_encode (&image, level, out, err);
}

static enum sf_code
palette_paint (const struct sf_painter *painter, const struct sf_window *window, struct sf_strbuf *out, bool *ret_any,
               struct sf_error *err)
{
  const struct sf_painter_source *source = &painter->source;
  const struct sf_render render = { .grid = source->grid,
                                    .band = source->band,
                                    .style = source->style,
                                    .origin = source->origin,
                                    .projection = window->projection,
                                    .bounds = window->bounds,
                                    .width = window->width,
                                    .height = window->height };
  struct sf_arena arena = { 0 };
  size_t width = (size_t) window->width;
  struct painting painting = { .palette = painter->state, .window = window };
  int column, row;
  sf_painter_phase (window, SF_PAINTER_STRIPE_PERIOD, &column, &row);
  painting.phase = column + row;
  painting.line = sf_arena_alloc (&arena, width);
  painting.striped = sf_arena_alloc (&arena, width);
  enum sf_code code = painting.line && painting.striped ? SF_OK : sf_fail (err, SF_ENOMEM, "painter: out of memory");
  if (code == SF_OK)
    code = sf_render_rows_init (&painting.rows, &render, &painting.palette->levels, &arena, err);
  if (code == SF_OK)
    code = source->png_level ? paint_whole (&painting, source->png_level, &arena, out, err)
                             : paint_rows (&painting, out, err);
  sf_arena_finish (&arena);
  if (code == SF_OK)
    *ret_any = painting.any;
  return code;
}

const struct painter_kind sf_painter_palette = { palette_init, palette_finish, palette_paint };
