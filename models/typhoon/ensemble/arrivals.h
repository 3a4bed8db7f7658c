/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_ENSEMBLE_ARRIVALS_H
#define SF_MODELS_TYPHOON_ENSEMBLE_ARRIVALS_H

#include "models/typhoon/ensemble/chances.h"

/* When a force comes to named places, how likely, and when it goes, member by member.

   A place is one point or many (a county: its seat and a raster of points within its border); it is reached when any
   of its points is. A point is inside a force of an hour by sf_force_shape_holds, as a cell of the grids is. Within
   the hour before the first such hour the margin (sf_force_shape_margin_km) runs straight, and where it passes 0 the
   force arrives; it ends likewise within the hour after the last. Where there is no margin to go by, the arrival is
   early and the end late: a force that was not there an hour before arrives with that hour, one that is gone an hour
   later ends with that hour. A force that is there at the track's first hour arrives then; one that is still there
   at its last has no end. A force that comes and goes within one hour between two whole ones is not seen. */

struct sf_arrival_places
{
  size_t points;
  const double *lon_deg, *lat_deg; /* -180..180, -90..90 */
  const size_t *place_of;          /* of each point, below places */
  size_t places;
};

/* All times in hours from the ensemble's base; NaN: there is none. */
struct sf_arrival_chance
{
  double probability;                           /* share of all members that bring the force */
  double window_probability[SF_CHANCE_WINDOWS]; /* ... at an hour of the window */
  /* Of the members that bring it: 10, 50, 90 % have it by then (Hyndman & Fan 1996, definition 7). */
  double earliest_h, likely_h, latest_h;
  double end_likely_h; /* half of them are through; NaN where half still have it at their last hour */
  double one_in_ten_h; /* 10 % of all members, with the force or without, have it by then */
};

/* Fill chances[place * forces + force] and, unless NULL, struck[place]: the share of members whose centre passes within
   the first strike distance. Of members (chances.h) all its forces are taken; the grid and what is wanted on it do not
   matter. No members: all NaN. SF_EINVAL as sf_chances_count, and for points without a place;
   SF_ENOMEM, SF_ECANCELLED. Does not depend on the number of threads. */
enum sf_code sf_arrivals_find (const struct sf_host *host, const struct sf_chances *members,
                               const struct sf_arrival_places *places, struct sf_arrival_chance *chances,
                               double *struck, struct sf_error *err);

/* The quantile of n values, which are put in another order; NaN for n = 0. Between two of which one is infinite it is
   infinite. */
double sf_arrival_quantile (float *values, size_t n, double share);

#endif
