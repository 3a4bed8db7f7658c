/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_PLUGIN_POOL_H
#define SF_CORE_PLUGIN_POOL_H

#include "core/base/error.h"

#include <stdatomic.h>
#include <stdbool.h>

/* The one pool of threads that all parallel work of a process goes through. */
struct sf_pool;

typedef enum sf_code (*sf_pool_fn) (void *ctx, int block, struct sf_error *err);

/* threads 0 means one per processor that this process may use. The caller's thread works too, so threads 1 starts none. */
enum sf_code sf_pool_new (int threads, struct sf_pool **ret_pool, struct sf_error *err);
void sf_pool_free (struct sf_pool *pool);
int sf_pool_threads (const struct sf_pool *pool);

/* Run fn (ctx, block) for every block in [0, blocks) and return when all are done. Blocks are handed out in order; which
   thread takes which is open, so fn writes only what belongs to its block. The error of the lowest failing block is
   returned, later blocks are then not started. *cancel (NULL: never) is looked at before each block: SF_ECANCELLED.
   A call from inside a block, or while another thread is using the pool, runs its blocks in the calling thread. */
enum sf_code sf_pool_run (struct sf_pool *pool, int blocks, sf_pool_fn fn, void *ctx, const atomic_bool *cancel,
                          struct sf_error *err);

#endif
