/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/vector_tile_private.h"

#include <math.h>
#include <string.h>

/* What no tile can show is kept at a distance that arithmetic bears. */
static double
bounded (double world)
{
  return world < -1000 ? -1000 : world > 1000 ? 1000 : world;
}

/* The world of a set, 1 wide: from 180 W, and from the top of its level 0. */
static double
plane_x (double lon_deg)
{
  return bounded ((lon_deg + 180) / 360);
}

static double
plane_y (enum sf_tile_set set, double lat_deg)
{
  if (set == SF_TILE_SET_C)
    return bounded ((90 - lat_deg) / 360);
  return bounded (0.5 - sf_mercator_y_m (lat_deg) / (2 * sf_mercator_x_m (180)));
}

enum
{
  LOOK_BACK = 128
};

/* The distance of p from the segment a b. */
static double
segment_distance (const double *x, const double *y, uint32_t a, uint32_t p, uint32_t b)
{
  double dx = x[b] - x[a], dy = y[b] - y[a], px = x[p] - x[a], py = y[p] - y[a];
  double length2 = dx * dx + dy * dy, t = length2 > 0 ? (px * dx + py * dy) / length2 : 0;
  t = t < 0 ? 0 : t > 1 ? 1 : t;
  return sqrt ((px - t * dx) * (px - t * dx) + (py - t * dy) * (py - t * dy));
}

/* The points of a part that a level keeps, and how far the part strays at most from the edge that starts at each. */
struct kept
{
  const double *x, *y;
  uint32_t *points;
  double *errors;
};

/* How far the part strays at most from the edge that takes the place of those before and after the i-th point; more than
   tolerance as soon as that is sure. What has strayed from an edge stays within that and the distance of the edge's end
   from the new edge. That sum does for what is below tolerance, and for long runs, so that no part takes more than its
   length times LOOK_BACK; else each point between is looked at. */
static double
error_without (const struct kept *kept, uint32_t last, uint32_t i, double tolerance)
{
  uint32_t a = kept->points[last], p = kept->points[i], b = kept->points[i + 1];
  double error = segment_distance (kept->x, kept->y, a, p, b);
  double sum = error + (kept->errors[last] > kept->errors[i] ? kept->errors[last] : kept->errors[i]);
  if (error > tolerance || sum <= tolerance || b - a > LOOK_BACK)
    return sum;
  for (uint32_t k = a + 1; k < b && error <= tolerance; k++)
    {
      double distance = segment_distance (kept->x, kept->y, a, k, b);
      error = distance > error ? distance : error;
    }
  return error;
}

/* Find the first level that shows each point of a part, from the finest down: at each, points go one after another as
   long as nothing of the part strays more than half a unit from the edge in their place. */
static void
find_levels (struct kept *kept, uint32_t first, uint32_t end, uint8_t *level)
{
  uint32_t count = end - first;
  for (uint32_t i = 0; i < count; i++)
    {
      kept->points[i] = first + i;
      kept->errors[i] = 0;
      level[first + i] = 0;
    }
  for (int z = SF_TILE_LEVEL_NEVER - 1; z >= 0 && count > 2; z--)
    {
      double tolerance = 0.5 / ldexp (SF_VECTOR_TILE_EXTENT, z);
      uint32_t last = 0;
      for (uint32_t i = 1; i + 1 < count; i++)
        {
          double error = error_without (kept, last, i, tolerance);
          if (error <= tolerance)
            {
              level[kept->points[i]] = (uint8_t) (z + 1);
              kept->errors[last] = error;
              continue;
            }
          kept->points[++last] = kept->points[i];
          kept->errors[last] = kept->errors[i];
        }
      kept->points[++last] = kept->points[count - 1];
      count = last + 1;
    }
}

static struct sf_bounds
box_of (const double *x, const double *y, uint32_t first, uint32_t end)
{
  struct sf_bounds box = { INFINITY, INFINITY, -INFINITY, -INFINITY };
  for (uint32_t i = first; i < end; i++)
    {
      box.min_x = x[i] < box.min_x ? x[i] : box.min_x;
      box.max_x = x[i] > box.max_x ? x[i] : box.max_x;
      box.min_y = y[i] < box.min_y ? y[i] : box.min_y;
      box.max_y = y[i] > box.max_y ? y[i] : box.max_y;
    }
  return box;
}

static void
fill_plane (struct sf_vector_layer *layer, enum sf_tile_set set, size_t parts, struct kept *kept)
{
  struct sf_tile_plane *plane = &layer->planes[set];
  kept->x = layer->x;
  kept->y = plane->y;
  for (size_t part = 0; part < parts; part++)
    {
      uint32_t first = layer->first_point[part], end = layer->first_point[part + 1];
      uint32_t chunk = layer->first_chunk[part];
      if (chunk == layer->first_chunk[part + 1])
        continue; /* of points: no generalisation */
      plane->parts[part] = box_of (layer->x, plane->y, first, end);
      find_levels (kept, first, end, plane->level);
      for (; first < end; first += SF_TILE_CHUNK)
        plane->chunks[chunk++]
            = box_of (layer->x, plane->y, first, end - first > SF_TILE_CHUNK ? first + SF_TILE_CHUNK : end);
    }
}

static bool
is_placed (const struct sf_geometry *geometry)
{
  if (!geometry || geometry->points == 0 || geometry->kind == SF_GEOMETRY_NONE)
    return false;
  for (size_t i = 0; i < 2 * geometry->points; i++)
    if (!isfinite (geometry->xy[i]))
      return false;
  return true;
}

struct totals
{
  size_t parts, points, chunks, longest;
};

static struct totals
count_all (const struct sf_table *table)
{
  struct totals totals = { 0 };
  for (size_t row = 0; row < table->rows; row++)
    {
      const struct sf_geometry *geometry = table->geometries[row];
      if (!is_placed (geometry))
        continue;
      totals.parts += geometry->parts;
      totals.points += geometry->points;
      for (size_t part = 0; geometry->kind != SF_GEOMETRY_POINT && part < geometry->parts; part++)
        {
          size_t points = geometry->part_start[part + 1] - geometry->part_start[part];
          totals.chunks += (points + SF_TILE_CHUNK - 1) / SF_TILE_CHUNK;
          totals.longest = points > totals.longest ? points : totals.longest;
        }
    }
  return totals;
}

static bool
allocate (struct sf_vector_layer *layer, const struct totals *totals)
{
  struct sf_arena *arena = &layer->arena;
  layer->kinds = sf_arena_calloc (arena, layer->rows, sizeof *layer->kinds);
  layer->first_part = sf_arena_calloc (arena, layer->rows + 1, sizeof *layer->first_part);
  layer->first_point = sf_arena_calloc (arena, totals->parts + 1, sizeof *layer->first_point);
  layer->first_chunk = sf_arena_calloc (arena, totals->parts + 1, sizeof *layer->first_chunk);
  layer->x = sf_arena_alloc (arena, totals->points * sizeof *layer->x);
  bool done = layer->kinds && layer->first_part && layer->first_point && layer->first_chunk && layer->x;
  for (int set = 0; set < SF_TILE_SETS; set++)
    {
      struct sf_tile_plane *plane = &layer->planes[set];
      plane->y = sf_arena_alloc (arena, totals->points * sizeof *plane->y);
      plane->level = totals->chunks ? sf_arena_calloc (arena, totals->points, sizeof *plane->level) : NULL;
      plane->chunks = sf_arena_alloc (arena, totals->chunks * sizeof *plane->chunks);
      plane->parts = sf_arena_alloc (arena, (totals->chunks ? totals->parts : 0) * sizeof *plane->parts);
      done = done && plane->y && plane->chunks && plane->parts && (plane->level || totals->chunks == 0);
    }
  return done;
}

static void
lay_out_slot (struct sf_vector_layer *layer, const struct sf_geometry *geometry, size_t *part, uint32_t *point)
{
  for (size_t p = 0; p < geometry->parts; p++, (*part)++)
    {
      uint32_t points = (uint32_t) (geometry->part_start[p + 1] - geometry->part_start[p]);
      uint32_t chunks = geometry->kind == SF_GEOMETRY_POINT ? 0 : (points + SF_TILE_CHUNK - 1) / SF_TILE_CHUNK;
      layer->first_chunk[*part + 1] = layer->first_chunk[*part] + chunks;
      for (size_t i = geometry->part_start[p]; i < geometry->part_start[p + 1]; i++, (*point)++)
        {
          layer->x[*point] = plane_x (geometry->xy[2 * i]);
          for (int set = 0; set < SF_TILE_SETS; set++)
            layer->planes[set].y[*point] = plane_y ((enum sf_tile_set) set, geometry->xy[2 * i + 1]);
        }
      layer->first_point[*part + 1] = *point;
    }
}

static void
lay_out (struct sf_vector_layer *layer, const struct sf_table *table)
{
  size_t part = 0;
  uint32_t point = 0;
  for (size_t slot = 0; slot < layer->rows; slot++)
    {
      const struct sf_geometry *geometry = table->geometries[layer->row_of[slot]];
      if (is_placed (geometry))
        {
          layer->kinds[slot] = (uint8_t) geometry->kind;
          lay_out_slot (layer, geometry, &part, &point);
        }
      layer->first_part[slot + 1] = (uint32_t) part;
    }
}

enum sf_code
sf_tile_planes_make (struct sf_vector_layer *layer, const struct sf_table *table, struct sf_error *err)
{
  struct totals totals = count_all (table);
  if (totals.points >= UINT32_MAX || totals.parts >= UINT32_MAX)
    return sf_fail (err, SF_ERANGE, "vector layer %s: %zu points in %zu parts are too many", layer->name, totals.points,
                    totals.parts);
  struct kept kept = { .points = sf_mem_alloc (totals.longest * sizeof *kept.points),
                       .errors = sf_mem_alloc (totals.longest * sizeof *kept.errors) };
  bool done = kept.points && kept.errors && allocate (layer, &totals);
  if (done)
    lay_out (layer, table);
  for (int set = 0; done && set < SF_TILE_SETS; set++)
    fill_plane (layer, (enum sf_tile_set) set, totals.parts, &kept);
  sf_mem_free (kept.points);
  sf_mem_free (kept.errors);
  return done ? SF_OK
              : sf_fail (err, SF_ENOMEM, "out of memory for the %zu points of vector layer %s", totals.points,
                         layer->name);
}
