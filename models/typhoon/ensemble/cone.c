/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/ensemble/cone.h"

#include "geodata/polygon_ops.h"
#include "geodata/sphere.h"

#include <math.h>
#include <stdlib.h>

enum
{
  CORNERS = 72
};

struct corner
{
  double x, y;
};

static void
fill_corners (const struct sf_cone_circle *circle, struct corner corners[CORNERS])
{
  double radius_km = fmax (1, circle->radius_km);
  for (int i = 0; i < CORNERS; i++)
    {
      double lon_deg, lat_deg;
      sf_sphere_destination (circle->lon_deg, circle->lat_deg, -360.0 * i / CORNERS, radius_km, &lon_deg, &lat_deg);
      corners[i] = (struct corner){ circle->lon_deg + remainder (lon_deg - circle->lon_deg, 360), lat_deg };
    }
}

static int
add_ring (struct sf_geometry *geometry, const struct corner *corners, size_t count)
{
  int failed = sf_geometry_begin_part (geometry, true);
  for (size_t i = 0; i <= count && !failed; i++)
    failed = sf_geometry_add_point (geometry, corners[i % count].x, corners[i % count].y);
  return failed;
}

int
sf_cone_add_circle (struct sf_geometry *geometry, const struct sf_cone_circle *circle)
{
  struct corner corners[CORNERS];
  fill_corners (circle, corners);
  return add_ring (geometry, corners, CORNERS);
}

static int
compare_corners (const void *a, const void *b)
{
  const struct corner *p = a, *q = b;
  if (p->x != q->x)
    return p->x < q->x ? -1 : 1;
  return (p->y > q->y) - (p->y < q->y);
}

/* How far c lies left of the way from a to b. */
static double
left_of (const struct corner *a, const struct corner *b, const struct corner *c)
{
  return (b->x - a->x) * (c->y - a->y) - (b->y - a->y) * (c->x - a->x);
}

/* The convex hull of two circles' corners (Andrew 1979's monotone chain); returns how many of hull are used. */
static size_t
hull_of (struct corner corners[2 * CORNERS], struct corner hull[4 * CORNERS])
{
  size_t n = 0;
  qsort (corners, 2 * CORNERS, sizeof *corners, compare_corners);
  for (int pass = 0; pass < 2; pass++)
    {
      size_t least = n + 1;
      for (int i = 0; i < 2 * CORNERS; i++)
        {
          const struct corner *next = &corners[pass == 0 ? i : 2 * CORNERS - 1 - i];
          while (n > least && left_of (&hull[n - 2], &hull[n - 1], next) <= 0)
            n--;
          hull[n++] = *next;
        }
      n--; /* the last of a chain begins the other */
    }
  return n;
}

static bool
is_whole (const struct sf_cone_circle *circle)
{
  return isfinite (circle->lon_deg) && isfinite (circle->lat_deg) && isfinite (circle->radius_km);
}

static int
add_hulls (const struct sf_cone_circle *circles, size_t count, struct sf_geometry *geometry)
{
  struct corner corners[2 * CORNERS], hull[4 * CORNERS];
  const struct sf_cone_circle *last = NULL;
  int failed = 0;
  for (size_t i = 0; i < count && !failed; i++)
    {
      if (!is_whole (&circles[i]))
        continue;
      fill_corners (last ? last : &circles[i], corners);
      fill_corners (&circles[i], corners + CORNERS);
      size_t hull_count = hull_of (corners, hull);
      if (hull_count >= 3) /* around a pole all corners lie in one line */
        failed = add_ring (geometry, hull, hull_count);
      last = &circles[i];
    }
  return failed;
}

enum sf_code
sf_cone_hull (const struct sf_cone_circle *circles, size_t count, struct sf_geometry **ret, struct sf_error *err)
{
  struct sf_geometry *pieces = sf_geometry_new (SF_GEOMETRY_POLYGON);
  enum sf_code code = pieces && add_hulls (circles, count, pieces) == 0
                          ? SF_OK
                          : sf_fail (err, SF_ENOMEM, "out of memory for a cone");
  if (code == SF_OK)
    code = sf_polygon_union (pieces, ret, err);
  sf_geometry_free (pieces);
  return code;
}
