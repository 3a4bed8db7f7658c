/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/render_axis.h"

#include <math.h>

static enum sf_code
axis_init (struct sf_render_axis *axis, int pixels, int cells, struct sf_arena *arena, struct sf_error *err)
{
  size_t count = (size_t) pixels;
  *axis = (struct sf_render_axis){ .inside = sf_arena_alloc (arena, count),
                                   .cell = sf_arena_alloc (arena, count * sizeof *axis->cell),
                                   .left = sf_arena_alloc (arena, count * sizeof *axis->left),
                                   .share = sf_arena_alloc (arena, count * sizeof *axis->share),
                                   .all_inside = true,
                                   .first_cell = cells,
                                   .last_cell = -1,
                                   .first_left = cells,
                                   .last_left = -2 };
  if (!axis->inside || !axis->cell || !axis->left || !axis->share)
    return sf_fail (err, SF_ENOMEM, "render: out of memory");
  return SF_OK;
}

static inline int
least (int a, int b)
{
  return a < b ? a : b;
}

static inline int
largest (int a, int b)
{
  return a > b ? a : b;
}

/* Place pixel i at `position`, counted in cells from the edge of the first. */
static inline void
axis_place (struct sf_render_axis *axis, int i, double position, int cells)
{
  bool inside = position >= 0 && position < cells;
  axis->inside[i] = inside ? 255 : 0;
  if (!inside)
    {
      axis->all_inside = false;
      return;
    }
  int32_t cell = (int32_t) position;
  double from_edge = position - cell;
  int32_t left = from_edge < 0.5 ? cell - 1 : cell;
  axis->cell[i] = cell;
  axis->left[i] = left;
  axis->share[i] = position - 0.5 - left;
  axis->first_cell = least (axis->first_cell, cell);
  axis->last_cell = largest (axis->last_cell, cell);
  axis->first_left = least (axis->first_left, left);
  axis->last_left = largest (axis->last_left, left);
}

static void
axis_finish (struct sf_render_axis *axis, int pixels)
{
  axis->any_inside = axis->last_cell >= 0;
  for (int i = 0; i < pixels && !axis->all_inside; i++)
    if (!axis->inside[i])
      {
        axis->cell[i] = axis->first_cell;
        axis->left[i] = axis->first_left;
        axis->share[i] = 0;
      }
}

enum sf_code
sf_render_axis_columns (const struct sf_render *render, struct sf_arena *arena, struct sf_render_axis *ret_axis,
                        struct sf_error *err)
{
  const struct sf_gridspec *spec = &render->grid->spec;
  double step = (render->bounds.max_x - render->bounds.min_x) / render->width;
  double turn = 360.0 / fabs (spec->affine[1]);
  double degree_m = sf_mercator_x_m (1);
  SF_TRY (axis_init (ret_axis, render->width, spec->nx, arena, err));
  for (int i = 0; i < render->width; i++)
    {
      double x = render->bounds.min_x + (i + 0.5) * step;
      double lon_deg = render->projection == SF_TILE_SET_W ? x / degree_m : x;
      double position = (lon_deg - spec->affine[0]) / spec->affine[1];
      if (position < 0 && position + turn < spec->nx)
        position += turn;
      else if (position >= spec->nx && position - turn >= 0)
        position -= turn;
      axis_place (ret_axis, i, position, spec->nx);
    }
  axis_finish (ret_axis, render->width);
  return SF_OK;
}

enum sf_code
sf_render_axis_rows (const struct sf_render *render, struct sf_arena *arena, struct sf_render_axis *ret_axis,
                     struct sf_error *err)
{
  const struct sf_gridspec *spec = &render->grid->spec;
  double step = (render->bounds.max_y - render->bounds.min_y) / render->height;
  SF_TRY (axis_init (ret_axis, render->height, spec->ny, arena, err));
  for (int i = 0; i < render->height; i++)
    {
      double y = render->bounds.max_y - (i + 0.5) * step;
      double lat_deg = render->projection == SF_TILE_SET_W ? sf_mercator_lat_deg (y) : y;
      axis_place (ret_axis, i, (lat_deg - spec->affine[3]) / spec->affine[5], spec->ny);
    }
  axis_finish (ret_axis, render->height);
  return SF_OK;
}
