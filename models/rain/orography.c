/* SPDX-License-Identifier: Apache-2.0 */
#include "models/rain/orography.h"

#include <math.h>

#define M_PER_DEG 111120.0

static float
height_m (const struct sf_grid *elevation, int column, int row)
{
  const struct sf_gridspec *spec = &elevation->spec;
  int x = column < 0 ? 0 : column >= spec->nx ? spec->nx - 1 : column;
  int y = row < 0 ? 0 : row >= spec->ny ? spec->ny - 1 : row;
  float value = elevation->values[(size_t) y * (size_t) spec->nx + (size_t) x];
  return isnan (value) ? 0 : value;
}

static int
cells_of (double scale_m, double cell_m)
{
  long cells = lround (scale_m / cell_m);
  return cells < 1 ? 1 : cells > 10000 ? 10000 : (int) cells;
}

void
sf_orography_slopes (const struct sf_grid *elevation, double scale_km, float *ret_east, float *ret_north)
{
  const struct sf_gridspec *spec = &elevation->spec;
  double step_y_m = fabs (spec->affine[5]) * M_PER_DEG;
  int ky = cells_of (1000 * scale_km, step_y_m);
  for (int row = 0; row < spec->ny; row++)
    {
      double lat_deg = spec->affine[3] + (row + 0.5) * spec->affine[5];
      double step_x_m = fmax (spec->affine[1] * M_PER_DEG * cos (lat_deg * M_PI / 180), 1);
      int kx = cells_of (1000 * scale_km, step_x_m);
      for (int column = 0; column < spec->nx; column++)
        {
          size_t i = (size_t) row * (size_t) spec->nx + (size_t) column;
          float rise_x = height_m (elevation, column + kx, row) - height_m (elevation, column - kx, row);
          float rise_y = height_m (elevation, column, row - ky) - height_m (elevation, column, row + ky);
          ret_east[i] = rise_x / (float) (2 * kx * step_x_m);
          ret_north[i] = rise_y / (float) (2 * ky * step_y_m);
        }
    }
}
