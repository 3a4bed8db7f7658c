/* SPDX-License-Identifier: Apache-2.0 */
/* Isolines, arrows and barbs: where they stand is told by formulas of the fields that they are drawn from; that windows meet
   is told by comparing pixels. */
#include "geodata/painter.h"
#include "tests/unit/png_help.h"
#include "tests/unit/tile_help.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum
{
  NX = 300,
  NY = 225
};

static struct sf_styles *styles;
static struct sf_error err;
static float speed[NX * NY], eastward[NX * NY], northward[NX * NY];
static struct sf_grid grids[3];

#define ASSERT_OK(expr) ck_assert_msg ((expr) == SF_OK, "%s", err.message)

static void
setup (void)
{
  const char *share = getenv ("SANFANG_SHARE");
  char path[4096];
  snprintf (path, sizeof path, "%s/styles", share ? share : TEST_SRCDIR "/share");
  ASSERT_OK (sf_styles_load (path, &styles, &err));
  float *const values[3] = { speed, eastward, northward };
  for (int k = 0; k < 3; k++)
    grids[k] = (struct sf_grid){ .spec = { NX, NY, { 105, 0.04, 0, 24, 0, -0.04 }, "EPSG:4490" },
                                 .bands = 1,
                                 .values = values[k] };
}

static void
teardown (void)
{
  sf_styles_free (styles);
}

static double
lon_of (int i)
{
  return 105 + (i % NX + 0.5) * 0.04;
}

static double
lat_of (int i)
{
  int row = i / NX;
  return grids[0].spec.affine[3] - (row + 0.5) * 0.04;
}

/* A storm at 110.5 E 19.5 N with bands of rain's unrest, cut off at 480 km. */
static void
fill_storm (void)
{
  for (int i = 0; i < NX * NY; i++)
    {
      double x = (lon_of (i) - 110.5) * 104, y = (lat_of (i) - 19.5) * 111, r = fmax (hypot (x, y), 1);
      double angle = atan2 (y, x) + M_PI / 2 + 0.35;
      double mps = 55 * pow (40 / r, 0.55) * sqrt (exp (1 - pow (40 / r, 1.1))) + 3 * sin (lon_of (i) * 7);
      mps = r > 480 ? (double) NAN : fmax (mps, 0);
      speed[i] = (float) mps;
      eastward[i] = (float) (mps * cos (angle));
      northward[i] = (float) (mps * sin (angle));
    }
}

static void
fill_uniform (double east_mps, double north_mps)
{
  for (int i = 0; i < NX * NY; i++)
    {
      eastward[i] = (float) east_mps;
      northward[i] = (float) north_mps;
      speed[i] = (float) hypot (east_mps, north_mps);
    }
}

static struct sf_painter *
new_painter (const char *style_name, bool is_striped)
{
  struct sf_painter *painter = NULL;
  struct sf_painter_source source
      = { .grid = &grids[0], .eastward = &grids[1], .northward = &grids[2], .is_striped = is_striped };
  ASSERT_OK (sf_styles_find (styles, style_name, &source.style, &err));
  ASSERT_OK (sf_painter_new (&source, &painter, &err));
  return painter;
}

static cairo_surface_t *
paint (const struct sf_painter *painter, const struct sf_window *window, bool *ret_any)
{
  struct sf_strbuf png = { 0 };
  ASSERT_OK (sf_painter_paint (painter, window, &png, ret_any, &err));
  cairo_surface_t *surface = png_open (&png);
  ck_assert_int_eq (cairo_image_surface_get_width (surface), window->width);
  ck_assert_int_eq (cairo_image_surface_get_height (surface), window->height);
  sf_strbuf_finish (&png);
  return surface;
}

static const char *const drawn[] = { "wind_isolines", "wind_arrows", "wind_barbs" };

/* Four tiles are the window of four tiles, pixel for pixel: lines, numbers and signs that cross their edges too. */
START_TEST (test_no_seams)
{
  enum sf_tile_set set = _i % 2 ? SF_TILE_SET_W : SF_TILE_SET_C;
  fill_storm ();
  for (int id = 5; id <= 11; id += 2)
    {
      struct sf_painter *painter = new_painter (drawn[_i / 2], id == 7);
      int x, y;
      bool any;
      tile_at (set, id, 110.3, 19.8, &x, &y);
      struct sf_window window = tiles_window (set, id, x, y, 2, 2);
      cairo_surface_t *whole = paint (painter, &window, &any);
      ck_assert (any);
      for (int tile = 0; tile < 4; tile++)
        {
          window = tiles_window (set, id, x + tile % 2, y + tile / 2, 1, 1);
          cairo_surface_t *part = paint (painter, &window, NULL);
          for (int i = 0; i < 256 * 256; i++)
            {
              int px = i % 256, py = i / 256;
              uint32_t a = png_pixel (part, px, py), b = png_pixel (whole, px + tile % 2 * 256, py + tile / 2 * 256);
              ck_assert_msg (a == b, "%s, level %d, tile %d, pixel %d %d: %08x, in the window of four %08x",
                             drawn[_i / 2], id, tile, px, py, a, b);
            }
          cairo_surface_destroy (part);
        }
      cairo_surface_destroy (whole);
      sf_painter_free (painter);
    }
}
END_TEST

/* Windows that hang on no tile meet too: a map of 600 x 400 pixels and its eastern half. */
START_TEST (test_no_seams_between_windows)
{
  fill_storm ();
  struct sf_painter *painter = new_painter (drawn[_i], false);
  struct sf_window window = { SF_TILE_SET_C, { 109.123, 18.5, 112.123, 20.5 }, 600, 400 };
  cairo_surface_t *whole = paint (painter, &window, NULL);
  window.bounds.min_x = 110.623;
  window.width = 300;
  cairo_surface_t *half = paint (painter, &window, NULL);
  for (int i = 0; i < 300 * 400; i++)
    ck_assert_msg (png_pixel (half, i % 300, i / 300) == png_pixel (whole, i % 300 + 300, i / 300), "%s: pixel %d %d",
                   drawn[_i], i % 300, i / 300);
  cairo_surface_destroy (half);
  cairo_surface_destroy (whole);
  sf_painter_free (painter);
}
END_TEST

static double
alpha (cairo_surface_t *surface, int x, int y)
{
  return (double) (png_pixel (surface, x, y) >> 24) / 255;
}

/* The speed is 17.2 m/s where a circle of 1.5 degrees lies; in c it is a circle of pixels too. Nothing is drawn off it, and
   along it only numbers break the line. */
START_TEST (test_isoline_lies_where_the_value_is)
{
  for (int i = 0; i < NX * NY; i++)
    speed[i] = (float) (17.2 + 3 * (1.5 - hypot (lon_of (i) - 110.5, lat_of (i) - 19.5)) * 0.3);
  struct sf_painter *painter = new_painter ("wind_isolines", false);
  struct sf_window window = { SF_TILE_SET_C, { 108.5, 17.5, 112.5, 21.5 }, 800, 800 };
  cairo_surface_t *surface = paint (painter, &window, NULL);
  long off = 0, on = 0;
  for (int i = 0; i < 800 * 800; i++)
    {
      int column = i % 800, row = i / 800;
      double x = column + 0.5 - 400, y = row + 0.5 - 400;
      if (fabs (hypot (x, y) - 300) > 12 && alpha (surface, i % 800, i / 800) > 0)
        off++;
    }
  for (int k = 0; k < 3600; k++)
    {
      double x = 400 + 300 * cos (k * M_PI / 1800), y = 400 + 300 * sin (k * M_PI / 1800);
      uint32_t pixel = png_pixel (surface, (int) x, (int) y);
      on += pixel >> 24 > 200 && (pixel & 255) > (pixel >> 16 & 255) + 40; /* #4a7fc4 is blue */
    }
  ck_assert_int_eq (off, 0);
  ck_assert_msg (on > 2900 && on < 3590, "%ld of 3600 places on the circle are blue; numbers take some", on);
  cairo_surface_destroy (surface);
  sf_painter_free (painter);
}
END_TEST

/* The ink around a node: its amount and its middle, from the node in pixels. */
static double
ink_around (cairo_surface_t *surface, double x, double y, int reach, double *ret_x, double *ret_y)
{
  double ink = 0;
  *ret_x = *ret_y = 0;
  for (int py = (int) y - reach; py < (int) y + reach; py++)
    for (int px = (int) x - reach; px < (int) x + reach; px++)
      {
        double a = alpha (surface, px, py);
        ink += a;
        *ret_x += a * (px + 0.5 - x);
        *ret_y += a * (py + 0.5 - y);
      }
  *ret_x /= fmax (ink, 1e-9);
  *ret_y /= fmax (ink, 1e-9);
  return ink;
}

/* Directions to which the wind goes: east and north components, and the same in pixels right and down. */
static const double winds[][4] = { { 1, 0, 1, 0 }, { 0, 1, 0, -1 }, { -1, 0, -1, 0 }, { 0, -1, 0, 1 } };

/* Nodes of arrows lie at odd multiples of 16 pixels of the tile; an arrow's head is its heavy end. */
START_TEST (test_arrows_point_where_the_wind_goes)
{
  double x, y;
  int column, row;
  enum sf_tile_set set = _i / 4 ? SF_TILE_SET_W : SF_TILE_SET_C;
  const double *wind = winds[_i % 4];
  fill_uniform (20 * wind[0], 20 * wind[1]);
  tile_at (set, 8, 110.5, 19.5, &column, &row);
  struct sf_window window = tiles_window (set, 8, column, row, 1, 1);
  struct sf_painter *painter = new_painter ("wind_arrows", false);
  cairo_surface_t *surface = paint (painter, &window, NULL);
  double ink = ink_around (surface, 16 + 32 * 3, 16 + 32 * 4, 16, &x, &y);
  ck_assert_msg (ink > 30, "%g pixels of ink", ink);
  ck_assert_msg (x * wind[2] + y * wind[3] > 0.5 && fabs (x * wind[3]) + fabs (y * wind[2]) < 0.1, "%g %g", x, y);
  cairo_surface_destroy (surface);
  sf_painter_free (painter);
}
END_TEST

/* The staff lies to where the wind comes from, barbs on its left seen along the wind, south of the equator on its right. */
START_TEST (test_barbs_stand_on_the_side_of_low_pressure)
{
  double x, y, side = _i / 4 ? -1 : 1;
  int column, row;
  const double *wind = winds[_i % 4];
  fill_uniform (12 * wind[0], 12 * wind[1]);
  for (int k = 0; _i / 4 && k < 3; k++)
    grids[k].spec.affine[3] = -15;
  tile_at (SF_TILE_SET_W, 8, 110.5, _i / 4 ? -19.5 : 19.5, &column, &row);
  struct sf_window window = tiles_window (SF_TILE_SET_W, 8, column, row, 2, 2);
  struct sf_painter *painter = new_painter ("wind_barbs", false);
  cairo_surface_t *surface = paint (painter, &window, NULL);
  /* nodes lie at 24 + 48 n pixels of the plane; the tile begins at a multiple of 256 */
  double node_x = 24 + 48 * ceil ((256.0 * column + 200) / 48) - 256.0 * column;
  double node_y = 24 + 48 * ceil ((256.0 * row + 200) / 48) - 256.0 * row;
  node_x -= wind[2] * 16;
  node_y -= wind[3] * 16;
  ink_around (surface, node_x, node_y, 19, &x, &y);
  double along = x * wind[2] + y * wind[3], left = x * wind[3] - y * wind[2];
  ck_assert_msg (along < 0.5 && left * side > 1.5, "along %g, to the left %g", along, left);
  cairo_surface_destroy (surface);
  sf_painter_free (painter);
}
END_TEST

/* Steps of Chinese surface charts: short 2, long 4, pennant 20 m/s. */
START_TEST (test_barb_steps)
{
  static const struct
  {
    double mps;
    int pennants, longs, shorts;
  } expected[]
      = { { 0.9, 0, 0, 0 }, { 1, 0, 0, 1 },  { 2, 0, 0, 1 },  { 4, 0, 1, 0 },  { 6.9, 0, 1, 1 }, { 8, 0, 2, 0 },
          { 18, 0, 4, 1 },  { 20, 1, 0, 0 }, { 26, 1, 1, 1 }, { 51, 2, 3, 0 }, { 60, 3, 0, 0 } };
  for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
    {
      struct sf_barb barb = sf_barb_of (expected[i].mps, 4);
      ck_assert_int_eq (barb.pennants, expected[i].pennants);
      ck_assert_int_eq (barb.longs, expected[i].longs);
      ck_assert_int_eq (barb.shorts, expected[i].shorts);
      ck_assert_int_eq (barb.is_calm, i == 0);
    }
  ck_assert (sf_barb_of ((double) NAN, 4).is_calm);
  ck_assert_int_eq (sf_barb_of (1e300, 4).pennants, 19);
}
END_TEST

/* Missing wind and wind below the first class draw nothing; calm is a circle of barbs around its node. */
START_TEST (test_nothing_and_calm)
{
  int column, row;
  bool any;
  double x, y;
  tile_at (SF_TILE_SET_C, 8, 110.5, 19.5, &column, &row);
  struct sf_window window = tiles_window (SF_TILE_SET_C, 8, column, row, 1, 1);
  for (int k = 0; k < 3; k++)
    {
      fill_uniform ((double) NAN, (double) NAN);
      struct sf_painter *painter = new_painter (drawn[k], k == 1);
      cairo_surface_destroy (paint (painter, &window, &any));
      ck_assert_msg (!any, "%s", drawn[k]);
      fill_uniform (0, 0);
      cairo_surface_t *surface = paint (painter, &window, &any);
      ck_assert_int_eq (any, k == 2);
      double node_x = 24 + 48 * ceil ((256.0 * column + 100) / 48) - 256.0 * column;
      double node_y = 24 + 48 * ceil ((256.0 * row + 100) / 48) - 256.0 * row;
      if (k == 2)
        {
          ck_assert (ink_around (surface, node_x, node_y, 8, &x, &y) > 15);
          ck_assert (fabs (x) < 0.2 && fabs (y) < 0.2);
          ck_assert_uint_eq (png_pixel (surface, (int) node_x, (int) node_y), 0);
        }
      cairo_surface_destroy (surface);
      sf_painter_free (painter);
    }
}
END_TEST

START_TEST (test_stripes_mark_a_drill)
{
  int column, row;
  long marked = 0;
  fill_storm ();
  tile_at (SF_TILE_SET_C, 8, 110.3, 19.8, &column, &row);
  struct sf_window window = tiles_window (SF_TILE_SET_C, 8, column, row, 1, 1);
  struct sf_painter *painter = new_painter (drawn[_i], true);
  cairo_surface_t *surface = paint (painter, &window, NULL);
  for (int i = 0; i < 256 * 256; i++)
    marked += png_pixel (surface, i % 256, i / 256) == 0xff6a3fb5;
  ck_assert_msg (marked > 150, "%ld pixels", marked);
  cairo_surface_destroy (surface);
  sf_painter_free (painter);
}
END_TEST

/* Windows whose pixels have no numbers are refused; those beyond the world are empty. */
START_TEST (test_odd_windows)
{
  static const struct
  {
    struct sf_window window;
    enum sf_code code;
  } odd[] = { { { SF_TILE_SET_C, { 1e300, 1e300, 2e300, 2e300 }, 9, 9 }, SF_OK },
              { { SF_TILE_SET_C, { 110, 19, 110 + 1e-12, 19 + 1e-12 }, 256, 256 }, SF_EINVAL },
              { { SF_TILE_SET_C, { 1e15, 19, 1e15 + 1, 20 }, 256, 256 }, SF_EINVAL },
              { { SF_TILE_SET_C, { 1000, 500, 1001, 501 }, 256, 256 }, SF_OK },
              { { SF_TILE_SET_W, { -1e9, -1e9, 1e9, 1e9 }, 256, 256 }, SF_OK },
              { { SF_TILE_SET_W, { 1, 1, 1, 2 }, 256, 256 }, SF_EINVAL } };
  fill_storm ();
  struct sf_painter *painter = new_painter (drawn[_i], false);
  for (size_t k = 0; k < sizeof odd / sizeof *odd; k++)
    {
      struct sf_strbuf png = { 0 };
      ck_assert_int_eq (sf_painter_paint (painter, &odd[k].window, &png, NULL, &err), odd[k].code);
      ck_assert_int_eq (png.length > 0, odd[k].code == SF_OK);
      sf_strbuf_finish (&png);
    }
  sf_painter_free (painter);
}
END_TEST

START_TEST (test_refusals)
{
  struct sf_painter *painter = NULL;
  struct sf_grid other = grids[2];
  struct sf_painter_source source = { .grid = &grids[0], .eastward = &grids[1] };
  ASSERT_OK (sf_styles_find (styles, "wind_barbs", &source.style, &err));
  ck_assert_int_eq (sf_painter_new (&source, &painter, &err), SF_EINVAL);
  ck_assert_ptr_nonnull (strstr (err.message, "northward"));
  other.spec.nx--;
  source.northward = &other;
  ck_assert_int_eq (sf_painter_new (&source, &painter, &err), SF_EINVAL);
  ASSERT_OK (sf_styles_find (styles, "track", &source.style, &err));
  ck_assert_int_eq (sf_painter_new (&source, &painter, &err), SF_EUNSUPPORTED);
  ck_assert_ptr_null (painter);
}
END_TEST

START_TEST (test_out_of_memory)
{
  int column, row;
  fill_storm ();
  tile_at (SF_TILE_SET_C, 8, 110.3, 19.8, &column, &row);
  struct sf_window window = tiles_window (SF_TILE_SET_C, 8, column, row, 1, 1);
  for (long n = 1;; n++)
    {
      struct sf_painter *painter = NULL;
      struct sf_strbuf png = { 0 };
      struct sf_painter_source source = { .grid = &grids[0], .eastward = &grids[1], .northward = &grids[2] };
      ASSERT_OK (sf_styles_find (styles, drawn[_i], &source.style, &err));
      sf_mem_fail_at (n, 1);
      enum sf_code code = sf_painter_new (&source, &painter, &err);
      if (code == SF_OK)
        code = sf_painter_paint (painter, &window, &png, NULL, &err);
      sf_mem_fail_at (0, 0);
      sf_painter_free (painter);
      sf_strbuf_finish (&png);
      if (code == SF_OK)
        break;
      ck_assert_int_eq (code, SF_ENOMEM);
      ck_assert_int_lt (n, 20000);
    }
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("painter_drawn");
  TCase *tcase = tcase_create ("painter_drawn");
  tcase_add_checked_fixture (tcase, setup, teardown);
  tcase_set_timeout (tcase, 120);
  tcase_add_loop_test (tcase, test_no_seams, 0, 6);
  tcase_add_loop_test (tcase, test_no_seams_between_windows, 0, 3);
  tcase_add_test (tcase, test_isoline_lies_where_the_value_is);
  tcase_add_loop_test (tcase, test_arrows_point_where_the_wind_goes, 0, 8);
  tcase_add_loop_test (tcase, test_barbs_stand_on_the_side_of_low_pressure, 0, 8);
  tcase_add_test (tcase, test_barb_steps);
  tcase_add_test (tcase, test_nothing_and_calm);
  tcase_add_loop_test (tcase, test_stripes_mark_a_drill, 0, 3);
  tcase_add_loop_test (tcase, test_odd_windows, 0, 3);
  tcase_add_test (tcase, test_refusals);
  tcase_add_loop_test (tcase, test_out_of_memory, 0, 3);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_ENV);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? 1 : 0;
}
