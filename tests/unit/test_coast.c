/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values:
   - Hainan Island 33,900 km2: the figure of the Hainan provincial government and its yearbooks ("海南岛3.39万平方公里",
   beside 3.54 for all land of the province), also used in the drill practice of this project. Other figures are
   printed: 33,210 (English Wikipedia's infobox, without a source), 33,920 (the same source's province). The bar is 0.5
   %.
   - The areas that GSHHG's makers computed from their unbinned polygons (variable The_km_squared_area_of_polygons).
   - Taiwan 35,808 km2 (main island; Taiwan yearbooks), within 0.5 %.
   - Points on land and at sea: towns and bays of any atlas. */
#include "geodata/coast_gshhg.h"
#include "geodata/gshhg_file.h"
#include "geodata/polygon.h"
#include "geodata/polygon_ops.h"
#include "tests/unit/base.h"

#include <math.h>
#include <stdio.h>
#include <sys/stat.h>

#define GSHHG GSHHG_DIR "/binned_GSHHS_f.nc"

static struct sf_gshhg coast;
static struct sf_polygon_index *land;

static const struct sf_gshhg_polygon *
polygon_at (double lon_deg, double lat_deg)
{
  size_t which;
  return sf_polygon_locate (land, lon_deg, lat_deg, &which) == SF_SIDE_OUT ? NULL : &coast.polygons[which];
}

START_TEST (hainan_area)
{
  const struct sf_gshhg_polygon *hainan = polygon_at (109.7, 19.2);
  ck_assert (hainan != NULL && !hainan->cut && hainan->level == 1);
  double area_km2 = sf_polygon_area_km2 (hainan->geometry);
  ck_assert_double_eq_tol (area_km2, 33900, 0.005 * 33900);
  ck_assert_double_eq_tol (hainan->whole_area_km2, 33979.37, 0.01);
  printf ("Hainan Island: %.1f km2 of land, %.1f with its lakes\n", area_km2, hainan->whole_area_km2);
}
END_TEST

/* Ring by ring from the binned pieces against the makers' own figure. Small ones differ by the file's rounding of
   places to 1/65535 degree (1.7 m along an outline of some km). */
START_TEST (areas_of_the_makers)
{
  size_t compared = 0;
  for (size_t i = 0; i < coast.count; i++)
    {
      const struct sf_gshhg_polygon *polygon = &coast.polygons[i];
      if (polygon->cut || polygon->geometry->parts > 1 || polygon->whole_area_km2 < 1)
        continue;
      double area_km2 = sf_polygon_area_km2 (polygon->geometry);
      ck_assert_msg (fabs (area_km2 / polygon->whole_area_km2 - 1) < 2e-3, "polygon %d: %.4f km2, the file says %.4f",
                     polygon->id, area_km2, polygon->whole_area_km2);
      compared++;
    }
  ck_assert_uint_gt (compared, 1000);
  const struct sf_gshhg_polygon *taiwan = polygon_at (121, 23.8);
  ck_assert (taiwan != NULL);
  ck_assert_double_eq_tol (sf_polygon_area_km2 (taiwan->geometry), 35808, 0.005 * 35808);
}
END_TEST

START_TEST (rings_are_closed_and_valid)
{
  for (size_t i = 0; i < coast.count; i++)
    {
      const struct sf_geometry *g = coast.polygons[i].geometry;
      ck_assert_uint_gt (g->parts, 0);
      ck_assert (g->part_outer[0]);
      for (size_t p = 0; p < g->parts; p++)
        {
          size_t first = g->part_start[p], last = g->part_start[p + 1] - 1;
          ck_assert_uint_ge (last - first, 3);
          ck_assert (g->xy[2 * first] == g->xy[2 * last] && g->xy[2 * first + 1] == g->xy[2 * last + 1]);
        }
      ck_done (sf_polygon_check (g, err));
      ck_assert (i == 0 || coast.polygons[i - 1].id < coast.polygons[i].id);
    }
}
END_TEST

START_TEST (land_and_sea)
{
  static const double on_land[][2] = { { 110.32, 20.00 }, { 109.50, 18.28 }, { 109.52, 18.78 }, { 110.75, 19.61 },
                                       { 113.26, 23.13 }, { 105.85, 21.03 }, { 106.66, 10.78 }, { 100.5, 13.8 },
                                       { 121.0, 14.6 },   { 121.5, 25.0 },   { 110.35, 1.5 },   { 100.1, 29.9 } };
  static const double at_sea[][2]
      = { { 110.2, 20.2 }, { 110.9, 20.3 }, { 111.5, 19.5 }, { 108.0, 20.0 }, { 109.5, 18.0 },
          { 115, 15 },     { 113.0, 21.0 }, { 120.7, 14.5 }, { 119.5, 24.5 }, { 102, 10 } };
  for (size_t i = 0; i < sizeof on_land / sizeof *on_land; i++)
    ck_assert_msg (polygon_at (on_land[i][0], on_land[i][1]) != NULL, "%g E %g N", on_land[i][0], on_land[i][1]);
  for (size_t i = 0; i < sizeof at_sea / sizeof *at_sea; i++)
    ck_assert_msg (polygon_at (at_sea[i][0], at_sea[i][1]) == NULL, "%g E %g N", at_sea[i][0], at_sea[i][1]);
  /* Songtao reservoir, a lake in Hainan. */
  ck_assert (polygon_at (109.56, 19.37) == NULL);
  /* Haikou and Xuwen are different lands, Xuwen and Guangzhou the same. */
  ck_assert (polygon_at (110.32, 20.0) != polygon_at (110.17, 20.33));
  ck_assert (polygon_at (113.26, 23.13) == polygon_at (110.17, 20.33));
}
END_TEST

/* Another box cuts the same land elsewhere: what lies in both is the same, point by point. */
START_TEST (other_box)
{
  struct sf_gshhg small = { 0 };
  ck_done (sf_gshhg_load (GSHHG, (struct sf_gshhg_box){ 108, 18, 112, 22 }, &small, err));
  const struct sf_gshhg_polygon *hainan = polygon_at (109.7, 19.2), *found = NULL;
  for (size_t i = 0; i < small.count; i++)
    if (small.polygons[i].id == hainan->id)
      found = &small.polygons[i];
  ck_assert (found != NULL && !found->cut);
  ck_assert_uint_eq (found->geometry->points, hainan->geometry->points);
  ck_assert_double_eq_tol (sf_polygon_area_km2 (found->geometry), sf_polygon_area_km2 (hainan->geometry), 1e-6);
  ck_assert (small.polygons[0].id == 0 && small.polygons[0].cut);
  double clipped = sf_polygon_area_km2 (small.polygons[0].geometry);
  struct sf_geometry *reference = NULL;
  ck_done (sf_polygon_clip_box (coast.polygons[0].geometry, 108, 18, 112, 22, &reference, err));
  /* The two ways to cut must agree; the border is a parallel here and there, with corners at different places. */
  ck_assert_double_eq_tol (clipped, sf_polygon_area_km2 (reference), 1e-3 * clipped);
  sf_geometry_free (reference);
  sf_gshhg_finish (&small);
}
END_TEST

START_TEST (refused)
{
  struct sf_gshhg out = { 0 };
  ck_fails (sf_gshhg_load ("no-such-file.nc", (struct sf_gshhg_box){ 108, 18, 112, 22 }, &out, err), SF_EIO,
            "no-such-file.nc");
  ck_fails (sf_gshhg_load (TEST_SRCDIR "/LICENSE", (struct sf_gshhg_box){ 108, 18, 112, 22 }, &out, err), SF_EIO,
            "HDF5");
  ck_fails (sf_gshhg_load (GSHHG, (struct sf_gshhg_box){ 112, 18, 108, 22 }, &out, err), SF_EINVAL, "box");
  ck_fails (sf_gshhg_load (GSHHG, (struct sf_gshhg_box){ 102, 28, 103, 29 }, &out, err), SF_EUNSUPPORTED, "land");
  ck_assert_uint_eq (out.count, 0);
  /* Open sea: nothing, and no error. */
  ck_done (sf_gshhg_load (GSHHG, (struct sf_gshhg_box){ 130, 17, 133, 20 }, &out, err));
  ck_assert_uint_eq (out.count, 0);
  sf_gshhg_finish (&out);
}
END_TEST

int
main (void)
{
  setenv ("CK_DEFAULT_TIMEOUT", "120", 0); /* sanitized builds on a busy machine */
  struct stat status;
  struct sf_error err;
  const TTest *const tests[]
      = { hainan_area, areas_of_the_makers, rings_are_closed_and_valid, land_and_sea, other_box, refused, NULL };
  if (stat (GSHHG, &status))
    {
      printf ("skipped: %s is missing (Debian package gmt-gshhg-full)\n", GSHHG);
      return 77;
    }
  if (sf_gshhg_load (GSHHG, (struct sf_gshhg_box){ 100, 0, 125, 30 }, &coast, &err) != SF_OK)
    {
      printf ("%s\n", err.message);
      return 1;
    }
  const struct sf_geometry **list = calloc (coast.count, sizeof *list);
  for (size_t i = 0; i < coast.count; i++)
    list[i] = coast.polygons[i].geometry;
  if (sf_polygon_index_new (list, coast.count, SF_RINGS_ALL, &land, &err) != SF_OK)
    return 1;
  int result = run_tests ("coast", tests);
  sf_polygon_index_free (land);
  free (list);
  sf_gshhg_finish (&coast);
  return result;
}
