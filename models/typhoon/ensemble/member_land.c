/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/ensemble/member_land.h"

#include "core/base/mem.h"
#include "geodata/zonal.h"
#include "models/typhoon/vortex/land_decay.h"

#include <math.h>

/* Land fractions stand in cells half as wide as the nodes' distance, in a box wider by the circle. */
#define STEP_DEG 0.2
#define CELL_DEG 0.1
#define RIM_DEG 1.5

static void
widen_to (struct sf_lonlat_box *box, const struct sf_lonlat_box *other)
{
  box->west_deg = fmin (box->west_deg, other->west_deg);
  box->south_deg = fmin (box->south_deg, other->south_deg);
  box->east_deg = fmax (box->east_deg, other->east_deg);
  box->north_deg = fmax (box->north_deg, other->north_deg);
}

/* The part of the box that any land can reach, on whole degrees. */
static struct sf_lonlat_box
near_land (const struct sf_geometry *const *land, size_t count, const struct sf_lonlat_box *box)
{
  struct sf_lonlat_box reach = { INFINITY, INFINITY, -INFINITY, -INFINITY };
  for (size_t i = 0; i < count; i++)
    {
      struct sf_lonlat_box one;
      if (land[i] && sf_geometry_bounds (land[i], &one.west_deg, &one.south_deg, &one.east_deg, &one.north_deg))
        widen_to (&reach, &one);
    }
  return (struct sf_lonlat_box){ .west_deg = floor (fmax (box->west_deg, reach.west_deg - RIM_DEG)),
                                 .south_deg = floor (fmax (box->south_deg, reach.south_deg - RIM_DEG)),
                                 .east_deg = ceil (fmin (box->east_deg, reach.east_deg + RIM_DEG)),
                                 .north_deg = ceil (fmin (box->north_deg, reach.north_deg + RIM_DEG)) };
}

static struct sf_gridspec
cells_around (const struct sf_lonlat_box *box)
{
  struct sf_gridspec spec
      = { .nx = (int) lround ((box->east_deg - box->west_deg + 2 * RIM_DEG) / CELL_DEG),
          .ny = (int) lround ((box->north_deg - box->south_deg + 2 * RIM_DEG) / CELL_DEG),
          .affine = { box->west_deg - RIM_DEG, CELL_DEG, 0, box->north_deg + RIM_DEG, 0, -CELL_DEG } };
  return spec;
}

static void
fill_nodes (struct sf_land_shares *shares, const struct sf_gridspec *spec, const float *fraction)
{
  for (int row = 0; row < shares->ny; row++)
    for (int column = 0; column < shares->nx; column++)
      shares->share[(size_t) row * (size_t) shares->nx + (size_t) column] = (float) sf_land_share (
          spec, fraction, shares->west_deg + column * STEP_DEG, shares->north_deg - row * STEP_DEG);
}

enum sf_code
sf_land_shares_init (struct sf_land_shares *shares, const struct sf_geometry *const *land, size_t count,
                     const struct sf_lonlat_box *box, struct sf_error *err)
{
  struct sf_lonlat_box near = near_land (land, count, box);
  *shares = (struct sf_land_shares){ .west_deg = near.west_deg, .north_deg = near.north_deg, .step_deg = STEP_DEG };
  if (!(near.east_deg > near.west_deg && near.north_deg > near.south_deg))
    return SF_OK;
  struct sf_gridspec spec = cells_around (&near);
  shares->nx = (int) lround ((near.east_deg - near.west_deg) / STEP_DEG) + 1;
  shares->ny = (int) lround ((near.north_deg - near.south_deg) / STEP_DEG) + 1;
  shares->share = sf_mem_calloc ((size_t) shares->nx * (size_t) shares->ny, sizeof *shares->share);
  float *fraction = sf_mem_calloc (sf_gridspec_cells (&spec), sizeof *fraction);
  enum sf_code code = shares->share && fraction ? sf_zonal_fractions (land, count, &spec, fraction, err)
                                                : sf_fail (err, SF_ENOMEM, "out of memory for the share of land");
  if (code == SF_OK)
    fill_nodes (shares, &spec, fraction);
  sf_mem_free (fraction);
  if (code != SF_OK)
    sf_land_shares_finish (shares);
  return code;
}

void
sf_land_shares_finish (struct sf_land_shares *shares)
{
  sf_mem_free (shares->share);
  *shares = (struct sf_land_shares){ 0 };
}

double
sf_land_shares_at (const struct sf_land_shares *shares, double lon_deg, double lat_deg)
{
  if (!shares->share)
    return 0;
  double column = (lon_deg - shares->west_deg) / shares->step_deg,
         row = (shares->north_deg - lat_deg) / shares->step_deg;
  if (!(column >= 0 && row >= 0 && column < shares->nx - 1 && row < shares->ny - 1))
    return 0;
  size_t nx = (size_t) shares->nx, i = (size_t) column, j = (size_t) row;
  double x = column - (double) i, y = row - (double) j;
  const float *at = shares->share + j * nx + i;
  double north = (1 - x) * (double) at[0] + x * (double) at[1];
  double south = (1 - x) * (double) at[nx] + x * (double) at[nx + 1];
  return (1 - y) * north + y * south;
}
