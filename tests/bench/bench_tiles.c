/* SPDX-License-Identifier: Apache-2.0 */
/* Tiles of 256 x 256 pixels, from the grid in memory to the bytes of the PNG: a field like rain on 600 x 450 and 6000 x 4500
   cells, six classes or a ramp, sets c and w, levels 8 and 11. Each tile is painted once, by its own seeded place on the
   level's sheet of pixels (level 8 has only 30 whole tiles here, so tiles are not held to multiples of 256); cpu_p95_s is what
   95 of 100 tiles stay under, the least of RUNS runs of TILES tiles. Where MapServer is installed it paints the first PEER_TILES
class tiles from the same field and classes (mapserver.py); its CPU time is scaled to as many tiles as ours. */
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/base/time.h"
#include "geodata/painter.h"
#include "tests/bench/bench.h"
#include "tests/bench/rain_field.h"

enum
{
  TILES = 200,
  RUNS = 5,
  PEER_TILES = 11, /* the first is not timed */
  PEER_BUCKETS = 8192
};

/* 24-hour rain, mm: the bounds and colours of Chinese rain maps. */
static struct sf_style_entry classes[] = {
  { .from = 0.1, .rgba = { 166, 242, 143, 255 } }, { .from = 10, .rgba = { 61, 186, 61, 255 } },
  { .from = 25, .rgba = { 97, 184, 255, 255 } },   { .from = 50, .rgba = { 0, 0, 225, 255 } },
  { .from = 100, .rgba = { 250, 0, 250, 255 } },   { .from = 250, .rgba = { 128, 0, 64, 255 } },
};

static const struct variant
{
  const char *name;
  enum sf_style_kind kind;
  enum sf_sampling sampling;
} variants[] = {
  { "class-nearest", SF_STYLE_CLASSES, SF_SAMPLING_NEAREST },
  { "class-bilinear", SF_STYLE_CLASSES, SF_SAMPLING_BILINEAR },
  { "class-bicubic", SF_STYLE_CLASSES, SF_SAMPLING_BICUBIC },
  { "ramp-bilinear", SF_STYLE_RAMP, SF_SAMPLING_BILINEAR },
};

struct sheet
{
  enum sf_tile_set set;
  int id;
};

static const struct sheet sheets[]
    = { { SF_TILE_SET_C, 8 }, { SF_TILE_SET_W, 8 }, { SF_TILE_SET_C, 11 }, { SF_TILE_SET_W, 11 } };

/* The least figures of the runs. */
struct result
{
  double cpu_s[RUNS], p95_s, wall_s, bytes;
};

/* A tile-sized window on the level's sheet of pixels that lies in the field. */
static struct sf_window
place_tile (const struct sheet *sheet, uint64_t *state)
{
  const struct sf_bounds degrees
      = { RAIN_WEST_DEG, RAIN_NORTH_DEG - RAIN_HEIGHT_DEG, RAIN_WEST_DEG + RAIN_WIDTH_DEG, RAIN_NORTH_DEG };
  struct sf_bounds extent = sf_tile_set_extent (sheet->set, &degrees);
  struct sf_tile_matrix matrix = { 0 };
  sf_tile_matrix_get (sheet->set, sheet->id, &matrix, NULL);
  double side = matrix.resolution * SF_TILE_PIXELS;
  double x = extent.min_x + rain_random (state) * (extent.max_x - extent.min_x - side);
  double y = extent.max_y - rain_random (state) * (extent.max_y - extent.min_y - side);
  x = matrix.left + floor ((x - matrix.left) / matrix.resolution) * matrix.resolution;
  y = matrix.top - floor ((matrix.top - y) / matrix.resolution) * matrix.resolution;
  return (struct sf_window){
    .projection = sheet->set, .bounds = { x, y - side, x + side, y }, .width = SF_TILE_PIXELS, .height = SF_TILE_PIXELS
  };
}

static int
paint_run (const struct sf_painter *painter, const struct sheet *sheet, uint64_t *state, int run, struct result *result)
{
  double cpu_s[TILES], sum_s = 0, wall_s = bench_clock_s (CLOCK_MONOTONIC);
  size_t bytes = 0;
  struct sf_strbuf png = { 0 };
  for (int i = 0; i < TILES; i++)
    {
      struct sf_window window = place_tile (sheet, state);
      double begin = bench_clock_s (CLOCK_PROCESS_CPUTIME_ID);
      png.length = 0;
      if (sf_painter_paint (painter, &window, &png, NULL, NULL) != SF_OK)
        return EXIT_FAILURE;
      cpu_s[i] = bench_clock_s (CLOCK_PROCESS_CPUTIME_ID) - begin;
      sum_s += cpu_s[i];
      bytes += png.length;
    }
  sf_strbuf_finish (&png);
  wall_s = bench_clock_s (CLOCK_MONOTONIC) - wall_s;
  qsort (cpu_s, TILES, sizeof *cpu_s, bench_compare);
  result->cpu_s[run] = sum_s;
  result->p95_s = fmin (result->p95_s, cpu_s[TILES * 95 / 100]);
  result->wall_s = fmin (result->wall_s, wall_s);
  result->bytes += (double) bytes / (TILES * RUNS);
  return EXIT_SUCCESS;
}

static bool
write_tiles (const char *path, const struct sheet *sheet)
{
  uint64_t state = 1;
  FILE *file = fopen (path, "w");
  if (!file)
    return false;
  for (int i = 0; i < PEER_TILES; i++)
    {
      struct sf_bounds bounds = place_tile (sheet, &state).bounds;
      fprintf (file, "%s %.17g %.17g %.17g %.17g\n", sf_tile_set_name (sheet->set), bounds.min_x, bounds.min_y,
               bounds.max_x, bounds.max_y);
    }
  return fclose (file) == 0;
}

/* MapServer's CPU time of a tile; NaN where it is not installed. folder holds the field. */
static double
peer_cpu_s (const char *folder, const struct sf_grid *grid, const struct variant *variant, const struct sheet *sheet,
            int buckets)
{
  const struct sf_gridspec *spec = &grid->spec;
  char tiles[PATH_MAX], command[3 * PATH_MAX], line[64] = "";
  snprintf (tiles, sizeof tiles, "%s/tiles", folder);
  snprintf (command, sizeof command,
            "exec 2>/dev/null; command -v mapserv >/dev/null && /usr/bin/python3 -B %s/tests/bench/mapserver.py "
            "%s/field.f32 %d %d %.17g %.17g %.17g %s %d < %s",
            TEST_SRCDIR, folder, spec->nx, spec->ny, spec->affine[0], spec->affine[3], spec->affine[1],
            sf_sampling_name (variant->sampling), buckets, tiles);
  FILE *answer = write_tiles (tiles, sheet) ? popen (command, "r") : NULL;
  bool good = answer && fgets (line, sizeof line, answer);
  if (answer)
    pclose (answer);
  unlink (tiles);
  return good ? strtod (line, NULL) : (double) NAN;
}

static void
add_peer (const char *folder, const struct sf_grid *grid, const struct variant *variant, const struct sheet *sheet,
          double ours_s, struct sf_strbuf *more)
{
  if (variant->kind != SF_STYLE_CLASSES || variant->sampling == SF_SAMPLING_BICUBIC)
    return;
  double exact_s = TILES * peer_cpu_s (folder, grid, variant, sheet, PEER_BUCKETS);
  if (isnan (exact_s))
    return;
  sf_strbuf_addf (more, ",\"peer\":\"mapserv SCALE_BUCKETS=%d\",\"peer_cpu_s\":%.6f,\"ratio\":%.1f", PEER_BUCKETS,
                  exact_s, exact_s / ours_s);
  if (sheet != sheets)
    return;
  double default_s = TILES * peer_cpu_s (folder, grid, variant, sheet, 0);
  sf_strbuf_addf (more, ",\"peer_default_cpu_s\":%.6f", default_s);
}

static int
measure (const char *folder, const struct sf_grid *grid, const struct variant *variant, const struct sheet *sheet,
         double ref_cpu_s)
{
  const struct sf_style style = { .name = "rain",
                                  .kind = variant->kind,
                                  .sampling = variant->sampling,
                                  .entries = classes,
                                  .entries_count = sizeof classes / sizeof *classes };
  const struct sf_painter_source source = { .grid = grid, .style = &style };
  struct result result = { .p95_s = INFINITY, .wall_s = INFINITY };
  struct sf_painter *painter = NULL;
  uint64_t state = 1;
  int failed = sf_painter_new (&source, &painter, NULL) != SF_OK;
  for (int run = 0; !failed && run < RUNS; run++)
    failed = paint_run (painter, sheet, &state, run, &result);
  sf_painter_free (painter);
  if (failed)
    return failed;
  qsort (result.cpu_s, RUNS, sizeof *result.cpu_s, bench_compare);
  char name[64];
  struct sf_strbuf more = { 0 };
  snprintf (name, sizeof name, "%s-%d-%s%d", variant->name, grid->spec.nx, sf_tile_set_name (sheet->set), sheet->id);
  sf_strbuf_addf (&more, ",\"cpu_p95_s\":%.6f,\"mean_bytes\":%.0f", result.p95_s, result.bytes);
  add_peer (folder, grid, variant, sheet, result.cpu_s[0], &more);
  struct bench_time time
      = { .cpu_s = result.cpu_s[0], .cpu_median_s = result.cpu_s[RUNS / 2], .wall_s = result.wall_s, .runs = RUNS };
  bench_print_more ("tiles", name, time, ref_cpu_s, TILES, "tiles", more.failed ? "" : more.text);
  sf_strbuf_finish (&more);
  return EXIT_SUCCESS;
}

static bool
write_field (const char *path, const struct sf_grid *grid)
{
  size_t cells = sf_gridspec_cells (&grid->spec);
  FILE *file = fopen (path, "wb");
  bool good = file && fwrite (grid->values, sizeof *grid->values, cells, file) == cells;
  return file && fclose (file) == 0 && good;
}

static int
measure_grid (int nx, int ny)
{
  double step = RAIN_WIDTH_DEG / nx, ref_cpu_s = bench_reference_s ();
  char folder[] = "/tmp/bench_tiles.XXXXXX", path[sizeof folder + 16];
  struct sf_grid grid = { .spec = { nx, ny, { RAIN_WEST_DEG, step, 0, RAIN_NORTH_DEG, 0, -step }, "EPSG:4490" },
                          .bands = 1,
                          .reference_s = SF_TIME_MISSING,
                          .values = malloc ((size_t) nx * (size_t) ny * sizeof *grid.values) };
  if (!grid.values || !mkdtemp (folder))
    return EXIT_FAILURE;
  rain_fill (grid.values, nx, ny);
  snprintf (path, sizeof path, "%s/field.f32", folder);
  int failed = !write_field (path, &grid);
  for (size_t v = 0; !failed && v < sizeof variants / sizeof *variants; v++)
    for (size_t s = 0; !failed && s < sizeof sheets / sizeof *sheets; s++)
      failed = measure (folder, &grid, &variants[v], &sheets[s], ref_cpu_s);
  unlink (path);
  rmdir (folder);
  free (grid.values);
  return failed;
}

int
main (void)
{
  return measure_grid (600, 450) || measure_grid (6000, 4500) ? EXIT_FAILURE : EXIT_SUCCESS;
}
