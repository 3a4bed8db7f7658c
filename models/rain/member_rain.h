/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_RAIN_MEMBER_RAIN_H
#define SF_MODELS_RAIN_MEMBER_RAIN_H

#include "core/plugin/plugin.h"
#include "models/rain/county_rain.h"

/* Rain of an ensemble's members over counties: members_count amounts (mm) of a county in a row of stride. */
struct sf_rain_members
{
  size_t count, stride;
  double *mean_mm; /* counties x stride; NULL without members */
};

/* Sum the whole storm for every member. Tracks of one member name, of several storms, are one member. A member begins at
   its forecast's base: what the storm's own way (storms: track_hourly) rained before is added, and so is all rain of storms
   that no member follows, so that an ensemble of one storm takes nothing away from another. A storm is the same when its
   identity or its number is; when none of them is, the members are taken for what all storms do from their base on.
   Steps of half an hour, at points. Works in host->parallel; the same for any number of threads. members may be NULL.
   Free with sf_rain_members_free. SF_ENOMEM. */
enum sf_code sf_rain_members_sum (const struct sf_host *host, const struct sf_tracks *members,
                                  const struct sf_tracks *storms, const struct sf_rain_points *points,
                                  const struct sf_rain_params *params, struct sf_rain_members *ret,
                                  struct sf_error *err);
void sf_rain_members_free (struct sf_rain_members *members);

#endif
