/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/map_hours.h"
#include "models/typhoon/storm_wind.h"

#include <inttypes.h>
#include <math.h>

enum
{
  HOURLY_FORCE = 6, /* what makes an hour worth a map */
  PEAK_ROWS = 32    /* that a search for the strongest wind holds at a time */
};

enum component
{
  COMPONENT_SPEED,
  COMPONENT_EAST,
  COMPONENT_NORTH
};

/* Nodes of a track: count of them, from first on, each stride-th. */
struct steps
{
  size_t first, stride, count;
};

/* Winds by time, computed when they are read. */
struct wind_cube
{
  struct sf_storm_winds winds;
  struct steps steps;
  int64_t *time_s;
  enum component component;
};

static enum sf_code
read_window (const void *impl, int step, const struct sf_cell_window *window, float *out, struct sf_error *err)
{
  const struct wind_cube *cube = impl;
  size_t node = cube->steps.first + (size_t) step * cube->steps.stride;
  if (cube->winds.steps == 0)
    {
      for (size_t i = 0; i < (size_t) window->rows * (size_t) window->columns; i++)
        out[i] = NAN;
      return SF_OK;
    }
  void *workspace = sf_mem_alloc (sf_storm_winds_workspace_bytes (&cube->winds, window->rows));
  if (!workspace)
    return sf_fail (err, SF_ENOMEM, "out of memory for a step of wind");
  enum sf_code code = sf_storm_winds_step (
      &cube->winds, node, window, workspace, cube->component == COMPONENT_EAST ? out : NULL,
      cube->component == COMPONENT_NORTH ? out : NULL, cube->component == COMPONENT_SPEED ? out : NULL, err);
  sf_mem_free (workspace);
  return code;
}

static enum sf_code
read_cube (const void *impl, int step, int row0, int rows, float *out, struct sf_error *err)
{
  const struct wind_cube *cube = impl;
  return read_window (impl, step, &(struct sf_cell_window){ row0, rows, 0, cube->winds.field.grid.nx }, out, err);
}

static void
free_cube (void *impl)
{
  struct wind_cube *cube = impl;
  if (!cube)
    return;
  sf_storm_winds_close (&cube->winds);
  sf_mem_free (cube->time_s);
  sf_mem_free (cube);
}

/* Without a storm: one step, at the cycle's time, in which nothing is known. */
static enum sf_code
set_times (struct wind_cube *cube, const struct sf_stage_io *io, const struct steps *steps, struct sf_error *err)
{
  cube->steps = steps ? *steps : (struct steps){ 0, 1, cube->winds.steps };
  if (cube->winds.steps == 0)
    cube->steps = (struct steps){ 0, 1, 1 };
  if (!(cube->time_s = sf_mem_calloc (cube->steps.count, sizeof *cube->time_s)))
    return sf_fail (err, SF_ENOMEM, "out of memory for a cube of wind");
  for (size_t i = 0; i < cube->steps.count; i++)
    cube->time_s[i] = cube->winds.steps == 0
                          ? sf_typhoon_cycle_s (io)
                          : sf_storm_winds_time_s (&cube->winds, cube->steps.first + i * cube->steps.stride);
  return SF_OK;
}

/* A cube of some steps; NULL: of all. */
static enum sf_code
open_cube (const struct sf_host *host, const struct sf_stage_io *io, enum component component,
           const struct steps *steps, struct wind_cube **ret_cube, struct sf_error *err)
{
  struct wind_cube *cube = sf_mem_calloc (1, sizeof *cube);
  if (!cube)
    return sf_fail (err, SF_ENOMEM, "out of memory for a cube of wind");
  enum sf_code code = sf_storm_winds_open (host, io, &cube->winds, err);
  cube->component = component;
  if (code == SF_OK)
    code = set_times (cube, io, steps, err);
  if (code != SF_OK)
    {
      free_cube (cube);
      return code;
    }
  *ret_cube = cube;
  return SF_OK;
}

static enum sf_code
make_cube (const struct sf_host *host, const struct sf_stage_io *io, const char *port, enum component component,
           const struct steps *steps, struct sf_error *err)
{
  struct wind_cube *impl = NULL;
  struct sf_dataset *dataset = NULL;
  SF_TRY (open_cube (host, io, component, steps, &impl, err));
  struct sf_cube cube = { .spec = *io->grid,
                          .steps = (int) impl->steps.count,
                          .time_s = impl->time_s,
                          .read = read_cube,
                          .read_window = read_window,
                          .free_impl = free_cube,
                          .impl = impl };
  enum sf_code code = sf_dataset_new_cube (io->spec (io, port), io->instance, &cube, &dataset, err);
  if (code != SF_OK)
    {
      free_cube (impl);
      return code;
    }
  return io->output (io, port, dataset, err);
}

enum sf_code
sf_typhoon_run_cubes (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  SF_TRY (make_cube (host, io, "wind_cube@*", COMPONENT_SPEED, NULL, err));
  SF_TRY (make_cube (host, io, "wind_u_cube@*", COMPONENT_EAST, NULL, err));
  return make_cube (host, io, "wind_v_cube@*", COMPONENT_NORTH, NULL, err);
}

/* --- hour by hour, where and while it blows --- */

struct peak_job
{
  const struct sf_storm_winds *winds;
  struct steps steps;
  double *peak_mps; /* by step; 0 where no cell is in reach */
};

static enum sf_code
search_peak (const struct peak_job *job, int step, void *workspace, float *rows_mps, struct sf_error *err)
{
  const struct sf_wind_grid *grid = &job->winds->field.grid;
  size_t node = job->steps.first + (size_t) step * job->steps.stride;
  float peak = 0;
  for (int row = 0; row < grid->ny; row += PEAK_ROWS)
    {
      int rows = grid->ny - row < PEAK_ROWS ? grid->ny - row : PEAK_ROWS;
      struct sf_cell_window window = { row, rows, 0, grid->nx };
      SF_TRY (sf_storm_winds_step (job->winds, node, &window, workspace, NULL, NULL, rows_mps, err));
      for (size_t i = 0; i < (size_t) rows * (size_t) grid->nx; i++)
        peak = rows_mps[i] > peak ? rows_mps[i] : peak;
    }
  job->peak_mps[step] = (double) peak;
  return SF_OK;
}

static enum sf_code
run_peak (void *ctx, int step, struct sf_error *err)
{
  const struct peak_job *job = ctx;
  int nx = job->winds->field.grid.nx;
  void *workspace = sf_mem_alloc (sf_storm_winds_workspace_bytes (job->winds, PEAK_ROWS));
  float *rows_mps = sf_mem_calloc (PEAK_ROWS * (size_t) nx, sizeof *rows_mps);
  enum sf_code code = workspace && rows_mps ? search_peak (job, step, workspace, rows_mps, err)
                                            : sf_fail (err, SF_ENOMEM, "out of memory for a step of wind");
  sf_mem_free (rows_mps);
  sf_mem_free (workspace);
  return code;
}

/* All steps at whole multiples of the maps' step, counted as UTC counts; without any, from the first step. */
static enum sf_code
find_hours (const struct sf_host *host, const struct sf_storm_winds *winds, struct steps *steps, struct sf_error *err)
{
  int64_t step_s = winds->step_s, map_step_s = sf_settings_int (host->settings, "map_step");
  if (map_step_s % step_s != 0)
    return sf_fail (err, SF_EINVAL,
                    "map_step (%" PRId64 " s) must be a whole multiple of the wind field's step (%" PRId64 " s)",
                    map_step_s, step_s);
  steps->stride = (size_t) (map_step_s / step_s);
  steps->first = 0;
  for (size_t i = 0; i < winds->steps && i < steps->stride; i++)
    if (sf_storm_winds_time_s (winds, i) % map_step_s == 0)
      steps->first = i;
  steps->count = winds->steps == 0 ? 0 : (winds->steps - 1 - steps->first) / steps->stride + 1;
  return SF_OK;
}

static enum sf_code
choose_hours (const struct sf_host *host, const struct sf_storm_winds *winds, struct steps *ret_steps,
              struct sf_error *err)
{
  struct peak_job job = { .winds = winds };
  SF_TRY (find_hours (host, winds, &job.steps, err));
  *ret_steps = job.steps;
  if (job.steps.count == 0)
    return SF_OK;
  if (!(job.peak_mps = sf_mem_calloc (job.steps.count, sizeof *job.peak_mps)))
    return sf_fail (err, SF_ENOMEM, "out of memory for the hours of a storm");
  enum sf_code code = host->parallel (host, (int) job.steps.count, run_peak, &job, err);
  if (code == SF_OK)
    {
      size_t most = (size_t) (3600 * sf_settings_int (host->settings, "map_hours")
                              / sf_settings_int (host->settings, "map_step"));
      struct sf_map_hours hours = sf_map_hours_choose (job.peak_mps, job.steps.count,
                                                       sf_typhoon_force_lower_mps (host, HOURLY_FORCE), most + 1);
      ret_steps->first += hours.first * job.steps.stride;
      ret_steps->count = hours.count;
    }
  sf_mem_free (job.peak_mps);
  return code;
}

enum sf_code
sf_typhoon_run_hourly (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  struct sf_storm_winds winds;
  struct steps steps = { 0 };
  enum sf_code code = sf_storm_winds_open (host, io, &winds, err);
  if (code == SF_OK)
    code = choose_hours (host, &winds, &steps, err);
  sf_storm_winds_close (&winds);
  if (code != SF_OK)
    return code;
  SF_TRY (make_cube (host, io, "wind_hourly@*", COMPONENT_SPEED, &steps, err));
  SF_TRY (make_cube (host, io, "wind_hourly_eastward@*", COMPONENT_EAST, &steps, err));
  return make_cube (host, io, "wind_hourly_northward@*", COMPONENT_NORTH, &steps, err);
}
