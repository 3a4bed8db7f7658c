/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_ENSEMBLE_MEMBER_HOURS_H
#define SF_MODELS_TYPHOON_ENSEMBLE_MEMBER_HOURS_H

#include "models/typhoon/ensemble/chances.h"
#include "models/typhoon/vortex/vortex_rules.h"

/* The dataset `members`, hour by hour, as the kernels of chances.h and arrivals.h take it.

   Hour 0 is the last whole hour from the newest base that is not after the time of the cycle: what is past is
   counted no more. Between two fixes position and radii run straight (along the shorter way around the Earth). Radii
   are those of the vortex of each fix, mode mean. A force that only one of two neighbouring fixes has keeps that
   fix's radii up to the other: it begins early and ends late. A fix without a position, or a gap of more than a day,
   is a time without a centre; so is what lies more than 60 days ahead. A fix without wind and pressure, or with a wind or radius that no storm has
   (strange_fixes counts those), has a centre and no forces.

   Several storms: member k of the ensemble is member k of each storm; a storm with fewer members repeats them in
   turn. So a probability is that of the force by any of the storms, taken as independent of each other. */

/* Forces 6, 7, 8, 10, 12: the order of the radii. */
extern const int sf_member_force[SF_CHANCE_FORCES];

struct sf_member_hours
{
  int64_t reference_s; /* of hour 0 */
  int last_hour;       /* of all members; -1: no centre from hour 0 on */
  size_t members, tracks_count;
  size_t strange_fixes;
  struct sf_chance_track *tracks;
  double *lon_deg, *lat_deg;
  struct sf_force_radii *radii;
  uint8_t *knots;
};

/* Make the hours; now_s SF_TIME_MISSING: hour 0 is the newest base. Without any member everything is empty. Vortices
   are fitted through host->parallel. SF_ENOMEM, SF_ECANCELLED. The caller finishes. */
enum sf_code sf_member_hours_init (struct sf_member_hours *hours, const struct sf_host *host,
                                   const struct sf_tracks *members, int64_t now_s, const struct sf_vortex_rules *rules,
                                   struct sf_error *err);
void sf_member_hours_finish (struct sf_member_hours *hours);

#endif
