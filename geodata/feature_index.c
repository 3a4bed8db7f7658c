/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/feature_index.h"
#include "core/base/mem.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

enum
{
  NODE = 16,      /* children of a node */
  LEVELS_MAX = 9, /* 16^8 = 2^32 leaves, and the leaves themselves */
  HILBERT_BITS = 16
};

/* Boxes of level 0 are those of rows, in Hilbert order; box i of level l + 1 holds boxes 16 i .. 16 i + 15 of level l. */
struct sf_feature_index
{
  size_t rows, placed;
  int levels;
  size_t level_start[LEVELS_MAX + 1];
  struct sf_bounds *boxes;
  uint32_t *row_of;
};

struct item
{
  uint32_t code, row;
};

/* The place of a cell of a 2^16 x 2^16 square on the Hilbert curve. */
static uint32_t
hilbert_code (uint32_t x, uint32_t y)
{
  uint32_t code = 0;
  for (uint32_t side = 1u << (HILBERT_BITS - 1); side; side >>= 1)
    {
      uint32_t right = (x & side) != 0, up = (y & side) != 0;
      code = code << 2 | ((3 * right) ^ up);
      if (up)
        continue;
      if (right)
        {
          x = ~x;
          y = ~y;
        }
      uint32_t swap = x;
      x = y;
      y = swap;
    }
  return code;
}

static bool
bounds_of (const struct sf_geometry *geometry, struct sf_bounds *ret)
{
  if (!geometry || geometry->points == 0)
    return false;
  struct sf_bounds b = { INFINITY, INFINITY, -INFINITY, -INFINITY };
  for (size_t i = 0; i < geometry->points; i++)
    {
      double x = geometry->xy[2 * i], y = geometry->xy[2 * i + 1];
      if (!isfinite (x) || !isfinite (y))
        return false;
      b.min_x = x < b.min_x ? x : b.min_x;
      b.max_x = x > b.max_x ? x : b.max_x;
      b.min_y = y < b.min_y ? y : b.min_y;
      b.max_y = y > b.max_y ? y : b.max_y;
    }
  *ret = b;
  return true;
}

static void
extend (struct sf_bounds *box, const struct sf_bounds *by)
{
  box->min_x = by->min_x < box->min_x ? by->min_x : box->min_x;
  box->min_y = by->min_y < box->min_y ? by->min_y : box->min_y;
  box->max_x = by->max_x > box->max_x ? by->max_x : box->max_x;
  box->max_y = by->max_y > box->max_y ? by->max_y : box->max_y;
}

static uint32_t
hilbert_cell (double min, double max, double low, double per_unit)
{
  double cell = (min / 2 + max / 2 - low) * per_unit;
  const uint32_t last = (1u << HILBERT_BITS) - 1;
  return !(cell > 0) ? 0 : cell >= last ? last : (uint32_t) cell;
}

static double
cells_per_unit (double width)
{
  return width > 0 ? ((1u << HILBERT_BITS) - 1) / width : 0;
}

static void
set_codes (struct item *items, size_t count, const struct sf_bounds *boxes)
{
  struct sf_bounds all = { INFINITY, INFINITY, -INFINITY, -INFINITY };
  for (size_t i = 0; i < count; i++)
    extend (&all, &boxes[i]);
  double per_x = cells_per_unit (all.max_x - all.min_x), per_y = cells_per_unit (all.max_y - all.min_y);
  for (size_t i = 0; i < count; i++)
    items[i] = (struct item){ hilbert_code (hilbert_cell (boxes[i].min_x, boxes[i].max_x, all.min_x, per_x),
                                            hilbert_cell (boxes[i].min_y, boxes[i].max_y, all.min_y, per_y)),
                              (uint32_t) i };
}

/* Sort by code, equal codes in their order, in four passes of a byte; the result is in items again. */
static void
sort_items (struct item *items, struct item *spare, size_t count)
{
  for (int shift = 0; shift < 32; shift += 8)
    {
      size_t start[257] = { 0 };
      for (size_t i = 0; i < count; i++)
        start[1 + (items[i].code >> shift & 255)]++;
      for (int digit = 0; digit < 256; digit++)
        start[digit + 1] += start[digit];
      for (size_t i = 0; i < count; i++)
        spare[start[items[i].code >> shift & 255]++] = items[i];
      struct item *swap = items;
      items = spare;
      spare = swap;
    }
}

/* How many boxes all levels have over so many leaves; fills level_start. */
static size_t
lay_levels (struct sf_feature_index *index)
{
  size_t total = index->placed;
  index->levels = 1;
  for (size_t level = index->placed; level > 1; index->levels++)
    {
      level = (level + NODE - 1) / NODE;
      index->level_start[index->levels] = total;
      total += level;
    }
  index->level_start[index->levels] = total;
  return total;
}

static void
fill_levels (struct sf_feature_index *index)
{
  for (int level = 1; level < index->levels; level++)
    {
      size_t below = index->level_start[level - 1], here = index->level_start[level];
      for (size_t i = here; i < index->level_start[level + 1]; i++)
        {
          size_t first = below + (i - here) * NODE, last = first + NODE < here ? first + NODE : here;
          index->boxes[i] = index->boxes[first];
          for (size_t child = first + 1; child < last; child++)
            extend (&index->boxes[i], &index->boxes[child]);
        }
    }
}

/* Bounds of the rows that have any, one after another, with their rows; returns how many. */
static size_t
collect (const struct sf_table *table, struct sf_bounds *boxes, uint32_t *rows)
{
  size_t placed = 0;
  for (size_t row = 0; row < table->rows; row++)
    if (bounds_of (table->geometries[row], &boxes[placed]))
      rows[placed++] = (uint32_t) row;
  return placed;
}

static enum sf_code
build (struct sf_feature_index *index, const struct sf_table *table)
{
  size_t rows = table->rows;
  struct sf_bounds *boxes = sf_mem_alloc (rows * sizeof *boxes);
  uint32_t *row_of = sf_mem_alloc (rows * sizeof *row_of);
  struct item *items = sf_mem_alloc (2 * rows * sizeof *items);
  enum sf_code code = SF_ENOMEM;
  if (!boxes || !row_of || !items)
    goto out;
  index->rows = rows;
  index->placed = collect (table, boxes, row_of);
  size_t total = lay_levels (index);
  index->boxes = sf_mem_alloc (total * sizeof *index->boxes);
  index->row_of = sf_mem_alloc (index->placed * sizeof *index->row_of);
  if (!index->boxes || !index->row_of)
    goto out;
  set_codes (items, index->placed, boxes);
  sort_items (items, items + index->placed, index->placed);
  for (size_t i = 0; i < index->placed; i++)
    {
      index->boxes[i] = boxes[items[i].row];
      index->row_of[i] = row_of[items[i].row];
    }
  fill_levels (index);
  code = SF_OK;
out:
  sf_mem_free (items);
  sf_mem_free (row_of);
  sf_mem_free (boxes);
  return code;
}

enum sf_code
sf_feature_index_new (const struct sf_table *table, struct sf_feature_index **ret, struct sf_error *err)
{
  if (!table->geometries)
    return sf_fail (err, SF_ETYPE, "feature index: the table has no geometries");
  if (table->rows > UINT32_MAX)
    return sf_fail (err, SF_ERANGE, "feature index: %zu rows are too many", table->rows);
  struct sf_feature_index *index = sf_mem_calloc (1, sizeof *index);
  if (!index || build (index, table) != SF_OK)
    {
      sf_feature_index_free (index);
      return sf_fail (err, SF_ENOMEM, "out of memory for an index of %zu features", table->rows);
    }
  *ret = index;
  return SF_OK;
}

void
sf_feature_index_free (struct sf_feature_index *index)
{
  if (!index)
    return;
  sf_mem_free (index->boxes);
  sf_mem_free (index->row_of);
  sf_mem_free (index);
}

size_t
sf_feature_index_rows (const struct sf_feature_index *index)
{
  return index->rows;
}

size_t
sf_feature_index_unplaced (const struct sf_feature_index *index)
{
  return index->rows - index->placed;
}

bool
sf_feature_index_bounds (const struct sf_feature_index *index, struct sf_bounds *ret_bounds)
{
  if (index->placed == 0)
    return false;
  *ret_bounds = index->boxes[index->level_start[index->levels] - 1];
  return true;
}

static inline bool
meets (const struct sf_bounds *a, const struct sf_bounds *b)
{
  return a->min_x <= b->max_x && a->max_x >= b->min_x && a->min_y <= b->max_y && a->max_y >= b->min_y;
}

/* False when visit said so. The stack holds the children of one node a level at most. */
static bool
query_box (const struct sf_feature_index *index, const struct sf_bounds *box, bool (*visit) (void *, size_t),
           void *context)
{
  struct
  {
    int level;
    size_t i; /* within the level */
  } stack[LEVELS_MAX * NODE];
  int depth = 0;
  if (index->placed == 0 || !meets (&index->boxes[index->level_start[index->levels] - 1], box))
    return true;
  if (index->levels == 1)
    return visit (context, index->row_of[0]);
  stack[depth].level = index->levels - 1;
  stack[depth++].i = 0;
  while (depth)
    {
      int level = stack[--depth].level - 1;
      size_t start = index->level_start[level], count = index->level_start[level + 1] - start;
      size_t first = stack[depth].i * NODE, last = first + NODE < count ? first + NODE : count;
      for (size_t i = first; i < last; i++)
        {
          if (!meets (&index->boxes[start + i], box))
            continue;
          if (level > 0)
            {
              stack[depth].level = level;
              stack[depth++].i = i;
            }
          else if (!visit (context, index->row_of[i]))
            return false;
        }
    }
  return true;
}

void
sf_feature_index_query (const struct sf_feature_index *index, const struct sf_bounds *box,
                        bool (*visit) (void *context, size_t row), void *context)
{
  if (!(box->min_x > box->max_x))
    {
      query_box (index, box, visit, context);
      return;
    }
  struct sf_bounds east = *box, west = *box;
  east.max_x = 180;
  west.min_x = -180;
  bool go_on = !(east.min_x <= 180) || query_box (index, &east, visit, context);
  if (go_on && west.max_x >= -180)
    query_box (index, &west, visit, context);
}

struct mark
{
  uint64_t *bits;
  bool any;
};

static bool
mark_row (void *context, size_t row)
{
  struct mark *mark = context;
  mark->bits[row / 64] |= (uint64_t) 1 << row % 64;
  mark->any = true;
  return true;
}

bool
sf_feature_index_mark (const struct sf_feature_index *index, const struct sf_bounds *box, uint64_t *bits)
{
  struct mark mark = { .bits = bits };
  sf_feature_index_query (index, box, mark_row, &mark);
  return mark.any;
}

enum sf_code
sf_feature_index_select (const struct sf_feature_index *index, const struct sf_feature_page *page, size_t *rows,
                         size_t *ret_count, size_t *ret_matched, struct sf_error *err)
{
  size_t words = (index->rows + 63) / 64, matched = 0, count = 0;
  uint64_t *bits = sf_mem_calloc (words, sizeof *bits);
  if (!bits)
    return sf_fail (err, SF_ENOMEM, "out of memory for a page of %zu features", index->rows);
  sf_feature_index_mark (index, &page->box, bits);
  for (size_t word = 0; word < words; word++)
    for (uint64_t left = bits[word]; left; left &= left - 1)
      {
        size_t row = word * 64 + (size_t) __builtin_ctzll (left);
        if (page->accept && !page->accept (page->context, row))
          continue;
        if (matched++ >= page->skip && count < page->limit)
          rows[count++] = row;
      }
  sf_mem_free (bits);
  *ret_count = count;
  if (ret_matched)
    *ret_matched = matched;
  return SF_OK;
}
