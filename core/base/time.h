/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_BASE_TIME_H
#define SF_CORE_BASE_TIME_H

#include "core/base/error.h"

#include <stddef.h>
#include <stdint.h>

/* Times are int64 seconds since 1970-01-01T00:00:00Z without leap seconds. Beijing time (UTC+8, no daylight saving)
   exists only in the parse and format functions below. */
#define SF_TIME_MISSING INT64_MIN

enum
{
  SF_BEIJING_OFFSET_S = 8 * 3600,
  SF_TIME_TEXT_BYTES = 48
};

/* A civil date and time of the proleptic Gregorian calendar. */
struct sf_civil
{
  int year, month, day, hour, minute, second;
};

/* Seconds UTC of a civil time that reads offset_s ahead of UTC (0 for UTC, SF_BEIJING_OFFSET_S for Beijing time).
   SF_ERANGE when a field is outside its range (month 13, 30 February, hour 24, year outside 1..9999). */
enum sf_code sf_time_from_civil (const struct sf_civil *civil, int32_t offset_s, int64_t *ret_time_s,
                                 struct sf_error *err);

/* The civil time of time_s in a zone offset_s ahead of UTC; outside the years 1..9999 their first or last second. */
struct sf_civil sf_time_to_civil (int64_t time_s, int32_t offset_s);

/* Parse "2014-07-18T06:00:00Z", "...+08:00", "2014-07-18 14:00+08:00", seconds and the T optional, date alone = 00:00;
   a fraction of a second is dropped, an offset may be up to 14 hours. SF_EFORMAT, or SF_ERANGE for 30 February and the
   like. A text without a zone is read as default_offset_s; SF_TIME_NO_DEFAULT makes a missing zone an error. */
#define SF_TIME_NO_DEFAULT INT32_MIN
enum sf_code sf_time_parse_iso (const char *text, int32_t default_offset_s, int64_t *ret_time_s, struct sf_error *err);

/* Parse a run of digits laid out as YYYYMMDDHH, YYYYMMDDHHMM or YYYYMMDDHHMMSS in a zone offset_s ahead of UTC. */
enum sf_code sf_time_parse_compact (const char *digits, size_t length, int32_t offset_s, int64_t *ret_time_s,
                                    struct sf_error *err);

/* "2014-07-18T06:00:00Z"; "2014-07-18 14:00 BJT"; "7月18日14:00（北京时间）". Missing, and outside
   the years 1..9999 of the zone shown, gives "-". Return buffer. */
char *sf_time_format_utc (char buffer[SF_TIME_TEXT_BYTES], int64_t time_s);
char *sf_time_format_beijing (char buffer[SF_TIME_TEXT_BYTES], int64_t time_s);
char *sf_time_format_beijing_zh (char buffer[SF_TIME_TEXT_BYTES], int64_t time_s);

/* The step nearest to a time among count >= 1 rising ones; the earlier of two as near. */
int sf_time_nearest_step (const int64_t *step_s, int count, int64_t time_s);
/* The same, or -1 where none is near: a step reaches half the way to its neighbour, the first and the last one as far
   outwards as inwards. */
int sf_time_find_step (const int64_t *step_s, int count, int64_t time_s);

/* Parse a duration such as "90s", "30min", "6h", "3d" into seconds: a whole number, no sign, one unit.
   "30m" is refused: minutes or months. SF_ERANGE when it does not fit. */
enum sf_code sf_time_parse_duration (const char *text, int64_t *ret_duration_s, struct sf_error *err);

/* A steady count of milliseconds, for waiting and timeouts: no clock that is set moves it. */
int64_t sf_time_steady_ms (void);

#endif
