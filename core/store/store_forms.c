/* SPDX-License-Identifier: Apache-2.0 */
#include "core/store/store_private.h"

/* Steps are never changed once released: a new form is a new step, and a new form of the days comes with one of the
   catalogue, which says that all days have it. Columns of records are named as their members. */

#define ROW_KEY                                                                                                        \
  "valid_s INTEGER NOT NULL, revision INTEGER NOT NULL, received_s INTEGER NOT NULL, tie INTEGER NOT NULL, "           \
  "place INTEGER NOT NULL, message_id INTEGER NOT NULL, quality INTEGER NOT NULL"
#define LAST                                                                                                           \
  "id INTEGER PRIMARY KEY, subject TEXT NOT NULL, quantity TEXT NOT NULL, feed TEXT NOT NULL, "                        \
  "period_s INTEGER NOT NULL, " ROW_KEY ", doubt TEXT, source TEXT, source_line INTEGER NOT NULL"
#define LAST_KEY "UNIQUE (subject, quantity, feed, period_s)"
#define RECORD                                                                                                         \
  "row_id INTEGER PRIMARY KEY, feed TEXT NOT NULL, valid_s INTEGER, revision INTEGER NOT NULL, "                       \
  "received_s INTEGER NOT NULL, tie INTEGER NOT NULL, place INTEGER NOT NULL, message_id INTEGER NOT NULL, "           \
  "quality INTEGER NOT NULL, doubt TEXT, source TEXT, source_line INTEGER NOT NULL"
/* A missing part of a key equals another missing one, which NULL does not; no text or number equals x''. */
#define KEY(column) "ifnull(" column ", x'')"
#define RECORD_KEY KEY ("valid_s") ", revision, received_s, tie, place"

/* Where a last row is, as a cell of a fiftieth of a degree: most moves stay within it and leave the tree alone. */
#define CELL(column, add) "(CAST(" column " * 50 + 9000 AS INTEGER) - 9000 + " add ") / 50.0"
#define PLACES(kind)                                                                                                   \
  "CREATE VIRTUAL TABLE last_" kind "_place USING rtree (id, west, east, south, north);"                               \
  "INSERT INTO last_" kind "_place SELECT id, " CELL ("lon", "0") ", " CELL ("lon", "1") ", " CELL (                   \
      "lat", "0") ", " CELL ("lat", "1") " FROM last_" kind " WHERE lon IS NOT NULL AND lat IS NOT NULL;"

const char *const sf_catalog_steps[SF_CATALOG_FORM] = {
  "CREATE TABLE applied (feed TEXT PRIMARY KEY, message_id INTEGER NOT NULL) WITHOUT ROWID;"
  "CREATE TABLE day_file (kind INTEGER NOT NULL, day INTEGER NOT NULL, PRIMARY KEY (kind, day)) WITHOUT ROWID;"
  "CREATE TABLE last_observation (" LAST ", value REAL, lon REAL, lat REAL, " LAST_KEY ");"
  "CREATE TABLE last_position (" LAST ", type TEXT, status TEXT, lon REAL, lat REAL, speed_mps REAL,"
  "  course_to_deg REAL, heading_deg REAL, " LAST_KEY ");"
  "CREATE TABLE asset (" RECORD ", id TEXT NOT NULL, type TEXT, name TEXT, name_zh TEXT, lon REAL, lat REAL,"
  "  elevation_m REAL, datum TEXT, attributes TEXT);"
  "CREATE UNIQUE INDEX asset_key ON asset (id, feed, " RECORD_KEY ");"
  "CREATE TABLE track (" RECORD ", storm TEXT NOT NULL, number TEXT, name TEXT, name_zh TEXT, agency TEXT, member TEXT,"
  "  grade TEXT, base_time INTEGER, lead_s INTEGER NOT NULL, lon REAL, lat REAL, pressure_hpa REAL,"
  "  environment_pressure_hpa REAL, wind_mps REAL, averaging_min REAL, gust_mps REAL, motion_to_deg REAL,"
  "  motion_mps REAL, rmw_km REAL, roci_km REAL, radii_km_1 REAL, radii_km_2 REAL, radii_km_3 REAL, radii_km_4 REAL,"
  "  radii_km_5 REAL, radii_km_6 REAL, radii_km_7 REAL, radii_km_8 REAL, radii_km_9 REAL, radii_km_10 REAL,"
  "  radii_km_11 REAL, radii_km_12 REAL);"
  "CREATE UNIQUE INDEX track_key ON track (storm, feed, " KEY ("agency") ", " KEY ("member") ", " KEY (
      "base_time") ", lead_s, " RECORD_KEY ");"
                   "CREATE INDEX track_time ON track (valid_s);"
                   "CREATE TABLE event (" RECORD
                   ", id TEXT NOT NULL, type TEXT, level TEXT, status TEXT, headline TEXT,"
                   "  area TEXT, begin_time INTEGER, end_time INTEGER, issued_time INTEGER, lon REAL, lat REAL, "
                   "geometry BLOB);"
                   "CREATE UNIQUE INDEX event_key ON event (id, feed, " RECORD_KEY ");"
                   "CREATE TABLE field (" RECORD ", quantity TEXT NOT NULL, level TEXT, member TEXT, base_time INTEGER,"
                   "  nx INTEGER NOT NULL, ny INTEGER NOT NULL, affine_0 REAL, affine_1 REAL, affine_2 REAL, affine_3 "
                   "REAL,"
                   "  affine_4 REAL, affine_5 REAL, crs TEXT NOT NULL, file TEXT);"
                   "CREATE UNIQUE INDEX field_key ON field (quantity, feed, " KEY ("level") ", " KEY (
                       "member") ", " KEY ("base_time") ", " RECORD_KEY ");",
  PLACES ("observation") PLACES ("position"),
};

#define DAY                                                                                                            \
  "CREATE TABLE series (id INTEGER PRIMARY KEY, subject TEXT NOT NULL, quantity TEXT NOT NULL, feed TEXT NOT NULL,"    \
  "  period_s INTEGER NOT NULL, UNIQUE (subject, quantity, feed, period_s));"                                          \
  "CREATE TABLE text (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);"
#define DAY_ROW                                                                                                        \
  "CREATE TABLE row (slot INTEGER NOT NULL, series INTEGER NOT NULL, " ROW_KEY                                         \
  ", doubt INTEGER, source INTEGER, source_line INTEGER NOT NULL"
#define DAY_KEY ", PRIMARY KEY (slot, series, valid_s, revision, received_s, tie, place)) WITHOUT ROWID;"
#define TEXT(column) "(SELECT text FROM text WHERE id = row." column ") AS " column

/* What people read with any SQLite; the program reads the tables. */
#define VIEW_HEAD(subject) "SELECT datetime(valid_s, 'unixepoch') AS valid_utc, feed, subject AS " subject ", "
#define VIEW_TAIL                                                                                                      \
  "quality, " TEXT ("doubt") ", revision, datetime(received_s, 'unixepoch') AS received_utc, " TEXT (                  \
      "source") ", source_line, message_id, valid_s, received_s, tie, place FROM row JOIN series ON series.id = "      \
                "row.series;"

const char *const sf_observation_steps[SF_DAY_FORM] = {
  DAY DAY_ROW ", value REAL, lon REAL, lat REAL" DAY_KEY,
  "CREATE VIEW observation AS " VIEW_HEAD ("asset") "quantity, period_s, value, lon, lat, " VIEW_TAIL,
};

const char *const sf_position_steps[SF_DAY_FORM] = {
  DAY DAY_ROW ", type INTEGER, status INTEGER, lon REAL, lat REAL, speed_mps REAL, course_to_deg REAL,"
              " heading_deg REAL" DAY_KEY,
  "CREATE VIEW position AS " VIEW_HEAD ("mover")
      TEXT ("type") ", lon, lat, speed_mps, course_to_deg, heading_deg, " TEXT ("status") ", " VIEW_TAIL,
};
