/* SPDX-License-Identifier: Apache-2.0 */
/* A style as clients that draw by themselves, and legends in HTML, need it. */
#include "plugins/service/map/documents.h"

#include <math.h>
#include <stdio.h>

static const char *
kind_of_style (const struct sf_style *style)
{
  static const char *const kinds[] = {
    [SF_STYLE_CLASSES] = "classes",   [SF_STYLE_RAMP] = "ramp",     [SF_STYLE_CATEGORIES] = "categories",
    [SF_STYLE_ISOLINES] = "isolines", [SF_STYLE_ARROWS] = "arrows", [SF_STYLE_BARBS] = "barbs",
  };
  return kinds[style->kind];
}

static void
put_colour (struct sf_json *json, const uint8_t rgba[4])
{
  char text[10];
  int length = snprintf (text, sizeof text, "#%02x%02x%02x", rgba[0], rgba[1], rgba[2]);
  if (rgba[3] != 255)
    snprintf (text + length, sizeof text - (size_t) length, "%02x", rgba[3]);
  sf_json_put_string (json, "colour", text);
}

static void
put_dashes (struct sf_json *json, const struct sf_style_entry *entry)
{
  if (entry->dashes == 0)
    return;
  sf_json_key (json, "dash_px");
  sf_json_begin_array (json);
  for (int i = 0; i < entry->dashes; i++)
    sf_json_double (json, entry->dash_px[i]);
  sf_json_end_array (json);
}

static void
put_entry (struct sf_json *json, const struct sf_style *style, const struct sf_style_entry *entry)
{
  sf_json_begin_object (json);
  if (style->kind == SF_STYLE_CATEGORIES)
    sf_json_put_string (json, "key", entry->key);
  else
    sf_json_put_double (json, "from", entry->from);
  put_colour (json, entry->rgba);
  if (entry->width_px > 0)
    sf_json_put_double (json, "width_px", entry->width_px);
  if (entry->size_px > 0)
    sf_json_put_double (json, "size_px", entry->size_px);
  put_dashes (json, entry);
  sf_map_put_titles (json, "label", entry->label_en, entry->label_zh);
  sf_json_end_object (json);
}

void
sf_map_put_style (struct sf_json *json, const struct sf_map_layer *layer, const struct sf_style *style, double origin_h,
                  const char *legend)
{
  sf_json_begin_object (json);
  sf_json_put_string (json, "name", style->name);
  sf_map_put_titles (json, "title", style->title_en, style->title_zh);
  sf_json_put_string (json, "kind", kind_of_style (style));
  sf_json_put_string (json, "unit", style->unit);
  sf_json_put_string (json, "source", style->source);
  sf_json_put_string (json, "legend", legend);
  if (style->from_earliest && layer->grid)
    sf_json_put_time (json, "origin", layer->grid->reference_s + (int64_t) llround (origin_h * 3600));
  sf_json_key (json, "classes");
  sf_json_begin_array (json);
  for (int i = 0; i < style->entries_count; i++)
    put_entry (json, style, &style->entries[i]);
  sf_json_end_array (json);
  sf_json_end_object (json);
}
