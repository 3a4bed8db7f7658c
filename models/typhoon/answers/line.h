/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_ANSWERS_LINE_H
#define SF_MODELS_TYPHOON_ANSWERS_LINE_H

#include "core/data/dataset.h"

#include <stdbool.h>

/* What one agency says of one storm at a time. Winds are 2-minute means. */
struct sf_answer_point
{
  int64_t time_s, issued_s; /* issued_s: of the forecast; an analysis's own time */
  double lon_deg, lat_deg;
  double wind_mps, pressure_hpa;
  double motion_to_deg, motion_mps;
  double radii_km[SF_RADII_FORCES * SF_QUADRANTS]; /* as struct sf_fix has them */
  bool forecast, interpolated;
};

/* An agency's line: its analysis up to now, continued by its newest forecast. The points belong to the line. */
struct sf_answer_line
{
  const char *agency;    /* borrowed */
  int64_t forecast_s;    /* base of the forecast; SF_TIME_MISSING without one */
  int64_t analysis_to_s; /* the last analysis; SF_TIME_MISSING without one */
  size_t count;
  struct sf_answer_point *points; /* in order of time, each time once */
};

/* Join what an agency says of a storm, as known at now_s: analyses up to then, and of the forecasts issued by then and
   no longer than stale_s ago the newest, from the time after the last analysis on. Members of ensembles are passed over,
   as are fixes without a position and those marked unreliable. An agency without either gives a line of no points.
   SF_ENOMEM. Free with sf_answer_line_finish. */
enum sf_code sf_answer_line_init (struct sf_answer_line *line, const struct sf_tracks *tracks, const char *storm,
                                  const char *agency, int64_t now_s, int64_t stale_s, struct sf_error *err);
void sf_answer_line_finish (struct sf_answer_line *line);

/* The point at a time: one of the line's, or linear between its neighbours (longitudes the short way round; a value is
   NaN where a neighbour has none). False before the first point, after the last, and across gaps of more than 24 h.
   The motion is that of the fix where it was given, else from the point before, or to the point after. */
bool sf_answer_line_at (const struct sf_answer_line *line, int64_t time_s, struct sf_answer_point *ret_point);

/* The largest distance in km between any two of count places (degrees); NaN for fewer than two. Kernel: quadratic. */
double sf_answer_widest_km (const double *lon_deg, const double *lat_deg, size_t count);

#endif
