/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_FEED_PIPELINE_PRIVATE_H
#define SF_CORE_FEED_PIPELINE_PRIVATE_H

#include "core/base/time.h"
#include "core/feed/pipeline.h"

enum
{
  PIPELINE_WAITING_MAX = 4096, /* messages of a feed under way */
  PIPELINE_TURN_MS = 50,       /* a turn goes on for so long while workers keep up */
  PIPELINE_FEED_MS = 20,       /* of it a feed may read for so long at a stretch */
  PIPELINE_ROWS = 20000,       /* a batch is committed when it has so many */
  PIPELINE_BYTES = 64 << 20,   /* ... or takes so much memory; a single message may bring more, and is taken alone */
  PIPELINE_DAYS = 8,           /* files a commit writes for feeds that name many days, at some 20 ms each */
  PIPELINE_COMMIT_MS = 500,    /* ... or is so old */
  PIPELINE_QUIET_MS = 50,      /* ... or when nothing more is under way */
  PIPELINE_LOOK_MS = 500,      /* between two looks at a journal that others write into, too */
  PIPELINE_RETRY_MS = 200,     /* the first wait after a failure; doubled up to */
  PIPELINE_RETRY_MAX_MS = 5000,
  PIPELINE_CALM_MS = 100, /* after a turn that failed */
  PIPELINE_HELD_MAX_MS
  = 60000, /* the longest wait for a decoder that does not open: each trial starts its worker anew */
  PIPELINE_TRIES_MAX
  = 9, /* of a message for which memory was out each time, over 51 s: then it is put into quarantine */
  PIPELINE_VERDICT_BYTES = 4 << 20, /* of verdicts that wait for a commit */
  PIPELINE_TIMES_MAX = 1024,        /* data times of a feed in a batch that the board is told of */
  PIPELINE_TIMES_ALIKE = 16         /* the last of them that a new one is compared with */
};

struct pipe_feed;

/* A decoder that a feed's messages are for: its own, or one of messages made otherwise ("manual"). */
struct place
{
  struct sf_feed feed; /* the feed as the cage sees it */
  struct pipe_feed *owner;
  const char *decoder; /* as messages name it */
  struct sf_cage_feed *cage;
  char build[SF_KEY_TEXT_BYTES];
  struct sf_error refusal; /* code not SF_OK: this decoder cannot be used here, and why */
  struct place *next;
};

/* A message that was handed over. */
struct slot
{
  int64_t id;
  struct sf_key sha256;
  bool has_outcome;
};

/* What a feed did since the last commit, for the board. */
struct tally
{
  long records, messages;
  int64_t newest_valid_s;
  int64_t *times_s; /* data times, most of them once */
  size_t times_count, times_capacity;
  struct sf_quality_counts counts;
};

struct pipe_feed
{
  struct sf_pipeline *pipeline;
  char *name;
  const struct sf_feed *feed; /* as it is now */
  const struct sf_feed *next; /* what it becomes once nothing is under way; NULL: it goes */
  bool is_changing;
  bool is_rewinding; /* the batch was lost: outcomes do not count, reading begins anew at applied */
  struct place *places;
  struct sf_arena arena; /* settings of other decoders than the feed's own */
  struct slot *slots;    /* a ring of PIPELINE_WAITING_MAX */
  size_t slots_first, slots_count;
  int64_t applied;      /* committed */
  int64_t applied_next; /* all up to here have outcomes */
  int64_t read;         /* the last message handed over */
  int64_t seen;         /* the newest one when the end of the journal was reached */
  int64_t unread;       /* known to have come, not yet read; a lower bound */
  bool is_read;         /* up to the end */
  bool is_blocked;      /* by its worker, until the cages were turned */
  bool is_paused;       /* it read for long enough, or the batch is full */
  bool has_left;        /* rows of it wait in the batch: nothing more is read before they are stored */
  const char *alarm;    /* that stands because of them */
  bool is_unjudged;     /* rows of it stand unjudged since this pipeline began */
  int64_t suspect_id;   /* memory was out with it, 0: with none of which the number is known */
  int tries;            /* of it that ended so */
  int64_t memory_ms;    /* the last wait because of it */
  int64_t careful_id;   /* up to this message each is read alone and has a batch of its own; 0: none is */
  int64_t until_ms;     /* how long it may read, by the steady clock; INT64_MAX: nothing was read yet */
  int64_t retry_ms;     /* nothing is read before, after a failure */
  int64_t patience_ms;
  int64_t held_ms; /* the last wait for a decoder that did not open; 0: it does */
  struct tally tally;
};

/* Whether the batch is to be committed before more is taken. */
bool sf_pipe_is_full (const struct sf_pipeline *pipeline);
/* The next wait of something that failed: 0 begins. */
int64_t sf_pipe_patience_ms (int64_t last_ms, int64_t most_ms);

struct pending_verdict
{
  struct sf_verdict verdict; /* texts in the batch's arena: the feed and its places may go before the batch */
  const char *feed;          /* its name, there, too */
  long more;                 /* pieces of the same message that the cage did not keep */
};

struct sf_pipeline
{
  struct sf_pipeline_setup setup;
  struct sf_journal_range range; /* of the setup, its ids found */
  struct sf_log *log;
  struct sf_cages *cages;
  struct sf_quality_control *control;
  struct pipe_feed **feeds;
  size_t feeds_count, feeds_capacity;
  size_t turn_first; /* whose turn it is to be read first */
  uint64_t moved;    /* messages handed over and outcomes taken, ever */

  int64_t known_before; /* messages up to here may have verdicts of an earlier decoding */
  struct sf_arena arena, scratch;
  struct pending_verdict *verdicts;
  size_t verdicts_count, verdicts_capacity, verdicts_bytes, verdicts_given;
  int64_t *cleared; /* messages whose verdicts of an earlier decoding go */
  size_t cleared_count, cleared_capacity, cleared_given;

  int64_t now_s, now_ms;  /* of this turn */
  int64_t dirty_since_ms; /* with is_dirty */
  bool is_dirty;
  bool has_new_feeds; /* that quality control is told of between two batches */
  int64_t look_ms;    /* when the journal is looked at again */
  int64_t retry_ms;   /* nothing is tried before, after a failure */
  int64_t patience_ms;
  size_t left_rows, left_bytes; /* that the last commit left in the batch */
  int64_t left_ms;              /* when they are to be committed */
  int64_t left_patience_ms;     /* with a file that takes none */
  int64_t calm_ms;              /* the next turn waits until then: what failed would fail again at once */
  struct sf_error lost;         /* code not SF_OK: the store refused a row, the batch is lost */
  struct pipe_feed *blamed;     /* whose row or series it was when memory was out; NULL: it is not known */
  int64_t blamed_id;            /* its message, 0: one of those in the batch */
  const char *alarm;            /* that stands because of the store */
  bool is_stuck;                /* an alarm stands because of what fails outside of commits */
};

/* pipeline_feed.c */
enum sf_code sf_pipe_feed_add (struct sf_pipeline *pipeline, const struct sf_feed *feed, struct sf_error *err);
void sf_pipe_feed_free (struct pipe_feed *feed);
struct pipe_feed *sf_pipe_feed_find (const struct sf_pipeline *pipeline, const char *name);
/* Go on where the feed may: end a change or a rewind, hand messages over. */
enum sf_code sf_pipe_feed_turn (struct pipe_feed *feed, struct sf_error *err);
/* Whether more can be read now, without waiting for a worker. */
bool sf_pipe_feed_can_read (const struct pipe_feed *feed);
bool sf_pipe_feed_is_idle (const struct pipe_feed *feed);
/* Mark a message; applied_next moves over all that are marked. */
void sf_pipe_feed_settle (struct pipe_feed *feed, int64_t id);
const struct slot *sf_pipe_feed_slot (const struct pipe_feed *feed, int64_t id);
/* Its decoder did not open: what it has under way is read again later. */
void sf_pipe_feed_hold (struct pipe_feed *feed);
/* Memory was out while a message of the feed was decoded or stored (id 0: one of those under way): it waits, others go on. */
void sf_pipe_feed_blame (struct pipe_feed *feed, int64_t id, const char *why);
/* Whether the message must be the only one in its batch. */
bool sf_pipe_feed_is_careful (const struct pipe_feed *feed, int64_t id);
/* Something of it is in the batch. */
bool sf_pipe_feed_is_in_batch (const struct pipe_feed *feed);
/* After a commit: what was suspected may have gone well. */
void sf_pipe_feed_trust (struct pipe_feed *feed);
/* Feed a worker that starts with what its state needs; see cage.h. */
enum sf_code sf_pipe_look_back (void *ctx, const struct sf_feed *feed, int64_t before_id, int64_t look_back_s,
                                struct sf_error *err);

/* pipeline_outcome.c */
void sf_pipe_done (void *ctx, const struct sf_feed *feed, const struct sf_cage_result *result);
void sf_pipe_trouble (void *ctx, const struct sf_feed *feed, const char *name, const char *text);
void sf_pipe_trouble_of (const struct pipe_feed *feed, const char *name, const char *text);
/* A message that is not given to a decoder, and why. */
void sf_pipe_refuse (struct place *place, int64_t id, enum sf_verdict_kind kind, const char *reason);
/* A message that was found to be poison before. */
void sf_pipe_skip (struct place *place, int64_t id);
/* Whether a message is poison for a place's build, also by a verdict that is not written yet. */
enum sf_code sf_pipe_is_poison (const struct place *place, int64_t id, bool *ret_poison, struct sf_error *err);
/* Write the verdicts that wait into the journal, in a transaction of their own. */
enum sf_code sf_pipe_write_verdicts (struct sf_pipeline *pipeline, struct sf_error *err);
/* Tell the board what the batch that was just committed held, and forget it. */
void sf_pipe_tell (struct sf_pipeline *pipeline);
void sf_pipe_forget (struct sf_pipeline *pipeline);
void sf_pipe_reset_tally (struct pipe_feed *feed);

#endif
