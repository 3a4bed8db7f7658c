/* SPDX-License-Identifier: Apache-2.0 */
#include "core/store/store_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* What there is in a store, and whether it hangs together. */

enum
{
  FILE_FINDINGS_MAX = 20 /* of SQLite's own check */
};

/* --- what there is --- */

static int64_t
size_of (const char *path)
{
  struct stat status;
  return stat (path, &status) == 0 ? (int64_t) status.st_size : 0;
}

struct listing
{
  struct sf_store *store;
  struct sf_arena *arena;
  struct sf_store_part *parts;
  size_t count, capacity;
};

static enum sf_code
add_part (struct listing *listing, enum sf_record_kind kind, int64_t day, const char *name, sqlite3 *db,
          const char *sql, struct sf_error *err)
{
  struct sf_store_part part = { .kind = kind, .day = day };
  int64_t form = 0, rows = 0;
  char *path = sf_file_join (listing->arena, listing->store->folder, name);
  if (!path || !(part.name = sf_arena_strdup (listing->arena, name))
      || sf_mem_grow ((void **) &listing->parts, &listing->capacity, listing->count + 1, sizeof part) != 0)
    return sf_fail (err, SF_ENOMEM, "no memory to list the store");
  SF_TRY (sf_db_ask_number (db, "PRAGMA user_version", &form, err));
  SF_TRY (sf_db_ask_number (db, sql, &rows, err));
  char *log = sf_arena_printf (listing->arena, "%s-wal", path);
  if (!log)
    return sf_fail (err, SF_ENOMEM, "no memory to list the store");
  part.bytes = size_of (path) + size_of (log);
  part.form = (int) form;
  part.rows = (long) rows;
  listing->parts[listing->count++] = part;
  return SF_OK;
}

static enum sf_code
add_days (struct listing *listing, enum sf_record_kind kind, struct sf_error *err)
{
  int64_t *days = NULL;
  size_t count = 0;
  struct sf_day_file *file = NULL;
  SF_TRY (sf_days_between (listing->store, listing->arena, kind, SF_TIME_MISSING, SF_TIME_MISSING, &days, &count, err));
  for (size_t i = 0; i < count; i++)
    {
      char *name = sf_day_name (listing->arena, kind, days[i]);
      if (!name)
        return sf_fail (err, SF_ENOMEM, "no memory to list the store");
      SF_TRY (sf_day_open (listing->store, kind, days[i], false, &file, err));
      if (file)
        SF_TRY (add_part (listing, kind, days[i], name, file->db, "SELECT count (*) FROM row", err));
    }
  return SF_OK;
}

enum sf_code
sf_store_list (struct sf_store *store, struct sf_arena *arena, struct sf_store_part **ret_parts, size_t *ret_count,
               struct sf_error *err)
{
  static const char *const COUNTS[SF_RECORD_KINDS] = { [SF_RECORD_ASSET] = "SELECT count (*) FROM asset",
                                                       [SF_RECORD_TRACK] = "SELECT count (*) FROM track",
                                                       [SF_RECORD_EVENT] = "SELECT count (*) FROM event",
                                                       [SF_RECORD_FIELD] = "SELECT count (*) FROM field" };
  struct listing listing = { .store = store, .arena = arena };
  enum sf_code code = SF_OK;
  for (int kind = 0; kind < SF_RECORD_KINDS && code == SF_OK; kind++)
    code = COUNTS[kind] ? add_part (&listing, (enum sf_record_kind) kind, SF_TIME_MISSING, "catalog.db", store->catalog,
                                    COUNTS[kind], err)
                        : add_days (&listing, (enum sf_record_kind) kind, err);
  struct sf_store_part *parts = sf_arena_alloc (arena, listing.count * sizeof *parts);
  if (code == SF_OK && !parts)
    code = sf_fail (err, SF_ENOMEM, "no memory to list the store");
  if (code == SF_OK)
    {
      if (listing.count > 0)
        memcpy (parts, listing.parts, listing.count * sizeof *parts);
      *ret_parts = parts;
      *ret_count = listing.count;
    }
  sf_mem_free (listing.parts);
  return code;
}

/* --- whether it hangs together --- */

struct checking
{
  struct sf_store *store;
  sf_store_fault say;
  void *ctx;
  long faults;
  struct sf_arena arena;
};

static void __attribute__ ((format (printf, 2, 3))) fault (struct checking *checking, const char *format, ...)
{
  char text[512];
  va_list args;
  va_start (args, format);
  vsnprintf (text, sizeof text, format, args);
  va_end (args);
  checking->faults++;
  checking->say (checking->ctx, text);
}

struct file_check
{
  struct checking *checking;
  const char *path;
};

static void
report_file (void *ctx, const char *words)
{
  const struct file_check *check = ctx;
  fault (check->checking, "%s: %s", check->path, words);
}

/* What fails on the way is a fault of the store, but for want of memory, which says nothing of it. */
static enum sf_code
blame_store (struct checking *checking, enum sf_code code, const struct sf_error *why, struct sf_error *err)
{
  if (code == SF_ENOMEM)
    return sf_fail (err, code, "%s", why->message);
  if (code != SF_OK)
    fault (checking, "%s", why->message);
  return SF_OK;
}

/* What SQLite finds wrong within one file; a file too broken to ask is one fault. */
static enum sf_code
check_file (struct checking *checking, sqlite3 *db, struct sf_error *err)
{
  struct file_check check = { checking, sqlite3_db_filename (db, "main") };
  struct sf_error why = { 0 };
  enum sf_code code = sf_db_check_structure (db, FILE_FINDINGS_MAX, report_file, &check, &why);
  return blame_store (checking, code, &why, err);
}

static enum sf_code
check_texts (struct checking *checking, struct sf_day_file *file, struct sf_error *err)
{
  static const char *const LOST[SF_RECORD_KINDS] = {
    [SF_RECORD_OBSERVATION]
    = "SELECT count (*) FROM row WHERE series NOT IN (SELECT id FROM series) OR (doubt IS NOT NULL AND doubt NOT "
      "IN (SELECT id FROM text)) OR (source IS NOT NULL AND source NOT IN (SELECT id FROM text))",
    [SF_RECORD_POSITION]
    = "SELECT count (*) FROM row WHERE series NOT IN (SELECT id FROM series) OR (doubt IS NOT NULL AND doubt NOT "
      "IN (SELECT id FROM text)) OR (source IS NOT NULL AND source NOT IN (SELECT id FROM text)) OR (type IS NOT "
      "NULL AND type NOT IN (SELECT id FROM text)) OR (status IS NOT NULL AND status NOT IN (SELECT id FROM text))"
  };
  int64_t lost = 0;
  SF_TRY (sf_db_ask_number (file->db, LOST[file->kind], &lost, err));
  if (lost)
    fault (checking, "%s: %lld rows name a series or a text that is not there", sqlite3_db_filename (file->db, "main"),
           (long long) lost);
  return SF_OK;
}

/* The last row that the catalogue has of a series must not be older than what the day's file has. */
static enum sf_code
check_last (struct checking *checking, struct sf_day_file *file, sqlite3_stmt *found, struct sf_error *err)
{
  struct sf_series series = { .kind = file->kind,
                              .subject = (const char *) sqlite3_column_text (found, 0),
                              .quantity = (const char *) sqlite3_column_text (found, 1),
                              .feed = (const char *) sqlite3_column_text (found, 2),
                              .period_s = sqlite3_column_int64 (found, 3) };
  int64_t newest_s = sqlite3_column_int64 (found, 4);
  char time[SF_TIME_TEXT_BYTES];
  if (!series.subject || !series.quantity || !series.feed)
    return sf_fail (err, SF_ENOMEM, "no memory for the name of a series");
  SF_TRY (sf_last_load (checking->store, &series, err));
  if (series.last_state != SF_LAST_KNOWN || series.last.valid_s < newest_s)
    fault (checking, "%s: feed %s, %s %s has a row of %s; the catalogue knows of %s last row",
           sqlite3_db_filename (file->db, "main"), series.feed, series.subject, series.quantity,
           sf_time_format_utc (time, newest_s), series.last_state == SF_LAST_KNOWN ? "an older" : "no");
  return SF_OK;
}

static enum sf_code
check_all_last (struct checking *checking, struct sf_day_file *file, struct sf_error *err)
{
  sqlite3_stmt *statement = NULL;
  bool row = false;
  enum sf_code code = sf_db_prepare (file->db,
                                     "SELECT subject, quantity, feed, period_s, max (valid_s) FROM row JOIN series ON "
                                     "series.id = row.series GROUP BY series",
                                     &statement, err);
  while (code == SF_OK && (code = sf_db_step (file->db, statement, &row, err)) == SF_OK && row)
    code = check_last (checking, file, statement, err);
  sqlite3_finalize (statement);
  return code;
}

static enum sf_code
check_day (struct checking *checking, enum sf_record_kind kind, int64_t day, struct sf_error *err)
{
  struct sf_day_file *file = NULL;
  struct sf_error why = { 0 };
  enum sf_code code = sf_day_open (checking->store, kind, day, false, &file, &why);
  if (code == SF_ENOMEM)
    return sf_fail (err, code, "%s", why.message);
  if (code != SF_OK || !file)
    {
      char *name = sf_day_name (&checking->arena, kind, day);
      fault (checking, "%s: %s", name ? name : "a day's file", file || code != SF_OK ? why.message : "is not there");
      return SF_OK;
    }
  long before = checking->faults;
  SF_TRY (check_file (checking, file->db, err));
  if (checking->faults > before)
    return SF_OK;
  SF_TRY (check_texts (checking, file, err));
  return check_all_last (checking, file, err);
}

static enum sf_code
see_field (void *ctx, const struct sf_store_row *row, struct sf_error *err)
{
  (void) ctx;
  (void) row;
  (void) err;
  return SF_OK;
}

/* Reading the fields reads their files. */
static enum sf_code
check_fields (struct checking *checking, struct sf_error *err)
{
  struct sf_store_query query;
  struct sf_error why = { 0 };
  sf_store_query_init (&query, SF_RECORD_FIELD);
  query.all_revisions = true;
  enum sf_code code = sf_store_read (checking->store, &query, see_field, NULL, &why);
  return blame_store (checking, code, &why, err);
}

enum sf_code
sf_store_check (struct sf_store *store, sf_store_fault say, void *ctx, long *ret_faults, struct sf_error *err)
{
  struct checking checking = { .store = store, .say = say, .ctx = ctx };
  enum sf_code code = check_file (&checking, store->catalog, err);
  if (code == SF_OK && checking.faults > 0)
    {
      *ret_faults = checking.faults;
      return SF_OK;
    }
  for (int kind = 0; kind < SF_RECORD_KINDS && code == SF_OK; kind++)
    {
      int64_t *days = NULL;
      size_t count = 0;
      if (!sf_kind_has_days ((enum sf_record_kind) kind))
        continue;
      code = sf_days_between (store, &checking.arena, (enum sf_record_kind) kind, SF_TIME_MISSING, SF_TIME_MISSING,
                              &days, &count, err);
      for (size_t i = 0; i < count && code == SF_OK; i++)
        code = check_day (&checking, (enum sf_record_kind) kind, days[i], err);
    }
  if (code == SF_OK)
    code = check_fields (&checking, err);
  if (code == SF_OK)
    *ret_faults = checking.faults;
  sf_arena_finish (&checking.arena);
  return code;
}
