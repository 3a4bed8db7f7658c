/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cycle/snapshot.h"

#include "core/base/time.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAKING_PREFIX ".making-"
#define REMOVED_PREFIX ".removed-"
#define LINK_PREFIX ".current." /* of the link that is renamed to current */

enum
{
  MANIFEST_LIMIT_BYTES = 64 << 20,
  OPEN_TRIES = 5
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

/* What is not said to have happened is taken as simulated: a damaged manifest must not make a drill look real. */
static bool
is_simulated (const json_t *object)
{
  return !json_is_false (json_object_get (object, "simulated"));
}

bool
sf_snapshot_is_inside (const char *path)
{
  if (!path || !*path)
    return false;
  for (const char *part = path; part; part = strchr (part, '/'))
    {
      part += part != path;
      size_t n = strcspn (part, "/");
      if (n == 0 || (n == 1 && part[0] == '.') || (n == 2 && part[0] == '.' && part[1] == '.'))
        return false;
    }
  return true;
}

static enum sf_code
read_feeds (struct sf_snapshot *snapshot, const json_t *list, const char *path, struct sf_error *err)
{
  size_t n = json_array_size (list);
  snapshot->feeds = sf_arena_calloc (&snapshot->arena, n, sizeof *snapshot->feeds);
  if (!snapshot->feeds)
    return no_memory (err);
  for (size_t i = 0; i < n; i++)
    {
      const json_t *item = json_array_get (list, i), *messages = json_object_get (item, "messages");
      size_t count = json_array_size (messages);
      snapshot->feeds[i] = (struct sf_manifest_feed){
        .name = text_of (&snapshot->arena, item, "name"),
        .decoder = text_of (&snapshot->arena, item, "decoder"),
        .authority = authority_of (item),
        .simulated = is_simulated (item),
        .messages_count = count,
        .last_source = count ? text_of (&snapshot->arena, json_array_get (messages, count - 1), "source") : NULL,
      };
      if (!snapshot->feeds[i].name)
        return sf_fail (err, SF_EFORMAT, "%s: feed %zu has no name", path, i);
    }
  snapshot->feeds_count = n;
  return SF_OK;
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
      dataset->simulated = is_simulated (item);
      if (!dataset->name || !dataset->kind || !key || (dataset->file && !sf_snapshot_is_inside (dataset->file)))
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
      if (!sf_snapshot_is_inside (product->path) || !product->media_type || !key)
        return sf_fail (err, SF_EFORMAT, "%s: product %zu has no path inside the snapshot, media type or digest", path,
                        i);
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
    return sf_fail (err, SF_EUNSUPPORTED,
                    "%s: form %lld of the manifest is newer than this program's %d: use a newer one", path,
                    (long long) form, SF_MANIFEST_FORM);
  if (form < 1)
    return sf_fail (err, SF_EFORMAT, "%s: not a snapshot's manifest", path);
  snapshot->id = text_of (&snapshot->arena, root, "id");
  snapshot->scenario = text_of (&snapshot->arena, root, "scenario");
  snapshot->title_en = text_of (&snapshot->arena, json_object_get (root, "title"), "en");
  snapshot->title_zh = text_of (&snapshot->arena, json_object_get (root, "title"), "zh");
  snapshot->authority = authority_of (root);
  snapshot->simulated = is_simulated (root);
  const char *clock = json_string_value (json_object_get (root, "clock"));
  if (!snapshot->id || !snapshot->scenario || !clock)
    return sf_fail (err, SF_EFORMAT, "%s: the manifest has no id, scenario or clock", path);
  if (!snapshot->title_en)
    snapshot->title_en = snapshot->scenario;
  if (!snapshot->title_zh)
    snapshot->title_zh = snapshot->title_en;
  const char *name = strrchr (snapshot->folder, '/') + 1;
  if (strcmp (snapshot->id, name) != 0)
    return sf_fail (err, SF_EFORMAT, "%s: the manifest is of snapshot %s, the folder's name says %s", path,
                    snapshot->id, name);
  SF_TRY (sf_time_parse_iso (clock, SF_TIME_NO_DEFAULT, &snapshot->clock_s, err));
  SF_TRY (read_feeds (snapshot, json_object_get (root, "feeds"), path, err));
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
  if (flock (snapshot->pin, LOCK_SH) != 0 || fstat (snapshot->pin, &held) != 0)
    return sf_fail (err, SF_EIO, "%s: cannot be locked: %s", path, strerror (errno));
  if (stat (path, &there) != 0 || held.st_ino != there.st_ino || held.st_dev != there.st_dev)
    return sf_fail (err, SF_ECONFLICT, "%s: the snapshot went away while it was being opened", path);
  return SF_OK;
}

static enum sf_code
open_folder (struct sf_snapshot *snapshot, const char *folder, struct sf_error *err)
{
  char resolved[PATH_MAX];
  if (!realpath (folder, resolved))
    return sf_fail (err, errno == ENOENT ? SF_ENOTFOUND : SF_EIO, "%s: %s", folder, strerror (errno));
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
    return sf_fail (err, json_error_code (&why) == json_error_out_of_memory ? SF_ENOMEM : SF_EFORMAT, "%s:%d:%d: %s",
                    path, why.line, why.column, why.text);
  enum sf_code code = read_manifest (snapshot, root, path, err);
  json_decref (root);
  return code;
}

/* An id is one name in the folder of snapshots, never a way out of it. */
static bool
is_id (const char *id)
{
  const char *c = id;
  for (; *c; c++)
    if (!isalnum ((unsigned char) *c) && *c != '-' && *c != '_' && (*c != '.' || c == id))
      return false;
  return c > id && c - id <= NAME_MAX;
}

static enum sf_code
open_once (const char *dir, const char *id, struct sf_snapshot **ret_snapshot, struct sf_error *err)
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

/* The current snapshot may be replaced and swept between following the link and locking: then there is a newer one. */
enum sf_code
sf_snapshot_open (const char *dir, const char *id, struct sf_snapshot **ret_snapshot, struct sf_error *err)
{
  if (id && !is_id (id))
    return sf_fail (err, SF_EINVAL, "'%s' is not the id of a snapshot (%s/snapshots lists them)", id, dir);
  enum sf_code code = open_once (dir, id, ret_snapshot, err);
  for (int i = 1; i < OPEN_TRIES && code == SF_ECONFLICT; i++)
    code = open_once (dir, id, ret_snapshot, err);
  if (code != SF_ENOTFOUND)
    return code;
  if (id)
    return sf_fail (err, code, "%s: there is no snapshot %s (%s/snapshots lists them)", dir, id, dir);
  return sf_fail (err, code, "%s/current: no snapshot was published there yet (run a scenario first)", dir);
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

/* Whoever forgets the grid is shown one. */
static enum sf_code
fail_kept (const struct sf_snapshot *snapshot, const char *name, struct sf_error *err)
{
  size_t length = strlen (name);
  for (size_t i = 0; i < snapshot->datasets_count; i++)
    {
      const struct sf_manifest_dataset *entry = &snapshot->datasets[i];
      if (entry->file && strncmp (entry->name, name, length) == 0 && entry->name[length] == '@')
        return sf_fail (err, SF_ENOTFOUND, "snapshot %s keeps '%s' by grid: did you mean '%s'?", snapshot->id, name,
                        entry->name);
    }
  return sf_fail (err, SF_ENOTFOUND, "snapshot %s keeps no dataset '%s'", snapshot->id, name);
}

enum sf_code
sf_snapshot_load (const struct sf_snapshot *snapshot, struct sf_plugin_host *plugins, const char *dataset,
                  struct sf_dataset **ret_dataset, struct sf_error *err)
{
  const struct sf_manifest_dataset *entry = find_dataset (snapshot, dataset);
  if (!entry || !entry->file || !entry->exporter)
    return fail_kept (snapshot, dataset, err);
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
  if (strcmp (loaded->name, entry->name) != 0 || strcmp (sf_dataset_kind_name (loaded->spec->kind), entry->kind) != 0)
    {
      code = sf_fail (err, SF_EFORMAT, "%s/%s: holds %s (%s) where '%s' (%s) is due", snapshot->folder, entry->file,
                      loaded->name, sf_dataset_kind_name (loaded->spec->kind), entry->name, entry->kind);
      sf_dataset_unref (loaded);
      return code;
    }
  loaded->key = entry->key;
  loaded->authority = entry->authority;
  loaded->simulated = entry->simulated;
  *ret_dataset = loaded;
  return SF_OK;
}

static enum sf_code
verify_product (const struct sf_manifest_product *product, const char *path, struct sf_error *err)
{
  struct stat st;
  struct sf_key key;
  if (stat (path, &st) != 0)
    return sf_fail (err, errno == ENOENT ? SF_ENOTFOUND : SF_EIO, "%s: %s", path, strerror (errno));
  if (!S_ISREG (st.st_mode) || st.st_size != product->size_bytes)
    return sf_fail (err, SF_EFORMAT, "%s: has %lld bytes, the manifest says %lld", path, (long long) st.st_size,
                    (long long) product->size_bytes);
  SF_TRY (sf_key_of_file (path, &key, err));
  if (memcmp (&key, &product->sha256, sizeof key) != 0)
    return sf_fail (err, SF_EFORMAT, "%s: its bytes are not those that the manifest names", path);
  return SF_OK;
}

enum sf_code
sf_snapshot_verify (const struct sf_snapshot *snapshot, struct sf_error *err)
{
  for (size_t i = 0; i < snapshot->products_count; i++)
    {
      char *path = sf_mem_printf ("%s/%s", snapshot->folder, snapshot->products[i].path);
      enum sf_code code = path ? verify_product (&snapshot->products[i], path, err) : no_memory (err);
      sf_mem_free (path);
      SF_TRY (code);
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
sf_snapshot_lock (const char *dir, struct sf_arena *arena, int *ret_lock, struct sf_error *err)
{
  if (!*dir)
    return sf_fail (err, SF_EINVAL, "the folder of the snapshots has no name; give one with -o");
  char *snapshots = sf_arena_printf (arena, "%s/snapshots", dir);
  char *lock_path = sf_arena_printf (arena, "%s/.lock", dir);
  if (!snapshots || !lock_path)
    return no_memory (err);
  SF_TRY (sf_file_make_folder (snapshots, err));
  int lock = -1;
  SF_TRY (take_lock (lock_path, &lock, err));
  enum sf_code code = sweep_half_made (arena, snapshots, MAKING_PREFIX, err);
  if (code == SF_OK)
    code = sweep_half_made (arena, snapshots, REMOVED_PREFIX, err);
  if (code == SF_OK)
    code = sweep_half_made (arena, dir, LINK_PREFIX, err);
  if (code != SF_OK)
    {
      close (lock);
      return code;
    }
  *ret_lock = lock;
  return SF_OK;
}

enum sf_code
sf_snapshot_begin (const char *dir, const char *id, struct sf_arena *arena, char **ret_making_folder,
                   struct sf_error *err)
{
  char *making = sf_arena_printf (arena, "%s/snapshots/" MAKING_PREFIX "%s", dir, id);
  if (!making)
    return no_memory (err);
  SF_TRY (sf_file_make_folder (making, err));
  *ret_making_folder = making;
  return SF_OK;
}

/* Take a snapshot out of sight by one rename and remove it: nobody ever sees half of it. */
static enum sf_code
remove_snapshot (struct sf_arena *arena, const char *snapshots, const char *id, struct sf_error *err)
{
  char *from = sf_file_join (arena, snapshots, id);
  char *to = sf_arena_printf (arena, "%s/" REMOVED_PREFIX "%s", snapshots, id);
  if (!from || !to)
    return no_memory (err);
  SF_TRY (sf_file_remove_tree (to, err));
  if (rename (from, to) != 0)
    return errno == ENOENT ? SF_OK : sf_fail (err, SF_EIO, "%s: cannot be put away: %s", from, strerror (errno));
  return sf_file_remove_tree (to, err);
}

/* Put the made folder where a snapshot of that id stands, which was found damaged but may be current: by an exchange where
   the file system can, so that the link never points to nothing. */
static enum sf_code
put_in_place (struct sf_arena *arena, const char *snapshots, const char *id, const char *making, const char *final,
              struct sf_error *err)
{
  if (renameat2 (AT_FDCWD, making, AT_FDCWD, final, RENAME_EXCHANGE) == 0)
    return sf_file_remove_tree (making, err);
  SF_TRY (remove_snapshot (arena, snapshots, id, err));
  if (rename (making, final) != 0)
    return sf_fail (err, SF_EIO, "%s: cannot be renamed to %s: %s", making, final, strerror (errno));
  return SF_OK;
}

enum sf_code
sf_snapshot_publish (const char *dir, const char *id, const char *making_folder, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  char *snapshots = sf_arena_printf (&arena, "%s/snapshots", dir);
  char *final = sf_arena_printf (&arena, "%s/snapshots/%s", dir, id);
  enum sf_code code = snapshots && final ? sf_file_sync_tree (making_folder, err) : no_memory (err);
  if (code == SF_OK)
    code = put_in_place (&arena, snapshots, id, making_folder, final, err);
  if (code == SF_OK)
    code = sf_file_sync (snapshots, err);
  if (code == SF_OK)
    code = sf_snapshot_make_current (dir, id, err);
  sf_arena_finish (&arena);
  return code;
}

/* The time of change is brought up, so that the sweeper takes it for as new as it is again. */
enum sf_code
sf_snapshot_make_current (const char *dir, const char *id, struct sf_error *err)
{
  char *folder = sf_mem_printf ("%s/snapshots/%s", dir, id), *link = sf_mem_printf ("%s/current", dir);
  char *target = sf_mem_printf ("snapshots/%s", id);
  enum sf_code code = SF_OK;
  if (!folder || !link || !target)
    code = no_memory (err);
  else if (utimensat (AT_FDCWD, folder, NULL, 0) != 0)
    code = sf_fail (err, SF_EIO, "%s: %s", folder, strerror (errno));
  else
    code = sf_file_replace_link (target, link, err);
  sf_mem_free (target);
  sf_mem_free (link);
  sf_mem_free (folder);
  return code;
}

/* --- removing old ones --- */

struct aged
{
  const char *id;
  struct timespec made;
};

static int
newest_first (const void *a, const void *b)
{
  const struct aged *left = a, *right = b;
  const struct timespec *x = &left->made, *y = &right->made;
  if (x->tv_sec != y->tv_sec)
    return x->tv_sec < y->tv_sec ? 1 : -1;
  if (x->tv_nsec != y->tv_nsec)
    return x->tv_nsec < y->tv_nsec ? 1 : -1;
  return strcmp (right->id, left->id);
}

/* Lock a snapshot against readers, or -1 when somebody has it open or when it is none. */
static int
lock_unpinned (struct sf_arena *arena, const char *snapshots, const char *id)
{
  char *path = sf_arena_printf (arena, "%s/%s/manifest.json", snapshots, id);
  int fd = path ? open (path, O_RDONLY | O_CLOEXEC) : -1;
  if (fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) != 0)
    {
      close (fd);
      fd = -1;
    }
  return fd;
}

/* Snapshots are folders that hold a manifest; a link or whatever else somebody put beside them is not ours to remove. */
static enum sf_code
list_aged (struct sf_arena *arena, const char *snapshots, struct aged **ret_aged, size_t *ret_count,
           struct sf_error *err)
{
  char **names = NULL;
  size_t count = 0, n = 0;
  SF_TRY (sf_file_list (arena, snapshots, &names, &count, err));
  struct aged *aged = sf_arena_calloc (arena, count, sizeof *aged);
  if (!aged)
    return no_memory (err);
  for (size_t i = 0; i < count; i++)
    {
      struct stat st;
      char *path = sf_file_join (arena, snapshots, names[i]);
      char *manifest = sf_arena_printf (arena, "%s/%s/manifest.json", snapshots, names[i]);
      if (!path || !manifest)
        return no_memory (err);
      if (is_id (names[i]) && lstat (path, &st) == 0 && S_ISDIR (st.st_mode) && sf_file_exists (manifest))
        aged[n++] = (struct aged){ .id = names[i], .made = st.st_mtim };
    }
  qsort (aged, n, sizeof *aged, newest_first);
  *ret_aged = aged;
  *ret_count = n;
  return SF_OK;
}

/* The id that the link names, "" without a link, NULL when memory is out. */
static const char *
read_current (struct sf_arena *arena, const char *dir)
{
  char target[PATH_MAX];
  char *link = sf_arena_printf (arena, "%s/current", dir);
  ssize_t n = link ? readlink (link, target, sizeof target - 1) : -1;
  target[n < 0 ? 0 : n] = '\0';
  const char *slash = strrchr (target, '/');
  return link ? sf_arena_strdup (arena, slash ? slash + 1 : target) : NULL;
}

enum sf_code
sf_snapshot_sweep (const char *dir, int keep, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  struct aged *aged = NULL;
  size_t count = 0;
  const char *current = read_current (&arena, dir);
  char *snapshots = sf_arena_printf (&arena, "%s/snapshots", dir);
  enum sf_code code = snapshots && current ? list_aged (&arena, snapshots, &aged, &count, err) : no_memory (err);
  for (size_t i = (size_t) keep; code == SF_OK && current && i < count; i++)
    {
      int lock = strcmp (aged[i].id, current) != 0 ? lock_unpinned (&arena, snapshots, aged[i].id) : -1;
      if (lock < 0)
        continue;
      code = remove_snapshot (&arena, snapshots, aged[i].id, err);
      close (lock);
    }
  sf_arena_finish (&arena);
  return code;
}
