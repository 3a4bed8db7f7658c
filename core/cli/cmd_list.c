/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/cli.h"

#include "core/base/json.h"

#include <string.h>

#ifndef SF_VERSION
#define SF_VERSION "unknown"
#endif

static const struct sf_option list_options[] = {
  { .name = "json", .type = SF_OPTION_BOOL, .fallback = "false", .help_en = "print JSON", .help_zh = "以 JSON 输出" },
  { .name = NULL },
};

static enum sf_code
print_buffer (struct sf_strbuf *buf, struct sf_error *err)
{
  enum sf_code code = buf->failed ? sf_fail (err, SF_ENOMEM, "out of memory") : SF_OK;
  if (code == SF_OK)
    puts (buf->text);
  sf_strbuf_finish (buf);
  return code;
}

/* --- plugins --- */

static void
put_options (struct sf_json *json, const struct sf_option *options)
{
  sf_json_key (json, "options");
  sf_json_begin_array (json);
  for (const struct sf_option *o = options; o && o->name; o++)
    {
      sf_json_begin_object (json);
      sf_json_put_string (json, "name", o->name);
      sf_json_put_string (json, "type", sf_option_type_name (o->type));
      sf_json_put_string (json, "unit", o->unit);
      sf_json_put_string (json, "default", o->fallback);
      sf_json_put_bool (json, "required", o->required);
      if (o->min != 0 || o->max != 0)
        {
          sf_json_put_double (json, "min", o->min);
          sf_json_put_double (json, "max", o->max);
        }
      if (o->choices)
        {
          sf_json_key (json, "choices");
          sf_json_begin_array (json);
          for (const char *const *c = o->choices; *c; c++)
            sf_json_string (json, *c);
          sf_json_end_array (json);
        }
      sf_json_put_string (json, "help_en", o->help_en);
      sf_json_put_string (json, "help_zh", o->help_zh);
      sf_json_end_object (json);
    }
  sf_json_end_array (json);
}

static void
put_module (struct sf_json *json, const struct sf_module *module)
{
  sf_json_begin_object (json);
  sf_json_put_string (json, "name", module->name);
  sf_json_put_string (json, "path", module->path);
  sf_json_put_string (json, "refused", module->refusal);
  if (module->plugin)
    {
      sf_json_put_string (json, "kind", sf_plugin_kind_name (module->plugin->kind, 0));
      sf_json_put_string (json, "version", module->plugin->version);
      sf_json_put_string (json, "licence", module->plugin->licence);
      sf_json_put_string (json, "summary_en", module->plugin->summary_en);
      sf_json_put_string (json, "summary_zh", module->plugin->summary_zh);
      put_options (json, module->plugin->options);
    }
  sf_json_end_object (json);
}

static void
print_module (const struct sf_module *module, int zh)
{
  const struct sf_plugin *plugin = module->plugin;
  if (!plugin)
    printf (zh ? "%-12s 被拒绝：%s\n" : "%-12s REFUSED: %s\n", module->name, module->refusal);
  else
    printf ("%-12s %-10s %-8s %s\n", plugin->name, sf_plugin_kind_name (plugin->kind, zh), plugin->version,
            zh ? plugin->summary_zh : plugin->summary_en);
}

static void
print_ports (const struct sf_stage *stage, enum sf_port_role role, const char *word)
{
  const char *separator = word;
  for (const struct sf_port *port = stage->ports; port && port->dataset; port++)
    if (port->role == role)
      {
        printf ("%s%s", separator, port->dataset);
        separator = ", ";
      }
}

static void
print_one (const struct sf_module *module, int zh)
{
  const struct sf_plugin *plugin = module->plugin;
  print_module (module, zh);
  if (!plugin)
    return;
  printf ("  %s\n  %s, %s\n", module->path, plugin->licence, zh ? plugin->summary_en : plugin->summary_zh);
  if (plugin->kind == SF_PLUGIN_DECODER)
    printf ("  %s: %s\n", zh ? "格式" : "reads", plugin->as.decoder->formats);
  if (plugin->kind == SF_PLUGIN_PROTOCOL)
    printf ("  %s: %s\n", zh ? "成帧" : "frames", plugin->as.protocol->formats);
  if (plugin->kind == SF_PLUGIN_MODEL)
    for (const struct sf_stage *stage = plugin->as.model->stages; stage->name; stage++)
      {
        printf ("  %s (%s)", stage->name, zh ? stage->title_zh : stage->title_en);
        print_ports (stage, SF_NEEDS, zh ? "\n    需要 " : "\n    needs ");
        print_ports (stage, SF_USES, zh ? "\n    可用 " : "\n    uses ");
        print_ports (stage, SF_MAKES, zh ? "\n    产出 " : "\n    makes ");
        putchar ('\n');
      }
  if (plugin->options)
    puts (zh ? "  设置：" : "  settings:");
  sf_help_options (plugin->options, zh, stdout);
}

static enum sf_code
list_plugins (struct sf_cli *cli, const struct sf_arguments *arguments, struct sf_error *err)
{
  const char *wanted = arguments->count > 0 ? arguments->words[0] : NULL;
  bool json_wanted = sf_settings_bool (arguments->settings, "json"), found = false;
  struct sf_strbuf buf = { 0 };
  struct sf_json json = { .out = &buf, .indent = 2 };
  SF_TRY (sf_cli_start (cli, err));
  SF_TRY (sf_plugin_host_load_all (cli->plugins, err));
  if (json_wanted)
    sf_json_begin_array (&json);
  for (size_t i = 0; i < sf_plugin_host_count (cli->plugins); i++)
    {
      const struct sf_module *module = sf_plugin_host_at (cli->plugins, i);
      if (wanted && strcmp (module->name, wanted) != 0)
        continue;
      found = true;
      if (json_wanted)
        put_module (&json, module);
      else if (wanted)
        print_one (module, cli->zh);
      else
        print_module (module, cli->zh);
    }
  if (json_wanted)
    sf_json_end_array (&json);
  if (wanted && !found)
    {
      sf_strbuf_finish (&buf);
      return sf_fail (err, SF_ENOTFOUND, "there is no plugin '%s' in %s", wanted, cli->places.plugin_path);
    }
  return json_wanted ? print_buffer (&buf, err) : SF_OK;
}

static int
run_plugins (struct sf_cli *cli, const struct sf_arguments *arguments, struct sf_error *err)
{
  return list_plugins (cli, arguments, err) == SF_OK ? SF_EXIT_DONE : SF_EXIT_FAILED;
}

const struct sf_cli_command sf_command_plugins = {
  .name = "plugins",
  .usage = "plugins [NAME] [--json]",
  .summary_en = "list the plugins, or explain one with its settings",
  .summary_zh = "列出插件，或说明其中一个及其设置",
  .more_en = "Refused modules are listed with the true reason.",
  .more_zh = "被拒绝的模块连同真实原因一并列出。",
  .options = list_options,
  .words_max = 1,
  .run = run_plugins,
};

/* --- vocabulary --- */

static void
put_vocabulary (struct sf_json *json, const struct sf_vocabulary *vocabulary)
{
  const struct sf_quantity *const *quantities;
  const struct sf_dataset_spec *const *datasets;
  size_t n = sf_vocabulary_quantities (vocabulary, &quantities), m = sf_vocabulary_datasets (vocabulary, &datasets);
  sf_json_begin_object (json);
  sf_json_key (json, "quantities");
  sf_json_begin_array (json);
  for (size_t i = 0; i < n; i++)
    {
      sf_json_begin_object (json);
      sf_json_put_string (json, "name", quantities[i]->name);
      sf_json_put_string (json, "type", sf_column_type_name (quantities[i]->type));
      sf_json_put_string (json, "unit", quantities[i]->unit);
      sf_json_put_string (json, "averaging", quantities[i]->averaging);
      sf_json_put_string (json, "title_en", quantities[i]->title_en);
      sf_json_put_string (json, "title_zh", quantities[i]->title_zh);
      sf_json_end_object (json);
    }
  sf_json_end_array (json);
  sf_json_key (json, "datasets");
  sf_json_begin_array (json);
  for (size_t i = 0; i < m; i++)
    {
      sf_json_begin_object (json);
      sf_json_put_string (json, "name", datasets[i]->name);
      sf_json_put_string (json, "kind", sf_dataset_kind_name (datasets[i]->kind));
      sf_json_put_string (json, "quantity", datasets[i]->quantity ? datasets[i]->quantity->name : NULL);
      sf_json_put_string (json, "title_en", datasets[i]->title_en);
      sf_json_put_string (json, "title_zh", datasets[i]->title_zh);
      sf_json_key (json, "columns");
      sf_json_begin_object (json);
      for (size_t c = 0; c < datasets[i]->columns_count; c++)
        sf_json_put_string (json, datasets[i]->columns[c].name, datasets[i]->columns[c].quantity->name);
      sf_json_end_object (json);
      sf_json_end_object (json);
    }
  sf_json_end_array (json);
  sf_json_end_object (json);
}

static void
print_vocabulary (const struct sf_vocabulary *vocabulary, int zh)
{
  const struct sf_quantity *const *quantities;
  const struct sf_dataset_spec *const *datasets;
  size_t n = sf_vocabulary_quantities (vocabulary, &quantities), m = sf_vocabulary_datasets (vocabulary, &datasets);
  puts (zh ? "量：" : "quantities:");
  for (size_t i = 0; i < n; i++)
    printf ("  %-18s %-8s %-10s %s\n", quantities[i]->name, sf_column_type_name (quantities[i]->type),
            quantities[i]->unit, zh ? quantities[i]->title_zh : quantities[i]->title_en);
  puts (zh ? "数据集：" : "datasets:");
  for (size_t i = 0; i < m; i++)
    printf ("  %-18s %-8s %-18s %s\n", datasets[i]->name, sf_dataset_kind_name (datasets[i]->kind),
            datasets[i]->quantity ? datasets[i]->quantity->name : "",
            zh ? datasets[i]->title_zh : datasets[i]->title_en);
}

static int
run_vocabulary (struct sf_cli *cli, const struct sf_arguments *arguments, struct sf_error *err)
{
  if (sf_cli_start (cli, err) != SF_OK)
    return SF_EXIT_FAILED;
  if (!sf_settings_bool (arguments->settings, "json"))
    {
      print_vocabulary (cli->vocabulary, cli->zh);
      return SF_EXIT_DONE;
    }
  struct sf_strbuf buf = { 0 };
  struct sf_json json = { .out = &buf, .indent = 2 };
  put_vocabulary (&json, cli->vocabulary);
  return print_buffer (&buf, err) == SF_OK ? SF_EXIT_DONE : SF_EXIT_FAILED;
}

const struct sf_cli_command sf_command_vocabulary = {
  .name = "vocabulary",
  .usage = "vocabulary [--json]",
  .summary_en = "list the quantities and datasets that everything is named by",
  .summary_zh = "列出量与数据集的词汇表",
  .options = list_options,
  .run = run_vocabulary,
};

/* --- version --- */

static int
run_version (struct sf_cli *cli, const struct sf_arguments *arguments, struct sf_error *err)
{
  (void) cli;
  (void) arguments;
  (void) err;
  printf ("sanfang %s (plugin interface %u)\n", SF_VERSION, SF_PLUGIN_ABI);
  return SF_EXIT_DONE;
}

const struct sf_cli_command sf_command_version = {
  .name = "version",
  .usage = "version",
  .summary_en = "print the program's version and plugin interface number",
  .summary_zh = "输出程序版本和插件接口号",
  .run = run_version,
};
