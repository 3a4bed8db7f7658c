/* SPDX-License-Identifier: Apache-2.0 */
/* make_coast_mask COAST.gpkg VOCABULARY-FOLDER OUT.bin [WEST SOUTH EAST NORTH]

   The side of the coast for quality control (core/feed/coast_mask.h): cells of 0.005 degrees (some 550 m) of a box (105 3 120 23 by
   default) that are sea, land, or shore: within 2 km of the coast of make_coast, as well as cells tell. Lakes count as land. */
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/feed/coast_mask.h"
#include "geodata/polygon.h"
#include "geodata/vector.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEP_DEG 0.005
#define SHORE_KM 2.0
#define KM_PER_DEG 111.195 /* of latitude, on the sphere of 6371 km */

struct mask
{
  double west_deg, south_deg;
  int columns, rows;
  uint8_t *land, *coast, *sides; /* per cell, rows from the south */
};

static size_t
cell_at (const struct mask *mask, int column, int row)
{
  return (size_t) row * (size_t) mask->columns + (size_t) column;
}

/* Cells whose centre is on land. */
static enum sf_code
fill_row (struct mask *mask, const struct sf_polygon_index *index, int row, struct sf_error *err)
{
  struct sf_polygon_crossing *crossings = NULL;
  size_t count = 0, next = 0;
  double y = mask->south_deg + (row + 0.5) * STEP_DEG, width_deg = mask->columns * STEP_DEG;
  SF_TRY (sf_polygon_crossings (index, mask->west_deg, y, mask->west_deg + width_deg, y, &crossings, &count, err));
  bool inside = count ? !crossings[0].entering : sf_polygon_locate (index, mask->west_deg, y, NULL) != SF_SIDE_OUT;
  for (int column = 0; column < mask->columns; column++)
    {
      double t = (column + 0.5) / mask->columns;
      for (; next < count && crossings[next].t <= t; next++)
        inside = crossings[next].entering;
      mask->land[cell_at (mask, column, row)] = inside;
    }
  sf_mem_free (crossings);
  return SF_OK;
}

/* Cells that hold a corner of the coast, however small the island. */
static void
mark_corners (struct mask *mask, const struct sf_geometry *geometry)
{
  for (size_t i = 0; i < geometry->points; i++)
    {
      double column = floor ((geometry->xy[2 * i] - mask->west_deg) / STEP_DEG);
      double row = floor ((geometry->xy[2 * i + 1] - mask->south_deg) / STEP_DEG);
      if (column >= 0 && column < mask->columns && row >= 0 && row < mask->rows)
        mask->coast[cell_at (mask, (int) column, (int) row)] = 1;
    }
}

/* Cells beside others of the other side: between two corners far apart. */
static void
mark_edges (struct mask *mask)
{
  for (int row = 0; row < mask->rows; row++)
    for (int column = 0; column < mask->columns; column++)
      {
        size_t at = cell_at (mask, column, row);
        if (column + 1 < mask->columns && mask->land[at] != mask->land[at + 1])
          mask->coast[at] = mask->coast[at + 1] = 1;
        if (row + 1 < mask->rows && mask->land[at] != mask->land[at + (size_t) mask->columns])
          mask->coast[at] = mask->coast[at + (size_t) mask->columns] = 1;
      }
}

static void
spread (struct mask *mask, int column, int row)
{
  double lat_rad = (mask->south_deg + (row + 0.5) * STEP_DEG) * M_PI / 180;
  int reach = (int) (SHORE_KM / (STEP_DEG * KM_PER_DEG));
  for (int dy = -reach; dy <= reach; dy++)
    {
      double north_km = dy * STEP_DEG * KM_PER_DEG;
      int wide = (int) (sqrt (SHORE_KM * SHORE_KM - north_km * north_km) / (STEP_DEG * KM_PER_DEG * cos (lat_rad)));
      int first = column - wide < 0 ? 0 : column - wide;
      int last = column + wide >= mask->columns ? mask->columns - 1 : column + wide;
      if (row + dy >= 0 && row + dy < mask->rows)
        memset (&mask->sides[cell_at (mask, first, row + dy)], SF_COAST_SHORE, (size_t) (last - first + 1));
    }
}

static void
put_u32 (struct sf_strbuf *out, uint32_t value)
{
  const uint8_t bytes[4]
      = { (uint8_t) value, (uint8_t) (value >> 8), (uint8_t) (value >> 16), (uint8_t) (value >> 24) };
  sf_strbuf_add_bytes (out, bytes, sizeof bytes);
}

static void
put_f64 (struct sf_strbuf *out, double value)
{
  uint64_t bits;
  memcpy (&bits, &value, sizeof bits);
  put_u32 (out, (uint32_t) bits);
  put_u32 (out, (uint32_t) (bits >> 32));
}

static void
put_rows (const struct mask *mask, struct sf_strbuf *counts, struct sf_strbuf *runs)
{
  for (int row = 0; row < mask->rows; row++)
    {
      const uint8_t *sides = &mask->sides[cell_at (mask, 0, row)];
      uint32_t count = 0;
      for (int begin = 0, end = 0; begin < mask->columns; begin = end, count++)
        {
          while (end < mask->columns && sides[end] == sides[begin])
            end++;
          put_u32 (runs, (uint32_t) (end - begin) | (uint32_t) sides[begin] << 16);
        }
      put_u32 (counts, count);
    }
}

static enum sf_code
save (const struct mask *mask, const char *path, struct sf_error *err)
{
  struct sf_strbuf out = { 0 }, runs = { 0 };
  sf_strbuf_add (&out, SF_COAST_MAGIC);
  put_f64 (&out, mask->west_deg);
  put_f64 (&out, mask->south_deg);
  put_f64 (&out, STEP_DEG);
  put_u32 (&out, (uint32_t) mask->columns);
  put_u32 (&out, (uint32_t) mask->rows);
  put_rows (mask, &out, &runs);
  if (!runs.failed)
    sf_strbuf_add_bytes (&out, runs.text, runs.length);
  enum sf_code code = out.failed || runs.failed ? sf_fail (err, SF_ENOMEM, "out of memory")
                                                : sf_file_write (path, out.text, out.length, err);
  sf_strbuf_finish (&out);
  sf_strbuf_finish (&runs);
  return code;
}

static enum sf_code
make (struct mask *mask, struct sf_table *coast, const char *path, struct sf_error *err)
{
  size_t cells = (size_t) mask->columns * (size_t) mask->rows;
  struct sf_polygon_index *index = NULL;
  mask->land = sf_mem_calloc (cells, 1);
  mask->coast = sf_mem_calloc (cells, 1);
  mask->sides = sf_mem_calloc (cells, 1);
  if (!mask->land || !mask->coast || !mask->sides)
    return sf_fail (err, SF_ENOMEM, "out of memory for %zu cells", cells);
  SF_TRY (sf_polygon_index_new ((const struct sf_geometry *const *) coast->geometries, coast->rows, SF_RINGS_OUTER,
                                &index, err));
  enum sf_code code = SF_OK;
  for (int row = 0; row < mask->rows && code == SF_OK; row++)
    code = fill_row (mask, index, row, err);
  sf_polygon_index_free (index);
  if (code != SF_OK)
    return code;
  for (size_t i = 0; i < coast->rows; i++)
    mark_corners (mask, coast->geometries[i]);
  mark_edges (mask);
  for (size_t i = 0; i < cells; i++)
    mask->sides[i] = mask->land[i] ? SF_COAST_LAND : SF_COAST_SEA;
  for (int row = 0; row < mask->rows; row++)
    for (int column = 0; column < mask->columns; column++)
      if (mask->coast[cell_at (mask, column, row)])
        spread (mask, column, row);
  return save (mask, path, err);
}

int
main (int argc, char **argv)
{
  struct sf_error err = { SF_OK, "" };
  struct sf_vocabulary *vocabulary = NULL;
  struct sf_dataset *coast = NULL;
  double box[4] = { 105, 3, 120, 23 };
  if (argc != 4 && argc != 8)
    {
      fprintf (stderr, "usage: make_coast_mask COAST.gpkg VOCABULARY-FOLDER OUT.bin [WEST SOUTH EAST NORTH]\n");
      return 2;
    }
  for (int i = 4; i < argc; i++)
    box[i - 4] = atof (argv[i]);
  struct mask mask = { .west_deg = box[0],
                       .south_deg = box[1],
                       .columns = (int) lround ((box[2] - box[0]) / STEP_DEG),
                       .rows = (int) lround ((box[3] - box[1]) / STEP_DEG) };
  enum sf_code code = sf_vocabulary_load (argv[2], &vocabulary, &err);
  if (code == SF_OK)
    code = sf_vector_load (argv[1], "coast", sf_vocabulary_dataset (vocabulary, "coast"), NULL, &coast, &err);
  if (code == SF_OK)
    code = make (&mask, coast->as.table, argv[3], &err);
  if (code != SF_OK)
    fprintf (stderr, "make_coast_mask: %s\n", err.message);
  sf_mem_free (mask.land);
  sf_mem_free (mask.coast);
  sf_mem_free (mask.sides);
  sf_dataset_unref (coast);
  sf_vocabulary_free (vocabulary);
  return code == SF_OK ? 0 : 1;
}
