/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/picture_draw.h"

#include "core/base/time.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What the sheet must say of its authority; en is beside zh. */
struct badge
{
  const char *zh, *en;
  uint8_t rgba[4];
};

static struct badge
authority_badge (const struct sf_picture *picture)
{
  switch (picture->authority)
    {
    case SF_AUTHORITY_OFFICIAL:
      return (struct badge){ "官方发布", "Official", { 0x2c, 0x7a, 0xc9, 255 } };
    case SF_AUTHORITY_INTERNAL:
      return (struct badge){ "内部研判参考，不得对外发布",
                             "Internal use only, not for release",
                             { 0xb8, 0x46, 0x0a, 255 } };
    case SF_AUTHORITY_DRILL:
      return (struct badge){ "演练", "DRILL", { 0x6a, 0x3f, 0xb5, 255 } };
    default:
      return (struct badge){ "假设推演", "HYPOTHETICAL", { 0x6a, 0x3f, 0xb5, 255 } };
    }
}

static double
draw_badge (struct sf_sheet *sheet, double right, double y, const struct badge *badge)
{
  struct sf_lettering zh = { .size_px = 19, .bold = true, .rgba = { 255, 255, 255, 255 }, .align = SF_ALIGN_CENTRE };
  struct sf_lettering en = { .size_px = 13, .rgba = { 255, 255, 255, 255 }, .align = SF_ALIGN_CENTRE };
  struct sf_box a = sf_sheet_measure (sheet, &zh, badge->zh), b = sf_sheet_measure (sheet, &en, badge->en);
  double width = fmax (a.width, b.width) + 34, height = 58, x = right - width, r = 7;
  cairo_new_path (sheet->cr);
  cairo_arc (sheet->cr, x + width - r, y - height / 2 + r, r, -M_PI / 2, 0);
  cairo_arc (sheet->cr, x + width - r, y + height / 2 - r, r, 0, M_PI / 2);
  cairo_arc (sheet->cr, x + r, y + height / 2 - r, r, M_PI / 2, M_PI);
  cairo_arc (sheet->cr, x + r, y - height / 2 + r, r, M_PI, 1.5 * M_PI);
  cairo_close_path (sheet->cr);
  sf_sheet_colour (sheet, badge->rgba);
  cairo_fill (sheet->cr);
  sf_sheet_text (sheet, &zh, x + width / 2, y - 10, badge->zh);
  sf_sheet_text (sheet, &en, x + width / 2, y + 15, badge->en);
  return x - 12;
}

/* Force of a band ("8级" / "force 8"), empty for a field without a band axis. */
static void
band_text (const struct sf_picture *picture, char zh[32], char en[32])
{
  zh[0] = en[0] = '\0';
  if (!picture->grid || !picture->grid->spec->band)
    return;
  double value = picture->grid->as.grid->band_values[picture->band];
  bool force = strcmp (picture->grid->spec->band->name, "beaufort_force") == 0;
  snprintf (zh, 32, force ? "%.0f级风 " : "%g ", value);
  snprintf (en, 32, force ? "force %.0f, " : "%g, ", value);
}

void
sf_sheet_draw_header (struct sf_sheet *sheet, double height)
{
  const struct sf_picture *picture = sheet->picture;
  struct badge badge = authority_badge (picture), simulated = { "模拟", "SIMULATED", { 0x6a, 0x3f, 0xb5, 255 } };
  struct sf_lettering zh = { .size_px = 33, .bold = true, .rgba = { 255, 255, 255, 255 } };
  struct sf_lettering en = { .size_px = 17, .rgba = { 201, 219, 236, 255 } };
  char line_zh[512], line_en[512], band_zh[32], band_en[32];
  const char *field_zh = picture->grid ? picture->grid->spec->title_zh : "";
  const char *field_en = picture->grid ? picture->grid->spec->title_en : "";
  band_text (picture, band_zh, band_en);
  snprintf (line_zh, sizeof line_zh, "%s%s%s%s", picture->title_zh ? picture->title_zh : "",
            picture->grid && picture->title_zh ? "　" : "", band_zh, field_zh);
  snprintf (line_en, sizeof line_en, "%s%s%s%s", picture->title_en ? picture->title_en : "",
            picture->grid && picture->title_en ? "  |  " : "", band_en, field_en);
  cairo_rectangle (sheet->cr, 0, 0, sheet->width, height);
  sf_sheet_colour (sheet, sf_sheet_base (sheet, "header")->rgba);
  cairo_fill (sheet->cr);
  double right = draw_badge (sheet, sheet->width - 24, height / 2, &badge);
  if (picture->simulated)
    right = draw_badge (sheet, right, height / 2, &simulated);
  zh.size_px = sf_sheet_fitted_size (sheet, zh, line_zh, right - 44);
  en.size_px = sf_sheet_fitted_size (sheet, en, line_en, right - 44);
  sf_sheet_text (sheet, &zh, 28, height / 2 - 16, line_zh);
  sf_sheet_text (sheet, &en, 28, height / 2 + 22, line_en);
}

static void
legend_grades (struct legend_column *column)
{
  struct sf_sheet *sheet = column->sheet;
  const struct sf_style *grades = sheet->grades;
  sf_legend_title (column, "台风路径与等级（m/s）", "Track and grade, GB/T 19201-2006");
  column->row_px = SF_LEGEND_ROW_PX;
  for (int i = 0; i < grades->entries_count; i++)
    {
      if (!(sheet->grades_present >> i & 1))
        continue;
      sf_sheet_draw_symbol (sheet, &grades->entries[i], column->place.x + 18, column->y + column->row_px / 2, false);
      sf_legend_words (column, grades->entries[i].label_zh, grades->entries[i].label_en, NULL);
      column->y += column->row_px;
    }
  if (sheet->analyses_present && sf_style_category (sheet->track, "analysed"))
    sf_legend_line (column, sf_style_category (sheet->track, "analysed"));
  if (sheet->forecasts_present)
    sf_legend_note (column, "空心点、虚线为预报", "hollow and dashed: forecast");
  if (sheet->radii_present)
    for (int i = 0; i < sheet->track->entries_count; i++)
      if (strncmp (sheet->track->entries[i].key, "force", 5) == 0)
        sf_legend_line (column, &sheet->track->entries[i]);
  sf_legend_note (column, "时刻为北京时间（UTC+8）", "times: Beijing time");
  column->y += SF_LEGEND_GAP_PX;
}

/* Whether a table has a row with this force. */
static bool
has_force (const struct sf_dataset *areas, const char *key)
{
  char text[32];
  for (size_t row = 0; row < areas->as.table->rows; row++)
    {
      snprintf (text, sizeof text, "%.0f", sf_table_double (areas->as.table, "force", row));
      if (strcmp (text, key) == 0)
        return true;
    }
  return false;
}

static void
legend_lines (struct legend_column *column)
{
  struct sf_sheet *sheet = column->sheet;
  const struct sf_picture *picture = sheet->picture;
  bool counties = picture->counties && picture->counties->as.table->rows;
  if (!sheet->landfalls_present && !sheet->warning_lines_present && !picture->wind_areas && !picture->coast
      && !counties)
    return;
  sf_legend_title (column, "图例", "Legend");
  column->row_px = SF_LEGEND_ROW_PX;
  if (sheet->landfalls_present)
    {
      const struct sf_style_entry *entry = sf_sheet_base (sheet, "landfall");
      sf_sheet_draw_star (sheet, column->place.x + 18, column->y + column->row_px / 2, 10);
      sf_legend_words (column, entry->label_zh, entry->label_en, NULL);
      column->y += column->row_px;
    }
  for (int i = 0; i < sheet->warning_lines->entries_count; i++)
    if (sheet->warning_lines_present >> i & 1)
      sf_legend_line (column, &sheet->warning_lines->entries[i]);
  for (int i = 0; picture->wind_areas && i < sheet->wind_areas->entries_count; i++)
    if (has_force (picture->wind_areas, sheet->wind_areas->entries[i].key))
      sf_legend_line (column, &sheet->wind_areas->entries[i]);
  if (picture->coast)
    sf_legend_line (column, sf_sheet_base (sheet, "coast"));
  if (counties)
    sf_legend_line (column, sf_sheet_base (sheet, "county"));
}

double
sf_sheet_draw_legend (struct sf_sheet *sheet, const struct sf_box *place)
{
  struct legend_column column = { .sheet = sheet, .place = *place, .y = place->y, .row_px = SF_LEGEND_ROW_PX };
  if (sheet->picture->grid)
    sf_legend_field (&column);
  if (sheet->grades_present)
    legend_grades (&column);
  legend_lines (&column);
  return column.y - place->y;
}

void
sf_sheet_draw_footer (struct sf_sheet *sheet, const struct sf_box *place)
{
  const struct sf_picture *picture = sheet->picture;
  struct sf_lettering lettering = sf_sheet_lettering (sheet, 13.5, "muted");
  char text[512], when[SF_TIME_TEXT_BYTES];
  double y = place->y + 12;
  cairo_move_to (sheet->cr, place->x, place->y);
  cairo_line_to (sheet->cr, place->x + place->width, place->y);
  cairo_set_line_width (sheet->cr, 1);
  sf_sheet_colour (sheet, sf_sheet_base (sheet, "graticule")->rgba);
  cairo_stroke (sheet->cr);
  if (picture->clock_s != SF_TIME_MISSING)
    snprintf (text, sizeof text, "资料截至 As of: %s（北京时间，UTC+8 / Beijing time）",
              sf_time_format_beijing (when, picture->clock_s));
  else
    snprintf (text, sizeof text, "资料截至 As of: 未给出 not given");
  sf_sheet_text (sheet, &lettering, place->x, y, text);
  snprintf (text, sizeof text, "来源 Sources: %s  |  %s", picture->source_zh ? picture->source_zh : "未给出",
            picture->source_en ? picture->source_en : "not given");
  struct sf_lettering fitted = lettering;
  fitted.size_px = sf_sheet_fitted_size (sheet, lettering, text, place->width);
  sf_sheet_text (sheet, &fitted, place->x, y + 21, text);
  const char *base
      = "底图非标准地图，无审图号，仅供内部参考  The base map is not an approved standard map  |  CGCS2000 (EPSG:4490)";
  lettering.size_px = sf_sheet_fitted_size (sheet, lettering, base, place->width);
  sf_sheet_text (sheet, &lettering, place->x, y + 42, base);
  struct sf_lettering mark = sf_sheet_lettering (sheet, 19, "header");
  mark.bold = true;
  mark.align = SF_ALIGN_RIGHT;
  sf_sheet_text (sheet, &mark, place->x + place->width, y, "三防 SANFANG");
}
