/* SPDX-License-Identifier: Apache-2.0 */
#include "core/feed/department.h"

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/base/time.h"
#include "core/feed/quality.h"
#include "core/feed/reading.h"

#include <math.h>
#include <string.h>

enum
{
  NAME_BYTES_MAX = 63
};

static enum sf_code
no_memory (struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "out of memory reading feeds");
}

/* A feed's or department's name stands in dotted keys, in lists with commas and in messages. */
static bool
is_name (const char *name)
{
  size_t n = strlen (name);
  return n > 0 && n <= NAME_BYTES_MAX
         && strspn (name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == n;
}

/* --- a feed --- */

static enum sf_code
read_area (const struct sf_yaml *node, struct sf_box *box, struct sf_error *err)
{
  const struct sf_yaml *area = sf_yaml_get (node, "area");
  double bounds[4];
  static const double reach[4] = { 180, 90, 180, 90 };
  *box = (struct sf_box){ NAN, NAN, NAN, NAN };
  if (!area)
    return SF_OK;
  SF_TRY (sf_read_kind (area, SF_YAML_SEQUENCE, "area", err));
  if (area->count != 4)
    return sf_yaml_fail (err, SF_EINVAL, area, "area: expected [west, south, east, north] in degrees, got %zu items",
                         area->count);
  for (size_t i = 0; i < 4; i++)
    SF_TRY (sf_yaml_double_in (area->items[i], -reach[i], reach[i], &bounds[i], err));
  if (bounds[1] > bounds[3])
    return sf_yaml_fail (err, SF_ERANGE, area, "area: south %g lies north of north %g", bounds[1], bounds[3]);
  *box = (struct sf_box){ bounds[0], bounds[1], bounds[2], bounds[3] };
  return SF_OK;
}

static enum sf_code
read_operation (const struct sf_yaml *node, struct sf_feed *feed, struct sf_error *err)
{
  static const char *const sharings[] = { "public", "internal", "aggregate", "personal" };
  static const char *const isolations[] = { "cage", "in_process" };
  int sharing = SF_SHARING_INTERNAL, isolation = SF_ISOLATION_CAGE;
  SF_TRY (sf_read_duration (node, "cadence", &feed->cadence_s, err));
  feed->lateness_s = feed->cadence_s;
  SF_TRY (sf_read_duration (node, "lateness", &feed->lateness_s, err));
  SF_TRY (sf_read_choice (node, "sharing", sharings, 4, &sharing, err));
  SF_TRY (sf_read_choice (node, "isolation", isolations, 2, &isolation, err));
  feed->sharing = (enum sf_sharing) sharing;
  feed->isolation = (enum sf_isolation) isolation;
  feed->quality = sf_yaml_get (node, "quality");
  if (feed->quality)
    SF_TRY (sf_read_kind (feed->quality, SF_YAML_MAPPING, "quality", err));
  return read_area (node, &feed->area, err);
}

static enum sf_code
read_plugins (struct sf_arena *arena, struct sf_plugin_host *plugins, const struct sf_yaml *node, struct sf_feed *feed,
              struct sf_error *err)
{
  SF_TRY (
      sf_read_plugin (arena, plugins, SF_PLUGIN_TRANSPORT, node, "transport", NULL, feed->name, &feed->transport, err));
  SF_TRY (sf_read_plugin (arena, plugins, SF_PLUGIN_DECODER, node, "decoder", NULL, feed->name, &feed->decoder, err));
  const struct sf_yaml *protocol = sf_yaml_get (node, "protocol");
  bool takes = feed->transport.plugin->as.transport->takes_protocol;
  if (takes && !protocol)
    return sf_yaml_fail (err, SF_EINVAL, node, "%s: 'protocol' is missing: transport '%s' needs one to find its frames",
                         feed->name, feed->transport.plugin->name);
  if (!takes && protocol)
    return sf_yaml_fail (err, SF_EINVAL, protocol, "%s: transport '%s' brings whole messages and takes no protocol",
                         feed->name, feed->transport.plugin->name);
  if (!protocol)
    return SF_OK;
  return sf_read_plugin (arena, plugins, SF_PLUGIN_PROTOCOL, node, "protocol", NULL, feed->name, &feed->protocol, err);
}

/* Settings that only the decoder understands, such as a mapping, are looked at by opening it. */
static enum sf_code
try_decoder (struct sf_plugin_host *plugins, const struct sf_yaml *node, const struct sf_feed *feed,
             struct sf_error *err)
{
  const struct sf_decoder *decoder = feed->decoder.plugin->as.decoder;
  struct sf_host host;
  void *state = NULL;
  sf_plugin_host_handle (plugins, feed->name, feed->decoder.settings, SF_TIME_MISSING, &host);
  enum sf_code code = decoder->open (&host, &state, err);
  if (code != SF_OK)
    return sf_yaml_prefix (err, code, sf_yaml_get (node, "decoder"), feed->name);
  decoder->close (state);
  return SF_OK;
}

/* Limits of its own are held against the rules that they stand over. */
static enum sf_code
try_quality (const struct sf_plugin_host *plugins, const struct sf_feed *feed, struct sf_error *err)
{
  const struct sf_plugin_host_setup *setup = sf_plugin_host_setup_of (plugins);
  struct sf_arena arena = { 0 };
  struct sf_quality_rules *rules = NULL;
  if (!feed->quality)
    return SF_OK;
  enum sf_code code = sf_quality_rules_load (&arena, setup->share_folder, setup->vocabulary, &rules, err);
  if (code == SF_OK)
    code = sf_quality_check_limits (feed->quality, rules, err);
  sf_arena_finish (&arena);
  return code;
}

/* --- what it is known by --- */

static void
add_instance (struct sf_hash *hash, const struct sf_instance *instance)
{
  const struct sf_option *option;
  const char *text, *origin;
  sf_hash_add_text (hash, instance->plugin ? instance->plugin->name : NULL);
  for (size_t i = 0; instance->plugin && sf_settings_at (instance->settings, i, &option, &text, &origin); i++)
    {
      sf_hash_add_text (hash, option->name);
      sf_hash_add_text (hash, text);
    }
}

static void
add_tree (struct sf_hash *hash, const struct sf_yaml *node)
{
  if (!node)
    return;
  sf_hash_add (hash, &node->kind, sizeof node->kind);
  sf_hash_add (hash, &node->count, sizeof node->count);
  if (node->kind == SF_YAML_SCALAR)
    sf_hash_add_text (hash, node->text);
  for (size_t i = 0; i < node->count; i++)
    {
      if (node->kind == SF_YAML_MAPPING)
        sf_hash_add_text (hash, node->keys[i]->text);
      add_tree (hash, node->items[i]);
    }
}

static enum sf_code
find_definition (struct sf_feed *feed, struct sf_error *err)
{
  struct sf_hash *hash = sf_hash_new ();
  if (!hash)
    return no_memory (err);
  const char *const texts[]
      = { feed->name, feed->title_en, feed->title_zh, feed->department, feed->department_en, feed->department_zh };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    sf_hash_add_text (hash, texts[i]);
  add_instance (hash, &feed->transport);
  add_instance (hash, &feed->protocol);
  add_instance (hash, &feed->decoder);
  const int64_t numbers[]
      = { feed->authority, feed->simulated, feed->cadence_s, feed->lateness_s, feed->sharing, feed->isolation };
  sf_hash_add (hash, numbers, sizeof numbers);
  sf_hash_add (hash, &feed->area, sizeof feed->area);
  add_tree (hash, feed->quality);
  enum sf_code code = sf_hash_finish (hash, &feed->definition, err);
  sf_hash_free (hash);
  return code;
}

enum sf_code
sf_feed_read (struct sf_arena *arena, struct sf_plugin_host *plugins, const char *name, const struct sf_yaml *node,
              struct sf_feed *ret_feed, struct sf_error *err)
{
  static const char *const keys[]
      = { "title",    "transport", "protocol",  "decoder", "authority", "simulated", "cadence",
          "lateness", "sharing",   "isolation", "area",    "quality",   NULL };
  struct sf_feed feed = { .name = name, .node = node, .authority = SF_AUTHORITY_INTERNAL };
  SF_TRY (sf_read_kind (node, SF_YAML_MAPPING, name, err));
  SF_TRY (sf_yaml_check_keys (node, keys, err));
  if (!is_name (name))
    return sf_yaml_fail (err, SF_EINVAL, node, "'%s' is not a feed's name (a-z, A-Z, 0-9, _ and -; at most %d)", name,
                         NAME_BYTES_MAX);
  SF_TRY (sf_read_title (node, name, &feed.title_en, &feed.title_zh, err));
  SF_TRY (sf_read_authority (node, &feed.authority, err));
  SF_TRY (sf_read_bool (node, "simulated", &feed.simulated, err));
  SF_TRY (read_operation (node, &feed, err));
  SF_TRY (read_plugins (arena, plugins, node, &feed, err));
  SF_TRY (try_decoder (plugins, node, &feed, err));
  SF_TRY (try_quality (plugins, &feed, err));
  SF_TRY (find_definition (&feed, err));
  *ret_feed = feed;
  return SF_OK;
}

/* --- departments --- */

struct identity
{
  const char *name, *file;
  int64_t number; /* 0: not said */
};

struct loading
{
  struct sf_arena *arena;
  struct sf_plugin_host *plugins;
  struct sf_departments *all;
  struct identity *known; /* of the departments read so far, as many as there are files */
  size_t known_count;
};

/* A copy of a file that was left in the folder, or two departments under one number in the reports. */
static enum sf_code
check_identity (struct loading *loading, const struct sf_yaml *root, const struct identity *identity,
                struct sf_error *err)
{
  for (size_t i = 0; i < loading->known_count; i++)
    {
      const struct identity *other = &loading->known[i];
      if (!strcmp (other->name, identity->name))
        return sf_yaml_fail (err, SF_ECONFLICT, sf_yaml_get (root, "department"),
                             "department '%s' stands in %s already", identity->name, other->file);
      if (identity->number && other->number == identity->number)
        return sf_yaml_fail (err, SF_ECONFLICT, sf_yaml_get (root, "number"),
                             "number %lld is that of department '%s' in %s already", (long long) identity->number,
                             other->name, other->file);
    }
  loading->known[loading->known_count++] = *identity;
  return SF_OK;
}

static enum sf_code
read_number (const struct sf_yaml *root, int64_t *ret_number, struct sf_error *err)
{
  const struct sf_yaml *node = sf_yaml_get (root, "number");
  if (!node)
    return SF_OK;
  SF_TRY (sf_yaml_int (node, ret_number, err));
  if (*ret_number < 1 || *ret_number > 999)
    return sf_yaml_fail (err, SF_ERANGE, node, "number: %lld is not from 1 to 999", (long long) *ret_number);
  return SF_OK;
}

static enum sf_code
check_unique (const struct sf_departments *all, const struct sf_feed *feed, const struct sf_yaml *where,
              struct sf_error *err)
{
  for (size_t i = 0; i < all->feeds_count; i++)
    if (strcmp (all->feeds[i].name, feed->name) == 0)
      return sf_yaml_fail (err, SF_ECONFLICT, where, "feed '%s' stands in department '%s' already", feed->name,
                           all->feeds[i].department);
  return SF_OK;
}

static enum sf_code
add_feeds (struct loading *loading, const struct sf_yaml *root, const struct sf_feed *owner, struct sf_error *err)
{
  struct sf_departments *all = loading->all;
  const struct sf_yaml *feeds = sf_yaml_get (root, "feeds");
  if (!feeds)
    return sf_yaml_fail (err, SF_EINVAL, root, "'feeds' is missing");
  SF_TRY (sf_read_kind (feeds, SF_YAML_MAPPING, "feeds", err));
  struct sf_feed *more = sf_arena_calloc (loading->arena, all->feeds_count + feeds->count, sizeof *more);
  if (!more)
    return no_memory (err);
  if (all->feeds_count)
    memcpy (more, all->feeds, all->feeds_count * sizeof *more);
  all->feeds = more;
  for (size_t i = 0; i < feeds->count; i++)
    {
      struct sf_feed *feed = &more[all->feeds_count];
      SF_TRY (sf_feed_read (loading->arena, loading->plugins, feeds->keys[i]->text, feeds->items[i], feed, err));
      feed->department = owner->department;
      feed->department_en = owner->department_en;
      feed->department_zh = owner->department_zh;
      SF_TRY (check_unique (all, feed, feeds->keys[i], err));
      SF_TRY (find_definition (feed, err));
      all->feeds_count++;
    }
  return SF_OK;
}

static enum sf_code
add_file (struct loading *loading, const char *path, struct sf_error *err)
{
  static const char *const keys[] = { "department", "number", "title", "feeds", NULL };
  struct sf_yaml *root = NULL;
  struct sf_feed owner = { 0 };
  SF_TRY (sf_yaml_load (loading->arena, path, &root, err));
  SF_TRY (sf_read_kind (root, SF_YAML_MAPPING, "department", err));
  SF_TRY (sf_yaml_check_keys (root, keys, err));
  SF_TRY (sf_read_text (root, "department", NULL, &owner.department, err));
  if (!is_name (owner.department))
    return sf_yaml_fail (err, SF_EINVAL, sf_yaml_get (root, "department"),
                         "'%s' is not a department's name (a-z, A-Z, 0-9, _ and -; at most %d)", owner.department,
                         NAME_BYTES_MAX);
  SF_TRY (sf_read_title (root, NULL, &owner.department_en, &owner.department_zh, err));
  struct identity identity = { .name = owner.department, .file = path };
  SF_TRY (read_number (root, &identity.number, err));
  SF_TRY (check_identity (loading, root, &identity, err));
  return add_feeds (loading, root, &owner, err);
}

static bool
is_department_file (const char *name)
{
  size_t length = strlen (name);
  return name[0] != '.' && length > 5 && strcmp (name + length - 5, ".yaml") == 0;
}

static enum sf_code
list_files (struct sf_arena *arena, const char *path, struct sf_departments *all, struct sf_error *err)
{
  char **names = NULL;
  size_t names_count = 0;
  if (sf_file_is_folder (path))
    SF_TRY (sf_file_list (arena, path, &names, &names_count, err));
  all->files = sf_arena_calloc (arena, names_count + 1, sizeof *all->files);
  if (!all->files)
    return no_memory (err);
  if (!sf_file_is_folder (path))
    all->files[all->files_count++] = path;
  for (size_t i = 0; i < names_count; i++)
    if (is_department_file (names[i]) && !(all->files[all->files_count++] = sf_file_join (arena, path, names[i])))
      return no_memory (err);
  return SF_OK;
}

enum sf_code
sf_departments_load (struct sf_arena *arena, struct sf_plugin_host *plugins, const char *path,
                     struct sf_departments *ret_departments, struct sf_error *err)
{
  struct sf_departments all = { 0 };
  struct loading loading = { .arena = arena, .plugins = plugins, .all = &all };
  if (!sf_file_exists (path))
    return sf_fail (err, SF_ENOTFOUND, "%s: there is no such file or folder of departments", path);
  SF_TRY (list_files (arena, path, &all, err));
  loading.known = sf_arena_calloc (arena, all.files_count + 1, sizeof *loading.known);
  if (!loading.known)
    return no_memory (err);
  for (size_t i = 0; i < all.files_count; i++)
    SF_TRY (add_file (&loading, all.files[i], err));
  *ret_departments = all;
  return SF_OK;
}
