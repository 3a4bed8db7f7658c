/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/tile_matrix.h"

#include <math.h>

#define RADIUS_M 6378137.0
#define METRES_PER_DEGREE (M_PI * RADIUS_M / 180.0)
#define PIXEL_M 0.00028
#define HALF_SQUARE_M (M_PI * RADIUS_M)
#define SQUARE_LAT_DEG 85.051128779806592

const char *
sf_tile_set_name (enum sf_tile_set set)
{
  return set == SF_TILE_SET_C ? "c" : "w";
}

const char *
sf_tile_set_crs (enum sf_tile_set set)
{
  return set == SF_TILE_SET_C ? "EPSG:4490" : "EPSG:3857";
}

int
sf_tile_set_min_id (enum sf_tile_set set)
{
  return set == SF_TILE_SET_C ? 1 : 0;
}

int
sf_tile_set_max_id (enum sf_tile_set set)
{
  (void) set;
  return 18;
}

enum sf_code
sf_tile_matrix_get (enum sf_tile_set set, int id, struct sf_tile_matrix *ret_matrix, struct sf_error *err)
{
  if (id < sf_tile_set_min_id (set) || id > sf_tile_set_max_id (set))
    return sf_fail (err, SF_ERANGE, "tile matrix set %s: level %d is outside %d..%d", sf_tile_set_name (set), id,
                    sf_tile_set_min_id (set), sf_tile_set_max_id (set));
  struct sf_tile_matrix matrix = { .id = id, .columns = 1 << id };
  double columns = (double) matrix.columns;
  if (set == SF_TILE_SET_C)
    {
      matrix.rows = 1 << (id - 1);
      matrix.resolution = 360.0 / (SF_TILE_PIXELS * columns);
      matrix.scale_denominator = matrix.resolution * METRES_PER_DEGREE / PIXEL_M;
      matrix.left = -180;
      matrix.top = 90;
    }
  else
    {
      matrix.rows = 1 << id;
      matrix.resolution = 2 * HALF_SQUARE_M / (SF_TILE_PIXELS * columns);
      matrix.scale_denominator = matrix.resolution / PIXEL_M;
      matrix.left = -HALF_SQUARE_M;
      matrix.top = HALF_SQUARE_M;
    }
  *ret_matrix = matrix;
  return SF_OK;
}

struct sf_bounds
sf_tile_bounds (const struct sf_tile_matrix *matrix, int x, int y)
{
  double side = matrix->resolution * SF_TILE_PIXELS;
  return (struct sf_bounds){ .min_x = matrix->left + side * x,
                             .max_x = matrix->left + side * (x + 1),
                             .min_y = matrix->top - side * (y + 1),
                             .max_y = matrix->top - side * y };
}

static int
clip (double value, int limit)
{
  return value <= 0 ? 0 : value >= limit ? limit : (int) value;
}

struct sf_tile_range
sf_tile_range_find (const struct sf_tile_matrix *matrix, const struct sf_bounds *extent)
{
  double side = matrix->resolution * SF_TILE_PIXELS;
  if (!(extent->min_x < extent->max_x && extent->min_y < extent->max_y))
    return (struct sf_tile_range){ 0 };
  return (struct sf_tile_range){ .x0 = clip (floor ((extent->min_x - matrix->left) / side), matrix->columns),
                                 .x1 = clip (ceil ((extent->max_x - matrix->left) / side), matrix->columns),
                                 .y0 = clip (floor ((matrix->top - extent->max_y) / side), matrix->rows),
                                 .y1 = clip (ceil ((matrix->top - extent->min_y) / side), matrix->rows) };
}

double
sf_mercator_x_m (double lon_deg)
{
  return lon_deg * METRES_PER_DEGREE;
}

double
sf_mercator_y_m (double lat_deg)
{
  return RADIUS_M * asinh (tan (lat_deg * (M_PI / 180.0)));
}

double
sf_mercator_lat_deg (double y_m)
{
  return atan (sinh (y_m / RADIUS_M)) * (180.0 / M_PI);
}

struct sf_bounds
sf_tile_set_extent (enum sf_tile_set set, const struct sf_bounds *degrees)
{
  if (set == SF_TILE_SET_C)
    return *degrees;
  return (struct sf_bounds){ .min_x = sf_mercator_x_m (degrees->min_x),
                             .max_x = sf_mercator_x_m (degrees->max_x),
                             .min_y = sf_mercator_y_m (fmax (degrees->min_y, -SQUARE_LAT_DEG)),
                             .max_y = sf_mercator_y_m (fmin (degrees->max_y, SQUARE_LAT_DEG)) };
}
