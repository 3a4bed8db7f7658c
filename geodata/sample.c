/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/sample.h"
#include "core/base/mem.h"
#include "geodata/crs.h"
#include "geodata/gridspec.h"

#include <math.h>
#include <string.h>

enum
{
  FEW_POINTS = 4 /* that need no memory but the stack */
};

static const float *
band_values (const struct sf_grid *grid, int band)
{
  return grid->values + (size_t) band * (size_t) grid->spec.nx * (size_t) grid->spec.ny;
}

static float
value_at (const struct sf_grid *grid, const float *values, int column, int row)
{
  return values[(size_t) row * (size_t) grid->spec.nx + (size_t) column];
}

/* The lower of the two centres around an index, the upper one, and the share of the upper one. */
static void
bracket (double index, int n, int *ret_low, int *ret_high, double *ret_share)
{
  double centre = fmin (fmax (index - 0.5, 0), n - 1);
  *ret_low = (int) floor (centre);
  *ret_high = *ret_low + 1 < n ? *ret_low + 1 : *ret_low;
  *ret_share = centre - *ret_low;
}

static float
bilinear (const struct sf_grid *grid, const float *values, double x, double y)
{
  double column, row, share_x, share_y, sum = 0, weight_sum = 0;
  int c[2], r[2];
  sf_gridspec_index (&grid->spec, x, y, &column, &row);
  bracket (column, grid->spec.nx, &c[0], &c[1], &share_x);
  bracket (row, grid->spec.ny, &r[0], &r[1], &share_y);
  for (int k = 0; k < 4; k++)
    {
      double weight = (k & 1 ? share_x : 1 - share_x) * (k & 2 ? share_y : 1 - share_y);
      float value = value_at (grid, values, c[k & 1], r[k >> 1]);
      if (isnan (value) || weight == 0)
        continue;
      sum += weight * (double) value;
      weight_sum += weight;
    }
  return weight_sum > 0 ? (float) (sum / weight_sum) : NAN;
}

static float
sample (const struct sf_grid *grid, const float *values, enum sf_sample_method method, double x, double y)
{
  int column, row;
  if (!sf_gridspec_cell (&grid->spec, x, y, &column, &row))
    return NAN;
  float own = value_at (grid, values, column, row);
  return method == SF_SAMPLE_NEAREST || isnan (own) ? own : bilinear (grid, values, x, y);
}

void
sf_sample_points (const struct sf_grid *grid, int band, enum sf_sample_method method, const double *xy, size_t count,
                  float *ret_values)
{
  const float *values = band_values (grid, band);
  for (size_t i = 0; i < count; i++)
    ret_values[i] = sample (grid, values, method, xy[2 * i], xy[2 * i + 1]);
}

/* Turn longitudes by whole turns so that they lie in [west, west + 360). */
static void
turn_longitudes (double west_deg, double *lonlat_deg, size_t count)
{
  for (size_t i = 0; i < count; i++)
    {
      double turns = floor ((lonlat_deg[2 * i] - west_deg) / 360.0);
      if (turns != 0)
        lonlat_deg[2 * i] -= 360.0 * turns;
    }
}

enum sf_code
sf_sample_lonlat (const struct sf_grid *grid, int band, enum sf_sample_method method, const double *lonlat_deg,
                  size_t count, float *ret_values, struct sf_error *err)
{
  enum sf_code code = SF_OK;
  struct sf_crs_transform *transform = NULL;
  bool geographic;
  double few[2 * FEW_POINTS], *many = NULL;
  SF_TRY (sf_crs_is_geographic (grid->spec.crs, &geographic, err));
  if (count > FEW_POINTS && !(many = sf_mem_alloc (2 * count * sizeof *many)))
    return sf_fail (err, SF_ENOMEM, "out of memory for %zu points", count);
  double *xy = many ? many : few;
  memcpy (xy, lonlat_deg, 2 * count * sizeof *xy);
  if (!sf_crs_same_lonlat (grid->spec.crs, SF_CRS_HOME))
    {
      if ((code = sf_crs_open (SF_CRS_HOME, grid->spec.crs, &transform, err)) != SF_OK)
        goto out;
      sf_crs_transform_points (transform, xy, count);
    }
  if (geographic)
    {
      double west, south, east, north;
      sf_gridspec_bounds (&grid->spec, &west, &south, &east, &north);
      turn_longitudes (west, xy, count);
    }
  sf_sample_points (grid, band, method, xy, count, ret_values);
out:
  sf_crs_close (transform);
  sf_mem_free (many);
  return code;
}
