/* SPDX-License-Identifier: Apache-2.0 */
#include "geodata/sphere.h"

#include <math.h>

static double
rad (double deg)
{
  return deg * (M_PI / 180.0);
}

static double
deg (double rad_angle)
{
  return rad_angle * (180.0 / M_PI);
}

double
sf_sphere_distance_km (double lon1_deg, double lat1_deg, double lon2_deg, double lat2_deg)
{
  double sin_dlat = sin (rad (lat2_deg - lat1_deg) / 2), sin_dlon = sin (rad (lon2_deg - lon1_deg) / 2);
  double h = sin_dlat * sin_dlat + cos (rad (lat1_deg)) * cos (rad (lat2_deg)) * sin_dlon * sin_dlon;
  return 2 * SF_EARTH_RADIUS_KM * asin (fmin (1, sqrt (h)));
}

double
sf_sphere_bearing_deg (double lon1_deg, double lat1_deg, double lon2_deg, double lat2_deg)
{
  double dlon = rad (lon2_deg - lon1_deg), lat1 = rad (lat1_deg), lat2 = rad (lat2_deg);
  double east = sin (dlon) * cos (lat2);
  double north = cos (lat1) * sin (lat2) - sin (lat1) * cos (lat2) * cos (dlon);
  if (east == 0 && north == 0)
    return 0;
  double bearing = deg (atan2 (east, north));
  return bearing < 0 ? bearing + 360 : bearing;
}

void
sf_sphere_destination (double lon_deg, double lat_deg, double bearing_deg, double distance_km, double *ret_lon_deg,
                       double *ret_lat_deg)
{
  double lat = rad (lat_deg), angle = distance_km / SF_EARTH_RADIUS_KM, bearing = rad (bearing_deg);
  double sin_lat2 = sin (lat) * cos (angle) + cos (lat) * sin (angle) * cos (bearing);
  double lat2 = asin (fmax (-1, fmin (1, sin_lat2)));
  double dlon = atan2 (sin (bearing) * sin (angle) * cos (lat), cos (angle) - sin (lat) * sin (lat2));
  *ret_lon_deg = sf_sphere_wrap_lon_deg (lon_deg + deg (dlon));
  *ret_lat_deg = deg (lat2);
}

double
sf_sphere_wrap_lon_deg (double lon_deg)
{
  if (lon_deg >= -180.0 && lon_deg < 180.0)
    return lon_deg;
  double turned = fmod (lon_deg + 180.0, 360.0);
  return (turned < 0 ? turned + 360.0 : turned) - 180.0;
}
