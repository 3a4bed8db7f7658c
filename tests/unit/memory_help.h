/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_MEMORY_HELP_H
#define TESTS_UNIT_MEMORY_HELP_H

/* For tests in which the n-th allocation fails: which n come next, and what a run has left behind. */
#include <check.h>

#include <dirent.h>
#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

enum
{
  ALLOCATIONS_TRIED_ALL = 30, /* of a sample: each of the first, then about one of ALLOCATIONS_GAP */
  ALLOCATIONS_GAP = 100
};

/* Each one is tried with ALLOCATION_STEP=1 in the environment, a share of them with ALLOCATION_FIRST=2 ALLOCATION_STEP=4;
   else a sample that changes from run to run. */
static inline long
first_allocation (void)
{
  const char *first = getenv ("ALLOCATION_FIRST");
  return first && atol (first) > 0 ? atol (first) : 1;
}

static inline long
next_allocation (long n)
{
  const char *step = getenv ("ALLOCATION_STEP");
  if (step)
    return n + (atol (step) > 0 ? atol (step) : 1);
  return n < ALLOCATIONS_TRIED_ALL ? n + 1 : n + 1 + (n * 7 + getpid ()) % (2 * ALLOCATIONS_GAP);
}

static inline int
count_descriptors (void)
{
  DIR *folder = opendir ("/proc/self/fd");
  int count = 0;
  ck_assert_ptr_nonnull (folder);
  while (readdir (folder))
    count++;
  closedir (folder);
  return count;
}

/* Blocks that the whole process, with every library in it, has from malloc and has not given back. A sanitized build has
   its own malloc, and tells of leaks at the end. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
static inline long
count_blocks (void)
{
  return 0;
}
#else
extern void *__libc_malloc (size_t size);
extern void *__libc_calloc (size_t count, size_t size);
extern void *__libc_realloc (void *block, size_t size);
extern void *__libc_memalign (size_t alignment, size_t size);
extern void __libc_free (void *block);

static atomic_long blocks;

static inline long
count_blocks (void)
{
  return atomic_load (&blocks);
}

static inline void *
counted (void *block)
{
  if (block)
    atomic_fetch_add_explicit (&blocks, 1, memory_order_relaxed);
  return block;
}

void *
malloc (size_t size)
{
  return counted (__libc_malloc (size));
}

void *
calloc (size_t count, size_t size)
{
  return counted (__libc_calloc (count, size));
}

void
free (void *block)
{
  if (block)
    atomic_fetch_sub_explicit (&blocks, 1, memory_order_relaxed);
  __libc_free (block);
}

void *
realloc (void *block, size_t size)
{
  if (!block)
    return malloc (size);
  if (size == 0)
    {
      free (block);
      return NULL;
    }
  return __libc_realloc (block, size);
}

void *
aligned_alloc (size_t alignment, size_t size)
{
  return counted (__libc_memalign (alignment, size));
}

void *
memalign (size_t alignment, size_t size)
{
  return aligned_alloc (alignment, size);
}

int
posix_memalign (void **ret_block, size_t alignment, size_t size)
{
  *ret_block = aligned_alloc (alignment, size);
  return *ret_block ? 0 : ENOMEM;
}
#endif

#endif
