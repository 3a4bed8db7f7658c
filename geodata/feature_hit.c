/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/feature_index.h"

#include <math.h>

struct place
{
  double x, y;
};

/* What is asked for: an ellipse, in whose frame it is the unit circle, or a box in the frame of the coordinates. */
struct target
{
  struct place origin, scale; /* of the frame */
  struct place inside;        /* a point of the target, in the frame */
  const struct sf_bounds *box;
};

static inline struct place
place_at (const struct sf_geometry *geometry, size_t i, const struct target *target)
{
  return (struct place){ (geometry->xy[2 * i] - target->origin.x) * target->scale.x,
                         (geometry->xy[2 * i + 1] - target->origin.y) * target->scale.y };
}

/* Whether the segment comes within the unit circle. */
static bool
segment_near (struct place a, struct place b)
{
  double dx = b.x - a.x, dy = b.y - a.y, length2 = dx * dx + dy * dy;
  double t = length2 > 0 ? -(a.x * dx + a.y * dy) / length2 : 0;
  t = t < 0 ? 0 : t > 1 ? 1 : t;
  double x = a.x + t * dx, y = a.y + t * dy;
  return x * x + y * y <= 1;
}

/* Narrow the part *t0..*t1 of a segment to where it is within min..max along one axis; false when nothing is left. */
static bool
narrow (double a, double b, double min, double max, double *t0, double *t1)
{
  if (a == b)
    return a >= min && a <= max;
  double enter = (min - a) / (b - a), leave = (max - a) / (b - a);
  *t0 = fmax (*t0, fmin (enter, leave));
  *t1 = fmin (*t1, fmax (enter, leave));
  return *t0 <= *t1;
}

static bool
segment_meets (struct place a, struct place b, const struct sf_bounds *box)
{
  double t0 = 0, t1 = 1;
  return narrow (a.x, b.x, box->min_x, box->max_x, &t0, &t1) && narrow (a.y, b.y, box->min_y, box->max_y, &t0, &t1);
}

/* Whether the edge crosses the ray from o to the right, ends counted once. */
static bool
crosses_ray (struct place a, struct place b, struct place o)
{
  return (a.y > o.y) != (b.y > o.y) && ((a.x - o.x) * (b.y - o.y) - (b.x - o.x) * (a.y - o.y)) * (b.y - a.y) > 0;
}

static bool
hit (const struct sf_geometry *geometry, const struct target *target)
{
  bool inside = false;
  for (size_t part = 0; part < geometry->parts; part++)
    {
      size_t end = geometry->part_start[part + 1];
      for (size_t i = geometry->part_start[part]; i < end; i++)
        {
          /* A point, and the last one of a line, is a segment without length. */
          bool alone = geometry->kind == SF_GEOMETRY_POINT || i + 1 == end;
          struct place a = place_at (geometry, i, target), b = alone ? a : place_at (geometry, i + 1, target);
          if (target->box ? segment_meets (a, b, target->box) : segment_near (a, b))
            return true;
          inside ^= crosses_ray (a, b, target->inside);
        }
    }
  return geometry->kind == SF_GEOMETRY_POLYGON && inside;
}

bool
sf_feature_near (const struct sf_geometry *geometry, double x, double y, double radius_x, double radius_y)
{
  const struct target target = { .origin = { x, y }, .scale = { 1 / radius_x, 1 / radius_y } };
  return geometry && radius_x > 0 && radius_y > 0 && hit (geometry, &target);
}

bool
sf_feature_meets_box (const struct sf_geometry *geometry, const struct sf_bounds *box)
{
  if (!geometry)
    return false;
  if (box->min_x > box->max_x)
    {
      const struct sf_bounds east = { box->min_x, box->min_y, 180, box->max_y };
      const struct sf_bounds west = { -180, box->min_y, box->max_x, box->max_y };
      return (box->min_x <= 180 && sf_feature_meets_box (geometry, &east))
             || (box->max_x >= -180 && sf_feature_meets_box (geometry, &west));
    }
  const struct target target = { .scale = { 1, 1 },
                                 .inside = { box->min_x / 2 + box->max_x / 2, box->min_y / 2 + box->max_y / 2 },
                                 .box = box };
  return box->min_x <= box->max_x && box->min_y <= box->max_y && hit (geometry, &target);
}
