/* SPDX-License-Identifier: Apache-2.0 */
/* What pictures over pictures look like is compared with numpy in tests/service/wms.py; here: kinds of files, and faults. */
#include "tests/unit/base.h"

#include "geodata/overlay.h"
#include "geodata/png.h"

enum
{
  SIDE = 64,
  COLOUR_TYPE_AT = 25 /* in a PNG file (W3C 2003, 11.2.2) */
};

/* A picture of as many colours as pixels. */
static void
make_gradient (struct sf_strbuf *out)
{
  uint8_t pixels[SIDE * SIDE * 4];
  for (int i = 0; i < SIDE * SIDE; i++)
    {
      pixels[4 * i] = (uint8_t) (i % SIDE * 4);
      pixels[4 * i + 1] = (uint8_t) (i / SIDE * 4);
      pixels[4 * i + 2] = 7;
      pixels[4 * i + 3] = (uint8_t) (255 - i % SIDE);
    }
  struct sf_png_image image = { .width = SIDE, .height = SIDE, .channels = 4, .pixels = pixels };
  ck_assert_int_eq (sf_png_encode (&image, 1, out, NULL), SF_OK);
}

static struct sf_overlay *
open_overlay (int width, bool is_opaque)
{
  struct sf_overlay *overlay = NULL;
  struct sf_overlay_setup setup
      = { .width = width, .height = SIDE, .is_opaque = is_opaque, .ground_rgb = { 10, 20, 30 } };
  ck_assert_int_eq (sf_overlay_new (&setup, &overlay, NULL), SF_OK);
  return overlay;
}

static int
colour_type (bool is_opaque, bool has_gradient, bool wants_palette)
{
  struct sf_strbuf gradient = { 0 }, out = { 0 };
  struct sf_overlay *overlay = open_overlay (SIDE, is_opaque);
  make_gradient (&gradient);
  if (has_gradient)
    ck_assert_int_eq (sf_overlay_add_png (overlay, gradient.text, gradient.length, NULL), SF_OK);
  ck_assert_int_eq (sf_overlay_encode (overlay, wants_palette, &out, NULL), SF_OK);
  ck_assert_uint_gt (out.length, COLOUR_TYPE_AT);
  int type = (uint8_t) out.text[COLOUR_TYPE_AT];
  sf_overlay_free (overlay);
  sf_strbuf_finish (&gradient);
  sf_strbuf_finish (&out);
  return type;
}

START_TEST (test_kinds_of_files)
{
  ck_assert_int_eq (colour_type (true, false, false), 3);
  ck_assert_int_eq (colour_type (false, false, false), 3);
  ck_assert_int_eq (colour_type (true, true, false), 2);
  ck_assert_int_eq (colour_type (false, true, false), 6);
  ck_assert_int_eq (colour_type (true, true, true), 3);
  ck_assert_int_eq (colour_type (false, true, true), 3);
}
END_TEST

START_TEST (test_pictures_that_do_not_fit)
{
  struct sf_strbuf gradient = { 0 };
  struct sf_error err = { 0 };
  make_gradient (&gradient);
  struct sf_overlay *wide = open_overlay (2 * SIDE, false), *overlay = open_overlay (SIDE, false);
  ck_assert_int_eq (sf_overlay_add_png (wide, gradient.text, gradient.length, &err), SF_EFORMAT);
  for (size_t length = 0; length < gradient.length; length += 97)
    ck_assert_int_ne (sf_overlay_add_png (overlay, gradient.text, length, &err), SF_OK);
  ck_assert_int_eq (sf_overlay_add_png (overlay, "no picture", 10, &err), SF_EFORMAT);
  ck_assert_int_eq (sf_overlay_add_png (overlay, gradient.text, gradient.length, &err), SF_OK);
  ck_assert_int_eq (sf_overlay_add_text (overlay, "海 and much more text than fits into one line", &err), SF_OK);
  sf_overlay_free (wide);
  sf_overlay_free (overlay);
  sf_overlay_free (NULL);
  sf_strbuf_finish (&gradient);
}
END_TEST

START_TEST (test_sizes)
{
  struct sf_overlay *overlay = NULL;
  const int sides[] = { 0, -1, 8193 };
  for (size_t i = 0; i < sizeof sides / sizeof *sides; i++)
    {
      struct sf_overlay_setup setup = { .width = sides[i], .height = 1 };
      ck_assert_int_eq (sf_overlay_new (&setup, &overlay, NULL), SF_EINVAL);
    }
  ck_assert_ptr_null (overlay);
}
END_TEST

/* Entries of PLTE by hand: 200 at alpha 128 over 10 is 200 * 128 / 255 + 10 * 127 / 255 = 105.4. */
START_TEST (test_a_palette_on_a_ground)
{
  static const uint8_t palette[3][4] = { { 0, 0, 0, 0 }, { 200, 200, 200, 128 }, { 1, 2, 3, 255 } };
  static const uint8_t pixels[3] = { 0, 1, 2 }, ground[3] = { 10, 20, 30 };
  static const uint8_t wanted[9] = { 10, 20, 30, 105, 110, 115, 1, 2, 3 };
  struct sf_png_image image
      = { .width = 3, .height = 1, .channels = 1, .pixels = pixels, .palette = palette, .colours = 3 };
  struct sf_strbuf png = { 0 }, laid = { 0 }, none = { 0 }, gradient = { 0 };
  ck_assert_int_eq (sf_png_encode (&image, 1, &png, NULL), SF_OK);
  ck_assert (sf_png_lay_on_ground (png.text, png.length, ground, &laid));
  const char *colours = memmem (laid.text, laid.length, "PLTE", 4);
  ck_assert_ptr_nonnull (colours);
  ck_assert_mem_eq (colours + 4, wanted, sizeof wanted);
  ck_assert_ptr_null (memmem (laid.text, laid.length, "tRNS", 4));
  struct sf_overlay *overlay = NULL;
  struct sf_overlay_setup setup = { .width = 3, .height = 1 };
  ck_assert_int_eq (sf_overlay_new (&setup, &overlay, NULL), SF_OK);
  ck_assert_int_eq (sf_overlay_add_png (overlay, laid.text, laid.length, NULL), SF_OK); /* libpng checks the sums */
  make_gradient (&gradient);
  ck_assert (!sf_png_lay_on_ground (gradient.text, gradient.length, ground, &none));
  for (size_t length = 0; length < 40; length++)
    sf_png_lay_on_ground (png.text, length, ground, &none);
  sf_overlay_free (overlay);
  sf_strbuf_finish (&png);
  sf_strbuf_finish (&laid);
  sf_strbuf_finish (&none);
  sf_strbuf_finish (&gradient);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("overlay");
  TCase *tcase = tcase_create ("overlay");
  tcase_add_test (tcase, test_kinds_of_files);
  tcase_add_test (tcase, test_pictures_that_do_not_fit);
  tcase_add_test (tcase, test_sizes);
  tcase_add_test (tcase, test_a_palette_on_a_ground);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_ENV);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? 1 : 0;
}
