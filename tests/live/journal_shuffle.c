/* SPDX-License-Identifier: Apache-2.0 */
/* journal_shuffle FROM INTO SEED: copy the messages of a journal into another one in any order, with their received times. */
#include "core/base/mem.h"
#include "core/base/time.h"
#include "core/feed/journal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct shuffle
{
  struct sf_journal *from, *into;
  int64_t *ids;
  size_t count, capacity;
};

static enum sf_code
list (void *ctx, const struct sf_journal_entry *entry, struct sf_error *err)
{
  struct shuffle *shuffle = ctx;
  if (sf_mem_grow ((void **) &shuffle->ids, &shuffle->capacity, shuffle->count + 1, sizeof *shuffle->ids) != 0)
    return sf_fail (err, SF_ENOMEM, "out of memory");
  shuffle->ids[shuffle->count++] = entry->id;
  return SF_OK;
}

static enum sf_code
copy (void *ctx, const struct sf_journal_entry *entry, struct sf_error *err)
{
  struct shuffle *shuffle = ctx;
  int64_t id;
  struct sf_message message = { .feed = entry->feed,
                                .source = entry->source,
                                .identity = entry->identity,
                                .received_s = entry->received_s,
                                .bytes = entry->bytes,
                                .length = entry->length };
  return sf_journal_append (shuffle->into, &message, entry->decoder, &id, err);
}

static void
mix (struct shuffle *shuffle, unsigned seed)
{
  srand (seed);
  for (size_t i = shuffle->count; i > 1; i--)
    {
      size_t other = (size_t) rand () % i;
      int64_t id = shuffle->ids[i - 1];
      shuffle->ids[i - 1] = shuffle->ids[other];
      shuffle->ids[other] = id;
    }
}

static enum sf_code
shuffle_all (struct shuffle *shuffle, unsigned seed, struct sf_error *err)
{
  struct sf_journal_range range = { .from_s = SF_TIME_MISSING, .to_s = SF_TIME_MISSING };
  SF_TRY (sf_journal_read (shuffle->from, &range, list, shuffle, err));
  mix (shuffle, seed);
  range.limit = 1;
  for (size_t i = 0; i < shuffle->count; i++)
    {
      range.after_id = shuffle->ids[i] - 1;
      SF_TRY (sf_journal_read (shuffle->from, &range, copy, shuffle, err));
    }
  return sf_journal_commit (shuffle->into, err);
}

int
main (int argc, char **argv)
{
  struct shuffle shuffle = { 0 };
  struct sf_error err;
  if (argc != 4)
    return 2;
  enum sf_code code = sf_journal_open (argv[1], false, &shuffle.from, &err);
  if (code == SF_OK)
    code = sf_journal_open (argv[2], true, &shuffle.into, &err);
  if (code == SF_OK)
    code = shuffle_all (&shuffle, (unsigned) strtoul (argv[3], NULL, 10), &err);
  if (code == SF_OK)
    printf ("%zu messages in another order\n", shuffle.count);
  else
    fprintf (stderr, "journal_shuffle: %s\n", err.message);
  sf_journal_close (shuffle.into);
  sf_journal_close (shuffle.from);
  sf_mem_free (shuffle.ids);
  return code == SF_OK ? 0 : 1;
}
