/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/transport/postgres_poll/postgres_poll.h"

#include <string.h>

static bool
is_free (const struct sf_key *slot)
{
  static const struct sf_key none;
  return !memcmp (slot, &none, sizeof none);
}

/* The slot of a key, or the free one where it would go. The key is a hash already. */
static size_t
place_of (const struct known_rows *rows, const struct sf_key *key)
{
  uint64_t start;
  memcpy (&start, key->bytes, sizeof start);
  size_t at = (size_t) start & (rows->capacity - 1);
  while (!is_free (&rows->slots[at]) && memcmp (&rows->slots[at], key, sizeof *key))
    at = (at + 1) & (rows->capacity - 1);
  return at;
}

static bool
grow (struct known_rows *rows)
{
  struct known_rows larger = { .count = rows->count, .capacity = rows->capacity ? 2 * rows->capacity : 1024 };
  larger.slots = sf_mem_calloc (larger.capacity, sizeof *larger.slots);
  if (!larger.slots)
    return false;
  for (size_t i = 0; i < rows->capacity; i++)
    if (!is_free (&rows->slots[i]))
      larger.slots[place_of (&larger, &rows->slots[i])] = rows->slots[i];
  sf_mem_free (rows->slots);
  *rows = larger;
  return true;
}

bool
known_rows_add (struct known_rows *rows, const struct sf_key *key)
{
  if (rows->count >= KNOWN_ROWS_MAX || is_free (key) || known_rows_has (rows, key))
    return true;
  if (2 * (rows->count + 1) > rows->capacity && !grow (rows))
    return false;
  rows->slots[place_of (rows, key)] = *key;
  rows->count++;
  return true;
}

bool
known_rows_has (const struct known_rows *rows, const struct sf_key *key)
{
  return rows->capacity && !is_free (&rows->slots[place_of (rows, key)]);
}

void
known_rows_clear (struct known_rows *rows)
{
  if (rows->capacity)
    memset (rows->slots, 0, rows->capacity * sizeof *rows->slots);
  rows->count = 0;
}

void
known_rows_finish (struct known_rows *rows)
{
  sf_mem_free (rows->slots);
  *rows = (struct known_rows){ 0 };
}
