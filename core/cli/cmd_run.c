/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/cli.h"

#include "core/base/file.h"
#include "core/base/json.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const struct sf_option options[] = {
  { .name = "output",
    .type = SF_OPTION_TEXT,
    .fallback = "sanfang-out",
    .help_en = "folder of the snapshots (-o DIR)",
    .help_zh = "快照所在文件夹（-o DIR）" },
  { .name = "json",
    .type = SF_OPTION_BOOL,
    .fallback = "false",
    .help_en = "print JSON lines: the run, then each table of the answers",
    .help_zh = "输出 JSON 行：先是本次运行，再是各结果表" },
  { .name = NULL },
};

/* Everything the run says goes to run.log too, as JSON lines: what varies between runs is there and nowhere else. */
static enum sf_code
open_run_log (struct sf_cli *cli, const char *dir, int *ret_fd, struct sf_error *err)
{
  SF_TRY (sf_file_make_folder (dir, err));
  char *path = sf_file_join (&cli->arena, dir, "run.log");
  if (!path)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  int fd = open (path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0)
    return sf_fail (err, SF_EIO, "%s/run.log: %s", dir, strerror (errno));
  sf_log_add_sink (cli->log, fd, SF_LOG_JSON, SF_LOG_DEBUG);
  *ret_fd = fd;
  return SF_OK;
}

static enum sf_code
print_answers (struct sf_cli *cli, const struct sf_scenario *scenario, const struct sf_snapshot *snapshot,
               struct sf_error *err)
{
  for (size_t i = 0; i < scenario->answers_count; i++)
    {
      const struct sf_answer *answer = &scenario->answers[i];
      struct sf_dataset *dataset = NULL;
      SF_TRY (sf_snapshot_load (snapshot, cli->plugins, answer->dataset, &dataset, err));
      sf_table_print (dataset, answer->columns, answer->columns_count, cli->zh, stdout);
      sf_dataset_unref (dataset);
      putchar ('\n');
    }
  return SF_OK;
}

static enum sf_code
print_answers_json (struct sf_cli *cli, const struct sf_scenario *scenario, const struct sf_snapshot *snapshot,
                    const struct sf_cycle_report *report, struct sf_error *err)
{
  struct sf_strbuf buf = { 0 };
  struct sf_json json = { .out = &buf };
  enum sf_code code = SF_OK;
  sf_json_begin_object (&json);
  sf_json_put_string (&json, "scenario", scenario->name);
  sf_json_put_string (&json, "snapshot", report->snapshot_id);
  sf_json_put_string (&json, "folder", snapshot->folder);
  sf_json_put_bool (&json, "published", report->published);
  sf_json_put_string (&json, "authority", sf_authority_name (snapshot->authority, 0));
  sf_json_put_bool (&json, "simulated", snapshot->simulated);
  sf_json_put_int (&json, "records", (int64_t) report->records);
  sf_json_put_int (&json, "quarantined", (int64_t) report->rejected);
  sf_json_end_object (&json);
  sf_strbuf_add (&buf, "\n");
  for (size_t i = 0; code == SF_OK && i < scenario->answers_count; i++)
    {
      struct sf_dataset *dataset = NULL;
      code = sf_snapshot_load (snapshot, cli->plugins, scenario->answers[i].dataset, &dataset, err);
      if (code == SF_OK)
        {
          sf_table_json (dataset, &buf);
          sf_strbuf_add (&buf, "\n");
        }
      sf_dataset_unref (dataset);
    }
  if (code == SF_OK && buf.failed)
    code = sf_fail (err, SF_ENOMEM, "out of memory for the answers");
  if (code == SF_OK)
    fputs (buf.text, stdout);
  sf_strbuf_finish (&buf);
  return code;
}

static void
print_products (const struct sf_cli *cli, const struct sf_snapshot *snapshot, const struct sf_cycle_report *report)
{
  size_t pages = 0;
  const char *page = NULL, *state = cli->zh ? "未变化" : "unchanged";
  if (report->published && report->stages_run == 0 && report->stages_reused > 0)
    state = cli->zh ? "重新设为当前" : "current again";
  else if (report->published)
    state = cli->zh ? "新发布" : "new";
  for (size_t i = 0; i < snapshot->products_count; i++)
    if (strcmp (snapshot->products[i].media_type, "text/html") == 0 && pages++ == 0)
      page = snapshot->products[i].path;
  printf (cli->zh ? "快照 %s（%s，%s%s）\n" : "snapshot %s (%s, %s%s)\n", snapshot->id, state,
          sf_authority_name (snapshot->authority, cli->zh),
          !snapshot->simulated ? ""
          : cli->zh            ? "，模拟"
                               : ", simulated");
  printf (cli->zh ? "  %zu 个阶段计算，%zu 个沿用；%zu 条记录，%zu 条被隔离\n"
                  : "  %zu stages run, %zu reused; %zu records, %zu quarantined\n",
          report->stages_run, report->stages_reused, report->records, report->rejected);
  printf (cli->zh ? "  %zu 个产品文件：%s\n" : "  %zu product files: %s\n", snapshot->products_count, snapshot->folder);
  if (page)
    printf (cli->zh ? "  概览页：%s/%s\n" : "  summary page: %s/%s\n", snapshot->folder, page);
  if (pages > 1)
    printf (cli->zh ? "  另有 %zu 页在同一目录\n" : "  %zu more pages beside it\n", pages - 1);
}

static enum sf_code
run_scenario (struct sf_cli *cli, const struct sf_arguments *arguments, const char *dir, size_t *ret_rejected,
              struct sf_error *err)
{
  struct sf_scenario scenario;
  struct sf_cycle_report report;
  struct sf_snapshot *snapshot = NULL;
  SF_TRY (sf_scenario_load (&cli->arena, cli->plugins, arguments->words[0], arguments->overrides,
                            arguments->overrides_count, &scenario, err));
  SF_TRY (sf_cycle_run (&cli->arena, cli->plugins, &scenario, dir, &report, err));
  SF_TRY (sf_snapshot_open (dir, report.snapshot_id, &snapshot, err));
  enum sf_code code = SF_OK;
  if (sf_settings_bool (arguments->settings, "json"))
    code = print_answers_json (cli, &scenario, snapshot, &report, err);
  else
    {
      code = print_answers (cli, &scenario, snapshot, err);
      print_products (cli, snapshot, &report);
    }
  sf_snapshot_close (snapshot);
  *ret_rejected = report.rejected;
  return code;
}

static int
run (struct sf_cli *cli, const struct sf_arguments *arguments, struct sf_error *err)
{
  const char *dir = sf_settings_text (arguments->settings, "output");
  size_t rejected = 0;
  int log_fd = -1;
  enum sf_code code = open_run_log (cli, dir, &log_fd, err);
  if (code == SF_OK)
    code = sf_cli_start (cli, err);
  if (code == SF_OK)
    code = run_scenario (cli, arguments, dir, &rejected, err);
  if (code != SF_OK)
    sf_log_write (cli->log, SF_LOG_DEBUG, "run", "failed: %s", err->message);
  return code != SF_OK ? SF_EXIT_FAILED : rejected > 0 ? SF_EXIT_QUARANTINED : SF_EXIT_DONE;
}

const struct sf_cli_command sf_command_run = {
  .name = "run",
  .usage = "run SCENARIO [-o DIR] [--set KEY=VALUE]... [--json]",
  .summary_en = "run a scenario: from its feeds to a published snapshot",
  .summary_zh = "运行一个情景：从数据源到发布的快照",
  .more_en = "Reads SCENARIO (YAML), takes its feeds in, runs its models, writes its products to\n"
             "DIR/snapshots/<id>/ and makes DIR/current point there. What did not change since the\n"
             "last snapshot is not computed again.\n\n"
             "  sanfang run share/scenarios/rammasun-2014.yaml -o out\n"
             "  sanfang run share/scenarios/rammasun-2014.yaml --set models.typhoon.profile=H10",
  .more_zh = "读取情景文件（YAML），接收数据、运行模型，把产品写到 DIR/snapshots/<id>/，并让\n"
             "DIR/current 指向它。自上次快照以来没有变化的部分不重复计算。\n\n"
             "  sanfang run share/scenarios/rammasun-2014.yaml -o out\n"
             "  sanfang run share/scenarios/rammasun-2014.yaml --set models.typhoon.profile=H10",
  .options = options,
  .takes_set = true,
  .words_min = 1,
  .words_max = 1,
  .run = run,
};
