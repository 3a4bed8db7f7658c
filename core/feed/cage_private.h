/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_FEED_CAGE_PRIVATE_H
#define SF_CORE_FEED_CAGE_PRIVATE_H

#include "core/feed/cage.h"
#include "core/feed/cage_wire.h"

#include <sys/types.h>

enum
{
  SF_CAGE_SKIPPED_MAX = 64, /* messages of a feed that are not fed back, since they ended a worker */
  SF_CAGE_TRIES_MAX = 2,    /* of a message whose worker died of it */
  SF_CAGE_KILLS_MAX
  = 5, /* of a message during which somebody else ended the worker: the system for want of memory, too */
  SF_CAGE_LINGER_MS = 200,      /* for a worker whose pipe is closed to end by itself */
  SF_CAGE_UNANSWERED = 3,       /* times message_ms without an answer, for a worker that goes on talking */
  SF_CAGE_START_MS = 30000,     /* until a worker is ready */
  SF_CAGE_ALARM_MS = 60000,     /* that an alarm stands after a worker died */
  SF_CAGE_MEMORY_TRIES_MAX = 8, /* of a message that this program has no memory for, while there is some for others */
  SF_CAGE_MEMORY_WAIT_MOST_MS = 2000,
  SF_CAGE_BACK_OFF_MS = 100, /* the first wait, doubled ... */
  SF_CAGE_BACK_OFF_MOST_MS = 60000,
  SF_CAGE_FILES_HELD = 16, /* memory files of fields that no frame has spoken of yet */
  SF_CAGE_REAP_MS = 2,     /* between two looks whether a killed worker is gone */
  SF_CAGE_WRITES_AT_ONCE = 64
};

/* A message that waits or is under way: a frame, ready to be written. Entries stand in the order they were given. */
struct sf_cage_entry
{
  struct sf_cage_entry *next, *previous;
  struct sf_cage_feed *feed;
  int64_t id;
  uint64_t sequence; /* in the worker that it was last written to */
  int tries, kills;  /* how often a worker died of it, and was ended from outside during it */
  bool look_back;
  size_t length;
  uint8_t frame[];
};

struct sf_cage_feed
{
  struct sf_cage_feed *next;
  struct sf_cage *cage;
  const struct sf_feed *feed;
  int number; /* in the running worker; -1: it does not know the feed */
  size_t waiting, waiting_bytes;
  bool is_primed;                /* its look-back was given to the running worker */
  bool is_refused;               /* its decoder does not open */
  struct sf_cage_entry *priming; /* while its look-back is given: what it goes before */
  size_t back_bytes;
  struct sf_host host; /* of a decoder in this process, and its state */
  void *state;
  bool is_open, has_alarm, lacks_memory;
  int64_t skipped[SF_CAGE_SKIPPED_MAX];
  size_t skipped_count;
  int64_t past_suspect; /* fed back when somebody else ended the worker last, and how often in a row */
  int past_kills;
};

/* What became of a message so far; the parts of sf_cage_result that are gathered. */
struct sf_cage_gathered
{
  struct sf_arena arena;
  struct sf_record *records;
  size_t records_count, records_capacity;
  struct sf_cage_reject *rejects;
  size_t rejects_count, rejects_capacity, rejects_total;
};

/* A field's values, mapped read-only. */
struct sf_cage_mapping
{
  void *values;
  size_t bytes;
};

enum sf_cage_state
{
  SF_CAGE_STOPPED,
  SF_CAGE_STARTING,
  SF_CAGE_RUNNING,
  SF_CAGE_DYING /* it was killed and is not reaped yet */
};

/* What was read of a worker's pipe and is not yet in its place: the head of a frame; the frame's own bytes follow. */
struct sf_cage_pipe
{
  uint8_t head[sizeof (struct sf_cage_frame)];
  size_t head_length, inside_left;
};

/* A decoder module's worker, or its place in this process. */
struct sf_cage
{
  struct sf_cage *next;
  struct sf_cages *cages;
  const struct sf_plugin *plugin;
  bool in_process;
  char build[SF_KEY_TEXT_BYTES];
  struct sf_cage_feed *feeds;
  struct sf_cage_entry *first, *last, *unsent; /* unsent: the first that is not wholly written */
  struct sf_cage_gathered gathered;

  enum sf_cage_state state;
  pid_t pid;
  int in_fd, out_fd, fields_fd; /* -1: closed */
  struct sf_cage_progress *progress;
  struct sf_strbuf setup;     /* what is said before the first message */
  size_t setup_at, unsent_at; /* how much of it, and of unsent, is written */
  bool is_full;               /* its ring has no room until it goes on */
  bool is_blocked;            /* it takes no more for now */
  uint64_t sequence, seen_sequence;
  int64_t heard_ms, started_ms, start_at_ms;
  int64_t answered; /* messages in this life */
  /* how long it has not answered, whatever else it says, as of which turn; the answers that were seen then */
  int64_t unanswered_ms, turned_ms, seen_answered;
  int failures;           /* lives in a row in which nothing was answered and no message was to blame */
  int64_t alarm_until_ms; /* 0: none stands */

  uint8_t *input; /* of the message whose result is not whole, from its first frame on */
  struct sf_cage_pipe pipe;
  uint64_t put;                                          /* where the last piece in the worker's ring ends */
  size_t input_at, input_length, input_capacity, looked; /* looked: up to where the frames were seen */
  uint64_t scan_records, scan_rejects;
  /* for want of this program's memory: how often in a row it failed, how often of these while there was some for others,
     until when it waits */
  int memory_waits, memory_tries;
  int64_t memory_until_ms;
  int past_tries; /* for want of memory for what is to be fed back */
  int64_t past_until_ms;
  int files[SF_CAGE_FILES_HELD]; /* of fields that are not mapped yet */
  size_t files_count;
  struct sf_cage_mapping *mappings;
  size_t mappings_count, mappings_capacity, mapped_bytes;

  /* why it is ended: to start anew; by somebody else; for what it said; its pipe is closed, its end not seen yet */
  bool is_renewed, is_outside, is_first_to_blame, is_lingering;
  int64_t linger_until_ms;          /* with is_lingering, or when it closed the end that messages go to */
  char fault[SF_CAGE_REASON_BYTES]; /* what it did; "": its status will say */
};

struct sf_cages
{
  struct sf_cage_setup setup;
  struct sf_cage *first;
  int epoll_fd;
};

/* --- cage_process.c --- */
/* Start the worker; its feeds are told to it. A failure is counted like a death. */
enum sf_code sf_cage_start (struct sf_cage *cage, int64_t now_ms, struct sf_error *err);
/* End the worker; why goes before its status, NULL: its status says. */
void sf_cage_end (struct sf_cage *cage, const char *why);
/* Whether the killed worker is gone; its status then. */
bool sf_cage_reap (struct sf_cage *cage, int *ret_status);
void sf_cage_watch (struct sf_cage *cage, bool blocked);
/* How it ended, in words, when it did not say itself. */
void sf_cage_describe_end (struct sf_cage *cage, int status);

/* --- cage_memory.c --- */
/* What it did failed for want of this program's memory: it is tried again after a wait, or its message is given up. */
void sf_cage_lack_memory (struct sf_cage *cage, const char *why, int64_t now_ms);
bool sf_cage_waits_for_memory (const struct sf_cage *cage, int64_t now_ms);
/* There is memory (again): what it tried is done. */
void sf_cage_have_memory (struct sf_cage *cage);

/* A decoder in this process that stopped within a message: what it knows of the past may have half of that message in it. */
void sf_cage_start_over (struct sf_cage_feed *feed);

/* --- cage.c --- */
enum sf_code sf_cage_open_here (struct sf_cage_feed *feed, struct sf_error *err);

/* --- cage_gather.c --- */
enum sf_code sf_cage_no_memory (struct sf_error *err);
void sf_cage_begin_result (struct sf_cage_gathered *gathered);
/* A text that somebody else made, fit to be shown, in the arena; NULL: memory is out. */
char *sf_cage_readable (struct sf_arena *arena, const char *text);
/* Beyond so many as are kept it is only counted, by the caller. */
enum sf_code sf_cage_add_reject (struct sf_cage_gathered *gathered, long line, const char *reason, const char *excerpt,
                                 struct sf_error *err);
/* Whether the record keeps the rules; else it is a reject, and *ret_good false. */
enum sf_code sf_cage_check_record (struct sf_cage_gathered *gathered, const struct sf_record *record,
                                   bool texts_are_good, bool *ret_good, struct sf_error *err);
/* The record behind the last one is good: what the message says about it is the master's. */
void sf_cage_keep_record (struct sf_cage_gathered *gathered, const struct sf_message *message);
/* Have room for more records behind the last one. */
enum sf_code sf_cage_make_room (struct sf_cage_gathered *gathered, size_t more, struct sf_error *err);
/* Tell what was gathered as the outcome of an entry; with SF_EFULL nothing of it, and the message is poison. */
void sf_cage_tell_result (struct sf_cage *cage, struct sf_cage_entry *entry, enum sf_code code, const char *reason);

/* --- cage_fields.c --- */
/* Take the memory files that are on their way: how many a user may have there is counted for all of his processes, so that files
   of one worker that lie there keep the others from sending theirs. */
enum sf_code sf_cage_collect_files (struct sf_cage *cage, struct sf_error *err);
/* Once all is read that the worker says: whether it has spoken of the files that were collected before. The last one's frame may
   be on its way while a message is. */
enum sf_code sf_cage_check_files (const struct sf_cage *cage, struct sf_error *err);
void sf_cage_close_files (struct sf_cage *cage);
/* Map the next file's values; it is closed. SF_ENOMEM: it stays. */
enum sf_code sf_cage_map_field (struct sf_cage *cage, struct sf_error *err);
void sf_cage_unmap_fields (struct sf_cage *cage);

/* --- cage_result.c --- */
/* Read what the worker says, and hand on results. SF_EFORMAT: it speaks nonsense or too much; SF_EIO: it closed its end.
   *ret_heard: something came. */
enum sf_code sf_cage_listen (struct sf_cage *cage, bool *ret_heard, struct sf_error *err);
/* Look at the frames that are there; what sf_cage_listen does after reading. */
enum sf_code sf_cage_take_frames (struct sf_cage *cage, struct sf_error *err);
void sf_cage_forget_input (struct sf_cage *cage);
void sf_cage_finish_input (struct sf_cage *cage);
/* Decode the entry in this process. */
enum sf_code sf_cage_decode_here (struct sf_cage *cage, struct sf_cage_entry *entry, struct sf_error *err);

/* --- cage_entry.c --- */
/* Tell the outcome of an entry, which is the first, and drop it. */
void sf_cage_tell (struct sf_cage *cage, struct sf_cage_entry *entry, struct sf_cage_result *result);
void sf_cage_trouble (struct sf_cage *cage, struct sf_cage_feed *feed, const char *name, const char *text);
void sf_cage_drop_entry (struct sf_cage *cage, struct sf_cage_entry *entry);
size_t sf_cage_count_feeds (const struct sf_cage *cage);
/* Not to be fed back again; the oldest of too many is forgotten. */
void sf_cage_skip_message (struct sf_cage_feed *feed, int64_t message_id);
/* Whether the worker has a message, or a piece of one, whose outcome it has not told. */
bool sf_cage_is_under_way (const struct sf_cage *cage);

/* --- cage_end.c --- */
/* Of a worker that was ended: once it is gone, blame who is to blame and make all ready for the next one. */
void sf_cage_bury (struct sf_cage *cage, int64_t now_ms);
/* The wait after so many failures in a row: none, 100 ms, doubled up to the most. */
int64_t sf_cage_back_off_ms (int failures, int64_t most_ms);
/* End the alarm of a worker's death when it has stood long enough. */
void sf_cage_end_alarm (struct sf_cage *cage, int64_t now_ms);

/* --- cage_write.c --- */
/* Have the look-back of a feed put before its first message in this life of its worker. False: there is no memory for it, and
   nothing is sent before cage->past_until_ms. */
bool sf_cage_prime (struct sf_cage *cage, struct sf_cage_entry *entry, int64_t now_ms);
bool sf_cage_may_send (const struct sf_cage *cage, const struct sf_cage_entry *entry);
void sf_cage_feed_worker (struct sf_cage *cage, int64_t now_ms);

#endif
