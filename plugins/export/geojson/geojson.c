/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plugin/plugin.h"
#include "geodata/vector.h"

static enum sf_code
write_one (const struct sf_host *host, const struct sf_export *job, const struct sf_dataset *dataset,
           struct sf_arena *arena, struct sf_error *err)
{
  struct sf_file_about about = { .scenario = job->scenario,
                                 .title_en = job->title_en,
                                 .title_zh = job->title_zh,
                                 .authority = job->authority,
                                 .simulated = job->simulated,
                                 .time_s = host->clock_s };
  char *stem = sf_file_about_stem (arena, dataset->name), *name = sf_arena_printf (arena, "%s.geojson", stem);
  char *path = sf_arena_printf (arena, "%s/%s", job->folder, name);
  if (!stem || !name || !path)
    return sf_fail (err, SF_ENOMEM, "geojson: no memory for the file name of %s", dataset->name);
  SF_TRY (sf_vector_save (path, SF_VECTOR_GEOJSON, &dataset, 1, &about, err));
  return job->product (job->ctx, name, "application/geo+json", dataset->name, err);
}

static enum sf_code
run (const struct sf_host *host, const struct sf_export *job, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  enum sf_code code = SF_OK;
  for (size_t i = 0; code == SF_OK && i < job->datasets_count; i++)
    {
      enum sf_dataset_kind kind = job->datasets[i]->spec->kind;
      if (host->cancelled && host->cancelled (host))
        code = sf_fail (err, SF_ECANCELLED, "geojson: cancelled");
      else if (kind == SF_DATASET_FEATURES || kind == SF_DATASET_TRACKS)
        code = write_one (host, job, job->datasets[i], &arena, err);
    }
  sf_arena_finish (&arena);
  return code;
}

static const struct sf_exporter exporter = { .kinds = 1u << SF_DATASET_FEATURES | 1u << SF_DATASET_TRACKS, .run = run };

SF_PLUGIN_EXPORT (geojson) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_EXPORTER,
  .name = "geojson",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "GeoJSON (RFC 7946) of features and tracks, one file a dataset",
  .summary_zh = "要素与路径的 GeoJSON（RFC 7946），每个数据集一个文件",
  .as.exporter = &exporter,
};
