/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/reading.h"

#include "core/base/secret.h"
#include "core/base/time.h"

#include <string.h>

enum sf_code
sf_read_kind (const struct sf_yaml *node, enum sf_yaml_kind kind, const char *what, struct sf_error *err)
{
  if (node->kind != kind)
    return sf_yaml_fail (err, SF_ETYPE, node, "%s: expected %s, got %s", what, sf_yaml_kind_name (kind),
                         sf_yaml_kind_name (node->kind));
  return SF_OK;
}

enum sf_code
sf_read_text (const struct sf_yaml *owner, const char *key, const char *fallback, const char **ret_text,
              struct sf_error *err)
{
  const struct sf_yaml *node = sf_yaml_get (owner, key);
  if (!node && !fallback)
    return sf_yaml_fail (err, SF_EINVAL, owner, "'%s' is missing", key);
  if (node)
    SF_TRY (sf_read_kind (node, SF_YAML_SCALAR, key, err));
  if (node && !*node->text)
    return sf_yaml_fail (err, SF_EINVAL, node, "%s: is empty", key);
  *ret_text = node ? node->text : fallback;
  return SF_OK;
}

enum sf_code
sf_read_title (const struct sf_yaml *owner, const char *fallback, const char **ret_en, const char **ret_zh,
               struct sf_error *err)
{
  static const char *const keys[] = { "en", "zh", NULL };
  const struct sf_yaml *title = sf_yaml_get (owner, "title");
  if (title)
    {
      SF_TRY (sf_read_kind (title, SF_YAML_MAPPING, "title", err));
      SF_TRY (sf_yaml_check_keys (title, keys, err));
    }
  else if (!fallback)
    return sf_yaml_fail (err, SF_EINVAL, owner, "'title' is missing: {en: ..., zh: ...}");
  SF_TRY (sf_read_text (title, "en", fallback, ret_en, err));
  return sf_read_text (title, "zh", *ret_en, ret_zh, err);
}

enum sf_code
sf_read_choice (const struct sf_yaml *owner, const char *key, const char *const *names, size_t count, int *ret_index,
                struct sf_error *err)
{
  const struct sf_yaml *node = sf_yaml_get (owner, key);
  char list[256] = "";
  size_t length = 0;
  if (!node)
    return SF_OK;
  for (size_t i = 0; i < count; i++)
    if (node->kind == SF_YAML_SCALAR && strcmp (node->text, names[i]) == 0)
      {
        *ret_index = (int) i;
        return SF_OK;
      }
  for (size_t i = 0; i < count && length + strlen (names[i]) + 5 < sizeof list; i++)
    {
      const char *before = i == 0 ? "" : i + 1 == count ? " or " : ", ";
      length = (size_t) (stpcpy (stpcpy (list + length, before), names[i]) - list);
    }
  return sf_yaml_fail (err, SF_EINVAL, node, "%s: expected %s, got '%s'", key, list,
                       node->kind == SF_YAML_SCALAR ? node->text : "a list or mapping");
}

enum sf_code
sf_read_authority (const struct sf_yaml *owner, enum sf_authority *authority, struct sf_error *err)
{
  const char *names[SF_AUTHORITY_HYPOTHETICAL + 1];
  int index = *authority;
  for (int a = SF_AUTHORITY_OFFICIAL; a <= SF_AUTHORITY_HYPOTHETICAL; a++)
    names[a] = sf_authority_name ((enum sf_authority) a, 0);
  SF_TRY (sf_read_choice (owner, "authority", names, SF_AUTHORITY_HYPOTHETICAL + 1, &index, err));
  *authority = (enum sf_authority) index;
  return SF_OK;
}

enum sf_code
sf_read_duration (const struct sf_yaml *owner, const char *key, int64_t *ret_duration_s, struct sf_error *err)
{
  const struct sf_yaml *node = sf_yaml_get (owner, key);
  if (!node)
    return SF_OK;
  SF_TRY (sf_read_kind (node, SF_YAML_SCALAR, key, err));
  return sf_yaml_prefix (err, sf_time_parse_duration (node->text, ret_duration_s, err), node, key);
}

enum sf_code
sf_read_bool (const struct sf_yaml *owner, const char *key, bool *ret_value, struct sf_error *err)
{
  const struct sf_yaml *node = sf_yaml_get (owner, key);
  return node ? sf_yaml_bool (node, ret_value, err) : SF_OK;
}

/* What people and logs see is no place for a password: those who bring bytes read them from files of their own. */
static enum sf_code
check_secrets (const struct sf_instance_text *text, const struct sf_settings *settings, struct sf_error *err)
{
  const struct sf_option *option;
  const char *value, *origin;
  for (size_t i = 0; sf_settings_at (settings, i, &option, &value, &origin); i++)
    {
      const char *const *items = &value;
      size_t count = value ? 1 : 0;
      struct sf_span secret;
      if (option->type == SF_OPTION_TEXTS)
        count = sf_settings_texts (settings, option->name, &items);
      for (size_t k = 0; k < count; k++)
        if (sf_secret_find (sf_span_of (items[k]), &secret))
          return sf_fail (err, SF_EINVAL,
                          "%s: %s: %s of %s seems to hold a password: put it into a file named by secret_file", origin,
                          text->name, option->name, text->plugin);
    }
  return SF_OK;
}

enum sf_code
sf_read_instance (struct sf_arena *arena, struct sf_plugin_host *plugins, const struct sf_instance_text *text,
                  struct sf_instance *ret, struct sf_error *err)
{
  static const struct sf_option none[] = { { .name = NULL } };
  enum sf_code code = sf_plugin_host_find (plugins, text->kind, text->plugin, &ret->plugin, err);
  SF_TRY (sf_yaml_prefix (err, code, text->where, NULL));
  ret->name = text->name;
  const struct sf_option *options = ret->plugin->options ? ret->plugin->options : none;
  SF_TRY (sf_settings_parse (arena, options, text->mapping, text->skip, &ret->settings, err));
  code = sf_settings_check_required (ret->settings, text->name, err);
  SF_TRY (sf_yaml_prefix (err, code, text->where, NULL));
  return text->kind == SF_PLUGIN_TRANSPORT ? check_secrets (text, ret->settings, err) : SF_OK;
}

enum sf_code
sf_read_plugin (struct sf_arena *arena, struct sf_plugin_host *plugins, enum sf_plugin_kind kind,
                const struct sf_yaml *owner, const char *key, const char *fallback, const char *name,
                struct sf_instance *ret, struct sf_error *err)
{
  static const char *const skip[] = { "plugin", NULL };
  const struct sf_yaml *node = sf_yaml_get (owner, key);
  if (!node && !fallback)
    return sf_yaml_fail (err, SF_EINVAL, owner, "%s: '%s' is missing", name, key);
  const char *plugin = !node                          ? fallback
                       : node->kind == SF_YAML_SCALAR ? node->text
                                                      : sf_yaml_text (node, "plugin", NULL);
  if (!plugin || !*plugin)
    return sf_yaml_fail (err, SF_EINVAL, node ? node : owner, "%s: %s names no plugin", name, key);
  struct sf_instance_text text = { .kind = kind,
                                   .plugin = plugin,
                                   .name = name,
                                   .where = node ? node : owner,
                                   .mapping = node && node->kind == SF_YAML_MAPPING ? node : NULL,
                                   .skip = skip };
  return sf_read_instance (arena, plugins, &text, ret, err);
}
