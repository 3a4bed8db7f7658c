/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_STORE_STORE_PRIVATE_H
#define SF_CORE_STORE_STORE_PRIVATE_H

#include "core/base/file.h"
#include "core/base/time.h"
#include "core/data/member.h"
#include "core/store/db.h"
#include "core/store/names.h"
#include "core/store/store.h"

/* How the store works inside; doc/ingest/store.md tells why.
   Observations and positions stand in a file for each UTC day of valid time, everything else in the catalogue. */

enum
{
  SF_DAY_S = 86400,
  SF_SLOT_S = 3600, /* rows of one slot of time lie together in a day's file */
  SF_SLOTS = SF_DAY_S / SF_SLOT_S,
  SF_DAY_FILES_OPEN = 32,         /* at once; each takes three descriptors */
  SF_NAMES_MAX = 400000,          /* series or texts remembered between two batches */
  SF_NAMES_BYTES_MAX = 128 << 20, /* of both */
  SF_DAYS_FEW = 8,                /* a feed that names no more in a batch waits for none */
  SF_ROW_NUMBERS = 5,
  SF_ROW_TEXTS = 4
};

/* --- forms (store_forms.c) --- */

extern const char *const sf_catalog_steps[];
extern const char *const sf_observation_steps[];
extern const char *const sf_position_steps[];
enum
{
  SF_CATALOG_FORM = 2,
  SF_DAY_FORM = 2
};

/* --- rows --- */

/* What tells rows of one series apart; the order of its members is that of precedence. */
struct sf_row_key
{
  int64_t valid_s;
  uint32_t revision;
  int64_t received_s, tie; /* tie: the first eight bytes of the message's SHA-256 */
  uint32_t place;
};

int sf_row_key_compare (const struct sf_row_key *a, const struct sf_row_key *b);
int sf_slot_of (int64_t time_s);

/* Of a series the texts and numbers that vary: texts are doubt, source and those of the kind (type, status of a mover). */
struct sf_row_layout
{
  const char *columns;      /* of the kind's own texts and numbers */
  const char *last, *place; /* the catalogue's tables of last rows and of where they are */
  int texts, numbers;       /* of the kind's own */
  size_t text_at[SF_ROW_TEXTS - 2], number_at[SF_ROW_NUMBERS]; /* within struct sf_record */
  int lon;                                                     /* which number; the latitude comes next */
};
const struct sf_row_layout *sf_row_layout (enum sf_record_kind kind);

/* A row of the batch. Texts are numbers in store->texts plus one, 0 for none. */
struct sf_batch_row
{
  uint32_t series, before; /* before: an earlier row of the series in the batch plus one, 0 for none */
  struct sf_row_key key;
  int64_t message_id, source_line;
  double numbers[SF_ROW_NUMBERS];
  uint32_t texts[SF_ROW_TEXTS];
  uint8_t quality;
  bool judged, written;
};

/* A judgement of a row that is committed already. */
struct sf_judgement
{
  uint32_t series, before;
  struct sf_row_key key;
  uint8_t quality;
  bool written;
  uint32_t doubt;
};

/* A record of the other kinds in the batch. */
struct sf_batch_record
{
  struct sf_record record; /* in the batch's arena */
  int64_t message_id, tie;
  uint32_t place;
};

enum sf_last_state
{
  SF_LAST_UNKNOWN,
  SF_LAST_NONE,
  SF_LAST_KNOWN
};

/* A series as the writer remembers it. Of the kinds in the catalogue only the dictionary's number is used. */
struct sf_series
{
  enum sf_record_kind kind;
  uint32_t feed_number; /* in store->feeds */
  const char *feed, *subject, *quantity;
  int64_t period_s;
  enum sf_last_state last_state;
  int64_t last_id;
  struct sf_row_key last; /* the committed row that holds at the newest valid time */
  double last_lon_deg, last_lat_deg;
  /* Of the batch, plus one: the row that will be last, the newest put, the newest judgement. */
  uint32_t best, newest_row, newest_judgement;
};

/* The full key of something in the batch. */
struct sf_batch_id
{
  uint32_t series;
  struct sf_row_key key;
};

struct sf_applied
{
  uint32_t feed; /* in store->feeds */
  int64_t message_id;
};

/* A feed of which rows were left in the batch. */
struct sf_left
{
  uint32_t feed;
  enum sf_record_kind kind; /* of the last day that was noted */
  int64_t day;
  long days;           /* that its rows name */
  struct sf_error why; /* code SF_OK: they wait for their turn */
};

/* A row or judgement of the batch on its way into a day's file. */
struct sf_item
{
  enum sf_record_kind kind;
  int slot;
  int64_t day, series_id;
  uint32_t series, number;
  bool judges;
  const struct sf_row_key *key;
};

struct sf_batch
{
  struct sf_batch_row *rows;
  size_t rows_count, rows_capacity;
  struct sf_judgement *judgements;
  size_t judgements_count, judgements_capacity;
  struct sf_batch_record *records;
  size_t records_count, records_capacity;
  struct sf_applied *applied;
  size_t applied_count, applied_capacity;
  struct sf_batch_id *ids; /* of rows and records, and a table of their numbers plus one */
  size_t ids_count, ids_capacity;
  uint32_t *slots;
  size_t slots_count;
  struct sf_left *left; /* by the last commit */
  size_t left_count, left_capacity;
  size_t texts_bytes; /* of the rows, each as often as it is said */
  struct sf_arena arena;
};

/* --- files of days (store_days.c) --- */

enum sf_day_statement
{
  SF_DAY_INSERT,
  SF_DAY_FIND_SERIES,
  SF_DAY_ADD_SERIES,
  SF_DAY_FIND_TEXT,
  SF_DAY_ADD_TEXT,
  SF_DAY_GET_TEXT,
  SF_DAY_HAS_ROW,
  SF_DAY_JUDGE,
  SF_DAY_VERDICT,
  SF_DAY_READ,
  SF_DAY_READ_BACK,
  SF_DAY_NEWEST,
  SF_DAY_SERIES_ALL,
  SF_DAY_SERIES_OF,
  SF_DAY_STATEMENTS
};

struct sf_day_file
{
  enum sf_record_kind kind;
  int64_t day; /* since 1970-01-01 */
  sqlite3 *db; /* NULL: this place is free */
  sqlite3_stmt *statements[SF_DAY_STATEMENTS];
  int64_t *series_id, *text_id; /* the file's numbers of what the store remembers, 0: not known yet */
  size_t series_capacity, text_capacity;
  uint64_t used;
};

enum sf_catalog_statement
{
  SF_CATALOG_APPLIED,
  SF_CATALOG_SET_APPLIED,
  SF_CATALOG_ADD_DAY,
  SF_CATALOG_DAYS,
  SF_CATALOG_ASSET_PLACE,
  /* each followed by as many as there are kinds */
  SF_CATALOG_FIND_LAST,
  SF_CATALOG_ADD_LAST = SF_CATALOG_FIND_LAST + SF_RECORD_KINDS,
  SF_CATALOG_MOVE_LAST = SF_CATALOG_ADD_LAST + SF_RECORD_KINDS,
  SF_CATALOG_JUDGE_LAST = SF_CATALOG_MOVE_LAST + SF_RECORD_KINDS,
  SF_CATALOG_SET_PLACE = SF_CATALOG_JUDGE_LAST + SF_RECORD_KINDS,
  SF_CATALOG_DROP_PLACE = SF_CATALOG_SET_PLACE + SF_RECORD_KINDS,
  SF_CATALOG_PUT = SF_CATALOG_DROP_PLACE + SF_RECORD_KINDS,
  SF_CATALOG_HAS = SF_CATALOG_PUT + SF_RECORD_KINDS,
  SF_CATALOG_STATEMENTS = SF_CATALOG_HAS + SF_RECORD_KINDS
};

struct sf_store
{
  char *folder;
  enum sf_store_mode mode;
  int lock;
  sqlite3 *catalog;
  sqlite3_stmt *statements[SF_CATALOG_STATEMENTS];
  struct sf_day_file files[SF_DAY_FILES_OPEN];
  uint64_t clock; /* counts uses of day files */
  struct sf_names series_names, texts, feeds;
  struct sf_series *series; /* one for each of series_names */
  size_t series_capacity;
  struct sf_strbuf scratch;
  struct sf_batch batch;
};

/* The file of a day, kept open while it is among the last used; its statements and numbers are good until the next call
   for another day. *ret_file is NULL when there is none and make is false. */
enum sf_code sf_day_open (struct sf_store *store, enum sf_record_kind kind, int64_t day, bool make,
                          struct sf_day_file **ret_file, struct sf_error *err);
void sf_day_close_all (struct sf_store *store);
enum sf_code sf_day_statement (struct sf_day_file *file, enum sf_day_statement which, sqlite3_stmt **ret_statement,
                               struct sf_error *err);
/* The file's number of a series that the store remembers; 0 when it has none and add is false. */
enum sf_code sf_day_series (struct sf_store *store, struct sf_day_file *file, uint32_t series, bool add,
                            int64_t *ret_id, struct sf_error *err);
enum sf_code sf_day_text (struct sf_store *store, struct sf_day_file *file, uint32_t text, int64_t *ret_id,
                          struct sf_error *err);
/* Bind slot, series and key to the first seven places. */
void sf_day_bind_key (sqlite3_stmt *statement, int64_t series, const struct sf_row_key *key);
/* "observations-20140718.db" in the arena. */
char *sf_day_name (struct sf_arena *arena, enum sf_record_kind kind, int64_t day);
enum sf_code sf_day_path (struct sf_store *store, struct sf_arena *arena, enum sf_record_kind kind, int64_t day,
                          char **ret_path, struct sf_error *err);
/* The days between two times that the catalogue knows of a kind, rising; in the arena. */
enum sf_code sf_days_between (struct sf_store *store, struct sf_arena *arena, enum sf_record_kind kind, int64_t from_s,
                              int64_t to_s, int64_t **ret_days, size_t *ret_count, struct sf_error *err);

/* --- the catalogue (store_last.c, store_records.c) --- */

/* A statement of the catalogue that is made once from its text. */
enum sf_code sf_catalog_statement (struct sf_store *store, int which, const char *sql, sqlite3_stmt **ret_statement,
                                   struct sf_error *err);
/* What the catalogue knows of a series' last row, unless the store remembers it. */
enum sf_code sf_last_load (struct sf_store *store, struct sf_series *series, struct sf_error *err);
/* Make a row of the batch the last of its series, if it is; and give a last row its judgement, if it is one. */
enum sf_code sf_last_move (struct sf_store *store, struct sf_series *series, const struct sf_batch_row *row,
                           struct sf_error *err);
enum sf_code sf_last_judge (struct sf_store *store, struct sf_series *series, const struct sf_judgement *judgement,
                            struct sf_error *err);
/* Remember what was committed. */
void sf_last_settle (struct sf_store *store, const struct sf_item *items, size_t count);

/* Records of the kinds that stand in the catalogue: their columns come from the tables of members. */
enum sf_code sf_records_put (struct sf_store *store, const struct sf_batch_record *one, struct sf_error *err);
enum sf_code sf_records_has (struct sf_store *store, const struct sf_batch_record *one, bool *ret_has,
                             struct sf_error *err);
/* The numbers of a query's rows in key order, those received later left out; its other bounds are for the caller. *ret_numbers is
   freed by the caller. */
enum sf_code sf_records_select (struct sf_store *store, const struct sf_store_query *query, int64_t **ret_numbers,
                                size_t *ret_count, struct sf_error *err);
/* A statement that gives the row of a number. */
enum sf_code sf_records_prepare (struct sf_store *store, enum sf_record_kind kind, sqlite3_stmt **ret_statement,
                                 struct sf_error *err);
/* The row at which the statement stands, in the arena. */
enum sf_code sf_records_take (struct sf_store *store, sqlite3_stmt *statement, struct sf_arena *arena,
                              enum sf_record_kind kind, struct sf_batch_record *ret_one, struct sf_error *err);

/* Values of fields are files below the store (store_field.c), under a name that follows from the record. */
enum sf_code sf_field_name (struct sf_arena *arena, const struct sf_batch_record *one, char **ret_name,
                            struct sf_error *err);
enum sf_code sf_field_write (struct sf_store *store, const struct sf_batch_record *one, struct sf_error *err);
enum sf_code sf_field_read (struct sf_store *store, struct sf_arena *arena, const char *name, struct sf_field *field,
                            struct sf_error *err);

/* --- a batch that was begun (store_redo.c) --- */

/* Give the batch a number and write down what goes into files of days now, before the first of them is touched. */
enum sf_code sf_redo_write (struct sf_store *store, const struct sf_item *items, size_t count, struct sf_error *err);
/* Complete what the last writer did not. */
enum sf_code sf_redo_complete (struct sf_store *store, struct sf_error *err);
/* Commit a batch that is written down. */
enum sf_code sf_store_complete (struct sf_store *store, struct sf_error *err);

/* --- the batch (store.c) --- */

/* The place of a row's or record's key among those of the batch. */
uint32_t *sf_batch_find (const struct sf_batch *batch, const struct sf_batch_id *id);

/* Add what a record is about, but for its valid time, as bytes: feed and subject first. */
void sf_store_add_about (struct sf_strbuf *buf, const struct sf_record *record);
enum sf_code sf_store_name (struct sf_store *store, const struct sf_record *record, uint32_t *ret_series,
                            struct sf_error *err);
/* The asset, mover, event or storm; of a field its quantity. */
const char *sf_store_subject (const struct sf_record *record);
enum sf_code sf_store_text (struct sf_store *store, const char *text, uint32_t *ret_text, struct sf_error *err);
const char *sf_store_text_of (const struct sf_store *store, uint32_t text);

/* --- which days a commit writes (store_share.c) --- */

/* Of items in the order of their days keep those that are to be written now, at most days_max files for feeds that name many. */
enum sf_code sf_share_choose (struct sf_store *store, struct sf_item *items, size_t *count, int days_max,
                              struct sf_error *err);
/* Note that the items of a day are left, and why. */
enum sf_code sf_share_leave (struct sf_store *store, const struct sf_item *items, size_t count,
                             const struct sf_error *why, struct sf_error *err);
/* Let the newest row of each series be one of those items. */
void sf_share_find_best (struct sf_store *store, const struct sf_item *items, size_t count);
/* Link the rows and judgements of each series in the batch anew. */
void sf_share_link (struct sf_store *store);
/* Drop from the batch what was written: these items, all records, and what says how far feeds are applied that have nothing left. */
void sf_share_settle (struct sf_store *store, const struct sf_item *items, size_t count);
int sf_item_compare_days (const void *a, const void *b);
size_t sf_item_count_same_day (const struct sf_item *items, size_t count);
bool sf_share_is_left (const struct sf_store *store, uint32_t feed);

static inline bool
sf_kind_has_days (enum sf_record_kind kind)
{
  return kind == SF_RECORD_OBSERVATION || kind == SF_RECORD_POSITION;
}

/* --- reading (store_read.c, store_rows.c, store_latest.c) --- */

/* A text of a row as it is read: a copy, so that the row outlives the next one. */
struct sf_stored_text
{
  struct sf_strbuf text;
  int64_t day, id; /* which text of which file, 0: none */
};

struct sf_stored_row
{
  struct sf_row_key key;
  int64_t message_id, source_line;
  double numbers[SF_ROW_NUMBERS];
  struct sf_stored_text texts[SF_ROW_TEXTS];
  uint8_t quality;
};

struct sf_series_name
{
  const char *subject, *quantity, *feed;
  int64_t period_s;
};

/* A row that is kept until no statement stands open: whoever looks at rows may take its time. */
struct sf_kept_row
{
  struct sf_series_name series;
  struct sf_row_key key;
  int64_t message_id, source_line;
  double numbers[SF_ROW_NUMBERS];
  const char *texts[SF_ROW_TEXTS];
  long rank;
  uint8_t quality;
  bool holds;
};

struct sf_reader
{
  struct sf_store *store;
  const struct sf_store_query *query;
  sf_store_visit visit;
  void *ctx;
  struct sf_error *err;
  const char **feeds, **subjects; /* of the query, sorted */
  struct sf_arena arena;
  struct sf_names texts;
  /* Rows of one series on their way out: the one before is held back until it is known whether it holds. */
  struct sf_series_name series;
  struct sf_stored_row rows[2];
  int now;
  bool pending;
  long rank;
  /* Rows to be given out, their texts in an arena; of each kind of text the last one, which the next row often has, too. */
  struct sf_kept_row *kept;
  size_t kept_count, kept_capacity;
  struct sf_arena kept_texts;
  struct
  {
    int64_t day, id;
    const char *text;
  } kept_last[SF_ROW_TEXTS];
  /* Where the asset of the series is, asked once. */
  bool place_known;
  double lon_deg, lat_deg;
};

bool sf_reader_wants (const struct sf_reader *reader, const char *feed, const char *subject);
/* Give a row out if it lies in the query's area. */
enum sf_code sf_reader_give (struct sf_reader *reader, const struct sf_record *record,
                             const struct sf_store_origin *origin, long rank, bool holds);
void sf_row_origin (struct sf_store_origin *origin, int64_t message_id, int64_t tie, uint32_t place);
enum sf_code sf_reader_records (struct sf_reader *reader);
enum sf_code sf_reader_rows (struct sf_reader *reader);
enum sf_code sf_reader_latest (struct sf_reader *reader);

void sf_reader_begin_series (struct sf_reader *reader, const struct sf_series_name *series);
/* Pass the rows of the series that a file holds in valid time [from_s, to_s], and give out what is kept when it is much; not
   with latest, where a statement of the catalogue stands open. */
enum sf_code sf_reader_pass (struct sf_reader *reader, struct sf_day_file *file, int64_t id, int64_t from_s,
                             int64_t to_s);
enum sf_code sf_reader_end_series (struct sf_reader *reader);
/* Keep a row of the series that was begun, to be given out. */
enum sf_code sf_reader_keep_row (struct sf_reader *reader, const struct sf_stored_row *row, long rank, bool holds);
bool sf_reader_is_full (const struct sf_reader *reader);
/* Give out what is kept. No statement may stand open but one that was reset. */
enum sf_code sf_reader_flush (struct sf_reader *reader);
/* One copy of a text for the whole query. */
enum sf_code sf_reader_keep_text (struct sf_reader *reader, const unsigned char *text, const char **ret_text);
struct sf_row_key sf_row_take_key (sqlite3_stmt *statement, int first);
/* The key and numbers of the row at which a statement stands that reads one from a day's file; texts not. */
void sf_row_take (sqlite3_stmt *statement, int first, const struct sf_row_layout *layout, struct sf_stored_row *row);
double sf_column_number (sqlite3_stmt *statement, int column);

/* Reads of a file see one state of it, and take its lock once, until sf_day_end_reads. */
enum sf_code sf_day_begin_read (struct sf_day_file *file, struct sf_error *err);
void sf_day_end_reads (struct sf_store *store);

#endif
