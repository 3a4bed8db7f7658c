/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: 1 kn = 1852/3600 m/s, 1 nmi = 1.852 km (BIPM); JMA's directions 1 NE ... 8 N, 9 symmetric (IBTrACS column
   documentation, TOKYO_R50_DIR); the two quadrant orders as settled in the handbook (typhoon.md 4.3 and 4.4). */
#include "plugins/decode/bst.h"
#include "tests/unit/base.h"

#include <math.h>

static enum sf_code
drop_record (void *ctx, const struct sf_record *record, struct sf_error *err)
{
  (void) ctx, (void) record, (void) err;
  return SF_OK;
}

static void
drop_reject (void *ctx, long line, const char *reason, const char *bytes, size_t length)
{
  (void) ctx, (void) line, (void) reason, (void) bytes, (void) length;
}

START_TEST (lost_texts_fail_the_flush)
{
  struct sf_fixes fixes;
  struct sf_message message = { "test", "file", NULL, (const uint8_t *) "x", 1, 0 };
  struct sf_sink sink = { NULL, drop_record, drop_reject };
  sf_fixes_init (&fixes);
  sf_fixes_begin (&fixes, &message, &sink);
  ck_assert_ptr_null (sf_fixes_text (&fixes, sf_span_of (" ")));
  ck_done (sf_fixes_flush (&fixes, err)); /* blank is absent, not lost */
  sf_fixes_finish (&fixes);
  sf_fixes_init (&fixes);
  sf_fixes_begin (&fixes, &message, &sink);
  sf_mem_fail_at (1, 0);
  ck_assert_ptr_null (sf_fixes_text (&fixes, sf_span_of ("RAMMASUN")));
  sf_mem_fail_at (0, 0);
  ck_fails (sf_fixes_flush (&fixes, err), SF_ENOMEM, "file");
  sf_fixes_begin (&fixes, &message, &sink);
  ck_assert_str_eq (sf_fixes_text (&fixes, sf_span_of (" RAMMASUN ")), "RAMMASUN");
  ck_assert_str_eq (sf_fixes_text (&fixes, sf_span_of ("\xcc\xa8\xb7\xe7")), "台风"); /* printf 台风 | iconv -t GBK */
  ck_done (sf_fixes_flush (&fixes, err));
  sf_fixes_finish (&fixes);
}
END_TEST

START_TEST (quadrant_orders)
{
  struct sf_record record;
  const double given[] = { 1, 2, 3, 4 }, zeros[4] = { 0 }, some[] = { 5, 0, NAN, 7 };
  sf_record_init (&record, SF_RECORD_TRACK);
  double *radii = record.as.track.radii_km;
  sf_fixes_set_ring (&record.as.track, SF_RING_FORCE7, given, SF_QUADRANTS_NE_SE_SW_NW);
  sf_fixes_set_ring (&record.as.track, SF_RING_FORCE10, given, SF_QUADRANTS_NE_SE_NW_SW);
  sf_fixes_set_ring (&record.as.track, SF_RING_FORCE12, some, SF_QUADRANTS_NE_SE_SW_NW);
  const double wanted[] = { 1, 2, 3, 4, 1, 2, 4, 3, 5, 0, NAN, 7 };
  for (int i = 0; i < 12; i++)
    ck_assert_msg (radii[i] == wanted[i] || (isnan (radii[i]) && isnan (wanted[i])), "%d: %g", i, radii[i]);
  sf_fixes_set_ring (&record.as.track, SF_RING_FORCE7, zeros, SF_QUADRANTS_NE_SE_SW_NW);
  ck_assert (isnan (radii[0]) && isnan (radii[3]));
}
END_TEST

/* L longest, S shortest, - undefined; quadrants NE SE SW NW, for directions 0 to 10. */
START_TEST (jma_directions)
{
  static const char *const wanted[]
      = { "----", "L-S-", "LLSS", "-L-S", "SLLS", "S-L-", "SSLL", "-S-L", "LSSL", "LLLL", "----" };
  for (int direction = 0; direction <= 10; direction++)
    {
      struct sf_record record;
      sf_record_init (&record, SF_RECORD_TRACK);
      sf_fixes_set_ring_jma (&record.as.track, SF_RING_FORCE7, direction, 200, 100);
      for (int i = 0; i < 4; i++)
        {
          double radius_km = record.as.track.radii_km[i];
          char got = isnan (radius_km) ? '-' : radius_km == 200 ? 'L' : radius_km == 100 ? 'S' : '?';
          ck_assert_msg (got == wanted[direction][i], "direction %d quadrant %d: %c", direction, i, got);
        }
    }
}
END_TEST

START_TEST (units_and_longitudes)
{
  ck_assert_double_eq_tol (sf_fixes_kn_to_mps (100), 51.4444444444, 1e-9);
  ck_assert_double_eq (sf_fixes_nmi_to_km (60), 111.12);
  ck_assert_double_eq_tol (sf_fixes_kmph_to_mps (36), 10, 1e-12);
  ck_assert_double_eq (sf_fixes_wrap_lon_deg (226.0), -134.0);
  ck_assert_double_eq (sf_fixes_wrap_lon_deg (226.1), -133.9);
  ck_assert_double_eq (sf_fixes_wrap_lon_deg (127.4), 127.4);
  ck_assert_double_eq (sf_fixes_wrap_lon_deg (180), 180);
  ck_assert_double_eq (sf_fixes_wrap_lon_deg (-190), 170);
}
END_TEST

START_TEST (storm_numbers_belong_to_a_year)
{
  ck_assert (sf_bst_is_number ("1409", 2014) && sf_bst_is_number ("1326", 2014) && sf_bst_is_number ("0001", 1999));
  ck_assert (!sf_bst_is_number ("0001", 2017) && !sf_bst_is_number ("0000", 2000) && !sf_bst_is_number ("1400", 2014));
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { lost_texts_fail_the_flush,
                                 quadrant_orders,
                                 jma_directions,
                                 units_and_longitudes,
                                 storm_numbers_belong_to_a_year,
                                 NULL };
  return run_tests ("decode_fixes", tests);
}
