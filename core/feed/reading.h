/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_FEED_READING_H
#define SF_CORE_FEED_READING_H

#include "core/data/dataset.h"
#include "core/feed/feed.h"

/* What scenarios and departments have in common when they are read. Errors name file, line and column. */

/* SF_ETYPE unless the node is of a kind; what: its name in the message. */
enum sf_code sf_read_kind (const struct sf_yaml *node, enum sf_yaml_kind kind, const char *what, struct sf_error *err);
/* A text that must be there and say something; absent, it is the fallback, and an error where that is NULL. */
enum sf_code sf_read_text (const struct sf_yaml *owner, const char *key, const char *fallback, const char **ret_text,
                           struct sf_error *err);
/* "title: {en: ..., zh: ...}"; what is absent is the fallback, or an error where that is NULL. */
enum sf_code sf_read_title (const struct sf_yaml *owner, const char *fallback, const char **ret_en, const char **ret_zh,
                            struct sf_error *err);
/* One of count names; absent: *ret_index stays. */
enum sf_code sf_read_choice (const struct sf_yaml *owner, const char *key, const char *const *names, size_t count,
                             int *ret_index, struct sf_error *err);
enum sf_code sf_read_authority (const struct sf_yaml *owner, enum sf_authority *authority, struct sf_error *err);
/* "30min"; absent: *ret_duration_s stays. */
enum sf_code sf_read_duration (const struct sf_yaml *owner, const char *key, int64_t *ret_duration_s,
                               struct sf_error *err);
/* true or false; absent: *ret_value stays. */
enum sf_code sf_read_bool (const struct sf_yaml *owner, const char *key, bool *ret_value, struct sf_error *err);

/* Find a plugin and read its settings from mapping (NULL: none); where is what errors point at. */
struct sf_instance_text
{
  enum sf_plugin_kind kind;
  const char *plugin, *name;
  const struct sf_yaml *where, *mapping;
  const char *const *skip; /* keys of mapping that are no settings */
};
enum sf_code sf_read_instance (struct sf_arena *arena, struct sf_plugin_host *plugins,
                               const struct sf_instance_text *text, struct sf_instance *ret, struct sf_error *err);
/* "key: {plugin: NAME, its settings}", or "key: NAME"; absent: the plugin fallback, an error where that is NULL. */
enum sf_code sf_read_plugin (struct sf_arena *arena, struct sf_plugin_host *plugins, enum sf_plugin_kind kind,
                             const struct sf_yaml *owner, const char *key, const char *fallback, const char *name,
                             struct sf_instance *ret, struct sf_error *err);

#endif
