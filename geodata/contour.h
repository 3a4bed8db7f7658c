/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_CONTOUR_H
#define SF_GEODATA_CONTOUR_H

#include "core/data/dataset.h"

/* Isobands and isolines of one band of a grid, by marching squares.
   The field: values stand at the centres of cells and run linearly along the lines between neighbouring centres; from the
   outermost centres to the grid's edge they stay as they are. Missing cells: the field covers exactly the cells that are
   not NaN, to their edges; on an edge or corner beside a missing cell the value is the mean of the valid cells that meet
   there. So the bands of all levels tile the valid cells, and each cell's centre lies in the band of its value.
   Saddles: where the corners of a square are in, out, in, out, the mean of the four corners decides what is joined.
   Rings are closed, outer ones counter-clockwise, holes clockwise after their outer ring (RFC 7946); two rings may touch in a
   point. Crossings keep a millionth of a cell away from centres, so that rings are simple also where a value equals a level.
   The same input gives the same output, byte for byte. Coordinates are the grid's (its affine transform). Lon/lat grids of
   any orientation. */

/* Find where lower <= value < upper; -INFINITY and INFINITY are allowed. *ret_geometry is a polygon geometry without parts
   when there is no such place; free with sf_geometry_free. SF_EINVAL when lower >= upper or the band is not there. */
enum sf_code sf_contour_band (const struct sf_grid *grid, int band, double lower, double upper,
                              struct sf_geometry **ret_geometry, struct sf_error *err);

/* Find the lines value = level, higher values on the left. Lines end at the grid's edge and at missing cells; the others are
   closed (last point = first). */
enum sf_code sf_contour_line (const struct sf_grid *grid, int band, double level, struct sf_geometry **ret_geometry,
                              struct sf_error *err);

#endif
