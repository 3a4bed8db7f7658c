/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/picture_draw.h"

#include <math.h>

/* WenQuanYi Micro Hei comes first so that a sheet looks the same wherever it is installed. */
#define FAMILIES "WenQuanYi Micro Hei, Noto Sans CJK SC, Noto Sans, DejaVu Sans, Sans"

/* A font map of its own: pango's default one belongs to a thread and is never freed. */
PangoContext *
sf_sheet_new_pango (cairo_t *cr)
{
  PangoFontMap *map = pango_cairo_font_map_new ();
  PangoContext *context = pango_font_map_create_context (map);
  cairo_font_options_t *options = cairo_font_options_create ();
  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options (context, options);
  pango_cairo_context_set_resolution (context, 96);
  cairo_font_options_destroy (options);
  if (cr)
    pango_cairo_update_context (cr, context);
  g_object_unref (map);
  return context;
}

PangoLayout *
sf_sheet_new_layout (PangoContext *pango, double size_px, bool bold, const char *text)
{
  PangoLayout *layout = pango_layout_new (pango);
  PangoFontDescription *font = pango_font_description_from_string (FAMILIES);
  pango_font_description_set_absolute_size (font, size_px * PANGO_SCALE);
  pango_font_description_set_weight (font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_layout_set_font_description (layout, font);
  pango_layout_set_text (layout, text, -1);
  pango_font_description_free (font);
  return layout;
}

static struct sf_box
layout_box (PangoLayout *layout, const struct sf_lettering *lettering, double x, double y)
{
  PangoRectangle logical;
  pango_layout_get_extents (layout, NULL, &logical);
  struct sf_box box
      = { .width = (double) logical.width / PANGO_SCALE, .height = (double) logical.height / PANGO_SCALE };
  box.x = lettering->align == SF_ALIGN_LEFT    ? x
          : lettering->align == SF_ALIGN_RIGHT ? x - box.width
                                               : x - box.width / 2;
  box.y = y - box.height / 2;
  return box;
}

struct sf_box
sf_sheet_measure (struct sf_sheet *sheet, const struct sf_lettering *lettering, const char *text)
{
  PangoLayout *layout = sf_sheet_new_layout (sheet->pango, lettering->size_px, lettering->bold, text);
  struct sf_box box = layout_box (layout, lettering, 0, 0);
  g_object_unref (layout);
  return box;
}

struct sf_box
sf_sheet_text (struct sf_sheet *sheet, const struct sf_lettering *lettering, double x, double y, const char *text)
{
  PangoLayout *layout = sf_sheet_new_layout (sheet->pango, lettering->size_px, lettering->bold, text);
  struct sf_box box = layout_box (layout, lettering, x, y);
  cairo_new_path (sheet->cr);
  cairo_move_to (sheet->cr, box.x, box.y);
  if (lettering->halo_px > 0)
    {
      pango_cairo_layout_path (sheet->cr, layout);
      cairo_set_source_rgba (sheet->cr, 1, 1, 1, 0.88 * lettering->rgba[3] / 255.0);
      cairo_set_line_width (sheet->cr, 2 * lettering->halo_px);
      cairo_set_line_join (sheet->cr, CAIRO_LINE_JOIN_ROUND);
      cairo_set_dash (sheet->cr, NULL, 0, 0);
      cairo_stroke (sheet->cr);
      cairo_move_to (sheet->cr, box.x, box.y);
    }
  sf_sheet_colour (sheet, lettering->rgba);
  pango_cairo_show_layout (sheet->cr, layout);
  cairo_new_path (sheet->cr);
  g_object_unref (layout);
  return box;
}

double
sf_sheet_fitted_size (struct sf_sheet *sheet, struct sf_lettering lettering, const char *text, double room)
{
  double width = sf_sheet_measure (sheet, &lettering, text).width;
  return width > room ? fmax (lettering.size_px * room / width, 9) : lettering.size_px;
}

static bool
overlaps (const struct sf_box *a, const struct sf_box *b)
{
  return a->x < b->x + b->width && b->x < a->x + a->width && a->y < b->y + b->height && b->y < a->y + a->height;
}

static bool
is_free (const struct sf_sheet *sheet, const struct sf_box *box)
{
  const struct sf_box *map = &sheet->map;
  if (box->x < map->x + 3 || box->y < map->y + 3 || box->x + box->width > map->x + map->width - 3
      || box->y + box->height > map->y + map->height - 3)
    return false;
  for (int i = 0; i < sheet->labels_count; i++)
    if (overlaps (box, &sheet->labels[i]))
      return false;
  return true;
}

void
sf_sheet_take_box (struct sf_sheet *sheet, const struct sf_box *box)
{
  if (sheet->labels_count < SF_SHEET_MAX_LABELS)
    sheet->labels[sheet->labels_count++] = *box;
}

bool
sf_sheet_label (struct sf_sheet *sheet, const struct sf_lettering *lettering, double x, double y, double gap,
                const char *text)
{
  static const double sides[8][2]
      = { { 1, 0 }, { -1, 0 }, { 1, -1 }, { -1, 1 }, { 1, 1 }, { -1, -1 }, { 0, -1 }, { 0, 1 } };
  struct sf_box size = sf_sheet_measure (sheet, lettering, text);
  struct sf_lettering centred = *lettering;
  centred.align = SF_ALIGN_CENTRE;
  for (int k = 0; k < 8; k++)
    {
      double away_x = sides[k][0] * (gap + size.width / 2);
      double away_y = sides[k][1] * (sides[k][0] != 0 ? size.height * 0.6 : gap + size.height / 2);
      struct sf_box box = { x + away_x - size.width / 2, y + away_y - size.height / 2, size.width, size.height };
      if (!is_free (sheet, &box))
        continue;
      sf_sheet_text (sheet, &centred, x + away_x, y + away_y, text);
      sf_sheet_take_box (sheet, &box);
      return true;
    }
  return false;
}

void
sf_sheet_colour (struct sf_sheet *sheet, const uint8_t rgba[4])
{
  cairo_set_source_rgba (sheet->cr, rgba[0] / 255.0, rgba[1] / 255.0, rgba[2] / 255.0, rgba[3] / 255.0);
}

const struct sf_style_entry *
sf_sheet_base (const struct sf_sheet *sheet, const char *key)
{
  static const struct sf_style_entry plain
      = { .key = "", .rgba = { 20, 32, 43, 255 }, .width_px = 1, .size_px = 4, .label_en = "", .label_zh = "" };
  const struct sf_style_entry *entry = sf_style_category (sheet->basemap, key);
  return entry ? entry : &plain;
}

struct sf_lettering
sf_sheet_lettering (const struct sf_sheet *sheet, double size_px, const char *key)
{
  struct sf_lettering lettering = { .size_px = size_px };
  const struct sf_style_entry *entry = sf_sheet_base (sheet, key);
  for (int c = 0; c < 4; c++)
    lettering.rgba[c] = entry->rgba[c];
  return lettering;
}

int
sf_picture_missing_glyphs (const char *text)
{
  PangoContext *pango = sf_sheet_new_pango (NULL);
  PangoLayout *layout = sf_sheet_new_layout (pango, 20, false, text);
  int missing = pango_layout_get_unknown_glyphs_count (layout);
  g_object_unref (layout);
  g_object_unref (pango);
  return missing;
}
