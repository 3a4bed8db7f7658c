/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_CLI_LIVE_H
#define SF_CORE_CLI_LIVE_H

#include "core/cli/cli.h"

#include <stdbool.h>
#include <stdint.h>

/* Live operation beside a service: a thread that takes feeds in, one that runs cycles, one that watches the files of the
   departments. Which of the three parts of `sanfang serve` a process does is --only's word. */
enum sf_live_part
{
  SF_LIVE_INGEST = 1,
  SF_LIVE_CYCLE = 2,
  SF_LIVE_SERVICE = 4,
  SF_LIVE_ALL = 7
};

struct sf_live_setup
{
  struct sf_cli *cli;
  const char *scenario; /* its file */
  const struct sf_override *overrides;
  size_t overrides_count;
  const char *dir;            /* the data folder: journal, store, snapshots */
  int parts;                  /* enum sf_live_part */
  int64_t keep_s, keep_bytes; /* of the journal; 0: no bound */
};

/* Parts by name, with commas ("ingest,cycle"); NULL or "": all. */
enum sf_code sf_live_parse_parts (const char *text, int *ret_parts, struct sf_error *err);

/* SIGHUP, which asks for a reload, is waited for by a thread: no other may take it. Call before the first thread is there. */
void sf_live_block_hangup (bool is_blocked);

/* Load the scenario, take the data folder, start the threads. Until sf_live_stop nothing else may change what setup names. */
struct sf_live;
enum sf_code sf_live_start (const struct sf_live_setup *setup, struct sf_live **ret_live, struct sf_error *err);
/* End what is under way and wait for it. Everything that is committed is acknowledged. SF_OK, or what ended a thread before
   its time. */
enum sf_code sf_live_stop (struct sf_live *live, struct sf_error *err);

#endif
