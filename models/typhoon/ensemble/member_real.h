/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_ENSEMBLE_MEMBER_REAL_H
#define SF_MODELS_TYPHOON_ENSEMBLE_MEMBER_REAL_H

#include "core/data/dataset.h"

/* The real members that a feed has of a storm. */
struct sf_real_members
{
  const char *agency;
  int64_t base_s;
  size_t count, expected; /* that speak of this storm; and all that the ensemble has */
  const struct sf_track *
      *tracks; /* count, borrowed, in the arena; base_s missing: the member has no way of the storm */
};

/* Whether a track is of a numbered ensemble member: its member's name ends in at least two digits or is a number
   ("EE07", "pf12", "12"), which tells it from a technique ("AVNO"); a deterministic run ("fc52") is none. */
bool sf_real_member_is (const struct sf_track *track);

/* Find the ensemble of a storm: of one agency, one series of names (AP.., EE.., pf.. with its control cf..) and one base time, not older than
   oldest_s nor newer than now_s; of several the newest, then the one with most members. expected counts every member that
   the same ensemble names for any storm, since a member without a track of this storm is a member that does not have it.
   None: count 0. SF_ENOMEM. */
enum sf_code sf_real_members_find (struct sf_arena *arena, const struct sf_tracks *tracks, const char *storm,
                                   int64_t oldest_s, int64_t now_s, struct sf_real_members *ret, struct sf_error *err);

#endif
