/* SPDX-License-Identifier: Apache-2.0 */
/* Wind of Typhoon Rammasun, Holland 2008, on 600 x 450 cells: 60 hourly steps. Variants: fast (maximum), fast-times
   (and first, last and duration of forces 7, 8, 10, 12), exact, exact-times; fast-linear follows straight lines between
   steps; fast-240 has four times the steps, to show that memory does not grow with them; fast-plain is without AVX2. */
#include <stdlib.h>
#include <string.h>

#include "tests/bench/bench.h"
#include "tests/unit/wind_rammasun.h"

struct run
{
  struct sf_wind_field field;
  struct sf_wind_output output;
  void *workspace;
  int failed;
};

static void
compute (void *context)
{
  struct run *run = context;
  run->failed |= sf_wind_field_max (&run->field, 0, RAMMASUN_NY, run->workspace, &run->output, NULL) != SF_OK;
}

static const struct variant
{
  const char *name;
  enum sf_wind_mode mode;
  enum sf_wind_times times;
  int thresholds;
  int64_t step_s;
  enum sf_wind_isa isa;
} variants[] = {
  { "fast", SF_WIND_FAST, SF_WIND_TIMES_STEP, 0, 3600, SF_WIND_ISA_AUTO },
  { "fast-240", SF_WIND_FAST, SF_WIND_TIMES_STEP, 0, 900, SF_WIND_ISA_AUTO },
  { "exact", SF_WIND_EXACT, SF_WIND_TIMES_STEP, 0, 3600, SF_WIND_ISA_AUTO },
  { "fast-times", SF_WIND_FAST, SF_WIND_TIMES_STEP, 4, 3600, SF_WIND_ISA_AUTO },
  { "fast-linear", SF_WIND_FAST, SF_WIND_TIMES_LINEAR, 4, 3600, SF_WIND_ISA_AUTO },
  { "exact-times", SF_WIND_EXACT, SF_WIND_TIMES_STEP, 4, 3600, SF_WIND_ISA_AUTO },
  { "fast-plain", SF_WIND_FAST, SF_WIND_TIMES_STEP, 0, 3600, SF_WIND_ISA_PLAIN },
  { "exact-plain", SF_WIND_EXACT, SF_WIND_TIMES_STEP, 0, 3600, SF_WIND_ISA_PLAIN },
};

static int
measure (const struct variant *variant, float *memory, void *workspace)
{
  static struct rammasun storm;
  const double forces_mps[SF_WIND_MAX_THRESHOLDS] = { 13.9, 17.2, 24.5, 32.7 };
  rammasun_fill (&storm, variant->step_s);
  if (rammasun_prepare (&storm, SF_WIND_H08, NULL) != SF_OK)
    return EXIT_FAILURE;
  struct run run = { .field = rammasun_field (&storm), .workspace = workspace, .output = { .max_mps = memory } };
  run.field.settings.mode = variant->mode;
  run.field.settings.times = variant->times;
  run.field.settings.isa = variant->isa;
  run.field.settings.thresholds = variant->thresholds;
  memcpy (run.field.settings.threshold_mps, forces_mps, sizeof forces_mps);
  for (size_t t = 0; t < (size_t) variant->thresholds; t++)
    {
      float *times = memory + (1 + 3 * t) * RAMMASUN_CELLS;
      run.output.hours[t] = (struct sf_wind_hours){ times, times + RAMMASUN_CELLS, times + 2 * RAMMASUN_CELLS };
    }
  struct bench_time time = bench_run (compute, &run, 11);
  bench_print ("wind_field", variant->name, time, bench_reference_s (), (double) storm.n * RAMMASUN_CELLS,
               "cell steps");
  return run.failed;
}

int
main (void)
{
  float *memory = malloc ((1 + 3 * SF_WIND_MAX_THRESHOLDS) * (size_t) RAMMASUN_CELLS * sizeof *memory);
  void *workspace = malloc (sf_wind_workspace_bytes (RAMMASUN_NX));
  int failed = !memory || !workspace;
  for (size_t i = 0; !failed && i < sizeof variants / sizeof *variants; i++)
    failed = measure (&variants[i], memory, workspace);
  free (workspace);
  free (memory);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
