/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGINS_SERVICE_MAP_PLACE_H
#define PLUGINS_SERVICE_MAP_PLACE_H

#include "plugins/service/map/world_load.h"

/* Places that have a code: whatever tables and features have a column `code`, which says what the place is (name, name_zh,
   seat), or one that ends in `_code`, which says something of it (county_code, with county and county_zh as its names).
   Codes are of one list: two kinds of places with equal codes would be one place. */

struct sf_map_place_row
{
  const struct sf_dataset *dataset;
  size_t row;
};

struct sf_map_place
{
  const char *code, *name_en, *name_zh; /* names NULL when nothing says them */
  double lon_deg, lat_deg;              /* of its seat; NaN when unknown */
  struct sf_bounds bounds;              /* of its geometry; empty (min > max) without */
  struct sf_map_place_row *rows;        /* in the manifest's order */
  size_t rows_count, rows_capacity;
};

struct sf_map_places
{
  struct sf_dataset **tables; /* held for their rows; those of layers are held by the layers */
  size_t tables_count;
  struct sf_map_place *places; /* by code */
  size_t count, capacity;
};

/* Prepare a world whose layers are there. */
enum sf_code sf_map_places_new (const struct sf_map_world_setup *setup, struct sf_map_world *world,
                                struct sf_map_places **ret_places, struct sf_error *err);
void sf_map_places_free (struct sf_map_places *places);

#endif
