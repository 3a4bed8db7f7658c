/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/render.h"

#include "core/base/time.h"
#include "geodata/render_rows.h"

#include <math.h>
#include <string.h>

enum sf_code
sf_render_check_band (const struct sf_grid *grid, int band, struct sf_error *err)
{
  const struct sf_gridspec *spec = &grid->spec;
  if (strcmp (spec->crs, "EPSG:4490") != 0 && strcmp (spec->crs, "EPSG:4326") != 0
      && strcmp (spec->crs, "OGC:CRS84") != 0)
    return sf_fail (err, SF_EUNSUPPORTED, "render: the grid is in '%s', expected longitude and latitude (EPSG:4490)",
                    spec->crs);
  if (spec->affine[2] != 0 || spec->affine[4] != 0 || spec->affine[1] == 0 || spec->affine[5] == 0)
    return sf_fail (err, SF_EUNSUPPORTED, "render: the grid is rotated, resample it first");
  if (band < 0 || band >= grid->bands)
    return sf_fail (err, SF_EINVAL, "render: band %d, but the grid has %d", band, grid->bands);
  return SF_OK;
}

static enum sf_code
check (const struct sf_render *render, struct sf_error *err)
{
  SF_TRY (sf_render_check_band (render->grid, render->band, err));
  if (render->style->kind != SF_STYLE_CLASSES && render->style->kind != SF_STYLE_RAMP)
    return sf_fail (err, SF_EUNSUPPORTED, "render: style '%s' has neither classes nor a ramp", render->style->name);
  if (render->width < 1 || render->height < 1 || render->width > 32768 || render->height > 32768
      || !(render->bounds.min_x < render->bounds.max_x) || !(render->bounds.min_y < render->bounds.max_y))
    return sf_fail (err, SF_EINVAL, "render: an empty window (%d x %d pixels)", render->width, render->height);
  return SF_OK;
}

/* Returns whether any pixel is not 0. */
static bool
draw (struct sf_render_rows *rows, uint8_t *out)
{
  size_t width = (size_t) rows->render->width;
  bool any = false;
  for (int y = 0; y < rows->render->height; y++, out += width)
    switch (sf_render_rows_next (rows, out))
      {
      case SF_RENDER_ROW_EMPTY:
        memset (out, 0, width);
        break;
      case SF_RENDER_ROW_SAME:
        memcpy (out, out - width, width);
        break;
      case SF_RENDER_ROW_NEW:
        any |= rows->kernels->any_byte (out, (int) width);
        break;
      }
  return any;
}

enum sf_code
sf_render_indices (const struct sf_render *render, uint8_t *out, bool *ret_any, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  struct sf_render_levels levels;
  struct sf_render_rows rows;
  SF_TRY (check (render, err));
  sf_render_levels_init (&levels, render->style, render->origin);
  enum sf_code code = sf_render_rows_init (&rows, render, &levels, &arena, err);
  if (code == SF_OK)
    *ret_any = draw (&rows, out);
  sf_arena_finish (&arena);
  return code;
}

double
sf_render_origin (const struct sf_grid *grid, const struct sf_style *style)
{
  const double step_s = 6 * 3600;
  double earliest = INFINITY;
  if (!style->from_earliest || grid->reference_s == SF_TIME_MISSING)
    return 0;
  size_t count = sf_gridspec_cells (&grid->spec) * (size_t) grid->bands;
  for (size_t i = 0; i < count; i++)
    earliest = (double) grid->values[i] < earliest ? (double) grid->values[i] : earliest;
  if (isinf (earliest))
    return 0;
  double reference_s = (double) grid->reference_s;
  return (floor ((reference_s + earliest * 3600) / step_s) * step_s - reference_s) / 3600;
}

struct sf_bounds
sf_render_grid_bounds (const struct sf_gridspec *spec)
{
  double x0 = spec->affine[0], x1 = x0 + spec->nx * spec->affine[1];
  double y0 = spec->affine[3], y1 = y0 + spec->ny * spec->affine[5];
  return (struct sf_bounds){
    .min_x = fmin (x0, x1), .min_y = fmin (y0, y1), .max_x = fmax (x0, x1), .max_y = fmax (y0, y1)
  };
}
