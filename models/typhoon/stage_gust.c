/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/stages.h"
#include "models/typhoon/storm_ground.h"

#include <math.h>

/* The gust over the maximum mean wind of a cell. With a roughness raster the mean is the ground's already; else it is the
   sea's, and the land's share of the cell is reduced and gusty as land of which nothing is known. */
static double
gust_factor (const struct sf_storm_ground *ground, int averaging_min, const struct sf_grid *land, size_t cell)
{
  if (ground->z0_m)
    return sf_surface_gust_factor (&ground->rules, averaging_min, (double) ground->z0_m[cell]);
  return sf_surface_mixed_gust_factor (&ground->rules, averaging_min, land ? (double) land->values[cell] : 0);
}

static void
fill (const struct sf_storm_ground *ground, int averaging_min, const struct sf_grid *max, const struct sf_grid *land,
      struct sf_grid *gust)
{
  size_t cells = sf_gridspec_cells (&max->spec);
  for (size_t cell = 0; cell < cells; cell++)
    gust->values[cell] = (float) ((double) max->values[cell] * gust_factor (ground, averaging_min, land, cell));
}

enum sf_code
sf_typhoon_run_gust (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  const struct sf_grid *max = io->input (io, "wind_max@*")->as.grid;
  const struct sf_dataset *land = io->input (io, "land_fraction@*");
  struct sf_storm_ground ground;
  struct sf_dataset *dataset = NULL;
  enum sf_code code = sf_storm_ground_init (&ground, host, io->grid, err);
  if (code == SF_OK)
    code = sf_dataset_new_grid (io->spec (io, "wind_gust@*"), io->instance, io->grid, NULL, 1, &dataset, err);
  if (code == SF_OK)
    fill (&ground, sf_typhoon_averaging_min (host), max, land ? land->as.grid : NULL, dataset->as.grid);
  sf_storm_ground_finish (&ground);
  if (code == SF_OK)
    return io->output (io, "wind_gust@*", dataset, err);
  sf_dataset_unref (dataset);
  return code;
}
