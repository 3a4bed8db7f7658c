/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: Kaplan & DeMaria 1995, 100 kt after 3 h gives 74.30 kt; hand-worked closed forms of dV/dt = -F a (V -
   Vb); the CMA best track of Rammasun (1409): 72 m/s on 18 July 2014 06Z, 60 m/s at 12Z, with the coast of GSHHG. */
#include "core/base/file.h"
#include "core/data/vocabulary.h"
#include "geodata/polygon.h"
#include "geodata/vector.h"
#include "models/typhoon/vortex/land_decay.h"
#include "tests/unit/base.h"

#include <math.h>
#include <stdio.h>

#define MPS_PER_KT (1852.0 / 3600.0)
#define BACKGROUND_MPS (26.7 * MPS_PER_KT / 1.08)

/* A 2-minute wind of so many knots as a 1-minute mean. */
static double
one_minute_kt (double kt)
{
  return kt * MPS_PER_KT / 1.08;
}

START_TEST (mainland)
{
  ck_assert_double_eq_tol (sf_land_decay_mainland_mps (one_minute_kt (100), 3), one_minute_kt (74.3025), 1e-4);
  ck_assert_double_eq_tol (sf_land_decay_mainland_mps (one_minute_kt (100), 0), one_minute_kt (90), 1e-9);
  /* Below Vb / R = 29.7 kt the equation would rise with time. */
  for (double kt = 1; kt < 60; kt += 0.5)
    for (double hours = 3; hours < 48; hours += 3)
      ck_assert_double_le (sf_land_decay_mainland_mps (one_minute_kt (kt), hours),
                           sf_land_decay_mainland_mps (one_minute_kt (kt), hours - 3));
  ck_assert_double_eq_tol (sf_land_decay_mainland_mps (one_minute_kt (29.6), 12), one_minute_kt (26.64), 1e-9);
  ck_assert_double_nan (sf_land_decay_mainland_mps (NAN, 3));
}
END_TEST

START_TEST (island)
{
  double v = 72, expected = BACKGROUND_MPS + (72 - BACKGROUND_MPS) * exp (-0.095 * 0.5 * 4);
  ck_assert_double_eq_tol (sf_land_decay_step (72, 0.5, 4), expected, 1e-12);
  for (int i = 0; i < 8; i++)
    v = sf_land_decay_step (v, 0.5, 0.5);
  ck_assert_double_eq_tol (v, expected, 1e-12);
  ck_assert_double_eq (sf_land_decay_step (72, 0, 4), 72);
  ck_assert_double_eq (sf_land_decay_step (12, 1, 4), 12);
  ck_assert_double_nan (sf_land_decay_step (NAN, 1, 4));
  ck_assert_double_nan (sf_land_decay_step (50, NAN, 4));
}
END_TEST

START_TEST (factors)
{
  const double wind[] = { 60, 55, 40, 30, NAN, 20 }, land[] = { 0, 0.4, 0.8, 1, 1, 1 }, sea[] = { 0, 0, 0, 0, 0, 0 };
  double official[6], member[6], at_sea[6];
  sf_land_decay_factors (wind, land, 6, 3, official);
  sf_land_decay_factors (wind, land, 6, 3, member);
  sf_land_decay_factors (wind, sea, 6, 3, at_sea);
  for (int i = 0; i < 6; i++)
    {
      ck_assert_double_eq (member[i] / official[i], 1);
      ck_assert_double_eq (at_sea[i], 1);
      if (i > 0)
        ck_assert_double_le (official[i], official[i - 1]);
    }
  ck_assert_double_eq_tol (official[1], sf_land_decay_step (60, 0.2, 3) / 60, 1e-12);
  ck_assert_double_eq (official[5], official[4]);
}
END_TEST

/* Half a plane of land: its share is one half; one of a coast at half the radius 0.1955 (segment of a circle). */
START_TEST (share_of_the_circle)
{
  static float land[200 * 200];
  struct sf_gridspec spec = { 200, 200, { 108, 0.02, 0, 22, 0, -0.02 }, "EPSG:4490" };
  for (int r = 0; r < 200; r++)
    for (int c = 0; c < 200; c++)
      land[r * 200 + c] = r < 100;
  ck_assert_double_eq_tol (sf_land_share (&spec, land, 110, 20), 0.5, 0.02);
  ck_assert_double_eq_tol (sf_land_share (&spec, land, 110, 19.5), 0.1955, 0.02);
  ck_assert_double_eq (sf_land_share (&spec, land, 110, 18.5), 0);
  ck_assert_double_nan (sf_land_share (&spec, land, 130, 20));
  land[0] = NAN;
  ck_assert_double_eq_tol (sf_land_share (&spec, land, 108, 22), 1, 1e-9);
}
END_TEST

/* Land or not at the centres of a grid around Hainan. */
static void
draw_land (const struct sf_gridspec *spec, float *land)
{
  struct sf_vocabulary *vocabulary = NULL;
  struct sf_dataset *coast = NULL;
  struct sf_polygon_index *index = NULL;
  char path[4096];
  snprintf (path, sizeof path, "%s/coast.gpkg", getenv ("SANFANG_DATA"));
  ck_done (sf_vocabulary_load (TEST_SRCDIR "/share/vocabulary", &vocabulary, err));
  ck_done (sf_vector_load (path, "coast", sf_vocabulary_dataset (vocabulary, "coast"), NULL, &coast, err));
  ck_done (sf_polygon_index_new ((const struct sf_geometry *const *) coast->as.table->geometries, coast->as.table->rows,
                                 SF_RINGS_OUTER, &index, err));
  for (int r = 0; r < spec->ny; r++)
    for (int c = 0; c < spec->nx; c++)
      {
        double lon = spec->affine[0] + (c + 0.5) * spec->affine[1], lat = spec->affine[3] + (r + 0.5) * spec->affine[5];
        land[r * spec->nx + c] = sf_polygon_locate (index, lon, lat, NULL) != SF_SIDE_OUT;
      }
  sf_polygon_index_free (index);
  sf_dataset_unref (coast);
  sf_vocabulary_free (vocabulary);
}

/* From the fix of 06Z (19.9N 111.3E, 72 m/s) towards that of 12Z (20.3N 110.3E), whose wind is hidden. */
START_TEST (rammasun_across_the_corner)
{
  static float land[140 * 140];
  struct sf_gridspec spec = { 140, 140, { 107, 0.05, 0, 24, 0, -0.05 }, "EPSG:4490" };
  draw_land (&spec, land);
  double v = 72, centre_share = sf_land_share (&spec, land, 109.75, 19.2);
  ck_assert_double_gt (centre_share, 0.75);
  ck_assert_double_lt (centre_share, 0.876); /* 33 900 km2 in a circle of 111.12 km */
  for (int i = 0; i < 12; i++)
    {
      double t = (i + 0.5) / 12, lon = 111.3 + t * (110.3 - 111.3), lat = 19.9 + t * (20.3 - 19.9);
      v = sf_land_decay_step (v, sf_land_share (&spec, land, lon, lat), 0.5);
    }
  printf ("Rammasun 12Z from 06Z: %.2f m/s (best track 60)\n", v);
  ck_assert_double_eq_tol (v, 60, 5);
}
END_TEST

int
main (void)
{
  const TTest *const always[] = { mainland, island, factors, share_of_the_circle, NULL };
  const TTest *const real[] = { rammasun_across_the_corner, NULL };
  char path[4096];
  const char *data = getenv ("SANFANG_DATA");
  int result = run_tests ("land_decay", always);
  snprintf (path, sizeof path, "%s/coast.gpkg", data ? data : ".");
  if (!sf_file_exists (path))
    {
      printf ("skipped: %s is missing (Debian package gmt-gshhg-full)\n", path);
      return result ? result : 77;
    }
  return result | run_tests ("land_decay with the coast", real);
}
