/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cycle/cycle_private.h"

#include "core/base/file.h"
#include "core/base/time.h"

#include <stdio.h>
#include <string.h>

/* Add the names and bytes of all files below a folder, whatever their depth; one that is absent adds only that. */
static enum sf_code
add_tree (struct cycle *cycle, struct sf_hash *hash, const char *folder, struct sf_error *err)
{
  char **names = NULL;
  size_t count = 0;
  sf_hash_add_text (hash, "folder");
  if (!sf_file_is_folder (folder))
    return SF_OK;
  SF_TRY (sf_file_list (cycle->arena, folder, &names, &count, err));
  for (size_t i = 0; i < count; i++)
    {
      struct sf_key key;
      char *path = sf_file_join (cycle->arena, folder, names[i]);
      if (!path)
        return sf_fail (err, SF_ENOMEM, "out of memory for a key");
      sf_hash_add_text (hash, names[i]);
      if (sf_file_is_folder (path))
        SF_TRY (add_tree (cycle, hash, path, err));
      else
        {
          SF_TRY (sf_key_of_file (path, &key, err));
          sf_hash_add_key (hash, &key);
        }
    }
  sf_hash_add_text (hash, "end");
  return SF_OK;
}

/* Add settings by their canonical texts; a file or folder by its bytes, so that where it lies does not matter. */
static enum sf_code
add_settings (struct cycle *cycle, struct sf_hash *hash, const struct sf_settings *settings, struct sf_error *err)
{
  const struct sf_option *option;
  const char *text, *origin;
  for (size_t i = 0; sf_settings_at (settings, i, &option, &text, &origin); i++)
    {
      sf_hash_add_text (hash, option->name);
      if (option->type != SF_OPTION_PATH || !text || !sf_file_exists (text))
        sf_hash_add_text (hash, text);
      else if (sf_file_is_folder (text))
        SF_TRY (add_tree (cycle, hash, text, err));
      else
        {
          struct sf_key key;
          SF_TRY (sf_key_of_file (text, &key, err));
          sf_hash_add_key (hash, &key);
        }
    }
  return SF_OK;
}

static enum sf_code
add_instance (struct cycle *cycle, struct sf_hash *hash, const struct sf_instance *instance, struct sf_key *ret_build,
              struct sf_error *err)
{
  SF_TRY (sf_plugin_host_build (cycle->plugins, instance->plugin, ret_build, err));
  sf_hash_add_text (hash, instance->plugin->name);
  sf_hash_add_key (hash, ret_build);
  return add_settings (cycle, hash, instance->settings, err);
}

static enum sf_code
add_file (struct cycle *cycle, struct sf_hash *hash, const char *file, struct sf_error *err)
{
  const char *colon = strchr (file, ':');
  const char *folder = strncmp (file, "data:", 5) == 0 ? cycle->setup->data_folder : cycle->setup->share_folder;
  char *path = folder && colon ? sf_file_join (cycle->arena, folder, colon + 1) : NULL;
  struct sf_key key;
  sf_hash_add_text (hash, file);
  if (folder && colon && !path)
    return sf_fail (err, SF_ENOMEM, "out of memory for a key");
  if (!path || !sf_file_exists (path))
    {
      sf_hash_add_text (hash, "absent");
      return SF_OK;
    }
  SF_TRY (sf_key_of_file (path, &key, err));
  sf_hash_add_key (hash, &key);
  return SF_OK;
}

static void
add_grid (struct sf_hash *hash, const char *name, const struct sf_gridspec *spec)
{
  sf_hash_add_text (hash, name);
  sf_hash_add (hash, &spec->nx, sizeof spec->nx);
  sf_hash_add (hash, &spec->ny, sizeof spec->ny);
  sf_hash_add (hash, spec->affine, sizeof spec->affine);
  sf_hash_add_text (hash, spec->crs);
}

static void
weaken (struct slot *slot, enum sf_authority authority, bool simulated)
{
  if (authority > slot->authority)
    slot->authority = authority;
  slot->simulated |= simulated;
}

/* --- datasets from feeds --- */

/* The messages of a feed: their bytes, and what their records take over from them. */
static void
add_messages (const struct cycle *cycle, struct sf_hash *hash, const struct sf_feed *feed)
{
  for (size_t m = 0; m < cycle->ingest.messages_count; m++)
    {
      const struct sf_ingest_message *message = &cycle->ingest.messages[m];
      if (strcmp (message->feed, feed->name) != 0)
        continue;
      sf_hash_add_text (hash, message->source);
      sf_hash_add (hash, &message->received_s, sizeof message->received_s);
      sf_hash_add_key (hash, &message->sha256);
    }
}

static enum sf_code
hash_query (struct cycle *cycle, struct sf_hash *hash, const struct sf_query *query, struct slot *slot,
            struct sf_error *err)
{
  sf_hash_add_text (hash, "query");
  sf_hash_add_text (hash, query->dataset);
  sf_hash_add (hash, &query->kind, sizeof query->kind);
  sf_hash_add_text (hash, query->storm);
  sf_hash_add (hash, &query->from_s, sizeof query->from_s);
  sf_hash_add (hash, &query->to_s, sizeof query->to_s);
  for (size_t q = 0; q < query->feeds_count; q++)
    for (size_t f = 0; f < cycle->scenario->feeds_count; f++)
      {
        const struct sf_feed *feed = &cycle->scenario->feeds[f];
        struct sf_key build;
        if (strcmp (feed->name, query->feeds[q]) != 0)
          continue;
        sf_hash_add_text (hash, feed->name);
        SF_TRY (add_instance (cycle, hash, &feed->decoder, &build, err));
        weaken (slot, feed->authority, feed->simulated || cycle->scenario->simulated);
        add_messages (cycle, hash, feed);
      }
  if (cycle->scenario->authority > SF_AUTHORITY_INTERNAL)
    weaken (slot, cycle->scenario->authority, false);
  return SF_OK;
}

/* --- datasets from stages --- */

static void
hash_inputs (const struct cycle *cycle, struct sf_hash *hash, const struct sf_node *node, struct slot *lineage)
{
  for (size_t e = 0; e < node->edges_count; e++)
    {
      const struct sf_edge *edge = &node->edges[e];
      if (edge->role == SF_MAKES)
        continue;
      sf_hash_add_text (hash, edge->port);
      const struct sf_manifest_dataset *old = edge->previous ? sf_snapshot_find (cycle->previous, edge->dataset) : NULL;
      const struct slot *now = edge->previous ? NULL : sf_cycle_slot (cycle, edge->dataset);
      if (old)
        {
          sf_hash_add_key (hash, &old->key);
          weaken (lineage, old->authority, old->simulated);
        }
      else if (now)
        {
          sf_hash_add_key (hash, &now->key);
          weaken (lineage, now->authority, now->simulated);
        }
      else
        sf_hash_add_text (hash, "absent");
    }
}

static enum sf_code
hash_node (struct cycle *cycle, struct sf_hash *hash, size_t n, struct slot *lineage, struct sf_error *err)
{
  const struct sf_node *node = &cycle->graph.nodes[n];
  const struct sf_domain *domain = &cycle->scenario->domain;
  sf_hash_add_text (hash, "stage");
  SF_TRY (add_instance (cycle, hash, node->model, &cycle->nodes[n].build, err));
  sf_hash_add_text (hash, node->stage->name);
  sf_hash_add (hash, &node->grid, sizeof node->grid);
  for (int g = 0; g < domain->count; g++)
    add_grid (hash, domain->names[g], &domain->grids[g]);
  for (const char *const *file = node->stage->files; file && *file; file++)
    SF_TRY (add_file (cycle, hash, *file, err));
  hash_inputs (cycle, hash, node, lineage);
  return SF_OK;
}

/* What the vocabulary says a dataset is: a kept one of another shape is not the same. */
static void
add_spec (struct sf_hash *hash, const struct sf_dataset_spec *spec)
{
  sf_hash_add_text (hash, sf_dataset_kind_name (spec->kind));
  sf_hash_add_text (hash, spec->geometry);
  sf_hash_add_text (hash, spec->quantity ? spec->quantity->name : NULL);
  sf_hash_add_text (hash, spec->quantity ? spec->quantity->unit : NULL);
  sf_hash_add_text (hash, spec->quantity ? spec->quantity->averaging : NULL);
  sf_hash_add_text (hash, spec->quantity ? spec->quantity->standard_name : NULL);
  sf_hash_add_text (hash, spec->band ? spec->band->name : NULL);
  for (size_t c = 0; c < spec->columns_count; c++)
    {
      sf_hash_add_text (hash, spec->columns[c].name);
      sf_hash_add_text (hash, spec->columns[c].quantity->name);
      sf_hash_add_text (hash, spec->columns[c].quantity->unit);
    }
}

static enum sf_code
key_of_dataset (const struct cycle *cycle, const struct sf_key *maker, const char *name, const struct slot *lineage,
                struct sf_key *ret_key, struct sf_error *err)
{
  struct sf_hash *hash = sf_hash_new ();
  if (!hash)
    return sf_fail (err, SF_ENOMEM, "out of memory for a key");
  sf_hash_add_key (hash, maker);
  sf_hash_add_text (hash, name);
  add_spec (hash, sf_vocabulary_dataset (cycle->setup->vocabulary, name));
  sf_hash_add_text (hash, sf_authority_name (lineage->authority, 0));
  sf_hash_add_text (hash, lineage->simulated ? "simulated" : "real");
  enum sf_code code = sf_hash_finish (hash, ret_key, err);
  sf_hash_free (hash);
  return code;
}

static enum sf_code
find_query_key (struct cycle *cycle, const struct sf_query *query, struct sf_error *err)
{
  struct slot *slot = sf_cycle_slot (cycle, query->dataset);
  struct sf_key maker;
  struct sf_hash *hash = sf_hash_new ();
  if (!hash)
    return sf_fail (err, SF_ENOMEM, "out of memory for a key");
  enum sf_code code = hash_query (cycle, hash, query, slot, err);
  if (code == SF_OK)
    code = sf_hash_finish (hash, &maker, err);
  sf_hash_free (hash);
  return code == SF_OK ? key_of_dataset (cycle, &maker, query->dataset, slot, &slot->key, err) : code;
}

static enum sf_code
find_time_key (struct cycle *cycle, struct slot *slot, struct sf_error *err)
{
  struct sf_key maker;
  struct sf_hash *hash = sf_hash_new ();
  if (!hash)
    return sf_fail (err, SF_ENOMEM, "out of memory for a key");
  sf_hash_add_text (hash, SF_CYCLE_TIME);
  sf_hash_add (hash, &cycle->scenario->clock_s, sizeof cycle->scenario->clock_s);
  weaken (slot, cycle->scenario->authority > SF_AUTHORITY_INTERNAL ? cycle->scenario->authority : SF_AUTHORITY_OFFICIAL,
          cycle->scenario->simulated);
  enum sf_code code = sf_hash_finish (hash, &maker, err);
  sf_hash_free (hash);
  return code == SF_OK ? key_of_dataset (cycle, &maker, SF_CYCLE_TIME, slot, &slot->key, err) : code;
}

/* A node is kept when the previous snapshot holds, under the same keys, all that is asked of it. */
static bool
is_kept (const struct cycle *cycle, const struct sf_node *node)
{
  if (!sf_cycle_keeps_of (cycle, node))
    return false;
  for (size_t e = 0; e < node->edges_count; e++)
    {
      const char *dataset = node->edges[e].dataset;
      if (node->edges[e].role != SF_MAKES || !sf_cycle_asks (cycle, dataset))
        continue;
      const struct slot *slot = sf_cycle_slot (cycle, dataset);
      const struct sf_manifest_dataset *old = sf_snapshot_find (cycle->previous, slot->name);
      if (!old || !old->file || memcmp (&old->key, &slot->key, sizeof slot->key) != 0)
        return false;
    }
  return true;
}

static enum sf_code
find_node_keys (struct cycle *cycle, size_t n, struct sf_error *err)
{
  const struct sf_node *node = &cycle->graph.nodes[n];
  struct slot lineage = { .authority = cycle->scenario->authority, .simulated = cycle->scenario->simulated };
  struct sf_key maker;
  struct sf_hash *hash = sf_hash_new ();
  if (!hash)
    return sf_fail (err, SF_ENOMEM, "out of memory for a key");
  enum sf_code code = hash_node (cycle, hash, n, &lineage, err);
  if (code == SF_OK)
    code = sf_hash_finish (hash, &maker, err);
  sf_hash_free (hash);
  for (size_t e = 0; code == SF_OK && e < node->edges_count; e++)
    {
      if (node->edges[e].role != SF_MAKES)
        continue;
      struct slot *slot = sf_cycle_slot (cycle, node->edges[e].dataset);
      weaken (slot, lineage.authority, lineage.simulated);
      code = key_of_dataset (cycle, &maker, slot->name, slot, &slot->key, err);
    }
  if (code == SF_OK)
    cycle->nodes[n].kept = is_kept (cycle, node);
  return code;
}

/* --- the snapshot's id: when, and a digest of all that it answers --- */

/* What the vocabulary says to people: it stands in manifest and products, but changes no value. */
static void
add_words (struct sf_hash *hash, const struct sf_dataset_spec *spec)
{
  const char *texts[] = { spec->title_en,
                          spec->title_zh,
                          spec->missing_en,
                          spec->missing_zh,
                          spec->quantity ? spec->quantity->title_en : NULL,
                          spec->quantity ? spec->quantity->title_zh : NULL };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    sf_hash_add_text (hash, texts[i]);
  for (size_t c = 0; c < spec->columns_count; c++)
    {
      sf_hash_add_text (hash, spec->columns[c].title_en);
      sf_hash_add_text (hash, spec->columns[c].title_zh);
    }
}

static enum sf_code
add_output (struct cycle *cycle, struct sf_hash *hash, const struct sf_output *output, struct sf_error *err)
{
  struct sf_key build;
  SF_TRY (add_instance (cycle, hash, &output->exporter, &build, err));
  sf_hash_add_text (hash, output->name);
  for (size_t i = 0; i < output->datasets_count; i++)
    sf_hash_add_text (hash, output->datasets[i]);
  return SF_OK;
}

/* Feeds that no query asks stand in the manifest all the same, and their bad pieces in quarantine. */
static enum sf_code
add_feed (struct cycle *cycle, struct sf_hash *hash, const struct sf_feed *feed, struct sf_error *err)
{
  struct sf_key build;
  sf_hash_add_text (hash, feed->name);
  sf_hash_add_text (hash, feed->transport.plugin->name);
  sf_hash_add_text (hash, sf_authority_name (feed->authority, 0));
  sf_hash_add_text (hash, feed->simulated ? "simulated" : "real");
  add_messages (cycle, hash, feed);
  return add_instance (cycle, hash, &feed->decoder, &build, err);
}

static void
add_setting (void *ctx, const struct sf_effective *setting)
{
  sf_hash_add_text (ctx, setting->key);
  sf_hash_add_text (ctx, sf_cycle_setting_text (setting));
}

/* What exporters read of the share folder besides their settings. */
static enum sf_code
add_looks (struct cycle *cycle, struct sf_hash *hash, struct sf_error *err)
{
  static const char *const folders[] = { "styles", "templates" };
  for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
    {
      char *path
          = cycle->setup->share_folder ? sf_file_join (cycle->arena, cycle->setup->share_folder, folders[i]) : NULL;
      if (cycle->setup->share_folder && !path)
        return sf_fail (err, SF_ENOMEM, "out of memory for a key");
      if (path)
        SF_TRY (add_tree (cycle, hash, path, err));
    }
  return SF_OK;
}

static enum sf_code
hash_snapshot (struct cycle *cycle, struct sf_hash *hash, struct sf_error *err)
{
  const struct sf_scenario *scenario = cycle->scenario;
  struct sf_key build;
  sf_hash_add_text (hash, scenario->name);
  sf_hash_add_text (hash, scenario->title_en);
  sf_hash_add_text (hash, scenario->title_zh);
  sf_hash_add_text (hash, sf_authority_name (scenario->authority, 0));
  sf_hash_add_text (hash, scenario->simulated ? "simulated" : "real");
  for (size_t i = 0; i < scenario->feeds_count; i++)
    SF_TRY (add_feed (cycle, hash, &scenario->feeds[i], err));
  sf_scenario_visit_settings (scenario, add_setting, hash);
  for (size_t i = 0; i < cycle->slots_count; i++)
    {
      sf_hash_add_text (hash, cycle->slots[i].name);
      sf_hash_add_key (hash, &cycle->slots[i].key);
      add_words (hash, sf_vocabulary_dataset (cycle->setup->vocabulary, cycle->slots[i].name));
    }
  SF_TRY (add_instance (cycle, hash, &scenario->snapshot_grids, &build, err));
  for (size_t i = 0; i < scenario->snapshot_cubes_count; i++)
    sf_hash_add_text (hash, scenario->snapshot_cubes[i]);
  SF_TRY (add_instance (cycle, hash, &scenario->snapshot_tables, &build, err));
  for (size_t i = 0; i < scenario->outputs_count; i++)
    SF_TRY (add_output (cycle, hash, &scenario->outputs[i], err));
  return add_looks (cycle, hash, err);
}

static enum sf_code
find_id (struct cycle *cycle, struct sf_error *err)
{
  struct sf_key key;
  struct sf_hash *hash = sf_hash_new ();
  if (!hash)
    return sf_fail (err, SF_ENOMEM, "out of memory for a key");
  enum sf_code code = hash_snapshot (cycle, hash, err);
  if (code == SF_OK)
    code = sf_hash_finish (hash, &key, err);
  sf_hash_free (hash);
  if (code != SF_OK)
    return code;
  char text[SF_KEY_TEXT_BYTES];
  struct sf_civil t = sf_time_to_civil (cycle->scenario->clock_s, 0);
  cycle->id = sf_arena_printf (cycle->arena, "%04d%02d%02dT%02d%02d%02dZ-%.12s", t.year, t.month, t.day, t.hour,
                               t.minute, t.second, sf_key_format (&key, text));
  return cycle->id ? SF_OK : sf_fail (err, SF_ENOMEM, "out of memory for a key");
}

enum sf_code
sf_cycle_find_keys (struct cycle *cycle, struct sf_error *err)
{
  for (size_t i = 0; i < cycle->scenario->queries_count; i++)
    SF_TRY (find_query_key (cycle, &cycle->scenario->queries[i], err));
  struct slot *time = sf_cycle_slot (cycle, SF_CYCLE_TIME);
  if (time)
    SF_TRY (find_time_key (cycle, time, err));
  for (size_t n = 0; n < cycle->graph.count; n++)
    SF_TRY (find_node_keys (cycle, n, err));
  return find_id (cycle, err);
}
