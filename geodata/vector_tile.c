/* SPDX-License-Identifier: Apache-2.0 */
/* Mapbox Vector Tile 2.1 (github.com/mapbox/vector-tile-spec), its protobuf messages written by hand. */
#include "geodata/vector_tile_private.h"

#include <math.h>
#include <string.h>

/* Tags: field number * 8 + wire type. */
enum
{
  TAG_TILE_LAYER = 3 << 3 | 2,
  TAG_LAYER_NAME = 1 << 3 | 2,
  TAG_LAYER_FEATURE = 2 << 3 | 2,
  TAG_LAYER_KEY = 3 << 3 | 2,
  TAG_LAYER_VALUE = 4 << 3 | 2,
  TAG_LAYER_EXTENT = 5 << 3,
  TAG_LAYER_VERSION = 15 << 3,
  TAG_FEATURE_ID = 1 << 3,
  TAG_FEATURE_TAGS = 2 << 3 | 2,
  TAG_FEATURE_TYPE = 3 << 3,
  TAG_FEATURE_GEOMETRY = 4 << 3 | 2,
  TAG_VALUE_SINT = 6 << 3
};

enum
{
  MOVE_TO = 1,
  LINE_TO = 2,
  CLOSE_PATH = 7
};

enum
{
  VARINT_BYTES = 10,
  TURNS = 3,
  /* Cells of the lattice of thinned points, a side, with those of the buffer. */
  LATTICE = (SF_VECTOR_TILE_EXTENT + 2 * SF_VECTOR_TILE_BUFFER) / SF_VECTOR_TILE_CELL + 1,
  SMALL_COUNTS = 1024
};
#define NO_CELL SIZE_MAX
_Static_assert(SF_VECTOR_TILE_EXTENT % SF_VECTOR_TILE_CELL == 0 && SF_VECTOR_TILE_BUFFER % SF_VECTOR_TILE_CELL == 0,
               "neighbouring tiles thin out alike only if the lattice goes on across the edge");

/* Bytes that grow by room, then are written without a look. */
struct bytes
{
  uint8_t *at;
  size_t length, capacity;
};

static inline bool
room (struct bytes *bytes, size_t length)
{
  return bytes->length + length <= bytes->capacity
         || sf_mem_grow ((void **) &bytes->at, &bytes->capacity, bytes->length + length, 1) == 0;
}

static inline uint8_t *
put_varint (uint8_t *at, uint64_t value)
{
  for (; value > 127; value >>= 7)
    *at++ = (uint8_t) (value | 128);
  *at++ = (uint8_t) value;
  return at;
}

static inline uint64_t
zigzag (int64_t value)
{
  return (uint64_t) value << 1 ^ (value < 0 ? UINT64_MAX : 0);
}

static inline bool
put_bytes (struct bytes *bytes, const void *from, size_t length)
{
  if (!room (bytes, length))
    return false;
  if (length)
    memcpy (bytes->at + bytes->length, from, length);
  bytes->length += length;
  return true;
}

/* A field of a tag and a length-delimited value. */
static bool
put_field (struct bytes *bytes, unsigned tag, const void *from, size_t length)
{
  if (!room (bytes, length + 2 * VARINT_BYTES))
    return false;
  uint8_t *end = put_varint (put_varint (bytes->at + bytes->length, tag), length);
  bytes->length = (size_t) (end - bytes->at);
  return put_bytes (bytes, from, length);
}

/* One layer of one tile on its way. */
struct encoder
{
  const struct sf_vector_layer *layer;
  struct sf_tile_frame frames[TURNS];
  int turns;
  struct bytes features, feature, geometry, values, keys;
  uint64_t *slots; /* bits of those whose bounds meet the tile */
  size_t found;
  uint32_t *columns, *key_of; /* the columns wanted, and each one's key + 1 */
  size_t columns_count;
  uint32_t keys_count, values_count;
  uint32_t *local;       /* a shared value's place in the tile + 1 */
  uint32_t *small_count; /* the same for counts of thinned points below SMALL_COUNTS */
  uint32_t count_key;
  struct sf_tile_work work;
};

static void
encoder_finish (struct encoder *e)
{
  sf_mem_free (e->features.at);
  sf_mem_free (e->feature.at);
  sf_mem_free (e->geometry.at);
  sf_mem_free (e->values.at);
  sf_mem_free (e->keys.at);
  sf_mem_free (e->slots);
  sf_mem_free (e->columns);
  sf_mem_free (e->key_of);
  sf_mem_free (e->local);
  sf_mem_free (e->small_count);
  sf_tile_work_finish (&e->work);
}

static bool
is_wanted (const struct sf_vector_tile *tile, const char *column)
{
  for (size_t i = 0; tile->columns && i < tile->columns_count; i++)
    if (strcmp (tile->columns[i], column) == 0)
      return true;
  return !tile->columns;
}

static bool
encoder_init (struct encoder *e, const struct sf_vector_layer *layer, const struct sf_vector_tile *tile)
{
  e->layer = layer;
  e->slots = sf_mem_calloc ((layer->rows + 63) / 64, sizeof *e->slots);
  e->columns = sf_mem_alloc (layer->columns_count * sizeof *e->columns);
  e->key_of = sf_mem_calloc (layer->columns_count, sizeof *e->key_of);
  e->local = sf_mem_calloc ((size_t) layer->values.shared + 1, sizeof *e->local);
  if (!e->slots || !e->columns || !e->key_of || !e->local)
    return false;
  for (uint32_t c = 0; c < layer->columns_count; c++)
    if (is_wanted (tile, layer->columns[c].name))
      e->columns[e->columns_count++] = c;
  return true;
}

static bool
add_key (struct encoder *e, const char *name, uint32_t *ret_key)
{
  *ret_key = ++e->keys_count;
  return put_field (&e->keys, TAG_LAYER_KEY, name, strlen (name));
}

/* The place of a value in the tile; false when memory is out. */
static inline bool
place_value (struct encoder *e, uint32_t value, uint32_t *ret_place)
{
  const struct sf_tile_values *values = &e->layer->values;
  if (value <= values->shared && e->local[value])
    {
      *ret_place = e->local[value] - 1;
      return true;
    }
  const struct sf_tile_value *at = &values->at[value];
  *ret_place = e->values_count++;
  if (value <= values->shared)
    e->local[value] = e->values_count;
  return put_bytes (&e->values, values->bytes + at->offset, at->length);
}

static bool
place_count (struct encoder *e, uint32_t count, uint32_t *ret_place)
{
  uint8_t message[2 * VARINT_BYTES];
  if (!e->small_count && !(e->small_count = sf_mem_calloc (SMALL_COUNTS, sizeof *e->small_count)))
    return false;
  if (count < SMALL_COUNTS && e->small_count[count])
    {
      *ret_place = e->small_count[count] - 1;
      return true;
    }
  *ret_place = e->values_count++;
  if (count < SMALL_COUNTS)
    e->small_count[count] = e->values_count;
  size_t length = (size_t) (put_varint (put_varint (message, TAG_VALUE_SINT), zigzag (count)) - message);
  return put_field (&e->values, TAG_LAYER_VALUE, message, length);
}

/* Write the pairs of key and value of a slot at `at`; NULL when memory is out. */
static uint8_t *
put_tags (struct encoder *e, size_t slot, uint32_t stands_for, uint8_t *at)
{
  const uint32_t *cells = e->layer->values.value_of + slot * e->layer->columns_count;
  uint32_t place;
  for (size_t i = 0; i < e->columns_count; i++)
    {
      uint32_t c = e->columns[i];
      if (cells[c] == 0)
        continue;
      if ((!e->key_of[c] && !add_key (e, e->layer->columns[c].name, &e->key_of[c]))
          || !place_value (e, cells[c], &place))
        return NULL;
      at = put_varint (put_varint (at, e->key_of[c] - 1), place);
    }
  if (stands_for == 0)
    return at;
  if ((!e->count_key && !add_key (e, e->layer->count_key, &e->count_key)) || !place_count (e, stands_for, &place))
    return NULL;
  return put_varint (put_varint (at, e->count_key - 1), place);
}

/* Put the length of what was written from one byte after `at` to end there; moves it when one byte is too few. */
static uint8_t *
close_length (uint8_t *at, const uint8_t *end)
{
  size_t length = (size_t) (end - at - 1), bytes = 1;
  for (size_t rest = length >> 7; rest; rest >>= 7)
    bytes++;
  if (bytes > 1)
    memmove (at + bytes, at + 1, length);
  put_varint (at, length);
  return at + bytes + length;
}

/* Add a feature whose geometry is written; stands_for 0: not thinned. */
static bool
add_feature (struct encoder *e, size_t slot, enum sf_geometry_kind type, uint32_t stands_for)
{
  size_t geometry = e->geometry.length;
  if (!room (&e->features, geometry + (2 * e->columns_count + 16) * VARINT_BYTES))
    return false;
  uint8_t *begin = e->features.at + e->features.length, *body = begin + 1;
  *begin = TAG_LAYER_FEATURE;
  uint8_t *at = put_varint (body + 1, TAG_FEATURE_ID);
  at = put_varint (at, (uint64_t) e->layer->row_of[slot] + 1);
  uint8_t *tags = at + 1;
  *at = TAG_FEATURE_TAGS;
  uint8_t *end = put_tags (e, slot, stands_for, tags + 1);
  if (!end)
    return false;
  if (end > tags + 1)
    at = close_length (tags, end);
  at = put_varint (put_varint (at, TAG_FEATURE_TYPE), type);
  at = put_varint (put_varint (at, TAG_FEATURE_GEOMETRY), geometry);
  memcpy (at, e->geometry.at, geometry);
  e->features.length = (size_t) (close_length (body, at + geometry) - e->features.at);
  return true;
}

/* Commands of a geometry; the cursor is where the last one ended. */
struct pen
{
  uint8_t *at;
  int32_t x, y;
};

static inline void
pen_command (struct pen *pen, unsigned command, size_t count)
{
  pen->at = put_varint (pen->at, command | count << 3);
}

static inline void
pen_point (struct pen *pen, int32_t x, int32_t y)
{
  pen->at = put_varint (put_varint (pen->at, zigzag (x - pen->x)), zigzag (y - pen->y));
  pen->x = x;
  pen->y = y;
}

/* Write the parts of the shape as lines or rings, or all its points as one. */
static bool
draw (struct encoder *e, enum sf_geometry_kind type)
{
  const struct sf_tile_shape *shape = &e->work.shape;
  e->geometry.length = 0;
  if (!room (&e->geometry, 2 * VARINT_BYTES * (shape->points + 2 * shape->parts + 1)))
    return false;
  struct pen pen = { .at = e->geometry.at };
  size_t i = 0;
  for (size_t part = 0; part < shape->parts; part++)
    {
      size_t end = shape->ends[part], moved = type == SF_GEOMETRY_POINT ? end : i + 1;
      pen_command (&pen, MOVE_TO, moved - i);
      for (; i < moved; i++)
        pen_point (&pen, shape->xy[2 * i], shape->xy[2 * i + 1]);
      if (i < end)
        pen_command (&pen, LINE_TO, end - i);
      for (; i < end; i++)
        pen_point (&pen, shape->xy[2 * i], shape->xy[2 * i + 1]);
      if (type == SF_GEOMETRY_POLYGON)
        pen_command (&pen, CLOSE_PATH, 1);
    }
  e->geometry.length = (size_t) (pen.at - e->geometry.at);
  return true;
}

static bool
clip (struct encoder *e, size_t slot, enum sf_geometry_kind kind)
{
  struct sf_tile_work *work = &e->work;
  work->drawn.points = work->drawn.parts = 0;
  for (int turn = 0; turn < e->turns; turn++)
    if (kind == SF_GEOMETRY_LINE ? !sf_tile_clip_lines (e->layer, slot, &e->frames[turn], work)
                                 : !sf_tile_clip_rings (e->layer, slot, &e->frames[turn], work))
      return false;
  return kind == SF_GEOMETRY_LINE || work->drawn.parts == 0 || sf_tile_polygons (work);
}

/* Add the points of a slot that are in the buffered tile, as one part. */
static bool
place_points (struct encoder *e, size_t slot)
{
  const double low = -SF_VECTOR_TILE_BUFFER - 0.5, high = SF_VECTOR_TILE_EXTENT + SF_VECTOR_TILE_BUFFER + 0.5;
  const struct sf_vector_layer *layer = e->layer;
  uint32_t first = layer->first_point[layer->first_part[slot]], end = layer->first_point[layer->first_part[slot + 1]];
  for (int turn = 0; turn < e->turns; turn++)
    {
      const struct sf_tile_frame *frame = &e->frames[turn];
      for (uint32_t i = first; i < end; i++)
        {
          double x = (layer->x[i] + frame->turns) * frame->scale - frame->left;
          double y = layer->planes[frame->set].y[i] * frame->scale - frame->top;
          if (x >= low && x < high && y >= low && y < high
              && !sf_tile_shape_add (&e->work.shape, (int) floor (x + 0.5), (int) floor (y + 0.5)))
            return false;
        }
    }
  return sf_tile_shape_end (&e->work.shape, 1);
}

static bool
add_slot (struct encoder *e, size_t slot, uint32_t stands_for)
{
  enum sf_geometry_kind kind = (enum sf_geometry_kind) e->layer->kinds[slot];
  struct sf_tile_shape *shape = &e->work.shape;
  shape->points = shape->parts = 0;
  if (kind == SF_GEOMETRY_NONE || !(kind == SF_GEOMETRY_POINT ? place_points (e, slot) : clip (e, slot, kind)))
    return kind == SF_GEOMETRY_NONE;
  if (shape->parts == 0)
    return true;
  return draw (e, kind) && add_feature (e, slot, kind, stands_for);
}

/* Call add for every slot that is marked, in order, until it says false. */
static bool
each_slot (struct encoder *e, bool (*add) (struct encoder *, size_t slot, void *), void *context)
{
  for (size_t word = 0; word < (e->layer->rows + 63) / 64; word++)
    for (uint64_t left = e->slots[word]; left; left &= left - 1)
      if (!add (e, word * 64 + (size_t) __builtin_ctzll (left), context))
        return false;
  return true;
}

static bool
add_plain (struct encoder *e, size_t slot, void *context)
{
  (void) context;
  return add_slot (e, slot, 0);
}

/* The slot of the first row of each cell, and how many rows have their first point there. */
struct lattice
{
  uint32_t first[LATTICE * LATTICE], rows[LATTICE * LATTICE];
};

static bool
is_point (const struct encoder *e, size_t slot)
{
  return e->layer->kinds[slot] == SF_GEOMETRY_POINT;
}

/* The cell of the first point that a slot has in the tile; NO_CELL when it has none. False when memory is out. */
static bool
find_cell (struct encoder *e, size_t slot, size_t *ret_cell)
{
  struct sf_tile_shape *shape = &e->work.shape;
  shape->points = shape->parts = 0;
  *ret_cell = NO_CELL;
  if (!is_point (e, slot))
    return true;
  if (!place_points (e, slot))
    return false;
  if (shape->points)
    *ret_cell = (size_t) (shape->xy[1] + SF_VECTOR_TILE_BUFFER) / SF_VECTOR_TILE_CELL * LATTICE
                + (size_t) (shape->xy[0] + SF_VECTOR_TILE_BUFFER) / SF_VECTOR_TILE_CELL;
  return true;
}

static bool
count_in_cell (struct encoder *e, size_t slot, void *context)
{
  struct lattice *lattice = context;
  size_t cell;
  if (!find_cell (e, slot, &cell))
    return false;
  if (cell == NO_CELL)
    return true;
  if (lattice->rows[cell]++ == 0 || e->layer->row_of[slot] < e->layer->row_of[lattice->first[cell]])
    lattice->first[cell] = (uint32_t) slot;
  return true;
}

static bool
add_thinned (struct encoder *e, size_t slot, void *context)
{
  const struct lattice *lattice = context;
  size_t cell;
  if (!is_point (e, slot))
    return add_slot (e, slot, 0);
  if (!find_cell (e, slot, &cell))
    return false;
  return cell == NO_CELL || lattice->first[cell] != slot || add_slot (e, slot, lattice->rows[cell]);
}

static bool
count_points (struct encoder *e, size_t slot, void *context)
{
  size_t *points = context;
  *points += is_point (e, slot);
  return true;
}

static bool
add_slots (struct encoder *e)
{
  size_t points = 0;
  each_slot (e, count_points, &points);
  if (points <= SF_VECTOR_TILE_POINTS)
    return each_slot (e, add_plain, NULL);
  struct lattice *lattice = sf_mem_calloc (1, sizeof *lattice);
  bool done = lattice && each_slot (e, count_in_cell, lattice) && each_slot (e, add_thinned, lattice);
  sf_mem_free (lattice);
  return done;
}

static double
lat_deg (enum sf_tile_set set, double world)
{
  return set == SF_TILE_SET_C ? 90 - world * 360 : sf_mercator_lat_deg ((0.5 - world) * 2 * sf_mercator_x_m (180));
}

static bool
mark_slot (void *context, size_t row)
{
  struct encoder *e = context;
  uint32_t slot = e->layer->slot_of[row];
  e->slots[slot / 64] |= (uint64_t) 1 << slot % 64;
  e->found++;
  return true;
}

/* Mark the slots whose bounds meet the buffered tile, where they are and one turn of the world east and west. */
static void
find_slots (struct encoder *e, const struct sf_vector_tile *tile)
{
  /* With what rounds to the edge of the buffer. */
  double columns = ldexp (1, tile->z), buffer = (SF_VECTOR_TILE_BUFFER + 0.5) / SF_VECTOR_TILE_EXTENT;
  /* So little more that rounding of doubles loses no point on the edge. */
  const double slack_deg = 1e-9;
  double west = (tile->x - buffer) / columns * 360 - 180, east = (tile->x + 1 + buffer) / columns * 360 - 180;
  double north = lat_deg (tile->set, (tile->y - buffer) / columns);
  double south = lat_deg (tile->set, (tile->y + 1 + buffer) / columns);
  for (int turns = -1; turns <= 1; turns++)
    {
      struct sf_bounds box
          = { west - 360 * turns - slack_deg, south - slack_deg, east - 360 * turns + slack_deg, north + slack_deg };
      size_t before = e->found;
      sf_feature_index_query (e->layer->index, &box, mark_slot, e);
      if (e->found > before)
        e->frames[e->turns++] = (struct sf_tile_frame){ .set = tile->set,
                                                        .z = tile->z,
                                                        .scale = columns * SF_VECTOR_TILE_EXTENT,
                                                        .left = (double) tile->x * SF_VECTOR_TILE_EXTENT,
                                                        .top = (double) tile->y * SF_VECTOR_TILE_EXTENT,
                                                        .turns = turns };
    }
}

static bool
put_layer (struct encoder *e, struct sf_strbuf *out)
{
  struct bytes head = { 0 };
  uint8_t tail[4 * VARINT_BYTES];
  uint8_t *end = put_varint (put_varint (tail, TAG_LAYER_EXTENT), SF_VECTOR_TILE_EXTENT);
  end = put_varint (put_varint (end, TAG_LAYER_VERSION), 2);
  size_t tail_length = (size_t) (end - tail);
  bool done = put_field (&head, TAG_LAYER_NAME, e->layer->name, strlen (e->layer->name));
  size_t length = head.length + e->features.length + e->keys.length + e->values.length + tail_length;
  uint8_t start[2 * VARINT_BYTES];
  end = put_varint (put_varint (start, TAG_TILE_LAYER), length);
  sf_strbuf_add_bytes (out, start, (size_t) (end - start));
  sf_strbuf_add_bytes (out, head.at, head.length);
  sf_strbuf_add_bytes (out, e->features.at, e->features.length);
  sf_strbuf_add_bytes (out, e->keys.at, e->keys.length);
  sf_strbuf_add_bytes (out, e->values.at, e->values.length);
  sf_strbuf_add_bytes (out, tail, tail_length);
  sf_mem_free (head.at);
  return done && !out->failed;
}

static bool
encode_layer (const struct sf_vector_layer *layer, const struct sf_vector_tile *tile, struct sf_strbuf *out)
{
  struct encoder e = { 0 };
  bool done = encoder_init (&e, layer, tile);
  if (done)
    find_slots (&e, tile);
  done = done && (e.turns == 0 || add_slots (&e));
  done = done && (e.features.length == 0 || put_layer (&e, out));
  encoder_finish (&e);
  return done;
}

static enum sf_code
check_columns (const struct sf_vector_layer *const *layers, size_t count, const struct sf_vector_tile *tile,
               struct sf_error *err)
{
  for (size_t i = 0; tile->columns && i < tile->columns_count; i++)
    {
      bool found = false;
      for (size_t l = 0; l < count; l++)
        for (size_t c = 0; c < layers[l]->columns_count; c++)
          found |= strcmp (layers[l]->columns[c].name, tile->columns[i]) == 0;
      if (!found)
        return sf_fail (err, SF_ENOTFOUND, "vector tile: no layer has a column %s", tile->columns[i]);
    }
  return SF_OK;
}

enum sf_code
sf_vector_tile_encode (const struct sf_vector_layer *const *layers, size_t count, const struct sf_vector_tile *tile,
                       struct sf_strbuf *out, struct sf_error *err)
{
  struct sf_tile_matrix matrix;
  SF_TRY (sf_tile_matrix_get (tile->set, tile->z, &matrix, err));
  if (tile->x < 0 || tile->x >= matrix.columns || tile->y < 0 || tile->y >= matrix.rows)
    return sf_fail (err, SF_ERANGE, "vector tile: %d/%d/%d is outside of set %s", tile->z, tile->x, tile->y,
                    sf_tile_set_name (tile->set));
  SF_TRY (check_columns (layers, count, tile, err));
  size_t before = out->length;
  for (size_t i = 0; i < count; i++)
    if (!encode_layer (layers[i], tile, out))
      {
        out->length = before;
        return sf_fail (err, SF_ENOMEM, "out of memory for tile %d/%d/%d of vector layer %s", tile->z, tile->x, tile->y,
                        layers[i]->name);
      }
  return SF_OK;
}
