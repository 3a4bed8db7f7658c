/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_STORE_STORE_H
#define SF_CORE_STORE_STORE_H

#include "core/base/sha256.h"
#include "core/data/record.h"

#include <stdbool.h>

/* The store: what the feeds said, as rows of SQLite below DIR/store, derived from the journal. One process writes, any
   number read meanwhile. Each thread has its own. Rows are never changed but for the verdict of quality control, which is
   derived like the rows themselves.

   A row is known by what it is about (feed, kind, asset or mover or event or storm, quantity, valid time, span), its
   revision and where it came from: received time, a piece of the message's SHA-256, and its place in the message. The same
   message put twice gives the same rows once; the same messages in another order give the same store. Of rows about the same
   thing the one with the highest (revision, received time, message, place) holds; the others are what was said before. */
struct sf_store;

enum sf_store_mode
{
  SF_STORE_READ,
  SF_STORE_WRITE
};

/* Open DIR/store. Older forms are migrated (WRITE) or refused in words (READ); newer ones are refused. */
enum sf_code sf_store_open (const char *dir, enum sf_store_mode mode, struct sf_store **ret_store,
                            struct sf_error *err);
void sf_store_close (struct sf_store *store);

/* Where a record came from. */
struct sf_store_origin
{
  int64_t message_id;   /* of the journal, for people and lineage; not part of the key */
  struct sf_key sha256; /* of the message */
  uint32_t place;       /* among the message's records, from 0 */
};

/* --- writing: all between two commits is one batch --- */

/* Put a checked record (feed and received_s set) into the batch; it is copied. All comes back as it was put, but for the sign of
   a zero. SF_EFORMAT in words for one that cannot be
   told from others: without a feed, subject, received time, an observation without quantity, observations and positions without a
   valid time. *ret_new (may be NULL): false when the row is there already. */
enum sf_code sf_store_put (struct sf_store *store, const struct sf_record *record, const struct sf_store_origin *origin,
                           bool *ret_new, struct sf_error *err);
/* How far a feed is applied: the id of its newest message whose records are all in the store; part of the batch. */
enum sf_code sf_store_set_applied (struct sf_store *store, const char *feed, int64_t message_id, struct sf_error *err);
enum sf_code sf_store_applied (struct sf_store *store, const char *feed, int64_t *ret_message_id, struct sf_error *err);
/* Write the batch. Files are committed so that `applied` never runs ahead of rows, whatever is killed when. On failure the
   whole batch is kept and the call may be repeated; sf_store_drop_batch forgets it. */
enum sf_code sf_store_commit (struct sf_store *store, struct sf_error *err);
/* The same, but of feeds that name many days at most days_max files: the rows of their other days stay in the batch, as does
   how far those feeds are applied. What stays is seen by sf_store_samples and written by the next calls. A file of a day that
   takes no rows because it is damaged keeps its own rows back and no others. */
enum sf_code sf_store_commit_some (struct sf_store *store, int days_max, struct sf_error *err);
/* Whether the last commit left rows of a feed in the batch. *ret_days: how many days they name; why (code SF_OK: they wait for
   their turn): what keeps their file from taking them. */
bool sf_store_has_left (const struct sf_store *store, const char *feed, long *ret_days, struct sf_error *why);
void sf_store_drop_batch (struct sf_store *store);
/* Put on the disk what was committed: from here on a power cut takes none of it back. Before what it was made from is dropped. */
enum sf_code sf_store_sync (struct sf_store *store, struct sf_error *err);
size_t sf_store_batch_rows (const struct sf_store *store);
/* About what the batch takes in memory, the values of fields included. */
size_t sf_store_batch_bytes (const struct sf_store *store);

/* --- reading --- */

struct sf_store_query
{
  enum sf_record_kind kind;
  const char *const *feeds; /* NULL: all */
  size_t feeds_count;
  const char *const *subjects; /* assets, movers, events or storms (id or number); NULL: all */
  size_t subjects_count;
  const char *quantity;                            /* of observations and fields (else not looked at); NULL: all */
  int64_t from_s, to_s;                            /* valid time, both included; SF_TIME_MISSING: no bound */
  int64_t as_of_s;                                 /* only what was received by then; SF_TIME_MISSING: all */
  double west_deg, south_deg, east_deg, north_deg; /* NaN: everywhere; west > east crosses 180 degrees */
  bool latest;                                     /* only the newest of each series, see below */
  bool all_revisions;                              /* also what was said before */
  long limit;                                      /* 0: none; the newest are kept */
};

/* latest: of each series (feed, subject, quantity, span) the newest valid time among those that from_s, to_s and as_of_s
   leave; of tracks and fields (feed, storm or quantity, agency or level, member) the newest run with all its times. The area is
   applied to what that gives: who is in it now. An asset, event, track or field without a valid time lies within all bounds
   of time. An observation without a place is where its asset is. Fields cannot be asked for by area (SF_EINVAL). */

/* An empty query of a kind: everything that holds now. */
void sf_store_query_init (struct sf_store_query *query, enum sf_record_kind kind);

/* A row on its way out: the record as it was put, with the judgement of quality control in quality and doubt. Valid during
   the call. rank counts the row among those about the same thing, from 1 (0: not counted, with latest and without
   all_revisions); holds: nothing later overrides it (as of as_of_s). */
struct sf_store_row
{
  const struct sf_record *record;
  struct sf_store_origin origin; /* sha256: only its first eight bytes */
  long rank;
  bool holds;
  const char *file; /* of a field: the virtual raster over its values, which GDAL opens; NULL: none */
};
typedef enum sf_code (*sf_store_visit) (void *ctx, const struct sf_store_row *row, struct sf_error *err);
/* In key order: subject, quantity, feed, span (tracks: agency, member, base time, lead; fields: level, member, base time), valid
   time, revision. Sees the committed rows, which are read some at a time: no lock is held during a visit, it may take its time, and
   what is committed meanwhile may be seen or not. Anything but SF_OK from visit ends it. visit must not use the store. */
enum sf_code sf_store_read (struct sf_store *store, const struct sf_store_query *query, sf_store_visit visit, void *ctx,
                            struct sf_error *err);

/* --- names --- */

enum sf_store_names
{
  SF_STORE_FEEDS,   /* of which a message was applied or a row stands here */
  SF_STORE_SUBJECTS /* of all kinds */
};
enum
{
  SF_STORE_NAMES_MAX = 50000
};
/* What the store has heard of, in order, at most SF_STORE_NAMES_MAX; in the arena. For finding the one that was meant. */
enum sf_code sf_store_names (struct sf_store *store, enum sf_store_names what, struct sf_arena *arena,
                             const char *const **ret_names, size_t *ret_count, struct sf_error *err);
/* Whether anything stored, of whatever kind, is about an asset, mover, event or storm. */
enum sf_code sf_store_knows (struct sf_store *store, const char *subject, bool *ret_knows, struct sf_error *err);

/* --- quality control --- */

/* A number of a series with its key, for checks along time. */
struct sf_store_sample
{
  int64_t valid_s, received_s;
  double value;            /* of an observation */
  double lon_deg, lat_deg; /* of a position */
  uint8_t quality;
  const char *doubt; /* of a row of the batch, until it is committed or dropped; NULL: none, or the row is stored */
  /* Which row it is, for sf_store_judge. */
  uint32_t revision, place;
  int64_t tie, row, day;
};
/* The rows that hold of one series (feed, subject, quantity, span; or feed and mover) in valid time [from_s, to_s] (either
   SF_TIME_MISSING: no bound), batch included, in order of time; *ret_samples in the arena. limit above 0: at most so many,
   the newest; below 0: the oldest; 0: all. */
struct sf_store_series
{
  enum sf_record_kind kind; /* observation or position */
  const char *feed, *subject, *quantity;
  int64_t period_s;
};
enum sf_code sf_store_samples (struct sf_store *store, struct sf_arena *arena, const struct sf_store_series *series,
                               int64_t from_s, int64_t to_s, long limit, struct sf_store_sample **ret_samples,
                               size_t *ret_count, struct sf_error *err);
/* All rows of a series in the batch, also those that do not hold, in no order; else the same. */
enum sf_code sf_store_batch_samples (struct sf_store *store, struct sf_arena *arena,
                                     const struct sf_store_series *series, int64_t from_s, int64_t to_s,
                                     struct sf_store_sample **ret_samples, size_t *ret_count, struct sf_error *err);
/* Set quality and doubt of a stored row's sample to what the batch judged of it, if it did. */
enum sf_code sf_store_overlay (struct sf_store *store, const struct sf_store_series *series,
                               struct sf_store_sample *sample, struct sf_error *err);
/* Give a row its judgement, as part of the batch. */
enum sf_code sf_store_judge (struct sf_store *store, const struct sf_store_series *series,
                             const struct sf_store_sample *sample, enum sf_quality quality, const char *doubt,
                             struct sf_error *err);
/* What a sample says of the row's message and of its day, for who makes one of a row read: the first eight bytes of the
   digest; the UTC day since 1970-01-01. */
int64_t sf_store_tie (const struct sf_key *sha256);
int64_t sf_store_day (int64_t time_s);

/* --- the whole --- */

/* SHA-256 over all rows in key order, with their judgement but without message ids: equal stores say the same. */
enum sf_code sf_store_digest (struct sf_store *store, struct sf_key *ret_key, long *ret_rows, struct sf_error *err);

/* A file of the store, or one kind's part of the catalogue. */
struct sf_store_part
{
  enum sf_record_kind kind;
  int64_t day;      /* since 1970-01-01; SF_TIME_MISSING: in the catalogue */
  const char *name; /* of the file */
  int64_t bytes;    /* of the whole file and its log */
  int form;
  long rows;
};
/* What there is, in the arena. */
enum sf_code sf_store_list (struct sf_store *store, struct sf_arena *arena, struct sf_store_part **ret_parts,
                            size_t *ret_count, struct sf_error *err);
/* Check every file by SQLite's own means, the catalogue against the files of days, and that the fields' values are there; say is
   called for each fault, in English. A store that is being written is best checked between two batches. */
typedef void (*sf_store_fault) (void *ctx, const char *fault);
enum sf_code sf_store_check (struct sf_store *store, sf_store_fault say, void *ctx, long *ret_faults,
                             struct sf_error *err);

#endif
