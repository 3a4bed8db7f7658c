/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_PLUGIN_HOST_H
#define SF_CORE_PLUGIN_HOST_H

#include "core/base/sha256.h"
#include "core/plugin/plugin.h"
#include "core/plugin/pool.h"

#include <stdatomic.h>

/* The plugin host: finds modules on a search path, checks them, and keeps them loaded until the process ends.
   Plugins may be found and loaded from any thread; count and at are for a host that no other thread loads with. */

struct sf_module
{
  const char *name;               /* of the file, without suffix */
  const char *path;               /* absolute; "(embedded)" in the preloaded build */
  const struct sf_plugin *plugin; /* NULL when refused */
  const char *refusal;            /* why it was refused, in words; NULL when loaded */
};

/* A table of embedded modules as libtool's -dlpreopen makes it (lt_preloaded_symbols). */
struct sf_preloaded
{
  const char *name;
  void *address;
};

/* search_path: absolute folders separated by ':', searched in order. preloaded may be NULL. share_folder and data_folder
   are handed on to plugins. Owned by the caller; free with sf_plugin_host_free. */
struct sf_plugin_host_setup
{
  const char *search_path, *share_folder, *data_folder;
  const struct sf_preloaded *preloaded;
  const struct sf_vocabulary *vocabulary;
  struct sf_log *log;
  struct sf_pool *pool;
  const atomic_bool *cancel; /* NULL: work is never cancelled */
};
enum sf_code sf_plugin_host_new (const struct sf_plugin_host_setup *setup, struct sf_plugin_host **ret_host,
                                 struct sf_error *err);
void sf_plugin_host_free (struct sf_plugin_host *host);

/* Load every module on the path. Refused ones are kept in the list with their reason. */
enum sf_code sf_plugin_host_load_all (struct sf_plugin_host *host, struct sf_error *err);
size_t sf_plugin_host_count (const struct sf_plugin_host *host);
const struct sf_module *sf_plugin_host_at (const struct sf_plugin_host *host, size_t index);

/* Load the module NAME (once) and return its plugin of the given kind. SF_ENOTFOUND names the folders searched and the
   nearest name; SF_EPLUGIN gives the true reason of a refusal; SF_ETYPE says which kind it is instead. */
enum sf_code sf_plugin_host_find (struct sf_plugin_host *host, enum sf_plugin_kind kind, const char *name,
                                  const struct sf_plugin **ret_plugin, struct sf_error *err);

/* The identity of a plugin's build: the bytes of its module and of the project's libraries. */
enum sf_code sf_plugin_host_build (struct sf_plugin_host *host, const struct sf_plugin *plugin, struct sf_key *ret_key,
                                   struct sf_error *err);

/* Fill a handle for an instance. settings and component are borrowed. */
void sf_plugin_host_handle (struct sf_plugin_host *host, const char *component, const struct sf_settings *settings,
                            int64_t clock_s, struct sf_host *ret_handle);

/* Load one module file and check it; what `plugins` and tests use. *ret_reason (arena of the host) says why not. */
const struct sf_plugin *sf_plugin_host_open (struct sf_plugin_host *host, const char *path, const char **ret_reason);

const char *sf_plugin_kind_name (enum sf_plugin_kind kind, int zh);
const struct sf_plugin_host_setup *sf_plugin_host_setup_of (const struct sf_plugin_host *host);

#endif
