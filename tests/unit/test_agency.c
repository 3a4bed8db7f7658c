/* SPDX-License-Identifier: Apache-2.0 */
/* Expected values: the radii that NHC, CPHC and the handbook of the formats give, in nautical miles of 1.852 km; HKO's
   tables 4.12 pooled by hand; quantiles of a Rayleigh distribution by its closed form (mean 1.2533 sigma, 68 % 1.5096
   sigma, 90 % 2.1460 sigma: Evans, Hastings and Peacock 2000). */
#include "models/typhoon/agencies/agency.h"
#include "models/typhoon/agencies/past_errors.h"
#include "plugins/decode/fixes.h"
#include "core/base/file.h"
#include "tests/unit/base.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

static const char *
write_file (char path[64], const char *text)
{
  struct sf_error error;
  snprintf (path, 64, "/tmp/sf-agency-XXXXXX");
  int fd = mkstemp (path);
  ck_assert_int_ge (fd, 0);
  close (fd);
  ck_assert_int_eq (sf_file_write (path, text, strlen (text), &error), SF_OK);
  return path;
}

static void
check_refused (const char *text, const char *words)
{
  struct sf_arena arena = { 0 };
  struct sf_agencies agencies;
  char path[64];
  write_file (path, text);
  ck_fails (sf_agencies_load (&arena, path, &agencies, err), SF_EINVAL, words);
  unlink (path);
  sf_arena_finish (&arena);
}

START_TEST (names_of_all_feeds)
{
  struct sf_arena arena = { 0 };
  struct sf_agencies agencies;
  static const char *const same[][2]
      = { { "中国", "BABJ" }, { "cn", "BABJ" },   { "BABJ", "BABJ" }, { "日本", "RJTD" },     { "JP", "RJTD" },
          { "美国", "PGTW" }, { "us", "PGTW" },   { "HK", "VHHH" },   { "中国香港", "VHHH" }, { "台湾", "RCTP" },
          { "KR", "RKSL" },   { "OFCL", "KNHC" }, { "澳门", "VMMC" }, { "PAGASA", "RPMM" } };
  ck_done (sf_agencies_load_shared (&arena, TEST_SRCDIR "/share", &agencies, err));
  for (size_t i = 0; i < sizeof same / sizeof *same; i++)
    ck_assert_str_eq (sf_agencies_code (&agencies, same[i][0]), same[i][1]);
  ck_assert_str_eq (sf_agencies_code (&agencies, "ECMF"), "ECMF");
  ck_assert_ptr_null (sf_agencies_find (&agencies, NULL));
  ck_assert_str_eq (agencies.house->code, "BABJ");
  ck_assert_str_eq (agencies.house->authority, "official");
  ck_assert_double_eq (agencies.house->averaging_min, 2);
  ck_assert_double_eq (sf_agencies_find (&agencies, "JTWC")->averaging_min, 1);
  for (size_t i = 0; i < agencies.count; i++)
    if (&agencies.items[i] != agencies.house)
      ck_assert_str_eq (agencies.items[i].authority, "foreign");
  sf_arena_finish (&arena);
}
END_TEST

/* Decoders have names of centres, too: the two lists must not contradict each other. */
START_TEST (as_the_decoders_say)
{
  struct sf_arena arena = { 0 };
  struct sf_agencies agencies;
  int known = 0;
  ck_done (sf_agencies_load_shared (&arena, TEST_SRCDIR "/share", &agencies, err));
  for (size_t i = 0; i < agencies.count; i++)
    {
      const struct sf_agency *agency = &agencies.items[i];
      const struct sf_centre *centre = sf_fixes_centre (sf_span_of (agency->code));
      known += centre != NULL;
      if (centre)
        ck_assert_double_eq (centre->averaging_min, agency->averaging_min);
      for (size_t a = 0; a < agency->aliases_count; a++)
        if ((centre = sf_fixes_centre (sf_span_of (agency->aliases[a]))) != NULL)
          ck_assert_str_eq (centre->indicator, agency->code);
    }
  ck_assert_int_ge (known, 15);
  sf_arena_finish (&arena);
}
END_TEST

START_TEST (cones)
{
  struct sf_arena arena = { 0 };
  struct sf_agencies agencies;
  static const double lead_h[] = { 3, 12, 24, 36, 48, 60, 72, 96, 120 },
                      radius_nmi[] = { 16, 26, 41, 55, 70, 88, 102, 151, 220 };
  ck_done (sf_agencies_load_shared (&arena, TEST_SRCDIR "/share", &agencies, err));
  const struct sf_cone_table *cone = sf_agency_cone (sf_agencies_find (&agencies, "NHC"), false);
  for (size_t i = 0; i < 9; i++)
    ck_assert_double_eq_tol (sf_cone_radius_km (cone, (int64_t) (3600 * lead_h[i])), 1.852 * radius_nmi[i], 1e-9);
  ck_assert_double_eq_tol (sf_cone_radius_km (cone, 108 * 3600), 1.852 * (151 + 220) / 2, 1e-9);
  ck_assert_double_eq_tol (sf_cone_radius_km (cone, 5400), 1.852 * 8, 1e-9);
  ck_assert_double_eq (sf_cone_radius_km (cone, 0), 0);
  ck_assert_double_nan (sf_cone_radius_km (cone, 121 * 3600));
  ck_assert_double_nan (sf_cone_radius_km (cone, -1));
  ck_assert_ptr_null (sf_agency_cone (agencies.house, false));
  cone = sf_agency_cone (agencies.house, true);
  ck_assert (cone->example && cone->probability == 0.7 && strlen (cone->source) > 10);
  ck_assert_double_eq (sf_cone_radius_km (cone, 72 * 3600), 161);
  ck_assert_ptr_null (sf_agency_cone (sf_agencies_find (&agencies, "VHHH"), true));
  for (size_t i = 0; i < agencies.count; i++)
    for (size_t c = 0; c < agencies.items[i].cones_count; c++)
      ck_assert_uint_gt (strlen (agencies.items[i].cones[c].source), 10);
  sf_arena_finish (&arena);
}
END_TEST

#define ONE "BABJ: {name: {en: a, zh: b}, authority: official, averaging: 2"

START_TEST (bad_tables)
{
  check_refused ("house: X\nagencies:\n  " ONE "}\n", ":1:8: the house agency 'X'");
  check_refused ("house: BABJ\nagencies:\n  " ONE ", colour: red}\n", "colour");
  check_refused ("house: BABJ\nagencies:\n  BABJ: {name: {en: a, zh: b}, averaging: 2}\n", "'authority' is missing");
  check_refused ("house: BABJ\nagencies:\n  BABJ: {name: {en: a}, authority: official, averaging: 2}\n",
                 "'zh' is missing");
  check_refused ("house: BABJ\nagencies:\n  BABJ: {name: {en: a, zh: b}, authority: own, averaging: 2}\n",
                 "official or foreign");
  check_refused ("house: BABJ\nagencies:\n  " ONE "}\n  X: {name: {en: a, zh: b}, authority: foreign, averaging: 2, "
                 "aliases: [babj]}\n",
                 "X bears a name of BABJ");
  check_refused ("house: BABJ\nagencies:\n  " ONE ", cones: [{name: n, basin: b, year: 2024, probability: 0.7, source: "
                 "s, lead_h: [24, 24], radius_km: [1, 2]}]}\n",
                 "leads rise");
  check_refused ("house: BABJ\nagencies:\n  " ONE ", cones: [{name: n, basin: b, year: 2024, probability: 0.7, source: "
                 "s, lead_h: [24, 48], radius_km: [1]}]}\n",
                 "2 leads have 1 radii");
  check_refused ("house: BABJ\nagencies:\n  " ONE ", cones: [{name: n, basin: b, year: 2024, probability: 70, source: "
                 "s, lead_h: [24], radius_km: [1]}]}\n",
                 "between 0 and 1");
}
END_TEST

START_TEST (errors_of_years)
{
  struct sf_arena arena = { 0 };
  struct sf_past_errors errors;
  ck_done (sf_past_errors_load_shared (&arena, TEST_SRCDIR "/share", &errors, err));
  ck_assert_uint_eq (errors.years_count, 8);
  ck_assert_uint_eq (errors.count, 5);
  /* (69*258 + 64*233 + 81*273 + 79*331 + 84*326 + 72*296 + 75*388 + 70*300) / 2405, and so on */
  ck_assert_double_eq_tol (sf_past_error_mean_km (&errors, 24 * 3600), 74.7493, 1e-4);
  ck_assert_double_eq_tol (sf_past_error_mean_km (&errors, 72 * 3600), 193.7230, 1e-4);
  ck_assert_double_eq_tol (sf_past_error_mean_km (&errors, 120 * 3600), 342.4431, 1e-4);
  ck_assert_double_eq_tol (sf_past_error_mean_km (&errors, 36 * 3600), (74.7493 + 127.8522) / 2, 1e-4);
  ck_assert_double_eq_tol (sf_past_error_mean_km (&errors, 0), 0.4 * 74.7493, 1e-4);
  ck_assert_double_eq_tol (sf_past_error_mean_km (&errors, 144 * 3600), 342.4431 + (342.4431 - 263.8659), 1e-3);
  double sigma = sf_past_error_mean_km (&errors, 48 * 3600) / 1.2533141;
  ck_assert_double_eq_tol (sf_past_error_radius_km (&errors, 48 * 3600, 0.68), 1.509592 * sigma, 1e-3);
  ck_assert_double_eq_tol (sf_past_error_radius_km (&errors, 48 * 3600, 0.9), 2.145966 * sigma, 1e-3);
  ck_assert_double_nan (sf_past_error_mean_km (&(struct sf_past_errors){ 0 }, 0));
  sf_arena_finish (&arena);
}
END_TEST

START_TEST (bad_years)
{
  struct sf_arena arena = { 0 };
  struct sf_past_errors errors;
  char path[64];
  write_file (path, "years:\n  - {agency: A, year: 2020, lead_h: [24, 48], mean_km: [1], cases: [1, 2], source: s}\n");
  ck_fails (sf_past_errors_load (&arena, path, &errors, err), SF_EINVAL, ":2:");
  unlink (path);
  write_file (path, "years:\n  - {agency: A, year: 2020, lead_h: [24], mean_km: [-1], cases: [1], source: s}\n");
  ck_fails (sf_past_errors_load (&arena, path, &errors, err), SF_EINVAL, "above 0");
  unlink (path);
  sf_arena_finish (&arena);
}
END_TEST

int
main (void)
{
  const TTest *const tests[]
      = { names_of_all_feeds, as_the_decoders_say, cones, bad_tables, errors_of_years, bad_years, NULL };
  return run_tests ("agency", tests);
}
