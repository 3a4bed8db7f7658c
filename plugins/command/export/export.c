/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cycle/snapshot.h"
#include "core/plugin/plugin.h"

#include <string.h>

static const struct sf_option options[] = {
  { .name = "output",
    .type = SF_OPTION_TEXT,
    .fallback = "sanfang-out",
    .help_en = "folder of the snapshots (-o DIR)",
    .help_zh = "快照所在文件夹（-o DIR）" },
  { .name = "snapshot",
    .type = SF_OPTION_TEXT,
    .help_en = "id of an earlier snapshot; without it the current one",
    .help_zh = "较早快照的编号；不填则为当前快照" },
  { .name = "to",
    .type = SF_OPTION_TEXT,
    .fallback = ".",
    .help_en = "folder that the files go to",
    .help_zh = "文件写入的文件夹" },
  { .name = "name",
    .type = SF_OPTION_TEXT,
    .fallback = "export",
    .help_en = "base name of the files",
    .help_zh = "文件的基本名" },
  { .name = "format",
    .type = SF_OPTION_TEXT,
    .help_en = "exporter plugin; all words are then datasets",
    .help_zh = "输出插件；此时所有词都是数据集" },
  { .name = NULL },
};

/* A running export and what it has read. */
struct job
{
  const struct sf_command_context *context;
  const struct sf_snapshot *snapshot;
  const struct sf_plugin *exporter;
  struct sf_arena arena;
  struct sf_settings *settings;
  const struct sf_dataset **datasets;
  size_t count;
};

static enum sf_code
tell_product (void *ctx, const char *path, const char *media_type, const char *datasets, struct sf_error *err)
{
  const struct job *job = ctx;
  (void) media_type;
  (void) datasets;
  (void) err;
  job->context->print (job->context, "%s/%s\n", sf_settings_text (job->context->host->settings, "to"), path);
  return SF_OK;
}

static enum sf_code
load_datasets (struct job *job, int count, char **names, struct sf_error *err)
{
  job->datasets = sf_arena_calloc (&job->arena, (size_t) count, sizeof *job->datasets);
  if (!job->datasets)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  for (int i = 0; i < count; i++)
    {
      struct sf_dataset *dataset = NULL;
      SF_TRY (sf_snapshot_load (job->snapshot, job->context->plugins, names[i], &dataset, err));
      job->datasets[job->count++] = dataset;
      if (!(job->exporter->as.exporter->kinds & (1u << dataset->spec->kind)))
        return sf_fail (err, SF_ETYPE, "exporter '%s' does not write a %s (%s)", job->exporter->name,
                        sf_dataset_kind_name (dataset->spec->kind), names[i]);
    }
  return SF_OK;
}

static enum sf_code
read_settings (struct job *job, struct sf_error *err)
{
  static const struct sf_option none[] = { { .name = NULL } };
  const struct sf_command_context *context = job->context;
  SF_TRY (sf_settings_parse (&job->arena, job->exporter->options ? job->exporter->options : none, NULL, NULL,
                             &job->settings, err));
  for (size_t i = 0; i < context->overrides_count; i++)
    SF_TRY (sf_settings_set (job->settings, context->overrides[i].key, context->overrides[i].value, "--set", err));
  return sf_settings_check_required (job->settings, job->exporter->name, err);
}

static enum sf_code
write_files (struct job *job, struct sf_error *err)
{
  const struct sf_settings *ours = job->context->host->settings;
  struct sf_host host = *job->context->host;
  host.component = job->exporter->name;
  host.settings = job->settings;
  host.clock_s = job->snapshot->clock_s;
  struct sf_export task = { .ctx = job,
                            .datasets = job->datasets,
                            .datasets_count = job->count,
                            .folder = sf_settings_text (ours, "to"),
                            .name = sf_settings_text (ours, "name"),
                            .scenario = job->snapshot->scenario,
                            .title_en = job->snapshot->title_en,
                            .title_zh = job->snapshot->title_zh,
                            .product = tell_product };
  for (size_t i = 0; i < job->count; i++)
    {
      task.authority = job->datasets[i]->authority > task.authority ? job->datasets[i]->authority : task.authority;
      task.simulated |= job->datasets[i]->simulated;
    }
  SF_TRY (sf_file_make_folder (task.folder, err));
  return job->exporter->as.exporter->run (&host, &task, err);
}

/* Exporters take the name for a plain one and the folder for one that is there. */
static enum sf_code
check_target (const struct sf_settings *settings, struct sf_error *err)
{
  const char *name = sf_settings_text (settings, "name"), *to = sf_settings_text (settings, "to");
  if (!*name || *name == '.' || *name == '-' || strchr (name, '/') || strlen (name) >= 128)
    return sf_fail (err, SF_EINVAL, "--name '%s' cannot be part of a file name; the folder is --to", name);
  if (!*to)
    return sf_fail (err, SF_EINVAL, "--to names no folder");
  return SF_OK;
}

/* The format is the first word where --format does not name it; the datasets follow. */
static enum sf_code
split_words (const struct sf_settings *settings, int argc, char **argv, const char **ret_format, int *ret_first,
             struct sf_error *err)
{
  const char *format = sf_settings_text (settings, "format");
  int first = format ? 1 : 2;
  if (first >= argc)
    return sf_fail (err, SF_EINVAL, "export: no dataset is named; usage: sanfang export FORMAT DATASET...");
  *ret_format = format ? format : argv[1];
  *ret_first = first;
  return SF_OK;
}

static int
run (const struct sf_command_context *context, int argc, char **argv, struct sf_error *err)
{
  struct job job = { .context = context };
  struct sf_snapshot *snapshot = NULL;
  const char *format = NULL;
  int first = 0;
  if (check_target (context->host->settings, err) != SF_OK
      || split_words (context->host->settings, argc, argv, &format, &first, err) != SF_OK)
    return 2;
  enum sf_code code = sf_plugin_host_find (context->plugins, SF_PLUGIN_EXPORTER, format, &job.exporter, err);
  if (code == SF_OK)
    code = sf_snapshot_open (sf_settings_text (context->host->settings, "output"),
                             sf_settings_text (context->host->settings, "snapshot"), &snapshot, err);
  job.snapshot = snapshot;
  if (code == SF_OK)
    code = read_settings (&job, err);
  if (code == SF_OK)
    code = load_datasets (&job, argc - first, argv + first, err);
  if (code == SF_OK)
    code = write_files (&job, err);
  for (size_t i = 0; i < job.count; i++)
    sf_dataset_unref ((struct sf_dataset *) job.datasets[i]);
  sf_arena_finish (&job.arena);
  sf_snapshot_close (snapshot);
  return code == SF_OK ? 0 : 1;
}

static const struct sf_command command = {
  .usage = "export [--format] FORMAT DATASET... [-o DIR] [--to FOLDER] [--name NAME] [--set KEY=VALUE]...",
  .more_en = "Writes datasets of a snapshot with an exporter plugin; --set gives its settings\n"
             "(`sanfang plugins FORMAT` lists them).\n\n"
             "  sanfang export cog wind_max@province -o out --to maps\n"
             "  sanfang export geojson landfalls track_points -o out --name rammasun\n"
             "  sanfang export --format pmtiles wind_max@province -o out --to store --set max_zoom=11",
  .more_zh = "用输出插件把快照中的数据集写成文件；--set 给出插件的设置（见 `sanfang plugins 格式`）。\n\n"
             "  sanfang export cog wind_max@province -o out --to maps\n"
             "  sanfang export geojson landfalls track_points -o out --name rammasun\n"
             "  sanfang export --format pmtiles wind_max@province -o out --to store --set max_zoom=11",
  .takes_set = true,
  .words_min = 1,
  .words_max = -1,
  .run = run,
};

SF_PLUGIN_EXPORT (export) = {
  SF_PLUGIN_HEAD,
  .kind = SF_PLUGIN_COMMAND,
  .name = "export",
  .version = "0.1.0",
  .licence = "Apache-2.0",
  .summary_en = "write datasets of a snapshot in another format",
  .summary_zh = "把快照中的数据集写成其他格式",
  .options = options,
  .as.command = &command,
};
