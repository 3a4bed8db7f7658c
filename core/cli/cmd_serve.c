/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/cli.h"

#include "core/base/file.h"
#include "core/base/time.h"
#include "core/cli/live.h"
#include "core/cli/notify.h"

#include <string.h>
#include <time.h>

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
  { .name = "only",
    .type = SF_OPTION_TEXT,
    .help_en
    = "of a live scenario, only these parts: ingest, cycle, service, with commas; all share the folder of --data",
    .help_zh
    = "实时情景中只运行这些部分：ingest（接入）、cycle（循环）、service（服务），以逗号分隔；共用 --data 文件夹" },
  { .name = "keep",
    .type = SF_OPTION_DURATION,
    .unit = "s",
    .fallback = "400d",
    .help_en = "how long the journal keeps what feeds brought, once it is in the store",
    .help_zh = "原始报文入库后在日志库中的保留时间" },
  { .name = "keep-mib",
    .type = SF_OPTION_INT,
    .unit = "MiB",
    .fallback = "0",
    .min = 0,
    .max = 1e9,
    .help_en = "how large the journal may grow before the oldest are dropped; 0: as large as they are",
    .help_zh = "日志库的大小上限，超过则丢弃最旧的报文；0 表示不限" },
  { .name = NULL },
};

enum
{
  STOP_MS = 50 /* how soon a stop is noticed */
};

static void
say_ready (void *ctx, const char *url)
{
  const struct sf_cli *cli = ctx;
  sf_notify_ready ();
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

/* The overrides that are of the scenario, in the arena. */
static enum sf_code
take_overrides (struct sf_cli *cli, const struct sf_arguments *arguments, struct sf_live_setup *live,
                struct sf_error *err)
{
  struct sf_override *overrides = sf_arena_calloc (&cli->arena, arguments->overrides_count + 1, sizeof *overrides);
  if (!overrides)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  for (size_t i = 0; i < arguments->overrides_count; i++)
    if (!is_of_service (&arguments->overrides[i]))
      overrides[live->overrides_count++] = arguments->overrides[i];
  live->overrides = overrides;
  return SF_OK;
}

/* Make the snapshot of a scenario with a set clock the current one, unless it is already. */
static enum sf_code
run_scenario (struct sf_cli *cli, const struct sf_live_setup *live, struct sf_scenario *ret_scenario,
              struct sf_error *err)
{
  struct sf_cycle_report report;
  SF_TRY (sf_scenario_load (&cli->arena, cli->plugins, live->scenario, live->overrides, live->overrides_count,
                            ret_scenario, err));
  if (ret_scenario->live)
    return SF_OK;
  if (live->parts != SF_LIVE_ALL) /* before anything is published */
    return sf_fail (err, SF_EINVAL, "%s: its clock is set; --only is for 'clock: now'", live->scenario);
  SF_TRY (sf_file_make_folder (live->dir, err));
  return sf_cycle_run (&cli->arena, cli->plugins, ret_scenario, live->dir, &report, err);
}

struct serving
{
  const struct sf_plugin *plugin;
  struct sf_settings *settings;
  const char *dir, *listen;
};

static enum sf_code
find_service (struct sf_cli *cli, const struct sf_arguments *arguments, struct serving *serving, struct sf_error *err)
{
  serving->dir = sf_settings_text (arguments->settings, "data");
  serving->listen = sf_settings_text (arguments->settings, "listen");
  SF_TRY (sf_plugin_host_find (cli->plugins, SF_PLUGIN_SERVICE, sf_settings_text (arguments->settings, "service"),
                               &serving->plugin, err));
  return read_settings (cli, serving->plugin, arguments, &serving->settings, err);
}

static enum sf_code
run_service (struct sf_cli *cli, const struct serving *serving, struct sf_error *err)
{
  struct sf_host host;
  sf_plugin_host_handle (cli->plugins, serving->plugin->name, serving->settings, SF_TIME_MISSING, &host);
  struct sf_service_job job
      = { .ctx = cli, .plugins = cli->plugins, .folder = serving->dir, .listen = serving->listen, .ready = say_ready };
  return serving->plugin->as.service->run (&host, &job, err);
}

static void
wait_for_stop (const struct sf_cli *cli)
{
  sf_notify_ready ();
  printf (cli->zh ? "三防：正在运行（Ctrl-C 停止）\n" : "Sanfang: at work (Ctrl-C stops it)\n");
  fflush (stdout);
  while (!atomic_load (cli->cancel))
    nanosleep (&(struct timespec){ .tv_nsec = STOP_MS * 1000000L }, NULL);
}

static enum sf_code
serve_live (struct sf_cli *cli, const struct sf_live_setup *setup, const struct serving *serving, struct sf_error *err)
{
  struct sf_live *live = NULL;
  struct sf_error why = { 0 };
  enum sf_code code = SF_OK;
  SF_TRY (sf_live_start (setup, &live, err));
  if (setup->parts & SF_LIVE_SERVICE)
    code = run_service (cli, serving, err);
  else
    wait_for_stop (cli);
  enum sf_code stopped = sf_live_stop (live, &why);
  return code == SF_OK && stopped != SF_OK ? sf_fail (err, stopped, "%s", why.message) : code;
}

static enum sf_code
read_live_setup (struct sf_cli *cli, const struct sf_arguments *arguments, struct sf_live_setup *live,
                 struct sf_error *err)
{
  *live = (struct sf_live_setup){ .cli = cli,
                                  .scenario = arguments->count > 0 ? arguments->words[0] : NULL,
                                  .dir = sf_settings_text (arguments->settings, "data"),
                                  .keep_s = sf_settings_int (arguments->settings, "keep"),
                                  .keep_bytes = sf_settings_int (arguments->settings, "keep-mib") << 20 };
  SF_TRY (sf_live_parse_parts (sf_settings_text (arguments->settings, "only"), &live->parts, err));
  if (live->parts != SF_LIVE_ALL && !live->scenario)
    return sf_fail (err, SF_EINVAL, "--only names parts of live operation: give a scenario with 'clock: now'");
  return take_overrides (cli, arguments, live, err);
}

static enum sf_code
serve (struct sf_cli *cli, const struct sf_arguments *arguments, struct sf_live_setup *live, struct sf_error *err)
{
  struct serving serving = { 0 };
  struct sf_scenario scenario = { 0 };
  if (live->scenario)
    sf_live_block_hangup (true);
  SF_TRY (sf_cli_start (cli, err));
  SF_TRY (find_service (cli, arguments, &serving, err));
  if (live->scenario)
    SF_TRY (run_scenario (cli, live, &scenario, err));
  if (scenario.live)
    return serve_live (cli, live, &serving, err);
  sf_live_block_hangup (false);
  return run_service (cli, &serving, err);
}

static int
run (struct sf_cli *cli, const struct sf_arguments *arguments, struct sf_error *err)
{
  struct sf_live_setup live;
  enum sf_code code = read_live_setup (cli, arguments, &live, err);
  if (code != SF_OK)
    return code == SF_EINVAL ? SF_EXIT_USAGE : SF_EXIT_FAILED;
  return serve (cli, arguments, &live, err) == SF_OK ? SF_EXIT_DONE : SF_EXIT_FAILED;
}

const struct sf_cli_command sf_command_serve = {
  .name = "serve",
  .usage = "serve [SCENARIO] [--only PARTS] [--listen ADDRESS:PORT] [--data DIR] [--set KEY=VALUE]...",
  .summary_en = "live operation: take feeds in, run cycles, serve snapshots as maps",
  .summary_zh = "实时运行：接入数据、循环计算、以地图形式发布快照",
  .more_en = "Answers requests for the current snapshot of DIR and earlier ones until it is stopped;\n"
             "a snapshot that another process publishes there appears within a second. With SCENARIO,\n"
             "that is run first. Settings of the service: --set service.KEY=VALUE.\n\n"
             "A SCENARIO with 'clock: now' is live operation: its feeds are taken in without end, into the\n"
             "journal and the store of DIR; cycles are run on the store. Changed files of departments are\n"
             "taken within a second, or when SIGHUP asks; a broken one leaves the old feeds at work.\n\n"
             "  sanfang serve --data out\n"
             "  sanfang serve share/scenarios/rammasun-2014.yaml --data out --listen 127.0.0.1:0\n"
             "  sanfang serve live.yaml --data /var/lib/sanfang\n"
             "  sanfang serve live.yaml --data /var/lib/sanfang --only ingest",
  .more_zh = "持续响应对 DIR 中当前快照及较早快照的请求，直到停止；其他进程在该处发布的快照一秒内可见。\n"
             "给出情景文件时先运行该情景。服务的设置：--set service.KEY=VALUE。\n\n"
             "情景中写明 'clock: now' 即为实时运行：持续接入各部门数据，写入 DIR 的日志库和数据库，并据此循环计算。\n"
             "部门文件改动后一秒内生效，也可用 SIGHUP 触发；文件有误时原有数据接入不受影响。\n\n"
             "  sanfang serve --data out\n"
             "  sanfang serve share/scenarios/rammasun-2014.yaml --data out --listen 127.0.0.1:0\n"
             "  sanfang serve live.yaml --data /var/lib/sanfang\n"
             "  sanfang serve live.yaml --data /var/lib/sanfang --only ingest",
  .options = options,
  .takes_set = true,
  .words_min = 0,
  .words_max = 1,
  .run = run,
};
