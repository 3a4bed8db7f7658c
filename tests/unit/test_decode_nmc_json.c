/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: the fix of SAUDEL of 2026-08-21 21 UTC as typhoon.nmc.cn gave it (handbook typhoon.md 4.3): force 7 ring
   NE 380, SE 420, SW 400, NW 350 km. Epochs from `date -u -d ... +%s`. */
#include "tests/unit/base.h"
#include "tests/unit/decode_help.h"

#include <math.h>
#include <stdio.h>

extern const struct sf_plugin nmc_json_LTX_sanfang_plugin;
#define NMC (&nmc_json_LTX_sanfang_plugin)

#define HEAD "{\"typhoon\":[3308000,\"SAUDEL\",\"沙德尔\",2618,2618,null,\"\",\"start\",["
#define TAIL "],[]]}"
#define SAUDEL                                                                                                         \
  "[3308084,\"202608212100\",1787346000000,\"TY\",147.5,17.7,970,35,\"NW\",20,[[\"30KTS\",380,420,400,350,3308084],"   \
  "[\"50KTS\",80,80,150,150,3308084],[\"64KTS\",40,40,60,60,3308084]],{\"BABJ\":[[12,\"202608212100\",145.8,19,965,"   \
  "38,\"BABJ\",\"TY\"],[24,\"202608212100\",143.7,20.3,950,45,\"BABJ\",\"STY\"]]},null]"

static void
check_saudel (const struct decoded *out)
{
  const double radii_km[] = { 380, 420, 400, 350, 80, 80, 150, 150, 40, 40, 60, 60 };
  ck_assert_msg (out->code == SF_OK, "%s", out->err.message);
  ck_assert_uint_eq (out->count, 3);
  ck_assert_uint_eq (out->rejects_count, 0);
  const struct sf_record *record = &out->records[0];
  const struct sf_fix *fix = &record->as.track;
  ck_assert_int_eq (record->valid_s, 1787346000);
  ck_assert_int_eq (record->quality, SF_QUALITY_ORIGINAL_RELIABLE);
  ck_assert_str_eq (fix->storm, "3308000");
  ck_assert_str_eq (fix->number, "2618");
  ck_assert_str_eq (fix->name, "SAUDEL");
  ck_assert_str_eq (fix->name_zh, "沙德尔");
  ck_assert_str_eq (fix->agency, "BABJ");
  ck_assert_str_eq (fix->grade, "TY");
  ck_assert_double_eq (fix->lon_deg, 147.5);
  ck_assert_double_eq (fix->lat_deg, 17.7);
  ck_assert_double_eq (fix->pressure_hpa, 970);
  ck_assert_double_eq (fix->wind_mps, 35);
  ck_assert_double_eq (fix->averaging_min, 2);
  ck_assert_double_eq (fix->motion_to_deg, 315);
  ck_assert_double_eq_tol (fix->motion_mps, 5.5555555556, 1e-9);
  for (int i = 0; i < 12; i++)
    ck_assert_double_eq (fix->radii_km[i], radii_km[i]);
  const struct sf_fix *forecast = &out->records[2].as.track;
  ck_assert_int_eq (forecast->base_s, 1787346000);
  ck_assert_int_eq (forecast->lead_s, 24 * 3600);
  ck_assert_int_eq (out->records[2].valid_s, 1787432400);
  ck_assert_double_eq (forecast->lon_deg, 143.7);
  ck_assert_double_eq (forecast->lat_deg, 20.3);
  ck_assert_double_eq (forecast->wind_mps, 45);
  ck_assert_str_eq (forecast->grade, "STY");
  ck_assert_str_eq (forecast->agency, "BABJ");
  ck_assert_double_eq (forecast->averaging_min, 2);
}

/* Any callback name, spaces, a semicolon, and none of them. */
START_TEST (reads_jsonp_and_json)
{
  const char *const forms[] = { "typhoon_jsons_view_3308000(" HEAD SAUDEL TAIL ")", "$.cb_7 (x", HEAD SAUDEL TAIL,
                                " \n jQuery.cb(" HEAD SAUDEL TAIL "); \r\n", "\xef\xbb\xbf" HEAD SAUDEL TAIL };
  for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
    {
      struct decoded *out = decode_help_text (NMC, forms[i]);
      if (i == 1)
        ck_assert_int_eq (out->code, SF_EFORMAT);
      else
        check_saudel (out);
      decode_help_free (out);
    }
}
END_TEST

START_TEST (no_motion_no_number_no_name)
{
  struct decoded *out = decode_help_text (
      NMC, "x({\"typhoon\":[7,\"nameless\",\"热带低压\",null,0,null,\"\",\"stop\","
           "[[8,\"202409010000\",1725148800000,\"TD\",126.2,12.2,0,13,\"no\",0,[],null,null],"
           "[9,\"202409010600\",1725170400000,\"TD\",226.0,13,1002,9999,\"N\",0,null,{\"RJTD\":null},null]],[]]})");
  ck_assert_int_eq (out->code, SF_OK);
  ck_assert_uint_eq (out->count, 2);
  const struct sf_fix *fix = &out->records[0].as.track;
  ck_assert_str_eq (fix->storm, "7");
  ck_assert_ptr_null (fix->number);
  ck_assert_ptr_null (fix->name);
  ck_assert_ptr_null (fix->name_zh);
  ck_assert (isnan (fix->motion_to_deg) && isnan (fix->motion_mps) && isnan (fix->pressure_hpa));
  ck_assert_double_eq (out->records[1].as.track.lon_deg, -134);
  ck_assert_double_eq (out->records[1].as.track.motion_mps, 0);
  ck_assert (isnan (out->records[1].as.track.wind_mps));
  decode_help_free (out);
}
END_TEST

/* A text in Beijing time beside an epoch in UTC: 8 hours apart. */
START_TEST (clocks_that_disagree)
{
  struct decoded *out = decode_help_text (
      NMC, HEAD "[1,\"202608220500\",1787346000000,\"TY\",147.5,17.7,970,35,\"NW\",20,[],null,null]" TAIL);
  ck_assert_uint_eq (out->count, 1);
  ck_assert_int_eq (out->records[0].quality, SF_QUALITY_ORIGINAL_DOUBTFUL);
  ck_assert_ptr_nonnull (strstr (out->records[0].doubt, "-8.00 h"));
  decode_help_free (out);
}
END_TEST

START_TEST (bad_pieces_fall_alone)
{
  struct decoded *out = decode_help_text (
      NMC,
      HEAD "null,[1],[2,\"202608212000\",0,\"TY\",\"x\",17.7,970,35,\"NW\",20,[],null,null],"
           "[3,\"202608212000\",null,\"TY\",147.5,17.7,97,35,\"NW\",20,[],null,null]," SAUDEL
           ",[4,\"202608212200\",null,\"TY\",147.3,17.8,970,35,\"NW\",20,[[\"30KTS\",1,2],[\"50KTS\",80,80,-1,150]],"
           "{\"BABJ\":[[900,null,1,1,1,1],[12,\"202608212200\",145.7,19.1,965,38,\"BABJ\",\"TY\"]]},null]" TAIL);
  ck_assert_int_eq (out->code, SF_OK);
  ck_assert_uint_eq (out->count, 5);
  ck_assert_uint_eq (out->rejects_count, 7);
  ck_assert_ptr_nonnull (strstr (out->rejects[0].reason, "storm 3308000: point 1"));
  ck_assert_ptr_nonnull (strstr (out->rejects[3].reason, "pressure 97 hPa"));
  decode_help_free (out);
}
END_TEST

START_TEST (longitude_and_latitude_exchanged)
{
  struct decoded *out = decode_help_text (
      NMC, HEAD "[1,\"202608212100\",1787346000000,\"TY\",17.7,147.5,970,35,\"NW\",20,[],null,null]" TAIL);
  ck_assert_uint_eq (out->count, 1);
  ck_assert_double_eq (out->records[0].as.track.lon_deg, 147.5);
  ck_assert_int_eq (out->records[0].quality, SF_QUALITY_CORRECTED_DOUBTFUL);
  decode_help_free (out);
}
END_TEST

START_TEST (refusals_in_words)
{
  static const struct
  {
    const char *text, *words;
  } cases[] = {
    { "x({\"typhoonList\":[]})", "list of storms" },
    { "{\"a\":1,\"a\":2}", "duplicate" },
    { "{\"typhoon\":[1,\"A\",\"B\",1,1,null,\"\",\"\",[],[]]}", "no record" },
    { "{\"typhoon\":7}", "ninth place" },
    { "{\"tfid\":\"202411\"}", "no key \"typhoon\"" },
    { "[NaN]", "no JSON" },
    { "", "empty" },
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
      struct decoded *out = decode_help_text (NMC, cases[i].text);
      ck_assert_int_eq (out->code, SF_EFORMAT);
      ck_assert_msg (strstr (out->err.message, cases[i].words) != NULL, "%zu: %s", i, out->err.message);
      decode_help_free (out);
    }
  char deep[300] = { 0 };
  memset (deep, '[', 200);
  struct decoded *out = decode_help_text (NMC, deep);
  ck_assert_ptr_nonnull (strstr (out->err.message, "deeper than 64"));
  decode_help_free (out);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { reads_jsonp_and_json,
                                 no_motion_no_number_no_name,
                                 clocks_that_disagree,
                                 bad_pieces_fall_alone,
                                 longitude_and_latitude_exchanged,
                                 refusals_in_words,
                                 NULL };
  return run_tests ("decode_nmc_json", tests);
}
