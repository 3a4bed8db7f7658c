/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_SERVICE_MAP_WORLD_H
#define PLUGINS_SERVICE_MAP_WORLD_H

#include "core/cycle/snapshot.h"
#include "plugins/service/map/layer.h"

/* A world is one snapshot held open for serving: pinned on disk, its layers ready to draw. Immutable; a request holds one
   from its first byte to its last, so no answer mixes two snapshots. */
struct sf_map_world
{
  atomic_int references; /* touched only by get and release */
  struct sf_arena arena; /* owns the texts and arrays below */
  struct sf_snapshot *snapshot;
  uint64_t serial;              /* unlike that of any other world of this process */
  struct sf_map_layer **layers; /* in the manifest's order */
  size_t layers_count;
  struct sf_map_point *point;   /* of point.h: the values laid out for point queries */
  struct sf_map_places *places; /* of place.h */
  struct sf_base_map *base;     /* of its coast; NULL when the snapshot has none */
};

/* A layer by name; SF_ENOTFOUND names the nearest. */
enum sf_code sf_map_world_find (const struct sf_map_world *world, const char *layer,
                                const struct sf_map_layer **ret_layer, struct sf_error *err);

/* The worlds of a folder of snapshots: the current one, and the last few earlier ones that were asked for. */
struct sf_map_worlds;

struct sf_map_worlds_setup
{
  const struct sf_host *host;
  struct sf_plugin_host *plugins;
  const char *folder;
  const struct sf_styles *styles;
  int earlier; /* how many earlier ones stay open */
  /* Called, by the thread that watches, after a new snapshot became current. */
  void (*published) (void *ctx, const struct sf_map_world *world);
  void *ctx;
};

/* Open the current snapshot, if there is one, and watch for new ones in a thread of its own until free. A snapshot that
   cannot be opened is logged and the one before stays. */
enum sf_code sf_map_worlds_new (const struct sf_map_worlds_setup *setup, struct sf_map_worlds **ret_worlds,
                                struct sf_error *err);
void sf_map_worlds_free (struct sf_map_worlds *worlds);

/* Get the current world (id NULL or "current") or that of an id, opening it where needed; give it back with release.
   SF_ENOTFOUND when nothing was published yet or there is no such snapshot. Any thread. */
enum sf_code sf_map_worlds_get (struct sf_map_worlds *worlds, const char *id, struct sf_map_world **ret_world,
                                struct sf_error *err);
void sf_map_world_release (struct sf_map_world *world);

#endif
