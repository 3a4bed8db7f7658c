/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_ENSEMBLE_LANDFALL_CHANCE_H
#define SF_MODELS_TYPHOON_ENSEMBLE_LANDFALL_CHANCE_H

#include "core/data/dataset.h"
#include "geodata/polygon.h"

/* Where and when a member comes from sea to land. */
struct sf_entry
{
  int64_t time_s;
  double lon_deg, lat_deg, wind_mps; /* wind straight between the fixes */
  size_t polygon;                    /* of the land */
};

/* Find the first entry on a track, whose fixes are joined by straight lines, that counts says yes to. An entry into a
   polygon less than bay_s after leaving the same one is a bay and none. Fixes without a position are passed over. Members
   have no rounding: for them this is what sf_landfall_find (models/typhoon/landfall.h) finds, without its uncertainty. A
   shore beyond 180 degrees is not seen. SF_ENOMEM. */
struct sf_ashore_query
{
  const struct sf_polygon_index *land;
  int64_t bay_s;
  bool (*counts) (void *ctx, const struct sf_entry *entry);
  void *ctx;
};
enum sf_code sf_ashore_first (const struct sf_ashore_query *query, const struct sf_track *track,
                              struct sf_entry *ret_entry, bool *ret_found, struct sf_error *err);

/* Sort times ascending and take the least one by which a share of them has come (0 < share <= 1): with 10 times 0.1 is the
   first, 0.5 the fifth, 0.9 the ninth. SF_TIME_MISSING for no time. */
int64_t sf_ashore_quantile_s (int64_t *time_s, size_t count, double share);
/* The same of winds; NaN are left out, NaN for none left. */
double sf_ashore_quantile_mps (double *wind_mps, size_t count, double share);

/* A shore as a line that closes: the outer ring of a polygon, places on it counted in km along it. */
struct sf_shore
{
  const double *xy; /* 2 * points, the last point is the first */
  size_t points;
  double *km; /* points, the caller's: km[0] = 0, km[points - 1] the whole length */
};

/* Fill shore->km. */
void sf_shore_measure (struct sf_shore *shore);
/* The place on the shore nearest to a point, in km along it. */
double sf_shore_locate_km (const struct sf_shore *shore, double lon_deg, double lat_deg);
/* The point at a place, which may lie beyond either end: the shore goes round. */
void sf_shore_point (const struct sf_shore *shore, double at_km, double *ret_lon_deg, double *ret_lat_deg);

/* A stretch of a shore, going from begin to end; end may be beyond the ring's length where it passes its first point. */
struct sf_stretch
{
  double begin_km, end_km;
  size_t first, last; /* which of the places begin and end it, in the order of places[] as sorted */
};

/* Sort count >= 1 places ascending and find the shortest stretch of the ring that holds at least wanted of them (capped at
   count). Ties: the first. */
struct sf_stretch sf_shore_shortest (double *place_km, size_t count, size_t wanted, double length_km);

/* Add the stretch as a part of a line. -1 when memory is out. */
int sf_shore_add_line (const struct sf_shore *shore, const struct sf_stretch *stretch, struct sf_geometry *line);

#endif
