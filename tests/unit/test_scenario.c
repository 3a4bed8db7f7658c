/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cycle/scenario.h"

#include "tests/unit/toys.h"

static struct sf_scenario scenario;

static enum sf_code
load_set (const char *yaml, const char *key, const char *value, struct sf_error *err)
{
  struct sf_override set = { .key = key, .value = value };
  toy_write ("s.yaml", yaml);
  return sf_scenario_load (&toy_arena, toy_place.host, toy_path ("s.yaml"), &set, key ? 1 : 0, &scenario, err);
}

static enum sf_code
load (const char *yaml, struct sf_error *err)
{
  return load_set (yaml, NULL, NULL, err);
}

START_TEST (a_whole_one)
{
  ck_done (load (TOY_HEAD TOY_FEEDS TOY_MODELS "title: {en: A toy}\nauthority: drill\nsimulated: true\noutputs:\n"
                                               "  - {plugin: out, name: 地图-1.a, datasets: [landfalls, tracks]}\n"
                                               "answers:\n  - {dataset: landfalls, columns: storm}\n",
                 err));
  ck_assert_str_eq (scenario.name, "toy");
  ck_assert_str_eq (scenario.title_zh, "A toy");
  ck_assert_int_eq (scenario.clock_s, 1577836800); /* date -u -d 2020-01-01 +%s */
  ck_assert_int_eq (scenario.authority, SF_AUTHORITY_DRILL);
  ck_assert (scenario.simulated);
  ck_assert_int_eq (scenario.domain.count, 1);
  ck_assert_str_eq (scenario.feeds[0].name, "best");
  ck_assert_int_eq (scenario.feeds[0].authority, SF_AUTHORITY_OFFICIAL);
  ck_assert_int_eq (scenario.queries[0].from_s, SF_TIME_MISSING);
  ck_assert_uint_eq (scenario.outputs[0].datasets_count, 2);
  ck_assert_str_eq (scenario.answers[0].columns[0], "storm");
}
END_TEST

START_TEST (a_feed_is_official_only_where_it_says_so)
{
  ck_done (load (TOY_HEAD "feeds:\n  f: {transport: {plugin: post, path: x}, decoder: line}\n", err));
  ck_assert_int_eq (scenario.feeds[0].authority, SF_AUTHORITY_INTERNAL);
}
END_TEST

#define QUERY(text)                                                                                                    \
  TOY_HEAD "feeds:\n  best: {transport: {plugin: post, path: x}, decoder: line}\ndatasets:\n  " text "\n"
#define OUT(text) TOY_HEAD TOY_FEEDS TOY_MODELS "outputs:\n" text
#define SNAPSHOT(mapping)                                                                                              \
  "scenario: a\nclock: 2020-01-01T00:00:00Z\ndomain: {grids: {g: {crs: x, x: [0, 1], y: [0, 1], cell: 1}}}\n"          \
  "snapshot: " mapping "\n"
#define FEED(name) TOY_HEAD "feeds:\n  " name ": {transport: {plugin: post, path: x}, decoder: line}\n"

static const struct
{
  const char *yaml;
  enum sf_code code;
  const char *words;
} bad[] = {
  { "", SF_EINVAL, "s.yaml:1:1: 'scenario' is missing" },
  { "[1, 2]", SF_ETYPE, "expected a mapping, got a list" },
  { "scenario:\n", SF_EINVAL, "s.yaml:1:10: scenario: is empty" },
  { "scenario: [a]\n", SF_ETYPE, "scenario: expected a text, got a list" },
  { "scenario: ../x\n", SF_EINVAL, "cannot be part of a file name" },
  { "scenario: a b\n", SF_EINVAL, "cannot be part of a file name" },
  { "scenario: \"a\\nb\"\n", SF_EINVAL, "cannot be part of a file name" },
  { "scenario: -a\n", SF_EINVAL, "cannot be part of a file name" },
  { "scenario: a\ntitle: A\n", SF_ETYPE, "title: expected a mapping, got a text" },
  { "scenario: a\ntitle: {eng: A}\n", SF_EINVAL, "eng" },
  { "scenario: a\ndomain: hainan\n", SF_EINVAL, "'clock' is missing" },
  { "scenario: a\nclock: 2020-01-01T00:00:00\n", SF_EFORMAT, "clock" },
  { "scenario: a\nclock: [2020]\n", SF_ETYPE, "clock: expected a text" },
  { "scenario: a\nclock: 2020-01-01T00:00:00Z\n", SF_EINVAL, "'domain' is missing" },
  { "scenario: a\nclock: 2020-01-01T00:00:00Z\ndomain: ../x\n", SF_EINVAL, "is not a name" },
  { "scenario: a\nclock: 2020-01-01T00:00:00Z\ndomain: [x]\n", SF_ETYPE, "domain: expected a text" },
  { "scenario: a\nclock: 2020-01-01T00:00:00Z\ndomain: atlantis\n", SF_ENOTFOUND, "atlantis.yaml" },
  { TOY_HEAD "authority: secret\n", SF_EINVAL, "expected official, internal, drill or hypothetical, got 'secret'" },
  { TOY_HEAD "simulated: maybe\n", SF_ETYPE, "maybe" },
  { TOY_HEAD "feeds: [a]\n", SF_ETYPE, "feeds: expected a mapping, got a list" },
  { TOY_HEAD "feeds:\n", SF_ETYPE, "feeds: expected a mapping, got a text" },
  { TOY_HEAD "feeds:\n  a: x\n", SF_ETYPE, "a: expected a mapping" },
  { FEED ("\"a,b\""), SF_EINVAL, "'a,b' is not a feed's name" },
  { FEED ("a.b"), SF_EINVAL, "'a.b' is not a feed's name" },
  { FEED ("海"), SF_EINVAL, "is not a feed's name" },
  { TOY_HEAD "feeds:\n  a: {transport: {plugin: post, path: x}, decoder: line}\n"
             "  a: {transport: {plugin: post, path: x}, decoder: line}\n",
    SF_ECONFLICT, "key 'a' stands already" },
  { TOY_HEAD "feeds:\n  a: {transport: {path: x}, decoder: line}\n", SF_EINVAL, "transport names no plugin" },
  { TOY_HEAD "feeds:\n  a: {transport: [post], decoder: line}\n", SF_EINVAL, "transport names no plugin" },
  { TOY_HEAD "feeds:\n  a: {transport: post, decoder: line}\n", SF_EINVAL, "path" },
  { TOY_HEAD "feeds:\n  a: {transport: line, decoder: line}\n", SF_ETYPE,
    "plugin 'line' is a decoder, not a transport" },
  { TOY_HEAD "feeds:\n  a: {transport: {plugin: pots, path: x}, decoder: line}\n", SF_ENOTFOUND,
    "did you mean 'post'" },
  { QUERY ("tracks: {records: track, feeds: [nobody]}"), SF_ENOTFOUND, "there is no feed 'nobody'" },
  { QUERY ("tracks: {records: track, feeds: []}"), SF_EINVAL, "feeds: the list is empty" },
  { QUERY ("tracks: {records: track, feeds: }"), SF_EINVAL, "feeds: the list is empty" },
  { QUERY ("tracks: {records: track, feeds: [best, best]}"), SF_ECONFLICT, "'best' stands there twice" },
  { QUERY ("tracks: {records: track, feeds: {best: 1}}"), SF_ETYPE, "feeds: expected a list, got a mapping" },
  { QUERY ("tracks: {records: [track], feeds: [best]}"), SF_ETYPE, "records: expected a text" },
  { QUERY ("tracks: {records: truck, feeds: [best]}"), SF_EINVAL, "got 'truck'" },
  { QUERY ("tracks: {records: position, feeds: [best]}"), SF_EUNSUPPORTED, "only records of kind track" },
  { QUERY ("tracks: {records: track, feeds: [best], storm: [1409]}"), SF_ETYPE, "storm: expected a text, got a list" },
  { QUERY ("tracks: {records: track, feeds: [best], storm: }"), SF_EINVAL, "storm: is empty" },
  { QUERY ("tracks: {records: track, feeds: [best], from: 2020-01-02T00:00:00Z, to: 2020-01-01T00:00:00Z}"), SF_ERANGE,
    "'to' is before 'from'" },
  { QUERY ("tracks@near: {records: track, feeds: [best]}"), SF_EINVAL, "stands on no grid" },
  { QUERY ("trucks: {records: track, feeds: [best]}"), SF_ENOTFOUND, "did you mean 'tracks'" },
  { TOY_HEAD "models: {wind: [1]}\n", SF_ETYPE, "wind: expected a mapping, got a list" },
  { TOY_HEAD "models: {wind: {strenght: 1}}\n", SF_EINVAL, "did you mean 'strength'" },
  { TOY_HEAD "models: {wind: {strength: far}}\n", SF_ETYPE, "far" },
  { SNAPSHOT ("{grids: blind, tables: keep}"), SF_EUNSUPPORTED, "cannot keep a snapshot: it cannot read back" },
  { SNAPSHOT ("{grids: out, tables: keep}"), SF_EUNSUPPORTED, "cannot keep a snapshot" },
  { SNAPSHOT ("{grids: keep, tables: keep, cubes: [wind_hourly@near]}"), SF_EUNSUPPORTED,
    "it does not write all that has to be kept" },
  { SNAPSHOT ("{grids: keep, tables: keep, cubes: [wind_max@near]}"), SF_ETYPE, "'wind_max@near' is a grid" },
  { SNAPSHOT ("{grids: keep, tables: keep, cubes: [wind_hurly@near]}"), SF_ENOTFOUND, "did you mean 'wind_hourly" },
  { SNAPSHOT ("{grids: keep, tables: keep, cubes: [wind_cube@near, wind_cube@near]}"), SF_ECONFLICT,
    "'wind_cube@near' stands there twice" },
  { SNAPSHOT ("{grids: keep, tables: keep, cubes: {wind_cube@near: 1}}"), SF_ETYPE, "cubes: expected a list" },
  { OUT ("  a: 1\n"), SF_ETYPE, "outputs: expected a list, got a mapping" },
  { OUT ("  - {name: a, datasets: [tracks]}\n"), SF_EINVAL, "'plugin' is missing" },
  { OUT ("  - {plugin: out, datasets: [tracks]}\n"), SF_EINVAL, "'name' is missing" },
  { OUT ("  - {plugin: out, name: a}\n"), SF_EINVAL, "'datasets' is missing" },
  { OUT ("  - {plugin: out, name: a, datasets: []}\n"), SF_EINVAL, "datasets: the list is empty" },
  { OUT ("  - {plugin: out, name: a/b, datasets: [tracks]}\n"), SF_EINVAL, "output name 'a/b'" },
  { OUT ("  - {plugin: out, name: \"a,b\", datasets: [tracks]}\n"), SF_EINVAL, "output name 'a,b'" },
  { OUT ("  - {plugin: out, name: a, datasets: [wind_max@near]}\n"), SF_ETYPE, "exporter 'out' does not write a grid" },
  { OUT ("  - {plugin: out, name: a, datasets: [tracks, tracks]}\n"), SF_ECONFLICT, "'tracks' stands there twice" },
  { OUT ("  - {plugin: out, name: a, datasets: [tracks]}\n  - {plugin: out, name: a, datasets: [landfalls]}\n"),
    SF_ECONFLICT, "outputs 0 and 1 are both 'a' of out" },
  { TOY_HEAD "answers:\n  - {dataset: landfalls, columns: [strom]}\n", SF_ENOTFOUND, "no column 'strom'" },
  { TOY_HEAD "answers:\n  - {dataset: [landfalls]}\n", SF_ETYPE, "dataset: expected a text" },
  { TOY_HEAD "anwsers: []\n", SF_EINVAL, "answers" },
};

START_TEST (what_is_wrong_is_named_with_its_place)
{
  ck_fails (load (bad[_i].yaml, err), bad[_i].code, bad[_i].words);
  struct sf_error place = { 0 };
  load (bad[_i].yaml, &place);
  ck_assert_msg (strstr (place.message, "s.yaml:") != NULL, "no place: %s", place.message);
}
END_TEST

struct seen
{
  const char *key, *text, *origin;
};

static void
look (void *ctx, const struct sf_effective *setting)
{
  struct seen *seen = ctx;
  if (strcmp (setting->key, seen->key) != 0)
    return;
  seen->text = setting->text ? sf_arena_strdup (&toy_arena, setting->text) : "(missing)";
  seen->origin = sf_arena_strdup (&toy_arena, setting->origin);
}

static struct seen
setting (const char *key)
{
  struct seen seen = { .key = key, .text = "(none)", .origin = "" };
  sf_scenario_visit_settings (&scenario, look, &seen);
  return seen;
}

START_TEST (settings_tell_their_origin)
{
  ck_done (load_set (TOY_HEAD TOY_FEEDS "models: {wind: {strength: 7}}\noutputs:\n"
                                        "  - {plugin: out, name: a, datasets: [tracks]}\n",
                     "models.wind.late", "3", err));
  ck_assert_str_eq (setting ("models.wind.strength").text, "7");
  ck_assert_ptr_nonnull (strstr (setting ("models.wind.strength").origin, "s.yaml:"));
  ck_assert_str_eq (setting ("models.wind.late").text, "3");
  ck_assert_ptr_nonnull (strstr (setting ("models.wind.late").origin, "--set"));
  ck_assert_str_eq (setting ("models.wind.fail").origin, "default");
  ck_assert_str_eq (setting ("outputs.0.style").text, "(missing)");
  ck_assert_str_eq (setting ("feeds.best.transport.path").text, toy_path ("fixes.txt"));
}
END_TEST

START_TEST (set_reaches_everything_and_says_what_it_does_not)
{
  static const char *const yaml
      = TOY_HEAD TOY_FEEDS "models:\n  wind:\noutputs:\n  - {plugin: out, name: a, datasets: [tracks]}\n";
  ck_done (load_set (yaml, "models.wind.strength", "5", err)); /* "wind:" with nothing behind it is no settings */
  ck_assert_str_eq (setting ("models.wind.strength").text, "5");
  ck_done (load_set (yaml, "outputs.0.name", "b", err));
  ck_assert_str_eq (scenario.outputs[0].name, "b");
  ck_done (load_set (yaml, "outputs.0.datasets", "tracks, landfalls", err));
  ck_assert_uint_eq (scenario.outputs[0].datasets_count, 2);
  ck_done (load_set (yaml, "authority", "drill", err));
  ck_assert_int_eq (scenario.authority, SF_AUTHORITY_DRILL);
  ck_fails (load_set (yaml, "outputs.1.name", "b", err), SF_EINVAL, "--set outputs.1.name=b: there is no '1' there");
  ck_fails (load_set (yaml, "outputs.-1.name", "b", err), SF_EINVAL, "there is no '-1' there");
  ck_fails (load_set (yaml, "clock.x", "b", err), SF_EINVAL, "there is no 'x' there");
  ck_fails (load_set (yaml, "models..x", "b", err), SF_EINVAL, "there is no '' there");
  ck_fails (load_set (yaml, "", "b", err), SF_EINVAL, "there is no '' there");
  ck_fails (load_set (yaml, "nonsense", "b", err), SF_EINVAL, "nonsense");
  ck_fails (load_set (yaml, "feeds.best.simulated", "", err), SF_ETYPE, "simulated");
}
END_TEST

START_TEST (set_on_an_alias_leaves_its_anchor_alone)
{
  ck_done (load_set (TOY_HEAD "feeds:\n  a: {transport: &t {plugin: post, path: one}, decoder: line}\n"
                              "  b: {transport: *t, decoder: line}\n",
                     "feeds.b.transport.path", "two", err));
  ck_assert_str_eq (setting ("feeds.a.transport.path").text, toy_path ("one"));
  ck_assert_ptr_nonnull (strstr (setting ("feeds.b.transport.path").text, "two"));
}
END_TEST

START_TEST (loading_survives_lack_of_memory)
{
  toy_write ("s.yaml", TOY_HEAD TOY_FEEDS TOY_MODELS "outputs:\n  - {plugin: out, name: a, datasets: [tracks]}\n");
  struct sf_override set = { .key = "models.wind.late", .value = "3" };
  struct sf_error error;
  enum sf_code code = SF_ENOMEM;
  char *path = toy_path ("s.yaml");
  int n = 0;
  while (code != SF_OK && n++ < 5000)
    {
      struct sf_arena arena = { 0 };
      error.message[0] = '\0';
      sf_mem_fail_at (n, 1);
      code = sf_scenario_load (&arena, toy_place.host, path, &set, 1, &scenario, &error);
      sf_mem_fail_at (0, 0);
      sf_arena_finish (&arena);
      ck_assert_msg (code == SF_OK || (code == SF_ENOMEM && error.message[0]), "allocation %d: %s %s", n,
                     sf_code_name (code), error.message);
    }
  ck_assert_int_eq (code, SF_OK);
  ck_assert_int_gt (n, 3);
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("scenario");
  TCase *tcase = tcase_create ("scenario");
  tcase_add_checked_fixture (tcase, toy_start, toy_stop);
  tcase_add_test (tcase, a_whole_one);
  tcase_add_test (tcase, a_feed_is_official_only_where_it_says_so);
  tcase_add_loop_test (tcase, what_is_wrong_is_named_with_its_place, 0, sizeof bad / sizeof *bad);
  tcase_add_test (tcase, settings_tell_their_origin);
  tcase_add_test (tcase, set_reaches_everything_and_says_what_it_does_not);
  tcase_add_test (tcase, set_on_an_alias_leaves_its_anchor_alone);
  tcase_add_test (tcase, loading_survives_lack_of_memory);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
