/* SPDX-License-Identifier: Apache-2.0 */
#include "core/store/store_private.h"

#include <math.h>

enum
{
  /* Places of parameters: the row's own from 1, then these. */
  AT_ID = 20,
  AT_SUBJECT,
  AT_QUANTITY,
  AT_FEED,
  AT_PERIOD,
  CELLS_PER_DEG = 50
};

#define OF_KIND(observation, position)                                                                                 \
  {                                                                                                                    \
    [SF_RECORD_OBSERVATION] = observation, [SF_RECORD_POSITION] = position                                             \
  }

static const char *const FIND[SF_RECORD_KINDS]
    = OF_KIND ("SELECT id, valid_s, revision, received_s, tie, place, lon, lat FROM last_observation "
               "WHERE subject = ?21 AND quantity = ?22 AND feed = ?23 AND period_s = ?24",
               "SELECT id, valid_s, revision, received_s, tie, place, lon, lat FROM last_position "
               "WHERE subject = ?21 AND quantity = ?22 AND feed = ?23 AND period_s = ?24");
static const char *const ADD[SF_RECORD_KINDS] = OF_KIND (
    "INSERT INTO last_observation (valid_s, revision, received_s, tie, place, message_id, quality, doubt, source, "
    "source_line, value, lon, lat, subject, quantity, feed, period_s) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?21, ?22, ?23, ?24)",
    "INSERT INTO last_position (valid_s, revision, received_s, tie, place, message_id, quality, doubt, source, "
    "source_line, type, status, lon, lat, speed_mps, course_to_deg, heading_deg, subject, quantity, feed, period_s) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?21, ?22, ?23, ?24)");
#define MOVE_HEAD                                                                                                      \
  "valid_s = ?1, revision = ?2, received_s = ?3, tie = ?4, place = ?5, message_id = ?6, quality = ?7, doubt = ?8, "    \
  "source = ?9, source_line = ?10, "
static const char *const MOVE[SF_RECORD_KINDS]
    = OF_KIND ("UPDATE last_observation SET " MOVE_HEAD "value = ?11, lon = ?12, lat = ?13 WHERE id = ?20",
               "UPDATE last_position SET " MOVE_HEAD "type = ?11, status = ?12, lon = ?13, lat = ?14, speed_mps = ?15, "
               "course_to_deg = ?16, heading_deg = ?17 WHERE id = ?20");
static const char *const JUDGE[SF_RECORD_KINDS]
    = OF_KIND ("UPDATE last_observation SET quality = ?1, doubt = ?2 WHERE id = ?3",
               "UPDATE last_position SET quality = ?1, doubt = ?2 WHERE id = ?3");
static const char *const SET_PLACE[SF_RECORD_KINDS]
    = OF_KIND ("INSERT OR REPLACE INTO last_observation_place VALUES (?, ?, ?, ?, ?)",
               "INSERT OR REPLACE INTO last_position_place VALUES (?, ?, ?, ?, ?)");
static const char *const DROP_PLACE[SF_RECORD_KINDS]
    = OF_KIND ("DELETE FROM last_observation_place WHERE id = ?", "DELETE FROM last_position_place WHERE id = ?");

enum sf_code
sf_catalog_statement (struct sf_store *store, int which, const char *sql, sqlite3_stmt **ret_statement,
                      struct sf_error *err)
{
  if (!store->statements[which])
    SF_TRY (sf_db_prepare (store->catalog, sql, &store->statements[which], err));
  *ret_statement = store->statements[which];
  return SF_OK;
}

static enum sf_code
bind_name (struct sf_store *store, sqlite3_stmt *statement, const struct sf_series *series, struct sf_error *err)
{
  bool good = sqlite3_bind_text (statement, AT_SUBJECT, series->subject, -1, SQLITE_STATIC) == SQLITE_OK
              && sqlite3_bind_text (statement, AT_QUANTITY, series->quantity, -1, SQLITE_STATIC) == SQLITE_OK
              && sqlite3_bind_text (statement, AT_FEED, series->feed, -1, SQLITE_STATIC) == SQLITE_OK
              && sqlite3_bind_int64 (statement, AT_PERIOD, series->period_s) == SQLITE_OK;
  return good ? SF_OK : sf_db_fail (store->catalog, err);
}

double
sf_column_number (sqlite3_stmt *statement, int column)
{
  return sqlite3_column_type (statement, column) == SQLITE_NULL ? NAN : sqlite3_column_double (statement, column);
}

enum sf_code
sf_last_load (struct sf_store *store, struct sf_series *series, struct sf_error *err)
{
  sqlite3_stmt *statement = NULL;
  bool row = false;
  if (series->last_state != SF_LAST_UNKNOWN)
    return SF_OK;
  SF_TRY (sf_catalog_statement (store, SF_CATALOG_FIND_LAST + series->kind, FIND[series->kind], &statement, err));
  SF_TRY (bind_name (store, statement, series, err));
  enum sf_code code = sf_db_step (store->catalog, statement, &row, err);
  if (code == SF_OK)
    series->last_state = row ? SF_LAST_KNOWN : SF_LAST_NONE;
  if (code == SF_OK && row)
    {
      series->last_id = sqlite3_column_int64 (statement, 0);
      series->last = (struct sf_row_key){ .valid_s = sqlite3_column_int64 (statement, 1),
                                          .revision = (uint32_t) sqlite3_column_int64 (statement, 2),
                                          .received_s = sqlite3_column_int64 (statement, 3),
                                          .tie = sqlite3_column_int64 (statement, 4),
                                          .place = (uint32_t) sqlite3_column_int64 (statement, 5) };
      series->last_lon_deg = sf_column_number (statement, 6);
      series->last_lat_deg = sf_column_number (statement, 7);
    }
  sqlite3_reset (statement);
  return code;
}

static enum sf_code
bind_row (struct sf_store *store, sqlite3_stmt *statement, enum sf_record_kind kind, const struct sf_batch_row *row,
          struct sf_error *err)
{
  static const int TEXT_AT[SF_ROW_TEXTS] = { 8, 9, 11, 12 };
  const struct sf_row_layout *layout = sf_row_layout (kind);
  bool good = true;
  sqlite3_bind_int64 (statement, 1, row->key.valid_s);
  sqlite3_bind_int64 (statement, 2, row->key.revision);
  sqlite3_bind_int64 (statement, 3, row->key.received_s);
  sqlite3_bind_int64 (statement, 4, row->key.tie);
  sqlite3_bind_int64 (statement, 5, row->key.place);
  sqlite3_bind_int64 (statement, 6, row->message_id);
  sqlite3_bind_int (statement, 7, row->quality);
  sqlite3_bind_int64 (statement, 10, row->source_line);
  for (int i = 0; i < 2 + layout->texts && good; i++)
    good = sqlite3_bind_text (statement, TEXT_AT[i], sf_store_text_of (store, row->texts[i]), -1, SQLITE_STATIC)
           == SQLITE_OK;
  for (int i = 0; i < layout->numbers; i++)
    sqlite3_bind_double (statement, 11 + layout->texts + i, row->numbers[i]);
  return good ? SF_OK : sf_db_fail (store->catalog, err);
}

static bool
same_cell (double a_deg, double b_deg)
{
  return floor (a_deg * CELLS_PER_DEG) == floor (b_deg * CELLS_PER_DEG);
}

/* The tree knows a last row by the cell it lies in: within the cell it need not hear of moves. */
static enum sf_code
set_place (struct sf_store *store, enum sf_record_kind kind, int64_t id, double lon_deg, double lat_deg,
           struct sf_error *err)
{
  sqlite3_stmt *statement = NULL;
  bool drop = isnan (lon_deg) || isnan (lat_deg);
  SF_TRY (sf_catalog_statement (store, (drop ? SF_CATALOG_DROP_PLACE : SF_CATALOG_SET_PLACE) + kind,
                                (drop ? DROP_PLACE : SET_PLACE)[kind], &statement, err));
  sqlite3_bind_int64 (statement, 1, id);
  if (!drop)
    {
      sqlite3_bind_double (statement, 2, floor (lon_deg * CELLS_PER_DEG) / CELLS_PER_DEG);
      sqlite3_bind_double (statement, 3, (floor (lon_deg * CELLS_PER_DEG) + 1) / CELLS_PER_DEG);
      sqlite3_bind_double (statement, 4, floor (lat_deg * CELLS_PER_DEG) / CELLS_PER_DEG);
      sqlite3_bind_double (statement, 5, (floor (lat_deg * CELLS_PER_DEG) + 1) / CELLS_PER_DEG);
    }
  return sf_db_run (store->catalog, statement, err);
}

enum sf_code
sf_last_move (struct sf_store *store, struct sf_series *series, const struct sf_batch_row *row, struct sf_error *err)
{
  const struct sf_row_layout *layout = sf_row_layout (series->kind);
  double lon_deg = row->numbers[layout->lon], lat_deg = row->numbers[layout->lon + 1];
  sqlite3_stmt *statement = NULL;
  SF_TRY (sf_last_load (store, series, err));
  bool known = series->last_state == SF_LAST_KNOWN;
  if (known && sf_row_key_compare (&row->key, &series->last) <= 0)
    return SF_OK;
  SF_TRY (sf_catalog_statement (store, (known ? SF_CATALOG_MOVE_LAST : SF_CATALOG_ADD_LAST) + series->kind,
                                (known ? MOVE : ADD)[series->kind], &statement, err));
  SF_TRY (bind_row (store, statement, series->kind, row, err));
  if (known)
    sqlite3_bind_int64 (statement, AT_ID, series->last_id);
  else
    SF_TRY (bind_name (store, statement, series, err));
  SF_TRY (sf_db_run (store->catalog, statement, err));
  int64_t id = known ? series->last_id : sqlite3_last_insert_rowid (store->catalog);
  bool was = known && !isnan (series->last_lon_deg) && !isnan (series->last_lat_deg);
  bool is = !isnan (lon_deg) && !isnan (lat_deg);
  bool stays
      = was == is && (!is || (same_cell (lon_deg, series->last_lon_deg) && same_cell (lat_deg, series->last_lat_deg)));
  return stays ? SF_OK : set_place (store, series->kind, id, lon_deg, lat_deg, err);
}

enum sf_code
sf_last_judge (struct sf_store *store, struct sf_series *series, const struct sf_judgement *judgement,
               struct sf_error *err)
{
  sqlite3_stmt *statement = NULL;
  SF_TRY (sf_last_load (store, series, err));
  if (series->last_state != SF_LAST_KNOWN || sf_row_key_compare (&judgement->key, &series->last) != 0
      || (series->best && sf_row_key_compare (&store->batch.rows[series->best - 1].key, &series->last) > 0))
    return SF_OK;
  SF_TRY (sf_catalog_statement (store, SF_CATALOG_JUDGE_LAST + series->kind, JUDGE[series->kind], &statement, err));
  sqlite3_bind_int (statement, 1, judgement->quality);
  if (sqlite3_bind_text (statement, 2, sf_store_text_of (store, judgement->doubt), -1, SQLITE_STATIC) != SQLITE_OK)
    return sf_db_fail (store->catalog, err);
  sqlite3_bind_int64 (statement, 3, series->last_id);
  return sf_db_run (store->catalog, statement, err);
}

/* The number of a new last row is asked for when it is needed next. */
void
sf_last_settle (struct sf_store *store, const struct sf_item *items, size_t count)
{
  const struct sf_batch *batch = &store->batch;
  for (size_t i = 0; i < count; i++)
    {
      struct sf_series *series = &store->series[items[i].series];
      if (items[i].judges || series->best != items[i].number + 1)
        continue;
      const struct sf_batch_row *row = &batch->rows[items[i].number];
      const struct sf_row_layout *layout = sf_row_layout (series->kind);
      if (series->last_state == SF_LAST_NONE)
        series->last_state = SF_LAST_UNKNOWN;
      else if (series->last_state == SF_LAST_KNOWN && sf_row_key_compare (&row->key, &series->last) > 0)
        {
          series->last = row->key;
          series->last_lon_deg = row->numbers[layout->lon];
          series->last_lat_deg = row->numbers[layout->lon + 1];
        }
    }
}
