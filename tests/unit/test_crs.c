/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: IOGP Guidance Note 7-2, "Popular Visualisation Pseudo Mercator" example (EPSG:3857); the length of
   the meridian from the equator to 20 N on GRS80, 2212366.2541 m, by Simpson's rule in numpy from the radius of
   curvature. */
#include "geodata/crs.h"
#include "tests/unit/base.h"

#include <math.h>

START_TEST (pseudo_mercator)
{
  struct sf_crs_transform *there = NULL, *back = NULL;
  double xy[2] = { -(100 + 20.0 / 60), 24 + 22.0 / 60 + 54.433 / 3600 };
  ck_done (sf_crs_open ("EPSG:4326", "EPSG:3857", &there, err));
  ck_done (sf_crs_open ("EPSG:3857", "EPSG:4326", &back, err));
  ck_assert_uint_eq (sf_crs_transform_points (there, xy, 1), 1);
  /* The example gives centimetres. */
  ck_assert_double_eq_tol (xy[0], -11169055.58, 0.006);
  ck_assert_double_eq_tol (xy[1], 2800000.00, 0.006);
  ck_assert_uint_eq (sf_crs_transform_points (back, xy, 1), 1);
  ck_assert_double_eq_tol (xy[0], -(100 + 20.0 / 60), 1e-10);
  sf_crs_close (back);
  sf_crs_close (there);
}
END_TEST

/* EPSG:4546 (CGCS2000, 3-degree zone, 111 E) has northing first by its authority; we always get x = easting. */
START_TEST (axis_order)
{
  struct sf_crs_transform *transform = NULL;
  double xy[4] = { 111, 20, 111, 0 };
  ck_done (sf_crs_open (SF_CRS_HOME, "EPSG:4546", &transform, err));
  ck_assert_uint_eq (sf_crs_transform_points (transform, xy, 2), 2);
  ck_assert_double_eq_tol (xy[0], 500000, 1e-3);
  ck_assert_double_eq_tol (xy[1], 2212366.2541, 1e-3);
  ck_assert_double_eq_tol (xy[2], 500000, 1e-3);
  ck_assert_double_eq_tol (xy[3], 0, 1e-3);
  sf_crs_close (transform);
}
END_TEST

START_TEST (home_equals_wgs84)
{
  struct sf_crs_transform *transform = NULL;
  double xy[2] = { 110.35, 20.02 };
  ck_done (sf_crs_open (SF_CRS_HOME, "EPSG:4326", &transform, err));
  ck_assert_uint_eq (sf_crs_transform_points (transform, xy, 1), 1);
  ck_assert_double_eq_tol (xy[0], 110.35, 1e-8);
  ck_assert_double_eq_tol (xy[1], 20.02, 1e-8);
  ck_assert (sf_crs_same_lonlat ("EPSG:4490", "EPSG:4326"));
  ck_assert (sf_crs_same_lonlat ("EPSG:3857", "EPSG:3857"));
  ck_assert (!sf_crs_same_lonlat ("EPSG:4490", "EPSG:3857"));
  sf_crs_close (transform);
}
END_TEST

START_TEST (no_image)
{
  struct sf_crs_transform *transform = NULL;
  double xy[8] = { 110, 20, NAN, 20, 110, 95, 109, 19 };
  ck_done (sf_crs_open (SF_CRS_HOME, "EPSG:32649", &transform, err));
  ck_assert_uint_eq (sf_crs_transform_points (transform, xy, 4), 2);
  ck_assert (isfinite (xy[0]) && isfinite (xy[1]) && isfinite (xy[6]) && isfinite (xy[7]));
  ck_assert (isnan (xy[2]) && isnan (xy[3]) && isnan (xy[4]) && isnan (xy[5]));
  ck_assert_uint_eq (sf_crs_transform_points (transform, xy, 0), 0);
  sf_crs_close (transform);
}
END_TEST

/* EPSG publishes no shift from Beijing 1954 (4214) or Xi'an 1980 (4610) to CGCS2000; projinfo lists only a "ballpark"
   transformation, which takes coordinates some 100 m off as they are. A sphere is what weather models mean by latitude. */
START_TEST (datum_shifts_are_not_left_out)
{
  struct sf_crs_transform *transform = NULL;
  ck_fails (sf_crs_open ("EPSG:4214", SF_CRS_HOME, &transform, err), SF_EUNSUPPORTED, "EPSG:4214");
  ck_fails (sf_crs_open ("EPSG:4610", SF_CRS_HOME, &transform, err), SF_EUNSUPPORTED, "shifts the datum");
  ck_fails (sf_crs_open (SF_CRS_HOME, "EPSG:2381", &transform, err), SF_EUNSUPPORTED, "EPSG:2381");
  double xy[2] = { 110.35, 20.02 };
  ck_done (sf_crs_open ("+proj=longlat +R=6371229 +type=crs", SF_CRS_HOME, &transform, err));
  ck_assert_uint_eq (sf_crs_transform_points (transform, xy, 1), 1);
  ck_assert_double_eq_tol (xy[0], 110.35, 1e-9);
  ck_assert_double_eq_tol (xy[1], 20.02, 1e-9);
  sf_crs_close (transform);
}
END_TEST

START_TEST (unknown)
{
  struct sf_crs_transform *transform = NULL;
  bool geographic = true;
  ck_fails (sf_crs_open ("EPSG:999999", SF_CRS_HOME, &transform, err), SF_EINVAL, "EPSG:999999");
  ck_fails (sf_crs_open (SF_CRS_HOME, "Haikou 2000", &transform, err), SF_EINVAL, "Haikou 2000");
  ck_fails (sf_crs_open ("", SF_CRS_HOME, &transform, err), SF_EINVAL, "reference system");
  ck_fails (sf_crs_is_geographic ("+proj=pipeline +step +inv +proj=utm +zone=49", &geographic, err), SF_EINVAL,
            "pipeline");
  ck_assert_ptr_null (transform);
  ck_done (sf_crs_is_geographic ("EPSG:3857", &geographic, err));
  ck_assert (!geographic);
  ck_done (sf_crs_is_geographic ("EPSG:4490", &geographic, err));
  ck_assert (geographic);
  sf_crs_close (NULL);
}
END_TEST

int
main (void)
{
  const TTest *const tests[]
      = { pseudo_mercator, axis_order, home_equals_wgs84, datum_shifts_are_not_left_out, no_image, unknown, NULL };
  return run_tests ("crs", tests);
}
