/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/file.h"
#include "geodata/crs.h"
#include "geodata/gridspec.h"
#include "geodata/raster.h"
#include "geodata/sample.h"
#include "models/rain/orography.h"
#include "models/rain/stages.h"

#include <math.h>

enum
{
  BLOCKS = 4 /* bands of rows; fixed, so that results do not depend on the number of threads */
};

enum sf_code
sf_rain_load_params (const struct sf_host *host, struct sf_rain_params *ret, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  const char *named = sf_settings_text (host->settings, "parameters");
  const char *path = named ? named : sf_file_join (&arena, host->share_folder, "typhoon/rain.yaml");
  enum sf_code code
      = path ? sf_rain_params_load (path, ret, err) : sf_fail (err, SF_ENOMEM, "out of memory for a file name");
  sf_arena_finish (&arena);
  return code;
}

enum sf_code
sf_rain_load_storm (const struct sf_dataset *tracks, const struct sf_rain_params *params, struct sf_rain_storm *ret,
                    struct sf_error *err)
{
  enum sf_code code = SF_OK;
  struct sf_rain_storm storm = { 0 };
  for (size_t t = 0; tracks && code == SF_OK && t < tracks->as.tracks->count; t++)
    code = sf_rain_storm_add (&storm, &tracks->as.tracks->tracks[t], params, err);
  if (code == SF_OK)
    code = sf_rain_storm_sort (&storm, err);
  if (code == SF_OK)
    *ret = storm;
  else
    sf_rain_storm_finish (&storm);
  return code;
}

static enum sf_code
check_grid (const struct sf_gridspec *spec, struct sf_error *err)
{
  if (sf_gridspec_is_upright (spec) && sf_crs_same_lonlat (spec->crs, SF_CRS_HOME))
    return SF_OK;
  return sf_fail (err, SF_EUNSUPPORTED,
                  "rain is computed on upright grids of longitude and latitude (EPSG:4490), not of %s", spec->crs);
}

/* --- terrain --- */

static enum sf_code
sample_terrain (const struct sf_grid *raster, struct sf_grid *grid, struct sf_error *err)
{
  int nx = grid->spec.nx;
  double *row_lonlat = sf_mem_calloc (2 * (size_t) nx, sizeof *row_lonlat);
  enum sf_code code = row_lonlat ? SF_OK : sf_fail (err, SF_ENOMEM, "out of memory for a terrain");
  for (int row = 0; code == SF_OK && row < grid->spec.ny; row++)
    {
      for (int column = 0; column < nx; column++)
        sf_gridspec_centre (&grid->spec, column, row, &row_lonlat[2 * column], &row_lonlat[2 * column + 1]);
      code = sf_sample_lonlat (raster, 0, SF_SAMPLE_BILINEAR, row_lonlat, (size_t) nx,
                               grid->values + (size_t) row * (size_t) nx, err);
    }
  sf_mem_free (row_lonlat);
  return code;
}

/* The elevation that the settings name, on the stage's grid; NULL without one. */
static enum sf_code
load_terrain (const struct sf_host *host, const struct sf_stage_io *io, struct sf_dataset **ret, struct sf_error *err)
{
  const char *path = sf_settings_text (host->settings, "elevation");
  const struct sf_dataset_spec *spec = sf_vocabulary_dataset (host->vocabulary, "elevation");
  struct sf_dataset *raster = NULL, *elevation = NULL;
  if (!path)
    return SF_OK;
  enum sf_code code = sf_raster_load (path, spec, NULL, &raster, err);
  if (code == SF_OK)
    code = sf_dataset_new_grid (spec, io->instance, io->grid, NULL, 1, &elevation, err);
  if (code == SF_OK)
    code = sample_terrain (raster->as.grid, elevation->as.grid, err);
  sf_dataset_unref (raster);
  if (code == SF_OK)
    *ret = elevation;
  else
    sf_dataset_unref (elevation);
  return code;
}

/* --- storm total --- */

struct total_job
{
  const struct sf_gridspec *spec;
  const struct sf_rain_storm *storm;
  const struct sf_rain_params *params;
  const struct sf_rain_terrain *terrain;
  float *total_mm;
};

/* Whether rain of a node may fall on rows; a degree of latitude is never longer than 112 km. */
static bool
reaches (const struct total_job *job, const struct sf_rain_node *node, int row0, int rows)
{
  double north_deg = job->spec->affine[3] + row0 * job->spec->affine[5];
  double south_deg = north_deg + rows * job->spec->affine[5], reach_deg = job->params->reach_km / 111;
  return node->lat_deg - reach_deg <= north_deg && node->lat_deg + reach_deg >= south_deg;
}

static enum sf_code
run_block (void *ctx, int block, struct sf_error *err)
{
  const struct total_job *job = ctx;
  struct sf_rain_table *table = sf_mem_alloc (sizeof *table);
  int ny = job->spec->ny, row0 = (int) ((long) ny * block / BLOCKS);
  int rows = (int) ((long) ny * (block + 1) / BLOCKS) - row0;
  float *total_mm = job->total_mm + (size_t) row0 * (size_t) job->spec->nx;
  if (!table)
    return sf_fail (err, SF_ENOMEM, "out of memory for a table of rain");
  for (size_t i = 0; i < job->storm->count; i++)
    {
      const struct sf_rain_node *node = &job->storm->nodes[i];
      struct sf_rcliper profile;
      if (!reaches (job, node, row0, rows) || !sf_rcliper_init (&profile, node->vmax_1min_mps))
        continue;
      sf_rain_table_fill (table, &profile, job->params->reach_km);
      sf_rain_add_rows (job->spec, node, table, job->terrain, row0, rows, total_mm);
    }
  sf_mem_free (table);
  for (size_t i = 0; i < (size_t) rows * (size_t) job->spec->nx; i++)
    total_mm[i] = total_mm[i] > 0 ? total_mm[i] : NAN; /* none computed is no dry weather */
  return SF_OK;
}

/* Slopes of the terrain, both in one block that *ret_slopes owns; none without elevation. */
static enum sf_code
prepare_terrain (const struct sf_dataset *elevation, const struct sf_rain_params *params, float **ret_slopes,
                 struct sf_rain_terrain *terrain, struct sf_error *err)
{
  *terrain = (struct sf_rain_terrain){ .gain = params->orography_gain,
                                       .factor_max = params->orography_factor_max,
                                       .inflow_deg = params->inflow_deg };
  if (!elevation)
    return SF_OK;
  const struct sf_grid *grid = elevation->as.grid;
  size_t cells = sf_gridspec_cells (&grid->spec);
  if (!(*ret_slopes = sf_mem_calloc (2 * cells, sizeof **ret_slopes)))
    return sf_fail (err, SF_ENOMEM, "out of memory for the slopes of %zu cells", cells);
  sf_orography_slopes (grid, params->orography_scale_km, *ret_slopes, *ret_slopes + cells);
  terrain->slope_east = *ret_slopes;
  terrain->slope_north = *ret_slopes + cells;
  return SF_OK;
}

static enum sf_code
make_total (const struct sf_host *host, const struct sf_stage_io *io, struct total_job *job, struct sf_error *err)
{
  struct sf_dataset *dataset = NULL;
  SF_TRY (sf_dataset_new_grid (io->spec (io, "rain_total@*"), io->instance, io->grid, NULL, 1, &dataset, err));
  job->total_mm = dataset->as.grid->values;
  for (size_t i = 0; i < sf_gridspec_cells (io->grid); i++)
    job->total_mm[i] = 0;
  enum sf_code code = host->parallel (host, BLOCKS, run_block, job, err);
  if (code == SF_OK)
    return io->output (io, "rain_total@*", dataset, err);
  sf_dataset_unref (dataset);
  return code;
}

enum sf_code
sf_rain_run_total (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  struct sf_rain_params params;
  struct sf_rain_storm storm = { 0 };
  struct sf_rain_terrain terrain;
  struct sf_dataset *elevation = NULL;
  float *slopes = NULL;
  SF_TRY (check_grid (io->grid, err));
  SF_TRY (sf_rain_load_params (host, &params, err));
  SF_TRY (sf_rain_load_storm (io->input (io, "track_hourly"), &params, &storm, err));
  enum sf_code code = load_terrain (host, io, &elevation, err);
  if (code == SF_OK)
    code = prepare_terrain (elevation, &params, &slopes, &terrain, err);
  struct total_job job = { .spec = io->grid, .storm = &storm, .params = &params, .terrain = &terrain };
  if (code == SF_OK)
    code = make_total (host, io, &job, err);
  sf_mem_free (slopes);
  sf_dataset_unref (elevation);
  sf_rain_storm_finish (&storm);
  return code;
}
