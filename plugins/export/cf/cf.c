/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plugin/plugin.h"
#include "geodata/cf.h"

#include <string.h>

static const char *const layouts[] = { "product", "snapshot", NULL };
static const char *const accesses[] = { "balanced", "maps", "series", NULL };

static const struct sf_option options[] = {
  { .name = "layout",
    .type = SF_OPTION_ENUM,
    .fallback = "product",
    .choices = layouts,
    .help_en = "product: chunked and compressed, for other programs; snapshot: contiguous and aligned, to be mapped",
    .help_zh = "product：分块压缩，供其他程序使用；snapshot：连续存放并对齐，供内存映射" },
  { .name = "access",
    .type = SF_OPTION_ENUM,
    .fallback = "balanced",
    .choices = accesses,
    .help_en = "what the chunks of cubes are shaped for: whole maps, series at a point, or both",
    .help_zh = "立方体分块方式：maps 利于整图读取，series 利于单点时间序列，balanced 兼顾" },
  { .name = "deflate",
    .type = SF_OPTION_INT,
    .fallback = "4",
    .min = 0,
    .max = 9,
    .help_en = "compression level of the product layout, 0 for none",
    .help_zh = "product 布局的压缩级别，0 为不压缩" },
  { .name = "institution",
    .type = SF_OPTION_TEXT,
    .fallback = "Sanfang",
    .help_en = "CF attribute institution: who made the file",
    .help_zh = "CF 属性 institution：文件制作单位" },
  { .name = "source",
    .type = SF_OPTION_TEXT,
    .fallback = "Sanfang",
    .help_en = "CF attribute source: how the data were made",
    .help_zh = "CF 属性 source：数据制作方法" },
  { .name = NULL },
};

static const struct sf_gridspec *
gridspec_of (const struct sf_dataset *dataset)
{
  return dataset->spec->kind == SF_DATASET_CUBE ? &dataset->as.cube->spec : &dataset->as.grid->spec;
}

static bool
is_ours (const struct sf_dataset *dataset)
{
  return dataset->spec->kind == SF_DATASET_GRID || dataset->spec->kind == SF_DATASET_CUBE;
}

/* Whether two datasets go to one file: the same instance and the same grid. */
static bool
share_file (const struct sf_dataset *a, const struct sf_dataset *b)
{
  return !strcmp (sf_dataset_instance (a->name), sf_dataset_instance (b->name))
         && sf_gridspec_same (gridspec_of (a), gridspec_of (b));
}

static bool
host_cancelled (const void *ctx)
{
  const struct sf_host *host = ctx;
  return host->cancelled && host->cancelled (host);
}

static enum sf_code
host_parallel (const void *parallel_ctx, int blocks, sf_block_fn fn, void *ctx, struct sf_error *err)
{
  const struct sf_host *host = parallel_ctx;
  return host->parallel (host, blocks, fn, ctx, err);
}

/* "wind-sea.nc" for the datasets of grid sea; a second grid under the same instance adds its first dataset's name. */
static char *
file_name (struct sf_arena *arena, const struct sf_export *job, const struct sf_dataset *first, bool second)
{
  const char *instance = sf_dataset_instance (first->name);
  return sf_arena_printf (arena, "%s%s%s%s%s.nc", job->name, *instance ? "-" : "", instance, second ? "-" : "",
                          second ? first->spec->name : "");
}

static enum sf_code
write_file (const struct sf_host *host, const struct sf_export *job, struct sf_arena *arena, const char *name,
            const struct sf_dataset *const *group, size_t count, struct sf_error *err)
{
  struct sf_cf_options how = {
    .layout = sf_settings_choice (host->settings, "layout") == 1 ? SF_CF_SNAPSHOT : SF_CF_PRODUCT,
    .access = (enum sf_cf_access) sf_settings_choice (host->settings, "access"),
    .deflate = (int) sf_settings_int (host->settings, "deflate"),
    .institution = sf_settings_text (host->settings, "institution"),
    .source = sf_settings_text (host->settings, "source"),
    .cancelled = host_cancelled,
    .cancelled_ctx = host,
    .parallel = host_parallel,
    .parallel_ctx = host,
  };
  struct sf_file_about about = { .scenario = job->scenario,
                                 .title_en = job->title_en,
                                 .title_zh = job->title_zh,
                                 .authority = job->authority,
                                 .simulated = job->simulated,
                                 .time_s = host->clock_s };
  char *path = sf_arena_printf (arena, "%s/%s", job->folder, name), *names = sf_arena_strdup (arena, group[0]->name);
  for (size_t i = 1; names && i < count; i++)
    names = sf_arena_printf (arena, "%s,%s", names, group[i]->name);
  if (!path || !names)
    return sf_fail (err, SF_ENOMEM, "%s: no memory for its name", name);
  SF_TRY (sf_cf_save (path, group, count, &how, &about, err));
  return job->product (job->ctx, name, "application/x-netcdf", names, err);
}

/* Whether an earlier dataset has the instance of dataset i: its file then has the plain name. */
static bool
name_is_taken (const struct sf_export *job, size_t i)
{
  for (size_t j = 0; j < i; j++)
    if (is_ours (job->datasets[j])
        && !strcmp (sf_dataset_instance (job->datasets[j]->name), sf_dataset_instance (job->datasets[i]->name)))
      return true;
  return false;
}

static bool
is_first_of_file (const struct sf_export *job, size_t i)
{
  for (size_t j = 0; j < i; j++)
    if (is_ours (job->datasets[j]) && share_file (job->datasets[j], job->datasets[i]))
      return false;
  return is_ours (job->datasets[i]);
}

static enum sf_code
run (const struct sf_host *host, const struct sf_export *job, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  const struct sf_dataset **group = sf_arena_calloc (&arena, job->datasets_count + 1, sizeof *group);
  enum sf_code code = group ? SF_OK : sf_fail (err, SF_ENOMEM, "cf: no memory for %zu datasets", job->datasets_count);
  for (size_t i = 0; group && code == SF_OK && i < job->datasets_count; i++)
    {
      if (!is_first_of_file (job, i))
        continue;
      size_t count = 0;
      for (size_t j = i; j < job->datasets_count; j++)
        if (is_ours (job->datasets[j]) && share_file (job->datasets[i], job->datasets[j]))
          group[count++] = job->datasets[j];
      char *name = file_name (&arena, job, job->datasets[i], name_is_taken (job, i));
      code = name ? write_file (host, job, &arena, name, group, count, err)
                  : sf_fail (err, SF_ENOMEM, "cf: no memory for a file name");
    }
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
  return sf_cf_load (path, spec, sf_dataset_instance (dataset_name), ret, err);
}

static const struct sf_exporter exporter
    = { .kinds = 1u << SF_DATASET_GRID | 1u << SF_DATASET_CUBE, .run = run, .load = load };

SF_PLUGIN_EXPORT (cf) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_EXPORTER,
  .name = "cf",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "CF-1.8 netCDF-4 files of grids and cubes, one file a grid",
  .summary_zh = "格点与立方体的 CF-1.8 netCDF-4 文件，每个网格一个文件",
  .options = options,
  .as.exporter = &exporter,
};
