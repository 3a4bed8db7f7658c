/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: by hand. The polygon is the unit test shape of RFC 7946, appendix A.3 (a square with a square hole).
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/data/geometry.h"

static const double OUTER[] = { 100, 0, 101, 0, 101, 1, 100, 1, 100, 0 };
static const double HOLE[] = { 100.8, 0.8, 100.8, 0.2, 100.2, 0.2, 100.2, 0.8, 100.8, 0.8 };

static int
add_ring (struct sf_geometry *geometry, const double *xy, size_t points, bool outer)
{
  if (sf_geometry_begin_part (geometry, outer) < 0)
    return -1;
  for (size_t i = 0; i < points; i++)
    if (sf_geometry_add_point (geometry, xy[2 * i], xy[2 * i + 1]) < 0)
      return -1;
  return 0;
}

static struct sf_geometry *
new_square (void)
{
  struct sf_geometry *geometry = sf_geometry_new (SF_GEOMETRY_POLYGON);
  if (geometry && add_ring (geometry, OUTER, 5, true) == 0 && add_ring (geometry, HOLE, 5, false) == 0)
    return geometry;
  sf_geometry_free (geometry);
  return NULL;
}

START_TEST (polygon)
{
  struct sf_geometry *square = new_square ();
  ck_assert_ptr_nonnull (square);
  ck_assert_uint_eq (square->parts, 2);
  ck_assert_uint_eq (square->points, 10);
  ck_assert_uint_eq (square->part_start[0], 0);
  ck_assert_uint_eq (square->part_start[1], 5);
  ck_assert_uint_eq (square->part_start[2], 10);
  ck_assert (square->part_outer[0] && !square->part_outer[1]);
  ck_assert_mem_eq (square->xy + 10, HOLE, sizeof HOLE);
  sf_geometry_free (square);
}
END_TEST

START_TEST (line_without_begin)
{
  struct sf_geometry *line = sf_geometry_new (SF_GEOMETRY_LINE);
  ck_assert_uint_eq (line->part_start[0], 0);
  ck_assert_int_eq (sf_geometry_add_point (line, 111, 20), 0);
  ck_assert_int_eq (sf_geometry_add_point (line, 110, 21), 0);
  ck_assert_uint_eq (line->parts, 1);
  ck_assert_uint_eq (line->part_start[1], 2);
  ck_assert_ptr_null (line->part_outer);
  ck_assert_int_eq (sf_geometry_begin_part (line, false), 0);
  ck_assert_uint_eq (line->part_start[2], 2);
  sf_geometry_free (line);
}
END_TEST

START_TEST (bounds)
{
  double box[4] = { 7, 7, 7, 7 };
  struct sf_geometry *square = new_square (), *empty = sf_geometry_new (SF_GEOMETRY_POINT);
  ck_assert (sf_geometry_bounds (square, &box[0], &box[1], &box[2], &box[3]));
  ck_assert_mem_eq (box, ((double[]){ 100, 0, 101, 1 }), sizeof box);
  ck_assert (!sf_geometry_bounds (empty, &box[0], &box[1], &box[2], &box[3]));
  ck_assert_double_eq (box[0], 100);
  ck_assert (!sf_geometry_bounds (NULL, &box[0], &box[1], &box[2], &box[3]));
  struct sf_geometry *point = sf_geometry_new_point (-134, -12.5);
  ck_assert (sf_geometry_bounds (point, &box[0], &box[1], &box[2], &box[3]));
  ck_assert_mem_eq (box, ((double[]){ -134, -12.5, -134, -12.5 }), sizeof box);
  sf_geometry_free (point);
  sf_geometry_free (empty);
  sf_geometry_free (square);
}
END_TEST

START_TEST (copies)
{
  struct sf_geometry *square = new_square (), *copy = sf_geometry_copy (square);
  ck_assert_uint_eq (copy->parts, 2);
  ck_assert_mem_eq (copy->xy, square->xy, 20 * sizeof (double));
  ck_assert (copy->part_outer[0] && !copy->part_outer[1]);
  sf_geometry_free (square);
  ck_assert_int_eq (add_ring (copy, OUTER, 5, true), 0);
  ck_assert_uint_eq (copy->part_start[3], 15);
  sf_geometry_free (copy);
  struct sf_geometry *empty = sf_geometry_new (SF_GEOMETRY_POLYGON), *empty_copy = sf_geometry_copy (empty);
  ck_assert_uint_eq (empty_copy->parts, 0);
  ck_assert_uint_eq (empty_copy->part_start[0], 0);
  sf_geometry_free (empty_copy);
  sf_geometry_free (empty);
  ck_assert_ptr_null (sf_geometry_copy (NULL));
  sf_geometry_free (NULL);
}
END_TEST

START_TEST (no_memory)
{
  struct sf_geometry *model = new_square ();
  bool made = false, copied = false;
  long n;
  for (n = 1; n < 100 && !made; n++)
    {
      sf_mem_fail_at (n, 0);
      struct sf_geometry *square = new_square ();
      made = square != NULL;
      sf_geometry_free (square);
    }
  ck_assert_int_gt (n, 4);
  ck_assert (made);
  for (n = 1; n < 100 && !copied; n++)
    {
      sf_mem_fail_at (n, 0);
      struct sf_geometry *copy = sf_geometry_copy (model);
      copied = copy != NULL;
      sf_geometry_free (copy);
    }
  sf_mem_fail_at (0, 0);
  ck_assert_int_gt (n, 4);
  ck_assert (copied);
  sf_geometry_free (model);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("geometry");
  TCase *tests = tcase_create ("all");
  tcase_add_test (tests, polygon);
  tcase_add_test (tests, line_without_begin);
  tcase_add_test (tests, bounds);
  tcase_add_test (tests, copies);
  tcase_add_test (tests, no_memory);
  suite_add_tcase (suite, tests);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
