/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cycle/graph.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct sf_arena arena;
static struct sf_vocabulary *vocabulary;
static char *grid_names[] = { (char *) "province", (char *) "sea" };
static struct sf_gridspec grids[2] = { { .nx = 4, .ny = 3 }, { .nx = 2, .ny = 2 } };
static const struct sf_domain domain = { .count = 2, .names = grid_names, .grids = grids };

static void
setup (void)
{
  struct sf_error err = { 0 };
  ck_assert_msg (sf_vocabulary_load (TEST_SRCDIR "/share/vocabulary", &vocabulary, &err) == SF_OK, "%s", err.message);
}

static void
teardown (void)
{
  sf_vocabulary_free (vocabulary);
  sf_arena_finish (&arena);
}

static enum sf_code
build (const struct sf_stage *stages, const char *const *given, size_t given_count, struct sf_graph *graph,
       struct sf_error *err)
{
  struct sf_model *model = sf_arena_calloc (&arena, 1, sizeof *model);
  struct sf_plugin *plugin = sf_arena_calloc (&arena, 1, sizeof *plugin);
  struct sf_instance *instance = sf_arena_calloc (&arena, 1, sizeof *instance);
  model->stages = stages;
  *plugin = (struct sf_plugin){ SF_PLUGIN_HEAD, .kind = SF_PLUGIN_MODEL, .name = "m", .as.model = model };
  *instance = (struct sf_instance){ .name = "m", .plugin = plugin };
  return sf_graph_build (&arena, vocabulary, instance, 1, &domain, given, given_count, graph, err);
}

static const struct sf_port needs_lines[] = { { SF_NEEDS, "track_lines" }, { SF_MAKES, "track_points" }, { 0, NULL } };
static const struct sf_port makes_lines[] = { { SF_NEEDS, "tracks" }, { SF_MAKES, "track_lines" }, { 0, NULL } };
static const char *const tracks[] = { "tracks" };

START_TEST (makers_stand_before_takers)
{
  static const struct sf_stage stages[]
      = { { .name = "late", .ports = needs_lines }, { .name = "early", .ports = makes_lines }, { .name = NULL } };
  struct sf_graph graph;
  ck_assert_int_eq (build (stages, tracks, 1, &graph, NULL), SF_OK);
  ck_assert_uint_eq (graph.count, 2);
  ck_assert_str_eq (graph.nodes[0].stage->name, "early");
  ck_assert_int_eq (graph.nodes[0].edges[0].maker, SF_MAKER_GIVEN);
  ck_assert_int_eq (graph.nodes[1].edges[0].maker, 0);
  ck_assert_int_eq (sf_graph_maker (&graph, "track_points"), 1);
  ck_assert_int_eq (sf_graph_maker (&graph, "coast"), SF_MAKER_NOBODY);
}
END_TEST

START_TEST (a_stage_with_a_star_runs_once_per_grid)
{
  static const struct sf_port ports[]
      = { { SF_USES, "wind_max@home" }, { SF_NEEDS, "wind_max@*" }, { SF_MAKES, "wind_areas@*" }, { 0, NULL } };
  static const struct sf_port maker[] = { { SF_MAKES, "wind_max@*" }, { 0, NULL } };
  static const struct sf_stage stages[]
      = { { .name = "areas", .ports = ports }, { .name = "wind", .ports = maker }, { .name = NULL } };
  struct sf_graph graph;
  ck_assert_int_eq (build (stages, NULL, 0, &graph, NULL), SF_OK);
  ck_assert_uint_eq (graph.count, 4);
  int sea = sf_graph_maker (&graph, "wind_areas@sea");
  ck_assert_int_ge (sea, 0);
  ck_assert_str_eq (graph.nodes[sea].edges[0].dataset, "wind_max@province");
  ck_assert_str_eq (graph.nodes[sea].edges[1].dataset, "wind_max@sea");
  ck_assert_int_eq (graph.nodes[sea].grid, 1);
}
END_TEST

START_TEST (a_circle_is_told_with_its_way)
{
  static const struct sf_port a[] = { { SF_NEEDS, "track_points" }, { SF_MAKES, "track_lines" }, { 0, NULL } };
  static const struct sf_stage stages[]
      = { { .name = "a", .ports = a }, { .name = "b", .ports = needs_lines }, { .name = NULL } };
  struct sf_graph graph = { 0 };
  struct sf_error err = { 0 };
  ck_assert_int_eq (build (stages, NULL, 0, &graph, &err), SF_ECONFLICT);
  ck_assert_ptr_nonnull (strstr (err.message, "m.a takes track_points from m.b takes track_lines from m.a"));
  ck_assert_uint_eq (graph.count, 0);
}
END_TEST

START_TEST (the_past_closes_no_circle)
{
  static const struct sf_port ports[]
      = { { SF_USES, "previous:track_lines" }, { SF_MAKES, "track_lines" }, { 0, NULL } };
  static const struct sf_stage stages[] = { { .name = "a", .ports = ports }, { .name = NULL } };
  struct sf_graph graph;
  ck_assert_int_eq (build (stages, NULL, 0, &graph, NULL), SF_OK);
  ck_assert (graph.nodes[0].edges[0].previous);
  ck_assert_str_eq (graph.nodes[0].edges[0].dataset, "track_lines");
}
END_TEST

START_TEST (a_missing_input_is_named)
{
  static const struct sf_stage stages[] = { { .name = "early", .ports = makes_lines }, { .name = NULL } };
  struct sf_graph graph;
  struct sf_error err = { 0 };
  ck_assert_int_eq (build (stages, NULL, 0, &graph, &err), SF_ENOTFOUND);
  ck_assert_ptr_nonnull (strstr (err.message, "m.early"));
  ck_assert_ptr_nonnull (strstr (err.message, "'tracks'"));
}
END_TEST

START_TEST (a_name_outside_the_vocabulary_is_refused)
{
  static const struct sf_port ports[] = { { SF_MAKES, "wind_maxx@*" }, { 0, NULL } };
  static const struct sf_stage stages[] = { { .name = "a", .ports = ports }, { .name = NULL } };
  struct sf_graph graph;
  struct sf_error err = { 0 };
  ck_assert_int_eq (build (stages, NULL, 0, &graph, &err), SF_ENOTFOUND);
  ck_assert_ptr_nonnull (strstr (err.message, "wind_maxx@province"));
  ck_assert_ptr_nonnull (strstr (err.message, "did you mean 'wind_max'"));
}
END_TEST

START_TEST (two_makers_of_one_dataset_are_refused)
{
  static const struct sf_stage stages[]
      = { { .name = "a", .ports = makes_lines }, { .name = "b", .ports = makes_lines }, { .name = NULL } };
  static const char *const given[] = { "tracks", "track_lines" };
  struct sf_graph graph;
  struct sf_error err = { 0 };
  ck_assert_int_eq (build (stages, tracks, 1, &graph, &err), SF_ECONFLICT);
  ck_assert_ptr_nonnull (strstr (err.message, "by m.a and by m.b"));
  ck_assert_int_eq (build (stages + 1, given, 2, &graph, &err), SF_ECONFLICT);
  ck_assert_ptr_nonnull (strstr (err.message, "given by the scenario"));
}
END_TEST

int
main (void)
{
  Suite *suite = suite_create ("graph");
  TCase *tcase = tcase_create ("graph");
  tcase_add_checked_fixture (tcase, setup, teardown);
  tcase_add_test (tcase, makers_stand_before_takers);
  tcase_add_test (tcase, a_stage_with_a_star_runs_once_per_grid);
  tcase_add_test (tcase, a_circle_is_told_with_its_way);
  tcase_add_test (tcase, the_past_closes_no_circle);
  tcase_add_test (tcase, a_missing_input_is_named);
  tcase_add_test (tcase, a_name_outside_the_vocabulary_is_refused);
  tcase_add_test (tcase, two_makers_of_one_dataset_are_refused);
  suite_add_tcase (suite, tcase);
  SRunner *runner = srunner_create (suite);
  srunner_run_all (runner, CK_ENV);
  int failed = srunner_ntests_failed (runner);
  srunner_free (runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
