/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: steps as one would draw them by hand; where the ink of a line lies, counted from its own colour in the
   file as libpng reads it. */
#include "geodata/chart.h"
#include "geodata/picture.h"
#include "tests/unit/base.h"
#include "tests/unit/png_help.h"

#include <math.h>

START_TEST (round_steps)
{
  static const double ranges[][2] = { { 7, 1 },     { 7.1, 2 },   { 100, 20 },     { 250, 50 },    { 251, 50 },
                                      { 400, 100 }, { 0.7, 0.1 }, { 0.02, 0.005 }, { 1e6, 200000 } };
  for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
    ck_assert_double_eq_tol (sf_chart_step (ranges[i][0], 7), ranges[i][1], 1e-9 * ranges[i][1]);
  ck_assert_double_eq (sf_chart_step (0, 7), 1);
  ck_assert_double_eq (sf_chart_step (NAN, 7), 1);
  ck_assert_double_eq (sf_chart_step (INFINITY, 7), 1);
}
END_TEST

/* Where the pure ink of a colour lies: how much of it, and the box around it. */
struct ink
{
  int count, left, right, top, bottom;
};

static struct ink
ink_of (cairo_surface_t *surface, uint32_t argb)
{
  struct ink ink = { .left = 1 << 20, .top = 1 << 20 };
  for (int y = 0; y < cairo_image_surface_get_height (surface); y++)
    for (int x = 0; x < 1000 && x < cairo_image_surface_get_width (surface); x++) /* the legend stands further right */
      if (png_pixel (surface, x, y) == argb)
        {
          ink.count++;
          ink.left = x < ink.left ? x : ink.left;
          ink.right = x > ink.right ? x : ink.right;
          ink.top = y < ink.top ? y : ink.top;
          ink.bottom = y > ink.bottom ? y : ink.bottom;
        }
  return ink;
}

static const double leads[] = { 24, 48, 72 };

static struct sf_chart
chart_of (const struct sf_chart_panel *panel)
{
  return (struct sf_chart){ .title_zh = "海", .title_en = "sea", .width_px = 1200, .panels = panel, .panels_count = 1 };
}

/* A level red line at half the height of one from 0 to 100; whiskers; a gap. */
START_TEST (lines_where_they_belong)
{
  static const double level[] = { 50, 50, 50 }, rise[] = { 0, NAN, 100 }, low[] = { 20, NAN, 50 },
                      high[] = { 80, 90, NAN };
  const struct sf_chart_series series[]
      = { { .label = "a", .rgba = { 255, 0, 0, 255 }, .count = 3, .x = leads, .y = level, .low = low, .high = high },
          { .label = "b", .rgba = { 0, 0, 255, 255 }, .is_bold = true, .count = 3, .x = leads, .y = rise } };
  const struct sf_chart_panel panel = { "海", "sea", "时效", "lead", leads, 3, series, 2 };
  struct sf_chart chart = chart_of (&panel);
  struct sf_strbuf png = { 0 }, again = { 0 };
  ck_done (sf_chart_draw (&chart, &png, err));
  ck_done (sf_chart_draw (&chart, &again, err));
  ck_assert (png.length == again.length && memcmp (png.text, again.text, png.length) == 0);
  cairo_surface_t *surface = png_open (&png);
  struct ink red = ink_of (surface, 0xffff0000), blue = ink_of (surface, 0xff0000ff);
  ck_assert_int_gt (red.count, 500);
  ck_assert_int_gt (blue.count, 50);
  ck_assert_int_lt (blue.count, 250); /* two dots: nothing is drawn across the gap */
  /* Whiskers take 60 of 100 units, as much above the line as below; the dots of 0 and 100 span the field. */
  ck_assert_int_le (abs ((red.top + red.bottom) / 2 - (blue.top + blue.bottom) / 2), 2);
  double field_px = blue.bottom - blue.top - 11.0;
  ck_assert_double_eq_tol (red.bottom - red.top, 0.6 * field_px, 4);
  cairo_surface_destroy (surface);
  sf_strbuf_finish (&png);
  sf_strbuf_finish (&again);
}
END_TEST

START_TEST (empty_and_odd)
{
  const struct sf_chart_panel none = { "海", "sea", "", "", leads, 3, NULL, 0 },
                              narrow = { "海", "sea", "", "", leads, 1, NULL, 0 };
  struct sf_chart chart = chart_of (&none);
  struct sf_strbuf png = { 0 };
  ck_done (sf_chart_draw (&chart, &png, err));
  ck_assert_uint_gt (png.length, 1000);
  chart.width_px = 100;
  ck_fails (sf_chart_draw (&chart, &png, err), SF_EINVAL, "480..4096");
  chart = chart_of (&narrow);
  ck_fails (sf_chart_draw (&chart, &png, err), SF_EINVAL, "ticks");
  ck_assert_int_eq (sf_picture_missing_glyphs ("误差减集成误差（公里），同一样本；海"), 0);
  sf_strbuf_finish (&png);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { round_steps, lines_where_they_belong, empty_and_odd, NULL };
  return run_tests ("chart", tests);
}
