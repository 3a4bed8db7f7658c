/* SPDX-License-Identifier: Apache-2.0 */
/* The catalogue: /stac is the snapshot (STAC 1.0.0 catalog), /stac/{layer} a layer with its files and where it comes from. */
#include "plugins/service/map/ogc.h"

#include <string.h>

static void
put_catalog (struct sf_json *json, const struct sf_map_request *request)
{
  const struct sf_map_world *world = request->world;
  sf_json_begin_object (json);
  sf_json_put_string (json, "type", "Catalog");
  sf_json_put_string (json, "stac_version", "1.0.0");
  sf_json_put_string (json, "id", world->snapshot->id);
  sf_json_put_string (
      json, "title", sf_arena_printf (request->arena, "%s / %s", world->snapshot->title_zh, world->snapshot->title_en));
  sf_json_put_string (json, "description",
                      "Layers of one snapshot with their files and lineage. 一个快照的图层及其文件和来源。");
  sf_map_begin_links (json, request, "application/json");
  sf_map_put_link (json, request, &(struct sf_map_link){ "/stac", "root", "application/json", NULL });
  sf_map_put_link (json, request,
                   &(struct sf_map_link){ "/files/manifest.json", "via", "application/json", "Manifest / 清单" });
  for (size_t i = 0; i < world->layers_count; i++)
    sf_map_put_link (json, request,
                     &(struct sf_map_link){ sf_arena_printf (request->arena, "/stac/%s", world->layers[i]->name),
                                            "item", "application/geo+json", world->layers[i]->title_en });
  sf_json_end_array (json);
  sf_json_end_object (json);
}

static void
put_box (struct sf_json *json, const struct sf_bounds *b)
{
  const double corners[][2] = { { b->min_x, b->min_y },
                                { b->max_x, b->min_y },
                                { b->max_x, b->max_y },
                                { b->min_x, b->max_y },
                                { b->min_x, b->min_y } };
  sf_json_key (json, "geometry");
  if (!(b->min_x <= b->max_x))
    {
      sf_json_null (json);
      return;
    }
  sf_json_begin_object (json);
  sf_json_put_string (json, "type", "Polygon");
  sf_json_key (json, "coordinates");
  sf_json_begin_array (json);
  sf_json_begin_array (json);
  for (size_t i = 0; i < sizeof corners / sizeof *corners; i++)
    {
      sf_json_begin_array (json);
      sf_json_double (json, corners[i][0]);
      sf_json_double (json, corners[i][1]);
      sf_json_end_array (json);
    }
  sf_json_end_array (json);
  sf_json_end_array (json);
  sf_json_end_object (json);
  sf_json_key (json, "bbox");
  sf_map_put_corners (json, b);
}

static void
put_properties (struct sf_json *json, const struct sf_map_request *request, const struct sf_map_layer *layer,
                const struct sf_manifest_dataset *kept)
{
  char key[SF_KEY_TEXT_BYTES];
  sf_json_key (json, "properties");
  sf_json_begin_object (json);
  sf_json_put_time (json, "datetime", request->world->snapshot->clock_s);
  if (layer->time_s)
    {
      sf_json_put_time (json, "start_datetime", layer->time_s[0]);
      sf_json_put_time (json, "end_datetime", layer->time_s[layer->bands - 1]);
    }
  sf_json_put_string (json, "title", layer->title_en);
  sf_json_put_string (json, "sanfang:title_zh", layer->title_zh);
  sf_json_put_string (json, "sanfang:authority", sf_authority_name (layer->dataset->authority, 0));
  sf_json_put_bool (json, "sanfang:simulated", layer->dataset->simulated);
  if (kept)
    sf_json_put_string (json, "sanfang:key", sf_key_format (&kept->key, key));
  sf_json_put_string (json, "sanfang:snapshot", request->world->snapshot->id);
  sf_json_end_object (json);
}

static void
put_asset (struct sf_json *json, const struct sf_map_request *request, const char *name, const char *href,
           const char *type, const char *role)
{
  sf_json_key (json, name);
  sf_json_begin_object (json);
  sf_map_put_made (json, "href", href ? sf_arena_printf (request->arena, "%s%s", request->root, href) : NULL);
  sf_json_put_string (json, "type", type);
  sf_json_key (json, "roles");
  sf_json_begin_array (json);
  sf_json_string (json, role);
  sf_json_end_array (json);
  sf_json_end_object (json);
}

static bool
holds (const struct sf_manifest_product *product, const char *dataset)
{
  struct sf_span rest = sf_span_of (product->datasets ? product->datasets : ""), one;
  while (sf_text_next_field (&rest, ',', &one))
    if (sf_span_equal (sf_span_trim (one), dataset))
      return true;
  return false;
}

/* Every product that holds the layer, by its path. */
static void
put_assets (struct sf_json *json, const struct sf_map_request *request, const struct sf_map_layer *layer)
{
  const struct sf_snapshot *snapshot = request->world->snapshot;
  sf_json_key (json, "assets");
  sf_json_begin_object (json);
  for (size_t i = 0; i < snapshot->products_count; i++)
    if (holds (&snapshot->products[i], layer->name))
      {
        const char *path = sf_map_escape (request->arena, snapshot->products[i].path);
        put_asset (json, request, snapshot->products[i].path,
                   path ? sf_arena_printf (request->arena, "/files/%s", path) : NULL, snapshot->products[i].media_type,
                   "data");
      }
  if (layer->styles_count > 0)
    put_asset (json, request, "thumbnail",
               sf_arena_printf (request->arena, "/ogc/collections/%s/map?width=400", layer->name), "image/png",
               "thumbnail");
  sf_json_end_object (json);
}

static void
put_item (struct sf_json *json, const struct sf_map_request *request, const struct sf_map_layer *layer,
          const struct sf_manifest_dataset *kept)
{
  const char *collection = sf_arena_printf (request->arena, "/ogc/collections/%s", layer->name);
  sf_json_begin_object (json);
  sf_json_put_string (json, "type", "Feature");
  sf_json_put_string (json, "stac_version", "1.0.0");
  sf_json_put_string (json, "id", layer->name);
  put_box (json, &layer->bounds_deg);
  put_properties (json, request, layer, kept);
  sf_map_begin_links (json, request, "application/geo+json");
  sf_map_put_link (json, request, &(struct sf_map_link){ "/stac", "root", "application/json", NULL });
  sf_map_put_link (json, request, &(struct sf_map_link){ "/stac", "parent", "application/json", NULL });
  sf_map_put_link (json, request, &(struct sf_map_link){ collection, "alternate", "application/json", NULL });
  sf_map_put_link (json, request,
                   &(struct sf_map_link){ "/files/manifest.json", "via", "application/json",
                                          "Lineage to the raw messages / 溯源至原始报文" });
  sf_json_end_array (json);
  put_assets (json, request, layer);
  sf_json_end_object (json);
}

enum sf_code
sf_map_stac (struct sf_map *map, struct sf_map_request *request, struct sf_map_response *response, struct sf_error *err)
{
  const struct sf_map_layer *layer;
  struct sf_json json = { .out = &response->body };
  (void) map;
  if (request->segments_count > 1)
    return sf_fail (err, SF_ENOTFOUND, "an item of the catalogue has nothing below it");
  response->media_type = "application/json";
  if (request->segments_count == 0)
    {
      put_catalog (&json, request);
      return SF_OK;
    }
  SF_TRY (sf_map_world_find (request->world, request->segments[0], &layer, err));
  response->media_type = "application/geo+json";
  put_item (&json, request, layer, sf_snapshot_find (request->world->snapshot, layer->name));
  return SF_OK;
}
