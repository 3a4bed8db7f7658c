/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_AGENCIES_STORM_SIGHTS_H
#define SF_MODELS_TYPHOON_AGENCIES_STORM_SIGHTS_H

#include "core/data/dataset.h"
#include "models/typhoon/agencies/storm_match.h"

/* What tracks say of storms, one sight for each feed and identity. */
struct sf_sights
{
  size_t count;
  struct sf_sight *items;
  size_t *of_track; /* the sight of every track */
};

/* Gather sights from tracks as sf_dataset_new_tracks orders them. The places of a sight are the analyses of the agency
   that has most of them; where there are none, the first fix of each forecast of the agency (else member) that has most,
   with 3 km of slack for each hour of mean lead: about what agencies' errors grow by. Everything is in the arena, texts are
   the tracks'. Unreliable fixes and fixes without a place are passed over. SF_ENOMEM. */
enum sf_code sf_sights_gather (struct sf_arena *arena, const struct sf_tracks *tracks, struct sf_sights *ret_sights,
                               struct sf_error *err);

#endif
