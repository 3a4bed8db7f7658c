/* SPDX-License-Identifier: Apache-2.0 */
/* Rings that an agency really issued: typhoon Bavi, July 2026, 168 fixes in $SANFANG_SHARED/typhoon/zj_normalized, through
   the decoder that knows the order of their quadrants. The wind is asked along every third degree; the given radii are the
   expected values. Skipped where the folder is absent. */
#include "core/base/file.h"
#include "models/typhoon/vortex/storm_step.h"
#include "tests/unit/base.h"
#include "tests/unit/decode_help.h"

#include <math.h>
#include <stdio.h>

extern const struct sf_plugin zjwater_json_LTX_sanfang_plugin;

static const double threshold_mps[SF_RADII_FORCES] = { 13.9, 24.5, 32.7 };
static const int forces[SF_RADII_FORCES] = { 7, 10, 12 };
static const char *const quadrants[SF_QUADRANTS] = { "NE", "SE", "SW", "NW" };

struct score
{
  int fixes, rings, unsolved_rings, quadrants, unsolved_quadrants;
  double worst_exact, worst_table;
};

/* The largest radius within a quadrant, at each third degree, where the wind reaches the threshold. */
static double
largest_km (double (*speed) (const void *what, double x_km, double y_km), const void *what, double threshold, int q)
{
  double largest = 0;
  for (int a = 0; a <= 90; a += 3)
    {
      double azimuth = (90 * q + a) * M_PI / 180, low = 0, high = 1500;
      for (double r = 4; r < 1500; r += 4)
        if (speed (what, r * sin (azimuth), r * cos (azimuth)) >= threshold)
          low = r;
      high = low + 4;
      for (int i = 0; low > 0 && i < 30; i++)
        {
          double r = 0.5 * (low + high);
          if (speed (what, r * sin (azimuth), r * cos (azimuth)) >= threshold)
            low = r;
          else
            high = r;
        }
      largest = fmax (largest, low);
    }
  return largest;
}

static double
exact_speed (const void *what, double x_km, double y_km)
{
  const struct sf_storm_step *step = what;
  return sf_vortex_wind_mps (&step->vortex, hypot (x_km, y_km), atan2 (x_km, y_km) * 180 / M_PI);
}

static double
table_speed (const void *what, double x_km, double y_km)
{
  float speed = 0;
  sf_polar_row (what, SF_WIND_ISA_AUTO, (float) x_km, 1, (float) y_km, 1, &speed);
  return (double) speed;
}

static void
score_quadrant (struct score *score, const struct sf_storm_step *step, const struct sf_polar *polar,
                const struct sf_vortex_report *report, const struct sf_record *record, int q)
{
  bool any = false, unsolved = false;
  for (int ring = 0; ring < SF_RADII_FORCES; ring++)
    {
      double given = report->given_km[ring][q];
      enum sf_ring_state state = report->state[ring][q];
      if (!(given > 0) && state < SF_RING_ABOVE_VMAX)
        continue;
      any = true;
      score->rings++;
      if (state >= SF_RING_ABOVE_VMAX)
        {
          unsolved = true;
          score->unsolved_rings++;
          printf ("%lld %s force %d, %g km: %s\n", (long long) record->valid_s, quadrants[q], forces[ring], given,
                  sf_ring_reason (state, false));
          continue;
        }
      double exact = largest_km (exact_speed, step, threshold_mps[ring], q);
      double table = largest_km (table_speed, polar, threshold_mps[ring], q);
      score->worst_exact = fmax (score->worst_exact, fabs (exact / given - 1));
      score->worst_table = fmax (score->worst_table, fabs (table / given - 1));
    }
  score->quadrants += any;
  score->unsolved_quadrants += unsolved;
}

static void
score_fix (struct score *score, const struct sf_record *record, const struct sf_vortex_rules *rules)
{
  static struct sf_polar polar;
  const struct sf_fix *fix = &record->as.track;
  struct sf_vortex_report report;
  struct sf_storm_step step = { .active = true, .has_rings = true, .spin = 1, .reach_km = 900, .scale = 1 };
  struct sf_vortex_source source = { .vmax_mps = fix->wind_mps,
                                     .pressure_hpa = fix->pressure_hpa,
                                     .environment_hpa = NAN,
                                     .rmw_km = fix->rmw_km,
                                     .lon_deg = fix->lon_deg,
                                     .lat_deg = fix->lat_deg,
                                     .rules = rules };
  memcpy (source.radii_km, fix->radii_km, sizeof source.radii_km);
  if (isnan (source.radii_km[0]) || record->as.track.lead_s != 0)
    return;
  ck_done (sf_vortex_fit (&step.vortex, &source, SF_VORTEX_ENVELOPE, &report, err));
  sf_polar_fill (&polar, &step, NULL);
  score->fixes++;
  for (int q = 0; q < SF_QUADRANTS; q++)
    score_quadrant (score, &step, &polar, &report, record, q);
}

START_TEST (bavi)
{
  char path[4096];
  struct sf_vortex_rules rules;
  struct score score = { 0 };
  struct sf_arena arena;
  uint8_t *bytes = NULL;
  size_t length = 0;
  snprintf (path, sizeof path, "%s/typhoon/zj_normalized/typhoon_202609.json", getenv ("SANFANG_SHARED"));
  ck_done (sf_vortex_rules_load_shared (TEST_SRCDIR "/share", &rules, err));
  sf_arena_init (&arena);
  ck_done (sf_file_read (&arena, path, 1 << 24, &bytes, &length, err));
  struct decoded *out = decode_help_run (&zjwater_json_LTX_sanfang_plugin, "typhoon_202609.json", bytes, length, NULL);
  ck_assert_msg (out->code == SF_OK, "%s", out->err.message);
  for (size_t i = 0; i < out->count; i++)
    score_fix (&score, &out->records[i], &rules);
  decode_help_free (out);
  sf_arena_finish (&arena);
  printf ("Bavi 2026: %d fixes with rings, %d quadrants, %d without solution (%.2f %%); %d rings, %d without; worst "
          "difference from the given radius %.4f %% by the equations, %.2f %% by the table\n",
          score.fixes, score.quadrants, score.unsolved_quadrants, 100.0 * score.unsolved_quadrants / score.quadrants,
          score.rings, score.unsolved_rings, 100 * score.worst_exact, 100 * score.worst_table);
  ck_assert_int_eq (score.fixes, 113);
  ck_assert_double_le (score.unsolved_quadrants, 0.05 * score.quadrants);
  ck_assert_double_le (score.worst_exact, 0.03);
  ck_assert_double_le (score.worst_table, 0.03);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { bavi, NULL };
  char path[4096];
  const char *shared = getenv ("SANFANG_SHARED");
  setenv ("CK_DEFAULT_TIMEOUT", "120", 0);
  snprintf (path, sizeof path, "%s/typhoon/zj_normalized/typhoon_202609.json", shared ? shared : ".");
  if (!sf_file_exists (path))
    {
      printf ("skipped: no bulletins; set SANFANG_SHARED\n");
      return 77;
    }
  return run_tests ("vortex against bulletins", tests);
}
