/* SPDX-License-Identifier: Apache-2.0 */
/* WMS at /wms: versions, requests, exceptions. */
#include "plugins/service/map/wms.h"

#include "core/base/json.h"
#include "geodata/overlay.h"
#include "plugins/service/map/xml.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum sf_code
sf_map_wms_missing (struct sf_map_fault *fault, const char *key)
{
  sf_fail (&fault->err, SF_EINVAL, "%s is missing", key);
  return sf_map_fault_set (fault, 400, "MissingParameterValue", key);
}

/* --- versions --- */

/* Whether a text is a version of three numbers, and whether it is 1.3.0 or later. */
static bool
parse_version (const char *text, bool *ret_is_130)
{
  int major, minor, patch, length = 0;
  if (strlen (text) > 16 || sscanf (text, "%4d.%4d.%4d%n", &major, &minor, &patch, &length) != 3 || text[length])
    return false;
  *ret_is_130 = major > 1 || (major == 1 && minor >= 3);
  return true;
}

/* Capabilities are given in the highest version not above the one asked for, else in the lowest (OGC 06-042, 6.2.4); all
   other requests must name one that is served. */
static enum sf_code
find_version (const struct sf_map_request *request, bool is_negotiated, bool *ret_is_130, struct sf_map_fault *fault)
{
  const char *text = sf_map_request_get (request, "version");
  *ret_is_130 = true;
  if (!text || !*text)
    return is_negotiated ? SF_OK : sf_map_wms_missing (fault, "VERSION");
  bool is_version = parse_version (text, ret_is_130);
  if (is_version && (is_negotiated || strcmp (text, "1.3.0") == 0 || strcmp (text, "1.1.1") == 0))
    return SF_OK;
  sf_fail (&fault->err, SF_EINVAL, "the versions of WMS served are 1.3.0 and 1.1.1, not '%.80s'", text);
  return sf_map_fault_set (fault, 400, "InvalidParameterValue", "VERSION");
}

/* --- exceptions --- */

enum form
{
  FORM_XML,
  FORM_JSON,
  FORM_IN_IMAGE,
  FORM_BLANK
};

static enum form
wanted_form (const struct sf_map_request *request)
{
  static const struct
  {
    const char *name;
    enum form form;
  } forms[] = { { "JSON", FORM_JSON },        { "application/json", FORM_JSON },
                { "INIMAGE", FORM_IN_IMAGE }, { "application/vnd.ogc.se_inimage", FORM_IN_IMAGE },
                { "BLANK", FORM_BLANK },      { "application/vnd.ogc.se_blank", FORM_BLANK } };
  const char *name = sf_map_request_get (request, "exceptions");
  for (size_t i = 0; name && i < sizeof forms / sizeof *forms; i++)
    if (strcasecmp (forms[i].name, name) == 0)
      return forms[i].form;
  return FORM_XML;
}

static enum sf_code
put_xml (const struct sf_map_wms *wms, const struct sf_map_fault *fault, struct sf_map_response *response,
         struct sf_error *err)
{
  struct sf_map_xml xml;
  response->media_type = wms->is_130 ? "text/xml" : "application/vnd.ogc.se_xml";
  sf_map_xml_begin (&xml, &response->body);
  if (!wms->is_130)
    sf_map_xml_doctype (&xml, "ServiceExceptionReport", "http://schemas.opengis.net/wms/1.1.1/exception_1_1_1.dtd");
  sf_map_xml_open (&xml, "ServiceExceptionReport");
  sf_map_xml_attribute (&xml, "version", wms->is_130 ? "1.3.0" : "1.1.1");
  if (wms->is_130)
    {
      sf_map_xml_attribute (&xml, "xmlns", "http://www.opengis.net/ogc");
      sf_map_xml_attribute (&xml, "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");
      sf_map_xml_attribute (&xml, "xsi:schemaLocation",
                            "http://www.opengis.net/ogc http://schemas.opengis.net/wms/1.3.0/exceptions_1_3_0.xsd");
    }
  sf_map_xml_open (&xml, "ServiceException");
  sf_map_xml_attribute (&xml, "code", fault->code);
  if (wms->is_130)
    sf_map_xml_attribute (&xml, "locator", fault->locator);
  sf_map_xml_text (&xml, fault->err.message);
  sf_map_xml_close (&xml);
  sf_map_xml_close (&xml);
  return sf_map_xml_finish (&xml, err);
}

static void
put_json (const struct sf_map_wms *wms, const struct sf_map_fault *fault, struct sf_map_response *response)
{
  struct sf_json json = { .out = &response->body };
  response->media_type = "application/json";
  sf_json_begin_object (&json);
  sf_json_put_string (&json, "version", wms->is_130 ? "1.3.0" : "1.1.1");
  sf_json_key (&json, "exceptions");
  sf_json_begin_array (&json);
  sf_json_begin_object (&json);
  sf_json_put_string (&json, "code", fault->code);
  sf_json_put_string (&json, "locator", fault->locator);
  sf_json_put_string (&json, "text", fault->err.message);
  sf_json_end_object (&json);
  sf_json_end_array (&json);
  sf_json_end_object (&json);
}

/* A picture of the size asked for, with the message or without. SF_EINVAL when there is no such size. */
static enum sf_code
put_picture (const struct sf_map_wms *wms, const struct sf_map_fault *fault, bool is_blank,
             struct sf_map_response *response, struct sf_error *err)
{
  struct sf_map_fault none = { 0 };
  struct sf_map_wms_ground ground = { .rgb = { 255, 255, 255 } };
  struct sf_overlay_setup setup = { 0 };
  struct sf_overlay *overlay = NULL;
  if (sf_map_wms_find_size (wms, &setup.width, &setup.height, &none) != SF_OK)
    return SF_EINVAL;
  sf_map_wms_find_ground (wms, &ground, &none);
  setup.is_opaque = !ground.is_transparent;
  memcpy (setup.ground_rgb, ground.rgb, sizeof ground.rgb);
  enum sf_code code = sf_overlay_new (&setup, &overlay, err);
  if (code == SF_OK && !is_blank)
    code = sf_overlay_add_text (overlay, fault->err.message, err);
  if (code == SF_OK)
    code = sf_overlay_encode (overlay, false, &response->body, err);
  sf_overlay_free (overlay);
  response->status = 200;
  response->is_volatile = true;
  response->media_type = "image/png";
  return code;
}

static enum sf_code
put_exception (const struct sf_map_wms *wms, const struct sf_map_fault *fault, bool may_be_picture,
               struct sf_map_response *response, struct sf_error *err)
{
  enum form form = wanted_form (wms->request);
  sf_strbuf_reset (&response->body);
  if (may_be_picture && (form == FORM_IN_IMAGE || form == FORM_BLANK))
    {
      enum sf_code code = put_picture (wms, fault, form == FORM_BLANK, response, err);
      if (code != SF_EINVAL)
        return code;
    }
  response->status = fault->status;
  if (form != FORM_JSON)
    return put_xml (wms, fault, response, err);
  put_json (wms, fault, response);
  return SF_OK;
}

/* --- requests --- */

static const struct operation
{
  const char *name;
  enum sf_code (*handle) (const struct sf_map_wms *, struct sf_map_response *, struct sf_map_fault *);
  bool is_negotiated, is_picture;
} operations[] = {
  { "GetMap", sf_map_wms_map, false, true },
  { "GetCapabilities", sf_map_wms_capabilities, true, false },
  { "GetFeatureInfo", sf_map_wms_info, false, false },
  { "GetLegendGraphic", sf_map_wms_legend, false, true },
};

static const struct operation *
find_operation (const struct sf_map_request *request, struct sf_map_fault *fault)
{
  const char *name = sf_map_request_get (request, "request");
  for (size_t i = 0; name && i < sizeof operations / sizeof *operations; i++)
    if (strcasecmp (operations[i].name, name) == 0)
      return &operations[i];
  if (!name)
    sf_map_wms_missing (fault, "REQUEST");
  else
    {
      sf_fail (&fault->err, SF_EUNSUPPORTED,
               "WMS here answers GetCapabilities, GetMap, GetFeatureInfo and GetLegendGraphic, not '%.80s'", name);
      sf_map_fault_set (fault, 501, "OperationNotSupported", "REQUEST");
    }
  return NULL;
}

/* SERVICE is required where the version is negotiated only. */
static enum sf_code
check_service (const struct sf_map_request *request, const struct operation *operation, struct sf_map_fault *fault)
{
  const char *service = sf_map_request_get (request, "service");
  if (!service)
    return operation->is_negotiated ? sf_map_wms_missing (fault, "SERVICE") : SF_OK;
  if (strcasecmp (service, "WMS") == 0)
    return SF_OK;
  sf_fail (&fault->err, SF_EINVAL, "the service here is WMS, not '%.80s'", service);
  return sf_map_fault_set (fault, 400, "InvalidParameterValue", "SERVICE");
}

enum sf_code
sf_map_wms (struct sf_map *map, struct sf_map_request *request, struct sf_map_response *response, struct sf_error *err)
{
  struct sf_map_wms wms = { .map = map, .request = request, .is_130 = true };
  struct sf_map_fault fault = { 0 };
  const char *version = sf_map_request_get (request, "version");
  if (request->segments_count > 0)
    return sf_fail (err, SF_ENOTFOUND, "WMS is at /wms, with nothing below it");
  if (version)
    parse_version (version, &wms.is_130); /* the exceptions before the version is settled */
  const struct operation *operation = find_operation (request, &fault);
  if (operation && check_service (request, operation, &fault) == SF_OK
      && find_version (request, operation->is_negotiated, &wms.is_130, &fault) == SF_OK
      && operation->handle (&wms, response, &fault) == SF_OK)
    return SF_OK;
  if (fault.err.code == SF_ENOMEM)
    return sf_fail (err, SF_ENOMEM, "%s", fault.err.message);
  return put_exception (&wms, &fault, operation && operation->is_picture, response, err);
}
