/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_FEED_CAGE_H
#define SF_CORE_FEED_CAGE_H

#include "core/feed/feed.h"

/* Cages: worker processes that decoders run in, one for each decoder module, all feeds of it in the same. The core is the
   master: it hands messages over in frames, takes records back as if they came from an enemy, and outlives whatever the
   worker does. All calls from one thread; none blocks but sf_cages_free, which waits for killed workers. The process ignores
   SIGPIPE. doc/ingest/cages.md has the rules. */
struct sf_cages;
struct sf_cage_feed; /* a feed's place in its decoder's worker */

/* What happened to a message. */
struct sf_cage_result
{
  int64_t message_id;
  const struct sf_record *records; /* checked; feed, source and received_s are the message's */
  size_t records_count;
  struct sf_cage_reject
  {
    long line;
    const char *reason, *excerpt; /* excerpt: printable, cut */
  } const *rejects;
  size_t rejects_count, rejects_total; /* total: also those beyond what is kept */
  enum sf_code code;                   /* of decode; SF_EFORMAT: the decoder does not read the message */
  const char *reason;                  /* with code, or poison */
  bool poison;                         /* the message killed or hung its worker, twice */
  const char *build;                   /* of the decoder, hexadecimal */
};

struct sf_cage_setup
{
  struct sf_plugin_host *plugins;
  const char *program; /* what is started with --cage: this program */
  void *ctx;
  /* The outcome of a message, in the order they were given, feed by feed. Everything is valid during the call. */
  void (*done) (void *ctx, const struct sf_feed *feed, const struct sf_cage_result *result);
  /* A worker that starts again is fed the messages of [now - look_back, message_id) first, without their records counting:
     read them from the journal and call sf_cage_give_back for each. NULL: never. */
  enum sf_code (*look_back) (void *ctx, const struct sf_feed *feed, int64_t before_id, int64_t look_back_s,
                             struct sf_error *err);
  /* For the health board, lasting alarms: "decoder_worker", a worker died or was stopped, text says why and of which build
     (text NULL: it is over, a minute later); "decoder_does_not_open", the messages of the feed have that for an outcome
     (SF_EPLUGIN, no poison: nothing was decoded), and it is tried again after a minute; "look_back", what could not be fed back;
     "decoder_memory", this program has no memory for what comes out of a message. */
  void (*trouble) (void *ctx, const struct sf_feed *feed, const char *name, const char *text);
  int64_t memory_bytes; /* address space of a worker; 0: 1 GiB */
  int64_t message_ms;   /* longest a message may take; 0: 10000 */
  size_t queue_bytes;   /* that may wait for a worker; 0: 16 MiB */
  long records_max;     /* of one message; 0: 2000000 */
  int64_t fields_bytes; /* of all fields of one message; 0: 512 MiB */
  int64_t field_bytes;  /* of one field; 0: as of all */
};

enum sf_code sf_cages_new (const struct sf_cage_setup *setup, struct sf_cages **ret_cages, struct sf_error *err);
/* Stops all workers. Messages without an outcome stay without. */
void sf_cages_free (struct sf_cages *cages);

/* Give a feed its place; its worker is started with the first message. A feed with SF_ISOLATION_IN_PROCESS is decoded in
   this process by the same calls. */
enum sf_code sf_cages_add (struct sf_cages *cages, const struct sf_feed *feed, struct sf_cage_feed **ret_feed,
                           struct sf_error *err);
/* Take a feed's place away once it has nothing under way. */
void sf_cages_remove (struct sf_cages *cages, struct sf_cage_feed *feed);

/* Hand a message over; it is copied. SF_EBUSY: as much waits as may; come again after sf_cages_turn. */
enum sf_code sf_cage_give (struct sf_cage_feed *feed, const struct sf_message *message, int64_t message_id,
                           struct sf_error *err);
enum sf_code sf_cage_give_back (struct sf_cage_feed *feed, const struct sf_message *message, int64_t message_id,
                                struct sf_error *err);
size_t sf_cage_waiting (const struct sf_cage_feed *feed); /* messages without an outcome */

/* Move what can be moved: read results, write messages, see deadlines, start workers again. An error is of a worker that cannot
   be started, and is told once for each try. Memory that is out is borne here: the cage concerned waits, others go on. */
enum sf_code sf_cages_turn (struct sf_cages *cages, int64_t now_ms, struct sf_error *err);
/* A descriptor that is readable when a turn has work, and after how many milliseconds one is due (-1: none is). */
int sf_cages_fd (const struct sf_cages *cages);
int64_t sf_cages_wait_ms (const struct sf_cages *cages, int64_t now_ms);

/* The worker's side: `sanfang --cage`, descriptors 3 and up from its master. Never returns before its end. */
int sf_cage_worker_main (struct sf_plugin_host *plugins);

/* What this kernel gives a cage, for doctor: seccomp, landlock (its ABI, 0: none), memory files. */
struct sf_cage_means
{
  bool seccomp, memory_files;
  int landlock_abi;
};
struct sf_cage_means sf_cage_means (void);

#endif
