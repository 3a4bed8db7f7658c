/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plugin/option.h"
#include "tests/unit/base.h"

#include <math.h>

static const char *const profiles[] = { "holland2008", "holland1980", "emanuel2011", NULL };
static const char *const beginnings[] = { "http://", "https://", NULL };
static const struct sf_option table[] = {
  { .name = "name", .type = SF_OPTION_TEXT, .fallback = "typhoon", .help_en = "A name", .help_zh = "名称" },
  { .name = "radius", .type = SF_OPTION_DOUBLE, .unit = "km", .fallback = "500", .min = 1, .max = 1000 },
  { .name = "members", .type = SF_OPTION_INT, .fallback = "51", .min = 1, .max = 1000 },
  { .name = "exact", .type = SF_OPTION_BOOL, .fallback = "false" },
  { .name = "profile", .type = SF_OPTION_ENUM, .fallback = "holland2008", .choices = profiles },
  { .name = "begin", .type = SF_OPTION_TIME, .required = true, .help_en = "First hour" },
  { .name = "step", .type = SF_OPTION_DURATION, .fallback = "3600s", .min = 60, .max = 86400 },
  { .name = "agencies", .type = SF_OPTION_TEXTS, .fallback = "CMA, JMA" },
  { .name = "forces", .type = SF_OPTION_DOUBLES, .fallback = "7, 8, 10, 12", .min = 0, .max = 17 },
  { .name = "track", .type = SF_OPTION_PATH },
  { .name = "free", .type = SF_OPTION_DOUBLE },
  { .name = "address", .type = SF_OPTION_TEXT, .choices = beginnings },
  { .name = NULL },
};
static const char *const others[] = { "stage", "plugin", NULL };

static struct sf_arena arena;

static enum sf_code
parse_file (const char *file, const char *text, struct sf_settings **ret, struct sf_error *err)
{
  struct sf_yaml *root = NULL;
  SF_TRY (sf_yaml_parse (&arena, file, (const uint8_t *) text, strlen (text), &root, err));
  return sf_settings_parse (&arena, table, root, others, ret, err);
}

static struct sf_settings *
settings_of (const char *text)
{
  struct sf_settings *settings = NULL;
  ck_done (parse_file ("conf/a.yaml", text, &settings, err));
  return settings;
}

static void
check_refused (const char *text, enum sf_code code, const char *words)
{
  struct sf_settings *settings = NULL;
  ck_fails (parse_file ("conf/a.yaml", text, &settings, err), code, words);
  ck_assert_ptr_null (settings);
}

static void
check_at (const struct sf_settings *settings, const char *name, const char *text, const char *origin)
{
  const struct sf_option *option;
  const char *got_text, *got_origin;
  for (size_t i = 0; sf_settings_at (settings, i, &option, &got_text, &got_origin); i++)
    {
      if (strcmp (option->name, name) != 0)
        continue;
      ck_assert_pstr_eq (got_text, text);
      ck_assert_str_eq (got_origin, origin);
      return;
    }
  ck_abort_msg ("%s is not listed", name);
}

static void
check_texts (const struct sf_settings *settings, const char *name, const char *const *expected, size_t count)
{
  const char *const *texts = NULL;
  ck_assert_uint_eq (sf_settings_texts (settings, name, &texts), count);
  for (size_t i = 0; i < count; i++)
    ck_assert_str_eq (texts[i], expected[i]);
}

START_TEST (defaults)
{
  struct sf_settings *s = NULL;
  const double *forces;
  ck_done (sf_settings_parse (&arena, table, NULL, NULL, &s, err));
  ck_assert_str_eq (sf_settings_text (s, "name"), "typhoon");
  ck_assert_double_eq (sf_settings_double (s, "radius"), 500);
  ck_assert_int_eq (sf_settings_int (s, "members"), 51);
  ck_assert (!sf_settings_bool (s, "exact"));
  ck_assert_int_eq (sf_settings_choice (s, "profile"), 0);
  ck_assert_int_eq (sf_settings_int (s, "step"), 3600);
  check_texts (s, "agencies", (const char *const[]){ "CMA", "JMA" }, 2);
  ck_assert_uint_eq (sf_settings_doubles (s, "forces", &forces), 4);
  ck_assert_double_eq (forces[3], 12);
  ck_assert_ptr_null (sf_settings_text (s, "track"));
  ck_assert (isnan (sf_settings_double (s, "free")));
  ck_assert_int_eq (sf_settings_int (s, "begin"), INT64_MIN);
  check_at (s, "step", "1h", "default");
  check_at (s, "begin", NULL, "not set");
  ck_fails (sf_settings_check_required (s, "typhoon", err), SF_EINVAL,
            "typhoon: the setting 'begin' is required (time): First hour");
  ck_done (sf_settings_parse (&arena, NULL, NULL, NULL, &s, err));
  sf_arena_finish (&arena);
}
END_TEST

START_TEST (values_of_a_file)
{
  struct sf_settings *s
      = settings_of ("stage: wind\nname: \"5\"\nradius: 19.90\nmembers: +7\nexact: on\nprofile: emanuel2011\n"
                     "begin: 2014-07-18T14:00+08:00\nstep: 90min\nagencies: [CMA, \"a,b\", '']\n"
                     "forces: [7.5, 1e1]\ntrack: data/track.txt\n");
  const double *forces;
  ck_assert_str_eq (sf_settings_text (s, "name"), "5");
  ck_assert_double_eq (sf_settings_double (s, "radius"), 19.9);
  ck_assert_int_eq (sf_settings_int (s, "members"), 7);
  ck_assert (sf_settings_bool (s, "exact"));
  ck_assert_int_eq (sf_settings_choice (s, "profile"), 2);
  ck_assert_str_eq (sf_settings_text (s, "profile"), "emanuel2011");
  /* date -u -d '2014-07-18 14:00+08:00' +%s */
  ck_assert_int_eq (sf_settings_int (s, "begin"), 1405663200);
  ck_assert_int_eq (sf_settings_int (s, "step"), 5400);
  check_texts (s, "agencies", (const char *const[]){ "CMA", "a,b", "" }, 3);
  ck_assert_uint_eq (sf_settings_doubles (s, "forces", &forces), 2);
  ck_assert_double_eq (forces[1], 10);
  ck_assert_str_eq (sf_settings_text (s, "track"), "conf/data/track.txt");
  check_at (s, "radius", "19.9", "conf/a.yaml:3:9");
  check_at (s, "begin", "2014-07-18T06:00:00Z", "conf/a.yaml:7:8");
  check_at (s, "step", "90min", "conf/a.yaml:8:7");
  check_at (s, "agencies", "CMA, \"a,b\", \"\"", "conf/a.yaml:9:11");
  check_at (s, "forces", "7.5, 10", "conf/a.yaml:10:9");
  check_at (s, "exact", "true", "conf/a.yaml:5:8");
  ck_done (sf_settings_check_required (s, "typhoon", err));
  sf_arena_finish (&arena);
}
END_TEST

START_TEST (lists_as_text)
{
  struct sf_settings *s = settings_of ("agencies: ' CMA , \"a,b\",\"say \"\"x\"\"\" '\nforces: 8,10.5\n");
  const double *forces;
  check_texts (s, "agencies", (const char *const[]){ "CMA", "a,b", "say \"x\"" }, 3);
  ck_assert_uint_eq (sf_settings_doubles (s, "forces", &forces), 2);
  ck_assert_double_eq (forces[1], 10.5);
  check_at (s, "agencies", "CMA, \"a,b\", \"say \"\"x\"\"\"", "conf/a.yaml:1:11");
  s = settings_of ("agencies: ''\nforces: []\n");
  check_texts (s, "agencies", NULL, 0);
  ck_assert_uint_eq (sf_settings_doubles (s, "forces", &forces), 0);
  sf_arena_finish (&arena);
}
END_TEST

/* What is listed reads back as the same list. */
START_TEST (canonical_texts_read_back)
{
  struct sf_settings *a = settings_of ("agencies: [' x ', 'a,b', '\"', '\"\"', '', 台, 'a \"b\" c']\nradius: 0.1e1\n"
                                       "begin: 2014-07-18\x54"
                                       "06:00:00Z\nstep: 1d\nforces: [0.1, 3]\nexact: yes\n"),
                     *b = settings_of ("");
  const struct sf_option *option;
  const char *text, *origin;
  for (size_t i = 0; sf_settings_at (a, i, &option, &text, &origin); i++)
    if (text)
      ck_done (sf_settings_set (b, option->name, text, "copy", err));
  for (size_t i = 0; sf_settings_at (a, i, &option, &text, &origin); i++)
    if (text)
      check_at (b, option->name, text, "copy");
  check_texts (b, "agencies", (const char *const[]){ " x ", "a,b", "\"", "\"\"", "", "台", "a \"b\" c" }, 7);
  sf_arena_finish (&arena);
}
END_TEST

START_TEST (wrong_values_are_named)
{
  check_refused ("radius: wide\n", SF_ETYPE, "conf/a.yaml:1:9: radius: expected a number, got 'wide'");
  check_refused ("radius: 1,5\n", SF_ETYPE, "got '1,5'");
  check_refused ("radius: nan\n", SF_ETYPE, "got 'nan'");
  check_refused ("radius: 1e999\n", SF_ETYPE, "got '1e999'");
  check_refused ("radius:\n", SF_ETYPE, "got ''");
  check_refused ("name: x\nradius: 1000.5\n", SF_ERANGE, "conf/a.yaml:2:9: radius: 1000.5 is outside 1..1000 km");
  check_refused ("radius: [1]\n", SF_ETYPE, "radius: expected a number, got a list");
  check_refused ("members: 5.0\n", SF_ETYPE, "members: expected a whole number, got '5.0'");
  check_refused ("members: 0\n", SF_ERANGE, "members: 0 is outside 1..1000");
  check_refused ("members: 99999999999999999999\n", SF_ETYPE, "whole number");
  check_refused ("exact: maybe\n", SF_ETYPE, "exact: expected true or false, got 'maybe'");
  check_refused ("profile: holland2009\n", SF_EINVAL,
                 "profile: expected one of holland2008, holland1980, emanuel2011; got 'holland2009' (did you mean "
                 "'holland2008'?)");
  check_refused ("begin: 2014-07-18T14:00\n", SF_EFORMAT,
                 "conf/a.yaml:1:8: begin: '2014-07-18T14:00' has no time zone");
  check_refused ("begin: 2014-02-30T00:00Z\n", SF_ERANGE, "begin: '2014-02-30T00:00Z': 2014-02 has no day 30");
  check_refused ("step: 30m\n", SF_EFORMAT, "step: '30m' is not a duration");
  check_refused ("step: 2d\n", SF_ERANGE, "step: 172800 is outside 60..86400 s");
  check_refused ("agencies: [a, [b]]\n", SF_ETYPE, "conf/a.yaml:1:15: agencies: expected a list");
  check_refused ("agencies: a,,b\n", SF_EINVAL, "agencies: item 2 of the list is empty");
  check_refused ("agencies: {a: b}\n", SF_ETYPE, "agencies: expected texts, got a mapping");
  check_refused ("forces: 7, x\n", SF_ETYPE, "forces: expected numbers, got 'x'");
  check_refused ("forces: [7, 18]\n", SF_ERANGE, "forces: 18 is outside 0..17");
  check_refused ("address: ftp://user:secret@host/\n", SF_EINVAL,
                 "conf/a.yaml:1:10: address must begin with one of http://, https://");
  check_refused ("[a]", SF_ETYPE, "expected settings (key: value), got a list");
  check_refused ("raduis: 5\n", SF_EINVAL, "conf/a.yaml:1:1: unknown key 'raduis'; did you mean 'radius'?");
  check_refused ("stgae: 5\n", SF_EINVAL, "did you mean 'stage'?");
  check_refused ("longitude: 5\n", SF_EINVAL, "known are: name, radius,");
  sf_arena_finish (&arena);
}
END_TEST

START_TEST (overrides)
{
  struct sf_settings *s = settings_of ("radius: 300\ntrack: t.txt\n");
  ck_done (sf_settings_set (s, "radius", "250", "--set", err));
  ck_done (sf_settings_set (s, "track", "other/t.txt", "--set", err));
  ck_done (sf_settings_set (s, "agencies", "CMA,JTWC", "--set", err));
  check_at (s, "radius", "250", "--set");
  check_at (s, "track", "other/t.txt", "--set");
  check_at (s, "agencies", "CMA, JTWC", "--set");
  ck_fails (sf_settings_set (s, "radius", "0", "--set", err), SF_ERANGE, "--set: radius: 0 is outside 1..1000 km");
  ck_fails (sf_settings_set (s, "raduis", "0", "--set", err), SF_EINVAL,
            "--set: unknown setting 'raduis'; did you mean 'radius'?");
  ck_assert_double_eq (sf_settings_double (s, "radius"), 250);
  sf_arena_finish (&arena);
}
END_TEST

START_TEST (paths_follow_their_file)
{
  struct sf_settings *s = NULL;
  ck_done (parse_file ("a.yaml", "track: t.txt\n", &s, err));
  ck_assert_str_eq (sf_settings_text (s, "track"), "t.txt");
  ck_done (parse_file ("/a.yaml", "track: t.txt\n", &s, err));
  ck_assert_str_eq (sf_settings_text (s, "track"), "/t.txt");
  ck_done (parse_file ("x/y/a.yaml", "track: /abs/t.txt\n", &s, err));
  ck_assert_str_eq (sf_settings_text (s, "track"), "/abs/t.txt");
  ck_done (parse_file ("x/y/a.yaml", "track: ''\n", &s, err));
  ck_assert_str_eq (sf_settings_text (s, "track"), "");
  sf_arena_finish (&arena);
}
END_TEST

START_TEST (a_wrong_table_is_an_error)
{
  static const struct sf_option wrong[]
      = { { .name = "x", .type = SF_OPTION_INT, .fallback = "many" }, { .name = NULL } };
  struct sf_settings *s = NULL;
  ck_fails (sf_settings_parse (&arena, wrong, NULL, NULL, &s, err), SF_ETYPE,
            "default: x: expected a whole number, got 'many'");
  sf_arena_finish (&arena);
}
END_TEST

START_TEST (memory_out_at_every_place)
{
  static const char text[]
      = "name: a\nradius: 5\nmembers: 5\nexact: yes\nprofile: holland1980\nbegin: 2014-07-18T00:00Z\n"
        "step: 2h\nagencies: [a, b]\nforces: 1,2\ntrack: t\n";
  enum sf_code code = SF_ENOMEM;
  long n = 1;
  for (; code != SF_OK && n < 10000; n++)
    {
      struct sf_settings *s = NULL;
      sf_mem_fail_at (n, 0);
      code = parse_file ("conf/a.yaml", text, &s, NULL);
      if (code == SF_OK)
        code = sf_settings_set (s, "agencies", "x, y", "--set", NULL);
      sf_mem_fail_at (0, 0);
      ck_assert_msg (code == SF_OK || code == SF_ENOMEM, "allocation %ld: %s", n, sf_code_name (code));
      sf_arena_finish (&arena);
    }
  ck_assert_int_eq (code, SF_OK);
  ck_assert_int_gt (n, 10);
}
END_TEST

START_TEST (type_names)
{
  ck_assert_str_eq (sf_option_type_name (SF_OPTION_TEXT), "text");
  ck_assert_str_eq (sf_option_type_name (SF_OPTION_DURATION), "duration");
  ck_assert_str_eq (sf_option_type_name (SF_OPTION_PATH), "path");
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { defaults,
                                 values_of_a_file,
                                 lists_as_text,
                                 canonical_texts_read_back,
                                 wrong_values_are_named,
                                 overrides,
                                 paths_follow_their_file,
                                 a_wrong_table_is_an_error,
                                 memory_out_at_every_place,
                                 type_names,
                                 NULL };
  return run_tests ("option", tests);
}
