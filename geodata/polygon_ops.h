/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_POLYGON_OPS_H
#define SF_GEODATA_POLYGON_OPS_H

#include "core/base/error.h"
#include "core/data/geometry.h"

/* Operations on one geometry of kind polygon. Those through GEOS (libgeos) make a GEOS context per call: safe from
   several threads. Results are new geometries, the caller's to free; without any area left they have no parts. SF_ETYPE
   for another kind, SF_EFORMAT (with GEOS's text) for rings it refuses, SF_ENOMEM. Areas of lower dimension (points and
   lines where polygons only touch) are dropped. */

/* Area in km2 on the GRS80 ellipsoid, edges as geodesics (Karney 2013 through PROJ's geodesic.h), outer rings minus
   holes, whatever their direction. Longitude and latitude in degrees. NaN for another kind. */
double sf_polygon_area_km2 (const struct sf_geometry *polygon);

/* SF_OK when the polygon is valid in the sense of OGC Simple Features, else SF_EFORMAT with the reason and the place.
 */
enum sf_code sf_polygon_check (const struct sf_geometry *polygon, struct sf_error *err);

/* A valid polygon that covers the same ground: crossings get nodes, areas count by the even-odd rule of the rings. */
enum sf_code sf_polygon_make_valid (const struct sf_geometry *polygon, struct sf_geometry **ret, struct sf_error *err);

/* The common ground of two polygons. */
enum sf_code sf_polygon_intersection (const struct sf_geometry *a, const struct sf_geometry *b,
                                      struct sf_geometry **ret, struct sf_error *err);

/* The part within a box. */
enum sf_code sf_polygon_clip_box (const struct sf_geometry *polygon, double min_x, double min_y, double max_x,
                                  double max_y, struct sf_geometry **ret, struct sf_error *err);

/* Fewer points, each within tolerance (units of the coordinates) of the original, no ring lost or crossed (GEOS's
   topology-preserving Douglas-Peucker). */
enum sf_code sf_polygon_simplify (const struct sf_geometry *polygon, double tolerance, struct sf_geometry **ret,
                                  struct sf_error *err);

/* The ground that the polygons of one geometry cover together. They may overlap; each must be valid by itself. */
enum sf_code sf_polygon_union (const struct sf_geometry *polygons, struct sf_geometry **ret, struct sf_error *err);

#endif
