/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_GEODATA_TOOLS_PLACES_H
#define SF_GEODATA_TOOLS_PLACES_H

#include "core/base/error.h"
#include "core/base/mem.h"

#include <stddef.h>

/* A line of share/places/islands.csv: longitude, latitude, name, area. */
struct sf_island
{
  double lon_deg, lat_deg;
  const char *name;
  double area_km2;
};

/* A line of share/places/hainan_counties.csv. */
struct sf_county_place
{
  const char *code, *name, *name_zh;
  double seat_lon_deg, seat_lat_deg;
};

/* Load the tables (UTF-8, comma separated, lines that begin with # are remarks); all in the arena. A line with another
   number of fields or a bad number is SF_EFORMAT with file and line. */
enum sf_code sf_islands_load (struct sf_arena *arena, const char *path, struct sf_island **ret, size_t *ret_count,
                              struct sf_error *err);
enum sf_code sf_county_places_load (struct sf_arena *arena, const char *path, struct sf_county_place **ret,
                                    size_t *ret_count, struct sf_error *err);

#endif
