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
