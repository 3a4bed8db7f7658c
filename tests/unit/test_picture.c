/* SPDX-License-Identifier: Apache-2.0 */
/* What must be on a sheet is looked for in its pixels (read back by cairo) and its texts; how it looks is for people. */
#include "core/base/time.h"
#include "geodata/picture.h"

#include <cairo.h>
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct sf_vocabulary *vocabulary;
static struct sf_styles *styles;
static struct sf_dataset *grid, *track, *coast;
static struct sf_error err;

#define ASSERT_OK(expr) ck_assert_msg ((expr) == SF_OK, "%s", err.message)

static struct sf_dataset *
new_table (const char *name)
{
  struct sf_dataset *dataset = NULL;
  ASSERT_OK (sf_dataset_new_table (sf_vocabulary_dataset (vocabulary, name), NULL, &dataset, &err));
  return dataset;
}

static void
add_fix (const char *grade, double lon_deg, double lat_deg, int64_t time_s)
{
  struct sf_table *table = track->as.table;
  ck_assert_int_ge (sf_table_add_row (table), 0);
  ASSERT_OK (sf_table_set_text (table, "storm", "1409", &err));
  ASSERT_OK (sf_table_set_text (table, "agency", "BABJ", &err));
  ASSERT_OK (sf_table_set_text (table, "grade", grade, &err));
  ASSERT_OK (sf_table_set_time (table, "time", time_s, &err));
  ASSERT_OK (sf_table_set_double (table, "longitude", lon_deg, &err));
  ASSERT_OK (sf_table_set_double (table, "latitude", lat_deg, &err));
  ASSERT_OK (sf_table_set_geometry (table, sf_geometry_new_point (lon_deg, lat_deg), &err));
}

static void
add_island (void)
{
  static const double corners[5][2] = { { 109, 18.5 }, { 110.5, 18.5 }, { 110.5, 20 }, { 109, 20 }, { 109, 18.5 } };
  struct sf_geometry *island = sf_geometry_new (SF_GEOMETRY_POLYGON);
  ck_assert_int_eq (sf_geometry_begin_part (island, true), 0);
  for (int i = 0; i < 5; i++)
    ck_assert_int_eq (sf_geometry_add_point (island, corners[i][0], corners[i][1]), 0);
  ck_assert_int_ge (sf_table_add_row (coast->as.table), 0);
  ASSERT_OK (sf_table_set_geometry (coast->as.table, island, &err));
}

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
  struct sf_gridspec spec = { 40, 30, { 108, 0.1, 0, 21, 0, -0.1 }, "EPSG:4490" };
  ASSERT_OK (
      sf_dataset_new_grid (sf_vocabulary_dataset (vocabulary, "wind_max"), "province", &spec, NULL, 1, &grid, &err));
  for (int i = 0; i < 40 * 30; i++)
    grid->as.grid->values[i] = i % 40 < 20 ? 18.0f : NAN;
  track = new_table ("track_points");
  add_fix ("STY", 111.5, 18.3, 1405641600);
  add_fix ("SuperTY", 111.0, 19.3, 1405663200);
  coast = new_table ("coast");
  add_island ();
}

static void
teardown (void)
{
  sf_dataset_unref (grid);
  sf_dataset_unref (track);
  sf_dataset_unref (coast);
  sf_styles_free (styles);
  sf_vocabulary_free (vocabulary);
}

static struct sf_picture
picture_of_all (void)
{
  return (struct sf_picture){ .styles = styles,
                              .width_px = 1600,
                              .grid = grid,
                              .coast = coast,
                              .track_points = track,
                              .title_en = "Typhoon Rammasun (1409)",
                              .title_zh = "台风威马逊（1409）",
                              .clock_s = 1405663200,
                              .authority = SF_AUTHORITY_INTERNAL };
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
  if (reader->png->length - reader->at < length)
    return CAIRO_STATUS_READ_ERROR;
  memcpy (data, reader->png->text + reader->at, length);
  reader->at += length;
  return CAIRO_STATUS_SUCCESS;
}

/* How many pixels have exactly this colour. */
static long
count_colour (const struct sf_strbuf *png, uint32_t rgb)
{
  struct reader reader = { png, 0 };
  long count = 0;
  cairo_surface_t *surface = cairo_image_surface_create_from_png_stream (read_bytes, &reader);
  ck_assert_int_eq (cairo_surface_status (surface), CAIRO_STATUS_SUCCESS);
  for (int y = 0; y < cairo_image_surface_get_height (surface); y++)
    for (int x = 0; x < cairo_image_surface_get_width (surface); x++)
      {
        uint32_t pixel;
        memcpy (&pixel,
                cairo_image_surface_get_data (surface) + (size_t) y * (size_t) cairo_image_surface_get_stride (surface)
                    + 4 * (size_t) x,
                4);
        count += (pixel & 0xffffff) == rgb;
      }
  cairo_surface_destroy (surface);
  return count;
}

/* The conventions' test: 海 and all that the sheets write must have real glyphs, not boxes. */
START_TEST (test_glyphs)
{
  ck_assert_int_eq (sf_picture_missing_glyphs ("海"), 0);
  ck_assert_int_eq (
      sf_picture_missing_glyphs ("海南省三防台风路径登陆警戒线内部研判参考，不得对外发布模拟演练假设（北京时间）≥–°级"),
      0);
  ck_assert_int_eq (sf_picture_missing_glyphs ("Internal use only, not for release"), 0);
  /* U+E000 is private: no font of ours has it, so the count can tell */
  ck_assert_int_eq (sf_picture_missing_glyphs ("\xee\x80\x80"), 1);
}
END_TEST

START_TEST (test_colours_on_the_sheet)
{
  struct sf_picture picture = picture_of_all ();
  struct sf_strbuf png = { 0 };
  ASSERT_OK (sf_picture_draw (&picture, &png, &err));
  long field = count_colour (&png, 0x9bbce8), other = count_colour (&png, 0x3b7edb);
  ck_assert_msg (field > 300000, "18 m/s is force 8, #9bbce8, over half the map: %ld pixels", field);
  ck_assert_msg (other < 1500, "force 10 (#3b7edb) stands only in the legend: %ld pixels", other);
  ck_assert_msg (count_colour (&png, 0xfa3030) > 150, "a red dot for the super typhoon");
  ck_assert_msg (count_colour (&png, 0xb8460a) > 5000, "the badge for internal use");
  ck_assert_msg (count_colour (&png, 0xf4f1e8) > 20000, "land where the field is missing");
  ck_assert_msg (count_colour (&png, 0xe3eef6) > 50000, "sea where the field is missing");
  ck_assert_ptr_nonnull (memmem (png.text, png.length, "sanfang:authority\0\0\0\0\0internal", 30));
  sf_strbuf_finish (&png);
}
END_TEST

START_TEST (test_same_bytes)
{
  struct sf_picture picture = picture_of_all ();
  struct sf_strbuf first = { 0 }, second = { 0 };
  ASSERT_OK (sf_picture_draw (&picture, &first, &err));
  ASSERT_OK (sf_picture_draw (&picture, &second, &err));
  ck_assert_uint_eq (first.length, second.length);
  ck_assert_mem_eq (first.text, second.text, first.length);
  sf_strbuf_finish (&first);
  sf_strbuf_finish (&second);
}
END_TEST

/* Whatever is not real says so: badge colour, watermark and the file's texts. */
START_TEST (test_drill_is_marked)
{
  static const char *const words[] = { "drill", "hypothetical", "internal" };
  struct sf_picture picture = picture_of_all ();
  struct sf_strbuf png = { 0 }, plain = { 0 };
  char text[64];
  ASSERT_OK (sf_picture_draw (&picture, &plain, &err));
  picture.authority = _i == 0 ? SF_AUTHORITY_DRILL : _i == 1 ? SF_AUTHORITY_HYPOTHETICAL : SF_AUTHORITY_INTERNAL;
  picture.simulated = _i == 2;
  ASSERT_OK (sf_picture_draw (&picture, &png, &err));
  ck_assert_int_eq (count_colour (&plain, 0x6a3fb5), 0);
  ck_assert_int_gt (count_colour (&png, 0x6a3fb5), 2000); /* the badge, less its letters */
  /* the watermark lies on the field: fewer of its pixels keep their colour */
  ck_assert_int_lt (count_colour (&png, 0x9bbce8), count_colour (&plain, 0x9bbce8) * 9 / 10);
  int length = snprintf (text, sizeof text, "sanfang:authority%c%c%c%c%c%s", 0, 0, 0, 0, 0, words[_i]);
  ck_assert_ptr_nonnull (memmem (png.text, png.length, text, (size_t) length));
  length = snprintf (text, sizeof text, "sanfang:simulated%c%c%c%c%c%s", 0, 0, 0, 0, 0, _i == 2 ? "true" : "false");
  ck_assert_ptr_nonnull (memmem (png.text, png.length, text, (size_t) length));
  sf_strbuf_finish (&png);
  sf_strbuf_finish (&plain);
}
END_TEST

START_TEST (test_refusals)
{
  struct sf_strbuf png = { 0 };
  struct sf_picture picture = picture_of_all ();
  picture.width_px = 100;
  ck_assert_int_eq (sf_picture_draw (&picture, &png, &err), SF_EINVAL);
  picture = picture_of_all ();
  picture.extent = (struct sf_bounds){ 112, 18, 108, 20 };
  ck_assert_int_eq (sf_picture_draw (&picture, &png, &err), SF_EINVAL);
  picture = picture_of_all ();
  picture.band = 1;
  ck_assert_int_eq (sf_picture_draw (&picture, &png, &err), SF_EINVAL);
  picture = picture_of_all ();
  ASSERT_OK (sf_styles_find (styles, "basemap", &picture.style, &err));
  ck_assert_int_eq (sf_picture_draw (&picture, &png, &err), SF_EUNSUPPORTED);
  picture = (struct sf_picture){ .styles = styles, .width_px = 800, .clock_s = SF_TIME_MISSING };
  ck_assert_int_eq (sf_picture_draw (&picture, &png, &err), SF_EINVAL);
  ck_assert_uint_eq (png.length, 0);
}
END_TEST

START_TEST (test_layers_by_name)
{
  const struct sf_dataset *const all[] = { grid, coast, track };
  static const char *const names[] = { "coast" }, *const wrong[] = { "track_point" };
  struct sf_picture picture = { 0 };
  ASSERT_OK (sf_picture_find_layers (&picture, all, 3, NULL, 0, &err));
  ck_assert (picture.coast == coast && picture.track_points == track && picture.counties == NULL);
  picture = (struct sf_picture){ 0 };
  ASSERT_OK (sf_picture_find_layers (&picture, all, 3, names, 1, &err));
  ck_assert (picture.coast == coast && picture.track_points == NULL);
  ck_assert_int_eq (sf_picture_find_layers (&picture, all, 3, wrong, 1, &err), SF_ENOTFOUND);
  ck_assert_ptr_nonnull (strstr (err.message, "track_points"));
}
END_TEST

START_TEST (test_names_and_sources)
{
  struct sf_strbuf text = { 0 };
  struct sf_picture picture = picture_of_all ();
  sf_picture_format_name ("wind", grid, 0, "", SF_AUTHORITY_DRILL, true, &text);
  ck_assert_str_eq (text.text, "DRILL-wind-wind_max-province");
  sf_strbuf_reset (&text);
  sf_picture_format_name ("wind", NULL, 0, "track", SF_AUTHORITY_OFFICIAL, false, &text);
  ck_assert_str_eq (text.text, "wind-track");
  sf_strbuf_reset (&text);
  sf_picture_format_name ("wind_max", grid, 0, "", SF_AUTHORITY_INTERNAL, false, &text);
  ck_assert_str_eq (text.text, "wind_max-province");
  sf_strbuf_reset (&text);
  sf_picture_format_sources (&picture, false, &text);
  ck_assert_str_eq (text.text, "track China (CMA); coast GSHHG");
  sf_strbuf_finish (&text);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("picture");
  TCase *tcase = tcase_create ("picture");
  tcase_add_checked_fixture (tcase, setup, teardown);
  tcase_set_timeout (tcase, 120);
  tcase_add_test (tcase, test_glyphs);
  tcase_add_test (tcase, test_colours_on_the_sheet);
  tcase_add_test (tcase, test_same_bytes);
  tcase_add_loop_test (tcase, test_drill_is_marked, 0, 3);
  tcase_add_test (tcase, test_refusals);
  tcase_add_test (tcase, test_layers_by_name);
  tcase_add_test (tcase, test_names_and_sources);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_ENV);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? 1 : 0;
}
