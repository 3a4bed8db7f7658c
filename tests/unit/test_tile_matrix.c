/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: Tianditu's published levels (c: degrees a pixel and matrix sizes, w: metres a pixel) and OGC 07-057r7's
   scale denominators for them (0.28 mm, 111319.490793 m a degree), as the project's map handbook tabulates them. */
#include "geodata/tile_matrix.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct
{
  int id, columns, rows;
  double degrees, denominator, metres;
} levels[] = {
  { 1, 2, 1, 0.703125, 279541132.0143589, 78271.51696402048 },
  { 2, 4, 2, 0.3515625, 139770566.0071794, 39135.75848201024 },
  { 3, 8, 4, 0.17578125, 69885283.0035897, 19567.87924100512 },
  { 4, 16, 8, 0.087890625, 34942641.5017949, 9783.93962050256 },
  { 5, 32, 16, 0.0439453125, 17471320.7508974, 4891.96981025128 },
  { 6, 64, 32, 0.02197265625, 8735660.3754487, 2445.98490512564 },
  { 7, 128, 64, 0.010986328125, 4367830.1877244, 1222.99245256282 },
  { 8, 256, 128, 0.0054931640625, 2183915.0938622, 611.49622628141 },
  { 9, 512, 256, 0.00274658203125, 1091957.5469311, 305.748113140705 },
  { 10, 1024, 512, 0.001373291015625, 545978.7734655, 152.874056570353 },
  { 11, 2048, 1024, 6.866455078125e-4, 272989.3867328, 76.4370282851763 },
  { 12, 4096, 2048, 3.4332275390625e-4, 136494.6933664, 38.2185141425881 },
  { 13, 8192, 4096, 3.4332275390625e-4 / 2, 68247.3466832, 38.2185141425881 / 2 },
  { 18, 262144, 131072, 3.4332275390625e-4 / 64, 2132.7295838, 0.597164283 },
};

START_TEST (test_levels)
{
  struct sf_tile_matrix c, w;
  ck_assert_int_eq (sf_tile_matrix_get (SF_TILE_SET_C, levels[_i].id, &c, NULL), SF_OK);
  ck_assert_int_eq (sf_tile_matrix_get (SF_TILE_SET_W, levels[_i].id, &w, NULL), SF_OK);
  ck_assert_int_eq (c.columns, levels[_i].columns);
  ck_assert_int_eq (c.rows, levels[_i].rows);
  ck_assert_int_eq (w.columns, levels[_i].columns);
  ck_assert_int_eq (w.rows, levels[_i].columns);
  ck_assert_double_eq (c.resolution, levels[_i].degrees);
  ck_assert_double_eq_tol (c.scale_denominator, levels[_i].denominator, 6e-8);
  ck_assert_double_eq_tol (w.resolution / levels[_i].metres, 1, 1e-9);
  /* the equator's metres a degree make both sets' denominators one */
  ck_assert_double_eq_tol (w.scale_denominator / c.scale_denominator, 1, 1e-12);
}
END_TEST

START_TEST (test_ids)
{
  struct sf_tile_matrix matrix = { .id = -7 };
  struct sf_error err;
  ck_assert_int_eq (sf_tile_matrix_get (SF_TILE_SET_C, 0, &matrix, &err), SF_ERANGE);
  ck_assert_ptr_nonnull (strstr (err.message, "1..18"));
  ck_assert_int_eq (sf_tile_matrix_get (SF_TILE_SET_C, 19, &matrix, &err), SF_ERANGE);
  ck_assert_int_eq (sf_tile_matrix_get (SF_TILE_SET_W, -1, &matrix, &err), SF_ERANGE);
  ck_assert_int_eq (matrix.id, -7);
  ck_assert_int_eq (sf_tile_matrix_get (SF_TILE_SET_W, 0, &matrix, &err), SF_OK);
  ck_assert_int_eq (matrix.columns, 1);
}
END_TEST

/* Handbook map 5: OpenLayers and MapLibre both ask for c/7/25/103 rows and columns around Hainan (row 25, column 103). */
START_TEST (test_tile_of_hainan)
{
  struct sf_tile_matrix matrix;
  ck_assert_int_eq (sf_tile_matrix_get (SF_TILE_SET_C, 7, &matrix, NULL), SF_OK);
  struct sf_bounds tile = sf_tile_bounds (&matrix, 103, 25);
  ck_assert_double_eq (tile.min_x, 109.6875);
  ck_assert_double_eq (tile.max_x, 112.5);
  ck_assert_double_eq (tile.max_y, 19.6875);
  ck_assert_double_eq (tile.min_y, 16.875);
  struct sf_bounds wenchang = { 110.79, 19.54, 110.80, 19.55 };
  struct sf_tile_range range = sf_tile_range_find (&matrix, &wenchang);
  ck_assert_int_eq (range.x0, 103);
  ck_assert_int_eq (range.x1, 104);
  ck_assert_int_eq (range.y0, 25);
  ck_assert_int_eq (range.y1, 26);
}
END_TEST

START_TEST (test_ranges)
{
  struct sf_tile_matrix matrix;
  ck_assert_int_eq (sf_tile_matrix_get (SF_TILE_SET_C, 3, &matrix, NULL), SF_OK);
  struct sf_bounds exact = sf_tile_bounds (&matrix, 2, 1), world = { -200, -100, 200, 100 }, none = { 5, 5, 5, 6 };
  struct sf_tile_range range = sf_tile_range_find (&matrix, &exact);
  ck_assert_int_eq (range.x0, 2);
  ck_assert_int_eq (range.x1, 3);
  ck_assert_int_eq (range.y0, 1);
  ck_assert_int_eq (range.y1, 2);
  range = sf_tile_range_find (&matrix, &world);
  ck_assert_int_eq (range.x0, 0);
  ck_assert_int_eq (range.x1, 8);
  ck_assert_int_eq (range.y1, 4);
  range = sf_tile_range_find (&matrix, &none);
  ck_assert_int_eq (range.x1 - range.x0, 0);
}
END_TEST

/* EPSG guidance note 7-2, the Popular Visualisation Pseudo-Mercator example: 24 22 54.433 N, 100 20 0 W. */
START_TEST (test_mercator)
{
  double lat_deg = 24 + 22 / 60.0 + 54.433 / 3600, lon_deg = -(100 + 20 / 60.0);
  ck_assert_double_eq_tol (sf_mercator_x_m (lon_deg), -11169055.58, 0.005);
  ck_assert_double_eq_tol (sf_mercator_y_m (lat_deg), 2800000.00, 0.01);
  ck_assert_double_eq_tol (sf_mercator_lat_deg (sf_mercator_y_m (lat_deg)), lat_deg, 1e-12);
  struct sf_bounds pole = { 0, -90, 1, 90 };
  struct sf_bounds square = sf_tile_set_extent (SF_TILE_SET_W, &pole);
  ck_assert_double_eq_tol (square.max_y, 20037508.342789244, 1e-6);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("tile_matrix");
  TCase *tcase = tcase_create ("tile_matrix");
  tcase_add_loop_test (tcase, test_levels, 0, sizeof levels / sizeof *levels);
  tcase_add_test (tcase, test_ids);
  tcase_add_test (tcase, test_tile_of_hainan);
  tcase_add_test (tcase, test_ranges);
  tcase_add_test (tcase, test_mercator);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_ENV);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? 1 : 0;
}
