/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: the formulas of Simiu & Scanlan (z0 to the power 0.0706, logarithmic profile), evaluated by hand in
   the comments; the data file's own figures; the interpolation of a field that is linear in space and time. */
#include "models/typhoon/vortex/nwp_wind.h"
#include "models/typhoon/vortex/surface_wind.h"
#include "tests/unit/base.h"

#include <math.h>
#include <stdio.h>
#include <sys/stat.h>

static struct sf_surface_rules rules;

START_TEST (roughness)
{
  ck_assert_double_eq_tol (sf_surface_roughness_factor (&rules, 0.003), 1, 1e-12);
  /* (0.1/0.003)^0.0706 = 1.28083; ln 100 / ln 3333.33 = 0.567734 */
  ck_assert_double_eq_tol (sf_surface_roughness_factor (&rules, 0.1), 1.28083 * 0.567734, 2e-5);
  /* (1/0.003)^0.0706 = 1.50698; ln 10 / ln 3333.33 = 0.283867 */
  ck_assert_double_eq_tol (sf_surface_roughness_factor (&rules, 1), 1.50698 * 0.283867, 2e-5);
  double before = 2;
  for (double z0 = 1e-4; z0 < 3; z0 *= 1.5)
    {
      double factor = sf_surface_roughness_factor (&rules, z0);
      ck_assert_double_lt (factor, before);
      before = factor;
    }
  ck_assert_double_nan (sf_surface_roughness_factor (&rules, NAN));
  ck_assert_double_eq (sf_surface_class_z0_m (&rules, 10), 1.0);
  ck_assert_double_eq (sf_surface_class_z0_m (&rules, 80), rules.sea_z0_m);
  ck_assert_double_nan (sf_surface_class_z0_m (&rules, 11));
  ck_assert_double_nan (sf_surface_class_z0_m (&rules, NAN));
}
END_TEST

START_TEST (gusts)
{
  ck_assert_double_eq_tol (sf_surface_gust_factor (&rules, 2, rules.sea_z0_m), 1.15, 1e-12);
  ck_assert_double_eq_tol (sf_surface_gust_factor (&rules, 10, rules.land_z0_m), 1.66, 1e-12);
  ck_assert_double_eq_tol (sf_surface_gust_factor (&rules, 1, sqrt (rules.sea_z0_m * rules.land_z0_m)), 1.30, 1e-12);
  ck_assert_double_eq_tol (sf_surface_gust_factor (&rules, 2, 2), 1.55, 1e-12);
  ck_assert_double_nan (sf_surface_gust_factor (&rules, 3, 0.1));
  ck_assert_double_eq_tol (sf_surface_mixed_gust_factor (&rules, 2, 0), 1.15, 1e-12);
  ck_assert_double_eq_tol (sf_surface_mixed_gust_factor (&rules, 2, 1), 1.55 * 1.28083 * 0.567734, 5e-5);
  ck_assert_double_nan (sf_surface_mixed_gust_factor (&rules, 2, NAN));
}
END_TEST

START_TEST (terrain)
{
  ck_assert_double_eq_tol (sf_surface_terrain_factor (&rules, 350, 100), 1 + 1.6 * 250 / 2500, 1e-12);
  ck_assert_double_eq_tol (sf_surface_terrain_factor (&rules, 100, 350), 1 - 1.6 * 250 / 2500, 1e-12);
  ck_assert_double_eq (sf_surface_terrain_factor (&rules, 5000, 0), 1.5);
  ck_assert_double_eq (sf_surface_terrain_factor (&rules, 0, 5000), 0.6);
  ck_assert_double_eq (sf_surface_terrain_factor (&rules, NAN, 10), 1);
  ck_assert_double_eq (sf_surface_terrain_factor (&rules, 10, NAN), 1);
}
END_TEST

static void
expect_refusal (const char *text, enum sf_code code, const char *words)
{
  char folder[] = "/tmp/sf_surface_XXXXXX", path[128];
  struct sf_surface_rules untouched = { .classes = 77 };
  ck_assert_ptr_nonnull (mkdtemp (folder));
  snprintf (path, sizeof path, "%s/typhoon", folder);
  ck_assert_int_eq (mkdir (path, 0700), 0);
  snprintf (path, sizeof path, "%s/typhoon/surface.yaml", folder);
  FILE *file = fopen (path, "w");
  fputs (text, file);
  fclose (file);
  ck_fails (sf_surface_rules_load_shared (folder, &untouched, err), code, words);
  ck_assert_uint_eq (untouched.classes, 77);
  remove (path);
  snprintf (path, sizeof path, "%s/typhoon", folder);
  remove (path);
  remove (folder);
}

START_TEST (wrong_rules)
{
  expect_refusal ("sea: 0.003\nlend: 0.1\n", SF_EINVAL, ":2:");
  expect_refusal ("sea: 3\n", SF_ERANGE, ":1:");
  expect_refusal ("sea: 0.003\nland: 0.1\ngust: {1: [1.1], 2: [1, 1], 10: [1, 1]}\n", SF_EINVAL,
                  "must be a list of 2 numbers");
  expect_refusal ("sea: 0.003\nland: 0.1\ngust: 3\n", SF_ETYPE, "gust");
}
END_TEST

/* u = lon + 2 lat + hours, v = 3 lon - lat, on a grid of one degree and two times. */
static void
draw (const struct sf_gridspec *grid, int times, float *u, float *v)
{
  for (int t = 0; t < times; t++)
    for (int r = 0; r < grid->ny; r++)
      for (int c = 0; c < grid->nx; c++)
        {
          double lon = grid->affine[0] + c + 0.5, lat = grid->affine[3] - r - 0.5;
          u[(t * grid->ny + r) * grid->nx + c] = (float) (lon + 2 * lat + 6 * t);
          v[(t * grid->ny + r) * grid->nx + c] = (float) (3 * lon - lat);
        }
}

START_TEST (weather_prediction)
{
  static float u[2 * 10 * 12], v[2 * 10 * 12];
  const struct sf_gridspec spec = { 12, 10, { 104.5, 1, 0, 24.5, 0, -1 }, "EPSG:4490" };
  const int64_t time_s[] = { 0, 21600 };
  struct sf_storm_field field = { .grid = { 467.25, 22.25, 0.5, -0.25, 6, 4 }, .steps = 20, .step_s = 3600 };
  struct sf_nwp_wind nwp = { .grid = spec, .times = 2, .time_s = time_s, .u = u, .v = v, .scale = 1, .field = &field };
  float east[6], north[6], speed[6];
  draw (&spec, 2, u, v);
  for (int step = 0; step <= 6; step += 2)
    for (int row = 0; row < 4; row++)
      {
        sf_nwp_wind_row (&nwp, (size_t) step, row, east, north, speed);
        for (int i = 0; i < 6; i++)
          {
            double lon = 107.25 + 0.5 * i, lat = 22.25 - 0.25 * row;
            ck_assert_double_eq_tol ((double) east[i], lon + 2 * lat + step, 1e-3);
            ck_assert_double_eq_tol ((double) north[i], 3 * lon - lat, 1e-3);
            ck_assert_float_eq_tol (speed[i], hypotf (east[i], north[i]), 1e-3f);
          }
      }
  sf_nwp_wind_row (&nwp, 7, 0, NULL, NULL, speed);
  ck_assert_float_nan (speed[0]);
  v[3] = NAN;
  sf_nwp_wind_row (&nwp, 0, 3, NULL, NULL, speed);
  ck_assert (!isnan (speed[0]));
  field.grid.lat0_deg = 23.75;
  sf_nwp_wind_row (&nwp, 0, 0, NULL, NULL, speed);
  ck_assert_float_nan (speed[0]);
  field.grid.lat0_deg = 24.25;
  sf_nwp_wind_row (&nwp, 0, 0, east, north, speed);
  ck_assert_double_eq_tol ((double) east[5], 109.75 + 2 * 24, 1e-3);
  field.grid.lat0_deg = 24.75;
  sf_nwp_wind_row (&nwp, 0, 0, NULL, NULL, speed);
  ck_assert_float_nan (speed[5]);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { roughness, gusts, terrain, wrong_rules, weather_prediction, NULL };
  struct sf_error err;
  if (sf_surface_rules_load_shared (TEST_SRCDIR "/share", &rules, &err) != SF_OK)
    {
      fprintf (stderr, "%s\n", err.message);
      return EXIT_FAILURE;
    }
  return run_tests ("surface_wind", tests);
}
