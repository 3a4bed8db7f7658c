/* SPDX-License-Identifier: Apache-2.0 */
/* A whole tile pyramid of the province, levels 5 to 11 of set w, from the grid in memory to the closed file: maximum wind of
   Typhoon Rammasun on 600 x 450 cells in its default style. Variants are the exporters; work is tiles painted, transparent
   ones too. Peers get the same field coloured beforehand, which is not timed, and run once: gdal2tiles.py makes the same tiles in
   a folder (nothing in Debian writes PMTiles), GDAL's MBTiles driver with gdaladdo an MBTiles file. */
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/plugin/host.h"
#include "plugins/export/tiles.h"
#include "tests/bench/bench.h"
#include "tests/unit/wind_rammasun.h"

enum
{
  RUNS = 5,
  MIN_ZOOM = 5,
  MAX_ZOOM = 11
};

struct bench
{
  struct sf_vocabulary *vocabulary;
  struct sf_plugin_host *plugins;
  struct sf_pool *pool;
  struct sf_arena arena;
  struct sf_dataset *wind;
  char folder[64];
  bool failed;
};

struct run
{
  struct bench *bench;
  const char *format;
};

static const struct variant
{
  const char *format, *peer, *command;
} variants[] = {
  { "pmtiles", "gdal2tiles", "gdal2tiles.py -q --xyz -w none -r near -z 5-11 rgba.tif folder" },
  { "mbtiles", "gdal mbtiles",
    "gdalwarp -q -of VRT -t_srs EPSG:3857 -tr 76.4370282851763 76.4370282851763 rgba.tif w.vrt && "
    "gdal_translate -q -of MBTILES w.vrt p.mbtiles && gdaladdo -q -r nearest p.mbtiles 2 4 8 16 32 64" },
  { "xyz", NULL, NULL },
};

/* Colours of some forces; which ones they are changes no peer's time by much. */
static const char colour_command[]
    = "printf '0 0 0 0 0\\n13.9 151 232 173 255\\n17.2 153 210 202 255\\n24.5 107 157 225 255\\n32.7 59 126 219 255\\n"
      "41.5 28 59 169 255\\n51 129 0 64 255\\nnv 0 0 0 0\\n' >colours && "
      "gdaldem color-relief -q -alpha wind*.tif colours rgba.tif";

static enum sf_code
no_product (void *ctx, const char *path, const char *media_type, const char *datasets, struct sf_error *err)
{
  (void) ctx;
  (void) path;
  (void) media_type;
  (void) datasets;
  (void) err;
  return SF_OK;
}

static enum sf_code
read_settings (struct bench *bench, const struct sf_plugin *plugin, struct sf_settings **ret, struct sf_error *err)
{
  char level[8];
  SF_TRY (sf_settings_parse (&bench->arena, plugin->options, NULL, NULL, ret, err));
  if (strcmp (plugin->name, "cog") == 0)
    return SF_OK;
  snprintf (level, sizeof level, "%d", MIN_ZOOM);
  SF_TRY (sf_settings_set (*ret, "min_zoom", level, "bench", err));
  snprintf (level, sizeof level, "%d", MAX_ZOOM);
  SF_TRY (sf_settings_set (*ret, "max_zoom", level, "bench", err));
  return sf_settings_set (*ret, "sets", "w", "bench", err);
}

static enum sf_code
export_as (struct bench *bench, const char *format, struct sf_error *err)
{
  const struct sf_plugin *plugin = NULL;
  struct sf_settings *settings = NULL;
  const struct sf_dataset *datasets[] = { bench->wind };
  struct sf_host host;
  SF_TRY (sf_plugin_host_find (bench->plugins, SF_PLUGIN_EXPORTER, format, &plugin, err));
  SF_TRY (read_settings (bench, plugin, &settings, err));
  sf_plugin_host_handle (bench->plugins, format, settings, 1405663200, &host);
  struct sf_export job = { .datasets = datasets,
                           .datasets_count = 1,
                           .folder = bench->folder,
                           .name = "wind",
                           .scenario = "bench",
                           .title_en = "bench",
                           .title_zh = "测速",
                           .authority = SF_AUTHORITY_INTERNAL,
                           .product = no_product };
  return plugin->as.exporter->run (&host, &job, err);
}

static void
export_run (void *context)
{
  struct run *run = context;
  struct sf_error err = { 0 };
  if (export_as (run->bench, run->format, &err) != SF_OK && !run->bench->failed)
    {
      fprintf (stderr, "%s: %s\n", run->format, err.message);
      run->bench->failed = true;
    }
}

static bool
run_command (const struct bench *bench, const char *command)
{
  char line[1024];
  snprintf (line, sizeof line, "cd '%s' && %s", bench->folder, command);
  return system (line) == 0;
}

/* CPU seconds of a peer; 0 when it is not here or fails. */
static double
peer_s (const struct bench *bench, const char *command)
{
  struct rusage before, after;
  getrusage (RUSAGE_CHILDREN, &before);
  if (!run_command (bench, command))
    return 0;
  getrusage (RUSAGE_CHILDREN, &after);
  return (double) (after.ru_utime.tv_sec - before.ru_utime.tv_sec + after.ru_stime.tv_sec - before.ru_stime.tv_sec)
         + 1e-6
               * (double) (after.ru_utime.tv_usec - before.ru_utime.tv_usec + after.ru_stime.tv_usec
                           - before.ru_stime.tv_usec);
}

static enum sf_code
make_wind (struct bench *bench, struct sf_error *err)
{
  static struct rammasun storm;
  const struct sf_gridspec spec = { RAMMASUN_NX, RAMMASUN_NY, { 107, 0.01, 0, 21.5, 0, -0.01 }, "EPSG:4490" };
  void *workspace = sf_mem_alloc (sf_wind_workspace_bytes (RAMMASUN_NX));
  if (!workspace)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  SF_TRY (sf_dataset_new_grid (sf_vocabulary_dataset (bench->vocabulary, "wind_max"), "province", &spec, NULL, 1,
                               &bench->wind, err));
  rammasun_fill (&storm, 900);
  SF_TRY (rammasun_prepare (&storm, SF_WIND_H08, err));
  struct sf_wind_field field = rammasun_field (&storm);
  struct sf_wind_output output = { .max_mps = bench->wind->as.grid->values };
  enum sf_code code = sf_wind_field_max (&field, 0, RAMMASUN_NY, workspace, &output, err);
  sf_mem_free (workspace);
  return code;
}

static enum sf_code
prepare (struct bench *bench, struct sf_error *err)
{
  strcpy (bench->folder, "/tmp/sf-pyramid-XXXXXX");
  if (!mkdtemp (bench->folder))
    return sf_fail (err, SF_EIO, "%s: cannot be made", bench->folder);
  SF_TRY (sf_vocabulary_load (TEST_SRCDIR "/share/vocabulary", &bench->vocabulary, err));
  SF_TRY (sf_pool_new (0, &bench->pool, err));
  struct sf_plugin_host_setup setup = { .search_path = TEST_BUILDDIR "/modules/.libs",
                                        .share_folder = TEST_SRCDIR "/share",
                                        .vocabulary = bench->vocabulary,
                                        .pool = bench->pool };
  SF_TRY (sf_plugin_host_new (&setup, &bench->plugins, err));
  SF_TRY (make_wind (bench, err));
  return export_as (bench, "cog", err);
}

static int64_t
count_tiles (void)
{
  static const struct sf_tiles_kind kind = { .missing = NULL };
  const struct sf_tiles_layer layer
      = { .kind = &kind, .bounds = { 107, 17, 113, 21.5 }, .min_zoom = MIN_ZOOM, .max_zoom = MAX_ZOOM };
  struct sf_pyramid pyramid = { 0 };
  sf_pyramid_init (&pyramid, NULL, &layer, SF_TILE_SET_W, NULL);
  return pyramid.possible;
}

static void
measure (struct bench *bench, const struct variant *variant, bool has_peers)
{
  struct run run = { bench, variant->format };
  char more[160] = "";
  struct bench_time time = bench_run (export_run, &run, RUNS);
  double peer_cpu_s = has_peers && variant->command ? peer_s (bench, variant->command) : 0;
  if (peer_cpu_s > 0)
    snprintf (more, sizeof more, ",\"peer\":\"%s\",\"peer_cpu_s\":%.3f,\"ratio\":%.1f", variant->peer, peer_cpu_s,
              peer_cpu_s / time.cpu_s);
  if (!bench->failed)
    bench_print_more ("pyramid", variant->format, time, bench_reference_s (), (double) count_tiles (), "tiles", more);
}

int
main (void)
{
  struct bench bench = { 0 };
  struct sf_error err = { 0 };
  bench.failed = prepare (&bench, &err) != SF_OK;
  if (bench.failed)
    fprintf (stderr, "%s\n", err.message);
  bool has_peers = !bench.failed && run_command (&bench, colour_command);
  for (size_t i = 0; !bench.failed && i < sizeof variants / sizeof *variants; i++)
    measure (&bench, &variants[i], has_peers);
  sf_dataset_unref (bench.wind);
  sf_plugin_host_free (bench.plugins);
  sf_pool_free (bench.pool);
  sf_vocabulary_free (bench.vocabulary);
  sf_arena_finish (&bench.arena);
  sf_file_remove_tree (bench.folder, NULL);
  return bench.failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
