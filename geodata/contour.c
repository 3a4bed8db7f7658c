/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/contour.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The lattice: nodes are the centres of cells with one more row and column on each side, which stand on the grid's edge and
   repeat the outermost values. Positions are counted in quarters of a lattice step, so that centres (0 mod 4), the middles
   of edges and squares (2) and the middles of half edges (1, 3) all have whole numbers. A square of four nodes without a
   missing one is one patch; beside a missing node it falls into four quarter patches, of which those of valid nodes are
   used. Patches meet in whole edges: an edge has its middle as a corner when one of its two squares is quartered. */

#define NEAREST_TO_CORNER 1e-6

enum tag
{
  TAG_CORNER,
  TAG_LOWER,
  TAG_UPPER,
  TAGS
};

/* A directed piece of a ring or line, from one vertex to the next; the wanted side is on its left (rows running down). */
struct piece
{
  uint64_t from, to;
  double x, y; /* of from, in cells from the grid's first corner */
  uint32_t patch;
  bool used;
};

struct corner
{
  int i, j; /* in quarters of a lattice step */
  double x, y, value;
};

/* One patch: its corners in order around it (at most four nodes and four middles). open[k]: beyond the edge after corner k
   there is no patch. */
struct patch
{
  struct corner corners[8];
  bool open[8];
  int count;
  double centre; /* mean of the four corners */
  uint32_t number;
};

struct tracer
{
  const struct sf_gridspec *spec;
  const float *values;
  double lower, upper;
  bool lines;        /* only the lines at lower */
  int columns, rows; /* of lattice nodes */
  uint8_t *missing;  /* of squares: a bit for each missing node */
  struct piece *pieces;
  size_t count, capacity;
  bool failed;
};

static double
node_value (const struct tracer *tracer, int i, int j)
{
  int column = i == 0 ? 0 : i > tracer->spec->nx ? tracer->spec->nx - 1 : i - 1;
  int row = j == 0 ? 0 : j > tracer->spec->ny ? tracer->spec->ny - 1 : j - 1;
  return (double) tracer->values[(size_t) row * (size_t) tracer->spec->nx + (size_t) column];
}

static double
node_position (int i, int cells)
{
  return i == 0 ? 0 : i > cells ? cells : (double) i - 0.5;
}

static uint64_t
vertex_id (const struct tracer *tracer, int i, int j, enum tag tag)
{
  return ((uint64_t) j * (uint64_t) (4 * tracer->columns) + (uint64_t) i) * TAGS + (uint64_t) tag;
}

/* Which nodes of square (i, j) are missing: bit 0 north-west, 1 north-east, 2 south-east, 3 south-west; outside the
   lattice all are. */
static unsigned
square_missing (const struct tracer *tracer, int i, int j)
{
  if (i < 0 || j < 0 || i >= tracer->columns - 1 || j >= tracer->rows - 1)
    return 15;
  return tracer->missing[(size_t) j * (size_t) (tracer->columns - 1) + (size_t) i];
}

static void
mark_missing (struct tracer *tracer)
{
  static const int di[4] = { 0, 1, 1, 0 }, dj[4] = { 0, 0, 1, 1 };
  for (int j = 0; j < tracer->rows - 1; j++)
    for (int i = 0; i < tracer->columns - 1; i++)
      {
        unsigned bits = 0;
        for (unsigned k = 0; k < 4; k++)
          bits |= isnan (node_value (tracer, i + di[k], j + dj[k])) ? 1u << k : 0u;
        tracer->missing[(size_t) j * (size_t) (tracer->columns - 1) + (size_t) i] = (uint8_t) bits;
      }
}

static struct corner
node_corner (const struct tracer *tracer, int i, int j)
{
  return (struct corner){ .i = 4 * i,
                          .j = 4 * j,
                          .x = node_position (i, tracer->spec->nx),
                          .y = node_position (j, tracer->spec->ny),
                          .value = node_value (tracer, i, j) };
}

/* The middle of some corners; its value is the mean of those that are valid. */
static struct corner
middle (const struct corner *const *corners, int count)
{
  struct corner mean = { 0 };
  int valid = 0;
  for (int k = 0; k < count; k++)
    {
      mean.i += corners[k]->i;
      mean.j += corners[k]->j;
      mean.x += corners[k]->x / count;
      mean.y += corners[k]->y / count;
      if (!isnan (corners[k]->value))
        {
          mean.value += corners[k]->value;
          valid++;
        }
    }
  mean.i /= count;
  mean.j /= count;
  mean.value /= valid;
  return mean;
}

static bool
in_band (const struct tracer *tracer, double value)
{
  return value >= tracer->lower && value < tracer->upper;
}

static void
add_piece (struct tracer *tracer, uint64_t from, uint64_t to, double x, double y, uint32_t patch)
{
  if (tracer->failed
      || sf_mem_grow ((void **) &tracer->pieces, &tracer->capacity, tracer->count + 1, sizeof *tracer->pieces))
    {
      tracer->failed = true;
      return;
    }
  tracer->pieces[tracer->count++] = (struct piece){ .from = from, .to = to, .x = x, .y = y, .patch = patch };
}

/* A point of a patch's outline: a corner in the band, or where the outline crosses a level. */
struct mark
{
  uint64_t id;
  double x, y;
  bool enters, leaves; /* the band, here */
  bool low;            /* a crossing of the lower level */
  bool open;           /* beyond the outline from here to the next mark there is no patch */
};

static struct mark
crossing (const struct tracer *tracer, const struct corner *a, const struct corner *b, enum tag tag)
{
  double level = tag == TAG_LOWER ? tracer->lower : tracer->upper;
  /* From the same end whichever patch asks, so that both get the same bits. */
  bool swap = b->i < a->i || b->j < a->j;
  const struct corner *p = swap ? b : a, *q = swap ? a : b;
  double t = (level - p->value) / (q->value - p->value);
  t = fmin (1 - NEAREST_TO_CORNER, fmax (NEAREST_TO_CORNER, t));
  return (struct mark){ .id = vertex_id (tracer, (a->i + b->i) / 2, (a->j + b->j) / 2, tag),
                        .x = p->x + (q->x - p->x) * t,
                        .y = p->y + (q->y - p->y) * t,
                        .low = tag == TAG_LOWER };
}

/* Walk the outline of a patch and list its marks; returns how many. An edge that jumps across the whole band has two. */
static int
list_marks (const struct tracer *tracer, const struct patch *patch, struct mark marks[24])
{
  int count = 0;
  for (int k = 0; k < patch->count; k++)
    {
      const struct corner *a = &patch->corners[k], *b = &patch->corners[(k + 1) % patch->count];
      bool inside = in_band (tracer, a->value);
      if (inside)
        marks[count++] = (struct mark){
          .id = vertex_id (tracer, a->i, a->j, TAG_CORNER), .x = a->x, .y = a->y, .open = patch->open[k]
        };
      bool low = (a->value < tracer->lower) != (b->value < tracer->lower);
      bool high = (a->value < tracer->upper) != (b->value < tracer->upper);
      bool falls = b->value < a->value;
      for (int turn = 0; turn < 2; turn++)
        {
          bool lower = (turn == 0) != falls;
          if (lower ? !low : !high)
            continue;
          struct mark mark = crossing (tracer, a, b, lower ? TAG_LOWER : TAG_UPPER);
          mark.enters = !inside;
          mark.leaves = inside;
          mark.open = mark.enters && patch->open[k];
          inside = !inside;
          marks[count++] = mark;
        }
    }
  return count;
}

/* Join each place where the outline leaves the band with the place where it comes back, by a straight piece. */
static void
add_chords (struct tracer *tracer, const struct patch *patch, const struct mark *marks, int count)
{
  int leave[4], enter[4], gaps = 0;
  for (int k = 0; k < count; k++)
    {
      if (!marks[k].leaves)
        continue;
      leave[gaps] = k;
      int next = (k + 1) % count;
      while (!marks[next].enters)
        next = (next + 1) % count;
      enter[gaps++] = next;
    }
  for (int g = 0; g < gaps; g++)
    {
      const struct mark *from = &marks[leave[g]];
      int to = g;
      bool joined = from->low ? patch->centre < tracer->lower : patch->centre >= tracer->upper;
      for (int other = 0; joined && other < gaps; other++)
        if (other != g && marks[leave[other]].low == from->low)
          to = other;
      if (!tracer->lines || from->low)
        add_piece (tracer, from->id, marks[enter[to]].id, from->x, from->y, patch->number);
      /* An open line's last point has no piece that starts there: a piece to itself carries its place. */
      if (tracer->lines && from->low)
        add_piece (tracer, marks[enter[to]].id, marks[enter[to]].id, marks[enter[to]].x, marks[enter[to]].y,
                   patch->number);
    }
}

static void
trace_patch (struct tracer *tracer, const struct patch *patch)
{
  struct mark marks[24];
  int count = list_marks (tracer, patch, marks);
  add_chords (tracer, patch, marks, count);
  for (int k = 0; k < count && !tracer->lines; k++)
    if (marks[k].open)
      add_piece (tracer, marks[k].id, marks[(k + 1) % count].id, marks[k].x, marks[k].y, patch->number);
}

/* Whether nothing can be traced in a square with four valid nodes, told from its values before anything is made of them:
   most are so. On the lattice's rim a band has the rim itself to trace. */
static bool
square_is_dull (const struct tracer *tracer, int i, int j)
{
  bool on_rim = i == 0 || j == 0 || i == tracer->columns - 2 || j == tracer->rows - 2;
  if (on_rim && !tracer->lines)
    return false;
  const double values[4] = { node_value (tracer, i, j), node_value (tracer, i, j + 1),
                             node_value (tracer, i + 1, j + 1), node_value (tracer, i + 1, j) };
  int below = 0, above = 0;
  for (int k = 0; k < 4; k++)
    {
      below += values[k] < tracer->lower;
      above += values[k] >= tracer->upper;
    }
  return below == 4 || above == 4 || below + above == 0;
}

/* A square with four valid nodes. Nodes go around north-west, south-west, south-east, north-east: counter-clockwise on a
   map whose rows run south. */
static void
trace_whole (struct tracer *tracer, int i, int j, const struct corner nodes[4])
{
  static const int beside_i[4] = { -1, 0, 1, 0 }, beside_j[4] = { 0, 1, 0, -1 };
  struct patch patch = { .number = (uint32_t) (j * tracer->columns + i) * 4 };
  for (int k = 0; k < 4; k++)
    {
      int ni = i + beside_i[k], nj = j + beside_j[k];
      bool outside = ni < 0 || nj < 0 || ni >= tracer->columns - 1 || nj >= tracer->rows - 1;
      patch.open[patch.count] = outside;
      patch.corners[patch.count++] = nodes[k];
      if (!outside && square_missing (tracer, ni, nj))
        {
          const struct corner *const ends[2] = { &nodes[k], &nodes[(k + 1) % 4] };
          patch.open[patch.count] = false;
          patch.corners[patch.count++] = middle (ends, 2);
        }
      patch.centre += nodes[k].value / 4;
    }
  trace_patch (tracer, &patch);
}

/* The quarter of a square that belongs to node k. Along the square's own edges the patch is open where the neighbouring
   square has no patch of this node, which is only outside the lattice; towards a missing node it always is. */
static void
trace_quarter (struct tracer *tracer, int i, int j, const struct corner nodes[4], int k)
{
  static const int beside_i[4] = { -1, 0, 1, 0 }, beside_j[4] = { 0, 1, 0, -1 };
  int next = (k + 1) % 4, last = (k + 3) % 4;
  const struct corner *const forth[2] = { &nodes[k], &nodes[next] }, *const back[2] = { &nodes[last], &nodes[k] };
  const struct corner *const all[4] = { &nodes[0], &nodes[1], &nodes[2], &nodes[3] };
  struct patch patch = { .count = 4, .number = (uint32_t) ((j * tracer->columns + i) * 4 + k) };
  int ahead_i = i + beside_i[k], ahead_j = j + beside_j[k], back_i = i + beside_i[last], back_j = j + beside_j[last];
  patch.corners[0] = nodes[k];
  patch.corners[1] = middle (forth, 2);
  patch.corners[2] = middle (all, 4);
  patch.corners[3] = middle (back, 2);
  patch.open[0] = ahead_i < 0 || ahead_j < 0 || ahead_i >= tracer->columns - 1 || ahead_j >= tracer->rows - 1;
  patch.open[1] = isnan (nodes[next].value);
  patch.open[2] = isnan (nodes[last].value);
  patch.open[3] = back_i < 0 || back_j < 0 || back_i >= tracer->columns - 1 || back_j >= tracer->rows - 1;
  for (int c = 0; c < 4; c++)
    patch.centre += patch.corners[c].value / 4;
  trace_patch (tracer, &patch);
}

static void
trace_squares (struct tracer *tracer)
{
  for (int j = 0; j < tracer->rows - 1; j++)
    for (int i = 0; i < tracer->columns - 1; i++)
      {
        unsigned missing = square_missing (tracer, i, j);
        if (missing == 15 || (!missing && square_is_dull (tracer, i, j)))
          continue;
        struct corner nodes[4] = { node_corner (tracer, i, j), node_corner (tracer, i, j + 1),
                                   node_corner (tracer, i + 1, j + 1), node_corner (tracer, i + 1, j) };
        if (!missing)
          trace_whole (tracer, i, j, nodes);
        for (int k = 0; missing && k < 4; k++)
          if (!isnan (nodes[k].value))
            trace_quarter (tracer, i, j, nodes, k);
      }
}

static int
compare_pieces (const void *a, const void *b)
{
  const struct piece *p = a, *q = b;
  if (p->from != q->from)
    return p->from < q->from ? -1 : 1;
  if ((p->to == p->from) != (q->to == q->from))
    return p->to == p->from ? 1 : -1;
  return p->patch < q->patch ? -1 : p->patch > q->patch;
}

static size_t
find_first (const struct tracer *tracer, uint64_t from)
{
  size_t low = 0, high = tracer->count;
  while (low < high)
    {
      size_t mid = low + (high - low) / 2;
      if (tracer->pieces[mid].from < from)
        low = mid + 1;
      else
        high = mid;
    }
  return low;
}

/* The unused piece that follows another, NULL when there is none. Where two patches meet in a corner only, the walk stays
   in its own: else a ring would run over from one area into the next, and the areas between would be cut off. */
static struct piece *
find_next (struct tracer *tracer, const struct piece *piece)
{
  struct piece *found = NULL;
  for (size_t i = find_first (tracer, piece->to); i < tracer->count && tracer->pieces[i].from == piece->to; i++)
    {
      struct piece *next = &tracer->pieces[i];
      if (next->used || next->to == next->from)
        continue;
      if (!found || (next->patch == piece->patch && found->patch != piece->patch))
        found = next;
    }
  return found;
}

/* Points of a ring or line under way, in cells, with the vertices they stand for. */
struct path
{
  uint64_t *ids;
  double *xy;
  size_t count, id_capacity, xy_capacity;
};

static int
path_add (struct path *path, uint64_t id, double x, double y)
{
  if (sf_mem_grow ((void **) &path->ids, &path->id_capacity, path->count + 1, sizeof *path->ids)
      || sf_mem_grow ((void **) &path->xy, &path->xy_capacity, 2 * path->count + 2, sizeof *path->xy))
    return -1;
  path->ids[path->count] = id;
  path->xy[2 * path->count] = x;
  path->xy[2 * path->count + 1] = y;
  path->count++;
  return 0;
}

static void
path_finish (struct path *path)
{
  sf_mem_free (path->ids);
  sf_mem_free (path->xy);
}

/* All closed rings found so far, in map coordinates. */
struct ring
{
  size_t start, count;
  double area; /* signed, positive counter-clockwise */
  double min_x, min_y, max_x, max_y;
  long parent; /* of a hole: its outer ring */
};

struct rings
{
  struct ring *list;
  double *xy;
  size_t count, points, list_capacity, xy_capacity;
};

static void
to_map (const struct sf_gridspec *spec, double column, double row, double *ret_x, double *ret_y)
{
  *ret_x = spec->affine[0] + column * spec->affine[1] + row * spec->affine[2];
  *ret_y = spec->affine[3] + column * spec->affine[4] + row * spec->affine[5];
}

static double
signed_area (const double *xy, size_t count)
{
  double twice = 0;
  for (size_t i = 0; i < count; i++)
    {
      const double *a = xy + 2 * i, *b = xy + 2 * ((i + 1) % count);
      twice += (a[0] - xy[0]) * (b[1] - xy[1]) - (b[0] - xy[0]) * (a[1] - xy[1]);
    }
  return twice / 2;
}

static void
reverse_points (double *xy, size_t count)
{
  for (size_t i = 0; i < count / 2; i++)
    for (size_t c = 0; c < 2; c++)
      {
        double kept = xy[2 * i + c];
        xy[2 * i + c] = xy[2 * (count - 1 - i) + c];
        xy[2 * (count - 1 - i) + c] = kept;
      }
}

/* Keep a closed path as a ring (without its repeated last point); mirrored grids turn it round. */
static int
keep_ring (struct rings *rings, const struct sf_gridspec *spec, const double *cells_xy, size_t count)
{
  bool mirrored = spec->affine[1] * spec->affine[5] - spec->affine[2] * spec->affine[4] > 0;
  if (count < 3)
    return 0;
  if (sf_mem_grow ((void **) &rings->xy, &rings->xy_capacity, 2 * (rings->points + count), sizeof *rings->xy)
      || sf_mem_grow ((void **) &rings->list, &rings->list_capacity, rings->count + 1, sizeof *rings->list))
    return -1;
  double *xy = rings->xy + 2 * rings->points;
  struct ring ring = {
    .start = rings->points, .min_x = INFINITY, .min_y = INFINITY, .max_x = -INFINITY, .max_y = -INFINITY, .parent = -1
  };
  for (size_t i = 0; i < count; i++)
    {
      double *point = xy + 2 * ring.count;
      to_map (spec, cells_xy[2 * i], cells_xy[2 * i + 1], &point[0], &point[1]);
      if (ring.count > 0 && point[0] == point[-2] && point[1] == point[-1])
        continue;
      ring.min_x = fmin (ring.min_x, point[0]);
      ring.max_x = fmax (ring.max_x, point[0]);
      ring.min_y = fmin (ring.min_y, point[1]);
      ring.max_y = fmax (ring.max_y, point[1]);
      ring.count++;
    }
  if (mirrored)
    reverse_points (xy, ring.count);
  ring.area = signed_area (xy, ring.count);
  if (ring.count < 3 || ring.area == 0)
    return 0;
  rings->points += ring.count;
  rings->list[rings->count++] = ring;
  return 0;
}

/* Walk one ring from a piece. Where the walk comes back to a vertex it has passed, that loop is a ring of its own: so rings
   touch in points but never cross themselves. */
static int
walk_ring (struct tracer *tracer, struct piece *piece, struct path *path, struct rings *rings)
{
  path->count = 0;
  while (piece)
    {
      piece->used = true;
      if (path_add (path, piece->from, piece->x, piece->y))
        return -1;
      size_t begin = path->count;
      size_t first = find_first (tracer, piece->to);
      bool pinch = first + 1 < tracer->count && tracer->pieces[first + 1].from == piece->to;
      if (piece->to == path->ids[0])
        begin = 0;
      for (size_t i = 0; pinch && i < path->count; i++)
        if (path->ids[i] == piece->to)
          begin = i;
      if (begin < path->count)
        {
          if (keep_ring (rings, tracer->spec, path->xy + 2 * begin, path->count - begin))
            return -1;
          path->count = begin;
        }
      piece = path->count == 0 && begin == 0 ? NULL : find_next (tracer, piece);
    }
  return 0;
}

static bool
ring_contains (const struct rings *rings, const struct ring *ring, double x, double y)
{
  const double *xy = rings->xy + 2 * ring->start;
  bool inside = false;
  for (size_t i = 0, j = ring->count - 1; i < ring->count; j = i++)
    {
      double xi = xy[2 * i], yi = xy[2 * i + 1], xj = xy[2 * j], yj = xy[2 * j + 1];
      if ((yi > y) != (yj > y) && x < (xj - xi) * (y - yi) / (yj - yi) + xi)
        inside = !inside;
    }
  return inside;
}

/* A point just inside a ring's filled side would do for any; a hole's own edge middle, moved a hair to its left, does. */
static void
find_parent (struct rings *rings, struct ring *hole)
{
  const double *xy = rings->xy + 2 * hole->start;
  double x = (xy[0] + xy[2]) / 2 + 1e-7 * (xy[1] - xy[3]), y = (xy[1] + xy[3]) / 2 + 1e-7 * (xy[2] - xy[0]);
  double best = INFINITY;
  for (size_t i = 0; i < rings->count; i++)
    {
      const struct ring *outer = &rings->list[i];
      if (outer->area <= 0 || outer->area >= best || x < outer->min_x || x > outer->max_x || y < outer->min_y
          || y > outer->max_y || !ring_contains (rings, outer, x, y))
        continue;
      best = outer->area;
      hole->parent = (long) i;
    }
}

static int
add_ring (struct sf_geometry *geometry, const struct rings *rings, const struct ring *ring, bool outer)
{
  const double *xy = rings->xy + 2 * ring->start;
  if (sf_geometry_begin_part (geometry, outer))
    return -1;
  for (size_t i = 0; i <= ring->count; i++)
    if (sf_geometry_add_point (geometry, xy[2 * (i % ring->count)], xy[2 * (i % ring->count) + 1]))
      return -1;
  return 0;
}

static int
collect_polygons (struct rings *rings, struct sf_geometry *geometry)
{
  for (size_t i = 0; i < rings->count; i++)
    if (rings->list[i].area < 0)
      find_parent (rings, &rings->list[i]);
  for (size_t i = 0; i < rings->count; i++)
    {
      if (rings->list[i].area < 0)
        continue;
      if (add_ring (geometry, rings, &rings->list[i], true))
        return -1;
      for (size_t h = 0; h < rings->count; h++)
        if (rings->list[h].parent == (long) i && add_ring (geometry, rings, &rings->list[h], false))
          return -1;
    }
  return 0;
}

static int
assemble_rings (struct tracer *tracer, struct sf_geometry *geometry)
{
  struct path path = { 0 };
  struct rings rings = { 0 };
  int status = 0;
  for (size_t i = 0; status == 0 && i < tracer->count; i++)
    if (!tracer->pieces[i].used)
      status = walk_ring (tracer, &tracer->pieces[i], &path, &rings);
  if (status == 0)
    status = collect_polygons (&rings, geometry);
  path_finish (&path);
  sf_mem_free (rings.list);
  sf_mem_free (rings.xy);
  return status;
}

static int
walk_line (struct tracer *tracer, struct piece *piece, struct sf_geometry *geometry)
{
  uint64_t begin = piece->from, last = begin;
  double x, y;
  if (sf_geometry_begin_part (geometry, false))
    return -1;
  for (; piece; piece = last == begin ? NULL : find_next (tracer, piece))
    {
      piece->used = true;
      to_map (tracer->spec, piece->x, piece->y, &x, &y);
      if (sf_geometry_add_point (geometry, x, y))
        return -1;
      last = piece->to;
    }
  const struct piece *end = &tracer->pieces[find_first (tracer, last)];
  to_map (tracer->spec, end->x, end->y, &x, &y);
  return sf_geometry_add_point (geometry, x, y);
}

static int
compare_ids (const void *a, const void *b)
{
  const uint64_t *p = a, *q = b;
  return *p < *q ? -1 : *p > *q;
}

/* Open lines first, from the vertices where no piece ends; what is left then is closed. */
static int
assemble_lines (struct tracer *tracer, struct sf_geometry *geometry)
{
  size_t count = 0;
  uint64_t *ends = sf_mem_alloc ((tracer->count + 1) * sizeof *ends);
  if (!ends)
    return -1;
  int status = 0;
  for (size_t i = 0; i < tracer->count; i++)
    if (tracer->pieces[i].to != tracer->pieces[i].from)
      ends[count++] = tracer->pieces[i].to;
  qsort (ends, count, sizeof *ends, compare_ids);
  for (int closed = 0; closed < 2; closed++)
    for (size_t i = 0; status == 0 && i < tracer->count; i++)
      {
        struct piece *piece = &tracer->pieces[i];
        if (piece->used || piece->to == piece->from)
          continue;
        if (closed || !bsearch (&piece->from, ends, count, sizeof *ends, compare_ids))
          status = walk_line (tracer, piece, geometry);
      }
  sf_mem_free (ends);
  return status;
}

static enum sf_code
trace (const struct sf_grid *grid, int band, double lower, double upper, bool lines, struct sf_geometry **ret_geometry,
       struct sf_error *err)
{
  enum sf_code code = SF_OK;
  const struct sf_gridspec *spec = &grid->spec;
  struct tracer tracer = { .spec = spec, .lower = lower, .upper = upper, .lines = lines };
  struct sf_geometry *geometry = NULL;
  if (!(lower < upper) || band < 0 || band >= grid->bands)
    return sf_fail (err, SF_EINVAL, "contour: levels %g..%g of band %d do not exist (%d bands)", lower, upper, band,
                    grid->bands);
  if (spec->nx < 1 || spec->ny < 1 || spec->nx > 100000 || spec->ny > 100000)
    return sf_fail (err, SF_EINVAL, "contour: a grid of %d x %d cells", spec->nx, spec->ny);
  tracer.values = grid->values + (size_t) band * (size_t) spec->nx * (size_t) spec->ny;
  tracer.columns = spec->nx + 2;
  tracer.rows = spec->ny + 2;
  tracer.missing = sf_mem_alloc ((size_t) (tracer.columns - 1) * (size_t) (tracer.rows - 1));
  geometry = sf_geometry_new (lines ? SF_GEOMETRY_LINE : SF_GEOMETRY_POLYGON);
  if (!tracer.missing || !geometry)
    goto out_of_memory;
  mark_missing (&tracer);
  trace_squares (&tracer);
  if (tracer.failed)
    goto out_of_memory;
  if (tracer.count)
    qsort (tracer.pieces, tracer.count, sizeof *tracer.pieces, compare_pieces);
  if (lines ? assemble_lines (&tracer, geometry) : assemble_rings (&tracer, geometry))
    goto out_of_memory;
  *ret_geometry = geometry;
  geometry = NULL;
  goto out;
out_of_memory:
  code = sf_fail (err, SF_ENOMEM, "contour: out of memory");
out:
  sf_geometry_free (geometry);
  sf_mem_free (tracer.missing);
  sf_mem_free (tracer.pieces);
  return code;
}

enum sf_code
sf_contour_band (const struct sf_grid *grid, int band, double lower, double upper, struct sf_geometry **ret_geometry,
                 struct sf_error *err)
{
  return trace (grid, band, lower, upper, false, ret_geometry, err);
}

enum sf_code
sf_contour_line (const struct sf_grid *grid, int band, double level, struct sf_geometry **ret_geometry,
                 struct sf_error *err)
{
  return trace (grid, band, level, INFINITY, true, ret_geometry, err);
}
