/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_ARCHIVE_SHORE_H
#define SF_MODELS_TYPHOON_ARCHIVE_SHORE_H

#include "core/data/dataset.h"
#include "geodata/polygon.h"

/* The island whose landfalls are told of past storms, with its counties. */
struct sf_home_shore
{
  struct sf_polygon_index *land, *counties; /* NULL where the data have none */
  const struct sf_table *county_table;
  double lon_deg, lat_deg; /* the place that the island was found by */
};

/* Take the polygon of a coast that holds a place, and index the counties. coast and counties may be NULL. The tables must
   outlive it. Close in any case. */
enum sf_code sf_home_shore_open (struct sf_home_shore *shore, const struct sf_table *coast,
                                 const struct sf_table *counties, double lon_deg, double lat_deg, struct sf_error *err);
void sf_home_shore_close (struct sf_home_shore *shore);

/* How a storm met the island. */
struct sf_home_meeting
{
  bool landfall; /* else at is the moment nearest to the shore */
  int64_t time_s;
  double wind_mps, distance_km; /* wind of the track; 0 km for a landfall */
  long county;                  /* row of the counties, -1: not known */
};

/* Find the first landfall of a track on the island by landfall.h (fixes rounded to tenths, two hours of bay; a pass within
   the rounding counts, as there), else its nearest approach. The way is drawn as that of today's storm is (spline).
   A track whose fixes all stay farther than far_km from the place, or that cannot be drawn, gives time SF_TIME_MISSING.
   SF_ENOMEM. */
enum sf_code sf_home_shore_meet (const struct sf_home_shore *shore, const struct sf_track *track, double far_km,
                                 struct sf_home_meeting *ret_meeting, struct sf_error *err);

/* "Wenchang 2014-07-18 15:30 BJT, 60 m/s", "none; nearest 85 km, 2014-07-18 15:30 BJT", and in Chinese. */
void sf_home_meeting_say (const struct sf_home_shore *shore, const struct sf_home_meeting *meeting,
                          struct sf_strbuf *english, struct sf_strbuf *chinese);

#endif
