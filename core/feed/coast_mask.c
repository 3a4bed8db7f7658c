/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/coast_mask.h"

#include "core/base/file.h"

#include <math.h>
#include <string.h>

enum
{
  HEAD_BYTES = 8 + 3 * 8 + 2 * 4,
  FILE_BYTES_MAX = 64 << 20,
  SIDE_MAX = 65535
};

/* begins: of each row among the runs, one more at the end; ends: the column after each run. */
struct sf_coast_mask
{
  double west_deg, south_deg, step_deg;
  uint32_t columns, rows;
  uint32_t *begins;
  uint16_t *ends;
  uint8_t *sides;
};

static uint32_t
u32_at (const uint8_t *bytes)
{
  return (uint32_t) bytes[0] | (uint32_t) bytes[1] << 8 | (uint32_t) bytes[2] << 16 | (uint32_t) bytes[3] << 24;
}

static double
f64_at (const uint8_t *bytes)
{
  uint64_t bits = u32_at (bytes) | (uint64_t) u32_at (bytes + 4) << 32;
  double value;
  memcpy (&value, &bits, sizeof value);
  return value;
}

static bool
has_sound_head (const struct sf_coast_mask *mask)
{
  return mask->columns > 0 && mask->columns <= SIDE_MAX && mask->rows > 0 && mask->rows <= SIDE_MAX
         && mask->step_deg > 0 && mask->step_deg <= 1 && fabs (mask->west_deg) <= 180 && fabs (mask->south_deg) <= 90;
}

/* Fill a row's ends; false when its runs are not one row. */
static bool
take_row (struct sf_coast_mask *mask, uint32_t row, const uint8_t *runs)
{
  uint32_t column = 0;
  for (uint32_t i = mask->begins[row]; i < mask->begins[row + 1]; i++)
    {
      const uint8_t *run = runs + 4 * (size_t) i;
      column += (uint32_t) (run[0] | run[1] << 8);
      mask->sides[i] = run[2];
      if (column > mask->columns || run[2] > SF_COAST_LAND || run[3] != 0)
        return false;
      mask->ends[i] = (uint16_t) column;
    }
  return column == mask->columns;
}

static enum sf_code
take_runs (struct sf_arena *arena, struct sf_coast_mask *mask, const char *path, const uint8_t *bytes, size_t length,
           struct sf_error *err)
{
  size_t table = HEAD_BYTES + 4 * (size_t) mask->rows;
  uint64_t runs = 0;
  if (length < table)
    return sf_fail (err, SF_EFORMAT, "%s: ends within its table of rows", path);
  mask->begins = sf_arena_calloc (arena, (size_t) mask->rows + 1, sizeof *mask->begins);
  if (!mask->begins)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", path);
  for (uint32_t row = 0; row < mask->rows; row++)
    {
      runs += u32_at (bytes + HEAD_BYTES + 4 * (size_t) row);
      if (runs > FILE_BYTES_MAX)
        return sf_fail (err, SF_EFORMAT, "%s: row %u has too many runs", path, row);
      mask->begins[row + 1] = (uint32_t) runs;
    }
  if (length != table + 4 * (size_t) runs)
    return sf_fail (err, SF_EFORMAT, "%s: %zu bytes where its rows say %zu", path, length, table + 4 * (size_t) runs);
  mask->ends = sf_arena_calloc (arena, (size_t) runs + 1, sizeof *mask->ends);
  mask->sides = sf_arena_calloc (arena, (size_t) runs + 1, sizeof *mask->sides);
  if (!mask->ends || !mask->sides)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", path);
  for (uint32_t row = 0; row < mask->rows; row++)
    if (!take_row (mask, row, bytes + table))
      return sf_fail (err, SF_EFORMAT, "%s: the runs of row %u do not make a row", path, row);
  return SF_OK;
}

enum sf_code
sf_coast_mask_load (struct sf_arena *arena, const char *path, struct sf_coast_mask **ret_mask, struct sf_error *err)
{
  struct sf_arena file = { 0 };
  uint8_t *bytes = NULL;
  size_t length = 0;
  struct sf_coast_mask *mask = sf_arena_calloc (arena, 1, sizeof *mask);
  enum sf_code code = mask ? SF_OK : sf_fail (err, SF_ENOMEM, "%s: out of memory", path);
  if (code == SF_OK)
    code = sf_file_read (&file, path, FILE_BYTES_MAX, &bytes, &length, err);
  if (code == SF_OK && (length < HEAD_BYTES || memcmp (bytes, SF_COAST_MAGIC, 8) != 0))
    code = sf_fail (err, SF_EFORMAT, "%s: is no coast mask of this form", path);
  if (code == SF_OK)
    {
      *mask = (struct sf_coast_mask){ .west_deg = f64_at (bytes + 8),
                                      .south_deg = f64_at (bytes + 16),
                                      .step_deg = f64_at (bytes + 24),
                                      .columns = u32_at (bytes + 32),
                                      .rows = u32_at (bytes + 36) };
      if (!has_sound_head (mask))
        code = sf_fail (err, SF_EFORMAT, "%s: its head says %u x %u cells of %g degrees", path, mask->columns,
                        mask->rows, mask->step_deg);
    }
  if (code == SF_OK)
    code = take_runs (arena, mask, path, bytes, length, err);
  sf_arena_finish (&file);
  if (code == SF_OK)
    *ret_mask = mask;
  return code;
}

enum sf_coast_side
sf_coast_mask_at (const struct sf_coast_mask *mask, double lon_deg, double lat_deg)
{
  double x = floor ((lon_deg - mask->west_deg) / mask->step_deg);
  double y = floor ((lat_deg - mask->south_deg) / mask->step_deg);
  if (!(x >= 0 && x < mask->columns && y >= 0 && y < mask->rows))
    return SF_COAST_UNKNOWN;
  uint32_t low = mask->begins[(uint32_t) y], high = mask->begins[(uint32_t) y + 1] - 1;
  while (low < high)
    {
      uint32_t middle = (low + high) / 2;
      if (mask->ends[middle] > (uint32_t) x)
        high = middle;
      else
        low = middle + 1;
    }
  return (enum sf_coast_side) mask->sides[low];
}
