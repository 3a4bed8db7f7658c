/* SPDX-License-Identifier: Apache-2.0 */
/* OGC API: landing page, conformance, collections (OGC 19-072, 17-069r4, 20-057, 20-058, 19-086r6). */
#include "plugins/service/map/ogc.h"

#include "core/base/time.h"

#include <math.h>
#include <string.h>

static const char *const conformance[] = {
  "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
  "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/json",
  "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/oas30",
  "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
  "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
  "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
  "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
  "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
  "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tileset",
  "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tilesets-list",
  "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/geodata-tilesets",
  "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/png",
  "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
  "http://www.opengis.net/spec/ogcapi-maps-1/1.0/conf/core",
  "http://www.opengis.net/spec/ogcapi-maps-1/1.0/conf/png",
  "http://www.opengis.net/spec/ogcapi-edr-1/1.0/conf/core",
  "http://www.opengis.net/spec/ogcapi-edr-1/1.0/conf/collections",
  "http://www.opengis.net/spec/ogcapi-edr-1/1.0/conf/covjson",
};

void
sf_map_put_link (struct sf_json *json, const struct sf_map_request *request, const struct sf_map_link *link)
{
  sf_json_begin_object (json);
  sf_map_put_made (json, "href",
                   link->href ? sf_arena_printf (request->arena, "%s%s", request->root, link->href) : NULL);
  sf_json_put_string (json, "rel", link->rel);
  sf_json_put_string (json, "type", link->type);
  if (link->title)
    sf_json_put_string (json, "title", link->title);
  sf_json_end_object (json);
}

void
sf_map_begin_links (struct sf_json *json, const struct sf_map_request *request, const char *type)
{
  sf_json_key (json, "links");
  sf_json_begin_array (json);
  sf_map_put_link (json, request, &(struct sf_map_link){ request->rest, "self", type, NULL });
}

static bool
parse_numbers (const char *text, double *values, int most, int *ret_count)
{
  struct sf_span rest = sf_span_of (text), one;
  int count = 0;
  while (sf_text_next_field (&rest, ',', &one))
    if (count == most || !sf_text_parse_double (one, &values[count++]))
      return false;
  *ret_count = count;
  return true;
}

enum sf_code
sf_map_request_crs84 (const struct sf_map_request *request, const char *key, struct sf_error *err)
{
  static const char *const names[]
      = { "http://www.opengis.net/def/crs/OGC/1.3/CRS84", "[OGC:CRS84]", "OGC:CRS84", "CRS84" };
  const char *text = sf_map_request_get (request, key);
  for (size_t i = 0; text && i < sizeof names / sizeof *names; i++)
    if (strcmp (names[i], text) == 0)
      return SF_OK;
  return text ? sf_fail (err, SF_EUNSUPPORTED, "%s '%.80s' is not served, only OGC:CRS84", key, text) : SF_OK;
}

enum sf_code
sf_map_request_bbox (const struct sf_map_request *request, bool *ret_given, struct sf_bounds *ret_bounds,
                     struct sf_error *err)
{
  double v[6];
  int count;
  const char *text = sf_map_request_get (request, "bbox");
  *ret_given = text != NULL;
  SF_TRY (sf_map_request_crs84 (request, "bbox-crs", err));
  if (!text)
    return SF_OK;
  if (!parse_numbers (text, v, 6, &count) || (count != 4 && count != 6))
    return sf_fail (err, SF_EINVAL, "bbox must be west,south,east,north in degrees, got '%.80s'", text);
  double east = v[count / 2], north = v[count / 2 + 1];
  if (!(fabs (v[0]) <= 360 && fabs (east) <= 360 && v[1] >= -90 && north <= 90 && v[1] <= north))
    return sf_fail (err, SF_ERANGE, "bbox '%.80s' is not a box of degrees, west,south,east,north", text);
  *ret_bounds = (struct sf_bounds){ v[0], v[1], east, north };
  return SF_OK;
}

static enum sf_code
parse_instant (struct sf_map_request const *request, struct sf_span span, int64_t *ret_time_s, struct sf_error *err)
{
  const char *text = sf_arena_strndup (request->arena, span.text, span.length);
  struct sf_error why = { 0 };
  if (!text)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  if (sf_time_parse_iso (text, SF_TIME_NO_DEFAULT, ret_time_s, &why) != SF_OK)
    return sf_fail (err, SF_EINVAL, "datetime: '%.60s': %s", text, why.message);
  return SF_OK;
}

static bool
is_open (struct sf_span span)
{
  return span.length == 0 || sf_span_equal (span, "..");
}

enum sf_code
sf_map_request_datetime (const struct sf_map_request *request, int64_t *ret_from_s, int64_t *ret_to_s,
                         struct sf_error *err)
{
  const char *text = sf_map_request_get (request, "datetime");
  *ret_from_s = INT64_MIN;
  *ret_to_s = INT64_MAX;
  if (!text)
    return SF_OK;
  const char *slash = strchr (text, '/');
  struct sf_span from = { text, slash ? (size_t) (slash - text) : strlen (text) };
  struct sf_span to = sf_span_of (slash ? slash + 1 : text);
  if (!slash || !is_open (from))
    SF_TRY (parse_instant (request, from, ret_from_s, err));
  if (!slash || !is_open (to))
    SF_TRY (parse_instant (request, to, ret_to_s, err));
  if (*ret_from_s > *ret_to_s)
    return sf_fail (err, SF_EINVAL, "datetime: '%.80s' ends before it begins", text);
  return SF_OK;
}

void
sf_map_put_extent (struct sf_json *json, const struct sf_map_layer *layer)
{
  const struct sf_bounds *b = &layer->bounds_deg;
  sf_json_key (json, "extent");
  sf_json_begin_object (json);
  if (b->min_x <= b->max_x)
    {
      sf_json_key (json, "spatial");
      sf_json_begin_object (json);
      sf_json_key (json, "bbox");
      sf_json_begin_array (json);
      sf_map_put_corners (json, b);
      sf_json_end_array (json);
      sf_json_put_string (json, "crs", "http://www.opengis.net/def/crs/OGC/1.3/CRS84");
      sf_json_end_object (json);
    }
  if (layer->time_s)
    {
      sf_json_key (json, "temporal");
      sf_json_begin_object (json);
      sf_json_key (json, "interval");
      sf_json_begin_array (json);
      sf_json_begin_array (json);
      sf_json_time (json, layer->time_s[0]);
      sf_json_time (json, layer->time_s[layer->bands - 1]);
      sf_json_end_array (json);
      sf_json_end_array (json);
      sf_json_end_object (json);
    }
  sf_json_end_object (json);
}

/* --- landing page and conformance --- */

static void
put_landing (struct sf_json *json, const struct sf_map_request *request)
{
  static const struct sf_map_link links[] = {
    { "/ogc/api", "service-desc", "application/vnd.oai.openapi+json;version=3.0", "API definition / 接口定义" },
    { "/ogc/conformance", "conformance", "application/json", "Conformance / 一致性" },
    { "/ogc/conformance", "http://www.opengis.net/def/rel/ogc/1.0/conformance", "application/json", NULL },
    { "/ogc/collections", "data", "application/json", "Layers / 图层" },
    { "/ogc/collections", "http://www.opengis.net/def/rel/ogc/1.0/data", "application/json", NULL },
    { "/ogc/tileMatrixSets", "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes", "application/json",
      "Tile matrix sets / 瓦片矩阵集" },
    { "/stac", "http://www.opengis.net/def/rel/ogc/1.0/ogc-catalog", "application/json", "Catalogue / 目录" },
  };
  const struct sf_snapshot *snapshot = request->world->snapshot;
  sf_json_begin_object (json);
  sf_json_put_string (json, "title",
                      sf_arena_printf (request->arena, "%s / %s", snapshot->title_zh, snapshot->title_en));
  sf_json_put_string (json, "description",
                      "Layers of one snapshot. Internal product, not an official warning. "
                      "一个快照的图层；内部产品，不是正式预警。");
  sf_json_put_string (json, "snapshot", snapshot->id);
  sf_map_begin_links (json, request, "application/json");
  for (size_t i = 0; i < sizeof links / sizeof *links; i++)
    sf_map_put_link (json, request, &links[i]);
  sf_json_end_array (json);
  sf_json_end_object (json);
}

static void
put_conformance (struct sf_json *json)
{
  sf_json_begin_object (json);
  sf_json_key (json, "conformsTo");
  sf_json_begin_array (json);
  for (size_t i = 0; i < sizeof conformance / sizeof *conformance; i++)
    sf_json_string (json, conformance[i]);
  sf_json_end_array (json);
  sf_json_end_object (json);
}

/* --- collections --- */

static void
put_collection_links (struct sf_json *json, const struct sf_map_request *request, const struct sf_map_layer *layer)
{
  static const struct sf_map_link of_features[] = {
    { "items", "items", "application/geo+json", "Features / 要素" },
    { "tiles", "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector", "application/json",
      "Vector tiles / 矢量瓦片" },
  };
  static const struct sf_map_link of_rasters[] = {
    { "map", "http://www.opengis.net/def/rel/ogc/1.0/map", "image/png", "Map / 地图" },
    { "map/tiles", "http://www.opengis.net/def/rel/ogc/1.0/tilesets-map", "application/json", "Map tiles / 地图瓦片" },
  };
  bool is_raster = layer->styles_count > 0;
  const struct sf_map_link *links = layer->grid ? of_rasters : of_features;
  const char *path = sf_arena_printf (request->arena, "/ogc/collections/%s", layer->name);
  sf_json_key (json, "links");
  sf_json_begin_array (json);
  sf_map_put_link (json, request, &(struct sf_map_link){ path, "self", "application/json", NULL });
  for (int i = 0; i < 2 && (is_raster || !layer->grid); i++)
    {
      struct sf_map_link link = links[i];
      link.href = path ? sf_arena_printf (request->arena, "%s/%s", path, links[i].href) : NULL;
      sf_map_put_link (json, request, &link);
    }
  sf_json_end_array (json);
}

static void
put_format (struct sf_json *json)
{
  sf_json_key (json, "output_formats");
  sf_json_begin_array (json);
  sf_json_string (json, "CoverageJSON");
  sf_json_end_array (json);
}

/* A link of OGC API EDR, which says more than others. */
static void
put_query (struct sf_json *json, const struct sf_map_request *request, const struct sf_map_layer *layer,
           const char *query)
{
  sf_json_key (json, query);
  sf_json_begin_object (json);
  sf_json_key (json, "link");
  sf_json_begin_object (json);
  sf_map_put_made (json, "href",
                   sf_arena_printf (request->arena, "%s/ogc/collections/%s/%s", request->root, layer->name, query));
  sf_json_put_string (json, "rel", "data");
  sf_json_put_string (json, "type", "application/prs.coverage+json");
  sf_json_key (json, "variables");
  sf_json_begin_object (json);
  sf_json_put_string (json, "query_type", query);
  put_format (json);
  sf_json_put_string (json, "default_output_format", "CoverageJSON");
  sf_json_end_object (json);
  sf_json_end_object (json);
  sf_json_end_object (json);
}

static void
put_queries (struct sf_json *json, struct sf_map_request *request, const struct sf_map_layer *layer)
{
  sf_json_key (json, "data_queries");
  sf_json_begin_object (json);
  put_query (json, request, layer, "position");
  put_query (json, request, layer, "area");
  sf_json_end_object (json);
  put_format (json);
  sf_map_put_parameter_names (json, request, layer);
}

static void
put_collection (struct sf_json *json, struct sf_map_request *request, const struct sf_map_layer *layer)
{
  const struct sf_dataset *dataset = layer->dataset;
  sf_json_begin_object (json);
  sf_json_put_string (json, "id", layer->name);
  sf_json_put_string (json, "title", sf_arena_printf (request->arena, "%s / %s", layer->title_zh, layer->title_en));
  sf_json_put_string (json, "description",
                      sf_arena_printf (request->arena, "Authority: %s%s. 性质：%s%s。",
                                       sf_authority_name (dataset->authority, 0),
                                       dataset->simulated ? ", simulated" : "",
                                       sf_authority_name (dataset->authority, 1), dataset->simulated ? "，模拟" : ""));
  sf_map_put_authority (json, dataset->authority, dataset->simulated);
  sf_json_put_string (json, "itemType",
                      layer->grid ? "coverage" : "feature"); /* clients take it for feature otherwise */
  sf_map_put_extent (json, layer);
  sf_json_key (json, "crs");
  sf_json_begin_array (json);
  sf_json_string (json, "http://www.opengis.net/def/crs/OGC/1.3/CRS84");
  sf_json_end_array (json);
  if (layer->grid)
    put_queries (json, request, layer);
  put_collection_links (json, request, layer);
  sf_json_end_object (json);
}

static void
put_collections (struct sf_json *json, struct sf_map_request *request)
{
  sf_json_begin_object (json);
  sf_json_key (json, "collections");
  sf_json_begin_array (json);
  for (size_t i = 0; i < request->world->layers_count; i++)
    put_collection (json, request, request->world->layers[i]);
  sf_json_end_array (json);
  sf_map_begin_links (json, request, "application/json");
  sf_json_end_array (json);
  sf_json_end_object (json);
}

/* /ogc/collections/{id}/..., with the id's part and the word after it taken off where it says who answers. */
static enum sf_code
answer_collection (struct sf_map_request *request, struct sf_map_response *response, struct sf_error *err)
{
  const struct sf_map_layer *layer;
  struct sf_json json = { .out = &response->body };
  const char *style = NULL;
  SF_TRY (sf_map_world_find (request->world, request->segments[0], &layer, err));
  sf_map_request_shift (request, 1);
  if (request->segments_count == 0)
    {
      put_collection (&json, request, layer);
      return SF_OK;
    }
  if (request->segments_count > 2 && strcmp (request->segments[0], "styles") == 0)
    {
      style = request->segments[1];
      sf_map_request_shift (request, 2);
    }
  const char *word = request->segments[0];
  sf_map_request_shift (request, 1);
  bool is_map = strcmp (word, "map") == 0,
       has_tiles = request->segments_count > 0 && strcmp (request->segments[0], "tiles") == 0;
  if (is_map && has_tiles)
    {
      sf_map_request_shift (request, 1);
      return sf_map_ogc_tilesets (request, layer, style, response, err);
    }
  if (is_map && request->segments_count == 0)
    return sf_map_ogc_map (request, layer, style, response, err);
  if (strcmp (word, "tiles") == 0 && !layer->grid)
    return sf_map_ogc_tilesets (request, layer, style, response, err);
  if (strcmp (word, "items") == 0)
    return sf_map_ogc_items (request, layer, response, err);
  if (strcmp (word, "position") == 0 && request->segments_count == 0)
    return sf_map_ogc_position (request, layer, response, err);
  if (strcmp (word, "area") == 0 && request->segments_count == 0)
    return sf_map_ogc_area (request, layer, response, err);
  return sf_fail (err, SF_ENOTFOUND, "collection '%s' has no '%.80s'", layer->name, word);
}

enum sf_code
sf_map_ogc (struct sf_map *map, struct sf_map_request *request, struct sf_map_response *response, struct sf_error *err)
{
  struct sf_json json = { .out = &response->body };
  const char *word = request->segments_count ? request->segments[0] : "";
  (void) map;
  response->media_type = "application/json";
  if (request->segments_count > 1 && strcmp (word, "collections") == 0)
    {
      sf_map_request_shift (request, 1);
      return answer_collection (request, response, err);
    }
  if (strcmp (word, "tileMatrixSets") == 0)
    {
      sf_map_request_shift (request, 1);
      return sf_map_ogc_matrix_sets (request, response, err);
    }
  if (request->segments_count > 1)
    return sf_fail (err, SF_ENOTFOUND, "/ogc has no '%.80s' with something below it", word);
  if (!*word)
    put_landing (&json, request);
  else if (strcmp (word, "conformance") == 0)
    put_conformance (&json);
  else if (strcmp (word, "collections") == 0)
    put_collections (&json, request);
  else if (strcmp (word, "api") == 0)
    {
      response->media_type = "application/vnd.oai.openapi+json;version=3.0";
      sf_map_put_openapi (&json, request);
    }
  else
    return sf_fail (err, SF_ENOTFOUND, "/ogc has no '%.80s'", word);
  return SF_OK;
}
