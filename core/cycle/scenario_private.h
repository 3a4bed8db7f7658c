/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_CORE_CYCLE_SCENARIO_PRIVATE_H
#define SF_CORE_CYCLE_SCENARIO_PRIVATE_H

#include "core/cycle/scenario.h"

/* scenario_set.c: carry out one --set on the tree of a scenario, before it is read. Nodes on the way are copied, so that
   what an alias shares with its anchor changes in one place only. */
enum sf_code sf_scenario_override (struct sf_arena *arena, struct sf_yaml *root, const struct sf_override *set,
                                   struct sf_error *err);

#endif
