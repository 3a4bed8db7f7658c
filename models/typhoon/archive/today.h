/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_ARCHIVE_TODAY_H
#define SF_MODELS_TYPHOON_ARCHIVE_TODAY_H

#include "models/typhoon/archive/similarity.h"

/* Which moment of a storm is compared. */
struct sf_today_choice
{
  const char *agency;   /* NULL: the first in the data that has an analysis of the storm, else the first */
  int64_t now_s;        /* fixes analysed later are not known; SF_TIME_MISSING: all are */
  bool stay_at_closest; /* once past the place below, the moment stays at the fix closest to it */
  double lon_deg, lat_deg;
  bool ahead; /* take the same agency's latest forecast for the way ahead */
  enum sf_wind_exposure exposure;
};

/* What is compared of one storm among the tracks of a dataset (all tracks of one `storm` identity, without members): the
   moment is the last analysed fix of the agency, or the one that the choice says, and the way around it is sampled from
   there: back from the analysis, ahead from the later part of the analysis when the moment is past, else from the forecast.
   A storm without analysis is taken at the first fix of its latest forecast. *ret_track is the track that the moment lies
   on. SF_ENOTFOUND when the storm has no fix that can be used; SF_ENOMEM. */
enum sf_code sf_today_query (const struct sf_tracks *tracks, const char *storm, const struct sf_today_choice *choice,
                             struct sf_similar_query *ret_query, const struct sf_track **ret_track,
                             struct sf_error *err);

#endif
