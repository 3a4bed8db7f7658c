/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_SERVICE_MAP_CACHE_H
#define PLUGINS_SERVICE_MAP_CACHE_H

#include "core/base/error.h"

#include <stddef.h>
#include <stdint.h>

/* Answers kept in memory by world and target, least recently used first out. A value is anything with a free function;
   whoever gets one holds it until release. Any thread; shards keep threads out of each other's way. */
struct sf_map_cache;
struct sf_map_kept;

/* What the values are freed with; bytes_max bounds the sum of what put was told (and keys). */
enum sf_code sf_map_cache_new (size_t bytes_max, void (*free_value) (void *value), struct sf_map_cache **ret_cache,
                               struct sf_error *err);
void sf_map_cache_free (struct sf_map_cache *cache);

/* The value of a key, NULL when absent; *ret_kept is given back with release. */
void *sf_map_cache_get (struct sf_map_cache *cache, uint64_t world, const char *key, struct sf_map_kept **ret_kept);
/* Hand a value over and hold it: *ret_kept is given back with release, and is NULL when memory was out and the value was
   freed. It replaces another one of that key, which stays for its holders. A value larger than a shard's share is not
   found again. */
void sf_map_cache_put (struct sf_map_cache *cache, uint64_t world, const char *key, void *value, size_t bytes,
                       struct sf_map_kept **ret_kept);
void sf_map_cache_release (struct sf_map_cache *cache, struct sf_map_kept *kept);

#endif
