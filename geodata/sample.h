/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_SAMPLE_H
#define SF_GEODATA_SAMPLE_H

#include "core/base/error.h"
#include "core/data/dataset.h"

#include <stddef.h>

enum sf_sample_method
{
  SF_SAMPLE_NEAREST, /* the value of the cell that holds the point */
  SF_SAMPLE_BILINEAR /* between the four nearest cell centres */
};

/* Sample a band of a grid at count positions in the grid's own CRS (x0 y0 x1 y1 ...). NaN outside the grid's closed
   extent and at NaN positions; which cell owns an edge is told at sf_gridspec_cell. Bilinear: within half a cell of the
   grid's edge the outermost centres are continued outward. Where the cell that holds the point is missing the answer is
   missing, so that missing never shrinks; a missing neighbour drops out and the other weights are scaled to sum to one.
   Bilinear only for upright grids; a rotated grid is sampled in its own columns and rows, which is the same thing. Safe
   from several threads. */
void sf_sample_points (const struct sf_grid *grid, int band, enum sf_sample_method method, const double *xy,
                       size_t count, float *ret_values);

/* The same at longitudes and latitudes in degrees (EPSG:4490), whatever the grid's CRS. On geographic grids a longitude
   is turned by whole turns into the grid's extent (250 and -110 are the same). SF_EINVAL when the grid's CRS is
   unknown. */
enum sf_code sf_sample_lonlat (const struct sf_grid *grid, int band, enum sf_sample_method method,
                               const double *lonlat_deg, size_t count, float *ret_values, struct sf_error *err);

#endif
