/* SPDX-License-Identifier: Apache-2.0 */
/* Snap rounding (Hobby 1999; Guibas and Marimont 1998) on the units of a tile, in whole numbers throughout: every end of a
   segment and every crossing, rounded, is a node with a square of one unit around it; a segment goes through the nodes
   whose squares it passes. The pieces then share no points but nodes. */
#include "geodata/vector_tile_private.h"

#include <stdlib.h>
#include <string.h>

enum
{
  CELLS_MAX = 128,       /* a side */
  TESTS_MAX = 4 << 20,   /* pairs of segments looked at */
  NUMBERS_MAX = 1 << 20, /* in any list */
  INSERTION_MAX = 32
};

void
sf_tile_sort (uint64_t *numbers, uint64_t *spare, size_t count)
{
  if (count <= INSERTION_MAX)
    {
      for (size_t i = 1; i < count; i++)
        {
          uint64_t number = numbers[i];
          size_t at = i;
          for (; at > 0 && numbers[at - 1] > number; at--)
            numbers[at] = numbers[at - 1];
          numbers[at] = number;
        }
      return;
    }
  for (int shift = 0; shift < 64; shift += 8)
    {
      size_t start[257] = { 0 };
      for (size_t i = 0; i < count; i++)
        start[1 + (numbers[i] >> shift & 255)]++;
      if (start[1 + (numbers[0] >> shift & 255)] == count)
        continue;
      for (int digit = 0; digit < 256; digit++)
        start[digit + 1] += start[digit];
      for (size_t i = 0; i < count; i++)
        spare[start[numbers[i] >> shift & 255]++] = numbers[i];
      memcpy (numbers, spare, count * sizeof *numbers);
    }
}

static bool
sort_list (struct sf_tile_list *list, struct sf_tile_list *spare)
{
  if (sf_mem_grow ((void **) &spare->at, &spare->capacity, list->count, sizeof *spare->at) < 0)
    return false;
  sf_tile_sort (list->at, spare->at, list->count);
  return true;
}

/* Leave one of those that stand an odd number of times in a sorted list, none of the others. */
static void
keep_odd (struct sf_tile_list *list)
{
  size_t kept = 0;
  for (size_t i = 0; i < list->count; i++)
    if (kept && list->at[kept - 1] == list->at[i])
      kept--;
    else
      list->at[kept++] = list->at[i];
  list->count = kept;
}

static void
keep_one (struct sf_tile_list *list)
{
  size_t kept = 0;
  for (size_t i = 0; i < list->count; i++)
    if (i == 0 || list->at[i] != list->at[i - 1])
      list->at[kept++] = list->at[i];
  list->count = kept;
}

struct segment
{
  struct sf_tile_point a, b;
};

static inline struct segment
segment_of (uint64_t number)
{
  return (struct segment){ sf_tile_point_of (number >> 32), sf_tile_point_of (number & UINT32_MAX) };
}

/* Square cells over all segments; heads are entry + 1 of chains. */
struct mesh
{
  int x, y, cell, nx, ny;
  uint32_t *heads;
};

static bool
make_mesh (struct mesh *mesh, struct sf_tile_work *work)
{
  int min_x = INT32_MAX, min_y = INT32_MAX, max_x = INT32_MIN, max_y = INT32_MIN, side = 1;
  for (size_t i = 0; i < work->segments.count; i++)
    {
      struct segment s = segment_of (work->segments.at[i]);
      min_x = s.a.x < min_x ? s.a.x : min_x; /* a is the smaller by x */
      max_x = s.b.x > max_x ? s.b.x : max_x;
      min_y = s.a.y < min_y ? s.a.y : min_y;
      max_y = s.a.y > max_y ? s.a.y : max_y;
      min_y = s.b.y < min_y ? s.b.y : min_y;
      max_y = s.b.y > max_y ? s.b.y : max_y;
    }
  while (side < CELLS_MAX && (size_t) side * (size_t) side * 2 < work->segments.count)
    side *= 2;
  int extent = max_x - min_x > max_y - min_y ? max_x - min_x : max_y - min_y;
  mesh->x = min_x;
  mesh->y = min_y;
  mesh->cell = extent / side + 1;
  mesh->nx = (max_x - min_x) / mesh->cell + 1;
  mesh->ny = (max_y - min_y) / mesh->cell + 1;
  mesh->heads = sf_arena_calloc (&work->arena, (size_t) mesh->nx * (size_t) mesh->ny, sizeof *mesh->heads);
  return mesh->heads != NULL;
}

static inline int
clamp (int value, int count)
{
  return value < 0 ? 0 : value >= count ? count - 1 : value;
}

/* The cells within one unit of a segment: rows first..last, and for each its columns. */
struct span
{
  int first, last;
};

static struct span
rows_of (const struct mesh *mesh, const struct segment *s)
{
  int low = s->a.y < s->b.y ? s->a.y : s->b.y, high = s->a.y < s->b.y ? s->b.y : s->a.y;
  return (struct span){ clamp ((low - 1 - mesh->y) / mesh->cell, mesh->ny),
                        clamp ((high + 1 - mesh->y) / mesh->cell, mesh->ny) };
}

static struct span
columns_of (const struct mesh *mesh, const struct segment *s, int row)
{
  double x0 = s->a.x, x1 = s->b.x;
  int dy = s->b.y - s->a.y;
  if (abs (dy) > mesh->cell && s->b.x - s->a.x > mesh->cell)
    {
      double slope = (x1 - x0) / dy, top = mesh->y + row * mesh->cell - 1, bottom = top + mesh->cell + 2;
      double at_top = x0 + (top - s->a.y) * slope, at_bottom = x0 + (bottom - s->a.y) * slope;
      double left = at_top < at_bottom ? at_top : at_bottom, right = at_top < at_bottom ? at_bottom : at_top;
      x0 = left > x0 ? left : x0;
      x1 = right < x1 ? right : x1;
    }
  return (struct span){ clamp ((int) ((x0 - 1 - mesh->x) / mesh->cell), mesh->nx),
                        clamp ((int) ((x1 + 1 - mesh->x) / mesh->cell), mesh->nx) };
}

static inline int
cross (struct sf_tile_point o, struct sf_tile_point a, struct sf_tile_point b)
{
  return (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x);
}

static inline bool
are_apart (int a, int b)
{
  return (a > 0 && b > 0) || (a < 0 && b < 0);
}

static int
rounded (int64_t numerator, int64_t denominator)
{
  int64_t n = 2 * numerator + denominator, d = 2 * denominator, q = n / d;
  return (int) (q - (n % d < 0));
}

/* Add the node of a crossing; segments that only touch have a node there already. */
static bool
add_crossing (const struct segment *s, const struct segment *t, struct sf_tile_list *nodes)
{
  if (s->b.x < t->a.x || t->b.x < s->a.x)
    return true;
  int c = cross (s->a, s->b, t->a), d = cross (s->a, s->b, t->b);
  if (c == 0 || d == 0 || are_apart (c, d))
    return true;
  int a = cross (t->a, t->b, s->a), b = cross (t->a, t->b, s->b);
  if (a == 0 || b == 0 || are_apart (a, b))
    return true;
  /* The crossing lies at c / (c - d) of t. */
  int64_t sign = c > d ? 1 : -1, share = sign * c, all = sign * ((int64_t) c - d);
  int x = t->a.x + rounded (share * (t->b.x - t->a.x), all), y = t->a.y + rounded (share * (t->b.y - t->a.y), all);
  return sf_tile_list_add (nodes, sf_tile_key (x, y));
}

/* Put a segment into a cell, after looking at those that are there. */
static enum sf_tile_snap
enter (struct sf_tile_work *work, uint32_t *head, uint32_t number, size_t *tests)
{
  struct segment s = segment_of (work->segments.at[number]);
  for (uint32_t entry = *head; entry; entry = (uint32_t) work->entries.at[entry - 1])
    {
      struct segment t = segment_of (work->segments.at[work->entries.at[entry - 1] >> 32]);
      if (++*tests > TESTS_MAX || work->nodes.count > NUMBERS_MAX)
        return SF_TILE_SNAP_CROWDED;
      if (!add_crossing (&s, &t, &work->nodes))
        return SF_TILE_SNAP_NO_MEMORY;
    }
  if (work->entries.count >= NUMBERS_MAX)
    return SF_TILE_SNAP_CROWDED;
  if (!sf_tile_list_add (&work->entries, (uint64_t) number << 32 | *head))
    return SF_TILE_SNAP_NO_MEMORY;
  *head = (uint32_t) work->entries.count;
  return SF_TILE_SNAP_DONE;
}

/* All ends and rounded crossings, sorted, each once. */
static enum sf_tile_snap
find_nodes (struct sf_tile_work *work, const struct mesh *mesh)
{
  size_t tests = 0;
  work->entries.count = work->nodes.count = 0;
  for (size_t i = 0; i < work->segments.count; i++)
    {
      struct segment s = segment_of (work->segments.at[i]);
      struct span rows = rows_of (mesh, &s);
      if (!sf_tile_list_add (&work->nodes, work->segments.at[i] >> 32)
          || !sf_tile_list_add (&work->nodes, work->segments.at[i] & UINT32_MAX))
        return SF_TILE_SNAP_NO_MEMORY;
      for (int row = rows.first; row <= rows.last; row++)
        {
          struct span columns = columns_of (mesh, &s, row);
          for (int column = columns.first; column <= columns.last; column++)
            {
              enum sf_tile_snap code = enter (work, &mesh->heads[row * mesh->nx + column], (uint32_t) i, &tests);
              if (code != SF_TILE_SNAP_DONE)
                return code;
            }
        }
    }
  if (!sort_list (&work->nodes, &work->spare))
    return SF_TILE_SNAP_NO_MEMORY;
  keep_one (&work->nodes);
  return SF_TILE_SNAP_DONE;
}

/* Chains of the nodes of each cell; NULL when memory is out. */
static uint32_t *
chain_nodes (struct sf_tile_work *work, const struct mesh *mesh)
{
  uint32_t *next = sf_arena_alloc (&work->arena, work->nodes.count * sizeof *next);
  if (!next)
    return NULL;
  memset (mesh->heads, 0, (size_t) mesh->nx * (size_t) mesh->ny * sizeof *mesh->heads);
  for (size_t i = 0; i < work->nodes.count; i++)
    {
      struct sf_tile_point p = sf_tile_point_of (work->nodes.at[i]);
      int cell = (p.y - mesh->y) / mesh->cell * mesh->nx + (p.x - mesh->x) / mesh->cell;
      next[i] = mesh->heads[cell];
      mesh->heads[cell] = (uint32_t) i + 1;
    }
  return next;
}

/* Whether a segment passes the square around p, whose left and lower edges belong to it. Where p is not beyond the ends,
   that is whether the line passes it: within (|dx| + |dy|) / 2 of cross products, or just touching the corner. */
static bool
passes (const struct segment *s, struct sf_tile_point p)
{
  int dx = s->b.x - s->a.x, dy = s->b.y - s->a.y; /* dx >= 0 */
  int low = dy < 0 ? s->b.y : s->a.y, high = dy < 0 ? s->a.y : s->b.y;
  if (p.x < s->a.x || p.x > s->b.x || p.y < low || p.y > high)
    return false;
  int side = cross (s->a, s->b, p), reach = dx + abs (dy);
  return 2 * abs (side) < reach || (2 * side == reach && dy < 0);
}

/* Add the pieces of a segment between the nodes that it passes. */
static bool
add_pieces (struct sf_tile_work *work, const struct mesh *mesh, const uint32_t *next, uint64_t number)
{
  struct segment s = segment_of (number);
  struct span rows = rows_of (mesh, &s);
  work->along.count = 0;
  for (int row = rows.first; row <= rows.last; row++)
    {
      struct span columns = columns_of (mesh, &s, row);
      for (int column = columns.first; column <= columns.last; column++)
        for (uint32_t node = mesh->heads[row * mesh->nx + column]; node; node = next[node - 1])
          {
            struct sf_tile_point p = sf_tile_point_of (work->nodes.at[node - 1]);
            if (!passes (&s, p))
              continue;
            /* Squares are passed in the order of their middles along the segment. */
            int way = (p.x - s.a.x) * (s.b.x - s.a.x) + (p.y - s.a.y) * (s.b.y - s.a.y);
            if (!sf_tile_list_add (&work->along, (uint64_t) way << 32 | (node - 1)))
              return false;
          }
    }
  if (!sort_list (&work->along, &work->spare))
    return false;
  for (size_t i = 1; i < work->along.count; i++)
    {
      uint64_t u = work->along.at[i - 1] & UINT32_MAX, v = work->along.at[i] & UINT32_MAX;
      if (!sf_tile_list_add (&work->edges, u < v ? u << 32 | v : v << 32 | u))
        return false;
    }
  return true;
}

enum sf_tile_snap
sf_tile_snap_segments (struct sf_tile_work *work)
{
  struct mesh mesh;
  work->edges.count = work->nodes.count = 0;
  if (!sort_list (&work->segments, &work->spare))
    return SF_TILE_SNAP_NO_MEMORY;
  keep_odd (&work->segments);
  if (work->segments.count == 0)
    return SF_TILE_SNAP_DONE;
  if (!make_mesh (&mesh, work))
    return SF_TILE_SNAP_NO_MEMORY;
  enum sf_tile_snap code = find_nodes (work, &mesh);
  if (code != SF_TILE_SNAP_DONE)
    return code;
  const uint32_t *next = chain_nodes (work, &mesh);
  if (!next)
    return SF_TILE_SNAP_NO_MEMORY;
  for (size_t i = 0; i < work->segments.count; i++)
    if (work->edges.count > NUMBERS_MAX)
      return SF_TILE_SNAP_CROWDED;
    else if (!add_pieces (work, &mesh, next, work->segments.at[i]))
      return SF_TILE_SNAP_NO_MEMORY;
  if (!sort_list (&work->edges, &work->spare))
    return SF_TILE_SNAP_NO_MEMORY;
  keep_odd (&work->edges);
  return SF_TILE_SNAP_DONE;
}
