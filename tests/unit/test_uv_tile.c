/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes and refusals of wind textures; their values are compared with numpy's by test_uv_numpy.sh. */
#include "geodata/uv_tile.h"

#include <check.h>
#include <math.h>
#include <string.h>

static struct sf_error err;
static float east[4] = { 1.0f, -2.5f, NAN, 400.0f }, north[4] = { 0.0f, 12.34f, 5.0f, -400.0f };
static struct sf_grid u = { .spec = { 2, 2, { 110, 1, 0, 20, 0, -1 }, "EPSG:4490" }, .bands = 1, .values = east },
                      v = { .spec = { 2, 2, { 110, 1, 0, 20, 0, -1 }, "EPSG:4490" }, .bands = 1, .values = north };
static const struct sf_window window = { SF_TILE_SET_C, { 110, 18, 112, 20 }, 2, 2 };

/* Pixels on the cells: 1.00 0.00, -2.50 12.34, none, and what does not fit held at the ends; -250 is 0xff06. */
START_TEST (test_bytes)
{
  static const uint8_t expected[16]
      = { 100, 0, 0, 0, 0x06, 0xff, 0xd2, 0x04, 0x00, 0x80, 0x00, 0x80, 0xff, 0x7f, 0x01, 0x80 };
  struct sf_uv_source source = { &u, &v, 0 };
  struct sf_strbuf out = { 0 };
  bool any = false;
  ck_assert_int_eq (sf_uv_tile_bytes (&source, &window, &out, &any, &err), SF_OK);
  ck_assert (any);
  ck_assert_uint_eq (out.length, 16);
  ck_assert_mem_eq (out.text, expected, 16);
  sf_strbuf_finish (&out);
}
END_TEST

START_TEST (test_nothing_outside)
{
  struct sf_uv_source source = { &u, &v, 0 };
  struct sf_window away = window;
  struct sf_strbuf out = { 0 };
  bool any = true;
  away.bounds.min_x += 10;
  away.bounds.max_x += 10;
  ck_assert_int_eq (sf_uv_tile_bytes (&source, &away, &out, &any, &err), SF_OK);
  ck_assert (!any);
  sf_strbuf_reset (&out);
  any = true;
  ck_assert_int_eq (sf_uv_tile_png (&source, &away, &out, &any, &err), SF_OK);
  ck_assert (!any);
  sf_strbuf_finish (&out);
}
END_TEST

START_TEST (test_refusals)
{
  struct sf_uv_source source = { &u, NULL, 0 };
  struct sf_window empty = window;
  struct sf_grid other = v;
  struct sf_strbuf out = { 0 };
  ck_assert_int_eq (sf_uv_tile_bytes (&source, &window, &out, NULL, &err), SF_EINVAL);
  ck_assert_ptr_nonnull (strstr (err.message, "northward"));
  source.northward = &other;
  other.spec.nx = 1;
  ck_assert_int_eq (sf_uv_tile_png (&source, &window, &out, NULL, &err), SF_EINVAL);
  strcpy (other.spec.crs, "EPSG:3857");
  ck_assert_int_eq (sf_uv_tile_bytes (&source, &window, &out, NULL, &err), SF_EUNSUPPORTED);
  source.northward = &v;
  source.band = 1;
  ck_assert_int_eq (sf_uv_tile_bytes (&source, &window, &out, NULL, &err), SF_EINVAL);
  source.band = 0;
  empty.bounds.max_x = (double) NAN;
  ck_assert_int_eq (sf_uv_tile_bytes (&source, &empty, &out, NULL, &err), SF_EINVAL);
  empty = window;
  empty.width = 1 << 20;
  ck_assert_int_eq (sf_uv_tile_png (&source, &empty, &out, NULL, &err), SF_EINVAL);
  ck_assert_uint_eq (out.length, 0);
}
END_TEST

START_TEST (test_out_of_memory)
{
  struct sf_uv_source source = { &u, &v, 0 };
  for (long n = 1;; n++)
    {
      struct sf_strbuf out = { 0 };
      sf_mem_fail_at (n, 1);
      enum sf_code code = _i ? sf_uv_tile_png (&source, &window, &out, NULL, &err)
                             : sf_uv_tile_bytes (&source, &window, &out, NULL, &err);
      sf_mem_fail_at (0, 0);
      sf_strbuf_finish (&out);
      if (code == SF_OK)
        break;
      ck_assert_int_eq (code, SF_ENOMEM);
      ck_assert_int_lt (n, 100);
    }
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("uv_tile");
  TCase *tcase = tcase_create ("uv_tile");
  tcase_add_test (tcase, test_bytes);
  tcase_add_test (tcase, test_nothing_outside);
  tcase_add_test (tcase, test_refusals);
  tcase_add_loop_test (tcase, test_out_of_memory, 0, 2);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_ENV);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? 1 : 0;
}
