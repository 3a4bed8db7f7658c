/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cycle/cycle.h"

#include "tests/unit/toys.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

static struct sf_cycle_report report;
static const char *const whole = TOY_HEAD TOY_FEEDS TOY_MODELS
    "outputs:\n  - {plugin: out, name: a, datasets: [landfalls]}\nanswers:\n  - {dataset: landfalls}\n";

static void
start (void)
{
  toy_start ();
  toy_write ("fixes.txt", "S1 110 19 0\nS1 110.5 19.2 3600\n");
}

static enum sf_code
run_with (const char *yaml, const struct sf_override *set, size_t count, struct sf_error *err)
{
  struct sf_scenario scenario;
  toy_write ("s.yaml", yaml);
  SF_TRY (sf_scenario_load (&toy_arena, toy_place.host, toy_path ("s.yaml"), set, count, &scenario, err));
  return sf_cycle_run (&toy_arena, toy_place.host, &scenario, toy_path ("out"), &report, err);
}

static enum sf_code
run_set (const char *key, const char *value, struct sf_error *err)
{
  struct sf_override set = { .key = key, .value = value };
  return run_with (whole, &set, key ? 1 : 0, err);
}

static char *
read_text (const char *name)
{
  uint8_t *bytes = NULL;
  size_t length = 0;
  ck_done (sf_file_read (&toy_arena, toy_path (name), 1 << 20, &bytes, &length, err));
  return (char *) bytes;
}

static size_t
count_snapshots (void)
{
  char **names;
  size_t count, n = 0;
  ck_done (sf_file_list (&toy_arena, toy_path ("out/snapshots"), &names, &count, err));
  for (size_t i = 0; i < count; i++)
    {
      ck_assert_msg (names[i][0] != '.', "%s was left", names[i]);
      n++;
    }
  return n;
}

START_TEST (what_did_not_change_is_not_run_again)
{
  ck_done (run_set (NULL, NULL, err));
  ck_assert (report.published);
  ck_assert_uint_eq (report.stages_run, 2);
  const char *first = report.snapshot_id;
  ck_done (run_set (NULL, NULL, err));
  ck_assert (!report.published);
  ck_assert_uint_eq (report.stages_run, 0);
  ck_assert_uint_eq (report.stages_reused, 2);
  ck_assert_str_eq (report.snapshot_id, first);
  ck_done (run_set ("models.wind.late", "2", err));
  ck_assert_uint_eq (report.stages_run, 2); /* settings are the module's: both stages have them */
  ck_done (run_set ("title.en", "Other words", err));
  ck_assert (report.published);
  ck_assert_uint_eq (report.stages_run, 2);
}
END_TEST

START_TEST (an_older_answer_is_made_current_again_untouched)
{
  ck_done (run_set (NULL, NULL, err));
  const char *first = report.snapshot_id;
  struct stat before, after;
  ck_assert_int_eq (stat (toy_path ("out/current/manifest.json"), &before), 0);
  ck_done (run_set ("models.wind.strength", "2", err));
  ck_assert_str_ne (report.snapshot_id, first);
  ck_done (run_set (NULL, NULL, err));
  ck_assert_str_eq (report.snapshot_id, first);
  ck_assert (report.published);
  ck_assert_uint_eq (report.stages_run, 0);
  ck_assert_int_eq (stat (toy_path ("out/current/manifest.json"), &after), 0);
  ck_assert_uint_eq (after.st_ino, before.st_ino);
  ck_assert_uint_eq (count_snapshots (), 2);
}
END_TEST

/* Each of these enters the snapshot's identity. */
START_TEST (every_input_changes_the_identity)
{
  ck_done (run_set (NULL, NULL, err));
  const char *first = report.snapshot_id;
  static const char *const sets[][2] = { { "models.wind.strength", "3" },
                                         { "clock", "2020-01-01T00:00:01Z" },
                                         { "authority", "drill" },
                                         { "simulated", "true" },
                                         { "outputs.0.name", "b" },
                                         { "outputs.0.file", "other.txt" },
                                         { "feeds.best.authority", "internal" },
                                         { "feeds.best.simulated", "true" },
                                         { "datasets.tracks.to", "2019-01-01T00:00:00Z" },
                                         { "domain.grids.near.cell", "1" } };
  for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
    {
      ck_done (run_set (sets[i][0], sets[i][1], err));
      ck_assert_msg (strcmp (report.snapshot_id, first) != 0, "%s changed nothing", sets[i][0]);
    }
  ck_done (run_set (NULL, NULL, err));
  ck_assert_str_eq (report.snapshot_id, first);
  toy_write ("share/styles/wind.yaml", "red: 1\n");
  ck_done (run_set (NULL, NULL, err));
  ck_assert_msg (strcmp (report.snapshot_id, first) != 0, "a style changed nothing");
  const char *styled = report.snapshot_id;
  toy_write ("share/styles/wind.yaml", "red: 2\n");
  ck_done (run_set (NULL, NULL, err));
  ck_assert_msg (strcmp (report.snapshot_id, styled) != 0, "a changed style changed nothing");
  const char *again = report.snapshot_id;
  toy_write ("fixes.txt", "S1 110 19 0\nS1 110.5 19.3 3600\n");
  ck_done (run_set (NULL, NULL, err));
  ck_assert_msg (strcmp (report.snapshot_id, again) != 0, "a message changed nothing");
}
END_TEST

/* A folder given as a setting counts by what is in it. */
START_TEST (files_of_a_folder_setting_enter_the_identity)
{
  ck_done (sf_file_make_folder (toy_path ("looks/deep"), err));
  toy_write ("looks/deep/a", "1");
  ck_done (run_set ("outputs.0.style", toy_path ("looks"), err));
  const char *first = report.snapshot_id;
  ck_done (run_set ("outputs.0.style", toy_path ("looks"), err));
  ck_assert (!report.published);
  toy_write ("looks/deep/a", "2");
  ck_done (run_set ("outputs.0.style", toy_path ("looks"), err));
  ck_assert_str_ne (report.snapshot_id, first);
}
END_TEST

static void
expect_marks (const char *key, const char *value, const char *marks)
{
  ck_done (run_set (key, value, err));
  ck_assert_str_eq (read_text ("out/current/products/out.txt"), marks);
}

START_TEST (a_drill_or_simulated_feed_taints_all_that_comes_of_it)
{
  expect_marks (NULL, NULL, "a internal real\n");
  expect_marks ("feeds.best.authority", "drill", "a drill real\n");
  expect_marks ("feeds.best.simulated", "true", "a internal simulated\n");
  expect_marks ("authority", "hypothetical", "a hypothetical real\n");
  ck_assert_ptr_nonnull (strstr (read_text ("out/current/manifest.json"), "\"authority\": \"hypothetical\""));
  expect_marks ("simulated", "true", "a internal simulated\n");
  struct sf_snapshot *snapshot = NULL;
  ck_done (sf_snapshot_open (toy_path ("out"), NULL, &snapshot, err));
  ck_assert (snapshot->simulated);
  for (size_t i = 0; i < snapshot->datasets_count; i++)
    ck_assert_msg (snapshot->datasets[i].simulated, "%s is not marked", snapshot->datasets[i].name);
  sf_snapshot_close (snapshot);
}
END_TEST

START_TEST (only_the_feed_itself_is_official)
{
  ck_done (run_set (NULL, NULL, err));
  struct sf_snapshot *snapshot = NULL;
  ck_done (sf_snapshot_open (toy_path ("out"), NULL, &snapshot, err));
  ck_assert_int_eq (sf_snapshot_find (snapshot, "tracks")->authority, SF_AUTHORITY_OFFICIAL);
  ck_assert_int_eq (sf_snapshot_find (snapshot, "track_points")->authority, SF_AUTHORITY_INTERNAL);
  ck_assert_int_eq (snapshot->authority, SF_AUTHORITY_INTERNAL);
  sf_snapshot_close (snapshot);
}
END_TEST

/* Also of the files: the second fix is an hour after the first. */
START_TEST (stages_see_the_clock_and_nothing_later)
{
  ck_done (run_set ("clock", "1970-01-01T00:59:59Z", err));
  ck_assert_ptr_nonnull (strstr (read_text ("out/current/data/tables-landfalls.txt"), "1970-01-01T00:59:59Z\t"));
  ck_assert_str_eq (read_text ("out/current/data/tables-track_points.txt"), "track_points\nS1\t1\n");
  ck_done (run_set ("clock", "1970-01-01T01:00:00Z", err));
  ck_assert_str_eq (read_text ("out/current/data/tables-track_points.txt"), "track_points\nS1\t1\nS1\t1\n");
}
END_TEST

START_TEST (a_failed_run_leaves_the_last_snapshot_and_no_rubbish)
{
  ck_done (run_set (NULL, NULL, err));
  const char *good = report.snapshot_id;
  ck_fails (run_set ("models.wind.fail", "true", err), SF_EIO, "stage wind.landfalls: told to fail");
  ck_fails (run_set ("outputs.0.file", "../x", err), SF_EPLUGIN, "outside its folder: ../x");
  ck_fails (run_set ("outputs.0.write", "false", err), SF_EPLUGIN, "no such file");
  atomic_store (&toy_cancel, true);
  ck_fails (run_set ("models.wind.strength", "9", err), SF_ECANCELLED, "nothing was published");
  atomic_store (&toy_cancel, false);
  ck_assert_uint_eq (count_snapshots (), 1);
  struct sf_snapshot *snapshot = NULL;
  ck_done (sf_snapshot_open (toy_path ("out"), NULL, &snapshot, err));
  ck_assert_str_eq (snapshot->id, good);
  sf_snapshot_close (snapshot);
  ck_done (run_set (NULL, NULL, err));
  ck_assert (!report.published);
}
END_TEST

START_TEST (outputs_that_write_the_same_file_are_refused)
{
  ck_fails (run_with (TOY_HEAD TOY_FEEDS TOY_MODELS "outputs:\n  - {plugin: out, name: a, datasets: [landfalls]}\n"
                                                    "  - {plugin: out, name: b, datasets: [tracks]}\n",
                      NULL, 0, err),
            SF_ECONFLICT, "outputs 'a' and 'b' both write the file products/out.txt");
}
END_TEST

/* A kept dataset that no longer loads is made again; nothing else is. */
START_TEST (what_does_not_load_is_made_again)
{
  ck_done (run_set (NULL, NULL, err));
  const char *id = report.snapshot_id;
  /* The manifest is made to name another file, which is whole: only loading can tell. */
  char *manifest = read_text ("out/current/manifest.json"), *a = strstr (manifest, "data/tables-track_points.txt");
  ck_assert_ptr_nonnull (a);
  struct sf_strbuf text = { 0 };
  sf_strbuf_add_bytes (&text, manifest, (size_t) (a - manifest));
  sf_strbuf_add (&text, "data/tables-landfalls.txt");
  sf_strbuf_add (&text, a + strlen ("data/tables-track_points.txt"));
  char *manifest_path = sf_arena_printf (&toy_arena, "%s/out/snapshots/%s/manifest.json", toy_folder, id);
  ck_done (sf_file_write (manifest_path, text.text, text.length, err));
  sf_strbuf_finish (&text);
  ck_done (run_set ("title.en", "New words", err));
  ck_assert (report.published);
  ck_assert_uint_eq (report.stages_run, 1);
  ck_assert_uint_eq (report.stages_reused, 1);
}
END_TEST

START_TEST (a_damaged_snapshot_of_the_same_identity_is_replaced)
{
  ck_done (run_set (NULL, NULL, err));
  const char *id = report.snapshot_id;
  toy_write ("out/current/products/out.txt", "damaged");
  ck_done (run_set (NULL, NULL, err));
  ck_assert (report.published);
  ck_assert_str_eq (report.snapshot_id, id);
  ck_assert_str_eq (read_text ("out/current/products/out.txt"), "a internal real\n");
  ck_assert_uint_eq (count_snapshots (), 1);
}
END_TEST

START_TEST (a_second_writer_is_refused)
{
  ck_done (run_set (NULL, NULL, err));
  int held = open (toy_path ("out/.lock"), O_RDWR);
  ck_assert_int_eq (flock (held, LOCK_EX | LOCK_NB), 0);
  ck_fails (run_set (NULL, NULL, err), SF_ECONFLICT, "another run is writing there");
  close (held);
  ck_done (run_set (NULL, NULL, err));
}
END_TEST

/* A feed that no dataset asks is in the manifest all the same, with what was wrong in it. */
START_TEST (bad_pieces_of_a_feed_that_nobody_asks_are_kept)
{
  static const char *const yaml
      = TOY_HEAD "feeds:\n  best: {transport: {plugin: post, path: fixes.txt}, decoder: line}\n";
  toy_write ("fixes.txt", "rubbish\n");
  ck_done (run_with (yaml, NULL, 0, err));
  ck_assert_uint_eq (report.rejected, 1);
  ck_assert_ptr_nonnull (strstr (read_text ("out/current/data/quarantine.jsonl"), "\"text\":\"rubbish\""));
  const char *first = report.snapshot_id;
  toy_write ("fixes.txt", "rubbish\nmore\n");
  ck_done (run_with (yaml, NULL, 0, err));
  ck_assert_str_ne (report.snapshot_id, first);
  ck_assert_uint_eq (report.rejected, 2);
}
END_TEST

START_TEST (what_cannot_be_answered_is_refused_before_anything_runs)
{
  struct sf_scenario scenario;
  struct sf_graph graph;
  toy_write ("s.yaml", TOY_HEAD TOY_FEEDS TOY_MODELS "answers:\n  - {dataset: tracks}\n");
  ck_done (sf_scenario_load (&toy_arena, toy_place.host, toy_path ("s.yaml"), NULL, 0, &scenario, err));
  ck_fails (sf_cycle_check (&toy_arena, toy_place.host, &scenario, &graph, err), SF_ETYPE, "only tables and features");
  toy_write ("s.yaml", TOY_HEAD TOY_FEEDS TOY_MODELS "answers:\n  - {dataset: county_wind}\n");
  ck_done (sf_scenario_load (&toy_arena, toy_place.host, toy_path ("s.yaml"), NULL, 0, &scenario, err));
  ck_fails (sf_cycle_check (&toy_arena, toy_place.host, &scenario, &graph, err), SF_ENOTFOUND,
            "which no model of the scenario makes");
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { what_did_not_change_is_not_run_again,
                                 an_older_answer_is_made_current_again_untouched,
                                 every_input_changes_the_identity,
                                 files_of_a_folder_setting_enter_the_identity,
                                 a_drill_or_simulated_feed_taints_all_that_comes_of_it,
                                 only_the_feed_itself_is_official,
                                 stages_see_the_clock_and_nothing_later,
                                 a_failed_run_leaves_the_last_snapshot_and_no_rubbish,
                                 outputs_that_write_the_same_file_are_refused,
                                 what_does_not_load_is_made_again,
                                 a_damaged_snapshot_of_the_same_identity_is_replaced,
                                 a_second_writer_is_refused,
                                 bad_pieces_of_a_feed_that_nobody_asks_are_kept,
                                 what_cannot_be_answered_is_refused_before_anything_runs,
                                 NULL };
  return run_toys ("cycle", start, tests);
}
