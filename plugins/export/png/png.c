/* SPDX-License-Identifier: Apache-2.0 */
/* Exporter png: map pictures, one a band of each grid, and one of the track alone. */
#include "core/base/file.h"
#include "core/plugin/plugin.h"
#include "geodata/picture.h"

#include <string.h>

struct sheet
{
  struct sf_picture picture;
  struct sf_strbuf name, datasets, png;
};

struct work
{
  const struct sf_host *host;
  const struct sf_export *job;
  struct sf_styles *styles;
  const struct sf_style *style; /* named by the option, else NULL */
  struct sf_picture common;
  struct sf_strbuf source_zh, source_en;
  struct sheet *sheets;
  size_t count, capacity;
};

static const struct sf_option options[] = {
  { .name = "extent",
    .type = SF_OPTION_DOUBLES,
    .unit = "degree",
    .min = -180,
    .max = 360,
    .help_en = "west, south, east, north; else the grid's own",
    .help_zh = "西、南、东、北边界；缺省为格网范围" },
  { .name = "width",
    .type = SF_OPTION_INT,
    .unit = "px",
    .fallback = "1600",
    .min = 480,
    .max = 4096,
    .help_en = "width of the sheet; a tall extent gives a narrower one",
    .help_zh = "图幅宽度；南北狭长时图幅变窄" },
  { .name = "style",
    .type = SF_OPTION_TEXT,
    .help_en = "style of share/styles for every grid; else each dataset's default",
    .help_zh = "所有格网使用的样式（share/styles）；缺省用各数据集默认样式" },
  { .name = "bands",
    .type = SF_OPTION_DOUBLES,
    .help_en = "only bands of these values (forces)",
    .help_zh = "仅输出这些波段值（风级）" },
  { .name = "layers",
    .type = SF_OPTION_TEXTS,
    .help_en
    = "layers over the grid, of: coast, counties, county_seats, warning_lines, wind_areas, track_points, tracks, "
      "landfalls; else all but wind_areas",
    .help_zh = "叠加图层：coast、counties、county_seats、warning_lines、wind_areas、track_points、tracks、landfalls；"
               "缺省为除 wind_areas 外全部" },
  { .name = "track_sheet",
    .type = SF_OPTION_BOOL,
    .fallback = "true",
    .help_en = "also draw the track without a grid, when there is one",
    .help_zh = "另出一张不带格网的路径图（有路径时）" },
  { .name = NULL },
};

static enum sf_code
add_sheet (struct work *work, const struct sf_dataset *grid, int band, struct sf_error *err)
{
  if (sf_mem_grow ((void **) &work->sheets, &work->capacity, work->count + 1, sizeof *work->sheets))
    return sf_fail (err, SF_ENOMEM, "png: out of memory");
  struct sheet *sheet = &work->sheets[work->count++];
  *sheet = (struct sheet){ .picture = work->common };
  sheet->picture.grid = grid;
  sheet->picture.band = band;
  sheet->picture.style = grid ? work->style : NULL;
  sf_picture_format_name (work->job->name, grid, band, "track", work->job->authority, work->job->simulated,
                          &sheet->name);
  sf_strbuf_add (&sheet->name, ".png");
  const struct sf_dataset *track = sheet->picture.track_points ? sheet->picture.track_points : sheet->picture.tracks;
  sf_strbuf_add (&sheet->datasets, grid ? grid->name : track->name);
  return SF_OK;
}

static enum sf_code
add_sheets (struct work *work, struct sf_error *err)
{
  const struct sf_export *job = work->job;
  const double *bands;
  size_t bands_count = sf_settings_doubles (work->host->settings, "bands", &bands);
  for (size_t i = 0; i < job->datasets_count; i++)
    {
      const struct sf_dataset *dataset = job->datasets[i];
      if (dataset->spec->kind != SF_DATASET_GRID)
        continue;
      for (int band = 0; band < dataset->as.grid->bands; band++)
        if (sf_dataset_band_wanted (dataset, band, bands, bands_count))
          SF_TRY (add_sheet (work, dataset, band, err));
    }
  bool track = work->common.track_points || work->common.tracks;
  if (track && sf_settings_bool (work->host->settings, "track_sheet"))
    SF_TRY (add_sheet (work, NULL, 0, err));
  if (work->count == 0)
    return sf_fail (err, SF_EINVAL, "png: output '%s' has neither a grid nor a track to draw", job->name);
  return SF_OK;
}

static enum sf_code
read_extent (const struct sf_host *host, struct sf_bounds *ret_extent, struct sf_error *err)
{
  const double *values;
  size_t count = sf_settings_doubles (host->settings, "extent", &values);
  if (count == 0)
    return SF_OK;
  if (count != 4 || values[0] >= values[2] || values[1] >= values[3])
    return sf_fail (err, SF_EINVAL, "png: extent has %zu numbers or no area, expected west, south, east, north", count);
  *ret_extent = (struct sf_bounds){ .min_x = values[0], .min_y = values[1], .max_x = values[2], .max_y = values[3] };
  return SF_OK;
}

static enum sf_code
prepare (struct work *work, struct sf_arena *arena, struct sf_error *err)
{
  const struct sf_host *host = work->host;
  const struct sf_export *job = work->job;
  const char *style = sf_settings_text (host->settings, "style"), *const * names;
  size_t names_count = sf_settings_texts (host->settings, "layers", &names);
  char *folder = sf_file_join (arena, host->share_folder, "styles");
  if (!folder)
    return sf_fail (err, SF_ENOMEM, "png: out of memory");
  SF_TRY (sf_styles_load (folder, &work->styles, err));
  SF_TRY (sf_styles_check (work->styles, host->vocabulary, err));
  if (style)
    SF_TRY (sf_styles_find (work->styles, style, &work->style, err));
  work->common = (struct sf_picture){ .styles = work->styles,
                                      .width_px = (int) sf_settings_int (host->settings, "width"),
                                      .title_en = job->title_en,
                                      .title_zh = job->title_zh,
                                      .clock_s = host->clock_s,
                                      .authority = job->authority,
                                      .simulated = job->simulated };
  SF_TRY (read_extent (host, &work->common.extent, err));
  SF_TRY (sf_picture_find_layers (&work->common, job->datasets, job->datasets_count, names, names_count, err));
  sf_picture_format_sources (&work->common, true, &work->source_zh);
  sf_picture_format_sources (&work->common, false, &work->source_en);
  work->common.source_zh = work->source_zh.text;
  work->common.source_en = work->source_en.text;
  return add_sheets (work, err);
}

static enum sf_code
draw (void *ctx, int block, struct sf_error *err)
{
  struct sheet *sheet = &((struct work *) ctx)->sheets[block];
  enum sf_code code = sf_picture_draw (&sheet->picture, &sheet->png, err);
  return code == SF_OK ? code : sf_error_prefix (err, code, "%s", sheet->name.text ? sheet->name.text : "png");
}

static enum sf_code
write_sheet (const struct sf_export *job, const struct sheet *sheet, struct sf_arena *arena, struct sf_error *err)
{
  if (sheet->name.failed || sheet->datasets.failed || sheet->png.failed)
    return sf_fail (err, SF_ENOMEM, "png: out of memory");
  char *path = sf_file_join (arena, job->folder, sheet->name.text);
  if (!path)
    return sf_fail (err, SF_ENOMEM, "png: out of memory");
  SF_TRY (sf_file_write (path, sheet->png.text, sheet->png.length, err));
  return job->product (job->ctx, sheet->name.text, "image/png", sheet->datasets.text, err);
}

static void
finish (struct work *work)
{
  for (size_t i = 0; i < work->count; i++)
    {
      sf_strbuf_finish (&work->sheets[i].name);
      sf_strbuf_finish (&work->sheets[i].datasets);
      sf_strbuf_finish (&work->sheets[i].png);
    }
  sf_mem_free (work->sheets);
  sf_strbuf_finish (&work->source_zh);
  sf_strbuf_finish (&work->source_en);
  sf_styles_free (work->styles);
}

static enum sf_code
run (const struct sf_host *host, const struct sf_export *job, struct sf_error *err)
{
  struct work work = { .host = host, .job = job };
  struct sf_arena arena;
  sf_arena_init (&arena);
  enum sf_code code = prepare (&work, &arena, err);
  if (code == SF_OK)
    code = host->parallel (host, (int) work.count, draw, &work, err);
  for (size_t i = 0; code == SF_OK && i < work.count; i++)
    code = write_sheet (job, &work.sheets[i], &arena, err);
  finish (&work);
  sf_arena_finish (&arena);
  return code;
}

static const struct sf_exporter exporter = {
  .kinds = 1u << SF_DATASET_GRID | 1u << SF_DATASET_FEATURES | 1u << SF_DATASET_TRACKS | 1u << SF_DATASET_TABLE,
  .run = run,
};

SF_PLUGIN_EXPORT (png) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_EXPORTER,
  .name = "png",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "Map pictures with legend in Chinese and English",
  .summary_zh = "带中英文图例的地图图片",
  .options = options,
  .as.exporter = &exporter,
};
