/* SPDX-License-Identifier: Apache-2.0 */
/* Bounds: GB/T 28591-2012 (wind force) and GB/T 19201-2006 (grades). Colours: those named in each style's source. */
#include "core/base/file.h"
#include "geodata/style.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct sf_styles *styles;
static struct sf_error err;
static char folder[64];

static const char *
share (void)
{
  const char *path = getenv ("SANFANG_SHARE");
  return path ? path : TEST_SRCDIR "/share";
}

static void
setup (void)
{
  char path[4096];
  snprintf (path, sizeof path, "%s/styles", share ());
  ck_assert_msg (sf_styles_load (path, &styles, &err) == SF_OK, "%s", err.message);
  strcpy (folder, "/tmp/sf-style-XXXXXX");
  ck_assert_ptr_nonnull (mkdtemp (folder));
}

static void
teardown (void)
{
  sf_styles_free (styles);
  sf_file_remove_tree (folder, NULL);
}

START_TEST (test_all_fit_the_vocabulary)
{
  char path[4096];
  struct sf_vocabulary *vocabulary = NULL;
  snprintf (path, sizeof path, "%s/vocabulary", share ());
  ck_assert_msg (sf_vocabulary_load (path, &vocabulary, &err) == SF_OK, "%s", err.message);
  ck_assert_msg (sf_styles_check (styles, vocabulary, &err) == SF_OK, "%s", err.message);
  sf_vocabulary_free (vocabulary);
  for (int i = 0; i < sf_styles_count (styles); i++)
    {
      const struct sf_style *style = sf_styles_at (styles, i);
      ck_assert_msg (*style->title_en && *style->title_zh && *style->source, "%s", style->name);
      for (int k = 0; k < style->entries_count; k++)
        ck_assert_msg (*style->entries[k].label_en && *style->entries[k].label_zh, "%s entry %d", style->name, k);
    }
}
END_TEST

/* GB/T 28591-2012: lower bounds of force 6..17 and above, m/s. */
START_TEST (test_beaufort_bounds)
{
  static const double bounds[] = { 10.8, 13.9, 17.2, 20.8, 24.5, 28.5, 32.7, 37.0, 41.5, 46.2, 51.0, 56.1, 61.3 };
  const struct sf_style *style = sf_styles_default (styles, "wind_max@sea");
  ck_assert_ptr_nonnull (style);
  ck_assert_str_eq (style->name, "wind_force");
  ck_assert_int_eq (style->entries_count, 13);
  ck_assert_ptr_eq (sf_styles_default (styles, "wind_gust@sea"), style);
  for (int i = 0; i < 13; i++)
    ck_assert_double_eq (style->entries[i].from, bounds[i]);
}
END_TEST

START_TEST (test_grade_colours)
{
  static const struct
  {
    const char *key;
    unsigned rgb;
  } expected[] = { { "TD", 0x30fc31 }, { "TS", 0x307efa },  { "STS", 0xfffc00 },
                   { "TY", 0xff9c00 }, { "STY", 0xfb7cff }, { "SuperTY", 0xfa3030 } };
  const struct sf_style *style = NULL;
  double size = 0;
  ck_assert_int_eq (sf_styles_find (styles, "typhoon_grades", &style, &err), SF_OK);
  for (size_t i = 0; i < 6; i++)
    {
      const struct sf_style_entry *entry = sf_style_category (style, expected[i].key);
      ck_assert_ptr_nonnull (entry);
      ck_assert_uint_eq ((unsigned) entry->rgba[0] << 16 | (unsigned) entry->rgba[1] << 8 | entry->rgba[2],
                         expected[i].rgb);
      ck_assert_msg (entry->size_px > size, "grades must grow");
      size = entry->size_px;
    }
  ck_assert_ptr_null (sf_style_category (style, "HURRICANE"));
  ck_assert_ptr_null (sf_style_category (style, NULL));
}
END_TEST

START_TEST (test_palettes)
{
  uint8_t palette[256][4];
  const struct sf_style *style = sf_styles_default (styles, "wind_max");
  ck_assert_int_eq (sf_style_palette (style, palette), 14);
  ck_assert_uint_eq (palette[0][3], 0);
  ck_assert_mem_eq (palette[1], style->entries[0].rgba, 4);
  ck_assert_mem_eq (palette[13], style->entries[12].rgba, 4);
  ck_assert_int_eq (sf_styles_find (styles, "land_fraction", &style, &err), SF_OK);
  ck_assert_int_eq (sf_style_palette (style, palette), 255);
  /* sea d3e6f3 to d5d9b0 over the first 127 slices: the middle of slice 0 is 0.5/127 of the way */
  ck_assert_uint_eq (palette[1][0], 0xd3);
  ck_assert_uint_eq (palette[1][2], 0xf3);
  ck_assert_uint_eq (palette[254][0], 0xa9);
  ck_assert_int_eq (sf_styles_find (styles, "basemap", &style, &err), SF_OK);
  ck_assert_int_eq (sf_style_palette (style, palette), 0);
}
END_TEST

START_TEST (test_find_names_the_nearest)
{
  const struct sf_style *style = NULL;
  ck_assert_int_eq (sf_styles_find (styles, "wind_forse", &style, &err), SF_ENOTFOUND);
  ck_assert_ptr_nonnull (strstr (err.message, "wind_force"));
  ck_assert_ptr_null (style);
}
END_TEST

#define HEAD "name: a\ntitle: {en: A, zh: 甲}\nsource: s\nunit: m\n"

static const struct
{
  const char *text, *place, *word;
} bad[] = {
  { HEAD "classes:\n  - {from: 1, colour: \"#12345\", label: x}\n", "bad.yaml:6:23", "#rrggbb" },
  { HEAD "classes:\n  - {from: 2, colour: \"#123456\", label: x}\n  - {from: 2, colour: \"#123456\", label: x}\n",
    "bad.yaml:7:", "does not rise" },
  { HEAD "classes:\n  - {from: 1, color: \"#123456\", label: x}\n", "bad.yaml:6:", "colour" },
  { HEAD "classes:\n  - {from: one, colour: \"#123456\", label: x}\n", "bad.yaml:6:12", "number" },
  { HEAD "classes:\n  - {colour: \"#123456\", label: x}\n", "bad.yaml:6:", "from is missing" },
  { HEAD "classes: []\n", "bad.yaml:5:", "list" },
  { HEAD "ramp:\n  - {from: 1, colour: \"#123456\", label: x}\n", "bad.yaml:6:", "2..254" },
  { HEAD "sampling: cubic\nclasses:\n  - {from: 1, colour: \"#123456\", label: x}\n", "bad.yaml:5:", "bilinear" },
  { HEAD "default: true\nclasses:\n  - {from: 1, colour: \"#123456\", label: x}\n", "bad.yaml:5:", "names no dataset" },
  { HEAD, "bad.yaml:1:", "one of classes" },
  { "name: a\ntitle: {en: A}\nsource: s\nunit: m\n", "bad.yaml:2:", "zh is missing" },
  { "name: a\ntitle: {en: A, zh: 甲}\nsource: s\ncategories:\n  - {key: k, colour: \"#123456\", label: x}\n"
    "  - {key: k, colour: \"#123456\", label: x}\n",
    "bad.yaml:6:", "twice" },
  { HEAD "dataset: [a, a]\nclasses:\n  - {from: 1, colour: \"#123456\", label: x}\n", "bad.yaml:5:14", "twice" },
  { HEAD "dataset: []\nclasses:\n  - {from: 1, colour: \"#123456\", label: x}\n", "bad.yaml:5:", "a list of 1..16" },
  { HEAD "barb_mps: 4\nclasses:\n  - {from: 1, colour: \"#123456\", label: x}\n",
    "bad.yaml:5:", "does not belong to classes" },
  { HEAD "column: a\nclasses:\n  - {from: 1, colour: \"#123456\", label: x}\n",
    "bad.yaml:5:", "does not belong to classes" },
  { HEAD "categories:\n  - {key: a, colour: \"#123456\", label: x, symbol: moon}\n", "bad.yaml:6:", "circle or star" },
  { HEAD "categories:\n  - {key: a, colour: \"#123456\", label: x, fill: red}\n", "bad.yaml:6:", "#rrggbb" },
  { HEAD "label_every: -1\nisolines:\n  - {from: 1, colour: \"#123456\", label: x}\n", "bad.yaml:5:", "0..254" },
  { HEAD "isolines:\n  - {from: 1, colour: \"#123456\", label: x, size_px: 3}\n", "bad.yaml:6:", "size_px" },
  { HEAD "arrows:\n  - {from: 1, colour: \"#123456\", label: x, size_px: 20}\n",
    "bad.yaml:1:", "spacing_px is missing" },
  { HEAD "spacing_px: 32\narrows:\n  - {from: 1, colour: \"#123456\", label: x, size_px: 33}\n",
    "bad.yaml:7:", "4 to spacing_px" },
  { HEAD "spacing_px: 32\nbarbs:\n  - {from: 1, colour: \"#123456\", label: x, size_px: 20}\n",
    "bad.yaml:1:", "barb_mps is missing" },
  { HEAD "spacing_px: 32\nbarb_mps: 0\nbarbs:\n  - {from: 1, colour: \"#123456\", label: x, size_px: 20}\n",
    "bad.yaml:6:", "0.1..100" },
};

START_TEST (test_errors_name_their_place)
{
  char path[128];
  struct sf_styles *none = NULL;
  snprintf (path, sizeof path, "%s/bad.yaml", folder);
  ck_assert_int_eq (sf_file_write (path, bad[_i].text, strlen (bad[_i].text), &err), SF_OK);
  ck_assert_int_ne (sf_styles_load (folder, &none, &err), SF_OK);
  ck_assert_ptr_null (none);
  ck_assert_msg (strstr (err.message, bad[_i].place) != NULL, "no '%s' in: %s", bad[_i].place, err.message);
  ck_assert_msg (strstr (err.message, bad[_i].word) != NULL, "no '%s' in: %s", bad[_i].word, err.message);
}
END_TEST

START_TEST (test_one_style_for_two_datasets)
{
  static const char text[] = HEAD "dataset: [wind_a, wind_b]\ndefault: true\nspacing_px: 40\nbarb_mps: 4\nbarbs:\n"
                                  "  - {from: 0, colour: \"#123456\", label: x, size_px: 28, width_px: 1.5}\n";
  char path[128];
  struct sf_styles *loaded = NULL;
  snprintf (path, sizeof path, "%s/a.yaml", folder);
  ck_assert_int_eq (sf_file_write (path, text, strlen (text), &err), SF_OK);
  ck_assert_msg (sf_styles_load (folder, &loaded, &err) == SF_OK, "%s", err.message);
  const struct sf_style *style = sf_styles_default (loaded, "wind_b@sea");
  ck_assert_ptr_nonnull (style);
  ck_assert_ptr_eq (style, sf_styles_default (loaded, "wind_a"));
  ck_assert_ptr_null (sf_styles_default (loaded, "wind"));
  ck_assert (!sf_style_fits (style, "wind_bb"));
  ck_assert_int_eq (style->kind, SF_STYLE_BARBS);
  ck_assert_double_eq (style->spacing_px, 40);
  ck_assert_double_eq (style->barb_mps, 4);
  ck_assert_double_eq (style->entries[0].size_px, 28);
  sf_styles_free (loaded);
}
END_TEST

START_TEST (test_two_of_a_name)
{
  static const char text[] = HEAD "classes:\n  - {from: 1, colour: \"#123456\", label: x}\n";
  static const char *const names[] = { "a.yaml", "b.yaml" };
  struct sf_styles *none = NULL;
  for (int i = 0; i < 2; i++)
    {
      char path[128];
      snprintf (path, sizeof path, "%s/%s", folder, names[i]);
      ck_assert_int_eq (sf_file_write (path, text, strlen (text), &err), SF_OK);
    }
  ck_assert_int_eq (sf_styles_load (folder, &none, &err), SF_ECONFLICT);
  ck_assert_ptr_nonnull (strstr (err.message, "a.yaml"));
  ck_assert_ptr_nonnull (strstr (err.message, "b.yaml"));
}
END_TEST

START_TEST (test_out_of_memory)
{
  char path[4096];
  snprintf (path, sizeof path, "%s/styles", share ());
  for (long n = 1;; n++)
    {
      struct sf_styles *loaded = NULL;
      sf_mem_fail_at (n, 1);
      enum sf_code code = sf_styles_load (path, &loaded, &err);
      sf_mem_fail_at (0, 0);
      sf_styles_free (loaded);
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
  Suite *suite = suite_create ("style");
  TCase *tcase = tcase_create ("style");
  tcase_add_checked_fixture (tcase, setup, teardown);
  tcase_set_timeout (tcase, 60);
  tcase_add_test (tcase, test_all_fit_the_vocabulary);
  tcase_add_test (tcase, test_beaufort_bounds);
  tcase_add_test (tcase, test_grade_colours);
  tcase_add_test (tcase, test_palettes);
  tcase_add_test (tcase, test_find_names_the_nearest);
  tcase_add_loop_test (tcase, test_errors_name_their_place, 0, sizeof bad / sizeof *bad);
  tcase_add_test (tcase, test_one_style_for_two_datasets);
  tcase_add_test (tcase, test_two_of_a_name);
  tcase_add_test (tcase, test_out_of_memory);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_ENV);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? 1 : 0;
}
