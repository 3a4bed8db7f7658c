/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/vortex/nwp_wind.h"

#include <math.h>

/* Two times around a moment: values of both, the second's weight. */
struct moment
{
  int a, b;
  float weight_b;
};

/* The upper left of four cells and the weights of the right and lower ones. */
struct corner
{
  size_t at, right, below;
  float weight_right, weight_below;
};

static bool
find_moment (const struct sf_nwp_wind *nwp, int64_t time_s, struct moment *moment)
{
  int b = 0;
  if (nwp->times == 0 || time_s < nwp->time_s[0] || time_s > nwp->time_s[nwp->times - 1])
    return false;
  while (nwp->time_s[b] < time_s)
    b++;
  int a = nwp->time_s[b] == time_s ? b : b - 1;
  double span = (double) (nwp->time_s[b] - nwp->time_s[a]);
  *moment = (struct moment){ a, b, span > 0 ? (float) ((double) (time_s - nwp->time_s[a]) / span) : 0 };
  return true;
}

static bool
find_corner (const struct sf_gridspec *grid, double lon_deg, double lat_deg, struct corner *corner)
{
  const double *a = grid->affine;
  double middle = a[0] + 0.5 * grid->nx * a[1];
  double x = (middle + remainder (lon_deg - middle, 360.0) - a[0]) / a[1] - 0.5, y = (lat_deg - a[3]) / a[5] - 0.5;
  if (!(x >= -0.5 && y >= -0.5 && x <= grid->nx - 0.5 && y <= grid->ny - 0.5))
    return false;
  x = fmin (fmax (x, 0), grid->nx - 1);
  y = fmin (fmax (y, 0), grid->ny - 1);
  size_t column = (size_t) x, row = (size_t) y;
  *corner = (struct corner){ .at = row * (size_t) grid->nx + column,
                             .right = column + 1 < (size_t) grid->nx ? 1 : 0,
                             .below = row + 1 < (size_t) grid->ny ? (size_t) grid->nx : 0,
                             .weight_right = (float) (x - (double) column),
                             .weight_below = (float) (y - (double) row) };
  return true;
}

static float
between (const float *values, const struct corner *corner)
{
  const float *p = values + corner->at;
  float above = p[0] + (p[corner->right] - p[0]) * corner->weight_right;
  const float *q = p + corner->below;
  float below = q[0] + (q[corner->right] - q[0]) * corner->weight_right;
  return above + (below - above) * corner->weight_below;
}

static float
component (const struct sf_nwp_wind *nwp, const float *values, const struct moment *moment, const struct corner *corner)
{
  size_t plane = (size_t) nwp->grid.nx * (size_t) nwp->grid.ny;
  float a = between (values + (size_t) moment->a * plane, corner);
  float b = moment->b == moment->a ? a : between (values + (size_t) moment->b * plane, corner);
  return (float) nwp->scale * (a + (b - a) * moment->weight_b);
}

void
sf_nwp_wind_row (const void *ctx, size_t step, int row, float *u_mps, float *v_mps, float *speed_mps)
{
  const struct sf_nwp_wind *nwp = ctx;
  const struct sf_wind_grid *grid = &nwp->field->grid;
  struct moment moment;
  bool known = find_moment (nwp, nwp->field->first_s + (int64_t) step * nwp->field->step_s, &moment);
  for (int i = 0; i < grid->nx; i++)
    {
      struct corner corner;
      float u = NAN, v = NAN;
      if (known
          && find_corner (&nwp->grid, grid->lon0_deg + i * grid->dlon_deg, grid->lat0_deg + row * grid->dlat_deg,
                          &corner))
        {
          u = component (nwp, nwp->u, &moment, &corner);
          v = component (nwp, nwp->v, &moment, &corner);
        }
      speed_mps[i] = hypotf (u, v);
      if (u_mps)
        u_mps[i] = u;
      if (v_mps)
        v_mps[i] = v;
    }
}
