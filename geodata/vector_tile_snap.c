/* SPDX-License-Identifier: Apache-2.0 */
/* Snap rounding (Hobby 1999; Guibas and Marimont 1998) on the units of a tile, in whole numbers throughout: every end of a
   segment and every crossing, rounded, is a node with a square of one unit around it; a segment goes through the nodes
   whose squares it passes. The pieces then share no points but nodes. */
#include "geodata/vector_tile_private.h"

#include <stdlib.h>
#include <string.h>

enum
{
  TESTS_MAX = 16 << 20,  /* pairs of segments looked at */
  NUMBERS_MAX = 1 << 20, /* nodes or edges, before those that coincide are taken together */
  INSERTION_MAX = 32
};

/* a is the end with the smaller x, of those above each other the one with the smaller y. */
struct segment
{
  struct sf_tile_point a, b;
};

/* A segment that the sweep has begun and not ended. */
struct active
{
  int low, high, right; /* of y; of x */
  uint32_t segment;
};

struct snap
{
  struct sf_tile_work *work;
  struct segment *segments;
  size_t count;
  int left, right;
  uint32_t *columns; /* the first node at left + i or further right */
};

void
sf_tile_sort (uint64_t *numbers, uint64_t *spare, size_t count)
{
  uint64_t varying = 0, *from = numbers, *to = spare;
  for (size_t i = 1; count > INSERTION_MAX && i < count; i++)
    varying |= numbers[i] ^ numbers[0];
  for (size_t i = 1; count <= INSERTION_MAX && i < count; i++)
    {
      uint64_t number = numbers[i];
      size_t at = i;
      for (; at > 0 && numbers[at - 1] > number; at--)
        numbers[at] = numbers[at - 1];
      numbers[at] = number;
    }
  for (int shift = 0; shift < 64; shift += 8)
    {
      if (!(varying >> shift & 255))
        continue;
      uint32_t start[257] = { 0 };
      for (size_t i = 0; i < count; i++)
        start[1 + (from[i] >> shift & 255)]++;
      for (int digit = 0; digit < 256; digit++)
        start[digit + 1] += start[digit];
      for (size_t i = 0; i < count; i++)
        to[start[from[i] >> shift & 255]++] = from[i];
      uint64_t *swap = from;
      from = to;
      to = swap;
    }
  if (from != numbers)
    memcpy (numbers, from, count * sizeof *numbers);
}

static bool
sort_list (struct sf_tile_list *list, struct sf_tile_list *spare)
{
  if (sf_mem_grow ((void **) &spare->at, &spare->capacity, list->count, sizeof *spare->at) < 0)
    return false;
  sf_tile_sort (list->at, spare->at, list->count);
  return true;
}

/* Of a sorted list, leave one of those that stand an odd number of times, none of the others. */
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

static void
add_segment (struct snap *snap, struct sf_tile_point a, struct sf_tile_point b)
{
  if (a.x == b.x && a.y == b.y)
    return;
  bool forward = a.x < b.x || (a.x == b.x && a.y < b.y);
  struct segment *s = &snap->segments[snap->count++];
  *s = forward ? (struct segment){ a, b } : (struct segment){ b, a };
  snap->left = s->a.x < snap->left ? s->a.x : snap->left;
  snap->right = s->b.x > snap->right ? s->b.x : snap->right;
}

/* The edges of the rings as drawn, on multiples of step; their corners are nodes. */
static bool
load (struct snap *snap, int step)
{
  const struct sf_tile_shape *drawn = &snap->work->drawn;
  snap->segments = sf_arena_alloc (&snap->work->arena, drawn->points * sizeof *snap->segments);
  if (!snap->segments)
    return false;
  for (size_t part = 0, begin = 0; part < drawn->parts; begin = drawn->ends[part++])
    {
      size_t last = drawn->ends[part] - 1;
      struct sf_tile_point before = { drawn->xy[2 * last] / step * step, drawn->xy[2 * last + 1] / step * step };
      for (size_t i = begin; i <= last; i++)
        {
          struct sf_tile_point here = { drawn->xy[2 * i] / step * step, drawn->xy[2 * i + 1] / step * step };
          add_segment (snap, before, here);
          if (!sf_tile_list_add (&snap->work->nodes, sf_tile_key (here.x, here.y)))
            return false;
          before = here;
        }
    }
  return true;
}

/* Sort the segments and take out those that lie on each other: on a coarse grid most do. */
static bool
cancel_segments (struct snap *snap)
{
  struct sf_tile_list *order = &snap->work->order;
  order->count = 0;
  for (size_t i = 0; i < snap->count; i++)
    {
      const struct segment *s = &snap->segments[i];
      if (!sf_tile_list_add (order, sf_tile_key (s->a.x, s->a.y) << 32 | sf_tile_key (s->b.x, s->b.y)))
        return false;
    }
  if (!sort_list (order, &snap->work->spare))
    return false;
  keep_odd (order);
  snap->count = order->count;
  for (size_t i = 0; i < snap->count; i++)
    snap->segments[i]
        = (struct segment){ sf_tile_point_of (order->at[i] >> 32), sf_tile_point_of (order->at[i] & UINT32_MAX) };
  return true;
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

/* Sweep from left to right and look at all segments that share an x. */
static enum sf_tile_snap
find_crossings (struct snap *snap)
{
  struct sf_tile_work *work = snap->work;
  struct active *active = sf_arena_alloc (&work->arena, snap->count * sizeof *active);
  size_t active_count = 0, tests = 0;
  work->order.count = 0;
  for (size_t i = 0; i < snap->count; i++)
    if (!sf_tile_list_add (&work->order, (uint64_t) (snap->segments[i].a.x - snap->left) << 32 | i))
      return SF_TILE_SNAP_NO_MEMORY;
  if (!active || !sort_list (&work->order, &work->spare))
    return SF_TILE_SNAP_NO_MEMORY;
  for (size_t i = 0; i < snap->count; i++)
    {
      uint32_t number = (uint32_t) work->order.at[i];
      const struct segment *s = &snap->segments[number];
      int low = s->a.y < s->b.y ? s->a.y : s->b.y, high = s->a.y < s->b.y ? s->b.y : s->a.y;
      tests += active_count;
      for (size_t k = 0; k < active_count;)
        if (active[k].right < s->a.x)
          active[k] = active[--active_count];
        else
          {
            if (active[k].low <= high && active[k].high >= low
                && !add_crossing (s, &snap->segments[active[k].segment], &work->nodes))
              return SF_TILE_SNAP_NO_MEMORY;
            k++;
          }
      active[active_count++] = (struct active){ low, high, s->b.x, number };
      if (tests > TESTS_MAX || work->nodes.count > NUMBERS_MAX)
        return SF_TILE_SNAP_CROWDED;
    }
  return SF_TILE_SNAP_DONE;
}

/* Sort the nodes and tell where each x begins. */
static bool
sort_nodes (struct snap *snap)
{
  struct sf_tile_list *nodes = &snap->work->nodes;
  size_t width = (size_t) (snap->right - snap->left) + 1;
  snap->columns = sf_arena_alloc (&snap->work->arena, (width + 1) * sizeof *snap->columns);
  if (!snap->columns || !sort_list (nodes, &snap->work->spare))
    return false;
  keep_one (nodes);
  size_t node = 0;
  for (size_t i = 0; i <= width; i++)
    {
      while (node < nodes->count && sf_tile_point_of (nodes->at[node]).x < snap->left + (int) i)
        node++;
      snap->columns[i] = (uint32_t) node;
    }
  return true;
}

/* Whether a segment passes the square around p, whose left and lower edges belong to it. Where p is not beyond the ends,
   that is whether the line passes it: within (|dx| + |dy|) / 2 of cross products, or just touching the corner. */
static inline bool
passes (const struct segment *s, struct sf_tile_point p)
{
  int dx = s->b.x - s->a.x, dy = s->b.y - s->a.y, reach = dx + abs (dy), side = cross (s->a, s->b, p);
  return 2 * abs (side) < reach || (2 * side == reach && dy < 0);
}

/* Add the pieces of a segment between the nodes that it passes; squares are passed in the order of their middles. */
static bool
add_pieces (struct snap *snap, const struct segment *s)
{
  const uint64_t *nodes = snap->work->nodes.at;
  int low = s->a.y < s->b.y ? s->a.y : s->b.y, high = s->a.y < s->b.y ? s->b.y : s->a.y;
  bool down = s->b.y < s->a.y, began = false;
  uint64_t before = 0;
  for (int x = s->a.x; x <= s->b.x; x++)
    {
      uint32_t first = snap->columns[x - snap->left], end = snap->columns[x - snap->left + 1];
      for (uint32_t i = first; i < end; i++)
        {
          uint64_t node = down ? first + end - 1 - i : i;
          struct sf_tile_point p = sf_tile_point_of (nodes[node]);
          if (down ? p.y < low : p.y > high)
            break;
          if (p.y < low || p.y > high || !passes (s, p))
            continue;
          if (began
              && !sf_tile_list_add (&snap->work->edges, before < node ? before << 32 | node : node << 32 | before))
            return false;
          before = node;
          began = true;
        }
    }
  return true;
}

static enum sf_tile_snap
add_edges (struct snap *snap)
{
  struct sf_tile_list *edges = &snap->work->edges;
  for (size_t i = 0; i < snap->count; i++)
    {
      if (!add_pieces (snap, &snap->segments[i]))
        return SF_TILE_SNAP_NO_MEMORY;
      if (edges->count > NUMBERS_MAX)
        return SF_TILE_SNAP_CROWDED;
    }
  if (!sort_list (edges, &snap->work->spare))
    return SF_TILE_SNAP_NO_MEMORY;
  keep_odd (edges);
  return SF_TILE_SNAP_DONE;
}

enum sf_tile_snap
sf_tile_snap (struct sf_tile_work *work, int step)
{
  struct snap snap = { .work = work, .left = INT32_MAX, .right = INT32_MIN };
  work->edges.count = work->nodes.count = 0;
  if (!load (&snap, step) || (step > 1 && !cancel_segments (&snap)))
    return SF_TILE_SNAP_NO_MEMORY;
  if (snap.count == 0)
    return SF_TILE_SNAP_DONE;
  enum sf_tile_snap code = find_crossings (&snap);
  if (code != SF_TILE_SNAP_DONE)
    return code;
  return sort_nodes (&snap) ? add_edges (&snap) : SF_TILE_SNAP_NO_MEMORY;
}
