/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_ENSEMBLE_MEMBER_DRAW_H
#define SF_MODELS_TYPHOON_ENSEMBLE_MEMBER_DRAW_H

#include "models/typhoon/ensemble/member_plan.h"
#include "models/typhoon/ensemble/member_random.h"

/* The errors of one member, plan->n values each; the arrays are the caller's. */
struct sf_member_errors
{
  double *along_km; /* ahead of the forecast centre: the storm is faster; below 0: slower */
  double *cross_km; /* right of it */
  double *wind_mps; /* of the maximum wind, as if there were no land */
  double *size;     /* factor of all radii */
};

/* Draw a member's errors. Along and cross: normal with the plan's deviations and correlation between leads, both times one
   w, w^2 = nu / chi2(nu), for the whole member. Wind: normal part plus the gain of a rapid intensification, if one comes,
   less the mean gain. Size: exp of a normal value that is correlated with the wind's normal part. A pure function of plan
   and draws; workspace holds 2 n doubles. Does not allocate. */
void sf_member_draw (const struct sf_member_plan *plan, const struct sf_draws *draws, struct sf_member_errors *errors,
                     double *workspace);

/* A track's direction at each of n leads, degrees clockwise from north: of its steps, weighted by a bell of 12 h around
   the lead, so that a loop or a halt does not turn members about. A track that never moves goes north. */
void sf_member_axes (const double *hour, const double *lon_deg, const double *lat_deg, size_t n, double *ret_to_deg);

/* The member's centre: from the forecast centre along the great circle that the error points to. Longitude in -180..180,
   latitude kept within 85 degrees, where a storm's quadrants still mean something. */
void sf_member_place (double lon_deg, double lat_deg, double to_deg, double along_km, double cross_km,
                      double *ret_lon_deg, double *ret_lat_deg);

#endif
