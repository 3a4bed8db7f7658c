/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_LANDFALL_H
#define SF_MODELS_TYPHOON_LANDFALL_H

#include "geodata/polygon.h"
#include "models/typhoon/storm_path.h"

/* Where the centre goes from sea to land. */
struct sf_landfall
{
  struct sf_storm_point at;
  int64_t earliest_s, latest_s; /* what the rounding of the fixes and the way between them allow */
  double uncertainty_km;        /* of the place, likewise */
  size_t polygon;               /* of the index */
  bool entered;                 /* false: the way passes the shore closer than the fixes' rounding, but outside */
};

struct sf_landfall_settings
{
  double rounding_deg; /* half the last digit of the fixes' coordinates: 0.05 for tenths */
  int64_t bay_s;       /* back on the same land within this time after leaving it: a bay, no landfall */
};

/* Find the landfalls of a path on the land of an index (islets left out by the caller), in order of time.
   A contact begins when the centre comes within the rounding of the fixes of a shore: 0.1 degree leaves 0.05 in each
   coordinate, 7.6 km at 20 N. Its landfall is the first moment at which the way enters the land; where it stays outside, the
   moment of closest approach, since data of this rounding cannot tell a pass at 3 km from a landfall. A way that begins on
   land, or is back on the same land within bay_s, makes none.
   other is the same track drawn the other way (straight or by spline), NULL: not asked. Times and places can be no better
   than the rounding and the two ways' disagreement, which uncertainty_km, earliest_s and latest_s tell.
   *ret_landfalls is the caller's, to free with sf_mem_free; *ret_count may be 0. */
enum sf_code sf_landfall_find (const struct sf_storm_path *path, const struct sf_storm_path *other,
                               const struct sf_polygon_index *land, const struct sf_landfall_settings *settings,
                               struct sf_landfall **ret_landfalls, size_t *ret_count, struct sf_error *err);

#endif
