/* SPDX-License-Identifier: Apache-2.0 */
/* WMTS 1.0.0 (OGC 07-057r7): /wmts with keys and values, and
   /wmts/1.0.0/{layer}/{style}/{set}/[{dimension value}/]{z}/{row}/{column}.png as resources. */
#include "plugins/service/map/wmts.h"

#include "plugins/service/map/fault.h"
#include "plugins/service/map/info.h"
#include "plugins/service/map/tiles.h"
#include "plugins/service/map/xml.h"

#include <string.h>
#include <strings.h>

#define VERSION "1.0.0"

/* A tile, or a pixel of one, in the request's own words; NULL where it says nothing. */
struct asked
{
  const char *layer, *style, *format, *set, *level, *row, *column, *dimension;
  const char *i, *j, *info_format; /* of GetFeatureInfo */
  bool is_resource;                /* named by its path */
};

/* The same, found. */
struct found
{
  struct sf_map_view view;
  struct sf_map_tile tile;
};

/* --- exceptions --- */

/* ows:ExceptionReport (OGC 06-121r3, 8). */
static enum sf_code
put_exception (const struct sf_map_fault *fault, struct sf_map_response *response, struct sf_error *err)
{
  struct sf_map_xml xml;
  sf_strbuf_reset (&response->body);
  response->status = fault->status;
  response->media_type = "application/xml";
  sf_map_xml_begin (&xml, &response->body);
  sf_map_xml_open (&xml, "ExceptionReport");
  sf_map_xml_attribute (&xml, "xmlns", "http://www.opengis.net/ows/1.1");
  sf_map_xml_attribute (&xml, "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");
  sf_map_xml_attribute (&xml, "xsi:schemaLocation",
                        "http://www.opengis.net/ows/1.1 http://schemas.opengis.net/ows/1.1.0/owsExceptionReport.xsd");
  sf_map_xml_attribute (&xml, "version", VERSION);
  sf_map_xml_attribute (&xml, "xml:lang", "en");
  sf_map_xml_open (&xml, "Exception");
  sf_map_xml_attribute (&xml, "exceptionCode", fault->code);
  sf_map_xml_attribute (&xml, "locator", fault->locator);
  sf_map_xml_leaf (&xml, "ExceptionText", fault->err.message);
  sf_map_xml_close (&xml);
  sf_map_xml_close (&xml);
  return sf_map_xml_finish (&xml, err);
}

static enum sf_code
missing (struct sf_map_fault *fault, const char *key)
{
  sf_fail (&fault->err, SF_EINVAL, "%s is missing", key);
  return sf_map_fault_set (fault, 400, "MissingParameterValue", key);
}

/* A value that does not fit; as the name of a resource it names one that is not there. */
static enum sf_code
invalid (const struct asked *asked, struct sf_map_fault *fault, const char *key)
{
  return sf_map_fault_set (fault, asked->is_resource ? 404 : 400, "InvalidParameterValue", key);
}

/* --- what is asked for --- */

static enum sf_code
need_all (const struct asked *asked, struct sf_map_fault *fault)
{
  const struct
  {
    const char *key, *value;
  } needed[] = {
    { "LAYER", asked->layer },       { "STYLE", asked->style },      { "FORMAT", asked->format },
    { "TILEMATRIXSET", asked->set }, { "TILEMATRIX", asked->level }, { "TILEROW", asked->row },
    { "TILECOL", asked->column },
  };
  for (size_t n = 0; n < sizeof needed / sizeof *needed; n++)
    if (!needed[n].value)
      return missing (fault, needed[n].key);
  return SF_OK;
}

/* Tianditu's clients ask for the format "tiles". */
static bool
is_png (const char *format)
{
  return strcasecmp (format, "image/png") == 0 || strcasecmp (format, "tiles") == 0;
}

static enum sf_code
find_tile (const struct asked *asked, struct sf_map_tile *ret_tile, struct sf_map_fault *fault)
{
  const struct sf_map_tile_set *set;
  int64_t level, row, column;
  struct sf_map_tile corner;
  if (sf_map_find_tile_set (asked->set, &set, &fault->err) != SF_OK)
    return invalid (asked, fault, "TILEMATRIXSET");
  if (sf_map_parse_int ("TILEMATRIX", asked->level, 0, 30, &level, &fault->err) != SF_OK
      || sf_map_find_tile (set, level, 0, 0, &corner, &fault->err) != SF_OK)
    return invalid (asked, fault, "TILEMATRIX");
  if (sf_map_parse_int ("TILEROW", asked->row, INT32_MIN, INT32_MAX, &row, &fault->err) != SF_OK)
    return invalid (asked, fault, "TILEROW");
  if (sf_map_parse_int ("TILECOL", asked->column, INT32_MIN, INT32_MAX, &column, &fault->err) != SF_OK)
    return invalid (asked, fault, "TILECOL");
  if (sf_map_find_tile (set, level, column, row, ret_tile, &fault->err) != SF_OK)
    return sf_map_fault_set (fault, 400, "TileOutOfRange",
                             row < 0 || row >= corner.matrix.rows ? "TILEROW" : "TILECOL");
  return SF_OK;
}

static enum sf_code
find (const struct sf_map_request *request, const struct asked *asked, struct found *found, struct sf_map_fault *fault)
{
  struct sf_map_view *view = &found->view;
  if (need_all (asked, fault) != SF_OK)
    return fault->err.code;
  if (sf_map_world_find (request->world, asked->layer, &view->layer, &fault->err) != SF_OK)
    return invalid (asked, fault, "LAYER");
  if (view->layer->styles_count == 0)
    {
      sf_fail (&fault->err, SF_ENOTFOUND, "layer '%s' is not drawn as tiles", view->layer->name);
      return invalid (asked, fault, "LAYER");
    }
  if (sf_map_layer_find_style (view->layer, asked->style, &view->style, &fault->err) != SF_OK)
    return invalid (asked, fault, "STYLE");
  if (!is_png (asked->format))
    {
      sf_fail (&fault->err, SF_EINVAL, "tiles are image/png, not '%.80s'", asked->format);
      return invalid (asked, fault, "FORMAT");
    }
  if (find_tile (asked, &found->tile, fault) != SF_OK)
    return fault->err.code;
  if (sf_map_layer_find_band (view->layer, asked->dimension, &view->band, &fault->err) != SF_OK)
    return invalid (asked, fault, view->layer->dimension);
  return SF_OK;
}

static enum sf_code
put_tile (const struct sf_map_request *request, const struct asked *asked, struct sf_map_response *response,
          struct sf_map_fault *fault)
{
  struct found found = { 0 };
  if (find (request, asked, &found, fault) != SF_OK)
    return fault->err.code;
  if (sf_map_paint_tile (found.view.style, found.view.band, &found.tile, response, &fault->err) != SF_OK)
    return sf_map_fault_set (fault, 500, "NoApplicableCode", NULL);
  return SF_OK;
}

static enum sf_code
find_pixel (const char *key, const char *text, int64_t *ret_value, struct sf_map_fault *fault)
{
  if (!text)
    return missing (fault, key);
  if (sf_map_parse_int (key, text, 0, SF_TILE_PIXELS - 1, ret_value, &fault->err) != SF_OK)
    return sf_map_fault_set (fault, 400, fault->err.code == SF_ERANGE ? "PointIJOutOfRange" : "InvalidParameterValue",
                             key);
  return SF_OK;
}

static enum sf_code
put_info (const struct sf_map_request *request, const struct asked *asked, struct sf_map_response *response,
          struct sf_map_fault *fault)
{
  struct found found = { 0 };
  struct sf_map_info info = { .views = &found.view, .views_count = 1 };
  int64_t i = 0, j = 0;
  if (find (request, asked, &found, fault) != SF_OK || find_pixel ("J", asked->j, &j, fault) != SF_OK
      || find_pixel ("I", asked->i, &i, fault) != SF_OK)
    return fault->err.code;
  if (!asked->info_format)
    return missing (fault, "INFOFORMAT");
  if (sf_map_info_find_format (asked->info_format, &info.format, &fault->err) != SF_OK)
    return invalid (asked, fault, "INFOFORMAT");
  struct sf_window window = sf_map_tile_window (&found.tile);
  sf_map_info_place (&info, &window, i, j);
  if (sf_map_put_info (request, &info, response, &fault->err) != SF_OK)
    return sf_map_fault_set (fault, 500, "NoApplicableCode", NULL);
  return SF_OK;
}

/* --- keys and values --- */

static struct asked
asked_by_keys (const struct sf_map_request *request)
{
  const struct sf_map_layer *layer = NULL;
  struct sf_error none = { 0 };
  struct asked asked = { .layer = sf_map_request_get (request, "layer"),
                         .style = sf_map_request_get (request, "style"),
                         .format = sf_map_request_get (request, "format"),
                         .set = sf_map_request_get (request, "tilematrixset"),
                         .level = sf_map_request_get (request, "tilematrix"),
                         .row = sf_map_request_get (request, "tilerow"),
                         .column = sf_map_request_get (request, "tilecol"),
                         .i = sf_map_request_get (request, "i"),
                         .j = sf_map_request_get (request, "j"),
                         .info_format = sf_map_request_get (request, "infoformat") };
  if (asked.layer && sf_map_world_find (request->world, asked.layer, &layer, &none) == SF_OK)
    asked.dimension = sf_map_request_dimension (request, layer);
  return asked;
}

static enum sf_code
check_service (const struct sf_map_request *request, struct sf_map_fault *fault)
{
  const char *service = sf_map_request_get (request, "service");
  if (!service)
    return missing (fault, "SERVICE");
  if (strcasecmp (service, "WMTS") == 0)
    return SF_OK;
  sf_fail (&fault->err, SF_EINVAL, "the service here is WMTS, not '%.80s'", service);
  return sf_map_fault_set (fault, 400, "InvalidParameterValue", "SERVICE");
}

static enum sf_code
check_version (const struct sf_map_request *request, struct sf_map_fault *fault)
{
  const char *version = sf_map_request_get (request, "version");
  if (!version)
    return missing (fault, "VERSION");
  if (strcmp (version, VERSION) == 0)
    return SF_OK;
  sf_fail (&fault->err, SF_EINVAL, "the version of WMTS served is " VERSION ", not '%.80s'", version);
  return sf_map_fault_set (fault, 400, "InvalidParameterValue", "VERSION");
}

/* Whether a comma-separated list holds a word. */
static bool
holds (const char *list, const char *word)
{
  struct sf_span rest = sf_span_of (list), field;
  while (sf_text_next_field (&rest, ',', &field))
    if (sf_span_equal (sf_span_trim (field), word))
      return true;
  return false;
}

static enum sf_code
put_capabilities (const struct sf_map_request *request, struct sf_map_response *response, struct sf_map_fault *fault)
{
  const char *versions = sf_map_request_get (request, "acceptversions");
  const char *known = sf_map_request_get (request, "updatesequence");
  if (versions && *versions && !holds (versions, VERSION))
    {
      sf_fail (&fault->err, SF_EINVAL, "the version of WMTS served is " VERSION ", none of '%.80s'", versions);
      return sf_map_fault_set (fault, 400, "VersionNegotiationFailed", NULL);
    }
  if (known && strcmp (known, request->world->snapshot->id) > 0)
    {
      sf_fail (&fault->err, SF_EINVAL, "the update sequence is '%s', before '%.80s'", request->world->snapshot->id,
               known);
      return sf_map_fault_set (fault, 400, "InvalidUpdateSequence", NULL);
    }
  if (sf_map_wmts_put_capabilities (request, response, &fault->err) != SF_OK)
    return sf_map_fault_set (fault, 500, "NoApplicableCode", NULL);
  return SF_OK;
}

static enum sf_code
answer_keys (const struct sf_map_request *request, struct sf_map_response *response, struct sf_map_fault *fault)
{
  const char *operation = sf_map_request_get (request, "request");
  if (check_service (request, fault) != SF_OK)
    return fault->err.code;
  if (!operation)
    return missing (fault, "REQUEST");
  if (strcasecmp (operation, "GetCapabilities") == 0)
    return put_capabilities (request, response, fault);
  bool is_tile = strcasecmp (operation, "GetTile") == 0;
  if (!is_tile && strcasecmp (operation, "GetFeatureInfo") != 0)
    {
      sf_fail (&fault->err, SF_EUNSUPPORTED,
               "WMTS here answers GetCapabilities, GetTile and GetFeatureInfo, not '%.80s'", operation);
      return sf_map_fault_set (fault, 501, "OperationNotSupported", "REQUEST");
    }
  if (check_version (request, fault) != SF_OK)
    return fault->err.code;
  struct asked asked = asked_by_keys (request);
  return is_tile ? put_tile (request, &asked, response, fault) : put_info (request, &asked, response, fault);
}

/* --- resources --- */

/* Cut an ending off; NULL when the name has another one. */
static const char *
without (struct sf_arena *arena, const char *name, const char *ending)
{
  size_t length = strlen (name), cut = strlen (ending);
  if (length <= cut || strcmp (name + length - cut, ending) != 0)
    return NULL;
  return sf_arena_strndup (arena, name, length - cut);
}

/* Version, layer, style, set, [dimension value,] level, row and column, for information also j and i. */
static bool
asked_by_path (const struct sf_map_request *request, struct asked *asked)
{
  const char *const *part = request->segments;
  int count = request->segments_count;
  const struct sf_map_layer *layer = NULL;
  struct sf_error none = { 0 };
  if (count < 7 || strcmp (part[0], VERSION) != 0)
    return false;
  *asked = (struct asked){
    .layer = part[1], .style = part[2], .set = part[3], .format = "image/png", .is_resource = true
  };
  asked->column = without (request->arena, part[count - 1], ".png");
  for (int f = 0; !asked->column && !asked->i && f < SF_MAP_INFO_FORMATS; f++)
    {
      asked->i = without (request->arena, part[count - 1], sf_map_info_ending ((enum sf_map_info_format) f));
      asked->info_format = sf_map_info_media_type ((enum sf_map_info_format) f);
    }
  int plain = asked->i ? 9 : 7;
  if (!asked->column && !asked->i)
    return false;
  bool has_dimension = sf_map_world_find (request->world, asked->layer, &layer, &none) == SF_OK && layer->dimension;
  if (count != plain && !(has_dimension && count == plain + 1))
    return false;
  int at = count == plain ? 4 : 5;
  asked->dimension = count == plain ? NULL : part[4];
  asked->level = part[at];
  asked->row = part[at + 1];
  if (asked->i)
    {
      asked->column = part[at + 2];
      asked->j = part[at + 3];
    }
  return true;
}

static enum sf_code
answer_path (const struct sf_map_request *request, struct sf_map_response *response, struct sf_map_fault *fault)
{
  struct asked asked;
  if (asked_by_path (request, &asked))
    return asked.i ? put_info (request, &asked, response, fault) : put_tile (request, &asked, response, fault);
  sf_fail (&fault->err, SF_ENOTFOUND,
           "a tile is at /wmts/" VERSION
           "/{layer}/{style}/{set}/{dimension value}/{level}/{row}/{column}.png (the value "
           "only for layers with a dimension), the service metadata at /wmts/" VERSION "/WMTSCapabilities.xml");
  return sf_map_fault_set (fault, 404, "InvalidParameterValue", NULL);
}

static enum sf_code
answer (const struct sf_map_request *request, struct sf_map_response *response, struct sf_error *err,
        enum sf_code (*handle) (const struct sf_map_request *, struct sf_map_response *, struct sf_map_fault *))
{
  struct sf_map_fault fault = { 0 };
  if (handle (request, response, &fault) == SF_OK)
    return SF_OK;
  if (fault.err.code == SF_ENOMEM)
    return sf_fail (err, SF_ENOMEM, "%s", fault.err.message);
  return put_exception (&fault, response, err);
}

enum sf_code
sf_map_wmts (struct sf_map *map, struct sf_map_request *request, struct sf_map_response *response, struct sf_error *err)
{
  (void) map;
  return answer (request, response, err, request->segments_count > 0 ? answer_path : answer_keys);
}

enum sf_code
sf_map_wmts_metadata (struct sf_map *map, struct sf_map_request *request, struct sf_map_response *response,
                      struct sf_error *err)
{
  (void) map;
  return answer (request, response, err, request->segments_count > 0 ? answer_path : put_capabilities);
}
