/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/polygon.h"
#include "core/base/mem.h"
#include "geodata/sphere.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

struct edge
{
  double x0, y0, x1, y1;
  size_t geometry;
};

/* Horizontal bands of equal height; the edges that touch band b are band_edges[band_start[b] .. band_start[b + 1]), in
   rising order, so that edges of one geometry stand together. */
struct sf_polygon_index
{
  struct edge *edges;
  size_t edges_count, edges_capacity;
  int bands;
  double min_y, max_y, bands_per_unit;
  size_t *band_start;
  uint32_t *band_edges;
};

enum
{
  BANDS_MAX = 8192,
  EDGES_PER_BAND = 8
};

static int
band_of (const struct sf_polygon_index *index, double y)
{
  double band = (y - index->min_y) * index->bands_per_unit;
  return band <= 0 ? 0 : band >= index->bands ? index->bands - 1 : (int) band;
}

static enum sf_code
add_ring (struct sf_polygon_index *index, const struct sf_geometry *geometry, size_t number, size_t part,
          struct sf_error *err)
{
  size_t begin = geometry->part_start[part], end = geometry->part_start[part + 1];
  const double *xy = geometry->xy;
  for (size_t i = begin; i < end; i++)
    if (!isfinite (xy[2 * i]) || !isfinite (xy[2 * i + 1]))
      return sf_fail (err, SF_EFORMAT, "polygon %zu, ring %zu, point %zu: not a finite coordinate", number, part,
                      i - begin);
  if (end - begin < 4 || xy[2 * begin] != xy[2 * end - 2] || xy[2 * begin + 1] != xy[2 * end - 1])
    return sf_fail (err, SF_EFORMAT, "polygon %zu, ring %zu: not a closed ring of at least three corners", number,
                    part);
  if (index->edges_count + (end - begin) > UINT32_MAX
      || sf_mem_grow ((void **) &index->edges, &index->edges_capacity, index->edges_count + (end - begin),
                      sizeof *index->edges))
    return sf_fail (err, SF_ENOMEM, "out of memory for a polygon index of %zu edges", index->edges_count);
  for (size_t i = begin; i + 1 < end; i++)
    {
      struct edge edge = { xy[2 * i], xy[2 * i + 1], xy[2 * i + 2], xy[2 * i + 3], number };
      if (edge.x0 != edge.x1 || edge.y0 != edge.y1)
        index->edges[index->edges_count++] = edge;
    }
  return SF_OK;
}

static enum sf_code
add_geometry (struct sf_polygon_index *index, const struct sf_geometry *geometry, size_t number,
              enum sf_polygon_rings rings, struct sf_error *err)
{
  if (geometry->kind != SF_GEOMETRY_POLYGON)
    return sf_fail (err, SF_ETYPE, "geometry %zu is not a polygon", number);
  for (size_t part = 0; part < geometry->parts; part++)
    if (rings == SF_RINGS_ALL || geometry->part_outer[part])
      SF_TRY (add_ring (index, geometry, number, part, err));
  return SF_OK;
}

static enum sf_code
fill_bands (struct sf_polygon_index *index, struct sf_error *err)
{
  index->min_y = INFINITY;
  index->max_y = -INFINITY;
  for (size_t i = 0; i < index->edges_count; i++)
    {
      index->min_y = fmin (index->min_y, fmin (index->edges[i].y0, index->edges[i].y1));
      index->max_y = fmax (index->max_y, fmax (index->edges[i].y0, index->edges[i].y1));
    }
  size_t wanted = index->edges_count / EDGES_PER_BAND + 1;
  index->bands = wanted < BANDS_MAX ? (int) wanted : BANDS_MAX;
  index->bands_per_unit = index->max_y > index->min_y ? index->bands / (index->max_y - index->min_y) : 0;
  index->band_start = sf_mem_calloc ((size_t) index->bands + 2, sizeof *index->band_start);
  if (!index->band_start)
    return sf_fail (err, SF_ENOMEM, "out of memory for a polygon index");
  /* Counts stand two places on, so that after the second pass each start is in its place. */
  size_t *next = index->band_start + 1;
  for (size_t i = 0; i < index->edges_count; i++)
    for (int b = band_of (index, fmin (index->edges[i].y0, index->edges[i].y1));
         b <= band_of (index, fmax (index->edges[i].y0, index->edges[i].y1)); b++)
      next[b + 1]++;
  for (int b = 0; b < index->bands; b++)
    next[b + 1] += next[b];
  index->band_edges = sf_mem_alloc (next[index->bands] * sizeof *index->band_edges);
  if (!index->band_edges)
    return sf_fail (err, SF_ENOMEM, "out of memory for a polygon index");
  for (size_t i = 0; i < index->edges_count; i++)
    for (int b = band_of (index, fmin (index->edges[i].y0, index->edges[i].y1));
         b <= band_of (index, fmax (index->edges[i].y0, index->edges[i].y1)); b++)
      index->band_edges[next[b]++] = (uint32_t) i;
  return SF_OK;
}

enum sf_code
sf_polygon_index_new (const struct sf_geometry *const *geometries, size_t count, enum sf_polygon_rings rings,
                      struct sf_polygon_index **ret, struct sf_error *err)
{
  struct sf_polygon_index *index = sf_mem_calloc (1, sizeof *index);
  enum sf_code code = index ? SF_OK : sf_fail (err, SF_ENOMEM, "out of memory for a polygon index");
  for (size_t i = 0; i < count && code == SF_OK; i++)
    if (geometries[i])
      code = add_geometry (index, geometries[i], i, rings, err);
  if (code == SF_OK)
    code = fill_bands (index, err);
  if (code == SF_OK)
    *ret = index;
  else
    sf_polygon_index_free (index);
  return code;
}

void
sf_polygon_index_free (struct sf_polygon_index *index)
{
  if (!index)
    return;
  sf_mem_free (index->band_edges);
  sf_mem_free (index->band_start);
  sf_mem_free (index->edges);
  sf_mem_free (index);
}

/* Twice the signed area of edge and point: positive when the point is left of the edge; 0 within rounding. */
static double
side_of_edge (const struct edge *e, double x, double y)
{
  double a = (e->x1 - e->x0) * (y - e->y0), b = (x - e->x0) * (e->y1 - e->y0);
  return fabs (a - b) <= 4 * DBL_EPSILON * (fabs (a) + fabs (b)) ? 0 : a - b;
}

/* Whether the ray from the point towards +x crosses the edge; *ret_on is set when the point lies on it. */
static bool
ray_crosses (const struct edge *e, double x, double y, bool *ret_on)
{
  if (y < fmin (e->y0, e->y1) || y > fmax (e->y0, e->y1) || x > fmax (e->x0, e->x1))
    return false;
  double side = side_of_edge (e, x, y);
  if (side == 0 && x >= fmin (e->x0, e->x1))
    *ret_on = true;
  if ((e->y0 <= y) == (e->y1 <= y))
    return false;
  return e->y1 > e->y0 ? side > 0 : side < 0;
}

enum sf_polygon_side
sf_polygon_locate (const struct sf_polygon_index *index, double x, double y, size_t *ret_geometry)
{
  if (!(y >= index->min_y && y <= index->max_y) || isnan (x))
    return SF_SIDE_OUT;
  int band = band_of (index, y);
  size_t i = index->band_start[band], end = index->band_start[band + 1];
  while (i < end)
    {
      size_t geometry = index->edges[index->band_edges[i]].geometry;
      bool inside = false, on = false;
      for (; i < end && index->edges[index->band_edges[i]].geometry == geometry; i++)
        if (ray_crosses (&index->edges[index->band_edges[i]], x, y, &on))
          inside = !inside;
      if (!inside && !on)
        continue;
      if (ret_geometry)
        *ret_geometry = geometry;
      return on ? SF_SIDE_ON : SF_SIDE_IN;
    }
  return SF_SIDE_OUT;
}

/* A growing list of places along a segment. */
struct places
{
  double *t;
  size_t count, capacity;
};

static int
add_place (struct places *places, double t)
{
  if (!(t > -1e-12 && t < 1 + 1e-12))
    return 0;
  if (sf_mem_grow ((void **) &places->t, &places->capacity, places->count + 1, sizeof *places->t))
    return -1;
  places->t[places->count++] = fmin (fmax (t, 0), 1);
  return 0;
}

/* Where the segment p + t d may meet an edge. Too many candidates do no harm: sides are looked at between them. */
static int
add_edge_places (struct places *places, const struct edge *e, double px, double py, double dx, double dy)
{
  double ex = e->x1 - e->x0, ey = e->y1 - e->y0, qx = e->x0 - px, qy = e->y0 - py;
  double denominator = dx * ey - dy * ex;
  if (fabs (denominator) > 4 * DBL_EPSILON * (fabs (dx * ey) + fabs (dy * ex)))
    {
      double s = (qx * dy - qy * dx) / denominator;
      return s > -1e-9 && s < 1 + 1e-9 ? add_place (places, (qx * ey - qy * ex) / denominator) : 0;
    }
  double length2 = dx * dx + dy * dy, off = qx * dy - qy * dx;
  if (off * off > 1e-24 * length2 * (length2 + qx * qx + qy * qy))
    return 0;
  double t = (qx * dx + qy * dy) / length2;
  return add_place (places, t) || add_place (places, t + (ex * dx + ey * dy) / length2);
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

static enum sf_code
collect_places (const struct sf_polygon_index *index, double x0, double y0, double dx, double dy, struct places *places,
                struct sf_error *err)
{
  int failed = add_place (places, 0) || add_place (places, 1);
  if (index->edges_count && !failed)
    {
      int first = band_of (index, fmin (y0, y0 + dy)), last = band_of (index, fmax (y0, y0 + dy));
      for (size_t i = index->band_start[first]; i < index->band_start[last + 1] && !failed; i++)
        failed = add_edge_places (places, &index->edges[index->band_edges[i]], x0, y0, dx, dy);
    }
  if (failed)
    return sf_fail (err, SF_ENOMEM, "out of memory for crossings");
  qsort (places->t, places->count, sizeof *places->t, compare_doubles);
  return SF_OK;
}

enum sf_code
sf_polygon_crossings (const struct sf_polygon_index *index, double x0, double y0, double x1, double y1,
                      struct sf_polygon_crossing **ret_crossings, size_t *ret_count, struct sf_error *err)
{
  struct places places = { 0 };
  struct sf_polygon_crossing *crossings = NULL;
  size_t count = 0, capacity = 0, geometry = 0;
  double dx = x1 - x0, dy = y1 - y0, begin = 0;
  if (!isfinite (x0) || !isfinite (y0) || !isfinite (x1) || !isfinite (y1))
    return sf_fail (err, SF_EINVAL, "a segment from (%g, %g) to (%g, %g) is not finite", x0, y0, x1, y1);
  enum sf_code code = collect_places (index, x0, y0, dx, dy, &places, err);
  bool known = false, inside = false;
  for (size_t i = 1; i < places.count && code == SF_OK && (dx != 0 || dy != 0); i++)
    {
      double t = places.t[i];
      if (t - begin < 1e-12)
        continue;
      size_t here = geometry;
      double middle = (begin + t) / 2;
      bool now = sf_polygon_locate (index, x0 + middle * dx, y0 + middle * dy, &here) != SF_SIDE_OUT;
      if (known && now != inside)
        {
          if (sf_mem_grow ((void **) &crossings, &capacity, count + 1, sizeof *crossings))
            code = sf_fail (err, SF_ENOMEM, "out of memory for crossings");
          else
            crossings[count++] = (struct sf_polygon_crossing){
              .t = begin, .x = x0 + begin * dx, .y = y0 + begin * dy, .entering = now, .geometry = now ? here : geometry
            };
        }
      known = true;
      inside = now;
      geometry = here;
      begin = t;
    }
  sf_mem_free (places.t);
  if (code != SF_OK)
    {
      sf_mem_free (crossings);
      return code;
    }
  *ret_crossings = crossings;
  *ret_count = count;
  return SF_OK;
}

struct nearest
{
  double lon_deg, lat_deg;           /* of the question */
  double best_deg;                   /* in degrees of latitude */
  double best_lon_deg, best_lat_deg; /* the answer so far */
  size_t best_geometry;
};

static void
try_edge (struct nearest *nearest, const struct edge *e)
{
  double scale = cos ((nearest->lat_deg + (e->y0 + e->y1) / 2) / 2 * (M_PI / 180.0));
  double px = (nearest->lon_deg - e->x0) * scale, py = nearest->lat_deg - e->y0;
  double ex = (e->x1 - e->x0) * scale, ey = e->y1 - e->y0;
  double share = fmin (fmax ((px * ex + py * ey) / (ex * ex + ey * ey), 0), 1);
  double dx = px - share * ex, dy = py - share * ey, best_deg = nearest->best_deg;
  /* Most edges are told apart by squares; the few near ones by the slower hypot, so that its answer stands. */
  if (dx * dx + dy * dy > best_deg * best_deg * (1 + 1e-9))
    return;
  double distance = hypot (dx, dy);
  if (distance >= best_deg)
    return;
  nearest->best_deg = distance;
  nearest->best_lon_deg = e->x0 + share * (e->x1 - e->x0);
  nearest->best_lat_deg = e->y0 + share * (e->y1 - e->y0);
  nearest->best_geometry = e->geometry;
}

static void
try_band (const struct sf_polygon_index *index, struct nearest *nearest, int band)
{
  if (band >= 0 && band < index->bands)
    for (size_t i = index->band_start[band]; i < index->band_start[band + 1]; i++)
      try_edge (nearest, &index->edges[index->band_edges[i]]);
}

double
sf_polygon_nearest_km (const struct sf_polygon_index *index, double lon_deg, double lat_deg, double *ret_lon_deg,
                       double *ret_lat_deg, size_t *ret_geometry)
{
  struct nearest nearest = { .lon_deg = lon_deg, .lat_deg = lat_deg, .best_deg = INFINITY };
  if (index->edges_count == 0 || !isfinite (lon_deg) || !isfinite (lat_deg))
    return INFINITY;
  int own = band_of (index, lat_deg);
  double height_deg = index->bands_per_unit > 0 ? 1 / index->bands_per_unit : 0;
  try_band (index, &nearest, own);
  /* Band own + k lies at least k - 1 whole bands away. */
  for (int k = 1; k < index->bands && (k - 1) * height_deg <= nearest.best_deg; k++)
    {
      try_band (index, &nearest, own + k);
      try_band (index, &nearest, own - k);
    }
  if (ret_lon_deg)
    *ret_lon_deg = nearest.best_lon_deg;
  if (ret_lat_deg)
    *ret_lat_deg = nearest.best_lat_deg;
  if (ret_geometry)
    *ret_geometry = nearest.best_geometry;
  return sf_sphere_distance_km (lon_deg, lat_deg, nearest.best_lon_deg, nearest.best_lat_deg);
}

double
sf_polygon_distance_km (const struct sf_polygon_index *index, double lon_deg, double lat_deg, double *ret_lon_deg,
                        double *ret_lat_deg)
{
  return sf_polygon_nearest_km (index, lon_deg, lat_deg, ret_lon_deg, ret_lat_deg, NULL);
}
