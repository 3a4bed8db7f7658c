/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/cli.h"

#include "core/base/json.h"
#include "core/base/time.h"
#include "core/feed/quality.h"

#include <string.h>

static const struct sf_option options[] = {
  { .name = "json", .type = SF_OPTION_BOOL, .fallback = "false", .help_en = "print JSON", .help_zh = "以 JSON 输出" },
  { .name = NULL },
};

static void
print_setting (void *ctx, const struct sf_effective *setting)
{
  (void) ctx;
  const char *text = !setting->text ? "-" : *setting->text ? setting->text : "\"\"";
  printf ("  %-40s %-28s %s\n", setting->key, text, setting->origin);
}

static void
print_stages (const struct sf_graph *graph)
{
  for (size_t n = 0; n < graph->count; n++)
    {
      const struct sf_node *node = &graph->nodes[n];
      printf ("  %s.%s:", node->model->plugin->name, node->stage->name);
      for (int makes = 0; makes < 2; makes++)
        {
          fputs (makes ? " ->" : "", stdout);
          for (size_t e = 0; e < node->edges_count; e++)
            if ((node->edges[e].role == SF_MAKES) == (makes != 0))
              printf (" %s%s%s", node->edges[e].previous ? "previous:" : "", node->edges[e].dataset,
                      node->edges[e].role == SF_USES && node->edges[e].maker == SF_MAKER_NOBODY ? "(absent)" : "");
        }
      putchar ('\n');
    }
}

static void
put_setting (void *ctx, const struct sf_effective *setting)
{
  struct sf_json *json = ctx;
  sf_json_key (json, setting->key);
  sf_json_begin_object (json);
  sf_json_put_string (json, "value", setting->text);
  sf_json_put_string (json, "origin", setting->origin);
  sf_json_end_object (json);
}

/* --- which day a daily rain is of --- */

static bool
mentions (const struct sf_yaml *node, const char *word)
{
  if (node->kind == SF_YAML_SCALAR)
    return strcmp (node->text, word) == 0;
  for (size_t i = 0; i < node->count; i++)
    if (mentions (node->items[i], word))
      return true;
  return false;
}

static bool
gives_daily_rain (const struct sf_decoder *decoder)
{
  for (const char *const *quantity = decoder->daily_sums; quantity && *quantity; quantity++)
    if (strcmp (*quantity, "rain_amount") == 0)
      return true;
  return false;
}

/* A mapping shows what its records are; other decoders tell. */
static bool
may_bring_rain (const struct sf_feed *feed)
{
  const struct sf_option *option = feed->decoder.plugin->options;
  while (option && option->name && (strcmp (option->name, "map") != 0 || option->type != SF_OPTION_TREE))
    option++;
  const struct sf_yaml *map = option && option->name ? sf_settings_tree (feed->decoder.settings, option->name) : NULL;
  return map ? mentions (map, "rain_amount") : gives_daily_rain (feed->decoder.plugin->as.decoder);
}

/* The feeds of live operation that may bring rain, each with its rain day; NULL: it is not stated. */
struct rain_days
{
  const struct sf_feed **feeds;
  const char **days;
  size_t count;
};

static enum sf_code
find_rain_days (struct sf_cli *cli, const struct sf_scenario *scenario, struct rain_days *ret_days,
                struct sf_error *err)
{
  struct sf_arena *arena = &cli->arena;
  struct sf_quality_rules *rules = NULL;
  if (!scenario->live)
    return SF_OK;
  struct rain_days days = { .feeds = sf_arena_calloc (arena, scenario->feeds_count + 1, sizeof *days.feeds),
                            .days = sf_arena_calloc (arena, scenario->feeds_count + 1, sizeof *days.days) };
  if (!days.feeds || !days.days)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  SF_TRY (sf_cli_load_quality (cli, arena, &rules, err));
  for (size_t i = 0; i < scenario->feeds_count; i++)
    if (may_bring_rain (&scenario->feeds[i]))
      {
        SF_TRY (sf_quality_rain_day (rules, &scenario->feeds[i], &days.days[days.count], err));
        days.feeds[days.count++] = &scenario->feeds[i];
      }
  *ret_days = days;
  return SF_OK;
}

static void
print_rain_days (const struct rain_days *days, int zh)
{
  long unstated = 0;
  if (!days->count)
    return;
  puts (zh ? "\n小时雨量与日雨量的核对（北京时间日界）：" : "\nrain of hours against that of days (in Beijing time):");
  for (size_t i = 0; i < days->count; i++)
    if (days->days[i])
      printf ("  %-40s %s\n", days->feeds[i]->name, days->days[i]);
    else
      unstated++;
  if (!unstated)
    return;
  fputs (zh ? "  若有日雨量也不核对，因为没有写明日界（quality: agreement: rain_day）:"
            : "  not done, should they bring rain, since no day is stated (quality: agreement: rain_day):",
         stdout);
  for (size_t i = 0; i < days->count; i++)
    if (!days->days[i])
      printf (" %s", days->feeds[i]->name);
  putchar ('\n');
}

static void
put_rain_days (struct sf_json *json, const struct rain_days *days)
{
  sf_json_key (json, "rain_day");
  sf_json_begin_object (json);
  for (size_t i = 0; i < days->count; i++)
    sf_json_put_string (json, days->feeds[i]->name, days->days[i]);
  sf_json_end_object (json);
}

static enum sf_code
print_json (const struct sf_scenario *scenario, const struct sf_graph *graph, const struct rain_days *days,
            struct sf_error *err)
{
  struct sf_strbuf buf = { 0 };
  struct sf_json json = { .out = &buf, .indent = 2 };
  sf_json_begin_object (&json);
  sf_json_put_string (&json, "scenario", scenario->name);
  sf_json_put_time (&json, "clock", scenario->clock_s);
  sf_json_key (&json, "stages");
  sf_json_begin_array (&json);
  for (size_t n = 0; n < graph->count; n++)
    {
      sf_json_begin_object (&json);
      sf_json_put_string (&json, "model", graph->nodes[n].model->plugin->name);
      sf_json_put_string (&json, "stage", graph->nodes[n].stage->name);
      sf_json_key (&json, "ports");
      sf_json_begin_array (&json);
      for (size_t e = 0; e < graph->nodes[n].edges_count; e++)
        {
          static const char *const roles[] = { "needs", "uses", "makes" };
          sf_json_begin_object (&json);
          sf_json_put_string (&json, "role", roles[graph->nodes[n].edges[e].role]);
          sf_json_put_string (&json, "dataset", graph->nodes[n].edges[e].dataset);
          sf_json_end_object (&json);
        }
      sf_json_end_array (&json);
      sf_json_end_object (&json);
    }
  sf_json_end_array (&json);
  put_rain_days (&json, days);
  sf_json_key (&json, "settings");
  sf_json_begin_object (&json);
  sf_scenario_visit_settings (scenario, put_setting, &json);
  sf_json_end_object (&json);
  sf_json_end_object (&json);
  enum sf_code code = buf.failed ? sf_fail (err, SF_ENOMEM, "out of memory") : SF_OK;
  if (code == SF_OK)
    puts (buf.text);
  sf_strbuf_finish (&buf);
  return code;
}

static enum sf_code
check (struct sf_cli *cli, const struct sf_arguments *arguments, struct sf_error *err)
{
  struct sf_scenario scenario;
  struct sf_graph graph;
  struct rain_days days = { 0 };
  char clock[SF_TIME_TEXT_BYTES];
  SF_TRY (sf_cli_start (cli, err));
  SF_TRY (sf_scenario_load (&cli->arena, cli->plugins, arguments->words[0], arguments->overrides,
                            arguments->overrides_count, &scenario, err));
  SF_TRY (sf_cycle_check (&cli->arena, cli->plugins, &scenario, &graph, err));
  SF_TRY (find_rain_days (cli, &scenario, &days, err));
  if (sf_settings_bool (arguments->settings, "json"))
    return print_json (&scenario, &graph, &days, err);
  printf (cli->zh ? "%s：情景 %s 有效，时钟 %s\n\n阶段（按运行顺序）：\n"
                  : "%s: scenario %s is valid, clock %s\n\nstages in their order:\n",
          arguments->words[0], scenario.name, sf_time_format_beijing (clock, scenario.clock_s));
  print_stages (&graph);
  puts (cli->zh ? "\n生效的设置及其来源：" : "\neffective settings and where each comes from:");
  sf_scenario_visit_settings (&scenario, print_setting, NULL);
  print_rain_days (&days, cli->zh);
  return SF_OK;
}

static int
run (struct sf_cli *cli, const struct sf_arguments *arguments, struct sf_error *err)
{
  return check (cli, arguments, err) == SF_OK ? SF_EXIT_DONE : SF_EXIT_FAILED;
}

const struct sf_cli_command sf_command_check = {
  .name = "check",
  .usage = "check SCENARIO [--set KEY=VALUE]... [--json]",
  .summary_en = "validate a scenario and show its effective settings",
  .summary_zh = "校验情景并显示生效的设置",
  .more_en = "Nothing is run. Shows the stages in their order and each setting with its origin\n"
             "(default, file:line:column, --set).",
  .more_zh = "不运行任何计算。按顺序列出各阶段，并给出每个设置的来源（默认值、文件:行:列、--set）。",
  .options = options,
  .takes_set = true,
  .words_min = 1,
  .words_max = 1,
  .run = run,
};
