/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/archive/words.h"

#include "geodata/sphere.h"

#include <math.h>

struct sf_past_difference
sf_past_difference_of (const struct sf_similar_query *query, const struct sf_past *past,
                       const struct sf_similar_match *match)
{
  const struct sf_past_storm *storm = &past->storms[match->storm];
  const struct sf_past_point *points = &past->points[storm->first], *then = &points[match->point], *now = &query->at;
  struct sf_similar_query theirs;
  sf_similar_query_of (&theirs, points, storm->count, match->point, true);
  return (struct sf_past_difference){
    .wind_mps = then->wind_mps - now->wind_mps,
    .apart_km = sf_sphere_distance_km (now->lon_deg, now->lat_deg, then->lon_deg, then->lat_deg),
    .to_deg = sf_sphere_bearing_deg (now->lon_deg, now->lat_deg, then->lon_deg, then->lat_deg),
    .motion_mps = theirs.motion_mps - query->motion_mps,
    .turn_deg = remainder (theirs.motion_to_deg - query->motion_to_deg, 360),
    .days = sf_past_days_apart (now->day, then->day),
    .size_km = then->size_km - now->size_km,
  };
}

/* A pair of words: for numbers below 0 and above. */
struct words
{
  const char *en[2], *zh[2];
};

/* Say "NUMBER UNIT word" and "word NUMBER unit", or the words for alike when the number is below `least`. */
static void
say (double number, double least, const struct words *words, const char *unit_en, const char *unit_zh,
     const char *const alike[2], struct sf_strbuf *const texts[2])
{
  int side = number > 0;
  if (fabs (number) < least)
    {
      sf_strbuf_add (texts[0], alike[0]);
      sf_strbuf_add (texts[1], alike[1]);
      return;
    }
  sf_strbuf_addf (texts[0], "%.0f %s %s", fabs (number), unit_en, words->en[side]);
  sf_strbuf_addf (texts[1], "%s%.0f%s", words->zh[side], fabs (number), unit_zh);
}

static void
say_wind (double wind_mps, struct sf_strbuf *const texts[2])
{
  static const struct words words = { { "weaker", "stronger" }, { "强度弱", "强度强" } };
  if (!isnan (wind_mps))
    {
      say (wind_mps, 2, &words, "m/s", "米/秒", (const char *const[]){ "as strong", "强度相当" }, texts);
      return;
    }
  sf_strbuf_add (texts[0], "strength not known");
  sf_strbuf_add (texts[1], "强度不明");
}

static void
say_place (double apart_km, double to_deg, struct sf_strbuf *const texts[2])
{
  static const char *const en[]
      = { "north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest" };
  static const char *const zh[] = { "北", "东北", "东", "东南", "南", "西南", "西", "西北" };
  int octant = (int) lround (to_deg / 45) & 7;
  if (apart_km < 25)
    {
      sf_strbuf_add (texts[0], ", at the same place");
      sf_strbuf_add (texts[1], "，位置相同");
      return;
    }
  sf_strbuf_addf (texts[0], ", %.0f km further %s", apart_km, en[octant]);
  sf_strbuf_addf (texts[1], "，位置偏%s%.0f公里", zh[octant], apart_km);
}

static void
say_motion (const struct sf_past_difference *difference, struct sf_strbuf *const texts[2])
{
  static const struct words speed = { { "slower", "faster" }, { "移速慢", "移速快" } };
  double turn_deg = difference->turn_deg;
  if (isnan (difference->motion_mps))
    return;
  sf_strbuf_add (texts[0], ", moved ");
  sf_strbuf_add (texts[1], "，");
  say (3.6 * difference->motion_mps, 3, &speed, "km/h", "公里/时", (const char *const[]){ "as fast", "移速相当" },
       texts);
  if (isnan (turn_deg) || fabs (turn_deg) < 15)
    return;
  sf_strbuf_addf (texts[0], " and %.0f degrees further %s", fabs (turn_deg), turn_deg < 0 ? "left" : "right");
  sf_strbuf_addf (texts[1], "、移向偏%s%.0f度", turn_deg < 0 ? "左" : "右", fabs (turn_deg));
}

static void
say_season (double days, struct sf_strbuf *const texts[2])
{
  static const struct words words = { { "earlier in the year", "later in the year" }, { "季节早", "季节晚" } };
  sf_strbuf_add (texts[0], ", came ");
  sf_strbuf_add (texts[1], "，");
  say (days, 5, &words, "days", "天", (const char *const[]){ "at the same time of the year", "季节相同" }, texts);
}

static void
say_size (double size_km, struct sf_strbuf *const texts[2])
{
  static const struct words words = { { "less far", "further" }, { "七级风圈小", "七级风圈大" } };
  if (isnan (size_km) || fabs (size_km) < 20)
    return;
  sf_strbuf_add (texts[0], ", force 7 reached ");
  sf_strbuf_add (texts[1], "，");
  say (size_km, 20, &words, "km", "公里", (const char *const[]){ "", "" }, texts);
}

void
sf_past_difference_say (const struct sf_past_difference *difference, struct sf_strbuf *english,
                        struct sf_strbuf *chinese)
{
  struct sf_strbuf *const texts[2] = { english, chinese };
  say_wind (difference->wind_mps, texts);
  say_place (difference->apart_km, difference->to_deg, texts);
  say_motion (difference, texts);
  say_season (difference->days, texts);
  say_size (difference->size_km, texts);
}
