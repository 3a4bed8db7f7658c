/* SPDX-License-Identifier: Apache-2.0 */
/* Wind of vortices that meet rings (Rammasun's track, rings as of a large typhoon) on 600 x 450 cells: 60 hourly steps.
   Variants: rings (maximum), rings-linear (and forces 7, 8, 10, 12 by straight lines between steps), two-storms. fit is
   the work of an ensemble: a fit and the radii of five forces, 25 000 times. */
#include <math.h>
#include <string.h>

#include "models/typhoon/vortex/storm_field.h"
#include "tests/bench/bench.h"
#include "tests/unit/wind_rammasun.h"

static const struct sf_vortex_rules rules = { .mean_share = 0.85, .environment_hpa = 1005 };
static const double rings_km[] = { 380, 320, 300, 350, 200, 160, 140, 180, 90, 80, 60, 70 };

enum
{
  FITS = 25000
};

struct run
{
  struct sf_storm_field field;
  struct sf_storm_step *steps[2];
  struct sf_wind_output output;
  void *workspace;
  double sum;
  int failed;
};

static void
compute (void *context)
{
  struct run *run = context;
  run->failed |= sf_storm_field_max (&run->field, 0, RAMMASUN_NY, run->workspace, &run->output, NULL) != SF_OK;
}

static struct sf_vortex_source
source_of (const struct rammasun *storm, size_t i)
{
  struct sf_vortex_source source = { .vmax_mps = storm->vmax_mps[i],
                                     .pressure_hpa = storm->pc_hpa[i],
                                     .environment_hpa = (double) NAN,
                                     .rmw_km = (double) NAN,
                                     .lon_deg = storm->lon_deg[i],
                                     .lat_deg = storm->lat_deg[i],
                                     .rules = &rules };
  memcpy (source.radii_km, rings_km, sizeof source.radii_km);
  return source;
}

static void
fit (void *context)
{
  struct run *run = context;
  struct sf_vortex vortex;
  struct sf_vortex_source source = { .rules = &rules, .vmax_mps = 40, .pressure_hpa = 955, .lat_deg = 18 };
  source.environment_hpa = source.rmw_km = (double) NAN;
  memcpy (source.radii_km, rings_km, sizeof source.radii_km);
  for (int i = 0; i < FITS; i++)
    {
      source.vmax_mps = 36 + 1e-4 * i;
      run->failed |= sf_vortex_fit (&vortex, &source, SF_VORTEX_MEAN, NULL, NULL) != SF_OK;
      for (int f = 0; f < SF_VORTEX_FORCES; f++)
        {
          double outer_km[SF_QUADRANTS], inner_km;
          sf_vortex_force_radii_km (&vortex, sf_vortex_threshold_mps[f], outer_km, &inner_km);
          run->sum += outer_km[0] + inner_km;
        }
    }
}

static int
prepare (struct run *run, const struct rammasun *storm, int s)
{
  run->steps[s] = calloc (storm->n, sizeof *run->steps[s]);
  for (size_t i = 0; run->steps[s] && i < storm->n; i++)
    {
      struct sf_storm_step *step = &run->steps[s][i];
      struct sf_vortex_source source = source_of (storm, i);
      *step = (struct sf_storm_step){ .active = true,
                                      .has_rings = true,
                                      .lon_deg = storm->lon_deg[i] - 2 * s,
                                      .lat_deg = storm->lat_deg[i] - s,
                                      .cos_lat = cos ((storm->lat_deg[i] - s) * M_PI / 180),
                                      .spin = 1,
                                      .reach_km = 500,
                                      .scale = 1 };
      if (sf_vortex_fit (&step->vortex, &source, SF_VORTEX_ENVELOPE, NULL, NULL) != SF_OK)
        return EXIT_FAILURE;
    }
  return run->steps[s] ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void
measure (struct run *run, const char *variant, size_t storms, int thresholds)
{
  run->field.storms = storms;
  run->field.thresholds = thresholds;
  struct bench_time time = bench_run (compute, run, 5);
  bench_print ("storm_field", variant, time, bench_reference_s (), (double) run->field.steps * RAMMASUN_CELLS,
               "cell steps");
}

int
main (void)
{
  static struct rammasun storm;
  float *memory = malloc ((1 + 3 * SF_WIND_MAX_THRESHOLDS) * (size_t) RAMMASUN_CELLS * sizeof *memory);
  rammasun_fill (&storm, 3600);
  struct run run = { .field = { .grid = { 107.005, 21.495, 0.01, -0.01, RAMMASUN_NX, RAMMASUN_NY },
                                .storms = 2,
                                .steps = storm.n,
                                .step_s = 3600,
                                .times = SF_WIND_TIMES_LINEAR,
                                .threshold_mps = { 13.9, 17.2, 24.5, 32.7 } },
                     .output = { .max_mps = memory } };
  run.field.storm = (const struct sf_storm_step *const *) run.steps;
  run.workspace = malloc (sf_storm_field_workspace_bytes (&run.field, RAMMASUN_NY));
  run.failed = !memory || !run.workspace || prepare (&run, &storm, 0) || prepare (&run, &storm, 1);
  for (size_t t = 0; !run.failed && t < SF_WIND_MAX_THRESHOLDS; t++)
    {
      float *times = memory + (1 + 3 * t) * RAMMASUN_CELLS;
      run.output.hours[t] = (struct sf_wind_hours){ times, times + RAMMASUN_CELLS, times + 2 * RAMMASUN_CELLS };
    }
  if (!run.failed)
    {
      measure (&run, "rings", 1, 0);
      measure (&run, "rings-linear", 1, 4);
      measure (&run, "two-storms", 2, 4);
      struct bench_time time = bench_run (fit, &run, 5);
      bench_print ("storm_field", "fit", time, bench_reference_s (), FITS, "fits with five forces");
    }
  free (run.steps[0]);
  free (run.steps[1]);
  free (run.workspace);
  free (memory);
  return run.failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
