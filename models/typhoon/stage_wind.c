/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/intensity.h"
#include "models/typhoon/storm_wind.h"

#include <math.h>

enum
{
  WIND_BLOCKS = 4 /* bands of rows; fixed, so that results do not depend on the number of threads */
};

struct wind_job
{
  const struct sf_storm_winds *winds;
  struct sf_grid *max, *arrival, *end, *duration;
};

/* Beyond the storm's reach nothing was computed: neither a wind nor a duration of none is known there. */
static void
mark_missing (struct wind_job *job, size_t cell0, size_t cells, size_t plane)
{
  for (size_t i = cell0; i < cell0 + cells; i++)
    {
      if (job->max->values[i] != 0)
        continue;
      job->max->values[i] = NAN;
      for (size_t f = 0; f < SF_TYPHOON_FORCES; f++)
        job->duration->values[f * plane + i] = NAN;
    }
}

static enum sf_code
run_block (void *ctx, int block, struct sf_error *err)
{
  struct wind_job *job = ctx;
  const struct sf_wind_grid *grid = &job->winds->field.grid;
  int row0 = (int) ((long) grid->ny * block / WIND_BLOCKS), row1 = (int) ((long) grid->ny * (block + 1) / WIND_BLOCKS);
  size_t plane = (size_t) grid->nx * (size_t) grid->ny, offset = (size_t) row0 * (size_t) grid->nx;
  if (row0 == row1)
    return SF_OK;
  void *workspace = sf_mem_alloc (sf_storm_winds_workspace_bytes (job->winds, row1 - row0));
  if (!workspace)
    return sf_fail (err, SF_ENOMEM, "out of memory for the wind of rows %d to %d", row0, row1);
  struct sf_wind_output output = { .max_mps = job->max->values + offset };
  for (int f = 0; f < SF_TYPHOON_FORCES; f++)
    output.hours[f] = (struct sf_wind_hours){ .arrival_h = job->arrival->values + (size_t) f * plane + offset,
                                              .end_h = job->end->values + (size_t) f * plane + offset,
                                              .duration_h = job->duration->values + (size_t) f * plane + offset };
  enum sf_code code = sf_storm_winds_max (job->winds, row0, row1 - row0, workspace, &output, err);
  sf_mem_free (workspace);
  if (code == SF_OK)
    mark_missing (job, offset, (size_t) (row1 - row0) * (size_t) grid->nx, plane);
  return code;
}

/* Without a storm nothing is computed, and times count from the cycle's. */
static void
leave_missing (struct sf_dataset *const *made, int64_t cycle_s)
{
  for (int i = 0; i < 4; i++)
    {
      struct sf_grid *grid = made[i]->as.grid;
      size_t cells = sf_gridspec_cells (&grid->spec) * (size_t) (i == 0 ? 1 : SF_TYPHOON_FORCES);
      for (size_t c = 0; c < cells; c++)
        grid->values[c] = NAN;
    }
  made[1]->as.grid->reference_s = made[2]->as.grid->reference_s = cycle_s;
}

static enum sf_code
compute (const struct sf_host *host, const struct sf_storm_winds *winds, struct sf_dataset *const *made,
         struct sf_error *err)
{
  struct wind_job job = { .winds = winds,
                          .max = made[0]->as.grid,
                          .arrival = made[1]->as.grid,
                          .end = made[2]->as.grid,
                          .duration = made[3]->as.grid };
  job.arrival->reference_s = job.end->reference_s = winds->first_s;
  return host->parallel (host, WIND_BLOCKS, run_block, &job, err);
}

enum sf_code
sf_typhoon_run_wind (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  static const char *const ports[] = { "wind_max@*", "wind_arrival@*", "wind_end@*", "wind_duration@*" };
  struct sf_storm_winds winds;
  struct sf_dataset *made[4] = { NULL };
  double forces[SF_TYPHOON_FORCES];
  enum sf_code code = sf_storm_winds_open (host, io, &winds, err);
  for (int f = 0; f < SF_TYPHOON_FORCES; f++)
    forces[f] = sf_typhoon_forces[f];
  for (int i = 0; code == SF_OK && i < 4; i++)
    code = sf_dataset_new_grid (io->spec (io, ports[i]), io->instance, io->grid, i == 0 ? NULL : forces,
                                i == 0 ? 1 : SF_TYPHOON_FORCES, &made[i], err);
  if (code == SF_OK && winds.steps == 0)
    leave_missing (made, sf_typhoon_cycle_s (io));
  else if (code == SF_OK)
    code = compute (host, &winds, made, err);
  sf_storm_winds_close (&winds);
  for (int i = 0; i < 4; i++)
    if (code == SF_OK)
      code = io->output (io, ports[i], made[i], err);
    else
      sf_dataset_unref (made[i]);
  return code;
}
