/* SPDX-License-Identifier: Apache-2.0 */
/* What a window shows of prepared shapes. */
#include "geodata/drawn_shapes.h"

#include "core/base/mem.h"

#include <math.h>

enum
{
  AROUND_PX = 32 /* of the window; strokes may be so wide */
};

struct points
{
  double *xy; /* pixels of the window */
  size_t count, capacity;
  bool failed;
};

struct region
{
  const struct drawn_plane *plane;
  struct sf_bounds deg;
};

static void
add_point (struct points *points, double x, double y)
{
  if (points->failed
      || sf_mem_grow ((void **) &points->xy, &points->capacity, 2 * points->count + 2, sizeof *points->xy))
    {
      points->failed = true;
      return;
    }
  points->xy[2 * points->count] = x;
  points->xy[2 * points->count + 1] = y;
  points->count++;
}

static void
region_init (struct region *region, const struct drawn_plane *plane)
{
  double right = plane->column + plane->width, bottom = plane->row + plane->height;
  *region = (struct region){
    .plane = plane,
    .deg = { sf_drawn_lon_deg (plane, plane->column - AROUND_PX), sf_drawn_lat_deg (plane, bottom + AROUND_PX),
             sf_drawn_lon_deg (plane, right + AROUND_PX), sf_drawn_lat_deg (plane, plane->row - AROUND_PX) }
  };
}

/* The sides of the region beyond which a box lies wholly. */
static unsigned
beyond (const struct region *region, const struct sf_bounds *box)
{
  return (box->max_x < region->deg.min_x ? 1u : 0u) | (box->min_x > region->deg.max_x ? 2u : 0u)
         | (box->max_y < region->deg.min_y ? 4u : 0u) | (box->min_y > region->deg.max_y ? 8u : 0u);
}

static void
add_lonlat (const struct region *region, const double *lonlat, struct points *points)
{
  add_point (points, sf_drawn_column (region->plane, lonlat[0]) - region->plane->column,
             sf_drawn_row (region->plane, lonlat[1]) - region->plane->row);
}

/* The points of a part that matter to the region: of a run of chunks that lie beyond one side only the ends, as the straight
   way between them lies there too. */
static void
gather (const struct drawn_shapes *shapes, const struct shape_level *level, const struct shape_slice *slice,
        const struct region *region, struct points *points)
{
  const struct shape_part *part = &shapes->parts[slice->part];
  const uint32_t *kept = level->points + slice->first;
  unsigned run = 0;
  points->count = 0;
  for (size_t first = 0, chunk = 0; first < slice->count; first += SHAPE_CHUNK, chunk++)
    {
      unsigned sides = beyond (region, &level->chunks[slice->first_chunk + chunk]);
      size_t end = first + SHAPE_CHUNK < slice->count ? first + SHAPE_CHUNK : slice->count;
      if (run & sides)
        {
          run &= sides;
          continue;
        }
      run = sides;
      for (size_t i = first; i < (run ? first + 1 : end); i++)
        add_lonlat (region, part->xy + 2 * kept[i], points);
    }
  if (run && !part->is_ring)
    add_lonlat (region, part->xy + 2 * kept[slice->count - 1], points);
}

/* Sides of the rim as columns and rows in the window; NAN without a rim. */
struct rim
{
  double column[2], row[2];
};

/* Whether both ends lie on one side of the rim, but for what simplifying moved them. */
static bool
is_along_rim (const struct rim *rim, const double *a, const double *b)
{
  for (int k = 0; k < 2; k++)
    if ((fabs (a[0] - rim->column[k]) < 0.75 && fabs (b[0] - rim->column[k]) < 0.75)
        || (fabs (a[1] - rim->row[k]) < 0.75 && fabs (b[1] - rim->row[k]) < 0.75))
      return true;
  return false;
}

static struct rim
rim_of (const struct drawn_plane *plane, const struct sf_bounds *deg)
{
  if (!deg)
    return (struct rim){ { NAN, NAN }, { NAN, NAN } };
  return (struct rim){
    { sf_drawn_column (plane, deg->min_x) - plane->column, sf_drawn_column (plane, deg->max_x) - plane->column },
    { sf_drawn_row (plane, deg->max_y) - plane->row, sf_drawn_row (plane, deg->min_y) - plane->row }
  };
}

/* The last edge of a ring leads back to its first point. */
static void
add_outline (const struct shape_part *part, const struct points *points, const struct rim *rim, struct drawn_ink *ink)
{
  for (size_t i = 0; i + 1 < points->count + part->is_ring; i++)
    {
      const double *a = points->xy + 2 * i, *b = points->xy + 2 * ((i + 1) % points->count);
      if (!is_along_rim (rim, a, b))
        sf_ink_line (ink, a, b);
    }
}

/* Where a dashed line has got to. */
struct dashing
{
  const struct drawn_choice *choice;
  struct drawn_ink *ink;
  double period, length; /* length: of the line up to this edge */
};

/* The dashes of an edge from a to b. Only those that come near the window are made: on the last level a line is millions of
   pixels long. */
static void
dash_edge (struct dashing *dashing, const double a[2], const double b[2])
{
  const struct drawn_choice *choice = dashing->choice;
  const int parts = choice->dashes * (1 + choice->dashes % 2); /* an odd pattern is drawn and left out by turns */
  double length = hypot (b[0] - a[0], b[1] - a[1]), t0, t1, begin = dashing->length;
  dashing->length += length;
  if (!(length > 0) || !sf_ink_near_window (dashing->ink, a, b, &t0, &t1))
    return;
  double first = floor ((begin + t0 * length) / dashing->period);
  int turns = (int) (floor ((begin + t1 * length) / dashing->period) - first) + 1;
  for (int turn = 0; turn < turns; turn++)
    {
      double at = (first + turn) * dashing->period - begin;
      for (int k = 0; k < parts; at += choice->dash_px[k++ % choice->dashes])
        {
          double dash = choice->dash_px[k % choice->dashes], inset = fmin (choice->width_px, dash) / 2;
          double from = fmax (at + inset, 0) / length, to = fmin (at + dash - inset, length) / length;
          if (k % 2 || from > to)
            continue;
          sf_ink_line (dashing->ink, (double[2]){ a[0] + (b[0] - a[0]) * from, a[1] + (b[1] - a[1]) * from },
                       (double[2]){ a[0] + (b[0] - a[0]) * to, a[1] + (b[1] - a[1]) * to });
        }
    }
}

/* All of a part counts, not only what is near the window: dashes go on from window to window. */
static void
add_dashed (const struct shape_part *part, const struct shape_level *level, const struct shape_slice *slice,
            const struct drawn_plane *plane, struct dashing *dashing)
{
  double last[2] = { 0 };
  dashing->length = 0;
  for (size_t i = 0; i < slice->count + part->is_ring; i++)
    {
      const double *lonlat = part->xy + 2 * level->points[slice->first + i % slice->count];
      double here[2]
          = { sf_drawn_column (plane, lonlat[0]) - plane->column, sf_drawn_row (plane, lonlat[1]) - plane->row };
      if (i > 0)
        dash_edge (dashing, last, here);
      last[0] = here[0];
      last[1] = here[1];
    }
}

static void
add_area (const struct points *ring, struct drawn_area *area)
{
  for (size_t i = 0; i < ring->count; i++)
    sf_area_edge (area, ring->xy + 2 * i, ring->xy + 2 * ((i + 1) % ring->count));
}

static const struct shape_level *
find_level (const struct drawn_shapes *shapes, const struct drawn_plane *plane)
{
  double step_deg = fmin (plane->step_x, plane->step_y);
  if (plane->projection == SF_TILE_SET_W)
    step_deg /= sf_mercator_x_m (1);
  int k = 0;
  while (k + 1 < shapes->levels_count && shapes->levels[k].tolerance_deg > 0.36 * step_deg)
    k++;
  return &shapes->levels[k];
}

static bool
is_wanted (const struct shape_part *part, const struct region *region, const struct drawn_choice *choice)
{
  if (beyond (region, &part->box))
    return false;
  return !choice->groups || choice->groups[part->geometry] == choice->group;
}

int
sf_drawn_shapes_add (const struct drawn_shapes *shapes, const struct drawn_plane *plane,
                     const struct drawn_choice *choice, struct drawn_area *area, struct drawn_ink *ink)
{
  const struct shape_level *level = find_level (shapes, plane);
  struct points points = { 0 };
  struct rim rim = rim_of (plane, choice->rim);
  struct dashing dashing = { .choice = choice, .ink = ink };
  struct region region;
  for (int k = 0; k < choice->dashes; k++)
    dashing.period += choice->dash_px[k] * (1 + choice->dashes % 2);
  region_init (&region, plane);
  for (size_t s = 0; s < level->slices_count && !points.failed; s++)
    {
      const struct shape_part *part = &shapes->parts[level->slices[s].part];
      if (!is_wanted (part, &region, choice))
        continue;
      if (ink && dashing.period > 0)
        {
          add_dashed (part, level, &level->slices[s], plane, &dashing);
          continue;
        }
      gather (shapes, level, &level->slices[s], &region, &points);
      if (points.failed || points.count < 2)
        continue;
      if (area && part->is_ring)
        add_area (&points, area);
      if (ink)
        add_outline (part, &points, &rim, ink);
    }
  sf_mem_free (points.xy);
  return points.failed ? -1 : 0;
}
