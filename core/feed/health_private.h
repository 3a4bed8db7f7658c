/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_FEED_HEALTH_PRIVATE_H
#define SF_CORE_FEED_HEALTH_PRIVATE_H

#include "core/base/json.h"
#include "core/feed/health.h"

enum
{
  SF_HEALTH_RECENT = 8, /* messages that a repeat is looked for among */
  SF_HEALTH_HOURS = 48  /* of valid time whose minutes are remembered */
};

/* Which minutes of an hour (hours since 1970) had data. */
struct sf_health_hour
{
  int64_t hour;
  uint64_t minutes;
};

/* A feed as the writer keeps it: shown points to the arrays below it; all texts are its own. */
struct sf_health_entry
{
  struct sf_feed_health shown;
  struct sf_feed_counter reasons[SF_HEALTH_REASONS + 1], counters[SF_HEALTH_COUNTERS];
  struct sf_feed_alarm alarms[SF_HEALTH_ALARMS];
  uint64_t recent[SF_HEALTH_RECENT]; /* the first eight bytes of digests, 0: none */
  int recent_next;
  struct sf_health_hour hours[SF_HEALTH_HOURS]; /* by hour modulo their count */
};

/* A reason without what varies: words with digits become #, what is quoted becomes *. */
void sf_health_classify (const char *reason, char *class, size_t size);

/* A small integer of the board's file: its key and where it stands in struct sf_feed_health. */
struct sf_health_number
{
  const char *key;
  size_t offset;
  bool is_time;
  const char *help; /* of a counter for Prometheus; NULL: it is none */
};
extern const struct sf_health_number sf_health_numbers[];
extern const size_t sf_health_numbers_count;

static inline int64_t *
sf_health_number_at (const struct sf_feed_health *health, size_t index)
{
  return (int64_t *) ((char *) health + sf_health_numbers[index].offset);
}

enum
{
  SF_HEALTH_KEY_BYTES = 32
};
/* A moment's name for who reads it as a time or adds its unit: "last_heard" of last_heard_s. */
const char *sf_health_moment_name (size_t index, char name[SF_HEALTH_KEY_BYTES]);

/* The share of data times that were due in the 24 h before now_s less the lateness and did not come. */
double sf_health_missing_share (const struct sf_feed_health *health, const struct sf_health_hour *hours, int64_t now_s);

/* How a time is written: as a text for programs, as seconds in the board's file. */
struct sf_health_time_form
{
  const char *since_key;
  void (*put) (struct sf_json *json, const char *key, int64_t time_s);
  bool has_titles; /* alarms are told in both languages, too */
};
void sf_health_put_alarms (struct sf_json *json, const struct sf_feed_alarm *alarms, size_t count,
                           const struct sf_health_time_form *form);
/* What a feed and its department are called. */
void sf_health_put_titles (struct sf_json *json, const struct sf_feed_health *health);

/* Feeds that are defined no longer, the last one taken out last. */
struct sf_health_gone
{
  struct sf_health_entry *entries[SF_HEALTH_GONE];
  size_t count;
};

/* The board's file. */
void sf_health_put_file (const struct sf_health_board *board, const struct sf_health_entry *const *entries,
                         const struct sf_health_gone *gone, struct sf_strbuf *out);
/* Read it; entries and gone (may be NULL) get what only a writer needs, entries one for each feed of the board; all in the
   arena. */
enum sf_code sf_health_parse_file (struct sf_arena *arena, const char *path, struct sf_health_board *ret_board,
                                   struct sf_health_entry **ret_entries, struct sf_health_gone *ret_gone,
                                   struct sf_error *err);

#endif
