/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_MODELS_SEA_SEA_DATA_H
#define SF_MODELS_SEA_SEA_DATA_H

#include "core/base/mem.h"
#include "models/sea/tide.h"
#include "models/sea/warning.h"

/* share/sea/stations.yaml and share/sea/surge.yaml, which say what each entry is and where it comes from. */
enum
{
  SF_SEA_RMW_NODES = 4
};

struct sf_sea_params
{
  double wind_to_10min, minimum_depth_m, piece_km;
  double rmw_pressure_hpa[SF_SEA_RMW_NODES], rmw_km[SF_SEA_RMW_NODES];
  double holland_b, air_density_kgpm3, gradient_factor, environment_pressure_hpa;
  double band_m, band_frac, arrival_error_h, near_km;
};

struct sf_sea_datum
{
  const char *id, *en, *zh;
};

struct sf_sea_way_point
{
  double lon_deg, lat_deg, depth_m;
};

/* A tide station. Texts are NULL and numbers NaN where the file is silent. */
struct sf_sea_station
{
  const char *code, *name, *name_zh, *county_code;
  double lon_deg, lat_deg;
  struct sf_tide tide;        /* count 0: not known */
  struct sf_level mean_level; /* of the sea; datum NULL without a tide */
  const char *tide_source;
  struct sf_sea_levels levels;
  int levels_year; /* 0: none */
  const char *levels_source;
  struct sf_sea_way_point *way; /* outermost first; at least 2, or none */
  size_t way_count;
};

struct sf_sea_stations
{
  struct sf_sea_station *list;
  size_t count;
  struct sf_sea_datum *datums;
  size_t datums_count;
  struct sf_datum_offset *offset_list;
  struct sf_datum_offsets offsets;
};

/* Read the files; everything lives in the arena. SF_EFORMAT, SF_EINVAL, SF_ERANGE, SF_ECONFLICT (two stations or offsets
   of one name) with file, line and column: unknown keys, datums and constituents, amplitudes outside 0 to 10 m, levels that do not
   rise by colour, ways of one point, depths outside 0 to 12000 m. */
enum sf_code sf_sea_params_load (struct sf_arena *arena, const char *path, struct sf_sea_params *ret,
                                 struct sf_error *err);
enum sf_code sf_sea_stations_load (struct sf_arena *arena, const char *path, struct sf_sea_stations *ret,
                                   struct sf_error *err);

/* What a datum is called; the id itself for one that is not listed. */
const char *sf_sea_datum_name (const struct sf_sea_stations *stations, const char *id, bool zh);

/* The radius of maximum wind by central pressure, straight between the parameters' nodes and constant outside. */
double sf_sea_rmw_km (const struct sf_sea_params *params, double pc_hpa);

#endif
