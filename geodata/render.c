/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/render.h"

#include "core/base/time.h"
#include "geodata/render_kernel.h"

#include <math.h>
#include <string.h>

/* Where the pixels of one axis fall among the cells: own cell (-1 outside), the two cells whose centres are on either side,
   and how far it is from the left to the right one. */
struct axis
{
  int32_t *cell, *left, *right;
  double *share;
  int lowest, highest; /* of left and right; lowest > highest when no pixel is inside */
};

struct scratch
{
  struct axis columns, rows;
  double *blended, *values;
  float *gathered, *float_bounds;
  double *bounds;
  int bounds_count;
};

static int
axis_allocate (struct axis *axis, int pixels)
{
  size_t count = (size_t) pixels;
  axis->cell = sf_mem_alloc (count * sizeof *axis->cell);
  axis->left = sf_mem_alloc (count * sizeof *axis->left);
  axis->right = sf_mem_alloc (count * sizeof *axis->right);
  axis->share = sf_mem_alloc (count * sizeof *axis->share);
  return axis->cell && axis->left && axis->right && axis->share ? 0 : -1;
}

static void
axis_finish (struct axis *axis)
{
  sf_mem_free (axis->cell);
  sf_mem_free (axis->left);
  sf_mem_free (axis->right);
  sf_mem_free (axis->share);
}

/* Place pixel i at `position`, counted in cells from the edge of the first. */
static void
axis_place (struct axis *axis, int i, double position, int cells)
{
  bool inside = position >= 0 && position < cells;
  double centre = position - 0.5, below = floor (centre);
  axis->cell[i] = inside ? (int32_t) position : -1;
  axis->left[i] = !inside || below < 0 ? 0 : (int32_t) below;
  axis->right[i] = !inside ? 0 : below + 1 > cells - 1 ? (int32_t) (cells - 1) : (int32_t) below + 1;
  axis->share[i] = inside && axis->right[i] > axis->left[i] ? centre - below : 0;
  if (!inside)
    return;
  axis->lowest = axis->left[i] < axis->lowest ? axis->left[i] : axis->lowest;
  axis->highest = axis->right[i] > axis->highest ? axis->right[i] : axis->highest;
}

static void
place_columns (const struct sf_render *render, struct axis *axis)
{
  const struct sf_gridspec *spec = &render->grid->spec;
  double step = (render->bounds.max_x - render->bounds.min_x) / render->width;
  double turn = 360.0 / fabs (spec->affine[1]);
  axis->lowest = spec->nx;
  axis->highest = -1;
  for (int i = 0; i < render->width; i++)
    {
      double x = render->bounds.min_x + (i + 0.5) * step;
      double lon_deg = render->projection == SF_TILE_SET_W ? x / sf_mercator_x_m (1) : x;
      double position = (lon_deg - spec->affine[0]) / spec->affine[1];
      if (position < 0 && position + turn < spec->nx)
        position += turn;
      else if (position >= spec->nx && position - turn >= 0)
        position -= turn;
      axis_place (axis, i, position, spec->nx);
    }
}

static void
place_rows (const struct sf_render *render, struct axis *axis)
{
  const struct sf_gridspec *spec = &render->grid->spec;
  double step = (render->bounds.max_y - render->bounds.min_y) / render->height;
  axis->lowest = spec->ny;
  axis->highest = -1;
  for (int i = 0; i < render->height; i++)
    {
      double y = render->bounds.max_y - (i + 0.5) * step;
      double lat_deg = render->projection == SF_TILE_SET_W ? sf_mercator_lat_deg (y) : y;
      axis_place (axis, i, (lat_deg - spec->affine[3]) / spec->affine[5], spec->ny);
    }
}

/* The smallest float that is not below bound: v >= bound for a float v means v >= this. */
static float
float_at_least (double bound)
{
  float nearest = (float) bound;
  return (double) nearest < bound ? nextafterf (nearest, INFINITY) : nearest;
}

static void
scratch_finish (struct scratch *scratch)
{
  axis_finish (&scratch->columns);
  axis_finish (&scratch->rows);
  sf_mem_free (scratch->blended);
  sf_mem_free (scratch->values);
  sf_mem_free (scratch->gathered);
  sf_mem_free (scratch->float_bounds);
  sf_mem_free (scratch->bounds);
}

static int
scratch_init (struct scratch *scratch, const struct sf_render *render)
{
  const struct sf_style *style = render->style;
  size_t width = (size_t) render->width, entries = (size_t) style->entries_count;
  if (axis_allocate (&scratch->columns, render->width) || axis_allocate (&scratch->rows, render->height))
    return -1;
  scratch->blended = sf_mem_alloc ((size_t) render->grid->spec.nx * sizeof *scratch->blended);
  scratch->values = sf_mem_alloc (width * sizeof *scratch->values);
  scratch->gathered = sf_mem_alloc (width * sizeof *scratch->gathered);
  scratch->float_bounds = sf_mem_alloc (entries * sizeof *scratch->float_bounds);
  scratch->bounds = sf_mem_alloc (entries * sizeof *scratch->bounds);
  if (!scratch->blended || !scratch->values || !scratch->gathered || !scratch->float_bounds || !scratch->bounds)
    return -1;
  scratch->bounds_count = style->entries_count;
  for (int i = 0; i < style->entries_count; i++)
    {
      scratch->bounds[i] = style->entries[i].from + render->origin;
      scratch->float_bounds[i] = float_at_least (scratch->bounds[i]);
    }
  place_columns (render, &scratch->columns);
  place_rows (render, &scratch->rows);
  return 0;
}

static const float *
grid_row (const struct sf_render *render, int32_t row)
{
  const struct sf_gridspec *spec = &render->grid->spec;
  return render->grid->values + ((size_t) render->band * (size_t) spec->ny + (size_t) row) * (size_t) spec->nx;
}

static void
to_indices (const struct sf_render *render, const struct scratch *scratch, const double *values, uint8_t *out)
{
  const double *bounds = scratch->bounds;
  if (render->style->kind == SF_STYLE_RAMP)
    sf_render_slices (values, render->width, bounds[0], bounds[scratch->bounds_count - 1], SF_STYLE_MAX_ENTRIES, out);
  else
    sf_render_classes_double (values, render->width, bounds, scratch->bounds_count, out);
}

static void
nearest_row (const struct sf_render *render, struct scratch *scratch, int32_t cell, uint8_t *out)
{
  const float *row = grid_row (render, cell);
  for (int i = 0; i < render->width; i++)
    scratch->gathered[i] = scratch->columns.cell[i] < 0 ? NAN : row[scratch->columns.cell[i]];
  if (render->style->kind == SF_STYLE_CLASSES)
    {
      sf_render_classes_float (scratch->gathered, render->width, scratch->float_bounds, scratch->bounds_count, out);
      return;
    }
  for (int i = 0; i < render->width; i++)
    scratch->values[i] = (double) scratch->gathered[i];
  to_indices (render, scratch, scratch->values, out);
}

/* The value of a pixel some of whose four neighbours are missing: the others share the weight; NaN when its own cell is. */
static double
patched_value (const struct axis *columns, int i, const float *own, const float *above, const float *below, double t)
{
  if (columns->cell[i] < 0 || isnan (own[columns->cell[i]]))
    return NAN;
  double share = columns->share[i], sum = 0, weights = 0;
  const float values[4]
      = { above[columns->left[i]], above[columns->right[i]], below[columns->left[i]], below[columns->right[i]] };
  const double weight[4] = { (1 - share) * (1 - t), share * (1 - t), (1 - share) * t, share * t };
  for (int k = 0; k < 4; k++)
    if (!isnan (values[k]))
      {
        sum += weight[k] * (double) values[k];
        weights += weight[k];
      }
  return sum / weights;
}

static void
bilinear_row (const struct sf_render *render, struct scratch *scratch, int y, uint8_t *out)
{
  const struct axis *columns = &scratch->columns, *rows = &scratch->rows;
  const float *own = grid_row (render, rows->cell[y]);
  const float *above = grid_row (render, rows->left[y]), *below = grid_row (render, rows->right[y]);
  double t = rows->share[y];
  int first = columns->lowest, count = columns->highest - first + 1;
  sf_render_blend_rows (above + first, below + first, t, count, scratch->blended + first);
  sf_render_blend_columns (scratch->blended, columns->left, columns->right, columns->share, render->width,
                           scratch->values);
  for (int i = 0; i < render->width; i++)
    if (columns->cell[i] < 0)
      scratch->values[i] = NAN;
    else if (isnan (scratch->values[i]))
      scratch->values[i] = patched_value (columns, i, own, above, below, t);
  to_indices (render, scratch, scratch->values, out);
}

static void
draw_rows (const struct sf_render *render, struct scratch *scratch, uint8_t *out)
{
  const int32_t *cell = scratch->rows.cell;
  size_t width = (size_t) render->width;
  for (int y = 0; y < render->height; y++)
    {
      uint8_t *line = out + width * (size_t) y;
      if (cell[y] < 0)
        memset (line, 0, width);
      else if (render->style->sampling == SF_SAMPLING_BILINEAR)
        bilinear_row (render, scratch, y, line);
      else if (y > 0 && cell[y] == cell[y - 1])
        memcpy (line, line - width, width);
      else
        nearest_row (render, scratch, cell[y], line);
    }
}

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

enum sf_code
sf_render_indices (const struct sf_render *render, uint8_t *out, bool *ret_any, struct sf_error *err)
{
  struct scratch scratch = { 0 };
  size_t pixels = (size_t) render->width * (size_t) render->height;
  SF_TRY (check (render, err));
  if (scratch_init (&scratch, render))
    {
      scratch_finish (&scratch);
      return sf_fail (err, SF_ENOMEM, "render %dx%d: out of memory", render->width, render->height);
    }
  if (scratch.columns.highest < 0 || scratch.rows.highest < 0)
    memset (out, 0, pixels);
  else
    draw_rows (render, &scratch, out);
  scratch_finish (&scratch);
  unsigned any = 0;
  for (size_t i = 0; i < pixels; i++)
    any |= out[i];
  *ret_any = any != 0;
  return SF_OK;
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
