/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plugin/plugin.h"
#include "geodata/vector.h"

enum
{
  KINDS = 1u << SF_DATASET_TABLE | 1u << SF_DATASET_SERIES | 1u << SF_DATASET_FEATURES | 1u << SF_DATASET_TRACKS
};

static enum sf_code
write_file (const struct sf_host *host, const struct sf_export *job, struct sf_arena *arena, struct sf_error *err)
{
  struct sf_file_about about = { .scenario = job->scenario,
                                 .title_en = job->title_en,
                                 .title_zh = job->title_zh,
                                 .authority = job->authority,
                                 .simulated = job->simulated,
                                 .time_s = host->clock_s };
  const struct sf_dataset **ours = sf_arena_calloc (arena, job->datasets_count + 1, sizeof *ours);
  char *name = sf_arena_printf (arena, "%s.gpkg", job->name),
       *path = sf_arena_printf (arena, "%s/%s", job->folder, name);
  const char *names = "";
  size_t count = 0;
  for (size_t i = 0; ours && names && i < job->datasets_count; i++)
    if (1u << job->datasets[i]->spec->kind & KINDS)
      {
        names = sf_arena_printf (arena, "%s%s%s", names, count ? "," : "", job->datasets[i]->name);
        ours[count++] = job->datasets[i];
      }
  if (!ours || !name || !path || !names)
    return sf_fail (err, SF_ENOMEM, "gpkg: no memory for %zu datasets", job->datasets_count);
  if (count == 0)
    return SF_OK;
  SF_TRY (sf_vector_save (path, SF_VECTOR_GPKG, ours, count, &about, err));
  return job->product (job->ctx, name, "application/geopackage+sqlite3", names, err);
}

static enum sf_code
run (const struct sf_host *host, const struct sf_export *job, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  enum sf_code code = write_file (host, job, &arena, err);
  sf_arena_finish (&arena);
  return code;
}

static enum sf_code
load (const struct sf_host *host, const char *path, const char *dataset_name, struct sf_dataset **ret,
      struct sf_error *err)
{
  const struct sf_dataset_spec *spec = sf_vocabulary_dataset (host->vocabulary, dataset_name);
  if (!spec)
    return sf_fail (err, SF_ENOTFOUND, "%s: dataset %s is not in the vocabulary", path, dataset_name);
  return sf_vector_load (path, dataset_name, spec, sf_dataset_instance (dataset_name), ret, err);
}

static const struct sf_exporter exporter = { .kinds = KINDS, .run = run, .load = load };

SF_PLUGIN_EXPORT (gpkg) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_EXPORTER,
  .name = "gpkg",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "One GeoPackage with a layer for each table, feature or track dataset",
  .summary_zh = "一个 GeoPackage，每个表、要素或路径数据集为一个图层",
  .as.exporter = &exporter,
};
