/* SPDX-License-Identifier: Apache-2.0 */
/* What the rules state is what comes out: means, correlations and tails of many members, against the rules' own figures and
   closed forms; tolerances from the number of members. Another implementation is compared in test_ensemble_numpy.sh. */
#include "models/typhoon/ensemble/member_draw.h"
#include "geodata/sphere.h"
#include "tests/unit/base.h"

#include <math.h>

#define RULES_FILE TEST_SRCDIR "/share/typhoon/ensemble.yaml"

enum
{
  LEADS = 6,
  MEMBERS = 20000
};

static const double hours[LEADS] = { 0, 24, 48, 72, 96, 120 };
static const double south[LEADS] = { 15, 16, 17, 18, 19, 20 }, north[LEADS] = { 35, 36, 37, 38, 39, 40 };

struct sample
{
  struct sf_member_rules rules;
  struct sf_member_plan plan;
  double along[LEADS][MEMBERS], cross[LEADS][MEMBERS], wind[LEADS][MEMBERS], size[LEADS][MEMBERS];
};

static struct sample sample;

static void
draw (const double *lat_deg, bool consensus)
{
  struct sf_lead_table track_km;
  const struct sf_plan_leads leads
      = { .n = LEADS, .hour = hours, .lead_h = hours, .lat_deg = lat_deg, .track_km = &track_km };
  double room[6 * LEADS];
  struct sf_member_errors errors = { room, room + LEADS, room + 2 * LEADS, room + 3 * LEADS };
  ck_done (sf_member_rules_load (RULES_FILE, &sample.rules, err));
  sf_member_track_km (&sample.rules, consensus, NULL, &track_km);
  ck_done (sf_member_plan_init (&sample.plan, &sample.rules, &leads, err));
  for (uint32_t i = 0; i < MEMBERS; i++)
    {
      sf_member_draw (&sample.plan, &(struct sf_draws){ 1, 2, i }, &errors, room + 4 * LEADS);
      for (int k = 0; k < LEADS; k++)
        {
          sample.along[k][i] = errors.along_km[k];
          sample.cross[k][i] = errors.cross_km[k];
          sample.wind[k][i] = errors.wind_mps[k];
          sample.size[k][i] = errors.size[k];
        }
    }
  sf_member_plan_finish (&sample.plan);
}

static double
mean_of (const double *x)
{
  double sum = 0;
  for (int i = 0; i < MEMBERS; i++)
    sum += x[i] / MEMBERS;
  return sum;
}

static double
correlation (const double *x, const double *y)
{
  double mx = mean_of (x), my = mean_of (y), xx = 0, yy = 0, xy = 0;
  for (int i = 0; i < MEMBERS; i++)
    {
      xx += (x[i] - mx) * (x[i] - mx);
      yy += (y[i] - my) * (y[i] - my);
      xy += (x[i] - mx) * (y[i] - my);
    }
  return xy / sqrt (xx * yy);
}

static double
mean_length (int k)
{
  double sum = 0;
  for (int i = 0; i < MEMBERS; i++)
    sum += hypot (sample.along[k][i], sample.cross[k][i]) / MEMBERS;
  return sum;
}

static double
share_beyond (int k, double km)
{
  int count = 0;
  for (int i = 0; i < MEMBERS; i++)
    count += hypot (sample.along[k][i], sample.cross[k][i]) > km;
  return (double) count / MEMBERS;
}

/* A t's length has a standard deviation of about its mean: 5 standard errors are 3.5 %. */
START_TEST (mean_error)
{
  for (int consensus = 0; consensus < 2; consensus++)
    {
      draw (south, consensus);
      for (int k = 0; k < LEADS; k++)
        {
          double table = sf_lead_table_at (&sample.rules.track_km, hours[k]);
          double factor = consensus ? sf_lead_table_at (&sample.rules.consensus_factor, hours[k]) : 1;
          ck_assert_double_eq_tol (mean_length (k) / (table * factor), 1, 0.035);
        }
    }
}
END_TEST

/* Of members beyond twice and three times the mean, as the file's comment states: 0.083 and 0.023 for a circle; ellipses of
   1.2 to 1.4 have at most 0.005 more. And one w a member: who is far off at 24 h is far off at 96. */
START_TEST (tail)
{
  int far_both = 0, far_first = 0;
  draw (south, false);
  for (int k = 0; k < LEADS; k++)
    {
      double mean_km = sf_lead_table_at (&sample.rules.track_km, hours[k]);
      ck_assert_double_eq_tol (share_beyond (k, 2 * mean_km), 0.085, 0.012);
      ck_assert_double_eq_tol (share_beyond (k, 3 * mean_km), 0.0245, 0.006);
    }
  double first_km = 3 * mean_length (1), last_km = 2 * mean_length (4);
  for (int i = 0; i < MEMBERS; i++)
    {
      bool far = hypot (sample.along[1][i], sample.cross[1][i]) > first_km;
      far_first += far;
      far_both += far && hypot (sample.along[4][i], sample.cross[4][i]) > last_km;
    }
  ck_assert_double_gt ((double) far_both / far_first, 0.3); /* 0.085 if leads were apart */
}
END_TEST

/* A common w leaves the correlation of an elliptical distribution as it is (Fang, Kotz & Ng 1990); it is measured on the
   signs, which have no heavy tail: r = sin (pi/2 (2 P (same sign) - 1)) (Sheppard 1899). */
static double
correlation_by_sign (const double *x, const double *y)
{
  int same = 0;
  for (int i = 0; i < MEMBERS; i++)
    same += (x[i] > 0) == (y[i] > 0);
  return sin (M_PI / 2 * (2.0 * same / MEMBERS - 1));
}

START_TEST (correlations)
{
  draw (south, false);
  const struct sf_lead_correlation *rule = &sample.rules.track_correlation;
  for (int a = 0; a < LEADS; a++)
    for (int b = 0; b < LEADS; b++)
      {
        double s = sqrt (3) * fabs (log ((hours[a] + rule->offset_h) / (hours[b] + rule->offset_h))) / rule->length;
        double expected = (1 + s) * exp (-s);
        ck_assert_double_eq_tol (correlation_by_sign (sample.along[a], sample.along[b]), expected, 0.055);
        ck_assert_double_eq_tol (correlation_by_sign (sample.cross[a], sample.cross[b]), expected, 0.055);
        ck_assert_double_eq_tol (correlation_by_sign (sample.along[a], sample.cross[b]), 0, 0.055);
      }
}
END_TEST

START_TEST (size)
{
  static double log_size[MEMBERS];
  draw (north, false);
  for (int k = 0; k < LEADS; k++)
    {
      double sum2 = 0;
      for (int i = 0; i < MEMBERS; i++)
        {
          log_size[i] = log (sample.size[k][i]);
          sum2 += log_size[i] * log_size[i] / MEMBERS;
        }
      double deviation = sf_lead_table_at (&sample.rules.size_deviation, hours[k]);
      ck_assert_double_eq_tol (mean_of (log_size) / deviation, 0, 5 / sqrt (MEMBERS));
      ck_assert_double_eq_tol (sqrt (sum2) / deviation, 1, 5 / sqrt (2.0 * MEMBERS));
      ck_assert_double_eq_tol (correlation (log_size, sample.wind[k]), sample.rules.size_intensity_correlation, 0.035);
    }
}
END_TEST

/* North of the latitude of rapid intensification the wind's error is normal, south of it skewed; the mean absolute error is
   the table's and the mean is kept in both. */
START_TEST (wind)
{
  for (int tropical = 0; tropical < 2; tropical++)
    {
      draw (tropical ? south : north, false);
      for (int k = 0; k < LEADS; k++)
        {
          double sum = 0, skew = 0, table = sf_lead_table_at (&sample.rules.intensity_mps, hours[k]);
          for (int i = 0; i < MEMBERS; i++)
            {
              sum += fabs (sample.wind[k][i]) / MEMBERS;
              skew += pow (sample.wind[k][i] / table, 3) / MEMBERS;
            }
          ck_assert_double_eq_tol (mean_of (sample.wind[k]) / table, 0, 0.05);
          ck_assert_double_eq_tol (sum / table, 1, 0.04);
          ck_assert (tropical && k > 0 ? skew > 0.5 : fabs (skew) < 0.25);
        }
    }
}
END_TEST

/* Rammasun 2014: 20 m/s stronger than forecast after 22 h. With normal errors of the same mean (5 m/s) it would be four
   standard deviations, 1 in 30000; here it is a rare member, not an impossible one. */
START_TEST (rammasun_is_possible)
{
  int count = 0;
  draw (south, false);
  for (int i = 0; i < MEMBERS; i++)
    count += sample.wind[1][i] >= 20;
  double share = (double) count / MEMBERS;
  ck_assert_msg (share > 0.001 && share < 0.02, "%g of the members gain 20 m/s in 24 h", share);
}
END_TEST

/* The first leads of a longer plan are the same, and so is a plan with a lead twice. */
START_TEST (same_whatever_follows)
{
  const double twice[LEADS] = { 0, 24, 48, 72, 96, 96 };
  struct sf_member_rules rules;
  struct sf_member_plan plan;
  double room[6 * LEADS], shorter[4][3];
  ck_done (sf_member_rules_load (RULES_FILE, &rules, err));
  for (int n = 3; n <= LEADS; n += 3)
    {
      const struct sf_plan_leads leads
          = { .n = (size_t) n, .hour = hours, .lead_h = twice, .lat_deg = south, .track_km = &rules.track_km };
      struct sf_member_errors errors = { room, room + n, room + 2 * n, room + 3 * n };
      ck_done (sf_member_plan_init (&plan, &rules, &leads, err));
      sf_member_draw (&plan, &(struct sf_draws){ 1, 2, 3 }, &errors, room + 4 * n);
      for (int what = 0; what < 4; what++)
        for (int k = 0; k < 3 && n == 3; k++)
          shorter[what][k] = room[what * n + k];
      for (int what = 0; what < 2; what++)
        for (int k = 0; k < 3; k++)
          ck_assert_double_eq (room[what * n + k], shorter[what][k]);
      if (n == LEADS)
        ck_assert_double_eq_tol (errors.along_km[5], errors.along_km[4], 1e-3);
      sf_member_plan_finish (&plan);
    }
  const struct sf_plan_leads none = { .n = 0 };
  ck_fails (sf_member_plan_init (&plan, &rules, &none, err), SF_EINVAL, "lead");
}
END_TEST

/* Circles of 68 % that a consensus states are the members' circles of 68 %. */
START_TEST (stated_circles)
{
  const struct sf_lead_table radii = { 3, { 12, 48, 120 }, { 50, 120, 300 }, { 1, 1, 1 } };
  struct sf_member_rules rules;
  struct sf_lead_table track_km;
  ck_done (sf_member_rules_load (RULES_FILE, &rules, err));
  sf_member_track_km (&rules, true, &radii, &track_km);
  for (int i = 0; i < 3; i++)
    {
      struct sf_spread spread = sf_member_spread (&rules, &track_km, radii.lead_h[i]);
      ck_assert_double_eq_tol (sf_spread_quantile_km (&spread, 0.68), radii.value[i], 1e-6);
    }
  ck_assert_double_eq (sf_lead_table_at (&track_km, 0), sf_lead_table_at (&rules.track_km, 0));
  sf_member_track_km (&rules, false, &radii, &track_km);
  ck_assert_double_eq (sf_lead_table_at (&track_km, 48), sf_lead_table_at (&rules.track_km, 48));
}
END_TEST

/* E |s Z + y| by the rectangle rule over the normal density. */
START_TEST (folded)
{
  const double cases[][2] = { { 1, 0 }, { 2, 1 }, { 0.5, -3 }, { 0, -2 } };
  for (int c = 0; c < 4; c++)
    {
      double sum = 0;
      for (int i = -8000; i <= 8000; i++)
        sum += fabs (cases[c][0] * i * 1e-3 + cases[c][1]) * exp (-i * 1e-3 * i * 1e-3 / 2) / sqrt (2 * M_PI) * 1e-3;
      ck_assert_double_eq_tol (sf_folded_mean (cases[c][0], cases[c][1]), sum, 1e-6);
    }
}
END_TEST

START_TEST (axes)
{
  const double hour[5] = { 0, 3, 6, 9, 12 }, lat[5] = { 0, 0, 0, 0, 0 };
  const double west[5] = { 1, 0.5, 0, -0.5, -1 }, date_line[5] = { 179, 179.5, 180, -179.5, -179 };
  const double still[5] = { 120, 120, 120, 120, 120 }, up[5] = { 10, 11, 12, 13, 14 };
  double to_deg[5];
  sf_member_axes (hour, west, lat, 5, to_deg);
  for (int k = 0; k < 5; k++)
    ck_assert_double_eq_tol (to_deg[k], -90, 1e-9);
  sf_member_axes (hour, date_line, lat, 5, to_deg);
  for (int k = 0; k < 5; k++)
    ck_assert_double_eq_tol (to_deg[k], 90, 1e-9);
  sf_member_axes (hour, still, up, 5, to_deg);
  ck_assert_double_eq_tol (to_deg[2], 0, 1e-9);
  sf_member_axes (hour, still, lat, 5, to_deg);
  for (int k = 0; k < 5; k++)
    ck_assert_double_eq (to_deg[k], 0);
  sf_member_axes (hour, still, lat, 1, to_deg);
  ck_assert_double_eq (to_deg[0], 0);
}
END_TEST

/* 111.195 km are one degree of a great circle. Going west, ahead is west and right is north. */
START_TEST (places)
{
  double lon, lat, degree_km = SF_EARTH_RADIUS_KM * M_PI / 180;
  sf_member_place (120, 0, 270, degree_km, 0, &lon, &lat);
  ck_assert_double_eq_tol (lon, 119, 1e-9);
  ck_assert_double_eq_tol (lat, 0, 1e-9);
  sf_member_place (120, 0, 270, 0, degree_km, &lon, &lat);
  ck_assert_double_eq_tol (lon, 120, 1e-9);
  ck_assert_double_eq_tol (lat, 1, 1e-9);
  sf_member_place (179.5, 0, 90, degree_km, 0, &lon, &lat);
  ck_assert_double_eq_tol (lon, -179.5, 1e-9);
  sf_member_place (0, 80, 0, 8 * degree_km, 0, &lon, &lat);
  ck_assert_double_eq (lat, 85);
  sf_member_place (30, -80, 180, 8 * degree_km, 0, &lon, &lat);
  ck_assert_double_eq (lat, -85);
  sf_member_place (120, 20, 300, 0, 0, &lon, &lat);
  ck_assert_double_eq_tol (lon, 120, 1e-12);
  ck_assert_double_eq_tol (lat, 20, 1e-12);
}
END_TEST

/* A storm moved along its parallel takes its members along; one turned about a place on the equator keeps their distances
   and turns their bearings. */
START_TEST (moved_and_turned)
{
  double lon[3], lat[3];
  for (int turn = 0; turn < 2; turn++)
    {
      sf_member_place (120 + 30 * turn, 18, 290, 80, -50, &lon[turn], &lat[turn]);
      ck_assert_double_eq_tol (lon[turn] - 30 * turn, lon[0], 1e-9);
      ck_assert_double_eq_tol (lat[turn], lat[0], 1e-12);
    }
  for (int turn = 0; turn < 3; turn++)
    {
      sf_member_place (120, 0, 90 * turn, 80, -50, &lon[turn], &lat[turn]);
      ck_assert_double_eq_tol (sf_sphere_distance_km (120, 0, lon[turn], lat[turn]), hypot (80, 50), 1e-9);
      double turned_deg
          = sf_sphere_bearing_deg (120, 0, lon[turn], lat[turn]) - sf_sphere_bearing_deg (120, 0, lon[0], lat[0]);
      ck_assert_double_eq_tol (remainder (turned_deg - 90 * turn, 360), 0, 1e-6);
    }
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { mean_error,
                                 tail,
                                 correlations,
                                 size,
                                 wind,
                                 rammasun_is_possible,
                                 same_whatever_follows,
                                 stated_circles,
                                 folded,
                                 axes,
                                 places,
                                 moved_and_turned,
                                 NULL };
  return run_tests ("member_draw", tests);
}
