/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_DATA_GEOMETRY_H
#define SF_CORE_DATA_GEOMETRY_H

#include "core/base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sf_geometry_kind
{
  SF_GEOMETRY_NONE,
  SF_GEOMETRY_POINT,  /* one or many points */
  SF_GEOMETRY_LINE,   /* one or many lines */
  SF_GEOMETRY_POLYGON /* one or many polygons; rings are closed (last point = first) */
};

/* Points in parts. Part p holds points [part_start[p], part_start[p+1]); part_start has parts+1 entries.
   For polygons a part is a ring and part_outer[p] tells whether it starts a new polygon (outer) or is a hole in the last
   one. x before y: longitude before latitude. Owned as a whole; free with sf_geometry_free. */
struct sf_geometry
{
  enum sf_geometry_kind kind;
  size_t parts, points;
  size_t *part_start;
  bool *part_outer; /* NULL unless polygons */
  double *xy;       /* 2 * points */
  size_t part_capacity, outer_capacity, point_capacity;
};

struct sf_geometry *sf_geometry_new (enum sf_geometry_kind kind);
struct sf_geometry *sf_geometry_copy (const struct sf_geometry *geometry);
void sf_geometry_free (struct sf_geometry *geometry);
/* Begin a part (outer is meant for polygons), then add points to it; a point without a part begins one. 0, or -1 when
   memory is out. */
int sf_geometry_begin_part (struct sf_geometry *geometry, bool outer);
int sf_geometry_add_point (struct sf_geometry *geometry, double x, double y);
struct sf_geometry *sf_geometry_new_point (double x, double y);
/* The bounding box; false when there is no point. */
bool sf_geometry_bounds (const struct sf_geometry *geometry, double *ret_min_x, double *ret_min_y, double *ret_max_x,
                         double *ret_max_y);

#endif
