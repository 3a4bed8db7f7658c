/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_ENSEMBLE_MEMBER_PLAN_H
#define SF_MODELS_TYPHOON_ENSEMBLE_MEMBER_PLAN_H

#include "models/typhoon/ensemble/member_rules.h"
#include "models/typhoon/ensemble/member_spread.h"

#include <stdbool.h>
#include <stddef.h>

/* What the errors of one forecast are drawn from, lead by lead: n values each. Made once a storm; read by all members. */
struct sf_member_plan
{
  size_t n;
  double *hour;                /* since the base, ascending from 0 */
  double *along_km, *cross_km; /* standard deviations of the normal part */
  double *wind_mps, *size;     /* likewise, of the wind without rapid intensification and of ln size */
  double *rapid_mean_mps;      /* mean gain by rapid intensification, taken off */
  bool *rapid_allowed;         /* whether one may begin between this lead and the next */
  double *track_factor, *wind_factor, *size_factor; /* n x n, lower triangles: Cholesky factors of the correlations */
  double along_cross_correlation, size_wind_correlation, nu;
  struct sf_rapid_rules rapid;
};

/* The leads of a forecast. */
struct sf_plan_leads
{
  size_t n;
  const double *hour;    /* since the base, ascending from 0 */
  const double *lead_h;  /* since the forecast was made, which errors grow with; not below hour's order */
  const double *lat_deg; /* of the centre */
  const struct sf_lead_table *track_km; /* mean track errors, of sf_member_track_km */
};

/* Make a plan; the plan owns its arrays. SF_EINVAL without a lead, SF_ENOMEM. */
enum sf_code sf_member_plan_init (struct sf_member_plan *plan, const struct sf_member_rules *rules,
                                  const struct sf_plan_leads *leads, struct sf_error *err);
void sf_member_plan_finish (struct sf_member_plan *plan);

/* The spread of the position at one lead, its mean length from track_km. */
struct sf_spread sf_member_spread (const struct sf_member_rules *rules, const struct sf_lead_table *track_km,
                                   double lead_h);

/* The mean track errors of a centre: the rules' own; of a consensus times the rules' factor, or, where radius_68_km says how
   large its circles of 68 % are (a table with leads beyond 0; NULL: nothing), those that give just these circles, from the
   rules' analysis error on. */
void sf_member_track_km (const struct sf_member_rules *rules, bool consensus, const struct sf_lead_table *radius_68_km,
                         struct sf_lead_table *ret_track_km);

/* Factor the correlation matrix of n leads into factor[n * n], lower triangle, so that factor times independent normal
   values has that correlation; the first k rows depend on the first k leads alone. Equal leads give equal values. */
void sf_lead_factor (const struct sf_lead_correlation *correlation, const double *lead_h, size_t n, double *factor);

/* The mean of |s Z + y| over a normal Z: s sqrt (2/pi) exp (-y^2 / 2 s^2) + y erf (y / (s sqrt 2)). */
double sf_folded_mean (double s, double y);

#endif
