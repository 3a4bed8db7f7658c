/* SPDX-License-Identifier: Apache-2.0 */
#include "core/store/names.h"

#include <string.h>

enum
{
  SLOTS_AT_FIRST = 1024
};

uint64_t
sf_names_hash (const void *bytes, size_t length)
{
  static const uint64_t PRIME = UINT64_C (0x100000001b3);
  const char *at = bytes;
  uint64_t hash = UINT64_C (0xcbf29ce484222325) ^ length;
  for (; length >= 8; at += 8, length -= 8)
    {
      uint64_t eight;
      memcpy (&eight, at, sizeof eight);
      hash = (hash ^ eight) * PRIME;
      hash ^= hash >> 29;
    }
  for (; length > 0; at++, length--)
    hash = (hash ^ (unsigned char) *at) * PRIME;
  return hash ^ hash >> 32;
}

void
sf_names_finish (struct sf_names *names)
{
  sf_mem_free (names->names);
  sf_mem_free (names->slots);
  sf_arena_finish (&names->arena);
  *names = (struct sf_names){ 0 };
}

/* The slot that holds the name, or the free one where it belongs. */
static uint32_t *
find_slot (const struct sf_names *names, uint64_t hash, const void *bytes, size_t length)
{
  size_t mask = names->slots_count - 1;
  for (size_t at = hash & mask;; at = (at + 1) & mask)
    {
      uint32_t *slot = &names->slots[at];
      if (*slot == 0)
        return slot;
      const struct sf_name *name = &names->names[*slot - 1];
      if (name->hash == hash && name->length == length && memcmp (name->bytes, bytes, length) == 0)
        return slot;
    }
}

static enum sf_code
widen (struct sf_names *names, struct sf_error *err)
{
  size_t count = names->slots_count ? 2 * names->slots_count : SLOTS_AT_FIRST;
  uint32_t *slots = sf_mem_calloc (count, sizeof *slots);
  if (!slots)
    return sf_fail (err, SF_ENOMEM, "no memory for a dictionary of %zu names", count);
  for (size_t i = 0; i < names->count; i++)
    {
      size_t at = names->names[i].hash & (count - 1);
      while (slots[at])
        at = (at + 1) & (count - 1);
      slots[at] = (uint32_t) i + 1;
    }
  sf_mem_free (names->slots);
  names->slots = slots;
  names->slots_count = count;
  return SF_OK;
}

enum sf_code
sf_names_put (struct sf_names *names, const void *bytes, size_t length, uint32_t *ret_number, struct sf_error *err)
{
  uint64_t hash = sf_names_hash (bytes, length);
  if (2 * (names->count + 1) > names->slots_count)
    SF_TRY (widen (names, err));
  uint32_t *slot = find_slot (names, hash, bytes, length);
  if (*slot == 0)
    {
      char *copy = NULL;
      if (sf_mem_grow ((void **) &names->names, &names->capacity, names->count + 1, sizeof *names->names) != 0
          || !(copy = sf_arena_strndup (&names->arena, bytes, length)))
        return sf_fail (err, SF_ENOMEM, "no memory for a name of %zu bytes", length);
      names->names[names->count] = (struct sf_name){ .hash = hash, .length = length, .bytes = copy };
      *slot = (uint32_t) ++names->count;
    }
  *ret_number = *slot - 1;
  return SF_OK;
}
