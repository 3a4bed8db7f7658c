/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_TYPHOON_ANSWERS_SAY_H
#define SF_MODELS_TYPHOON_ANSWERS_SAY_H

#include <stdint.h>

/* Words of the answers in both languages. Numbers are written with a point in every locale. */
enum
{
  SF_SAID_BYTES = 240
};

/* One thing said twice. Longer texts are cut at a whole character. */
struct sf_said
{
  char en[SF_SAID_BYTES], zh[SF_SAID_BYTES];
};

/* "2014-07-18 14:00 BJT", "7月18日14:00（北京时间）"; "not reached", "未达到" for a missing time. */
struct sf_said sf_say_time (int64_t time_s);
/* A probability as a count out of ten: "7/10"; "<1/10" below 0.05 and ">9/10" from 0.95 on, since an ensemble knows no
   never and no always; "unknown", "未知" for NaN. */
struct sf_said sf_say_tenths (double probability);
/* "force 12 (35.0 m/s)", "12级（35.0米/秒）"; without a wind only the force; "unknown" for neither. */
struct sf_said sf_say_wind (double force, double wind_mps);
/* "19.5N 110.9E", "19.5°N 110.9°E"; "unknown" where a coordinate is NaN. */
struct sf_said sf_say_position (double lon_deg, double lat_deg);
/* "NW", "西北": the nearest of eight winds; "-" for NaN. */
struct sf_said sf_say_bearing (double bearing_deg);
/* The same text twice or two texts. */
struct sf_said sf_say (const char *en, const char *zh);
/* Two formats for one list of arguments, which must take the same types in the same order. */
struct sf_said sf_sayf (const char *en, const char *zh, ...);
/* Two things said in one text of each language; the formats have two "%s". */
struct sf_said sf_say_joined (const char *en, const char *zh, struct sf_said first, struct sf_said second);

#endif
