/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/chart.h"

#include "geodata/drawn.h"
#include "geodata/picture_draw.h"

#include <math.h>

/* Lengths are pixels of a chart 1200 wide. */
#define CHART_WIDTH 1200.0
#define HEADER_PX 92.0
#define PANEL_PX 430.0
#define FOOTER_PX 64.0
#define LEFT_PX 78.0
#define LEGEND_PX 190.0

static const uint8_t ink[4] = { 20, 32, 43, 255 }, faint[4] = { 110, 122, 133, 255 },
                     grid_line[4] = { 222, 227, 232, 255 }, warning_red[4] = { 192, 28, 40, 255 };

/* A field on its way to paper. */
struct field
{
  struct sf_sheet *sheet;
  const struct sf_chart_panel *panel;
  struct sf_box box;
  double low, high, step; /* of y */
};

double
sf_chart_step (double range, int most)
{
  if (!(range > 0) || !isfinite (range))
    return 1;
  double power = pow (10, floor (log10 (range / most)));
  static const double rounds[] = { 1, 2, 5 };
  for (int i = 0; i < 3; i++)
    if (range <= rounds[i] * power * most)
      return rounds[i] * power;
  return 10 * power;
}

static void
write_text (struct sf_sheet *sheet, const uint8_t rgba[4], double size_px, bool bold, enum sf_align align, double x,
            double y, const char *text)
{
  struct sf_lettering lettering = { .size_px = size_px, .bold = bold, .align = align };
  for (int c = 0; c < 4; c++)
    lettering.rgba[c] = rgba[c];
  if (text && text[0])
    sf_sheet_text (sheet, &lettering, x, y, text);
}

static void
draw_line (struct sf_sheet *sheet, const uint8_t rgba[4], double width_px, double x0, double y0, double x1, double y1)
{
  sf_sheet_colour (sheet, rgba);
  cairo_set_line_width (sheet->cr, width_px);
  cairo_move_to (sheet->cr, x0, y0);
  cairo_line_to (sheet->cr, x1, y1);
  cairo_stroke (sheet->cr);
}

static void
widen (struct field *field, const double *values, size_t count)
{
  for (size_t i = 0; values && i < count; i++)
    if (isfinite (values[i]))
      {
        field->low = fmin (field->low, values[i]);
        field->high = fmax (field->high, values[i]);
      }
}

/* The range of y on whole steps, 0 in it. */
static void
find_range (struct field *field)
{
  enum
  {
    MOST_STEPS = 7
  };
  for (size_t s = 0; s < field->panel->series_count; s++)
    {
      const struct sf_chart_series *series = &field->panel->series[s];
      widen (field, series->y, series->count);
      widen (field, series->low, series->count);
      widen (field, series->high, series->count);
    }
  field->step = sf_chart_step (field->high - field->low, MOST_STEPS);
  field->low = floor (field->low / field->step) * field->step;
  field->high = fmax (field->low + field->step, ceil (field->high / field->step) * field->step);
}

static double
to_x (const struct field *field, double x)
{
  const double *ticks = field->panel->ticks;
  double first = ticks[0], last = ticks[field->panel->ticks_count - 1], margin = 0.04;
  return field->box.x + field->box.width * (margin + (1 - 2 * margin) * (x - first) / (last - first));
}

static double
to_y (const struct field *field, double y)
{
  return field->box.y + field->box.height * (1 - (y - field->low) / (field->high - field->low));
}

static void
draw_axes (const struct field *field)
{
  char text[32];
  const struct sf_box *box = &field->box;
  int steps = (int) lround ((field->high - field->low) / field->step);
  for (int i = 0; i <= steps; i++)
    {
      double value = field->low + i * field->step, y = to_y (field, value);
      bool is_zero = fabs (value) < field->step / 1000;
      draw_line (field->sheet, is_zero ? faint : grid_line, is_zero ? 1.6 : 1, box->x, y, box->x + box->width, y);
      snprintf (text, sizeof text, "%g", is_zero ? 0 : value);
      write_text (field->sheet, faint, 17, false, SF_ALIGN_RIGHT, box->x - 10, y, text);
    }
  for (size_t i = 0; i < field->panel->ticks_count; i++)
    {
      double x = to_x (field, field->panel->ticks[i]);
      draw_line (field->sheet, grid_line, 1, x, box->y, x, box->y + box->height);
      snprintf (text, sizeof text, "%g", field->panel->ticks[i]);
      write_text (field->sheet, faint, 17, false, SF_ALIGN_CENTRE, x, box->y + box->height + 16, text);
    }
  write_text (field->sheet, ink, 21, true, SF_ALIGN_LEFT, box->x, box->y - 24, field->panel->title_zh);
  write_text (field->sheet, faint, 16, false, SF_ALIGN_RIGHT, box->x + box->width, box->y - 22, field->panel->title_en);
  write_text (field->sheet, faint, 16, false, SF_ALIGN_LEFT, box->x + box->width + 14, box->y + box->height + 4,
              field->panel->x_label_zh);
  write_text (field->sheet, faint, 14, false, SF_ALIGN_LEFT, box->x + box->width + 14, box->y + box->height + 24,
              field->panel->x_label_en);
}

static void
draw_series (const struct field *field, const struct sf_chart_series *series, double aside_px)
{
  cairo_t *cr = field->sheet->cr;
  bool drawing = false;
  sf_sheet_colour (field->sheet, series->rgba);
  cairo_set_line_width (cr, series->is_bold ? 4.5 : 2.2);
  for (size_t i = 0; i < series->count; i++)
    {
      double x = to_x (field, series->x[i]) + aside_px, y = to_y (field, series->y[i]);
      if (drawing && !isnan (series->y[i]))
        cairo_line_to (cr, x, y);
      else if (!isnan (series->y[i]))
        cairo_move_to (cr, x, y);
      drawing = !isnan (series->y[i]);
    }
  cairo_stroke (cr);
  for (size_t i = 0; i < series->count; i++)
    {
      double x = to_x (field, series->x[i]) + aside_px;
      if (isnan (series->y[i]))
        continue;
      cairo_arc (cr, x, to_y (field, series->y[i]), series->is_bold ? 6 : 4, 0, 2 * M_PI);
      cairo_fill (cr);
      if (series->low && series->high && isfinite (series->low[i]) && isfinite (series->high[i]))
        draw_line (field->sheet, series->rgba, 1.6, x, to_y (field, series->low[i]), x, to_y (field, series->high[i]));
    }
}

static void
draw_field (struct field *field)
{
  enum
  {
    APART_PX = 7 /* between whiskers of one x */
  };
  find_range (field);
  draw_axes (field);
  for (size_t s = 0; s < field->panel->series_count; s++)
    {
      const struct sf_chart_series *series = &field->panel->series[s];
      double middle = ((double) field->panel->series_count - 1) / 2;
      double y = field->box.y + 12 + 30 * (double) s, x = field->box.x + field->box.width + 16;
      draw_series (field, series, series->low ? APART_PX * ((double) s - middle) : 0);
      draw_line (field->sheet, series->rgba, series->is_bold ? 4.5 : 2.2, x, y, x + 26, y);
      write_text (field->sheet, ink, 17, series->is_bold, SF_ALIGN_LEFT, x + 34, y, series->label);
    }
}

static void
draw_words (struct sf_sheet *sheet, const struct sf_chart *chart)
{
  char who[128];
  bool real = !chart->simulated && chart->authority <= SF_AUTHORITY_INTERNAL;
  snprintf (who, sizeof who, "%s %s%s", sf_authority_name (chart->authority, 1),
            sf_authority_name (chart->authority, 0), chart->simulated ? " · 模拟 simulated" : "");
  write_text (sheet, ink, 28, true, SF_ALIGN_LEFT, 24, 30, chart->title_zh);
  write_text (sheet, faint, 18, false, SF_ALIGN_LEFT, 24, 62, chart->title_en);
  write_text (sheet, real ? ink : warning_red, 20, true, SF_ALIGN_RIGHT, sheet->width - 24, 30, who);
  write_text (sheet, faint, 16, false, SF_ALIGN_LEFT, 24, sheet->height - 44, chart->note_zh);
  write_text (sheet, faint, 14, false, SF_ALIGN_LEFT, 24, sheet->height - 20, chart->note_en);
}

static void
draw_all (struct sf_sheet *sheet, const struct sf_chart *chart)
{
  cairo_set_source_rgb (sheet->cr, 1, 1, 1);
  cairo_paint (sheet->cr);
  draw_words (sheet, chart);
  for (size_t p = 0; p < chart->panels_count; p++)
    {
      struct field field = { .sheet = sheet,
                             .panel = &chart->panels[p],
                             .box = { LEFT_PX, HEADER_PX + PANEL_PX * (double) p + 44,
                                      CHART_WIDTH - LEFT_PX - LEGEND_PX, PANEL_PX - 96 } };
      draw_field (&field);
    }
}

enum sf_code
sf_chart_draw (const struct sf_chart *chart, struct sf_strbuf *png, struct sf_error *err)
{
  if (chart->width_px < 480 || chart->width_px > 4096)
    return sf_fail (err, SF_EINVAL, "chart: width %d is outside 480..4096 pixels", chart->width_px);
  for (size_t p = 0; p < chart->panels_count; p++)
    if (chart->panels[p].ticks_count < 2)
      return sf_fail (err, SF_EINVAL, "chart: a field has %zu ticks, expected two or more",
                      chart->panels[p].ticks_count);
  struct sf_sheet *sheet = sf_mem_calloc (1, sizeof *sheet);
  if (!sheet)
    return sf_fail (err, SF_ENOMEM, "chart: out of memory");
  sheet->width = CHART_WIDTH;
  sheet->height = HEADER_PX + PANEL_PX * (double) chart->panels_count + FOOTER_PX;
  sheet->scale = chart->width_px / CHART_WIDTH;
  cairo_surface_t *surface
      = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, chart->width_px, (int) lround (sheet->height * sheet->scale));
  sheet->cr = cairo_create (surface);
  enum sf_code code
      = cairo_status (sheet->cr) == CAIRO_STATUS_SUCCESS
            ? SF_OK
            : sf_fail (err, SF_ENOMEM, "chart: cairo: %s", cairo_status_to_string (cairo_status (sheet->cr)));
  if (code == SF_OK)
    {
      cairo_scale (sheet->cr, sheet->scale, sheet->scale);
      sheet->pango = sf_sheet_new_pango (sheet->cr);
      draw_all (sheet, chart);
      cairo_surface_flush (surface);
      code = sf_drawn_encode_exact (surface, 6, png, err);
      g_object_unref (sheet->pango);
    }
  cairo_destroy (sheet->cr);
  cairo_surface_destroy (surface);
  sf_mem_free (sheet);
  return code;
}
