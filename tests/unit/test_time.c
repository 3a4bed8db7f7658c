/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/time.h"
#include "tests/unit/base.h"

#include <time.h>

/* Seconds from GNU date 9.1: date -u -d TEXT +%s. */
static const struct
{
  const char *text;
  int64_t time_s;
} references[] = {
  { "0001-01-01T00:00:00Z", INT64_C (-62135596800) },
  { "1582-10-15T00:00:00Z", INT64_C (-12219292800) },
  { "1600-02-29T00:00:00Z", INT64_C (-11670998400) },
  { "1900-03-01T00:00:00Z", INT64_C (-2203891200) },
  { "1969-12-31T23:59:59Z", -1 },
  { "1970-01-01T00:00:00Z", 0 },
  { "2000-02-29T12:34:56Z", 951827696 },
  { "2014-07-18T06:00:00Z", 1405663200 },
  { "2038-01-19T03:14:08Z", INT64_C (2147483648) },
  { "2100-02-28T23:59:59Z", INT64_C (4107542399) },
  { "9999-12-31T23:59:59Z", INT64_C (253402300799) },
};

static int64_t
parse_utc (const char *text)
{
  int64_t time_s = 77;
  ck_done (sf_time_parse_iso (text, SF_TIME_NO_DEFAULT, &time_s, err));
  return time_s;
}

START_TEST (known_epochs)
{
  for (size_t i = 0; i < sizeof references / sizeof *references; i++)
    {
      char buffer[SF_TIME_TEXT_BYTES];
      ck_assert_int_eq (parse_utc (references[i].text), references[i].time_s);
      ck_assert_str_eq (sf_time_format_utc (buffer, references[i].time_s), references[i].text);
    }
}
END_TEST

START_TEST (zones_and_short_forms)
{
  int64_t time_s = 0;
  ck_assert_int_eq (parse_utc ("2014-07-18T14:00:00+08:00"), 1405663200);
  ck_assert_int_eq (parse_utc ("2014-07-18 14:00+08:00"), 1405663200);
  ck_assert_int_eq (parse_utc ("2014-07-18T14:00+0800"), 1405663200);
  ck_assert_int_eq (parse_utc ("2014-07-18T14:00+08"), 1405663200);
  ck_assert_int_eq (parse_utc ("2014-07-18T06:00:00.750Z"), 1405663200);
  ck_assert_int_eq (parse_utc ("2014-07-18 00:00:00-09:30"), 1405675800);
  ck_done (sf_time_parse_iso ("2014-07-18 14:00", SF_BEIJING_OFFSET_S, &time_s, err));
  ck_assert_int_eq (time_s, 1405663200);
  ck_done (sf_time_parse_iso ("2014-07-18", SF_BEIJING_OFFSET_S, &time_s, err));
  ck_assert_int_eq (time_s, 1405663200 - 14 * 3600);
  ck_done (sf_time_parse_iso ("2014-07-18T06:00Z", SF_BEIJING_OFFSET_S, &time_s, err));
  ck_assert_int_eq (time_s, 1405663200);
}
END_TEST

START_TEST (bad_texts_are_refused)
{
  static const char *const malformed[] = { "",
                                           "2014",
                                           "2014-7-18T06:00Z",
                                           "2014-07-18T06",
                                           "2014-07-18T06:00:0Z",
                                           "2014-07-18T06:00:00.Z",
                                           "2014-07-18T06:00:00ZZ",
                                           "2014-07-18T06:00+8",
                                           "2014-07-18T06:00+08:",
                                           "2014-07-18T06:00+14:01",
                                           "2014-07-18T06:00+08:60",
                                           " 2014-07-18T06:00Z",
                                           "2014-07-18T06:00Z ",
                                           "20140718",
                                           "-014-07-18",
                                           "2014/07/18 06:00",
                                           "2014-07-18T06:00:00,5Z",
                                           "台风" };
  int64_t time_s = 77;
  for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++)
    ck_fails (sf_time_parse_iso (malformed[i], 0, &time_s, err), SF_EFORMAT, malformed[i]);
  ck_fails (sf_time_parse_iso ("2014-07-18T06:00", SF_TIME_NO_DEFAULT, &time_s, err), SF_EFORMAT, "no time zone");
  ck_fails (sf_time_parse_iso ("2015-02-29T00:00Z", 0, &time_s, err), SF_ERANGE, "2015-02 has no day 29");
  ck_fails (sf_time_parse_iso ("1900-02-29T00:00Z", 0, &time_s, err), SF_ERANGE, "no day 29");
  ck_fails (sf_time_parse_iso ("2014-13-01T00:00Z", 0, &time_s, err), SF_ERANGE, "month 13");
  ck_fails (sf_time_parse_iso ("2014-07-18T24:00Z", 0, &time_s, err), SF_ERANGE, "hour 24");
  ck_fails (sf_time_parse_iso ("2014-07-18T06:00:60Z", 0, &time_s, err), SF_ERANGE, "second 60");
  ck_fails (sf_time_parse_iso ("0000-07-18T06:00Z", 0, &time_s, err), SF_ERANGE, "year 0");
  ck_assert_int_eq (time_s, 77);
}
END_TEST

START_TEST (compact_forms)
{
  int64_t time_s = 77;
  ck_done (sf_time_parse_compact ("2014071806xx", 10, 0, &time_s, err));
  ck_assert_int_eq (time_s, 1405663200);
  ck_done (sf_time_parse_compact ("201407181400", 12, SF_BEIJING_OFFSET_S, &time_s, err));
  ck_assert_int_eq (time_s, 1405663200);
  ck_done (sf_time_parse_compact ("20000229123456", 14, 0, &time_s, err));
  ck_assert_int_eq (time_s, 951827696);
  ck_fails (sf_time_parse_compact ("20140718060", 11, 0, &time_s, err), SF_EFORMAT, "20140718060");
  ck_fails (sf_time_parse_compact ("20140718", 8, 0, &time_s, err), SF_EFORMAT, "YYYYMMDDHH");
  ck_fails (sf_time_parse_compact ("2014 71806", 10, 0, &time_s, err), SF_EFORMAT, "2014 71806");
  ck_fails (sf_time_parse_compact ("2014071824", 10, 0, &time_s, err), SF_ERANGE, "hour 24");
  ck_fails (sf_time_parse_compact ("", 0, 0, &time_s, err), SF_EFORMAT, "''");
  ck_assert_int_eq (time_s, 951827696);
}
END_TEST

/* Against glibc's gmtime_r and timegm, every 11 days and some seconds over all years, in three zones. */
START_TEST (civil_agrees_with_libc)
{
  const int32_t offsets_s[] = { 0, SF_BEIJING_OFFSET_S, -34200 };
  for (int64_t t = INT64_C (-62135510400); t <= INT64_C (253402214399); t += 11 * 86400 + 4321)
    for (int k = 0; k < 3; k++)
      {
        time_t shifted = (time_t) (t + offsets_s[k]);
        struct tm tm;
        gmtime_r (&shifted, &tm);
        struct sf_civil c = sf_time_to_civil (t, offsets_s[k]);
        if (c.year != tm.tm_year + 1900 || c.month != tm.tm_mon + 1 || c.day != tm.tm_mday || c.hour != tm.tm_hour
            || c.minute != tm.tm_min || c.second != tm.tm_sec)
          ck_abort_msg ("%lld: %d-%d-%d", (long long) t, c.year, c.month, c.day);
        int64_t back = 0;
        if (sf_time_from_civil (&c, offsets_s[k], &back, NULL) != SF_OK || back != t)
          ck_abort_msg ("%lld came back as %lld", (long long) t, (long long) back);
      }
}
END_TEST

START_TEST (shown_times)
{
  char buffer[SF_TIME_TEXT_BYTES];
  ck_assert_str_eq (sf_time_format_beijing (buffer, 1405663200), "2014-07-18 14:00 BJT");
  ck_assert_str_eq (sf_time_format_beijing_zh (buffer, 1405663200), "7月18日14:00（北京时间）");
  ck_assert_str_eq (sf_time_format_beijing (buffer, 1405663200 + 10 * 3600), "2014-07-19 00:00 BJT");
  ck_assert_str_eq (sf_time_format_utc (buffer, SF_TIME_MISSING), "-");
  ck_assert_str_eq (sf_time_format_beijing (buffer, SF_TIME_MISSING), "-");
  ck_assert_str_eq (sf_time_format_beijing_zh (buffer, SF_TIME_MISSING), "-");
  ck_assert_str_eq (sf_time_format_utc (buffer, INT64_MAX), "-");
  ck_assert_str_eq (sf_time_format_utc (buffer, INT64_C (253402300800)), "-");
  ck_assert_str_eq (sf_time_format_beijing (buffer, INT64_C (253402300799)), "-");
  struct sf_civil last = sf_time_to_civil (INT64_MAX, SF_BEIJING_OFFSET_S);
  ck_assert_int_eq (last.year, 9999);
  ck_assert_int_eq (last.second, 59);
  ck_assert_int_eq (sf_time_to_civil (INT64_MIN, -3600).year, 1);
}
END_TEST

/* Hourly steps with a gap of three hours. By hand. */
START_TEST (steps)
{
  static const int64_t step_s[] = { 0, 3600, 7200, 18000 };
  static const struct
  {
    int64_t time_s;
    int nearest, found;
  } cases[] = { { 0, 0, 0 },      { 3600, 1, 1 },         { 1800, 0, 0 },         { 1801, 1, 1 },   { 12600, 2, 2 },
                { 12601, 3, 3 },  { 18000, 3, 3 },        { -1800, 0, 0 },        { -1801, 0, -1 }, { 23400, 3, 3 },
                { 23401, 3, -1 }, { -4000000000, 0, -1 }, { 253402300799, 3, -1 } };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    {
      ck_assert_int_eq (sf_time_nearest_step (step_s, 4, cases[i].time_s), cases[i].nearest);
      ck_assert_int_eq (sf_time_find_step (step_s, 4, cases[i].time_s), cases[i].found);
    }
  ck_assert_int_eq (sf_time_find_step (step_s + 1, 1, 3600), 0);
  ck_assert_int_eq (sf_time_find_step (step_s + 1, 1, 3601), -1);
  ck_assert_int_eq (sf_time_nearest_step (step_s + 1, 1, 99), 0);
}
END_TEST

START_TEST (durations)
{
  int64_t duration_s = 77;
  static const struct
  {
    const char *text;
    int64_t duration_s;
  } good[] = { { "90s", 90 }, { "30min", 1800 }, { "6h", 21600 }, { "3d", 259200 }, { "0s", 0 }, { "007h", 25200 } };
  static const char *const bad[] = { "", "6", "h", "6 h", "-6h", "+6h", "1.5h", "30m", "1h30min", "6hours", "6H" };
  for (size_t i = 0; i < sizeof good / sizeof *good; i++)
    {
      ck_done (sf_time_parse_duration (good[i].text, &duration_s, err));
      ck_assert_int_eq (duration_s, good[i].duration_s);
    }
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    ck_fails (sf_time_parse_duration (bad[i], &duration_s, err), SF_EFORMAT, bad[i]);
  ck_fails (sf_time_parse_duration ("99999999999999999999s", &duration_s, err), SF_ERANGE, "too long");
  ck_fails (sf_time_parse_duration ("999999999999999999d", &duration_s, err), SF_ERANGE, "too long");
  ck_assert_int_eq (duration_s, 25200);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { known_epochs,          steps,         zones_and_short_forms,
                                 bad_texts_are_refused, compact_forms, civil_agrees_with_libc,
                                 shown_times,           durations,     NULL };
  return run_tests ("time", tests);
}
