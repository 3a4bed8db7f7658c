/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cycle/graph.h"

#include "core/base/text.h"

#include <stdio.h>
#include <string.h>

struct builder
{
  struct sf_arena *arena;
  const struct sf_vocabulary *vocabulary;
  const struct sf_domain *domain;
  const char *const *given;
  size_t given_count;
  struct sf_node *nodes;
  size_t count;
};

#define PREVIOUS "previous:"

static bool
ends_with (const char *text, const char *tail)
{
  size_t n = strlen (text), m = strlen (tail);
  return n >= m && strcmp (text + n - m, tail) == 0;
}

static enum sf_code
no_memory (struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "out of memory building the graph of stages");
}

static bool
per_grid (const struct sf_stage *stage)
{
  for (const struct sf_port *port = stage->ports; port && port->dataset; port++)
    if (ends_with (port->dataset, "@*"))
      return true;
  return false;
}

/* "wind_max@*" on grid sea is "wind_max@sea"; "@home" is the first grid. */
static const char *
resolve (struct builder *builder, const char *name, int grid)
{
  const char *at = strrchr (name, '@');
  const char *instance = !at                                                       ? NULL
                         : strcmp (at, "@*") == 0 && grid >= 0                     ? builder->domain->names[grid]
                         : strcmp (at, "@home") == 0 && builder->domain->count > 0 ? builder->domain->names[0]
                                                                                   : NULL;
  if (!instance)
    return name;
  return sf_arena_printf (builder->arena, "%.*s@%s", (int) (at - name), name, instance);
}

static enum sf_code
check_name (const struct builder *builder, const struct sf_instance *model, const struct sf_stage *stage,
            const char *dataset, struct sf_error *err)
{
  if (sf_vocabulary_dataset (builder->vocabulary, dataset))
    return SF_OK;
  const char *near = sf_vocabulary_nearest_dataset (builder->vocabulary, dataset);
  return sf_fail (err, SF_ENOTFOUND, "stage %s.%s names dataset '%s', which the vocabulary does not have%s%s%s",
                  model->plugin->name, stage->name, dataset, near ? " (did you mean '" : "", near ? near : "",
                  near ? "'?)" : "");
}

static enum sf_code
fill_edges (struct builder *builder, struct sf_node *node, struct sf_error *err)
{
  size_t count = 0;
  while (node->stage->ports && node->stage->ports[count].dataset)
    count++;
  node->edges = sf_arena_calloc (builder->arena, count, sizeof *node->edges);
  if (!node->edges)
    return no_memory (err);
  for (size_t i = 0; i < count; i++)
    {
      const struct sf_port *port = &node->stage->ports[i];
      struct sf_edge *edge = &node->edges[i];
      edge->role = port->role;
      edge->port = port->dataset;
      edge->previous = strncmp (port->dataset, PREVIOUS, sizeof PREVIOUS - 1) == 0;
      edge->dataset = resolve (builder, port->dataset + (edge->previous ? sizeof PREVIOUS - 1 : 0), node->grid);
      edge->maker = SF_MAKER_NOBODY;
      if (!edge->dataset)
        return no_memory (err);
      if (edge->previous && edge->role == SF_MAKES)
        return sf_fail (err, SF_EINVAL, "stage %s.%s says that it makes '%s': the past is only taken",
                        node->model->plugin->name, node->stage->name, edge->port);
      SF_TRY (check_name (builder, node->model, node->stage, edge->dataset, err));
    }
  node->edges_count = count;
  return SF_OK;
}

static enum sf_code
add_stage (struct builder *builder, const struct sf_instance *model, const struct sf_stage *stage, struct sf_error *err)
{
  int runs = per_grid (stage) ? builder->domain->count : 1;
  for (int i = 0; i < runs; i++)
    {
      struct sf_node *node = &builder->nodes[builder->count++];
      *node = (struct sf_node){ .model = model, .stage = stage, .grid = per_grid (stage) ? i : -1 };
      SF_TRY (fill_edges (builder, node, err));
    }
  return SF_OK;
}

static enum sf_code
add_models (struct builder *builder, const struct sf_instance *models, size_t models_count, struct sf_error *err)
{
  size_t room = 0;
  for (size_t m = 0; m < models_count; m++)
    for (const struct sf_stage *stage = models[m].plugin->as.model->stages; stage->name; stage++)
      room += per_grid (stage) ? (size_t) builder->domain->count : 1;
  builder->nodes = sf_arena_calloc (builder->arena, room, sizeof *builder->nodes);
  if (!builder->nodes)
    return no_memory (err);
  for (size_t m = 0; m < models_count; m++)
    for (const struct sf_stage *stage = models[m].plugin->as.model->stages; stage->name; stage++)
      SF_TRY (add_stage (builder, &models[m], stage, err));
  return SF_OK;
}

static int
find_maker (const struct builder *builder, const char *dataset)
{
  for (size_t n = 0; n < builder->count; n++)
    for (size_t e = 0; e < builder->nodes[n].edges_count; e++)
      if (builder->nodes[n].edges[e].role == SF_MAKES && strcmp (builder->nodes[n].edges[e].dataset, dataset) == 0)
        return (int) n;
  for (size_t g = 0; g < builder->given_count; g++)
    if (strcmp (builder->given[g], dataset) == 0)
      return SF_MAKER_GIVEN;
  return SF_MAKER_NOBODY;
}

static enum sf_code
check_makers (const struct builder *builder, size_t n, struct sf_error *err)
{
  const struct sf_node *node = &builder->nodes[n];
  for (size_t e = 0; e < node->edges_count; e++)
    {
      if (node->edges[e].role != SF_MAKES)
        continue;
      int first = find_maker (builder, node->edges[e].dataset);
      if (first >= 0 && (size_t) first != n)
        return sf_fail (err, SF_ECONFLICT, "dataset '%s' is made twice: by %s.%s and by %s.%s", node->edges[e].dataset,
                        builder->nodes[first].model->plugin->name, builder->nodes[first].stage->name,
                        node->model->plugin->name, node->stage->name);
      for (size_t g = 0; g < builder->given_count; g++)
        if (strcmp (builder->given[g], node->edges[e].dataset) == 0)
          return sf_fail (err, SF_ECONFLICT, "dataset '%s' is given by the scenario and made by %s.%s",
                          node->edges[e].dataset, node->model->plugin->name, node->stage->name);
    }
  return SF_OK;
}

static enum sf_code
link_edges (struct builder *builder, struct sf_error *err)
{
  for (size_t n = 0; n < builder->count; n++)
    {
      struct sf_node *node = &builder->nodes[n];
      SF_TRY (check_makers (builder, n, err));
      for (size_t e = 0; e < node->edges_count; e++)
        {
          struct sf_edge *edge = &node->edges[e];
          edge->maker = edge->role == SF_MAKES ? (int) n : find_maker (builder, edge->dataset);
          if (edge->role == SF_NEEDS && !edge->previous && edge->maker == SF_MAKER_NOBODY)
            return sf_fail (
                err, SF_ENOTFOUND,
                "stage %s.%s needs dataset '%s', which no stage makes and the scenario does not give: add a "
                "model that makes it, or a 'datasets' entry",
                node->model->plugin->name, node->stage->name, edge->dataset);
        }
    }
  return SF_OK;
}

static bool
waits_for (const struct sf_node *node, const bool *placed)
{
  for (size_t e = 0; e < node->edges_count; e++)
    if (node->edges[e].role != SF_MAKES && !node->edges[e].previous && node->edges[e].maker >= 0
        && !placed[node->edges[e].maker])
      return true;
  return false;
}

/* Follow the first unplaced maker from node to node until one comes again, and write the way down. */
static enum sf_code
fail_cycle (const struct builder *builder, const bool *placed, size_t start, struct sf_error *err)
{
  struct sf_strbuf way = { 0 };
  size_t n = start;
  for (size_t steps = 0; steps <= builder->count; steps++)
    {
      const struct sf_node *node = &builder->nodes[n];
      const struct sf_edge *edge = NULL;
      for (size_t e = 0; e < node->edges_count && !edge; e++)
        if (node->edges[e].role != SF_MAKES && !node->edges[e].previous && node->edges[e].maker >= 0
            && !placed[node->edges[e].maker])
          edge = &node->edges[e];
      if (!edge)
        break;
      sf_strbuf_addf (&way, "%s.%s takes %s from ", node->model->plugin->name, node->stage->name, edge->dataset);
      n = (size_t) edge->maker;
      if (n == start)
        break;
    }
  sf_strbuf_addf (&way, "%s.%s", builder->nodes[n].model->plugin->name, builder->nodes[n].stage->name);
  enum sf_code code = sf_fail (err, SF_ECONFLICT, "the stages wait for each other in a circle: %s",
                               way.failed ? "(out of memory)" : way.text);
  sf_strbuf_finish (&way);
  return code;
}

/* Kahn's order, always the first ready node in the order of declaration, so that runs are alike. */
static enum sf_code
sort_nodes (struct builder *builder, struct sf_graph *ret_graph, struct sf_error *err)
{
  size_t n = builder->count, done = 0;
  bool *placed = sf_arena_calloc (builder->arena, n, sizeof *placed);
  int *new_index = sf_arena_calloc (builder->arena, n, sizeof *new_index);
  struct sf_node *sorted = sf_arena_calloc (builder->arena, n, sizeof *sorted);
  if (!placed || !new_index || !sorted)
    return no_memory (err);
  while (done < n)
    {
      size_t i = 0;
      while (i < n && (placed[i] || waits_for (&builder->nodes[i], placed)))
        i++;
      if (i == n)
        {
          for (i = 0; placed[i]; i++)
            ;
          return fail_cycle (builder, placed, i, err);
        }
      placed[i] = true;
      new_index[i] = (int) done;
      sorted[done++] = builder->nodes[i];
    }
  for (size_t i = 0; i < n; i++)
    for (size_t e = 0; e < sorted[i].edges_count; e++)
      if (sorted[i].edges[e].maker >= 0)
        sorted[i].edges[e].maker = new_index[sorted[i].edges[e].maker];
  *ret_graph = (struct sf_graph){ .nodes = sorted, .count = n };
  return SF_OK;
}

enum sf_code
sf_graph_build (struct sf_arena *arena, const struct sf_vocabulary *vocabulary, const struct sf_instance *models,
                size_t models_count, const struct sf_domain *domain, const char *const *given, size_t given_count,
                struct sf_graph *ret_graph, struct sf_error *err)
{
  struct builder builder
      = { .arena = arena, .vocabulary = vocabulary, .domain = domain, .given = given, .given_count = given_count };
  SF_TRY (add_models (&builder, models, models_count, err));
  SF_TRY (link_edges (&builder, err));
  return sort_nodes (&builder, ret_graph, err);
}

int
sf_graph_maker (const struct sf_graph *graph, const char *dataset)
{
  for (size_t n = 0; n < graph->count; n++)
    for (size_t e = 0; e < graph->nodes[n].edges_count; e++)
      if (graph->nodes[n].edges[e].role == SF_MAKES && strcmp (graph->nodes[n].edges[e].dataset, dataset) == 0)
        return (int) n;
  return SF_MAKER_NOBODY;
}
