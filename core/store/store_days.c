/* SPDX-License-Identifier: Apache-2.0 */
#include "core/store/store_private.h"

#include <string.h>

#define ROW_KEY "valid_s, revision, received_s, tie, place"
#define ROW_HEAD ROW_KEY ", message_id, quality, doubt, source, source_line"
#define OBSERVATION_OWN "value, lon, lat"
#define POSITION_OWN "type, status, lon, lat, speed_mps, course_to_deg, heading_deg"

static const struct sf_row_layout LAYOUTS[] = {
  [SF_RECORD_OBSERVATION] = {
    .columns = OBSERVATION_OWN,
    .last = "last_observation",
    .place = "last_observation_place",
    .numbers = 3,
    .number_at = { offsetof (struct sf_record, as.observation.value), offsetof (struct sf_record, as.observation.lon_deg),
                   offsetof (struct sf_record, as.observation.lat_deg) },
    .lon = 1,
  },
  [SF_RECORD_POSITION] = {
    .columns = POSITION_OWN,
    .last = "last_position",
    .place = "last_position_place",
    .texts = 2,
    .text_at = { offsetof (struct sf_record, as.position.type), offsetof (struct sf_record, as.position.status) },
    .numbers = 5,
    .number_at = { offsetof (struct sf_record, as.position.lon_deg), offsetof (struct sf_record, as.position.lat_deg),
                   offsetof (struct sf_record, as.position.speed_mps),
                   offsetof (struct sf_record, as.position.course_to_deg),
                   offsetof (struct sf_record, as.position.heading_deg) },
    .lon = 0,
  },
};

const struct sf_row_layout *
sf_row_layout (enum sf_record_kind kind)
{
  return &LAYOUTS[kind];
}

#define INSERT(own, marks)                                                                                             \
  "INSERT INTO row (slot, series, " ROW_HEAD ", " own ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, " marks ") "      \
  "ON CONFLICT DO NOTHING"
#define READ(own, order)                                                                                               \
  "SELECT " ROW_HEAD ", " own " FROM row WHERE slot = ?1 AND series = ?2 AND valid_s BETWEEN ?3 AND ?4 "               \
  "ORDER BY valid_s" order ", revision" order ", received_s" order ", tie" order ", place" order
#define THIS_ROW                                                                                                       \
  "slot = ?1 AND series = ?2 AND valid_s = ?3 AND revision = ?4 AND received_s = ?5 AND tie = ?6 AND place = ?7"
#define OF_KIND(which, observation, position)                                                                          \
  [which] = { [SF_RECORD_OBSERVATION] = observation, [SF_RECORD_POSITION] = position }
#define OF_BOTH(which, sql) OF_KIND (which, sql, sql)

static const char *const STATEMENTS[SF_DAY_STATEMENTS][SF_RECORD_KINDS] = {
  OF_KIND (SF_DAY_INSERT, INSERT (OBSERVATION_OWN, "?, ?, ?"), INSERT (POSITION_OWN, "?, ?, ?, ?, ?, ?, ?")),
  OF_BOTH (SF_DAY_FIND_SERIES,
           "SELECT id FROM series WHERE subject = ? AND quantity = ? AND feed = ? AND period_s = ?"),
  OF_BOTH (SF_DAY_ADD_SERIES, "INSERT INTO series (subject, quantity, feed, period_s) VALUES (?, ?, ?, ?)"),
  OF_BOTH (SF_DAY_FIND_TEXT, "SELECT id FROM text WHERE text = ?"),
  OF_BOTH (SF_DAY_ADD_TEXT, "INSERT INTO text (text) VALUES (?)"),
  OF_BOTH (SF_DAY_GET_TEXT, "SELECT text FROM text WHERE id = ?"),
  OF_BOTH (SF_DAY_HAS_ROW, "SELECT 1 FROM row WHERE " THIS_ROW),
  OF_BOTH (SF_DAY_JUDGE,
           "UPDATE row SET quality = ?8, doubt = ?9 WHERE " THIS_ROW " AND (quality <> ?8 OR doubt IS NOT ?9)"),
  OF_BOTH (SF_DAY_VERDICT, "SELECT quality, (SELECT text FROM text WHERE id = doubt) FROM row WHERE " THIS_ROW),
  OF_KIND (SF_DAY_READ, READ (OBSERVATION_OWN, ""), READ (POSITION_OWN, "")),
  OF_KIND (SF_DAY_READ_BACK, READ (OBSERVATION_OWN, " DESC"), READ (POSITION_OWN, " DESC")),
  OF_BOTH (SF_DAY_NEWEST, "SELECT valid_s FROM row WHERE slot = ?1 AND series = ?2 AND valid_s BETWEEN ?3 AND ?4 "
                          "AND received_s <= ?5 ORDER BY valid_s DESC LIMIT 1"),
  OF_BOTH (SF_DAY_SERIES_ALL, "SELECT id, subject, quantity, feed, period_s FROM series"),
  OF_BOTH (SF_DAY_SERIES_OF, "SELECT id, subject, quantity, feed, period_s FROM series WHERE subject = ?"),
};

int64_t
sf_store_day (int64_t time_s)
{
  return time_s / SF_DAY_S - (time_s % SF_DAY_S < 0);
}

int
sf_slot_of (int64_t time_s)
{
  return (int) ((time_s - sf_store_day (time_s) * SF_DAY_S) / SF_SLOT_S);
}

char *
sf_day_name (struct sf_arena *arena, enum sf_record_kind kind, int64_t day)
{
  struct sf_civil civil = sf_time_to_civil (day * SF_DAY_S, 0);
  return sf_arena_printf (arena, "%ss-%04d%02d%02d.db", sf_record_kind_name (kind, 0), civil.year, civil.month,
                          civil.day);
}

enum sf_code
sf_day_path (struct sf_store *store, struct sf_arena *arena, enum sf_record_kind kind, int64_t day, char **ret_path,
             struct sf_error *err)
{
  char *name = sf_day_name (arena, kind, day);
  *ret_path = name ? sf_file_join (arena, store->folder, name) : NULL;
  return *ret_path ? SF_OK : sf_fail (err, SF_ENOMEM, "no memory for the name of a day's file");
}

static void
close_file (struct sf_day_file *file)
{
  for (int i = 0; i < SF_DAY_STATEMENTS; i++)
    sqlite3_finalize (file->statements[i]);
  sf_db_close (file->db);
  sf_mem_free (file->series_id);
  sf_mem_free (file->text_id);
  *file = (struct sf_day_file){ 0 };
}

void
sf_day_close_all (struct sf_store *store)
{
  for (int i = 0; i < SF_DAY_FILES_OPEN; i++)
    if (store->files[i].db)
      close_file (&store->files[i]);
}

static const char *const *
steps_of (enum sf_record_kind kind)
{
  return kind == SF_RECORD_OBSERVATION ? sf_observation_steps : sf_position_steps;
}

/* A new file is nothing until its name is on the disk, which SQLite does not promise; it gets its form after that. */
static enum sf_code
make_ready (struct sf_store *store, enum sf_record_kind kind, sqlite3 *db, struct sf_error *err)
{
  int form = 0;
  SF_TRY (sf_db_form (db, &form, err));
  if (form == 0)
    SF_TRY (sf_file_sync (store->folder, err));
  SF_TRY (sf_db_migrate (db, steps_of (kind), SF_DAY_FORM, err));
  return sf_db_exec (db, "PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -16000", err);
}

static enum sf_code
open_path (struct sf_store *store, enum sf_record_kind kind, const char *path, sqlite3 **ret_db, struct sf_error *err)
{
  bool writes = store->mode == SF_STORE_WRITE;
  sqlite3 *db = NULL;
  SF_TRY (sf_db_open (path, writes ? SF_DB_DURABLE : SF_DB_READ, &db, err));
  enum sf_code code = writes ? make_ready (store, kind, db, err) : sf_db_check_form (db, SF_DAY_FORM, err);
  if (code != SF_OK)
    sf_db_close (db);
  else
    *ret_db = db;
  return code;
}

static struct sf_day_file *
find_open (struct sf_store *store, enum sf_record_kind kind, int64_t day)
{
  for (int i = 0; i < SF_DAY_FILES_OPEN; i++)
    {
      struct sf_day_file *file = &store->files[i];
      if (file->db && file->day == day && file->kind == kind)
        return file;
    }
  return NULL;
}

static struct sf_day_file *
least_used (struct sf_store *store)
{
  struct sf_day_file *least = &store->files[0];
  for (int i = 0; i < SF_DAY_FILES_OPEN; i++)
    if (!store->files[i].db)
      return &store->files[i];
    else if (store->files[i].used < least->used)
      least = &store->files[i];
  return least;
}

enum sf_code
sf_day_open (struct sf_store *store, enum sf_record_kind kind, int64_t day, bool make, struct sf_day_file **ret_file,
             struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  struct sf_day_file *file = find_open (store, kind, day);
  sqlite3 *db = NULL;
  char *path = NULL;
  enum sf_code code = SF_OK;
  *ret_file = file;
  if (file)
    {
      file->used = ++store->clock;
      return SF_OK;
    }
  if ((code = sf_day_path (store, &arena, kind, day, &path, err)) != SF_OK)
    goto out;
  if ((!make && !sf_file_exists (path)) || (code = open_path (store, kind, path, &db, err)) != SF_OK)
    goto out;
  file = least_used (store);
  if (file->db)
    close_file (file);
  *file = (struct sf_day_file){ .kind = kind, .day = day, .db = db, .used = ++store->clock };
  *ret_file = file;
out:
  sf_arena_finish (&arena);
  return code;
}

enum sf_code
sf_day_begin_read (struct sf_day_file *file, struct sf_error *err)
{
  return sqlite3_get_autocommit (file->db) ? sf_db_exec (file->db, "BEGIN", err) : SF_OK;
}

void
sf_day_end_reads (struct sf_store *store)
{
  for (int i = 0; i < SF_DAY_FILES_OPEN; i++)
    if (store->files[i].db && !sqlite3_get_autocommit (store->files[i].db)
        && sqlite3_exec (store->files[i].db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
      close_file (
          &store
               ->files[i]); /* for want of memory: a read that does not end would stand in the way of the next commit */
}

enum sf_code
sf_day_statement (struct sf_day_file *file, enum sf_day_statement which, sqlite3_stmt **ret_statement,
                  struct sf_error *err)
{
  if (!file->statements[which])
    SF_TRY (sf_db_prepare (file->db, STATEMENTS[which][file->kind], &file->statements[which], err));
  *ret_statement = file->statements[which];
  return SF_OK;
}

/* The first column of the one row that a statement gives, 0 for none. */
static enum sf_code
find_number (struct sf_day_file *file, sqlite3_stmt *statement, int64_t *ret_number, struct sf_error *err)
{
  bool row = false;
  enum sf_code code = sf_db_step (file->db, statement, &row, err);
  *ret_number = row ? sqlite3_column_int64 (statement, 0) : 0;
  sqlite3_reset (statement);
  return code;
}

static enum sf_code
bind_series (sqlite3 *db, sqlite3_stmt *statement, const struct sf_series *series, struct sf_error *err)
{
  bool good = sqlite3_bind_text (statement, 1, series->subject, -1, SQLITE_STATIC) == SQLITE_OK
              && sqlite3_bind_text (statement, 2, series->quantity, -1, SQLITE_STATIC) == SQLITE_OK
              && sqlite3_bind_text (statement, 3, series->feed, -1, SQLITE_STATIC) == SQLITE_OK
              && sqlite3_bind_int64 (statement, 4, series->period_s) == SQLITE_OK;
  return good ? SF_OK : sf_db_fail (db, err);
}

/* Make room for number in an array of a file's numbers; new places are 0. */
static enum sf_code
widen (int64_t **numbers, size_t *capacity, size_t number, struct sf_error *err)
{
  size_t before = *capacity;
  if (number < before)
    return SF_OK;
  if (sf_mem_grow ((void **) numbers, capacity, number + 1, sizeof **numbers) != 0)
    return sf_fail (err, SF_ENOMEM, "no memory for %zu numbers of a day's file", number + 1);
  memset (*numbers + before, 0, (*capacity - before) * sizeof **numbers);
  return SF_OK;
}

enum sf_code
sf_day_series (struct sf_store *store, struct sf_day_file *file, uint32_t series, bool add, int64_t *ret_id,
               struct sf_error *err)
{
  sqlite3_stmt *statement = NULL;
  SF_TRY (widen (&file->series_id, &file->series_capacity, series, err));
  int64_t *id = &file->series_id[series];
  if (*id == 0)
    {
      SF_TRY (sf_day_statement (file, SF_DAY_FIND_SERIES, &statement, err));
      SF_TRY (bind_series (file->db, statement, &store->series[series], err));
      SF_TRY (find_number (file, statement, id, err));
    }
  if (*id == 0 && add)
    {
      SF_TRY (sf_day_statement (file, SF_DAY_ADD_SERIES, &statement, err));
      SF_TRY (bind_series (file->db, statement, &store->series[series], err));
      SF_TRY (sf_db_run (file->db, statement, err));
      *id = sqlite3_last_insert_rowid (file->db);
    }
  *ret_id = *id;
  return SF_OK;
}

enum sf_code
sf_day_text (struct sf_store *store, struct sf_day_file *file, uint32_t text, int64_t *ret_id, struct sf_error *err)
{
  sqlite3_stmt *statement = NULL;
  *ret_id = 0;
  if (text == 0)
    return SF_OK;
  SF_TRY (widen (&file->text_id, &file->text_capacity, text, err));
  int64_t *id = &file->text_id[text];
  for (int add = 0; *id == 0 && add <= 1; add++)
    {
      SF_TRY (sf_day_statement (file, add ? SF_DAY_ADD_TEXT : SF_DAY_FIND_TEXT, &statement, err));
      if (sqlite3_bind_text (statement, 1, sf_store_text_of (store, text), -1, SQLITE_STATIC) != SQLITE_OK)
        return sf_db_fail (file->db, err);
      if (!add)
        SF_TRY (find_number (file, statement, id, err));
      else
        {
          SF_TRY (sf_db_run (file->db, statement, err));
          *id = sqlite3_last_insert_rowid (file->db);
        }
    }
  *ret_id = *id;
  return SF_OK;
}

void
sf_day_bind_key (sqlite3_stmt *statement, int64_t series, const struct sf_row_key *key)
{
  sqlite3_bind_int (statement, 1, sf_slot_of (key->valid_s));
  sqlite3_bind_int64 (statement, 2, series);
  sqlite3_bind_int64 (statement, 3, key->valid_s);
  sqlite3_bind_int64 (statement, 4, key->revision);
  sqlite3_bind_int64 (statement, 5, key->received_s);
  sqlite3_bind_int64 (statement, 6, key->tie);
  sqlite3_bind_int64 (statement, 7, key->place);
}

static int64_t
first_day (int64_t from_s)
{
  return from_s == SF_TIME_MISSING ? INT64_MIN : sf_store_day (from_s);
}

static int64_t
last_day (int64_t to_s)
{
  return to_s == SF_TIME_MISSING ? INT64_MAX : sf_store_day (to_s);
}

enum sf_code
sf_days_between (struct sf_store *store, struct sf_arena *arena, enum sf_record_kind kind, int64_t from_s, int64_t to_s,
                 int64_t **ret_days, size_t *ret_count, struct sf_error *err)
{
  sqlite3_stmt *statement = NULL;
  int64_t *days = NULL;
  size_t count = 0, capacity = 0;
  bool row = false;
  SF_TRY (sf_catalog_statement (store, SF_CATALOG_DAYS,
                                "SELECT day FROM day_file WHERE kind = ? AND day BETWEEN ? AND ? ORDER BY day",
                                &statement, err));
  sqlite3_bind_int64 (statement, 1, kind);
  sqlite3_bind_int64 (statement, 2, first_day (from_s));
  sqlite3_bind_int64 (statement, 3, last_day (to_s));
  enum sf_code code = SF_OK;
  while ((code = sf_db_step (store->catalog, statement, &row, err)) == SF_OK && row)
    {
      if (sf_mem_grow ((void **) &days, &capacity, count + 1, sizeof *days) != 0)
        {
          code = sf_fail (err, SF_ENOMEM, "no memory for a list of days");
          break;
        }
      days[count++] = sqlite3_column_int64 (statement, 0);
    }
  sqlite3_reset (statement);
  *ret_count = count;
  *ret_days = sf_arena_alloc (arena, count * sizeof *days);
  if (code == SF_OK && !*ret_days)
    code = sf_fail (err, SF_ENOMEM, "no memory for a list of days");
  if (code == SF_OK && count > 0)
    memcpy (*ret_days, days, count * sizeof *days);
  sf_mem_free (days);
  return code;
}
