/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_ARCHIVE_PAST_H
#define SF_MODELS_TYPHOON_ARCHIVE_PAST_H

#include "core/data/dataset.h"
#include "models/typhoon/averaging.h"

/* Past storms as plain arrays, for search and comparison: every storm at the synoptic hours. */

#define SF_PAST_STEP_S (6 * 3600)
/* The longest gap between fixes that a way is drawn across. */
#define SF_PAST_GAP_S (24 * 3600)

/* Where a storm was at an hour. Missing is NaN. */
struct sf_past_point
{
  int64_t time_s;
  double lon_deg, lat_deg; /* lon continuous along a storm, so it may leave -180..180 */
  double cos_lat;
  double wind_mps; /* 2-minute mean */
  double pressure_hpa;
  double size_km; /* mean over the quadrants of the radii of force 7 */
  double day;     /* of the year, 1.0 to 366.99 */
};

struct sf_past_storm
{
  const struct sf_track *track; /* borrowed */
  size_t first, count;          /* its points */
  int year;                     /* in which it began, UTC */
  double max_wind_mps, min_pressure_hpa;
};

struct sf_past
{
  struct sf_past_storm *storms;
  size_t storms_count;
  struct sf_past_point *points;
  size_t points_count;
};

/* Sample a track every SF_PAST_STEP_S at times phase_s + a whole number of steps, straight between its fixes; fixes
   without position, of quality unreliable, or not later than the one before are passed over, and no point is made inside
   a gap above SF_PAST_GAP_S (the track's part after it goes on). Winds are converted to 2-minute means by the exposure's
   table; a fix without averaging time is taken as one. points holds `room` points; returns how many were made, at most
   room. A single fix gives one point when it lies on a step. */
size_t sf_past_sample (const struct sf_track *track, int64_t phase_s, enum sf_wind_exposure exposure,
                       struct sf_past_point *points, size_t room);
/* The points that sf_past_sample can make of a track at most. */
size_t sf_past_sample_room (const struct sf_track *track);

/* Build the arrays from the analyses (best tracks: no base time, no member) of a dataset, sampled at 00, 06, 12, 18 UTC.
   A storm that two agencies have, known by its number and a common time, enters once, from the first in the data.
   Tracks of less than two points are left out. The dataset must outlive the arrays. SF_ENOMEM. */
enum sf_code sf_past_init (struct sf_past *past, const struct sf_tracks *tracks, enum sf_wind_exposure exposure,
                           struct sf_error *err);
void sf_past_finish (struct sf_past *past);

/* The day of the year of a time, UTC, with its fraction: 1.0 is the first of January, 00 UTC. */
double sf_past_day (int64_t time_s);
/* Days from one day of the year to another the shorter way round the year, -183..183; positive: b comes later. */
double sf_past_days_apart (double day_a, double day_b);

#endif
