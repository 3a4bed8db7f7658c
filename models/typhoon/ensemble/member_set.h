/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_ENSEMBLE_MEMBER_SET_H
#define SF_MODELS_TYPHOON_ENSEMBLE_MEMBER_SET_H

#include "models/typhoon/ensemble/member_centre.h"
#include "models/typhoon/ensemble/member_draw.h"
#include "models/typhoon/ensemble/member_land.h"

/* All generated members of one storm. Arrays are members x n, member by member, in the arena given to init. */
struct sf_member_set
{
  size_t members, n;
  uint32_t seed, storm;
  const struct sf_centre_samples *samples;
  const struct sf_member_rules *rules;
  struct sf_member_plan plan;
  const struct sf_land_shares *land; /* set before the winds are made */
  double *axis_deg;                  /* n */
  double *sea_mps, *decay;           /* n: the centre's wind without land, and its decay */
  double *lon_deg, *lat_deg, *size, *wind_mps;
};

/* Prepare: plan, axes, room. track_km: the centre's mean errors. samples and rules must outlive the set. Errors as sf_member_plan_init. */
enum sf_code sf_member_set_init (struct sf_member_set *set, struct sf_arena *arena,
                                 const struct sf_centre_samples *samples, const struct sf_member_rules *rules,
                                 const struct sf_lead_table *track_km, size_t members, struct sf_error *err);
void sf_member_set_finish (struct sf_member_set *set);

/* First pass: draw members [first, last): positions, size, and in wind_mps the error of the wind. Safe from several
   threads for different members. SF_ENOMEM. */
enum sf_code sf_member_set_draw (struct sf_member_set *set, size_t first, size_t last, struct sf_error *err);

/* The box that all members and the centre stay in; longitudes run on from the centre's. */
struct sf_lonlat_box sf_member_set_box (const struct sf_member_set *set);

/* Between the passes: the centre's decay over set->land. */
void sf_member_set_decay (struct sf_member_set *set);

/* Second pass, after the box, the land and its decay: the winds of members [first, last). SF_ENOMEM. */
enum sf_code sf_member_set_winds (struct sf_member_set *set, size_t first, size_t last, struct sf_error *err);

/* What member i's fix at lead k says: position, wind, pressure, rmw_km and rings; labels and times are the caller's. */
void sf_member_set_fix (const struct sf_member_set *set, size_t i, size_t k, struct sf_fix *fix);

#endif
