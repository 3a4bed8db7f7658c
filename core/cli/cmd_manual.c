/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/cli.h"

#include <string.h>

/* The manual page and the shell completion, from the same tables as --help. */

static void
print_roff (const char *text)
{
  for (const char *c = text; c && *c; c++)
    {
      if (*c == '-')
        fputs ("\\-", stdout);
      else if (*c == '\\')
        fputs ("\\e", stdout);
      else if (c != text && c[-1] == '\n' && (*c == '.' || *c == '\''))
        printf ("\\&%c", *c);
      else
        putchar (*c);
    }
}

static void
print_roff_options (const struct sf_option *options, int zh)
{
  for (const struct sf_option *o = options; o && o->name; o++)
    {
      fputs (".TP\n\\fB\\-\\-", stdout);
      print_roff (o->name);
      fputs ("\\fR", stdout);
      if (o->type != SF_OPTION_BOOL)
        printf (" \\fI%s\\fR", sf_option_type_name (o->type));
      if (o->unit)
        printf (" [%s]", o->unit);
      putchar ('\n');
      print_roff (zh ? o->help_zh : o->help_en);
      for (const char *const *c = o->choices; c && *c; c++)
        printf ("%s%s", c == o->choices ? " (" : "|", *c);
      if (o->choices)
        putchar (')');
      if (o->fallback && o->type != SF_OPTION_BOOL)
        printf (zh ? "；默认 %s" : "; default %s", o->fallback);
      putchar ('\n');
    }
}

static void
print_roff_command (const struct sf_cli_command *command, int zh)
{
  fputs (".SS \"sanfang ", stdout);
  print_roff (command->usage);
  fputs ("\"\n", stdout);
  print_roff (zh ? command->summary_zh : command->summary_en);
  fputs (".\n", stdout);
  if (command->more_en)
    {
      fputs (".PP\n.nf\n", stdout);
      print_roff (zh ? command->more_zh : command->more_en);
      fputs ("\n.fi\n", stdout);
    }
  print_roff_options (command->options, zh);
  if (command->takes_set)
    printf (".TP\n\\fB\\-\\-set\\fR \\fIKEY=VALUE\\fR\n%s\n",
            zh ? "覆盖一个设置，可重复" : "override one setting by its dotted path; may be repeated");
}

typedef void (*command_visit) (const struct sf_cli_command *command, int zh);

static void
visit_commands (struct sf_cli *cli, command_visit visit)
{
  for (const struct sf_cli_command *const *command = sf_cli_commands (); *command; command++)
    visit (*command, cli->zh);
  for (size_t i = 0; i < sf_plugin_host_count (cli->plugins); i++)
    {
      const struct sf_plugin *plugin = sf_plugin_host_at (cli->plugins, i)->plugin;
      if (!plugin || plugin->kind != SF_PLUGIN_COMMAND)
        continue;
      struct sf_cli_command command = sf_help_of_plugin (plugin);
      visit (&command, cli->zh);
    }
}

static void
print_plugin_pages (struct sf_cli *cli)
{
  for (size_t i = 0; i < sf_plugin_host_count (cli->plugins); i++)
    {
      const struct sf_plugin *plugin = sf_plugin_host_at (cli->plugins, i)->plugin;
      if (!plugin || plugin->kind == SF_PLUGIN_COMMAND)
        continue;
      printf (".SS \"%s (%s)\"\n", plugin->name, sf_plugin_kind_name (plugin->kind, cli->zh));
      print_roff (cli->zh ? plugin->summary_zh : plugin->summary_en);
      putchar ('\n');
      print_roff_options (plugin->options, cli->zh);
    }
}

static int
run_manual (struct sf_cli *cli, const struct sf_arguments *arguments, struct sf_error *err)
{
  (void) arguments;
  if (sf_cli_start (cli, err) != SF_OK || sf_plugin_host_load_all (cli->plugins, err) != SF_OK)
    return SF_EXIT_FAILED;
  int zh = cli->zh;
  puts (".TH SANFANG 1");
  printf (".SH %s\nsanfang \\- %s\n", zh ? "名称" : "NAME",
          zh ? "台风、洪水、干旱防御的多源数据融合" : "disaster\\-prevention data fusion for an island province");
  printf (".SH %s\n.B sanfang\n.I COMMAND ...\n", zh ? "用法" : "SYNOPSIS");
  printf (".SH %s\n", zh ? "命令" : "COMMANDS");
  visit_commands (cli, print_roff_command);
  printf (".SH %s\n", zh ? "通用选项" : "OPTIONS OF EVERY COMMAND");
  print_roff_options (sf_cli_global_options, zh);
  printf (".SH %s\n", zh ? "插件及其设置" : "PLUGINS AND THEIR SETTINGS");
  print_plugin_pages (cli);
  printf (".SH %s\n%s\n", zh ? "退出码" : "EXIT STATUS",
          zh ? "0 完成，1 失败，2 用法错误，3 完成但有输入被隔离"
             : "0 done, 1 failed, 2 usage, 3 done with quarantined input");
  printf (".SH %s\n.TP\nSANFANG_PLUGIN_PATH, SANFANG_SHARE, SANFANG_DATA\n%s\n", zh ? "环境变量" : "ENVIRONMENT",
          zh ? "插件、共享文件和构建数据所在的文件夹"
             : "folders of the plugins, of the shared files, of data made at build time");
  printf (".SH %s\n.BR sanfang\\-scenario (5),\n.BR sanfang\\-snapshot (5)\n", zh ? "参见" : "\"SEE ALSO\"");
  return SF_EXIT_DONE;
}

const struct sf_cli_command sf_command_manual = {
  .name = "manual",
  .usage = "manual",
  .summary_en = "print the manual page (troff) made from the option tables",
  .summary_zh = "输出由选项表生成的手册页（troff）",
  .run = run_manual,
};

static void
print_completion (const struct sf_cli_command *command, int zh)
{
  (void) zh;
  printf ("    %s) options=\"", command->name);
  for (const struct sf_option *o = command->options; o && o->name; o++)
    printf ("--%s ", o->name);
  if (command->takes_set)
    fputs ("--set ", stdout);
  for (const struct sf_option *o = sf_cli_global_options; o->name; o++)
    printf ("--%s ", o->name);
  fputs ("--help\" ;;\n", stdout);
}

static void
print_name (const struct sf_cli_command *command, int zh)
{
  (void) zh;
  printf ("%s ", command->name);
}

static int
run_completion (struct sf_cli *cli, const struct sf_arguments *arguments, struct sf_error *err)
{
  (void) arguments;
  if (sf_cli_start (cli, err) != SF_OK || sf_plugin_host_load_all (cli->plugins, err) != SF_OK)
    return SF_EXIT_FAILED;
  fputs ("# bash completion for sanfang, made from its option tables\n"
         "_sanfang ()\n{\n  local word=\"${COMP_WORDS[COMP_CWORD]}\" options=\"\"\n"
         "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n    COMPREPLY=( $(compgen -W \"",
         stdout);
  visit_commands (cli, print_name);
  fputs ("\" -- \"$word\") )\n    return\n  fi\n  case \"${COMP_WORDS[1]}\" in\n", stdout);
  visit_commands (cli, print_completion);
  fputs ("  esac\n  case \"$word\" in\n    -*) COMPREPLY=( $(compgen -W \"$options\" -- \"$word\") ) ;;\n"
         "    *) COMPREPLY=( $(compgen -f -- \"$word\") ) ;;\n  esac\n}\ncomplete -o filenames -F _sanfang sanfang\n",
         stdout);
  return SF_EXIT_DONE;
}

const struct sf_cli_command sf_command_completion = {
  .name = "completion",
  .usage = "completion",
  .summary_en = "print a bash completion script made from the option tables",
  .summary_zh = "输出由选项表生成的 bash 补全脚本",
  .run = run_completion,
};
