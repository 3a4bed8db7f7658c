/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_CRS_H
#define SF_GEODATA_CRS_H

#include "core/base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* The home CRS: CGCS2000, longitude and latitude in degrees. */
#define SF_CRS_HOME "EPSG:4490"

/* A transform between two coordinate reference systems. It keeps a PROJ context of its own: one object belongs to one
   thread at a time; make one per thread. */
struct sf_crs_transform;

/* Open a transform between two CRS texts ("EPSG:4490", "EPSG:3857", a PROJ string, WKT). Coordinates are always x =
   longitude or easting, y = latitude or northing, whatever the authority's axis order says; degrees for geographic
   systems, the system's own unit (metre for all we use) otherwise. A text that PROJ does not know is SF_EINVAL and
   names it; two systems without a path between them are SF_EUNSUPPORTED, also when there is only one that leaves out the
   shift between their datums (Beijing 1954 and Xi'an 1980 lie some 100 m off; their parameters are not public). The network is never used. Close with
   sf_crs_close. */
enum sf_code sf_crs_open (const char *from, const char *to, struct sf_crs_transform **ret, struct sf_error *err);
void sf_crs_close (struct sf_crs_transform *transform);

/* Transform count points in place, xy = x0 y0 x1 y1 ...; a point that has no image becomes NaN NaN, as does a point
   that is NaN. Returns the number of points that have an image. */
size_t sf_crs_transform_points (struct sf_crs_transform *transform, double *xy, size_t count);

/* Tell whether a CRS is geographic (longitude and latitude in degrees). SF_EINVAL when PROJ does not know it. */
enum sf_code sf_crs_is_geographic (const char *crs, bool *ret_geographic, struct sf_error *err);

/* Tell whether two CRS texts mean the same positions to below a metre, so that coordinates can be taken over as they
   are: equal texts, or both geographic on CGCS2000, WGS 84 or CRS84 (they differ by centimetres). Looks at the texts
   only. */
bool sf_crs_same_lonlat (const char *a, const char *b);

#endif
