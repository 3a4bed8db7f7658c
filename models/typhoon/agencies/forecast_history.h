/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_AGENCIES_FORECAST_HISTORY_H
#define SF_MODELS_TYPHOON_AGENCIES_FORECAST_HISTORY_H

#include "core/data/dataset.h"
#include "models/typhoon/agencies/agency.h"
#include "models/typhoon/averaging.h"

enum
{
  SF_HISTORY_AGENCIES = 16 /* the most that take part; more are left out, the last in the table of agencies first */
};

/* Where a storm is, or will be; winds are 2-minute means. Longitude NaN: unknown. */
struct sf_track_point
{
  double lon_deg, lat_deg, wind_mps, pressure_hpa;
};

/* One forecast of an agency. */
struct sf_agency_forecast
{
  int64_t base_s;
  bool repeat;            /* says nothing that the one before did not: its true base is the earlier */
  size_t points_count;    /* as issued, leads above 0 rising */
  const int64_t *point_s; /* their times */
  const struct sf_record *const *point_records; /* and records, borrowed from the tracks */
  size_t hours_count;                           /* hour 0 is the base, the last is at or before the last point */
  const struct sf_track_point *hours;
};

struct sf_agency_history
{
  const struct sf_agency *agency;
  size_t forecasts_count;
  const struct sf_agency_forecast *forecasts; /* bases rising, one a base */
};

/* All that agencies said of one storm. */
struct sf_storm_history
{
  const char *storm, *number, *name, *name_zh; /* borrowed from the tracks */
  size_t agencies_count;
  const struct sf_agency_history *agencies; /* in the order of the table of agencies */
  size_t fixes_count;                       /* analyses taken as the truth, one a time, times rising */
  const int64_t *fix_s;
  const struct sf_track_point *fixes;
  const char *truth; /* whose they are; NULL: there are none */
};

/* Gather a storm's forecasts from tracks in the arena (the tracks' storm ids are compared). Members, agencies that are
   not in the table, unreliable fixes and fixes without a place do not take part. The truth is the analysis of the house's
   agency, else of the agency with most fixes. A forecast that repeats points of the one before and brings no new one is
   that forecast, handed on at a later hour: it is marked, and not drawn. Between points the way is a
   cubic spline from the agency's own analysis at the base, else the truth's; winds and pressures are linear; nothing is
   drawn across more than 24 h. A wind without an averaging time has the agency's; times other than 1, 2 and 10 min give
   none. SF_ENOMEM. */
enum sf_code sf_history_gather (struct sf_arena *arena, const struct sf_tracks *tracks, const char *storm,
                                const struct sf_agencies *agencies, enum sf_wind_exposure exposure,
                                struct sf_storm_history *ret_history, struct sf_error *err);

/* The point at a time: between two hours linear. False outside of the forecast, or in a gap of it. */
bool sf_forecast_at (const struct sf_agency_forecast *forecast, int64_t time_s, struct sf_track_point *ret_point);
/* The newest forecast of an agency known at a time, no repeat, made at most oldest_s before and reaching valid_s; NULL: none. */
const struct sf_agency_forecast *sf_history_newest (const struct sf_agency_history *agency, int64_t known_s,
                                                    int64_t oldest_s, int64_t valid_s);
/* Where the storm was, from analyses of up to known_s, at most 12 h apart; false where that is not known. */
bool sf_history_truth (const struct sf_storm_history *history, int64_t time_s, int64_t known_s,
                       struct sf_track_point *ret_point);

/* From a to b, in km eastward and northward on the plane that touches at the middle. */
void sf_plane_offset_km (const struct sf_track_point *a, const struct sf_track_point *b, double ret_km[2]);
/* A point moved by km eastward and northward. */
void sf_plane_move (struct sf_track_point *point, const double km[2]);

#endif
