/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_GCJ02_H
#define SF_GEODATA_GCJ02_H

#include <stdbool.h>

/* GCJ-02, the shifted coordinates of Chinese map services (Amap, Tencent), against WGS 84. Source: the public formula
   (Krasovsky ellipsoid, a 6378245 m, e2 0.00669342162296594323) as in the eviltransform project; the official algorithm
   is not published. Outside the box 72.004-137.8347 E, 0.8293-55.8271 N there is no shift. The shift is up to about 700
   m, around Hainan some 0.0045 degrees east and 0.002 south. */

/* Whether a WGS 84 point is in the box where the shift applies. */
bool sf_gcj02_applies (double lon_deg, double lat_deg);

/* WGS 84 to GCJ-02; identity outside the box, NaN stays NaN. */
void sf_gcj02_from_wgs84 (double lon_deg, double lat_deg, double *ret_lon_deg, double *ret_lat_deg);

/* GCJ-02 to WGS 84: fixed-point iteration of the forward formula until the round trip is below 1e-10 degrees (10 um) or
   30 rounds; each round gains two to three digits. Within 0.01 degrees of the box's edge, where the shift jumps, a
   point may have two origins: the one inside the box is returned. Identity outside. */
void sf_gcj02_to_wgs84 (double lon_deg, double lat_deg, double *ret_lon_deg, double *ret_lat_deg);

#endif
