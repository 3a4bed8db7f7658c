/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/yaml.h"
#include "models/sea/sea_data.h"

#include <math.h>
#include <string.h>

static enum sf_code
no_memory (struct sf_error *err)
{
  return sf_fail (err, SF_ENOMEM, "out of memory for tide stations");
}

static enum sf_code
read_number (const struct sf_yaml *node, double min, double max, double *ret, struct sf_error *err)
{
  SF_TRY (sf_yaml_double (node, ret, err));
  if (*ret >= min && *ret <= max)
    return SF_OK;
  return sf_yaml_fail (err, SF_ERANGE, node, "%g is not within %g to %g", *ret, min, max);
}

/* The number of a key; without the key: NaN, or an error where it is needed. */
static enum sf_code
read_key (const struct sf_yaml *map, const char *key, bool needed, double min, double max, double *ret,
          struct sf_error *err)
{
  const struct sf_yaml *node = sf_yaml_get (map, key);
  *ret = (double) NAN;
  if (node)
    return read_number (node, min, max, ret, err);
  return needed ? sf_yaml_fail (err, SF_EINVAL, map, "%s is missing", key) : SF_OK;
}

static enum sf_code
need_kind (const struct sf_yaml *node, enum sf_yaml_kind kind, const char *what, struct sf_error *err)
{
  if (node->kind == kind)
    return SF_OK;
  return sf_yaml_fail (err, SF_EINVAL, node, "%s must be %s, not %s", what,
                       kind == SF_YAML_MAPPING ? "a mapping" : "a list", sf_yaml_kind_name (node->kind));
}

/* --- datums --- */

static enum sf_code
read_datum (const struct sf_sea_stations *stations, const struct sf_yaml *map, const char *key, const char **ret,
            struct sf_error *err)
{
  const struct sf_yaml *node = sf_yaml_get (map, key);
  if (!node || node->kind != SF_YAML_SCALAR)
    return sf_yaml_fail (err, SF_EINVAL, map, "%s is missing: a level without its vertical datum is no level", key);
  for (size_t i = 0; i < stations->datums_count; i++)
    if (strcmp (stations->datums[i].id, node->text) == 0)
      {
        *ret = stations->datums[i].id;
        return SF_OK;
      }
  return sf_yaml_fail (err, SF_EINVAL, node, "'%s' is none of the datums of this file", node->text);
}

static enum sf_code
read_datums (struct sf_arena *arena, const struct sf_yaml *map, struct sf_sea_stations *ret, struct sf_error *err)
{
  SF_TRY (need_kind (map, SF_YAML_MAPPING, "datums", err));
  if (!(ret->datums = sf_arena_calloc (arena, map->count, sizeof *ret->datums)))
    return no_memory (err);
  for (size_t i = 0; i < map->count; i++)
    {
      struct sf_sea_datum datum
          = { map->keys[i]->text, sf_yaml_text (map->items[i], "en", NULL), sf_yaml_text (map->items[i], "zh", NULL) };
      if (!datum.en || !datum.zh)
        return sf_yaml_fail (err, SF_EINVAL, map->items[i], "datum %s needs its name as en and zh", datum.id);
      ret->datums[ret->datums_count++] = datum;
    }
  return SF_OK;
}

static bool
is_same_pair (const struct sf_datum_offset *a, const struct sf_datum_offset *b)
{
  return (strcmp (a->from, b->from) == 0 && strcmp (a->to, b->to) == 0)
         || (strcmp (a->from, b->to) == 0 && strcmp (a->to, b->from) == 0);
}

static enum sf_code
read_offsets (struct sf_arena *arena, const struct sf_yaml *list, struct sf_sea_stations *ret, struct sf_error *err)
{
  static const char *const keys[] = { "from", "to", "metres", "source", NULL };
  SF_TRY (need_kind (list, SF_YAML_SEQUENCE, "offsets", err));
  if (!(ret->offset_list = sf_arena_calloc (arena, list->count, sizeof *ret->offset_list)))
    return no_memory (err);
  ret->offsets.list = ret->offset_list;
  for (size_t i = 0; i < list->count; i++)
    {
      struct sf_datum_offset offset = { NULL, NULL, 0 };
      const struct sf_yaml *node = list->items[i];
      SF_TRY (sf_yaml_check_keys (node, keys, err));
      SF_TRY (read_datum (ret, node, "from", &offset.from, err));
      SF_TRY (read_datum (ret, node, "to", &offset.to, err));
      SF_TRY (read_key (node, "metres", true, -100, 100, &offset.m, err));
      if (!sf_yaml_text (node, "source", NULL))
        return sf_yaml_fail (err, SF_EINVAL, node, "an offset between datums needs its source");
      for (size_t k = 0; k < i; k++)
        if (is_same_pair (&ret->offset_list[k], &offset))
          return sf_yaml_fail (err, SF_ECONFLICT, node, "a second offset between %s and %s", offset.from, offset.to);
      ret->offset_list[ret->offsets.count++] = offset;
    }
  return SF_OK;
}

/* --- a station --- */

static enum sf_code
read_constituents (const struct sf_yaml *map, struct sf_tide *tide, struct sf_error *err)
{
  SF_TRY (need_kind (map, SF_YAML_MAPPING, "constituents", err));
  if (map->count > SF_TIDE_MOST)
    return sf_yaml_fail (err, SF_ERANGE, map, "more than %d constituents", SF_TIDE_MOST);
  for (size_t i = 0; i < map->count; i++)
    {
      const struct sf_yaml *pair = map->items[i];
      struct sf_tide_term term = { .constituent = sf_tide_find (map->keys[i]->text) };
      if (term.constituent < 0)
        return sf_yaml_fail (err, SF_EINVAL, map->keys[i], "'%s' is no constituent known here", map->keys[i]->text);
      if (pair->kind != SF_YAML_SEQUENCE || pair->count != 2)
        return sf_yaml_fail (err, SF_EINVAL, pair, "%s must be [amplitude in m, phase in degrees]", map->keys[i]->text);
      SF_TRY (read_number (pair->items[0], 0, 10, &term.amplitude_m, err));
      SF_TRY (read_number (pair->items[1], -360, 360, &term.phase_deg, err));
      tide->terms[tide->count++] = term;
    }
  return SF_OK;
}

static enum sf_code
read_tide (const struct sf_sea_stations *stations, const struct sf_yaml *node, struct sf_sea_station *station,
           struct sf_error *err)
{
  static const char *const keys[] = { "datum", "mean_level_m", "source", "constituents", NULL };
  if (!node)
    return SF_OK;
  SF_TRY (sf_yaml_check_keys (node, keys, err));
  SF_TRY (read_datum (stations, node, "datum", &station->mean_level.datum, err));
  SF_TRY (read_key (node, "mean_level_m", true, -100, 100, &station->mean_level.m, err));
  const struct sf_yaml *constituents = sf_yaml_get (node, "constituents");
  if (!constituents || !(station->tide_source = sf_yaml_text (node, "source", NULL)))
    return sf_yaml_fail (err, SF_EINVAL, node, "a tide needs constituents and their source");
  return read_constituents (constituents, &station->tide, err);
}

static enum sf_code
read_levels (const struct sf_sea_stations *stations, const struct sf_yaml *node, struct sf_sea_station *station,
             struct sf_error *err)
{
  static const char *const keys[] = { "datum", "blue", "yellow", "orange", "red", "year", "source", NULL };
  double year, last = -INFINITY;
  if (!node)
    return SF_OK;
  SF_TRY (sf_yaml_check_keys (node, keys, err));
  SF_TRY (read_datum (stations, node, "datum", &station->levels.datum, err));
  SF_TRY (read_key (node, "year", true, 1900, 2200, &year, err));
  station->levels_year = (int) year;
  if (!(station->levels_source = sf_yaml_text (node, "source", NULL)))
    return sf_yaml_fail (err, SF_EINVAL, node, "warning levels need their source");
  for (int c = 0; c < SF_SEA_COLOURS; c++)
    {
      double *level = &station->levels.m[c];
      const char *colour = sf_sea_colour_name ((enum sf_sea_colour) c, false);
      SF_TRY (read_key (node, colour, false, -100, 100, level, err));
      if (*level <= last)
        return sf_yaml_fail (err, SF_EINVAL, sf_yaml_get (node, colour), "%s must lie above the colours before it",
                             colour);
      last = isnan (*level) ? last : *level;
    }
  return SF_OK;
}

static enum sf_code
read_way (struct sf_arena *arena, const struct sf_yaml *node, struct sf_sea_station *station, struct sf_error *err)
{
  static const char *const keys[] = { "reason", "source", "points", NULL };
  if (!node)
    return SF_OK;
  SF_TRY (sf_yaml_check_keys (node, keys, err));
  const struct sf_yaml *points = sf_yaml_get (node, "points");
  if (!points || points->kind != SF_YAML_SEQUENCE || points->count < 2)
    return sf_yaml_fail (err, SF_EINVAL, node, "a profile needs at least two points");
  if (!sf_yaml_text (node, "reason", NULL) || !sf_yaml_text (node, "source", NULL))
    return sf_yaml_fail (err, SF_EINVAL, node, "a profile needs the reason for its way and the source of its depths");
  if (!(station->way = sf_arena_calloc (arena, points->count, sizeof *station->way)))
    return no_memory (err);
  for (size_t i = 0; i < points->count; i++)
    {
      const struct sf_yaml *point = points->items[i];
      struct sf_sea_way_point *way = &station->way[station->way_count++];
      if (point->kind != SF_YAML_SEQUENCE || point->count != 3)
        return sf_yaml_fail (err, SF_EINVAL, point, "a point is [longitude, latitude, depth in m]");
      SF_TRY (read_number (point->items[0], -180, 180, &way->lon_deg, err));
      SF_TRY (read_number (point->items[1], -90, 90, &way->lat_deg, err));
      SF_TRY (read_number (point->items[2], 0, 12000, &way->depth_m, err));
    }
  return SF_OK;
}

static enum sf_code
read_station (struct sf_arena *arena, const struct sf_yaml *node, struct sf_sea_stations *stations,
              struct sf_error *err)
{
  static const char *const keys[]
      = { "code", "name", "name_zh", "county_code", "longitude", "latitude", "tide", "levels", "profile", NULL };
  struct sf_sea_station *station = &stations->list[stations->count];
  SF_TRY (sf_yaml_check_keys (node, keys, err));
  *station = (struct sf_sea_station){ .code = sf_yaml_text (node, "code", NULL),
                                      .name = sf_yaml_text (node, "name", NULL),
                                      .name_zh = sf_yaml_text (node, "name_zh", NULL),
                                      .county_code = sf_yaml_text (node, "county_code", NULL),
                                      .mean_level = { (double) NAN, NULL },
                                      .levels = { { NAN, NAN, NAN, NAN }, NULL } };
  if (!station->code || !station->name || !station->name_zh)
    return sf_yaml_fail (err, SF_EINVAL, node, "a station needs code, name and name_zh");
  for (size_t i = 0; i < stations->count; i++)
    if (strcmp (stations->list[i].code, station->code) == 0)
      return sf_yaml_fail (err, SF_ECONFLICT, node, "a second station %s", station->code);
  SF_TRY (read_key (node, "longitude", true, -180, 180, &station->lon_deg, err));
  SF_TRY (read_key (node, "latitude", true, -90, 90, &station->lat_deg, err));
  SF_TRY (read_tide (stations, sf_yaml_get (node, "tide"), station, err));
  SF_TRY (read_levels (stations, sf_yaml_get (node, "levels"), station, err));
  SF_TRY (read_way (arena, sf_yaml_get (node, "profile"), station, err));
  stations->count++;
  return SF_OK;
}

enum sf_code
sf_sea_stations_load (struct sf_arena *arena, const char *path, struct sf_sea_stations *ret, struct sf_error *err)
{
  static const char *const keys[] = { "datums", "offsets", "stations", NULL };
  struct sf_sea_stations stations = { 0 };
  struct sf_yaml *root = NULL;
  SF_TRY (sf_yaml_load (arena, path, &root, err));
  SF_TRY (sf_yaml_check_keys (root, keys, err));
  for (size_t i = 0; keys[i]; i++)
    if (!sf_yaml_get (root, keys[i]))
      return sf_yaml_fail (err, SF_EINVAL, root, "%s is missing", keys[i]);
  const struct sf_yaml *list = sf_yaml_get (root, "stations");
  SF_TRY (read_datums (arena, sf_yaml_get (root, "datums"), &stations, err));
  SF_TRY (read_offsets (arena, sf_yaml_get (root, "offsets"), &stations, err));
  SF_TRY (need_kind (list, SF_YAML_SEQUENCE, "stations", err));
  if (!(stations.list = sf_arena_calloc (arena, list->count, sizeof *stations.list)))
    return no_memory (err);
  for (size_t i = 0; i < list->count; i++)
    SF_TRY (read_station (arena, list->items[i], &stations, err));
  *ret = stations;
  return SF_OK;
}

const char *
sf_sea_datum_name (const struct sf_sea_stations *stations, const char *id, bool zh)
{
  for (size_t i = 0; id && i < stations->datums_count; i++)
    if (strcmp (stations->datums[i].id, id) == 0)
      return zh ? stations->datums[i].zh : stations->datums[i].en;
  return id;
}
