/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: the layout and the Rammasun track as the CMA Tropical Cyclone Data Center publishes them (Ying et al.
   2014; Lu et al. 2021); the traps as seen in public copies of CH1956, CH2014, CH2015 and CH2017BST.txt. */
#include "tests/unit/base.h"
#include "tests/unit/decode_help.h"

#include <math.h>

extern const struct sf_plugin cma_bst_LTX_sanfang_plugin;
#define CMA (&cma_bst_LTX_sanfang_plugin)

#define RAMMASUN "66666 0000    3 0015 1409 0 6 Rammasun                         20150324\r\n"
/* 1405684800 is date -u -d 2014-07-18T12:00Z +%s. */
#define TIME_071800 1405641600

START_TEST (reads_a_fix)
{
  struct decoded *out = decode_help_text (CMA, RAMMASUN "2014071800 6 191 1123  900      65\r\n"
                                                        "2014071806 6 199 1113  888      72\r\n"
                                                        "2014071812 6 203 1103  910      60\r\n");
  ck_assert_int_eq (out->code, SF_OK);
  ck_assert_uint_eq (out->count, 3);
  ck_assert_uint_eq (out->rejects_count, 0);
  const struct sf_record *record = &out->records[1];
  const struct sf_fix *fix = &record->as.track;
  ck_assert_int_eq (record->valid_s, TIME_071800 + 6 * 3600);
  ck_assert_int_eq (record->source_line, 3);
  ck_assert_int_eq (record->quality, SF_QUALITY_ORIGINAL_RELIABLE);
  ck_assert_str_eq (fix->storm, "2014-0015");
  ck_assert_str_eq (fix->number, "1409");
  ck_assert_str_eq (fix->name, "Rammasun");
  ck_assert_str_eq (fix->agency, "BABJ");
  ck_assert_str_eq (fix->grade, "SuperTY");
  ck_assert_int_eq (fix->lead_s, 0);
  ck_assert_int_eq (fix->base_s, record->valid_s);
  ck_assert_double_eq (fix->lat_deg, 19.9);
  ck_assert_double_eq (fix->lon_deg, 111.3);
  ck_assert_double_eq (fix->pressure_hpa, 888);
  ck_assert_double_eq (fix->wind_mps, 72);
  ck_assert_double_eq (fix->averaging_min, 2);
  ck_assert (isnan (fix->radii_km[0]) && isnan (fix->gust_mps) && isnan (fix->rmw_km));
  decode_help_free (out);
}
END_TEST

/* CH2017BST.txt names the number in both places; CH2014BST.txt has 0000 first; a depression has neither. */
START_TEST (numbers_and_serials)
{
  struct decoded *out = decode_help_text (CMA, "66666 1713    1 0014 1713 0 6 HATO   20180501\n"
                                               "2017082300 5 220 1135  950      45\n"
                                               "66666 0000    1 0021 0000 0 6 (nameless)   20180501\n"
                                               "2017100700 1 160 1120 1000      15\n"
                                               "66666 0000    1 0000 0001 0 6 (nameless)   20180501\n"
                                               "2017041412 0 107 1290 1010      10\n"
                                               "66666 0000    1 0022 0000 0 6 Wayne(-1)2   20180501\n"
                                               "2017100800 1 160 1120 1000      15\n"
                                               "66666 0000    1 0011 0000 0 6 (nameless)(-)1   20110729\n"
                                               "1956072612 2 217 1218 1001      20\n");
  ck_assert_int_eq (out->code, SF_OK);
  ck_assert_uint_eq (out->count, 5);
  ck_assert_str_eq (out->records[0].as.track.storm, "2017-0014");
  ck_assert_str_eq (out->records[0].as.track.number, "1713");
  ck_assert_str_eq (out->records[1].as.track.storm, "2017-0021");
  ck_assert_ptr_null (out->records[1].as.track.number);
  ck_assert_ptr_null (out->records[1].as.track.name);
  ck_assert_str_eq (out->records[2].as.track.storm, "2017-0001");
  ck_assert_ptr_null (out->records[2].as.track.number);
  ck_assert_str_eq (out->records[3].as.track.storm, "2017-0022-2");
  ck_assert_str_eq (out->records[3].as.track.name, "Wayne");
  ck_assert_str_eq (out->records[4].as.track.storm, "1956-0011-1"); /* CH1956BST.txt line 220 */
  ck_assert_ptr_null (out->records[4].as.track.name);
  decode_help_free (out);
}
END_TEST

/* Tabs after the name (CH2015), a seventh column (CH1956), columns of an index after it, 3-hourly lines. */
START_TEST (columns_and_steps_of_public_copies)
{
  struct decoded *out
      = decode_help_text (CMA, "66666 0000    3 0001 1501 0 6 Mekkhala\t\t                       20160324\n"
                               "2015011300 1  86 1428 1004      13   12\n"
                               "2015011303 1  86 1425 1003      13 1 17 2\n"
                               "2015011309 1  85 1423 1002      13\n");
  ck_assert_int_eq (out->code, SF_OK);
  ck_assert_uint_eq (out->count, 3);
  ck_assert_uint_eq (out->rejects_count, 0);
  ck_assert_str_eq (out->records[0].as.track.name, "Mekkhala");
  ck_assert_int_eq (out->records[2].valid_s - out->records[1].valid_s, 6 * 3600);
  ck_assert_double_eq (out->records[0].as.track.wind_mps, 13);
  decode_help_free (out);
}
END_TEST

/* 0 is missing and 9 below 10 m/s (column description of IBTrACS: "WND = 9 indicates MSW < 10 m/s, WND = 0 unknown"). */
START_TEST (wind_codes_make_no_numbers)
{
  struct decoded *out = decode_help_text (CMA, "66666 0000    3 0008 0000 0 6 (nameless) 20110729\n"
                                               "1956060412 0 190 1150 1000       0\n"
                                               "1956060418 0 187 1137 1000       9   12\n"
                                               "1956060500 1 180 1135 1000       9\n");
  ck_assert_int_eq (out->code, SF_OK);
  ck_assert_uint_eq (out->count, 3);
  for (int i = 0; i < 3; i++)
    ck_assert (isnan (out->records[i].as.track.wind_mps));
  ck_assert_str_eq (out->records[1].as.track.grade, "LO");
  ck_assert_int_eq (out->records[0].quality, SF_QUALITY_ORIGINAL_RELIABLE);
  ck_assert_int_eq (out->records[1].quality, SF_QUALITY_ORIGINAL_RELIABLE);
  ck_assert_int_eq (out->records[2].quality, SF_QUALITY_ORIGINAL_DOUBTFUL);
  ck_assert_ptr_nonnull (strstr (out->records[2].doubt, "below 10 m/s"));
  decode_help_free (out);
}
END_TEST

START_TEST (longitude_past_180)
{
  struct decoded *out = decode_help_text (CMA, "66666 0000    2 0013 1412 0 6 Genevieve 20150324\n"
                                               "2014080700 6 150 2260  920      58\n"
                                               "2014080706 6 152 2251  920      58\n");
  ck_assert_uint_eq (out->count, 2);
  ck_assert_double_eq (out->records[0].as.track.lon_deg, -134.0);
  ck_assert_double_eq (out->records[1].as.track.lon_deg, -134.9);
  decode_help_free (out);
}
END_TEST

START_TEST (bad_lines_fall_alone)
{
  struct decoded *out = decode_help_text (CMA, RAMMASUN "2014071800 6 191 1123  900      65\n"
                                                        "2014071899 6 199 1113  888      72\n"
                                                        "2014071806 7 199 1113  888      72\n"
                                                        "2014071806 6 199 9113  888      72\n"
                                                        "2014071806 6 199 1113   88      72\n"
                                                        "2014071806 6 199 1113  888\n"
                                                        "2014071812 6 203 1103  910      60\n");
  ck_assert_int_eq (out->code, SF_OK);
  ck_assert_uint_eq (out->count, 2);
  ck_assert_uint_eq (out->rejects_count, 6); /* five lines, and the header that announced three */
  ck_assert_int_eq (out->rejects[0].line, 3);
  ck_assert_ptr_nonnull (strstr (out->rejects[0].reason, "test.txt:3: storm 0015 Rammasun: '2014071899'"));
  ck_assert_ptr_nonnull (strstr (out->rejects[2].reason, "longitude 911.3"));
  ck_assert_ptr_nonnull (strstr (out->rejects[3].reason, "pressure 88 hPa"));
  ck_assert_str_eq (out->rejects[3].piece, "2014071806 6 199 1113   88      72");
  ck_assert_ptr_nonnull (strstr (out->rejects[5].reason, "announces 3 lines, 7 follow"));
  decode_help_free (out);
}
END_TEST

/* The fixes below a header that cannot be read must not be given to the storm before it. */
START_TEST (damaged_header_ends_its_storm)
{
  struct decoded *out = decode_help_text (CMA, RAMMASUN "2014071800 6 191 1123  900      65\n"
                                                        "66666 0000    2 00X6 1410 0 6 Matmo 20150324\n"
                                                        "2014071806 3 130 1330  980      30\n");
  ck_assert_uint_eq (out->count, 1);
  ck_assert_str_eq (out->records[0].as.track.number, "1409");
  ck_assert_uint_eq (out->rejects_count, 3);
  decode_help_free (out);
}
END_TEST

/* The line of 06 UTC with latitude and longitude exchanged is put right and flagged. */
START_TEST (exchanged_coordinates)
{
  struct decoded *out = decode_help_text (CMA, RAMMASUN "2014071800 6 191 1123  900      65\n"
                                                        "2014071806 6 1113 199  888      72\n"
                                                        "2014071812 6 203 1103  910      60\n");
  ck_assert_uint_eq (out->count, 3);
  ck_assert_double_eq (out->records[1].as.track.lon_deg, 111.3);
  ck_assert_double_eq (out->records[1].as.track.lat_deg, 19.9);
  ck_assert_int_eq (out->records[1].quality, SF_QUALITY_CORRECTED_DOUBTFUL);
  ck_assert_ptr_nonnull (strstr (out->records[1].doubt, "exchanged"));
  ck_assert_int_eq (out->records[2].quality, SF_QUALITY_ORIGINAL_RELIABLE);
  decode_help_free (out);
}
END_TEST

/* 10 degrees of latitude in 6 h are 600 nmi in 6 h: 100 kn. The outlier is flagged, its neighbours are not. */
START_TEST (impossible_speed)
{
  struct decoded *out = decode_help_text (CMA, "66666 0000    5 0015 1409 0 6 Rammasun 20150324\n"
                                               "2014071718 6 185 1134  920      58\n"
                                               "2014071800 6 291 1123  900      65\n"
                                               "2014071806 6 199 1113  888      72\n"
                                               "2014071812 6 203 1103  910      60\n"
                                               "2014071818 6 210 1094  935      52\n");
  ck_assert_uint_eq (out->count, 5);
  for (size_t i = 0; i < 5; i++)
    ck_assert_int_eq (out->records[i].quality, i == 1 ? SF_QUALITY_ORIGINAL_DOUBTFUL : SF_QUALITY_ORIGINAL_RELIABLE);
  ck_assert_ptr_nonnull (strstr (out->records[1].doubt, "kn between this fix and that of 2014-07-17T18:00:00Z"));
  decode_help_free (out);
}
END_TEST

/* When the two fixes after a jump bear it out, it is the one before that stands alone. */
START_TEST (confirmed_jump)
{
  struct decoded *out = decode_help_text (CMA, "66666 0000    4 0015 1409 0 6 Rammasun 20150324\n"
                                               "2014071718 6 385 1134  920      58\n"
                                               "2014071800 6 191 1123  900      65\n"
                                               "2014071806 6 199 1113  888      72\n"
                                               "2014071812 6 203 1103  910      60\n");
  ck_assert_uint_eq (out->count, 4);
  for (size_t i = 0; i < 4; i++)
    ck_assert_int_eq (out->records[i].quality, i == 0 ? SF_QUALITY_ORIGINAL_DOUBTFUL : SF_QUALITY_ORIGINAL_RELIABLE);
  decode_help_free (out);
}
END_TEST

START_TEST (same_time_twice)
{
  struct decoded *out = decode_help_text (CMA, "66666 0000    4 0015 1409 0 6 Rammasun 20150324\n"
                                               "2014071800 6 191 1123  900      65\n"
                                               "2014071800 6 191 1123  900      65\n"
                                               "2014071806 6 199 1113  888      72\n"
                                               "2014071806 6 198 1113  888      72\n");
  ck_assert_uint_eq (out->count, 3);
  ck_assert_int_eq (out->records[0].quality, SF_QUALITY_ORIGINAL_RELIABLE);
  ck_assert_int_eq (out->records[1].quality, SF_QUALITY_ORIGINAL_DOUBTFUL);
  ck_assert_int_eq (out->records[2].quality, SF_QUALITY_ORIGINAL_DOUBTFUL);
  ck_assert_ptr_nonnull (strstr (out->records[2].doubt, "another fix of the same time says 111.3, 19.9"));
  decode_help_free (out);
}
END_TEST

START_TEST (other_formats_are_refused_in_words)
{
  static const struct
  {
    const char *text, *words;
  } cases[] = {
    { "\r\n\r\n1\r\n        S.N. 72608      5611      7  25     WENZHOU2            Lon  12039   Lat  2802\r\n",
      "tide table" },
    { "66666 1621  001 0028 1621 0 6               SARIKA              20161122\n"
      "16101300 002 2 129 1294 1004     000\n",
      "jma_rsmc" },
    { "  9   159 156 135 107  90  93\n", "no header line 66666" },
    { "", "empty" },
    { "66666 0000    1 0015 1409 0 6 Rammasun 20150324\n", "no record" },
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
      struct decoded *out = decode_help_text (CMA, cases[i].text);
      ck_assert_int_eq (out->code, SF_EFORMAT);
      ck_assert_uint_eq (out->count, 0);
      ck_assert_msg (strstr (out->err.message, cases[i].words) != NULL, "%zu: %s", i, out->err.message);
      ck_assert_msg (!cases[i].text[0] || strstr (out->err.message, "test.txt") != NULL, "%s", out->err.message);
      decode_help_free (out);
    }
}
END_TEST

/* UTF-16 with a mark, made from the ASCII text by putting a zero after each byte. */
START_TEST (utf_16_and_marks)
{
  const char *text = RAMMASUN "2014071800 6 191 1123  900      65\n";
  char wide[512] = "\xff\xfe", marked[512] = "\xef\xbb\xbf";
  size_t length = strlen (text);
  for (size_t i = 0; i < length; i++)
    wide[2 + 2 * i] = text[i];
  struct decoded *out = decode_help_run (CMA, "wide.txt", wide, 2 + 2 * length, NULL);
  ck_assert_msg (out->code == SF_OK, "%s", out->err.message);
  ck_assert_uint_eq (out->count, 1);
  ck_assert_double_eq (out->records[0].as.track.pressure_hpa, 900);
  decode_help_free (out);
  memcpy (marked + 3, text, length);
  out = decode_help_run (CMA, "marked.txt", marked, 3 + length, NULL);
  ck_assert_uint_eq (out->count, 1);
  decode_help_free (out);
}
END_TEST

START_TEST (identifies_its_own)
{
  const char *cma = RAMMASUN "2014071800 6 191 1123  900      65\n", *tide = "1\n  S.N. 72608 5611\n";
  ck_assert_int_gt (CMA->as.decoder->identify ((const uint8_t *) cma, strlen (cma)), 90);
  ck_assert_int_eq (CMA->as.decoder->identify ((const uint8_t *) tide, strlen (tide)), 0);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { reads_a_fix,
                                 numbers_and_serials,
                                 columns_and_steps_of_public_copies,
                                 wind_codes_make_no_numbers,
                                 longitude_past_180,
                                 bad_lines_fall_alone,
                                 damaged_header_ends_its_storm,
                                 exchanged_coordinates,
                                 impossible_speed,
                                 confirmed_jump,
                                 same_time_twice,
                                 other_formats_are_refused_in_words,
                                 utf_16_and_marks,
                                 identifies_its_own,
                                 NULL };
  return run_tests ("decode_cma_bst", tests);
}
