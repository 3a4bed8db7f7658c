/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_STORE_NAMES_H
#define SF_CORE_STORE_NAMES_H

#include "core/base/error.h"
#include "core/base/mem.h"

#include <stddef.h>
#include <stdint.h>

/* A dictionary in memory: byte strings get the numbers 0, 1, 2 ... in the order they come. Zero-initialise. */
struct sf_name
{
  uint64_t hash;
  size_t length;
  const char *bytes; /* terminated; until finish */
};

struct sf_names
{
  struct sf_name *names;
  size_t count, capacity;
  uint32_t *slots; /* number + 1 of the name there, 0: free */
  size_t slots_count;
  struct sf_arena arena;
};

void sf_names_finish (struct sf_names *names);
/* The number of a byte string, given to it when it is new. SF_ENOMEM, then nothing has changed. */
enum sf_code sf_names_put (struct sf_names *names, const void *bytes, size_t length, uint32_t *ret_number,
                           struct sf_error *err);

/* FNV-1a over eight bytes at a time; for tables in memory only. */
uint64_t sf_names_hash (const void *bytes, size_t length);

#endif
