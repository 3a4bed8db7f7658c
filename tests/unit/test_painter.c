/* SPDX-License-Identifier: Apache-2.0 */
/* What a painter promises beside its pixels, which test_painter_numpy.sh compares. */
#include "core/base/mem.h"
#include "core/base/time.h"
#include "geodata/painter.h"

#include <cairo.h>
#include <check.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum
{
  NX = 300,
  NY = 200,
  THREADS = 4,
  ROUNDS = 20
};

static struct sf_error err;
static float values[NX * NY];
static struct sf_style_entry entries[] = { { .from = 1, .rgba = { 1, 2, 3, 255 } },
                                           { .from = 2, .rgba = { 4, 5, 6, 255 } },
                                           { .from = 3, .rgba = { 7, 8, 9, 255 } } };
static struct sf_grid grid = { .spec = { NX, NY, { 110, 0.01, 0, 20, 0, -0.01 }, "EPSG:4490" },
                               .bands = 1,
                               .reference_s = SF_TIME_MISSING,
                               .values = values };
static struct sf_style style = { .name = "t", .kind = SF_STYLE_CLASSES, .entries = entries, .entries_count = 3 };
static const struct sf_window island = { SF_TILE_SET_C, { 110.5, 18.5, 112.5, 19.8 }, 256, 256 };

static void
setup (void)
{
  for (int y = 0; y < NY; y++)
    for (int x = 0; x < NX; x++)
      values[y * NX + x] = (float) (2 + 1.5 * sin (x * 0.1) * cos (y * 0.07));
  grid.spec.affine[0] = 110;
  style.sampling = SF_SAMPLING_BILINEAR;
  style.kind = SF_STYLE_CLASSES;
}

static struct sf_painter *
new_painter (int png_level, bool is_striped)
{
  const struct sf_painter_source source
      = { .grid = &grid, .style = &style, .png_level = png_level, .is_striped = is_striped };
  struct sf_painter *painter = NULL;
  ck_assert_msg (sf_painter_new (&source, &painter, &err) == SF_OK, "%s", err.message);
  return painter;
}

static struct sf_strbuf
paint (const struct sf_painter *painter, const struct sf_window *window, bool *ret_any)
{
  struct sf_strbuf png = { 0 };
  ck_assert_msg (sf_painter_paint (painter, window, &png, ret_any, &err) == SF_OK, "%s", err.message);
  return png;
}

struct reader
{
  const struct sf_strbuf *png;
  size_t at;
};

static cairo_status_t
read_bytes (void *closure, unsigned char *data, unsigned length)
{
  struct reader *reader = closure;
  if (reader->at + length > reader->png->length)
    return CAIRO_STATUS_READ_ERROR;
  memcpy (data, reader->png->text + reader->at, length);
  reader->at += length;
  return CAIRO_STATUS_SUCCESS;
}

/* The picture as cairo (libpng) reads it: premultiplied 32-bit pixels. */
static cairo_surface_t *
decode (const struct sf_strbuf *png)
{
  struct reader reader = { .png = png };
  cairo_surface_t *surface = cairo_image_surface_create_from_png_stream (read_bytes, &reader);
  ck_assert_int_eq (cairo_surface_status (surface), CAIRO_STATUS_SUCCESS);
  ck_assert_uint_eq (reader.at, png->length);
  return surface;
}

static uint32_t
pixel (cairo_surface_t *surface, int x, int y)
{
  uint32_t out;
  const unsigned char *data = cairo_image_surface_get_data (surface);
  memcpy (&out, data + cairo_image_surface_get_stride (surface) * y + 4 * x, sizeof out);
  return out;
}

static void
assert_same (cairo_surface_t *a, int ax, int ay, cairo_surface_t *b, int width, int height)
{
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      ck_assert_uint_eq (pixel (a, ax + x, ay + y), pixel (b, x, y));
}

/* The fast way and libdeflate's levels give one picture, for a few colours and for a ramp's 255. */
START_TEST (test_levels)
{
  style.kind = _i ? SF_STYLE_RAMP : SF_STYLE_CLASSES;
  struct sf_painter *fast = new_painter (0, false), *small = new_painter (9, false);
  struct sf_strbuf a = paint (fast, &island, NULL), b = paint (small, &island, NULL);
  cairo_surface_t *fast_picture = decode (&a), *small_picture = decode (&b);
  ck_assert_int_eq (cairo_image_surface_get_width (fast_picture), 256);
  assert_same (fast_picture, 0, 0, small_picture, 256, 256);
  cairo_surface_destroy (fast_picture);
  cairo_surface_destroy (small_picture);
  sf_strbuf_finish (&a);
  sf_strbuf_finish (&b);
  sf_painter_free (fast);
  sf_painter_free (small);
}
END_TEST

/* A window of many strips is what its four quarters are, stripes included; PNG is appended to what is there. */
START_TEST (test_quarters)
{
  struct sf_painter *painter = new_painter (0, true);
  const struct sf_window whole = { SF_TILE_SET_C, { 110.25, 18.25, 112.75, 19.5 }, 2560, 1280 };
  struct sf_strbuf png = paint (painter, &whole, NULL);
  cairo_surface_t *picture = decode (&png);
  for (int quarter = 0; quarter < 4; quarter++)
    {
      int right = quarter % 2, down = quarter / 2;
      struct sf_window part = { SF_TILE_SET_C, { 110.25 + 1.25 * right, 18.875 - 0.625 * down, 0, 0 }, 1280, 640 };
      part.bounds.max_x = part.bounds.min_x + 1.25;
      part.bounds.max_y = part.bounds.min_y + 0.625;
      struct sf_strbuf part_png = paint (painter, &part, NULL);
      cairo_surface_t *part_picture = decode (&part_png);
      assert_same (picture, 1280 * right, 640 * down, part_picture, 1280, 640);
      cairo_surface_destroy (part_picture);
      sf_strbuf_finish (&part_png);
    }
  size_t length = png.length;
  ck_assert_int_eq (sf_painter_paint (painter, &island, &png, NULL, &err), SF_OK);
  ck_assert_mem_eq (png.text + length + 1, "PNG", 3);
  cairo_surface_destroy (picture);
  sf_strbuf_finish (&png);
  sf_painter_free (painter);
}
END_TEST

static void *
paint_again (void *context)
{
  const struct sf_painter *painter = context;
  struct sf_strbuf *last = calloc (1, sizeof *last);
  for (int i = 0; last && i < ROUNDS; i++)
    {
      sf_strbuf_reset (last);
      if (sf_painter_paint (painter, &island, last, NULL, NULL) != SF_OK)
        sf_strbuf_finish (last);
    }
  return last;
}

START_TEST (test_threads)
{
  struct sf_painter *painter = new_painter (0, true);
  struct sf_strbuf png = paint (painter, &island, NULL);
  pthread_t threads[THREADS];
  for (int i = 0; i < THREADS; i++)
    ck_assert_int_eq (pthread_create (&threads[i], NULL, paint_again, painter), 0);
  for (int i = 0; i < THREADS; i++)
    {
      void *result;
      pthread_join (threads[i], &result);
      struct sf_strbuf *last = result;
      ck_assert_uint_eq (last->length, png.length);
      ck_assert_mem_eq (last->text, png.text, png.length);
      sf_strbuf_finish (last);
      free (last);
    }
  sf_strbuf_finish (&png);
  sf_painter_free (painter);
}
END_TEST

START_TEST (test_nothing_there)
{
  struct sf_painter *painter = new_painter (_i, true);
  const struct sf_window away = { SF_TILE_SET_W, { 0, 0, 1e6, 1e6 }, 33, 7 };
  bool any = true;
  struct sf_strbuf png = paint (painter, &away, &any);
  ck_assert (!any);
  cairo_surface_t *picture = decode (&png);
  for (int y = 0; y < 7; y++)
    for (int x = 0; x < 33; x++)
      ck_assert_uint_eq (pixel (picture, x, y), 0);
  cairo_surface_destroy (picture);
  sf_strbuf_finish (&png);
  png = paint (painter, &island, &any);
  ck_assert (any);
  sf_strbuf_finish (&png);
  sf_painter_free (painter);
}
END_TEST

static const struct sf_window bad_windows[] = {
  { SF_TILE_SET_C, { 0, 0, 1, 1 }, 0, 1 },         { SF_TILE_SET_C, { 0, 0, 1, 1 }, 1, -5 },
  { SF_TILE_SET_C, { 0, 0, 1, 1 }, 8193, 1 },      { SF_TILE_SET_C, { 0, 0, 1, 1 }, 1, 2000000000 },
  { SF_TILE_SET_C, { 1, 0, 1, 1 }, 1, 1 },         { SF_TILE_SET_C, { 0, NAN, 1, 1 }, 1, 1 },
  { SF_TILE_SET_C, { -INFINITY, 0, 1, 1 }, 1, 1 }, { SF_TILE_SET_W, { 0, 0, INFINITY, 1 }, 1, 1 },
};

START_TEST (test_refusals)
{
  struct sf_painter_source source = { .grid = &grid, .style = &style, .band = 1 };
  struct sf_painter *painter = NULL;
  ck_assert_int_eq (sf_painter_new (&source, &painter, &err), SF_EINVAL);
  source.band = 0;
  source.png_level = 13;
  ck_assert_int_eq (sf_painter_new (&source, &painter, &err), SF_EINVAL);
  source.png_level = 0;
  style.kind = SF_STYLE_CATEGORIES;
  ck_assert_int_eq (sf_painter_new (&source, &painter, &err), SF_EUNSUPPORTED);
  style.kind = SF_STYLE_CLASSES;
  ck_assert_ptr_null (painter);
  painter = new_painter (0, false);
  struct sf_strbuf out = { 0 };
  sf_strbuf_add (&out, "before");
  for (size_t i = 0; i < sizeof bad_windows / sizeof *bad_windows; i++)
    ck_assert_int_eq (sf_painter_paint (painter, &bad_windows[i], &out, NULL, &err), SF_EINVAL);
  ck_assert_uint_eq (out.length, 6);
  sf_strbuf_finish (&out);
  sf_painter_free (painter);
}
END_TEST

/* Huge and tiny bounds are windows like others. */
START_TEST (test_far_bounds)
{
  struct sf_painter *painter = new_painter (0, true);
  static const struct sf_bounds bounds[] = { { -1e300, -1e300, 1e300, 1e300 },
                                             { 111, 19, nextafter (111, 200), nextafter (19, 90) },
                                             { -720, -90, 720, 90 } };
  for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++)
    for (int set = 0; set < SF_TILE_SETS; set++)
      {
        const struct sf_window window = { (enum sf_tile_set) set, bounds[i], 70, 50 };
        struct sf_strbuf png = paint (painter, &window, NULL);
        cairo_surface_destroy (decode (&png));
        sf_strbuf_finish (&png);
      }
  sf_painter_free (painter);
}
END_TEST

/* Each allocation fails once: a clear error, nothing appended, nothing lost (under the sanitizer). */
START_TEST (test_memory)
{
  struct sf_painter_source source = { .grid = &grid, .style = &style, .png_level = _i, .is_striped = true };
  int failures = 0;
  for (long n = 1;; n++)
    {
      struct sf_painter *painter = NULL;
      struct sf_strbuf out = { 0 };
      sf_mem_fail_at (n, 0);
      enum sf_code code = sf_painter_new (&source, &painter, &err);
      if (code == SF_OK)
        code = sf_painter_paint (painter, &island, &out, NULL, &err);
      sf_mem_fail_at (0, 0);
      sf_painter_free (painter);
      sf_strbuf_finish (&out);
      if (code == SF_OK)
        break;
      ck_assert_int_eq (code, SF_ENOMEM);
      failures++;
    }
  ck_assert_int_gt (failures, 5);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("painter");
  TCase *tcase = tcase_create ("painter");
  tcase_add_checked_fixture (tcase, setup, NULL);
  tcase_set_timeout (tcase, 60);
  tcase_add_loop_test (tcase, test_levels, 0, 2);
  tcase_add_test (tcase, test_quarters);
  tcase_add_test (tcase, test_threads);
  tcase_add_loop_test (tcase, test_nothing_there, 0, 2);
  tcase_add_test (tcase, test_refusals);
  tcase_add_test (tcase, test_far_bounds);
  tcase_add_loop_test (tcase, test_memory, 0, 2);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_ENV);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? 1 : 0;
}
