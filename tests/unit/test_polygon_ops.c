/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: areas of squares by hand; ellipsoidal areas from sf_ellipsoid_rectangle_area_km2 (tested on its own
   against numpy), where meridians and the equator are geodesics; one octant of the globe is 510065621.724 / 8 km2. */
#include "geodata/gridspec.h"
#include "geodata/polygon_ops.h"
#include "tests/unit/base.h"
#include "tests/unit/polygon_help.h"

static double
plane_area (const struct sf_geometry *geometry)
{
  double sum = 0;
  for (size_t part = 0; part < geometry->parts; part++)
    {
      double area = 0;
      const double *xy = geometry->xy;
      for (size_t i = geometry->part_start[part]; i + 1 < geometry->part_start[part + 1]; i++)
        area += (xy[2 * i] * xy[2 * i + 3] - xy[2 * i + 2] * xy[2 * i + 1]) / 2;
      sum += geometry->part_outer[part] ? fabs (area) : -fabs (area);
    }
  return sum;
}

static struct sf_geometry *
square (double x, double y, double size)
{
  struct sf_geometry *geometry = sf_geometry_new (SF_GEOMETRY_POLYGON);
  ring (geometry, true, (double[]){ x, y, x + size, y, x + size, y + size, x, y + size }, 4);
  return geometry;
}

START_TEST (area)
{
  struct sf_geometry *octant = sf_geometry_new (SF_GEOMETRY_POLYGON), *cell = square (110, 19, 0.001), *line;
  ring (octant, true, (double[]){ 100, 0, 190, 0, 100, 90 }, 3);
  ck_assert_double_eq_tol (sf_polygon_area_km2 (octant), 510065621.724 / 8, 1e-2);
  ck_assert_double_eq_tol (sf_polygon_area_km2 (cell), sf_ellipsoid_rectangle_area_km2 (110, 19, 110.001, 19.001),
                           1e-8);
  ring (octant, false, (double[]){ 110, 19, 110, 19.001, 110.001, 19.001, 110.001, 19 }, 4);
  ck_assert_double_eq_tol (sf_polygon_area_km2 (octant), 510065621.724 / 8 - sf_polygon_area_km2 (cell), 1e-2);
  line = sf_geometry_new (SF_GEOMETRY_LINE);
  ck_assert (isnan (sf_polygon_area_km2 (line)));
  sf_geometry_free (line);
  sf_geometry_free (cell);
  sf_geometry_free (octant);
}
END_TEST

START_TEST (clip_and_intersect)
{
  struct sf_geometry *a = square (0, 0, 10), *b = square (8, 8, 10), *far = square (50, 50, 1), *out = NULL;
  ring (a, false, (double[]){ 2, 2, 4, 2, 4, 4, 2, 4 }, 4);
  ck_done (sf_polygon_intersection (a, b, &out, err));
  ck_assert_double_eq_tol (plane_area (out), 4, 1e-12);
  sf_geometry_free (out);
  ck_done (sf_polygon_clip_box (a, 3, -5, 20, 5, &out, err));
  ck_assert_double_eq_tol (plane_area (out), 7 * 5 - 1 * 2, 1e-12);
  ck_done (sf_polygon_check (out, err));
  sf_geometry_free (out);
  ck_done (sf_polygon_intersection (a, far, &out, err));
  ck_assert_uint_eq (out->parts, 0);
  sf_geometry_free (out);
  /* A shared edge is no common ground. */
  struct sf_geometry *beside = square (10, 0, 10);
  ck_done (sf_polygon_intersection (a, beside, &out, err));
  ck_assert_uint_eq (out->parts, 0);
  sf_geometry_free (out);
  ck_fails (sf_polygon_clip_box (a, 3, 0, 3, 5, &out, err), SF_EINVAL, "empty");
  sf_geometry_free (beside);
  sf_geometry_free (far);
  sf_geometry_free (b);
  sf_geometry_free (a);
}
END_TEST

START_TEST (valid)
{
  struct sf_geometry *bow = sf_geometry_new (SF_GEOMETRY_POLYGON), *mended = NULL, *good = square (0, 0, 10);
  struct sf_geometry *stub = sf_geometry_new (SF_GEOMETRY_POLYGON), *line = sf_geometry_new (SF_GEOMETRY_LINE);
  ring (bow, true, (double[]){ 0, 0, 2, 2, 2, 0, 0, 2 }, 4);
  ring (stub, true, (double[]){ 0, 0, 1, 1 }, 2);
  ck_fails (sf_polygon_check (bow, err), SF_EFORMAT, "Self-intersection at (1, 1)");
  ck_done (sf_polygon_make_valid (bow, &mended, err));
  ck_done (sf_polygon_check (mended, err));
  ck_assert_double_eq_tol (plane_area (mended), 2, 1e-12);
  ck_done (sf_polygon_check (good, err));
  ck_fails (sf_polygon_check (stub, err), SF_EFORMAT, "Too few points");
  ck_fails (sf_polygon_check (line, err), SF_ETYPE, "polygon");
  sf_geometry_free (line);
  sf_geometry_free (stub);
  sf_geometry_free (good);
  sf_geometry_free (mended);
  sf_geometry_free (bow);
}
END_TEST

START_TEST (simplify)
{
  struct sf_geometry *circle = sf_geometry_new (SF_GEOMETRY_POLYGON), *low = NULL;
  double xy[2 * 1000];
  for (int i = 0; i < 1000; i++)
    {
      xy[2 * i] = cos (2 * M_PI * i / 1000);
      xy[2 * i + 1] = sin (2 * M_PI * i / 1000);
    }
  ring (circle, true, xy, 1000);
  ck_done (sf_polygon_simplify (circle, 0.01, &low, err));
  ck_assert_uint_lt (low->points, 60);
  ck_assert_uint_gt (low->points, 10);
  /* A chord with a sagitta of at most 0.01 takes at most about 4/3 of it off the area for each unit of length. */
  ck_assert_double_eq_tol (plane_area (low), M_PI, 2 * M_PI * 0.01);
  for (size_t i = 0; i < low->points; i++)
    ck_assert_double_eq_tol (hypot (low->xy[2 * i], low->xy[2 * i + 1]), 1, 1e-12);
  sf_geometry_free (low);
  sf_geometry_free (circle);
}
END_TEST

/* Squares of side 2 that overlap by a unit square (4 + 4 - 1), and one apart: counted by hand in the plane. */
START_TEST (unite)
{
  struct sf_geometry *three = sf_geometry_new (SF_GEOMETRY_POLYGON), *made = NULL;
  ring (three, true, (double[]){ 0, 0, 2, 0, 2, 2, 0, 2 }, 4);
  ring (three, true, (double[]){ 1, 1, 3, 1, 3, 3, 1, 3 }, 4);
  ring (three, true, (double[]){ 5, 5, 6, 5, 6, 6, 5, 6 }, 4);
  ck_done (sf_polygon_union (three, &made, err));
  ck_assert_uint_eq (made->parts, 2);
  double twice_area = 0;
  for (size_t part = 0; part < made->parts; part++)
    for (size_t i = made->part_start[part]; i + 1 < made->part_start[part + 1]; i++)
      twice_area += made->xy[2 * i] * made->xy[2 * i + 3] - made->xy[2 * i + 2] * made->xy[2 * i + 1];
  ck_assert_double_eq_tol (fabs (twice_area), 16, 1e-12);
  sf_geometry_free (made);
  sf_geometry_free (three);
  struct sf_geometry *none = sf_geometry_new (SF_GEOMETRY_POLYGON);
  ck_done (sf_polygon_union (none, &made, err));
  ck_assert_uint_eq (made->parts, 0);
  sf_geometry_free (made);
  sf_geometry_free (none);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { area, clip_and_intersect, valid, simplify, unite, NULL };
  return run_tests ("polygon_ops", tests);
}
