/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_SERVICE_MAP_EVENTS_H
#define PLUGINS_SERVICE_MAP_EVENTS_H

#include "plugins/service/map/live.h"
#include "plugins/service/map/map.h"

/* Tell all listeners of a world that became current: event `snapshot`. */
void sf_map_announce (struct sf_map *map, const struct sf_map_world *world);

#endif
