/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_RENDER_H
#define SF_GEODATA_RENDER_H

#include "core/data/dataset.h"
#include "geodata/style.h"
#include "geodata/tile_matrix.h"

/* What to draw: one band of a grid of longitudes and latitudes (EPSG:4490, EPSG:4326 or OGC:CRS84; rows and columns along
   the axes), into width x height pixels whose outer edges are bounds in the units of projection. */
struct sf_render
{
  const struct sf_grid *grid;
  int band;
  const struct sf_style *style; /* classes or a ramp; its sampling is used */
  double origin;                /* added to every bound of the style; see sf_render_origin */
  enum sf_tile_set projection;
  struct sf_bounds bounds;
  int width, height;
};

/* Fill out[height * width] with indices into the palette of sf_style_palette, row 0 at the top.
   Nearest: the cell that holds the pixel's centre. Bilinear: between the four cell centres around it, in double, rows
   blended first (a + (b - a) t); beyond the outermost centres the value is that of the edge; where neighbours are missing
   the others share their weight, and a pixel whose own cell is missing is index 0. Bicubic: between the sixteen cell centres
   around it by cubic convolution (Keys 1981, a = -1/2: the spline of Catmull and Rom), rows first; where one of them is
   missing or beyond the grid, bilinear. It may go beyond its neighbours' values by an eighth of their differences. Classes compare with the exact lower
   bounds; slice i of a ramp is floor ((v - low) / (high - low) * 254). Missing, below the first bound and outside the grid
   are index 0. *ret_any tells whether any pixel is not 0. Results are the same on every CPU. SF_EUNSUPPORTED for another
   CRS, a rotated grid or a style of another kind, SF_EINVAL for a band or size that is not there, SF_ENOMEM. Thread-safe. */
enum sf_code sf_render_indices (const struct sf_render *render, uint8_t *out, bool *ret_any, struct sf_error *err);

/* SF_EUNSUPPORTED for a grid that cannot be drawn (another CRS, rotated), SF_EINVAL for a band that is not there. */
enum sf_code sf_render_check_band (const struct sf_grid *grid, int band, struct sf_error *err);

/* Find what a style's bounds count from. For hours since a reference under a style with `origin: earliest` it is the last
   00, 06, 12 or 18 UTC (08, 14, 20, 02 Beijing time) not after the earliest value of all bands, in hours from the grid's
   reference; 0 for every other grid and style. So maps of one grid's forces share their colours. */
double sf_render_origin (const struct sf_grid *grid, const struct sf_style *style);

/* The edges of a grid in degrees. */
struct sf_bounds sf_render_grid_bounds (const struct sf_gridspec *spec);

#endif
