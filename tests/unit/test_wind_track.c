/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values of Rammasun's nodes: CLIMADA 6.1 on the same track (handbook/typhoon.md 1.11); the rest is worked by
 * hand. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/wind_rammasun.h"

struct node_row
{
  size_t k;
  double rmw_km, vt_north, vt_east, bs, b80;
};

static const struct node_row node_rows[] = {
  { 1, 37.6275, 2.05779, -3.9481, 1.392842, 1.094594 },   { 12, 28.9030, 3.60112, -3.43665, 1.438317, 1.043036 },
  { 30, 27.9655, 4.11555, -4.84133, 1.477809, 1.421461 }, { 36, 28.4566, 2.05779, -4.827, 1.640029, 1.217852 },
  { 59, 57.0442, 4.11558, -5.2231, 1.374114, 1.0 },
};

/* Motion to 2.5e-5 m/s: the table's numbers are not exact in the last digit (0.4 degrees in 6 h is 2.057778 m/s,
   not 2.05779), while the field that CLIMADA made from these nodes is met to 5e-7 m/s (test_wind_climada.c). */
START_TEST (nodes_of_rammasun)
{
  static struct rammasun storm;
  const struct node_row *row = &node_rows[_i];
  rammasun_fill (&storm, 3600);
  ck_assert_int_eq (rammasun_prepare (&storm, SF_WIND_H08, NULL), SF_OK);
  const struct sf_wind_node *node = &storm.nodes[row->k];
  ck_assert_double_eq_tol (node->radial.rmw_m, 1e3 * row->rmw_km, 0.05);
  ck_assert_double_eq_tol (node->vt_north_mps, row->vt_north, 2.5e-5);
  ck_assert_double_eq_tol (node->vt_east_mps, row->vt_east, 2.5e-5);
  ck_assert_double_eq_tol (node->radial.b, row->bs, 1e-6);
  ck_assert_int_eq (node->filled, SF_WIND_FILLED_PN | SF_WIND_FILLED_RMW);
  ck_assert_int_eq (rammasun_prepare (&storm, SF_WIND_H1980, NULL), SF_OK);
  ck_assert_double_eq_tol (node->radial.b, row->b80, 1e-6);
  ck_assert_int_eq (storm.track.step_s, 3600);
  ck_assert_double_eq (storm.track.hemisphere, 1.0);
  ck_assert (!storm.nodes[0].active && storm.nodes[1].active);
}
END_TEST

enum
{
  MAX_NODES = 4
};

struct small
{
  int64_t time_s[MAX_NODES];
  double lon[MAX_NODES], lat[MAX_NODES], pc[MAX_NODES], pn[MAX_NODES], vmax[MAX_NODES], rmw[MAX_NODES];
  struct sf_wind_node nodes[MAX_NODES];
  struct sf_wind_track track;
  struct sf_wind_fixes fixes;
  struct sf_wind_track_options options;
  struct sf_error err;
};

/* Three hourly fixes, complete. */
static void
make_small (struct small *s)
{
  *s = (struct small){ .time_s = { 0, 3600, 7200, 10800 },
                       .lon = { 110, 109.9, 109.8, 109.7 },
                       .lat = { 18, 18.1, 18.2, 18.3 },
                       .pc = { 960, 958, 956, 955 },
                       .pn = { 1006, 1006, 1006, 1006 },
                       .vmax = { 38, 39, 40, 41 },
                       .rmw = { 40e3, 40e3, 40e3, 40e3 } };
  s->fixes = (struct sf_wind_fixes){ 3, s->time_s, s->lon, s->lat, s->pc, s->pn, s->vmax, s->rmw };
  sf_wind_track_options_init (&s->options);
}

static enum sf_code
prepare (struct small *s)
{
  return sf_wind_track_init (&s->track, s->nodes, &s->fixes, &s->options, &s->err);
}

static void
refused (struct small *s, enum sf_code code, const char *words)
{
  ck_assert_int_eq (prepare (s), code);
  ck_assert_msg (strstr (s->err.message, words), "'%s' lacks '%s'", s->err.message, words);
}

START_TEST (missing_values_are_estimated_and_marked)
{
  struct small s;
  make_small (&s);
  s.pc[0] = s.vmax[1] = s.pn[2] = NAN;
  s.rmw[0] = 0.0;
  s.rmw[1] = NAN;
  ck_assert_int_eq (prepare (&s), SF_OK);
  ck_assert_uint_eq (s.nodes[0].filled, SF_WIND_FILLED_PC | SF_WIND_FILLED_RMW);
  ck_assert_uint_eq (s.nodes[1].filled, SF_WIND_FILLED_VMAX | SF_WIND_FILLED_RMW);
  ck_assert_uint_eq (s.nodes[2].filled, SF_WIND_FILLED_PN);
  double pc = 1026.3401 - 0.05504 * 18 - 0.03536 * 110 - 0.7357 * 38 / 1852 * 3600;
  ck_assert_double_eq_tol (s.nodes[0].pc_hpa, pc, 1e-9);
  ck_assert_double_eq_tol (s.nodes[0].radial.rmw_m, 1852 * (15.726927 + (pc - 940) / 40 * (25.742142 - 15.726927)),
                           1e-6);
  double kn = 1216.5223 - 0.04086 * 18.1 - 0.04190 * 109.9 - 1.1797 * 958;
  ck_assert_double_eq_tol (s.nodes[1].vmax_mps, kn * 1852 / 3600, 1e-9);
  ck_assert_double_eq (s.nodes[2].pn_hpa, 1005);
}
END_TEST

START_TEST (centre_is_never_above_surroundings)
{
  struct small s;
  make_small (&s);
  s.pc[1] = 1010;
  ck_assert_int_eq (prepare (&s), SF_OK);
  ck_assert_double_eq (s.nodes[1].pc_hpa, 1006);
  ck_assert_double_gt (s.nodes[1].radial.dp_pa, 0.0);
}
END_TEST

START_TEST (wind_is_brought_to_one_minute)
{
  struct small s;
  make_small (&s);
  s.options.vmax_averaging_min = 2;
  ck_assert_int_eq (prepare (&s), SF_OK);
  ck_assert_double_eq_tol (s.nodes[0].vmax_mps, 1.08 * 38, 1e-12);
  s.options.vmax_averaging_min = 10;
  s.options.exposure = SF_WIND_EXPOSURE_AT_SEA;
  ck_assert_int_eq (prepare (&s), SF_OK);
  ck_assert_double_eq_tol (s.nodes[0].vmax_mps, 38 / 0.93, 1e-12);
  s.options.vmax_averaging_min = 5;
  refused (&s, SF_ERANGE, "5 minutes");
}
END_TEST

START_TEST (motion_is_limited_and_crosses_the_date_line)
{
  struct small s;
  make_small (&s);
  s.lon[0] = 179.9;
  s.lon[1] = -179.9;
  s.lon[2] = -176.0;
  s.lat[0] = s.lat[1] = s.lat[2] = 0.0;
  ck_assert_int_eq (prepare (&s), SF_OK);
  ck_assert_double_eq_tol (s.nodes[1].lon_deg, 180.1, 1e-12);
  ck_assert_double_eq_tol (s.nodes[1].vt_east_mps, 0.2 * 111120 / 3600, 1e-9);
  ck_assert_double_eq_tol (s.nodes[1].vt_north_mps, 0, 1e-12);
  ck_assert_double_eq_tol (s.nodes[2].vt_east_mps, 15.4333333333, 1e-9);
  ck_assert_double_eq_tol (s.nodes[2].vt_mps, 15.4333333333, 1e-9);
}
END_TEST

/* handbook 1.11: the first step of CLIMADA's test track moves at 10.191466246 kn: fixes of brb_hourly_track.csv, 9
 * decimals. */
START_TEST (first_step_of_barbados)
{
  struct small s;
  make_small (&s);
  s.lon[0] = -25.6;
  s.lon[1] = -25.773848360;
  s.lat[0] = 12.3;
  s.lat[1] = 12.299999505;
  s.fixes.n = 2;
  ck_assert_int_eq (prepare (&s), SF_OK);
  ck_assert_double_eq_tol (s.nodes[1].vt_mps * 3600 / 1852, 10.191466246, 1e-7);
}
END_TEST

START_TEST (first_node_by_choice)
{
  struct small s;
  make_small (&s);
  ck_assert_int_eq (prepare (&s), SF_OK);
  ck_assert (!s.nodes[0].active);
  s.options.first_node = SF_WIND_FIRST_FORWARD;
  ck_assert_int_eq (prepare (&s), SF_OK);
  ck_assert (s.nodes[0].active);
  ck_assert_double_eq_tol (s.nodes[0].vt_north_mps, s.nodes[1].vt_north_mps, 1e-12);
  ck_assert_double_eq_tol (s.nodes[0].vt_east_mps, s.nodes[1].vt_east_mps, 1e-12);
}
END_TEST

START_TEST (single_node)
{
  struct small s;
  make_small (&s);
  s.fixes.n = 1;
  ck_assert_int_eq (prepare (&s), SF_OK);
  ck_assert (!s.nodes[0].active);
  ck_assert_int_eq (s.track.step_s, 0);
  s.options.first_node = SF_WIND_FIRST_FORWARD;
  ck_assert_int_eq (prepare (&s), SF_OK);
  ck_assert (s.nodes[0].active);
  ck_assert_double_eq (s.nodes[0].vt_mps, 0.0);
}
END_TEST

START_TEST (hemisphere_of_the_majority)
{
  struct small s;
  make_small (&s);
  s.lat[0] = -0.1;
  s.lat[1] = 0.0;
  s.lat[2] = 0.1;
  ck_assert_int_eq (prepare (&s), SF_OK);
  ck_assert_double_eq (s.track.hemisphere, 1.0);
  s.lat[1] = -0.05;
  ck_assert_int_eq (prepare (&s), SF_OK);
  ck_assert_double_eq (s.track.hemisphere, -1.0);
}
END_TEST

START_TEST (pressure_trend)
{
  struct small s;
  make_small (&s);
  ck_assert_int_eq (prepare (&s), SF_OK);
  double falling = s.nodes[1].radial.b;
  s.pc[0] = 958;
  ck_assert_int_eq (prepare (&s), SF_OK);
  ck_assert_double_eq_tol (s.nodes[1].radial.b - falling, 0.03 * 2, 1e-12);
  s.pc[0] = 849.9;
  ck_assert_int_eq (prepare (&s), SF_OK);
  ck_assert_double_eq_tol (s.nodes[1].radial.b - falling, 0.03 * 2, 1e-12);
}
END_TEST

START_TEST (refusals)
{
  struct small s;
  make_small (&s);
  s.fixes.n = 0;
  refused (&s, SF_EINVAL, "empty");
  make_small (&s);
  s.time_s[2] = 7300;
  refused (&s, SF_EINVAL, "fix 2 is 3700 s after");
  make_small (&s);
  s.time_s[1] = 0;
  refused (&s, SF_EINVAL, "fix 1 is not later");
  make_small (&s);
  s.lat[1] = 109.9;
  refused (&s, SF_ERANGE, "swapped");
  make_small (&s);
  s.lon[2] = NAN;
  refused (&s, SF_EINVAL, "fix 2 has no position");
  make_small (&s);
  s.pc[1] = s.vmax[1] = NAN;
  refused (&s, SF_EINVAL, "fix 1 has neither");
  make_small (&s);
  s.pc[1] = 95800;
  refused (&s, SF_ERANGE, "in hPa");
  make_small (&s);
  s.rmw[1] = 40;
  refused (&s, SF_ERANGE, "radius of maximum wind 40");
  make_small (&s);
  s.vmax[0] = 999;
  refused (&s, SF_ERANGE, "in m/s");
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("wind_track");
  TCase *tests = tcase_create ("all");
  tcase_add_loop_test (tests, nodes_of_rammasun, 0, 5);
  tcase_add_test (tests, missing_values_are_estimated_and_marked);
  tcase_add_test (tests, centre_is_never_above_surroundings);
  tcase_add_test (tests, wind_is_brought_to_one_minute);
  tcase_add_test (tests, motion_is_limited_and_crosses_the_date_line);
  tcase_add_test (tests, first_step_of_barbados);
  tcase_add_test (tests, first_node_by_choice);
  tcase_add_test (tests, single_node);
  tcase_add_test (tests, hemisphere_of_the_majority);
  tcase_add_test (tests, pressure_trend);
  tcase_add_test (tests, refusals);
  suite_add_tcase (suite, tests);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
