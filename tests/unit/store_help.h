/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_STORE_HELP_H
#define TESTS_UNIT_STORE_HELP_H

/* What the tests of the store share: folders, openings, answers collected and compared. */
#include <check.h>

#include "core/base/file.h"
#include "core/base/time.h"
#include "core/store/store.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t STORE_T0 = 1405641600; /* 2014-07-18T00:00Z */

static inline bool
store_has_days (enum sf_record_kind kind)
{
  return kind == SF_RECORD_OBSERVATION || kind == SF_RECORD_POSITION;
}

/* What a record of message `id` says, after its kind; values: of a field, four, they must outlive it. */
static inline void
store_say_of (struct sf_record *record, int id, const float *values)
{
  static const char *const names[] = { "A", "B", "C" };
  switch (record->kind)
    {
    case SF_RECORD_ASSET:
      record->as.asset = (struct sf_asset){ .id = names[id % 3], .lon_deg = 110, .lat_deg = 20, .elevation_m = id };
      break;
    case SF_RECORD_OBSERVATION:
      record->as.observation = (struct sf_observation){
        .asset = names[id % 3], .quantity = "rain", .value = id, .lon_deg = NAN, .lat_deg = NAN, .period_s = 3600
      };
      break;
    case SF_RECORD_POSITION:
      record->as.position.mover = names[id % 3];
      record->as.position.lon_deg = 110 + 0.1 * id;
      record->as.position.lat_deg = 19;
      record->as.position.status = "moored";
      break;
    case SF_RECORD_TRACK:
      record->as.track.storm = "1409";
      record->as.track.agency = "BABJ";
      record->as.track.base_s = STORE_T0 + id * 60;
      break;
    case SF_RECORD_EVENT:
      record->as.event.id = names[id % 3];
      break;
    default:
      record->as.field.quantity = "rain_rate";
      record->as.field.grid = (struct sf_gridspec){ .nx = 2, .ny = 2, .affine = { 0, 1, 0, 0, 0, -1 } };
      record->as.field.values = values;
    }
}

static inline char *
store_folder (char folder[32])
{
  snprintf (folder, 32, "/tmp/sf-store-XXXXXX");
  ck_assert_ptr_nonnull (mkdtemp (folder));
  return folder;
}

/* In memory where there is such a place: for tests of many stores, which are not about the disk. */
static inline char *
store_folder_in_memory (char folder[32])
{
  snprintf (folder, 32, "/dev/shm/sf-store-XXXXXX");
  return mkdtemp (folder) ? folder : store_folder (folder);
}

static inline struct sf_store *
store_open (const char *dir, enum sf_store_mode mode)
{
  struct sf_error err = { 0 };
  struct sf_store *store = NULL;
  ck_assert_msg (sf_store_open (dir, mode, &store, &err) == SF_OK, "%s", err.message);
  return store;
}

static inline void
store_digest (struct sf_store *store, struct sf_key *ret_key, long rows)
{
  struct sf_error err = { 0 };
  long count = 0;
  ck_assert_msg (sf_store_digest (store, ret_key, &count, &err) == SF_OK, "%s", err.message);
  if (rows >= 0)
    ck_assert_int_eq (count, rows);
}

struct store_row_copy
{
  struct sf_record record;
  struct sf_store_origin origin;
  long rank;
  bool holds;
};

struct store_rows
{
  struct store_row_copy *rows;
  size_t count, capacity;
  struct sf_arena arena;
};

static inline enum sf_code
store_keep_row (void *ctx, const struct sf_store_row *row, struct sf_error *err)
{
  struct store_rows *rows = ctx;
  if (sf_mem_grow ((void **) &rows->rows, &rows->capacity, rows->count + 1, sizeof *rows->rows) != 0)
    return sf_fail (err, SF_ENOMEM, "no memory for a row");
  struct store_row_copy *copy = &rows->rows[rows->count];
  copy->origin = row->origin;
  copy->rank = row->rank;
  copy->holds = row->holds;
  SF_TRY (sf_record_copy (&rows->arena, row->record, &copy->record, err));
  rows->count++;
  return SF_OK;
}

static inline void
store_collect (struct sf_store *store, const struct sf_store_query *query, struct store_rows *rows)
{
  struct sf_error err = { 0 };
  ck_assert_msg (sf_store_read (store, query, store_keep_row, rows, &err) == SF_OK, "%s", err.message);
}

static inline void
store_rows_finish (struct store_rows *rows)
{
  sf_mem_free (rows->rows);
  sf_arena_finish (&rows->arena);
  *rows = (struct store_rows){ 0 };
}

/* Records are the same when their wire forms are. */
static inline void
store_assert_same (const struct sf_record *a, const struct sf_record *b)
{
  struct sf_strbuf x = { 0 }, y = { 0 }, text = { 0 };
  struct sf_error err = { 0 };
  ck_assert_msg (sf_record_encode (a, &x, &err) == SF_OK, "%s", err.message);
  ck_assert_msg (sf_record_encode (b, &y, &err) == SF_OK, "%s", err.message);
  sf_record_format_json (a, &text);
  sf_strbuf_add (&text, "\n");
  sf_record_format_json (b, &text);
  ck_assert_msg (x.length == y.length && memcmp (x.text, y.text, x.length) == 0, "records differ:\n%s", text.text);
  sf_strbuf_finish (&x);
  sf_strbuf_finish (&y);
  sf_strbuf_finish (&text);
}

#endif
