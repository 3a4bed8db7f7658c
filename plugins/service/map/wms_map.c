/* SPDX-License-Identifier: Apache-2.0 */
/* GetMap and GetFeatureInfo of WMS: which window of which layers, and its picture or what stands at a pixel. */
#include "plugins/service/map/wms.h"

#include "geodata/overlay.h"
#include "geodata/png.h"
#include "plugins/service/map/info.h"
#include "plugins/service/map/tiles.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Coordinates beyond these are nobody's map: several times around the world. */
#define DEGREES_MAX 1080.0
#define METRES_MAX 1.2e8

static const struct sf_map_wms_crs crs_list[] = {
  { "EPSG:4490", SF_TILE_SET_C, true },    { "EPSG:4326", SF_TILE_SET_C, true }, { "EPSG:3857", SF_TILE_SET_W, false },
  { "EPSG:900913", SF_TILE_SET_W, false }, { "CRS:84", SF_TILE_SET_C, false },
};

const struct sf_map_wms_crs *
sf_map_wms_crs_list (size_t *ret_count)
{
  *ret_count = sizeof crs_list / sizeof *crs_list;
  return crs_list;
}

/* The picture that a request is about. */
struct picture
{
  struct sf_window window;
  struct sf_map_view views[SF_MAP_WMS_LAYERS_MAX]; /* the lowest first */
  size_t views_count;
};

static enum sf_code
invalid (struct sf_map_fault *fault, const char *key)
{
  return sf_map_fault_set (fault, 400, "InvalidParameterValue", key);
}

/* --- the window --- */

enum sf_code
sf_map_wms_find_size (const struct sf_map_wms *wms, int *ret_width, int *ret_height, struct sf_map_fault *fault)
{
  static const char *const keys[] = { "WIDTH", "HEIGHT" };
  int64_t sides[2];
  for (int i = 0; i < 2; i++)
    {
      if (!sf_map_request_get (wms->request, keys[i]))
        return sf_map_wms_missing (fault, keys[i]);
      if (sf_map_request_int (wms->request, keys[i], 1, wms->map->picture_side_max, &sides[i], &fault->err) != SF_OK)
        return invalid (fault, keys[i]);
    }
  *ret_width = (int) sides[0];
  *ret_height = (int) sides[1];
  return SF_OK;
}

static enum sf_code
find_crs (const struct sf_map_wms *wms, const struct sf_map_wms_crs **ret_crs, struct sf_map_fault *fault)
{
  const char *key = wms->is_130 ? "CRS" : "SRS", *name = sf_map_request_get (wms->request, key);
  if (!name)
    return sf_map_wms_missing (fault, key);
  for (size_t i = 0; i < sizeof crs_list / sizeof *crs_list; i++)
    if (strcasecmp (crs_list[i].name, name) == 0)
      {
        *ret_crs = &crs_list[i];
        return SF_OK;
      }
  sf_fail (&fault->err, SF_EUNSUPPORTED,
           "%s '%.80s' is not served, only EPSG:4490, EPSG:4326, EPSG:3857, EPSG:900913, CRS:84", key, name);
  return sf_map_fault_set (fault, 400, wms->is_130 ? "InvalidCRS" : "InvalidSRS", key);
}

/* Four numbers with commas between them. */
static bool
parse_corners (const char *text, double limit, double ret_corners[4])
{
  struct sf_span rest = sf_span_of (text), field;
  int count = 0;
  while (sf_text_next_field (&rest, ',', &field))
    if (count == 4 || !sf_text_parse_double (field, &ret_corners[count]) || !(fabs (ret_corners[count]) <= limit))
      return false;
    else
      count++;
  return count == 4;
}

static enum sf_code
find_bounds (const struct sf_map_wms *wms, const struct sf_map_wms_crs *crs, struct sf_bounds *ret_bounds,
             struct sf_map_fault *fault)
{
  const char *text = sf_map_request_get (wms->request, "bbox");
  double at[4], limit = crs->projection == SF_TILE_SET_C ? DEGREES_MAX : METRES_MAX;
  bool is_latitude_first = wms->is_130 && crs->is_latitude_first;
  if (!text)
    return sf_map_wms_missing (fault, "BBOX");
  if (!parse_corners (text, limit, at))
    {
      sf_fail (
          &fault->err, SF_EINVAL, "BBOX must be four numbers, none beyond %g, in the order %s, got '%.120s'", limit,
          is_latitude_first ? "min latitude, min longitude, max latitude, max longitude" : "min x, min y, max x, max y",
          text);
      return invalid (fault, "BBOX");
    }
  if (is_latitude_first)
    *ret_bounds = (struct sf_bounds){ .min_x = at[1], .min_y = at[0], .max_x = at[3], .max_y = at[2] };
  else
    *ret_bounds = (struct sf_bounds){ .min_x = at[0], .min_y = at[1], .max_x = at[2], .max_y = at[3] };
  if (ret_bounds->min_x < ret_bounds->max_x && ret_bounds->min_y < ret_bounds->max_y)
    return SF_OK;
  sf_fail (&fault->err, SF_ERANGE, "BBOX '%.120s' has no area: the lower values come first", text);
  return invalid (fault, "BBOX");
}

static enum sf_code
find_window (const struct sf_map_wms *wms, struct sf_window *window, struct sf_map_fault *fault)
{
  const struct sf_map_wms_crs *crs = crs_list;
  if (find_crs (wms, &crs, fault) != SF_OK || find_bounds (wms, crs, &window->bounds, fault) != SF_OK)
    return fault->err.code;
  window->projection = crs->projection;
  return sf_map_wms_find_size (wms, &window->width, &window->height, fault);
}

/* --- layers --- */

enum sf_code
sf_map_wms_find_layer (const struct sf_map_wms *wms, struct sf_span name, const char *key,
                       const struct sf_map_layer **ret_layer, struct sf_map_fault *fault)
{
  const char *text = sf_arena_strndup (wms->request->arena, name.text, name.length);
  if (!text)
    return sf_fail (&fault->err, SF_ENOMEM, "out of memory");
  enum sf_code code = sf_map_world_find (wms->request->world, text, ret_layer, &fault->err);
  if (code == SF_OK && (*ret_layer)->styles_count == 0)
    code = sf_fail (&fault->err, SF_ENOTFOUND, "layer '%s' is not drawn as pictures", (*ret_layer)->name);
  return code == SF_OK ? SF_OK : sf_map_fault_set (fault, 400, "LayerNotDefined", key);
}

static enum sf_code
find_style (const struct sf_map_wms *wms, struct sf_span name, struct sf_map_view *view, struct sf_map_fault *fault)
{
  const char *text = sf_arena_strndup (wms->request->arena, name.text, name.length);
  if (!text)
    return sf_fail (&fault->err, SF_ENOMEM, "out of memory");
  if (sf_map_layer_find_style (view->layer, text, &view->style, &fault->err) != SF_OK)
    return sf_map_fault_set (fault, 400, "StyleNotDefined", "STYLES");
  return SF_OK;
}

static enum sf_code
find_band (const struct sf_map_wms *wms, struct sf_map_view *view, struct sf_map_fault *fault)
{
  const char *text = sf_map_request_dimension (wms->request, view->layer);
  enum sf_code code;
  if (text && strpbrk (text, ",/"))
    code = sf_fail (&fault->err, SF_EUNSUPPORTED, "%s '%.80s': one value at a time, no lists and no intervals",
                    view->layer->dimension, text);
  else
    code = sf_map_layer_find_band (view->layer, text, &view->band, &fault->err);
  return code == SF_OK ? SF_OK : sf_map_fault_set (fault, 400, "InvalidDimensionValue", view->layer->dimension);
}

static enum sf_code
find_views (const struct sf_map_wms *wms, struct picture *picture, struct sf_map_fault *fault)
{
  const char *layers = sf_map_request_get (wms->request, "layers"),
             *styles = sf_map_request_get (wms->request, "styles");
  bool names_styles = styles && *styles;
  struct sf_span layers_rest, name, style = { "", 0 }, styles_rest = sf_span_of (names_styles ? styles : "");
  if (!layers)
    return sf_map_wms_missing (fault, "LAYERS");
  layers_rest = sf_span_of (layers);
  while (sf_text_next_field (&layers_rest, ',', &name))
    {
      if (picture->views_count == SF_MAP_WMS_LAYERS_MAX)
        {
          sf_fail (&fault->err, SF_ERANGE, "more than %d LAYERS in one picture", SF_MAP_WMS_LAYERS_MAX);
          return invalid (fault, "LAYERS");
        }
      struct sf_map_view *view = &picture->views[picture->views_count++];
      if (sf_map_wms_find_layer (wms, name, "LAYERS", &view->layer, fault) != SF_OK)
        return fault->err.code;
      if (names_styles && !sf_text_next_field (&styles_rest, ',', &style))
        {
          sf_fail (&fault->err, SF_EINVAL, "STYLES names fewer styles than LAYERS has layers");
          return sf_map_fault_set (fault, 400, "StyleNotDefined", "STYLES");
        }
      if (find_style (wms, style, view, fault) != SF_OK || find_band (wms, view, fault) != SF_OK)
        return fault->err.code;
    }
  if (!names_styles || !sf_text_next_field (&styles_rest, ',', &style))
    return SF_OK;
  sf_fail (&fault->err, SF_EINVAL, "STYLES names more styles than LAYERS has layers");
  return sf_map_fault_set (fault, 400, "StyleNotDefined", "STYLES");
}

/* A default that was used is told (OGC 06-042, C.4.2). */
static void
warn_of_defaults (const struct sf_map_wms *wms, const struct picture *picture, struct sf_map_response *response)
{
  struct sf_strbuf text = { 0 };
  for (size_t i = 0; i < picture->views_count; i++)
    {
      const struct sf_map_view *view = &picture->views[i];
      const char *asked = sf_map_request_dimension (wms->request, view->layer);
      if (!view->layer->dimension || (asked && *asked && strcasecmp (asked, "default") != 0))
        continue;
      sf_strbuf_addf (&text, "%s99 Default value used: %s=", text.length ? ", " : "", view->layer->dimension);
      sf_map_layer_put_value (view->layer, view->band, &text);
      sf_strbuf_addf (&text, " %s", view->layer->time_s ? "ISO8601" : view->layer->dataset->spec->band->unit);
    }
  if (text.text && !text.failed)
    sf_map_response_header (response, "Warning", sf_arena_strdup (wms->request->arena, text.text));
  sf_strbuf_finish (&text);
}

/* --- GetMap --- */

enum sf_code
sf_map_wms_find_ground (const struct sf_map_wms *wms, struct sf_map_wms_ground *ret_ground, struct sf_map_fault *fault)
{
  const char *transparent = sf_map_request_get (wms->request, "transparent"),
             *colour = sf_map_request_get (wms->request, "bgcolor");
  *ret_ground = (struct sf_map_wms_ground){ .rgb = { 255, 255, 255 } };
  ret_ground->is_transparent = transparent && strcasecmp (transparent, "true") == 0;
  if (transparent && !ret_ground->is_transparent && strcasecmp (transparent, "false") != 0)
    {
      sf_fail (&fault->err, SF_EINVAL, "TRANSPARENT must be TRUE or FALSE, not '%.80s'", transparent);
      return invalid (fault, "TRANSPARENT");
    }
  if (!colour)
    return SF_OK;
  static const char digits[] = "0123456789abcdefABCDEF";
  if (strncasecmp (colour, "0x", 2) != 0 || strlen (colour) != 8 || strspn (colour + 2, digits) != 6)
    {
      sf_fail (&fault->err, SF_EINVAL, "BGCOLOR must look like 0xFFFFFF, not '%.80s'", colour);
      return invalid (fault, "BGCOLOR");
    }
  unsigned long rgb = strtoul (colour + 2, NULL, 16);
  for (int c = 0; c < 3; c++)
    ret_ground->rgb[c] = (uint8_t) (rgb >> (16 - 8 * c));
  return SF_OK;
}

enum sf_code
sf_map_wms_find_format (const struct sf_map_wms *wms, bool *ret_wants_palette, struct sf_map_fault *fault)
{
  const char *format = sf_map_request_get (wms->request, "format");
  if (!format)
    return sf_map_wms_missing (fault, "FORMAT");
  *ret_wants_palette
      = strcasecmp (format, "image/png; mode=8bit") == 0 || strcasecmp (format, "image/png;mode=8bit") == 0;
  if (*ret_wants_palette || strcasecmp (format, "image/png") == 0)
    return SF_OK;
  sf_fail (&fault->err, SF_EUNSUPPORTED, "FORMAT '%.80s' is not served, only image/png and image/png; mode=8bit",
           format);
  return sf_map_fault_set (fault, 400, "InvalidFormat", "FORMAT");
}

static enum sf_code
paint (const struct sf_map_view *view, const struct sf_window *window, struct sf_strbuf *out, struct sf_error *err)
{
  return sf_painter_paint (view->style->painters[view->band], window, out, NULL, err);
}

static enum sf_code
compose (const struct picture *picture, const struct sf_map_wms_ground *ground, bool wants_palette,
         struct sf_strbuf *out, struct sf_error *err)
{
  struct sf_overlay_setup setup
      = { .width = picture->window.width, .height = picture->window.height, .is_opaque = !ground->is_transparent };
  struct sf_overlay *overlay = NULL;
  struct sf_strbuf one = { 0 };
  memcpy (setup.ground_rgb, ground->rgb, sizeof ground->rgb);
  SF_TRY (sf_overlay_new (&setup, &overlay, err));
  enum sf_code code = SF_OK;
  for (size_t i = 0; i < picture->views_count && code == SF_OK; i++)
    {
      sf_strbuf_reset (&one);
      code = paint (&picture->views[i], &picture->window, &one, err);
      if (code == SF_OK)
        code = sf_overlay_add_png (overlay, one.text, one.length, err);
    }
  sf_strbuf_finish (&one);
  if (code == SF_OK)
    code = sf_overlay_encode (overlay, wants_palette, out, err);
  sf_overlay_free (overlay);
  return code;
}

/* One layer, whose painter makes what is wanted, perhaps with a palette that is then laid on the ground. */
static enum sf_code
put_one (const struct picture *picture, const struct sf_map_wms_ground *ground, bool wants_palette,
         struct sf_strbuf *out, struct sf_error *err)
{
  struct sf_strbuf one = { 0 };
  enum sf_style_kind kind = picture->views[0].style->style->kind;
  bool has_palette = kind == SF_STYLE_CLASSES || kind == SF_STYLE_RAMP;
  if (ground->is_transparent && (has_palette || !wants_palette))
    return paint (&picture->views[0], &picture->window, out, err);
  if (ground->is_transparent || !has_palette)
    return compose (picture, ground, wants_palette, out, err);
  enum sf_code code = paint (&picture->views[0], &picture->window, &one, err);
  if (code == SF_OK && !sf_png_lay_on_ground (one.text, one.length, ground->rgb, out))
    code = compose (picture, ground, wants_palette, out, err);
  sf_strbuf_finish (&one);
  return code;
}

/* Laying many large pictures over one another takes seconds: together they must not be more than two of the largest. */
static enum sf_code
check_work (const struct sf_map_wms *wms, const struct picture *picture, struct sf_map_fault *fault)
{
  int64_t side = wms->map->picture_side_max, pixels = (int64_t) picture->window.width * picture->window.height;
  if (pixels * (int64_t) picture->views_count <= 2 * side * side)
    return SF_OK;
  sf_fail (&fault->err, SF_ERANGE,
           "%zu LAYERS at %d x %d pixels are too much for one picture: ask for fewer or smaller", picture->views_count,
           picture->window.width, picture->window.height);
  return invalid (fault, "LAYERS");
}

enum sf_code
sf_map_wms_map (const struct sf_map_wms *wms, struct sf_map_response *response, struct sf_map_fault *fault)
{
  struct picture picture = { .views_count = 0 };
  struct sf_map_wms_ground ground = { 0 };
  bool wants_palette = false;
  if (find_views (wms, &picture, fault) != SF_OK || find_window (wms, &picture.window, fault) != SF_OK
      || check_work (wms, &picture, fault) != SF_OK || sf_map_wms_find_format (wms, &wants_palette, fault) != SF_OK
      || sf_map_wms_find_ground (wms, &ground, fault) != SF_OK)
    return fault->err.code;
  enum sf_code code = picture.views_count == 1
                          ? put_one (&picture, &ground, wants_palette, &response->body, &fault->err)
                          : compose (&picture, &ground, wants_palette, &response->body, &fault->err);
  if (code != SF_OK)
    return sf_map_fault_set (fault, 500, NULL, NULL);
  response->media_type = "image/png";
  warn_of_defaults (wms, &picture, response);
  return SF_OK;
}

/* --- GetFeatureInfo --- */

static enum sf_code
find_point (const struct sf_map_wms *wms, const char *key, int side, int64_t *ret_value, struct sf_map_fault *fault)
{
  if (!sf_map_request_get (wms->request, key))
    return sf_map_wms_missing (fault, key);
  if (sf_map_request_int (wms->request, key, 0, side - 1, ret_value, &fault->err) != SF_OK)
    return sf_map_fault_set (fault, 400, "InvalidPoint", key);
  return SF_OK;
}

/* The views of the layers that are asked about; they must be among those of the picture. */
static enum sf_code
find_queried (const struct sf_map_wms *wms, const struct picture *picture, struct sf_map_view *views, size_t *ret_count,
              struct sf_map_fault *fault)
{
  const char *names = sf_map_request_get (wms->request, "query_layers");
  struct sf_span rest, name;
  if (!names)
    return sf_map_wms_missing (fault, "QUERY_LAYERS");
  rest = sf_span_of (names);
  while (sf_text_next_field (&rest, ',', &name))
    {
      size_t i = 0;
      while (i < picture->views_count && !sf_span_equal (name, picture->views[i].layer->name))
        i++;
      if (i == picture->views_count || *ret_count == SF_MAP_WMS_LAYERS_MAX)
        {
          sf_fail (&fault->err, SF_ENOTFOUND, "QUERY_LAYERS: '%.*s' is not among LAYERS",
                   name.length < 80 ? (int) name.length : 80, name.text);
          return sf_map_fault_set (fault, 400, "LayerNotDefined", "QUERY_LAYERS");
        }
      views[(*ret_count)++] = picture->views[i];
    }
  return SF_OK;
}

static enum sf_code
find_info_format (const struct sf_map_wms *wms, enum sf_map_info_format *ret_format, struct sf_map_fault *fault)
{
  const char *format = sf_map_request_get (wms->request, "info_format");
  if (!format && wms->is_130)
    return sf_map_wms_missing (fault, "INFO_FORMAT");
  *ret_format = SF_MAP_INFO_TEXT; /* 1.1.1 leaves the choice to the server */
  if (format && sf_map_info_find_format (format, ret_format, &fault->err) != SF_OK)
    return sf_map_fault_set (fault, 400, "InvalidFormat", "INFO_FORMAT");
  return SF_OK;
}

enum sf_code
sf_map_wms_info (const struct sf_map_wms *wms, struct sf_map_response *response, struct sf_map_fault *fault)
{
  struct picture picture = { .views_count = 0 };
  struct sf_map_view views[SF_MAP_WMS_LAYERS_MAX];
  struct sf_map_info info = { .views = views };
  int64_t column = 0, row = 0;
  if (find_views (wms, &picture, fault) != SF_OK || find_window (wms, &picture.window, fault) != SF_OK
      || find_queried (wms, &picture, views, &info.views_count, fault) != SF_OK
      || find_info_format (wms, &info.format, fault) != SF_OK
      || find_point (wms, wms->is_130 ? "I" : "X", picture.window.width, &column, fault) != SF_OK
      || find_point (wms, wms->is_130 ? "J" : "Y", picture.window.height, &row, fault) != SF_OK)
    return fault->err.code;
  sf_map_info_place (&info, &picture.window, column, row);
  if (sf_map_put_info (wms->request, &info, response, &fault->err) != SF_OK)
    return sf_map_fault_set (fault, 500, NULL, NULL);
  warn_of_defaults (wms, &picture, response);
  return SF_OK;
}
