/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/render_rows.h"

#include <math.h>
#include <string.h>

enum
{
  MANY_CELLS = 2 /* a pixel: reading each pixel's own four cells is then faster than blending whole rows of cells */
};

/* The smallest float that is not below bound: v >= bound for a float v means v >= this. */
static float
float_at_least (double bound)
{
  float nearest = (float) bound;
  return (double) nearest < bound ? nextafterf (nearest, INFINITY) : nearest;
}

void
sf_render_levels_init (struct sf_render_levels *levels, const struct sf_style *style, double origin)
{
  levels->kind = style->kind;
  levels->count = style->entries_count;
  for (int i = 0; i < style->entries_count; i++)
    {
      levels->bounds[i] = style->entries[i].from + origin;
      levels->float_bounds[i] = float_at_least (levels->bounds[i]);
    }
}

/* The weights of four neighbours in a row at `share` of the way from the second to the third: cubic convolution with
   a = -1/2, which is the spline of Catmull and Rom (Keys 1981, IEEE Trans. ASSP 29, eq. 15). */
static void
cubic_weights (double share, double weights[4])
{
  weights[0] = ((-0.5 * share + 1) * share - 0.5) * share;
  weights[1] = (1.5 * share - 2.5) * share * share + 1;
  weights[2] = ((-1.5 * share + 2) * share + 0.5) * share;
  weights[3] = (0.5 * share - 0.5) * share * share;
}

static inline int32_t
clamp (int32_t value, int32_t count)
{
  return value < 0 ? 0 : value >= count ? count - 1 : value;
}

/* List the left cell of every pixel for blend_corners. Pixels beyond the outermost centres have no two cells beside them. */
static enum sf_code
list_corners (struct sf_render_rows *rows, struct sf_arena *arena, struct sf_error *err)
{
  const struct sf_render_axis *columns = &rows->columns;
  int width = rows->render->width, nx = rows->render->grid->spec.nx;
  int cells = columns->last_left - columns->first_left + 2;
  if (rows->render->style->sampling == SF_SAMPLING_NEAREST || cells < MANY_CELLS * width || nx < 2)
    return SF_OK;
  rows->corners = sf_arena_alloc (arena, (size_t) width * sizeof *rows->corners);
  rows->edges = sf_arena_alloc (arena, (size_t) width * sizeof *rows->edges);
  if (!rows->corners || !rows->edges)
    return sf_fail (err, SF_ENOMEM, "render: out of memory");
  for (int i = 0; i < width; i++)
    {
      rows->corners[i] = clamp (columns->left[i], nx - 1);
      if (rows->corners[i] != columns->left[i])
        rows->edges[rows->edges_count++] = i;
    }
  return SF_OK;
}

enum sf_code
sf_render_rows_init (struct sf_render_rows *rows, const struct sf_render *render, const struct sf_render_levels *levels,
                     struct sf_arena *arena, struct sf_error *err)
{
  *rows = (struct sf_render_rows){ .render = render, .levels = levels, .kernels = sf_render_kernels_get (false) };
  SF_TRY (sf_render_axis_columns (render, arena, &rows->columns, err));
  SF_TRY (sf_render_axis_rows (render, arena, &rows->rows, err));
  const struct sf_render_axis *columns = &rows->columns;
  size_t width = (size_t) render->width;
  size_t cells = columns->any_inside ? (size_t) (columns->last_left - columns->first_left) + 4 : 4;
  bool is_cubic = render->style->sampling == SF_SAMPLING_BICUBIC;
  rows->gathered = sf_arena_alloc (arena, width * sizeof *rows->gathered);
  rows->cell_indices = sf_arena_alloc (arena, width);
  rows->blended = sf_arena_alloc (arena, cells * sizeof *rows->blended);
  rows->values = sf_arena_alloc (arena, width * sizeof *rows->values);
  rows->cubic = sf_arena_alloc (arena, is_cubic ? width * sizeof *rows->cubic : 0);
  rows->weights = sf_arena_alloc (arena, is_cubic ? width * sizeof *rows->weights : 0);
  if (!rows->gathered || !rows->cell_indices || !rows->blended || !rows->values || !rows->cubic || !rows->weights)
    return sf_fail (err, SF_ENOMEM, "render %dx%d: out of memory", render->width, render->height);
  for (size_t i = 0; i < width && is_cubic; i++)
    cubic_weights (columns->share[i], rows->weights[i]);
  SF_TRY (list_corners (rows, arena, err));
  /* Kernels count from the first cell that is read. */
  for (size_t i = 0; i < width; i++)
    {
      columns->cell[i] -= columns->first_cell;
      columns->left[i] -= columns->first_left;
    }
  return SF_OK;
}

static const float *
grid_row (const struct sf_render *render, int32_t row)
{
  const struct sf_gridspec *spec = &render->grid->spec;
  return render->grid->values + ((size_t) render->band * (size_t) spec->ny + (size_t) row) * (size_t) spec->nx;
}

static void
to_indices (const struct sf_render_rows *rows, const double *values, int count, uint8_t *out)
{
  const struct sf_render_levels *levels = rows->levels;
  if (levels->kind == SF_STYLE_RAMP)
    rows->kernels->slices (values, count, levels->bounds[0], levels->bounds[levels->count - 1], SF_STYLE_MAX_ENTRIES,
                           out);
  else
    rows->kernels->classes_double (values, count, levels->bounds, levels->count, out);
}

static void
floats_to_indices (struct sf_render_rows *rows, const float *values, int count, uint8_t *out)
{
  const struct sf_render_levels *levels = rows->levels;
  if (levels->kind == SF_STYLE_CLASSES)
    {
      rows->kernels->classes_float (values, count, levels->float_bounds, levels->count, out);
      return;
    }
  for (int i = 0; i < count; i++)
    rows->values[i] = (double) values[i];
  to_indices (rows, rows->values, count, out);
}

/* Whichever are fewer are classified: the cells below the window or its pixels. */
static void
nearest_row (struct sf_render_rows *rows, int32_t cell, uint8_t *line)
{
  const struct sf_render_axis *columns = &rows->columns;
  const float *from = grid_row (rows->render, cell) + columns->first_cell;
  int width = rows->render->width, cells = columns->last_cell - columns->first_cell + 1;
  if (cells <= width)
    {
      floats_to_indices (rows, from, cells, rows->cell_indices);
      rows->kernels->pick_bytes (rows->cell_indices, columns->cell, width, line);
      return;
    }
  rows->kernels->pick_floats (from, columns->cell, width, rows->gathered);
  floats_to_indices (rows, rows->gathered, width, line);
}

/* The value of a pixel some of whose four neighbours are missing: the others share the weight; NaN when its own cell is. */
static double
patched_value (const struct sf_render_rows *rows, int i, int y)
{
  const struct sf_gridspec *spec = &rows->render->grid->spec;
  const struct sf_render_axis *columns = &rows->columns;
  if (isnan (grid_row (rows->render, rows->rows.cell[y])[columns->first_cell + columns->cell[i]]))
    return NAN;
  const float *above = grid_row (rows->render, clamp (rows->rows.left[y], spec->ny));
  const float *below = grid_row (rows->render, clamp (rows->rows.left[y] + 1, spec->ny));
  int32_t left = clamp (columns->first_left + columns->left[i], spec->nx);
  int32_t right = clamp (columns->first_left + columns->left[i] + 1, spec->nx);
  double s = columns->share[i], t = rows->rows.share[y], sum = 0, weights = 0;
  const float values[4] = { above[left], above[right], below[left], below[right] };
  const double weight[4] = { (1 - s) * (1 - t), s * (1 - t), (1 - s) * t, s * t };
  for (int k = 0; k < 4; k++)
    if (!isnan (values[k]))
      {
        sum += weight[k] * (double) values[k];
        weights += weight[k];
      }
  return sum / weights;
}

/* Whole rows of cells are blended, then the pixels between them. Returns whether any value is NaN. */
static bool
blend_cells (struct sf_render_rows *rows, const float *above, const float *below, double t)
{
  const struct sf_render_axis *columns = &rows->columns;
  int nx = rows->render->grid->spec.nx;
  int first = clamp (columns->first_left, nx), last = clamp (columns->last_left + 1, nx);
  double *blended = rows->blended, *cells = blended + (first - columns->first_left);
  rows->kernels->blend_rows (above + first, below + first, t, last - first + 1, cells);
  /* Beyond the outermost centres the value is that of the edge. */
  blended[0] = cells[0];
  cells[last - first + 1] = cells[last - first];
  return rows->kernels->blend_columns (blended, columns->left, columns->share, rows->render->width, rows->values);
}

static bool
blend_pixels (struct sf_render_rows *rows, const float *above, const float *below, double t)
{
  const struct sf_render_axis *columns = &rows->columns;
  bool missing = rows->kernels->blend_corners (above, below, t, rows->corners, columns->share, rows->render->width,
                                               rows->values);
  for (int k = 0; k < rows->edges_count; k++)
    {
      int i = rows->edges[k];
      int32_t cell = clamp (columns->first_left + columns->left[i], rows->render->grid->spec.nx);
      double a = (double) above[cell], b = (double) below[cell];
      rows->values[i] = a + (b - a) * t;
      missing |= isnan (rows->values[i]);
    }
  return missing;
}

static void
bilinear_row (struct sf_render_rows *rows, int y)
{
  const struct sf_gridspec *spec = &rows->render->grid->spec;
  const float *above = grid_row (rows->render, clamp (rows->rows.left[y], spec->ny));
  const float *below = grid_row (rows->render, clamp (rows->rows.left[y] + 1, spec->ny));
  double t = rows->rows.share[y];
  if (!(rows->corners ? blend_pixels (rows, above, below, t) : blend_cells (rows, above, below, t)))
    return;
  for (int i = 0; i < rows->render->width; i++)
    if (isnan (rows->values[i]) && rows->columns.inside[i])
      rows->values[i] = patched_value (rows, i, y);
}

/* Where one of the 16 cells is missing or beyond the grid the result is NaN. Returns whether that is so anywhere. */
static bool
cubic_row (struct sf_render_rows *rows, int y)
{
  const struct sf_gridspec *spec = &rows->render->grid->spec;
  const struct sf_render_axis *columns = &rows->columns;
  int width = rows->render->width, top = rows->rows.left[y] - 1;
  if (top < 0 || top + 3 >= spec->ny)
    {
      for (int i = 0; i < width; i++)
        rows->cubic[i] = NAN;
      return true;
    }
  const float *lines[4];
  double weights[4], *blended = rows->blended;
  int begin = columns->first_left - 1, first = clamp (begin, spec->nx), last = clamp (columns->last_left + 2, spec->nx);
  for (int k = 0; k < 4; k++)
    lines[k] = grid_row (rows->render, top + k) + first;
  cubic_weights (rows->rows.share[y], weights);
  for (int cell = begin; cell < first; cell++)
    blended[cell - begin] = NAN;
  rows->kernels->cubic_rows (lines, weights, last - first + 1, blended + (first - begin));
  for (int cell = last + 1; cell <= columns->last_left + 2; cell++)
    blended[cell - begin] = NAN;
  return rows->kernels->cubic_columns (blended, columns->left, (const double (*)[4]) rows->weights, width, rows->cubic);
}

static void
bicubic_row (struct sf_render_rows *rows, int y)
{
  bool any_missing = cubic_row (rows, y);
  if (any_missing)
    bilinear_row (rows, y);
  for (int i = 0; i < rows->render->width; i++)
    if (!any_missing || !isnan (rows->cubic[i]))
      rows->values[i] = rows->cubic[i];
}

enum sf_render_row
sf_render_rows_next (struct sf_render_rows *rows, uint8_t *line)
{
  const struct sf_render *render = rows->render;
  const struct sf_render_axis *columns = &rows->columns;
  const int32_t *cell = rows->rows.cell;
  int y = rows->y++;
  if (!columns->any_inside || !rows->rows.inside[y])
    return SF_RENDER_ROW_EMPTY;
  if (render->style->sampling == SF_SAMPLING_NEAREST)
    {
      if (y > 0 && rows->rows.inside[y - 1] && cell[y] == cell[y - 1])
        return SF_RENDER_ROW_SAME;
      nearest_row (rows, cell[y], line);
    }
  else
    {
      if (render->style->sampling == SF_SAMPLING_BICUBIC)
        bicubic_row (rows, y);
      else
        bilinear_row (rows, y);
      to_indices (rows, rows->values, render->width, line);
    }
  for (int i = 0; i < render->width && !columns->all_inside; i++)
    line[i] &= columns->inside[i];
  return SF_RENDER_ROW_NEW;
}
