/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_STORM_OUTLOOK_H
#define SF_MODELS_TYPHOON_STORM_OUTLOOK_H

#include "core/data/dataset.h"

/* What one agency says of each storm, from its first fix to the end of its forecast: its analysis (or best track) joined
   with the latest of its forecasts. */
struct sf_storm_outlooks
{
  size_t count;
  struct sf_track *tracks; /* one a storm, in the data's order; base_s missing; texts borrowed from the dataset */
};

/* Join the tracks of a dataset in which one storm has one identity (storm_tracks). agency NULL: of each storm the one
   that the data name first; a storm that the wanted agency does not speak of is taken from the first that does, rather
   than left out. Of the forecast, fixes after the last analysed one are taken; consensus, members and techniques are
   not. A storm without a usable fix is left out; no storm at all gives count 0. SF_ENOMEM. Finish in any case. */
enum sf_code sf_storm_outlooks_init (struct sf_storm_outlooks *outlooks, const struct sf_tracks *tracks,
                                     const char *agency, struct sf_error *err);
void sf_storm_outlooks_finish (struct sf_storm_outlooks *outlooks);

#endif
