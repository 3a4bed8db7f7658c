/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/mem.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The failing allocator is a hook of the whole process: the one deliberate exception to "no mutable globals". */
static atomic_long alloc_count;
static atomic_long fail_at;
static atomic_int fail_all_later;
static atomic_long failures;

static int
must_fail (void)
{
  long n = atomic_fetch_add_explicit (&alloc_count, 1, memory_order_relaxed) + 1;
  long at = atomic_load_explicit (&fail_at, memory_order_relaxed);
  if (at == 0)
    return 0;
  return n == at || (n > at && atomic_load_explicit (&fail_all_later, memory_order_relaxed));
}

void
sf_mem_fail_at (long n, int all_later)
{
  atomic_store (&alloc_count, 0);
  atomic_store (&fail_all_later, all_later);
  atomic_store (&fail_at, n);
}

long
sf_mem_count (void)
{
  return atomic_load (&alloc_count);
}

long
sf_mem_failures (void)
{
  return atomic_load_explicit (&failures, memory_order_relaxed);
}

static void *
note (void *block)
{
  if (!block)
    atomic_fetch_add_explicit (&failures, 1, memory_order_relaxed);
  return block;
}

void *
sf_mem_alloc (size_t size_bytes)
{
  return note (must_fail () ? NULL : malloc (size_bytes ? size_bytes : 1));
}

void *
sf_mem_calloc (size_t count, size_t size_bytes)
{
  return note (must_fail () ? NULL : calloc (count ? count : 1, size_bytes ? size_bytes : 1));
}

void *
sf_mem_realloc (void *block, size_t size_bytes)
{
  return note (must_fail () ? NULL : realloc (block, size_bytes ? size_bytes : 1));
}

void
sf_mem_free (void *block)
{
  free (block);
}

char *
sf_mem_strdup (const char *text)
{
  size_t n = strlen (text) + 1;
  char *copy = sf_mem_alloc (n);
  return copy ? memcpy (copy, text, n) : NULL;
}

char *
sf_mem_printf (const char *format, ...)
{
  va_list args;
  va_start (args, format);
  int n = vsnprintf (NULL, 0, format, args);
  va_end (args);
  char *text = n < 0 ? NULL : sf_mem_alloc ((size_t) n + 1);
  if (!text)
    return NULL;
  va_start (args, format);
  vsnprintf (text, (size_t) n + 1, format, args);
  va_end (args);
  return text;
}

int
sf_mem_grow (void **block, size_t *capacity, size_t need, size_t item_bytes)
{
  if (need <= *capacity)
    return 0;
  size_t want = *capacity ? *capacity : 8;
  while (want < need)
    {
      if (want > SIZE_MAX / 2 / item_bytes)
        return -1;
      want *= 2;
    }
  void *grown = sf_mem_realloc (*block, want * item_bytes);
  if (!grown)
    return -1;
  *block = grown;
  *capacity = want;
  return 0;
}

struct sf_arena_block
{
  struct sf_arena_block *next;
  size_t size_bytes, used_bytes;
  int is_lent;
  _Alignas(16) unsigned char bytes[];
};

enum
{
  ARENA_BLOCK_BYTES = 64 * 1024
};

void
sf_arena_init (struct sf_arena *arena)
{
  *arena = (struct sf_arena){ 0 };
}

void
sf_arena_lend (struct sf_arena *arena, void *memory, size_t size_bytes)
{
  struct sf_arena_block *block = memory;
  if (size_bytes < sizeof *block)
    return;
  *block = (struct sf_arena_block){ .size_bytes = (size_bytes - sizeof *block) & ~(size_t) 15, .is_lent = 1 };
  arena->blocks = block;
  arena->total_bytes = block->size_bytes;
}

void
sf_arena_finish (struct sf_arena *arena)
{
  while (arena->blocks)
    {
      struct sf_arena_block *next = arena->blocks->next;
      if (!arena->blocks->is_lent)
        sf_mem_free (arena->blocks);
      arena->blocks = next;
    }
  arena->total_bytes = 0;
  arena->failed = 0;
}

void
sf_arena_reset (struct sf_arena *arena)
{
  struct sf_arena_block *keep = arena->blocks;
  arena->failed = 0;
  if (!keep)
    return;
  arena->blocks = keep->next;
  sf_arena_finish (arena);
  keep->next = NULL;
  keep->used_bytes = 0;
  arena->blocks = keep;
  arena->total_bytes = keep->size_bytes;
}

void *
sf_arena_alloc (struct sf_arena *arena, size_t size_bytes)
{
  if (size_bytes > SIZE_MAX - 2 * sizeof (struct sf_arena_block) - 16)
    {
      arena->failed = 1;
      return NULL;
    }
  size_t need = (size_bytes + 15) & ~(size_t) 15;
  struct sf_arena_block *block = arena->blocks;
  if (!block || block->size_bytes - block->used_bytes < need)
    {
      size_t size = need > ARENA_BLOCK_BYTES ? need : ARENA_BLOCK_BYTES;
      block = sf_mem_alloc (sizeof *block + size);
      if (!block)
        {
          arena->failed = 1;
          return NULL;
        }
      *block = (struct sf_arena_block){ .next = arena->blocks, .size_bytes = size };
      arena->blocks = block;
      arena->total_bytes += size;
    }
  void *out = block->bytes + block->used_bytes;
  block->used_bytes += need;
  return out;
}

void *
sf_arena_calloc (struct sf_arena *arena, size_t count, size_t size_bytes)
{
  if (size_bytes && count > SIZE_MAX / size_bytes)
    return NULL;
  void *out = sf_arena_alloc (arena, count * size_bytes);
  return out ? memset (out, 0, count * size_bytes) : NULL;
}

char *
sf_arena_strndup (struct sf_arena *arena, const char *text, size_t length_bytes)
{
  char *copy = sf_arena_alloc (arena, length_bytes + 1);
  if (!copy)
    return NULL;
  memcpy (copy, text, length_bytes);
  copy[length_bytes] = '\0';
  return copy;
}

char *
sf_arena_strdup (struct sf_arena *arena, const char *text)
{
  return sf_arena_strndup (arena, text, strlen (text));
}

char *
sf_arena_printf (struct sf_arena *arena, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  int n = vsnprintf (NULL, 0, format, args);
  va_end (args);
  char *text = n < 0 ? NULL : sf_arena_alloc (arena, (size_t) n + 1);
  if (!text)
    return NULL;
  va_start (args, format);
  vsnprintf (text, (size_t) n + 1, format, args);
  va_end (args);
  return text;
}
