/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/time.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum
{
  DAY_S = 86400,
  YEAR_FIRST = 1,
  YEAR_LAST = 9999
};

/* 0001-01-01T00:00:00 and 9999-12-31T23:59:59. */
static const int64_t civil_first_s = INT64_C (-62135596800);
static const int64_t civil_last_s = INT64_C (253402300799);

static bool
is_leap (int year)
{
  return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int
month_days (int year, int month)
{
  static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
  return month == 2 && is_leap (year) ? 29 : days[month - 1];
}

/* Days since 1970-01-01; the year is taken to begin in March so that the leap day is its last
   (Howard Hinnant, "chrono-compatible low-level date algorithms", days_from_civil). */
static int64_t
days_from_civil (int year, int month, int day)
{
  int64_t y = year - (month <= 2);
  int64_t era = (y >= 0 ? y : y - 399) / 400;
  int64_t year_of_era = y - era * 400;
  int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

/* The inverse, civil_from_days of the same source. */
static void
civil_from_days (int64_t days, struct sf_civil *civil)
{
  int64_t z = days + 719468;
  int64_t era = (z >= 0 ? z : z - 146096) / 146097;
  int64_t day_of_era = z - era * 146097;
  int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int64_t month_from_march = (5 * day_of_year + 2) / 153;
  civil->day = (int) (day_of_year - (153 * month_from_march + 2) / 5 + 1);
  civil->month = (int) (month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
  civil->year = (int) (year_of_era + era * 400 + (civil->month <= 2));
}

enum sf_code
sf_time_from_civil (const struct sf_civil *civil, int32_t offset_s, int64_t *ret_time_s, struct sf_error *err)
{
  const struct sf_civil *c = civil;
  if (c->year < YEAR_FIRST || c->year > YEAR_LAST)
    return sf_fail (err, SF_ERANGE, "year %d is outside %d..%d", c->year, YEAR_FIRST, YEAR_LAST);
  if (c->month < 1 || c->month > 12)
    return sf_fail (err, SF_ERANGE, "month %d is outside 1..12", c->month);
  if (c->day < 1 || c->day > month_days (c->year, c->month))
    return sf_fail (err, SF_ERANGE, "%04d-%02d has no day %d", c->year, c->month, c->day);
  if (c->hour < 0 || c->hour > 23)
    return sf_fail (err, SF_ERANGE, "hour %d is outside 0..23 (24:00 is 00:00 of the next day)", c->hour);
  if (c->minute < 0 || c->minute > 59 || c->second < 0 || c->second > 59)
    return sf_fail (err, SF_ERANGE, "minute %d or second %d is outside 0..59", c->minute, c->second);
  int64_t days = days_from_civil (c->year, c->month, c->day);
  int second_of_day = c->hour * 3600 + c->minute * 60 + c->second;
  *ret_time_s = days * DAY_S + second_of_day - offset_s;
  return SF_OK;
}

struct sf_civil
sf_time_to_civil (int64_t time_s, int32_t offset_s)
{
  int64_t first = civil_first_s - offset_s, last = civil_last_s - offset_s;
  int64_t inside = time_s < first ? first : time_s > last ? last : time_s;
  int64_t local = inside + offset_s;
  int64_t days = local / DAY_S, second_of_day = local % DAY_S;
  if (second_of_day < 0)
    {
      second_of_day += DAY_S;
      days--;
    }
  struct sf_civil civil = { .hour = (int) (second_of_day / 3600),
                            .minute = (int) (second_of_day / 60 % 60),
                            .second = (int) (second_of_day % 60) };
  civil_from_days (days, &civil);
  return civil;
}

/* Read exactly count digits; false leaves *text where it was. */
static bool
take_digits (const char **text, int count, int *ret_value)
{
  int value = 0;
  for (int i = 0; i < count; i++)
    {
      char c = (*text)[i];
      if (c < '0' || c > '9')
        return false;
      value = value * 10 + (c - '0');
    }
  *text += count;
  *ret_value = value;
  return true;
}

static bool
take_char (const char **text, char c)
{
  if (**text != c)
    return false;
  ++*text;
  return true;
}

static bool
take_date (const char **text, struct sf_civil *civil)
{
  return take_digits (text, 4, &civil->year) && take_char (text, '-') && take_digits (text, 2, &civil->month)
         && take_char (text, '-') && take_digits (text, 2, &civil->day);
}

/* HH:MM, HH:MM:SS or HH:MM:SS.fff; the fraction is dropped. */
static bool
take_clock (const char **text, struct sf_civil *civil)
{
  if (!take_digits (text, 2, &civil->hour) || !take_char (text, ':') || !take_digits (text, 2, &civil->minute))
    return false;
  if (!take_char (text, ':'))
    return true;
  if (!take_digits (text, 2, &civil->second))
    return false;
  if (!take_char (text, '.'))
    return true;
  int digit, digits = 0;
  while (take_digits (text, 1, &digit))
    digits++;
  return digits > 0;
}

/* Z, +HH:MM, +HHMM or +HH. *ret_found is false, and true returned, at the end of the text. */
static bool
take_zone (const char **text, bool *ret_found, int32_t *ret_offset_s)
{
  *ret_found = **text != '\0';
  if (!*ret_found)
    return true;
  if (take_char (text, 'Z'))
    {
      *ret_offset_s = 0;
      return true;
    }
  int sign = **text == '-' ? -1 : 1, hours, minutes = 0;
  if (!take_char (text, '+') && !take_char (text, '-'))
    return false;
  if (!take_digits (text, 2, &hours))
    return false;
  bool colon = take_char (text, ':');
  if ((colon || **text) && !take_digits (text, 2, &minutes))
    return false;
  if (minutes > 59 || hours * 60 + minutes > 14 * 60)
    return false;
  *ret_offset_s = sign * (hours * 3600 + minutes * 60);
  return true;
}

enum sf_code
sf_time_parse_iso (const char *text, int32_t default_offset_s, int64_t *ret_time_s, struct sf_error *err)
{
  struct sf_civil civil = { 0 };
  const char *at = text;
  bool zone_found;
  int32_t offset_s = default_offset_s;
  bool read = take_date (&at, &civil);
  if (read && (*at == 'T' || *at == ' '))
    {
      at++;
      read = take_clock (&at, &civil);
    }
  read = read && take_zone (&at, &zone_found, &offset_s) && !*at;
  if (!read)
    return sf_fail (err, SF_EFORMAT, "'%.60s' is not a time like 2014-07-18T06:00:00Z or 2014-07-18T14:00+08:00", text);
  if (!zone_found && default_offset_s == SF_TIME_NO_DEFAULT)
    return sf_fail (err, SF_EFORMAT, "'%.60s' has no time zone; write Z for UTC or +08:00 for Beijing time", text);
  if (sf_time_from_civil (&civil, offset_s, ret_time_s, err) != SF_OK)
    return sf_error_prefix (err, SF_ERANGE, "'%.60s'", text);
  return SF_OK;
}

enum sf_code
sf_time_parse_compact (const char *digits, size_t length, int32_t offset_s, int64_t *ret_time_s, struct sf_error *err)
{
  char copy[15] = "";
  struct sf_civil civil = { 0 };
  const char *at = copy;
  if (length == 10 || length == 12 || length == 14)
    memcpy (copy, digits, length);
  bool read = take_digits (&at, 4, &civil.year) && take_digits (&at, 2, &civil.month)
              && take_digits (&at, 2, &civil.day) && take_digits (&at, 2, &civil.hour);
  read = read && (length < 12 || take_digits (&at, 2, &civil.minute));
  read = read && (length < 14 || take_digits (&at, 2, &civil.second));
  int shown = length < 60 ? (int) length : 60;
  if (!read)
    return sf_fail (err, SF_EFORMAT, "'%.*s' is not a time laid out as YYYYMMDDHH, YYYYMMDDHHMM or YYYYMMDDHHMMSS",
                    shown, digits);
  if (sf_time_from_civil (&civil, offset_s, ret_time_s, err) != SF_OK)
    return sf_error_prefix (err, SF_ERANGE, "'%.*s'", shown, digits);
  return SF_OK;
}

/* False, with "-" in the buffer, when the time is missing or outside the years that have four digits. */
static bool
civil_to_show (char buffer[SF_TIME_TEXT_BYTES], int64_t time_s, int32_t offset_s, struct sf_civil *ret_civil)
{
  memcpy (buffer, "-", 2);
  if (time_s < civil_first_s - offset_s || time_s > civil_last_s - offset_s)
    return false;
  *ret_civil = sf_time_to_civil (time_s, offset_s);
  return true;
}

/* Printing is a hundred times as slow, and an answer may hold many times. Write number with at least
   `digits` digits and then the text; returns the end. */
static char *
put_number (char *out, int number, int digits, const char *then)
{
  char text[12];
  int count = 0;
  while (number > 0 || count < digits)
    {
      text[count++] = (char) ('0' + number % 10);
      number /= 10;
    }
  while (count > 0)
    *out++ = text[--count];
  while (*then)
    *out++ = *then++;
  return out;
}

char *
sf_time_format_utc (char buffer[SF_TIME_TEXT_BYTES], int64_t time_s)
{
  struct sf_civil c;
  if (!civil_to_show (buffer, time_s, 0, &c))
    return buffer;
  char *end = put_number (buffer, c.year, 4, "-");
  end = put_number (end, c.month, 2, "-");
  end = put_number (end, c.day, 2, "T");
  end = put_number (end, c.hour, 2, ":");
  end = put_number (end, c.minute, 2, ":");
  *put_number (end, c.second, 2, "Z") = '\0';
  return buffer;
}

char *
sf_time_format_beijing (char buffer[SF_TIME_TEXT_BYTES], int64_t time_s)
{
  struct sf_civil c;
  if (!civil_to_show (buffer, time_s, SF_BEIJING_OFFSET_S, &c))
    return buffer;
  char *end = put_number (buffer, c.year, 4, "-");
  end = put_number (end, c.month, 2, "-");
  end = put_number (end, c.day, 2, " ");
  end = put_number (end, c.hour, 2, ":");
  *put_number (end, c.minute, 2, " BJT") = '\0';
  return buffer;
}

char *
sf_time_format_beijing_zh (char buffer[SF_TIME_TEXT_BYTES], int64_t time_s)
{
  struct sf_civil c;
  if (!civil_to_show (buffer, time_s, SF_BEIJING_OFFSET_S, &c))
    return buffer;
  char *end = put_number (buffer, c.month, 1, "月");
  end = put_number (end, c.day, 1, "日");
  end = put_number (end, c.hour, 2, ":");
  *put_number (end, c.minute, 2, "（北京时间）") = '\0';
  return buffer;
}

int
sf_time_nearest_step (const int64_t *step_s, int count, int64_t time_s)
{
  int low = 0, high = count - 1;
  while (low < high)
    {
      int middle = (low + high) / 2;
      if (step_s[middle] < time_s)
        low = middle + 1;
      else
        high = middle;
    }
  /* low is the first step that is not before the time, or the last of all. */
  return low > 0 && time_s - step_s[low - 1] <= step_s[low] - time_s ? low - 1 : low;
}

int
sf_time_find_step (const int64_t *step_s, int count, int64_t time_s)
{
  int nearest = sf_time_nearest_step (step_s, count, time_s), last = count - 1;
  int64_t beyond_s = time_s < step_s[0] ? step_s[0] - time_s : time_s > step_s[last] ? time_s - step_s[last] : 0;
  int64_t reach_s = count == 1 ? 0 : time_s < step_s[0] ? step_s[1] - step_s[0] : step_s[last] - step_s[last - 1];
  return beyond_s <= reach_s / 2 ? nearest : -1;
}

enum sf_code
sf_time_parse_duration (const char *text, int64_t *ret_duration_s, struct sf_error *err)
{
  static const struct
  {
    const char *unit;
    int seconds;
  } units[] = { { "s", 1 }, { "min", 60 }, { "h", 3600 }, { "d", DAY_S } };
  const char *at = text;
  int64_t number = 0;
  int digit;
  bool too_large = false;
  while (take_digits (&at, 1, &digit))
    too_large |= __builtin_mul_overflow (number, 10, &number) || __builtin_add_overflow (number, digit, &number);
  for (size_t i = 0; at > text && i < sizeof units / sizeof *units; i++)
    {
      int64_t duration_s;
      if (strcmp (at, units[i].unit) != 0)
        continue;
      if (too_large || __builtin_mul_overflow (number, units[i].seconds, &duration_s))
        return sf_fail (err, SF_ERANGE, "duration '%.60s' is too long", text);
      *ret_duration_s = duration_s;
      return SF_OK;
    }
  return sf_fail (err, SF_EFORMAT, "'%.60s' is not a duration: a whole number and s, min, h or d, such as 30min or 6h",
                  text);
}

int64_t
sf_time_steady_ms (void)
{
  struct timespec now;
  clock_gettime (CLOCK_MONOTONIC, &now);
  return (int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
