/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/vector_tile_private.h"

#include <math.h>

/* The buffered tile, in units. */
#define LOW ((double) -SF_VECTOR_TILE_BUFFER)
#define HIGH ((double) (SF_VECTOR_TILE_EXTENT + SF_VECTOR_TILE_BUFFER))

enum
{
  WEST = 1,
  EAST = 2,
  NORTH = 4,
  SOUTH = 8
};

/* The sides of the buffered tile beyond which a box lies; a point is a box. */
static inline unsigned
beyond (double min_x, double min_y, double max_x, double max_y)
{
  return (max_x < LOW ? WEST : 0u) | (min_x > HIGH ? EAST : 0u) | (max_y < LOW ? NORTH : 0u)
         | (min_y > HIGH ? SOUTH : 0u);
}

static inline bool
add_point (struct sf_tile_path *path, double x, double y)
{
  if (path->points == path->capacity
      && sf_mem_grow ((void **) &path->xy, &path->capacity, path->points + 1, 2 * sizeof *path->xy) < 0)
    return false;
  path->xy[2 * path->points] = x;
  path->xy[2 * path->points + 1] = y;
  path->points++;
  return true;
}

/* A part on its way into a path. */
struct walk
{
  const struct sf_tile_frame *frame;
  const double *x, *y;
  const uint8_t *level;
  struct sf_tile_path *path;
  unsigned last, last_but_one; /* what the last points are beyond */
};

static inline double
unit_x (const struct sf_tile_frame *frame, double x)
{
  return (x + frame->turns) * frame->scale - frame->left;
}

static inline double
unit_y (const struct sf_tile_frame *frame, double y)
{
  return y * frame->scale - frame->top;
}

static bool
is_outside (const struct sf_bounds *box, const struct sf_tile_frame *frame)
{
  return beyond (unit_x (frame, box->min_x), unit_y (frame, box->min_y), unit_x (frame, box->max_x),
                 unit_y (frame, box->max_y));
}

/* Add a point of the part. Of three points in a row beyond the same side, the middle one goes: what it did, it did
   outside of the tile, and the way around the tile stays the same. */
static inline bool
step (struct walk *walk, uint32_t i)
{
  double x = unit_x (walk->frame, walk->x[i]), y = unit_y (walk->frame, walk->y[i]);
  unsigned here = beyond (x, y, x, y);
  if (here & walk->last & walk->last_but_one)
    walk->path->points--;
  else
    walk->last_but_one = walk->last;
  walk->last = here;
  return add_point (walk->path, x, y);
}

/* Add those points of first..end-1 that the level shows; of a chunk that lies wholly beyond one side, only the first and
   the last of them. */
static bool
step_chunk (struct walk *walk, uint32_t first, uint32_t end, const struct sf_bounds *box)
{
  const struct sf_tile_frame *frame = walk->frame;
  uint8_t z = (uint8_t) frame->z;
  while (first < end && walk->level[first] > z)
    first++;
  if (first < end && is_outside (box, frame))
    {
      while (walk->level[end - 1] > z)
        end--;
      return step (walk, first) && (end - 1 == first || step (walk, end - 1));
    }
  for (; first < end; first++)
    if (walk->level[first] <= z && !step (walk, first))
      return false;
  return true;
}

/* The points of a part that its level shows, in units of the tile, into work->path. */
static bool
load_part (const struct sf_vector_layer *layer, size_t part, const struct sf_tile_frame *frame,
           struct sf_tile_work *work)
{
  const struct sf_tile_plane *plane = &layer->planes[frame->set];
  struct walk walk = { .frame = frame, .x = layer->x, .y = plane->y, .level = plane->level, .path = &work->path };
  uint32_t first = layer->first_point[part], end = layer->first_point[part + 1];
  work->path.points = 0;
  for (uint32_t chunk = layer->first_chunk[part]; first < end; chunk++, first += SF_TILE_CHUNK)
    if (!step_chunk (&walk, first, end - first > SF_TILE_CHUNK ? first + SF_TILE_CHUNK : end, &plane->chunks[chunk]))
      return false;
  return true;
}

static inline int
whole (double units)
{
  return (int) floor (units + 0.5);
}

/* Narrow the part *t0..*t1 of a segment to the buffered tile along one axis; false when nothing is left. */
static bool
narrow (double a, double b, double *t0, double *t1)
{
  if (a == b)
    return a >= LOW && a <= HIGH;
  double enter = (LOW - a) / (b - a), leave = (HIGH - a) / (b - a);
  *t0 = fmax (*t0, fmin (enter, leave));
  *t1 = fmin (*t1, fmax (enter, leave));
  return *t0 < *t1;
}

static inline double
within (double units)
{
  return units < LOW ? LOW : units > HIGH ? HIGH : units;
}

/* Add the point at t of a segment, which the tile's edge may have been rounded out of. */
static bool
add_at (struct sf_tile_shape *shape, const double *a, const double *b, double t)
{
  double x = t < 1 ? a[0] + t * (b[0] - a[0]) : b[0], y = t < 1 ? a[1] + t * (b[1] - a[1]) : b[1];
  return sf_tile_shape_add (shape, whole (within (x)), whole (within (y)));
}

static bool
clip_line (const struct sf_tile_path *path, struct sf_tile_shape *shape)
{
  bool open = false;
  for (size_t i = 0; i + 1 < path->points; i++)
    {
      const double *a = path->xy + 2 * i, *b = a + 2;
      double t0 = 0, t1 = 1;
      bool shows = narrow (a[0], b[0], &t0, &t1) && narrow (a[1], b[1], &t0, &t1);
      if (open && !(shows && t0 == 0))
        {
          if (!sf_tile_shape_end (shape, 2))
            return false;
          open = false;
        }
      if (!shows)
        continue;
      if ((!open && !add_at (shape, a, b, t0)) || !add_at (shape, a, b, t1))
        return false;
      open = true;
    }
  return sf_tile_shape_end (shape, 2);
}

bool
sf_tile_clip_lines (const struct sf_vector_layer *layer, size_t slot, const struct sf_tile_frame *frame,
                    struct sf_tile_work *work)
{
  const struct sf_bounds *boxes = layer->planes[frame->set].parts;
  for (size_t part = layer->first_part[slot]; part < layer->first_part[slot + 1]; part++)
    if (!is_outside (&boxes[part], frame)
        && !(load_part (layer, part, frame, work) && clip_line (&work->path, &work->shape)))
      return false;
  return true;
}

/* One side of Sutherland and Hodgman (1974): keep what of a ring is on the inner side of a limit along an axis. Ways
   back along the limit are left in; cleaning takes them out. */
static bool
clip_side (const struct sf_tile_path *ring, struct sf_tile_path *out, int axis, double limit, double inner)
{
  out->points = 0;
  for (size_t i = 0; i < ring->points; i++)
    {
      const double *b = ring->xy + 2 * i, *a = i ? b - 2 : ring->xy + 2 * (ring->points - 1);
      bool a_in = (a[axis] - limit) * inner >= 0, b_in = (b[axis] - limit) * inner >= 0;
      if (a_in != b_in)
        {
          double t = (limit - a[axis]) / (b[axis] - a[axis]), other = a[!axis] + t * (b[!axis] - a[!axis]);
          if (!add_point (out, axis ? other : limit, axis ? limit : other))
            return false;
        }
      if (b_in && !add_point (out, b[0], b[1]))
        return false;
    }
  return true;
}

static bool
is_within (const struct sf_tile_path *path)
{
  for (size_t i = 0; i < path->points; i++)
    if (beyond (path->xy[2 * i], path->xy[2 * i + 1], path->xy[2 * i], path->xy[2 * i + 1]))
      return false;
  return true;
}

static bool
clip_ring (struct sf_tile_work *work)
{
  struct sf_tile_path *path = &work->path, *spare = &work->clipped;
  if (!is_within (path)
      && !(clip_side (path, spare, 0, LOW, 1) && clip_side (spare, path, 0, HIGH, -1)
           && clip_side (path, spare, 1, LOW, 1) && clip_side (spare, path, 1, HIGH, -1)))
    return false;
  for (size_t i = 0; i < path->points; i++)
    if (!sf_tile_shape_add (&work->drawn, whole (path->xy[2 * i]), whole (path->xy[2 * i + 1])))
      return false;
  return sf_tile_shape_end (&work->drawn, 3);
}

/* Whether a ring can be large enough to show, after rounding. */
static bool
is_large (const struct sf_bounds *box, const struct sf_tile_frame *frame)
{
  double width = (box->max_x - box->min_x) * frame->scale, height = (box->max_y - box->min_y) * frame->scale;
  return (width + 1) * (height + 1) >= SF_VECTOR_TILE_AREA;
}

bool
sf_tile_clip_rings (const struct sf_vector_layer *layer, size_t slot, const struct sf_tile_frame *frame,
                    struct sf_tile_work *work)
{
  const struct sf_bounds *boxes = layer->planes[frame->set].parts;
  for (size_t part = layer->first_part[slot]; part < layer->first_part[slot + 1]; part++)
    if (is_large (&boxes[part], frame) && !is_outside (&boxes[part], frame)
        && !(load_part (layer, part, frame, work) && clip_ring (work)))
      return false;
  return true;
}

bool
sf_tile_shape_add (struct sf_tile_shape *shape, int x, int y)
{
  size_t begin = shape->parts ? shape->ends[shape->parts - 1] : 0;
  size_t next = 2 * shape->points;
  if (shape->points > begin && shape->xy[next - 2] == x && shape->xy[next - 1] == y)
    return true;
  if (shape->points == shape->points_capacity
      && sf_mem_grow ((void **) &shape->xy, &shape->points_capacity, shape->points + 1, 2 * sizeof *shape->xy) < 0)
    return false;
  shape->xy[next] = x;
  shape->xy[next + 1] = y;
  shape->points++;
  return true;
}

bool
sf_tile_shape_end (struct sf_tile_shape *shape, size_t least)
{
  size_t begin = shape->parts ? shape->ends[shape->parts - 1] : 0;
  if (shape->points - begin < least)
    {
      shape->points = begin;
      return true;
    }
  if (sf_mem_grow ((void **) &shape->ends, &shape->parts_capacity, shape->parts + 1, sizeof *shape->ends) < 0)
    return false;
  shape->ends[shape->parts++] = shape->points;
  return true;
}

void
sf_tile_work_finish (struct sf_tile_work *work)
{
  struct sf_tile_list *lists[] = { &work->nodes, &work->edges, &work->order, &work->entries, &work->spare };
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
    sf_mem_free (lists[i]->at);
  struct sf_tile_shape *shapes[] = { &work->drawn, &work->shape };
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
    {
      sf_mem_free (shapes[i]->xy);
      sf_mem_free (shapes[i]->ends);
    }
  sf_mem_free (work->path.xy);
  sf_mem_free (work->clipped.xy);
  sf_arena_finish (&work->arena);
}
