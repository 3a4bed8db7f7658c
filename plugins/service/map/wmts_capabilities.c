/* SPDX-License-Identifier: Apache-2.0 */
/* The service metadata of WMTS 1.0.0 (OGC 07-057r7, 7.1.1). */
#include "plugins/service/map/wmts.h"

#include "core/base/json.h"
#include "plugins/service/map/info.h"
#include "plugins/service/map/tiles.h"
#include "plugins/service/map/xml.h"

#include <string.h>

/* What a client has to know of a tile matrix set. EPSG:4490 has latitude before longitude, CRS84 the other way round. */
struct advertised
{
  const char *name, *crs, *well_known;
  bool is_latitude_first;
};

static const struct advertised sets[] = {
  { "c", "urn:ogc:def:crs:EPSG::4490", NULL, true },
  { "w", "urn:ogc:def:crs:EPSG::3857", NULL, false },
  { "WorldCRS84Quad", "urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:wkss:OGC:1.0:GoogleCRS84Quad", false },
  { "GoogleMapsCompatible", "urn:ogc:def:crs:EPSG::3857", "urn:ogc:def:wkss:OGC:1.0:GoogleMapsCompatible", false },
};

enum
{
  SETS = sizeof sets / sizeof *sets
};

struct writer
{
  struct sf_map_xml xml;
  const struct sf_map_request *request;
  struct sf_arena *arena;
  const char *pinned; /* what addresses of this very snapshot begin with */
  const struct sf_map_tile_set *sets[SETS];
};

/* A formatted text for the document; that memory was out for it is kept as a failure. */
#define MADE(writer, ...) sf_map_xml_made (&(writer)->xml, sf_arena_printf ((writer)->arena, __VA_ARGS__))

static void
put_title (struct sf_map_xml *xml, const char *name, const char *language, const char *text)
{
  if (!text)
    return;
  sf_map_xml_open (xml, name);
  sf_map_xml_attribute (xml, "xml:lang", language);
  sf_map_xml_text (xml, text);
  sf_map_xml_close (xml);
}

static void
put_both (struct sf_map_xml *xml, const char *name, const char *zh, const char *en)
{
  put_title (xml, name, "zh", zh);
  put_title (xml, name, "en", en);
}

static void
put_keywords (struct sf_map_xml *xml, const char *const *words, size_t count)
{
  sf_map_xml_open (xml, "ows:Keywords");
  for (size_t i = 0; i < count; i++)
    sf_map_xml_leaf (xml, "ows:Keyword", words[i]);
  sf_map_xml_close (xml);
}

static void
put_identification (struct writer *writer)
{
  struct sf_map_xml *xml = &writer->xml;
  const struct sf_snapshot *snapshot = writer->request->world->snapshot;
  const char *const words[] = { "WMTS", "三防", "Sanfang", snapshot->scenario };
  sf_map_xml_open (xml, "ows:ServiceIdentification");
  put_both (xml, "ows:Title", snapshot->title_zh, snapshot->title_en);
  put_both (
      xml, "ows:Abstract", "三防地图瓦片。属性为演练、假设或模拟的图层带条纹显示。非官方预警，底图与界线仅供内部研判。",
      "Tiles of Sanfang. Layers of a drill, hypothetical or simulated ones are striped. Not an official warning.");
  put_keywords (xml, words, sizeof words / sizeof *words);
  sf_map_xml_leaf (xml, "ows:ServiceType", "OGC WMTS");
  sf_map_xml_leaf (xml, "ows:ServiceTypeVersion", "1.0.0");
  sf_map_xml_leaf (xml, "ows:Fees", "none");
  sf_map_xml_leaf (xml, "ows:AccessConstraints", "none");
  sf_map_xml_close (xml);
}

static void
put_get (struct writer *writer, const char *encoding, const char *address)
{
  struct sf_map_xml *xml = &writer->xml;
  sf_map_xml_open (xml, "ows:Get");
  sf_map_xml_attribute (xml, "xlink:href", address);
  sf_map_xml_open (xml, "ows:Constraint");
  sf_map_xml_attribute (xml, "name", "GetEncoding");
  sf_map_xml_open (xml, "ows:AllowedValues");
  sf_map_xml_leaf (xml, "ows:Value", encoding);
  sf_map_xml_close (xml);
  sf_map_xml_close (xml);
  sf_map_xml_close (xml);
}

static void
put_operations (struct writer *writer)
{
  static const char *const names[] = { "GetCapabilities", "GetTile", "GetFeatureInfo" };
  struct sf_map_xml *xml = &writer->xml;
  const char *root = writer->request->root;
  sf_map_xml_open (xml, "ows:OperationsMetadata");
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    {
      sf_map_xml_open (xml, "ows:Operation");
      sf_map_xml_attribute (xml, "name", names[i]);
      sf_map_xml_open (xml, "ows:DCP");
      sf_map_xml_open (xml, "ows:HTTP");
      put_get (writer, "KVP", MADE (writer, "%s/wmts?", root));
      put_get (writer, "RESTful",
               i == 0 ? MADE (writer, "%s/wmts/1.0.0/WMTSCapabilities.xml", root)
                      : MADE (writer, "%s/wmts/1.0.0/", writer->pinned));
      sf_map_xml_close (xml);
      sf_map_xml_close (xml);
      sf_map_xml_close (xml);
    }
  sf_map_xml_close (xml);
}

/* --- layers --- */

static void
put_description (struct writer *writer, const struct sf_map_layer *layer)
{
  struct sf_map_xml *xml = &writer->xml;
  const struct sf_dataset *dataset = layer->dataset;
  const struct sf_quantity *quantity = dataset->spec->quantity;
  const char *const words[] = { dataset->spec->name, quantity->name, quantity->standard_name };
  put_both (xml, "ows:Title", layer->title_zh, layer->title_en);
  put_title (
      xml, "ows:Abstract", "zh",
      MADE (writer, "性质：%s%s", sf_authority_name (dataset->authority, 1), dataset->simulated ? "；模拟数据" : ""));
  put_title (xml, "ows:Abstract", "en",
             MADE (writer, "Unit: %s; authority: %s%s", quantity->unit, sf_authority_name (dataset->authority, 0),
                   dataset->simulated ? "; simulated" : ""));
  put_keywords (xml, words, sizeof words / sizeof *words);
  sf_map_xml_open (xml, "ows:WGS84BoundingBox");
  sf_map_xml_leaf_pair (xml, "ows:LowerCorner", layer->bounds_deg.min_x, layer->bounds_deg.min_y);
  sf_map_xml_leaf_pair (xml, "ows:UpperCorner", layer->bounds_deg.max_x, layer->bounds_deg.max_y);
  sf_map_xml_close (xml);
  sf_map_xml_leaf (xml, "ows:Identifier", layer->name);
}

static void
put_styles (struct writer *writer, const struct sf_map_layer *layer)
{
  struct sf_map_xml *xml = &writer->xml;
  for (size_t i = 0; i < layer->styles_count; i++)
    {
      const struct sf_style *style = layer->styles[i].style;
      sf_map_xml_open (xml, "Style");
      sf_map_xml_attribute (xml, "isDefault", i == 0 ? "true" : "false");
      put_both (xml, "ows:Title", style->title_zh, style->title_en);
      sf_map_xml_leaf (xml, "ows:Identifier", style->name);
      sf_map_xml_open (xml, "LegendURL");
      sf_map_xml_attribute (xml, "format", "image/png");
      sf_map_xml_attribute (xml, "xlink:href",
                            MADE (writer, "%s/v1/legend/%s/%s.png", writer->pinned, layer->name, style->name));
      sf_map_xml_close (xml);
      sf_map_xml_close (xml);
    }
}

static void
put_value (struct sf_map_xml *xml, const char *name, const struct sf_map_layer *layer, int band)
{
  struct sf_strbuf text = { 0 };
  sf_map_layer_put_value (layer, band, &text);
  if (text.failed)
    xml->failed = true;
  else
    sf_map_xml_leaf (xml, name, text.text);
  sf_strbuf_finish (&text);
}

static void
put_dimension (struct writer *writer, const struct sf_map_layer *layer)
{
  struct sf_map_xml *xml = &writer->xml;
  const struct sf_quantity *quantity = layer->dataset->spec->band;
  bool is_time = sf_map_layer_dimension (layer) == SF_MAP_DIMENSION_TIME;
  if (!layer->dimension)
    return;
  sf_map_xml_open (xml, "Dimension");
  put_both (xml, "ows:Title", is_time ? "时间" : quantity->title_zh, is_time ? "Time" : quantity->title_en);
  sf_map_xml_leaf (xml, "ows:Identifier", layer->dimension);
  sf_map_xml_leaf (xml, "ows:UOM", is_time ? "ISO8601" : quantity->unit);
  put_value (xml, "Default", layer, layer->default_band);
  sf_map_xml_leaf (xml, "Current", is_time ? "true" : "false");
  for (int band = 0; band < layer->bands; band++)
    put_value (xml, "Value", layer, band);
  sf_map_xml_close (xml);
}

static void
put_limit (struct sf_map_xml *xml, const struct sf_tile_matrix *matrix, int level, const struct sf_bounds *extent)
{
  struct sf_tile_range range = sf_tile_range_find (matrix, extent);
  sf_map_xml_open (xml, "TileMatrixLimits");
  sf_map_xml_leaf_int (xml, "TileMatrix", level);
  sf_map_xml_leaf_int (xml, "MinTileRow", range.y0);
  sf_map_xml_leaf_int (xml, "MaxTileRow", range.y1 - 1);
  sf_map_xml_leaf_int (xml, "MinTileCol", range.x0);
  sf_map_xml_leaf_int (xml, "MaxTileCol", range.x1 - 1);
  sf_map_xml_close (xml);
}

static void
put_link (struct writer *writer, const struct sf_map_layer *layer, const struct sf_map_tile_set *set)
{
  struct sf_map_xml *xml = &writer->xml;
  struct sf_bounds extent = sf_tile_set_extent (set->set, &layer->bounds_deg);
  struct sf_tile_matrix matrix;
  sf_map_xml_open (xml, "TileMatrixSetLink");
  sf_map_xml_leaf (xml, "TileMatrixSet", set->name);
  sf_map_xml_open (xml, "TileMatrixSetLimits");
  for (int id = sf_tile_set_min_id (set->set); id <= sf_tile_set_max_id (set->set); id++)
    if (sf_tile_matrix_get (set->set, id, &matrix, NULL) == SF_OK)
      put_limit (xml, &matrix, id - set->offset, &extent);
  sf_map_xml_close (xml);
  sf_map_xml_close (xml);
}

static void
put_resource (struct writer *writer, const struct sf_map_layer *layer, const char *type, const char *media_type,
              const char *ending)
{
  struct sf_map_xml *xml = &writer->xml;
  const char *dimension = layer->dimension ? MADE (writer, "/{%s}", layer->dimension) : "";
  sf_map_xml_open (xml, "ResourceURL");
  sf_map_xml_attribute (xml, "format", media_type);
  sf_map_xml_attribute (xml, "resourceType", type);
  sf_map_xml_attribute (xml, "template",
                        MADE (writer, "%s/wmts/1.0.0/%s/{style}/{TileMatrixSet}%s/{TileMatrix}/{TileRow}/{TileCol}%s",
                              writer->pinned, layer->name, dimension, ending));
  sf_map_xml_close (xml);
}

static void
put_layer (struct writer *writer, const struct sf_map_layer *layer)
{
  struct sf_map_xml *xml = &writer->xml;
  sf_map_xml_open (xml, "Layer");
  put_description (writer, layer);
  put_styles (writer, layer);
  sf_map_xml_leaf (xml, "Format", "image/png");
  for (int f = 0; f < SF_MAP_INFO_FORMATS; f++)
    sf_map_xml_leaf (xml, "InfoFormat", sf_map_info_media_type ((enum sf_map_info_format) f));
  put_dimension (writer, layer);
  for (int s = 0; s < SETS; s++)
    put_link (writer, layer, writer->sets[s]);
  put_resource (writer, layer, "tile", "image/png", ".png");
  for (int f = 0; f < SF_MAP_INFO_FORMATS; f++)
    put_resource (writer, layer, "FeatureInfo", sf_map_info_media_type ((enum sf_map_info_format) f),
                  MADE (writer, "/{J}/{I}%s", sf_map_info_ending ((enum sf_map_info_format) f)));
  sf_map_xml_close (xml);
}

/* --- tile matrix sets --- */

static void
put_matrix (struct sf_map_xml *xml, const struct sf_tile_matrix *matrix, int level, bool is_latitude_first)
{
  sf_map_xml_open (xml, "TileMatrix");
  sf_map_xml_leaf_int (xml, "ows:Identifier", level);
  sf_map_xml_leaf_double (xml, "ScaleDenominator", matrix->scale_denominator);
  if (is_latitude_first)
    sf_map_xml_leaf_pair (xml, "TopLeftCorner", matrix->top, matrix->left);
  else
    sf_map_xml_leaf_pair (xml, "TopLeftCorner", matrix->left, matrix->top);
  sf_map_xml_leaf_int (xml, "TileWidth", SF_TILE_PIXELS);
  sf_map_xml_leaf_int (xml, "TileHeight", SF_TILE_PIXELS);
  sf_map_xml_leaf_int (xml, "MatrixWidth", matrix->columns);
  sf_map_xml_leaf_int (xml, "MatrixHeight", matrix->rows);
  sf_map_xml_close (xml);
}

static void
put_set (struct writer *writer, const struct advertised *advertised, const struct sf_map_tile_set *set)
{
  struct sf_map_xml *xml = &writer->xml;
  struct sf_tile_matrix matrix;
  sf_map_xml_open (xml, "TileMatrixSet");
  sf_map_xml_leaf (xml, "ows:Identifier", set->name);
  sf_map_xml_leaf (xml, "ows:SupportedCRS", advertised->crs);
  sf_map_xml_leaf (xml, "WellKnownScaleSet", advertised->well_known);
  for (int id = sf_tile_set_min_id (set->set); id <= sf_tile_set_max_id (set->set); id++)
    if (sf_tile_matrix_get (set->set, id, &matrix, NULL) == SF_OK)
      put_matrix (xml, &matrix, id - set->offset, advertised->is_latitude_first);
  sf_map_xml_close (xml);
}

static void
put_contents (struct writer *writer)
{
  const struct sf_map_world *world = writer->request->world;
  sf_map_xml_open (&writer->xml, "Contents");
  for (size_t i = 0; i < world->layers_count; i++)
    if (world->layers[i]->styles_count > 0)
      put_layer (writer, world->layers[i]);
  for (int s = 0; s < SETS; s++)
    put_set (writer, &sets[s], writer->sets[s]);
  sf_map_xml_close (&writer->xml);
}

static void
put_root (struct writer *writer)
{
  struct sf_map_xml *xml = &writer->xml;
  sf_map_xml_open (xml, "Capabilities");
  sf_map_xml_attribute (xml, "xmlns", "http://www.opengis.net/wmts/1.0");
  sf_map_xml_attribute (xml, "xmlns:ows", "http://www.opengis.net/ows/1.1");
  sf_map_xml_attribute (xml, "xmlns:xlink", "http://www.w3.org/1999/xlink");
  sf_map_xml_attribute (xml, "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");
  sf_map_xml_attribute (
      xml, "xsi:schemaLocation",
      "http://www.opengis.net/wmts/1.0 http://schemas.opengis.net/wmts/1.0/wmtsGetCapabilities_response.xsd");
  sf_map_xml_attribute (xml, "version", "1.0.0");
  sf_map_xml_attribute (xml, "updateSequence", writer->request->world->snapshot->id);
}

enum sf_code
sf_map_wmts_put_capabilities (const struct sf_map_request *request, struct sf_map_response *response,
                              struct sf_error *err)
{
  struct writer writer = { .request = request, .arena = request->arena };
  const struct sf_snapshot *snapshot = request->world->snapshot;
  const char *known = sf_map_request_get (request, "updatesequence");
  writer.pinned = sf_arena_printf (request->arena, "%s/snapshots/%s", request->base_url, snapshot->id);
  if (!writer.pinned)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  for (int s = 0; s < SETS; s++)
    SF_TRY (sf_map_find_tile_set (sets[s].name, &writer.sets[s], err));
  response->media_type = "application/xml";
  sf_map_xml_begin (&writer.xml, &response->body);
  put_root (&writer);
  /* Whoever holds this state is told so by a document without contents (OGC 06-121r3, 7.3.4). */
  if (!known || strcmp (known, snapshot->id) != 0)
    {
      put_identification (&writer);
      put_operations (&writer);
      put_contents (&writer);
      sf_map_xml_open (&writer.xml, "ServiceMetadataURL");
      sf_map_xml_attribute (&writer.xml, "xlink:href",
                            MADE (&writer, "%s/wmts/1.0.0/WMTSCapabilities.xml", request->root));
      sf_map_xml_close (&writer.xml);
    }
  sf_map_xml_close (&writer.xml);
  return sf_map_xml_finish (&writer.xml, err);
}
