/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_FEED_QUALITY_SERIES_H
#define SF_CORE_FEED_QUALITY_SERIES_H

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
  SF_QUALITY_SUM = 16
};

enum
{
  SF_QUALITY_TAIL = 8,
  SF_QUALITY_SERIES_MAX = 65536,
  SF_QUALITY_KEY_BYTES = 256
};

struct sf_series_point
{
  int64_t valid_s;
  double x, y;         /* value; or longitude and latitude */
  unsigned char link;  /* to the point before */
  unsigned char flags; /* what is found now */
  unsigned char told;  /* what the store was told */
};

struct sf_series
{
  enum sf_record_kind kind;
  size_t feed; /* of the control's feeds */
  const char *subject, *quantity;
  int64_t period_s;
  const struct sf_quantity_rule *rule; /* of observations */
  const struct sf_mover_rule *mover;   /* of positions */
  const struct sf_station_rule *station;

  bool known;     /* the tail ends where the store's series ends */
  int64_t last_s; /* newest valid time of any row, while known */
  struct sf_series_point tail[SF_QUALITY_TAIL];
  int tail_count;
  int64_t standing_since_s; /* the last value of the tail */

  bool touched;           /* in this batch */
  int64_t from_s, to_s;   /* rows to be judged with the store's help; from_s > to_s: none */
  struct sf_series *next; /* of the same hash */
  struct sf_series *newer, *older;
  uint64_t hash;
  char *key;
};

struct sf_series_cache
{
  struct sf_series **buckets;
  size_t buckets_count, count, max;
  struct sf_series *newest, *oldest;
  struct sf_series **touched;
  size_t touched_count, touched_capacity;
};

enum sf_code sf_series_cache_init (struct sf_series_cache *cache, size_t max, struct sf_error *err);
void sf_series_cache_finish (struct sf_series_cache *cache);
/* Forget all. */
void sf_series_cache_clear (struct sf_series_cache *cache);
/* The series of these five (texts are copied, at most SF_QUALITY_KEY_BYTES together), made when `make`; *ret_series NULL:
   none. A series touched in this batch is not forgotten before its end. */
enum sf_code sf_series_find (struct sf_series_cache *cache, const struct sf_series *wanted, bool make,
                             struct sf_series **ret_series, struct sf_error *err);
/* Note that a series changed in this batch. */
enum sf_code sf_series_touch (struct sf_series_cache *cache, struct sf_series *series, struct sf_error *err);
/* The batch ended. */
void sf_series_settle (struct sf_series_cache *cache);

/* Rows from from_s to to_s of a touched series want judging with the store's help. */
void sf_series_dirty (struct sf_series *series, int64_t from_s, int64_t to_s);
/* Set the tail to nothing, before rows are appended. */
void sf_series_restart (struct sf_series *series);
/* Append a usable row later than all before; finds again what its neighbours are doubted for. */
void sf_series_append (struct sf_series *series, int64_t valid_s, double x, double y);
/* The link between two rows in this order. */
unsigned char sf_series_link (const struct sf_series *series, const struct sf_series_point *a,
                              const struct sf_series_point *b);
/* The flag of a jump in this series. */
unsigned char sf_series_jump_flag (const struct sf_series *series);
/* How long before or after a row others can matter to its judgement. */
int64_t sf_series_reach_s (const struct sf_series *series);

#endif
