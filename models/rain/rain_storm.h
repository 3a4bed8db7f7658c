/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_RAIN_RAIN_STORM_H
#define SF_MODELS_RAIN_RAIN_STORM_H

#include "core/data/dataset.h"
#include "models/rain/rain_field.h"
#include "models/rain/rain_params.h"

/* The ways of storms, cut into short equal pieces: node i rains from begin_s[i] for its hours, its centre in the middle
   of that piece. Zero-initialise; the arrays are the holder's, sf_rain_storm_finish frees them. */
struct sf_rain_storm
{
  struct sf_rain_node *nodes;
  int64_t *begin_s;
  size_t count, nodes_capacity, begin_capacity;
};

/* Append the nodes of a track: straight between fixes, steps of params->step_min and a shorter last one. A wind that one
   of two fixes lacks is the other's; fixes of one time, more than a day apart, without position, or of unreliable
   quality give none. SF_ENOMEM. */
enum sf_code sf_rain_storm_add (struct sf_rain_storm *storm, const struct sf_track *track,
                                const struct sf_rain_params *params, struct sf_error *err);
/* Bring the nodes of all tracks that were added into order of time, so that rain of several storms can be summed. */
enum sf_code sf_rain_storm_sort (struct sf_rain_storm *storm, struct sf_error *err);
void sf_rain_storm_finish (struct sf_rain_storm *storm);

#endif
