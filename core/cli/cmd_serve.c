/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/cli.h"

#include "core/base/file.h"
#include "core/base/time.h"

#include <string.h>

/* Settings of the service among those of the scenario: --set service.KEY=VALUE. */
#define SERVICE_PREFIX "service."

static const struct sf_option options[] = {
  { .name = "listen",
    .type = SF_OPTION_TEXT,
    .fallback = "127.0.0.1:8036",
    .help_en = "address and port; port 0 takes a free one; only this machine is served unless another address is named",
    .help_zh = "监听地址和端口；端口 0 表示任选空闲端口；除非另行指定地址，只服务本机" },
  { .name = "data",
    .type = SF_OPTION_TEXT,
    .fallback = "sanfang-out",
    .help_en = "folder of the snapshots, as written by run -o",
    .help_zh = "快照所在文件夹，即 run -o 的输出文件夹" },
  { .name = "service",
    .type = SF_OPTION_TEXT,
    .fallback = "map",
    .help_en = "plugin of kind service; `sanfang plugins map` lists its settings",
    .help_zh = "service 类插件；其设置见 `sanfang plugins map`" },
  { .name = NULL },
};

static void
say_ready (void *ctx, const char *url)
{
  const struct sf_cli *cli = ctx;
  printf (cli->zh ? "三防地图服务：%s（Ctrl-C 停止）\n" : "Sanfang map service: %s (Ctrl-C stops it)\n", url);
  fflush (stdout);
}

static bool
is_of_service (const struct sf_override *override)
{
  return strncmp (override->key, SERVICE_PREFIX, strlen (SERVICE_PREFIX)) == 0;
}

static enum sf_code
read_settings (struct sf_cli *cli, const struct sf_plugin *plugin, const struct sf_arguments *arguments,
               struct sf_settings **ret_settings, struct sf_error *err)
{
  SF_TRY (sf_settings_parse (&cli->arena, plugin->options, NULL, NULL, ret_settings, err));
  for (size_t i = 0; i < arguments->overrides_count; i++)
    if (is_of_service (&arguments->overrides[i]))
      SF_TRY (sf_settings_set (*ret_settings, arguments->overrides[i].key + strlen (SERVICE_PREFIX),
                               arguments->overrides[i].value, "--set", err));
    else if (arguments->count == 0)
      return sf_fail (err, SF_EINVAL,
                      "--set %s: without a scenario only settings of the service are known (service.%s)",
                      arguments->overrides[i].key, arguments->overrides[i].key);
  return sf_settings_check_required (*ret_settings, plugin->name, err);
}

/* Make the scenario's snapshot the current one, unless it is already. */
static enum sf_code
run_scenario (struct sf_cli *cli, const struct sf_arguments *arguments, const char *dir, struct sf_error *err)
{
  struct sf_scenario scenario;
  struct sf_cycle_report report;
  size_t count = 0;
  struct sf_override *overrides = sf_arena_calloc (&cli->arena, arguments->overrides_count, sizeof *overrides);
  if (!overrides)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  for (size_t i = 0; i < arguments->overrides_count; i++)
    if (!is_of_service (&arguments->overrides[i]))
      overrides[count++] = arguments->overrides[i];
  SF_TRY (sf_file_make_folder (dir, err));
  SF_TRY (sf_scenario_load (&cli->arena, cli->plugins, arguments->words[0], overrides, count, &scenario, err));
  return sf_cycle_run (&cli->arena, cli->plugins, &scenario, dir, &report, err);
}

static enum sf_code
serve (struct sf_cli *cli, const struct sf_arguments *arguments, struct sf_error *err)
{
  const char *dir = sf_settings_text (arguments->settings, "data");
  const struct sf_plugin *plugin = NULL;
  struct sf_settings *settings = NULL;
  struct sf_host host;
  SF_TRY (sf_cli_start (cli, err));
  SF_TRY (sf_plugin_host_find (cli->plugins, SF_PLUGIN_SERVICE, sf_settings_text (arguments->settings, "service"),
                               &plugin, err));
  SF_TRY (read_settings (cli, plugin, arguments, &settings, err));
  if (arguments->count > 0)
    SF_TRY (run_scenario (cli, arguments, dir, err));
  sf_plugin_host_handle (cli->plugins, plugin->name, settings, SF_TIME_MISSING, &host);
  struct sf_service_job job = { .ctx = cli,
                                .plugins = cli->plugins,
                                .folder = dir,
                                .listen = sf_settings_text (arguments->settings, "listen"),
                                .ready = say_ready };
  return plugin->as.service->run (&host, &job, err);
}

static int
run (struct sf_cli *cli, const struct sf_arguments *arguments, struct sf_error *err)
{
  return serve (cli, arguments, err) == SF_OK ? SF_EXIT_DONE : SF_EXIT_FAILED;
}

const struct sf_cli_command sf_command_serve = {
  .name = "serve",
  .usage = "serve [SCENARIO] [--listen ADDRESS:PORT] [--data DIR] [--set KEY=VALUE]...",
  .summary_en = "serve snapshots as maps: WMTS, WMS, tiles, point query, preview page",
  .summary_zh = "以地图形式发布快照：WMTS、WMS、瓦片、点查询、预览页",
  .more_en = "Answers requests for the current snapshot of DIR and earlier ones until it is stopped;\n"
             "a snapshot that another process publishes there appears within a second. With SCENARIO,\n"
             "that is run first. Settings of the service: --set service.KEY=VALUE.\n\n"
             "  sanfang serve --data out\n"
             "  sanfang serve share/scenarios/rammasun-2014.yaml --data out --listen 127.0.0.1:0",
  .more_zh = "持续响应对 DIR 中当前快照及较早快照的请求，直到停止；其他进程在该处发布的快照一秒内可见。\n"
             "给出情景文件时先运行该情景。服务的设置：--set service.KEY=VALUE。\n\n"
             "  sanfang serve --data out\n"
             "  sanfang serve share/scenarios/rammasun-2014.yaml --data out --listen 127.0.0.1:0",
  .options = options,
  .takes_set = true,
  .words_min = 0,
  .words_max = 1,
  .run = run,
};
