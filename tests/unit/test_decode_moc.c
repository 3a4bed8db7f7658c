/* SPDX-License-Identifier: Apache-2.0 */
/* Values by hand: cell k of a sample is missing where row + column is a multiple of 5, else 10 k mod 600 tenths of a dBZ. */
#include "core/base/file.h"
#include "tests/unit/mapped_help.h"

#include <math.h>

extern const struct sf_plugin moc_LTX_sanfang_plugin;

static struct decoded *
run_sample (const char *name, void (*change) (uint8_t *bytes))
{
  struct sf_arena arena = { 0 };
  struct sf_error err;
  uint8_t *bytes;
  size_t length;
  const char *path = sf_arena_printf (&arena, "%s/tests/conformance/samples/moc/%s.bin", TEST_SRCDIR, name);
  ck_assert_int_eq (sf_file_read (&arena, path, 1 << 20, &bytes, &length, &err), SF_OK);
  if (change)
    change (bytes);
  struct decoded *out = mapped_run (&moc_LTX_sanfang_plugin, "{}", "mosaic.bin", bytes, length);
  sf_arena_finish (&arena);
  return out;
}

static void
check_values (const struct sf_field *field)
{
  ck_assert_int_eq (field->grid.nx, 7);
  ck_assert_int_eq (field->grid.ny, 5);
  for (int row = 0; row < 5; row++)
    for (int column = 0; column < 7; column++)
      {
        int k = row * 7 + column;
        if ((row + column) % 5 == 0)
          ck_assert (isnan (field->values[k]));
        else
          ck_assert_float_eq (field->values[k], (float) (10 * k % 600) / 10);
      }
}

/* 08:00 Beijing time is 00:00 UTC: date -d 2024-09-06T00:00Z +%s. Edges of cells: 7 x 0.01 from 109 E, 5 x 0.01 up to
   18.05 N. */
START_TEST (mosaics_by_any_packing)
{
  static const char *const names[] = { "plain", "bzip2" };
  for (size_t i = 0; i < 2; i++)
    {
      struct decoded *out = run_sample (names[i], NULL);
      ck_assert_msg (out->code == SF_OK, "%s", out->err.message);
      ck_assert_uint_eq (out->count, 1);
      ck_assert_int_eq (out->records[0].valid_s, 1725580800);
      const struct sf_field *field = &out->records[0].as.field;
      ck_assert_str_eq (field->quantity, "radar_reflectivity");
      ck_assert_str_eq (field->level, "composite");
      ck_assert_str_eq (field->grid.crs, "EPSG:4326");
      ck_assert_double_eq_tol (field->grid.affine[0], 109, 1e-9);
      ck_assert_double_eq_tol (field->grid.affine[1], 0.01, 1e-9);
      ck_assert_double_eq_tol (field->grid.affine[3], 18.05, 1e-9);
      ck_assert_double_eq_tol (field->grid.affine[5], -0.01, 1e-9);
      check_values (field);
      decode_help_free (out);
    }
}
END_TEST

/* The sample's edges are 109 and 109.06, 18 and 18.04: six and four steps between seven and five centres. */
START_TEST (edges_may_be_centres)
{
  struct decoded *out = run_sample ("gzip", NULL);
  ck_assert_msg (out->code == SF_OK, "%s", out->err.message);
  const struct sf_field *field = &out->records[0].as.field;
  ck_assert_double_eq_tol (field->grid.affine[0], 108.995, 1e-9);
  ck_assert_double_eq_tol (field->grid.affine[3], 18.045, 1e-9);
  ck_assert_double_eq_tol (field->grid.affine[1], 0.01, 1e-9);
  check_values (field);
  decode_help_free (out);
}
END_TEST

static void
put_utc (uint8_t *bytes)
{
  memset (bytes + 96, 0, 4);
}
static void
put_huge (uint8_t *bytes)
{
  memset (bytes + 148, 0x7f, 8);
}
static void
put_negative (uint8_t *bytes)
{
  memset (bytes + 148, 0xff, 4);
}
static void
put_more_cells (uint8_t *bytes)
{
  bytes[148] = 9;
}
static void
put_scale_0 (uint8_t *bytes)
{
  bytes[176] = 0;
}
static void
put_packing_3 (uint8_t *bytes)
{
  bytes[166] = 3;
}
static void
put_month_13 (uint8_t *bytes)
{
  bytes[102] = 13;
}
static void
put_rain (uint8_t *bytes)
{
  memcpy (bytes + 16, "QPE\0", 4);
}
static void
put_size (uint8_t *bytes)
{
  bytes[9]++;
}
static void
put_south_up (uint8_t *bytes)
{
  memset (bytes + 124, 0x7f, 3);
}

START_TEST (the_header_tells_the_zone)
{
  struct decoded *out = run_sample ("plain", put_utc);
  ck_assert_int_eq (out->records[0].valid_s, 1725580800 + 8 * 3600);
  decode_help_free (out);
}
END_TEST

START_TEST (hostile_headers_are_refused_in_words)
{
  static const struct
  {
    void (*change) (uint8_t *bytes);
    const char *words;
  } cases[] = {
    { put_huge, "cells; a mosaic has 1 to" }, { put_negative, "cells; a mosaic has 1 to" },
    { put_more_cells, "do not fill" },        { put_scale_0, "a scale is above 0" },
    { put_packing_3, "packing 3" },           { put_month_13, "2024-13-6 8:0:0 is no time" },
    { put_rain, "QPE in dBZ is not read" },   { put_size, "bytes are there" },
    { put_south_up, "are no area" },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    {
      struct decoded *out = run_sample ("bzip2", cases[i].change);
      ck_assert_int_eq (out->code, SF_EFORMAT);
      ck_assert_msg (strstr (out->err.message, cases[i].words), "%s: %s", cases[i].words, out->err.message);
      decode_help_free (out);
    }
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("decode_moc");
  TCase *tcase = tcase_create ("moc");
  tcase_add_test (tcase, mosaics_by_any_packing);
  tcase_add_test (tcase, edges_may_be_centres);
  tcase_add_test (tcase, the_header_tells_the_zone);
  tcase_add_test (tcase, hostile_headers_are_refused_in_words);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
