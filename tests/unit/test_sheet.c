/* SPDX-License-Identifier: Apache-2.0 */
/* The exporter module sheet, loaded as the program loads it: marks, escaping, chances, files. Expected texts are written by
   hand from RFC 4180 and the rules of doc/typhoon/answers.md. */
#include "core/base/file.h"
#include "core/base/time.h"
#include "core/plugin/host.h"
#include "tests/unit/base.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>

static struct sf_vocabulary *vocabulary;
static struct sf_pool *pool;
static struct sf_plugin_host *plugins;
static struct sf_arena arena;
static char folder[64];
static struct sf_dataset *datasets[4];
static size_t datasets_count;
static char registered[2000];

static void
setup (void)
{
  datasets_count = 0;
  ck_done (sf_vocabulary_load (TEST_SRCDIR "/share/vocabulary", &vocabulary, err));
  ck_done (sf_pool_new (1, &pool, err));
  struct sf_plugin_host_setup how = { .search_path = TEST_BUILDDIR "/modules/.libs",
                                      .share_folder = TEST_SRCDIR "/share",
                                      .vocabulary = vocabulary,
                                      .pool = pool };
  ck_done (sf_plugin_host_new (&how, &plugins, err));
  strcpy (folder, "/tmp/sf-sheet-XXXXXX");
  ck_assert_ptr_nonnull (mkdtemp (folder));
}

static void
teardown (void)
{
  for (size_t i = 0; i < datasets_count; i++)
    sf_dataset_unref (datasets[i]);
  sf_file_remove_tree (folder, NULL);
  sf_plugin_host_free (plugins);
  sf_pool_free (pool);
  sf_vocabulary_free (vocabulary);
  sf_arena_finish (&arena);
}

static struct sf_table *
add_table (const char *name, enum sf_authority authority)
{
  ck_done (sf_dataset_new_table (sf_vocabulary_dataset (vocabulary, name), NULL, &datasets[datasets_count], err));
  datasets[datasets_count]->authority = authority;
  return datasets[datasets_count++]->as.table;
}

static enum sf_code
take_product (void *ctx, const char *path, const char *media_type, const char *names, struct sf_error *err)
{
  (void) ctx;
  (void) err;
  size_t used = strlen (registered);
  snprintf (registered + used, sizeof registered - used, "%s %s %s\n", path, media_type, names);
  return SF_OK;
}

static enum sf_code
export_with (const char *option, const char *value, struct sf_error *err)
{
  const struct sf_plugin *plugin;
  struct sf_settings *settings = NULL;
  struct sf_host host;
  SF_TRY (sf_plugin_host_find (plugins, SF_PLUGIN_EXPORTER, "sheet", &plugin, err));
  SF_TRY (sf_settings_parse (&arena, plugin->options, NULL, NULL, &settings, err));
  if (option)
    SF_TRY (sf_settings_set (settings, option, value, "test", err));
  sf_plugin_host_handle (plugins, "sheet", settings, 1405605600, &host); /* 2014-07-17 22:00 BJT */
  struct sf_export job = { .datasets = (const struct sf_dataset *const *) datasets,
                           .datasets_count = datasets_count,
                           .folder = folder,
                           .name = "sheet",
                           .scenario = "test",
                           .title_en = "Test <b>",
                           .title_zh = "测试",
                           .product = take_product };
  registered[0] = '\0';
  return plugin->as.exporter->run (&host, &job, err);
}

static char *
read_product (const char *name)
{
  uint8_t *bytes = NULL;
  size_t length = 0;
  char *path = sf_arena_printf (&arena, "%s/%s", folder, name);
  ck_done (sf_file_read (&arena, path, 1 << 20, &bytes, &length, err));
  return (char *) bytes;
}

#define HAS(text, words) ck_assert_msg (strstr (text, words) != NULL, "'%s' is missing", words)
#define LACKS(text, words) ck_assert_msg (strstr (text, words) == NULL, "'%s' is there", words)

static void
add_change (struct sf_table *table, const char *place, const char *words)
{
  sf_table_add_row (table);
  ck_done (sf_table_set_text (table, "subject", "wind", err));
  ck_done (sf_table_set_text (table, "place", place, err));
  ck_done (sf_table_set_text (table, "change", words, err));
}

START_TEST (texts_from_data_are_escaped)
{
  struct sf_table *changes = add_table ("forecast_changes", SF_AUTHORITY_INTERNAL);
  add_change (changes, "<script>alert(1)</script>", "a \"quoted\", text\nof two lines");
  add_change (changes, "=cmd|' /C calc'!A0", "-3 h");
  add_change (changes, "-", "-1|x!A0");
  ck_done (export_with (NULL, NULL, err));
  ck_assert_str_eq (registered, "sheet-changes.html text/html forecast_changes\n"
                                "sheet-forecast_changes.csv text/csv forecast_changes\n"
                                "sheet-forecast_changes.json application/json forecast_changes\n");
  char *html = read_product ("sheet-changes.html");
  LACKS (html, "<script>");
  LACKS (html, "Test <b>");
  HAS (html, "&lt;script&gt;alert(1)");
  HAS (html, "内部研判参考，不得对外发布</span>"); /* the watermark */
  HAS (html, "badge internal");
  LACKS (html, "badge official");
  HAS (html, "2014-07-17 22:00 BJT");
  char *csv = read_product ("sheet-forecast_changes.csv");
  ck_assert_str_eq (
      csv, "\xEF\xBB\xBFsubject,subject_zh,place,place_zh,before,after,before_zh,after_zh,change,change_zh,"
           "product_authority,simulated\r\n"
           "\"wind\",,\"<script>alert(1)</script>\",,,,,,\"a \"\"quoted\"\", text\nof two lines\",,internal,0\r\n"
           "\"wind\",,\"'=cmd|' /C calc'!A0\",,,,,,\"-3 h\",,internal,0\r\n"
           "\"wind\",,\"-\",,,,,,\"'-1|x!A0\",,internal,0\r\n");
}
END_TEST

START_TEST (json_is_whole)
{
  struct sf_table *table = add_table ("landfall_chances", SF_AUTHORITY_DRILL);
  datasets[0]->simulated = true;
  sf_table_add_row (table);
  ck_done (sf_table_set_double (table, "probability", 0.25, err));
  ck_done (sf_table_set_time (table, "likely", 1405663200, err));
  ck_done (export_with ("data", "json", err));
  HAS (registered, "DRILL-sheet-landfall_chances.json application/json");
  LACKS (registered, ".csv");
  json_error_t why;
  json_t *root = json_loads (read_product ("DRILL-sheet-landfall_chances.json"), 0, &why);
  ck_assert_msg (root != NULL, "%s", why.text);
  ck_assert_str_eq (json_string_value (json_object_get (root, "authority")), "drill");
  ck_assert (json_is_true (json_object_get (root, "simulated")));
  ck_assert_str_eq (json_string_value (json_object_get (root, "as_of")), "2014-07-17T14:00:00Z");
  const json_t *row = json_array_get (json_object_get (root, "rows"), 0);
  ck_assert_double_eq (json_real_value (json_object_get (row, "probability")), 0.25);
  ck_assert_str_eq (json_string_value (json_object_get (row, "likely")), "2014-07-18T06:00:00Z");
  ck_assert (json_is_null (json_object_get (row, "wind_speed")));
  json_decref (root);
}
END_TEST

/* The weakest dataset of a sheet marks it; an official table alone keeps its name and has no watermark. */
START_TEST (a_sheet_is_marked_by_what_it_shows)
{
  add_table ("landfalls", SF_AUTHORITY_OFFICIAL);
  add_table ("fix_table", SF_AUTHORITY_HYPOTHETICAL);
  ck_done (export_with ("data", "none", err));
  ck_assert_str_eq (registered, "HYPOTHETICAL-sheet-fixes.html text/html fix_table\n"
                                "sheet-landfall.html text/html landfalls\n");
  char *official = read_product ("sheet-landfall.html");
  LACKS (official, "不得对外发布</span>");
  HAS (official, "badge official");
  HAS (official, "缺："); /* the chances, which nobody gave */
  char *hypothetical = read_product ("HYPOTHETICAL-sheet-fixes.html");
  HAS (hypothetical, "假设推演 HYPOTHETICAL");
  HAS (hypothetical, "<b>未知</b>"); /* no row is no all-clear */
}
END_TEST

static void
add_impact (struct sf_table *table, double probability, bool arrives)
{
  sf_table_add_row (table);
  ck_done (sf_table_set_text (table, "code", "1", err));
  ck_done (sf_table_set_text (table, "name", "Wenchang", err));
  ck_done (sf_table_set_text (table, "kind", "county", err));
  ck_done (sf_table_set_double (table, "force", 8, err));
  ck_done (sf_table_set_double (table, "probability", probability, err));
  if (!arrives)
    return;
  ck_done (sf_table_set_time (table, "earliest", 1405663200 + 3540, err));          /* 14:59 */
  ck_done (sf_table_set_time (table, "likely", 1405663200 + 4 * 3600 + 1800, err)); /* 18:30 */
}

START_TEST (an_arrival_stands_beside_its_chance)
{
  struct sf_table *table = add_table ("ring_impact", SF_AUTHORITY_INTERNAL);
  add_impact (table, 0.7, true);
  ck_done (export_with (NULL, NULL, err));
  char *html = read_product ("sheet-impact.html");
  HAS (html, "可能性 7/10，最早");
  HAS (html, ">18日14时</time>（1/10），最可能"); /* rounded down */
  HAS (html, ">18日19时</time>");
  HAS (html, "未知 unknown"); /* no official wind: not "not reached" */
  LACKS (html, "未达到 not reached");
}
END_TEST

START_TEST (an_unlikely_arrival_has_no_time)
{
  struct sf_table *table = add_table ("ring_impact", SF_AUTHORITY_INTERNAL);
  add_impact (table, 0.01, true);
  ck_done (export_with (NULL, NULL, err));
  char *html = read_product ("sheet-impact.html");
  HAS (html, "可能性 &lt;1/10</span>");
  LACKS (html, "，最早<time");
}
END_TEST

START_TEST (disagreements_are_counted_on_every_sheet)
{
  struct sf_table *table = add_table ("disagreements", SF_AUTHORITY_INTERNAL);
  for (int i = 0; i < 3; i++)
    {
      sf_table_add_row (table);
      ck_done (sf_table_set_int (table, "flagged", i < 2, err));
    }
  add_table ("fix_table", SF_AUTHORITY_OFFICIAL);
  ck_done (export_with (NULL, NULL, err));
  HAS (read_product ("sheet-changes.html"), "官方与模型有2项超过限值");
  char *fixes = read_product ("sheet-fixes.html"); /* it shows the banner, so it is internal */
  HAS (fixes, "官方与模型有2项超过限值");
  HAS (fixes, "badge internal");
}
END_TEST

static void
add_return (struct sf_table *table, const char *code, double period, double wind_mps)
{
  sf_table_add_row (table);
  ck_done (sf_table_set_text (table, "code", code, err));
  ck_done (sf_table_set_text (table, "name", code, err));
  ck_done (sf_table_set_text (table, "limits", "few years", err));
  ck_done (sf_table_set_double (table, "return_period", period, err));
  ck_done (sf_table_set_double (table, "wind_speed", wind_mps, err));
  ck_done (sf_table_set_double (table, "low", wind_mps - 2, err));
  ck_done (sf_table_set_double (table, "high", wind_mps + 2, err));
}

START_TEST (return_periods_are_columns)
{
  struct sf_table *table = add_table ("wind_return", SF_AUTHORITY_INTERNAL);
  add_return (table, "Haikou", 10, 30);
  add_return (table, "Haikou", 50, 40);
  add_return (table, "Nowhere", 10, NAN);
  add_return (table, "Nowhere", 50, NAN);
  ck_done (export_with (NULL, NULL, err));
  char *html = read_product ("sheet-similar.html");
  HAS (html, "50年一遇 m/s");
  HAS (html,
       "<td>Haikou</td><td class=\"n\">30.0 <small>(28.0–32.0)</small></td><td class=\"n\">40.0 <small>(38.0–42.0)");
  LACKS (html, "Nowhere");
  HAS (html, "few years");
}
END_TEST

START_TEST (unknown_sheets_and_templates_are_refused)
{
  add_table ("fix_table", SF_AUTHORITY_INTERNAL);
  ck_fails (export_with ("sheets", "fixes, fixtures", err), SF_ENOTFOUND, "fixtures");
  ck_fails (export_with ("template", "/nonexistent.html", err), SF_ENOTFOUND, "/nonexistent.html");
  char *path = sf_arena_printf (&arena, "%s/t.html", folder);
  ck_done (sf_file_write (path, "a\n{{nothing}}", 13, err));
  ck_fails (export_with ("template", path, err), SF_ENOTFOUND, "t.html:2:");
  ck_done (sf_file_write (path, "{{open", 6, err));
  ck_fails (export_with ("template", path, err), SF_EFORMAT, "t.html:1:");
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { texts_from_data_are_escaped,        json_is_whole,
                                 a_sheet_is_marked_by_what_it_shows, an_arrival_stands_beside_its_chance,
                                 an_unlikely_arrival_has_no_time,    disagreements_are_counted_on_every_sheet,
                                 return_periods_are_columns,         unknown_sheets_and_templates_are_refused };
  Suite *suite = suite_create ("sheet");
  TCase *tcase = tcase_create ("sheet");
  tcase_add_checked_fixture (tcase, setup, teardown);
  for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
    tcase_add_test (tcase, tests[i]);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_NORMAL);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
