/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_POLYGON_H
#define SF_GEODATA_POLYGON_H

#include "core/base/error.h"
#include "core/data/geometry.h"

#include <stdbool.h>
#include <stddef.h>

/* Many polygons, indexed for fast questions in the plane of their coordinates (for geographic ones: straight lines in
   longitude and latitude, as the coast is drawn). Within one geometry the rings count by the even-odd rule, so a hole
   is outside and an island in it inside. Immutable after new: safe from several threads. */
struct sf_polygon_index;

enum sf_polygon_rings
{
  SF_RINGS_ALL,  /* as drawn */
  SF_RINGS_OUTER /* holes filled: a storm over a lake has not left the land */
};

enum sf_polygon_side
{
  SF_SIDE_OUT,
  SF_SIDE_ON, /* on an edge or a corner, as exactly as doubles can tell */
  SF_SIDE_IN
};

/* Build an index over count geometries of kind polygon, which may be NULL and are not kept. SF_ETYPE for another kind,
   SF_EFORMAT for an open ring or a coordinate that is not finite (with geometry and part number), SF_ENOMEM. */
enum sf_code sf_polygon_index_new (const struct sf_geometry *const *geometries, size_t count,
                                   enum sf_polygon_rings rings, struct sf_polygon_index **ret, struct sf_error *err);
void sf_polygon_index_free (struct sf_polygon_index *index);

/* Tell on which side of the polygons a point lies; *ret_geometry (may be NULL) is the first geometry that has it inside
   or on its edge, untouched outside. NaN is outside. */
enum sf_polygon_side sf_polygon_locate (const struct sf_polygon_index *index, double x, double y, size_t *ret_geometry);

/* A place where a way goes into the union of the polygons or leaves it. */
struct sf_polygon_crossing
{
  double t; /* 0 at the beginning of the segment, 1 at its end */
  double x, y;
  bool entering;   /* from outside to inside */
  size_t geometry; /* entered or left */
};

/* Find all crossings of the segment from (x0, y0) to (x1, y1), sorted by t. Touching an edge without going in is none;
   running along an edge counts as inside. *ret_crossings is the caller's to free with sf_mem_free, NULL when *ret_count
   is 0. A segment that begins inside begins with a leaving or has none. SF_ENOMEM; SF_EINVAL for ends that are not
   finite. */
enum sf_code sf_polygon_crossings (const struct sf_polygon_index *index, double x0, double y0, double x1, double y1,
                                   struct sf_polygon_crossing **ret_crossings, size_t *ret_count, struct sf_error *err);

/* Find the nearest point on any edge to a longitude and latitude (degrees; geographic polygons only); distance in km on
   the sphere, also from inside. The nearest place is sought in a plane scaled by the cosine of the middle latitude:
   the distance is within 0.1 % of the smallest up to 500 km. INFINITY for an index without edges; out-parameters may be
   NULL. */
double sf_polygon_distance_km (const struct sf_polygon_index *index, double lon_deg, double lat_deg,
                               double *ret_lon_deg, double *ret_lat_deg);

/* As sf_polygon_distance_km; *ret_geometry (may be NULL) is the geometry that the nearest edge belongs to, untouched for
   an index without edges. */
double sf_polygon_nearest_km (const struct sf_polygon_index *index, double lon_deg, double lat_deg, double *ret_lon_deg,
                              double *ret_lat_deg, size_t *ret_geometry);

#endif
