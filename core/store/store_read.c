/* SPDX-License-Identifier: Apache-2.0 */
#include "core/store/store_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void
sf_store_query_init (struct sf_store_query *query, enum sf_record_kind kind)
{
  *query = (struct sf_store_query){ .kind = kind,
                                    .from_s = SF_TIME_MISSING,
                                    .to_s = SF_TIME_MISSING,
                                    .as_of_s = SF_TIME_MISSING,
                                    .west_deg = NAN,
                                    .south_deg = NAN,
                                    .east_deg = NAN,
                                    .north_deg = NAN };
}

static int
compare_texts (const void *a, const void *b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static enum sf_code
sort_texts (struct sf_arena *arena, const char *const *texts, size_t count, const char ***ret_sorted,
            struct sf_error *err)
{
  *ret_sorted = NULL;
  if (!texts)
    return SF_OK;
  const char **sorted = sf_arena_alloc (arena, count * sizeof *sorted);
  if (!sorted)
    return sf_fail (err, SF_ENOMEM, "no memory for a query of %zu names", count);
  if (count > 0)
    memcpy (sorted, texts, count * sizeof *sorted);
  qsort (sorted, count, sizeof *sorted, compare_texts);
  *ret_sorted = sorted;
  return SF_OK;
}

static bool
is_among (const char **sorted, size_t count, const char *text)
{
  return !sorted || bsearch (&text, sorted, count, sizeof *sorted, compare_texts);
}

bool
sf_reader_wants (const struct sf_reader *reader, const char *feed, const char *subject)
{
  return is_among (reader->feeds, reader->query->feeds_count, feed)
         && is_among (reader->subjects, reader->query->subjects_count, subject);
}

/* --- the area --- */

static bool
overlaps (const struct sf_store_query *query, const double box_deg[4])
{
  if (!(box_deg[3] >= query->south_deg && box_deg[1] <= query->north_deg))
    return false;
  if (query->west_deg <= query->east_deg)
    return box_deg[2] >= query->west_deg && box_deg[0] <= query->east_deg;
  return box_deg[2] >= query->west_deg || box_deg[0] <= query->east_deg;
}

/* An observation that says no place is where its asset is, as its own feed or else another knows it. */
static enum sf_code
find_asset (struct sf_reader *reader, const struct sf_record *record)
{
  sqlite3 *db = reader->store->catalog;
  sqlite3_stmt *statement = NULL;
  bool row = false;
  int64_t as_of_s = reader->query->as_of_s;
  if (reader->place_known)
    return SF_OK;
  SF_TRY (
      sf_catalog_statement (reader->store, SF_CATALOG_ASSET_PLACE,
                            "SELECT lon, lat FROM asset WHERE id = ?1 AND received_s <= ?3 ORDER BY feed = ?2 DESC, "
                            "valid_s DESC, revision DESC, received_s DESC, tie DESC, place DESC LIMIT 1",
                            &statement, reader->err));
  sqlite3_bind_text (statement, 1, record->as.observation.asset, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 2, record->feed, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 3, as_of_s == SF_TIME_MISSING ? INT64_MAX : as_of_s);
  enum sf_code code = sf_db_step (db, statement, &row, reader->err);
  reader->lon_deg = row ? sf_column_number (statement, 0) : NAN;
  reader->lat_deg = row ? sf_column_number (statement, 1) : NAN;
  reader->place_known = code == SF_OK;
  sqlite3_reset (statement);
  return code;
}

static enum sf_code
find_box (struct sf_reader *reader, const struct sf_record *record, double box_deg[4])
{
  double lon_deg = NAN, lat_deg = NAN;
  switch (record->kind)
    {
    case SF_RECORD_OBSERVATION:
      lon_deg = record->as.observation.lon_deg;
      lat_deg = record->as.observation.lat_deg;
      if (isnan (lon_deg) || isnan (lat_deg))
        {
          SF_TRY (find_asset (reader, record));
          lon_deg = reader->lon_deg;
          lat_deg = reader->lat_deg;
        }
      break;
    case SF_RECORD_POSITION:
      lon_deg = record->as.position.lon_deg;
      lat_deg = record->as.position.lat_deg;
      break;
    case SF_RECORD_ASSET:
      lon_deg = record->as.asset.lon_deg;
      lat_deg = record->as.asset.lat_deg;
      break;
    case SF_RECORD_TRACK:
      lon_deg = record->as.track.lon_deg;
      lat_deg = record->as.track.lat_deg;
      break;
    default:
      lon_deg = record->as.event.lon_deg;
      lat_deg = record->as.event.lat_deg;
      if (record->as.event.geometry
          && sf_geometry_bounds (record->as.event.geometry, &box_deg[0], &box_deg[1], &box_deg[2], &box_deg[3]))
        return SF_OK;
    }
  box_deg[0] = box_deg[2] = lon_deg;
  box_deg[1] = box_deg[3] = lat_deg;
  return SF_OK;
}

void
sf_row_origin (struct sf_store_origin *origin, int64_t message_id, int64_t tie, uint32_t place)
{
  *origin = (struct sf_store_origin){ .message_id = message_id, .place = place };
  for (int i = 0; i < 8; i++)
    origin->sha256.bytes[i] = (uint8_t) ((uint64_t) tie >> 8 * (7 - i));
}

enum sf_code
sf_reader_give (struct sf_reader *reader, const struct sf_store_row *row)
{
  double box_deg[4] = { NAN, NAN, NAN, NAN };
  if (!isnan (reader->query->west_deg))
    {
      SF_TRY (find_box (reader, row->record, box_deg));
      if (!overlaps (reader->query, box_deg))
        return SF_OK;
    }
  return reader->visit (reader->ctx, row, reader->err);
}

/* --- one pass --- */

static enum sf_code
check_query (const struct sf_store_query *query, struct sf_error *err)
{
  int bounds
      = !isnan (query->west_deg) + !isnan (query->south_deg) + !isnan (query->east_deg) + !isnan (query->north_deg);
  if ((unsigned) query->kind >= SF_RECORD_KINDS)
    return sf_fail (err, SF_EINVAL, "a query for records of kind %d", (int) query->kind);
  if (bounds != 0 && bounds != 4)
    return sf_fail (err, SF_EINVAL, "an area needs west, south, east and north");
  if (bounds && query->kind == SF_RECORD_FIELD)
    return sf_fail (err, SF_EINVAL, "fields are not found by area: the store does not know their projections");
  if (query->limit < 0)
    return sf_fail (err, SF_EINVAL, "a query for %ld rows", query->limit);
  return SF_OK;
}

static enum sf_code
read_all (struct sf_store *store, const struct sf_store_query *query, sf_store_visit visit, void *ctx,
          struct sf_error *err)
{
  struct sf_reader reader = { .store = store, .query = query, .visit = visit, .ctx = ctx, .err = err };
  enum sf_code code = sort_texts (&reader.arena, query->feeds, query->feeds_count, &reader.feeds, err);
  if (code == SF_OK)
    code = sort_texts (&reader.arena, query->subjects, query->subjects_count, &reader.subjects, err);
  if (code == SF_OK)
    code = !sf_kind_has_days (query->kind) ? sf_reader_records (&reader)
           : query->latest                 ? sf_reader_latest (&reader)
                                           : sf_reader_rows (&reader);
  if (code == SF_OK)
    code = sf_reader_flush (&reader);
  sf_day_end_reads (store);
  sf_mem_free (reader.kept);
  sf_arena_finish (&reader.kept_texts);
  for (int i = 0; i < 2; i++)
    for (int t = 0; t < SF_ROW_TEXTS; t++)
      sf_strbuf_finish (&reader.rows[i].texts[t].text);
  sf_names_finish (&reader.texts);
  sf_arena_finish (&reader.arena);
  return code;
}

/* --- only the newest: a first pass finds from what time on, a second gives them in order --- */

/* The newest valid times seen, the oldest of them first (a heap). */
struct newest
{
  int64_t *times_s;
  size_t count, capacity, most;
};

static void
sink (struct newest *newest)
{
  int64_t *times_s = newest->times_s;
  for (size_t at = 0;;)
    {
      size_t child = 2 * at + 1;
      if (child + 1 < newest->count && times_s[child + 1] < times_s[child])
        child++;
      if (child >= newest->count || times_s[at] <= times_s[child])
        return;
      int64_t swap = times_s[at];
      times_s[at] = times_s[child];
      times_s[child] = swap;
      at = child;
    }
}

static void
rise (struct newest *newest)
{
  int64_t *times_s = newest->times_s;
  for (size_t at = newest->count - 1; at > 0 && times_s[at] < times_s[(at - 1) / 2]; at = (at - 1) / 2)
    {
      int64_t swap = times_s[at];
      times_s[at] = times_s[(at - 1) / 2];
      times_s[(at - 1) / 2] = swap;
    }
}

static enum sf_code
note_time (void *ctx, const struct sf_store_row *row, struct sf_error *err)
{
  struct newest *newest = ctx;
  int64_t time_s = row->record->valid_s;
  if (newest->count == newest->most)
    {
      if (time_s > newest->times_s[0])
        {
          newest->times_s[0] = time_s;
          sink (newest);
        }
      return SF_OK;
    }
  if (sf_mem_grow ((void **) &newest->times_s, &newest->capacity, newest->count + 1, sizeof *newest->times_s) != 0)
    return sf_fail (err, SF_ENOMEM, "no memory for the newest %zu rows", newest->most);
  newest->times_s[newest->count++] = time_s;
  rise (newest);
  return SF_OK;
}

/* Days are looked at from the newest on: once enough rows are there, older days cannot have newer ones. */
static enum sf_code
find_newest (struct sf_store *store, const struct sf_store_query *query, struct newest *newest, struct sf_error *err)
{
  struct sf_store_query part = *query;
  struct sf_arena arena = { 0 };
  int64_t *days = NULL;
  size_t count = 0;
  enum sf_code code = SF_OK;
  part.limit = 0;
  if (!sf_kind_has_days (query->kind) || query->latest)
    return read_all (store, &part, note_time, newest, err);
  code = sf_days_between (store, &arena, query->kind, query->from_s, query->to_s, &days, &count, err);
  while (code == SF_OK && count > 0 && newest->count < newest->most)
    {
      int64_t first_s = days[--count] * SF_DAY_S, last_s = first_s + SF_DAY_S - 1;
      part.from_s = first_s > query->from_s ? first_s : query->from_s;
      part.to_s = query->to_s == SF_TIME_MISSING || last_s < query->to_s ? last_s : query->to_s;
      code = read_all (store, &part, note_time, newest, err);
    }
  sf_arena_finish (&arena);
  return code;
}

struct passing
{
  sf_store_visit visit;
  void *ctx;
  int64_t from_s;
  size_t ties; /* how many of from_s itself */
};

static enum sf_code
pass_newest (void *ctx, const struct sf_store_row *row, struct sf_error *err)
{
  struct passing *passing = ctx;
  int64_t time_s = row->record->valid_s;
  if (time_s < passing->from_s || (time_s == passing->from_s && passing->ties == 0))
    return SF_OK;
  if (time_s == passing->from_s)
    passing->ties--;
  return passing->visit (passing->ctx, row, err);
}

static enum sf_code
read_newest (struct sf_store *store, const struct sf_store_query *query, sf_store_visit visit, void *ctx,
             struct sf_error *err)
{
  struct newest newest = { .most = (size_t) query->limit };
  struct passing passing = { .visit = visit, .ctx = ctx };
  struct sf_store_query part = *query;
  enum sf_code code = find_newest (store, query, &newest, err);
  if (code == SF_OK && newest.count > 0)
    {
      passing.from_s = newest.times_s[0];
      for (size_t i = 0; i < newest.count; i++)
        passing.ties += newest.times_s[i] == passing.from_s;
      part.limit = 0;
      if (!query->latest && passing.from_s > query->from_s)
        part.from_s = passing.from_s;
      code = read_all (store, &part, pass_newest, &passing, err);
    }
  sf_mem_free (newest.times_s);
  return code;
}

enum sf_code
sf_store_read (struct sf_store *store, const struct sf_store_query *query, sf_store_visit visit, void *ctx,
               struct sf_error *err)
{
  SF_TRY (check_query (query, err));
  return query->limit ? read_newest (store, query, visit, ctx, err) : read_all (store, query, visit, ctx, err);
}
