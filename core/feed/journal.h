/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_FEED_JOURNAL_H
#define SF_CORE_FEED_JOURNAL_H

#include "core/base/sha256.h"
#include "core/plugin/plugin.h"

/* The journal: the bytes that feeds brought, as received, in one SQLite database. They are the truth; the store is derived
   and can be made again from them. What is committed survives a power cut. Ingest writes; people's entries come from other
   processes meanwhile, in short transactions, and any number may read. Not for several threads at once: each has its own.
   A thread that has it open must not open and close the file itself: POSIX would drop SQLite's locks. */
struct sf_journal;

enum
{
  SF_JOURNAL_MESSAGE_BYTES_MAX = 512 << 20 /* of one message */
};

/* A message as the journal holds it. Pointers are valid during the visit. */
struct sf_journal_entry
{
  int64_t id; /* rises in the order of the commits; never used again */
  const char *feed, *source;
  const char *identity; /* NULL: none */
  const char *decoder;  /* name of the plugin chosen when it came */
  int64_t received_s;
  struct sf_key sha256;
  const uint8_t *bytes;
  size_t length;
  bool damaged; /* it is not what was written, by its checksums: not to be decoded, but to get a verdict */
};

/* Open the journal of a data folder ("DIR/journal/journal.db"). writable: made when absent. */
enum sf_code sf_journal_open (const char *dir, bool writable, struct sf_journal **ret_journal, struct sf_error *err);
void sf_journal_close (struct sf_journal *journal);

/* --- taking in: all between two commits is one transaction --- */

/* Append a message (feed and received_s set). *ret_id: its number, or 0 when the feed has a message of this identity
   already, which is dropped. The first call after a commit waits for other processes' locks (SF_EBUSY after five seconds) and
   takes the lock: append what was gathered and commit at once. SF_ERANGE: it is longer than a message may be, SF_EINVAL: it
   lacks something; nothing has happened then. After any other failure nothing since the last commit is held, and everything
   fails until sf_journal_rollback; append all of it again when there is room. */
enum sf_code sf_journal_append (struct sf_journal *journal, const struct sf_message *message, const char *decoder,
                                int64_t *ret_id, struct sf_error *err);
/* What a transport remembers, in the same transaction; value NULL forgets. recall sees what is not yet committed. */
enum sf_code sf_journal_remember (struct sf_journal *journal, const char *feed, const char *key, const char *value,
                                  struct sf_error *err);
enum sf_code sf_journal_recall (struct sf_journal *journal, struct sf_arena *arena, const char *feed, const char *key,
                                const char **ret_value, struct sf_error *err);
/* SF_OK: all of it is on the disk, with the verdicts that wait. SF_EFULL, SF_EIO, SF_EBUSY: none of it is held; roll back and
   try again later. */
enum sf_code sf_journal_commit (struct sf_journal *journal, struct sf_error *err);
void sf_journal_rollback (struct sf_journal *journal);

/* --- verdicts: why a message, or a piece of one, gave no record --- */

enum sf_verdict_kind
{
  SF_VERDICT_PIECE,   /* the decoder or the check refused a piece; the rest stands */
  SF_VERDICT_MESSAGE, /* the decoder does not read the message */
  SF_VERDICT_POISON   /* it crashed, hung or flooded the decoder's worker: not given to the same build again */
};

struct sf_verdict
{
  int64_t message_id;
  enum sf_verdict_kind kind;
  long line;           /* from 1; 0 where lines make no sense */
  const char *reason;  /* in words */
  const char *excerpt; /* of the piece, printable; "" for none */
  const char *decoder; /* plugin */
  const char *build;   /* of the decoder, hexadecimal */
  int64_t made_s;
};

/* Give a verdict; all of a message one after the other, the first replaces those of an earlier decoding. It waits in memory
   and is written by the next sf_journal_commit, which must come before the message counts as applied; a rollback does not
   lose it. At most SF_VERDICT_PIECES pieces of a message are kept, then one line counts the rest. When too many wait they are
   written in a transaction of their own (SF_EBUSY while one is open). */
enum
{
  SF_VERDICT_PIECES = 1000
};
enum sf_code sf_journal_put_verdict (struct sf_journal *journal, const struct sf_verdict *verdict,
                                     struct sf_error *err);
/* A message is decoded anew: what was said of it before no longer holds. */
enum sf_code sf_journal_clear_verdicts (struct sf_journal *journal, int64_t message_id, struct sf_error *err);
/* Whether a message is poison for a build; sees the verdicts that wait. */
enum sf_code sf_journal_is_poison (struct sf_journal *journal, int64_t message_id, const char *build, bool *ret_poison,
                                   struct sf_error *err);

/* --- reading: what is committed --- */

struct sf_journal_range
{
  const char *feed;     /* NULL: all */
  int64_t after_id;     /* 0: from the first */
  int64_t from_s, to_s; /* received, both included; SF_TIME_MISSING: no bound */
  long limit;           /* 0: none */
  int64_t last_id;      /* 0: to the newest */
};
/* Anything but SF_OK ends the reading and is returned. No lock is held during a visit: it may take its time, and read the
   journal itself. */
typedef enum sf_code (*sf_journal_visit) (void *ctx, const struct sf_journal_entry *entry, struct sf_error *err);
typedef enum sf_code (*sf_verdict_visit) (void *ctx, const struct sf_journal_entry *entry,
                                          const struct sf_verdict *verdict, struct sf_error *err);
/* Set after_id and last_id of a range to those that its times can have now; they are not looked for again with each reading. For
   who reads a long range piece by piece. */
enum sf_code sf_journal_narrow (struct sf_journal *journal, struct sf_journal_range *range, struct sf_error *err);
/* In the order of ids. */
enum sf_code sf_journal_read (struct sf_journal *journal, const struct sf_journal_range *range, sf_journal_visit visit,
                              void *ctx, struct sf_error *err);
enum sf_code sf_journal_read_verdicts (struct sf_journal *journal, const struct sf_journal_range *range,
                                       sf_verdict_visit visit, void *ctx, struct sf_error *err);
/* How many verdicts a message has. */
enum sf_code sf_journal_count_verdicts (struct sf_journal *journal, int64_t message_id, long *ret_count,
                                        struct sf_error *err);
/* The newest id of a feed (NULL: of all), 0 for none. */
enum sf_code sf_journal_last (struct sf_journal *journal, const char *feed, int64_t *ret_id, struct sf_error *err);
/* The highest id that was ever given, also to a message that is dropped since; 0 for none. */
enum sf_code sf_journal_highest (struct sf_journal *journal, int64_t *ret_id, struct sf_error *err);

/* The names of all feeds that have messages, in order, in the arena. */
enum sf_code sf_journal_feeds (struct sf_journal *journal, struct sf_arena *arena, const char *const **ret_names,
                               size_t *ret_count, struct sf_error *err);

/* --- keeping and carrying --- */

/* Drop the oldest messages beyond an age or a size of the whole, a few thousand a call so that nobody waits, but none after
   applied_id: what is not in the store yet stays. A message is no older than those before it: one that was received while the
   clock was wrong goes with its neighbours. With steady_ms the age is told by a clock of the journal's own, which follows now_s
   at twice the pace of steady_ms at most, through restarts, and believes it fully once it ran steadily for age_s: a clock that
   jumps ahead makes nothing old. *ret_dropped counts messages, identities and memories; 0: nothing is left to drop.
   Identities stay as long as identity_age_s since they came, and no shorter than messages; what transports remember, no shorter
   than SF_JOURNAL_MEMORY_S since it changed either: a transport that forgot a file or a cursor would bring old content again,
   and it would hold over what came after it. SF_EBUSY between an append and its commit. */
enum
{
  SF_JOURNAL_MEMORY_S = 400 * 86400
};
struct sf_journal_keep
{
  int64_t age_s, size_bytes, identity_age_s; /* 0: no bound */
  int64_t now_s, applied_id;
  int64_t steady_ms; /* sf_time_steady_ms; 0: now_s is believed */
};
enum sf_code sf_journal_trim (struct sf_journal *journal, const struct sf_journal_keep *keep, long *ret_dropped,
                              struct sf_error *err);

/* Look for damage: SQLite's own check of its structure, then the checksums of every message. Each finding is told in words,
   with the message's number or 0. *ret_messages: that were looked at. SF_OK also when there are findings. */
typedef void (*sf_journal_finding) (void *ctx, int64_t message_id, const char *text);
enum sf_code sf_journal_check (struct sf_journal *journal, sf_journal_finding finding, void *ctx, long *ret_messages,
                               struct sf_error *err);

/* Copy a range with its verdicts and numbers into one new file, a journal of its own form that import takes; it appears whole
   or not at all. SF_ECONFLICT when the file exists. */
enum sf_code sf_journal_export (struct sf_journal *journal, const struct sf_journal_range *range, const char *path,
                                long *ret_messages, struct sf_error *err);
/* Take in what an export holds, in its order and with its received times, in transactions of a thousand messages; messages
   known by feed, received time and SHA-256, or by identity, are not taken twice: after a failure import again. */
enum sf_code sf_journal_import (struct sf_journal *journal, const char *path, long *ret_taken, long *ret_known,
                                struct sf_error *err);

#endif
