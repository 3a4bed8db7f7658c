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
  /* How far off analysed positions are on average, in km; 0: as exact as their rounding. It widens the ranges of time and
     place, and is how near a pass may be that cannot be told from a landfall. It moves no landfall. */
  double position_error_km;
};

/* Find the landfalls of a path on the land of an index (islets left out by the caller), in order of time.
   A contact with one land begins when the centre comes within the rounding of the fixes of its shore (0.1 degree leaves
   0.05 in each coordinate, 7.6 km at 20 N) and ends when it stays farther away for bay_s. Its landfall is at its
   beginning: the first entry before the centre leaves the rounding's reach again; where the way stays outside so long,
   the moment of closest approach, since data of this rounding cannot tell a pass at 3 km from a landfall. So a headland
   that is cut or passed stands for the shore behind it, and latest_s and uncertainty_km reach to the entry there. A way
   that begins on land, or goes away from the shore at which it begins, makes no landfall in that contact.
   other is the same track drawn the other way (straight or by spline), NULL: not asked. earliest_s, latest_s and
   uncertainty_km hold, beside the rounding along the way, the entries on the same land within six hours of both ways
   displaced by the rounding, or by position_error_km where that is more, to all eight sides: fixes off the same way.
   *ret_landfalls is the caller's, to free with sf_mem_free; *ret_count may be 0. SF_EINVAL for a rounding, bay or error
   below 0, SF_ENOMEM. A shore beyond 180 degrees is seen only when the way has come across. */
enum sf_code sf_landfall_find (const struct sf_storm_path *path, const struct sf_storm_path *other,
                               const struct sf_polygon_index *land, const struct sf_landfall_settings *settings,
                               struct sf_landfall **ret_landfalls, size_t *ret_count, struct sf_error *err);

/* Where the centre passes a shore, outside the fixes' rounding but closer than positions are sure: it may have come ashore. */
struct sf_shore_pass
{
  struct sf_storm_point at; /* of the way, where it is closest */
  double shore_lon_deg, shore_lat_deg, distance_km;
  int64_t earliest_s, latest_s; /* while it is closer than position_error_km */
  size_t polygon;
};

/* Find the passes of a path within position_error_km of land, in order of time. Left out are those of a way that begins or
   ends there, and those on a land while a landfall on it lasts, or within twice that error and twelve hours of any landfall
   (as found by sf_landfall_find): beside one, they say nothing new. With position_error_km 0 there are none. Ownership and errors as above. */
enum sf_code sf_shore_pass_find (const struct sf_storm_path *path, const struct sf_polygon_index *land,
                                 const struct sf_landfall_settings *settings, const struct sf_landfall *landfalls,
                                 size_t landfalls_count, struct sf_shore_pass **ret_passes, size_t *ret_count,
                                 struct sf_error *err);

#endif
