/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SF_TESTS_UNIT_WIND_RAMMASUN_H
#define SF_TESTS_UNIT_WIND_RAMMASUN_H

#include "models/typhoon/track_interp.h"
#include "models/typhoon/wind_field.h"

/* Typhoon Rammasun, 2014-07-17 00:00 to 07-19 12:00 UTC, every 6 h: position, central pressure and 2-minute maximum
   wind from the best track of the China Meteorological Administration (CMA 1409, tcdata.typhoon.org.cn; Ying et al.
   2014, Lu et al. 2021). The reference fields take the wind as it stands for a 1-minute mean. */
enum
{
  RAMMASUN_FIXES = 11,
  RAMMASUN_HOURS = 60,
  RAMMASUN_NX = 600,
  RAMMASUN_NY = 450,
  RAMMASUN_CELLS = RAMMASUN_NX * RAMMASUN_NY
};
#define RAMMASUN_START_S INT64_C (1405555200)

static const double rammasun_fixes[RAMMASUN_FIXES][4] = {
  /* lat, lon, hPa, m/s */
  { 16.4, 115.8, 960, 40 }, { 16.8, 115.0, 950, 45 }, { 17.5, 114.3, 930, 50 }, { 18.5, 113.4, 920, 58 },
  { 19.1, 112.3, 900, 65 }, { 19.9, 111.3, 888, 72 }, { 20.3, 110.3, 910, 60 }, { 21.0, 109.4, 935, 52 },
  { 21.7, 108.3, 945, 48 }, { 22.1, 107.3, 970, 33 }, { 22.9, 106.2, 990, 23 },
};

/* Longest track that a test makes: 60 hours at 15 minutes. */
#define RAMMASUN_MAX_NODES 240

struct rammasun
{
  size_t n;
  int64_t time_s[RAMMASUN_MAX_NODES];
  double lon_deg[RAMMASUN_MAX_NODES], lat_deg[RAMMASUN_MAX_NODES], pc_hpa[RAMMASUN_MAX_NODES],
      vmax_mps[RAMMASUN_MAX_NODES];
  struct sf_wind_node nodes[RAMMASUN_MAX_NODES];
  struct sf_wind_track track;
};

/* Fill the first 60 hours of the track, linear between the fixes, in steps of step_s; the nodes are not prepared. */
static inline void
rammasun_fill (struct rammasun *storm, int64_t step_s)
{
  int64_t time_s[RAMMASUN_FIXES];
  double lon[RAMMASUN_FIXES], lat[RAMMASUN_FIXES], pc[RAMMASUN_FIXES], vmax[RAMMASUN_FIXES];
  double workspace[5 * RAMMASUN_FIXES];
  for (int i = 0; i < RAMMASUN_FIXES; i++)
    {
      time_s[i] = RAMMASUN_START_S + i * INT64_C (21600);
      lat[i] = rammasun_fixes[i][0];
      lon[i] = rammasun_fixes[i][1];
      pc[i] = rammasun_fixes[i][2];
      vmax[i] = rammasun_fixes[i][3];
    }
  storm->n = (size_t) (RAMMASUN_HOURS * INT64_C (3600) / step_s);
  sf_track_interp_times (time_s, step_s, storm->n, storm->time_s);
  sf_track_interp_path (time_s, lon, lat, RAMMASUN_FIXES, SF_TRACK_PATH_LINEAR, storm->time_s, storm->n, storm->lon_deg,
                        storm->lat_deg, workspace, NULL);
  sf_track_interp_linear (time_s, pc, RAMMASUN_FIXES, 21600, storm->time_s, storm->n, storm->pc_hpa);
  sf_track_interp_linear (time_s, vmax, RAMMASUN_FIXES, 21600, storm->time_s, storm->n, storm->vmax_mps);
}

static inline enum sf_code
rammasun_prepare (struct rammasun *storm, enum sf_wind_model model, struct sf_error *err)
{
  struct sf_wind_track_options options;
  sf_wind_track_options_init (&options);
  options.model = model;
  struct sf_wind_fixes fixes = { .n = storm->n,
                                 .time_s = storm->time_s,
                                 .lon_deg = storm->lon_deg,
                                 .lat_deg = storm->lat_deg,
                                 .pc_hpa = storm->pc_hpa,
                                 .vmax_mps = storm->vmax_mps };
  return sf_wind_track_init (&storm->track, storm->nodes, &fixes, &options, err);
}

/* The grid of the reference fields, no cut-off. */
static inline struct sf_wind_field
rammasun_field (const struct rammasun *storm)
{
  struct sf_wind_field field = { .track = &storm->track,
                                 .grid = { .lon0_deg = 107.005,
                                           .lat0_deg = 21.495,
                                           .dlon_deg = 0.01,
                                           .dlat_deg = -0.01,
                                           .nx = RAMMASUN_NX,
                                           .ny = RAMMASUN_NY } };
  sf_wind_settings_init (&field.settings);
  field.settings.cutoff_mps = 0.0;
  return field;
}

#endif
