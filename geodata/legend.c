/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/legend.h"

#include "core/base/time.h"
#include "geodata/drawn.h"
#include "geodata/drawn_sign.h"
#include "geodata/picture_draw.h"
#include "geodata/png.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define PAD_PX 8.0
#define BOTH_PX 300.0 /* width of a column in two languages, and in one */
#define ONE_PX 230.0

static bool
class_shown (const struct sf_sheet *sheet, int index)
{
  return !sheet->field->legend_present_only || (sheet->classes_present[index / 64] >> (index % 64) & 1);
}

/* For hours since a reference: when a class begins, in Beijing time; NULL for others. */
static const char *
class_begin (const struct sf_sheet *sheet, int index, char text[64])
{
  static const char *const months[]
      = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
  const struct sf_quantity *quantity = sheet->field_spec ? sheet->field_spec->quantity : NULL;
  if (!quantity || strcmp (quantity->name, "hours_since") != 0 || sheet->field_reference_s == SF_TIME_MISSING)
    return NULL;
  int64_t time_s
      = sheet->field_reference_s + (int64_t) llround ((sheet->field->entries[index].from + sheet->origin) * 3600);
  struct sf_civil civil = sf_time_to_civil (time_s, SF_BEIJING_OFFSET_S);
  if (sheet->language == SF_LEGEND_EN)
    snprintf (text, 64, "from %d %s %02d:%02d", civil.day, months[civil.month - 1], civil.hour, civil.minute);
  else
    snprintf (text, 64, "%d日%02d:%02d起", civil.day, civil.hour, civil.minute);
  return text;
}

static void
field_classes (struct legend_column *column)
{
  const struct sf_style *style = column->sheet->field;
  char text[64];
  for (int i = style->entries_count - 1; i >= 0; i--)
    {
      const struct sf_style_entry *entry = &style->entries[i];
      if (!class_shown (column->sheet, i))
        continue;
      sf_legend_swatch (column, entry->rgba);
      sf_legend_words (column, entry->label_zh, entry->label_en, class_begin (column->sheet, i, text));
      column->y += column->row_px;
    }
  column->y += 6;
}

static void
field_ramp (struct legend_column *column)
{
  struct sf_sheet *sheet = column->sheet;
  const struct sf_style *style = sheet->field;
  const double height = 240;
  double low = style->entries[0].from, high = style->entries[style->entries_count - 1].from;
  uint8_t palette[256][4];
  struct sf_lettering lettering = sf_sheet_lettering (sheet, 14, "text");
  sf_style_palette (style, palette);
  column->y += 8;
  for (int i = 0; i < SF_STYLE_MAX_ENTRIES; i++)
    {
      double bottom = column->y + height * (1 - (double) i / SF_STYLE_MAX_ENTRIES);
      cairo_rectangle (sheet->cr, column->place.x, bottom - height / SF_STYLE_MAX_ENTRIES - 0.6, SF_LEGEND_SIGN_PX,
                       height / SF_STYLE_MAX_ENTRIES + 0.6);
      sf_sheet_colour (sheet, palette[i + 1]);
      cairo_fill (sheet->cr);
    }
  for (int i = 0; i < style->entries_count; i++)
    {
      const struct sf_style_entry *entry = &style->entries[i];
      double y = column->y + height * (1 - (entry->from - low) / (high - low));
      cairo_move_to (sheet->cr, column->place.x + SF_LEGEND_SIGN_PX, y);
      cairo_line_to (sheet->cr, column->place.x + SF_LEGEND_SIGN_PX + 7, y);
      cairo_set_line_width (sheet->cr, 1);
      sf_sheet_colour (sheet, lettering.rgba);
      cairo_stroke (sheet->cr);
      sf_sheet_text (sheet, &lettering, column->place.x + SF_LEGEND_SIGN_PX + 12, y,
                     sheet->language == SF_LEGEND_EN ? entry->label_en : entry->label_zh);
    }
  column->y += height + 16;
}

static void
field_isolines (struct legend_column *column)
{
  const struct sf_style *style = column->sheet->field;
  for (int i = style->entries_count - 1; i >= 0; i--)
    sf_legend_line (column, &style->entries[i]);
  column->y += 6;
}

/* A speed in the middle of a class, the lower bound of the last. */
static double
typical_speed (const struct sf_style *style, int index)
{
  const struct sf_style_entry *entry = &style->entries[index];
  return index + 1 < style->entries_count ? (entry[0].from + entry[1].from) / 2 : entry->from;
}

/* An arrow or barb of a wind from the west in the middle of the row's sign. */
static void
draw_sign (const struct legend_column *column, const struct sf_style_entry *entry, double speed)
{
  const struct sf_style *style = column->sheet->field;
  cairo_t *cr = column->sheet->cr;
  struct drawn_outline outline;
  struct drawn_sign sign = { .x = column->place.x + SF_LEGEND_SIGN_PX / 2,
                             .y = column->y + column->row_px / 2,
                             .to_x = 1,
                             .speed = speed,
                             .entry = entry };
  if (style->kind == SF_STYLE_BARBS && !sf_barb_of (speed, style->barb_mps).is_calm)
    {
      sign.x += entry->size_px / 2;
      sign.y += entry->size_px * 0.19;
    }
  sf_sign_outline (style, &sign, &outline);
  sf_sheet_colour (column->sheet, entry->rgba);
  cairo_set_dash (cr, NULL, 0, 0);
  cairo_set_line_width (cr, style->kind == SF_STYLE_BARBS ? sf_sign_width (entry) : 0.1);
  for (int p = 0; p < outline.parts_count; p++)
    {
      const struct drawn_outline_part *part = &outline.parts[p];
      cairo_new_path (cr);
      for (int i = part->first; i < part->first + part->count; i++)
        cairo_line_to (cr, outline.xy[2 * i], outline.xy[2 * i + 1]);
      if (part->is_closed)
        cairo_close_path (cr);
      if (part->is_filled)
        cairo_fill_preserve (cr);
      cairo_stroke (cr);
    }
}

static void
sign_row (struct legend_column *column, const struct sf_style_entry *entry, double speed, const char *zh,
          const char *en)
{
  draw_sign (column, entry, speed);
  sf_legend_words (column, zh, en, NULL);
  column->y += column->row_px;
}

static void
field_signs (struct legend_column *column)
{
  const struct sf_style *style = column->sheet->field;
  char zh[64], en[64];
  for (int i = style->entries_count - 1; i >= 0; i--)
    sign_row (column, &style->entries[i], typical_speed (style, i), style->entries[i].label_zh,
              style->entries[i].label_en);
  static const struct
  {
    double share;
    const char *zh, *en;
  } parts[] = { { 5, "三角", "pennant" }, { 1, "长划", "long barb" }, { 0.5, "短划", "short barb" } };
  for (size_t i = 0; style->kind == SF_STYLE_BARBS && i < sizeof parts / sizeof *parts; i++)
    {
      double mps = parts[i].share * style->barb_mps;
      snprintf (zh, sizeof zh, "%s  %g m/s", parts[i].zh, mps);
      snprintf (en, sizeof en, "%s  %g m/s", parts[i].en, mps);
      sign_row (column, &style->entries[0], mps, zh, en);
    }
  column->y += 6;
}

/* Points by their symbol, lines as lines, all else as areas. */
static void
field_categories (struct legend_column *column)
{
  struct sf_sheet *sheet = column->sheet;
  for (int i = 0; i < sheet->field->entries_count; i++)
    {
      const struct sf_style_entry *entry = &sheet->field->entries[i];
      if (entry->width_px > 0)
        {
          sf_legend_line (column, entry);
          continue;
        }
      if (entry->size_px > 0)
        sf_sheet_draw_symbol (sheet, entry, column->place.x + SF_LEGEND_SIGN_PX / 2, column->y + column->row_px / 2,
                              false);
      else
        sf_legend_swatch (column, entry->rgba);
      sf_legend_words (column, entry->label_zh, entry->label_en, NULL);
      column->y += column->row_px;
    }
}

static void
note_values (struct legend_column *column)
{
  const struct sf_sheet *sheet = column->sheet;
  const struct sf_dataset_spec *spec = sheet->field_spec;
  char zh[256], en[256];
  if (spec && spec->quantity && spec->quantity->averaging)
    {
      const char *span = spec->quantity->averaging;
      snprintf (zh, sizeof zh, "10米高度，%s平均", strcmp (span, "2 min") == 0 ? "2分钟" : span);
      snprintf (en, sizeof en, "10 m, mean of %s", span);
      sf_legend_note (column, zh, en);
    }
  if (sheet->field->kind == SF_STYLE_CLASSES && sheet->field->entries[0].from > 0)
    {
      snprintf (zh, sizeof zh, "不足 %g：不着色", sheet->field->entries[0].from);
      snprintf (en, sizeof en, "below %g: not coloured", sheet->field->entries[0].from);
      sf_legend_note (column, zh, en);
    }
  if (spec && spec->missing_zh && spec->missing_en)
    {
      snprintf (zh, sizeof zh, "空白：%s", spec->missing_zh);
      snprintf (en, sizeof en, "blank: %s", spec->missing_en);
      sf_legend_note (column, zh, en);
    }
}

/* "0小时 = 0 h = 2014-07-18 08:00 BJT". */
static void
note_origin (struct legend_column *column)
{
  const struct sf_sheet *sheet = column->sheet;
  char when[SF_TIME_TEXT_BYTES], en[64];
  if (sheet->field_reference_s == SF_TIME_MISSING)
    return;
  sf_time_format_beijing (when, sheet->field_reference_s + (int64_t) llround (sheet->origin * 3600));
  if (sheet->language == SF_LEGEND_BOTH)
    snprintf (en, sizeof en, "= 0 h = %s", when);
  else
    snprintf (en, sizeof en, "0 h = %s", when);
  char zh[64];
  snprintf (zh, sizeof zh, "0小时 = %s", when);
  sf_legend_note (column, sheet->language == SF_LEGEND_BOTH ? "0小时" : zh, en);
}

void
sf_legend_field (struct legend_column *column)
{
  static void (*const rows[]) (struct legend_column *) = {
    [SF_STYLE_CLASSES] = field_classes,   [SF_STYLE_RAMP] = field_ramp,    [SF_STYLE_CATEGORIES] = field_categories,
    [SF_STYLE_ISOLINES] = field_isolines, [SF_STYLE_ARROWS] = field_signs, [SF_STYLE_BARBS] = field_signs
  };
  const struct sf_sheet *sheet = column->sheet;
  sf_legend_title (column, sheet->field->title_zh, sheet->field->title_en);
  column->row_px = SF_LEGEND_ROW_PX;
  rows[sheet->field->kind](column);
  note_values (column);
  note_origin (column);
  column->y += SF_LEGEND_GAP_PX;
}

/* Returns the height that it takes, in pixels of the sheet. */
static double
draw_on (struct sf_sheet *sheet, cairo_surface_t *surface, bool is_white)
{
  struct legend_column column = {
    .sheet = sheet, .place = { PAD_PX, PAD_PX, sheet->width - 2 * PAD_PX, 0 }, .y = PAD_PX, .row_px = SF_LEGEND_ROW_PX
  };
  sheet->cr = cairo_create (surface);
  sheet->pango = sf_sheet_new_pango (sheet->cr);
  cairo_scale (sheet->cr, sheet->scale, sheet->scale);
  cairo_set_source_rgb (sheet->cr, 1, 1, 1);
  if (is_white)
    cairo_paint (sheet->cr);
  sf_legend_field (&column);
  g_object_unref (sheet->pango);
  cairo_destroy (sheet->cr);
  return column.y - SF_LEGEND_GAP_PX + PAD_PX;
}

/* Once on a surface of one pixel, to see how high it gets. */
static enum sf_code
draw_and_encode (struct sf_sheet *sheet, const struct sf_legend *legend, struct sf_strbuf *png, struct sf_error *err)
{
  enum sf_code code = SF_OK;
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 1, 1);
  double height = draw_on (sheet, surface, false) * sheet->scale;
  cairo_surface_destroy (surface);
  surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, legend->width_px, (int) ceil (height));
  draw_on (sheet, surface, !legend->is_transparent);
  if (cairo_surface_status (surface) != CAIRO_STATUS_SUCCESS)
    code = sf_fail (err, SF_ENOMEM, "legend: %s", cairo_status_to_string (cairo_surface_status (surface)));
  else
    code = sf_drawn_encode_exact (surface, 6, png, err);
  cairo_surface_destroy (surface);
  return code;
}

enum sf_code
sf_legend_png (const struct sf_legend *legend, struct sf_strbuf *png, struct sf_error *err)
{
  if (legend->width_px < 120 || legend->width_px > 1024)
    return sf_fail (err, SF_EINVAL, "legend: width %d is outside 120..1024 pixels", legend->width_px);
  struct sf_sheet *sheet = sf_mem_calloc (1, sizeof *sheet);
  if (!sheet)
    return sf_fail (err, SF_ENOMEM, "legend: out of memory");
  sheet->field = legend->style;
  sheet->field_spec = legend->spec;
  sheet->field_reference_s = legend->reference_s;
  sheet->origin = legend->origin;
  sheet->language = legend->language;
  sheet->width = (legend->language == SF_LEGEND_BOTH ? BOTH_PX : ONE_PX) + 2 * PAD_PX;
  sheet->scale = legend->width_px / sheet->width;
  memset (sheet->classes_present, 0xff, sizeof sheet->classes_present);
  enum sf_code code = sf_styles_find (legend->styles, "basemap", &sheet->basemap, err);
  if (code == SF_OK)
    code = draw_and_encode (sheet, legend, png, err);
  sf_mem_free (sheet);
  return code;
}
