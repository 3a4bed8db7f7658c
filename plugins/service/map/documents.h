/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_SERVICE_MAP_DOCUMENTS_H
#define PLUGINS_SERVICE_MAP_DOCUMENTS_H

#include "core/base/json.h"
#include "plugins/service/map/map.h"

/* Members that several JSON documents have. */

/* A text that was made for this answer: NULL, when memory was out, fails the answer as a whole. */
void sf_map_put_made (struct sf_json *json, const char *key, const char *text);
/* "title": {"en": ..., "zh": ...}. */
void sf_map_put_titles (struct sf_json *json, const char *key, const char *en, const char *zh);
/* "authority": {"en", "zh"}, "simulated". */
void sf_map_put_authority (struct sf_json *json, enum sf_authority authority, bool simulated);
/* A style with its classes or categories: bounds, keys, colours, lines, labels. origin_h is what its bounds count from, in
   hours since the grid's reference, for a style that counts from the earliest value. legend is an address or NULL. */
void sf_map_put_style (struct sf_json *json, const struct sf_map_layer *layer, const struct sf_style *style,
                       double origin_h, const char *legend);

/* A snapshot as an object: id, time, scenario, title, authority. */
void sf_map_put_snapshot (struct sf_json *json, const struct sf_snapshot *snapshot);

/* "sources": the feeds that the snapshot was made from. */
void sf_map_put_sources (struct sf_json *json, const struct sf_snapshot *snapshot);
/* [west, south, east, north]. */
void sf_map_put_corners (struct sf_json *json, const struct sf_bounds *bounds);
/* "bounds": [west, south, east, north], null when empty. */
void sf_map_put_bounds (struct sf_json *json, const struct sf_bounds *bounds);

/* The columns of a row as an object; times in ISO 8601 UTC, missing is null. */
void sf_map_put_row (struct sf_json *json, const char *key, const struct sf_table *table, size_t row);

#endif
