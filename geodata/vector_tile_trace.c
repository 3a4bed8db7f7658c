/* SPDX-License-Identifier: Apache-2.0 */
/* Areas of a plane graph by the even-odd rule. Each edge is two half-edges, 2 e from the smaller node and 2 e + 1 back;
   the face of a half-edge lies to its left when y is thought to run up. A cycle is one boundary of one face. */
#include "geodata/vector_tile_private.h"

#include <string.h>

enum
{
  BAND_UNITS = 16,
  BANDS = (SF_VECTOR_TILE_EXTENT + 2 * SF_VECTOR_TILE_BUFFER) / BAND_UNITS + 1
};

#define NO_CYCLE UINT32_MAX

enum parity
{
  OUT,
  IN,
  UNKNOWN
};

struct cycle
{
  uint32_t first;     /* half-edge */
  uint32_t owner;     /* the cycle around the face; NO_CYCLE for the face around everything */
  uint32_t next_hole; /* of the same owner */
  uint8_t parity;
};

struct graph
{
  struct sf_tile_work *work;
  size_t nodes_count, halves_count, cycles_count;
  const uint64_t *edges;
  struct sf_tile_point *nodes;
  uint32_t *start; /* of a node's half-edges in `out`, nodes_count + 1 */
  uint32_t *out;   /* half-edges that leave a node, by angle */
  uint32_t *place; /* of a half-edge in `out` */
  uint32_t *cycle_of;
  struct cycle *cycles;
  uint32_t *holes; /* the first hole of an owner */
  uint32_t *bands; /* heads of chains of edges in work->entries, + 1; NULL until needed */
  uint32_t *stack, *mark;
};

static inline uint32_t
from (const struct graph *g, uint32_t half)
{
  uint64_t edge = g->edges[half / 2];
  return half & 1 ? (uint32_t) edge : (uint32_t) (edge >> 32);
}

static inline uint32_t
to (const struct graph *g, uint32_t half)
{
  return from (g, half ^ 1);
}

/* The next half-edge around the face: the first clockwise of the way back. */
static inline uint32_t
next (const struct graph *g, uint32_t half)
{
  uint32_t node = to (g, half), place = g->place[half ^ 1];
  return g->out[place == g->start[node] ? g->start[node + 1] - 1 : place - 1];
}

static inline int
cross (struct sf_tile_point o, struct sf_tile_point a, struct sf_tile_point b)
{
  return (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x);
}

/* Whether a comes before b as seen from o, by angle from straight down to straight down. */
static bool
is_before (struct sf_tile_point o, struct sf_tile_point a, struct sf_tile_point b)
{
  bool a_left = a.x < o.x || (a.x == o.x && a.y < o.y), b_left = b.x < o.x || (b.x == o.x && b.y < o.y);
  return a_left != b_left ? b_left : cross (o, a, b) > 0;
}

static void
sort_around (const struct graph *g, uint32_t node)
{
  struct sf_tile_point o = g->nodes[node];
  uint32_t begin = g->start[node];
  for (uint32_t i = begin + 1; i < g->start[node + 1]; i++)
    {
      uint32_t half = g->out[i], at = i;
      struct sf_tile_point end = g->nodes[to (g, half)];
      for (; at > begin && is_before (o, end, g->nodes[to (g, g->out[at - 1])]); at--)
        g->out[at] = g->out[at - 1];
      g->out[at] = half;
    }
  for (uint32_t i = begin; i < g->start[node + 1]; i++)
    g->place[g->out[i]] = i;
}

static void
link_halves (struct graph *g)
{
  for (uint32_t half = 0; half < g->halves_count; half++)
    g->start[from (g, half) + 1]++;
  for (size_t node = 0; node < g->nodes_count; node++)
    g->start[node + 1] += g->start[node];
  for (uint32_t half = 0; half < g->halves_count; half++)
    g->out[g->start[from (g, half)]++] = half;
  /* Each start now stands where the next one was. */
  memmove (g->start + 1, g->start, g->nodes_count * sizeof *g->start);
  g->start[0] = 0;
  for (uint32_t node = 0; node < g->nodes_count; node++)
    sort_around (g, node);
}

static void
find_cycles (struct graph *g)
{
  memset (g->cycle_of, 0xff, g->halves_count * sizeof *g->cycle_of);
  for (uint32_t half = 0; half < g->halves_count; half++)
    {
      if (g->cycle_of[half] != NO_CYCLE)
        continue;
      uint32_t number = (uint32_t) g->cycles_count++;
      g->cycles[number] = (struct cycle){ half, NO_CYCLE, NO_CYCLE, UNKNOWN };
      g->holes[number] = NO_CYCLE;
      for (uint32_t h = half; g->cycle_of[h] == NO_CYCLE; h = next (g, h))
        g->cycle_of[h] = number;
    }
}

static inline int
band_of (int y)
{
  return (y + SF_VECTOR_TILE_BUFFER) / BAND_UNITS;
}

/* Edges by the bands of y that they reach into. */
static bool
make_bands (struct graph *g)
{
  struct sf_tile_list *entries = &g->work->entries;
  g->bands = sf_arena_calloc (&g->work->arena, BANDS, sizeof *g->bands);
  if (!g->bands)
    return false;
  entries->count = 0;
  for (uint32_t edge = 0; edge < g->halves_count / 2; edge++)
    {
      int a = band_of (g->nodes[from (g, 2 * edge)].y), b = band_of (g->nodes[to (g, 2 * edge)].y);
      for (int band = a < b ? a : b; band <= (a < b ? b : a); band++)
        {
          if (!sf_tile_list_add (entries, (uint64_t) edge << 32 | g->bands[band]))
            return false;
          g->bands[band] = (uint32_t) entries->count;
        }
    }
  return true;
}

/* Where an edge crosses a height, just above it: at x = numerator / dy there, and leaning by dx / dy. */
struct crossing
{
  int64_t numerator;
  int dx, dy;
};

static bool
is_right_of (const struct crossing *a, const struct crossing *b)
{
  int64_t left = a->numerator * b->dy, right = b->numerator * a->dy;
  return left != right ? left > right : (int64_t) a->dx * b->dy > (int64_t) b->dx * a->dy;
}

/* The cycle of the face just left of a node that has nothing of its own component there; NO_CYCLE when the node lies
   outside of everything, or memory is out. */
static uint32_t
cycle_left_of (struct graph *g, uint32_t node)
{
  struct sf_tile_point p = g->nodes[node];
  struct crossing best = { 0 };
  uint32_t found = NO_CYCLE;
  for (uint32_t entry = g->bands[band_of (p.y)]; entry; entry = (uint32_t) g->work->entries.at[entry - 1])
    {
      uint32_t half = 2 * (uint32_t) (g->work->entries.at[entry - 1] >> 32);
      if (g->nodes[from (g, half)].y < g->nodes[to (g, half)].y)
        half ^= 1; /* down: its face lies to the right */
      struct sf_tile_point high = g->nodes[from (g, half)], low = g->nodes[to (g, half)];
      if (low.y > p.y || high.y <= p.y)
        continue;
      struct crossing c = { .dx = high.x - low.x, .dy = high.y - low.y };
      c.numerator = (int64_t) low.x * c.dy + (int64_t) (p.y - low.y) * c.dx;
      if (c.numerator >= (int64_t) p.x * c.dy || (found != NO_CYCLE && !is_right_of (&c, &best)))
        continue;
      best = c;
      found = g->cycle_of[half];
    }
  return found;
}

/* Tell in from out, from the cycle around a component to all its others. */
static void
spread (struct graph *g, uint32_t outer)
{
  size_t depth = 0;
  g->stack[depth++] = outer;
  while (depth)
    {
      uint32_t number = g->stack[--depth], first = g->cycles[number].first, half = first;
      do
        {
          struct cycle *other = &g->cycles[g->cycle_of[half ^ 1]];
          if (other->parity == UNKNOWN)
            {
              other->parity = g->cycles[number].parity == IN ? OUT : IN;
              other->owner = g->cycle_of[half ^ 1];
              g->stack[depth++] = other->owner;
            }
          half = next (g, half);
        }
      while (half != first);
    }
}

/* Nodes are sorted by x, then y: the first of a component has its last half-edge along the face around it. */
static bool
tell_sides (struct graph *g)
{
  for (uint32_t node = 0; node < g->nodes_count; node++)
    {
      if (g->start[node] == g->start[node + 1])
        continue;
      uint32_t outer = g->cycle_of[g->out[g->start[node + 1] - 1]];
      if (g->cycles[outer].parity != UNKNOWN)
        continue;
      if (!g->bands && !make_bands (g))
        return false;
      uint32_t around = cycle_left_of (g, node);
      g->cycles[outer].parity = around == NO_CYCLE ? OUT : g->cycles[around].parity;
      uint32_t owner = around == NO_CYCLE ? NO_CYCLE : g->cycles[around].owner;
      g->cycles[outer].owner = owner;
      if (owner != NO_CYCLE)
        {
          g->cycles[outer].next_hole = g->holes[owner];
          g->holes[owner] = outer;
        }
      spread (g, outer);
    }
  return true;
}

/* Whether a node shows in a ring: its corners, and where rings touch, which a client's rounding could part else. */
static bool
is_corner (const struct graph *g, uint32_t before, uint32_t node, uint32_t after)
{
  return g->start[node + 1] - g->start[node] > 2 || cross (g->nodes[before], g->nodes[node], g->nodes[after]) != 0;
}

/* Add a ring of nodes to the shape if it is an outer one (or a hole) as wanted and not too small; *ret_added tells. */
static bool
add_ring (struct graph *g, const uint32_t *ring, size_t count, bool outer, bool *ret_added)
{
  struct sf_tile_shape *shape = &g->work->shape;
  int64_t area2 = 0;
  size_t first = 0; /* of its nodes: a corner for sure */
  for (size_t i = 0; i < count; i++)
    {
      first = ring[i] < ring[first] ? i : first;
      struct sf_tile_point a = g->nodes[ring[i]], b = g->nodes[ring[i + 1 < count ? i + 1 : 0]];
      area2 += (int64_t) a.x * b.y - (int64_t) b.x * a.y;
    }
  if ((outer ? area2 : -area2) < 2 * SF_VECTOR_TILE_AREA)
    return true;
  for (size_t k = 0; k < count; k++)
    {
      size_t i = first + k < count ? first + k : first + k - count;
      uint32_t before = ring[i ? i - 1 : count - 1], node = ring[i], after = ring[i + 1 < count ? i + 1 : 0];
      if (is_corner (g, before, node, after) && !sf_tile_shape_add (shape, g->nodes[node].x, g->nodes[node].y))
        return false;
    }
  *ret_added = true;
  return sf_tile_shape_end (shape, 3);
}

/* Take a cycle apart where it comes to a node again, and add its outer rings or its holes. */
static bool
add_rings (struct graph *g, uint32_t number, bool outer, bool *ret_added)
{
  uint32_t half = g->cycles[number].first, first = half;
  size_t depth = 0;
  do
    {
      uint32_t node = from (g, half);
      if (g->mark[node])
        {
          size_t begin = g->mark[node] - 1;
          if (!add_ring (g, g->stack + begin, depth - begin, outer, ret_added))
            return false;
          for (; depth > begin; depth--)
            g->mark[g->stack[depth - 1]] = 0;
        }
      g->stack[depth++] = node;
      g->mark[node] = (uint32_t) depth;
      half = next (g, half);
    }
  while (half != first);
  for (size_t i = 0; i < depth; i++)
    g->mark[g->stack[i]] = 0;
  return add_ring (g, g->stack, depth, outer, ret_added);
}

/* One polygon for each inner face. */
static bool
add_polygons (struct graph *g)
{
  for (uint32_t number = 0; number < g->cycles_count; number++)
    {
      bool added = false, ignored;
      if (g->cycles[number].parity != IN || g->cycles[number].owner != number)
        continue;
      if (!add_rings (g, number, true, &added))
        return false;
      if (!added)
        continue;
      for (uint32_t hole = number; hole != NO_CYCLE;
           hole = hole == number ? g->holes[number] : g->cycles[hole].next_hole)
        if (!add_rings (g, hole, false, &ignored))
          return false;
    }
  return true;
}

static bool
trace (struct sf_tile_work *work)
{
  struct sf_arena *arena = &work->arena;
  size_t nodes = work->nodes.count, halves = 2 * work->edges.count;
  struct graph g = { .work = work, .nodes_count = nodes, .halves_count = halves, .edges = work->edges.at };
  g.nodes = sf_arena_alloc (arena, nodes * sizeof *g.nodes);
  g.start = sf_arena_calloc (arena, nodes + 2, sizeof *g.start);
  g.out = sf_arena_alloc (arena, halves * sizeof *g.out);
  g.place = sf_arena_alloc (arena, halves * sizeof *g.place);
  g.cycle_of = sf_arena_alloc (arena, halves * sizeof *g.cycle_of);
  g.cycles = sf_arena_alloc (arena, halves * sizeof *g.cycles);
  g.holes = sf_arena_alloc (arena, halves * sizeof *g.holes);
  g.stack = sf_arena_alloc (arena, (halves + 1) * sizeof *g.stack);
  g.mark = sf_arena_calloc (arena, nodes, sizeof *g.mark);
  if (!g.nodes || !g.start || !g.out || !g.place || !g.cycle_of || !g.cycles || !g.holes || !g.stack || !g.mark)
    return false;
  for (size_t i = 0; i < nodes; i++)
    g.nodes[i] = sf_tile_point_of (work->nodes.at[i]);
  link_halves (&g);
  find_cycles (&g);
  return tell_sides (&g) && add_polygons (&g);
}

bool
sf_tile_polygons (struct sf_tile_work *work)
{
  /* Coarse enough, all corners fall together: this ends. */
  for (int step = 1;; step *= 4)
    {
      sf_arena_reset (&work->arena);
      enum sf_tile_snap code = sf_tile_snap (work, step);
      if (code != SF_TILE_SNAP_CROWDED)
        return code == SF_TILE_SNAP_DONE && (work->edges.count == 0 || trace (work));
    }
}
