/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: GEOS (covers) for random polygons that overlap, and random points; by hand for squares. */
#include "geodata/polygon_cover.h"
#include "tests/unit/base.h"
#include "tests/unit/polygon_help.h"

static unsigned seed;

enum
{
  POLYGONS = 24,
  POINTS = 3000
};

/* All geometries that hold a point, bit by bit. */
static unsigned
found (const struct sf_polygon_cover *cover, double x, double y)
{
  size_t cursor = 0, which, before = 0, count = 0;
  unsigned all = 0;
  while (sf_polygon_cover_next (cover, x, y, &cursor, &which))
    {
      ck_assert (count == 0 || which > before);
      before = which;
      count++;
      all |= 1u << which;
    }
  ck_assert_uint_le (count, sf_polygon_cover_most (cover));
  return all;
}

static unsigned
reference (GEOSContextHandle_t geos, GEOSGeometry *const *polygons, double x, double y)
{
  unsigned all = 0;
  GEOSGeometry *point = GEOSGeom_createPointFromXY_r (geos, x, y);
  for (unsigned i = 0; i < POLYGONS; i++)
    all |= GEOSCovers_r (geos, polygons[i], point) == 1 ? 1u << i : 0;
  GEOSGeom_destroy_r (geos, point);
  return all;
}

START_TEST (random_against_geos)
{
  unsigned state = seed;
  GEOSContextHandle_t geos = GEOS_init_r ();
  struct sf_geometry *list[POLYGONS];
  GEOSGeometry *polygons[POLYGONS];
  struct sf_polygon_cover *cover = NULL;
  for (int i = 0; i < POLYGONS; i++)
    {
      list[i] = random_islands (&state, i % 3 == 0 ? 0.05 : 10);
      polygons[i] = geos_of (geos, list[i]);
    }
  ck_done (sf_polygon_cover_new ((const struct sf_geometry *const *) list, POLYGONS, &cover, err));
  for (int k = 0; k < POINTS; k++)
    {
      bool is_near = k % 3 == 0; /* the small ones lie near the origin */
      double x = is_near ? uniform (&state, -0.1, 0.1) : uniform (&state, -10, 20);
      double y = is_near ? uniform (&state, -0.1, 0.1) : uniform (&state, -10, 15);
      unsigned got = found (cover, x, y), wanted = reference (geos, polygons, x, y);
      ck_assert_msg (got == wanted, "(%.17g, %.17g): %x instead of %x", x, y, got, wanted);
    }
  for (int i = 0; i < POLYGONS; i++)
    for (size_t k = 0; k < list[i]->points; k++)
      ck_assert (found (cover, list[i]->xy[2 * k], list[i]->xy[2 * k + 1]) & 1u << i);
  sf_polygon_cover_free (cover);
  for (int i = 0; i < POLYGONS; i++)
    {
      GEOSGeom_destroy_r (geos, polygons[i]);
      sf_geometry_free (list[i]);
    }
  GEOS_finish_r (geos);
}
END_TEST

/* A square of 0..10 with a hole of 4..6, a square of 5..15, nothing and a point between them. */
START_TEST (squares)
{
  struct sf_geometry *first = sf_geometry_new (SF_GEOMETRY_POLYGON), *second = sf_geometry_new (SF_GEOMETRY_POLYGON),
                     *place = sf_geometry_new_point (1, 1);
  struct sf_polygon_cover *cover = NULL;
  ring (first, true, (double[]){ 0, 0, 10, 0, 10, 10, 0, 10 }, 4);
  ring (first, false, (double[]){ 4, 4, 6, 4, 6, 6, 4, 6 }, 4);
  ring (second, true, (double[]){ 5, 5, 15, 5, 15, 15, 5, 15 }, 4);
  const struct sf_geometry *list[] = { first, NULL, place, second };
  ck_done (sf_polygon_cover_new (list, 4, &cover, err));
  ck_assert_uint_eq (found (cover, 1, 1), 1);
  ck_assert_uint_eq (found (cover, 8, 8), 1 | 8);
  ck_assert_uint_eq (found (cover, 4.5, 4.5), 0);
  ck_assert_uint_eq (found (cover, 5.5, 5.5), 8);
  ck_assert_uint_eq (found (cover, 12, 12), 8);
  ck_assert_uint_eq (found (cover, 10, 10), 1 | 8);
  ck_assert_uint_eq (found (cover, 0, 0), 1);
  ck_assert_uint_eq (found (cover, 15, 15), 8);
  ck_assert_uint_eq (found (cover, 15.001, 15), 0);
  ck_assert_uint_eq (found (cover, NAN, 5), 0);
  ck_assert_uint_eq (found (cover, 5, NAN), 0);
  sf_polygon_cover_free (cover);
  sf_geometry_free (second);
  sf_geometry_free (place);
  sf_geometry_free (first);
}
END_TEST

START_TEST (nothing)
{
  struct sf_polygon_cover *cover = NULL;
  ck_done (sf_polygon_cover_new (NULL, 0, &cover, err));
  ck_assert_uint_eq (found (cover, 0, 0), 0);
  ck_assert_uint_eq (sf_polygon_cover_most (cover), 0);
  sf_polygon_cover_free (cover);
}
END_TEST

START_TEST (errors)
{
  struct sf_geometry *open = sf_geometry_new (SF_GEOMETRY_POLYGON);
  struct sf_polygon_cover *cover = NULL;
  sf_geometry_begin_part (open, true);
  for (int i = 0; i < 4; i++)
    sf_geometry_add_point (open, i, i * i);
  const struct sf_geometry *list[] = { open };
  ck_fails (sf_polygon_cover_new (list, 1, &cover, err), SF_EFORMAT, "closed");
  ck_assert_ptr_null (cover);
  sf_geometry_free (open);
}
END_TEST

START_TEST (out_of_memory)
{
  struct sf_geometry *square = sf_geometry_new (SF_GEOMETRY_POLYGON);
  ring (square, true, (double[]){ 0, 0, 10, 0, 10, 10, 0, 10 }, 4);
  const struct sf_geometry *list[] = { square };
  struct sf_polygon_cover *cover = NULL;
  enum sf_code code = SF_ENOMEM;
  for (long n = 1; code == SF_ENOMEM && n < 100; n++)
    {
      struct sf_error error = { 0 };
      sf_mem_fail_at (n, 0);
      code = sf_polygon_cover_new (list, 1, &cover, &error);
    }
  sf_mem_fail_at (0, 0);
  ck_assert_int_eq (code, SF_OK);
  sf_polygon_cover_free (cover);
  sf_geometry_free (square);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { random_against_geos, squares, nothing, errors, out_of_memory, NULL };
  seed = polygon_seed ();
  return run_tests ("polygon_cover", tests);
}
