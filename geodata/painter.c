/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/painter_private.h"

#include "core/base/mem.h"
#include "geodata/render.h"

#include <math.h>

enum
{
  MAX_SIDE = 8192
};

const uint8_t sf_painter_stripe_rgba[4] = { 0x6a, 0x3f, 0xb5, 255 };

void
sf_painter_phase (const struct sf_window *window, int period, int *ret_column, int *ret_row)
{
  double left = -180, top = 90;
  if (window->projection == SF_TILE_SET_W)
    {
      left = sf_mercator_x_m (-180);
      top = -left;
    }
  const struct sf_bounds *bounds = &window->bounds;
  double column = round ((bounds->min_x - left) / (bounds->max_x - bounds->min_x) * window->width);
  double row = round ((top - bounds->max_y) / (bounds->max_y - bounds->min_y) * window->height);
  *ret_column = isfinite (column) ? ((int) fmod (column, period) + period) % period : 0;
  *ret_row = isfinite (row) ? ((int) fmod (row, period) + period) % period : 0;
}

static const struct painter_kind *
kind_of (const struct sf_style *style)
{
  switch (style->kind)
    {
    case SF_STYLE_CLASSES:
    case SF_STYLE_RAMP:
      return &sf_painter_palette;
    case SF_STYLE_ISOLINES:
      return &sf_painter_lines;
    case SF_STYLE_ARROWS:
    case SF_STYLE_BARBS:
      return &sf_painter_arrows;
    case SF_STYLE_CATEGORIES:
      break;
    }
  return NULL;
}

enum sf_code
sf_painter_new (const struct sf_painter_source *source, struct sf_painter **ret_painter, struct sf_error *err)
{
  const struct painter_kind *kind = kind_of (source->style);
  SF_TRY (sf_render_check_band (source->grid, source->band, err));
  if (!kind)
    return sf_fail (err, SF_EUNSUPPORTED, "painter: style '%s' has categories, which no grid is drawn by",
                    source->style->name);
  if (source->png_level < 0 || source->png_level > 12)
    return sf_fail (err, SF_EINVAL, "painter: compression level %d is outside 0..12", source->png_level);
  struct sf_painter *painter = sf_mem_alloc (sizeof *painter);
  if (!painter)
    return sf_fail (err, SF_ENOMEM, "painter: out of memory");
  *painter = (struct sf_painter){ .kind = kind, .source = *source };
  enum sf_code code = kind->init (painter, err);
  if (code == SF_OK)
    *ret_painter = painter;
  else
    sf_mem_free (painter);
  return code;
}

void
sf_painter_free (struct sf_painter *painter)
{
  if (painter)
    painter->kind->finish (painter);
  sf_mem_free (painter);
}

enum sf_code
sf_painter_check_window (const struct sf_window *window, struct sf_error *err)
{
  if (window->width < 1 || window->height < 1 || window->width > MAX_SIDE || window->height > MAX_SIDE)
    return sf_fail (err, SF_EINVAL, "painter: a window of %d x %d pixels, expected 1..%d a side", window->width,
                    window->height, MAX_SIDE);
  const struct sf_bounds *bounds = &window->bounds;
  if (!(isfinite (bounds->min_x) && isfinite (bounds->min_y) && isfinite (bounds->max_x) && isfinite (bounds->max_y)))
    return sf_fail (err, SF_EINVAL, "painter: a window whose bounds are not finite");
  if (!(bounds->min_x < bounds->max_x && bounds->min_y < bounds->max_y))
    return sf_fail (err, SF_EINVAL, "painter: an empty window (%.17g %.17g %.17g %.17g)", bounds->min_x, bounds->min_y,
                    bounds->max_x, bounds->max_y);
  return SF_OK;
}

enum sf_code
sf_painter_paint (const struct sf_painter *painter, const struct sf_window *window, struct sf_strbuf *out,
                  bool *ret_any, struct sf_error *err)
{
  size_t begin = out->length;
  bool any = false;
  SF_TRY (sf_painter_check_window (window, err));
  enum sf_code code = painter->kind->paint (painter, window, out, &any, err);
  if (code == SF_OK && out->failed)
    code = sf_fail (err, SF_ENOMEM, "painter: out of memory");
  if (code != SF_OK)
    {
      out->length = out->failed ? out->length : begin;
      return code;
    }
  if (ret_any)
    *ret_any = any;
  return SF_OK;
}
