/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_CYCLE_GRAPH_H
#define SF_CORE_CYCLE_GRAPH_H

#include "core/cycle/scenario.h"

/* A port of a node with its dataset's full name ("wind_max@sea"). */
struct sf_edge
{
  enum sf_port_role role;
  const char *port;    /* as the stage declares it */
  const char *dataset; /* resolved; without "previous:" */
  bool previous;
  int maker; /* index of the node that makes it, -1: given from outside, -2: nobody (only for SF_USES) */
};

enum
{
  SF_MAKER_GIVEN = -1,
  SF_MAKER_NOBODY = -2
};

/* A stage to run, once or on one grid. */
struct sf_node
{
  const struct sf_instance *model;
  const struct sf_stage *stage;
  int grid; /* index in the domain, -1: runs once */
  struct sf_edge *edges;
  size_t edges_count;
};

/* The nodes in an order in which each stands after those it takes from. */
struct sf_graph
{
  struct sf_node *nodes;
  size_t count;
};

/* Build the graph of a scenario's models; given names the datasets that come from outside (queries). Refuses a dataset
   that the vocabulary does not know, one that two stages make, a needed one that nobody makes, and a cycle, each by name.
   All in the arena. */
enum sf_code sf_graph_build (struct sf_arena *arena, const struct sf_vocabulary *vocabulary,
                             const struct sf_instance *models, size_t models_count, const struct sf_domain *domain,
                             const char *const *given, size_t given_count, struct sf_graph *ret_graph,
                             struct sf_error *err);

/* The node that makes a dataset, -1 when none does. */
int sf_graph_maker (const struct sf_graph *graph, const char *dataset);

#endif
