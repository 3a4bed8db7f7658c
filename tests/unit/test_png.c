/* SPDX-License-Identifier: Apache-2.0 */
/* Read back with cairo, which uses libpng. */
#include "core/base/mem.h"
#include "geodata/png.h"

#include <cairo.h>
#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct sf_error err;

struct reader
{
  const struct sf_strbuf *png;
  size_t at;
};

static cairo_status_t
read_bytes (void *closure, unsigned char *data, unsigned length)
{
  struct reader *reader = closure;
  if (reader->png->length - reader->at < length)
    return CAIRO_STATUS_READ_ERROR;
  memcpy (data, reader->png->text + reader->at, length);
  reader->at += length;
  return CAIRO_STATUS_SUCCESS;
}

static cairo_surface_t *
decode (const struct sf_strbuf *png)
{
  struct reader reader = { png, 0 };
  cairo_surface_t *surface = cairo_image_surface_create_from_png_stream (read_bytes, &reader);
  ck_assert_int_eq (cairo_surface_status (surface), CAIRO_STATUS_SUCCESS);
  ck_assert_uint_eq (reader.at, png->length);
  return surface;
}

static uint32_t
pixel (cairo_surface_t *surface, int x, int y)
{
  uint32_t value;
  int stride = cairo_image_surface_get_stride (surface);
  memcpy (&value, cairo_image_surface_get_data (surface) + (size_t) y * (size_t) stride + 4 * (size_t) x, 4);
  return value;
}

static const uint8_t palette[4][4]
    = { { 0, 0, 0, 0 }, { 10, 20, 30, 255 }, { 200, 100, 50, 255 }, { 255, 255, 255, 255 } };

START_TEST (test_palette)
{
  uint8_t pixels[5 * 3];
  for (int i = 0; i < 15; i++)
    pixels[i] = (uint8_t) (i % 4);
  struct sf_png_image image
      = { .width = 5, .height = 3, .channels = 1, .pixels = pixels, .palette = palette, .colours = 4 };
  struct sf_strbuf png = { 0 };
  ck_assert_int_eq (sf_png_encode (&image, _i, &png, &err), SF_OK);
  cairo_surface_t *surface = decode (&png);
  ck_assert_int_eq (cairo_image_surface_get_width (surface), 5);
  ck_assert_int_eq (cairo_image_surface_get_height (surface), 3);
  ck_assert_int_eq (cairo_image_surface_get_format (surface), CAIRO_FORMAT_ARGB32);
  static const uint32_t expected[4] = { 0, 0xff0a141e, 0xffc86432, 0xffffffff };
  for (int i = 0; i < 15; i++)
    ck_assert_uint_eq (pixel (surface, i % 5, i / 5), expected[i % 4]);
  cairo_surface_destroy (surface);
  sf_strbuf_finish (&png);
}
END_TEST

/* A random picture of each kind per run comes back pixel for pixel (cairo holds alpha premultiplied: kept at 255). */
START_TEST (test_truecolour)
{
  unsigned seed = (unsigned) (size_t) &seed ^ (unsigned) _i;
  int channels = _i ? 4 : 3, width = 1 + rand_r (&seed) % 70, height = 1 + rand_r (&seed) % 50;
  size_t count = (size_t) width * (size_t) height;
  uint8_t *pixels = malloc (count * (size_t) channels);
  for (size_t i = 0; i < count * (size_t) channels; i++)
    pixels[i] = channels == 4 && i % 4 == 3 ? 255 : (uint8_t) rand_r (&seed);
  struct sf_png_image image = { .width = width, .height = height, .channels = channels, .pixels = pixels };
  struct sf_strbuf png = { 0 }, again = { 0 };
  ck_assert_int_eq (sf_png_encode (&image, 6, &png, &err), SF_OK);
  ck_assert_int_eq (sf_png_encode (&image, 6, &again, &err), SF_OK);
  ck_assert_uint_eq (png.length, again.length);
  ck_assert_mem_eq (png.text, again.text, png.length);
  cairo_surface_t *surface = decode (&png);
  for (size_t i = 0; i < count; i++)
    {
      const uint8_t *p = pixels + i * (size_t) channels;
      uint32_t rgb = (uint32_t) p[0] << 16 | (uint32_t) p[1] << 8 | p[2];
      ck_assert_uint_eq (pixel (surface, (int) (i % (size_t) width), (int) (i / (size_t) width)) & 0xffffff, rgb);
    }
  cairo_surface_destroy (surface);
  sf_strbuf_finish (&png);
  sf_strbuf_finish (&again);
  free (pixels);
}
END_TEST

/* PNG specification 11.3.4.5: keyword, 0, compression flag, method, language 0, translated 0, UTF-8 text. */
START_TEST (test_text_chunk)
{
  static const struct sf_png_text texts[] = { { "Title", "海南" } };
  uint8_t pixels[1] = { 1 };
  struct sf_png_image image = { .width = 1,
                                .height = 1,
                                .channels = 1,
                                .pixels = pixels,
                                .palette = palette,
                                .colours = 4,
                                .texts = texts,
                                .texts_count = 1 };
  struct sf_strbuf png = { 0 };
  ck_assert_int_eq (sf_png_encode (&image, 6, &png, &err), SF_OK);
  static const char chunk[] = "\0\0\0\x10"
                              "iTXtTitle\0\0\0\0\0\xe6\xb5\xb7\xe5\x8d\x97";
  ck_assert_ptr_nonnull (memmem (png.text, png.length, chunk, sizeof chunk - 1));
  cairo_surface_destroy (decode (&png));
  sf_strbuf_finish (&png);
}
END_TEST

START_TEST (test_refusals)
{
  uint8_t pixels[4] = { 0, 1, 4, 0 };
  struct sf_strbuf png = { 0 };
  struct sf_png_image image
      = { .width = 2, .height = 2, .channels = 1, .pixels = pixels, .palette = palette, .colours = 4 };
  ck_assert_int_eq (sf_png_encode (&image, 6, &png, &err), SF_EINVAL);
  ck_assert_ptr_nonnull (strstr (err.message, "index 4"));
  pixels[2] = 3;
  ck_assert_int_eq (sf_png_encode (&image, 13, &png, &err), SF_EINVAL);
  image.width = 0;
  ck_assert_int_eq (sf_png_encode (&image, 6, &png, &err), SF_EINVAL);
  image.width = 2;
  ck_assert_uint_eq (png.length, 0);
  for (long n = 1;; n++)
    {
      sf_mem_fail_at (n, 1);
      enum sf_code code = sf_png_encode (&image, 6, &png, &err);
      sf_mem_fail_at (0, 0);
      sf_strbuf_finish (&png);
      if (code == SF_OK)
        break;
      ck_assert_int_eq (code, SF_ENOMEM);
      ck_assert_int_lt (n, 100);
    }
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("png");
  TCase *tcase = tcase_create ("png");
  tcase_add_loop_test (tcase, test_palette, 1, 13);
  tcase_add_loop_test (tcase, test_truecolour, 0, 2);
  tcase_add_test (tcase, test_text_chunk);
  tcase_add_test (tcase, test_refusals);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_ENV);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? 1 : 0;
}
