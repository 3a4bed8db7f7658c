/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cycle/cycle_private.h"

#include <string.h>

struct slot *
sf_cycle_slot (const struct cycle *cycle, const char *dataset)
{
  for (size_t i = 0; i < cycle->slots_count; i++)
    if (strcmp (cycle->slots[i].name, dataset) == 0)
      return &cycle->slots[i];
  return NULL;
}

static bool
names (const char *const *list, size_t count, const char *dataset)
{
  for (size_t i = 0; i < count; i++)
    if (strcmp (list[i], dataset) == 0)
      return true;
  return false;
}

bool
sf_cycle_keeps (const struct cycle *cycle, const char *dataset)
{
  const struct sf_scenario *scenario = cycle->scenario;
  return sf_vocabulary_dataset (cycle->setup->vocabulary, dataset)->kind != SF_DATASET_CUBE
         || names (scenario->snapshot_cubes, scenario->snapshot_cubes_count, dataset);
}

bool
sf_cycle_keeps_of (const struct cycle *cycle, const struct sf_node *node)
{
  for (size_t e = 0; e < node->edges_count; e++)
    if (node->edges[e].role == SF_MAKES && sf_cycle_keeps (cycle, node->edges[e].dataset))
      return true;
  return false;
}

bool
sf_cycle_takes (const struct cycle *cycle, const char *dataset)
{
  for (size_t n = 0; n < cycle->graph.count; n++)
    for (size_t e = 0; e < cycle->graph.nodes[n].edges_count; e++)
      {
        const struct sf_edge *edge = &cycle->graph.nodes[n].edges[e];
        if (edge->role != SF_MAKES && !edge->previous && strcmp (edge->dataset, dataset) == 0)
          return true;
      }
  return false;
}

bool
sf_cycle_asks (const struct cycle *cycle, const char *dataset)
{
  return sf_cycle_keeps (cycle, dataset) || sf_cycle_writes (cycle, dataset) || sf_cycle_takes (cycle, dataset);
}

bool
sf_cycle_writes (const struct cycle *cycle, const char *dataset)
{
  const struct sf_scenario *scenario = cycle->scenario;
  for (size_t o = 0; o < scenario->outputs_count; o++)
    if (names (scenario->outputs[o].datasets, scenario->outputs[o].datasets_count, dataset))
      return true;
  return false;
}
