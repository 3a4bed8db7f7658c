/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/polygon_cover.h"

#include "core/base/mem.h"
#include "geodata/polygon.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* Of a tile, around edges: for what lies on an edge within rounding. */
#define BREATH 1e-9

enum
{
  SIDE = 256, /* tiles along x and along y */
  TILES = SIDE * SIDE,
  /* What a polygon is to a tile while the cover is made. */
  UNTOUCHED = 0,
  TOUCHED = 1
};

/* tile_polygons[tile_start[t] .. tile_start[t + 1]) are twice the number of each polygon that reaches into tile t, plus one
   where it holds all of it. */
struct sf_polygon_cover
{
  double min_x, min_y, max_x, max_y, tiles_per_x, tiles_per_y;
  struct sf_polygon_index **indices; /* one a geometry; NULL for those that hold no point */
  size_t count, most;
  uint32_t *tile_start, *tile_polygons;
};

/* A polygon's share of a tile, until they are sorted by tile. */
struct share
{
  uint32_t tile, polygon;
};

struct shares
{
  struct share *items;
  size_t count, capacity;
  uint8_t *touched; /* TILES of them, of the polygon at hand */
};

static enum sf_code
no_memory (struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "out of memory for a cover of polygons");
}

/* Rises with the position, so that what lies between two positions lies between their tiles. */
static int
tile_of (double position, double min, double tiles_per_unit)
{
  double tile = (position - min) * tiles_per_unit;
  return tile <= 0 ? 0 : tile >= SIDE ? SIDE - 1 : (int) tile;
}

struct window
{
  int x0, y0, x1, y1;
};

static struct window
window_of (const struct sf_polygon_cover *cover, double x0, double y0, double x1, double y1)
{
  return (
      struct window){ tile_of (x0, cover->min_x, cover->tiles_per_x), tile_of (y0, cover->min_y, cover->tiles_per_y),
                      tile_of (x1, cover->min_x, cover->tiles_per_x), tile_of (y1, cover->min_y, cover->tiles_per_y) };
}

/* Mark every tile within the box of an edge, and a breath around it. */
static void
touch_edges (const struct sf_polygon_cover *cover, const struct sf_geometry *geometry, uint8_t *touched)
{
  const double *xy = geometry->xy;
  const double breath_x = BREATH / cover->tiles_per_x, breath_y = BREATH / cover->tiles_per_y;
  for (size_t part = 0; part < geometry->parts; part++)
    for (size_t i = geometry->part_start[part]; i + 1 < geometry->part_start[part + 1]; i++)
      {
        const double *a = xy + 2 * i, *b = a + 2;
        struct window box = window_of (cover, fmin (a[0], b[0]) - breath_x, fmin (a[1], b[1]) - breath_y,
                                       fmax (a[0], b[0]) + breath_x, fmax (a[1], b[1]) + breath_y);
        for (int y = box.y0; y <= box.y1; y++)
          memset (touched + y * SIDE + box.x0, TOUCHED, (size_t) (box.x1 - box.x0 + 1));
      }
}

static bool
holds_centre (const struct sf_polygon_cover *cover, size_t polygon, int tile_x, int tile_y)
{
  double x = cover->min_x + (tile_x + 0.5) / cover->tiles_per_x, y = cover->min_y + (tile_y + 0.5) / cover->tiles_per_y;
  return sf_polygon_locate (cover->indices[polygon], x, y, NULL) != SF_SIDE_OUT;
}

static enum sf_code
add_shares (const struct sf_polygon_cover *cover, const struct sf_geometry *geometry, size_t polygon,
            struct shares *shares, struct sf_error *err)
{
  double x0, y0, x1, y1;
  if (!sf_geometry_bounds (geometry, &x0, &y0, &x1, &y1))
    return SF_OK;
  const double breath_x = BREATH / cover->tiles_per_x, breath_y = BREATH / cover->tiles_per_y;
  struct window box = window_of (cover, x0 - breath_x, y0 - breath_y, x1 + breath_x, y1 + breath_y);
  for (int y = box.y0; y <= box.y1; y++)
    memset (shares->touched + y * SIDE + box.x0, UNTOUCHED, (size_t) (box.x1 - box.x0 + 1));
  touch_edges (cover, geometry, shares->touched);
  for (int y = box.y0; y <= box.y1; y++)
    for (int x = box.x0, after = TOUCHED, is_inside = 0; x <= box.x1; x++)
      {
        /* No edge runs between neighbours that are not touched: they lie on one side. */
        bool is_touched = shares->touched[y * SIDE + x] == TOUCHED;
        if (!is_touched && after == TOUCHED)
          is_inside = holds_centre (cover, polygon, x, y);
        after = shares->touched[y * SIDE + x];
        if (!is_touched && !is_inside)
          continue;
        if (sf_mem_grow ((void **) &shares->items, &shares->capacity, shares->count + 1, sizeof *shares->items))
          return no_memory (err);
        shares->items[shares->count++]
            = (struct share){ (uint32_t) (y * SIDE + x), 2 * (uint32_t) polygon + (is_touched ? 0 : 1) };
      }
  return SF_OK;
}

/* Sort by tile; polygons come in rising order and stay so. */
static enum sf_code
sort_shares (struct sf_polygon_cover *cover, const struct shares *shares, struct sf_error *err)
{
  cover->tile_start = sf_mem_calloc (TILES + 2, sizeof *cover->tile_start);
  cover->tile_polygons = sf_mem_alloc (shares->count * sizeof *cover->tile_polygons);
  if (!cover->tile_start || !cover->tile_polygons)
    return no_memory (err);
  /* Counts stand two places on, so that after the second pass each start is in its place. */
  uint32_t *next = cover->tile_start + 1;
  for (size_t i = 0; i < shares->count; i++)
    next[shares->items[i].tile + 1]++;
  for (int t = 0; t < TILES; t++)
    {
      cover->most = next[t + 1] > cover->most ? next[t + 1] : cover->most;
      next[t + 1] += next[t];
    }
  for (size_t i = 0; i < shares->count; i++)
    cover->tile_polygons[next[shares->items[i].tile]++] = shares->items[i].polygon;
  return SF_OK;
}

static enum sf_code
index_all (struct sf_polygon_cover *cover, const struct sf_geometry *const *geometries, struct sf_error *err)
{
  double x0, y0, x1, y1;
  cover->min_x = cover->min_y = INFINITY;
  cover->max_x = cover->max_y = -INFINITY;
  for (size_t i = 0; i < cover->count; i++)
    {
      if (!geometries[i] || geometries[i]->kind != SF_GEOMETRY_POLYGON
          || !sf_geometry_bounds (geometries[i], &x0, &y0, &x1, &y1))
        continue;
      SF_TRY (sf_polygon_index_new (&geometries[i], 1, SF_RINGS_ALL, &cover->indices[i], err));
      cover->min_x = fmin (cover->min_x, x0);
      cover->min_y = fmin (cover->min_y, y0);
      cover->max_x = fmax (cover->max_x, x1);
      cover->max_y = fmax (cover->max_y, y1);
    }
  cover->tiles_per_x = cover->max_x > cover->min_x ? SIDE / (cover->max_x - cover->min_x) : 1;
  cover->tiles_per_y = cover->max_y > cover->min_y ? SIDE / (cover->max_y - cover->min_y) : 1;
  return SF_OK;
}

static enum sf_code
build (struct sf_polygon_cover *cover, const struct sf_geometry *const *geometries, struct sf_error *err)
{
  struct shares shares = { .touched = sf_mem_alloc (TILES) };
  enum sf_code code = shares.touched ? index_all (cover, geometries, err) : no_memory (err);
  for (size_t i = 0; i < cover->count && code == SF_OK; i++)
    if (cover->indices[i])
      code = add_shares (cover, geometries[i], i, &shares, err);
  if (code == SF_OK)
    code = sort_shares (cover, &shares, err);
  sf_mem_free (shares.items);
  sf_mem_free (shares.touched);
  return code;
}

enum sf_code
sf_polygon_cover_new (const struct sf_geometry *const *geometries, size_t count, struct sf_polygon_cover **ret_cover,
                      struct sf_error *err)
{
  struct sf_polygon_cover *cover = sf_mem_calloc (1, sizeof *cover);
  if (!cover)
    return no_memory (err);
  cover->indices = sf_mem_calloc (count, sizeof *cover->indices);
  cover->count = cover->indices ? count : 0;
  enum sf_code code = cover->indices ? build (cover, geometries, err) : no_memory (err);
  if (code == SF_OK)
    *ret_cover = cover;
  else
    sf_polygon_cover_free (cover);
  return code;
}

void
sf_polygon_cover_free (struct sf_polygon_cover *cover)
{
  if (!cover)
    return;
  for (size_t i = 0; i < cover->count; i++)
    sf_polygon_index_free (cover->indices[i]);
  sf_mem_free (cover->indices);
  sf_mem_free (cover->tile_start);
  sf_mem_free (cover->tile_polygons);
  sf_mem_free (cover);
}

bool
sf_polygon_cover_next (const struct sf_polygon_cover *cover, double x, double y, size_t *cursor, size_t *ret_geometry)
{
  if (!(x >= cover->min_x && x <= cover->max_x && y >= cover->min_y && y <= cover->max_y))
    return false;
  int tile = tile_of (y, cover->min_y, cover->tiles_per_y) * SIDE + tile_of (x, cover->min_x, cover->tiles_per_x);
  const uint32_t *polygons = cover->tile_polygons + cover->tile_start[tile];
  size_t count = cover->tile_start[tile + 1] - cover->tile_start[tile];
  while (*cursor < count)
    {
      uint32_t share = polygons[(*cursor)++];
      bool is_all = share & 1;
      if (!is_all && sf_polygon_locate (cover->indices[share / 2], x, y, NULL) == SF_SIDE_OUT)
        continue;
      *ret_geometry = share / 2;
      return true;
    }
  return false;
}

size_t
sf_polygon_cover_most (const struct sf_polygon_cover *cover)
{
  return cover->most;
}
