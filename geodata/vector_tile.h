/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_VECTOR_TILE_H
#define SF_GEODATA_VECTOR_TILE_H

#include "core/base/text.h"
#include "geodata/feature_index.h"
#include "geodata/tile_matrix.h"

/* Vector tiles of features: Mapbox Vector Tile 2.1, in the sets of tile_matrix.h. A tile is 4096 x 4096 units, 16 to a
   pixel of a raster tile; geometry is kept to 64 units outside of it. */
enum
{
  SF_VECTOR_TILE_EXTENT = 4096,
  SF_VECTOR_TILE_BUFFER = 64,
  SF_VECTOR_TILE_POINTS = 8192, /* more points of a layer in a tile are thinned out ... */
  SF_VECTOR_TILE_CELL = 32,     /* ... to one in each cell of so many units, two pixels */
  SF_VECTOR_TILE_AREA = 16      /* rings of a smaller area in square units are left out */
};

/* A layer: features made ready for tiles of every set and level, with their index. Keeps nothing of the table; immutable
   after new: tiles may be encoded by several threads at once. */
struct sf_vector_layer;

struct sf_vector_attribute
{
  const char *name;
  enum sf_column_type type; /* text and time are strings in the tile, double and int numbers */
};

/* Make a layer of a table with geometries in longitude and latitude. Rows that sf_feature_index_new leaves unplaced are
   in no tile. SF_ETYPE, SF_ERANGE for more than 2^32 points or bytes of values, SF_ENOMEM. */
enum sf_code sf_vector_layer_new (const char *name, const struct sf_table *table, struct sf_vector_layer **ret,
                                  struct sf_error *err);
/* One more holder of the same layer, which each gives back with free; any thread. */
struct sf_vector_layer *sf_vector_layer_ref (struct sf_vector_layer *layer);
void sf_vector_layer_free (struct sf_vector_layer *layer);

const char *sf_vector_layer_name (const struct sf_vector_layer *layer);
const struct sf_feature_index *sf_vector_layer_index (const struct sf_vector_layer *layer);
size_t sf_vector_layer_attributes (const struct sf_vector_layer *layer,
                                   const struct sf_vector_attribute **ret_attributes);
/* The attribute of thinned points that says how many a point stands for: "count", or "point_count" where a column has
   that name. */
const char *sf_vector_layer_count_key (const struct sf_vector_layer *layer);

struct sf_vector_tile
{
  enum sf_tile_set set;
  int z, x, y;
  const char *const *columns; /* attributes to include, by name; NULL: all */
  size_t columns_count;
};

/* Append the tile with count layers to *out; nothing is appended for a tile without any feature, and layers without
   one are left out of it.
   Geometry: longitudes beyond +-180 also stand one turn on; ends of edges are moved to the set, edges between them are
   straight in it. Lines and rings deviate at most half a unit by generalisation, then corners are rounded to whole units.
   Polygons are valid in OGC's sense, outer rings first and of positive area; rings of one feature count by the even-odd
   rule. (Rings that cross each other tens of thousands of times in one tile are rounded to coarser units.)
   Points: with more than SF_VECTOR_TILE_POINTS in the tile, each cell shows its first row, whose attribute
   sf_vector_layer_count_key says how many rows of the cell it stands for; a row of many points counts by its first.
   Attributes: texts as string (invalid UTF-8 replaced by U+FFFD), doubles as float where that is exact, else double;
   ints as sint, times as string in ISO 8601 UTC. Missing values are left out. The id is the row + 1.
   SF_ERANGE for a level or tile outside of the set, SF_ENOTFOUND for a column that no layer has, SF_ENOMEM. */
enum sf_code sf_vector_tile_encode (const struct sf_vector_layer *const *layers, size_t count,
                                    const struct sf_vector_tile *tile, struct sf_strbuf *out, struct sf_error *err);

#endif
