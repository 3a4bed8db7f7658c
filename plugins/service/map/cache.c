/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/service/map/cache.h"

#include "core/base/mem.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

enum
{
  SHARDS = 16,
  BUCKETS = 4096 /* of a shard */
};

struct sf_map_kept
{
  atomic_int references; /* one is the table's while it stands there */
  uint64_t hash, world;
  struct sf_map_kept *next;          /* in its bucket */
  struct sf_map_kept *newer, *older; /* in its shard */
  void *value;
  size_t bytes;
  char key[];
};

struct shard
{
  pthread_mutex_t lock;
  struct sf_map_kept *buckets[BUCKETS];
  struct sf_map_kept *newest, *oldest;
  size_t bytes;
};

struct sf_map_cache
{
  size_t shard_bytes_max;
  void (*free_value) (void *value);
  struct shard shards[SHARDS];
};

/* FNV-1a, 64 bits (Fowler, Noll, Vo). */
static uint64_t
hash_of (uint64_t world, const char *key)
{
  uint64_t hash = 0xcbf29ce484222325u ^ world;
  for (; *key; key++)
    hash = (hash ^ (uint8_t) *key) * 0x100000001b3u;
  return hash ^ hash >> 29;
}

static struct sf_map_kept **
bucket_of (struct shard *shard, uint64_t hash)
{
  return &shard->buckets[hash / SHARDS % BUCKETS];
}

static struct sf_map_kept *
find (struct shard *shard, uint64_t hash, uint64_t world, const char *key)
{
  for (struct sf_map_kept *kept = *bucket_of (shard, hash); kept; kept = kept->next)
    if (kept->hash == hash && kept->world == world && strcmp (kept->key, key) == 0)
      return kept;
  return NULL;
}

static void
unlink_age (struct shard *shard, struct sf_map_kept *kept)
{
  *(kept->newer ? &kept->newer->older : &shard->newest) = kept->older;
  *(kept->older ? &kept->older->newer : &shard->oldest) = kept->newer;
}

static void
make_newest (struct shard *shard, struct sf_map_kept *kept)
{
  kept->newer = NULL;
  kept->older = shard->newest;
  *(shard->newest ? &shard->newest->newer : &shard->oldest) = kept;
  shard->newest = kept;
}

void
sf_map_cache_release (struct sf_map_cache *cache, struct sf_map_kept *kept)
{
  if (!kept || atomic_fetch_sub_explicit (&kept->references, 1, memory_order_acq_rel) != 1)
    return;
  cache->free_value (kept->value);
  sf_mem_free (kept);
}

static void
remove_kept (struct sf_map_cache *cache, struct shard *shard, struct sf_map_kept *kept)
{
  struct sf_map_kept **link = bucket_of (shard, kept->hash);
  while (*link != kept)
    link = &(*link)->next;
  *link = kept->next;
  unlink_age (shard, kept);
  shard->bytes -= kept->bytes;
  sf_map_cache_release (cache, kept);
}

enum sf_code
sf_map_cache_new (size_t bytes_max, void (*free_value) (void *value), struct sf_map_cache **ret_cache,
                  struct sf_error *err)
{
  struct sf_map_cache *cache = sf_mem_calloc (1, sizeof *cache);
  if (!cache)
    return sf_fail (err, SF_ENOMEM, "out of memory for the answers kept in memory");
  cache->shard_bytes_max = bytes_max / SHARDS;
  cache->free_value = free_value;
  for (int i = 0; i < SHARDS; i++)
    pthread_mutex_init (&cache->shards[i].lock, NULL);
  *ret_cache = cache;
  return SF_OK;
}

void
sf_map_cache_free (struct sf_map_cache *cache)
{
  if (!cache)
    return;
  for (int i = 0; i < SHARDS; i++)
    {
      while (cache->shards[i].oldest)
        remove_kept (cache, &cache->shards[i], cache->shards[i].oldest);
      pthread_mutex_destroy (&cache->shards[i].lock);
    }
  sf_mem_free (cache);
}

void *
sf_map_cache_get (struct sf_map_cache *cache, uint64_t world, const char *key, struct sf_map_kept **ret_kept)
{
  uint64_t hash = hash_of (world, key);
  struct shard *shard = &cache->shards[hash % SHARDS];
  pthread_mutex_lock (&shard->lock);
  struct sf_map_kept *kept = find (shard, hash, world, key);
  if (kept)
    {
      atomic_fetch_add_explicit (&kept->references, 1, memory_order_relaxed);
      unlink_age (shard, kept);
      make_newest (shard, kept);
    }
  pthread_mutex_unlock (&shard->lock);
  *ret_kept = kept;
  return kept ? kept->value : NULL;
}

static void
insert (struct sf_map_cache *cache, struct shard *shard, struct sf_map_kept *kept)
{
  struct sf_map_kept *old = find (shard, kept->hash, kept->world, kept->key);
  if (old)
    remove_kept (cache, shard, old);
  while (shard->oldest && shard->bytes + kept->bytes > cache->shard_bytes_max)
    remove_kept (cache, shard, shard->oldest);
  struct sf_map_kept **bucket = bucket_of (shard, kept->hash);
  kept->next = *bucket;
  *bucket = kept;
  make_newest (shard, kept);
  shard->bytes += kept->bytes;
  atomic_fetch_add_explicit (&kept->references, 1, memory_order_relaxed);
}

void
sf_map_cache_put (struct sf_map_cache *cache, uint64_t world, const char *key, void *value, size_t bytes,
                  struct sf_map_kept **ret_kept)
{
  size_t length = strlen (key) + 1;
  struct sf_map_kept *kept = sf_mem_alloc (sizeof *kept + length);
  *ret_kept = kept;
  if (!kept)
    {
      cache->free_value (value);
      return;
    }
  *kept = (struct sf_map_kept){
    .hash = hash_of (world, key), .world = world, .value = value, .bytes = bytes + length + sizeof *kept
  };
  memcpy (kept->key, key, length);
  atomic_init (&kept->references, 1);
  if (kept->bytes > cache->shard_bytes_max)
    return;
  struct shard *shard = &cache->shards[kept->hash % SHARDS];
  pthread_mutex_lock (&shard->lock);
  insert (cache, shard, kept);
  pthread_mutex_unlock (&shard->lock);
}
