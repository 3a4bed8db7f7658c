/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/zonal.h"
#include "core/base/mem.h"
#include "geodata/gridspec.h"

#include <math.h>
#include <string.h>

/* A window of the grid. value[r * stride + c] gathers what is to be added to cell c and all cells on its right in row
   r; a running sum along the row then gives the coverage. One column more than cells takes what goes beyond the last.
 */
struct window
{
  int column0, row0, columns, rows;
  size_t stride;
  double *value;
};

/* Coverage this near to none or all is rounding, not geometry. */
#define FRACTION_ROUNDING 1e-12

/* Add the piece of an edge that lies within one cell: height is its signed extent along y. */
static void
add_piece (double *line, int column, double x0, double x1, double height)
{
  double left = (x0 + x1) / 2 - column;
  line[column] += height * (1 - left);
  line[column + 1] += height * left;
}

/* Add the part of an edge within one row, from (x0, y0) to (x1, y1) in window cells: cut it at the column lines. What
   lies left of the window counts for all cells of the row, what lies right of it for none. */
static void
add_row_part (const struct window *window, int row, double x0, double y0, double x1, double y1, double sign)
{
  double *line = window->value + (size_t) row * window->stride;
  if (x0 > x1)
    {
      add_row_part (window, row, x1, y1, x0, y0, -sign);
      return;
    }
  if (x0 >= window->columns)
    return;
  double x = x0, y = y0;
  if (x < 0)
    {
      x = fmin (x1, 0);
      y = x == x1 ? y1 : y0 + (y1 - y0) * ((x - x0) / (x1 - x0));
      line[0] += sign * (y - y0);
    }
  else if (x0 == x1)
    add_piece (line, (int) x0, x0, x1, sign * (y1 - y0));
  for (int column = (int) x; x < x1 && column < window->columns; column++)
    {
      double next_x = fmin (column + 1, x1);
      double next_y = next_x == x1 ? y1 : y0 + (y1 - y0) * ((next_x - x0) / (x1 - x0));
      add_piece (line, column, x, next_x, sign * (next_y - y));
      x = next_x;
      y = next_y;
    }
}

/* Add an edge: cut it at the row lines. */
static void
add_edge (struct window *window, double x0, double y0, double x1, double y1, double sign)
{
  if (y0 == y1)
    return;
  if (y0 > y1)
    {
      double x = x0, y = y0;
      x0 = x1;
      y0 = y1;
      x1 = x;
      y1 = y;
      sign = -sign;
    }
  if (y1 <= 0 || y0 >= window->rows)
    return;
  double y = fmax (y0, 0), end = fmin (y1, window->rows);
  double x = y == y0 ? x0 : x0 + (x1 - x0) * ((y - y0) / (y1 - y0));
  for (int row = (int) floor (y); row < window->rows && y < end; row++)
    {
      double next_y = fmin (row + 1, end);
      double next_x = next_y == y1 ? x1 : x0 + (x1 - x0) * ((next_y - y0) / (y1 - y0));
      add_row_part (window, row, x, y, next_x, next_y, sign);
      x = next_x;
      y = next_y;
    }
}

/* Corner i of a part in columns and rows of the window. */
static void
corner (const struct sf_geometry *polygon, const struct sf_gridspec *spec, const struct window *window, size_t i,
        double *ret_x, double *ret_y)
{
  sf_gridspec_index (spec, polygon->xy[2 * i], polygon->xy[2 * i + 1], ret_x, ret_y);
  *ret_x -= window->column0;
  *ret_y -= window->row0;
}

static void
add_ring (struct window *window, const struct sf_geometry *polygon, const struct sf_gridspec *spec, size_t part)
{
  size_t begin = polygon->part_start[part], end = polygon->part_start[part + 1];
  double first_x, first_y, x0, y0, x1, y1, twice_area = 0;
  if (end - begin < 4)
    return;
  corner (polygon, spec, window, begin, &first_x, &first_y);
  for (size_t i = begin; i + 1 < end; i++)
    {
      corner (polygon, spec, window, i, &x0, &y0);
      corner (polygon, spec, window, i + 1, &x1, &y1);
      twice_area += (x0 - first_x) * (y1 - first_y) - (x1 - first_x) * (y0 - first_y);
    }
  /* With rows growing downwards an edge going up on the left side of an area has to count positive. */
  double sign = (polygon->part_outer[part] ? 1 : -1) * (twice_area > 0 ? -1 : 1);
  for (size_t i = begin; i + 1 < end; i++)
    {
      corner (polygon, spec, window, i, &x0, &y0);
      corner (polygon, spec, window, i + 1, &x1, &y1);
      add_edge (window, x0, y0, x1, y1, sign);
    }
}

/* Turn the gathered values of a row into coverage of its cells. */
static void
finish_row (struct window *window, int row)
{
  double *line = window->value + (size_t) row * window->stride, sum = 0;
  for (int c = 0; c < window->columns; c++)
    {
      sum += line[c];
      line[c] = fabs (sum) < FRACTION_ROUNDING ? 0 : fabs (sum - 1) < FRACTION_ROUNDING ? 1 : sum;
    }
}

static enum sf_code
check_polygon (const struct sf_geometry *polygon, struct sf_error *err)
{
  if (polygon->kind != SF_GEOMETRY_POLYGON)
    return sf_fail (err, SF_ETYPE, "coverage needs a polygon");
  for (size_t i = 0; i < 2 * polygon->points; i++)
    if (!isfinite (polygon->xy[i]))
      return sf_fail (err, SF_EFORMAT, "point %zu of the polygon is not finite", i / 2);
  return SF_OK;
}

/* The cells that the polygon's bounding box touches; false when there are none. */
static bool
find_window (const struct sf_geometry *polygon, const struct sf_gridspec *spec, struct window *window)
{
  double x, y, min_x = INFINITY, min_y = INFINITY, max_x = -INFINITY, max_y = -INFINITY;
  *window = (struct window){ 0 };
  for (size_t i = 0; i < polygon->points; i++)
    {
      corner (polygon, spec, window, i, &x, &y);
      min_x = fmin (min_x, x);
      max_x = fmax (max_x, x);
      min_y = fmin (min_y, y);
      max_y = fmax (max_y, y);
    }
  if (!(max_x > 0 && max_y > 0 && min_x < spec->nx && min_y < spec->ny))
    return false;
  window->column0 = (int) fmax (floor (min_x), 0);
  window->row0 = (int) fmax (floor (min_y), 0);
  window->columns = (int) fmin (ceil (max_x), spec->nx) - window->column0;
  window->rows = (int) fmin (ceil (max_y), spec->ny) - window->row0;
  window->stride = (size_t) window->columns + 1;
  return window->columns > 0 && window->rows > 0;
}

static enum sf_code
cover (const struct sf_geometry *polygon, const struct sf_gridspec *spec, struct window *window, struct sf_error *err)
{
  window->value = sf_mem_calloc ((size_t) window->rows * window->stride, sizeof *window->value);
  if (!window->value)
    return sf_fail (err, SF_ENOMEM, "out of memory for a window of %d x %d cells", window->columns, window->rows);
  for (size_t part = 0; part < polygon->parts; part++)
    add_ring (window, polygon, spec, part);
  for (int row = 0; row < window->rows; row++)
    finish_row (window, row);
  return SF_OK;
}

static size_t
count_covered (const struct window *window)
{
  size_t count = 0;
  for (int r = 0; r < window->rows; r++)
    for (int c = 0; c < window->columns; c++)
      count += window->value[(size_t) r * window->stride + (size_t) c] > 0;
  return count;
}

enum sf_code
sf_zonal_cells (const struct sf_geometry *polygon, const struct sf_gridspec *spec, struct sf_zonal_cell **ret_cells,
                size_t *ret_count, struct sf_error *err)
{
  struct window window;
  struct sf_zonal_cell *cells = NULL;
  size_t count = 0, n = 0;
  SF_TRY (check_polygon (polygon, err));
  if (find_window (polygon, spec, &window))
    {
      SF_TRY (cover (polygon, spec, &window, err));
      count = count_covered (&window);
    }
  if (!(cells = sf_mem_alloc (count * sizeof *cells)))
    {
      sf_mem_free (window.value);
      return sf_fail (err, SF_ENOMEM, "out of memory for %zu cells", count);
    }
  for (int r = 0; r < window.rows && n < count; r++)
    for (int c = 0; c < window.columns; c++)
      {
        double fraction = window.value[(size_t) r * window.stride + (size_t) c];
        if (fraction > 0)
          cells[n++] = (struct sf_zonal_cell){ window.column0 + c, window.row0 + r, fmin (fraction, 1) };
      }
  sf_mem_free (window.value);
  *ret_cells = cells;
  *ret_count = count;
  return SF_OK;
}

/* Add the coverage in a window to the whole grid. */
static void
add_window (const struct window *window, int nx, double *sum)
{
  for (int r = 0; r < window->rows; r++)
    {
      const double *line = window->value + (size_t) r * window->stride;
      double *out = sum + (size_t) (window->row0 + r) * (size_t) nx + window->column0;
      for (int c = 0; c < window->columns; c++)
        out[c] += line[c];
    }
}

enum sf_code
sf_zonal_fractions (const struct sf_geometry *const *polygons, size_t count, const struct sf_gridspec *spec,
                    float *ret_fraction, struct sf_error *err)
{
  enum sf_code code = SF_OK;
  size_t cells = sf_gridspec_cells (spec);
  double *sum = sf_mem_calloc (cells, sizeof *sum);
  if (!sum)
    return sf_fail (err, SF_ENOMEM, "out of memory for %zu cells", cells);
  for (size_t i = 0; i < count && code == SF_OK; i++)
    {
      struct window window;
      if (!polygons[i] || (code = check_polygon (polygons[i], err)) != SF_OK
          || !find_window (polygons[i], spec, &window))
        continue;
      if ((code = cover (polygons[i], spec, &window, err)) == SF_OK)
        add_window (&window, spec->nx, sum);
      sf_mem_free (window.value);
    }
  for (size_t i = 0; i < cells && code == SF_OK; i++)
    ret_fraction[i] = (float) fmin (fmax (sum[i], 0), 1);
  sf_mem_free (sum);
  return code;
}

struct sf_zonal_summary
sf_zonal_summarise (const struct sf_zonal_cell *cells, size_t count, const float *values, int nx,
                    const double *row_weight)
{
  double sum = 0, present = 0, missing = 0;
  struct sf_zonal_summary summary = { NAN, NAN, NAN, NAN };
  for (size_t i = 0; i < count; i++)
    {
      double weight = cells[i].fraction * (row_weight ? row_weight[cells[i].row] : 1);
      double value = (double) values[(size_t) cells[i].row * (size_t) nx + (size_t) cells[i].column];
      if (isnan (value))
        {
          missing += weight;
          continue;
        }
      sum += weight * value;
      present += weight;
      summary.max = fmax (summary.max, value);
      summary.min = fmin (summary.min, value);
    }
  if (present > 0)
    summary.mean = sum / present;
  if (present + missing > 0)
    summary.missing_share = missing / (present + missing);
  return summary;
}
