/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/drawn_shapes.h"

#include "core/base/mem.h"

#include <math.h>
#include <string.h>

#define COARSEST_DEG (0.703125 / 3) /* tolerance of the first level: a third of a pixel of c 1 */

static size_t
ring_points (const struct sf_geometry *geometry, size_t part)
{
  size_t points = geometry->part_start[part + 1] - geometry->part_start[part];
  return geometry->kind == SF_GEOMETRY_POLYGON && points > 1 ? points - 1 : points;
}

static void
add_part (struct drawn_shapes *shapes, const struct sf_geometry *geometry, size_t number, size_t p)
{
  struct shape_part *part = &shapes->parts[shapes->parts_count];
  *part = (struct shape_part){ .xy = geometry->xy + 2 * geometry->part_start[p],
                               .points = ring_points (geometry, p),
                               .geometry = number,
                               .is_ring = geometry->kind == SF_GEOMETRY_POLYGON,
                               .box = { INFINITY, INFINITY, -INFINITY, -INFINITY } };
  for (size_t i = 0; i < part->points; i++)
    {
      part->box.min_x = fmin (part->box.min_x, part->xy[2 * i]);
      part->box.max_x = fmax (part->box.max_x, part->xy[2 * i]);
      part->box.min_y = fmin (part->box.min_y, part->xy[2 * i + 1]);
      part->box.max_y = fmax (part->box.max_y, part->xy[2 * i + 1]);
    }
  part->extent = fmax (part->box.max_x - part->box.min_x, part->box.max_y - part->box.min_y);
  if (part->points < 2)
    return;
  shapes->points_count += part->points;
  shapes->parts_count++;
}

static double
distance_to_chord (const double *xy, size_t i, size_t a, size_t b)
{
  double dx = xy[2 * b] - xy[2 * a], dy = xy[2 * b + 1] - xy[2 * a + 1];
  double px = xy[2 * i] - xy[2 * a], py = xy[2 * i + 1] - xy[2 * a + 1], length2 = dx * dx + dy * dy;
  double t = length2 > 0 ? fmin (1, fmax (0, (px * dx + py * dy) / length2)) : 0;
  return hypot (px - t * dx, py - t * dy);
}

struct span
{
  size_t a, b;
  float most; /* significance of the point that split it off */
};

struct stack
{
  struct span *list;
  size_t count, capacity;
};

static int
push (struct stack *stack, size_t a, size_t b, float most)
{
  if (b - a < 2)
    return 0;
  if (sf_mem_grow ((void **) &stack->list, &stack->capacity, stack->count + 1, sizeof *stack->list))
    return -1;
  stack->list[stack->count++] = (struct span){ a, b, most };
  return 0;
}

/* For each point the largest tolerance with which it is kept: its distance from the chord that it splits, at most that of
   the splits above. The end of a ring's last span is its first point again, which xy holds behind the last. */
static int
rank_points (const struct shape_part *part, struct stack *stack, float *ret_rank)
{
  size_t last = part->is_ring ? part->points : part->points - 1;
  ret_rank[0] = (float) part->extent;
  if (!part->is_ring)
    ret_rank[last] = (float) part->extent;
  stack->count = 0;
  if (push (stack, 0, last, (float) part->extent))
    return -1;
  while (stack->count > 0)
    {
      struct span span = stack->list[--stack->count];
      size_t far = span.a + 1;
      double most = -1;
      for (size_t i = span.a + 1; i < span.b; i++)
        {
          double distance = distance_to_chord (part->xy, i, span.a, span.b);
          if (distance > most)
            {
              most = distance;
              far = i;
            }
        }
      ret_rank[far] = fminf ((float) most, span.most);
      if (push (stack, span.a, far, ret_rank[far]) || push (stack, far, span.b, ret_rank[far]))
        return -1;
    }
  return 0;
}

static void
box_chunk (const struct drawn_shapes *shapes, const struct shape_level *level, const struct shape_slice *slice,
           size_t chunk, struct sf_bounds *ret_box)
{
  const struct shape_part *part = &shapes->parts[slice->part];
  struct sf_bounds box = { INFINITY, INFINITY, -INFINITY, -INFINITY };
  for (size_t i = chunk * SHAPE_CHUNK; i <= (chunk + 1) * SHAPE_CHUNK; i++)
    {
      if (i >= slice->count && !(part->is_ring && i == slice->count))
        break;
      const double *xy = part->xy + 2 * level->points[slice->first + i % slice->count];
      box = (struct sf_bounds){ fmin (box.min_x, xy[0]), fmin (box.min_y, xy[1]), fmax (box.max_x, xy[0]),
                                fmax (box.max_y, xy[1]) };
    }
  *ret_box = box;
}

/* List what a tolerance keeps. Parts that are smaller than twice as much are left out. */
static int
make_level (struct drawn_shapes *shapes, const float *ranks, double tolerance_deg)
{
  struct shape_level *level = &shapes->levels[shapes->levels_count];
  size_t offset = 0;
  *level = (struct shape_level){ .tolerance_deg = tolerance_deg };
  level->points = sf_mem_alloc (shapes->points_count * sizeof *level->points);
  level->slices = sf_mem_alloc (shapes->parts_count * sizeof *level->slices);
  shapes->levels_count++;
  if (!level->points || !level->slices)
    return -1;
  for (size_t p = 0; p < shapes->parts_count; offset += shapes->parts[p++].points)
    {
      const struct shape_part *part = &shapes->parts[p];
      struct shape_slice slice = { .part = p, .first = level->points_count, .first_chunk = level->chunks_count };
      if (part->extent < 2 * tolerance_deg)
        continue;
      for (size_t i = 0; i < part->points; i++)
        if ((double) ranks[offset + i] >= tolerance_deg)
          level->points[level->points_count++] = (uint32_t) i;
      slice.count = level->points_count - slice.first;
      level->chunks_count += (slice.count + SHAPE_CHUNK - 1) / SHAPE_CHUNK;
      level->slices[level->slices_count++] = slice;
    }
  uint32_t *points = sf_mem_realloc (level->points, level->points_count * sizeof *points);
  level->points = points ? points : level->points;
  level->chunks = sf_mem_alloc (level->chunks_count * sizeof *level->chunks);
  if (!level->chunks)
    return -1;
  for (size_t s = 0; s < level->slices_count; s++)
    for (size_t c = 0; c * SHAPE_CHUNK < level->slices[s].count; c++)
      box_chunk (shapes, level, &level->slices[s], c, &level->chunks[level->slices[s].first_chunk + c]);
  return 0;
}

static int
make_levels (struct drawn_shapes *shapes)
{
  float *ranks = sf_mem_alloc (shapes->points_count * sizeof *ranks);
  struct stack stack = { 0 };
  size_t offset = 0;
  int status = ranks ? 0 : -1;
  for (size_t p = 0; status == 0 && p < shapes->parts_count; offset += shapes->parts[p++].points)
    status = rank_points (&shapes->parts[p], &stack, ranks + offset);
  double tolerance_deg = COARSEST_DEG;
  for (int k = 0; status == 0 && k < SHAPE_LEVELS - 1; k++, tolerance_deg /= 2)
    {
      status = make_level (shapes, ranks, tolerance_deg);
      if (shapes->levels[k].points_count * 10 > shapes->points_count * 9)
        break;
    }
  if (status == 0)
    status = make_level (shapes, ranks, 0);
  sf_mem_free (stack.list);
  sf_mem_free (ranks);
  return status;
}

enum sf_code
sf_drawn_shapes_new (const struct sf_geometry *const *geometries, size_t count, struct drawn_shapes **ret,
                     struct sf_error *err)
{
  size_t parts = 0;
  struct drawn_shapes *shapes = sf_mem_calloc (1, sizeof *shapes);
  for (size_t g = 0; g < count; g++)
    parts += geometries[g] && geometries[g]->kind != SF_GEOMETRY_POINT ? geometries[g]->parts : 0;
  if (shapes)
    shapes->parts = sf_mem_alloc ((parts ? parts : 1) * sizeof *shapes->parts);
  bool good = shapes && shapes->parts;
  for (size_t g = 0; good && g < count; g++)
    if (geometries[g] && geometries[g]->kind != SF_GEOMETRY_POINT)
      for (size_t p = 0; p < geometries[g]->parts; p++)
        add_part (shapes, geometries[g], g, p);
  if (!good || make_levels (shapes))
    {
      sf_drawn_shapes_free (shapes);
      return sf_fail (err, SF_ENOMEM, "shapes to draw: out of memory");
    }
  *ret = shapes;
  return SF_OK;
}

void
sf_drawn_shapes_free (struct drawn_shapes *shapes)
{
  if (!shapes)
    return;
  for (int k = 0; k < shapes->levels_count; k++)
    {
      sf_mem_free (shapes->levels[k].points);
      sf_mem_free (shapes->levels[k].slices);
      sf_mem_free (shapes->levels[k].chunks);
    }
  sf_mem_free (shapes->parts);
  sf_mem_free (shapes);
}
