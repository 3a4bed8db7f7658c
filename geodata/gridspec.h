/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_GRIDSPEC_H
#define SF_GEODATA_GRIDSPEC_H

#include "core/base/error.h"
#include "core/data/grid.h"

/* Where the cells of a struct sf_gridspec lie. Positions are in the grid's CRS, columns and rows count cells from the
   corner of cell (0, 0): its centre is at column 0.5, row 0.5. */

/* Position of a (fractional) column and row, and back. The inverse of a degenerate affine gives NaN. */
void sf_gridspec_position (const struct sf_gridspec *spec, double column, double row, double *ret_x, double *ret_y);
void sf_gridspec_index (const struct sf_gridspec *spec, double x, double y, double *ret_column, double *ret_row);

/* Centre of cell (column, row). */
void sf_gridspec_centre (const struct sf_gridspec *spec, int column, int row, double *ret_x, double *ret_y);

/* The cell that holds a position. A cell owns its west and north edges; the outermost east and south edges belong to
   the last column and row, so that the closed extent is covered. False outside and for NaN; out-parameters then
   untouched. */
bool sf_gridspec_cell (const struct sf_gridspec *spec, double x, double y, int *ret_column, int *ret_row);

/* The same for a longitude and latitude on a grid that counts them (any geographic CRS): a longitude that misses the grid is
   turned by whole turns, so that 250 and -110 are the same place. */
bool sf_gridspec_cell_lonlat (const struct sf_gridspec *spec, double lon_deg, double lat_deg, int *ret_column,
                              int *ret_row);

/* Bounding box of the grid, outer edges. */
void sf_gridspec_bounds (const struct sf_gridspec *spec, double *ret_min_x, double *ret_min_y, double *ret_max_x,
                         double *ret_max_y);

/* Whether rows lie along x and columns along y (no rotation). */
bool sf_gridspec_is_upright (const struct sf_gridspec *spec);

/* Area in km2 of the part of the GRS80 ellipsoid between two parallels and two meridians (degrees), never negative.
   Closed form through the authalic function q (Snyder 1987, Map Projections, USGS PP 1395, eq. 3-12). */
double sf_ellipsoid_rectangle_area_km2 (double west_deg, double south_deg, double east_deg, double north_deg);

/* Areas in km2 on the GRS80 ellipsoid of all cells of rows [row0, row0 + rows), rows * nx values. Upright geographic
   grids: exact; others: the geodesic quadrilateral of the cell's corners (Karney 2013), for which the CRS is opened.
   SF_EINVAL for an unknown CRS, SF_ERANGE when a corner has no longitude and latitude. */
enum sf_code sf_gridspec_areas_km2 (const struct sf_gridspec *spec, int row0, int rows, double *ret_area_km2,
                                    struct sf_error *err);

#endif
