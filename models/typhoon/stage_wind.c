/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/crs.h"
#include "models/typhoon/intensity.h"
#include "models/typhoon/stages.h"
#include "models/typhoon/wind_field.h"

#include <math.h>

enum
{
  WIND_BLOCKS = 4 /* bands of rows; fixed, so that results do not depend on the number of threads */
};

/* A storm's wind on a grid, ready for the kernels; owns its nodes. */
struct storm_wind
{
  struct sf_wind_node *nodes;
  struct sf_wind_track track;
  struct sf_wind_field field;
};

static void
close_wind (struct storm_wind *wind)
{
  sf_mem_free (wind->nodes);
}

static enum sf_code
grid_of (const struct sf_gridspec *spec, struct sf_wind_grid *grid, struct sf_error *err)
{
  const double *a = spec->affine;
  bool upright = a[2] == 0 && a[4] == 0;
  bool geographic = sf_crs_same_lonlat (spec->crs, SF_CRS_HOME);
  if (!upright || !geographic)
    return sf_fail (err, SF_EUNSUPPORTED, "the wind is computed on grids of longitude and latitude (EPSG:4490), not %s",
                    upright ? spec->crs : "turned ones");
  *grid = (struct sf_wind_grid){ .lon0_deg = a[0] + 0.5 * a[1],
                                 .lat0_deg = a[3] + 0.5 * a[5],
                                 .dlon_deg = a[1],
                                 .dlat_deg = a[5],
                                 .nx = spec->nx,
                                 .ny = spec->ny };
  return SF_OK;
}

/* Equal steps are what the kernels take: a path's last, shorter step is left out. */
static size_t
equal_steps (const struct sf_storm_path *path)
{
  size_t n = path->count;
  return n >= 2 && path->time_s[n - 1] - path->time_s[n - 2] != path->step_s ? n - 1 : n;
}

static enum sf_code
prepare_track (const struct sf_host *host, struct storm_wind *wind, const struct sf_storm_path *path,
               struct sf_error *err)
{
  static const enum sf_wind_model models[] = { SF_WIND_H08, SF_WIND_H1980, SF_WIND_H10, SF_WIND_ER11 };
  struct sf_wind_track_options options;
  double averaging = path->track->fixes[0].as.track.averaging_min;
  double *rmw_m = sf_mem_calloc (path->count, sizeof *rmw_m);
  wind->nodes = sf_mem_calloc (path->count, sizeof *wind->nodes);
  if (!rmw_m || !wind->nodes)
    {
      sf_mem_free (rmw_m);
      return sf_fail (err, SF_ENOMEM, "out of memory for %zu steps of wind", path->count);
    }
  for (size_t i = 0; i < path->count; i++)
    rmw_m[i] = 1000 * path->rmw_km[i];
  sf_wind_track_options_init (&options);
  options.model = models[sf_settings_choice (host->settings, "profile")];
  options.pn_default_hpa = sf_settings_double (host->settings, "environment_pressure");
  options.vmax_averaging_min = isnan (averaging) ? sf_typhoon_averaging_min (host) : (int) lround (averaging);
  options.exposure = (enum sf_wind_exposure) sf_wind_exposure_find (sf_settings_text (host->settings, "exposure"));
  options.first_node = SF_WIND_FIRST_FORWARD;
  struct sf_wind_fixes fixes = { .n = equal_steps (path),
                                 .time_s = path->time_s,
                                 .lon_deg = path->lon_deg,
                                 .lat_deg = path->lat_deg,
                                 .pc_hpa = path->pressure_hpa,
                                 .pn_hpa = path->environment_hpa,
                                 .vmax_mps = path->wind_mps,
                                 .rmw_m = rmw_m };
  enum sf_code code = sf_wind_track_init (&wind->track, wind->nodes, &fixes, &options, err);
  sf_mem_free (rmw_m);
  return code;
}

static enum sf_code
open_wind (const struct sf_host *host, const struct sf_stage_io *io, struct storm_wind *wind, struct sf_error *err)
{
  const struct sf_track *track = NULL;
  struct sf_storm_path path;
  *wind = (struct storm_wind){ 0 };
  SF_TRY (grid_of (io->grid, &wind->field.grid, err));
  SF_TRY (sf_storm_path_choose (io->input (io, "tracks")->as.tracks, sf_settings_text (host->settings, "agency"),
                                &track, err));
  SF_TRY (
      sf_storm_path_init (&path, track, sf_typhoon_path_kind (host), sf_settings_int (host->settings, "step"), err));
  enum sf_code code = prepare_track (host, wind, &path, err);
  sf_storm_path_finish (&path);
  if (code != SF_OK)
    return code;
  struct sf_wind_settings *settings = &wind->field.settings;
  sf_wind_settings_init (settings);
  settings->mode = sf_settings_choice (host->settings, "mode") == 0 ? SF_WIND_FAST : SF_WIND_EXACT;
  settings->times = sf_settings_choice (host->settings, "times") == 0 ? SF_WIND_TIMES_LINEAR : SF_WIND_TIMES_STEP;
  settings->max_distance_m = 1000 * sf_settings_double (host->settings, "reach");
  settings->cutoff_mps = 0;
  enum sf_wind_exposure exposure
      = (enum sf_wind_exposure) sf_wind_exposure_find (sf_settings_text (host->settings, "exposure"));
  SF_TRY (sf_wind_averaging_factor (1, sf_typhoon_averaging_min (host), exposure, &settings->scale, err));
  wind->field.track = &wind->track;
  return SF_OK;
}

/* --- maximum and times --- */

struct wind_job
{
  const struct storm_wind *wind;
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
  const struct sf_wind_grid *grid = &job->wind->field.grid;
  int row0 = (int) ((long) grid->ny * block / WIND_BLOCKS), row1 = (int) ((long) grid->ny * (block + 1) / WIND_BLOCKS);
  size_t plane = (size_t) grid->nx * (size_t) grid->ny, offset = (size_t) row0 * (size_t) grid->nx;
  if (row0 == row1)
    return SF_OK;
  void *workspace = sf_mem_alloc (sf_wind_workspace_bytes (grid->nx));
  if (!workspace)
    return sf_fail (err, SF_ENOMEM, "out of memory for the wind of rows %d to %d", row0, row1);
  struct sf_wind_output output = { .max_mps = job->max->values + offset };
  for (int f = 0; f < SF_TYPHOON_FORCES; f++)
    output.hours[f] = (struct sf_wind_hours){ .arrival_h = job->arrival->values + (size_t) f * plane + offset,
                                              .end_h = job->end->values + (size_t) f * plane + offset,
                                              .duration_h = job->duration->values + (size_t) f * plane + offset };
  enum sf_code code = sf_wind_field_max (&job->wind->field, row0, row1 - row0, workspace, &output, err);
  sf_mem_free (workspace);
  if (code == SF_OK)
    mark_missing (job, offset, (size_t) (row1 - row0) * (size_t) grid->nx, plane);
  return code;
}

enum sf_code
sf_typhoon_run_wind (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  static const char *const ports[] = { "wind_max@*", "wind_arrival@*", "wind_end@*", "wind_duration@*" };
  struct storm_wind wind;
  struct sf_dataset *made[4] = { NULL };
  double forces[SF_TYPHOON_FORCES];
  enum sf_code code = open_wind (host, io, &wind, err);
  wind.field.settings.thresholds = SF_TYPHOON_FORCES;
  for (int f = 0; f < SF_TYPHOON_FORCES; f++)
    {
      forces[f] = sf_typhoon_forces[f];
      wind.field.settings.threshold_mps[f] = sf_typhoon_force_lower_mps (host, sf_typhoon_forces[f]);
    }
  for (int i = 0; code == SF_OK && i < 4; i++)
    code = sf_dataset_new_grid (io->spec (io, ports[i]), io->instance, io->grid, i == 0 ? NULL : forces,
                                i == 0 ? 1 : SF_TYPHOON_FORCES, &made[i], err);
  if (code == SF_OK)
    {
      struct wind_job job = { .wind = &wind,
                              .max = made[0]->as.grid,
                              .arrival = made[1]->as.grid,
                              .end = made[2]->as.grid,
                              .duration = made[3]->as.grid };
      job.arrival->reference_s = job.end->reference_s = wind.nodes[0].time_s;
      code = host->parallel (host, WIND_BLOCKS, run_block, &job, err);
    }
  close_wind (&wind);
  for (int i = 0; i < 4; i++)
    if (code == SF_OK)
      code = io->output (io, ports[i], made[i], err);
    else
      sf_dataset_unref (made[i]);
  return code;
}

/* --- cubes: winds by time, computed when they are read --- */

enum component
{
  COMPONENT_SPEED,
  COMPONENT_U,
  COMPONENT_V
};

struct wind_cube
{
  struct storm_wind wind;
  int64_t *time_s;
  enum component component;
};

static enum sf_code
read_cube (const void *impl, int step, int row0, int rows, float *out, struct sf_error *err)
{
  const struct wind_cube *cube = impl;
  void *workspace = sf_mem_alloc (sf_wind_workspace_bytes (cube->wind.field.grid.nx));
  if (!workspace)
    return sf_fail (err, SF_ENOMEM, "out of memory for a step of wind");
  enum sf_code code = sf_wind_field_step (
      &cube->wind.field, (size_t) step, row0, rows, workspace, cube->component == COMPONENT_U ? out : NULL,
      cube->component == COMPONENT_V ? out : NULL, cube->component == COMPONENT_SPEED ? out : NULL, err);
  sf_mem_free (workspace);
  return code;
}

static void
free_cube (void *impl)
{
  struct wind_cube *cube = impl;
  if (!cube)
    return;
  close_wind (&cube->wind);
  sf_mem_free (cube->time_s);
  sf_mem_free (cube);
}

static enum sf_code
open_cube (const struct sf_host *host, const struct sf_stage_io *io, enum component component,
           struct wind_cube **ret_cube, struct sf_error *err)
{
  struct wind_cube *cube = sf_mem_calloc (1, sizeof *cube);
  if (!cube)
    return sf_fail (err, SF_ENOMEM, "out of memory for a cube of wind");
  enum sf_code code = open_wind (host, io, &cube->wind, err);
  if (code == SF_OK && !(cube->time_s = sf_mem_calloc (cube->wind.track.n, sizeof *cube->time_s)))
    code = sf_fail (err, SF_ENOMEM, "out of memory for a cube of wind");
  if (code != SF_OK)
    {
      free_cube (cube);
      return code;
    }
  cube->component = component;
  for (size_t i = 0; i < cube->wind.track.n; i++)
    cube->time_s[i] = cube->wind.nodes[i].time_s;
  *ret_cube = cube;
  return SF_OK;
}

static enum sf_code
make_cube (const struct sf_host *host, const struct sf_stage_io *io, const char *port, enum component component,
           struct sf_error *err)
{
  struct wind_cube *impl = NULL;
  struct sf_dataset *dataset = NULL;
  SF_TRY (open_cube (host, io, component, &impl, err));
  struct sf_cube cube = { .spec = *io->grid,
                          .steps = (int) impl->wind.track.n,
                          .time_s = impl->time_s,
                          .read = read_cube,
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
  SF_TRY (make_cube (host, io, "wind_cube@*", COMPONENT_SPEED, err));
  SF_TRY (make_cube (host, io, "wind_u_cube@*", COMPONENT_U, err));
  return make_cube (host, io, "wind_v_cube@*", COMPONENT_V, err);
}
