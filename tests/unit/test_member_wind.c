/* SPDX-License-Identifier: Apache-2.0 */
/* Land as a ratio. The decay itself is compared in test_land_decay.c; here the closed form of its island equation,
   Vb + (V - Vb) e^(-F a t) with Vb = 26.7 kt and a = 0.095 /h of 1-minute winds, is written out again. */
#include "models/typhoon/ensemble/member_wind.h"
#include "models/typhoon/ensemble/member_land.h"
#include "tests/unit/base.h"

#include <math.h>

enum
{
  N = 25
};

static const double knots = 1852.0 / 3600, minutes = 1.08; /* 1-minute over 2-minute wind */

static double hour[N];

static void
fill_hours (void)
{
  for (int k = 0; k < N; k++)
    hour[k] = 3 * k;
}

static struct sf_land_path
path_over (const double *share)
{
  return (struct sf_land_path){ .n = N, .hour = hour, .land_share = share, .decay_floor = 0.35, .recovery_h = 36 };
}

/* A random official wind over random land: a member on the same way has the same wind. */
START_TEST (member_on_the_official_track)
{
  unsigned state = 1;
  fill_hours ();
  for (int round = 0; round < 200; round++)
    {
      double share[N], official[N], decay[N], sea[N], wind[N];
      for (int k = 0; k < N; k++)
        {
          share[k] = rand_r (&state) % 3 ? (rand_r (&state) % 100) / 99.0 : 0;
          official[k] = 10 + rand_r (&state) % 600 / 10.0;
        }
      struct sf_land_path path = path_over (share);
      sf_land_decay_of_winds (&path, official, decay);
      for (int k = 0; k < N; k++)
        sea[k] = official[k] / decay[k];
      sf_land_decay_along (&path, sea, wind);
      for (int k = 0; k < N; k++)
        ck_assert_double_eq_tol (wind[k], official[k], 1e-12 * official[k]);
    }
}
END_TEST

START_TEST (member_at_sea)
{
  double land[N], water[N] = { 0 }, official[N], decay[N], sea[N], wind[N];
  fill_hours ();
  for (int k = 0; k < N; k++)
    {
      land[k] = k >= 4 && k < 8 ? 0.5 : 0;
      official[k] = k < 4 ? 60 : 40;
    }
  struct sf_land_path over = path_over (land), off = path_over (water);
  sf_land_decay_of_winds (&over, official, decay);
  for (int k = 0; k < N; k++)
    sea[k] = official[k] / decay[k];
  sf_land_decay_along (&off, sea, wind);
  for (int k = 0; k < N; k++)
    ck_assert_double_eq_tol (wind[k], sea[k], 1e-12);
  ck_assert_double_gt (wind[8], official[8] + 3); /* stronger than the official one that came over land */
  /* and the other way round: official at sea, member over land */
  sf_land_decay_of_winds (&off, official, decay);
  for (int k = 0; k < N; k++)
    ck_assert_double_eq (decay[k], 1);
  sf_land_decay_along (&over, official, wind);
  ck_assert_double_lt (wind[8], official[8] - 3);
}
END_TEST

/* Six hours over nothing but land, by hand; no sea share: no recovery. */
START_TEST (decay_by_hand)
{
  double share[N], sea[N], wind[N], background = 26.7 * knots / minutes;
  fill_hours ();
  for (int k = 0; k < N; k++)
    {
      share[k] = 1;
      sea[k] = 50;
    }
  struct sf_land_path path = path_over (share);
  sf_land_decay_along (&path, sea, wind);
  ck_assert_double_eq (wind[0], 50);
  ck_assert_double_eq_tol (wind[1], background + (50 - background) * exp (-0.095 * 3), 1e-9);
  ck_assert_double_eq_tol (wind[2], background + (50 - background) * exp (-0.095 * 6), 1e-9);
  for (int k = 0; k < N; k++)
    ck_assert_double_ge (wind[k], 0.35 * 50 - 1e-9);
  /* from the sea to land within a step: half of it counts, and half of the recovery of the same step */
  double coming[N] = { 0, 1 };
  struct sf_land_path coast = path_over (coming);
  sf_land_decay_along (&coast, sea, wind);
  double halfway = (background + (50 - background) * exp (-0.095 * 1.5)) / 50;
  halfway += (1 - halfway) * (1 - exp (-1.5 / 36));
  ck_assert_double_eq_tol (wind[1], 50 * halfway, 1e-9);
  /* back over the sea: what is lost is e times less after recovery_h */
  for (int k = 3; k < N; k++)
    share[k] = 0;
  sf_land_decay_along (&path, sea, wind);
  ck_assert_double_eq_tol ((50 - wind[N - 1]) / (50 - wind[N - 13]), exp (-1), 1e-9);
}
END_TEST

START_TEST (missing)
{
  double share[N], sea[N], wind[N], decay[N];
  fill_hours ();
  for (int k = 0; k < N; k++)
    {
      share[k] = k == 2 ? NAN : 0.5;
      sea[k] = k == 5 ? NAN : 40;
    }
  struct sf_land_path path = path_over (share);
  sf_land_decay_along (&path, sea, wind);
  sf_land_decay_of_winds (&path, sea, decay);
  for (int k = 0; k < N; k++)
    {
      ck_assert (isnan (wind[k]) == (k == 5));
      ck_assert (decay[k] >= 0.35 && decay[k] <= 1);
    }
}
END_TEST

/* The drop grows with the square of the wind: 955 of 1005 hPa at 42 m/s; at 21 m/s a quarter of 50 hPa. */
START_TEST (pressure)
{
  const struct sf_wind_pressure centre = { 42, 955, 1005 }, unknown = { 42, NAN, 1005 }, flat = { 15, 1004.5, 1005 };
  ck_assert_double_eq_tol (sf_member_pressure_hpa (&centre, 111, 19, 42), 955, 1e-9);
  ck_assert_double_eq_tol (sf_member_pressure_hpa (&centre, 111, 19, 21), 1005 - 12.5, 1e-9);
  ck_assert_double_eq (sf_member_pressure_hpa (&centre, 111, 19, 90), 850);
  ck_assert (isnan (sf_member_pressure_hpa (&centre, 111, 19, NAN)));
  /* CLIMADA's fit (handbook 1.3): 1026.3401 - 0.05504 lat - 0.03536 lon - 0.7357 v in knots, 1-minute */
  double fit = 1026.3401 - 0.05504 * 19 - 0.03536 * 111 - 0.7357 * 42 * minutes / knots;
  ck_assert_double_eq_tol (sf_member_pressure_hpa (&unknown, 111, 19, 42), fit, 1e-9);
  ck_assert_double_eq_tol (sf_member_pressure_hpa (&flat, 111, 19, 42), fit, 1e-9);
  ck_assert_double_eq (sf_member_pressure_hpa (&flat, 111, 19, 5), 1005);
}
END_TEST

/* A straight coast along 110 E: half of the circle at the coast, nothing or all beyond a degree. */
START_TEST (land_shares)
{
  struct sf_geometry *land = sf_geometry_new (SF_GEOMETRY_POLYGON);
  const double corners[][2] = { { 100, 10 }, { 110, 10 }, { 110, 25 }, { 100, 25 }, { 100, 10 } };
  sf_geometry_begin_part (land, true);
  for (int i = 0; i < 5; i++)
    sf_geometry_add_point (land, corners[i][0], corners[i][1]);
  const struct sf_geometry *lands[] = { land, NULL };
  const struct sf_lonlat_box box = { 106, 14, 115, 20 }, far = { 150, 14, 170, 20 };
  struct sf_land_shares shares;
  ck_done (sf_land_shares_init (&shares, lands, 2, &box, err));
  ck_assert_double_eq_tol (sf_land_shares_at (&shares, 110, 17), 0.5, 0.03);
  ck_assert_double_eq_tol (sf_land_shares_at (&shares, 108.5, 17.3), 1, 1e-6);
  ck_assert_double_eq_tol (sf_land_shares_at (&shares, 111.3, 17.3), 0, 1e-6);
  /* a chord at half the radius cuts off 0.1955 of a circle */
  ck_assert_double_eq_tol (sf_land_shares_at (&shares, 110 + 0.5 / cos (17 * M_PI / 180), 17), 0.1955, 0.03);
  ck_assert_double_eq (sf_land_shares_at (&shares, 140, 17), 0);
  ck_assert_double_eq (sf_land_shares_at (&shares, NAN, 17), 0);
  sf_land_shares_finish (&shares);
  ck_done (sf_land_shares_init (&shares, lands, 2, &far, err));
  ck_assert_double_eq (sf_land_shares_at (&shares, 160, 17), 0);
  sf_land_shares_finish (&shares);
  ck_done (sf_land_shares_init (&shares, NULL, 0, &box, err));
  ck_assert_double_eq (sf_land_shares_at (&shares, 110, 17), 0);
  sf_land_shares_finish (&shares);
  sf_geometry_free (land);
}
END_TEST

int
main (void)
{
  const TTest *const tests[]
      = { member_on_the_official_track, member_at_sea, decay_by_hand, missing, pressure, land_shares, NULL };
  return run_tests ("member_wind", tests);
}
