/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_TILE_MATRIX_H
#define SF_GEODATA_TILE_MATRIX_H

#include "core/base/error.h"

/* The two tile matrix sets of Tianditu. c: longitude and latitude, EPSG:4490 (CGCS2000), ids 1..18, level z is 2^z x 2^(z-1)
   tiles from 180 W 90 N. w: spherical Mercator, EPSG:3857, ids 0..18, 2^z x 2^z tiles. Tiles are 256 x 256 pixels, rows run
   south. Level id z of both is the z of XYZ addresses; WorldCRS84Quad names the levels of c by z-1. */
enum sf_tile_set
{
  SF_TILE_SET_C,
  SF_TILE_SET_W,
  SF_TILE_SETS
};

enum
{
  SF_TILE_PIXELS = 256
};

/* x0 <= x < x1 and y0 <= y < y1; empty when x0 >= x1. */
struct sf_tile_range
{
  int x0, y0, x1, y1;
};

struct sf_tile_matrix
{
  int id;
  int columns, rows;
  double resolution;        /* degrees a pixel (c) or metres a pixel (w) */
  double scale_denominator; /* with OGC's pixel of 0.28 mm and 111319.490793 m a degree (OGC 07-057r7) */
  double left, top;         /* degrees or metres */
};

/* Edges of a tile or a window, in the set's own units: degrees for c, metres for w. */
struct sf_bounds
{
  double min_x, min_y, max_x, max_y;
};

const char *sf_tile_set_name (enum sf_tile_set set); /* "c", "w" */
const char *sf_tile_set_crs (enum sf_tile_set set);  /* "EPSG:4490", "EPSG:3857" */
int sf_tile_set_min_id (enum sf_tile_set set);
int sf_tile_set_max_id (enum sf_tile_set set);

/* Get the level `id` of a set. SF_ERANGE outside the set's ids. */
enum sf_code sf_tile_matrix_get (enum sf_tile_set set, int id, struct sf_tile_matrix *ret_matrix, struct sf_error *err);
/* The edges of tile (x, y) of a level; no check of x and y. */
struct sf_bounds sf_tile_bounds (const struct sf_tile_matrix *matrix, int x, int y);
/* The tiles of a level that share an area with an extent in the set's units, clipped to the level. */
struct sf_tile_range sf_tile_range_find (const struct sf_tile_matrix *matrix, const struct sf_bounds *extent);

/* Spherical Mercator of EPSG:3857 (radius 6378137 m), both ways; and an extent of degrees in the units of a set, for w
   clipped to latitude +-85.0511287798 where the square ends. */
double sf_mercator_x_m (double lon_deg);
double sf_mercator_y_m (double lat_deg);
double sf_mercator_lat_deg (double y_m);
struct sf_bounds sf_tile_set_extent (enum sf_tile_set set, const struct sf_bounds *degrees);

#endif
