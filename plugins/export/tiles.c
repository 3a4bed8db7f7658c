/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/export/tiles.h"

#include "geodata/picture.h"

#include <string.h>

const struct sf_option sf_tiles_options[] = {
  { .name = "min_zoom",
    .type = SF_OPTION_INT,
    .fallback = "0",
    .min = 0,
    .max = 18,
    .help_en = "lowest level (set c begins with 1)",
    .help_zh = "最小级别（c 集从1级起）" },
  { .name = "max_zoom",
    .type = SF_OPTION_INT,
    .min = 0,
    .max = 18,
    .help_en = "highest level; without it the first one whose pixels are no larger than the grid's cells, 10 for "
               "features",
    .help_zh = "最大级别；缺省为像元不大于格网单元的第一个级别，要素为10级" },
  { .name = "sets",
    .type = SF_OPTION_TEXTS,
    .help_en = "tile matrix sets: c (EPSG:4490) and w (EPSG:3857); without it all that the format can hold",
    .help_zh = "瓦片矩阵集：c（EPSG:4490）、w（EPSG:3857）；缺省为该格式能容纳的全部" },
  { .name = "style",
    .type = SF_OPTION_TEXT,
    .help_en = "style of share/styles for every grid; else each dataset's default",
    .help_zh = "所有格网使用的样式（share/styles）；缺省用各数据集默认样式" },
  { .name = "bands",
    .type = SF_OPTION_DOUBLES,
    .help_en = "only bands of these values (forces)",
    .help_zh = "仅输出这些波段值（风级）" },
  { .name = "times",
    .type = SF_OPTION_TEXTS,
    .help_en = "only steps of a cube at these times, with their zone (2014-07-18T14:00:00+08:00); else all",
    .help_zh = "仅输出逐时数据的这些时刻，须带时区（2014-07-18T14:00:00+08:00）；缺省为全部" },
  { .name = "compression",
    .type = SF_OPTION_INT,
    .fallback = "6",
    .min = 1,
    .max = 12,
    .help_en = "libdeflate level: 1 fast, 12 small",
    .help_zh = "压缩级别：1最快，12最小" },
  { .name = "max_tiles",
    .type = SF_OPTION_INT,
    .fallback = "50000",
    .min = 1,
    .max = 5000000,
    .help_en = "refuse to make more tiles than this",
    .help_zh = "瓦片数超过此值时拒绝执行" },
  { .name = NULL },
};

static const char *
component (const struct sf_tiles *work)
{
  return work->host->component;
}

static enum sf_code
no_memory (const struct sf_tiles *work, struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "%s: out of memory", component (work));
}

static enum sf_code
read_set (struct sf_tiles *work, const char *name, struct sf_error *err)
{
  for (int set = 0; set < SF_TILE_SETS; set++)
    {
      if (strcmp (name, sf_tile_set_name ((enum sf_tile_set) set)) != 0)
        continue;
      if (!work->format->sets[set])
        return sf_fail (
            err, SF_EUNSUPPORTED,
            "%s: sets: '%s' (%s) cannot be in this format, which knows web Mercator (w) only; xyz writes it",
            component (work), name, sf_tile_set_crs ((enum sf_tile_set) set));
      work->sets[set] = true;
      return SF_OK;
    }
  return sf_fail (err, SF_EINVAL, "%s: sets: '%s' is not a tile matrix set, expected c or w", component (work), name);
}

static enum sf_code
read_sets (struct sf_tiles *work, struct sf_error *err)
{
  const char *const *names;
  size_t count = sf_settings_texts (work->host->settings, "sets", &names);
  for (size_t i = 0; i < count; i++)
    SF_TRY (read_set (work, names[i], err));
  if (names && count == 0)
    return sf_fail (err, SF_EINVAL, "%s: sets names no tile matrix set, expected c or w", component (work));
  for (int set = 0; !names && set < SF_TILE_SETS; set++)
    work->sets[set] = work->format->sets[set];
  return SF_OK;
}

enum sf_code
sf_tiles_read_levels (const struct sf_tiles *work, struct sf_tiles_layer *layer, int natural, struct sf_error *err)
{
  int64_t max_zoom = sf_settings_int (work->host->settings, "max_zoom");
  bool is_given = max_zoom != INT64_MIN;
  layer->min_zoom = (int) sf_settings_int (work->host->settings, "min_zoom");
  layer->max_zoom = is_given ? (int) max_zoom : natural;
  if (layer->min_zoom > layer->max_zoom)
    return sf_fail (err, SF_EINVAL, "%s: min_zoom %d is above max_zoom %d%s%s", component (work), layer->min_zoom,
                    layer->max_zoom, is_given ? "" : ", the natural one of ", is_given ? "" : layer->datasets.text);
  return SF_OK;
}

struct sf_tiles_layer *
sf_tiles_add_layer (struct sf_tiles *work, const struct sf_tiles_kind *kind)
{
  if (sf_mem_grow ((void **) &work->layers, &work->layers_capacity, work->layers_count + 1, sizeof *work->layers))
    return NULL;
  struct sf_tiles_layer *layer = &work->layers[work->layers_count++];
  *layer = (struct sf_tiles_layer){ .kind = kind, .compression = work->compression, .is_striped = work->is_striped };
  return layer;
}

static enum sf_code
add_layers (struct sf_tiles *work, struct sf_error *err)
{
  const struct sf_export *job = work->job;
  for (size_t i = 0; i < job->datasets_count; i++)
    if (job->datasets[i]->spec->kind == SF_DATASET_GRID || job->datasets[i]->spec->kind == SF_DATASET_CUBE)
      SF_TRY (sf_tiles_add_field (work, job->datasets[i], err));
  if (work->format->takes_features)
    SF_TRY (sf_tiles_add_features (work, err));
  if (work->layers_count == 0)
    return sf_fail (err, SF_EINVAL, "%s: output '%s' has no grid%s to draw", component (work), job->name,
                    work->format->takes_features ? " and no features" : "");
  return SF_OK;
}

static enum sf_code
count_tiles (const struct sf_tiles *work, struct sf_error *err)
{
  int64_t limit = sf_settings_int (work->host->settings, "max_tiles"), count = 0;
  for (size_t i = 0; i < work->layers_count; i++)
    for (int set = 0; set < SF_TILE_SETS; set++)
      {
        struct sf_pyramid pyramid;
        if (!work->sets[set])
          continue;
        SF_TRY (sf_pyramid_init (&pyramid, work, &work->layers[i], (enum sf_tile_set) set, err));
        count += pyramid.possible;
        if (count > limit)
          return sf_fail (err, SF_ERANGE,
                          "%s: %s in levels %d to %d brings it to %lld tiles, over %lld; lower max_zoom "
                          "or raise max_tiles",
                          component (work), work->layers[i].name.text, work->layers[i].min_zoom,
                          work->layers[i].max_zoom, (long long) count, (long long) limit);
      }
  return SF_OK;
}

static enum sf_code
load_styles (struct sf_tiles *work, struct sf_error *err)
{
  const struct sf_host *host = work->host;
  const char *style = sf_settings_text (host->settings, "style");
  struct sf_strbuf folder = { 0 };
  sf_strbuf_addf (&folder, "%s/styles", host->share_folder);
  enum sf_code code = folder.failed ? no_memory (work, err) : sf_styles_load (folder.text, &work->styles, err);
  sf_strbuf_finish (&folder);
  if (code != SF_OK)
    return code;
  SF_TRY (sf_styles_check (work->styles, host->vocabulary, err));
  return style ? sf_styles_find (work->styles, style, &work->style, err) : SF_OK;
}

static enum sf_code
prepare (struct sf_tiles *work, struct sf_error *err)
{
  const struct sf_export *job = work->job;
  work->compression = (int) sf_settings_int (work->host->settings, "compression");
  work->is_striped = job->simulated || job->authority > SF_AUTHORITY_INTERNAL;
  SF_TRY (load_styles (work, err));
  struct sf_picture sources = { .styles = work->styles };
  SF_TRY (sf_picture_find_layers (&sources, job->datasets, job->datasets_count, NULL, 0, err));
  sf_picture_format_sources (&sources, false, &work->source_en);
  SF_TRY (read_sets (work, err));
  SF_TRY (add_layers (work, err));
  return count_tiles (work, err);
}

static enum sf_code
write_sets (const struct sf_tiles *work, const struct sf_tiles_layer *layer, struct sf_error *err)
{
  for (int set = 0; set < SF_TILE_SETS; set++)
    {
      struct sf_pyramid pyramid;
      if (!work->sets[set])
        continue;
      SF_TRY (sf_pyramid_init (&pyramid, work, layer, (enum sf_tile_set) set, err));
      SF_TRY (work->format->write (&pyramid, err));
    }
  return SF_OK;
}

static enum sf_code
write_layer (const struct sf_tiles *work, struct sf_tiles_layer *layer, struct sf_error *err)
{
  if (layer->kind->open)
    SF_TRY (layer->kind->open (layer, err));
  enum sf_code code = write_sets (work, layer, err);
  if (layer->kind->close)
    layer->kind->close (layer);
  return code;
}

static void
finish (struct sf_tiles *work)
{
  for (size_t i = 0; i < work->layers_count; i++)
    {
      struct sf_tiles_layer *layer = &work->layers[i];
      layer->kind->finish (layer);
      sf_strbuf_finish (&layer->name);
      sf_strbuf_finish (&layer->title_en);
      sf_strbuf_finish (&layer->title_zh);
      sf_strbuf_finish (&layer->datasets);
    }
  sf_mem_free (work->layers);
  sf_strbuf_finish (&work->source_en);
  sf_styles_free (work->styles);
}

enum sf_code
sf_tiles_write (const struct sf_host *host, const struct sf_export *job, const struct sf_tiles_format *format,
                struct sf_error *err)
{
  struct sf_tiles work = { .host = host, .job = job, .format = format };
  enum sf_code code = prepare (&work, err);
  for (size_t i = 0; code == SF_OK && i < work.layers_count; i++)
    code = write_layer (&work, &work.layers[i], err);
  finish (&work);
  return code;
}
