/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/service/map/cache.h"
#include "tests/unit/base.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

enum
{
  SHARDS = 16, /* among which the bytes are divided */
  THREADS = 8,
  ROUNDS = 20000,
  KEYS = 200
};

static atomic_int alive; /* values that were not freed */

static void
free_value (void *value)
{
  atomic_fetch_sub (&alive, 1);
  free (value);
}

static int *
new_value (int number)
{
  int *value = malloc (sizeof *value);
  ck_assert_ptr_nonnull (value);
  *value = number;
  atomic_fetch_add (&alive, 1);
  return value;
}

static struct sf_map_cache *
open_cache (size_t bytes)
{
  struct sf_map_cache *cache = NULL;
  atomic_store (&alive, 0);
  ck_done (sf_map_cache_new (bytes, free_value, &cache, err));
  return cache;
}

static void
put (struct sf_map_cache *cache, uint64_t world, const char *key, int number, size_t bytes)
{
  struct sf_map_kept *kept;
  sf_map_cache_put (cache, world, key, new_value (number), bytes, &kept);
  sf_map_cache_release (cache, kept);
}

/* The number that a key has, -1 for none. */
static int
get (struct sf_map_cache *cache, uint64_t world, const char *key)
{
  struct sf_map_kept *kept;
  const int *value = sf_map_cache_get (cache, world, key, &kept);
  int number = value ? *value : -1;
  sf_map_cache_release (cache, kept);
  return number;
}

START_TEST (keys_of_worlds)
{
  struct sf_map_cache *cache = open_cache (1 << 20);
  ck_assert_int_eq (get (cache, 1, "a"), -1);
  put (cache, 1, "a", 1, 10);
  put (cache, 2, "a", 2, 10);
  put (cache, 1, "b", 3, 10);
  ck_assert_int_eq (get (cache, 1, "a"), 1);
  ck_assert_int_eq (get (cache, 2, "a"), 2);
  ck_assert_int_eq (get (cache, 1, "b"), 3);
  ck_assert_int_eq (get (cache, 2, "b"), -1);
  put (cache, 1, "a", 4, 10);
  ck_assert_int_eq (get (cache, 1, "a"), 4);
  ck_assert_int_eq (atomic_load (&alive), 3);
  sf_map_cache_free (cache);
  ck_assert_int_eq (atomic_load (&alive), 0);
}
END_TEST

/* One key of a world is used again and again, the others once: it stays, and the rest is bounded. */
START_TEST (least_recently_used_go_first)
{
  struct sf_map_cache *cache = open_cache (SHARDS * 10000);
  char key[16];
  put (cache, 1, "dear", 1, 1000);
  for (int i = 0; i < 10000; i++)
    {
      snprintf (key, sizeof key, "%d", i);
      put (cache, 1, key, i, 1000);
      ck_assert_int_eq (get (cache, 1, "dear"), 1);
      ck_assert_int_le (atomic_load (&alive), SHARDS * 10);
    }
  ck_assert_int_eq (get (cache, 1, key), 9999);
  ck_assert_int_eq (get (cache, 1, "0"), -1);
  ck_assert_int_gt (atomic_load (&alive), SHARDS * 6);
  sf_map_cache_free (cache);
  ck_assert_int_eq (atomic_load (&alive), 0);
}
END_TEST

START_TEST (holders_keep_what_the_cache_dropped)
{
  struct sf_map_cache *cache = open_cache (SHARDS * 1000);
  struct sf_map_kept *kept, *large;
  sf_map_cache_put (cache, 1, "a", new_value (1), 500, &kept);
  put (cache, 1, "a", 2, 500); /* another one in its place */
  int *value = new_value (3);
  sf_map_cache_put (cache, 1, "large", value, 100000, &large); /* larger than its share */
  ck_assert_int_eq (get (cache, 1, "large"), -1);
  ck_assert_int_eq (*value, 3);
  ck_assert_int_eq (atomic_load (&alive), 3);
  sf_map_cache_release (cache, kept);
  sf_map_cache_release (cache, large);
  ck_assert_int_eq (atomic_load (&alive), 1);
  sf_map_cache_release (cache, NULL);
  sf_map_cache_free (cache);
  ck_assert_int_eq (atomic_load (&alive), 0);
}
END_TEST

START_TEST (without_memory)
{
  struct sf_map_cache *cache = NULL;
  sf_mem_fail_at (1, 0);
  ck_fails (sf_map_cache_new (1000, free_value, &cache, err), SF_ENOMEM, "out of memory");
  sf_mem_fail_at (0, 0);
  cache = open_cache (1 << 20);
  struct sf_map_kept *kept = (void *) 1;
  int *value = new_value (1);
  sf_mem_fail_at (1, 0);
  sf_map_cache_put (cache, 1, "a", value, 10, &kept);
  sf_mem_fail_at (0, 0);
  ck_assert_ptr_null (kept);
  ck_assert_int_eq (atomic_load (&alive), 0);
  ck_assert_int_eq (get (cache, 1, "a"), -1);
  sf_map_cache_free (cache);
  sf_map_cache_free (NULL);
}
END_TEST

START_TEST (a_cache_of_nothing_finds_nothing)
{
  struct sf_map_cache *cache = open_cache (0);
  put (cache, 1, "a", 1, 0);
  ck_assert_int_eq (get (cache, 1, "a"), -1);
  ck_assert_int_eq (atomic_load (&alive), 0);
  sf_map_cache_free (cache);
}
END_TEST

struct worker
{
  pthread_t thread;
  struct sf_map_cache *cache;
  unsigned seed;
  int wrong;
};

/* The value of key k is k, whoever put it. */
static void *
work (void *ctx)
{
  struct worker *worker = ctx;
  for (int i = 0; i < ROUNDS; i++)
    {
      char key[16];
      struct sf_map_kept *kept;
      int number = rand_r (&worker->seed) % KEYS;
      snprintf (key, sizeof key, "%d", number);
      const int *value = sf_map_cache_get (worker->cache, 1, key, &kept);
      worker->wrong += value && *value != number;
      if (!value)
        sf_map_cache_put (worker->cache, 1, key, new_value (number), 100, &kept);
      sf_map_cache_release (worker->cache, kept);
    }
  return NULL;
}

START_TEST (threads)
{
  struct worker workers[THREADS];
  struct sf_map_cache *cache = open_cache (SHARDS * 1000); /* room for a part of the keys */
  for (int i = 0; i < THREADS; i++)
    {
      workers[i] = (struct worker){ .cache = cache, .seed = (unsigned) i };
      ck_assert_int_eq (pthread_create (&workers[i].thread, NULL, work, &workers[i]), 0);
    }
  for (int i = 0; i < THREADS; i++)
    {
      pthread_join (workers[i].thread, NULL);
      ck_assert_int_eq (workers[i].wrong, 0);
    }
  sf_map_cache_free (cache);
  ck_assert_int_eq (atomic_load (&alive), 0);
}
END_TEST

int
main (void)
{
  const TTest *const tests[] = { keys_of_worlds,
                                 least_recently_used_go_first,
                                 holders_keep_what_the_cache_dropped,
                                 without_memory,
                                 a_cache_of_nothing_finds_nothing,
                                 threads,
                                 NULL };
  return run_tests ("map_cache", tests);
}
