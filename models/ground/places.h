/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_GROUND_PLACES_H
#define SF_MODELS_GROUND_PLACES_H

#include "core/base/mem.h"
#include "core/plugin/plugin.h"

/* Named places: county seats, harbours, reservoirs, islands, townships, and what the user's own file adds.

   A file is UTF-8 text, fields between commas (no quotes), one place a line:
     code,name,name_zh,kind,longitude,latitude,county_code,source
   Lines that begin with # are remarks; a first line that names these columns is passed over, a byte order mark too.
   Longitude and latitude in degrees; kind is one of the words of sf_place_kinds; code is unique in its file; name_zh,
   county_code and source may be empty. */

struct sf_place
{
  const char *code, *name, *name_zh, *kind, *kind_zh, *county_code, *source;
  double lon_deg, lat_deg;
};

struct sf_place_list
{
  size_t count, capacity;
  struct sf_place *places;
};

/* The kinds, English and Chinese, ended by NULLs. */
extern const char *const sf_place_kinds[][2];

/* Add the places of a file; one whose code is there already takes that one's place, so that a user's file corrects
   those that come with the program. All in the arena. SF_ENOTFOUND; SF_EFORMAT, SF_ERANGE with file and line. */
enum sf_code sf_places_load (struct sf_arena *arena, const char *path, struct sf_place_list *list,
                             struct sf_error *err);

/* Add the seats of share/places/hainan_counties.csv: code,name,name_zh,seat_longitude,seat_latitude. */
enum sf_code sf_places_load_seats (struct sf_arena *arena, const char *path, struct sf_place_list *list,
                                   struct sf_error *err);

/* The stage. */
enum sf_code sf_ground_run_places (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err);

#endif
