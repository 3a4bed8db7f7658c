/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_RAIN_COUNTY_RAIN_H
#define SF_MODELS_RAIN_COUNTY_RAIN_H

#include "core/data/dataset.h"
#include "models/rain/rain_storm.h"

/* Points that stand for counties: a thinned set of their cells with shares of area, all of one county in a row. */
struct sf_rain_points
{
  size_t count, counties;
  double *lon_deg, *lat_deg, *weight; /* count of each; the weights of a county sum to 1 */
  size_t *first;                      /* counties + 1: where a county's points begin */
};

/* Thin the cells of county_weights (rows of one county together, as `ground` makes them) to about one per spacing_km in
   both directions; a county that would lose all keeps its largest cell, one without cells has none. Free with
   sf_rain_points_free. SF_ENOMEM. */
enum sf_code sf_rain_points_new (const struct sf_table *weights, size_t counties, const struct sf_gridspec *spec,
                                 double spacing_km, struct sf_rain_points *ret, struct sf_error *err);
void sf_rain_points_free (struct sf_rain_points *points);

/* What falls on one county. */
struct sf_rain_county
{
  double mean_mm, past_mm; /* over its area: of the whole storm, and of what began before now */
  double max_rate_mmph;    /* at a point */
  int64_t begin_s, end_s;  /* while the mean rate is at least event_mmph; SF_TIME_MISSING where it never is */
};

/* Rain of a storm, sorted in time, at the points, without terrain. now_s may be SF_TIME_MISSING: past_mm is then NaN.
   rates holds points->count values of scratch. Rain of nodes that begin at one time is added. */
void sf_rain_county_sum (const struct sf_rain_points *points, const struct sf_rain_storm *storm,
                         const struct sf_rain_params *params, int64_t now_s, double *rates,
                         struct sf_rain_county *ret_counties);

#endif
