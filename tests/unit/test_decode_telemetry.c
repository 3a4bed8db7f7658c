/* SPDX-License-Identifier: Apache-2.0 */
/* Records of telemetry, against public frames with their meaning and frames put together by hand. */
#include "core/base/file.h"
#include "tests/unit/decode_help.h"
#include "tests/unit/telemetry_help.h"

#include <math.h>
#include <unistd.h>

extern const struct sf_plugin sl651_LTX_sanfang_plugin, szy206_LTX_sanfang_plugin, jt808_LTX_sanfang_plugin;
#define SL651 (&sl651_LTX_sanfang_plugin)
#define SZY206 (&szy206_LTX_sanfang_plugin)
#define JT808 (&jt808_LTX_sanfang_plugin)

static const char *const table[] = { "elements=" TEST_SRCDIR "/share/telemetry/sl651-elements.yaml", NULL };

static struct decoded *
decode_sl651 (struct bytes frames)
{
  return decode_help_run (SL651, "test", frames.bytes, frames.length, table);
}

static struct decoded *
decode_body (int function, const char *body)
{
  return decode_sl651 (sl651_frame (function, "", body, 0x03));
}

#define check_observation(out, i, asset_, quantity_, value_, valid_s_, period_s_)                                      \
  do                                                                                                                   \
    {                                                                                                                  \
      ck_assert_int_lt (i, (int) (out)->count);                                                                        \
      const struct sf_record *record_ = &(out)->records[i];                                                            \
      ck_assert_int_eq (record_->kind, SF_RECORD_OBSERVATION);                                                         \
      ck_assert_str_eq (record_->as.observation.asset, asset_);                                                        \
      ck_assert_str_eq (record_->as.observation.quantity, quantity_);                                                  \
      if (isnan ((double) (value_)))                                                                                   \
        ck_assert (isnan (record_->as.observation.value) && record_->quality == SF_QUALITY_MISSING);                   \
      else                                                                                                             \
        ck_assert_double_eq (record_->as.observation.value, value_);                                                   \
      ck_assert_int_eq (record_->valid_s, valid_s_);                                                                   \
      ck_assert_int_eq (record_->as.observation.period_s, period_s_);                                                  \
    }                                                                                                                  \
  while (0)

/* Times, as `date -u -d '2017-07-18T11:00+08:00' +%s`. */
enum
{
  T_2017_07_18_1100 = 1500346800,
  T_2026_08_21_0800 = 1787270400,
  MINUTE = 60
};

START_TEST (timed_report)
{
  struct decoded *out = decode_sl651 (bytes_of_hex (SL651_TIMED));
  ck_assert_int_eq (out->code, SF_OK);
  ck_assert_uint_eq (out->count, 4);
  ck_assert_uint_eq (out->rejects_count, 0);
  check_observation (out, 0, "11223344", "rain_amount", 4.0, T_2017_07_18_1100, 3 * 3600);
  check_observation (out, 1, "11223344", "rain_counter", 4.0, T_2017_07_18_1100, 0);
  check_observation (out, 2, "11223344", "river_level", 10.49, T_2017_07_18_1100, 0);
  check_observation (out, 3, "11223344", "battery_voltage", 10.99, T_2017_07_18_1100, 0);
  decode_help_free (out);
}
END_TEST

START_TEST (test_report)
{
  struct decoded *out = decode_sl651 (bytes_of_hex (SL651_TEST));
  ck_assert_uint_eq (out->count, 4);
  ck_assert_double_eq (out->records[0].as.observation.value, 0.5);
  ck_assert_double_eq (out->records[2].as.observation.value, 0.127);
  ck_assert_double_eq (out->records[3].as.observation.value, 11.15);
  decode_help_free (out);
}
END_TEST

START_TEST (wrong_check_gives_nothing)
{
  struct bytes frame = bytes_of_hex (SL651_WRONG);
  struct decoded *out = decode_sl651 (frame);
  ck_assert_int_eq (out->code, SF_EFORMAT);
  ck_assert_uint_eq (out->count, 0);
  ck_assert_uint_eq (out->rejects_count, 1);
  decode_help_free (out);
  frame.bytes[frame.length - 2] = 0xd0;
  frame.bytes[frame.length - 1] = 0x01;
  out = decode_sl651 (frame);
  ck_assert_uint_eq (out->count, 4);
  ck_assert_double_eq (out->records[0].as.observation.value, 98.36);
  ck_assert_double_eq (out->records[3].as.observation.value, 24.0);
  decode_help_free (out);
}
END_TEST

START_TEST (heartbeat_says_nothing)
{
  struct decoded *out = decode_sl651 (bytes_of_hex (SL651_HEARTBEAT));
  ck_assert_int_eq (out->code, SF_OK);
  ck_assert_uint_eq (out->count + out->rejects_count, 0);
  decode_help_free (out);
}
END_TEST

/* Bodies begin with serial 0007 and time of sending 2026-08-21 08:00:30. */
#define SENT "0007260821080030"
#define STATION_A "F1F1001234567848"
#define STATION_B "F1F100876543214B"
#define AT_0800 "F0F02608210800"

START_TEST (signs_and_missing)
{
  struct decoded *out = decode_body (0x32, SENT STATION_A AT_0800 "0212FF15"
                                                                  "391BFF0123"
                                                                  "3923FFFFFFFF"
                                                                  "0319000213");
  ck_assert_uint_eq (out->rejects_count, 0);
  check_observation (out, 0, "12345678", "air_temperature", -0.15, T_2026_08_21_0800, 0);
  check_observation (out, 1, "12345678", "river_level", -0.123, T_2026_08_21_0800, 0);
  check_observation (out, 2, "12345678", "river_level", NAN, T_2026_08_21_0800, 0);
  check_observation (out, 3, "12345678", "water_temperature", 21.3, T_2026_08_21_0800, 0);
  decode_help_free (out);
}
END_TEST

START_TEST (stations_and_times_in_one_body)
{
  struct decoded *out = decode_body (0x32, SENT "38121200" STATION_A AT_0800 "392300010500" STATION_B "F0F02608210755"
                                                "3B2300189990"
                                                "F0F02608210800"
                                                "3B2300190010");
  ck_assert_uint_eq (out->rejects_count, 0);
  check_observation (out, 0, "12345678", "battery_voltage", 12.0, T_2026_08_21_0800 + 30, 0);
  check_observation (out, 1, "12345678", "river_level", 10.5, T_2026_08_21_0800, 0);
  check_observation (out, 2, "87654321", "reservoir_level", 189.99, T_2026_08_21_0800 - 5 * MINUTE, 0);
  check_observation (out, 3, "87654321", "reservoir_level", 190.01, T_2026_08_21_0800, 0);
  decode_help_free (out);
}
END_TEST

/* At 08:00 the rain of the day is that of the day just ended. */
START_TEST (rain_and_its_periods)
{
  struct decoded *out = decode_body (0x34, SENT STATION_A AT_0800 "2019000125"
                                                                  "1A19000031"
                                                                  "2219000004"
                                                                  "2619012345"
                                                                  "F0F02608210805"
                                                                  "2019000002");
  ck_assert_uint_eq (out->rejects_count, 0);
  check_observation (out, 0, "12345678", "rain_amount", 12.5, T_2026_08_21_0800, 86400);
  check_observation (out, 1, "12345678", "rain_amount", 3.1, T_2026_08_21_0800, 3600);
  check_observation (out, 2, "12345678", "rain_amount", 0.4, T_2026_08_21_0800, 300);
  check_observation (out, 3, "12345678", "rain_counter", 1234.5, T_2026_08_21_0800, 0);
  check_observation (out, 4, "12345678", "rain_amount", 0.2, T_2026_08_21_0800 + 300, 300);
  decode_help_free (out);
}
END_TEST

START_TEST (series_of_five_minutes)
{
  struct decoded *out = decode_body (0x34, SENT STATION_A AT_0800 "F4600001"
                                                                  "02FE000000000000"
                                                                  "00FF"
                                                                  "F5C0000A0064FFFF000000000000000000000000000000000000"
                                                                  "38121215");
  ck_assert_uint_eq (out->rejects_count, 0);
  ck_assert_uint_eq (out->count, 25);
  check_observation (out, 1, "12345678", "rain_amount", 0.1, T_2026_08_21_0800 + 300, 300);
  check_observation (out, 3, "12345678", "rain_amount", 25.4, T_2026_08_21_0800 + 900, 300);
  check_observation (out, 11, "12345678", "rain_amount", NAN, T_2026_08_21_0800 + 3300, 300);
  check_observation (out, 12, "12345678", "relative_level", 0.1, T_2026_08_21_0800, 0);
  check_observation (out, 13, "12345678", "relative_level", 1.0, T_2026_08_21_0800 + 300, 0);
  check_observation (out, 14, "12345678", "relative_level", NAN, T_2026_08_21_0800 + 600, 0);
  check_observation (out, 24, "12345678", "battery_voltage", 12.15, T_2026_08_21_0800, 0);
  decode_help_free (out);
}
END_TEST

START_TEST (unknown_elements_cost_nothing_else)
{
  struct decoded *out = decode_body (0x32, SENT STATION_A AT_0800 "7019000125"
                                                                  "392300010500"
                                                                  "FF0A12AABB"
                                                                  "38121A1B"
                                                                  "3B23000189990");
  ck_assert_int_eq (out->code, SF_OK);
  check_observation (out, 0, "12345678", "river_level", 10.5, T_2026_08_21_0800, 0);
  ck_assert_uint_ge (out->rejects_count, 3);
  ck_assert_str_eq (out->rejects[0].reason, "station 0012345678: element 70 is not in the table");
  ck_assert_str_eq (out->rejects[1].reason, "station 0012345678: element FF0A is not in the table");
  ck_assert_ptr_nonnull (strstr (out->rejects[2].reason, "element 38 (VT): its digits are no number"));
  decode_help_free (out);
}
END_TEST

START_TEST (what_runs_past_the_end)
{
  struct decoded *out = decode_body (0x32, SENT STATION_A AT_0800 "392300010500"
                                                                  "3B2300");
  ck_assert_uint_eq (out->count, 1);
  ck_assert_uint_eq (out->rejects_count, 1);
  ck_assert_ptr_nonnull (strstr (out->rejects[0].reason, "runs past the end"));
  decode_help_free (out);
  out = decode_body (0x32, SENT STATION_A "392300010500"
                                          "F0F02613450800"
                                          "3B2300010500");
  ck_assert_uint_eq (out->count, 1);
  ck_assert_ptr_nonnull (strstr (out->rejects[0].reason, "2613450800 is no time"));
  decode_help_free (out);
  out = decode_body (0x32, "0007261321080030" STATION_A);
  ck_assert_uint_eq (out->count, 0);
  ck_assert_uint_eq (out->rejects_count, 1);
  decode_help_free (out);
}
END_TEST

/* Gate 2 opened by 1.25 m, gate 3 closed (444), gate 4 unknown (999). */
START_TEST (gates)
{
  struct decoded *out = decode_body (0x32, SENT STATION_B AT_0800 "0A0802"
                                                                  "091A000125"
                                                                  "0A0803"
                                                                  "091A044400"
                                                                  "0A0804"
                                                                  "091A099900");
  ck_assert_uint_eq (out->rejects_count, 0);
  check_observation (out, 0, "87654321.gate2", "gate_opening", 1.25, T_2026_08_21_0800, 0);
  check_observation (out, 1, "87654321.gate3", "gate_opening", 0.0, T_2026_08_21_0800, 0);
  check_observation (out, 2, "87654321.gate4", "gate_opening", NAN, T_2026_08_21_0800, 0);
  decode_help_free (out);
}
END_TEST

/* A level every hour from 08:00 on, the third missing. */
START_TEST (uniform_report)
{
  struct decoded *out = decode_body (0x31, SENT STATION_A AT_0800 "0418000100"
                                                                  "3923"
                                                                  "00010500"
                                                                  "00010510"
                                                                  "FFFFFFFF"
                                                                  "00010530");
  ck_assert_uint_eq (out->rejects_count, 0);
  ck_assert_uint_eq (out->count, 4);
  check_observation (out, 1, "12345678", "river_level", 10.51, T_2026_08_21_0800 + 3600, 0);
  check_observation (out, 2, "12345678", "river_level", NAN, T_2026_08_21_0800 + 7200, 0);
  check_observation (out, 3, "12345678", "river_level", 10.53, T_2026_08_21_0800 + 10800, 0);
  decode_help_free (out);
}
END_TEST

START_TEST (status_is_an_event)
{
  struct decoded *out = decode_body (0x33, SENT STATION_A AT_0800 "452000000010");
  ck_assert_uint_eq (out->count, 1);
  ck_assert_int_eq (out->records[0].kind, SF_RECORD_EVENT);
  ck_assert_str_eq (out->records[0].as.event.status, "00000010");
  ck_assert_str_eq (out->records[0].as.event.area, "12345678");
  decode_help_free (out);
}
END_TEST

START_TEST (pictures_are_put_aside)
{
  struct decoded *out = decode_body (0x36, SENT AT_0800 STATION_A "F3F3FFD8FFE0");
  ck_assert_uint_eq (out->count, 0);
  ck_assert_uint_eq (out->rejects_count, 1);
  ck_assert_ptr_nonnull (strstr (out->rejects[0].reason, "picture"));
  decode_help_free (out);
}
END_TEST

/* Parts of two stations in turn; one part twice; one whose beginning is missing. */
START_TEST (parts)
{
  struct bytes all = sl651_frame (0x38, "003001", SENT STATION_A AT_0800 "39", 0x17);
  bytes_add (&all, sl651_frame (0x37, "002002", "0000", 0x03));
  bytes_add (&all, sl651_frame (0x38, "003002", "23000105", 0x17));
  bytes_add (&all, sl651_frame (0x38, "003002", "23000105", 0x17));
  bytes_add (&all, sl651_frame (0x38, "003003",
                                "00"
                                "38121200",
                                0x03));
  struct decoded *out = decode_sl651 (all);
  ck_assert_uint_eq (out->count, 2);
  check_observation (out, 0, "12345678", "river_level", 10.5, T_2026_08_21_0800, 0);
  ck_assert_uint_eq (out->rejects_count, 1);
  ck_assert_str_eq (out->rejects[0].reason, "station 0012345678: part 2 of 2: those before are missing");
  decode_help_free (out);
}
END_TEST

/* A station of another kind keeps all its ten digits. */
START_TEST (stations_of_other_kinds)
{
  struct decoded *out = decode_body (0x32, SENT "F1F146010000FF50" AT_0800 "38121200");
  check_observation (out, 0, "46010000FF", "battery_voltage", 12.0, T_2026_08_21_0800, 0);
  decode_help_free (out);
}
END_TEST

static struct decoded *
decode_ascii (const char *body)
{
  struct bytes frame = { .length = 0 };
  frame.length = (size_t) snprintf ((char *) frame.bytes, sizeof frame.bytes,
                                    "\x01"
                                    "05"
                                    "0011223344"
                                    "03E8"
                                    "32"
                                    "%04X\x02%s\x03",
                                    (unsigned) strlen (body), body);
  frame.length
      += (size_t) snprintf ((char *) frame.bytes + frame.length, 8, "%04X", sf_bytes_crc16 (frame.bytes, frame.length));
  return decode_sl651 (frame);
}

START_TEST (ascii)
{
  struct decoded *out = decode_ascii ("0034170718110016ST 0011223344 P TT 1707181100 PJ 4.0 PT 4.0 Z 10.490 VT 10.99 ");
  ck_assert_int_eq (out->code, SF_OK);
  ck_assert_uint_eq (out->rejects_count, 0);
  ck_assert_uint_eq (out->count, 4);
  check_observation (out, 0, "11223344", "rain_amount", 4.0, T_2017_07_18_1100, 3 * 3600);
  check_observation (out, 2, "11223344", "river_level", 10.49, T_2017_07_18_1100, 0);
  decode_help_free (out);
  out = decode_ascii ("0034170718110016ST 0011223344 P TT 1707181100 QQ 7 Z -0.5 VT none PJ 1.0");
  ck_assert_uint_eq (out->count, 2);
  check_observation (out, 0, "11223344", "river_level", -0.5, T_2017_07_18_1100, 0);
  check_observation (out, 1, "11223344", "rain_amount", 1.0, T_2017_07_18_1100, 3 * 3600);
  ck_assert_uint_eq (out->rejects_count, 2);
  ck_assert_str_eq (out->rejects[0].reason, "station 0011223344: 'QQ' is not in the table");
  ck_assert_str_eq (out->rejects[1].reason, "station 0011223344: 'VT' has no number");
  decode_help_free (out);
  out = decode_ascii ("0034170718110016ST 0011223344 P TT 1707181100 DRP 000102FFFE PJ 1.0");
  ck_assert_uint_eq (out->count, 6);
  check_observation (out, 3, "11223344", "rain_amount", NAN, T_2017_07_18_1100 + 900, 300);
  check_observation (out, 4, "11223344", "rain_amount", 25.4, T_2017_07_18_1100 + 1200, 300);
  decode_help_free (out);
}
END_TEST

/* --- the table --- */

static void
refuse_table (const char *yaml, const char *words)
{
  char path[] = "/tmp/sl651-XXXXXX", setting[64];
  const char *const settings[] = { setting, NULL };
  int fd = mkstemp (path);
  ck_assert_int_ge (fd, 0);
  ck_assert_int_eq (write (fd, yaml, strlen (yaml)), (ssize_t) strlen (yaml));
  close (fd);
  snprintf (setting, sizeof setting, "elements=%s", path);
  struct decoded *out = decode_help_run (SL651, "test", "", 0, settings);
  unlink (path);
  ck_assert_int_ne (out->code, SF_OK);
  ck_assert_msg (strstr (out->err.message, words) != NULL, "%s", out->err.message);
  decode_help_free (out);
}

START_TEST (tables_are_checked)
{
  refuse_table ("elements: [{id: \"39\", name: Z}]", "'quantity' is missing");
  refuse_table ("elements: [{id: \"3\", name: Z, quantity: flow}]", "'3' is no element");
  refuse_table ("elements: [{id: \"1234\", name: Z, quantity: flow}]", "'1234' is no element");
  refuse_table ("elements: [{id: \"39\", name: Z, quantity: flow}, {id: \"39\", name: Y, quantity: flow}]", "twice");
  refuse_table ("elements: [{id: \"39\", name: Z, kind: numbr, quantity: flow}]", "did you mean 'number'");
  refuse_table ("elements: [{id: \"39\", name: Z, quantity: flow, periode: 1h}]", "period");
  refuse_table ("elements: [{id: \"39\", name: Z, quantity: flow, unknown: \"1 x\"}]", "no code");
  refuse_table ("others: []", "elements");
}
END_TEST

/* --- SZY 206 --- */

START_TEST (szy206_flow)
{
  struct bytes frame = bytes_of_hex (SZY206_FLOW);
  struct decoded *out = decode_help_run (SZY206, "test", frame.bytes, frame.length, NULL);
  ck_assert_uint_eq (out->rejects_count, 0);
  ck_assert_uint_eq (out->count, 3);
  /* Received on 15 November 2023 (06:13:20 Beijing time); the 9th before it, 08:45. */
  check_observation (out, 0, "5303810D00", "flow", 5.9, 1699490700, 0);
  check_observation (out, 1, "5303810D00", "flow_total", 106182.0, 1699490700, 0);
  ck_assert_str_eq (out->records[2].as.event.status, "alarm 0110, state 6000");
  ck_assert_str_eq (out->records[2].as.event.level, "alarm");
  decode_help_free (out);
  frame = bytes_of_hex (SZY206_NO_FLOW);
  out = decode_help_run (SZY206, "test", frame.bytes, frame.length, NULL);
  ck_assert_uint_eq (out->rejects_count, 0);
  ck_assert_uint_eq (out->count, 2);
  check_observation (out, 0, "4406070001", "flow", NAN, 1698768000, 0);
  decode_help_free (out);
}
END_TEST

/* A self-report of a type from its values; the time is the 9th, 08:45. */
static struct decoded *
szy206_report (int type, const char *values)
{
  char text[512];
  size_t length = strlen (values) / 2;
  snprintf (text, sizeof text, "68%02X68B%X5303810D00C0%s000000000045080900", (unsigned) (7 + length + 9), type,
            values);
  struct bytes frame = bytes_of_hex (text);
  frame.bytes[frame.length] = sf_bytes_crc8 (frame.bytes + 3, frame.length - 3);
  frame.bytes[frame.length + 1] = 0x16;
  return decode_help_run (SZY206, "test", frame.bytes, frame.length + 2, NULL);
}

START_TEST (szy206_values)
{
  struct decoded *out = szy206_report (2, "45230100"
                                          "012000F0");
  ck_assert_uint_eq (out->rejects_count, 0);
  check_observation (out, 0, "5303810D00", "river_level", 12.345, 1699490700, 0);
  check_observation (out, 1, "5303810D00.2", "river_level", -2.001, 1699490700, 0);
  ck_assert_str_eq (out->records[2].as.event.level, "normal");
  decode_help_free (out);
  out = szy206_report (1, "251000"
                          "0000F0"
                          "AAAAAA");
  check_observation (out, 0, "5303810D00", "rain_counter", 102.5, 1699490700, 0);
  check_observation (out, 1, "5303810D00.3", "rain_counter", NAN, 1699490700, 0);
  ck_assert_uint_eq (out->rejects_count, 1);
  ck_assert_ptr_nonnull (strstr (out->rejects[0].reason, "a digit of the value is none"));
  decode_help_free (out);
  out = szy206_report (0xa, "0102");
  ck_assert_uint_eq (out->rejects_count, 1);
  ck_assert_uint_eq (out->count, 1);
  decode_help_free (out);
}
END_TEST

/* --- JT/T 808 --- */

static struct decoded *
decode_jt808 (struct bytes frames)
{
  return decode_help_run (JT808, "test", frames.bytes, frames.length, NULL);
}

START_TEST (jt808_position)
{
  struct decoded *out = decode_jt808 (bytes_of_hex (JT808_POSITION));
  ck_assert_int_eq (out->code, SF_OK);
  ck_assert_uint_eq (out->count, 1);
  const struct sf_record *record = &out->records[0];
  const struct sf_position *position = &record->as.position;
  ck_assert_str_eq (position->mover, "123456789012");
  ck_assert_double_eq (position->lat_deg, 12.222222);
  ck_assert_double_eq (position->lon_deg, 132.444444);
  ck_assert_double_eq_tol (position->speed_mps, 6.0 / 3.6, 1e-12);
  ck_assert_double_eq (position->course_to_deg, 0);
  ck_assert_str_eq (position->status, "emergency");
  ck_assert_int_eq (record->valid_s, 1539569410); /* 2018-10-15T10:10:10+08:00 */
  ck_assert_int_eq (record->quality, SF_QUALITY_ORIGINAL_RELIABLE);
  decode_help_free (out);
}
END_TEST

#define JT808_FIX(status, lat, lon) "00000000" status lat lon "0000000A0168260821080000"

static struct decoded *
decode_fix (const char *body)
{
  char text[256];
  snprintf (text, sizeof text, "0200%04X0123456789010007%s", (unsigned) strlen (body) / 2, body);
  return decode_jt808 (jt808_frame (text));
}

START_TEST (jt808_signs_and_doubts)
{
  struct decoded *out = decode_fix (JT808_FIX ("0000000E", "01312D00", "06ACFC00")); /* 20, 112; south and west */
  ck_assert_double_eq (out->records[0].as.position.lat_deg, -20.0);
  ck_assert_double_eq (out->records[0].as.position.lon_deg, -112.0);
  ck_assert_double_eq (out->records[0].as.position.course_to_deg, 0.0);
  ck_assert_int_eq (out->records[0].valid_s, T_2026_08_21_0800);
  decode_help_free (out);
  out = decode_fix (JT808_FIX ("00000000", "01312D00", "06ACFC00"));
  ck_assert_int_eq (out->records[0].quality, SF_QUALITY_ORIGINAL_DOUBTFUL);
  ck_assert_ptr_nonnull (out->records[0].doubt);
  decode_help_free (out);
  out = decode_fix (JT808_FIX ("00000000", "00000000", "00000000"));
  ck_assert_uint_eq (out->count, 0);
  ck_assert_ptr_nonnull (strstr (out->rejects[0].reason, "no position: not fixed"));
  decode_help_free (out);
  out = decode_fix (JT808_FIX ("00000002", "06ACFC00", "01312D00"));
  ck_assert_uint_eq (out->count, 0);
  ck_assert_ptr_nonnull (strstr (out->rejects[0].reason, "is nowhere"));
  decode_help_free (out);
  /* An item that runs past the end costs itself, not the fix. */
  out = decode_fix (JT808_FIX ("00000002", "01312D00", "06ACFC00") "0104000000015D0B01");
  ck_assert_uint_eq (out->count, 1);
  ck_assert_uint_eq (out->rejects_count, 1);
  ck_assert_ptr_nonnull (strstr (out->rejects[0].reason, "item 5D runs past the end"));
  decode_help_free (out);
}
END_TEST

START_TEST (jt808_link_messages)
{
  static const char *const quiet[] = { "000200000123456789010005", "0100000001234567890100FF",
                                       "010200020123456789010006"
                                       "4142" };
  for (size_t i = 0; i < sizeof quiet / sizeof quiet[0]; i++)
    {
      struct decoded *out = decode_jt808 (jt808_frame (quiet[i]));
      ck_assert_int_eq (out->code, SF_OK);
      ck_assert_uint_eq (out->count + out->rejects_count, 0);
      decode_help_free (out);
    }
  struct decoded *out = decode_jt808 (jt808_frame ("020004000123456789010005"));
  ck_assert_uint_eq (out->rejects_count, 1);
  ck_assert_ptr_nonnull (strstr (out->rejects[0].reason, "encrypted"));
  decode_help_free (out);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { timed_report,
                                 test_report,
                                 wrong_check_gives_nothing,
                                 heartbeat_says_nothing,
                                 signs_and_missing,
                                 stations_and_times_in_one_body,
                                 rain_and_its_periods,
                                 series_of_five_minutes,
                                 unknown_elements_cost_nothing_else,
                                 what_runs_past_the_end,
                                 gates,
                                 uniform_report,
                                 status_is_an_event,
                                 pictures_are_put_aside,
                                 parts,
                                 stations_of_other_kinds,
                                 ascii,
                                 tables_are_checked,
                                 szy206_flow,
                                 szy206_values,
                                 jt808_position,
                                 jt808_signs_and_doubts,
                                 jt808_link_messages,
                                 NULL };
  return run_tests ("decode_telemetry", tests);
}
