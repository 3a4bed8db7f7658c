/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_ENSEMBLE_SPANS_H
#define SF_MODELS_TYPHOON_ENSEMBLE_SPANS_H

#include "models/typhoon/ensemble/spans_kernel.h"
#include "models/typhoon/wind_field.h"

/* A region around a centre, and the union of many of them on a grid. Both kinds of region, a force's outer edge and
   the discs that move along a leg, are cut by a row of cells in one run.

   Why a force is: along each of the four sides between quadrant centres R = M + D sin 2a, a the direction. In the
   north and south sides the height of the edge over the axis has a single maximum (t = x/y solves t^3 + 4 d t^2 + t
   - 2 d = 0, d = D/M, which has one root in [-1, 1]). In the east and west sides the edge is monotone in y on either
   side of the axis as long as |d| is below 0.69, which is a ratio of 5.4 between neighbouring quadrants. For more (a
   quadrant that the force does not reach) only the rows by the axis, below the edge's local top, can be cut twice:
   `slack` tells how far they reach, and their cells are tested one by one. */
struct sf_span_region
{
  const struct sf_force_shape *force; /* or NULL */
  struct sf_strike_leg leg;           /* where force is NULL */
  double radius_km;                   /* of the discs; of the largest circle of a force */
  double y_min, y_max, x_min, x_max;  /* nothing of the region is beyond */
  double slack_down, slack_up;        /* rows from -slack_down to slack_up may be cut more than once; 0: none */
  /* Points of the region, from low to high, that are joined by straight lines within it, and straight up and down
     beyond it: every row that is cut is cut there. */
  double axis_x[3], axis_y[3];
};

/* False when the force is not there. Borrows shape. */
bool sf_span_region_force (struct sf_span_region *region, const struct sf_force_shape *shape);
void sf_span_region_strike (struct sf_span_region *region, const struct sf_strike_leg *leg, double radius_km);

/* The exact test: within the outer edge, or struck. */
static inline bool
sf_span_region_holds (const struct sf_span_region *region, double x, double y)
{
  if (region->force)
    return sf_force_shape_reaches (region->force, x, y);
  return sf_strike_leg_distance2 (&region->leg, x, y) <= region->radius_km * region->radius_km;
}

/* A set of cells of a grid: bits by rows of `words` words, and in addition for each row a run of cells first..last that
   is not yet among the bits. Rows outside [row_begin, row_end) are empty. */
struct sf_span_set
{
  int nx, ny;
  size_t words;
  uint64_t *bits;        /* ny * words */
  int32_t *first, *last; /* ny each; first > last: no run */
  int row_begin, row_end;
};

static inline size_t
sf_span_words (int nx)
{
  return ((size_t) nx + 63) / 64;
}

/* Make the set empty. all: whatever it held; else only the rows that it says it has. */
void sf_span_set_clear (struct sf_span_set *set, bool all);
/* Add the cells of a region around a centre to the set. */
void sf_span_set_add (struct sf_span_set *set, const struct sf_span_kernels *kernels, const struct sf_wind_grid *grid,
                      double lon_deg, double lat_deg, double km_per_deg_lon, const struct sf_span_region *region);
/* Bring all runs among the bits. */
void sf_span_set_settle (struct sf_span_set *set);

#endif
