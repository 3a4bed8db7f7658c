/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_BASE_MEM_H
#define SF_CORE_BASE_MEM_H

#include <stdarg.h>
#include <stddef.h>

/* Allocation that a test can make fail. All return NULL when memory is out; size 0 gives a valid pointer. */
void *sf_mem_alloc (size_t size_bytes);
void *sf_mem_calloc (size_t count, size_t size_bytes);
void *sf_mem_realloc (void *block, size_t size_bytes);
char *sf_mem_strdup (const char *text);
char *sf_mem_printf (const char *format, ...) __attribute__ ((format (printf, 1, 2)));
void sf_mem_free (void *block);

/* Grow *block, an array of *capacity items of item_bytes, so that it holds at least need items.
   Returns 0, or -1 with everything untouched when memory is out. Usage: sf_mem_grow ((void **) &a, &cap, n + 1, sizeof *a). */
int sf_mem_grow (void **block, size_t *capacity, size_t need, size_t item_bytes);

/* For tests: the n-th allocation from now fails (1 = the next), and with all_later every one after it; 0 switches off.
   The count of allocations since the last call is returned by sf_mem_count. Process-wide by nature. */
void sf_mem_fail_at (long n, int all_later);
long sf_mem_count (void);
/* How many allocations failed since the process began, of all threads: whoever must know whether any did, and cannot ask. */
long sf_mem_failures (void);

/* A region that lives for one message, file or stage. Zero-initialise it or call sf_arena_init; reset keeps one block. */
struct sf_arena
{
  struct sf_arena_block *blocks;
  size_t total_bytes;
  int failed; /* memory was out since init or reset: one look at the end, for texts whose absence would say something else */
};

void sf_arena_init (struct sf_arena *arena);
/* Let an empty arena begin with memory of the caller's, aligned to 16 bytes, that outlives it; too little is not used. */
void sf_arena_lend (struct sf_arena *arena, void *memory, size_t size_bytes);
void sf_arena_finish (struct sf_arena *arena);
void sf_arena_reset (struct sf_arena *arena);
/* Memory aligned to 16 bytes, not cleared (alloc) or cleared (calloc), until reset or finish; NULL when out. */
void *sf_arena_alloc (struct sf_arena *arena, size_t size_bytes);
void *sf_arena_calloc (struct sf_arena *arena, size_t count, size_t size_bytes);
char *sf_arena_strdup (struct sf_arena *arena, const char *text);
char *sf_arena_strndup (struct sf_arena *arena, const char *text, size_t length_bytes);
char *sf_arena_printf (struct sf_arena *arena, const char *format, ...) __attribute__ ((format (printf, 2, 3)));

#endif
