/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_ANSWERS_RULES_H
#define SF_MODELS_TYPHOON_ANSWERS_RULES_H

#include "core/base/error.h"

/* The places that the fix table measures from. */
enum
{
  SF_ANSWER_PLACES = 4
};

/* Limits of the answers, as share/typhoon/answers.yaml has them. */
struct sf_answer_rules
{
  struct
  {
    double arrival_h, landfall_km, force, rain_share, track_km, likely_at;
  } disagreement; /* official and model disagree beyond these */
  struct
  {
    double arrival_h, centre_km, wind_mps, probability;
  } change; /* smaller changes are not told */
  struct
  {
    double past_h, ahead_h, hourly_within_km, stale_h;
  } fixes;
  double lon_deg[SF_ANSWER_PLACES], lat_deg[SF_ANSWER_PLACES]; /* in the order of sf_answer_place_names */
};

extern const char *const sf_answer_place_names[SF_ANSWER_PLACES]; /* wenchang, haikou, sanya, yongxing */

/* Read the rules of a file. SF_EFORMAT, SF_EINVAL or SF_ERANGE with file, line and column: an unknown or missing key, a
   number that is none, negative or, for shares, above 1; SF_EIO or SF_ENOTFOUND without the file. */
enum sf_code sf_answer_rules_load (const char *path, struct sf_answer_rules *ret_rules, struct sf_error *err);

#endif
