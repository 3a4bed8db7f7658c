/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: GEOS (covers) for random polygons and points; by hand for squares; a degree of latitude on the
   sphere of 6371.0088 km is 111.19508 km. */
#include "geodata/polygon.h"
#include "tests/unit/base.h"
#include "tests/unit/polygon_help.h"

static unsigned seed;

/* A square 0..10 with a hole 4..6, and an island 4.5..5.5 in the hole as a geometry of its own. */
static struct sf_polygon_index *
squares (enum sf_polygon_rings rings)
{
  static const double outer[] = { 0, 0, 10, 0, 10, 10, 0, 10 }, hole[] = { 4, 4, 6, 4, 6, 6, 4, 6 };
  static const double island[] = { 4.5, 4.5, 5.5, 4.5, 5.5, 5.5, 4.5, 5.5 };
  struct sf_geometry *land = sf_geometry_new (SF_GEOMETRY_POLYGON), *inner = sf_geometry_new (SF_GEOMETRY_POLYGON);
  struct sf_polygon_index *index = NULL;
  ring (land, true, outer, 4);
  ring (land, false, hole, 4);
  ring (inner, true, island, 4);
  const struct sf_geometry *list[] = { land, NULL, inner };
  ck_done (sf_polygon_index_new (list, 3, rings, &index, err));
  sf_geometry_free (inner);
  sf_geometry_free (land);
  return index;
}

START_TEST (sides)
{
  struct sf_polygon_index *index = squares (SF_RINGS_ALL);
  size_t which = 99;
  ck_assert_int_eq (sf_polygon_locate (index, 1, 1, &which), SF_SIDE_IN);
  ck_assert_uint_eq (which, 0);
  ck_assert_int_eq (sf_polygon_locate (index, 5, 5, &which), SF_SIDE_IN);
  ck_assert_uint_eq (which, 2);
  ck_assert_int_eq (sf_polygon_locate (index, 4.2, 5, &which), SF_SIDE_OUT);
  ck_assert_int_eq (sf_polygon_locate (index, -1, 5, NULL), SF_SIDE_OUT);
  ck_assert_int_eq (sf_polygon_locate (index, 11, 5, NULL), SF_SIDE_OUT);
  ck_assert_int_eq (sf_polygon_locate (index, 5, 10.0001, NULL), SF_SIDE_OUT);
  static const double on[][2]
      = { { 0, 0 }, { 10, 10 }, { 0, 10 }, { 5, 0 }, { 5, 10 }, { 0, 7 }, { 10, 7 }, { 4, 5 }, { 6, 6 } };
  for (size_t i = 0; i < sizeof on / sizeof *on; i++)
    ck_assert_int_eq (sf_polygon_locate (index, on[i][0], on[i][1], NULL), SF_SIDE_ON);
  ck_assert_int_eq (sf_polygon_locate (index, NAN, 5, NULL), SF_SIDE_OUT);
  ck_assert_int_eq (sf_polygon_locate (index, 5, NAN, NULL), SF_SIDE_OUT);
  /* At the height of a corner, left and right of it. */
  ck_assert_int_eq (sf_polygon_locate (index, -1, 4, NULL), SF_SIDE_OUT);
  ck_assert_int_eq (sf_polygon_locate (index, 1, 4, NULL), SF_SIDE_IN);
  sf_polygon_index_free (index);
  index = squares (SF_RINGS_OUTER);
  ck_assert_int_eq (sf_polygon_locate (index, 4.2, 5, NULL), SF_SIDE_IN);
  sf_polygon_index_free (index);
}
END_TEST

/* The ray from a point passes through corners: each counts once. */
START_TEST (through_corners)
{
  struct sf_geometry *diamond = sf_geometry_new (SF_GEOMETRY_POLYGON);
  const struct sf_geometry *list[] = { diamond };
  struct sf_polygon_index *index = NULL;
  ring (diamond, true, (double[]){ -2, 0, 0, -2, 2, 0, 0, 2 }, 4);
  ck_done (sf_polygon_index_new (list, 1, SF_RINGS_ALL, &index, err));
  ck_assert_int_eq (sf_polygon_locate (index, -1, 0, NULL), SF_SIDE_IN);
  ck_assert_int_eq (sf_polygon_locate (index, 1, 0, NULL), SF_SIDE_IN);
  ck_assert_int_eq (sf_polygon_locate (index, -3, 0, NULL), SF_SIDE_OUT);
  ck_assert_int_eq (sf_polygon_locate (index, -1, 2, NULL), SF_SIDE_OUT);
  ck_assert_int_eq (sf_polygon_locate (index, -1, -2, NULL), SF_SIDE_OUT);
  sf_polygon_index_free (index);
  sf_geometry_free (diamond);
}
END_TEST

START_TEST (random_against_geos)
{
  unsigned state = seed;
  GEOSContextHandle_t geos = GEOS_init_r ();
  for (int round = 0; round < 40; round++)
    {
      struct sf_geometry *geometry = random_islands (&state, 10);
      const struct sf_geometry *list[] = { geometry };
      struct sf_polygon_index *index = NULL;
      GEOSGeometry *reference = geos_of (geos, geometry);
      ck_assert (reference != NULL && GEOSisValid_r (geos, reference) == 1);
      ck_done (sf_polygon_index_new (list, 1, SF_RINGS_ALL, &index, err));
      for (int k = 0; k < 300; k++)
        {
          double x = uniform (&state, -10, 20), y = uniform (&state, -10, 15);
          GEOSGeometry *point = GEOSGeom_createPointFromXY_r (geos, x, y);
          bool inside = sf_polygon_locate (index, x, y, NULL) != SF_SIDE_OUT;
          ck_assert_msg (inside == (GEOSCovers_r (geos, reference, point) == 1), "round %d: (%.17g, %.17g)", round, x,
                         y);
          GEOSGeom_destroy_r (geos, point);
        }
      for (size_t i = 0; i < geometry->points; i++)
        ck_assert_int_eq (sf_polygon_locate (index, geometry->xy[2 * i], geometry->xy[2 * i + 1], NULL), SF_SIDE_ON);
      sf_polygon_index_free (index);
      GEOSGeom_destroy_r (geos, reference);
      sf_geometry_free (geometry);
    }
  GEOS_finish_r (geos);
}
END_TEST

static size_t
cross (const struct sf_polygon_index *index, double x0, double y0, double x1, double y1,
       struct sf_polygon_crossing ret[8])
{
  struct sf_polygon_crossing *found = NULL;
  size_t count = 0;
  ck_done (sf_polygon_crossings (index, x0, y0, x1, y1, &found, &count, err));
  for (size_t i = 0; i < count && i < 8; i++)
    ret[i] = found[i];
  sf_mem_free (found);
  return count;
}

START_TEST (crossings)
{
  struct sf_polygon_crossing c[8];
  struct sf_polygon_index *index = squares (SF_RINGS_ALL);
  ck_assert_uint_eq (cross (index, -10, 5, 30, 5, c), 6);
  static const double at[] = { 0, 4, 4.5, 5.5, 6, 10 };
  for (int i = 0; i < 6; i++)
    {
      ck_assert_double_eq_tol (c[i].t, (at[i] + 10) / 40, 1e-12);
      ck_assert_double_eq_tol (c[i].x, at[i], 1e-9);
      ck_assert (c[i].entering == (i % 2 == 0));
      ck_assert_uint_eq (c[i].geometry, i == 2 || i == 3 ? 2 : 0);
    }
  ck_assert_uint_eq (cross (index, 1, 1, 2, 2, c), 0);  /* inside all the way */
  ck_assert_uint_eq (cross (index, 1, 1, -1, 1, c), 1); /* begins inside */
  ck_assert (!c[0].entering && fabs (c[0].t - 0.5) < 1e-12);
  ck_assert_uint_eq (cross (index, -5, 5, 5, -5, c), 0); /* touches the corner (0, 0) only */
  ck_assert_uint_eq (cross (index, -5, -5, 5, 5, c), 3); /* in through the corner, over the lake, onto the island */
  ck_assert (c[0].entering && fabs (c[0].t - 0.5) < 1e-12);
  ck_assert_uint_eq (cross (index, -5, 0, 5, 0, c), 1); /* along the south edge: counts as inside */
  ck_assert (c[0].entering && fabs (c[0].x) < 1e-9);
  ck_assert_uint_eq (cross (index, -5, 3, -5, 3, c), 0); /* a storm that stands still */
  ck_assert_uint_eq (cross (index, 20, 20, 30, 30, c), 0);
  ck_fails (sf_polygon_crossings (index, 0, 0, NAN, 0, NULL, NULL, err), SF_EINVAL, "finite");
  sf_polygon_index_free (index);
  index = squares (SF_RINGS_OUTER);
  ck_assert_uint_eq (cross (index, -10, 5, 30, 5, c), 2);
  sf_polygon_index_free (index);
}
END_TEST

/* Each crossing of random ways lies on the outline, and the sides on both hands of it differ, by GEOS. */
START_TEST (random_crossings)
{
  unsigned state = seed + 1;
  size_t total = 0;
  for (int round = 0; round < 60; round++)
    {
      struct sf_geometry *geometry = random_islands (&state, 10);
      const struct sf_geometry *list[] = { geometry };
      struct sf_polygon_index *index = NULL;
      struct sf_polygon_crossing c[8];
      ck_done (sf_polygon_index_new (list, 1, SF_RINGS_ALL, &index, err));
      double x0 = uniform (&state, -12, -8), y0 = uniform (&state, -8, 10), x1 = uniform (&state, 18, 22);
      double y1 = uniform (&state, -8, 10);
      size_t count = cross (index, x0, y0, x1, y1, c);
      ck_assert_uint_eq (count % 2, 0); /* begins and ends at sea */
      for (size_t i = 0; i < count && i < 8; i++)
        {
          double step = 1e-7;
          bool before
              = sf_polygon_locate (index, c[i].x - step * (x1 - x0), c[i].y - step * (y1 - y0), NULL) != SF_SIDE_OUT;
          bool after
              = sf_polygon_locate (index, c[i].x + step * (x1 - x0), c[i].y + step * (y1 - y0), NULL) != SF_SIDE_OUT;
          ck_assert_msg (before != after && after == c[i].entering, "round %d crossing %zu", round, i);
        }
      total += count;
      sf_polygon_index_free (index);
      sf_geometry_free (geometry);
    }
  ck_assert_uint_gt (total, 40);
}
END_TEST

START_TEST (distance)
{
  struct sf_polygon_index *index = squares (SF_RINGS_ALL);
  double lon, lat;
  ck_assert_double_eq_tol (sf_polygon_distance_km (index, 5, -1, &lon, &lat), 111.19508, 1e-4);
  ck_assert_double_eq_tol (lon, 5, 1e-9);
  ck_assert_double_eq_tol (lat, 0, 1e-12);
  ck_assert_double_eq_tol (sf_polygon_distance_km (index, 5, 11, NULL, NULL), 111.19508, 1e-4);
  /* Along the equator from the corner (10, 0). */
  ck_assert_double_eq_tol (sf_polygon_distance_km (index, 13, 0, NULL, NULL), 3 * 111.19508, 1e-3);
  /* Inside: from (5, 5) to the island's edges, half a degree of longitude at 5 N is shorter than half of latitude. */
  ck_assert_double_eq_tol (sf_polygon_distance_km (index, 5, 5, NULL, NULL), 0.5 * 111.19508 * cos (5 * M_PI / 180),
                           1e-3);
  ck_assert_double_eq_tol (sf_polygon_distance_km (index, 10, 7, NULL, NULL), 0, 1e-12);
  sf_polygon_index_free (index);
  ck_done (sf_polygon_index_new (NULL, 0, SF_RINGS_ALL, &index, err));
  ck_assert (isinf (sf_polygon_distance_km (index, 5, 5, NULL, NULL)));
  ck_assert_int_eq (sf_polygon_locate (index, 5, 5, NULL), SF_SIDE_OUT);
  struct sf_polygon_crossing c[8];
  ck_assert_uint_eq (cross (index, 0, 0, 1, 1, c), 0);
  sf_polygon_index_free (index);
}
END_TEST

/* At 60 N a degree of longitude is half a degree of latitude: the shore 1.5 degrees east is nearer than the one 1 degree
   south. Along the parallel 1.5 degrees are 83.39 km, the great circle is a little shorter. */
START_TEST (distance_far_north)
{
  struct sf_geometry *south = sf_geometry_new (SF_GEOMETRY_POLYGON), *east = sf_geometry_new (SF_GEOMETRY_POLYGON);
  const struct sf_geometry *list[] = { south, east };
  struct sf_polygon_index *index = NULL;
  double lon, lat;
  ring (south, true, (double[]){ -0.1, 58, 0.1, 58, 0.1, 59, -0.1, 59 }, 4);
  ring (east, true, (double[]){ 1.5, 59.9, 2, 59.9, 2, 60.1, 1.5, 60.1 }, 4);
  ck_done (sf_polygon_index_new (list, 2, SF_RINGS_ALL, &index, err));
  ck_assert_double_eq_tol (sf_polygon_distance_km (index, 0, 60, &lon, &lat), 83.39, 0.05);
  ck_assert_double_eq_tol (lon, 1.5, 1e-12);
  size_t which = 9;
  ck_assert (sf_polygon_nearest_km (index, 0, 60, NULL, NULL, &which)
             == sf_polygon_distance_km (index, 0, 60, NULL, NULL));
  ck_assert_uint_eq (which, 1);
  sf_polygon_nearest_km (index, 0, 59.5, NULL, NULL, &which);
  ck_assert_uint_eq (which, 0);
  sf_polygon_index_free (index);
  sf_geometry_free (east);
  sf_geometry_free (south);
}
END_TEST

START_TEST (refused)
{
  struct sf_polygon_index *index = NULL;
  struct sf_geometry *line = sf_geometry_new (SF_GEOMETRY_LINE), *open = sf_geometry_new (SF_GEOMETRY_POLYGON);
  const struct sf_geometry *lines[] = { line }, *opens[] = { open };
  sf_geometry_begin_part (open, true);
  for (int i = 0; i < 5; i++)
    sf_geometry_add_point (open, i, i * i);
  ck_fails (sf_polygon_index_new (lines, 1, SF_RINGS_ALL, &index, err), SF_ETYPE, "geometry 0");
  ck_fails (sf_polygon_index_new (opens, 1, SF_RINGS_ALL, &index, err), SF_EFORMAT, "closed");
  open->xy[3] = NAN;
  ck_fails (sf_polygon_index_new (opens, 1, SF_RINGS_ALL, &index, err), SF_EFORMAT, "finite");
  ck_assert_ptr_null (index);
  sf_geometry_free (open);
  sf_geometry_free (line);
}
END_TEST

START_TEST (memory_runs_out)
{
  unsigned state = 7;
  struct sf_geometry *geometry = random_islands (&state, 10);
  const struct sf_geometry *list[] = { geometry };
  enum sf_code code = SF_ENOMEM;
  long n = 0;
  for (; code != SF_OK && n < 1000; n++)
    {
      struct sf_polygon_index *index = NULL;
      sf_mem_fail_at (n + 1, 0);
      code = sf_polygon_index_new (list, 1, SF_RINGS_ALL, &index, NULL);
      sf_mem_fail_at (0, 0);
      ck_assert (code == SF_OK || (code == SF_ENOMEM && !index));
      sf_polygon_index_free (index);
    }
  ck_assert_int_gt (n, 3);
  ck_assert_int_eq (code, SF_OK);
  sf_geometry_free (geometry);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { sides,
                                 through_corners,
                                 random_against_geos,
                                 crossings,
                                 random_crossings,
                                 distance,
                                 distance_far_north,
                                 refused,
                                 memory_runs_out,
                                 NULL };
  seed = polygon_seed ();
  return run_tests ("polygon", tests);
}
