/* SPDX-License-Identifier: Apache-2.0 */
/* What there is: /v1/state, /v1/snapshots, /v1/layers. */
#include "plugins/service/map/documents.h"

#include "core/base/file.h"
#include "core/base/time.h"
#include "core/data/table_json.h"
#include "plugins/service/map/http_guard.h"
#include "plugins/service/map/live.h"

#include <string.h>

void
sf_map_put_made (struct sf_json *json, const char *key, const char *text)
{
  json->out->failed |= !text;
  sf_json_put_string (json, key, text);
}

void
sf_map_put_titles (struct sf_json *json, const char *key, const char *en, const char *zh)
{
  sf_json_key (json, key);
  sf_json_begin_object (json);
  sf_json_put_string (json, "en", en);
  sf_json_put_string (json, "zh", zh);
  sf_json_end_object (json);
}

void
sf_map_put_authority (struct sf_json *json, enum sf_authority authority, bool simulated)
{
  sf_map_put_titles (json, "authority", sf_authority_name (authority, 0), sf_authority_name (authority, 1));
  sf_json_put_bool (json, "simulated", simulated);
}

void
sf_map_put_sources (struct sf_json *json, const struct sf_snapshot *snapshot)
{
  sf_json_key (json, "sources");
  sf_json_begin_array (json);
  for (size_t i = 0; i < snapshot->feeds_count; i++)
    {
      const struct sf_manifest_feed *feed = &snapshot->feeds[i];
      sf_json_begin_object (json);
      sf_json_put_string (json, "feed", feed->name);
      sf_json_put_string (json, "decoder", feed->decoder);
      sf_map_put_authority (json, feed->authority, feed->simulated);
      sf_json_put_int (json, "messages", (int64_t) feed->messages_count);
      sf_json_put_string (json, "last", feed->last_source);
      sf_json_end_object (json);
    }
  sf_json_end_array (json);
}

void
sf_map_put_row (struct sf_json *json, const char *key, const struct sf_table *table, size_t row)
{
  sf_json_key (json, key);
  sf_json_begin_object (json);
  sf_table_put_row (json, table, row);
  sf_json_end_object (json);
}

void
sf_map_put_snapshot (struct sf_json *json, const struct sf_snapshot *snapshot)
{
  sf_json_begin_object (json);
  sf_json_put_string (json, "id", snapshot->id);
  sf_json_put_time (json, "time", snapshot->clock_s);
  sf_json_put_string (json, "scenario", snapshot->scenario);
  sf_map_put_titles (json, "title", snapshot->title_en, snapshot->title_zh);
  sf_map_put_authority (json, snapshot->authority, snapshot->simulated);
  sf_json_end_object (json);
}

/* What can be asked for, so that no client offers what is not served: "tiles", "wmts", "v1/point" ... */
static void
put_services (struct sf_json *json)
{
  size_t count;
  const struct sf_map_route *routes = sf_map_routes (&count);
  sf_json_key (json, "services");
  sf_json_begin_array (json);
  for (size_t i = 0; i < count; i++)
    if (*routes[i].path && !strchr (routes[i].path, '?'))
      sf_json_string (json, routes[i].path);
  sf_json_end_array (json);
}

static void
put_streams (struct sf_json *json, struct sf_map_live *live)
{
  struct sf_map_live_counts counts = sf_map_live_counts (live);
  sf_json_key (json, "live");
  sf_json_begin_object (json);
  sf_json_put_int (json, "streams", counts.streams);
  sf_json_put_int (json, "served", (int64_t) counts.served);
  sf_json_put_int (json, "closed_slow", (int64_t) counts.closed_slow);
  sf_json_end_object (json);
}

static void
put_connections (struct sf_json *json, struct sf_map_guard *guard)
{
  struct sf_map_guard_counts counts = sf_map_guard_counts (guard);
  sf_json_key (json, "connections");
  sf_json_begin_object (json);
  sf_json_put_int (json, "open", counts.guests);
  sf_json_put_int (json, "closed_slow", (int64_t) counts.closed_slow);
  sf_json_put_int (json, "closed_for_room", (int64_t) counts.closed_for_room);
  sf_json_end_object (json);
}

enum sf_code
sf_map_state (struct sf_map *map, struct sf_map_request *request, struct sf_map_response *response,
              struct sf_error *err)
{
  struct sf_json json = { .out = &response->body };
  struct sf_map_world *world = NULL;
  struct sf_error none = { 0 };
  if (request->segments_count > 0)
    return sf_fail (err, SF_ENOTFOUND, "the state is at /v1/state, with nothing below it");
  if (sf_map_worlds_get (map->worlds, request->snapshot_id, &world, &none) != SF_OK)
    world = NULL;
  response->media_type = "application/json";
  sf_json_begin_object (&json);
  sf_json_put_string (&json, "service", "sanfang map");
  sf_json_put_time (&json, "now", request->now_s);
  sf_json_key (&json, "snapshot");
  if (world)
    sf_map_put_snapshot (&json, world->snapshot);
  else
    sf_json_null (&json);
  put_services (&json);
  sf_json_put_string (&json, "tianditu", map->tianditu);
  put_streams (&json, map->live);
  if (map->guard)
    put_connections (&json, map->guard);
  sf_json_end_object (&json);
  sf_map_world_release (world);
  return SF_OK;
}

/* The ids of a folder of snapshots are its folders with a manifest; the newest, by their names, first. */
enum sf_code
sf_map_snapshots (struct sf_map *map, struct sf_map_request *request, struct sf_map_response *response,
                  struct sf_error *err)
{
  struct sf_json json = { .out = &response->body };
  struct sf_map_world *world = NULL;
  struct sf_error none = { 0 };
  char **names = NULL;
  size_t count = 0;
  if (request->segments_count > 0)
    return sf_fail (err, SF_ENOTFOUND, "the snapshots are listed at /v1/snapshots, with nothing below it");
  char *folder = sf_file_join (request->arena, map->folder, "snapshots");
  if (!folder)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  if (sf_file_exists (folder))
    SF_TRY (sf_file_list (request->arena, folder, &names, &count, err));
  if (sf_map_worlds_get (map->worlds, NULL, &world, &none) != SF_OK)
    world = NULL;
  response->media_type = "application/json";
  sf_json_begin_object (&json);
  sf_json_key (&json, "snapshots");
  sf_json_begin_array (&json);
  while (count-- > 0)
    {
      char *manifest = sf_arena_printf (request->arena, "%s/%s/manifest.json", folder, names[count]);
      if (!manifest || names[count][0] == '.' || !sf_file_exists (manifest))
        continue;
      sf_json_begin_object (&json);
      sf_json_put_string (&json, "id", names[count]);
      sf_json_put_bool (&json, "current", world && strcmp (world->snapshot->id, names[count]) == 0);
      sf_json_end_object (&json);
    }
  sf_json_end_array (&json);
  sf_json_end_object (&json);
  sf_map_world_release (world);
  return SF_OK;
}

/* --- layers --- */

static void
put_dimension (struct sf_json *json, const struct sf_map_layer *layer)
{
  const struct sf_quantity *band = layer->dataset->spec->band;
  bool is_time = sf_map_layer_dimension (layer) == SF_MAP_DIMENSION_TIME;
  sf_json_key (json, "dimension");
  if (!layer->dimension)
    {
      sf_json_null (json);
      return;
    }
  sf_json_begin_object (json);
  sf_json_put_string (json, "name", layer->dimension);
  sf_map_put_titles (json, "title", is_time ? "Time" : band->title_en, is_time ? "时间" : band->title_zh);
  sf_json_put_string (json, "unit", is_time ? "ISO8601" : band->unit);
  sf_json_key (json, "values");
  sf_json_begin_array (json);
  for (int i = 0; i < layer->bands; i++)
    if (is_time)
      sf_json_time (json, layer->time_s[i]);
    else
      sf_json_double (json, layer->grid->band_values[i]);
  sf_json_end_array (json);
  if (is_time)
    sf_json_put_time (json, "default", layer->time_s[layer->default_band]);
  else
    sf_json_put_double (json, "default", layer->grid->band_values[layer->default_band]);
  sf_json_end_object (json);
}

/* A picture's styles, or how the features are usually drawn. */
static void
put_styles (struct sf_json *json, const struct sf_map *map, const struct sf_map_request *request,
            const struct sf_map_layer *layer)
{
  const struct sf_style *features = layer->grid ? NULL : sf_styles_default (map->styles, layer->name);
  sf_json_key (json, "styles");
  sf_json_begin_array (json);
  for (size_t i = 0; i < layer->styles_count; i++)
    {
      const struct sf_map_style *made = &layer->styles[i];
      const char *legend
          = sf_arena_printf (request->arena, "%s/v1/legend/%s/%s.png", request->root, layer->name, made->style->name);
      sf_map_put_style (json, layer, made->style, made->origin, legend);
    }
  if (features)
    sf_map_put_style (json, layer, features, 0, NULL);
  sf_json_end_array (json);
}

void
sf_map_put_corners (struct sf_json *json, const struct sf_bounds *bounds)
{
  const double corners[] = { bounds->min_x, bounds->min_y, bounds->max_x, bounds->max_y };
  sf_json_begin_array (json);
  for (size_t i = 0; i < sizeof corners / sizeof *corners; i++)
    sf_json_double (json, corners[i]);
  sf_json_end_array (json);
}

void
sf_map_put_bounds (struct sf_json *json, const struct sf_bounds *bounds)
{
  sf_json_key (json, "bounds");
  if (bounds->min_x <= bounds->max_x)
    sf_map_put_corners (json, bounds);
  else
    sf_json_null (json);
}

static void
put_values (struct sf_json *json, const struct sf_map_layer *layer)
{
  const struct sf_quantity *quantity = layer->dataset->spec->quantity;
  if (!quantity)
    return;
  sf_json_put_string (json, "quantity", quantity->name);
  sf_json_put_string (json, "unit", quantity->unit);
  sf_json_put_string (json, "averaging", quantity->averaging);
  sf_json_put_time (json, "reference_time", layer->grid->reference_s);
  sf_map_put_titles (json, "missing", layer->dataset->spec->missing_en, layer->dataset->spec->missing_zh);
}

/* Where the layer's tiles of a kind are: /KIND/LAYER/FORM; null for no form. */
static void
put_address (struct sf_json *json, const struct sf_map_request *request, const struct sf_map_layer *layer,
             const char *kind, const char *form)
{
  if (form)
    sf_map_put_made (json, kind,
                     sf_arena_printf (request->arena, "%s/%s/%s/%s", request->root, kind, layer->name, form));
  else
    sf_json_put_string (json, kind, NULL);
}

static void
put_layer (struct sf_json *json, const struct sf_map *map, const struct sf_map_request *request,
           const struct sf_map_layer *layer)
{
  const struct sf_dataset *dataset = layer->dataset;
  bool is_raster = layer->styles_count > 0;
  sf_json_begin_object (json);
  sf_json_put_string (json, "id", layer->name);
  sf_json_put_string (json, "kind", sf_dataset_kind_name (dataset->spec->kind));
  sf_map_put_titles (json, "title", layer->title_en, layer->title_zh);
  sf_json_put_string (json, "geometry", dataset->spec->geometry);
  if (!layer->grid)
    sf_json_put_int (json, "count", (int64_t) dataset->as.table->rows);
  put_values (json, layer);
  sf_map_put_bounds (json, &layer->bounds_deg);
  put_dimension (json, layer);
  sf_json_put_time (json, "data_time", request->world->snapshot->clock_s);
  sf_map_put_authority (json, dataset->authority, dataset->simulated);
  put_styles (json, map, request, layer);
  put_address (json, request, layer, "tiles", is_raster ? "{style}/{set}/{z}/{x}/{y}.png" : NULL);
  put_address (json, request, layer, "vector", layer->grid ? NULL : "{set}/{z}/{x}/{y}.mvt");
  put_address (json, request, layer, "uv", layer->eastward && layer->northward ? "{set}/{z}/{x}/{y}.bin" : NULL);
  sf_json_end_object (json);
}

enum sf_code
sf_map_layers (struct sf_map *map, struct sf_map_request *request, struct sf_map_response *response,
               struct sf_error *err)
{
  struct sf_json json = { .out = &response->body };
  if (request->segments_count > 0)
    return sf_fail (err, SF_ENOTFOUND, "/v1/layers has nothing below it");
  response->media_type = "application/json";
  sf_json_begin_object (&json);
  sf_json_put_string (&json, "snapshot", request->world->snapshot->id);
  sf_json_key (&json, "layers");
  sf_json_begin_array (&json);
  for (size_t i = 0; i < request->world->layers_count; i++)
    put_layer (&json, map, request, request->world->layers[i]);
  sf_json_end_array (&json);
  sf_json_end_object (&json);
  return SF_OK;
}
