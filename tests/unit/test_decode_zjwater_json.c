/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: the fix of SAUDEL of 2026-08-22 05:00 Beijing time, whose force 7 ring NMC gives as NE 380, SE 420, SW 400,
   NW 350 km and this feed as "380|420|350|400" (handbook typhoon.md 4.4); members of the feed as listed there. */
#include "tests/unit/base.h"
#include "tests/unit/decode_help.h"

#include <math.h>

extern const struct sf_plugin zjwater_json_LTX_sanfang_plugin;
#define ZJ (&zjwater_json_LTX_sanfang_plugin)

#define HEAD                                                                                                           \
  "{\"tfid\":\"202618\",\"name\":\"沙德尔\",\"enname\":\"SAUDEL\",\"isactive\":\"1\",\"land\":[],\"points\":["
#define SAUDEL                                                                                                           \
  "{\"time\":\"2026-08-22 05:00:00\",\"lng\":\"147.5\",\"lat\":17.7,\"strong\":\"台风(TY)\",\"power\":\"12\","         \
  "\"speed\":\"35\",\"pressure\":970,\"movespeed\":\"20\",\"movedirection\":\"西北\",\"radius7\":\"380|420|350|400\"," \
  "\"radius10\":\"80|80|150|150\",\"radius12\":\"\",\"forecast\":["                                                      \
  "{\"tm\":\"中国\",\"forecastpoints\":[{\"time\":\"2026-08-22 05:00:00\",\"lng\":147.5,\"lat\":17.7},"                \
  "{\"time\":\"2026-08-22 17:00:00\",\"lng\":145.8,\"lat\":19,\"strong\":\"台风\",\"speed\":38,\"pressure\":965,"      \
  "\"radius7\":\"300|310|260|230\"}]},"                                                                                  \
  "{\"tm\":\"日本\",\"forecastpoints\":[{\"time\":\"2026-08-22 05:00:00\",\"lng\":147.5,\"lat\":17.7},"                \
  "{\"time\":\"2026-08-23 02:00:00\",\"lng\":144.0,\"lat\":20.1,\"strong\":\" \",\"speed\":\"0\",\"pressure\":\" \"}"    \
  "]}]}"

START_TEST (quadrants_agree_with_nmc)
{
  const double force7_km[] = { 380, 420, 400, 350 }, force10_km[] = { 80, 80, 150, 150 };
  struct decoded *out = decode_help_text (ZJ, HEAD SAUDEL "]}");
  ck_assert_msg (out->code == SF_OK, "%s", out->err.message);
  ck_assert_uint_eq (out->count, 3);
  ck_assert_uint_eq (out->rejects_count, 0);
  const struct sf_record *record = &out->records[0];
  const struct sf_fix *fix = &record->as.track;
  ck_assert_int_eq (record->valid_s, 1787346000); /* 2026-08-21T21:00Z */
  ck_assert_int_eq (record->quality, SF_QUALITY_ORIGINAL_RELIABLE);
  ck_assert_str_eq (fix->storm, "202618");
  ck_assert_str_eq (fix->number, "2618");
  ck_assert_str_eq (fix->name, "SAUDEL");
  ck_assert_str_eq (fix->name_zh, "沙德尔");
  ck_assert_str_eq (fix->grade, "TY");
  ck_assert_str_eq (fix->agency, "BABJ");
  ck_assert_double_eq (fix->lon_deg, 147.5);
  ck_assert_double_eq (fix->lat_deg, 17.7);
  ck_assert_double_eq (fix->wind_mps, 35);
  ck_assert_double_eq (fix->motion_to_deg, 315);
  ck_assert_double_eq_tol (fix->motion_mps, 5.5555555556, 1e-9);
  for (int i = 0; i < 4; i++)
    {
      ck_assert_double_eq (fix->radii_km[i], force7_km[i]);
      ck_assert_double_eq (fix->radii_km[4 + i], force10_km[i]);
      ck_assert (isnan (fix->radii_km[8 + i]));
    }
  decode_help_free (out);
}
END_TEST

/* The anchors (05:00) are no forecasts; blank and zero are missing; agencies have WMO indicators and averaging times. */
START_TEST (forecasts_of_agencies)
{
  struct decoded *out = decode_help_text (ZJ, HEAD SAUDEL "]}");
  ck_assert_uint_eq (out->count, 3);
  const struct sf_fix *china = &out->records[1].as.track, *japan = &out->records[2].as.track;
  ck_assert_str_eq (china->agency, "BABJ");
  ck_assert_int_eq (china->lead_s, 12 * 3600);
  ck_assert_int_eq (china->base_s, 1787346000);
  ck_assert_double_eq (china->averaging_min, 2);
  ck_assert_double_eq (china->wind_mps, 38);
  ck_assert_double_eq (china->radii_km[2], 230); /* SW is the last of the four */
  ck_assert_double_eq (china->radii_km[3], 260);
  ck_assert (isnan (japan->radii_km[0]));
  ck_assert_str_eq (japan->agency, "RJTD");
  ck_assert_int_eq (japan->lead_s, 21 * 3600);
  ck_assert_double_eq (japan->averaging_min, 10);
  ck_assert (isnan (japan->wind_mps) && isnan (japan->pressure_hpa));
  ck_assert_ptr_null (japan->grade);
  decode_help_free (out);
}
END_TEST

START_TEST (agencies_by_chinese_name)
{
  static const struct
  {
    const char *name, *indicator;
    double averaging_min;
  } centres[]
      = { { "中国", "BABJ", 2 },      { "日本", "RJTD", 10 }, { "美国", "PGTW", 1 },  { "中国香港", "VHHH", 10 },
          { "中国台湾", "RCTP", 10 }, { "韩国", "RKSL", 10 }, { "某台", "某台", NAN } };
  for (size_t i = 0; i < sizeof centres / sizeof centres[0]; i++)
    {
      char *text = sf_mem_printf (
          "{\"tfid\":202618,\"points\":[{\"time\":\"2026-08-22 05:00\",\"lng\":147.5,\"lat\":17.7,"
          "\"forecast\":[{\"tm\":\"%s\",\"forecastpoints\":[{\"time\":\"2026-08-22 05:00\",\"lng\":147.4,"
          "\"lat\":17.6},{\"time\":\"2026-08-22 11:00\",\"lng\":147,\"lat\":18}]}]}]}",
          centres[i].name);
      struct decoded *out = decode_help_text (ZJ, text);
      ck_assert_uint_eq (out->count, 3); /* this first point differs from the analysis: the agency's own */
      ck_assert_str_eq (out->records[2].as.track.agency, centres[i].indicator);
      if (isnan (centres[i].averaging_min))
        ck_assert (isnan (out->records[2].as.track.averaging_min));
      else
        ck_assert_double_eq (out->records[2].as.track.averaging_min, centres[i].averaging_min);
      decode_help_free (out);
      sf_mem_free (text);
    }
}
END_TEST

/* Sixteen winds, also in the site's unusual order (北西), and a word that is none. */
START_TEST (directions_in_chinese)
{
  static const struct
  {
    const char *word;
    double to_deg;
  } words[] = { { "北", 0 },         { "北北东", 22.5 },  { "东北", 45 },      { "北东", 45 },      { "东北东", 67.5 },
                { "东", 90 },        { "东南东", 112.5 }, { "东南", 135 },     { "南南东", 157.5 }, { "南", 180 },
                { "南南西", 202.5 }, { "西南", 225 },     { "西南西", 247.5 }, { "西", 270 },       { "西北西", 292.5 },
                { "北西", 315 },     { "西北", 315 },     { "北北西", 337.5 }, { "少动", NAN },     { "东西", NAN },
                { "NNE", 22.5 },     { "WNW", 292.5 },    { "北北", NAN } };
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
    {
      char *text = sf_mem_printf (
          "{\"tfid\":\"202618\",\"points\":[{\"time\":\"2026-08-22 05:00:00\",\"lng\":147.5,\"lat\":17.7,"
          "\"movedirection\":\"%s\",\"movespeed\":10}]}",
          words[i].word);
      struct decoded *out = decode_help_text (ZJ, text);
      ck_assert_uint_eq (out->count, 1);
      double to_deg = out->records[0].as.track.motion_to_deg;
      ck_assert_msg (to_deg == words[i].to_deg || (isnan (to_deg) && isnan (words[i].to_deg)), "%s: %g", words[i].word,
                     to_deg);
      decode_help_free (out);
      sf_mem_free (text);
    }
}
END_TEST

START_TEST (forms_of_rings)
{
  const char *text = "[{\"tfid\":\"20240014\",\"points\":[{\"time\":\"2026-08-22 05:00:00\",\"lng\":147.5,\"lat\":17.7,"
                     "\"radius7_quad\":{\"ne\":1,\"se\":2,\"sw\":3,\"nw\":4},\"r10\":[5,6,7,8],\"radius12\":\"90\"},"
                     "{\"time\":\"2026-08-22 06:00:00\",\"lng\":147.5,\"lat\":17.7,\"radius7\":\"1|2|3\",\"radius10\":"
                     "\"a|b|c|d\",\"radius12\":\"1|2|3|99999\"}]}]";
  const double ordered[] = { 1, 2, 3, 4, 5, 6, 8, 7, 90, 90, 90, 90 }, clockwise[] = { 5, 6, 7, 8 };
  const char *settings[] = { "quadrants=ne-se-sw-nw", NULL };
  struct decoded *out = decode_help_text (ZJ, text);
  ck_assert_uint_eq (out->count, 2);
  ck_assert_uint_eq (out->rejects_count, 3);
  ck_assert_ptr_null (out->records[0].as.track.number);
  for (int i = 0; i < 12; i++)
    {
      ck_assert_double_eq (out->records[0].as.track.radii_km[i], ordered[i]);
      ck_assert (isnan (out->records[1].as.track.radii_km[i]));
    }
  decode_help_free (out);
  out = decode_help_run (ZJ, "zj.json", text, strlen (text), settings);
  for (int i = 0; i < 4; i++)
    ck_assert_double_eq (out->records[0].as.track.radii_km[4 + i], clockwise[i]);
  decode_help_free (out);
}
END_TEST

START_TEST (bad_pieces_fall_alone)
{
  struct decoded *out = decode_help_text (
      ZJ, HEAD "null,{\"time\":\"2026-13-22 05:00:00\",\"lng\":147.5,\"lat\":17.7},"
               "{\"time\":\"2026-08-22 04:00:00\",\"lng\":\"abc\",\"lat\":17.7},"
               "{\"time\":\"2026-08-22 04:00:00\",\"lng\":147.5,\"lat\":17.7,\"speed\":\"NaN\"},"
               "{\"time\":\"2026-08-22 04:00:00\",\"lng\":147.5,\"lat\":17.7,\"pressure\":1e9}," SAUDEL "]}");
  ck_assert_int_eq (out->code, SF_OK);
  ck_assert_uint_eq (out->count, 3);
  ck_assert_uint_eq (out->rejects_count, 5);
  decode_help_free (out);
}
END_TEST

/* One digit of the year of a forecast's first point is wrong: no later point may be taken for a forecast of 1013 years. */
START_TEST (base_out_of_the_world)
{
  struct decoded *out = decode_help_text (
      ZJ, "{\"tfid\":\"202618\",\"points\":[{\"time\":\"2026-08-22 05:00:00\",\"lng\":147.5,\"lat\":17.7,\"forecast\":["
          "{\"tm\":\"中国\",\"forecastpoints\":[{\"time\":\"1013-08-22 05:00:00\",\"lng\":147.5,\"lat\":17.7},"
          "{\"time\":\"2026-08-22 17:00:00\",\"lng\":145.8,\"lat\":19}]}]}]}");
  ck_assert_int_eq (out->code, SF_OK);
  ck_assert_uint_eq (out->count, 1);
  ck_assert_uint_eq (out->rejects_count, 2);
  ck_assert_ptr_nonnull (strstr (out->rejects[1].reason, "-48 to 480"));
  decode_help_free (out);
}
END_TEST

START_TEST (other_forms)
{
  struct decoded *out = decode_help_text (ZJ, "{\"tfid\":\"202609\",\"obs\":[[1782950400,11.0,160.1]],\"issues\":{"
                                              "\"日本\":[[1782950400,[[1782993600,12.2,158.4],"
                                              "[1,2,3]]]]}}");
  ck_assert_int_eq (out->code, SF_OK);
  ck_assert_uint_eq (out->count, 2);
  ck_assert_uint_eq (out->rejects_count, 1);
  ck_assert_double_eq (out->records[1].as.track.lon_deg, 158.4);
  ck_assert_double_eq (out->records[1].as.track.lat_deg, 12.2);
  ck_assert_int_eq (out->records[1].as.track.lead_s, 12 * 3600);
  decode_help_free (out);
  out = decode_help_text (
      ZJ, "{\"storms\":[{\"tfid\":\"202612\",\"fused\":[{\"t\":1784892922,\"lead\":6,\"lat\":19.67,\"lng\":120.9}]}]}");
  ck_assert_uint_eq (out->count, 1);
  ck_assert_int_eq (out->records[0].quality, SF_QUALITY_COMPLETED_DOUBTFUL);
  ck_assert_int_eq (out->records[0].as.track.base_s, 1784871322);
  ck_assert_str_eq (out->records[0].as.track.number, "2612");
  decode_help_free (out);
  /* An identity of six characters that holds no number of a storm. */
  out = decode_help_text (
      ZJ, "{\"storms\":[{\"tfid\":\"202600\",\"fused\":[{\"t\":1784892922,\"lead\":6,\"lat\":19.67,\"lng\":120.9}]},"
          "{\"tfid\":\"abcdef\",\"fused\":[{\"t\":1784892922,\"lead\":6,\"lat\":19.67,\"lng\":120.9}]}]}");
  ck_assert_uint_eq (out->count, 2);
  ck_assert_ptr_null (out->records[0].as.track.number);
  ck_assert_ptr_null (out->records[1].as.track.number);
  decode_help_free (out);
  out = decode_help_text (ZJ, "[{\"tfid\":\"202411\",\"name\":\"摩羯\"}]");
  ck_assert_int_eq (out->code, SF_EFORMAT);
  ck_assert_ptr_nonnull (strstr (out->err.message, "TyphoonInfo"));
  decode_help_free (out);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { quadrants_agree_with_nmc, forecasts_of_agencies, agencies_by_chinese_name,
                                 directions_in_chinese,    forms_of_rings,        bad_pieces_fall_alone,
                                 base_out_of_the_world,    other_forms,           NULL };
  return run_tests ("decode_zjwater_json", tests);
}
