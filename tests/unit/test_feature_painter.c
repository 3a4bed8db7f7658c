/* SPDX-License-Identifier: Apache-2.0 */
/* Tracks, lines and areas as tiles: where they stand is told from their coordinates. */
#include "geodata/feature_painter.h"
#include "tests/unit/png_help.h"
#include "tests/unit/tile_help.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static struct sf_vocabulary *vocabulary;
static struct sf_styles *styles;
static struct sf_dataset *points, *lines, *areas, *stars;
static struct sf_error err;

#define ASSERT_OK(expr) ck_assert_msg ((expr) == SF_OK, "%s", err.message)

static struct sf_dataset *
new_features (const char *name)
{
  struct sf_dataset *dataset = NULL;
  ASSERT_OK (sf_dataset_new_table (sf_vocabulary_dataset (vocabulary, name), NULL, &dataset, &err));
  return dataset;
}

static void
add_fix (const char *grade, double lon_deg, double lat_deg)
{
  ck_assert_int_ge (sf_table_add_row (points->as.table), 0);
  ASSERT_OK (sf_table_set_text (points->as.table, "grade", grade, &err));
  ASSERT_OK (sf_table_set_geometry (points->as.table, sf_geometry_new_point (lon_deg, lat_deg), &err));
}

static struct sf_geometry *
shape_of (enum sf_geometry_kind kind, const double (*xy)[2], int count)
{
  struct sf_geometry *shape = sf_geometry_new (kind);
  ck_assert_int_eq (sf_geometry_begin_part (shape, true), 0);
  for (int i = 0; i < count; i++)
    ck_assert_int_eq (sf_geometry_add_point (shape, xy[i][0], xy[i][1]), 0);
  return shape;
}

static void
add_warning_line (double hours, const double (*xy)[2], int count)
{
  ck_assert_int_ge (sf_table_add_row (lines->as.table), 0);
  ASSERT_OK (sf_table_set_double (lines->as.table, "hours", hours, &err));
  ASSERT_OK (sf_table_set_geometry (lines->as.table, shape_of (SF_GEOMETRY_LINE, xy, count), &err));
}

static void
setup (void)
{
  static const double solid[2][2] = { { 100, 19 }, { 120, 19 } },
                      dashed[3][2] = { { 105, 18 }, { 111, 18 }, { 118, 22 } };
  static const double island[5][2] = { { 109, 18.5 }, { 110.5, 18.5 }, { 110.5, 20 }, { 109, 20 }, { 109, 18.5 } };
  const char *share = getenv ("SANFANG_SHARE");
  char path[4096];
  share = share ? share : TEST_SRCDIR "/share";
  snprintf (path, sizeof path, "%s/vocabulary", share);
  ASSERT_OK (sf_vocabulary_load (path, &vocabulary, &err));
  snprintf (path, sizeof path, "%s/styles", share);
  ASSERT_OK (sf_styles_load (path, &styles, &err));
  points = new_features ("track_points");
  lines = new_features ("warning_lines");
  areas = new_features ("coast");
  stars = new_features ("landfalls");
  add_fix ("SuperTY", 110, 19.5);
  add_fix ("TS", 110.7, 19.9);
  add_fix ("no such grade", 109.4, 19.2);
  add_warning_line (24, solid, 2);
  add_warning_line (48, dashed, 3);
  ck_assert_int_ge (sf_table_add_row (areas->as.table), 0);
  ASSERT_OK (sf_table_set_geometry (areas->as.table, shape_of (SF_GEOMETRY_POLYGON, island, 5), &err));
  ck_assert_int_ge (sf_table_add_row (stars->as.table), 0);
  ASSERT_OK (sf_table_set_geometry (stars->as.table, sf_geometry_new_point (110, 19.5), &err));
}

static void
teardown (void)
{
  sf_dataset_unref (points);
  sf_dataset_unref (lines);
  sf_dataset_unref (areas);
  sf_dataset_unref (stars);
  sf_styles_free (styles);
  sf_vocabulary_free (vocabulary);
}

static struct sf_feature_painter *
new_painter (const struct sf_dataset *features)
{
  struct sf_feature_painter *painter = NULL;
  struct sf_feature_source source = { .features = features, .style = sf_styles_default (styles, features->name) };
  ASSERT_OK (sf_feature_painter_new (&source, &painter, &err));
  return painter;
}

static cairo_surface_t *
paint (const struct sf_feature_painter *painter, const struct sf_window *window, bool *ret_any)
{
  struct sf_strbuf png = { 0 };
  ASSERT_OK (sf_feature_painter_paint (painter, window, &png, ret_any, &err));
  cairo_surface_t *surface = png_open (&png);
  sf_strbuf_finish (&png);
  return surface;
}

/* 100 pixels a degree from 108 E 21 N. */
static const struct sf_window window_c = { SF_TILE_SET_C, { 108, 18, 112, 21 }, 400, 300 };

START_TEST (test_points)
{
  bool any;
  struct sf_feature_painter *painter = new_painter (points);
  cairo_surface_t *surface = paint (painter, &window_c, &any);
  ck_assert (any);
  ck_assert_uint_eq (png_pixel (surface, 200, 150), 0xfffa3030); /* SuperTY */
  ck_assert_uint_eq (png_pixel (surface, 270, 110), 0xff307efa); /* TS */
  ck_assert_uint_eq (png_pixel (surface, 140, 180), 0xffffffff); /* what the style does not know: unknown */
  ck_assert_uint_eq (png_pixel (surface, 200 + 12, 150), 0);     /* radius 0.72 * 12 px and the rim */
  ck_assert_uint_ne (png_pixel (surface, 200 + 8, 150), 0);
  cairo_surface_destroy (surface);
  sf_feature_painter_free (painter);
}
END_TEST

START_TEST (test_star)
{
  struct sf_feature_painter *painter = new_painter (stars);
  cairo_surface_t *surface = paint (painter, &window_c, NULL);
  ck_assert_uint_eq (png_pixel (surface, 200, 150), 0xffc4001a);
  ck_assert_uint_eq (png_pixel (surface, 200, 150 - 6), 0xffc4001a); /* the upper ray */
  ck_assert_uint_ne (png_pixel (surface, 200, 150 + 6), 0xffc4001a); /* between the lower two */
  cairo_surface_destroy (surface);
  sf_feature_painter_free (painter);
}
END_TEST

/* The dashed line runs along 18 N from 105 E: 11 pixels on, 7 off, counted from its beginning 300 pixels to the west. */
START_TEST (test_lines)
{
  struct sf_window window = { SF_TILE_SET_C, { 108, 17, 110, 20 }, 200, 300 };
  struct sf_feature_painter *painter = new_painter (lines);
  cairo_surface_t *surface = paint (painter, &window, NULL);
  for (int x = 0; x < 200; x++)
    {
      double at = fmod (300 + x + 0.5, 18);
      uint32_t solid = png_pixel (surface, x, 100), dashed = png_pixel (surface, x, 200);
      ck_assert_msg (solid == 0xffd99400, "%d: %08x", x, solid);
      if (at > 1.5 && at < 9.5)
        ck_assert_msg (dashed == 0xffd99400, "%d, %g px from where dashes begin: %08x", x, at, dashed);
      if (at > 13.5 && at < 15.5)
        ck_assert_msg (dashed >> 24 == 0, "%d, %g px from where dashes begin: %08x", x, at, dashed);
    }
  cairo_surface_destroy (surface);
  sf_feature_painter_free (painter);
}
END_TEST

START_TEST (test_areas)
{
  struct sf_feature_painter *painter = new_painter (areas);
  cairo_surface_t *surface = paint (painter, &window_c, NULL);
  ck_assert_uint_eq (png_pixel (surface, 180, 150) >> 24, 0x99);
  ck_assert_uint_eq (png_pixel (surface, 50, 150), 0);
  ck_assert_uint_gt (png_pixel (surface, 100, 150) >> 24, 220); /* the outline at 109 E */
  cairo_surface_destroy (surface);
  sf_feature_painter_free (painter);
}
END_TEST

START_TEST (test_no_seams)
{
  const struct sf_dataset *const all[4] = { points, lines, areas, stars };
  enum sf_tile_set set = _i % 2 ? SF_TILE_SET_W : SF_TILE_SET_C;
  struct sf_feature_painter *painter = new_painter (all[_i / 2]);
  for (int id = 3; id <= 14; id += 2)
    {
      int x, y;
      tile_at (set, id, 110.0001, 19.4999, &x, &y);
      struct sf_window window = tiles_window (set, id, x - 1, y - 1, 2, 2);
      cairo_surface_t *whole = paint (painter, &window, NULL);
      for (int tile = 0; tile < 4; tile++)
        {
          window = tiles_window (set, id, x - 1 + tile % 2, y - 1 + tile / 2, 1, 1);
          cairo_surface_t *part = paint (painter, &window, NULL);
          for (int i = 0; i < 256 * 256; i++)
            ck_assert_msg (png_pixel (part, i % 256, i / 256)
                               == png_pixel (whole, i % 256 + tile % 2 * 256, i / 256 + tile / 2 * 256),
                           "level %d, tile %d, pixel %d %d", id, tile, i % 256, i / 256);
          cairo_surface_destroy (part);
        }
      cairo_surface_destroy (whole);
    }
  sf_feature_painter_free (painter);
}
END_TEST

START_TEST (test_refusals)
{
  struct sf_feature_painter *painter = NULL;
  struct sf_feature_source source = { .features = points, .style = sf_styles_default (styles, "wind_max") };
  ck_assert_int_eq (sf_feature_painter_new (&source, &painter, &err), SF_EUNSUPPORTED);
  source.features = new_features ("county_wind");
  ck_assert_int_eq (sf_feature_painter_new (&source, &painter, &err), SF_ETYPE);
  ck_assert_ptr_null (painter);
  sf_dataset_unref ((struct sf_dataset *) source.features);
  painter = new_painter (points);
  struct sf_window window = window_c;
  struct sf_strbuf png = { 0 };
  window.height = 0;
  ck_assert_int_eq (sf_feature_painter_paint (painter, &window, &png, NULL, &err), SF_EINVAL);
  sf_feature_painter_free (painter);
}
END_TEST

/* A track on the closest level is millions of pixels long; nothing is near an empty sea. */
START_TEST (test_far_and_near)
{
  int x, y;
  bool any = true;
  struct sf_feature_painter *painter = new_painter (lines);
  tile_at (SF_TILE_SET_C, 18, 110, 18.00001, &x, &y);
  struct sf_window window = tiles_window (SF_TILE_SET_C, 18, x, y, 1, 1);
  cairo_surface_destroy (paint (painter, &window, &any));
  ck_assert (any);
  window = tiles_window (SF_TILE_SET_C, 18, 0, 0, 1, 1);
  cairo_surface_destroy (paint (painter, &window, &any));
  ck_assert (!any);
  sf_feature_painter_free (painter);
}
END_TEST

START_TEST (test_out_of_memory)
{
  const struct sf_dataset *const all[4] = { points, lines, areas, stars };
  for (long n = 1;; n++)
    {
      struct sf_feature_painter *painter = NULL;
      struct sf_strbuf png = { 0 };
      struct sf_feature_source source = { .features = all[_i], .style = sf_styles_default (styles, all[_i]->name) };
      sf_mem_fail_at (n, 1);
      enum sf_code code = sf_feature_painter_new (&source, &painter, &err);
      if (code == SF_OK)
        code = sf_feature_painter_paint (painter, &window_c, &png, NULL, &err);
      sf_mem_fail_at (0, 0);
      sf_feature_painter_free (painter);
      sf_strbuf_finish (&png);
      if (code == SF_OK)
        break;
      ck_assert_int_eq (code, SF_ENOMEM);
      ck_assert_int_lt (n, 2000);
    }
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("feature_painter");
  TCase *tcase = tcase_create ("feature_painter");
  tcase_add_checked_fixture (tcase, setup, teardown);
  tcase_set_timeout (tcase, 120);
  tcase_add_test (tcase, test_points);
  tcase_add_test (tcase, test_star);
  tcase_add_test (tcase, test_lines);
  tcase_add_test (tcase, test_areas);
  tcase_add_loop_test (tcase, test_no_seams, 0, 8);
  tcase_add_test (tcase, test_refusals);
  tcase_add_test (tcase, test_far_and_near);
  tcase_add_loop_test (tcase, test_out_of_memory, 0, 4);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_ENV);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? 1 : 0;
}
