/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_VECTOR_TILE_PRIVATE_H
#define SF_GEODATA_VECTOR_TILE_PRIVATE_H

#include "core/base/mem.h"
#include "geodata/vector_tile.h"

#include <stdatomic.h>

#include <stdint.h>

enum
{
  SF_TILE_CHUNK = 64,      /* points of a part under one box */
  SF_TILE_LEVEL_NEVER = 19 /* of a point that no level shows; the levels end at 18 */
};

/* The points of a layer in one set: the world is 1 wide, x and y run east and south from its corner. level is the first
   level that shows the point. */
struct sf_tile_plane
{
  double *y;
  uint8_t *level;
  struct sf_bounds *chunks;
  struct sf_bounds *parts;
};

/* Where the bytes of a value stand, as an entry of a tile's layer. */
struct sf_tile_value
{
  uint32_t offset, length;
};

/* Values of all cells: value_of[slot * columns_count + column] is 0 for missing, 1..shared for a value of several cells,
   above for a value of one cell. */
struct sf_tile_values
{
  uint32_t *value_of;
  struct sf_tile_value *at; /* from 1 */
  uint32_t count, shared;
  uint8_t *bytes;
};

struct sf_vector_layer
{
  atomic_int references;
  struct sf_arena arena; /* owns names and geometry */
  char *name;
  const char *count_key;
  struct sf_feature_index *index;
  size_t rows, columns_count;
  struct sf_vector_attribute *columns;
  /* Features stand in slots: rows in their order; in a layer of many points in that of the index, so that those of a tile
     stand together. */
  uint32_t *row_of, *slot_of;
  struct sf_tile_values values;
  uint8_t *kinds;        /* enum sf_geometry_kind of a slot */
  uint32_t *first_part;  /* of a slot; rows + 1 */
  uint32_t *first_point; /* of a part; parts + 1 */
  uint32_t *first_chunk; /* of a part; parts + 1 */
  double *x;
  struct sf_tile_plane planes[SF_TILE_SETS];
};

/* Fill the values, and the geometry, of a layer whose slots are laid out. */
enum sf_code sf_tile_values_make (struct sf_vector_layer *layer, const struct sf_table *table, struct sf_error *err);
void sf_tile_values_finish (struct sf_tile_values *values);
enum sf_code sf_tile_planes_make (struct sf_vector_layer *layer, const struct sf_table *table, struct sf_error *err);

/* A growing list of numbers; add gives false when memory is out. */
struct sf_tile_list
{
  uint64_t *at;
  size_t count, capacity;
};

static inline bool
sf_tile_list_add (struct sf_tile_list *list, uint64_t value)
{
  if (list->count == list->capacity
      && sf_mem_grow ((void **) &list->at, &list->capacity, list->count + 1, sizeof *list->at) < 0)
    return false;
  list->at[list->count++] = value;
  return true;
}

/* Growing parts of points in units of a tile: doubles on the way, whole numbers in the end. */
struct sf_tile_path
{
  double *xy;
  size_t points, capacity;
};

struct sf_tile_shape
{
  int32_t *xy;
  size_t points, points_capacity;
  size_t *ends; /* ends[part] is the point after its last */
  size_t parts, parts_capacity;
};

bool sf_tile_shape_add (struct sf_tile_shape *shape, int x, int y);
/* Close the part of the points added since the last; one of fewer than `least` points is taken back. */
bool sf_tile_shape_end (struct sf_tile_shape *shape, size_t least);

/* What encoding of one tile works with. */
struct sf_tile_work
{
  struct sf_arena arena; /* reset for every polygon */
  struct sf_tile_path path, clipped;
  struct sf_tile_shape drawn; /* rings as drawn, not yet cleaned */
  struct sf_tile_shape shape; /* what the feature becomes */
  struct sf_tile_list nodes, edges, order, entries, spare;
};
void sf_tile_work_finish (struct sf_tile_work *work);

/* Where a tile lies: units of the tile are world * scale - (left, top), after moving the world by `turns`. */
struct sf_tile_frame
{
  enum sf_tile_set set;
  int z;
  double scale, left, top, turns;
};

/* Add what of a slot's lines (or rings) is in the buffered tile to work->shape (or work->drawn). */
bool sf_tile_clip_lines (const struct sf_vector_layer *layer, size_t slot, const struct sf_tile_frame *frame,
                         struct sf_tile_work *work);
bool sf_tile_clip_rings (const struct sf_vector_layer *layer, size_t slot, const struct sf_tile_frame *frame,
                         struct sf_tile_work *work);

/* Make valid polygons in work->shape of the rings in work->drawn. */
bool sf_tile_polygons (struct sf_tile_work *work);

/* Points of tiles as numbers that sort by x, then y. */
enum
{
  SF_TILE_KEY_BITS = 13
};
struct sf_tile_point
{
  int x, y;
};
static inline uint64_t
sf_tile_key (int x, int y)
{
  return (uint64_t) (x + SF_VECTOR_TILE_BUFFER) << SF_TILE_KEY_BITS | (uint64_t) (y + SF_VECTOR_TILE_BUFFER);
}
static inline struct sf_tile_point
sf_tile_point_of (uint64_t key)
{
  return (struct sf_tile_point){ (int) (key >> SF_TILE_KEY_BITS) - SF_VECTOR_TILE_BUFFER,
                                 (int) (key & ((1u << SF_TILE_KEY_BITS) - 1)) - SF_VECTOR_TILE_BUFFER };
}

void sf_tile_sort (uint64_t *numbers, uint64_t *spare, size_t count);

/* Snap-round the rings in work->drawn, on multiples of step: fills work->nodes with the sorted keys of points and
   work->edges with sorted pairs of numbers of nodes, the smaller in the upper 32 bits, of which no two share a point but
   a node; what lies on each other an even number of times is gone. */
enum sf_tile_snap
{
  SF_TILE_SNAP_DONE,
  SF_TILE_SNAP_CROWDED, /* more crossings than a tile is worth */
  SF_TILE_SNAP_NO_MEMORY
};
enum sf_tile_snap sf_tile_snap (struct sf_tile_work *work, int step);

#endif
