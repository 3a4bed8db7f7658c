/* SPDX-License-Identifier: Apache-2.0 */
#include "core/data/geometry.h"

#include "core/base/mem.h"

#include <math.h>
#include <string.h>

struct sf_geometry *
sf_geometry_new (enum sf_geometry_kind kind)
{
  struct sf_geometry *geometry = sf_mem_calloc (1, sizeof *geometry);
  if (!geometry)
    return NULL;
  geometry->kind = kind;
  if (sf_mem_grow ((void **) &geometry->part_start, &geometry->part_capacity, 1, sizeof *geometry->part_start) < 0)
    {
      sf_geometry_free (geometry);
      return NULL;
    }
  geometry->part_start[0] = 0;
  return geometry;
}

void
sf_geometry_free (struct sf_geometry *geometry)
{
  if (!geometry)
    return;
  sf_mem_free (geometry->xy);
  sf_mem_free (geometry->part_outer);
  sf_mem_free (geometry->part_start);
  sf_mem_free (geometry);
}

/* Make room for this many parts and points in all. */
static int
reserve (struct sf_geometry *geometry, size_t parts, size_t points)
{
  if (sf_mem_grow ((void **) &geometry->part_start, &geometry->part_capacity, parts + 1, sizeof *geometry->part_start)
      < 0)
    return -1;
  if (geometry->kind == SF_GEOMETRY_POLYGON
      && sf_mem_grow ((void **) &geometry->part_outer, &geometry->outer_capacity, parts, sizeof *geometry->part_outer)
             < 0)
    return -1;
  return sf_mem_grow ((void **) &geometry->xy, &geometry->point_capacity, points, 2 * sizeof *geometry->xy);
}

struct sf_geometry *
sf_geometry_copy (const struct sf_geometry *geometry)
{
  if (!geometry)
    return NULL;
  struct sf_geometry *copy = sf_geometry_new (geometry->kind);
  if (!copy || reserve (copy, geometry->parts, geometry->points) < 0)
    {
      sf_geometry_free (copy);
      return NULL;
    }
  copy->parts = geometry->parts;
  copy->points = geometry->points;
  if (geometry->parts)
    memcpy (copy->part_start, geometry->part_start, (geometry->parts + 1) * sizeof *copy->part_start);
  if (geometry->parts && geometry->part_outer)
    memcpy (copy->part_outer, geometry->part_outer, geometry->parts * sizeof *copy->part_outer);
  if (geometry->points)
    memcpy (copy->xy, geometry->xy, 2 * geometry->points * sizeof *copy->xy);
  return copy;
}

int
sf_geometry_begin_part (struct sf_geometry *geometry, bool outer)
{
  if (reserve (geometry, geometry->parts + 1, geometry->points) < 0)
    return -1;
  if (geometry->kind == SF_GEOMETRY_POLYGON)
    geometry->part_outer[geometry->parts] = outer;
  geometry->parts++;
  geometry->part_start[geometry->parts] = geometry->points;
  return 0;
}

int
sf_geometry_add_point (struct sf_geometry *geometry, double x, double y)
{
  if (geometry->parts == 0 && sf_geometry_begin_part (geometry, true) < 0)
    return -1;
  if (reserve (geometry, geometry->parts, geometry->points + 1) < 0)
    return -1;
  geometry->xy[2 * geometry->points] = x;
  geometry->xy[2 * geometry->points + 1] = y;
  geometry->points++;
  geometry->part_start[geometry->parts] = geometry->points;
  return 0;
}

struct sf_geometry *
sf_geometry_new_point (double x, double y)
{
  struct sf_geometry *geometry = sf_geometry_new (SF_GEOMETRY_POINT);
  if (!geometry || sf_geometry_add_point (geometry, x, y) < 0)
    {
      sf_geometry_free (geometry);
      return NULL;
    }
  return geometry;
}

bool
sf_geometry_bounds (const struct sf_geometry *geometry, double *ret_min_x, double *ret_min_y, double *ret_max_x,
                    double *ret_max_y)
{
  if (!geometry || geometry->points == 0)
    return false;
  double min_x = INFINITY, min_y = INFINITY, max_x = -INFINITY, max_y = -INFINITY;
  for (size_t i = 0; i < geometry->points; i++)
    {
      min_x = fmin (min_x, geometry->xy[2 * i]);
      max_x = fmax (max_x, geometry->xy[2 * i]);
      min_y = fmin (min_y, geometry->xy[2 * i + 1]);
      max_y = fmax (max_y, geometry->xy[2 * i + 1]);
    }
  *ret_min_x = min_x;
  *ret_min_y = min_y;
  *ret_max_x = max_x;
  *ret_max_y = max_y;
  return true;
}
