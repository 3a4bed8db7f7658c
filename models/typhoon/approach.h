/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_APPROACH_H
#define SF_MODELS_TYPHOON_APPROACH_H

#include "models/typhoon/storm_path.h"

struct sf_approach
{
  struct sf_storm_point at;
  double distance_km, bearing_deg; /* from the place to the centre */
};

/* Find when and where the centre comes nearest to a place. Within the path's step the way is straight and the nearest
   point is found in a plane of the middle latitude (within 20 m for steps of minutes and 700 km). Ties, to the
   millimetre: the earliest. The path has a point. */
struct sf_approach sf_approach_find (const struct sf_storm_path *path, double lon_deg, double lat_deg);

#endif
