/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: the a/b-deck description of NRL Monterey (field order, NEQ, TAU), the a-deck sample of the handbook
   (typhoon.md 4.7); 1 kn = 1852/3600 m/s, 1 nmi = 1.852 km (BIPM). The best-track lines are written in that layout. */
#include "tests/unit/base.h"
#include "tests/unit/decode_help.h"

#include <math.h>

extern const struct sf_plugin atcf_LTX_sanfang_plugin;
#define ATCF (&atcf_LTX_sanfang_plugin)

static const char best[]
    = "WP, 09, 2014071800,   , BEST,   0, 189N, 1123E, 125,  929, ST,  34, NEQ,  130,  110,   90,  120, 1005,  200,  "
      "10, "
      "150,   0,   W,   0,    , 315,  12,   RAMMASUN, D,\n"
      "WP, 09, 2014071800,   , BEST,   0, 189N, 1123E, 125,  929, ST,  50, NEQ,   80,   65,   60,   75, 1005,  200,  "
      "10, "
      "150,   0,   W,   0,    , 315,  12,   RAMMASUN, D,\n"
      "WP, 09, 2014071800,   , BEST,   0, 189N, 1123E, 125,  929, ST,  64, NEQ,   45,   40,    0,   40, 1005,  200,  "
      "10, "
      "150,   0,   W,   0,    , 315,  12,   RAMMASUN, D,\n"
      "WP, 09, 2014071806,   , BEST,   0, 199N, 1113E, 125,  929, ST,  50, AAA,   70,    0,    0,    0,\n";

START_TEST (merges_the_lines_of_a_fix)
{
  const double force10_nmi[] = { 80, 65, 60, 75 }, force12_nmi[] = { 45, 40, 0, 40 };
  struct decoded *out = decode_help_text (ATCF, best);
  ck_assert_int_eq (out->code, SF_OK);
  ck_assert_uint_eq (out->count, 2);
  const struct sf_record *record = &out->records[0];
  const struct sf_fix *fix = &record->as.track;
  ck_assert_int_eq (record->valid_s, 1405641600); /* date -u -d 2014-07-18T00:00Z +%s */
  ck_assert_int_eq (record->quality, SF_QUALITY_ORIGINAL_RELIABLE);
  ck_assert_str_eq (fix->storm, "WP092014");
  ck_assert_ptr_null (fix->number);
  ck_assert_str_eq (fix->name, "RAMMASUN");
  ck_assert_str_eq (fix->agency, "PGTW");
  ck_assert_ptr_null (fix->member);
  ck_assert_str_eq (fix->grade, "SuperTY");
  ck_assert_double_eq (fix->lat_deg, 18.9);
  ck_assert_double_eq (fix->lon_deg, 112.3);
  ck_assert_double_eq_tol (fix->wind_mps, 64.3055555556, 1e-9);
  ck_assert_double_eq (fix->averaging_min, 1);
  ck_assert_double_eq_tol (fix->gust_mps, 77.1666666667, 1e-9);
  ck_assert_double_eq (fix->environment_pressure_hpa, 1005);
  ck_assert_double_eq_tol (fix->roci_km, 370.4, 1e-9);
  ck_assert_double_eq_tol (fix->rmw_km, 18.52, 1e-9);
  ck_assert_double_eq (fix->motion_to_deg, 315);
  ck_assert_double_eq_tol (fix->motion_mps, 6.1733333333, 1e-9);
  for (int i = 0; i < 4; i++)
    {
      ck_assert (isnan (fix->radii_km[i])); /* 34 kn is force 8 */
      ck_assert_double_eq_tol (fix->radii_km[4 + i], force10_nmi[i] * 1.852, 1e-9);
      ck_assert_double_eq_tol (fix->radii_km[8 + i], force12_nmi[i] * 1.852, 1e-9);
      ck_assert_double_eq_tol (out->records[1].as.track.radii_km[4 + i], 129.64, 1e-9);
    }
  decode_help_free (out);
}
END_TEST

/* DIR 0 is north beside a speed, however it is written, and missing without one. */
START_TEST (north_is_a_direction)
{
#define MOVING(direction, speed)                                                                                       \
  "WP, 09, 2014071800,   , BEST,   0, 189N, 1123E, 125,  929, ST,   0,    ,    0,    0,    0,    0, 1005, 200,  10, "  \
  "150,   0,   W,   0,    , " direction ", " speed ", RAMMASUN, D,\n"
  static const char *const moving[] = { MOVING ("  0", " 12"), MOVING ("000", " 12"), MOVING ("  0", "  0") };
  for (size_t i = 0; i < 3; i++)
    {
      struct decoded *out = decode_help_text (ATCF, moving[i]);
      ck_assert_uint_eq (out->count, 1);
      double to_deg = out->records[0].as.track.motion_to_deg;
      ck_assert_msg (i < 2 ? to_deg == 0 : isnan (to_deg), "%zu: %g", i, to_deg);
      decode_help_free (out);
    }
}
END_TEST

START_TEST (r34_on_request)
{
  const char *settings[] = { "r34=force7", NULL };
  struct decoded *out = decode_help_run (ATCF, "bwp.dat", best, strlen (best), settings);
  ck_assert_uint_eq (out->count, 2);
  ck_assert_double_eq_tol (out->records[0].as.track.radii_km[0], 240.76, 1e-9);
  ck_assert_double_eq_tol (out->records[0].as.track.radii_km[3], 222.24, 1e-9);
  decode_help_free (out);
}
END_TEST

/* SWQ: the first radius is that of the south-west quadrant, then clockwise NW, NE, SE. */
START_TEST (windcode_names_the_first_quadrant)
{
  struct decoded *out = decode_help_text (
      ATCF, "WP, 09, 2014071800,   , BEST,   0, 189N, 1123E, 125,  929, ST,  50, SWQ,   10,   20,   30,   40\n");
  ck_assert_uint_eq (out->count, 1);
  const double *radii_km = out->records[0].as.track.radii_km + 4;
  ck_assert_double_eq_tol (radii_km[0], 30 * 1.852, 1e-9);
  ck_assert_double_eq_tol (radii_km[1], 40 * 1.852, 1e-9);
  ck_assert_double_eq_tol (radii_km[2], 10 * 1.852, 1e-9);
  ck_assert_double_eq_tol (radii_km[3], 20 * 1.852, 1e-9);
  decode_help_free (out);
}
END_TEST

START_TEST (forecasts_members_and_hours)
{
  struct decoded *out = decode_help_text (ATCF, "WP, 12, 2024090100, 03, CMC, 024, 200N, 1400E, 40, 990\n"
                                                "WP, 12, 2024090100, 03, JTWC,   0, 130N, 1260E, 30, 1000, TD\n"
                                                "WP, 12, 2024090100, 03, JTWC,  24, 150N, 1240E, 45,  992, TS\n"
                                                "WP, 12, 2024090100, 01, CARQ, -12, 125N, 1270E, 25, 0, TD\n");
  ck_assert_int_eq (out->code, SF_OK);
  ck_assert_uint_eq (out->count, 4);
  ck_assert_uint_eq (out->rejects_count, 0);
  const struct sf_fix *fix = &out->records[0].as.track;
  ck_assert_str_eq (fix->storm, "WP122024");
  ck_assert_str_eq (fix->member, "CMC");
  ck_assert_int_eq (fix->lead_s, 86400);
  ck_assert_int_eq (fix->base_s, 1725148800); /* date -u -d 2024-09-01T00:00Z +%s */
  ck_assert_int_eq (out->records[0].valid_s, 1725235200);
  ck_assert_double_eq (fix->lat_deg, 20);
  ck_assert_double_eq (fix->lon_deg, 140);
  ck_assert_double_eq (fix->pressure_hpa, 990);
  ck_assert_str_eq (out->records[1].as.track.member, "JTWC");
  ck_assert_ptr_null (out->records[2].as.track.member);
  ck_assert_int_eq (out->records[3].as.track.lead_s, -12 * 3600);
  ck_assert (isnan (out->records[3].as.track.pressure_hpa));
  decode_help_free (out);
}
END_TEST

START_TEST (contradicting_positions_are_both_kept)
{
  struct decoded *out = decode_help_text (
      ATCF, "WP, 09, 2014071800,   , BEST,   0, 189N, 1123E, 125,  929, ST,  50, NEQ, 80, 65, 60, 75\n"
            "WP, 09, 2014071800,   , BEST,   0, 181N, 1123E, 125,  929, ST,  64, NEQ, 45, 40, 30, 40\n");
  ck_assert_uint_eq (out->count, 2);
  ck_assert_int_eq (out->records[0].quality, SF_QUALITY_ORIGINAL_DOUBTFUL);
  ck_assert_int_eq (out->records[1].quality, SF_QUALITY_ORIGINAL_DOUBTFUL);
  decode_help_free (out);
}
END_TEST

/* West and south are negative; the season of the southern hemisphere runs from July and bears its second year. */
START_TEST (hemispheres_and_seasons)
{
  struct decoded *out = decode_help_text (ATCF, "AL, 06, 2018091200,   , BEST,   0, 268N,  622W, 115,  949, HU\n"
                                                "SH, 02, 2018121200, 30, BEST,   0, 130S, 1795W,  60,  985, TC\n"
                                                "SH, 02, 2019010200, 00, BEST,   0, 140S, 1797E,  60,  985, TC\n");
  ck_assert_uint_eq (out->count, 3);
  ck_assert_double_eq (out->records[0].as.track.lon_deg, -62.2);
  ck_assert_str_eq (out->records[0].as.track.agency, "KNHC");
  ck_assert_str_eq (out->records[0].as.track.grade, "TY");
  ck_assert_double_eq (out->records[1].as.track.lat_deg, -13.0);
  ck_assert_int_eq (out->records[1].valid_s % 3600, 1800); /* the minutes of a best track */
  ck_assert_str_eq (out->records[1].as.track.storm, "SH022019");
  ck_assert_str_eq (out->records[2].as.track.storm, "SH022019");
  ck_assert_int_eq (out->records[2].quality, SF_QUALITY_ORIGINAL_RELIABLE); /* 0.8 degrees over the date line */
  decode_help_free (out);
}
END_TEST

START_TEST (bad_lines_and_exchanged_fields)
{
  struct decoded *out = decode_help_text (
      ATCF, "WP, 09, 2014071800,   , BEST,   0, 1123E, 189N, 125,  929, ST\n"
            "WP, 09, 2014071806,   , BEST,   0, 199N, 1113N, 125,  929, ST\n"
            "WP, 09, 2014071806,   , BEST,   0,   0N,    0E,   0,    0,\n"
            "WP, 09, 2014071806,   , BEST,   x, 199N, 1113E, 125,  929, ST\n"
            "WP, 09, 2014071806,   , BEST,   0, 199N, 1113E, nan,  929, ST\n"
            "WP, 09, 2014071806,   , BEST,   0, 199N, 1113E, 125,  929, ST, 50, NEQ, 9999, 1, 1, 1\n"
            "garbage\n"
            "WP, 09, 2014071812,   , BEST,   0, 203N, 1103E, 115,  935, TY\n");
  ck_assert_int_eq (out->code, SF_OK);
  ck_assert_uint_eq (out->count, 2);
  ck_assert_uint_eq (out->rejects_count, 6);
  ck_assert_double_eq (out->records[0].as.track.lon_deg, 112.3);
  ck_assert_double_eq (out->records[0].as.track.lat_deg, 18.9);
  ck_assert_int_eq (out->records[0].quality, SF_QUALITY_CORRECTED_DOUBTFUL);
  ck_assert_ptr_nonnull (strstr (out->rejects[0].reason, "test.txt:2: storm WP092014"));
  decode_help_free (out);
}
END_TEST

START_TEST (refuses_other_formats)
{
  struct decoded *out = decode_help_text (ATCF, "66666 0000    1 0015 1409 0 6 Rammasun 20150324\n");
  ck_assert_int_eq (out->code, SF_EFORMAT);
  decode_help_free (out);
  out = decode_help_text (ATCF, "time,lon,lat\n2014,1,2\n");
  ck_assert_int_eq (out->code, SF_EFORMAT);
  ck_assert_ptr_nonnull (strstr (out->err.message, "3 fields"));
  decode_help_free (out);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { merges_the_lines_of_a_fix,   r34_on_request,
                                 north_is_a_direction,        windcode_names_the_first_quadrant,
                                 forecasts_members_and_hours, contradicting_positions_are_both_kept,
                                 hemispheres_and_seasons,     bad_lines_and_exchanged_fields,
                                 refuses_other_formats,       NULL };
  return run_tests ("decode_atcf", tests);
}
