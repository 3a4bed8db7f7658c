/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/vector_tile_private.h"

#include <math.h>
#include <string.h>

struct order
{
  struct sf_vector_layer *layer;
  uint32_t next;
};

static bool
take_slot (void *context, size_t row)
{
  struct order *order = context;
  order->layer->row_of[order->next] = (uint32_t) row;
  order->layer->slot_of[row] = order->next++;
  return true;
}

static bool
is_many_points (const struct sf_table *table)
{
  for (size_t row = 0; row < table->rows; row++)
    if (table->geometries[row] && table->geometries[row]->kind != SF_GEOMETRY_POINT)
      return false;
  return table->rows > SF_VECTOR_TILE_POINTS;
}

/* Give every row a slot. */
static enum sf_code
lay_slots (struct sf_vector_layer *layer, const struct sf_table *table, struct sf_error *err)
{
  const struct sf_bounds all = { -INFINITY, -INFINITY, INFINITY, INFINITY };
  struct order order = { .layer = layer };
  layer->row_of = sf_arena_alloc (&layer->arena, layer->rows * sizeof *layer->row_of);
  layer->slot_of = sf_arena_alloc (&layer->arena, layer->rows * sizeof *layer->slot_of);
  if (!layer->row_of || !layer->slot_of)
    return sf_fail (err, SF_ENOMEM, "out of memory for vector layer %s", layer->name);
  memset (layer->slot_of, 0xff, layer->rows * sizeof *layer->slot_of);
  if (is_many_points (table))
    sf_feature_index_query (layer->index, &all, take_slot, &order);
  for (size_t row = 0; row < layer->rows; row++)
    if (layer->slot_of[row] == UINT32_MAX)
      take_slot (&order, row);
  return SF_OK;
}

static enum sf_code
fill (struct sf_vector_layer *layer, const char *name, const struct sf_table *table, struct sf_error *err)
{
  layer->name = sf_arena_strdup (&layer->arena, name);
  layer->rows = table->rows;
  layer->columns_count = table->columns_count;
  layer->columns = sf_arena_alloc (&layer->arena, table->columns_count * sizeof *layer->columns);
  if (!layer->name || !layer->columns)
    return sf_fail (err, SF_ENOMEM, "out of memory for vector layer %s", name);
  layer->count_key = "count";
  for (size_t c = 0; c < table->columns_count; c++)
    {
      const struct sf_column_spec *spec = table->columns[c].spec;
      layer->columns[c]
          = (struct sf_vector_attribute){ sf_arena_strdup (&layer->arena, spec->name), spec->quantity->type };
      if (!layer->columns[c].name)
        return sf_fail (err, SF_ENOMEM, "out of memory for vector layer %s", name);
      if (strcmp (spec->name, "count") == 0)
        layer->count_key = "point_count";
    }
  SF_TRY (sf_feature_index_new (table, &layer->index, err));
  SF_TRY (lay_slots (layer, table, err));
  SF_TRY (sf_tile_planes_make (layer, table, err));
  return sf_tile_values_make (layer, table, err);
}

enum sf_code
sf_vector_layer_new (const char *name, const struct sf_table *table, struct sf_vector_layer **ret, struct sf_error *err)
{
  struct sf_vector_layer *layer = sf_mem_calloc (1, sizeof *layer);
  if (!layer)
    return sf_fail (err, SF_ENOMEM, "out of memory for vector layer %s", name);
  atomic_init (&layer->references, 1);
  enum sf_code code = fill (layer, name, table, err);
  if (code == SF_OK)
    *ret = layer;
  else
    sf_vector_layer_free (layer);
  return code;
}

struct sf_vector_layer *
sf_vector_layer_ref (struct sf_vector_layer *layer)
{
  atomic_fetch_add_explicit (&layer->references, 1, memory_order_relaxed);
  return layer;
}

void
sf_vector_layer_free (struct sf_vector_layer *layer)
{
  if (!layer || atomic_fetch_sub_explicit (&layer->references, 1, memory_order_acq_rel) != 1)
    return;
  sf_tile_values_finish (&layer->values);
  sf_feature_index_free (layer->index);
  sf_arena_finish (&layer->arena);
  sf_mem_free (layer);
}

const char *
sf_vector_layer_name (const struct sf_vector_layer *layer)
{
  return layer->name;
}

const struct sf_feature_index *
sf_vector_layer_index (const struct sf_vector_layer *layer)
{
  return layer->index;
}

size_t
sf_vector_layer_attributes (const struct sf_vector_layer *layer, const struct sf_vector_attribute **ret_attributes)
{
  *ret_attributes = layer->columns;
  return layer->columns_count;
}

const char *
sf_vector_layer_count_key (const struct sf_vector_layer *layer)
{
  return layer->count_key;
}
