/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_FEED_HEALTH_H
#define SF_CORE_FEED_HEALTH_H

#include "core/feed/feed.h"
#include "core/feed/quality.h"

/* The health board: what each feed did, kept by ingest in DIR/health.json (written whole, renamed, about once a second), read
   by everyone. Ages are told at the reader's time: a dead ingest makes every feed silent, never green. */

enum sf_feed_state
{
  SF_FEED_NEVER, /* nothing came since it exists, and no alarm stands */
  SF_FEED_FRESH,
  SF_FEED_LATE,   /* newest data older than cadence + allowed lateness */
  SF_FEED_SILENT, /* older than cadence + twice that: an alarm */
  SF_FEED_FAILING /* not silent, or it never spoke, and an alarm stands: transport, decoder, disk */
};

struct sf_feed_alarm
{
  const char *name, *text;
  int64_t since_s;
};

struct sf_feed_counter
{
  const char *name;
  int64_t count;
};

/* One feed as the board shows it. Times UTC, SF_TIME_MISSING: never. */
struct sf_feed_health
{
  const char *feed, *title_en, *title_zh, *department_en, *department_zh;
  int64_t cadence_s, lateness_s;
  int64_t since_s;        /* when the board first knew it */
  int64_t last_heard_s;   /* any message */
  int64_t last_content_s; /* a message with bytes that were new */
  int64_t newest_valid_s; /* of its records */
  int64_t messages, bytes, duplicates, repeats, records, rejects, late, out_of_order, out_of_area, missing, future,
      doubtful, unreliable, poison;
  int64_t queue_messages; /* journaled, not yet in the store */
  double delay_s;         /* from source (valid time) to store, of the last records; NaN: none */
  double missing_share;   /* of the data times that were due in the last 24 h, 0 to 1; NaN: no cadence, or too young */
  struct sf_feed_counter *reasons; /* of rejects, the most frequent first, at most 20 */
  size_t reasons_count;
  struct sf_feed_counter *counters; /* of the transport's own */
  size_t counters_count;
  struct sf_feed_alarm *alarms;
  size_t alarms_count;
};

struct sf_health_board
{
  int64_t written_s;
  int ingest_pid;               /* 0: it ended in order */
  bool ingest_gone;             /* nobody holds the folder's lock; without one: there is no such process */
  struct sf_feed_alarm *alarms; /* of the whole: disk_full, clock_jumped, ... */
  size_t alarms_count;
  struct sf_feed_health *feeds;
  size_t feeds_count;
};

enum
{
  SF_HEALTH_DEAD_S = 10,  /* a board older than this was left by a dead ingest */
  SF_HEALTH_REASONS = 20, /* kept by name; "other" counts the rest */
  SF_HEALTH_COUNTERS = 32,
  SF_HEALTH_GONE = 64,  /* feeds that were taken out, the last of them, whose counts are kept for their return */
  SF_HEALTH_ALARMS = 16 /* of a feed; the last place says "and others" */
};

/* Whether ingest lives: its board is young and its process is there. */
bool sf_health_is_alive (const struct sf_health_board *board, int64_t now_s);
/* How old the newest data is: since its valid time or, where that lies in the future (forecasts, a wrong clock) or was never
   told, since the last message with new bytes. -1: there is none. */
int64_t sf_feed_age_s (const struct sf_feed_health *health, int64_t now_s);
/* The state at now, by the rule above; board: for whether ingest lives. A feed without cadence is fresh as long as ingest
   lives, once it has spoken. */
enum sf_feed_state sf_feed_state_at (const struct sf_health_board *board, const struct sf_feed_health *health,
                                     int64_t now_s);
const char *sf_feed_state_name (enum sf_feed_state state, int zh);
/* What an alarm is called for people; "" for a name that is not ours. */
const char *sf_health_alarm_title (const char *name, int zh);
/* How many feeds are in each state. */
enum
{
  SF_FEED_STATES = SF_FEED_FAILING + 1
};
void sf_feed_count_states (const struct sf_health_board *board, int64_t now_s, long counts[SF_FEED_STATES]);

/* --- the writer's side --- */
struct sf_health;
/* Goes on from what DIR/health.json says: counters do not begin anew with a restart. A file that cannot be read is moved
   aside (health.json.bad) and said so by an alarm. */
enum sf_code sf_health_open (const char *dir, struct sf_health **ret_health, struct sf_error *err);
void sf_health_close (struct sf_health *health, int64_t now_s);
/* A feed that was taken out and comes back goes on with its counts. */
enum sf_code sf_health_set_feeds (struct sf_health *health, const struct sf_feed *const *feeds, size_t count,
                                  struct sf_error *err);

/* Events. Unknown feeds are ignored. For the missing share call sf_health_stored for each data time, not for the newest alone.
   A valid time after the last message is not taken for the newest. */
void sf_health_message (struct sf_health *health, const char *feed, int64_t now_s, const struct sf_key *sha256,
                        size_t length, bool duplicate);
void sf_health_records (struct sf_health *health, const char *feed, long records, int64_t newest_valid_s,
                        const struct sf_quality_counts *counts);
/* Reasons are counted by kind: words with digits stand as #, what is between quotation marks as *. */
void sf_health_reject (struct sf_health *health, const char *feed, const char *reason, long count);
void sf_health_poison (struct sf_health *health, const char *feed, const char *reason);
void sf_health_stored (struct sf_health *health, const char *feed, int64_t valid_s, int64_t now_s);
void sf_health_queue (struct sf_health *health, const char *feed, int64_t messages);
void sf_health_count (struct sf_health *health, const char *feed, const char *name, long more);
/* feed NULL: of the whole. text NULL: it is over. */
void sf_health_alarm (struct sf_health *health, const char *feed, const char *name, const char *text, int64_t now_s);
/* Write the board when a second has passed since the last time, or force. */
enum sf_code sf_health_write (struct sf_health *health, int64_t now_s, int64_t now_ms, bool force,
                              struct sf_error *err);

/* --- the reader's side; all in the arena --- */
enum sf_code sf_health_load (struct sf_arena *arena, const char *dir, struct sf_health_board *ret_board,
                             struct sf_error *err);
/* Times are texts in UTC, keys that end in _s are seconds. Rejects are also told by their class, in both languages. */
void sf_health_format_json (const struct sf_health_board *board, const struct sf_vocabulary *vocabulary, int64_t now_s,
                            struct sf_strbuf *out);
/* Prometheus text exposition format 0.0.4. */
void sf_health_format_prometheus (const struct sf_health_board *board, int64_t now_s, struct sf_strbuf *out);

#endif
