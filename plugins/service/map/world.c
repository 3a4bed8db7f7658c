/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/service/map/world.h"

#include "plugins/service/map/world_load.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum
{
  WATCH_MS = 50,                        /* a new snapshot is seen within this time */
  LOOKS_BEFORE_RETRY = 10000 / WATCH_MS /* of one that could not be opened: it may be made again, or memory come free */
};

/* What `current` points to: a snapshot that was found damaged is made again under the same id, so its name is not enough. */
struct sight
{
  char target[4096];
  dev_t device;
  ino_t manifest;
};

struct sf_map_worlds
{
  struct sf_map_worlds_setup setup;
  pthread_mutex_t lock;    /* of current and earlier; held for pointers only */
  pthread_mutex_t loading; /* one snapshot is opened at a time: module loading and file libraries are not for several */
  struct sf_map_world *current;
  struct sf_map_world **earlier; /* most recently used first */
  struct sight seen;             /* by the watcher, opened or not */
  int looks_to_retry;            /* of what was not opened; 0 when it was */
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

/* Put a world first among the earlier ones, taking its reference over. What falls off the end is returned, to be released
   without the lock: to free a world takes long. */
static struct sf_map_world *
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
  return moved;
}

/* The open world of an id, most recently used first from now on; NULL when it is not open. */
static struct sf_map_world *
find_open (struct sf_map_worlds *worlds, const char *id)
{
  struct sf_map_world *found = NULL, *dropped = NULL;
  pthread_mutex_lock (&worlds->lock);
  if (!id || (worlds->current && strcmp (worlds->current->snapshot->id, id) == 0))
    found = ref (worlds->current);
  for (int i = 0; id && !found && i < worlds->setup.earlier; i++)
    if (worlds->earlier[i] && strcmp (worlds->earlier[i]->snapshot->id, id) == 0)
      {
        found = ref (worlds->earlier[i]);
        dropped = remember (worlds, ref (found));
      }
  pthread_mutex_unlock (&worlds->lock);
  sf_map_world_release (dropped);
  return found;
}

static enum sf_code
load (struct sf_map_worlds *worlds, const char *id, struct sf_map_world **ret_world, struct sf_error *err)
{
  struct sf_map_world *before = find_open (worlds, NULL);
  struct sf_map_world_setup setup = { .host = worlds->setup.host,
                                      .plugins = worlds->setup.plugins,
                                      .folder = worlds->setup.folder,
                                      .styles = worlds->setup.styles,
                                      .id = id,
                                      .serial = atomic_fetch_add (&worlds->serial, 1) + 1,
                                      .before = before };
  enum sf_code code = sf_map_world_load (&setup, ret_world, err);
  sf_map_world_release (before);
  return code;
}

/* What clients are told of a snapshot that could not be opened: no paths of this machine, those are for the log. */
static enum sf_code
refuse (const struct sf_map_worlds *worlds, const char *id, enum sf_code code, const struct sf_error *why,
        struct sf_error *err)
{
  if (code == SF_ENOTFOUND || code == SF_EINVAL)
    return sf_fail (err, SF_ENOTFOUND, "there is no snapshot '%.80s'; /v1/snapshots lists them", id);
  sf_host_log (worlds->setup.host, SF_LOG_ERROR, "snapshot %s cannot be opened: %s", id, why->message);
  return sf_fail (err, code == SF_ENOMEM ? SF_ENOMEM : SF_EIO,
                  "snapshot '%.80s' cannot be opened; the log of the service says why", id);
}

/* The world of an id that was not open a moment ago; somebody else may have opened it meanwhile. */
static enum sf_code
open_earlier (struct sf_map_worlds *worlds, const char *id, struct sf_map_world **ret_world, struct sf_error *err)
{
  struct sf_error why = { 0 };
  enum sf_code code = SF_OK;
  pthread_mutex_lock (&worlds->loading);
  *ret_world = find_open (worlds, id);
  if (!*ret_world)
    code = load (worlds, id, ret_world, &why);
  pthread_mutex_unlock (&worlds->loading);
  if (code != SF_OK)
    return refuse (worlds, id, code, &why, err);
  pthread_mutex_lock (&worlds->lock);
  struct sf_map_world *dropped = *ret_world == worlds->current ? NULL : remember (worlds, ref (*ret_world));
  pthread_mutex_unlock (&worlds->lock);
  sf_map_world_release (dropped);
  return SF_OK;
}

enum sf_code
sf_map_worlds_get (struct sf_map_worlds *worlds, const char *id, struct sf_map_world **ret_world, struct sf_error *err)
{
  if (id && strcmp (id, "current") == 0)
    id = NULL;
  struct sf_map_world *world = find_open (worlds, id);
  if (!world && !id)
    return sf_fail (err, SF_ENOTFOUND, "no snapshot was published yet: run a scenario into this folder first");
  if (!world)
    SF_TRY (open_earlier (worlds, id, &world, err));
  *ret_world = world;
  return SF_OK;
}

/* --- watching --- */

/* Take a reference over. A world of the same id, which this one was made instead of, is not remembered. */
static void
make_current (struct sf_map_worlds *worlds, struct sf_map_world *world)
{
  pthread_mutex_lock (&worlds->lock);
  struct sf_map_world *old = worlds->current;
  worlds->current = world;
  if (old && strcmp (old->snapshot->id, world->snapshot->id) != 0)
    old = remember (worlds, old);
  pthread_mutex_unlock (&worlds->lock);
  sf_map_world_release (old);
}

/* What there is to see now; false for nothing. */
static bool
look_at (const struct sf_map_worlds *worlds, struct sight *ret_sight)
{
  struct stat manifest = { 0 };
  char path[2 * sizeof ret_sight->target];
  *ret_sight = (struct sight){ 0 };
  snprintf (path, sizeof path, "%s/current", worlds->setup.folder);
  if (readlink (path, ret_sight->target, sizeof ret_sight->target - 1) <= 0)
    return false;
  snprintf (path, sizeof path, "%s/current/manifest.json", worlds->setup.folder);
  if (stat (path, &manifest) == 0)
    {
      ret_sight->device = manifest.st_dev;
      ret_sight->manifest = manifest.st_ino;
    }
  return true;
}

static bool
is_same (const struct sight *a, const struct sight *b)
{
  return a->manifest == b->manifest && a->device == b->device && strcmp (a->target, b->target) == 0;
}

/* The world of a sight: the open one if it is of that very manifest, else a new one. */
static enum sf_code
open_seen (struct sf_map_worlds *worlds, const struct sight *sight, const char *id, struct sf_map_world **ret_world,
           struct sf_error *err)
{
  struct stat held;
  enum sf_code code = SF_OK;
  pthread_mutex_lock (&worlds->loading);
  struct sf_map_world *world = find_open (worlds, id);
  if (world
      && (fstat (world->snapshot->pin, &held) != 0 || held.st_ino != sight->manifest || held.st_dev != sight->device))
    {
      sf_map_world_release (world);
      world = NULL;
    }
  if (!world)
    code = load (worlds, id, &world, err);
  pthread_mutex_unlock (&worlds->loading);
  *ret_world = world;
  return code;
}

/* Open what `current` points to, if that is another snapshot than the one seen last. */
static enum sf_code
look (struct sf_map_worlds *worlds, struct sf_error *err)
{
  struct sight sight;
  struct sf_map_world *world = NULL;
  if (!look_at (worlds, &sight))
    return SF_OK;
  bool is_new = !is_same (&sight, &worlds->seen);
  if (!is_new && (worlds->looks_to_retry == 0 || --worlds->looks_to_retry > 0))
    return SF_OK;
  const char *slash = strrchr (sight.target, '/');
  const char *id = slash ? slash + 1 : sight.target;
  worlds->seen = sight;
  worlds->looks_to_retry = LOOKS_BEFORE_RETRY;
  enum sf_code code = open_seen (worlds, &sight, id, &world, err);
  if (code != SF_OK)
    return is_new ? code : SF_OK; /* complained about once */
  worlds->looks_to_retry = 0;
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
  const struct timespec pause = { .tv_nsec = WATCH_MS * 1000000L };
  while (!atomic_load (&worlds->stopping))
    {
      struct sf_error err = { 0 };
      if (look (worlds, &err) != SF_OK)
        sf_host_log (worlds->setup.host, SF_LOG_ERROR, "the new snapshot cannot be served, the one before stays: %s",
                     err.message);
      nanosleep (&pause, NULL);
    }
  return NULL;
}

enum sf_code
sf_map_worlds_new (const struct sf_map_worlds_setup *setup, struct sf_map_worlds **ret_worlds, struct sf_error *err)
{
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
  if (look (worlds, &why) != SF_OK)
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
