/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plugin/pool.h"

#include "core/base/mem.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>

/* One parallel call. Blocks are taken by counting next up; the lowest failing block's error is kept. */
struct job
{
  sf_pool_fn fn;
  void *ctx;
  int blocks;
  const atomic_bool *cancel;
  atomic_int next;
  atomic_int failed_block; /* blocks when none failed */
  pthread_mutex_t lock;
  struct sf_error error;
};

struct sf_pool
{
  int threads;
  pthread_t *workers;
  int workers_count;
  pthread_mutex_t lock;
  pthread_cond_t wake, idle;
  struct job *job;
  long generation;
  int working;
  bool stop;
  pthread_mutex_t use; /* held by the thread whose job runs */
};

static bool
cancelled (const struct job *job)
{
  return job->cancel && atomic_load_explicit (job->cancel, memory_order_relaxed);
}

static void
keep_failure (struct job *job, int block, enum sf_code code, const struct sf_error *error)
{
  pthread_mutex_lock (&job->lock);
  if (block < atomic_load (&job->failed_block))
    {
      atomic_store (&job->failed_block, block);
      job->error = *error;
      job->error.code = code;
    }
  pthread_mutex_unlock (&job->lock);
}

static void
work (struct job *job)
{
  for (;;)
    {
      int block = atomic_fetch_add (&job->next, 1);
      if (block >= job->blocks || block > atomic_load (&job->failed_block))
        return;
      struct sf_error error = { 0 };
      enum sf_code code = cancelled (job) ? sf_fail (&error, SF_ECANCELLED, "the work was cancelled")
                                          : job->fn (job->ctx, block, &error);
      if (code != SF_OK)
        keep_failure (job, block, code, &error);
    }
}

static void *
worker (void *arg)
{
  struct sf_pool *pool = arg;
  long seen = 0;
  pthread_mutex_lock (&pool->lock);
  while (!pool->stop)
    {
      if (!pool->job || pool->generation == seen)
        {
          pthread_cond_wait (&pool->wake, &pool->lock);
          continue;
        }
      seen = pool->generation;
      struct job *job = pool->job;
      pool->working++;
      pthread_mutex_unlock (&pool->lock);
      work (job);
      pthread_mutex_lock (&pool->lock);
      if (--pool->working == 0)
        pthread_cond_signal (&pool->idle);
    }
  pthread_mutex_unlock (&pool->lock);
  return NULL;
}

static int
processors (void)
{
  cpu_set_t set;
  int n = sched_getaffinity (0, sizeof set, &set) == 0 ? CPU_COUNT (&set) : 1;
  return n < 1 ? 1 : n;
}

/* Workers take no signals: those are the main thread's business. */
static void
start_workers (struct sf_pool *pool)
{
  sigset_t all, old;
  sigfillset (&all);
  pthread_sigmask (SIG_SETMASK, &all, &old);
  while (pool->workers_count < pool->threads - 1
         && pthread_create (&pool->workers[pool->workers_count], NULL, worker, pool) == 0)
    pool->workers_count++;
  pthread_sigmask (SIG_SETMASK, &old, NULL);
}

enum sf_code
sf_pool_new (int threads, struct sf_pool **ret_pool, struct sf_error *err)
{
  if (threads < 0 || threads > 1024)
    return sf_fail (err, SF_ERANGE, "threads must be 0 (one per processor) to 1024, got %d", threads);
  struct sf_pool *pool = sf_mem_calloc (1, sizeof *pool);
  if (!pool)
    return sf_fail (err, SF_ENOMEM, "out of memory for the thread pool");
  pool->threads = threads ? threads : processors ();
  pool->workers = sf_mem_calloc ((size_t) pool->threads, sizeof *pool->workers);
  if (!pool->workers)
    {
      sf_mem_free (pool);
      return sf_fail (err, SF_ENOMEM, "out of memory for the thread pool");
    }
  pthread_mutex_init (&pool->lock, NULL);
  pthread_mutex_init (&pool->use, NULL);
  pthread_cond_init (&pool->wake, NULL);
  pthread_cond_init (&pool->idle, NULL);
  start_workers (pool);
  *ret_pool = pool;
  return SF_OK;
}

void
sf_pool_free (struct sf_pool *pool)
{
  if (!pool)
    return;
  pthread_mutex_lock (&pool->lock);
  pool->stop = true;
  pthread_cond_broadcast (&pool->wake);
  pthread_mutex_unlock (&pool->lock);
  for (int i = 0; i < pool->workers_count; i++)
    pthread_join (pool->workers[i], NULL);
  pthread_cond_destroy (&pool->idle);
  pthread_cond_destroy (&pool->wake);
  pthread_mutex_destroy (&pool->use);
  pthread_mutex_destroy (&pool->lock);
  sf_mem_free (pool->workers);
  sf_mem_free (pool);
}

int
sf_pool_threads (const struct sf_pool *pool)
{
  return pool->threads;
}

static void
run_shared (struct sf_pool *pool, struct job *job)
{
  pthread_mutex_lock (&pool->lock);
  pool->job = job;
  pool->generation++;
  pthread_cond_broadcast (&pool->wake);
  pthread_mutex_unlock (&pool->lock);
  work (job);
  pthread_mutex_lock (&pool->lock);
  pool->job = NULL;
  while (pool->working > 0)
    pthread_cond_wait (&pool->idle, &pool->lock);
  pthread_mutex_unlock (&pool->lock);
}

enum sf_code
sf_pool_run (struct sf_pool *pool, int blocks, sf_pool_fn fn, void *ctx, const atomic_bool *cancel,
             struct sf_error *err)
{
  struct job job = { .fn = fn, .ctx = ctx, .blocks = blocks, .cancel = cancel };
  atomic_init (&job.next, 0);
  atomic_init (&job.failed_block, blocks);
  pthread_mutex_init (&job.lock, NULL);
  if (pool->workers_count > 0 && blocks > 1 && pthread_mutex_trylock (&pool->use) == 0)
    {
      run_shared (pool, &job);
      pthread_mutex_unlock (&pool->use);
    }
  else
    work (&job);
  pthread_mutex_destroy (&job.lock);
  if (atomic_load (&job.failed_block) == blocks)
    return SF_OK;
  return sf_fail (err, job.error.code, "%s", job.error.message);
}
