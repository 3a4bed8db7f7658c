/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/export/tiles.h"

#include "core/base/time.h"
#include "geodata/picture.h"
#include "geodata/render.h"

#include <math.h>
#include <stdio.h>

/* The first level of XYZ numbers whose pixels are no wider than a cell; at most the last there is. */
static int
natural_zoom (const struct sf_gridspec *spec)
{
  double cell_deg = fmin (fabs (spec->affine[1]), fabs (spec->affine[5]));
  double zoom = ceil (log2 (360.0 / SF_TILE_PIXELS / cell_deg) - 1e-9);
  return zoom > 0 ? (int) fmin (zoom, SF_TILE_LEVELS - 1) : 0;
}

static enum sf_code
paint (const struct sf_tiles_layer *layer, enum sf_tile_set set, int z, int x, int y, struct sf_strbuf *out,
       bool *ret_any, struct sf_error *err)
{
  struct sf_tile_matrix matrix;
  SF_TRY (sf_tile_matrix_get (set, z, &matrix, err));
  const struct sf_window window = {
    .projection = set, .bounds = sf_tile_bounds (&matrix, x, y), .width = SF_TILE_PIXELS, .height = SF_TILE_PIXELS
  };
  return sf_painter_paint (layer->painter, &window, out, ret_any, err);
}

static void
put_legend (struct sf_json *json, const struct sf_tiles_layer *layer)
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
      sf_tiles_put_titles (json, "label", entry->label_en, entry->label_zh);
      sf_json_end_object (json);
    }
  sf_json_end_array (json);
}

static void
put_json (const struct sf_tiles_layer *layer, struct sf_json *json)
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

static void
finish (struct sf_tiles_layer *layer)
{
  sf_painter_free (layer->painter);
}

static const struct sf_tiles_kind kind
    = { .missing = "fully transparent", .paint = paint, .put_json = put_json, .finish = finish };

static enum sf_code
add_band (struct sf_tiles *work, const struct sf_dataset *grid, int band, const struct sf_style *style,
          struct sf_error *err)
{
  const struct sf_export *job = work->job;
  struct sf_tiles_layer *layer = sf_tiles_add_layer (work, &kind);
  if (!layer)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", work->host->component);
  layer->grid = grid;
  layer->band = band;
  layer->style = style;
  layer->origin = sf_render_origin (grid->as.grid, style);
  layer->bounds = sf_render_grid_bounds (&grid->as.grid->spec);
  sf_picture_format_name (job->name, grid, band, "", job->authority, job->simulated, &layer->name);
  sf_strbuf_add (&layer->datasets, grid->name);
  sf_strbuf_add (&layer->title_en, grid->spec->title_en);
  sf_strbuf_add (&layer->title_zh, grid->spec->title_zh);
  if (layer->name.failed || layer->datasets.failed || layer->title_en.failed || layer->title_zh.failed)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", work->host->component);
  SF_TRY (sf_tiles_read_levels (work, layer, natural_zoom (&grid->as.grid->spec), err));
  const struct sf_painter_source source = { .grid = grid->as.grid,
                                            .band = band,
                                            .style = style,
                                            .origin = layer->origin,
                                            .is_striped = work->is_striped,
                                            .png_level = layer->compression };
  return sf_painter_new (&source, &layer->painter, err);
}

enum sf_code
sf_tiles_add_grid (struct sf_tiles *work, const struct sf_dataset *grid, struct sf_error *err)
{
  const double *bands;
  size_t count = sf_settings_doubles (work->host->settings, "bands", &bands);
  const struct sf_style *style = work->style ? work->style : sf_styles_default (work->styles, grid->name);
  if (!style)
    return sf_fail (err, SF_ENOTFOUND, "%s: dataset '%s' has no default style; name one", work->host->component,
                    grid->name);
  for (int band = 0; band < grid->as.grid->bands; band++)
    if (sf_dataset_band_wanted (grid, band, bands, count))
      SF_TRY (add_band (work, grid, band, style, err));
  return SF_OK;
}
