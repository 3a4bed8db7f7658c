/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_SPHERE_H
#define SF_GEODATA_SPHERE_H

/* Great circles on a sphere of radius 6371.0088 km (IUGG mean radius R1, Moritz 2000). Degrees in and out; longitudes of
   any turn. Error against the ellipsoid: at most 0.56 % of the distance. */

#define SF_EARTH_RADIUS_KM 6371.0088

/* Distance in km (haversine). */
double sf_sphere_distance_km (double lon1_deg, double lat1_deg, double lon2_deg, double lat2_deg);
/* Direction from point 1 to point 2 at point 1, 0..360 clockwise from north; 0 when both are the same. */
double sf_sphere_bearing_deg (double lon1_deg, double lat1_deg, double lon2_deg, double lat2_deg);
/* The point at distance_km from a point in direction bearing_deg; longitude in -180..180. */
void sf_sphere_destination (double lon_deg, double lat_deg, double bearing_deg, double distance_km, double *ret_lon_deg,
                            double *ret_lat_deg);
/* Bring a longitude into [-180, 180). */
double sf_sphere_wrap_lon_deg (double lon_deg);

#endif
