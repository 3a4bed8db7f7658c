/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_ZONAL_H
#define SF_GEODATA_ZONAL_H

#include "core/base/error.h"
#include "core/data/geometry.h"
#include "core/data/grid.h"

#include <stddef.h>

/* The share of every cell that polygons cover, exact to rounding (below 1e-9 of a cell): each edge is cut at the grid
   lines and gives its signed area to the cell and its height to all cells on its right (Green's theorem; the
   accumulation buffer of font rasterisers). Polygons are in the grid's CRS, in its plane; parts must not overlap, holes
   lie in their outer ring; ring directions do not matter. What lies outside the grid is cut off exactly. */

/* One covered cell. */
struct sf_zonal_cell
{
  int column, row;
  double fraction; /* in (0, 1] */
};

/* Compute the covered cells of one polygon geometry, rising by row, then column. *ret_cells is the caller's to free
   with sf_mem_free. SF_ETYPE for another kind of geometry, SF_EFORMAT for a coordinate that is not finite, SF_ENOMEM.
 */
enum sf_code sf_zonal_cells (const struct sf_geometry *polygon, const struct sf_gridspec *spec,
                             struct sf_zonal_cell **ret_cells, size_t *ret_count, struct sf_error *err);

/* Fill fraction[ny * nx] with the share of each cell that count polygon geometries (NULL ones are skipped) cover
   together; they must not overlap one another. Values outside 0..1 by rounding are brought back. */
enum sf_code sf_zonal_fractions (const struct sf_geometry *const *polygons, size_t count,
                                 const struct sf_gridspec *spec, float *ret_fraction, struct sf_error *err);

/* What the cells of a zone say about a band of values (ny * nx floats, NaN = missing). */
struct sf_zonal_summary
{
  double mean;          /* sum f a v / sum f a over cells with a value; NaN when there is none */
  double max, min;      /* over cells with a value, NaN when there is none */
  double missing_share; /* sum f a of cells without a value / sum f a of all; NaN when the zone is empty */
};

/* Summarise. row_weight[ny] is the weight a of a cell in each row (its area, or anything proportional to it); NULL
   weighs all cells alike. Pure, does not allocate. */
struct sf_zonal_summary sf_zonal_summarise (const struct sf_zonal_cell *cells, size_t count, const float *values,
                                            int nx, const double *row_weight);

#endif
