/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: the default domain of the issue (province 107.0-113.0 E, 17.0-21.5 N at 0.01 degree; sea 105-120 E,
   3-24 N at 0.05 degree), counts of cells by hand. */
#include "core/cycle/domain.h"
#include "tests/unit/base.h"

#include <stdio.h>

static enum sf_code
parse (struct sf_arena *arena, const char *text, struct sf_domain *domain, struct sf_error *err)
{
  struct sf_yaml *root = NULL;
  SF_TRY (sf_yaml_parse (arena, "d.yaml", (const uint8_t *) text, strlen (text), &root, err));
  return sf_domain_parse (arena, root, domain, err);
}

START_TEST (hainan)
{
  struct sf_arena arena = { 0 };
  struct sf_domain domain = { 0 };
  ck_done (sf_domain_load (&arena, TEST_SRCDIR "/share/domains/hainan.yaml", &domain, err));
  ck_assert_int_eq (domain.count, 2);
  ck_assert_str_eq (domain.names[0], "province");
  ck_assert_str_eq (domain.names[1], "sea");
  const struct sf_gridspec province = { 600, 450, { 107.0, 0.01, 0, 21.5, 0, -0.01 }, "EPSG:4490" };
  const struct sf_gridspec sea = { 300, 420, { 105.0, 0.05, 0, 24.0, 0, -0.05 }, "EPSG:4490" };
  ck_assert (sf_gridspec_same (&domain.grids[0], &province));
  ck_assert (sf_gridspec_same (&domain.grids[1], &sea));
  ck_assert_int_eq (sf_domain_find (&domain, "sea"), 1);
  ck_assert_int_eq (sf_domain_find (&domain, "land"), -1);
  sf_arena_finish (&arena);
}
END_TEST

START_TEST (projected)
{
  struct sf_arena arena = { 0 };
  struct sf_domain domain = { 0 };
  ck_done (parse (
      &arena, "grids:\n  island: {crs: 'EPSG:32649', x: [150000, 500000], y: [1980000, 2240000], cell: [1000, 500]}\n",
      &domain, err));
  ck_assert_int_eq (domain.grids[0].nx, 350);
  ck_assert_int_eq (domain.grids[0].ny, 520);
  ck_assert (domain.grids[0].affine[0] == 150000 && domain.grids[0].affine[3] == 2240000);
  ck_assert (domain.grids[0].affine[1] == 1000 && domain.grids[0].affine[5] == -500);
  sf_arena_finish (&arena);
}
END_TEST

START_TEST (refused)
{
  static const struct
  {
    const char *text, *words;
    enum sf_code code;
  } cases[] = {
    { "grids:\n  a: {crs: 'EPSG:4490', x: [107.0, 113.005], y: [17, 21.5], cell: 0.01}\n", "whole number of cells",
      SF_EINVAL },
    { "grids:\n  a: {crs: 'EPSG:4490', x: [107.0, 113.0], y: [21.5, 17], cell: 0.01}\n", "d.yaml:2", SF_ERANGE },
    { "grids:\n  a: {crs: 'EPSG:4490', x: [107.0, 113.0], y: [17, 21.5], cell: 0}\n", "positive", SF_ERANGE },
    { "grids:\n  a: {crs: 'EPSG:4490', x: [107.0, 113.0], y: [17, 21.5], cell: -0.01}\n", "positive", SF_ERANGE },
    { "grids:\n  a: {crs: 'EPSG:4490', x: [0, 1e9], y: [0, 1e9], cell: 1}\n", "cells", SF_ERANGE },
    { "grids:\n  a: {crs: 'EPSG:4490', x: [0, 30000], y: [0, 30000], cell: 1}\n", "2^28", SF_ERANGE },
    { "grids:\n  a: {crs: 'EPSG:4490', x: [107.0], y: [17, 21.5], cell: 0.01}\n", "two numbers", SF_EFORMAT },
    { "grids:\n  a: {crs: 'EPSG:4490', x: [107.0, ten], y: [17, 21.5], cell: 0.01}\n", "ten", SF_ETYPE },
    { "grids:\n  a: {x: [107.0, 113.0], y: [17, 21.5], cell: 0.01}\n", "crs", SF_EINVAL },
    { "grids:\n  a: {crs: 'EPSG:4490', x: [107.0, 113.0], cell: 0.01}\n", "'y", SF_EINVAL },
    { "grids:\n  a: {crs: 'EPSG:4490', x: [107.0, 113.0], y: [17, 21.5], cells: 0.01}\n", "cell", SF_EINVAL },
    { "grids:\n  A-1: {crs: 'EPSG:4490', x: [107.0, 113.0], y: [17, 21.5], cell: 0.01}\n", "A-1", SF_EINVAL },
    { "grids: {}\n", "at least one", SF_EFORMAT },
    { "{}\n", "grids", SF_EFORMAT },
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    {
      struct sf_arena arena = { 0 };
      struct sf_domain domain = { .count = -7 };
      struct sf_error error = { 0 };
      enum sf_code code = parse (&arena, cases[i].text, &domain, &error);
      ck_assert_msg (code != SF_OK, "case %zu was taken", i);
      ck_assert_msg (strstr (error.message, cases[i].words) != NULL, "case %zu: '%s' is not in '%s'", i, cases[i].words,
                     error.message);
      ck_assert_msg (code == cases[i].code, "case %zu: %s", i, sf_code_name (code));
      ck_assert_int_eq (domain.count, -7);
      sf_arena_finish (&arena);
    }
}
END_TEST

START_TEST (memory_runs_out)
{
  enum sf_code code = SF_ENOMEM;
  long n = 0;
  while (code != SF_OK)
    {
      struct sf_arena arena = { 0 };
      struct sf_domain domain;
      sf_mem_fail_at (++n, 0);
      code = sf_domain_load (&arena, TEST_SRCDIR "/share/domains/hainan.yaml", &domain, NULL);
      sf_mem_fail_at (0, 0);
      ck_assert (code == SF_OK || code == SF_ENOMEM);
      sf_arena_finish (&arena);
      ck_assert_int_lt (n, 10000);
    }
  ck_assert_int_gt (n, 1);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { hainan, projected, refused, memory_runs_out, NULL };
  return run_tests ("domain", tests);
}
