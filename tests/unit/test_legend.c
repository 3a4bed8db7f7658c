/* SPDX-License-Identifier: Apache-2.0 */
/* A legend shows every class in its own colour, in the language asked for, with letters that the fonts have. */
#include "geodata/legend.h"
#include "core/base/time.h"
#include "geodata/picture.h"
#include "tests/unit/png_help.h"

#include <stdio.h>
#include <stdlib.h>

static struct sf_vocabulary *vocabulary;
static struct sf_styles *styles;
static struct sf_error err;

#define ASSERT_OK(expr) ck_assert_msg ((expr) == SF_OK, "%s", err.message)

static void
setup (void)
{
  const char *share = getenv ("SANFANG_SHARE");
  char path[4096];
  share = share ? share : TEST_SRCDIR "/share";
  snprintf (path, sizeof path, "%s/vocabulary", share);
  ASSERT_OK (sf_vocabulary_load (path, &vocabulary, &err));
  snprintf (path, sizeof path, "%s/styles", share);
  ASSERT_OK (sf_styles_load (path, &styles, &err));
}

static void
teardown (void)
{
  sf_styles_free (styles);
  sf_vocabulary_free (vocabulary);
}

static struct sf_legend
legend_of (const struct sf_style *style)
{
  return (struct sf_legend){ .styles = styles,
                             .style = style,
                             .spec
                             = style->datasets_count ? sf_vocabulary_dataset (vocabulary, style->datasets[0]) : NULL,
                             .reference_s = SF_TIME_MISSING,
                             .width_px = 316 };
}

static long
count_colour (cairo_surface_t *surface, const uint8_t rgba[4])
{
  uint32_t wanted = 0xff000000u | (uint32_t) rgba[0] << 16 | (uint32_t) rgba[1] << 8 | rgba[2];
  long count = 0;
  for (int y = 0; y < cairo_image_surface_get_height (surface); y++)
    for (int x = 0; x < cairo_image_surface_get_width (surface); x++)
      count += png_pixel (surface, x, y) == wanted;
  return count;
}

/* Every style there is, in every language: the size asked for, and of each opaque entry some pixels. */
START_TEST (test_all_styles)
{
  for (int i = 0; i < sf_styles_count (styles); i++)
    for (int language = 0; language < 3; language++)
      {
        struct sf_legend legend = legend_of (sf_styles_at (styles, i));
        struct sf_strbuf png = { 0 };
        legend.language = (enum sf_legend_language) language;
        legend.width_px = 640;
        ASSERT_OK (sf_legend_png (&legend, &png, &err));
        cairo_surface_t *surface = png_open (&png);
        ck_assert_int_eq (cairo_image_surface_get_width (surface), 640);
        for (int k = 0; legend.style->kind != SF_STYLE_RAMP && k < legend.style->entries_count; k++)
          if (legend.style->entries[k].rgba[3] == 255)
            ck_assert_msg (count_colour (surface, legend.style->entries[k].rgba) > 2, "%s, language %d, entry %d",
                           legend.style->name, language, k);
        cairo_surface_destroy (surface);
        sf_strbuf_finish (&png);
      }
}
END_TEST

/* As for the sheets: real glyphs, not boxes. */
START_TEST (test_glyphs)
{
  ck_assert_int_eq (sf_picture_missing_glyphs ("海中文三角长划短划米高度平均不足不着色空白小时日起"), 0);
  for (int i = 0; i < sf_styles_count (styles); i++)
    {
      const struct sf_style *style = sf_styles_at (styles, i);
      ck_assert_msg (sf_picture_missing_glyphs (style->title_zh) == 0, "%s", style->title_zh);
      for (int k = 0; k < style->entries_count; k++)
        ck_assert_msg (sf_picture_missing_glyphs (style->entries[k].label_zh) == 0, "%s", style->entries[k].label_zh);
    }
}
END_TEST

START_TEST (test_background)
{
  const struct sf_style *style = sf_styles_default (styles, "wind_max");
  struct sf_legend legend = legend_of (style);
  struct sf_strbuf white = { 0 }, clear = { 0 };
  ASSERT_OK (sf_legend_png (&legend, &white, &err));
  legend.is_transparent = true;
  ASSERT_OK (sf_legend_png (&legend, &clear, &err));
  cairo_surface_t *a = png_open (&white), *b = png_open (&clear);
  ck_assert_uint_eq (png_pixel (a, 1, 1), 0xffffffffu);
  ck_assert_uint_eq (png_pixel (b, 1, 1), 0);
  cairo_surface_destroy (a);
  cairo_surface_destroy (b);
  sf_strbuf_finish (&white);
  sf_strbuf_finish (&clear);
}
END_TEST

static bool
same (const struct sf_legend *a, const struct sf_legend *b)
{
  struct sf_strbuf first = { 0 }, second = { 0 };
  ASSERT_OK (sf_legend_png (a, &first, &err));
  ASSERT_OK (sf_legend_png (b, &second, &err));
  bool is_same = first.length == second.length && memcmp (first.text, second.text, first.length) == 0;
  sf_strbuf_finish (&first);
  sf_strbuf_finish (&second);
  return is_same;
}

/* Languages differ, and so do the times of classes when their origin moves; all else being equal so are the bytes. */
START_TEST (test_what_a_legend_depends_on)
{
  const struct sf_style *style = sf_styles_default (styles, "wind_arrival");
  struct sf_legend one = legend_of (style), other;
  one.reference_s = 1405555200;
  other = one;
  ck_assert (same (&one, &other));
  other.origin = 6;
  ck_assert (!same (&one, &other));
  other = one;
  other.language = SF_LEGEND_ZH;
  ck_assert (!same (&one, &other));
  one.language = SF_LEGEND_EN;
  ck_assert (!same (&one, &other));
}
END_TEST

START_TEST (test_refusals)
{
  struct sf_legend legend = legend_of (sf_styles_default (styles, "wind_max"));
  struct sf_strbuf png = { 0 };
  legend.width_px = 119;
  ck_assert_int_eq (sf_legend_png (&legend, &png, &err), SF_EINVAL);
  ck_assert_ptr_nonnull (strstr (err.message, "119"));
  legend.width_px = 300;
  for (long n = 1;; n++)
    {
      sf_mem_fail_at (n, 1);
      enum sf_code code = sf_legend_png (&legend, &png, &err);
      sf_mem_fail_at (0, 0);
      sf_strbuf_finish (&png);
      png = (struct sf_strbuf){ 0 };
      if (code == SF_OK)
        break;
      ck_assert_int_eq (code, SF_ENOMEM);
    }
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("legend");
  TCase *tcase = tcase_create ("legend");
  tcase_add_checked_fixture (tcase, setup, teardown);
  tcase_set_timeout (tcase, 60);
  tcase_add_test (tcase, test_all_styles);
  tcase_add_test (tcase, test_glyphs);
  tcase_add_test (tcase, test_background);
  tcase_add_test (tcase, test_what_a_legend_depends_on);
  tcase_add_test (tcase, test_refusals);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_ENV);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? 1 : 0;
}
