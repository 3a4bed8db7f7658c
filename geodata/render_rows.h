/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_RENDER_ROWS_H
#define SF_GEODATA_RENDER_ROWS_H

#include "core/base/mem.h"
#include "geodata/render.h"
#include "geodata/render_axis.h"
#include "geodata/render_kernel.h"

/* The one engine that turns values into palette indices, row by row; for geodata/render.c and the painters. */

/* A style's bounds where the band's values have them. */
struct sf_render_levels
{
  enum sf_style_kind kind;
  int count;
  double bounds[SF_STYLE_MAX_ENTRIES];
  float float_bounds[SF_STYLE_MAX_ENTRIES]; /* a float reaches bounds[i] exactly when it reaches this */
};

void sf_render_levels_init (struct sf_render_levels *levels, const struct sf_style *style, double origin);

enum sf_render_row
{
  SF_RENDER_ROW_EMPTY, /* outside the grid: all 0, line is not filled */
  SF_RENDER_ROW_SAME,  /* as the row before, line is not filled */
  SF_RENDER_ROW_NEW
};

/* Where the drawing of one window stands. */
struct sf_render_rows
{
  const struct sf_render *render;
  const struct sf_render_levels *levels;
  const struct sf_render_kernels *kernels;
  struct sf_render_axis columns, rows;
  float *gathered;
  uint8_t *cell_indices;
  int32_t *corners; /* where cells are many: the left cell of each pixel that has both, else NULL */
  int32_t *edges;   /* the pixels that have not */
  int edges_count;
  double *blended, *values, *cubic;
  double (*weights)[4];
  int y; /* of the next row */
};

/* Begin at the top of a window, which has been checked; all is borrowed and must outlive rows. Memory is the arena's: some
   50 bytes a column and row. SF_ENOMEM. */
enum sf_code sf_render_rows_init (struct sf_render_rows *rows, const struct sf_render *render,
                                  const struct sf_render_levels *levels, struct sf_arena *arena, struct sf_error *err);
/* Draw the next row into line[width]. */
enum sf_render_row sf_render_rows_next (struct sf_render_rows *rows, uint8_t *line);

#endif
