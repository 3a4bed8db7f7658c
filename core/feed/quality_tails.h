/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_FEED_QUALITY_TAILS_H
#define SF_CORE_FEED_QUALITY_TAILS_H

#include "core/feed/quality_kernels.h"

/* What series last said, so that the store is asked only when a row comes late, comes again, or must be judged: a bounded
   number of series, the one unused for longest is forgotten. */

/* What rows along a series can be doubted for. */
enum sf_quality_flag
{
  SF_QUALITY_JUMPS = 1,
  SF_QUALITY_STANDS = 2,
  SF_QUALITY_SPEEDS = 4,
  SF_QUALITY_PAIR = 8,
  SF_QUALITY_SUM = 16,
  SF_QUALITY_PLACES = 32
};

enum
{
  SF_QUALITY_TAIL = 8,
  SF_QUALITY_SERIES_MAX = 65536,
  SF_QUALITY_KEY_BYTES = 256,
  SF_QUALITY_TAIL_SPANS = 1024 /* of time that a series keeps apart in a batch */
};

struct sf_tail_span
{
  int64_t from_s, to_s;
};

struct sf_tail_point
{
  int64_t valid_s;
  double x, y;             /* value; or longitude and latitude */
  double lon_deg, lat_deg; /* of an observation, NaN where it did not say */
  unsigned char link;      /* to the point before */
  unsigned char flags;     /* what is found now */
  unsigned char told;      /* what the store was told */
};

struct sf_tail
{
  enum sf_record_kind kind;
  size_t feed; /* of the control's feeds */
  const char *subject, *quantity;
  int64_t period_s;
  const struct sf_quantity_rule *rule; /* of observations */
  const struct sf_mover_rule *mover;   /* of positions */
  const struct sf_station_rule *station;
  double station_m; /* what an asset's reports may lie apart */

  bool known;     /* the tail ends where the store's series ends */
  int64_t last_s; /* newest valid time of any row, while known */
  struct sf_tail_point tail[SF_QUALITY_TAIL];
  int tail_count;
  int64_t standing_since_s; /* the last value of the tail */

  bool touched;               /* in this batch */
  struct sf_tail_span *spans; /* rows to be judged with the store's help */
  size_t spans_count, spans_capacity;
  struct sf_tail_span rest; /* what found no room among them; from_s > to_s: nothing */
  int64_t from_s, to_s;     /* the span that is judged */
  struct sf_tail *next;     /* of the same hash */
  struct sf_tail *newer, *older;
  uint64_t hash;
  char *key;
};

struct sf_tails
{
  struct sf_tail **buckets;
  size_t buckets_count, count, max;
  struct sf_tail *newest, *oldest;
  struct sf_tail **touched;
  size_t touched_count, touched_capacity;
};

enum sf_code sf_tails_init (struct sf_tails *cache, size_t max, struct sf_error *err);
void sf_tails_finish (struct sf_tails *cache);
/* Forget all. */
void sf_tails_clear (struct sf_tails *cache);
/* The series of these five (texts are copied, at most SF_QUALITY_KEY_BYTES together), made when `make`; *ret_series NULL:
   none. A series touched in this batch is not forgotten before its end. */
enum sf_code sf_tail_find (struct sf_tails *cache, const struct sf_tail *wanted, bool make, struct sf_tail **ret_series,
                           struct sf_error *err);
/* Note that a series changed in this batch. */
enum sf_code sf_tail_touch (struct sf_tails *cache, struct sf_tail *series, struct sf_error *err);
/* The batch ended. */
void sf_tail_settle (struct sf_tails *cache);

/* Rows from from_s to to_s of a touched series want judging with the store's help. */
void sf_tail_dirty (struct sf_tail *series, int64_t from_s, int64_t to_s);
/* Bring the spans in order, those within reach of each other as one: days far apart must not have all between them read. */
void sf_tail_join_spans (struct sf_tail *series);
bool sf_tail_is_dirty (const struct sf_tail *series);
/* Set the tail to nothing, before rows are appended. */
void sf_tail_restart (struct sf_tail *series);
/* Append a usable row (its link and flags are found here) later than all before; finds again what its neighbours are doubted
   for. */
void sf_tail_append (struct sf_tail *series, const struct sf_tail_point *row);
/* The link between two rows in this order. */
unsigned char sf_tail_link (const struct sf_tail *series, const struct sf_tail_point *a, const struct sf_tail_point *b);
/* Whether two rows of an asset come from two places. */
bool sf_tail_is_apart (const struct sf_tail *series, const struct sf_tail_point *a, const struct sf_tail_point *b);
/* The flag of a jump in this series. */
unsigned char sf_tail_jump_flag (const struct sf_tail *series);
/* How long before or after a row others may be doubted or not because of it; those that stand still, after it, for longer. */
int64_t sf_tail_effect_s (const struct sf_tail *series);
int64_t sf_tail_standing_s (const struct sf_tail *series);
/* How long before or after a row others matter to the judgement of all that it can have an effect on. */
int64_t sf_tail_reach_s (const struct sf_tail *series);

#endif
