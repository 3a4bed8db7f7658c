/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/gcj02.h"

#include <math.h>

#define KRASOVSKY_A_M 6378245.0
#define KRASOVSKY_E2 0.00669342162296594323

static double
shift_north_m (double x, double y)
{
  double value = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt (fabs (x));
  value += (20.0 * sin (6.0 * x * M_PI) + 20.0 * sin (2.0 * x * M_PI)) * 2.0 / 3.0;
  value += (20.0 * sin (y * M_PI) + 40.0 * sin (y / 3.0 * M_PI)) * 2.0 / 3.0;
  return value + (160.0 * sin (y / 12.0 * M_PI) + 320.0 * sin (y * M_PI / 30.0)) * 2.0 / 3.0;
}

static double
shift_east_m (double x, double y)
{
  double value = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt (fabs (x));
  value += (20.0 * sin (6.0 * x * M_PI) + 20.0 * sin (2.0 * x * M_PI)) * 2.0 / 3.0;
  value += (20.0 * sin (x * M_PI) + 40.0 * sin (x / 3.0 * M_PI)) * 2.0 / 3.0;
  return value + (150.0 * sin (x / 12.0 * M_PI) + 300.0 * sin (x / 30.0 * M_PI)) * 2.0 / 3.0;
}

static void
shift_deg (double lon_deg, double lat_deg, double *ret_dlon_deg, double *ret_dlat_deg)
{
  double x = lon_deg - 105.0, y = lat_deg - 35.0, lat = lat_deg * (M_PI / 180.0);
  double w2 = 1 - KRASOVSKY_E2 * sin (lat) * sin (lat), w = sqrt (w2);
  double meridian_m = KRASOVSKY_A_M * (1 - KRASOVSKY_E2) / (w2 * w), prime_m = KRASOVSKY_A_M / w;
  *ret_dlat_deg = shift_north_m (x, y) * 180.0 / (meridian_m * M_PI);
  *ret_dlon_deg = shift_east_m (x, y) * 180.0 / (prime_m * cos (lat) * M_PI);
}

bool
sf_gcj02_applies (double lon_deg, double lat_deg)
{
  return lon_deg >= 72.004 && lon_deg <= 137.8347 && lat_deg >= 0.8293 && lat_deg <= 55.8271;
}

void
sf_gcj02_from_wgs84 (double lon_deg, double lat_deg, double *ret_lon_deg, double *ret_lat_deg)
{
  double dlon = 0, dlat = 0;
  if (sf_gcj02_applies (lon_deg, lat_deg))
    shift_deg (lon_deg, lat_deg, &dlon, &dlat);
  *ret_lon_deg = lon_deg + dlon;
  *ret_lat_deg = lat_deg + dlat;
}

void
sf_gcj02_to_wgs84 (double lon_deg, double lat_deg, double *ret_lon_deg, double *ret_lat_deg)
{
  double lon = lon_deg, lat = lat_deg, dlon, dlat;
  for (int round = 0; round < 30; round++)
    {
      /* The bare formula, not the boxed one: near the edge the iteration may step over it and must come back. */
      shift_deg (lon, lat, &dlon, &dlat);
      double error_lon = lon_deg - (lon + dlon), error_lat = lat_deg - (lat + dlat);
      lon += error_lon;
      lat += error_lat;
      if (fabs (error_lon) < 1e-11 && fabs (error_lat) < 1e-11)
        break;
    }
  bool inside = sf_gcj02_applies (lon, lat);
  *ret_lon_deg = inside ? lon : lon_deg;
  *ret_lat_deg = inside ? lat : lat_deg;
}
