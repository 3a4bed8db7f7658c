/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cycle/cycle_private.h"

#include "core/base/time.h"

#include <string.h>
#include <time.h>

/* --- datasets from records --- */

/* What is issued, or happens, after the clock is not known yet: a scenario may be run at any moment of its files. */
static bool
is_known (const struct sf_record *record, int64_t clock_s)
{
  const struct sf_fix *fix = &record->as.track;
  bool is_forecast = fix->lead_s > 0 && fix->base_s != SF_TIME_MISSING;
  return (is_forecast ? fix->base_s : record->valid_s) <= clock_s;
}

static bool
query_takes (const struct sf_query *query, const struct sf_record *record)
{
  bool from_feed = false;
  for (size_t i = 0; i < query->feeds_count && !from_feed; i++)
    from_feed = strcmp (query->feeds[i], record->feed) == 0;
  if (!from_feed || record->kind != query->kind)
    return false;
  const struct sf_fix *fix = &record->as.track;
  if (query->storm && (!fix->number || strcmp (fix->number, query->storm) != 0)
      && (!fix->storm || strcmp (fix->storm, query->storm) != 0))
    return false;
  return (query->from_s == SF_TIME_MISSING || record->valid_s >= query->from_s)
         && (query->to_s == SF_TIME_MISSING || record->valid_s <= query->to_s);
}

static enum sf_code
answer_query (struct cycle *cycle, const struct sf_query *query, struct sf_error *err)
{
  size_t n = 0, later = 0;
  int64_t clock_s = cycle->scenario->clock_s;
  struct sf_record *records = sf_mem_calloc (cycle->ingest.records_count, sizeof *records);
  if (!records)
    return sf_fail (err, SF_ENOMEM, "out of memory for dataset '%s'", query->dataset);
  for (size_t i = 0; i < cycle->ingest.records_count; i++)
    if (query_takes (query, &cycle->ingest.records[i]))
      {
        if (is_known (&cycle->ingest.records[i], clock_s))
          records[n++] = cycle->ingest.records[i];
        else
          later++;
      }
  if (later > 0)
    sf_log_write (cycle->setup->log, SF_LOG_INFO, query->dataset, "%zu records are of after the clock and not taken",
                  later);
  struct slot *slot = sf_cycle_slot (cycle, query->dataset);
  const struct sf_dataset_spec *spec = sf_vocabulary_dataset (cycle->setup->vocabulary, query->dataset);
  enum sf_code code = sf_dataset_new_tracks (spec, NULL, records, n, &slot->dataset, err);
  sf_mem_free (records);
  if (code == SF_OK && n == 0)
    sf_log_write (cycle->setup->log, SF_LOG_WARNING, query->dataset,
                  "no record of %zu answers this dataset's query%s%s", cycle->ingest.records_count,
                  query->storm ? ": storm " : "", query->storm ? query->storm : "");
  return code;
}

/* --- what a stage sees --- */

struct stage_run
{
  struct cycle *cycle;
  const struct sf_node *node;
  struct sf_dataset **inputs; /* by edge; one reference each */
};

static const struct sf_edge *
find_edge (const struct sf_node *node, const char *port)
{
  for (size_t e = 0; e < node->edges_count; e++)
    if (strcmp (node->edges[e].port, port) == 0)
      return &node->edges[e];
  return NULL;
}

static const struct sf_dataset *
stage_input (const struct sf_stage_io *io, const char *port)
{
  const struct stage_run *run = io->ctx;
  const struct sf_edge *edge = find_edge (run->node, port);
  return edge && edge->role != SF_MAKES ? run->inputs[edge - run->node->edges] : NULL;
}

static const struct sf_dataset_spec *
stage_spec (const struct sf_stage_io *io, const char *port)
{
  const struct stage_run *run = io->ctx;
  const struct sf_edge *edge = find_edge (run->node, port);
  return edge ? sf_vocabulary_dataset (run->cycle->setup->vocabulary, edge->dataset) : NULL;
}

static enum sf_code
stage_output (const struct sf_stage_io *io, const char *port, struct sf_dataset *dataset, struct sf_error *err)
{
  const struct stage_run *run = io->ctx;
  const struct sf_edge *edge = find_edge (run->node, port);
  const char *stage = run->node->stage->name;
  struct slot *slot = edge && edge->role == SF_MAKES ? sf_cycle_slot (run->cycle, edge->dataset) : NULL;
  enum sf_code code = SF_OK;
  if (!slot)
    code = sf_fail (err, SF_EPLUGIN, "stage %s gave dataset '%s', which it does not declare", stage, port);
  else if (slot->dataset)
    code = sf_fail (err, SF_EPLUGIN, "stage %s gave dataset '%s' twice", stage, slot->name);
  else if (dataset->spec != stage_spec (io, port) || strcmp (dataset->name, slot->name) != 0)
    code = sf_fail (err, SF_EPLUGIN, "stage %s gave dataset '%s' where '%s' is due", stage, dataset->name, slot->name);
  if (code != SF_OK)
    {
      sf_dataset_unref (dataset);
      return code;
    }
  dataset->key = slot->key;
  dataset->authority = slot->authority;
  dataset->simulated = slot->simulated;
  slot->dataset = dataset;
  return SF_OK;
}

/* --- running --- */

static enum sf_code
gather_inputs (struct stage_run *run, struct sf_error *err)
{
  struct cycle *cycle = run->cycle;
  run->inputs = sf_arena_calloc (cycle->arena, run->node->edges_count, sizeof *run->inputs);
  if (!run->inputs)
    return sf_fail (err, SF_ENOMEM, "out of memory for stage %s", run->node->stage->name);
  for (size_t e = 0; e < run->node->edges_count; e++)
    {
      const struct sf_edge *edge = &run->node->edges[e];
      if (edge->role == SF_MAKES)
        continue;
      if (edge->previous)
        {
          const struct sf_manifest_dataset *old = sf_snapshot_find (cycle->previous, edge->dataset);
          if (old && old->file)
            SF_TRY (sf_snapshot_load (cycle->previous, cycle->plugins, edge->dataset, &run->inputs[e], err));
          continue;
        }
      const struct slot *slot = sf_cycle_slot (cycle, edge->dataset);
      if (slot && slot->dataset)
        run->inputs[e] = sf_dataset_ref (slot->dataset);
    }
  return SF_OK;
}

static enum sf_code
check_outputs (const struct stage_run *run, struct sf_error *err)
{
  for (size_t e = 0; e < run->node->edges_count; e++)
    if (run->node->edges[e].role == SF_MAKES && !sf_cycle_slot (run->cycle, run->node->edges[e].dataset)->dataset)
      return sf_fail (err, SF_EPLUGIN, "it declares dataset '%s' but did not make it", run->node->edges[e].dataset);
  return SF_OK;
}

static double
seconds_now (void)
{
  struct timespec t;
  clock_gettime (CLOCK_MONOTONIC, &t);
  return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

static enum sf_code
run_node (struct cycle *cycle, size_t n, struct sf_error *err)
{
  const struct sf_node *node = &cycle->graph.nodes[n];
  const struct sf_domain *domain = &cycle->scenario->domain;
  struct stage_run run = { .cycle = cycle, .node = node };
  struct sf_host host;
  const char *grid = node->grid >= 0 ? domain->names[node->grid] : NULL;
  char *component = sf_arena_printf (cycle->arena, "%s.%s%s%s", node->model->plugin->name, node->stage->name,
                                     grid ? "@" : "", grid ? grid : "");
  if (!component)
    return sf_fail (err, SF_ENOMEM, "out of memory for stage %s", node->stage->name);
  double begin = seconds_now ();
  sf_plugin_host_handle (cycle->plugins, component, node->model->settings, SF_TIME_MISSING, &host);
  struct sf_stage_io io = { .ctx = &run,
                            .grid_name = grid,
                            .grid = grid ? &domain->grids[node->grid] : NULL,
                            .input = stage_input,
                            .output = stage_output,
                            .spec = stage_spec,
                            .instance = grid,
                            .grids_count = domain->count,
                            .grid_names = (const char *const *) domain->names,
                            .grids = domain->grids };
  enum sf_code code = gather_inputs (&run, err);
  if (code == SF_OK)
    code = node->stage->run (&host, &io, err);
  if (code == SF_OK)
    code = check_outputs (&run, err);
  for (size_t e = 0; run.inputs && e < node->edges_count; e++)
    sf_dataset_unref (run.inputs[e]);
  if (code != SF_OK)
    return sf_error_prefix (err, code, "stage %s", component);
  cycle->nodes[n].ran = true;
  sf_log_write (cycle->setup->log, SF_LOG_INFO, component, "made in %.0f ms", 1e3 * (seconds_now () - begin));
  return SF_OK;
}

/* Take over what node n made from the previous snapshot; what does not load is made again. */
static void
load_node (struct cycle *cycle, size_t n)
{
  const struct sf_node *node = &cycle->graph.nodes[n];
  struct node_state *state = &cycle->nodes[n];
  for (size_t e = 0; state->kept && e < node->edges_count; e++)
    {
      struct sf_error why = { 0 };
      if (node->edges[e].role != SF_MAKES || !sf_cycle_asks (cycle, node->edges[e].dataset))
        continue;
      struct slot *slot = sf_cycle_slot (cycle, node->edges[e].dataset);
      state->kept = sf_snapshot_load (cycle->previous, cycle->plugins, slot->name, &slot->dataset, &why) == SF_OK;
      if (state->kept)
        sf_log_write (cycle->setup->log, SF_LOG_INFO, slot->name, "unchanged: taken from snapshot %s",
                      cycle->previous->id);
      else
        sf_log_write (cycle->setup->log, SF_LOG_WARNING, slot->name, "made again, for the kept one does not load: %s",
                      why.message);
    }
  for (size_t e = 0; !state->kept && e < node->edges_count; e++)
    if (node->edges[e].role == SF_MAKES)
      {
        struct slot *slot = sf_cycle_slot (cycle, node->edges[e].dataset);
        sf_dataset_unref (slot->dataset);
        slot->dataset = NULL;
      }
}

static bool
is_output (const struct cycle *cycle, const struct sf_node *node)
{
  for (size_t e = 0; e < node->edges_count; e++)
    if (node->edges[e].role == SF_MAKES && sf_cycle_writes (cycle, node->edges[e].dataset))
      return true;
  return false;
}

/* From the last node to the first: what a snapshot keeps is wanted; what makes only cubes that it does not, when an output
   asks for it or a node that has to run takes it. */
static void
mark_wanted (struct cycle *cycle)
{
  for (size_t i = cycle->graph.count; i-- > 0;)
    {
      const struct sf_node *node = &cycle->graph.nodes[i];
      struct node_state *state = &cycle->nodes[i];
      if (sf_cycle_keeps_of (cycle, node) || is_output (cycle, node))
        state->wanted = true;
      if (!state->wanted || state->kept)
        continue;
      for (size_t e = 0; e < node->edges_count; e++)
        if (node->edges[e].role != SF_MAKES && !node->edges[e].previous && node->edges[e].maker >= 0)
          cycle->nodes[node->edges[e].maker].wanted = true;
    }
}

static enum sf_code
give_time (struct cycle *cycle, struct slot *slot, struct sf_error *err)
{
  const struct sf_dataset_spec *spec = sf_vocabulary_dataset (cycle->setup->vocabulary, SF_CYCLE_TIME);
  SF_TRY (sf_dataset_new_table (spec, NULL, &slot->dataset, err));
  if (sf_table_add_row (slot->dataset->as.table) < 0)
    return sf_fail (err, SF_ENOMEM, "out of memory for dataset '%s'", slot->name);
  return sf_table_set_time (slot->dataset->as.table, "time", cycle->scenario->clock_s, err);
}

/* What comes from outside bears what its slot says of it. */
static void
mark_given (struct slot *slot)
{
  slot->dataset->key = slot->key;
  slot->dataset->authority = slot->authority;
  slot->dataset->simulated = slot->simulated;
}

enum sf_code
sf_cycle_run_stages (struct cycle *cycle, struct sf_error *err)
{
  for (size_t i = 0; i < cycle->scenario->queries_count; i++)
    {
      SF_TRY (answer_query (cycle, &cycle->scenario->queries[i], err));
      mark_given (sf_cycle_slot (cycle, cycle->scenario->queries[i].dataset));
    }
  struct slot *time = sf_cycle_slot (cycle, SF_CYCLE_TIME);
  if (time)
    {
      SF_TRY (give_time (cycle, time, err));
      mark_given (time);
    }
  mark_wanted (cycle);
  for (size_t n = 0; n < cycle->graph.count; n++)
    if (cycle->nodes[n].wanted && cycle->nodes[n].kept)
      load_node (cycle, n);
  mark_wanted (cycle);
  for (size_t n = 0; n < cycle->graph.count; n++)
    {
      SF_TRY (sf_cycle_check_cancelled (cycle, err));
      if (cycle->nodes[n].wanted && !cycle->nodes[n].kept)
        SF_TRY (run_node (cycle, n, err));
    }
  return SF_OK;
}
