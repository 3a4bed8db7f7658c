/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_SERVICE_MAP_WORLD_LOAD_H
#define PLUGINS_SERVICE_MAP_WORLD_LOAD_H

#include "plugins/service/map/world.h"

struct sf_map_world_setup
{
  const struct sf_host *host;
  struct sf_plugin_host *plugins;
  const char *folder, *id;
  const struct sf_styles *styles;
  uint64_t serial;
  const struct sf_map_world *before; /* features of the same name and key are taken over from it; NULL: none */
};

/* Open a snapshot and make its layers ready; *ret_world has one reference. What cannot be drawn (a rotated grid, a table)
   is left out with a word in the log; a dataset that cannot be read is an error. One call at a time. */
enum sf_code sf_map_world_load (const struct sf_map_world_setup *setup, struct sf_map_world **ret_world,
                                struct sf_error *err);
/* Make a world of datasets that are in memory; takes the snapshot and a reference of each dataset over, also when it fails.
   Of setup only host, styles and serial are used. */
enum sf_code sf_map_world_make (const struct sf_map_world_setup *setup, struct sf_snapshot *snapshot,
                                struct sf_dataset *const *datasets, size_t count, struct sf_map_world **ret_world,
                                struct sf_error *err);
void sf_map_world_free (struct sf_map_world *world);

#endif
