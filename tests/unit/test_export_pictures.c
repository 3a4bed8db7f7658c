/* SPDX-License-Identifier: Apache-2.0 */
/* The exporter modules png, xyz and html, loaded as the program loads them, with one thread and with two. */
#include "core/base/file.h"
#include "core/base/time.h"
#include "core/plugin/host.h"

#include <check.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct sf_vocabulary *vocabulary;
static struct sf_arena arena;
static struct sf_error err;
static char folder[64];
static struct sf_dataset *datasets[8];
static size_t datasets_count;

#define ASSERT_OK(expr) ck_assert_msg ((expr) == SF_OK, "%s", err.message)

static struct sf_dataset *
add_table (const char *name)
{
  ASSERT_OK (sf_dataset_new_table (sf_vocabulary_dataset (vocabulary, name), NULL, &datasets[datasets_count], &err));
  datasets[datasets_count]->authority = SF_AUTHORITY_INTERNAL;
  return datasets[datasets_count++];
}

static void
add_grid (const char *name)
{
  static const double forces[] = { 7, 8 };
  const struct sf_dataset_spec *spec = sf_vocabulary_dataset (vocabulary, name);
  struct sf_gridspec grid = { 60, 45, { 107, 0.1, 0, 21.5, 0, -0.1 }, "EPSG:4490" };
  struct sf_dataset **ret = &datasets[datasets_count++];
  ASSERT_OK (sf_dataset_new_grid (spec, "province", &grid, forces, spec->band ? 2 : 1, ret, &err));
  for (int i = 0; i < 60 * 45; i++)
    (*ret)->as.grid->values[i] = i % 60 < 50 ? 8 + (float) (i % 60) : NAN;
  (*ret)->as.grid->reference_s = spec->band ? 1405555200 : SF_TIME_MISSING;
  (*ret)->authority = SF_AUTHORITY_INTERNAL;
}

static void
setup (void)
{
  char path[4096];
  const char *share = getenv ("SANFANG_SHARE");
  snprintf (path, sizeof path, "%s/vocabulary", share ? share : TEST_SRCDIR "/share");
  ASSERT_OK (sf_vocabulary_load (path, &vocabulary, &err));
  strcpy (folder, "/tmp/sf-pictures-XXXXXX");
  ck_assert_ptr_nonnull (mkdtemp (folder));
  add_grid ("wind_max");
  add_grid ("wind_arrival");
  struct sf_table *counties = add_table ("county_wind")->as.table;
  ck_assert_int_eq (sf_table_add_row (counties), 0);
  ASSERT_OK (sf_table_set_text (counties, "county_zh", "文昌<&>", &err));
  ASSERT_OK (sf_table_set_time (counties, "force8_begin", 1405638000, &err)); /* 2014-07-17 23:00 UTC */
  ASSERT_OK (sf_table_set_double (counties, "max_wind", 57.3, &err));
  ASSERT_OK (sf_table_set_double (counties, "max_force", 17, &err));
  add_table ("landfalls");
}

static void
teardown (void)
{
  for (size_t i = 0; i < datasets_count; i++)
    sf_dataset_unref (datasets[i]);
  datasets_count = 0;
  sf_file_remove_tree (folder, NULL);
  sf_vocabulary_free (vocabulary);
  sf_arena_finish (&arena);
}

static enum sf_code
take_product (void *ctx, const char *path, const char *media_type, const char *names, struct sf_error *error)
{
  struct sf_strbuf *list = ctx;
  (void) error;
  sf_strbuf_addf (list, "%s %s %s\n", path, media_type, names);
  return SF_OK;
}

struct run
{
  const char *plugin, *option, *value;
  int threads;
  enum sf_authority authority;
  bool simulated;
};

/* Run an exporter into folder/sub; products are listed in *list. */
static enum sf_code
run (const struct run *how, const char *sub, struct sf_strbuf *list)
{
  const char *modules = getenv ("SANFANG_PLUGIN_PATH"), *share = getenv ("SANFANG_SHARE");
  struct sf_plugin_host *plugins = NULL;
  struct sf_pool *pool = NULL;
  struct sf_settings *settings = NULL;
  const struct sf_plugin *plugin = NULL;
  struct sf_host host;
  ASSERT_OK (sf_pool_new (how->threads, &pool, &err));
  struct sf_plugin_host_setup setup_of = { .search_path = modules ? modules : TEST_BUILDDIR "/modules/.libs",
                                           .share_folder = share ? share : TEST_SRCDIR "/share",
                                           .vocabulary = vocabulary,
                                           .pool = pool };
  ASSERT_OK (sf_plugin_host_new (&setup_of, &plugins, &err));
  ASSERT_OK (sf_plugin_host_find (plugins, SF_PLUGIN_EXPORTER, how->plugin, &plugin, &err));
  ASSERT_OK (sf_settings_parse (&arena, plugin->options, NULL, NULL, &settings, &err));
  if (how->option)
    ASSERT_OK (sf_settings_set (settings, how->option, how->value, "--set", &err));
  sf_plugin_host_handle (plugins, "t", settings, 1405663200, &host);
  char *out = sf_file_join (&arena, folder, sub);
  ASSERT_OK (sf_file_make_folder (out, &err));
  struct sf_export job = { .ctx = list,
                           .datasets = (const struct sf_dataset *const *) datasets,
                           .datasets_count = datasets_count,
                           .folder = out,
                           .name = "t",
                           .scenario = "test",
                           .title_en = "Test <1>",
                           .title_zh = "试验",
                           .authority = how->authority,
                           .simulated = how->simulated,
                           .product = take_product };
  enum sf_code code = plugin->as.exporter->run (&host, &job, &err);
  sf_plugin_host_free (plugins);
  sf_pool_free (pool);
  return code;
}

static void
same_trees (const char *a, const char *b)
{
  char command[256];
  snprintf (command, sizeof command, "diff -r %s/%s %s/%s >/dev/null", folder, a, folder, b);
  ck_assert_msg (system (command) == 0, "%s and %s differ", a, b);
}

static const char *const names[] = { "png", "xyz", "html" };

START_TEST (test_same_bytes_with_any_threads)
{
  struct run how = { .plugin = names[_i], .threads = 1, .authority = SF_AUTHORITY_INTERNAL };
  struct sf_strbuf first = { 0 }, second = { 0 };
  ASSERT_OK (run (&how, "one", &first));
  how.threads = 2;
  ASSERT_OK (run (&how, "two", &second));
  ck_assert_str_eq (first.text, second.text);
  same_trees ("one", "two");
  sf_strbuf_finish (&first);
  sf_strbuf_finish (&second);
}
END_TEST

START_TEST (test_png_products)
{
  struct run how = { .plugin = "png", .option = "bands", .value = "8", .threads = 2, .authority = SF_AUTHORITY_DRILL };
  struct sf_strbuf list = { 0 };
  ASSERT_OK (run (&how, "out", &list));
  ck_assert_str_eq (list.text, "DRILL-t-wind_max-province.png image/png wind_max@province\n"
                               "DRILL-t-wind_arrival-province-8.png image/png wind_arrival@province\n");
  sf_strbuf_finish (&list);
}
END_TEST

static json_t *
load_json (const char *path)
{
  json_error_t where;
  json_t *root = json_load_file (sf_file_join (&arena, folder, path), 0, &where);
  ck_assert_msg (root != NULL, "%s: %s", path, where.text);
  return root;
}

/* The grid spans 107..113 E, its values to 112 E, 17..21.5 N. At level 7 of c a tile is 2.8125 degrees: columns 102..103
   (106.875..112.5; from 112.5 on all is missing), rows 24..25 (22.5..16.875). At level 6: 5.625 degrees, 51 (106.875..112.5)
   alone, row 12 (22.5..16.875). So five tiles. */
START_TEST (test_xyz_tiles)
{
  struct run how
      = { .plugin = "xyz", .option = "max_zoom", .value = "7", .threads = 2, .authority = SF_AUTHORITY_INTERNAL };
  struct sf_strbuf list = { 0 };
  char command[256];
  ASSERT_OK (run (&how, "out", &list));
  ck_assert_ptr_nonnull (strstr (list.text, "t-wind_max-province/c/tiles.json application/json wind_max@province\n"));
  json_t *root = load_json ("out/t-wind_max-province/c/tiles.json");
  ck_assert_str_eq (json_string_value (json_object_get (root, "tilejson")), "3.0.0");
  ck_assert_str_eq (json_string_value (json_object_get (root, "crs")), "EPSG:4490");
  json_decref (root);
  static const char *const tiles[] = { "6/51/12", "7/102/24", "7/102/25", "7/103/24", "7/103/25" };
  for (size_t i = 0; i < 5; i++)
    ck_assert_msg (sf_file_exists (sf_arena_printf (&arena, "%s/out/t-wind_max-province/c/%s.png", folder, tiles[i])),
                   "%s", tiles[i]);
  ck_assert (!sf_file_exists (sf_arena_printf (&arena, "%s/out/t-wind_max-province/c/7/104", folder)));
  ck_assert (!sf_file_exists (sf_arena_printf (&arena, "%s/out/t-wind_max-province/c/6/52", folder)));
  snprintf (command, sizeof command, "cd %s/out/t-wind_arrival-province-7/w && sha256sum -c --quiet checksums.sha256",
            folder);
  ck_assert_int_eq (system (command), 0);
  sf_strbuf_finish (&list);
}
END_TEST

/* A simulated layer's tiles are not those of a real one. */
START_TEST (test_xyz_stripes)
{
  struct run how
      = { .plugin = "xyz", .option = "max_zoom", .value = "6", .threads = 1, .authority = SF_AUTHORITY_INTERNAL };
  struct sf_strbuf list = { 0 };
  struct sf_key real, marked;
  ASSERT_OK (run (&how, "real", &list));
  how.simulated = true;
  ASSERT_OK (run (&how, "marked", &list));
  ASSERT_OK (sf_key_of_file (sf_file_join (&arena, folder, "real/t-wind_max-province/c/6/51/12.png"), &real, &err));
  ASSERT_OK (sf_key_of_file (sf_file_join (&arena, folder, "marked/SIMULATED-t-wind_max-province/c/6/51/12.png"),
                             &marked, &err));
  ck_assert_mem_ne (&real, &marked, sizeof real);
  json_t *root = load_json ("marked/SIMULATED-t-wind_max-province/c/tiles.json");
  ck_assert (json_is_true (json_object_get (root, "striped")));
  json_decref (root);
  sf_strbuf_finish (&list);
}
END_TEST

static const struct
{
  const char *plugin, *option, *value, *word;
} wrong[] = {
  { "xyz", "max_tiles", "3", "max_tiles" },       { "xyz", "sets", "c, q", "'q'" },
  { "xyz", "min_zoom", "9", "above max_zoom" },   { "xyz", "sets", "", "no tile matrix set" },
  { "png", "style", "wind_forse", "wind_force" }, { "png", "extent", "113, 17, 107, 21", "west" },
  { "png", "layers", "coats", "coast" },          { "html", "maps", "wind_arrival@province:9", "no band 9" },
  { "html", "maps", "landfalls", "not a grid" },
};

START_TEST (test_wrong_settings)
{
  struct run how = { .plugin = wrong[_i].plugin, .option = wrong[_i].option, .value = wrong[_i].value, .threads = 1 };
  struct sf_strbuf list = { 0 };
  ck_assert_int_ne (run (&how, "out", &list), SF_OK);
  ck_assert_msg (strstr (err.message, wrong[_i].word) != NULL, "no '%s' in: %s", wrong[_i].word, err.message);
  ck_assert_uint_eq (list.length, 0);
}
END_TEST

static char *
load_page (const char *name)
{
  uint8_t *bytes = NULL;
  size_t length = 0;
  ASSERT_OK (sf_file_read (&arena, sf_file_join (&arena, folder, name), 16 << 20, &bytes, &length, &err));
  return (char *) bytes;
}

/* 23:00 UTC of the 17th is 07:00 of the 18th in Beijing. Absent (track_points) and empty (landfalls) are told apart; text
   from data is escaped; nothing is fetched from anywhere. */
START_TEST (test_html_page)
{
  struct run how = { .plugin = "html", .threads = 2, .authority = SF_AUTHORITY_INTERNAL };
  struct sf_strbuf list = { 0 };
  ASSERT_OK (run (&how, "out", &list));
  ck_assert_str_eq (list.text,
                    "t-summary.html text/html wind_max@province,wind_arrival@province,county_wind,landfalls\n");
  char *page = load_page ("out/t-summary.html");
  ck_assert_ptr_nonnull (strstr (page, "7月18日 07:00"));
  ck_assert_ptr_nonnull (strstr (page, "文昌&lt;&amp;&gt;"));
  ck_assert_ptr_null (strstr (page, "文昌<"));
  ck_assert_ptr_nonnull (strstr (page, "Test &lt;1&gt;"));
  ck_assert_ptr_nonnull (strstr (page, "dataset <code>track_points</code>; that is not an all-clear"));
  ck_assert_ptr_nonnull (strstr (page, "<b>None</b>: the centre crossed no coast"));
  ck_assert_ptr_nonnull (strstr (page, "内部研判参考，不得对外发布"));
  ck_assert_ptr_nonnull (strstr (page, "src=\"data:image/png;base64,iVBORw0KGgo"));
  ck_assert_ptr_null (strstr (page, "{{"));
  ck_assert_ptr_null (strstr (page, "http"));
  ck_assert_ptr_null (strstr (page, "@import"));
  ck_assert_ptr_null (strstr (page, "<script"));
  sf_strbuf_finish (&list);
}
END_TEST

/* A county without wind has neither reached a force nor not reached it. */
START_TEST (test_html_unknown_is_no_all_clear)
{
  struct run how = { .plugin = "html", .threads = 1, .authority = SF_AUTHORITY_INTERNAL };
  struct sf_strbuf list = { 0 };
  struct sf_table *counties = datasets[2]->as.table;
  ASSERT_OK (sf_table_set_time (counties, "force8_begin", SF_TIME_MISSING, &err));
  ASSERT_OK (run (&how, "calm", &list));
  char *page = load_page ("calm/t-summary.html");
  ck_assert_ptr_nonnull (strstr (page, "no county with data reaches force 8"));
  ck_assert_ptr_nonnull (strstr (page, "未达到 not reached"));
  ck_assert_ptr_null (strstr (page, "无数据 no data"));

  ASSERT_OK (sf_table_set_double (counties, "max_wind", NAN, &err));
  ASSERT_OK (sf_table_set_double (counties, "max_force", NAN, &err));
  ASSERT_OK (run (&how, "unknown", &list));
  page = load_page ("unknown/t-summary.html");
  ck_assert_ptr_nonnull (strstr (page, "no county has data"));
  ck_assert_ptr_nonnull (strstr (page, "无数据 no data"));
  ck_assert_ptr_null (strstr (page, "not reached"));
  ck_assert_ptr_null (strstr (page, "reaches force 8"));
  sf_strbuf_finish (&list);
}
END_TEST

/* A contact within the rounding of the track (entered 0) is not shown as a certain landfall. */
START_TEST (test_html_contact_is_not_certain)
{
  struct run how = { .plugin = "html", .threads = 1, .authority = SF_AUTHORITY_INTERNAL };
  struct sf_strbuf list = { 0 };
  struct sf_table *landfalls = datasets[3]->as.table;
  ck_assert_int_eq (sf_table_add_row (landfalls), 0);
  ASSERT_OK (sf_table_set_text (landfalls, "place_zh", "万宁", &err));
  ASSERT_OK (sf_table_set_time (landfalls, "time", 1405638000, &err));
  for (int entered = 0; entered < 2; entered++)
    {
      ASSERT_OK (sf_table_set_int (landfalls, "entered", entered, &err));
      ASSERT_OK (run (&how, "out", &list));
      char *page = load_page ("out/t-summary.html"), *card = strstr (page, "a landfall or a close pass");
      ck_assert_ptr_nonnull (strstr (page, "万宁"));
      ck_assert ((card != NULL) == !entered);
      ck_assert (!card || strstr (card + 1, "a landfall or a close pass")); /* in the card and in the table */
    }
  sf_strbuf_finish (&list);
}
END_TEST

START_TEST (test_html_drill)
{
  struct run how = { .plugin = "html", .threads = 1, .authority = SF_AUTHORITY_HYPOTHETICAL, .simulated = true };
  struct sf_strbuf list = { 0 };
  ASSERT_OK (run (&how, "out", &list));
  char *page = load_page ("out/HYPOTHETICAL-t-summary.html");
  ck_assert_ptr_nonnull (strstr (page, "HYPOTHETICAL, not a real event"));
  ck_assert_ptr_nonnull (strstr (page, "SIMULATED data"));
  sf_strbuf_finish (&list);
}
END_TEST

START_TEST (test_html_template_errors)
{
  static const char text[] = "<p>\n{{titel}}\n";
  char *path = sf_file_join (&arena, folder, "bad.html");
  ASSERT_OK (sf_file_write (path, text, strlen (text), &err));
  struct run how = { .plugin = "html", .option = "template", .value = path, .threads = 1 };
  struct sf_strbuf list = { 0 };
  ck_assert_int_eq (run (&how, "out", &list), SF_ENOTFOUND);
  ck_assert_ptr_nonnull (strstr (err.message, "bad.html:2: {{titel}}"));
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("export_pictures");
  TCase *tcase = tcase_create ("export_pictures");
  tcase_add_checked_fixture (tcase, setup, teardown);
  tcase_set_timeout (tcase, 120);
  tcase_add_loop_test (tcase, test_same_bytes_with_any_threads, 0, 3);
  tcase_add_test (tcase, test_png_products);
  tcase_add_test (tcase, test_xyz_tiles);
  tcase_add_test (tcase, test_xyz_stripes);
  tcase_add_loop_test (tcase, test_wrong_settings, 0, sizeof wrong / sizeof *wrong);
  tcase_add_test (tcase, test_html_page);
  tcase_add_test (tcase, test_html_unknown_is_no_all_clear);
  tcase_add_test (tcase, test_html_contact_is_not_certain);
  tcase_add_test (tcase, test_html_drill);
  tcase_add_test (tcase, test_html_template_errors);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_ENV);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? 1 : 0;
}
