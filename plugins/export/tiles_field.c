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
put_band (const struct sf_tiles_layer *layer, struct sf_json *json)
{
  const struct sf_dataset *field = layer->field;
  if (field->spec->kind == SF_DATASET_CUBE)
    {
      sf_json_put_time (json, "time", field->as.cube->time_s[layer->band]);
      return;
    }
  if (field->spec->band)
    {
      sf_json_put_string (json, "band", field->spec->band->name);
      sf_json_put_double (json, "band_value", field->as.grid->band_values[layer->band]);
    }
  int64_t reference_s = field->as.grid->reference_s;
  sf_json_put_time (json, "reference_time", reference_s);
  if (layer->style->from_earliest && reference_s != SF_TIME_MISSING)
    sf_json_put_time (json, "labels_count_from", reference_s + (int64_t) llround (layer->origin * 3600));
}

static void
put_json (const struct sf_tiles_layer *layer, struct sf_json *json)
{
  const struct sf_dataset_spec *spec = layer->field->spec;
  sf_json_put_string (json, "dataset", layer->field->name);
  if (spec->quantity)
    {
      sf_json_put_string (json, "quantity", spec->quantity->name);
      sf_json_put_string (json, "unit", spec->quantity->unit);
    }
  put_band (layer, json);
  sf_json_put_string (json, "style", layer->style->name);
  sf_json_put_string (json, "sampling", sf_sampling_name (layer->style->sampling));
  put_legend (json, layer);
}

static enum sf_code
make_painter (struct sf_tiles_layer *layer, const struct sf_grid *values, int band, struct sf_error *err)
{
  layer->origin = sf_render_origin (values, layer->style);
  const struct sf_painter_source source = { .grid = values,
                                            .band = band,
                                            .style = layer->style,
                                            .origin = layer->origin,
                                            .is_striped = layer->is_striped,
                                            .png_level = layer->compression };
  return sf_painter_new (&source, &layer->painter, err);
}

static void
drop_painter (struct sf_tiles_layer *layer)
{
  sf_painter_free (layer->painter);
  layer->painter = NULL;
}

static const struct sf_tiles_kind of_grid
    = { .missing = "fully transparent", .paint = paint, .put_json = put_json, .finish = drop_painter };

static void
close_step (struct sf_tiles_layer *layer)
{
  drop_painter (layer);
  if (layer->step)
    sf_mem_free (layer->step->values);
  sf_mem_free (layer->step);
  layer->step = NULL;
}

/* One step at a time is in memory. */
static enum sf_code
open_step (struct sf_tiles_layer *layer, struct sf_error *err)
{
  const struct sf_cube *cube = layer->field->as.cube;
  layer->step = sf_mem_calloc (1, sizeof *layer->step);
  float *values = sf_mem_calloc (sf_gridspec_cells (&cube->spec), sizeof *values);
  if (!layer->step || !values)
    {
      sf_mem_free (values);
      return sf_fail (err, SF_ENOMEM, "%s: out of memory", layer->field->name);
    }
  *layer->step = (struct sf_grid){ .spec = cube->spec, .bands = 1, .reference_s = SF_TIME_MISSING, .values = values };
  SF_TRY (cube->read (cube->impl, layer->band, 0, cube->spec.ny, values, err));
  return make_painter (layer, layer->step, 0, err);
}

static const struct sf_tiles_kind of_cube = { .missing = "fully transparent",
                                              .paint = paint,
                                              .put_json = put_json,
                                              .open = open_step,
                                              .close = close_step,
                                              .finish = close_step };

/* For a cube "wind-wind_hourly-sea-20140718T060000Z". */
static void
format_name (const struct sf_export *job, const struct sf_dataset *field, int band, struct sf_strbuf *out)
{
  sf_picture_format_name (job->name, field, band, "", job->authority, job->simulated, out);
  if (field->spec->kind != SF_DATASET_CUBE)
    return;
  struct sf_civil civil = sf_time_to_civil (field->as.cube->time_s[band], 0);
  sf_strbuf_addf (out, "-%04d%02d%02dT%02d%02d%02dZ", civil.year, civil.month, civil.day, civil.hour, civil.minute,
                  civil.second);
}

static enum sf_code
add_band (struct sf_tiles *work, const struct sf_dataset *field, int band, const struct sf_style *style,
          struct sf_error *err)
{
  bool is_cube = field->spec->kind == SF_DATASET_CUBE;
  const struct sf_gridspec *spec = is_cube ? &field->as.cube->spec : &field->as.grid->spec;
  struct sf_tiles_layer *layer = sf_tiles_add_layer (work, is_cube ? &of_cube : &of_grid);
  if (!layer)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", work->host->component);
  layer->field = field;
  layer->band = band;
  layer->style = style;
  layer->bounds = sf_render_grid_bounds (spec);
  format_name (work->job, field, band, &layer->name);
  sf_strbuf_add (&layer->datasets, field->name);
  sf_strbuf_add (&layer->title_en, field->spec->title_en);
  sf_strbuf_add (&layer->title_zh, field->spec->title_zh);
  if (layer->name.failed || layer->datasets.failed || layer->title_en.failed || layer->title_zh.failed)
    return sf_fail (err, SF_ENOMEM, "%s: out of memory", work->host->component);
  SF_TRY (sf_tiles_read_levels (work, layer, natural_zoom (spec), err));
  return is_cube ? SF_OK : make_painter (layer, field->as.grid, band, err);
}

static enum sf_code
add_bands (struct sf_tiles *work, const struct sf_dataset *grid, const struct sf_style *style, struct sf_error *err)
{
  const double *bands;
  size_t count = sf_settings_doubles (work->host->settings, "bands", &bands);
  for (int band = 0; band < grid->as.grid->bands; band++)
    if (sf_dataset_band_wanted (grid, band, bands, count))
      SF_TRY (add_band (work, grid, band, style, err));
  return SF_OK;
}

static enum sf_code
find_step (const struct sf_tiles *work, const struct sf_dataset *field, const char *text, int *ret_step,
           struct sf_error *err)
{
  const struct sf_cube *cube = field->as.cube;
  int64_t time_s;
  char first[SF_TIME_TEXT_BYTES], last[SF_TIME_TEXT_BYTES];
  enum sf_code code = sf_time_parse_iso (text, SF_TIME_NO_DEFAULT, &time_s, err);
  if (code != SF_OK)
    return sf_error_prefix (err, code, "%s: times", work->host->component);
  for (int step = 0; step < cube->steps; step++)
    if (cube->time_s[step] == time_s)
      {
        *ret_step = step;
        return SF_OK;
      }
  return sf_fail (err, SF_ENOTFOUND, "%s: times: %s is no step of %s, which has %d from %s to %s",
                  work->host->component, text, field->name, cube->steps, sf_time_format_utc (first, cube->time_s[0]),
                  sf_time_format_utc (last, cube->time_s[cube->steps - 1]));
}

static enum sf_code
add_steps (struct sf_tiles *work, const struct sf_dataset *cube, const struct sf_style *style, struct sf_error *err)
{
  const char *const *times;
  size_t count = sf_settings_texts (work->host->settings, "times", &times);
  for (int step = 0; count == 0 && step < cube->as.cube->steps; step++)
    SF_TRY (add_band (work, cube, step, style, err));
  for (size_t i = 0; i < count; i++)
    {
      int step = 0;
      SF_TRY (find_step (work, cube, times[i], &step, err));
      SF_TRY (add_band (work, cube, step, style, err));
    }
  return SF_OK;
}

enum sf_code
sf_tiles_add_field (struct sf_tiles *work, const struct sf_dataset *field, struct sf_error *err)
{
  const struct sf_style *style = work->style ? work->style : sf_styles_default (work->styles, field->name);
  if (!style)
    return sf_fail (err, SF_ENOTFOUND, "%s: dataset '%s' has no default style; name one", work->host->component,
                    field->name);
  return field->spec->kind == SF_DATASET_CUBE ? add_steps (work, field, style, err)
                                              : add_bands (work, field, style, err);
}
