/* SPDX-License-Identifier: Apache-2.0 */
/* The base map of made-up land: an island with a lake whose shores are rough at every scale, and land that the rim cuts.
   Where land is is told by counting crossings of a ray in the polygons as they are. */
#include "geodata/base_tile.h"
#include "tests/unit/png_help.h"
#include "tests/unit/tile_help.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum
{
  SHORE = 4096
};

static struct sf_vocabulary *vocabulary;
static struct sf_styles *styles;
static struct sf_dataset *coast;
static struct sf_base_map *map;
static struct sf_error err;
static uint32_t chance_state;

#define ASSERT_OK(expr) ck_assert_msg ((expr) == SF_OK, "%s", err.message)

static double
chance (void)
{
  chance_state = chance_state * 1664525u + 1013904223u;
  return (double) (chance_state >> 8) / (1 << 24) - 0.5;
}

/* A ring around a place whose radius is displaced at ever smaller steps. */
static void
add_rough_ring (struct sf_geometry *geometry, bool outer, double lon_deg, double lat_deg, double radius_deg)
{
  static double radius[SHORE + 1];
  radius[0] = radius[SHORE] = radius_deg;
  for (int step = SHORE; step > 1; step /= 2)
    for (int i = step / 2; i < SHORE; i += step)
      radius[i] = (radius[i - step / 2] + radius[i + step / 2]) / 2
                  + radius_deg * 0.5 * chance () * pow ((double) step / SHORE, 0.8);
  ck_assert_int_eq (sf_geometry_begin_part (geometry, outer), 0);
  for (int i = 0; i <= SHORE; i++)
    {
      double angle = 2 * M_PI * (i % SHORE) / SHORE, r = radius[i % SHORE];
      ck_assert_int_eq (sf_geometry_add_point (geometry, lon_deg + r * cos (angle), lat_deg + r * sin (angle)), 0);
    }
}

static void
add_land (struct sf_geometry *geometry)
{
  ck_assert_int_ge (sf_table_add_row (coast->as.table), 0);
  ASSERT_OK (sf_table_set_geometry (coast->as.table, geometry, &err));
}

static void
add_box (double west, double south, double east, double north)
{
  struct sf_geometry *box = sf_geometry_new (SF_GEOMETRY_POLYGON);
  const double corners[5][2] = { { west, south }, { east, south }, { east, north }, { west, north }, { west, south } };
  ck_assert_int_eq (sf_geometry_begin_part (box, true), 0);
  for (int i = 0; i < 5; i++)
    ck_assert_int_eq (sf_geometry_add_point (box, corners[i][0], corners[i][1]), 0);
  add_land (box);
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
  ASSERT_OK (sf_dataset_new_table (sf_vocabulary_dataset (vocabulary, "coast"), NULL, &coast, &err));
  struct sf_geometry *island = sf_geometry_new (SF_GEOMETRY_POLYGON);
  chance_state = 20140718;
  add_rough_ring (island, true, 110, 19, 1);
  add_rough_ring (island, false, 110.1, 19.1, 0.2);
  add_land (island);
  add_box (100, 24, 125, 30); /* reaches three sides of the rim */
  add_box (104, 0, 106, 2);
  struct sf_base_source source = { .coast = coast };
  ASSERT_OK (sf_styles_find (styles, "basemap", &source.style, &err));
  ASSERT_OK (sf_base_map_new (&source, &map, &err));
}

static void
teardown (void)
{
  sf_base_map_free (map);
  sf_dataset_unref (coast);
  sf_styles_free (styles);
  sf_vocabulary_free (vocabulary);
}

static cairo_surface_t *
paint (const struct sf_window *window)
{
  struct sf_strbuf png = { 0 };
  ASSERT_OK (sf_base_map_paint (map, window, &png, &err));
  cairo_surface_t *surface = png_open (&png);
  sf_strbuf_finish (&png);
  return surface;
}

/* Around the island's west coast, and the corner of the rim. */
START_TEST (test_no_seams)
{
  static const double places[2][2] = { { 109, 19 }, { 100.01, 29.99 } };
  enum sf_tile_set set = _i % 2 ? SF_TILE_SET_W : SF_TILE_SET_C;
  for (int id = 2; id <= 16; id += 2)
    {
      int x, y;
      tile_at (set, id, places[_i / 2][0], places[_i / 2][1], &x, &y);
      struct sf_window window = tiles_window (set, id, x - 1, y - 1, 2, 2);
      cairo_surface_t *whole = paint (&window);
      for (int tile = 0; tile < 4; tile++)
        {
          window = tiles_window (set, id, x - 1 + tile % 2, y - 1 + tile / 2, 1, 1);
          cairo_surface_t *part = paint (&window);
          for (int i = 0; i < 256 * 256; i++)
            ck_assert_msg (png_pixel (part, i % 256, i / 256)
                               == png_pixel (whole, i % 256 + tile % 2 * 256, i / 256 + tile / 2 * 256),
                           "level %d, tile %d, pixel %d %d", id, tile, i % 256, i / 256);
          cairo_surface_destroy (part);
        }
      cairo_surface_destroy (whole);
    }
}
END_TEST

/* Whether a place is on land, and how many degrees away the nearest shore is. */
static bool
on_land (double lon, double lat, double *ret_away_deg)
{
  bool inside = false;
  *ret_away_deg = INFINITY;
  for (size_t row = 0; row < coast->as.table->rows; row++)
    {
      const struct sf_geometry *g = coast->as.table->geometries[row];
      for (size_t p = 0; p < g->parts; p++)
        for (size_t i = g->part_start[p]; i + 1 < g->part_start[p + 1]; i++)
          {
            const double *a = g->xy + 2 * i, *b = a + 2;
            double dx = b[0] - a[0], dy = b[1] - a[1];
            double t = fmin (1, fmax (0, ((lon - a[0]) * dx + (lat - a[1]) * dy) / (dx * dx + dy * dy)));
            *ret_away_deg = fmin (*ret_away_deg, hypot (lon - a[0] - t * dx, lat - a[1] - t * dy));
            if ((a[1] > lat) != (b[1] > lat) && lon < a[0] + (lat - a[1]) * dx / dy)
              inside = !inside;
          }
    }
  return inside;
}

/* Pixels further from the shore than the line is wide have the colour of land or sea, exactly where there is some. */
START_TEST (test_land_is_where_it_is)
{
  uint32_t land = 0xfff4f1e8, sea = 0xffe3eef6; /* basemap.yaml */
  int id = 4 + 2 * _i, x, y;
  long seen[2] = { 0 };
  tile_at (SF_TILE_SET_C, id, 110.999, 18.999, &x, &y);
  struct sf_window window = tiles_window (SF_TILE_SET_C, id, x, y, 1, 1);
  double step = (window.bounds.max_x - window.bounds.min_x) / 256, away;
  cairo_surface_t *surface = paint (&window);
  for (int i = 0; i < 256 * 256; i += 11)
    {
      int column = i % 256, row = i / 256;
      double lon = window.bounds.min_x + (column + 0.5) * step, lat = window.bounds.max_y - (row + 0.5) * step;
      bool is_land = on_land (lon, lat, &away);
      if (away < 2 * step || lon < 100 + step || lon > 125 - step || lat < step || lat > 30 - step)
        continue;
      seen[is_land]++;
      ck_assert_msg (png_pixel (surface, i % 256, i / 256) == (is_land ? land : sea), "level %d, %g %g: %08x", id, lon,
                     lat, png_pixel (surface, i % 256, i / 256));
    }
  ck_assert_msg (seen[0] > 50 && seen[1] > 50, "level %d: %ld of sea, %ld of land", id, seen[0], seen[1]);
  cairo_surface_destroy (surface);
}
END_TEST

/* Beyond the rim all is hatched, and where the rim cuts land there is no shore. */
START_TEST (test_rim)
{
  struct sf_window window = { SF_TILE_SET_C, { 99, 26, 101, 28 }, 200, 200 };
  cairo_surface_t *surface = paint (&window);
  long lines = 0;
  for (int i = 0; i < 200 * 200; i++)
    {
      uint32_t pixel = png_pixel (surface, i % 200, i / 200);
      if (i % 200 == 100) /* may blend */
        continue;
      if (i % 200 < 100)
        ck_assert_msg (pixel == 0xffe9e9e6 || pixel == 0xffcfcfca, "%d %d: %08x", i % 200, i / 200, pixel);
      else
        ck_assert_msg (pixel == 0xfff4f1e8, "%d %d: %08x", i % 200, i / 200, pixel);
      lines += pixel == 0xffcfcfca;
    }
  ck_assert_int_eq (lines, 200 * 100 / 8);
  cairo_surface_destroy (surface);
  struct sf_bounds known = sf_base_map_known (map);
  ck_assert (known.min_x == 100 && known.min_y == 0 && known.max_x == 125 && known.max_y == 30);
}
END_TEST

/* The other side of the world, the poles and the closest level are drawn all the same. */
START_TEST (test_far_windows)
{
  static const struct sf_window windows[] = { { SF_TILE_SET_C, { -180, -90, 180, 90 }, 512, 256 },
                                              { SF_TILE_SET_C, { -540, -270, 540, 270 }, 64, 64 },
                                              { SF_TILE_SET_C, { 124.99999, 29.99999, 125.00001, 30.00001 }, 256, 256 },
                                              { SF_TILE_SET_W, { -2.1e7, -2.1e7, 2.1e7, 2.1e7 }, 256, 256 },
                                              { SF_TILE_SET_C, { 110, 19, 110.0000001, 19.0000001 }, 8, 8 } };
  cairo_surface_destroy (paint (&windows[_i]));
}
END_TEST

START_TEST (test_refusals)
{
  struct sf_base_map *none = NULL;
  struct sf_strbuf png = { 0 };
  struct sf_dataset *empty = NULL;
  struct sf_window window = { SF_TILE_SET_C, { 1, 1, 0, 0 }, 10, 10 };
  struct sf_base_source source = { .coast = coast };
  ck_assert_int_eq (sf_base_map_paint (map, &window, &png, &err), SF_EINVAL);
  ASSERT_OK (sf_styles_find (styles, "track", &source.style, &err));
  ck_assert_int_eq (sf_base_map_new (&source, &none, &err), SF_ENOTFOUND);
  ck_assert_ptr_nonnull (strstr (err.message, "sea"));
  ASSERT_OK (sf_styles_find (styles, "basemap", &source.style, &err));
  ASSERT_OK (sf_dataset_new_table (sf_vocabulary_dataset (vocabulary, "coast"), NULL, &empty, &err));
  source.coast = empty;
  ck_assert_int_eq (sf_base_map_new (&source, &none, &err), SF_EINVAL);
  ck_assert_ptr_null (none);
  sf_dataset_unref (empty);
}
END_TEST

START_TEST (test_out_of_memory)
{
  struct sf_window window = tiles_window (SF_TILE_SET_C, 8, 206, 50, 1, 1);
  struct sf_base_source source = { .coast = coast, .counties = coast };
  ASSERT_OK (sf_styles_find (styles, "basemap", &source.style, &err));
  for (long n = 1;; n++)
    {
      struct sf_base_map *made = NULL;
      struct sf_strbuf png = { 0 };
      sf_mem_fail_at (n, 1);
      enum sf_code code = sf_base_map_new (&source, &made, &err);
      if (code == SF_OK)
        code = sf_base_map_paint (made, &window, &png, &err);
      sf_mem_fail_at (0, 0);
      sf_base_map_free (made);
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
  Suite *suite = suite_create ("base_tile");
  TCase *tcase = tcase_create ("base_tile");
  tcase_add_checked_fixture (tcase, setup, teardown);
  tcase_set_timeout (tcase, 120);
  tcase_add_loop_test (tcase, test_no_seams, 0, 4);
  tcase_add_loop_test (tcase, test_land_is_where_it_is, 0, 5);
  tcase_add_test (tcase, test_rim);
  tcase_add_loop_test (tcase, test_far_windows, 0, 5);
  tcase_add_test (tcase, test_refusals);
  tcase_add_test (tcase, test_out_of_memory);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_ENV);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? 1 : 0;
}
