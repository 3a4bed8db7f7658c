/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cycle/snapshot.h"

#include "core/base/time.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAKING_PREFIX ".making-"
#define LINK_PREFIX ".current." /* of the link that is renamed to current */

enum
{
  MANIFEST_LIMIT_BYTES = 64 << 20
};

static enum sf_code
no_memory (struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "out of memory for a snapshot");
}

/* --- reading --- */

static const char *
text_of (struct sf_arena *arena, const json_t *object, const char *key)
{
  const char *text = json_string_value (json_object_get (object, key));
  return text ? sf_arena_strdup (arena, text) : NULL;
}

static enum sf_authority
authority_of (const json_t *object)
{
  const char *text = json_string_value (json_object_get (object, "authority"));
  for (int a = SF_AUTHORITY_OFFICIAL; text && a <= SF_AUTHORITY_HYPOTHETICAL; a++)
    if (strcmp (text, sf_authority_name ((enum sf_authority) a, 0)) == 0)
      return (enum sf_authority) a;
  return SF_AUTHORITY_HYPOTHETICAL;
}

static bool
is_below (const char *path)
{
  return path && path[0] != '/' && !strstr (path, "..");
}

static enum sf_code
read_datasets (struct sf_snapshot *snapshot, const json_t *list, const char *path, struct sf_error *err)
{
  size_t n = json_array_size (list);
  snapshot->datasets = sf_arena_calloc (&snapshot->arena, n, sizeof *snapshot->datasets);
  if (!snapshot->datasets)
    return no_memory (err);
  for (size_t i = 0; i < n; i++)
    {
      const json_t *item = json_array_get (list, i);
      struct sf_manifest_dataset *dataset = &snapshot->datasets[i];
      const char *key = json_string_value (json_object_get (item, "key"));
      dataset->name = text_of (&snapshot->arena, item, "name");
      dataset->kind = text_of (&snapshot->arena, item, "kind");
      dataset->exporter = text_of (&snapshot->arena, item, "exporter");
      dataset->file = text_of (&snapshot->arena, item, "file");
      dataset->authority = authority_of (item);
      dataset->simulated = json_is_true (json_object_get (item, "simulated"));
      if (!dataset->name || !dataset->kind || !key || (dataset->file && !is_below (dataset->file)))
        return sf_fail (err, SF_EFORMAT, "%s: dataset %zu has no name, kind or key, or a file outside", path, i);
      SF_TRY (sf_key_parse (key, &dataset->key, err));
    }
  snapshot->datasets_count = n;
  return SF_OK;
}

static enum sf_code
read_products (struct sf_snapshot *snapshot, const json_t *list, const char *path, struct sf_error *err)
{
  size_t n = json_array_size (list);
  snapshot->products = sf_arena_calloc (&snapshot->arena, n, sizeof *snapshot->products);
  if (!snapshot->products)
    return no_memory (err);
  for (size_t i = 0; i < n; i++)
    {
      const json_t *item = json_array_get (list, i);
      struct sf_manifest_product *product = &snapshot->products[i];
      const char *key = json_string_value (json_object_get (item, "sha256"));
      product->path = text_of (&snapshot->arena, item, "path");
      product->media_type = text_of (&snapshot->arena, item, "media_type");
      product->datasets = text_of (&snapshot->arena, item, "datasets");
      product->size_bytes = json_integer_value (json_object_get (item, "bytes"));
      if (!is_below (product->path) || !product->media_type || !key)
        return sf_fail (err, SF_EFORMAT, "%s: product %zu has no path, media type or digest", path, i);
      SF_TRY (sf_key_parse (key, &product->sha256, err));
    }
  snapshot->products_count = n;
  return SF_OK;
}

static enum sf_code
read_manifest (struct sf_snapshot *snapshot, const json_t *root, const char *path, struct sf_error *err)
{
  json_int_t form = json_integer_value (json_object_get (root, "form"));
  if (form > SF_MANIFEST_FORM)
    return sf_fail (err, SF_EUNSUPPORTED, "%s: form %lld of the manifest is newer than this program's %d: use a newer one",
                    path, (long long) form, SF_MANIFEST_FORM);
  if (form < 1)
    return sf_fail (err, SF_EFORMAT, "%s: not a snapshot's manifest", path);
  snapshot->id = text_of (&snapshot->arena, root, "id");
  snapshot->scenario = text_of (&snapshot->arena, root, "scenario");
  snapshot->title_en = text_of (&snapshot->arena, json_object_get (root, "title"), "en");
  snapshot->title_zh = text_of (&snapshot->arena, json_object_get (root, "title"), "zh");
  snapshot->authority = authority_of (root);
  snapshot->simulated = json_is_true (json_object_get (root, "simulated"));
  const char *clock = json_string_value (json_object_get (root, "clock"));
  if (!snapshot->id || !snapshot->scenario || !clock)
    return sf_fail (err, SF_EFORMAT, "%s: the manifest has no id, scenario or clock", path);
  SF_TRY (sf_time_parse_iso (clock, SF_TIME_NO_DEFAULT, &snapshot->clock_s, err));
  SF_TRY (read_datasets (snapshot, json_object_get (root, "datasets"), path, err));
  return read_products (snapshot, json_object_get (root, "products"), path, err);
}

/* Lock the manifest, shared, so that the sweeper leaves the snapshot alone; it may have been swept between finding its
   name and locking, then there is nothing behind the path any more. */
static enum sf_code
pin_manifest (struct sf_snapshot *snapshot, const char *path, struct sf_error *err)
{
  snapshot->pin = open (path, O_RDONLY | O_CLOEXEC);
  if (snapshot->pin < 0)
    return sf_fail (err, errno == ENOENT ? SF_ENOTFOUND : SF_EIO, "%s: %s", path, strerror (errno));
  struct stat held, there;
  if (flock (snapshot->pin, LOCK_SH) != 0 || fstat (snapshot->pin, &held) != 0 || stat (path, &there) != 0
      || held.st_ino != there.st_ino)
    return sf_fail (err, SF_EIO, "%s: the snapshot went away while it was being opened", path);
  return SF_OK;
}

static enum sf_code
open_folder (struct sf_snapshot *snapshot, const char *folder, struct sf_error *err)
{
  char resolved[4096];
  if (!realpath (folder, resolved))
    return sf_fail (err, SF_ENOTFOUND, "%s: no snapshot was published there yet (run a scenario first)", folder);
  snapshot->folder = sf_arena_strdup (&snapshot->arena, resolved);
  char *path = sf_file_join (&snapshot->arena, resolved, "manifest.json");
  if (!snapshot->folder || !path)
    return no_memory (err);
  SF_TRY (pin_manifest (snapshot, path, err));
  uint8_t *bytes = NULL;
  size_t length = 0;
  SF_TRY (sf_file_read (&snapshot->arena, path, MANIFEST_LIMIT_BYTES, &bytes, &length, err));
  json_error_t why;
  json_t *root = json_loadb ((const char *) bytes, length, JSON_REJECT_DUPLICATES, &why);
  if (!root)
    return sf_fail (err, SF_EFORMAT, "%s:%d:%d: %s", path, why.line, why.column, why.text);
  enum sf_code code = read_manifest (snapshot, root, path, err);
  json_decref (root);
  return code;
}

enum sf_code
sf_snapshot_open (const char *dir, const char *id, struct sf_snapshot **ret_snapshot, struct sf_error *err)
{
  struct sf_snapshot *snapshot = sf_mem_calloc (1, sizeof *snapshot);
  if (!snapshot)
    return no_memory (err);
  sf_arena_init (&snapshot->arena);
  snapshot->pin = -1;
  char *folder = id ? sf_arena_printf (&snapshot->arena, "%s/snapshots/%s", dir, id)
                    : sf_arena_printf (&snapshot->arena, "%s/current", dir);
  enum sf_code code = folder ? open_folder (snapshot, folder, err) : no_memory (err);
  if (code != SF_OK)
    {
      sf_snapshot_close (snapshot);
      return code;
    }
  *ret_snapshot = snapshot;
  return SF_OK;
}

void
sf_snapshot_close (struct sf_snapshot *snapshot)
{
  if (!snapshot)
    return;
  if (snapshot->pin >= 0)
    close (snapshot->pin);
  sf_arena_finish (&snapshot->arena);
  sf_mem_free (snapshot);
}

static const struct sf_manifest_dataset *
find_dataset (const struct sf_snapshot *snapshot, const char *name)
{
  for (size_t i = 0; i < snapshot->datasets_count; i++)
    if (strcmp (snapshot->datasets[i].name, name) == 0)
      return &snapshot->datasets[i];
  return NULL;
}

const struct sf_manifest_dataset *
sf_snapshot_find (const struct sf_snapshot *snapshot, const char *dataset)
{
  return snapshot ? find_dataset (snapshot, dataset) : NULL;
}

enum sf_code
sf_snapshot_load (const struct sf_snapshot *snapshot, struct sf_plugin_host *plugins, const char *dataset,
                  struct sf_dataset **ret_dataset, struct sf_error *err)
{
  const struct sf_manifest_dataset *entry = find_dataset (snapshot, dataset);
  if (!entry || !entry->file || !entry->exporter)
    return sf_fail (err, SF_ENOTFOUND, "snapshot %s keeps no dataset '%s'", snapshot->id, dataset);
  const struct sf_plugin *plugin = NULL;
  SF_TRY (sf_plugin_host_find (plugins, SF_PLUGIN_EXPORTER, entry->exporter, &plugin, err));
  if (!plugin->as.exporter->load)
    return sf_fail (err, SF_EUNSUPPORTED, "exporter '%s' cannot read '%s' back", entry->exporter, dataset);
  struct sf_host host;
  sf_plugin_host_handle (plugins, entry->exporter, NULL, SF_TIME_MISSING, &host);
  char *path = sf_mem_printf ("%s/%s", snapshot->folder, entry->file);
  if (!path)
    return no_memory (err);
  struct sf_dataset *loaded = NULL;
  enum sf_code code = plugin->as.exporter->load (&host, path, dataset, &loaded, err);
  sf_mem_free (path);
  if (code != SF_OK)
    return code;
  loaded->key = entry->key;
  loaded->authority = entry->authority;
  loaded->simulated = entry->simulated;
  *ret_dataset = loaded;
  return SF_OK;
}

enum sf_code
sf_snapshot_verify (const struct sf_snapshot *snapshot, struct sf_error *err)
{
  for (size_t i = 0; i < snapshot->products_count; i++)
    {
      char path[8192];
      struct sf_key key;
      snprintf (path, sizeof path, "%s/%s", snapshot->folder, snapshot->products[i].path);
      SF_TRY (sf_key_of_file (path, &key, err));
      if (memcmp (&key, &snapshot->products[i].sha256, sizeof key) != 0)
        return sf_fail (err, SF_EFORMAT, "%s: its bytes are not those that the manifest names", path);
    }
  return SF_OK;
}

/* --- writing --- */

/* Remove what a killed writer left in folder: names that start with prefix. */
static enum sf_code
sweep_half_made (struct sf_arena *arena, const char *folder, const char *prefix, struct sf_error *err)
{
  char **names = NULL;
  size_t count = 0;
  SF_TRY (sf_file_list (arena, folder, &names, &count, err));
  for (size_t i = 0; i < count; i++)
    if (strncmp (names[i], prefix, strlen (prefix)) == 0)
      {
        char *path = sf_file_join (arena, folder, names[i]);
        if (!path)
          return no_memory (err);
        SF_TRY (sf_file_remove_tree (path, err));
      }
  return SF_OK;
}

static enum sf_code
take_lock (const char *path, int *ret_lock, struct sf_error *err)
{
  int lock = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (lock < 0)
    return sf_fail (err, SF_EIO, "%s: %s", path, strerror (errno));
  if (flock (lock, LOCK_EX | LOCK_NB) != 0)
    {
      close (lock);
      return sf_fail (err, SF_ECONFLICT, "%s: another run is writing there; wait for it or give another -o", path);
    }
  *ret_lock = lock;
  return SF_OK;
}

enum sf_code
sf_snapshot_begin (const char *dir, const char *id, struct sf_arena *arena, int *ret_lock, char **ret_making_folder,
                   struct sf_error *err)
{
  char *snapshots = sf_arena_printf (arena, "%s/snapshots", dir);
  char *lock_path = sf_arena_printf (arena, "%s/.lock", dir);
  char *making = sf_arena_printf (arena, "%s/snapshots/" MAKING_PREFIX "%s", dir, id);
  if (!snapshots || !lock_path || !making)
    return no_memory (err);
  SF_TRY (sf_file_make_folder (snapshots, err));
  int lock = -1;
  SF_TRY (take_lock (lock_path, &lock, err));
  enum sf_code code = sweep_half_made (arena, snapshots, MAKING_PREFIX, err);
  if (code == SF_OK)
    code = sweep_half_made (arena, dir, LINK_PREFIX, err);
  if (code == SF_OK)
    code = sf_file_make_folder (making, err);
  if (code != SF_OK)
    {
      close (lock);
      return code;
    }
  *ret_lock = lock;
  *ret_making_folder = making;
  return SF_OK;
}

enum sf_code
sf_snapshot_publish (const char *dir, const char *id, const char *making_folder, struct sf_error *err)
{
  char snapshots[4096], final[4096], link[4096], target[4096];
  if (snprintf (snapshots, sizeof snapshots, "%s/snapshots", dir) >= (int) sizeof snapshots
      || snprintf (final, sizeof final, "%s/snapshots/%s", dir, id) >= (int) sizeof final
      || snprintf (link, sizeof link, "%s/current", dir) >= (int) sizeof link
      || snprintf (target, sizeof target, "snapshots/%s", id) >= (int) sizeof target)
    return sf_fail (err, SF_ERANGE, "%s: the path is too long", dir);
  SF_TRY (sf_file_sync_tree (making_folder, err));
  /* An older folder of the same id holds the same keys, but it is not current: it was made by hand or half removed. */
  SF_TRY (sf_file_remove_tree (final, err));
  if (rename (making_folder, final) != 0)
    return sf_fail (err, SF_EIO, "%s: cannot be renamed to %s: %s", making_folder, final, strerror (errno));
  SF_TRY (sf_file_sync (snapshots, err));
  return sf_file_replace_link (target, link, err);
}

static bool
is_pinned (const char *folder)
{
  char path[8192];
  snprintf (path, sizeof path, "%s/manifest.json", folder);
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return false;
  bool pinned = flock (fd, LOCK_EX | LOCK_NB) != 0;
  close (fd);
  return pinned;
}

struct aged
{
  char *path;
  struct timespec made;
};

static int
newest_first (const void *a, const void *b)
{
  const struct timespec *x = &((const struct aged *) a)->made, *y = &((const struct aged *) b)->made;
  if (x->tv_sec != y->tv_sec)
    return x->tv_sec < y->tv_sec ? 1 : -1;
  return (x->tv_nsec < y->tv_nsec) - (x->tv_nsec > y->tv_nsec);
}

enum sf_code
sf_snapshot_sweep (const char *dir, int keep, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  char **names = NULL, current[4096], link[4096];
  size_t count = 0, n = 0;
  snprintf (link, sizeof link, "%s/current", dir);
  if (!realpath (link, current))
    current[0] = '\0';
  char *snapshots = sf_arena_printf (&arena, "%s/snapshots", dir);
  enum sf_code code = snapshots ? sf_file_list (&arena, snapshots, &names, &count, err) : no_memory (err);
  struct aged *aged = code == SF_OK ? sf_arena_calloc (&arena, count, sizeof *aged) : NULL;
  for (size_t i = 0; aged && i < count; i++)
    {
      struct stat st;
      char *path = names[i][0] == '.' ? NULL : sf_file_join (&arena, snapshots, names[i]);
      if (path && stat (path, &st) == 0)
        aged[n++] = (struct aged) { .path = path, .made = st.st_mtim };
    }
  if (aged)
    qsort (aged, n, sizeof *aged, newest_first);
  for (size_t i = (size_t) keep; code == SF_OK && aged && i < n; i++)
    {
      char resolved[4096];
      if (realpath (aged[i].path, resolved) && strcmp (resolved, current) != 0 && !is_pinned (resolved))
        code = sf_file_remove_tree (resolved, err);
    }
  sf_arena_finish (&arena);
  return code;
}
