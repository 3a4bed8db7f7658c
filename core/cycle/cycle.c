/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cycle/cycle_private.h"

#include <string.h>
#include <unistd.h>

enum
{
  SNAPSHOTS_KEPT = 24
};

static enum sf_code
no_memory (struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "out of memory for a cycle");
}

/* The program prints tables; the maker of a cube or grid would have been run for nothing. */
static enum sf_code
check_answer (const struct sf_scenario *scenario, const struct sf_vocabulary *vocabulary, const char *dataset,
              struct sf_error *err)
{
  enum sf_dataset_kind kind = sf_vocabulary_dataset (vocabulary, dataset)->kind;
  if (kind == SF_DATASET_TABLE || kind == SF_DATASET_FEATURES)
    return SF_OK;
  return sf_fail (err, SF_ETYPE, "%s: answers: dataset '%s' is a %s; only tables and features can be printed",
                  scenario->path, dataset, sf_dataset_kind_name (kind));
}

static enum sf_code
check_wanted (const struct sf_scenario *scenario, const struct sf_graph *graph, const char *who, const char *dataset,
              struct sf_error *err)
{
  if (sf_graph_maker (graph, dataset) >= 0)
    return SF_OK;
  for (size_t q = 0; q < scenario->queries_count; q++)
    if (strcmp (scenario->queries[q].dataset, dataset) == 0)
      return SF_OK;
  return sf_fail (err, SF_ENOTFOUND, "%s: %s wants dataset '%s', which no model of the scenario makes", scenario->path,
                  who, dataset);
}

enum sf_code
sf_cycle_check (struct sf_arena *arena, struct sf_plugin_host *plugins, const struct sf_scenario *scenario,
                struct sf_graph *ret_graph, struct sf_error *err)
{
  const struct sf_vocabulary *vocabulary = sf_plugin_host_setup_of (plugins)->vocabulary;
  const char **given = sf_arena_calloc (arena, scenario->queries_count + 1, sizeof *given);
  if (!given)
    return no_memory (err);
  for (size_t q = 0; q < scenario->queries_count; q++)
    given[q] = scenario->queries[q].dataset;
  given[scenario->queries_count] = SF_CYCLE_TIME;
  SF_TRY (sf_graph_build (arena, vocabulary, scenario->models, scenario->models_count, &scenario->domain, given,
                          scenario->queries_count + 1, ret_graph, err));
  for (size_t o = 0; o < scenario->outputs_count; o++)
    for (size_t d = 0; d < scenario->outputs[o].datasets_count; d++)
      SF_TRY (check_wanted (scenario, ret_graph, scenario->outputs[o].name, scenario->outputs[o].datasets[d], err));
  for (size_t c = 0; c < scenario->snapshot_cubes_count; c++)
    SF_TRY (check_wanted (scenario, ret_graph, "snapshot.cubes", scenario->snapshot_cubes[c], err));
  for (size_t a = 0; a < scenario->answers_count; a++)
    {
      SF_TRY (check_answer (scenario, vocabulary, scenario->answers[a].dataset, err));
      SF_TRY (check_wanted (scenario, ret_graph, "answers", scenario->answers[a].dataset, err));
    }
  return SF_OK;
}

static enum sf_code
list_slots (struct cycle *cycle, struct sf_error *err)
{
  size_t room = cycle->scenario->queries_count + 1;
  for (size_t n = 0; n < cycle->graph.count; n++)
    room += cycle->graph.nodes[n].edges_count;
  cycle->slots = sf_arena_calloc (cycle->arena, room, sizeof *cycle->slots);
  cycle->nodes = sf_arena_calloc (cycle->arena, cycle->graph.count, sizeof *cycle->nodes);
  if (!cycle->slots || !cycle->nodes)
    return no_memory (err);
  for (size_t q = 0; q < cycle->scenario->queries_count; q++)
    cycle->slots[cycle->slots_count++]
        = (struct slot){ .name = cycle->scenario->queries[q].dataset, .node = SF_MAKER_GIVEN };
  if (sf_cycle_takes (cycle, SF_CYCLE_TIME))
    cycle->slots[cycle->slots_count++] = (struct slot){ .name = SF_CYCLE_TIME, .node = SF_MAKER_GIVEN };
  for (size_t n = 0; n < cycle->graph.count; n++)
    for (size_t e = 0; e < cycle->graph.nodes[n].edges_count; e++)
      if (cycle->graph.nodes[n].edges[e].role == SF_MAKES)
        cycle->slots[cycle->slots_count++]
            = (struct slot){ .name = cycle->graph.nodes[n].edges[e].dataset, .node = (int) n };
  return SF_OK;
}

static void
open_previous (struct cycle *cycle)
{
  struct sf_error why = { 0 };
  enum sf_code code = sf_snapshot_open (cycle->dir, NULL, &cycle->previous, &why);
  if (code == SF_OK && (code = sf_snapshot_verify (cycle->previous, &why)) != SF_OK)
    {
      sf_snapshot_close (cycle->previous);
      cycle->previous = NULL;
    }
  if (code != SF_OK && code != SF_ENOTFOUND)
    sf_log_write (cycle->setup->log, SF_LOG_WARNING, "cycle", "the last snapshot is not used: %s", why.message);
}

enum sf_code
sf_cycle_check_cancelled (const struct cycle *cycle, struct sf_error *err)
{
  const atomic_bool *cancel = cycle->setup->cancel;
  if (cancel && atomic_load_explicit (cancel, memory_order_relaxed))
    return sf_fail (err, SF_ECANCELLED, "the run was interrupted; nothing was published");
  return SF_OK;
}

static enum sf_code
publish (struct cycle *cycle, struct sf_error *err)
{
  SF_TRY (sf_snapshot_begin (cycle->dir, cycle->id, cycle->arena, &cycle->making, err));
  enum sf_code code = sf_cycle_run_stages (cycle, err);
  if (code == SF_OK)
    code = sf_cycle_export (cycle, err);
  if (code == SF_OK)
    code = sf_cycle_write_manifest (cycle, err);
  if (code == SF_OK)
    code = sf_cycle_check_cancelled (cycle, err);
  if (code == SF_OK)
    code = sf_snapshot_publish (cycle->dir, cycle->id, cycle->making, err);
  if (code != SF_OK)
    sf_file_remove_tree (cycle->making, NULL);
  return code;
}

/* An id is a digest of all that a snapshot comes from: one of that id that is whole is the answer, be it current or not. */
static bool
is_answered (const struct cycle *cycle)
{
  struct sf_snapshot *snapshot = NULL;
  struct sf_error why = { 0 };
  if (cycle->previous && strcmp (cycle->previous->id, cycle->id) == 0)
    return true;
  enum sf_code code = sf_snapshot_open (cycle->dir, cycle->id, &snapshot, &why);
  if (code == SF_OK)
    code = sf_snapshot_verify (snapshot, &why);
  if (code != SF_OK && code != SF_ENOTFOUND)
    sf_log_write (cycle->setup->log, SF_LOG_WARNING, "cycle", "snapshot %s is made again: %s", cycle->id, why.message);
  sf_snapshot_close (snapshot);
  return code == SF_OK;
}

/* Old snapshots that cannot be removed are no reason to call a published one a failure. */
static void
sweep (const struct cycle *cycle)
{
  struct sf_error why = { 0 };
  if (sf_snapshot_sweep (cycle->dir, SNAPSHOTS_KEPT, &why) != SF_OK)
    sf_log_write (cycle->setup->log, SF_LOG_WARNING, "cycle", "old snapshots were not swept: %s", why.message);
}

static enum sf_code
fill_report (const struct cycle *cycle, bool published, struct sf_cycle_report *report, struct sf_error *err)
{
  *report = (struct sf_cycle_report){ .snapshot_id = cycle->id,
                                      .published = published,
                                      .messages = cycle->ingest.messages_count,
                                      .records = cycle->ingest.records_count,
                                      .rejected = cycle->ingest.rejected };
  report->snapshot_folder = sf_arena_printf (cycle->arena, "%s/snapshots/%s", cycle->dir, cycle->id);
  for (size_t n = 0; n < cycle->graph.count; n++)
    {
      report->stages_run += cycle->nodes[n].ran ? 1 : 0;
      if (cycle->answered ? sf_cycle_keeps_of (cycle, &cycle->graph.nodes[n])
                          : !cycle->nodes[n].ran && cycle->nodes[n].kept)
        report->stages_reused++;
    }
  if (report->rejected > 0)
    report->quarantine_path = sf_arena_printf (cycle->arena, "%s/data/quarantine.jsonl", report->snapshot_folder);
  return report->snapshot_folder ? SF_OK : no_memory (err);
}

/* A feed that fails is left out, in words and in the quarantine; the others go on. Of an only feed nothing would be left:
   its error is the run's. */
static enum sf_code
take_feeds (struct cycle *cycle, struct sf_error *err)
{
  const struct sf_scenario *scenario = cycle->scenario;
  if (scenario->from_store)
    return sf_ingest_store (&cycle->ingest, scenario, cycle->dir, cycle->setup->log, err);
  for (size_t f = 0; f < scenario->feeds_count; f++)
    {
      struct sf_error why = { 0 };
      enum sf_code code = sf_ingest_feed (&cycle->ingest, cycle->plugins, &scenario->feeds[f], scenario->clock_s, &why);
      if (code == SF_OK)
        continue;
      if (code == SF_ENOMEM || code == SF_ECANCELLED || scenario->feeds_count == 1)
        return sf_fail (err, code, "%s", why.message);
      sf_log_write (cycle->setup->log, SF_LOG_ERROR, scenario->feeds[f].name, "the feed is left out: %s", why.message);
      sf_ingest_lose_feed (&cycle->ingest, scenario->feeds[f].name, why.message);
    }
  return SF_OK;
}

static enum sf_code
run_cycle (struct cycle *cycle, struct sf_cycle_report *ret_report, struct sf_error *err)
{
  SF_TRY (sf_cycle_check (cycle->arena, cycle->plugins, cycle->scenario, &cycle->graph, err));
  SF_TRY (sf_snapshot_lock (cycle->dir, cycle->arena, &cycle->lock, err));
  SF_TRY (list_slots (cycle, err));
  SF_TRY (take_feeds (cycle, err));
  open_previous (cycle);
  SF_TRY (sf_cycle_find_keys (cycle, err));
  bool current = cycle->previous && strcmp (cycle->previous->id, cycle->id) == 0;
  cycle->answered = is_answered (cycle);
  if (!cycle->answered)
    SF_TRY (publish (cycle, err));
  else if (!current)
    SF_TRY (sf_snapshot_make_current (cycle->dir, cycle->id, err));
  if (!current)
    sweep (cycle);
  return fill_report (cycle, !current, ret_report, err);
}

enum sf_code
sf_cycle_run (struct sf_arena *arena, struct sf_plugin_host *plugins, const struct sf_scenario *scenario,
              const char *dir, struct sf_cycle_report *ret_report, struct sf_error *err)
{
  struct cycle cycle = { .arena = arena,
                         .plugins = plugins,
                         .setup = sf_plugin_host_setup_of (plugins),
                         .scenario = scenario,
                         .dir = dir,
                         .lock = -1,
                         .ingest = { .arena = arena } };
  enum sf_code code = run_cycle (&cycle, ret_report, err);
  for (size_t i = 0; i < cycle.slots_count; i++)
    sf_dataset_unref (cycle.slots[i].dataset);
  sf_mem_free (cycle.products);
  sf_ingest_finish (&cycle.ingest);
  sf_snapshot_close (cycle.previous);
  if (cycle.lock >= 0)
    close (cycle.lock);
  return code;
}
