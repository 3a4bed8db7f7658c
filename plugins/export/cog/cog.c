/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plugin/plugin.h"
#include "geodata/raster.h"

static const char *const compressions[] = { "deflate", "zstd", "none", NULL };

static const struct sf_option options[] = {
  { .name = "compression",
    .type = SF_OPTION_ENUM,
    .fallback = "deflate",
    .choices = compressions,
    .help_en = "deflate is read by everything; zstd needs libtiff 4.0.10 or later",
    .help_zh = "压缩方式：deflate 兼容性最好；zstd 需要 libtiff 4.0.10 及以上" },
  { .name = "level",
    .type = SF_OPTION_INT,
    .fallback = "0",
    .min = 0,
    .max = 22,
    .help_en = "compression level (deflate 1 to 9, zstd 1 to 22), 0 for the usual one",
    .help_zh = "压缩级别（deflate 1–9，zstd 1–22），0 为默认级别" },
  { .name = "overviews",
    .type = SF_OPTION_BOOL,
    .fallback = "true",
    .help_en = "halved copies for zooming out; each of their cells is one of the cells it stands for",
    .help_zh = "生成逐级减半的概览图；概览格点取原格点之一，不作平均" },
  { .name = NULL },
};

static enum sf_code
write_one (const struct sf_host *host, const struct sf_export *job, const struct sf_dataset *dataset,
           struct sf_arena *arena, struct sf_error *err)
{
  struct sf_raster_options how = {
    .compression = (enum sf_raster_compression) sf_settings_choice (host->settings, "compression"),
    .level = (int) sf_settings_int (host->settings, "level"),
    .overviews = sf_settings_bool (host->settings, "overviews"),
  };
  struct sf_file_about about = { .scenario = job->scenario,
                                 .title_en = job->title_en,
                                 .title_zh = job->title_zh,
                                 .authority = job->authority,
                                 .simulated = job->simulated,
                                 .time_s = host->clock_s };
  char *stem = sf_file_about_stem (arena, dataset->name), *name = sf_arena_printf (arena, "%s.tif", stem);
  char *path = sf_arena_printf (arena, "%s/%s", job->folder, name);
  if (!stem || !name || !path)
    return sf_fail (err, SF_ENOMEM, "cog: no memory for the file name of %s", dataset->name);
  if (how.compression == SF_RASTER_DEFLATE && how.level > 9)
    return sf_fail (err, SF_ERANGE, "cog: level %d is outside 1..9 of deflate", how.level);
  SF_TRY (sf_raster_save (path, dataset, &how, &about, err));
  return job->product (job->ctx, name, "image/tiff; application=geotiff; profile=cloud-optimized", dataset->name, err);
}

static enum sf_code
run (const struct sf_host *host, const struct sf_export *job, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  enum sf_code code = SF_OK;
  for (size_t i = 0; code == SF_OK && i < job->datasets_count; i++)
    if (host->cancelled && host->cancelled (host))
      code = sf_fail (err, SF_ECANCELLED, "cog: cancelled");
    else if (job->datasets[i]->spec->kind == SF_DATASET_GRID)
      code = write_one (host, job, job->datasets[i], &arena, err);
  sf_arena_finish (&arena);
  return code;
}

static const struct sf_exporter exporter = { .kinds = 1u << SF_DATASET_GRID, .run = run };

SF_PLUGIN_EXPORT (cog) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_EXPORTER,
  .name = "cog",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "Cloud Optimized GeoTIFFs of grids, one file a dataset",
  .summary_zh = "格点数据的云优化 GeoTIFF，每个数据集一个文件",
  .options = options,
  .as.exporter = &exporter,
};
