/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: rings of bulletins (CMA's of SAUDEL, 21 August 2026 21Z); the profile by Holland, Belanger & Fritz
   2010 eq 6 with the exponent x = ln (Vth/vmax) / ln (y e^(1-y)), written out here; properties that any vortex that
   meets rings has (monotone, symmetric where the rings are, turned and mirrored with them). */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/typhoon/vortex/vortex.h"

static struct sf_vortex_rules rules;

static struct sf_vortex_source
source_of (double vmax_mps, double pressure_hpa)
{
  struct sf_vortex_source source = { .vmax_mps = vmax_mps,
                                     .pressure_hpa = pressure_hpa,
                                     .environment_hpa = NAN,
                                     .rmw_km = NAN,
                                     .lon_deg = 130,
                                     .lat_deg = 18,
                                     .rules = &rules };
  for (int i = 0; i < SF_RADII_FORCES * SF_QUADRANTS; i++)
    source.radii_km[i] = NAN;
  return source;
}

static void
set_rings (struct sf_vortex_source *source, int ring, double ne, double se, double sw, double nw)
{
  double values[] = { ne, se, sw, nw };
  memcpy (source->radii_km + ring * SF_QUADRANTS, values, sizeof values);
}

static struct sf_vortex_source
saudel (void)
{
  struct sf_vortex_source source = source_of (35, 970);
  set_rings (&source, 0, 380, 420, 400, 350);
  set_rings (&source, 1, 80, 80, 150, 150);
  set_rings (&source, 2, 40, 40, 60, 60);
  return source;
}

static struct sf_vortex
fit (const struct sf_vortex_source *source, enum sf_vortex_mode mode, struct sf_vortex_report *report)
{
  struct sf_vortex vortex;
  struct sf_error err;
  ck_assert_msg (sf_vortex_fit (&vortex, source, mode, report, &err) == SF_OK, "%s", err.message);
  return vortex;
}

/* The largest radius within a quadrant at which the wind still reaches a threshold, by bisection along each degree. */
static double
largest_km (const struct sf_vortex *vortex, double threshold_mps, int q)
{
  double largest = 0;
  for (int a = 0; a <= 90; a++)
    {
      double low = vortex->rmw_km[q] * 0.5, high = 3000, azimuth = 90 * q + a;
      for (int i = 0; i < 60; i++)
        {
          double r = 0.5 * (low + high);
          if (sf_vortex_wind_mps (vortex, r, azimuth) >= threshold_mps)
            low = r;
          else
            high = r;
        }
      largest = fmax (largest, low);
    }
  return largest;
}

START_TEST (envelope_meets_rings)
{
  struct sf_vortex_source source = saudel ();
  struct sf_vortex_report report;
  struct sf_vortex vortex = fit (&source, SF_VORTEX_ENVELOPE, &report);
  const double threshold[] = { 13.9, 24.5, 32.7 };
  for (int ring = 0; ring < SF_RADII_FORCES; ring++)
    for (int q = 0; q < SF_QUADRANTS; q++)
      {
        double given = source.radii_km[ring * SF_QUADRANTS + q];
        ck_assert_int_eq (report.state[ring][q], SF_RING_MET);
        ck_assert_double_eq_tol (report.met_km[ring][q], given, 1e-9);
        ck_assert_double_eq_tol (largest_km (&vortex, threshold[ring], q), given, 1e-6 * given);
      }
}
END_TEST

START_TEST (mean_is_smaller)
{
  struct sf_vortex_source source = saudel ();
  struct sf_vortex vortex = fit (&source, SF_VORTEX_MEAN, NULL);
  for (int q = 0; q < SF_QUADRANTS; q++)
    {
      double r = rules.mean_share * source.radii_km[q], centre = sf_vortex_quadrant_centre_deg[q];
      ck_assert_double_eq_tol (sf_vortex_wind_mps (&vortex, r, centre), 13.9, 1e-9);
    }
  double between = 0.5 * rules.mean_share * (380 + 420);
  ck_assert_double_eq_tol (sf_vortex_wind_mps (&vortex, between, 90), 13.9, 1e-9);
}
END_TEST

/* One ring of force 7, given rmw: eq 6 with one exponent, through the peak and the ring. */
START_TEST (one_ring_is_h10)
{
  struct sf_vortex_source source = source_of (40, 965);
  set_rings (&source, 0, 250, 250, 250, 250);
  source.rmw_km = 50;
  struct sf_vortex vortex = fit (&source, SF_VORTEX_ENVELOPE, NULL);
  double v1 = 40 * 1.08, b = v1 * v1 * M_E * 1.15 / 4000;
  ck_assert_double_eq_tol (vortex.b, b, 1e-12);
  double yn = pow (50.0 / 250, b), x = log (13.9 / 40) / log (yn * exp (1 - yn));
  for (double r = 5; r < 250; r += 7)
    {
      double y = pow (50 / r, b), expected = 40 * pow (y * exp (1 - y), r < 50 ? 0.5 : x);
      ck_assert_double_eq_tol (sf_vortex_wind_mps (&vortex, r, 3 * r), expected, 1e-9);
    }
}
END_TEST

START_TEST (radii_invert_the_wind)
{
  struct sf_vortex_source source = saudel ();
  struct sf_vortex vortex = fit (&source, SF_VORTEX_ENVELOPE, NULL);
  const double thresholds[] = { 10.8, 13.9, 15, 17.2, 20, 24.5, 30, 32.7, 34.9 };
  for (size_t t = 0; t < sizeof thresholds / sizeof *thresholds; t++)
    {
      double outer[SF_QUADRANTS], inner;
      sf_vortex_force_radii_km (&vortex, thresholds[t], outer, &inner);
      for (int q = 0; q < SF_QUADRANTS; q++)
        {
          double centre = sf_vortex_quadrant_centre_deg[q];
          ck_assert_double_eq_tol (sf_vortex_wind_mps (&vortex, outer[q], centre), thresholds[t], 1e-9);
          ck_assert_double_lt (inner, outer[q]);
        }
      ck_assert_double_eq_tol (sf_vortex_wind_mps (&vortex, inner, 45), thresholds[t], 1e-9);
    }
  double outer[SF_QUADRANTS], inner;
  sf_vortex_force_radii_km (&vortex, 35.1, outer, &inner);
  for (int q = 0; q < SF_QUADRANTS; q++)
    ck_assert_double_eq (outer[q], 0);
  ck_assert_double_nan (inner);
}
END_TEST

START_TEST (wind_falls_outward)
{
  struct sf_vortex_source source = saudel ();
  set_rings (&source, 2, 100, 100, 0, 0);
  set_rings (&source, 1, 200, 200, 20, 20);
  for (int mode = SF_VORTEX_ENVELOPE; mode <= SF_VORTEX_MEAN; mode++)
    {
      struct sf_vortex vortex = fit (&source, (enum sf_vortex_mode) mode, NULL);
      for (double azimuth = 0; azimuth < 360; azimuth += 2.5)
        {
          double rmw = sf_vortex_between (vortex.mode, vortex.rmw_km, azimuth), before = INFINITY;
          for (double r = rmw; r < 1200; r *= 1.02)
            {
              double wind = sf_vortex_wind_mps (&vortex, r, azimuth);
              ck_assert_double_lt (wind, before);
              before = wind;
            }
        }
    }
}
END_TEST

/* Force 12 given as 0 in the west: the wind there stays below it; in the east it is met. */
START_TEST (force_not_reached)
{
  struct sf_vortex_source source = source_of (38, 960);
  struct sf_vortex_report report;
  set_rings (&source, 0, 400, 400, 200, 200);
  set_rings (&source, 1, 200, 200, 20, 20);
  set_rings (&source, 2, 100, 100, 0, 0);
  struct sf_vortex vortex = fit (&source, SF_VORTEX_ENVELOPE, &report);
  ck_assert_int_eq (report.state[2][2], SF_RING_NOT_REACHED);
  ck_assert_double_nan (report.met_km[2][2]);
  ck_assert_double_eq_tol (largest_km (&vortex, 32.7, 0), 100, 1e-6);
  ck_assert_double_eq_tol (largest_km (&vortex, 24.5, 3), 20, 1e-6);
  for (double azimuth = 180; azimuth < 360; azimuth += 3)
    for (double r = 1; r < 300; r += 1)
      ck_assert_double_lt (sf_vortex_wind_mps (&vortex, r, azimuth), 32.7);
}
END_TEST

START_TEST (rings_without_solution)
{
  struct sf_vortex_report report;
  struct sf_vortex_source source = source_of (30, 980);
  set_rings (&source, 0, 200, 200, 200, 200);
  set_rings (&source, 1, 100, 100, 250, 100);
  set_rings (&source, 2, 50, NAN, NAN, NAN);
  fit (&source, SF_VORTEX_ENVELOPE, &report);
  ck_assert_int_eq (report.state[2][0], SF_RING_ABOVE_VMAX);
  ck_assert_int_eq (report.state[2][1], SF_RING_ABSENT);
  ck_assert_int_eq (report.state[1][2], SF_RING_ORDER);
  ck_assert_int_eq (report.state[0][2], SF_RING_MET);
  source.rmw_km = 120;
  fit (&source, SF_VORTEX_ENVELOPE, &report);
  ck_assert_int_eq (report.state[1][0], SF_RING_INSIDE_RMW);
  set_rings (&source, 1, 0, 0, 0, 0);
  fit (&source, SF_VORTEX_ENVELOPE, &report);
  ck_assert_int_eq (report.state[1][0], SF_RING_NOWHERE);
  for (int state = SF_RING_ABOVE_VMAX; state <= SF_RING_NOWHERE; state++)
    for (int zh = 0; zh < 2; zh++)
      ck_assert_int_gt (strlen (sf_ring_reason ((enum sf_ring_state) state, zh)), 0);
  ck_assert_str_eq (sf_ring_reason (SF_RING_MET, false), "");
}
END_TEST

START_TEST (missing_values)
{
  struct sf_vortex_report report;
  struct sf_error err;
  struct sf_vortex vortex;
  struct sf_vortex_source source = source_of (NAN, NAN);
  ck_assert_int_eq (sf_vortex_fit (&vortex, &source, SF_VORTEX_MEAN, NULL, &err), SF_EINVAL);
  source = source_of (NAN, 960);
  vortex = fit (&source, SF_VORTEX_ENVELOPE, &report);
  ck_assert (report.usual_size);
  ck_assert_double_gt (vortex.vmax_mps, 30);
  ck_assert_double_lt (vortex.vmax_mps, 50);
  source = source_of (42, NAN);
  vortex = fit (&source, SF_VORTEX_ENVELOPE, NULL);
  ck_assert_double_eq_tol (vortex.radius_km[3][0], 350, 1e-9);
  source = source_of (12, 1002);
  vortex = fit (&source, SF_VORTEX_ENVELOPE, NULL);
  ck_assert_double_eq (vortex.radius_km[3][0], 0);
  ck_assert_double_gt (vortex.radius_km[4][0], 0);
  source = source_of (35, 1010);
  vortex = fit (&source, SF_VORTEX_ENVELOPE, NULL);
  ck_assert (isfinite (sf_vortex_wind_mps (&vortex, 100, 0)));
  ck_assert_double_eq (sf_vortex_wind_mps (&vortex, 0, 0), 0);
  source.radii_km[3] = -1;
  ck_assert_int_eq (sf_vortex_fit (&vortex, &source, SF_VORTEX_MEAN, NULL, &err), SF_ERANGE);
  source = source_of (35, 970);
  source.lat_deg = NAN;
  ck_assert_int_eq (sf_vortex_fit (&vortex, &source, SF_VORTEX_MEAN, NULL, &err), SF_EINVAL);
}
END_TEST

/* One quadrant without any ring takes the mean of the others. */
START_TEST (one_quadrant_unknown)
{
  struct sf_vortex_source source = source_of (30, 980);
  set_rings (&source, 0, 200, 260, NAN, 170);
  struct sf_vortex vortex = fit (&source, SF_VORTEX_ENVELOPE, NULL);
  ck_assert_double_eq_tol (vortex.radius_km[3][2], 210, 1e-9);
}
END_TEST

/* The exponent x of H10 from the peak to force 7 by eq 6, written out, is the same before and after; a force that the
   weakened storm does not reach closed at the radius of maximum wind, so that between the two fixes it shrinks to there. */
START_TEST (rings_carried_to_a_weaker_storm)
{
  struct sf_vortex_source then = source_of (35, 970), now = source_of (20, 992);
  struct sf_vortex before, after;
  then.rmw_km = 40;
  now.rmw_km = 40;
  set_rings (&then, 0, 300, 280, 200, 220);
  set_rings (&then, 2, 60, 55, 50, 0);
  sf_vortex_carry_rings (&then, &now);
  ck_assert_int_eq (sf_vortex_fit (&before, &then, SF_VORTEX_ENVELOPE, NULL, NULL), SF_OK);
  ck_assert_int_eq (sf_vortex_fit (&after, &now, SF_VORTEX_ENVELOPE, NULL, NULL), SF_OK);
  double y_then = pow (40.0 / 300, before.b), y_now = pow (40.0 / now.radii_km[0], after.b);
  double x_then = log (13.9 / 35) / log (y_then * exp (1 - y_then)),
         x_now = log (13.9 / 20) / log (y_now * exp (1 - y_now));
  ck_assert_double_lt (now.radii_km[0], 300);
  ck_assert_double_eq_tol (x_then, x_now, 1e-9);
  for (int q = 0; q < SF_QUADRANTS; q++)
    {
      ck_assert (isnan (now.radii_km[SF_QUADRANTS + q]));
      ck_assert_double_eq (now.radii_km[2 * SF_QUADRANTS + q],
                           q == 3 ? 0 : fmin (40, 0.7 * then.radii_km[2 * SF_QUADRANTS + q]));
    }
}
END_TEST

START_TEST (turned_by_a_quarter)
{
  struct sf_vortex_source a = saudel (), b = saudel ();
  for (int ring = 0; ring < SF_RADII_FORCES; ring++)
    for (int q = 0; q < SF_QUADRANTS; q++)
      b.radii_km[ring * SF_QUADRANTS + (q + 1) % 4] = a.radii_km[ring * SF_QUADRANTS + q];
  for (int mode = SF_VORTEX_ENVELOPE; mode <= SF_VORTEX_MEAN; mode++)
    {
      struct sf_vortex va = fit (&a, (enum sf_vortex_mode) mode, NULL), vb = fit (&b, (enum sf_vortex_mode) mode, NULL);
      for (double azimuth = 0.5; azimuth < 360; azimuth += 4)
        for (double r = 3; r < 900; r *= 1.3)
          ck_assert_double_eq_tol (sf_vortex_wind_mps (&va, r, azimuth), sf_vortex_wind_mps (&vb, r, azimuth + 90),
                                   1e-9);
    }
}
END_TEST

START_TEST (mirrored_hemisphere)
{
  static const int mirror[SF_QUADRANTS] = { 1, 0, 3, 2 };
  struct sf_vortex_source a = saudel (), b = saudel ();
  b.lat_deg = -a.lat_deg;
  for (int ring = 0; ring < SF_RADII_FORCES; ring++)
    for (int q = 0; q < SF_QUADRANTS; q++)
      b.radii_km[ring * SF_QUADRANTS + mirror[q]] = a.radii_km[ring * SF_QUADRANTS + q];
  for (int mode = SF_VORTEX_ENVELOPE; mode <= SF_VORTEX_MEAN; mode++)
    {
      struct sf_vortex va = fit (&a, (enum sf_vortex_mode) mode, NULL), vb = fit (&b, (enum sf_vortex_mode) mode, NULL);
      for (double azimuth = 0.5; azimuth < 360; azimuth += 4)
        for (double r = 3; r < 900; r *= 1.3)
          ck_assert_double_eq_tol (sf_vortex_wind_mps (&va, r, azimuth), sf_vortex_wind_mps (&vb, r, 180 - azimuth),
                                   1e-9);
    }
}
END_TEST

START_TEST (continuous_in_azimuth)
{
  struct sf_vortex_source source = saudel ();
  set_rings (&source, 2, 100, 100, 0, 0);
  for (int mode = SF_VORTEX_ENVELOPE; mode <= SF_VORTEX_MEAN; mode++)
    {
      struct sf_vortex vortex = fit (&source, (enum sf_vortex_mode) mode, NULL);
      for (double azimuth = 0; azimuth < 360; azimuth += 0.1)
        ck_assert_double_eq_tol (sf_vortex_wind_mps (&vortex, 150, azimuth),
                                 sf_vortex_wind_mps (&vortex, 150, azimuth + 0.1), 0.2);
    }
}
END_TEST

START_TEST (rules_are_read)
{
  struct sf_error err;
  ck_assert_double_eq (rules.mean_share, 0.85);
  ck_assert_double_eq (rules.ring7_km[6], 0);
  ck_assert_double_eq (rules.ring7_km[9], 160);
  ck_assert_double_eq (rules.ring7_km[17], 400);
  struct sf_vortex_rules untouched = { .mean_share = 7 };
  ck_assert_int_ne (sf_vortex_rules_load ("nowhere.yaml", &untouched, &err), SF_OK);
  const char wrong[] = "mean_share: 1.2\nenvironment_pressure: 1005\nring7: {7: 100}\n";
  char path[] = "/tmp/sf_vortex_XXXXXX";
  int fd = mkstemp (path);
  FILE *file = fdopen (fd, "w");
  fputs (wrong, file);
  fclose (file);
  ck_assert_int_eq (sf_vortex_rules_load (path, &untouched, &err), SF_ERANGE);
  ck_assert_ptr_nonnull (strstr (err.message, ":1:"));
  ck_assert_double_eq (untouched.mean_share, 7);
  remove (path);
}
END_TEST

int
main (void)
{
  const char *srcdir = getenv ("srcdir");
  char path[4000];
  struct sf_error err;
  snprintf (path, sizeof path, "%s/share/typhoon/vortex.yaml", srcdir ? srcdir : ".");
  if (sf_vortex_rules_load (path, &rules, &err) != SF_OK)
    {
      fprintf (stderr, "%s\n", err.message);
      return EXIT_FAILURE;
    }
  Suite *suite = suite_create ("vortex");
  TCase *tests = tcase_create ("vortex");
  tcase_add_test (tests, envelope_meets_rings);
  tcase_add_test (tests, mean_is_smaller);
  tcase_add_test (tests, one_ring_is_h10);
  tcase_add_test (tests, radii_invert_the_wind);
  tcase_add_test (tests, wind_falls_outward);
  tcase_add_test (tests, force_not_reached);
  tcase_add_test (tests, rings_without_solution);
  tcase_add_test (tests, missing_values);
  tcase_add_test (tests, one_quadrant_unknown);
  tcase_add_test (tests, rings_carried_to_a_weaker_storm);
  tcase_add_test (tests, turned_by_a_quarter);
  tcase_add_test (tests, mirrored_hemisphere);
  tcase_add_test (tests, continuous_in_azimuth);
  tcase_add_test (tests, rules_are_read);
  suite_add_tcase (suite, tests);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_ENV);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
