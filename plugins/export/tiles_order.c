/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/export/tiles.h"

#include <math.h>

/* Turn the quarter of the curve that (x, y) lies in, side long, so that it runs as the first one does. */
static void
turn (uint32_t side, uint32_t right, uint32_t lower, uint32_t *x, uint32_t *y)
{
  if (lower)
    return;
  if (right)
    {
      *x = side - 1 - *x;
      *y = side - 1 - *y;
    }
  uint32_t swap = *x;
  *x = *y;
  *y = swap;
}

/* How many tiles the levels above z have. */
static uint64_t
tiles_above (int z)
{
  return ((UINT64_C (1) << (2 * z)) - 1) / 3;
}

uint64_t
sf_tile_id (int z, int x, int y)
{
  uint64_t position = 0;
  uint32_t column = (uint32_t) x, row = (uint32_t) y;
  for (uint32_t side = z > 0 ? UINT32_C (1) << (z - 1) : 0; side > 0; side /= 2)
    {
      uint32_t right = (column & side) != 0, lower = (row & side) != 0;
      position += (uint64_t) side * side * ((3 * right) ^ lower);
      column &= side - 1;
      row &= side - 1;
      turn (side, right, lower, &column, &row);
    }
  return tiles_above (z) + position;
}

static void
tile_at (int z, uint64_t position, uint32_t *ret_x, uint32_t *ret_y)
{
  uint32_t x = 0, y = 0;
  for (int level = 0; level < z; level++)
    {
      uint32_t side = UINT32_C (1) << level;
      uint32_t right = (uint32_t) (position / 2) & 1, lower = (uint32_t) (position ^ right) & 1;
      turn (side, right, lower, &x, &y);
      x += side * right;
      y += side * lower;
      position /= 4;
    }
  *ret_x = x;
  *ret_y = y;
}

/* Whether the square of 2^k x 2^k tiles that (x, y) lies in has a tile of the range. */
static bool
meets (const struct sf_tile_range *range, uint32_t x, uint32_t y, int k)
{
  int64_t left = (int64_t) (x >> k) << k, top = (int64_t) (y >> k) << k, side = INT64_C (1) << k;
  return left < range->x1 && left + side > range->x0 && top < range->y1 && top + side > range->y0;
}

/* The first tile of the range at or after *position on the curve of level z. What lies outside is passed over in the largest
   squares that the curve fills one after the other. */
static bool
find_on_curve (const struct sf_tile_range *range, int z, uint64_t *position, int *ret_x, int *ret_y)
{
  while (*position < UINT64_C (1) << (2 * z))
    {
      uint32_t x, y;
      int k = 0;
      tile_at (z, *position, &x, &y);
      if (meets (range, x, y, 0))
        {
          *ret_x = (int) x;
          *ret_y = (int) y;
          return true;
        }
      while (k < z && *position % (UINT64_C (4) << (2 * k)) == 0 && !meets (range, x, y, k + 1))
        k++;
      *position += UINT64_C (1) << (2 * k);
    }
  return false;
}

static bool
is_empty (const struct sf_tile_range *range)
{
  return range->x0 >= range->x1 || range->y0 >= range->y1;
}

static bool
next_on_level (struct sf_tile_cursor *cursor, const struct sf_tile_range *range)
{
  if (is_empty (range))
    return false;
  if (cursor->order == SF_TILE_ORDER_HILBERT)
    {
      if (!find_on_curve (range, cursor->z, &cursor->next, &cursor->x, &cursor->y))
        return false;
      cursor->next++;
      return true;
    }
  uint64_t rows = (uint64_t) (range->y1 - range->y0), columns = (uint64_t) (range->x1 - range->x0);
  if (cursor->next >= rows * columns)
    return false;
  cursor->x = range->x0 + (int) (cursor->next / rows);
  cursor->y = range->y1 - 1 - (int) (cursor->next % rows);
  cursor->next++;
  return true;
}

bool
sf_tile_cursor_next (struct sf_tile_cursor *cursor)
{
  while (cursor->z < SF_TILE_LEVELS)
    {
      if (cursor->z >= 0 && next_on_level (cursor, &cursor->pyramid->ranges[cursor->z]))
        return true;
      cursor->z++;
      cursor->next = 0;
    }
  return false;
}

enum sf_code
sf_pyramid_init (struct sf_pyramid *pyramid, const struct sf_tiles *work, const struct sf_tiles_layer *layer,
                 enum sf_tile_set set, struct sf_error *err)
{
  struct sf_pyramid made = { .work = work, .layer = layer, .set = set };
  const struct sf_bounds extent = sf_tile_set_extent (set, &layer->bounds);
  int first = layer->min_zoom > sf_tile_set_min_id (set) ? layer->min_zoom : sf_tile_set_min_id (set);
  for (int z = first; z <= layer->max_zoom; z++)
    {
      struct sf_tile_matrix matrix;
      SF_TRY (sf_tile_matrix_get (set, z, &matrix, err));
      double margin = layer->kind->margin_frac * SF_TILE_PIXELS * matrix.resolution;
      const struct sf_bounds wide
          = { extent.min_x - margin, extent.min_y - margin, extent.max_x + margin, extent.max_y + margin };
      made.ranges[z] = sf_tile_range_find (&matrix, &wide);
      const struct sf_tile_range *range = &made.ranges[z];
      if (!is_empty (range))
        made.possible += (int64_t) (range->x1 - range->x0) * (range->y1 - range->y0);
    }
  *pyramid = made;
  return SF_OK;
}

struct sf_bounds
sf_pyramid_bounds (const struct sf_pyramid *pyramid)
{
  struct sf_bounds bounds = pyramid->layer->bounds;
  double limit_deg = pyramid->set == SF_TILE_SET_W ? sf_mercator_lat_deg (sf_mercator_x_m (180)) : 90;
  bounds.min_x = fmax (bounds.min_x, -180);
  bounds.max_x = fmin (bounds.max_x, 180);
  bounds.min_y = fmax (bounds.min_y, -limit_deg);
  bounds.max_y = fmin (bounds.max_y, limit_deg);
  return bounds;
}

int
sf_pyramid_first_zoom (const struct sf_pyramid *pyramid)
{
  struct sf_bounds bounds = sf_pyramid_bounds (pyramid);
  double width_deg = fmax (bounds.max_x - bounds.min_x, bounds.max_y - bounds.min_y);
  int zoom = width_deg > 0 && width_deg < 360 ? (int) floor (log2 (360 / width_deg)) : 0;
  const struct sf_tiles_layer *layer = pyramid->layer;
  return zoom < layer->min_zoom ? layer->min_zoom : zoom > layer->max_zoom ? layer->max_zoom : zoom;
}
