/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_FEED_INTAKE_PRIVATE_H
#define SF_CORE_FEED_INTAKE_PRIVATE_H

#include "core/base/time.h"
#include "core/feed/intake.h"

enum
{
  INTAKE_BATCH_BYTES = 32 << 20,
  INTAKE_COMMIT_MS = 50,
  INTAKE_MESSAGE_BYTES_MAX = 512 << 20, /* no database takes much more */
  INTAKE_POLL_MS = 1000,                /* of a transport that does not say what it waits for */
  INTAKE_RETRY_MS = 100,                /* the first wait after a commit that failed; doubled up to */
  INTAKE_RETRY_MAX_MS = 5000,
  INTAKE_OPEN_MS = 1000, /* the same of a transport that cannot be opened */
  INTAKE_OPEN_MAX_MS = 60000,
  INTAKE_JUMP_S = 60,           /* between the clock and the steady count, that is a jump */
  INTAKE_JUMP_TOLD_MS = 600000, /* how long its alarm stands */
  INTAKE_TRIM_MS = 60000,
  INTAKE_TRIM_MORE_MS = 200, /* while there is more to drop */
  INTAKE_ALARMS_MAX = 16,    /* names of a transport's alarms, to end them with it */
  INTAKE_EVENTS = 64,
  INTAKE_COMPLAIN_MS = 5000 /* between two lines of the log about what goes on failing */
};

/* One department folder as it was read: its feeds live in the arena until nobody uses one. */
struct generation
{
  struct sf_arena arena;
  const struct sf_feed *feeds;
  size_t count;
  struct generation *next;
};

/* A feed's transport. */
struct source
{
  struct sf_intake *intake;
  const struct sf_feed *feed;
  struct sf_host host;
  struct sf_protocol_use protocol;
  void *state;
  bool is_open, is_failing;
  int64_t due_ms;      /* when it is polled, or opened, at the latest */
  int64_t patience_ms; /* of opening */
  int fd;              /* that is waited for; -1: none */
  bool is_ready;       /* fd is readable */
  bool was_refused;    /* it was told SF_EBUSY: poll it when there is room */
  uint64_t taken;      /* number of its last message; of the last one that is held; and that it was told of */
  uint64_t held, acknowledged;
  char *alarms[INTAKE_ALARMS_MAX];
  size_t alarms_count;
};

/* What waits for a commit, in the order it came. Texts and bytes are in the batch's arena. */
struct item
{
  enum
  {
    ITEM_MESSAGE,
    ITEM_MEMORY
  } kind;
  struct source *source; /* NULL: it is closed */
  uint64_t number;
  struct sf_message message;
  const char *decoder;
  const char *feed, *key, *value; /* of memory */
  int64_t id;                     /* of the journal; 0: a duplicate */
};

struct batch
{
  struct sf_arena arena;
  struct item *items;
  size_t count, capacity, bytes;
  int64_t since_ms;
  bool is_refusing; /* somebody found no room */
};

struct sf_intake
{
  struct sf_intake_setup setup;
  struct sf_log *log;
  int lock;          /* the data folder's */
  int epoll, wakeup; /* all that is waited for; an eventfd */
  int sources_epoll; /* the transports, taken off epoll while there is no room */
  bool sources_are_waited_for;
  struct sf_journal *journal;
  struct sf_store *store;
  struct sf_health *health;
  struct sf_pipeline *pipeline;
  struct source **sources;
  size_t sources_count;
  struct generation *generations;
  struct batch batch;
  int64_t now_s, now_ms;   /* of this turn */
  int64_t last_s, last_ms; /* of the turn before; last_ms 0: there was none */
  int64_t jumped_ms;       /* when the clock last jumped, with has_jumped */
  bool has_jumped;
  int64_t retry_ms, patience_ms; /* of the commit */
  const char *alarm;             /* that stands because of it */
  int64_t trim_ms, complain_ms;
};

/* intake_source.c: transports */
enum sf_code sf_source_new (struct sf_intake *intake, const struct sf_feed *feed, struct source **ret_source,
                            struct sf_error *err);
void sf_source_free (struct source *source);
/* Open, poll, or do nothing: what is due. */
void sf_source_turn (struct source *source);
/* All of it up to number is held. */
void sf_source_acknowledge (struct source *source, uint64_t number);

/* intake_batch.c: group commit */
enum sf_code sf_batch_add_message (struct source *source, const struct sf_message *message, struct sf_error *err);
enum sf_code sf_batch_add_memory (struct source *source, const char *key, const char *value, struct sf_error *err);
/* What is remembered and not yet committed: false when there is nothing about the key. */
bool sf_batch_find_memory (const struct batch *batch, const char *feed, const char *key, const char **ret_value);
bool sf_batch_is_full (const struct sf_intake *intake);
int64_t sf_batch_due_ms (const struct sf_intake *intake);
/* Commit and acknowledge; on failure all of it stays. */
enum sf_code sf_batch_commit (struct sf_intake *intake, struct sf_error *err);
/* A source is closed: its messages are not acknowledged. */
void sf_batch_forget_source (struct batch *batch, const struct source *source);

/* intake_keep.c: dropping what the journal need not keep */
void sf_intake_trim (struct sf_intake *intake);

#endif
