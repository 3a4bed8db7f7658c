/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/picture_draw.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void
sf_legend_title (struct legend_column *column, const char *zh, const char *en)
{
  struct sf_sheet *sheet = column->sheet;
  struct sf_lettering lettering = sf_sheet_lettering (sheet, 17, "text");
  const char *first = sheet->language == SF_LEGEND_EN ? en : zh;
  lettering.bold = true;
  lettering.size_px = sf_sheet_fitted_size (sheet, lettering, first, column->place.width);
  sf_sheet_text (sheet, &lettering, column->place.x, column->y + 11, first);
  if (sheet->language == SF_LEGEND_BOTH)
    {
      lettering = sf_sheet_lettering (sheet, 13, "muted");
      lettering.size_px = sf_sheet_fitted_size (sheet, lettering, en, column->place.width);
      sf_sheet_text (sheet, &lettering, column->place.x, column->y + 31, en);
    }
  column->y += sheet->language == SF_LEGEND_BOTH ? 46 : 28;
}

void
sf_legend_note (struct legend_column *column, const char *zh, const char *en)
{
  struct sf_sheet *sheet = column->sheet;
  struct sf_lettering lettering = sf_sheet_lettering (sheet, 12.5, "muted");
  char text[512];
  if (sheet->language == SF_LEGEND_BOTH)
    snprintf (text, sizeof text, "%s  %s", zh, en);
  else
    snprintf (text, sizeof text, "%s", sheet->language == SF_LEGEND_ZH ? zh : en);
  lettering.size_px = sf_sheet_fitted_size (sheet, lettering, text, column->place.width);
  sf_sheet_text (sheet, &lettering, column->place.x, column->y + 8, text);
  column->y += 19;
}

/* A label's name, and what stands after two spaces in it (NULL: nothing). */
static const char *
split_label (const char *label, char name[128])
{
  const char *range = strstr (label, "  ");
  snprintf (name, 128, "%.*s", range ? (int) (range - label) : (int) strlen (label), label);
  return range ? range + 2 : NULL;
}

void
sf_legend_words (struct legend_column *column, const char *zh, const char *en, const char *extra)
{
  struct sf_sheet *sheet = column->sheet;
  bool both = sheet->language == SF_LEGEND_BOTH;
  struct sf_lettering first = sf_sheet_lettering (sheet, 15, "text"),
                      second = sf_sheet_lettering (sheet, 12.5, "muted");
  char name[128], name_en[128];
  const char *range = split_label (sheet->language == SF_LEGEND_EN ? en : zh, name);
  double x = column->place.x + SF_LEGEND_SIGN_PX + 10, y = column->y + column->row_px / 2;
  double right = column->place.x + column->place.width;
  split_label (en, name_en);
  extra = extra ? extra : range;
  if (extra)
    {
      struct sf_lettering last = first;
      last.size_px = 14;
      last.align = SF_ALIGN_RIGHT;
      right = sf_sheet_text (sheet, &last, right, y, extra).x - 6;
    }
  if (!both)
    first.size_px = sf_sheet_fitted_size (sheet, first, name, right - x);
  struct sf_box box = sf_sheet_text (sheet, &first, x, y, name);
  if (!both || strcmp (name, name_en) == 0)
    return;
  double begin = fmax (box.x + box.width + 7, x + 44);
  second.size_px = sf_sheet_fitted_size (sheet, second, name_en, right - begin);
  sf_sheet_text (sheet, &second, begin, y, name_en);
}

void
sf_legend_swatch (struct legend_column *column, const uint8_t rgba[4])
{
  struct sf_sheet *sheet = column->sheet;
  cairo_rectangle (sheet->cr, column->place.x, column->y, SF_LEGEND_SIGN_PX, column->row_px);
  sf_sheet_colour (sheet, rgba);
  cairo_fill_preserve (sheet->cr);
  cairo_set_line_width (sheet->cr, 0.8);
  cairo_set_dash (sheet->cr, NULL, 0, 0);
  sf_sheet_colour (sheet, sf_sheet_base (sheet, "muted")->rgba);
  cairo_stroke (sheet->cr);
}

void
sf_legend_line (struct legend_column *column, const struct sf_style_entry *entry)
{
  struct sf_sheet *sheet = column->sheet;
  double y = column->y + column->row_px / 2;
  cairo_new_path (sheet->cr);
  cairo_move_to (sheet->cr, column->place.x + 1, y);
  cairo_line_to (sheet->cr, column->place.x + SF_LEGEND_SIGN_PX - 1, y);
  sf_sheet_stroke (sheet, entry, 0);
  sf_legend_words (column, entry->label_zh, entry->label_en, NULL);
  column->y += column->row_px;
}
