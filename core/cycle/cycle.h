/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_CYCLE_CYCLE_H
#define SF_CORE_CYCLE_CYCLE_H

#include "core/cycle/graph.h"
#include "core/cycle/snapshot.h"

/* What one cycle did, for people and scripts. */
struct sf_cycle_report
{
  const char *snapshot_id, *snapshot_folder;
  bool published; /* false: the current snapshot already answers this scenario; true with no stage run: an older one
                           does, and is current again */
  size_t stages_run, stages_reused;
  size_t messages, records, rejected;
  const char *quarantine_path; /* NULL when nothing was rejected */
};

/* Build the scenario's graph and check that every dataset its outputs and answers name is made; nothing is run. */
enum sf_code sf_cycle_check (struct sf_arena *arena, struct sf_plugin_host *plugins, const struct sf_scenario *scenario,
                             struct sf_graph *ret_graph, struct sf_error *err);

/* Run a scenario: take its feeds in, make its datasets in the order of the graph (reusing those of the last snapshot whose
   keys are the same), write its products, publish the snapshot below dir. Everything the report names lives in the arena. */
enum sf_code sf_cycle_run (struct sf_arena *arena, struct sf_plugin_host *plugins, const struct sf_scenario *scenario,
                           const char *dir, struct sf_cycle_report *ret_report, struct sf_error *err);

#endif
