/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_PLUGIN_LOADER_H
#define SF_CORE_PLUGIN_LOADER_H

#include "core/plugin/plugin.h"

/* The one file that knows libltdl. Modules are opened by absolute path, with all symbols bound at once, in a local
   namespace, and are never unloaded; the stock loaders are taken out because they lose error texts, bind lazily and
   follow environment paths and .la redirects (libltdl 2.4.7, measured). */
enum sf_code sf_loader_init (struct sf_error *err);
void sf_loader_finish (void);

/* Open path and give the descriptor of module name ("cma_bst"). SF_EPLUGIN carries the dynamic linker's own words. */
enum sf_code sf_loader_open (const char *path, const char *name, const struct sf_plugin **ret_plugin,
                             struct sf_error *err);

#endif
