/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/service/map/world_load.h"

#include "core/base/time.h"
#include "geodata/base_tile.h"
#include "geodata/render.h"
#include "plugins/service/map/place.h"
#include "plugins/service/map/point.h"

#include <math.h>
#include <string.h>

struct loader
{
  const struct sf_map_world_setup *setup;
  struct sf_map_world *world;
};

static enum sf_code
no_memory (struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "out of memory for a snapshot's layers");
}

/* --- the values of a layer --- */

static enum sf_code
read_steps (struct sf_map_layer *layer, const struct sf_cube *cube, struct sf_error *err)
{
  size_t cells = sf_gridspec_cells (&cube->spec);
  layer->copied = sf_mem_alloc ((size_t) cube->steps * cells * sizeof *layer->copied);
  if (!layer->copied)
    return no_memory (err);
  for (int step = 0; step < cube->steps; step++)
    SF_TRY (cube->read (cube->impl, step, 0, cube->spec.ny, layer->copied + (size_t) step * cells, err));
  return SF_OK;
}

/* A cube as a grid whose bands are its steps: mapped values are used where they lie, others are read once. */
static enum sf_code
hold_cube (struct sf_map_layer *layer, struct sf_error *err)
{
  const struct sf_cube *cube = layer->dataset->as.cube;
  layer->steps = (struct sf_grid){
    .spec = cube->spec, .bands = cube->steps, .reference_s = SF_TIME_MISSING, .values = (float *) cube->values
  }; /* never written through */
  if (!cube->values)
    {
      SF_TRY (read_steps (layer, cube, err));
      layer->steps.values = layer->copied;
    }
  layer->grid = &layer->steps;
  layer->dimension = "time";
  layer->time_s = cube->time_s;
  return SF_OK;
}

static enum sf_code
hold_features (struct sf_map_layer *layer, struct sf_error *err)
{
  layer->bounds_deg = (struct sf_bounds){ INFINITY, INFINITY, -INFINITY, -INFINITY };
  if (!layer->vector)
    SF_TRY (sf_vector_layer_new (layer->name, layer->dataset->as.table, &layer->vector, err));
  sf_feature_index_bounds (sf_vector_layer_index (layer->vector), &layer->bounds_deg);
  return SF_OK;
}

static enum sf_code
hold_values (struct loader *loader, struct sf_map_layer *layer, struct sf_error *err)
{
  const struct sf_dataset *dataset = layer->dataset;
  layer->bands = 1;
  if (dataset->spec->kind == SF_DATASET_FEATURES)
    return hold_features (layer, err);
  if (dataset->spec->kind == SF_DATASET_CUBE)
    SF_TRY (hold_cube (layer, err));
  else
    {
      layer->grid = dataset->as.grid;
      layer->dimension = dataset->spec->band ? dataset->spec->band->name : NULL;
    }
  layer->bands = layer->grid->bands;
  layer->bounds_deg = sf_render_grid_bounds (&layer->grid->spec);
  if (layer->time_s)
    layer->default_band = sf_time_nearest_step (layer->time_s, layer->bands, loader->world->snapshot->clock_s);
  return SF_OK;
}

/* --- its styles --- */

/* The grid of a layer's sister of the same grid, "wind_hourly_eastward@sea" of "wind_hourly@sea"; NULL when there is none
   that has the same cells and steps. */
static const struct sf_grid *
component_of (const struct loader *loader, const struct sf_map_layer *layer, const char *component)
{
  const struct sf_map_layer *sister;
  int length = (int) strcspn (layer->name, "@");
  char *name
      = sf_arena_printf (&loader->world->arena, "%.*s_%s%s", length, layer->name, component, layer->name + length);
  if (!layer->grid || !name || sf_map_world_find (loader->world, name, &sister, NULL) != SF_OK || !sister->grid
      || sister->grid->bands != layer->grid->bands || !sf_gridspec_same (&sister->grid->spec, &layer->grid->spec))
    return NULL;
  return sister->grid;
}

static enum sf_code
add_style (struct loader *loader, struct sf_map_layer *layer, const struct sf_style *style, struct sf_error *err)
{
  struct sf_map_style *made = &layer->styles[layer->styles_count];
  made->style = style;
  made->origin = sf_render_origin (layer->grid, style);
  made->painters = sf_arena_calloc (&loader->world->arena, (size_t) layer->bands, sizeof *made->painters);
  if (!made->painters)
    return no_memory (err);
  layer->styles_count++;
  struct sf_painter_source source = { .grid = layer->grid,
                                      .eastward = layer->eastward,
                                      .northward = layer->northward,
                                      .style = style,
                                      .origin = made->origin,
                                      .is_striped = sf_map_layer_is_unreal (layer) };
  for (source.band = 0; source.band < layer->bands; source.band++)
    SF_TRY (sf_painter_new (&source, &made->painters[source.band], err));
  return SF_OK;
}

static void
drop_style (struct sf_map_layer *layer)
{
  struct sf_map_style *last = &layer->styles[--layer->styles_count];
  for (int band = 0; band < layer->bands; band++)
    sf_painter_free (last->painters[band]);
}

/* The default first. A style that cannot draw this layer (another CRS, no direction) is left out with a word. */
static enum sf_code
add_styles (struct loader *loader, struct sf_map_layer *layer, struct sf_error *err)
{
  const struct sf_styles *styles = loader->setup->styles;
  const struct sf_style *first = sf_styles_default (styles, layer->name);
  int count = sf_styles_count (styles);
  layer->styles = sf_arena_calloc (&loader->world->arena, (size_t) count + 1, sizeof *layer->styles);
  if (!layer->styles)
    return no_memory (err);
  for (int i = -1; layer->grid && i < count; i++)
    {
      const struct sf_style *style = i < 0 ? first : sf_styles_at (styles, i);
      struct sf_error why = { 0 };
      if (!style || (i >= 0 && (style == first || !sf_style_fits (style, layer->name))))
        continue;
      enum sf_code code = add_style (loader, layer, style, &why);
      if (code == SF_ENOMEM)
        return no_memory (err);
      if (code != SF_OK)
        {
          drop_style (layer);
          sf_host_log (loader->setup->host, SF_LOG_DEBUG, "layer %s is not drawn in style %s: %s", layer->name,
                       style->name, why.message);
        }
    }
  return SF_OK;
}

/* --- layers --- */

static bool
is_layer (const struct sf_manifest_dataset *dataset, const struct sf_dataset_spec *spec)
{
  return dataset->file && spec
         && (spec->kind == SF_DATASET_GRID || spec->kind == SF_DATASET_CUBE || spec->kind == SF_DATASET_FEATURES);
}

/* The layer of features that another world made of the same data: the coast is that of yesterday. */
static const struct sf_map_layer *
find_same (const struct sf_map_world *before, const struct sf_manifest_dataset *kept)
{
  const struct sf_map_layer *layer;
  if (!before || sf_map_world_find (before, kept->name, &layer, NULL) != SF_OK || !layer->vector
      || memcmp (&layer->dataset->key, &kept->key, sizeof kept->key) != 0)
    return NULL;
  return layer;
}

/* Takes the dataset over, also when it fails. vector is another world's of the same features, NULL to make one. */
static enum sf_code
add_layer (struct loader *loader, struct sf_dataset *dataset, struct sf_vector_layer *vector, struct sf_error *err)
{
  struct sf_map_world *world = loader->world;
  struct sf_map_layer *layer = sf_arena_calloc (&world->arena, 1, sizeof *layer);
  if (!layer)
    {
      sf_dataset_unref (dataset);
      return no_memory (err);
    }
  *layer = (struct sf_map_layer){ .dataset = dataset,
                                  .name = dataset->name,
                                  .title_en = dataset->spec->title_en,
                                  .title_zh = dataset->spec->title_zh,
                                  .vector = vector ? sf_vector_layer_ref (vector) : NULL };
  world->layers[world->layers_count++] = layer;
  return hold_values (loader, layer, err);
}

static enum sf_code
begin_world (struct loader *loader, struct sf_snapshot *snapshot, size_t layers, struct sf_error *err)
{
  struct sf_map_world *world = sf_mem_calloc (1, sizeof *world);
  if (!world)
    {
      sf_snapshot_close (snapshot);
      return no_memory (err);
    }
  atomic_init (&world->references, 1);
  world->serial = loader->setup->serial;
  world->snapshot = snapshot;
  world->layers = sf_arena_calloc (&world->arena, layers + 1, sizeof *world->layers);
  loader->world = world;
  return world->layers ? SF_OK : no_memory (err);
}

static const struct sf_dataset *
dataset_of (const struct sf_map_world *world, const char *name)
{
  const struct sf_map_layer *layer;
  return sf_map_world_find (world, name, &layer, NULL) == SF_OK ? layer->dataset : NULL;
}

/* The ground under all layers, where the snapshot knows it. A coast that cannot be drawn leaves the others as they are. */
static enum sf_code
add_base (struct loader *loader, struct sf_error *err)
{
  struct sf_error why = { 0 };
  struct sf_base_source source
      = { .coast = dataset_of (loader->world, "coast"), .counties = dataset_of (loader->world, "counties") };
  if (!source.coast || sf_styles_find (loader->setup->styles, "basemap", &source.style, &why) != SF_OK)
    return SF_OK;
  const struct sf_map_world *before = loader->setup->before;
  if (before && before->base && dataset_of (before, "coast") == source.coast
      && dataset_of (before, "counties") == source.counties)
    {
      loader->world->base = sf_base_map_ref (before->base);
      return SF_OK;
    }
  enum sf_code code = sf_base_map_new (&source, &loader->world->base, &why);
  if (code == SF_ENOMEM)
    return no_memory (err);
  if (code != SF_OK)
    sf_host_log (loader->setup->host, SF_LOG_WARNING, "there is no base map: %s", why.message);
  return SF_OK;
}

/* After all values are there: a style may draw a layer's sisters. */
static enum sf_code
end_world (struct loader *loader, struct sf_error *err)
{
  for (size_t i = 0; i < loader->world->layers_count; i++)
    {
      struct sf_map_layer *layer = loader->world->layers[i];
      layer->eastward = component_of (loader, layer, "eastward");
      layer->northward = component_of (loader, layer, "northward");
      SF_TRY (add_styles (loader, layer, err));
    }
  SF_TRY (add_base (loader, err));
  SF_TRY (sf_map_point_new (loader->world, &loader->world->point, err));
  return sf_map_places_new (loader->setup, loader->world, &loader->world->places, err);
}

static enum sf_code
give_world (struct loader *loader, enum sf_code code, struct sf_map_world **ret_world, struct sf_error *err)
{
  if (code == SF_OK)
    code = end_world (loader, err);
  if (code == SF_OK)
    *ret_world = loader->world;
  else
    sf_map_world_free (loader->world);
  return code;
}

enum sf_code
sf_map_world_make (const struct sf_map_world_setup *setup, struct sf_snapshot *snapshot,
                   struct sf_dataset *const *datasets, size_t count, struct sf_map_world **ret_world,
                   struct sf_error *err)
{
  struct loader loader = { .setup = setup };
  enum sf_code code = begin_world (&loader, snapshot, count, err);
  for (size_t i = 0; i < count; i++)
    if (code == SF_OK)
      code = add_layer (&loader, datasets[i], NULL, err);
    else
      sf_dataset_unref (datasets[i]);
  return give_world (&loader, code, ret_world, err);
}

enum sf_code
sf_map_world_load (const struct sf_map_world_setup *setup, struct sf_map_world **ret_world, struct sf_error *err)
{
  struct loader loader = { .setup = setup };
  struct sf_snapshot *snapshot = NULL;
  SF_TRY (sf_snapshot_open (setup->folder, setup->id, &snapshot, err));
  enum sf_code code = begin_world (&loader, snapshot, snapshot->datasets_count, err);
  for (size_t i = 0; code == SF_OK && i < snapshot->datasets_count; i++)
    {
      const struct sf_manifest_dataset *kept = &snapshot->datasets[i];
      struct sf_dataset *dataset = NULL;
      if (!is_layer (kept, sf_vocabulary_dataset (setup->host->vocabulary, kept->name)))
        continue;
      const struct sf_map_layer *same = find_same (setup->before, kept);
      if (same)
        dataset = sf_dataset_ref (same->dataset);
      else
        code = sf_snapshot_load (snapshot, setup->plugins, kept->name, &dataset, err);
      if (code == SF_OK)
        code = add_layer (&loader, dataset, same ? same->vector : NULL, err);
    }
  return give_world (&loader, code, ret_world, err);
}

static void
free_layer (struct sf_map_layer *layer)
{
  while (layer->styles_count > 0)
    drop_style (layer);
  sf_mem_free (layer->copied);
  sf_vector_layer_free (layer->vector);
  sf_dataset_unref (layer->dataset);
}

void
sf_map_world_free (struct sf_map_world *world)
{
  if (!world)
    return;
  sf_base_map_free (world->base);
  sf_map_places_free (world->places);
  sf_map_point_free (world->point);
  for (size_t i = 0; i < world->layers_count; i++)
    free_layer (world->layers[i]);
  sf_snapshot_close (world->snapshot);
  sf_arena_finish (&world->arena);
  sf_mem_free (world);
}
