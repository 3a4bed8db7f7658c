/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/cli.h"

#include "core/base/file.h"
#include "core/feed/quality.h"

static const char *const languages[] = { "auto", "en", "zh", NULL };
static const char *const levels[] = { "debug", "info", "warning", "error", NULL };

const struct sf_option sf_cli_global_options[] = {
  { .name = "lang",
    .type = SF_OPTION_ENUM,
    .fallback = "auto",
    .choices = languages,
    .help_en = "language of what is printed; auto follows LC_ALL, LC_MESSAGES, LANG",
    .help_zh = "输出语言；auto 按 LC_ALL、LC_MESSAGES、LANG 选择" },
  { .name = "log-level",
    .type = SF_OPTION_ENUM,
    .fallback = "info",
    .choices = levels,
    .help_en = "least serious lines shown on standard error",
    .help_zh = "标准错误输出的最低日志级别" },
  { .name = "log-json",
    .type = SF_OPTION_BOOL,
    .fallback = "false",
    .help_en = "log as JSON lines",
    .help_zh = "以 JSON 行记录日志" },
  { .name = "threads",
    .type = SF_OPTION_INT,
    .fallback = "0",
    .min = 0,
    .max = 1024,
    .help_en = "threads of the pool; 0: one per processor",
    .help_zh = "线程数；0 表示每个处理器一个" },
  { .name = NULL },
};

enum sf_code
sf_cli_start (struct sf_cli *cli, struct sf_error *err)
{
  if (cli->plugins)
    return SF_OK;
  char *folder = sf_arena_printf (&cli->arena, "%s/vocabulary", cli->places.share_folder);
  if (!folder)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  SF_TRY (sf_vocabulary_load (folder, &cli->vocabulary, err));
  SF_TRY (sf_pool_new ((int) sf_settings_int (cli->global, "threads"), &cli->pool, err));
  struct sf_plugin_host_setup setup = { .search_path = cli->places.plugin_path,
                                        .share_folder = cli->places.share_folder,
                                        .data_folder = cli->places.data_folder,
                                        .preloaded = cli->preloaded,
                                        .vocabulary = cli->vocabulary,
                                        .log = cli->log,
                                        .pool = cli->pool,
                                        .cancel = cli->cancel };
  return sf_plugin_host_new (&setup, &cli->plugins, err);
}

enum sf_code
sf_cli_load_quality (const struct sf_cli *cli, struct sf_arena *arena, struct sf_quality_rules **ret_rules,
                     struct sf_error *err)
{
  const char *coast = sf_file_join (arena, cli->places.data_folder, "coast-mask.bin");
  SF_TRY (sf_quality_rules_load (arena, cli->places.share_folder, cli->vocabulary, ret_rules, err));
  if (!coast)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  if (sf_file_exists (coast))
    return sf_quality_rules_use_coast (*ret_rules, arena, coast, err);
  sf_log_write (cli->log, SF_LOG_WARNING, "quality", "%s is missing: positions are not held against the coast", coast);
  return SF_OK;
}
