/* SPDX-License-Identifier: Apache-2.0 */
/* GetLegendGraphic (OGC 05-078r4, 12). */
#include "plugins/service/map/legend.h"
#include "plugins/service/map/wms.h"

#include <string.h>
#include <strings.h>

enum
{
  WIDTH_DEFAULT_PX = 240,
  WIDTH_MIN_PX = 120,
  WIDTH_MAX_PX = 1024
};

/* WIDTH and HEIGHT are the client's hint for one sign, which some set to 20: one that no legend fits into is not followed. */
static enum sf_code
find_width (const struct sf_map_wms *wms, int *ret_width, struct sf_map_fault *fault)
{
  int64_t width_px = WIDTH_DEFAULT_PX;
  if (sf_map_request_get (wms->request, "width")
      && sf_map_request_int (wms->request, "width", 1, INT32_MAX, &width_px, &fault->err) != SF_OK)
    return sf_map_fault_set (fault, 400, "InvalidParameterValue", "WIDTH");
  *ret_width = width_px < WIDTH_MIN_PX || width_px > WIDTH_MAX_PX ? WIDTH_DEFAULT_PX : (int) width_px;
  return SF_OK;
}

static enum sf_code
find_language (const struct sf_map_wms *wms, enum sf_legend_language *ret_language, struct sf_map_fault *fault)
{
  const char *name = sf_map_request_get (wms->request, "language");
  *ret_language = SF_LEGEND_BOTH;
  if (!name || !*name)
    return SF_OK;
  if (strncasecmp (name, "zh", 2) == 0 || strncasecmp (name, "en", 2) == 0)
    {
      *ret_language = name[0] == 'z' || name[0] == 'Z' ? SF_LEGEND_ZH : SF_LEGEND_EN;
      return SF_OK;
    }
  sf_fail (&fault->err, SF_EINVAL, "LANGUAGE is zh or en, not '%.80s'", name);
  return sf_map_fault_set (fault, 400, "InvalidParameterValue", "LANGUAGE");
}

static enum sf_code
find_style (const struct sf_map_wms *wms, struct sf_map_view *view, struct sf_map_fault *fault)
{
  const char *layer = sf_map_request_get (wms->request, "layer");
  if (!layer)
    return sf_map_wms_missing (fault, "LAYER");
  if (sf_map_wms_find_layer (wms, sf_span_of (layer), "LAYER", &view->layer, fault) != SF_OK)
    return fault->err.code;
  if (sf_map_layer_find_style (view->layer, sf_map_request_get (wms->request, "style"), &view->style, &fault->err)
      != SF_OK)
    return sf_map_fault_set (fault, 400, "StyleNotDefined", "STYLE");
  return SF_OK;
}

enum sf_code
sf_map_wms_legend (const struct sf_map_wms *wms, struct sf_map_response *response, struct sf_map_fault *fault)
{
  struct sf_map_view view = { 0 };
  struct sf_map_wms_ground ground = { 0 };
  enum sf_legend_language language = SF_LEGEND_BOTH;
  bool wants_palette = false;
  int width_px = 0;
  if (find_style (wms, &view, fault) != SF_OK || sf_map_wms_find_format (wms, &wants_palette, fault) != SF_OK
      || find_width (wms, &width_px, fault) != SF_OK || find_language (wms, &language, fault) != SF_OK
      || sf_map_wms_find_ground (wms, &ground, fault) != SF_OK)
    return fault->err.code;
  if (sf_map_put_legend (wms->map, view.layer, view.style, language, width_px, ground.is_transparent, response,
                         &fault->err)
      != SF_OK)
    return sf_map_fault_set (fault, 500, NULL, NULL);
  return SF_OK;
}
