/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_RENDER_AXIS_H
#define SF_GEODATA_RENDER_AXIS_H

#include "core/base/mem.h"
#include "geodata/render.h"

/* Where the pixels of one axis of a window fall among the cells of a grid; for geodata/render_rows.c.
   Pixels outside the grid have `inside` 0 and the indices of some pixel inside, so that loops need not ask. */
struct sf_render_axis
{
  uint8_t *inside; /* 255 or 0 */
  int32_t *cell;   /* that holds the pixel's centre */
  int32_t *left;   /* the cell whose centre is at or before the pixel's, -1 before the first centre */
  double *share;   /* of the way from the centre of left to the centre of left + 1, 0 <= share < 1 */
  bool any_inside, all_inside;
  int first_cell, last_cell, first_left, last_left; /* of the pixels inside */
};

/* Place the columns or the rows of a window; arrays are the arena's. SF_ENOMEM. */
enum sf_code sf_render_axis_columns (const struct sf_render *render, struct sf_arena *arena,
                                     struct sf_render_axis *ret_axis, struct sf_error *err);
enum sf_code sf_render_axis_rows (const struct sf_render *render, struct sf_arena *arena,
                                  struct sf_render_axis *ret_axis, struct sf_error *err);

#endif
