/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_TILE_HELP_H
#define TEST_TILE_HELP_H

#include "geodata/painter.h"

#include <check.h>

/* columns x rows tiles from tile (x, y) of a level as one window. */
static inline struct sf_window
tiles_window (enum sf_tile_set set, int id, int x, int y, int columns, int rows)
{
  struct sf_tile_matrix matrix;
  ck_assert_int_eq (sf_tile_matrix_get (set, id, &matrix, NULL), SF_OK);
  struct sf_bounds first = sf_tile_bounds (&matrix, x, y),
                   last = sf_tile_bounds (&matrix, x + columns - 1, y + rows - 1);
  return (struct sf_window){
    set, { first.min_x, last.min_y, last.max_x, first.max_y }, columns * SF_TILE_PIXELS, rows * SF_TILE_PIXELS
  };
}

static inline void
tile_at (enum sf_tile_set set, int id, double lon_deg, double lat_deg, int *ret_x, int *ret_y)
{
  struct sf_tile_matrix matrix;
  ck_assert_int_eq (sf_tile_matrix_get (set, id, &matrix, NULL), SF_OK);
  double x = set == SF_TILE_SET_W ? sf_mercator_x_m (lon_deg) : lon_deg;
  double y = set == SF_TILE_SET_W ? sf_mercator_y_m (lat_deg) : lat_deg;
  *ret_x = (int) ((x - matrix.left) / (matrix.resolution * SF_TILE_PIXELS));
  *ret_y = (int) ((matrix.top - y) / (matrix.resolution * SF_TILE_PIXELS));
}

#endif
