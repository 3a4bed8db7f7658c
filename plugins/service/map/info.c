/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/service/map/info.h"

#include "core/base/json.h"
#include "core/base/time.h"
#include "plugins/service/map/value.h"
#include "plugins/service/map/xml.h"

#include <math.h>
#include <string.h>

static const struct
{
  const char *media_type, *ending;
} formats[SF_MAP_INFO_FORMATS] = {
  [SF_MAP_INFO_JSON] = { "application/json", ".json" },
  [SF_MAP_INFO_HTML] = { "text/html", ".html" },
  [SF_MAP_INFO_TEXT] = { "text/plain", ".txt" },
};

const char *
sf_map_info_media_type (enum sf_map_info_format format)
{
  return formats[format].media_type;
}

const char *
sf_map_info_ending (enum sf_map_info_format format)
{
  return formats[format].ending;
}

enum sf_code
sf_map_info_find_format (const char *media_type, enum sf_map_info_format *ret_format, struct sf_error *err)
{
  for (int i = 0; i < SF_MAP_INFO_FORMATS; i++)
    if (strcmp (formats[i].media_type, media_type) == 0)
      {
        *ret_format = (enum sf_map_info_format) i;
        return SF_OK;
      }
  return sf_fail (err, SF_EINVAL, "information is given as application/json, text/html or text/plain, not '%.80s'",
                  media_type);
}

void
sf_map_info_place (struct sf_map_info *info, const struct sf_window *window, int64_t column, int64_t row)
{
  const struct sf_bounds *bounds = &window->bounds;
  double x = bounds->min_x + ((double) column + 0.5) * (bounds->max_x - bounds->min_x) / window->width;
  double y = bounds->max_y - ((double) row + 0.5) * (bounds->max_y - bounds->min_y) / window->height;
  bool is_mercator = window->projection == SF_TILE_SET_W;
  info->lon_deg = is_mercator ? x / sf_mercator_x_m (1) : x;
  info->lat_deg = is_mercator ? sf_mercator_lat_deg (y) : y;
}

static const char outside_en[] = "outside this layer", outside_zh[] = "在图层范围之外";

/* What a view says at the place. */
struct saying
{
  const struct sf_map_layer *layer;
  double value;
  bool is_outside;
  const struct sf_style_entry *class;
  int64_t time_s; /* of a step, or the moment that the value stands for */
};

/* The class in the style seen, else in the first style of the layer that has classes. */
static const struct sf_style_entry *
class_of (const struct sf_map_view *view, double value)
{
  const struct sf_map_style *style = view->style;
  for (size_t i = 0; style->style->kind != SF_STYLE_CLASSES && i < view->layer->styles_count; i++)
    style = &view->layer->styles[i];
  return sf_map_style_class (style, value);
}

static struct saying
saying_of (const struct sf_map_info *info, const struct sf_map_view *view)
{
  double value = sf_map_layer_value (view->layer, view->band, info->lon_deg, info->lat_deg);
  return (struct saying){ .layer = view->layer,
                          .value = value,
                          .is_outside = !sf_map_layer_covers (view->layer, info->lon_deg, info->lat_deg),
                          .class = class_of (view, value),
                          .time_s = view->layer->time_s ? view->layer->time_s[view->band]
                                                        : sf_map_value_time_s (view->layer, value) };
}

/* --- JSON --- */

static void
put_pair (struct sf_json *json, const char *key_en, const char *en, const char *key_zh, const char *zh)
{
  sf_json_put_string (json, key_en, en);
  sf_json_put_string (json, key_zh, zh);
}

static void
put_time (struct sf_json *json, int64_t time_s)
{
  char text[SF_TIME_TEXT_BYTES];
  sf_json_put_time (json, "time", time_s);
  if (time_s == SF_TIME_MISSING)
    return;
  sf_json_put_string (json, "time_beijing", sf_time_format_beijing (text, time_s));
  sf_json_put_string (json, "time_beijing_zh", sf_time_format_beijing_zh (text, time_s));
}

static void
put_properties (struct sf_json *json, const struct sf_map_request *request, const struct sf_map_view *view,
                const struct saying *saying)
{
  const struct sf_dataset *dataset = view->layer->dataset;
  const struct sf_dataset_spec *spec = dataset->spec;
  sf_json_put_string (json, "layer", view->layer->name);
  put_pair (json, "title_en", view->layer->title_en, "title_zh", view->layer->title_zh);
  sf_json_put_string (json, "quantity", spec->quantity->name);
  if (sf_map_layer_dimension (view->layer) == SF_MAP_DIMENSION_BAND)
    sf_json_put_double (json, view->layer->dimension, view->layer->grid->band_values[view->band]);
  sf_json_put_double (json, "value", saying->value);
  sf_json_put_string (json, "unit", spec->quantity->unit);
  sf_json_put_string (json, "averaging", spec->quantity->averaging);
  put_time (json, saying->time_s);
  sf_json_put_string (json, "style", view->style->style->name);
  put_pair (json, "class_en", saying->class ? saying->class->label_en : NULL, "class_zh",
            saying->class ? saying->class->label_zh : NULL);
  if (isnan (saying->value))
    put_pair (json, "missing_en", saying->is_outside ? outside_en : spec->missing_en, "missing_zh",
              saying->is_outside ? outside_zh : spec->missing_zh);
  put_pair (json, "authority_en", sf_authority_name (dataset->authority, 0), "authority_zh",
            sf_authority_name (dataset->authority, 1));
  sf_json_put_bool (json, "simulated", dataset->simulated);
  sf_json_put_string (json, "snapshot", request->world->snapshot->id);
  sf_json_put_time (json, "data_time", request->world->snapshot->clock_s);
}

static void
put_feature (struct sf_json *json, const struct sf_map_request *request, const struct sf_map_info *info,
             const struct sf_map_view *view)
{
  struct saying saying = saying_of (info, view);
  sf_json_begin_object (json);
  sf_json_put_string (json, "type", "Feature");
  sf_json_put_string (json, "id", view->layer->name);
  sf_json_key (json, "geometry");
  sf_json_begin_object (json);
  sf_json_put_string (json, "type", "Point");
  sf_json_key (json, "coordinates");
  sf_json_begin_array (json);
  sf_json_double (json, info->lon_deg);
  sf_json_double (json, info->lat_deg);
  sf_json_end_array (json);
  sf_json_end_object (json);
  sf_json_key (json, "properties");
  sf_json_begin_object (json);
  put_properties (json, request, view, &saying);
  sf_json_end_object (json);
  sf_json_end_object (json);
}

static void
put_json (const struct sf_map_request *request, const struct sf_map_info *info, struct sf_strbuf *out)
{
  struct sf_json json = { .out = out };
  sf_json_begin_object (&json);
  sf_json_put_string (&json, "type", "FeatureCollection");
  sf_json_put_int (&json, "numberReturned", (int64_t) info->views_count);
  sf_json_key (&json, "features");
  sf_json_begin_array (&json);
  for (size_t i = 0; i < info->views_count; i++)
    put_feature (&json, request, info, &info->views[i]);
  sf_json_end_array (&json);
  sf_json_end_object (&json);
}

/* --- words --- */

/* A line of words about a view: what, and what about it; both in Chinese and English. */
struct line
{
  const char *what, *words;
};

enum
{
  MAX_LINES = 6
};

static const char *
both (struct sf_arena *arena, const char *zh, const char *en)
{
  return sf_arena_printf (arena, "%s / %s", zh ? zh : "", en ? en : "");
}

static const char *
both_times (struct sf_arena *arena, int64_t time_s)
{
  char zh[SF_TIME_TEXT_BYTES], en[SF_TIME_TEXT_BYTES];
  return both (arena, sf_time_format_beijing_zh (zh, time_s), sf_time_format_beijing (en, time_s));
}

static const char *
value_words (struct sf_arena *arena, const struct saying *saying)
{
  const struct sf_dataset_spec *spec = saying->layer->dataset->spec;
  const char *unit = spec->quantity->unit;
  if (saying->is_outside)
    return both (arena, outside_zh, outside_en);
  if (isnan (saying->value))
    return spec->missing_en ? both (arena, spec->missing_zh, spec->missing_en) : both (arena, "无", "none");
  if (!saying->layer->time_s && saying->time_s != SF_TIME_MISSING)
    return both_times (arena, saying->time_s);
  return sf_arena_printf (arena, "%.2f%s%s", saying->value, strcmp (unit, "1") == 0 ? "" : " ",
                          strcmp (unit, "1") == 0 ? "" : unit);
}

/* How many, or -1 when memory is out. */
static int
write_lines (const struct sf_map_request *request, const struct sf_map_view *view, const struct saying *saying,
             struct line lines[MAX_LINES])
{
  struct sf_arena *arena = request->arena;
  const struct sf_dataset *dataset = view->layer->dataset;
  const struct sf_quantity *band = dataset->spec->band;
  int count = 0;
  if (sf_map_layer_dimension (view->layer) == SF_MAP_DIMENSION_BAND)
    lines[count++] = (struct line){ both (arena, band->title_zh, band->title_en),
                                    sf_arena_printf (arena, "%g", view->layer->grid->band_values[view->band]) };
  if (view->layer->time_s)
    lines[count++] = (struct line){ "时间 / time", both_times (arena, saying->time_s) };
  lines[count++]
      = (struct line){ both (arena, view->layer->title_zh, view->layer->title_en), value_words (arena, saying) };
  if (saying->class)
    lines[count++] = (struct line){ "等级 / class", both (arena, saying->class->label_zh, saying->class->label_en) };
  lines[count++] = (struct line){ "性质 / authority", both (arena, sf_authority_name (dataset->authority, 1),
                                                            sf_authority_name (dataset->authority, 0)) };
  if (dataset->simulated)
    lines[count++] = (struct line){ "模拟数据 / simulated", "是 / yes" };
  for (int i = 0; i < count; i++)
    if (!lines[i].what || !lines[i].words)
      return -1;
  return count;
}

static const char *
head_words (const struct sf_map_request *request, const struct sf_map_info *info)
{
  return sf_arena_printf (request->arena, "经度 longitude %.5f°, 纬度 latitude %.5f°; 数据时间 data time %s; %s",
                          info->lon_deg, info->lat_deg, both_times (request->arena, request->world->snapshot->clock_s),
                          request->world->snapshot->id);
}

static void
put_plain (const struct sf_map_request *request, const struct sf_map_info *info, struct sf_strbuf *out)
{
  const char *head = head_words (request, info);
  out->failed |= !head;
  sf_strbuf_addf (out, "%s\n", head ? head : "");
  for (size_t i = 0; i < info->views_count; i++)
    {
      struct saying saying = saying_of (info, &info->views[i]);
      struct line lines[MAX_LINES];
      int count = write_lines (request, &info->views[i], &saying, lines);
      out->failed |= count < 0;
      sf_strbuf_addf (out, "%s\n", info->views[i].layer->name);
      for (int line = 0; line < count; line++)
        sf_strbuf_addf (out, "  %s: %s\n", lines[line].what, lines[line].words);
    }
}

static void
put_html_view (struct sf_map_xml *xml, const struct sf_map_request *request, const struct sf_map_info *info,
               const struct sf_map_view *view)
{
  struct saying saying = saying_of (info, view);
  struct line lines[MAX_LINES];
  int count = write_lines (request, view, &saying, lines);
  xml->failed |= count < 0;
  sf_map_xml_open (xml, "table");
  sf_map_xml_leaf (xml, "caption", view->layer->name);
  for (int line = 0; line < count; line++)
    {
      sf_map_xml_open (xml, "tr");
      sf_map_xml_leaf (xml, "th", lines[line].what);
      sf_map_xml_leaf (xml, "td", lines[line].words);
      sf_map_xml_close (xml);
    }
  sf_map_xml_close (xml);
}

static enum sf_code
put_html (const struct sf_map_request *request, const struct sf_map_info *info, struct sf_strbuf *out,
          struct sf_error *err)
{
  struct sf_map_xml xml;
  sf_map_xml_begin (&xml, out);
  sf_map_xml_doctype (&xml, "html", NULL);
  sf_map_xml_open (&xml, "html");
  sf_map_xml_attribute (&xml, "xmlns", "http://www.w3.org/1999/xhtml");
  sf_map_xml_attribute (&xml, "lang", "zh");
  sf_map_xml_open (&xml, "head");
  sf_map_xml_open (&xml, "meta");
  sf_map_xml_attribute (&xml, "charset", "utf-8");
  sf_map_xml_close (&xml);
  sf_map_xml_leaf (&xml, "title", "三防 / Sanfang");
  sf_map_xml_close (&xml);
  sf_map_xml_open (&xml, "body");
  sf_map_xml_leaf (&xml, "p", sf_map_xml_made (&xml, head_words (request, info)));
  for (size_t i = 0; i < info->views_count; i++)
    put_html_view (&xml, request, info, &info->views[i]);
  sf_map_xml_close (&xml);
  sf_map_xml_close (&xml);
  return sf_map_xml_finish (&xml, err);
}

enum sf_code
sf_map_put_info (const struct sf_map_request *request, const struct sf_map_info *info, struct sf_map_response *response,
                 struct sf_error *err)
{
  switch (info->format)
    {
    case SF_MAP_INFO_HTML:
      response->media_type = "text/html; charset=utf-8";
      return put_html (request, info, &response->body, err);
    case SF_MAP_INFO_TEXT:
      response->media_type = "text/plain; charset=utf-8";
      put_plain (request, info, &response->body);
      return SF_OK;
    default:
      response->media_type = "application/json";
      put_json (request, info, &response->body);
      return SF_OK;
    }
}
