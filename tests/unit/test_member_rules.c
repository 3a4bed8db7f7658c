/* SPDX-License-Identifier: Apache-2.0 */
/* The file that is installed, and what is said of files that are wrong. Averages by hand from the rows. */
#include "core/base/file.h"
#include "models/typhoon/ensemble/member_rules.h"
#include "tests/unit/base.h"

#include <stdio.h>
#include <unistd.h>

#define RULES_FILE TEST_SRCDIR "/share/typhoon/ensemble.yaml"

START_TEST (installed)
{
  struct sf_member_rules rules;
  struct sf_lead_table own;
  ck_done (sf_member_rules_load (RULES_FILE, &rules, err));
  ck_assert_double_eq_tol (sf_lead_table_at (&rules.track_km, 0), (14.1 + 22.7 + 19.7 + 15.4 + 17.1) / 5, 1e-9);
  ck_assert_double_eq_tol (sf_lead_table_at (&rules.track_km, 24), (66.2 + 5 * 85.2) / 6, 1e-9);
  ck_assert_double_eq_tol (sf_lead_table_at (&rules.track_km, 60), (119.5 + 176.3 + 5 * (144.5 + 216.7)) / 12, 1e-9);
  ck_assert_double_eq_tol (sf_lead_table_at (&rules.intensity_mps, 48), (6.5 + 5.4) / 2, 1e-9);
  ck_assert_double_eq (rules.tail_nu, 4);
  ck_assert (sf_member_rules_errors (&rules, "BABJ", &own));
  ck_assert_double_eq_tol (sf_lead_table_at (&own, 0), (14.1 + 22.7 + 19.7 + 15.4) / 4, 1e-9);
  ck_assert_double_eq_tol (sf_lead_table_at (&own, 120), 328.5, 1e-9);
  ck_assert (!sf_member_rules_errors (&rules, "VHHH", &own));
  ck_assert (!sf_member_rules_errors (&rules, "all", &own));
  ck_assert (!sf_member_rules_errors (&rules, NULL, &own));
}
END_TEST

/* Two years of an agency beside the file's: weight 1 each. It says nothing of lead 0: all agencies' analysis error. */
START_TEST (years)
{
  const double lead_h[] = { 24, 48 }, first[] = { 70, 120 }, second[] = { 80, 150 };
  const struct sf_past_year list[]
      = { { .agency = "VHHH", .year = 2019, .count = 2, .lead_h = lead_h, .mean_km = first },
          { .agency = "VHHH", .year = 2020, .count = 2, .lead_h = lead_h, .mean_km = second } };
  const struct sf_past_errors past = { .years_count = 2, .years = list };
  struct sf_member_rules rules;
  struct sf_lead_table own;
  ck_done (sf_member_rules_load (RULES_FILE, &rules, err));
  ck_done (sf_member_rules_add_years (&rules, &past, err));
  ck_assert_double_eq_tol (sf_lead_table_at (&rules.track_km, 24), (66.2 + 5 * 85.2 + 70 + 80) / 8, 1e-9);
  ck_assert (sf_member_rules_errors (&rules, "VHHH", &own));
  ck_assert_double_eq_tol (sf_lead_table_at (&own, 48), 135, 1e-9);
  ck_assert_double_eq_tol (sf_lead_table_at (&own, 0), 17.8, 1e-9);
  const struct sf_past_year silent = { .agency = "RJTD", .year = 2021 };
  ck_done (sf_member_rules_add_years (&rules, &(struct sf_past_errors){ .years_count = 1, .years = &silent }, err));
  ck_assert (!sf_member_rules_errors (&rules, "RJTD", &own));
  for (int i = 0; i < 40; i++)
    sf_lead_table_add (&rules.track_km, 200 + i, 1, 1);
  ck_fails (sf_member_rules_add_years (
                &rules,
                &(struct sf_past_errors){ .years_count = 1,
                                          .years = (struct sf_past_year[]){ { .agency = "VHHH",
                                                                              .year = 2021,
                                                                              .count = 1,
                                                                              .lead_h = (double[]){ 7 },
                                                                              .mean_km = first } } },
                err),
            SF_ERANGE, "2021");
}
END_TEST

START_TEST (leads)
{
  const struct sf_lead_table table = { 3, { 0, 24, 48 }, { 10, 50, 130 }, { 1, 1, 1 } },
                             one = { 1, { 24 }, { 7 }, { 1 } };
  const double at[][2] = { { -5, 10 }, { 0, 10 }, { 12, 30 }, { 24, 50 }, { 36, 90 }, { 48, 130 }, { 72, 210 } };
  for (size_t i = 0; i < sizeof at / sizeof *at; i++)
    ck_assert_double_eq_tol (sf_lead_table_at (&table, at[i][0]), at[i][1], 1e-12);
  ck_assert_double_eq (sf_lead_table_at (&one, 0), 7);
  ck_assert_double_eq (sf_lead_table_at (&one, 99), 7);
}
END_TEST

/* The installed file with one piece replaced. */
static enum sf_code
load_changed (const char *from, const char *to, struct sf_error *err)
{
  static const char path[] = "test_member_rules.yaml";
  struct sf_member_rules rules;
  struct sf_arena arena = { 0 };
  uint8_t *bytes;
  size_t length;
  ck_assert_int_eq (sf_file_read (&arena, RULES_FILE, 1 << 20, &bytes, &length, NULL), SF_OK);
  char *text = (char *) bytes, *at = strstr (text, from);
  ck_assert_msg (at != NULL, "%s is not in the file", from);
  char *changed = sf_arena_printf (&arena, "%.*s%s%s", (int) (at - text), text, to, at + strlen (from));
  ck_assert_int_eq (sf_file_write (path, changed, strlen (changed), NULL), SF_OK);
  enum sf_code code = sf_member_rules_load (path, &rules, err);
  ck_assert_int_eq (unlink (path), 0);
  sf_arena_finish (&arena);
  return code;
}

START_TEST (wrong)
{
  ck_fails (load_changed ("tail_nu: 4", "tail_nu: 2", err), SF_ERANGE, "tail_nu");
  ck_fails (load_changed ("tail_nu: 4", "tail_nu: four", err), SF_ETYPE, "four");
  ck_fails (load_changed ("tail_nu: 4", "tail_no: 4", err), SF_EINVAL, "tail_nu");
  ck_fails (load_changed ("tail_nu: 4", "", err), SF_EINVAL, "'tail_nu' is missing");
  ck_fails (load_changed ("tail_nu: 4", "tail_nu: [4]", err), SF_ETYPE, "tail_nu");
  ck_fails (load_changed ("offset_h: 6", "offset_h: 0", err), SF_ERANGE, "offset_h");
  ck_fails (load_changed ("24: 66.2", "24: -66.2", err), SF_ERANGE, "test_member_rules.yaml:");
  ck_fails (load_changed ("24: 66.2", "next: 66.2", err), SF_ETYPE, "next");
  ck_fails (load_changed ("weight: 1", "weight: 0", err), SF_ERANGE, "weight");
  ck_fails (load_changed ("    weight: 1\n", "", err), SF_EINVAL, "'weight' is missing");
  ck_fails (load_changed ("{0: 0.12, 24: 0.22, 72: 0.30, 120: 0.34}", "{}", err), SF_EINVAL,
            "'size_deviation' has no lead");
  ck_fails (load_changed ("rate_per_day: 0.08, ", "", err), SF_EINVAL, "rate_per_day");
  struct sf_member_rules rules;
  ck_fails (sf_member_rules_load ("no-such-file.yaml", &rules, err), SF_ENOTFOUND, "no-such-file.yaml");
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { installed, years, leads, wrong, NULL };
  return run_tests ("member_rules", tests);
}
