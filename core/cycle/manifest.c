/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cycle/cycle_private.h"

#include "core/base/file.h"
#include "core/base/json.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static void
put_key (struct sf_json *json, const char *name, const struct sf_key *key)
{
  char text[SF_KEY_TEXT_BYTES];
  sf_json_put_string (json, name, sf_key_format (key, text));
}

static void
put_head (struct sf_json *json, const struct cycle *cycle)
{
  enum sf_authority authority = cycle->scenario->authority;
  bool simulated = cycle->scenario->simulated;
  for (size_t i = 0; i < cycle->slots_count; i++)
    {
      if (cycle->slots[i].authority > authority)
        authority = cycle->slots[i].authority;
      simulated |= cycle->slots[i].simulated;
    }
  sf_json_put_int (json, "form", SF_MANIFEST_FORM);
  sf_json_put_string (json, "id", cycle->id);
  sf_json_put_string (json, "scenario", cycle->scenario->name);
  sf_json_key (json, "title");
  sf_json_begin_object (json);
  sf_json_put_string (json, "en", cycle->scenario->title_en);
  sf_json_put_string (json, "zh", cycle->scenario->title_zh);
  sf_json_end_object (json);
  sf_json_put_time (json, "clock", cycle->scenario->clock_s);
  sf_json_put_string (json, "authority", sf_authority_name (authority, 0));
  sf_json_put_bool (json, "simulated", simulated);
}

static void
put_feeds (struct sf_json *json, const struct cycle *cycle)
{
  sf_json_key (json, "feeds");
  sf_json_begin_array (json);
  for (size_t f = 0; f < cycle->scenario->feeds_count; f++)
    {
      const struct sf_feed *feed = &cycle->scenario->feeds[f];
      sf_json_begin_object (json);
      sf_json_put_string (json, "name", feed->name);
      sf_json_put_string (json, "transport", feed->transport.plugin->name);
      sf_json_put_string (json, "decoder", feed->decoder.plugin->name);
      sf_json_put_string (json, "authority", sf_authority_name (feed->authority, 0));
      sf_json_put_bool (json, "simulated", feed->simulated);
      sf_json_key (json, "messages");
      sf_json_begin_array (json);
      for (size_t m = 0; m < cycle->ingest.messages_count; m++)
        {
          const struct sf_ingest_message *message = &cycle->ingest.messages[m];
          if (strcmp (message->feed, feed->name) != 0)
            continue;
          sf_json_begin_object (json);
          sf_json_put_string (json, "source", message->source);
          put_key (json, "sha256", &message->sha256);
          sf_json_put_int (json, "bytes", (int64_t) message->length);
          sf_json_put_int (json, "records", (int64_t) message->records);
          sf_json_put_int (json, "rejected", (int64_t) message->rejected);
          sf_json_end_object (json);
        }
      sf_json_end_array (json);
      sf_json_end_object (json);
    }
  sf_json_end_array (json);
}

static void
put_inputs (struct sf_json *json, const struct cycle *cycle, const struct sf_node *node)
{
  sf_json_key (json, "inputs");
  sf_json_begin_array (json);
  for (size_t e = 0; e < node->edges_count; e++)
    {
      if (node->edges[e].role == SF_MAKES)
        continue;
      const struct slot *now = node->edges[e].previous ? NULL : sf_cycle_slot (cycle, node->edges[e].dataset);
      const struct sf_manifest_dataset *old
          = node->edges[e].previous ? sf_snapshot_find (cycle->previous, node->edges[e].dataset) : NULL;
      sf_json_begin_object (json);
      sf_json_put_string (json, "dataset", node->edges[e].port);
      if (now)
        put_key (json, "key", &now->key);
      else if (old)
        put_key (json, "key", &old->key);
      else
        sf_json_put_string (json, "key", NULL);
      sf_json_end_object (json);
    }
  sf_json_end_array (json);
}

static void
put_lineage (struct sf_json *json, const struct cycle *cycle, const struct slot *slot)
{
  if (slot->node < 0)
    {
      for (size_t q = 0; q < cycle->scenario->queries_count; q++)
        if (strcmp (cycle->scenario->queries[q].dataset, slot->name) == 0)
          {
            const struct sf_query *query = &cycle->scenario->queries[q];
            sf_json_key (json, "feeds");
            sf_json_begin_array (json);
            for (size_t f = 0; f < query->feeds_count; f++)
              sf_json_string (json, query->feeds[f]);
            sf_json_end_array (json);
          }
      return;
    }
  const struct sf_node *node = &cycle->graph.nodes[slot->node];
  sf_json_put_string (json, "model", node->model->plugin->name);
  sf_json_put_string (json, "stage", node->stage->name);
  put_key (json, "build", &cycle->nodes[slot->node].build);
  put_inputs (json, cycle, node);
}

static void
put_datasets (struct sf_json *json, const struct cycle *cycle)
{
  sf_json_key (json, "datasets");
  sf_json_begin_array (json);
  for (size_t i = 0; i < cycle->slots_count; i++)
    {
      const struct slot *slot = &cycle->slots[i];
      const struct sf_dataset_spec *spec = sf_vocabulary_dataset (cycle->setup->vocabulary, slot->name);
      sf_json_begin_object (json);
      sf_json_put_string (json, "name", slot->name);
      sf_json_put_string (json, "kind", sf_dataset_kind_name (spec->kind));
      sf_json_put_string (json, "title_en", spec->title_en);
      sf_json_put_string (json, "title_zh", spec->title_zh);
      put_key (json, "key", &slot->key);
      sf_json_put_string (json, "authority", sf_authority_name (slot->authority, 0));
      sf_json_put_bool (json, "simulated", slot->simulated);
      put_lineage (json, cycle, slot);
      sf_json_put_string (json, "exporter", slot->exporter);
      sf_json_put_string (json, "file", slot->file);
      sf_json_end_object (json);
    }
  sf_json_end_array (json);
}

static enum sf_code
put_products (struct sf_json *json, const struct cycle *cycle, struct sf_error *err)
{
  sf_json_key (json, "products");
  sf_json_begin_array (json);
  for (size_t i = 0; i < cycle->products_count; i++)
    {
      const struct product *product = &cycle->products[i];
      struct sf_key key;
      struct stat st;
      char *path = sf_file_join (cycle->arena, cycle->making, product->path);
      if (!path)
        return sf_fail (err, SF_ENOMEM, "out of memory for the manifest");
      if (lstat (path, &st) != 0 || !S_ISREG (st.st_mode))
        return sf_fail (err, SF_EPLUGIN, "output %s announced product %s, but there is no such file", product->output,
                        product->path);
      SF_TRY (sf_key_of_file (path, &key, err));
      sf_json_begin_object (json);
      sf_json_put_string (json, "path", product->path);
      sf_json_put_string (json, "media_type", product->media_type);
      sf_json_put_string (json, "datasets", product->datasets);
      sf_json_put_int (json, "bytes", (int64_t) st.st_size);
      put_key (json, "sha256", &key);
      sf_json_end_object (json);
    }
  sf_json_end_array (json);
  return SF_OK;
}

const char *
sf_cycle_setting_text (const struct sf_effective *setting)
{
  const char *slash = setting->type == SF_OPTION_PATH && setting->text ? strrchr (setting->text, '/') : NULL;
  return slash && slash[1] ? slash + 1 : setting->text;
}

static void
put_setting (void *ctx, const struct sf_effective *setting)
{
  sf_json_put_string (ctx, setting->key, sf_cycle_setting_text (setting));
}

enum sf_code
sf_cycle_write_manifest (struct cycle *cycle, struct sf_error *err)
{
  struct sf_strbuf buf = { 0 };
  struct sf_json json = { .out = &buf, .indent = 2 };
  sf_json_begin_object (&json);
  put_head (&json, cycle);
  put_feeds (&json, cycle);
  put_datasets (&json, cycle);
  enum sf_code code = put_products (&json, cycle, err);
  sf_json_key (&json, "settings");
  sf_json_begin_object (&json);
  sf_scenario_visit_settings (cycle->scenario, put_setting, &json);
  sf_json_end_object (&json);
  sf_json_end_object (&json);
  sf_strbuf_add (&buf, "\n");
  char *path = sf_file_join (cycle->arena, cycle->making, "manifest.json");
  if (code == SF_OK && (buf.failed || !path))
    code = sf_fail (err, SF_ENOMEM, "out of memory for the manifest");
  if (code == SF_OK)
    code = sf_file_write (path, buf.text, buf.length, err);
  sf_strbuf_finish (&buf);
  return code;
}
