/* SPDX-License-Identifier: Apache-2.0 */
/* Exporter xyz: a folder of tiles a band of each grid, NAME/{c,w}/{z}/{x}/{y}.png, with tiles.json and checksums.sha256. */
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/sha256.h"
#include "core/base/time.h"
#include "core/plugin/plugin.h"
#include "geodata/painter.h"
#include "geodata/picture.h"
#include "geodata/render.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* One band of one grid. */
struct layer
{
  const struct sf_dataset *grid;
  int band;
  double origin;
  const struct sf_style *style;
  struct sf_strbuf name;
  struct sf_painter *painter;
};

struct tile
{
  int layer;
  enum sf_tile_set set;
  int z, x, y;
  bool any;
  struct sf_strbuf png;
  struct sf_key key;
};

struct work
{
  const struct sf_host *host;
  const struct sf_export *job;
  struct sf_styles *styles;
  const struct sf_style *style;
  struct sf_strbuf source_en;
  bool sets[SF_TILE_SETS], striped;
  int min_zoom, max_zoom, level;
  struct layer *layers;
  size_t layers_count, layers_capacity;
  struct tile *tiles;
  size_t count, capacity;
};

static const struct sf_option options[] = {
  { .name = "min_zoom",
    .type = SF_OPTION_INT,
    .fallback = "5",
    .min = 1,
    .max = 18,
    .help_en = "lowest level",
    .help_zh = "最小级别" },
  { .name = "max_zoom",
    .type = SF_OPTION_INT,
    .fallback = "8",
    .min = 1,
    .max = 18,
    .help_en = "highest level",
    .help_zh = "最大级别" },
  { .name = "sets",
    .type = SF_OPTION_TEXTS,
    .fallback = "c, w",
    .help_en = "tile matrix sets: c (EPSG:4490) and w (EPSG:3857)",
    .help_zh = "瓦片矩阵集：c（EPSG:4490）、w（EPSG:3857）" },
  { .name = "style",
    .type = SF_OPTION_TEXT,
    .help_en = "style of share/styles for every grid; else each dataset's default",
    .help_zh = "所有格网使用的样式（share/styles）；缺省用各数据集默认样式" },
  { .name = "bands",
    .type = SF_OPTION_DOUBLES,
    .help_en = "only bands of these values (forces)",
    .help_zh = "仅输出这些波段值（风级）" },
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

static enum sf_code
no_memory (struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "xyz: out of memory");
}

static enum sf_code
read_sets (struct work *work, struct sf_error *err)
{
  const char *const *names;
  size_t count = sf_settings_texts (work->host->settings, "sets", &names);
  if (count == 0)
    return sf_fail (err, SF_EINVAL, "xyz: sets names no tile matrix set, expected c, w or both");
  for (size_t i = 0; i < count; i++)
    {
      bool known = false;
      for (int set = 0; set < SF_TILE_SETS; set++)
        if (strcmp (names[i], sf_tile_set_name ((enum sf_tile_set) set)) == 0)
          known = work->sets[set] = true;
      if (!known)
        return sf_fail (err, SF_EINVAL, "xyz: sets: '%s' is not a tile matrix set, expected c or w", names[i]);
    }
  return SF_OK;
}

static enum sf_code
add_layer (struct work *work, const struct sf_dataset *grid, int band, struct sf_error *err)
{
  const struct sf_style *style = work->style ? work->style : sf_styles_default (work->styles, grid->name);
  if (!style)
    return sf_fail (err, SF_ENOTFOUND, "xyz: dataset '%s' has no default style; name one", grid->name);
  if (sf_mem_grow ((void **) &work->layers, &work->layers_capacity, work->layers_count + 1, sizeof *work->layers))
    return no_memory (err);
  struct layer *layer = &work->layers[work->layers_count++];
  *layer = (struct layer){ .grid = grid, .band = band, .style = style };
  layer->origin = sf_render_origin (grid->as.grid, style);
  sf_picture_format_name (work->job->name, grid, band, "", work->job->authority, work->job->simulated, &layer->name);
  if (layer->name.failed)
    return no_memory (err);
  const struct sf_painter_source source = { .grid = grid->as.grid,
                                            .band = band,
                                            .style = style,
                                            .origin = layer->origin,
                                            .is_striped = work->striped,
                                            .png_level = work->level };
  return sf_painter_new (&source, &layer->painter, err);
}

static enum sf_code
add_layers (struct work *work, struct sf_error *err)
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
          SF_TRY (add_layer (work, dataset, band, err));
    }
  if (work->layers_count == 0)
    return sf_fail (err, SF_EINVAL, "xyz: output '%s' has no grid to draw", job->name);
  return SF_OK;
}

static enum sf_code
add_level (struct work *work, int layer, enum sf_tile_set set, int z, struct sf_error *err)
{
  struct sf_tile_matrix matrix;
  struct sf_bounds degrees = sf_render_grid_bounds (&work->layers[layer].grid->as.grid->spec);
  struct sf_bounds extent = sf_tile_set_extent (set, &degrees);
  SF_TRY (sf_tile_matrix_get (set, z, &matrix, err));
  struct sf_tile_range range = sf_tile_range_find (&matrix, &extent);
  int64_t limit = sf_settings_int (work->host->settings, "max_tiles");
  int64_t more = (int64_t) (range.x1 - range.x0) * (range.y1 - range.y0);
  if (more > 0 && (int64_t) work->count + more > limit)
    return sf_fail (err, SF_ERANGE, "xyz: level %d of %s brings it over %lld tiles; lower max_zoom or raise max_tiles",
                    z, work->layers[layer].name.text, (long long) limit);
  for (int x = range.x0; x < range.x1; x++)
    for (int y = range.y0; y < range.y1; y++)
      {
        if (sf_mem_grow ((void **) &work->tiles, &work->capacity, work->count + 1, sizeof *work->tiles))
          return no_memory (err);
        work->tiles[work->count++] = (struct tile){ .layer = layer, .set = set, .z = z, .x = x, .y = y };
      }
  return SF_OK;
}

static enum sf_code
list_tiles (struct work *work, struct sf_error *err)
{
  for (size_t layer = 0; layer < work->layers_count; layer++)
    for (int set = 0; set < SF_TILE_SETS; set++)
      for (int z = work->min_zoom; work->sets[set] && z <= work->max_zoom; z++)
        SF_TRY (add_level (work, (int) layer, (enum sf_tile_set) set, z, err));
  return SF_OK;
}

static enum sf_code
draw_tile (void *ctx, int block, struct sf_error *err)
{
  const struct work *work = ctx;
  struct tile *tile = &work->tiles[block];
  struct sf_tile_matrix matrix;
  SF_TRY (sf_tile_matrix_get (tile->set, tile->z, &matrix, err));
  const struct sf_window window = { .projection = tile->set,
                                    .bounds = sf_tile_bounds (&matrix, tile->x, tile->y),
                                    .width = SF_TILE_PIXELS,
                                    .height = SF_TILE_PIXELS };
  SF_TRY (sf_painter_paint (work->layers[tile->layer].painter, &window, &tile->png, &tile->any, err));
  if (tile->any)
    return sf_key_of_bytes (tile->png.text, tile->png.length, &tile->key, err);
  sf_strbuf_finish (&tile->png);
  return SF_OK;
}

/* Without an fsync a file: whoever publishes the folder syncs the whole tree once. */
static enum sf_code
write_plain (const char *path, const void *bytes, size_t length, struct sf_error *err)
{
  FILE *file = fopen (path, "wb");
  if (!file)
    return sf_fail (err, SF_EIO, "%s: %s", path, strerror (errno));
  bool good = fwrite (bytes, 1, length, file) == length;
  int number = errno;
  if (fclose (file) != 0)
    {
      good = false;
      number = errno;
    }
  return good ? SF_OK : sf_fail (err, SF_EIO, "%s: %s", path, strerror (number));
}

static enum sf_code
write_tile (const struct work *work, const struct tile *tile, struct sf_strbuf *sums, struct sf_error *err)
{
  struct sf_strbuf path = { 0 };
  char key[SF_KEY_TEXT_BYTES];
  sf_strbuf_addf (&path, "%s/%s/%s/%d/%d", work->job->folder, work->layers[tile->layer].name.text,
                  sf_tile_set_name (tile->set), tile->z, tile->x);
  enum sf_code code = path.failed ? no_memory (err) : sf_file_make_folder (path.text, err);
  sf_strbuf_addf (&path, "/%d.png", tile->y);
  if (code == SF_OK && path.failed)
    code = no_memory (err);
  if (code == SF_OK)
    code = write_plain (path.text, tile->png.text, tile->png.length, err);
  sf_strbuf_addf (sums, "%s  %d/%d/%d.png\n", sf_key_format (&tile->key, key), tile->z, tile->x, tile->y);
  sf_strbuf_finish (&path);
  return code;
}

static void
put_titles (struct sf_json *json, const char *key, const char *en, const char *zh)
{
  sf_json_key (json, key);
  sf_json_begin_object (json);
  sf_json_put_string (json, "en", en);
  sf_json_put_string (json, "zh", zh);
  sf_json_end_object (json);
}

static void
put_legend (struct sf_json *json, const struct layer *layer)
{
  sf_json_key (json, "legend");
  sf_json_begin_array (json);
  for (int i = 0; i < layer->style->entries_count; i++)
    {
      const struct sf_style_entry *entry = &layer->style->entries[i];
      char colour[16];
      snprintf (colour, sizeof colour, "#%02x%02x%02x%02x", entry->rgba[0], entry->rgba[1], entry->rgba[2],
                entry->rgba[3]);
      sf_json_begin_object (json);
      sf_json_put_double (json, "from", entry->from + layer->origin);
      sf_json_put_string (json, "colour", colour);
      put_titles (json, "label", entry->label_en, entry->label_zh);
      sf_json_end_object (json);
    }
  sf_json_end_array (json);
}

static void
put_dataset (struct sf_json *json, const struct layer *layer)
{
  const struct sf_dataset *grid = layer->grid;
  sf_json_put_string (json, "dataset", grid->name);
  if (grid->spec->quantity)
    {
      sf_json_put_string (json, "quantity", grid->spec->quantity->name);
      sf_json_put_string (json, "unit", grid->spec->quantity->unit);
    }
  if (grid->spec->band)
    {
      sf_json_put_string (json, "band", grid->spec->band->name);
      sf_json_put_double (json, "band_value", grid->as.grid->band_values[layer->band]);
    }
  sf_json_put_time (json, "reference_time", grid->as.grid->reference_s);
  if (layer->style->from_earliest && grid->as.grid->reference_s != SF_TIME_MISSING)
    sf_json_put_time (json, "labels_count_from", grid->as.grid->reference_s + (int64_t) llround (layer->origin * 3600));
  sf_json_put_string (json, "style", layer->style->name);
  sf_json_put_string (json, "sampling", sf_sampling_name (layer->style->sampling));
  put_legend (json, layer);
}

/* The members of TileJSON 3.0, then what it has no words for. */
static void
put_tile_json (const struct work *work, const struct layer *layer, enum sf_tile_set set, size_t tiles,
               struct sf_strbuf *out)
{
  static const char *const notes[SF_TILE_SETS] = {
    "Tianditu set c: z is the TILEMATRIX id of a Tianditu WMTS (1 = 2x1 tiles of 0.703125 degree a pixel), rows from "
    "90 N; the same level is z-1 in WorldCRS84Quad and in services that count 2x1 as level 0.",
    "Tianditu set w: z is the TILEMATRIX id of a Tianditu WMTS, of GoogleMapsCompatible and of XYZ clients alike."
  };
  struct sf_json json = { .out = out, .indent = 2 };
  struct sf_bounds bounds = sf_render_grid_bounds (&layer->grid->as.grid->spec);
  const double corners[4] = { bounds.min_x, bounds.min_y, bounds.max_x, bounds.max_y };
  const struct sf_export *job = work->job;
  sf_json_begin_object (&json);
  sf_json_put_string (&json, "tilejson", "3.0.0");
  sf_json_key (&json, "tiles");
  sf_json_begin_array (&json);
  sf_json_string (&json, "{z}/{x}/{y}.png");
  sf_json_end_array (&json);
  sf_json_put_string (&json, "name", layer->name.text);
  sf_json_put_string (&json, "scheme", "xyz");
  sf_json_put_int (&json, "minzoom", work->min_zoom);
  sf_json_put_int (&json, "maxzoom", work->max_zoom);
  sf_json_key (&json, "bounds");
  sf_json_begin_array (&json);
  for (int i = 0; i < 4; i++)
    sf_json_double (&json, corners[i]);
  sf_json_end_array (&json);
  sf_json_put_string (&json, "attribution", work->source_en.length ? work->source_en.text : NULL);
  sf_json_put_string (&json, "tile_matrix_set", sf_tile_set_name (set));
  sf_json_put_string (&json, "crs", sf_tile_set_crs (set));
  sf_json_put_string (&json, "numbering", notes[set]);
  sf_json_put_int (&json, "tile_count", (int64_t) tiles);
  sf_json_put_string (&json, "missing_tiles", "fully transparent");
  put_titles (&json, "title", layer->grid->spec->title_en, layer->grid->spec->title_zh);
  put_titles (&json, "scenario", job->title_en, job->title_zh);
  put_titles (&json, "authority", sf_authority_name (job->authority, 0), sf_authority_name (job->authority, 1));
  sf_json_put_bool (&json, "simulated", job->simulated);
  sf_json_put_bool (&json, "striped", work->striped);
  sf_json_put_time (&json, "as_of", work->host->clock_s);
  put_dataset (&json, layer);
  sf_json_end_object (&json);
  sf_strbuf_add (out, "\n");
}

static enum sf_code
write_product (const struct work *work, const struct layer *layer, enum sf_tile_set set, const char *name,
               const char *media_type, const struct sf_strbuf *bytes, struct sf_error *err)
{
  struct sf_strbuf path = { 0 }, folder = { 0 }, inside = { 0 };
  sf_strbuf_addf (&inside, "%s/%s", layer->name.text, sf_tile_set_name (set));
  sf_strbuf_addf (&folder, "%s/%s", work->job->folder, inside.failed ? "" : inside.text);
  sf_strbuf_addf (&path, "%s/%s", folder.failed ? "" : folder.text, name);
  sf_strbuf_addf (&inside, "/%s", name);
  enum sf_code code = path.failed || inside.failed || folder.failed || bytes->failed ? no_memory (err) : SF_OK;
  if (code == SF_OK)
    code = sf_file_make_folder (folder.text, err);
  if (code == SF_OK)
    code = sf_file_write (path.text, bytes->text ? bytes->text : "", bytes->length, err);
  if (code == SF_OK)
    code = work->job->product (work->job->ctx, inside.text, media_type, layer->grid->name, err);
  sf_strbuf_finish (&inside);
  sf_strbuf_finish (&folder);
  sf_strbuf_finish (&path);
  return code;
}

static enum sf_code
write_set (const struct work *work, int layer, enum sf_tile_set set, struct sf_error *err)
{
  struct sf_strbuf sums = { 0 }, text = { 0 };
  enum sf_code code = SF_OK;
  size_t tiles = 0;
  for (size_t i = 0; code == SF_OK && i < work->count; i++)
    {
      const struct tile *tile = &work->tiles[i];
      if (tile->layer != layer || tile->set != set || !tile->any)
        continue;
      tiles++;
      code = write_tile (work, tile, &sums, err);
    }
  put_tile_json (work, &work->layers[layer], set, tiles, &text);
  if (code == SF_OK)
    code = write_product (work, &work->layers[layer], set, "checksums.sha256", "text/plain", &sums, err);
  if (code == SF_OK)
    code = write_product (work, &work->layers[layer], set, "tiles.json", "application/json", &text, err);
  sf_strbuf_finish (&sums);
  sf_strbuf_finish (&text);
  return code;
}

static enum sf_code
prepare (struct work *work, struct sf_error *err)
{
  const struct sf_host *host = work->host;
  const char *style = sf_settings_text (host->settings, "style");
  struct sf_strbuf folder = { 0 };
  work->min_zoom = (int) sf_settings_int (host->settings, "min_zoom");
  work->max_zoom = (int) sf_settings_int (host->settings, "max_zoom");
  work->level = (int) sf_settings_int (host->settings, "compression");
  work->striped = work->job->simulated || work->job->authority > SF_AUTHORITY_INTERNAL;
  if (work->min_zoom > work->max_zoom)
    return sf_fail (err, SF_EINVAL, "xyz: min_zoom %d is above max_zoom %d", work->min_zoom, work->max_zoom);
  sf_strbuf_addf (&folder, "%s/styles", host->share_folder);
  enum sf_code code = folder.failed ? no_memory (err) : sf_styles_load (folder.text, &work->styles, err);
  sf_strbuf_finish (&folder);
  if (code != SF_OK)
    return code;
  SF_TRY (sf_styles_check (work->styles, host->vocabulary, err));
  if (style)
    SF_TRY (sf_styles_find (work->styles, style, &work->style, err));
  struct sf_picture sources = { .styles = work->styles };
  SF_TRY (sf_picture_find_layers (&sources, work->job->datasets, work->job->datasets_count, NULL, 0, err));
  sf_picture_format_sources (&sources, false, &work->source_en);
  SF_TRY (read_sets (work, err));
  SF_TRY (add_layers (work, err));
  return list_tiles (work, err);
}

static void
finish (struct work *work)
{
  for (size_t i = 0; i < work->count; i++)
    sf_strbuf_finish (&work->tiles[i].png);
  for (size_t i = 0; i < work->layers_count; i++)
    {
      sf_painter_free (work->layers[i].painter);
      sf_strbuf_finish (&work->layers[i].name);
    }
  sf_mem_free (work->tiles);
  sf_mem_free (work->layers);
  sf_strbuf_finish (&work->source_en);
  sf_styles_free (work->styles);
}

static enum sf_code
run (const struct sf_host *host, const struct sf_export *job, struct sf_error *err)
{
  struct work work = { .host = host, .job = job };
  enum sf_code code = prepare (&work, err);
  if (code == SF_OK)
    code = host->parallel (host, (int) work.count, draw_tile, &work, err);
  for (size_t layer = 0; layer < work.layers_count; layer++)
    for (int set = 0; code == SF_OK && set < SF_TILE_SETS; set++)
      if (work.sets[set])
        code = write_set (&work, (int) layer, (enum sf_tile_set) set, err);
  finish (&work);
  return code;
}

static const struct sf_exporter exporter = {
  .kinds = 1u << SF_DATASET_GRID | 1u << SF_DATASET_FEATURES | 1u << SF_DATASET_TRACKS | 1u << SF_DATASET_TABLE,
  .run = run,
};

SF_PLUGIN_EXPORT (xyz) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_EXPORTER,
  .name = "xyz",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "Map tiles in Tianditu's matrix sets c and w as a folder",
  .summary_zh = "天地图 c、w 矩阵集的地图瓦片目录",
  .options = options,
  .as.exporter = &exporter,
};
