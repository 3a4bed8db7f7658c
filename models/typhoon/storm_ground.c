/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/storm_ground.h"

#include "geodata/gridspec.h"
#include "geodata/raster.h"
#include "geodata/sample.h"

#include <math.h>

#define KM_PER_DEG 111.12

enum
{
  SIDE = 3, /* places along a cell's side */
  PLACES = SIDE * SIDE,
  AROUND = 48 /* places around a cell for the mean height */
};

/* How the files' numbers are read: they are no dataset of the vocabulary and leave this file only as factors. */
static const struct sf_quantity class_quantity = { .name = "land_cover", .unit = "1" };
static const struct sf_quantity length_quantity = { .name = "roughness_length", .unit = "m" };
static const struct sf_quantity height_quantity = { .name = "elevation", .unit = "m" };
static const struct sf_dataset_spec class_spec
    = { .name = "land_cover", .kind = SF_DATASET_GRID, .quantity = &class_quantity };
static const struct sf_dataset_spec length_spec
    = { .name = "roughness_length", .kind = SF_DATASET_GRID, .quantity = &length_quantity };
static const struct sf_dataset_spec height_spec
    = { .name = "elevation", .kind = SF_DATASET_GRID, .quantity = &height_quantity };

/* Longitudes and latitudes of the places in a cell; the one in the middle is its centre. */
static void
places_in_cell (const struct sf_gridspec *grid, int column, int row, double lonlat_deg[2 * PLACES])
{
  for (int p = 0; p < PLACES; p++)
    {
      lonlat_deg[2 * p] = grid->affine[0] + (column + (p % SIDE + 0.5) / SIDE) * grid->affine[1];
      lonlat_deg[2 * p + 1] = grid->affine[3] + (row + (p / SIDE + 0.5) / SIDE) * grid->affine[5];
    }
}

/* --- roughness --- */

struct roughness
{
  const struct sf_dataset *raster;
  bool lengths;
  size_t unknown;
};

/* The mean factor over a cell's places, and the length of the mean logarithm. */
static enum sf_code
rough_cell (struct sf_storm_ground *ground, struct roughness *roughness, const double *lonlat_deg, size_t cell,
            struct sf_error *err)
{
  float values[PLACES];
  double sum = 0, log_sum = 0;
  int known = 0;
  SF_TRY (sf_sample_lonlat (roughness->raster->as.grid, 0, SF_SAMPLE_NEAREST, lonlat_deg, PLACES, values, err));
  for (int p = 0; p < PLACES; p++)
    {
      double z0 = roughness->lengths ? (double) values[p] : sf_surface_class_z0_m (&ground->rules, (double) values[p]);
      if (!(z0 > 0))
        continue;
      sum += sf_surface_roughness_factor (&ground->rules, z0);
      log_sum += log (z0);
      known++;
    }
  ground->z0_m[cell] = (float) (known ? exp (log_sum / known) : ground->rules.sea_z0_m);
  ground->factor[cell] *= (float) (known ? sum / known : 1);
  roughness->unknown += known == 0;
  return SF_OK;
}

static enum sf_code
take_roughness (struct sf_storm_ground *ground, const struct sf_host *host, const struct sf_gridspec *grid,
                struct sf_error *err)
{
  struct sf_dataset *raster = NULL;
  struct roughness roughness = { .lengths = sf_settings_choice (host->settings, "roughness_kind") == 1 };
  SF_TRY (sf_raster_load (sf_settings_text (host->settings, "roughness"),
                          roughness.lengths ? &length_spec : &class_spec, NULL, &raster, err));
  roughness.raster = raster;
  enum sf_code code = SF_OK;
  size_t cells = sf_gridspec_cells (grid), columns = (size_t) grid->nx;
  for (size_t cell = 0; code == SF_OK && cell < cells; cell++)
    {
      double lonlat_deg[2 * PLACES];
      places_in_cell (grid, (int) (cell % columns), (int) (cell / columns), lonlat_deg);
      code = rough_cell (ground, &roughness, lonlat_deg, cell, err);
    }
  if (code == SF_OK && roughness.unknown > 0)
    sf_host_log (host, SF_LOG_INFO,
                 "roughness: %zu of %zu cells are not in the raster or of an unknown class: as the sea",
                 roughness.unknown, cells);
  sf_dataset_unref (raster);
  return code;
}

/* --- terrain --- */

static double
mean_of (const float *values, int count)
{
  double sum = 0;
  int known = 0;
  for (int i = 0; i < count; i++)
    if (!isnan (values[i]))
      {
        sum += (double) values[i];
        known++;
      }
  return known ? sum / known : (double) NAN;
}

/* Places spread evenly over a circle (Vogel 1979). */
static void
places_around (double lon_deg, double lat_deg, double radius_km, double lonlat_deg[2 * AROUND])
{
  const double golden_rad = M_PI * (3 - sqrt (5)), cos_lat = cos (lat_deg * M_PI / 180);
  for (int i = 0; i < AROUND; i++)
    {
      double r_deg = radius_km / KM_PER_DEG * sqrt ((i + 0.5) / AROUND);
      lonlat_deg[2 * i] = lon_deg + r_deg / cos_lat * cos (i * golden_rad);
      lonlat_deg[2 * i + 1] = lat_deg + r_deg * sin (i * golden_rad);
    }
}

static enum sf_code
terrain_cell (struct sf_storm_ground *ground, const struct sf_grid *heights, const double *inside_deg, size_t cell,
              struct sf_error *err)
{
  double around_deg[2 * AROUND];
  float inside[PLACES], around[AROUND];
  places_around (inside_deg[PLACES - 1], inside_deg[PLACES], ground->rules.terrain_radius_km, around_deg);
  SF_TRY (sf_sample_lonlat (heights, 0, SF_SAMPLE_NEAREST, inside_deg, PLACES, inside, err));
  SF_TRY (sf_sample_lonlat (heights, 0, SF_SAMPLE_NEAREST, around_deg, AROUND, around, err));
  double height_m = mean_of (inside, PLACES), mean_m = mean_of (around, AROUND);
  ground->factor[cell] *= (float) sf_surface_terrain_factor (&ground->rules, height_m, mean_m);
  return SF_OK;
}

static enum sf_code
take_terrain (struct sf_storm_ground *ground, const struct sf_host *host, const struct sf_gridspec *grid,
              struct sf_error *err)
{
  struct sf_dataset *raster = NULL;
  SF_TRY (sf_raster_load (sf_settings_text (host->settings, "elevation"), &height_spec, NULL, &raster, err));
  enum sf_code code = SF_OK;
  size_t cells = sf_gridspec_cells (grid), columns = (size_t) grid->nx;
  for (size_t cell = 0; code == SF_OK && cell < cells; cell++)
    {
      double lonlat_deg[2 * PLACES];
      places_in_cell (grid, (int) (cell % columns), (int) (cell / columns), lonlat_deg);
      code = terrain_cell (ground, raster->as.grid, lonlat_deg, cell, err);
    }
  sf_dataset_unref (raster);
  return code;
}

enum sf_code
sf_storm_ground_init (struct sf_storm_ground *ground, const struct sf_host *host, const struct sf_gridspec *grid,
                      struct sf_error *err)
{
  size_t cells = sf_gridspec_cells (grid);
  *ground = (struct sf_storm_ground){ .has_roughness = sf_settings_text (host->settings, "roughness") != NULL,
                                      .has_elevation = sf_settings_text (host->settings, "elevation") != NULL };
  SF_TRY (sf_surface_rules_load_shared (host->share_folder, &ground->rules, err));
  if (!ground->has_roughness && !ground->has_elevation)
    return SF_OK;
  ground->factor = sf_mem_calloc (cells, sizeof *ground->factor);
  ground->z0_m = ground->has_roughness ? sf_mem_calloc (cells, sizeof *ground->z0_m) : NULL;
  if (!ground->factor || (ground->has_roughness && !ground->z0_m))
    return sf_fail (err, SF_ENOMEM, "out of memory for the ground of %zu cells", cells);
  for (size_t cell = 0; cell < cells; cell++)
    ground->factor[cell] = 1;
  if (ground->has_roughness)
    SF_TRY (take_roughness (ground, host, grid, err));
  return ground->has_elevation ? take_terrain (ground, host, grid, err) : SF_OK;
}

void
sf_storm_ground_finish (struct sf_storm_ground *ground)
{
  sf_mem_free (ground->factor);
  sf_mem_free (ground->z0_m);
  *ground = (struct sf_storm_ground){ 0 };
}
