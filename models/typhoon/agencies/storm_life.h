/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_AGENCIES_STORM_LIFE_H
#define SF_MODELS_TYPHOON_AGENCIES_STORM_LIFE_H

#include "models/typhoon/agencies/storm_match.h"

/* What has become of a storm. */
enum sf_storm_status
{
  SF_STORM_ACTIVE,  /* analysed or forecast in the last 24 h */
  SF_STORM_SPLIT,   /* active, and broken off from another storm that lives on */
  SF_STORM_MERGED,  /* went into another storm that lives on */
  SF_STORM_REMNANT, /* was a tropical storm, is a low: no number may follow it, but its rain does; for 72 h */
  SF_STORM_ENDED,
  SF_STORM_STATUSES
};
const char *sf_storm_status_name (enum sf_storm_status status, int zh);

/* A storm after matching. */
struct sf_storm_life
{
  struct sf_sight sight;     /* the analyses that stand for it, up to now */
  int64_t issued_s;          /* newest analysis or base of a forecast, up to now */
  double peak_mps, last_mps; /* strongest and last analysed wind; NaN unknown */
  const char *last_grade;    /* of the last analysis; NULL unknown */
};

/* Judge storm i of count at a time. *ret_other becomes the storm that it merged with or split from, else count.
   Merged: it ends at least 6 h before the other's last fix, within 250 km of it and not receding in its last 12 h.
   Split: it is a sub-centre of the other (same number or same place of a feed), or begins at least 6 h after the other
   within 250 km of it, and the other lives on for 6 h. 250 km: agencies stop to follow the weaker of two vortices before
   they are one; binary vortices merge from about 150 to 250 km on (Lander and Holland 1993). */
enum sf_storm_status sf_storm_life_judge (const struct sf_storm_life *storms, size_t count, size_t i, int64_t now_s,
                                          size_t *ret_other);

#endif
