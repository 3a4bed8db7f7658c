/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cycle/scenario_private.h"

#include "core/base/secret.h"

#include <stdio.h>
#include <string.h>

#define ORIGIN "--set"

static enum sf_code
no_memory (struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "out of memory for --set");
}

static struct sf_yaml *
new_node (struct sf_arena *arena, enum sf_yaml_kind kind, const char *text)
{
  struct sf_yaml *node = sf_arena_calloc (arena, 1, sizeof *node);
  if (node)
    *node = (struct sf_yaml){ .kind = kind, .file = ORIGIN, .text = text };
  return node;
}

/* Give node lists of its own, with room for `more` further items. */
static bool
own_items (struct sf_arena *arena, struct sf_yaml *node, size_t more)
{
  size_t n = node->count;
  struct sf_yaml **items = sf_arena_calloc (arena, n + more, sizeof *items);
  struct sf_yaml **keys = sf_arena_calloc (arena, n + more, sizeof *keys);
  if (!items || !keys)
    return false;
  if (n > 0)
    memcpy (items, node->items, n * sizeof *items);
  if (n > 0 && node->keys)
    memcpy (keys, node->keys, n * sizeof *keys);
  node->items = items;
  node->keys = keys;
  return true;
}

static struct sf_yaml *
own_item (struct sf_arena *arena, struct sf_yaml *node, size_t index)
{
  struct sf_yaml *copy = sf_arena_alloc (arena, sizeof *copy);
  if (!copy || !own_items (arena, node, 0))
    return NULL;
  *copy = *node->items[index];
  return node->items[index] = copy;
}

static struct sf_yaml *
add_key (struct sf_arena *arena, struct sf_yaml *mapping, const char *key)
{
  struct sf_yaml *name = new_node (arena, SF_YAML_SCALAR, key), *value = new_node (arena, SF_YAML_MAPPING, "");
  if (!name || !value || !own_items (arena, mapping, 1))
    return NULL;
  value->key = key;
  mapping->keys[mapping->count] = name;
  mapping->items[mapping->count++] = value;
  return value;
}

/* Whether node is "key:" with nothing behind it, which says a mapping without entries. */
static bool
is_empty (const struct sf_yaml *node)
{
  return node->kind == SF_YAML_SCALAR && !node->quoted && !*node->text;
}

/* The index of key below node, node->count for one to be added, -1 when there cannot be one. */
static long
find_step (const struct sf_yaml *node, const char *key)
{
  int64_t index;
  if (node->kind == SF_YAML_SEQUENCE)
    {
      bool number = sf_text_parse_int (sf_span_of (key), &index);
      return number && index >= 0 && (size_t) index < node->count ? (long) index : -1;
    }
  if (node->kind != SF_YAML_MAPPING)
    return -1;
  for (size_t i = 0; i < node->count; i++)
    if (strcmp (node->keys[i]->text, key) == 0)
      return (long) i;
  return (long) node->count;
}

static enum sf_code
step_into (struct sf_arena *arena, const struct sf_override *set, const char *key, struct sf_yaml **node,
           struct sf_error *err)
{
  if (is_empty (*node))
    (*node)->kind = SF_YAML_MAPPING;
  long step = *key ? find_step (*node, key) : -1;
  if (step < 0)
    return sf_fail (err, SF_EINVAL, ORIGIN " %s=%s: there is no '%s' there", set->key, set->value, key);
  bool known = (size_t) step < (*node)->count;
  struct sf_yaml *next = known ? own_item (arena, *node, (size_t) step) : add_key (arena, *node, key);
  if (!next)
    return no_memory (err);
  *node = next;
  return SF_OK;
}

enum sf_code
sf_scenario_override (struct sf_arena *arena, struct sf_yaml *root, const struct sf_override *set, struct sf_error *err)
{
  struct sf_span rest = sf_span_of (set->key), part;
  struct sf_yaml *node = root;
  while (sf_text_next_field (&rest, '.', &part))
    {
      char *key = sf_arena_strndup (arena, part.text, part.length);
      if (!key)
        return no_memory (err);
      SF_TRY (step_into (arena, set, key, &node, err));
    }
  char *text = sf_arena_strdup (arena, set->value);
  if (!text)
    return no_memory (err);
  *node = (struct sf_yaml){ .kind = SF_YAML_SCALAR, .file = ORIGIN, .text = text, .key = node->key };
  return SF_OK;
}

/* --- effective settings --- */

struct visit
{
  sf_setting_visit visit;
  void *ctx;
};

static void
visit_instance (const struct visit *visit, const struct sf_instance *instance, const char *head, const char *name,
                const char *tail)
{
  const struct sf_option *option;
  struct sf_effective setting;
  struct sf_strbuf buf = { 0 }, masked = { 0 };
  struct sf_span secret;
  for (size_t i = 0; sf_settings_at (instance->settings, i, &option, &setting.text, &setting.origin); i++)
    {
      sf_strbuf_reset (&buf);
      sf_strbuf_addf (&buf, "%s%s%s.%s", head, name, tail, option->name);
      setting.key = buf.failed ? option->name : buf.text;
      setting.type = option->type;
      if (setting.text && sf_secret_find (sf_span_of (setting.text), &secret))
        {
          sf_strbuf_reset (&masked);
          sf_strbuf_add (&masked, setting.text);
          setting.text = masked.failed ? NULL : masked.text;
          if (!masked.failed)
            sf_secret_mask (masked.text);
        }
      visit->visit (visit->ctx, &setting);
    }
  sf_strbuf_finish (&buf);
  sf_strbuf_finish (&masked);
}

/* A list as it was written; of a mapping, that there is one. */
static const char *
text_of (const struct sf_yaml *node, struct sf_strbuf *buf)
{
  sf_strbuf_reset (buf);
  if (node->kind == SF_YAML_SEQUENCE)
    for (size_t i = 0; i < node->count; i++)
      sf_strbuf_addf (buf, "%s%s", i ? ", " : "", node->items[i]->text ? node->items[i]->text : "");
  else
    sf_strbuf_add (buf, node->kind == SF_YAML_MAPPING ? "(its own)" : node->text);
  return buf->failed ? NULL : buf->text;
}

/* What stands beside the plugins of a feed. It was read well, so its text is what holds. */
static void
visit_operation (const struct visit *visit, const struct sf_feed *feed)
{
  static const struct
  {
    const char *key, *fallback;
    enum sf_option_type type;
  } known[] = { { "authority", "internal", SF_OPTION_TEXT }, { "simulated", "false", SF_OPTION_BOOL },
                { "cadence", NULL, SF_OPTION_DURATION },     { "lateness", NULL, SF_OPTION_DURATION },
                { "sharing", "internal", SF_OPTION_TEXT },   { "isolation", "cage", SF_OPTION_TEXT },
                { "area", NULL, SF_OPTION_DOUBLES },         { "quality", NULL, SF_OPTION_TREE } };
  struct sf_strbuf key = { 0 }, text = { 0 }, origin = { 0 };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    {
      const struct sf_yaml *node = sf_yaml_get (feed->node, known[i].key);
      bool is_lateness = strcmp (known[i].key, "lateness") == 0; /* as long as the cadence, unless it is said */
      struct sf_effective setting = { .type = known[i].type };
      sf_strbuf_reset (&key);
      sf_strbuf_reset (&origin);
      sf_strbuf_addf (&key, "feeds.%s.%s", feed->name, known[i].key);
      if (node)
        sf_strbuf_addf (&origin, "%s:%d:%d", node->file, node->line, node->column);
      else
        sf_strbuf_add (&origin, known[i].fallback || is_lateness ? "default" : "not set");
      setting.key = key.failed ? known[i].key : key.text;
      setting.text = node          ? text_of (node, &text)
                     : is_lateness ? sf_yaml_text (feed->node, "cadence", NULL)
                                   : known[i].fallback;
      setting.origin = origin.failed ? "" : origin.text;
      visit->visit (visit->ctx, &setting);
    }
  sf_strbuf_finish (&key);
  sf_strbuf_finish (&text);
  sf_strbuf_finish (&origin);
}

void
sf_scenario_visit_settings (const struct sf_scenario *scenario, sf_setting_visit visit, void *ctx)
{
  const struct visit v = { .visit = visit, .ctx = ctx };
  for (size_t i = 0; i < scenario->feeds_count; i++)
    {
      visit_operation (&v, &scenario->feeds[i]);
      visit_instance (&v, &scenario->feeds[i].transport, "feeds.", scenario->feeds[i].name, ".transport");
      if (scenario->feeds[i].protocol.plugin)
        visit_instance (&v, &scenario->feeds[i].protocol, "feeds.", scenario->feeds[i].name, ".protocol");
      visit_instance (&v, &scenario->feeds[i].decoder, "feeds.", scenario->feeds[i].name, ".decoder");
    }
  for (size_t i = 0; i < scenario->models_count; i++)
    visit_instance (&v, &scenario->models[i], "models.", scenario->models[i].name, "");
  visit_instance (&v, &scenario->snapshot_grids, "snapshot.", "grids", "");
  visit_instance (&v, &scenario->snapshot_tables, "snapshot.", "tables", "");
  for (size_t i = 0; i < scenario->outputs_count; i++)
    {
      char number[24];
      snprintf (number, sizeof number, "%zu", i);
      visit_instance (&v, &scenario->outputs[i].exporter, "outputs.", number, "");
    }
}
