/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_PLUGINS_EXPORT_TILES_H
#define SF_PLUGINS_EXPORT_TILES_H

#include "core/base/json.h"
#include "core/base/sha256.h"
#include "core/plugin/plugin.h"
#include "geodata/painter.h"
#include "geodata/style.h"
#include "geodata/tile_matrix.h"

/* What the exporters of tile pyramids share: which tiles there are, painting them on all threads, and what is said of
   them. A pyramid is one layer in one tile matrix set; a layer is one band of a grid or one step of a cube in its style, or
   all features. */

/* The option table of all of them. */
extern const struct sf_option sf_tiles_options[];

/* What a format can hold, and what writes a pyramid into it. Sets that are not in it are refused in words where they are
   asked for; features that it does not take are left out. */
struct sf_pyramid;
struct sf_tiles_format
{
  bool sets[SF_TILE_SETS], takes_features;
  enum sf_code (*write) (const struct sf_pyramid *pyramid, struct sf_error *err);
};

/* Run an exporter of tiles: read the settings, find all pyramids, check them, then write each. Levels that are not there and
   more tiles than max_tiles are refused before anything is written. */
enum sf_code sf_tiles_write (const struct sf_host *host, const struct sf_export *job,
                             const struct sf_tiles_format *format, struct sf_error *err);

enum
{
  SF_TILE_LEVELS = 19 /* 0..18; the levels that a set does not have are empty */
};

/* The work of one run of an exporter. */
struct sf_tiles
{
  const struct sf_host *host;
  const struct sf_export *job;
  const struct sf_tiles_format *format;
  struct sf_styles *styles;
  const struct sf_style *style; /* for every grid; NULL: each dataset's default */
  struct sf_strbuf source_en;
  bool sets[SF_TILE_SETS], is_striped;
  int compression;
  struct sf_tiles_layer *layers;
  size_t layers_count, layers_capacity;
};

/* What a layer's tiles are made of. */
struct sf_tiles_layer;
struct sf_tiles_kind
{
  double margin_frac;  /* of a tile: how far what lies outside of a tile shows in it */
  bool is_vector;      /* Mapbox vector tiles, each packed by gzip; else PNG */
  const char *missing; /* what a tile means that is not there */
  enum sf_code (*paint) (const struct sf_tiles_layer *layer, enum sf_tile_set set, int z, int x, int y,
                         struct sf_strbuf *out, bool *ret_any, struct sf_error *err);
  void (*put_json) (const struct sf_tiles_layer *layer, struct sf_json *json); /* members of its own */
  /* Get ready to paint, in memory that lasts until close; both may be NULL. */
  enum sf_code (*open) (struct sf_tiles_layer *layer, struct sf_error *err);
  void (*close) (struct sf_tiles_layer *layer);
  void (*finish) (struct sf_tiles_layer *layer);
};

struct sf_tiles_layer
{
  const struct sf_tiles_kind *kind;
  struct sf_strbuf name, title_en, title_zh;
  struct sf_strbuf datasets; /* comma separated */
  struct sf_bounds bounds;   /* degrees */
  int min_zoom, max_zoom;
  int compression;
  bool is_striped;

  /* one band of a grid or one step of a cube */
  const struct sf_dataset *field;
  int band;
  const struct sf_style *style;
  double origin;        /* of sf_render_origin */
  struct sf_grid *step; /* its values; of a cube and while the layer is open */
  struct sf_painter *painter;

  /* features: a layer of the tiles each dataset */
  const struct sf_dataset **features;
  struct sf_vector_layer **vectors;
  size_t vectors_count;
};

/* Append a layer; the caller says what it is. NULL when memory is out. */
struct sf_tiles_layer *sf_tiles_add_layer (struct sf_tiles *work, const struct sf_tiles_kind *kind);
/* Add a layer for each wanted band of a grid or step of a cube (tiles_field.c), or one for all features of the job, if there
   are any (tiles_features.c). */
enum sf_code sf_tiles_add_field (struct sf_tiles *work, const struct sf_dataset *field, struct sf_error *err);
enum sf_code sf_tiles_add_features (struct sf_tiles *work, struct sf_error *err);
/* Set a layer's levels from the settings; natural is the highest one where none is set. */
enum sf_code sf_tiles_read_levels (const struct sf_tiles *work, struct sf_tiles_layer *layer, int natural,
                                   struct sf_error *err);

/* Append bytes packed by gzip, without a time in them. level 1..12 is libdeflate's. SF_ENOMEM. */
enum sf_code sf_tiles_gzip (const void *bytes, size_t length, int level, struct sf_strbuf *out, struct sf_error *err);
/* An object of a text in English and Chinese under a key. */
void sf_tiles_put_titles (struct sf_json *json, const char *key, const char *en, const char *zh);

enum sf_tile_order
{
  SF_TILE_ORDER_COLUMNS, /* level, column from the west, row from the south */
  SF_TILE_ORDER_HILBERT  /* rising sf_tile_id */
};

/* The position of a tile on the Hilbert curves of all levels one after the other (PMTiles 3, "TileId"): square levels of
   2^z x 2^z tiles. */
uint64_t sf_tile_id (int z, int x, int y);

struct sf_pyramid
{
  const struct sf_tiles *work;
  const struct sf_tiles_layer *layer;
  enum sf_tile_set set;
  struct sf_tile_range ranges[SF_TILE_LEVELS];
  int64_t possible; /* tiles of all ranges */
};

enum sf_code sf_pyramid_init (struct sf_pyramid *pyramid, const struct sf_tiles *work,
                              const struct sf_tiles_layer *layer, enum sf_tile_set set, struct sf_error *err);
/* The layer's edges in degrees, clipped to what the set covers; and the level to look at it first, where it is about a
   tile wide. */
struct sf_bounds sf_pyramid_bounds (const struct sf_pyramid *pyramid);
int sf_pyramid_first_zoom (const struct sf_pyramid *pyramid);

/* A pyramid's tiles one by one, in an order. */
struct sf_tile_cursor
{
  const struct sf_pyramid *pyramid;
  enum sf_tile_order order;
  int z, x, y;
  uint64_t next; /* on the curve of level z */
};

/* Zero-initialise and set pyramid and order, and z to -1. False at the end. */
bool sf_tile_cursor_next (struct sf_tile_cursor *cursor);

struct sf_tile
{
  int z, x, y;
  struct sf_strbuf bytes;
  struct sf_key key; /* of the bytes */
  bool any;          /* a pixel is not transparent, a feature is there */
};

typedef enum sf_code (*sf_tile_fn) (void *ctx, const struct sf_tile *tile, struct sf_error *err);

/* Paint a pyramid on all threads, in batches of a fixed size, so that memory does not grow with it, and hand each tile
   that shows anything to take, in order, in the calling thread; the tile is take's for the call.
   *ret_count is how many those were. Progress is logged every few seconds. SF_ECANCELLED when the host is. */
enum sf_code sf_pyramid_paint (const struct sf_pyramid *pyramid, enum sf_tile_order order, sf_tile_fn take, void *ctx,
                               int64_t *ret_count, struct sf_error *err);

/* Paint the first tile of a pyramid in an order, whether it shows anything or not: for formats that cannot be empty. SF_ERANGE when there
   is none. */
enum sf_code sf_pyramid_paint_first (const struct sf_pyramid *pyramid, enum sf_tile_order order, sf_tile_fn take,
                                     void *ctx, struct sf_error *err);

/* Append an object of TileJSON 3.0 members and of what TileJSON has no words for: set, titles, authority, time, datasets,
   style, legend. address is a template of tile addresses, NULL where the tiles lie in the same file. */
void sf_pyramid_put_json (const struct sf_pyramid *pyramid, const char *address, int64_t tiles, struct sf_strbuf *out);

#endif
