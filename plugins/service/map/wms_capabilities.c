/* SPDX-License-Identifier: Apache-2.0 */
/* Service metadata of WMS 1.3.0 (OGC 06-042, annex E) and 1.1.1 (OGC 01-068r3, annex A). */
#include "plugins/service/map/wms.h"

#include "core/base/json.h"
#include "core/base/time.h"
#include "plugins/service/map/info.h"
#include "plugins/service/map/xml.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

struct writer
{
  struct sf_map_xml xml;
  const struct sf_map_wms *wms;
  struct sf_arena *arena;
  const char *address; /* of the service */
};

/* A formatted text for the document; that memory was out for it is kept as a failure. */
#define MADE(writer, ...) sf_map_xml_made (&(writer)->xml, sf_arena_printf ((writer)->arena, __VA_ARGS__))

/* Both languages in one text: WMS has no place for two. */
static const char *
both (struct writer *writer, const char *zh, const char *en)
{
  return MADE (writer, "%s / %s", zh ? zh : "", en ? en : "");
}

static void
put_keywords (struct sf_map_xml *xml, const char *const *words, size_t count)
{
  sf_map_xml_open (xml, "KeywordList");
  for (size_t i = 0; i < count; i++)
    sf_map_xml_leaf (xml, "Keyword", words[i]);
  sf_map_xml_close (xml);
}

static void
put_online (struct writer *writer, const char *address)
{
  struct sf_map_xml *xml = &writer->xml;
  sf_map_xml_open (xml, "OnlineResource");
  sf_map_xml_attribute (xml, "xmlns:xlink", "http://www.w3.org/1999/xlink");
  sf_map_xml_attribute (xml, "xlink:type", "simple");
  sf_map_xml_attribute (xml, "xlink:href", sf_map_xml_made (xml, address));
  sf_map_xml_close (xml);
}

static void
put_service (struct writer *writer)
{
  struct sf_map_xml *xml = &writer->xml;
  const struct sf_snapshot *snapshot = writer->wms->request->world->snapshot;
  const char *const words[] = { "WMS", "三防", "Sanfang", snapshot->scenario };
  sf_map_xml_open (xml, "Service");
  sf_map_xml_leaf (xml, "Name", writer->wms->is_130 ? "WMS" : "OGC:WMS");
  sf_map_xml_leaf (xml, "Title", both (writer, snapshot->title_zh, snapshot->title_en));
  sf_map_xml_leaf (xml, "Abstract",
                   both (writer, "三防地图图层。属性为演练、假设或模拟的图层带条纹显示。非官方预警。",
                         "Map layers of Sanfang. Layers of a drill, hypothetical or simulated ones are striped. "
                         "Not an official warning."));
  put_keywords (xml, words, sizeof words / sizeof *words);
  put_online (writer, writer->wms->request->root);
  sf_map_xml_leaf (xml, "Fees", "none");
  sf_map_xml_leaf (xml, "AccessConstraints", "none");
  if (writer->wms->is_130)
    {
      sf_map_xml_leaf_int (xml, "LayerLimit", SF_MAP_WMS_LAYERS_MAX);
      sf_map_xml_leaf_int (xml, "MaxWidth", writer->wms->map->picture_side_max);
      sf_map_xml_leaf_int (xml, "MaxHeight", writer->wms->map->picture_side_max);
    }
  sf_map_xml_close (xml);
}

/* --- requests and exceptions --- */

static void
put_request (struct writer *writer, const char *name, const char *const *formats, size_t count)
{
  struct sf_map_xml *xml = &writer->xml;
  sf_map_xml_open (xml, name);
  for (size_t i = 0; i < count; i++)
    sf_map_xml_leaf (xml, "Format", formats[i]);
  sf_map_xml_open (xml, "DCPType");
  sf_map_xml_open (xml, "HTTP");
  sf_map_xml_open (xml, "Get");
  put_online (writer, writer->address);
  sf_map_xml_close (xml);
  sf_map_xml_close (xml);
  sf_map_xml_close (xml);
  sf_map_xml_close (xml);
}

static void
put_requests (struct writer *writer)
{
  static const char *const pictures[] = { "image/png", "image/png; mode=8bit" };
  const char *const documents[] = { writer->wms->is_130 ? "text/xml" : "application/vnd.ogc.wms_xml" };
  const char *infos[SF_MAP_INFO_FORMATS];
  for (int f = 0; f < SF_MAP_INFO_FORMATS; f++)
    infos[f] = sf_map_info_media_type ((enum sf_map_info_format) f);
  sf_map_xml_open (&writer->xml, "Request");
  put_request (writer, "GetCapabilities", documents, 1);
  put_request (writer, "GetMap", pictures, 2);
  put_request (writer, "GetFeatureInfo", infos, SF_MAP_INFO_FORMATS);
  put_request (writer, writer->wms->is_130 ? "sld:GetLegendGraphic" : "GetLegendGraphic", pictures, 2);
  sf_map_xml_close (&writer->xml);
}

static void
put_exceptions (struct writer *writer)
{
  static const char *const forms_130[] = { "XML", "INIMAGE", "BLANK", "JSON" };
  static const char *const forms_111[] = { "application/vnd.ogc.se_xml", "application/vnd.ogc.se_inimage",
                                           "application/vnd.ogc.se_blank", "application/json" };
  sf_map_xml_open (&writer->xml, "Exception");
  for (int i = 0; i < 4; i++)
    sf_map_xml_leaf (&writer->xml, "Format", writer->wms->is_130 ? forms_130[i] : forms_111[i]);
  sf_map_xml_close (&writer->xml);
}

/* --- layers --- */

static void
put_corners (struct sf_map_xml *xml, const struct sf_bounds *bounds, bool is_latitude_first)
{
  sf_map_xml_attribute_double (xml, "minx", is_latitude_first ? bounds->min_y : bounds->min_x);
  sf_map_xml_attribute_double (xml, "miny", is_latitude_first ? bounds->min_x : bounds->min_y);
  sf_map_xml_attribute_double (xml, "maxx", is_latitude_first ? bounds->max_y : bounds->max_x);
  sf_map_xml_attribute_double (xml, "maxy", is_latitude_first ? bounds->max_x : bounds->max_y);
}

static void
put_geographic_box (struct writer *writer, const struct sf_bounds *bounds_deg)
{
  struct sf_map_xml *xml = &writer->xml;
  sf_map_xml_open (xml, writer->wms->is_130 ? "EX_GeographicBoundingBox" : "LatLonBoundingBox");
  if (writer->wms->is_130)
    {
      sf_map_xml_leaf_double (xml, "westBoundLongitude", bounds_deg->min_x);
      sf_map_xml_leaf_double (xml, "eastBoundLongitude", bounds_deg->max_x);
      sf_map_xml_leaf_double (xml, "southBoundLatitude", bounds_deg->min_y);
      sf_map_xml_leaf_double (xml, "northBoundLatitude", bounds_deg->max_y);
    }
  else
    put_corners (xml, bounds_deg, false);
  sf_map_xml_close (xml);
}

static void
put_boxes (struct writer *writer, const struct sf_bounds *bounds_deg)
{
  struct sf_map_xml *xml = &writer->xml;
  size_t count;
  const struct sf_map_wms_crs *list = sf_map_wms_crs_list (&count);
  put_geographic_box (writer, bounds_deg);
  for (size_t i = 0; i < count; i++)
    {
      struct sf_bounds bounds = sf_tile_set_extent (list[i].projection, bounds_deg);
      sf_map_xml_open (xml, "BoundingBox");
      sf_map_xml_attribute (xml, writer->wms->is_130 ? "CRS" : "SRS", list[i].name);
      put_corners (xml, &bounds, writer->wms->is_130 && list[i].is_latitude_first);
      sf_map_xml_close (xml);
    }
}

/* The step between all of a cube's times in seconds; 0 when they are few or not evenly spaced. */
static int64_t
even_step_s (const struct sf_map_layer *layer)
{
  if (!layer->time_s || layer->bands < 4)
    return 0;
  int64_t step_s = layer->time_s[1] - layer->time_s[0];
  for (int i = 2; i < layer->bands; i++)
    if (layer->time_s[i] - layer->time_s[i - 1] != step_s)
      return 0;
  return step_s;
}

/* The values of a dimension: "7,8,10,12", or evenly spaced times as first/last/period. */
static const char *
extent_of (const struct writer *writer, const struct sf_map_layer *layer)
{
  struct sf_strbuf text = { 0 };
  int64_t step_s = even_step_s (layer);
  if (step_s)
    {
      sf_map_layer_put_value (layer, 0, &text);
      sf_strbuf_add (&text, "/");
      sf_map_layer_put_value (layer, layer->bands - 1, &text);
      int64_t unit_s = step_s % 3600 == 0 ? 3600 : step_s % 60 == 0 ? 60 : 1;
      sf_strbuf_addf (&text, "/PT%" PRId64 "%c", step_s / unit_s, unit_s == 3600 ? 'H' : unit_s == 60 ? 'M' : 'S');
    }
  for (int band = 0; !step_s && band < layer->bands; band++)
    {
      sf_strbuf_add (&text, band ? "," : "");
      sf_map_layer_put_value (layer, band, &text);
    }
  const char *kept = text.failed ? NULL : sf_arena_strdup (writer->arena, text.text);
  sf_strbuf_finish (&text);
  return kept;
}

static void
put_extent_attributes (struct writer *writer, const struct sf_map_layer *layer)
{
  struct sf_map_xml *xml = &writer->xml;
  struct sf_strbuf text = { 0 };
  sf_map_layer_put_value (layer, layer->default_band, &text);
  sf_map_xml_attribute (xml, "default", sf_map_xml_made (xml, text.failed ? NULL : text.text));
  sf_strbuf_finish (&text);
  sf_map_xml_attribute (xml, "multipleValues", "0");
  sf_map_xml_attribute (xml, "nearestValue", "0");
  if (layer->time_s)
    sf_map_xml_attribute (xml, "current", "1");
}

/* In 1.1.1 a dimension and its extent are two elements, all dimensions before all extents. */
static void
put_dimension (struct writer *writer, const struct sf_map_layer *layer)
{
  struct sf_map_xml *xml = &writer->xml;
  if (!layer->dimension)
    return;
  sf_map_xml_open (xml, "Dimension");
  sf_map_xml_attribute (xml, "name", layer->dimension);
  sf_map_xml_attribute (xml, "units", layer->time_s ? "ISO8601" : layer->dataset->spec->band->unit);
  if (!writer->wms->is_130)
    {
      sf_map_xml_close (xml);
      sf_map_xml_open (xml, "Extent");
      sf_map_xml_attribute (xml, "name", layer->dimension);
    }
  put_extent_attributes (writer, layer);
  const char *extent = extent_of (writer, layer);
  if (extent)
    sf_map_xml_text (xml, extent);
  else
    xml->failed = true;
  sf_map_xml_close (xml);
}

static void
put_attribution (struct writer *writer)
{
  const struct sf_snapshot *snapshot = writer->wms->request->world->snapshot;
  sf_map_xml_open (&writer->xml, "Attribution");
  sf_map_xml_leaf (&writer->xml, "Title", both (writer, snapshot->title_zh, snapshot->title_en));
  sf_map_xml_close (&writer->xml);
}

/* 1.1.1 wants to be told how large a legend is, which only drawing it tells; its clients ask for GetLegendGraphic. */
static void
put_legend (struct writer *writer, const struct sf_map_layer *layer, const struct sf_style *style)
{
  struct sf_map_xml *xml = &writer->xml;
  if (!writer->wms->is_130)
    return;
  sf_map_xml_open (xml, "LegendURL");
  sf_map_xml_leaf (xml, "Format", "image/png");
  put_online (writer, MADE (writer, "%s/v1/legend/%s/%s.png", writer->wms->request->root, layer->name, style->name));
  sf_map_xml_close (xml);
}

static void
put_styles (struct writer *writer, const struct sf_map_layer *layer)
{
  struct sf_map_xml *xml = &writer->xml;
  for (size_t i = 0; i < layer->styles_count; i++)
    {
      const struct sf_style *style = layer->styles[i].style;
      sf_map_xml_open (xml, "Style");
      sf_map_xml_leaf (xml, "Name", style->name);
      sf_map_xml_leaf (xml, "Title", both (writer, style->title_zh, style->title_en));
      sf_map_xml_leaf (xml, "Abstract", style->source);
      put_legend (writer, layer, style);
      sf_map_xml_close (xml);
    }
}

static const char *
abstract_of (struct writer *writer, const struct sf_map_layer *layer)
{
  const struct sf_dataset *dataset = layer->dataset;
  char zh[SF_TIME_TEXT_BYTES], en[SF_TIME_TEXT_BYTES];
  int64_t clock_s = writer->wms->request->world->snapshot->clock_s;
  return both (writer,
               MADE (writer, "单位：%s；性质：%s%s；数据时间：%s", dataset->spec->quantity->unit,
                     sf_authority_name (dataset->authority, 1), dataset->simulated ? "，模拟数据" : "",
                     sf_time_format_beijing_zh (zh, clock_s)),
               MADE (writer, "Unit: %s; authority: %s%s; data time: %s", dataset->spec->quantity->unit,
                     sf_authority_name (dataset->authority, 0), dataset->simulated ? ", simulated" : "",
                     sf_time_format_beijing (en, clock_s)));
}

static void
put_layer (struct writer *writer, const struct sf_map_layer *layer)
{
  struct sf_map_xml *xml = &writer->xml;
  const struct sf_dataset_spec *spec = layer->dataset->spec;
  const char *const words[] = { spec->name, spec->quantity->name, spec->quantity->standard_name };
  sf_map_xml_open (xml, "Layer");
  sf_map_xml_attribute (xml, "queryable", "1");
  sf_map_xml_attribute (xml, "opaque", "0");
  sf_map_xml_leaf (xml, "Name", layer->name);
  sf_map_xml_leaf (xml, "Title", both (writer, layer->title_zh, layer->title_en));
  sf_map_xml_leaf (xml, "Abstract", abstract_of (writer, layer));
  put_keywords (xml, words, sizeof words / sizeof *words);
  put_boxes (writer, &layer->bounds_deg);
  put_dimension (writer, layer);
  put_attribution (writer);
  put_styles (writer, layer);
  sf_map_xml_close (xml);
}

static struct sf_bounds
bounds_of_all (const struct sf_map_world *world)
{
  struct sf_bounds all = { INFINITY, INFINITY, -INFINITY, -INFINITY };
  for (size_t i = 0; i < world->layers_count; i++)
    if (world->layers[i]->styles_count > 0)
      {
        const struct sf_bounds *one = &world->layers[i]->bounds_deg;
        all = (struct sf_bounds){ fmin (all.min_x, one->min_x), fmin (all.min_y, one->min_y),
                                  fmax (all.max_x, one->max_x), fmax (all.max_y, one->max_y) };
      }
  return all;
}

static void
put_layers (struct writer *writer)
{
  struct sf_map_xml *xml = &writer->xml;
  const struct sf_map_world *world = writer->wms->request->world;
  struct sf_bounds all = bounds_of_all (world);
  size_t count;
  const struct sf_map_wms_crs *list = sf_map_wms_crs_list (&count);
  sf_map_xml_open (xml, "Layer");
  sf_map_xml_leaf (xml, "Title", both (writer, world->snapshot->title_zh, world->snapshot->title_en));
  for (size_t i = 0; i < count; i++)
    sf_map_xml_leaf (xml, writer->wms->is_130 ? "CRS" : "SRS", list[i].name);
  if (all.min_x <= all.max_x)
    put_boxes (writer, &all);
  for (size_t i = 0; i < world->layers_count; i++)
    if (world->layers[i]->styles_count > 0)
      put_layer (writer, world->layers[i]);
  sf_map_xml_close (xml);
}

/* --- the document --- */

static void
put_root (struct writer *writer)
{
  struct sf_map_xml *xml = &writer->xml;
  bool is_130 = writer->wms->is_130;
  if (!is_130)
    sf_map_xml_doctype (xml, "WMT_MS_Capabilities", "http://schemas.opengis.net/wms/1.1.1/WMS_MS_Capabilities.dtd");
  sf_map_xml_open (xml, is_130 ? "WMS_Capabilities" : "WMT_MS_Capabilities");
  sf_map_xml_attribute (xml, "version", is_130 ? "1.3.0" : "1.1.1");
  sf_map_xml_attribute (xml, "updateSequence", writer->wms->request->world->snapshot->id);
  if (!is_130)
    return;
  sf_map_xml_attribute (xml, "xmlns", "http://www.opengis.net/wms");
  sf_map_xml_attribute (xml, "xmlns:sld", "http://www.opengis.net/sld");
  sf_map_xml_attribute (xml, "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");
  sf_map_xml_attribute (xml, "xsi:schemaLocation",
                        "http://www.opengis.net/wms http://schemas.opengis.net/wms/1.3.0/capabilities_1_3_0.xsd "
                        "http://www.opengis.net/sld http://schemas.opengis.net/sld/1.1.0/sld_capabilities.xsd");
}

static enum sf_code
check_sequence (const struct sf_map_request *request, struct sf_map_fault *fault)
{
  const char *known = sf_map_request_get (request, "updatesequence"), *id = request->world->snapshot->id;
  int order = known && *known ? strcmp (known, id) : -1;
  if (order < 0)
    return SF_OK;
  sf_fail (&fault->err, SF_EINVAL, "the update sequence is '%s'%s", id,
           order == 0 ? " as you know it" : ", before the one you name");
  return sf_map_fault_set (fault, 400, order == 0 ? "CurrentUpdateSequence" : "InvalidUpdateSequence",
                           "UPDATESEQUENCE");
}

enum sf_code
sf_map_wms_capabilities (const struct sf_map_wms *wms, struct sf_map_response *response, struct sf_map_fault *fault)
{
  struct writer writer = { .wms = wms, .arena = wms->request->arena };
  if (check_sequence (wms->request, fault) != SF_OK)
    return fault->err.code;
  writer.address = sf_arena_printf (writer.arena, "%s/wms?", wms->request->root);
  response->media_type = wms->is_130 ? "text/xml" : "application/vnd.ogc.wms_xml";
  sf_map_xml_begin (&writer.xml, &response->body);
  put_root (&writer);
  put_service (&writer);
  sf_map_xml_open (&writer.xml, "Capability");
  put_requests (&writer);
  put_exceptions (&writer);
  put_layers (&writer);
  sf_map_xml_close (&writer.xml);
  sf_map_xml_close (&writer.xml);
  return sf_map_xml_finish (&writer.xml, &fault->err) == SF_OK ? SF_OK : sf_map_fault_set (fault, 500, NULL, NULL);
}
