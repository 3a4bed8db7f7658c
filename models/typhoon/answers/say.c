/* SPDX-License-Identifier: Apache-2.0 */
#include "models/typhoon/answers/say.h"

#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/base/time.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Cut a text that did not fit where its last whole character ends. */
static void
end_whole (char *text)
{
  text[sf_text_utf8_prefix ((const uint8_t *) text, strlen (text))] = '\0';
}

struct sf_said
sf_say (const char *en, const char *zh)
{
  struct sf_said said;
  snprintf (said.en, sizeof said.en, "%s", en);
  snprintf (said.zh, sizeof said.zh, "%s", zh);
  end_whole (said.en);
  end_whole (said.zh);
  return said;
}

struct sf_said
sf_sayf (const char *en, const char *zh, ...)
{
  struct sf_said said;
  va_list list;
  va_start (list, zh);
  vsnprintf (said.en, sizeof said.en, en, list);
  va_end (list);
  va_start (list, zh);
  vsnprintf (said.zh, sizeof said.zh, zh, list);
  va_end (list);
  end_whole (said.en);
  end_whole (said.zh);
  return said;
}

struct sf_said
sf_say_joined (const char *en, const char *zh, struct sf_said first, struct sf_said second)
{
  struct sf_said said;
  snprintf (said.en, sizeof said.en, en, first.en, second.en);
  snprintf (said.zh, sizeof said.zh, zh, first.zh, second.zh);
  end_whole (said.en);
  end_whole (said.zh);
  return said;
}

struct sf_said
sf_say_time (int64_t time_s)
{
  char en[SF_TIME_TEXT_BYTES], zh[SF_TIME_TEXT_BYTES];
  if (time_s == SF_TIME_MISSING)
    return sf_say ("not reached", "未达到");
  return sf_say (sf_time_format_beijing (en, time_s), sf_time_format_beijing_zh (zh, time_s));
}

struct sf_said
sf_say_tenths (double probability)
{
  if (isnan (probability))
    return sf_say ("unknown", "未知");
  if (probability < 0.05)
    return sf_say ("<1/10", "<1/10");
  if (probability >= 0.95)
    return sf_say (">9/10", ">9/10");
  long tenths = lround (10 * probability);
  return sf_sayf ("%ld/10", "%ld/10", tenths < 1 ? 1L : tenths > 9 ? 9L : tenths);
}

/* A number as text with one decimal and a point. */
static const char *
tenth (char text[32], double value)
{
  long tenths = lround (10 * fabs (value));
  snprintf (text, 32, "%s%ld.%ld", value < 0 && tenths > 0 ? "-" : "", tenths / 10, tenths % 10);
  return text;
}

struct sf_said
sf_say_wind (double force, double wind_mps)
{
  char wind[32];
  if (isnan (force))
    return sf_say ("unknown", "未知");
  if (isnan (wind_mps))
    return sf_sayf ("force %ld", "%ld级", lround (force));
  tenth (wind, wind_mps);
  return sf_sayf ("force %ld (%s m/s)", "%ld级（%s米/秒）", lround (force), wind);
}

struct sf_said
sf_say_position (double lon_deg, double lat_deg)
{
  char lon[32], lat[32];
  if (isnan (lon_deg) || isnan (lat_deg))
    return sf_say ("unknown", "未知");
  tenth (lon, fabs (lon_deg));
  tenth (lat, fabs (lat_deg));
  return sf_sayf ("%s%c %s%c", "%s°%c %s°%c", lat, lat_deg < 0 ? 'S' : 'N', lon, lon_deg < 0 ? 'W' : 'E');
}

struct sf_said
sf_say_bearing (double bearing_deg)
{
  static const char *const zh[] = { "北", "东北", "东", "东南", "南", "西南", "西", "西北" };
  static const char *const en[] = { "N", "NE", "E", "SE", "S", "SW", "W", "NW" };
  if (isnan (bearing_deg))
    return sf_say ("-", "-");
  int sector = (int) floor (fmod (bearing_deg + 382.5, 360) / 45) % 8;
  return sf_say (en[sector], zh[sector]);
}
