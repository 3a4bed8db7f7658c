/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/feature_index.h"

#include "core/base/mem.h"
#include "tests/unit/feature_help.h"

#include <stdlib.h>
#include <string.h>

static struct sf_error err;

#define ASSERT_OK(expr) ck_assert_msg ((expr) == SF_OK, "%s", err.message)

static struct sf_feature_index *
index_of (const struct sf_dataset *dataset)
{
  struct sf_feature_index *index = NULL;
  ASSERT_OK (sf_feature_index_new (dataset->as.table, &index, &err));
  return index;
}

static struct sf_geometry *
random_geometry (uint64_t *state)
{
  double x = feature_random (state, 100, 120), y = feature_random (state, 10, 25);
  int kind = (int) feature_random (state, 0, 3);
  if (kind == 0)
    return sf_geometry_new_point (x, y);
  struct sf_geometry *geometry = sf_geometry_new (kind == 1 ? SF_GEOMETRY_LINE : SF_GEOMETRY_POLYGON);
  double radius = feature_random (state, 0.01, 1.5);
  if (kind == 1)
    {
      for (int i = 0; i < 6; i++)
        sf_geometry_add_point (geometry, x + feature_random (state, -radius, radius),
                               y + feature_random (state, -radius, radius));
      return geometry;
    }
  feature_ring (geometry, true, x, y, radius, 12, state);
  feature_ring (geometry, false, x, y, radius / 2, 7, state);
  return geometry;
}

static struct sf_dataset *
random_features (size_t rows, uint64_t seed)
{
  struct sf_dataset *dataset = features_new ();
  for (size_t i = 0; i < rows; i++)
    features_add (dataset, random_geometry (&seed));
  return dataset;
}

static struct sf_bounds
random_box (uint64_t *state)
{
  double x = feature_random (state, 98, 120), y = feature_random (state, 9, 25), side = feature_random (state, 0, 3);
  return (struct sf_bounds){ x, y, x + side, y + side * feature_random (state, 0, 1) };
}

static bool
bounds_meet (const struct sf_geometry *geometry, const struct sf_bounds *box)
{
  double x0, y0, x1, y1;
  return sf_geometry_bounds (geometry, &x0, &y0, &x1, &y1) && x0 <= box->max_x && x1 >= box->min_x && y0 <= box->max_y
         && y1 >= box->min_y;
}

static bool
count_visit (void *context, size_t row)
{
  ((int *) context)[row]++;
  return true;
}

/* Sizes on both sides of every number of levels of nodes of 16. */
START_TEST (query_finds_what_a_look_at_all_rows_finds)
{
  const size_t sizes[] = { 0, 1, 2, 15, 16, 17, 255, 256, 257, 4096, 4097 };
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
    {
      struct sf_dataset *dataset = random_features (sizes[s], 7 + s);
      struct sf_feature_index *index = index_of (dataset);
      int *visits = calloc (sizes[s] + 1, sizeof *visits);
      uint64_t state = 99 + s;
      for (int k = 0; k < 100; k++)
        {
          struct sf_bounds box = random_box (&state);
          memset (visits, 0, (sizes[s] + 1) * sizeof *visits);
          sf_feature_index_query (index, &box, count_visit, visits);
          for (size_t row = 0; row < sizes[s]; row++)
            MUST (visits[row] == bounds_meet (dataset->as.table->geometries[row], &box));
        }
      free (visits);
      sf_feature_index_free (index);
      sf_dataset_unref (dataset);
    }
}
END_TEST

START_TEST (rows_without_a_place_are_counted_and_never_found)
{
  struct sf_dataset *dataset = features_new ();
  features_add (dataset, NULL);
  features_add (dataset, sf_geometry_new (SF_GEOMETRY_LINE));
  features_add (dataset, sf_geometry_new_point (NAN, 20));
  features_add (dataset, sf_geometry_new_point (110, INFINITY));
  features_add (dataset, feature_of (SF_GEOMETRY_LINE, (const double[]){ 110, 20, NAN, 20, 111, 20 }, 3));
  features_add (dataset, sf_geometry_new_point (110, 20));
  features_add (dataset, sf_geometry_new_point (1e300, -1e300));
  struct sf_feature_index *index = index_of (dataset);
  ck_assert_uint_eq (sf_feature_index_rows (index), 7);
  ck_assert_uint_eq (sf_feature_index_unplaced (index), 5);
  const struct sf_bounds everywhere = { -INFINITY, -INFINITY, INFINITY, INFINITY }, nowhere = { NAN, NAN, NAN, NAN };
  int visits[7] = { 0 };
  sf_feature_index_query (index, &everywhere, count_visit, visits);
  ck_assert_int_eq (memcmp (visits, (const int[7]){ 0, 0, 0, 0, 0, 1, 1 }, sizeof visits), 0);
  sf_feature_index_query (index, &nowhere, count_visit, visits);
  ck_assert_int_eq (visits[5], 1);
  struct sf_bounds bounds;
  ck_assert (sf_feature_index_bounds (index, &bounds));
  ck_assert_double_eq (bounds.min_x, 110);
  ck_assert_double_eq (bounds.min_y, -1e300);
  sf_feature_index_free (index);
  sf_dataset_unref (dataset);

  dataset = features_new ();
  index = index_of (dataset);
  ck_assert (!sf_feature_index_bounds (index, &bounds));
  sf_feature_index_free (index);
  sf_dataset_unref (dataset);
}
END_TEST

START_TEST (a_box_may_cross_the_antimeridian)
{
  struct sf_dataset *dataset = features_new ();
  const double lon_deg[] = { 179.5, -179.5, 0, 170, 180, -180 };
  for (size_t i = 0; i < 6; i++)
    features_add (dataset, sf_geometry_new_point (lon_deg[i], 10));
  struct sf_feature_index *index = index_of (dataset);
  const struct sf_feature_page page = { .box = { 179, 0, -179, 20 }, .limit = 6 };
  size_t rows[6], count, matched;
  ASSERT_OK (sf_feature_index_select (index, &page, rows, &count, &matched, &err));
  ck_assert_uint_eq (count, 4);
  ck_assert_int_eq (memcmp (rows, (const size_t[]){ 0, 1, 4, 5 }, 4 * sizeof *rows), 0);
  sf_feature_index_free (index);
  sf_dataset_unref (dataset);
}
END_TEST

static bool
is_even (void *context, size_t row)
{
  (void) context;
  return row % 2 == 0;
}

START_TEST (pages_come_in_the_order_of_rows)
{
  struct sf_dataset *dataset = random_features (1000, 3);
  struct sf_feature_index *index = index_of (dataset);
  struct sf_feature_page page = { .box = { 105, 12, 112, 20 }, .accept = is_even, .limit = 7 };
  size_t rows[7], count, matched, seen = 0, before = 0, wanted = 0;
  for (size_t row = 0; row < 1000; row += 2)
    wanted += bounds_meet (dataset->as.table->geometries[row], &page.box);
  ck_assert_uint_gt (wanted, 50);
  do
    {
      ASSERT_OK (sf_feature_index_select (index, &page, rows, &count, &matched, &err));
      ck_assert_uint_eq (matched, wanted);
      for (size_t i = 0; i < count; i++)
        {
          ck_assert (rows[i] % 2 == 0 && (seen + i == 0 || rows[i] > before));
          ck_assert (bounds_meet (dataset->as.table->geometries[rows[i]], &page.box));
          before = rows[i];
        }
      seen += count;
      page.skip += 7;
    }
  while (count == 7);
  ck_assert_uint_eq (seen, wanted);
  sf_feature_index_free (index);
  sf_dataset_unref (dataset);
}
END_TEST

static bool
stop_at_three (void *context, size_t row)
{
  (void) row;
  return ++*(int *) context < 3;
}

START_TEST (a_visit_can_stop)
{
  struct sf_dataset *dataset = random_features (500, 3);
  struct sf_feature_index *index = index_of (dataset);
  int visits = 0;
  sf_feature_index_query (index, &(struct sf_bounds){ 90, 0, 130, 40 }, stop_at_three, &visits);
  ck_assert_int_eq (visits, 3);
  sf_feature_index_free (index);
  sf_dataset_unref (dataset);
}
END_TEST

/* Expected values from GEOS: what intersects a box, and what is within a distance (in a plane scaled alike in x and y). */
START_TEST (hits_are_those_of_geos)
{
  GEOSContextHandle_t geos = GEOS_init_r ();
  uint64_t state = 11;
  int met = 0, near = 0;
  for (int i = 0; i < 5000; i++)
    {
      struct sf_geometry *geometry = random_geometry (&state);
      double x0, y0, x1, y1;
      sf_geometry_bounds (geometry, &x0, &y0, &x1, &y1);
      double side = feature_random (&state, 0.001, 1);
      double x = feature_random (&state, x0 - side, x1 + side), y = feature_random (&state, y0 - side, y1 + side);
      const struct sf_bounds box = { x, y, x + side, y + side / 2 };
      GEOSGeometry *shape = feature_geos (geos, geometry);
      GEOSGeometry *rectangle = GEOSGeom_createRectangle_r (geos, box.min_x, box.min_y, box.max_x, box.max_y);
      GEOSGeometry *point = GEOSGeom_createPointFromXY_r (geos, x, y);
      bool meets = GEOSIntersects_r (geos, shape, rectangle) == 1;
      double distance;
      MUST (GEOSDistance_r (geos, shape, point, &distance) == 1);
      MUST (sf_feature_meets_box (geometry, &box) == meets);
      MUST (sf_feature_near (geometry, x, y, side, side) == (distance <= side));
      met += meets;
      near += distance <= side;
      GEOSGeom_destroy_r (geos, point);
      GEOSGeom_destroy_r (geos, rectangle);
      GEOSGeom_destroy_r (geos, shape);
      sf_geometry_free (geometry);
    }
  ck_assert (met > 1000 && met < 4000 && near > 1000 && near < 4900);
  GEOS_finish_r (geos);
}
END_TEST

START_TEST (hits_on_the_edge_and_around_the_world)
{
  struct sf_geometry *point = sf_geometry_new_point (110, 20);
  ck_assert (sf_feature_meets_box (point, &(struct sf_bounds){ 110, 20, 110, 20 }));
  ck_assert (sf_feature_meets_box (point, &(struct sf_bounds){ 109, 19, 110, 20 }));
  ck_assert (!sf_feature_meets_box (point, &(struct sf_bounds){ 110.0000001, 19, 111, 21 }));
  ck_assert (sf_feature_meets_box (point, &(struct sf_bounds){ 100, 19, -170, 21 }));
  ck_assert (!sf_feature_meets_box (point, &(struct sf_bounds){ 120, 19, -170, 21 }));
  ck_assert (!sf_feature_meets_box (point, &(struct sf_bounds){ NAN, 19, 111, 21 }));
  ck_assert (!sf_feature_meets_box (NULL, &(struct sf_bounds){ 100, 19, 111, 21 }));
  /* An ellipse: half as wide as high. */
  ck_assert (sf_feature_near (point, 110, 20.9, 0.5, 1));
  ck_assert (!sf_feature_near (point, 110.9, 20, 0.5, 1));
  ck_assert (!sf_feature_near (point, 110, 20, 0, 0));
  ck_assert (!sf_feature_near (point, NAN, 20, 1, 1));
  sf_geometry_free (point);
}
END_TEST

START_TEST (other_tables_and_lack_of_memory_are_errors)
{
  struct sf_feature_index *index = NULL;
  struct sf_table table = { 0 };
  ck_assert_int_eq (sf_feature_index_new (&table, &index, &err), SF_ETYPE);
  struct sf_dataset *dataset = random_features (100, 5);
  enum sf_code code = SF_ENOMEM;
  long n = 0;
  while (code == SF_ENOMEM && n < 100)
    {
      sf_mem_fail_at (++n, 0);
      code = sf_feature_index_new (dataset->as.table, &index, &err);
      sf_mem_fail_at (0, 0);
      ck_assert (code == SF_OK || index == NULL);
    }
  ck_assert_int_eq (code, SF_OK);
  ck_assert_int_gt (n, 4);
  sf_feature_index_free (index);
  sf_feature_index_free (NULL);
  sf_dataset_unref (dataset);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("feature_index");
  TCase *tc = tcase_create ("all");
  tcase_set_timeout (tc, 60);
  tcase_add_test (tc, query_finds_what_a_look_at_all_rows_finds);
  tcase_add_test (tc, rows_without_a_place_are_counted_and_never_found);
  tcase_add_test (tc, a_box_may_cross_the_antimeridian);
  tcase_add_test (tc, pages_come_in_the_order_of_rows);
  tcase_add_test (tc, a_visit_can_stop);
  tcase_add_test (tc, hits_are_those_of_geos);
  tcase_add_test (tc, hits_on_the_edge_and_around_the_world);
  tcase_add_test (tc, other_tables_and_lack_of_memory_are_errors);
  suite_add_tcase (suite, tc);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
