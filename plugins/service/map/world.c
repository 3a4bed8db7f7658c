/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/service/map/world.h"

#include "plugins/service/map/world_load.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum
{
  WATCH_MS = 50 /* a new snapshot is seen within this time */
};

struct sf_map_worlds
{
  struct sf_map_worlds_setup setup;
  pthread_mutex_t lock;    /* of current and earlier; held for pointers only */
  pthread_mutex_t loading; /* one snapshot is opened at a time: module loading and file libraries are not for several */
  struct sf_map_world *current;
  struct sf_map_world **earlier; /* most recently used first */
  pthread_t watcher;
  bool is_watching;
  atomic_bool stopping;
  atomic_ullong serial;
};

enum sf_code
sf_map_world_find (const struct sf_map_world *world, const char *layer, const struct sf_map_layer **ret_layer,
                   struct sf_error *err)
{
  const char *names[256];
  size_t count = 0;
  for (size_t i = 0; i < world->layers_count; i++)
    {
      if (strcmp (world->layers[i]->name, layer) == 0)
        {
          *ret_layer = world->layers[i];
          return SF_OK;
        }
      if (count < sizeof names / sizeof *names)
        names[count++] = world->layers[i]->name;
    }
  const char *nearest = sf_text_nearest (layer, names, count);
  return sf_fail (err, SF_ENOTFOUND, "snapshot %s has no layer '%.80s'%s%s%s", world->snapshot->id, layer,
                  nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
}

static struct sf_map_world *
ref (struct sf_map_world *world)
{
  if (world)
    atomic_fetch_add_explicit (&world->references, 1, memory_order_relaxed);
  return world;
}

void
sf_map_world_release (struct sf_map_world *world)
{
  if (world && atomic_fetch_sub_explicit (&world->references, 1, memory_order_acq_rel) == 1)
    sf_map_world_free (world);
}

/* Put a world first among the earlier ones, taking its reference over; what falls off the end is released. */
static void
remember (struct sf_map_worlds *worlds, struct sf_map_world *world)
{
  struct sf_map_world *moved = world;
  for (int i = 0; i < worlds->setup.earlier && moved; i++)
    {
      struct sf_map_world *next = worlds->earlier[i];
      worlds->earlier[i] = moved;
      moved = next == world ? NULL : next;
      if (next == world)
        sf_map_world_release (world); /* it stood there with a reference of its own */
    }
  sf_map_world_release (moved);
}

/* The open world of an id, most recently used first from now on; NULL when it is not open. */
static struct sf_map_world *
find_open (struct sf_map_worlds *worlds, const char *id)
{
  struct sf_map_world *found = NULL;
  pthread_mutex_lock (&worlds->lock);
  if (!id || (worlds->current && strcmp (worlds->current->snapshot->id, id) == 0))
    found = ref (worlds->current);
  for (int i = 0; id && !found && i < worlds->setup.earlier; i++)
    if (worlds->earlier[i] && strcmp (worlds->earlier[i]->snapshot->id, id) == 0)
      {
        found = ref (worlds->earlier[i]);
        remember (worlds, ref (found));
      }
  pthread_mutex_unlock (&worlds->lock);
  return found;
}

static enum sf_code
load (struct sf_map_worlds *worlds, const char *id, struct sf_map_world **ret_world, struct sf_error *err)
{
  struct sf_map_world_setup setup = { .host = worlds->setup.host,
                                      .plugins = worlds->setup.plugins,
                                      .folder = worlds->setup.folder,
                                      .styles = worlds->setup.styles,
                                      .id = id,
                                      .serial = atomic_fetch_add (&worlds->serial, 1) + 1 };
  return sf_map_world_load (&setup, ret_world, err);
}

enum sf_code
sf_map_worlds_get (struct sf_map_worlds *worlds, const char *id, struct sf_map_world **ret_world, struct sf_error *err)
{
  enum sf_code code = SF_OK;
  if (id && strcmp (id, "current") == 0)
    id = NULL;
  struct sf_map_world *world = find_open (worlds, id);
  if (!world && !id)
    return sf_fail (err, SF_ENOTFOUND, "no snapshot was published yet: run a scenario into this folder first");
  if (!world)
    {
      pthread_mutex_lock (&worlds->loading);
      world = find_open (worlds, id); /* somebody else may have opened it meanwhile */
      if (!world)
        code = load (worlds, id, &world, err);
      pthread_mutex_unlock (&worlds->loading);
      if (code != SF_OK)
        return code;
      pthread_mutex_lock (&worlds->lock);
      remember (worlds, ref (world));
      pthread_mutex_unlock (&worlds->lock);
    }
  *ret_world = world;
  return SF_OK;
}

/* --- watching --- */

static void
make_current (struct sf_map_worlds *worlds, struct sf_map_world *world)
{
  pthread_mutex_lock (&worlds->lock);
  struct sf_map_world *old = worlds->current;
  worlds->current = world;
  if (old)
    remember (worlds, old);
  pthread_mutex_unlock (&worlds->lock);
}

/* Open what `current` points to, if that is another snapshot than the one served. */
static enum sf_code
look (struct sf_map_worlds *worlds, char *seen, size_t seen_bytes, struct sf_error *err)
{
  char path[4096], target[4096];
  snprintf (path, sizeof path, "%s/current", worlds->setup.folder);
  ssize_t length = readlink (path, target, sizeof target - 1);
  if (length <= 0)
    return SF_OK;
  target[length] = '\0';
  if (strcmp (target, seen) == 0)
    return SF_OK;
  const char *id = strrchr (target, '/') ? strrchr (target, '/') + 1 : target;
  struct sf_map_world *world = find_open (worlds, id);
  if (!world)
    {
      pthread_mutex_lock (&worlds->loading);
      enum sf_code code = load (worlds, id, &world, err);
      pthread_mutex_unlock (&worlds->loading);
      /* Remembered also when it fails: what cannot be opened is complained about once. */
      snprintf (seen, seen_bytes, "%s", target);
      SF_TRY (code);
    }
  snprintf (seen, seen_bytes, "%s", target);
  make_current (worlds, ref (world));
  sf_host_log (worlds->setup.host, SF_LOG_INFO, "serving snapshot %s with %zu layers", world->snapshot->id,
               world->layers_count);
  if (worlds->setup.published)
    worlds->setup.published (worlds->setup.ctx, world);
  sf_map_world_release (world);
  return SF_OK;
}

static void *
watch (void *ctx)
{
  struct sf_map_worlds *worlds = ctx;
  char seen[4096] = "";
  const struct timespec pause = { .tv_nsec = WATCH_MS * 1000000L };
  if (worlds->current)
    snprintf (seen, sizeof seen, "snapshots/%s", worlds->current->snapshot->id);
  while (!atomic_load (&worlds->stopping))
    {
      struct sf_error err = { 0 };
      if (look (worlds, seen, sizeof seen, &err) != SF_OK)
        sf_host_log (worlds->setup.host, SF_LOG_ERROR, "the new snapshot cannot be served, the one before stays: %s",
                     err.message);
      nanosleep (&pause, NULL);
    }
  return NULL;
}

enum sf_code
sf_map_worlds_new (const struct sf_map_worlds_setup *setup, struct sf_map_worlds **ret_worlds, struct sf_error *err)
{
  char seen[4096] = "";
  struct sf_error why = { 0 };
  struct sf_map_worlds *worlds = sf_mem_calloc (1, sizeof *worlds);
  struct sf_map_world **earlier = sf_mem_calloc ((size_t) setup->earlier + 1, sizeof *earlier);
  if (!worlds || !earlier)
    {
      sf_mem_free (worlds);
      sf_mem_free (earlier);
      return sf_fail (err, SF_ENOMEM, "out of memory");
    }
  worlds->setup = *setup;
  worlds->earlier = earlier;
  pthread_mutex_init (&worlds->lock, NULL);
  pthread_mutex_init (&worlds->loading, NULL);
  if (look (worlds, seen, sizeof seen, &why) != SF_OK)
    sf_host_log (setup->host, SF_LOG_ERROR, "the current snapshot cannot be served: %s", why.message);
  worlds->is_watching = pthread_create (&worlds->watcher, NULL, watch, worlds) == 0;
  if (!worlds->is_watching)
    {
      sf_map_worlds_free (worlds);
      return sf_fail (err, SF_ENOMEM, "no thread can be started to watch for snapshots");
    }
  *ret_worlds = worlds;
  return SF_OK;
}

void
sf_map_worlds_free (struct sf_map_worlds *worlds)
{
  if (!worlds)
    return;
  atomic_store (&worlds->stopping, true);
  if (worlds->is_watching)
    pthread_join (worlds->watcher, NULL);
  sf_map_world_release (worlds->current);
  for (int i = 0; i < worlds->setup.earlier; i++)
    sf_map_world_release (worlds->earlier[i]);
  pthread_mutex_destroy (&worlds->lock);
  pthread_mutex_destroy (&worlds->loading);
  sf_mem_free (worlds->earlier);
  sf_mem_free (worlds);
}
