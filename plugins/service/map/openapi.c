/* SPDX-License-Identifier: Apache-2.0 */
/* The OpenAPI 3.0 document of what is served, from one table. Its examples are of the snapshot: each path with them answers. */
#include "plugins/service/map/ogc.h"
#include "plugins/service/map/place.h"

#include <stdio.h>
#include <string.h>

/* A parameter of a path or query: its name and, after a dot, what tells two of one name apart. type: string, integer, number.
   example NULL: found in the snapshot, or none. */
struct parameter
{
  const char *key, *type, *description, *example;
};

static const struct parameter parameters[] = {
  { "collection", "string", "layer, as /v1/layers lists them / 图层", NULL },
  { "style", "string", "style of the layer, or default / 样式", "default" },
  { "set", "string", "c, w, WorldCRS84Quad, GoogleMapsCompatible, WebMercatorQuad / 瓦片矩阵集", "w" },
  { "z", "integer", "level / 级别", "8" },
  { "x", "integer", "column / 列", "207" },
  { "y", "integer", "row / 行", "113" },
  { "feature", "integer", "the feature's id, from 1 / 要素编号", "1" },
  { "code", "string", "code of a place / 地点代码", NULL },
  { "path", "string", "a product's path, as /files lists them; its slashes as they are or as %2F / 产品路径", NULL },
  { "part", "string", "a file of the page; its slashes as they are or as %2F / 页面文件", "css/theme.css" },
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
  { "coords.polygon", "string", "well-known text, longitude before latitude / 多边形（WKT，先经度后纬度）",
    "POLYGON((110 19,110.2 19,110.2 19.2,110 19.2,110 19))" },
  { "parameter-name", "string", "names of parameters, comma-separated; all without it / 参数名", NULL },
  { "columns", "string", "attributes to keep, all without it / 保留的属性", NULL },
  { "q", "string", "part of a name / 名称的一部分", NULL },
  { "lang", "string", "zh or en / 语言", "zh" },
};

/* What a snapshot must have for a resource to be there; what it has first is the example. */
enum need
{
  NEEDS_NOTHING,
  NEEDS_LAYER,
  NEEDS_PICTURE,
  NEEDS_FEATURES,
  NEEDS_VALUES,
  NEEDS_WIND,
  NEEDS_PLACE,
  NEEDS_FILE,
  NEEDS_BASE
};

/* A resource: names in braces are its path's parameters, query names those it takes besides. */
struct resource
{
  const char *path, *id, *summary, *type, *query;
  enum need need;
};

#define JSON "application/json"
#define COVERAGE "application/prs.coverage+json"
#define MVT "application/vnd.mapbox-vector-tile"

static const struct resource resources[] = {
  { "/", "page", "Preview page / 预览页", "text/html", "", NEEDS_NOTHING },
  { "/web/{part}", "pagePart", "A file of the page / 页面文件", "*/*", "", NEEDS_NOTHING },
  { "/v1/state", "state", "What is served now / 当前状态", JSON, "", NEEDS_NOTHING },
  { "/v1/snapshots", "snapshots", "Snapshots there are / 快照列表", JSON, "", NEEDS_NOTHING },
  { "/v1/layers", "layers", "Layers, their dimensions and styles / 图层、维度和样式", JSON, "", NEEDS_NOTHING },
  { "/v1/point", "point", "Every layer at a place / 某点的所有图层", JSON, "lon lat time", NEEDS_NOTHING },
  { "/v1/place", "places", "Places by name / 地点列表", JSON, "q", NEEDS_NOTHING },
  { "/v1/place/{code}", "place", "What is known of a place / 某地的全部信息", JSON, "", NEEDS_PLACE },
  { "/v1/live", "live", "Events as they happen (server-sent events) / 实时事件", "text/event-stream", "",
    NEEDS_NOTHING },
  { "/v1/legend/{collection}/{style}.png", "legend", "Legend of a style / 图例", "image/png", "lang", NEEDS_PICTURE },
  { "/tiles/{collection}/{style}/{set}.json", "tileJson", "TileJSON of raster tiles / 栅格瓦片说明", JSON, "time",
    NEEDS_PICTURE },
  { "/tiles/{collection}/{style}/{set}/{z}/{x}/{y}.png", "tile", "Raster tile / 栅格瓦片", "image/png", "time",
    NEEDS_PICTURE },
  { "/vector/{collection}/{set}.json", "vectorTileJson", "TileJSON of vector tiles / 矢量瓦片说明", JSON, "",
    NEEDS_FEATURES },
  { "/vector/{collection}/{set}/{z}/{x}/{y}.mvt", "vectorTile", "Vector tile / 矢量瓦片", MVT, "columns",
    NEEDS_FEATURES },
  { "/uv/{collection}/{set}/{z}/{x}/{y}.bin", "windTile",
    "Wind as int16 pairs of 0.01 m/s / 风场纹理（int16，0.01 m/s）", "application/octet-stream", "time", NEEDS_WIND },
  { "/uv/{collection}/{set}/{z}/{x}/{y}.png", "windPicture", "Wind as a picture / 风场图片", "image/png", "time",
    NEEDS_WIND },
  { "/base/{set}/{z}/{x}/{y}.png", "baseTile", "Base map of the coast, not an approved map / 海岸线底图（非标准地图）",
    "image/png", "", NEEDS_BASE },
  { "/files", "files", "Products of the snapshot / 产品列表", JSON, "", NEEDS_NOTHING },
  { "/files/{path}", "file", "A product, with ranges / 产品文件（支持分段）", "*/*", "", NEEDS_FILE },
  { "/ogc", "landing", "Landing page / 首页", JSON, "", NEEDS_NOTHING },
  { "/ogc/conformance", "conformance", "Conformance / 一致性", JSON, "", NEEDS_NOTHING },
  { "/ogc/api", "api", "This document / 本文档", "application/vnd.oai.openapi+json;version=3.0", "", NEEDS_NOTHING },
  { "/ogc/collections", "collections", "Layers as collections / 图层集合", JSON, "", NEEDS_NOTHING },
  { "/ogc/collections/{collection}", "collection", "A layer / 图层", JSON, "", NEEDS_LAYER },
  { "/ogc/collections/{collection}/items", "items", "Features / 要素", "application/geo+json",
    "bbox datetime limit offset", NEEDS_FEATURES },
  { "/ogc/collections/{collection}/items/{feature}", "item", "A feature / 单个要素", "application/geo+json", "",
    NEEDS_FEATURES },
  { "/ogc/collections/{collection}/map", "map", "Map of any window / 任意范围地图", "image/png",
    "bbox width height crs datetime", NEEDS_PICTURE },
  { "/ogc/collections/{collection}/styles/{style}/map", "styledMap", "Map in a style / 指定样式地图", "image/png",
    "bbox width height crs datetime", NEEDS_PICTURE },
  { "/ogc/collections/{collection}/map/tiles", "mapTilesets", "Tilesets of maps / 地图瓦片集", JSON, "",
    NEEDS_PICTURE },
  { "/ogc/collections/{collection}/map/tiles/{set}", "mapTileset", "A tileset / 瓦片集", JSON, "", NEEDS_PICTURE },
  { "/ogc/collections/{collection}/map/tiles/{set}/{z}/{y}/{x}", "mapTile", "Map tile / 地图瓦片", "image/png",
    "datetime", NEEDS_PICTURE },
  { "/ogc/collections/{collection}/tiles", "vectorTilesets", "Tilesets of vector tiles / 矢量瓦片集", JSON, "",
    NEEDS_FEATURES },
  { "/ogc/collections/{collection}/tiles/{set}", "vectorTileset", "A vector tileset / 矢量瓦片集", JSON, "",
    NEEDS_FEATURES },
  { "/ogc/collections/{collection}/tiles/{set}/{z}/{y}/{x}", "collectionVectorTile", "Vector tile / 矢量瓦片", MVT, "",
    NEEDS_FEATURES },
  { "/ogc/collections/{collection}/position", "position", "Values at a position / 某点的数值", COVERAGE,
    "coords datetime parameter-name", NEEDS_VALUES },
  { "/ogc/collections/{collection}/area", "area", "Values in an area / 某区域的数值", COVERAGE,
    "coords.polygon datetime parameter-name", NEEDS_VALUES },
  { "/ogc/tileMatrixSets", "tileMatrixSets", "Tile matrix sets / 瓦片矩阵集列表", JSON, "", NEEDS_NOTHING },
  { "/ogc/tileMatrixSets/{set}", "tileMatrixSet", "A tile matrix set / 瓦片矩阵集", JSON, "", NEEDS_NOTHING },
  { "/stac", "stac", "Catalogue of the snapshot / 快照目录", JSON, "", NEEDS_NOTHING },
  { "/stac/{collection}", "stacItem", "A layer with its files and lineage / 图层的文件与来源", "application/geo+json",
    "", NEEDS_LAYER },
};

static bool
suits (const struct sf_map_layer *layer, enum need need)
{
  switch (need)
    {
    case NEEDS_LAYER:
      return true;
    case NEEDS_PICTURE:
      return layer->styles_count > 0;
    case NEEDS_FEATURES:
      return !layer->grid && layer->dataset->as.table->rows > 0;
    case NEEDS_VALUES:
      return layer->grid;
    case NEEDS_WIND:
      return layer->eastward && layer->northward;
    default:
      return false;
    }
}

/* The example of what a resource needs, "" where it needs nothing that has a name; NULL when the snapshot does not have it. */
static const char *
find_needed (const struct sf_map_world *world, enum need need)
{
  const struct sf_snapshot *snapshot = world->snapshot;
  if (need == NEEDS_NOTHING || (need == NEEDS_BASE && world->base))
    return "";
  if (need == NEEDS_PLACE)
    return world->places->count > 0 ? world->places->places[0].code : NULL;
  if (need == NEEDS_FILE)
    return snapshot->products_count > 0 ? snapshot->products[0].path : NULL;
  for (size_t i = 0; i < world->layers_count; i++)
    if (suits (world->layers[i], need))
      return world->layers[i]->name;
  return NULL;
}

static const struct parameter *
find_parameter (const char *name, size_t length)
{
  for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++)
    if (strlen (parameters[i].key) == length && strncmp (parameters[i].key, name, length) == 0)
      return &parameters[i];
  return NULL;
}

static void
put_example (struct sf_json *json, const struct parameter *parameter, const char *needed)
{
  const char *example = parameter->example ? parameter->example : needed;
  double number;
  if (!example)
    return;
  if (strcmp (parameter->type, "string") == 0)
    sf_json_put_string (json, "example", example);
  else if (sf_text_parse_double (sf_span_of (example), &number))
    sf_json_put_double (json, "example", number);
}

/* needed is the example of a parameter that has none of its own, or NULL. */
static void
put_parameter (struct sf_json *json, const struct parameter *parameter, bool in_path, const char *needed)
{
  static const char *const required[] = { "lon", "lat", "coords", "coords.polygon" };
  char name[32];
  bool is_required = in_path;
  snprintf (name, sizeof name, "%.*s", (int) strcspn (parameter->key, "."), parameter->key);
  for (size_t i = 0; i < sizeof required / sizeof *required; i++)
    is_required |= strcmp (parameter->key, required[i]) == 0;
  sf_json_begin_object (json);
  sf_json_put_string (json, "name", name);
  sf_json_put_string (json, "in", in_path ? "path" : "query");
  sf_json_put_bool (json, "required", is_required);
  sf_json_put_string (json, "description", parameter->description);
  sf_json_key (json, "schema");
  sf_json_begin_object (json);
  sf_json_put_string (json, "type", parameter->type);
  sf_json_end_object (json);
  put_example (json, parameter, needed);
  sf_json_end_object (json);
}

static void
put_parameters (struct sf_json *json, const struct resource *resource, const char *needed)
{
  sf_json_key (json, "parameters");
  sf_json_begin_array (json);
  for (const char *open = strchr (resource->path, '{'); open; open = strchr (open + 1, '{'))
    put_parameter (json, find_parameter (open + 1, strcspn (open + 1, "}")), true, needed);
  struct sf_span rest = sf_span_of (resource->query), word;
  while (sf_text_next_word (&rest, &word))
    put_parameter (json, find_parameter (word.text, word.length), false, NULL);
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
put_resource (struct sf_json *json, const struct resource *resource, const char *needed)
{
  sf_json_key (json, resource->path);
  sf_json_begin_object (json);
  sf_json_key (json, "get");
  sf_json_begin_object (json);
  sf_json_put_string (json, "operationId", resource->id);
  sf_json_put_string (json, "summary", resource->summary);
  put_parameters (json, resource, needed);
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
    {
      const char *needed = find_needed (request->world, resources[i].need);
      if (needed)
        put_resource (json, &resources[i], needed);
    }
  sf_json_end_object (json);
  sf_json_end_object (json);
}
