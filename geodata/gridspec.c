/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/gridspec.h"
#include "core/base/mem.h"
#include "geodata/crs.h"

#include <geodesic.h>
#include <math.h>

#define GRS80_A_M 6378137.0
#define GRS80_F (1 / 298.257222101)

void
sf_gridspec_position (const struct sf_gridspec *spec, double column, double row, double *ret_x, double *ret_y)
{
  const double *a = spec->affine;
  *ret_x = a[0] + column * a[1] + row * a[2];
  *ret_y = a[3] + column * a[4] + row * a[5];
}

void
sf_gridspec_index (const struct sf_gridspec *spec, double x, double y, double *ret_column, double *ret_row)
{
  const double *a = spec->affine;
  double dx = x - a[0], dy = y - a[3];
  if (a[2] == 0 && a[4] == 0)
    {
      *ret_column = a[1] != 0 ? dx / a[1] : NAN;
      *ret_row = a[5] != 0 ? dy / a[5] : NAN;
      return;
    }
  double det = a[1] * a[5] - a[2] * a[4];
  *ret_column = det != 0 ? (dx * a[5] - dy * a[2]) / det : NAN;
  *ret_row = det != 0 ? (dy * a[1] - dx * a[4]) / det : NAN;
}

void
sf_gridspec_centre (const struct sf_gridspec *spec, int column, int row, double *ret_x, double *ret_y)
{
  sf_gridspec_position (spec, column + 0.5, row + 0.5, ret_x, ret_y);
}

/* Edges are decimal numbers such as 113.00 = 107 + 600 * 0.01, which binary arithmetic misses by a few units in the
   last place: an index this near to a whole number is that number. */
static double
snap (double index)
{
  double whole = round (index);
  return fabs (index - whole) < 1e-9 ? whole : index;
}

bool
sf_gridspec_cell (const struct sf_gridspec *spec, double x, double y, int *ret_column, int *ret_row)
{
  double column, row;
  sf_gridspec_index (spec, x, y, &column, &row);
  column = snap (column);
  row = snap (row);
  if (!(column >= 0 && column <= spec->nx && row >= 0 && row <= spec->ny))
    return false;
  *ret_column = column < spec->nx ? (int) column : spec->nx - 1;
  *ret_row = row < spec->ny ? (int) row : spec->ny - 1;
  return true;
}

bool
sf_gridspec_cell_lonlat (const struct sf_gridspec *spec, double lon_deg, double lat_deg, int *ret_column, int *ret_row)
{
  double west, south, east, north;
  if (sf_gridspec_cell (spec, lon_deg, lat_deg, ret_column, ret_row))
    return true;
  sf_gridspec_bounds (spec, &west, &south, &east, &north);
  double turns = floor ((lon_deg - west) / 360.0);
  return turns != 0 && sf_gridspec_cell (spec, lon_deg - 360.0 * turns, lat_deg, ret_column, ret_row);
}

void
sf_gridspec_bounds (const struct sf_gridspec *spec, double *ret_min_x, double *ret_min_y, double *ret_max_x,
                    double *ret_max_y)
{
  double min_x = INFINITY, min_y = INFINITY, max_x = -INFINITY, max_y = -INFINITY;
  for (int corner = 0; corner < 4; corner++)
    {
      double x, y;
      sf_gridspec_position (spec, corner & 1 ? spec->nx : 0, corner & 2 ? spec->ny : 0, &x, &y);
      min_x = fmin (min_x, x);
      max_x = fmax (max_x, x);
      min_y = fmin (min_y, y);
      max_y = fmax (max_y, y);
    }
  *ret_min_x = min_x;
  *ret_min_y = min_y;
  *ret_max_x = max_x;
  *ret_max_y = max_y;
}

bool
sf_gridspec_is_upright (const struct sf_gridspec *spec)
{
  return spec->affine[2] == 0 && spec->affine[4] == 0;
}

/* Snyder's q, in units of the sphere's 2 sin(latitude): the area from the equator to a parallel is pi a^2 q. */
static double
authalic_q (double lat_deg)
{
  const double e2 = GRS80_F * (2 - GRS80_F), e = sqrt (e2);
  double s = sin (lat_deg * (M_PI / 180.0));
  return (1 - e2) * (s / (1 - e2 * s * s) + atanh (e * s) / e);
}

double
sf_ellipsoid_rectangle_area_km2 (double west_deg, double south_deg, double east_deg, double north_deg)
{
  const double a_km = GRS80_A_M / 1000;
  double width = fabs (east_deg - west_deg) * (M_PI / 180.0);
  return a_km * a_km / 2 * width * fabs (authalic_q (north_deg) - authalic_q (south_deg));
}

static void
upright_areas (const struct sf_gridspec *spec, int row0, int rows, double *ret_area_km2)
{
  for (int r = 0; r < rows; r++)
    {
      double west, north, east, south;
      sf_gridspec_position (spec, 0, row0 + r, &west, &north);
      sf_gridspec_position (spec, 1, row0 + r + 1, &east, &south);
      double area_km2 = sf_ellipsoid_rectangle_area_km2 (west, south, east, north);
      for (int c = 0; c < spec->nx; c++)
        ret_area_km2[(size_t) r * (size_t) spec->nx + (size_t) c] = area_km2;
    }
}

/* Geodesic quadrilaterals between two lines of corners, top and bottom, (nx + 1) longitude-latitude pairs each. */
static enum sf_code
quadrilateral_areas (const double *top, const double *bottom, int row, int nx, double *ret_area_km2,
                     struct sf_error *err)
{
  struct geod_geodesic ellipsoid;
  geod_init (&ellipsoid, GRS80_A_M, GRS80_F);
  for (int c = 0; c < nx; c++)
    {
      double lons[4] = { top[2 * c], bottom[2 * c], bottom[2 * c + 2], top[2 * c + 2] };
      double lats[4] = { top[2 * c + 1], bottom[2 * c + 1], bottom[2 * c + 3], top[2 * c + 3] };
      double area_m2;
      for (int k = 0; k < 4; k++)
        if (!isfinite (lons[k]) || !isfinite (lats[k]))
          return sf_fail (err, SF_ERANGE, "cell (column %d, row %d) has a corner without longitude and latitude", c,
                          row);
      geod_polygonarea (&ellipsoid, lats, lons, 4, &area_m2, NULL);
      ret_area_km2[c] = fabs (area_m2) * 1e-6;
    }
  return SF_OK;
}

static void
corner_line (const struct sf_gridspec *spec, int row, struct sf_crs_transform *to_lonlat, double *ret_corners)
{
  for (int c = 0; c <= spec->nx; c++)
    sf_gridspec_position (spec, c, row, &ret_corners[2 * c], &ret_corners[2 * c + 1]);
  sf_crs_transform_points (to_lonlat, ret_corners, (size_t) spec->nx + 1);
}

static enum sf_code
projected_areas (const struct sf_gridspec *spec, int row0, int rows, double *ret_area_km2, struct sf_error *err)
{
  struct sf_crs_transform *to_lonlat = NULL;
  size_t line = 2 * ((size_t) spec->nx + 1);
  double *corners = sf_mem_alloc (2 * line * sizeof *corners);
  enum sf_code code = corners ? sf_crs_open (spec->crs, SF_CRS_HOME, &to_lonlat, err)
                              : sf_fail (err, SF_ENOMEM, "out of memory for cell areas");
  if (code == SF_OK)
    corner_line (spec, row0, to_lonlat, corners);
  for (int r = 0; r < rows && code == SF_OK; r++)
    {
      double *top = corners + (r % 2 ? line : 0), *bottom = corners + (r % 2 ? 0 : line);
      corner_line (spec, row0 + r + 1, to_lonlat, bottom);
      code = quadrilateral_areas (top, bottom, row0 + r, spec->nx, ret_area_km2 + (size_t) r * (size_t) spec->nx, err);
    }
  sf_crs_close (to_lonlat);
  sf_mem_free (corners);
  return code;
}

enum sf_code
sf_gridspec_areas_km2 (const struct sf_gridspec *spec, int row0, int rows, double *ret_area_km2, struct sf_error *err)
{
  bool geographic;
  SF_TRY (sf_crs_is_geographic (spec->crs, &geographic, err));
  if (!geographic || !sf_gridspec_is_upright (spec))
    return projected_areas (spec, row0, rows, ret_area_km2, err);
  upright_areas (spec, row0, rows, ret_area_km2);
  return SF_OK;
}
