/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: fixed columns of RSMC Tokyo's bst_all.txt; the sample line of Sarika (1621) and the meaning of its
   columns as in the handbook (typhoon.md 4.6); 1 kn = 1852/3600 m/s and 1 nmi = 1.852 km (BIPM). */
#include "plugins/decode/fixes.h"
#include "tests/unit/base.h"
#include "tests/unit/decode_help.h"

#include <math.h>
#include <stdio.h>

extern const struct sf_plugin jma_rsmc_LTX_sanfang_plugin;
#define JMA (&jma_rsmc_LTX_sanfang_plugin)

#define SARIKA "66666 1621  00%d 0028 1621 0 6               SARIKA              20161122        \r\n"

static struct decoded *
run_sarika (int lines, const char *body)
{
  char text[2048];
  snprintf (text, sizeof text, SARIKA "%s", lines, body);
  return decode_help_text (JMA, text);
}

static void
check_ring (const struct sf_fix *fix, int ring, double ne, double se, double sw, double nw)
{
  const double wanted_nmi[] = { ne, se, sw, nw };
  for (int i = 0; i < 4; i++)
    if (isnan (wanted_nmi[i]))
      ck_assert_msg (isnan (fix->radii_km[ring * 4 + i]), "ring %d quadrant %d: %g", ring, i,
                     fix->radii_km[ring * 4 + i]);
    else
      ck_assert_double_eq_tol (fix->radii_km[ring * 4 + i], wanted_nmi[i] * 1.852, 1e-9);
}

START_TEST (reads_the_handbook_sample)
{
  struct decoded *out
      = run_sarika (2, "16101806 002 4 191 1100  975     055     90060 0060 90150 0150                  \r\n"
                       "16101906 002 2 217 1081  996     000                                            \r\n");
  ck_assert_int_eq (out->code, SF_OK);
  ck_assert_uint_eq (out->count, 2);
  ck_assert_uint_eq (out->rejects_count, 0);
  const struct sf_fix *fix = &out->records[0].as.track;
  ck_assert_int_eq (out->records[0].valid_s, 1476770400); /* date -u -d 2016-10-18T06:00Z +%s */
  ck_assert_str_eq (fix->storm, "2016-1621");
  ck_assert_str_eq (fix->number, "1621");
  ck_assert_str_eq (fix->name, "SARIKA");
  ck_assert_str_eq (fix->agency, "RJTD");
  ck_assert_str_eq (fix->grade, "STS");
  ck_assert_double_eq (fix->lat_deg, 19.1);
  ck_assert_double_eq (fix->lon_deg, 110.0);
  ck_assert_double_eq (fix->pressure_hpa, 975);
  ck_assert_double_eq_tol (fix->wind_mps, 28.2944444444, 1e-9);
  ck_assert_double_eq (fix->averaging_min, 10);
  check_ring (fix, SF_RING_FORCE7, 150, 150, 150, 150);
  check_ring (fix, SF_RING_FORCE10, 60, 60, 60, 60);
  check_ring (fix, SF_RING_FORCE12, NAN, NAN, NAN, NAN);
  ck_assert (isnan (out->records[1].as.track.wind_mps));
  ck_assert_str_eq (out->records[1].as.track.grade, "TD");
  check_ring (&out->records[1].as.track, SF_RING_FORCE7, NAN, NAN, NAN, NAN);
  decode_help_free (out);
}
END_TEST

/* 8 N, 1 NE, 4 S; 0 with zeros is no ring. */
START_TEST (longest_and_shortest_radius)
{
  struct decoded *out
      = run_sarika (3, "16101318 002 3 135 1273  998     035     00000 0000 80120 0060                  \r\n"
                       "16101618 002 5 168 1155  970     065     90050 0050 10210 0150                  \r\n"
                       "16101900 002 3 210 1084  994     035     00000 0000 40090 0060                  \r\n");
  ck_assert_uint_eq (out->count, 3);
  check_ring (&out->records[0].as.track, SF_RING_FORCE7, 120, 60, 60, 120);
  check_ring (&out->records[0].as.track, SF_RING_FORCE10, NAN, NAN, NAN, NAN);
  check_ring (&out->records[1].as.track, SF_RING_FORCE7, 210, NAN, 150, NAN);
  check_ring (&out->records[2].as.track, SF_RING_FORCE7, 60, 90, 90, 60);
  decode_help_free (out);
}
END_TEST

/* Two-digit years: 51 is 1951, the first of the archive; 50 would be 2050. # marks a landfall in Japan. */
START_TEST (years_and_marks)
{
  struct decoded *out
      = decode_help_text (JMA, "66666 5101  001 0000 5101 0 6              IRIS                   19901002\r\n"
                               "51021900 002 2 200 1385 1010             \r\n"
                               "66666 9119  001 0000 9119 0 6          MIREILLE              19920108\r\n"
                               "91092706 002 5 330 1290  940     095     90100 0100 90300 0300         #\r\n");
  ck_assert_int_eq (out->code, SF_OK);
  ck_assert_uint_eq (out->count, 2);
  ck_assert_int_eq (sf_time_to_civil (out->records[0].valid_s, 0).year, 1951);
  ck_assert_int_eq (sf_time_to_civil (out->records[1].valid_s, 0).year, 1991);
  ck_assert (isnan (out->records[0].as.track.wind_mps));
  check_ring (&out->records[1].as.track, SF_RING_FORCE7, 300, 300, 300, 300);
  decode_help_free (out);
}
END_TEST

START_TEST (bad_columns_fall_alone)
{
  struct decoded *out
      = run_sarika (5, "16101800 002 4 186 1107  970     060     90060 0060 80180 0150                  \r\n"
                       "16101803 001 4 186 1107  970     060     90060 0060 80180 0150                  \r\n"
                       "16101804 002 8 186 1107  970     060     90060 0060 80180 0150                  \r\n"
                       "16101805 002 4 186 1107  970     060     90060 0060 80150 0180                  \r\n"
                       "16101806 002 4 191 1100  975     055     90060 0060 90150 0150                  \r\n");
  ck_assert_int_eq (out->code, SF_OK);
  ck_assert_uint_eq (out->count, 2);
  ck_assert_uint_eq (out->rejects_count, 3);
  ck_assert_ptr_nonnull (strstr (out->rejects[0].reason, "test.txt:3: storm 1621 SARIKA: columns 10-12"));
  ck_assert_ptr_nonnull (strstr (out->rejects[1].reason, "grade"));
  ck_assert_ptr_nonnull (strstr (out->rejects[2].reason, "radii"));
  decode_help_free (out);
}
END_TEST

START_TEST (refuses_cma)
{
  struct decoded *out = decode_help_text (JMA, "66666 0000    1 0015 1409 0 6 Rammasun 20150324\n"
                                               "2014071800 6 191 1123  900      65\n");
  ck_assert_int_eq (out->code, SF_EFORMAT);
  ck_assert_ptr_nonnull (strstr (out->err.message, "cma_bst"));
  decode_help_free (out);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = {
    reads_the_handbook_sample, longest_and_shortest_radius, years_and_marks, bad_columns_fall_alone, refuses_cma, NULL
  };
  return run_tests ("decode_jma_rsmc", tests);
}
