/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plugin/host.h"

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/base/time.h"
#include "core/plugin/loader.h"

#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SYMBOL_SUFFIX "_LTX_sanfang_plugin"

/* A module of the list with the digest of the file that was loaded: the file may be another one later. */
struct entry
{
  struct sf_module module;
  struct sf_key key;
};

/* One of the project's libraries in this process. More may come with a module that needs them. */
struct library
{
  const char *path;
  struct sf_key key;
};

struct sf_plugin_host
{
  struct sf_plugin_host_setup setup;
  pthread_mutex_t lock; /* of all below and of libltdl, which knows no threads */
  struct sf_arena arena;
  struct entry **modules; /* each allocated alone, so that views stay valid */
  size_t count, capacity;
  struct library *libraries;
  size_t libraries_count, libraries_capacity;
};

const char *
sf_plugin_kind_name (enum sf_plugin_kind kind, int zh)
{
  static const char *const names[SF_PLUGIN_KINDS][2]
      = { { "transport", "传输" }, { "protocol", "协议" }, { "decoder", "解码" }, { "model", "模型" },
          { "exporter", "输出" },  { "service", "服务" },  { "command", "命令" } };
  return (unsigned) kind < SF_PLUGIN_KINDS ? names[kind][zh ? 1 : 0] : "?";
}

enum sf_code
sf_plugin_host_new (const struct sf_plugin_host_setup *setup, struct sf_plugin_host **ret_host, struct sf_error *err)
{
  SF_TRY (sf_loader_init (err));
  struct sf_plugin_host *host = sf_mem_calloc (1, sizeof *host);
  if (!host)
    {
      sf_loader_finish ();
      return sf_fail (err, SF_ENOMEM, "out of memory for the plugin host");
    }
  host->setup = *setup;
  pthread_mutex_init (&host->lock, NULL);
  sf_arena_init (&host->arena);
  *ret_host = host;
  return SF_OK;
}

void
sf_plugin_host_free (struct sf_plugin_host *host)
{
  if (!host)
    return;
  sf_mem_free (host->libraries);
  sf_mem_free (host->modules);
  sf_arena_finish (&host->arena);
  pthread_mutex_destroy (&host->lock);
  sf_mem_free (host);
  sf_loader_finish ();
}

const struct sf_plugin_host_setup *
sf_plugin_host_setup_of (const struct sf_plugin_host *host)
{
  return &host->setup;
}

static struct entry *
find_module (const struct sf_plugin_host *host, const char *name)
{
  for (size_t i = 0; i < host->count; i++)
    if (strcmp (host->modules[i]->module.name, name) == 0)
      return host->modules[i];
  return NULL;
}

static struct entry *
add_module (struct sf_plugin_host *host, const char *name, const char *path)
{
  if (sf_mem_grow ((void **) &host->modules, &host->capacity, host->count + 1, sizeof *host->modules) != 0)
    return NULL;
  struct entry *entry = sf_arena_calloc (&host->arena, 1, sizeof *entry);
  char *name_copy = sf_arena_strdup (&host->arena, name), *path_copy = sf_arena_strdup (&host->arena, path);
  if (!entry || !name_copy || !path_copy)
    return NULL;
  entry->module = (struct sf_module){ .name = name_copy, .path = path_copy };
  return host->modules[host->count++] = entry;
}

static bool
is_module_name (const char *name)
{
  if (!*name)
    return false;
  for (const char *c = name; *c; c++)
    if (!((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '_'))
      return false;
  return true;
}

static enum sf_code
open_module (struct entry *entry, struct sf_error *err)
{
  const char *name = entry->module.name, *path = entry->module.path;
  if (!is_module_name (name))
    return sf_fail (err, SF_EPLUGIN, "%s: a plugin's file name has a-z, 0-9 and _ only, before .so", path);
  const struct sf_plugin *plugin = NULL;
  SF_TRY (sf_loader_open (path, name, &plugin, err));
  SF_TRY (sf_key_of_file (path, &entry->key, err));
  entry->module.plugin = plugin;
  return SF_OK;
}

/* Load the file at path as a module of the list; a refusal is kept in it, only lack of memory is an error. */
static enum sf_code
load_module (struct sf_plugin_host *host, const char *name, const char *path, struct entry **ret, struct sf_error *err)
{
  struct entry *entry = add_module (host, name, path);
  if (!entry)
    return sf_fail (err, SF_ENOMEM, "out of memory for plugin %s", path);
  struct sf_error why = { 0 };
  enum sf_code code = open_module (entry, &why);
  if (code == SF_ENOMEM)
    {
      host->count--; /* it is tried again when somebody asks for it again */
      return sf_fail (err, code, "%s", why.message);
    }
  if (code != SF_OK)
    {
      const char *refusal = sf_arena_strdup (&host->arena, why.message);
      entry->module.refusal = refusal ? refusal : "out of memory";
      sf_log_write (host->setup.log, SF_LOG_WARNING, "plugins", "refused: %s", why.message);
    }
  *ret = entry;
  return SF_OK;
}

static const struct sf_plugin *
find_embedded (const struct sf_plugin_host *host, const char *name)
{
  char symbol[256];
  snprintf (symbol, sizeof symbol, "%s" SYMBOL_SUFFIX, name);
  for (const struct sf_preloaded *p = host->setup.preloaded; p && p->name; p++)
    if (strcmp (p->name, symbol) == 0)
      return p->address;
  return NULL;
}

static enum sf_code
load_embedded (struct sf_plugin_host *host, const char *name, struct entry **ret, struct sf_error *err)
{
  const struct sf_plugin *plugin = find_embedded (host, name);
  if (!plugin)
    return SF_OK;
  struct entry *entry = add_module (host, name, "(embedded)");
  if (!entry)
    return sf_fail (err, SF_ENOMEM, "out of memory for plugin %s", name);
  entry->module.plugin = plugin;
  *ret = entry;
  return SF_OK;
}

/* Take the next folder of a path separated by ':'. */
static char *
next_folder (struct sf_arena *arena, struct sf_span *rest)
{
  struct sf_span folder;
  while (sf_text_next_field (rest, ':', &folder))
    if (folder.length > 0)
      return sf_arena_strndup (arena, folder.text, folder.length);
  return NULL;
}

static enum sf_code
load_by_name (struct sf_plugin_host *host, const char *name, struct entry **ret, struct sf_error *err)
{
  *ret = NULL;
  host->arena.failed = 0;
  SF_TRY (load_embedded (host, name, ret, err));
  struct sf_span rest = sf_span_of (host->setup.search_path ? host->setup.search_path : "");
  char *folder;
  while (!*ret && (folder = next_folder (&host->arena, &rest)))
    {
      const char *path = sf_arena_printf (&host->arena, "%s/%s.so", folder, name);
      if (path && sf_file_exists (path))
        SF_TRY (load_module (host, name, path, ret, err));
    }
  return *ret || !host->arena.failed ? SF_OK : sf_fail (err, SF_ENOMEM, "out of memory looking for plugin %s", name);
}

static enum sf_code
load_folder (struct sf_plugin_host *host, const char *folder, struct sf_error *err)
{
  char **names = NULL;
  size_t count = 0;
  if (!sf_file_is_folder (folder))
    return SF_OK;
  SF_TRY (sf_file_list (&host->arena, folder, &names, &count, err));
  for (size_t i = 0; i < count; i++)
    {
      size_t n = strlen (names[i]);
      if (n <= 3 || strcmp (names[i] + n - 3, ".so") != 0)
        continue;
      char *name = sf_arena_strndup (&host->arena, names[i], n - 3);
      const char *path = sf_file_join (&host->arena, folder, names[i]);
      struct entry *entry;
      if (!name || !path)
        return sf_fail (err, SF_ENOMEM, "out of memory listing %s", folder);
      if (!find_module (host, name))
        SF_TRY (load_module (host, name, path, &entry, err));
    }
  return SF_OK;
}

static enum sf_code
load_all (struct sf_plugin_host *host, struct sf_error *err)
{
  host->arena.failed = 0;
  for (const struct sf_preloaded *p = host->setup.preloaded; p && p->name; p++)
    {
      size_t n = strlen (p->name), m = sizeof SYMBOL_SUFFIX - 1;
      if (n <= m || strcmp (p->name + n - m, SYMBOL_SUFFIX) != 0)
        continue;
      char *name = sf_arena_strndup (&host->arena, p->name, n - m);
      struct entry *entry = NULL;
      if (!name)
        return sf_fail (err, SF_ENOMEM, "out of memory listing the embedded plugins");
      if (!find_module (host, name))
        SF_TRY (load_embedded (host, name, &entry, err));
    }
  struct sf_span rest = sf_span_of (host->setup.search_path ? host->setup.search_path : "");
  char *folder;
  while ((folder = next_folder (&host->arena, &rest)))
    SF_TRY (load_folder (host, folder, err));
  return host->arena.failed ? sf_fail (err, SF_ENOMEM, "out of memory listing plugins") : SF_OK;
}

enum sf_code
sf_plugin_host_load_all (struct sf_plugin_host *host, struct sf_error *err)
{
  pthread_mutex_lock (&host->lock);
  enum sf_code code = load_all (host, err);
  pthread_mutex_unlock (&host->lock);
  return code;
}

size_t
sf_plugin_host_count (const struct sf_plugin_host *host)
{
  return host->count;
}

const struct sf_module *
sf_plugin_host_at (const struct sf_plugin_host *host, size_t index)
{
  return index < host->count ? &host->modules[index]->module : NULL;
}

static enum sf_code
not_found (struct sf_plugin_host *host, enum sf_plugin_kind kind, const char *name, struct sf_error *err)
{
  load_all (host, NULL);
  const char **known = sf_arena_calloc (&host->arena, host->count + 1, sizeof *known);
  size_t count = 0;
  for (size_t i = 0; known && i < host->count; i++)
    if (host->modules[i]->module.plugin && host->modules[i]->module.plugin->kind == kind)
      known[count++] = host->modules[i]->module.name;
  const char *near = known ? sf_text_nearest (name, known, count) : NULL;
  return sf_fail (err, SF_ENOTFOUND, "there is no %s plugin '%s' in %s%s%s%s", sf_plugin_kind_name (kind, 0), name,
                  host->setup.search_path ? host->setup.search_path : "(no folder)", near ? " (did you mean '" : "",
                  near ? near : "", near ? "'?)" : "");
}

static enum sf_code
find_plugin (struct sf_plugin_host *host, enum sf_plugin_kind kind, const char *name,
             const struct sf_plugin **ret_plugin, struct sf_error *err)
{
  struct entry *entry = find_module (host, name);
  if (!entry && is_module_name (name))
    SF_TRY (load_by_name (host, name, &entry, err));
  if (!entry)
    return not_found (host, kind, name, err);
  const struct sf_plugin *plugin = entry->module.plugin;
  if (!plugin)
    return sf_fail (err, SF_EPLUGIN, "plugin '%s' was refused: %s", name, entry->module.refusal);
  if (plugin->kind != kind)
    return sf_fail (err, SF_ETYPE, "plugin '%s' is a %s, not a %s", name, sf_plugin_kind_name (plugin->kind, 0),
                    sf_plugin_kind_name (kind, 0));
  *ret_plugin = plugin;
  return SF_OK;
}

enum sf_code
sf_plugin_host_find (struct sf_plugin_host *host, enum sf_plugin_kind kind, const char *name,
                     const struct sf_plugin **ret_plugin, struct sf_error *err)
{
  pthread_mutex_lock (&host->lock);
  enum sf_code code = find_plugin (host, kind, name, ret_plugin, err);
  pthread_mutex_unlock (&host->lock);
  return code;
}

const struct sf_plugin *
sf_plugin_host_open (struct sf_plugin_host *host, const char *path, const char **ret_reason)
{
  const char *slash = strrchr (path, '/');
  const char *file = slash ? slash + 1 : path;
  size_t n = strlen (file);
  pthread_mutex_lock (&host->lock);
  char *name = sf_arena_strndup (&host->arena, file, n > 3 && strcmp (file + n - 3, ".so") == 0 ? n - 3 : n);
  struct entry *entry = NULL;
  *ret_reason = "out of memory";
  enum sf_code code = name ? load_module (host, name, path, &entry, NULL) : SF_ENOMEM;
  pthread_mutex_unlock (&host->lock);
  if (code != SF_OK)
    return NULL;
  *ret_reason = entry->module.refusal;
  return entry->module.plugin;
}

/* --- what a build is: the module's bytes and the project's libraries' --- */

struct library_search
{
  struct sf_plugin_host *host;
  struct sf_hash *hash;
  enum sf_code code;
  struct sf_error *err;
};

/* Add the digest of a file of this process, which is taken once. */
static enum sf_code
add_library (struct sf_plugin_host *host, struct sf_hash *hash, const char *path, struct sf_error *err)
{
  size_t i = 0;
  while (i < host->libraries_count && strcmp (host->libraries[i].path, path) != 0)
    i++;
  if (i == host->libraries_count)
    {
      struct library library = { .path = sf_arena_strdup (&host->arena, path) };
      if (!library.path
          || sf_mem_grow ((void **) &host->libraries, &host->libraries_capacity, i + 1, sizeof library) != 0)
        return sf_fail (err, SF_ENOMEM, "out of memory for the digest of %s", path);
      SF_TRY (sf_key_of_file (path, &library.key, err));
      host->libraries[host->libraries_count++] = library;
    }
  sf_hash_add_key (hash, &host->libraries[i].key);
  return SF_OK;
}

static int
visit_library (struct dl_phdr_info *info, size_t size, void *data)
{
  (void) size;
  struct library_search *search = data;
  const char *slash = info->dlpi_name ? strrchr (info->dlpi_name, '/') : NULL;
  if (search->code == SF_OK && slash && strncmp (slash, "/libsanfang-", 12) == 0)
    search->code = add_library (search->host, search->hash, info->dlpi_name, search->err);
  return 0;
}

/* With embedded modules the program file is all of it. */
static enum sf_code
add_libraries (struct sf_plugin_host *host, struct sf_hash *hash, struct sf_error *err)
{
  struct library_search search = { .host = host, .hash = hash, .code = SF_OK, .err = err };
  dl_iterate_phdr (visit_library, &search);
  if (search.code == SF_OK && host->setup.preloaded && host->setup.preloaded[0].name)
    search.code = add_library (host, hash, "/proc/self/exe", err);
  return search.code;
}

enum sf_code
sf_plugin_host_build (struct sf_plugin_host *host, const struct sf_plugin *plugin, struct sf_key *ret_key,
                      struct sf_error *err)
{
  struct sf_hash *hash = sf_hash_new ();
  if (!hash)
    return sf_fail (err, SF_ENOMEM, "out of memory for the build's hash");
  pthread_mutex_lock (&host->lock);
  enum sf_code code = add_libraries (host, hash, err);
  const struct entry *entry = find_module (host, plugin->name);
  sf_hash_add_text (hash, plugin->name);
  if (entry)
    sf_hash_add_key (hash, &entry->key);
  pthread_mutex_unlock (&host->lock);
  if (code == SF_OK)
    code = sf_hash_finish (hash, ret_key, err);
  sf_hash_free (hash);
  return code;
}

/* --- the handle an instance gets --- */

static enum sf_code
host_parallel (const struct sf_host *handle, int blocks, sf_block_fn fn, void *ctx, struct sf_error *err)
{
  const struct sf_plugin_host *host = handle->impl;
  return sf_pool_run (host->setup.pool, blocks, fn, ctx, host->setup.cancel, err);
}

static bool
host_cancelled (const struct sf_host *handle)
{
  const struct sf_plugin_host *host = handle->impl;
  return host->setup.cancel && atomic_load_explicit (host->setup.cancel, memory_order_relaxed);
}

void
sf_plugin_host_handle (struct sf_plugin_host *host, const char *component, const struct sf_settings *settings,
                       int64_t clock_s, struct sf_host *ret_handle)
{
  *ret_handle = (struct sf_host){ .struct_size = sizeof *ret_handle,
                                  .component = component,
                                  .settings = settings,
                                  .log = host->setup.log,
                                  .clock_s = clock_s,
                                  .vocabulary = host->setup.vocabulary,
                                  .share_folder = host->setup.share_folder,
                                  .data_folder = host->setup.data_folder,
                                  .parallel = host_parallel,
                                  .cancelled = host_cancelled,
                                  .impl = host };
}

void
sf_host_log (const struct sf_host *host, enum sf_log_level level, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  sf_log_vwrite (host->log, level, host->component, format, args);
  va_end (args);
}
