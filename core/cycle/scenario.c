/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cycle/scenario_private.h"

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/base/time.h"
#include "core/feed/department.h"
#include "core/feed/reading.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

/* What reading a scenario carries along. */
struct reader
{
  struct sf_arena *arena;
  struct sf_plugin_host *plugins;
  const struct sf_vocabulary *vocabulary;
  struct sf_scenario *scenario;
};

static enum sf_code
no_memory (struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "out of memory reading the scenario");
}

/* What may be part of a file name: letters and digits of any script, '-', '_' and '.', but neither '.' nor '-' first. */
static bool
is_file_name (const char *name)
{
  if (!name || !*name || *name == '.' || *name == '-' || strlen (name) >= 128)
    return false;
  for (const char *c = name; *c; c++)
    if (!isalnum ((unsigned char) *c) && !strchr ("-_.", *c) && (unsigned char) *c < 0x80)
      return false;
  return true;
}

/* --- lists of texts --- */

static enum sf_code
split_texts (struct reader *reader, const struct sf_yaml *node, const char ***ret_texts, size_t *ret_count,
             struct sf_error *err)
{
  struct sf_span rest = sf_span_of (node->text), part;
  size_t count = 1, n = 0;
  for (const char *c = node->text; *c; c++)
    count += *c == ',' ? 1 : 0;
  const char **texts = sf_arena_calloc (reader->arena, count, sizeof *texts);
  if (!texts)
    return no_memory (err);
  while (n < count && sf_text_next_field (&rest, ',', &part))
    {
      part = sf_span_trim (part);
      if (!(texts[n++] = sf_arena_strndup (reader->arena, part.text, part.length)))
        return no_memory (err);
    }
  *ret_texts = texts;
  *ret_count = n;
  return SF_OK;
}

static enum sf_code
list_texts (struct reader *reader, const struct sf_yaml *node, const char *what, const char ***ret_texts,
            size_t *ret_count, struct sf_error *err)
{
  SF_TRY (sf_read_kind (node, SF_YAML_SEQUENCE, what, err));
  const char **texts = sf_arena_calloc (reader->arena, node->count, sizeof *texts);
  if (!texts)
    return no_memory (err);
  for (size_t i = 0; i < node->count; i++)
    {
      SF_TRY (sf_read_kind (node->items[i], SF_YAML_SCALAR, what, err));
      texts[i] = node->items[i]->text;
    }
  *ret_texts = texts;
  *ret_count = node->count;
  return SF_OK;
}

/* A list, or a text with commas: at least one text, each once. */
static enum sf_code
read_texts (struct reader *reader, const struct sf_yaml *node, const char *what, const char *const **ret_texts,
            size_t *ret_count, struct sf_error *err)
{
  const char **texts = NULL;
  size_t count = 0;
  if (node->kind == SF_YAML_SCALAR)
    SF_TRY (split_texts (reader, node, &texts, &count, err));
  else
    SF_TRY (list_texts (reader, node, what, &texts, &count, err));
  if (count == 0 || (count == 1 && !*texts[0]))
    return sf_yaml_fail (err, SF_EINVAL, node, "%s: the list is empty", what);
  for (size_t i = 0; i < count; i++)
    for (size_t j = 0; j < i; j++)
      if (strcmp (texts[i], texts[j]) == 0)
        return sf_yaml_fail (err, SF_ECONFLICT, node, "%s: '%s' stands there twice", what, texts[i]);
  *ret_texts = texts;
  *ret_count = count;
  return SF_OK;
}

static enum sf_code
check_dataset_names (struct reader *reader, const struct sf_yaml *where, const char *const *names, size_t count,
                     struct sf_error *err)
{
  for (size_t i = 0; i < count; i++)
    if (!sf_vocabulary_dataset (reader->vocabulary, names[i]))
      {
        const char *near = sf_vocabulary_nearest_dataset (reader->vocabulary, names[i]);
        return sf_yaml_fail (err, SF_ENOTFOUND, where, "the vocabulary has no dataset '%s'%s%s%s", names[i],
                             near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
      }
  return SF_OK;
}

static enum sf_code
read_time (const struct sf_yaml *owner, const char *key, int64_t *ret_time_s, struct sf_error *err)
{
  const struct sf_yaml *node = sf_yaml_get (owner, key);
  if (!node)
    return SF_OK;
  SF_TRY (sf_read_kind (node, SF_YAML_SCALAR, key, err));
  enum sf_code code = sf_time_parse_iso (node->text, SF_TIME_NO_DEFAULT, ret_time_s, err);
  return sf_yaml_prefix (err, code, node, key);
}

/* --- the parts of a scenario --- */

/* A relative path stands in the scenario's folder. */
static enum sf_code
find_departments (struct reader *reader, const struct sf_yaml *root, struct sf_error *err)
{
  struct sf_scenario *scenario = reader->scenario;
  const char *path = NULL, *slash = strrchr (scenario->path, '/');
  if (!sf_yaml_get (root, "departments"))
    return SF_OK;
  SF_TRY (sf_read_text (root, "departments", NULL, &path, err));
  char *folder = slash ? sf_arena_strndup (reader->arena, scenario->path, (size_t) (slash - scenario->path))
                       : sf_arena_strdup (reader->arena, ".");
  scenario->departments = folder ? sf_file_join (reader->arena, folder, path) : NULL;
  if (!scenario->departments)
    return no_memory (err);
  return sf_file_exists (scenario->departments)
             ? SF_OK
             : sf_yaml_fail (err, SF_ENOTFOUND, sf_yaml_get (root, "departments"),
                             "departments: there is no file or folder %s", scenario->departments);
}

/* The feeds of departments stand after the scenario's own; none has the name of another. */
static enum sf_code
add_departments (struct reader *reader, const struct sf_yaml *root, struct sf_error *err)
{
  struct sf_scenario *scenario = reader->scenario;
  struct sf_departments all = { 0 };
  SF_TRY (find_departments (reader, root, err));
  if (!scenario->departments)
    return SF_OK;
  SF_TRY (sf_departments_load (reader->arena, reader->plugins, scenario->departments, &all, err));
  struct sf_feed *feeds = sf_arena_calloc (reader->arena, scenario->feeds_count + all.feeds_count, sizeof *feeds);
  if (!feeds)
    return no_memory (err);
  for (size_t i = 0; i < scenario->feeds_count; i++)
    {
      feeds[i] = scenario->feeds[i];
      for (size_t j = 0; j < all.feeds_count; j++)
        if (strcmp (feeds[i].name, all.feeds[j].name) == 0)
          return sf_yaml_fail (err, SF_ECONFLICT, sf_yaml_get (root, "feeds"),
                               "feed '%s' stands in department '%s' too", feeds[i].name, all.feeds[j].department);
    }
  if (all.feeds_count)
    memcpy (feeds + scenario->feeds_count, all.feeds, all.feeds_count * sizeof *feeds);
  scenario->feeds = feeds;
  scenario->feeds_count += all.feeds_count;
  return SF_OK;
}

/* "clock: now" is live operation; else a time with its zone. */
static enum sf_code
read_clock (const struct sf_yaml *root, struct sf_scenario *scenario, struct sf_error *err)
{
  const struct sf_yaml *node = sf_yaml_get (root, "clock");
  if (!node)
    return sf_yaml_fail (err, SF_EINVAL, root,
                         "'clock' is missing: the time at which the scenario runs, with its zone, or now");
  scenario->live = node->kind == SF_YAML_SCALAR && strcmp (node->text, "now") == 0;
  if (!scenario->live)
    return read_time (root, "clock", &scenario->clock_s, err);
  scenario->clock_s = (int64_t) time (NULL);
  return SF_OK;
}

static enum sf_code
read_operation (const struct sf_yaml *root, struct sf_scenario *scenario, struct sf_error *err)
{
  static const char *const keys[] = { "every", "settle", NULL };
  static const char *const origins[] = { "feeds", "store" };
  const struct sf_yaml *cycle = sf_yaml_get (root, "cycle");
  int origin = scenario->live ? 1 : 0;
  SF_TRY (sf_read_choice (root, "records", origins, 2, &origin, err));
  scenario->from_store = origin == 1;
  if (scenario->live && !scenario->from_store)
    return sf_yaml_fail (err, SF_EINVAL, sf_yaml_get (root, "records"),
                         "records: with 'clock: now' they come from the store");
  scenario->every_s = 600;
  scenario->settle_s = 5;
  if (!cycle)
    return SF_OK;
  SF_TRY (sf_read_kind (cycle, SF_YAML_MAPPING, "cycle", err));
  SF_TRY (sf_yaml_check_keys (cycle, keys, err));
  SF_TRY (sf_read_duration (cycle, "every", &scenario->every_s, err));
  SF_TRY (sf_read_duration (cycle, "settle", &scenario->settle_s, err));
  if (scenario->every_s <= 0)
    return sf_yaml_fail (err, SF_ERANGE, cycle, "cycle: every must be longer than nothing");
  return SF_OK;
}

static enum sf_code
read_feeds (struct reader *reader, const struct sf_yaml *node, struct sf_error *err)
{
  struct sf_scenario *scenario = reader->scenario;
  if (!node)
    return SF_OK;
  SF_TRY (sf_read_kind (node, SF_YAML_MAPPING, "feeds", err));
  scenario->feeds = sf_arena_calloc (reader->arena, node->count, sizeof *scenario->feeds);
  if (!scenario->feeds)
    return no_memory (err);
  for (size_t i = 0; i < node->count; i++)
    SF_TRY (
        sf_feed_read (reader->arena, reader->plugins, node->keys[i]->text, node->items[i], &scenario->feeds[i], err));
  scenario->feeds_count = node->count;
  return SF_OK;
}

static enum sf_code
check_feed_names (const struct sf_scenario *scenario, const struct sf_yaml *node, const struct sf_query *query,
                  struct sf_error *err)
{
  for (size_t i = 0; i < query->feeds_count; i++)
    {
      size_t f = 0;
      while (f < scenario->feeds_count && strcmp (scenario->feeds[f].name, query->feeds[i]) != 0)
        f++;
      if (f == scenario->feeds_count)
        return sf_yaml_fail (err, SF_ENOTFOUND, node, "dataset '%s': there is no feed '%s'", query->dataset,
                             query->feeds[i]);
    }
  return SF_OK;
}

static enum sf_code
read_query (struct reader *reader, const char *dataset, const struct sf_yaml *node, struct sf_query *query,
            struct sf_error *err)
{
  static const char *const keys[] = { "records", "feeds", "storm", "from", "to", "window", NULL };
  SF_TRY (sf_read_kind (node, SF_YAML_MAPPING, dataset, err));
  SF_TRY (sf_yaml_check_keys (node, keys, err));
  SF_TRY (check_dataset_names (reader, node, &dataset, 1, err));
  if (strchr (dataset, '@'))
    return sf_yaml_fail (err, SF_EINVAL, node, "dataset '%s': what comes from feeds stands on no grid", dataset);
  *query = (struct sf_query){ .dataset = dataset, .from_s = SF_TIME_MISSING, .to_s = SF_TIME_MISSING };
  const char *kind = "";
  SF_TRY (sf_read_text (node, "records", NULL, &kind, err));
  while (query->kind < SF_RECORD_KINDS && strcmp (kind, sf_record_kind_name (query->kind, 0)) != 0)
    query->kind++;
  if (query->kind == SF_RECORD_KINDS)
    return sf_yaml_fail (err, SF_EINVAL, node,
                         "dataset '%s': records must be asset, observation, position, track, event or field, got '%s'",
                         dataset, kind);
  if (query->kind != SF_RECORD_TRACK || sf_vocabulary_dataset (reader->vocabulary, dataset)->kind != SF_DATASET_TRACKS)
    return sf_yaml_fail (err, SF_EUNSUPPORTED, node, "dataset '%s': only records of kind track enter, as tracks",
                         dataset);
  const struct sf_yaml *feeds = sf_yaml_get (node, "feeds");
  if (!feeds)
    return sf_yaml_fail (err, SF_EINVAL, node, "dataset '%s': 'feeds' is missing", dataset);
  SF_TRY (read_texts (reader, feeds, "feeds", &query->feeds, &query->feeds_count, err));
  SF_TRY (check_feed_names (reader->scenario, feeds, query, err));
  if (sf_yaml_get (node, "storm"))
    SF_TRY (sf_read_text (node, "storm", NULL, &query->storm, err));
  SF_TRY (read_time (node, "from", &query->from_s, err));
  SF_TRY (read_time (node, "to", &query->to_s, err));
  SF_TRY (sf_read_duration (node, "window", &query->window_s, err));
  if (query->from_s == SF_TIME_MISSING && query->window_s > 0)
    query->from_s = reader->scenario->clock_s - query->window_s;
  if (query->from_s != SF_TIME_MISSING && query->to_s != SF_TIME_MISSING && query->from_s > query->to_s)
    return sf_yaml_fail (err, SF_ERANGE, sf_yaml_get (node, "to"), "dataset '%s': 'to' is before 'from'", dataset);
  return SF_OK;
}

static enum sf_code
read_queries (struct reader *reader, const struct sf_yaml *node, struct sf_error *err)
{
  struct sf_scenario *scenario = reader->scenario;
  if (!node)
    return SF_OK;
  SF_TRY (sf_read_kind (node, SF_YAML_MAPPING, "datasets", err));
  scenario->queries = sf_arena_calloc (reader->arena, node->count, sizeof *scenario->queries);
  if (!scenario->queries)
    return no_memory (err);
  for (size_t i = 0; i < node->count; i++)
    SF_TRY (read_query (reader, node->keys[i]->text, node->items[i], &scenario->queries[i], err));
  scenario->queries_count = node->count;
  return SF_OK;
}

static enum sf_code
read_models (struct reader *reader, const struct sf_yaml *node, struct sf_error *err)
{
  struct sf_scenario *scenario = reader->scenario;
  if (!node)
    return SF_OK;
  SF_TRY (sf_read_kind (node, SF_YAML_MAPPING, "models", err));
  scenario->models = sf_arena_calloc (reader->arena, node->count, sizeof *scenario->models);
  if (!scenario->models)
    return no_memory (err);
  for (size_t i = 0; i < node->count; i++)
    {
      const struct sf_yaml *item = node->items[i];
      if (item->kind == SF_YAML_SCALAR && !*item->text)
        item = NULL;
      else
        SF_TRY (sf_read_kind (item, SF_YAML_MAPPING, node->keys[i]->text, err));
      struct sf_instance_text text = { .kind = SF_PLUGIN_MODEL,
                                       .plugin = node->keys[i]->text,
                                       .name = node->keys[i]->text,
                                       .where = node->keys[i],
                                       .mapping = item };
      SF_TRY (sf_read_instance (reader->arena, reader->plugins, &text, &scenario->models[i], err));
    }
  scenario->models_count = node->count;
  return SF_OK;
}

static enum sf_code
check_kinds (struct reader *reader, const struct sf_yaml *where, const struct sf_output *output, struct sf_error *err)
{
  const struct sf_plugin *plugin = output->exporter.plugin;
  for (size_t i = 0; i < output->datasets_count; i++)
    {
      enum sf_dataset_kind kind = sf_vocabulary_dataset (reader->vocabulary, output->datasets[i])->kind;
      if (!(plugin->as.exporter->kinds & (1u << kind)))
        return sf_yaml_fail (err, SF_ETYPE, where, "output '%s': exporter '%s' does not write a %s (%s)", output->name,
                             plugin->name, sf_dataset_kind_name (kind), output->datasets[i]);
    }
  return SF_OK;
}

static enum sf_code
read_output (struct reader *reader, const struct sf_yaml *node, struct sf_output *output, struct sf_error *err)
{
  static const char *const skip[] = { "plugin", "name", "datasets", NULL };
  SF_TRY (sf_read_kind (node, SF_YAML_MAPPING, "outputs", err));
  const char *plugin = NULL;
  const struct sf_yaml *datasets = sf_yaml_get (node, "datasets");
  SF_TRY (sf_read_text (node, "plugin", NULL, &plugin, err));
  SF_TRY (sf_read_text (node, "name", NULL, &output->name, err));
  if (!datasets)
    return sf_yaml_fail (err, SF_EINVAL, node, "'datasets' is missing: what output '%s' holds", output->name);
  if (!is_file_name (output->name))
    return sf_yaml_fail (err, SF_EINVAL, node,
                         "output name '%s' cannot be part of a file name (letters, digits, -, _ and .)", output->name);
  SF_TRY (read_texts (reader, datasets, "datasets", &output->datasets, &output->datasets_count, err));
  SF_TRY (check_dataset_names (reader, datasets, output->datasets, output->datasets_count, err));
  struct sf_instance_text text = { SF_PLUGIN_EXPORTER, plugin, output->name, node, node, skip };
  SF_TRY (sf_read_instance (reader->arena, reader->plugins, &text, &output->exporter, err));
  return check_kinds (reader, datasets, output, err);
}

/* Two outputs of one exporter and one name would write the same files. */
static enum sf_code
check_output_name (const struct sf_yaml *node, const struct sf_output *outputs, size_t index, struct sf_error *err)
{
  for (size_t i = 0; i < index; i++)
    if (outputs[i].exporter.plugin == outputs[index].exporter.plugin
        && strcmp (outputs[i].name, outputs[index].name) == 0)
      return sf_yaml_fail (err, SF_ECONFLICT, node,
                           "outputs %zu and %zu are both '%s' of %s and would write the same file: "
                           "give one another name",
                           i, index, outputs[i].name, outputs[i].exporter.plugin->name);
  return SF_OK;
}

static enum sf_code
read_outputs (struct reader *reader, const struct sf_yaml *node, struct sf_error *err)
{
  struct sf_scenario *scenario = reader->scenario;
  if (!node)
    return SF_OK;
  SF_TRY (sf_read_kind (node, SF_YAML_SEQUENCE, "outputs", err));
  scenario->outputs = sf_arena_calloc (reader->arena, node->count, sizeof *scenario->outputs);
  if (!scenario->outputs)
    return no_memory (err);
  for (size_t i = 0; i < node->count; i++)
    {
      SF_TRY (read_output (reader, node->items[i], &scenario->outputs[i], err));
      SF_TRY (check_output_name (node->items[i], scenario->outputs, i, err));
    }
  scenario->outputs_count = node->count;
  return SF_OK;
}

static enum sf_code
check_columns (struct reader *reader, const struct sf_yaml *node, const struct sf_answer *answer, struct sf_error *err)
{
  const struct sf_dataset_spec *spec = sf_vocabulary_dataset (reader->vocabulary, answer->dataset);
  for (size_t i = 0; i < answer->columns_count; i++)
    {
      size_t c = 0;
      while (c < spec->columns_count && strcmp (spec->columns[c].name, answer->columns[i]) != 0)
        c++;
      if (c == spec->columns_count)
        return sf_yaml_fail (err, SF_ENOTFOUND, node, "dataset '%s' has no column '%s'", answer->dataset,
                             answer->columns[i]);
    }
  return SF_OK;
}

static enum sf_code
read_answers (struct reader *reader, const struct sf_yaml *node, struct sf_error *err)
{
  static const char *const keys[] = { "dataset", "columns", NULL };
  struct sf_scenario *scenario = reader->scenario;
  if (!node)
    return SF_OK;
  SF_TRY (sf_read_kind (node, SF_YAML_SEQUENCE, "answers", err));
  scenario->answers = sf_arena_calloc (reader->arena, node->count, sizeof *scenario->answers);
  if (!scenario->answers)
    return no_memory (err);
  for (size_t i = 0; i < node->count; i++)
    {
      struct sf_answer *answer = &scenario->answers[i];
      SF_TRY (sf_read_kind (node->items[i], SF_YAML_MAPPING, "answers", err));
      SF_TRY (sf_yaml_check_keys (node->items[i], keys, err));
      SF_TRY (sf_read_text (node->items[i], "dataset", NULL, &answer->dataset, err));
      SF_TRY (check_dataset_names (reader, node->items[i], &answer->dataset, 1, err));
      const struct sf_yaml *columns = sf_yaml_get (node->items[i], "columns");
      if (columns)
        SF_TRY (read_texts (reader, columns, "columns", &answer->columns, &answer->columns_count, err));
      SF_TRY (check_columns (reader, node->items[i], answer, err));
    }
  scenario->answers_count = node->count;
  return SF_OK;
}

static enum sf_code
read_domain (struct reader *reader, const struct sf_yaml *root, struct sf_error *err)
{
  const struct sf_yaml *node = sf_yaml_get (root, "domain");
  if (!node)
    return sf_yaml_fail (err, SF_EINVAL, root, "'domain' is missing: name a file of share/domains or write the grids");
  if (node->kind == SF_YAML_MAPPING)
    return sf_domain_parse (reader->arena, node, &reader->scenario->domain, err);
  SF_TRY (sf_read_kind (node, SF_YAML_SCALAR, "domain", err));
  if (!is_file_name (node->text))
    return sf_yaml_fail (err, SF_EINVAL, node, "domain '%s' is not a name", node->text);
  char *path = sf_arena_printf (reader->arena, "%s/domains/%s.yaml",
                                sf_plugin_host_setup_of (reader->plugins)->share_folder, node->text);
  if (!path)
    return no_memory (err);
  enum sf_code code = sf_domain_load (reader->arena, path, &reader->scenario->domain, err);
  return sf_yaml_prefix (err, code, node, "domain");
}

/* An exporter that knows several layouts keeps snapshots in the one that readers map. */
static enum sf_code
prefer_snapshot_layout (struct sf_instance *instance, struct sf_error *err)
{
  const struct sf_option *option;
  const char *text, *origin;
  for (size_t i = 0; sf_settings_at (instance->settings, i, &option, &text, &origin); i++)
    if (strcmp (option->name, "layout") == 0 && strcmp (origin, "default") == 0)
      return sf_settings_set (instance->settings, "layout", "snapshot", "default of snapshots", err);
  return SF_OK;
}

/* What keeps a snapshot must write all datasets of its kinds and read them back. */
static enum sf_code
check_keeper (const struct sf_yaml *where, const struct sf_instance *keeper, unsigned kinds, struct sf_error *err)
{
  const struct sf_exporter *exporter = keeper->plugin->as.exporter;
  if ((exporter->kinds & kinds) == kinds && exporter->load)
    return SF_OK;
  return sf_yaml_fail (err, SF_EUNSUPPORTED, where, "%s: exporter '%s' cannot keep a snapshot: it %s", keeper->name,
                       keeper->plugin->name,
                       exporter->load ? "does not write all that has to be kept" : "cannot read back");
}

static enum sf_code
read_kept_cubes (struct reader *reader, const struct sf_yaml *node, struct sf_error *err)
{
  struct sf_scenario *scenario = reader->scenario;
  if (!node || (node->kind == SF_YAML_SEQUENCE && node->count == 0))
    return SF_OK;
  SF_TRY (read_texts (reader, node, "cubes", &scenario->snapshot_cubes, &scenario->snapshot_cubes_count, err));
  SF_TRY (check_dataset_names (reader, node, scenario->snapshot_cubes, scenario->snapshot_cubes_count, err));
  for (size_t i = 0; i < scenario->snapshot_cubes_count; i++)
    {
      const char *name = scenario->snapshot_cubes[i];
      enum sf_dataset_kind kind = sf_vocabulary_dataset (reader->vocabulary, name)->kind;
      if (kind != SF_DATASET_CUBE)
        return sf_yaml_fail (err, SF_ETYPE, node, "cubes: dataset '%s' is a %s; all but cubes are kept anyway", name,
                             sf_dataset_kind_name (kind));
    }
  return SF_OK;
}

static enum sf_code
read_snapshot (struct reader *reader, const struct sf_yaml *root, struct sf_error *err)
{
  static const char *const keys[] = { "grids", "tables", "cubes", NULL };
  const struct sf_yaml *node = sf_yaml_get (root, "snapshot");
  if (node)
    {
      SF_TRY (sf_read_kind (node, SF_YAML_MAPPING, "snapshot", err));
      SF_TRY (sf_yaml_check_keys (node, keys, err));
    }
  const struct sf_yaml *owner = node ? node : root;
  SF_TRY (sf_read_plugin (reader->arena, reader->plugins, SF_PLUGIN_EXPORTER, owner, "grids", "cf", "snapshot.grids",
                          &reader->scenario->snapshot_grids, err));
  SF_TRY (prefer_snapshot_layout (&reader->scenario->snapshot_grids, err));
  SF_TRY (sf_read_plugin (reader->arena, reader->plugins, SF_PLUGIN_EXPORTER, owner, "tables", "gpkg",
                          "snapshot.tables", &reader->scenario->snapshot_tables, err));
  SF_TRY (read_kept_cubes (reader, node ? sf_yaml_get (node, "cubes") : NULL, err));
  unsigned fields = 1u << SF_DATASET_GRID | (reader->scenario->snapshot_cubes_count > 0 ? 1u << SF_DATASET_CUBE : 0);
  SF_TRY (check_keeper (owner, &reader->scenario->snapshot_grids, fields, err));
  return check_keeper (owner, &reader->scenario->snapshot_tables,
                       1u << SF_DATASET_TABLE | 1u << SF_DATASET_FEATURES | 1u << SF_DATASET_TRACKS, err);
}

static enum sf_code
read_all (struct reader *reader, const struct sf_yaml *root, struct sf_error *err)
{
  static const char *const keys[]
      = { "scenario",    "title", "clock",    "records", "cycle",    "authority", "simulated", "domain",
          "departments", "feeds", "datasets", "models",  "snapshot", "outputs",   "answers",   NULL };
  struct sf_scenario *scenario = reader->scenario;
  SF_TRY (sf_yaml_check_keys (root, keys, err));
  SF_TRY (sf_read_text (root, "scenario", NULL, &scenario->name, err));
  if (!is_file_name (scenario->name))
    return sf_yaml_fail (err, SF_EINVAL, sf_yaml_get (root, "scenario"),
                         "scenario: '%s' cannot be part of a file name (letters, digits, -, _ and .)", scenario->name);
  SF_TRY (sf_read_title (root, scenario->name, &scenario->title_en, &scenario->title_zh, err));
  SF_TRY (read_clock (root, scenario, err));
  SF_TRY (read_operation (root, scenario, err));
  scenario->authority = SF_AUTHORITY_INTERNAL;
  SF_TRY (sf_read_authority (root, &scenario->authority, err));
  if (scenario->authority == SF_AUTHORITY_OFFICIAL)
    return sf_yaml_fail (
        err, SF_EINVAL, sf_yaml_get (root, "authority"),
        "authority: what is computed here is internal, a drill or hypothetical; official is what a feed "
        "of the agency entitled to it says");
  SF_TRY (sf_read_bool (root, "simulated", &scenario->simulated, err));
  SF_TRY (read_domain (reader, root, err));
  SF_TRY (read_feeds (reader, sf_yaml_get (root, "feeds"), err));
  SF_TRY (add_departments (reader, root, err));
  SF_TRY (read_queries (reader, sf_yaml_get (root, "datasets"), err));
  SF_TRY (read_models (reader, sf_yaml_get (root, "models"), err));
  SF_TRY (read_snapshot (reader, root, err));
  SF_TRY (read_outputs (reader, sf_yaml_get (root, "outputs"), err));
  return read_answers (reader, sf_yaml_get (root, "answers"), err);
}

enum sf_code
sf_scenario_load (struct sf_arena *arena, struct sf_plugin_host *plugins, const char *path,
                  const struct sf_override *overrides, size_t overrides_count, struct sf_scenario *ret_scenario,
                  struct sf_error *err)
{
  struct sf_yaml *root = NULL;
  SF_TRY (sf_yaml_load (arena, path, &root, err));
  SF_TRY (sf_read_kind (root, SF_YAML_MAPPING, "scenario", err));
  for (size_t i = 0; i < overrides_count; i++)
    SF_TRY (sf_scenario_override (arena, root, &overrides[i], err));
  struct sf_scenario scenario = { .path = sf_arena_strdup (arena, path) };
  struct reader reader = { .arena = arena,
                           .plugins = plugins,
                           .vocabulary = sf_plugin_host_setup_of (plugins)->vocabulary,
                           .scenario = &scenario };
  if (!scenario.path)
    return no_memory (err);
  SF_TRY (read_all (&reader, root, err));
  *ret_scenario = scenario;
  return SF_OK;
}
