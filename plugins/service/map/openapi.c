/* SPDX-License-Identifier: Apache-2.0 */
/* The OpenAPI 3.0 document of what is served, from one table. */
#include "plugins/service/map/ogc.h"

#include <stdio.h>
#include <string.h>

/* A parameter of a path or query. type: string, integer, number. */
struct parameter
{
  const char *name, *type, *description, *example;
};

static const struct parameter parameters[] = {
  { "collection", "string", "layer, as /v1/layers lists them / 图层", "wind_max@province" },
  { "style", "string", "style of the layer, or default / 样式", "default" },
  { "set", "string", "c, w, WorldCRS84Quad, GoogleMapsCompatible, WebMercatorQuad / 瓦片矩阵集", "w" },
  { "z", "integer", "level / 级别", "8" },
  { "x", "integer", "column / 列", "207" },
  { "y", "integer", "row / 行", "113" },
  { "feature", "integer", "the feature's id, from 1 / 要素编号", "1" },
  { "code", "string", "code of a place / 地点代码", "460100" },
  { "path", "string", "a product's path, as /files lists them / 产品路径", "data/grids-sea.nc" },
  { "lon", "number", "longitude, degrees east / 经度", "110.35" },
  { "lat", "number", "latitude, degrees north / 纬度", "20.02" },
  { "time", "string", "a step of layers with time, ISO 8601 / 时次", NULL },
  { "bbox", "string", "west,south,east,north in degrees / 范围", "108,18,111.5,20.5" },
  { "datetime", "string", "instant or interval, RFC 3339 / 时间", NULL },
  { "limit", "integer", "features a page, 10 without it, at most 10000 / 每页要素数", "10" },
  { "offset", "integer", "features to pass over / 跳过的要素数", "0" },
  { "width", "integer", "pixels, 1 to 4096 / 宽度", "1024" },
  { "height", "integer", "pixels, 1 to 4096 / 高度", "768" },
  { "crs", "string", "OGC:CRS84 or EPSG:3857 / 坐标系", "OGC:CRS84" },
  { "coords", "string", "well-known text, longitude before latitude / 坐标（WKT，先经度后纬度）",
    "POINT(110.35 20.02)" },
  { "parameter-name", "string", "names of parameters, comma-separated; all without it / 参数名", NULL },
  { "q", "string", "part of a name / 名称的一部分", NULL },
  { "lang", "string", "zh or en / 语言", "zh" },
};

/* A resource: names in braces are its path's parameters, query names those it takes besides. */
struct resource
{
  const char *path, *id, *summary, *type, *query;
};

static const struct resource resources[] = {
  { "/v1/state", "state", "What is served now / 当前状态", "application/json", "" },
  { "/v1/snapshots", "snapshots", "Snapshots there are / 快照列表", "application/json", "" },
  { "/v1/layers", "layers", "Layers, their dimensions and styles / 图层、维度和样式", "application/json", "" },
  { "/v1/point", "point", "Every layer at a place / 某点的所有图层", "application/json", "lon lat time" },
  { "/v1/place", "places", "Places by name / 地点列表", "application/json", "q" },
  { "/v1/place/{code}", "place", "What is known of a place / 某地的全部信息", "application/json", "" },
  { "/v1/live", "live", "Events as they happen (server-sent events) / 实时事件", "text/event-stream", "" },
  { "/v1/legend/{collection}/{style}.png", "legend", "Legend of a style / 图例", "image/png", "lang" },
  { "/tiles/{collection}/{style}/{set}/{z}/{x}/{y}.png", "tile", "Raster tile / 栅格瓦片", "image/png", "time" },
  { "/vector/{collection}/{set}/{z}/{x}/{y}.mvt", "vectorTile", "Vector tile / 矢量瓦片",
    "application/vnd.mapbox-vector-tile", "" },
  { "/files", "files", "Products of the snapshot / 产品列表", "application/json", "" },
  { "/files/{path}", "file", "A product, with ranges / 产品文件（支持分段）", "application/octet-stream", "" },
  { "/ogc", "landing", "Landing page / 首页", "application/json", "" },
  { "/ogc/conformance", "conformance", "Conformance / 一致性", "application/json", "" },
  { "/ogc/api", "api", "This document / 本文档", "application/vnd.oai.openapi+json;version=3.0", "" },
  { "/ogc/collections", "collections", "Layers as collections / 图层集合", "application/json", "" },
  { "/ogc/collections/{collection}", "collection", "A layer / 图层", "application/json", "" },
  { "/ogc/collections/{collection}/items", "items", "Features / 要素", "application/geo+json",
    "bbox datetime limit offset" },
  { "/ogc/collections/{collection}/items/{feature}", "item", "A feature / 单个要素", "application/geo+json", "" },
  { "/ogc/collections/{collection}/map", "map", "Map of any window / 任意范围地图", "image/png",
    "bbox width height crs datetime" },
  { "/ogc/collections/{collection}/styles/{style}/map", "styledMap", "Map in a style / 指定样式地图", "image/png",
    "bbox width height crs datetime" },
  { "/ogc/collections/{collection}/map/tiles", "mapTilesets", "Tilesets of maps / 地图瓦片集", "application/json", "" },
  { "/ogc/collections/{collection}/map/tiles/{set}", "mapTileset", "A tileset / 瓦片集", "application/json", "" },
  { "/ogc/collections/{collection}/map/tiles/{set}/{z}/{y}/{x}", "mapTile", "Map tile / 地图瓦片", "image/png",
    "datetime" },
  { "/ogc/collections/{collection}/tiles", "vectorTilesets", "Tilesets of vector tiles / 矢量瓦片集",
    "application/json", "" },
  { "/ogc/collections/{collection}/tiles/{set}", "vectorTileset", "A vector tileset / 矢量瓦片集", "application/json",
    "" },
  { "/ogc/collections/{collection}/tiles/{set}/{z}/{y}/{x}", "collectionVectorTile", "Vector tile / 矢量瓦片",
    "application/vnd.mapbox-vector-tile", "" },
  { "/ogc/collections/{collection}/position", "position", "Values at a position / 某点的数值",
    "application/prs.coverage+json", "coords datetime parameter-name" },
  { "/ogc/collections/{collection}/area", "area", "Values in an area / 某区域的数值", "application/prs.coverage+json",
    "coords datetime parameter-name" },
  { "/ogc/tileMatrixSets", "tileMatrixSets", "Tile matrix sets / 瓦片矩阵集列表", "application/json", "" },
  { "/ogc/tileMatrixSets/{set}", "tileMatrixSet", "A tile matrix set / 瓦片矩阵集", "application/json", "" },
  { "/stac", "stac", "Catalogue of the snapshot / 快照目录", "application/json", "" },
  { "/stac/{collection}", "stacItem", "A layer with its files and lineage / 图层的文件与来源", "application/geo+json",
    "" },
};

static const struct parameter *
find_parameter (const char *name, size_t length)
{
  for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++)
    if (strlen (parameters[i].name) == length && strncmp (parameters[i].name, name, length) == 0)
      return &parameters[i];
  return NULL;
}

static void
put_parameter (struct sf_json *json, const struct parameter *parameter, bool in_path, bool required)
{
  sf_json_begin_object (json);
  sf_json_put_string (json, "name", parameter->name);
  sf_json_put_string (json, "in", in_path ? "path" : "query");
  sf_json_put_bool (json, "required", required);
  sf_json_put_string (json, "description", parameter->description);
  sf_json_key (json, "schema");
  sf_json_begin_object (json);
  sf_json_put_string (json, "type", parameter->type);
  sf_json_end_object (json);
  if (parameter->example && strcmp (parameter->type, "string") == 0)
    sf_json_put_string (json, "example", parameter->example);
  sf_json_end_object (json);
}

static void
put_parameters (struct sf_json *json, const struct resource *resource)
{
  sf_json_key (json, "parameters");
  sf_json_begin_array (json);
  for (const char *open = strchr (resource->path, '{'); open; open = strchr (open + 1, '{'))
    put_parameter (json, find_parameter (open + 1, strcspn (open + 1, "}")), true, true);
  struct sf_span rest = sf_span_of (resource->query), word;
  while (sf_text_next_word (&rest, &word))
    {
      bool required = sf_span_equal (word, "lon") || sf_span_equal (word, "lat") || sf_span_equal (word, "coords");
      put_parameter (json, find_parameter (word.text, word.length), false, required);
    }
  sf_json_end_array (json);
}

static void
put_answer (struct sf_json *json, const char *status, const char *description, const char *type)
{
  sf_json_key (json, status);
  sf_json_begin_object (json);
  sf_json_put_string (json, "description", description);
  sf_json_key (json, "content");
  sf_json_begin_object (json);
  sf_json_key (json, type);
  sf_json_begin_object (json);
  sf_json_end_object (json);
  sf_json_end_object (json);
  sf_json_end_object (json);
}

static void
put_resource (struct sf_json *json, const struct resource *resource)
{
  sf_json_key (json, resource->path);
  sf_json_begin_object (json);
  sf_json_key (json, "get");
  sf_json_begin_object (json);
  sf_json_put_string (json, "operationId", resource->id);
  sf_json_put_string (json, "summary", resource->summary);
  put_parameters (json, resource);
  sf_json_key (json, "responses");
  sf_json_begin_object (json);
  put_answer (json, "200", "what was asked for / 所请求的内容", resource->type);
  put_answer (json, "default", "an error: status, code, title, detail / 错误", "application/json");
  sf_json_end_object (json);
  sf_json_end_object (json);
  sf_json_end_object (json);
}

void
sf_map_put_openapi (struct sf_json *json, const struct sf_map_request *request)
{
  sf_json_begin_object (json);
  sf_json_put_string (json, "openapi", "3.0.3");
  sf_json_key (json, "info");
  sf_json_begin_object (json);
  sf_json_put_string (json, "title", "Sanfang map service / 三防地图服务");
  sf_json_put_string (json, "version", "1.0.0");
  sf_json_put_string (json, "description",
                      "Each resource is also there below /snapshots/{id}, unchanging. WMTS is at /wmts, WMS at /wms.");
  sf_json_key (json, "license");
  sf_json_begin_object (json);
  sf_json_put_string (json, "name", "Apache-2.0");
  sf_json_end_object (json);
  sf_json_end_object (json);
  sf_json_key (json, "servers");
  sf_json_begin_array (json);
  sf_json_begin_object (json);
  sf_json_put_string (json, "url", request->root);
  sf_json_end_object (json);
  sf_json_end_array (json);
  sf_json_key (json, "paths");
  sf_json_begin_object (json);
  for (size_t i = 0; i < sizeof resources / sizeof *resources; i++)
    put_resource (json, &resources[i]);
  sf_json_end_object (json);
  sf_json_end_object (json);
}
