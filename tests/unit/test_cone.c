/* SPDX-License-Identifier: Apache-2.0 */
/* Brute force of another kind: a place is in the cone when it is nearer than the radius to the way at some moment of very
   many, distances on the sphere. */
#include "models/typhoon/ensemble/cone.h"
#include "geodata/polygon.h"
#include "geodata/polygon_ops.h"
#include "geodata/sphere.h"
#include "tests/unit/base.h"
#include "tests/unit/polygon_help.h"

enum
{
  HOURS = 73
};

/* A way that bends, an hour a circle, the radius growing. */
static void
bent_way (struct sf_cone_circle *circles, double lon_deg)
{
  for (int h = 0; h < HOURS; h++)
    circles[h]
        = (struct sf_cone_circle){ lon_deg - 0.15 * h + 0.001 * h * h, 15 + 0.02 * h + 0.0008 * h * h, 20 + 3 * h };
}

/* How far outside (above 0) or inside a place is, in km. */
static double
outside_km (const struct sf_cone_circle *circles, double lon_deg, double lat_deg)
{
  double least = INFINITY;
  for (int i = 0; i < (HOURS - 1) * 20; i++)
    {
      int h = i / 20;
      double t = i % 20 / 20.0, lon = circles[h].lon_deg + t * (circles[h + 1].lon_deg - circles[h].lon_deg);
      double lat = circles[h].lat_deg + t * (circles[h + 1].lat_deg - circles[h].lat_deg);
      double radius = circles[h].radius_km + t * (circles[h + 1].radius_km - circles[h].radius_km);
      least = fmin (least, sf_sphere_distance_km (lon, lat, lon_deg, lat_deg) - radius);
    }
  return least;
}

static void
check_way (double lon_deg)
{
  struct sf_cone_circle circles[HOURS];
  struct sf_geometry *cone = NULL;
  struct sf_polygon_index *index = NULL;
  unsigned state = 7;
  int inside = 0, outside = 0;
  bent_way (circles, lon_deg);
  ck_done (sf_cone_hull (circles, HOURS, &cone, err));
  ck_assert_uint_eq (cone->parts, 1);
  ck_done (sf_polygon_check (cone, err));
  ck_done (sf_polygon_index_new ((const struct sf_geometry *const *) &cone, 1, SF_RINGS_ALL, &index, err));
  for (int i = 0; i < 4000; i++)
    {
      double lon = lon_deg + uniform (&state, -12, 4), lat = uniform (&state, 11, 26);
      double km = outside_km (circles, lon, lat);
      bool in = sf_polygon_locate (index, lon, lat, NULL) == SF_SIDE_IN;
      /* 72 corners leave 0.1 % of up to 236 km; tangents are straight in longitude and latitude */
      if (fabs (km) < 1)
        continue;
      ck_assert_msg (in == (km < 0), "%g E %g N is %g km outside, but %s", lon, lat, km, in ? "in" : "out");
      inside += in;
      outside += !in;
    }
  ck_assert_msg (inside > 400 && outside > 400, "%d places inside, %d outside", inside, outside);
  sf_polygon_index_free (index);
  sf_geometry_free (cone);
}

START_TEST (swept) { check_way (115); }
END_TEST

START_TEST (across_the_date_line) { check_way (183); }
END_TEST

/* Two circles far apart on the equator have tangents in common: half way the width is the mean radius over the cosine of the
   tangent's slope. 4 degrees are 444.78 km; radii 50 and 200 km; asin (150 / 444.78). */
START_TEST (tangents)
{
  const struct sf_cone_circle two[] = { { 110, 0, 50 }, { 114, 0, 200 } };
  struct sf_geometry *cone = NULL;
  struct sf_polygon_index *index = NULL;
  double width_deg = 125 / cos (asin (150 / 444.78)) / 111.195;
  ck_done (sf_cone_hull (two, 2, &cone, err));
  ck_done (sf_polygon_index_new ((const struct sf_geometry *const *) &cone, 1, SF_RINGS_ALL, &index, err));
  for (int side = -1; side <= 1; side += 2)
    {
      ck_assert_int_eq (sf_polygon_locate (index, 112, side * (width_deg - 0.01), NULL), SF_SIDE_IN);
      ck_assert_int_eq (sf_polygon_locate (index, 112, side * (width_deg + 0.01), NULL), SF_SIDE_OUT);
    }
  sf_polygon_index_free (index);
  sf_geometry_free (cone);
}
END_TEST

/* A circle's area on the sphere is 2 pi R^2 (1 - cos (r/R)); 72 corners take off 0.13 %, the ellipsoid up to 0.5 %. */
START_TEST (single_circles)
{
  const struct sf_cone_circle one = { 110, 20, 150 }, point = { 110, 20, 0 };
  struct sf_geometry *cone = NULL;
  double cap = 2 * M_PI * SF_EARTH_RADIUS_KM * SF_EARTH_RADIUS_KM * (1 - cos (150 / SF_EARTH_RADIUS_KM));
  ck_done (sf_cone_hull (&one, 1, &cone, err));
  ck_assert_double_eq_tol (sf_polygon_area_km2 (cone) / cap, 1, 0.007);
  sf_geometry_free (cone);
  ck_done (sf_cone_hull (&point, 1, &cone, err));
  ck_assert_double_eq_tol (sf_polygon_area_km2 (cone), M_PI, 0.03);
  sf_geometry_free (cone);
}
END_TEST

START_TEST (nothing)
{
  const struct sf_cone_circle circles[] = { { NAN, 20, 100 }, { 110, 20, NAN }, { 110, NAN, 100 } };
  struct sf_geometry *cone = NULL;
  ck_done (sf_cone_hull (circles, 3, &cone, err));
  ck_assert_uint_eq (cone->parts, 0);
  sf_geometry_free (cone);
  ck_done (
      sf_cone_hull (&(struct sf_cone_circle){ 0, 90, 100 }, 1, &cone, err)); /* no area in longitude and latitude */
  sf_geometry_free (cone);
  ck_done (sf_cone_hull (NULL, 0, &cone, err));
  ck_assert_uint_eq (cone->parts, 0);
  sf_geometry_free (cone);
}
END_TEST

/* A storm that stands still, twice the same circle, a circle inside another: the larger one. */
START_TEST (still)
{
  const struct sf_cone_circle circles[] = { { 110, -20, 50 }, { 110, -20, 50 }, { 110.1, -20, 200 } };
  struct sf_geometry *cone = NULL, *largest = NULL;
  ck_done (sf_cone_hull (circles, 3, &cone, err));
  ck_done (sf_cone_hull (circles + 2, 1, &largest, err));
  ck_assert_double_eq_tol (sf_polygon_area_km2 (cone), sf_polygon_area_km2 (largest), 1e-6);
  sf_geometry_free (cone);
  sf_geometry_free (largest);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { swept, across_the_date_line, tangents, single_circles, nothing, still, NULL };
  return run_tests ("cone", tests);
}
