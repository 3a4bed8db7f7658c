PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE series (id INTEGER PRIMARY KEY, subject TEXT NOT NULL, quantity TEXT NOT NULL, feed TEXT NOT NULL,  period_s INTEGER NOT NULL, UNIQUE (subject, quantity, feed, period_s));
INSERT INTO series VALUES(1,'413000001','','ais',0);
CREATE TABLE text (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE row (slot INTEGER NOT NULL, series INTEGER NOT NULL, valid_s INTEGER NOT NULL, revision INTEGER NOT NULL, received_s INTEGER NOT NULL, tie INTEGER NOT NULL, place INTEGER NOT NULL, message_id INTEGER NOT NULL, quality INTEGER NOT NULL, doubt INTEGER, source INTEGER, source_line INTEGER NOT NULL, type INTEGER, status INTEGER, lon REAL, lat REAL, speed_mps REAL, course_to_deg REAL, heading_deg REAL, PRIMARY KEY (slot, series, valid_s, revision, received_s, tie, place)) WITHOUT ROWID;
INSERT INTO "row" VALUES(0,1,1405641900,0,1405641920,9,3,10,0,NULL,NULL,0,NULL,NULL,110.5,19.5,NULL,NULL,NULL);
COMMIT;
PRAGMA user_version = 1;
