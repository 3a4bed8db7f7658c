/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_DATA_GRID_H
#define SF_CORE_DATA_GRID_H

#include <stdbool.h>
#include <stddef.h>

/* Where a grid's cells lie, without meaning of place: core compares it, geodata interprets it.
   x = affine[0] + col*affine[1] + row*affine[2], y = affine[3] + col*affine[4] + row*affine[5] at the corner of cell
   (col, row); a cell's centre is at +0.5. Row 0 is the north row when affine[5] < 0. For a geographic CRS x is longitude
   and y latitude in degrees, whatever the authority's axis order says. */
struct sf_gridspec
{
  int nx, ny;
  double affine[6];
  char crs[64]; /* "EPSG:4490" or another opaque name that geodata understands */
};

/* Whether two grids have the same cells: same counts and CRS text, corners within a millionth of a cell. */
bool sf_gridspec_same (const struct sf_gridspec *a, const struct sf_gridspec *b);
/* nx * ny, 0 for an empty grid. */
size_t sf_gridspec_cells (const struct sf_gridspec *spec);

/* Some cells of a grid: rows [row0, row0 + rows), columns [column0, column0 + columns). */
struct sf_cell_window
{
  int row0, rows, column0, columns;
};

#endif
