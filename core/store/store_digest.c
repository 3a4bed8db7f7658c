/* SPDX-License-Identifier: Apache-2.0 */
#include "core/store/store_private.h"

#include <string.h>

/* The digest of all rows: kind by kind in the order of the kinds, observations and positions day by day, within it in key order.
   Of each row its wire form, which says whatever the record says with its judgement, and its origin but for the message's
   number. */
struct digest
{
  struct sf_hash *hash;
  struct sf_strbuf wire;
  long rows;
};

static enum sf_code
add_row (void *ctx, const struct sf_store_row *row, struct sf_error *err)
{
  struct digest *digest = ctx;
  uint8_t place[4];
  digest->wire.failed = false;
  sf_strbuf_reset (&digest->wire);
  SF_TRY (sf_record_encode (row->record, &digest->wire, err));
  for (int i = 0; i < 4; i++)
    place[i] = (uint8_t) (row->origin.place >> 8 * i);
  sf_strbuf_add_bytes (&digest->wire, row->origin.sha256.bytes, 8);
  sf_strbuf_add_bytes (&digest->wire, place, sizeof place);
  if (digest->wire.failed)
    return sf_fail (err, SF_ENOMEM, "no memory to hash a row");
  sf_hash_add (digest->hash, digest->wire.text, digest->wire.length);
  digest->rows++;
  return SF_OK;
}

static enum sf_code
add_days (struct sf_store *store, enum sf_record_kind kind, struct digest *digest, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  int64_t *days = NULL;
  size_t count = 0;
  struct sf_store_query query;
  enum sf_code code = sf_days_between (store, &arena, kind, SF_TIME_MISSING, SF_TIME_MISSING, &days, &count, err);
  sf_store_query_init (&query, kind);
  query.all_revisions = true;
  for (size_t i = 0; i < count && code == SF_OK; i++)
    {
      query.from_s = days[i] * SF_DAY_S;
      query.to_s = query.from_s + SF_DAY_S - 1;
      code = sf_store_read (store, &query, add_row, digest, err);
    }
  sf_arena_finish (&arena);
  return code;
}

enum sf_code
sf_store_digest (struct sf_store *store, struct sf_key *ret_key, long *ret_rows, struct sf_error *err)
{
  struct digest digest = { .hash = sf_hash_new () };
  struct sf_store_query query;
  enum sf_code code = digest.hash ? SF_OK : sf_fail (err, SF_ENOMEM, "no memory to hash the store");
  for (int kind = 0; kind < SF_RECORD_KINDS && code == SF_OK; kind++)
    {
      sf_store_query_init (&query, (enum sf_record_kind) kind);
      query.all_revisions = true;
      code = sf_kind_has_days (query.kind) ? add_days (store, query.kind, &digest, err)
                                           : sf_store_read (store, &query, add_row, &digest, err);
    }
  if (code == SF_OK)
    code = sf_hash_finish (digest.hash, ret_key, err);
  if (code == SF_OK && ret_rows)
    *ret_rows = digest.rows;
  sf_hash_free (digest.hash);
  sf_strbuf_finish (&digest.wire);
  return code;
}
