/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_CYCLE_INGEST_H
#define SF_CORE_CYCLE_INGEST_H

#include "core/cycle/scenario.h"

/* A message that a feed delivered, for the lineage. */
struct sf_ingest_message
{
  const char *feed, *source; /* source without its folder */
  int64_t received_s;
  struct sf_key sha256;
  size_t length;
  size_t records, rejected;
};

/* All that a scenario's feeds brought. Records and texts live in the arena; arrays are freed by sf_ingest_finish. */
struct sf_ingest
{
  struct sf_arena *arena;
  struct sf_ingest_message *messages;
  size_t messages_count, messages_capacity;
  struct sf_record *records;
  size_t records_count, records_capacity;
  size_t rejected;
  struct sf_strbuf quarantine; /* JSON lines: feed, source, line, reason, text */
};

/* What a lineage calls a source: without its folder, so that products are the same on every machine. Borrowed; "" for NULL. */
const char *sf_ingest_source_name (const char *source);
/* Poll a feed's transport once and decode what it brings. Records get the feed's name whatever the decoder says, the
   message's source and the time received (the clock of the scenario) where it left them open, and are checked as if they
   were hostile: one that fails goes to quarantine. A message that the decoder refuses is quarantined whole. */
enum sf_code sf_ingest_feed (struct sf_ingest *ingest, struct sf_plugin_host *plugins, const struct sf_feed *feed,
                             int64_t clock_s, struct sf_error *err);
/* Decode one message with an open decoder, the same way; what `sanfang decode` uses. */
enum sf_code sf_ingest_message (struct sf_ingest *ingest, const struct sf_decoder *decoder, void *state,
                                const struct sf_message *message, struct sf_log *log, struct sf_error *err);
/* Take from the store of a data folder what the scenario's queries ask for, as it was known at the scenario's clock; messages
   are those that the records came from. An absent store holds nothing. */
enum sf_code sf_ingest_store (struct sf_ingest *ingest, const struct sf_scenario *scenario, const char *dir,
                              struct sf_log *log, struct sf_error *err);
/* Put on record that a feed failed as a whole: one more line of the quarantine, with the reason. */
void sf_ingest_lose_feed (struct sf_ingest *ingest, const char *feed, const char *reason);
void sf_ingest_finish (struct sf_ingest *ingest);

#endif
