/* SPDX-License-Identifier: Apache-2.0 */
/* Vector tiles, from a layer in memory to the bytes of the tile. points-5000: 200 different tiles of about 5,000 of a million
   points with a text of few values, one of its own for each point, three doubles and an int. points-100000: the tiles that
   100,000 such points in the South China Sea fill. coast: the tiles of the full-resolution coast of the build folder.
   cpu_p95_s is what 95 of 100 tiles stay under. index-100000 and layer-100000 are what is made once. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "core/base/mem.h"
#include "geodata/vector.h"
#include "geodata/vector_tile.h"
#include "tests/bench/bench.h"

enum
{
  TILES_MAX = 4096,
  RUNS = 5
};

static const struct sf_quantity text = { .name = "text", .type = SF_COLUMN_TEXT },
                                number = { .name = "number", .unit = "1", .type = SF_COLUMN_DOUBLE },
                                whole = { .name = "whole", .unit = "1", .type = SF_COLUMN_INT };
static const struct sf_column_spec columns[]
    = { { "kind", "Kind", "类别", &text },       { "name", "Name", "名称", &text },
        { "longitude", "Lon", "经度", &number }, { "latitude", "Lat", "纬度", &number },
        { "speed", "Speed", "航速", &number },   { "crew", "Crew", "船员", &whole } };
static const struct sf_dataset_spec spec = { .name = "vessels",
                                             .kind = SF_DATASET_FEATURES,
                                             .geometry = "point",
                                             .columns = columns,
                                             .columns_count = sizeof columns / sizeof *columns };

static double
random_share (uint64_t *state)
{
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (double) (*state >> 11) * 0x1p-53;
}

static bool
add_vessel (struct sf_table *table, double lon_deg, double lat_deg, uint64_t *state)
{
  static const char *const kinds[] = { "fishing", "cargo", "tanker", "passenger", "tug", "other" };
  char name[32];
  struct sf_geometry *point = sf_geometry_new_point (lon_deg, lat_deg);
  long row = sf_table_add_row (table);
  snprintf (name, sizeof name, "琼渔%06ld", row);
  return row >= 0 && sf_table_set_geometry (table, point, NULL) == SF_OK
         && sf_table_set_text (table, "kind", kinds[(int) (6 * random_share (state))], NULL) == SF_OK
         && sf_table_set_text (table, "name", name, NULL) == SF_OK
         && sf_table_set_double (table, "longitude", lon_deg, NULL) == SF_OK
         && sf_table_set_double (table, "latitude", lat_deg, NULL) == SF_OK
         && sf_table_set_double (table, "speed", floor (200 * random_share (state)) / 10, NULL) == SF_OK
         && sf_table_set_int (table, "crew", (int64_t) (30 * random_share (state)), NULL) == SF_OK;
}

static struct sf_dataset *
vessels (size_t count, const struct sf_bounds *area)
{
  struct sf_dataset *dataset = NULL;
  uint64_t state = 1;
  bool done = sf_dataset_new_table (&spec, NULL, &dataset, NULL) == SF_OK;
  for (size_t i = 0; done && i < count; i++)
    {
      double x = random_share (&state), y = random_share (&state);
      done = add_vessel (dataset->as.table, area->min_x + x * (area->max_x - area->min_x),
                         area->min_y + y * (area->max_y - area->min_y), &state);
    }
  return done ? dataset : NULL;
}

struct figures
{
  double cpu_s[TILES_MAX], bytes;
};

static bool
encode_tiles (const struct sf_vector_layer *layer, enum sf_tile_set set, int z, struct sf_tile_range range,
              struct figures *figures)
{
  struct sf_strbuf tile = { 0 };
  size_t count = 0;
  bool done = true;
  figures->bytes = 0;
  for (int y = range.y0; y < range.y1; y++)
    for (int x = range.x0; x < range.x1; x++)
      {
        const struct sf_vector_tile at = { .set = set, .z = z, .x = x, .y = y };
        double begin = bench_clock_s (CLOCK_PROCESS_CPUTIME_ID);
        tile.length = 0;
        done = done && sf_vector_tile_encode (&layer, 1, &at, &tile, NULL) == SF_OK;
        figures->cpu_s[count++] = bench_clock_s (CLOCK_PROCESS_CPUTIME_ID) - begin;
        figures->bytes += (double) tile.length;
      }
  sf_strbuf_finish (&tile);
  return done;
}

/* The tiles of a level that meet an area, at most TILES_MAX of them. */
static int
measure (const struct sf_vector_layer *layer, const char *what, enum sf_tile_set set, int z,
         const struct sf_bounds *degrees, double ref_cpu_s)
{
  static struct figures figures;
  double sums_s[RUNS], p95_s = INFINITY, wall_s = INFINITY;
  struct sf_tile_matrix matrix;
  struct sf_bounds extent = sf_tile_set_extent (set, degrees);
  if (sf_tile_matrix_get (set, z, &matrix, NULL) != SF_OK)
    return EXIT_FAILURE;
  struct sf_tile_range range = sf_tile_range_find (&matrix, &extent);
  if (range.x1 - range.x0 > 64)
    range.x1 = range.x0 + 64;
  if (range.y1 - range.y0 > 64)
    range.y1 = range.y0 + 64;
  size_t tiles = (size_t) (range.x1 - range.x0) * (size_t) (range.y1 - range.y0);
  for (int run = 0; run < RUNS; run++)
    {
      double begin = bench_clock_s (CLOCK_MONOTONIC);
      if (!encode_tiles (layer, set, z, range, &figures))
        return EXIT_FAILURE;
      wall_s = fmin (wall_s, bench_clock_s (CLOCK_MONOTONIC) - begin);
      sums_s[run] = 0;
      for (size_t i = 0; i < tiles; i++)
        sums_s[run] += figures.cpu_s[i];
      qsort (figures.cpu_s, tiles, sizeof *figures.cpu_s, bench_compare);
      p95_s = fmin (p95_s, figures.cpu_s[tiles * 95 / 100]);
    }
  qsort (sums_s, RUNS, sizeof *sums_s, bench_compare);
  char name[64], more[128];
  snprintf (name, sizeof name, "mvt-%s-%s%d", what, sf_tile_set_name (set), z);
  snprintf (more, sizeof more, ",\"cpu_p95_s\":%.6f,\"cpu_most_s\":%.6f,\"mean_bytes\":%.0f", p95_s,
            figures.cpu_s[tiles - 1], figures.bytes / (double) tiles);
  struct bench_time time = { .cpu_s = sums_s[0], .cpu_median_s = sums_s[RUNS / 2], .wall_s = wall_s, .runs = RUNS };
  bench_print_more ("tiles", name, time, ref_cpu_s, (double) tiles, "tiles", more);
  return EXIT_SUCCESS;
}

/* 20 x 10 tiles of level 11 in set c, with the buffers of those at the edge. */
static int
measure_dense (double ref_cpu_s)
{
  const double side = 360.0 / 2048, buffer = side * SF_VECTOR_TILE_BUFFER / SF_VECTOR_TILE_EXTENT;
  const struct sf_bounds area = { 1650 * side - 180, 90 - 410 * side, 1670 * side - 180, 90 - 400 * side };
  const struct sf_bounds wide = { area.min_x - buffer, area.min_y - buffer, area.max_x + buffer, area.max_y + buffer };
  double share = (20 + 1 / 32.0) * (10 + 1 / 32.0) / ((1 + 1 / 32.0) * (1 + 1 / 32.0));
  struct sf_dataset *dataset = vessels ((size_t) (5000 * share), &wide);
  struct sf_vector_layer *layer = NULL;
  int failed = !dataset || sf_vector_layer_new ("vessels", dataset->as.table, &layer, NULL) != SF_OK
               || measure (layer, "points-5000", SF_TILE_SET_C, 11, &area, ref_cpu_s);
  sf_vector_layer_free (layer);
  sf_dataset_unref (dataset);
  return failed;
}

static void
make_index (void *table)
{
  struct sf_feature_index *index = NULL;
  sf_feature_index_new (table, &index, NULL);
  sf_feature_index_free (index);
}

static void
make_layer (void *table)
{
  struct sf_vector_layer *layer = NULL;
  sf_vector_layer_new ("layer", table, &layer, NULL);
  sf_vector_layer_free (layer);
}

static int
measure_layer (const struct sf_dataset *dataset, const char *what, const int *levels, size_t levels_count,
               const struct sf_bounds *area, double ref_cpu_s)
{
  struct sf_vector_layer *layer = NULL;
  int failed = sf_vector_layer_new (what, dataset->as.table, &layer, NULL) != SF_OK;
  for (size_t i = 0; !failed && i < levels_count; i++)
    for (int set = 0; !failed && set < SF_TILE_SETS; set++)
      failed = measure (layer, what, (enum sf_tile_set) set, levels[i], area, ref_cpu_s);
  sf_vector_layer_free (layer);
  return failed;
}

static int
measure_sea (double ref_cpu_s)
{
  const struct sf_bounds area = { 105, 5, 125, 25 };
  const int levels[] = { 5, 8, 11 };
  struct sf_dataset *dataset = vessels (100000, &area);
  if (!dataset)
    return EXIT_FAILURE;
  bench_print ("tiles", "mvt-index-100000", bench_run (make_index, dataset->as.table, 11), ref_cpu_s, 100000, "points");
  bench_print ("tiles", "mvt-layer-100000", bench_run (make_layer, dataset->as.table, 5), ref_cpu_s, 100000, "points");
  int failed = measure_layer (dataset, "points-100000", levels, 3, &area, ref_cpu_s);
  sf_dataset_unref (dataset);
  return failed;
}

static int
measure_coast (double ref_cpu_s)
{
  const struct sf_bounds area = { 105, 15, 117, 24 };
  const int levels[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 18 };
  struct sf_vocabulary *vocabulary = NULL;
  struct sf_dataset *coast = NULL;
  struct sf_error err = { 0 };
  int failed = sf_vocabulary_load (TEST_SRCDIR "/share/vocabulary", &vocabulary, &err) != SF_OK
               || sf_vector_load (TEST_BUILDDIR "/data/coast.gpkg", "coast",
                                  sf_vocabulary_dataset (vocabulary, "coast"), NULL, &coast, &err)
                      != SF_OK;
  if (failed)
    fprintf (stderr, "%s\n", err.message);
  if (!failed)
    bench_print ("tiles", "mvt-layer-coast", bench_run (make_layer, coast->as.table, 5), ref_cpu_s,
                 (double) coast->as.table->rows, "polygons");
  failed = failed || measure_layer (coast, "coast", levels, sizeof levels / sizeof *levels, &area, ref_cpu_s);
  sf_dataset_unref (coast);
  sf_vocabulary_free (vocabulary);
  return failed;
}

int
main (void)
{
  double ref_cpu_s = bench_reference_s ();
  return measure_dense (ref_cpu_s) || measure_sea (ref_cpu_s) || measure_coast (ref_cpu_s) ? EXIT_FAILURE
                                                                                           : EXIT_SUCCESS;
}
