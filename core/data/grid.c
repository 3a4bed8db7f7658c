/* SPDX-License-Identifier: Apache-2.0 */
#include "core/data/grid.h"

#include <math.h>
#include <string.h>

/* How far apart, in cells, two corners may lie and still be one place: more than text and netCDF coordinates lose,
   far less than any cell. */
static const double CORNER_TOLERANCE_CELLS = 1e-6;

static double
smaller_side (const struct sf_gridspec *spec)
{
  const double *a = spec->affine;
  return fmin (hypot (a[1], a[4]), hypot (a[2], a[5]));
}

static bool
same_corner (const struct sf_gridspec *a, const struct sf_gridspec *b, int col, int row, double tolerance)
{
  const double *p = a->affine, *q = b->affine;
  double dx = p[0] - q[0] + col * (p[1] - q[1]) + row * (p[2] - q[2]);
  double dy = p[3] - q[3] + col * (p[4] - q[4]) + row * (p[5] - q[5]);
  return fabs (dx) <= tolerance && fabs (dy) <= tolerance;
}

bool
sf_gridspec_same (const struct sf_gridspec *a, const struct sf_gridspec *b)
{
  if (a->nx != b->nx || a->ny != b->ny || strncmp (a->crs, b->crs, sizeof a->crs) != 0)
    return false;
  double tolerance = CORNER_TOLERANCE_CELLS * fmin (smaller_side (a), smaller_side (b));
  return same_corner (a, b, 0, 0, tolerance) && same_corner (a, b, a->nx, 0, tolerance)
         && same_corner (a, b, 0, a->ny, tolerance);
}

size_t
sf_gridspec_cells (const struct sf_gridspec *spec)
{
  return spec->nx > 0 && spec->ny > 0 ? (size_t) spec->nx * (size_t) spec->ny : 0;
}
