/* SPDX-License-Identifier: Apache-2.0 */
/* Worked by hand from the definitions; whole windows against numpy are test_render_numpy.sh. */
#include "core/base/mem.h"
#include "core/base/time.h"
#include "geodata/render.h"
#include "geodata/render_kernel.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct sf_error err;
static struct sf_style_entry entries[] = { { .from = 10.8 }, { .from = 13.9 }, { .from = 17.2 } };

static struct sf_style
style_of (enum sf_style_kind kind, enum sf_sampling sampling)
{
  return (struct sf_style){ .name = "t", .kind = kind, .sampling = sampling, .entries = entries, .entries_count = 3 };
}

static struct sf_grid
grid_of (int nx, int ny, float *values)
{
  return (struct sf_grid){ .spec = { nx, ny, { 110, 1, 0, 20, 0, -1 }, "EPSG:4490" },
                           .bands = 1,
                           .reference_s = SF_TIME_MISSING,
                           .values = values };
}

static bool
draw (const struct sf_grid *grid, const struct sf_style *style, struct sf_bounds bounds, int width, int height,
      uint8_t *out)
{
  struct sf_render render = {
    .grid = grid, .style = style, .projection = SF_TILE_SET_C, .bounds = bounds, .width = width, .height = height
  };
  bool any = false;
  ck_assert_msg (sf_render_indices (&render, out, &any, &err) == SF_OK, "%s", err.message);
  return any;
}

/* 13.9 has no float: the nearest one lies below (13.8999996...) and is force 6, the next above is force 7. 17.2 as a float
   is 17.2000007...: force 8. */
START_TEST (test_exact_bounds)
{
  float below = 13.9f, above = nextafterf (13.9f, 20), eight = 17.2f;
  ck_assert ((double) below < 13.9 && (double) above > 13.9 && (double) eight > 17.2);
  float values[] = { nextafterf (10.8f, 0), 10.8f, below, above, nextafterf (17.2f, 0), eight, NAN };
  static const uint8_t expected[] = { 0, 1, 1, 2, 2, 3, 0 };
  struct sf_grid grid = grid_of (7, 1, values);
  struct sf_style style = style_of (SF_STYLE_CLASSES, SF_SAMPLING_NEAREST);
  uint8_t out[7];
  ck_assert (draw (&grid, &style, (struct sf_bounds){ 110, 19, 117, 20 }, 7, 1, out));
  ck_assert_mem_eq (out, expected, 7);
}
END_TEST

/* The kernels that the CPU picks and the plain ones, on values around every bound, at every length up to 200. */
START_TEST (test_kernels)
{
  const struct sf_render_kernels *kernels = sf_render_kernels_get (_i);
  float bounds[3] = { 10.8f, 13.9f, 17.2f }, values[200];
  double wide_bounds[3] = { 10.8, 13.9, 17.2 }, wide[200];
  uint8_t narrow_out[200], wide_out[200];
  for (int i = 0; i < 200; i++)
    {
      values[i] = i % 7 == 0 ? NAN : nextafterf (bounds[i % 3], i % 2 ? 0 : 100);
      wide[i] = i % 7 == 0 ? (double) NAN : nextafter (wide_bounds[i % 3], i % 2 ? 0 : 100);
    }
  for (int count = 0; count <= 200; count++)
    {
      kernels->classes_float (values, count, bounds, 3, narrow_out);
      kernels->classes_double (wide, count, wide_bounds, 3, wide_out);
      for (int i = 0; i < count; i++)
        {
          ck_assert_uint_eq (narrow_out[i], i % 7 == 0 ? 0u : (unsigned) (i % 3 + 1 - i % 2));
          ck_assert_uint_eq (wide_out[i], narrow_out[i]);
        }
    }
}
END_TEST

/* Half way between 10 and 20 is 15: force 7. A missing neighbour gives its weight away; beyond the last centre the value
   stays; a missing own cell stays missing. */
START_TEST (test_bilinear)
{
  float values[] = { 10, 20, NAN };
  struct sf_grid grid = grid_of (3, 1, values);
  struct sf_style style = style_of (SF_STYLE_CLASSES, SF_SAMPLING_BILINEAR);
  uint8_t out[6];
  /* centres 110.25 110.75 111.25 111.75 112.25 112.75: 10, 12.5, 17.5, 20 (right one missing), missing, missing */
  static const uint8_t expected[] = { 0, 1, 3, 3, 0, 0 };
  draw (&grid, &style, (struct sf_bounds){ 110, 19, 113, 20 }, 6, 1, out);
  ck_assert_mem_eq (out, expected, 6);
}
END_TEST

START_TEST (test_ramp)
{
  float values[] = { 10.7f, 10.8f, 14, 17.2f, 99, NAN };
  struct sf_grid grid = grid_of (6, 1, values);
  struct sf_style style = style_of (SF_STYLE_RAMP, SF_SAMPLING_NEAREST);
  uint8_t out[6];
  draw (&grid, &style, (struct sf_bounds){ 110, 19, 116, 20 }, 6, 1, out);
  /* numpy: (14 - 10.8) / (17.2 - 10.8) * 254 = 127.0, slice 127, colour 128 */
  static const uint8_t expected[] = { 0, 1, 128, 254, 254, 0 };
  ck_assert_mem_eq (out, expected, 6);
}
END_TEST

START_TEST (test_outside_and_turns)
{
  float values[] = { 20, 20 };
  struct sf_grid grid = grid_of (2, 1, values);
  struct sf_style style = style_of (SF_STYLE_CLASSES, SF_SAMPLING_NEAREST);
  uint8_t out[4];
  ck_assert (!draw (&grid, &style, (struct sf_bounds){ 0, 0, 1, 1 }, 2, 2, out));
  ck_assert_uint_eq (out[0] + out[1] + out[2] + out[3], 0);
  grid.spec.affine[0] = 179;
  ck_assert (draw (&grid, &style, (struct sf_bounds){ -180, 19, -179, 20 }, 1, 1, out));
  ck_assert_uint_eq (out[0], 3);
}
END_TEST

/* 2014-07-17 20:00 +08:00 is 12 UTC. A force that first comes 3.5 h after 2014-07-17 00 UTC has its origin at 00 UTC; one
   that comes after 14 h, at 12 UTC. */
START_TEST (test_origin)
{
  float values[] = { NAN, 14, 30, 14.5f };
  struct sf_grid grid = grid_of (2, 2, values);
  struct sf_style style = style_of (SF_STYLE_CLASSES, SF_SAMPLING_NEAREST);
  style.from_earliest = true;
  grid.reference_s = 1405555200;
  ck_assert_double_eq (sf_render_origin (&grid, &style), 12);
  values[3] = 3.5f;
  ck_assert_double_eq (sf_render_origin (&grid, &style), 0);
  grid.reference_s += 3600;
  ck_assert_double_eq (sf_render_origin (&grid, &style), -1);
  style.from_earliest = false;
  ck_assert_double_eq (sf_render_origin (&grid, &style), 0);
}
END_TEST

START_TEST (test_refusals)
{
  float values[] = { 1 };
  struct sf_grid grid = grid_of (1, 1, values);
  struct sf_style style = style_of (SF_STYLE_CLASSES, SF_SAMPLING_NEAREST);
  struct sf_render render = { .grid = &grid, .style = &style, .bounds = { 0, 0, 1, 1 }, .width = 1, .height = 1 };
  uint8_t out[1];
  bool any;
  strcpy (grid.spec.crs, "EPSG:3857");
  ck_assert_int_eq (sf_render_indices (&render, out, &any, &err), SF_EUNSUPPORTED);
  ck_assert_ptr_nonnull (strstr (err.message, "EPSG:3857"));
  strcpy (grid.spec.crs, "EPSG:4490");
  render.band = 1;
  ck_assert_int_eq (sf_render_indices (&render, out, &any, &err), SF_EINVAL);
  render.band = 0;
  render.width = 0;
  ck_assert_int_eq (sf_render_indices (&render, out, &any, &err), SF_EINVAL);
  render.width = 1;
  sf_mem_fail_at (1, 1);
  enum sf_code code = sf_render_indices (&render, out, &any, &err);
  sf_mem_fail_at (0, 0);
  ck_assert_int_eq (code, SF_ENOMEM);
  ck_assert_int_eq (sf_render_indices (&render, out, &any, &err), SF_OK);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("render");
  TCase *tcase = tcase_create ("render");
  tcase_add_test (tcase, test_exact_bounds);
  tcase_add_loop_test (tcase, test_kernels, 0, 2);
  tcase_add_test (tcase, test_bilinear);
  tcase_add_test (tcase, test_ramp);
  tcase_add_test (tcase, test_outside_and_turns);
  tcase_add_test (tcase, test_origin);
  tcase_add_test (tcase, test_refusals);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_ENV);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? 1 : 0;
}
