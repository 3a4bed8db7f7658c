/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_ENSEMBLE_CONE_H
#define SF_MODELS_TYPHOON_ENSEMBLE_CONE_H

#include "core/base/error.h"
#include "core/data/geometry.h"

#include <stddef.h>

/* A circle of a track: where the centre is forecast, and how far around it the stated probability reaches. */
struct sf_cone_circle
{
  double lon_deg, lat_deg, radius_km; /* longitudes of one cone run on past 180 */
};

/* Add a circle on the sphere as a ring of 72 corners (inside the circle by at most 0.1 % of the radius). Radii below 1 km are
   drawn as 1 km. Longitudes stay on the centre's turn. -1 when memory is out. */
int sf_cone_add_circle (struct sf_geometry *geometry, const struct sf_cone_circle *circle);

/* The swept hull of count circles: each two neighbours with their common tangents (the convex hull of both in longitude
   and latitude), and all of these together. Circles an hour apart follow the track within 0.1 % of the radius.
   *ret is the caller's; without a circle it has no parts. Circles with a NaN are passed over. Errors as sf_polygon_union. */
enum sf_code sf_cone_hull (const struct sf_cone_circle *circles, size_t count, struct sf_geometry **ret,
                           struct sf_error *err);

#endif
