/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/text.h"
#include "core/base/time.h"
#include "geodata/vector_tile_private.h"

#include <math.h>
#include <string.h>

/* Tags of the messages Value and Layer.values. */
enum
{
  TAG_STRING = 0x0a,
  TAG_FLOAT = 0x15,
  TAG_DOUBLE = 0x19,
  TAG_SINT = 0x30,
  TAG_LAYER_VALUE = 0x22
};

/* A set of values on the way: open addressing by hash. */
struct maker
{
  struct sf_tile_values *values;
  struct sf_strbuf bytes, message, entry; /* of all values; of this one, without and with its head */
  size_t at_capacity, uses_capacity, hashes_capacity;
  uint32_t *uses, *hashes; /* of a value, from 1 */
  uint32_t *slots;
  size_t slots_count; /* a power of two */
};

static uint32_t
hash_of (const char *bytes, size_t length)
{
  const uint64_t factor = 0x9e3779b97f4a7c15u;
  uint64_t hash = length * factor;
  for (size_t i = 0; i < length; i += 8)
    {
      uint64_t word = 0;
      memcpy (&word, bytes + i, length - i < 8 ? length - i : 8);
      hash = (hash ^ word) * factor;
      hash ^= hash >> 32;
    }
  return (uint32_t) hash;
}

static void
add_varint (struct sf_strbuf *buf, uint64_t value)
{
  uint8_t bytes[10];
  size_t n = 0;
  for (; value > 127; value >>= 7)
    bytes[n++] = (uint8_t) (value | 128);
  bytes[n++] = (uint8_t) value;
  sf_strbuf_add_bytes (buf, bytes, n);
}

static void
add_text (struct sf_strbuf *cell, const char *text)
{
  struct sf_strbuf valid = { 0 };
  const uint8_t *rest = (const uint8_t *) text;
  size_t left = strlen (text), good;
  while ((good = sf_text_utf8_prefix (rest, left)) < left)
    {
      sf_strbuf_add_bytes (&valid, rest, good);
      sf_strbuf_add (&valid, "\xef\xbf\xbd");
      rest += good + 1;
      left -= good + 1;
    }
  add_varint (cell, TAG_STRING);
  add_varint (cell, valid.length + left);
  sf_strbuf_add_bytes (cell, valid.text, valid.length);
  sf_strbuf_add_bytes (cell, rest, left);
  cell->failed |= valid.failed;
  sf_strbuf_finish (&valid);
}

static void
add_number (struct sf_strbuf *cell, double value)
{
  float single = (float) value;
  bool exact = (double) single == value;
  add_varint (cell, exact ? TAG_FLOAT : TAG_DOUBLE);
  /* Little-endian by the format; so are the machines that the modules are built for. */
  if (exact)
    sf_strbuf_add_bytes (cell, &single, sizeof single);
  else
    sf_strbuf_add_bytes (cell, &value, sizeof value);
}
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "numbers are written as they stand in memory");

/* Write the message Value of a cell; nothing for a missing one. */
static void
write_cell (struct sf_strbuf *cell, const struct sf_column *column, size_t row)
{
  char time[SF_TIME_TEXT_BYTES];
  switch (column->spec->quantity->type)
    {
    case SF_COLUMN_TEXT:
      if (column->as.texts[row])
        add_text (cell, column->as.texts[row]);
      break;
    case SF_COLUMN_DOUBLE:
      if (!isnan (column->as.doubles[row]))
        add_number (cell, column->as.doubles[row]);
      break;
    case SF_COLUMN_INT:
      if (column->as.ints[row] == INT64_MIN)
        break;
      add_varint (cell, TAG_SINT);
      add_varint (cell, (uint64_t) column->as.ints[row] << 1 ^ (column->as.ints[row] < 0 ? UINT64_MAX : 0));
      break;
    case SF_COLUMN_TIME:
      /* "-" is what the missing, and times without a year of four digits, are written as. */
      if (strcmp (sf_time_format_utc (time, column->as.ints[row]), "-") != 0)
        add_text (cell, time);
      break;
    }
}

static bool
rehash (struct maker *maker)
{
  size_t count = maker->slots_count ? 2 * maker->slots_count : 1024;
  uint32_t *slots = sf_mem_calloc (count, sizeof *slots);
  if (!slots)
    return false;
  for (uint32_t value = 1; value <= maker->values->count; value++)
    {
      size_t slot = maker->hashes[value] & (count - 1);
      while (slots[slot])
        slot = (slot + 1) & (count - 1);
      slots[slot] = value;
    }
  sf_mem_free (maker->slots);
  maker->slots = slots;
  maker->slots_count = count;
  return true;
}

/* Add the value in maker->entry at the end; 0 when memory or numbers are out. */
static uint32_t
add_value (struct maker *maker, uint32_t hash)
{
  struct sf_tile_values *values = maker->values;
  uint32_t value = values->count + 1;
  if (value == UINT32_MAX || sf_mem_grow ((void **) &values->at, &maker->at_capacity, value + 1, sizeof *values->at) < 0
      || sf_mem_grow ((void **) &maker->uses, &maker->uses_capacity, value + 1, sizeof *maker->uses) < 0
      || sf_mem_grow ((void **) &maker->hashes, &maker->hashes_capacity, value + 1, sizeof *maker->hashes) < 0)
    return 0;
  size_t offset = maker->bytes.length;
  sf_strbuf_add_bytes (&maker->bytes, maker->entry.text, maker->entry.length);
  if (maker->bytes.failed || maker->bytes.length > UINT32_MAX)
    return 0;
  values->at[value] = (struct sf_tile_value){ (uint32_t) offset, (uint32_t) (maker->bytes.length - offset) };
  maker->uses[value] = 0;
  maker->hashes[value] = hash;
  values->count = value;
  return value;
}

static bool
is_value (const struct maker *maker, uint32_t value, uint32_t hash)
{
  const struct sf_tile_value *at = &maker->values->at[value];
  return maker->hashes[value] == hash && at->length == maker->entry.length
         && memcmp (maker->bytes.text + at->offset, maker->entry.text, at->length) == 0;
}

/* The number of the value in maker->entry, new or known; 0 when memory is out. */
static uint32_t
intern (struct maker *maker)
{
  uint32_t hash = hash_of (maker->entry.text, maker->entry.length);
  if (2 * (size_t) maker->values->count >= maker->slots_count && !rehash (maker))
    return 0;
  size_t slot = hash & (maker->slots_count - 1);
  while (maker->slots[slot] && !is_value (maker, maker->slots[slot], hash))
    slot = (slot + 1) & (maker->slots_count - 1);
  if (!maker->slots[slot])
    maker->slots[slot] = add_value (maker, hash);
  return maker->slots[slot];
}

/* The number of the value of a cell, 0 for a missing one; false when memory is out. */
static bool
cell_value (struct maker *maker, const struct sf_column *column, size_t row, uint32_t *ret_value)
{
  sf_strbuf_reset (&maker->message);
  sf_strbuf_reset (&maker->entry);
  write_cell (&maker->message, column, row);
  *ret_value = 0;
  if (maker->message.length == 0)
    return !maker->message.failed;
  add_varint (&maker->entry, TAG_LAYER_VALUE);
  add_varint (&maker->entry, maker->message.length);
  sf_strbuf_add_bytes (&maker->entry, maker->message.text, maker->message.length);
  if (maker->message.failed || maker->entry.failed)
    return false;
  *ret_value = intern (maker);
  return *ret_value != 0;
}

static bool
make_cells (struct maker *maker, const struct sf_vector_layer *layer, const struct sf_table *table)
{
  uint32_t *value = layer->values.value_of;
  for (size_t slot = 0; slot < layer->rows; slot++)
    for (size_t c = 0; c < table->columns_count; c++, value++)
      {
        if (!cell_value (maker, &table->columns[c], layer->row_of[slot], value))
          return false;
        if (*value)
          maker->uses[*value]++;
      }
  return true;
}

/* Number anew: values of several cells first, so that tiles look up only those. */
static bool
renumber (struct maker *maker, size_t cells)
{
  struct sf_tile_values *values = maker->values;
  struct sf_tile_value *at = sf_mem_alloc (((size_t) values->count + 1) * sizeof *at);
  uint32_t *number = maker->hashes, next = 1;
  if (!at || !number)
    {
      sf_mem_free (at);
      return values->count == 0;
    }
  for (int single = 0; single < 2; single++)
    {
      for (uint32_t value = 1; value <= values->count; value++)
        if ((maker->uses[value] == 1) == single)
          {
            at[next] = values->at[value];
            number[value] = next++;
          }
      if (!single)
        values->shared = next - 1;
    }
  for (size_t cell = 0; cell < cells; cell++)
    if (values->value_of[cell])
      values->value_of[cell] = number[values->value_of[cell]];
  sf_mem_free (values->at);
  values->at = at;
  return true;
}

enum sf_code
sf_tile_values_make (struct sf_vector_layer *layer, const struct sf_table *table, struct sf_error *err)
{
  struct sf_tile_values *values = &layer->values;
  struct maker maker = { .values = values };
  size_t cells = table->rows * table->columns_count;
  values->value_of = sf_mem_alloc (cells * sizeof *values->value_of);
  bool done = values->value_of && make_cells (&maker, layer, table) && renumber (&maker, cells);
  values->bytes = (uint8_t *) maker.bytes.text;
  bool too_many = maker.bytes.length > UINT32_MAX || values->count >= UINT32_MAX - 1;
  sf_mem_free (maker.uses);
  sf_mem_free (maker.hashes);
  sf_mem_free (maker.slots);
  sf_strbuf_finish (&maker.message);
  sf_strbuf_finish (&maker.entry);
  if (done)
    return SF_OK;
  sf_tile_values_finish (values);
  return too_many ? sf_fail (err, SF_ERANGE, "vector layer: the values of %zu rows are too many", table->rows)
                  : sf_fail (err, SF_ENOMEM, "out of memory for the values of %zu features", table->rows);
}

void
sf_tile_values_finish (struct sf_tile_values *values)
{
  sf_mem_free (values->value_of);
  sf_mem_free (values->at);
  sf_mem_free (values->bytes);
  *values = (struct sf_tile_values){ 0 };
}
