/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/file.h"
#include "models/sea/stages.h"

static enum sf_code
find_file (const struct sf_host *host, struct sf_arena *arena, const char *setting, const char *usual, const char **ret,
           struct sf_error *err)
{
  const char *named = sf_settings_text (host->settings, setting);
  *ret = named ? named : sf_file_join (arena, host->share_folder, usual);
  return *ret ? SF_OK : sf_fail (err, SF_ENOMEM, "out of memory for a file name");
}

enum sf_code
sf_sea_load_stations (const struct sf_host *host, struct sf_arena *arena, struct sf_sea_stations *ret,
                      struct sf_error *err)
{
  const char *path = NULL;
  SF_TRY (find_file (host, arena, "stations", "sea/stations.yaml", &path, err));
  return sf_sea_stations_load (arena, path, ret, err);
}

enum sf_code
sf_sea_load_params (const struct sf_host *host, struct sf_arena *arena, struct sf_sea_params *ret, struct sf_error *err)
{
  const char *path = NULL;
  SF_TRY (find_file (host, arena, "parameters", "sea/surge.yaml", &path, err));
  return sf_sea_params_load (arena, path, ret, err);
}

static enum sf_code
set_datum (struct sf_table *table, const struct sf_sea_stations *stations, const char *datum, const char *column,
           const char *column_zh, struct sf_error *err)
{
  SF_TRY (sf_table_set_text (table, column, sf_sea_datum_name (stations, datum, false), err));
  return sf_table_set_text (table, column_zh, sf_sea_datum_name (stations, datum, true), err);
}

static enum sf_code
add_station (struct sf_table *table, const struct sf_sea_stations *stations, const struct sf_sea_station *station,
             struct sf_error *err)
{
  struct sf_geometry *point = sf_geometry_new_point (station->lon_deg, station->lat_deg);
  if (!point || sf_table_add_row (table) < 0)
    {
      sf_geometry_free (point);
      return sf_fail (err, SF_ENOMEM, "out of memory for station %s", station->code);
    }
  SF_TRY (sf_table_set_geometry (table, point, err));
  SF_TRY (sf_table_set_text (table, "code", station->code, err));
  SF_TRY (sf_table_set_text (table, "name", station->name, err));
  SF_TRY (sf_table_set_text (table, "name_zh", station->name_zh, err));
  SF_TRY (sf_table_set_text (table, "county_code", station->county_code, err));
  SF_TRY (sf_table_set_double (table, "longitude", station->lon_deg, err));
  SF_TRY (sf_table_set_double (table, "latitude", station->lat_deg, err));
  SF_TRY (set_datum (table, stations, station->mean_level.datum, "datum", "datum_zh", err));
  SF_TRY (sf_table_set_double (table, "mean_level", station->mean_level.m, err));
  SF_TRY (set_datum (table, stations, station->levels.datum, "levels_datum", "levels_datum_zh", err));
  for (int c = 0; c < SF_SEA_COLOURS; c++)
    SF_TRY (sf_table_set_double (table, sf_sea_colour_name ((enum sf_sea_colour) c, false), station->levels.m[c], err));
  if (station->levels_year > 0)
    SF_TRY (sf_table_set_int (table, "levels_year", station->levels_year, err));
  SF_TRY (sf_table_set_text (table, "levels_source", station->levels_source ? station->levels_source : "no level known",
                             err));
  return sf_table_set_text (table, "tide_source", station->tide_source ? station->tide_source : "tide unknown", err);
}

enum sf_code
sf_sea_run_stations (const struct sf_host *host, const struct sf_stage_io *io, struct sf_error *err)
{
  struct sf_arena arena = { 0 };
  struct sf_sea_stations stations;
  struct sf_dataset *dataset = NULL;
  enum sf_code code = sf_sea_load_stations (host, &arena, &stations, err);
  if (code == SF_OK)
    code = sf_dataset_new_table (io->spec (io, "tide_stations"), NULL, &dataset, err);
  for (size_t i = 0; code == SF_OK && i < stations.count; i++)
    code = add_station (dataset->as.table, &stations, &stations.list[i], err);
  sf_arena_finish (&arena);
  if (code == SF_OK)
    return io->output (io, "tide_stations", dataset, err);
  sf_dataset_unref (dataset);
  return code;
}
