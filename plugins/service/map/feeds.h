/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_SERVICE_MAP_FEEDS_H
#define PLUGINS_SERVICE_MAP_FEEDS_H

#include "core/base/error.h"

#include <stdint.h>

/* Notices when a feed's state changes on the health board that ingest keeps in the data folder (health.json): fresh, late,
   silent, failing. Also by time alone: a board that nobody writes any more makes every feed silent. One thread. */
struct sf_map_feeds;

/* folder is borrowed. NULL when memory is out. */
struct sf_map_feeds *sf_map_feeds_new (const char *folder);
void sf_map_feeds_free (struct sf_map_feeds *feeds);

/* Called for each feed whose state is another one, with one line of JSON: feed, title, department, state, was (null for a
   feed that is new), time. */
typedef void (*sf_map_feed_changed) (void *ctx, const char *json);
/* Look at the board as it is at now_s (UTC). What is seen first is told to nobody. No board, or one that cannot be read:
   nothing is told. */
void sf_map_feeds_look (struct sf_map_feeds *feeds, int64_t now_s, sf_map_feed_changed changed, void *ctx);

#endif
