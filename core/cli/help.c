/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/cli.h"

#include <string.h>

struct sf_cli_command
sf_help_of_plugin (const struct sf_plugin *plugin)
{
  return (struct sf_cli_command){ .name = plugin->name,
                                  .usage = plugin->as.command->usage,
                                  .summary_en = plugin->summary_en,
                                  .summary_zh = plugin->summary_zh,
                                  .more_en = plugin->as.command->more_en,
                                  .more_zh = plugin->as.command->more_zh,
                                  .options = plugin->options,
                                  .takes_set = plugin->as.command->takes_set,
                                  .words_min = plugin->as.command->words_min,
                                  .words_max = plugin->as.command->words_max };
}

static void
print_option (const struct sf_option *option, int zh, FILE *out)
{
  char head[160];
  const char *value = option->type == SF_OPTION_BOOL ? "" : " ", *kind = "";
  if (option->type != SF_OPTION_BOOL)
    kind = sf_option_type_name (option->type);
  snprintf (head, sizeof head, "--%s%s%s%s%s%s", option->name, value, kind, option->unit ? " [" : "",
            option->unit ? option->unit : "", option->unit ? "]" : "");
  fprintf (out, "  %-28s %s", head, zh ? option->help_zh : option->help_en);
  for (const char *const *c = option->choices; c && *c; c++)
    fprintf (out, "%s%s", c == option->choices ? " (" : "|", *c);
  if (option->choices)
    fputs (")", out);
  if (option->fallback && option->type != SF_OPTION_BOOL)
    fprintf (out, zh ? "；默认 %s" : "; default %s", option->fallback);
  if (option->required)
    fputs (zh ? "；必填" : "; required", out);
  fputc ('\n', out);
}

void
sf_help_options (const struct sf_option *options, int zh, FILE *out)
{
  for (const struct sf_option *o = options; o && o->name; o++)
    print_option (o, zh, out);
}

void
sf_help_command (struct sf_cli *cli, const struct sf_cli_command *command, FILE *out)
{
  int zh = cli->zh;
  fprintf (out, "%s: sanfang %s\n\n%s\n", zh ? "用法" : "Usage", command->usage,
           zh ? command->summary_zh : command->summary_en);
  if (command->more_en)
    fprintf (out, "\n%s\n", zh ? command->more_zh : command->more_en);
  fprintf (out, "\n%s:\n", zh ? "选项" : "Options");
  sf_help_options (command->options, zh, out);
  if (command->takes_set)
    fprintf (out, "  %-28s %s\n", "--set KEY=VALUE",
             zh ? "覆盖一个设置，可重复；KEY 是用点连接的路径，如 models.typhoon.profile"
                : "override one setting, may be repeated; KEY is a dotted path such as models.typhoon.profile");
  sf_help_options (sf_cli_global_options, zh, out);
}

static void
print_summary (const char *name, const char *summary, FILE *out)
{
  fprintf (out, "  %-12s %s\n", name, summary);
}

void
sf_help_program (struct sf_cli *cli, FILE *out)
{
  struct sf_error err = { 0 };
  struct sf_settings *global = NULL;
  fprintf (out, "%s\n\n%s: sanfang %s\n\n%s:\n",
           cli->zh ? "三防：台风、洪水、干旱防御的多源数据融合系统"
                   : "Sanfang (三防): fuses what the departments of an island province know when a typhoon comes",
           cli->zh ? "用法" : "Usage", "COMMAND ...", cli->zh ? "命令" : "Commands");
  for (const struct sf_cli_command *const *command = sf_cli_commands (); *command; command++)
    print_summary ((*command)->name, cli->zh ? (*command)->summary_zh : (*command)->summary_en, out);
  if (sf_settings_parse (&cli->arena, sf_cli_global_options, NULL, NULL, &global, &err) == SF_OK)
    {
      cli->global = global;
      if (sf_cli_start (cli, &err) == SF_OK && sf_plugin_host_load_all (cli->plugins, &err) == SF_OK)
        for (size_t i = 0; i < sf_plugin_host_count (cli->plugins); i++)
          {
            const struct sf_plugin *plugin = sf_plugin_host_at (cli->plugins, i)->plugin;
            if (plugin && plugin->kind == SF_PLUGIN_COMMAND)
              print_summary (plugin->name, cli->zh ? plugin->summary_zh : plugin->summary_en, out);
          }
    }
  fprintf (out, "\n%s\n",
           cli->zh ? "`sanfang 命令 --help` 说明一个命令。退出码：0 完成，1 失败，2 用法错误，3 完成但有输入被隔离。"
                   : "`sanfang COMMAND --help` explains a command. Exit codes: 0 done, 1 failed, 2 usage, "
                     "3 done with quarantined input.");
}
