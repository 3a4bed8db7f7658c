/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: steps as one would draw them by hand; where the ink of a line lies, counted from its own colour in the
   file as libpng reads it. */
#include "core/base/file.h"
#include "core/plugin/plugin.h"
#include "geodata/chart.h"
#include "geodata/picture.h"
#include "tests/unit/base.h"
#include "tests/unit/png_help.h"

#include <math.h>
#include <stdio.h>

extern const struct sf_plugin chart_LTX_sanfang_plugin;

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

/* --- the exporter --- */

struct outbox
{
  int count;
  char paths[4][64];
};

static enum sf_code
take_product (void *ctx, const char *path, const char *media_type, const char *names, struct sf_error *err)
{
  struct outbox *outbox = ctx;
  (void) err;
  ck_assert_str_eq (media_type, "image/png");
  ck_assert_str_eq (names, "track_errors");
  snprintf (outbox->paths[outbox->count++], 64, "%s", path);
  return SF_OK;
}

static void
add_row (struct sf_table *table, const char *storm, const char *agency, const char *sample, double lead_h, double km)
{
  ck_assert_int_ge (sf_table_add_row (table), 0);
  ck_done (sf_table_set_text (table, "storm", storm, err));
  ck_done (sf_table_set_text (table, "agency", agency, err));
  ck_done (sf_table_set_text (table, "sample", sample, err));
  ck_done (sf_table_set_double (table, "lead", lead_h, err));
  ck_done (sf_table_set_double (table, "mean_error", km, err));
  ck_done (sf_table_set_double (table, "against_consensus", km - 40, err));
}

/* One picture a storm that has two leads or more; with no storm, none; another table is refused. */
START_TEST (exporter)
{
  struct sf_arena arena = { 0 };
  struct sf_vocabulary *vocabulary;
  struct sf_settings *settings;
  struct sf_dataset *errors = NULL, *none = NULL, *other = NULL;
  struct outbox outbox = { 0 };
  char folder[] = "/tmp/sf-chart-XXXXXX";
  ck_assert_ptr_nonnull (mkdtemp (folder));
  ck_done (sf_vocabulary_load (TEST_SRCDIR "/share/vocabulary", &vocabulary, err));
  ck_done (sf_settings_parse (&arena, chart_LTX_sanfang_plugin.options, NULL, NULL, &settings, err));
  ck_done (sf_dataset_new_table (sf_vocabulary_dataset (vocabulary, "track_errors"), NULL, &errors, err));
  ck_done (sf_dataset_new_table (sf_vocabulary_dataset (vocabulary, "track_errors"), NULL, &none, err));
  ck_done (sf_dataset_new_table (sf_vocabulary_dataset (vocabulary, "storms"), NULL, &other, err));
  for (int lead_h = 24; lead_h <= 72; lead_h += 24)
    {
      add_row (errors->as.table, "2609", "SANFANG", "own", lead_h, lead_h);
      add_row (errors->as.table, "2609", "BABJ", "own", lead_h, 2 * lead_h);
      add_row (errors->as.table, "2609", "BABJ", "paired", lead_h, 2 * lead_h);
    }
  add_row (errors->as.table, "2610", "BABJ", "own", 24, 50);
  const struct sf_dataset *list[] = { errors, none };
  struct sf_host host = { .struct_size = sizeof host, .component = "test", .settings = settings };
  struct sf_export job = { .ctx = &outbox,
                           .datasets = list,
                           .datasets_count = 2,
                           .folder = folder,
                           .name = "errors",
                           .authority = SF_AUTHORITY_INTERNAL,
                           .product = take_product };
  ck_done (chart_LTX_sanfang_plugin.as.exporter->run (&host, &job, err));
  ck_assert_int_eq (outbox.count, 1);
  ck_assert_str_eq (outbox.paths[0], "errors-2609.png");
  struct sf_strbuf png = { 0 };
  uint8_t *bytes = NULL;
  size_t length = 0;
  ck_done (sf_file_read (&arena, sf_file_join (&arena, folder, outbox.paths[0]), 1 << 20, &bytes, &length, err));
  sf_strbuf_add_bytes (&png, bytes, length);
  cairo_surface_t *surface = png_open (&png);
  ck_assert_int_eq (cairo_image_surface_get_width (surface), 1200);
  cairo_surface_destroy (surface);
  job.datasets = (const struct sf_dataset *[]){ other };
  job.datasets_count = 1;
  ck_fails (chart_LTX_sanfang_plugin.as.exporter->run (&host, &job, err), SF_EUNSUPPORTED, "track_errors");
  sf_strbuf_finish (&png);
  sf_file_remove_tree (folder, NULL);
  sf_dataset_unref (errors);
  sf_dataset_unref (none);
  sf_dataset_unref (other);
  sf_vocabulary_free (vocabulary);
  sf_arena_finish (&arena);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { round_steps, lines_where_they_belong, empty_and_odd, exporter, NULL };
  return run_tests ("chart", tests);
}
